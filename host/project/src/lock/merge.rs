//! Merging: what two branches made of one lock becomes one lock again.
//!
//! Three locks come in, of the common ancestor and of both sides, and entries are what is compared,
//! never lines. What one side changed is taken. What both changed in the same way is taken once.
//! Nothing is chosen where choosing would be trusting: two digests for the same version, or two pins
//! of one plugin, are refused with both named.
//!
//! Where both sides changed packages, nobody resolved the outcome: it has no `manifest-hash`, and
//! different versions of a package stand beside each other for the resolver to prefer. Resolving is
//! left to the caller, and so is reading and writing the files.
//!
//! What comes out can be read: whatever a package depends on is in it, even when the other side had
//! removed it. It does not matter which side is called ours.

mod packages;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use s_store::Sha256Digest;
use semver::Version;
use thiserror::Error;
use toml_edit::{DocumentMut, Table};

use super::registry::{self, Registries};
use super::{Entry, PackageSource, ProjectLock, is_line};
use crate::{PackageName, ProjectError};

/// What became of two sides.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The lock, which can be read again.
    pub lock: ProjectLock,
    /// Whether the packages have to be resolved: both sides changed them, and the lock has no
    /// [`ProjectLock::manifest_hash`].
    pub needs_resolution: bool,
    /// Packages both sides changed, each in its own way, and packages one side removed while
    /// something on the other needs them. Empty when nothing has to be resolved.
    pub undecided: BTreeSet<PackageName>,
}

/// Why nothing was merged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MergeError {
    /// One of the three has errors, which were reported when it was parsed.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Somebody has to decide; at least one, sorted.
    #[error("the sides of the lock do not agree: {}", phrases(.0))]
    Conflicts(Vec<MergeConflict>),
}

/// Something that is never decided for the user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum MergeConflict {
    /// The same version from the same source has other bytes on the two sides: one was replaced.
    #[error("`{name}@{version}` from `{origin}` has the {digest} `{ours}` in ours and `{theirs}` in theirs")]
    PackageBytes {
        /// The name.
        name: PackageName,
        /// The version.
        version: Version,
        /// Where both have it from.
        origin: PackageSource,
        /// Of what the digests are: `integrity` or `tree`.
        digest: &'static str,
        /// What our side has.
        ours: Sha256Digest,
        /// What their side has.
        theirs: Sha256Digest,
    },
    /// The same version of a plugin has other bytes on the two sides, and both changed it.
    #[error("plugin `{id}` {version} has the integrity `{ours}` in ours and `{theirs}` in theirs")]
    PluginBytes {
        /// The id.
        id: String,
        /// The version.
        version: String,
        /// What our side has.
        ours: Sha256Digest,
        /// What their side has.
        theirs: Sha256Digest,
    },
    /// Both sides changed a plugin, each in its own way, or one removed what the other changed.
    #[error("plugin `{id}` is {} in ours and {} in theirs", pin(.ours), pin(.theirs))]
    Plugin {
        /// The id.
        id: String,
        /// Version and source on our side; none where it was removed.
        ours: Option<(String, String)>,
        /// Version and source on their side.
        theirs: Option<(String, String)>,
    },
    /// Both sides changed a key that this `s` does not know, each in its own way.
    #[error("`{key}` of {place} was changed on both sides")]
    UnknownKey {
        /// Where the key stands: the lock, or an entry.
        place: String,
        /// The key.
        key: String,
    },
}

impl ProjectLock {
    /// Merges two sides. A lock that did not exist is [`ProjectLock::default`]. A side that is the
    /// base gives the other, byte for byte.
    ///
    /// # Errors
    /// [`MergeError`]: a lock has errors, or the sides contradict each other.
    pub fn merge(base: &ProjectLock, ours: &ProjectLock, theirs: &ProjectLock) -> Result<Merged, MergeError> {
        for lock in [base, ours, theirs] {
            lock.editable()?;
        }
        let mut conflicts = Vec::new();
        let mut lock = ProjectLock::default();
        let mut undecided = BTreeSet::new();
        let registries_of =
            |lock: &ProjectLock| lock.registries.values().map(ToString::to_string).collect::<String>();
        let resolved =
            |lock: &ProjectLock| (lock.manifest_hash, packages::text(&lock.packages), registries_of(lock));
        let taken = Taken::of(&resolved(base), &resolved(ours), &resolved(theirs));
        match taken {
            Taken::Ours => (lock.manifest_hash, lock.packages) = (ours.manifest_hash, ours.packages.clone()),
            Taken::Theirs => {
                (lock.manifest_hash, lock.packages) = (theirs.manifest_hash, theirs.packages.clone());
            }
            Taken::Neither => {
                let sides = [&base.packages, &ours.packages, &theirs.packages];
                (lock.packages, undecided) = packages::merge(sides.map(Vec::as_slice), &mut conflicts);
            }
        }
        lock.registries = match taken {
            Taken::Ours => ours.registries.clone(),
            Taken::Theirs => theirs.registries.clone(),
            Taken::Neither => registries(&ours.registries, &theirs.registries, &lock),
        };
        lock.plugins = plugins(&base.plugins, &ours.plugins, &theirs.plugins, &mut conflicts);
        lock.rest = rest(&base.rest, &ours.rest, &theirs.rest, &mut conflicts);
        if conflicts.is_empty() {
            return Ok(Merged { lock, needs_resolution: taken == Taken::Neither, undecided });
        }
        conflicts.sort();
        Err(MergeError::Conflicts(conflicts))
    }
}

