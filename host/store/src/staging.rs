//! A folder that is prepared out of sight and appears whole.

use std::path::Path;

use tempfile::TempDir;

use crate::faults::step;
use crate::files::rename_new;
use crate::{StoreError, TEMPORARY_PREFIX};

/// A private temporary folder, removed with everything in it when it is dropped.
#[derive(Debug)]
pub struct Staging {
    folder: TempDir,
}

/// How a [`Staging::commit`] ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// The folder is now at its place.
    New,
    /// Another one was there first; this one was discarded.
    AlreadyThere,
}

impl Staging {
    /// Makes an empty one under a folder that exists, on the file system of its later place.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn new(under: &Path) -> Result<Staging, StoreError> {
        step("create", under)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY_PREFIX);
        #[cfg(unix)]
        let permissions = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700);
        #[cfg(unix)]
        builder.permissions(permissions);
        let folder = builder.tempdir_in(under).map_err(StoreError::io("create a folder in", under))?;
        Ok(Staging { folder })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Renames the folder to its place. What stands there already stays, and this one goes.
    ///
    /// # Errors
    /// Those of the operating system; nothing is then at the place, unless only the last step
    /// failed, which makes the new name durable.
    pub fn commit(self, target: &Path) -> Result<Committed, StoreError> {
        match rename_new(self.folder.path(), target) {
            Ok(()) => {
                // It is not where it was any more, so there is nothing to remove.
                let _ = self.folder.keep();
                Ok(Committed::New)
            }
            Err(error) if error.is_already_exists() => Ok(Committed::AlreadyThere),
            Err(error) => Err(error),
        }
    }
}
