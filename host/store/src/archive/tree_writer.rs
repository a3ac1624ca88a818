//! Writes files that are in no archive, under the rules that archives have.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::names::Names;
use super::read::FileHeader;
use super::tree::{open_folder, tree_of};
use super::unpack::{Folder, Sink as _, make_root};
use super::{ArchiveEntry, ArchiveError, ArchiveLimits, ArchiveSummary, MANIFEST_BYTES_MAX, MANIFEST_NAME};
use crate::Sha256Hasher;
use crate::error::cut;

const BUFFER_LEN: usize = 64 * 1024;
/// The root that paths are checked below; it is never written.
const ROOT: &str = "files";

/// A folder that is made file by file. It is gone again when it is dropped before
/// [`finish`](TreeWriter::finish).
#[derive(Debug)]
pub struct TreeWriter {
    path: PathBuf,
    folder: Folder,
    names: Names,
    limits: ArchiveLimits,
    entries: Vec<ArchiveEntry>,
    bytes: u64,
    manifest: Option<Vec<u8>>,
    finished: bool,
}

impl TreeWriter {
    /// Makes the folder, which must not exist. Of the limits, those of an archive as bytes play no
    /// part.
    ///
    /// # Errors
    /// [`StoreError::is_already_exists`](crate::StoreError::is_already_exists); those of the
    /// operating system.
    pub fn create(folder: &Path, limits: &ArchiveLimits) -> Result<TreeWriter, ArchiveError> {
        let names = Names::new(ROOT, limits.path_depth_max)?;
        make_root(folder)?;
        let opened = open_folder(folder).map_err(ArchiveError::from).and_then(|dir| Folder::new(folder, dir));
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                let _ = std::fs::remove_dir_all(folder);
                return Err(error);
            }
        };
        Ok(TreeWriter {
            path: folder.to_path_buf(),
            folder: opened,
            names,
            limits: *limits,
            entries: Vec::new(),
            bytes: 0,
            manifest: None,
            finished: false,
        })
    }

    /// Writes a file whose content is exactly the next `size` bytes of `content`. Modes are 0644 and
    /// 0755 under every umask.
    ///
    /// # Errors
    /// [`ArchiveError`], for a path that [`unpack`](super::unpack) would refuse beside those before,
    /// for a limit, and for content that ends early; those of the operating system.
    pub fn add(
        &mut self,
        path: &str,
        executable: bool,
        size: u64,
        content: &mut dyn Read,
    ) -> Result<(), ArchiveError> {
        self.names.add_file(&format!("{ROOT}/{path}")).map_err(|error| named(error, path))?;
        if self.entries.len() >= self.limits.entry_count_max {
            return Err(ArchiveError::TooManyEntries { count_max: self.limits.entry_count_max });
        }
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > self.limits.unpacked_bytes_max {
            return Err(ArchiveError::UnpackedTooLarge { size_max_bytes: self.limits.unpacked_bytes_max });
        }
        let is_manifest = path == MANIFEST_NAME;
        if is_manifest && size > MANIFEST_BYTES_MAX {
            return Err(ArchiveError::ManifestTooLarge { size_max_bytes: MANIFEST_BYTES_MAX });
        }
        self.folder.begin(&FileHeader { path: path.to_owned(), size, executable })?;
        let mut hasher = Sha256Hasher::new();
        let mut buffer = vec![0; BUFFER_LEN.min(usize::try_from(size).unwrap_or(BUFFER_LEN))];
        let mut left = size;
        let mut kept = is_manifest.then(Vec::new);
        while left > 0 {
            let portion = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = match content.read(&mut buffer[..portion]) {
                Ok(0) => return Err(ArchiveError::Truncated),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(ArchiveError::Read { source }),
            };
            hasher.update(&buffer[..count]);
            self.folder.write(&buffer[..count])?;
            if let Some(kept) = &mut kept {
                kept.extend_from_slice(&buffer[..count]);
            }
            left -= count as u64;
        }
        if is_manifest {
            self.manifest = kept;
        }
        self.entries.push(ArchiveEntry { path: path.to_owned(), size, executable, sha256: hasher.finish() });
        Ok(())
    }

    /// Leaves the folder as it is now and tells what is in it. Nothing is made durable.
    pub fn finish(mut self) -> ArchiveSummary {
        self.finished = true;
        let mut entries = std::mem::take(&mut self.entries);
        let tree = tree_of(&mut entries);
        let file_count = entries.len() as u64;
        ArchiveSummary {
            tree,
            entries,
            unpacked_bytes: self.bytes,
            file_count,
            manifest: self.manifest.take(),
        }
    }
}

