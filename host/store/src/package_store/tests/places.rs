//! Where entries are, and that what is found is what was asked for.

use std::fs;
use std::sync::OnceLock;

use super::kit::Kit;
use crate::package_store::{EntryKey, PackageStoreError};

fn of(key: &EntryKey, registry: &str) -> EntryKey {
    EntryKey { registry: registry.to_owned(), ..key.clone() }
}

#[test]
fn s4_entries_are_where_people_look() {
    let mut kit = Kit::new();
    // Without the run of the system, which is no part of what is the same everywhere.
    kit.store.boot = OnceLock::from(None);
    let (key, stored) = kit.stored("http", "1.0.0", "a");
    assert_eq!(stored.path, kit.root().join("http@1.0.0"));
    let (_, scoped) = kit.stored("acme/http", "1.0.0-rc.1", "a");
    assert_eq!(scoped.path, kit.root().join("acme").join("http@1.0.0-rc.1"));
    let eight = key.integrity.to_hex()[..8].to_owned();
    let other = kit.insert(&of(&key, "acme")).unwrap();
    assert_eq!(other.path, kit.root().join(format!("http@1.0.0~{eight}")));
    assert_eq!(kit.names(""), ["acme", "http@1.0.0", &format!("http@1.0.0~{eight}")]);
    assert_eq!(fs::read_to_string(stored.path.join("lib/deep/a.stk")).unwrap(), "a");
    let text = fs::read_to_string(stored.path.join(".s-ok")).unwrap();
    let marker: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        marker,
        serde_json::json!({
            "v": 1, "name": "http", "version": "1.0.0", "registry": "registry.stryke.dev",
            "integrity": key.integrity.to_string(), "tree": stored.tree.to_string(),
            "files": 3, "bytes": stored.bytes,
        })
    );
}

#[test]
fn upper_case_has_a_place_of_its_own() {
    let kit = Kit::new();
    let (lower, one) = kit.stored("http", "1.0.0-rc", "a");
    let (upper, other) = kit.stored("http", "1.0.0-RC", "b");
    assert_eq!(one.path, kit.root().join("http@1.0.0-rc"));
    assert!(other.path.to_str().unwrap().contains('~'));
    assert!(kit.store.contains_all([&lower, &upper]).unwrap());
}

#[test]
fn two_that_differ_in_anything_are_two_entries() {
    let kit = Kit::new();
    let (first, _) = kit.stored("http", "1.0.0", "a");
    // The registry told two things, and two registries tell the same.
    let second = kit.packed("http", "1.0.0", "b");
    let all = [second.clone(), of(&first, "one"), of(&first, "two"), of(&second, "one")];
    for key in &all {
        assert_eq!(kit.store.find(key).unwrap(), None, "nothing else is found in its place");
        let stored = kit.insert(key).unwrap();
        assert_eq!(kit.store.find(key).unwrap(), Some(stored));
    }
    assert_eq!(kit.names("").len(), 5);
    assert!(kit.store.contains_all(all.iter().chain([&first])).unwrap());
    assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
    // The last place is the last.
    let other = kit.store.clone().with_first_party("nobody");
    assert!(other.find(&first).unwrap().is_none(), "a plain place is for the first party");
}

#[test]
fn a_place_that_others_have_is_not_taken_from_them() {
    let kit = Kit::new();
    let (key, stored) = kit.stored("http", "1.0.0", "a");
    let other = kit.packed("http", "1.0.0", "b");
    let marker = fs::read(stored.path.join(".s-ok")).unwrap();
    for place in kit.store.places(&other).unwrap() {
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(".s-ok"), &marker).unwrap();
    }
    assert!(matches!(kit.insert(&other), Err(PackageStoreError::Occupied { .. })));
    assert_eq!(kit.temporaries(), 0);
    assert!(kit.store.find(&key).unwrap().is_some());
}

#[test]
fn a_marker_that_says_something_else_is_no_entry() {
    let kit = Kit::new();
    let (key, stored) = kit.stored("http", "1.0.0", "a");
    let path = stored.path.join(".s-ok");
    let text = fs::read_to_string(&path).unwrap();
    let digest = crate::Sha256Digest::of(b"other").to_string();
    for changed in [
        String::new(),
        "{".to_owned(),
        text[..text.len() / 2].to_owned(),
        text.replace("\"v\":1", "\"v\":2"),
        text.replace("\"v\":1,", ""),
        text.replace("\"http\"", "\"https\""),
        text.replace("1.0.0", "1.0.1"),
        text.replace("registry.stryke.dev", "registry.stryke.example"),
        text.replace(&key.integrity.to_string(), &digest),
        format!("{text}{}", " ".repeat(20_000)) + "x",
    ] {
        assert_ne!(changed, text);
        fs::write(&path, &changed).unwrap();
        assert_eq!(kit.store.find(&key).unwrap(), None, "{changed}");
        assert!(!kit.store.contains_all([&key]).unwrap());
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(kit.store.find(&key).unwrap(), None);
    fs::create_dir(&path).unwrap();
    assert_eq!(kit.store.find(&key).unwrap(), None);
    assert_eq!(kit.insert(&key).unwrap(), stored, "it is made again");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(kit.temporaries(), 0);
}

#[test]
fn keys_that_lead_elsewhere_are_refused() {
    let kit = Kit::new();
    let good = kit.packed("http", "1.0.0", "a");
    let name = |text: &str| EntryKey { name: text.to_owned(), ..good.clone() };
    let version = |text: &str| EntryKey { version: text.to_owned(), ..good.clone() };
    let registry = |text: &str| of(&good, text);
    let long = "1".repeat(240);
    for key in [
        name(""),
        name("."),
        name(".."),
        name("../x"),
        name("/x"),
        name("a/b/c"),
        name("a\\b"),
        name(".tmp/x"),
        name(".tmp"),
        name("a@1"),
        name("a~b"),
        name("con"),
        name("a\0"),
        version(""),
        version(".."),
        version("1/../../x"),
        version("1@2"),
        version("1~2"),
        version("1."),
        version(&long),
        registry(""),
        registry("a\nb"),
    ] {
        let result = kit.store.insert(
            &key,
            &kit.archive(&key.integrity),
            "http-1.0.0",
            &crate::archive::ArchiveLimits::default(),
        );
        assert!(matches!(result, Err(PackageStoreError::Key { .. })), "{key:?}: {result:?}");
        assert!(matches!(kit.store.find(&key), Err(PackageStoreError::Key { .. })));
    }
    assert!(!kit.root().exists(), "nothing was made");
}
