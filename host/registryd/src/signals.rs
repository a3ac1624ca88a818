//! SIGTERM and SIGINT: the first asks the server to end, the second ends the process.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use tokio::time::{MissedTickBehavior, interval};

/// How often is looked whether somebody wants it to end.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The status of a process that was ended by the second signal.
const INTERRUPTED: i32 = 130;

/// Signals that are heard from now on, for as long as the process runs.
pub(crate) struct Signals {
    raised: Arc<AtomicBool>,
}

impl Signals {
    /// Begins to hear.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn listen() -> io::Result<Signals> {
        let raised = Arc::new(AtomicBool::new(false));
        for signal in [SIGTERM, SIGINT] {
            // In this order: the second handler raises what the first one finds raised the next time.
            flag::register_conditional_shutdown(signal, INTERRUPTED, raised.clone())?;
            flag::register(signal, raised.clone())?;
        }
        Ok(Signals { raised })
    }

    /// Waits for the first one.
    pub(crate) async fn raised(self) {
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.raised.load(Ordering::SeqCst) {
            ticks.tick().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn a_signal_asks_for_the_end() {
        let signals = Signals::listen().unwrap();
        let raised = signals.raised.clone();
        assert!(Signals { raised: raised.clone() }.raised().now_or_never().is_none());
        signal_hook::low_level::raise(SIGTERM).unwrap();
        signals.raised().await;
        assert!(raised.load(Ordering::SeqCst));
    }
}
