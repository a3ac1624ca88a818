//! One text for everything that says the same.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::{Ask, Capability, Command, Manifest, OriginTemplate};
use crate::{LimitsRequest, Unit};

pub(super) fn manifest(manifest: &Manifest) -> String {
    let mut document = DocumentMut::new();
    document.insert("plugin", Item::Table(head(manifest)));
    let mut capabilities = implicit();
    for (name, capability) in &manifest.capabilities {
        let class = name.class().as_str();
        let table = Item::Table(capability_table(capability));
        match name.name() {
            None => drop(capabilities.insert(class, table)),
            Some(name) => {
                let group = capabilities.entry(class).or_insert_with(|| Item::Table(implicit()));
                if let Some(group) = group.as_table_mut() {
                    group.insert(name, table);
                }
            }
        }
    }
    document.insert("capabilities", Item::Table(capabilities));
    let limits = limits(&manifest.limits);
    if !limits.is_empty() {
        document.insert("limits", Item::Table(limits));
    }
    let mut config = implicit();
    for (key, declared) in &manifest.config {
        let mut table = Table::new();
        table.insert("type", value(declared.kind.as_str()));
        flag(&mut table, "required", declared.required);
        optional(&mut table, "default", declared.default.as_deref());
        config.insert(key, Item::Table(table));
    }
    document.insert("config", Item::Table(config));
    let mut commands = implicit();
    for (name, command) in &manifest.commands {
        commands.insert(name, Item::Table(command_table(command)));
    }
    document.insert("commands", Item::Table(commands));
    document.to_string()
}

pub(super) fn capabilities_digest(manifest: &Manifest) -> [u8; 32] {
    Sha256::digest(capabilities_text(manifest)).into()
}

/// What the digest is taken of: one line each, in order, every value quoted.
fn capabilities_text(manifest: &Manifest) -> String {
    let mut text = format!("kind {}\n", manifest.kind);
    for (name, capability) in &manifest.capabilities {
        let _ = write!(text, "{name}");
        match &capability.ask {
            Ask::Http { origins, methods } => {
                let methods: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
                let _ = write!(text, " {:?} {methods:?}", texts(origins));
            }
            Ask::Origins(origins) => drop(write!(text, " {:?}", texts(origins))),
            Ask::Cache { max_bytes } => drop(write!(text, " {max_bytes}")),
            Ask::View { from } => drop(write!(text, " {from:?}")),
            Ask::Plain => {}
        }
        text.push('\n');
    }
    for (key, _, limit) in manifest.limits.entries() {
        if let Some(limit) = limit {
            let _ = writeln!(text, "limit {key} {limit}");
        }
    }
    for (name, command) in &manifest.commands {
        if let Some(scope) = command.edits {
            let _ = writeln!(text, "edits {name} {scope}");
        }
    }
    text
}

/// A `[limits]` table with what is stated.
pub(crate) fn limits(request: &LimitsRequest) -> Table {
    let mut table = Table::new();
    for (key, unit, limit) in request.entries() {
        match (unit, limit) {
            (_, None) => {}
            (Unit::Count, Some(count)) => {
                drop(table.insert(key, value(i64::try_from(count).unwrap_or(i64::MAX))))
            }
            (_, Some(limit)) => drop(table.insert(key, value(unit.show(limit)))),
        }
    }
    table
}

fn head(manifest: &Manifest) -> Table {
    let mut table = Table::new();
    table.insert("id", value(manifest.id.as_str()));
    table.insert("version", value(manifest.version.to_string()));
    table.insert("kind", value(manifest.kind.as_str()));
    table.insert("worlds", value(manifest.worlds.iter().map(ToString::to_string).collect::<Array>()));
    if manifest.component != "plugin.wasm" {
        table.insert("component", value(&manifest.component));
    }
    optional(&mut table, "requires-s", manifest.requires_s.as_ref().map(ToString::to_string).as_deref());
    optional(&mut table, "license", manifest.license.as_deref());
    optional(&mut table, "description", manifest.description.as_deref());
    optional(&mut table, "repository", manifest.repository.as_deref());
    table
}

fn capability_table(capability: &Capability) -> Table {
    let mut table = Table::new();
    table.insert("reason", value(&capability.reason));
    match &capability.ask {
        Ask::Http { origins, methods } => {
            table.insert("origins", value(texts(origins).into_iter().collect::<Array>()));
            table.insert("methods", value(methods.iter().map(|method| method.as_str()).collect::<Array>()));
        }
        Ask::Origins(origins) => {
            drop(table.insert("origins", value(texts(origins).into_iter().collect::<Array>())))
        }
        Ask::Cache { max_bytes } => drop(table.insert("max", value(Unit::Size.show(*max_bytes)))),
        Ask::View { from } => {
            optional(&mut table, "from", from.as_ref().map(|key| format!("config.{key}")).as_deref());
        }
        Ask::Plain => {}
    }
    table
}

fn command_table(command: &Command) -> Table {
    let mut table = Table::new();
    table.insert("about", value(&command.about));
    if !command.examples.is_empty() {
        table.insert("examples", value(command.examples.iter().collect::<Array>()));
    }
    optional(&mut table, "edits", command.edits.map(|scope| scope.as_str()));
    let arguments = command.arguments.iter().map(|argument| {
        let mut table = Table::new();
        table.insert("name", value(&argument.name));
        flag(&mut table, "required", argument.required);
        flag(&mut table, "repeat", argument.repeat);
        optional(&mut table, "about", argument.about.as_deref());
        table
    });
    list(&mut table, "arguments", arguments.collect());
    let options = command.options.iter().map(|option| {
        let mut table = Table::new();
        table.insert("name", value(&option.name));
        optional(&mut table, "short", option.short.map(String::from).as_deref());
        if !option.values.is_empty() {
            table.insert("values", value(option.values.iter().collect::<Array>()));
        }
        optional(&mut table, "default", option.default.as_deref());
        flag(&mut table, "flag", option.flag);
        optional(&mut table, "about", option.about.as_deref());
        table
    });
    list(&mut table, "options", options.collect());
    table
}

fn texts(origins: &[OriginTemplate]) -> Vec<String> {
    origins.iter().map(ToString::to_string).collect()
}

fn implicit() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

fn optional(table: &mut Table, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        table.insert(key, value(text));
    }
}

fn flag(table: &mut Table, key: &str, set: bool) {
    if set {
        table.insert(key, value(true));
    }
}

fn list(table: &mut Table, key: &str, tables: Vec<Table>) {
    if !tables.is_empty() {
        table.insert(key, Item::ArrayOfTables(tables.into_iter().collect::<ArrayOfTables>()));
    }
}
