//! `s owner`: who may publish a package.

use clap::{Args, Subcommand};
use s_ops::{package_owner_change, package_owner_list};
use serde_json::json;

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
one. Without a name it is the package of this folder.

Examples:
  s owner list
  s owner add bob
  s owner remove acme/json bob";

#[derive(Debug, Subcommand)]
enum OwnerSubcommand {
    /// List who may publish a package
    List(ListArgs),
    /// Let somebody publish a package
    Add(AddArgs),
    /// Let somebody no longer publish a package
    Remove(RemoveArgs),
}

#[derive(Args, Debug)]
struct PlaceArgs {
    /// The registry: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    #[command(flatten)]
    member: MemberArgs,
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s owner list\n  s owner list acme/json --json")]
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
    after_long_help = "Examples:\n  s owner remove bob\n  s owner remove acme/json bob"
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
    let (registry, member) = (args.place.registry.as_deref(), args.place.member.member.as_deref());
    let done = package_owner_list(&operations, args.name.as_deref(), registry, member)?;
    if context.ui.is_json() {
        context.ui.json(&json!({
            "name": done.name.as_str(),
            "registry": done.registry,
            "owners": done.owners,
        }));
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
    let (registry, member) = (place.registry.as_deref(), place.member.member.as_deref());
    let done = package_owner_change(&operations, name, user, add, registry, member)?;
    let ui = context.ui;
    let what = format!("{} in {}", done.name, done.registry);
    match (done.is_changed, add) {
        (true, true) => ui.status("Added", format!("{} to the owners of {what}", done.user)),
        (true, false) => ui.status("Removed", format!("{} from the owners of {what}", done.user)),
        (false, _) => ui.status("Unchanged", format!("{} is an owner of {what}", done.user)),
    }
    if ui.is_json() {
        ui.json(&json!({
            "name": done.name.as_str(),
            "registry": done.registry,
            "user": done.user,
            "owner": add,
            "changed": done.is_changed,
        }));
    }
    Ok(Exit::Done)
}
