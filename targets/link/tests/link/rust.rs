//! The whole way with real code: a Rust library without a standard library, as an archive with `core`
//! in it, becomes a pack; a program made by hand is linked with it and run. For each target whose
//! `core` is installed.

use std::fs;
use std::process::Command;

use s_link::object::{Options, Reader};
use s_link::{Atom, Binding, Builder, Form, Kind, OutputKind, Pack, Reloc, RelocKind, Request, Target, Unit};

use crate::kit::{ABI, has, request, run, run_with, scratch, stdout};

/// A runtime of a page: start code that relocates itself, output, numbers as text through `core::fmt`,
/// tables of functions, constants with addresses, variables.
const RUNTIME: &str = r#"
#![no_std]
use core::arch::{asm, global_asm};
use core::fmt::Write;

#[cfg(target_arch = "x86_64")]
global_asm!(".globl _start", ".section .text._start,\"ax\",@progbits", "_start:", "xor %ebp, %ebp", "mov %rsp, %rbx",
    "and $-16, %rsp", "lea __ehdr_start(%rip), %rdi", "lea __rela_dyn_start(%rip), %rsi", "lea __rela_dyn_end(%rip), %rdx",
    "call rt_relocate", "mov %rbx, %rdi", "call rt_entry", options(att_syntax));
#[cfg(target_arch = "aarch64")]
global_asm!(".globl _start", ".section .text._start,\"ax\",@progbits", "_start:", "mov x29, #0", "mov x30, #0",
    "mov x19, sp", "adrp x0, __ehdr_start", "add x0, x0, :lo12:__ehdr_start", "adrp x1, __rela_dyn_start",
    "add x1, x1, :lo12:__rela_dyn_start", "adrp x2, __rela_dyn_end", "add x2, x2, :lo12:__rela_dyn_end",
    "bl rt_relocate", "mov x0, x19", "bl rt_entry");
#[cfg(target_arch = "riscv64")]
global_asm!(".globl _start", ".section .text._start,\"ax\",@progbits", "_start:", "mv s0, sp", "andi sp, sp, -16",
    "lla a0, __ehdr_start", "lla a1, __rela_dyn_start", "lla a2, __rela_dyn_end", "call rt_relocate", "mv a0, s0",
    "call rt_entry");

unsafe fn syscall(number: usize, a: usize, b: usize, c: usize) -> isize {
    let result: isize;
    #[cfg(target_arch = "x86_64")]
    asm!("syscall", inlateout("rax") number as isize => result, in("rdi") a, in("rsi") b, in("rdx") c,
        out("rcx") _, out("r11") _);
    #[cfg(target_arch = "aarch64")]
    asm!("svc 0", in("x8") number, inlateout("x0") a as isize => result, in("x1") b, in("x2") c);
    #[cfg(target_arch = "riscv64")]
    asm!("ecall", in("a7") number, inlateout("a0") a as isize => result, in("a1") b, in("a2") c);
    result
}
#[cfg(target_arch = "x86_64")] const WRITE: usize = 1;
#[cfg(target_arch = "x86_64")] const EXIT: usize = 60;
#[cfg(not(target_arch = "x86_64"))] const WRITE: usize = 64;
#[cfg(not(target_arch = "x86_64"))] const EXIT: usize = 93;

extern "C" {
    static __init_array_start: extern "C" fn();
    static __init_array_end: extern "C" fn();
    fn program_main() -> i64;
    static program_text: [u8; 8];
}

#[no_mangle]
unsafe extern "C" fn rt_relocate(base: usize, mut one: *const [usize; 3], end: *const [usize; 3]) {
    while one < end {
        let word = base.wrapping_add((*one)[0]) as *mut usize;
        word.write_volatile(base.wrapping_add((*one)[2]));
        one = one.add(1);
    }
}

#[no_mangle]
unsafe extern "C" fn rt_entry(stack: *const usize) -> ! {
    let mut init = &raw const __init_array_start;
    while init < &raw const __init_array_end {
        (*init)();
        init = init.add(1);
    }
    let status = start(*stack);
    syscall(EXIT, status as usize, 0, 0);
    loop {}
}

