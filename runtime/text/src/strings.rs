//! Functions over one or two strings: searching, splitting, editing, escaping, comparing.
//!
//! Strings are bytes, usually UTF-8. What counts characters says so; everything else is bytes.
//! Functions whose result could grow without bound end in `TooLong`.

use alloc::vec::Vec;
use core::fmt;

use memchr::memmem;

use super::number;
use super::sprintf::{OUTPUT_MAX, Units};
use super::utf8;

pub mod case;
pub mod compare;
pub mod escape;
pub mod segment;

/// A result would be longer than `OUTPUT_MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Out of memory: the string would be too long")
    }
}

impl core::error::Error for TooLong {}

/// The first place of `needle` at or behind `start`. A negative start is 0; one behind the end
/// finds nothing.
pub fn index(text: &[u8], needle: &[u8], start: i64) -> Option<usize> {
    let start = usize::try_from(start.max(0)).ok()?;
    let rest = text.get(start..)?;
    let at = match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, rest),
        _ => memmem::find(rest, needle),
    }?;
    Some(start + at)
}

/// `index` of Perl, where a start behind the end is the end.
pub fn index_perl(text: &[u8], needle: &[u8], start: i64) -> Option<usize> {
    index(text, needle, start.min(text.len() as i64))
}

/// The last place of `needle` that starts at or before `start` (`None`: anywhere). A negative
/// start counts as 0.
pub fn rindex(text: &[u8], needle: &[u8], start: Option<i64>) -> Option<usize> {
    let last = text.len().checked_sub(needle.len())?;
    let start = match start {
        None => last,
        Some(start) => usize::try_from(start.max(0)).unwrap_or(usize::MAX).min(last),
    };
    let head = &text[..start + needle.len()];
    match needle {
        [] => Some(start),
        [byte] => memchr::memrchr(*byte, head),
        _ => memmem::rfind(head, needle),
    }
}

/// `rindex` of Perl, where a negative start finds nothing but an empty needle.
pub fn rindex_perl(text: &[u8], needle: &[u8], start: Option<i64>) -> Option<usize> {
    match start {
        Some(start) if start < 0 && !needle.is_empty() => None,
        _ => rindex(text, needle, start),
    }
}

/// `index` counted in code points.
pub fn index_code_points(text: &[u8], needle: &[u8], start: i64) -> Option<usize> {
    let start = utf8::offset(text, usize::try_from(start.max(0)).ok()?)?;
    index(text, needle, start as i64).map(|at| utf8::index_of_offset(text, at))
}

/// `rindex` counted in code points.
pub fn rindex_code_points(text: &[u8], needle: &[u8], start: Option<i64>) -> Option<usize> {
    let start = start.map(|start| {
        let start = usize::try_from(start.max(0)).unwrap_or(usize::MAX);
        utf8::offset(text, start.min(text.len())).unwrap_or(text.len()) as i64
    });
    rindex(text, needle, start).map(|at| utf8::index_of_offset(text, at))
}

/// How often `needle` occurs without overlap; 0 for an empty one.
pub fn count(text: &[u8], needle: &[u8]) -> usize {
    match needle {
        [] => 0,
        [byte] => memchr::memchr_iter(*byte, text).count(),
        _ => memmem::find_iter(text, needle).count(),
    }
}

/// Appends `text` with the first `most` occurrences of `from` replaced; nothing is replaced for
/// an empty `from`.
pub fn replace(text: &[u8], from: &[u8], to: &[u8], most: usize, out: &mut Vec<u8>) -> Result<(), TooLong> {
    let mut rest = text;
    if !from.is_empty() {
        let finder = memmem::Finder::new(from);
        for _ in 0..most {
            let Some(at) = finder.find(rest) else { break };
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(to);
            rest = &rest[at + from.len()..];
            if out.len() > OUTPUT_MAX {
                return Err(TooLong);
            }
        }
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// The part between the first `open` and the next `close` behind it.
pub fn extract_between<'a>(text: &'a [u8], open: &[u8], close: &[u8]) -> Option<&'a [u8]> {
    let start = memmem::find(text, open)? + open.len();
    let length = memmem::find(&text[start..], close)?;
    Some(&text[start..start + length])
}

