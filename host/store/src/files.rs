//! Reading and changing files by path. Every change passes the gate of [`faults`](crate::faults).

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::faults::{reading, step};
use crate::{EntryKind, PendingFile, Sha256Digest, Sha256Hasher, Staging, StoreError, TEMPORARY_PREFIX};

/// Who may read what is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only this user: folders 0700, files 0600.
    Private,
    /// Everyone, as far as the umask allows: folders 0755, files 0644.
    Shared,
    /// Everyone, and files can be run: folders and files 0755.
    Program,
}

impl Access {
    #[cfg(unix)]
    pub(crate) fn file_mode(self) -> u32 {
        match self {
            Access::Private => 0o600,
            Access::Shared => 0o644,
            Access::Program => 0o755,
        }
    }

    #[cfg(unix)]
    pub(crate) fn folder_mode(self) -> u32 {
        match self {
            Access::Private => 0o700,
            Access::Shared | Access::Program => 0o755,
        }
    }
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// The name.
    pub name: OsString,
    /// The folder joined with the name.
    pub path: PathBuf,
    /// What it is; a link is [`EntryKind::Other`].
    pub kind: EntryKind,
}

/// Reads a whole regular file.
///
/// # Errors
/// Those of the operating system; also when it is a pipe or a device, which could block for ever.
pub fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    read_capped(path, u64::MAX)
}

/// Reads a whole regular file of at most `size_max_bytes`.
///
/// # Errors
/// [`StoreError::TooLarge`], and as [`read`].
pub fn read_capped(path: &Path, size_max_bytes: u64) -> Result<Vec<u8>, StoreError> {
    let (file, size) = open_regular(path, Links::Followed)?;
    read_open(file, size, path, size_max_bytes)
}

fn read_open(file: File, size: u64, path: &Path, size_max_bytes: u64) -> Result<Vec<u8>, StoreError> {
    if size > size_max_bytes {
        return Err(StoreError::TooLarge { path: path.to_path_buf(), size_max_bytes });
    }
    // The size is a hint: the file may grow while it is read.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(size_max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(StoreError::io("read", path))?;
    if bytes.len() as u64 > size_max_bytes {
        return Err(StoreError::TooLarge { path: path.to_path_buf(), size_max_bytes });
    }
    Ok(bytes)
}

/// Reads a whole regular file of at most `size_max_bytes` that nobody but this user can have written: it is
/// not reached through a link in the last place, belongs to the user this process acts as, and others may
/// not write to it. Where files have no such owner, who may write to its folder is believed.
///
/// # Errors
/// [`StoreError::TooLarge`], and as [`read`]; files of others are errors of reading.
pub fn read_own(path: &Path, size_max_bytes: u64) -> Result<Vec<u8>, StoreError> {
    let (file, size) = open_regular(path, Links::Refused)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = file.metadata().map_err(StoreError::io("read", path))?;
        if metadata.uid() != rustix::process::geteuid().as_raw() || metadata.mode() & 0o022 != 0 {
            let message = "it belongs to somebody else, or others may write to it";
            return Err(StoreError::io("read", path)(io::Error::new(
                io::ErrorKind::PermissionDenied,
                message,
            )));
        }
    }
    read_open(file, size, path, size_max_bytes)
}

/// Returns whether the owner of a file may execute it; where files have no such bit, nobody may.
///
/// # Errors
/// Those of the operating system.
pub fn is_executable(path: &Path) -> Result<bool, StoreError> {
    let metadata = fs::symlink_metadata(path).map_err(StoreError::io("read", path))?;
    #[cfg(unix)]
    let may = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0;
    #[cfg(not(unix))]
    let may = metadata.is_symlink() && metadata.is_file();
    Ok(may)
}

/// Reads a whole regular file of UTF-8 text, at most `size_max_bytes` long.
///
/// # Errors
/// As [`read_capped`]; [`io::ErrorKind::InvalidData`] when it is not UTF-8.
pub fn read_to_string(path: &Path, size_max_bytes: u64) -> Result<String, StoreError> {
    String::from_utf8(read_capped(path, size_max_bytes)?)
        .map_err(|_| StoreError::io("read", path)(io::ErrorKind::InvalidData.into()))
}

