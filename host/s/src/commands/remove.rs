//! `s remove`.

use clap::Args;
use s_ops::package_remove;
use s_ops::project::Group;
use serde_json::json;

use super::Context;
use super::packages::{GroupArgs, MemberArgs, changes_json, tell};
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s remove`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s remove json\n  s remove check --dev")]
pub(crate) struct RemoveArgs {
    /// Dependencies, as they are called in stryke.toml
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    #[command(flatten)]
    group: GroupArgs,

    /// The table `[deps]`, where another has the same name
    #[arg(long, conflicts_with_all = ["dev", "group"])]
    normal: bool,

    #[command(flatten)]
    member: MemberArgs,
}

/// Removes dependencies.
pub(super) fn run(context: &Context<'_>, args: &RemoveArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let group = args.group.stated().or(args.normal.then_some(Group::Normal));
    let changes = package_remove(&operations, &args.names, group.as_ref(), args.member.member.as_deref())?;
    let ui = context.ui;
    ui.status("Removed", args.names.join(", "));
    tell(ui, &changes);
    if ui.is_json() {
        ui.json(&json!({ "removed": args.names, "changes": changes_json(&changes) }));
    }
    Ok(Exit::Done)
}
