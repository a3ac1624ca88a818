//! Requests to one registry, and what its answers mean.

use std::cell::OnceCell;

use s_guest::{CacheMode, Error, ErrorKind, Files, Http, Method, Request, Response, origin};
use s_wire::{Config, Digest, Faults};
use serde::de::DeserializeOwned;

/// Bytes of the longest document that is not an index.
const DOCUMENT_BYTES_MAX: u64 = 1 << 20;

/// Where a registry is, and who asks it.
pub struct Site<'a> {
    root: String,
    pub(crate) http: &'a dyn Http,
    /// The files of an export on this machine.
    pub(crate) folder: Option<Box<dyn Files>>,
    /// The root of the state that everything has to be in; none for a registry that signs nothing.
    pub(crate) snapshot: Option<Digest>,
    /// The root document, once it was asked for: it says the same as long as somebody works with it.
    config: OnceCell<Config>,
}

impl<'a> Site<'a> {
    /// Reads the address the user configured: `https://HOST/PATH` or `http://HOST/PATH`.
    ///
    /// # Errors
    /// `invalid-input` for anything else, and for an address with a user name, query or fragment.
    pub fn new(url: &str, http: &'a dyn Http) -> Result<Site<'a>, Error> {
        let bad = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '?' | '#' | '\\');
        let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let is_web = matches!(scheme.as_deref(), Some("http" | "https"));
        if !is_web || url.contains(bad) || origin(url).is_none() {
            let message = format!("`{}` is not the address of a registry", url.escape_debug());
            return Err(Error::invalid_input("registry-stryke/url", message)
                .with_help("it is `https://HOST/PATH`, without user name, query and fragment, or the folder of an export"));
        }
        Ok(Site {
            root: url.trim_end_matches('/').to_owned(),
            http,
            folder: None,
            snapshot: None,
            config: OnceCell::new(),
        })
    }

    /// An export in a folder. `address` is that of the folder, as [`s_guest::folder_address`] has it.
    pub fn in_folder(address: &str, folder: Box<dyn Files>, http: &'a dyn Http) -> Site<'a> {
        let root = address.trim_end_matches('/').to_owned();
        Site { root, http, folder: Some(folder), snapshot: None, config: OnceCell::new() }
    }

    /// The same registry in a state that the host believes. What is not in it is not there, and what is
    /// not as it says is an error.
    ///
    /// # Errors
    /// `invalid-input` for what is no digest.
    pub fn in_state(self, root: &str) -> Result<Site<'a>, Error> {
        let root = s_wire::from_hex(root).ok_or_else(|| {
            let message = "the root of a state has 64 hexadecimal digits";
            Error::invalid_input("registry-stryke/snapshot", message)
        })?;
        Ok(Site { snapshot: Some(root), ..self })
    }

    /// Whether it is a folder, which nobody can change anything in.
    pub fn is_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// Whether the host may read an archive at an address: it is of a web server, or below the folder.
    pub(crate) fn may_be_read(&self, url: &str) -> bool {
        if !self.is_folder() {
            return origin(url).is_some();
        }
        let below = url.strip_prefix(&self.root).and_then(|below| below.strip_prefix('/'));
        below.is_some_and(|below| {
            let is_plain = |segment: &str| !matches!(segment, "" | "." | "..");
            // What would be a dot or a separator once it is decoded.
            let lower = below.to_ascii_lowercase();
            let is_hidden = ["%2e", "%2f", "%5c"].iter().any(|encoded| lower.contains(encoded));
            !is_hidden && !below.contains(['?', '#', '\\']) && below.split('/').all(is_plain)
        })
    }

    /// The address without `/` at the end.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// Whether the credential of the registry may go to an address.
    pub(crate) fn is_own(&self, url: &str) -> bool {
        origin(url).is_some() && origin(url) == origin(&self.root)
    }

    /// The root document.
    pub(crate) fn config(&self) -> Result<&Config, Error> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let url = format!("{}/config.json", self.root);
        let config = match &self.folder {
            Some(folder) => {
                let bytes =
                    folder.read("config.json", DOCUMENT_BYTES_MAX).map_err(|error| no_export(error, &url))?;
                serde_json::from_slice(&bytes).map_err(|error| malformed(&url, &error.to_string()))?
            }
            None => self.json(Request { cache: CacheMode::Revalidate, ..Request::get(url) })?,
        };
        Ok(self.config.get_or_init(|| config))
    }

    /// The address below the interface for changes, which is of the registry's own origin.
    pub(crate) fn api(&self, path: &str) -> Result<String, Error> {
        let api = self.config()?.api.as_deref().ok_or_else(|| {
            Error::unsupported(
                "registry-stryke/read-only",
                "this registry is only files and can only be read",
            )
        })?;
        if !self.is_own(api) {
            let message = format!("`config.json` sends changes to another origin, `{}`", api.escape_debug());
            return Err(Error::integrity("registry-stryke/api", message)
                .with_help("use the address that whoever runs the registry gives out"));
        }
        Ok(format!("{}/{path}", api.trim_end_matches('/')))
    }

    /// Sends one request and reads its answer.
    pub(crate) fn json<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        let request = request.with_origin_auth().with_bytes_max(DOCUMENT_BYTES_MAX);
        let answer = self.http.get_many(vec![request]).remove(0)?;
        let url = answer.url.clone();
        if !(200..300).contains(&answer.status) {
            return Err(refused(answer));
        }
        let bytes = answer.read_to_end(DOCUMENT_BYTES_MAX)?;
        serde_json::from_slice(&bytes).map_err(|error| malformed(&url, &error.to_string()))
    }
}

