//! Directories: a reader over the kernel's batches of entries.

use alloc::vec;
use alloc::vec::Vec;

use super::{O_DIRECTORY, O_RDONLY, SEEK_SET, call, check, close, lseek, open, until_nul};
use crate::{Errno, Fd, FileType};

/// Bytes of one batch.
const BATCH: usize = 32 * 1024;

/// One entry of a directory; `.` and `..` are entries too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// Its name, without the directory.
    pub name: Vec<u8>,
    /// Number of its inode.
    pub ino: u64,
    /// What it is, [`FileType::Unknown`] on file systems that do not say.
    pub file_type: FileType,
}

/// Reads a directory entry by entry and closes it at the end of its life.
#[derive(Debug)]
pub struct DirReader {
    fd: Fd,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where the entry to come next is, in the file system's own numbering.
    cookie: i64,
}

/// Opens a directory.
pub fn read_dir(path: &[u8]) -> Result<DirReader, Errno> {
    let fd = open(path, O_RDONLY | O_DIRECTORY, 0)?;
    Ok(DirReader { fd, buffer: Vec::new(), start: 0, end: 0, cookie: 0 })
}

impl DirReader {
    /// The next entry, in the order of the file system; `None` at the end.
    pub fn next_entry(&mut self) -> Result<Option<DirEntry>, Errno> {
        if self.start >= self.end {
            if self.buffer.is_empty() {
                self.buffer = vec![0; BATCH];
            }
            let (room, length) = (self.buffer.as_mut_ptr(), self.buffer.len());
            // SAFETY: the kernel writes inside the buffer.
            self.end = check(unsafe { call!(GETDENTS64, self.fd.0, room, length) })?;
            self.start = 0;
            if self.end == 0 {
                return Ok(None);
            }
        }
        // An entry: inode (8 bytes), cookie of the next (8), its length (2), kind (1), name.
        let batch = self.buffer.get(self.start..self.end).ok_or(Errno::EIO)?;
        let word =
            |at: usize| batch.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_ne_bytes);
        let (ino, cookie) = (word(0).ok_or(Errno::EIO)?, word(8).ok_or(Errno::EIO)?);
        let [low, high, kind] = *batch.get(16..19).ok_or(Errno::EIO)? else {
            return Err(Errno::EIO);
        };
        let length = usize::from(u16::from_ne_bytes([low, high]));
        let name = until_nul(batch.get(19..length).ok_or(Errno::EIO)?).to_vec();
        self.start += length;
        self.cookie = cookie as i64;
        Ok(Some(DirEntry { name, ino, file_type: file_type(kind) }))
    }

    /// Where the next entry is; good for [`DirReader::seek`] of the same reader.
    pub fn tell(&self) -> i64 {
        self.cookie
    }

    /// Continues at a place [`DirReader::tell`] gave.
    pub fn seek(&mut self, place: i64) -> Result<(), Errno> {
        lseek(self.fd, place, SEEK_SET)?;
        self.start = 0;
        self.end = 0;
        self.cookie = place;
        Ok(())
    }

    /// Starts again from the first entry.
    pub fn rewind(&mut self) -> Result<(), Errno> {
        self.seek(0)
    }

    /// The descriptor, which stays the reader's.
    pub fn fd(&self) -> Fd {
        self.fd
    }
}

impl Drop for DirReader {
    fn drop(&mut self) {
        // Nothing was written, so closing has nothing to lose.
        close(self.fd).unwrap_or_default();
    }
}

fn file_type(kind: u8) -> FileType {
    match kind {
        1 => FileType::Fifo,
        2 => FileType::Character,
        4 => FileType::Directory,
        6 => FileType::Block,
        8 => FileType::File,
        10 => FileType::Symlink,
        12 => FileType::Socket,
        _ => FileType::Unknown,
    }
}
