//! `stryke:host/http`: requests, by grant. The network decides again for every hop and address.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use s_capability::{HttpRight, Method};
use s_net::{Auth, CacheMode, NetError, NetErrorKind, Permit, Request, RequestBody};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use wasmtime::component::Resource;

use crate::bindings::host::stryke::host::{http, types};
use crate::error::{Fault, FaultKind};
use crate::host::HostError;
use crate::host::blobs::{READ_BYTES_MAX, unreadable};
use crate::host::crypto::Hasher;
use crate::host::types::{from_kv, into_kv};
use crate::state::State;
use crate::{Blob, Network};

type Outcome = Result<s_net::Response, Fault>;

/// A request that may still be under way. Dropping it ends it.
pub struct Pending {
    answer: Answer,
    task: AbortHandle,
}

type Answer = Arc<Mutex<Option<Outcome>>>;

/// Where a request leaves its answer. Whatever becomes of the request, there will be one.
struct Slot {
    answer: Answer,
    answered: Arc<Notify>,
}

/// An answer whose body was not read yet.
pub struct Response(s_net::Response);

/// The body of an answer.
pub struct Body(s_net::Response);

impl Drop for Pending {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Slot {
    fn fill(&self, outcome: Outcome) {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(outcome);
        self.answered.notify_waiters();
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.fill(Err(Fault::new(FaultKind::Internal, "host/http", "the request came to no end")));
    }
}

impl Pending {
    fn is_ready(&self) -> bool {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

impl http::Host for State {
    fn start(
        &mut self,
        request: http::Request,
        auth: http::Auth,
        body: http::RequestBody,
    ) -> Result<Resource<Pending>, HostError> {
        let Some(right) = &self.rights.http else { return Err(self.denied("http")) };
        let permit = permit(&self.plugin.to_string(), right, &self.rights.private_origins);
        let Some(network) = self.services.network() else {
            let message = "there is no network here";
            return Err(Fault::new(FaultKind::Unavailable, "host/no-network", message).into());
        };
        let max = self.limits().http_in_flight;
        if self.http_in_flight >= max {
            let message = format!("more than {max} requests under way");
            return Err(Fault::new(FaultKind::LimitExceeded, "host/requests", message).into());
        }
        let request = self.request(request, auth, body)?;
        self.count("http");
        let pending = send(network, permit, request, Arc::clone(&self.answered));
        let handle = self.push(pending)?;
        self.http_in_flight += 1;
        Ok(handle)
    }

    async fn wait_any(&mut self, items: Vec<Resource<Pending>>) -> wasmtime::Result<Vec<u32>> {
        let answered = Arc::clone(&self.answered);
        loop {
            let news = answered.notified();
            let mut ready = Vec::new();
            for (index, item) in items.iter().enumerate() {
                if self.table.get(item)?.is_ready() {
                    ready.push(u32::try_from(index).unwrap_or(u32::MAX));
                }
            }
            if !ready.is_empty() || items.is_empty() {
                return Ok(ready);
            }
            news.await;
        }
    }
}

impl http::HostPending for State {
    fn ready(&mut self, pending: Resource<Pending>) -> wasmtime::Result<bool> {
        Ok(self.table.get(&pending)?.is_ready())
    }

    async fn wait(&mut self, pending: Resource<Pending>) -> Result<Resource<Response>, HostError> {
        let answered = Arc::clone(&self.answered);
        loop {
            let news = answered.notified();
            if self.table.get(&pending)?.is_ready() {
                break;
            }
            news.await;
        }
        let pending = self.table.delete(pending)?;
        self.http_in_flight = self.http_in_flight.saturating_sub(1);
        let outcome = pending.answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match outcome.expect("it was ready above") {
            Ok(response) => self.push(Response(response)),
            Err(fault) => Err(fault.into()),
        }
    }

    fn drop(&mut self, pending: Resource<Pending>) -> wasmtime::Result<()> {
        self.table.delete(pending)?;
        self.http_in_flight = self.http_in_flight.saturating_sub(1);
        Ok(())
    }
}

impl http::HostResponse for State {
    fn status(&mut self, response: Resource<Response>) -> wasmtime::Result<u16> {
        Ok(self.table.get(&response)?.0.status())
    }

    fn url(&mut self, response: Resource<Response>) -> wasmtime::Result<String> {
        Ok(self.table.get(&response)?.0.url().to_string())
    }

    fn header(&mut self, response: Resource<Response>, name: String) -> wasmtime::Result<Option<String>> {
        Ok(self.table.get(&response)?.0.header(&name).map(str::to_owned))
    }

    fn headers(&mut self, response: Resource<Response>) -> wasmtime::Result<Vec<types::Kv>> {
        Ok(into_kv(self.table.get(&response)?.0.headers().to_vec()))
    }

    fn from_cache(&mut self, response: Resource<Response>) -> wasmtime::Result<bool> {
        Ok(self.table.get(&response)?.0.is_from_cache())
    }

    fn into_body(&mut self, response: Resource<Response>) -> wasmtime::Result<Resource<Body>> {
        let response = self.table.delete(response)?;
        self.push_or_end(Body(response.0))
    }

    async fn into_blob(
        &mut self,
        response: Resource<Response>,
        expect: Option<types::Digest>,
    ) -> Result<Resource<Blob>, HostError> {
        let mut response = self.table.delete(response)?.0;
        let mut share = self.scratch.share();
        let mut bytes = Vec::new();
        while let Some(chunk) =
            response.next_chunk(READ_BYTES_MAX as usize).await.map_err(|error| fault_of(&error))?
        {
            share.grow(chunk.len() as u64)?;
            bytes.extend_from_slice(&chunk);
        }
        if let Some(expected) = expect {
            let mut hasher = Hasher::new(expected.algorithm);
            hasher.update(&bytes);
            if hasher.finish() != expected.bytes {
                let message = "the bytes do not have the digest that was expected";
                return Err(Fault::new(FaultKind::Integrity, "host/digest", message).into());
            }
        }
        self.push(Blob::Memory(share.hold(bytes)))
    }

    fn drop(&mut self, response: Resource<Response>) -> wasmtime::Result<()> {
        self.table.delete(response)?;
        Ok(())
    }
}

impl http::HostBody for State {
    async fn read(&mut self, body: Resource<Body>, max: u32) -> Result<Option<Vec<u8>>, HostError> {
        let max = max.clamp(1, READ_BYTES_MAX) as usize;
        let chunk = self.table.get_mut(&body)?.0.next_chunk(max).await;
        match chunk {
            Ok(chunk) => Ok(chunk.map(|bytes| bytes.to_vec())),
            Err(error) => Err(fault_of(&error).into()),
        }
    }

    fn drop(&mut self, body: Resource<Body>) -> wasmtime::Result<()> {
        self.table.delete(body)?;
        Ok(())
    }
}

impl State {
    /// Turns a guest's request into one for the network.
    fn request(
        &mut self,
        request: http::Request,
        auth: http::Auth,
        body: http::RequestBody,
    ) -> Result<Request, HostError> {
        let mut sent =
            Request::parse(method(request.method), &request.url).map_err(|error| fault_of(&error))?;
        sent.headers = from_kv(request.headers);
        sent.cache = match request.cache {
            http::CacheMode::Standard => CacheMode::Standard,
            http::CacheMode::Revalidate => CacheMode::Revalidate,
            http::CacheMode::Bypass => CacheMode::Bypass,
        };
        sent.timeout = request.timeout_ms.map(|ms| Duration::from_millis(ms.into()));
        let bytes_max = self.limits().http_body_bytes;
        sent.body_bytes_max = Some(request.max_bytes.map_or(bytes_max, |max| max.min(bytes_max)));
        sent.auth = match auth {
            http::Auth::None => Auth::None,
            http::Auth::Origin => Auth::Origin,
            http::Auth::Bearer(secret) => Auth::Bearer(self.table.get(&secret)?.clone()),
            http::Auth::Basic((user, secret)) => Auth::Basic(user, self.table.get(&secret)?.clone()),
            http::Auth::Header((name, secret)) => Auth::Header(name, self.table.get(&secret)?.clone()),
        };
        sent.body = match body {
            http::RequestBody::Empty => RequestBody::Empty,
            http::RequestBody::Bytes(bytes) => RequestBody::Bytes(self.scratch.hold(bytes)?),
            http::RequestBody::Blob(blob) => match self.table.get(&blob)?.clone() {
                Blob::Memory(bytes) => RequestBody::Bytes(bytes),
                file @ Blob::File(_) => {
                    // Refused before it is read; what is held is what was read.
                    self.scratch.share().grow(file.size())?;
                    let bytes = file.read(0, usize::MAX).map_err(unreadable)?;
                    RequestBody::Bytes(self.scratch.hold(bytes)?)
                }
            },
        };
        Ok(sent)
    }
}

/// Makes the network's permit out of what was granted.
pub(crate) fn permit(holder: &str, right: &HttpRight, private: &[s_capability::Origin]) -> Arc<Permit> {
    Arc::new(Permit {
        holder: holder.into(),
        origins: right.origins.clone(),
        methods: right.methods.clone(),
        private_origins: private.to_vec(),
    })
}

/// Sends a request on the engine's runtime, where it goes on while the guest does other things.
fn send(network: Arc<dyn Network>, permit: Arc<Permit>, request: Request, answered: Arc<Notify>) -> Pending {
    let answer = Answer::default();
    let slot = Slot { answer: Arc::clone(&answer), answered };
    let task = tokio::spawn(async move {
        let outcome = network.send(permit, request).await;
        slot.fill(outcome.map_err(|error| fault_of(&error)));
    });
    Pending { answer, task: task.abort_handle() }
}

fn method(method: http::Method) -> Method {
    match method {
        http::Method::Get => Method::Get,
        http::Method::Head => Method::Head,
        http::Method::Post => Method::Post,
        http::Method::Put => Method::Put,
        http::Method::Patch => Method::Patch,
        http::Method::Delete => Method::Delete,
    }
}

/// What a plugin gets to see of an error of the network.
fn fault_of(error: &NetError) -> Fault {
    let (kind, code) = match error.kind() {
        NetErrorKind::InvalidRequest => (FaultKind::InvalidInput, "host/http-request"),
        NetErrorKind::Denied => (FaultKind::Denied, "host/http-denied"),
        NetErrorKind::Offline => (FaultKind::Offline, "host/http-offline"),
        NetErrorKind::Unavailable => (FaultKind::Unavailable, "host/http-unavailable"),
        NetErrorKind::Tls => (FaultKind::Unavailable, "host/http-tls"),
        NetErrorKind::LimitExceeded => (FaultKind::LimitExceeded, "host/http-limit"),
        NetErrorKind::Unauthenticated => (FaultKind::Unauthenticated, "host/http-credential"),
        NetErrorKind::Cancelled => (FaultKind::Cancelled, "host/http-cancelled"),
    };
    let detail = std::error::Error::source(error).map(ToString::to_string);
    Fault { detail, ..Fault::new(kind, code, error.to_string()) }
}
