//! A registry that runs, a client, and packages to publish.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use object_store::memory::InMemory;
use s_registry::{
    Clock, ObjectStore, Observer, Registry, RegistryConfig, Scope, Server, ServerConfig, TokenRequest,
};
use s_store::Sha256Digest;
use s_store::archive::{PackEntry, PackSource, pack};
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// 2026-01-02.
pub(crate) const START_MS: u64 = 1_767_312_000_000;
/// Longer than any test takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server with what belongs to it.
pub(crate) struct Site {
    pub(crate) server: Server,
    pub(crate) client: Client,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) lines: Arc<Lines>,
    pub(crate) scratch: TempDir,
}

/// Starts a server over a store, after changes to its rules.
pub(crate) async fn site_over(
    store: Arc<dyn ObjectStore>,
    change: impl FnOnce(&mut RegistryConfig, &mut ServerConfig),
) -> Site {
    let scratch = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock(AtomicU64::new(START_MS)));
    let lines = Arc::new(Lines::default());
    let mut config = RegistryConfig::new(Some("registry.example"), store, scratch.path());
    config.clock = clock.clone();
    config.freshness_ms = 0;
    let mut server = ServerConfig { observer: lines.clone(), ..ServerConfig::default() };
    server.publishes.burst = 10_000;
    change(&mut config, &mut server);
    let server = Server::bind(Arc::new(Registry::open(config).await.unwrap()), server).await.unwrap();
    let client = Client(server.address());
    Site { server, client, clock, lines, scratch }
}

/// Starts a server with a store of its own.
pub(crate) async fn site() -> Site {
    site_over(Arc::new(InMemory::new()), |_, _| {}).await
}

impl Site {
    /// A new token.
    pub(crate) async fn token(&self, user: &str, scopes: &[Scope]) -> String {
        self.token_for(user, scopes, None, None).await.0
    }

    /// A new token and its id.
    pub(crate) async fn token_for(
        &self,
        user: &str,
        scopes: &[Scope],
        packages: Option<&[&str]>,
        expires_ms: Option<u64>,
    ) -> (String, String) {
        let request = TokenRequest {
            user: user.to_owned(),
            scopes: scopes.to_vec(),
            packages: packages.map(|list| list.iter().map(|text| (*text).to_owned()).collect()),
            expires_ms,
        };
        let token = self.server.registry().tokens().create(request).await.unwrap();
        (token.reveal().to_owned(), token.id)
    }

    /// A token that is good for everything but being admin.
    pub(crate) async fn owner(&self, user: &str) -> String {
        self.token(user, &[Scope::Read, Scope::Publish, Scope::Yank, Scope::Owners]).await
    }
}

/// A clock that stands still.
pub(crate) struct ManualClock(AtomicU64);

impl ManualClock {
    pub(crate) fn advance_ms(&self, by_ms: u64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// What was logged.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<String>>);

impl Lines {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Observer for Lines {
    fn line(&self, json: &str) {
        self.0.lock().unwrap().push(json.to_owned());
    }
}

/// Asks one thing on one connection.
#[derive(Clone, Copy)]
pub(crate) struct Client(pub(crate) SocketAddr);

/// An answer that was read to its end.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The status and the code of the error.
    pub(crate) fn refused(&self) -> (u16, String) {
        (self.status, self.json::<s_wire::Faults>().errors[0].code.clone())
    }
}

impl Client {
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        let stream = TcpStream::connect(self.0).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driver = tokio::spawn(connection);
        let method: Method = method.parse().unwrap();
        let mut request = Request::builder().method(method).uri(path).header("host", self.0.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let (head, body) = sender.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        driver.abort();
        Reply { status: head.status.as_u16(), headers: head.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], "").await
    }

    pub(crate) async fn with(&self, token: &str, method: &str, path: &str, body: impl Into<Bytes>) -> Reply {
        self.send(method, path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    pub(crate) async fn publish(&self, token: &str, name: &str, version: &str, archive: &[u8]) -> Reply {
        let digest = stated(archive);
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-digest", digest.as_str())];
        let version = s_wire::encode_segment(version);
        self.send("PUT", &format!("/api/v1/packages/{name}/{version}"), &headers, archive.to_vec()).await
    }
}

/// The digest of an archive as a publisher states it.
pub(crate) fn stated(archive: &[u8]) -> String {
    let hex = Sha256Digest::of(archive).to_hex();
    let bytes: Vec<u8> = (0..32).map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).unwrap()).collect();
    format!("sha-256=:{}:", STANDARD.encode(bytes))
}

/// An archive of a package; `content` tells archives apart.
pub(crate) fn archive(name: &str, version: &str, content: &str) -> Vec<u8> {
    let base = name.split('/').next_back().unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"{version}\"\ndescription = \"The package {name}\"\nlicense = \"MIT\"\n"
    );
    let file = |path: &str, text: &str| PackEntry {
        path: path.to_owned(),
        executable: false,
        source: PackSource::Bytes(text.as_bytes().to_vec()),
    };
    let mut bytes = Vec::new();
    pack(
        &format!("{base}-{version}"),
        [file("stryke.toml", &manifest), file("lib/A.stk", content)],
        &mut bytes,
    )
    .unwrap();
    bytes
}
