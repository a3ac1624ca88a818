//! `s store`: the packages of this machine.

use clap::{Args, Subcommand};
use s_diag::{Code, Diagnostic};
use s_ops::{store_gc, store_verify};
use serde_json::json;

use super::Context;
use super::packages::count;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s store`.
#[derive(Args, Debug)]
#[command(
    subcommand_required = true,
    arg_required_else_help = false,
    after_long_help = "\
Examples:
  s store verify --repair
  s store gc --dry-run"
)]
pub(crate) struct StoreArgs {
    #[command(subcommand)]
    command: StoreSubcommand,
}

#[derive(Debug, Subcommand)]
enum StoreSubcommand {
    /// Read every file of every package, and find those that changed
    Verify(VerifyArgs),
    /// Remove the packages that no project needs
    Gc(GcArgs),
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s store verify\n  s store verify --repair")]
struct VerifyArgs {
    /// Remove what is damaged, and bring it anew where a project of this machine needs it
    #[arg(long)]
    repair: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s store gc --dry-run\n  s store gc --keep-mib 500")]
struct GcArgs {
    /// Show what would go, and remove nothing
    #[arg(long)]
    dry_run: bool,

    /// Remove the oldest only until so many MiB are left
    #[arg(long, value_name = "N")]
    keep_mib: Option<u64>,
}

/// Checks or clears.
pub(super) fn run(context: &Context<'_>, args: &StoreArgs) -> Result<Exit, Failure> {
    match &args.command {
        StoreSubcommand::Verify(args) => verify(context, args),
        StoreSubcommand::Gc(args) => gc(context, args),
    }
}

fn verify(context: &Context<'_>, args: &VerifyArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let found = store_verify(&operations, args.repair)?;
    let ui = context.ui;
    if ui.is_json() {
        let found =
            found.iter().map(|one| json!({ "path": one.path, "name": one.package, "fault": one.fault, "brought": one.brought }));
        ui.json(&json!({ "damaged": found.collect::<Vec<_>>(), "repaired": args.repair }));
    }
    if found.is_empty() {
        ui.status("Verified", "every package is as it was unpacked");
        return Ok(Exit::Done);
    }
    let mut diagnostic =
        Diagnostic::error(Code::STORE_DAMAGED, format!("{} damaged", count(found.len(), "package is")));
    for one in &found {
        diagnostic = diagnostic.note(format!("{}: {}", one.path.display(), one.fault));
    }
    if args.repair {
        let brought = found.iter().filter(|one| one.brought).count();
        if brought > 0 {
            ui.status("Mended", count(brought, "damaged package"));
        }
        if brought < found.len() {
            ui.status("Removed", count(found.len() - brought, "damaged package"));
            ui.note("the next `s install` brings what a project needs");
        }
        return Ok(Exit::Done);
    }
    Err(Failure::new(Exit::Integrity, diagnostic.hint("s store verify --repair")))
}

fn gc(context: &Context<'_>, args: &GcArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let size_bytes_max = args.keep_mib.map(|mib| mib.saturating_mul(1 << 20));
    let report = store_gc(&operations, args.dry_run, size_bytes_max)?;
    let ui = context.ui;
    let verb = if args.dry_run { "Would remove" } else { "Removed" };
    for removed in &report.removed {
        ui.debug(format!("{verb} {}", removed.display()));
    }
    ui.status(verb, format!("{}, {} bytes", count(report.removed.len(), "package"), report.bytes));
    if report.young_count > 0 {
        let until = report.young_until().map_or_else(String::new, |until| format!(", until {until}"));
        let kept = count(report.young_count, "package");
        ui.note(format!("{kept} that no project needs came less than an hour ago and stay for now{until}"));
    }
    if ui.is_json() {
        ui.json(&json!({
            "removed": report.removed,
            "bytes": report.bytes,
            "young": report.young_count,
            "young-until-unix": report.young_until_unix,
            "dry-run": args.dry_run,
        }));
    }
    Ok(Exit::Done)
}
