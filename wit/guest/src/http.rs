//! Requests through the host, which owns name resolution, TLS, retries and offline mode.
//!
//! A plugin that holds a secret handle itself sends it through the `http` module of its world;
//! here a request carries either nothing or the credential that the host knows for the origin.

#[cfg(feature = "mock")]
pub(crate) mod mock;

use crate::{Blob, Error, READ_MAX};

/// What is done with the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of RFC 9110")]
pub enum Method {
    #[default]
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

/// Which credential goes with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Auth {
    /// None, even if one is known.
    #[default]
    None,
    /// The one the host picks for the origin; it asks for one when it is challenged.
    Origin,
}

/// How the host's own response cache is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CacheMode {
    /// Fresh answers are reused, stale ones revalidated.
    #[default]
    Standard,
    /// Always ask, with validators.
    Revalidate,
    /// Neither read nor written.
    Bypass,
}

/// One request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// What is done with the resource.
    pub method: Method,
    /// Absolute address; its origin must be granted.
    pub url: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// Which credential goes along.
    pub auth: Auth,
    /// How the host's response cache is used.
    pub cache: CacheMode,
    /// How long the whole exchange may take; none for the host's own limit.
    pub timeout_ms: Option<u32>,
    /// Bytes of body after which the answer is refused; none for the host's own limit.
    pub bytes_max: Option<u64>,
    /// What is sent.
    pub body: Vec<u8>,
}

impl Request {
    /// Asks for a resource.
    pub fn get(url: impl Into<String>) -> Request {
        Request { url: url.into(), ..Request::default() }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Request {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends the credential that the host knows for the origin.
    #[must_use]
    pub fn with_origin_auth(mut self) -> Request {
        self.auth = Auth::Origin;
        self
    }

    /// Refuses an answer whose body is longer.
    #[must_use]
    pub fn with_bytes_max(mut self, bytes: u64) -> Request {
        self.bytes_max = Some(bytes);
        self
    }
}

/// An answer whose body has not been read yet.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The address it came from, after redirects.
    pub url: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// True when the host's own cache answered.
    pub from_cache: bool,
    /// The bytes, as they arrive.
    pub body: Box<dyn Body>,
}

impl Response {
    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Reads the whole body, however small the pieces it comes in.
    ///
    /// # Errors
    /// `limit-exceeded` when it is longer than `bytes_max`; what the host says when it breaks off.
    pub fn read_to_end(mut self, bytes_max: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.body.read(READ_MAX)? {
            if bytes.len() as u64 + chunk.len() as u64 > bytes_max {
                return Err(Error::limit_exceeded(
                    "http/body-too-long",
                    format!("the answer of `{}` is longer than {bytes_max} bytes", self.url),
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Keeps the body in the host and gives random access to it.
    ///
    /// # Errors
    /// What the host says when the body breaks off or is too long.
    pub fn into_blob(self) -> Result<Box<dyn Blob>, Error> {
        self.body.into_blob()
    }
}

/// The bytes of an answer.
pub trait Body {
    /// Gives at most `max` bytes and at most 1 MiB; none at the end.
    ///
    /// # Errors
    /// When the connection breaks off or the answer is longer than the request admits.
    fn read(&mut self, max: u32) -> Result<Option<Vec<u8>>, Error>;

    /// Lets the host read what is left and keep it.
    ///
    /// # Errors
    /// As for [`Body::read`].
    fn into_blob(self: Box<Self>) -> Result<Box<dyn Blob>, Error>;
}

/// The host, as somebody who performs requests.
pub trait Http {
    /// Performs all requests, many in flight together, and hands over each answer when it is
    /// there, with the index of its request. At any time only a bounded number of answers is open,
    /// so that a hundred thousand requests can be given at once.
    fn each(&self, requests: Vec<Request>, answer: &mut dyn FnMut(usize, Result<Response, Error>));

    /// Performs all requests, many in flight together; answers stand in the order of the requests.
    /// Each answer keeps a handle until it is dropped: for thousands, use [`Http::each`].
    fn get_many(&self, requests: Vec<Request>) -> Vec<Result<Response, Error>> {
        let mut answers: Vec<_> = requests.iter().map(|_| None).collect();
        self.each(requests, &mut |index, answer| answers[index] = Some(answer));
        answers.into_iter().map(|answer| answer.expect("`each` answers every request")).collect()
    }
}
