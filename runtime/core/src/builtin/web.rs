//! Builtins on the network: `serve` and `fetch` over HTTP/1.1, and what the system says of its own
//! network. While one waits for the other side, other tasks run.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag, want};
use s_sys::{Address, Fd};

use super::{Function, arg, listed};
use crate::exception::Thrown;
use crate::fiber::{self, Wait, Woken};
use crate::hash;
use crate::string::string;
use crate::text::strings::escape;
use crate::value::{UNDEF, ValExt, bytes, href};
use crate::vm::Vm;

/// Most bytes of a message.
const MESSAGE_MAX: usize = 64 << 20;

/// The builtins of this file.
pub(super) static FUNCTIONS: &[(&str, Function)] = &[
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
    ("net_dns", |vm, a, w| {
        let name = vm.text(arg(a, 0))?.to_vec();
        let found = resolve(&name).map(|address| string(&dotted(address)));
        if w == want::LIST {
            return listed(vm, found.into_iter().collect(), w);
        }
        Ok(found.unwrap_or(UNDEF))
    }),
    ("net_interfaces", |vm, _, w| {
        let mut names = interfaces();
        let values = names.drain(..).map(|name| {
            let table = hash::new();
            let address = file_line(&[b"/sys/class/net/", &name[..], b"/address"].concat());
            let state = file_line(&[b"/sys/class/net/", &name[..], b"/operstate"].concat());
            (name, table, address, state)
        });
        let mut out = Vec::new();
        for (name, table, address, state) in values {
            hash::set_text(vm, table, b"name", string(&name));
            hash::set_text(vm, table, b"mac", string(&address));
            hash::set_text(vm, table, b"state", string(&state));
            out.push(href(table));
        }
        listed(vm, out, w)
    }),
    ("net_ipv4", |_, _, _| Ok(own_address().map_or(UNDEF, |address| string(&dotted(address))))),
    ("net_ipv6", |_, _, _| {
        // Address, index, length of the prefix, scope, flags, name: the first that is not the loopback.
        let text = whole_file(b"/proc/net/if_inet6");
        let found = text.split(|&byte| byte == b'\n').find(|line| line.len() > 32 && !line.ends_with(b" lo"));
        Ok(found.map_or(UNDEF, |line| {
            let groups: Vec<&[u8]> = line[..32].chunks(4).collect();
            string(&groups.join(&b":"[..]))
        }))
    }),
    ("net_mac", |_, _, _| {
        let found = interfaces().into_iter().find(|name| name != b"lo");
        Ok(found
            .map_or(UNDEF, |name| string(&file_line(&[b"/sys/class/net/", &name[..], b"/address"].concat()))))
    }),
    ("net_gateway", |_, _, _| {
        let text = whole_file(b"/proc/net/route");
        for line in text.split(|&byte| byte == b'\n').skip(1) {
            let fields: Vec<&[u8]> = line.split(|&byte| byte == b'\t').collect();
            if let [_, b"00000000", gateway, ..] = fields.as_slice()
                && let Some(number) =
                    core::str::from_utf8(gateway).ok().and_then(|text| u32::from_str_radix(text, 16).ok())
            {
                return Ok(string(&dotted(number.to_le_bytes())));
            }
        }
        Ok(UNDEF)
    }),
    ("net_dns_servers", |vm, _, w| {
        let servers = name_servers().into_iter().map(|server| string(&server)).collect();
        listed(vm, servers, w)
    }),
];

fn whole_file(path: &[u8]) -> Vec<u8> {
    s_sys::open(path, s_sys::O_RDONLY, 0).map_or_else(
        |_| Vec::new(),
        |fd| {
            let mut out = Vec::new();
            while out.len() < MESSAGE_MAX && matches!(s_sys::read_append(fd, &mut out, 4096), Ok(1..)) {}
            let _ = s_sys::close(fd);
            out
        },
    )
}

fn file_line(path: &[u8]) -> Vec<u8> {
    let text = whole_file(path);
    text.split(|&byte| byte == b'\n').next().unwrap_or_default().to_vec()
}

fn interfaces() -> Vec<Vec<u8>> {
    let text = whole_file(b"/proc/net/dev");
    text.split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let colon = line.iter().position(|&byte| byte == b':')?;
            Some(line[..colon].trim_ascii().to_vec())
        })
        .collect()
}

