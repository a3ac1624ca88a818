//! A host that answers requests from a script.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{Body, Http, Request, Response};
use crate::files::mock::MemoryBlob;
use crate::{Blob, Error};

/// What the script answers.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    breaks_after: Option<usize>,
}

impl Answer {
    /// A status without headers and body.
    pub fn status(status: u16) -> Answer {
        Answer { status, headers: Vec::new(), body: Vec::new(), breaks_after: None }
    }

    /// Status 200 with a body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer { body: body.into(), ..Answer::status(200) }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Breaks off with `unavailable` after that many bytes of body.
    #[must_use]
    pub fn breaking_after(mut self, bytes: usize) -> Answer {
        self.breaks_after = Some(bytes);
        self
    }
}

/// Answers requests by their address, the last request first, in chunks of one byte.
///
/// It answers a request whose `if-none-match` equals the `etag` of the script with status 304.
/// What no script covers is status 404.
#[derive(Debug, Default)]
pub struct ScriptedHttp {
    script: HashMap<String, Result<Answer, Error>>,
    seen: RefCell<Vec<Vec<Request>>>,
}

impl ScriptedHttp {
    /// A host that answers everything with status 404.
    pub fn new() -> ScriptedHttp {
        ScriptedHttp::default()
    }

    /// Adds an answer.
    #[must_use]
    pub fn on(mut self, url: &str, answer: Answer) -> ScriptedHttp {
        self.script.insert(url.to_owned(), Ok(answer));
        self
    }

    /// Adds a failure.
    #[must_use]
    pub fn failing(mut self, url: &str, error: Error) -> ScriptedHttp {
        self.script.insert(url.to_owned(), Err(error));
        self
    }

    /// What was asked for: one list for each time, with what was in flight together.
    pub fn batches(&self) -> Vec<Vec<Request>> {
        self.seen.borrow().clone()
    }
}

impl Http for ScriptedHttp {
    fn each(&self, requests: Vec<Request>, answer: &mut dyn FnMut(usize, Result<Response, Error>)) {
        self.seen.borrow_mut().push(requests.clone());
        for (index, request) in requests.into_iter().enumerate().rev() {
            let scripted = self.script.get(&request.url).cloned().unwrap_or(Ok(Answer::status(404)));
            answer(index, scripted.map(|scripted| scripted.to(&request)));
        }
    }
}

impl Answer {
    fn to(mut self, request: &Request) -> Response {
        let header = |headers: &[(String, String)], name: &str| {
            headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let asked = header(&request.headers, "if-none-match");
        if asked.is_some() && asked == header(&self.headers, "etag") {
            self.status = 304;
            self.body.clear();
        }
        Response {
            status: self.status,
            url: request.url.clone(),
            headers: self.headers,
            from_cache: false,
            body: Box::new(Drip { rest: self.body.into_iter(), left: self.breaks_after }),
        }
    }
}

struct Drip {
    rest: std::vec::IntoIter<u8>,
    left: Option<usize>,
}

impl Body for Drip {
    fn read(&mut self, max: u32) -> Result<Option<Vec<u8>>, Error> {
        assert!(max > 0, "a read of nothing would never end");
        if self.left == Some(0) {
            return Err(Error::unavailable("http/truncated", "the connection broke off within the body"));
        }
        self.left = self.left.map(|left| left - 1);
        Ok(self.rest.next().map(|byte| vec![byte]))
    }

    fn into_blob(mut self: Box<Self>) -> Result<Box<dyn Blob>, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.read(1)? {
            bytes.extend(chunk);
        }
        Ok(Box::new(MemoryBlob(bytes)))
    }
}
