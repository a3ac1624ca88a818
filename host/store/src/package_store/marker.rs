//! The marker of an entry: what the entry is, written when everything else is there.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{EntryKey, MARKER_NAME, StoredPackage};
use crate::archive::folder_facts;
use crate::faults::{reading, step};
use crate::files::{self, Access};
use crate::{Sha256Digest, StoreError};

const VERSION: u32 = 1;
/// More than any key can fill.
const BYTES_MAX: usize = 4 * 1024;

/// The content of a marker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marker {
    v: u32,
    name: String,
    version: String,
    registry: String,
    integrity: Sha256Digest,
    pub(super) tree: Sha256Digest,
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// The run of the system that made the entry, where nothing of it was made durable; none once it was found
    /// whole in a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) boot: Option<String>,
}

impl Marker {
    pub(super) fn new(key: &EntryKey, tree: Sha256Digest, files: u64, bytes: u64) -> Marker {
        Marker {
            v: VERSION,
            name: key.name.clone(),
            version: key.version.clone(),
            registry: key.registry.clone(),
            integrity: key.integrity,
            tree,
            files,
            bytes,
            boot: None,
        }
    }

    /// The marker of what is on the disk for good.
    pub(super) fn settled(&self) -> Marker {
        Marker { boot: None, ..self.clone() }
    }

    /// Whether the files of an entry are those that were unpacked.
    pub(super) fn is_true_of(&self, entry: &Path) -> bool {
        folder_facts(entry).is_ok_and(|facts| {
            facts.tree == self.tree && (facts.file_count, facts.bytes) == (self.files, self.bytes)
        })
    }

    fn text(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("a marker is plain text and numbers");
        bytes.push(b'\n');
        bytes
    }

    pub(super) fn is_of(&self, key: &EntryKey) -> bool {
        self.name == key.name
            && self.version == key.version
            && self.registry == key.registry
            && self.integrity == key.integrity
    }

    pub(super) fn key(&self) -> EntryKey {
        EntryKey {
            name: self.name.clone(),
            version: self.version.clone(),
            integrity: self.integrity,
            registry: self.registry.clone(),
        }
    }

    pub(super) fn stored(&self, path: PathBuf) -> StoredPackage {
        StoredPackage { path, tree: self.tree, files: self.files, bytes: self.bytes }
    }
}

/// Reads the marker of an entry; none when there is no entry or its marker says nothing. Neither
/// the entry nor the marker may be a link.
pub(super) fn read(entry: &Path) -> Result<Option<Marker>, StoreError> {
    match std::fs::symlink_metadata(entry) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Ok(None),
        Err(error) => return none_if_absent(error, entry),
    }
    let path = entry.join(MARKER_NAME);
    reading(&path)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, files::nonblocking() | files::no_follow());
    // What is not a file of ours counts as no marker: the entry is then made again.
    let file = match options.open(&path) {
        Ok(file) => file,
        Err(_) if std::fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) => return Ok(None),
        Err(error) => return none_if_absent(error, &path),
    };
    let mut bytes = [0; BYTES_MAX];
    let count = match read_whole(&file, &mut bytes) {
        Err(error) if error.kind() == ErrorKind::IsADirectory => return Ok(None),
        count => count.map_err(StoreError::io("read", &path))?,
    };
    let Some(bytes) = count.map(|count| &bytes[..count]) else { return Ok(None) };
    let marker: Option<Marker> = serde_json::from_slice(bytes).ok();
    Ok(marker.filter(|marker| marker.v == VERSION))
}

/// Reads a file to its end, mostly with one call: one that gives less than there is room for is at
/// its end. None when there is more than that.
fn read_whole(mut file: &File, bytes: &mut [u8]) -> std::io::Result<Option<usize>> {
    let mut count = 0;
    while count < bytes.len() {
        let room = bytes.len() - count;
        match file.read(&mut bytes[count..]) {
            Ok(read) if read < room => return Ok(Some(count + read)),
            Ok(read) => count += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Writes the marker into an entry that has none.
pub(super) fn write(entry: &Path, marker: &Marker) -> Result<(), StoreError> {
    let path = entry.join(MARKER_NAME);
    step("create", &path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let mut file = options.open(&path).map_err(StoreError::io("create", &path))?;
    step("write", &path)?;
    file.write_all(&marker.text()).map_err(StoreError::io("write", &path))
}

/// Writes another marker in place of the one that an entry has. A power cut may take it, and with it the entry.
pub(super) fn replace(entry: &Path, marker: &Marker) -> Result<(), StoreError> {
    files::write_cached(&entry.join(MARKER_NAME), &marker.text(), Access::Shared)
}

fn none_if_absent(error: std::io::Error, path: &Path) -> Result<Option<Marker>, StoreError> {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(None),
        _ => Err(StoreError::io("read", path)(error)),
    }
}
