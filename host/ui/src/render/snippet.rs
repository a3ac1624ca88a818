//! Lines of source text with what is marked in them.

use anstyle::Style;
use s_diag::{Label, Source};

use crate::Styled;
use crate::escape::{push_escaped, width, width_of};
use crate::styled::style;

/// A tab is shown as so many spaces.
const TAB: &str = "    ";
/// However narrow the terminal is, so many columns of a line are shown.
const SOURCE_COLUMNS_MIN: usize = 20;
/// Stands for what was cut from a line.
const CUT: char = '…';

/// Appends one snippet for each source that labels point into, the first label's first.
pub(super) fn render(labels: &[Label], word_style: Style, columns: usize, text: &mut Styled) {
    let mut sources: Vec<&Source> = Vec::new();
    for label in labels {
        if !sources.contains(&&label.source) {
            sources.push(&label.source);
        }
    }
    for source in sources {
        let mut places: Vec<Place<'_>> = labels
            .iter()
            .filter(|label| label.source == *source)
            .map(|label| Place::of(label, if label.primary { word_style } else { style::NOTE }))
            .collect();
        let head = (places[0].line, places[0].column);
        // By line; within one, from right to left, so that no text stands before a mark it is not of.
        places.sort_by_key(|place| (place.line, std::cmp::Reverse(place.start)));
        let digits = places.last().map_or(1, |place| place.line.to_string().len());
        let gutter = Gutter { digits };

        gutter.arrow(source, head, text);
        gutter.empty(text);
        let mut shown: Option<usize> = None;
        for place in &places {
            if shown != Some(place.line) {
                if shown.is_some_and(|line| line + 1 < place.line) {
                    text.push(style::FRAME, format!("{}\n", ".".repeat(3.max(digits))));
                }
                shown = Some(place.line);
            }
            place.render(&gutter, columns, first_of_line(&places, place), text);
        }
    }
}

/// Says whether `place` is the first one of its line, the one that shows the line itself.
fn first_of_line(places: &[Place<'_>], place: &Place<'_>) -> bool {
    places.iter().find(|other| other.line == place.line).is_some_and(|first| std::ptr::eq(first, place))
}

/// What stands left of the source text.
struct Gutter {
    digits: usize,
}

impl Gutter {
    fn arrow(&self, source: &Source, (line, column): (usize, usize), text: &mut Styled) {
        let name = source.name.replace('\n', " ");
        text.push(style::FRAME, format!("{:>width$}-->", "", width = self.digits));
        text.push(style::PLAIN, format!(" {name}:{line}:{column}\n"));
    }

    fn empty(&self, text: &mut Styled) {
        text.push(style::FRAME, format!("{:>width$} |", "", width = self.digits));
        text.push(style::PLAIN, "\n");
    }

    fn before(&self, line: Option<usize>, text: &mut Styled) {
        let number = line.map(|line| line.to_string()).unwrap_or_default();
        text.push(style::FRAME, format!("{number:>width$} |", width = self.digits));
    }
}

/// A label, found in its source.
struct Place<'a> {
    label: &'a Label,
    /// Counted from one.
    line: usize,
    /// Counted from one, in characters.
    column: usize,
    /// The text of the line, without its end.
    content: &'a str,
    /// Where the mark starts and ends, in bytes of the line. What goes on in the next line is marked
    /// to the end of this one.
    start: usize,
    end: usize,
    style: Style,
}

