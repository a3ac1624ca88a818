//! Entries in a folder of a project, for machines that have neither a store nor a network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{EntryKey, MARKER_NAME, PackageStore, PackageStoreError, StoredPackage, marker};
use crate::archive::tree_digest;
use crate::files::{self, Access};
use crate::{EntryKind, Home, Staging, StoreError};

impl PackageStore {
    /// Uses a folder that belongs to a project and has the same layout as the store of a home folder.
    pub fn beside(folder: &Path) -> PackageStore {
        PackageStore { root: folder.to_path_buf(), ..PackageStore::new(&Home::new(folder)) }
    }

    /// Copies an entry from another store, unless this one has it. What was copied is compared with
    /// the digest of the files before it appears.
    ///
    /// # Errors
    /// [`PackageStoreError::Damaged`] when the other entry is not what its marker says; as
    /// [`insert`](PackageStore::insert).
    pub fn copy_from(
        &self,
        key: &EntryKey,
        from: &StoredPackage,
    ) -> Result<StoredPackage, PackageStoreError> {
        if let Some(stored) = self.find(key)? {
            return Ok(stored);
        }
        files::create_dir_all(&self.root, Access::Shared)?;
        files::create_dir_all(&self.temporary(), Access::Private)?;
        let staging = Staging::new(&self.temporary())?;
        let entry = staging.path().join("entry");
        copy_tree(&from.path, &entry)?;
        let found = tree_digest(&entry).map_err(|source| PackageStoreError::Archive {
            name: key.name.clone(),
            version: key.version.clone(),
            source,
        })?;
        if found != from.tree {
            return Err(PackageStoreError::Damaged { path: from.path.clone() });
        }
        let marker = marker::Marker::new(key, from.tree, from.files, from.bytes);
        marker::write(&entry, &marker)?;
        self.publish(key, &staging, &entry, &marker)
    }

    /// Removes every entry whose package is not among those that stay, and the place where entries
    /// are made; returns the folders that went.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn retain(&self, stays: &BTreeSet<EntryKey>) -> Result<Vec<PathBuf>, PackageStoreError> {
        let mut gone = Vec::new();
        for path in self.entry_folders()? {
            let key = marker::read(&path)?.map(|marker| marker.key());
            if !key.is_some_and(|key| stays.contains(&key)) {
                self.remove_entry(&path)?;
                gone.push(path);
            }
        }
        if files::exists(&self.temporary())? {
            files::remove_dir_all(&self.temporary())?;
        }
        Ok(gone)
    }
}

/// Copies folders and files but for the marker; everything is made anew.
fn copy_tree(from: &Path, to: &Path) -> Result<(), StoreError> {
    files::create_dir_all(to, Access::Shared)?;
    for entry in files::read_dir(from)? {
        let target = to.join(&entry.name);
        match entry.kind {
            EntryKind::Directory => copy_tree(&entry.path, &target)?,
            _ if entry.name == *MARKER_NAME => {}
            _ => files::copy_with_mode(&entry.path, &target)?,
        }
    }
    Ok(())
}
