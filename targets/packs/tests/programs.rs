//! The packs that are built in, linked with a program of a few instructions and run: here, and under
//! emulation where an emulator is installed.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use std::fs;
use std::mem::offset_of;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use s_abi::layout::{FunctionInfo, IMAGE, Image, Routine, tag};
use s_link::{Atom, Binding, Builder, Form, Kind, OutputKind, Pack, Reloc, RelocKind, Request, Target, Unit};
use s_packs::{BUILTIN, PackError, builtin};

/// Bytes of a program that prints a text, at most: it carries what it can reach, and no more than that.
const HELLO_MAX: usize = 60 << 10;

/// What the program prints: short enough to stand in a value.
const TEXT: &[u8; 13] = b"hello, native";

/// The value of the text, as two words.
fn text_value() -> [u64; 2] {
    let mut bytes = [0; 16];
    bytes[0] = tag::SSTR as u8;
    bytes[1] = TEXT.len() as u8;
    bytes[2..2 + TEXT.len()].copy_from_slice(TEXT);
    let whole = u128::from_le_bytes(bytes);
    [whole as u64, (whole >> 64) as u64]
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Where code refers to what: offset, form, symbol, addend.
type Reference = (u32, RelocKind, &'static str, i64);

/// The main function: it is entered with the machine, pushes the text on the value stack, has the list
/// printed with a newline, and leaves by `exit 7`.
fn code(target: Target) -> (Vec<u8>, Vec<Reference>) {
    let [w0, w1] = text_value();
    let (print, exit) = ("rt.print", "rt.exit");
    match target {
        Target::X86_64Linux => {
            let code = [
                &[0x53, 0x48, 0x89, 0xfb][..], // push rbx; mov rbx, rdi
                &[0x48, 0x8b, 0x07],           // mov rax, [rdi]
                &[0x48, 0xb9],                 // mov rcx, w0
                &w0.to_le_bytes(),
                &[0x48, 0x89, 0x08], // mov [rax], rcx
                &[0x48, 0xb9],       // mov rcx, w1
                &w1.to_le_bytes(),
                &[0x48, 0x89, 0x48, 0x08],             // mov [rax + 8], rcx
                &[0x48, 0x83, 0x07, 0x10],             // add qword [rdi], 16
                &[0x31, 0xf6, 0xba, 1, 0, 0, 0],       // xor esi, esi; mov edx, 1
                &[0xe8, 0, 0, 0, 0],                   // call rt.print
                &[0x48, 0x89, 0xdf, 0x5b],             // mov rdi, rbx; pop rbx
                &[0xbe, 7, 0, 0, 0, 0xe9, 0, 0, 0, 0], // mov esi, 7; jmp rt.exit
            ]
            .concat();
            let end = code.len() as u32;
            (code, vec![(end - 18, RelocKind::Rel32, print, -4), (end - 4, RelocKind::Rel32, exit, -4)])
        }
        Target::Aarch64Linux => {
            let part = |word: u64, at: u32| ((word >> (16 * at)) as u32 & 0xffff) << 5 | at << 21;
            let constant = |word: u64, to: u32| {
                [0xd280_0000, 0xf280_0000, 0xf280_0000, 0xf280_0000]
                    .into_iter()
                    .zip(0..)
                    .map(move |(base, at)| base | part(word, at) | to)
            };
            let mut code = vec![
                0xa9be_7bfd, // stp x29, x30, [sp, #-32]!
                0xf900_0bf3, // str x19, [sp, #16]
                0xaa00_03f3, // mov x19, x0
                0xf940_0009, // ldr x9, [x0]
            ];
            code.extend(constant(w0, 10));
            code.extend(constant(w1, 11));
            code.extend([
                0xa900_2d2a, // stp x10, x11, [x9]
                0x9100_4129, // add x9, x9, #16
                0xf900_0009, // str x9, [x0]
                0xd280_0001, // mov x1, 0
                0xd280_0022, // mov x2, 1
                0x9400_0000, // bl rt.print
                0xaa13_03e0, // mov x0, x19
                0xf940_0bf3, // ldr x19, [sp, #16]
                0xa8c2_7bfd, // ldp x29, x30, [sp], #32
                0xd280_00e1, // mov x1, 7
                0x1400_0000, // b rt.exit
            ]);
            let end = code.len() as u32 * 4;
            let relocs =
                vec![(end - 24, RelocKind::A64Call26, print, 0), (end - 4, RelocKind::A64Call26, exit, 0)];
            (words(&code), relocs)
        }
        _ => {
            let code = [
                0xff01_0113, // addi sp, sp, -16
                0x0011_3423, // sd ra, 8(sp)
                0x0081_3023, // sd s0, 0(sp)
                0x0005_0413, // mv s0, a0
                0x0005_3283, // ld t0, 0(a0)
                0x0000_0317, // auipc t1, value
                0x0003_0313, // addi t1, t1, value
                0x0003_3383, // ld t2, 0(t1)
                0x0072_b023, // sd t2, 0(t0)
                0x0083_3383, // ld t2, 8(t1)
                0x0072_b423, // sd t2, 8(t0)
                0x0102_8293, // addi t0, t0, 16
                0x0055_3023, // sd t0, 0(a0)
                0x0000_0593, // li a1, 0
                0x0010_0613, // li a2, 1
                0x0000_0097, // auipc ra, rt.print
                0x0000_80e7, // jalr ra
                0x0004_0513, // mv a0, s0
                0x0001_3403, // ld s0, 0(sp)
                0x0081_3083, // ld ra, 8(sp)
                0x0101_0113, // addi sp, sp, 16
                0x0070_0593, // li a1, 7
                0x0000_0317, // auipc t1, rt.exit
                0x0003_0067, // jr t1
            ];
            let relocs = vec![
                (20, RelocKind::RvHi20, "value", 0),
                (24, RelocKind::RvLo12I, "high", 0),
                (60, RelocKind::RvCall, print, 0),
                (88, RelocKind::RvCall, exit, 0),
            ];
            (words(&code), relocs)
        }
    }
}

/// The image of a program with one function.
fn program(target: Target) -> Unit<'static> {
    let mut builder = Builder::new("program");
    let local = |builder: &mut Builder<'static>, name, kind, bytes: Vec<u8>| {
        let size = bytes.len() as u64;
        let atom = builder.atom(name, Atom::new(kind, 16, bytes));
        builder.define(name, Binding::Local, Form::None, atom, 0, size).unwrap();
        atom
    };
    let value = text_value().iter().flat_map(|word| word.to_le_bytes()).collect();
    local(&mut builder, "value", Kind::Rodata, value);
    let (code, relocs) = code(target);
    let main = local(&mut builder, "main", Kind::Text, code);
    builder.define("high", Binding::Local, Form::None, main, 20, 0).unwrap();
    let mut info = vec![0; size_of::<FunctionInfo>()];
    info[offset_of!(FunctionInfo, name_len)] = 5;
    let info = local(&mut builder, "info", Kind::RelRo, info);
    let image = builder.atom("image", Atom::new(Kind::RelRo, 16, vec![0; size_of::<Image>()]));
    let size = size_of::<Image>() as u64;
    builder.define(IMAGE, Binding::Global, Form::Object, image, 0, size).unwrap();
    let mut refer = |atom, offset: usize, kind, symbol, addend| {
        let symbol = builder.symbol(symbol);
        builder.reloc(atom, Reloc { offset: offset as u32, kind, symbol, addend });
    };
    for (offset, kind, symbol, addend) in relocs {
        refer(main, offset as usize, kind, symbol, addend);
    }
    // The name is the first word of the text.
    refer(info, offset_of!(FunctionInfo, name), RelocKind::Abs64, "value", 2);
    let routine = offset_of!(Image, main);
    refer(image, routine + offset_of!(Routine, info), RelocKind::Abs64, "info", 0);
    refer(image, routine + offset_of!(Routine, entry), RelocKind::Abs64, "main", 0);
    builder.finish()
}