/// Size in bytes and time of the last change of a file, in nanoseconds since 1970: what another content
/// has otherwise, unless somebody went to lengths.
///
/// # Errors
/// Those of the operating system.
pub fn stamp(path: &Path) -> Result<(u64, u128), StoreError> {
    let metadata = fs::metadata(path).map_err(StoreError::io("look at", path))?;
    let changed = metadata.modified().map_err(StoreError::io("look at", path))?;
    Ok((metadata.len(), changed.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos()))
}

/// The first bytes of a file: so many, or all it has.
///
/// # Errors
/// Those of the operating system.
pub fn read_start(path: &Path, size_bytes: u64) -> Result<Vec<u8>, StoreError> {
    reading(path)?;
    let file = File::open(path).map_err(StoreError::io("read", path))?;
    let mut bytes = Vec::new();
    file.take(size_bytes).read_to_end(&mut bytes).map_err(StoreError::io("read", path))?;
    Ok(bytes)
}

/// Computes digest and size of a regular file without holding it in memory.
///
/// # Errors
/// As [`read`].
pub fn digest(path: &Path) -> Result<(Sha256Digest, u64), StoreError> {
    let (mut file, _) = open_regular(path, Links::Followed)?;
    let mut hasher = Sha256Hasher::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut size: u64 = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((hasher.finish(), size)),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(StoreError::io("read", path)(error)),
        }
    }
}

/// Returns what a path leads to, links followed; none when there is nothing.
///
/// # Errors
/// Those of the operating system, such as a folder on the way that may not be searched.
pub fn kind(path: &Path) -> Result<Option<EntryKind>, StoreError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(EntryKind::of(metadata.is_file(), metadata.is_dir()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("look at", path)(error)),
    }
}

/// Returns how many bytes a file has; a link counts as itself.
///
/// # Errors
/// Those of the operating system.
pub fn size(path: &Path) -> Result<u64, StoreError> {
    fs::symlink_metadata(path).map(|metadata| metadata.len()).map_err(StoreError::io("look at", path))
}

/// Returns whether a path leads to something, links followed.
///
/// # Errors
/// As [`kind`].
pub fn exists(path: &Path) -> Result<bool, StoreError> {
    Ok(kind(path)?.is_some())
}

/// Returns the entries of a folder, sorted by name.
///
/// # Errors
/// Those of the operating system.
pub fn read_dir(path: &Path) -> Result<Vec<DirEntry>, StoreError> {
    reading(path)?;
    let entries = || -> io::Result<Vec<DirEntry>> {
        fs::read_dir(path)?
            .map(|entry| {
                let entry = entry?;
                let file_type = entry.file_type()?;
                Ok(DirEntry {
                    name: entry.file_name(),
                    path: entry.path(),
                    kind: EntryKind::of(file_type.is_file(), file_type.is_dir()),
                })
            })
            .collect()
    };
    let mut entries = entries().map_err(StoreError::io("list", path))?;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// Returns the absolute path without links.
///
/// # Errors
/// Those of the operating system.
pub fn canonicalize(path: &Path) -> Result<PathBuf, StoreError> {
    fs::canonicalize(path).map_err(StoreError::io("look at", path))
}

/// Creates a folder and those above it. A private folder that exists is closed to others; those
/// above it are left as they are.
///
/// # Errors
/// Those of the operating system.
pub fn create_dir_all(path: &Path, access: Access) -> Result<(), StoreError> {
    step("create", path)?;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, access.folder_mode());
    builder.create(path).map_err(StoreError::io("create", path))?;
    if access == Access::Private { close_to_others(path) } else { Ok(()) }
}

/// Writes a file beside its place and renames it into it, in place of the file or link that may be
/// there. A shared file keeps the permission bits it had.
///
/// # Errors
/// Those of the operating system. The old file is then still there, unless only the last step
/// failed, which makes the new name durable; nothing else is left.
pub fn write_atomic(path: &Path, bytes: &[u8], access: Access) -> Result<(), StoreError> {
    let mut file = PendingFile::create(parent_of(path), access)?;
    file.write(bytes)?;
    file.replace(path)
}

