//! Archives of packages: made the same on every machine, read strictly or not at all.
//!
//! An archive is one zstd frame around a tar file. Everything in it stands below one folder, the
//! *root*, usually `{name}-{version}`; paths of this module are those below the root. Which files
//! belong into a package, and whether an archive is the one that was asked for, is left to the
//! caller. Invariants:
//!
//! - [`pack`] makes equal bytes from equal files: sorted by the bytes of their paths, without times,
//!   owners or folders, modes 0644 or 0755.
//! - [`inspect`] and [`unpack`] are one reader. Whatever two readers of tar could understand in two
//!   ways is refused; so is every path that is not possible, different and visible on every system.
//! - Folders in an archive are checked and otherwise ignored: a folder exists where a file is in
//!   it, so that the [tree digest](tree_digest) tells everything there is to tell.
//! - [`unpack`] and [`TreeWriter`] write only below the folder they make, and follow no link on the
//!   way.

mod error;
mod frame;
mod header;
mod names;
mod pack;
mod pax;
mod read;
#[cfg(test)]
mod tests;
mod tree;
mod tree_writer;
mod unpack;

use crate::Sha256Digest;

pub use error::ArchiveError;
pub use pack::{PackEntry, PackSource, Packed, pack, pack_entries_of};
pub use tree::tree_digest;
pub use tree_writer::TreeWriter;
pub use unpack::{inspect, unpack};

pub(crate) use tree::folder_facts;

/// The file at the root of a package whose content [`inspect`] hands out.
pub const MANIFEST_NAME: &str = "stryke.toml";

/// The largest manifest that is read, in bytes.
pub const MANIFEST_BYTES_MAX: u64 = 1024 * 1024;

/// The name of the marker of a store entry, which no archive may bring along.
pub const MARKER_NAME: &str = ".s-ok";

/// The largest window a reader has to keep, in bytes.
pub const WINDOW_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What an archive may ask of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Bytes of the archive itself.
    pub archive_bytes_max: u64,
    /// Bytes of all files together.
    pub unpacked_bytes_max: u64,
    /// Entries, folders among them.
    pub entry_count_max: usize,
    /// Parts of a path below the root.
    pub path_depth_max: usize,
    /// How many bytes may come out for each one that went in; the first MiB is free.
    pub ratio_max: u64,
}

impl Default for ArchiveLimits {
    fn default() -> ArchiveLimits {
        ArchiveLimits {
            archive_bytes_max: 10_000_000,
            unpacked_bytes_max: 512 * 1024 * 1024,
            entry_count_max: 20_000,
            path_depth_max: 32,
            ratio_max: 200,
        }
    }
}

/// What is in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveSummary {
    /// The digest of the content, as [`tree_digest`] computes it.
    pub tree: Sha256Digest,
    /// The files, sorted by the bytes of their paths.
    pub entries: Vec<ArchiveEntry>,
    /// Bytes of all files together.
    pub unpacked_bytes: u64,
    /// How many files.
    pub file_count: u64,
    /// The content of [`MANIFEST_NAME`] at the root.
    pub manifest: Option<Vec<u8>>,
}

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveEntry {
    /// Its path below the root.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether its owner may execute it.
    pub executable: bool,
    /// The digest of its content.
    pub sha256: Sha256Digest,
}
