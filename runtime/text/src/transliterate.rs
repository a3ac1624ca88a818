//! `tr///`: a table compiled from two lists of characters and its application.
//!
//! The lists may hold ranges and the escapes of a string. Characters below 256 go through a
//! table; the rest through sorted ranges. Over bytes every byte is a character, over code
//! points the text is UTF-8.

use alloc::vec::Vec;
use core::fmt;

use super::sprintf::Units;
use super::utf8;

/// The modifiers of a transliteration; `r` is a matter of the caller, who keeps the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `c`: the characters that are not in the list.
    pub complement: bool,
    /// `d`: characters without a counterpart go.
    pub delete: bool,
    /// `s`: runs of one replacement become one.
    pub squeeze: bool,
    /// `r`: the result is returned; kept here for the caller.
    pub copy: bool,
}

impl Flags {
    /// Reads modifier letters; `None` if one is unknown.
    pub fn parse(letters: &[u8]) -> Option<Self> {
        let mut flags = Self::default();
        for letter in letters {
            match letter {
                b'c' => flags.complement = true,
                b'd' => flags.delete = true,
                b's' => flags.squeeze = true,
                b'r' => flags.copy = true,
                _ => return None,
            }
        }
        Some(flags)
    }
}

/// Why lists cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransliterateError {
    /// A range that ends before it starts.
    InvalidRange(u32, u32),
}

impl fmt::Display for TransliterateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::InvalidRange(from, to) = self;
        let shown = |code: &u32| char::from_u32(*code).unwrap_or('\u{fffd}');
        write!(f, "Invalid range \"{}-{}\" in transliteration operator", shown(from), shown(to))
    }
}

impl core::error::Error for TransliterateError {}

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Keep,
    Delete,
    To(u32),
}

/// Characters `from..=to`, the first becoming `target`.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: u32,
    to: u32,
    action: SpanAction,
}

#[derive(Clone, Copy, Debug)]
enum SpanAction {
    Delete,
    Shift(u32),
    All(u32),
}

/// A compiled transliteration.
#[derive(Clone, Debug)]
pub struct Table {
    low: [Action; 256],
    spans: Vec<Span>,
    squeeze: bool,
    /// Nothing changes: only the count is wanted.
    identity: bool,
    /// Bytes below 0x80 become such bytes and none goes.
    ascii_only: bool,
}

/// The top of what a text can hold.
const CODE_MAX: u32 = 0x1f_ffff;

impl Table {
    /// Compiles two lists. `raw` says that the lists hold escapes still to be read.
    pub fn new(
        from: &[u8],
        to: &[u8],
        flags: Flags,
        raw: bool,
        units: Units,
    ) -> Result<Self, TransliterateError> {
        let from = ranges(from, raw, units)?;
        let mut to = ranges(to, raw, units)?;
        let from = if flags.complement { complement(&from) } else { from };
        let same = to.is_empty() && !flags.delete;
        if same {
            to.clone_from(&from);
        }
        let mut spans = Vec::new();
        assign(&from, &to, flags.delete, &mut spans);
        let mut table = Self {
            low: [Action::Keep; 256],
            spans: Vec::new(),
            squeeze: flags.squeeze,
            identity: same && !flags.squeeze,
            ascii_only: false,
        };
        // The first span of a character wins.
        for span in spans {
            for code in span.from..=span.to.min(255) {
                let slot = &mut table.low[code as usize];
                if *slot == Action::Keep {
                    *slot = act(&span, code);
                }
            }
            if span.to > 255 {
                table.spans.push(span);
            }
        }
        table.ascii_only =
            table.low[..128].iter().all(|action| matches!(action, Action::Keep | Action::To(0..=127)));
        Ok(table)
    }

    /// Whether applying changes nothing and only the count matters.
    pub fn only_counts(&self) -> bool {
        self.identity
    }

    /// Appends the transliterated input and returns how many characters matched.
    pub fn apply(&self, input: &[u8], out: &mut Vec<u8>, units: Units) -> usize {
        if self.identity {
            out.extend_from_slice(input);
            return self.count(input, units);
        }
        out.reserve(input.len());
        if !self.squeeze && self.ascii_only && (units == Units::Bytes || input.is_ascii()) && input.is_ascii()
        {
            let mut matched = 0;
            out.extend(input.iter().map(|&byte| match self.low[usize::from(byte)] {
                Action::To(code) => {
                    matched += 1;
                    code as u8
                }
                _ => byte,
            }));
            return matched;
        }
        let mut matched = 0;
        let mut last = None;
        let mut rest = input;
        while let Some(&byte) = rest.first() {
            let (code, used) = match units {
                Units::Bytes => (u32::from(byte), 1),
                Units::CodePoints => utf8::decode(rest),
            };
            match self.lookup(code) {
                Action::Keep => {
                    out.extend_from_slice(&rest[..used]);
                    last = None;
                }
                Action::Delete => matched += 1,
                Action::To(target) => {
                    matched += 1;
                    if !self.squeeze || last != Some(target) {
                        if units == Units::Bytes && target < 256 {
                            out.push(target as u8);
                        } else if target == code {
                            out.extend_from_slice(&rest[..used]);
                        } else {
                            utf8::encode(target, out);
                        }
                    }
                    last = Some(target);
                }
            }
            rest = &rest[used..];
        }
        matched
    }

