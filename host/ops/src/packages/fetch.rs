//! From a lock to a store that has everything in it.
//!
//! What is in the store under the digest of the lock is taken from there: one small read a package.
//! The rest is taken from the cache, or fetched by several threads at once, each of which also
//! unpacks what it fetched. Bytes that are not those of the lock are thrown away before anything in
//! them is looked at. What another process brings at the same time is left to it, and waited for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use s_diag::{Code, Diagnostic, Severity};
use s_plugin::services::NoTask;
use s_project::{LockedPackage, PackageSource, ProjectLock};
use s_store::archive::ArchiveLimits;
use s_store::package_store::{Claim, EntryKey, PackageStore, PackageStoreError};
use s_store::{Access, Sha256Digest, files};

use super::graph::{Graph, interrupted};
use super::registries::{Registries, is_local, wire_name};
use super::{VENDOR, remote, repositories};
use crate::failure::{Failure, FailureKind};
use crate::registry::{FetchPlan, Fetcher, Registry, Want};
use crate::{Context, Step};

/// What it took to fill the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Packages that were in the store already.
    pub present: usize,
    /// Packages that were unpacked.
    pub unpacked: usize,
    /// Packages that were downloaded or copied for that.
    pub fetched: usize,
    /// Bytes of them.
    pub bytes: u64,
}

/// Downloads at a time.
const THREADS_MAX: usize = 16;

/// How long another process may take for a package before it is brought here all the same.
const WAIT_MAX: Duration = Duration::from_secs(60);
const PAUSE_MIN: Duration = Duration::from_millis(1);
const PAUSE_MAX: Duration = Duration::from_millis(20);

struct Missing<'a> {
    package: &'a LockedPackage,
    url: &'a str,
    integrity: Sha256Digest,
    key: EntryKey,
}

/// Brings everything a lock names into the store.
pub(crate) fn fill_store(
    context: &Context,
    graph: &mut Graph,
    lock: &ProjectLock,
) -> Result<Fetched, Failure> {
    let store = PackageStore::new(context.home());
    let vendor = graph.root().join(VENDOR);
    let vendor = if files::exists(&vendor)? { Some(PackageStore::beside(&vendor)) } else { None };
    let (mut done, mut missing) = (Fetched::default(), Vec::new());
    let mut absent = Vec::new();
    context.step(Step::Store, || look_up(lock, &store, vendor.as_ref(), &mut done, &mut missing))?;
    for package in lock.packages() {
        let PackageSource::Git { url, commit } = &package.source else { continue };
        let is_vendored = match (&vendor, package.integrity) {
            (Some(vendor), Some(tree)) => vendor.find(&repositories::vendored_key(package, tree))?.is_some(),
            _ => false,
        };
        if is_vendored {
            done.present += 1;
            continue;
        }
        match context.step(Step::Fetch, || repositories::bring(graph.git(), package, url, commit)) {
            Ok(true) => done.unpacked += 1,
            Ok(false) => done.present += 1,
            // What else is missing is told together with it.
            Err(failure) if failure.kind == FailureKind::Offline => {
                absent.push(format!("{}@{} of {url}", package.name, package.version));
            }
            Err(failure) => return Err(failure),
        }
    }
    if missing.is_empty() {
        return if absent.is_empty() { Ok(done) } else { Err(not_here(&absent)) };
    }
    graph.registries.read()?;
    for one in &missing {
        let is_out_of_reach = context.is_offline() && !is_local(one.url);
        let known = graph.registries.must_know(one.url);
        if (!is_out_of_reach && known.is_ok()) || is_cached(context, one)? {
            continue;
        }
        // Before anything is brought.
        if !is_out_of_reach {
            known?;
        }
        absent.push(format!("{}@{}", one.package.name, one.package.version));
    }
    if !absent.is_empty() {
        return Err(not_here(&absent));
    }
    let sources = Mutex::new(Sources { registries: &mut graph.registries, fetchers: BTreeMap::new() });
    // The largest first: what takes longest should not begin last.
    missing.sort_by_key(|one| std::cmp::Reverse(one.package.size_bytes));
    let task = Mutex::new(context.frontend().task("fetching packages", Some(missing.len() as u64), false));
    let result: Mutex<Result<Fetched, Failure>> = Mutex::new(Ok(done));
    let bring_one = |one: &Missing<'_>, claim: Option<Claim>| -> bool {
        let outcome = bring(context, &store, &sources, one, claim);
        let mut result = result.lock().unwrap_or_else(PoisonError::into_inner);
        match (&mut *result, outcome) {
            (Ok(done), Ok(brought)) => {
                task.lock().unwrap_or_else(PoisonError::into_inner).advance(1);
                brought.add_to(done);
            }
            (Ok(_), Err(failure)) => *result = Err(failure),
            (Err(_), _) => {}
        }
        result.is_ok()
    };
    let left: Mutex<Vec<&Missing<'_>>> = Mutex::default();
    in_threads(&missing, &|one| match store.claim(&one.key) {
        Some(claim) => bring_one(one, Some(claim)),
        None => {
            left.lock().unwrap_or_else(PoisonError::into_inner).push(one);
            true
        }
    });
    let left = left.into_inner().unwrap_or_else(PoisonError::into_inner);
    if result.lock().unwrap_or_else(PoisonError::into_inner).is_ok() {
        in_threads(&left, &|one| bring_one(one, wait(context, &store, one)));
    }
    result.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Works on several things at a time, in their order, until one of them goes wrong.
