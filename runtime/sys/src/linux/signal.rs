//! Signals: actions, masks, and the set of caught signals that wait for their handlers.
//!
//! A program's handler never runs inside a signal. [`signal_catch`] installs a handler that only
//! notes the signal; the runtime asks [`signals_pending`] where it is safe and takes the signals
//! with [`signals_take`].

use core::sync::atomic::{AtomicU64, Ordering};

use super::arch::KernelAction;
use super::{WaitAnswer, arch, call, check};
use crate::Errno;

/// Names by number, from 0 (`ZERO`) to 31, without `SIG`.
pub const SIGNAL_NAMES: [&str; 32] = [
    "ZERO", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];

/// Hang-up of the terminal.
pub const SIGHUP: i32 = 1;
/// Interrupt from the keyboard.
pub const SIGINT: i32 = 2;
/// Quit from the keyboard.
pub const SIGQUIT: i32 = 3;
/// Abort.
pub const SIGABRT: i32 = 6;
/// End at once; cannot be caught.
pub const SIGKILL: i32 = 9;
/// For the program's own use.
pub const SIGUSR1: i32 = 10;
/// Memory that is not there.
pub const SIGSEGV: i32 = 11;
/// For the program's own use.
pub const SIGUSR2: i32 = 12;
/// Writing to a pipe nobody reads.
pub const SIGPIPE: i32 = 13;
/// The alarm clock.
pub const SIGALRM: i32 = 14;
/// End, please.
pub const SIGTERM: i32 = 15;
/// A child has ended.
pub const SIGCHLD: i32 = 17;
/// Continue.
pub const SIGCONT: i32 = 18;
/// Stop; cannot be caught.
pub const SIGSTOP: i32 = 19;

/// The highest signal number.
pub const SIGNAL_MAX: i32 = 64;

const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;
const SA_RESTART: usize = 0x1000_0000;
const SA_ONSTACK: usize = 0x0800_0000;
const SA_SIGINFO: usize = 4;
const SET_SIZE: usize = 8;
const SIG_BLOCK: usize = 0;
const SIG_UNBLOCK: usize = 1;
const SIG_SETMASK: usize = 2;

/// One bit a signal, bit 0 for signal 1.
static PENDING: AtomicU64 = AtomicU64::new(0);

/// What a signal does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignalAction {
    /// What the system does by default.
    Default,
    /// Nothing.
    Ignore,
    /// Runs a function, inside the signal; its address.
    Handler(usize),
}

/// The number of a signal by name, with or without `SIG`.
pub fn signal_number(name: &str) -> Option<i32> {
    let name = name.strip_prefix("SIG").unwrap_or(name);
    match name {
        "IOT" => return Some(6),
        "CLD" => return Some(SIGCHLD),
        "POLL" => return Some(29),
        _ => {}
    }
    (0_i32..).zip(SIGNAL_NAMES).find(|(_, other)| *other == name).map(|(number, _)| number)
}

/// The name of a signal, without `SIG`; real-time signals have none.
pub fn signal_name(number: i32) -> Option<&'static str> {
    SIGNAL_NAMES.get(usize::try_from(number).ok()?).copied()
}

/// Notes a signal for the program instead of what it would do; gives the action before.
pub fn signal_catch(signal: i32) -> Result<SignalAction, Errno> {
    // SAFETY: `note` does nothing but an atomic operation, which is sound inside a signal.
    unsafe { sigaction(signal, Some(SignalAction::Handler(note_address())), false) }
}

/// Gives a signal back its default action; gives the action before.
pub fn signal_default(signal: i32) -> Result<SignalAction, Errno> {
    // SAFETY: no handler of the program runs.
    unsafe { sigaction(signal, Some(SignalAction::Default), false) }
}

/// Ignores a signal; gives the action before.
pub fn signal_ignore(signal: i32) -> Result<SignalAction, Errno> {
    // SAFETY: no handler of the program runs.
    unsafe { sigaction(signal, Some(SignalAction::Ignore), false) }
}

/// The action of a signal; a signal that is caught has a handler for which
/// [`signal_is_caught`] says yes.
pub fn signal_action(signal: i32) -> Result<SignalAction, Errno> {
    // SAFETY: nothing is changed.
    unsafe { sigaction(signal, None, false) }
}

/// Whether an action is that of [`signal_catch`].
pub fn signal_is_caught(action: SignalAction) -> bool {
    action == SignalAction::Handler(note_address())
}

/// Ignores a signal until [`signal_restore`]; gives what to restore.
pub fn signal_suspend(signal: i32) -> Result<SavedAction, Errno> {
    let new = KernelAction::new(SIG_IGN, 0);
    let mut old = KernelAction::new(SIG_DFL, 0);
    let (action, before) = (core::ptr::from_ref(&new), core::ptr::from_mut(&mut old));
    // SAFETY: both are the kernel's layout and outlive the call; no handler is installed.
    check(unsafe { call!(RT_SIGACTION, signal, action, before, SET_SIZE) })?;
    Ok(SavedAction { signal, action: old })
}

/// Puts back the action from before [`signal_suspend`].
pub fn signal_restore(saved: SavedAction) -> Result<(), Errno> {
    let action = core::ptr::from_ref(&saved.action);
    // SAFETY: the kernel's layout; the action was in force before, unchanged since.
    check(unsafe { call!(RT_SIGACTION, saved.signal, action, 0, SET_SIZE) }).map(drop)
}

/// The action of a signal as it was, whoever had set it.
pub struct SavedAction {
    signal: i32,
    action: KernelAction,
}

