//! What can go wrong with packages.

use std::path::PathBuf;

use thiserror::Error;

use crate::archive::ArchiveError;
use crate::{Sha256Digest, StoreError};

/// A failure of the package store.
#[derive(Debug, Error)]
pub enum PackageStoreError {
    /// The operating system refused an operation.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An archive was refused.
    #[error("`{name}` {version}: {source}")]
    Archive {
        /// The name of the package.
        name: String,
        /// Its version.
        version: String,
        /// Why.
        source: ArchiveError,
    },
    /// An archive is not the one that was asked for. Nothing of it was interpreted.
    #[error("the archive of `{name}` {version} is {found} and not {expected}")]
    Integrity {
        /// The name of the package.
        name: String,
        /// Its version.
        version: String,
        /// The digest it has to have.
        expected: Sha256Digest,
        /// The digest it has.
        found: Sha256Digest,
    },
    /// A text cannot be a part of the place of an entry.
    #[error("`{}` cannot be the {field} of a package in the store", .text.escape_debug())]
    Key {
        /// Which part of the key.
        field: &'static str,
        /// The text, cut after 100 characters.
        text: String,
    },
    /// Other packages have all the places that an entry could be at.
    #[error("`{}` belongs to another package", .path.display())]
    Occupied {
        /// The last of them.
        path: PathBuf,
    },
    /// The files of an entry are not what its marker says.
    #[error("`{}` is damaged: its files are not those that were unpacked", .path.display())]
    Damaged {
        /// The folder of the entry.
        path: PathBuf,
    },
    /// A lock file was noted by a path that depends on the current folder.
    #[error("`{}` is not an absolute path", .path.display())]
    RelativeProject {
        /// The path.
        path: PathBuf,
    },
}
