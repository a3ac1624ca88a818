//! Where the packages of a lock may come from: only where manifests say.
//!
//! A lock chooses versions and commits among what manifests allow. It brings in no folder, no
//! repository and no registry of its own, so that a change of the lock alone, which few people read
//! line by line, cannot put somebody else's code in the place of a package.

use std::collections::BTreeSet;
use std::sync::Arc;

use s_diag::{Code, Diagnostic, Source};
use s_project::{
    DependencyOrigin, DependencyRequest, LOCK_NAME, LockedPackage, PackageName, PackageSource, ProjectLock,
    ProjectManifest,
};

use super::graph::{Placed, joined, manifests, read_folder};
use super::registries::Registries;
use super::{Project, repositories};
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// The folders and repositories that manifests take packages from.
#[derive(Default)]
pub(crate) struct Declared {
    /// Of which packages, and named from the project.
    folders: BTreeSet<(PackageName, String)>,
    /// Of which packages, and by address.
    repositories: BTreeSet<(PackageName, String)>,
}

/// Checks every package of the lock.
///
/// # Errors
/// [`FailureKind::Integrity`] with the places in the lock. Those of the network, where the manifest of
/// a package of a repository has to be looked at and is not there.
pub(crate) fn check(
    context: &Arc<Context>,
    project: &Project,
    manifests: &[Placed<'_>],
) -> Result<(), Failure> {
    let declared = Declared::by(context, &project.lock, manifests)?;
    let mut wrong: Vec<Diagnostic> = Vec::new();
    for package in project.lock.packages().filter(|package| !declared.allows(package)) {
        wrong.push(undeclared(project, package));
    }
    if project.lock.packages().any(|package| matches!(package.source, PackageSource::Registry(_))) {
        wrong.extend(elsewhere(context, project, manifests)?);
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure { kind: FailureKind::Integrity, diagnostics: wrong }) }
}

impl Declared {
    /// What the manifests of a project say, and those of packages of repositories that it has locked.
    pub(crate) fn of(context: &Arc<Context>, project: &Project) -> Result<Declared, Failure> {
        Declared::by(context, &project.lock, &manifests(context, project)?)
    }

    fn by(context: &Arc<Context>, lock: &ProjectLock, manifests: &[Placed<'_>]) -> Result<Declared, Failure> {
        let mut declared = Declared::default();
        for (folder, manifest) in manifests {
            for request in manifest.dependencies() {
                if let DependencyOrigin::Path { path, .. } = &request.origin {
                    declared.folders.insert((request.package.clone(), joined(folder, path)));
                }
                declared.take_repository(request);
            }
        }
        // A folder beside a package of a repository is in the same commit, which is no other place.
        let commits: BTreeSet<&PackageSource> = lock
            .packages()
            .filter(|package| is_commit(package) && declared.allows(package))
            .map(|package| &package.source)
            .collect();
        for package in lock.packages().filter(|package| commits.contains(&package.source)) {
            if let PackageSource::Git { url, .. } = &package.source {
                declared.repositories.insert((package.name.clone(), url.clone()));
            }
        }
        // Which other repositories packages of repositories depend on is known once their files are here,
        // and looked at only where somebody has to know.
        let mut unread: Vec<&LockedPackage> = lock.packages().collect();
        while lock.packages().any(|package| !declared.allows(package)) {
            let next = unread.iter().position(|package| is_commit(package) && declared.allows(package));
            let Some(next) = next else { break };
            let package = unread.swap_remove(next);
            if let PackageSource::Git { url, .. } = &package.source
                && let Some(manifest) = of_commit(context, package)?
            {
                for request in manifest.dependencies() {
                    if let DependencyOrigin::Path { .. } = &request.origin {
                        declared.repositories.insert((request.package.clone(), url.clone()));
                    }
                    declared.take_repository(request);
                }
            }
        }
        Ok(declared)
    }

    fn take_repository(&mut self, request: &DependencyRequest) {
        if let DependencyOrigin::Git { url, .. } = &request.origin {
            self.repositories.insert((request.package.clone(), url.clone()));
        }
    }

    /// Whether a manifest takes the package from that folder or repository. Registries are not looked at.
    pub(crate) fn allows(&self, package: &LockedPackage) -> bool {
        match &package.source {
            PackageSource::Registry(_) => true,
            PackageSource::Path(folder) => self.folders.contains(&(package.name.clone(), folder.clone())),
            PackageSource::Git { url, .. } => {
                self.repositories.contains(&(package.name.clone(), url.clone()))
            }
        }
    }
}

fn is_commit(package: &LockedPackage) -> bool {
    matches!(package.source, PackageSource::Git { .. })
}

/// The manifest of a package of a repository.
fn of_commit(context: &Arc<Context>, package: &LockedPackage) -> Result<Option<ProjectManifest>, Failure> {
    let PackageSource::Git { url, commit } = &package.source else { return Ok(None) };
    let commit = commit.parse().expect("a lock holds whole names of commits");
    let found = repositories::git(context).package(url, &commit, package.name.as_str());
    read_folder(context, &found.map_err(repositories::failure)?.root)
}

/// Packages that the lock takes from another registry than the project does.
fn elsewhere(
    context: &Arc<Context>,
    project: &Project,
    manifests: &[Placed<'_>],
) -> Result<Vec<Diagnostic>, Failure> {
    let registries = Registries::of(context)?;
    let mut bound: BTreeSet<(&PackageName, String)> = BTreeSet::new();
    for (_, manifest) in manifests {
        for request in manifest.dependencies() {
            if let DependencyOrigin::Registry { registry: Some(stated), .. } = &request.origin {
                bound.insert((&request.package, registries.address_stated(stated)?));
            }
        }
    }
    let mut wrong = Vec::new();
    for package in project.lock.packages() {
        let PackageSource::Registry(url) = &package.source else { continue };
        if bound.iter().all(|(_, bound)| bound != url)
            && let Err(failure) = registries.must_know(url)
        {
            wrong.extend(failure.diagnostics.into_iter().map(|one| at(project, package, one)));
            continue;
        }
        let stated: Vec<&String> =
            bound.iter().filter(|(name, _)| **name == package.name).map(|(_, url)| url).collect();
        let suits = match registries.owner_of(&package.name) {
            Some(owner) => owner == url,
            None => stated.is_empty() || stated.contains(&url),
        };
        if !suits {
            wrong.push(undeclared(project, package));
        }
    }
    Ok(wrong)
}

fn undeclared(project: &Project, package: &LockedPackage) -> Diagnostic {
    let message = format!("`{LOCK_NAME}` takes `{}` from where no manifest does", package.name);
    let diagnostic = Diagnostic::error(Code::LOCK_SOURCE, message)
        .note("a lock chooses versions, and not where packages come from: somebody changed it")
        .hint(format!("take `{LOCK_NAME}` from version control, or make it anew: s lock"));
    at(project, package, diagnostic)
}

/// Adds the place of an entry in the lock.
fn at(project: &Project, package: &LockedPackage, diagnostic: Diagnostic) -> Diagnostic {
    let source = Source::new(LOCK_NAME, Arc::clone(&project.lock_read));
    match ProjectLock::place_of_package(&source, package) {
        Some(span) => diagnostic.at(&source, span, ""),
        None => diagnostic,
    }
}
