//! `s outdated`.

use clap::Args;
use s_ops::package_outdated;
use s_ui::{Align, Table};
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s outdated`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
`s update` moves to what is compatible, `s update --latest` to the newest. Of packages of repositories, versions
are those of the tags `1.2.3` and `v1.2.3`. A locked version that is yanked while nothing else fits is shown too.

Examples:
  s outdated
  s outdated --all")]
pub(crate) struct OutdatedArgs {
    /// Show packages that only others need, too
    #[arg(long)]
    all: bool,
}

/// Shows what could be newer.
pub(super) fn run(context: &Context<'_>, args: &OutdatedArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let outdated = package_outdated(&operations)?;
    let shown: Vec<_> =
        outdated.iter().filter(|one| args.all || one.is_direct || one.compatible.is_none()).collect();
    let ui = context.ui;
    if ui.is_json() {
        let packages = shown.iter().map(|one| {
            json!({
                "name": one.name.as_str(),
                "locked": one.locked.to_string(),
                "compatible": one.compatible.as_ref().map(ToString::to_string),
                "newest": one.newest.to_string(),
                "yanked": one.yanked,
                "direct": one.is_direct,
            })
        });
        ui.json(&json!({ "outdated": packages.collect::<Vec<_>>() }));
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&[
        ("Name", Align::Left),
        ("Locked", Align::Left),
        ("Compatible", Align::Left),
        ("Newest", Align::Left),
    ]);
    for one in &shown {
        let locked = match &one.yanked {
            Some(_) => format!("{} (yanked)", one.locked),
            None => one.locked.to_string(),
        };
        let compatible = one.compatible.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        table.row([one.name.as_str(), &locked, &compatible, &one.newest.to_string()]);
    }
    match (table.is_empty(), outdated.len() - shown.len()) {
        (true, 0) => ui.note("everything is as new as it can be"),
        (true, hidden) => ui.note(format!("nothing the project names; {hidden} of what that needs: --all")),
        (false, _) => ui.answer(table.render(ui.columns())),
    }
    Ok(Exit::Done)
}
