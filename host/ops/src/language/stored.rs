//! Modules of packages for a program that is in no project: out of the store of this machine.
//!
//! Nothing is fetched, and no registry is asked. Of each package there is one choice for the program,
//! made where it uses the package first: the highest version that the pin admits, else the highest
//! release. What a package needs itself is chosen by what its own manifest asks for, from the same
//! registry. Where a name could mean two packages, or one of two registries, nothing is chosen: no lock
//! says who was meant.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use s_diag::Source;
use s_project::{
    Bare, DependencyOrigin, Group, LockedPackage, MANIFEST_NAME, PackageName, PackageSource, ProjectManifest,
    Requirement, Version,
};
use s_store::files;
use s_store::package_store::{EntryKey, PackageStore, StoredPackage};

use super::packages::{Owner, Refusal, is_called, requirement_of};

/// The longest manifest of a package that is read.
const MANIFEST_BYTES_MAX: u64 = 1 << 20;
/// How many versions a message names.
const NAMED_MAX: usize = 5;

/// The packages that a program was given so far.
pub(super) struct Stored {
    store: PackageStore,
    chosen: Mutex<Vec<Chosen>>,
}

#[derive(Clone)]
struct Chosen {
    package: LockedPackage,
    folder: PathBuf,
    /// Whether the program itself uses it.
    by_program: bool,
}

/// A version that is in the store.
struct Candidate {
    name: PackageName,
    version: Version,
    key: EntryKey,
    stored: StoredPackage,
}

impl Stored {
    /// Chooses from a store. Nothing is read yet.
    pub(super) fn new(store: PackageStore) -> Stored {
        Stored { store, chosen: Mutex::default() }
    }

    /// As [`Packages::find`](super::packages::Packages::find).
    pub(super) fn find(
        &self,
        owner: Owner,
        first: &str,
        pin: Option<&str>,
    ) -> Result<Option<(Owner, PathBuf)>, Refusal> {
        let pinned = pin.map(|pin| requirement_of(pin, Bare::Exact)).transpose()?;
        let found = match owner {
            Owner::Project => self.for_program(first, pinned.as_ref())?,
            Owner::Package(index) => self.for_package(index, first)?,
        };
        let Some(index) = found else { return Ok(None) };
        let chosen = self.chosen()[index].clone();
        let (name, version) = (&chosen.package.name, &chosen.package.version);
        match pinned.filter(|pinned| !pinned.matches(version)) {
            Some(pinned) => Err(Refusal::last(format!(
                "`use {first} {pinned}` asks for another version than `{name}@{version}`, which was taken already: write the same number where the module is used first"
            ))),
            None => Ok(Some((Owner::Package(index), chosen.folder))),
        }
    }

    /// What is known of a package that was chosen.
    pub(super) fn package(&self, index: usize) -> Option<LockedPackage> {
        self.chosen().get(index).map(|chosen| chosen.package.clone())
    }

    /// The folder of one.
    pub(super) fn folder(&self, owner: Owner) -> Result<PathBuf, String> {
        let folder = owner.index().and_then(|index| Some(self.chosen().get(index)?.folder.clone()));
        folder.ok_or_else(|| "there is no project here".to_owned())
    }