fn in_threads<'a, T: Sync>(all: &'a [T], goes_well: &(impl Fn(&'a T) -> bool + Sync)) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(one) = all.get(next.fetch_add(1, Relaxed)) {
            if !goes_well(one) {
                next.store(all.len(), Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..all.len().min(THREADS_MAX) {
            scope.spawn(work);
        }
        work();
    });
}

/// Waits until nobody else brings a package. None where that takes too long.
fn wait(context: &Context, store: &PackageStore, one: &Missing<'_>) -> Option<Claim> {
    let (start, mut pause) = (Instant::now(), PAUSE_MIN);
    while start.elapsed() < WAIT_MAX && !context.cancel().is_raised() {
        if let Some(claim) = store.claim(&one.key) {
            return Some(claim);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(PAUSE_MAX);
    }
    None
}

/// How a package came into the store.
enum Brought {
    /// Another process was faster.
    ByOthers,
    /// It was unpacked here, and so many bytes were fetched for that, if any.
    Unpacked { fetched: Option<u64> },
}

impl Brought {
    fn add_to(&self, done: &mut Fetched) {
        match self {
            Brought::ByOthers => done.present += 1,
            Brought::Unpacked { fetched } => {
                done.unpacked += 1;
                done.fetched += usize::from(fetched.is_some());
                done.bytes += fetched.unwrap_or(0);
            }
        }
    }
}

/// Finds what is in the store, or among the copies of the project, and what is not.
fn look_up<'a>(
    lock: &'a ProjectLock,
    store: &PackageStore,
    vendor: Option<&PackageStore>,
    done: &mut Fetched,
    missing: &mut Vec<Missing<'a>>,
) -> Result<(), Failure> {
    for (package, url, integrity) in remote(lock) {
        let key = key_of(package, url, integrity);
        let is_vendored = match vendor {
            Some(vendor) => vendor.find(&key)?.is_some(),
            None => false,
        };
        if is_vendored || store.find(&key)?.is_some() {
            done.present += 1;
        } else {
            missing.push(Missing { package, url, integrity, key });
        }
    }
    Ok(())
}

/// Fetches one package unless its archive is there, and unpacks it, unless somebody did meanwhile. The
/// claim holds until that is done.
fn bring(
    context: &Context,
    store: &PackageStore,
    sources: &Mutex<Sources<'_>>,
    one: &Missing<'_>,
    _claim: Option<Claim>,
) -> Result<Brought, Failure> {
    if context.cancel().is_raised() {
        return Err(interrupted());
    }
    if store.find(&one.key)?.is_some() {
        return Ok(Brought::ByOthers);
    }
    let what = format!("{}@{}", one.package.name, one.package.version);
    let archive = cached(context, one);
    let mut plans = Vec::new();
    if !is_cached(context, one)? {
        files::create_dir_all(&context.home().package_cache(), Access::Shared)?;
        plans = sources.lock().unwrap_or_else(PoisonError::into_inner).plans(one)?;
    }
    let mut fetched = None;
    let count = plans.len();
    for (at, (fetcher, plan)) in plans.into_iter().enumerate() {
        let follow = || fetcher.follow(&what, &plan, one.integrity, &archive, Box::new(NoTask));
        match context.step(Step::Fetch, follow) {
            Ok(file) => {
                fetched = Some(file.size);
                break;
            }
            // The last one is the registry itself, and what it says counts.
            Err(failure) if at + 1 == count || failure.kind == FailureKind::Interrupted => {
                return Err(failure);
            }
            Err(failure) => {
                let mut diagnostics = failure.diagnostics.into_iter();
                if let Some(first) = diagnostics.next() {
                    let warning = Diagnostic { severity: Severity::Warning, ..first };
                    context.frontend().warn(&warning.note("another place that has it is tried"));
                }
            }
        }
    }
    check_size(&what, one.package, files::size(&archive)?)?;
    let root = format!("{}-{}", one.package.name.base(), one.package.version);
    let limits = ArchiveLimits::default();
    let checked = context.step(Step::Verify, || store.check(&one.key, &archive, &limits));
    let checked = checked.map_err(|error| refused(&what, error))?;
    let unpacked = context.step(Step::Unpack, || store.insert_checked(&checked, &root, &limits));
    unpacked.map_err(|error| refused(&what, error))?;
    Ok(Brought::Unpacked { fetched })
}

/// A lock that has the digest of an archive has its size too.
fn check_size(what: &str, package: &LockedPackage, size_bytes: u64) -> Result<(), Failure> {
    match package.size_bytes {
        Some(locked) if locked != size_bytes => {
            let message =
                format!("the archive of `{what}` has {size_bytes} bytes, and the lock says {locked}");
            let diagnostic = Diagnostic::error(Code::LOCK_INTEGRITY, message)
                .note("its digest is that of the lock: somebody changed the lock")
                .hint("take `stryke.lock` from version control, or make it anew: s lock");
            Err(Failure::new(FailureKind::Integrity, diagnostic))
        }
        _ => Ok(()),
    }
}

/// Where packages can be had, and who fetches from there. Nothing is opened before it is needed: of many
/// processes that need the same, most have nothing to fetch.
struct Sources<'a> {
    registries: &'a mut Registries,
    /// By address.
    fetchers: BTreeMap<String, Arc<Fetcher>>,
}

