//! Requests in, answers out: who asks, whether they may ask now, and which rule answers.
//!
//! The rules themselves are in `registry`. What is logged of a request is what it was understood as,
//! never its text, so that a token that someone put into an address is in no log either.

mod answer;
mod download;
mod route;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, Method, Request};
use hyper::body::Incoming;
use s_project::PackageName;
use s_store::Sha256Digest;
use s_wire::{
    Config, DIGEST_HEADER, FORM, Limits, Owners, PackageDocument, VersionDocument, WithdrawAnswer,
    WithdrawRequest, codes,
};
use semver::Version;
use serde::de::DeserializeOwned;

use crate::error::{Failure, Refusal};
use crate::identity::{Identity, Scope};
use crate::metrics::Metrics;
use crate::observe::event_line;
use crate::rate::{Buckets, Class};
use crate::registry::Whose;
use crate::search::QUERY_BYTES_MAX;
use crate::signing::keys_note;
use crate::snapshot::Snapshots;
use crate::state::State;
use crate::upload::{BodyLimits, receive, receive_short, too_large};
use crate::{Registry, RegistryError, ServerConfig};

pub(crate) use answer::Answer;
use answer::{Caching, document, json, refusal, text};
use download::archive;
use route::{Route, digest_of, parse_query, route};

/// The longest body that is not an archive, in bytes.
const SHORT_BODY_BYTES_MAX: u64 = 16 << 10;

/// What all requests of a server share.
pub(crate) struct Shared {
    pub(crate) registry: Arc<Registry>,
    pub(crate) config: ServerConfig,
    /// The address clients use, without `/` at the end.
    pub(crate) public_url: String,
    pub(crate) metrics: Metrics,
    pub(crate) buckets: Buckets,
}

/// What is said of a request afterwards.
#[derive(Default)]
struct Trace {
    route: &'static str,
    package: Option<String>,
    version: Option<String>,
    user: Option<String>,
    token: Option<String>,
    error: Option<String>,
}

/// Answers a request. `peer` is the other end of the connection.
pub(crate) async fn handle(shared: Arc<Shared>, peer: IpAddr, request: Request<Incoming>) -> Answer {
    let start = tokio::time::Instant::now();
    let method = request.method().clone();
    let remote = remote_of(&shared.config.proxies, peer, request.headers());
    let mut trace = Trace { route: "none", ..Trace::default() };
    let answer = match answer(&shared, remote, request, &mut trace).await {
        Ok(answer) => answer,
        Err(Failure::Refused(refused)) => refusal(&refused),
        Err(Failure::Broken(error)) => {
            // What failed inside is for the log; the client is told that it was not to blame.
            trace.error = Some(error.to_string());
            let busy = matches!(error, RegistryError::Objects(_) | RegistryError::Contended { .. });
            let status = if busy { 503 } else { 500 };
            refusal(&Refusal::new(status, codes::INTERNAL, "the server has a fault: its log says which"))
        }
    };
    let time_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let status = answer.status().as_u16();
    shared.metrics.answered(trace.route, status, time_us);
    log(&shared, &trace, &method, remote, status, time_us);
    answer
}

fn log(shared: &Shared, trace: &Trace, method: &Method, remote: IpAddr, status: u16, time_us: u64) {
    let level = if status >= 500 { "error" } else { "info" };
    let more = serde_json::json!({
        "method": method.as_str(), "route": trace.route, "package": trace.package, "version": trace.version,
        "status": status, "us": time_us, "remote": remote.to_string(), "user": trace.user,
        "token": trace.token, "error": trace.error,
    });
    shared.config.observer.line(&event_line(shared.registry.now_ms(), level, "request", more));
}

/// Whose request it is: what the last proxy that is believed says, else the other end.
fn remote_of(proxies: &[IpAddr], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut remote = peer;
    let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = named.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.iter().rev() {
        if !proxies.contains(&remote) {
            break;
        }
        match hop.parse() {
            Ok(address) => remote = address,
            Err(_) => break,
        }
    }
    remote
}

