//! `s outdated`, and `s update --latest`: what is newer than what is locked.

use std::collections::BTreeSet;
use std::sync::Arc;

use s_project::{DependencyOrigin, DependencyRequest, PackageName, PackageSource, Version};

use crate::Context;
use crate::failure::Failure;
use crate::package_add::compatible;
use crate::packages::{Keep, Project, Resolved, yanked};
use crate::plugins::install::not_editable;

/// A package that could be newer.
#[derive(Clone, Debug)]
pub struct OutdatedPackage {
    /// The package.
    pub name: PackageName,
    /// The version that is locked.
    pub locked: Version,
    /// The version that `s update` would bring.
    pub compatible: Version,
    /// The newest release there is.
    pub newest: Version,
    /// Whether the project names it itself.
    pub is_direct: bool,
}

/// A requirement that was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// What the dependency is called.
    pub alias: String,
    /// What was written.
    pub before: String,
    /// What is written now.
    pub after: String,
}

/// Compares the lock with what the registries have, and warns of what was yanked. Nothing is changed.
pub fn package_outdated(context: &Arc<Context>) -> Result<Vec<OutdatedPackage>, Failure> {
    let project = Project::read(context, None)?;
    project.must_be_locked(context)?;
    let resolved = project.resolve(context, &Keep::Nothing)?;
    let direct: BTreeSet<&PackageName> = project
        .members
        .iter()
        .flat_map(|member| member.manifest.dependencies())
        .map(|request| &request.package)
        .collect();
    let mut outdated = Vec::new();
    for package in project.lock.packages() {
        if !matches!(package.source, PackageSource::Registry(_)) {
            continue;
        }
        let newer = resolved.graph.newer(&package.name, &package.version);
        // Of several versions of one package, the one that can stand in the place of this one.
        let same = |other: &Version| compatible(&package.version, Default::default()).matches(other);
        let of_name = resolved.lock.packages().filter(|other| other.name == package.name);
        let next = of_name.map(|other| &other.version).filter(|version| same(version)).max();
        let found = OutdatedPackage {
            name: package.name.clone(),
            locked: package.version.clone(),
            compatible: next.unwrap_or(&package.version).clone(),
            newest: newer.last().unwrap_or(&package.version).clone(),
            is_direct: direct.contains(&package.name),
        };
        if found.compatible > found.locked || found.newest > found.locked {
            outdated.push(found);
        }
    }
    yanked::warn_locked(context, &project.lock, &resolved.graph);
    Ok(outdated)
}

/// Raises what the members ask for to the newest releases: of the packages that are named, or of all.
/// Requirements that admit them stay as they are.
pub(crate) fn raise(
    context: &Arc<Context>,
    project: &mut Project,
    names: Option<&BTreeSet<PackageName>>,
) -> Result<Vec<Raised>, Failure> {
    let bare = project.root_manifest().resolver().bare;
    let Resolved { mut graph, .. } = project.resolve(context, &Keep::All)?;
    let mut raised = Vec::new();
    for at in 0..project.members.len() {
        let requests: Vec<DependencyRequest> = project.members[at].manifest.dependencies().to_vec();
        for request in requests {
            let DependencyOrigin::Registry { requirement, registry } = &request.origin else { continue };
            if names.is_some_and(|names| !names.contains(&request.package)) {
                continue;
            }
            let Some(newest) = graph.newest(&request.package, registry.as_deref())? else { continue };
            if requirement.matches(&newest) {
                continue;
            }
            let raising = compatible(&newest, bare);
            let (group, alias) = (&request.group, request.alias.as_str());
            let manifest = &mut project.members[at].manifest;
            if !manifest.set_requirement(group, alias, &raising).map_err(not_editable)? {
                let root = &mut project.members[0].manifest;
                root.set_workspace_requirement(alias, &raising).map_err(not_editable)?;
            }
            let raise = Raised {
                alias: request.alias.clone(),
                before: requirement.to_string(),
                after: raising.to_string(),
            };
            // Several members can inherit one entry.
            if !raised.contains(&raise) {
                raised.push(raise);
            }
        }
    }
    Ok(raised)
}
