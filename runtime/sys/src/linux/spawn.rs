//! Starting programs: exec with a search of `PATH`, and spawn by a child that borrows our memory.
//!
//! Everything a child needs is built before it starts, so that between clone and exec it only
//! makes system calls. The child of [`spawn`] shares memory with the parent, which waits until
//! the child has executed or failed: no page table is copied, whatever the size of the heap.

use alloc::vec::Vec;

use super::arch::clone_onto;
use super::{MaskChange, PROT_READ, PROT_WRITE, call, check, map_anonymous, munmap, signal, sigprocmask};
use crate::{Errno, Fd, Pid, environment_get};

const CLONE_VM: usize = 0x100;
const CLONE_VFORK: usize = 0x4000;
const SIGCHLD: usize = 17;
/// Bytes of the child's stack; it calls a few small functions.
const STACK: usize = 64 * 1024;
/// Where copies of redirected descriptors go, above every usual target.
const COPY_LEAST: usize = 10;
const F_DUPFD_CLOEXEC: usize = 1030;
/// Searched when there is no `PATH`.
const DEFAULT_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin";
/// What runs a file the kernel cannot execute, as `execvp` has it.
const SHELL: &[u8] = b"/bin/sh";

/// One descriptor of the child: `target` there is what `source` is here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Redirection {
    /// A descriptor of this process.
    pub source: Fd,
    /// The number it has in the child.
    pub target: Fd,
}

/// A program to start.
#[derive(Clone, Copy, Debug)]
pub struct Spawn<'a> {
    /// The file, searched in `PATH` if it has no slash; the first argument if `None`.
    pub program: Option<&'a [u8]>,
    /// The arguments, the program's name first.
    pub arguments: &'a [&'a [u8]],
    /// The environment; the process's own if `None`.
    pub environment: Option<&'a [(Vec<u8>, Vec<u8>)]>,
    /// Descriptors to hand on. All are taken at once, so that two can change places.
    pub redirections: &'a [Redirection],
    /// Working directory of the child.
    pub directory: Option<&'a [u8]>,
}

impl<'a> Spawn<'a> {
    /// A program with its arguments and all else as it is here.
    pub fn new(arguments: &'a [&'a [u8]]) -> Self {
        Spawn { program: None, arguments, environment: None, redirections: &[], directory: None }
    }
}

/// Starts a program and gives its process number. What fails in the child before the program
/// runs, like a program that is not there, is the error here, and no child is left.
pub fn spawn(command: &Spawn<'_>) -> Result<Pid, Errno> {
    let plan = Plan::new(command)?;
    let stack = map_anonymous(STACK, PROT_READ | PROT_WRITE, 0)?;
    // No handler of ours may run in the child, whose memory is ours.
    let blocked = sigprocmask(MaskChange::Set, u64::MAX);
    let result = blocked.and_then(|mask| {
        let mut child = Child { plan: &plan, mask, error: 0 };
        let argument = core::ptr::from_mut(&mut child).cast::<u8>();
        // SAFETY: the top of a mapping is aligned, and nobody else uses it. By `CLONE_VFORK` this
        // thread waits until the child is done with plan, stack and `child`; signals are blocked.
        let started = unsafe {
            let top = stack.add(STACK);
            clone_onto(CLONE_VM | CLONE_VFORK | SIGCHLD, top, child_main, argument)
        };
        // SAFETY: the child wrote through the pointer; a volatile read sees it.
        let error = unsafe { core::ptr::read_volatile(&raw const child.error) };
        // The mask was valid before, so setting it again cannot fail.
        let _ = sigprocmask(MaskChange::Set, mask);
        let pid = check(started)? as Pid;
        if error == 0 {
            return Ok(pid);
        }
        // The child has exited; take it away. `ECHILD` means the program ignores `SIGCHLD`.
        let _ = super::wait_for_end(pid);
        Err(Errno(error))
    });
    // SAFETY: the child no longer runs on it.
    unsafe { munmap(stack, STACK)? };
    result
}

/// Runs another program in this process, searched in `PATH`; returns only with an error.
pub fn exec(arguments: &[&[u8]]) -> Errno {
    become_program(&Spawn::new(arguments))
}

