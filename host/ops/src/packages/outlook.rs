//! What the newest answer would be, while nothing is chosen: for `s outdated`.
//!
//! Registries are asked as for `s update`; commits of repositories stay as they are locked. Where there
//! is no answer because a locked version is yanked and nothing else fits, that version is held, and so
//! few of them as will do, so that the others are told all the same.

use std::collections::BTreeSet;
use std::sync::Arc;

use s_project::{LockedPackage, PackageName, PackageSource, Version};
use s_resolver::{Package, Resolution, Root, SourceId};

use super::{Graph, Keep, Project, locked_packages, refuse_replaced};
use crate::failure::{Failure, FailureKind};
use crate::{Context, Step};

/// How many yanked versions are let go one by one to see which of them has to stay; with more, all stay.
const TRIED_MAX: usize = 32;

/// The newest answer, and what had to be held for it.
pub(crate) struct Outlook {
    /// The graph, with everything that was listed.
    pub(crate) graph: Graph,
    packages: Vec<LockedPackage>,
    stuck: BTreeSet<(PackageName, Version)>,
}

impl Outlook {
    /// Asks the registries of a project that is locked.
    ///
    /// # Errors
    /// Those of resolving, where no yanked version is the reason.
    pub(crate) fn read(context: &Arc<Context>, project: &Project) -> Result<Outlook, Failure> {
        let mut graph = Graph::new(context, &project.root, &project.lock, &Keep::All);
        let roots = context.step(Step::Graph, || graph.roots(&project.members))?;
        let resolution = newest(context, project, &mut graph, roots)?;
        let packages = locked_packages(&resolution, &graph);
        context.step(Step::Compare, || refuse_replaced(&project.lock, &packages))?;
        let yanked = resolution.nodes.iter().filter(|node| node.yanked);
        let stuck = yanked.map(|node| (node.package.name.clone(), node.version.clone())).collect();
        Ok(Outlook { graph, packages, stuck })
    }

    /// The versions of a package in the newest answer.
    pub(crate) fn versions_of(&self, name: &PackageName) -> impl Iterator<Item = &Version> {
        self.packages.iter().filter(move |package| package.name == *name).map(|package| &package.version)
    }

    /// Whether a version is yanked and stays because nothing else fits.
    pub(crate) fn is_stuck(&self, name: &PackageName, version: &Version) -> bool {
        self.stuck.contains(&(name.clone(), version.clone()))
    }
}

fn newest(
    context: &Arc<Context>,
    project: &Project,
    graph: &mut Graph,
    roots: Vec<Root>,
) -> Result<Resolution, Failure> {
    let mut problem = project.problem(context, roots, Vec::new());
    let none = match project.solve(context, &problem, graph) {
        Err(failure) if failure.kind == FailureKind::NoSolution => failure,
        ended => return ended,
    };
    let mut held = yanked(project, graph)?;
    problem.preferences = held.clone();
    let mut best = match project.solve(context, &problem, graph) {
        Ok(resolution) => resolution,
        Err(failure) if failure.kind == FailureKind::NoSolution => {
            // Something else keeps the lock together, such as the cooldown.
            problem.preferences = graph.preferences();
            return project.solve(context, &problem, graph).map_err(|_| none);
        }
        Err(failure) => return Err(failure),
    };
    if held.len() > TRIED_MAX {
        return Ok(best);
    }
    for one in held.clone() {
        problem.preferences = held.iter().filter(|other| **other != one).cloned().collect();
        match project.solve(context, &problem, graph) {
            Ok(resolution) => {
                best = resolution;
                held.retain(|other| *other != one);
            }
            Err(failure) if failure.kind == FailureKind::NoSolution => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(best)
}

/// The locked versions that are yanked.
fn yanked(project: &Project, graph: &mut Graph) -> Result<Vec<(Package, Version)>, Failure> {
    let mut found = Vec::new();
    for package in project.lock.packages() {
        let PackageSource::Registry(url) = &package.source else { continue };
        graph.registries.versions(url, &package.name)?;
        if super::yanked::reason(package, graph).is_some() {
            let source = SourceId::new(&package.source.to_string());
            found.push((Package { name: package.name.clone(), source }, package.version.clone()));
        }
    }
    Ok(found)
}
