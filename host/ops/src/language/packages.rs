//! Modules of packages: which package a name belongs to, for whoever asks. Here, where there is a
//! project and its lock says it; in `stored`, where there is none.
//!
//! `Foo::Bar` belongs to the package that the one that asks calls `foo`; `MyLib` is `my-lib`. Only
//! what a package itself depends on is there for it: a package that is in the lock because another
//! needs it is refused, with the line that would make it a dependency.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use s_project::{Bare, DependencyOrigin, LockedPackage, PackageSource, Requirement};
use s_store::files;
use s_store::package_store::PackageStore;

use super::stored::Stored;
use crate::context::{Environment, Setup};
use crate::packages::{Declared, Project, VENDOR, key_of, repositories};
use crate::{Context, Failure, Quiet};

/// Whose file it is that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The project's own.
    Project,
    /// That of a package, by its place in the lock.
    Package(usize),
}

impl Owner {
    /// The place in the lock, if it has one.
    pub(super) fn index(self) -> Option<usize> {
        match self {
            Owner::Project => None,
            Owner::Package(index) => Some(index),
        }
    }
}

/// Why a module is not taken from a package.
pub(super) struct Refusal {
    /// What is said about it.
    pub(super) message: String,
    /// Whether that is the end, and no folder of modules is looked into instead.
    pub(super) is_final: bool,
}

impl Refusal {
    /// One that is the end.
    pub(super) fn last(message: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), is_final: true }
    }

    /// One after which other places are looked at.
    pub(super) fn soft(message: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), is_final: false }
    }
}

/// What modules may be loaded from.
pub(super) enum Packages {
    /// What the lock of a project has.
    Locked(Box<Locked>),
    /// What the store has, where there is no project.
    Stored(Stored),
}

impl Packages {
    /// Reads manifests and lock of the project around a folder.
    pub(super) fn of_project(from: &Path, environment: &Environment) -> Result<Packages, String> {
        let context = context(from, environment)?;
        let project = Project::read(&context, None).map_err(|failure| message(&failure))?;
        let locked = project.lock.packages().cloned().collect();
        Ok(Packages::Locked(Box::new(Locked { context, project, locked, declared: OnceLock::new() })))
    }

    /// The packages of the store, of which nothing is read yet.
    pub(super) fn of_store(from: &Path, environment: &Environment) -> Result<Packages, String> {
        let context = context(from, environment)?;
        Ok(Packages::Stored(Stored::new(PackageStore::new(context.home()))))
    }

    /// The package that `first`, the first part of the name of a module, belongs to, and its folder.
    /// `pin` is the version that was asked for.
    pub(super) fn find(
        &self,
        owner: Owner,
        first: &str,
        pin: Option<&str>,
    ) -> Result<Option<(Owner, PathBuf)>, Refusal> {
        match self {
            Packages::Locked(locked) => locked.find(owner, first, pin),
            Packages::Stored(stored) => stored.find(owner, first, pin),
        }
    }

    /// What is known of a package.
    pub(super) fn package(&self, index: usize) -> Option<LockedPackage> {
        match self {
            Packages::Locked(locked) => locked.locked.get(index).cloned(),
            Packages::Stored(stored) => stored.package(index),
        }
    }

    /// The folder of a package, or of the project.
    pub(super) fn folder(&self, owner: Owner) -> Result<PathBuf, String> {
        match self {
            Packages::Locked(locked) => locked.folder(owner),
            Packages::Stored(stored) => stored.folder(owner),
        }
    }

    /// The package that a file belongs to, by its real path.
    pub(super) fn owner_of(&self, path: &Path) -> Option<Owner> {
        match self {
            Packages::Locked(locked) => locked.owner_of(path),
            // Programs of packages come with a project, whoever installed them.
            Packages::Stored(_) => None,
        }
    }

    /// The name of a package without its scope.
    pub(super) fn short_name(&self, owner: Owner) -> String {
        match (self, owner) {
            (Packages::Locked(locked), Owner::Project) => {
                locked.project.manifest().package().name.clone().unwrap_or_default()
            }
            (Packages::Stored(_), Owner::Project) => String::new(),
            (_, Owner::Package(index)) => {
                self.package(index).map_or_else(String::new, |one| short(one.name.as_str()).to_owned())
            }
        }
    }
}

