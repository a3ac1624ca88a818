//! The gates that file operations pass, one for those that change something and one for those that read,
//! and the way for a test to close them.
//!
//! Without the feature `faults` they are always open and cost nothing. With it a test counts
//! the changing operations of the current thread and picks one to fail:
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
//!
//! A whole program is tested from outside: its parent names a plan in the variable [`PLAN`], and
//! the operations of all threads are counted together, from zero, since the process began.
//!
//! | plan | what happens |
//! |---|---|
//! | `kill:17` | the process ends before operation 17, and nothing is cleared up |
//! | `io:17` | operation 17 fails as a device does that cannot be read or written |
//! | `read:17` | the 17th operation that reads fails in this way; those that change something are not counted |
//! | `kill-read:17` | the process ends before the 17th operation that reads |
//! | `cut:17:0:FOLDER` | before operation 17 the power is cut: of the files below the folder no bytes are left that were not synced; with another number than 0, of some |
//! | `cut-all:17:FOLDER` | the same, and no names that were not synced either |
//! | `full:17` | the disk is full from operation 17 on: all fail but those that remove |

use std::path::Path;

use crate::StoreError;

#[cfg(all(any(test, feature = "faults"), target_os = "linux"))]
mod power;

#[cfg(any(test, feature = "faults"))]
pub use injection::{BOOT, Guard, KILLED_STATUS, PLAN, fail_at, kill_at, steps_seen};

/// Notes that a file, or a folder, was made durable as it is.
#[cfg(not(all(any(test, feature = "faults"), target_os = "linux")))]
#[inline]
pub(crate) fn synced<H>(_handle: &H) {}

/// Notes that a file, or a folder, was made durable as it is.
#[cfg(all(any(test, feature = "faults"), target_os = "linux"))]
pub(crate) fn synced<H: std::os::fd::AsFd>(handle: &H) {
    injection::synced(handle);
}

/// Which run of the system a test wants this to be.
#[cfg(not(any(test, feature = "faults")))]
#[inline]
pub(crate) fn boot() -> Option<String> {
    None
}

/// Which run of the system a test wants this to be.
#[cfg(any(test, feature = "faults"))]
pub(crate) fn boot() -> Option<String> {
    injection::boot()
}

