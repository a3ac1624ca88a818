//! Bytes the host holds for a plugin.

use std::sync::Arc;

use bytes::Bytes;
use s_store::StoreError;
use s_store::ViewFile;

/// Immutable bytes: in memory, or a file that a view opened. Cloning shares them.
#[derive(Clone, Debug)]
pub enum Blob {
    /// Counted against the scratch budget of the session that made it, for as long as it is held.
    Memory(Bytes),
    /// Read where it lies.
    File(Arc<ViewFile>),
}

impl Blob {
    /// Holds bytes in memory.
    pub fn from_bytes(bytes: Vec<u8>) -> Blob {
        Blob::Memory(bytes.into())
    }

    /// Holds bytes that are part of the executable.
    pub fn from_static(bytes: &'static [u8]) -> Blob {
        Blob::Memory(Bytes::from_static(bytes))
    }

    /// Returns the size in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Blob::Memory(bytes) => bytes.len() as u64,
            Blob::File(file) => file.size_bytes(),
        }
    }

    /// Returns all of it.
    pub fn into_bytes(self) -> Result<Vec<u8>, StoreError> {
        match self {
            Blob::Memory(bytes) => Ok(bytes.into()),
            Blob::File(_) => self.read(0, usize::MAX),
        }
    }

    /// Reads up to `max` bytes from `offset`; fewer only at the end.
    pub fn read(&self, offset: u64, max: usize) -> Result<Vec<u8>, StoreError> {
        match self {
            Blob::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let end = start.saturating_add(max).min(bytes.len());
                Ok(bytes[start..end].to_vec())
            }
            Blob::File(file) => {
                let left = usize::try_from(file.size_bytes().saturating_sub(offset)).unwrap_or(usize::MAX);
                let mut buffer = vec![0; max.min(left)];
                let mut filled = 0;
                while filled < buffer.len() {
                    match file.read_at(offset + filled as u64, &mut buffer[filled..])? {
                        0 => break,
                        read => filled += read,
                    }
                }
                buffer.truncate(filled);
                Ok(buffer)
            }
        }
    }
}
