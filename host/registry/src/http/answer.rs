//! Answers: documents with an entity tag, errors, headers.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use s_store::Sha256Digest;
use s_wire::{Fault, Faults};
use serde::Serialize;

use crate::error::Refusal;

/// What a body fails with.
pub(crate) type BodyError = object_store::Error;

/// An answer with its body.
pub(crate) type Answer = Response<UnsyncBoxBody<Bytes, BodyError>>;

/// For how long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caching {
    /// A minute; then it is asked whether it changed.
    Short,
    /// For ever: the address never means anything else.
    Immutable,
    /// Not without asking whether it changed.
    Never,
}

/// A document as JSON, tagged with its digest.
pub(super) fn document(
    headers: &HeaderMap,
    value: &impl Serialize,
    caching: Caching,
    is_private: bool,
) -> Answer {
    let bytes = serde_json::to_vec(value).expect("texts, numbers and lists are JSON");
    let digest = Sha256Digest::of(&bytes).to_hex();
    tagged(headers, Bytes::from(bytes), &digest, "application/json", caching, is_private)
}

/// A signed note, which everybody may read.
pub(super) fn note(headers: &HeaderMap, note: &str, caching: Caching) -> Answer {
    let digest = Sha256Digest::of(note.as_bytes()).to_hex();
    let bytes = Bytes::from(note.to_owned());
    tagged(headers, bytes, &digest, "text/plain; charset=utf-8", caching, false)
}

/// A body with its digest as strong entity tag, or that it did not change.
pub(super) fn tagged(
    headers: &HeaderMap,
    bytes: Bytes,
    digest: &str,
    kind: &'static str,
    caching: Caching,
    is_private: bool,
) -> Answer {
    let mut answer = if is_known(headers, digest) { plain(304, Bytes::new()) } else { plain(200, bytes) };
    if answer.status() == 200 {
        set(&mut answer, CONTENT_TYPE, kind);
    }
    mark(&mut answer, digest, caching, is_private);
    answer
}

/// Adds entity tag and caching.
pub(super) fn mark(answer: &mut Answer, digest: &str, caching: Caching, is_private: bool) {
    set(answer, ETAG, &format!("\"{digest}\""));
    let cache = match (caching, is_private) {
        (Caching::Short, false) => "public, max-age=60, must-revalidate",
        (Caching::Short, true) => "private, max-age=60, must-revalidate",
        (Caching::Immutable, false) => "public, max-age=31536000, immutable",
        (Caching::Immutable, true) => "private, max-age=31536000, immutable",
        (Caching::Never, _) => "no-cache",
    };
    set(answer, CACHE_CONTROL, cache);
    if is_private {
        set(answer, VARY, "authorization");
    }
}

/// Whether the client has what it would be sent.
pub(super) fn is_known(headers: &HeaderMap, digest: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).any(|tag| {
        let opaque = tag.strip_prefix("W/").unwrap_or(tag);
        tag == "*" || opaque.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')) == Some(digest)
    })
}

/// An answer that is not to be kept.
pub(super) fn json(status: u16, value: &impl Serialize) -> Answer {
    let bytes = serde_json::to_vec(value).expect("texts, numbers and lists are JSON");
    let mut answer = plain(status, Bytes::from(bytes));
    set(&mut answer, CONTENT_TYPE, "application/json");
    set(&mut answer, CACHE_CONTROL, "no-store");
    answer
}

/// Counters.
pub(super) fn text(text: &str) -> Answer {
    let mut answer = plain(200, Bytes::from(text.to_owned()));
    set(&mut answer, CONTENT_TYPE, "text/plain; version=0.0.4");
    set(&mut answer, CACHE_CONTROL, "no-store");
    answer
}

/// An error, as a document and with the headers that belong to its status.
pub(super) fn refusal(refusal: &Refusal) -> Answer {
    let fault = Fault { code: refusal.code.clone(), detail: refusal.detail.clone() };
    let mut answer = json(refusal.status, &Faults { errors: vec![fault] });
    match refusal.status {
        401 => set(&mut answer, WWW_AUTHENTICATE, "Bearer realm=\"stryke\""),
        405 => {
            let allowed = refusal.detail.rsplit_once("knows ").map_or("GET, HEAD", |(_, methods)| methods);
            set(&mut answer, ALLOW, allowed);
        }
        _ => {}
    }
    if let Some(wait_s) = refusal.retry_after_s {
        set(&mut answer, RETRY_AFTER, &wait_s.to_string());
    }
    answer
}

/// An answer with a length and without more.
pub(super) fn plain(status: u16, bytes: Bytes) -> Answer {
    let length = bytes.len();
    let body = Full::new(bytes).map_err(|never| match never {}).boxed_unsync();
    let mut answer = Response::new(body);
    *answer.status_mut() = http::StatusCode::from_u16(status).expect("our own statuses are statuses");
    if status != 304 {
        set(&mut answer, CONTENT_LENGTH, &length.to_string());
    }
    set(&mut answer, X_CONTENT_TYPE_OPTIONS, "nosniff");
    answer
}

pub(super) fn set(answer: &mut Answer, name: HeaderName, value: &str) {
    let value = HeaderValue::from_str(value).expect("our own header values are printable");
    answer.headers_mut().insert(name, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_as_the_standard_says() {
        for (value, expected) in [
            ("\"ab\"", true),
            ("W/\"ab\"", true),
            ("\"x\", \"ab\"", true),
            ("*", true),
            ("ab", false),
            ("\"abc\"", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, value.parse().unwrap())]);
            assert_eq!(is_known(&headers, "ab"), expected, "{value}");
        }
        assert!(!is_known(&HeaderMap::new(), "ab"));
    }

    #[test]
    fn a_refusal_says_when_and_how() {
        let slow = Refusal { retry_after_s: Some(7), ..Refusal::new(429, "rate-limited", "x") };
        assert_eq!(refusal(&slow).headers()[RETRY_AFTER], "7");
        let method = Refusal::new(405, "method", "this address knows GET, HEAD");
        assert_eq!(refusal(&method).headers()[ALLOW], "GET, HEAD");
        assert!(refusal(&Refusal::unauthorized("x")).headers().contains_key(WWW_AUTHENTICATE));
    }
}
