//! `s plugin list`.

use s_ops::{ListedPlugin, plugin_list};
use s_ui::{Align, Table};
use serde_json::{Value, json};

use super::Context;
use super::plugin::ListArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Prints a line a plugin. What cannot be read is an error behind them.
pub(super) fn run(context: &Context<'_>, args: &ListArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let (plugins, failures) = plugin_list(&operations, args.kind.map(Into::into))?;
    let ui = context.ui;
    if ui.is_json() {
        ui.json(&json!({ "plugins": plugins.iter().map(to_json).collect::<Vec<_>>() }));
        return ended(failures);
    }
    let headings = ["ID", "VERSION", "KIND", "LEVEL", "ALLOWED", "SOURCE"];
    let mut table = Table::new(&headings.map(|heading| (heading, Align::Left)));
    for plugin in &plugins {
        table.row([
            &plugin.id,
            &plugin.version,
            plugin.kind.as_str(),
            plugin.level.word(),
            plugin.allowed.word(),
            &plugin.source,
        ]);
    }
    ui.answer(table.render(ui.columns()));
    ended(failures)
}

/// A list that is not whole fails, with everything that is missing in it.
fn ended(failures: Vec<s_ops::Failure>) -> Result<Exit, Failure> {
    Failure::joined(failures.into_iter().map(Failure::from)).map_or(Ok(Exit::Done), Err)
}

fn to_json(plugin: &ListedPlugin) -> Value {
    json!({
        "id": plugin.id,
        "version": plugin.version,
        "kind": plugin.kind.as_str(),
        "level": plugin.level.word(),
        "allowed": plugin.allowed.word(),
        "source": plugin.source,
        "integrity": plugin.integrity.to_string(),
        "commands": plugin.commands,
        "description": plugin.description,
    })
}
