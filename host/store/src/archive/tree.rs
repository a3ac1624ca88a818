//! The digest of a set of files, from an archive or from a folder.

use std::io::{self, Read as _};
use std::path::Path;

use cap_std::fs::{Dir, OpenOptions};

use super::{ArchiveEntry, ArchiveError, MARKER_NAME};
use crate::{Sha256Digest, Sha256Hasher, StoreError};

/// Deeper folders than any archive may have are not gone into.
const DEPTH_MAX: usize = 256;

/// Computes the digest of the files below a folder: the SHA-256 of this text, in which each file is
/// one line, sorted by the bytes of the paths:
///
/// ```text
/// s-tree-v1
/// {64 hexadecimal digits: SHA-256 of the content} {`x` if its owner may execute it, else `-`} {path}
/// ```
///
/// Every line ends with one line feed, which no path has in it; parts of a path are separated by
/// `/`. Folders count only by the files in them. The marker [`MARKER_NAME`] in the folder itself is
/// left out. Where files have no such bit, none of them counts as executable.
///
/// # Errors
/// [`ArchiveError::NotAFile`] for a link, a pipe or a device; [`ArchiveError::NotUtf8`],
/// [`ArchiveError::TooDeep`]; those of the operating system.
pub fn tree_digest(folder: &Path) -> Result<Sha256Digest, ArchiveError> {
    Ok(folder_facts(folder)?.tree)
}

/// What a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FolderFacts {
    pub(crate) tree: Sha256Digest,
    pub(crate) file_count: u64,
    pub(crate) bytes: u64,
}

/// As [`tree_digest`], and counts.
pub(crate) fn folder_facts(folder: &Path) -> Result<FolderFacts, ArchiveError> {
    let mut entries = folder_entries(folder)?;
    let tree = tree_of(&mut entries);
    let bytes = entries.iter().map(|entry| entry.size).sum();
    Ok(FolderFacts { tree, file_count: entries.len() as u64, bytes })
}

/// Sorts the files and computes their digest.
pub(super) fn tree_of(entries: &mut [ArchiveEntry]) -> Sha256Digest {
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut hasher = Sha256Hasher::new();
    hasher.update(b"s-tree-v1\n");
    for entry in entries {
        let bit = if entry.executable { 'x' } else { '-' };
        hasher.update(format!("{} {bit} {}\n", entry.sha256.to_hex(), entry.path).as_bytes());
    }
    hasher.finish()
}

/// The files below a folder, unsorted, without following a link.
pub(super) fn folder_entries(folder: &Path) -> Result<Vec<ArchiveEntry>, ArchiveError> {
    let dir = open_folder(folder)?;
    let mut walk = Walk { folder, entries: Vec::new(), buffer: vec![0; 64 * 1024] };
    walk.enter(&dir, "", 0)?;
    Ok(walk.entries)
}

/// Opens a folder that is no link.
pub(super) fn open_folder(folder: &Path) -> Result<Dir, StoreError> {
    let failed = || StoreError::io("open", folder);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = (OFlags::DIRECTORY | OFlags::NOFOLLOW).bits().cast_signed();
        let handle = std::fs::File::options().read(true).custom_flags(flags).open(folder).map_err(failed())?;
        Ok(Dir::from_std_file(handle))
    }
    #[cfg(not(unix))]
    {
        if std::fs::symlink_metadata(folder).map_err(failed())?.is_symlink() {
            return Err(failed()(io::ErrorKind::NotADirectory.into()));
        }
        Dir::open_ambient_dir(folder, cap_std::ambient_authority()).map_err(failed())
    }
}

struct Walk<'a> {
    folder: &'a Path,
    entries: Vec<ArchiveEntry>,
    buffer: Vec<u8>,
}

impl Walk<'_> {
    fn enter(&mut self, dir: &Dir, path: &str, depth: usize) -> Result<(), ArchiveError> {
        if depth > DEPTH_MAX {
            return Err(ArchiveError::TooDeep { entry: crate::error::cut(path), depth_max: DEPTH_MAX });
        }
        let here = self.folder.join(path);
        for entry in dir.entries().map_err(StoreError::io("list", &here))? {
            let entry = entry.map_err(StoreError::io("list", &here))?;
            let name = entry.file_name().into_string().map_err(|name| ArchiveError::NotUtf8 {
                entry: crate::error::cut(&name.to_string_lossy()),
            })?;
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            if below == MARKER_NAME {
                continue;
            }
            let shown = self.folder.join(&below);
            let file_type = entry.file_type().map_err(StoreError::io("look at", &shown))?;
            if file_type.is_dir() {
                let sub = entry.open_dir().map_err(StoreError::io("open", &shown))?;
                self.enter(&sub, &below, depth + 1)?;
            } else if file_type.is_file() {
                let file = self.digest(dir, &name, below, &shown)?;
                self.entries.push(file);
            } else {
                return Err(ArchiveError::NotAFile { path: shown });
            }
        }
        Ok(())
    }

    fn digest(
        &mut self,
        dir: &Dir,
        name: &str,
        path: String,
        shown: &Path,
    ) -> Result<ArchiveEntry, ArchiveError> {
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::custom_flags(
            &mut options,
            crate::files::nonblocking() | crate::files::no_follow(),
        );
        let mut file = dir.open_with(name, &options).map_err(StoreError::io("read", shown))?.into_std();
        let metadata = file.metadata().map_err(StoreError::io("read", shown))?;
        if !metadata.is_file() {
            return Err(ArchiveError::NotAFile { path: shown.to_path_buf() });
        }
        let mut hasher = Sha256Hasher::new();
        let mut size = 0;
        loop {
            match file.read(&mut self.buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&self.buffer[..count]);
                    size += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StoreError::io("read", shown)(error).into()),
            }
        }
        Ok(ArchiveEntry { path, size, executable: is_executable(&metadata), sha256: hasher.finish() })
    }
}

#[cfg(unix)]
fn is_executable(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &std::fs::Metadata) -> bool {
    false
}
