//! What can go wrong on the way to an answer. An answer with a bad status is an answer.

use std::time::Duration;

use crate::auth::CredentialError;
use crate::display::DisplayUrl;
use crate::permit::Denial;

/// Why there is no answer. No variant holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The permit does not allow the URL.
    #[error("`{url}` may not be reached: {why}")]
    Denied {
        /// What was asked for.
        url: DisplayUrl,
        /// The rule that said no.
        why: Denial,
    },
    /// A redirect led to where the permit does not allow to go.
    #[error("`{from}` redirects to `{to}`, which may not be followed: {why}")]
    RedirectRefused {
        /// The URL that answered.
        from: DisplayUrl,
        /// Where it pointed.
        to: DisplayUrl,
        /// The rule that said no.
        why: Denial,
    },
    /// More redirects than a sensible server sends.
    #[error("`{url}` was still redirecting after {limit} redirects")]
    TooManyRedirects {
        /// The last URL that answered.
        url: DisplayUrl,
        /// How many were followed.
        limit: u32,
    },
    /// The client is in offline mode.
    #[error("`{url}` was not asked for, in offline mode")]
    Offline {
        /// What was asked for.
        url: DisplayUrl,
    },
    /// Something took too long.
    #[error("`{url}` did not {phase} within {} ms", after.as_millis())]
    Timeout {
        /// What was asked for.
        url: DisplayUrl,
        /// What was being waited for.
        phase: Phase,
        /// How long was waited.
        after: Duration,
    },
    /// No connection, or one that broke before the answer began.
    #[error("`{url}` could not be reached: {detail}")]
    Unavailable {
        /// What was asked for.
        url: DisplayUrl,
        /// What the system or the protocol said.
        detail: String,
    },
    /// No secure connection could be agreed on.
    #[error("no secure connection to `{url}`: {detail}")]
    Tls {
        /// What was asked for.
        url: DisplayUrl,
        /// What the handshake said.
        detail: String,
    },
    /// The body is, or claims to be, larger than allowed.
    #[error("the answer of `{url}` is larger than {limit} bytes")]
    BodyTooLarge {
        /// What was asked for.
        url: DisplayUrl,
        /// The limit in bytes.
        limit: u64,
    },
    /// The status line and headers are larger or more than allowed.
    #[error("the headers of the answer of `{url}` are too large or too many")]
    HeadTooLarge {
        /// What was asked for.
        url: DisplayUrl,
    },
    /// The body ended before its announced end.
    #[error("the answer of `{url}` broke off after {received} bytes")]
    Truncated {
        /// What was asked for.
        url: DisplayUrl,
        /// How many bytes had arrived.
        received: u64,
    },
    /// The answer is not HTTP.
    #[error("`{url}` does not answer in HTTP: {detail}")]
    Protocol {
        /// What was asked for.
        url: DisplayUrl,
        /// What was wrong.
        detail: String,
    },
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent: {what}")]
    InvalidRequest {
        /// What is wrong with it.
        what: String,
    },
    /// The source of credentials failed.
    #[error("no credential for `{url}`")]
    Credential {
        /// What was asked for.
        url: DisplayUrl,
        /// What the source said.
        source: CredentialError,
    },
    /// The client was closed.
    #[error("the request to `{url}` was cancelled")]
    Cancelled {
        /// What was asked for.
        url: DisplayUrl,
    },
}

/// What was being waited for when the time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Name, connection and handshake.
    Connect,
    /// Status and headers.
    Head,
    /// The next part of the body.
    Chunk,
    /// The whole exchange.
    Total,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Phase::Connect => "accept a connection",
            Phase::Head => "answer",
            Phase::Chunk => "send more of its answer",
            Phase::Total => "finish",
        })
    }
}

/// The closed set that callers branch on; it maps onto `error-kind` of the plugin interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetErrorKind {
    /// The request is malformed: `invalid-input`.
    InvalidRequest,
    /// A rule of the permit: `denied`.
    Denied,
    /// Offline mode: `offline`.
    Offline,
    /// Time, connection, protocol, or an answer that broke off: `unavailable`.
    Unavailable,
    /// No trust in the other end: `integrity`.
    Tls,
    /// A size or number of things: `limit-exceeded`.
    LimitExceeded,
    /// The source of credentials failed: `unauthenticated`.
    Unauthenticated,
    /// The client was closed: `cancelled`.
    Cancelled,
}

impl NetError {
    /// Returns the kind of the error.
    pub fn kind(&self) -> NetErrorKind {
        match self {
            NetError::Denied { .. } | NetError::RedirectRefused { .. } => NetErrorKind::Denied,
            NetError::TooManyRedirects { .. }
            | NetError::BodyTooLarge { .. }
            | NetError::HeadTooLarge { .. } => NetErrorKind::LimitExceeded,
            NetError::Offline { .. } => NetErrorKind::Offline,
            NetError::Timeout { .. }
            | NetError::Unavailable { .. }
            | NetError::Truncated { .. }
            | NetError::Protocol { .. } => NetErrorKind::Unavailable,
            NetError::Tls { .. } => NetErrorKind::Tls,
            NetError::InvalidRequest { .. } => NetErrorKind::InvalidRequest,
            NetError::Credential { .. } => NetErrorKind::Unauthenticated,
            NetError::Cancelled { .. } => NetErrorKind::Cancelled,
        }
    }
}
