//! Entries in a folder of a project, for machines that have neither a store nor a network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{EntryKey, MARKER_NAME, PackageStore, PackageStoreError, StoredPackage, marker};
use crate::archive::tree_digest;
use crate::files::{self, Access};
use crate::{EntryKind, Home, Sha256Digest, Staging, StoreError};

impl PackageStore {
    /// Uses a folder that belongs to a project and has the same layout as the store of a home folder.
    pub fn beside(folder: &Path) -> PackageStore {
        PackageStore { root: folder.to_path_buf(), ..PackageStore::new(&Home::new(folder)) }
    }

    /// Makes an entry from a folder with the files of a package, unless it is there: an entry of
    /// another store, or a checkout. What was copied is compared with the digest of the files before
    /// it appears.
    ///
    /// # Errors
    /// [`PackageStoreError::Damaged`] when the folder has other files; as
    /// [`insert`](PackageStore::insert).
    pub fn copy_from(
        &self,
        key: &EntryKey,
        folder: &Path,
        tree: &Sha256Digest,
    ) -> Result<StoredPackage, PackageStoreError> {
        if let Some(stored) = self.find(key)? {
            return Ok(stored);
        }
        files::create_dir_all(&self.root, Access::Shared)?;
        files::create_dir_all(&self.temporary(), Access::Private)?;
        let staging = Staging::new(&self.temporary())?;
        let entry = staging.path().join("entry");
        let (mut count, mut bytes) = (0, 0);
        copy_tree(folder, &entry, &mut |size| {
            count += 1;
            bytes += size;
        })?;
        let found = tree_digest(&entry).map_err(|source| PackageStoreError::Archive {
            name: key.name.clone(),
            version: key.version.clone(),
            source,
        })?;
        if found != *tree {
            return Err(PackageStoreError::Damaged { path: folder.to_path_buf() });
        }
        let marker = marker::Marker::new(key, *tree, count, bytes);
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

/// Copies folders and files but for markers, and tells the size of each file.
fn copy_tree(from: &Path, to: &Path, copied: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
    files::create_dir_all(to, Access::Shared)?;
    for entry in files::read_dir(from)? {
        let target = to.join(&entry.name);
        match entry.kind {
            EntryKind::Directory => copy_tree(&entry.path, &target, copied)?,
            _ if entry.name == *MARKER_NAME => {}
            _ => {
                files::copy_with_mode(&entry.path, &target)?;
                copied(files::size(&target)?);
            }
        }
    }
    Ok(())
}
