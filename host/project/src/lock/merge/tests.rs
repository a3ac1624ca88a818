//! Merging in tables, and what has to hold for every three locks.

use proptest::prelude::*;
use s_diag::Source;

use super::super::{LOCK_NAME, LockedPlugin};
use super::*;
use crate::{LockedDependency, LockedPackage};

/// Bytes that are named by a letter.
fn digest(letter: &str) -> Sha256Digest {
    Sha256Digest::of(letter.as_bytes())
}

/// `NAME MAJOR BYTES [+FEATURE | >NAME MAJOR | ~TREE | :SIZE]...`, as in `http 2 a +tls >json1`.
fn package(text: &str) -> LockedPackage {
    let mut words = text.split(' ');
    let mut word = || words.next().unwrap();
    let (name, major, bytes) = (word(), word(), word());
    let version = |major: &str| Version::new(major.parse().unwrap(), 0, 0);
    let mut package = LockedPackage {
        name: name.parse().unwrap(),
        version: version(major),
        source: PackageSource::Registry("https://packages.example".to_owned()),
        reference: None,
        integrity: Some(digest(bytes)),
        size_bytes: None,
        tree: None,
        features: Vec::new(),
        dependencies: Vec::new(),
    };
    for word in words {
        let (kind, rest) = word.split_at(1);
        match kind {
            "+" => package.features.push(rest.to_owned()),
            "~" => package.tree = Some(digest(rest)),
            ":" => package.size_bytes = Some(rest.parse().unwrap()),
            ">" => {
                let (name, major) = rest.split_at(rest.len() - 1);
                package.dependencies.push(LockedDependency {
                    alias: name.to_owned(),
                    name: name.parse().unwrap(),
                    version: version(major),
                });
            }
            other => panic!("{other}"),
        }
    }
    package
}

/// `ID VERSION BYTES`.
fn plugin(text: &str) -> LockedPlugin {
    let words: Vec<&str> = text.split(' ').collect();
    let [id, version, bytes] = words[..] else { panic!("{text}") };
    LockedPlugin {
        id: id.to_owned(),
        version: version.to_owned(),
        source: format!("path+../{id}.wasm"),
        integrity: digest(bytes),
        worlds: Vec::new(),
        capabilities: digest("capabilities"),
    }
}

fn parse(text: &str) -> ProjectLock {
    let (lock, diagnostics) = ProjectLock::parse(Source::new(LOCK_NAME, text));
    assert!(diagnostics.is_empty(), "{text}\n{diagnostics:?}");
    lock
}

/// A lock with packages, resolved for a manifest that is named by its packages.
fn lock(packages: &[&str]) -> ProjectLock {
    let mut lock = ProjectLock::default();
    let packages = packages.iter().map(|text| package(text)).collect();
    lock.set_packages(digest("manifest"), packages, Vec::new()).unwrap();
    lock.manifest_hash = Some(digest(&packages_of(&lock).join(";")));
    parse(&lock.to_string())
}

fn with_plugins(plugins: &[&str]) -> ProjectLock {
    let mut lock = ProjectLock::default();
    for text in plugins {
        lock.set_plugin(plugin(text)).unwrap();
    }
    lock
}

/// The packages in the notation of [`package`], without trees and sizes.
fn packages_of(lock: &ProjectLock) -> Vec<String> {
    let letter = |digest: &Sha256Digest| {
        ('a'..='z').map(String::from).find(|letter| self::digest(letter) == *digest).unwrap()
    };
    let text = |package: &LockedPackage| {
        let bytes = letter(package.integrity.as_ref().unwrap());
        let mut text = format!("{} {} {bytes}", package.name, package.version.major);
        text.extend(package.features.iter().map(|feature| format!(" +{feature}")));
        text.extend(package.dependencies.iter().map(|on| format!(" >{}{}", on.name, on.version.major)));
        text
    };
    lock.packages().map(text).collect()
}

