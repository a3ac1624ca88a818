//! `s yank`.

use clap::Args;
use s_ops::package_yank;
use serde_json::json;

use super::Context;
use super::packages::MemberArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s yank`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
A yanked version is not chosen anew. It stays where a lock has it, with a warning, and can still be
downloaded. An owner can take it back: s unyank.

Examples:
  s yank 1.0.0 --reason \"loses digits\"
  s yank acme/json@1.0.0 --registry corp")]
pub(crate) struct YankArgs {
    /// A version of the package of this folder, or NAME@VERSION
    #[arg(value_name = "VERSION|NAME@VERSION")]
    version: String,

    /// Why, for whoever depends on it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// The registry: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    #[command(flatten)]
    member: MemberArgs,
}

/// Yanks a version.
pub(super) fn run(context: &Context<'_>, args: &YankArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let (reason, registry) = (args.reason.as_deref(), args.registry.as_deref());
    let member = args.member.member.as_deref();
    let done = package_yank(&operations, &args.version, reason, registry, member)?;
    context.ui.status("Yanked", format!("{} {} in {}", done.name, done.version, done.registry));
    if context.ui.is_json() {
        context.ui.json(&json!({
            "name": done.name.as_str(),
            "version": done.version.to_string(),
            "registry": done.registry,
            "yanked": true,
            "reason": args.reason,
        }));
    }
    Ok(Exit::Done)
}
