//! The copy of a feed that is kept: what it said, and the validator to ask with the next time.
//!
//! A file is one line of JSON with the digest of the rest, then the advisories as JSON. One that is
//! damaged, or of another version of `s`, was never kept: the feed is then read anew.

use std::path::Path;

use s_advisory::Advisory;
use s_store::{Access, Sha256Digest, StoreError, files};
use serde::{Deserialize, Serialize};

/// What a feed said, and when.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    /// In the feed's order.
    pub(super) advisories: Vec<Advisory>,
    /// Entries the feed could not read.
    pub(super) skipped: u32,
    /// To ask with the next time.
    pub(super) validator: Option<String>,
    /// When the feed was last asked, in seconds since the Unix epoch.
    pub(super) asked_unix: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    skipped: u32,
    validator: Option<String>,
    asked_unix: u64,
    /// Of the rest.
    digest: Sha256Digest,
}

/// Changes with the shape of what is kept.
const FORMAT: &str = "advisories-1";
const FILE_BYTES_MAX: u64 = 4 << 30;

impl Kept {
    /// Reads a copy; none where there is none that can be believed.
    pub(super) fn read(path: &Path) -> Option<Kept> {
        let file = files::read_capped(path, FILE_BYTES_MAX).ok()?;
        let end = file.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&file[..end]).ok()?;
        let rest = &file[end + 1..];
        if head.format != FORMAT || Sha256Digest::of(rest) != head.digest {
            return None;
        }
        Some(Kept {
            advisories: serde_json::from_slice(rest).ok()?,
            skipped: head.skipped,
            validator: head.validator,
            asked_unix: head.asked_unix,
        })
    }

    /// Writes it, in place of the one before.
    pub(super) fn write(&self, path: &Path) -> Result<(), StoreError> {
        let rest = serde_json::to_vec(&self.advisories).expect("advisories are texts and numbers");
        let head = Head {
            format: FORMAT.to_owned(),
            skipped: self.skipped,
            validator: self.validator.clone(),
            asked_unix: self.asked_unix,
            digest: Sha256Digest::of(&rest),
        };
        let mut file = serde_json::to_vec(&head).expect("a head is texts and numbers");
        file.push(b'\n');
        file.extend_from_slice(&rest);
        if let Some(folder) = path.parent() {
            files::create_dir_all(folder, Access::Private)?;
        }
        files::write_atomic(path, &file, Access::Private)
    }
}
