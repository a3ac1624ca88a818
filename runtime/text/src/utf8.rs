//! UTF-8 read leniently, and case.
//!
//! Strings of the language are bytes that are usually UTF-8. A byte that starts no character is
//! read as the code point of its value (as Latin-1 would) and takes one byte, so that every
//! function has an answer for every input. Surrogates in three bytes are characters here.

use alloc::vec::Vec;

/// Whether every byte is below 0x80.
pub fn is_ascii(bytes: &[u8]) -> bool {
    bytes.is_ascii()
}

/// Whether the bytes are UTF-8 as the standard defines it.
pub fn is_valid(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).is_ok()
}

/// The code point at the start of `bytes` and how many bytes it takes; `(0, 0)` at the end.
pub fn decode(bytes: &[u8]) -> (u32, usize) {
    let Some(&first) = bytes.first() else { return (0, 0) };
    let alone = (u32::from(first), 1);
    if first < 0xc2 {
        return alone;
    }
    let next =
        |at: usize| bytes.get(at).filter(|&&byte| byte & 0xc0 == 0x80).map(|&byte| u32::from(byte & 0x3f));
    let Some(second) = next(1) else { return alone };
    if first < 0xe0 {
        return (u32::from(first & 0x1f) << 6 | second, 2);
    }
    let Some(third) = next(2) else { return alone };
    if first < 0xf0 {
        let code = u32::from(first & 0x0f) << 12 | second << 6 | third;
        return if code < 0x800 { alone } else { (code, 3) };
    }
    let Some(fourth) = next(3) else { return alone };
    let code = u32::from(first & 0x07) << 18 | second << 12 | third << 6 | fourth;
    if first > 0xf7 || code < 0x1_0000 { alone } else { (code, 4) }
}

/// The last code point of `bytes` and how many bytes it takes; `(0, 0)` at the start.
pub fn decode_last(bytes: &[u8]) -> (u32, usize) {
    let Some(&last) = bytes.last() else { return (0, 0) };
    for length in 2..=4.min(bytes.len()) {
        let (code, used) = decode(&bytes[bytes.len() - length..]);
        if used == length {
            return (code, used);
        }
    }
    (u32::from(last), 1)
}

/// Appends a code point, also a surrogate or one above 0x10ffff that four bytes can hold;
/// anything larger becomes U+FFFD.
pub fn encode(code: u32, out: &mut Vec<u8>) {
    match code {
        0..=0x7f => out.push(code as u8),
        0x80..=0x7ff => out.extend_from_slice(&[0xc0 | (code >> 6) as u8, continuation(code)]),
        0x800..=0xffff => {
            out.extend_from_slice(&[0xe0 | (code >> 12) as u8, continuation(code >> 6), continuation(code)])
        }
        0x1_0000..=0x1f_ffff => {
            out.extend_from_slice(&[
                0xf0 | (code >> 18) as u8,
                continuation(code >> 12),
                continuation(code >> 6),
                continuation(code),
            ]);
        }
        _ => out.extend_from_slice(&[0xef, 0xbf, 0xbd]),
    }
}

fn continuation(code: u32) -> u8 {
    0x80 | (code & 0x3f) as u8
}

/// How many bytes `encode` writes.
pub fn encoded_length(code: u32) -> usize {
    match code {
        0..=0x7f => 1,
        0x80..=0x7ff => 2,
        0x800..=0xffff => 3,
        0x1_0000..=0x1f_ffff => 4,
        _ => 3,
    }
}

/// The code points of `bytes` with the range of bytes of each.
#[derive(Clone, Debug)]
pub struct CodePoints<'a> {
    rest: &'a [u8],
}

/// Iterates over the code points of `bytes`.
pub fn code_points(bytes: &[u8]) -> CodePoints<'_> {
    CodePoints { rest: bytes }
}

impl<'a> Iterator for CodePoints<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (code, used) = decode(self.rest);
        if used == 0 {
            return None;
        }
        let (head, rest) = self.rest.split_at(used);
        self.rest = rest;
        Some((code, head))
    }
}

impl DoubleEndedIterator for CodePoints<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        // Right for UTF-8; beside stray bytes front and back may group differently.
        let (code, used) = decode_last(self.rest);
        if used == 0 {
            return None;
        }
        let (rest, tail) = self.rest.split_at(self.rest.len() - used);
        self.rest = rest;
        Some((code, tail))
    }
}

/// How many code points `bytes` holds.
pub fn count(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        Err(_) => code_points(bytes).count(),
    }
}

/// The byte offset of code point number `n`; `Some(len)` for the one behind the last, `None`
/// beyond.
pub fn offset(bytes: &[u8], n: usize) -> Option<usize> {
    let mut at = 0;
    let mut left = n;
    while left > 0 {
        // Eight plain bytes at a time.
        if left >= 8
            && let Some(chunk) = bytes.get(at..at + 8)
            && chunk.is_ascii()
        {
            at += 8;
            left -= 8;
            continue;
        }
        let (_, used) = decode(&bytes[at..]);
        if used == 0 {
            return None;
        }
        at += used;
        left -= 1;
    }
    Some(at)
}

