//! `s target`: what programs can be built for, and the packs that bring more.

use clap::{Args, Subcommand};
use s_diag::{Diagnostic, Severity};
use s_ops::{
    ListedTarget, PackState, TargetAddition, TargetInfo, target_add, target_info, target_list, target_remove,
};
use s_ui::{Align, Styled, Table, one_line, style};
use serde_json::{Value, json};

use super::Context;
use super::plugin::{self, ScopeArgs};
use super::plugin_remove;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s target`.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = false, after_long_help = ABOUT)]
pub(crate) struct TargetArgs {
    #[command(subcommand)]
    command: TargetSubcommand,
}

const ABOUT: &str = "\
A target is a machine and its system, such as aarch64-linux; the order of the words and further ones,
as in aarch64-unknown-linux-gnu, do not matter. The packs of some are part of s. Others are plugins.

Examples:
  s target list
  s target info linux-arm64
  s target add ./acme-freebsd.wasm";

#[derive(Debug, Subcommand)]
enum TargetSubcommand {
    /// List what programs can be built for
    List(ListArgs),
    /// Show what is known of one target
    Info(InfoArgs),
    /// Add a pack for more targets
    Add(AddArgs),
    /// Remove a pack
    Remove(RemoveArgs),
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s target list\n  s target list --json")]
struct ListArgs {}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s target info x86_64-linux\n  s target info linux-arm64-gnu")]
struct InfoArgs {
    /// The target, in any spelling
    #[arg(value_name = "TRIPLE")]
    triple: String,
}

#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  s target add ./acme-freebsd.wasm\n  s target add --user https://acme.example/freebsd.wasm --integrity sha256-…"
)]
struct AddArgs {
    /// A component, a folder with plugin.toml, the address of one, or a package of a registry
    #[arg(value_name = "PATH|URL|PACKAGE")]
    source: String,

    #[command(flatten)]
    scope: ScopeArgs,

    /// Refuse anything but these bytes
    #[arg(long, value_name = "sha256-…")]
    integrity: Option<String>,

    /// Allow what it asks for, without a question; needs --integrity
    #[arg(long, requires = "integrity")]
    allow: bool,
}

#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s target remove acme/freebsd")]
struct RemoveArgs {
    /// The pack: its id, the name in it, or one of its targets
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    scope: ScopeArgs,
}

/// Runs a subcommand.
pub(super) fn run(context: &Context<'_>, args: &TargetArgs) -> Result<Exit, Failure> {
    match &args.command {
        TargetSubcommand::List(_) => list(context),
        TargetSubcommand::Info(args) => info(context, args),
        TargetSubcommand::Add(args) => add(context, args),
        TargetSubcommand::Remove(args) => remove(context, args),
    }
}

fn list(context: &Context<'_>) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let (targets, failures) = target_list(&operations);
    let ui = context.ui;
    for diagnostic in failures.into_iter().flat_map(|failure| failure.diagnostics) {
        ui.diagnostic(&Diagnostic { severity: Severity::Warning, ..diagnostic });
    }
    if ui.is_json() {
        ui.json(&json!({ "targets": targets.iter().map(listed_json).collect::<Vec<_>>() }));
        return Ok(Exit::Done);
    }
    let headings = ["TARGET", "MACHINE", "SYSTEM", "PACK", "FROM"];
    let mut table = Table::new(&headings.map(|heading| (heading, Align::Left)));
    for target in &targets {
        let (triple, machine) = (shown(&target.triple), shown(&target.machine));
        table.row([&triple, &machine, &target.system, target.pack.word(), &from(&target.pack)]);
    }
    ui.answer(table.render(ui.columns()));
    Ok(Exit::Done)
}

fn info(context: &Context<'_>, args: &InfoArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let info = target_info(&operations, &args.triple)?;
    if context.ui.is_json() {
        context.ui.json(&info_json(&info));
    } else {
        context.ui.answer(page(&info));
    }
    Ok(Exit::Done)
}

fn add(context: &Context<'_>, args: &AddArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let addition = TargetAddition {
        source: args.source.clone(),
        user: args.scope.user,
        integrity: args.integrity.clone(),
        allow: args.allow,
        reserved: plugin::reserved(),
    };
    let (added, targets) = target_add(&operations, &addition)?;
    let ui = context.ui;
    for pack in &added {
        ui.status("Added", format!("{} {} for this {}", pack.id, pack.version, pack.level.word()));
    }
    if !targets.is_empty() {
        let targets: Vec<String> = targets.iter().map(|target| shown(target)).collect();
        ui.note(format!("programs can be built for {}", targets.join(", ")));
    }
    if ui.is_json() {
        let added = added.iter().map(|pack| {
            json!({
                "id": pack.id,
                "version": pack.version,
                "level": pack.level.word(),
                "integrity": pack.integrity.to_string(),
                "source": pack.source,
                "allowed": pack.allowed.word(),
            })
        });
        ui.json(&json!({ "added": added.collect::<Vec<_>>(), "targets": targets }));
    }
    Ok(Exit::Done)
}

fn remove(context: &Context<'_>, args: &RemoveArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let removed = target_remove(&operations, &args.name, args.scope.user)?;
    plugin_remove::tell(context.ui, &removed);
    Ok(Exit::Done)
}

/// What others wrote is cut here.
const COLUMNS_MAX: usize = 100;

fn shown(text: &str) -> String {
    one_line(text, COLUMNS_MAX)
}

/// The plugin behind a target, or the command that brings one.
fn from(pack: &PackState) -> String {
    match pack {
        PackState::BuiltIn { plugin } => plugin.clone(),
        PackState::Installed { plugin, version, level } => {
            format!("{plugin} {version} ({})", level.word())
        }
        PackState::Absent { get } => get.clone(),
    }
}

fn page(info: &TargetInfo) -> Styled {
    let target = &info.target;
    let mut page = Styled::new().styled(style::STRONG, shown(&target.triple)).plain("\n");
    let mut row = |label: &str, value: &str| {
        if !value.is_empty() {
            page.push(style::PLAIN, format!("{label:<13}{}\n", shown(value)));
        }
    };
    row("machine", &target.machine);
    row("system", &target.system);
    row("pack", &format!("{}: {}", target.pack.word(), from(&target.pack)));
    row("address", &format!("{} bits", info.pointer_bits));
    row("features", &info.features.join(", "));
    row("needs", info.minimum_system.as_deref().unwrap_or_default());
    row("suffix", &info.executable_suffix);
    row("runner", info.runner.as_deref().unwrap_or_default());
    row("also called", &info.aliases.join(", "));
    page
}

fn listed_json(target: &ListedTarget) -> Value {
    let (plugin, version, level, get) = match &target.pack {
        PackState::BuiltIn { plugin } => (Some(plugin), None, None, None),
        PackState::Installed { plugin, version, level } => {
            (Some(plugin), Some(version), Some(level.word()), None)
        }
        PackState::Absent { get } => (None, None, None, Some(get)),
    };
    json!({
        "triple": target.triple,
        "machine": target.machine,
        "system": target.system,
        "pack": target.pack.word(),
        "plugin": plugin,
        "version": version,
        "level": level,
        "get": get,
    })
}

fn info_json(info: &TargetInfo) -> Value {
    let mut json = listed_json(&info.target);
    let more = json!({
        "aliases": info.aliases,
        "features": info.features,
        "minimum-system": info.minimum_system,
        "pointer-bits": info.pointer_bits,
        "executable-suffix": info.executable_suffix,
        "runner": info.runner,
    });
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
    }
    json
}