impl Sources<'_> {
    /// How to get a package, in order of preference: from mirrors, then from the registry itself.
    fn plans(&mut self, one: &Missing<'_>) -> Result<Vec<(Arc<Fetcher>, FetchPlan)>, Failure> {
        let mut plans = Vec::new();
        for mirror in self.registries.mirrors_of(one.url) {
            // A mirror that cannot be asked is not needed.
            let open = self.registries.open_at(&mirror);
            plans.extend(open.and_then(|open| planned(open, one, &mut self.fetchers)));
        }
        match planned(self.registries.registry(one.url)?, one, &mut self.fetchers) {
            Ok(plan) => plans.push(plan),
            Err(failure) if plans.is_empty() => return Err(failure),
            Err(_) => {}
        }
        Ok(plans)
    }
}

/// Asks one place how to get a package from it; `fetchers` has who can follow that.
fn planned(
    registry: &mut Registry,
    one: &Missing<'_>,
    fetchers: &mut BTreeMap<String, Arc<Fetcher>>,
) -> Result<(Arc<Fetcher>, FetchPlan), Failure> {
    let plan = registry.plan(want(one))?;
    let fetcher = fetchers
        .entry(registry.url().to_owned())
        .or_insert_with(|| Arc::new(registry.fetcher().into_cache()));
    Ok((Arc::clone(fetcher), plan))
}

/// Whether the archive of a package is in the cache, with the right bytes.
fn is_cached(context: &Context, one: &Missing<'_>) -> Result<bool, Failure> {
    let path = cached(context, one);
    Ok(files::exists(&path)? && files::digest(&path)?.0 == one.integrity)
}

fn cached(context: &Context, one: &Missing<'_>) -> std::path::PathBuf {
    let version = one.package.version.to_string();
    context.home().cached_archive(one.package.name.as_str(), &version, &one.integrity)
}

/// Whether a version can be had without a network: it is in the store, or its archive is in the cache.
pub(crate) fn is_here(context: &Context, key: &EntryKey) -> Result<bool, Failure> {
    let archive = context.home().cached_archive(&key.name, &key.version, &key.integrity);
    Ok(PackageStore::new(context.home()).find(key)?.is_some() || files::exists(&archive)?)
}

/// The key of a package in the store.
pub(crate) fn key_of(package: &LockedPackage, url: &str, integrity: Sha256Digest) -> EntryKey {
    EntryKey {
        name: package.name.to_string(),
        version: package.version.to_string(),
        integrity,
        registry: url.to_owned(),
    }
}

fn want(one: &Missing<'_>) -> Want {
    Want {
        name: wire_name(&one.package.name),
        version: one.package.version.to_string(),
        digest: crate::registry::Digest {
            algorithm: crate::registry::HashAlgorithm::Sha256,
            bytes: one.integrity.as_bytes().to_vec(),
        },
    }
}

/// What was here a moment ago is gone: somebody cleared or changed it at this very time.
pub(crate) fn vanished(name: &str) -> Failure {
    let message = format!("`{name}` is no longer here");
    let diagnostic = Diagnostic::error(Code::CHANGED_MEANWHILE, message).hint("run the command again");
    Failure::new(FailureKind::Failed, diagnostic)
}

fn not_here(absent: &[String]) -> Failure {
    let message = match absent {
        [one] => format!("`{one}` is not on this machine"),
        several => format!("{} packages are not on this machine", several.len()),
    };
    let mut diagnostic = Diagnostic::error(Code::OFFLINE, message);
    if absent.len() > 1 {
        diagnostic = diagnostic.note(format!("missing are {}", absent.join(", ")));
    }
    Failure::new(FailureKind::Offline, diagnostic.hint("without --offline they are fetched"))
}

fn refused(what: &str, error: PackageStoreError) -> Failure {
    match error {
        PackageStoreError::Store(error) => error.into(),
        other => {
            let diagnostic = Diagnostic::error(Code::ARCHIVE, format!("`{what}` could not be unpacked"))
                .note(other.to_string())
                .note("nothing of it was kept");
            Failure::new(FailureKind::Integrity, diagnostic)
        }
    }
}

impl From<PackageStoreError> for Failure {
    fn from(error: PackageStoreError) -> Failure {
        match error {
            PackageStoreError::Store(error) => error.into(),
            other => Failure::new(FailureKind::Failed, Diagnostic::error(Code::ARCHIVE, other.to_string())),
        }
    }
}
