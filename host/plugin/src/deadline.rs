//! The time a call has left, which does not run while the user is being asked something.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// No limit is longer, so that its end can be told.
const TIME_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Shared between the call, which watches it, and the host functions, which may stop it.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    shared: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    started: Instant,
    ends: Instant,
}

impl Deadline {
    pub(crate) fn new() -> Deadline {
        let now = Instant::now();
        Deadline { shared: Arc::new(Mutex::new(State { started: now, ends: now })) }
    }

    /// Starts the clock; right before the call, so that waiting for a turn is not on its bill.
    pub(crate) fn start(&self, time: Duration) {
        let now = Instant::now();
        *self.lock() = State { started: now, ends: now + time.min(TIME_MAX) };
    }

    /// Runs `question` with the clock stopped.
    pub(crate) fn pause<T>(&self, question: impl FnOnce() -> T) -> T {
        let before = Instant::now();
        let answer = question();
        self.lock().ends += before.elapsed();
        answer
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.lock().started.elapsed()
    }

    /// Waits until the time is over.
    pub(crate) async fn passed(&self) {
        loop {
            let ends = self.lock().ends;
            if Instant::now() >= ends {
                return;
            }
            tokio::time::sleep_until(ends.into()).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
