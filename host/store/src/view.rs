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
