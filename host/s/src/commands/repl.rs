//! `s repl`.

use std::ffi::OsString;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::Args;
use s_diag::{Code, Diagnostic, Severity};
use s_ops::language::{
    Entry, Repl, ReplRequest, builtin_doc, history_file, nearest_builtin, read_history, write_history,
};
use s_ui::{Line, LineEditor, Ui};

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;
use crate::program;

/// The arguments of `s repl`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Each entry is compiled and run at once. What it declares stays for those after it: variables, functions,
classes, packages, what is used. The value of an expression is shown, but for one that ends with `;`.
An entry whose brackets or strings are open goes on in the next line; ^C forgets it, and ends an entry that
runs; ^D ends the session. `:help` says which commands there are.

Entries are kept in `repl_history` in the home folder of `s`, for nobody else to read. Without a terminal
entries are read from standard input, and nothing is kept.

Examples:
  s repl
  s repl --compat
  echo '2 ** 10' | s repl")]
pub(crate) struct ReplArgs {
    /// Read entries as plain Perl 5
    #[arg(long)]
    compat: bool,

    /// A folder with modules that belong to no package
    #[arg(short = 'I', value_name = "FOLDER")]
    include: Vec<PathBuf>,

    /// Neither read nor keep the history of entries
    #[arg(long)]
    no_history: bool,

    /// What entries find in @ARGV
    #[arg(value_name = "ARGUMENT", last = true)]
    arguments: Vec<OsString>,
}

/// Entries that are kept.
const HISTORY_ENTRIES_MAX: usize = 1000;
/// Bytes of an entry that is kept.
const KEPT_BYTES_MAX: usize = 16 << 10;

const PROMPT: &str = "s> ";
/// Behind it an entry goes on.
const PROMPT_MORE: &str = ".. ";

const COMMANDS: &[&str] = &[":clear", ":doc", ":help", ":load", ":quit", ":type"];

const HELP: &str = "\
:type EXPR   the type of its value; what reaches files or the network is not run
:doc NAME    what a builtin takes and can reach
:load FILE   run a file as an entry
:clear       forget everything that was declared
:quit        end the session, as ^D does
:help        these lines
An entry that ends with ; shows no value. ^C ends what runs, or forgets what is typed.";

/// Runs a session; the status is that of its end.
pub(super) fn run(context: &Context<'_>, args: &ReplArgs) -> Result<u8, Failure> {
    if context.ui.is_json() {
        let diagnostic = Diagnostic::error(Code::USAGE, "a session has no answer in JSON")
            .hint("`s -e CODE` runs a program, which can print JSON itself");
        return Err(Failure::new(Exit::Usage, diagnostic));
    }
    let world = program::world();
    let request =
        ReplRequest { include: args.include.clone(), compat: args.compat, arguments: args.arguments.clone() };
    let start = || Repl::start(&world, &request).map_err(|diagnostic| Failure::new(Exit::Failed, diagnostic));
    let session = Session { ui: context.ui, repl: start()?, start: &start };
    if !std::io::stdin().is_terminal() {
        return session.of_lines();
    }
    let file = if args.no_history { None } else { history_file(&world) };
    let before = file.as_deref().map(read_history).unwrap_or_default();
    let mut editor = LineEditor::new(&before, HISTORY_ENTRIES_MAX).map_err(|error| terminal(&error))?;
    context.ui.note(format!("s {}; `:help` for help, ^D to end", env!("CARGO_PKG_VERSION")));
    let ended = session.of_terminal(&mut editor);
    if let Some(file) = file {
        let remembered = editor.remembered();
        if let Err(error) = write_history(&file, &remembered) {
            context.ui.warning(format!("the history of entries could not be kept: {error}"));
        }
    }
    ended
}

/// A session and how to begin another.
struct Session<'a> {
    ui: &'a Ui,
    repl: Repl,
    start: &'a dyn Fn() -> Result<Repl, Failure>,
}

/// Whether a session goes on.
enum Next {
    Entry,
    /// It ends with this status.
    End(u8),
}

