//! Builtins that ask about the machine: processes, mounts, network, and the repository of `git`.
//!
//! The kernel's files are the source; what is not there (a machine without network, a folder without a
//! repository) is an empty list or undef.

use alloc::vec::Vec;

use s_abi::layout::{Val, want};
use s_sys::{Address, Errno, Fd, PollFd, Time};

use super::file::read_whole;
use super::{arg, array_value, listed};
use crate::exception::Thrown;
use crate::hash;
use crate::string::string;
use crate::text::net::{self, dns, format_ipv4, format_ipv6};
use crate::text::number;
use crate::value::{UNDEF, ValExt, href, int};
use crate::vm::Vm;

/// How long a server of names may take, in seconds, and how often each is asked.
const DNS_SECONDS: f64 = 2.0;
const DNS_TRIES: usize = 2;
/// The port of servers of names.
const DNS_PORT: u16 = 53;

// The builtins of this file.
functions![
    ("process_list", |vm, _, w| {
        let mut numbers: Vec<i64> = names_in(b"/proc")
            .iter()
            .filter(|name| name.iter().all(u8::is_ascii_digit))
            .map(|name| number::parse(name).to_i64())
            .collect();
        numbers.sort_unstable();
        let values = numbers.into_iter().filter_map(|pid| process(vm, pid)).collect();
        listed(vm, values, w)
    }),
    ("mounts", |vm, _, w| {
        let text = read_whole(b"/proc/self/mounts").unwrap_or_default();
        let mut values = Vec::new();
        for line in lines(&text) {
            let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
            let [device, path, kind, options, ..] = words.as_slice() else { continue };
            let fields = [("device", *device), ("path", path), ("type", kind), ("options", options)];
            let fields = fields.map(|(name, field)| (name, string(&unescaped(field))));
            values.push(record(vm, &fields));
        }
        listed(vm, values, w)
    }),
    ("net_interfaces", |vm, _, w| {
        let values = interfaces().iter().map(|interface| described(vm, interface)).collect();
        listed(vm, values, w)
    }),
    ("net_ipv4", |_, _, _| {
        let all = interfaces();
        let own = all.iter().filter(|interface| !interface.is_loopback()).chain(&all);
        let address = own.flat_map(|interface| &interface.ipv4).next();
        Ok(address.map_or(UNDEF, |&address| string(&format_ipv4(address))))
    }),
    ("net_ipv6", |_, _, _| {
        let all = interfaces();
        // One that is known everywhere, else one of the link, else that of the machine itself.
        let rank = |address: &[u8; 16]| match address {
            [0xfe, second, ..] if second & 0xc0 == 0x80 => 1,
            [0, 0, 0, 0, ..] => 2,
            _ => 0,
        };
        let address = all.iter().flat_map(|interface| &interface.ipv6).min_by_key(|address| rank(address));
        Ok(address.map_or(UNDEF, |&address| string(&format_ipv6(address))))
    }),
    ("net_mac", |_, _, _| {
        let all = interfaces();
        let own = all.iter().filter(|interface| !interface.is_loopback()).chain(&all);
        Ok(own.map(|interface| &interface.mac).find(|mac| !mac.is_empty()).map_or(UNDEF, |mac| string(mac)))
    }),
    ("net_gateway", |_, _, _| {
        let routes = net::routes(&read_whole(b"/proc/net/route").unwrap_or_default());
        let route = routes.iter().find(|route| route.destination == [0; 4] && route.gateway != [0; 4]);
        Ok(route.map_or(UNDEF, |route| string(&format_ipv4(route.gateway))))
    }),
    ("net_dns_servers", |vm, _, w| {
        let servers = name_servers().iter().map(|server| string(server)).collect();
        listed(vm, servers, w)
    }),
    ("net_dns", |vm, a, w| {
        let name = vm.text(arg(a, 0))?;
        let mut texts = addresses_of(&name).into_iter().filter_map(|address| address_text(&address));
        if w != want::LIST {
            return Ok(texts.next().map_or(UNDEF, |text| string(&text)));
        }
        let values = texts.map(|text| string(&text)).collect();
        listed(vm, values, w)
    }),
    ("git_root", |vm, a, _| {
        let root = git(vm, arg(a, 0), &[b"rev-parse", b"--show-toplevel"])?;
        Ok(root.map_or(UNDEF, |root| string(root.trim_ascii_end())))
    }),
    ("git_branches", |vm, a, w| {
        let text = git(vm, arg(a, 0), &[b"for-each-ref", b"--format=%(refname:short)", b"refs/heads"])?;
        let values = lines(&text.unwrap_or_default()).map(string).collect();
        listed(vm, values, w)
    }),
    ("git_files", |vm, a, w| {
        let text = git(vm, arg(a, 0), &[b"ls-files", b"-z"])?.unwrap_or_default();
        let values = text.split(|&byte| byte == 0).filter(|name| !name.is_empty()).map(string).collect();
        listed(vm, values, w)
    }),
    ("git_authors", |vm, a, w| {
        let text = git(vm, arg(a, 0), &[b"log", b"--format=%aN"])?.unwrap_or_default();
        let mut names: Vec<&[u8]> = lines(&text).collect();
        names.sort_unstable();
        names.dedup();
        let values = names.into_iter().map(string).collect();
        listed(vm, values, w)
    }),
    ("git_log", |vm, a, w| {
        let count = arg(a, 0);
        let count = if count.is_undef() { 100 } else { vm.integer(count)?.max(0) };
        let mut limit = b"--max-count=".to_vec();
        number::format_int(count, &mut limit);
        let format = b"--format=%H%x00%aN%x00%aE%x00%at%x00%s".as_slice();
        let text = git(vm, arg(a, 1), &[b"log", &limit, format])?.unwrap_or_default();
        let mut values = Vec::new();
        for line in lines(&text) {
            let fields: Vec<&[u8]> = line.split(|&byte| byte == 0).collect();
            let [hash, author, email, date, subject] = fields.as_slice() else { continue };
            let fields = [
                ("hash", string(hash)),
                ("author", string(author)),
                ("email", string(email)),
                ("date", int(number::parse(date).to_i64())),
                ("message", string(subject)),
            ];
            values.push(record(vm, &fields));
        }
        listed(vm, values, w)
    }),
    ("getpriority", |vm, a, _| {
        let (which, who) = (vm.integer(arg(a, 0))? as i32, vm.integer(arg(a, 1))? as i32);
        match s_sys::getpriority(which, who) {
            Ok(priority) => Ok(int(i64::from(priority))),
            Err(error) => {
                vm.set_errno(error);
                Ok(UNDEF)
            }
        }
    }),
    ("setpriority", |vm, a, _| {
        let (which, who) = (vm.integer(arg(a, 0))? as i32, vm.integer(arg(a, 1))? as i32);
        let priority = vm.integer(arg(a, 2))? as i32;
        Ok(done(vm, s_sys::setpriority(which, who, priority)))
    }),
    ("setpgrp", |vm, a, _| {
        let (pid, group) = (vm.integer(arg(a, 0))? as i32, vm.integer(arg(a, 1))? as i32);
        Ok(done(vm, s_sys::setpgid(pid, group)))
    }),
];

