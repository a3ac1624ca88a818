//! Builtins on the network: `serve` and `fetch` over HTTP/1.1. While one waits for the other side, other tasks run.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag, want};
use s_sys::{Address, Fd};

use super::arg;
use crate::exception::Thrown;
use crate::fiber::{self, Wait, Woken};
use crate::hash;
use crate::string::string;
use crate::text::strings::escape;
use crate::value::{ValExt, bytes, href};
use crate::vm::Vm;

/// Most bytes of a message.
const MESSAGE_MAX: usize = 64 << 20;

// The builtins of this file.
functions![
    ("serve", |vm, a, _| serve(vm, a)),
    ("fetch", |vm, a, _| fetch(vm, a)),
    ("fetch_async", |vm, a, _| {
        let held: Vec<Val> = a.iter().map(|value| value.retained()).collect();
        let code = vm.new_native(fetch_held, &held);
        let function = crate::value::counted(tag::CODE, code);
        let task = fiber::new_task(vm, function, &[]);
        vm.release(function);
        task
    }),
];

/// A message in the making.
struct Message {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Message {
    /// The first line.
    fn first(&self) -> &[u8] {
        self.head.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii()
    }

    /// Names in lower case, and values.
    fn fields(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let lines = self.head.split(|&byte| byte == b'\n').skip(1);
        lines
            .filter_map(|line| {
                let colon = line.iter().position(|&byte| byte == b':')?;
                Some((
                    line[..colon].trim_ascii().to_ascii_lowercase(),
                    line[colon + 1..].trim_ascii().to_vec(),
                ))
            })
            .collect()
    }
}

/// Reads a message; to the end of the stream when it does not say its length.
fn read_message(vm: &mut Vm, fd: Fd, to_end: bool) -> Result<Option<Message>, Thrown> {
    let mut data = Vec::new();
    let mut head_end = None;
    let mut expected: Option<usize> = None;
    let mut chunked = false;
    loop {
        if head_end.is_none()
            && let Some(found) = data.windows(4).position(|four| four == b"\r\n\r\n")
        {
            head_end = Some(found + 4);
            let head = Message { head: data[..found].to_vec(), body: Vec::new() };
            for (name, value) in head.fields() {
                match name.as_slice() {
                    b"content-length" => {
                        expected = core::str::from_utf8(&value).ok().and_then(|text| text.parse().ok());
                    }
                    b"transfer-encoding" => chunked = value.eq_ignore_ascii_case(b"chunked"),
                    _ => {}
                }
            }
            if !to_end && !chunked {
                expected = Some(expected.unwrap_or(0));
            }
        }
        if let (Some(start), Some(length)) = (head_end, expected)
            && data.len() - start >= length
        {
            data.truncate(start + length);
            break;
        }
        if let Some(start) = head_end
            && chunked
            && unchunk(&data[start..]).is_some()
        {
            break;
        }
        if data.len() > MESSAGE_MAX {
            return Ok(None);
        }
        if vm.wait_for(Wait::Descriptor(fd, s_sys::POLLIN))? == Woken::Never {
            return Ok(None);
        }
        match s_sys::read_append(fd, &mut data, 16 << 10) {
            Ok(0) => break,
            Ok(_) => {}
            Err(s_sys::Errno::EINTR) => vm.poll_signals()?,
            Err(_) => return Ok(None),
        }
    }
    let Some(start) = head_end else { return Ok(None) };
    let body = data[start..].to_vec();
    let body = if chunked { unchunk(&body).unwrap_or(body) } else { body };
    Ok(Some(Message { head: data[..start].to_vec(), body }))
}

/// The content of chunks; `None` while the last is not there.
fn unchunk(mut data: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = data.windows(2).position(|pair| pair == b"\r\n")?;
        let digits = data[..end].split(|&byte| byte == b';').next()?;
        let size = usize::from_str_radix(core::str::from_utf8(digits).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        let from = end + 2;
        out.extend_from_slice(data.get(from..from.checked_add(size)?)?);
        data = data.get(from + size + 2..)?;
    }
}

fn write_all(vm: &mut Vm, fd: Fd, mut data: &[u8]) -> Result<bool, Thrown> {
    while !data.is_empty() {
        match s_sys::send(fd, data, s_sys::MSG_NOSIGNAL | s_sys::MSG_DONTWAIT, None) {
            Ok(count) => data = &data[count..],
            Err(s_sys::Errno::EAGAIN) => {
                if vm.wait_for(Wait::Descriptor(fd, s_sys::POLLOUT))? == Woken::Never {
                    return Ok(false);
                }
                vm.poll_signals()?;
            }
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}

/// `serve PORT, FUNCTION`: answers requests for ever.
fn serve(vm: &mut Vm, a: &[Val]) -> Result<Val, Thrown> {
    let port = u16::try_from(vm.integer(arg(a, 0))?).unwrap_or(0);
    let handler = arg(a, 1);
    let opened = s_sys::socket(s_sys::AF_INET, s_sys::SOCK_STREAM, 0).and_then(|fd| {
        s_sys::setsockopt(fd, s_sys::SOL_SOCKET, s_sys::SO_REUSEADDR, 1)?;
        s_sys::bind(fd, &Address::V4([127, 0, 0, 1], port))?;
        s_sys::listen(fd, 128)?;
        Ok(fd)
    });
    let fd = match opened {
        Ok(fd) => fd,
        Err(error) => {
            vm.set_errno(error);
            return Err(vm.die_fmt(format_args!("serve: port {port} cannot be used")));
        }
    };
    loop {
        let waited = vm.wait_for(Wait::Descriptor(fd, s_sys::POLLIN));
        if let Err(thrown) = waited.and_then(|_| vm.poll_signals()) {
            let _ = s_sys::close(fd);
            return Err(thrown);
        }
        let Ok((client, _)) = s_sys::accept(fd) else { continue };
        let answered = answer(vm, client, handler);
        let _ = s_sys::close(client);
        if let Err(thrown) = answered {
            let _ = s_sys::close(fd);
            return Err(thrown);
        }
    }
}

fn answer(vm: &mut Vm, client: Fd, handler: Val) -> Result<(), Thrown> {
    let Some(request) = read_message(vm, client, false)? else { return Ok(()) };
    let words: Vec<&[u8]> = request.first().split(|&byte| byte == b' ').collect();
    let target = words.get(1).copied().unwrap_or(b"/");
    let (path, query) = match target.iter().position(|&byte| byte == b'?') {
        Some(at) => (&target[..at], &target[at + 1..]),
        None => (target, &b""[..]),
    };
    let table = hash::new();
    hash::set_text(vm, table, b"method", string(words.first().copied().unwrap_or(b"GET")));
    hash::set_text(vm, table, b"path", string(path));
    hash::set_text(vm, table, b"query", string(query));
    hash::set_text(vm, table, b"url", string(target));
    hash::set_text(vm, table, b"body", string(&request.body));
    let params = hash::new();
    for pair in query.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        let (name, value) = match pair.iter().position(|&byte| byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &b""[..]),
        };
        let (mut key, mut content) = (Vec::new(), Vec::new());
        escape::url_decode(name, &mut key);
        escape::url_decode(value, &mut content);
        hash::set_text(vm, params, &key, string(&content));
    }
    hash::set_text(vm, table, b"params", href(params));
    let headers = hash::new();
    for (name, value) in request.fields() {
        hash::set_text(vm, headers, &name, string(&value));
    }
    hash::set_text(vm, table, b"headers", href(headers));
    let asked = href(table);
    let outcome = vm.attempt(|vm| {
        let result = vm.call_value(handler, &[asked], want::SCALAR)?;
        Ok(vm.scalar_of(result))
    });
    vm.release(asked);
    let (mut status, mut kind, mut body, mut more) =
        (200, b"text/html; charset=utf-8".to_vec(), Vec::new(), Vec::new());
    match outcome? {
        Err(exception) => {
            status = 500;
            vm.append_text(exception, &mut body)?;
            vm.release(exception);
        }
        Ok(result) => {
            match result.as_table() {
                Some(given) => {
                    let code = hash::get_text(given, b"status");
                    if !code.is_undef() {
                        status = vm.integer(code)?;
                    }
                    let content = hash::get_text(given, b"body");
                    vm.append_text(content, &mut body)?;
                    vm.release(content);
                    vm.release(code);
                    let fields = hash::get_text(given, b"headers");
                    if let Some(fields) = fields.as_table() {
                        for (key, value) in hash::pairs(fields) {
                            let text = vm.text(value)?.to_vec();
                            if bytes(&key).eq_ignore_ascii_case(b"content-type") {
                                kind = text;
                            } else {
                                more.push((bytes(&key).to_vec(), text));
                            }
                            vm.release(key);
                            vm.release(value);
                        }
                    }
                    vm.release(fields);
                }
                None => vm.append_text(result, &mut body)?,
            }
            vm.release(result);
        }
    }
    let mut out = b"HTTP/1.1 ".to_vec();
    crate::text::number::format_int(status, &mut out);
    out.extend_from_slice(match status {
        200 => b" OK",
        404 => b" Not Found",
        500 => b" Internal Server Error",
        _ => b" Status",
    });
    out.extend_from_slice(b"\r\nConnection: close\r\nContent-Type: ");
    out.extend(kind.into_iter().filter(|&byte| byte >= b' '));
    for (name, value) in more {
        out.extend_from_slice(b"\r\n");
        out.extend(name.into_iter().filter(|&byte| byte > b' ' && byte != b':'));
        out.extend_from_slice(b": ");
        out.extend(value.into_iter().filter(|&byte| byte >= b' '));
    }
    out.extend_from_slice(b"\r\nContent-Length: ");
    crate::text::number::format_int(body.len() as i64, &mut out);
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(&body);
    write_all(vm, client, &out)?;
    let _ = s_sys::shutdown(client, s_sys::SHUT_WR);
    Ok(())
}

fn fetch_held(vm: &mut Vm, held: &[Val], _: &[Val], _: u64) -> Result<Val, Thrown> {
    fetch(vm, held)
}

/// `fetch URL, { method, body, headers }`: the body of the answer.
fn fetch(vm: &mut Vm, a: &[Val]) -> Result<Val, Thrown> {
    let url = vm.text(arg(a, 0))?.to_vec();
    let shown = alloc::string::String::from_utf8_lossy(&url).into_owned();
    let Some(rest) = url.strip_prefix(b"http://") else {
        return Err(vm.die_fmt(format_args!(
            "fetch: only addresses that begin with http:// can be fetched, not {shown}"
        )));
    };
    let slash = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
    let (place, path) = rest.split_at(slash);
    let path = if path.is_empty() { b"/" } else { path };
    if url.iter().any(|&byte| byte <= b' ') {
        return Err(vm.die_fmt(format_args!("fetch: {shown} is no address")));
    }
    let (host, port) = match place.iter().rposition(|&byte| byte == b':') {
        Some(at) => {
            let port = core::str::from_utf8(&place[at + 1..]).ok().and_then(|text| text.parse().ok());
            (&place[..at], port.unwrap_or(80))
        }
        None => (place, 80),
    };
    let Some(address) = super::host::ipv4_of(host) else {
        return Err(vm.die_fmt(format_args!("fetch: the host of {shown} is not known")));
    };
    let (mut method, mut body, mut fields) = (b"GET".to_vec(), Vec::new(), Vec::new());
    if let Some(options) = arg(a, 1).as_table() {
        for (key, value) in hash::pairs(options) {
            match bytes(&key) {
                b"method" => method = vm.text(value)?.to_ascii_uppercase(),
                b"body" => body = vm.text(value)?.to_vec(),
                b"headers" => {
                    if let Some(table) = value.as_table() {
                        for (name, content) in hash::pairs(table) {
                            fields.push((bytes(&name).to_vec(), vm.text(content)?.to_vec()));
                            vm.release(name);
                            vm.release(content);
                        }
                    }
                }
                _ => {}
            }
            vm.release(key);
            vm.release(value);
        }
    }
    let mut request = method;
    request.retain(u8::is_ascii_alphabetic);
    for part in [&b" "[..], path, b" HTTP/1.1\r\nHost: ", place, b"\r\nConnection: close\r\n"] {
        request.extend_from_slice(part);
    }
    for (name, value) in fields {
        request.extend(name.into_iter().filter(|&byte| byte > b' ' && byte != b':'));
        request.extend_from_slice(b": ");
        request.extend(value.into_iter().filter(|&byte| byte >= b' '));
        request.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() {
        request.extend_from_slice(b"Content-Length: ");
        crate::text::number::format_int(body.len() as i64, &mut request);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(&body);
    let opened = s_sys::socket(s_sys::AF_INET, s_sys::SOCK_STREAM, 0).and_then(|fd| {
        s_sys::connect(fd, &Address::V4(address, port)).map(|()| fd).inspect_err(|_| {
            let _ = s_sys::close(fd);
        })
    });
    let fd = match opened {
        Ok(fd) => fd,
        Err(error) => {
            vm.set_errno(error);
            return Err(vm.die_fmt(format_args!("fetch: nobody answers at {shown}")));
        }
    };
    let exchanged = write_all(vm, fd, &request).and_then(|_| read_message(vm, fd, true));
    let _ = s_sys::close(fd);
    match exchanged? {
        Some(message) => Ok(string(&message.body)),
        None => Err(vm.die_fmt(format_args!("fetch: no answer from {shown}"))),
    }
}
