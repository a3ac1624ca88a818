//! Every file operation failing once: the old state or the new one, nothing between, nothing left.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;

use super::kit::{Kit, age};
use crate::faults;
use crate::package_store::{Durability, GcOptions, PackageStoreError};

/// Runs `act` with its N-th operation failing, for every N and in two ways, on a store that
/// `prepare` made; `check` is told whether it succeeded.
fn for_every_fault<T>(
    prepare: impl Fn(&mut Kit) -> T,
    act: impl Fn(&Kit, &T) -> Result<(), PackageStoreError>,
    check: impl Fn(&Kit, &T, bool),
) {
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        for n in 0..200 {
            let mut kit = Kit::new();
            let prepared = prepare(&mut kit);
            let fault = faults::fail_at(n, kind);
            let result = act(&kit, &prepared);
            let reached = faults::steps_seen() > n;
            drop(fault);
            assert_eq!(result.is_err(), reached, "a failing step is reported: {result:?}");
            if let Err(error) = &result {
                let is_the_fault = matches!(error, PackageStoreError::Store(e) if e.kind() == Some(kind));
                assert!(is_the_fault, "{error}");
            }
            assert_eq!(kit.temporaries(), 0, "nothing temporary is left, step {n}");
            check(&kit, &prepared, result.is_ok());
            if !reached {
                assert!(n > 1, "the operation passes the gate");
                break;
            }
            assert!(n < 199, "the operation ends");
        }
    }
}

#[test]
fn insert_leaves_an_entry_or_none() {
    for (name, durability) in
        [("http", Durability::Fast), ("acme/http", Durability::Fast), ("acme/http", Durability::Safe)]
    {
        for_every_fault(
            |kit| {
                kit.store = kit.store.clone().with_durability(durability);
                kit.packed(name, "1.0.0", "a")
            },
            |kit, key| kit.insert(key).map(drop),
            |kit, key, done| {
                let found = kit.store.find(key).unwrap();
                assert!(found.is_some() || !done);
                // In the safe way the last step comes when the entry is there already.
                assert!(found.is_none() || done || durability == Durability::Safe);
                assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), [], "what is there is whole");
                kit.insert(key).unwrap();
            },
        );
    }
}

#[test]
fn insert_over_a_damaged_entry() {
    for_every_fault(
        |kit| {
            let (key, stored) = kit.stored("http", "1.0.0", "a");
            fs::write(stored.path.join(".s-ok"), "").unwrap();
            key
        },
        |kit, key| kit.insert(key).map(drop),
        |kit, key, done| {
            assert_eq!(kit.store.find(key).unwrap().is_some(), done);
            kit.insert(key).unwrap();
            assert_eq!(kit.names(""), ["http@1.0.0"]);
        },
    );
}

#[test]
fn gc_takes_whole_entries() {
    for_every_fault(
        |kit| {
            let keys = ["a", "b", "c"].map(|name| kit.stored(name, "1.0.0", name).0);
            for (hours, key) in (1..).zip(&keys) {
                age(&kit.store.find(key).unwrap().unwrap().path.join(".s-ok"), 10 - hours);
            }
            keys
        },
        |kit, keys| {
            let reachable = BTreeSet::from([keys[1].clone()]);
            kit.store.gc(&reachable, &GcOptions::default()).map(drop)
        },
        |kit, keys, done| {
            assert!(kit.store.find(&keys[1]).unwrap().is_some());
            assert_eq!(kit.names("").len() == 1, done);
            assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), [], "what is there is whole");
            for key in keys {
                kit.insert(key).unwrap();
            }
        },
    );
}

#[test]
fn repair_takes_whole_entries() {
    for_every_fault(
        |kit| {
            let stored = ["a", "b", "c"].map(|name| kit.stored(name, "1.0.0", name));
            for (_, stored) in &stored[..2] {
                fs::write(stored.path.join("stryke.toml"), "changed").unwrap();
            }
            stored.map(|(key, _)| key)
        },
        |kit, _| kit.store.repair(&|_, _| {}).map(drop),
        |kit, keys, done| {
            assert_eq!(kit.names("").len() == 1, done);
            assert!(kit.store.find(&keys[2]).unwrap().is_some());
            kit.store.repair(&|_, _| {}).unwrap();
            for key in keys {
                kit.insert(key).unwrap();
            }
            assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
        },
    );
}

#[test]
fn a_project_is_noted_or_not() {
    for_every_fault(
        |kit| {
            let lock = kit.at("stryke.lock");
            fs::write(&lock, "").unwrap();
            lock
        },
        |kit, lock| kit.store.note_project(lock),
        |kit, lock, done| {
            let known = kit.store.known_projects().unwrap();
            assert!(known == [lock.clone()] || (known.is_empty() && !done));
        },
    );
}
