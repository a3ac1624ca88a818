//! The connector: the only place where sockets are opened, after the permit was asked about the
//! very address that is then connected to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use s_capability::Origin;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tower_service::Service;
use url::{Host, Url};

use crate::BoxFuture;
use crate::counters::{Counter, Counters};
use crate::permit::{Denial, Permit, Question, origin_of};
use crate::proxy::{Proxies, Proxy};
use crate::resolve::Resolve;
use crate::tls::Tls;

/// Opens connections under one permit.
#[derive(Clone)]
pub(crate) struct Connector(pub(crate) Arc<ConnectorParts>);

/// What a connector is made of.
pub(crate) struct ConnectorParts {
    pub(crate) permit: Arc<Permit>,
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) tls: Arc<Tls>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) proxies: Proxies,
    pub(crate) timeout: Duration,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("{0}")]
    Denied(Denial),
    #[error("{0}")]
    Failed(String),
    #[error("{0}")]
    Tls(String),
    #[error("timed out")]
    Timeout(Duration),
}

/// How long one address is waited for before the next is tried beside it (RFC 8305).
const NEXT_ADDRESS_AFTER: Duration = Duration::from_millis(250);

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<Socket>>;
    type Error = ConnectError;
    type Future = BoxFuture<'static, Result<Self::Response, ConnectError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let parts = Arc::clone(&self.0);
        Box::pin(async move {
            let timeout = parts.timeout;
            match tokio::time::timeout(timeout, parts.open(uri)).await {
                Ok(opened) => opened,
                Err(_) => Err(ConnectError::Timeout(timeout)),
            }
        })
    }
}

impl ConnectorParts {
    async fn open(&self, uri: Uri) -> Result<MaybeHttpsStream<TokioIo<Socket>>, ConnectError> {
        let url = Url::parse(&uri.to_string()).map_err(|error| ConnectError::Failed(error.to_string()))?;
        let origin = origin_of(&url).map_err(ConnectError::Denied)?;
        let is_secure = url.scheme() == "https";
        let proxy = self.proxies.proxy_for(&url);
        let stream = match proxy {
            Some(proxy) => self.connect_to_proxy(proxy).await?,
            None => self.connect_to_origin(&origin).await?,
        };
        // Small writes that wait for each other would cost a round trip; failing is harmless.
        let _ = stream.set_nodelay(true);
        let counter = self.counters.of(&self.permit.holder, origin.to_string());
        let mut socket = Socket { stream, counter, is_proxied: proxy.is_some() && !is_secure };
        if !is_secure {
            return Ok(MaybeHttpsStream::Http(TokioIo::new(socket)));
        }
        if let Some(proxy) = proxy {
            proxy.open_tunnel(&mut socket, &origin).await.map_err(ConnectError::Failed)?;
        }
        let config = self.tls.config().await.map_err(ConnectError::Tls)?;
        let mut secure = HttpsConnector::from((Opened(Some(TokioIo::new(socket))), config));
        secure.call(uri).await.map_err(handshake_error)
    }

    /// Resolves once, asks the permit about every address and connects to one that passed.
    async fn connect_to_origin(&self, origin: &Origin) -> Result<TcpStream, ConnectError> {
        let mut denial = None;
        let mut allowed = Vec::new();
        for address in self.addresses(origin.host()).await? {
            match self.permit.decide(Question::Address { origin, address }) {
                Ok(()) => allowed.push(SocketAddr::new(address, origin.port())),
                Err(why) => denial = Some(why),
            }
        }
        match denial {
            Some(why) if allowed.is_empty() => Err(ConnectError::Denied(why)),
            _ => connect_any(allowed).await,
        }
    }

    /// The user chose the proxy, so it may lie anywhere; it resolves the names of origins.
    async fn connect_to_proxy(&self, proxy: &Proxy) -> Result<TcpStream, ConnectError> {
        let addresses = self.addresses(proxy.host()).await?;
        connect_any(addresses.into_iter().map(|address| SocketAddr::new(address, proxy.port())).collect())
            .await
    }

    async fn addresses(&self, host: &Host<String>) -> Result<Vec<IpAddr>, ConnectError> {
        match host {
            Host::Ipv4(address) => Ok(vec![(*address).into()]),
            Host::Ipv6(address) => Ok(vec![(*address).into()]),
            Host::Domain(name) => match self.resolver.resolve(name).await {
                Ok(addresses) if addresses.is_empty() => {
                    Err(ConnectError::Failed(format!("`{name}` has no address")))
                }
                Ok(addresses) => Ok(addresses),
                Err(error) => Err(ConnectError::Failed(format!("`{name}` was not resolved: {error}"))),
            },
        }
    }
}

/// Connects to the first address that answers; later ones start when earlier ones fail or are slow.
async fn connect_any(addresses: Vec<SocketAddr>) -> Result<TcpStream, ConnectError> {
    let mut waiting = addresses.into_iter();
    let mut attempts = JoinSet::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        match waiting.next() {
            Some(address) => {
                attempts.spawn(TcpStream::connect(address));
            }
            None if attempts.is_empty() => return Err(ConnectError::Failed(failure.to_string())),
            None => {}
        }
        let has_more = waiting.len() > 0;
        tokio::select! {
            Some(joined) = attempts.join_next() => match joined {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => failure = error,
                Err(error) => failure = io::Error::other(error),
            },
            () = tokio::time::sleep(NEXT_ADDRESS_AFTER), if has_more => {}
        }
    }
}

fn handshake_error(error: Box<dyn std::error::Error + Send + Sync>) -> ConnectError {
    match error.downcast_ref::<io::Error>() {
        Some(io) if is_tls(io) => ConnectError::Tls(io.to_string()),
        Some(io) => ConnectError::Failed(io.to_string()),
        None => ConnectError::Tls(error.to_string()),
    }
}

/// Says whether TLS refused, rather than the connection broke.
fn is_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| {
        inner.is::<rustls::Error>() || inner.downcast_ref::<io::Error>().is_some_and(is_tls)
    })
}

/// Hands an open socket to the TLS connector.
struct Opened(Option<TokioIo<Socket>>);

impl Service<Uri> for Opened {
    type Response = TokioIo<Socket>;
    type Error = io::Error;
    type Future = std::future::Ready<io::Result<TokioIo<Socket>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(self.0.take().ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}

/// A socket whose bytes are counted.
pub(crate) struct Socket {
    stream: TcpStream,
    counter: Arc<Counter>,
    /// Whether requests name the whole URL, for a proxy that forwards them.
    is_proxied: bool,
}

impl Connection for Socket {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.is_proxied)
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.counter.received.fetch_add((buffer.filled().len() - before) as u64, Relaxed);
        polled
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.count_sent(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.count_sent(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Socket {
    fn count_sent(&self, polled: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(sent)) = polled {
            self.counter.sent.fetch_add(*sent as u64, Relaxed);
        }
    }
}
