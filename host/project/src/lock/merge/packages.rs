//! Packages, when both sides changed them: entry by entry, and whatever is needed stays.
//!
//! An entry is the same one while name, version and source are. Where both sides changed what it
//! says, features are merged one by one; of two versions under one alias the higher is named, and
//! both stay in the lock.

use std::collections::{BTreeMap, BTreeSet};

use s_store::Sha256Digest;
use toml_edit::Table;

use super::super::package::{Entry, Key, key};
use super::super::{LockedDependency, LockedPackage};
use super::{MergeConflict, Taken, keys};
use crate::PackageName;

/// Merges base, ours and theirs, each closed; gives entries in the order of the lock, closed, and
/// which packages are undecided.
pub(super) fn merge(
    sides: [&[Entry]; 3],
    conflicts: &mut Vec<MergeConflict>,
) -> (Vec<Entry>, BTreeSet<PackageName>) {
    let mut undecided = undecided(sides);
    let [base, ours, theirs] = sides.map(by_key);
    let mut merged = BTreeMap::new();
    let all: BTreeSet<Key<'_>> = ours.keys().chain(theirs.keys()).copied().collect();
    for found in &all {
        let entry = match (base.get(found), ours.get(found), theirs.get(found)) {
            (base, Some(ours), Some(theirs)) => Some(entry(base.copied(), ours, theirs, conflicts)),
            // One side removed it; it stays where the other changed it.
            (Some(base), Some(kept), None) | (Some(base), None, Some(kept)) => {
                (base.to_string() != kept.to_string()).then(|| (*kept).clone())
            }
            (None, ours, theirs) => ours.or(theirs).map(|entry| (*entry).clone()),
            (Some(_), None, None) => None,
        };
        merged.extend(entry.map(|entry| (*found, entry)));
    }
    let restored = restore(&mut merged, &[&ours, &theirs]);
    undecided.extend(restored);
    (merged.into_values().collect(), undecided)
}

/// The text of entries: equal for equal ones.
pub(super) fn text(entries: &[Entry]) -> String {
    entries.iter().map(ToString::to_string).collect()
}

fn by_key(entries: &[Entry]) -> BTreeMap<Key<'_>, &Entry> {
    entries.iter().map(|entry| (key(&entry.package), entry)).collect()
}

/// The packages both sides changed, each in its own way.
fn undecided(sides: [&[Entry]; 3]) -> BTreeSet<PackageName> {
    let names: BTreeSet<&PackageName> =
        sides.iter().flat_map(|side| *side).map(|entry| &entry.package.name).collect();
    let is_undecided = |name: &&PackageName| {
        let [base, ours, theirs] = sides.map(|side| {
            side.iter()
                .filter(|entry| entry.package.name == **name)
                .map(ToString::to_string)
                .collect::<String>()
        });
        Taken::of(&base, &ours, &theirs) == Taken::Neither
    };
    names.into_iter().filter(is_undecided).cloned().collect()
}

