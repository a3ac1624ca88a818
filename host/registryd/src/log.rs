//! The log: lines of JSON, for a collector or for `jq`.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use s_registry::{Clock as _, Observer, SystemClock, event_line};
use serde_json::Value;

/// Where lines go.
pub(crate) struct Log {
    sink: Mutex<Box<dyn Write + Send>>,
}

impl Log {
    /// Writes to a place. That writing fails is nothing anybody could be told.
    pub(crate) fn to(sink: impl Write + Send + 'static) -> Log {
        Log { sink: Mutex::new(Box::new(sink)) }
    }

    /// Writes what happened: how grave, what, and the members of `more`.
    pub(crate) fn event(&self, level: &str, event: &str, more: Value) {
        self.line(&event_line(SystemClock.now_ms(), level, event, more));
    }
}

impl Observer for Log {
    fn line(&self, json: &str) {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        // One call, so that lines of several writers do not mix.
        let _ = sink.write_all(format!("{json}\n").as_bytes());
    }
}
