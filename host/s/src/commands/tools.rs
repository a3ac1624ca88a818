//! Programs of packages: `s install -g`, `s uninstall -g`, `s list -g` and `s x`.

use clap::Args;
use s_diag::{Code, Diagnostic};
use s_ops::{Tool, tool_install, tool_list, tool_run, tool_uninstall};
use s_ui::{Align, Table};
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s uninstall`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s uninstall -g acme/lint")]
pub(crate) struct UninstallArgs {
    /// Packages whose programs to remove
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    /// Say that it is about your own programs
    #[arg(short, long)]
    global: bool,
}

/// The arguments of `s x`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
The package is brought into the store and its program run where you are. `s` ends with its status.

Examples:
  s x acme/lint
  s x acme/lint@2 --bin fix -- --all")]
pub(crate) struct XArgs {
    /// The package, with what will do behind @
    #[arg(value_name = "NAME[@REQUIREMENT]")]
    spec: String,

    /// Which of its programs, where it has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,

    /// The registry it comes from: a name of `[registries]`, or an address
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    /// What is handed to it
    #[arg(value_name = "ARGUMENT", last = true)]
    arguments: Vec<String>,
}

/// Installs programs for the user.
pub(super) fn install(
    context: &Context<'_>,
    specs: &[String],
    registry: Option<&str>,
) -> Result<Exit, Failure> {
    if specs.is_empty() {
        let diagnostic = Diagnostic::error(Code::USAGE, "`s install -g` needs the name of a package");
        return Err(Failure::new(Exit::Usage, diagnostic.hint("s install -g acme/lint")));
    }
    let operations = (context.operations)()?;
    let (ui, mut answers) = (context.ui, Vec::new());
    for spec in specs {
        let done = tool_install(&operations, spec, registry)?;
        let tool = &done.tool;
        let before = match &done.before {
            Some(before) if *before != tool.version => format!(" (was {before})"),
            _ => String::new(),
        };
        ui.status(
            "Installed",
            format!("{} {}{before}: {}", tool.name, tool.version, tool.programs.join(", ")),
        );
        if !done.is_on_path {
            ui.note(format!("`{}` is not on your PATH", done.folder.display()));
        }
        let mut answer = tool_json(tool);
        answer["before"] = done.before.map(|version| version.to_string()).into();
        answer["folder"] = json!(done.folder);
        answers.push(answer);
    }
    if ui.is_json() {
        ui.json(&json!({ "installed": answers }));
    }
    Ok(Exit::Done)
}

/// Removes programs of the user.
pub(super) fn uninstall(context: &Context<'_>, args: &UninstallArgs) -> Result<Exit, Failure> {
    if !args.global {
        let names = args.names.join(" ");
        let diagnostic =
            Diagnostic::error(Code::USAGE, "`s uninstall` is about programs you installed for yourself")
                .hint(format!("s uninstall -g {names}"))
                .hint(format!("to remove a dependency of this project: s remove {names}"));
        return Err(Failure::new(Exit::Usage, diagnostic));
    }
    let operations = (context.operations)()?;
    let (ui, mut answers) = (context.ui, Vec::new());
    for name in &args.names {
        let tool = tool_uninstall(&operations, name)?;
        ui.status("Uninstalled", format!("{} {}: {}", tool.name, tool.version, tool.programs.join(", ")));
        answers.push(tool_json(&tool));
    }
    if ui.is_json() {
        ui.json(&json!({ "uninstalled": answers }));
    }
    Ok(Exit::Done)
}

/// Lists programs of the user.
pub(super) fn list(context: &Context<'_>) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let tools = tool_list(&operations)?;
    let ui = context.ui;
    if ui.is_json() {
        ui.json(&json!({ "tools": tools.iter().map(tool_json).collect::<Vec<_>>() }));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&[("Name", Align::Left), ("Version", Align::Left), ("Programs", Align::Left)]);
    for tool in &tools {
        table.row([tool.name.as_str(), &tool.version.to_string(), &tool.programs.join(", ")]);
    }
    if table.is_empty() {
        ui.note("no programs are installed for you");
    } else {
        ui.answer(table.render(ui.columns()));
    }
    Ok(Exit::Done)
}

/// Runs a program without installing it.
pub(super) fn x(context: &Context<'_>, args: &XArgs) -> Result<u8, Failure> {
    let operations = (context.operations)()?;
    Ok(tool_run(&operations, &args.spec, args.bin.as_deref(), &args.arguments, args.registry.as_deref())?)
}

fn tool_json(tool: &Tool) -> Value {
    json!({
        "name": tool.name.as_str(),
        "version": tool.version.to_string(),
        "programs": tool.programs,
    })
}