/// What rates are counted by: an address, or the network of 64 bits that one host is given whole.
fn network_of(remote: IpAddr) -> String {
    match remote.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

async fn answer(
    shared: &Arc<Shared>,
    remote: IpAddr,
    request: Request<Incoming>,
    trace: &mut Trace,
) -> Result<Answer, Failure> {
    let (route, method) = (route(request.uri().path())?, request.method().clone());
    trace.route = route.word();
    trace.package = route.package();
    trace.version = route.version();
    let is_read = matches!(method, Method::GET | Method::HEAD);
    if is_read && !matches!(route, Route::Health) {
        rate(shared, Class::Read, &network_of(remote))?;
    }
    let identity = identify(shared, remote, request.headers()).await?;
    if let Some(identity) = &identity {
        trace.user = Some(identity.user.clone());
        trace.token.clone_from(&identity.token);
    }
    if is_read {
        let is_open = matches!(route, Route::Health | Route::Config | Route::Checkpoint | Route::Keys(_));
        if shared.registry.config.auth_required && !is_open {
            needed(identity.as_ref())?.require(Scope::Read, None)?;
        }
        return read(shared, route, &request).await;
    }
    change(shared, route, &method, identity, request).await
}

async fn read(shared: &Arc<Shared>, route: Route, request: &Request<Incoming>) -> Result<Answer, Failure> {
    let (registry, headers) = (&shared.registry, request.headers());
    let is_private = registry.config.auth_required;
    match route {
        Route::Health => {
            if !registry.is_store_up().await {
                return Err(Refusal::new(503, codes::INTERNAL, "the object store does not answer").into());
            }
            Ok(json(200, &serde_json::json!({ "status": "ok" })))
        }
        Route::Metrics => Ok(text(&shared.metrics.text())),
        Route::Config => Ok(document(headers, &config(shared), Caching::Short, false)),
        Route::Checkpoint => {
            let note = signed(registry)?.note().await?;
            Ok(answer::note(headers, &note.to_string(), Caching::Never))
        }
        Route::Keys(number) => {
            signed(registry)?;
            let note = keys_note(registry.store(), number).await?;
            let note = note.ok_or_else(|| Refusal::not_found("there are no such keys"))?;
            Ok(answer::note(headers, &note.to_string(), Caching::Immutable))
        }
        Route::Node(digest) => {
            let node = signed(registry)?.node(&digest).await?;
            let node = node.ok_or_else(|| Refusal::not_found("there is no such node"))?;
            let caching = Caching::Immutable;
            Ok(answer::tagged(headers, node, &digest, "text/plain; charset=utf-8", caching, is_private))
        }
        Route::Index(name) => {
            let digest = request.uri().query().and_then(digest_of);
            let state = registry.indexed(&name, digest).await?;
            let (body, digest) = state.index();
            Ok(answer::tagged(
                headers,
                body.clone(),
                digest,
                "application/x-ndjson",
                Caching::Short,
                is_private,
            ))
        }
        Route::Package(name) => {
            let state = registry.package(&name).await?;
            Ok(document(headers, &package(&name, &state), Caching::Short, is_private))
        }
        Route::Version(name, version) => {
            let published = registry.version(&name, &version).await?;
            let found = VersionDocument {
                v: FORM,
                line: published.line.clone(),
                about: published.about.clone(),
                publisher: published.publisher.clone(),
            };
            Ok(document(headers, &found, Caching::Short, is_private))
        }
        Route::Download(name, version) => {
            let published = registry.version(&name, &version).await?;
            archive(registry.store(), headers, &published.line, is_private).await
        }
        Route::Search => {
            let (query, page) = parse_query(request.uri().query().unwrap_or_default())?;
            if query.len() > QUERY_BYTES_MAX {
                return Err(Refusal::request(format!("a search has at most {QUERY_BYTES_MAX} bytes")).into());
            }
            Ok(json(200, &registry.search(&query, page).await?))
        }
        Route::Owners(whose) => Ok(json(200, &Owners { users: registry.owners(&whose).await? })),
        Route::Yank(..) | Route::Unyank(..) => Err(method_refused("PUT, POST, DELETE")),
    }
}

fn signed(registry: &Registry) -> Result<&Snapshots, Refusal> {
    registry.snapshots.as_ref().ok_or_else(|| Refusal::not_found("this registry signs nothing"))
}

async fn change(
    shared: &Arc<Shared>,
    route: Route,
    method: &Method,
    identity: Option<Identity>,
    request: Request<Incoming>,
) -> Result<Answer, Failure> {
    let registry = &shared.registry;
    let short = limits(shared, SHORT_BODY_BYTES_MAX);
    let is_put = matches!(*method, Method::PUT | Method::POST);
    let is_delete = *method == Method::DELETE;
    match route {
        Route::Version(name, version) if *method == Method::PUT => {
            let identity = needed(identity.as_ref())?;
            publish(shared, identity, &name, &version, request).await
        }
        Route::Yank(name, version) | Route::Unyank(name, version) if is_put || is_delete => {
            let withdraws = is_put && request.uri().path().ends_with("/yank");
            let identity = needed(identity.as_ref())?;
            identity.require(Scope::Yank, Some(&name))?;
            rate(shared, Class::Change, token_of(identity))?;
            let body: WithdrawRequest = body_of(request, short).await?.unwrap_or_default();
            let yank = withdraws.then_some(body.reason);
            let changed = registry.yank(identity, &name, &version, yank).await?;
            Ok(json(200, &WithdrawAnswer { ok: true, changed }))
        }
        Route::Owners(whose) if *method == Method::PUT || is_delete => {
            let identity = needed(identity.as_ref())?;
            match &whose {
                Whose::Package(name) => identity.require(Scope::Owners, Some(name))?,
                Whose::Scope(_) if identity.packages.is_some() => {
                    return Err(Refusal::forbidden("the token is good for some packages only").into());
                }
                Whose::Scope(_) => identity.require(Scope::Owners, None)?,
            }
            rate(shared, Class::Change, token_of(identity))?;
            let owners: Owners = body_of(request, short)
                .await?
                .ok_or_else(|| Refusal::request("the body names the owners: {\"users\":[…]}"))?;
            let mut changed = false;
            for user in &owners.users {
                changed |= registry.change_owner(identity, &whose, user, !is_delete).await?;
            }
            Ok(json(200, &WithdrawAnswer { ok: true, changed }))
        }
        Route::Version(..) => Err(method_refused("GET, HEAD, PUT")),
        Route::Yank(..) | Route::Unyank(..) => Err(method_refused("PUT, POST, DELETE")),
        Route::Owners(_) => Err(method_refused("GET, HEAD, PUT, DELETE")),
        _ => Err(method_refused("GET, HEAD")),
    }
}

/// All that can be refused without the archive is refused before it is sent.
async fn publish(
    shared: &Arc<Shared>,
    identity: &Identity,
    name: &PackageName,
    version: &Version,
    request: Request<Incoming>,
) -> Result<Answer, Failure> {
    let registry = &shared.registry;
    identity.require(Scope::Publish, Some(name))?;
    rate(shared, Class::Publish, token_of(identity))?;
    let limits = limits(shared, registry.config.archive_bytes_max);
    let expected = stated_digest(request.headers())?;
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limits.bytes_max) {
        return Err(too_large(limits).into());
    }
    registry.may_publish(identity, name).await?;
    let received = receive(request.into_body(), registry.config.scratch.clone(), limits).await?;
    shared.metrics.received_bytes.fetch_add(received.size, Ordering::Relaxed);
    if received.digest != expected {
        let detail = format!("the archive is {}, and {expected} was stated", received.digest);
        return Err(Refusal::new(422, codes::DIGEST, detail).into());
    }
    // Goes on when the client hangs up: what was begun is either done or not begun.
    let (registry, identity) = (registry.clone(), identity.clone());
    let (name, version) = (name.clone(), version.clone());
    let work = async move { registry.publish(&identity, &name, &version, received).await };
    let published = tokio::spawn(work).await.map_err(|_| RegistryError::Task)??;
    if published.created {
        shared.metrics.published_count.fetch_add(1, Ordering::Relaxed);
    }
    Ok(json(if published.created { 201 } else { 200 }, &published))
}

