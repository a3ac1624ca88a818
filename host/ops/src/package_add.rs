//! `s add`: a dependency in the manifest, in the lock and in the store, or in none of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use s_diag::{Code, Diagnostic, Span};
use s_project::{
    Bare, DependencyOrigin, DependencyRequest, EDITIONS, GitReference, Group, PackageName, Policy,
    ProjectManifest, Requirement, Version,
};
use s_resolver::Candidate;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::{self, Answers, Change, Chosen, Fetched, Graph, Keep, Project, fill_store};
use crate::plugins::install::not_editable;

/// What is to be added.
#[derive(Clone, Debug)]
pub struct NewDependency {
    /// `NAME`, `NAME@REQUIREMENT`, or a folder, which begins with `.` or `/`.
    pub spec: String,
    /// The table it goes into.
    pub group: Group,
    /// A name of `[registries]`, or an address.
    pub registry: Option<String>,
    /// A repository to take it from, and which commit; a requirement behind `@` is one of its tags.
    pub git: Option<(String, GitReference)>,
    /// What it is called here, where that is not its name.
    pub alias: Option<String>,
    /// The features to turn on.
    pub features: Vec<String>,
    /// Whether its default features stay off.
    pub no_default_features: bool,
    /// Whether it is there only with a feature that names it.
    pub optional: bool,
}

/// One that was added.
#[derive(Clone, Debug)]
pub struct AddedDependency {
    /// What it is called.
    pub alias: String,
    /// The package.
    pub package: PackageName,
    /// The version it was given.
    pub version: Version,
    /// What was written, such as `1.4`; empty for a folder.
    pub requirement: String,
    /// Where it comes from.
    pub source: String,
    /// The table it stands in.
    pub group: Group,
    /// The releases that are newer, ascending, and not yanked.
    pub newer: Vec<Version>,
    /// Why it is this version; none where there is no choice, as of a folder.
    pub choice: Option<Choice>,
}

/// Why a version was chosen: of which, and what was passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// How many versions there are.
    pub known: usize,
    /// The requirement that was typed, if one was.
    pub stated: Option<String>,
    /// Higher versions that were passed over, by reason and descending.
    pub skipped: Vec<(SkipReason, Vec<Version>)>,
}

/// Why a higher version was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// The requirement that was typed does not admit it.
    Requirement,
    /// It is yanked.
    Yanked,
    /// It is a prerelease, and no requirement names it.
    Prerelease,
    /// It is younger than the cooldown.
    Cooldown,
    /// It needs another `s`, or is in an edition that this one does not know.
    Stryke,
    /// The policy of the project takes the lowest.
    Policy,
    /// Something else of the project, or what it needs itself, does not fit with it.
    Others,
}

impl SkipReason {
    /// The reason in one word.
    pub fn word(self) -> &'static str {
        match self {
            SkipReason::Requirement => "requirement",
            SkipReason::Yanked => "yanked",
            SkipReason::Prerelease => "prerelease",
            SkipReason::Cooldown => "cooldown",
            SkipReason::Stryke => "s",
            SkipReason::Policy => "policy",
            SkipReason::Others => "others",
        }
    }
}

/// What was done.
#[derive(Clone, Debug)]
pub struct AddedDependencies {
    /// What was asked for.
    pub added: Vec<AddedDependency>,
    /// What changed in the lock.
    pub changes: Vec<Change>,
    /// What it took to bring everything here.
    pub fetched: Fetched,
}

