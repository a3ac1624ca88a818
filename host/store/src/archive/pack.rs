//! Makes archives: equal files give equal bytes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zstd::stream::write::Encoder;

use super::header::{BLOCK_LEN, FILE, Header, PAX, SIZE_MAX, fits};
use super::names::Names;
use super::read::padding_len;
use super::tree::{folder_entries, tree_of};
use super::{ArchiveEntry, ArchiveError, ArchiveLimits, pax};
use crate::files::{Links, open_regular};
use crate::{Sha256Digest, Sha256Hasher, StoreError};

const LEVEL: i32 = 19;
/// The library may compress differently when it is given other portions: these are always the same.
const PORTION_LEN: usize = 64 * 1024;
/// The name of the header that carries a long path; readers that know PAX never see it.
const PAX_NAME: &[u8] = b"pax-path";
/// What a reader without PAX would call such a file.
const LONG_NAME: &[u8] = b"pax-file";

/// A file to be packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackEntry {
    /// Its path below the root, with `/`.
    pub path: String,
    /// Whether its owner may execute it.
    pub executable: bool,
    /// Where its content is.
    pub source: PackSource,
}

/// Where content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackSource {
    /// Here.
    Bytes(Vec<u8>),
    /// In a regular file, which is no link.
    File(PathBuf),
}

/// An archive that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The digest of the compressed bytes.
    pub sha256: Sha256Digest,
    /// How many there are.
    pub size: u64,
    /// The digest of the content, as [`tree_digest`](super::tree_digest) computes it.
    pub tree: Sha256Digest,
    /// Bytes of all files together.
    pub unpacked_bytes: u64,
    /// How many files.
    pub file_count: u64,
}

/// Writes an archive of `files`, in whatever order they come, below the folder `root`.
///
/// The format is ustar with a PAX header only for a path that is not ASCII or too long for ustar;
/// files sorted by the bytes of their paths, folders not stored; times, owners and devices 0; modes
/// 0644 and 0755; two empty blocks at the end. It is compressed as one zstd frame, level 19, one
/// thread, with content size and checksum.
///
/// # Errors
/// [`ArchiveError`] for paths that [`inspect`](super::inspect) would refuse, with its default depth;
/// [`ArchiveError::SourceChanged`], [`ArchiveError::NotAFile`]; those of the operating system and of `out`.
pub fn pack(
    root: &str,
    files: impl IntoIterator<Item = PackEntry>,
    out: impl Write,
) -> Result<Packed, ArchiveError> {
    let mut names = Names::new(root, ArchiveLimits::default().path_depth_max)?;
    let mut files: Vec<PackEntry> = files.into_iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut parts = Vec::with_capacity(files.len());
    let mut tar_bytes = 2 * BLOCK_LEN as u64;
    for file in files {
        let full = format!("{}{}", names.prefix(), file.path);
        names.add_file(&full)?;
        let size = size_of(&file.source)?;
        if size > SIZE_MAX {
            return Err(ArchiveError::UnpackedTooLarge { size_max_bytes: SIZE_MAX });
        }
        let head = head_of(&full, size, file.executable);
        tar_bytes += head.len() as u64 + size + padding_len(size) as u64;
        parts.push((file, size, head));
    }
    let mut writer = Compressor::new(out, tar_bytes)?;
    let mut entries = Vec::with_capacity(parts.len());
    for (file, size, head) in parts {
        writer.write(&head)?;
        let sha256 = match &file.source {
            PackSource::Bytes(bytes) => {
                writer.write(bytes)?;
                Sha256Digest::of(bytes)
            }
            PackSource::File(path) => writer.write_file(path, size)?,
        };
        writer.write(&[0; BLOCK_LEN][..padding_len(size)])?;
        entries.push(ArchiveEntry { path: file.path, size, executable: file.executable, sha256 });
    }
    writer.write(&[0; 2 * BLOCK_LEN])?;
    let (sha256, size) = writer.finish()?;
    let tree = tree_of(&mut entries);
    let unpacked_bytes = entries.iter().map(|entry| entry.size).sum();
    Ok(Packed { sha256, size, tree, unpacked_bytes, file_count: entries.len() as u64 })
}

