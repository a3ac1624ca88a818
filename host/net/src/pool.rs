//! Open connections, one pool for each permit.
//!
//! hyper's pool knows a connection by scheme, host and port only. With a pool of its own, a permit
//! never sees a connection that was opened under another one's rules: not to a private address it
//! may not reach, and not to an address its own resolution would not have led to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper_util::client::legacy::Client as Hyper;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::body::SentBody;
use crate::client::Limits;
use crate::connect::Connector;
use crate::permit::Permit;

/// A pool of connections under one permit. Clones share it.
pub(crate) type Pool = Hyper<Connector, SentBody>;

/// The pools of a client, the latest used last.
#[derive(Default)]
pub(crate) struct Pools(Mutex<Vec<(Arc<Permit>, Pool)>>);

/// A command knows few permits; beyond this the one unused for longest closes its connections.
const POOLS_MAX: usize = 32;
const IDLE_MAX: Duration = Duration::from_secs(30);
const IDLE_PER_ORIGIN_MAX: usize = 32;

impl Pools {
    /// Returns the pool of a permit.
    pub(crate) fn of(&self, permit: &Arc<Permit>, make: impl FnOnce() -> Pool) -> Pool {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match pools.iter().position(|(known, _)| Arc::ptr_eq(known, permit) || known == permit) {
            Some(index) => pools.remove(index),
            None => (Arc::clone(permit), make()),
        };
        let pool = entry.1.clone();
        if pools.len() == POOLS_MAX {
            pools.remove(0);
        }
        pools.push(entry);
        pool
    }
}

/// Makes a pool around a connector.
pub(crate) fn pool(connector: Connector, limits: &Limits) -> Pool {
    Hyper::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_MAX)
        .pool_max_idle_per_host(IDLE_PER_ORIGIN_MAX)
        .http1_max_buf_size(limits.head_bytes_max.max(8192))
        .http1_max_headers(limits.header_count_max)
        .http2_max_header_list_size(u32::try_from(limits.head_bytes_max).unwrap_or(u32::MAX))
        .build(connector)
}
