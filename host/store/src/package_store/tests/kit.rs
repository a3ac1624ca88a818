//! A home folder with archives to fill it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::archive::{ArchiveLimits, PackEntry, PackSource, pack};
use crate::package_store::{EntryKey, FIRST_PARTY_REGISTRY, PackageStore, PackageStoreError, StoredPackage};
use crate::{Home, Sha256Digest};

pub(super) struct Kit {
    folder: PathBuf,
    /// Removes the folder in the end, if it is ours.
    _own: Option<tempfile::TempDir>,
    pub(super) store: PackageStore,
}

impl Kit {
    pub(super) fn new() -> Kit {
        let own = tempfile::tempdir().unwrap();
        let kit = Kit::of(own.path());
        Kit { _own: Some(own), ..kit }
    }

    /// Uses the folder of another one, perhaps of another process.
    pub(super) fn of(folder: &Path) -> Kit {
        let store = PackageStore::new(&Home::new(folder.join("home")));
        Kit { folder: folder.to_path_buf(), _own: None, store }
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The folder of the store.
    pub(super) fn root(&self) -> PathBuf {
        self.at("home/store")
    }

    /// Packs a package with that content and returns its key.
    pub(super) fn packed(&self, name: &str, version: &str, content: &str) -> EntryKey {
        let mut bytes = Vec::new();
        let file = |path: &str, executable, content: &str| PackEntry {
            path: path.to_owned(),
            executable,
            source: PackSource::Bytes(content.as_bytes().to_vec()),
        };
        let files = [
            file("stryke.toml", false, "[package]\n"),
            file("lib/deep/a.stk", false, content),
            file("bin/a", true, "#!s\n"),
        ];
        let packed = pack(&root_of(name, version), files, &mut bytes).unwrap();
        fs::write(self.archive(&packed.sha256), bytes).unwrap();
        EntryKey {
            name: name.to_owned(),
            version: version.to_owned(),
            integrity: packed.sha256,
            registry: FIRST_PARTY_REGISTRY.to_owned(),
        }
    }

    pub(super) fn archive(&self, integrity: &Sha256Digest) -> PathBuf {
        self.at(&integrity.to_hex())
    }

    pub(super) fn insert(&self, key: &EntryKey) -> Result<StoredPackage, PackageStoreError> {
        let root = root_of(&key.name, &key.version);
        self.store.insert(key, &self.archive(&key.integrity), &root, &ArchiveLimits::default())
    }

    /// Packs and inserts.
    pub(super) fn stored(&self, name: &str, version: &str, content: &str) -> (EntryKey, StoredPackage) {
        let key = self.packed(name, version, content);
        let stored = self.insert(&key).unwrap();
        (key, stored)
    }

    /// Everything that is being prepared or taken apart.
    pub(super) fn temporaries(&self) -> usize {
        fs::read_dir(self.root().join(".tmp")).map_or(0, Iterator::count)
    }

    /// The names in a folder below the store, but hidden ones, sorted.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.root().join(folder)) else { return Vec::new() };
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }
}

pub(super) fn root_of(name: &str, version: &str) -> String {
    format!("{}-{version}", name.rsplit('/').next().unwrap())
}

/// Makes a file look as if it had been written before now.
pub(super) fn age(path: &Path, hours: u64) {
    let then = SystemTime::now() - Duration::from_secs(hours * 3600);
    fs::File::open(path).unwrap().set_modified(then).unwrap();
}
