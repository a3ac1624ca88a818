//! Calls of every function of the host with odd values, in an odd order, made from a seed.
//!
//! What the host answers does not matter; that it answers, and goes on, does. Handles are kept for a
//! while and used again when their subject may be gone: a finished sink, a view of nothing.

use s_guest::command::http::{Auth, Body, CacheMode, Method, Pending, Request, RequestBody, Response};
use s_guest::command::types::{Digest, HashAlgorithm, Kv};
use s_guest::command::{
    Error, blobs, cache, clock, crypto, edits, environment, fs, http, log, progress, project, random,
    secrets, ui,
};

/// Makes this many calls.
pub(crate) fn call_oddly(seed: u64, calls: usize, origin: &str) {
    let mut odd = Odd { random: seed, origin: origin.to_owned(), ..Odd::default() };
    for _ in 0..calls {
        odd.call();
    }
    ui::print(&format!("{calls} calls, {} of them answered with an error\n", odd.errors));
}

/// Handles of one kind to keep, beside those that are there.
const HELD_MAX: usize = 8;

#[derive(Default)]
struct Odd {
    /// The state of SplitMix64.
    random: u64,
    /// Where requests may go.
    origin: String,
    errors: usize,
    blobs: Vec<blobs::Blob>,
    sinks: Vec<blobs::Sink>,
    views: Vec<fs::View>,
    secrets: Vec<secrets::Secret>,
    hashers: Vec<crypto::Hasher>,
    tasks: Vec<progress::Task>,
    pending: Vec<Pending>,
    responses: Vec<Response>,
    bodies: Vec<Body>,
}

impl Odd {
    fn call(&mut self) {
        match self.below(10) {
            0 => self.call_blobs(),
            1 => self.call_sinks(),
            2 => self.call_files(),
            3 => self.call_secrets(),
            4 => self.call_crypto(),
            5 => self.call_talk(),
            6 => self.call_http(),
            7 => self.call_answers(),
            8 => self.call_cache(),
            _ => self.call_project(),
        }
    }

    fn call_blobs(&mut self) {
        if self.blobs.is_empty() || self.below(4) == 0 {
            let made = blobs::from_bytes(&self.bytes());
            self.kept(made, |odd| &mut odd.blobs);
            return;
        }
        let (offset, max, algorithm) = (self.number(), self.number() as u32, self.algorithm());
        let blob = self.one(|odd| &odd.blobs);
        match self.below(3) {
            0 => drop(self.blobs[blob].size()),
            1 => {
                let read = self.blobs[blob].read(offset, max);
                self.seen(read);
            }
            _ => {
                let digest = self.blobs[blob].digest(algorithm);
                self.seen(digest);
            }
        }
    }

    fn call_sinks(&mut self) {
        if self.sinks.is_empty() || self.below(4) == 0 {
            let size = self.perhaps_number();
            let made = blobs::new_sink(size);
            self.kept(made, |odd| &mut odd.sinks);
            return;
        }
        let (offset, len, bytes) = (self.number(), self.number(), self.bytes());
        let sink = self.one(|odd| &odd.sinks);
        match self.below(5) {
            0 => {
                let written = self.sinks[sink].write(&bytes);
                self.seen(written);
            }
            1 => {
                let written = self.sinks[sink].write_at(offset, &bytes);
                self.seen(written);
            }
            2 => drop(self.sinks[sink].position()),
            3 if !self.blobs.is_empty() => {
                let blob = self.one(|odd| &odd.blobs);
                let copied = self.sinks[sink].copy_from(&self.blobs[blob], offset, len);
                self.seen(copied);
            }
            _ => {
                let sink = self.sinks.swap_remove(sink);
                let finished = blobs::Sink::finish(sink);
                self.kept(finished, |odd| &mut odd.blobs);
            }
        }
    }

    fn call_files(&mut self) {
        let path = self.text();
        if self.views.is_empty() || self.below(4) == 0 {
            let name = if self.below(2) == 0 { "data".to_owned() } else { path };
            if let Some(view) = fs::open_view(&name) {
                self.kept(Ok(view), |odd| &mut odd.views);
            }
            return;
        }
        let view = self.one(|odd| &odd.views);
        match self.below(3) {
            0 => {
                let listed = self.views[view].list(&path);
                self.seen(listed);
            }
            1 => {
                let opened = self.views[view].open(&path);
                self.kept(opened, |odd| &mut odd.blobs);
            }
            _ => {
                let below = self.views[view].sub(&path);
                self.kept(below, |odd| &mut odd.views);
            }
        }
    }

