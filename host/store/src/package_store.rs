//! The packages of this machine, unpacked once and shared by every project.
//!
//! An *entry* is one folder with the files of one package and a marker, [`MARKER_NAME`], that says
//! what it is. Where archives come from, which ones a project needs, and what the files mean is
//! left to the caller. Invariants:
//!
//! - An entry appears whole or not at all: it is made in `.tmp` beside the others, the marker is
//!   written last, and one rename shows it. It goes by a rename as well.
//! - No byte of an archive is interpreted before its digest was compared.
//! - What is found is what was asked for: the marker has to say the same name, version, registry
//!   and integrity. An entry that says something else is never used in its place.
//! - No lock is needed. Of many processes that make one entry at once, one wins and all use its. A
//!   [`Claim`] saves the others the work.
//!
//! Where an entry is: `{name}@{version}`, with the scope as a folder, for the first-party registry.
//! Packages of other registries, and those whose name or version has upper-case letters and so could
//! meet another one on some systems, have `~` and the first 8 digits of their integrity behind. An
//! entry whose place another package has already (the registry was asked twice and told two things,
//! or two registries have the same bytes) goes to the next of these places, the last of which has 16
//! digits of the digest of registry and integrity.

mod boot;
mod claim;
mod error;
mod gc;
mod insert;
mod marker;
mod projects;
#[cfg(test)]
mod tests;
mod vendor;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::archive::MARKER_NAME;
use crate::{EntryKind, Home, Sha256Digest, StoreError, check_new_path, files};

pub use claim::Claim;
pub use error::PackageStoreError;
pub use gc::{GcOptions, GcRemoved, GcReport};
pub use insert::CheckedArchive;
pub use verify::{EntryFault, Finding};

/// The registry whose packages have the plain places, unless the store is told otherwise.
pub const FIRST_PARTY_REGISTRY: &str = "registry.stryke.dev";

/// Which package an entry holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey {
    /// The name, with its scope if it has one.
    pub name: String,
    /// The exact version.
    pub version: String,
    /// The digest of the archive.
    pub integrity: Sha256Digest,
    /// The identity of the registry, not its address.
    pub registry: String,
}

/// A package that is in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPackage {
    /// The folder with its files.
    pub path: PathBuf,
    /// The digest of the files, as [`tree_digest`](crate::archive::tree_digest) computes it.
    pub tree: Sha256Digest,
    /// How many files.
    pub files: u64,
    /// Bytes of all of them together.
    pub bytes: u64,
}

/// How much a new entry survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A process that is killed. After a power cut an entry may be damaged: one that an earlier run of the system
    /// made is compared with its marker when it is found for the first time, where runs can be told apart.
    #[default]
    Fast,
    /// A power cut as well: every file is made durable before the entry appears.
    Safe,
}

/// The store of one home folder.
#[derive(Clone, Debug)]
pub struct PackageStore {
    root: PathBuf,
    first_party: String,
    durability: Durability,
    /// Which run of the system this is, once somebody wanted to know.
    boot: OnceLock<Option<String>>,
}

impl PackageStore {
    /// Uses the store of a home folder, which is made when something is written.
    pub fn new(home: &Home) -> PackageStore {
        PackageStore {
            root: home.store(),
            first_party: FIRST_PARTY_REGISTRY.to_owned(),
            durability: Durability::default(),
            boot: OnceLock::new(),
        }
    }

    /// Gives the plain places to another registry.
    #[must_use]
    pub fn with_first_party(self, registry: impl Into<String>) -> PackageStore {
        PackageStore { first_party: registry.into(), ..self }
    }

    /// Says how durable new entries are.
    #[must_use]
    pub fn with_durability(self, durability: Durability) -> PackageStore {
        PackageStore { durability, ..self }
    }

    /// Which run of the system this is; none where that cannot be known.
    fn boot(&self) -> Option<&str> {
        self.boot.get_or_init(boot::current).as_deref()
    }

    /// Returns the entry of a package, if it is there. Reads the marker and nothing else, but for an entry that
    /// may not have survived a power cut: that is read once.
    ///
    /// # Errors
    /// [`PackageStoreError::Key`]; those of the operating system but absence.
    pub fn find(&self, key: &EntryKey) -> Result<Option<StoredPackage>, PackageStoreError> {
        for place in self.places(key)? {
            if let Some(marker) = marker::read(&place)?
                && marker.is_of(key)
                && self.survived(&place, &marker)?
            {
                return Ok(Some(marker.stored(place)));
            }
        }
        Ok(None)
    }