    /// How many characters of the input match.
    pub fn count(&self, input: &[u8], units: Units) -> usize {
        if units == Units::Bytes || input.is_ascii() {
            return input.iter().filter(|&&byte| self.low[usize::from(byte)] != Action::Keep).count();
        }
        utf8::code_points(input).filter(|(code, _)| self.lookup(*code) != Action::Keep).count()
    }

    fn lookup(&self, code: u32) -> Action {
        if let Some(action) = self.low.get(code as usize) {
            return *action;
        }
        self.spans
            .iter()
            .find(|span| (span.from..=span.to).contains(&code))
            .map_or(Action::Keep, |span| act(span, code))
    }
}

fn act(span: &Span, code: u32) -> Action {
    match span.action {
        SpanAction::Delete => Action::Delete,
        SpanAction::All(target) => Action::To(target),
        SpanAction::Shift(target) => Action::To(target.saturating_add(code - span.from)),
    }
}

/// Pairs the characters of two lists; the last of `to` stands for all that are missing.
fn assign(from: &[(u32, u32)], to: &[(u32, u32)], delete: bool, spans: &mut Vec<Span>) {
    let mut targets = to.iter().copied();
    let mut target = targets.next();
    let last = to.last().map(|range| range.1);
    for &(start, end) in from {
        let mut at = start;
        loop {
            let Some((first, final_target)) = target else {
                let action = match last {
                    Some(last) if !delete => SpanAction::All(last),
                    _ => SpanAction::Delete,
                };
                spans.push(Span { from: at, to: end, action });
                break;
            };
            let length = (end - at).min(final_target - first);
            spans.push(Span { from: at, to: at + length, action: SpanAction::Shift(first) });
            target = if first + length == final_target {
                targets.next()
            } else {
                Some((first + length + 1, final_target))
            };
            if at + length == end {
                break;
            }
            at += length + 1;
        }
    }
}

fn complement(ranges: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    let mut next = 0;
    // Lists are short: looking through one each time takes less than a sort would in every program.
    while next <= CODE_MAX {
        if let Some(known) = ranges.iter().find(|range| (range.0..=range.1).contains(&next)) {
            next = known.1.saturating_add(1);
            continue;
        }
        let later = ranges.iter().map(|range| range.0).filter(|from| *from > next);
        let end = later.min().unwrap_or(CODE_MAX + 1);
        out.push((next, end - 1));
        next = end;
    }
    out
}

/// The characters of a list as ranges, in order.
fn ranges(list: &[u8], raw: bool, units: Units) -> Result<Vec<(u32, u32)>, TransliterateError> {
    // Characters, and whether a `-` here makes a range.
    let mut codes: Vec<(u32, bool)> = Vec::new();
    let mut rest = list;
    while let Some(&byte) = rest.first() {
        if raw && byte == b'\\' && rest.len() > 1 {
            let (code, used) = escape(rest, units);
            codes.push((code.min(CODE_MAX), false));
            rest = &rest[used..];
        } else {
            let (code, used) = match units {
                Units::Bytes => (u32::from(byte), 1),
                Units::CodePoints => utf8::decode(rest),
            };
            codes.push((code, byte == b'-'));
            rest = &rest[used..];
        }
    }
    let mut out = Vec::new();
    let mut at = 0;
    while at < codes.len() {
        let start = codes[at].0;
        if at + 2 < codes.len() && codes[at + 1].1 {
            let end = codes[at + 2].0;
            if end < start {
                return Err(TransliterateError::InvalidRange(start, end));
            }
            out.push((start, end));
            at += 3;
        } else {
            out.push((start, start));
            at += 1;
        }
    }
    Ok(out)
}

