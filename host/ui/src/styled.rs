//! Text that is safe to write to a terminal.

use std::fmt::{self, Display};

use anstyle::Style;

use crate::escape::escape_terminal;

/// The few styles there are. Colour is never the only sign.
pub mod style {
    use anstyle::{AnsiColor, Style};

    /// Nothing special.
    pub const PLAIN: Style = Style::new();
    /// What the eye should find first.
    pub const STRONG: Style = Style::new().bold();
    /// What may be skipped.
    pub const DIM: Style = Style::new().dimmed();
    /// The word `error`.
    pub const ERROR: Style = AnsiColor::Red.on_default().bold();
    /// The word `warning`.
    pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
    /// The word `note`, and places that explain another.
    pub const NOTE: Style = AnsiColor::Cyan.on_default().bold();
    /// What was done.
    pub const DONE: Style = AnsiColor::Green.on_default().bold();
    /// What can be typed.
    pub const CODE: Style = AnsiColor::Cyan.on_default();
    /// Frames and line numbers.
    pub const FRAME: Style = AnsiColor::Blue.on_default().bold();
}

/// Text with styles, in which only our own control sequences stand.
///
/// A string becomes one through escaping, so a message, a file name or an answer of a server
/// cannot smuggle a control sequence past it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Styled(String);

impl Styled {
    /// Returns an empty text.
    pub fn new() -> Styled {
        Styled::default()
    }

    /// Takes text that already carries our own control sequences, such as rendered help.
    ///
    /// Whatever of it came from outside must have been escaped before.
    pub fn trusted(ansi: impl Into<String>) -> Styled {
        Styled(ansi.into())
    }

    /// Appends text, escaped, in the usual style.
    #[must_use]
    pub fn plain(self, text: impl Display) -> Styled {
        self.styled(style::PLAIN, text)
    }

    /// Appends text, escaped, in a style.
    #[must_use]
    pub fn styled(mut self, style: Style, text: impl Display) -> Styled {
        self.push(style, text);
        self
    }

    /// Appends text, escaped, in a style.
    pub fn push(&mut self, style: Style, text: impl Display) {
        let text = text.to_string();
        let text = escape_terminal(&text);
        if style.is_plain() || text.is_empty() {
            self.0.push_str(&text);
        } else {
            // Each line is styled on its own, so that a frame put in front of it keeps its look.
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.0.push('\n');
                }
                if !line.is_empty() {
                    self.0.push_str(&format!("{style}{line}{style:#}"));
                }
            }
        }
    }

    /// Appends another styled text.
    pub fn append(&mut self, other: &Styled) {
        self.0.push_str(&other.0);
    }

    /// Returns the text with control sequences.
    pub fn ansi(&self) -> &str {
        &self.0
    }

    /// Returns the text alone.
    pub fn text(&self) -> String {
        anstream::adapter::strip_str(&self.0).to_string()
    }

    /// Says whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The text alone, without control sequences.
impl Display for Styled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        anstream::adapter::strip_str(&self.0).fmt(f)
    }
}

impl From<&str> for Styled {
    fn from(text: &str) -> Styled {
        Styled::new().plain(text)
    }
}

impl From<String> for Styled {
    fn from(text: String) -> Styled {
        Styled::from(text.as_str())
    }
}

impl From<&String> for Styled {
    fn from(text: &String) -> Styled {
        Styled::from(text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_sequences_stand_in_it() {
        let text = Styled::new().styled(style::ERROR, "bad\x1b[2J").plain(" \x1b[0mend");
        assert_eq!(text.text(), "bad␛[2J ␛[0mend");
        assert_eq!(text.ansi().matches('\x1b').count(), 3, "bold, red and the reset: {:?}", text.ansi());
    }
}
