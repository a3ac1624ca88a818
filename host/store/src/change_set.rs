//! Several files that change together: all of them or none.
//!
//! Everything that can run out of space happens before the first file changes: new contents are
//! written beside their places, and the old files get a second name for the way back. Then there are
//! only renames, and when one fails those before it are taken back by renames too. A process that is
//! killed between two renames leaves the first files new and the others old; each of them is whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::faults::step;
use crate::files::{self, Access, parent_of};
use crate::{PendingFile, StoreError, TEMPORARY_PREFIX};

/// Files and what they are to contain, in the order in which they change.
#[derive(Debug, Default)]
pub struct ChangeSet {
    changes: Vec<Change>,
}

#[derive(Debug)]
struct Change {
    path: PathBuf,
    content: Vec<u8>,
    access: Access,
}

/// A change that needs only renames.
struct Staged {
    path: PathBuf,
    new: PendingFile,
    /// None where there was no file.
    old: Option<Old>,
}

/// An old file, until nobody can want it back any more.
enum Old {
    /// By another name: the file itself is as durable as it was.
    Linked(SecondName),
    /// What was in it, where files have one name only.
    Copied(PendingFile),
}

impl ChangeSet {
    /// Starts with no change.
    pub fn new() -> ChangeSet {
        ChangeSet::default()
    }

    /// Adds a file to be written. Its folder is made when it is missing.
    pub fn write(&mut self, path: &Path, content: impl Into<Vec<u8>>, access: Access) {
        self.changes.push(Change { path: path.to_path_buf(), content: content.into(), access });
    }

    /// Makes all changes. A file that has its content already is not touched.
    ///
    /// # Errors
    /// Those of the operating system; every file is then as it was before.
    pub fn commit(self) -> Result<(), StoreError> {
        let staged: Vec<Option<Staged>> = self.changes.into_iter().map(stage).collect::<Result<_, _>>()?;
        let mut done: Vec<(PathBuf, Option<Old>)> = Vec::new();
        for Staged { path, new, old } in staged.into_iter().flatten() {
            let result = new.replace(&path);
            done.push((path, old));
            if let Err(error) = result {
                done.into_iter().rev().for_each(take_back);
                return Err(error);
            }
        }
        Ok(())
    }
}

fn stage(Change { path, content, access }: Change) -> Result<Option<Staged>, StoreError> {
    let folder = parent_of(&path);
    let old = match files::read(&path) {
        Ok(old) if old == content => return Ok(None),
        Ok(old) => Some(old),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error),
    };
    files::create_dir_all(folder, access)?;
    let pending = |content: &[u8]| -> Result<PendingFile, StoreError> {
        let mut file = PendingFile::create(folder, access)?;
        file.write(content)?;
        // Some file systems find out only now that there is no space.
        file.sync(&path)?;
        file.keep_mode_of(&path)?;
        Ok(file)
    };
    let new = pending(&content)?;
    let old = match old {
        Some(old) => Some(match second_name(&path)? {
            Some(name) => Old::Linked(name),
            None => Old::Copied(pending(&old)?),
        }),
        None => None,
    };
    Ok(Some(Staged { path, new, old }))
}

/// A second name of a file, which goes when it is dropped.
struct SecondName(PathBuf);

impl Drop for SecondName {
    fn drop(&mut self) {
        // One that stays is cleared with other left-overs.
        let _ = fs::remove_file(&self.0);
    }
}

/// Gives a file a second name beside its place; none where that is not possible.
fn second_name(path: &Path) -> Result<Option<SecondName>, StoreError> {
    let number = getrandom::u64()
        .map_err(|error| StoreError::io("create", path)(io::Error::other(error.to_string())))?;
    let name = parent_of(path).join(format!("{TEMPORARY_PREFIX}{number:016x}"));
    step("link", path)?;
    let is_linked = fs::hard_link(path, &name).is_ok();
    Ok(is_linked.then_some(SecondName(name)))
}

/// Puts the old file back. When even a rename fails, nothing better can be done: the file is whole,
/// and the error that is reported is the one that came first.
fn take_back((path, old): (PathBuf, Option<Old>)) {
    match old {
        // Two names of one file are not renamed into one: the second goes when it is dropped.
        Some(Old::Linked(name)) => drop(fs::rename(&name.0, &path)),
        Some(Old::Copied(copy)) => copy.put_back(&path),
        None => drop(fs::remove_file(&path)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::ErrorKind;

    use super::*;
    use crate::faults;

    fn content(folder: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for entry in files::read_dir(folder).unwrap() {
            let name = entry.name.to_string_lossy().into_owned();
            match entry.kind {
                crate::EntryKind::Directory => {
                    found.extend(content(&entry.path).into_iter().map(|(k, v)| (format!("{name}/{k}"), v)));
                }
                _ => drop(found.insert(name, fs::read_to_string(&entry.path).unwrap())),
            }
        }
        found
    }

    fn map(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn whatever_fails_all_files_are_new_or_all_are_old() {
        let old = map(&[("a", "1"), ("b", "same"), ("other", "x")]);
        let new = map(&[("a", "2"), ("b", "same"), ("c/d", "3"), ("other", "x")]);
        for n in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in &old {
                fs::write(folder.path().join(name), text).unwrap();
            }
            let mut changes = ChangeSet::new();
            for name in ["a", "b", "c/d"] {
                changes.write(&folder.path().join(name), new[name].as_bytes(), Access::Shared);
            }
            let fault = faults::fail_at(n, ErrorKind::StorageFull);
            let result = changes.commit();
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached, "step {n}");
            assert_eq!(content(folder.path()), if reached { old.clone() } else { new.clone() }, "step {n}");
            if !reached {
                assert!(n > 8, "each file takes several steps");
                return;
            }
        }
        panic!("the operation never ends");
    }

    #[test]
    #[cfg(unix)]
    fn permissions_stay_and_private_files_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        fs::write(folder.path().join("shared"), "1").unwrap();
        fs::set_permissions(folder.path().join("shared"), fs::Permissions::from_mode(0o664)).unwrap();
        let mut changes = ChangeSet::new();
        changes.write(&folder.path().join("shared"), "2", Access::Shared);
        changes.write(&folder.path().join("in/private"), "3", Access::Private);
        changes.commit().unwrap();
        assert_eq!((mode("shared"), mode("in/private"), mode("in")), (0o664, 0o600, 0o700));
    }
}
