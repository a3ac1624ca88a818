//! Requests to a bucket, sent through `s-net`.
//!
//! Trying again is left to `object_store`, which knows what may be asked twice. A redirect is not
//! followed: a signature holds for one host.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use s_capability::{Method, OriginPattern};
use s_net::{
    Auth, Client, Limits, NetError, Options, Permit, Phase, Request, RequestBody, Response, RetryPolicy,
    Secret,
};
use tokio::sync::mpsc;
use url::Url;

use super::Bucket;

/// The longest answer that is taken whole before it is passed on, in bytes.
const WHOLE_BYTES_MAX: u64 = 256 << 10;
/// How much of a refusal is read, in bytes.
const REFUSAL_BYTES_MAX: usize = 16 << 10;
/// How many pieces of an answer wait for whoever reads them.
const PIECES_MAX: usize = 4;
/// The longest code of a refusal that is passed on; those there are have less.
const CODE_LEN_MAX: usize = 64;

/// The way to one bucket.
#[derive(Clone)]
pub(super) struct Link {
    client: Client,
    permit: Arc<Permit>,
    origin: OriginPattern,
}

impl Link {
    pub(super) fn new(bucket: &Bucket) -> Link {
        let origin = OriginPattern::from(bucket.origin.clone());
        let methods = [Method::Get, Method::Head, Method::Put, Method::Post, Method::Delete];
        let permit = Permit {
            origins: vec![origin.clone()],
            methods: methods.into(),
            private_origins: if bucket.is_named { vec![bucket.origin.clone()] } else { Vec::new() },
            ..Permit::new("s-registry")
        };
        let options = Options {
            limits: Limits { redirects_max: 0, ..Limits::default() },
            retry: RetryPolicy { attempts_max: 1, ..RetryPolicy::default() },
            proxies: bucket.proxies.clone(),
            ..Options::default()
        };
        Link { client: Client::new(options), permit: Arc::new(permit), origin }
    }

    /// The same request in the words of `s-net`.
    async fn translated(&self, request: HttpRequest) -> Result<Request, HttpError> {
        let (head, body) = request.into_parts();
        let unknown = |text: String| HttpError::new_boxed(HttpErrorKind::Unknown, text.into());
        let url = Url::parse(&head.uri.to_string()).map_err(|error| unknown(error.to_string()))?;
        let method = match head.method.as_str() {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "PUT" => Method::Put,
            "POST" => Method::Post,
            "DELETE" => Method::Delete,
            other => return Err(unknown(format!("the method {other} is not one for a bucket"))),
        };
        let mut asked = Request::new(method, url);
        for (name, value) in &head.headers {
            let text = value.to_str().map_err(|_| unknown(format!("`{name}` is not text")))?.to_owned();
            match name.as_str() {
                "authorization" => {
                    asked.auth =
                        Auth::Header("authorization".to_owned(), Secret::new(text, [self.origin.clone()]));
                }
                // They follow from the URL and the body.
                "host" | "content-length" => {}
                name => asked.headers.push((name.to_owned(), text)),
            }
        }
        let bytes = body.collect().await?.to_bytes();
        if !bytes.is_empty() {
            asked.body = RequestBody::Bytes(bytes);
        }
        Ok(asked)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.origin.to_string()).finish()
    }
}

impl HttpConnector for Link {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Link {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = self.translated(request).await?;
        let mut answer = self.client.send(&self.permit, request).await.map_err(failed)?;
        let mut found = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            found = found.header(name, value);
        }
        let body = if answer.status() >= 400 {
            HttpResponseBody::from(code_of(&refusal(&mut answer).await))
        } else if answer.length().is_some_and(|length| length <= WHOLE_BYTES_MAX) {
            HttpResponseBody::from(answer.bytes().await.map_err(failed)?)
        } else {
            HttpResponseBody::new(piecewise(answer))
        };
        found.body(body).map_err(|error| HttpError::new(HttpErrorKind::Decode, error))
    }
}

/// The beginning of what a refusal says. That it breaks off is no news.
async fn refusal(answer: &mut Response) -> Vec<u8> {
    let mut text = Vec::new();
    while let Ok(Some(piece)) = answer.next_chunk(REFUSAL_BYTES_MAX).await {
        text.extend_from_slice(&piece);
        if text.len() >= REFUSAL_BYTES_MAX {
            break;
        }
    }
    text
}

/// The code of a refusal, such as `NoSuchKey`. What else is there may repeat the request with what was
/// secret in it, and is from outside: it is dropped.
fn code_of(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let is_code = |code: &str| {
        (1..=CODE_LEN_MAX).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    code.map(|(code, _)| code).filter(|code| is_code(code)).unwrap_or_default().to_owned()
}

/// What `object_store` may make of a failure. That of creating is safe to try again: whoever creates
/// looks whether what is there is his own.
fn failed(error: NetError) -> HttpError {
    let kind = match &error {
        NetError::Unavailable { .. } => HttpErrorKind::Request,
        NetError::Timeout { phase: Phase::Connect, .. } => HttpErrorKind::Connect,
        NetError::Timeout { .. } => HttpErrorKind::Timeout,
        NetError::Truncated { .. } => HttpErrorKind::Interrupted,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}

/// An answer on its way, read where it is asked for.
struct Pieces(mpsc::Receiver<Result<Bytes, HttpError>>);

fn piecewise(mut answer: Response) -> Pieces {
    let (pieces, read) = mpsc::channel(PIECES_MAX);
    tokio::spawn(async move {
        loop {
            let piece = tokio::select! {
                () = pieces.closed() => return,
                piece = answer.next_chunk(usize::MAX) => piece,
            };
            let (piece, is_last) = match piece {
                Ok(Some(piece)) => (Ok(piece), false),
                Ok(None) => return,
                Err(error) => (Err(failed(error)), true),
            };
            if pieces.send(piece).await.is_err() || is_last {
                return;
            }
        }
    });
    Pieces(read)
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_its_code() {
        for (text, expected) in [
            ("<Error><Code>NoSuchKey</Code><Message>m</Message></Error>", "NoSuchKey"),
            ("<Code>A</Code><Code>B</Code>", "A"),
            ("<Code>\u{1b}[2J</Code>", ""),
            ("<Code></Code>", ""),
            ("<Code>NoEnd", ""),
            ("x-amz-security-token:secret", ""),
            ("", ""),
        ] {
            assert_eq!(code_of(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(code_of(format!("<Code>{}</Code>", "A".repeat(65)).as_bytes()), "");
        assert_eq!(code_of(b"\xff<Code>SlowDown</Code>"), "SlowDown");
    }
}
