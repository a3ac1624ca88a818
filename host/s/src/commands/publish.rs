//! `s publish`.

use clap::Args;
use s_ops::package_publish;
use serde_json::json;

use super::Context;
use super::packages::{MemberArgs, count};
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s publish`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
A version that was published never changes and never goes away.

Examples:
  s publish --dry-run
  s publish --registry corp")]
pub(crate) struct PublishArgs {
    /// The registry: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    /// Show what would be published, and publish nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    member: MemberArgs,
}

/// Publishes the project.
pub(super) fn run(context: &Context<'_>, args: &PublishArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let done =
        package_publish(&operations, args.registry.as_deref(), args.dry_run, args.member.member.as_deref())?;
    let ui = context.ui;
    let files = count(done.files.len(), "file");
    let verb = if args.dry_run { "Would publish" } else { "Published" };
    ui.status(
        verb,
        format!("{} {} to {}: {files}, {} bytes", done.name, done.version, done.registry, done.size_bytes),
    );
    if let Some(message) = &done.message {
        // One line for each thing it says.
        for line in message.lines().filter(|line| !line.trim().is_empty()) {
            ui.note(format!("the registry says: {}", s_ui::one_line(line, 500)));
        }
    }
    if ui.is_json() {
        ui.json(&json!({
            "name": done.name.as_str(),
            "version": done.version.to_string(),
            "registry": done.registry,
            "integrity": done.integrity.to_string(),
            "size": done.size_bytes,
            "files": done.files,
            "message": done.message,
            "dry-run": args.dry_run,
        }));
    }
    Ok(Exit::Done)
}
