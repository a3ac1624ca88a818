//! `s owner`: who may publish a package, or new packages in a scope.

use clap::{Args, Subcommand};
use s_ops::{Owned, OwnersOf, owner_change, owner_list};
use serde_json::{Value, json};

use super::Context;
use super::packages::MemberArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s owner`.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = false, after_long_help = ABOUT)]
pub(crate) struct OwnerArgs {
    #[command(subcommand)]
    command: OwnerSubcommand,
}

const ABOUT: &str = "\
Owners may publish and yank versions of a package, and add and remove owners. A package keeps at least
one. Without a name it is the package of this folder. The owners of a scope may publish new packages
in it; whoever published the first one is the first.

Examples:
  s owner list
  s owner add bob
  s owner remove acme/json bob
  s owner add --scope acme bob";

#[derive(Debug, Subcommand)]
enum OwnerSubcommand {
    /// List who may publish a package, or in a scope
    List(ListArgs),
    /// Let somebody publish a package, or in a scope
    Add(AddArgs),
    /// Let somebody no longer publish a package, or in a scope
    Remove(RemoveArgs),
}

#[derive(Args, Debug)]
struct PlaceArgs {
    /// The registry: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    /// The owners of a scope, and not those of a package
    #[arg(long, value_name = "SCOPE", conflicts_with_all = ["name", "member"])]
    scope: Option<String>,

    #[command(flatten)]
    member: MemberArgs,
}

impl PlaceArgs {
    fn of<'a>(&'a self, name: Option<&'a str>) -> OwnersOf<'a> {
        match (&self.scope, name) {
            (Some(scope), _) => OwnersOf::Scope(scope),
            (None, Some(name)) => OwnersOf::Package(name),
            (None, None) => OwnersOf::Here(self.member.member.as_deref()),
        }
    }
}

#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  s owner list\n  s owner list acme/json --json\n  s owner list --scope acme"
)]
struct ListArgs {
    /// The package, where it is not the one of this folder
    #[arg(value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:\n  s owner add bob\n  s owner add acme/json bob"
)]
struct AddArgs {
    /// The package, where it is not the one of this folder
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// The user, as the registry knows them
    #[arg(value_name = "USER")]
    user: String,

    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:\n  s owner remove bob\n  s owner remove acme/json bob\n  s owner remove --scope acme bob"
)]
struct RemoveArgs {
    /// The package, where it is not the one of this folder
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// The user, as the registry knows them
    #[arg(value_name = "USER")]
    user: String,

    #[command(flatten)]
    place: PlaceArgs,
}

/// Lists or changes.
pub(super) fn run(context: &Context<'_>, args: &OwnerArgs) -> Result<Exit, Failure> {
    match &args.command {
        OwnerSubcommand::List(args) => list(context, args),
        OwnerSubcommand::Add(args) => change(context, args.name.as_deref(), &args.user, &args.place, true),
        OwnerSubcommand::Remove(args) => {
            change(context, args.name.as_deref(), &args.user, &args.place, false)
        }
    }
}

fn list(context: &Context<'_>, args: &ListArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let of = args.place.of(args.name.as_deref());
    let done = owner_list(&operations, of, args.place.registry.as_deref())?;
    if context.ui.is_json() {
        context.ui.json(&document(&done.of, json!({ "registry": done.registry, "owners": done.owners })));
    } else {
        context.ui.answer(done.owners.iter().map(|owner| format!("{owner}\n")).collect::<String>());
    }
    Ok(Exit::Done)
}

fn change(
    context: &Context<'_>,
    name: Option<&str>,
    user: &str,
    place: &PlaceArgs,
    add: bool,
) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let done = owner_change(&operations, place.of(name), user, add, place.registry.as_deref())?;
    let ui = context.ui;
    let what = format!("{} in {}", done.of, done.registry);
    match (done.is_changed, add) {
        (true, true) => ui.status("Added", format!("{} to the owners of {what}", done.user)),
        (true, false) => ui.status("Removed", format!("{} from the owners of {what}", done.user)),
        (false, _) => ui.status("Unchanged", format!("{} is an owner of {what}", done.user)),
    }
    if ui.is_json() {
        let more = json!({
            "registry": done.registry,
            "user": done.user,
            "owner": add,
            "changed": done.is_changed,
        });
        ui.json(&document(&done.of, more));
    }
    Ok(Exit::Done)
}

/// A document that begins with what it is about.
fn document(of: &Owned, mut more: Value) -> Value {
    match of {
        Owned::Package(name) => more["name"] = name.as_str().into(),
        Owned::Scope(scope) => more["scope"] = scope.as_str().into(),
    }
    more
}
