//! Claims: one at a time, taken back whatever happens, and needed by nobody.

use std::fs;
use std::io;

use super::kit::Kit;
use crate::faults;

#[test]
fn only_one_has_claimed_an_entry() {
    let kit = Kit::new();
    let (one, other) = (kit.packed("http", "1.0.0", "a"), kit.packed("json", "1.0.0", "b"));
    assert_ne!(one.integrity.as_bytes()[0] % 64, other.integrity.as_bytes()[0] % 64, "choose other contents");
    let claim = kit.store.claim(&one).unwrap();
    assert!(kit.store.claim(&one).is_none());
    assert!(kit.store.claim(&other).is_some());
    // Nobody needs one.
    kit.insert(&one).unwrap();
    drop(claim);
    assert!(kit.store.claim(&one).is_some());
    assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
    assert_eq!(kit.names(""), ["http@1.0.0"], "claims are no entries");
}

#[test]
fn where_nothing_can_be_locked_everybody_may() {
    let kit = Kit::new();
    let key = kit.packed("http", "1.0.0", "a");
    let fault = faults::fail_at(0, io::ErrorKind::StorageFull);
    assert!(kit.store.claim(&key).is_some());
    drop(fault);
    let claims = kit.store.root.join(".claims");
    fs::create_dir_all(claims.parent().unwrap()).unwrap();
    fs::write(&claims, "in the way").unwrap();
    let (_one, _other) = (kit.store.claim(&key).unwrap(), kit.store.claim(&key).unwrap());
}
