//! Reads an archive, with or without writing what is in it.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, DirBuilder, OpenOptions};

use super::read::{ArchiveReader, FileHeader};
use super::tree::{open_folder, tree_of};
use super::{ArchiveEntry, ArchiveError, ArchiveLimits, ArchiveSummary, MANIFEST_BYTES_MAX, MANIFEST_NAME};
use crate::faults::step;
use crate::{Sha256Hasher, StoreError};

const BUFFER_LEN: usize = 64 * 1024;

/// Reads all of an archive and returns what is in it. The source is read to its end.
///
/// # Errors
/// [`ArchiveError`], for the first thing that is not as it has to be.
pub fn inspect(
    source: impl Read,
    root: &str,
    limits: &ArchiveLimits,
) -> Result<ArchiveSummary, ArchiveError> {
    read_all(source, root, limits, &mut Nowhere)
}

/// Reads all of an archive, as [`inspect`], and writes its files below `folder`, which must not
/// exist and is made. Files have mode 0644 or 0755 and folders 0755 under every umask. Nothing is
/// made durable.
///
/// # Errors
/// As [`inspect`]; [`StoreError::is_already_exists`] when `folder` exists; those of the operating
/// system. The folder is then gone again.
pub fn unpack(
    source: impl Read,
    root: &str,
    folder: &Path,
    limits: &ArchiveLimits,
) -> Result<ArchiveSummary, ArchiveError> {
    make_root(folder)?;
    let result = unpack_into(source, root, folder, limits);
    if result.is_err() {
        let _ = std::fs::remove_dir_all(folder);
    }
    result
}

fn unpack_into(
    source: impl Read,
    root: &str,
    folder: &Path,
    limits: &ArchiveLimits,
) -> Result<ArchiveSummary, ArchiveError> {
    let dir = open_folder(folder)?;
    read_all(source, root, limits, &mut Folder::new(folder, dir)?)
}

/// Makes the folder that files are written below; it must not exist.
pub(super) fn make_root(folder: &Path) -> Result<(), StoreError> {
    step("create", folder)?;
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.recursive(false).create(folder).map_err(StoreError::io("create", folder))
}

/// Where the files of an archive go.
pub(super) trait Sink {
    fn begin(&mut self, file: &FileHeader) -> Result<(), ArchiveError>;
    fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError>;
}

fn read_all(
    source: impl Read,
    root: &str,
    limits: &ArchiveLimits,
    sink: &mut dyn Sink,
) -> Result<ArchiveSummary, ArchiveError> {
    let mut reader = ArchiveReader::new(source, root, limits)?;
    let mut buffer = vec![0; BUFFER_LEN];
    let (mut entries, mut unpacked_bytes, mut manifest) = (Vec::new(), 0, None);
    while let Some(file) = reader.next_file()? {
        let is_manifest = file.path == MANIFEST_NAME;
        if is_manifest && file.size > MANIFEST_BYTES_MAX {
            return Err(ArchiveError::ManifestTooLarge { size_max_bytes: MANIFEST_BYTES_MAX });
        }
        sink.begin(&file)?;
        let mut hasher = Sha256Hasher::new();
        loop {
            let count = reader.read_content(&mut buffer)?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            sink.write(&buffer[..count])?;
            if is_manifest {
                manifest.get_or_insert_with(Vec::new).extend_from_slice(&buffer[..count]);
            }
        }
        if is_manifest {
            manifest.get_or_insert_default();
        }
        unpacked_bytes += file.size;
        let sha256 = hasher.finish();
        entries.push(ArchiveEntry { path: file.path, size: file.size, executable: file.executable, sha256 });
    }
    let tree = tree_of(&mut entries);
    let file_count = entries.len() as u64;
    Ok(ArchiveSummary { tree, entries, unpacked_bytes, file_count, manifest })
}

struct Nowhere;

impl Sink for Nowhere {
    fn begin(&mut self, _file: &FileHeader) -> Result<(), ArchiveError> {
        Ok(())
    }

    fn write(&mut self, _bytes: &[u8]) -> Result<(), ArchiveError> {
        Ok(())
    }
}

