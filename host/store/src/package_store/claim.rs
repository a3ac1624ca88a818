//! Claims: of many processes that need one entry, one makes it and the others wait for it.
//!
//! A claim saves work and nothing else: entries are whole and the same whoever makes them, so that
//! whoever cannot claim, or does not want to wait any longer, makes one without. The operating system
//! takes a claim back when its process ends, however it ends. Claims are locks on a few files that
//! stay; entries share them, and who meets another entry's claim waits for no reason, but not for long.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::{EntryKey, PackageStore};
use crate::StoreError;
use crate::faults::step;
use crate::files::{self, Access, parent_of};

/// Files to lock: more than there are downloads at a time.
const FILE_COUNT: u8 = 64;

/// The making of an entry, claimed by this process until it is dropped.
#[derive(Debug)]
pub struct Claim {
    /// The locked file; none where files cannot be locked here.
    file: Option<File>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // A child that this process is about to start has the file open too for a moment: closing it here
        // would not give the claim back before that.
        if let Some(file) = &self.file {
            let _ = file.unlock();
        }
    }
}

impl PackageStore {
    /// Claims the making of an entry; none while somebody else has.
    pub fn claim(&self, key: &EntryKey) -> Option<Claim> {
        let number = key.integrity.as_bytes()[0] % FILE_COUNT;
        let path = self.root.join(".claims").join(format!("{number:02}"));
        let Ok(file) = open(&path) else { return Some(Claim { file: None }) };
        match file.try_lock() {
            Ok(()) => Some(Claim { file: Some(file) }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(Claim { file: None }),
        }
    }
}

/// Opens a file to be locked, and makes it where it is not there.
fn open(path: &Path) -> Result<File, StoreError> {
    step("lock", path)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            files::create_dir_all(parent_of(path), Access::Private)?;
            options.open(path).map_err(StoreError::io("lock", path))
        }
        opened => opened.map_err(StoreError::io("lock", path)),
    }
}
