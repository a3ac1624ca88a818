//! The gate that every changing file operation passes, and the way for a test to close it.
//!
//! Without the feature `faults` the gate is always open and costs nothing. With it a test counts
//! the operations of the current thread and picks one to fail:
//!
//! ```text
//! for n in 0.. {
//!     let fault = faults::fail_at(n, ErrorKind::StorageFull);
//!     let result = the_operation();
//!     let reached = faults::steps_seen() > n;
//!     drop(fault);
//!     // the old state or the new state, never a third
//!     if !reached { break }
//! }
//! ```
//!
//! [`kill_at`] ends the process there instead, so that a parent can look at what a killed process
//! leaves behind. Clearing up after a failure does not pass the gate: it happens only after one.

use std::path::Path;

use crate::StoreError;

#[cfg(any(test, feature = "faults"))]
pub use injection::{Guard, KILLED_STATUS, fail_at, kill_at, steps_seen};

/// Passes the gate before `op` changes `path`.
#[cfg(not(any(test, feature = "faults")))]
#[inline]
pub(crate) fn step(_op: &'static str, _path: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Passes the gate before `op` changes `path`, unless this is the operation picked to fail.
#[cfg(any(test, feature = "faults"))]
pub(crate) fn step(op: &'static str, path: &Path) -> Result<(), StoreError> {
    injection::step().map_err(StoreError::io(op, path))
}

#[cfg(any(test, feature = "faults"))]
mod injection {
    use std::cell::Cell;
    use std::io;
    use std::marker::PhantomData;

    thread_local! {
        static SEEN: Cell<u64> = const { Cell::new(0) };
        static FAILS: Cell<Option<(u64, Fault)>> = const { Cell::new(None) };
    }

    #[derive(Clone, Copy)]
    enum Fault {
        Error(io::ErrorKind),
        Kill,
    }

    /// The exit status of a process that [`kill_at`] ended.
    pub const KILLED_STATUS: i32 = 77;

    /// Opens the gate again when it is dropped.
    #[must_use = "the fault is gone when this is dropped"]
    #[derive(Debug)]
    pub struct Guard {
        // Stays on the thread whose operations it counts.
        not_send: PhantomData<*const ()>,
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            FAILS.set(None);
        }
    }

    /// Makes the `n`-th changing operation of this thread from now on fail, counted from zero.
    pub fn fail_at(n: u64, kind: io::ErrorKind) -> Guard {
        arm(n, Fault::Error(kind))
    }

    /// Ends the process before the `n`-th changing operation of this thread from now on. Nothing is
    /// cleared up, as if it had been killed.
    pub fn kill_at(n: u64) -> Guard {
        arm(n, Fault::Kill)
    }

    /// Returns how many operations of this thread came to the gate since the last [`fail_at`].
    pub fn steps_seen() -> u64 {
        SEEN.get()
    }

    fn arm(n: u64, fault: Fault) -> Guard {
        SEEN.set(0);
        FAILS.set(Some((n, fault)));
        Guard { not_send: PhantomData }
    }

    pub(super) fn step() -> io::Result<()> {
        let number = SEEN.get();
        SEEN.set(number + 1);
        match FAILS.get() {
            Some((n, Fault::Error(kind))) if n == number => Err(kind.into()),
            Some((n, Fault::Kill)) if n == number => die(),
            _ => Ok(()),
        }
    }

    #[expect(clippy::exit, reason = "ending the process without clearing up is what is asked for")]
    fn die() -> ! {
        std::process::exit(KILLED_STATUS)
    }
}