/// Appends `text` with a backslash before what a pattern might read: every byte that is no word
/// character; with code points beyond ASCII as they are.
pub fn quotemeta(text: &[u8], units: Units, out: &mut Vec<u8>) {
    for &byte in text {
        let is_plain =
            byte.is_ascii_alphanumeric() || byte == b'_' || (units == Units::CodePoints && byte >= 0x80);
        if !is_plain {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

/// The length of `text` without one `separator` at its end. An empty separator (paragraph mode)
/// takes all newlines there.
pub fn chomp(text: &[u8], separator: &[u8]) -> usize {
    if separator.is_empty() {
        return text.len() - text.iter().rev().take_while(|&&byte| byte == b'\n').count();
    }
    text.strip_suffix(separator).map_or(text.len(), <[u8]>::len)
}

/// The length of `text` without its last character.
pub fn chop(text: &[u8], units: Units) -> usize {
    match units {
        Units::Bytes => text.len().saturating_sub(1),
        Units::CodePoints => utf8::previous(text, text.len()),
    }
}

/// Appends `text` `times` times; a negative number is 0.
pub fn repeat(text: &[u8], times: i64, out: &mut Vec<u8>) -> Result<(), TooLong> {
    let times = usize::try_from(times.max(0)).map_err(|_| TooLong)?;
    let length = text.len().checked_mul(times).filter(|&length| length <= OUTPUT_MAX).ok_or(TooLong)?;
    if let [byte] = text {
        out.resize(out.len() + length, *byte);
        return Ok(());
    }
    out.reserve(length);
    if length > 0 {
        for _ in 0..times {
            out.extend_from_slice(text);
        }
    }
    Ok(())
}

/// Appends the characters in reverse order.
pub fn reverse(text: &[u8], units: Units, out: &mut Vec<u8>) {
    if units == Units::Bytes || text.is_ascii() {
        out.extend(text.iter().rev());
        return;
    }
    out.reserve(text.len());
    for (_, part) in utf8::code_points(text).rev() {
        out.extend_from_slice(part);
    }
}

/// Whether a code point is a blank of Unicode.
pub fn is_blank(code: u32) -> bool {
    char::from_u32(code).is_some_and(char::is_whitespace)
}

/// Without blanks at the start.
pub fn trim_start(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        let (code, used) = utf8::decode(rest);
        if used == 0 || !is_blank(code) {
            return rest;
        }
        rest = &rest[used..];
    }
}

/// Without blanks at the end.
pub fn trim_end(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        let (code, used) = utf8::decode_last(rest);
        if used == 0 || !is_blank(code) {
            return rest;
        }
        rest = &rest[..rest.len() - used];
    }
}

/// Without blanks at both ends.
pub fn trim(text: &[u8]) -> &[u8] {
    trim_end(trim_start(text))
}

/// Appends the words with one blank between them.
pub fn squish(text: &[u8], out: &mut Vec<u8>) {
    join(&segment::words(text), b" ", out);
}

/// Appends parts with a separator between them.
pub fn join(parts: &[&[u8]], separator: &[u8], out: &mut Vec<u8>) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(part);
    }
}

/// Which side of a text is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before the text.
    Left,
    /// Behind it.
    Right,
    /// Both, an odd one behind it.
    Both,
}

/// Appends `text` filled with `filler` (a blank if empty) to `width` code points.
pub fn pad(text: &[u8], width: i64, filler: &[u8], side: Side, out: &mut Vec<u8>) -> Result<(), TooLong> {
    let filler = if filler.is_empty() { b" " } else { filler };
    let width = usize::try_from(width.max(0)).map_err(|_| TooLong)?;
    let gap = width.saturating_sub(utf8::count(text));
    if gap > OUTPUT_MAX {
        return Err(TooLong);
    }
    let before = match side {
        Side::Left => gap,
        Side::Right => 0,
        Side::Both => gap / 2,
    };
    fill(filler, before, out);
    out.extend_from_slice(text);
    fill(filler, gap - before, out);
    Ok(())
}

