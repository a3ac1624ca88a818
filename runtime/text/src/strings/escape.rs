//! Text inside other formats: HTML, XML, URLs, the terminal.

use alloc::vec::Vec;

use memchr::memmem;

use crate::utf8;

/// Appends text for HTML, also inside an attribute.
pub fn html_escape(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            _ => out.push(byte),
        }
    }
}

/// Appends text for XML; control characters that XML forbids are left out.
pub fn xml_escape(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&apos;"),
            0..=8 | 11 | 12 | 14..=31 => {}
            _ => out.push(byte),
        }
    }
}

/// Appends text with references replaced: numbers and the commonest names; others stay.
pub fn html_unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let window = &rest[..rest.len().min(12)];
        let code = memchr::memchr(b';', window).and_then(|end| Some((reference(&rest[1..end])?, end + 1)));
        match code {
            Some((code, used)) => {
                utf8::encode(code, out);
                rest = &rest[used..];
            }
            None => {
                out.push(b'&');
                rest = &rest[1..];
            }
        }
    }
    out.extend_from_slice(rest);
}

fn reference(name: &[u8]) -> Option<u32> {
    if let Some(digits) = name.strip_prefix(b"#") {
        let (digits, radix) = match digits {
            [b'x' | b'X', rest @ ..] => (rest, 16),
            _ => (digits, 10),
        };
        let code = u32::from_str_radix(core::str::from_utf8(digits).ok()?, radix).ok()?;
        return char::from_u32(code).map(u32::from);
    }
    Some(match name {
        b"amp" => 0x26,
        b"lt" => 0x3c,
        b"gt" => 0x3e,
        b"quot" => 0x22,
        b"apos" => 0x27,
        b"nbsp" => 0xa0,
        b"copy" => 0xa9,
        b"reg" => 0xae,
        b"euro" => 0x20ac,
        b"hellip" => 0x2026,
        b"mdash" => 0x2014,
        b"ndash" => 0x2013,
        b"lsquo" => 0x2018,
        b"rsquo" => 0x2019,
        b"ldquo" => 0x201c,
        b"rdquo" => 0x201d,
        b"laquo" => 0xab,
        b"raquo" => 0xbb,
        b"middot" => 0xb7,
        b"times" => 0xd7,
        b"deg" => 0xb0,
        b"trade" => 0x2122,
        _ => return None,
    })
}

/// A set of bytes, as between the brackets of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteClass([bool; 256]);

impl ByteClass {
    /// Reads the text of a class: `^` first for the complement, ranges, `\w \d \s \W \D \S`,
    /// `\n \t \r \xHH`, and any other byte behind a backslash as itself.
    pub fn parse(text: &[u8]) -> Self {
        let (complement, mut rest) = match text {
            [b'^', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let mut set = [false; 256];
        while let Some((start, used)) = Self::item(rest, &mut set) {
            rest = &rest[used..];
            let Some(start) = start else { continue };
            let mut end = start;
            if rest.len() > 1
                && rest[0] == b'-'
                && let Some((Some(last), used)) = Self::item(&rest[1..], &mut set)
            {
                end = last;
                rest = &rest[1 + used..];
            }
            // A range that runs backwards holds its ends.
            set[usize::from(start)] = true;
            set[usize::from(end)] = true;
            for byte in start..=end {
                set[usize::from(byte)] = true;
            }
        }
        if complement {
            set.iter_mut().for_each(|member| *member = !*member);
        }
        Self(set)
    }

    /// Whether a byte belongs to the set.
    pub fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// A byte, or a named set that is added at once, and the length of its text.
    fn item(text: &[u8], set: &mut [bool; 256]) -> Option<(Option<u8>, usize)> {
        let &first = text.first()?;
        let Some(&letter) = text.get(1).filter(|_| first == b'\\') else { return Some((Some(first), 1)) };
        let mut add = |member: fn(u8) -> bool, wanted: bool| {
            for byte in 0..=255 {
                set[usize::from(byte)] |= member(byte) == wanted;
            }
            Some((None, 2))
        };
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_digit = |byte: u8| byte.is_ascii_digit();
        match letter {
            b'w' => add(is_word, true),
            b'W' => add(is_word, false),
            b'd' => add(is_digit, true),
            b'D' => add(is_digit, false),
            b's' => add(crate::number::is_space, true),
            b'S' => add(crate::number::is_space, false),
            b'n' => Some((Some(b'\n'), 2)),
            b't' => Some((Some(b'\t'), 2)),
            b'r' => Some((Some(b'\r'), 2)),
            b'x' => {
                let digits = text[2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit());
                let (value, count) = digits.fold((0u32, 0), |(value, count), &byte| {
                    (value * 16 + char::from(byte).to_digit(16).unwrap_or(0), count + 1)
                });
                Some((Some(value as u8), 2 + count))
            }
            _ => Some((Some(letter), 2)),
        }
    }
}

/// Appends text with `%XX` for all bytes but letters, digits and `-._~`.
pub fn url_encode(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        percent(byte, byte.is_ascii_alphanumeric() || b"-._~".contains(&byte), out);
    }
}

/// Appends text with `%XX` for the bytes of a class.
pub fn uri_escape(text: &[u8], class: &ByteClass, out: &mut Vec<u8>) {
    for &byte in text {
        percent(byte, !class.contains(byte), out);
    }
}

/// Appends text for a form: as `url_encode`, with `+` for a blank.
pub fn form_encode(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if byte == b' ' {
            out.push(b'+');
        } else {
            percent(byte, byte.is_ascii_alphanumeric() || b"-._*".contains(&byte), out);
        }
    }
}

