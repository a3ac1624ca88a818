//! `s unyank`.

use clap::Args;
use s_ops::package_unyank;
use serde_json::json;

use super::Context;
use super::packages::MemberArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s unyank`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
The version can be chosen again, as if it had never been yanked.

Examples:
  s unyank 1.0.0
  s unyank acme/json@1.0.0 --registry corp")]
pub(crate) struct UnyankArgs {
    /// A version of the package of this folder, or NAME@VERSION
    #[arg(value_name = "VERSION|NAME@VERSION")]
    version: String,

    /// The registry: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    #[command(flatten)]
    member: MemberArgs,
}

/// Takes back a yank.
pub(super) fn run(context: &Context<'_>, args: &UnyankArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let (registry, member) = (args.registry.as_deref(), args.member.member.as_deref());
    let done = package_unyank(&operations, &args.version, registry, member)?;
    let ui = context.ui;
    let what = format!("{} {} in {}", done.name, done.version, done.registry);
    match done.was_yanked {
        Some(false) => ui.status("Unchanged", format!("{what} is not yanked")),
        _ => ui.status("Unyanked", what),
    }
    if ui.is_json() {
        ui.json(&json!({
            "name": done.name.as_str(),
            "version": done.version.to_string(),
            "registry": done.registry,
            "yanked": false,
            "changed": done.was_yanked,
        }));
    }
    Ok(Exit::Done)
}
