//! The only place that touches files: atomic writes, directory handles, the home folder, digests.
//!
//! Everything here is synchronous. What a file means is left to the caller: this crate knows paths,
//! bytes and [archives](archive), never TOML or components. Invariants:
//!
//! - A file that is written appears whole or not at all, whatever fails and whenever; temporary
//!   names start with [`TEMPORARY_PREFIX`] and are gone when the call returns.
//! - Every call that changes something passes one gate, so that a test can make any of them fail
//!   ([`faults`]).
//! - A [`View`] never leads out of the folder it was opened on, and a [`NewTree`] never writes
//!   outside the folder it was given.
//! - An entry of the [package store](package_store) is whole, and what its marker says.

pub mod archive;
mod change_set;
mod digest;
mod error;
pub mod faults;
pub mod files;
mod home;
mod lock;
pub mod package_store;
mod pending;
mod portable;
mod record_log;
mod sealed;
mod staging;
mod view;
mod write_tree;

pub use change_set::ChangeSet;
pub use digest::{Sha256Digest, Sha256Hasher};
pub use error::{KeyFault, PathFault, StoreError};
pub use files::Access;
pub use home::Home;
pub use lock::FileLock;
pub use pending::{PendingFile, TEMPORARY_PREFIX};
pub use portable::{check_new_path, check_view_path};
pub use record_log::RecordLog;
pub use sealed::{SealedFile, sealed_copy};
pub use staging::{Committed, Staging};
pub use view::{EntryKind, VIEW_ENTRY_COUNT_MAX, View, ViewEntry, ViewFile};
pub use write_tree::{NewTree, TreeLimits};