fn name_servers() -> Vec<Vec<u8>> {
    whole_file(b"/etc/resolv.conf")
        .split(|&byte| byte == b'\n')
        .filter_map(|line| Some(line.strip_prefix(b"nameserver")?.trim_ascii().to_vec()))
        .collect()
}

fn dotted(address: [u8; 4]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, byte) in address.into_iter().enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        crate::text::number::format_int(i64::from(byte), &mut out);
    }
    out
}

fn parse_dotted(text: &[u8]) -> Option<[u8; 4]> {
    let mut out = [0; 4];
    let mut parts = text.split(|&byte| byte == b'.');
    for byte in &mut out {
        *byte = core::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    }
    parts.next().is_none().then_some(out)
}

/// The address this machine would be seen from; nothing is sent.
fn own_address() -> Option<[u8; 4]> {
    let fd = s_sys::socket(s_sys::AF_INET, s_sys::SOCK_DGRAM, 0).ok()?;
    let found = s_sys::connect(fd, &Address::V4([192, 0, 2, 1], 9)).and_then(|()| s_sys::getsockname(fd));
    let _ = s_sys::close(fd);
    match found {
        Ok(Address::V4(address, _)) => Some(address),
        _ => None,
    }
}

/// The address of a host: written out, in `/etc/hosts`, or from a name server (RFC 1035).
fn resolve(name: &[u8]) -> Option<[u8; 4]> {
    if let Some(address) = parse_dotted(name) {
        return Some(address);
    }
    for line in whole_file(b"/etc/hosts").split(|&byte| byte == b'\n') {
        let line = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let address = words.next().and_then(parse_dotted);
        if address.is_some() && words.any(|known| known.eq_ignore_ascii_case(name)) {
            return address;
        }
    }
    if name.eq_ignore_ascii_case(b"localhost") {
        return Some([127, 0, 0, 1]);
    }
    name_servers().iter().filter_map(|server| parse_dotted(server)).find_map(|server| ask(server, name))
}

fn ask(server: [u8; 4], name: &[u8]) -> Option<[u8; 4]> {
    let mut token = [0; 2];
    s_sys::random(&mut token).ok()?;
    let mut query = alloc::vec![token[0], token[1], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split(|&byte| byte == b'.').filter(|label| !label.is_empty()) {
        query.push(u8::try_from(label.len()).ok().filter(|&length| length < 64)?);
        query.extend_from_slice(label);
    }
    query.extend_from_slice(&[0, 0, 1, 0, 1]);
    let fd = s_sys::socket(s_sys::AF_INET, s_sys::SOCK_DGRAM, 0).ok()?;
    let answer = (|| {
        s_sys::connect(fd, &Address::V4(server, 53)).ok()?;
        s_sys::send(fd, &query, s_sys::MSG_NOSIGNAL, None).ok()?;
        let mut waiting = [s_sys::PollFd { fd, events: s_sys::POLLIN, revents: 0 }];
        let patience = s_sys::Time { seconds: 3, nanoseconds: 0 };
        if !matches!(s_sys::poll(&mut waiting, Some(patience)), Ok(1..)) {
            return None;
        }
        let mut buffer = [0; 1500];
        let (length, _) = s_sys::receive(fd, &mut buffer, 0).ok()?;
        Some(buffer[..length].to_vec())
    })();
    let _ = s_sys::close(fd);
    let answer = answer?;
    if answer.get(..2)? != token {
        return None;
    }
    let count = u16::from_be_bytes([*answer.get(6)?, *answer.get(7)?]);
    let mut at = query.len();
    for _ in 0..count {
        // The name: labels, or a pointer to some.
        loop {
            let length = *answer.get(at)?;
            if length & 0xc0 == 0xc0 {
                at += 2;
                break;
            }
            at += usize::from(length) + 1;
            if length == 0 {
                break;
            }
        }
        let record = answer.get(at..at + 10)?;
        let length = usize::from(u16::from_be_bytes([record[8], record[9]]));
        let data = answer.get(at + 10..at + 10 + length)?;
        if record[..4] == [0, 1, 0, 1] && length == 4 {
            return data.try_into().ok();
        }
        at += 10 + length;
    }
    None
}

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
            Ok(_) | Err(s_sys::Errno::EINTR) => {}
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
    let Some(address) = resolve(host) else {
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