struct Out;
impl Write for Out {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        unsafe { syscall(WRITE, 1, text.as_ptr() as usize, text.len()) };
        Ok(())
    }
}

static mut COUNTER: [u64; 1000] = [0; 1000];
static mut STEP: u64 = 3;
static OPERATIONS: [(&str, fn(f64) -> f64); 3] = [("double", double), ("halve", halve), ("negate", negate)];
#[inline(never)] fn double(x: f64) -> f64 { x * 2.0 }
#[inline(never)] fn halve(x: f64) -> f64 { x / 2.0 }
#[inline(never)] fn negate(x: f64) -> f64 { -x }
trait Shape { fn area(&self) -> f64; fn name(&self) -> &'static str; }
struct Square(f64);
struct Circle(f64);
impl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } fn name(&self) -> &'static str { "square" } }
impl Shape for Circle { fn area(&self) -> f64 { self.0 * self.0 * 3.0 } fn name(&self) -> &'static str { "circle" } }

#[inline(never)]
unsafe fn start(arguments: usize) -> i64 {
    let mut out = Out;
    for (index, slot) in (&mut *(&raw mut COUNTER)).iter_mut().enumerate() { *slot += index as u64 * STEP; }
    let sum: u64 = (&*(&raw const COUNTER)).iter().sum();
    let _ = writeln!(out, "arguments {arguments} sum {sum} float {:?} {:e}", 0.1_f64 + 0.2, 1234.5_f64);
    for (name, operation) in &OPERATIONS { let _ = writeln!(out, "{name} {}", operation(10.5)); }
    let shapes: [&dyn Shape; 2] = [&Square(3.0), &Circle(2.0)];
    for shape in &shapes { let _ = writeln!(out, "{} {:>8.2}", shape.name(), shape.area()); }
    let text = core::str::from_utf8(&*(&raw const program_text)).unwrap_or("bad");
    let parsed: Result<i64, _> = text.trim().parse();
    let _ = writeln!(out, "parsed {parsed:?} {:?}", "x".parse::<u8>());
    program_main()
}

#[no_mangle]
pub extern "C" fn rt_print(value: i64) { let _ = writeln!(Out, "program says {value}"); }

#[no_mangle]
pub extern "C" fn rt_unused(value: f64) { let _ = writeln!(Out, "never {value:?}"); }

// What the compiler calls and `core` as it is installed leaves to a C library.
#[no_mangle]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    for index in 0..count { to.add(index).write_volatile(*from.add(index)); }
    to
}
#[no_mangle]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    if (to as usize) < from as usize { return memcpy(to, from, count); }
    for index in (0..count).rev() { to.add(index).write_volatile(*from.add(index)); }
    to
}
#[no_mangle]
unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    for index in 0..count { to.add(index).write_volatile(value as u8); }
    to
}
#[no_mangle]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, count: usize) -> i32 {
    for index in 0..count {
        let (x, y) = (a.add(index).read_volatile(), b.add(index).read_volatile());
        if x != y { return x as i32 - y as i32; }
    }
    0
}
#[no_mangle]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, count: usize) -> i32 { memcmp(a, b, count) }
#[no_mangle]
extern "C" fn _Unwind_Resume() -> ! { loop {} }
#[no_mangle]
extern "C" fn rust_eh_personality() {}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    let _ = writeln!(Out, "{info}");
    unsafe { syscall(EXIT, 101, 0, 0) };
    loop {}
}
"#;

const EXPECTED: &str = "arguments 1 sum 1498500 float 0.30000000000000004 1.2345e3\ndouble 21\nhalve 5.25\n\
negate -10.5\nsquare     9.00\ncircle    12.00\nparsed Ok(-12345) Err(ParseIntError { kind: InvalidDigit })\nprogram says 40\n";

