//! A bucket on the loopback device: as much of the protocol of S3 as a registry asks for.
//!
//! Objects are created, overwritten, read, in parts too, listed and deleted, under the conditions
//! `If-None-Match` and `If-Match`. Signatures are not checked. Everything is in memory, and every
//! request is one step: two that create one object meet here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Answer, Received, Server};

/// How many objects a listing shows at once; few, so that there is a second page.
const PAGE_LEN: usize = 7;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with this status and code, and nothing is done.
    Refused(u16, &'static str),
    /// It is answered with this status and code, and done all the same.
    Lost(u16, &'static str),
    /// The connection ends without an answer, and nothing is done.
    HangUp,
    /// The connection ends without an answer, and it is done all the same.
    LostHangUp,
}

/// A service with one bucket. Dropping it closes everything.
pub struct BucketServer {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    name: String,
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    /// How many of either were made.
    count: u64,
    faults: Vec<Planned>,
    ignores_conditions: bool,
}

struct Object {
    tag: String,
    bytes: Vec<u8>,
}

struct Planned {
    method: &'static str,
    part: &'static str,
    left: usize,
    fault: Fault,
}

impl BucketServer {
    /// Starts a service with an empty bucket of this name.
    pub fn start(name: &str) -> BucketServer {
        let state = Arc::new(Mutex::new(State { name: name.to_owned(), ..State::default() }));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| lock(&shared).handle(request));
        BucketServer { server, state }
    }

    /// The server: its address, and what it was asked.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Lets the next requests of a method whose target has this part fail, so many times.
    pub fn fail(&self, method: &'static str, part: &'static str, times: usize, fault: Fault) {
        lock(&self.state).faults.push(Planned { method, part, left: times, fault });
    }

    /// Does as if there were no conditions, as some services do.
    pub fn ignore_conditions(&self) {
        lock(&self.state).ignores_conditions = true;
    }

    /// The names of all objects.
    pub fn keys(&self) -> Vec<String> {
        lock(&self.state).objects.keys().cloned().collect()
    }

    /// How many objects are being sent in parts.
    pub fn upload_count(&self) -> usize {
        lock(&self.state).uploads.len()
    }
}

impl State {
    fn handle(&mut self, request: &Received) -> Answer {
        let is_meant = |planned: &&mut Planned| {
            planned.left > 0 && planned.method == request.method && request.target.contains(planned.part)
        };
        let fault = self.faults.iter_mut().find(is_meant).map(|planned| {
            planned.left -= 1;
            planned.fault
        });
        match fault {
            None => self.answer(request),
            Some(Fault::Refused(status, code)) => refused(status, code),
            Some(Fault::HangUp) => Answer::hang_up(),
            Some(Fault::Lost(status, code)) => {
                self.answer(request);
                refused(status, code)
            }
            Some(Fault::LostHangUp) => {
                self.answer(request);
                Answer::hang_up()
            }
        }
    }

    fn answer(&mut self, request: &Received) -> Answer {
        let path = decoded(request.path());
        let query = query(&request.target);
        let path = path.trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        if bucket != self.name {
            return refused(404, "NoSuchBucket");
        }
        if !request.header("authorization").is_some_and(|text| text.starts_with("AWS4-HMAC-SHA256 ")) {
            return refused(403, "AccessDenied");
        }
        let (key, upload) = (key.to_owned(), query.get("uploadId").cloned());
        match (request.method.as_str(), upload) {
            ("GET", None) if key.is_empty() => self.list(&query),
            ("GET" | "HEAD", None) => self.get(&key, request),
            ("PUT", None) => self.put(key, request),
            ("DELETE", None) => {
                self.objects.remove(&key);
                Answer::status(204)
            }
            ("POST", None) if query.contains_key("uploads") => {
                let id = format!("upload-{}", self.next());
                self.uploads.insert(id.clone(), BTreeMap::new());
                Answer::ok(format!(
                    "<InitiateMultipartUploadResult><Bucket>{}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>",
                    self.name
                ))
            }
            ("PUT", Some(id)) => {
                let number = query.get("partNumber").and_then(|number| number.parse().ok()).unwrap_or(0);
                let Some(parts) = self.uploads.get_mut(&id) else { return refused(404, "NoSuchUpload") };
                parts.insert(number, request.body.clone());
                Answer::status(200).header("etag", format!("\"{id}-{number}\""))
            }
            ("POST", Some(id)) => {
                let Some(parts) = self.uploads.remove(&id) else { return refused(404, "NoSuchUpload") };
                let tag = self.keep(key, parts.into_values().flatten().collect());
                Answer::ok(format!(
                    "<CompleteMultipartUploadResult><ETag>{}</ETag></CompleteMultipartUploadResult>",
                    tag.replace('"', "&quot;")
                ))
            }
            ("DELETE", Some(id)) => {
                self.uploads.remove(&id);
                Answer::status(204)
            }
            _ => refused(501, "NotImplemented"),
        }
    }

    fn put(&mut self, key: String, request: &Received) -> Answer {
        let there = self.objects.get(&key);
        if !self.ignores_conditions {
            let is_free = request.header("if-none-match").is_none() || there.is_none();
            let wanted = request.header("if-match");
            let is_wanted = wanted.is_none_or(|tag| there.is_some_and(|object| object.tag == tag));
            if !is_free || !is_wanted {
                return refused(412, "PreconditionFailed");
            }
        }
        let tag = self.keep(key, request.body.clone());
        Answer::status(200).header("etag", tag)
    }