fn config(shared: &Shared) -> Config {
    let rules = &shared.registry.config;
    Config {
        api: Some(format!("{}/api/v1", shared.public_url)),
        dl: "{api}/packages/{name}/{version}/dl".to_owned(),
        auth_required: rules.auth_required,
        publish: vec!["archive".to_owned()],
        limits: Limits { archive: Some(rules.archive_bytes_max) },
        trust: shared.registry.snapshots.as_ref().map(|snapshots| snapshots.signing.trust()),
        ..Config::new(shared.registry.id())
    }
}

fn package(name: &PackageName, state: &State) -> PackageDocument {
    let newest = state.newest();
    PackageDocument {
        v: FORM,
        name: name.as_str().to_owned(),
        about: newest.map(|newest| newest.about.clone()).unwrap_or_default(),
        owners: state.owners.iter().cloned().collect(),
        created: state.created.clone(),
        newest: newest.filter(|newest| newest.is_offered()).map(|newest| newest.line.vers.clone()),
        versions: state.versions.iter().map(|published| published.line.clone()).collect(),
    }
}

fn limits(shared: &Shared, bytes_max: u64) -> BodyLimits {
    BodyLimits { bytes_max, idle: shared.config.body_idle_timeout, whole: shared.config.body_timeout }
}

/// The digest a publisher states, as of RFC 9530.
fn stated_digest(headers: &HeaderMap) -> Result<Sha256Digest, Refusal> {
    let missing = || {
        let detail =
            format!("the header `{DIGEST_HEADER}` states the digest of the archive: sha-256=:BASE64:");
        Refusal::new(400, codes::DIGEST_MISSING, detail)
    };
    let value = headers.get(DIGEST_HEADER).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let digest = value.split(',').find_map(|item| item.trim().strip_prefix("sha-256=:")?.strip_suffix(':'));
    digest.and_then(|text| format!("sha256-{text}").parse().ok()).ok_or_else(missing)
}

