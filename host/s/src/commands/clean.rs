//! `s clean`.

use clap::Args;
use s_ops::clean;
use serde_json::json;

use super::Context;
use super::packages::count;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s clean`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Packages are not concerned: they are shared, and `s store gc` clears them.

Examples:
  s clean
  s clean --dry-run")]
pub(crate) struct CleanArgs {
    /// Show what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

/// Removes what was made from the project.
pub(super) fn run(context: &Context<'_>, args: &CleanArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let cleaned = clean(&operations, args.dry_run)?;
    let ui = context.ui;
    match &cleaned.folder {
        None => ui.note("there is nothing to remove"),
        Some(folder) => {
            let verb = if args.dry_run { "Would remove" } else { "Removed" };
            let files = count(usize::try_from(cleaned.files).unwrap_or(usize::MAX), "file");
            ui.status(verb, format!("{}: {files}, {} bytes", operations.shown(folder), cleaned.bytes));
        }
    }
    if ui.is_json() {
        ui.json(&json!({
            "folder": cleaned.folder,
            "files": cleaned.files,
            "bytes": cleaned.bytes,
            "dry-run": args.dry_run,
        }));
    }
    Ok(Exit::Done)
}