#[test]
fn packages_are_merged_by_entry() {
    struct Case {
        sides: [&'static [&'static str]; 3],
        merged: &'static [&'static str],
        undecided: &'static [&'static str],
    }
    let cases = [
        // Each side adds something.
        Case {
            sides: [&["a 1 a"], &["a 1 a", "b 1 b"], &["a 1 a", "c 1 c"]],
            merged: &["a 1 a", "b 1 b", "c 1 c"],
            undecided: &[],
        },
        // Both add the same, and one something more.
        Case { sides: [&[], &["a 1 a"], &["a 1 a", "b 1 b"]], merged: &["a 1 a", "b 1 b"], undecided: &[] },
        // One removes, the other adds.
        Case { sides: [&["a 1 a"], &[], &["a 1 a", "b 1 b"]], merged: &["b 1 b"], undecided: &[] },
        // Both remove the same.
        Case { sides: [&["a 1 a", "b 1 b"], &["b 1 b"], &[]], merged: &[], undecided: &[] },
        // One updates.
        Case {
            sides: [&["a 1 a"], &["a 2 b"], &["a 1 a", "b 1 b"]],
            merged: &["a 2 b", "b 1 b"],
            undecided: &[],
        },
        // Both update, to different versions: both are kept.
        Case { sides: [&["a 1 a"], &["a 2 b"], &["a 3 c"]], merged: &["a 2 b", "a 3 c"], undecided: &["a"] },
        // Both add different versions.
        Case { sides: [&[], &["a 2 b"], &["a 3 c"]], merged: &["a 2 b", "a 3 c"], undecided: &["a"] },
        // One removes what the other changed.
        Case { sides: [&["a 1 a"], &[], &["a 1 a +x"]], merged: &["a 1 a +x"], undecided: &["a"] },
        // One removes what the other began to need.
        Case {
            sides: [&["a 1 a", "b 1 b"], &["a 1 a"], &["a 1 a", "b 1 b", "c 1 c >b1"]],
            merged: &["a 1 a", "b 1 b", "c 1 c >b1"],
            undecided: &["b"],
        },
        // What is needed may need more.
        Case {
            sides: [&["a 1 a >b1", "b 1 b"], &[], &["a 1 a >b1", "b 1 b", "c 1 c >a1"]],
            merged: &["a 1 a >b1", "b 1 b", "c 1 c >a1"],
            undecided: &["a", "b"],
        },
        // Features are merged one by one.
        Case {
            sides: [&["a 1 a +x +y"], &["a 1 a +x +y +z"], &["a 1 a +w +y"]],
            merged: &["a 1 a +w +y +z"],
            undecided: &["a"],
        },
        // Of two versions under one alias the higher is named; both stay.
        Case {
            sides: [&["a 1 a >b1", "b 1 b"], &["a 1 a >b2", "b 2 c"], &["a 1 a >b3", "b 3 d"]],
            merged: &["a 1 a >b3", "b 2 c", "b 3 d"],
            undecided: &["a", "b"],
        },
        // Dependencies of different aliases are merged one by one.
        Case {
            sides: [
                &["a 1 a", "b 1 b", "c 1 c"],
                &["a 1 a >b1", "b 1 b", "c 1 c"],
                &["a 1 a >c1", "b 1 b", "c 1 c"],
            ],
            merged: &["a 1 a >b1 >c1", "b 1 b", "c 1 c"],
            undecided: &["a"],
        },
    ];
    for Case { sides, merged, undecided } in cases {
        let [base, ours, theirs] = sides.map(lock);
        for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
            let result = ProjectLock::merge(&base, ours, theirs).unwrap();
            assert_eq!(packages_of(&parse(&result.lock.to_string())), merged, "{sides:?}");
            let names: Vec<&str> = result.undecided.iter().map(PackageName::as_str).collect();
            assert_eq!(names, undecided, "{sides:?}");
            assert!(result.needs_resolution, "{sides:?}");
            assert_eq!(result.lock.manifest_hash(), None, "{sides:?}");
        }
    }
}

#[test]
fn what_only_one_side_resolved_stays_resolved() {
    let base = lock(&["a 1 a"]);
    let updated = lock(&["a 2 b", "b 1 b"]);
    let mut plugged = base.clone();
    plugged.set_plugin(plugin("p 1 p")).unwrap();
    for (ours, theirs) in [(&updated, &plugged), (&plugged, &updated)] {
        let merged = ProjectLock::merge(&base, ours, theirs).unwrap();
        assert!(!merged.needs_resolution && merged.undecided.is_empty());
        assert_eq!(merged.lock.manifest_hash(), updated.manifest_hash());
        assert_eq!(packages_of(&merged.lock), packages_of(&updated));
        assert_eq!(merged.lock.plugin("p"), Some(&plugin("p 1 p")));
    }
}

