//! Runs git: one call, bounded in time and output, ended whole when nobody wants it any more.
//!
//! This is the only file of the crate that starts a process, and git is the only one it starts.
//! What the arguments mean is left to the callers.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::environment::{Environment, SETTINGS};
use crate::{GitError, masked};

/// How much of what git says about an error is kept, in bytes.
const STDERR_BYTES_MAX: usize = 64 * 1024;
/// How much of it goes into an error.
const SHOWN_CHARS_MAX: usize = 1000;
/// How often it is asked whether the call is still wanted.
const TICK: Duration = Duration::from_millis(20);
/// How long the last words of a process that has ended are waited for: a helper it left behind may
/// keep the pipe.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Whether the caller still wants an answer.
pub(crate) type IsCancelled = Arc<dyn Fn() -> bool + Send + Sync>;

/// One call of git.
pub(crate) struct Call<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) git_dir: &'a Path,
    /// Transports that may be used, with colons between.
    pub(crate) transports: &'a str,
    pub(crate) ssh_command: Option<OsString>,
    /// The address, as an error may show it.
    pub(crate) url: &'a str,
    pub(crate) timeout: Duration,
    pub(crate) is_cancelled: IsCancelled,
}

/// What a call gave.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) success: bool,
    pub(crate) stdout: Vec<u8>,
    /// Whether there was more than was asked for; git was then ended.
    pub(crate) is_cut: bool,
    pub(crate) stderr: String,
}

impl Call<'_> {
    /// Runs git to its end and keeps at most `bytes_max` of what it prints.
    ///
    /// # Errors
    /// [`GitError::NoGit`], [`GitError::Start`], [`GitError::Timeout`], [`GitError::Cancelled`]. That
    /// git fails is no error.
    pub(crate) fn output(&self, args: &[&str], bytes_max: u64) -> Result<Output, GitError> {
        let mut running = self.start(args, Stdio::null())?;
        let mut stdout = Vec::new();
        // What cannot be read is missed by whoever reads the answer.
        let _ = running.stdout.by_ref().take(bytes_max.saturating_add(1)).read_to_end(&mut stdout);
        let is_cut = stdout.len() as u64 > bytes_max;
        if is_cut {
            running.kill();
        }
        let (status, stderr) = running.finish()?;
        Ok(Output { success: status.success() && !is_cut, stdout, is_cut, stderr })
    }

    /// Starts git and gives it `input`, so that its answers can be read one by one.
    ///
    /// # Errors
    /// [`GitError::NoGit`], [`GitError::Start`], [`GitError::Cancelled`].
    pub(crate) fn stream(&self, args: &[&str], input: Vec<u8>) -> Result<Running, GitError> {
        let mut running = self.start(args, Stdio::piped())?;
        let mut stdin = running.stdin.take().expect("it was piped");
        // A process that no longer reads says why on its own.
        running.feeder = Some(thread::spawn(move || drop(stdin.write_all(&input))));
        Ok(running)
    }

    fn start(&self, args: &[&str], stdin: Stdio) -> Result<Running, GitError> {
        if (self.is_cancelled)() {
            return Err(GitError::Cancelled);
        }
        let mut command = self.command(args)?;
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => GitError::NoGit,
            _ => GitError::Start { source },
        })?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let stderr = collect(child.stderr.take().expect("it is piped"));
        let child = Arc::new(Mutex::new(child));
        let (done, ended) = channel();
        let guard = Guard {
            child: Arc::clone(&child),
            deadline: Instant::now() + self.timeout,
            is_cancelled: Arc::clone(&self.is_cancelled),
        };
        Ok(Running {
            child,
            stdin,
            stdout,
            stderr,
            feeder: None,
            guard: Some(thread::spawn(move || guard.watch(&ended))),
            done: Some(done),
            url: self.url.to_owned(),
            timeout: self.timeout,
        })
    }

    fn command(&self, args: &[&str]) -> Result<Command, GitError> {
        let program = self.environment.program.as_deref().ok_or(GitError::NoGit)?;
        let mut command = Command::new(program);
        command.env_clear();
        command.envs(self.environment.variables.iter().map(|(name, value)| (name, value)));
        command.env("GIT_DIR", self.git_dir).env("GIT_ALLOW_PROTOCOL", self.transports);
        if let Some(ssh) = &self.ssh_command {
            command.env("GIT_SSH_COMMAND", ssh);
        }
        command.current_dir(self.git_dir);
        for setting in SETTINGS {
            command.args([OsStr::new("-c"), OsStr::new(setting)]);
        }
        command.args(args);
        Ok(command)
    }
}

