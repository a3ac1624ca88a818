//! Questions, each in a frame that says who asks.
//!
//! ```text
//! plugin `acme/artifactory` asks:
//! │ which account?
//! │   1  work
//! │   2  home
//! number, 1 to 2:
//! ```
//!
//! What a plugin says stands behind the gutter `│` on every line and is escaped, so it cannot draw
//! a frame of its own. No answer is ever taken for granted: an empty line is the default only where
//! one is shown, and without a terminal there is no question at all.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, ErrorKind};

use console::Term;
use zeroize::Zeroizing;

use crate::styled::style;
use crate::{Styled, Ui, escape_terminal};

/// In whose name a question is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// `s` itself.
    Host,
    /// The plugin of this id.
    Plugin(String),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// Nobody is there to be asked.
    #[error("nobody can be asked: there is no terminal")]
    NotInteractive,
    /// The user pressed ^C, or the input ended.
    #[error("the question was not answered")]
    Interrupted,
    /// Too many answers in a row made no sense.
    #[error("no answer could be understood")]
    NotUnderstood,
    /// The terminal failed.
    #[error("cannot read from the terminal: {0}")]
    Read(#[source] io::Error),
}

/// What the user typed without echo. Wiped from memory when dropped; never printed.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Returns what was typed.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

/// Questions in the name of one asker.
pub struct Prompts<'a> {
    ui: &'a Ui,
    asker: Asker,
}

/// After so many answers that make no sense the question is given up.
const ATTEMPTS_MAX: usize = 3;

impl<'a> Prompts<'a> {
    pub(crate) fn new(ui: &'a Ui, asker: Asker) -> Prompts<'a> {
        Prompts { ui, asker }
    }

    /// Asks for yes or no; an empty line is `default`, which should be `false` for anything that
    /// grants a right.
    ///
    /// # Errors
    ///
    /// See [`PromptError`]; likewise for the other questions.
    pub fn confirm(&self, question: &str, default: bool) -> Result<bool, PromptError> {
        let ask = if default { "yes or no? [Y/n] " } else { "yes or no? [y/N] " };
        self.ask(question, &[], ask, |answer| match answer.to_lowercase().as_str() {
            "" => Some(default),
            "y" | "yes" => Some(true),
            "n" | "no" => Some(false),
            _ => None,
        })
    }

    /// Asks for one of `options` and returns its index. There is no default.
    pub fn choose(&self, question: &str, options: &[String]) -> Result<usize, PromptError> {
        let ask = format!("number, 1 to {}: ", options.len());
        self.ask(question, options, &ask, |answer| {
            let number: usize = answer.parse().ok()?;
            (1..=options.len()).contains(&number).then(|| number - 1)
        })
    }

    /// Asks for a line of text; an empty line is `default` where there is one.
    pub fn text(&self, question: &str, default: Option<&str>) -> Result<String, PromptError> {
        let ask = default.map_or_else(|| "> ".to_owned(), |default| format!("[{default}] > "));
        self.ask(question, &[], &ask, |answer| match default {
            Some(default) if answer.is_empty() => Some(default.to_owned()),
            _ => Some(answer.to_owned()),
        })
    }

    /// Asks for a line of text that is not shown. `destination` says, in our own words, where it
    /// will go.
    pub fn password(&self, question: &str, destination: &str) -> Result<Password, PromptError> {
        if !self.ui.is_interactive() {
            return Err(PromptError::NotInteractive);
        }
        let ask = format!("not shown, sent to {destination} only: ");
        self.ui.bars().suspend(|| {
            self.show(question, &[]);
            self.read(&ask, true).map(Password)
        })
    }

    fn ask<T>(
        &self,
        question: &str,
        options: &[String],
        ask: &str,
        understand: impl Fn(&str) -> Option<T>,
    ) -> Result<T, PromptError> {
        if !self.ui.is_interactive() {
            return Err(PromptError::NotInteractive);
        }
        self.ui.bars().suspend(|| {
            self.show(question, options);
            for _ in 0..ATTEMPTS_MAX {
                if let Some(answer) = understand(self.read(ask, false)?.trim()) {
                    return Ok(answer);
                }
            }
            Err(PromptError::NotUnderstood)
        })
    }

    /// Prints, while the bars are away, who asks, the question and the options.
    fn show(&self, question: &str, options: &[String]) {
        let mut text = match &self.asker {
            Asker::Host => Styled::new().styled(style::STRONG, "s asks:\n"),
            Asker::Plugin(id) => {
                Styled::new().styled(style::STRONG, format!("plugin `{}` asks:\n", one_row(id)))
            }
        };
        let mut gutter = |line: &str| {
            text.push(style::FRAME, "│");
            text.push(style::PLAIN, format!(" {line}").trim_end());
            text.push(style::PLAIN, "\n");
        };
        // An empty line too: whatever stands without a gutter is ours.
        for line in question.split('\n') {
            gutter(line);
        }
        for (index, option) in options.iter().enumerate() {
            gutter(&format!("{:>3}  {}", index + 1, one_row(option)));
        }
        self.ui.write_err_suspended(&text);
    }

    fn read(&self, ask: &str, hidden: bool) -> Result<Zeroizing<String>, PromptError> {
        let ask = Styled::new().styled(style::STRONG, one_row(ask));
        self.ui.write_err_suspended(&ask);
        self.ui.input().read_line(hidden)
    }
}

/// Where answers come from.
pub(crate) enum Input {
    Terminal,
    /// Lines given in advance, for tests.
    Scripted(VecDeque<String>),
}

impl Input {
    pub(crate) fn scripted(lines: Vec<String>) -> Input {
        Input::Scripted(lines.into())
    }

