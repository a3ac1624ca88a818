//! Component to machine code, here or in a child process with limits.
//!
//! Compiling is where a hostile component can cost time and memory before its first instruction.
//! What is not our own is therefore compiled by a child that has put limits on itself, reads the
//! component from its standard input, behind one byte that says for which engine, and writes machine
//! code to its standard output.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wasmtime::component::Component;

use crate::error::EngineError;

/// The longest a compilation may run, on the clock and on the CPU.
pub const COMPILE_TIME_MAX: Duration = Duration::from_secs(120);
/// The address space a compilation may use.
pub const COMPILE_MEMORY_BYTES_MAX: u64 = 2 << 30;

/// Machine code of the largest component that is accepted stays far below this.
pub(crate) const MACHINE_CODE_BYTES_MAX: u64 = 256 << 20;
/// As many threads as a small machine has.
const COMPILE_THREADS: &str = "4";

/// What stands before a component whose code is to count fuel.
const METERED: u8 = b'1';

/// Who compiles.
#[derive(Clone, Debug)]
pub enum Compiler {
    /// This process. For components that are part of `s`.
    Here,
    /// A child: `program arguments…` must call [`compile_as_child`].
    Child {
        /// The executable, usually the running one.
        program: PathBuf,
        /// What makes it a compiler.
        arguments: Vec<String>,
        /// How long it may take.
        time_max: Duration,
    },
}

impl Compiler {
    pub(crate) fn compile(&self, engine: &crate::Engine, component: &[u8]) -> Result<Vec<u8>, EngineError> {
        match self {
            Compiler::Here => engine
                .compiling()?
                .precompile_component(component)
                .map_err(|error| EngineError::Compile { reason: format!("{error:#}") }),
            Compiler::Child { program, arguments, time_max } => {
                compile_in_child(program, arguments, *time_max, engine.is_metered(), component)
            }
        }
    }
}

/// The child's side: limits this process, compiles what stands on `input`, writes machine code to
/// `output`. An error is for the parent to print.
pub fn compile_as_child(mut input: impl Read, mut output: impl Write) -> Result<(), EngineError> {
    limit_this_process()?;
    let mut engine = crate::Engine::new(None)?;
    let (mut metered, mut component) = ([0], Vec::new());
    let read = input.read_exact(&mut metered).and_then(|()| input.read_to_end(&mut component));
    read.map_err(|source| EngineError::Child { doing: "read the component", source })?;
    if metered == [METERED] {
        engine = engine.metered()?;
    }
    let machine_code = Compiler::Here.compile(&engine, &component)?;
    let written = output.write_all(&machine_code).and_then(|()| output.flush());
    written.map_err(|source| EngineError::Child { doing: "hand over the machine code", source })
}

/// Takes machine code into use.
///
/// Only two callers exist: what was compiled a moment ago, and what the cache has authenticated
/// as having been compiled by this user's `s`.
#[expect(unsafe_code, reason = "machine code cannot be checked, only its origin can")]
pub(crate) fn from_own_machine_code(
    engine: &wasmtime::Engine,
    code: &[u8],
) -> Result<Component, EngineError> {
    // SAFETY: `code` was made by `precompile_component` of this version of `s`: both callers have
    // it from `Compiler::compile`, one directly, one through a file whose MAC was verified over
    // these very bytes with a key only this user has.
    let loaded = unsafe { Component::deserialize(engine, code) };
    loaded.map_err(|error| EngineError::Compile { reason: format!("{error:#}") })
}

/// Takes machine code into use that the cache has authenticated while it was copied into a file
/// that cannot change any more.
#[expect(unsafe_code, reason = "machine code cannot be checked, only its origin can")]
pub(crate) fn from_own_sealed_code(
    engine: &wasmtime::Engine,
    code: &s_store::SealedFile,
) -> Result<Component, EngineError> {
    // SAFETY: the only caller, `CodeCache::load`, has verified a MAC over every byte of this file,
    // with a key only this user has; the file is sealed, so these are the bytes that are mapped,
    // and they are what `precompile_component` of this version of `s` made.
    let loaded = unsafe { Component::deserialize_file(engine, code.path()) };
    loaded.map_err(|error| EngineError::Compile { reason: format!("{error:#}") })
}

