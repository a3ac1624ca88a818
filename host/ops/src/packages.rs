//! Packages of a project: from what `stryke.toml` asks for to a lock, and from a lock to a store
//! that has everything in it.
//!
//! Every command that needs packages goes these steps in this order; `-v` tells them: read the
//! manifest, build the graph, solve, compare with the old lock, look into the store, fetch, check,
//! unpack, write lock and manifest. Nothing of a package is ever run. The files are written last, so
//! that whatever ends a command before leaves the old ones and at most more packages in the store.

mod conflict;
mod fetch;
mod graph;
mod moved;
mod near;
mod outlook;
mod project;
mod provenance;
pub(crate) mod registries;
pub(crate) mod repositories;
pub(crate) mod yanked;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{
    DependencyRequest, LockedDependency, LockedPackage, LockedRegistry, PackageName, PackageSource,
    ProjectLock, Version,
};
use s_resolver::{Package, Problem, Resolution, Root};
use s_store::Sha256Digest;

pub use fetch::Fetched;
pub(crate) use fetch::{fill_store, key_of, vanished};
pub(crate) use graph::{Graph, Origin};
pub(crate) use outlook::Outlook;
pub(crate) use project::{MAIN, Member, Project};
pub(crate) use provenance::Declared;
use registries::Registries;

use crate::failure::{Failure, FailureKind};
use crate::plugins::install::not_editable;
use crate::registry::{LISTING_AGE_MAX, trust};
use crate::{Context, Step};

/// The folder of a project with copies of its packages, which `s vendor` makes.
pub(crate) const VENDOR: &str = "vendor";

/// Which versions of the old lock are kept where they still suit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// All.
    All,
    /// None: everything may move to the newest that will do.
    Nothing,
    /// All but these.
    AllBut(BTreeSet<PackageName>),
}

impl Keep {
    /// Whether what the lock has of a package is kept.
    pub(crate) fn holds(&self, name: &PackageName) -> bool {
        match self {
            Keep::All => true,
            Keep::Nothing => false,
            Keep::AllBut(names) => !names.contains(name),
        }
    }
}

/// Which answers of registries will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Those of a moment ago, except of what may move. Before an error is told, everybody is asked.
    Young,
    /// Only new ones.
    New,
}

/// A difference between two locks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The package.
    pub name: PackageName,
    /// The versions that are gone, ascending.
    pub before: Vec<Version>,
    /// The versions that came, ascending.
    pub after: Vec<Version>,
}

/// A lock that suits a project, and what it took.
pub(crate) struct Resolved {
    pub(crate) lock: ProjectLock,
    pub(crate) graph: Graph,
    /// What the members themselves were given; empty when the old lock was taken as it was.
    pub(crate) chosen: Vec<Chosen>,
}

/// What an entry of a manifest was given.
pub(crate) struct Chosen {
    /// The place of the member it belongs to.
    pub(crate) member: usize,
    /// The entry.
    pub(crate) request: DependencyRequest,
    /// The package.
    pub(crate) name: PackageName,
    /// The version of it.
    pub(crate) version: Version,
}

impl Project {
    /// Whether the lock was made for these very manifests.
    ///
    /// # Errors
    /// [`FailureKind::Integrity`] where it was, and takes a package from where no manifest says.
    pub(crate) fn is_locked(&self, context: &Arc<Context>) -> Result<bool, Failure> {
        let manifests = graph::manifests(context, self)?;
        if self.lock.manifest_hash() != Some(&graph::manifest_hash(self, &manifests)) {
            return Ok(false);
        }
        provenance::check(context, self, &manifests)?;
        Ok(true)
    }

    /// An error where the lock was made for these manifests, and was changed by somebody since.
    pub(crate) fn must_be_sound(&self, context: &Arc<Context>) -> Result<(), Failure> {
        self.is_locked(context).map(drop)
    }

    /// An error where the lock was made for other manifests, or is not there yet although something is
    /// asked for.
    pub(crate) fn must_be_locked(&self, context: &Arc<Context>) -> Result<(), Failure> {
        self.must_have_lock()?;
        if !self.has_lock()? || self.is_locked(context)? {
            return Ok(());
        }
        let diagnostic =
            Diagnostic::error(Code::LOCK_DRIFT, "`stryke.lock` does not fit `stryke.toml`").hint("s lock");
        Err(Failure::new(FailureKind::LockDrift, diagnostic))
    }

    /// An error where something is asked for and nothing was locked yet.
    pub(crate) fn must_have_lock(&self) -> Result<(), Failure> {
        let asks = self.members.iter().any(|member| !member.manifest.dependencies().is_empty());
        if !asks || self.has_lock()? {
            return Ok(());
        }
        let diagnostic = Diagnostic::error(Code::LOCK_DRIFT, "there is no `stryke.lock` yet")
            .note("it says which versions the packages of `stryke.toml` are")
            .hint("to choose them and bring them here: s install")
            .hint("to choose them and no more: s lock");
        Err(Failure::new(FailureKind::LockDrift, diagnostic))
    }

