//! `s tree` and `s why`: the lock as people ask about it. Both read files and nothing else.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{DependencyOrigin, Group, LockedPackage, PackageName, PackageSource, Version};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::{Member, Project};

/// The packages of a project, and who needs them.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The members that were asked about.
    pub members: Vec<TreeMember>,
    /// Every package of the lock.
    pub packages: Vec<TreePackage>,
}

/// A project, or one member of a workspace.
#[derive(Clone, Debug)]
pub struct TreeMember {
    /// What it calls itself.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// What it needs itself, by table and alias: the place of a package.
    pub roots: Vec<(Group, String, usize)>,
}

/// How a member comes to need a package.
#[derive(Clone, Debug)]
pub struct Way<'a> {
    /// The member.
    pub member: &'a TreeMember,
    /// The table it begins in.
    pub group: Group,
    /// The places of packages, the last of which is the one that was asked about.
    pub places: Vec<usize>,
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

/// Reads the tree of the project's lock: of the member that is named, of the one the user is in, or
/// of all where that is the root of a workspace.
pub fn package_tree(context: &Arc<Context>, member: Option<&str>) -> Result<Tree, Failure> {
    let project = Project::read(context, member)?;
    project.must_be_locked(context)?;
    let packages: Vec<&LockedPackage> = project.lock.packages().collect();
    let mut places: BTreeMap<(&PackageName, &Version), usize> = BTreeMap::new();
    let mut counts: BTreeMap<&PackageName, usize> = BTreeMap::new();
    for (place, package) in packages.iter().enumerate() {
        places.insert((&package.name, &package.version), place);
        *counts.entry(&package.name).or_default() += 1;
    }
    let is_asked =
        |(at, _): &(usize, &Member)| project.current == *at || (project.current == 0 && member.is_none());
    let members = project.members.iter().enumerate().filter(is_asked);
    // The root of a workspace that is no package has nothing to show.
    let members = members.filter(|(_, member)| {
        member.manifest.package().name.is_some() || member.manifest.workspace().is_none()
    });
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
        members: members.map(|(_, member)| of_member(member, &packages)).collect(),
        packages: tree.collect(),
    })
}

fn of_member(member: &Member, packages: &[&LockedPackage]) -> TreeMember {
    let mut roots = Vec::new();
    for request in member.manifest.dependencies() {
        // Which of several versions it was given follows from what it asks for.
        let suits = |package: &&LockedPackage| {
            package.name == request.package
                && match (&request.origin, &package.source) {
                    (DependencyOrigin::Registry { requirement, .. }, PackageSource::Registry(_)) => {
                        requirement.matches(&package.version)
                    }
                    (DependencyOrigin::Path { .. }, PackageSource::Path(_)) => true,
                    (DependencyOrigin::Git { .. }, PackageSource::Git { .. }) => true,
                    _ => false,
                }
        };
        let found = packages.iter().rposition(suits);
        roots.extend(found.map(|place| (request.group.clone(), request.alias.clone(), place)));
    }
    let package = member.manifest.package();
    TreeMember { name: member.name().to_owned(), version: package.version.clone(), roots }
}

impl Tree {
    /// The shortest ways from the members to each version of a package.
    pub fn ways_to(&self, name: &str) -> Result<Vec<Way<'_>>, Failure> {
        let mut ways = Vec::new();
        for member in &self.members {
            let found = self.ways_from(member, name).into_iter();
            ways.extend(found.map(|(group, places)| Way { member, group, places }));
        }
        if ways.is_empty() {
            return Err(self.unknown(name));
        }
        Ok(ways)
    }

    fn ways_from(&self, member: &TreeMember, name: &str) -> Vec<(Group, Vec<usize>)> {
        let mut before: BTreeMap<usize, Option<usize>> = BTreeMap::new();
        let mut group_of: BTreeMap<usize, Group> = BTreeMap::new();
        let mut next: VecDeque<usize> = VecDeque::new();
        for (group, _, place) in &member.roots {
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
        let way_to = |place: &usize| {
            let mut way = vec![*place];
            while let Some(Some(earlier)) = before.get(way.last().expect("it has one")) {
                way.push(*earlier);
            }
            way.reverse();
            (group_of[&way[0]].clone(), way)
        };
        before.keys().filter(|place| wanted(place)).map(way_to).collect()
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
