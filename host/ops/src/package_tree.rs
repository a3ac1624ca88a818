//! `s tree` and `s why`: the lock as people ask about it. Both read files and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{Group, LockedPackage, PackageName, PackageSource, Version};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::Project;

/// The packages of a project, and who needs them.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What the project calls itself.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// What it needs itself, by table and alias: the place of a package.
    pub roots: Vec<(Group, String, usize)>,
    /// Every package of the lock.
    pub packages: Vec<TreePackage>,
}

/// One package of the lock.
#[derive(Clone, Debug)]
pub struct TreePackage {
    /// The name.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// Where it came from.
    pub source: PackageSource,
    /// The features that somebody turned on.
    pub features: Vec<String>,
    /// What it needs, by alias: places of packages.
    pub dependencies: Vec<(String, usize)>,
    /// Whether other versions of it are there too.
    pub has_others: bool,
}

/// Reads the tree of the project's lock.
pub fn package_tree(context: &Arc<Context>) -> Result<Tree, Failure> {
    let project = Project::read(context)?;
    if !project.is_locked(context)? {
        let diagnostic =
            Diagnostic::error(Code::LOCK_DRIFT, "`stryke.lock` does not fit `stryke.toml`").hint("s lock");
        return Err(Failure::new(FailureKind::LockDrift, diagnostic));
    }
    let packages: Vec<&LockedPackage> = project.stated.lock.packages().collect();
    let mut places: BTreeMap<(&PackageName, &Version), usize> = BTreeMap::new();
    let mut counts: BTreeMap<&PackageName, usize> = BTreeMap::new();
    for (place, package) in packages.iter().enumerate() {
        places.insert((&package.name, &package.version), place);
        *counts.entry(&package.name).or_default() += 1;
    }
    let manifest = &project.stated.manifest;
    let mut roots = Vec::new();
    for request in manifest.dependencies() {
        // Which of several versions the project itself was given follows from what it asks for.
        let stated = match &request.origin {
            s_project::DependencyOrigin::Workspace => manifest
                .workspace()
                .and_then(|workspace| {
                    workspace.dependencies.iter().find(|other| other.alias == request.alias)
                })
                .unwrap_or(request),
            _ => request,
        };
        let suits = |package: &&LockedPackage| {
            package.name == stated.package
                && match &stated.origin {
                    s_project::DependencyOrigin::Registry { requirement, .. } => {
                        requirement.matches(&package.version)
                    }
                    s_project::DependencyOrigin::Path { .. } => {
                        matches!(package.source, PackageSource::Path(_))
                    }
                    _ => true,
                }
        };
        let found = packages.iter().rposition(suits);
        roots.extend(found.map(|place| (request.group.clone(), request.alias.clone(), place)));
    }
    let tree = packages.iter().map(|package| TreePackage {
        name: package.name.clone(),
        version: package.version.clone(),
        source: package.source.clone(),
        features: package.features.clone(),
        dependencies: package
            .dependencies
            .iter()
            .filter_map(|needed| Some((needed.alias.clone(), *places.get(&(&needed.name, &needed.version))?)))
            .collect(),
        has_others: counts.get(&package.name).is_some_and(|count| *count > 1),
    });
    Ok(Tree {
        name: manifest.package().name.clone().unwrap_or_else(|| "this project".to_owned()),
        version: manifest.package().version.clone(),
        packages: tree.collect(),
        roots,
    })
}

impl Tree {
    /// The shortest way from the project to each version of a package: the table, then places.
    pub fn ways_to(&self, name: &str) -> Result<Vec<(Group, Vec<usize>)>, Failure> {
        let mut before: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        let mut group_of: BTreeMap<usize, Group> = BTreeMap::new();
        let mut next: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
        for (group, _, place) in &self.roots {
            if before.insert(*place, None).is_none() && !group_of.contains_key(place) {
                group_of.insert(*place, group.clone());
                next.push_back(*place);
            }
        }
        while let Some(place) = next.pop_front() {
            for (_, needed) in &self.packages[place].dependencies {
                if !before.contains_key(needed) {
                    before.insert(*needed, Some(place));
                    next.push_back(*needed);
                }
            }
        }
        let wanted = |place: &usize| self.packages[*place].name.as_str() == name;
        let ways: Vec<(Group, Vec<usize>)> = before
            .keys()
            .filter(|place| wanted(place))
            .map(|place| {
                let mut way = vec![*place];
                while let Some(Some(earlier)) = before.get(way.last().expect("it has one")) {
                    way.push(*earlier);
                }
                way.reverse();
                (group_of[&way[0]].clone(), way)
            })
            .collect();
        if ways.is_empty() {
            return Err(self.unknown(name));
        }
        Ok(ways)
    }

    fn unknown(&self, name: &str) -> Failure {
        let message = format!("nothing here needs a package `{}`", name.escape_debug());
        let mut diagnostic = Diagnostic::error(Code::DEPENDENCY_UNKNOWN, message);
        let known: BTreeSet<&str> = self.packages.iter().map(|package| package.name.as_str()).collect();
        let known: Vec<&str> = known.into_iter().collect();
        if let Some(near) = s_project::nearest_name(name, &known) {
            diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
        }
        Failure::new(FailureKind::Failed, diagnostic)
    }
}
