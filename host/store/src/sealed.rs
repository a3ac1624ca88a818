//! Copies of files in memory that can be mapped: what was seen while copying is what stays.
//!
//! A file can change between the moment it is checked and the moment it is used. A copy that is
//! sealed cannot, not even by the process that made it, and unlike bytes on the heap it can be
//! mapped page by page. Only Linux has such files
//! ([memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html)).

#[cfg(target_os = "linux")]
pub use linux::{SealedFile, sealed_copy};
#[cfg(not(target_os = "linux"))]
pub use other::{SealedFile, sealed_copy};

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsRawFd as _;
    use std::path::{Path, PathBuf};

    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    use crate::StoreError;
    use crate::files::{Links, open_regular};

    const CHUNK_BYTES: usize = 32 << 10;

    /// A file that exists in memory only and never changes.
    #[derive(Debug)]
    pub struct SealedFile {
        file: File,
    }

    impl SealedFile {
        /// A path this process can open it by, for as long as it is kept.
        pub fn path(&self) -> PathBuf {
            PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
        }
    }

    /// Copies a regular file without its first `head_bytes`. Those are returned beside the copy;
    /// the rest is shown to `see` piece by piece, exactly as it is kept. None where the system has
    /// no such files.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`]; those of the operating system, also when the file is shorter.
    pub fn sealed_copy(
        path: &Path,
        head_bytes: usize,
        size_max_bytes: u64,
        mut see: impl FnMut(&[u8]),
    ) -> Result<Option<(Vec<u8>, SealedFile)>, StoreError> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let Ok(memory) = memfd_create("s-sealed", flags) else { return Ok(None) };
        let mut copy = File::from(memory);
        let (mut file, size) = open_regular(path, Links::Followed)?;
        if size > size_max_bytes {
            return Err(StoreError::TooLarge { path: path.to_path_buf(), size_max_bytes });
        }
        let mut head = vec![0; head_bytes];
        file.read_exact(&mut head).map_err(StoreError::io("read", path))?;
        // What the file has grown by meanwhile is not looked at.
        let mut rest = file.take(size.saturating_sub(head_bytes as u64));
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = rest.read(&mut chunk).map_err(StoreError::io("read", path))?;
            if count == 0 {
                break;
            }
            see(&chunk[..count]);
            copy.write_all(&chunk[..count]).map_err(StoreError::io("copy", path))?;
        }
        let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
        match fcntl_add_seals(&copy, seals) {
            Ok(()) => Ok(Some((head, SealedFile { file: copy }))),
            Err(_) => Ok(None),
        }
    }

    #[cfg(test)]
    mod tests {
        use std::fs;

        use super::*;

        #[test]
        fn what_is_seen_is_what_stays() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            let content: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
            fs::write(&path, &content).unwrap();
            let mut seen = Vec::new();
            let copied = sealed_copy(&path, 7, 1 << 20, |piece| seen.extend_from_slice(piece)).unwrap();
            let (head, sealed) = copied.expect("this system has sealed files");
            assert_eq!((head.as_slice(), seen.as_slice()), content.split_at(7));
            fs::write(&path, b"other").unwrap();
            assert_eq!(fs::read(sealed.path()).unwrap(), seen);
            let mut writer = fs::OpenOptions::new().write(true).open(sealed.path()).unwrap();
            assert!(writer.write_all(b"x").is_err());
            assert!(writer.set_len(0).is_err() && (&sealed.file).write_all(b"x").is_err());
            assert_eq!(fs::read(sealed.path()).unwrap(), seen);
        }

        #[test]
        fn what_is_too_long_or_too_short_is_refused() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            fs::write(&path, b"12345").unwrap();
            assert!(matches!(sealed_copy(&path, 0, 4, |_| ()), Err(StoreError::TooLarge { .. })));
            assert!(sealed_copy(&path, 6, 10, |_| ()).is_err());
            assert!(sealed_copy(folder.path(), 0, 10, |_| ()).is_err());
            assert!(sealed_copy(&path, 5, 5, |_| panic!("there is no rest")).unwrap().is_some());
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use std::path::{Path, PathBuf};

    use crate::StoreError;

    /// A file that exists in memory only and never changes; none exists on this system.
    #[derive(Debug)]
    pub enum SealedFile {}

    impl SealedFile {
        /// A path this process can open it by.
        pub fn path(&self) -> PathBuf {
            match *self {}
        }
    }

    /// Copies nothing: this system has no such files.
    ///
    /// # Errors
    /// None.
    pub fn sealed_copy(
        _: &Path,
        _: usize,
        _: u64,
        _: impl FnMut(&[u8]),
    ) -> Result<Option<(Vec<u8>, SealedFile)>, StoreError> {
        Ok(None)
    }
}
