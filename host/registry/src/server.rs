//! The server: listens, bounds connections and heads of requests, ends without cutting anyone off.
//!
//! It speaks HTTP/1.1. TLS, HTTP/2 and compression are a proxy's work.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::http::{Shared, handle};
use crate::metrics::Metrics;
use crate::rate::Buckets;
use crate::{Registry, RegistryError, ServerConfig};

/// For how long nothing is accepted after accepting failed, most often for want of handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The least the protocol code needs for a head.
const HEAD_BYTES_MIN: usize = 8 << 10;

/// A server that runs. Dropping it ends it at once.
pub struct Server {
    address: SocketAddr,
    registry: Arc<Registry>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens and begins to answer, on the runtime this is called on.
    ///
    /// # Errors
    /// [`RegistryError::Listen`] when the address cannot be had.
    pub async fn bind(registry: Arc<Registry>, config: ServerConfig) -> Result<Server, RegistryError> {
        let listen = config.listen;
        let failed = |source| RegistryError::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let shared = Arc::new(Shared {
            registry: registry.clone(),
            public_url: public_url.trim_end_matches('/').to_owned(),
            metrics: Metrics::default(),
            buckets: Buckets::default(),
            config,
        });
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(listener, shared, stopped));
        Ok(Server { address, registry, stop, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The registry it answers for.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Accepts nothing more and waits for the requests that run, as long as `patience`. Gives
    /// whether all of them ended.
    pub async fn shutdown(mut self, patience: Duration) -> bool {
        let _ = self.stop.send(true);
        timeout(patience, &mut self.task).await.is_ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(shared.config.connection_count_max));
    let graceful = GracefulShutdown::new();
    // Connections end with this task, whichever way it ends.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            _ = stopped.changed() => break,
            Some(_) = connections.join_next() => continue,
            next = next => next,
        };
        let (Ok(place), Ok((stream, peer))) = (place, accepted) else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let connection = graceful.watch(connection(&shared, stream, peer));
        let shared = shared.clone();
        connections.spawn(async move {
            shared.metrics.connection_count.fetch_add(1, Ordering::Relaxed);
            // What a client does to its own connection is no error of ours.
            let _ = connection.await;
            shared.metrics.connection_count.fetch_sub(1, Ordering::Relaxed);
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

fn connection(
    shared: &Arc<Shared>,
    stream: TcpStream,
    peer: SocketAddr,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send + use<> {
    let _ = stream.set_nodelay(true);
    let config = &shared.config;
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(config.head_timeout)
        .max_buf_size(config.head_bytes_max.max(HEAD_BYTES_MIN));
    let shared = shared.clone();
    let service = service_fn(move |request| {
        let shared = shared.clone();
        async move { Ok::<_, std::convert::Infallible>(handle(shared, peer.ip(), request).await) }
    });
    builder.serve_connection(TokioIo::new(stream), service)
}
