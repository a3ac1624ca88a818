//! A process with a limit of time, and what it printed.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What is kept of each stream.
const KEPT_BYTES_MAX: u64 = 32 << 20;

/// What a process did.
pub(crate) struct Ended {
    /// Its status; none when it took too long. A signal is 128 and its number.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) time: Duration,
    /// It is what a build said that refused the program.
    pub(crate) refused: bool,
}

/// Runs a program in a folder, with nothing on its standard input.
pub(crate) fn run(
    program: &Path,
    arguments: &[&str],
    folder: &Path,
    limit: Duration,
) -> std::io::Result<Ended> {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        // Nothing of the user's surroundings may change what a program prints.
        .env_remove("STRYKELIB")
        .env_remove("PERL5LIB")
        .env_remove("PERL5OPT")
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (sender, streams) = mpsc::channel();
    for (index, pipe) in [
        child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .enumerate()
    {
        let (sender, Some(pipe)) = (sender.clone(), pipe) else { continue };
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // A stream that breaks off counts as far as it went.
            let _ = pipe.take(KEPT_BYTES_MAX).read_to_end(&mut bytes);
            let _ = sender.send((index, bytes));
        });
    }
    let mut kept = [Vec::new(), Vec::new()];
    let mut open = 2;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        let left = limit.saturating_sub(start.elapsed());
        if left.is_zero() {
            child.kill()?;
            child.wait()?;
            break None;
        }
        if open > 0 {
            if let Ok((index, bytes)) = streams.recv_timeout(left.min(Duration::from_millis(20))) {
                kept[index] = bytes;
                open -= 1;
            }
        } else {
            thread::sleep(left.min(Duration::from_millis(1)));
        }
    };
    let time = start.elapsed();
    while open > 0
        && let Ok((index, bytes)) = streams.recv_timeout(Duration::from_millis(300))
    {
        kept[index] = bytes;
        open -= 1;
    }
    let [stdout, stderr] = kept;
    Ok(Ended { status: status.map(number), stdout, stderr, time, refused: false })
}

#[cfg(unix)]
fn number(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or(status.signal().map(|signal| signal + 128)).unwrap_or(-1)
}

#[cfg(not(unix))]
fn number(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
