//! A read-only look at one folder, with no way out of it.
//!
//! Plugins read through these. The folder is held by a handle, every path is resolved beneath it,
//! and links count only as far as they stay inside. Errors name paths relative to the view, so that
//! nothing of the place of the folder is told.

use std::fs::File;
use std::io;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use crate::files::not_regular;
use crate::portable::is_view_name;
use crate::{StoreError, check_view_path};

/// How many entries a folder may have to be listed.
pub const VIEW_ENTRY_COUNT_MAX: usize = 100_000;

/// A folder that can be looked at.
#[derive(Debug)]
pub struct View {
    dir: Dir,
}

/// One name in a folder of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewEntry {
    /// The name, which can be used in a path.
    pub name: String,
    /// What it is. A link is what it leads to, or other when it leads out or nowhere.
    pub kind: EntryKind,
    /// Bytes of a file, else 0.
    pub size_bytes: u64,
}

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A pipe, a socket, a device, or a link that is not followed.
    Other,
}

impl EntryKind {
    pub(crate) fn of(is_file: bool, is_dir: bool) -> EntryKind {
        match (is_file, is_dir) {
            (true, _) => EntryKind::File,
            (_, true) => EntryKind::Directory,
            _ => EntryKind::Other,
        }
    }
}

/// A regular file of a view, open for reading.
#[derive(Debug)]
pub struct ViewFile {
    file: File,
    size_bytes: u64,
}

