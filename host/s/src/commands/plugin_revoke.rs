//! `s plugin revoke`.

use s_ops::plugin_revoke;
use serde_json::json;

use super::Context;
use super::plugin::RevokeArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Takes back everything that a plugin was allowed.
pub(super) fn run(context: &Context<'_>, args: &RevokeArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let revoked = plugin_revoke(&operations, &args.id)?;
    let ui = context.ui;
    let counted = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {one}s")),
    };
    let what: Vec<String> = [
        counted(revoked.grants, "grant"),
        counted(revoked.bindings, "binding"),
        counted(revoked.code, "compiled component"),
        revoked.cache.then(|| "its cache".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if what.is_empty() {
        ui.note(format!("{} was allowed nothing, and had stored nothing", revoked.id));
    } else {
        ui.status("Revoked", format!("{}: {}", revoked.id, what.join(", ")));
    }
    if ui.is_json() {
        ui.json(&json!({
            "id": revoked.id,
            "grants": revoked.grants,
            "bindings": revoked.bindings,
            "cache": revoked.cache,
            "code": revoked.code,
        }));
    }
    Ok(Exit::Done)
}
