//! `s target add` and `s target remove`: packs are plugins, added and removed as any other.

use std::collections::BTreeSet;
use std::sync::Arc;

use s_capability::Kind;
use s_diag::{Code, Diagnostic};
use s_project::LockedPlugin;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugin_add::{Added, Addition, plugin_add};
use crate::plugin_remove::{Removed, plugin_remove};
use crate::plugins::builtin::BuiltIn;
use crate::plugins::catalog::{Entry, Stated};
use crate::plugins::level::level_of;
use crate::target_list::targets_of;

/// A pack that is to be added.
#[derive(Clone, Debug, Default)]
pub struct TargetAddition {
    /// A path or an address as it was typed.
    pub source: String,
    /// For all projects of the user.
    pub user: bool,
    /// The digest its bytes must have.
    pub integrity: Option<String>,
    /// Whether it is allowed what it asks for without a question.
    pub allow: bool,
    /// Names of commands that no plugin may have.
    pub reserved: Vec<String>,
}

/// Adds a pack, as `s plugin add` would; a plugin of another kind is refused. Returns it with the names
/// of its targets, which it is asked for.
pub fn target_add(
    context: &Arc<Context>,
    addition: &TargetAddition,
) -> Result<(Vec<Added>, Vec<String>), Failure> {
    let added = plugin_add(
        context,
        &Addition {
            source: Some(addition.source.clone()),
            user: addition.user,
            integrity: addition.integrity.clone(),
            kind: Some(Kind::Target),
            allow: addition.allow,
            reserved: addition.reserved.clone(),
            ..Addition::default()
        },
    )?;
    let mut targets = Vec::new();
    let files = Stated::read(context, level_of(context, addition.user))?;
    for added in &added {
        if let Some(entry) =
            files.as_ref().map(|files| files.entry(context, &added.id)).transpose()?.flatten()
        {
            targets.extend(targets_of(context, &entry)?.into_iter().map(|target| target.triple));
        }
    }
    Ok((added, targets))
}

/// Removes a pack: by its id, the name in it, or one of its targets.
pub fn target_remove(context: &Arc<Context>, name: &str, user: bool) -> Result<Removed, Failure> {
    if BuiltIn::find(name).is_none() && s_packs::find(name).is_ok() {
        let message = format!("the pack of `{name}` is part of `s` and cannot be removed");
        return Err(Failure::new(FailureKind::Usage, Diagnostic::error(Code::USAGE, message)));
    }
    let Some(files) = Stated::read(context, level_of(context, user))? else {
        return plugin_remove(context, name, user);
    };
    if let Some(pinned) = files.lock.plugin(name) {
        if !is_pack(pinned) {
            let message = format!("plugin `{name}` is no target pack");
            let diagnostic = Diagnostic::error(Code::NOT_A_TARGET_PACK, message)
                .note("nothing was changed")
                .hint(format!("s plugin remove {name}"));
            return Err(Failure::new(FailureKind::Failed, diagnostic));
        }
        return plugin_remove(context, name, user);
    }
    let mut meant = BTreeSet::new();
    for pinned in files.lock.plugins().filter(|pinned| is_pack(pinned)) {
        let is_name = pinned.id.split_once('/').is_some_and(|(_, own)| own == name);
        // A pack that cannot be asked can still be removed by its id.
        let entry = files.entry(context, &pinned.id).ok().flatten();
        let has = |entry: &Entry| {
            let targets = targets_of(context, entry).unwrap_or_default();
            targets
                .iter()
                .any(|target| target.triple == name || target.aliases.iter().any(|alias| alias == name))
        };
        if is_name || entry.as_ref().is_some_and(has) {
            meant.insert(pinned.id.clone());
        }
    }
    let mut ids = meant.iter();
    match (ids.next(), ids.next()) {
        (Some(id), None) => plugin_remove(context, id, user),
        (Some(_), Some(_)) => {
            let message = format!("several packs are meant by `{name}`");
            let mut diagnostic = Diagnostic::error(Code::USAGE, message).note("nothing was changed");
            diagnostic.hints.extend(meant.iter().map(|id| format!("s target remove {id}")));
            Err(Failure::new(FailureKind::Usage, diagnostic))
        }
        _ => plugin_remove(context, name, user),
    }
}

fn is_pack(pinned: &LockedPlugin) -> bool {
    pinned.worlds.iter().any(|world| world.starts_with("stryke:target/"))
}
