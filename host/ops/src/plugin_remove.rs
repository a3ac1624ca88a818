//! `s plugin remove`: out of the manifest and the lock of one level.

use s_diag::{Code, Diagnostic};
use s_store::ChangeSet;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::builtin::BuiltIn;
use crate::plugins::catalog::{self, Level, Stated};
use crate::plugins::install::{not_editable, write_stated};
use crate::plugins::level::{drop_unpinned, exclusively, level_of, stated};

/// What was removed.
#[derive(Clone, Debug)]
pub struct Removed {
    /// The plugin.
    pub id: String,
    /// Whose it was.
    pub level: Level,
    /// Whether something is still allowed to it.
    pub grants_stay: bool,
}

/// Stops using a plugin. What it was allowed stays, so that adding it again asks nothing.
pub fn plugin_remove(context: &Context, id: &str, user: bool) -> Result<Removed, Failure> {
    let level = level_of(context, user);
    if BuiltIn::find(id).is_some() {
        return Err(Failure::new(FailureKind::Integrity, catalog::taken(id)));
    }
    let lock = exclusively(context)?;
    let mut files = stated(context, level)?;
    let digest = files.lock.plugin(id).map(|pinned| pinned.integrity);
    let was_wanted = files.manifest.remove_plugin(id).map_err(not_editable)?;
    let was_pinned = files.lock.remove_plugin(id).map_err(not_editable)?;
    if !was_wanted && !was_pinned {
        return Err(not_there(context, id, level));
    }
    let grants = context.grants()?;
    let grants_stay = grants.grants().iter().any(|grant| grant.plugin.as_str() == id)
        || grants.secrets().iter().any(|secret| secret.plugin.as_str() == id);
    let mut changes = ChangeSet::new();
    write_stated(&mut changes, &files);
    changes.commit()?;
    if let Some(digest) = digest {
        drop_unpinned(context, &digest);
    }
    drop(lock);
    Ok(Removed { id: id.to_owned(), level, grants_stay })
}

fn not_there(context: &Context, id: &str, level: Level) -> Failure {
    let of_user =
        || matches!(Stated::read(context, Level::User), Ok(Some(user)) if user.lock.plugin(id).is_some());
    if level == Level::Project && of_user() {
        let message = format!("plugin `{id}` is not one of this project, but yours in all projects");
        let diagnostic =
            Diagnostic::error(Code::PLUGIN_UNKNOWN, message).hint(format!("s plugin remove --user {id}"));
        return Failure::new(FailureKind::Failed, diagnostic);
    }
    catalog::unknown(id)
}