    fn call_secrets(&mut self) {
        let (text, more, bytes, algorithm) = (self.text(), self.text(), self.bytes(), self.algorithm());
        if self.secrets.is_empty() || self.below(4) == 0 {
            let origin = if self.below(2) == 0 { self.origin.clone() } else { more };
            let asked = ui::password(&text, &origin);
            self.kept(asked, |odd| &mut odd.secrets);
            return;
        }
        let secret = self.one(|odd| &odd.secrets);
        match self.below(4) {
            0 => {
                let derived = self.secrets[secret].derive_hmac(algorithm, &bytes);
                self.kept(Ok(derived), |odd| &mut odd.secrets);
            }
            1 => drop(self.secrets[secret].sign_hmac(algorithm, &bytes)),
            2 => {
                let wrapped = self.secrets[secret].wrap(&text, &more);
                self.kept(Ok(wrapped), |odd| &mut odd.secrets);
            }
            _ => drop(self.secrets[secret].expires_unix()),
        }
    }

    fn call_crypto(&mut self) {
        let (bytes, more, other, algorithm) = (self.bytes(), self.bytes(), self.bytes(), self.algorithm());
        match self.below(5) {
            0 => drop(crypto::hash(algorithm, &bytes)),
            1 => {
                let scheme = if self.below(2) == 0 {
                    crypto::SignatureScheme::Ed25519
                } else {
                    crypto::SignatureScheme::EcdsaP256Sha256
                };
                crypto::verify(scheme, &bytes, &more, &other);
            }
            2 => drop(random::bytes(self.number() as u32)),
            3 if !self.hashers.is_empty() => {
                let hasher = self.one(|odd| &odd.hashers);
                self.hashers[hasher].update(&bytes);
                if self.below(2) == 0 {
                    crypto::Hasher::finish(self.hashers.swap_remove(hasher));
                }
            }
            _ => self.kept(Ok(crypto::Hasher::new(algorithm)), |odd| &mut odd.hashers),
        }
    }

    fn call_talk(&mut self) {
        let (text, more, number) = (self.text(), self.text(), self.number());
        match self.below(9) {
            0 => log::write(log::Level::Warn, &text, &more),
            1 => drop((log::enabled(log::Level::Trace), clock::now_unix(), clock::elapsed_ms())),
            2 => {
                let unit = if number % 2 == 0 { progress::Unit::Bytes } else { progress::Unit::Items };
                let total = self.perhaps_number();
                self.kept(Ok(progress::Task::new(&text, total, unit)), |odd| &mut odd.tasks);
            }
            3 | 4 if !self.tasks.is_empty() => {
                let (task, total) = (self.one(|odd| &odd.tasks), self.perhaps_number());
                self.tasks[task].advance(number);
                self.tasks[task].set_total(total);
                self.tasks[task].message(&text);
            }
            5 => {
                let answer = ui::confirm(&text, number % 2 == 0);
                self.seen(answer);
            }
            6 => {
                let options: Vec<String> = (0..self.below(4)).map(|_| self.text()).collect();
                let answer = ui::choose(&text, &options);
                self.seen(answer);
            }
            7 => {
                let answer = ui::text(&text, (number % 2 == 0).then_some(more.as_str()));
                self.seen(answer);
            }
            _ => {
                let opened = ui::open_browser(&self.url(), (number % 2 == 0).then_some(more.as_str()));
                self.seen(opened);
            }
        }
    }

    fn call_http(&mut self) {
        let methods = [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete];
        let modes = [CacheMode::Standard, CacheMode::Revalidate, CacheMode::Bypass];
        let headers = (0..self.below(3)).map(|_| Kv { key: self.text(), value: self.text() }).collect();
        let request = Request {
            method: methods[self.below(methods.len())],
            url: self.url(),
            headers,
            cache: modes[self.below(modes.len())],
            timeout_ms: self.perhaps_number().map(|number| number as u32),
            max_bytes: self.perhaps_number(),
        };
        let (text, bytes) = (self.text(), self.bytes());
        let kind = self.below(5);
        let secret = (!self.secrets.is_empty()).then(|| self.one(|odd| &odd.secrets));
        let blob = (!self.blobs.is_empty()).then(|| self.one(|odd| &odd.blobs));
        let auth = match (kind, secret.map(|at| &self.secrets[at])) {
            (0, Some(secret)) => Auth::Bearer(secret),
            (1, Some(secret)) => Auth::Basic((text, secret)),
            (2, Some(secret)) => Auth::Header((text, secret)),
            (3, _) => Auth::None,
            _ => Auth::Origin,
        };
        let body = match (kind, blob.map(|at| &self.blobs[at])) {
            (0 | 3, Some(blob)) => RequestBody::Blob(blob),
            (1, _) => RequestBody::Bytes(bytes),
            _ => RequestBody::Empty,
        };
        let started = http::start(&request, &auth, &body);
        self.kept(started, |odd| &mut odd.pending);
    }

