//! The time a call has left, which does not run while the user is being asked something.
//!
//! Whoever asks holds up everybody: a plugin waits for the network, the network for a credential,
//! and its provider for the user. So a question stops the clock of all calls of an engine.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// No limit is longer, so that its end can be told.
const TIME_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How long the user has been asked, all questions together; clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions {
    asked_ns: Arc<AtomicU64>,
}

/// Shared between the call, which watches it, and the host functions, which may stop it.
#[derive(Clone, Debug)]
pub(crate) struct Deadline {
    call: Arc<Mutex<Call>>,
    questions: Questions,
}

#[derive(Debug)]
struct Call {
    started: Instant,
    time: Duration,
    /// What had been asked when it started.
    asked: Duration,
}

impl Questions {
    fn asked(&self) -> Duration {
        Duration::from_nanos(self.asked_ns.load(Relaxed))
    }
}

impl Deadline {
    pub(crate) fn new(questions: Questions) -> Deadline {
        let call = Call { started: Instant::now(), time: Duration::ZERO, asked: questions.asked() };
        Deadline { call: Arc::new(Mutex::new(call)), questions }
    }

    /// Starts the clock; right before the call, so that waiting for a turn is not on its bill.
    pub(crate) fn start(&self, time: Duration) {
        let asked = self.questions.asked();
        *self.lock() = Call { started: Instant::now(), time: time.min(TIME_MAX), asked };
    }

    /// Runs `question` with the clock stopped.
    pub(crate) fn pause<T>(&self, question: impl FnOnce() -> T) -> T {
        let before = Instant::now();
        let answer = question();
        let asked_ns = u64::try_from(before.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.questions.asked_ns.fetch_add(asked_ns, Relaxed);
        answer
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.lock().started.elapsed()
    }

    /// Waits until the time is over.
    pub(crate) async fn passed(&self) {
        loop {
            let ends = self.ends();
            if Instant::now() >= ends {
                return;
            }
            tokio::time::sleep_until(ends.into()).await;
        }
    }

    fn ends(&self) -> Instant {
        let call = self.lock();
        call.started + call.time + self.questions.asked().saturating_sub(call.asked)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Call> {
        self.call.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_stops_the_clock_of_every_call() {
        let questions = Questions::default();
        let (asking, waiting) = (Deadline::new(questions.clone()), Deadline::new(questions.clone()));
        asking.start(Duration::from_secs(60));
        waiting.start(Duration::from_secs(60));
        let before = (asking.ends(), waiting.ends());
        asking.pause(|| std::thread::sleep(Duration::from_millis(20)));
        for (deadline, before) in [(&asking, before.0), (&waiting, before.1)] {
            assert!(deadline.ends() >= before + Duration::from_millis(20));
        }
        // What was asked before a call is not its own.
        asking.start(Duration::ZERO);
        assert!(asking.ends() <= Instant::now());
        waiting.start(Duration::MAX);
        assert!(waiting.ends() > Instant::now());
    }
}