/// Compiles the runtime to an archive with everything it needs.
fn archive(triple: &str, model: &str) -> Option<Vec<u8>> {
    let dir = scratch();
    let (source, archive) = (dir.path().join("rt.rs"), dir.path().join("librt.a"));
    fs::write(&source, RUNTIME).unwrap();
    let done = Command::new("rustc")
        .args(["--edition=2021", "--crate-type=staticlib", "--crate-name=rt", "--target", triple])
        .args(["-Cpanic=abort", "-Copt-level=3", "-Ccodegen-units=4", &format!("-Crelocation-model={model}")])
        .arg("-Aunsafe_op_in_unsafe_fn")
        .arg("-o")
        .arg(&archive)
        .arg(&source)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&done.stderr);
    if said.contains("can't find crate for `core`") || said.contains("may not be installed") {
        eprintln!("`core` of {triple} is not installed: this test does less");
        return None;
    }
    assert!(done.status.success(), "{said}");
    Some(fs::read(archive).unwrap())
}

/// `program_main` calls `rt_print(40)` and returns 7; `program_text` is what the runtime parses.
fn program(target: Target) -> Unit<'static> {
    let mut builder = Builder::new("program");
    let (code, at, kind, addend): (Vec<u8>, u32, RelocKind, i64) = match target {
        Target::X86_64Linux => {
            // push rax; mov edi, 40; call rt_print; mov eax, 7; pop rcx; ret
            let code =
                [&[0x50, 0xbf, 40, 0, 0, 0, 0xe8, 0, 0, 0, 0, 0xb8, 7, 0, 0, 0, 0x59, 0xc3][..]].concat();
            (code, 7, RelocKind::Rel32, -4)
        }
        Target::Aarch64Linux => {
            // stp x29, x30, [sp, #-16]!; mov x0, #40; bl rt_print; mov x0, #7; ldp x29, x30, [sp], #16; ret
            let words: [u32; 6] =
                [0xa9bf_7bfd, 0xd280_0500, 0x9400_0000, 0xd280_00e0, 0xa8c1_7bfd, 0xd65f_03c0];
            (words.iter().flat_map(|word| word.to_le_bytes()).collect(), 8, RelocKind::A64Call26, 0)
        }
        _ => {
            // addi sp, sp, -16; sd ra, 8(sp); li a0, 40; auipc ra; jalr ra; li a0, 7; ld ra, 8(sp); addi sp, sp, 16; ret
            let words: [u32; 9] = [
                0xff01_0113,
                0x0011_3423,
                0x0280_0513,
                0x0000_0097,
                0x0000_80e7,
                0x0070_0513,
                0x0081_3083,
                0x0101_0113,
                0x0000_8067,
            ];
            (words.iter().flat_map(|word| word.to_le_bytes()).collect(), 12, RelocKind::RvCall, 0)
        }
    };
    let main = builder.atom("text", Atom::new(Kind::Text, 16, code));
    builder.define("program_main", Binding::Global, Form::Function, main, 0, 0).unwrap();
    let print = builder.symbol("rt_print");
    builder.reloc(main, Reloc { offset: at, kind, symbol: print, addend });
    let text = builder.atom("text", Atom::new(Kind::Rodata, 1, &b"-12345  "[..]));
    builder.define("program_text", Binding::Global, Form::Object, text, 0, 8).unwrap();
    builder.finish()
}

