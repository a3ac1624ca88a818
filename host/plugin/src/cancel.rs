//! Interruption: one flag that everything that waits also looks at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a plugin may take to end by itself after an interruption.
pub(crate) const GRACE: Duration = Duration::from_millis(200);

/// How often whoever waits looks at the flag.
const GLANCE: Duration = Duration::from_millis(20);

/// A handle to interrupt calls with; clones are the same flag.
///
/// It is a flag and nothing else, so that a signal handler can raise it: nobody is woken, and no
/// thread waits for the signal.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    raised: Arc<AtomicBool>,
}

impl Cancel {
    /// A flag that is not raised.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// The flag itself, for a signal handler to set.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.raised)
    }

    /// Raises the flag. It stays raised; calls that run end soon, calls to come end at once.
    pub fn raise(&self) {
        self.raised.store(true, Ordering::SeqCst);
    }

    /// Returns whether the flag is raised.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst)
    }

    /// Waits for the flag.
    pub async fn raised(&self) {
        while !self.is_raised() {
            tokio::time::sleep(GLANCE).await;
        }
    }
}
