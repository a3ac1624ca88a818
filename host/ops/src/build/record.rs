//! What an executable was made from, in a file beside it.
//!
//! Two lines: the digest of everything it depends on, and that of its own bytes. A record that cannot be
//! read, or says anything else, is as good as none: the program is built again.

use std::path::{Path, PathBuf};

use s_store::Sha256Digest;
use s_store::files::{self, Access};

use crate::failure::Failure;

/// The record of one executable.
pub(super) struct Record {
    path: PathBuf,
}

/// The longest that is read.
const BYTES_MAX: u64 = 1 << 10;

impl Record {
    /// That of the executable at a path.
    pub(super) fn beside(path: &Path) -> Record {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".built");
        Record { path: path.with_file_name(name) }
    }

    /// The digest of the executable, if it was made from this.
    pub(super) fn read(&self, key: &Sha256Digest) -> Option<Sha256Digest> {
        let text = files::read_to_string(&self.path, BYTES_MAX).ok()?;
        let (from, digest) = text.trim_end().split_once('\n')?;
        if from == key.to_string() { digest.parse().ok() } else { None }
    }

    /// Says what the executable was made from.
    pub(super) fn write(&self, key: &Sha256Digest, digest: &Sha256Digest) -> Result<(), Failure> {
        Ok(files::write_cached(&self.path, format!("{key}\n{digest}\n").as_bytes(), Access::Shared)?)
    }
}
