//! One compilation: sources in, code and diagnostics out.
//!
//! [`compile`] takes a program from its text to the middle representation; [`jit`] turns that into
//! code in memory, function by function, and runs it; [`object`] into the pieces of an executable.
#![expect(unsafe_code, reason = "code is put into memory and called")]

mod debug;
mod declarations;
pub mod jit;
pub mod object;
mod sealed;
mod sources;

use std::sync::Arc;

use s_diag::Diagnostic;
pub use s_ir::Module;
use s_ir::module::Numbers;
pub use s_native::{CompileError, FixupKind, Machine};
pub use s_sema::{Assets, Base, Files, Folder, Loaded, NoAssets, Options, Require};
use s_sema::{Finding, FindingKind};
pub use sources::{Recorder, Sources};

/// What became of a program's text.
pub struct Compilation {
    /// The program, unless something in it is an error.
    pub module: Option<Module>,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// What needs a compiler when the program runs, as warnings: an executable has none.
    pub dynamic: Vec<Diagnostic>,
}

/// Compiles a program as far as the middle representation, types inferred and ownership explicit.
#[must_use]
pub fn compile(name: &str, text: Arc<str>, files: &dyn Files, options: &Options) -> Compilation {
    compile_as(name, text, files, options, None, false)
}

/// The same with every statement marked, so that an object of it says to debuggers where its code comes from.
#[must_use]
pub fn compile_with_lines(name: &str, text: Arc<str>, files: &dyn Files, options: &Options) -> Compilation {
    compile_as(name, text, files, options, None, true)
}

/// The same for what joins a running program: everything in it can be reached by name.
pub(crate) fn compile_part(
    name: &str,
    text: Arc<str>,
    files: &dyn Files,
    options: &Options,
    first: Numbers,
) -> Compilation {
    compile_as(name, text, files, options, Some(first), false)
}

fn compile_as(
    name: &str,
    text: Arc<str>,
    files: &dyn Files,
    options: &Options,
    part: Option<Numbers>,
    lines: bool,
) -> Compilation {
    let mut analysis = s_sema::analyse(name, text, files, options);
    require_builtins(&mut analysis);
    analysis.program.facts.dynamic_code |= part.is_some();
    let failed = analysis.diagnostics.iter().any(|diagnostic| diagnostic.severity == s_diag::Severity::Error);
    if failed {
        return Compilation { module: None, diagnostics: analysis.diagnostics, dynamic: Vec::new() };
    }
    Compilation {
        module: Some(finish(&analysis.program, part.unwrap_or_default(), lines)),
        dynamic: dynamic(&analysis),
        diagnostics: analysis.diagnostics,
    }
}

/// What needs a compiler when the program runs.
fn dynamic(analysis: &s_sema::Analysis) -> Vec<Diagnostic> {
    let files = &analysis.program.files;
    let warning = |finding: &Finding| {
        let (message, hint) = match finding.kind {
            FindingKind::ComputedEval => (
                "this text is known only when the program runs, and an executable has no compiler: the `eval` will fail with an error in `$@`",
                "a text that can be told from the program is compiled into it; a table of functions often says the same",
            ),
            FindingKind::ComputedRequire => (
                "which file this loads is known only when the program runs: it fails unless the file is part of the executable by then",
                "`use` or `require` with the name of the module makes it part of the executable",
            ),
            _ => return None,
        };
        let file = files.get(finding.file as usize)?;
        let source = s_diag::Source::new(file.name.clone(), Arc::clone(&file.text));
        let span = finding.start as usize..finding.end as usize;
        Some(Diagnostic::warning(s_diag::Code::NOT_AHEAD_OF_TIME, message).at(&source, span, "").hint(hint))
    };
    analysis.findings.iter().filter_map(warning).collect()
}

/// Adds an error for each builtin that the program calls and the runtime does not have.
pub(crate) fn require_builtins(analysis: &mut s_sema::Analysis) {
    let missing = analysis.builtins.iter().filter(|(name, _)| !s_core::implemented(name));
    analysis.diagnostics.extend(missing.map(|(_, error)| error.clone()));
}

/// A module as text, for people: the whole of it.
#[must_use]
pub fn text(module: &Module) -> String {
    s_ir::print::module(module)
}

/// The digest of a module: BLAKE3 of all that is in it.
#[must_use]
pub fn fingerprint(module: &Module) -> [u8; blake3::OUT_LEN] {
    let bytes = postcard::to_stdvec(module).expect("what is in memory can be written to memory");
    blake3::hash(&bytes).into()
}

/// From a resolved program to a module that can be compiled to machine code.
pub(crate) fn finish(program: &s_sema::hir::Program, first: Numbers, lines: bool) -> Module {
    let mut module = s_lower::lower(program, first, lines);
    s_ir::optimise(&mut module);
    if cfg!(debug_assertions) {
        for func in &module.functions {
            let wrong = s_ir::verify::verify(&module, func);
            assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), s_ir::print::func(func));
        }
    }
    module
}

#[cfg(test)]
mod tests;
