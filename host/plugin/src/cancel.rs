//! Interruption: one flag that everything that waits also looks at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

/// How long a plugin may take to end by itself after an interruption.
pub(crate) const GRACE: Duration = Duration::from_millis(200);

/// A handle to interrupt calls with; clones are the same flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    raised: AtomicBool,
    raising: Notify,
}

impl Cancel {
    /// A flag that is not raised.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Raises the flag. It stays raised; calls that run end soon, calls to come end at once.
    pub fn raise(&self) {
        self.shared.raised.store(true, Ordering::SeqCst);
        self.shared.raising.notify_waiters();
    }

    /// Returns whether the flag is raised.
    pub fn is_raised(&self) -> bool {
        self.shared.raised.load(Ordering::SeqCst)
    }

    /// Waits for the flag.
    pub async fn raised(&self) {
        loop {
            let raising = self.shared.raising.notified();
            if self.is_raised() {
                return;
            }
            raising.await;
        }
    }
}
