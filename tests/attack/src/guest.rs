//! The ways to attack. Each answers with lines, or does not answer.

use std::hint::black_box;

use s_guest::command::http::{Auth, CacheMode, Method, Pending, Request, RequestBody, Response};
use s_guest::command::types::{ErrorKind, HashAlgorithm, Kv};
use s_guest::command::{
    self, Call, Error, Guest, blobs, cache, clock, crypto, edits, environment, fs, http, log, progress,
    project, random, ui,
};

struct Attack;

impl Guest for Attack {
    fn run(call: Call) -> Result<u8, Error> {
        let words: Vec<&str> = call.arguments.iter().map(String::as_str).collect();
        attack(&words)?;
        Ok(0)
    }
}

command::export!(Attack);

fn attack(words: &[&str]) -> Result<(), Error> {
    match words {
        ["spin"] => spin(),
        ["spin-host"] => spin_host(),
        ["grab"] => grab(),
        ["recurse"] => say(&format!("came back with {}", recurse(black_box(4), black_box(3)))),
        ["recurse-frames"] => say(&format!("came back with {}", recurse_frames(black_box(1)))),
        ["trap"] => core::arch::wasm32::unreachable(),
        ["panic"] => panic!("the plugin panicked on purpose"),
        ["answer-huge", mebibytes] => return Err(error("huge", &"x".repeat(number(mebibytes)? << 20))),
        ["print-huge", mebibytes] => ui::print(&"x".repeat(number(mebibytes)? << 20)),
        ["invalid-utf8"] => ui::print(&invalid_utf8()),
        ["escapes"] => {
            ui::print("before\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2Jafter\r\n");
            return Err(error("es\u{1b}[2Jcape", "message\u{1b}[2J with escapes\u{202e}\n\rand lines"));
        }
        ["handles"] => handles(),
        ["tasks"] => tasks(),
        ["logs"] => logs(),
        ["scratch"] => scratch(),
        ["http", url] => http_one(url, "get"),
        ["http", url, method] => http_one(url, method),
        ["http-many", url, count] => http_many(url, number(count)?),
        ["http-flood", url] => http_flood(url),
        ["fs", path] => fs_open(path)?,
        ["fs-list", path] => fs_list(path)?,
        ["fs-sub", directory, path] => fs_sub(directory, path)?,
        ["env", name] => match environment::get(name) {
            Some(value) => say(&format!("{name}={value}")),
            None => say(&format!("{name} is not there")),
        },
        ["clock"] => say(&format!("now {} elapsed {}", clock::now_unix(), clock::elapsed_ms() % 10)),
        ["random"] => say(&format!("{} bytes", random::bytes(32).len())),
        ["random", len] => say(&format!("{} bytes", random::bytes(number(len)? as u32).len())),
        ["cache-put", key] => cache_put(key, b"value"),
        ["cache-put", key, mebibytes] => cache_put(key, &vec![7; number(mebibytes)? << 20]),
        ["cache-get" | "cross-read", key] => match cache::get(key) {
            Ok(Some(entry)) => say(&format!("{} bytes, tag {}", entry.value.len(), entry.tag)),
            Ok(None) => say("nothing"),
            Err(error) => say_error(&error),
        },
        ["cache-remove", key] => said(cache::remove(key), |()| "removed".to_owned()),
        ["propose", path] => {
            said(edits::propose(path, "proposed\n", "an attack"), |()| format!("proposed {path}"))
        }
        ["propose-many", count] => propose_many(number(count)?),
        ["prompt"] => prompt(),
        ["project"] => project_facts(),
        ["crypto"] => crypto_facts()?,
        ["blobs"] => blob_facts()?,
        ["odd", seed, calls, origin] => crate::odd::call_oddly(number(seed)? as u64, number(calls)?, origin),
        _ => return Err(error("usage", "there is no such attack")),
    }
    Ok(())
}

fn say(line: &str) {
    ui::print(&format!("{line}\n"));
}

/// `KIND CODE`, which is what tests compare.
fn say_error(error: &Error) {
    let error: s_guest::Error = error.clone().into();
    say(&format!("{:?} {}", error.kind, error.code));
}

fn said<T>(result: Result<T, Error>, line: impl FnOnce(T) -> String) {
    match result {
        Ok(value) => say(&line(value)),
        Err(error) => say_error(&error),
    }
}

fn error(code: &str, message: &str) -> Error {
    s_guest::Error::invalid_input(format!("attack/{code}"), message).into()
}

fn number(text: &str) -> Result<usize, Error> {
    text.parse().map_err(|_| error("usage", "this is not a number"))
}

