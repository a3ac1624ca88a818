//! One exchange: redirects around challenges around the cache around retries around one request.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::body::{Body as _, Incoming};
use s_capability::{Method, Origin};
use tokio::time::Instant;
use url::Url;

use crate::auth::{Ask, Auth, Credential};
use crate::body::RequestBody;
use crate::cache::{self, CacheKey, CacheMode, CachedResponse, ResponseCache};
use crate::client::Shared;
use crate::connect::ConnectError;
use crate::display::DisplayUrl;
use crate::error::{NetError, Phase};
use crate::mask::Mask;
use crate::permit::{Denial, Permit, Question, origin_of};
use crate::pool::Pool;
use crate::redirect::{BODY_HEADERS, Redirect, redirect};
use crate::request::{Request, is_safe, to_http, vet_headers, vet_url};
use crate::response::{Body, Deadline, Keep, Live, Response, Source};
use crate::retry::{is_passing_status, retry_after};

/// Sends a request and returns the answer once its headers are there.
pub(crate) async fn send(
    shared: &Arc<Shared>,
    permit: &Arc<Permit>,
    request: Request,
) -> Result<Response, NetError> {
    let url = DisplayUrl::new(&request.url);
    if shared.options.offline {
        return Err(NetError::Offline { url });
    }
    vet_url(&request.url)?;
    let headers = vet_headers(&request.headers)?;
    let total = request.timeout.unwrap_or(shared.options.timeouts.total);
    let deadline = Deadline { at: Instant::now() + total, total };
    let bytes_max = shared.options.limits.body_bytes_max;
    let exchange = Exchange {
        shared,
        permit,
        bytes_max: request.body_bytes_max.map_or(bytes_max, |own| own.min(bytes_max)),
        auth: request.auth,
        cache_mode: request.cache,
        purpose: request.purpose,
        deadline,
        needles: Vec::new(),
    };
    let step = Step { method: request.method, url: request.url, headers, body: request.body };
    tokio::select! {
        answered = tokio::time::timeout_at(deadline.at, exchange.run(step)) => match answered {
            Ok(answered) => answered,
            Err(_) => Err(NetError::Timeout { url, phase: Phase::Total, after: total }),
        },
        () = shared.closing() => Err(NetError::Cancelled { url }),
    }
}

/// What stays the same over all requests of an exchange, and the secrets it has sent.
struct Exchange<'a> {
    shared: &'a Arc<Shared>,
    permit: &'a Arc<Permit>,
    auth: Auth,
    cache_mode: CacheMode,
    purpose: crate::auth::Purpose,
    bytes_max: u64,
    deadline: Deadline,
    needles: Vec<zeroize::Zeroizing<Vec<u8>>>,
}

/// What changes from redirect to redirect.
struct Step {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: RequestBody,
}

/// An answer before it is known what becomes of it.
enum Answer {
    Fresh(Box<http::Response<Incoming>>, Option<Plan>),
    Kept(CachedResponse),
}

/// Where the cache would keep an answer.
struct Plan {
    cache: Arc<dyn ResponseCache>,
    key: CacheKey,
}

