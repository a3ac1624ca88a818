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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{faults, files};
    use std::{fs, io};

    fn names(folder: &Path) -> Vec<String> {
        files::read_dir(folder).unwrap().into_iter().map(|entry| entry.name.into_string().unwrap()).collect()
    }

    #[test]
    fn it_appears_whole_or_not_at_all() {
        for n in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("target");
            let fault = faults::fail_at(n, io::ErrorKind::StorageFull);
            let result = (|| {
                let staging = Staging::new(folder.path())?;
                files::write_new(&staging.path().join("a"), b"a", files::Access::Shared)?;
                files::write_new(&staging.path().join("b"), b"b", files::Access::Shared)?;
                staging.commit(&target)
            })();
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached);
            match names(folder.path()).as_slice() {
                [] => assert!(reached),
                names_found => {
                    assert_eq!(names_found, ["target"]);
                    assert_eq!(names(&target), ["a", "b"]);
                }
            }
            if !reached {
                return;
            }
        }
        panic!("the operation never ends");
    }

    #[test]
    fn of_two_the_second_is_discarded() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let (one, two) = (Staging::new(folder.path()).unwrap(), Staging::new(folder.path()).unwrap());
        fs::write(one.path().join("a"), "one").unwrap();
        fs::write(two.path().join("a"), "two").unwrap();
        assert_eq!(one.commit(&target).unwrap(), Committed::New);
        assert_eq!(two.commit(&target).unwrap(), Committed::AlreadyThere);
        assert_eq!(fs::read_to_string(target.join("a")).unwrap(), "one");
        assert_eq!(names(folder.path()), ["target"]);
    }

    #[test]
    #[cfg(unix)]
    fn it_is_private_and_goes_when_dropped() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let staging = Staging::new(folder.path()).unwrap();
        fs::write(staging.path().join("a"), "").unwrap();
        assert_eq!(fs::metadata(staging.path()).unwrap().permissions().mode() & 0o777, 0o700);
        drop(staging);
        assert!(names(folder.path()).is_empty());
    }
}
