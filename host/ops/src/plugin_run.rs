//! One call of a plugin, to see what it answers and what it costs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use s_capability::PluginId;
use s_component::InspectLimits;
use s_plugin::Usage;
use s_store::files;
use serde_json::Value;

use crate::Context;
use crate::failure::Failure;
use crate::plugin_call::{CallConfig, perform};
use crate::plugins::catalog::{self, Entry, Level};
use crate::plugins::launch::{Allow, launch};

/// What to call.
#[derive(Clone, Debug)]
pub struct PluginCall {
    /// A component, or the id of a plugin that is used here.
    pub plugin: String,
    /// The function, such as `registry.list`.
    pub function: String,
    /// Its arguments; null for none.
    pub arguments: Value,
    /// Configuration, over what is stated.
    pub config: BTreeMap<String, String>,
    /// Whether the user allows, for this call, what the plugin asks for.
    pub allow: bool,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Called {
    /// The answer, named as in the interface text.
    pub answer: Value,
    /// What it cost.
    pub usage: Usage,
}

/// Calls one function of a plugin. It is checked like in any other run.
pub fn plugin_run(context: &Arc<Context>, call: &PluginCall) -> Result<Called, Failure> {
    let entry = find(context, &call.plugin)?;
    let allow = if call.allow { Allow::ThisRun } else { Allow::Granted };
    let launched = launch(context, &entry, &call.config, allow)?;
    let config = CallConfig { name: entry.id().name().to_owned(), options: launched.options() };
    let kind = entry.manifest.kind;
    let performed = launched.plugin.engine.clone().block_on(perform(
        &launched.plugin,
        kind,
        &call.function,
        call.arguments.clone(),
        &config,
    ))?;
    Ok(Called { answer: performed.answer?, usage: performed.usage })
}

/// A file that is there, or else an id that is used here.
fn find(context: &Context, plugin: &str) -> Result<Entry, Failure> {
    let path = context.directory().join(Path::new(plugin));
    let is_id = plugin.parse::<PluginId>().is_ok();
    if is_id && !files::exists(&path)? {
        return catalog::find(context, plugin);
    }
    let bytes = files::read_capped(&path, InspectLimits::default().size_bytes_max)?;
    let shown = context.shown(&path);
    Entry::loose(Level::User, bytes, &shown, format!("path+{shown}"))
}
