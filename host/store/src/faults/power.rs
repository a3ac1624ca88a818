//! What a power cut leaves of a folder: what was made durable, and of the rest as much as a file system likes.
//!
//! The folder is read when the process begins, and all of it counts as durable. From then on each file and each
//! folder is as durable as it was when it was last synced: a file by its bytes, a folder by its names. At
//! the cut the folder is made what the plan says.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file or folder, whatever it is called by now.
type Id = u64;

/// What is left of that which was not made durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// All names are there, but the bytes of files are lost: of all of them for 0, of some for other numbers.
    Bytes(u64),
    /// Names are lost as well.
    All,
}

/// What is on the disk for good.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    files: HashMap<Id, Vec<u8>>,
    folders: HashMap<Id, BTreeMap<OsString, Named>>,
}

#[derive(Clone, Debug)]
enum Named {
    File(Id, Look),
    Folder(Id, Look),
    Link(PathBuf),
}

/// What else is known of a file or folder: programs look at both.
#[derive(Clone, Debug)]
struct Look {
    permissions: Permissions,
    modified: SystemTime,
}

impl Look {
    fn of(metadata: &fs::Metadata) -> io::Result<Look> {
        Ok(Look { permissions: metadata.permissions(), modified: metadata.modified()? })
    }

    fn give(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.set_modified(self.modified)?;
        fs::set_permissions(path, self.permissions.clone())
    }
}

impl Disk {
    /// Takes a folder as it is for durable.
    pub(super) fn of(root: &Path) -> io::Result<Disk> {
        let mut disk = Disk { root: root.to_path_buf(), files: HashMap::new(), folders: HashMap::new() };
        disk.walk(root, &mut |disk, path, metadata| {
            match metadata.is_dir() {
                true => drop(disk.folders.insert(metadata.ino(), names(path)?)),
                false => drop(disk.files.insert(metadata.ino(), fs::read(path)?)),
            }
            Ok(())
        })?;
        Ok(disk)
    }

    /// Takes an open file or folder as it is for durable.
    pub(super) fn synced(&mut self, handle: &impl AsFd) -> io::Result<()> {
        // By the handle: it may have another name than its owner thinks, or none.
        let path = PathBuf::from(format!("/proc/self/fd/{}", handle.as_fd().as_raw_fd()));
        let metadata = fs::metadata(&path)?;
        match metadata.is_dir() {
            true => drop(self.folders.insert(metadata.ino(), names(&path)?)),
            false => drop(self.files.insert(metadata.ino(), fs::read(&path)?)),
        }
        Ok(())
    }

    /// Makes the folder what a power cut leaves of it. Another thread may be within its last operation.
    pub(super) fn cut(&mut self, loss: Loss) -> io::Result<()> {
        match loss {
            Loss::Bytes(seed) => {
                let root = self.root.clone();
                self.walk(&root, &mut |disk, path, metadata| {
                    let durable = disk.files.get(&metadata.ino()).map_or(&[][..], Vec::as_slice);
                    let is_lost = seed == 0 || mixed(seed, metadata.ino()).is_multiple_of(2);
                    if metadata.is_file() && is_lost && fs::read(path)? != durable {
                        File::options().write(true).open(path)?.set_len(0)?;
                        File::options().write(true).open(path)?.write_all(durable)?;
                    }
                    Ok(())
                })
            }
            Loss::All => {
                let left = self.root.with_extension("left");
                let id = fs::metadata(&self.root)?.ino();
                self.make(&left, id)?;
                let mut tries = 0;
                while let Err(error) = clear(&self.root) {
                    tries += 1;
                    if tries == TRIES_MAX {
                        return Err(error);
                    }
                }
                for name in names(&left)?.into_keys() {
                    fs::rename(left.join(&name), self.root.join(&name))?;
                }
                fs::remove_dir(left)
            }
        }
    }

    /// Writes a folder as it is durable.
    fn make(&self, to: &Path, id: Id) -> io::Result<()> {
        fs::create_dir_all(to)?;
        for (name, named) in self.folders.get(&id).into_iter().flatten() {
            let path = to.join(name);
            match named {
                Named::File(id, look) => {
                    fs::write(&path, self.files.get(id).map_or(&[][..], Vec::as_slice))?;
                    look.give(&path)?;
                }
                Named::Folder(id, look) => {
                    self.make(&path, *id)?;
                    look.give(&path)?;
                }
                Named::Link(target) => symlink(target, &path)?,
            }
        }
        Ok(())
    }

