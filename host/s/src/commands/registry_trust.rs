//! `s registry trust`.

use clap::Args;
use s_ops::{registry_forget, registry_trusted};
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s registry trust`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
What a registry has listed it cannot take back: that is remembered, and every answer is compared with it.

Examples:
  s registry trust corp
  s registry trust corp --forget")]
pub(crate) struct TrustArgs {
    /// The registry: a name of `[registries]`, or an address
    #[arg(value_name = "NAME|URL")]
    registry: String,

    /// Forget what it said, as for a registry that was made anew
    #[arg(long)]
    forget: bool,
}

/// Shows what is known, or forgets it.
pub(super) fn run(context: &Context<'_>, args: &TrustArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let known = registry_trusted(&operations, &args.registry)?;
    let ui = context.ui;
    let forgotten = args.forget && registry_forget(&operations, &args.registry)?;
    if ui.is_json() {
        ui.json(&json!({
            "registry": known.name, "url": known.url, "packages": known.remembered_count,
            "forgotten": forgotten,
        }));
    } else if args.forget {
        let word = if forgotten { "Forgot" } else { "Kept" };
        ui.status(word, format!("{} packages of {}", known.remembered_count, known.name));
    } else {
        let count = known.remembered_count;
        ui.answer(format!("{}\n{count} packages are remembered as they were listed\n", known.url));
    }
    Ok(Exit::Done)
}
