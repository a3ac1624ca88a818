//! Candidates as the solver sees them: in order, with those set apart that may not be chosen.
//!
//! Kept over the attempts of one solve, so that a source is asked once for each package.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;

use s_project::{Requirement, Version};

use crate::bucket::Bucket;
use crate::model::{Candidate, Candidates, Dependency, Package, Policy, Problem, Source};

/// A package, by place in the catalog.
pub(crate) type PackageId = usize;

/// Why a version may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bar {
    Yanked,
    Stryke,
    Edition,
    Cooldown,
}

/// A package with all its versions.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) package: Package,
    pub(crate) versions: Versions,
    /// Why each may not be chosen, if it may not.
    pub(crate) bars: Vec<Option<Bar>>,
    /// The same where nothing else keeps it away.
    pub(crate) only_bars: Vec<Option<Bar>>,
    /// The buckets of the versions, in the same order.
    pub(crate) buckets: Vec<Bucket>,
    /// Whether each is in the old lock.
    pub(crate) locked: Vec<bool>,
    pub(crate) unreadable: usize,
    matches: HashMap<Requirement, Arc<[bool]>>,
}

/// Versions in order, lowest first, each with its dependencies in order: those of the source, where it gave
/// them so.
#[derive(Debug)]
pub(crate) struct Versions(Arc<Candidates>);

impl Versions {
    fn of(mut candidates: Arc<Candidates>) -> Versions {
        let versions = &candidates.versions;
        let is_in_order = versions.is_sorted_by(|a, b| a.version < b.version)
            && versions
                .iter()
                .all(|candidate| candidate.dependencies.is_sorted_by(|a, b| by_alias(a, b).is_le()));
        if !is_in_order {
            let versions = &mut Arc::make_mut(&mut candidates).versions;
            // The same version twice is a mistake of the source; which one is taken may not depend on
            // the order they come in.
            versions.sort_by(|a, b| {
                a.version.cmp(&b.version).then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
            });
            versions.dedup_by(|a, b| a.version == b.version);
            for candidate in versions {
                candidate.dependencies.sort_by(by_alias);
            }
        }
        Versions(candidates)
    }
}

impl Deref for Versions {
    type Target = [Candidate];

    fn deref(&self) -> &[Candidate] {
        &self.0.versions
    }
}

impl Listing {
    /// Which versions meet a requirement.
    pub(crate) fn matches(&mut self, requirement: &Requirement) -> Arc<[bool]> {
        if let Some(known) = self.matches.get(requirement) {
            return known.clone();
        }
        let found: Arc<[bool]> =
            self.versions.iter().map(|candidate| requirement.matches(&candidate.version)).collect();
        self.matches.insert(requirement.clone(), found.clone());
        found
    }
}

/// Every package that was asked for.
pub(crate) struct Catalog<'a, S: Source> {
    pub(crate) problem: &'a Problem,
    source: &'a mut S,
    locked: BTreeMap<Package, BTreeSet<Version>>,
    known: HashMap<Package, PackageId>,
    hinted: HashSet<Package>,
    pub(crate) listings: Vec<Listing>,
}