/// Writes a file that can be made again, in place of what has its name: whole or not at all as long
/// as the system runs. After a power cut it may be damaged, which its reader has to notice.
///
/// # Errors
/// As [`write_atomic`].
pub fn write_cached(path: &Path, bytes: &[u8], access: Access) -> Result<(), StoreError> {
    let mut file = PendingFile::create(parent_of(path), access)?;
    file.write(bytes)?;
    file.replace_soon(path)
}

/// Writes a file that must not exist yet: it appears whole or not at all.
///
/// # Errors
/// [`StoreError::is_already_exists`]; those of the operating system.
pub fn write_new(path: &Path, bytes: &[u8], access: Access) -> Result<(), StoreError> {
    let mut file = PendingFile::create(parent_of(path), access)?;
    file.write(bytes)?;
    file.publish_new(path)
}

/// Copies the bytes of a regular file, as [`write_atomic`] writes.
///
/// # Errors
/// As [`read`] and [`write_atomic`].
pub fn copy(from: &Path, to: &Path, access: Access) -> Result<(), StoreError> {
    let (mut source, _) = open_regular(from, Links::Followed)?;
    let mut file = PendingFile::create(parent_of(to), access)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return file.replace(to),
            Ok(count) => file.write(&buffer[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(StoreError::io("read", from)(error)),
        }
    }
}

/// Copies a regular file to where nothing is, with its execute bit and without the rest of its
/// mode, whatever the umask says.
///
/// # Errors
/// As [`copy`].
pub fn copy_with_mode(from: &Path, to: &Path) -> Result<(), StoreError> {
    copy(from, to, Access::Shared)?;
    set_executable(to, is_executable(from)?)
}

#[cfg(unix)]
fn set_executable(path: &Path, executable: bool) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    step("change the mode of", path)?;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(StoreError::io("change the mode of", path))
}

#[cfg(not(unix))]
fn set_executable(_: &Path, _: bool) -> Result<(), StoreError> {
    Ok(())
}

/// Renames a file or folder, replacing a file.
///
/// # Errors
/// Those of the operating system.
pub fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    step("rename", from)?;
    fs::rename(from, to).map_err(StoreError::io("rename", from))?;
    sync_dir(parent_of(to))
}

/// Renames a file or folder to a name that nothing may have, not even an empty folder.
///
/// # Errors
/// [`StoreError::is_already_exists`]; those of the operating system.
pub fn rename_new(from: &Path, to: &Path) -> Result<(), StoreError> {
    step("rename", to)?;
    rename_no_replace(from, to).map_err(StoreError::io("create", to))?;
    sync_dir(parent_of(to))
}

/// Makes a symbolic link, in place of a link or file that is there. Where the system has no such
/// links for everybody, the file it leads to is copied.
///
/// # Errors
/// Those of the operating system.
pub fn link_atomic(target: &Path, path: &Path) -> Result<(), StoreError> {
    let folder = parent_of(path);
    let staging = Staging::new(folder)?;
    let temporary = staging.path().join("link");
    step("create", path)?;
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(target, &temporary);
    #[cfg(not(unix))]
    let linked = fs::copy(folder.join(target), &temporary).map(drop);
    linked.map_err(StoreError::io("create", path))?;
    step("rename", path)?;
    fs::rename(&temporary, path).map_err(StoreError::io("rename", path))
}

/// Returns what a symbolic link says; none where there is something else, or nothing.
///
/// # Errors
/// Those of the operating system.
pub fn link_target(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => {
            fs::read_link(path).map(Some).map_err(StoreError::io("read", path))
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("look at", path)(error)),
    }
}

/// Returns whether something has a name, even a link that leads nowhere.
///
/// # Errors
/// Those of the operating system.
pub fn is_taken(path: &Path) -> Result<bool, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreError::io("look at", path)(error)),
    }
}

/// Removes a file or a link. A file that does not exist is an error.
///
/// # Errors
/// Those of the operating system.
pub fn remove_file(path: &Path) -> Result<(), StoreError> {
    step("remove", path)?;
    fs::remove_file(path).map_err(StoreError::io("remove", path))
}

