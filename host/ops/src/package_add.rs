//! `s add`: a dependency in the manifest, in the lock and in the store, or in none of them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use s_diag::{Code, Diagnostic, Span};
use s_project::{
    Bare, DependencyOrigin, DependencyRequest, GitReference, Group, PackageName, ProjectManifest,
    Requirement, Version,
};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::{self, Answers, Change, Chosen, Fetched, Keep, Project, fill_store};
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
    /// Why it is this version, where it is not the newest: how many newer ones there are, and what
    /// holds them back.
    pub newer: Vec<Version>,
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
        let (requirement, source) = match &request.origin {
            DependencyOrigin::Registry { requirement, .. } => {
                (requirement.to_string(), resolved.graph.source_shown(&package))
            }
            DependencyOrigin::Path { path, .. } => (String::new(), path.clone()),
            DependencyOrigin::Git { url, .. } => (String::new(), url.clone()),
            DependencyOrigin::Workspace => (String::new(), "the workspace".to_owned()),
        };
        let (alias, group) = (request.alias.clone(), request.group.clone());
        Some(AddedDependency { alias, package, version, requirement, source, group, newer })
    });
    let added: Vec<AddedDependency> = added.collect();
    project.write(context, &resolved.lock)?;
    Ok(AddedDependencies { added, changes, fetched })
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
        let package = package_name(name)?;
        let is_open = requirement.is_none() && new.git.is_none();
        let stated = requirement;
        let requirement = match stated {
            Some(text) => Requirement::parse(text, bare).map_err(|error| {
                let message = format!("`{}` is not a requirement of versions: {error}", text.escape_debug());
                Failure::new(
                    FailureKind::Usage,
                    Diagnostic::error(Code::REQUIREMENT, message).hint("s explain S-3008"),
                )
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
        let lower = text.to_lowercase();
        let diagnostic = match lower.parse::<PackageName>() {
            Ok(_) => diagnostic.hint(format!("did you mean `{lower}`?")),
            Err(_) => diagnostic,
        };
        Failure::new(FailureKind::Usage, diagnostic)
    })
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
