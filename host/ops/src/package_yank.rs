//! `s yank` and `s unyank`: a published version is advised against, or offered again.
//!
//! A yanked version stays downloadable and stays where it is locked; it is not chosen anew.

use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::{ProjectLock, nearest_name};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::package_add::package_name;
use crate::packages::Project;
use crate::packages::registries::{Registries, wire_name};
use crate::project::{PackageName, Version};

/// A version that is yanked now, or is not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YankedVersion {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The registry, for people.
    pub registry: String,
    /// Whether it was yanked before; only known of one that is not any more.
    pub was_yanked: Option<bool>,
}

/// Yanks a version: `spec` is `VERSION` of the project's package, or `NAME@VERSION`. `registry` is
/// a name of `[registries]` or an address, `member` the package of a workspace.
///
/// # Errors
/// A spec that is none; no registry, or several that have the package; one that cannot do it; no
/// such version; nobody who may.
pub fn package_yank(
    context: &Arc<Context>,
    spec: &str,
    reason: Option<&str>,
    registry: Option<&str>,
    member: Option<&str>,
) -> Result<YankedVersion, Failure> {
    let mut place = Place::find(context, "yank", spec, registry, member)?;
    let (name, version) = (wire_name(&place.name), place.version.to_string());
    let open = place.registries.registry(&place.url)?;
    if let Err(failure) = open.yank(name, &version, reason.map(str::to_owned)) {
        return Err(place.explained(context, failure));
    }
    Ok(place.done(None))
}

/// Offers a yanked version again. The arguments are those of [`package_yank`].
///
/// # Errors
/// Those of [`package_yank`]. A version that is not yanked is none.
pub fn package_unyank(
    context: &Arc<Context>,
    spec: &str,
    registry: Option<&str>,
    member: Option<&str>,
) -> Result<YankedVersion, Failure> {
    let mut place = Place::find(context, "unyank", spec, registry, member)?;
    let (name, version) = (wire_name(&place.name), place.version.to_string());
    match place.registries.registry(&place.url)?.unyank(name, &version) {
        Ok(was_yanked) => Ok(place.done(Some(was_yanked))),
        Err(failure) => Err(place.explained(context, failure)),
    }
}

/// The package of the folder the user is in, by the name its manifest gives it. `named` is the
/// command line that names one instead.
pub(crate) fn own_name(context: &Context, member: Option<&str>, named: &str) -> Result<PackageName, Failure> {
    let mut project = Project::read(context, member).map_err(|mut failure| {
        for diagnostic in &mut failure.diagnostics {
            if diagnostic.code == Code::NO_PROJECT {
                diagnostic.hints = vec![format!("name the package: {named}")];
            }
        }
        failure
    })?;
    project.package()?;
    let Some(name) = &project.manifest().package().name else {
        let message = "`package.name` is missing: nothing says which package is meant";
        let diagnostic =
            Diagnostic::error(Code::MANIFEST_VALUE, message).hint(format!("name the package: {named}"));
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    };
    package_name(name)
}

/// The address of the registry that a package is changed in: the one that owns the name, the one
/// that is stated, the only one there is, or the only one that has it. A lock has no say in it.
pub(crate) fn registry_of(
    registries: &mut Registries,
    name: &PackageName,
    stated: Option<&str>,
) -> Result<String, Failure> {
    registries.bind(name, stated, &ProjectLock::default()).map_err(|mut failure| {
        for diagnostic in &mut failure.diagnostics {
            if diagnostic.code == Code::REGISTRY_AMBIGUOUS {
                diagnostic.hints = vec!["say which one is meant: --registry NAME".to_owned()];
            }
        }
        failure
    })
}

/// Adds the name that was meant to a failure which says that there is no such package: the nearest
/// of those that the project the user is in has to do with.
pub(crate) fn meant(context: &Context, name: &PackageName, mut failure: Failure) -> Failure {
    let Some(first) = failure.diagnostics.first_mut().filter(|one| one.code == Code::REGISTRY_PACKAGE) else {
        return failure;
    };
    // Without a project there is nothing to compare with.
    let Ok(project) = Project::read(context, None) else { return failure };
    let dependencies = project.members.iter().flat_map(|member| member.manifest.dependencies());
    let mut known: Vec<&str> = project.names().collect();
    known.extend(dependencies.map(|request| request.package.as_str()));
    known.retain(|known| *known != name.as_str());
    if let Some(near) = nearest_name(name.as_str(), &known) {
        first.hints.push(format!("did you mean `{near}`?"));
    }
    failure
}

