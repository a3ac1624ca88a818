//! Repositories of one home folder: what callers use.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use s_project::GitReference;
use s_store::archive::ArchiveLimits;
use s_store::{Home, Sha256Digest};

use crate::environment::Environment;
use crate::objects::Repository;
use crate::run::IsCancelled;
use crate::{Commit, GitError, GitPackage, GitUrl, TaggedVersion, masked};

/// How long one call of git may take, unless the caller says otherwise.
const TIMEOUT: Duration = Duration::from_secs(600);

/// The repositories of one home folder. Cheap to clone, and for many threads at once.
#[derive(Clone)]
pub struct Git {
    pub(crate) home: Home,
    pub(crate) offline: bool,
    pub(crate) timeout: Duration,
    pub(crate) limits: ArchiveLimits,
    pub(crate) environment: Arc<Environment>,
    pub(crate) is_cancelled: IsCancelled,
    /// How the settings of the user start ssh, once it was asked for.
    pub(crate) ssh_setting: Arc<OnceLock<Option<OsString>>>,
    /// One lock an address, so that threads do not fetch the same twice.
    busy: Arc<Mutex<BTreeMap<String, Arc<Mutex<()>>>>>,
}

impl std::fmt::Debug for Git {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Git");
        shown.field("home", &self.home).field("offline", &self.offline).field("timeout", &self.timeout);
        shown.finish_non_exhaustive()
    }
}

impl Git {
    /// Uses the repositories of a home folder, which are made when something is fetched. `get` reads
    /// the user's environment, of which git is given only what it needs; `is_cancelled` is asked
    /// while git runs, from another thread.
    pub fn new(
        home: &Home,
        offline: bool,
        get: impl Fn(&str) -> Option<OsString>,
        is_cancelled: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Git {
        Git {
            home: home.clone(),
            offline,
            timeout: TIMEOUT,
            limits: ArchiveLimits::default(),
            environment: Arc::new(Environment::of(&get)),
            is_cancelled: Arc::new(is_cancelled),
            ssh_setting: Arc::default(),
            busy: Arc::default(),
        }
    }

    /// Says how long one call of git may take; ten minutes otherwise.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Git {
        Git { timeout, ..self }
    }

    /// Says how much a package may hold; as much as one in an archive otherwise.
    #[must_use]
    pub fn with_limits(self, limits: ArchiveLimits) -> Git {
        Git { limits, ..self }
    }

    /// Returns the commit that a reference leads to now. A commit that is `locked` stays, without a
    /// look at the repository, unless the reference is a [`Rev`](GitReference::Rev) that does not
    /// begin it: whoever wants what a branch or a tag has become since then gives none, and can
    /// compare.
    ///
    /// Tags are followed to their commits. A version is the highest that the requirement matches,
    /// among the tags `1.2.3` and `v1.2.3`; where both are there, the first counts. Offline, the
    /// answer is the one that was last fetched.
    ///
    /// # Errors
    /// [`GitError::Url`], [`GitError::Reference`], [`GitError::Offline`], [`GitError::NotFound`],
    /// [`GitError::AmbiguousRev`], [`GitError::Unreachable`], [`GitError::Malformed`]; those of
    /// running git and of the store.
    pub fn resolve(
        &self,
        url: &str,
        reference: &GitReference,
        locked: Option<&Commit>,
    ) -> Result<Commit, GitError> {
        let repository = self.repository(url)?;
        crate::resolve::check(reference)?;
        if let Some(locked) = locked
            && crate::resolve::may_stay(reference, locked)
        {
            return Ok(locked.clone());
        }
        let busy = self.busy(&repository);
        let _one_at_a_time = busy.lock().unwrap_or_else(PoisonError::into_inner);
        crate::resolve::resolve(&repository, reference)
    }

    /// Returns the versions among the tags `1.2.3` and `v1.2.3`, highest first, with their commits.
    /// Offline, those that were last seen.
    ///
    /// # Errors
    /// As [`resolve`](Git::resolve).
    pub fn tags(&self, url: &str) -> Result<Vec<TaggedVersion>, GitError> {
        crate::resolve::tagged_versions(&self.repository(url)?)
    }

    /// Returns the folder with the files of one package of a commit, made now if it is not there.
    ///
    /// The package is the repository itself if its `stryke.toml` has that name, else the one folder
    /// whose `stryke.toml` has; hidden folders, `target` and `vendor` are not searched.
    ///
    /// # Errors
    /// [`GitError::NoPackage`], [`GitError::SeveralPackages`], [`GitError::Entry`],
    /// [`GitError::Files`], [`GitError::ListingTooLong`], [`GitError::Occupied`], and as
    /// [`resolve`](Git::resolve). Nothing new is then below the home but objects that are whole.
    pub fn package(&self, url: &str, commit: &Commit, name: &str) -> Result<GitPackage, GitError> {
        let repository = self.repository(url)?;
        if let Some(package) = crate::checkout::find(&repository, commit, name)? {
            return Ok(package);
        }
        let busy = self.busy(&repository);
        let _one_at_a_time = busy.lock().unwrap_or_else(PoisonError::into_inner);
        crate::checkout::make(&repository, commit, name)
    }

    /// Returns the folder of a package if it is there and its marker has the digest that is locked.
    /// Reads one or two markers and nothing else, and runs nothing.
    ///
    /// # Errors
    /// [`GitError::Url`]; those of the operating system but absence.
    pub fn find(
        &self,
        url: &str,
        commit: &Commit,
        name: &str,
        tree: &Sha256Digest,
    ) -> Result<Option<PathBuf>, GitError> {
        crate::checkout::find_locked(&self.repository(url)?, commit, name, tree)
    }

    fn repository(&self, url: &str) -> Result<Repository, GitError> {
        let url = GitUrl::parse(url).map_err(|why| GitError::Url { url: masked_cut(url), why })?;
        Ok(Repository { git: self.clone(), url })
    }

    fn busy(&self, repository: &Repository) -> Arc<Mutex<()>> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(busy.entry(repository.url.as_str().to_owned()).or_default())
    }
}

/// An address that was refused, as it may be shown.
fn masked_cut(url: &str) -> String {
    let shown = match url.split_once("://") {
        Some(_) => masked(url),
        // What stands before the last `@` may be a password.
        None => match url.rsplit_once('@') {
            Some((_, rest)) => format!("***@{rest}"),
            None => url.to_owned(),
        },
    };
    shown.chars().take(200).flat_map(char::escape_debug).collect()
}
