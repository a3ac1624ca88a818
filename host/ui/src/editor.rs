//! Lines that a person types and edits, with those of before behind the arrow keys.
//!
//! Where lines are kept between two sessions is left to the caller, and so is what they mean. While a
//! line is read the terminal hands over every key; in between it is as it was.

use std::io;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{History, MemHistory, SearchDirection};
use rustyline::validate::Validator;
use rustyline::{Config, Editor, Helper};

/// Names that are offered at once.
const OFFERED_MAX: usize = 100;

/// What the person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Typed a line.
    Text(String),
    /// Pressed ^C: what was typed is not meant.
    Interrupted,
    /// Pressed ^D on an empty line, or the terminal is gone.
    End,
}

/// Reads lines from the terminal.
pub struct LineEditor {
    editor: Editor<Names, MemHistory>,
}

/// Names that complete what is typed.
struct Names(Vec<String>);

impl LineEditor {
    /// Prepares an editor that knows these lines of before, the oldest first, and keeps so many.
    ///
    /// # Errors
    /// When the terminal cannot be used.
    pub fn new(before: &[String], most: usize) -> io::Result<LineEditor> {
        let config = Config::builder().max_history_size(most).map_err(failed)?.build();
        let history = MemHistory::with_config(&config);
        let mut editor = Editor::with_history(config, history).map_err(failed)?;
        for line in before {
            editor.add_history_entry(line.as_str()).map_err(failed)?;
        }
        Ok(LineEditor { editor })
    }

    /// Reads a line. `names` complete the word before the cursor; they are sorted.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn read(&mut self, prompt: &str, names: Vec<String>) -> io::Result<Line> {
        self.editor.set_helper(Some(Names(names)));
        match self.editor.readline(prompt) {
            Ok(line) => Ok(Line::Text(line)),
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(failed(error)),
        }
    }

    /// Remembers a text, which may have several lines.
    pub fn remember(&mut self, text: &str) {
        // A text that cannot be remembered is typed again.
        let _ = self.editor.add_history_entry(text);
    }

    /// What is remembered, the oldest first.
    #[must_use]
    pub fn remembered(&self) -> Vec<String> {
        let history = self.editor.history();
        let at = |index| history.get(index, SearchDirection::Forward).ok().flatten();
        (0..history.len()).filter_map(at).map(|found| found.entry.into_owned()).collect()
    }
}

fn failed(error: ReadlineError) -> io::Error {
    match error {
        ReadlineError::Io(error) => error,
        error => io::Error::other(error.to_string()),
    }
}

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(&self.0, line, pos))
    }
}

impl Helper for Names {}
impl Highlighter for Names {}
impl Hinter for Names {
    type Hint = String;
}
impl Validator for Names {}

/// Where the word before a place begins, and which names begin like it.
fn complete(names: &[String], line: &str, pos: usize) -> (usize, Vec<String>) {
    let before = line.get(..pos).unwrap_or(line);
    let is_part = |char: char| char.is_alphanumeric() || matches!(char, '_' | ':');
    let bare = before.trim_end_matches(is_part);
    let sigil = bare.ends_with(['$', '@', '%']).then(|| bare.len() - 1);
    let start = sigil.unwrap_or(bare.len());
    let word = &before[start..];
    if word.is_empty() {
        return (start, Vec::new());
    }
    let found = names.iter().filter(|name| name.starts_with(word));
    (start, found.take(OFFERED_MAX).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_completed_with_its_sigil() {
        let names: Vec<String> =
            ["$count", "$cost", "@count", "Foo::bar", ":doc", "map"].map(str::to_owned).into();
        let offered = |line: &str| complete(&names, line, line.len());
        assert_eq!(offered("1 + $co"), (4, vec!["$count".to_owned(), "$cost".to_owned()]));
        assert_eq!(offered("p @c"), (2, vec!["@count".to_owned()]));
        assert_eq!(offered("Foo::b"), (0, vec!["Foo::bar".to_owned()]));
        assert_eq!(offered(":d"), (0, vec![":doc".to_owned()]));
        assert_eq!(offered("x "), (2, Vec::new()));
        assert_eq!(offered(""), (0, Vec::new()));
    }
}
