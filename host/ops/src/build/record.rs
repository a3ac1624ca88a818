//! What an executable was made from, in a file beside it.
//!
//! Three lines: the digest of everything the program is, which `s` built it,
//! and the digest of the executable. A record that cannot be read, or says anything else, is as good as
//! none: the program is built again. Which `s` it was is in the record only, so that an executable does
//! not depend on when `s` was installed.

use std::path::{Path, PathBuf};

use s_store::Sha256Digest;
use s_store::files::{self, Access};

use crate::failure::Failure;
use crate::identity::tool;

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

    /// The digest of the executable, if this `s` made it from this.
    pub(super) fn read(&self, key: &Sha256Digest) -> Option<Sha256Digest> {
        let text = files::read_to_string(&self.path, BYTES_MAX).ok()?;
        let digest = text.strip_prefix(&format!("{key}\n{}\n", tool()?))?;
        digest.trim_end().parse().ok()
    }

    /// Says what the executable was made from.
    pub(super) fn write(&self, key: &Sha256Digest, digest: &Sha256Digest) -> Result<(), Failure> {
        let tool = tool().unwrap_or_default();
        let text = format!("{key}\n{tool}\n{digest}\n");
        Ok(files::write_cached(&self.path, text.as_bytes(), Access::Shared)?)
    }
}
