//! Running a program: its text is found, compiled in memory and run in this process.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_diag::{Code as DiagnosticCode, Diagnostic, Severity};
use s_driver::jit::{self, RunOptions};
use s_driver::{Loaded, Options, Recorder, compile};

use super::discover::is_test_name;
use super::files::{DiskFiles, text_of};
use super::kept::Place;
use super::one_liner::{Switches, wrap};
use crate::context::Environment;

/// Where the text of a program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// In a file.
    File(PathBuf),
    /// On the command line: the values of `-e`.
    Words(Vec<OsString>),
    /// On standard input.
    Input,
    /// It was read from standard input already.
    Text(Vec<u8>),
}

/// A program and what it is handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its text.
    pub code: Code,
    /// How it is run.
    pub switches: Switches,
    /// What stands behind it.
    pub arguments: Vec<OsString>,
}

/// What a program sees of the world around it.
pub struct World {
    /// The directory the user is in.
    pub directory: PathBuf,
    /// Looks up a variable.
    pub environment: Environment,
    /// All variables.
    pub variables: Vec<(OsString, OsString)>,
}

/// How it ended.
#[derive(Clone, Debug)]
pub enum Ran {
    /// It ran, to this status.
    Exit(i32),
    /// It was checked and is in order; the name of the program.
    InOrder {
        /// What the program is called.
        name: String,
        /// What may be wrong with it.
        warnings: Vec<Diagnostic>,
    },
    /// It did not run: these are the reasons.
    Wrong {
        /// What the program is called.
        name: String,
        /// What is wrong, in the order of the text.
        diagnostics: Vec<Diagnostic>,
    },
    /// There is no such program.
    Absent(Diagnostic),
}

/// Runs a program to its end. `say` is told what may be wrong before it begins, with `-w`; `first_line`
/// understands the switches that the first line of its text names.
pub fn run(
    mut program: Program,
    world: &World,
    first_line: &dyn Fn(&str, &mut Switches),
    say: &dyn Fn(&Diagnostic),
) -> Ran {
    let include = include_path(&program.switches.include, &world.environment);
    let mut files = DiskFiles::new(world.directory.clone(), include, Arc::clone(&world.environment));
    if let Some(project) = program.switches.project.take() {
        files.lock_with(project);
    }
    let loaded = match load(&program.code, &mut files) {
        Ok(loaded) => loaded,
        Err(message) => return Ran::Absent(Diagnostic::error(DiagnosticCode::PROGRAM, message)),
    };
    first_line(&loaded.text, &mut program.switches);
    let switches = &program.switches;
    let is_plain = Switches {
        compat: false,
        no_interop: false,
        test: false,
        include: Vec::new(),
        warnings: false,
        check_only: false,
        ..switches.clone()
    } == Switches::default();
    let text = if is_plain { Arc::clone(&loaded.text) } else { Arc::from(wrap(&loaded.text, switches)) };
    let is_test = switches.test || is_test_name(Path::new(&loaded.name));
    let options = Options { compat: switches.compat, test: is_test, no_interop: switches.no_interop };
    let name = loaded.name;
    // What may be wrong is said by the compiler only.
    let place = match &program.code {
        Code::File(path) if !switches.check_only && !switches.warnings => {
            let file = world.directory.join(path);
            Place::of(files.project().as_deref(), (&name, &file), &options, &world.environment)
        }
        _ => None,
    };
    let kept = place.as_ref().and_then(|place| place.read(&name, &text, &options, &files));
    let compiled = match kept {
        Some(program) => program,
        None => {
            let recorder = Recorder::new(&files);
            let compilation = compile(&name, Arc::clone(&text), &recorder, &options);
            let Some(module) = compilation.module else {
                return Ran::Wrong { name, diagnostics: compilation.diagnostics };
            };
            let warnings: Vec<Diagnostic> = compilation
                .diagnostics
                .into_iter()
                .filter(|diagnostic| diagnostic.severity != Severity::Error)
                .collect();
            if switches.check_only {
                return Ran::InOrder { name, warnings };
            }
            if switches.warnings {
                warnings.iter().for_each(say);
            }
            let sources = place.as_ref().and_then(|_| recorder.sources(&name, &text, &options));
            jit::Program::new(module, sources)
        }
    };
    let bytes = |text: &OsString| text.clone().into_encoded_bytes();
    let options = RunOptions {
        script: name.into_bytes(),
        args: program.arguments.iter().map(bytes).collect(),
        environment: world.variables.iter().map(|(name, value)| (bytes(name), bytes(value))).collect(),
        compat: switches.compat,
        keep: place.map(Place::keep),
    };
    Ran::Exit(jit::run(compiled, Arc::new(files), options))
}

/// The folders of modules: those of `-I`, then those that `STRYKELIB` names.
pub(crate) fn include_path(given: &[PathBuf], environment: &Environment) -> Vec<PathBuf> {
    let mut include = given.to_vec();
    if let Some(list) = environment("STRYKELIB") {
        include.extend(std::env::split_paths(&list).filter(|folder| !folder.as_os_str().is_empty()));
    }
    include
}

fn load(code: &Code, files: &mut DiskFiles) -> Result<Loaded, String> {
    let named =
        |name: &str, bytes: &[u8]| Loaded { name: name.to_owned(), text: text_of(bytes), pinned: false };
    match code {
        Code::File(path) => files.main(path),
        Code::Words(words) => {
            let words: Vec<&[u8]> = words.iter().map(|word| word.as_encoded_bytes()).collect();
            let mut text = words.join(&b'\n');
            text.push(b'\n');
            Ok(named("-e", &text))
        }
        Code::Input => {
            let mut text = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut text);
            read.map_err(|error| format!("Can't read the program from standard input: {error}"))?;
            Ok(named("-", &text))
        }
        Code::Text(text) => Ok(named("-", text)),
    }
}
