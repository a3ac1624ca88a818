//! A registry that is only files: `packages/NAME/index.json` lists the versions of a package,
//! `packages/NAME/VERSION/release.json` describes one of them. Any web server serves one; a folder
//! is one.
//!
//! The logic reads through [`Source`], which is either `http` or a folder. Nothing here downloads
//! or checks an artifact: that is the host's work, from the digest it was given.
//!
//! The validator of a listing is the entity tag of its index. A registry that changes a release,
//! for example yanks it, therefore writes the index again.

#[cfg(target_arch = "wasm32")]
mod guest;
mod list;
mod location;
mod model;
mod plan;
mod source;
mod time;
mod wire;

pub use list::{Answer, Query, list};
pub use location::Location;
pub use model::{Artifact, Dependency, DependencyKind, Digest, DigestAlgorithm, PackageName, Version};
pub use plan::{FetchPlan, Want, plan};
pub use source::{Document, Read, Source};

use s_guest::Error;

/// The answer to what files cannot do.
pub fn read_only(what: &str) -> Error {
    Error::unsupported("registry-static/read-only", format!("a registry that is only files does not {what}"))
        .with_help("change the files of the registry itself, or use a registry server")
}
