//! `s plugin new`: the first files of a plugin.

use s_ops::NewPlugin;
use serde_json::json;

use super::Context;
use super::plugin::NewArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Writes a plugin that builds, and says how to go on.
pub(super) fn run(context: &Context<'_>, args: &NewArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = NewPlugin { folder: args.name.clone(), kind: args.kind.into(), id: args.id.clone() };
    let made = s_ops::plugin_new(&operations, &request)?;
    let folder = operations.shown(&made.folder);
    if context.ui.is_json() {
        context.ui.json(&json!({ "folder": folder, "id": made.id.as_str(), "files": made.files }));
        return Ok(Exit::Done);
    }
    context.ui.status("Created", format!("plugin `{}` in `{folder}`", made.id));
    context.ui.answer(format!("cd {folder}\ns plugin build\ns plugin test\n"));
    Ok(Exit::Done)
}
