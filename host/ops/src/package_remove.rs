//! `s remove`: a dependency out of the manifest and the lock.

use std::collections::BTreeSet;
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::Group;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::packages::{self, Answers, Change, Keep, Project, fill_store};
use crate::plugins::install::not_editable;

/// Removes dependencies by what they are called: from the table of a group, or from the only one
/// that has them. `member` names the package it is about. Returns what changed in the lock.
pub fn package_remove(
    context: &Arc<Context>,
    aliases: &[String],
    group: Option<&Group>,
    member: Option<&str>,
) -> Result<Vec<Change>, Failure> {
    let mut project = Project::read(context, member)?;
    for alias in aliases {
        let manifest = project.package()?;
        let having: BTreeSet<Group> = manifest
            .dependencies()
            .iter()
            .filter(|request| request.alias == *alias && group.is_none_or(|group| *group == request.group))
            .map(|request| request.group.clone())
            .collect();
        let mut having = having.into_iter();
        match (having.next(), having.next()) {
            (Some(only), None) => {
                project.package()?.remove_dependency(&only, alias).map_err(not_editable)?;
            }
            (Some(one), Some(other)) => return Err(several(alias, &one, &other)),
            (None, _) => return Err(absent(&project, alias)),
        }
    }
    // A feature may still turn on what is gone.
    project.must_be_readable()?;
    let mut resolved = project.resolve(context, &Keep::All, Answers::Young)?;
    fill_store(context, &mut resolved.graph, &resolved.lock)?;
    let changes = packages::changes(&project.lock, &resolved.lock);
    project.write(context, &resolved.lock)?;
    Ok(changes)
}

fn several(alias: &str, one: &Group, other: &Group) -> Failure {
    let option = |group: &Group| match group {
        Group::Normal => format!("s remove {alias} --normal"),
        Group::Dev => format!("s remove {alias} --dev"),
        Group::Named(name) => format!("s remove {alias} --group {name}"),
    };
    let message = format!("`{alias}` stands in {one} and in {other}");
    let diagnostic =
        Diagnostic::error(Code::DEPENDENCY_UNKNOWN, message).hint(option(one)).hint(option(other));
    Failure::new(FailureKind::Usage, diagnostic)
}

fn absent(project: &Project, alias: &str) -> Failure {
    let message = format!("this project has no dependency `{}`", alias.escape_debug());
    let mut diagnostic = Diagnostic::error(Code::DEPENDENCY_UNKNOWN, message);
    let known: Vec<&str> =
        project.manifest().dependencies().iter().map(|request| request.alias.as_str()).collect();
    if let Some(near) = s_project::nearest_name(alias, &known) {
        diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
    } else if project.lock.packages().any(|package| package.name.as_str() == alias) {
        diagnostic =
            diagnostic.note("it is here because another package needs it").hint(format!("s why {alias}"));
    }
    Failure::new(FailureKind::Failed, diagnostic)
}