/// Passes the gate before `op` changes `path`.
#[cfg(not(any(test, feature = "faults")))]
#[inline]
pub(crate) fn step(_op: &'static str, _path: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Passes the gate before `op` changes `path`, unless this is the operation picked to fail.
#[cfg(any(test, feature = "faults"))]
pub(crate) fn step(op: &'static str, path: &Path) -> Result<(), StoreError> {
    injection::step(op).map_err(StoreError::io(op, path))
}

/// Passes the gate before what is at `path` is read.
#[cfg(not(any(test, feature = "faults")))]
#[inline]
pub(crate) fn reading(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Passes the gate before what is at `path` is read, unless this is the operation picked to fail.
#[cfg(any(test, feature = "faults"))]
pub(crate) fn reading(path: &Path) -> Result<(), StoreError> {
    injection::reading().map_err(StoreError::io("read", path))
}

#[cfg(any(test, feature = "faults"))]
mod injection {
    use std::cell::Cell;
    use std::io;
    use std::marker::PhantomData;
    #[cfg(target_os = "linux")]
    use std::path::Path;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    #[cfg(target_os = "linux")]
    use std::sync::{Mutex, PoisonError};

    #[cfg(target_os = "linux")]
    use super::power::{Disk, Loss};

    thread_local! {
        static SEEN: Cell<u64> = const { Cell::new(0) };
        static FAILS: Cell<Option<(u64, Fault)>> = const { Cell::new(None) };
    }

    /// How many operations of all threads came to the gate.
    static SEEN_BY_ALL: AtomicU64 = AtomicU64::new(0);
    /// How many operations that read came to theirs.
    static READ_BY_ALL: AtomicU64 = AtomicU64::new(0);
    /// What the parent of this process planned for it. Only builds for tests look: this is the one
    /// place outside the binary that reads the environment.
    static PLANNED: LazyLock<Option<Plan>> = LazyLock::new(|| {
        let text = std::env::var(PLAN).ok()?;
        Some(Plan::parse(&text).unwrap_or_else(|| panic!("`{text}` in {PLAN} is no plan")))
    });

    /// The variable that has the plan of a whole process.
    pub const PLAN: &str = "STRYKE_FAULT";

    /// The variable that says which run of the system this is.
    pub const BOOT: &str = "STRYKE_BOOT";

    /// The exit status of a process that [`kill_at`] or a plan ended.
    pub const KILLED_STATUS: i32 = 77;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Fault {
        Error(io::ErrorKind),
        Kill,
    }

    /// What happens to a whole process.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Plan {
        Kill(u64),
        Device(u64),
        Full(u64),
        Read(u64),
        KillRead(u64),
        #[cfg(target_os = "linux")]
        Cut(u64, Loss),
    }

    /// What is durable, where the power is to be cut: below the folder that the plan names.
    #[cfg(target_os = "linux")]
    static DISK: LazyLock<Option<Mutex<Disk>>> = LazyLock::new(|| {
        let text = std::env::var(PLAN).ok()?;
        let folder = text.strip_prefix("cut").map(|_| text.rsplit(':').next().unwrap_or_default())?;
        Some(Mutex::new(Disk::of(Path::new(folder)).expect("the folder of a plan can be read")))
    });

    impl Plan {
        fn parse(text: &str) -> Option<Plan> {
            let (what, rest) = text.split_once(':')?;
            #[cfg(target_os = "linux")]
            if let Some(plan) = Plan::cut(what, rest) {
                return Some(plan);
            }
            let number = rest.parse().ok()?;
            match what {
                "kill" => Some(Plan::Kill(number)),
                "io" => Some(Plan::Device(number)),
                "full" => Some(Plan::Full(number)),
                "read" => Some(Plan::Read(number)),
                "kill-read" => Some(Plan::KillRead(number)),
                _ => None,
            }
        }

        #[cfg(target_os = "linux")]
        fn cut(what: &str, rest: &str) -> Option<Plan> {
            let (number, rest) = rest.split_once(':')?;
            let number = number.parse().ok()?;
            match what {
                "cut" => Some(Plan::Cut(number, Loss::Bytes(rest.split_once(':')?.0.parse().ok()?))),
                "cut-all" => Some(Plan::Cut(number, Loss::All)),
                _ => None,
            }
        }

        /// What happens to an operation that reads, by its number among all.
        fn strike_reading(self, number: u64) -> io::Result<()> {
            match self {
                Plan::Read(at) if at == number => Err(device_error()),
                Plan::KillRead(at) if at == number => die(),
                _ => Ok(()),
            }
        }

        /// What happens to an operation that changes something, by its number among all.
        fn strike(self, op: &str, number: u64) -> io::Result<()> {
            match self {
                Plan::Kill(at) if at == number => die(),
                #[cfg(target_os = "linux")]
                Plan::Cut(at, loss) if at == number => {
                    let disk = DISK.as_ref().expect("a plan that cuts names a folder");
                    // Nobody gives it back: after this there is no process.
                    let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
                    disk.cut(loss).expect("what is left can be written");
                    die()
                }
                Plan::Device(at) if at == number => Err(device_error()),
                Plan::Full(from) if from <= number && op != "remove" => {
                    Err(io::ErrorKind::StorageFull.into())
                }
                _ => Ok(()),
            }
        }
    }

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

    pub(super) fn step(op: &str) -> io::Result<()> {
        if let Some(plan) = *PLANNED {
            // Whoever cuts the power never gives this back, so that nobody goes on.
            #[cfg(target_os = "linux")]
            drop(DISK.as_ref().map(|disk| disk.lock().unwrap_or_else(PoisonError::into_inner)));
            plan.strike(op, SEEN_BY_ALL.fetch_add(1, Ordering::Relaxed))?;
        }
        let number = SEEN.get();
        SEEN.set(number + 1);
        match FAILS.get() {
            Some((n, Fault::Error(kind))) if n == number => Err(kind.into()),
            Some((n, Fault::Kill)) if n == number => die(),
            _ => Ok(()),
        }
    }

    #[cfg(target_os = "linux")]
    pub(super) fn synced(handle: &impl std::os::fd::AsFd) {
        if let Some(disk) = DISK.as_ref() {
            let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
            disk.synced(handle).expect("what was synced can be read");
        }
    }

    /// Looked at once for each store.
    pub(super) fn boot() -> Option<String> {
        std::env::var(BOOT).ok()
    }

    pub(super) fn reading() -> io::Result<()> {
        match *PLANNED {
            Some(plan) => plan.strike_reading(READ_BY_ALL.fetch_add(1, Ordering::Relaxed)),
            None => Ok(()),
        }
    }

    /// What a broken disk answers.
    fn device_error() -> io::Error {
        #[cfg(unix)]
        return rustix::io::Errno::IO.into();
        #[cfg(not(unix))]
        io::Error::other("the device does not answer")
    }

    #[expect(clippy::exit, reason = "ending the process without clearing up is what is asked for")]
    fn die() -> ! {
        std::process::exit(KILLED_STATUS)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn plans_say_what_happens_and_when() {
            for (text, plan) in [
                ("kill:0", Some(Plan::Kill(0))),
                ("io:17", Some(Plan::Device(17))),
                ("full:3", Some(Plan::Full(3))),
                ("read:5", Some(Plan::Read(5))),
                ("kill-read:5", Some(Plan::KillRead(5))),
                ("full", None),
                ("full:", None),
                ("io:-1", None),
                ("burn:1", None),
                #[cfg(target_os = "linux")]
                ("cut:5:0:/tmp/a", Some(Plan::Cut(5, Loss::Bytes(0)))),
                #[cfg(target_os = "linux")]
                ("cut-all:5:/tmp/a", Some(Plan::Cut(5, Loss::All))),
                ("cut:5", None),
            ] {
                assert_eq!(Plan::parse(text), plan, "{text}");
            }
            let fails = |plan: Plan, op| -> Vec<u64> {
                (0..4).filter(|number| plan.strike(op, *number).is_err()).collect()
            };
            assert_eq!(fails(Plan::Device(1), "write"), [1]);
            assert_eq!(fails(Plan::Full(2), "write"), [2, 3]);
            assert_eq!(fails(Plan::Full(2), "remove"), [0; 0]);
            assert_eq!(fails(Plan::Kill(9), "write"), [0; 0]);
            assert_eq!(fails(Plan::Read(1), "write"), [0; 0]);
            let read = |plan: Plan| (0..4).filter(|number| plan.strike_reading(*number).is_err()).count();
            assert_eq!((read(Plan::Read(1)), read(Plan::Device(1))), (1, 0));
        }
    }
}