/// Brings back what was removed on one side and is needed on the other; returns the names. Each
/// side is closed, so that one of them has what is missing.
fn restore<'a>(
    merged: &mut BTreeMap<Key<'a>, Entry>,
    sides: &[&BTreeMap<Key<'a>, &'a Entry>],
) -> BTreeSet<PackageName> {
    let mut names = BTreeSet::new();
    loop {
        let locked: BTreeSet<_> = merged.keys().map(|(name, version, _)| (*name, *version)).collect();
        let missing: BTreeSet<_> = merged
            .values()
            .flat_map(|entry| &entry.package.dependencies)
            .map(|dependency| (&dependency.name, &dependency.version))
            .filter(|wanted| !locked.contains(wanted))
            .collect();
        let found: Vec<(Key<'a>, Entry)> = sides
            .iter()
            .flat_map(|side| side.iter())
            .filter(|((name, version, _), _)| missing.contains(&(*name, *version)))
            .map(|(key, entry)| (*key, (*entry).clone()))
            .collect();
        if found.is_empty() {
            return names;
        }
        names.extend(found.iter().map(|(_, entry)| entry.package.name.clone()));
        merged.extend(found);
    }
}

/// One entry that both sides have.
fn entry(base: Option<&Entry>, ours: &Entry, theirs: &Entry, conflicts: &mut Vec<MergeConflict>) -> Entry {
    let integrity = bytes("integrity", ours, theirs, |package| package.integrity, conflicts);
    let tree = bytes("tree", ours, theirs, |package| package.tree, conflicts);
    let [before, left, right] = [base, Some(ours), Some(theirs)].map(|entry| entry.map(ToString::to_string));
    match Taken::of(&before, &left, &right) {
        Taken::Ours => return ours.clone(),
        Taken::Theirs => return theirs.clone(),
        Taken::Neither => {}
    }
    let package = LockedPackage {
        integrity,
        tree,
        size_bytes: size(&ours.package, &theirs.package),
        features: features(base.map(|base| &base.package), &ours.package, &theirs.package),
        dependencies: dependencies(base.map(|base| &base.package), &ours.package, &theirs.package),
        ..ours.package.clone()
    };
    let none = Table::new();
    let rest = rest(base.map_or(&none, |base| &base.rest), ours, theirs, conflicts);
    Entry { package, rest }
}

/// A digest both sides have to agree on; one that only one side knows is taken.
fn bytes(
    digest: &'static str,
    ours: &Entry,
    theirs: &Entry,
    of: impl Fn(&LockedPackage) -> Option<Sha256Digest>,
    conflicts: &mut Vec<MergeConflict>,
) -> Option<Sha256Digest> {
    let package = &ours.package;
    let (ours, theirs) = (of(&ours.package), of(&theirs.package));
    if let (Some(ours), Some(theirs)) = (ours, theirs)
        && ours != theirs
    {
        conflicts.push(MergeConflict::PackageBytes {
            name: package.name.clone(),
            version: package.version.clone(),
            origin: package.source.clone(),
            digest,
            ours,
            theirs,
        });
    }
    ours.or(theirs)
}

/// A size is a hint: none where the sides contradict each other.
fn size(ours: &LockedPackage, theirs: &LockedPackage) -> Option<u64> {
    match (ours.size_bytes, theirs.size_bytes) {
        (Some(ours), Some(theirs)) if ours != theirs => None,
        (ours, theirs) => ours.or(theirs),
    }
}

fn features(base: Option<&LockedPackage>, ours: &LockedPackage, theirs: &LockedPackage) -> Vec<String> {
    let had = |feature: &String| base.is_some_and(|base| base.features.contains(feature));
    let [in_ours, in_theirs] = [ours, theirs].map(|side| side.features.iter().collect::<BTreeSet<_>>());
    let kept =
        |feature: &&&String| !had(feature) || (in_ours.contains(**feature) && in_theirs.contains(**feature));
    in_ours.union(&in_theirs).filter(kept).map(|feature| (*feature).clone()).collect()
}

fn dependencies(
    base: Option<&LockedPackage>,
    ours: &LockedPackage,
    theirs: &LockedPackage,
) -> Vec<LockedDependency> {
    let by_alias = |package: Option<&LockedPackage>| {
        let mut found: BTreeMap<String, Vec<LockedDependency>> = BTreeMap::new();
        for dependency in package.iter().flat_map(|package| &package.dependencies) {
            found.entry(dependency.alias.clone()).or_default().push(dependency.clone());
        }
        found
    };
    let [base, ours, theirs] = [base, Some(ours), Some(theirs)].map(by_alias);
    let aliases: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let taken = |alias: &String| {
        let [base, ours, theirs] = [&base, &ours, &theirs].map(|side| side.get(alias));
        match Taken::of(&base, &ours, &theirs) {
            Taken::Ours => ours,
            Taken::Theirs => theirs,
            Taken::Neither => ours.max(theirs),
        }
    };
    let mut merged: Vec<_> = aliases.into_iter().filter_map(taken).flatten().cloned().collect();
    merged.sort();
    merged
}

/// What a newer `s` noted of an entry, key by key.
fn rest(base: &Table, ours: &Entry, theirs: &Entry, conflicts: &mut Vec<MergeConflict>) -> Table {
    let mut merged = Table::new();
    for key in keys(&ours.rest, &theirs.rest) {
        let items = [base, &ours.rest, &theirs.rest].map(|table| table.get(&key));
        let [before, left, right] = items.map(|item| item.map(ToString::to_string));
        let taken = match Taken::of(&before, &left, &right) {
            Taken::Ours => items[1],
            Taken::Theirs => items[2],
            Taken::Neither => {
                let package = &ours.package;
                let place = format!("package `{}@{}`", package.name, package.version);
                conflicts.push(MergeConflict::UnknownKey { place, key: key.clone() });
                None
            }
        };
        if let Some(item) = taken {
            merged.insert(&key, item.clone());
        }
    }
    merged
}
