//! What can go wrong: failures of the world, and refusals that are answers.

use s_store::StoreError;
use s_wire::codes;
use thiserror::Error;

use crate::BucketError;

/// A failure that no request is to blame for.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// The object store failed.
    #[error("the object store failed: {0}")]
    Objects(#[from] object_store::Error),
    /// The bucket cannot be used.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// A temporary file could not be used.
    #[error(transparent)]
    Scratch(#[from] StoreError),
    /// The server could not listen.
    #[error("could not listen on {address}: {source}")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// An object is not what was written there.
    #[error("the object `{path}` is damaged: {reason}")]
    Damaged {
        /// Its path in the store.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A newer server wrote something this one cannot take into account.
    #[error("the journal of `{subject}` has entries of a newer server")]
    Newer {
        /// Whose journal.
        subject: String,
    },
    /// Others kept changing the same package.
    #[error("the journal of `{subject}` was changed by others on every try")]
    Contended {
        /// Whose journal.
        subject: String,
    },
    /// Nothing could be started to serve on.
    #[error("no runtime could be started: {0}")]
    Runtime(std::io::Error),
    /// A task of the server ended without an answer.
    #[error("a task of the server ended early")]
    Task,
    /// No random bytes were given.
    #[error("the system gave no random bytes")]
    Random,
    /// The key that a registry signs with cannot be used.
    #[error("{reason}")]
    Key {
        /// What is wrong with it.
        reason: String,
    },
    /// Something could not be signed.
    #[error("{0}")]
    Note(#[from] s_note::NoteError),
    /// There is no such scope of tokens.
    #[error("a token cannot be good for `{}`", .text.escape_debug())]
    Scope {
        /// What was asked for.
        text: String,
    },
    /// A user or pattern cannot be that of a token.
    #[error("`{}` cannot be the {what} of a token", .text.escape_debug())]
    Token {
        /// What it was meant as.
        what: &'static str,
        /// The text.
        text: String,
    },
}

/// An answer that is a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// One of [`codes`], or of the table of `s-diag`.
    pub(crate) code: String,
    /// For people.
    pub(crate) detail: String,
    /// When to try again, in seconds.
    pub(crate) retry_after_s: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, detail: impl Into<String>) -> Refusal {
        Refusal { status, code: code.to_owned(), detail: detail.into(), retry_after_s: None }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Refusal {
        Refusal::new(404, codes::NOT_FOUND, detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Refusal {
        Refusal::new(403, codes::FORBIDDEN, detail)
    }

    pub(crate) fn unauthorized(detail: impl Into<String>) -> Refusal {
        Refusal::new(401, codes::UNAUTHORIZED, detail)
    }

    pub(crate) fn request(detail: impl Into<String>) -> Refusal {
        Refusal::new(400, codes::REQUEST, detail)
    }
}

/// Why an operation did not give what was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request is to blame.
    Refused(Refusal),
    /// The server is.
    Broken(RegistryError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl<E: Into<RegistryError>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Broken(error.into())
    }
}
