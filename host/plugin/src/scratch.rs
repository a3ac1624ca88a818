//! Room for the bytes the host holds for a plugin: blobs, sinks, bodies of requests, proposals.
//!
//! What is held carries its share of the budget with it and gives it back when it is dropped,
//! wherever it has gone meanwhile: a body that is being sent counts although its blob is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bytes::Bytes;

use crate::error::{Fault, FaultKind};

/// The budget of one session.
#[derive(Clone)]
pub(crate) struct Scratch {
    shared: Arc<Shared>,
}

struct Shared {
    bytes_max: u64,
    used: AtomicU64,
    peak: AtomicU64,
}

/// A share of the budget; dropping it gives it back.
pub(crate) struct Share {
    shared: Arc<Shared>,
    bytes: u64,
}

impl Scratch {
    pub(crate) fn new(bytes_max: u64) -> Scratch {
        let shared = Shared { bytes_max, used: AtomicU64::new(0), peak: AtomicU64::new(0) };
        Scratch { shared: Arc::new(shared) }
    }

    /// Returns a share of nothing, to be grown.
    pub(crate) fn share(&self) -> Share {
        Share { shared: Arc::clone(&self.shared), bytes: 0 }
    }

    /// Holds bytes within the budget.
    pub(crate) fn hold(&self, bytes: Vec<u8>) -> Result<Bytes, Fault> {
        let mut share = self.share();
        share.grow(bytes.len() as u64)?;
        Ok(share.hold(bytes))
    }

    /// Returns the most that was in use at one time.
    pub(crate) fn bytes_peak(&self) -> u64 {
        self.shared.peak.load(Relaxed)
    }
}

impl Share {
    /// Takes more of the budget.
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), Fault> {
        let max = self.shared.bytes_max;
        let fits = |used: u64| used.checked_add(bytes).filter(|total| *total <= max);
        let Ok(used) = self.shared.used.fetch_update(Relaxed, Relaxed, fits) else {
            let message = format!("more than {max} bytes held by the host");
            return Err(Fault::new(FaultKind::LimitExceeded, "host/scratch", message));
        };
        self.bytes += bytes;
        self.shared.peak.fetch_max(used + bytes, Relaxed);
        Ok(())
    }

    /// Ties bytes to this share, which was grown to their number before.
    pub(crate) fn hold(self, bytes: Vec<u8>) -> Bytes {
        debug_assert_eq!(self.bytes, bytes.len() as u64, "a share is as large as what it is for");
        Bytes::from_owner(Held { bytes, _share: self })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.shared.used.fetch_sub(self.bytes, Relaxed);
    }
}

struct Held {
    bytes: Vec<u8>,
    _share: Share,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_comes_back_with_the_last_who_holds_the_bytes() {
        let scratch = Scratch::new(10);
        let held = scratch.hold(vec![1; 8]).unwrap();
        let sent = held.clone();
        drop(held);
        assert_eq!(scratch.hold(vec![1; 3]).unwrap_err().code, "host/scratch", "8 are still held");
        drop(sent);
        let _all = scratch.hold(vec![1; 10]).unwrap();
        assert_eq!(scratch.bytes_peak(), 10);
    }

    #[test]
    fn a_share_that_cannot_grow_keeps_what_it_has() {
        let scratch = Scratch::new(10);
        let mut share = scratch.share();
        share.grow(6).unwrap();
        share.grow(u64::MAX).unwrap_err();
        share.grow(5).unwrap_err();
        share.grow(4).unwrap();
        drop(share);
        scratch.hold(vec![0; 10]).unwrap();
    }
}
