//! Removes folders and objects that no project needs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use s_store::files::{self, Access, remove_stale_temporaries};
use s_store::{EntryKind, Staging};

use super::{Checkout, folders, marker, move_aside};
use crate::objects::{Format, Repository};
use crate::{Git, GitError, GitUrl};

/// What a killed process left is removed after this time: no fetch takes a day.
const TEMPORARY_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// What was removed, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GcReport {
    /// Folders of packages, sorted.
    pub checkouts: Vec<PathBuf>,
    /// Objects of repositories that nothing reachable is of, sorted.
    pub repositories: Vec<PathBuf>,
    /// Bytes of the files of the packages together; objects are not counted.
    pub bytes: u64,
}

impl Git {
    /// Removes folders that are not `reachable`, the objects of repositories that no reachable
    /// package is of, and what killed processes left behind. Each one goes at once, so that no
    /// process sees a part of it. The folder of an installation that runs at the same time and has
    /// not written its lock goes as well, and is made again by the next one.
    ///
    /// # Errors
    /// Those of the operating system; what was removed before is gone.
    pub fn gc(&self, reachable: &BTreeSet<Checkout>, dry_run: bool) -> Result<GcReport, GitError> {
        let mut report = GcReport::default();
        let reachable: BTreeSet<Checkout> = reachable.iter().map(normal).collect();
        for path in folders(self)? {
            let marker = marker::read(&path)?;
            if marker.as_ref().is_some_and(|marker| reachable.contains(&marker.checkout())) {
                continue;
            }
            report.bytes = report.bytes.saturating_add(marker.map_or(0, |marker| marker.bytes));
            report.checkouts.push(path);
        }
        let needed: BTreeSet<PathBuf> = reachable.iter().flat_map(|key| self.objects_of(&key.url)).collect();
        let entries = match files::read_dir(&self.home.git().join("db")) {
            Err(error) if error.is_not_found() => Vec::new(),
            entries => entries?,
        };
        let unneeded = entries.into_iter().filter(|entry| entry.kind == EntryKind::Directory);
        report.repositories.extend(unneeded.map(|entry| entry.path).filter(|path| !needed.contains(path)));
        if !dry_run {
            for path in report.checkouts.iter().chain(&report.repositories) {
                self.remove(path)?;
            }
            remove_stale_temporaries(&self.home.git().join(".tmp"), TEMPORARY_AGE)?;
        }
        Ok(report)
    }

    /// Takes a folder out of sight and then apart. One that is gone is no error.
    pub(super) fn remove(&self, path: &Path) -> Result<(), GitError> {
        let temporary = self.home.git().join(".tmp");
        files::create_dir_all(&temporary, Access::Private)?;
        let staging = Staging::new(&temporary)?;
        Ok(move_aside(path, &staging.path().join("entry"))?)
    }

    fn objects_of(&self, url: &str) -> Vec<PathBuf> {
        let Ok(url) = GitUrl::parse(url) else { return Vec::new() };
        let repository = Repository { git: self.clone(), url };
        vec![repository.objects(Format::Sha1), repository.objects(Format::Sha256)]
    }
}

/// The address as markers have it.
fn normal(checkout: &Checkout) -> Checkout {
    let url =
        GitUrl::parse(&checkout.url).map_or_else(|_| checkout.url.clone(), |url| url.as_str().to_owned());
    Checkout { url, ..checkout.clone() }
}