fn context(from: &Path, environment: &Environment) -> Result<Arc<Context>, String> {
    let setup = Setup {
        directory: from.to_path_buf(),
        environment: Arc::clone(environment),
        frontend: Arc::new(Quiet),
        offline: true,
        compiler_arguments: Vec::new(),
        cancel: s_plugin::Cancel::new(),
    };
    Context::new(setup).map_err(|failure| message(&failure))
}

/// What a project may load modules from.
pub(super) struct Locked {
    context: Arc<Context>,
    project: Project,
    locked: Vec<LockedPackage>,
    /// Where manifests take packages from that are folders or of repositories; read for the first of them.
    declared: OnceLock<Result<Declared, String>>,
}

impl Locked {
    fn find(
        &self,
        owner: Owner,
        first: &str,
        pin: Option<&str>,
    ) -> Result<Option<(Owner, PathBuf)>, Refusal> {
        let found = match owner {
            Owner::Project => self.of_project(first).map_err(Refusal::last)?,
            Owner::Package(index) => {
                let dependencies = self.locked.get(index).map(|package| package.dependencies.as_slice());
                let mut dependencies = dependencies.unwrap_or_default().iter();
                let one = dependencies.find(|dependency| is_called(&dependency.alias, first));
                one.and_then(|one| {
                    self.locked
                        .iter()
                        .position(|other| other.name == one.name && other.version == one.version)
                })
            }
        };
        match found {
            Some(index) => {
                if let Some(pin) = pin {
                    self.must_suit(&self.locked[index], first, pin)?;
                }
                let owner = Owner::Package(index);
                Ok(Some((owner, self.folder(owner).map_err(Refusal::last)?)))
            }
            None => self.undeclared(owner, first).map_or(Ok(None), |message| Err(Refusal::soft(message))),
        }
    }

    /// An error where the locked version is not the one that a module is used with.
    fn must_suit(&self, package: &LockedPackage, first: &str, pin: &str) -> Result<(), Refusal> {
        let bare = self.project.root_manifest().resolver().bare;
        if requirement_of(pin, bare)?.matches(&package.version) {
            return Ok(());
        }
        let (name, version) = (&package.name, &package.version);
        Err(Refusal::last(format!(
            "`use {first} {pin}` asks for another version than the one that is locked, `{name}@{version}`: change the number, or what stryke.toml asks for and run `s update {name}`"
        )))
    }

    fn of_project(&self, first: &str) -> Result<Option<usize>, String> {
        let requests = self.project.manifest().dependencies().iter();
        let Some(request) = requests.into_iter().find(|request| is_called(&request.alias, first)) else {
            return Ok(None);
        };
        let requirement = match &request.origin {
            DependencyOrigin::Registry { requirement, .. } => Some(requirement),
            DependencyOrigin::Path { requirement, .. } => requirement.as_ref(),
            DependencyOrigin::Git { .. } | DependencyOrigin::Workspace => None,
        };
        let candidates = self.locked.iter().enumerate().filter(|(_, package)| {
            package.name == request.package
                && is_kind(&request.origin, &package.source)
                && requirement.is_none_or(|requirement| requirement.matches(&package.version))
        });
        let best = candidates.max_by(|(_, one), (_, other)| one.version.cmp(&other.version));
        match best {
            Some((index, _)) => Ok(Some(index)),
            None => Err(format!(
                "`{}` is in stryke.toml, but stryke.lock does not have it yet: run `s install`",
                request.alias
            )),
        }
    }

    /// Why a package that is there may not be used.
    fn undeclared(&self, owner: Owner, first: &str) -> Option<String> {
        let package = self.locked.iter().find(|package| is_called(package.name.as_str(), first))?;
        let users = self.locked.iter().filter(|user| {
            let mut dependencies = user.dependencies.iter();
            dependencies.any(|one| one.name == package.name && one.version == package.version)
        });
        let users: Vec<String> = users.map(|user| format!("`{}`", user.name)).collect();
        let by = match users.as_slice() {
            [] => "a part of the workspace".to_owned(),
            users => users.join(", "),
        };
        let whose = match owner {
            Owner::Project => "this project".to_owned(),
            Owner::Package(index) => {
                self.locked.get(index).map_or_else(String::new, |one| format!("`{}`", one.name))
            }
        };
        let key = match package.name.as_str() {
            name if name.contains('/') => format!("\"{name}\""),
            name => name.to_owned(),
        };
        Some(format!(
            "`{}` is here because {by} needs it, and {whose} does not depend on it itself; add to `[deps]` of its stryke.toml: {key} = \"^{}\"",
            package.name, package.version
        ))
    }

