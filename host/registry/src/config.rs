//! What whoever runs a registry decides.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;

use crate::{Bucket, Clock, KeyPlace, Observer, Quiet, SystemClock};

/// The rules of a registry and where its state is.
#[derive(Clone)]
pub struct RegistryConfig {
    /// Which registry it is, wherever it is reached: `registry.example`. Where nobody says so, one that
    /// signs has the name it has signed under, or one that is made of its key.
    pub id: Option<String>,
    /// Where the key is that it signs with.
    pub key: KeyPlace,
    /// Where everything is kept.
    pub store: Arc<dyn ObjectStore>,
    /// The bucket that is behind the store, where one is: it is tried before anything is served.
    pub bucket: Option<Arc<Bucket>>,
    /// A folder that exists, for archives while they arrive. Nothing in it outlives a request.
    pub scratch: PathBuf,
    /// Whether names without a scope are given. False unless set.
    pub flat_names: bool,
    /// Whether reading needs a token. False unless set.
    pub auth_required: bool,
    /// The largest archive, in bytes.
    pub archive_bytes_max: u64,
    /// For how long a server may answer from what it read before, in milliseconds. Matters only
    /// where several servers share one store.
    pub freshness_ms: u64,
    /// How many packages are kept in memory at most.
    pub cached_count_max: usize,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl RegistryConfig {
    /// A registry with the usual rules.
    pub fn new(id: Option<&str>, store: Arc<dyn ObjectStore>, scratch: impl Into<PathBuf>) -> RegistryConfig {
        RegistryConfig {
            id: id.map(str::to_owned),
            key: KeyPlace::Nowhere,
            store,
            bucket: None,
            scratch: scratch.into(),
            flat_names: false,
            auth_required: false,
            archive_bytes_max: 10_000_000,
            freshness_ms: 1000,
            cached_count_max: 10_000,
            clock: Arc::new(SystemClock),
        }
    }
}

/// How a server listens, and what it bears.
#[derive(Clone)]
pub struct ServerConfig {
    /// Where to listen; port 0 for any that is free.
    pub listen: SocketAddr,
    /// The address clients use, without `/` at the end, when it is not `http://` and where it
    /// listens.
    pub public_url: Option<String>,
    /// Proxies that are believed in what they say of the client's address.
    pub proxies: Vec<IpAddr>,
    /// Connections at the same time; more wait until one ends.
    pub connection_count_max: usize,
    /// Bytes of the head of a request.
    pub head_bytes_max: usize,
    /// For how long the head of a request may take.
    pub head_timeout: Duration,
    /// For how long nothing may arrive of a body.
    pub body_idle_timeout: Duration,
    /// For how long a whole body may take.
    pub body_timeout: Duration,
    /// Requests that only read, for each address.
    pub reads: Rate,
    /// Publications, for each token.
    pub publishes: Rate,
    /// Other changes, for each token.
    pub changes: Rate,
    /// Tokens that are not valid, from each address.
    pub failures: Rate,
    /// Is told of every request.
    pub observer: Arc<dyn Observer>,
}

/// How often something may be done: at once, and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often at once.
    pub burst: u32,
    /// How often again, each minute.
    pub per_minute: u32,
}

impl Default for ServerConfig {
    fn default() -> ServerConfig {
        ServerConfig {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            public_url: None,
            proxies: Vec::new(),
            connection_count_max: 1024,
            head_bytes_max: 32 << 10,
            head_timeout: Duration::from_secs(30),
            body_idle_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(600),
            reads: Rate { burst: 10_000, per_minute: 60_000 },
            publishes: Rate { burst: 60, per_minute: 20 },
            changes: Rate { burst: 100, per_minute: 30 },
            failures: Rate { burst: 20, per_minute: 10 },
            observer: Arc::new(Quiet),
        }
    }
}