impl Exchange<'_> {
    async fn run(mut self, mut step: Step) -> Result<Response, NetError> {
        self.permit
            .decide(Question::Request { method: step.method, url: &step.url, from: None })
            .map_err(|why| NetError::Denied { url: DisplayUrl::new(&step.url), why })?;
        let first_origin = self.origin(&step.url)?;
        let mut credential = self.first_credential(&first_origin, &step.url).await?;
        let mut may_challenge =
            matches!(self.auth, Auth::Origin) && self.shared.options.credentials.is_some();
        let mut redirects = 0;
        let mut came_from = None;
        loop {
            if let Some(credential) = &credential {
                self.needles.extend(credential.needles());
            }
            let answer = self.answer(&step, credential.as_ref()).await;
            let (response, plan) = match answer.map_err(|error| refused_after(came_from.as_ref(), error))? {
                Answer::Kept(kept) => return Ok(self.kept_response(kept, step.url)),
                Answer::Fresh(response, plan) => (response, plan),
            };
            if may_challenge && let Some(challenges) = challenges(&response) {
                may_challenge = false;
                let found = self.ask(&first_origin, challenges, &step.url).await?;
                let is_new =
                    |found: &Credential| !credential.as_ref().is_some_and(|sent| found.sends_the_same(sent));
                if let Some(found) = found.filter(is_new) {
                    credential = Some(found);
                    continue;
                }
            }
            let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let Some(next) = redirect(response.status().as_u16(), location, &step.url, step.method) else {
                return self.fresh_response(*response, plan, step.url);
            };
            let from = self.shown(&step.url);
            if redirects == self.shared.options.limits.redirects_max {
                return Err(NetError::TooManyRedirects { url: from, limit: redirects });
            }
            redirects += 1;
            let next = next.map_err(|error| NetError::Protocol {
                url: from.clone(),
                detail: format!("the location it redirects to is not a URL: {error}"),
            })?;
            self.follow(&mut step, next)?;
            // What was left behind stays behind: a server must not choose where it is used next.
            let origin = self.origin(&step.url)?;
            credential = credential.filter(|credential| credential.secret.may_go_to(&origin));
            may_challenge &= origin == first_origin;
            came_from = Some(from);
        }
    }

    /// Makes a step of a redirect, if it is permitted.
    fn follow(&self, step: &mut Step, next: Redirect) -> Result<(), NetError> {
        vet_url(&next.url)?;
        self.permit
            .decide(Question::Request { method: next.method, url: &next.url, from: Some(&step.url) })
            .map_err(|why| NetError::RedirectRefused {
                from: self.shown(&step.url),
                to: self.shown(&next.url),
                why,
            })?;
        if !next.keeps_body {
            step.body = RequestBody::Empty;
            for name in BODY_HEADERS {
                step.headers.remove(name);
            }
        }
        step.url = next.url;
        step.method = next.method;
        Ok(())
    }

    /// Returns the credential to begin with.
    async fn first_credential(&self, origin: &Origin, url: &Url) -> Result<Option<Credential>, NetError> {
        let Some(credential) = Credential::given(&self.auth) else {
            return match self.auth {
                Auth::Origin => self.ask(origin, Vec::new(), url).await,
                _ => Ok(None),
            };
        };
        let denied = |why| Err(NetError::Denied { url: DisplayUrl::new(url), why });
        if !credential.secret.may_go_to(origin) {
            return denied(Denial::Secret(origin.to_string()));
        }
        if credential.secret.is_expired(self.shared.options.clock.now()) {
            return denied(Denial::SecretExpired);
        }
        Ok(Some(credential))
    }

    /// Asks the source of credentials; what may not be sent is as good as nothing.
    async fn ask(
        &self,
        origin: &Origin,
        challenges: Vec<String>,
        url: &Url,
    ) -> Result<Option<Credential>, NetError> {
        let Some(source) = &self.shared.options.credentials else { return Ok(None) };
        let ask = Ask { origin: origin.clone(), challenges, purpose: self.purpose };
        let found = source
            .credential(ask)
            .await
            .map_err(|source| NetError::Credential { url: DisplayUrl::new(url), source })?;
        let now = self.shared.options.clock.now();
        Ok(found.filter(|found| found.secret.may_go_to(origin) && !found.secret.is_expired(now)))
    }

    /// Answers one step from the cache, the network, or both.
    async fn answer(&self, step: &Step, credential: Option<&Credential>) -> Result<Answer, NetError> {
        let mut headers = step.headers.clone();
        let plan = self.cache_plan(step, credential);
        let kept = plan.as_ref().and_then(|plan| plan.cache.get(&plan.key));
        let now = self.shared.options.clock.now();
        if let Some(kept) = &kept {
            if self.cache_mode == CacheMode::Standard && kept.is_fresh(now) {
                return Ok(Answer::Kept(kept.clone()));
            }
            for (validator, condition) in
                [("etag", header::IF_NONE_MATCH), ("last-modified", header::IF_MODIFIED_SINCE)]
            {
                if let Some(Ok(value)) = kept.header(validator).map(HeaderValue::from_str) {
                    headers.insert(condition, value);
                }
            }
        }
        self.add_own_headers(&mut headers, step, credential)?;
        let response = self.retry(step, &headers).await?;
        match (kept, plan) {
            (Some(kept), Some(plan)) if response.status() == 304 && kept.has_validator() => {
                let kept = kept.revalidated(&self.shown_headers(response.headers()), now);
                plan.cache.put(&plan.key, kept.clone());
                Ok(Answer::Kept(kept))
            }
            (_, plan) => Ok(Answer::Fresh(Box::new(response), plan)),
        }
    }

    fn cache_plan(&self, step: &Step, credential: Option<&Credential>) -> Option<Plan> {
        let cache = self.shared.options.cache.as_ref()?;
        let is_asked = self.cache_mode != CacheMode::Bypass && step.method == Method::Get;
        (is_asked && matches!(step.body, RequestBody::Empty) && cache::is_cacheable(&step.headers)).then(
            || Plan {
                cache: Arc::clone(cache),
                key: CacheKey::of(&self.permit.holder, &step.url, &step.headers, credential),
            },
        )
    }

    fn add_own_headers(
        &self,
        headers: &mut HeaderMap,
        step: &Step,
        credential: Option<&Credential>,
    ) -> Result<(), NetError> {
        // Compressed bodies would have sizes and digests of their own.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if !headers.contains_key(header::USER_AGENT)
            && let Ok(agent) = HeaderValue::from_str(&self.shared.options.user_agent)
        {
            headers.insert(header::USER_AGENT, agent);
        }
        if step.url.scheme() == "http"
            && let Some(proxy) = self.shared.options.proxies.proxy_for(&step.url)
            && let Some(value) = proxy.authorization()
        {
            headers.insert(header::PROXY_AUTHORIZATION, value.clone());
        }
        if let Some(credential) = credential {
            let (name, value) = credential.header()?;
            headers.insert(name, value);
        }
        Ok(())
    }

    /// Sends one step until it is answered for good.
    async fn retry(&self, step: &Step, headers: &HeaderMap) -> Result<http::Response<Incoming>, NetError> {
        let policy = &self.shared.options.retry;
        let pool = self.shared.pool(self.permit);
        let mut attempt = 1;
        loop {
            let result = self.attempt(&pool, step, headers).await;
            let delay = match &result {
                Ok(response) if is_passing_status(response.status().as_u16()) => {
                    let now = self.shared.options.clock.now();
                    let value = response.headers().get(header::RETRY_AFTER);
                    let asked =
                        value.and_then(|value| value.to_str().ok()).and_then(|text| retry_after(text, now));
                    match asked {
                        Some(asked) if asked > policy.retry_after_max => return result,
                        Some(asked) => asked,
                        None => policy.delay_after(attempt, &self.shared.jitter),
                    }
                }
                Err(NetError::Unavailable { .. }) => policy.delay_after(attempt, &self.shared.jitter),
                _ => return result,
            };
            if !is_safe(step.method) || attempt >= policy.attempts_max || !self.shared.take_retry() {
                return result;
            }
            drop(result);
            attempt += 1;
            self.shared.options.clock.sleep(delay).await;
        }
    }

    /// Sends one request and waits for the headers of its answer.
    async fn attempt(
        &self,
        pool: &Pool,
        step: &Step,
        headers: &HeaderMap,
    ) -> Result<http::Response<Incoming>, NetError> {
        let url = self.shown(&step.url);
        let invalid = |what: String| NetError::InvalidRequest { what };
        let parts = Arc::new(AtomicU64::new(0));
        let body = step
            .body
            .to_sent(Arc::clone(&parts))
            .map_err(|error| invalid(format!("its body cannot be read: {error}")))?;
        // The semaphore is never closed.
        let _slot = self.shared.in_flight.acquire().await;
        let mut target = step.url.clone();
        target.set_fragment(None);
        let mut request = http::Request::builder()
            .method(to_http(step.method))
            .uri(target.as_str())
            .body(body)
            .map_err(|error| invalid(format!("`{url}` cannot be asked for: {error}")))?;
        *request.headers_mut() = headers.clone();
        let counter = self.shared.counters.of(&self.permit.holder, self.origin(&step.url)?.to_string());
        counter.requests.fetch_add(1, Relaxed);
        let after = self.shared.options.timeouts.head;
        let response = match while_moving(pool.request(request), after, &parts).await {
            Some(Ok(response)) => response,
            Some(Err(error)) => return Err(request_error(&error, url)),
            None => return Err(NetError::Timeout { url, phase: Phase::Head, after }),
        };
        let limits = &self.shared.options.limits;
        let bytes: usize =
            response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if response.headers().len() > limits.header_count_max || bytes > limits.head_bytes_max {
            return Err(NetError::HeadTooLarge { url });
        }
        Ok(response)
    }

    fn fresh_response(
        &self,
        response: http::Response<Incoming>,
        plan: Option<Plan>,
        url: Url,
    ) -> Result<Response, NetError> {
        let url = self.masked(&url);
        let shown = DisplayUrl::new(&url);
        let (head, incoming) = response.into_parts();
        let length = incoming.size_hint().exact();
        if length.is_some_and(|length| length > self.bytes_max) {
            return Err(NetError::BodyTooLarge { url: shown, limit: self.bytes_max });
        }
        let options = &self.shared.options;
        let headers = self.shown_headers(&head.headers);
        let keep = plan.filter(|_| head.status == 200).and_then(|plan| {
            if !cache::is_storable(&headers) {
                plan.cache.remove(&plan.key);
                return None;
            }
            Some(Keep {
                cache: plan.cache,
                key: plan.key,
                headers: headers.clone(),
                stored: options.clock.now(),
                body: Vec::new(),
                bytes_max: options.limits.cached_body_bytes_max,
            })
        });
        let live = Live {
            incoming,
            mask: Mask::new(self.needles.clone()),
            bytes_max: self.bytes_max,
            chunk_timeout: options.timeouts.chunk,
            deadline: self.deadline,
            closed: self.shared.closed.subscribe(),
            keep,
        };
        let source = Source::Live(Box::new(live));
        let body = Body { source, pending: Default::default(), received: 0, url: shown };
        Ok(Response { status: head.status.as_u16(), url, headers, is_from_cache: false, length, body })
    }

    fn kept_response(&self, kept: CachedResponse, url: Url) -> Response {
        let url = self.masked(&url);
        let length = Some(kept.body.len() as u64);
        let body = Body::complete(kept.body, DisplayUrl::new(&url));
        Response { status: 200, url, headers: kept.headers, is_from_cache: true, length, body }
    }

    fn origin(&self, url: &Url) -> Result<Origin, NetError> {
        origin_of(url).map_err(|why| NetError::Denied { url: self.shown(url), why })
    }

    /// Returns the headers with secrets masked; bytes that are no UTF-8 are replaced.
    fn shown_headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let mask = Mask::new(self.needles.clone());
        let shown = |(name, value): (&HeaderName, &HeaderValue)| {
            let value = mask.whole(value.as_bytes());
            (name.as_str().to_owned(), String::from_utf8_lossy(&value).into_owned())
        };
        headers.iter().map(shown).collect()
    }

    fn shown(&self, url: &Url) -> DisplayUrl {
        DisplayUrl::new(&self.masked(url))
    }

    /// Masks secrets that a server put into the URL it redirected to.
    fn masked(&self, url: &Url) -> Url {
        let masked = Mask::new(self.needles.clone()).whole(url.as_str().as_bytes());
        let text = String::from_utf8_lossy(&masked);
        match Url::parse(&text) {
            Ok(url) => url,
            // Only a secret that is part of the host gets here; then the scheme is all that is safe.
            Err(_) => masked_host(url),
        }
    }
}

