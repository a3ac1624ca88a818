//! From an archive to an entry.

use std::fs;

use super::kit::{Kit, root_of};
use crate::Sha256Digest;
use crate::archive::{ArchiveError, ArchiveLimits, tree_digest};
use crate::package_store::{Durability, PackageStoreError};

#[test]
fn s5_one_extraction_a_package() {
    let kit = Kit::new();
    let (key, one) = kit.stored("http", "1.0.0", "a");
    fs::remove_file(kit.archive(&key.integrity)).unwrap();
    let other = kit.insert(&key).unwrap();
    assert_eq!(one, other, "the archive is not even opened");
    assert_eq!(kit.store.find(&key).unwrap(), Some(one));
}

#[test]
fn s5_thirty_two_at_once_share_one() {
    let kit = Kit::new();
    let keys = [kit.packed("http", "1.0.0", "a"), kit.packed("acme/json", "2.0.0", "b")];
    let barrier = std::sync::Barrier::new(32);
    let stored: Vec<_> = std::thread::scope(|scope| {
        let (kit, keys, barrier) = (&kit, &keys, &barrier);
        let insert = move |n: usize| {
            barrier.wait();
            let stored = kit.insert(&keys[n % 2]).unwrap();
            (identity(&stored.path), stored)
        };
        let threads: Vec<_> = (0..32).map(|n| scope.spawn(move || insert(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (n, one) in stored.iter().enumerate() {
        assert_eq!(*one, stored[n % 2]);
        assert_eq!(identity(&one.1.path), one.0, "nobody exchanged it");
    }
    assert_eq!(
        (kit.names(""), kit.names("acme")),
        (vec!["acme".into(), "http@1.0.0".into()], vec!["json@2.0.0".into()])
    );
    assert_eq!(kit.temporaries(), 0);
    assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
}

#[cfg(unix)]
fn identity(path: &std::path::Path) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap())
}

#[cfg(not(unix))]
fn identity(path: &std::path::Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().created().unwrap()
}

#[test]
fn s6_two_stores_hold_the_same() {
    let (one, other) = (Kit::new(), Kit::new());
    let (key, first) = one.stored("http", "1.0.0", "a");
    let (same, second) = other.stored("http", "1.0.0", "a");
    assert_eq!((key, first.tree), (same, second.tree));
    assert_eq!(tree_digest(&first.path).unwrap(), first.tree);
    let marker = |path: &std::path::Path| fs::read(path.join(".s-ok")).unwrap();
    assert_eq!(marker(&first.path), marker(&second.path));
}

#[test]
fn s13_hash_is_checked_before_extraction() {
    let kit = Kit::new();
    let key = kit.packed("http", "1.0.0", "a");
    let other = kit.packed("http", "1.0.0", "b");
    let bombs: [&[u8]; 3] =
        [b"", b"not an archive, which nobody gets to see", &[0x28, 0xb5, 0x2f, 0xfd, 0xff]];
    let good = fs::read(kit.archive(&key.integrity)).unwrap();
    let wrong = fs::read(kit.archive(&other.integrity)).unwrap();
    for bytes in bombs.into_iter().chain([&wrong[..], &good[..good.len() - 1]]) {
        fs::write(kit.archive(&key.integrity), bytes).unwrap();
        match kit.insert(&key) {
            Err(PackageStoreError::Integrity { expected, found, .. }) => {
                assert_eq!((expected, found), (key.integrity, Sha256Digest::of(bytes)));
            }
            other => panic!("{other:?}"),
        }
        assert!(!kit.root().exists(), "not even a folder was made");
    }
    fs::write(kit.archive(&key.integrity), &good).unwrap();
    kit.insert(&key).unwrap();
}

#[test]
fn s13_a_right_hash_makes_no_archive_right() {
    let kit = Kit::new();
    let key = kit.packed("http", "1.0.0", "a");
    let result =
        kit.store.insert(&key, &kit.archive(&key.integrity), "other-1.0.0", &ArchiveLimits::default());
    let is_outside =
        matches!(&result, Err(PackageStoreError::Archive { source: ArchiveError::OutsideRoot { .. }, .. }));
    assert!(is_outside, "{result:?}");
    let small = ArchiveLimits { archive_bytes_max: 10, ..ArchiveLimits::default() };
    let root = root_of("http", "1.0.0");
    assert!(kit.store.insert(&key, &kit.archive(&key.integrity), &root, &small).is_err());
    assert_eq!((kit.names("").len(), kit.temporaries()), (0, 0));
}

#[test]
fn a_killed_process_leaves_nothing_that_is_found() {
    let kit = Kit::new();
    let key = kit.packed("http", "1.0.0", "a");
    let whole = Kit::new().stored("http", "1.0.0", "a").1;
    // As far as a process can come before the rename.
    let left = kit.root().join(".tmp/.s-tmp-killed/entry");
    fs::create_dir_all(left.join("lib")).unwrap();
    fs::write(left.join("lib/a.stk"), "half").unwrap();
    assert_eq!(kit.store.find(&key).unwrap(), None);
    assert_eq!(kit.insert(&key).unwrap().tree, whole.tree);
    // Or a folder in the place, from a copy that broke off: no marker, no entry.
    let (other, stored) = kit.stored("json", "1.0.0", "b");
    fs::remove_file(stored.path.join(".s-ok")).unwrap();
    fs::write(stored.path.join("lib/deep/a.stk"), "half").unwrap();
    assert_eq!(kit.store.find(&other).unwrap(), None);
    assert_eq!(kit.insert(&other).unwrap(), stored);
    assert_eq!(fs::read_to_string(stored.path.join("lib/deep/a.stk")).unwrap(), "b");
    assert_eq!(kit.temporaries(), 1, "of the killed process only");
}

#[test]
fn safe_and_fast_make_the_same() {
    let (fast, mut safe) = (Kit::new(), Kit::new());
    safe.store = safe.store.with_durability(Durability::Safe);
    let steps = |kit: &Kit| {
        let key = kit.packed("http", "1.0.0", "a");
        let _count = crate::faults::fail_at(u64::MAX, std::io::ErrorKind::Other);
        let stored = kit.insert(&key).unwrap();
        (stored.tree, crate::faults::steps_seen())
    };
    let ((tree, few), (same_tree, many)) = (steps(&fast), steps(&safe));
    assert_eq!(tree, same_tree);
    // The marker, three files, the folders `entry`, `lib`, `lib/deep` and `bin`, and twice the store.
    assert_eq!(many - few, 1 + 3 + 4 + 2);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::PathBuf;

    #[test]
    fn a_store_on_another_disk_is_reached_by_a_link() {
        let kit = Kit::new();
        fs::create_dir_all(kit.at("home")).unwrap();
        fs::create_dir(kit.at("elsewhere")).unwrap();
        symlink(kit.at("elsewhere"), kit.root()).unwrap();
        let (key, _) = kit.stored("acme/http", "1.0.0", "a");
        assert!(kit.at("elsewhere/acme/http@1.0.0/stryke.toml").is_file());
        assert!(kit.store.find(&key).unwrap().is_some());
        assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), []);
        assert!(fs::symlink_metadata(kit.root()).unwrap().is_symlink());
    }

    #[test]
    fn a_link_in_the_place_of_an_entry_is_replaced_and_not_followed() {
        let kit = Kit::new();
        let (key, stored) = kit.stored("http", "1.0.0", "a");
        let target = kit.at("target");
        fs::rename(&stored.path, &target).unwrap();
        symlink(&target, &stored.path).unwrap();
        assert_eq!(kit.store.find(&key).unwrap(), None, "whoever made the link can change the files");
        assert_eq!(kit.insert(&key).unwrap(), stored);
        assert!(!fs::symlink_metadata(&stored.path).unwrap().is_symlink());
        assert!(target.join("stryke.toml").is_file(), "what it led to is untouched");
        assert_eq!(kit.temporaries(), 0);
    }

    #[test]
    fn a_marker_that_is_a_link_or_a_pipe_is_none() {
        let kit = Kit::new();
        let (key, stored) = kit.stored("http", "1.0.0", "a");
        let (marker, moved) = (stored.path.join(".s-ok"), kit.at("moved"));
        fs::rename(&marker, &moved).unwrap();
        symlink(&moved, &marker).unwrap();
        assert_eq!(kit.store.find(&key).unwrap(), None);
        fs::remove_file(&marker).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&marker).status().unwrap().success());
        assert_eq!(kit.store.find(&key).unwrap(), None);
        assert_eq!(kit.insert(&key).unwrap(), stored);
    }

    /// As the test of the same kind for archives: a process for each umask.
    #[test]
    fn s6_entries_are_the_same_under_every_umask() {
        const FOLDER: &str = "S_STORE_TEST_ENTRY_UMASK_FOLDER";
        if let Some(folder) = std::env::var_os(FOLDER) {
            let kit = Kit::new();
            let (_, stored) = kit.stored("acme/http", "1.0.0", "a");
            fs::rename(&stored.path, PathBuf::from(folder).join("entry")).unwrap();
            return;
        }
        let expected = Kit::new().stored("acme/http", "1.0.0", "a").1.tree;
        for umask in ["000", "022", "077"] {
            let folder = tempfile::tempdir().unwrap();
            let output = std::process::Command::new("sh")
                .args(["-c", "umask $0; exec \"$@\"", umask])
                .arg(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "package_store::tests::inserting::unix::s6_entries_are_the_same_under_every_umask",
                ])
                .env(FOLDER, folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            let entry = folder.path().join("entry");
            assert_eq!(tree_digest(&entry).unwrap(), expected, "umask {umask}");
            let mode = |path: &str| fs::metadata(entry.join(path)).unwrap().permissions().mode() & 0o7777;
            let modes = [mode(""), mode("lib"), mode("stryke.toml"), mode("bin/a")];
            assert_eq!(modes, [0o755, 0o755, 0o644, 0o755], "umask {umask}");
        }
    }
}
