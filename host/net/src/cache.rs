//! The cache of answers: what may be kept, for how long it is fresh, and how it is asked again.
//!
//! See RFC 9111. Only `GET` answers with status 200 are kept. The key holds everything that could
//! make an answer another one: holder, URL, the caller's headers and the credential; `vary` is
//! thereby satisfied, and an answer to one credential is never given to another.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::auth::Credential;

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
    pub headers: Vec<(String, String)>,
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

impl ResponseCache for MemoryCache {
    fn get(&self, key: &CacheKey) -> Option<CachedResponse> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: &CacheKey, response: CachedResponse) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(*key, response);
    }

    fn remove(&self, key: &CacheKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Headers with which the caller does the cache's work, or asks for a part.
const CALLERS_OWN: [&str; 6] =
    ["if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range", "range"];

/// Says whether a request with these headers may be answered from the cache.
pub(crate) fn is_cacheable(headers: &HeaderMap) -> bool {
    !CALLERS_OWN.iter().any(|name| headers.contains_key(*name))
}

impl CacheKey {
    /// Names the answer to a `GET`.
    pub(crate) fn of(
        holder: &str,
        url: &Url,
        headers: &HeaderMap,
        credential: Option<&Credential>,
    ) -> CacheKey {
        let mut hash = Sha256::new();
        let mut feed = |part: &[u8]| {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        feed(holder.as_bytes());
        feed(url.as_str().as_bytes());
        let mut sorted: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        sorted.sort();
        for (name, value) in sorted {
            feed(name.as_bytes());
            feed(value);
        }
        // An odd number of parts after the URL tells a credential from one more header.
        if let Some(credential) = credential {
            feed(format!("{:?}", credential.scheme).as_bytes());
            feed(credential.value().as_bytes());
            feed(b"credential");
        }
        CacheKey(hash.finalize().into())
    }
}

impl CachedResponse {
    /// Returns the first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Says whether the server need not be asked.
    pub(crate) fn is_fresh(&self, now: SystemTime) -> bool {
        let control = Control::of(&self.headers);
        let age =
            Duration::from_secs(self.header("age").and_then(|age| age.trim().parse().ok()).unwrap_or(0));
        let Ok(kept) = now.duration_since(self.stored) else { return false };
        !control.no_cache && control.max_age.is_some_and(|max_age| kept.saturating_add(age) < max_age)
    }

    /// Says whether the server can be asked if anything has changed.
    pub(crate) fn has_validator(&self) -> bool {
        self.header("etag").is_some() || self.header("last-modified").is_some()
    }

    /// Takes the headers of a 304 over.
    pub(crate) fn revalidated(mut self, headers: &[(String, String)], now: SystemTime) -> CachedResponse {
        const TAKEN_OVER: [&str; 6] = ["age", "cache-control", "date", "etag", "expires", "last-modified"];
        // An age counts from the answer it came with.
        self.headers.retain(|(name, _)| name != "age");
        for (name, value) in headers.iter().filter(|(name, _)| TAKEN_OVER.contains(&name.as_str())) {
            self.headers.retain(|(own, _)| own != name);
            self.headers.push((name.clone(), value.clone()));
        }
        self.stored = now;
        self
    }
}

/// Says whether an answer with these headers is worth keeping: it must be allowed, and of use later.
pub(crate) fn is_storable(headers: &[(String, String)]) -> bool {
    let control = Control::of(headers);
    let is_useful = control.max_age.is_some_and(|max_age| !max_age.is_zero())
        || find(headers, "etag").is_some()
        || find(headers, "last-modified").is_some();
    !control.no_store && find(headers, "vary") != Some("*") && is_useful
}

/// What `cache-control` says.
#[derive(Default)]
struct Control {
    no_store: bool,
    no_cache: bool,
    max_age: Option<Duration>,
}

impl Control {
    fn of(headers: &[(String, String)]) -> Control {
        let mut control = Control::default();
        let values = headers.iter().filter(|(name, _)| name == "cache-control");
        for directive in values.flat_map(|(_, value)| value.split(',')) {
            let directive = directive.trim().to_ascii_lowercase();
            match directive.split_once('=') {
                Some(("max-age", seconds)) => {
                    control.max_age = seconds.trim_matches('"').parse().ok().map(Duration::from_secs);
                }
                Some(("no-cache", _)) => control.no_cache = true,
                None if directive == "no-cache" => control.no_cache = true,
                None if directive == "no-store" => control.no_store = true,
                _ => {}
            }
        }
        control
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn freshness_follows_cache_control() {
        let stored = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        for (pairs, after, expected) in [
            (&[("cache-control", "max-age=60")][..], 59, true),
            (&[("cache-control", "max-age=60")], 60, false),
            (&[("cache-control", "public, Max-Age=\"60\"")], 10, true),
            (&[("cache-control", "max-age=60"), ("age", "55")], 4, true),
            (&[("cache-control", "max-age=60"), ("age", "55")], 5, false),
            (&[("cache-control", "max-age=60, no-cache")], 1, false),
            (&[("cache-control", "max-age=99999999999999999999")], 1, false),
            (&[("etag", "x")], 0, false),
        ] {
            let kept = CachedResponse { headers: headers(pairs), body: Bytes::new(), stored };
            assert_eq!(kept.is_fresh(stored + Duration::from_secs(after)), expected, "{pairs:?} {after}");
        }
    }

    #[test]
    fn clocks_that_went_back_make_answers_stale() {
        let stored = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
        let kept = CachedResponse {
            headers: headers(&[("cache-control", "max-age=60")]),
            body: Bytes::new(),
            stored,
        };
        assert!(!kept.is_fresh(SystemTime::UNIX_EPOCH));
    }

    #[test]
    fn only_useful_answers_are_stored() {
        for (pairs, expected) in [
            (&[("etag", "x")][..], true),
            (&[("last-modified", "x")], true),
            (&[("cache-control", "max-age=1")], true),
            (&[("cache-control", "max-age=0")], false),
            (&[("cache-control", "no-store"), ("etag", "x")], false),
            (&[("etag", "x"), ("vary", "*")], false),
            (&[("etag", "x"), ("vary", "accept")], true),
            (&[], false),
        ] {
            assert_eq!(is_storable(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn keys_differ_by_everything_that_matters() {
        use crate::auth::{Auth, Secret};
        let url = |text: &str| Url::parse(text).unwrap();
        let none = HeaderMap::new();
        let accept = HeaderMap::from_iter([(http::header::ACCEPT, "text/html".parse().unwrap())]);
        let token = |text: &str| Credential::given(&Auth::Bearer(Secret::new(text.into(), [])));
        let keys = [
            CacheKey::of("a", &url("http://a.example/"), &none, None),
            CacheKey::of("b", &url("http://a.example/"), &none, None),
            CacheKey::of("a", &url("http://a.example/x"), &none, None),
            CacheKey::of("a", &url("http://a.example/"), &accept, None),
            CacheKey::of("a", &url("http://a.example/"), &none, token("one").as_ref()),
            CacheKey::of("a", &url("http://a.example/"), &none, token("two").as_ref()),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "key {index}");
        }
    }
}
