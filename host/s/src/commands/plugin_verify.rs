//! `s plugin verify`.

use s_ops::plugin_verify;
use serde_json::{Value, json};

use super::Context;
use super::plugin::VerifyArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Checks plugins; every finding is an error.
pub(super) fn run(context: &Context<'_>, args: &VerifyArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let verified = plugin_verify(&operations, &args.ids)?;
    let ui = context.ui;
    if ui.is_json() {
        let plugins = verified.iter().map(|plugin| {
            json!({
                "id": plugin.id,
                "version": plugin.version,
                "level": plugin.level.word(),
                "integrity": plugin.integrity.to_string(),
            })
        });
        ui.json(&json!({ "verified": plugins.collect::<Vec<Value>>() }));
    } else {
        let count = verified.len();
        let plugins = if count == 1 { "plugin is" } else { "plugins are" };
        ui.answer(format!("{count} {plugins} as pinned, and within what was allowed\n"));
    }
    Ok(Exit::Done)
}
