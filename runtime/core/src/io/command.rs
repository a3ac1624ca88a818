//! Running commands: backticks, `system`, `exec`, and whether a shell is needed.
//!
//! The caller flushes its handles before, so that output comes in order.

use alloc::vec::Vec;

use s_sys::{Errno, Fd, Pid, Redirection, Spawn, WaitStatus};

const SHELL: [&[u8]; 2] = [b"/bin/sh", b"-c"];
/// A command with one of these is for the shell.
const SHELL_BYTES: &[u8] = b"$&*(){}[]'\";\\|?<>~`\n";

/// What is done with plain words that name no program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NoProgram {
    /// The command could not be started, as in Perl.
    Fails,
    /// The shell is asked: it has commands of its own, and says what it does not know.
    AsksShell,
}

/// Runs a command, by the shell where it needs one, and gives what it wrote to standard output
/// and how it ended. The error is that it could not be started, or `EINTR`: when a caught signal
/// interrupts, `interrupted` runs its handler and says whether to go on.
pub fn run_shell(
    command: &[u8],
    no_program: NoProgram,
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<(Vec<u8>, WaitStatus), Errno> {
    start(command, no_program, |words| run(words, None, interrupted))
}

/// As [`run_shell`], for a list that no shell sees. What the command writes to standard error is
/// dropped.
pub fn run_quiet(
    arguments: &[&[u8]],
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<(Vec<u8>, WaitStatus), Errno> {
    let nowhere = s_sys::open(b"/dev/null", s_sys::O_WRONLY, 0)?;
    let result = run(arguments, Some(nowhere), interrupted);
    s_sys::close(nowhere).unwrap_or_default();
    result
}

fn run(
    arguments: &[&[u8]],
    errors: Option<Fd>,
    interrupted: &mut dyn FnMut() -> bool,
) -> Result<(Vec<u8>, WaitStatus), Errno> {
    let (read_end, write_end) = s_sys::pipe()?;
    let mut redirections = alloc::vec![Redirection { source: write_end, target: Fd::STDOUT }];
    redirections.extend(errors.map(|source| Redirection { source, target: Fd::STDERR }));
    let started = s_sys::spawn(&Spawn { redirections: &redirections, ..Spawn::new(arguments) });
    // Handed on only: closing has nothing to lose.
    s_sys::close(write_end).unwrap_or_default();
    let pid = match started {
        Ok(pid) => pid,
        Err(error) => {
            s_sys::close(read_end).unwrap_or_default();
            return Err(error);
        }
    };
    let mut output = Vec::new();
    let read = loop {
        let step = (output.len() / 2).clamp(4096, 1 << 20);
        match s_sys::read_append(read_end, &mut output, step) {
            Ok(0) => break Ok(()),
            Ok(_) => {}
            Err(Errno::EINTR) if interrupted() => {}
            Err(error) => break Err(error),
        }
    };
    s_sys::close(read_end).unwrap_or_default();
    if read == Err(Errno::EINTR) {
        // Whoever gives up does not wait: the command ends when it writes to nobody.
        return Err(Errno::EINTR);
    }
    let status = s_sys::wait_for_end(pid)?;
    read.map(|()| (output, status))
}

/// Runs a command, by the shell where it needs one, with our own standard streams. Signals of
/// the keyboard are the command's while it runs. The error is that it could not be started.
pub fn system(command: &[u8], no_program: NoProgram) -> Result<WaitStatus, Errno> {
    start(command, no_program, system_list)
}

/// As [`system`], for a list that no shell sees.
pub fn system_list(arguments: &[&[u8]]) -> Result<WaitStatus, Errno> {
    wait_deaf(s_sys::spawn(&Spawn::new(arguments))?)
}

/// As [`system_list`], for a program apart from the name it is told, the first of the arguments.
pub fn system_as(program: &[u8], arguments: &[&[u8]]) -> Result<WaitStatus, Errno> {
    wait_deaf(s_sys::spawn(&Spawn { program: Some(program), ..Spawn::new(arguments) })?)
}

/// Waits for a command, to which the signals of the keyboard belong meanwhile.
fn wait_deaf(pid: Pid) -> Result<WaitStatus, Errno> {
    let deaf = [s_sys::SIGINT, s_sys::SIGQUIT].map(s_sys::signal_suspend);
    let status = s_sys::wait_for_end(pid);
    for saved in deaf.into_iter().flatten() {
        s_sys::signal_restore(saved)?;
    }
    status
}

/// Becomes a command, by the shell where it needs one; returns only with an error.
pub fn exec(command: &[u8], no_program: NoProgram) -> Errno {
    let become_it = |words: &[&[u8]]| Err::<(), Errno>(s_sys::exec(words));
    start(command, no_program, become_it).err().unwrap_or(Errno::ENOEXEC)
}

/// As [`exec`], for a list that no shell sees.
pub fn exec_list(arguments: &[&[u8]]) -> Errno {
    s_sys::exec(arguments)
}

/// The words of a command that needs no shell; `None` if it needs one: for quotes, variables,
/// patterns, redirections, several commands, an assignment in front or the word `exec`.
pub fn shell_words(command: &[u8]) -> Option<Vec<&[u8]>> {
    let command = command.trim_ascii_start();
    let command = command.strip_suffix(b"\n").unwrap_or(command);
    let first = command
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .unwrap_or(command.len());
    let next = command.get(first).copied().unwrap_or_default();
    if next == b'=' || (&command[..first] == b"exec" && next.is_ascii_whitespace()) {
        return None;
    }
    if command.iter().any(|byte| SHELL_BYTES.contains(byte)) {
        return None;
    }
    Some(command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect())
}

/// As [`with_words`], and once more by the shell where there is no such program and the shell is
/// to be asked.
fn start<R>(
    command: &[u8],
    no_program: NoProgram,
    mut job: impl FnMut(&[&[u8]]) -> Result<R, Errno>,
) -> Result<R, Errno> {
    match with_words(command, &mut job) {
        Err(Errno::ENOENT) if no_program == NoProgram::AsksShell => by_shell(command, job),
        result => result,
    }
}

fn by_shell<R>(command: &[u8], job: impl FnOnce(&[&[u8]]) -> Result<R, Errno>) -> Result<R, Errno> {
    job(&[SHELL[0], SHELL[1], command])
}

/// Hands the words of a command, or the shell's words for it, to `job`.
pub(super) fn with_words<R>(
    command: &[u8],
    job: impl FnOnce(&[&[u8]]) -> Result<R, Errno>,
) -> Result<R, Errno> {
    match shell_words(command) {
        Some(words) => job(&words),
        None => by_shell(command, job),
    }
}