/// What it means that a file of an export cannot be read.
fn no_export(error: Error, url: &str) -> Error {
    match error.kind {
        ErrorKind::NotFound => {
            Error::not_found("registry-stryke/no-export", "the folder is no export of a registry")
                .with_help("s registry export --folder REGISTRY FOLDER")
                .with_extra("url", url)
        }
        _ => error.with_extra("url", url),
    }
}

/// A request that changes something.
pub(crate) fn put(url: String, body: Vec<u8>) -> Request {
    Request { method: Method::Put, body, cache: CacheMode::Bypass, ..Request::get(url) }
}

/// What an answer that is none of the good ones says.
pub(crate) fn refused(answer: Response) -> Error {
    let (status, url) = (answer.status, answer.url.clone());
    let kind = match status {
        400 | 405 | 422 => ErrorKind::InvalidInput,
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Denied,
        404 | 410 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        413 => ErrorKind::LimitExceeded,
        429 => ErrorKind::RateLimited,
        _ => ErrorKind::Unavailable,
    };
    let wait_s = answer.header("retry-after").and_then(|value| value.trim().parse::<u64>().ok());
    let faults: Option<Faults> =
        answer.read_to_end(DOCUMENT_BYTES_MAX).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let fault = faults.and_then(|faults| faults.errors.into_iter().next());
    let (code, detail) = fault.map_or((String::new(), String::new()), |fault| (fault.code, fault.detail));
    let is_word = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let code = if is_word { code } else { "status".to_owned() };
    let message = match detail.as_str() {
        "" => format!("`{url}` answers with status {status}"),
        detail => detail.escape_debug().to_string(),
    };
    let mut error = Error::new(kind, format!("registry-stryke/{code}"), message).with_extra("url", url);
    error.retry_after_ms = wait_s.and_then(|seconds| seconds.checked_mul(1000));
    error
}

pub(crate) fn malformed(url: &str, why: &str) -> Error {
    Error::integrity("registry-stryke/malformed", format!("`{url}` cannot be read: {}", why.escape_debug()))
        .with_help("whoever runs the registry can repair it")
        .with_extra("url", url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_guest::mock::{Answer, ScriptedHttp};
    use s_guest::{Blob, Body};

    /// A body in one piece.
    struct Whole(Option<Vec<u8>>);

    impl Body for Whole {
        fn read(&mut self, _max: u32) -> Result<Option<Vec<u8>>, Error> {
            Ok(self.0.take().filter(|bytes| !bytes.is_empty()))
        }

        fn into_blob(self: Box<Self>) -> Result<Box<dyn Blob>, Error> {
            Err(Error::unsupported("test/blob", "nobody asks for it"))
        }
    }

    #[test]
    fn addresses_are_those_of_servers() {
        let http = ScriptedHttp::new();
        for (url, expected) in [
            ("https://r.example/x/", Some("https://r.example/x")),
            ("HTTP://r.example", Some("HTTP://r.example")),
            ("file:///r", None),
            ("https://user@r.example", None),
            ("https://r.example/?x", None),
            ("/srv/r", None),
            ("", None),
        ] {
            assert_eq!(
                Site::new(url, &http).ok().map(|site| site.root),
                expected.map(str::to_owned),
                "{url}"
            );
        }
    }

    #[test]
    fn what_a_server_refuses_is_told() {
        let body = r#"{"errors":[{"code":"version-exists","detail":"there \u001b already"}]}"#;
        for (status, body, kind, code, message) in [
            (409, body, ErrorKind::Conflict, "registry-stryke/version-exists", "there \\u{1b} already"),
            (
                429,
                "<html>",
                ErrorKind::RateLimited,
                "registry-stryke/status",
                "`https://r.example/config.json` answers with status 429",
            ),
            (
                401,
                r#"{"errors":[{"code":"S 1","detail":"no"}]}"#,
                ErrorKind::Unauthenticated,
                "registry-stryke/status",
                "no",
            ),
            (
                302,
                "",
                ErrorKind::Unavailable,
                "registry-stryke/status",
                "`https://r.example/config.json` answers with status 302",
            ),
        ] {
            let answer = Response {
                status,
                url: "https://r.example/config.json".to_owned(),
                headers: vec![("retry-after".to_owned(), "7".to_owned())],
                from_cache: false,
                body: Box::new(Whole(Some(body.as_bytes().to_vec()))),
            };
            let error = refused(answer);
            assert_eq!((error.kind, error.code.as_str(), error.message.as_str()), (kind, code, message));
            assert_eq!(error.retry_after_ms, Some(7000));
        }
    }

    #[test]
    fn changes_never_go_to_another_origin() {
        let config = |api: &str| format!(r#"{{"v":1,"id":"r","dl":"x"{api}}}"#);
        for (api, expected) in [
            (r#","api":"https://r.example/api/v1/""#, Ok("https://r.example/api/v1/search")),
            (r#","api":"https://evil.example/api/v1""#, Err(ErrorKind::Integrity)),
            (r#","api":"nonsense""#, Err(ErrorKind::Integrity)),
            ("", Err(ErrorKind::Unsupported)),
        ] {
            let http = ScriptedHttp::new().on("https://r.example/config.json", Answer::ok(config(api)));
            let site = Site::new("https://r.example", &http).unwrap();
            assert_eq!(site.api("search").map_err(|error| error.kind), expected.map(str::to_owned));
        }
    }
}
