//! What an executable was made from, in a file beside it.
//!
//! Four lines: a seal over the rest, the digest of everything the program is, the digest of the executable,
//! and the digest of what was given besides texts; behind them the texts it was made from, if asking for
//! them again tells whether anything changed. A record that cannot be read, says anything else, or was
//! written by another `s` or user, is as good as none: the program is built again. Which `s` it was is in the
//! seal only, so that an executable does not depend on when `s` was installed.

use std::path::{Path, PathBuf};

use s_driver::Sources;
use s_store::Sha256Digest;
use s_store::files::{self, Access};

use crate::failure::Failure;
use crate::identity::Tool;

/// The record of one executable.
pub(super) struct Record {
    path: PathBuf,
    /// None: nothing is read or written.
    tool: Option<Tool>,
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
    pub(super) fn beside(path: &Path, tool: Option<Tool>) -> Record {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(".built");
        Record { path: path.with_file_name(name), tool }
    }

    /// What it says, if this `s` wrote it.
    pub(super) fn read(&self) -> Option<Recorded> {
        let bytes = files::read_capped(&self.path, BYTES_MAX).ok()?;
        let (seal, rest) = bytes.split_at_checked(bytes.iter().position(|&byte| byte == b'\n')? + 1)?;
        if std::str::from_utf8(seal).ok()?.trim_end() != self.tool?.seal(rest).to_string() {
            return None;
        }
        let mut parts = rest.splitn(4, |&byte| byte == b'\n');
        let mut line = || std::str::from_utf8(parts.next()?).ok()?.parse().ok();
        let (key, image, given) = (line()?, line()?, line()?);
        Some(Recorded { key, image, given, sources: parts.next().and_then(Sources::from_bytes) })
    }

    /// Says what the executable was made from.
    pub(super) fn write(&self, recorded: &Recorded) -> Result<(), Failure> {
        let Recorded { key, image, given, sources } = recorded;
        let Some(tool) = self.tool else { return Ok(()) };
        let mut rest = format!("{key}\n{image}\n{given}\n").into_bytes();
        rest.extend(sources.iter().flat_map(Sources::to_bytes));
        let mut bytes = format!("{}\n", tool.seal(&rest)).into_bytes();
        bytes.append(&mut rest);
        Ok(files::write_cached(&self.path, &bytes, Access::Shared)?)
    }
}