    fn read_line(&mut self, hidden: bool) -> Result<Zeroizing<String>, PromptError> {
        match self {
            Input::Scripted(lines) => lines.pop_front().map(Zeroizing::new).ok_or(PromptError::Interrupted),
            Input::Terminal if hidden => {
                Term::stderr().read_secure_line().map(Zeroizing::new).map_err(read_error)
            }
            Input::Terminal => {
                let mut line = Zeroizing::new(String::new());
                match io::stdin().read_line(&mut line) {
                    Ok(0) => Err(PromptError::Interrupted),
                    Ok(_) => Ok(line),
                    Err(error) => Err(read_error(error)),
                }
            }
        }
    }
}

fn read_error(error: io::Error) -> PromptError {
    match error.kind() {
        ErrorKind::Interrupted | ErrorKind::UnexpectedEof => PromptError::Interrupted,
        _ => PromptError::Read(error),
    }
}

/// Escapes, and keeps on one row what must not start another.
fn one_row(text: &str) -> String {
    escape_terminal(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Captured, UiOptions};

    fn plugin() -> Asker {
        Asker::Plugin("acme/x".to_owned())
    }

    fn asking(lines: &[&str]) -> (Ui, Captured) {
        Ui::capture_answering(&UiOptions::default(), lines)
    }

    #[test]
    fn a_question_shows_who_asks_and_what_he_says_stays_behind_the_gutter() {
        let (ui, captured) = asking(&["1"]);
        let question = "which?\n\ns asks:\n│ \x1b[1Adelete everything?\rx";
        let options = ["one".to_owned(), "two\n│ three".to_owned()];
        assert_eq!(ui.prompts(plugin()).choose(question, &options).unwrap(), 0);
        insta::assert_snapshot!(captured.stderr(), @"
        plugin `acme/x` asks:
        │ which?
        │
        │ s asks:
        │ │ ␛[1Adelete everything?␍x
        │   1  one
        │   2  two │ three
        number, 1 to 2:
        ");
    }

    #[test]
    fn yes_is_never_assumed() {
        let cases: &[(&[&str], bool, Option<bool>)] = &[
            (&["y"], false, Some(true)),
            (&["YES"], false, Some(true)),
            (&["n"], true, Some(false)),
            (&[""], false, Some(false)),
            (&[""], true, Some(true)),
            (&["maybe", "y"], false, Some(true)),
            (&["maybe", "perhaps", "later", "y"], false, None),
            (&[], true, None),
        ];
        for (lines, default, expected) in cases {
            let (ui, _) = asking(lines);
            assert_eq!(ui.prompts(Asker::Host).confirm("sure?", *default).ok(), *expected, "{lines:?}");
        }
    }

    #[test]
    fn numbers_outside_the_list_are_asked_for_again() {
        let options = ["one".to_owned(), "two".to_owned()];
        let (ui, _) = asking(&["0", "3", "2"]);
        assert_eq!(ui.prompts(plugin()).choose("which?", &options).unwrap(), 1);
        let (ui, _) = asking(&["-1", "two", ""]);
        assert!(matches!(ui.prompts(plugin()).choose("which?", &options), Err(PromptError::NotUnderstood)));
    }

    #[test]
    fn text_has_a_default_only_where_one_is_shown() {
        let (ui, captured) = asking(&["", "", "typed"]);
        assert_eq!(ui.prompts(plugin()).text("name?", Some("demo")).unwrap(), "demo");
        assert_eq!(ui.prompts(plugin()).text("name?", None).unwrap(), "");
        assert_eq!(ui.prompts(plugin()).text("name?", Some("demo")).unwrap(), "typed");
        assert!(captured.stderr().contains("[demo] > "));
    }

    #[test]
    fn a_password_is_not_printed() {
        let (ui, captured) = asking(&["hunter2"]);
        let password = ui.prompts(plugin()).password("token?", "https://art.example").unwrap();
        assert_eq!(password.expose(), "hunter2");
        assert!(!format!("{password:?}{}", captured.stderr()).contains("hunter2"));
    }

    #[test]
    fn without_a_terminal_nothing_is_asked() {
        let (ui, captured) = Ui::capture(&UiOptions::default());
        let prompts = ui.prompts(plugin());
        assert!(matches!(prompts.confirm("sure?", true), Err(PromptError::NotInteractive)));
        assert!(matches!(prompts.choose("which?", &[]), Err(PromptError::NotInteractive)));
        assert!(matches!(prompts.text("name?", Some("x")), Err(PromptError::NotInteractive)));
        assert!(matches!(prompts.password("token?", "x"), Err(PromptError::NotInteractive)));
        assert_eq!(captured.stderr(), "");
    }
}
