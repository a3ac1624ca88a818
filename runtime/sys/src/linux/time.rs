//! Clocks and waiting.

use super::{call, check, wait};
use crate::{Errno, Time};

const CLOCK_REALTIME: usize = 0;
const CLOCK_MONOTONIC: usize = 1;
const CLOCK_PROCESS_CPUTIME: usize = 2;
const CLOCK_THREAD_CPUTIME: usize = 3;
const TIMER_ABSTIME: usize = 1;
const ITIMER_REAL: usize = 0;

/// Ticks in a second of what the kernel counts for [`times`].
pub const TICKS_PER_SECOND: i64 = 100;

/// The time of day, since 1970 in UTC.
pub fn clock_realtime() -> Time {
    clock(CLOCK_REALTIME)
}

/// A time that only grows, from a point that means nothing.
pub fn clock_monotonic() -> Time {
    clock(CLOCK_MONOTONIC)
}

/// Time of the processor this process has used.
pub fn clock_process() -> Time {
    clock(CLOCK_PROCESS_CPUTIME)
}

/// Time of the processor this thread has used.
pub fn clock_thread() -> Time {
    clock(CLOCK_THREAD_CPUTIME)
}

/// Waits for `length`. A caught signal ends the wait with `EINTR`, other signals do not.
pub fn sleep(length: Time) -> Result<(), Errno> {
    let now = clock_monotonic();
    let nanoseconds = now.nanoseconds + length.nanoseconds;
    let end = [
        now.seconds.saturating_add(length.seconds).saturating_add(i64::from(nanoseconds / 1_000_000_000)),
        i64::from(nanoseconds % 1_000_000_000),
    ];
    // SAFETY: the pair is the kernel's layout and outlives the call.
    unsafe { wait!(CLOCK_NANOSLEEP, CLOCK_MONOTONIC, TIMER_ABSTIME, end.as_ptr()) }.map(drop)
}

/// Has `SIGALRM` sent in `length`, zero for never; gives what was left of the earlier alarm.
pub fn alarm(length: Time) -> Result<Time, Errno> {
    let new = [0, 0, length.seconds, i64::from(length.nanoseconds.div_ceil(1000))];
    let new = if new[3] >= 1_000_000 { [0, 0, new[2].saturating_add(1), 0] } else { new };
    let mut old = [0_i64; 4];
    // SAFETY: both are the kernel's two pairs of seconds and microseconds.
    check(unsafe { call!(SETITIMER, ITIMER_REAL, new.as_ptr(), old.as_mut_ptr()) })?;
    Ok(Time { seconds: old[2], nanoseconds: old[3] as u32 * 1000 })
}

/// Waits for a caught signal; always `EINTR`.
pub fn pause() -> Result<(), Errno> {
    // SAFETY: no descriptors and no timeout.
    unsafe { wait!(PPOLL, 0, 0, 0, 0, 8) }.map(drop)
}

/// What [`times`] tells, in ticks of [`TICKS_PER_SECOND`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Times {
    /// Ticks in the program.
    pub user: i64,
    /// Ticks in the kernel for the program.
    pub system: i64,
    /// The same of children that were waited for: in the program.
    pub children_user: i64,
    /// And in the kernel.
    pub children_system: i64,
}

/// Time of the processor, of this process and its children.
pub fn times() -> Times {
    let mut raw = [0_i64; 4];
    // SAFETY: the kernel writes its four numbers.
    unsafe { call!(TIMES, raw.as_mut_ptr()) };
    Times { user: raw[0], system: raw[1], children_user: raw[2], children_system: raw[3] }
}

fn clock(number: usize) -> Time {
    let mut pair = [0_i64; 2];
    if !super::vdso::clock_gettime(number, &mut pair) {
        // SAFETY: the kernel writes the pair; these clocks are always there.
        unsafe { call!(CLOCK_GETTIME, number, pair.as_mut_ptr()) };
    }
    Time { seconds: pair[0], nanoseconds: pair[1] as u32 }
}