    fn get(&self, key: &str, request: &Received) -> Answer {
        let Some(object) = self.objects.get(key) else { return refused(404, "NoSuchKey") };
        if request.header("if-match").is_some_and(|tag| tag != object.tag) {
            return refused(412, "PreconditionFailed");
        }
        if request.header("if-none-match").is_some_and(|tag| tag == object.tag) {
            return Answer::status(304).header("etag", object.tag.clone());
        }
        let len = object.bytes.len();
        let marked = |answer: Answer| {
            answer
                .header("etag", object.tag.clone())
                .header("last-modified", "Fri, 02 Jan 2026 00:00:00 GMT")
                .header("accept-ranges", "bytes")
        };
        let Some(range) = request.header("range").and_then(|text| text.strip_prefix("bytes=")) else {
            return marked(Answer::ok(object.bytes.clone()));
        };
        let (from, to) = range.split_once('-').unwrap_or((range, ""));
        let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
            (Ok(from), Ok(to)) => (from, to.saturating_add(1).min(len)),
            (Ok(from), Err(_)) => (from, len),
            (Err(_), Ok(last)) => (len.saturating_sub(last), len),
            (Err(_), Err(_)) => (0, len),
        };
        if from >= to {
            return refused(416, "InvalidRange");
        }
        let answer = Answer::status(206).header("content-range", format!("bytes {from}-{}/{len}", to - 1));
        marked(answer.body(&object.bytes[from..to]))
    }

    fn list(&self, query: &BTreeMap<String, String>) -> Answer {
        let text = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let (prefix, delimiter) = (text("prefix"), text("delimiter"));
        let after = text("continuation-token").max(text("start-after"));
        // A key, or the folder that stands for all keys in it.
        let mut found = BTreeSet::new();
        for key in self.objects.keys().filter(|key| key.starts_with(prefix)) {
            let rest = &key[prefix.len()..];
            match rest.find(delimiter).filter(|_| !delimiter.is_empty()) {
                Some(at) => found.insert((key[..prefix.len() + at + delimiter.len()].to_owned(), true)),
                None => found.insert((key.clone(), false)),
            };
        }
        let mut left = found.into_iter().filter(|(name, _)| name.as_str() > after);
        let page: Vec<(String, bool)> = left.by_ref().take(PAGE_LEN).collect();
        let mut body = String::from("<ListBucketResult>");
        for (name, is_folder) in &page {
            body.push_str(&match self.objects.get(name).filter(|_| !is_folder) {
                Some(object) => format!(
                    "<Contents><Key>{name}</Key><LastModified>2026-01-02T00:00:00.000Z</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
                    object.tag.replace('"', "&quot;"),
                    object.bytes.len()
                ),
                None => format!("<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>"),
            });
        }
        if let (Some(_), Some((last, _))) = (left.next(), page.last()) {
            body.push_str(&format!(
                "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken>"
            ));
        }
        body.push_str("</ListBucketResult>");
        Answer::ok(body).header("content-type", "application/xml")
    }

    fn keep(&mut self, key: String, bytes: Vec<u8>) -> String {
        let tag = format!("\"{}\"", self.next());
        self.objects.insert(key, Object { tag: tag.clone(), bytes });
        tag
    }

    fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

/// A refusal. As the real ones do, it repeats what it was asked, which nobody should write down.
fn refused(status: u16, code: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>on purpose</Message><CanonicalRequest>x-amz-security-token:SESSION-SECRET</CanonicalRequest></Error>"
    );
    Answer::status(status).body(body.as_bytes()).header("content-type", "application/xml")
}

fn query(target: &str) -> BTreeMap<String, String> {
    let query = target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Received {
        let signed = [("authorization", "AWS4-HMAC-SHA256 x")];
        let headers = headers.iter().chain(&signed).map(|(name, value)| ((*name).into(), (*value).into()));
        Received {
            index: 0,
            connection: 0,
            method: method.into(),
            target: target.into(),
            headers: headers.collect(),
            body: body.to_vec(),
        }
    }

    #[test]
    fn an_object_is_created_once_and_replaced_under_its_tag() {
        let mut state = State { name: "b".into(), ..State::default() };
        let mut put = |condition: (&str, &str)| {
            let answer = state.answer(&asked("PUT", "/b/a%40/1", &[condition], b"x"));
            format!("{answer:?}").contains("status: 200")
        };
        assert!(put(("if-none-match", "*")));
        assert!(!put(("if-none-match", "*")));
        assert!(!put(("if-match", "\"9\"")));
        assert!(put(("if-match", "\"1\"")));
        assert!(!put(("if-match", "\"1\"")));
        assert_eq!(state.objects.keys().collect::<Vec<_>>(), ["a@/1"]);
    }

    #[test]
    fn a_listing_has_pages_and_folders() {
        let mut state = State { name: "b".into(), ..State::default() };
        for n in 0..9 {
            state.keep(format!("p/f{n}/x"), Vec::new());
            state.keep(format!("p/g{n}"), Vec::new());
        }
        let (mut token, mut folders, mut keys) = (String::new(), 0, 0);
        loop {
            let target = format!("/b?list-type=2&prefix=p%2F&delimiter=%2F&continuation-token={token}");
            let page = state.answer(&asked("GET", &target, &[], b"")).text();
            folders += page.matches("<Prefix>").count();
            keys += page.matches("<Key>").count();
            match page.split_once("<NextContinuationToken>") {
                Some((_, rest)) => token = rest.split('<').next().unwrap().replace('/', "%2F"),
                None => break,
            }
        }
        assert_eq!((folders, keys), (9, 9));
    }
}
