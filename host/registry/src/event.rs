//! What happens to a package: the entries of its journal.

use s_wire::{About, IndexLine};
use serde::{Deserialize, Serialize};

/// An entry of a journal: what happened, when, and who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The form of the entry.
    pub v: u32,
    /// When, such as `2026-01-02T00:00:00Z`.
    pub time: String,
    /// The user.
    pub by: String,
    /// The id of the token that was used; none for an operation of the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What tells it from an entry that says the same, so that a writer knows its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// What happened.
    pub event: Event,
}

/// What happened to a package or to a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A version was published. The first one makes its publisher the owner.
    Publish {
        /// Its line of the index.
        line: Box<IndexLine>,
        /// What it says of itself.
        about: About,
    },
    /// A version is left alone by new solutions from now on.
    Yank {
        /// Which.
        vers: String,
        /// Why.
        reason: Option<String>,
    },
    /// It is not any more.
    Unyank {
        /// Which.
        vers: String,
    },
    /// The archive of a version was taken away by whoever runs the registry.
    Remove {
        /// Which.
        vers: String,
        /// Why.
        reason: String,
    },
    /// Someone became an owner.
    OwnerAdd {
        /// Who.
        user: String,
    },
    /// Someone is no owner any more.
    OwnerRemove {
        /// Who.
        user: String,
    },
    /// Something this server does not know. It reads on and writes nothing.
    #[serde(other)]
    Unknown,
}
