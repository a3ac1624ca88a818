//! The writer itself: two streams, a few settings, and one lock over both.

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use s_diag::{Diagnostic, Severity};
use serde::Serialize;

use crate::capture::Captured;
use crate::json::{self, Failure};
use crate::options::{self, UiOptions, Verbosity};
use crate::progress::Bars;
use crate::prompt::{Asker, Input, Prompts};
use crate::render::render;
use crate::sink::Sink;
use crate::styled::{Styled, style};

/// Why what was said did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum UiError {
    /// Standard output refused text for another reason than that its reader went away.
    #[error("cannot write to standard output: {0}")]
    Write(#[source] io::Error),
}

/// The only writer to standard output and standard error. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Ui {
    shared: Arc<Shared>,
}

struct Shared {
    verbosity: Verbosity,
    json: bool,
    interactive: bool,
    columns: Option<usize>,
    bars: Bars,
    streams: Mutex<Streams>,
    input: Mutex<Input>,
}

struct Streams {
    out: Sink,
    err: Sink,
    /// Errors wait for [`Ui::finish`] when they become JSON, so that they are one document.
    errors: Vec<Diagnostic>,
}

/// How wide a snippet may be where no width is known.
const COLUMNS_UNKNOWN: usize = 120;
/// The verbs of status lines end in this column.
const VERB_COLUMNS: usize = 11;

impl Ui {
    /// Takes the streams of the process. `env` looks up environment variables.
    pub fn new(options: &UiOptions, env: &dyn Fn(&str) -> Option<OsString>) -> Ui {
        let out_terminal = io::stdout().is_terminal();
        let err_terminal = io::stderr().is_terminal();
        let out = Sink::stdout(options::use_color(options.color, out_terminal, env));
        let err = Sink::stderr(options::use_color(options.color, err_terminal, env));
        let columns = options::columns(env).or_else(|| {
            let (_, columns) = console::Term::stderr().size_checked()?;
            (err_terminal && columns > 0).then_some(columns.into())
        });
        let interactive =
            io::stdin().is_terminal() && err_terminal && !options.no_input && !options::is_ci(env);
        // Bars move the cursor, which `-v` lines and a terminal without that ability cannot bear.
        let moving = err_terminal
            && !options.json
            && options.verbosity == Verbosity::Normal
            && env("TERM").is_none_or(|term| term != "dumb");
        Ui::build(
            options,
            columns,
            interactive,
            Bars::new(moving, err.has_color()),
            out,
            err,
            Input::Terminal,
        )
    }

    /// Writes to memory, for tests: no terminal, nobody to ask, colour only if the options force it.
    pub fn capture(options: &UiOptions) -> (Ui, Captured) {
        let captured = Captured::default();
        let ui = Ui::captured(options, &captured, false, Vec::new());
        (ui, captured)
    }

    /// Writes to memory and answers questions from `lines`, for tests.
    pub fn capture_answering(options: &UiOptions, lines: &[&str]) -> (Ui, Captured) {
        let captured = Captured::default();
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let ui = Ui::captured(options, &captured, !options.no_input, lines);
        (ui, captured)
    }

    fn captured(options: &UiOptions, captured: &Captured, interactive: bool, lines: Vec<String>) -> Ui {
        let color = options::use_color(options.color, false, &|_| None);
        let out = Sink::new(Box::new(captured.stdout.clone()), color);
        let err = Sink::new(Box::new(captured.stderr.clone()), color);
        Ui::build(options, Some(100), interactive, Bars::new(false, color), out, err, Input::scripted(lines))
    }

    fn build(
        options: &UiOptions,
        columns: Option<usize>,
        interactive: bool,
        bars: Bars,
        out: Sink,
        err: Sink,
        input: Input,
    ) -> Ui {
        let shared = Shared {
            verbosity: options.verbosity,
            json: options.json,
            interactive,
            columns,
            bars,
            streams: Mutex::new(Streams { out, err, errors: Vec::new() }),
            input: Mutex::new(input),
        };
        Ui { shared: Arc::new(shared) }
    }

    /// Prints an answer on standard output, ended by one newline. With JSON on it goes to standard
    /// error instead: an answer then is what [`Ui::json`] prints.
    pub fn answer(&self, text: impl Into<Styled>) {
        let text = line(text.into());
        if self.shared.json {
            self.write_err(&text);
        } else {
            self.shared.bars.suspend(|| self.streams().out.write(&text));
        }
    }

