//! A set of new files that is written as one.
//!
//! Paths come from plugins: they are checked when they are added, and resolved beneath a handle of
//! the folder when they are written, so that a link in that folder cannot lead them out.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirBuilder, OpenOptions};

use crate::error::cut;
use crate::faults::{step, synced};
use crate::files::rename_new;
use crate::{PathFault, StoreError, TEMPORARY_PREFIX, check_new_path};

/// How much a [`NewTree`] may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeLimits {
    /// How many files.
    pub file_count_max: usize,
    /// How many bytes all files may have together.
    pub size_max_bytes: u64,
}

/// Files to be made below one folder: all of them or none.
#[derive(Debug)]
pub struct NewTree {
    limits: TreeLimits,
    size_bytes: u64,
    files: BTreeMap<String, Vec<u8>>,
    /// Every path in lower case, with how it was written first and whether it is a folder.
    taken: BTreeMap<String, (String, bool)>,
}

impl NewTree {
    /// Makes an empty set.
    pub fn new(limits: TreeLimits) -> NewTree {
        NewTree { limits, size_bytes: 0, files: BTreeMap::new(), taken: BTreeMap::new() }
    }

    /// Adds a file by its path with `/` below the folder. A set that refused a file is as before.
    ///
    /// # Errors
    /// [`StoreError::Path`] when the path breaks a rule of [`check_new_path`] or clashes with one
    /// that was added; [`StoreError::TooMany`] and [`StoreError::TreeTooLarge`] behind a limit.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_new_path(path)?;
        if self.files.len() >= self.limits.file_count_max {
            return Err(StoreError::TooMany { path: path.into(), count_max: self.limits.file_count_max });
        }
        let size_bytes = self.size_bytes.saturating_add(bytes.len() as u64);
        if size_bytes > self.limits.size_max_bytes {
            return Err(StoreError::TreeTooLarge { size_max_bytes: self.limits.size_max_bytes });
        }
        let mut taken = Vec::new();
        for (index, _) in path.match_indices('/') {
            taken.push((&path[..index], true));
        }
        taken.push((path, false));
        for (name, is_folder) in &taken {
            let reason = match self.taken.get(&name.to_lowercase()) {
                None => continue,
                Some((known, true)) if *is_folder && known == name => continue,
                Some((_, known_is_folder)) if known_is_folder != is_folder => PathFault::FileAndFolder,
                Some(_) => PathFault::Duplicate,
            };
            return Err(StoreError::Path { path: cut(path), reason });
        }
        for (name, is_folder) in taken {
            self.taken.entry(name.to_lowercase()).or_insert_with(|| (name.to_owned(), is_folder));
        }
        self.size_bytes = size_bytes;
        self.files.insert(path.to_owned(), bytes);
        Ok(())
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Returns whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Writes everything into a hidden folder beside its place and renames that to `name`.
    ///
    /// # Errors
    /// [`StoreError::Path`] when `name` is not a single name; [`StoreError::is_already_exists`]
    /// when something has it; those of the operating system. Nothing is then left, unless only the
    /// last step failed, which makes the new name durable.
    pub fn commit_new_directory(&self, parent: &Path, name: &str) -> Result<(), StoreError> {
        check_new_path(name)?;
        if name.contains('/') {
            return Err(StoreError::Path { path: cut(name), reason: PathFault::SeveralParts });
        }
        let target = parent.join(name);
        if target.symlink_metadata().is_ok() {
            return Err(StoreError::io("create", &target)(io::ErrorKind::AlreadyExists.into()));
        }
        step("create", &target)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY_PREFIX);
        #[cfg(unix)]
        let permissions = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755);
        #[cfg(unix)]
        builder.permissions(permissions);
        let hidden = builder.tempdir_in(parent).map_err(StoreError::io("create a folder in", parent))?;
        self.commit_new_files(hidden.path())?;
        rename_new(hidden.path(), &target)?;
        let _ = hidden.keep();
        Ok(())
    }

    /// Writes every file below a folder that exists, making folders on the way.
    ///
    /// # Errors
    /// [`StoreError::is_already_exists`] when one of the files exists; those of the operating
    /// system, also when a link would lead out of the folder. Whatever was made is removed again.
    pub fn commit_new_files(&self, folder: &Path) -> Result<(), StoreError> {
        let dir =
            Dir::open_ambient_dir(folder, ambient_authority()).map_err(StoreError::io("open", folder))?;
        for path in self.paths() {
            if dir.symlink_metadata(path).is_ok() {
                return Err(StoreError::io("create", folder.join(path))(io::ErrorKind::AlreadyExists.into()));
            }
        }
        Writer { dir: &dir, folder, replaces: false, made: Vec::new() }.write_or_undo(&self.files)
    }

    /// Writes every file below a folder that exists, over those that are there. At every moment
    /// each file is the old one or the new one, whole.
    ///
    /// # Errors
    /// [`StoreError::is_already_exists`] when something that is not a file has one of the names;
    /// those of the operating system, also when a link would lead out of the folder. The old files
    /// are then back in their places, and whatever was made is removed again.
    pub fn commit_changes(&self, folder: &Path) -> Result<(), StoreError> {
        let dir =
            Dir::open_ambient_dir(folder, ambient_authority()).map_err(StoreError::io("open", folder))?;
        for path in self.paths() {
            if dir.symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
                return Err(StoreError::io("replace", folder.join(path))(
                    io::ErrorKind::AlreadyExists.into(),
                ));
            }
        }
        Writer { dir: &dir, folder, replaces: true, made: Vec::new() }.write_or_undo(&self.files)
    }
}

