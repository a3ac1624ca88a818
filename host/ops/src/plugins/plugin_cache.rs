//! A plugin's private cache: a folder with a file an entry.
//!
//! A file is one line of JSON (the key, the tag, the times), then the value. What cannot be read
//! is absent; what was there longest makes room.

use std::path::PathBuf;

use s_plugin::services::{Cache, CacheEntry};
use s_plugin::{Fault, FaultKind};
use s_store::{Access, Sha256Digest, StoreError, files};
use serde::{Deserialize, Serialize};

const ENTRY_BYTES_MAX: u64 = 256 << 20;

/// One folder, at one time.
pub(crate) struct PluginCache {
    folder: PathBuf,
    now_unix: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    key: String,
    tag: String,
    stored_unix: u64,
    ttl_seconds: Option<u64>,
}

impl PluginCache {
    pub(crate) fn new(folder: PathBuf, now_unix: u64) -> PluginCache {
        PluginCache { folder, now_unix }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(Sha256Digest::of(key.as_bytes()).to_hex())
    }

    fn make_room(&self, path: &PathBuf, bytes: u64, bytes_max: u64) -> Result<(), StoreError> {
        let mut others = Vec::new();
        let mut total = bytes;
        for entry in files::read_dir(&self.folder)? {
            let other = self.folder.join(&entry.name);
            if other == *path {
                continue;
            }
            if let Ok(file) = files::read_capped(&other, ENTRY_BYTES_MAX) {
                total = total.saturating_add(file.len() as u64);
                others.push((
                    read_head(&file).map_or(0, |(head, _)| head.stored_unix),
                    other,
                    file.len() as u64,
                ));
            }
        }
        others.sort();
        for (_, other, size) in others {
            if total <= bytes_max {
                break;
            }
            files::remove_file(&other)?;
            total -= size;
        }
        Ok(())
    }
}

impl Cache for PluginCache {
    fn get(&mut self, key: &str) -> Result<Option<CacheEntry>, Fault> {
        let Ok(file) = files::read_capped(&self.path(key), ENTRY_BYTES_MAX) else { return Ok(None) };
        let Some((head, value)) = read_head(&file) else { return Ok(None) };
        let age_seconds = self.now_unix.saturating_sub(head.stored_unix);
        if head.key != key || head.ttl_seconds.is_some_and(|ttl| age_seconds > ttl) {
            return Ok(None);
        }
        Ok(Some(CacheEntry { value: value.to_vec(), tag: head.tag, age_seconds }))
    }

    fn put(
        &mut self,
        key: &str,
        value: &[u8],
        tag: &str,
        ttl_seconds: Option<u64>,
        bytes_max: u64,
    ) -> Result<(), Fault> {
        let head = Head { key: key.to_owned(), tag: tag.to_owned(), stored_unix: self.now_unix, ttl_seconds };
        let mut file = serde_json::to_vec(&head).expect("a head of strings and numbers is JSON");
        file.push(b'\n');
        file.extend_from_slice(value);
        if file.len() as u64 > bytes_max {
            let message = format!("{} bytes are more than the {bytes_max} of the whole cache", file.len());
            return Err(Fault::new(FaultKind::LimitExceeded, "host/cache-full", message));
        }
        let path = self.path(key);
        let written = files::create_dir_all(&self.folder, Access::Private)
            .and_then(|()| self.make_room(&path, file.len() as u64, bytes_max))
            .and_then(|()| files::write_atomic(&path, &file, Access::Private));
        written.map_err(|error| unwritable(&error))
    }

    fn remove(&mut self, key: &str) -> Result<(), Fault> {
        match files::remove_file(&self.path(key)) {
            Err(error) if !error.is_not_found() => Err(unwritable(&error)),
            _ => Ok(()),
        }
    }
}

fn read_head(file: &[u8]) -> Option<(Head, &[u8])> {
    let end = file.iter().position(|byte| *byte == b'\n')?;
    Some((serde_json::from_slice(&file[..end]).ok()?, &file[end + 1..]))
}

fn unwritable(error: &StoreError) -> Fault {
    let why = error.kind().map_or_else(|| "unknown reason".to_owned(), |kind| kind.to_string());
    Fault::new(FaultKind::Unavailable, "host/cache", format!("the cache cannot be written: {why}"))
}
