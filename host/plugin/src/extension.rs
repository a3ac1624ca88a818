//! What plugins extend: one trait an extension point, whatever track a plugin was built for.
//!
//! Shapes follow the newest track of the interface text; an adapter fills in what an older track
//! does not say. Every method is one call into the sandbox, with its own time.

pub mod audit;
pub mod auth;
pub mod command;
pub mod registry;
pub mod target;

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

/// A boxed future, for traits that are used as objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Open pairs of key and value.
pub type Pairs = Vec<(String, String)>;

/// How a digest was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// BLAKE3.
    Blake3,
}

/// A digest a plugin names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest {
    /// How it was made.
    pub algorithm: HashAlgorithm,
    /// Its bytes; the length is not checked.
    pub bytes: Vec<u8>,
}
