//! `s owner`: who may publish and yank versions of a package.

use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::nearest_name;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::package_add::package_name;
use crate::package_yank::{meant, own_name, registry_of};
use crate::packages::registries::{Registries, wire_name};
use crate::project::PackageName;

/// The owners of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageOwners {
    /// The package.
    pub name: PackageName,
    /// The registry, for people.
    pub registry: String,
    /// Their names, in the registry's order.
    pub owners: Vec<String>,
}

/// Somebody who is an owner now, or is not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedOwner {
    /// The package.
    pub name: PackageName,
    /// The registry, for people.
    pub registry: String,
    /// Who it is.
    pub user: String,
    /// Whether something is different from before.
    pub is_changed: bool,
}

/// Lists the owners of a package: of the project's own where none is named. `registry` is a name of
/// `[registries]` or an address, `member` the package of a workspace.
///
/// # Errors
/// No registry, or several that have the package; one that knows no owners; no such package.
pub fn package_owner_list(
    context: &Arc<Context>,
    name: Option<&str>,
    registry: Option<&str>,
    member: Option<&str>,
) -> Result<PackageOwners, Failure> {
    let mut place = Place::find(context, name, "s owner list NAME", registry, member)?;
    let owners = place.registries.registry(&place.url)?.owners(wire_name(&place.name));
    let owners = owners.map_err(|failure| meant(context, &place.name, failure))?;
    let registry = place.registries.shown(&place.url);
    Ok(PackageOwners { name: place.name, registry, owners })
}

/// Adds an owner to a package, or removes one. The other arguments are those of
/// [`package_owner_list`].
///
/// # Errors
/// Those of [`package_owner_list`]; nobody who may; the last owner cannot be removed, nor somebody
/// who is none.
pub fn package_owner_change(
    context: &Arc<Context>,
    name: Option<&str>,
    user: &str,
    add: bool,
    registry: Option<&str>,
    member: Option<&str>,
) -> Result<ChangedOwner, Failure> {
    let named = format!("s owner {} NAME {user}", if add { "add" } else { "remove" });
    let mut place = Place::find(context, name, &named, registry, member)?;
    let open = place.registries.registry(&place.url)?;
    let changed = open.change_owner(wire_name(&place.name), user, add);
    let is_changed = changed.map_err(|failure| meant(context, &place.name, failure))?;
    if !is_changed && !add {
        // A mistyped name would leave somebody in who was to go.
        let owners = open.owners(wire_name(&place.name))?;
        return Err(no_owner(&place.name, user, &owners));
    }
    let registry = place.registries.shown(&place.url);
    Ok(ChangedOwner { name: place.name, registry, user: user.to_owned(), is_changed })
}

struct Place {
    name: PackageName,
    url: String,
    registries: Registries,
}

impl Place {
    fn find(
        context: &Arc<Context>,
        name: Option<&str>,
        named: &str,
        registry: Option<&str>,
        member: Option<&str>,
    ) -> Result<Place, Failure> {
        let name = match name {
            Some(name) => package_name(name)?,
            None => own_name(context, member, named)?,
        };
        let mut registries = Registries::of(context)?;
        let url = registry_of(&mut registries, &name, registry)?;
        Ok(Place { name, url, registries })
    }
}

fn no_owner(name: &PackageName, user: &str, owners: &[String]) -> Failure {
    let message = format!("`{}` is no owner of `{name}`", user.escape_debug());
    let mut diagnostic = Diagnostic::error(Code::REGISTRY_OWNER, message)
        .note(format!("the owners are `{}`", owners.join("`, `")));
    let known: Vec<&str> = owners.iter().map(String::as_str).collect();
    if let Some(near) = nearest_name(user, &known) {
        diagnostic = diagnostic.hint(format!("did you mean: s owner remove {name} {near}"));
    }
    Failure::new(FailureKind::Failed, diagnostic)
}
