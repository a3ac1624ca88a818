//! Makes an entry out of an archive.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use super::marker::{self, Marker};
use super::{Durability, EntryKey, PackageStore, PackageStoreError, StoredPackage};
use crate::archive::{ArchiveError, ArchiveLimits, unpack};
use crate::faults::{step, synced};
use crate::files::{self, Access, parent_of, rename_no_replace, sync_dir};
use crate::{EntryKind, Sha256Digest, Staging, StoreError};

/// How often a place that is damaged is cleared, before someone else is damaging it all the time.
const CLEAR_COUNT_MAX: usize = 16;

/// An archive whose bytes are those of its key.
#[derive(Debug)]
pub struct CheckedArchive {
    key: EntryKey,
    bytes: Vec<u8>,
}

impl PackageStore {
    /// Makes the entry of a package from its archive, whose files stand below `root`; returns the
    /// one that is there already, whoever made it. A damaged entry in its place is replaced.
    ///
    /// # Errors
    /// As [`check`](PackageStore::check) and [`insert_checked`](PackageStore::insert_checked).
    pub fn insert(
        &self,
        key: &EntryKey,
        archive: &Path,
        root: &str,
        limits: &ArchiveLimits,
    ) -> Result<StoredPackage, PackageStoreError> {
        match self.find(key)? {
            Some(stored) => Ok(stored),
            None => self.insert_checked(&self.check(key, archive, limits)?, root, limits),
        }
    }

    /// Reads an archive and compares its digest, before anything of it is interpreted. It is read
    /// once: what was checked is what is unpacked, whatever becomes of the file.
    ///
    /// # Errors
    /// [`PackageStoreError::Integrity`]; those of the operating system.
    pub fn check(
        &self,
        key: &EntryKey,
        archive: &Path,
        limits: &ArchiveLimits,
    ) -> Result<CheckedArchive, PackageStoreError> {
        let bytes = files::read_capped(archive, limits.archive_bytes_max)?;
        let found = Sha256Digest::of(&bytes);
        if found != key.integrity {
            return Err(PackageStoreError::Integrity {
                name: key.name.clone(),
                version: key.version.clone(),
                expected: key.integrity,
                found,
            });
        }
        Ok(CheckedArchive { key: key.clone(), bytes })
    }

    /// Makes the entry of a package from the archive that was checked for it.
    ///
    /// # Errors
    /// [`PackageStoreError::Archive`], [`PackageStoreError::Key`], [`PackageStoreError::Occupied`];
    /// those of the operating system. Nothing new is then in the store, unless only the last step
    /// failed, which makes the new name durable.
    pub fn insert_checked(
        &self,
        CheckedArchive { key, bytes }: &CheckedArchive,
        root: &str,
        limits: &ArchiveLimits,
    ) -> Result<StoredPackage, PackageStoreError> {
        files::create_dir_all(&self.root, Access::Shared)?;
        files::create_dir_all(&self.temporary(), Access::Private)?;
        let staging = Staging::new(&self.temporary())?;
        let entry = staging.path().join("entry");
        let summary = unpack(&bytes[..], root, &entry, limits).map_err(|error| match error {
            ArchiveError::Store(source @ StoreError::Io { .. }) => PackageStoreError::Store(source),
            source => {
                PackageStoreError::Archive { name: key.name.clone(), version: key.version.clone(), source }
            }
        })?;
        let mut marker = Marker::new(key, summary.tree, summary.file_count, summary.unpacked_bytes);
        if self.durability == Durability::Fast {
            marker.boot = self.boot().map(str::to_owned);
        }
        marker::write(&entry, &marker)?;
        if self.durability == Durability::Safe {
            sync_all(&entry)?;
        }
        self.publish(key, &staging, &entry, &marker)
    }

    /// Takes an entry out of sight and then apart. One that is gone is no error.
    pub(super) fn remove_entry(&self, entry: &Path) -> Result<(), StoreError> {
        files::create_dir_all(&self.temporary(), Access::Private)?;
        let staging = Staging::new(&self.temporary())?;
        move_aside(entry, &staging.path().join("entry"))
    }

    /// Whether an entry is as it was made. One that an earlier run of the system left without making it durable is
    /// compared with its marker, once; one that did not survive the end of that run is removed.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn survived(&self, entry: &Path, marker: &Marker) -> Result<bool, StoreError> {
        let Some(made_in) = &marker.boot else { return Ok(true) };
        if self.boot().is_none_or(|now| now == made_in) {
            return Ok(true);
        }
        if marker.is_true_of(entry) {
            // Whoever may not write here compares again the next time.
            let _ = marker::replace(entry, &marker.settled());
            return Ok(true);
        }
        files::create_dir_all(&self.temporary(), Access::Private)?;
        let staging = Staging::new(&self.temporary())?;
        let aside = staging.path().join("entry");
        move_aside(entry, &aside)?;
        // Somebody else may have made it anew since it was compared.
        match marker::read(&aside)? {
            Some(other) if other != *marker && rename_no_replace(&aside, entry).is_ok() => Ok(true),
            _ => Ok(false),
        }
    }

    pub(super) fn publish(
        &self,
        key: &EntryKey,
        staging: &Staging,
        entry: &Path,
        marker: &Marker,
    ) -> Result<StoredPackage, PackageStoreError> {
        let mut places = self.places(key)?;
        let mut place = places.next().expect("a package has places");
        let mut cleared = 0;
        loop {
            if parent_of(&place) != self.root {
                files::create_dir_all(parent_of(&place), Access::Shared)?;
            }
            step("rename", &place)?;
            match rename_no_replace(entry, &place) {
                Ok(()) => {
                    if self.durability == Durability::Safe {
                        sync_dir(parent_of(&place))?;
                        // The folder of a scope may be new as well.
                        sync_dir(&self.root)?;
                    }
                    return Ok(marker.stored(place));
                }
                Err(error) if is_taken(&error) => {}
                Err(error) => return Err(StoreError::io("create", &place)(error).into()),
            }
            match marker::read(&place)? {
                Some(other) if other.is_of(key) => return Ok(other.stored(place)),
                Some(_) => match places.next() {
                    Some(next) => place = next,
                    None => return Err(PackageStoreError::Occupied { path: place }),
                },
                None if cleared < CLEAR_COUNT_MAX => {
                    move_aside(&place, &staging.path().join(format!("damaged-{cleared}")))?;
                    cleared += 1;
                }
                None => return Err(PackageStoreError::Occupied { path: place }),
            }
        }
    }
}

fn is_taken(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory)
}

/// Moves what is in the way to a place where it is removed later.
fn move_aside(from: &Path, to: &Path) -> Result<(), StoreError> {
    step("remove", from)?;
    match fs::rename(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io("remove", from)(error)),
        _ => Ok(()),
    }
}

/// Makes everything in a folder durable.
fn sync_all(folder: &Path) -> Result<(), StoreError> {
    for entry in files::read_dir(folder)? {
        match entry.kind {
            EntryKind::Directory => sync_all(&entry.path)?,
            _ => {
                step("sync", &entry.path)?;
                // Some systems make only what is open for writing durable.
                let file = File::options().write(true).open(&entry.path);
                let file = file.map_err(StoreError::io("sync", &entry.path))?;
                file.sync_all().map_err(StoreError::io("sync", &entry.path))?;
                synced(&file);
            }
        }
    }
    sync_dir(folder)
}
