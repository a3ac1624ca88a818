//! The answers of servers that may be used again: small ones in one file, others in a file each.
//!
//! An answer is one line of JSON (headers and time), then the body. What cannot be read was never
//! kept; what cannot be written is not kept.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use s_net::{CacheKey, CachedResponse, ResponseCache};
use s_store::{Access, RecordLog, Sha256Digest, files};
use serde::{Deserialize, Serialize};

const ANSWER_BYTES_MAX: u64 = 64 << 20;
/// An answer that is longer has a file of its own. Most are answers about one package, of which a
/// command gets hundreds: making a file takes longer than all else that is done with them.
const SMALL_BYTES_MAX: usize = 64 << 10;
/// Bytes of all small answers.
const SMALL_ONES_BYTES_MAX: usize = 16 << 20;

/// One folder.
pub(crate) struct HttpCache {
    folder: PathBuf,
    small: OnceLock<Mutex<RecordLog>>,
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
        HttpCache { folder, small: OnceLock::new() }
    }

    fn path(&self, key: &CacheKey) -> PathBuf {
        self.folder.join(Sha256Digest::from_bytes(key.0).to_hex())
    }

    fn small(&self) -> MutexGuard<'_, RecordLog> {
        let open = || Mutex::new(RecordLog::open(&self.folder.join("small.kept"), SMALL_ONES_BYTES_MAX));
        self.small.get_or_init(open).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResponseCache for HttpCache {
    fn get(&self, key: &CacheKey) -> Option<CachedResponse> {
        if let Some(small) = self.small().get(&key.0) {
            return read(small);
        }
        read(&files::read_capped(&self.path(key), ANSWER_BYTES_MAX).ok()?)
    }

    fn put(&self, key: &CacheKey, response: CachedResponse) {
        let Some(answer) = written(response) else { return };
        let mut small = self.small();
        // A full disk costs the next request some time; it does not stop this one.
        if answer.len() <= SMALL_BYTES_MAX {
            let _ = small.put([(&key.0[..], answer.as_slice())]);
            return;
        }
        if small.get(&key.0).is_some() {
            let _ = small.put([(&key.0[..], &[][..])]);
        }
        drop(small);
        let _ = write_file(&self.folder, &self.path(key), &answer);
    }

    fn remove(&self, key: &CacheKey) {
        let mut small = self.small();
        if small.get(&key.0).is_some() {
            let _ = small.put([(&key.0[..], &[][..])]);
        }
        // What is gone already is as good as removed.
        let _ = files::remove_file(&self.path(key));
    }
}

fn write_file(folder: &Path, path: &Path, answer: &[u8]) -> Result<(), s_store::StoreError> {
    files::create_dir_all(folder, Access::Private)?;
    files::write_cached(path, answer, Access::Private)
}

fn read(answer: &[u8]) -> Option<CachedResponse> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let head: Head = serde_json::from_slice(&answer[..end]).ok()?;
    let body = &answer[end + 1..];
    if Sha256Digest::of(body) != head.digest {
        return None;
    }
    Some(CachedResponse {
        headers: head.headers,
        body: body.to_vec().into(),
        stored: UNIX_EPOCH.checked_add(Duration::from_millis(head.stored_unix_ms))?,
    })
}

fn written(response: CachedResponse) -> Option<Vec<u8>> {
    let stored = response.stored.duration_since(UNIX_EPOCH).unwrap_or_default();
    let head = Head {
        headers: response.headers,
        stored_unix_ms: u64::try_from(stored.as_millis()).unwrap_or(u64::MAX),
        digest: Sha256Digest::of(&response.body),
    };
    let mut answer = serde_json::to_vec(&head).ok()?;
    answer.push(b'\n');
    answer.extend_from_slice(&response.body);
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_long_answers_are_there_for_the_next_command() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http");
        let answer = |length: usize| CachedResponse {
            headers: vec![("etag".to_owned(), "\"x\"".to_owned())],
            body: vec![b'x'; length].into(),
            stored: UNIX_EPOCH + Duration::from_secs(7),
        };
        let key = CacheKey([7; 32]);
        for length in [0, 10, SMALL_BYTES_MAX + 1, 20] {
            HttpCache::new(path.clone()).put(&key, answer(length));
            assert_eq!(HttpCache::new(path.clone()).get(&key), Some(answer(length)), "{length}");
            assert_eq!(HttpCache::new(path.clone()).get(&CacheKey([8; 32])), None);
        }
        HttpCache::new(path.clone()).remove(&key);
        assert_eq!(HttpCache::new(path.clone()).get(&key), None);
    }
}
