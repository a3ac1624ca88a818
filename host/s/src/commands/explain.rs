//! `s explain`: what stands behind a code.

use clap::Args;
use s_diag::{CODES, Code, Diagnostic, Entry};
use s_ui::{Align, Styled, Table, one_line, style};
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s explain`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s explain S-5007\n  s explain 5007\n  s explain")]
pub(crate) struct ExplainArgs {
    /// The code, as it was printed; without one, all codes are listed
    code: Option<String>,
}

/// Lines of an explanation are at most this wide.
const COLUMNS_MAX: usize = 90;

/// Prints the explanation of a code, or the list of all codes.
pub(super) fn run(context: &Context<'_>, args: &ExplainArgs) -> Result<Exit, Failure> {
    let ui = context.ui;
    let Some(word) = &args.code else {
        if ui.is_json() {
            ui.json(&CODES.iter().map(to_json).collect::<Vec<_>>());
        } else {
            let mut table = Table::new(&[("CODE", Align::Left), ("NAME", Align::Left)]);
            for entry in CODES {
                table.row([&entry.code.to_string(), entry.name]);
            }
            ui.answer(table.render(ui.columns()));
        }
        return Ok(Exit::Done);
    };
    let Some(entry) = s_diag::entry(word) else {
        let diagnostic =
            Diagnostic::error(Code::UNKNOWN_CODE, format!("there is no code `{}`", one_line(word, 40)));
        return Err(Failure::new(Exit::Usage, diagnostic.hint("all codes: s explain")));
    };
    if ui.is_json() {
        ui.json(&to_json(entry));
    } else {
        let columns = ui.columns().unwrap_or(COLUMNS_MAX).min(COLUMNS_MAX);
        let mut answer =
            Styled::new().styled(style::STRONG, format!("{}: {}", entry.code, entry.name)).plain("\n\n");
        answer.push(style::PLAIN, wrap(entry.explanation, columns));
        ui.answer(answer);
    }
    Ok(Exit::Done)
}

fn to_json(entry: &Entry) -> Value {
    json!({ "code": entry.code.to_string(), "name": entry.name, "explanation": entry.explanation })
}

/// Breaks each line of `text` between words. A word longer than a line stays whole.
fn wrap(text: &str, columns: usize) -> String {
    let mut wrapped = String::new();
    for line in text.lines() {
        let mut used = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > columns {
                wrapped.push('\n');
                used = 0;
            } else if used > 0 {
                wrapped.push(' ');
                used += 1;
            }
            wrapped.push_str(word);
            used += length;
        }
        wrapped.push('\n');
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        let cases = [
            ("one two three", 7, "one two\nthree\n"),
            ("one two three", 80, "one two three\n"),
            ("overlong a b", 4, "overlong\na b\n"),
            ("two\n\nparagraphs", 80, "two\n\nparagraphs\n"),
            ("", 80, ""),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(wrap(text, columns), expected, "{text:?} at {columns}");
        }
    }
}
