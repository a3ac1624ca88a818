//! An honest HTTP/1.1 server for files that are in memory, as fast as plain threads make it.
//!
//! Benchmarks serve registries with it: answers are put together before anyone asks, a connection
//! is kept open, and what went over the wire is counted. It knows GET and HEAD, strong entity tags
//! and nothing else; what has to go wrong on purpose is left to [`Server`](crate::Server).

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

/// The longest line of a request that is read, in bytes.
const LINE_BYTES_MAX: u64 = 16 * 1024;

/// Files by their paths, which begin with `/`.
#[derive(Debug, Default)]
pub struct Files {
    answers: HashMap<String, Prepared>,
}

/// The answers to requests for one file, whole.
#[derive(Debug)]
struct Prepared {
    tag: String,
    /// Head and body in one piece: one call of the system sends them.
    whole: Vec<u8>,
    head_len: usize,
    unchanged: Vec<u8>,
}

impl Files {
    /// Adds a file. `tag` is its entity tag without quotes: whoever has it is answered 304.
    pub fn add(&mut self, path: impl Into<String>, media_type: &str, tag: &str, body: &[u8]) {
        let mut whole = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\netag: \"{tag}\"\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        let head_len = whole.len();
        whole.extend_from_slice(body);
        let unchanged = format!("HTTP/1.1 304 Not Modified\r\netag: \"{tag}\"\r\n\r\n").into_bytes();
        self.answers.insert(path.into(), Prepared { tag: format!("\"{tag}\""), whole, head_len, unchanged });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The body of a file.
    pub fn body(&self, path: &str) -> Option<&[u8]> {
        self.answers.get(path).map(|file| &file.whole[file.head_len..])
    }

    /// The paths, sorted.
    pub fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.answers.keys().map(String::as_str).collect();
        paths.sort_unstable();
        paths
    }
}

/// What went over the wire, seen from the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// Requests that were answered.
    pub requests: u64,
    /// Connections that were accepted.
    pub connections: u64,
    /// Bytes that were sent, heads among them.
    pub sent_bytes: u64,
    /// Requests for files that are not there.
    pub missing: u64,
}

/// A server for [`Files`] on a free port of 127.0.0.1. Dropping it closes everything.
pub struct StaticServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    files: RwLock<Arc<Files>>,
    delay: Duration,
    connections: Mutex<HashMap<u64, TcpStream>>,
    stopped: AtomicBool,
    requests: AtomicU64,
    accepted: AtomicU64,
    sent: AtomicU64,
    missing: AtomicU64,
}

impl StaticServer {
    /// Starts a server that has no files yet. `delay` passes before each answer.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn start(delay: Duration) -> io::Result<StaticServer> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { delay, ..Shared::default() });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accepting.accept(&listener));
        Ok(StaticServer { address, shared })
    }

    /// Puts these files in the place of those before.
    pub fn serve(&self, files: Files) {
        *self.shared.files.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(files);
    }

    /// Returns the origin, as in `http://127.0.0.1:4711`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns what went over the wire so far.
    pub fn wire(&self) -> Wire {
        Wire {
            requests: self.shared.requests.load(SeqCst),
            connections: self.shared.accepted.load(SeqCst),
            sent_bytes: self.shared.sent.load(SeqCst),
            missing: self.shared.missing.load(SeqCst),
        }
    }
}

impl Wire {
    /// What there is more than at an earlier time.
    #[must_use]
    pub fn since(self, earlier: Wire) -> Wire {
        Wire {
            requests: self.requests - earlier.requests,
            connections: self.connections - earlier.connections,
            sent_bytes: self.sent_bytes - earlier.sent_bytes,
            missing: self.missing - earlier.missing,
        }
    }
}

