//! A request as callers write it, and what of it is refused before anything is sent.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use s_capability::Method;
use url::Url;

use crate::auth::{Auth, Purpose};
use crate::body::RequestBody;
use crate::cache::CacheMode;
use crate::display::DisplayUrl;
use crate::error::NetError;

/// Says whether asking twice is as good as asking once and the answer tells nothing has changed.
pub(crate) fn is_safe(method: Method) -> bool {
    matches!(method, Method::Get | Method::Head)
}

pub(crate) fn to_http(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Head => http::Method::HEAD,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    }
}

/// One request.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: Url,
    /// Headers in order; the names that the client sets itself are refused.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: RequestBody,
    /// What the request is authenticated with.
    pub auth: Auth,
    /// What a credential is wanted for, where [`Auth::Origin`] asks for one.
    pub purpose: Purpose,
    /// How the response cache is used.
    pub cache: CacheMode,
    /// Time for the whole exchange with its redirects and retries, instead of the client's.
    pub timeout: Option<Duration>,
    /// Bytes of body after which the answer is refused; the client's limit where it is smaller.
    pub body_bytes_max: Option<u64>,
}

impl Request {
    /// Makes a request without headers, body and authentication.
    pub fn new(method: Method, url: Url) -> Request {
        Request {
            method,
            url,
            headers: Vec::new(),
            body: RequestBody::Empty,
            auth: Auth::None,
            purpose: Purpose::Read,
            cache: CacheMode::Bypass,
            timeout: None,
            body_bytes_max: None,
        }
    }

    /// Makes a `GET`.
    pub fn get(url: Url) -> Request {
        Request::new(Method::Get, url)
    }

    /// Makes a request for a URL given as text.
    ///
    /// # Errors
    /// [`NetError::InvalidRequest`] when it is not an absolute URL. The text is not repeated: what
    /// cannot be taken apart cannot be shown without its secrets.
    pub fn parse(method: Method, url: &str) -> Result<Request, NetError> {
        match Url::parse(url) {
            Ok(url) => Ok(Request::new(method, url)),
            Err(error) => Err(NetError::InvalidRequest { what: format!("the URL is not one: {error}") }),
        }
    }
}

/// Shows the names of headers only: a caller may think of anything as a secret.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &DisplayUrl::new(&self.url))
            .field("headers", &names)
            .field("body", &self.body)
            .field("auth", &self.auth)
            .field("purpose", &self.purpose)
            .field("cache", &self.cache)
            .field("timeout", &self.timeout)
            .field("body_bytes_max", &self.body_bytes_max)
            .finish()
    }
}

/// The header names that belong to the client or to the connection.
const RESERVED: [&str; 13] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "http2-settings",
    "te",
    "trailer",
    "expect",
    "authorization",
    "cookie",
    "accept-encoding",
];

/// Sizes beyond which request headers are a mistake.
const HEADER_COUNT_MAX: usize = 64;
const HEADER_BYTES_MAX: usize = 32 * 1024;
const URL_BYTES_MAX: usize = 16 * 1024;

/// Turns the caller's headers into a map.
pub(crate) fn vet_headers(headers: &[(String, String)]) -> Result<HeaderMap, NetError> {
    let invalid = |what: String| Err(NetError::InvalidRequest { what });
    let bytes: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if headers.len() > HEADER_COUNT_MAX || bytes > HEADER_BYTES_MAX {
        return invalid(format!("more than {HEADER_COUNT_MAX} headers or {HEADER_BYTES_MAX} bytes of them"));
    }
    let mut map = HeaderMap::with_capacity(headers.len() + 4);
    for (name, value) in headers {
        let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
            return invalid(format!("`{}` is not a header name", name.escape_debug()));
        };
        if is_reserved(&parsed) {
            return invalid(format!("the header `{parsed}` is not the caller's to set"));
        }
        let Ok(value) = HeaderValue::from_str(value) else {
            return invalid(format!("the value of the header `{parsed}` has characters that cannot be sent"));
        };
        map.append(parsed, value);
    }
    Ok(map)
}

/// Vets the name of a header that carries a credential.
pub(crate) fn vet_credential_header(name: &str) -> Result<HeaderName, NetError> {
    match HeaderName::from_bytes(name.as_bytes()) {
        Ok(parsed) if parsed == "authorization" || !is_reserved(&parsed) => Ok(parsed),
        _ => Err(NetError::InvalidRequest {
            what: format!("`{}` is not a header that can carry a credential", name.escape_debug()),
        }),
    }
}

/// Refuses URLs no server would read.
pub(crate) fn vet_url(url: &Url) -> Result<(), NetError> {
    if url.as_str().len() > URL_BYTES_MAX {
        return Err(NetError::InvalidRequest {
            what: format!("the URL is longer than {URL_BYTES_MAX} bytes"),
        });
    }
    Ok(())
}

fn is_reserved(name: &HeaderName) -> bool {
    RESERVED.contains(&name.as_str()) || name.as_str().starts_with("proxy-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_client_are_refused() {
        for name in RESERVED.iter().copied().chain([
            "Host",
            "proxy-authorization",
            "Proxy-Connection",
            "a b",
            "",
            "x:y",
        ]) {
            let headers = [(name.to_owned(), "v".to_owned())];
            assert!(matches!(vet_headers(&headers), Err(NetError::InvalidRequest { .. })), "{name}");
        }
        for value in ["a\r\nhost: evil", "a\nb", "a\0b"] {
            let headers = [("x-note".to_owned(), value.to_owned())];
            assert!(vet_headers(&headers).is_err(), "{value:?}");
        }
        let many = vec![("x-note".to_owned(), String::new()); HEADER_COUNT_MAX + 1];
        assert!(vet_headers(&many).is_err());
        let large = [("x-note".to_owned(), "v".repeat(HEADER_BYTES_MAX))];
        assert!(vet_headers(&large).is_err());
        let good = [("Accept".to_owned(), "text/plain".to_owned()), ("accept".to_owned(), "*/*".to_owned())];
        assert_eq!(vet_headers(&good).unwrap().get_all("accept").iter().count(), 2);
    }

    #[test]
    fn requests_are_shown_without_secrets() {
        let mut request = Request::parse(Method::Get, "https://ada:pass-word@a.example/?token=abc").unwrap();
        request.headers.push(("x-note".into(), "abc".into()));
        let shown = format!("{request:?}");
        assert!(shown.contains("a.example") && shown.contains("x-note"), "{shown}");
        assert!(!shown.contains("pass-word") && !shown.contains("abc"), "{shown}");
    }

    #[test]
    fn credentials_travel_in_headers_of_their_own() {
        for name in ["X-Api-Key", "authorization", "private-token"] {
            assert!(vet_credential_header(name).is_ok(), "{name}");
        }
        for name in ["host", "Content-Length", "connection", "cookie", "proxy-authorization", "a\r\nb", ""] {
            assert!(vet_credential_header(name).is_err(), "{name}");
        }
    }
}
