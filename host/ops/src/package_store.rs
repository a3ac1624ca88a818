//! `s store`: the packages of this machine, checked and cleared.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use s_diag::{Code, Diagnostic, Severity, Source};
use s_project::{LockedPackage, PackageSource, ProjectLock};
use s_source::Checkout;
use s_store::files;
use s_store::package_store::{EntryKey, GcOptions, PackageStore};

use crate::Context;
use crate::clock::minute;
use crate::failure::{Failure, FailureKind};
use crate::packages::{Project, fill_store, key_of, remote, repositories};

/// Entries younger than this stay: the project they are for may be about to be locked.
const YOUNG: Duration = Duration::from_secs(60 * 60);

/// No command takes longer than this: temporary files that are older belong to nobody.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A package that is not what was unpacked.
#[derive(Clone, Debug)]
pub struct Damaged {
    /// Its folder.
    pub path: PathBuf,
    /// Name and version, or name and commit, if its marker can be read.
    pub package: Option<String>,
    /// What is wrong.
    pub fault: String,
    /// Whether it was brought anew.
    pub brought: bool,
}

/// How many digits of a commit are in the name of a checkout's folder.
const SHORT_COMMIT_CHARS: usize = 12;

/// What was cleared, or would be.
#[derive(Clone, Debug, Default)]
pub struct Cleared {
    /// The folders of packages, and objects of repositories.
    pub removed: Vec<PathBuf>,
    /// Bytes of the files of the packages.
    pub bytes: u64,
    /// How many left-overs of killed processes.
    pub temporary_count: usize,
    /// How many packages nobody needs and are kept, since they came a moment ago.
    pub young_count: usize,
    /// Until when the last of them is kept, in seconds since the Unix epoch.
    pub young_until_unix: Option<u64>,
}

impl Cleared {
    /// Until when packages are kept that came a moment ago, as in `2026-11-27 10:32 UTC`.
    pub fn young_until(&self) -> Option<String> {
        minute(self.young_until_unix?)
    }
}

/// Reads every file of every package and returns what is damaged; with `repair` that is removed, and brought anew
/// where the lock of a known project names it. What cannot be brought now, the next installation brings.
pub fn store_verify(context: &Arc<Context>, repair: bool) -> Result<Vec<Damaged>, Failure> {
    let store = PackageStore::new(context.home());
    let task = std::sync::Mutex::new(context.frontend().task("verifying", None, false));
    let progress = |_: usize, all: usize| {
        let task = task.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        task.set_total(Some(all as u64));
        task.advance(1);
    };
    let packages = if repair { store.repair(&progress)? } else { store.verify(&progress)? };
    let git = repositories::git(context);
    let checkouts = if repair { git.repair(&progress) } else { git.verify(&progress) };
    let checkouts = checkouts.map_err(repositories::failure)?.into_iter().map(|found| Damaged {
        path: found.path,
        package: found.checkout.map(|checkout| format!("{}@{}", checkout.name, checkout.commit.short())),
        fault: found.fault.to_string(),
        brought: false,
    });
    let packages = packages.into_iter().map(|found| Damaged {
        path: found.path,
        package: found.key.map(|key| format!("{}@{}", key.name, key.version)),
        fault: found.fault.to_string(),
        brought: false,
    });
    let mut damaged: Vec<Damaged> = packages.chain(checkouts).collect();
    if repair && !damaged.is_empty() {
        bring_anew(context, &store.known_projects()?, &mut damaged)?;
    }
    Ok(damaged)
}

/// Brings what was removed, for the projects whose locks name it, as an installation there would.
fn bring_anew(context: &Arc<Context>, projects: &[PathBuf], damaged: &mut [Damaged]) -> Result<(), Failure> {
    for folder in projects.iter().filter_map(|lock| lock.parent()) {
        if damaged.iter().all(|one| one.brought) {
            break;
        }
        let there = context.in_directory(folder);
        // What is wrong with a project is told where somebody works on it.
        let Ok(project) = Project::read(&there, None) else { continue };
        if project.must_be_sound(&there).is_err() {
            continue;
        }
        let Some(hash) = project.lock.manifest_hash().copied() else { continue };
        let is_damaged = |package: &&LockedPackage| damaged.iter().any(|one| one.may_be(package));
        let wanted: Vec<LockedPackage> = project.lock.packages().filter(is_damaged).cloned().collect();
        let registries = project.lock.registries().cloned().collect();
        let mut lock = ProjectLock::default();
        if wanted.is_empty() || lock.set_packages(hash, wanted, registries).is_err() {
            continue;
        }
        if let Err(failure) = fill_store(&there, &mut project.as_locked(&there).graph, &lock) {
            if failure.kind == FailureKind::Interrupted {
                return Err(failure);
            }
            for diagnostic in failure.diagnostics {
                context.frontend().warn(&Diagnostic { severity: Severity::Warning, ..diagnostic });
            }
        }
        for one in damaged.iter_mut() {
            one.brought = files::exists(&one.path)?;
        }
    }
    Ok(())
}

impl Damaged {
    /// Whether it may be this package: its folder is called so. The marker may be what is damaged.
    fn may_be(&self, package: &LockedPackage) -> bool {
        let Some(name) = self.path.file_name().and_then(|name| name.to_str()) else { return false };
        if let PackageSource::Git { commit, .. } = &package.source {
            return commit.get(..SHORT_COMMIT_CHARS).is_some_and(|short| name.contains(&format!("-{short}")));
        }
        let place = format!("{}@{}", package.name.base(), package.version);
        name == place || name.strip_prefix(&place).is_some_and(|rest| rest.starts_with('~'))
    }
}

/// Removes packages that no known project has in its lock, and what killed commands left beside
/// files of `s` in the home folder and in known projects. A lock that cannot be read counts as one
/// that needs everything: nothing is removed then.
pub fn store_gc(
    context: &Arc<Context>,
    dry_run: bool,
    size_bytes_max: Option<u64>,
) -> Result<Cleared, Failure> {
    let store = PackageStore::new(context.home());
    let mut reachable: BTreeSet<EntryKey> = BTreeSet::new();
    let mut checkouts: BTreeSet<Checkout> = BTreeSet::new();
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
        for package in lock.packages() {
            if let PackageSource::Git { url, commit } = &package.source {
                let commit = commit.parse().expect("a lock holds whole names of commits");
                checkouts.insert(Checkout { url: url.clone(), commit, name: package.name.to_string() });
            }
        }
        reachable.extend(remote(&lock).map(|(package, url, integrity)| key_of(package, url, integrity)));
    }
    let options = GcOptions { dry_run, size_bytes_max, age: YOUNG };
    let packages = store.gc(&reachable, &options)?;
    let mut cleared = Cleared {
        removed: packages.removed.into_iter().map(|removed| removed.path).collect(),
        bytes: packages.bytes,
        temporary_count: packages.temporary_count,
        young_count: packages.young_count,
        young_until_unix: packages.young_until.and_then(unix_of),
    };
    // A limit in bytes is one of the store: repositories are kept as long as somebody needs them.
    if size_bytes_max.is_none() {
        let git = repositories::git(context).gc(&checkouts, dry_run).map_err(repositories::failure)?;
        cleared.removed.extend(git.checkouts.into_iter().chain(git.repositories));
        cleared.bytes += git.bytes;
    }
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
            cleared.temporary_count += files::remove_stale_temporaries(&folder, ABANDONED)?;
        }
    }
    Ok(cleared)
}

fn unix_of(time: SystemTime) -> Option<u64> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs())
}
