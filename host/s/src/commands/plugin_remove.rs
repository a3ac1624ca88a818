//! `s plugin remove`.

use s_ops::{Removed, plugin_remove};
use s_ui::Ui;
use serde_json::json;

use super::Context;
use super::plugin::RemoveArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Removes a plugin from one level.
pub(super) fn run(context: &Context<'_>, args: &RemoveArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let removed = plugin_remove(&operations, &args.id, args.scope.user)?;
    tell(context.ui, &removed);
    Ok(Exit::Done)
}

/// Says what was removed.
pub(super) fn tell(ui: &Ui, removed: &Removed) {
    ui.status("Removed", format!("{} for this {}", removed.id, removed.level.word()));
    if removed.grants_stay {
        ui.note(format!("what you allowed it stays; to take that back: s plugin revoke {}", removed.id));
    }
    if ui.is_json() {
        let level = removed.level.word();
        ui.json(&json!({ "id": removed.id, "level": level, "grants-stay": removed.grants_stay }));
    }
}
