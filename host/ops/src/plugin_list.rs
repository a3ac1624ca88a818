//! `s plugin list`: which plugins are used here.

use std::collections::BTreeMap;

use s_capability::Kind;
use s_component::{InspectLimits, inspect};
use s_store::Sha256Digest;

use crate::Context;
use crate::failure::Failure;
use crate::plugins::candidate::imports_of;
use crate::plugins::catalog::{self, Entry, Level};
use crate::plugins::consent::{Allowed, allowed};
use crate::plugins::launch::configure;

/// One plugin.
#[derive(Clone, Debug)]
pub struct ListedPlugin {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it does.
    pub kind: Kind,
    /// Who says that it is used.
    pub level: Level,
    /// Who allowed it.
    pub allowed: Allowed,
    /// Where it came from.
    pub source: String,
    /// Of its component.
    pub integrity: Sha256Digest,
    /// The commands it brings.
    pub commands: Vec<String>,
    /// What it says of itself.
    pub description: Option<String>,
}

/// Lists plugins by id, of one kind or of all, and why others could not be read.
pub fn plugin_list(
    context: &Context,
    kind: Option<Kind>,
) -> Result<(Vec<ListedPlugin>, Vec<Failure>), Failure> {
    let (entries, failures) = catalog::all(context);
    let entries = entries.iter().filter(|entry| kind.is_none_or(|kind| entry.manifest.kind == kind));
    let listed = entries.map(|entry| {
        let manifest = &entry.manifest;
        Ok(ListedPlugin {
            id: manifest.id.to_string(),
            version: manifest.version.to_string(),
            kind: manifest.kind,
            level: entry.level,
            allowed: standing(context, entry)?,
            source: entry.source.clone(),
            integrity: entry.digest,
            commands: manifest.commands.keys().cloned().collect(),
            description: manifest.description.clone(),
        })
    });
    Ok((listed.collect::<Result<_, Failure>>()?, failures))
}

/// Who allowed a plugin with the configuration it has here.
pub(crate) fn standing(context: &Context, entry: &Entry) -> Result<Allowed, Failure> {
    let asked = match configure(entry, &BTreeMap::new()) {
        Ok((_, asked)) => asked,
        // Many built-in plugins are configured where they are used, such as in `[registries]`.
        Err(_) => entry.manifest.resolve(&s_capability::ConfigValues::default()),
    };
    let imports = match inspect(&entry.bytes(), &InspectLimits::default()) {
        Ok(shape) => imports_of(&shape),
        Err(_) => return Ok(Allowed::No),
    };
    Ok(allowed(context, entry, &asked, &imports)?.0)
}
