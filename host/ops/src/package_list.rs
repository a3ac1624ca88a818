//! `s list`: the packages a project has locked, a line each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{LockedPackage, PackageSource};
use s_store::Sha256Digest;
use s_store::archive::tree_digest;
use s_store::package_store::PackageStore;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::{Project, key_of, repositories};

/// A package of the lock.
#[derive(Clone, Debug)]
pub struct ListedLock {
    /// What the lock says.
    pub package: LockedPackage,
    /// The digest of its files, where they were asked for and are on this machine.
    pub tree: Option<Sha256Digest>,
}

/// The packages of the lock, sorted by name and version. With `digests` their files are read. A lock that
/// does not fit the manifest is shown as it is; where there is none although something is asked for, that
/// is an error.
pub fn package_list(context: &Arc<Context>, digests: bool) -> Result<Vec<ListedLock>, Failure> {
    let project = Project::read(context, None)?;
    project.must_have_lock()?;
    project.must_be_sound(context)?;
    let mut listed = Vec::new();
    for package in project.lock.packages() {
        let folder = if digests { folder_of(context, package)? } else { None };
        let tree = folder.map(|folder| measured(context, package, &folder)).transpose()?;
        listed.push(ListedLock { package: package.clone(), tree });
    }
    Ok(listed)
}

/// Where the files of a package are that was brought here.
fn folder_of(context: &Arc<Context>, package: &LockedPackage) -> Result<Option<PathBuf>, Failure> {
    let Some(integrity) = package.integrity else { return Ok(None) };
    match &package.source {
        PackageSource::Registry(url) => {
            let found = PackageStore::new(context.home()).find(&key_of(package, url, integrity))?;
            Ok(found.map(|found| found.path))
        }
        PackageSource::Git { url, commit } => {
            let commit = commit.parse().expect("a lock holds whole names of commits");
            let found = repositories::git(context).find(url, &commit, package.name.as_str(), &integrity);
            found.map_err(repositories::failure)
        }
        PackageSource::Path(_) => Ok(None),
    }
}

/// The digest of files as they are now, whatever was noted when they came.
fn measured(context: &Context, package: &LockedPackage, folder: &Path) -> Result<Sha256Digest, Failure> {
    tree_digest(folder).map_err(|error| {
        let message = format!("the files of `{}@{}` cannot be read", package.name, package.version);
        let diagnostic = Diagnostic::error(Code::ARCHIVE, message)
            .note(error.to_string())
            .note(format!("they are in `{}`", context.shown(folder)))
            .hint("bring them anew: s store verify --repair && s install");
        Failure::new(FailureKind::Integrity, diagnostic)
    })
}
