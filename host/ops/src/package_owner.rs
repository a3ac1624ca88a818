//! `s owner`: who may publish and yank versions of a package, or new packages in a scope.

use std::fmt;
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::nearest_name;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::package_add::package_name;
use crate::package_yank::{meant, own_name, registry_of};
use crate::packages::registries::{Registries, wire_name};
use crate::project::PackageName;
use crate::registry;

/// Whose owners are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnersOf<'a> {
    /// Those of the package of the folder the user is in, or of a member of its workspace.
    Here(Option<&'a str>),
    /// Those of a package.
    Package(&'a str),
    /// Those of a scope: who may publish new packages in it.
    Scope(&'a str),
}

/// What has owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owned {
    /// A package.
    Package(PackageName),
    /// A scope.
    Scope(String),
}

/// The owners of a package or a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owners {
    /// What they own.
    pub of: Owned,
    /// The registry, for people.
    pub registry: String,
    /// Their names, in the registry's order.
    pub owners: Vec<String>,
}

/// Somebody who is an owner now, or is not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedOwner {
    /// What it is about.
    pub of: Owned,
    /// The registry, for people.
    pub registry: String,
    /// Who it is.
    pub user: String,
    /// Whether something is different from before.
    pub is_changed: bool,
}

/// Lists the owners of a package or a scope. `registry` is a name of `[registries]` or an address.
///
/// # Errors
/// No registry, or several that have the package; one that knows no owners; no such package.
pub fn owner_list(
    context: &Arc<Context>,
    of: OwnersOf<'_>,
    registry: Option<&str>,
) -> Result<Owners, Failure> {
    let mut place = Place::find(context, of, "s owner list NAME", registry)?;
    let owners = place.registries.registry(&place.url)?.owners(place.of.wire());
    let owners = owners.map_err(|failure| place.of.meant(context, failure))?;
    let registry = place.registries.shown(&place.url);
    Ok(Owners { of: place.of, registry, owners })
}

/// Adds an owner to a package or a scope, or removes one. The other arguments are those of
/// [`owner_list`].
///
/// # Errors
/// Those of [`owner_list`]; nobody who may; the last owner cannot be removed, nor somebody who is
/// none.
pub fn owner_change(
    context: &Arc<Context>,
    of: OwnersOf<'_>,
    user: &str,
    add: bool,
    registry: Option<&str>,
) -> Result<ChangedOwner, Failure> {
    let named = format!("s owner {} NAME {user}", if add { "add" } else { "remove" });
    let mut place = Place::find(context, of, &named, registry)?;
    let open = place.registries.registry(&place.url)?;
    let changed = open.change_owner(place.of.wire(), user, add);
    let is_changed = changed.map_err(|failure| place.of.meant(context, failure))?;
    if !is_changed && !add {
        // A mistyped name would leave somebody in who was to go.
        let owners = open.owners(place.of.wire())?;
        return Err(no_owner(&place.of, user, &owners));
    }
    let registry = place.registries.shown(&place.url);
    Ok(ChangedOwner { of: place.of, registry, user: user.to_owned(), is_changed })
}

impl Owned {
    fn wire(&self) -> registry::PackageName {
        match self {
            Owned::Package(name) => wire_name(name),
            Owned::Scope(scope) => registry::all_of(scope),
        }
    }

    fn meant(&self, context: &Context, mut failure: Failure) -> Failure {
        match self {
            Owned::Package(name) => meant(context, name, failure),
            Owned::Scope(scope) => {
                for diagnostic in &mut failure.diagnostics {
                    if diagnostic.code == Code::REGISTRY_PACKAGE {
                        diagnostic
                            .notes
                            .push(format!("`{scope}` is there from the first package `{scope}/NAME` on"));
                    }
                }
                failure
            }
        }
    }
}

/// As it is shown: `json`, `acme/json`, or `acme/*` for a scope.
impl fmt::Display for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owned::Package(name) => write!(f, "{name}"),
            Owned::Scope(scope) => write!(f, "{scope}/*"),
        }
    }
}

struct Place {
    of: Owned,
    url: String,
    registries: Registries,
}

impl Place {
    fn find(
        context: &Arc<Context>,
        of: OwnersOf<'_>,
        named: &str,
        registry: Option<&str>,
    ) -> Result<Place, Failure> {
        let of = match of {
            OwnersOf::Here(member) => Owned::Package(own_name(context, member, named)?),
            OwnersOf::Package(name) => Owned::Package(package_name(name)?),
            OwnersOf::Scope(scope) => Owned::Scope(read_scope(scope)?),
        };
        let mut registries = Registries::of(context)?;
        let url = match &of {
            Owned::Package(name) => registry_of(&mut registries, name, registry)?,
            Owned::Scope(scope) => registries.of_scope(scope, registry)?,
        };
        Ok(Place { of, url, registries })
    }
}

/// A scope, also as `acme/*` and `@acme`.
fn read_scope(text: &str) -> Result<String, Failure> {
    let bare = text.strip_suffix("/*").unwrap_or(text);
    let bare = bare.strip_prefix('@').unwrap_or(bare);
    let name = format!("{bare}/x").parse::<PackageName>().ok();
    if let Some(scope) = name.as_ref().and_then(PackageName::scope).filter(|scope| *scope == bare) {
        return Ok(scope.to_owned());
    }
    let message = format!("`{}` is no scope", text.escape_debug());
    let diagnostic = Diagnostic::error(Code::USAGE, message)
        .note("it is what stands before the `/` of a name: `acme` in `acme/json`");
    let diagnostic = match text.parse::<PackageName>() {
        Ok(name) if name.scope().is_some() => {
            diagnostic.hint(format!("did you mean `--scope {}`?", name.scope().unwrap_or_default()))
        }
        _ => diagnostic,
    };
    Err(Failure::new(FailureKind::Usage, diagnostic))
}

fn no_owner(of: &Owned, user: &str, owners: &[String]) -> Failure {
    let message = format!("`{}` is no owner of `{of}`", user.escape_debug());
    let mut diagnostic = Diagnostic::error(Code::REGISTRY_OWNER, message)
        .note(format!("the owners are `{}`", owners.join("`, `")));
    let known: Vec<&str> = owners.iter().map(String::as_str).collect();
    if let Some(near) = nearest_name(user, &known) {
        let shown = match of {
            Owned::Package(name) => name.to_string(),
            Owned::Scope(scope) => format!("--scope {scope}"),
        };
        diagnostic = diagnostic.hint(format!("did you mean: s owner remove {shown} {near}"));
    }
    Failure::new(FailureKind::Failed, diagnostic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_what_stands_before_the_slash() {
        for text in ["acme", "acme/*", "@acme", "@acme/*"] {
            assert_eq!(read_scope(text).unwrap(), "acme", "{text}");
        }
        for (text, hint) in
            [("acme/json", "`--scope acme`"), ("", ""), ("*", ""), ("a b", ""), ("ACME", ""), ("a/b/*", "")]
        {
            let failure = read_scope(text).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Usage, "{text}");
            assert!(format!("{:?}", failure.diagnostics).contains(hint), "{text}");
        }
    }
}
