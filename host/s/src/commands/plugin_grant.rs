//! `s plugin grant`.

use s_ops::{Granting, plugin_grant};
use serde_json::json;

use super::Context;
use super::plugin::GrantArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Allows a plugin what it asks for.
pub(super) fn run(context: &Context<'_>, args: &GrantArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let granting = Granting {
        id: args.id.clone(),
        user: args.scope.user,
        secrets: args.secrets.clone(),
        origin: args.origin.clone(),
        views: args.views.clone(),
        capabilities: args.capabilities.clone(),
    };
    let granted = plugin_grant(&operations, &granting)?;
    let ui = context.ui;
    if granted.is_new {
        ui.status("Allowed", format!("{}: what it asks for, {}", granted.id, granted.capabilities));
    } else if granted.bindings == 0 {
        ui.note(format!("{} was allowed what it asks for already", granted.id));
    }
    if granted.bindings > 0 {
        ui.status("Bound", format!("{} of {}", granted.bindings, granted.id));
    }
    if ui.is_json() {
        ui.json(&json!({
            "id": granted.id,
            "allowed-now": granted.is_new,
            "capabilities": granted.capabilities,
            "bindings": granted.bindings,
        }));
    }
    Ok(Exit::Done)
}
