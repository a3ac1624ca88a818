//! `s plugin update`.

use s_ops::plugins::listing::differences;
use s_ops::{Update, Updated, plugin_update};
use serde_json::{Value, json};

use super::Context;
use super::plugin::{self, UpdateArgs};
use crate::exit::Exit;
use crate::frame::Failure;

/// Moves plugins to what lies at their sources now.
pub(super) fn run(context: &Context<'_>, args: &UpdateArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let update = Update {
        ids: args.ids.clone(),
        user: args.scope.user,
        dry_run: args.dry_run,
        reserved: plugin::reserved(),
    };
    let updated = plugin_update(&operations, &update)?;
    let ui = context.ui;
    let verb = if args.dry_run { "Would move" } else { "Updated" };
    for plugin in &updated {
        let versions = format!("{} {} to {}", plugin.id, plugin.version_before, plugin.version);
        if plugin.is_new() {
            ui.status(verb, versions);
        } else {
            ui.note(format!("{} {} is what lies at its source", plugin.id, plugin.version));
        }
        if !plugin.changes.is_empty() {
            let needs = if plugin.needs_consent { ", which needs your consent" } else { "" };
            let changes = differences(&plugin.changes);
            ui.note(format!("it asks for something else now{needs}:\n{}", changes.trim_end()));
        }
    }
    if updated.is_empty() {
        ui.note("no plugin is used here that could be updated");
    }
    if ui.is_json() {
        let plugins: Vec<Value> = updated.iter().map(to_json).collect();
        ui.json(&json!({ "dry-run": args.dry_run, "plugins": plugins }));
    }
    Ok(Exit::Done)
}

fn to_json(updated: &Updated) -> Value {
    let changes = updated.changes.iter().map(|change| {
        json!({ "sign": change.sign.as_char().to_string(), "capability": change.capability, "text": change.text })
    });
    json!({
        "id": updated.id,
        "updated": updated.is_new(),
        "version-before": updated.version_before,
        "version": updated.version,
        "integrity-before": updated.integrity_before.to_string(),
        "integrity": updated.integrity.to_string(),
        "changes": changes.collect::<Vec<_>>(),
        "needs-consent": updated.needs_consent,
    })
}