fn percent(byte: u8, is_plain: bool, out: &mut Vec<u8>) {
    if is_plain {
        out.push(byte);
    } else {
        out.push(b'%');
        out.push(b"0123456789ABCDEF"[usize::from(byte >> 4)]);
        out.push(b"0123456789ABCDEF"[usize::from(byte & 15)]);
    }
}

/// Appends text with `%XX` replaced by the byte; a percent sign without digits stays.
pub fn url_decode(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let digit = |place: usize| rest.get(place).and_then(|&byte| char::from(byte).to_digit(16));
        match (digit(1), digit(2)) {
            (Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                rest = &rest[3..];
            }
            _ => {
                out.push(b'%');
                rest = &rest[1..];
            }
        }
    }
    out.extend_from_slice(rest);
}

/// Appends text of a form: as `url_decode`, `+` being a blank.
pub fn form_decode(text: &[u8], out: &mut Vec<u8>) {
    let blanks: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    url_decode(&blanks, out);
}

/// The parts of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// Before `://`.
    pub scheme: &'a [u8],
    /// Host and port, without a name and a password.
    pub host: &'a [u8],
    /// From the first slash on.
    pub path: &'a [u8],
    /// Behind `?`.
    pub query: &'a [u8],
    /// Behind `#`.
    pub fragment: &'a [u8],
}

/// Takes an address apart; what is missing is empty. `None` without `scheme://`.
pub fn url_parts(text: &[u8]) -> Option<UrlParts<'_>> {
    let at = memmem::find(text, b"://")?;
    let scheme = &text[..at];
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    if !is_scheme {
        return None;
    }
    let rest = &text[at + 3..];
    let (rest, fragment) = cut(rest, b'#');
    let (rest, query) = cut(rest, b'?');
    let path_at = memchr::memchr(b'/', rest).unwrap_or(rest.len());
    let authority = &rest[..path_at];
    let host = memchr::memrchr(b'@', authority).map_or(authority, |at| &authority[at + 1..]);
    Some(UrlParts { scheme, host, path: &rest[path_at..], query, fragment })
}

fn cut(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(byte, text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, b""),
    }
}

/// Appends text without the control sequences of a terminal.
pub fn strip_ansi(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(0x1b, rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let used = match rest.first() {
            // Parameters and one final byte.
            Some(b'[') => {
                let body = rest[1..].iter().take_while(|byte| (0x20..0x40).contains(*byte)).count();
                1 + body + usize::from(rest.get(1 + body).is_some_and(|byte| (0x40..0x7f).contains(byte)))
            }
            // A string that ends with BEL or ESC \.
            Some(b']' | b'P' | b'X' | b'^' | b'_') => match memchr::memchr2(7, 0x1b, rest) {
                Some(end) if rest[end] == 7 => end + 1,
                Some(end) if rest.get(end + 1) == Some(&b'\\') => end + 2,
                Some(end) => end,
                None => rest.len(),
            },
            Some(b' '..=b'/') => 2.min(rest.len()),
            Some(0x30..=0x7e) => 1,
            _ => 0,
        };
        rest = &rest[used..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{Generator, made};

    #[test]
    fn markup() {
        assert_eq!(made(|out| html_escape(b"<a b=\"c\">'&", out)), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
        assert_eq!(made(|out| xml_escape(b"<'\x01>", out)), "&lt;&apos;&gt;");
        assert_eq!(
            made(|out| html_unescape(b"&lt;&#233;&#x4E2D;&nope;&amp &euro;&#xD800;", out)),
            "<\u{e9}\u{4e2d}&nope;&amp \u{20ac}&#xD800;"
        );
    }

    #[test]
    fn addresses() {
        assert_eq!(made(|out| url_encode("a b/\u{e9}~".as_bytes(), out)), "a%20b%2F%C3%A9~");
        assert_eq!(made(|out| url_decode(b"a%20b%2f%zz%", out)), "a b/%zz%");
        assert_eq!(made(|out| form_encode(b"a b&c", out)), "a+b%26c");
        assert_eq!(made(|out| form_decode(b"a+b%26c", out)), "a b&c");
        assert_eq!(
            made(|out| uri_escape(b"a b/c-d", &ByteClass::parse(b"^A-Za-z0-9\\-\\._~/"), out)),
            "a%20b/c-d"
        );
        assert_eq!(made(|out| uri_escape(b"abc-1", &ByteClass::parse(b"b-c\\d"), out)), "a%62%63-%31");
        let parts = url_parts(b"https://me:pw@example.org:8080/a/b?q=1#top").unwrap();
        assert_eq!(
            parts,
            UrlParts {
                scheme: b"https",
                host: b"example.org:8080",
                path: b"/a/b",
                query: b"q=1",
                fragment: b"top"
            }
        );
        assert_eq!(url_parts(b"mailto:x"), None);
    }

    #[test]
    fn terminals() {
        assert_eq!(
            made(|out| strip_ansi(b"\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b(By\x1b", out)),
            "red xy"
        );
        let mut generator = Generator::new(73);
        for _ in 0..5000 {
            let random: Vec<u8> = (0..generator.below(12))
                .map(|_| b"\x1b[]()0;m\x07%&#x4;\\-^w"[generator.below(19) as usize])
                .collect();
            let mut out = Vec::new();
            strip_ansi(&random, &mut out);
            url_decode(&random, &mut out);
            html_unescape(&random, &mut out);
            uri_escape(&random, &ByteClass::parse(&random), &mut out);
            let _ = url_parts(&random);
        }
    }
}
