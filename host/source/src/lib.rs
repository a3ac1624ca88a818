//! Where packages come from that no registry has: repositories.
//!
//! `git` brings objects into a store of ours; this crate picks a commit, reads its files out of the
//! objects and writes those of one package into a folder below the home. Which packages a project
//! needs, what is locked, and how errors are worded for people is left to the caller. Invariants:
//!
//! - The only program that is started is `git`, by its absolute path, with an environment that is
//!   made here, and never one that could ask a person something.
//! - There is no working tree: no hook, filter, attribute or submodule of a repository has a place
//!   where it could act, and the configuration of a repository is never read.
//! - A folder of a package appears whole or not at all, and is never written again. Its marker says
//!   address, commit, package and digest; a folder that says something else is never used in its
//!   place.
//! - No secret is in an address that is accepted, and none is in an error.
//!
//! Below `~/.stryke/git`: folders of packages, `{host}-{owner}-{repository}-{commit}`; `db`, one
//! store of objects a repository; `.tmp`, what is not finished.

mod checkout;
mod commit;
mod environment;
mod error;
mod git;
mod listing;
mod objects;
mod resolve;
mod run;
#[cfg(test)]
#[cfg(unix)]
mod tests;
mod url;

pub use checkout::{Checkout, CheckoutFault, CheckoutFinding, GcReport, GitPackage};
pub use commit::{Commit, CommitError};
pub use error::{EntryFault, GitError, ReferenceFault};
pub use git::Git;
pub use resolve::TaggedVersion;
pub use url::{GitUrl, UrlFault, masked};
