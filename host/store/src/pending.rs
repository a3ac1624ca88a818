//! A file that does not exist until it is whole.

use std::fs;
use std::io::{Read, Seek, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::faults::{step, synced};
use crate::files::{Access, parent_of, sync_dir};
use crate::{StoreError, TEMPORARY_PREFIX as PREFIX};

/// How the names of temporary files and folders start, so that whatever a power cut leaves behind
/// can be recognised.
pub const TEMPORARY_PREFIX: &str = ".s-tmp-";

/// A file under a temporary name, in the folder where it will stand. It is removed when dropped
/// before [`replace`](PendingFile::replace) or [`publish_new`](PendingFile::publish_new).
#[derive(Debug)]
pub struct PendingFile {
    file: NamedTempFile,
    access: Access,
}

impl PendingFile {
    /// Creates an empty one in a folder that exists.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn create(folder: &Path, access: Access) -> Result<PendingFile, StoreError> {
        step("create", folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        let permissions =
            <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(access.file_mode());
        #[cfg(unix)]
        builder.permissions(permissions);
        let file = builder.tempfile_in(folder).map_err(StoreError::io("create a file in", folder))?;
        Ok(PendingFile { file, access })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        step("write", self.file.path())?;
        self.file.write_all(bytes).map_err(StoreError::io("write", self.file.path()))
    }

    /// Gives the file its name, in place of whatever file or link has that name now. A shared file
    /// keeps the permission bits of the file it replaces.
    ///
    /// # Errors
    /// Those of the operating system; the old file is then still there, unless only the last step
    /// failed, which makes the new name durable.
    pub fn replace(self, target: &Path) -> Result<(), StoreError> {
        self.keep_mode_of(target)?;
        self.sync(target)?;
        step("rename", target)?;
        self.file.persist(target).map_err(|error| StoreError::io("write", target)(error.error))?;
        sync_dir(parent_of(target))
    }

    /// The same without waiting for the disk, for what can be made again: after a power cut the file
    /// may be damaged, which its reader has to notice.
    ///
    /// # Errors
    /// Those of the operating system; the old file is then still there.
    pub fn replace_soon(self, target: &Path) -> Result<(), StoreError> {
        self.keep_mode_of(target)?;
        step("rename", target)?;
        self.file.persist(target).map(drop).map_err(|error| StoreError::io("write", target)(error.error))
    }

    /// Gives the file its name, which nothing else may have.
    ///
    /// # Errors
    /// [`StoreError::is_already_exists`] when the name is taken; those of the operating system.
    pub fn publish_new(self, target: &Path) -> Result<(), StoreError> {
        self.sync(target)?;
        step("rename", target)?;
        self.file.persist_noclobber(target).map_err(|error| StoreError::io("create", target)(error.error))?;
        sync_dir(parent_of(target))
    }

    /// Opens what was written so far, from its beginning.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn reader(&self) -> Result<impl Read + Seek + Send + use<>, StoreError> {
        self.file.reopen().map_err(StoreError::io("read", self.file.path()))
    }

    /// Returns where the bytes are for now.
    pub fn temporary_path(&self) -> PathBuf {
        self.file.path().to_path_buf()
    }

    /// Gives the file its name on the way back from a failure: no gate, and no error but that one.
    pub(crate) fn put_back(self, target: &Path) {
        let _ = self.file.persist(target);
    }

    pub(crate) fn sync(&self, target: &Path) -> Result<(), StoreError> {
        step("sync", target)?;
        self.file.as_file().sync_all().map_err(StoreError::io("sync", target))?;
        synced(self.file.as_file());
        Ok(())
    }

    pub(crate) fn keep_mode_of(&self, target: &Path) -> Result<(), StoreError> {
        #[cfg(unix)]
        if self.access == Access::Shared
            && let Ok(metadata) = fs::symlink_metadata(target)
            && metadata.is_file()
        {
            use std::os::unix::fs::PermissionsExt as _;
            step("change the mode of", target)?;
            let permissions = fs::Permissions::from_mode(metadata.permissions().mode() & 0o777);
            self.file
                .as_file()
                .set_permissions(permissions)
                .map_err(StoreError::io("change the mode of", target))?;
        }
        #[cfg(not(unix))]
        let _ = (target, self.access);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_from_its_beginning_and_then_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = PendingFile::create(folder.path(), Access::Private).unwrap();
        file.write(b"one").unwrap();
        file.write(b"two").unwrap();
        for _ in 0..2 {
            let mut bytes = Vec::new();
            file.reader().unwrap().read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, b"onetwo");
        }
        let path = file.temporary_path();
        drop(file);
        assert!(!path.exists());
    }
}
