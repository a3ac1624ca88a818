//! Reading the files of a registry, many at a time, from a web server or from a folder.

use s_guest::{CacheMode, Error, ErrorKind, Files, Http, Request, Response};

use crate::Location;
use crate::model::encoded;

/// Where the files of a registry are read from.
pub enum Source<'a> {
    /// Through the host's client.
    Web(&'a dyn Http),
    /// Through the view of the folder.
    Folder(&'a dyn Files),
}

/// One file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its path from the root of the registry, not encoded.
    pub segments: Vec<String>,
    /// Bytes of the longest that is accepted.
    pub bytes_max: u64,
    /// Read nothing when it still has this entity tag.
    pub if_changed: Option<String>,
    /// It never changes: the host's cache may answer.
    pub immutable: bool,
}

impl Document {
    /// Its address, for people and for requests.
    pub fn address(&self, location: &Location) -> String {
        location.address(&encoded(self.segments.iter().map(String::as_str)))
    }
}

/// What reading a file gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Its bytes, and its entity tag if it has one.
    Found(Vec<u8>, Option<String>),
    /// It still has the entity tag that was given.
    Unchanged,
    /// There is no such file.
    Missing,
}

impl Source<'_> {
    /// Reads files, all of them in flight together, and hands over each as it arrives with the
    /// index of its document.
    pub fn read(
        &self,
        location: &Location,
        documents: &[Document],
        done: &mut dyn FnMut(usize, Result<Read, Error>),
    ) {
        match self {
            Source::Web(http) => {
                let requests = documents.iter().map(|document| request(location, document)).collect();
                http.each(requests, &mut |index, answer| {
                    let document = &documents[index];
                    done(index, answer.and_then(|response| read_response(response, document.bytes_max)));
                });
            }
            Source::Folder(files) => {
                for (index, document) in documents.iter().enumerate() {
                    done(index, read_file(*files, location, document));
                }
            }
        }
    }
}

fn request(location: &Location, document: &Document) -> Request {
    let mut request = Request::get(document.address(location))
        .with_origin_auth()
        .with_bytes_max(document.bytes_max)
        .with_header("accept", "application/json");
    if !document.immutable {
        request.cache = CacheMode::Revalidate;
    }
    match &document.if_changed {
        Some(tag) => request.with_header("if-none-match", tag),
        None => request,
    }
}

fn read_response(response: Response, bytes_max: u64) -> Result<Read, Error> {
    let url = response.url.clone();
    let refused = |kind, what: &str| {
        let message = format!("`{url}` {what} (status {})", response.status);
        Err(Error::new(kind, "registry-static/status", message).with_extra("url", &url))
    };
    match response.status {
        200 => {
            let tag = response.header("etag").map(str::to_owned);
            Ok(Read::Found(response.read_to_end(bytes_max)?, tag))
        }
        304 => Ok(Read::Unchanged),
        404 | 410 => Ok(Read::Missing),
        401 => refused(ErrorKind::Unauthenticated, "asks who you are"),
        403 => refused(ErrorKind::Denied, "is not for you"),
        429 => refused(ErrorKind::RateLimited, "is asked for too often").map_err(|mut error: Error| {
            let seconds = response.header("retry-after").and_then(|value| value.trim().parse::<u64>().ok());
            error.retry_after_ms = seconds.and_then(|seconds| seconds.checked_mul(1000));
            error
        }),
        _ => refused(ErrorKind::Unavailable, "does not answer as a registry does"),
    }
}

fn read_file(files: &dyn Files, location: &Location, document: &Document) -> Result<Read, Error> {
    match files.read(&document.segments.join("/"), document.bytes_max) {
        Ok(bytes) => Ok(Read::Found(bytes, None)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Read::Missing),
        Err(error) => Err(error.with_extra("url", document.address(location))),
    }
}
