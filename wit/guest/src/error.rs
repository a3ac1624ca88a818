//! Errors as a plugin states them: the host prints them, decides on retries, and picks the exit
//! status from the kind. `stryke:host/types` has the same record.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// The closed set of kinds that the host branches on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The question itself, or a file the user handed over, makes no sense.
    InvalidInput,
    /// What was asked for does not exist.
    NotFound,
    /// It exists already, or was changed meanwhile.
    Conflict,
    /// A credential is missing or was refused.
    Unauthenticated,
    /// The credential is known and not allowed to do this.
    Denied,
    /// Too many requests; see [`ErrorFacts::retry_after_ms`].
    RateLimited,
    /// The other side is not answering as it should, for now.
    Unavailable,
    /// The user works offline and the answer is not cached.
    Offline,
    /// Data contradicts what was promised about it.
    Integrity,
    /// Larger or more than what is admitted.
    LimitExceeded,
    /// This plugin does not do that.
    Unsupported,
    /// The user interrupted.
    Cancelled,
    /// A bug in the plugin.
    Internal,
}

/// One diagnostic: [`ErrorFacts`] behind a pointer, so that a result stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<ErrorFacts>);

/// What an [`Error`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorFacts {
    /// What the host branches on.
    pub kind: ErrorKind,
    /// Stable identifier, `<plugin>/<what>`.
    pub code: String,
    /// One lower-case phrase without full stop and without secrets.
    pub message: String,
    /// More facts, shown with `-v`.
    pub detail: Option<String>,
    /// What the user can do about it.
    pub help: Option<String>,
    /// How long to wait before asking again, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// Facts for programs that read the answer as JSON.
    pub extra: Vec<(String, String)>,
}

impl Error {
    /// States an error of a kind.
    pub fn new(kind: ErrorKind, code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::from(ErrorFacts {
            kind,
            code: code.into(),
            message: message.into(),
            detail: None,
            help: None,
            retry_after_ms: None,
            extra: Vec::new(),
        })
    }

    /// The question, or a file the user handed over, makes no sense.
    pub fn invalid_input(code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidInput, code, message)
    }

    /// What was asked for does not exist.
    pub fn not_found(code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::NotFound, code, message)
    }

    /// A credential is missing or was refused.
    pub fn unauthenticated(code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unauthenticated, code, message)
    }

    /// Data contradicts what was promised about it.
    pub fn integrity(code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Integrity, code, message)
    }

    /// Larger or more than what is admitted.
    pub fn limit_exceeded(code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::LimitExceeded, code, message)
    }

    /// This plugin does not do that.
    pub fn unsupported(code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unsupported, code, message)
    }

    /// The other side is not answering as it should, for now.
    pub fn unavailable(code: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Unavailable, code, message)
    }

    /// Takes it apart.
    pub fn into_facts(self) -> ErrorFacts {
        *self.0
    }

    /// Adds what the user can do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Error {
        self.help = Some(help.into());
        self
    }

    /// Adds more facts, shown with `-v`.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Error {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a fact for programs.
    #[must_use]
    pub fn with_extra(mut self, key: impl Into<String>, value: impl Into<String>) -> Error {
        self.extra.push((key.into(), value.into()));
        self
    }
}

impl From<ErrorFacts> for Error {
    fn from(facts: ErrorFacts) -> Error {
        Error(Box::new(facts))
    }
}

impl Deref for Error {
    type Target = ErrorFacts;

    fn deref(&self) -> &ErrorFacts {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut ErrorFacts {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
