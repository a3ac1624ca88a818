//! Folders of packages: where they are, how they come to be, and how they go.
//!
//! They are kept as entries of the package store are: made out of sight, a marker last, one rename.

mod gc;
mod marker;
mod verify;

use std::path::PathBuf;

use s_project::PackageName;
use s_store::archive::{MANIFEST_BYTES_MAX, MANIFEST_NAME, TreeWriter};
use s_store::files;
use s_store::{EntryKind, Sha256Digest, StoreError};

use crate::listing::Listing;
use crate::objects::Repository;
use crate::{Commit, Git, GitError};
use marker::Marker;

pub use gc::GcReport;
pub use verify::{CheckoutFault, CheckoutFinding};

/// How often a place that is damaged is cleared, before someone else is damaging it all the time.
const CLEAR_COUNT_MAX: usize = 16;

/// A package of a commit, in its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitPackage {
    /// The folder with its files, which is never written again.
    pub root: PathBuf,
    /// The digest of the files, as [`tree_digest`](s_store::archive::tree_digest) computes it.
    pub tree: Sha256Digest,
    /// The content of its `stryke.toml`.
    pub manifest: Option<Vec<u8>>,
}

/// Which package of which commit a folder holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checkout {
    /// The address of the repository.
    pub url: String,
    /// The commit.
    pub commit: Commit,
    /// The package.
    pub name: String,
}

/// Returns the folder of a package, if it is there.
pub(crate) fn find(
    repository: &Repository,
    commit: &Commit,
    name: &str,
) -> Result<Option<GitPackage>, GitError> {
    let Some((root, marker)) = find_marker(repository, commit, name)? else { return Ok(None) };
    let manifest = match files::read_capped(&root.join(MANIFEST_NAME), MANIFEST_BYTES_MAX) {
        Err(error) if error.is_not_found() => None,
        bytes => Some(bytes?),
    };
    Ok(Some(GitPackage { root, tree: marker.tree, manifest }))
}

/// Returns the folder of a package, if it is there with a digest.
pub(crate) fn find_locked(
    repository: &Repository,
    commit: &Commit,
    name: &str,
    tree: &Sha256Digest,
) -> Result<Option<PathBuf>, GitError> {
    let found = find_marker(repository, commit, name)?;
    Ok(found.filter(|(_, marker)| marker.tree == *tree).map(|(root, _)| root))
}

/// Makes the folder of a package, or returns the one that another thread or process has made.
pub(crate) fn make(repository: &Repository, commit: &Commit, name: &str) -> Result<GitPackage, GitError> {
    if let Some(package) = find(repository, commit, name)? {
        return Ok(package);
    }
    let listing = match Listing::read(repository, commit)? {
        Some(listing) => listing,
        None => {
            repository.bring(commit)?;
            Listing::read(repository, commit)?.ok_or_else(|| {
                let reference = s_project::GitReference::Rev(commit.as_str().to_owned());
                GitError::NotFound { url: repository.shown(), reference, near: Vec::new() }
            })?
        }
    };
    let folder = listing.folder_of(name)?;
    let staging = repository.staging()?;
    let entry = staging.path().join("entry");
    let writer = TreeWriter::create(&entry, &repository.git.limits).map_err(|source| match source {
        s_store::archive::ArchiveError::Store(error) => GitError::Store(error),
        source => {
            GitError::Files { url: repository.shown(), commit: commit.clone(), name: name.to_owned(), source }
        }
    })?;
    let summary = listing.write(&folder, name, writer)?;
    let key = key(repository, commit, name);
    let marker = Marker::new(&key, &folder, &summary);
    marker::write(&entry, &marker)?;
    let root = publish(&repository.git, &staging, &entry, &marker)?;
    Ok(GitPackage { root, tree: summary.tree, manifest: summary.manifest })
}

