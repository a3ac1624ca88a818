//! `s list`.

use clap::Args;
use s_ops::{ListedLock, package_list};
use s_ui::{Align, Table};
use serde_json::json;

use super::{Context, tools};
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s list`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s list\n  s list --digests\n  s list -g")]
pub(crate) struct ListArgs {
    /// List the programs you installed for yourself instead
    #[arg(short, long)]
    global: bool,

    /// Show the digests of archives and of files, which are the same on every machine
    #[arg(long, conflicts_with = "global")]
    digests: bool,
}

/// Lists the packages of the lock.
pub(super) fn run(context: &Context<'_>, args: &ListArgs) -> Result<Exit, Failure> {
    if args.global {
        return tools::list(context);
    }
    let operations = (context.operations)()?;
    let packages = package_list(&operations, args.digests)?;
    let ui = context.ui;
    if ui.is_json() {
        let packages = packages.iter().map(|ListedLock { package, tree }| {
            json!({
                "name": package.name.as_str(),
                "version": package.version.to_string(),
                "source": package.source.to_string(),
                "integrity": package.integrity.map(|digest| digest.to_string()),
                "tree": tree.map(|digest| digest.to_string()),
                "features": package.features,
            })
        });
        ui.json(&json!({ "packages": packages.collect::<Vec<_>>() }));
        return Ok(Exit::Done);
    }
    if args.digests {
        let mut text = String::new();
        for ListedLock { package, tree } in &packages {
            let shown = |digest: Option<String>| digest.unwrap_or_else(|| "-".to_owned());
            let integrity = shown(package.integrity.map(|digest| digest.to_string()));
            let tree = shown(tree.map(|digest| digest.to_string()));
            text.push_str(&format!("{}@{} {integrity} {tree}\n", package.name, package.version));
        }
        ui.answer(text);
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&[("Name", Align::Left), ("Version", Align::Left), ("Source", Align::Left)]);
    for ListedLock { package, .. } in &packages {
        table.row([package.name.as_str(), &package.version.to_string(), &package.source.to_string()]);
    }
    if table.is_empty() {
        ui.note("no packages are locked here");
    } else {
        ui.answer(table.render(ui.columns()));
    }
    Ok(Exit::Done)
}