impl View {
    /// Opens a folder by its path on this machine.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn open(path: &Path) -> Result<View, StoreError> {
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(StoreError::io("open", path))?;
        Ok(View { dir })
    }

    /// Lists a folder, sorted by name; the empty path is the view itself. Names that are not UTF-8
    /// or that no path can contain are left out.
    ///
    /// # Errors
    /// [`StoreError::Path`], [`StoreError::TooMany`], those of the operating system.
    pub fn list(&self, path: &str) -> Result<Vec<ViewEntry>, StoreError> {
        check_view_path(path)?;
        let failed = || StoreError::io("list", path);
        let mut entries = Vec::new();
        for (index, entry) in self.dir.read_dir(or_dot(path)).map_err(failed())?.enumerate() {
            if index >= VIEW_ENTRY_COUNT_MAX {
                return Err(StoreError::TooMany { path: path.into(), count_max: VIEW_ENTRY_COUNT_MAX });
            }
            let entry = entry.map_err(failed())?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !is_view_name(&name) {
                continue;
            }
            // An entry that is gone again, or a link that leads out, has nothing to tell.
            let metadata = match entry.file_type() {
                Ok(kind) if kind.is_symlink() => self.dir.metadata(Path::new(or_dot(path)).join(&name)),
                _ => entry.metadata(),
            };
            let (kind, size_bytes) = match metadata {
                Ok(found) if found.is_file() => (EntryKind::File, found.len()),
                Ok(found) => (EntryKind::of(false, found.is_dir()), 0),
                Err(_) => (EntryKind::Other, 0),
            };
            entries.push(ViewEntry { name, kind, size_bytes });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Opens a regular file.
    ///
    /// # Errors
    /// [`StoreError::Path`]; those of the operating system, also for a link that leads out, a
    /// folder, a pipe and a device.
    pub fn open_file(&self, path: &str) -> Result<ViewFile, StoreError> {
        check_view_path(path)?;
        let failed = || StoreError::io("open", path);
        // Looked at before it is opened, because opening a device can do something; and again
        // after, because it may have been exchanged between.
        regular(&self.dir.metadata(or_dot(path)).map_err(failed())?).map_err(failed())?;
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::custom_flags(&mut options, crate::files::nonblocking());
        let file = self.dir.open_with(path, &options).map_err(failed())?;
        let metadata = file.metadata().map_err(failed())?;
        regular(&metadata).map_err(failed())?;
        Ok(ViewFile { file: file.into_std(), size_bytes: metadata.len() })
    }

    /// Opens a folder as a view of its own: from there on nothing leads back up.
    ///
    /// # Errors
    /// [`StoreError::Path`]; those of the operating system.
    pub fn sub(&self, path: &str) -> Result<View, StoreError> {
        check_view_path(path)?;
        let dir = self.dir.open_dir(or_dot(path)).map_err(StoreError::io("open", path))?;
        Ok(View { dir })
    }
}

impl ViewFile {
    /// Bytes at the time it was opened.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Reads from an offset until the buffer is full or the file ends; returns how much was read.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, StoreError> {
        let mut filled = 0;
        while filled < buffer.len() {
            let Some(position) = offset.checked_add(filled as u64) else { break };
            match self.read_once(position, &mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // An offset behind what the system can express is behind the end as well.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => break,
                Err(error) => return Err(StoreError::io("read", "")(error)),
            }
        }
        Ok(filled)
    }

    #[cfg(unix)]
    fn read_once(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_once(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }
}

/// The view itself has the empty path here and `.` for the system.
fn or_dot(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}

fn regular(metadata: &cap_std::fs::Metadata) -> io::Result<()> {
    match EntryKind::of(metadata.is_file(), metadata.is_dir()) {
        EntryKind::File => Ok(()),
        EntryKind::Directory => Err(io::ErrorKind::IsADirectory.into()),
        EntryKind::Other => Err(not_regular()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PathFault;
    use std::fs;

    fn view(folder: &Path) -> View {
        fs::create_dir_all(folder.join("in/sub")).unwrap();
        fs::write(folder.join("secret"), "secret").unwrap();
        fs::write(folder.join("in/b.txt"), "hello").unwrap();
        fs::write(folder.join("in/sub/a.txt"), "").unwrap();
        View::open(&folder.join("in")).unwrap()
    }

    fn entry(name: &str, kind: EntryKind, size_bytes: u64) -> ViewEntry {
        ViewEntry { name: name.to_owned(), kind, size_bytes }
    }

    fn read(file: &ViewFile) -> Vec<u8> {
        let mut buffer = vec![0; usize::try_from(file.size_bytes()).unwrap()];
        assert_eq!(file.read_at(0, &mut buffer).unwrap(), buffer.len());
        buffer
    }

    #[test]
    fn folders_are_listed_and_files_read() {
        let folder = tempfile::tempdir().unwrap();
        let view = view(folder.path());
        let all = [entry("b.txt", EntryKind::File, 5), entry("sub", EntryKind::Directory, 0)];
        assert_eq!(view.list("").unwrap(), all);
        assert_eq!(view.list("sub").unwrap(), [entry("a.txt", EntryKind::File, 0)]);
        assert_eq!(view.sub("sub").unwrap().list("").unwrap(), [entry("a.txt", EntryKind::File, 0)]);
        assert_eq!(view.sub("").unwrap().list("").unwrap(), all);

        let file = view.open_file("b.txt").unwrap();
        assert_eq!(read(&file), b"hello");
        let mut buffer = [0; 10];
        assert_eq!(file.read_at(3, &mut buffer).unwrap(), 2);
        assert_eq!(&buffer[..2], b"lo");
        for behind in [5, 6, u64::MAX / 2, u64::MAX] {
            assert_eq!(file.read_at(behind, &mut buffer).unwrap(), 0, "{behind}");
        }
        assert_eq!(read(&view.open_file("sub/a.txt").unwrap()), b"");
    }

    #[test]
    fn paths_that_could_lead_out_are_refused_everywhere() {
        let folder = tempfile::tempdir().unwrap();
        let view = view(folder.path());
        for (path, expected) in [
            ("../secret", PathFault::ParentFolder),
            ("sub/../../secret", PathFault::ParentFolder),
            ("/etc/passwd", PathFault::Absolute),
            ("sub//a.txt", PathFault::EmptyPart),
            ("b.txt\0", PathFault::Nul),
            ("sub\\a.txt", PathFault::Backslash),
            ("CON", PathFault::Device),
        ] {
            for result in
                [view.list(path).map(drop), view.open_file(path).map(drop), view.sub(path).map(drop)]
            {
                match result {
                    Err(StoreError::Path { reason, .. }) => assert_eq!(reason, expected, "{path:?}"),
                    other => panic!("{path:?}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_is_no_file_does_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let view = view(folder.path());
        assert_eq!(view.open_file("sub").unwrap_err().kind(), Some(io::ErrorKind::IsADirectory));
        assert_eq!(view.open_file("").unwrap_err().kind(), Some(io::ErrorKind::IsADirectory));
        assert!(view.open_file("nothing").unwrap_err().is_not_found());
        assert!(view.list("b.txt").is_err());
        assert!(view.sub("b.txt").is_err());
        assert!(View::open(&folder.path().join("nothing")).unwrap_err().is_not_found());
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::fs::symlink;

        #[test]
        fn links_count_only_inside() {
            let folder = tempfile::tempdir().unwrap();
            let view = view(folder.path());
            let at = |name: &str| folder.path().join("in").join(name);
            symlink("../secret", at("up")).unwrap();
            symlink(folder.path().join("secret"), at("absolute")).unwrap();
            symlink("..", at("folder")).unwrap();
            symlink("/proc/self/root", at("magic")).unwrap();
            symlink("up", at("twice")).unwrap();
            symlink("nowhere", at("dangling")).unwrap();
            symlink("loop", at("loop")).unwrap();
            symlink("sub/../b.txt", at("inside")).unwrap();
            symlink("sub", at("also-sub")).unwrap();
            symlink("../b.txt", at("sub/back")).unwrap();

            for out in ["up", "absolute", "folder/secret", "magic/etc/passwd", "twice", "dangling", "loop"] {
                let error = view.open_file(out).unwrap_err();
                assert!(matches!(error, StoreError::Io { .. }), "{out}");
                assert!(!error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
            }
            for out in ["folder", "magic", "folder/in"] {
                assert!(view.sub(out).is_err() && view.list(out).is_err(), "{out}");
            }
            assert_eq!(read(&view.open_file("inside").unwrap()), b"hello");
            assert_eq!(read(&view.open_file("sub/back").unwrap()), b"hello");
            assert!(view.sub("sub").unwrap().open_file("back").is_err(), "a view of its own");

            let kinds: Vec<_> = view.list("").unwrap().into_iter().map(|e| (e.name, e.kind)).collect();
            let expected = [
                ("absolute", EntryKind::Other),
                ("also-sub", EntryKind::Directory),
                ("b.txt", EntryKind::File),
                ("dangling", EntryKind::Other),
                ("folder", EntryKind::Other),
                ("inside", EntryKind::File),
                ("loop", EntryKind::Other),
                ("magic", EntryKind::Other),
                ("sub", EntryKind::Directory),
                ("twice", EntryKind::Other),
                ("up", EntryKind::Other),
            ];
            assert_eq!(kinds, expected.map(|(name, kind)| (name.to_owned(), kind)));
            assert_eq!(view.list("sub").unwrap()[1], entry("back", EntryKind::File, 5));
        }

        #[test]
        fn a_view_stays_on_its_folder_when_that_is_renamed() {
            let folder = tempfile::tempdir().unwrap();
            let view = view(folder.path());
            fs::rename(folder.path().join("in"), folder.path().join("moved")).unwrap();
            symlink("/etc", folder.path().join("in")).unwrap();
            assert_eq!(read(&view.open_file("b.txt").unwrap()), b"hello");
        }

        #[test]
        fn pipes_and_devices_do_not_open_and_do_not_block() {
            let folder = tempfile::tempdir().unwrap();
            let view = view(folder.path());
            let pipe = folder.path().join("in/pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("in/socket")).unwrap();
            for name in ["pipe", "socket"] {
                assert!(view.open_file(name).unwrap_err().to_string().ends_with("it is not a regular file"));
            }
            let kinds: Vec<_> = view.list("").unwrap().into_iter().map(|e| e.kind).collect();
            assert_eq!(kinds, [EntryKind::File, EntryKind::Other, EntryKind::Other, EntryKind::Directory]);
        }

        #[test]
        fn names_that_no_path_can_contain_are_left_out() {
            let folder = tempfile::tempdir().unwrap();
            let view = view(folder.path());
            let at = |name: &[u8]| folder.path().join("in").join(OsStr::from_bytes(name));
            for name in [&b"back\\slash"[..], b"nul.txt"] {
                fs::write(at(name), "").unwrap();
            }
            // Not every file system takes such a name.
            let _ = fs::write(at(b"\xff"), "");
            assert_eq!(view.list("").unwrap().len(), 2);
        }
    }
}
