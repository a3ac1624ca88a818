//! Addresses of the internet as text, and what the system's tables of hosts and routes say.

use alloc::vec::Vec;

use s_text::number;

/// An IPv4 address written with dots.
#[must_use]
pub fn format_ipv4(address: [u8; 4]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, part) in address.into_iter().enumerate() {
        if at > 0 {
            out.push(b'.');
        }
        number::format_int(i64::from(part), &mut out);
    }
    out
}

/// An IPv6 address, its longest run of zeros as `::` (RFC 5952).
#[must_use]
pub fn format_ipv6(address: [u8; 16]) -> Vec<u8> {
    alloc::string::ToString::to_string(&core::net::Ipv6Addr::from(address)).into_bytes()
}

/// Four numbers with dots.
#[must_use]
pub fn parse_ipv4(text: &[u8]) -> Option<[u8; 4]> {
    let text = core::str::from_utf8(text).ok()?;
    text.parse::<core::net::Ipv4Addr>().ok().map(|address| address.octets())
}

/// An IPv6 address without a scope.
#[must_use]
pub fn parse_ipv6(text: &[u8]) -> Option<[u8; 16]> {
    let text = core::str::from_utf8(text).ok()?;
    text.parse::<core::net::Ipv6Addr>().ok().map(|address| address.octets())
}

/// The lines of a table of hosts (`/etc/hosts`): an address and its names.
#[must_use]
pub fn hosts(text: &[u8]) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
    let mut out = Vec::new();
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.split(|&byte| byte == b'#').next().unwrap_or(b"");
        let mut words = words(line);
        let Some(address) = words.next() else { continue };
        out.push((address.to_vec(), words.map(<[u8]>::to_vec).collect()));
    }
    out
}

/// The servers of a configuration of the resolver (`/etc/resolv.conf`).
#[must_use]
pub fn name_servers(text: &[u8]) -> Vec<Vec<u8>> {
    text.split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let mut words = words(line);
            (words.next() == Some(b"nameserver")).then(|| words.next().map(<[u8]>::to_vec)).flatten()
        })
        .collect()
}

/// One route of IPv4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The interface.
    pub interface: Vec<u8>,
    /// Where it leads to.
    pub destination: [u8; 4],
    /// The router, all zero for none.
    pub gateway: [u8; 4],
    /// Which bits of the destination count.
    pub mask: [u8; 4],
}

/// The routes of `/proc/net/route`, whose numbers are in the byte order of the machine.
#[must_use]
pub fn routes(text: &[u8]) -> Vec<Route> {
    let address = |word: &[u8]| {
        let text = core::str::from_utf8(word).ok()?;
        u32::from_str_radix(text, 16).ok().map(u32::to_ne_bytes)
    };
    text.split(|&byte| byte == b'\n')
        .skip(1)
        .filter_map(|line| {
            let words: Vec<&[u8]> = words(line).collect();
            Some(Route {
                interface: words.first()?.to_vec(),
                destination: address(words.get(1)?)?,
                gateway: address(words.get(2)?)?,
                mask: address(words.get(7)?)?,
            })
        })
        .collect()
}

/// The machine's own addresses in `/proc/net/fib_trie`, each once, in the order of the file.
#[must_use]
pub fn local_ipv4(text: &[u8]) -> Vec<[u8; 4]> {
    let mut out = Vec::new();
    let mut last = None;
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii();
        if let Some(rest) = line.strip_prefix(b"|-- ") {
            last = parse_ipv4(rest);
        } else if line == b"/32 host LOCAL"
            && let Some(address) = last
            && !out.contains(&address)
        {
            out.push(address);
        }
    }
    out
}