fn link(pack: &Pack<'_>, kind: OutputKind) -> s_link::Output {
    let program = [program(pack.target)];
    let request = Request {
        target: pack.target,
        kind,
        entry: "_start",
        abi: s_abi::DIGEST,
        pack,
        program: &program,
        assets: &[],
        build_id: None,
        notes: &[],
        symbols: false,
    };
    s_link::link(&request).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Runs a program, under emulation if it is for another machine; nothing when there is no emulator. The
/// limit is of address space, in kilobytes.
fn run(target: &str, bytes: &[u8], limit: Option<u64>) -> Option<Output> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("program");
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let machine = target.split('-').next().unwrap();
    let mut words = Vec::new();
    if machine != std::env::consts::ARCH {
        let emulator = format!("qemu-{machine}-static");
        let found = Command::new(&emulator).arg("--version").stdout(Stdio::null()).status().is_ok();
        if !found {
            eprintln!("{emulator} is not installed: this test does less");
            return None;
        }
        words.push(emulator);
    }
    words.push(path.display().to_string());
    words.extend(["one".to_owned(), "two".to_owned()]);
    if let Some(limit) = limit {
        let script = format!("ulimit -v {limit}; exec \"$0\" \"$@\"");
        words.splice(0..0, ["sh".to_owned(), "-c".to_owned(), script]);
    }
    for _ in 0..200 {
        match Command::new(&words[0]).args(&words[1..]).output() {
            // Another test may be starting a process just now, which holds the file open for a moment.
            Err(error) if error.raw_os_error() == Some(26) => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            done => return Some(done.expect("the program starts")),
        }
    }
    panic!("the program's file stays busy");
}