#[test]
fn a_requirement_that_both_changed_is_resolved_again() {
    let base = lock(&["a 1 a"]);
    let [mut ours, mut theirs] = [base.clone(), base.clone()];
    ours.manifest_hash = Some(digest("x"));
    theirs.manifest_hash = Some(digest("y"));
    let merged = ProjectLock::merge(&base, &ours, &theirs).unwrap();
    assert!(merged.needs_resolution);
    assert_eq!(merged.lock.manifest_hash(), None);
    assert_eq!(packages_of(&merged.lock), ["a 1 a"]);
}

#[test]
fn other_bytes_are_refused_and_both_named() {
    // The last two columns of sides have other bytes of `a`, and each changes something.
    let cases: [([&[&str]; 3], &str, &str, &str); 4] = [
        ([&[], &["a 1 x"], &["a 1 y"]], "integrity", "x", "y"),
        ([&["a 1 x"], &["a 1 y"], &["a 1 z"]], "integrity", "y", "z"),
        // Even when only one side replaced them.
        ([&["a 1 x"], &["a 1 x", "b 1 b"], &["a 1 y"]], "integrity", "x", "y"),
        ([&["a 1 a"], &["a 1 a ~x"], &["a 1 a ~y"]], "tree", "x", "y"),
    ];
    for (sides, what, left, right) in cases {
        let [base, ours, theirs] = sides.map(lock);
        for (ours, theirs, left, right) in [(&ours, &theirs, left, right), (&theirs, &ours, right, left)] {
            let error = ProjectLock::merge(&base, ours, theirs).unwrap_err();
            assert_eq!(
                error,
                MergeError::Conflicts(vec![MergeConflict::PackageBytes {
                    name: "a".parse().unwrap(),
                    version: Version::new(1, 0, 0),
                    origin: PackageSource::Registry("https://packages.example".to_owned()),
                    digest: what,
                    ours: digest(left),
                    theirs: digest(right),
                }]),
                "{sides:?}"
            );
            let text = error.to_string();
            assert!(text.contains(&digest(left).to_string()) && text.contains(&digest(right).to_string()));
        }
    }
}

#[test]
fn what_one_side_learned_of_the_same_bytes_is_kept() {
    let base = lock(&["a 1 a"]);
    let merged = |ours: &str, theirs: &str| {
        let merged = ProjectLock::merge(&base, &lock(&[ours]), &lock(&[theirs])).unwrap().lock;
        let package = merged.packages().next().unwrap().clone();
        (package.tree, package.size_bytes)
    };
    assert_eq!(merged("a 1 a ~t", "a 1 a :5"), (Some(digest("t")), Some(5)));
    assert_eq!(merged("a 1 a :5 ~t", "a 1 a :5 +x"), (Some(digest("t")), Some(5)));
    assert_eq!(merged("a 1 a :5", "a 1 a :6"), (None, None), "a size that is in doubt is not known");
}

#[test]
fn plugins_are_merged_by_id() {
    type Sides = [&'static [&'static str]; 3];
    let cases: [(Sides, Result<&[&str], &str>); 9] = [
        ([&[], &["p 1 a"], &["q 1 b"]], Ok(&["p 1 a", "q 1 b"])),
        ([&["p 1 a"], &[], &["p 1 a", "q 1 b"]], Ok(&["q 1 b"])),
        ([&["p 1 a"], &["p 2 b"], &["p 1 a"]], Ok(&["p 2 b"])),
        ([&["p 1 a"], &["p 1 b"], &["p 1 a", "q 1 b"]], Ok(&["p 1 b", "q 1 b"])),
        ([&["p 1 a"], &["p 2 b"], &["p 2 b"]], Ok(&["p 2 b"])),
        ([&["p 1 a"], &[], &[]], Ok(&[])),
        (
            [&["p 1 a"], &["p 2 b"], &["p 3 c"]],
            Err("plugin `p` is 2 from `path+../p.wasm` in ours and 3 from `path+../p.wasm` in theirs"),
        ),
        (
            [&["p 1 a"], &["p 2 b"], &[]],
            Err("plugin `p` is 2 from `path+../p.wasm` in ours and removed in theirs"),
        ),
        (
            [&[], &["p 1 a"], &["p 1 b"]],
            Err(
                "plugin `p` 1 has the integrity `sha256-ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb` in ours and `sha256-3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d` in theirs",
            ),
        ),
    ];
    for (sides, expected) in cases {
        let [base, ours, theirs] = sides.map(with_plugins);
        match (ProjectLock::merge(&base, &ours, &theirs), expected) {
            (Ok(merged), Ok(expected)) => {
                assert_eq!(merged.lock.to_string(), with_plugins(expected).to_string());
                assert!(!merged.needs_resolution);
            }
            (Err(MergeError::Conflicts(conflicts)), Err(expected)) => {
                assert_eq!(conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
            }
            (result, _) => panic!("{sides:?}\n{result:?}"),
        }
    }
}