/// Whether a caught signal waits. One relaxed load: fit for loop back-edges.
#[inline]
pub fn signals_pending() -> bool {
    PENDING.load(Ordering::Relaxed) != 0
}

/// Takes the lowest caught signal that waits.
pub fn signals_take() -> Option<i32> {
    let set = PENDING.load(Ordering::Acquire);
    if set == 0 {
        return None;
    }
    let bit = set.trailing_zeros();
    PENDING.fetch_and(!(1 << bit), Ordering::AcqRel);
    Some(bit as i32 + 1)
}

/// The set of pending caught signals itself, for code that polls it: not zero is pending.
pub fn signals_cell() -> &'static AtomicU64 {
    &PENDING
}

/// Sets (or with `None` only asks) the action of a signal; gives the one before. With `restart`
/// the kernel repeats interrupted calls. A handler runs on the alternate stack if there is one.
///
/// # Safety
/// A handler must be the address of an `extern "C" fn(i32, *const u8, *mut u8)`, or of one that takes
/// only the first of these (the number, the kernel's `siginfo` and `ucontext`), that does only what is
/// sound at any point of the program, on any of its threads.
pub unsafe fn sigaction(
    signal: i32,
    action: Option<SignalAction>,
    restart: bool,
) -> Result<SignalAction, Errno> {
    let new = action.map(|action| {
        let handler = match action {
            SignalAction::Default => SIG_DFL,
            SignalAction::Ignore => SIG_IGN,
            SignalAction::Handler(address) => address,
        };
        KernelAction::new(handler, SA_ONSTACK | SA_SIGINFO | if restart { SA_RESTART } else { 0 })
    });
    let mut old = KernelAction::new(SIG_DFL, 0);
    let pointer = new.as_ref().map_or(core::ptr::null(), core::ptr::from_ref);
    let before = core::ptr::from_mut(&mut old);
    // SAFETY: both are the kernel's layout or null and outlive the call; the handler is the
    // caller's promise.
    check(unsafe { call!(RT_SIGACTION, signal, pointer, before, SET_SIZE) })?;
    Ok(match old.handler {
        SIG_DFL => SignalAction::Default,
        SIG_IGN => SignalAction::Ignore,
        address => SignalAction::Handler(address),
    })
}

/// How [`sigprocmask`] uses its set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MaskChange {
    /// Block these too.
    Block,
    /// No longer block these.
    Unblock,
    /// Block these and no others.
    Set,
}

/// Changes the blocked signals of this thread, one bit a signal from signal 1 on; gives the set
/// before.
pub fn sigprocmask(change: MaskChange, set: u64) -> Result<u64, Errno> {
    let how = match change {
        MaskChange::Block => SIG_BLOCK,
        MaskChange::Unblock => SIG_UNBLOCK,
        MaskChange::Set => SIG_SETMASK,
    };
    let mut old = 0_u64;
    let (new, before) = (core::ptr::from_ref(&set), core::ptr::from_mut(&mut old));
    // SAFETY: both sets are eight bytes and outlive the call.
    check(unsafe { call!(RT_SIGPROCMASK, how, new, before, SET_SIZE) })?;
    Ok(old)
}

/// Gives every signal with a handler its default action, as exec will. For a child that shares
/// the parent's memory until then.
///
/// # Safety
/// Must run in such a child, or anywhere that no handler is wanted any more.
pub(super) unsafe fn reset_handlers() {
    for signal in 1..=SIGNAL_MAX {
        // SAFETY: only asks.
        if let Ok(SignalAction::Handler(_)) = unsafe { sigaction(signal, None, false) } {
            // SAFETY: sets the default, which runs nothing of the program. It cannot fail for a
            // signal that had a handler.
            let _ = unsafe { sigaction(signal, Some(SignalAction::Default), false) };
        }
    }
}

extern "C" fn note(signal: i32, _: *const u8, context: *mut u8) {
    if (1..=SIGNAL_MAX).contains(&signal) {
        PENDING.fetch_or(1 << (signal - 1), Ordering::AcqRel);
    }
    // SAFETY: null only asks.
    let WaitAnswer { first, end } = unsafe { arch::wait_call(core::ptr::null()) };
    // SAFETY: inside the kernel's context, which nobody else has.
    unsafe {
        let next = arch::program_counter(context);
        if (first..end).contains(&next.read_unaligned()) {
            next.write_unaligned(first);
        }
    }
}

fn note_address() -> usize {
    note as extern "C" fn(i32, *const u8, *mut u8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A signal between the look at the set and the call is the one that could be missed.
    #[test]
    fn a_signal_just_before_a_wait_makes_it_look_again() {
        // SAFETY: null only asks.
        let WaitAnswer { first, end } = unsafe { arch::wait_call(core::ptr::null()) };
        assert!(first < end && end - first < 64, "{first:x} {end:x}");
        for (before, after) in
            [(first - 1, first - 1), (first, first), (first + 1, first), (end - 1, first), (end, end)]
        {
            let mut context = [0_u8; 1024];
            // SAFETY: the place is inside the context.
            let place = unsafe { arch::program_counter(context.as_mut_ptr()) };
            // SAFETY: as above.
            unsafe { place.write_unaligned(before) };
            // Number 0 is no signal, so nothing is noted.
            note(0, core::ptr::null(), context.as_mut_ptr());
            // SAFETY: as above.
            assert_eq!(unsafe { place.read_unaligned() }, after);
        }
    }
}
