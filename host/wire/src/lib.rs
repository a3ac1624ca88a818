//! The registry protocol as data, for servers, clients and plugins that speak it.
//!
//! [`IndexLine`] is one version in the index of a package, [`Config`] the root document,
//! [`index_path`] says where an index stands. Names, versions and digests are plain text here: who
//! reads them checks them with types of their own. Nothing here does I/O, so that a guest can use it.
//!
//! - What is written is read back, whatever it holds.
//! - Members that are not known are ignored; lines of another form than [`FORM`] are counted, not
//!   guessed at.

mod answer;
mod config;
mod index;
mod line;
mod path;
mod tree;

pub use answer::{
    Fault, Faults, Hit, Owners, PackageDocument, PublishAnswer, SearchPage, VersionDocument, WithdrawAnswer,
    WithdrawRequest, codes,
};
pub use config::{Config, Limits, Policy, Trust, Unpublish};
pub use index::{Index, IndexError, read_index, write_line};
pub use line::{About, Artifact, Dependency, IndexLine, Removal};
pub use path::{CHECKPOINT_PATH, download_url, encode_segment, index_path, keys_path};
pub use tree::{Digest, Leaf, Node, TreeError, digest_of, from_hex, node_path, to_hex, tree_of, way_of};

/// The form of index lines and documents this crate writes, their member `v`.
pub const FORM: u32 = 1;

/// The header in which a publisher states the digest of the archive: `sha-256=:BASE64:`, of
/// [RFC 9530](https://www.rfc-editor.org/rfc/rfc9530).
pub const DIGEST_HEADER: &str = "content-digest";
