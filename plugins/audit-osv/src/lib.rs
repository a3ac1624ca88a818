//! Advisories from an OSV database (<https://ossf.github.io/osv-schema/>, major version 1).
//!
//! The database is a folder of `.json` files, zip archives of such files in a folder, or one
//! archive or file behind a web server. The logic reads it page by page and turns each entry into
//! the shape of `stryke:audit/feed`; which versions an advisory concerns is for the host to say,
//! and nothing about the project is ever sent.
//!
//! Invariants:
//! - an entry that cannot be read is skipped, logged and counted; a *database* that cannot be read
//!   is an error, because an empty answer would look like safety;
//! - memory is bounded by one page and the list of entries, whatever the sizes claimed.

mod archive;
mod cvss;
mod database;
#[cfg(target_arch = "wasm32")]
mod guest;
mod model;
mod osv;
mod pull;
mod time;

pub use cvss::base_score_tenths;
pub use model::{Advisory, Affected, Batch, Event, Range, RangeKind, Severity, Sync};
pub use osv::parse_entry;
pub use pull::{Feed, Host, parse_file};