    /// Finds versions for everything the manifests ask for.
    pub(crate) fn resolve(
        &self,
        context: &Arc<Context>,
        keep: &Keep,
        answers: Answers,
    ) -> Result<Resolved, Failure> {
        self.resolve_from(context, &self.lock, keep, answers)
    }

    /// The same, with another lock than the project's as the old one.
    pub(crate) fn resolve_from(
        &self,
        context: &Arc<Context>,
        old: &ProjectLock,
        keep: &Keep,
        answers: Answers,
    ) -> Result<Resolved, Failure> {
        let moved = match old.registries().next() {
            Some(_) => moved::moved(context, &Registries::of(context)?, old)?,
            None => None,
        };
        let old = moved.as_ref().unwrap_or(old);
        let mut graph = Graph::new(context, &self.root, old, keep);
        if answers == Answers::Young {
            let age_max = self.root_manifest().resolver().index_max_age.unwrap_or(LISTING_AGE_MAX);
            match keep {
                Keep::All => graph.registries.take_young(age_max, &BTreeSet::new()),
                Keep::AllBut(names) => graph.registries.take_young(age_max, names),
                Keep::Nothing => {}
            }
        }
        let failure = match self.resolve_in(context, old, &mut graph) {
            Ok((lock, chosen)) => return Ok(Resolved { lock, graph, chosen }),
            Err(failure) => failure,
        };
        let is_final =
            matches!(failure.kind, FailureKind::Interrupted | FailureKind::Network | FailureKind::Offline);
        if is_final || !graph.registries.ask_young_again()? {
            return Err(failure);
        }
        let mut graph = Graph::new(context, &self.root, old, keep).with_registries(graph.registries);
        let (lock, chosen) = self.resolve_in(context, old, &mut graph)?;
        Ok(Resolved { lock, graph, chosen })
    }

    /// The lock that a graph leads to, and what the members were given.
    fn resolve_in(
        &self,
        context: &Arc<Context>,
        old: &ProjectLock,
        graph: &mut Graph,
    ) -> Result<(ProjectLock, Vec<Chosen>), Failure> {
        let roots = context.step(Step::Graph, || graph.roots(&self.members))?;
        let problem = self.problem(context, roots, graph.preferences());
        let resolution = self.solve(context, &problem, graph)?;
        let packages = locked_packages(&resolution, graph);
        context.step(Step::Compare, || refuse_replaced(old, &packages))?;
        yanked::warn(context, &resolution, graph)?;
        let mut lock = old.clone();
        let hash = graph::manifest_hash(self, &graph::manifests(context, self)?);
        let registries = signing(context, old, &packages)?;
        lock.set_packages(hash, packages, registries).map_err(not_editable)?;
        let edges = resolution.roots.iter().flat_map(|root| &root.edges);
        let chosen = edges.map(|edge| {
            let node = &resolution.nodes[edge.edge.node];
            let Origin { member, request } = graph.origins[edge.origin].clone();
            Chosen { member, request, name: node.package.name.clone(), version: node.version.clone() }
        });
        Ok((lock, chosen.collect()))
    }

    /// What the resolver is asked. `preferences` are versions of a lock that stay where they suit.
    fn problem(
        &self,
        context: &Arc<Context>,
        roots: Vec<Root>,
        preferences: Vec<(Package, Version)>,
    ) -> Problem {
        let mut settings = graph::settings(self.root_manifest());
        if settings.cooldown_s.is_some() {
            // Nobody waits with a known weakness for a fix to grow old.
            settings.exempt = crate::audit::fixes(context, self);
        }
        Problem {
            roots,
            preferences,
            settings,
            stryke: own_version(),
            editions: s_project::EDITIONS.map(str::to_owned).to_vec(),
            now_unix: Some(context.now_unix()),
        }
    }

    /// Asks the resolver.
    fn solve(
        &self,
        context: &Arc<Context>,
        problem: &Problem,
        graph: &mut Graph,
    ) -> Result<Resolution, Failure> {
        let resolution = context
            .step(Step::Solve, || s_resolver::solve(problem, graph))
            .map_err(|error| conflict::failure(error, graph, &self.members))?;
        match resolution.cycles.first() {
            Some(cycle) => Err(circular(&resolution, cycle)),
            None => Ok(resolution),
        }
    }

    /// The lock as it is, for a project whose manifests it fits.
    pub(crate) fn as_locked(&self, context: &Arc<Context>) -> Resolved {
        // Nothing is chosen, so nobody asks the graph what was locked.
        let graph = Graph::new(context, &self.root, &ProjectLock::default(), &Keep::All);
        Resolved { lock: self.lock.clone(), graph, chosen: Vec::new() }
    }
}

/// The version of this `s`.
pub(crate) fn own_version() -> Version {
    Version::parse(env!("CARGO_PKG_VERSION")).expect("cargo checks the version of a crate")
}