/// Returns every file below a folder as something to pack, sorted, without following a link.
///
/// # Errors
/// As [`tree_digest`](super::tree_digest).
pub fn pack_entries_of(folder: &Path) -> Result<Vec<PackEntry>, ArchiveError> {
    let mut entries = folder_entries(folder)?;
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let to_pack = |entry: ArchiveEntry| {
        let source = PackSource::File(folder.join(&entry.path));
        PackEntry { path: entry.path, executable: entry.executable, source }
    };
    Ok(entries.into_iter().map(to_pack).collect())
}

fn size_of(source: &PackSource) -> Result<u64, ArchiveError> {
    match source {
        PackSource::Bytes(bytes) => Ok(bytes.len() as u64),
        PackSource::File(path) => Ok(open_file(path)?.1),
    }
}

/// Opens a file that is no link, so that nothing is packed that stands elsewhere.
fn open_file(path: &Path) -> Result<(File, u64), ArchiveError> {
    let found = std::fs::symlink_metadata(path).map_err(StoreError::io("read", path))?;
    if !found.is_file() {
        return Err(ArchiveError::NotAFile { path: path.to_path_buf() });
    }
    Ok(open_regular(path, Links::Refused)?)
}

/// The blocks before the content.
fn head_of(path: &str, size: u64, executable: bool) -> Vec<u8> {
    if fits(path) {
        let name = path.as_bytes().to_vec();
        return Header { name, kind: FILE, size, executable }.to_block().to_vec();
    }
    let record = pax::path_record(path);
    let len = record.len() as u64;
    let mut head =
        Header { name: PAX_NAME.to_vec(), kind: PAX, size: len, executable: false }.to_block().to_vec();
    head.extend_from_slice(&record);
    head.resize(head.len() + padding_len(len), 0);
    head.extend_from_slice(&Header { name: LONG_NAME.to_vec(), kind: FILE, size, executable }.to_block());
    head
}

/// Compresses in equal portions and hashes what comes out.
struct Compressor<W: Write> {
    encoder: Encoder<'static, HashingWriter<W>>,
    portion: Vec<u8>,
}

impl<W: Write> Compressor<W> {
    fn new(out: W, tar_bytes: u64) -> Result<Compressor<W>, ArchiveError> {
        let out = HashingWriter { out, hasher: Sha256Hasher::new(), size: 0 };
        let configured = || -> io::Result<_> {
            let mut encoder = Encoder::new(out, LEVEL)?;
            encoder.include_checksum(true)?;
            encoder.include_contentsize(true)?;
            encoder.include_dictid(false)?;
            encoder.long_distance_matching(false)?;
            encoder.set_pledged_src_size(Some(tar_bytes))?;
            Ok(encoder)
        };
        let encoder = configured().map_err(write_failed)?;
        Ok(Compressor { encoder, portion: Vec::with_capacity(PORTION_LEN) })
    }

    fn write(&mut self, mut bytes: &[u8]) -> Result<(), ArchiveError> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PORTION_LEN - self.portion.len()));
            self.portion.extend_from_slice(now);
            bytes = later;
            if self.portion.len() == PORTION_LEN {
                self.encoder.write_all(&self.portion).map_err(write_failed)?;
                self.portion.clear();
            }
        }
        Ok(())
    }

    /// Writes a file that has to have the size it had.
    fn write_file(&mut self, path: &Path, size: u64) -> Result<Sha256Digest, ArchiveError> {
        let (mut file, _) = open_file(path)?;
        let mut hasher = Sha256Hasher::new();
        let mut buffer = vec![0; PORTION_LEN];
        let mut written = 0;
        loop {
            let count = match file.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(StoreError::io("read", path)(error).into()),
            };
            written += count as u64;
            if written > size || (count == 0 && written < size) {
                return Err(ArchiveError::SourceChanged { path: path.to_path_buf() });
            }
            if count == 0 {
                return Ok(hasher.finish());
            }
            hasher.update(&buffer[..count]);
            self.write(&buffer[..count])?;
        }
    }

    fn finish(mut self) -> Result<(Sha256Digest, u64), ArchiveError> {
        self.encoder.write_all(&self.portion).map_err(write_failed)?;
        let mut out = self.encoder.finish().map_err(write_failed)?;
        out.flush().map_err(write_failed)?;
        Ok((out.hasher.finish(), out.size))
    }
}

struct HashingWriter<W> {
    out: W,
    hasher: Sha256Hasher,
    size: u64,
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn write_failed(source: io::Error) -> ArchiveError {
    ArchiveError::Write { source }
}