/// Adds dependencies to the project; `member` names the package of a workspace they are for. What is
/// added is always asked for; `answers` is about everything else.
pub fn package_add(
    context: &Arc<Context>,
    wanted: &[NewDependency],
    member: Option<&str>,
    answers: Answers,
) -> Result<AddedDependencies, Failure> {
    let mut project = Project::read(context, member)?;
    let bare = project.root_manifest().resolver().bare;
    let (mut asked, mut open) = (Vec::new(), Vec::new());
    for new in wanted {
        let (request, is_open) = request(context, &project, new, bare)?;
        asked.push((request.group.clone(), request.alias.clone()));
        project.package()?.set_dependency(&request).map_err(not_editable)?;
        if is_open {
            open.push((request.group.clone(), request.alias.clone()));
        }
    }
    // What is added may move; everything else stays.
    let names: BTreeSet<PackageName> = project
        .manifest()
        .dependencies()
        .iter()
        .filter(|request| open.contains(&(request.group.clone(), request.alias.clone())))
        .map(|request| request.package.clone())
        .collect();
    let keep = Keep::AllBut(names);
    let first = project.resolve(context, &keep, answers)?;
    // Where nobody said which versions will do, those that are compatible with the chosen one will.
    let current = project.current;
    for Chosen { request, version, .. } in first.chosen.iter().filter(|chosen| chosen.member == current) {
        if open.contains(&(request.group.clone(), request.alias.clone())) {
            let mut request = request.clone();
            if let DependencyOrigin::Registry { requirement, .. } = &mut request.origin {
                *requirement = compatible(version, bare);
            }
            project.package()?.set_dependency(&request).map_err(not_editable)?;
        }
    }
    let mut resolved = match open.is_empty() {
        true => first,
        // Everybody was asked a moment ago.
        false => project.resolve_from(context, &first.lock, &Keep::All, Answers::Young)?,
    };
    let fetched = fill_store(context, &mut resolved.graph, &resolved.lock)?;
    let changes = packages::changes(&project.lock, &resolved.lock);
    let rules = Rules::of(context, &project);
    let is_asked =
        |request: &&DependencyRequest| asked.contains(&(request.group.clone(), request.alias.clone()));
    let added = project.manifest().dependencies().iter().filter(is_asked);
    let added = added.filter_map(|request| {
        let chosen =
            resolved.chosen.iter().filter(|chosen| chosen.member == current).find(|chosen| {
                chosen.request.group == request.group && chosen.request.alias == request.alias
            })?;
        let (package, version) = (chosen.name.clone(), chosen.version.clone());
        let newer = resolved.graph.newer(&package, &version);
        let is_open = open.contains(&(request.group.clone(), request.alias.clone()));
        let choice = match &request.origin {
            DependencyOrigin::Registry { requirement, .. } => {
                let stated = (!is_open).then_some(requirement);
                rules.choice(&resolved.graph, &package, &version, stated)
            }
            _ => None,
        };
        let (requirement, source) = match &request.origin {
            DependencyOrigin::Registry { requirement, .. } => {
                (requirement.to_string(), resolved.graph.source_shown(&package))
            }
            DependencyOrigin::Path { path, .. } => (String::new(), path.clone()),
            DependencyOrigin::Git { url, .. } => (String::new(), url.clone()),
            DependencyOrigin::Workspace => (String::new(), "the workspace".to_owned()),
        };
        let (alias, group) = (request.alias.clone(), request.group.clone());
        Some(AddedDependency { alias, package, version, requirement, source, group, newer, choice })
    });
    let added: Vec<AddedDependency> = added.collect();
    project.write(context, &resolved.lock)?;
    Ok(AddedDependencies { added, changes, fetched })
}

/// What keeps versions of every package of a project from being chosen.
struct Rules {
    /// A version that was published later than this is too young; none without a cooldown.
    published_max: Option<u64>,
    /// Whether of several the lowest is taken.
    is_lowest: bool,
}

impl Rules {
    fn of(context: &Context, project: &Project) -> Rules {
        let resolver = project.root_manifest().resolver();
        let cooldown = resolver.cooldown.map(|cooldown| cooldown.as_secs()).filter(|seconds| *seconds > 0);
        Rules {
            published_max: cooldown.map(|seconds| context.now_unix().saturating_sub(seconds)),
            is_lowest: matches!(resolver.policy, Policy::Lowest | Policy::LowestDirect),
        }
    }

    /// Why a version was chosen. `stated` is what was typed.
    fn choice(
        &self,
        graph: &Graph,
        name: &PackageName,
        chosen: &Version,
        stated: Option<&Requirement>,
    ) -> Option<Choice> {
        let known = graph.versions_of(name).count();
        let mut skipped: BTreeMap<SkipReason, Vec<Version>> = BTreeMap::new();
        for candidate in graph.versions_of(name).rev().filter(|candidate| candidate.version > *chosen) {
            let reason = self.reason(candidate, stated);
            skipped.entry(reason).or_default().push(candidate.version.clone());
        }
        let stated = stated.map(ToString::to_string);
        (known > 0).then(|| Choice { known, stated, skipped: skipped.into_iter().collect() })
    }