/// Removes a folder with everything in it, following no links. Nothing to remove is no error.
///
/// # Errors
/// Those of the operating system; part of the folder may then be gone.
pub fn remove_dir_all(path: &Path) -> Result<(), StoreError> {
    step("remove", path)?;
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Removes temporary files and folders that were last changed longer ago than `age`: what a power
/// cut or a killed process left behind. Returns how many; an absent folder has none.
///
/// # Errors
/// Those of the operating system.
pub fn remove_stale_temporaries(folder: &Path, age: Duration) -> Result<usize, StoreError> {
    let entries = match read_dir(folder) {
        Err(error) if error.is_not_found() => return Ok(0),
        entries => entries?,
    };
    let mut count = 0;
    for entry in entries {
        let is_temporary = entry.name.to_str().is_some_and(|name| name.starts_with(TEMPORARY_PREFIX));
        if !is_temporary || !is_older(&entry.path, age) {
            continue;
        }
        match entry.kind {
            EntryKind::Directory => remove_dir_all(&entry.path)?,
            _ => match remove_file(&entry.path) {
                Err(error) if error.is_not_found() => continue,
                result => result?,
            },
        }
        count += 1;
    }
    Ok(count)
}

/// The folder of a path; a lone name is in the current one.
pub(crate) fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Makes names in a folder durable, where the system can.
pub(crate) fn sync_dir(path: &Path) -> Result<(), StoreError> {
    step("sync", path)?;
    #[cfg(unix)]
    sync_handle(&File::open(path).map_err(StoreError::io("sync", path))?, path)?;
    Ok(())
}

/// Makes names in an open folder durable. Some file systems do not know how, which is no error.
#[cfg(unix)]
pub(crate) fn sync_handle(folder: &File, path: &Path) -> Result<(), StoreError> {
    match folder.sync_all() {
        Err(error) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Err(StoreError::io("sync", path)(error))
        }
        _ => {
            crate::faults::synced(folder);
            Ok(())
        }
    }
}

pub(crate) fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
}

/// What a link in the place of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// The file it leads to.
    Followed,
    /// An error, where the system can tell while it opens.
    Refused,
}

