//! `s plugin add`.

use s_ops::{Added, Addition, plugin_add};
use serde_json::{Value, json};

use super::Context;
use super::plugin::{self, AddArgs};
use crate::exit::Exit;
use crate::frame::Failure;

/// Adds one plugin, or what the project names.
pub(super) fn run(context: &Context<'_>, args: &AddArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let addition = Addition {
        source: args.source.clone(),
        user: args.scope.user,
        integrity: args.integrity.clone(),
        config: plugin::config(&args.config)?,
        kind: None,
        allow: args.allow,
        reserved: plugin::reserved(),
    };
    let added = plugin_add(&operations, &addition)?;
    let ui = context.ui;
    for plugin in &added {
        let to = plugin.level.word();
        ui.status("Added", format!("{} {} ({}) for this {to}", plugin.id, plugin.version, plugin.kind));
        if !plugin.commands.is_empty() {
            ui.note(format!("it brings the command s {}", plugin.commands.join(", s ")));
        }
    }
    if added.is_empty() {
        ui.note("every plugin that is named is here, and allowed");
    }
    if ui.is_json() {
        ui.json(&json!({ "added": added.iter().map(to_json).collect::<Vec<_>>() }));
    }
    Ok(Exit::Done)
}

fn to_json(added: &Added) -> Value {
    json!({
        "id": added.id,
        "version": added.version,
        "kind": added.kind.as_str(),
        "level": added.level.word(),
        "integrity": added.integrity.to_string(),
        "source": added.source,
        "commands": added.commands,
        "allowed": added.allowed.word(),
    })
}
