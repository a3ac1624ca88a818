//! Damage is found, and what is found goes.

use std::fs;
use std::sync::Mutex;

use super::kit::Kit;
use crate::package_store::{EntryFault, Finding, StoredPackage};

#[cfg(unix)]
type Damage = fn(&StoredPackage);

#[cfg(unix)]
const DAMAGE: &[(&str, Damage, &str)] = &[
    ("changed", |s| fs::write(s.path.join("lib/deep/a.stk"), "A").unwrap(), "Tree"),
    ("truncated", |s| fs::write(s.path.join("stryke.toml"), "").unwrap(), "Tree"),
    ("more", |s| fs::write(s.path.join("lib/more"), "").unwrap(), "Tree"),
    ("less", |s| fs::remove_file(s.path.join("bin/a")).unwrap(), "Tree"),
    ("renamed", |s| fs::rename(s.path.join("bin/a"), s.path.join("bin/b")).unwrap(), "Tree"),
    ("bit", |s| mode(s, "stryke.toml", 0o755), "Tree"),
    ("no bit", |s| mode(s, "bin/a", 0o644), "Tree"),
    ("link", |s| std::os::unix::fs::symlink("a", s.path.join("bin/b")).unwrap(), "Unreadable"),
    ("marker", |s| fs::write(s.path.join(".s-ok"), "{}").unwrap(), "Marker"),
    ("no marker", |s| fs::remove_file(s.path.join(".s-ok")).unwrap(), "Marker"),
    ("name", |s| marker(s, "\"http\"", "\"json\""), "Place"),
    ("nonsense", |s| marker(s, "\"http\"", "\"../http\""), "Place"),
    ("count", |s| marker(s, "\"files\":3", "\"files\":4"), "Counts"),
    ("moved", |s| fs::rename(&s.path, s.path.with_file_name("http@1.0.1")).unwrap(), "Place"),
];

#[cfg(unix)]
fn mode(stored: &StoredPackage, path: &str, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(stored.path.join(path), permissions).unwrap();
}

#[cfg(unix)]
fn marker(stored: &StoredPackage, from: &str, to: &str) {
    let path = stored.path.join(".s-ok");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
#[cfg(unix)]
fn every_damage_is_found_and_repaired() {
    for (what, damage, expected) in DAMAGE {
        let kit = Kit::new();
        let (key, stored) = kit.stored("http", "1.0.0", "a");
        let (other, _) = kit.stored("acme/json", "1.0.0", "a");
        assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
        damage(&stored);
        let findings = kit.store.verify(&|_, _| {}).unwrap();
        let [Finding { path, fault, .. }] = &findings[..] else { panic!("{what}: {findings:?}") };
        assert!(format!("{fault:?}").starts_with(expected), "{what}: {fault:?}");
        assert!(path.exists());
        assert_eq!(kit.store.repair(&|_, _| {}).unwrap(), findings, "{what}");
        assert_eq!(kit.names(""), ["acme"]);
        assert_eq!(kit.temporaries(), 0);
        assert_eq!(kit.insert(&key).unwrap(), stored, "{what}");
        assert!(kit.store.contains_all([&key, &other]).unwrap());
        assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
    }
}

#[test]
fn progress_counts_to_the_end() {
    let kit = Kit::new();
    for name in ["a", "b", "acme/c", "acme/d", "e"] {
        kit.stored(name, "1.0.0", name);
    }
    let path = kit.root().join("b@1.0.0/stryke.toml");
    fs::write(path, "changed").unwrap();
    let seen = Mutex::new(Vec::new());
    let findings = kit.store.verify(&|done, of| seen.lock().unwrap().push((done, of))).unwrap();
    assert!(matches!(&findings[..], [Finding { fault: EntryFault::Tree { .. }, .. }]));
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(seen, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
    assert_eq!(Kit::new().store.verify(&|_, _| {}).unwrap(), [], "there is no store yet");
}
