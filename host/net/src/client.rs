//! The client: options, limits, and what all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::auth::CredentialSource;
use crate::cache::ResponseCache;
use crate::clock::{Clock, SystemClock};
use crate::connect::{Connector, ConnectorParts};
use crate::counters::{Counters, Traffic};
use crate::error::NetError;
use crate::exchange;
use crate::permit::Permit;
use crate::pool::{Pool, Pools, pool};
use crate::proxy::Proxies;
use crate::request::Request;
use crate::resolve::{Resolve, SystemResolver};
use crate::response::Response;
use crate::retry::{Jitter, RetryPolicy};
use crate::tls::{Roots, Tls};

/// How a [`Client`] behaves.
#[derive(Clone)]
pub struct Options {
    /// Whether nothing is sent and every request fails with [`NetError::Offline`].
    pub offline: bool,
    /// What is sent as `user-agent`.
    pub user_agent: String,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// How large and how many things may be.
    pub limits: Limits,
    /// How failures are tried again.
    pub retry: RetryPolicy,
    /// What is between us and the network.
    pub proxies: Proxies,
    /// Whom `https` servers are vouched for by.
    pub roots: Roots,
    /// Where names are resolved.
    pub resolver: Arc<dyn Resolve>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where [`crate::Auth::Origin`] asks.
    pub credentials: Option<Arc<dyn CredentialSource>>,
    /// Where answers are kept.
    pub cache: Option<Arc<dyn ResponseCache>>,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name, connection and handshake.
    pub connect: Duration,
    /// From the request to the end of the headers of its answer, with the connection; anew while the
    /// body of the request is being taken.
    pub head: Duration,
    /// Between two parts of a body.
    pub chunk: Duration,
    /// The whole exchange, with redirects, retries and the body.
    pub total: Duration,
}

/// How large and how many things may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Exchanges that wait for an answer at the same time; further ones queue.
    pub in_flight_max: usize,
    /// Downloads that run at the same time; further ones queue.
    pub downloads_max: usize,
    /// Bytes of body after which an answer is refused, unless the request has a smaller limit.
    pub body_bytes_max: u64,
    /// Bytes of status line and headers after which an answer is refused; at least 8192.
    pub head_bytes_max: usize,
    /// Headers after which an answer is refused.
    pub header_count_max: usize,
    /// Redirects that are followed.
    pub redirects_max: u32,
    /// Bytes of body up to which an answer is kept in the cache.
    pub cached_body_bytes_max: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            offline: false,
            user_agent: format!("s/{}", env!("CARGO_PKG_VERSION")),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            retry: RetryPolicy::default(),
            proxies: Proxies::default(),
            roots: Roots::default(),
            resolver: Arc::new(SystemResolver),
            clock: Arc::new(SystemClock),
            credentials: None,
            cache: None,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(30),
            chunk: Duration::from_secs(30),
            total: Duration::from_secs(600),
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            in_flight_max: 64,
            downloads_max: 32,
            body_bytes_max: 1 << 30,
            head_bytes_max: 64 << 10,
            header_count_max: 100,
            redirects_max: 10,
            cached_body_bytes_max: 8 << 20,
        }
    }
}

/// The one way to the network. Clones share everything. All of it is usable on a runtime with one
/// thread; futures are `Send`. Dropping the future of a request ends the request.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

/// What all requests of a client share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) pools: Pools,
    pub(crate) counters: Arc<Counters>,
    pub(crate) tls: Arc<Tls>,
    pub(crate) in_flight: Semaphore,
    pub(crate) downloads: Semaphore,
    pub(crate) retries_left: AtomicU32,
    pub(crate) jitter: Jitter,
    pub(crate) closed: watch::Sender<bool>,
}

impl Client {
    /// Makes a client. Nothing is opened, read or resolved before the first request, and roots of
    /// trust not before the first `https` connection.
    pub fn new(options: Options) -> Client {
        let shared = Shared {
            pools: Pools::default(),
            counters: Arc::default(),
            tls: Arc::new(Tls::new(options.roots.clone())),
            in_flight: Semaphore::new(options.limits.in_flight_max.max(1)),
            downloads: Semaphore::new(options.limits.downloads_max.max(1)),
            retries_left: AtomicU32::new(options.retry.budget),
            jitter: Jitter::new(options.retry.seed),
            closed: watch::Sender::new(false),
            options,
        };
        Client { shared: Arc::new(shared) }
    }

    /// Sends a request and returns its answer, whatever the status, once its headers are there.
    ///
    /// # Errors
    /// Every kind of [`NetError`].
    pub async fn send(&self, permit: &Arc<Permit>, request: Request) -> Result<Response, NetError> {
        exchange::send(&self.shared, permit, request).await
    }

    /// Ends all requests, now and in the future, with [`NetError::Cancelled`]. May be called from
    /// any thread.
    pub fn close(&self) {
        self.shared.closed.send_replace(true);
    }

    /// Returns what went over the wire so far, by holder and origin.
    pub fn traffic(&self) -> Vec<Traffic> {
        self.shared.counters.snapshot()
    }
}

impl Shared {
    /// Returns the pool of a permit.
    pub(crate) fn pool(&self, permit: &Arc<Permit>) -> Pool {
        self.pools.of(permit, || {
            let parts = ConnectorParts {
                permit: Arc::clone(permit),
                resolver: Arc::clone(&self.options.resolver),
                tls: Arc::clone(&self.tls),
                counters: Arc::clone(&self.counters),
                proxies: self.options.proxies.clone(),
                timeout: self.options.timeouts.connect,
            };
            pool(Connector(Arc::new(parts)), &self.options.limits)
        })
    }

    /// Takes one retry out of the budget, if there is one.
    pub(crate) fn take_retry(&self) -> bool {
        self.retries_left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// Returns once the client is closed.
    pub(crate) async fn closing(&self) {
        // The sender is in `self`, so waiting cannot fail.
        let _ = self.closed.subscribe().wait_for(|closed| *closed).await;
    }
}