/// Appends `count` code points of a repeated filler.
fn fill(filler: &[u8], count: usize, out: &mut Vec<u8>) {
    let mut codes = utf8::code_points(filler).cycle();
    for _ in 0..count {
        if let Some((_, part)) = codes.next() {
            out.extend_from_slice(part);
        }
    }
}

/// Appends at most `length` code points of `text`; if some are missing the last is U+2026.
pub fn truncate(text: &[u8], length: i64, out: &mut Vec<u8>) {
    let length = usize::try_from(length.max(0)).unwrap_or(usize::MAX);
    match utf8::offset(text, length) {
        Some(end) if end < text.len() => {
            if let Some(keep) = length.checked_sub(1).and_then(|length| utf8::offset(text, length)) {
                out.extend_from_slice(&text[..keep]);
                out.extend_from_slice("\u{2026}".as_bytes());
            }
        }
        _ => out.extend_from_slice(text),
    }
}

/// Part of a text in code points; a negative offset counts from the end.
pub fn middle(text: &[u8], offset: i64, length: i64) -> &[u8] {
    let total = utf8::count(text) as i64;
    let start = if offset < 0 { (total.saturating_add(offset)).max(0) } else { offset.min(total) };
    let end = if length < 0 {
        total.saturating_add(length).max(start)
    } else {
        start.saturating_add(length).min(total)
    };
    let at = |index: i64| utf8::offset(text, usize::try_from(index).unwrap_or(0)).unwrap_or(text.len());
    &text[at(start)..at(end)]
}

/// Where Perl's `substr` of `length` units starts and ends; `None` if it is outside.
pub fn substr_range(length: usize, offset: i64, count: Option<i64>) -> Option<(usize, usize)> {
    let total = i64::try_from(length).ok()?;
    let start = if offset < 0 { total.saturating_add(offset) } else { offset };
    if start > total {
        return None;
    }
    let end = match count {
        None => total,
        Some(count) if count < 0 => total.saturating_add(count),
        Some(count) => start.saturating_add(count),
    };
    if start < 0 && end < 0 {
        return None;
    }
    let start = start.max(0);
    let end = end.clamp(start, total);
    Some((start as usize, end as usize))
}

/// The runs of equal code points, each with its length.
pub fn runs(text: &[u8]) -> Vec<(&[u8], usize)> {
    let mut out: Vec<(&[u8], usize)> = Vec::new();
    for (_, part) in utf8::code_points(text) {
        match out.last_mut() {
            Some((last, count)) if *last == part => *count += 1,
            _ => out.push((part, 1)),
        }
    }
    out
}

/// Appends `3a2b` for `aaabb`; a run of one too has its number.
pub fn run_length_encode(text: &[u8], out: &mut Vec<u8>) {
    for (part, count) in runs(text) {
        number::format_uint(count as u64, out);
        out.extend_from_slice(part);
    }
}

/// Appends what `run_length_encode` read; a character without a number counts once.
pub fn run_length_decode(text: &[u8], out: &mut Vec<u8>) -> Result<(), TooLong> {
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let times = if digits == 0 { 1 } else { number::parse(&rest[..digits]).to_i64() };
        rest = &rest[digits..];
        let (_, used) = utf8::decode(rest);
        repeat(&rest[..used], times, out)?;
        if out.len() > OUTPUT_MAX {
            return Err(TooLong);
        }
        rest = &rest[used..];
    }
    Ok(())
}

