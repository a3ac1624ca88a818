//! `s plugin add`: from a source to a plugin that is pinned, allowed and compiled; or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use s_capability::Kind;
use s_diag::{Code, Diagnostic};
use s_store::Sha256Digest;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::plugins::candidate::{Candidate, Terms};
use crate::plugins::catalog::{Level, Stated};
use crate::plugins::consent::{Allowed, Asking, allowed, obtain, open};
use crate::plugins::install::{Installation, install};
use crate::plugins::launch::configure;
use crate::plugins::level::{level_of, scope_of, stated};
use crate::plugins::source::PluginSource;

/// What is to be added.
#[derive(Clone, Debug, Default)]
pub struct Addition {
    /// A path or an address as it was typed; none: everything that the manifest and the lock of the
    /// level name and that is not here, or not allowed.
    pub source: Option<String>,
    /// For all projects of the user.
    pub user: bool,
    /// The digest its bytes must have.
    pub integrity: Option<String>,
    /// Values for its `[config]`.
    pub config: BTreeMap<String, String>,
    /// Whether it is allowed what it asks for without a question.
    pub allow: bool,
    /// Names of commands that no plugin may have.
    pub reserved: Vec<String>,
}

/// A plugin that is used now.
#[derive(Clone, Debug)]
pub struct Added {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it does.
    pub kind: Kind,
    /// For whom.
    pub level: Level,
    /// Of its component.
    pub integrity: Sha256Digest,
    /// Where it came from, as the lock records it.
    pub source: String,
    /// The commands it brings.
    pub commands: Vec<String>,
    /// Who allowed it.
    pub allowed: Allowed,
}

/// Fetches plugins, checks them, asks whether they may do what they ask for, and pins them.
pub fn plugin_add(context: &Arc<Context>, addition: &Addition) -> Result<Vec<Added>, Failure> {
    let level = level_of(context, addition.user);
    let integrity = addition.integrity.as_deref().map(str::parse).transpose()?;
    let (candidates, again) = match &addition.source {
        Some(source) => {
            let config = addition.config.clone();
            let terms = Terms { level, config, integrity, reserved: &addition.reserved };
            let source_text = source;
            let source = PluginSource::typed(context, source)?;
            let candidate = Candidate::fetch(context, source, terms)?;
            let digest = candidate.entry.digest;
            (vec![candidate], format!("s plugin add {source_text} --integrity {digest} --allow"))
        }
        None => (missing(context, level, &addition.reserved)?, "s plugin add".to_owned()),
    };
    let hint = match addition.source {
        Some(_) => format!("if you trust it: {again}"),
        None => format!("at a terminal you are asked whether to allow it: {again}"),
    };
    let asking = if addition.allow { Asking::Given } else { Asking::Question };
    let open = open(context, &candidates)?;
    obtain(context, &open, asking, &hint)?;
    let consented = open.iter().map(|open| open.id().to_owned()).collect();
    drop(open);
    let scope = scope_of(context, level);
    install(context, &Installation { level, candidates: &candidates, consented, scope })?;
    candidates.iter().map(|candidate| added(context, level, candidate)).collect()
}

fn added(context: &Context, level: Level, candidate: &Candidate) -> Result<Added, Failure> {
    let (entry, manifest) = (&candidate.entry, &candidate.entry.manifest);
    let (allowed, _) = allowed(context, entry, &candidate.asked, &candidate.imports)?;
    Ok(Added {
        id: manifest.id.to_string(),
        version: manifest.version.to_string(),
        kind: manifest.kind,
        level,
        integrity: entry.digest,
        source: entry.source.clone(),
        commands: manifest.commands.keys().cloned().collect(),
        allowed,
    })
}

/// Fetches what the files of a level name and this user does not have: what is pinned must be what
/// the lock pins.
fn missing(context: &Arc<Context>, level: Level, reserved: &[String]) -> Result<Vec<Candidate>, Failure> {
    let files = stated(context, level)?;
    let terms = |integrity| Terms { level, config: BTreeMap::new(), integrity, reserved };
    let mut candidates = Vec::new();
    for pinned in files.lock.plugins() {
        if is_here_and_allowed(context, &files, &pinned.id) {
            continue;
        }
        let source = PluginSource::pinned(context, level, &pinned.source)?;
        let candidate = Candidate::fetch(context, source, terms(Some(pinned.integrity)))?;
        same_id(&pinned.id, &candidate)?;
        candidates.push(candidate);
    }
    for wanted in files.manifest.plugins().iter().filter(|wanted| files.lock.plugin(&wanted.id).is_none()) {
        let source = PluginSource::wanted(context, level, &wanted.id, &wanted.origin)?;
        let candidate = Candidate::fetch(context, source, terms(None))?;
        same_id(&wanted.id, &candidate)?;
        candidates.push(candidate);
    }
    Ok(candidates)
}

fn is_here_and_allowed(context: &Context, files: &Stated, id: &str) -> bool {
    let Ok(Some(entry)) = files.entry(context, id) else { return false };
    let Ok((_, asked)) = configure(&entry, &BTreeMap::new()) else { return false };
    // The imports were checked when this component was pinned, and are again before it runs.
    matches!(allowed(context, &entry, &asked, &[]), Ok((_, None)))
}

/// Refuses another plugin in the place of one.
pub(crate) fn same_id(id: &str, candidate: &Candidate) -> Result<(), Failure> {
    let found = candidate.entry.id().as_str();
    if found == id {
        return Ok(());
    }
    let message = format!("where plugin `{id}` came from there is `{found}` now");
    let diagnostic = Diagnostic::error(Code::PLUGIN_OTHER_ID, message)
        .note(format!("its source is `{}`", candidate.entry.source))
        .hint(format!("if that is meant: s plugin remove {id}"));
    Err(Failure::new(FailureKind::Integrity, diagnostic))
}