    /// Returns whether all of the packages are there, as [`find`](PackageStore::find) sees it.
    ///
    /// # Errors
    /// As [`find`](PackageStore::find).
    pub fn contains_all<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a EntryKey>,
    ) -> Result<bool, PackageStoreError> {
        for key in keys {
            if self.find(key)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns the entries of every package whose name is wanted, sorted by where they are. Reads the
    /// names of folders, and the markers of those entries. An entry in the place of another is left out.
    ///
    /// # Errors
    /// Those of the operating system but absence.
    pub fn entries(
        &self,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<(EntryKey, StoredPackage)>, PackageStoreError> {
        let mut found = Vec::new();
        for path in self.entry_folders()? {
            let inside = path.strip_prefix(&self.root).ok().and_then(Path::to_str);
            let Some(inside) = inside.map(|inside| inside.replace('\\', "/")) else { continue };
            let Some(name) = inside.split('@').next().filter(|name| is_wanted(name)) else { continue };
            let Some(marker) = marker::read(&path)? else { continue };
            let key = marker.key();
            if key.name == name && self.places(&key).is_ok_and(|mut places| places.any(|place| place == path))
            {
                found.push((key, marker.stored(path)));
            }
        }
        Ok(found)
    }

    /// The places an entry can be at, first choice first. Most are found at the first, so that the
    /// others are only named when somebody gets there.
    fn places<'a>(
        &'a self,
        key: &'a EntryKey,
    ) -> Result<impl Iterator<Item = PathBuf> + use<'a>, PackageStoreError> {
        check_key(key)?;
        let plain = format!("{}@{}", key.name, key.version);
        let is_first_party = key.registry == self.first_party && !plain.chars().any(char::is_uppercase);
        let name = move |place: usize| match place {
            0 => plain.clone(),
            1 => format!("{plain}~{}", &key.integrity.to_hex()[..8]),
            _ => {
                let whose = Sha256Digest::of(format!("{}\n{}", key.registry, key.integrity).as_bytes());
                format!("{plain}~{}", &whose.to_hex()[..16])
            }
        };
        Ok((usize::from(!is_first_party)..3).map(move |place| self.root.join(name(place))))
    }

    /// Where entries are prepared and taken apart.
    fn temporary(&self) -> PathBuf {
        self.root.join(".tmp")
    }

    /// Every folder that is in the place of an entry, sorted.
    fn entry_folders(&self) -> Result<Vec<PathBuf>, StoreError> {
        let mut found = Vec::new();
        for entry in folders_in(&self.root)? {
            if is_entry_name(&entry) {
                found.push(entry);
            } else {
                found.extend(folders_in(&entry)?.into_iter().filter(|path| is_entry_name(path)));
            }
        }
        Ok(found)
    }
}

/// The folders in a folder that are neither hidden nor links; an absent one has none.
fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match files::read_dir(folder) {
        Err(error) if error.is_not_found() => return Ok(Vec::new()),
        entries => entries?,
    };
    let is_hidden = |entry: &files::DirEntry| entry.name.as_encoded_bytes().starts_with(b".");
    let folders = entries.into_iter().filter(|e| e.kind == EntryKind::Directory && !is_hidden(e));
    Ok(folders.map(|entry| entry.path).collect())
}

fn is_entry_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().contains(&b'@'))
}

/// Checks that a key leads to a place of its own in the store and nowhere else.
fn check_key(key: &EntryKey) -> Result<(), PackageStoreError> {
    let bad = |field, text: &str| PackageStoreError::Key { field, text: crate::error::cut(text) };
    let is_free = |part: &str| !part.starts_with('.') && !part.contains(['@', '~']);
    let is_path = |text: &str| check_new_path(text).is_ok() && text.split('/').all(is_free);
    if !is_path(&key.name) || key.name.split('/').count() > 2 {
        return Err(bad("name", &key.name));
    }
    if !is_path(&key.version) || key.version.contains('/') {
        return Err(bad("version", &key.version));
    }
    // Room for `~` and 16 digits.
    let longest = format!("{}@{}~{}", key.name, key.version, "0".repeat(16));
    if check_new_path(&longest).is_err() {
        return Err(bad("version", &key.version));
    }
    if key.registry.is_empty() || key.registry.len() > 512 || key.registry.chars().any(char::is_control) {
        return Err(bad("registry", &key.registry));
    }
    Ok(())
}
