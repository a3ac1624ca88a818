//! A session of the language: entries, files, what is known of a name, and the history that is kept.
//!
//! Reading entries, and words for what became of them, are left to the binary.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_abi::builtins::{self, Args, BUILTINS, Builtin, Syntax, effect};
use s_diag::{Code as DiagnosticCode, Diagnostic};
use s_driver::jit::{self, Entry, RunOptions};
use s_store::{Access, Home, files};

use super::check::EFFECTS;
use super::files::{DiskFiles, text_of};
use super::run::{World, include_path};

/// Bytes of a history that are read.
const HISTORY_BYTES_MAX: u64 = 16 << 20;
/// Bytes of a file that is loaded.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// How a session is begun.
#[derive(Clone, Debug, Default)]
pub struct ReplRequest {
    /// Folders of modules that belong to nobody.
    pub include: Vec<PathBuf>,
    /// Entries are plain Perl 5.
    pub compat: bool,
    /// `@ARGV`.
    pub arguments: Vec<OsString>,
}

/// A running session.
pub struct Repl {
    inner: jit::Repl,
    directory: PathBuf,
    compat: bool,
}

/// What is known of a builtin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltinDoc {
    /// Its name.
    pub name: &'static str,
    /// How it is written, such as `map BLOCK LIST`.
    pub form: String,
    /// The builtin it is another name of.
    pub alias_of: Option<&'static str>,
    /// Other names of it.
    pub aliases: Vec<&'static str>,
    /// What it can reach.
    pub effects: Vec<&'static str>,
    /// Without arguments it takes the topic.
    pub topic: bool,
    /// Plain Perl has it too.
    pub perl: bool,
}

impl Repl {
    /// Begins a session.
    pub fn start(world: &World, request: &ReplRequest) -> Result<Repl, Diagnostic> {
        let include = include_path(&request.include, &world.environment);
        let files = DiskFiles::new(world.directory.clone(), include, Arc::clone(&world.environment));
        let bytes = |text: &OsString| text.clone().into_encoded_bytes();
        let options = RunOptions {
            script: b"repl".to_vec(),
            args: request.arguments.iter().map(bytes).collect(),
            environment: world.variables.iter().map(|(name, value)| (bytes(name), bytes(value))).collect(),
            compat: request.compat,
            keep: None,
        };
        let inner = jit::Repl::new(Arc::new(files), options).map_err(|error| {
            Diagnostic::error(DiagnosticCode::PROGRAM, format!("cannot start a session: {error}"))
                .hint("the system has no thread or memory to give; end other programs and try again")
        })?;
        Ok(Repl { inner, directory: world.directory.clone(), compat: request.compat })
    }

    /// Runs an entry.
    pub fn eval(&mut self, text: &str) -> Entry {
        self.inner.eval(text)
    }

    /// Runs the text of a file as an entry.
    pub fn load(&mut self, path: &Path) -> Entry {
        match files::read_capped(&self.directory.join(path), FILE_BYTES_MAX) {
            Ok(bytes) => self.inner.eval_file(&path.display().to_string(), &text_of(&bytes)),
            Err(error) => {
                let message = format!("cannot load `{}`: {error}", path.display());
                Entry::Wrong(vec![Diagnostic::error(DiagnosticCode::PROGRAM, message)])
            }
        }
    }

    /// The type of an expression, without running what reaches the world around it.
    pub fn type_of(&mut self, text: &str) -> Entry {
        self.inner.type_of(text)
    }

    /// Whether a text is the beginning of an entry that goes on.
    #[must_use]
    pub fn is_unfinished(&self, text: &str) -> bool {
        jit::is_unfinished(text, self.compat)
    }

    /// What names lead to: those of the session, and the builtins; sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = self.inner.names();
        names.extend(BUILTINS.iter().map(|row| row.name.to_owned()));
        names.sort();
        names.dedup();
        names
    }

    /// Whether the session has declared this name.
    #[must_use]
    pub fn declares(&self, name: &str) -> bool {
        self.inner.names().iter().any(|known| known == name)
    }

    /// Ends the session; the status.
    #[must_use]
    pub fn finish(self) -> i32 {
        self.inner.finish()
    }
}