#[test]
fn what_is_unknown_is_merged_by_key() {
    let text = |values: &str, tables: &str| {
        parse(&format!(
            "version = 1\n{values}\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"path+a\"\n{tables}"
        ))
    };
    let base = text("one = 1\ntwo = 1", "noted = 1\n");
    let ours = text("one = 2\ntwo = 1\na.b = 1", "noted = 1\nmine = 1\n[table]\nx = 1\n");
    let theirs = text("one = 1\nthree = 3", "noted = 2\n[[list]]\nx = 1\n[[list]]\nx = 2\n");
    let merged = ProjectLock::merge(&base, &ours, &theirs).unwrap().lock.to_string();
    assert_eq!(
        merged,
        r#"# Auto-generated. Do not edit.
version = 1
a.b = 1
one = 2
three = 3

[[package]]
name = "a"
version = "1.0.0"
source = "path+a"
mine = 1
noted = 2

[[list]]
x = 1
[[list]]
x = 2

[table]
x = 1
"#
    );
    assert_eq!(parse(&merged).to_string(), merged);
    let swapped = ProjectLock::merge(&base, &theirs, &ours).unwrap().lock.to_string();
    assert_eq!(swapped, merged);

    let theirs = text("one = 3\ntwo = 1", "noted = 1\nmine = 2\n[table]\nx = 2\n");
    let Err(MergeError::Conflicts(conflicts)) = ProjectLock::merge(&base, &ours, &theirs) else { panic!() };
    assert_eq!(
        conflicts.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "`mine` of package `a@1.0.0` was changed on both sides",
            "`one` of the lock was changed on both sides",
            "`table` of the lock was changed on both sides",
        ]
    );
}

#[test]
fn a_lock_with_errors_is_not_merged() {
    let good = lock(&["a 1 a"]);
    let (broken, _) = ProjectLock::parse(Source::new("theirs", "version = 7"));
    for [base, ours, theirs] in [[&broken, &good, &good], [&good, &broken, &good], [&good, &good, &broken]] {
        let error = ProjectLock::merge(base, ours, theirs).unwrap_err();
        assert_eq!(error.to_string(), "`theirs` cannot be changed while it has errors");
    }
}

/// Locks over few names, closed, in which the same version mostly has the same bytes.
fn any_lock() -> impl Strategy<Value = ProjectLock> {
    let package = (0..4_usize, 1..4_u64, proptest::bits::u8::between(0, 3), 0..12_u8);
    let edges = proptest::collection::vec((0..8_usize, 0..8_usize), 0..6);
    let plugin = (0..3_u8, 1..3_u8);
    let noted = proptest::collection::btree_map("[xyz]", 0..3_u8, 0..3);
    let packages = proptest::collection::vec(package, 0..6);
    (packages, edges, proptest::collection::btree_map(0..3_u8, plugin, 0..3), noted, 0..3_u8).prop_map(
        |(packages, edges, plugins, noted, hash)| {
            let mut found: Vec<LockedPackage> = packages
                .into_iter()
                .map(|(name, major, features, bytes)| {
                    let name = ["a", "b", "c", "d"][name];
                    let bytes = if bytes == 0 { "z" } else { name };
                    let mut package = package_of(name, major, bytes);
                    let on = |bit: &u8| features >> bit & 1 == 1;
                    package.features = (0..3).filter(on).map(|bit| format!("f{bit}")).collect();
                    package
                })
                .collect();
            found.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
            found.dedup_by(|a, b| (&a.name, &a.version) == (&b.name, &b.version));
            let count = found.len();
            for (from, to) in edges.into_iter().filter(|(from, to)| *from < count && *to < count) {
                let (name, version) = (found[to].name.clone(), found[to].version.clone());
                let dependency = LockedDependency { alias: name.as_str().to_owned(), name, version };
                found[from].dependencies.push(dependency);
                found[from].dependencies.sort();
                found[from].dependencies.dedup();
            }
            let mut lock = ProjectLock::default();
            lock.set_packages(digest(&hash.to_string()), found, Vec::new()).unwrap();
            for (id, (version, bytes)) in plugins {
                lock.set_plugin(self::plugin(&format!("p{id} {version} {bytes}"))).unwrap();
            }
            let noted: String =
                noted.iter().map(|(key, value)| format!("\n[{key}]\nvalue = {value}\n")).collect();
            parse(&format!("{lock}{noted}"))
        },
    )
}

