//! What the resolver is asked: packages, candidates, requirements and settings.
//!
//! Plain values. Reading them from manifests and indexes is left to the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

pub(crate) use s_project::{MultiVersion, Policy};
use s_project::{PackageName, Requirement, Version};

/// How much work a solve may do unless it is told otherwise, in looks at one rule: seconds.
pub const WORK_MAX: u64 = 50_000_000;

/// Where a package comes from: the identity of a registry, a path or a git source. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(Arc<str>);

impl SourceId {
    /// The source of this identity; its text means nothing here.
    pub fn new(identity: &str) -> SourceId {
        SourceId(identity.into())
    }

    /// The identity.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A package: the same name from another source is another package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Package {
    /// Its name.
    pub name: PackageName,
    /// Where it comes from.
    pub source: SourceId,
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// What a package, or a root, needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The name it has for whoever needs it.
    pub alias: String,
    /// What is needed.
    pub package: Package,
    /// Which versions will do.
    pub requirement: Requirement,
    /// Whether it is needed only when a feature activates it. Not looked at in a root.
    pub optional: bool,
    /// The features that are asked of it.
    pub features: Vec<String>,
    /// Whether its feature `default` is asked of it too, if it has one.
    pub default_features: bool,
}

/// One version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The version.
    pub version: Version,
    /// Whether its publisher took it back: never chosen unless locked.
    pub yanked: bool,
    /// When it was published, in seconds since 1970; a version of unknown age passes every cooldown.
    pub published_unix: Option<u64>,
    /// Which releases of stryke it needs.
    pub requires_stryke: Option<Requirement>,
    /// The edition of the language it is written in, where it says so.
    pub edition: Option<String>,
    /// What it needs.
    pub dependencies: Vec<Dependency>,
    /// By feature: other features, `dep:ALIAS`, `ALIAS/FEATURE` and `ALIAS?/FEATURE`.
    pub features: BTreeMap<String, Vec<String>>,
}

/// Every version of a package that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// In any order, each version once.
    pub versions: Vec<Candidate>,
    /// How many more there are that this `s` could not read.
    pub unreadable: usize,
}

/// Who knows the candidates.
pub trait Source {
    /// Why candidates could not be had.
    type Error: std::error::Error + 'static;

    /// Says which packages will probably be asked for soon; may be ignored.
    fn prefetch(&mut self, packages: &[Package]);

    /// All versions of a package; none for a package that does not exist.
    ///
    /// # Errors
    /// Ends the solve, which passes it on unchanged.
    fn candidates(&mut self, package: &Package) -> Result<Arc<Candidates>, Self::Error>;
}

/// How to choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which of several versions is taken.
    pub policy: Policy,
    /// Whether several versions of a package may be in one graph.
    pub multi_version: MultiVersion,
    /// How old a version has to be, in seconds, unless it is locked or exempt.
    pub cooldown_s: Option<u64>,
    /// What no cooldown holds back.
    pub exempt: BTreeSet<(PackageName, Version)>,
    /// Whether versions for other releases of stryke are taken too.
    pub ignore_requires_stryke: bool,
    /// How much work one attempt may do, in looks at one rule. A solve makes few: the lock, everything,
    /// what was chosen; what would help shares one more limit.
    pub work_max: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            policy: Policy::default(),
            multi_version: MultiVersion::default(),
            cooldown_s: None,
            exempt: BTreeSet::new(),
            ignore_requires_stryke: false,
            work_max: WORK_MAX,
        }
    }
}

/// What a root needs, and where it says so.
#[derive(Clone, Debug)]
pub struct RootDependency {
    /// What is needed.
    pub dependency: Dependency,
    /// Comes back in answers and conflicts; means nothing here.
    pub origin: usize,
}

/// A member of the workspace, or a group of its dependencies.
#[derive(Clone, Debug)]
pub struct Root {
    /// What it is called in messages.
    pub name: String,
    /// What it needs, each alias once.
    pub dependencies: Vec<RootDependency>,
}

/// The whole question.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Who needs something to begin with.
    pub roots: Vec<Root>,
    /// The old lock: kept wherever it still suits. Leave out what is to be updated.
    pub preferences: Vec<(Package, Version)>,
    /// How to choose.
    pub settings: Settings,
    /// The release of stryke that is to be suited.
    pub stryke: Version,
    /// The editions that it knows.
    pub editions: Vec<String>,
    /// The time, in seconds since 1970; without it there is no cooldown.
    pub now_unix: Option<u64>,
}