/// The escape at the start of `text` (a backslash and at least one byte) and its length.
fn escape(text: &[u8], units: Units) -> (u32, usize) {
    let braced = |at: usize, radix: u32| -> Option<(u32, usize)> {
        if text.get(at) != Some(&b'{') {
            return None;
        }
        let length = memchr::memchr(b'}', &text[at..])?;
        let digits = core::str::from_utf8(&text[at + 1..at + length]).ok()?;
        let digits = digits.trim().trim_start_matches("U+");
        Some((u32::from_str_radix(digits, radix).unwrap_or(0), at + length + 1))
    };
    let digits = |at: usize, radix: u32, most: usize| {
        let mut value = 0;
        let mut end = at;
        while end < at + most
            && let Some(digit) = text.get(end).and_then(|&byte| char::from(byte).to_digit(radix))
        {
            value = value * radix + digit;
            end += 1;
        }
        (value, end)
    };
    match text[1] {
        b'n' => (10, 2),
        b't' => (9, 2),
        b'r' => (13, 2),
        b'f' => (12, 2),
        b'b' => (8, 2),
        b'a' => (7, 2),
        b'e' => (27, 2),
        b'0'..=b'7' => digits(1, 8, 3),
        b'o' if text.get(2) == Some(&b'{') => braced(2, 8).unwrap_or((u32::from(b'o'), 2)),
        b'x' => braced(2, 16).unwrap_or_else(|| digits(2, 16, 2)),
        b'u' | b'N' if text.get(2) == Some(&b'{') => braced(2, 16).unwrap_or((u32::from(text[1]), 2)),
        b'c' if text.len() > 2 => (u32::from(text[2].to_ascii_uppercase() ^ 64), 3),
        byte => match units {
            Units::Bytes => (u32::from(byte), 2),
            Units::CodePoints => {
                let (code, used) = utf8::decode(&text[1..]);
                (code, used + 1)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, perl_lines, show};

    fn ours(from: &[u8], to: &[u8], flags: &str, text: &[u8], units: Units) -> String {
        let flags = Flags::parse(flags.as_bytes()).unwrap();
        match Table::new(from, to, flags, true, units) {
            Ok(table) => {
                let mut out = Vec::new();
                let count = table.apply(text, &mut out, units);
                format!("{count} {}", show(&out))
            }
            Err(error) => format!("error {error}"),
        }
    }

    #[test]
    fn transliteration_is_that_of_perl() {
        let lists: &[(&str, &str)] = &[
            ("a-z", "A-Z"),
            ("a-z", ""),
            ("a-c", "x"),
            ("abc", "d-"),
            ("-a", "_b"),
            ("a-cx-z", "1-6"),
            (r"\n\t\\\-", "NTBD"),
            (r"\x41-\x{43}\101", "abc"),
            ("aab", "xyz"),
            ("a-zA-Z", "n-za-mN-ZA-M"),
            ("", "x"),
            ("z-a", "b"),
            (r"\x80-\xff", "!"),
            ("a-d", "bcda"),
        ];
        let flags = ["", "d", "s", "c", "cd", "cs", "ds", "cds"];
        let texts = ["hello, world--aabbccdd", "A\\B-C\n\tzzz", "", "mississippi\u{e9}\u{4e2d}"];
        let mut input = String::new();
        let mut cases = Vec::new();
        for (from, to) in lists {
            for flags in flags {
                for text in texts {
                    for units in [Units::Bytes, Units::CodePoints] {
                        cases.push((from, to, flags, text, units));
                        let wide = u8::from(units == Units::CodePoints);
                        input.push_str(&format!(
                            "{} {} f{flags} {} {wide}\n",
                            show(from.as_bytes()),
                            show(to.as_bytes()),
                            show(text.as_bytes())
                        ));
                    }
                }
            }
        }
        let program = "while (<STDIN>) { chomp; my ($f, $t, $g, $s, $w) = split / /, $_, -1; ($f, $t, $s) = map { pack 'H*', $_ } $f, $t, $s; $g =~ s/^f//; utf8::decode($s) if $w; \
            my $n = eval \"\\$s =~ tr/$f/$t/$g\"; my $e = $@; utf8::encode($s) if $w; print $e ? 'error ' . ($e =~ s/ at \\(eval.*//sr) : \"$n \" . unpack('H*', $s), \"\\n\" }";
        let expected = perl_lines(program, &input);
        for ((from, to, flags, text, units), expected) in cases.iter().zip(&expected) {
            // A complement on bytes may write wide characters in Perl's strings only.
            assert_eq!(
                ours(from.as_bytes(), to.as_bytes(), flags, text.as_bytes(), *units),
                *expected,
                "tr/{from}/{to}/{flags} on {text:?} {units:?}"
            );
        }
    }

    #[test]
    fn wide_characters() {
        assert_eq!(
            ours(
                "\u{e9}\u{3b1}-\u{3c9}".as_bytes(),
                "e\u{391}-\u{3a9}".as_bytes(),
                "",
                "caf\u{e9} \u{3b1}\u{3b2}".as_bytes(),
                Units::CodePoints
            ),
            format!("3 {}", show("cafe \u{391}\u{392}".as_bytes()))
        );
    }

    #[test]
    fn no_list_panics() {
        let mut generator = Generator::new(17);
        for _ in 0..3000 {
            let (from, to, text) = (generator.bytes(8), generator.bytes(8), generator.bytes(20));
            for flags in ["", "c", "d", "cds"] {
                for units in [Units::Bytes, Units::CodePoints] {
                    let _ = ours(&from, &to, flags, &text, units);
                }
            }
        }
        for text in [&b"\\"[..], b"\\x", b"\\x{", b"\\c", b"\\N{U+ffffffff}-\\x{ffffffffff}", b"a-\\"] {
            let _ = ours(text, b"x", "c", b"abc", Units::CodePoints);
        }
    }
}
