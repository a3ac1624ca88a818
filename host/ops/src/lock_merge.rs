//! `s lock --merge`: the locks of two branches made one, for git and for people.
//!
//! Nothing is resolved: while two branches are merged the manifest may be in pieces as well. Where
//! both sides changed packages, what is written fits no manifest, so that `s lock` is needed next
//! and `s install --locked` says so.

use std::path::Path;
use std::sync::Arc;

use s_diag::{Code, Diagnostic, Severity};
use s_project::{MergeError, PackageName, ProjectLock};
use s_store::{Access, files};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::install::not_editable;

/// What was merged.
#[derive(Clone, Debug)]
pub struct MergedLock {
    /// Whether versions have to be chosen again.
    pub needs_resolution: bool,
    /// The packages that is because of.
    pub undecided: Vec<PackageName>,
    /// Packages of the result.
    pub packages: usize,
}

/// Merges three locks and writes the result in the place of `ours`. Where the sides contradict each
/// other, nothing is written.
pub fn lock_merge(
    context: &Arc<Context>,
    base: &Path,
    ours: &Path,
    theirs: &Path,
) -> Result<MergedLock, Failure> {
    let [old, mine, other] = [read(context, base)?, read(context, ours)?, read(context, theirs)?];
    let merged = ProjectLock::merge(&old, &mine, &other).map_err(|error| match error {
        MergeError::Project(error) => not_editable(error),
        MergeError::Conflicts(conflicts) => {
            let message = "the two sides of the lock contradict each other";
            let mut diagnostic = Diagnostic::error(Code::LOCK_INTEGRITY, message);
            for conflict in conflicts {
                diagnostic = diagnostic.note(conflict.to_string());
            }
            let diagnostic = diagnostic
                .note("nothing was written")
                .hint("find out which side is right; then take that file, and run `s lock`");
            Failure::new(FailureKind::Integrity, diagnostic)
        }
    })?;
    let path = context.directory().join(ours);
    let text = merged.lock.to_string();
    if text != mine.to_string() {
        files::write_atomic(&path, text.as_bytes(), Access::Shared)?;
    }
    Ok(MergedLock {
        needs_resolution: merged.needs_resolution,
        undecided: merged.undecided.into_iter().collect(),
        packages: merged.lock.packages().count(),
    })
}

/// Reads one side. An empty file is that of a branch that had no lock.
fn read(context: &Context, path: &Path) -> Result<ProjectLock, Failure> {
    let source = context.source(path)?;
    if source.text.trim().is_empty() {
        return Ok(ProjectLock::default());
    }
    let (lock, diagnostics) = ProjectLock::parse(source);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(Failure::mistakes(diagnostics));
    }
    Ok(lock)
}
