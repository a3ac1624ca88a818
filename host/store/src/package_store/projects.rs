//! Which projects use the store, so that it can be told what nobody needs any more.
//!
//! One small file a project, named by the digest of the path of its lock file and with that path in
//! it. What a lock needs is left to the caller, who can read it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{PackageStore, PackageStoreError};
use crate::files::{self, Access};
use crate::{Sha256Digest, StoreError};

/// Longer than any path.
const BYTES_MAX: u64 = 64 * 1024;

impl PackageStore {
    /// Remembers the lock file of a project. One that is known already costs a read and no write.
    ///
    /// # Errors
    /// [`PackageStoreError::RelativeProject`]; those of the operating system.
    pub fn note_project(&self, lock_path: &Path) -> Result<(), PackageStoreError> {
        if !lock_path.is_absolute() {
            return Err(PackageStoreError::RelativeProject { path: lock_path.to_path_buf() });
        }
        let bytes = lock_path.as_os_str().as_encoded_bytes();
        let note = self.projects().join(Sha256Digest::of(bytes).to_hex());
        if files::read_capped(&note, BYTES_MAX).is_ok_and(|known| known == bytes) {
            return Ok(());
        }
        files::create_dir_all(&self.root, Access::Shared)?;
        files::create_dir_all(&self.projects(), Access::Private)?;
        Ok(files::write_atomic(&note, bytes, Access::Private)?)
    }

    /// Returns the lock files of all projects, sorted, and forgets those that are gone.
    ///
    /// # Errors
    /// Those of the operating system. A lock file that cannot be looked at is returned.
    pub fn known_projects(&self) -> Result<Vec<PathBuf>, PackageStoreError> {
        let notes = match files::read_dir(&self.projects()) {
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            notes => notes?,
        };
        let mut locks = Vec::new();
        for note in notes {
            let Some(name) = note.name.to_str().filter(|name| name.len() == 64) else { continue };
            let bytes = match files::read_capped(&note.path, BYTES_MAX) {
                Err(error) if error.is_not_found() => continue,
                bytes => bytes?,
            };
            let is_whole = Sha256Digest::of(&bytes).to_hex() == name;
            match path_of(bytes).filter(|_| is_whole) {
                Some(lock) if !matches!(files::exists(&lock), Ok(false)) => locks.push(lock),
                _ => forget(&note.path)?,
            }
        }
        locks.sort();
        Ok(locks)
    }

    /// Where the notes are.
    pub(super) fn projects(&self) -> PathBuf {
        self.root.join(".projects")
    }
}

fn forget(note: &Path) -> Result<(), StoreError> {
    match files::remove_file(note) {
        Err(error) if error.is_not_found() => Ok(()),
        result => result,
    }
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    let text: OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    Some(PathBuf::from(text))
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(OsString::from).map(PathBuf::from)
}