    /// Prints an answer as one JSON document on one line of standard output.
    ///
    /// # Panics
    ///
    /// When `value` cannot be JSON: a map whose keys are not strings is a bug of the caller.
    pub fn json<T: Serialize + ?Sized>(&self, value: &T) {
        let document = json::to_line(value).expect("answers are made of structs, lists and strings");
        let document = Styled::from(document);
        self.shared.bars.suspend(|| self.streams().out.write(&document));
    }

    /// Says on standard error what was done: a verb in the past tense and its object.
    pub fn status(&self, verb: &str, object: impl Into<Styled>) {
        if self.shared.verbosity >= Verbosity::Normal {
            let mut text = Styled::new().styled(style::DONE, format!("{verb:>VERB_COLUMNS$}")).plain(" ");
            text.append(&object.into());
            self.write_err(&line(text));
        }
    }

    /// Says on standard error, unless with `-qq`, what somebody should look at and what has no code.
    pub fn warning(&self, text: impl Into<Styled>) {
        self.talk(Verbosity::Quiet, "warning", text.into());
    }

    /// Says something worth knowing on standard error.
    pub fn note(&self, text: impl Into<Styled>) {
        self.talk(Verbosity::Normal, "note", text.into());
    }

    /// Says on standard error, with `-v`, why something is done.
    pub fn debug(&self, text: impl Into<Styled>) {
        self.talk(Verbosity::Verbose, "debug", text.into());
    }

    /// Says on standard error, with `-vv`, each step.
    pub fn trace(&self, text: impl Into<Styled>) {
        self.talk(Verbosity::Trace, "trace", text.into());
    }