    fn folder(&self, owner: Owner) -> Result<PathBuf, String> {
        let Owner::Package(index) = owner else { return Ok(self.project.folder()) };
        let package = &self.locked[index];
        self.must_be_declared(package)?;
        let absent = || {
            format!(
                "`{}@{}` is locked, but not on this machine: run `s install`",
                package.name, package.version
            )
        };
        let vendor = self.project.root.join(VENDOR);
        let vendor = matches!(files::exists(&vendor), Ok(true)).then(|| PackageStore::beside(&vendor));
        match &package.source {
            PackageSource::Path(folder) => Ok(self.project.root.join(folder)),
            PackageSource::Registry(url) => {
                let integrity = package.integrity.ok_or_else(absent)?;
                let key = key_of(package, url, integrity);
                let store = PackageStore::new(self.context.home());
                for store in vendor.iter().chain([&store]) {
                    if let Some(found) = store.find(&key).map_err(|error| error.to_string())? {
                        return Ok(found.path);
                    }
                }
                Err(absent())
            }
            PackageSource::Git { url, commit } => {
                let tree = package.integrity.ok_or_else(absent)?;
                if let Some(vendor) = vendor {
                    let key = repositories::vendored_key(package, tree);
                    if let Some(found) = vendor.find(&key).map_err(|error| error.to_string())? {
                        return Ok(found.path);
                    }
                }
                let commit = commit.parse().map_err(|_| absent())?;
                let git = repositories::git(&self.context);
                let found = git.find(url, &commit, package.name.as_str(), &tree);
                found.map_err(|error| error.to_string())?.ok_or_else(absent)
            }
        }
    }

    /// An error where no manifest takes the package from the folder or repository that the lock does.
    fn must_be_declared(&self, package: &LockedPackage) -> Result<(), String> {
        if matches!(package.source, PackageSource::Registry(_)) {
            return Ok(());
        }
        let declared = self
            .declared
            .get_or_init(|| Declared::of(&self.context, &self.project).map_err(|failure| message(&failure)));
        if declared.as_ref().map_err(Clone::clone)?.allows(package) {
            return Ok(());
        }
        Err(format!(
            "stryke.lock takes `{}` from `{}`, and no stryke.toml does: run `s install`",
            package.name, package.source
        ))
    }

    fn owner_of(&self, path: &Path) -> Option<Owner> {
        let owners = (0..self.locked.len()).map(Owner::Package);
        owners.into_iter().find(|owner| {
            let folder = self.folder(*owner).ok().and_then(|folder| files::canonicalize(&folder).ok());
            folder.is_some_and(|folder| path.starts_with(folder))
        })
    }
}

/// What a version behind the name of a module asks for: the same as that text in `[deps]`.
pub(super) fn requirement_of(pin: &str, bare: Bare) -> Result<Requirement, Refusal> {
    let text = pin.strip_prefix('v').unwrap_or(pin);
    Requirement::parse(text, bare)
        .map_err(|error| Refusal::last(format!("`{pin}` is no version of a package: {error}")))
}

/// Whether what an entry of a manifest names is a place of the kind that a locked package is from.
fn is_kind(origin: &DependencyOrigin, source: &PackageSource) -> bool {
    matches!(
        (origin, source),
        (DependencyOrigin::Registry { .. }, PackageSource::Registry(_))
            | (DependencyOrigin::Path { .. }, PackageSource::Path(_))
            | (DependencyOrigin::Git { .. }, PackageSource::Git { .. })
            | (DependencyOrigin::Workspace, _)
    )
}

/// What stands behind the scope.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether the first part of a module's name stands for a package.
pub(super) fn is_called(package: &str, first: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|char| !matches!(char, '-' | '_')).flat_map(char::to_lowercase).collect()
    };
    plain(short(package)) == plain(first)
}

fn message(failure: &Failure) -> String {
    let first = failure.diagnostics.first().map(|diagnostic| diagnostic.message.as_str());
    first.unwrap_or("the project cannot be read").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_called_like_their_packages() {
        for (package, first, same) in [
            ("json", "Json", true),
            ("json", "JSON", true),
            ("acme/my-lib", "MyLib", true),
            ("my_lib", "My_Lib", true),
            ("json5", "Json", false),
        ] {
            assert_eq!(is_called(package, first), same, "{package} {first}");
        }
    }
}
