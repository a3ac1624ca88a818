//! Programs in the language: where their files come from, running, checking, testing and measuring
//! them.
//!
//! What a text means is left to the compiler, `s-driver`; which words were typed, to the binary.
//! Running a program needs no [`Context`](crate::Context): no home folder, no project and no plugin is
//! looked for before the program asks for a module.

mod bench;
mod check;
mod child;
mod discover;
mod files;
mod junit;
mod kept;
mod one_liner;
mod packages;
mod repl;
mod run;
mod stored;
mod test;

pub(crate) use child::run_here;

pub use bench::{BenchRequest, BenchResult, Compared, bench};
pub use check::{CheckRequest, Checked, CheckedFile, check};
pub use discover::{SOURCE_ENDINGS, is_source_name};
pub use files::DiskFiles;
pub use junit::{junit, write_report};
pub use one_liner::{Looping, Separator, Switches, shebang_words, wrap};
pub use repl::{
    BuiltinDoc, Repl, ReplRequest, builtin_doc, history_file, nearest_builtin, read_history, write_history,
};
pub(crate) use run::include_path;
pub use run::{Code, Program, Ran, World, run};
pub use s_driver::jit::Entry;
pub use test::{Assertion, Outcome, TestFile, TestRequest, TestSummary, test};