impl Drop for StaticServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, SeqCst);
        for (_, connection) in self.shared.open().drain() {
            let _ = connection.shutdown(Shutdown::Both);
        }
        // Wakes the accepting thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<u64, TcpStream>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopped.load(SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let number = self.accepted.fetch_add(1, SeqCst);
            if let Ok(copy) = stream.try_clone() {
                self.open().insert(number, copy);
            }
            let shared = Arc::clone(&self);
            thread::spawn(move || {
                // A client that goes away in the middle is its own affair.
                let _ = shared.converse(&stream);
                let _ = stream.shutdown(Shutdown::Both);
                shared.open().remove(&number);
            });
        }
    }

    fn converse(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let files = Arc::clone(&self.files.read().unwrap_or_else(PoisonError::into_inner));
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader)? {
            thread::sleep(self.delay);
            self.requests.fetch_add(1, SeqCst);
            let sent = self.answer(stream, &files, &request)?;
            self.sent.fetch_add(sent as u64, SeqCst);
            if request.last {
                break;
            }
        }
        Ok(())
    }

    fn answer(&self, mut stream: &TcpStream, files: &Files, request: &Request) -> io::Result<usize> {
        const MISSING: &[u8] = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
        const METHOD: &[u8] = b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n";
        let bytes = match (request.method.as_str(), files.answers.get(request.path())) {
            ("GET" | "HEAD", None) => {
                self.missing.fetch_add(1, SeqCst);
                MISSING
            }
            ("GET" | "HEAD", Some(file)) if request.has(&file.tag) => &file.unchanged,
            ("GET", Some(file)) => &file.whole,
            ("HEAD", Some(file)) => &file.whole[..file.head_len],
            _ => METHOD,
        };
        stream.write_all(bytes)?;
        Ok(bytes.len())
    }
}

struct Request {
    method: String,
    target: String,
    tags: Option<String>,
    last: bool,
}

impl Request {
    fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    fn has(&self, tag: &str) -> bool {
        let listed = |tags: &String| tags.split(',').any(|own| own.trim().trim_start_matches("W/") == tag);
        self.tags.as_ref().is_some_and(listed)
    }
}

/// Reads the head of a request; none at the end of the connection. A request with a body ends it,
/// as nobody sends one for a file.
fn read_request(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if next_line(reader, &mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let mut request = Request { method, target, tags: None, last: false };
    loop {
        if next_line(reader, &mut line)? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.trim_end().split_once(':') else {
            return Ok(Some(request));
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("if-none-match") {
            request.tags = Some(value.to_owned());
        } else if name.eq_ignore_ascii_case("connection") {
            request.last |= value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("transfer-encoding")
            || name.eq_ignore_ascii_case("content-length") && value != "0"
        {
            request.last = true;
        }
    }
}

fn next_line(reader: &mut BufReader<&TcpStream>, line: &mut String) -> io::Result<usize> {
    line.clear();
    io::Read::take(reader, LINE_BYTES_MAX).read_line(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn server() -> StaticServer {
        let mut files = Files::default();
        files.add("/a/b", "text/plain", "t1", b"hello");
        files.add("/empty", "text/plain", "t2", b"");
        assert_eq!((files.len(), files.body("/a/b"), files.body("/x")), (2, Some(&b"hello"[..]), None));
        assert_eq!(files.paths(), ["/a/b", "/empty"]);
        let server = StaticServer::start(Duration::ZERO).unwrap();
        server.serve(files);
        server
    }

    fn exchange(server: &StaticServer, requests: &str) -> String {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(requests.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        answers
    }

    #[test]
    fn files_are_served_as_they_are() {
        let server = server();
        let whole =
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\netag: \"t1\"\r\ncontent-length: 5\r\n\r\n";
        for (request, expected) in [
            ("GET /a/b HTTP/1.1\r\nhost: x\r\n\r\n", format!("{whole}hello")),
            ("GET /a/b?x=1 HTTP/1.1\r\n\r\n", format!("{whole}hello")),
            ("HEAD /a/b HTTP/1.1\r\n\r\n", whole.to_owned()),
            (
                "GET /a/b HTTP/1.1\r\nIf-None-Match: \"x\", W/\"t1\"\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\netag: \"t1\"\r\n\r\n".to_owned(),
            ),
            ("GET /a/b HTTP/1.1\r\nif-none-match: \"t2\"\r\n\r\n", format!("{whole}hello")),
            ("GET /a HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned()),
            (
                "PUT /a/b HTTP/1.1\r\ncontent-length: 1\r\n\r\nx",
                "HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n".to_owned(),
            ),
        ] {
            assert_eq!(exchange(&server, request), expected, "{request}");
        }
    }

    #[test]
    fn a_connection_is_kept_and_counted() {
        let server = server();
        let before = server.wire();
        let twice = exchange(
            &server,
            "GET /empty HTTP/1.1\r\n\r\nGET /no HTTP/1.1\r\nConnection: close\r\n\r\nGET /a/b HTTP/1.1\r\n\r\n",
        );
        let wire = server.wire().since(before);
        assert_eq!(
            wire,
            Wire { requests: 2, connections: 1, sent_bytes: twice.len() as u64, missing: 1 },
            "{twice}"
        );
    }
}