/// Returns the challenges of an answer that asks for a credential, none for other answers.
fn challenges(response: &http::Response<Incoming>) -> Option<Vec<String>> {
    let values = response.headers().get_all(header::WWW_AUTHENTICATE);
    let challenges: Vec<String> =
        values.iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    match response.status().as_u16() {
        401 => Some(challenges),
        403 if !challenges.is_empty() => Some(challenges),
        _ => None,
    }
}

/// Waits until there was no progress for so long: no answer, and no part of the body that was taken.
async fn while_moving<T>(work: impl Future<Output = T>, patience: Duration, parts: &AtomicU64) -> Option<T> {
    let mut work = std::pin::pin!(work);
    let mut before = parts.load(Relaxed);
    loop {
        if let Ok(done) = tokio::time::timeout(patience, &mut work).await {
            return Some(done);
        }
        let now = parts.load(Relaxed);
        if now == before {
            return None;
        }
        before = now;
    }
}

fn masked_host(url: &Url) -> Url {
    let mut masked = url.clone();
    // The host is a valid one, so that these succeed for `http` and `https`.
    let _ = masked.set_host(Some("masked.invalid"));
    masked.set_path("");
    masked.set_query(None);
    masked.set_fragment(None);
    masked
}

/// An address that is denied after a redirect is the redirect's doing.
fn refused_after(came_from: Option<&DisplayUrl>, error: NetError) -> NetError {
    match (came_from, error) {
        (Some(from), NetError::Denied { url, why }) => {
            NetError::RedirectRefused { from: from.clone(), to: url, why }
        }
        (_, error) => error,
    }
}

fn request_error(error: &hyper_util::client::legacy::Error, url: DisplayUrl) -> NetError {
    if let Some(connect) = find::<ConnectError>(error) {
        return match connect {
            ConnectError::Denied(why) => NetError::Denied { url, why: why.clone() },
            ConnectError::Failed(detail) => NetError::Unavailable { url, detail: detail.clone() },
            ConnectError::Tls(detail) => NetError::Tls { url, detail: detail.clone() },
            ConnectError::Timeout(after) => NetError::Timeout { url, phase: Phase::Connect, after: *after },
        };
    }
    match find::<hyper::Error>(error) {
        // hyper has a question for this only on its server side.
        Some(hyper) if hyper.is_parse() && hyper.to_string().contains("too large") => {
            NetError::HeadTooLarge { url }
        }
        Some(hyper) if hyper.is_parse() => NetError::Protocol { url, detail: hyper.to_string() },
        Some(hyper) => NetError::Unavailable { url, detail: innermost(hyper) },
        None => NetError::Unavailable { url, detail: innermost(error) },
    }
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|error| error.downcast_ref())
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
