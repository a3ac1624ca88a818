//! `s store`: the packages of this machine, checked and cleared.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use s_diag::{Code, Diagnostic, Severity, Source};
use s_project::ProjectLock;
use s_store::files;
use s_store::package_store::{EntryKey, Finding, GcOptions, GcReport, PackageStore};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::{key_of, remote};

/// Entries younger than this stay: the project they are for may be about to be locked.
const YOUNG: Duration = Duration::from_secs(60 * 60);

/// Reads every file of every package and returns what is damaged; with `repair` that is removed, so
/// that the next installation brings it anew.
pub fn store_verify(context: &Arc<Context>, repair: bool) -> Result<Vec<Finding>, Failure> {
    let store = PackageStore::new(context.home());
    let task = std::sync::Mutex::new(context.frontend().task("verifying", None, false));
    let progress = |_: usize, all: usize| {
        let task = task.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        task.set_total(Some(all as u64));
        task.advance(1);
    };
    Ok(if repair { store.repair(&progress)? } else { store.verify(&progress)? })
}

/// Removes packages that no known project has in its lock. A lock that cannot be read counts as one
/// that needs everything: nothing is removed then.
pub fn store_gc(
    context: &Arc<Context>,
    dry_run: bool,
    size_bytes_max: Option<u64>,
) -> Result<GcReport, Failure> {
    let store = PackageStore::new(context.home());
    let mut reachable: BTreeSet<EntryKey> = BTreeSet::new();
    for path in store.known_projects()? {
        let text = files::read_to_string(&path, 64 << 20)?;
        let (lock, diagnostics) = ProjectLock::parse(Source::new(path.display().to_string(), text));
        if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
            let message =
                format!("`{}` cannot be read, so nobody knows what its project needs", path.display());
            let diagnostic = Diagnostic::error(Code::LOCK_CONTENT, message)
                .note("nothing was removed")
                .hint("mend it, or remove it with its project");
            return Err(Failure::new(FailureKind::Failed, diagnostic));
        }
        reachable.extend(remote(&lock).map(|(package, url, integrity)| key_of(package, url, integrity)));
    }
    let options = GcOptions { dry_run, size_bytes_max, age: YOUNG };
    Ok(store.gc(&reachable, &options)?)
}
