//! Syntax tree to resolved tree: names, contexts, captures, effects.
//!
//! [`analyse`] parses the main file and what it requires literally, looks up every name and yields a
//! [`hir::Program`]. Nothing is read but through [`Files`], nothing is run. The text is resolved
//! twice: the first time to learn how each variable is used (assigned, captured, referred to), the
//! second time to choose the form that this permits.

mod asset;
mod big;
mod builtin;
mod builtin_value;
mod call;
mod class;
mod comparison;
mod core_prototypes;
mod dump;
mod effects;
mod exports;
mod expr;
mod file;
mod fold;
mod function;
pub mod hir;
mod include;
mod interop;
mod iterate;
mod library;
mod lint;
mod loops;
mod matching;
mod module_version;
mod names;
mod pattern;
mod perl_message;
mod pipe;
mod place;
mod resolver;
mod scope;
mod session;
mod source;
mod stmt;
mod string;
mod walk;
mod warnings;

use std::sync::Arc;

use s_diag::Diagnostic;
use serde::{Deserialize, Serialize};

pub use dump::{dump, dump_function};
pub use function::gives_scalar;
pub use include::{Base, Folder};
pub use lint::{Finding, FindingKind};
pub use perl_message::perl_message;
pub use session::{Session, Shown};

use resolver::Start;

/// How a program is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Plain Perl 5.
    pub compat: bool,
    /// The program is a test: assertions are its purpose.
    pub test: bool,
    /// Perl's spellings are refused where the language has its own: `sub`, `say`, `scalar`, `$a` in a comparison.
    pub no_interop: bool,
}

/// What a program asks to be loaded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Require {
    /// `require "./x.stk"`.
    Path(String),
    /// `require Foo::Bar`, `use Foo::Bar`, `require "Foo/Bar.pm"`.
    Module(String),
    /// `use Foo::Bar 2.13`. Of a module of a package it is the version of the package.
    Pinned {
        /// The module.
        module: String,
        /// The version, as it is written.
        version: String,
    },
}

impl Require {
    /// The path or the module.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Require::Path(name) | Require::Module(name) | Require::Pinned { module: name, .. } => name,
        }
    }

    /// What the file is called in `%INC`.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Require::Path(path) => path.clone(),
            Require::Module(module) | Require::Pinned { module, .. } => stmt::module_key(module),
        }
    }
}

/// A file that was found.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The name it is known by: the same file always has the same.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
    /// Whether a version was asked for and is that of its package. Otherwise the module says itself
    /// which version it is.
    pub pinned: bool,
}

/// What a package has in `[package.assets]`, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// What the package is called.
    pub package: String,
    /// The names, in ascending order of their bytes, none twice.
    pub names: Vec<String>,
}

/// Why a file has no assets.
#[derive(Clone, Debug)]
pub enum NoAssets {
    /// It belongs to no package.
    NoPackage,
    /// What the package says of them is wrong.
    Wrong(Box<Diagnostic>),
}

/// Where files come from; the driver knows. A text that is nested deeply is resolved on a thread of
/// its own, which asks as well.
pub trait Files: Sync {
    /// Finds the file that the file named `from` asks for. `folders` are those that the program names
    /// as folders of modules, the first of which goes first.
    ///
    /// # Errors
    ///
    /// Says why there is none, in the words of the language (`Can't locate ...`).
    fn require(&self, request: &Require, from: &str, folders: &[Folder]) -> Result<Loaded, String>;

    /// Whether the machine has run the file of that name already: what it declares is there, and only its
    /// names are looked at.
    fn has_run(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// The folders where modules are that belong to nobody, as they were given: where `@INC` begins.
    fn include(&self) -> Vec<String> {
        Vec::new()
    }

    /// The assets of the package that the file named `from` belongs to: the same ones each time.
    ///
    /// # Errors
    ///
    /// Says why there can be none.
    fn assets(&self, from: &str) -> Result<Arc<Assets>, NoAssets> {
        let _ = from;
        Err(NoAssets::NoPackage)
    }

    /// The bytes of one of them.
    ///
    /// # Errors
    ///
    /// Says why it cannot be read.
    fn asset(&self, from: &str, name: &str) -> Result<Arc<[u8]>, NoAssets> {
        let _ = (from, name);
        Err(NoAssets::NoPackage)
    }
}

/// What was found out about a program.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The program. With errors among the diagnostics it must not be run.
    pub program: hir::Program,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// What is not wrong but noticeable, for `s check`.
    pub findings: Vec<Finding>,
    /// The builtins that are called when the program runs, each with what to say where it is first
    /// used if the runtime has it not.
    pub builtins: Vec<(&'static str, Diagnostic)>,
    /// What the entry of a session leaves to the next one.
    pub session: Option<Session>,
}

/// Parses and resolves a program.
#[must_use]
pub fn analyse(name: &str, text: Arc<str>, files: &dyn Files, options: &Options) -> Analysis {
    let units = source::load(name, text, files, options);
    resolver::run(units, files, options, Start::Program)
}

/// Parses and resolves the text of a computed `eval`. Function 0 takes the visible variables as
/// captures, in their order (the outer side of each pair is its index); each is given as sigil and
/// name, such as `$x`.
#[must_use]
pub fn analyse_eval(
    name: &str,
    text: Arc<str>,
    package: &str,
    visible: &[String],
    files: &dyn Files,
    options: &Options,
) -> Analysis {
    let units = source::load(name, text, files, options);
    resolver::run(units, files, options, Start::Eval(package, visible))
}

/// Parses and resolves an entry of a session, and says what is to be done with its value.
#[must_use]
pub fn analyse_entry(
    name: &str,
    text: Arc<str>,
    session: &Session,
    files: &dyn Files,
    options: &Options,
) -> (Analysis, Shown) {
    let units = source::load(name, Arc::clone(&text), files, options);
    let shown = session::shown(&text, &units[0].ast.body);
    (resolver::run(units, files, options, Start::Entry(session)), shown)
}

/// Whether a text is the beginning of one that goes on: something in it is open at its end.
#[must_use]
pub fn is_unfinished(text: &str, options: &Options) -> bool {
    source::is_unfinished(text, options)
}
