//! `s check`: what is wrong with programs, and what they can reach, without running anything.

use std::path::PathBuf;
use std::sync::Arc;

use s_abi::builtins::effect;
use s_diag::{Code, Diagnostic, Severity, Source};
use s_driver::Options;
use s_sema::hir::SourceFile;
use s_sema::{Finding, FindingKind};

use super::discover::{discover, is_source_name, is_test_name};
use super::files::DiskFiles;
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// What is to be checked.
#[derive(Clone, Debug, Default)]
pub struct CheckRequest {
    /// Files and folders; without any, the folder the user is in.
    pub paths: Vec<PathBuf>,
    /// Folders of modules that belong to nobody.
    pub include: Vec<PathBuf>,
    /// The programs are plain Perl 5.
    pub compat: bool,
    /// Perl's spellings are refused where the language has its own.
    pub no_interop: bool,
}

/// One program that was checked.
#[derive(Clone, Debug)]
pub struct CheckedFile {
    /// Its path.
    pub path: PathBuf,
    /// What it, and what it requires, can reach: `net`, `fs-read` and so on.
    pub effects: Vec<&'static str>,
    /// Errors in it, and in what it requires.
    pub errors: usize,
    /// Warnings, likewise.
    pub warnings: usize,
}

/// All of them together.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Every program, by its path.
    pub files: Vec<CheckedFile>,
    /// What was found, each once although several programs require the same file.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// How many of the findings weigh so much.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// What a program can reach, in words.
pub(super) const EFFECTS: [(u8, &str); 6] = [
    (effect::NET, "net"),
    (effect::FS_READ, "fs-read"),
    (effect::FS_WRITE, "fs-write"),
    (effect::EXEC, "exec"),
    (effect::ENV, "env"),
    (effect::CLOCK, "clock"),
];

/// What was found in a text, as a warning; none for names that say themselves that nobody reads them.
fn warning(finding: &Finding, files: &[SourceFile]) -> Option<Diagnostic> {
    let bare = finding.name.trim_start_matches(['$', '@', '%', '&']);
    if bare.starts_with('_') {
        return None;
    }
    let file = files.get(finding.file as usize)?;
    let source = Source::new(file.name.clone(), Arc::clone(&file.text));
    let span = finding.start as usize..finding.end as usize;
    let (message, label, hint) = match finding.kind {
        FindingKind::UnusedVariable => {
            let hint = "take it out, or let its name begin with `_`";
            (format!("`{}` is never read", finding.name), "declared here", Some(hint))
        }
        FindingKind::UnusedFunction => (format!("`{bare}` is never called"), "declared here", None),
        FindingKind::Unreachable => {
            ("this is never reached".to_owned(), "what stands before always leaves", None)
        }
        FindingKind::NoList => {
            let hint = "the list stands behind the block, or before a pipe: `@list |> map { ... }`";
            (format!("`{bare}` has no list to work on"), "nothing stands behind the block", Some(hint))
        }
        // Of no concern to a program that is run from its text.
        FindingKind::ComputedEval | FindingKind::ComputedRequire => return None,
    };
    let code = match finding.kind {
        FindingKind::Unreachable => Code::DEAD_CODE,
        FindingKind::NoList => Code::NO_LIST,
        _ => Code::UNUSED,
    };
    let diagnostic = Diagnostic::warning(code, message).at(&source, span, label);
    Some(match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    })
}

/// Checks programs, each with everything it requires. In a folder every source is one, but for the
/// plain Perl of `.pl`, which is checked where it is named or where all is plain Perl.
pub fn check(context: &Arc<Context>, request: &CheckRequest) -> Result<Checked, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if request.paths.is_empty() { &here[..] } else { &request.paths };
    let is_wanted = |path: &std::path::Path| {
        is_source_name(path) && (request.compat || path.extension().is_none_or(|ending| ending != "pl"))
    };
    let found = discover(context.directory(), paths, &is_wanted)?;
    if found.is_empty() {
        let message = "there is nothing to check here";
        let diagnostic = Diagnostic::error(Code::PROGRAM, message)
            .note("sources are files ending in `.stk` or `.st`; one of another name can be named itself");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    let mut checked = Checked::default();
    for path in found {
        if context.cancel().is_raised() {
            let diagnostic = Diagnostic::error(Code::INTERRUPTED, "interrupted");
            return Err(Failure::new(FailureKind::Interrupted, diagnostic));
        }
        let environment = context.environment();
        let include = super::run::include_path(&request.include, &environment);
        let mut files = DiskFiles::new(context.directory().to_path_buf(), include, environment);
        let (diagnostics, effects) = match files.main(&path) {
            Ok(main) => {
                let options = Options {
                    compat: request.compat,
                    test: is_test_name(&path),
                    no_interop: request.no_interop,
                };
                let analysis = s_sema::analyse(&main.name, main.text, &files, &options);
                let mut diagnostics = analysis.diagnostics;
                // In a text that makes no sense nobody can tell what is used.
                if diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error) {
                    let sources = &analysis.program.files;
                    // What a library has is for others to call.
                    let is_library = path.components().any(|part| part.as_os_str() == "lib");
                    let found = analysis.findings.iter();
                    let found = found.filter(|one| !(is_library && one.kind == FindingKind::UnusedFunction));
                    diagnostics.extend(found.filter_map(|one| warning(one, sources)));
                }
                (diagnostics, analysis.program.facts.effects)
            }
            Err(message) => (vec![Diagnostic::error(Code::PROGRAM, message)], 0),
        };
        let count = |severity: Severity| {
            diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
        };
        checked.files.push(CheckedFile {
            path,
            effects: EFFECTS.iter().filter(|(bit, _)| effects & bit != 0).map(|(_, name)| *name).collect(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
        });
        for diagnostic in diagnostics {
            if !checked.diagnostics.contains(&diagnostic) {
                checked.diagnostics.push(diagnostic);
            }
        }
    }
    Ok(checked)
}