impl Session<'_> {
    /// Entries from a terminal.
    fn of_terminal(mut self, editor: &mut LineEditor) -> Result<u8, Failure> {
        let mut open = String::new();
        loop {
            let prompt = if open.is_empty() { PROMPT } else { PROMPT_MORE };
            let mut names = self.repl.names();
            names.splice(0..0, COMMANDS.iter().map(|name| (*name).to_owned()));
            match editor.read(prompt, names).map_err(|error| terminal(&error))? {
                Line::Interrupted => open.clear(),
                Line::End => return Ok(self.end()),
                Line::Text(line) => {
                    let blank = line.trim().is_empty();
                    if let Some(text) = self.take(&mut open, &line, blank) {
                        if text.len() <= KEPT_BYTES_MAX {
                            editor.remember(text.trim_end());
                        }
                        if let Next::End(status) = self.entry(&text)? {
                            return Ok(status);
                        }
                    }
                }
            }
        }
    }

    /// Entries from standard input, line by line.
    fn of_lines(mut self) -> Result<u8, Failure> {
        let mut open = String::new();
        loop {
            let mut line = Vec::new();
            // The lock is not held while an entry runs, which may read the same input.
            let read = std::io::stdin().lock().read_until(b'\n', &mut line);
            if read.map_err(|error| terminal(&error))? == 0 {
                break;
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Some(text) = self.take(&mut open, line.trim_end_matches(['\n', '\r']), false)
                && let Next::End(status) = self.entry(&text)?
            {
                return Ok(status);
            }
        }
        // What is still open is wrong, and says so.
        if !open.trim().is_empty()
            && let Next::End(status) = self.entry(&open)?
        {
            return Ok(status);
        }
        Ok(self.end())
    }

    /// Adds a line to what is open; the entry, when it is complete or shall be taken as it is.
    fn take(&self, open: &mut String, line: &str, anyway: bool) -> Option<String> {
        let first = open.is_empty();
        if first && line.trim().is_empty() {
            return None;
        }
        open.push_str(line);
        open.push('\n');
        let is_command = first && line.trim_start().starts_with(':');
        if !is_command && !anyway && self.repl.is_unfinished(open) {
            return None;
        }
        Some(std::mem::take(open))
    }

    fn entry(&mut self, text: &str) -> Result<Next, Failure> {
        let text = text.trim_end();
        let command = text.trim_start().strip_prefix(':').map(|rest| {
            let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            (word, rest.trim())
        });
        let entry = match command {
            None => self.repl.eval(text),
            // `::name` is a name of the language.
            Some((word, _)) if word.starts_with(':') => self.repl.eval(text),
            Some(("type" | "t", rest)) if !rest.is_empty() => self.repl.type_of(rest),
            Some(("load" | "l", rest)) if !rest.is_empty() => self.repl.load(Path::new(rest)),
            Some(("doc" | "d", rest)) if !rest.is_empty() => {
                self.doc(rest);
                return Ok(Next::Entry);
            }
            Some(("help" | "h" | "?", _)) => {
                self.ui.answer(HELP);
                return Ok(Next::Entry);
            }
            Some(("clear", "")) => {
                let new = (self.start)()?;
                let _ = std::mem::replace(&mut self.repl, new).finish();
                return Ok(Next::Entry);
            }
            Some(("quit" | "q", "")) => return Ok(Next::End(self.finish())),
            Some((word, _)) => {
                let known = COMMANDS.iter().any(|name| name[1..] == *word);
                let message = match known {
                    true => format!("`:{word}` is written otherwise"),
                    false => format!("there is no command `:{word}`"),
                };
                self.ui.diagnostic(&Diagnostic::error(Code::USAGE, message).hint("`:help` shows them all"));
                return Ok(Next::Entry);
            }
        };
        Ok(self.tell(entry))
    }

    /// Says what became of an entry.
    fn tell(&self, entry: Entry) -> Next {
        match entry {
            Entry::Done(None) => {}
            Entry::Done(Some(value)) => self.ui.answer(value),
            Entry::Wrong(diagnostics) => {
                let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
                errors.for_each(|diagnostic| self.ui.diagnostic(diagnostic));
            }
            Entry::Died(message) => {
                let found = Diagnostic::error(Code::ENTRY_DIED, message.trim_end());
                self.ui.diagnostic(&found);
            }
            Entry::Interrupted => self.ui.note("interrupted"),
            Entry::Exit(status) => return Next::End(u8::try_from(status & 0xff).unwrap_or(u8::MAX)),
        }
        Next::Entry
    }

    fn doc(&self, name: &str) {
        let Some(doc) = builtin_doc(name) else {
            if self.repl.declares(name) {
                self.ui.answer(format!("`{name}` was declared in this session"));
                return;
            }
            let found = Diagnostic::error(Code::USAGE, format!("there is no builtin `{name}`"));
            self.ui.diagnostic(&match nearest_builtin(name) {
                Some(near) => found.hint(format!("did you mean `{near}`?")),
                None => found,
            });
            return;
        };
        let mut lines = vec![doc.form];
        if let Some(of) = doc.alias_of {
            lines.push(format!("another name of {of}"));
        }
        if !doc.aliases.is_empty() {
            lines.push(format!("also written {}", doc.aliases.join(", ")));
        }
        if doc.topic {
            lines.push("without arguments it takes $_".to_owned());
        }
        let effects = if doc.effects.is_empty() { "nothing".to_owned() } else { doc.effects.join(", ") };
        lines.push(format!("can reach {effects}"));
        lines.push(format!("plain Perl has it: {}", if doc.perl { "yes" } else { "no" }));
        self.ui.answer(lines.join("\n"));
    }

    fn end(self) -> u8 {
        u8::try_from(self.repl.finish() & 0xff).unwrap_or(u8::MAX)
    }

    /// Ends what runs in the session, which is not used again.
    fn finish(&mut self) -> u8 {
        match self.repl.eval("exit 0") {
            Entry::Exit(status) => u8::try_from(status & 0xff).unwrap_or(u8::MAX),
            _ => 0,
        }
    }
}

fn terminal(error: &std::io::Error) -> Failure {
    let message = format!("entries cannot be read: {error}");
    Failure::new(Exit::Failed, Diagnostic::error(Code::PROGRAM, message))
}
