//! `s vendor`: every package of the lock copied into the folder `vendor` of the project, from where
//! installations take it from then on. It is made when somebody asks for it and never otherwise.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use s_project::PackageSource;
use s_store::package_store::PackageStore;

use crate::Context;
use crate::failure::Failure;
use crate::packages::{Project, VENDOR, fill_store, key_of, remote, repositories, vanished};

/// What was copied.
#[derive(Clone, Debug)]
pub struct Vendored {
    /// The folder.
    pub folder: PathBuf,
    /// How many packages are in it.
    pub packages: usize,
    /// How many were there already.
    pub present: usize,
    /// The folders of packages that are no longer needed, and went.
    pub removed: Vec<PathBuf>,
}

/// Copies the packages of the lock beside the project.
pub fn package_vendor(context: &Arc<Context>) -> Result<Vendored, Failure> {
    let project = Project::read(context, None)?;
    project.must_be_locked(context)?;
    let folder = project.root.join(VENDOR);
    let (store, vendor) = (PackageStore::new(context.home()), PackageStore::beside(&folder));
    let mut resolved = project.as_locked(context);
    fill_store(context, &mut resolved.graph, &resolved.lock)?;
    let (mut stays, mut present) = (BTreeSet::new(), 0);
    for (package, url, integrity) in remote(&project.lock) {
        let key = key_of(package, url, integrity);
        if vendor.find(&key)?.is_some() {
            present += 1;
        } else {
            let stored = store.find(&key)?.ok_or_else(|| vanished(&key.name))?;
            vendor.copy_from(&key, &stored.path, &stored.tree)?;
            context.frontend().status("Vendored", &format!("{}@{}", package.name, package.version));
        }
        stays.insert(key);
    }
    for package in project.lock.packages() {
        let (PackageSource::Git { url, commit }, Some(tree)) = (&package.source, package.integrity) else {
            continue;
        };
        let key = repositories::vendored_key(package, tree);
        if vendor.find(&key)?.is_some() {
            present += 1;
        } else {
            let commit = commit.parse().expect("a lock holds whole names of commits");
            let folder = resolved.graph.git().find(url, &commit, package.name.as_str(), &tree);
            let folder = folder.map_err(repositories::failure)?.ok_or_else(|| vanished(&key.name))?;
            vendor.copy_from(&key, &folder, &tree)?;
            context.frontend().status("Vendored", &format!("{}@{}", package.name, package.version));
        }
        stays.insert(key);
    }
    let removed = if s_store::files::exists(&folder)? { vendor.retain(&stays)? } else { Vec::new() };
    Ok(Vendored { folder, packages: stays.len(), present, removed })
}
