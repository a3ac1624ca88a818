//! A solve that gave no answer, as a failure that somebody can act on.

use std::collections::BTreeSet;

use s_diag::{Code, Diagnostic};
use s_project::{DependencyOrigin, DependencyRequest, Group, ProjectManifest};
use s_resolver::{By, Conflict, Error, Fact, Fix, Remedy};
use serde_json::{Value, json};

use super::graph::{Graph, Origin, Stopped};
use super::project::Member;
use crate::clock::minute;
use crate::failure::{Failure, FailureKind};

/// Says why there is no answer, where in the manifest it comes from and what helps.
pub(super) fn failure(error: Error<Stopped>, graph: &mut Graph, members: &[Member]) -> Failure {
    match error {
        Error::Source(stopped) => *stopped.0,
        Error::Conflict(conflict) => of_conflict(&conflict, graph, members),
        Error::WorkLimit { work_max } => {
            let message = format!("no answer was found in {work_max} steps");
            let diagnostic = Diagnostic::error(Code::RESOLVER_LIMIT, message)
                .note("so many versions exclude each other that it would take too long to try all")
                .hint("narrow the requirements of the project to versions that are known to work together");
            Failure::new(FailureKind::NoSolution, diagnostic)
        }
    }
}

fn of_conflict(conflict: &Conflict, graph: &mut Graph, members: &[Member]) -> Failure {
    let report = conflict.report();
    let mut diagnostic = Diagnostic::error(Code::NO_SOLUTION, report.headline);
    let mut because = report.because.into_iter();
    if let Some(first) = because.next() {
        diagnostic = diagnostic.note(format!("because {first}"));
    }
    for fact in because {
        diagnostic = diagnostic.note(format!("    and {fact}"));
    }
    for note in report.notes.into_iter().chain(near_names(conflict, graph)) {
        diagnostic = diagnostic.note(note);
    }
    diagnostic = labelled(diagnostic, conflict, graph, members);
    let mut fixes = Vec::new();
    for fix in &report.fixes {
        let origin = &graph.origins[fix.origin];
        let command = command(fix, origin, members);
        diagnostic = diagnostic.hint(text(fix, command.as_deref()));
        fixes.push(fix_json(fix, command.as_deref()));
    }
    let terms = conflict.origins().into_iter().map(|at| term_json(at, &graph.origins[at], members));
    let data = json!({
        "terms": terms.collect::<Vec<_>>(),
        "facts": conflict.facts(),
        "left-out": conflict.left_out,
        "fixes": fixes,
        "proof": conflict.derivation.steps,
    });
    Failure::new(FailureKind::NoSolution, diagnostic.data("conflict", data.to_string()))
}

/// What packages may have meant by names that no registry has.
fn near_names(conflict: &Conflict, graph: &mut Graph) -> Vec<String> {
    let absent = conflict.facts().into_iter().filter_map(|fact| match fact {
        Fact::Needs { by: By::Package { .. }, package, suitable: 0, known: 0, .. } => Some(package.as_str()),
        _ => None,
    });
    let absent: BTreeSet<&str> = absent.collect();
    absent
        .into_iter()
        .filter_map(|name| {
            let near = graph.near(&name.parse().ok()?)?;
            Some(format!("its registry has `{near}`, which may be meant by `{name}`"))
        })
        .collect()
}

/// Marks the dependencies of the project that play a part: those that a fix is about first.
fn labelled(
    mut diagnostic: Diagnostic,
    conflict: &Conflict,
    graph: &Graph,
    members: &[Member],
) -> Diagnostic {
    let mut marked = Vec::new();
    for fix in &conflict.fixes {
        let origin = &graph.origins[fix.origin];
        let (keys, text): (&[&str], &str) = match &fix.remedy {
            Remedy::Requirement { .. } => (&[], "loosening this requirement would help"),
            Remedy::Features { without, .. } => (&["features", without], "there is no such feature"),
            Remedy::Cooldown { .. } | Remedy::Stryke { .. } => continue,
        };
        if marked.contains(&fix.origin) || !has_place(members, origin) {
            continue;
        }
        let manifest = &members[origin.member].manifest;
        let span = manifest.place_in(&origin.request, keys).filter(|_| !keys.is_empty());
        diagnostic = diagnostic.at(manifest.source(), span.unwrap_or(origin.request.span), text);
        marked.push(fix.origin);
    }
    for at in conflict.origins() {
        let origin = &graph.origins[at];
        // One that is being added has no place yet.
        if marked.contains(&at) || !has_place(members, origin) {
            continue;
        }
        let source = members[origin.member].manifest.source();
        diagnostic = match diagnostic.labels.is_empty() {
            true => diagnostic.at(source, origin.request.span, "it is needed here"),
            false => diagnostic.see(source, origin.request.span, "this plays a part"),
        };
    }
    diagnostic
}

fn has_place(members: &[Member], Origin { member, request }: &Origin) -> bool {
    request.span.start < request.span.end && request.span.end <= members[*member].manifest.source().text.len()
}

