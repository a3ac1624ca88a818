//! `s plugin inspect`.

use s_ops::plugins::listing::listing;
use s_ops::{Inspected, plugin_inspect};
use s_ui::{Styled, one_line, style};
use serde_json::{Value, json};

use super::Context;
use super::plugin::InspectArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Prints what a component is. What would keep it from running is reported beside that.
pub(super) fn run(context: &Context<'_>, args: &InspectArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let inspected = plugin_inspect(&operations, &args.file)?;
    if context.ui.is_json() {
        context.ui.json(&to_json(&inspected));
    } else {
        context.ui.answer(page(&inspected));
    }
    if inspected.problems.is_empty() {
        return Ok(Exit::Done);
    }
    Err(Failure { exit: Exit::Failed, diagnostics: inspected.problems })
}

/// Names from the component are cut here.
const COLUMNS_MAX: usize = 200;

fn page(inspected: &Inspected) -> Styled {
    let shape = &inspected.shape;
    let mut page = Styled::new();
    let mut row = |label: &str, value: String| {
        page.push(style::PLAIN, format!("{label:<13}{}\n", one_line(&value, COLUMNS_MAX)));
    };
    match &inspected.manifest {
        Some((manifest, _)) => {
            row("plugin", format!("{} {}   {}", manifest.id, manifest.version, manifest.kind));
            manifest.description.iter().for_each(|text| row("about", text.clone()));
        }
        None => row("plugin", "no manifest that can be read".to_owned()),
    }
    let worlds = inspected.worlds.join(", ");
    row("fits", if worlds.is_empty() { "no world of this `s`".to_owned() } else { worlds });
    row("integrity", inspected.integrity.to_string());
    row("size", format!("{} bytes", shape.size_bytes));
    row(
        "code",
        format!(
            "{} functions in {} core modules and {} inner components, the largest {} bytes",
            shape.functions, shape.core_modules, shape.nested_components, shape.largest_body_bytes
        ),
    );
    row("memory", format!("{} bytes from the start", shape.memory_minimum_bytes));
    for (tool, version) in &shape.producers {
        row("made with", format!("{tool} {version}"));
    }
    for (title, interfaces) in [("Imports", &shape.imports), ("Exports", &shape.exports)] {
        section(&mut page, title);
        for interface in interfaces {
            let functions: Vec<&str> = interface.functions.iter().map(String::as_str).collect();
            let functions = if functions.is_empty() { "types only".to_owned() } else { functions.join(", ") };
            page.push(
                style::PLAIN,
                format!(
                    "  {}: {}\n",
                    one_line(&interface.to_string(), COLUMNS_MAX),
                    one_line(&functions, usize::MAX)
                ),
            );
        }
    }
    section(&mut page, "Sections");
    for (name, bytes) in &inspected.sections {
        page.push(style::PLAIN, format!("  {bytes:>9}  {}\n", one_line(name, COLUMNS_MAX)));
    }
    if let Some((manifest, asked)) = &inspected.manifest {
        section(&mut page, "What it asks for, before it is configured");
        page.push(style::PLAIN, listing(manifest, asked));
    }
    page
}

fn section(page: &mut Styled, title: &str) {
    page.push(style::PLAIN, "\n");
    page.push(style::STRONG, format!("{title}\n"));
}

fn to_json(inspected: &Inspected) -> Value {
    let shape = &inspected.shape;
    let interfaces = |interfaces: &[s_ops::InterfaceUse]| -> Vec<Value> {
        let interface = |interface: &s_ops::InterfaceUse| {
            json!({
                "interface": interface.path(),
                "version": interface.version.to_string(),
                "functions": interface.functions,
            })
        };
        interfaces.iter().map(interface).collect()
    };
    let needs = inspected.needs.iter().map(|(name, functions)| (name.clone(), json!(functions)));
    let sections = inspected.sections.iter().map(|(name, bytes)| json!({ "name": name, "bytes": bytes }));
    let producers = shape.producers.iter().map(|(tool, version)| json!({ "tool": tool, "version": version }));
    let plugin = inspected.manifest.as_ref().map(|(manifest, _)| {
        let capabilities = manifest.capabilities.iter();
        let capabilities = capabilities
            .map(|(name, capability)| json!({ "name": name.to_string(), "reason": capability.reason }));
        json!({
            "id": manifest.id.to_string(),
            "version": manifest.version.to_string(),
            "kind": manifest.kind.as_str(),
            "worlds": manifest.worlds.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "capabilities": capabilities.collect::<Vec<_>>(),
        })
    });
    json!({
        "integrity": inspected.integrity.to_string(),
        "size-bytes": shape.size_bytes,
        "plugin": plugin,
        "fits": inspected.worlds,
        "imports": interfaces(&shape.imports),
        "exports": interfaces(&shape.exports),
        "needs": needs.collect::<serde_json::Map<_, _>>(),
        "core-modules": shape.core_modules,
        "inner-components": shape.nested_components,
        "functions": shape.functions,
        "largest-function-bytes": shape.largest_body_bytes,
        "memory-minimum-bytes": shape.memory_minimum_bytes,
        "producers": producers.collect::<Vec<_>>(),
        "sections": sections.collect::<Vec<_>>(),
        "problems": inspected.problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>(),
    })
}