#[test]
fn a_rust_runtime_becomes_a_pack_and_programs() {
    for (target, triple) in [
        (Target::X86_64Linux, "x86_64-unknown-linux-gnu"),
        (Target::Aarch64Linux, "aarch64-unknown-linux-gnu"),
        (Target::Riscv64Linux, "riscv64gc-unknown-linux-gnu"),
    ] {
        for (model, kinds) in
            [("static", &[OutputKind::Static][..]), ("pic", &[OutputKind::Static, OutputKind::StaticPie][..])]
        {
            let Some(archive) = archive(triple, model) else { continue };
            let mut reader = Reader::new(target, Options { tight: true, debug: false });
            let members = reader
                .archive("librt.a", &archive)
                .unwrap_or_else(|error| panic!("{target} {model}: {error}"));
            let unit = reader.finish().unwrap();
            let atoms = unit.atoms.len();
            let bytes = Pack { target, abi: ABI.into(), producer: "rustc".into(), unit }.to_bytes();
            let pack = Pack::from_bytes(&bytes).unwrap();
            assert_eq!(pack.to_bytes(), bytes, "what is read is written the same");
            let units = [program(target)];
            let exported =
                |name: &str| matches!(name, "_start" | "rt_print" | "rt_unused" | "__init_array_start");
            let small = s_link::prune(pack.unit.clone(), &exported);
            assert!(small.atoms.len() < atoms / 2, "{}", small.atoms.len());
            let small_bytes = Pack { unit: small, ..pack.clone() }.to_bytes();
            let small = Pack::from_bytes(&small_bytes).unwrap();
            for &kind in kinds {
                let request = Request { kind, ..request(&pack, &units) };
                let output =
                    s_link::link(&request).unwrap_or_else(|errors| panic!("{target} {model}: {errors:#?}"));
                let bare = s_link::link(&Request { symbols: false, ..request.clone() }).unwrap();
                assert_eq!(s_link::link(&request).unwrap(), output, "the same again");
                let pruned = s_link::link(&Request { pack: &small, ..request.clone() }).unwrap();
                assert!(pruned.bytes == output.bytes, "the same from a pruned pack");
                eprintln!(
                    "{target} {model} {kind:?}: archive {} KB of {members}, pack {} KB of {atoms} atoms, pruned {} KB of {}, executable {} KB, without names {} KB, {}",
                    archive.len() / 1024,
                    bytes.len() / 1024,
                    small_bytes.len() / 1024,
                    small.unit.atoms.len(),
                    output.bytes.len() / 1024,
                    bare.bytes.len() / 1024,
                    output.map.lines().nth(2).unwrap(),
                );
                assert!(bare.bytes.len() < 100_000, "{}", bare.bytes.len());
                assert!(!output.map.contains("rt_unused"), "{}", output.map);
                for bytes in [&output.bytes, &bare.bytes] {
                    let Some(done) = run(target, bytes) else { continue };
                    let said = String::from_utf8_lossy(&done.stdout);
                    assert_eq!(said, EXPECTED, "{target} {model} {kind:?} {:?}", done.status);
                    assert_eq!(done.status.code(), Some(7));
                }
                if let Some(done) = run_with(target, &output.bytes, &["a", "b"]) {
                    assert!(String::from_utf8_lossy(&done.stdout).starts_with("arguments 3 "));
                }
            }
        }
    }
}

#[test]
fn other_readers_find_the_functions() {
    if !has("objdump") || !has("readelf") {
        return;
    }
    let Some(archive) = archive("x86_64-unknown-linux-gnu", "pic") else { return };
    let mut reader = Reader::new(Target::X86_64Linux, Options::default());
    reader.archive("librt.a", &archive).unwrap();
    let pack = Pack {
        target: Target::X86_64Linux,
        abi: ABI.into(),
        producer: "".into(),
        unit: reader.finish().unwrap(),
    };
    let units = [program(Target::X86_64Linux)];
    for kind in [OutputKind::Static, OutputKind::StaticPie] {
        let output =
            s_link::link(&Request { kind, build_id: Some(&[7; 20]), ..request(&pack, &units) }).unwrap();
        let dir = scratch();
        let path = dir.path().join("program");
        fs::write(&path, &output.bytes).unwrap();
        let tool = |name: &str, arguments: &[&str]| {
            let done = Command::new(name).args(arguments).arg(&path).output().unwrap();
            let complaints = String::from_utf8_lossy(&done.stderr).into_owned();
            assert!(done.status.success() && complaints.is_empty(), "{name} {arguments:?}: {complaints}");
            stdout(&done)
        };
        let code = tool("objdump", &["-d"]);
        assert!(code.contains("<program_main>:") && code.contains("<rt_print>"), "{code}");
        let all = tool("readelf", &["-aW"]);
        assert!(!all.contains("INTERP") && all.contains("GNU_STACK"), "{all}");
        assert!(all.lines().any(|line| line.contains("GNU_STACK") && line.contains(" RW ")), "{all}");
        assert!(!all.lines().any(|line| line.contains("LOAD") && line.contains("RWE")), "{all}");
        assert_eq!(all.contains("GNU_RELRO"), kind == OutputKind::StaticPie);
        assert_eq!(all.contains("R_X86_64_RELATIVE"), kind == OutputKind::StaticPie);
        assert!(all.contains("FUNC    GLOBAL DEFAULT") && all.contains("rt_print"), "{all}");
    }
}
