//! The cache of answers: what may be kept, for how long it is fresh, and how it is asked again.
//!
//! See RFC 9111. Only `GET` answers with status 200 are kept. The key holds everything that could
//! make an answer another one: holder, URL, the caller's headers and the credential; `vary` is
//! thereby satisfied, and an answer to one credential is never given to another.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

/// How the response cache is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheMode {
    /// Fresh answers are reused, stale ones revalidated.
    Standard,
    /// The server is always asked, with validators.
    Revalidate,
    /// Neither read nor written.
    #[default]
    Bypass,
}

/// Names an answer: a SHA-256 over everything it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey(pub [u8; 32]);

/// An answer that was kept. Header names are in lower case; secrets have been masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedResponse {
    /// The headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The whole body.
    pub body: Bytes,
    /// When it was received or last revalidated.
    pub stored: SystemTime,
}

/// Where answers are kept. It may forget whatever it likes; a store that fails has nothing.
pub trait ResponseCache: Send + Sync {
    /// Returns what was kept.
    fn get(&self, key: &CacheKey) -> Option<CachedResponse>;

    /// Keeps an answer in place of what was there.
    fn put(&self, key: &CacheKey, response: CachedResponse);

    /// Forgets an answer.
    fn remove(&self, key: &CacheKey);
}

/// A cache that ends with the process.
#[derive(Debug, Default)]
pub struct MemoryCache(Mutex<HashMap<CacheKey, CachedResponse>>);
