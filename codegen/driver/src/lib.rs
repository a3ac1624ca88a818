//! One compilation: sources in, code and diagnostics out.
//!
//! [`compile`] takes a program from its text to the middle representation; [`jit`] turns that into
//! code in memory, function by function, and runs it; [`object`] into the pieces of an executable.
#![expect(unsafe_code, reason = "code is put into memory and called")]

mod declarations;
pub mod jit;
pub mod object;

use std::sync::Arc;

use s_diag::Diagnostic;
use s_ir::Module;
use s_ir::module::Numbers;
pub use s_native::{CompileError, FixupKind, Machine};
pub use s_sema::{Files, Loaded, Options, Require};

/// What became of a program's text.
pub struct Compilation {
    /// The program, unless something in it is an error.
    pub module: Option<Module>,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a program as far as the middle representation, types inferred and ownership explicit.
#[must_use]
pub fn compile(name: &str, text: Arc<str>, files: &dyn Files, options: &Options) -> Compilation {
    compile_as(name, text, files, options, None)
}

/// The same for what joins a running program: everything in it can be reached by name.
pub(crate) fn compile_part(
    name: &str,
    text: Arc<str>,
    files: &dyn Files,
    options: &Options,
    first: Numbers,
) -> Compilation {
    compile_as(name, text, files, options, Some(first))
}

fn compile_as(
    name: &str,
    text: Arc<str>,
    files: &dyn Files,
    options: &Options,
    part: Option<Numbers>,
) -> Compilation {
    let mut analysis = s_sema::analyse(name, text, files, options);
    require_builtins(&mut analysis);
    analysis.program.facts.dynamic_code |= part.is_some();
    let failed = analysis.diagnostics.iter().any(|diagnostic| diagnostic.severity == s_diag::Severity::Error);
    if failed {
        return Compilation { module: None, diagnostics: analysis.diagnostics };
    }
    Compilation {
        module: Some(finish(&analysis.program, part.unwrap_or_default())),
        diagnostics: analysis.diagnostics,
    }
}

/// Adds an error for each builtin that the program calls and the runtime does not have.
pub(crate) fn require_builtins(analysis: &mut s_sema::Analysis) {
    let missing = analysis.builtins.iter().filter(|(name, _)| !s_core::implemented(name));
    analysis.diagnostics.extend(missing.map(|(_, error)| error.clone()));
}

/// From a resolved program to a module that can be compiled to machine code.
pub(crate) fn finish(program: &s_sema::hir::Program, first: Numbers) -> Module {
    let mut module = s_lower::lower(program, first);
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