    /// Tells every file and folder below a folder, and the folder itself; one that goes meanwhile is passed over.
    fn walk(
        &mut self,
        path: &Path,
        tell: &mut dyn FnMut(&mut Disk, &Path, &fs::Metadata) -> io::Result<()>,
    ) -> io::Result<()> {
        let done = self.walk_into(path, tell);
        if done.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) { Ok(()) } else { done }
    }

    fn walk_into(
        &mut self,
        path: &Path,
        tell: &mut dyn FnMut(&mut Disk, &Path, &fs::Metadata) -> io::Result<()>,
    ) -> io::Result<()> {
        let metadata = fs::symlink_metadata(path)?;
        if metadata.is_dir() {
            for name in names(path)?.into_keys() {
                self.walk(&path.join(name), tell)?;
            }
        }
        if metadata.is_dir() || metadata.is_file() { tell(self, path, &metadata) } else { Ok(()) }
    }
}

/// How often a folder is cleared in which somebody still makes files.
const TRIES_MAX: usize = 100;

/// Removes everything in a folder.
fn clear(folder: &Path) -> io::Result<()> {
    for (name, named) in names(folder)? {
        let path = folder.join(name);
        match named {
            Named::Folder(..) => fs::remove_dir_all(&path)?,
            Named::File(..) | Named::Link(_) => fs::remove_file(&path)?,
        }
    }
    Ok(())
}

fn names(folder: &Path) -> io::Result<BTreeMap<OsString, Named>> {
    let mut names = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, metadata) = match entry.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => (entry.path(), metadata?),
        };
        let named = match metadata.file_type() {
            kind if kind.is_dir() => Named::Folder(metadata.ino(), Look::of(&metadata)?),
            kind if kind.is_file() => Named::File(metadata.ino(), Look::of(&metadata)?),
            kind if kind.is_symlink() => Named::Link(fs::read_link(path)?),
            _ => continue,
        };
        names.insert(entry.file_name(), named);
    }
    Ok(names)
}

/// A number that looks random and is the same every time.
fn mixed(seed: u64, id: Id) -> u64 {
    (id ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a file that was there, and one of each kind that came later.
    fn changed() -> (tempfile::TempDir, Disk, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        fs::create_dir(&root).unwrap();
        for name in ["old", "gone", "renamed"] {
            fs::write(root.join(name), name).unwrap();
        }
        let mut disk = Disk::of(&root).unwrap();
        fs::write(root.join("old"), "other").unwrap();
        fs::remove_file(root.join("gone")).unwrap();
        fs::rename(root.join("renamed"), root.join("moved")).unwrap();
        fs::create_dir(root.join("folder")).unwrap();
        fs::write(root.join("folder/new"), "new").unwrap();
        fs::write(root.join("synced"), "synced").unwrap();
        disk.synced(&File::open(root.join("synced")).unwrap()).unwrap();
        (folder, disk, root)
    }

    fn text(root: &Path, name: &str) -> Option<String> {
        fs::read_to_string(root.join(name)).ok()
    }

    #[test]
    fn bytes_are_lost_that_were_not_synced() {
        let (_folder, mut disk, root) = changed();
        disk.cut(Loss::Bytes(0)).unwrap();
        let found = ["old", "gone", "moved", "folder/new", "synced"].map(|name| text(&root, name));
        let found = found.each_ref().map(Option::as_deref);
        assert_eq!(found, [Some("old"), None, Some("renamed"), Some(""), Some("synced")]);
    }

    #[test]
    fn names_are_lost_that_were_not_synced() {
        let (_folder, mut disk, root) = changed();
        disk.cut(Loss::All).unwrap();
        let all = |root: &Path| {
            names(root).unwrap().into_keys().map(|name| name.into_string().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(all(&root), ["gone", "old", "renamed"]);
        let (_folder, mut disk, root) = changed();
        disk.synced(&File::open(&root).unwrap()).unwrap();
        disk.cut(Loss::All).unwrap();
        assert_eq!(all(&root), ["folder", "moved", "old", "synced"]);
        assert_eq!(all(&root.join("folder")), [""; 0]);
        assert_eq!(text(&root, "old").as_deref(), Some("old"));
        assert_eq!(text(&root, "synced").as_deref(), Some("synced"));
    }
}