/// Which version of what, and where.
struct Place {
    name: PackageName,
    version: Version,
    url: String,
    registries: Registries,
}

impl Place {
    fn find(
        context: &Arc<Context>,
        command: &str,
        spec: &str,
        registry: Option<&str>,
        member: Option<&str>,
    ) -> Result<Place, Failure> {
        let (name, version) = match spec.rsplit_once('@') {
            Some((name, version)) => (package_name(name)?, read_version(command, Some(name), version)?),
            None => {
                let version = read_version(command, None, spec)?;
                (own_name(context, member, &format!("s {command} NAME@{version}"))?, version)
            }
        };
        let mut registries = Registries::of(context)?;
        let url = registry_of(&mut registries, &name, registry)?;
        Ok(Place { name, version, url, registries })
    }

    fn done(self, was_yanked: Option<bool>) -> YankedVersion {
        let registry = self.registries.shown(&self.url);
        YankedVersion { name: self.name, version: self.version, registry, was_yanked }
    }

    /// Says which versions there are, where the one that was named is not among them, or which
    /// package was meant.
    fn explained(&mut self, context: &Context, mut failure: Failure) -> Failure {
        let Some(first) = failure.diagnostics.first_mut().filter(|one| one.code == Code::REGISTRY_PACKAGE)
        else {
            return failure;
        };
        // That it cannot be listed either is no news.
        let Ok(listed) = self.registries.versions(&self.url, &self.name) else { return failure };
        let known: Vec<&str> = listed.iter().map(|version| version.version.as_str()).collect();
        if known.is_empty() {
            return meant(context, &self.name, failure);
        }
        let version = self.version.to_string();
        if let Some(near) = nearest_name(&version, &known) {
            first.hints.push(format!("did you mean `{}@{near}`?", self.name));
        }
        let newest: Vec<&str> = known.iter().rev().take(SHOWN_COUNT_MAX).copied().collect();
        let more = known.len() - newest.len();
        let more = if more > 0 { format!(" and {more} older ones") } else { String::new() };
        first.notes.push(format!("there are `{}`{more}", newest.join("`, `")));
        failure
    }
}

/// How many versions a message names.
const SHOWN_COUNT_MAX: usize = 8;

fn read_version(command: &str, name: Option<&str>, text: &str) -> Result<Version, Failure> {
    if let Ok(version) = text.parse() {
        return Ok(version);
    }
    let shown = text.escape_debug();
    let prefix = name.map(|name| format!("{name}@")).unwrap_or_default();
    let diagnostic = if name.is_none() && text.parse::<PackageName>().is_ok() {
        let message = format!("`{shown}` is a package: say which version of it");
        Diagnostic::error(Code::USAGE, message).hint(format!("s {command} {text}@1.0.0"))
    } else {
        let diagnostic = Diagnostic::error(Code::USAGE, format!("`{shown}` is no version"))
            .note("it is all three numbers, such as `1.4.2`, or `1.4.2-rc.1`");
        let bare = text.trim_start_matches(['v', 'V', '=']);
        let filled = [bare.to_owned(), format!("{bare}.0"), format!("{bare}.0.0")];
        match filled.into_iter().find(|text| text.parse::<Version>().is_ok()) {
            Some(near) => diagnostic.hint(format!("did you mean: s {command} {prefix}{near}")),
            None => diagnostic,
        }
    };
    Err(Failure::new(FailureKind::Usage, diagnostic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_version_is_answered_with_one() {
        for (name, text, hint) in [
            (None, "v1.0.0", Some("did you mean: s yank 1.0.0")),
            (None, "1.2", Some("did you mean: s yank 1.2.0")),
            (Some("acme/json"), "2", Some("did you mean: s yank acme/json@2.0.0")),
            (None, "json", Some("s yank json@1.0.0")),
            (None, "acme/json", Some("s yank acme/json@1.0.0")),
            (Some("json"), "json", None),
            (Some("json"), "", None),
            (None, "1.0.0.0", None),
            (None, "^1.0.0", None),
        ] {
            let failure = read_version("yank", name, text).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Usage);
            let hints: Vec<&str> = failure.diagnostics[0].hints.iter().map(String::as_str).collect();
            assert_eq!(hints, hint.into_iter().collect::<Vec<_>>(), "{text}");
        }
        for text in ["1.0.0", "1.0.0-rc.1", "1.0.0+5"] {
            assert_eq!(read_version("yank", None, text).unwrap().to_string(), text);
        }
    }
}
