//! Makes text from outside harmless on a terminal: plugins, servers and files all speak through here.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// Replaces everything that a terminal would act on by something visible; newline and tab stay.
///
/// C0 controls and DEL become their Unicode pictures (escape is `␛`); C1 controls, which some
/// terminals obey, and characters that reorder a line become `\u{…}`. Other invisible format
/// characters stay: scripts and emoji need them. What has passed once is not changed again.
pub fn escape_terminal(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\n' || c == '\t')
}

/// Escapes, puts everything on one line and cuts it at `columns_max` columns, the last one `…`.
///
/// Runs of white space count as one space. Wide characters count two columns and are never cut
/// in half.
pub fn one_line(text: &str, columns_max: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&escape(&words.join(" "), |_| false), columns_max)
}

/// Cuts escaped text of one line at `columns_max` columns, the last one `…`.
pub(crate) fn cut(line: &str, columns_max: usize) -> String {
    let mut columns = 0;
    let mut fits = 0;
    for (offset, c) in line.char_indices() {
        let width = width_of(c);
        if columns + width > columns_max {
            return if columns_max == 0 { String::new() } else { format!("{}…", &line[..fits]) };
        }
        columns += width;
        if columns < columns_max {
            fits = offset + c.len_utf8();
        }
    }
    line.to_owned()
}

/// Returns how many columns escaped text takes.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// Returns how many columns a character takes.
pub(crate) fn width_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Writes what stands for `c`, which may be `c` itself.
pub(crate) fn push_escaped(c: char, out: &mut String) {
    match c {
        '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
        '\x7f' => out.push('\u{2421}'),
        c if acts(c) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        }
        c => out.push(c),
    }
}

/// Says whether a terminal acts on `c` instead of showing it.
pub(crate) fn acts(c: char) -> bool {
    c.is_control()
        // Embeddings, overrides, isolates and marks of direction; line and paragraph separators.
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(c, '\u{2028}' | '\u{2029}')
        // The tag characters: invisible copies of ASCII that only hide text.
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| acts(c) && !keep(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if keep(c) { out.push(c) } else { push_escaped(c, &mut out) }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_becomes_visible() {
        let cases = [
            ("plain\ttext\n", "plain\ttext\n"),
            ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
            ("\x1b]0;title\x07", "␛]0;title␇"),
            ("over\rwritten\x08", "over␍written␈"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\u{202e}txt.exe", "a\\u{202e}txt.exe"),
            ("\u{2066}x\u{2069}\u{200f}", "\\u{2066}x\\u{2069}\\u{200f}"),
            ("del\x7f nul\0", "del␡ nul␀"),
            ("\u{e0041}", "\\u{e0041}"),
            ("👩‍🔧 नमस्ते", "👩‍🔧 नमस्ते"),
        ];
        for (input, expected) in cases {
            assert_eq!(escape_terminal(input), expected);
            assert_eq!(escape_terminal(expected), expected, "escaping twice changes nothing");
        }
    }

    #[test]
    fn no_character_that_acts_survives() {
        let all: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
        assert!(!escape_terminal(&all).chars().any(|c| acts(c) && c != '\n' && c != '\t'));
        assert!(!one_line(&all, usize::MAX).chars().any(acts));
    }

    #[test]
    fn one_line_cuts_by_columns() {
        let cases = [
            ("short", 10, "short"),
            ("exactly10!", 10, "exactly10!"),
            ("eleven chars", 10, "eleven ch…"),
            ("two\nlines\r\n", 20, "two lines"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("日本語", 1, "…"),
            ("anything", 0, ""),
            ("e\u{301}e\u{301}e\u{301}", 3, "e\u{301}e\u{301}e\u{301}"),
        ];
        for (input, columns_max, expected) in cases {
            let line = one_line(input, columns_max);
            assert_eq!(line, expected, "{input:?} at {columns_max}");
            assert!(width(&line) <= columns_max);
        }
    }
}
