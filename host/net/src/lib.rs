//! The one way to the network, for plugins and for the host's own downloads.
//!
//! A [`Client`] sends a [`Request`] under a [`Permit`]. It owns name resolution, TLS, pooling,
//! redirects, credentials, retries, the response cache and all limits; what a caller gets is an
//! answer, whatever its status, or a [`NetError`]. [`download`] adds mirrors and digests.
//!
//! It leaves to others where permits come from (`s-capability`, `s-ops`), where answers are kept on
//! disk ([`ResponseCache`]), where credentials come from ([`CredentialSource`]), and how errors are
//! worded as diagnostics (`s-ops`).
//!
//! Invariants:
//! * [`Permit::decide`] is the only place that says yes: it is asked for the first URL, for every
//!   redirect and, by the connector, for every resolved address. A name is resolved once for each
//!   connection, and the address that was checked is the address that is connected to.
//! * Connections are pooled by permit, so none is used under rules it was not opened under.
//! * A secret goes only to origins of its own set, and is in no error, `Debug` text or answer.
//! * Every wait has an end: connecting, heads, gaps between chunks and whole exchanges are timed,
//!   bodies and heads are capped.

mod address;
mod auth;
mod body;
mod cache;
mod client;
mod clock;
mod connect;
mod counters;
mod display;
mod download;
mod error;
mod exchange;
mod mask;
mod permit;
mod pool;
mod proxy;
mod redirect;
mod request;
mod resolve;
mod response;
mod retry;
#[cfg(test)]
mod tests;
mod tls;

use std::future::Future;
use std::pin::Pin;

pub use auth::{Ask, Auth, Credential, CredentialError, CredentialSource, Purpose, Scheme, Secret};
pub use body::{Open, RequestBody};
pub use cache::{CacheKey, CacheMode, CachedResponse, MemoryCache, ResponseCache};
pub use client::{Client, Limits, Options, Timeouts};
pub use clock::{Clock, SystemClock};
pub use counters::Traffic;
pub use display::DisplayUrl;
pub use download::{AttemptError, DownloadError, DownloadPlan, Downloaded, FailedAttempt, download};
pub use error::{NetError, NetErrorKind, Phase};
pub use permit::{Denial, Permit, Question};
pub use proxy::Proxies;
pub use request::Request;
pub use resolve::{Resolve, SystemResolver};
pub use response::Response;
pub use retry::RetryPolicy;
pub use s_capability::Method;
pub use tls::Roots;

/// A boxed future, for traits that are used as objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
