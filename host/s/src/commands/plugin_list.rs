//! `s plugin list`.

use s_diag::{Diagnostic, Severity};
use s_ops::{ListedPlugin, plugin_list};
use s_ui::{Align, Table};
use serde_json::{Value, json};

use super::Context;
use super::plugin::ListArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Prints a line a plugin. What cannot be read is a warning beside it.
pub(super) fn run(context: &Context<'_>, args: &ListArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let (plugins, failures) = plugin_list(&operations, args.kind.map(Into::into))?;
    let ui = context.ui;
    for diagnostic in failures.into_iter().flat_map(|failure| failure.diagnostics) {
        ui.diagnostic(&Diagnostic { severity: Severity::Warning, ..diagnostic });
    }
    if ui.is_json() {
        ui.json(&json!({ "plugins": plugins.iter().map(to_json).collect::<Vec<_>>() }));
        return Ok(Exit::Done);
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
    Ok(Exit::Done)
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