impl Drop for TreeWriter {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Takes the root, which nobody wrote, out of an error.
fn named(error: ArchiveError, path: &str) -> ArchiveError {
    use ArchiveError as E;
    let entry = cut(path);
    match error {
        E::Store(crate::StoreError::Path { reason, .. }) => {
            E::Store(crate::StoreError::Path { path: entry, reason })
        }
        E::TooDeep { depth_max, .. } => E::TooDeep { entry, depth_max },
        E::Invisible { character, .. } => E::Invisible { entry, character },
        E::NotNormalised { .. } => E::NotNormalised { entry },
        E::Reserved { .. } => E::Reserved { entry },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::{PackEntry, PackSource, inspect, pack, tree_digest};
    use crate::{PathFault, StoreError, faults};

    type File = (&'static str, bool, &'static [u8]);

    fn write(folder: &Path, files: &[File], limits: &ArchiveLimits) -> Result<ArchiveSummary, ArchiveError> {
        let mut writer = TreeWriter::create(folder, limits)?;
        for (path, executable, bytes) in files {
            writer.add(path, *executable, bytes.len() as u64, &mut &bytes[..])?;
        }
        Ok(writer.finish())
    }

    const FILES: [File; 4] = [
        ("a/b/c", false, b"c"),
        ("a/x", true, b""),
        ("stryke.toml", false, b"[package]\n"),
        ("ü", false, b"u"),
    ];

    #[test]
    fn it_says_what_an_archive_of_the_same_files_says() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new");
        let summary = write(&folder, &FILES, &ArchiveLimits::default()).unwrap();
        let mut archive = Vec::new();
        let entry = |(path, executable, bytes): &File| PackEntry {
            path: (*path).to_owned(),
            executable: *executable,
            source: PackSource::Bytes(bytes.to_vec()),
        };
        pack("r", FILES.iter().map(entry), &mut archive).unwrap();
        assert_eq!(summary, inspect(&archive[..], "r", &ArchiveLimits::default()).unwrap());
        assert_eq!(summary.tree, tree_digest(&folder).unwrap());
        assert_eq!(summary.manifest.as_deref(), Some(&b"[package]\n"[..]));
    }

    #[test]
    fn what_is_refused_leaves_nothing() {
        let limits = ArchiveLimits {
            unpacked_bytes_max: 9,
            entry_count_max: 3,
            path_depth_max: 2,
            ..Default::default()
        };
        let is_path = |error: &ArchiveError| matches!(error, ArchiveError::Store(StoreError::Path { path, reason: PathFault::ParentFolder }) if path == "../x");
        type Check<'a> = &'a dyn Fn(&ArchiveError) -> bool;
        let cases: [(&[File], Check); 7] = [
            (&[("a", false, b""), ("../x", false, b"")], &is_path),
            (&[("a", false, b""), ("A", false, b"")], &|e| matches!(e, ArchiveError::CaseCollision { .. })),
            (&[("a", false, b""), ("a/b", false, b"")], &|e| matches!(e, ArchiveError::FileAndFolder { .. })),
            (
                &[("a/b/c", false, b"")],
                &|e| matches!(e, ArchiveError::TooDeep { entry, .. } if entry == "a/b/c"),
            ),
            (
                &[(".s-ok", false, b"")],
                &|e| matches!(e, ArchiveError::Reserved { entry } if entry == ".s-ok"),
            ),
            (&[("a", false, b"12345"), ("b", false, b"12345")], &|e| {
                matches!(e, ArchiveError::UnpackedTooLarge { size_max_bytes: 9 })
            }),
            (&[("a", false, b""), ("b", false, b""), ("c", false, b""), ("d", false, b"")], &|e| {
                matches!(e, ArchiveError::TooManyEntries { count_max: 3 })
            }),
        ];
        for (files, expected) in cases {
            let home = tempfile::tempdir().unwrap();
            let error = write(&home.path().join("new"), files, &limits).unwrap_err();
            assert!(expected(&error), "{error:?}");
            assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
        }
        let home = tempfile::tempdir().unwrap();
        let mut writer = TreeWriter::create(&home.path().join("new"), &limits).unwrap();
        assert!(matches!(writer.add("a", false, 3, &mut &b"12"[..]), Err(ArchiveError::Truncated)));
        drop(writer);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
        std::fs::write(home.path().join("old"), "old").unwrap();
        assert!(TreeWriter::create(&home.path().join("old"), &limits).is_err());
        assert_eq!(std::fs::read(home.path().join("old")).unwrap(), b"old");
    }

    #[test]
    fn every_fault_leaves_nothing() {
        for n in 0..100 {
            let home = tempfile::tempdir().unwrap();
            let fault = faults::fail_at(n, io::ErrorKind::StorageFull);
            let result = write(&home.path().join("new"), &FILES, &ArchiveLimits::default());
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached);
            if !reached {
                assert!(n > 5, "the operation passes the gate");
                return;
            }
            assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
        }
        panic!("the operation never ends");
    }
}
