//! Counters, in the text form that Prometheus reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The counters of a server.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), Requests>>,
    /// Connections that are open.
    pub(crate) connection_count: AtomicU64,
    /// Versions that were published here.
    pub(crate) published_count: AtomicU64,
    /// Bytes of archives that were received.
    pub(crate) received_bytes: AtomicU64,
}

#[derive(Clone, Copy, Default)]
struct Requests {
    count: u64,
    time_us: u64,
}

impl Metrics {
    /// Counts an answer: which route, which status, how long until it began.
    pub(crate) fn answered(&self, route: &'static str, status: u16, time_us: u64) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = requests.entry((route, status)).or_default();
        entry.count += 1;
        entry.time_us += time_us;
    }

    /// All counters.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        text.push_str("# TYPE stryke_registry_requests_total counter\n");
        for ((route, status), entry) in &requests {
            let _ = writeln!(
                text,
                "stryke_registry_requests_total{{route=\"{route}\",status=\"{status}\"}} {}",
                entry.count
            );
        }
        text.push_str("# TYPE stryke_registry_request_seconds_total counter\n");
        for ((route, status), entry) in &requests {
            let (seconds, rest) = (entry.time_us / 1_000_000, entry.time_us % 1_000_000);
            let _ = writeln!(
                text,
                "stryke_registry_request_seconds_total{{route=\"{route}\",status=\"{status}\"}} {seconds}.{rest:06}"
            );
        }
        for (name, kind, value) in [
            ("connections", "gauge", &self.connection_count),
            ("published_total", "counter", &self.published_count),
            ("received_bytes_total", "counter", &self.received_bytes),
        ] {
            let value = value.load(Ordering::Relaxed);
            let _ = writeln!(text, "# TYPE stryke_registry_{name} {kind}\nstryke_registry_{name} {value}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_text() {
        let metrics = Metrics::default();
        metrics.answered("index", 200, 1_500_000);
        metrics.answered("index", 200, 1);
        metrics.published_count.fetch_add(3, Ordering::Relaxed);
        let text = metrics.text();
        for line in [
            "stryke_registry_requests_total{route=\"index\",status=\"200\"} 2",
            "stryke_registry_request_seconds_total{route=\"index\",status=\"200\"} 1.500001",
            "stryke_registry_published_total 3",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        assert!(text.lines().all(|line| line.starts_with('#') || line.split(' ').count() == 2));
    }
}
