//! Texts taken apart: characters, graphemes, words, lines, fields, and lines put together.

use alloc::vec::Vec;

use memchr::memmem;

use super::is_blank;
use crate::number;
use crate::utf8;

/// The characters.
pub fn chars(text: &[u8]) -> Vec<&[u8]> {
    utf8::code_points(text).map(|(_, part)| part).collect()
}

/// What readers see as characters, nearly: a base with its marks, emoji joined or coloured,
/// flags, Hangul syllables, a carriage return with its newline.
pub fn graphemes(text: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut before = 0;
    let mut flags = 0;
    while at < text.len() {
        let (code, used) = utf8::decode(&text[at..]);
        if at > start && !joins(before, code, flags) {
            out.push(&text[start..at]);
            start = at;
            flags = 0;
        }
        flags = if is_regional(code) { flags + 1 } else { 0 };
        before = code;
        at += used;
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

fn is_regional(code: u32) -> bool {
    (0x1_f1e6..=0x1_f1ff).contains(&code)
}

/// Whether `code` belongs to the grapheme that ends with `before`.
fn joins(before: u32, code: u32, flags: usize) -> bool {
    if before < 0x300 && code < 0x300 {
        return before == 13 && code == 10;
    }
    if before < 0x20 || code < 0x20 {
        return false;
    }
    if is_mark(code) || code == 0x200d {
        return true;
    }
    if before == 0x200d {
        return is_pictograph(code);
    }
    if is_regional(code) && is_regional(before) {
        return flags % 2 == 1;
    }
    hangul_joins(before, code)
}

fn hangul_joins(before: u32, code: u32) -> bool {
    let leading = |code| (0x1100..=0x115f).contains(&code) || (0xa960..=0xa97c).contains(&code);
    let vowel = |code| (0x1160..=0x11a7).contains(&code) || (0xd7b0..=0xd7c6).contains(&code);
    let trailing = |code| (0x11a8..=0x11ff).contains(&code) || (0xd7cb..=0xd7fb).contains(&code);
    let syllable = |code: u32| (0xac00..=0xd7a3).contains(&code);
    let open = |code: u32| syllable(code) && (code - 0xac00).is_multiple_of(28);
    (leading(before) && (leading(code) || vowel(code) || syllable(code)))
        || ((open(before) || vowel(before)) && (vowel(code) || trailing(code)))
        || ((syllable(before) || trailing(before)) && trailing(code))
}

fn is_pictograph(code: u32) -> bool {
    matches!(code, 0xa9 | 0xae | 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2194..=0x21aa | 0x231a..=0x23ff | 0x24c2
        | 0x25aa..=0x27bf | 0x2934..=0x2935 | 0x2b05..=0x2b55 | 0x3030 | 0x303d | 0x3297 | 0x3299 | 0x1_f000..=0x1_faff)
}

/// Ranges of marks that never stand alone, first and last.
const MARKS: &[(u32, u32)] = &[
    (0x300, 0x36f),
    (0x483, 0x489),
    (0x591, 0x5bd),
    (0x5bf, 0x5bf),
    (0x5c1, 0x5c2),
    (0x5c4, 0x5c5),
    (0x5c7, 0x5c7),
    (0x610, 0x61a),
    (0x64b, 0x65f),
    (0x670, 0x670),
    (0x6d6, 0x6dc),
    (0x6df, 0x6e4),
    (0x6e7, 0x6e8),
    (0x6ea, 0x6ed),
    (0x711, 0x711),
    (0x730, 0x74a),
    (0x7a6, 0x7b0),
    (0x7eb, 0x7f3),
    (0x816, 0x819),
    (0x81b, 0x823),
    (0x8d3, 0x8e1),
    (0x8e3, 0x903),
    (0x93a, 0x93c),
    (0x93e, 0x94f),
    (0x951, 0x957),
    (0x962, 0x963),
    (0x981, 0x983),
    (0x9bc, 0x9bc),
    (0x9be, 0x9cd),
    (0x9d7, 0x9d7),
    (0x9e2, 0x9e3),
    (0xa01, 0xa03),
    (0xa3c, 0xa4d),
    (0xa70, 0xa71),
    (0xa81, 0xa83),
    (0xabc, 0xabc),
    (0xabe, 0xacd),
    (0xae2, 0xae3),
    (0xb01, 0xb03),
    (0xb3c, 0xb3c),
    (0xb3e, 0xb4d),
    (0xb55, 0xb57),
    (0xb82, 0xb82),
    (0xbbe, 0xbcd),
    (0xbd7, 0xbd7),
    (0xc00, 0xc04),
    (0xc3e, 0xc4d),
    (0xc55, 0xc56),
    (0xc81, 0xc83),
    (0xcbc, 0xcbc),
    (0xcbe, 0xccd),
    (0xcd5, 0xcd6),
    (0xd00, 0xd03),
    (0xd3b, 0xd3c),
    (0xd3e, 0xd4d),
    (0xd57, 0xd57),
    (0xd82, 0xd83),
    (0xdca, 0xddf),
    (0xdf2, 0xdf3),
    (0xe31, 0xe31),
    (0xe33, 0xe3a),
    (0xe47, 0xe4e),
    (0xeb1, 0xeb1),
    (0xeb3, 0xebc),
    (0xec8, 0xecd),
    (0xf18, 0xf19),
    (0xf35, 0xf35),
    (0xf37, 0xf37),
    (0xf39, 0xf39),
    (0xf3e, 0xf3f),
    (0xf71, 0xf84),
    (0xf86, 0xf87),
    (0xf8d, 0xfbc),
    (0x102d, 0x1037),
    (0x1039, 0x103e),
    (0x135d, 0x135f),
    (0x1712, 0x1714),
    (0x17b4, 0x17d3),
    (0x180b, 0x180d),
    (0x1a17, 0x1a1b),
    (0x1ab0, 0x1aff),
    (0x1b00, 0x1b04),
    (0x1b34, 0x1b44),
    (0x1dc0, 0x1dff),
    (0x200c, 0x200c),
    (0x20d0, 0x20f0),
    (0x2cef, 0x2cf1),
    (0x2de0, 0x2dff),
    (0x302a, 0x302f),
    (0x3099, 0x309a),
    (0xa66f, 0xa672),
    (0xa674, 0xa67d),
    (0xa802, 0xa802),
    (0xa823, 0xa827),
    (0xfb1e, 0xfb1e),
    (0xfe00, 0xfe0f),
    (0xfe20, 0xfe2f),
    (0xff9e, 0xff9f),
    (0x1_d165, 0x1_d169),
    (0x1_f3fb, 0x1_f3ff),
    (0xe_0020, 0xe_007f),
    (0xe_0100, 0xe_01ef),
];

fn is_mark(code: u32) -> bool {
    let at = MARKS.partition_point(|range| range.1 < code);
    MARKS.get(at).is_some_and(|range| range.0 <= code)
}

/// The parts between blanks.
pub fn words(text: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::new();
    let mut start = None;
    let mut at = 0;
    for (code, part) in utf8::code_points(text) {
        if is_blank(code) {
            if let Some(start) = start.take() {
                out.push(&text[start..at]);
            }
        } else if start.is_none() {
            start = Some(at);
        }
        at += part.len();
    }
    out.extend(start.map(|start| &text[start..]));
    out
}

/// The lines without their ends (`\n` or `\r\n`); a newline at the end starts no line.
pub fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        out.push(if end.is_some() { line.strip_suffix(b"\r").unwrap_or(line) } else { line });
        rest = end.map_or(&[], |end| &rest[end + 1..]);
    }
    out
}

