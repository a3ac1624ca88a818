//! `s plugin build`: from a core module to a plugin.

use s_ops::{BuildRequest, Built};
use s_ui::{Align, Table};
use serde_json::{Value, json};

use super::Context;
use super::plugin::BuildArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Builds a plugin and reports what it is and what it uses.
pub(super) fn run(context: &Context<'_>, args: &BuildArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = BuildRequest {
        folder: args.folder.clone(),
        module: args.module.clone(),
        output: args.output.clone(),
    };
    let built = s_ops::plugin_build(&operations, &request)?;
    let component = operations.shown(&built.component);
    if context.ui.is_json() {
        context.ui.json(&report(&built, &component));
        return Ok(Exit::Done);
    }
    let plugin = format!("{} {}", built.manifest.id, built.manifest.version);
    context.ui.status("Built", format!("plugin `{plugin}`: {component}"));
    let worlds: Vec<String> = built.manifest.worlds.iter().map(ToString::to_string).collect();
    let memory = format!("{} KiB at the start", built.shape.memory_minimum_bytes.div_ceil(1024));
    context.ui.answer(format!(
        "world   {}\nsize    {} bytes\nmemory  {memory}\ndigest  {}\n\n",
        worlds.join(", "),
        built.shape.size_bytes,
        built.digest,
    ));
    let mut table = Table::new(&[("CAPABILITY", Align::Left), ("FUNCTIONS", Align::Left)]);
    for (class, functions) in &built.functions {
        let class = class.map_or_else(|| "(free)".to_owned(), |class| class.to_string());
        table.row([class, functions.join(", ")]);
    }
    context.ui.answer(table.render(context.ui.columns()));
    Ok(Exit::Done)
}

fn report(built: &Built, component: &str) -> Value {
    let of_class = |(class, functions): (&Option<s_capability::Class>, &Vec<String>)| json!({ "capability": class.map(|class| class.to_string()), "functions": functions });
    let asked = built.manifest.capabilities.iter();
    json!({
        "id": built.manifest.id.as_str(),
        "version": built.manifest.version.to_string(),
        "component": component,
        "digest": built.digest.to_string(),
        "worlds": built.manifest.worlds.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "size-bytes": built.shape.size_bytes,
        "memory-minimum-bytes": built.shape.memory_minimum_bytes,
        "capabilities": asked.map(|(name, asked)| json!({ "name": name.to_string(), "reason": asked.reason })).collect::<Vec<_>>(),
        "uses": built.functions.iter().map(of_class).collect::<Vec<_>>(),
    })
}