fn compile_in_child(
    program: &PathBuf,
    arguments: &[String],
    time_max: Duration,
    metered: bool,
    component: &[u8],
) -> Result<Vec<u8>, EngineError> {
    let doing = |doing| move |source| EngineError::Child { doing, source };
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        // Nothing is inherited. Each thread of the child takes address space, of which it has little.
        .env("RAYON_NUM_THREADS", COMPILE_THREADS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(doing("start the compiler"))?;
    let mut stdin = child.stdin.take().expect("stdin was asked for");
    let mut stdout = child.stdout.take().expect("stdout was asked for");
    let mut stderr = child.stderr.take().expect("stderr was asked for");

    let deadline = Instant::now() + time_max;
    let (machine_code, complaint, status) = std::thread::scope(|scope| {
        // A child that dies early closes its end; the exit status says more than the broken pipe.
        let first = if metered { METERED } else { b'0' };
        scope.spawn(move || stdin.write_all(&[first]).and_then(|()| stdin.write_all(component)));
        let code = scope.spawn(move || {
            let mut code = Vec::new();
            stdout.by_ref().take(MACHINE_CODE_BYTES_MAX + 1).read_to_end(&mut code).map(|_| code)
        });
        let complaint = scope.spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.by_ref().take(16 << 10).read_to_end(&mut text);
            String::from_utf8_lossy(&text).trim().to_owned()
        });
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(Some(status)),
                Ok(None) if Instant::now() >= deadline => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break Ok(None);
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(2)),
                Err(source) => break Err(source),
            }
        };
        (
            code.join().expect("reading a pipe does not panic"),
            complaint.join().expect("reading a pipe does not panic"),
            status,
        )
    });

    let seconds = || format!("{} s", time_max.as_secs());
    match status.map_err(doing("wait for the compiler"))? {
        None => Err(EngineError::CompileLimit { what: "time", limit: seconds() }),
        Some(status) if status.success() => {
            let machine_code = machine_code.map_err(doing("read the machine code"))?;
            if machine_code.len() as u64 > MACHINE_CODE_BYTES_MAX {
                let limit = format!("{} MiB", MACHINE_CODE_BYTES_MAX >> 20);
                return Err(EngineError::CompileLimit { what: "machine code", limit });
            }
            Ok(machine_code)
        }
        Some(status) => Err(match ended_by(status) {
            Ended::Time => EngineError::CompileLimit { what: "time", limit: seconds() },
            Ended::Memory => {
                let limit = format!("{} MiB", COMPILE_MEMORY_BYTES_MAX >> 20);
                EngineError::CompileLimit { what: "memory", limit }
            }
            Ended::Itself if complaint.is_empty() => {
                EngineError::Compile { reason: format!("the compiler ended with {status}") }
            }
            Ended::Itself => EngineError::Compile { reason: complaint },
        }),
    }
}

/// What ended a compiler that did not succeed.
enum Ended {
    Time,
    Memory,
    Itself,
}

#[cfg(unix)]
fn ended_by(status: std::process::ExitStatus) -> Ended {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        // The limit on the time of the CPU sends the one, and then the other.
        Some(signal) if signal == Signal::XCPU.as_raw() || signal == Signal::KILL.as_raw() => Ended::Time,
        // Memory that cannot be had ends a Rust program so.
        Some(signal) if signal == Signal::ABORT.as_raw() => Ended::Memory,
        _ => Ended::Itself,
    }
}

#[cfg(not(unix))]
fn ended_by(_: std::process::ExitStatus) -> Ended {
    Ended::Itself
}

#[cfg(unix)]
fn limit_this_process() -> Result<(), EngineError> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limits = [
        (Resource::Cpu, COMPILE_TIME_MAX.as_secs()),
        (Resource::As, COMPILE_MEMORY_BYTES_MAX),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
    ];
    for (resource, value) in limits {
        // Whoever started us may have set a lower one, which cannot be raised.
        let value = getrlimit(resource).maximum.map_or(value, |maximum| maximum.min(value));
        let limit = Rlimit { current: Some(value), maximum: Some(value) };
        setrlimit(resource, limit)
            .map_err(|error| EngineError::Child { doing: "limit the compiler", source: error.into() })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn limit_this_process() -> Result<(), EngineError> {
    Ok(())
}