fn publish(
    git: &Git,
    staging: &s_store::Staging,
    entry: &std::path::Path,
    marker: &Marker,
) -> Result<PathBuf, GitError> {
    let places = places(git, &marker.checkout(), Some(marker.is_whole_repository()));
    let mut places = places.iter();
    let mut place = places.next().expect("a package has places");
    let mut cleared = 0;
    loop {
        match files::rename_new(entry, place) {
            Ok(()) => return Ok(place.clone()),
            Err(error) if is_taken(&error) => {}
            // The rename may have been done and only the last step have failed.
            Err(error) => return Err(error.into()),
        }
        match marker::read(place)? {
            // Equal commits have equal files; where they do not, somebody changed a file of ours.
            Some(other) if other == *marker => return Ok(place.clone()),
            Some(other) if other.checkout() != marker.checkout() => match places.next() {
                Some(next) => place = next,
                None => return Err(GitError::Occupied { path: place.clone() }),
            },
            _ if cleared < CLEAR_COUNT_MAX => {
                move_aside(place, &staging.path().join(format!("damaged-{cleared}")))?;
                cleared += 1;
            }
            _ => return Err(GitError::Occupied { path: place.clone() }),
        }
    }
}

fn is_taken(error: &StoreError) -> bool {
    use std::io::ErrorKind::{AlreadyExists, DirectoryNotEmpty, NotADirectory};
    matches!(error.kind(), Some(AlreadyExists | DirectoryNotEmpty | NotADirectory))
}

/// Moves what is in the way to a place where it is removed later.
fn move_aside(from: &std::path::Path, to: &std::path::Path) -> Result<(), StoreError> {
    match files::rename(from, to) {
        Err(error) if error.is_not_found() => Ok(()),
        result => result,
    }
}

fn find_marker(
    repository: &Repository,
    commit: &Commit,
    name: &str,
) -> Result<Option<(PathBuf, Marker)>, GitError> {
    let key = key(repository, commit, name);
    for place in places(&repository.git, &key, None) {
        if let Some(marker) = marker::read(&place)?
            && marker.checkout() == key
        {
            return Ok(Some((place, marker)));
        }
    }
    Ok(None)
}

fn key(repository: &Repository, commit: &Commit, name: &str) -> Checkout {
    Checkout { url: repository.url.as_str().to_owned(), commit: commit.clone(), name: name.to_owned() }
}

/// The places a folder can be at, first choice first: `{host}-{owner}-{repository}-{commit}` for a
/// package that is a whole repository, with its name behind for one in a folder of it; where another
/// package has that, one with digits of the digest of what it is.
fn places(git: &Git, key: &Checkout, is_whole: Option<bool>) -> Vec<PathBuf> {
    let Ok(url) = crate::GitUrl::parse(&key.url) else { return Vec::new() };
    let plain = format!("{}-{}", url.readable(), key.commit.short());
    let whose = Sha256Digest::of(format!("{}\n{}\n{}", key.url, key.commit, key.name).as_bytes()).to_hex();
    let mut names = Vec::with_capacity(4);
    if is_whole != Some(false) {
        names.push(plain.clone());
    }
    if is_whole != Some(true) && key.name.parse::<PackageName>().is_ok() {
        names.push(format!("{plain}-{}", key.name.replace('/', "-")));
    }
    names.push(format!("{plain}~{}", &whose[..8]));
    names.push(format!("{plain}~{}", &whose[..16]));
    let folder = git.home.git();
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// Every folder that is in the place of one of ours, sorted.
fn folders(git: &Git) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match files::read_dir(&git.home.git()) {
        Err(error) if error.is_not_found() => return Ok(Vec::new()),
        entries => entries?,
    };
    let is_ours = |entry: &files::DirEntry| {
        entry.kind == EntryKind::Directory
            && entry.name != "db"
            && !entry.name.as_encoded_bytes().starts_with(b".")
    };
    Ok(entries.into_iter().filter(is_ours).map(|entry| entry.path).collect())
}