/// Writes below a handle. Files come sorted, so most are in the folder of the one before.
#[derive(Debug)]
pub(super) struct Folder {
    folder: PathBuf,
    dir: Dir,
    /// Whether what is made has the mode it was made with: nothing takes a bit of it away, neither
    /// the umask nor an access list of the folder above. That saves a call a file.
    keeps_modes: bool,
    /// The folder of the last file, if it is not `dir`.
    parent: Option<(String, Dir)>,
    file: Option<(std::fs::File, PathBuf)>,
}

impl Sink for Folder {
    fn begin(&mut self, file: &FileHeader) -> Result<(), ArchiveError> {
        let (parent, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        if self.parent.as_ref().map_or("", |(path, _)| path) != parent {
            self.parent = match parent {
                "" => None,
                parent => Some((parent.to_owned(), self.make_folders(parent)?)),
            };
        }
        let dir = self.parent.as_ref().map_or(&self.dir, |(_, dir)| dir);
        let shown = self.folder.join(&file.path);
        step("create", &shown)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let mode = if file.executable { FOLDER_MODE } else { FILE_MODE };
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::mode(&mut options, mode);
        let created = dir.open_with(name, &options).map_err(StoreError::io("create", &shown))?.into_std();
        if !self.keeps_modes {
            set_mode(&created, mode).map_err(StoreError::io("change the mode of", &shown))?;
        }
        self.file = Some((created, shown));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        let (file, shown) = self.file.as_mut().expect("a file was begun");
        step("write", shown)?;
        file.write_all(bytes).map_err(StoreError::io("write", shown))?;
        Ok(())
    }
}

impl Folder {
    /// Takes the handle of a folder that [`make_root`] just made.
    pub(super) fn new(folder: &Path, dir: Dir) -> Result<Folder, ArchiveError> {
        let keeps_modes = has_mode(&dir, FOLDER_MODE).map_err(StoreError::io("look at", folder))?;
        if !keeps_modes {
            open_to_all(&dir, ".").map_err(StoreError::io("change the mode of", folder))?;
        }
        Ok(Folder { folder: folder.to_path_buf(), dir, keeps_modes, parent: None, file: None })
    }

    /// Makes a folder part by part, each beneath the handle of the one above.
    fn make_folders(&self, path: &str) -> Result<Dir, ArchiveError> {
        let mut dir: Option<Dir> = None;
        let mut shown = self.folder.clone();
        for part in path.split('/') {
            shown.push(part);
            let above = dir.as_ref().unwrap_or(&self.dir);
            step("create", &shown)?;
            let mut builder = DirBuilder::new();
            #[cfg(unix)]
            cap_std::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
            #[cfg(not(unix))]
            let _ = &mut builder;
            match above.create_dir_with(part, &builder) {
                Ok(()) if self.keeps_modes => {}
                Ok(()) => open_to_all(above, part).map_err(StoreError::io("change the mode of", &shown))?,
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(StoreError::io("create", &shown)(error).into()),
            }
            dir = Some(above.open_dir(part).map_err(StoreError::io("open", &shown))?);
        }
        Ok(dir.expect("a path has at least one part"))
    }
}

/// Of folders, and of files that can be run.
const FOLDER_MODE: u32 = 0o755;
/// Of other files.
const FILE_MODE: u32 = 0o644;

/// Whether a folder has exactly this mode.
#[cfg(unix)]
fn has_mode(dir: &Dir, mode: u32) -> std::io::Result<bool> {
    let permissions = dir.dir_metadata()?.permissions();
    Ok(cap_std::fs::PermissionsExt::mode(&permissions) & 0o7777 == mode)
}

#[cfg(not(unix))]
fn has_mode(_dir: &Dir, _mode: u32) -> std::io::Result<bool> {
    Ok(true)
}

/// Gives a file its mode, which no umask changes.
#[cfg(unix)]
fn set_mode(file: &std::fs::File, mode: u32) -> std::io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &std::fs::File, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

/// Gives a folder that was just made its mode.
#[cfg(unix)]
fn open_to_all(above: &Dir, name: &str) -> std::io::Result<()> {
    let mode = rustix::fs::Mode::from_raw_mode(0o755);
    Ok(rustix::fs::chmodat(above, name, mode, rustix::fs::AtFlags::empty())?)
}

#[cfg(not(unix))]
fn open_to_all(_above: &Dir, _name: &str) -> std::io::Result<()> {
    Ok(())
}