/// Opens without waiting for the other end of a pipe, and refuses everything but regular files.
pub(crate) fn open_regular(path: &Path, links: Links) -> Result<(File, u64), StoreError> {
    reading(path)?;
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let flags = if links == Links::Refused { nonblocking() | no_follow() } else { nonblocking() };
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    #[cfg(not(unix))]
    let _ = links;
    let file = options.open(path).map_err(StoreError::io("read", path))?;
    let metadata = file.metadata().map_err(StoreError::io("read", path))?;
    if metadata.is_dir() {
        return Err(StoreError::io("read", path)(io::ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        return Err(StoreError::io("read", path)(not_regular()));
    }
    Ok((file, metadata.len()))
}

/// The flag for `open` that keeps a pipe without a writer from blocking.
#[cfg(unix)]
pub(crate) fn nonblocking() -> i32 {
    rustix::fs::OFlags::NONBLOCK.bits().cast_signed()
}

/// The flag for `open` that makes a link an error.
#[cfg(unix)]
pub(crate) fn no_follow() -> i32 {
    rustix::fs::OFlags::NOFOLLOW.bits().cast_signed()
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(StoreError::io("look at", path))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    step("change the mode of", path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
        .map_err(StoreError::io("change the mode of", path))
}

/// Folders of a user's profile are closed to others already.
#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// A time in the future counts as now: the clock was set back, and the file may be in use.
fn is_older(path: &Path, age: Duration) -> bool {
    let changed = fs::symlink_metadata(path).and_then(|metadata| metadata.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|elapsed| elapsed > age))
}

/// One system call where there is one; elsewhere a look first, which leaves a moment between.
pub(crate) fn rename_no_replace(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // The file system, or the kernel, does not know how.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            result => return result.map_err(io::Error::from),
        }
    }
    match fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults;

    fn names(folder: &Path) -> Vec<String> {
        read_dir(folder).unwrap().into_iter().map(|entry| entry.name.into_string().unwrap()).collect()
    }

    /// Runs an operation with each of its file operations failing, in a fresh folder each time.
    fn for_every_fault(mut run: impl FnMut(&Path) -> Result<(), StoreError>, check: impl Fn(&Path, bool)) {
        for n in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("old"), "old").unwrap();
            let fault = faults::fail_at(n, io::ErrorKind::StorageFull);
            let result = run(folder.path());
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached, "a failing step is reported: {result:?}");
            check(folder.path(), result.is_ok());
            if !reached {
                assert!(n > 2, "the operation passes the gate");
                return;
            }
            assert_eq!(result.unwrap_err().kind(), Some(io::ErrorKind::StorageFull));
        }
        panic!("the operation never ends");
    }

    #[test]
    fn write_atomic_leaves_the_old_or_the_new_file() {
        for access in [Access::Private, Access::Shared] {
            for_every_fault(
                |folder| write_atomic(&folder.join("old"), b"new", access),
                |folder, done| {
                    assert_eq!(names(folder), ["old"]);
                    let text = fs::read_to_string(folder.join("old")).unwrap();
                    assert!(text == "new" || (text == "old" && !done), "{text}");
                },
            );
        }
    }

    #[test]
    fn write_new_leaves_nothing_or_the_whole_file() {
        for_every_fault(
            |folder| write_new(&folder.join("new"), b"new", Access::Shared),
            |folder, done| match names(folder).as_slice() {
                [_] => assert!(!done),
                _ => {
                    assert_eq!(names(folder), ["new", "old"]);
                    assert_eq!(fs::read(folder.join("new")).unwrap(), b"new");
                }
            },
        );
    }

    #[test]
    fn copy_leaves_the_old_or_the_new_file() {
        let source = tempfile::tempdir().unwrap();
        let from = source.path().join("from");
        let bytes = vec![7; 600 * 1024];
        fs::write(&from, &bytes).unwrap();
        for_every_fault(
            |folder| copy(&from, &folder.join("old"), Access::Shared),
            |folder, done| {
                assert_eq!(names(folder), ["old"]);
                let found = fs::read(folder.join("old")).unwrap();
                assert!(found == bytes || (found == b"old" && !done));
            },
        );
    }

    #[test]
    fn write_new_does_not_replace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_new(&path, b"one", Access::Shared).unwrap();
        assert!(write_new(&path, b"two", Access::Shared).unwrap_err().is_already_exists());
        assert_eq!(read(&path).unwrap(), b"one");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn only_one_of_many_writers_makes_a_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let winners: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8u8)
                .map(|n| {
                    scope.spawn({
                        let path = &path;
                        move || usize::from(write_new(path, &[n; 1000], Access::Shared).is_ok())
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(winners, 1);
        let bytes = read(&path).unwrap();
        assert!(bytes.len() == 1000 && bytes.iter().all(|byte| *byte == bytes[0]));
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn rename_new_refuses_whatever_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("from")).unwrap();
        fs::create_dir(path("empty")).unwrap();
        fs::write(path("file"), "").unwrap();
        for name in ["empty", "file"] {
            assert!(rename_new(&path("from"), &path(name)).unwrap_err().is_already_exists(), "{name}");
        }
        rename_new(&path("from"), &path("to")).unwrap();
        assert_eq!(names(folder.path()), ["empty", "file", "to"]);
    }

    #[test]
    fn caps_and_kinds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_capped(&path, 5).unwrap(), b"12345");
        assert!(matches!(read_capped(&path, 4), Err(StoreError::TooLarge { size_max_bytes: 4, .. })));
        assert_eq!(digest(&path).unwrap(), (Sha256Digest::of(b"12345"), 5));
        assert_eq!(kind(&path).unwrap(), Some(EntryKind::File));
        assert_eq!(kind(folder.path()).unwrap(), Some(EntryKind::Directory));
        assert!(!exists(&folder.path().join("b")).unwrap());
        assert_eq!(read(folder.path()).unwrap_err().kind(), Some(io::ErrorKind::IsADirectory));
        assert!(read(&folder.path().join("b")).unwrap_err().is_not_found());
        fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_to_string(&path, 10).unwrap_err().kind(), Some(io::ErrorKind::InvalidData));
        remove_file(&path).unwrap();
        assert!(remove_file(&path).unwrap_err().is_not_found());
        remove_dir_all(&path).unwrap();
    }

    #[test]
    fn only_old_temporary_things_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [".s-tmp-old", ".s-tmp-new", "old"] {
            fs::write(at(name), "").unwrap();
        }
        fs::create_dir(at(".s-tmp-folder")).unwrap();
        fs::write(at(".s-tmp-folder/x"), "").unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(7200);
        for name in [".s-tmp-old", ".s-tmp-folder", "old"] {
            File::open(at(name)).unwrap().set_modified(long_ago).unwrap();
        }
        assert_eq!(remove_stale_temporaries(folder.path(), Duration::from_secs(3600)).unwrap(), 2);
        assert_eq!(names(folder.path()), [".s-tmp-new", "old"]);
        assert_eq!(remove_stale_temporaries(&at("nothing"), Duration::ZERO).unwrap(), 0);
    }

    #[test]
    fn a_lone_name_is_in_the_current_folder() {
        assert_eq!(parent_of(Path::new("a")), Path::new("."));
        assert_eq!(parent_of(Path::new("a/b")), Path::new("a"));
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        fn mode(path: &Path) -> u32 {
            fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
        }

        #[test]
        fn a_pipe_is_refused_at_once() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
            let error = read(&path).unwrap_err();
            assert!(error.to_string().ends_with("it is not a regular file"), "{error}");
        }

        #[test]
        fn writing_replaces_a_link_and_not_what_it_leads_to() {
            let folder = tempfile::tempdir().unwrap();
            let (target, link) = (folder.path().join("target"), folder.path().join("link"));
            fs::write(&target, "precious").unwrap();
            symlink(&target, &link).unwrap();
            write_atomic(&link, b"new", Access::Shared).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
            assert_eq!(fs::read_to_string(&link).unwrap(), "new");
        }

        #[test]
        fn a_shared_file_keeps_its_mode_and_a_private_one_is_private() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a");
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
            write_atomic(&path, b"x", Access::Shared).unwrap();
            assert_eq!(mode(&path), 0o664);
            write_atomic(&path, b"x", Access::Private).unwrap();
            assert_eq!(mode(&path), 0o600);
        }

        /// The umask belongs to the process, so each one is tried in a process of its own, which
        /// runs only this test again and is told by a variable what to do.
        #[test]
        fn modes_under_every_umask() {
            const FOLDER: &str = "S_STORE_TEST_UMASK_FOLDER";
            if let Some(folder) = std::env::var_os(FOLDER) {
                let folder = PathBuf::from(folder);
                for (access, name) in [(Access::Private, "private"), (Access::Shared, "shared")] {
                    create_dir_all(&folder.join(name).join("deep"), access).unwrap();
                    write_atomic(&folder.join(name).join("atomic"), b"x", access).unwrap();
                    write_new(&folder.join(name).join("new"), b"x", access).unwrap();
                }
                return;
            }
            for (umask, shared_folder, shared_file) in
                [("000", 0o755, 0o644), ("022", 0o755, 0o644), ("027", 0o750, 0o640), ("077", 0o700, 0o600)]
            {
                let folder = tempfile::tempdir().unwrap();
                let output = std::process::Command::new("sh")
                    .args(["-c", "umask $0; exec \"$@\"", umask])
                    .arg(std::env::current_exe().unwrap())
                    .args(["--exact", "files::tests::unix::modes_under_every_umask"])
                    .env(FOLDER, folder.path())
                    .output()
                    .unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
                let found = |name: &str| mode(&folder.path().join(name));
                assert_eq!((found("private"), found("private/deep")), (0o700, 0o700), "umask {umask}");
                assert_eq!((found("private/atomic"), found("private/new")), (0o600, 0o600), "umask {umask}");
                assert_eq!(
                    (found("shared"), found("shared/deep")),
                    (shared_folder, shared_folder),
                    "umask {umask}"
                );
                assert_eq!(
                    (found("shared/atomic"), found("shared/new")),
                    (shared_file, shared_file),
                    "umask {umask}"
                );
            }
        }

        #[test]
        fn a_private_folder_that_was_open_is_closed() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("code");
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            create_dir_all(&path, Access::Private).unwrap();
            assert_eq!(mode(&path), 0o700);
        }
    }
}
