//! Bytes as text: base 64 (standard and for URLs), base 32, base 58.

use alloc::vec::Vec;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Longest input of base 58: its time grows with the square of the length.
pub const BASE58_MAX: usize = 1 << 14;

/// Appends standard base 64 with padding and without line breaks.
pub fn encode(data: &[u8], out: &mut Vec<u8>) {
    encode_with(data, STANDARD, true, out);
}

/// Appends base 64 for URLs, without padding.
pub fn encode_url(data: &[u8], out: &mut Vec<u8>) {
    encode_with(data, URL, false, out);
}

fn encode_with(data: &[u8], alphabet: &[u8; 64], padding: bool, out: &mut Vec<u8>) {
    out.reserve(data.len().div_ceil(3) * 4);
    for chunk in data.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(alphabet[(bits >> (18 - 6 * place)) as usize & 63]);
            } else if padding {
                out.push(b'=');
            }
        }
    }
}

/// Bytes from base 64 of either alphabet; blanks, padding and other bytes are passed over, as
/// Perl's `decode_base64` does.
pub fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut bits: u32 = 0;
    let mut count = 0;
    for &byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out
}

/// Appends base 32 (RFC 4648) with padding.
pub fn encode_base32(data: &[u8], out: &mut Vec<u8>) {
    for chunk in data.chunks(5) {
        let bits = (0..5).fold(0u64, |bits, at| bits << 8 | u64::from(chunk.get(at).copied().unwrap_or(0)));
        let letters = (chunk.len() * 8).div_ceil(5);
        for place in 0..8 {
            out.push(if place < letters { BASE32[(bits >> (35 - 5 * place)) as usize & 31] } else { b'=' });
        }
    }
}

/// Bytes from base 32 of any case, blanks allowed; `None` for a byte that is none of it.
pub fn decode_base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bits: u32 = 0;
    let mut count = 0;
    for &byte in text {
        let value = match byte.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            b'=' => break,
            b' ' | b'\n' | b'\r' | b'\t' => continue,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

/// Base 58 with Bitcoin's alphabet; `None` for more than `BASE58_MAX` bytes.
pub fn encode_base58(data: &[u8]) -> Option<Vec<u8>> {
    if data.len() > BASE58_MAX {
        return None;
    }
    let zeros = data.iter().take_while(|&&byte| byte == 0).count();
    let digits = convert(data[zeros..].iter().copied(), 256, 58);
    let mut out = Vec::from_iter(core::iter::repeat_n(BASE58[0], zeros));
    out.extend(digits.iter().rev().map(|&digit| BASE58[usize::from(digit)]));
    Some(out)
}

/// Bytes from base 58; `None` for a byte that is none of it or a text too long.
pub fn decode_base58(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > BASE58_MAX * 2 {
        return None;
    }
    let values: Option<Vec<u8>> =
        text.iter().map(|&byte| memchr::memchr(byte, BASE58).map(|at| at as u8)).collect();
    let values = values?;
    let zeros = values.iter().take_while(|&&value| value == 0).count();
    let digits = convert(values[zeros..].iter().copied(), 58, 256);
    let mut out = Vec::from_iter(core::iter::repeat_n(0, zeros));
    out.extend(digits.iter().rev());
    Some(out)
}

/// Digits of one base to digits of another, the least first.
fn convert(digits: impl Iterator<Item = u8>, from: u32, to: u32) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    for digit in digits {
        let mut carry = u32::from(digit);
        for place in &mut out {
            carry += u32::from(*place) * from;
            *place = (carry % to) as u8;
            carry /= to;
        }
        while carry > 0 {
            out.push((carry % to) as u8);
            carry /= to;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, perl_lines, show};

    #[test]
    fn base64_is_that_of_perl() {
        let mut generator = Generator::new(23);
        let cases: Vec<_> = (0..200).map(|_| generator.bytes(30)).collect();
        let input: String = cases.iter().map(|case| format!("{}\n", show(case))).collect();
        let expected = perl_lines(
            "use MIME::Base64; while (<STDIN>) { chomp; print encode_base64(pack('H*', $_), ''), \"\\n\" }",
            &input,
        );
        for (case, expected) in cases.iter().zip(&expected) {
            let mut out = Vec::new();
            encode(case, &mut out);
            assert_eq!(String::from_utf8(out.clone()).unwrap(), *expected);
            assert_eq!(decode(&out), *case);
            out.clear();
            encode_url(case, &mut out);
            assert_eq!(decode(&out), *case);
            out.clear();
            encode_base32(case, &mut out);
            assert_eq!(decode_base32(&out).unwrap(), *case);
            assert_eq!(decode_base58(&encode_base58(case).unwrap()).unwrap(), *case);
            let _ = (decode(case), decode_base32(case), decode_base58(case));
        }
    }

    #[test]
    fn known_texts() {
        let mut out = Vec::new();
        encode_base32(b"foobar", &mut out);
        assert_eq!(out, b"MZXW6YTBOI======");
        assert_eq!(encode_base58(b"Hello World!").unwrap(), b"2NEpo7TZRRrLZSi2U");
        assert_eq!(encode_base58(b"\0\0a").unwrap(), b"112g");
        assert_eq!(decode(b"aGk\n="), b"hi");
        assert_eq!(decode_base58(b"0"), None);
        assert_eq!(encode_base58(&vec![1; BASE58_MAX + 1]), None);
    }
}