    fn call_answers(&mut self) {
        let text = self.text();
        if !self.pending.is_empty() {
            let at = self.one(|odd| &odd.pending);
            let pending = self.pending.swap_remove(at);
            if self.below(2) == 0 {
                http::wait_any(&[&pending, &pending]);
            }
            if self.below(4) > 0 {
                let response = Pending::wait(pending);
                self.kept(response, |odd| &mut odd.responses);
            }
        } else if !self.responses.is_empty() {
            let at = self.one(|odd| &odd.responses);
            let response = self.responses.swap_remove(at);
            drop((
                response.status(),
                response.url(),
                response.header(&text),
                response.headers(),
                response.from_cache(),
            ));
            if self.below(2) == 0 {
                self.kept(Ok(Response::into_body(response)), |odd| &mut odd.bodies);
            } else {
                let expected = Digest { algorithm: self.algorithm(), bytes: self.bytes() };
                let expected = (self.below(2) == 0).then_some(&expected);
                let blob = Response::into_blob(response, expected);
                self.kept(blob, |odd| &mut odd.blobs);
            }
        } else if !self.bodies.is_empty() {
            let (at, max) = (self.one(|odd| &odd.bodies), self.number() as u32);
            let read = self.bodies[at].read(max);
            self.seen(read);
        } else {
            http::wait_any(&[]);
        }
    }

    fn call_cache(&mut self) {
        let (key, tag, bytes, ttl) = (self.text(), self.text(), self.bytes(), self.perhaps_number());
        match self.below(3) {
            0 => {
                let kept = cache::put(&key, &bytes, &tag, ttl);
                self.seen(kept);
            }
            1 => {
                let found = cache::get(&key);
                self.seen(found);
            }
            _ => {
                let removed = cache::remove(&key);
                self.seen(removed);
            }
        }
    }

    fn call_project(&mut self) {
        let (path, content, why) = (self.text(), self.text(), self.text());
        match self.below(4) {
            0 => {
                let manifest = project::manifest();
                self.seen(manifest);
            }
            1 => {
                let lock = project::lock();
                self.seen(lock);
            }
            2 => {
                let proposed = edits::propose(&path, &content, &why);
                self.seen(proposed);
            }
            _ => drop(environment::get(&path)),
        }
    }

    fn seen<T>(&mut self, answer: Result<T, Error>) {
        self.errors += usize::from(answer.is_err());
    }

    /// Keeps a handle; one that was kept for long goes.
    fn kept<T>(&mut self, made: Result<T, Error>, place: fn(&mut Odd) -> &mut Vec<T>) {
        match made {
            Ok(handle) => {
                let gone = self.below(HELD_MAX);
                let held = place(self);
                if held.len() == HELD_MAX {
                    held.swap_remove(gone);
                }
                held.push(handle);
            }
            Err(_) => self.errors += 1,
        }
    }

    /// Which of those that are kept, of which there is one.
    fn one<T>(&mut self, place: fn(&Odd) -> &Vec<T>) -> usize {
        let count = place(self).len();
        self.below(count)
    }

    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut random = self.random;
        random = (random ^ (random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        random = (random ^ (random >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        random ^ (random >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn algorithm(&mut self) -> HashAlgorithm {
        [HashAlgorithm::Sha256, HashAlgorithm::Sha512, HashAlgorithm::Blake3][self.below(3)]
    }

    /// At the borders of every type, and somewhere.
    fn number(&mut self) -> u64 {
        let power = 1u64 << self.below(64);
        match self.below(8) {
            0 => 0,
            1 => u64::MAX,
            2 => power,
            3 => power - 1,
            4 => power.wrapping_add(1),
            5 => u64::MAX - power,
            _ => self.next() % 100,
        }
    }

    fn perhaps_number(&mut self) -> Option<u64> {
        (self.below(2) == 0).then(|| self.number())
    }

    fn bytes(&mut self) -> Vec<u8> {
        let len = [0, 1, 31, 32, 33, 64, 65, 4096, 100_000][self.below(9)];
        let (first, step) = (self.next() as u8, self.next() as u8);
        (0..len).map(|at: usize| first.wrapping_add(step.wrapping_mul(at as u8))).collect()
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 24] = [
            "",
            "a",
            "..",
            "/",
            "\\",
            ".",
            "~",
            "\0",
            "\n",
            "\r",
            "\t",
            "\u{1b}[2J",
            "\u{9b}",
            "\u{202e}",
            "\u{feff}",
            "%2e%2e",
            "%",
            ":",
            " ",
            "é",
            "e\u{301}",
            "\u{10ffff}",
            "CON",
            "data",
        ];
        let text: String = (0..self.below(6)).map(|_| PIECES[self.below(PIECES.len())]).collect();
        if self.below(16) == 0 { text.repeat(20_000) } else { text }
    }

    fn url(&mut self) -> String {
        let (path, origin) = (self.text(), self.origin.clone());
        match self.below(8) {
            0 => path,
            1 => format!("{origin}@{path}"),
            2 => format!("http://{path}"),
            3 => format!("{}{path}", origin.to_uppercase()),
            4 => format!("{origin}:99999/{path}"),
            5 => format!("file:///{path}"),
            _ => format!("{origin}/{path}"),
        }
    }
}
