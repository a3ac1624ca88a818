//! The marker of a folder: what it is, written when everything else is there.

use std::path::Path;

use s_store::archive::{ArchiveSummary, MARKER_NAME};
use s_store::files::{self, Access};
use s_store::{Sha256Digest, StoreError};
use serde::{Deserialize, Serialize};

use super::Checkout;

const VERSION: u32 = 1;
/// More than any address, name and folder can fill.
const BYTES_MAX: u64 = 64 * 1024;

/// The content of a marker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marker {
    v: u32,
    url: String,
    commit: String,
    name: String,
    /// The folder in the repository, with `/` at its end; empty for the repository itself.
    folder: String,
    pub(super) tree: Sha256Digest,
    files: u64,
    pub(super) bytes: u64,
}

impl Marker {
    pub(super) fn new(key: &Checkout, folder: &str, summary: &ArchiveSummary) -> Marker {
        Marker {
            v: VERSION,
            url: key.url.clone(),
            commit: key.commit.to_string(),
            name: key.name.clone(),
            folder: folder.to_owned(),
            tree: summary.tree,
            files: summary.file_count,
            bytes: summary.unpacked_bytes,
        }
    }

    pub(super) fn checkout(&self) -> Checkout {
        let commit = self.commit.parse().expect("it was checked when it was read or made");
        Checkout { url: self.url.clone(), commit, name: self.name.clone() }
    }

    pub(super) fn is_whole_repository(&self) -> bool {
        self.folder.is_empty()
    }
}

/// Reads the marker of a folder; none when there is no folder or its marker says nothing.
pub(super) fn read(folder: &Path) -> Result<Option<Marker>, StoreError> {
    let bytes = match files::read_capped(&folder.join(MARKER_NAME), BYTES_MAX) {
        Err(StoreError::TooLarge { .. }) => return Ok(None),
        Err(error) if says_nothing(&error) => return Ok(None),
        bytes => bytes?,
    };
    let marker: Option<Marker> = serde_json::from_slice(&bytes).ok();
    Ok(marker.filter(|marker| marker.v == VERSION && marker.commit.parse::<crate::Commit>().is_ok()))
}

/// Whether what is in the place of a marker is none.
fn says_nothing(error: &StoreError) -> bool {
    use std::io::ErrorKind::{InvalidInput, IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), Some(NotFound | NotADirectory | IsADirectory | InvalidInput))
}

/// Writes the marker into a folder that has none.
pub(super) fn write(folder: &Path, marker: &Marker) -> Result<(), StoreError> {
    let mut bytes = serde_json::to_vec(marker).expect("a marker is plain text and numbers");
    bytes.push(b'\n');
    files::write_new(&folder.join(MARKER_NAME), &bytes, Access::Shared)
}
