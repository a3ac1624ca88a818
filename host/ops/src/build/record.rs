//! What an executable was made from, in a file beside it.
//!
//! Four lines: the digest of everything the program is, which `s` built it, the digest of the executable,
//! and the digest of what was given besides texts; behind them the texts it was made from, if asking for
//! them again tells whether anything changed. A record that cannot be read, or says anything else, is as
//! good as none: the program is built again. Which `s` it was is in the record only, so that an executable
//! does not depend on when `s` was installed.

use std::path::{Path, PathBuf};

use s_driver::Sources;
use s_store::Sha256Digest;
use s_store::files::{self, Access};

use crate::failure::Failure;
use crate::identity::tool;

/// The record of one executable.
pub(super) struct Record {
    path: PathBuf,
}

/// What a record of this `s` says.
pub(super) struct Recorded {
    /// Digest of what the program is.
    pub(super) key: Sha256Digest,
    /// Digest of the executable.
    pub(super) image: Sha256Digest,
    /// Digest of what was given besides texts.
    pub(super) given: Sha256Digest,
    /// The texts, if they are known.
    pub(super) sources: Option<Sources>,
}

/// The longest that is read.
const BYTES_MAX: u64 = 16 << 20;

impl Record {
    /// That of the executable at a path.
    pub(super) fn beside(path: &Path) -> Record {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".built");
        Record { path: path.with_file_name(name) }
    }

    /// What it says, if this `s` wrote it.
    pub(super) fn read(&self) -> Option<Recorded> {
        let bytes = files::read_capped(&self.path, BYTES_MAX).ok()?;
        let mut parts = bytes.splitn(5, |&byte| byte == b'\n');
        let mut line = || std::str::from_utf8(parts.next()?).ok();
        let key = line()?.parse().ok()?;
        if line()? != tool()? {
            return None;
        }
        let (image, given) = (line()?.parse().ok()?, line()?.parse().ok()?);
        Some(Recorded { key, image, given, sources: parts.next().and_then(Sources::from_bytes) })
    }

    /// Says what the executable was made from.
    pub(super) fn write(&self, recorded: &Recorded) -> Result<(), Failure> {
        let Recorded { key, image, given, sources } = recorded;
        let tool = tool().unwrap_or_default();
        let mut bytes = format!("{key}\n{tool}\n{image}\n{given}\n").into_bytes();
        bytes.extend(sources.iter().flat_map(Sources::to_bytes));
        Ok(files::write_cached(&self.path, &bytes, Access::Shared)?)
    }
}
