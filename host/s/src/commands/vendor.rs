//! `s vendor`.

use clap::Args;
use s_ops::package_vendor;
use serde_json::json;

use super::Context;
use super::packages::count;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s vendor`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
The folder `vendor` belongs into version control. What is in it is not fetched again, so that a machine
without a network and with an empty home can work from it.

Examples:
  s vendor
  s install --frozen      # from vendor")]
pub(crate) struct VendorArgs {}

/// Copies the packages beside the project.
pub(super) fn run(context: &Context<'_>, _: &VendorArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let done = package_vendor(&operations)?;
    let ui = context.ui;
    let shown = operations.shown(&done.folder);
    for removed in &done.removed {
        ui.status("Removed", operations.shown(removed));
    }
    ui.status(
        "Vendored",
        format!("{} in {shown}, {} new", count(done.packages, "package"), done.packages - done.present),
    );
    if ui.is_json() {
        ui.json(&json!({
            "folder": done.folder,
            "packages": done.packages,
            "present": done.present,
            "removed": done.removed,
        }));
    }
    Ok(Exit::Done)
}