impl<'a, S: Source> Catalog<'a, S> {
    pub(crate) fn new(problem: &'a Problem, source: &'a mut S) -> Catalog<'a, S> {
        let mut locked: BTreeMap<Package, BTreeSet<Version>> = BTreeMap::new();
        for (package, version) in &problem.preferences {
            locked.entry(package.clone()).or_default().insert(version.clone());
        }
        let (known, hinted) = (HashMap::new(), HashSet::new());
        let mut catalog = Catalog { problem, source, locked, known, hinted, listings: Vec::new() };
        let roots = problem.roots.iter().flat_map(|root| &root.dependencies);
        let soon: Vec<Package> = roots.map(|root| root.dependency.package.clone()).collect();
        let of_lock: Vec<Package> = catalog.locked.keys().cloned().collect();
        catalog.prefetch(soon.iter().chain(&of_lock));
        catalog
    }

    /// The old lock.
    pub(crate) fn locked(&self) -> &BTreeMap<Package, BTreeSet<Version>> {
        &self.locked
    }

    /// Tells the source what will be asked for, each package once.
    pub(crate) fn prefetch<'p>(&mut self, packages: impl IntoIterator<Item = &'p Package>) {
        let mut soon = Vec::new();
        for package in packages {
            if !self.known.contains_key(package) && self.hinted.insert(package.clone()) {
                soon.push(package.clone());
            }
        }
        if !soon.is_empty() {
            self.source.prefetch(&soon);
        }
    }

    /// Whether a package was asked for.
    pub(crate) fn is_known(&self, package: &Package) -> bool {
        self.known.contains_key(package)
    }

    /// Asks for a package, unless it is known.
    pub(crate) fn load(&mut self, package: &Package) -> Result<PackageId, S::Error> {
        if let Some(id) = self.known.get(package) {
            return Ok(*id);
        }
        let candidates = self.source.candidates(package)?;
        let listing = self.listing(package, candidates);
        self.known.insert(package.clone(), self.listings.len());
        self.listings.push(listing);
        Ok(self.listings.len() - 1)
    }

    fn listing(&self, package: &Package, candidates: Arc<Candidates>) -> Listing {
        let unreadable = candidates.unreadable;
        let versions = Versions::of(candidates);
        let of_lock = self.locked.get(package);
        let locked: Vec<bool> = versions
            .iter()
            .map(|candidate| of_lock.is_some_and(|of_lock| of_lock.contains(&candidate.version)))
            .collect();
        let settings = &self.problem.settings;
        let bars = versions.iter().zip(&locked);
        let bars: Vec<Vec<Bar>> =
            bars.map(|(candidate, is_locked)| self.bars(package, candidate, *is_locked)).collect();
        Listing {
            package: package.clone(),
            only_bars: bars
                .iter()
                .map(|bars| <[Bar; 1]>::try_from(bars.as_slice()).ok().map(|[bar]| bar))
                .collect(),
            bars: bars.iter().map(|bars| bars.first().copied()).collect(),
            buckets: versions.iter().map(|candidate| Bucket::of(&candidate.version, settings)).collect(),
            locked,
            versions,
            unreadable,
            matches: HashMap::new(),
        }
    }

    /// Everything that keeps a version from being chosen, what cannot change first.
    fn bars(&self, package: &Package, candidate: &Candidate, is_locked: bool) -> Vec<Bar> {
        let settings = &self.problem.settings;
        let is_yanked = candidate.yanked && !is_locked;
        let needed = candidate.requires_stryke.as_ref().filter(|_| !settings.ignore_requires_stryke);
        let is_for_others = needed.is_some_and(|needed| !suits(needed, &self.problem.stryke));
        let edition = candidate.edition.as_ref();
        let is_foreign = edition.is_some_and(|edition| !self.problem.editions.contains(edition));
        let newest = self.problem.now_unix.zip(settings.cooldown_s);
        let newest = newest.map(|(now, cooldown)| now.saturating_sub(cooldown));
        let is_new = candidate.published_unix.zip(newest).is_some_and(|(at, newest)| at > newest);
        let is_exempt = || settings.exempt.contains(&(package.name.clone(), candidate.version.clone()));
        let is_too_new = is_new && !is_locked && !is_exempt();
        let bars = [
            (is_yanked, Bar::Yanked),
            (is_for_others, Bar::Stryke),
            (is_foreign, Bar::Edition),
            (is_too_new, Bar::Cooldown),
        ];
        bars.into_iter().filter(|(is_there, _)| *is_there).map(|(_, bar)| bar).collect()
    }

    /// Whether only requirements for one version are allowed.
    pub(crate) fn is_exact(&self) -> bool {
        self.problem.settings.policy == Policy::Exact
    }
}

/// Whether a release of stryke meets a requirement. A prerelease passes for the release it leads to.
pub fn suits(requirement: &Requirement, stryke: &Version) -> bool {
    let release = Version::new(stryke.major, stryke.minor, stryke.patch);
    requirement.matches(stryke) || requirement.matches(&release)
}

fn by_alias(a: &Dependency, b: &Dependency) -> std::cmp::Ordering {
    let key =
        |dependency: &Dependency| (dependency.package.clone(), dependency.requirement.as_str().to_owned());
    a.alias.cmp(&b.alias).then_with(|| key(a).cmp(&key(b)))
}
