//! `s pack`.

use std::path::PathBuf;

use clap::Args;
use s_ops::package_pack;
use serde_json::json;

use super::Context;
use super::packages::{MemberArgs, count};
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s pack`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
The same files give the same bytes, whoever packs them and wherever.

Examples:
  s pack
  s pack --output ./dist
  s pack --list")]
pub(crate) struct PackArgs {
    /// The folder to put the archive into
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,

    /// Show what is in it
    #[arg(long)]
    list: bool,

    #[command(flatten)]
    member: MemberArgs,
}

/// Packs the project.
pub(super) fn run(context: &Context<'_>, args: &PackArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let done = package_pack(&operations, args.output.as_deref(), args.member.member.as_deref())?;
    let (ui, packed) = (context.ui, &done.packed);
    if ui.is_json() {
        ui.json(&json!({
            "name": done.name.as_str(),
            "version": done.version.to_string(),
            "file": done.path,
            "size": packed.size,
            "integrity": packed.sha256.to_string(),
            "tree": packed.tree.to_string(),
            "files": done.files,
            "unpacked": packed.unpacked_bytes,
        }));
        return Ok(Exit::Done);
    }
    let files = count(done.files.len(), "file");
    ui.status("Packed", format!("{} {}: {files}, {} bytes", done.name, done.version, packed.size));
    ui.status("Digest", packed.sha256.to_string());
    if args.list {
        ui.answer(done.files.join("\n") + "\n");
    } else {
        ui.answer(format!("{}\n", operations.shown(&done.path)));
    }
    Ok(Exit::Done)
}
