//! Directory handles.

use alloc::vec::Vec;

use s_sys::{DirReader, Errno};

/// A directory that is read entry by entry. After [`Directory::close`] every call is `EBADF`.
#[derive(Debug)]
pub struct Directory {
    reader: Option<DirReader>,
}

impl Directory {
    /// Opens a directory (`opendir`).
    pub fn open(path: &[u8]) -> Result<Directory, Errno> {
        Ok(Directory { reader: Some(s_sys::read_dir(path)?) })
    }

    /// The name of the next entry, `.` and `..` among them (`readdir`); `None` at the end.
    pub fn read(&mut self) -> Result<Option<Vec<u8>>, Errno> {
        Ok(self.reader()?.next_entry()?.map(|entry| entry.name))
    }

    /// The names of all entries that are left.
    pub fn read_all(&mut self) -> Result<Vec<Vec<u8>>, Errno> {
        let mut names = Vec::new();
        while let Some(name) = self.read()? {
            names.push(name);
        }
        Ok(names)
    }

    /// Starts again from the first entry (`rewinddir`).
    pub fn rewind(&mut self) -> Result<(), Errno> {
        self.reader()?.rewind()
    }

    /// The place of the next entry (`telldir`).
    pub fn tell(&mut self) -> Result<i64, Errno> {
        Ok(self.reader()?.tell())
    }

    /// Goes to a place that [`Directory::tell`] gave (`seekdir`).
    pub fn seek(&mut self, place: i64) -> Result<(), Errno> {
        self.reader()?.seek(place)
    }

    /// Closes the directory (`closedir`).
    pub fn close(&mut self) -> Result<(), Errno> {
        self.reader.take().map(drop).ok_or(Errno::EBADF)
    }

    fn reader(&mut self) -> Result<&mut DirReader, Errno> {
        self.reader.as_mut().ok_or(Errno::EBADF)
    }
}
