//! What the tests share: tools of the system, requests with defaults, running what was linked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use s_link::object::{Options, Reader};
use s_link::{LinkError, OutputKind, Pack, Request, Target, Unit};

pub(crate) const ABI: &str = "abi-1";

/// Whether a tool is installed; says so when it is not.
pub(crate) fn has(tool: &str) -> bool {
    let found =
        Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        eprintln!("{tool} is not installed: this test does less");
    }
    found
}

/// Whether assembler text for this machine can become an object here.
pub(crate) fn has_native_as() -> bool {
    cfg!(all(target_arch = "x86_64", target_os = "linux")) && has("as")
}

pub(crate) fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Assembles x86-64 text.
pub(crate) fn assemble(text: &str) -> Vec<u8> {
    let dir = scratch();
    let (source, object) = (dir.path().join("a.s"), dir.path().join("a.o"));
    fs::write(&source, text).unwrap();
    let done = Command::new("as").arg("--64").arg("-o").arg(&object).arg(&source).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    fs::read(object).unwrap()
}

/// Reads objects into a unit.
pub(crate) fn unit<'a>(target: Target, objects: &[&'a [u8]]) -> Unit<'a> {
    let mut reader = Reader::new(target, Options::default());
    for (index, object) in objects.iter().enumerate() {
        reader.object(&format!("o{index}.o"), object).unwrap_or_else(|error| panic!("{error}"));
    }
    reader.finish().unwrap()
}

pub(crate) fn pack(target: Target, unit: Unit<'_>) -> Pack<'_> {
    Pack { target, abi: ABI.into(), producer: "test".into(), unit }
}

/// A request with nothing special.
pub(crate) fn request<'a>(pack: &'a Pack<'a>, program: &'a [Unit<'a>]) -> Request<'a> {
    Request {
        target: pack.target,
        kind: OutputKind::Static,
        entry: "_start",
        abi: ABI,
        pack,
        program,
        assets: &[],
        build_id: None,
        notes: &[],
        symbols: true,
    }
}

/// Links objects of x86-64 alone.
pub(crate) fn link_x64(kind: OutputKind, objects: &[&[u8]]) -> Result<Vec<u8>, Vec<LinkError>> {
    let program = [unit(Target::X86_64Linux, objects)];
    let pack = pack(Target::X86_64Linux, Unit::empty());
    s_link::link(&Request { kind, ..request(&pack, &program) }).map(|output| output.bytes)
}

/// Runs an executable, under emulation if it is for another machine; nothing when there is none.
pub(crate) fn run(target: Target, bytes: &[u8]) -> Option<Output> {
    run_with(target, bytes, &[])
}

pub(crate) fn run_with(target: Target, bytes: &[u8], arguments: &[&str]) -> Option<Output> {
    let dir = scratch();
    let path = dir.path().join("program");
    write_program(&path, bytes);
    let native = match target {
        Target::X86_64Linux => cfg!(target_arch = "x86_64"),
        Target::Aarch64Linux => cfg!(target_arch = "aarch64"),
        Target::Riscv64Linux => cfg!(target_arch = "riscv64"),
        _ => false,
    };
    let machine = target.name().split('-').next().unwrap();
    let emulator = format!("qemu-{machine}-static");
    let mut command = if native {
        Command::new(&path)
    } else if has(&emulator) {
        let mut command = Command::new(emulator);
        command.arg(&path);
        command
    } else {
        return None;
    };
    Some(start(command.args(arguments)))
}

pub(crate) fn write_program(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Another test may be starting a process just now, which holds the file open for a moment.
fn start(command: &mut Command) -> Output {
    for _ in 0..200 {
        match command.output() {
            Err(error) if error.raw_os_error() == Some(26) => {
                std::thread::sleep(std::time::Duration::from_millis(10))
            }
            done => return done.expect("the program starts"),
        }
    }
    panic!("the program's file stays busy");
}

pub(crate) fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{:?} {}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn kinds(errors: &[LinkError]) -> Vec<&'static str> {
    errors.iter().map(LinkError::kind).collect()
}
