//! Removes entries that no project needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{EntryKey, MARKER_NAME, PackageStore, PackageStoreError, marker};
use crate::files::remove_stale_temporaries;

/// What a killed process left is removed after this time: no installation takes a day.
const TEMPORARY_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// How much is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GcOptions {
    /// Whether nothing is removed, only told.
    pub dry_run: bool,
    /// Entries are removed only until the store holds no more than this many bytes, the oldest
    /// first; without it, all that nobody needs.
    pub size_bytes_max: Option<u64>,
    /// Entries made less than this ago stay: their project may be noted in a moment.
    pub age: Duration,
}

/// What was removed, or would be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GcReport {
    /// The entries, oldest first.
    pub removed: Vec<GcRemoved>,
    /// Bytes of their files together.
    pub bytes: u64,
    /// How many left-overs of killed processes.
    pub temporary_count: usize,
    /// How many entries nobody needs and are kept for their age.
    pub young_count: usize,
    /// Until when the last of them is kept.
    pub young_until: Option<SystemTime>,
}

/// An entry that was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GcRemoved {
    /// Where it was.
    pub path: PathBuf,
    /// Which package it was, if its marker could be read.
    pub key: Option<EntryKey>,
    /// Bytes of its files.
    pub bytes: u64,
}

struct Candidate {
    made: SystemTime,
    removed: GcRemoved,
}

impl PackageStore {
    /// Removes entries that are not `reachable`, and what killed processes left behind. Each one
    /// goes at once, so that no process sees a part of it.
    ///
    /// # Errors
    /// Those of the operating system; what was removed before is gone.
    pub fn gc(
        &self,
        reachable: &BTreeSet<EntryKey>,
        options: &GcOptions,
    ) -> Result<GcReport, PackageStoreError> {
        let mut report = GcReport::default();
        let (mut candidates, mut total) = (Vec::new(), 0_u64);
        for path in self.entry_folders()? {
            let marker = marker::read(&path)?;
            let bytes = marker.as_ref().map_or_else(|| bytes_in(&path), |marker| marker.bytes);
            total = total.saturating_add(bytes);
            let key = marker.map(|marker| marker.key());
            if key.as_ref().is_some_and(|key| reachable.contains(key)) {
                continue;
            }
            let made = made_at(&path);
            if is_older(made, options.age) {
                candidates.push(Candidate { made, removed: GcRemoved { path, key, bytes } });
            } else {
                report.young_count += 1;
                report.young_until = report.young_until.max(made.checked_add(options.age));
            }
        }
        candidates.sort_by(|a, b| (a.made, &a.removed.path).cmp(&(b.made, &b.removed.path)));
        for Candidate { removed, .. } in candidates {
            if options.size_bytes_max.is_some_and(|max| total <= max) {
                break;
            }
            if !options.dry_run {
                self.remove_entry(&removed.path)?;
            }
            total = total.saturating_sub(removed.bytes);
            report.bytes = report.bytes.saturating_add(removed.bytes);
            report.removed.push(removed);
        }
        if !options.dry_run {
            for folder in [self.temporary(), self.projects()] {
                report.temporary_count += remove_stale_temporaries(&folder, TEMPORARY_AGE)?;
            }
        }
        Ok(report)
    }
}

/// When the marker was written, or the folder changed.
fn made_at(entry: &Path) -> SystemTime {
    let marker = fs::symlink_metadata(entry.join(MARKER_NAME));
    let metadata = marker.or_else(|_| fs::symlink_metadata(entry));
    metadata.and_then(|metadata| metadata.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A time in the future counts as now.
fn is_older(made: SystemTime, age: Duration) -> bool {
    age.is_zero() || made.elapsed().is_ok_and(|elapsed| elapsed > age)
}

/// What a folder without a marker holds, as far as it can be read.
fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
        Ok(metadata) if metadata.is_file() => metadata.len(),
        _ => 0,
    });
    sizes.fold(0, u64::saturating_add)
}
