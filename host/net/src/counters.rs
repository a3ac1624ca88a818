//! What went over the wire, by holder and origin.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// What one holder exchanged with one origin. Bytes are counted at the socket, with handshakes and
/// headers, so that there is no way past them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Whose permit it was.
    pub holder: Arc<str>,
    /// The origin, as text.
    pub origin: String,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes received.
    pub received: u64,
    /// Requests sent, each redirect and retry counted.
    pub requests: u64,
}

/// The counters of one holder and origin.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) requests: AtomicU64,
}

/// All counters of a client.
#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<ByHolderAndOrigin>);

type ByHolderAndOrigin = BTreeMap<(Arc<str>, String), Arc<Counter>>;

impl Counters {
    pub(crate) fn of(&self, holder: &Arc<str>, origin: String) -> Arc<Counter> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry((Arc::clone(holder), origin)).or_default())
    }

    pub(crate) fn snapshot(&self) -> Vec<Traffic> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .map(|((holder, origin), counter)| Traffic {
                holder: Arc::clone(holder),
                origin: origin.clone(),
                sent: counter.sent.load(Relaxed),
                received: counter.received.load(Relaxed),
                requests: counter.requests.load(Relaxed),
            })
            .collect()
    }
}
