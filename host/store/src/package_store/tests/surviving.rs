//! Entries of an earlier run of the system, which may not have survived its end.

use std::fs;
use std::sync::OnceLock;

use super::kit::Kit;
use crate::package_store::{Durability, EntryKey, StoredPackage};

const FILE: &str = "lib/deep/a.stk";

/// A kit in another run of the system, with the same home folder.
fn in_run(kit: &Kit, boot: Option<&str>) -> Kit {
    let mut later = Kit::of(&kit.at(""));
    later.store.boot = OnceLock::from(boot.map(str::to_owned));
    later
}

fn made(durability: Durability) -> (Kit, Kit, EntryKey, StoredPackage) {
    let own = Kit::new();
    let mut kit = in_run(&own, Some("first"));
    kit.store = kit.store.clone().with_durability(durability);
    let (key, stored) = kit.stored("http", "1.0.0", "a");
    (own, kit, key, stored)
}

fn marker(stored: &StoredPackage) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(stored.path.join(".s-ok")).unwrap()).unwrap()
}

#[test]
fn what_survived_is_compared_once() {
    let (_own, kit, key, stored) = made(Durability::Fast);
    assert_eq!(marker(&stored)["boot"], "first");
    let later = in_run(&kit, Some("second"));
    assert_eq!(later.store.find(&key).unwrap(), Some(stored.clone()));
    assert_eq!(marker(&stored).get("boot"), None, "it is on the disk for good");
    assert_eq!(kit.temporaries(), 0);
    // From now on only its marker is read.
    fs::write(stored.path.join(FILE), "").unwrap();
    assert_eq!(in_run(&kit, Some("third")).store.find(&key).unwrap(), Some(stored));
}

#[test]
fn what_did_not_survive_is_removed_and_made_again() {
    let (_own, kit, key, stored) = made(Durability::Fast);
    fs::write(stored.path.join(FILE), "").unwrap();
    assert_eq!(kit.store.find(&key).unwrap(), Some(stored.clone()), "in the same run nothing was lost");
    assert_eq!(
        in_run(&kit, None).store.find(&key).unwrap(),
        Some(stored.clone()),
        "nobody knows which run it is"
    );
    let later = in_run(&kit, Some("second"));
    assert_eq!(later.store.find(&key).unwrap(), None);
    assert!(!stored.path.exists());
    assert_eq!(kit.temporaries(), 0);
    assert_eq!(later.insert(&key).unwrap(), stored);
    assert_eq!(fs::read_to_string(stored.path.join(FILE)).unwrap(), "a");
    assert_eq!(marker(&stored)["boot"], "second");
}

#[test]
fn a_marker_that_did_not_survive_is_none() {
    let (_own, kit, key, stored) = made(Durability::Fast);
    fs::write(stored.path.join(".s-ok"), "").unwrap();
    let later = in_run(&kit, Some("second"));
    assert_eq!(later.store.find(&key).unwrap(), None);
    assert_eq!(later.insert(&key).unwrap(), stored);
}

#[test]
fn what_was_made_durable_belongs_to_no_run() {
    let (_own, kit, key, stored) = made(Durability::Safe);
    assert_eq!(marker(&stored).get("boot"), None);
    assert_eq!(in_run(&kit, Some("second")).store.find(&key).unwrap(), Some(stored));
}
