//! The answers of servers that may be used again: a folder with a file an answer.
//!
//! A file is one line of JSON (headers and time), then the body. What cannot be read was never
//! kept; what cannot be written is not kept.

use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use s_net::{CacheKey, CachedResponse, ResponseCache};
use s_store::{Access, Sha256Digest, files};
use serde::{Deserialize, Serialize};

const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// One folder.
pub(crate) struct HttpCache {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Head {
    headers: Vec<(String, String)>,
    stored_unix_ms: u64,
    /// Of the body: a file that was damaged is not an answer.
    digest: Sha256Digest,
}

impl HttpCache {
    pub(crate) fn new(folder: PathBuf) -> HttpCache {
        HttpCache { folder }
    }

    fn path(&self, key: &CacheKey) -> PathBuf {
        self.folder.join(Sha256Digest::from_bytes(key.0).to_hex())
    }
}

impl ResponseCache for HttpCache {
    fn get(&self, key: &CacheKey) -> Option<CachedResponse> {
        let file = files::read_capped(&self.path(key), ANSWER_BYTES_MAX).ok()?;
        let end = file.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&file[..end]).ok()?;
        let body = &file[end + 1..];
        if Sha256Digest::of(body) != head.digest {
            return None;
        }
        Some(CachedResponse {
            headers: head.headers,
            body: body.to_vec().into(),
            stored: UNIX_EPOCH.checked_add(Duration::from_millis(head.stored_unix_ms))?,
        })
    }

    fn put(&self, key: &CacheKey, response: CachedResponse) {
        let stored = response.stored.duration_since(UNIX_EPOCH).unwrap_or_default();
        let head = Head {
            headers: response.headers,
            stored_unix_ms: u64::try_from(stored.as_millis()).unwrap_or(u64::MAX),
            digest: Sha256Digest::of(&response.body),
        };
        let Ok(mut file) = serde_json::to_vec(&head) else { return };
        file.push(b'\n');
        file.extend_from_slice(&response.body);
        // A full disk costs the next request some time; it does not stop this one.
        let _ = files::create_dir_all(&self.folder, Access::Private)
            .and_then(|()| files::write_cached(&self.path(key), &file, Access::Private));
    }

    fn remove(&self, key: &CacheKey) {
        // What is gone already is as good as removed.
        let _ = files::remove_file(&self.path(key));
    }
}