    /// Reports a diagnostic: on standard error, or, for an error with JSON on, in the document that
    /// [`Ui::finish`] prints. `-q` hides notes, `-qq` warnings too; errors are never hidden.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        let needed = match diagnostic.severity {
            Severity::Error if self.shared.json => {
                self.streams().errors.push(diagnostic.clone());
                return;
            }
            Severity::Error => Verbosity::Silent,
            Severity::Warning => Verbosity::Quiet,
            Severity::Note => Verbosity::Normal,
        };
        if self.shared.verbosity >= needed {
            self.write_err(&render(diagnostic, self.shared.columns.unwrap_or(COLUMNS_UNKNOWN)));
        }
    }

    /// Ends the conversation: prints the errors that wait, and says whether all answers arrived.
    ///
    /// # Errors
    ///
    /// When standard output failed. A reader who went away is no error.
    pub fn finish(&self) -> Result<(), UiError> {
        self.shared.bars.clear();
        let mut streams = self.streams();
        let errors = std::mem::take(&mut streams.errors);
        if let Some(Ok(document)) = Failure::of(&errors).map(|failure| json::to_line(&failure)) {
            streams.out.write(&Styled::from(document));
        }
        streams.out.take_failure().map_or(Ok(()), |error| Err(UiError::Write(error)))
    }

    /// Returns the questions that may be asked in the name of `asker`.
    pub fn prompts(&self, asker: Asker) -> Prompts<'_> {
        Prompts::new(self, asker)
    }

    /// Says whether answers are JSON.
    pub fn is_json(&self) -> bool {
        self.shared.json
    }

    /// Says whether somebody can be asked: a terminal on both sides, no `CI`, no `--no-input`.
    pub fn is_interactive(&self) -> bool {
        self.shared.interactive
    }

    /// Says whether the reader of the answers went away, so that an endless answer can stop.
    pub fn is_closed(&self) -> bool {
        self.streams().out.is_closed()
    }

    /// Returns how much is said.
    pub fn verbosity(&self) -> Verbosity {
        self.shared.verbosity
    }

    /// Returns the width of the terminal, or what `COLUMNS` says; none in a pipe.
    pub fn columns(&self) -> Option<usize> {
        self.shared.columns
    }

    pub(crate) fn bars(&self) -> &Bars {
        &self.shared.bars
    }

    pub(crate) fn input(&self) -> MutexGuard<'_, Input> {
        self.shared.input.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes on standard error, above the bars.
    pub(crate) fn write_err(&self, text: &Styled) {
        self.shared.bars.suspend(|| self.write_err_suspended(text));
    }

    /// Writes on standard error while the caller keeps the bars away.
    pub(crate) fn write_err_suspended(&self, text: &Styled) {
        self.streams().err.write(text);
    }

    fn talk(&self, needed: Verbosity, word: &str, text: Styled) {
        if self.shared.verbosity >= needed {
            let style = match needed {
                Verbosity::Silent | Verbosity::Quiet => style::WARNING,
                Verbosity::Normal => style::NOTE,
                Verbosity::Verbose | Verbosity::Trace => style::DIM,
            };
            let mut whole = Styled::new().styled(style, word).plain(": ");
            whole.append(&text);
            self.write_err(&line(whole));
        }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.shared.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends text in a newline unless it does already.
fn line(mut text: Styled) -> Styled {
    if !text.ansi().ends_with('\n') {
        text.push(style::PLAIN, "\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use s_diag::Code;

    use super::*;
    use crate::ColorChoice;

    fn say_everything(options: &UiOptions) -> (String, String) {
        let (ui, captured) = Ui::capture(options);
        ui.answer("the answer");
        ui.status("Installed", "acme/x 1.2");
        ui.note("a note");
        ui.debug("a reason");
        ui.trace("a step");
        ui.diagnostic(&Diagnostic::warning(Code::USAGE, "a warning"));
        ui.diagnostic(&Diagnostic::error(Code::USAGE, "an error"));
        ui.finish().unwrap();
        (captured.stdout(), captured.stderr())
    }

    #[test]
    fn each_level_says_more() {
        let levels = [
            (Verbosity::Silent, 1),
            (Verbosity::Quiet, 2),
            (Verbosity::Normal, 4),
            (Verbosity::Verbose, 5),
            (Verbosity::Trace, 6),
        ];
        for (verbosity, lines) in levels {
            let (stdout, stderr) = say_everything(&UiOptions { verbosity, ..UiOptions::default() });
            assert_eq!(stdout, "the answer\n", "answers are printed at every level");
            assert_eq!(stderr.lines().count(), lines, "{verbosity:?}:\n{stderr}");
        }
    }

    #[test]
    fn talk_looks_like_this() {
        let (_, stderr) = say_everything(&UiOptions { verbosity: Verbosity::Trace, ..UiOptions::default() });
        insta::assert_snapshot!(stderr, @"
          Installed acme/x 1.2
        note: a note
        debug: a reason
        trace: a step
        warning[S-1001]: a warning
        error[S-1001]: an error
        ");
    }

    #[test]
    fn with_json_standard_output_has_one_document_a_line_and_nothing_else() {
        let (stdout, stderr) = say_everything(&UiOptions { json: true, ..UiOptions::default() });
        insta::assert_snapshot!(stdout, @r#"{"error":{"code":"S-1001","severity":"error","message":"an error","notes":[],"labels":[],"hints":[]}}"#);
        assert!(stderr.contains("a warning") && !stderr.contains("an error"), "{stderr}");
    }

    #[test]
    fn colour_is_only_added() {
        let colored = say_everything(&UiOptions { color: ColorChoice::Always, ..UiOptions::default() });
        let plain = say_everything(&UiOptions::default());
        assert!(colored.1.contains('\x1b') && !plain.1.contains('\x1b'));
        assert_eq!(anstream::adapter::strip_str(&colored.1).to_string(), plain.1);
    }

    #[test]
    fn text_from_outside_is_escaped_wherever_it_goes() {
        let (ui, captured) = Ui::capture(&UiOptions { verbosity: Verbosity::Trace, ..UiOptions::default() });
        let evil = "\x1b[2J\u{202e}\u{9b}m\r";
        ui.answer(evil);
        ui.status("Done", evil);
        ui.note(evil);
        ui.trace(evil);
        let diagnostic = Diagnostic::error(Code::USAGE, evil).note(evil).hint(evil);
        ui.diagnostic(&diagnostic.at(&s_diag::Source::new(evil, evil), 0..3, evil));
        let all = captured.stdout() + &captured.stderr();
        assert!(!all.chars().any(|c| crate::escape::acts(c) && c != '\n'), "{all:?}");
    }
}
