//! Processes, and what the kernel says of them.
//!
//! What is measured is started by a small process in between, this program itself: the kernel counts
//! the memory of whoever starts a process as that process's own, and ours holds whole registries.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use wait4::Wait4 as _;

/// The argument that makes this program the process in between.
pub(crate) const MEASURE: &str = "measure-calls";

/// A process that is to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Call {
    /// What is run.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Its whole environment.
    pub(crate) environment: Vec<(String, String)>,
    /// Where it runs.
    pub(crate) directory: PathBuf,
    /// The file that takes what it says.
    pub(crate) log: PathBuf,
}

/// What it took.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// From the start of the first to the end of the last.
    pub(crate) wall: Duration,
    /// Time of processors, user and system, of all together.
    pub(crate) cpu: Duration,
    /// The most memory that one of them had at once, in KiB.
    pub(crate) peak_kib: u64,
}

impl Call {
    fn start(&self) -> Result<Child> {
        let log = File::create(&self.log).with_context(|| format!("write {}", self.log.display()))?;
        Command::new(&self.program)
            .args(&self.arguments)
            .current_dir(&self.directory)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("start {}", self.program.display()))
    }

    /// The same, run by another program that takes it as its last arguments.
    pub(crate) fn under(mut self, program: &Path, arguments: &[&str]) -> Call {
        let inner = std::mem::replace(&mut self.program, program.to_owned());
        let mut all: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        all.push(inner.to_string_lossy().into_owned());
        all.append(&mut self.arguments);
        self.arguments = all;
        self
    }
}

/// Runs processes at once and measures them.
///
/// # Errors
/// One that cannot be started, or that fails: with what it said.
pub(crate) fn measure(calls: &[Call]) -> Result<Usage> {
    let mut between = Command::new(std::env::current_exe()?)
        .arg(MEASURE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("start the process that measures")?;
    let mut input = between.stdin.take().context("its input was asked for")?;
    input.write_all(&serde_json::to_vec(calls)?)?;
    drop(input);
    let output = between.wait_with_output()?;
    let answer: Result<Usage, String> = serde_json::from_slice(&output.stdout)?;
    answer.map_err(anyhow::Error::msg)
}

/// The process in between: calls come in as JSON, the answer goes out as JSON.
///
/// # Errors
/// Input that is none.
pub(crate) fn measure_here() -> Result<String> {
    let calls: Vec<Call> = serde_json::from_reader(std::io::stdin().lock())?;
    let answer = run(&calls).map_err(|error| format!("{error:#}"));
    Ok(serde_json::to_string(&answer)?)
}

fn run(calls: &[Call]) -> Result<Usage> {
    let start = Instant::now();
    let children = calls.iter().map(Call::start).collect::<Result<Vec<Child>>>()?;
    let mut usage = Usage::default();
    let mut failed = None;
    for (child, call) in children.into_iter().zip(calls) {
        let ended = child.wait4()?;
        usage.cpu += ended.rusage.utime + ended.rusage.stime;
        usage.peak_kib = usage.peak_kib.max(ended.rusage.maxrss / 1024);
        if !ended.status.success() {
            failed = Some((call, ended.status));
        }
    }
    usage.wall = start.elapsed();
    if let Some((call, status)) = failed {
        let said = std::fs::read(&call.log)?;
        let said = String::from_utf8_lossy(&said);
        let end: Vec<&str> = said.lines().rev().take(15).collect();
        let end: Vec<&str> = end.into_iter().rev().collect();
        bail!(
            "`{} {}` ended with {status}:\n{}",
            call.program.display(),
            call.arguments.join(" "),
            end.join("\n")
        );
    }
    Ok(usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(folder: &Path, name: &str, script: &str) -> Call {
        Call {
            program: "/bin/sh".into(),
            arguments: vec!["-c".to_owned(), script.to_owned()],
            environment: vec![("WORD".to_owned(), "this".to_owned())],
            directory: folder.to_owned(),
            log: folder.join(name),
        }
    }

    #[test]
    fn processes_run_where_they_should_and_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let calls =
            [call(folder.path(), "one", "echo $WORD > here"), call(folder.path(), "two", "echo said")];
        let usage = run(&calls).unwrap();
        assert!(usage.wall > Duration::ZERO && usage.peak_kib > 100);
        assert_eq!(std::fs::read_to_string(folder.path().join("here")).unwrap(), "this\n");
        assert_eq!(std::fs::read_to_string(folder.path().join("two")).unwrap(), "said\n");
    }

    #[test]
    fn one_that_fails_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let calls = [call(folder.path(), "log", "echo no >&2; exit 3"), call(folder.path(), "two", "true")];
        let message = run(&calls).unwrap_err().to_string();
        assert!(message.contains("exit status: 3") && message.ends_with("\nno"), "{message}");
    }

    #[test]
    fn one_can_be_run_by_another() {
        let folder = tempfile::tempdir().unwrap();
        let inner = call(folder.path(), "log", "echo inner");
        run(&[inner.under(Path::new("/usr/bin/env"), &["OTHER=1"])]).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("log")).unwrap(), "inner\n");
    }
}