/// Perl's `split` at a literal: a positive limit is the most fields, a negative one keeps empty
/// fields at the end, 0 drops them. An empty separator takes characters.
pub fn split<'a>(text: &'a [u8], separator: &[u8], limit: i64) -> Vec<&'a [u8]> {
    let most = if limit > 0 { usize::try_from(limit).unwrap_or(usize::MAX) } else { usize::MAX };
    let mut out = Vec::new();
    let mut rest = text;
    if text.is_empty() {
        return out;
    }
    if separator.is_empty() {
        while !rest.is_empty() && out.len() + 1 < most {
            let (_, used) = utf8::decode(rest);
            out.push(&rest[..used]);
            rest = &rest[used..];
        }
        if !rest.is_empty() || limit != 0 {
            out.push(rest);
        }
    } else {
        let finder = memmem::Finder::new(separator);
        while out.len() + 1 < most
            && let Some(at) = finder.find(rest)
        {
            out.push(&rest[..at]);
            rest = &rest[at + separator.len()..];
        }
        out.push(rest);
    }
    drop_empty(&mut out, limit);
    out
}

/// Perl's `split ' '`: at runs of blanks, those at the start aside.
pub fn split_blanks(text: &[u8], limit: i64) -> Vec<&[u8]> {
    let most = if limit > 0 { usize::try_from(limit).unwrap_or(usize::MAX) } else { usize::MAX };
    let skip = |text: &[u8]| text.iter().take_while(|&&byte| number::is_space(byte)).count();
    let mut rest = &text[skip(text)..];
    let mut out = Vec::new();
    if rest.is_empty() {
        return out;
    }
    while out.len() + 1 < most
        && let Some(at) = rest.iter().position(|&byte| number::is_space(byte))
    {
        out.push(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[skip(rest)..];
    }
    out.push(rest);
    drop_empty(&mut out, limit);
    out
}

fn drop_empty(fields: &mut Vec<&[u8]>, limit: i64) {
    while limit == 0 && fields.last().is_some_and(|field| field.is_empty()) {
        fields.pop();
    }
}

/// Appends the words in lines of at most `width` code points; a longer word has its own line,
/// empty lines between paragraphs stay.
pub fn wrap(text: &[u8], width: usize, out: &mut Vec<u8>) {
    let mut at_start = true;
    for line in lines(text) {
        if !core::mem::take(&mut at_start) {
            out.push(b'\n');
        }
        let mut used = 0;
        for word in words(line) {
            let length = utf8::count(word);
            if used > 0 {
                if used + 1 + length > width {
                    out.push(b'\n');
                    used = 0;
                } else {
                    out.push(b' ');
                    used += 1;
                }
            }
            out.extend_from_slice(word);
            used += length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, perl_lines, show};

    #[test]
    fn splitting_is_that_of_perl() {
        let mut generator = Generator::new(79);
        let mut cases = Vec::new();
        let mut input = String::new();
        for _ in 0..3000 {
            let text: Vec<u8> =
                (0..generator.below(10)).map(|_| b"a,, b \n"[generator.below(7) as usize]).collect();
            let separator = [&b","[..], b"", b",,", b" "][generator.below(4) as usize];
            let limit = generator.below(7) as i64 - 2;
            input.push_str(&format!("{} {} {limit}\n", show(&text), show(separator)));
            cases.push((text, separator, limit));
        }
        let expected = perl_lines(
            "while (<STDIN>) { chomp; my ($t, $s, $l) = split / /, $_, -1; ($t, $s) = map { pack 'H*', $_ } $t, $s; \
            my @r = $s eq ' ' ? split(' ', $t, $l) : split(/\\Q$s\\E/, $t, $l); print join('|', map { unpack 'H*', $_ } @r), '#', scalar(@r), \"\\n\" }",
            &input,
        );
        for ((text, separator, limit), expected) in cases.iter().zip(&expected) {
            let fields =
                if *separator == b" " { split_blanks(text, *limit) } else { split(text, separator, *limit) };
            let ours = format!(
                "{}#{}",
                fields.iter().map(|field| show(field)).collect::<Vec<_>>().join("|"),
                fields.len()
            );
            assert_eq!(ours, *expected, "{} by {} limit {limit}", show(text), show(separator));
        }
    }

    #[test]
    fn graphemes_are_those_of_perl() {
        let texts = [
            "abc\r\n\n",
            "e\u{301}a\u{308}\u{323}x",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}!",
            "\u{1f1e9}\u{1f1ea}\u{1f1eb}\u{1f1f7}\u{1f1e9}",
            "\u{1f44d}\u{1f3fd}\u{2764}\u{fe0f}x",
            "\u{915}\u{93f}\u{924}\u{93e}\u{92c}",
            "\u{1112}\u{1161}\u{11ab}\u{d55c}\u{ae00}\u{ac00}\u{11a8}",
            "\u{e01}\u{e33}\u{e40}\u{e1b}\u{e47}\u{e19}",
            "\u{301}x",
            "",
        ];
        let input: String = texts.iter().map(|text| format!("{}\n", show(text.as_bytes()))).collect();
        let expected = perl_lines(
            "use utf8; while (<STDIN>) { chomp; my $t = pack 'H*', $_; utf8::decode($t); print join('|', map { my $g = $_; utf8::encode($g); unpack 'H*', $g } $t =~ /(\\X)/g), \"\\n\" }",
            &input,
        );
        for (text, expected) in texts.iter().zip(&expected) {
            assert_eq!(
                graphemes(text.as_bytes()).iter().map(|part| show(part)).collect::<Vec<_>>().join("|"),
                *expected,
                "{text:?}"
            );
        }
        assert!(MARKS.is_sorted_by(|a, b| a.1 < b.0));
    }

    #[test]
    fn words_and_lines() {
        assert_eq!(words("  a\u{a0}b\tc ".as_bytes()), [b"a", b"b", b"c"]);
        assert_eq!(lines(b"a\r\n\nb\r"), [&b"a"[..], b"", b"b\r"]);
        assert!(lines(b"").is_empty());
        let mut out = Vec::new();
        wrap(b"the quick brown fox\n\njumps  over", 10, &mut out);
        assert_eq!(out, b"the quick\nbrown fox\n\njumps over");
        let mut generator = Generator::new(83);
        for _ in 0..3000 {
            let text = generator.bytes(16);
            assert_eq!(graphemes(&text).concat(), text);
            assert_eq!(chars(&text).concat(), text);
            wrap(&text, generator.below(4) as usize, &mut out);
        }
    }
}
