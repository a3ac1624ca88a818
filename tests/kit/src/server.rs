//! A scripted HTTP/1.1 server.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A request as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The number of the request, counted from zero.
    pub index: usize,
    /// The number of the connection it came over, counted from zero.
    pub connection: usize,
    /// The method.
    pub method: String,
    /// The target as it stood in the request line.
    pub target: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns the path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    behaviour: Behaviour,
}

#[derive(Clone, Debug)]
enum Behaviour {
    Honest,
    Chunked(usize),
    ChunkedCut,
    Truncated(usize),
    Endless,
    SlowBody(Duration),
    SlowHead(Duration),
    HangUp,
    Silence,
    Raw(Vec<u8>),
    Gathered(usize),
}

impl Answer {
    /// Answers with this status and no body.
    pub fn status(status: u16) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            behaviour: Behaviour::Honest,
        }
    }

    /// Answers with status 200 and this body.
    pub fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer { body: body.into(), ..Answer::status(200) }
    }

    /// Redirects.
    pub fn redirect(status: u16, location: impl Into<String>) -> Answer {
        Answer::status(status).header("location", location)
    }

    /// Sends the request back: its request line and headers as the body.
    pub fn echo(request: &Received) -> Answer {
        let mut text = format!("{} {}\n", request.method, request.target);
        for (name, value) in &request.headers {
            text.push_str(&format!("{name}: {value}\n"));
        }
        Answer::ok(text)
    }

    /// Sends these bytes and closes.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Answer {
        Answer { behaviour: Behaviour::Raw(bytes.into()), ..Answer::status(200) }
    }

    /// Closes the connection without a word.
    pub fn hang_up() -> Answer {
        Answer { behaviour: Behaviour::HangUp, ..Answer::status(200) }
    }

    /// Never answers, until the client or the server is gone.
    pub fn silence() -> Answer {
        Answer { behaviour: Behaviour::Silence, ..Answer::status(200) }
    }

    /// Sends a body that never ends.
    pub fn endless() -> Answer {
        Answer { behaviour: Behaviour::Endless, ..Answer::status(200) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Answer {
        Answer { body: body.into(), ..self }
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Waits before answering.
    #[must_use]
    pub fn delay(self, delay: Duration) -> Answer {
        Answer { delay, ..self }
    }

    /// Sends the body in chunks of this size.
    #[must_use]
    pub fn chunked(self, bytes: usize) -> Answer {
        Answer { behaviour: Behaviour::Chunked(bytes.max(1)), ..self }
    }

    /// Sends the body as one chunk and closes without the end mark.
    #[must_use]
    pub fn chunked_without_end(self) -> Answer {
        Answer { behaviour: Behaviour::ChunkedCut, ..self }
    }

    /// Announces the whole body and closes after this many bytes of it.
    #[must_use]
    pub fn truncated(self, bytes: usize) -> Answer {
        Answer { behaviour: Behaviour::Truncated(bytes), ..self }
    }

    /// Sends the body byte by byte with a pause before each.
    #[must_use]
    pub fn slow_body(self, pause: Duration) -> Answer {
        Answer { behaviour: Behaviour::SlowBody(pause), ..self }
    }

    /// Sends the head byte by byte with a pause before each.
    #[must_use]
    pub fn slow_head(self, pause: Duration) -> Answer {
        Answer { behaviour: Behaviour::SlowHead(pause), ..self }
    }

    /// Waits until this many requests are being handled at once, at most ten seconds. What never
    /// comes together is answered all the same: [`Server::concurrency_max`] tells.
    #[must_use]
    pub fn gathered(self, requests: usize) -> Answer {
        Answer { behaviour: Behaviour::Gathered(requests), ..self }
    }
}

/// A server with its own thread for each connection. Dropping it closes everything.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

type Handler = dyn Fn(&Received) -> Answer + Send + Sync;

struct Shared {
    handler: Box<Handler>,
    received: Mutex<Vec<Received>>,
    connections: Mutex<Vec<TcpStream>>,
    connection_count: AtomicUsize,
    stopped: AtomicBool,
    active: Mutex<Active>,
    gathering: Condvar,
}

#[derive(Default)]
struct Active {
    now: usize,
    max: usize,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1.
    pub fn start(handler: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback device has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            received: Mutex::default(),
            connections: Mutex::default(),
            connection_count: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            active: Mutex::default(),
            gathering: Condvar::new(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accepting.accept(&listener));
        Server { address, shared }
    }

    /// Returns the address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the origin, as in `http://127.0.0.1:4711`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the URL of a path that begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// Returns all requests so far, in the order in which they were read.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }

    /// Returns how many requests there were.
    pub fn request_count(&self) -> usize {
        lock(&self.shared.received).len()
    }

    /// Returns how many connections were accepted.
    pub fn connection_count(&self) -> usize {
        self.shared.connection_count.load(SeqCst)
    }

    /// Returns the largest number of requests that were being handled at the same time.
    pub fn concurrency_max(&self) -> usize {
        lock(&self.shared.active).max
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, SeqCst);
        for connection in lock(&self.shared.connections).drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
        self.shared.gathering.notify_all();
        // Wakes the accepting thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopped.load(SeqCst) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let connection = self.connection_count.fetch_add(1, SeqCst);
            if let Ok(copy) = stream.try_clone() {
                lock(&self.connections).push(copy);
            }
            let shared = Arc::clone(&self);
            // Whatever goes wrong on a connection is what the test is about; it sees its own end.
            thread::spawn(move || {
                let _ = shared.serve(&stream, connection);
                let _ = stream.shutdown(Shutdown::Both);
            });
        }
    }

    fn serve(&self, stream: &TcpStream, connection: usize) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        while let Some(mut request) = read_request(&mut reader, stream)? {
            request.connection = connection;
            {
                let mut received = lock(&self.received);
                request.index = received.len();
                received.push(request.clone());
            }
            self.enter();
            let served = self.answer(stream, &request);
            self.leave();
            if !served? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn enter(&self) {
        let mut active = lock(&self.active);
        active.now += 1;
        active.max = active.max.max(active.now);
        self.gathering.notify_all();
    }

    fn leave(&self) {
        lock(&self.active).now -= 1;
    }

    fn gather(&self, requests: usize) {
        let active = lock(&self.active);
        let waiting = |active: &mut Active| active.max < requests && !self.stopped.load(SeqCst);
        drop(self.gathering.wait_timeout_while(active, Duration::from_secs(10), waiting));
    }

    /// Answers; says whether the connection stays open.
    fn answer(&self, mut stream: &TcpStream, request: &Received) -> io::Result<bool> {
        let answer = (self.handler)(request);
        thread::sleep(answer.delay);
        let with_body = request.method != "HEAD";
        let sized = head(&answer, Some(answer.body.len()));
        match &answer.behaviour {
            Behaviour::Gathered(requests) => {
                self.gather(*requests);
                write_whole(stream, &sized, if with_body { &answer.body } else { &[] })?;
            }
            Behaviour::Honest => write_whole(stream, &sized, if with_body { &answer.body } else { &[] })?,
            Behaviour::Chunked(bytes) => {
                stream.write_all(&head(&answer, None))?;
                for chunk in answer.body.chunks(*bytes) {
                    stream.write_all(&chunk_frame(chunk))?;
                }
                stream.write_all(b"0\r\n\r\n")?;
            }
            Behaviour::ChunkedCut => {
                stream.write_all(&head(&answer, None))?;
                stream.write_all(&chunk_frame(&answer.body))?;
                return Ok(false);
            }
            Behaviour::Truncated(bytes) => {
                stream.write_all(&sized)?;
                stream.write_all(&answer.body[..(*bytes).min(answer.body.len())])?;
                return Ok(false);
            }
            Behaviour::Endless => {
                stream.write_all(&head(&answer, None))?;
                let frame = chunk_frame(&[b'x'; 8192]);
                while !self.stopped.load(SeqCst) {
                    stream.write_all(&frame)?;
                }
                return Ok(false);
            }
            Behaviour::SlowBody(pause) => {
                stream.write_all(&sized)?;
                self.drip(stream, &answer.body, *pause)?;
            }
            Behaviour::SlowHead(pause) => {
                self.drip(stream, &sized, *pause)?;
                stream.write_all(&answer.body)?;
            }
            Behaviour::HangUp => return Ok(false),
            Behaviour::Silence => {
                // Ends when the client hangs up.
                let _ = stream.read(&mut [0]);
                return Ok(false);
            }
            Behaviour::Raw(bytes) => {
                stream.write_all(bytes)?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn drip(&self, mut stream: &TcpStream, bytes: &[u8], pause: Duration) -> io::Result<()> {
        for byte in bytes {
            thread::sleep(pause);
            if self.stopped.load(SeqCst) {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            stream.write_all(&[*byte])?;
        }
        Ok(())
    }
}

/// Reads one request; none at the end of the connection.
fn read_request(reader: &mut BufReader<&TcpStream>, mut stream: &TcpStream) -> io::Result<Option<Received>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received { index: 0, connection: 0, method, target, headers, body: Vec::new() };
    if request.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some() {
        request.body = read_chunks(reader)?;
    } else if let Some(length) = request.header("content-length").and_then(|length| length.parse().ok()) {
        reader.take(length).read_to_end(&mut request.body)?;
    }
    Ok(Some(request))
}

fn read_chunks(reader: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        reader.take(length).read_to_end(&mut body)?;
        reader.read_line(&mut String::new())?;
        if length == 0 {
            return Ok(body);
        }
    }
}

fn head(answer: &Answer, length: Option<usize>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Scripted\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let announces = |name: &str| answer.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    match length {
        Some(_) if announces("content-length") || answer.status == 304 || answer.status == 204 => {}
        Some(length) => head.push_str(&format!("content-length: {length}\r\n")),
        None => head.push_str("transfer-encoding: chunked\r\n"),
    }
    head.push_str("\r\n");
    head.into_bytes()
}

fn chunk_frame(chunk: &[u8]) -> Vec<u8> {
    let mut frame = format!("{:x}\r\n", chunk.len()).into_bytes();
    frame.extend_from_slice(chunk);
    frame.extend_from_slice(b"\r\n");
    frame
}

fn write_whole(mut stream: &TcpStream, head: &[u8], body: &[u8]) -> io::Result<()> {
    stream.write_all(head)?;
    stream.write_all(body)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(server: &Server, request: &str) -> String {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    #[test]
    fn answers_and_remembers() {
        let server = Server::start(|request| match request.path() {
            "/echo" => Answer::echo(request),
            "/chunks" => Answer::ok("abcde").chunked(2),
            "/cut" => Answer::ok("abcde").truncated(2),
            _ => Answer::status(404),
        });
        let echo = exchange(&server, "GET /echo?x=1 HTTP/1.1\r\nX-Note: hi\r\n\r\n");
        assert!(echo.ends_with("\r\n\r\nGET /echo?x=1\nx-note: hi\n"), "{echo}");
        let chunks = exchange(&server, "GET /chunks HTTP/1.1\r\n\r\n");
        assert!(chunks.ends_with("2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"), "{chunks}");
        let cut = exchange(&server, "GET /cut HTTP/1.1\r\n\r\n");
        assert!(cut.ends_with("content-length: 5\r\n\r\nab"), "{cut}");
        let posted = exchange(&server, "POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc");
        assert!(posted.starts_with("HTTP/1.1 404 "), "{posted}");
        assert_eq!(server.request_count(), 4);
        assert_eq!(server.received()[3].body, b"abc");
        assert_eq!(server.connection_count(), 4);
        assert_eq!(server.concurrency_max(), 1);
    }
}
