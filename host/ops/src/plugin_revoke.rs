//! `s plugin revoke`: takes back what a plugin was allowed, everywhere, and drops what it stored.

use std::collections::BTreeSet;

use s_capability::PluginId;
use s_diag::{Code, Diagnostic};
use s_store::{Access, ChangeSet, EntryKind, Sha256Digest, files};

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::builtin::BuiltIn;
use crate::plugins::catalog::{self, Level, Stated};
use crate::plugins::level::exclusively;

/// What was taken away.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The plugin.
    pub id: String,
    /// How many grants, of all projects.
    pub grants: usize,
    /// How many bound secrets and directories.
    pub bindings: usize,
    /// Whether its cache was removed.
    pub cache: bool,
    /// How many compiled components.
    pub code: usize,
}

/// Removes grants and bindings first: from then on the plugin does not run, whatever follows.
pub fn plugin_revoke(context: &Context, id: &str) -> Result<Revoked, Failure> {
    let Ok(plugin) = id.parse::<PluginId>() else { return Err(catalog::unknown(id)) };
    let digests = digests(context, id)?;
    let lock = exclusively(context)?;
    let mut grants = context.grants()?;
    let (revoked, unbound) = (grants.revoke(&plugin, None), grants.unbind(&plugin));
    if revoked + unbound > 0 {
        let mut changes = ChangeSet::new();
        changes.write(&context.home().grants_toml(), grants.to_text(), Access::Private);
        changes.commit()?;
    }
    drop(lock);
    let folder = context.home().plugin_caches(id);
    let cache = files::kind(&folder)? == Some(EntryKind::Directory);
    if cache {
        files::remove_dir_all(&folder)?;
    }
    let engine = context.engine()?;
    let mut code = 0;
    for digest in &digests {
        if let Some(path) = engine.code_path(digest)
            && files::exists(&path)?
        {
            engine.forget(digest)?;
            code += 1;
        }
    }
    if revoked + unbound == 0 && !cache && digests.is_empty() {
        let message = format!("plugin `{id}` is not used here, and nothing is allowed to it");
        let diagnostic = Diagnostic::error(Code::PLUGIN_UNKNOWN, message).hint("s plugin list");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    Ok(Revoked { id: id.to_owned(), grants: revoked, bindings: unbound, cache, code })
}

/// The components under which the plugin is known here.
fn digests(context: &Context, id: &str) -> Result<BTreeSet<Sha256Digest>, Failure> {
    let mut digests: BTreeSet<Sha256Digest> = BuiltIn::find(id).map(BuiltIn::digest).into_iter().collect();
    for level in [Level::User, Level::Project] {
        if let Some(files) = Stated::read(context, level)? {
            digests.extend(files.lock.plugin(id).map(|pinned| pinned.integrity));
        }
    }
    Ok(digests)
}
