//! `s search`.

use clap::Args;
use s_ops::package_search;
use s_ui::{Align, Table};
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s search`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s search json\n  s search 'http client' --registry corp")]
pub(crate) struct SearchArgs {
    /// What the package is about
    #[arg(value_name = "TEXT", required = true)]
    words: Vec<String>,

    /// The registry: a name of `[registries]`, or an address; without it, all
    #[arg(long, value_name = "NAME|URL")]
    registry: Option<String>,

    /// How many to show of each registry
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

/// Searches.
pub(super) fn run(context: &Context<'_>, args: &SearchArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let found = package_search(&operations, &args.words.join(" "), args.registry.as_deref(), args.limit)?;
    let ui = context.ui;
    if ui.is_json() {
        let packages = found.packages.iter().map(|package| {
            json!({
                "name": package.name,
                "newest": package.newest,
                "description": package.description,
                "registry": package.registry,
            })
        });
        ui.json(&json!({
            "packages": packages.collect::<Vec<_>>(),
            "more": found.more,
            "without-search": found.without_search,
        }));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&[
        ("Name", Align::Left),
        ("Newest", Align::Left),
        ("Registry", Align::Left),
        ("About", Align::Left),
    ]);
    for package in &found.packages {
        table.row([&package.name, &package.newest, &package.registry, &package.description]);
    }
    if table.is_empty() {
        ui.note("nothing was found");
    } else {
        ui.answer(table.render(ui.columns()));
    }
    for registry in &found.more {
        ui.note(format!("`{registry}` has more: --limit shows them"));
    }
    for registry in &found.without_search {
        ui.note(format!("`{registry}` cannot search"));
    }
    Ok(Exit::Done)
}