    fn reason(&self, candidate: &Candidate, stated: Option<&Requirement>) -> SkipReason {
        let is_refused = stated.is_some_and(|stated| !stated.matches(&candidate.version));
        let is_young = candidate.published_unix.zip(self.published_max).is_some_and(|(at, max)| at > max);
        let needed = candidate.requires_stryke.as_ref();
        let is_foreign = needed.is_some_and(|needed| !s_resolver::suits(needed, &packages::own_version()))
            || candidate.edition.as_ref().is_some_and(|edition| !EDITIONS.contains(&edition.as_str()));
        match () {
            () if candidate.yanked => SkipReason::Yanked,
            () if !candidate.version.pre.is_empty() => SkipReason::Prerelease,
            () if is_refused => SkipReason::Requirement,
            () if is_foreign => SkipReason::Stryke,
            () if is_young => SkipReason::Cooldown,
            () if self.is_lowest => SkipReason::Policy,
            () => SkipReason::Others,
        }
    }
}

/// The entry to write first, and whether its versions are still open.
fn request(
    context: &Context,
    project: &Project,
    new: &NewDependency,
    bare: Bare,
) -> Result<(DependencyRequest, bool), Failure> {
    let (package, origin, is_open) = if is_folder(&new.spec) {
        let (path, name) = folder(context, project, &new.spec)?;
        (name, DependencyOrigin::Path { path, requirement: None }, false)
    } else {
        let (name, requirement) = match new.spec.split_once('@') {
            Some((name, text)) => (name, Some(text)),
            None => (new.spec.as_str(), None),
        };
        let package = package_name(name).map_err(|failure| repository_meant(name, failure))?;
        let is_open = requirement.is_none() && new.git.is_none();
        let stated = requirement;
        let requirement = match stated {
            Some(text) => Requirement::parse(text, bare).map_err(|error| {
                let message = format!("`{}` is not a requirement of versions: {error}", text.escape_debug());
                let diagnostic = Diagnostic::error(Code::REQUIREMENT, message);
                let diagnostic = match Requirement::nearest(text, bare) {
                    Some(near) => diagnostic.hint(format!("did you mean: s add {name}@{near}")),
                    None => diagnostic.hint("s explain S-3008"),
                };
                Failure::new(FailureKind::Usage, diagnostic)
            })?,
            None => Requirement::any(),
        };
        let origin = match &new.git {
            None => DependencyOrigin::Registry { requirement, registry: new.registry.clone() },
            Some((url, reference)) => DependencyOrigin::Git {
                url: url.clone(),
                reference: if stated.is_some() {
                    GitReference::Version(requirement)
                } else {
                    reference.clone()
                },
            },
        };
        (package, origin, is_open)
    };
    let alias = new.alias.clone().unwrap_or_else(|| package.to_string());
    let request = DependencyRequest {
        group: new.group.clone(),
        alias,
        package,
        origin,
        features: new.features.clone(),
        default_features: !new.no_default_features,
        optional: new.optional,
        span: Span { start: 0, end: 0 },
    };
    Ok((request, is_open))
}

/// Reads the name of a package that was typed.
pub fn package_name(text: &str) -> Result<PackageName, Failure> {
    text.parse().map_err(|error: s_project::NameError| {
        let message = format!("`{}` cannot be the name of a package: {error}", text.escape_debug());
        let diagnostic = Diagnostic::error(Code::PACKAGE_NAME, message);
        let diagnostic = match PackageName::nearest(text) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic,
        };
        Failure::new(FailureKind::Usage, diagnostic)
    })
}

/// Says how a repository is added, where a text that is no name looks like the address of one.
fn repository_meant(typed: &str, mut failure: Failure) -> Failure {
    let bare = typed.strip_prefix("git+").unwrap_or(typed);
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest).trim_end_matches('/');
    let bare = bare.trim_end_matches(".git");
    let mut parts = bare.split('/');
    let host = parts.next().filter(|host| host.contains('.') && !host.starts_with('.'));
    let name = parts.next_back().and_then(|name| name.parse().ok().or_else(|| PackageName::nearest(name)));
    if let (Some(_), Some(name), Some(first)) = (host, name, failure.diagnostics.first_mut()) {
        first.hints = vec![format!("if it is a repository: s add {name} --git https://{bare}")];
    }
    failure
}

