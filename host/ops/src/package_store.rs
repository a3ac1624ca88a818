//! `s store`: the packages of this machine, checked and cleared.

use std::collections::BTreeSet;
use std::path::Path;
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

/// No command takes longer than this: temporary files that are older belong to nobody.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

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

/// Removes packages that no known project has in its lock, and what killed commands left beside
/// files of `s` in the home folder and in known projects. A lock that cannot be read counts as one
/// that needs everything: nothing is removed then.
pub fn store_gc(
    context: &Arc<Context>,
    dry_run: bool,
    size_bytes_max: Option<u64>,
) -> Result<GcReport, Failure> {
    let store = PackageStore::new(context.home());
    let mut reachable: BTreeSet<EntryKey> = BTreeSet::new();
    let projects = store.known_projects()?;
    for path in &projects {
        let text = files::read_to_string(path, 64 << 20)?;
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
    let mut report = store.gc(&reachable, &options)?;
    if !dry_run {
        let home = context.home();
        let mut folders = vec![
            home.tmp(),
            home.private(),
            home.code(),
            home.components(),
            home.package_cache(),
            home.root().to_path_buf(),
        ];
        folders.extend(projects.iter().filter_map(|lock| lock.parent()).map(Path::to_path_buf));
        for folder in folders {
            report.temporary_count += files::remove_stale_temporaries(&folder, ABANDONED)?;
        }
    }
    Ok(report)
}