fn spin() {
    let mut turns = 0u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

fn spin_host() {
    while black_box(log::enabled(log::Level::Trace)) || black_box(true) {}
}

fn grab() {
    let mut held = Vec::new();
    for chunk in 0..256u32 {
        held.push(black_box(vec![1u8; 16 << 20]));
        log::write(log::Level::Debug, "attack", &format!("holding {} MiB", (chunk + 1) * 16));
    }
    say(&format!("holds {} chunks", held.len()));
}

/// Ackermann's function: grows the stack of the machine only, as no frame has anything in memory.
#[inline(never)]
fn recurse(m: u64, n: u64) -> u64 {
    match (m, n) {
        (0, n) => n + 1,
        (m, 0) => recurse(m - 1, 1),
        (m, n) => recurse(m - 1, recurse(m, n - 1)),
    }
}

/// Grows the stack in linear memory: the frame has an array.
#[inline(never)]
#[expect(unconditional_recursion, reason = "the attack")]
fn recurse_frames(depth: u64) -> u64 {
    let mut frame = [depth; 64];
    black_box(&mut frame);
    recurse_frames(depth.wrapping_add(1)).wrapping_add(black_box(frame)[7])
}

#[expect(unsafe_code, reason = "the attack: a string that is none")]
fn invalid_utf8() -> String {
    // SAFETY: it is not valid, and nothing in here reads it as characters: it goes to the host.
    unsafe { String::from_utf8_unchecked(vec![b'a', 0xff, 0xfe, b'z']) }
}

fn handles() {
    let mut held = Vec::new();
    loop {
        match blobs::from_bytes(b"x") {
            Ok(blob) => held.push(blob),
            Err(error) => {
                say(&format!("{} handles", held.len()));
                return say_error(&error);
            }
        }
    }
}

/// A constructor cannot fail: the host has to stop the plugin.
fn tasks() {
    let mut held = Vec::new();
    for n in 0..1_000_000u64 {
        let task = progress::Task::new("attack", Some(n), progress::Unit::Items);
        task.advance(1);
        task.set_total(None);
        task.message("still going\u{1b}[2J");
        held.push(task);
    }
    say(&format!("{} tasks, cancelled {}", held.len(), progress::cancelled()));
}

fn logs() {
    for n in 0..50_000 {
        log::write(log::Level::Warn, "attack\u{1b}[31m", &format!("line {n} \u{1b}[2J\u{1b}[31mred\r\n"));
    }
    log::write(log::Level::Warn, "attack", &"long ".repeat(4096));
    say("logged");
}

fn scratch() {
    let chunk = vec![7u8; 1 << 20];
    let mut sinks = Vec::new();
    let mut mebibytes = 0;
    let refused = loop {
        let sink = match blobs::new_sink(None) {
            Ok(sink) => sink,
            Err(error) => break error,
        };
        let written = (0..64).try_for_each(|_| {
            sink.write(&chunk)?;
            mebibytes += 1;
            Ok(())
        });
        sinks.push(sink);
        if let Err(error) = written {
            break error;
        }
    };
    say(&format!("{mebibytes} MiB"));
    say_error(&refused);
}

fn request(url: &str, method: &str) -> Request {
    Request {
        method: match method {
            "head" => Method::Head,
            "post" => Method::Post,
            "put" => Method::Put,
            "patch" => Method::Patch,
            "delete" => Method::Delete,
            _ => Method::Get,
        },
        url: url.to_owned(),
        headers: vec![Kv { key: "x-attack".to_owned(), value: "1".to_owned() }],
        cache: CacheMode::Bypass,
        timeout_ms: None,
        max_bytes: None,
    }
}

fn http_one(url: &str, method: &str) {
    let body = if method == "get" || method == "head" {
        RequestBody::Empty
    } else {
        RequestBody::Bytes(b"stolen".to_vec())
    };
    let answer = http::start(&request(url, method), &Auth::Origin, &body).and_then(Pending::wait);
    said(answer.and_then(described), |line| line);
}

fn described(response: Response) -> Result<String, Error> {
    let (status, url, cached) = (response.status(), response.url(), response.from_cache());
    let (headers, kind) = (response.headers().len(), response.header("content-type"));
    let body = Response::into_body(response);
    let mut bytes = 0;
    while let Some(chunk) = body.read(1 << 20)? {
        bytes += chunk.len();
    }
    log::write(log::Level::Debug, "attack", &format!("{headers} headers, {kind:?}, cached {cached}"));
    Ok(format!("{status} {url} {bytes} bytes"))
}

fn http_many(url: &str, count: usize) {
    let mut flying = Vec::new();
    for n in 0..count {
        match http::start(&request(&format!("{url}{n}"), "get"), &Auth::None, &RequestBody::Empty) {
            Ok(pending) => flying.push(pending),
            Err(error) => say_error(&error),
        }
    }
    let mut answered = 0;
    while !flying.is_empty() {
        let mut ready = http::wait_any(&flying.iter().collect::<Vec<_>>());
        ready.sort_unstable_by(|a, b| b.cmp(a));
        for at in ready {
            let pending = flying.swap_remove(at as usize);
            assert!(pending.ready(), "what `wait-any` gives is ready");
            match Pending::wait(pending).and_then(|response| Response::into_blob(response, None)) {
                Ok(_) => answered += 1,
                Err(error) => say_error(&error),
            }
        }
    }
    say(&format!("{answered} answered"));
}

fn http_flood(url: &str) {
    let mut flying = Vec::new();
    let refused = loop {
        match http::start(&request(url, "get"), &Auth::None, &RequestBody::Empty) {
            Ok(pending) => flying.push(pending),
            Err(error) => break error,
        }
    };
    say(&format!("{} in flight", flying.len()));
    say_error(&refused);
}

fn view() -> Result<fs::View, Error> {
    fs::open_view("data").ok_or_else(|| error("no-view", "no directory is bound to `data`"))
}

fn fs_open(path: &str) -> Result<(), Error> {
    said(view()?.open(path), |blob| format!("{} bytes", blob.size()));
    Ok(())
}

fn fs_list(path: &str) -> Result<(), Error> {
    match view()?.list(path) {
        Ok(entries) => {
            for entry in entries {
                let kind = match entry.kind {
                    fs::EntryKind::File => "file",
                    fs::EntryKind::Directory => "directory",
                    fs::EntryKind::Other => "other",
                };
                say(&format!("{kind} {} {}", entry.size, entry.name));
            }
        }
        Err(error) => say_error(&error),
    }
    Ok(())
}

fn fs_sub(directory: &str, path: &str) -> Result<(), Error> {
    said(view()?.sub(directory).and_then(|view| view.open(path)), |blob| format!("{} bytes", blob.size()));
    Ok(())
}

fn cache_put(key: &str, value: &[u8]) {
    said(cache::put(key, value, "tag", Some(3600)), |()| "kept".to_owned());
}

fn propose_many(count: usize) {
    let mut proposed = 0;
    for n in 0..count {
        match edits::propose(&format!("many/{n}.txt"), "proposed\n", "an attack") {
            Ok(()) => proposed += 1,
            Err(error) => {
                say_error(&error);
                break;
            }
        }
    }
    say(&format!("proposed {proposed}"));
}

fn prompt() {
    said(ui::confirm("really\u{1b}[2J?", true), |answer| format!("confirm {answer}"));
    said(ui::choose("which?", &["one".to_owned(), "two".to_owned()]), |answer| format!("choose {answer}"));
    said(ui::text("what?", Some("this")), |answer| format!("text {answer}"));
    said(ui::password("the password of your account", "https://evil.example"), |_| "password".to_owned());
    said(ui::open_browser("https://evil.example/", Some("CODE")), |()| "browser".to_owned());
}

fn project_facts() {
    said(project::manifest(), |text| format!("manifest {} bytes", text.len()));
    said(project::lock(), |packages| format!("lock {} packages", packages.len()));
}

fn crypto_facts() -> Result<(), Error> {
    let hasher = crypto::Hasher::new(HashAlgorithm::Sha256);
    hasher.update(b"ab");
    hasher.update(b"c");
    let same = crypto::Hasher::finish(hasher) == crypto::hash(HashAlgorithm::Sha256, b"abc");
    let forged = crypto::verify(crypto::SignatureScheme::Ed25519, b"short", b"message", b"signature");
    say(&format!("hash {same} forged {forged}"));
    Ok(())
}

fn blob_facts() -> Result<(), Error> {
    let sink = blobs::new_sink(Some(4))?;
    sink.write(b"ab")?;
    sink.write_at(3, b"d")?;
    sink.copy_from(&blobs::from_bytes(b"0123")?, 1, 2)?;
    let position = sink.position();
    let blob = blobs::Sink::finish(sink)?;
    let bytes = blob.read(0, 1 << 20)?;
    let digest = blob.digest(HashAlgorithm::Blake3)?;
    say(&format!("position {position} bytes {bytes:?} digest {} size {}", digest.bytes.len(), blob.size()));
    said(blob.read(1 << 40, 1), |bytes| format!("beyond the end {} bytes", bytes.len()));
    let far = blobs::new_sink(None)?;
    said(far.write_at(1 << 50, b"x"), |()| "wrote far".to_owned());
    let kind = ErrorKind::Internal;
    log::write(log::Level::Trace, "attack", &format!("{kind:?}"));
    Ok(())
}
