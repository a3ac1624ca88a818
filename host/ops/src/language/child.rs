//! One program in a process of its own, of this same executable, with a limit of time.
//!
//! The only file here that starts processes: tests, benchmarks, and programs of packages that a
//! person asked for. Whatever a program leaves behind, nobody waits for it longer than for the
//! program itself.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use s_diag::{Code, Diagnostic};
use s_plugin::Cancel;

use crate::failure::{Failure, FailureKind};
use crate::script_run::status_of;

/// What is kept of each stream; the rest is read and dropped.
const OUTPUT_BYTES_MAX: usize = 16 << 20;
/// How often it is looked whether a program has ended while its streams are open.
const POLL: Duration = Duration::from_millis(20);
/// How long streams are read that a program left to others when it ended.
const AFTERMATH: Duration = Duration::from_millis(200);

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with this status: 128 and the number of the signal where one ended it.
    Status(u8),
    /// It took too long and was ended.
    TimedOut,
    /// The user interrupted.
    Interrupted,
}

/// What a program did.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) time: Duration,
}

/// Runs `s` with these arguments in a folder, without input. With `keeps` off nothing that it prints
/// is kept.
pub(super) fn run(
    folder: &Path,
    arguments: &[OsString],
    limit: Duration,
    cancel: &Cancel,
    keeps: bool,
) -> Result<Ended, Failure> {
    let program = std::env::current_exe().map_err(|error| cannot_start(&error))?;
    let stream = || if keeps { Stdio::piped() } else { Stdio::null() };
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(stream())
        .stderr(stream())
        .spawn()
        .map_err(|error| cannot_start(&error))?;
    let (done, streams) = mpsc::channel();
    let stdout = child.stdout.take().map(|pipe| collect(pipe, done.clone()));
    let stderr = child.stderr.take().map(|pipe| collect(pipe, done.clone()));
    let mut open = usize::from(stdout.is_some()) + usize::from(stderr.is_some());
    drop(done);
    let mut nap = Duration::from_micros(200);
    let (end, time) = loop {
        if let Some(status) = child.try_wait().map_err(|error| cannot_start(&error))? {
            break (End::Status(status_of(status)), start.elapsed());
        }
        let left = limit.saturating_sub(start.elapsed());
        let interrupted = cancel.is_raised();
        if left.is_zero() || interrupted {
            let _ = child.kill();
            let _ = child.wait();
            break (if interrupted { End::Interrupted } else { End::TimedOut }, start.elapsed());
        }
        if open > 0 {
            // The end of the streams is most often the end of the program: no time is lost.
            if streams.recv_timeout(POLL.min(left)).is_ok() {
                open -= 1;
            }
        } else {
            thread::sleep(nap.min(left));
            nap = (nap * 2).min(POLL);
        }
    };
    let deadline = Instant::now() + AFTERMATH;
    while open > 0 && streams.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {
        open -= 1;
    }
    let taken = |kept: Option<Arc<Mutex<Vec<u8>>>>| {
        kept.map(|kept| std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner)))
            .unwrap_or_default()
    };
    Ok(Ended { end, stdout: taken(stdout), stderr: taken(stderr), time })
}

/// Runs `s` with these arguments where the user is, with the streams of this process, and returns the
/// status it ended with.
pub(crate) fn run_here(folder: &Path, arguments: &[OsString]) -> Result<u8, Failure> {
    let program = std::env::current_exe().map_err(|error| cannot_start(&error))?;
    let status: ExitStatus = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .status()
        .map_err(|error| cannot_start(&error))?;
    Ok(status_of(status))
}

/// Reads a stream to its end, beside whoever waits.
fn collect(mut pipe: impl Read + Send + 'static, done: mpsc::Sender<()>) -> Arc<Mutex<Vec<u8>>> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let writer = Arc::clone(&kept);
    thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            let mut kept = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let room = OUTPUT_BYTES_MAX.saturating_sub(kept.len());
            kept.extend_from_slice(&buffer[..count.min(room)]);
        }
        // Nobody listens any more when the program was ended.
        let _ = done.send(());
    });
    kept
}

fn cannot_start(error: &std::io::Error) -> Failure {
    let message = "a program could not be started";
    Failure::new(FailureKind::Failed, Diagnostic::error(Code::PROGRAM, message).note(error.to_string()))
}