/// As [`exec`], for a program apart from the name it is told, the first of the arguments.
pub fn exec_as(program: &[u8], arguments: &[&[u8]]) -> Errno {
    become_program(&Spawn { program: Some(program), ..Spawn::new(arguments) })
}

fn become_program(command: &Spawn<'_>) -> Errno {
    match Plan::new(command) {
        // SAFETY: the plan's lists are as exec wants them.
        Ok(plan) => unsafe { plan.run() },
        Err(error) => error,
    }
}

/// Runs another program in this process: the file `path`, with its own name as first argument
/// and its own environment; returns only with an error.
pub fn execve(path: &[u8], arguments: &[&[u8]], environment: &[(Vec<u8>, Vec<u8>)]) -> Errno {
    let command = Spawn { program: Some(path), environment: Some(environment), ..Spawn::new(arguments) };
    become_program(&command)
}

/// The files that [`spawn`] would try for a name, in their order, if it has to search; the name
/// itself if it has a slash.
pub fn path_of(name: &[u8]) -> Vec<Vec<u8>> {
    if name.contains(&b'/') || name.is_empty() {
        return Vec::from([name.to_vec()]);
    }
    let path = environment_get(b"PATH");
    let path = path.as_deref().unwrap_or(DEFAULT_PATH);
    path.split(|byte| *byte == b':')
        .map(|directory| {
            let mut file = directory.to_vec();
            if !file.is_empty() {
                file.push(b'/');
            }
            file.extend_from_slice(name);
            file
        })
        .collect()
}

/// Strings ended by NUL, with the null-ended list of pointers the kernel wants.
struct Strings {
    /// Owns what the pointers point to. Not touched after the pointers are made.
    _bytes: Vec<u8>,
    pointers: Vec<*const u8>,
}

impl Strings {
    /// Copies the pieces of each string together.
    fn new<'a, I>(strings: I) -> Result<Self, Errno>
    where
        I: Iterator<Item = [&'a [u8]; 3]>,
    {
        let mut bytes = Vec::new();
        let mut starts = Vec::new();
        for pieces in strings {
            starts.push(bytes.len());
            for piece in pieces {
                if piece.contains(&0) {
                    return Err(Errno::EINVAL);
                }
                bytes.extend_from_slice(piece);
            }
            bytes.push(0);
        }
        let mut pointers: Vec<*const u8> = Vec::with_capacity(starts.len() + 1);
        pointers.extend(starts.iter().map(|start| bytes[*start..].as_ptr()));
        pointers.push(core::ptr::null());
        Ok(Strings { _bytes: bytes, pointers })
    }
}

/// All a child needs, ready for the kernel.
struct Plan {
    files: Strings,
    arguments: Strings,
    /// Shell, file (filled in when needed), arguments.
    shell: core::cell::UnsafeCell<Vec<*const u8>>,
    _shell_name: Strings,
    environment: Strings,
    redirections: Vec<Redirection>,
    /// Room for the copies of the sources.
    copies: core::cell::UnsafeCell<Vec<i32>>,
    directory: Option<Strings>,
}

impl Plan {
    fn new(command: &Spawn<'_>) -> Result<Plan, Errno> {
        let name = command.program.or(command.arguments.first().copied()).ok_or(Errno::EINVAL)?;
        let files = path_of(name);
        let files = Strings::new(files.iter().map(|file| [file.as_slice(), b"", b""]))?;
        let arguments = Strings::new(command.arguments.iter().map(|text| [*text, b"", b""]))?;
        let shell_name = Strings::new([[SHELL, b"".as_slice(), b""]].into_iter())?;
        let mut shell = Vec::with_capacity(arguments.pointers.len() + 2);
        shell.extend([shell_name.pointers[0], core::ptr::null()]);
        shell.extend(arguments.pointers.iter().skip(1));
        if arguments.pointers.len() < 2 {
            shell.push(core::ptr::null());
        }
        let own;
        let variables = match command.environment {
            Some(variables) => variables,
            None => {
                own = crate::environment();
                &own
            }
        };
        let environment =
            Strings::new(variables.iter().map(|(name, value)| [name.as_slice(), b"=", value.as_slice()]))?;
        let directory = match command.directory {
            Some(path) => Some(Strings::new([[path, b"", b""]].into_iter())?),
            None => None,
        };
        Ok(Plan {
            files,
            arguments,
            shell: core::cell::UnsafeCell::new(shell),
            _shell_name: shell_name,
            environment,
            redirections: command.redirections.to_vec(),
            copies: core::cell::UnsafeCell::new(alloc::vec![-1; command.redirections.len()]),
            directory,
        })
    }

