//! A diagnostic: what is wrong, from which facts, what to do next.

use std::ops::Range;
use std::sync::Arc;

use crate::Code;

/// A half-open range of byte offsets into one source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Span {
        Span { start: range.start, end: range.end }
    }
}

/// A text that labels point into, with the name it is shown under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// A path relative to the workspace, or whatever names the text to its author.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
}

impl Source {
    /// Names a text.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Source {
        Source { name: name.into(), text: text.into() }
    }

    /// Returns the line and column of an offset, both counted from one, the column in characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        (line, column)
    }
}

/// A place in a source, with what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The text the span counts in.
    pub source: Source,
    /// Where.
    pub span: Span,
    /// What; may be empty.
    pub text: String,
    /// Whether this is the place the diagnostic is about, not one that explains it.
    pub primary: bool,
}

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The operation did not happen.
    Error,
    /// It happened, and somebody should look.
    Warning,
    /// A fact.
    Note,
}

impl Severity {
    /// The word in front of the message.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One diagnostic: a lower-case phrase without full stop, the facts it follows from, the places
/// it is about, and hints that can be pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// Stable; `s explain` knows more about it.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// From which facts, one a line.
    pub notes: Vec<String>,
    /// Where.
    pub labels: Vec<Label>,
    /// What to do next.
    pub hints: Vec<String>,
    /// The same for programs, in more detail.
    pub data: Option<Data>,
}

/// What a diagnostic says, as JSON under a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The name.
    pub name: &'static str,
    /// One value of JSON.
    pub json: Arc<str>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, message)
    }

    fn new(severity: Severity, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity,
            code,
            message: message.into(),
            notes: Vec::new(),
            labels: Vec::new(),
            hints: Vec::new(),
            data: None,
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// Adds the place the diagnostic is about.
    #[must_use]
    pub fn at(mut self, source: &Source, span: impl Into<Span>, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label {
            source: source.clone(),
            span: span.into(),
            text: text.into(),
            primary: true,
        });
        self
    }

    /// Adds a place that explains the first.
    #[must_use]
    pub fn see(mut self, source: &Source, span: impl Into<Span>, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label {
            source: source.clone(),
            span: span.into(),
            text: text.into(),
            primary: false,
        });
        self
    }

    /// Says the same for programs.
    #[must_use]
    pub fn data(mut self, name: &'static str, json: impl Into<Arc<str>>) -> Diagnostic {
        self.data = Some(Data { name, json: json.into() });
        self
    }

    /// Adds a hint that can be pasted.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hints.push(hint.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("a.toml", "å = 1\nbb = 2\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position("å".len()), (1, 2));
        assert_eq!(source.position(1), (1, 1), "inside a character counts as its start");
        assert_eq!(source.position("å = 1\nb".len()), (2, 2));
        assert_eq!(source.position(1000), (3, 1));
    }
}