/// A process of git that has not ended. It and all that it started are ended when this is dropped.
pub(crate) struct Running {
    child: Arc<Mutex<Child>>,
    stdin: Option<ChildStdin>,
    pub(crate) stdout: BufReader<ChildStdout>,
    stderr: Receiver<Vec<u8>>,
    feeder: Option<JoinHandle<()>>,
    guard: Option<JoinHandle<Option<Stop>>>,
    /// Dropped when the guard may go.
    done: Option<Sender<()>>,
    url: String,
    timeout: Duration,
}

impl Running {
    /// Waits for the end, and returns how it was and what git said about it.
    ///
    /// # Errors
    /// [`GitError::Timeout`], [`GitError::Cancelled`], [`GitError::Start`].
    pub(crate) fn finish(mut self) -> Result<(ExitStatus, String), GitError> {
        let mut pause = Duration::from_micros(200);
        let status = loop {
            match locked(&self.child).try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) => {}
                Err(source) => return Err(GitError::Start { source }),
            }
            thread::sleep(pause);
            pause = (pause * 2).min(TICK);
        };
        match self.release() {
            Some(Stop::Cancelled) => return Err(GitError::Cancelled),
            Some(Stop::Timeout) => {
                return Err(GitError::Timeout { url: self.url.clone(), after: self.timeout });
            }
            None => {}
        }
        let mut said = Vec::new();
        let until = Instant::now() + LAST_WORDS;
        while let Ok(part) = self.stderr.recv_timeout(until.saturating_duration_since(Instant::now())) {
            said.extend_from_slice(&part[..part.len().min(STDERR_BYTES_MAX - said.len())]);
        }
        Ok((status, clean(&said)))
    }

    /// Ends it and all that it started.
    pub(crate) fn kill(&self) {
        kill(&mut locked(&self.child));
    }

    /// Lets the guard go and returns why it ended the process, if it did.
    fn release(&mut self) -> Option<Stop> {
        self.done = None;
        self.guard.take().and_then(|guard| guard.join().ok().flatten())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.guard.is_some() {
            self.kill();
            let _ = locked(&self.child).wait();
            self.release();
        }
        if let Some(feeder) = self.feeder.take() {
            let _ = feeder.join();
        }
    }
}

/// Why a process was ended.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Cancelled,
    Timeout,
}

/// Ends a process that takes too long or is not wanted.
struct Guard {
    child: Arc<Mutex<Child>>,
    deadline: Instant,
    is_cancelled: IsCancelled,
}

impl Guard {
    fn watch(self, ended: &Receiver<()>) -> Option<Stop> {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            match ended.recv_timeout(TICK.min(left)) {
                Err(RecvTimeoutError::Timeout) => {}
                _ => return None,
            }
            let stop = if (self.is_cancelled)() {
                Stop::Cancelled
            } else if Instant::now() >= self.deadline {
                Stop::Timeout
            } else {
                continue;
            };
            kill(&mut locked(&self.child));
            return Some(stop);
        }
    }
}

/// Ends a process and its group. One that has ended already is left alone: its number may be that of
/// another.
fn kill(child: &mut Child) {
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
}

fn locked(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads all that git says, so that it never waits, and hands on the beginning.
fn collect(mut stderr: ChildStderr) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        let mut left = STDERR_BYTES_MAX;
        while let Ok(count @ 1..) = stderr.read(&mut buffer) {
            let part = count.min(left);
            left -= part;
            if part > 0 && sender.send(buffer[..part].to_vec()).is_err() {
                left = 0;
            }
        }
    });
    receiver
}

/// Makes of what came from a program, and perhaps from a server, something that can be shown.
fn clean(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let is_shown = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let lines =
        text.split(['\n', '\r']).map(|line| line.chars().filter(|c| is_shown(*c)).collect::<String>());
    let lines: Vec<String> =
        lines.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect();
    masked(&lines.join("\n")).chars().take(SHOWN_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_cleaned_cut_and_masked() {
        assert_eq!(
            clean(b"remote: a\x1b[31mb\r\n\n  fatal: x \xff\n"),
            "remote: a[31mb\n  fatal: x \u{fffd}"
        );
        assert_eq!(clean("a\u{202e}b".as_bytes()), "ab");
        assert_eq!(clean(b"fatal: 'https://u:p@h/x' no"), "fatal: 'https://***@h/x' no");
        assert_eq!(clean(&[b'x'; 5000]).len(), SHOWN_CHARS_MAX);
    }
}