/// Which of three values to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Ours,
    Theirs,
    /// Both were changed, each in its own way.
    Neither,
}

impl Taken {
    fn of<T: PartialEq + ?Sized>(base: &T, ours: &T, theirs: &T) -> Taken {
        if ours == theirs || theirs == base {
            Taken::Ours
        } else if ours == base {
            Taken::Theirs
        } else {
            Taken::Neither
        }
    }
}

/// What both sides say of registries that merged packages come from. Where they differ, the side with the
/// later keys counts: it has seen more.
fn registries(ours: &Registries, theirs: &Registries, merged: &ProjectLock) -> Registries {
    let mut all = ours.clone();
    for (id, entry) in theirs {
        match all.get(id) {
            Some(there) if there.registry.number >= entry.registry.number => {}
            _ => drop(all.insert(id.clone(), entry.clone())),
        }
    }
    let is_used = |entry: &registry::Entry| {
        let source = PackageSource::Registry(entry.registry.url.clone());
        merged.packages().any(|package| package.source == source)
    };
    all.retain(|_, entry| is_used(entry));
    all
}

type Plugins = BTreeMap<String, Entry>;

fn plugins(base: &Plugins, ours: &Plugins, theirs: &Plugins, conflicts: &mut Vec<MergeConflict>) -> Plugins {
    let ids: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let mut merged = Plugins::new();
    for id in ids {
        let [base, ours, theirs] = [base, ours, theirs].map(|plugins| plugins.get(id));
        let text = |entry: Option<&Entry>| entry.map(ToString::to_string);
        let taken = match Taken::of(&text(base), &text(ours), &text(theirs)) {
            Taken::Ours => ours,
            Taken::Theirs => theirs,
            Taken::Neither => {
                conflicts.push(plugin_conflict(id, ours, theirs));
                None
            }
        };
        merged.extend(taken.map(|entry| (id.clone(), entry.clone())));
    }
    merged
}

fn plugin_conflict(id: &str, ours: Option<&Entry>, theirs: Option<&Entry>) -> MergeConflict {
    let [ours, theirs] = [ours, theirs].map(|entry| entry.map(|entry| &entry.plugin));
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours == theirs => MergeConflict::UnknownKey {
            place: format!("plugin `{id}`"),
            key: "what a newer `s` noted".to_owned(),
        },
        (Some(ours), Some(theirs))
            if ours.version == theirs.version && ours.integrity != theirs.integrity =>
        {
            MergeConflict::PluginBytes {
                id: id.to_owned(),
                version: ours.version.clone(),
                ours: ours.integrity,
                theirs: theirs.integrity,
            }
        }
        _ => {
            let pins = [ours, theirs]
                .map(|plugin| plugin.map(|plugin| (plugin.version.clone(), plugin.source.clone())));
            let [ours, theirs] = pins;
            MergeConflict::Plugin { id: id.to_owned(), ours, theirs }
        }
    }
}

/// Merges what this `s` does not know, key by key.
fn rest(
    base: &DocumentMut,
    ours: &DocumentMut,
    theirs: &DocumentMut,
    conflicts: &mut Vec<MergeConflict>,
) -> DocumentMut {
    match Taken::of(&base.to_string(), &ours.to_string(), &theirs.to_string()) {
        Taken::Ours => return ours.clone(),
        Taken::Theirs => return theirs.clone(),
        Taken::Neither => {}
    }
    let (mut lines, mut tables) = (String::new(), String::new());
    for key in keys(ours, theirs) {
        let [before, left, right] = [base, ours, theirs].map(|document| only(document, &key));
        let taken = match Taken::of(&before, &left, &right) {
            Taken::Ours => ours,
            Taken::Theirs => theirs,
            Taken::Neither => {
                conflicts.push(MergeConflict::UnknownKey { place: "the lock".to_owned(), key });
                continue;
            }
        };
        if let Some(item) = taken.get(&key) {
            let text = if is_line(item) { &mut lines } else { &mut tables };
            text.push_str(only(taken, &key).trim_matches('\n'));
            text.push_str(if is_line(item) { "\n" } else { "\n\n" });
        }
    }
    match format!("{lines}\n{tables}").parse() {
        Ok(document) => document,
        Err(_) => {
            let key = "what a newer `s` noted".to_owned();
            conflicts.push(MergeConflict::UnknownKey { place: "the lock".to_owned(), key });
            DocumentMut::new()
        }
    }
}

/// The text of one key of a document and of what stands below it.
fn only(document: &DocumentMut, key: &str) -> String {
    let mut document = document.clone();
    document.retain(|other, _| other == key);
    document.set_trailing("");
    document.to_string()
}

/// The keys that either side has, sorted.
fn keys(ours: &Table, theirs: &Table) -> BTreeSet<String> {
    ours.iter().chain(theirs.iter()).map(|(key, _)| key.to_owned()).collect()
}

fn phrases(conflicts: &[MergeConflict]) -> String {
    conflicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn pin(pin: &Option<(String, String)>) -> String {
    match pin {
        Some((version, source)) => format!("{version} from `{source}`"),
        None => "removed".to_owned(),
    }
}