/// Appends a size with a unit of 1024: `512 B`, `1.5 KB`, `2 GB`.
pub fn human_bytes(bytes: f64, out: &mut Vec<u8>) {
    const UNITS: [&[u8]; 9] = [b"B", b"KB", b"MB", b"GB", b"TB", b"PB", b"EB", b"ZB", b"YB"];
    let mut value = bytes;
    let mut unit = 0;
    while value.abs() >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let rounded = libm::round(value * 10.0) / 10.0;
    number::format_float(if rounded.is_finite() { rounded } else { value }, out);
    out.push(b' ');
    out.extend_from_slice(UNITS[unit]);
}

/// Appends `1d 2h 3m 4s`, from the largest unit that is not 0; part of a second is dropped.
pub fn format_duration(seconds: f64, out: &mut Vec<u8>) {
    if seconds <= -1.0 {
        out.push(b'-');
    }
    let total = seconds.abs() as u64;
    let parts =
        [(total / 86_400, b'd'), (total / 3600 % 24, b'h'), (total / 60 % 60, b'm'), (total % 60, b's')];
    let first = parts.iter().position(|part| part.0 > 0).unwrap_or(3);
    for (at, (value, unit)) in parts.iter().enumerate().skip(first) {
        if at > first {
            out.push(b' ');
        }
        number::format_uint(*value, out);
        out.push(*unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, made, perl_lines, show};

    #[test]
    fn searching_is_that_of_perl() {
        let mut generator = Generator::new(59);
        let mut cases = Vec::new();
        let mut input = String::new();
        for _ in 0..3000 {
            let mut word = |length: u64| -> Vec<u8> {
                (0..generator.below(length)).map(|_| b'a' + generator.below(2) as u8).collect()
            };
            let (text, needle) = (word(9), word(4));
            let start = generator.below(14) as i64 - 3;
            let count = generator.below(14) as i64 - 5;
            input.push_str(&format!("{} {} {start} {count}\n", show(&text), show(&needle)));
            cases.push((text, needle, start, count));
        }
        let expected = perl_lines(
            "no warnings; while (<STDIN>) { chomp; my ($t, $n, $s, $c) = split / /, $_, -1; ($t, $n) = map { pack 'H*', $_ } $t, $n; \
            print join(' ', index($t, $n, $s), rindex($t, $n, $s), rindex($t, $n), substr($t, $s, $c) // 'undef', substr($t, $s) // 'undef'), \"\\n\" }",
            &input,
        );
        for ((text, needle, start, count), expected) in cases.iter().zip(&expected) {
            let number = |found: Option<usize>| found.map_or(-1, |at| at as i64).to_string();
            let part = |count| match substr_range(text.len(), *start, count) {
                Some((from, to)) => String::from_utf8(text[from..to].to_vec()).unwrap(),
                None => "undef".to_owned(),
            };
            let ours = [
                number(index_perl(text, needle, *start)),
                number(rindex_perl(text, needle, Some(*start))),
                number(rindex_perl(text, needle, None)),
                part(Some(*count)),
                part(None),
            ];
            assert_eq!(ours.join(" "), *expected, "{} {} {start} {count}", show(text), show(needle));
        }
        assert_eq!(index(b"abc", b"", 4), None);
        assert_eq!(index_code_points("\u{e9}\u{e9}x".as_bytes(), b"x", 1), Some(2));
        assert_eq!(rindex_code_points("x\u{e9}x".as_bytes(), b"x", None), Some(2));
        assert_eq!((count(b"aaaa", b"aa"), count(b"aaa", b"a"), count(b"a", b"")), (2, 3, 0));
    }

    #[test]
    fn editing() {
        assert_eq!(made(|out| replace(b"a.b.c", b".", b"--", 1, out).unwrap()), "a--b.c");
        assert_eq!(made(|out| replace(b"a.b.c", b".", b"", usize::MAX, out).unwrap()), "abc");
        assert_eq!(extract_between(b"a[b]c", b"[", b"]"), Some(&b"b"[..]));
        assert_eq!(
            made(|out| quotemeta("a.b_\u{e9}*".as_bytes(), Units::CodePoints, out)),
            "a\\.b_\u{e9}\\*"
        );
        assert_eq!((chomp(b"a\n\n", b"\n"), chomp(b"a\n\n", b""), chomp(b"a", b"\n")), (2, 1, 1));
        assert_eq!((chop("a\u{e9}".as_bytes(), Units::CodePoints), chop(b"", Units::Bytes)), (1, 0));
        assert_eq!(made(|out| repeat(b"ab", 3, out).unwrap()), "ababab");
        assert_eq!(made(|out| repeat(b"ab", -3, out).unwrap()), "");
        assert_eq!(repeat(b"ab", i64::MAX, &mut Vec::new()), Err(TooLong));
        assert_eq!(repeat(b"", i64::MAX, &mut Vec::new()), Ok(()));
        assert_eq!(
            made(|out| reverse("a\u{e9}\u{4e2d}".as_bytes(), Units::CodePoints, out)),
            "\u{4e2d}\u{e9}a"
        );
        assert_eq!(trim("\u{a0} \t a b\u{2003}\n".as_bytes()), b"a b");
        assert_eq!(made(|out| squish(b"  a \n b  ", out)), "a b");
        assert_eq!(made(|out| pad(b"7", 3, b"0", Side::Left, out).unwrap()), "007");
        assert_eq!(made(|out| pad("\u{e9}".as_bytes(), 4, b"", Side::Both, out).unwrap()), " \u{e9}  ");
        assert_eq!(made(|out| pad(b"x", 4, b"ab", Side::Right, out).unwrap()), "xaba");
        assert_eq!(pad(b"x", i64::MAX, b"", Side::Left, &mut Vec::new()), Err(TooLong));
        assert_eq!(made(|out| truncate(b"hello world", 6, out)), "hello\u{2026}");
        assert_eq!(made(|out| truncate(b"hello", 5, out)), "hello");
        assert_eq!(made(|out| truncate(b"hello", 0, out)), "");
        assert_eq!(
            (
                middle(b"hello", 1, 3),
                middle(b"hello", -2, 9),
                middle(b"hello", 9, 1),
                middle(b"hello", 0, -1)
            ),
            (&b"ell"[..], &b"lo"[..], &b""[..], &b"hell"[..])
        );
        assert_eq!(made(|out| run_length_encode(b"aaabc", out)), "3a1b1c");
        assert_eq!(made(|out| run_length_decode(b"3a1bc0d", out).unwrap()), "aaabc");
        assert_eq!(run_length_decode(b"99999999999a", &mut Vec::new()), Err(TooLong));
        assert_eq!(made(|out| human_bytes(512.0, out)), "512 B");
        assert_eq!(made(|out| human_bytes(1536.0, out)), "1.5 KB");
        assert_eq!(made(|out| human_bytes(1e300, out)).split(' ').next_back(), Some("YB"));
        assert_eq!(made(|out| format_duration(3600.0, out)), "1h 0m 0s");
        assert_eq!(made(|out| format_duration(59.9, out)), "59s");
        assert_eq!(made(|out| format_duration(-90_061.0, out)), "-1d 1h 1m 1s");
    }

    #[test]
    fn no_input_panics() {
        let mut generator = Generator::new(61);
        for _ in 0..3000 {
            let (text, other) = (generator.bytes(12), generator.bytes(3));
            let number = generator.next() as i64 >> generator.below(64);
            let mut out = Vec::new();
            let _ = (
                index(&text, &other, number),
                rindex(&text, &other, Some(number)),
                index_code_points(&text, &other, number),
                rindex_code_points(&text, &other, Some(number)),
            );
            let _ = (
                middle(&text, number, !number),
                substr_range(text.len(), number, Some(number)),
                trim(&text),
                runs(&text),
            );
            truncate(&text, number, &mut out);
            squish(&text, &mut out);
            reverse(&text, Units::CodePoints, &mut out);
            let _ = pad(&text, number.min(100), &other, Side::Both, &mut out);
            let _ = run_length_decode(&text, &mut out);
            human_bytes(number as f64, &mut out);
            format_duration(f64::from_bits(number as u64), &mut out);
        }
    }
}