/// Addresses and interfaces of `/proc/net/if_inet6`.
#[must_use]
pub fn local_ipv6(text: &[u8]) -> Vec<([u8; 16], Vec<u8>)> {
    text.split(|&byte| byte == b'\n')
        .filter_map(|line| {
            let words: Vec<&[u8]> = words(line).collect();
            let digits = core::str::from_utf8(words.first()?).ok().filter(|digits| digits.len() == 32)?;
            let address = u128::from_str_radix(digits, 16).ok()?.to_be_bytes();
            Some((address, words.get(5)?.to_vec()))
        })
        .collect()
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// Questions to servers of names (RFC 1035).
pub mod dns {
    use alloc::vec::Vec;

    /// Addresses of IPv4.
    pub const A: u16 = 1;
    /// Addresses of IPv6.
    pub const AAAA: u16 = 28;

    /// A question for records of a kind; `None` for what is no name.
    #[must_use]
    pub fn question(id: u16, name: &[u8], kind: u16) -> Option<Vec<u8>> {
        let name = name.strip_suffix(b".").unwrap_or(name);
        if name.is_empty() || name.len() > 253 {
            return None;
        }
        let mut out = Vec::new();
        // Recursion is desired; one question.
        for word in [id, 0x0100, 1, 0, 0, 0] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        for label in name.split(|&byte| byte == b'.') {
            let length = u8::try_from(label.len()).ok().filter(|length| (1..=63).contains(length))?;
            out.push(length);
            out.extend_from_slice(label);
        }
        out.push(0);
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&1_u16.to_be_bytes());
        Some(out)
    }

    /// The data of the records of that kind in an answer; `None` if it is no answer to that question.
    #[must_use]
    pub fn answer(message: &[u8], id: u16, kind: u16) -> Option<Vec<Vec<u8>>> {
        let word = |at: usize| message.get(at..at + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        if word(0)? != id || word(2)? & 0x8000 == 0 {
            return None;
        }
        let (questions, answers) = (word(4)?, word(6)?);
        let mut at = 12;
        for _ in 0..questions {
            at = behind_name(message, at)? + 4;
        }
        let mut out = Vec::new();
        for _ in 0..answers {
            at = behind_name(message, at)?;
            let (this, length) = (word(at)?, usize::from(word(at + 8)?));
            let data = message.get(at + 10..at + 10 + length)?;
            if this == kind {
                out.push(data.to_vec());
            }
            at += 10 + length;
        }
        Some(out)
    }

    fn behind_name(message: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            match *message.get(at)? {
                0 => return Some(at + 1),
                // A pointer to the rest of the name.
                length if length & 0xc0 == 0xc0 => return Some(at + 2),
                length => at += usize::from(length) + 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(format_ipv4([127, 0, 0, 1]), b"127.0.0.1");
        assert_eq!(parse_ipv4(b"10.1.2.255"), Some([10, 1, 2, 255]));
        assert_eq!(parse_ipv4(b"10.1.2.256"), None);
        let mut one = [0; 16];
        one[15] = 1;
        assert_eq!(format_ipv6(one), b"::1");
        assert_eq!(parse_ipv6(b"::1"), Some(one));
    }

    #[test]
    fn tables_of_hosts() {
        let text = b"127.0.0.1 localhost # me\n# none\n\n::1\tlocalhost ip6-localhost\n";
        let expected = vec![
            (b"127.0.0.1".to_vec(), vec![b"localhost".to_vec()]),
            (b"::1".to_vec(), vec![b"localhost".to_vec(), b"ip6-localhost".to_vec()]),
        ];
        assert_eq!(hosts(text), expected);
        assert_eq!(name_servers(b"search x\nnameserver 1.2.3.4\nnameserver\n"), vec![b"1.2.3.4".to_vec()]);
    }

    #[test]
    fn tables_of_the_kernel() {
        let mut text = b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n".to_vec();
        text.extend_from_slice(b"eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\nbad line\n");
        let routes = routes(&text);
        assert_eq!(routes.len(), 1);
        assert_eq!(routes[0].gateway, 0x0100_000a_u32.to_ne_bytes());
        let trie = b"Main:\n  +-- 0.0.0.0/0\n     |-- 10.0.0.0\n        /24 link UNICAST\n     |-- 10.0.0.5\n        /32 host LOCAL\n     |-- 10.0.0.5\n        /32 host LOCAL\n";
        assert_eq!(local_ipv4(trie), vec![[10, 0, 0, 5]]);
        let six = b"00000000000000000000000000000001 01 80 10 80       lo\n";
        assert_eq!(local_ipv6(six)[0].1, b"lo");
        assert_eq!(local_ipv6(b"zz 1 2 3 4 lo\n\n"), vec![]);
    }

    #[test]
    fn questions_and_answers() {
        let question = dns::question(7, b"a.bc", dns::A).expect("a name");
        assert_eq!(&question[12..], b"\x01a\x02bc\0\0\x01\0\x01");
        assert_eq!(dns::question(7, b"a..b", dns::A), None);
        assert_eq!(dns::question(7, b"", dns::A), None);
        let mut message = question.clone();
        message[2] = 0x81;
        message[7] = 1;
        message.extend_from_slice(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x01\x02\x03\x04");
        assert_eq!(dns::answer(&message, 7, dns::A), Some(vec![vec![1, 2, 3, 4]]));
        assert_eq!(dns::answer(&message, 8, dns::A), None);
        assert_eq!(dns::answer(&question, 7, dns::A), None);
        for length in 0..message.len() {
            assert_eq!(dns::answer(&message[..length], 7, dns::A), None, "{length}");
        }
    }
}