/// What differs between the packages of two locks, by name.
pub(crate) fn changes(old: &ProjectLock, new: &ProjectLock) -> Vec<Change> {
    let mut names: BTreeMap<&PackageName, [BTreeSet<&Version>; 2]> = BTreeMap::new();
    for (place, lock) in [old, new].into_iter().enumerate() {
        for package in lock.packages() {
            names.entry(&package.name).or_default()[place].insert(&package.version);
        }
    }
    let only = |these: &BTreeSet<&Version>, those: &BTreeSet<&Version>| -> Vec<Version> {
        these.difference(those).map(|version| (*version).clone()).collect()
    };
    let change = |(name, [before, after]): (&PackageName, [BTreeSet<&Version>; 2])| Change {
        name: name.clone(),
        before: only(&before, &after),
        after: only(&after, &before),
    };
    names
        .into_iter()
        .map(change)
        .filter(|change| !(change.before.is_empty() && change.after.is_empty()))
        .collect()
}

fn locked_packages(resolution: &Resolution, graph: &Graph) -> Vec<LockedPackage> {
    let mut packages = Vec::new();
    for node in &resolution.nodes {
        let artifact = graph.artifact(&node.package, &node.version);
        let features: BTreeSet<&String> =
            node.instances.iter().flat_map(|instance| &instance.features).collect();
        let edges: BTreeSet<LockedDependency> = node
            .instances
            .iter()
            .flat_map(|instance| &instance.edges)
            .map(|edge| {
                let to = &resolution.nodes[edge.node];
                LockedDependency {
                    alias: edge.alias.clone(),
                    name: to.package.name.clone(),
                    version: to.version.clone(),
                }
            })
            .collect();
        packages.push(LockedPackage {
            name: node.package.name.clone(),
            version: node.version.clone(),
            source: node.package.source.as_str().parse().expect("sources are made of such values"),
            reference: graph.reference(&node.package).map(ToString::to_string),
            integrity: artifact.map(|artifact| artifact.integrity),
            size_bytes: artifact.and_then(|artifact| artifact.size_bytes),
            tree: None,
            features: features.into_iter().cloned().collect(),
            dependencies: edges.into_iter().collect(),
        });
    }
    packages
}

/// The registries that sign, of those that packages come from: with the keys that are known, and where
/// none are, as the old lock has them.
fn signing(
    context: &Context,
    old: &ProjectLock,
    packages: &[LockedPackage],
) -> Result<Vec<LockedRegistry>, Failure> {
    let urls: BTreeSet<&str> = packages
        .iter()
        .filter_map(|package| match &package.source {
            PackageSource::Registry(url) => Some(url.as_str()),
            _ => None,
        })
        .collect();
    let mut signing: BTreeMap<String, LockedRegistry> = BTreeMap::new();
    for url in urls {
        let known = trust::known_at(context, url)?.and_then(|(_, pin)| pin);
        let known = known.map(|pin| trust::locked(url, &pin.keys));
        let before = || old.registries().find(|registry| registry.url == url).cloned();
        // Of two addresses of one registry, the other one is written out.
        if let Some(registry) = known.or_else(before) {
            signing.entry(registry.id.clone()).or_insert(registry);
        }
    }
    Ok(signing.into_values().collect())
}

/// A version that a registry has published never has other bytes.
fn refuse_replaced(old: &ProjectLock, new: &[LockedPackage]) -> Result<(), Failure> {
    let key =
        |package: &LockedPackage| (package.name.clone(), package.version.clone(), package.source.clone());
    let before: BTreeMap<_, &LockedPackage> = old.packages().map(|package| (key(package), package)).collect();
    for package in new {
        let Some(locked) = before.get(&key(package)) else { continue };
        if locked.integrity != package.integrity {
            let text =
                |digest: &Option<Sha256Digest>| digest.map_or("none".to_owned(), |digest| digest.to_string());
            let message =
                format!("`{}@{}` is not what it was when it was locked", package.name, package.version);
            let diagnostic = Diagnostic::error(Code::LOCK_INTEGRITY, message)
                .note(format!("the lock has {}", text(&locked.integrity)))
                .note(format!("{} has {}", package.source, text(&package.integrity)))
                .note("a published version never changes: it was replaced on the server, or somebody changed the lock");
            return Err(Failure::new(FailureKind::Integrity, diagnostic));
        }
    }
    Ok(())
}

fn circular(resolution: &Resolution, cycle: &[usize]) -> Failure {
    let name = |node: &usize| resolution.nodes[*node].package.name.to_string();
    let mut path: Vec<String> = cycle.iter().map(name).collect();
    path.extend(cycle.first().map(name));
    let diagnostic = Diagnostic::error(Code::DEPENDENCY_CYCLE, "packages depend on each other in a circle")
        .note(path.join(" → "));
    Failure::new(FailureKind::NoSolution, diagnostic)
}

/// Reads a lock file's packages that need bytes: everything that is not a folder.
pub(crate) fn remote(lock: &ProjectLock) -> impl Iterator<Item = (&LockedPackage, &str, Sha256Digest)> {
    lock.packages().filter_map(|package| match (&package.source, package.integrity) {
        (PackageSource::Registry(url), Some(integrity)) => Some((package, url.as_str(), integrity)),
        _ => None,
    })
}
