//! Code points of a subject: strict UTF-8 where it holds, and single bytes where it does not.
//!
//! Invariant: `before` finds the boundaries that repeated `decode` from any boundary finds.

use alloc::vec::Vec;

/// The code point at `at` and its length; an invalid byte stands for itself. `at` must be inside.
#[inline]
pub(crate) fn decode(text: &[u8], at: usize) -> (u32, usize) {
    let lead = text[at];
    if lead < 0x80 { (u32::from(lead), 1) } else { decode_long(text, at) }
}

/// The boundary before `at` and the code point between; `at` must be above 0.
#[inline]
pub(crate) fn before(text: &[u8], at: usize) -> (u32, usize) {
    let last = text[at - 1];
    if last < 0x80 {
        return (u32::from(last), at - 1);
    }
    for back in 2..=at.min(4) {
        let byte = text[at - back];
        if byte & 0xc0 == 0x80 {
            continue;
        }
        if byte >= 0xc0 {
            let (c, len) = decode_long(text, at - back);
            if len == back {
                return (c, at - back);
            }
        }
        break;
    }
    (u32::from(last), at - 1)
}

/// Appends a code point as UTF-8. Those that UTF-8 cannot hold yield `false`.
pub(crate) fn encode(c: u32, out: &mut Vec<u8>) -> bool {
    let Some(c) = char::from_u32(c) else { return false };
    let mut buffer = [0; 4];
    out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    true
}

#[inline(never)]
fn decode_long(text: &[u8], at: usize) -> (u32, usize) {
    let lead = text[at];
    let tail = |i: usize| text.get(at + i).filter(|b| **b & 0xc0 == 0x80).map(|b| u32::from(b & 0x3f));
    let whole = match lead {
        0xc2..=0xdf => tail(1).map(|a| ((u32::from(lead & 0x1f) << 6) | a, 2)),
        0xe0..=0xef => match (tail(1), tail(2)) {
            (Some(a), Some(b)) => Some(((u32::from(lead & 0x0f) << 12) | (a << 6) | b, 3))
                .filter(|(c, _)| *c >= 0x800 && !(0xd800..0xe000).contains(c)),
            _ => None,
        },
        0xf0..=0xf4 => match (tail(1), tail(2), tail(3)) {
            (Some(a), Some(b), Some(c)) => {
                Some(((u32::from(lead & 0x07) << 18) | (a << 12) | (b << 6) | c, 4))
                    .filter(|(c, _)| (0x1_0000..0x11_0000).contains(c))
            }
            _ => None,
        },
        _ => None,
    };
    whole.unwrap_or((u32::from(lead), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_the_same_both_ways() {
        let pieces: [&[u8]; 8] = [
            b"a",
            "é".as_bytes(),
            "€".as_bytes(),
            "🐪".as_bytes(),
            b"\xff",
            b"\xe2\x82",
            b"\x80",
            b"\xf0\x9f",
        ];
        for mask in 0..8usize.pow(4) {
            let mut text = Vec::new();
            let mut rest = mask;
            for _ in 0..4 {
                text.extend_from_slice(pieces[rest % 8]);
                rest /= 8;
            }
            let mut forward = Vec::new();
            let mut at = 0;
            while at < text.len() {
                let (c, len) = decode(&text, at);
                forward.push((c, at));
                at += len;
            }
            let mut backward = Vec::new();
            while at > 0 {
                let (c, start) = before(&text, at);
                backward.push((c, start));
                at = start;
            }
            backward.reverse();
            assert_eq!(forward, backward, "{text:?}");
        }
    }
}