    /// Puts descriptors and directory into their places.
    ///
    /// # Safety
    /// Only one thread may use the plan. Makes nothing but system calls.
    unsafe fn prepare(&self) -> Result<(), Errno> {
        // SAFETY: by the caller's promise the only use of the cell.
        let copies = unsafe { &mut *self.copies.get() };
        // First copies of all sources, out of the way of the targets.
        let least = self.redirections.iter().map(|r| r.target.0 as usize + 1).max().unwrap_or(0);
        let least = least.max(COPY_LEAST);
        for (copy, redirection) in copies.iter_mut().zip(&self.redirections) {
            // SAFETY: no pointers.
            let fd = unsafe { call!(FCNTL, redirection.source.0, F_DUPFD_CLOEXEC, least) };
            *copy = check(fd)? as i32;
        }
        for (copy, redirection) in copies.iter().zip(&self.redirections) {
            // SAFETY: no pointers. Without flags the target outlives exec.
            super::retry(|| unsafe { call!(DUP3, *copy, redirection.target.0, 0) })?;
        }
        if let Some(directory) = &self.directory {
            // SAFETY: a string ended by NUL.
            check(unsafe { call!(CHDIR, directory.pointers[0]) })?;
        }
        Ok(())
    }

    /// Tries each file until one runs; returns only with an error: of a file that may not be
    /// executed rather than of one that is not there.
    ///
    /// # Safety
    /// Only one thread may use the plan. Makes nothing but system calls.
    unsafe fn run(&self) -> Errno {
        let environment = self.environment.pointers.as_ptr();
        let mut error = Errno::ENOENT;
        for file in self.files.pointers.iter().take_while(|file| !file.is_null()) {
            let arguments = self.arguments.pointers.as_ptr();
            // SAFETY: a string, and two lists of strings ended by null.
            match check(unsafe { call!(EXECVE, *file, arguments, environment) }) {
                Err(Errno::ENOENT | Errno::ENOTDIR) => {}
                Err(Errno::EACCES) => error = Errno::EACCES,
                Err(Errno::ENOEXEC) => {
                    // SAFETY: by the caller's promise the only use of the cell.
                    let shell = unsafe { &mut *self.shell.get() };
                    shell[1] = *file;
                    // SAFETY: as above; the shell's list ends with null as the arguments' does.
                    let run = unsafe { call!(EXECVE, shell[0], shell.as_ptr(), environment) };
                    return check(run).err().unwrap_or(Errno::ENOEXEC);
                }
                Err(other) => return other,
                // The kernel does not return from an exec that worked.
                Ok(_) => return Errno::EIO,
            }
        }
        error
    }
}

/// What parent and child of [`spawn`] share.
struct Child<'a> {
    plan: &'a Plan,
    /// Signals to block in the program.
    mask: u64,
    /// Why the program did not start; zero if it did.
    error: i32,
}

/// The child, on its own stack, with our memory: system calls only.
unsafe extern "C" fn child_main(argument: *mut u8) -> ! {
    let child = argument.cast::<Child<'_>>();
    // SAFETY: `spawn` passes a `Child` and waits, so nobody else uses it or its plan.
    let error = unsafe {
        signal::reset_handlers();
        let result = (*child).plan.prepare().and_then(|()| {
            sigprocmask(MaskChange::Set, (*child).mask)?;
            Ok((*child).plan.run())
        });
        match result {
            Ok(error) | Err(error) => error,
        }
    };
    // SAFETY: as above; the parent reads it after this process has ended.
    unsafe { core::ptr::write_volatile(&raw mut (*child).error, error.0) };
    super::exit(127)
}
