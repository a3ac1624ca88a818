//! One process: what it takes by the kernel's account, and what it prints.
//!
//! What it prints goes to files, so that nobody who reads is measured with it. A process that takes too
//! long is ended. The kernel counts the memory of whoever starts a process as that process's own until it
//! runs its own program: figures below [`floor_kib`] are that of this program.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, kill_process};
use wait4::Wait4 as _;

/// How much of what a failed process said is shown, in lines and in characters of a line.
const SAID_LINES_MAX: usize = 6;
const SAID_LINE_CHARS_MAX: usize = 160;

/// A process that is to be.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What is started.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Where it runs, and where files take what it prints.
    pub(crate) folder: PathBuf,
    /// How long it may take.
    pub(crate) patience: Duration,
}

/// What it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// Time of processors, user and system, its own and that of children it waited for.
    pub(crate) cpu: Duration,
    /// The most memory it had at once, in KiB.
    pub(crate) peak_kib: u64,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ended well, and printed this.
    Ended(Usage, Vec<u8>),
    /// It did not: why, in the words of a report.
    Failed(String),
}

impl Call {
    /// Runs it.
    ///
    /// # Errors
    /// What keeps it from being measured: files that cannot be written, a program that cannot be started.
    pub(crate) fn run(&self) -> Result<Outcome> {
        let printed = self.folder.join("printed");
        let said = self.folder.join("said");
        let start = Instant::now();
        let child = self.start(&printed, &said)?;
        let (ended, is_over) = waited(child, self.patience)?;
        let wall = start.elapsed();
        if is_over {
            return Ok(Outcome::Failed(format!(
                "took longer than {} s and was ended",
                self.patience.as_secs()
            )));
        }
        if !ended.status.success() {
            return Ok(Outcome::Failed(failure(ended.status, &said, &printed)?));
        }
        let usage = Usage {
            wall,
            cpu: ended.rusage.utime + ended.rusage.stime,
            peak_kib: ended.rusage.maxrss / 1024,
        };
        Ok(Outcome::Ended(usage, read(&printed)?))
    }

    fn start(&self, printed: &Path, said: &Path) -> Result<Child> {
        let file = |path: &Path| File::create(path).with_context(|| format!("write {}", path.display()));
        Command::new(&self.program)
            .args(&self.arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(file(printed)?)
            .stderr(file(said)?)
            .spawn()
            .with_context(|| format!("start {}", self.program.display()))
    }
}

/// The most memory this program itself had so far, in KiB, where the system says so.
pub(crate) fn floor_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The first lines of what a failed process said, each after a line feed.
pub(crate) fn first_lines(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(SAID_LINES_MAX);
    lines.map(|line| format!("\n{}", line.chars().take(SAID_LINE_CHARS_MAX).collect::<String>())).collect()
}

/// Waits for a child and says whether it had to be ended.
fn waited(child: Child, patience: Duration) -> Result<(wait4::ResUse, bool)> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a process has a number")?;
    let (ended, watched) = channel::<()>();
    let watcher = std::thread::spawn(move || {
        let is_over = watched.recv_timeout(patience) == Err(RecvTimeoutError::Timeout);
        if is_over {
            // It may have ended by itself just now; then there is nothing to end.
            let _ = kill_process(pid, Signal::KILL);
        }
        is_over
    });
    let usage = child.wait4().context("wait for a process")?;
    drop(ended);
    let is_over = watcher.join().unwrap_or(false);
    Ok((usage, is_over && !usage.status.success()))
}

/// Why a process failed: its status, and the first lines of what it said, or else printed.
fn failure(status: ExitStatus, said: &Path, printed: &Path) -> Result<String> {
    let mut bytes = read(said)?;
    if bytes.trim_ascii().is_empty() {
        bytes = read(printed)?;
    }
    Ok(format!("ended with {status}{}", first_lines(&bytes)))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, patience: Duration) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let arguments = vec!["-c".to_owned(), script.to_owned()];
        Call { program: "/bin/sh".into(), arguments, folder: folder.path().to_owned(), patience }
            .run()
            .unwrap()
    }

    #[test]
    fn a_process_is_measured_and_what_it_prints_is_kept() {
        let outcome = run("echo one; echo not this >&2", Duration::from_secs(20));
        let Outcome::Ended(usage, printed) = outcome else { panic!("{outcome:?}") };
        assert!(usage.wall > Duration::ZERO && usage.peak_kib > 100, "{usage:?}");
        assert_eq!(printed, b"one\n");
    }

    #[test]
    fn one_that_fails_says_why() {
        let outcome = run("echo first; echo no >&2; exit 3", Duration::from_secs(20));
        assert_eq!(outcome, Outcome::Failed("ended with exit status: 3\nno".to_owned()));
        let outcome = run("echo only this; exit 4", Duration::from_secs(20));
        assert_eq!(outcome, Outcome::Failed("ended with exit status: 4\nonly this".to_owned()));
    }

    #[test]
    fn one_that_does_not_end_is_ended() {
        let start = Instant::now();
        let outcome = run("exec sleep 100", Duration::from_secs(1));
        assert_eq!(outcome, Outcome::Failed("took longer than 1 s and was ended".to_owned()));
        assert!(start.elapsed() < Duration::from_secs(50));
    }
}
