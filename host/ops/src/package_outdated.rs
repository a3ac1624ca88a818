//! `s outdated`, and `s update --latest`: what is newer than what is locked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{
    DependencyOrigin, DependencyRequest, GitReference, LockedPackage, PackageName, PackageSource,
    ProjectLock, Version,
};
use s_resolver::{Package, SourceId};
use s_source::{GitError, TaggedVersion};

use crate::Context;
use crate::failure::Failure;
use crate::package_add::compatible;
use crate::packages::{Answers, Graph, Keep, Outlook, Project, Resolved, repositories, yanked};
use crate::plugins::install::not_editable;

/// How many repositories are asked for their tags at the same time.
const ASKED_AT_ONCE_MAX: usize = 8;

/// A package that could be newer, or that should not be what it is.
#[derive(Clone, Debug)]
pub struct OutdatedPackage {
    /// The package.
    pub name: PackageName,
    /// The version that is locked. Of a repository, that of the tag which leads to its commit.
    pub locked: Version,
    /// The version that `s update` would bring; none where the locked one is yanked and nothing else
    /// fits.
    pub compatible: Option<Version>,
    /// The newest release there is.
    pub newest: Version,
    /// Why the locked version is yanked, if it is; empty where nobody said why.
    pub yanked: Option<String>,
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

/// Compares the lock with what the registries have, and with the tags of repositories, and warns of
/// what was yanked. Nothing is changed. Offline, tags are those that were last seen, and that is told.
pub fn package_outdated(context: &Arc<Context>) -> Result<Vec<OutdatedPackage>, Failure> {
    let project = Project::read(context, None)?;
    project.must_be_locked(context)?;
    let outlook = Outlook::read(context, &project)?;
    let tags = tags(context, &project.lock, &outlook.graph)?;
    let direct: BTreeSet<&PackageName> = project
        .members
        .iter()
        .flat_map(|member| member.manifest.dependencies())
        .map(|request| &request.package)
        .collect();
    let mut outdated = Vec::new();
    for package in project.lock.packages() {
        let is_direct = direct.contains(&package.name);
        let found = match &package.source {
            PackageSource::Registry(_) => Some(of_registry(package, &outlook, is_direct)),
            PackageSource::Git { url, .. } => tags
                .get(url.as_str())
                .and_then(|tags| of_repository(package, tags, &outlook.graph, is_direct)),
            PackageSource::Path(_) => None,
        };
        outdated.extend(found.filter(|found| {
            let is_newer = found.compatible.as_ref().is_some_and(|version| *version > found.locked);
            is_newer || found.newest > found.locked || found.compatible.is_none()
        }));
    }
    yanked::warn_locked(context, &project.lock, &outlook);
    Ok(outdated)
}

fn of_registry(package: &LockedPackage, outlook: &Outlook, is_direct: bool) -> OutdatedPackage {
    let (name, locked) = (&package.name, &package.version);
    let newer = outlook.graph.newer(name, locked);
    // Of several versions of one package, the one that can stand in the place of this one.
    let same = |other: &&Version| compatible(locked, Default::default()).matches(other);
    let next = outlook.versions_of(name).filter(same).max().unwrap_or(locked);
    OutdatedPackage {
        name: name.clone(),
        locked: locked.clone(),
        compatible: (!outlook.is_stuck(name, locked)).then(|| next.clone()),
        newest: newer.last().unwrap_or(locked).clone(),
        yanked: yanked::reason(package, &outlook.graph).map(str::to_owned),
        is_direct,
    }
}

/// A package of a repository beside the tags of that. One that lies beside another in the same commit
/// follows that one: nothing is told of it.
fn of_repository(
    package: &LockedPackage,
    tags: &[TaggedVersion],
    graph: &Graph,
    is_direct: bool,
) -> Option<OutdatedPackage> {
    let PackageSource::Git { commit, .. } = &package.source else { return None };
    let reference = reference_of(package, graph)?;
    // A repository may count otherwise in its tags than in its manifest.
    let tagged = tags.iter().find(|tagged| tagged.commit.as_str() == commit);
    let locked = tagged.map_or(&package.version, |tagged| &tagged.version);
    let versions = || tags.iter().map(|tagged| &tagged.version);
    let fitting = match reference {
        GitReference::Version(requirement) => versions().filter(|one| requirement.matches(one)).max(),
        _ => None,
    };
    let newest = versions().filter(|version| version.pre.is_empty()).max();
    Some(OutdatedPackage {
        name: package.name.clone(),
        locked: locked.clone(),
        compatible: Some(fitting.unwrap_or(locked).max(locked).clone()),
        newest: newest.unwrap_or(locked).max(locked).clone(),
        yanked: None,
        is_direct,
    })
}

/// What a dependency named to get the package of a repository.
fn reference_of<'a>(package: &LockedPackage, graph: &'a Graph) -> Option<&'a GitReference> {
    let source = SourceId::new(&package.source.to_string());
    graph.reference(&Package { name: package.name.clone(), source })
}

/// The tags of every repository that the lock has packages of, by its address; several repositories
/// are asked at the same time.
fn tags(
    context: &Arc<Context>,
    lock: &ProjectLock,
    graph: &Graph,
) -> Result<BTreeMap<String, Vec<TaggedVersion>>, Failure> {
    let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock.packages() {
        if let PackageSource::Git { url, .. } = &package.source
            && reference_of(package, graph).is_some()
        {
            names.entry(url).or_default().insert(package.name.as_str());
        }
    }
    if context.is_offline() && !names.is_empty() {
        let names: BTreeSet<&str> = names.values().flatten().copied().collect();
        let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
        let message = format!("offline nobody knows whether there are newer tags of {}", names.join(", "));
        let diagnostic = Diagnostic::warning(Code::OFFLINE, message)
            .note("what is shown of them is what was last seen")
            .hint("without --offline their repositories are asked");
        context.frontend().warn(&diagnostic);
    }
    let urls: Vec<&str> = names.into_keys().collect();
    let mut found = BTreeMap::new();
    for some in urls.chunks(ASKED_AT_ONCE_MAX) {
        let answers = std::thread::scope(|scope| {
            let started: Vec<_> = some
                .iter()
                .map(|url| {
                    let git = graph.git().clone();
                    scope.spawn(move || git.tags(url))
                })
                .collect();
            started.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
        });
        for (url, answer) in some.iter().zip(answers) {
            let answer = answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let tags = match answer {
                Ok(tags) => tags,
                Err(GitError::Offline { .. }) => Vec::new(),
                Err(error) => return Err(repositories::failure(error)),
            };
            found.insert((*url).to_owned(), tags);
        }
    }
    Ok(found)
}

/// Raises what the members ask for to the newest releases: of the packages that are named, or of all.
/// Requirements that admit them stay as they are.
pub(crate) fn raise(
    context: &Arc<Context>,
    project: &mut Project,
    names: Option<&BTreeSet<PackageName>>,
) -> Result<Vec<Raised>, Failure> {
    let bare = project.root_manifest().resolver().bare;
    let Resolved { mut graph, .. } = project.resolve(context, &Keep::All, Answers::New)?;
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