enum Made {
    File(String),
    Folder(String),
    /// The old file has a second name until the whole set is written.
    Kept {
        path: String,
        backup: String,
    },
}

/// Writes below a folder and remembers what it made.
struct Writer<'a> {
    dir: &'a Dir,
    folder: &'a Path,
    /// Whether files that are there give way.
    replaces: bool,
    made: Vec<Made>,
}

impl Writer<'_> {
    fn write_or_undo(mut self, files: &BTreeMap<String, Vec<u8>>) -> Result<(), StoreError> {
        match self.write_all(files) {
            Ok(()) => {
                for made in self.made {
                    if let Made::Kept { backup, .. } = made {
                        // A second name that stays is cleared with other left-overs.
                        let _ = self.dir.remove_file(backup);
                    }
                }
                Ok(())
            }
            Err(error) => {
                self.undo();
                Err(error)
            }
        }
    }

    fn write_all(&mut self, files: &BTreeMap<String, Vec<u8>>) -> Result<(), StoreError> {
        for (path, bytes) in files {
            for (index, _) in path.match_indices('/') {
                self.make_folder(&path[..index])?;
            }
            self.make_file(path, bytes)?;
        }
        self.sync_folders(files)
    }

    fn make_folder(&mut self, path: &str) -> Result<(), StoreError> {
        if self.dir.metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
            return Ok(());
        }
        let shown = self.folder.join(path);
        step("create", &shown)?;
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        cap_std::fs::DirBuilderExt::mode(&mut builder, 0o755);
        #[cfg(not(unix))]
        let _ = &mut builder;
        match self.dir.create_dir_with(path, &builder) {
            Ok(()) => self.made.push(Made::Folder(path.to_owned())),
            // Another process was faster, or it is a file, or a link that leads nowhere or out.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.dir.open_dir(path).map_err(StoreError::io("open", shown))?;
            }
            Err(error) => return Err(StoreError::io("create", shown)(error)),
        }
        Ok(())
    }

    /// Writes under a temporary name beside the place, then links: the name appears with all bytes
    /// behind it, and only if nothing has it.
    fn make_file(&mut self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let shown = self.folder.join(path);
        let temporary = self.hidden_name(path)?;
        step("create", &shown)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::mode(&mut options, 0o644);
        let mut file = self.dir.open_with(&temporary, &options).map_err(StoreError::io("create", &shown))?;
        self.made.push(Made::File(temporary.clone()));
        step("write", &shown)?;
        file.write_all(bytes).map_err(StoreError::io("write", &shown))?;
        step("sync", &shown)?;
        file.sync_all().map_err(StoreError::io("sync", &shown))?;
        synced(&file);
        drop(file);
        if self.replaces && self.keep(path)? {
            step("rename", &shown)?;
            self.dir.rename(&temporary, self.dir, path).map_err(StoreError::io("replace", &shown))?;
            self.made.retain(|made| !matches!(made, Made::File(name) if *name == temporary));
            return Ok(());
        }
        step("rename", &shown)?;
        let linked = self.name(&temporary, path).map_err(StoreError::io("create", &shown))?;
        self.made.push(Made::File(path.to_owned()));
        if linked {
            step("remove", &shown)?;
            self.dir.remove_file(&temporary).map_err(StoreError::io("remove", &shown))?;
        }
        self.made.retain(|made| !matches!(made, Made::File(name) if *name == temporary));
        Ok(())
    }

    /// Gives the old file a second name, and returns whether there was an old file.
    fn keep(&mut self, path: &str) -> Result<bool, StoreError> {
        if self.dir.symlink_metadata(path).is_err() {
            return Ok(false);
        }
        let shown = self.folder.join(path);
        let backup = self.hidden_name(path)?;
        step("link", &shown)?;
        if self.dir.hard_link(path, self.dir, &backup).is_err() {
            self.dir.copy(path, self.dir, &backup).map_err(StoreError::io("copy", &shown))?;
        }
        self.made.push(Made::Kept { path: path.to_owned(), backup });
        Ok(true)
    }

    /// Returns a name beside `path` that nothing has.
    fn hidden_name(&self, path: &str) -> Result<String, StoreError> {
        let number = getrandom::u64().map_err(|error| {
            StoreError::io("create", self.folder.join(path))(io::Error::other(error.to_string()))
        })?;
        let parent = path.rfind('/').map_or("", |index| &path[..=index]);
        Ok(format!("{parent}{TEMPORARY_PREFIX}{number:016x}"))
    }

    /// Returns whether the temporary name still exists.
    fn name(&self, temporary: &str, path: &str) -> io::Result<bool> {
        match self.dir.hard_link(temporary, self.dir, path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without hard links: a look first, which leaves a moment between.
            Err(_) if self.dir.symlink_metadata(path).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => self.dir.rename(temporary, self.dir, path).map(|()| false),
        }
    }

    /// Makes the new names durable, in every folder that has some.
    fn sync_folders(&self, files: &BTreeMap<String, Vec<u8>>) -> Result<(), StoreError> {
        step("sync", self.folder)?;
        #[cfg(unix)]
        {
            let mut folders = std::collections::BTreeSet::from(["."]);
            for path in files.keys() {
                folders.extend(path.match_indices('/').map(|(index, _)| &path[..index]));
            }
            for path in folders {
                // As a file: handles of folders may be good for nothing but finding names.
                let handle = self.dir.open(path).map_err(StoreError::io("sync", self.folder))?;
                crate::files::sync_handle(&handle.into_std(), self.folder)?;
            }
        }
        #[cfg(not(unix))]
        let _ = files;
        Ok(())
    }

    /// Removes what was made, newest first. A folder that someone else uses by now stays.
    fn undo(&mut self) {
        for made in self.made.drain(..).rev() {
            let _ = match made {
                Made::File(path) => self.dir.remove_file(path),
                Made::Folder(path) => self.dir.remove_dir(path),
                Made::Kept { path, backup } => {
                    let put_back = self.dir.rename(&backup, self.dir, path);
                    // Two names of one file are not renamed into one: the second has to go by itself.
                    let _ = self.dir.remove_file(backup);
                    put_back
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntryKind, faults, files};
    use std::fs;

    const LIMITS: TreeLimits = TreeLimits { file_count_max: 10, size_max_bytes: 100 };

    fn tree() -> NewTree {
        let mut tree = NewTree::new(LIMITS);
        for (path, text) in
            [("main.stk", "main"), ("lib/a/b.stk", "b"), ("lib/c.stk", ""), (".gitignore", "x")]
        {
            tree.add(path, text.into()).unwrap();
        }
        tree
    }

    /// Every file and folder below, sorted; files with their text.
    fn walk(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in files::read_dir(folder).unwrap() {
            let name = entry.name.into_string().unwrap();
            match entry.kind {
                EntryKind::Directory => {
                    found.push(format!("{name}/"));
                    found.extend(walk(&entry.path).into_iter().map(|below| format!("{name}/{below}")));
                }
                _ => found.push(format!("{name}={}", fs::read_to_string(&entry.path).unwrap())),
            }
        }
        found
    }

    const WHOLE: [&str; 6] =
        [".gitignore=x", "lib/", "lib/a/", "lib/a/b.stk=b", "lib/c.stk=", "main.stk=main"];

    #[test]
    fn a_new_folder_appears_whole_or_not_at_all() {
        for n in 0..200 {
            let folder = tempfile::tempdir().unwrap();
            let fault = faults::fail_at(n, io::ErrorKind::StorageFull);
            let result = tree().commit_new_directory(folder.path(), "demo");
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached);
            match walk(folder.path()).as_slice() {
                [] => assert!(reached),
                found => {
                    assert_eq!(found[0], "demo/");
                    assert_eq!(walk(&folder.path().join("demo")), WHOLE);
                }
            }
            if !reached {
                assert!(n > 10, "every file passes the gate");
                return;
            }
        }
        panic!("the operation never ends");
    }

    #[test]
    fn new_files_appear_all_or_none() {
        for n in 0..200 {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("lib")).unwrap();
            fs::write(folder.path().join("lib/old"), "old").unwrap();
            let fault = faults::fail_at(n, io::ErrorKind::StorageFull);
            let result = tree().commit_new_files(folder.path());
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached);
            if reached {
                assert_eq!(walk(folder.path()), ["lib/", "lib/old=old"], "step {n}");
                continue;
            }
            let mut expected = WHOLE.map(str::to_owned).to_vec();
            expected.insert(5, "lib/old=old".to_owned());
            assert_eq!(walk(folder.path()), expected);
            return;
        }
        panic!("the operation never ends");
    }

    #[test]
    fn what_exists_is_never_touched() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["file", "folder"] {
            let path = folder.path().join(name);
            if name == "file" {
                fs::write(&path, "old").unwrap()
            } else {
                fs::create_dir(&path).unwrap()
            }
            let error = tree().commit_new_directory(folder.path(), name).unwrap_err();
            assert!(error.is_already_exists(), "{error}");
        }
        assert_eq!(walk(folder.path()), ["file=old", "folder/"]);
        fs::write(folder.path().join("main.stk"), "mine").unwrap();
        assert!(tree().commit_new_files(folder.path()).unwrap_err().is_already_exists());
        assert_eq!(walk(folder.path()), ["file=old", "folder/", "main.stk=mine"]);
        // A file where a folder is needed.
        fs::remove_file(folder.path().join("main.stk")).unwrap();
        fs::write(folder.path().join("lib"), "mine").unwrap();
        assert!(tree().commit_new_files(folder.path()).is_err());
        assert_eq!(walk(folder.path()), ["file=old", "folder/", "lib=mine"]);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_in_the_folder_does_not_lead_out() {
        use std::os::unix::fs::symlink;
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink(elsewhere.path(), folder.path().join("lib")).unwrap();
        let error = tree().commit_new_files(folder.path()).unwrap_err();
        assert!(!error.is_already_exists(), "{error}");
        assert_eq!(walk(elsewhere.path()), [""; 0]);
        fs::remove_file(folder.path().join("lib")).unwrap();
        symlink("nowhere", folder.path().join("main.stk")).unwrap();
        assert!(tree().commit_new_files(folder.path()).unwrap_err().is_already_exists());
        assert_eq!(files::read_dir(folder.path()).unwrap().len(), 1);
    }

    #[test]
    fn names_of_new_folders_are_single() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a/b", "..", ".", "", "/x", "con", "a\\b", "x."] {
            let error = tree().commit_new_directory(folder.path(), name).unwrap_err();
            assert!(matches!(error, StoreError::Path { .. }), "{name:?}: {error}");
        }
        assert!(tree().commit_new_directory(&folder.path().join("nothing"), "a").unwrap_err().is_not_found());
        assert_eq!(walk(folder.path()), [""; 0]);
    }

    #[test]
    fn clashes_and_limits_are_found_when_adding() {
        use PathFault as F;
        for (first, second, expected) in [
            ("a", "a", Some(F::Duplicate)),
            ("README", "readme", Some(F::Duplicate)),
            ("lib/a", "Lib/b", Some(F::Duplicate)),
            ("a", "a/b", Some(F::FileAndFolder)),
            ("a/b", "a", Some(F::FileAndFolder)),
            ("a/b", "A", Some(F::FileAndFolder)),
            ("a/b/c", "a/b", Some(F::FileAndFolder)),
            ("a", "../b", Some(F::ParentFolder)),
            ("a/b", "a/c", None),
            ("a", "ab", None),
        ] {
            let mut tree = NewTree::new(LIMITS);
            tree.add(first, Vec::new()).unwrap();
            match (tree.add(second, Vec::new()), expected) {
                (Ok(()), None) => {}
                (Err(StoreError::Path { reason, .. }), Some(expected)) => {
                    assert_eq!(reason, expected, "{first} {second}");
                    assert_eq!(tree.paths().collect::<Vec<_>>(), [first]);
                }
                (other, _) => panic!("{first} {second}: {other:?}"),
            }
        }
        let mut tree = NewTree::new(TreeLimits { file_count_max: 2, size_max_bytes: 3 });
        tree.add("a", vec![0; 2]).unwrap();
        let error = tree.add("b", vec![0; 2]).unwrap_err();
        assert!(matches!(error, StoreError::TreeTooLarge { size_max_bytes: 3 }));
        tree.add("b", vec![0; 1]).unwrap();
        assert!(matches!(tree.add("c", Vec::new()), Err(StoreError::TooMany { count_max: 2, .. })));
    }

    #[test]
    fn changes_are_made_whole_or_not_at_all_and_never_outside() {
        let folder = tempfile::tempdir().unwrap();
        let old = || {
            fs::create_dir_all(folder.path().join("a")).unwrap();
            fs::write(folder.path().join("a/b.txt"), "old").unwrap();
            let _ = fs::remove_file(folder.path().join("a/new.txt"));
        };
        let text = |path: &str| fs::read_to_string(folder.path().join(path)).ok();
        let count = || fs::read_dir(folder.path().join("a")).unwrap().count();
        let mut tree = NewTree::new(LIMITS);
        tree.add("a/b.txt", b"changed".to_vec()).unwrap();
        tree.add("a/new.txt", b"new".to_vec()).unwrap();
        for n in 0.. {
            old();
            let guard = faults::fail_at(n, io::ErrorKind::StorageFull);
            let result = tree.commit_changes(folder.path());
            drop(guard);
            match result {
                Ok(()) => {
                    assert!(n > 5, "{n} operations");
                    assert_eq!(text("a/b.txt").as_deref(), Some("changed"));
                    assert_eq!(text("a/new.txt").as_deref(), Some("new"));
                    assert_eq!(count(), 2, "nothing else is left");
                    break;
                }
                Err(_) => {
                    assert_eq!(text("a/b.txt").as_deref(), Some("old"), "operation {n}");
                    assert_eq!(text("a/new.txt"), None, "operation {n}");
                    assert_eq!(count(), 1, "operation {n} leaves nothing");
                }
            }
        }
        #[cfg(unix)]
        {
            let outside = tempfile::tempdir().unwrap();
            std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
            let mut tree = NewTree::new(LIMITS);
            tree.add("out/x.txt", b"x".to_vec()).unwrap();
            assert!(tree.commit_changes(folder.path()).is_err());
            assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        }
    }
}
