//! A diagnostic as text.
//!
//! ```text
//! error[S-2104]: no version of `json` suits every package
//!   because `http` 2.3.1 needs `json` 2.0 or later
//!   --> stryke.toml:12:1
//!    |
//! 12 | metrics = "0.9"
//!    | ^^^^^^^^^^^^^^^ loosening this requirement would help
//! hint: `metrics` 1.1.0 works with `json` 2: s add metrics@1.1
//! ```
//!
//! The snippets are our own because columns must be counted after escaping and a line is cut around
//! what is marked in it, whether it is a manifest or a megabyte of minified text.

mod snippet;

use s_diag::{Diagnostic, Severity};

use crate::Styled;
use crate::styled::style;

/// Renders a diagnostic for a terminal of so many columns. It ends in a newline.
///
/// Only lines of source text are cut; what is wrong and what to do is always said in full.
pub fn render(diagnostic: &Diagnostic, columns: usize) -> Styled {
    let word_style = match diagnostic.severity {
        Severity::Error => style::ERROR,
        Severity::Warning => style::WARNING,
        Severity::Note => style::NOTE,
    };
    let mut text = Styled::new()
        .styled(word_style, format!("{}[{}]", diagnostic.severity.word(), diagnostic.code))
        .styled(style::STRONG, format!(": {}", indented(&diagnostic.message, "  ")))
        .plain("\n");
    for note in &diagnostic.notes {
        text.push(style::PLAIN, format!("  {}\n", indented(note, "  ")));
    }
    snippet::render(&diagnostic.labels, word_style, columns, &mut text);
    for hint in &diagnostic.hints {
        text.push(style::NOTE, "hint");
        text.push(style::PLAIN, format!(": {}\n", indented(hint, "      ")));
    }
    text
}

/// Indents every line but the first, so that no line of a message looks like one of ours.
fn indented(text: &str, by: &str) -> String {
    text.trim_end_matches('\n').replace('\n', &format!("\n{by}"))
}

#[cfg(test)]
mod tests {
    use s_diag::{Code, Source};

    use super::*;

    fn plain(diagnostic: &Diagnostic) -> String {
        render(diagnostic, 80).text()
    }

    #[test]
    fn message_notes_snippet_and_hint() {
        let manifest = "# a\n\n\n\n\n\n\n\n\n\n\nmetrics = \"0.9\"\n";
        let source = Source::new("stryke.toml", manifest);
        let diagnostic = Diagnostic::error(Code::MANIFEST_SYNTAX, "no version of `json` suits every package")
            .note("because `http` 2.3.1 needs `json` 2.0 or later")
            .note("    and `metrics` 0.9.0 needs `json` before 2.0")
            .at(&source, 14..29, "loosening this requirement would help")
            .hint("`metrics` 1.1.0 works with `json` 2: s add metrics@1.1");
        insta::assert_snapshot!(plain(&diagnostic), @r#"
        error[S-3001]: no version of `json` suits every package
          because `http` 2.3.1 needs `json` 2.0 or later
              and `metrics` 0.9.0 needs `json` before 2.0
          --> stryke.toml:12:1
           |
        12 | metrics = "0.9"
           | ^^^^^^^^^^^^^^^ loosening this requirement would help
        hint: `metrics` 1.1.0 works with `json` 2: s add metrics@1.1
        "#);
    }

    #[test]
    fn without_a_place() {
        let diagnostic =
            Diagnostic::warning(Code::IO, "two\nlines").note("and\ntwo more\n").hint("three\nand four");
        insta::assert_snapshot!(plain(&diagnostic), @"
        warning[S-4001]: two
          lines
          and
          two more
        hint: three
              and four
        ");
    }

    #[test]
    fn with_colour() {
        let source = Source::new("a.toml", "a = b\n");
        let diagnostic = Diagnostic::error(Code::MANIFEST_SYNTAX, "wrong")
            .note("fact")
            .at(&source, 4..5, "here")
            .see(&source, 0..1, "there")
            .hint("do");
        insta::assert_snapshot!(render(&diagnostic, 80).ansi().replace('\x1b', "␛"), @"
        ␛[1m␛[31merror[S-3001]␛[0m␛[1m: wrong␛[0m
          fact
        ␛[1m␛[34m -->␛[0m a.toml:1:5
        ␛[1m␛[34m  |␛[0m
        ␛[1m␛[34m1 |␛[0m a = b
        ␛[1m␛[34m  |␛[0m     ␛[1m␛[31m^ here␛[0m
        ␛[1m␛[34m  |␛[0m ␛[1m␛[36m- there␛[0m
        ␛[1m␛[36mhint␛[0m: do
        ");
    }
}