    fn chosen(&self) -> MutexGuard<'_, Vec<Chosen>> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn for_program(&self, first: &str, pinned: Option<&Requirement>) -> Result<Option<usize>, Refusal> {
        let is_it = |chosen: &Chosen| chosen.by_program && is_called(chosen.package.name.as_str(), first);
        if let Some(index) = self.chosen().iter().position(is_it) {
            return Ok(Some(index));
        }
        let candidates = self.candidates(&|name| is_called(name, first))?;
        if candidates.is_empty() {
            let guess = first.to_ascii_lowercase();
            return match pinned {
                Some(pinned) => Err(Refusal::last(format!(
                    "no package in the store is called like it; in the folder of the program: `s init`, then `s add {guess}@{pinned}`"
                ))),
                None => Ok(None),
            };
        }
        must_be_one(&candidates, first)?;
        match best(&candidates, pinned)? {
            Some(best) => Ok(Some(self.choose(best, true))),
            None => {
                let name = &candidates[0].name;
                let asked = pinned.map_or_else(|| "*".to_owned(), ToString::to_string);
                Err(Refusal::last(format!(
                    "the store has no `{name}` that is `{asked}`, only {}; in the folder of the program: `s init`, then `s add {name}@{asked}`",
                    versions(&candidates)
                )))
            }
        }
    }

    /// What one package needs of others, by its manifest.
    fn for_package(&self, index: usize, first: &str) -> Result<Option<usize>, Refusal> {
        let Some(user) = self.chosen().get(index).cloned() else { return Ok(None) };
        let who = format!("`{}@{}`", user.package.name, user.package.version);
        let manifest = manifest_of(&user)?;
        let requests = manifest.dependencies().iter().filter(|request| request.group == Group::Normal);
        let Some(request) = requests.into_iter().find(|request| is_called(&request.alias, first)) else {
            let others = self.candidates(&|name| is_called(name, first))?;
            return match others.first() {
                Some(other) => {
                    Err(Refusal::soft(format!("{who} does not depend on `{}` itself", other.name)))
                }
                None => Ok(None),
            };
        };
        let DependencyOrigin::Registry { requirement, registry } = &request.origin else {
            return Err(Refusal::last(format!(
                "{who} takes `{}` from no registry, so that only a project can have it: `s init`, then `s add {}`",
                request.alias, user.package.name
            )));
        };
        let mut candidates = self.candidates(&|name| name == request.package.as_str())?;
        if registry.is_none() {
            candidates.retain(|one| PackageSource::Registry(one.key.registry.clone()) == user.package.source);
        }
        must_be_one(&candidates, first)?;
        // One that is there already is not joined by another that is no better.
        let suits = |chosen: &Chosen| {
            chosen.package.name == request.package
                && requirement.matches(&chosen.package.version)
                && candidates.iter().any(|one| one.stored.path == chosen.folder)
        };
        if let Some(index) = self.chosen().iter().position(suits) {
            return Ok(Some(index));
        }
        match best(&candidates, Some(requirement))? {
            Some(best) => Ok(Some(self.choose(best, false))),
            None => Err(Refusal::last(format!(
                "{who} needs `{}` {requirement}, and the store has {}; in the folder of the program: `s init`, then `s add {}`",
                request.package,
                versions(&candidates),
                user.package.name
            ))),
        }
    }

    fn candidates(&self, is_wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Candidate>, Refusal> {
        let entries = self.store.entries(is_wanted).map_err(|error| Refusal::last(error.to_string()))?;
        let candidate = |(key, stored): (EntryKey, StoredPackage)| {
            let (name, version) = (key.name.parse().ok()?, Version::parse(&key.version).ok()?);
            Some(Candidate { name, version, key, stored })
        };
        Ok(entries.into_iter().filter_map(candidate).collect())
    }

    fn choose(&self, candidate: &Candidate, by_program: bool) -> usize {
        let mut chosen = self.chosen();
        let at = chosen.iter().position(|chosen| chosen.folder == candidate.stored.path);
        let at = at.unwrap_or_else(|| {
            let package = LockedPackage {
                name: candidate.name.clone(),
                version: candidate.version.clone(),
                source: PackageSource::Registry(candidate.key.registry.clone()),
                reference: None,
                integrity: Some(candidate.key.integrity),
                size_bytes: None,
                tree: Some(candidate.stored.tree),
                features: Vec::new(),
                dependencies: Vec::new(),
            };
            chosen.push(Chosen { package, folder: candidate.stored.path.clone(), by_program });
            chosen.len() - 1
        });
        chosen[at].by_program |= by_program;
        at
    }
}

/// The highest version that will do; a prerelease only where it is asked for or nothing else is there.
fn best<'a>(
    candidates: &'a [Candidate],
    wanted: Option<&Requirement>,
) -> Result<Option<&'a Candidate>, Refusal> {
    let fits = candidates.iter().filter(|one| wanted.is_none_or(|wanted| wanted.matches(&one.version)));
    let rank = |one: &Candidate| (wanted.is_some() || one.version.pre.is_empty(), one.version.clone());
    let Some(best) = fits.max_by_key(|one| rank(one)) else { return Ok(None) };
    match candidates.iter().filter(|one| one.version == best.version).count() {
        1 => Ok(Some(best)),
        _ => Err(Refusal::last(format!(
            "the store has two packages that call themselves `{}@{}`: `s init`, then `s add {}` in the folder of the program says which",
            best.name, best.version, best.name
        ))),
    }
}

/// An error where it cannot be told which package is meant.
fn must_be_one(candidates: &[Candidate], first: &str) -> Result<(), Refusal> {
    let distinct = |of: fn(&Candidate) -> &str| {
        let mut found: Vec<String> = candidates.iter().map(|one| format!("`{}`", of(one))).collect();
        found.sort();
        found.dedup();
        found
    };
    for (what, found) in
        [("packages", distinct(|one| one.name.as_str())), ("registries", distinct(|one| &one.key.registry))]
    {
        if found.len() > 1 {
            return Err(Refusal::last(format!(
                "the store has `{first}` from several {what}, {}, and without a project nobody says which is meant: `s init`, then `s add NAME` in the folder of the program",
                found.join(" and ")
            )));
        }
    }
    Ok(())
}

fn manifest_of(chosen: &Chosen) -> Result<ProjectManifest, Refusal> {
    let path = chosen.folder.join(MANIFEST_NAME);
    let text =
        files::read_to_string(&path, MANIFEST_BYTES_MAX).map_err(|error| Refusal::last(error.to_string()))?;
    Ok(ProjectManifest::parse(Source::new(path.display().to_string(), text)).0)
}

/// The versions there are, the highest first.
fn versions(candidates: &[Candidate]) -> String {
    let mut versions: Vec<&Version> = candidates.iter().map(|one| &one.version).collect();
    versions.sort();
    let more = versions.len().saturating_sub(NAMED_MAX);
    let mut named: Vec<String> = versions.iter().rev().take(NAMED_MAX).map(ToString::to_string).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    if named.is_empty() { "none".to_owned() } else { named.join(", ") }
}
