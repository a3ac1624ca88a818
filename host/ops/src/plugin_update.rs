//! `s plugin update`: what lies at the sources of plugins now, if it asks for no more, or if the
//! user allows what is more.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::{Asked, Change, changes};
use s_project::LockedPlugin;
use s_store::Sha256Digest;

use crate::Context;
use crate::failure::Failure;
use crate::plugin_add::same_id;
use crate::plugins::candidate::{Candidate, Terms};
use crate::plugins::catalog::{self, Stated};
use crate::plugins::consent::{Asking, grant_of, obtain, open};
use crate::plugins::install::{Installation, install};
use crate::plugins::launch::configure;
use crate::plugins::level::{drop_unpinned, level_of, scope_of, stated};
use crate::plugins::source::PluginSource;

/// What is to be updated.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The plugins; none: all of the level.
    pub ids: Vec<String>,
    /// Those of the user, not those of the project.
    pub user: bool,
    /// Whether only to say what would change.
    pub dry_run: bool,
    /// Names of commands that no plugin may have.
    pub reserved: Vec<String>,
}

/// What became of one plugin.
#[derive(Clone, Debug)]
pub struct Updated {
    /// Its id.
    pub id: String,
    /// The version that was pinned.
    pub version_before: String,
    /// The version that is there now.
    pub version: String,
    /// Of the component that was pinned.
    pub integrity_before: Sha256Digest,
    /// Of the component that is there now.
    pub integrity: Sha256Digest,
    /// What it asks for beyond what it did, and what no more.
    pub changes: Vec<Change>,
    /// Whether that needs a consent that nobody gave before.
    pub needs_consent: bool,
}

impl Updated {
    /// Whether there are new bytes.
    pub fn is_new(&self) -> bool {
        self.integrity != self.integrity_before
    }
}

/// Looks at the sources again and pins what is there: of all of them or of none.
pub fn plugin_update(context: &Arc<Context>, update: &Update) -> Result<Vec<Updated>, Failure> {
    let level = level_of(context, update.user);
    let files = stated(context, level)?;
    let pinned = chosen(&files, &update.ids)?;
    let mut candidates = Vec::new();
    for pinned in &pinned {
        let source = match files.manifest.plugin(&pinned.id) {
            Some(wanted) => PluginSource::wanted(context, level, &pinned.id, &wanted.origin)?,
            None => PluginSource::pinned(context, level, &pinned.source)?,
        };
        let config = BTreeMap::new();
        let terms = Terms { level, config, integrity: None, reserved: &update.reserved };
        let candidate = Candidate::fetch(context, source, terms)?;
        same_id(&pinned.id, &candidate)?;
        candidates.push(candidate);
    }
    let mut updated = Vec::new();
    for (pinned, candidate) in pinned.iter().zip(&candidates) {
        updated.push(compare(context, &files, pinned, candidate)?);
    }
    // What has the same bytes is written all the same where its component is missing.
    let is_changed =
        |before: &Updated| before.is_new() || !matches!(files.entry(context, &before.id), Ok(Some(_)));
    let mut keep = updated.iter().map(is_changed);
    candidates.retain(|_| keep.next().unwrap_or(false));
    let open = open(context, &candidates)?;
    for updated in &mut updated {
        updated.needs_consent = open.iter().any(|open| open.id() == updated.id);
    }
    if update.dry_run {
        return Ok(updated);
    }
    obtain(
        context,
        &open,
        Asking::Question,
        "at a terminal you are asked about the difference: s plugin update",
    )?;
    let consented = open.iter().map(|open| open.id().to_owned()).collect();
    drop(open);
    let scope = scope_of(context, level);
    install(context, &Installation { level, candidates: &candidates, consented, scope })?;
    updated
        .iter()
        .filter(|updated| updated.is_new())
        .for_each(|old| drop_unpinned(context, &old.integrity_before));
    Ok(updated)
}

fn chosen(files: &Stated, ids: &[String]) -> Result<Vec<LockedPlugin>, Failure> {
    if ids.is_empty() {
        return Ok(files.lock.plugins().cloned().collect());
    }
    ids.iter().map(|id| files.lock.plugin(id).cloned().ok_or_else(|| catalog::unknown(id))).collect()
}

fn compare(
    context: &Context,
    files: &Stated,
    pinned: &LockedPlugin,
    candidate: &Candidate,
) -> Result<Updated, Failure> {
    let before = asked_before(context, files, pinned, candidate)?;
    Ok(Updated {
        id: pinned.id.clone(),
        version_before: pinned.version.clone(),
        version: candidate.entry.manifest.version.to_string(),
        integrity_before: pinned.integrity,
        integrity: candidate.entry.digest,
        changes: before.map(|before| changes(&before, &candidate.asked)).unwrap_or_default(),
        needs_consent: false,
    })
}

/// What it was allowed, else what the component that is pinned asks for; none when that is gone.
fn asked_before(
    context: &Context,
    files: &Stated,
    pinned: &LockedPlugin,
    candidate: &Candidate,
) -> Result<Option<Asked>, Failure> {
    if let Some(grant) = grant_of(context, &candidate.entry)? {
        return Ok(Some(grant.rights));
    }
    let entry = files.entry(context, &pinned.id).ok().flatten();
    Ok(entry.and_then(|entry| configure(&entry, &BTreeMap::new()).ok()).map(|(_, asked)| asked))
}
