//! `s registry trust`.

use clap::Args;
use s_ops::{TrustedRegistry, registry_accept, registry_forget, registry_trusted};
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s registry trust`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
What a registry has listed it cannot take back, and where it signs its state, it keeps its keys and is never in an
older state: all that is remembered, and every answer is compared with it. Keys that follow from the known ones
are believed by themselves.

Examples:
  s registry trust corp
  s registry trust corp --key packages.example+1a2b3c4d+AW…
  s registry trust corp --forget")]
pub(crate) struct TrustArgs {
    /// The registry: a name of `[registries]`, or an address
    #[arg(value_name = "NAME|URL")]
    registry: String,

    /// Believe the keys it has now, of which this is one that whoever runs it told you
    #[arg(long, value_name = "KEY", conflicts_with = "forget")]
    key: Option<String>,

    /// Forget what it is and said, as for a registry that was made anew
    #[arg(long)]
    forget: bool,
}

/// Shows what is known, believes a key, or forgets.
pub(super) fn run(context: &Context<'_>, args: &TrustArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let ui = context.ui;
    if args.forget {
        let forgotten = registry_forget(&operations, &args.registry)?;
        ui.status(if forgotten { "Forgot" } else { "Kept" }, &args.registry);
        if ui.is_json() {
            ui.json(&json!({ "forgotten": forgotten }));
        }
        return Ok(Exit::Done);
    }
    let known = match &args.key {
        Some(key) => {
            let known = registry_accept(&operations, &args.registry, key)?;
            ui.status("Trusted", format!("{} with {key}", known.name));
            known
        }
        None => registry_trusted(&operations, &args.registry)?,
    };
    if ui.is_json() {
        let TrustedRegistry { name, url, id, keys, state, remembered_count } = &known;
        ui.json(&json!({
            "registry": name, "url": url, "id": id, "keys": keys, "state": state,
            "packages": remembered_count,
        }));
    } else if args.key.is_none() {
        ui.answer(shown(&known));
    }
    Ok(Exit::Done)
}

fn shown(known: &TrustedRegistry) -> String {
    let mut text = format!("{}\n", known.url);
    match &known.id {
        Some(id) => text.push_str(&format!("it is {id}\n")),
        None => text.push_str("it is not known to sign anything\n"),
    }
    for key in &known.keys {
        text.push_str(&format!("key {key}\n"));
    }
    if let Some(state) = known.state {
        text.push_str(&format!("state {state} is the newest that was seen\n"));
    }
    text + &format!("{} packages are remembered as they were listed\n", known.remembered_count)
}