fn is_folder(spec: &str) -> bool {
    spec.starts_with(['.', '/'])
}

/// A folder that was typed, as it is named from the project, and the package in it.
fn folder(context: &Context, project: &Project, typed: &str) -> Result<(String, PackageName), Failure> {
    let path = context.directory().join(typed);
    let manifest_path = path.join(s_project::MANIFEST_NAME);
    let source = context.source(&manifest_path)?;
    let (manifest, _) = ProjectManifest::parse(source);
    let Some(name) = &manifest.package().name else {
        let message = format!("the package in `{typed}` has no name");
        let diagnostic = Diagnostic::error(Code::PATH_DEPENDENCY, message)
            .hint("give it one in its `stryke.toml`:\n[package]\nname = \"…\"");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    };
    Ok((relative(&project.folder(), &path), package_name(name)?))
}

/// A path as it is named from a folder, with `/`. Both are absolute.
fn relative(from: &Path, to: &Path) -> String {
    let normal = |path: &Path| -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        for part in path.components() {
            match part {
                std::path::Component::CurDir => {}
                std::path::Component::ParentDir => drop(parts.pop()),
                part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        parts
    };
    let (from, to) = (normal(from), normal(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - common).map(str::to_owned);
    let parts: Vec<String> = up.chain(to[common..].iter().cloned()).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

/// From a version on, below what may break: as short as it can be written.
pub(crate) fn compatible(version: &Version, bare: Bare) -> Requirement {
    let text = match version.pre.is_empty() {
        // Two components are a caret whatever the settings; 0.0.x has no room in them.
        true if version.major == 0 && version.minor == 0 => format!("^0.0.{}", version.patch),
        true if version.patch == 0 => format!("{}.{}", version.major, version.minor),
        true => format!("^{}.{}.{}", version.major, version.minor, version.patch),
        false => format!("^{}.{}.{}-{}", version.major, version.minor, version.patch, version.pre),
    };
    Requirement::parse(&text, bare).expect("a caret in front of a version is a requirement")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_admits_what_was_chosen_and_what_is_compatible() {
        for (version, text, newer, breaking) in [
            ("1.4.0", "1.4", "1.9.0", "2.0.0"),
            ("1.4.2", "^1.4.2", "1.9.0", "2.0.0"),
            ("0.4.0", "0.4", "0.4.9", "0.5.0"),
            ("0.0.3", "^0.0.3", "0.0.3", "0.0.4"),
            ("1.0.0-rc.1", "^1.0.0-rc.1", "1.0.0", "2.0.0"),
        ] {
            let chosen: Version = version.parse().unwrap();
            for bare in [Bare::Exact, Bare::Caret] {
                let requirement = compatible(&chosen, bare);
                assert_eq!(requirement.as_str(), text);
                assert!(requirement.matches(&chosen));
                assert!(requirement.matches(&newer.parse().unwrap()));
                assert!(!requirement.matches(&breaking.parse().unwrap()));
            }
        }
    }

    #[test]
    fn an_address_that_was_typed_as_a_name_is_a_repository() {
        for (typed, expected) in [
            ("github.com/o/r", Some("s add r --git https://github.com/o/r")),
            ("https://github.com/o/R.git", Some("s add r --git https://github.com/o/R")),
            ("JSON", None),
            ("a/b/c", None),
        ] {
            let failure = repository_meant(typed, package_name(typed).unwrap_err());
            let hint = failure.diagnostics[0]
                .hints
                .iter()
                .find_map(|hint| hint.strip_prefix("if it is a repository: "));
            assert_eq!(hint, expected, "{typed}");
        }
    }

    #[test]
    fn folders_are_named_from_the_project() {
        for (from, to, expected) in [
            ("/a/b", "/a/c", "../c"),
            ("/a/b", "/a/b/./lib/x", "lib/x"),
            ("/a/b", "/a/b/../../d", "../../d"),
            ("/a", "/a", "."),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), expected);
        }
    }
}