/// A short body as JSON; none when it is empty.
async fn body_of<T: DeserializeOwned>(
    request: Request<Incoming>,
    limits: BodyLimits,
) -> Result<Option<T>, Refusal> {
    let bytes = receive_short(request.into_body(), limits).await?;
    if bytes.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| Refusal::request(format!("the body cannot be read: {error}")))
}

/// Who asks; none without a token. A token that is not valid is refused also where none is needed.
async fn identify(shared: &Shared, remote: IpAddr, headers: &HeaderMap) -> Result<Option<Identity>, Failure> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let (remote, now) = (network_of(remote), shared.registry.now_ms());
    let slow_down = |wait| limited(wait);
    shared.buckets.look(Class::Failure, &remote, shared.config.failures, now).map_err(slow_down)?;
    let text = value.to_str().unwrap_or_default();
    // Cargo sends the token alone.
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => text,
    };
    match shared.registry.tokens().check(token).await? {
        Some(identity) => Ok(Some(identity)),
        None => {
            shared.buckets.take(Class::Failure, &remote, shared.config.failures, now).map_err(slow_down)?;
            Err(Refusal::unauthorized("the token is not, or no longer, valid").into())
        }
    }
}

fn needed(identity: Option<&Identity>) -> Result<&Identity, Refusal> {
    identity.ok_or_else(|| Refusal::unauthorized("this needs a token: `Authorization: Bearer TOKEN`"))
}

fn rate(shared: &Shared, class: Class, who: &str) -> Result<(), Refusal> {
    let rate = match class {
        Class::Read => shared.config.reads,
        Class::Publish => shared.config.publishes,
        Class::Change => shared.config.changes,
        Class::Failure => shared.config.failures,
    };
    shared.buckets.take(class, who, rate, shared.registry.now_ms()).map_err(limited)
}

fn limited(wait_s: u64) -> Refusal {
    let detail = format!("too many requests: try again in {wait_s} s");
    Refusal { retry_after_s: Some(wait_s), ..Refusal::new(429, codes::RATE, detail) }
}

fn token_of(identity: &Identity) -> &str {
    identity.token.as_deref().unwrap_or(&identity.user)
}

fn method_refused(allowed: &str) -> Failure {
    Refusal::new(405, codes::METHOD, format!("this address knows {allowed}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_that_are_believed_speak_for_others() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [address("10.0.0.1"), address("10.0.0.2")];
        for (peer, forwarded, expected) in [
            ("1.1.1.1", "2.2.2.2", "1.1.1.1"),
            ("10.0.0.1", "2.2.2.2", "2.2.2.2"),
            ("10.0.0.1", "9.9.9.9, 2.2.2.2", "2.2.2.2"),
            ("10.0.0.1", "9.9.9.9, 2.2.2.2, 10.0.0.2", "2.2.2.2"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            let headers =
                HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), forwarded.parse().unwrap())]);
            assert_eq!(remote_of(&proxies, address(peer), &headers), address(expected), "{peer} {forwarded}");
        }
    }

    #[test]
    fn one_host_is_one_network() {
        for (remote, expected) in [
            ("1.2.3.4", "1.2.3.4"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(network_of(remote.parse().unwrap()), expected);
        }
    }

    #[test]
    fn a_digest_is_stated_as_the_standard_says() {
        let digest = Sha256Digest::of(b"abc");
        let base64 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        for (value, expected) in [
            (format!("sha-256=:{base64}:"), Some(digest)),
            (format!("sha-512=:AAAA:, sha-256=:{base64}:"), Some(digest)),
            (format!("sha-256={base64}"), None),
            ("sha-256=:AAAA:".to_owned(), None),
            (String::new(), None),
        ] {
            let headers = HeaderMap::from_iter([(DIGEST_HEADER.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(stated_digest(&headers).ok(), expected, "{value}");
        }
        assert_eq!(stated_digest(&HeaderMap::new()).unwrap_err().code, codes::DIGEST_MISSING);
    }
}
