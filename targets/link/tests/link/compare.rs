//! The same objects through the linker of the system: the same behaviour, and the same structure where
//! both have it.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use object::LittleEndian;
use object::read::elf::ElfFile64;
use object::read::{Object as _, ObjectSymbol as _};
use s_link::{OutputKind, Target};

use crate::kit::{assemble, has, has_native_as, link_x64, run, scratch};
use crate::native::PIE_START;

/// Compiles C without a library.
fn compile(text: &str, flags: &[&str]) -> Vec<u8> {
    let dir = scratch();
    let (source, object) = (dir.path().join("a.c"), dir.path().join("a.o"));
    fs::write(&source, text).unwrap();
    let done = Command::new("gcc")
        .args([
            "-c",
            "-O2",
            "-ffreestanding",
            "-fno-stack-protector",
            "-ffunction-sections",
            "-fdata-sections",
        ])
        .args(flags)
        .arg("-o")
        .arg(&object)
        .arg(&source)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    fs::read(object).unwrap()
}

const C_MAIN: &str = r#"
typedef long (*operation)(long);
extern long add3(long), times5(long), weak_or_not(long) __attribute__((weak));
extern long absent(long) __attribute__((weak));
extern int table[], counter;
extern const char *const names[];
static const operation operations[] = { add3, times5 };
static long zeros[4096];
int shared = 5;
static long put(const char *text) {
    long length = 0, result;
    while (text[length]) length++;
    __asm__ volatile("syscall" : "=a"(result) : "a"(1), "D"(1), "S"(text), "d"(length) : "rcx", "r11", "memory");
    return result;
}
static void number(long value) {
    char text[24]; int at = 23; text[at] = 0;
    if (!value) text[--at] = '0';
    int negative = value < 0; if (negative) value = -value;
    while (value) { text[--at] = '0' + value % 10; value /= 10; }
    if (negative) text[--at] = '-';
    put(&text[at]); put("\n");
}
static long choose(int which) {
    switch (which) {
        case 0: return 11; case 1: return -22; case 2: return shared; case 3: return counter;
        case 4: return (long)zeros[which]; case 5: return table[2]; case 6: return 1000000007;
        case 7: return add3(which); default: return 99;
    }
}
int main(void) {
    for (int i = 0; i < 2; i++) number(operations[i](100));
    for (int i = 0; i < 4; i++) { put(names[i]); put("\n"); }
    for (int i = 0; i < 9; i++) number(choose(i));
    counter += 5; zeros[4095] = counter; number(zeros[4095]);
    number(absent ? 1 : 0);
    number(weak_or_not ? weak_or_not(1) : -1);
    return 0;
}
"#;

const C_OTHER: &str = r#"
extern int shared;
int table[4] = { 1, 2, 3, 4 };
int counter = 40;
int tentative;
const char *const names[] = { "north", "east", "south", "west" };
long add3(long x) { return x + 3 + tentative; }
long times5(long x) { return x * shared; }
long weak_or_not(long x) { return x + 1; }
long unused(long x) { extern long nowhere(long); return nowhere(x); }
"#;

#[test]
fn programs_behave_as_from_the_system_linker() {
    if !has_native_as() || !has("gcc") || !has("ld") {
        return;
    }
    for (kind, flags, ld_flags) in [
        (
            OutputKind::Static,
            &["-fno-pic", "-fno-pie", "-mcmodel=small"][..],
            &["-static", "--gc-sections"][..],
        ),
        (OutputKind::Static, &["-fPIC", "-fcommon"], &["-static", "--gc-sections"]),
        (
            OutputKind::StaticPie,
            &["-fPIC"],
            &["-static", "-pie", "--no-dynamic-linker", "-z", "text", "--gc-sections"],
        ),
        (
            OutputKind::StaticPie,
            &["-fpie", "-fno-plt"],
            &["-static", "-pie", "--no-dynamic-linker", "--gc-sections"],
        ),
    ] {
        let objects = [assemble(PIE_START), compile(C_MAIN, flags), compile(C_OTHER, flags)];
        let views: Vec<&[u8]> = objects.iter().map(Vec::as_slice).collect();
        let ours = link_x64(kind, &views).unwrap_or_else(|errors| panic!("{flags:?}: {errors:#?}"));
        let our_run = run(Target::X86_64Linux, &ours).unwrap();
        assert_eq!(our_run.status.code(), Some(0), "{flags:?}: {}", String::from_utf8_lossy(&our_run.stdout));

        let dir = scratch();
        let mut command = Command::new("ld");
        command.args(ld_flags).arg("-o").arg(dir.path().join("theirs"));
        // What our linker defines and this one does not.
        let undefined = ["__rela_dyn_start", "__rela_dyn_end", "__relro_start", "__relro_end"];
        if kind == OutputKind::Static {
            command.args(undefined.map(|name| format!("--defsym={name}=0x400000")));
        } else {
            let script = dir.path().join("rela.ld");
            let text = "SECTIONS { .rela.dyn : { __rela_dyn_start = .; *(.rela.dyn .rela.*) __rela_dyn_end = .; } } INSERT BEFORE .init;";
            fs::write(&script, text).unwrap();
            command.arg("-T").arg(script).args(["--defsym=__relro_start=0", "--defsym=__relro_end=0"]);
        }
        for (index, object) in objects.iter().enumerate() {
            let path = dir.path().join(format!("{index}.o"));
            fs::write(&path, object).unwrap();
            command.arg(path);
        }
        let linked = command.output().unwrap();
        assert!(linked.status.success(), "{}", String::from_utf8_lossy(&linked.stderr));
        let theirs = fs::read(dir.path().join("theirs")).unwrap();
        let their_run = run(Target::X86_64Linux, &theirs).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&our_run.stdout),
            String::from_utf8_lossy(&their_run.stdout),
            "{flags:?}"
        );
        assert_eq!(our_run.status.code(), their_run.status.code(), "{flags:?}");

        // The same functions and variables stay, with the same sizes.
        let (ours_kept, theirs_kept) = (symbols(&ours), symbols(&theirs));
        assert_eq!(ours_kept, theirs_kept, "{flags:?}");
        assert!(ours.len() <= theirs.len(), "{} {}", ours.len(), theirs.len());
    }
}

/// Functions and variables by name, with their sizes.
fn symbols(file: &[u8]) -> BTreeMap<String, u64> {
    let file = ElfFile64::<LittleEndian>::parse(file).unwrap();
    file.symbols()
        .filter(|symbol| symbol.size() > 0 && !symbol.is_undefined())
        .map(|symbol| (symbol.name().unwrap().to_owned(), symbol.size()))
        .collect()
}
