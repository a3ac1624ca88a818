//! Read-only views of directories that the user bound to a name.

#[cfg(feature = "mock")]
pub(crate) mod mock;

use crate::{Error, READ_MAX};

/// What an entry of a directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// Anything else; it cannot be opened.
    Other,
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, without a path.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes of a file; 0 for the rest.
    pub size: u64,
}

/// A view. Paths are relative, with `/`; nothing outside the view can be named.
pub trait Files {
    /// Lists a directory, sorted by name; the empty path is the view itself.
    ///
    /// # Errors
    /// `not-found`; `invalid-input` when it is not a directory.
    fn list(&self, path: &str) -> Result<Vec<Entry>, Error>;

    /// Opens a file.
    ///
    /// # Errors
    /// `not-found`; `invalid-input` when it is not a file.
    fn open(&self, path: &str) -> Result<Box<dyn Blob>, Error>;

    /// Narrows the view to a directory within it.
    ///
    /// # Errors
    /// As for [`Files::list`].
    fn sub(&self, path: &str) -> Result<Box<dyn Files>, Error>;

    /// Reads a whole file.
    ///
    /// # Errors
    /// As for [`Files::open`]; `limit-exceeded` when it is longer than `bytes_max`.
    fn read(&self, path: &str, bytes_max: u64) -> Result<Vec<u8>, Error> {
        let blob = self.open(path)?;
        if blob.size() > bytes_max {
            return Err(Error::limit_exceeded(
                "files/too-long",
                format!("`{path}` is longer than {bytes_max} bytes"),
            ));
        }
        let mut bytes = Vec::new();
        loop {
            let chunk = blob.read(bytes.len() as u64, READ_MAX)?;
            if chunk.is_empty() {
                return Ok(bytes);
            }
            bytes.extend_from_slice(&chunk);
        }
    }
}

/// Bytes held by the host.
pub trait Blob {
    /// How many there are.
    fn size(&self) -> u64;

    /// Gives at most `max` bytes and at most 1 MiB; nothing only at the end.
    ///
    /// # Errors
    /// When what holds the bytes fails.
    fn read(&self, offset: u64, max: u32) -> Result<Vec<u8>, Error>;
}