/// The addresses of a name: what it says itself, the table of hosts, then the servers of names.
pub(super) fn addresses_of(name: &[u8]) -> Vec<Address> {
    if let Some(address) = address_from(name) {
        return alloc::vec![address];
    }
    let table = net::hosts(&read_whole(b"/etc/hosts").unwrap_or_default());
    let known: Vec<Address> = table
        .iter()
        .filter(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .filter_map(|(address, _)| address_from(address))
        .collect();
    if !known.is_empty() {
        return known;
    }
    if name.eq_ignore_ascii_case(b"localhost") {
        return alloc::vec![Address::V4([127, 0, 0, 1], 0)];
    }
    let found = asked(name, dns::A);
    if found.is_empty() { asked(name, dns::AAAA) } else { found }
}

/// The first IPv4 address of a name.
pub(super) fn ipv4_of(name: &[u8]) -> Option<[u8; 4]> {
    addresses_of(name).into_iter().find_map(|address| match address {
        Address::V4(bytes, _) => Some(bytes),
        _ => None,
    })
}

/// The name of an address in the table of hosts.
pub(super) fn name_of_address(address: [u8; 4]) -> Option<Vec<u8>> {
    let table = net::hosts(&read_whole(b"/etc/hosts").unwrap_or_default());
    let known = table.into_iter().find(|(text, _)| net::parse_ipv4(text) == Some(address));
    known.and_then(|(_, names)| names.into_iter().next())
}

fn address_from(text: &[u8]) -> Option<Address> {
    let four = net::parse_ipv4(text).map(|address| Address::V4(address, 0));
    four.or_else(|| net::parse_ipv6(text).map(|address| Address::V6(address, 0, 0)))
}

fn address_text(address: &Address) -> Option<Vec<u8>> {
    match address {
        Address::V4(address, _) => Some(format_ipv4(*address)),
        Address::V6(address, ..) => Some(format_ipv6(*address)),
        Address::Unix(_) => None,
    }
}

fn name_servers() -> Vec<Vec<u8>> {
    net::name_servers(&read_whole(b"/etc/resolv.conf").unwrap_or_default())
}

/// Asks the servers of names until one answers.
fn asked(name: &[u8], kind: u16) -> Vec<Address> {
    for server in name_servers().iter().take(3) {
        let server = match address_from(server) {
            Some(Address::V4(address, _)) => Address::V4(address, DNS_PORT),
            Some(Address::V6(address, ..)) => Address::V6(address, DNS_PORT, 0),
            _ => continue,
        };
        for _ in 0..DNS_TRIES {
            let mut id = [0; 2];
            if s_sys::random(&mut id).is_err() {
                return Vec::new();
            }
            let id = u16::from_ne_bytes(id);
            let Some(question) = dns::question(id, name, kind) else { return Vec::new() };
            let Ok(Some(records)) = exchange(&server, &question).map(|reply| dns::answer(&reply, id, kind))
            else {
                continue;
            };
            return records
                .iter()
                .filter_map(|data| match kind {
                    dns::A => <[u8; 4]>::try_from(data.as_slice()).ok().map(|data| Address::V4(data, 0)),
                    _ => <[u8; 16]>::try_from(data.as_slice()).ok().map(|data| Address::V6(data, 0, 0)),
                })
                .collect();
        }
    }
    Vec::new()
}

/// Sends a datagram and waits for the one that comes back from there.
fn exchange(server: &Address, question: &[u8]) -> Result<Vec<u8>, Errno> {
    let family = if matches!(server, Address::V4(..)) { s_sys::AF_INET } else { s_sys::AF_INET6 };
    let fd = s_sys::socket(family, s_sys::SOCK_DGRAM, 0)?;
    let reply = exchange_over(fd, server, question);
    s_sys::close(fd).unwrap_or_default();
    reply
}

fn exchange_over(fd: Fd, server: &Address, question: &[u8]) -> Result<Vec<u8>, Errno> {
    // A connected socket gets datagrams of its server only.
    s_sys::connect(fd, server)?;
    s_sys::send(fd, question, 0, None)?;
    let mut waiting = [PollFd { fd, events: s_sys::POLLIN, revents: 0 }];
    if s_sys::poll(&mut waiting, Some(Time::from_seconds(DNS_SECONDS)))? == 0 {
        return Err(Errno::EAGAIN);
    }
    let mut reply = alloc::vec![0; 4096];
    let (length, _) = s_sys::receive(fd, &mut reply, s_sys::MSG_DONTWAIT)?;
    reply.truncate(length);
    Ok(reply)
}

/// One interface of the network.
#[derive(Default)]
struct Interface {
    name: Vec<u8>,
    mac: Vec<u8>,
    up: bool,
    ipv4: Vec<[u8; 4]>,
    ipv6: Vec<[u8; 16]>,
}

impl Interface {
    fn is_loopback(&self) -> bool {
        self.name == b"lo"
    }
}

fn interfaces() -> Vec<Interface> {
    let mut names = names_in(b"/sys/class/net");
    names.sort_unstable();
    let six = net::local_ipv6(&read_whole(b"/proc/net/if_inet6").unwrap_or_default());
    let mut all: Vec<Interface> = names
        .into_iter()
        .map(|name| {
            let about = |file: &[u8]| {
                let path = [b"/sys/class/net/".as_slice(), &name, b"/", file].concat();
                read_whole(&path).unwrap_or_default().trim_ascii().to_vec()
            };
            let mac = about(b"address");
            let up = matches!(about(b"operstate").as_slice(), b"up" | b"unknown");
            let ipv6 = six.iter().filter(|(_, of)| *of == name).map(|(address, _)| *address).collect();
            Interface { mac, up, ipv6, name, ipv4: Vec::new() }
        })
        .collect();
    // The kernel lists addresses without interfaces; the route of its network has one.
    let routes = net::routes(&read_whole(b"/proc/net/route").unwrap_or_default());
    for address in net::local_ipv4(&read_whole(b"/proc/net/fib_trie").unwrap_or_default()) {
        let number = u32::from_be_bytes(address);
        let route = routes
            .iter()
            .filter(|route| {
                let mask = u32::from_be_bytes(route.mask);
                mask != 0 && number & mask == u32::from_be_bytes(route.destination)
            })
            .max_by_key(|route| u32::from_be_bytes(route.mask));
        let name = match route {
            Some(route) => route.interface.clone(),
            None if address[0] == 127 => b"lo".to_vec(),
            // Without a route of its own it is that of the way out, if any.
            None => match routes.first() {
                Some(route) => route.interface.clone(),
                None => continue,
            },
        };
        if let Some(interface) = all.iter_mut().find(|interface| interface.name == name) {
            interface.ipv4.push(address);
        }
    }
    all
}

fn described(vm: &mut Vm, interface: &Interface) -> Val {
    let four: Vec<Val> = interface.ipv4.iter().map(|&address| string(&format_ipv4(address))).collect();
    let six: Vec<Val> = interface.ipv6.iter().map(|&address| string(&format_ipv6(address))).collect();
    let fields = [
        ("name", string(&interface.name)),
        ("mac", string(&interface.mac)),
        ("up", int(i64::from(interface.up))),
        ("ipv4", array_value(&four)),
        ("ipv6", array_value(&six)),
    ];
    record(vm, &fields)
}

/// What the kernel says of a process, unless it has ended.
fn process(vm: &mut Vm, pid: i64) -> Option<Val> {
    let mut folder = b"/proc/".to_vec();
    number::format_int(pid, &mut folder);
    let stat = read_whole(&[folder.as_slice(), b"/stat"].concat()).ok()?;
    // The name stands in parentheses and may hold any byte.
    let (open, close) = (memchr::memchr(b'(', &stat)?, memchr::memrchr(b')', &stat)?);
    let name = stat.get(open + 1..close)?;
    let mut rest = stat.get(close + 1..)?.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    let (state, parent) = (rest.next()?, rest.next()?);
    let mut command = read_whole(&[folder.as_slice(), b"/cmdline"].concat()).unwrap_or_default();
    while command.last() == Some(&0) {
        command.pop();
    }
    for byte in &mut command {
        if *byte == 0 {
            *byte = b' ';
        }
    }
    let user = s_sys::stat(&folder).map_or(UNDEF, |stat| int(i64::from(stat.uid)));
    let fields = [
        ("pid", int(pid)),
        ("ppid", int(number::parse(parent).to_i64())),
        ("name", string(name)),
        ("state", string(state)),
        ("uid", user),
        ("cmd", string(&command)),
    ];
    Some(record(vm, &fields))
}

/// A hash reference with these fields, which it takes over.
fn record(vm: &mut Vm, fields: &[(&str, Val)]) -> Val {
    let table = hash::new();
    for &(name, value) in fields {
        hash::set_text(vm, table, name.as_bytes(), value);
    }
    href(table)
}

/// What `git` prints in a folder, the current one if undef; `None` where it fails or is not there.
fn git(vm: &mut Vm, folder: Val, arguments: &[&[u8]]) -> Result<Option<Vec<u8>>, Thrown> {
    let folder = if folder.is_undef() { b".".to_vec() } else { vm.text(folder)?.to_vec() };
    crate::output::flush_everything(vm);
    let mut words: Vec<&[u8]> = alloc::vec![b"git", b"-C", &folder];
    words.extend_from_slice(arguments);
    let answer = vm.running(|interrupted| crate::io::run_quiet(&words, interrupted))?;
    Ok(answer.ok().filter(|(_, status)| status.0 == 0).map(|(text, _)| text))
}

fn names_in(path: &[u8]) -> Vec<Vec<u8>> {
    crate::io::Directory::open(path).and_then(|mut directory| directory.read_all()).map_or_else(
        |_| Vec::new(),
        |names| names.into_iter().filter(|name| !name.starts_with(b".")).collect(),
    )
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())
}

/// A field of the table of mounts, where blanks are written as `\040`.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < field.len() {
        let code = field.get(at + 1..at + 4).filter(|_| field[at] == b'\\').and_then(|digits| {
            digits.iter().try_fold(0_u32, |code, &byte| Some(code * 8 + (byte as char).to_digit(8)?))
        });
        match code.and_then(|code| u8::try_from(code).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 4;
            }
            None => {
                out.push(field[at]);
                at += 1;
            }
        }
    }
    out
}

fn done(vm: &mut Vm, result: Result<(), Errno>) -> Val {
    match result {
        Ok(()) => int(1),
        Err(error) => {
            vm.set_errno(error);
            vm.boolean(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_mounts() {
        assert_eq!(unescaped(b"/a\\040b"), b"/a b");
        assert_eq!(unescaped(b"\\"), b"\\");
        assert_eq!(unescaped(b"\\777x"), b"\\777x");
    }

    #[test]
    fn names_without_a_server() {
        assert_eq!(addresses_of(b"10.0.0.1"), [Address::V4([10, 0, 0, 1], 0)]);
        assert!(!addresses_of(b"localhost").is_empty());
        assert!(addresses_of(b"").is_empty());
    }
}
