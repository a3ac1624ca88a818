//! Compares entries with what their markers say.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use thiserror::Error;

use super::{EntryKey, PackageStore, PackageStoreError, marker};
use crate::archive::folder_facts;
use crate::{Sha256Digest, StoreError};

/// More threads than this wait for the disk and for each other.
const THREAD_COUNT_MAX: usize = 2;

/// An entry that is not what it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The folder.
    pub path: PathBuf,
    /// Which package its marker says it is, if the marker can be read.
    pub key: Option<EntryKey>,
    /// What is wrong.
    pub fault: EntryFault,
}

/// What can be wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EntryFault {
    /// The marker is missing or says nothing.
    #[error("its marker `.s-ok` is missing or damaged")]
    Marker,
    /// The marker says a package that would not be in this place.
    #[error("its marker `.s-ok` is that of another package")]
    Place,
    /// The files are others.
    #[error("its files are not those that were unpacked: {found} instead of {expected}")]
    Tree {
        /// The digest that the marker says.
        expected: Sha256Digest,
        /// The digest of the files.
        found: Sha256Digest,
    },
    /// The digest is right, but the counts of the marker are not.
    #[error("its marker `.s-ok` counts other files than there are")]
    Counts,
    /// The files cannot be read, or something is among them that is none.
    #[error("it cannot be read: {reason}")]
    Unreadable {
        /// Why.
        reason: String,
    },
}

impl PackageStore {
    /// Reads every file of every entry and returns what is damaged, sorted by path. `progress` is
    /// called with how many entries are done, and of how many. Where files have no bit that says
    /// whether they can be executed, entries that have such files are found different.
    ///
    /// # Errors
    /// Those of the operating system that concern the store as a whole.
    pub fn verify(
        &self,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Vec<Finding>, PackageStoreError> {
        let entries = self.entry_folders()?;
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let findings = Mutex::new(Vec::new());
        let work = || {
            while let Some(entry) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
                let finding = self.verify_entry(entry);
                findings.lock().expect("nothing panics with it").extend(finding);
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, entries.len());
            }
        };
        thread::scope(|scope| {
            for _ in 1..THREAD_COUNT_MAX.min(entries.len()) {
                scope.spawn(work);
            }
            work();
        });
        let mut findings = findings.into_inner().expect("nothing panics with it");
        findings.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(findings)
    }

    /// Removes what [`verify`](PackageStore::verify) finds damaged, so that the next installation
    /// makes it again, and returns it.
    ///
    /// # Errors
    /// Those of the operating system; entries before the failing one are then gone.
    pub fn repair(
        &self,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Vec<Finding>, PackageStoreError> {
        let findings = self.verify(progress)?;
        for finding in &findings {
            self.remove_entry(&finding.path)?;
        }
        Ok(findings)
    }

    fn verify_entry(&self, entry: &Path) -> Option<Finding> {
        let finding = |key, fault| Some(Finding { path: entry.to_path_buf(), key, fault });
        let marker = match marker::read(entry) {
            Ok(Some(marker)) => marker,
            // Another process removed it since it was listed.
            Ok(None) if !entry.exists() => return None,
            Ok(None) => return finding(None, EntryFault::Marker),
            Err(error) => return finding(None, unreadable(&error)),
        };
        let key = marker.key();
        if !self.places(&key).is_ok_and(|mut places| places.any(|place| place == entry)) {
            return finding(Some(key), EntryFault::Place);
        }
        match folder_facts(entry) {
            Err(_) if !entry.exists() => None,
            Err(error) => finding(Some(key), EntryFault::Unreadable { reason: error.to_string() }),
            Ok(facts) if facts.tree != marker.tree => {
                finding(Some(key), EntryFault::Tree { expected: marker.tree, found: facts.tree })
            }
            Ok(facts) if (facts.file_count, facts.bytes) != (marker.files, marker.bytes) => {
                finding(Some(key), EntryFault::Counts)
            }
            Ok(_) => None,
        }
    }
}

fn unreadable(error: &StoreError) -> EntryFault {
    EntryFault::Unreadable { reason: error.to_string() }
}
