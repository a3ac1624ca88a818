//! A network that answers from a fixture.
//!
//! What a real one decides is decided here too: the permit on every hop, where a secret may go, the
//! size of a body. Redirects are followed as the network follows them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use s_capability::Origin;
use s_net::{
    Auth, BoxFuture, Denial, DisplayUrl, NetError, Permit, Question, Request, RequestBody, Response, Secret,
};
use s_plugin::Network;
use url::Url;

use super::fixture::Exchange;

/// How a run differs from the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variation {
    /// Not at all.
    Recorded,
    /// Every body arrives byte by byte.
    OneByteBodies,
    /// Answers arrive in another order.
    Shuffled { seed: u64 },
    /// The request of this index, in the order of sending, is not answered.
    Failing { index: usize },
}

/// Answers requests from a list.
pub(super) struct Replay {
    exchanges: Vec<Exchange>,
    variation: Variation,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    sent: usize,
    /// How often each exchange was used.
    used: BTreeMap<usize, usize>,
    unmatched: Vec<String>,
}

const REDIRECTS_MAX: usize = 10;

impl Replay {
    pub(super) fn new(exchanges: Vec<Exchange>, variation: Variation) -> Replay {
        Replay { exchanges, variation, state: Mutex::default() }
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> usize {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).sent
    }

    /// What nothing in the list answers.
    pub(super) fn unmatched(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).unmatched.clone()
    }

    async fn answer(&self, permit: &Permit, mut request: Request) -> Result<Response, NetError> {
        let index = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.sent += 1;
            state.sent - 1
        };
        if self.variation == (Variation::Failing { index }) {
            return Err(unavailable(&request.url, "a failure that `s plugin test` made"));
        }
        if let Variation::Shuffled { seed } = self.variation {
            for _ in 0..turns(seed, index) {
                tokio::task::yield_now().await;
            }
        }
        let mut from = None;
        for _ in 0..=REDIRECTS_MAX {
            let question =
                Question::Request { method: request.method, url: &request.url, from: from.as_ref() };
            permit.decide(question).map_err(|why| denied(&request.url, why))?;
            let headers = headers(&request)?;
            let exchange = self.find(&request, &headers)?;
            if !exchange.delay.is_zero() {
                tokio::time::sleep(exchange.delay).await;
            }
            let location = exchange.answer_headers.get("location").filter(|_| exchange.status / 100 == 3);
            let Some(next) = location.and_then(|location| request.url.join(location).ok()) else {
                return self.response(exchange, request);
            };
            // A credential does not follow to another origin.
            if next.origin() != request.url.origin() {
                request.auth = Auth::None;
            }
            from = Some(std::mem::replace(&mut request.url, next));
        }
        Err(NetError::TooManyRedirects { url: DisplayUrl::new(&request.url), limit: REDIRECTS_MAX as u32 })
    }

    /// Finds the first exchange that was not used yet, or the last that was: what is asked for more
    /// often than it was recorded is answered as before.
    fn find(&self, request: &Request, headers: &BTreeMap<String, String>) -> Result<Exchange, NetError> {
        let matching = self.exchanges.iter().enumerate().filter(|(_, exchange)| {
            exchange.method == request.method
                && exchange.url == request.url
                && exchange.headers.iter().all(|(name, value)| headers.get(name) == Some(value))
                && exchange.sent.as_ref().is_none_or(|sent| body(request) == sent.as_bytes())
        });
        let matching: Vec<usize> = matching.map(|(index, _)| index).collect();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = matching.iter().find(|index| !state.used.contains_key(index));
        let Some(&index) = fresh.or(matching.last()) else {
            state.unmatched.push(format!("{} {}", request.method, DisplayUrl::new(&request.url)));
            return Err(unavailable(&request.url, "no `[[http]]` of the fixture answers this"));
        };
        *state.used.entry(index).or_default() += 1;
        Ok(self.exchanges[index].clone())
    }

    fn response(&self, exchange: Exchange, request: Request) -> Result<Response, NetError> {
        let limit = request.body_bytes_max.unwrap_or(u64::MAX);
        if exchange.body.len() as u64 > limit {
            return Err(NetError::BodyTooLarge { url: DisplayUrl::new(&request.url), limit });
        }
        let part = if self.variation == Variation::OneByteBodies { 1 } else { usize::MAX };
        let parts = exchange.body.chunks(part).map(|part| part.to_vec().into()).collect();
        let headers = exchange.answer_headers.into_iter().collect();
        Ok(Response::from_parts(exchange.status, request.url, headers, parts))
    }
}

impl Network for Replay {
    fn send(
        self: Arc<Self>,
        permit: Arc<Permit>,
        request: Request,
    ) -> BoxFuture<'static, Result<Response, NetError>> {
        Box::pin(async move { self.answer(&permit, request).await })
    }
}

/// What is sent, names in lower case; with the credential where it may go.
fn headers(request: &Request) -> Result<BTreeMap<String, String>, NetError> {
    let own = request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let mut headers: BTreeMap<String, String> = own.collect();
    let exposed = |secret: &Secret| {
        let origin = Origin::from_url(&request.url).map_err(|_| denied(&request.url, Denial::NoOrigin))?;
        match secret.may_go_to(&origin) {
            true => Ok(secret.expose().to_owned()),
            false => Err(denied(&request.url, Denial::Secret(origin.to_string()))),
        }
    };
    match &request.auth {
        Auth::None | Auth::Origin => {}
        Auth::Bearer(secret) => {
            headers.insert("authorization".to_owned(), format!("Bearer {}", exposed(secret)?));
        }
        Auth::Basic(user, secret) => {
            headers.insert("authorization".to_owned(), format!("Basic {user}:{}", exposed(secret)?));
        }
        Auth::Header(name, secret) => {
            headers.insert(name.to_ascii_lowercase(), exposed(secret)?);
        }
    }
    Ok(headers)
}

fn body(request: &Request) -> &[u8] {
    match &request.body {
        RequestBody::Bytes(bytes) => bytes,
        RequestBody::Empty | RequestBody::Reader { .. } => &[],
    }
}

fn unavailable(url: &Url, detail: &str) -> NetError {
    NetError::Unavailable { url: DisplayUrl::new(url), detail: detail.to_owned() }
}

fn denied(url: &Url, why: Denial) -> NetError {
    NetError::Denied { url: DisplayUrl::new(url), why }
}

/// How many times an answer lets the others go first: SplitMix64 of the seed and the index.
fn turns(seed: u64, index: usize) -> u64 {
    let mut mixed = seed.wrapping_add((index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % 64
}
