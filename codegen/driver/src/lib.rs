//! One compilation: sources in, code and diagnostics out.
//!
//! [`compile`] takes a program from its text to the middle representation; [`jit`] turns that into
//! code in memory, function by function, and runs it.

pub mod jit;

use std::sync::Arc;

use s_diag::Diagnostic;
use s_ir::Module;
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
    let analysis = s_sema::analyse(name, text, files, options);
    let failed = analysis.diagnostics.iter().any(|diagnostic| diagnostic.severity == s_diag::Severity::Error);
    if failed {
        return Compilation { module: None, diagnostics: analysis.diagnostics };
    }
    let mut module = s_lower::lower(&analysis.program);
    s_ir::infer::run(&mut module);
    for func in &mut module.functions {
        s_ir::counts::insert(func, &s_ir::counts::Plain::default());
    }
    Compilation { module: Some(module), diagnostics: analysis.diagnostics }
}
