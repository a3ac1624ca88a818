//! What nobody needs goes, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use super::kit::{Kit, age};
use crate::package_store::{EntryKey, GcOptions, GcReport};

const HOUR: Duration = Duration::from_secs(3600);

/// Four entries of which the first is the oldest.
fn filled() -> (Kit, Vec<EntryKey>) {
    let kit = Kit::new();
    let mut keys = Vec::new();
    for (name, hours) in [("d", 9), ("acme/c", 7), ("b", 5), ("a", 3)] {
        let (key, stored) = kit.stored(name, "1.0.0", &"x".repeat(100));
        age(&stored.path.join(".s-ok"), hours);
        keys.push(key);
    }
    (kit, keys)
}

fn removed(report: &GcReport) -> Vec<&str> {
    report.removed.iter().map(|one| one.key.as_ref().unwrap().name.as_str()).collect()
}

#[test]
fn what_is_reachable_stays() {
    let (kit, keys) = filled();
    let bytes = kit.store.find(&keys[0]).unwrap().unwrap().bytes;
    let reachable = BTreeSet::from([keys[1].clone(), keys[3].clone()]);
    let told = kit.store.gc(&reachable, &GcOptions { dry_run: true, ..GcOptions::default() }).unwrap();
    assert_eq!(removed(&told), ["d", "b"]);
    assert!(kit.store.contains_all(&keys).unwrap(), "it was only told");
    let report = kit.store.gc(&reachable, &GcOptions::default()).unwrap();
    assert_eq!(report, told);
    assert_eq!(report.bytes, 2 * bytes);
    assert_eq!(
        (kit.names(""), kit.names("acme")),
        (vec!["a@1.0.0".into(), "acme".into()], vec!["c@1.0.0".into()])
    );
    assert_eq!(kit.temporaries(), 0);
    assert_eq!(kit.store.gc(&reachable, &GcOptions::default()).unwrap(), GcReport::default());
}

#[test]
fn another_registry_is_another_package() {
    let (kit, keys) = filled();
    let other = EntryKey { registry: "acme".to_owned(), ..keys[0].clone() };
    let report = kit.store.gc(&BTreeSet::from([other]), &GcOptions::default()).unwrap();
    assert_eq!(report.removed.len(), 4);
}

#[test]
fn the_oldest_go_until_it_is_small_enough() {
    let (kit, keys) = filled();
    let bytes = kit.store.find(&keys[0]).unwrap().unwrap().bytes;
    for (size, expected) in [
        (4 * bytes, &[][..]),
        (4 * bytes - 1, &["d"]),
        (2 * bytes, &["d", "acme/c"]),
        (0, &["d", "acme/c", "b", "a"]),
    ] {
        let options = GcOptions { dry_run: true, size_bytes_max: Some(size), age: Duration::ZERO };
        assert_eq!(removed(&kit.store.gc(&BTreeSet::new(), &options).unwrap()), expected);
    }
    let options = GcOptions { size_bytes_max: Some(2 * bytes), ..GcOptions::default() };
    let reachable = BTreeSet::from([keys[0].clone()]);
    assert_eq!(removed(&kit.store.gc(&reachable, &options).unwrap()), ["acme/c", "b"]);
}

#[test]
fn what_is_young_stays() {
    let (kit, keys) = filled();
    for (age, expected) in [(6 * HOUR, &["d", "acme/c"][..]), (8 * HOUR, &["d"]), (24 * HOUR, &[])] {
        let options = GcOptions { dry_run: true, age, ..GcOptions::default() };
        assert_eq!(removed(&kit.store.gc(&BTreeSet::new(), &options).unwrap()), expected);
    }
    let ahead = std::time::SystemTime::now() + 100 * HOUR;
    let marker = kit.store.find(&keys[0]).unwrap().unwrap().path.join(".s-ok");
    fs::File::open(marker).unwrap().set_modified(ahead).unwrap();
    let options = GcOptions { dry_run: true, age: HOUR, ..GcOptions::default() };
    assert!(
        !removed(&kit.store.gc(&BTreeSet::new(), &options).unwrap()).contains(&"d"),
        "the clock was set back"
    );
    let now = GcOptions { dry_run: true, ..GcOptions::default() };
    assert_eq!(kit.store.gc(&BTreeSet::new(), &now).unwrap().removed.len(), 4, "without an age all go");
}

#[test]
fn leftovers_and_damaged_entries_go() {
    let (kit, keys) = filled();
    let broken = kit.root().join("d@1.0.0");
    fs::remove_file(broken.join(".s-ok")).unwrap();
    for (name, hours) in [(".s-tmp-old", 25), (".s-tmp-new", 23)] {
        let folder = kit.root().join(".tmp").join(name);
        fs::create_dir_all(folder.join("entry")).unwrap();
        age(&folder, hours);
    }
    let reachable: BTreeSet<_> = keys.iter().cloned().collect();
    let told = kit.store.gc(&reachable, &GcOptions { dry_run: true, ..GcOptions::default() }).unwrap();
    assert_eq!((told.removed.len(), told.temporary_count, kit.temporaries()), (1, 0, 2));
    let report = kit.store.gc(&reachable, &GcOptions::default()).unwrap();
    assert_eq!((report.removed[0].path.as_path(), report.temporary_count), (broken.as_path(), 1));
    assert_eq!(report.removed[0].key, None);
    assert!(report.bytes > 100, "its files were counted");
    assert!(!broken.exists() && kit.root().join(".tmp/.s-tmp-new").exists());
}

#[test]
fn what_is_not_of_the_store_stays() {
    let (kit, _) = filled();
    fs::write(kit.root().join("notes@1"), "a file").unwrap();
    fs::create_dir_all(kit.root().join("acme/empty")).unwrap();
    fs::create_dir_all(kit.root().join(".hidden/x@1")).unwrap();
    kit.store.gc(&BTreeSet::new(), &GcOptions::default()).unwrap();
    for path in ["notes@1", "acme/empty", ".hidden/x@1"] {
        assert!(kit.root().join(path).exists(), "{path}");
    }
    assert_eq!(Kit::new().store.gc(&BTreeSet::new(), &GcOptions::default()).unwrap(), GcReport::default());
}

#[test]
fn entries_are_made_while_others_go() {
    let kit = Kit::new();
    let keys: Vec<_> = (0..6).map(|n| kit.packed("http", &format!("1.0.{n}"), "a")).collect();
    std::thread::scope(|scope| {
        let (kit, keys) = (&kit, &keys);
        for _ in 0..3 {
            scope.spawn(move || {
                for key in keys.iter().cycle().take(30) {
                    kit.insert(key).unwrap();
                }
            });
        }
        scope.spawn(move || {
            for _ in 0..30 {
                kit.store.gc(&BTreeSet::new(), &GcOptions::default()).unwrap();
            }
        });
    });
    assert_eq!(kit.temporaries(), 0);
    assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
}