impl<'a> Place<'a> {
    fn of(label: &'a Label, style: Style) -> Place<'a> {
        let whole = &*label.source.text;
        let (line, column) = label.source.position(label.span.start);
        let start = floor_boundary(whole, label.span.start);
        let end = floor_boundary(whole, label.span.end).max(start);
        let line_start = whole[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = whole[start..].find('\n').map_or(whole.len(), |newline| start + newline);
        let content = whole[line_start..line_end].trim_end_matches('\r');
        let start = (start - line_start).min(content.len());
        let end = (end - line_start).min(content.len());
        Place { label, line, column, content, start, end, style }
    }

    fn render(&self, gutter: &Gutter, columns: usize, with_line: bool, text: &mut Styled) {
        let room = columns.saturating_sub(gutter.digits + 3).max(SOURCE_COLUMNS_MIN);
        let before = shown(&self.content[..self.start]);
        let marked = shown(&self.content[self.start..self.end]);
        let window = Window::around(width(&before), width(&marked), room);
        if with_line {
            gutter.before(Some(self.line), text);
            let line = window.cut(&shown(self.content));
            if !line.is_empty() {
                text.push(style::PLAIN, format!(" {line}"));
            }
            text.push(style::PLAIN, "\n");
        }
        let mark = if self.label.primary { "^" } else { "-" };
        let mark_columns = width(&marked).clamp(1, window.end.saturating_sub(width(&before)).max(1));
        gutter.before(None, text);
        text.push(style::PLAIN, format!(" {}", " ".repeat(width(&before).saturating_sub(window.start))));
        let message = self.label.text.replace('\n', " ");
        text.push(self.style, format!("{} {message}", mark.repeat(mark_columns)).trim_end());
        text.push(style::PLAIN, "\n");
    }
}

/// The columns of a line that are shown.
struct Window {
    start: usize,
    end: usize,
}

impl Window {
    /// Shows the line from its start if the mark is in reach, and else some columns before the mark.
    fn around(before: usize, marked: usize, room: usize) -> Window {
        let start = if before + marked.min(room / 2) < room { 0 } else { before.saturating_sub(room / 4) };
        Window { start, end: start + room }
    }

    fn cut(&self, line: &str) -> String {
        let mut out = String::new();
        let mut column = 0;
        let total = width(line);
        for c in line.chars() {
            let next = column + width_of(c);
            let cut_here = (self.start > 0 && column == self.start)
                || (total > self.end && column < self.end && next + 1 > self.end);
            if column >= self.start && next <= self.end {
                if cut_here {
                    out.push(CUT);
                    // A wide character leaves a hole behind the sign.
                    out.extend(std::iter::repeat_n(' ', width_of(c).saturating_sub(1)));
                } else {
                    out.push(c);
                }
            } else if column < self.start && next > self.start {
                out.push(' ');
            }
            column = next;
        }
        out
    }
}

/// The line as it is shown: tabs become spaces, and what acts becomes visible.
fn shown(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if c == '\t' { out.push_str(TAB) } else { push_escaped(c, &mut out) }
    }
    out
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use s_diag::{Code, Diagnostic};

    use super::*;

    fn snippet(columns: usize, diagnostic: &Diagnostic) -> String {
        let mut text = Styled::new();
        render(&diagnostic.labels, style::ERROR, columns, &mut text);
        text.text()
    }

    fn error() -> Diagnostic {
        Diagnostic::error(Code::MANIFEST_SYNTAX, "wrong")
    }

    #[test]
    fn several_places_in_several_sources() {
        let manifest =
            Source::new("stryke.toml", "[plugins]\nx = \"1\"\ny = \"2\"\n\n\n\n\n\n\nz = [\"3\", \"4\"]\n");
        let lock = Source::new("stryke.lock", "old");
        let diagnostic = error()
            .at(&manifest, 42..45, "this")
            .see(&manifest, 37..40, "against this")
            .see(&manifest, 10..11, "first here")
            .see(&lock, 0..3, "");
        insta::assert_snapshot!(snippet(80, &diagnostic), @r#"
          --> stryke.toml:10:11
           |
         2 | x = "1"
           | - first here
        ...
        10 | z = ["3", "4"]
           |           ^^^ this
           |      --- against this
         --> stryke.lock:1:1
          |
        1 | old
          | ---
        "#);
    }

    #[test]
    fn marks_stand_below_what_they_mark_whatever_the_text() {
        let cases = [
            ("\tkey = \u{1b}[31m", 5..8),
            ("日本語 = 1", 0..9),
            ("a = \u{202e}b", 7..8),
            ("first\r\nsecond", 7..13),
            ("spans\nlines", 3..9),
            ("the end", 7..7),
            ("", 0..0),
            ("å", 1..1),
            ("beyond", 100..200),
            ("empty line\n\nhere", 11..11),
        ];
        let mut all = String::new();
        for (input, span) in cases {
            all.push_str(&snippet(80, &error().at(&Source::new("a", input), span, "here")));
        }
        insta::assert_snapshot!(all, @r"
         --> a:1:6
          |
        1 |     key = ␛[31m
          |         ^^^ here
         --> a:1:1
          |
        1 | 日本語 = 1
          | ^^^^^^ here
         --> a:1:6
          |
        1 | a = \u{202e}b
          |             ^ here
         --> a:2:1
          |
        2 | second
          | ^^^^^^ here
         --> a:1:4
          |
        1 | spans
          |    ^^ here
         --> a:1:8
          |
        1 | the end
          |        ^ here
         --> a:1:1
          |
        1 |
          | ^ here
         --> a:1:1
          |
        1 | å
          | ^ here
         --> a:1:7
          |
        1 | beyond
          |       ^ here
         --> a:2:1
          |
        2 |
          | ^ here
        ");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let line = "0123456789".repeat(30);
        let wide = "日本".repeat(100);
        let mut all = String::new();
        for span in [0..3, 30..34, 150..153, 297..300, 0..300] {
            all.push_str(&snippet(44, &error().at(&Source::new("a", line.as_str()), span, "here")));
        }
        all.push_str(&snippet(45, &error().at(&Source::new("a", wide.as_str()), 301..304, "here")));
        insta::assert_snapshot!(all, @"
         --> a:1:1
          |
        1 | 012345678901234567890123456789012345678…
          | ^^^ here
         --> a:1:31
          |
        1 | 012345678901234567890123456789012345678…
          |                               ^^^^ here
         --> a:1:151
          |
        1 | …12345678901234567890123456789012345678…
          |           ^^^ here
         --> a:1:298
          |
        1 | …890123456789
          |           ^^^ here
         --> a:1:1
          |
        1 | 012345678901234567890123456789012345678…
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
         --> a:1:101
          |
        1 | … 日本日本日本日本日本日本日本日本日本日
          |           ^^ here
        ");
    }

    #[test]
    fn no_line_of_source_is_wider_than_the_terminal() {
        let text = "x日\t\u{1b}é".repeat(200);
        let source = Source::new("a", text.as_str());
        for columns in [20, 33, 80] {
            for start in (0..text.len()).step_by(7) {
                let shown = snippet(columns, &error().at(&source, start..start + 9, ""));
                for line in shown.lines().skip(2) {
                    assert!(
                        width(line) <= columns.max(SOURCE_COLUMNS_MIN + 4),
                        "{columns} {start}: {line:?}"
                    );
                }
            }
        }
    }
}
