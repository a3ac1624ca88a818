//! An answer, whose body arrives as it is asked for.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

use crate::cache::{CacheKey, CachedResponse, ResponseCache};
use crate::display::DisplayUrl;
use crate::error::{NetError, Phase};
use crate::mask::Mask;

/// An answer. Its headers are there; its body is read from the network chunk by chunk, so a reader
/// that waits holds the sender up. Dropping it closes the connection unless the body was read.
pub struct Response {
    pub(crate) status: u16,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) is_from_cache: bool,
    pub(crate) length: Option<u64>,
    pub(crate) body: Body,
}

impl Response {
    /// Makes an answer that did not come over a network, whose body arrives in these parts. Names of
    /// headers are put in lower case.
    pub fn from_parts(status: u16, url: Url, headers: Vec<(String, String)>, body: Vec<Bytes>) -> Response {
        let length = body.iter().map(|part| part.len() as u64).sum();
        let shown = DisplayUrl::new(&url);
        let source = Source::Parts(body.into_iter());
        Response {
            status,
            url,
            headers: headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
            is_from_cache: false,
            length: Some(length),
            body: Body { source, pending: Bytes::new(), received: length, url: shown },
        }
    }

    /// Returns the status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the URL that answered, after redirects.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the headers in order, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Says whether the body comes from the response cache.
    pub fn is_from_cache(&self) -> bool {
        self.is_from_cache
    }

    /// Returns the length of the body in bytes where the server announced it.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the next part of the body, of at least one and at most `max` bytes, or none at its end.
    ///
    /// # Errors
    /// [`NetError::BodyTooLarge`], [`NetError::Truncated`], [`NetError::Timeout`] and
    /// [`NetError::Cancelled`]. After an error there is no more body, and asking again is
    /// [`NetError::Truncated`].
    pub async fn next_chunk(&mut self, max: usize) -> Result<Option<Bytes>, NetError> {
        self.body.next_chunk(max.max(1)).await
    }

    /// Returns the rest of the body.
    ///
    /// # Errors
    /// As [`Response::next_chunk`].
    pub async fn bytes(&mut self) -> Result<Bytes, NetError> {
        let Some(first) = self.next_chunk(usize::MAX).await? else { return Ok(Bytes::new()) };
        let mut whole = Vec::new();
        while let Some(chunk) = self.next_chunk(usize::MAX).await? {
            if whole.is_empty() {
                whole.extend_from_slice(&first);
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(if whole.is_empty() { first } else { Bytes::from(whole) })
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({} from `{}`)", self.status, DisplayUrl::new(&self.url))
    }
}

/// The body of an answer.
pub(crate) struct Body {
    pub(crate) source: Source,
    /// What arrived and was not asked for yet; masked.
    pub(crate) pending: Bytes,
    pub(crate) received: u64,
    pub(crate) url: DisplayUrl,
}

/// Where the rest of a body comes from.
pub(crate) enum Source {
    Live(Box<Live>),
    Parts(std::vec::IntoIter<Bytes>),
    Ended,
    Failed,
}

/// A body that is still arriving.
pub(crate) struct Live {
    pub(crate) incoming: Incoming,
    pub(crate) mask: Mask,
    pub(crate) bytes_max: u64,
    pub(crate) chunk_timeout: Duration,
    pub(crate) deadline: Deadline,
    pub(crate) closed: watch::Receiver<bool>,
    pub(crate) keep: Option<Keep>,
}

/// When an exchange has to be over.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) total: Duration,
}

/// Collects a body for the cache.
pub(crate) struct Keep {
    pub(crate) cache: Arc<dyn ResponseCache>,
    pub(crate) key: CacheKey,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) stored: SystemTime,
    pub(crate) body: Vec<u8>,
    pub(crate) bytes_max: u64,
}

impl Body {
    /// Makes a body of bytes that are there.
    pub(crate) fn complete(bytes: Bytes, url: DisplayUrl) -> Body {
        Body { source: Source::Ended, received: bytes.len() as u64, pending: bytes, url }
    }

