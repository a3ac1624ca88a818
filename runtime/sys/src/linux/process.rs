//! Processes: identity, children, end.

use alloc::vec;
use alloc::vec::Vec;

use super::{call, check, retry, until_nul, wait};
use crate::{Errno, Pid, WaitStatus};

/// For [`waitpid`]: do not wait.
pub const WNOHANG: i32 = 1;
/// For [`waitpid`]: children that stopped count too.
pub const WUNTRACED: i32 = 2;

const SIGCHLD: usize = 17;

/// Splits the process; gives zero in the child.
///
/// # Safety
/// In a process with other threads the child may only do what is sound inside a signal (system
/// calls, no allocation, no locks) until it executes another program or exits, because the
/// other threads are gone and what they held stays held. With one thread there is no limit.
pub unsafe fn fork() -> Result<Pid, Errno> {
    // SAFETY: without a stack and with no shared memory this is the classic fork; what the child
    // does is the caller's promise.
    check(unsafe { call!(CLONE, SIGCHLD) }).map(|pid| pid as Pid)
}

/// Waits for a child: `pid`, or any (-1), or any of this group (0), or any of group `-pid`.
/// `None` if `WNOHANG` and none has ended. A caught signal ends the wait with `EINTR`.
pub fn waitpid(pid: Pid, flags: i32) -> Result<Option<(Pid, WaitStatus)>, Errno> {
    let mut status = 0_i32;
    let pointer = core::ptr::from_mut(&mut status);
    let ended = if flags & WNOHANG == 0 {
        // SAFETY: the kernel writes the status.
        unsafe { wait!(WAIT4, pid, pointer, flags) }?
    } else {
        // SAFETY: as above.
        retry(|| unsafe { call!(WAIT4, pid, pointer, flags) })?
    };
    Ok((ended != 0).then_some((ended as Pid, WaitStatus(status))))
}

/// Waits for the end of a child, whatever signals come.
pub fn wait_for_end(pid: Pid) -> Result<WaitStatus, Errno> {
    let mut status = 0_i32;
    let pointer = core::ptr::from_mut(&mut status);
    // SAFETY: the kernel writes the status.
    retry(|| unsafe { call!(WAIT4, pid, pointer, 0) })?;
    Ok(WaitStatus(status))
}

/// Sends a signal to a process or, below zero, a group; signal 0 only asks.
pub fn kill(pid: Pid, signal: i32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(KILL, pid, signal) }).map(drop)
}

/// Ends the process with all its threads.
pub fn exit(status: i32) -> ! {
    loop {
        // SAFETY: no pointers; the call does not return.
        unsafe { call!(EXIT_GROUP, status) };
    }
}

/// Lets another thread run.
pub fn yield_now() {
    // SAFETY: no pointers; the call cannot fail.
    unsafe { call!(SCHED_YIELD) };
}

/// Calls without arguments that cannot fail.
macro_rules! identity {
    ($($(#[$doc:meta])* $name:ident -> $type:ty = $number:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name() -> $type {
                // SAFETY: no arguments; the call cannot fail.
                unsafe { call!($number) as $type }
            }
        )*
    };
}

identity! {
    /// The number of this process.
    getpid -> Pid = GETPID;
    /// The number of the parent.
    getppid -> Pid = GETPPID;
    /// The real user.
    getuid -> u32 = GETUID;
    /// The effective user.
    geteuid -> u32 = GETEUID;
    /// The real group.
    getgid -> u32 = GETGID;
    /// The effective group.
    getegid -> u32 = GETEGID;
}

/// Sets the user.
pub fn setuid(uid: u32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SETUID, uid) }).map(drop)
}

/// Sets the group.
pub fn setgid(gid: u32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SETGID, gid) }).map(drop)
}

/// The further groups of the process.
pub fn getgroups() -> Result<Vec<u32>, Errno> {
    // SAFETY: with room for none the kernel only counts.
    let count = check(unsafe { call!(GETGROUPS, 0, 0) })?;
    let mut groups = vec![0_u32; count];
    // SAFETY: the kernel writes at most `count` numbers.
    let count = check(unsafe { call!(GETGROUPS, groups.len(), groups.as_mut_ptr()) })?;
    groups.truncate(count);
    Ok(groups)
}

/// The process group of a process; 0 is this one.
pub fn getpgid(pid: Pid) -> Result<Pid, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(GETPGID, pid) }).map(|group| group as Pid)
}

/// The process group of this process.
pub fn getpgrp() -> Pid {
    getpgid(0).unwrap_or_default()
}

/// Puts a process into a group; 0 for either is the process itself.
pub fn setpgid(pid: Pid, group: Pid) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SETPGID, pid, group) }).map(drop)
}

/// Starts a session with this process as its leader.
pub fn setsid() -> Result<Pid, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SETSID) }).map(|session| session as Pid)
}

/// The priority of a process (`which` 0), group (1) or user (2), from -20 to 19.
pub fn getpriority(which: i32, who: i32) -> Result<i32, Errno> {
    // SAFETY: no pointers. The kernel answers 20 less the priority, to be above zero.
    check(unsafe { call!(GETPRIORITY, which, who) }).map(|answer| 20 - answer as i32)
}

/// Sets the priority of a process, group or user.
pub fn setpriority(which: i32, who: i32, priority: i32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SETPRIORITY, which, who, priority) }).map(drop)
}

/// What the system says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SystemName {
    /// The system: `Linux`.
    pub system: Vec<u8>,
    /// The name of this machine.
    pub node: Vec<u8>,
    /// Its release.
    pub release: Vec<u8>,
    /// Its build.
    pub version: Vec<u8>,
    /// The architecture: `x86_64`.
    pub machine: Vec<u8>,
}

/// What the system says of itself.
pub fn uname() -> Result<SystemName, Errno> {
    // Six fields of 65 bytes, the last being the domain.
    let mut raw = [[0_u8; 65]; 6];
    // SAFETY: the kernel writes its six fields.
    check(unsafe { call!(UNAME, raw.as_mut_ptr()) })?;
    let [system, node, release, version, machine, _] = raw.map(|field| until_nul(&field).to_vec());
    Ok(SystemName { system, node, release, version, machine })
}

/// The name of this machine.
pub fn gethostname() -> Result<Vec<u8>, Errno> {
    uname().map(|name| name.node)
}

/// How many processors this process may use; at least one.
pub fn num_cpus() -> usize {
    let mut mask = [0_u64; 128];
    let size = size_of_val(&mask);
    // SAFETY: the kernel writes at most `size` bytes.
    match check(unsafe { call!(SCHED_GETAFFINITY, 0, size, mask.as_mut_ptr()) }) {
        Ok(_) => mask.iter().map(|word| word.count_ones() as usize).sum::<usize>().max(1),
        Err(_) => 1,
    }
}