/// A fix as a hint.
fn text(fix: &Fix, command: Option<&str>) -> String {
    match (&fix.remedy, command) {
        (Remedy::Cooldown { package, version, until }, _) => {
            let from = minute(*until).map_or_else(String::new, |minute| format!(" from {minute} on"));
            format!(
                "`{package}` {version} is old enough{from}; to take it now, in `stryke.toml`:\n{COOLDOWN_OFF}"
            )
        }
        (_, Some(command)) => fix.text_with(command),
        (Remedy::Stryke { .. }, None) => fix.text_with(""),
        (_, None) => fix.text_with(&format!("change what `{}` asks for in `stryke.toml`", fix.alias)),
    }
}

/// What to write where nobody wants to wait.
const COOLDOWN_OFF: &str = "[resolver]\ncooldown = \"0\"";

/// What to type so that the dependency stands as the fix says; none where no command does that.
fn command(fix: &Fix, Origin { member, request }: &Origin, members: &[Member]) -> Option<String> {
    let DependencyOrigin::Registry { requirement, registry } = &request.origin else { return None };
    let (requirement, features) = match &fix.remedy {
        Remedy::Requirement { requirement } => (requirement.as_str(), request.features.clone()),
        Remedy::Features { without, instead } => {
            let kept = request.features.iter().filter(|feature| *feature != without);
            (requirement.as_str(), kept.chain(instead).cloned().collect())
        }
        Remedy::Cooldown { .. } | Remedy::Stryke { .. } => return None,
    };
    let mut command = format!("s add {}", request.package);
    // A shell would read `*`, `<` and spaces in its own way.
    let is_plain = requirement.chars().all(|c| c.is_ascii_alphanumeric() || ".-^~=".contains(c));
    match is_plain {
        true => command.push_str(&format!("@{requirement}")),
        false => command = format!("s add '{}@{requirement}'", request.package),
    }
    command.push_str(&options(request, &features, registry.as_deref()));
    let name = members[*member].manifest.package().name.as_ref();
    if let Some(name) = name.filter(|_| members.len() > 1) {
        command.push_str(&format!(" -p {name}"));
    }
    Some(command)
}

/// What `s add` is told beside name and requirement, so that the rest of the entry stays as it is.
fn options(request: &DependencyRequest, features: &[String], registry: Option<&str>) -> String {
    let mut options = match &request.group {
        Group::Normal => String::new(),
        Group::Dev => " --dev".to_owned(),
        Group::Named(name) => format!(" --group {name}"),
    };
    if request.alias != request.package.as_str() {
        options.push_str(&format!(" --as {}", request.alias));
    }
    if !features.is_empty() {
        options.push_str(&format!(" --features {}", features.join(",")));
    }
    if !request.default_features {
        options.push_str(" --no-default-features");
    }
    if request.optional {
        options.push_str(" --optional");
    }
    if let Some(registry) = registry {
        options.push_str(&format!(" --registry {registry}"));
    }
    options
}

/// A dependency of the project that plays a part, for programs: facts and proof call it by `origin`.
fn term_json(at: usize, Origin { member, request }: &Origin, members: &[Member]) -> Value {
    let member = &members[*member];
    let requirement = match &request.origin {
        DependencyOrigin::Registry { requirement, .. } => Some(requirement),
        DependencyOrigin::Path { requirement, .. } => requirement.as_ref(),
        DependencyOrigin::Git { .. } | DependencyOrigin::Workspace => None,
    };
    json!({
        "origin": at,
        "dependency": request.alias,
        "package": request.package.as_str(),
        "requirement": requirement.map(ToString::to_string),
        "features": request.features,
        "table": request.group.table(),
        "member": member.manifest.package().name,
        "place": place_json(&member.manifest, request),
    })
}

fn place_json(manifest: &ProjectManifest, request: &DependencyRequest) -> Value {
    let source = manifest.source();
    if request.span.start >= request.span.end || request.span.end > source.text.len() {
        return Value::Null;
    }
    let (line, column) = source.position(request.span.start);
    json!({ "file": source.name, "line": line, "column": column })
}

/// A fix, for programs.
fn fix_json(fix: &Fix, command: Option<&str>) -> Value {
    let (kind, requirement, more) = match &fix.remedy {
        Remedy::Requirement { requirement } => ("requirement", requirement.clone(), json!({})),
        Remedy::Features { without, instead } => {
            ("features", fix.requirement.clone(), json!({ "without": without, "instead": instead }))
        }
        Remedy::Cooldown { package, version, until } => {
            let more = json!({ "package": package, "version": version, "until-unix": until });
            ("cooldown", fix.requirement.clone(), more)
        }
        Remedy::Stryke { package, version, requirement } => {
            let more = json!({ "package": package, "version": version, "s": requirement });
            ("s", fix.requirement.clone(), more)
        }
    };
    let mut found = json!({
        "kind": kind,
        "dependency": fix.alias,
        "requirement": requirement,
        "version": fix.version,
        "command": command,
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        found[key] = value.clone();
    }
    found
}
