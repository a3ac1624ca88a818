//! Zip archives that the host holds, read in pieces.

use s_guest::{Blob, Error};
use std::io::{self, Read, Seek, SeekFrom};
use zip::{CompressionMethod, ZipArchive};

/// The most entries of one archive, so that the list of them fits into a small memory.
pub(crate) const ARCHIVE_ENTRIES_MAX: usize = 100_000;

/// How much larger than the archive all its entries together may be.
const EXPANSION_MAX: u64 = 200;

/// How many bytes are asked for at a time.
const CHUNK_BYTES: u32 = 256 * 1024;

/// An opened archive.
pub(crate) struct Archive(ZipArchive<BlobReader>);

/// Why an entry was not read.
pub(crate) enum Unread {
    /// The entry is at fault; the others may be well.
    Entry(String),
    /// The host failed; so will everything else.
    Host(Error),
}

impl Archive {
    /// Reads the list of entries and refuses archives that no honest database is.
    pub(crate) fn open(blob: Box<dyn Blob>, name: &str) -> Result<Self, Error> {
        let size = blob.size();
        let refuse = |why: &str| Error::invalid_input("osv/archive", format!("`{name}` {why}"));
        let archive = ZipArchive::new(BlobReader::new(blob)).map_err(|error| match host_error(error) {
            Ok(host) => host,
            Err(error) => refuse("is not a readable zip archive").with_detail(error.to_string()),
        })?;
        if archive.len() > ARCHIVE_ENTRIES_MAX {
            return Err(Error::limit_exceeded(
                "osv/archive",
                format!("`{name}` has {} entries, more than {ARCHIVE_ENTRIES_MAX}", archive.len()),
            ));
        }
        if archive.has_duplicate_names() {
            return Err(refuse("has two entries of one name"));
        }
        let expanded = (0..archive.len())
            .filter_map(|index| archive.by_index_data(index).ok())
            .fold(0u64, |sum, entry| sum.saturating_add(entry.size()));
        if expanded > size.saturating_mul(EXPANSION_MAX) {
            return Err(Error::limit_exceeded(
                "osv/archive",
                format!("`{name}` would become {expanded} bytes, more than {EXPANSION_MAX} times its size"),
            ));
        }
        Ok(Self(archive))
    }

    /// The entries that end in `.json`, in the order of the archive: index and name.
    pub(crate) fn entries(&self) -> Vec<(usize, String)> {
        let names = (0..self.0.len()).filter_map(|index| {
            let name = self.0.name_for_index(index)?.ok()?;
            name.ends_with(".json").then(|| (index, name.into_owned()))
        });
        names.collect()
    }

    /// Reads one entry whole.
    pub(crate) fn read(&mut self, index: usize, bytes_max: u64) -> Result<Vec<u8>, Unread> {
        let unread = |error: zip::result::ZipError| match host_error(error) {
            Ok(host) => Unread::Host(host),
            Err(error) => Unread::Entry(error.to_string()),
        };
        let data = self.0.by_index_data(index).map_err(unread)?;
        if data.encrypted() {
            return Err(Unread::Entry("it is encrypted".into()));
        }
        if !data.is_file() {
            return Err(Unread::Entry("it is not a file".into()));
        }
        if !matches!(data.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(Unread::Entry("it is compressed in another way than deflate".into()));
        }
        let size = data.size();
        if size > bytes_max {
            return Err(Unread::Entry(format!("it has {size} bytes, more than {bytes_max}")));
        }
        let entry = self.0.by_index(index).map_err(unread)?;
        let mut bytes = Vec::new();
        entry.take(size + 1).read_to_end(&mut bytes).map_err(|error| unread(error.into()))?;
        if bytes.len() as u64 != size {
            return Err(Unread::Entry(format!("it does not have the {size} bytes it claims")));
        }
        Ok(bytes)
    }
}

/// Finds the error of the host inside one of the archive reader.
fn host_error(error: zip::result::ZipError) -> Result<Error, zip::result::ZipError> {
    if let zip::result::ZipError::Io(io) = &error
        && let Some(host) = io.get_ref().and_then(|inner| inner.downcast_ref::<Error>())
    {
        return Ok(host.clone());
    }
    Err(error)
}

/// A blob as something to read and seek in, a chunk at a time.
struct BlobReader {
    blob: Box<dyn Blob>,
    size: u64,
    at: u64,
    chunk: Vec<u8>,
    chunk_at: u64,
}

impl BlobReader {
    fn new(blob: Box<dyn Blob>) -> Self {
        Self { size: blob.size(), blob, at: 0, chunk: Vec::new(), chunk_at: 0 }
    }

    /// What is in memory from the current place on.
    fn buffered(&self) -> &[u8] {
        let offset = self.at.checked_sub(self.chunk_at).and_then(|offset| usize::try_from(offset).ok());
        offset.and_then(|offset| self.chunk.get(offset..)).unwrap_or_default()
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.at >= self.size {
            return Ok(0);
        }
        if self.buffered().is_empty() {
            self.chunk = self.blob.read(self.at, CHUNK_BYTES).map_err(io::Error::other)?;
            self.chunk_at = self.at;
        }
        let buffered = self.buffered();
        let length = buffered.len().min(buffer.len());
        buffer[..length].copy_from_slice(&buffered[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