fn package_of(name: &str, major: u64, bytes: &str) -> LockedPackage {
    package(&format!("{name} {major} {bytes}"))
}

/// The keys of packages that have to be there, by the definition, and what those need.
fn expected(
    base: &ProjectLock,
    ours: &ProjectLock,
    theirs: &ProjectLock,
) -> BTreeSet<(PackageName, Version)> {
    let has = |lock: &ProjectLock, package: &LockedPackage| {
        lock.packages().any(|other| (&other.name, &other.version) == (&package.name, &package.version))
    };
    let unchanged =
        |lock: &ProjectLock, package: &LockedPackage| lock.packages().any(|other| other == package);
    let all: Vec<&LockedPackage> = ours.packages().chain(theirs.packages()).collect();
    all.iter()
        .filter(|package| {
            let both = has(ours, package) && has(theirs, package);
            both || !has(base, package) || !unchanged(base, package)
        })
        .map(|package| (package.name.clone(), package.version.clone()))
        .collect()
}

proptest! {
    #[test]
    fn a_side_that_is_the_base_gives_the_other(base in any_lock(), side in any_lock()) {
        for (ours, theirs) in [(&base, &side), (&side, &base), (&side, &side)] {
            let merged = ProjectLock::merge(&base, ours, theirs).unwrap();
            prop_assert_eq!(merged.lock.to_string(), side.to_string());
            prop_assert!(!merged.needs_resolution && merged.undecided.is_empty());
        }
    }

    #[test]
    fn what_comes_out_is_the_same_from_both_sides(base in any_lock(), ours in any_lock(), theirs in any_lock()) {
        let swapped = ProjectLock::merge(&base, &theirs, &ours);
        match ProjectLock::merge(&base, &ours, &theirs) {
            Ok(merged) => {
                let swapped = swapped.unwrap();
                let text = merged.lock.to_string();
                prop_assert_eq!(&text, &swapped.lock.to_string());
                prop_assert_eq!((merged.needs_resolution, &merged.undecided), (swapped.needs_resolution, &swapped.undecided));
                let again = parse(&text);
                prop_assert_eq!(again.to_string(), text);
                if merged.needs_resolution {
                    prop_assert_eq!(merged.lock.manifest_hash(), None);
                    let expected = expected(&base, &ours, &theirs);
                    let found: BTreeSet<_> = merged.lock.packages().map(|package| (package.name.clone(), package.version.clone())).collect();
                    prop_assert!(found.is_superset(&expected));
                    for extra in found.difference(&expected) {
                        prop_assert!(merged.undecided.contains(&extra.0));
                        let needed = |package: &LockedPackage| package.dependencies.iter().any(|on| (&on.name, &on.version) == (&extra.0, &extra.1));
                        prop_assert!(merged.lock.packages().any(needed), "{} is kept for nothing", extra.0);
                    }
                }
            }
            Err(MergeError::Conflicts(conflicts)) => {
                let Err(MergeError::Conflicts(other)) = swapped else { panic!("only one side is refused") };
                prop_assert_eq!(conflicts.len(), other.len());
            }
            Err(error) => panic!("{error}"),
        }
    }
}