/// The number of the code point at byte offset `at` (clamped to the length).
pub fn index_of_offset(bytes: &[u8], at: usize) -> usize {
    count(&bytes[..at.min(bytes.len())])
}

/// The start of the code point behind the one at `at`.
pub fn next(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..) {
        Some(rest) => at + decode(rest).1,
        None => bytes.len(),
    }
}

/// The start of the code point that ends at `at`.
pub fn previous(bytes: &[u8], at: usize) -> usize {
    let at = at.min(bytes.len());
    at - decode_last(&bytes[..at]).1
}

/// Latin-1 bytes as UTF-8.
pub fn from_latin1(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len());
    for &byte in bytes {
        encode(u32::from(byte), out);
    }
}

/// UTF-8 as Latin-1 bytes; `false`, and nothing appended, if a code point is above 255.
pub fn to_latin1(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    for (code, _) in code_points(bytes) {
        match u8::try_from(code) {
            Ok(byte) => out.push(byte),
            Err(_) => {
                out.truncate(start);
                return false;
            }
        }
    }
    true
}

/// Appends `bytes` in upper case (`uc`).
pub fn uc(bytes: &[u8], out: &mut Vec<u8>) {
    map_case(bytes, out, u8::to_ascii_uppercase, |code, out| push_all(code.to_uppercase(), out));
}

/// Appends `bytes` in lower case (`lc`).
pub fn lc(bytes: &[u8], out: &mut Vec<u8>) {
    map_case(bytes, out, u8::to_ascii_lowercase, |code, out| push_all(code.to_lowercase(), out));
}

/// Appends `bytes` folded for comparison without case (`fc`).
pub fn fold(bytes: &[u8], out: &mut Vec<u8>) {
    map_case(bytes, out, u8::to_ascii_lowercase, fold_char);
}

/// Appends `bytes` with the first code point in title case (`ucfirst`).
pub fn ucfirst(bytes: &[u8], out: &mut Vec<u8>) {
    let (code, used) = decode(bytes);
    match valid_char(code, used) {
        Some(first) => title_char(first, out),
        None => out.extend_from_slice(&bytes[..used]),
    }
    out.extend_from_slice(&bytes[used..]);
}

/// Appends `bytes` with the first code point in lower case (`lcfirst`).
pub fn lcfirst(bytes: &[u8], out: &mut Vec<u8>) {
    let (code, used) = decode(bytes);
    match valid_char(code, used) {
        Some(first) => push_all(first.to_lowercase(), out),
        None => out.extend_from_slice(&bytes[..used]),
    }
    out.extend_from_slice(&bytes[used..]);
}

/// Upper case of Latin-1 bytes that stays in Latin-1 (`ÿ` and `µ` and `ß` have none there).
pub fn uc_latin1(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = match *byte {
            b'a'..=b'z' | 0xe0..=0xf6 | 0xf8..=0xfe => *byte - 32,
            other => other,
        };
    }
}

/// Lower case of Latin-1 bytes.
pub fn lc_latin1(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = match *byte {
            b'A'..=b'Z' | 0xc0..=0xd6 | 0xd8..=0xde => *byte + 32,
            other => other,
        };
    }
}

/// A character, if the code point came from a whole sequence and is none of the surrogates.
fn valid_char(code: u32, used: usize) -> Option<char> {
    if used == encoded_length(code) { char::from_u32(code) } else { None }
}

fn map_case(bytes: &[u8], out: &mut Vec<u8>, ascii: impl Fn(&u8) -> u8, other: fn(char, &mut Vec<u8>)) {
    out.reserve(bytes.len());
    if bytes.is_ascii() {
        return extend_mapped(bytes, out, ascii);
    }
    let mut rest = bytes;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|byte| byte.is_ascii()).count();
        extend_mapped(&rest[..plain], out, &ascii);
        rest = &rest[plain..];
        let (code, used) = decode(rest);
        match valid_char(code, used) {
            Some(code) => other(code, out),
            None => out.extend_from_slice(&rest[..used]),
        }
        rest = &rest[used..];
    }
}

/// Appends each byte as `map` gives it.
#[inline]
fn extend_mapped(bytes: &[u8], out: &mut Vec<u8>, map: impl Fn(&u8) -> u8) {
    let start = out.len();
    out.extend_from_slice(bytes);
    for byte in &mut out[start..] {
        *byte = map(byte);
    }
}

fn push_all(codes: impl Iterator<Item = char>, out: &mut Vec<u8>) {
    for code in codes {
        encode(u32::from(code), out);
    }
}

