//! Entries that are copied beside a project.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;

use super::kit::{Kit, root_of};
use crate::archive::{ArchiveLimits, tree_digest};
use crate::faults;
use crate::package_store::{EntryKey, PackageStore, PackageStoreError, StoredPackage};

fn stored(kit: &Kit, name: &str) -> (EntryKey, StoredPackage) {
    let key = kit.packed(name, "1.0.0", "1;\n");
    let archive = kit.archive(&key.integrity);
    let stored = kit.store.insert(&key, &archive, &root_of(name, "1.0.0"), &ArchiveLimits::default());
    (key, stored.unwrap())
}

#[test]
fn s21_a_copy_is_the_same_and_what_is_not_needed_goes() {
    let kit = Kit::new();
    let beside = PackageStore::beside(&kit.at("project/vendor"));
    let (json, text) = (stored(&kit, "json"), stored(&kit, "acme/text"));
    for (key, from) in [&json, &text] {
        assert!(beside.find(key).unwrap().is_none());
        let copy = beside.copy_from(key, &from.path, &from.tree).unwrap();
        assert_eq!(tree_digest(&copy.path).unwrap(), from.tree);
        assert_eq!((copy.files, copy.bytes), (from.files, from.bytes));
        assert_eq!(beside.find(key).unwrap(), Some(copy.clone()));
        assert_eq!(beside.copy_from(key, &from.path, &from.tree).unwrap(), copy);
    }
    let stays = BTreeSet::from([text.0.clone()]);
    assert_eq!(beside.retain(&stays).unwrap().len(), 1);
    assert!(beside.find(&json.0).unwrap().is_none() && beside.find(&text.0).unwrap().is_some());
    let names: Vec<_> =
        fs::read_dir(kit.at("project/vendor")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["acme"], "nothing else is left beside the entries");
}

#[test]
fn what_is_damaged_is_not_copied() {
    let kit = Kit::new();
    let beside = PackageStore::beside(&kit.at("vendor"));
    let (key, from) = stored(&kit, "json");
    fs::write(from.path.join("lib/deep/a.stk"), "2;\n").unwrap();
    assert!(matches!(beside.copy_from(&key, &from.path, &from.tree), Err(PackageStoreError::Damaged { .. })));
    assert!(beside.find(&key).unwrap().is_none());
}

#[test]
fn a_full_disk_leaves_a_whole_copy_or_none() {
    let kit = Kit::new();
    let (key, from) = stored(&kit, "json");
    for n in 0..200 {
        let beside = PackageStore::beside(&kit.at(&format!("vendor-{n}")));
        let fault = faults::fail_at(n, ErrorKind::StorageFull);
        let result = beside.copy_from(&key, &from.path, &from.tree);
        let reached = faults::steps_seen() > n;
        drop(fault);
        if let Some(copy) = beside.find(&key).unwrap() {
            assert_eq!(tree_digest(&copy.path).unwrap(), from.tree);
        } else {
            assert!(result.is_err());
        }
        beside.copy_from(&key, &from.path, &from.tree).unwrap();
        if !reached {
            return;
        }
    }
    panic!("the operation never ends");
}