fn is_hello(output: &Output) {
    assert_eq!(output.stdout, [TEXT, &b"\n"[..]].concat(), "{output:?}");
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(7), &b""[..]), "{output:?}");
}

#[test]
fn programs_run_on_every_machine_at_any_address() {
    for sealed in BUILTIN {
        let start = Instant::now();
        let bytes = sealed.open(s_abi::DIGEST).unwrap();
        let opened = start.elapsed();
        let pack = Pack::from_bytes(&bytes).unwrap();
        let read = start.elapsed() - opened;
        eprintln!(
            "{}: {} bytes sealed, {} open; opened in {opened:?}, read in {read:?}",
            sealed.target,
            sealed.sealed.len(),
            bytes.len()
        );
        assert_eq!(pack.target.name(), sealed.target);
        for kind in [OutputKind::Static, OutputKind::StaticPie] {
            let output = link(&pack, kind);
            eprintln!("{} {kind:?}: {} bytes", sealed.target, output.bytes.len());
            if let Some(folder) = option_env!("S_MAPS") {
                fs::write(format!("{folder}/{}-{kind:?}.map", sealed.target), &output.map).unwrap();
                fs::write(format!("{folder}/{}-{kind:?}", sealed.target), &output.bytes).unwrap();
            }
            assert_eq!(output.warnings, []);
            if kind == OutputKind::Static {
                let size = output.bytes.len();
                assert!(size <= HELLO_MAX, "{}: {size} bytes: what made it reach more?", sealed.target);
            }
            if let Some(output) = run(sealed.target, &output.bytes, None) {
                is_hello(&output);
            }
        }
    }
}

#[test]
fn little_address_space_is_enough() {
    let Some(sealed) = builtin(&format!("{}-linux", std::env::consts::ARCH)) else { return };
    let bytes = sealed.open(s_abi::DIGEST).unwrap();
    let program = link(&Pack::from_bytes(&bytes).unwrap(), OutputKind::Static);
    // Less than what the stack asks for first.
    is_hello(&run(sealed.target, &program.bytes, Some(200_000)).unwrap());
    // Less than any stack: told, not a signal.
    let output = run(sealed.target, &program.bytes, Some(2_000)).unwrap();
    assert!(output.status.code().is_some_and(|status| status != 0), "{output:?}");
}

#[test]
fn every_target_has_its_pack() {
    for target in s_packs::TARGETS {
        assert_eq!(builtin(target.runtime).unwrap().target, target.name);
    }
    assert!(builtin("x86_64-windows-msvc").is_none());
}

#[test]
fn a_pack_of_another_interface_is_refused() {
    for sealed in BUILTIN {
        let error = sealed.open("0123").unwrap_err();
        assert_eq!(error, PackError::Abi { found: s_abi::DIGEST.to_owned(), wanted: "0123".to_owned() });
        let mut changed = sealed.sealed.to_vec();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        let error = s_packs::open(&changed, sealed.target, s_abi::DIGEST).unwrap_err();
        assert!(matches!(error, PackError::Damaged { .. }), "{error}");
    }
}