/// Title case: mostly upper case of the first and lower case of what it expands to.
fn title_char(code: char, out: &mut Vec<u8>) {
    let value = u32::from(code);
    let single = match value {
        // Digraphs have a form of their own.
        0x1c4..=0x1cc => Some((value - 0x1c4) / 3 * 3 + 0x1c5),
        0x1f1..=0x1f3 => Some(0x1f2),
        // Georgian is written in lower case at the start of a word too.
        0x10d0..=0x10ff => Some(value),
        // Greek with the iota below keeps it there.
        0x1f80..=0x1faf => Some(value | 8),
        0x1fb3 | 0x1fbc => Some(0x1fbc),
        0x1fc3 | 0x1fcc => Some(0x1fcc),
        0x1ff3 | 0x1ffc => Some(0x1ffc),
        _ => None,
    };
    if let Some(single) = single {
        return encode(single, out);
    }
    let mut upper = code.to_uppercase();
    let Some(first) = upper.next() else { return };
    encode(u32::from(first), out);
    for next in upper {
        match next {
            '\u{399}' => encode(0x345, out),
            _ if first.is_uppercase() => push_all(next.to_lowercase(), out),
            _ => encode(u32::from(next), out),
        }
    }
}

/// Full case folding: the lower case of the upper case, but for a few.
fn fold_char(code: char, out: &mut Vec<u8>) {
    match u32::from(code) {
        0x131 => encode(0x131, out),
        0x1e9e => out.extend_from_slice(b"ss"),
        // Cherokee folds to its older, upper-case letters.
        0x13a0..=0x13f5 => encode(u32::from(code), out),
        0x13f8..=0x13fd | 0xab70..=0xabbf => push_all(code.to_uppercase(), out),
        // Lower case for capitals with a form of two letters that is not the way back.
        0x130 => push_all(code.to_lowercase(), out),
        _ => {
            for upper in code.to_uppercase() {
                push_all(upper.to_lowercase(), out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, perl_lines, show};

    #[test]
    fn case_is_that_of_perl() {
        let program = "use feature 'fc'; binmode STDOUT, ':utf8'; for my $c (1..0xd7ff, 0xe000..0x1ffff) { my $s = chr $c; utf8::upgrade($s); no warnings; next unless $s =~ /\\p{Assigned}/; \
            my @r = map { my $t = $_; utf8::encode($t); unpack 'H*', $t } uc $s, lc $s, ucfirst $s, lcfirst $s, fc $s; print \"$c @r\\n\" }";
        let lines = perl_lines(program, "");
        assert!(lines.len() > 60_000);
        let mut wrong = Vec::new();
        for line in &lines {
            let (code, expected) = line.split_once(' ').unwrap();
            let mut text = Vec::new();
            encode(code.parse().unwrap(), &mut text);
            let ours: Vec<_> = [uc, lc, ucfirst, lcfirst, fold]
                .iter()
                .map(|function: &fn(&[u8], &mut Vec<u8>)| {
                    let mut out = Vec::new();
                    function(&text, &mut out);
                    show(&out)
                })
                .collect();
            if ours.join(" ") != expected {
                wrong.push(format!("{code}: {} not {expected}", ours.join(" ")));
            }
        }
        // Letters that newer tables gave a partner that older ones did not know.
        assert!(wrong.len() <= 4, "{wrong:#?}");
    }

    #[test]
    fn every_input_has_code_points() {
        let mut generator = Generator::new(11);
        for _ in 0..5000 {
            let bytes = generator.bytes(12);
            let collected: Vec<u8> = code_points(&bytes).flat_map(|(_, part)| part.to_vec()).collect();
            assert_eq!(collected, bytes);
            let length = count(&bytes);
            assert_eq!(offset(&bytes, length), Some(bytes.len()));
            assert_eq!(offset(&bytes, length + 1), None);
            for at in 0..=bytes.len() + 1 {
                let _ = (next(&bytes, at), previous(&bytes, at), index_of_offset(&bytes, at));
            }
            assert_eq!(code_points(&bytes).rev().map(|(_, part)| part.len()).sum::<usize>(), bytes.len());
            let mut out = Vec::new();
            for function in [uc, lc, ucfirst, lcfirst, fold] {
                function(&bytes, &mut out);
            }
        }
        for code in (0..0x11_0000).step_by(7) {
            let mut text = Vec::new();
            encode(code, &mut text);
            assert_eq!(decode(&text), (code, text.len()));
            assert_eq!(decode_last(&text), (code, text.len()));
        }
    }

    #[test]
    fn latin1() {
        let mut text = Vec::new();
        from_latin1(b"caf\xe9", &mut text);
        assert_eq!(text, "caf\u{e9}".as_bytes());
        let mut back = Vec::new();
        assert!(to_latin1(&text, &mut back));
        assert_eq!(back, b"caf\xe9");
        assert!(!to_latin1("\u{100}".as_bytes(), &mut back));
        uc_latin1(&mut back);
        assert_eq!(back, b"CAF\xc9");
        lc_latin1(&mut back);
        assert_eq!(back, b"caf\xe9");
    }
}
