//! The exit statuses, in the one place that defines them. `s help exit-statuses` prints this table.

use std::process::ExitCode;

macro_rules! exits {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal,)*) => {
        /// How the process ends.
        ///
        /// `s run` is the exception: it passes on the status of the program it ran.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(dead_code, reason = "the statuses are one documented set, used as commands appear")]
        pub(crate) enum Exit {
            $($(#[doc = $doc])+ $name = $status,)*
        }

        /// Every status with what it means, in ascending order.
        pub(crate) const EXITS: &[(u8, &str)] = &[$(($status, concat!($($doc),+)),)*];
    };
}

exits! {
    /// done; also when the reader of the answer went away early
    Done = 0,
    /// failed for a reason that has no status of its own
    Failed = 1,
    /// the command line could not be understood
    Usage = 2,
    /// the lock does not fit the manifest and may not be changed
    LockDrift = 3,
    /// no choice of versions suits every package
    NoSolution = 4,
    /// a digest, a signature or a grant does not allow it
    Integrity = 5,
    /// offline, and something that is needed is not here
    OfflineMiss = 6,
    /// the audit found something
    AuditFindings = 7,
    /// a transaction was cut short and needs repair
    NeedsRepair = 8,
    /// the network, or a server, failed
    Network = 9,
    /// a bug in `s`; please report it
    Bug = 70,
    /// interrupted, by ^C
    Interrupted = 130,
}

impl Exit {
    /// Returns the number that the shell sees.
    pub(crate) fn status(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_ascend_and_are_explained() {
        assert!(EXITS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(EXITS.iter().all(|(_, meaning)| meaning.len() > 10));
        assert_eq!(Exit::Done.status(), 0);
        assert_eq!(Exit::Interrupted.status(), 130);
    }
}
