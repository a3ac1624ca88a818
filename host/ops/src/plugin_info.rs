//! `s plugin info`: everything there is to know about one plugin here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use s_capability::{Asked, ConfigValues, Grant, Limits, Manifest, SecretBinding, ViewBinding, effective};
use s_store::Sha256Digest;

use crate::Context;
use crate::failure::Failure;
use crate::plugin_list::standing;
use crate::plugins::catalog::{self, Level};
use crate::plugins::consent::{Allowed, grant_of};
use crate::plugins::launch::configure;

/// One plugin.
#[derive(Clone, Debug)]
pub struct PluginInfo {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Who says that it is used.
    pub level: Level,
    /// Where it came from.
    pub source: String,
    /// Of its component.
    pub integrity: Sha256Digest,
    /// Size of its component.
    pub size_bytes: u64,
    /// Where its component lies; none when it is part of `s`.
    pub component: Option<PathBuf>,
    /// What it asks for with the configuration it has here.
    pub asked: Asked,
    /// The keys that the configuration states.
    pub config: BTreeMap<String, String>,
    /// What it may use at most.
    pub limits: Limits,
    /// Who allowed it.
    pub allowed: Allowed,
    /// The grant that holds here.
    pub grant: Option<Grant>,
    /// The secrets that are bound for it.
    pub secrets: Vec<SecretBinding>,
    /// The directories that are bound for it.
    pub views: Vec<ViewBinding>,
}

/// Describes the plugin that is used here under an id.
pub fn plugin_info(context: &Context, id: &str) -> Result<PluginInfo, Failure> {
    let entry = catalog::find(context, id)?;
    let asked = match configure(&entry, &BTreeMap::new()) {
        Ok((_, asked)) => asked,
        // It is configured where it is used.
        Err(_) => entry.manifest.resolve(&ConfigValues::default()),
    };
    let grants = context.grants()?;
    Ok(PluginInfo {
        level: entry.level,
        source: entry.source.clone(),
        integrity: entry.digest,
        size_bytes: entry.bytes().len() as u64,
        component: (!entry.is_built_in()).then(|| context.home().component(&entry.digest)),
        limits: effective(asked.kind, &asked.limits, &context.ceiling()),
        allowed: standing(context, &entry)?,
        grant: grant_of(context, &entry)?,
        secrets: grants.secrets().iter().filter(|bound| bound.plugin == *entry.id()).cloned().collect(),
        views: grants.views().iter().filter(|bound| bound.plugin == *entry.id()).cloned().collect(),
        config: entry.config.clone(),
        manifest: entry.manifest,
        asked,
    })
}