/// What is known of a builtin, by its name.
#[must_use]
pub fn builtin_doc(name: &str) -> Option<BuiltinDoc> {
    let row = builtins::find(name)?;
    let target = row.alias_of.unwrap_or(row.name);
    let aliases = BUILTINS.iter().filter(|other| other.alias_of == Some(target) && other.name != row.name);
    let effects = EFFECTS.iter().filter(|(bit, _)| row.effects & bit != effect::NONE);
    Some(BuiltinDoc {
        name: row.name,
        form: form(row),
        alias_of: row.alias_of,
        aliases: aliases.map(|other| other.name).collect(),
        effects: effects.map(|(_, name)| *name).collect(),
        topic: row.topic,
        perl: row.perl,
    })
}

/// The builtin whose name is most like this one.
#[must_use]
pub fn nearest_builtin(name: &str) -> Option<&'static str> {
    let names: Vec<&'static str> = BUILTINS.iter().map(|row| row.name).collect();
    s_project::nearest_name(name, &names)
}

/// How a builtin is written.
fn form(row: &Builtin) -> String {
    let name = row.name;
    match (row.syntax, row.args) {
        (Syntax::Nullary, _) => name.to_owned(),
        (Syntax::Block, _) | (_, Args::FunctionThenList) => format!("{name} BLOCK LIST"),
        (Syntax::Print, _) => format!("{name} [HANDLE] LIST"),
        (_, Args::ContainerThenList) => format!("{name} CONTAINER, LIST"),
        (_, Args::Scalars(0, 0)) => name.to_owned(),
        (_, Args::Scalars(least, most)) => {
            let one = |number: u8| match most {
                1 => "VALUE".to_owned(),
                _ => format!("VALUE{number}"),
            };
            let needed: Vec<String> = (1..=least).map(one).collect();
            let mut form = format!("{name} {}", needed.join(", "));
            for number in least + 1..=most {
                let comma = if number == 1 { "" } else { ", " };
                form.push_str(&format!("[{comma}{}", one(number)));
            }
            form.push_str(&"]".repeat(usize::from(most.saturating_sub(least))));
            form
        }
        (Syntax::Unary | Syntax::Greedy, _) => format!("{name} VALUE"),
        _ => format!("{name} LIST"),
    }
}

/// Where entries of before are kept; none where there is no home folder.
#[must_use]
pub fn history_file(world: &World) -> Option<PathBuf> {
    Home::from_env(|name| (world.environment)(name)).ok().map(|home| home.repl_history())
}

/// The entries of a history, the oldest first; none where it cannot be read.
#[must_use]
pub fn read_history(path: &Path) -> Vec<String> {
    let text = files::read_to_string(path, HISTORY_BYTES_MAX).unwrap_or_default();
    text.lines().map(unescape).collect()
}

/// Keeps a history, for nobody else to read.
///
/// # Errors
/// Says why it cannot be kept.
pub fn write_history(path: &Path, entries: &[String]) -> Result<(), String> {
    let text: String = entries.iter().map(|entry| escape(entry) + "\n").collect();
    if let Some(folder) = path.parent() {
        files::create_dir_all(folder, Access::Shared).map_err(|error| error.to_string())?;
    }
    files::write_atomic(path, text.as_bytes(), Access::Private).map_err(|error| error.to_string())
}

/// An entry on one line.
fn escape(entry: &str) -> String {
    entry.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(line: &str) -> String {
    let mut entry = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n') => entry.push('\n'),
                Some('r') => entry.push('\r'),
                Some(other) => entry.push(other),
                None => entry.push('\\'),
            },
            char => entry.push(char),
        }
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_from_the_history_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("history");
        let entries = ["1 + 1", "fn f {\n  \"a\\n\\\\\"\r\n}", "\\", ""].map(str::to_owned);
        write_history(&path, &entries).unwrap();
        assert_eq!(read_history(&path), entries);
        assert!(read_history(&folder.path().join("absent")).is_empty());
    }

    #[test]
    fn forms_say_what_is_needed() {
        let form = |name: &str| builtin_doc(name).unwrap().form;
        assert_eq!(form("time"), "time");
        assert_eq!(form("map"), "map BLOCK LIST");
        assert_eq!(form("atan2"), "atan2 VALUE1, VALUE2");
        assert_eq!(form("index"), "index VALUE1, VALUE2[, VALUE3]");
        assert!(builtin_doc("no_such_builtin").is_none());
        assert_eq!(nearest_builtin("lenght"), Some("length"));
    }
}