    async fn next_chunk(&mut self, max: usize) -> Result<Option<Bytes>, NetError> {
        while self.pending.is_empty() {
            match &mut self.source {
                Source::Ended => return Ok(None),
                Source::Failed => return Err(self.truncated()),
                Source::Parts(parts) => match parts.next() {
                    Some(part) => self.pending = part,
                    None => self.source = Source::Ended,
                },
                Source::Live(live) => match live.receive(&self.url, &mut self.received).await {
                    Ok(Some(bytes)) => self.pending = bytes,
                    Ok(None) => {
                        self.pending = live.mask.finish();
                        if let Some(keep) = live.keep.take() {
                            keep.put(&self.pending);
                        }
                        self.source = Source::Ended;
                    }
                    Err(error) => {
                        // Dropping what arrives closes the connection: endless bodies end here.
                        self.source = Source::Failed;
                        return Err(error);
                    }
                },
            }
        }
        Ok(Some(self.pending.split_to(max.min(self.pending.len()))))
    }

    fn truncated(&self) -> NetError {
        NetError::Truncated { url: self.url.clone(), received: self.received }
    }
}

impl Live {
    /// Waits for more and returns it masked, or none at the end.
    async fn receive(&mut self, url: &DisplayUrl, received: &mut u64) -> Result<Option<Bytes>, NetError> {
        let chunk_at = Instant::now() + self.chunk_timeout;
        let (at, phase, after) = if chunk_at < self.deadline.at {
            (chunk_at, Phase::Chunk, self.chunk_timeout)
        } else {
            (self.deadline.at, Phase::Total, self.deadline.total)
        };
        loop {
            let frame = tokio::select! {
                frame = tokio::time::timeout_at(at, self.incoming.frame()) => {
                    frame.map_err(|_| NetError::Timeout { url: url.clone(), phase, after })?
                }
                // A client that is gone closes nothing any more.
                Ok(_) = self.closed.wait_for(|closed| *closed) => {
                    return Err(NetError::Cancelled { url: url.clone() });
                }
            };
            let frame = match frame {
                None => return Ok(None),
                Some(Ok(frame)) => frame,
                // Whatever broke, the rest is missing.
                Some(Err(_)) => return Err(NetError::Truncated { url: url.clone(), received: *received }),
            };
            // Trailers are of no use to anyone here.
            let Ok(data) = frame.into_data() else { continue };
            *received += data.len() as u64;
            if *received > self.bytes_max {
                return Err(NetError::BodyTooLarge { url: url.clone(), limit: self.bytes_max });
            }
            let masked = self.mask.push(data);
            if self.keep.as_mut().is_some_and(|keep| !keep.push(&masked)) {
                self.keep = None;
            }
            return Ok(Some(masked));
        }
    }
}

impl Keep {
    /// Takes a part; says no when it is too much to keep.
    fn push(&mut self, part: &[u8]) -> bool {
        self.body.extend_from_slice(part);
        self.body.len() as u64 <= self.bytes_max
    }

    fn put(mut self, last: &[u8]) {
        if self.push(last) {
            let body = Bytes::from(self.body);
            let response = CachedResponse { headers: self.headers, body, stored: self.stored };
            self.cache.put(&self.key, response);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_of_parts_arrives_part_by_part() {
        let parts = ["", "ab", "", "c"].map(|part| Bytes::from_static(part.as_bytes())).into();
        let url = Url::parse("https://a.example/x").unwrap();
        let headers = vec![("ETag".to_owned(), "v".to_owned())];
        let mut response = Response::from_parts(200, url, headers, parts);
        assert_eq!((response.header("etag"), response.length()), (Some("v"), Some(3)));
        assert_eq!(response.headers()[0].0, "etag");
        for expected in [Some("a"), Some("b"), Some("c"), None, None] {
            assert_eq!(response.next_chunk(1).await.unwrap().as_deref(), expected.map(str::as_bytes));
        }
    }
}
