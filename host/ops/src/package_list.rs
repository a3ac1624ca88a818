//! `s list`: the packages a project has locked, a line each.

use std::sync::Arc;

use s_project::{LockedPackage, PackageSource};
use s_store::Sha256Digest;
use s_store::package_store::PackageStore;

use crate::Context;
use crate::failure::Failure;
use crate::packages::{Project, key_of};

/// A package of the lock.
#[derive(Clone, Debug)]
pub struct ListedLock {
    /// What the lock says.
    pub package: LockedPackage,
    /// The digest of its files, where they are on this machine or the lock has it.
    pub tree: Option<Sha256Digest>,
}

/// The packages of the lock, sorted by name and version. A lock that does not fit the manifest is
/// shown as it is; where there is none although something is asked for, that is an error.
pub fn package_list(context: &Arc<Context>) -> Result<Vec<ListedLock>, Failure> {
    let project = Project::read(context, None)?;
    project.must_have_lock()?;
    project.must_be_sound(context)?;
    let store = PackageStore::new(context.home());
    let mut listed = Vec::new();
    for package in project.lock.packages() {
        let tree = match (&package.source, package.integrity) {
            (PackageSource::Registry(url), Some(integrity)) => {
                let stored = store.find(&key_of(package, url, integrity))?;
                stored.map(|stored| stored.tree).or(package.tree)
            }
            (PackageSource::Git { .. }, integrity) => integrity,
            _ => None,
        };
        listed.push(ListedLock { package: package.clone(), tree });
    }
    Ok(listed)
}
