//! Projects are remembered as long as they exist.

use std::fs;
use std::path::Path;

use super::kit::Kit;
use crate::package_store::PackageStoreError;

#[test]
fn projects_are_known_until_their_lock_is_gone() {
    let kit = Kit::new();
    assert!(kit.store.known_projects().unwrap().is_empty());
    let locks = ["a", "b c", "ü"].map(|name| kit.at(name).join("stryke.lock"));
    for lock in &locks {
        fs::create_dir(lock.parent().unwrap()).unwrap();
        fs::write(lock, "").unwrap();
        kit.store.note_project(lock).unwrap();
        kit.store.note_project(lock).unwrap();
    }
    assert_eq!(kit.store.known_projects().unwrap(), locks);
    fs::remove_file(&locks[1]).unwrap();
    assert_eq!(kit.store.known_projects().unwrap(), [locks[0].clone(), locks[2].clone()]);
    assert_eq!(fs::read_dir(kit.root().join(".projects")).unwrap().count(), 2, "it was forgotten");
    fs::write(&locks[1], "").unwrap();
    kit.store.note_project(&locks[1]).unwrap();
    assert_eq!(kit.store.known_projects().unwrap(), locks);
    assert!(kit.names("").is_empty(), "notes are no entries");
}

#[test]
fn a_known_project_costs_no_write() {
    let kit = Kit::new();
    let lock = kit.at("stryke.lock");
    kit.store.note_project(&lock).unwrap();
    let fault = crate::faults::fail_at(0, std::io::ErrorKind::StorageFull);
    kit.store.note_project(&lock).unwrap();
    drop(fault);
}

#[test]
fn a_damaged_note_is_forgotten_and_a_relative_path_refused() {
    let kit = Kit::new();
    let lock = kit.at("stryke.lock");
    fs::write(&lock, "").unwrap();
    kit.store.note_project(&lock).unwrap();
    let note = fs::read_dir(kit.root().join(".projects")).unwrap().next().unwrap().unwrap().path();
    fs::write(&note, "/").unwrap();
    assert!(kit.store.known_projects().unwrap().is_empty());
    assert!(!note.exists());
    let result = kit.store.note_project(Path::new("stryke.lock"));
    assert!(matches!(result, Err(PackageStoreError::RelativeProject { .. })));
}

#[test]
#[cfg(unix)]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let kit = Kit::new();
    let lock = kit.at("x").with_file_name(std::ffi::OsStr::from_bytes(b"\xff.lock"));
    // Not every file system takes such a name.
    if fs::write(&lock, "").is_ok() {
        kit.store.note_project(&lock).unwrap();
        assert_eq!(kit.store.known_projects().unwrap(), [lock]);
    }
}
