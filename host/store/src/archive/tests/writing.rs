//! What unpacking leaves on the disk.

use std::fs;
use std::io;

use super::builder::{ROOT, RawTar};
use crate::archive::{
    ArchiveError, ArchiveLimits, ArchiveSummary, PackEntry, PackSource, pack, pack_entries_of, tree_digest,
    unpack,
};
use crate::faults;

fn archive() -> Vec<u8> {
    RawTar::default()
        .file("a", b"A")
        .changed(format!("{ROOT}/bin/x"), b'0', b"X", |h| h[100..108].copy_from_slice(b"0000700\0"))
        .file("lib/deep/b", &[b'B'; 100_000])
        .file("lib/c", b"")
        .archive()
}

fn unpacked(folder: &std::path::Path) -> Result<ArchiveSummary, ArchiveError> {
    unpack(&archive()[..], ROOT, folder, &ArchiveLimits::default())
}

#[test]
fn a_full_disk_leaves_nothing() {
    for n in 0..100 {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("into");
        let fault = faults::fail_at(n, io::ErrorKind::StorageFull);
        let result = unpacked(&into);
        let reached = faults::steps_seen() > n;
        drop(fault);
        assert_eq!(result.is_err(), reached);
        assert_eq!(into.exists(), !reached);
        let summary = if reached { unpacked(&into) } else { result }.unwrap();
        assert_eq!(tree_digest(&into).unwrap(), summary.tree);
        if !reached {
            assert!(n > 8);
            return;
        }
    }
    panic!("the operation never ends");
}

#[test]
fn what_is_there_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    fs::write(into.join("mine"), "mine").unwrap();
    let result = unpacked(&into);
    assert!(matches!(result, Err(ArchiveError::Store(error)) if error.is_already_exists()));
    assert_eq!(fs::read_to_string(into.join("mine")).unwrap(), "mine");
    assert!(!into.join("a").exists());
}

#[test]
fn a_folder_that_is_empty_in_the_archive_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("into");
    let archive = RawTar::default().entry(format!("{ROOT}/empty/"), b'5', b"").archive();
    unpack(&archive[..], ROOT, &into, &ArchiveLimits::default()).unwrap();
    assert_eq!(fs::read_dir(&into).unwrap().count(), 0);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::{Path, PathBuf};

    /// The umask belongs to the process, so each one is tried in a process of its own, which runs
    /// only this test again and is told by a variable what to do.
    #[test]
    fn s6_modes_and_tree_are_the_same_under_every_umask() {
        const FOLDER: &str = "S_STORE_TEST_ARCHIVE_UMASK_FOLDER";
        if let Some(folder) = std::env::var_os(FOLDER) {
            unpacked(&PathBuf::from(folder).join("into")).unwrap();
            return;
        }
        for umask in ["000", "022", "027", "077"] {
            let folder = tempfile::tempdir().unwrap();
            let output = std::process::Command::new("sh")
                .args(["-c", "umask $0; exec \"$@\"", umask])
                .arg(std::env::current_exe().unwrap())
                .args([
                    "--exact",
                    "archive::tests::writing::unix::s6_modes_and_tree_are_the_same_under_every_umask",
                ])
                .env(FOLDER, folder.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            let into = folder.path().join("into");
            let mode =
                |path: &str| fs::symlink_metadata(into.join(path)).unwrap().permissions().mode() & 0o7777;
            for (path, expected) in [
                ("", 0o755),
                ("bin", 0o755),
                ("lib/deep", 0o755),
                ("bin/x", 0o755),
                ("a", 0o644),
                ("lib/deep/b", 0o644),
            ] {
                assert_eq!(mode(path), expected, "{path} under {umask}");
            }
            let other = folder.path().join("other");
            assert_eq!(tree_digest(&into).unwrap(), unpacked(&other).unwrap().tree);
        }
    }

    #[test]
    fn a_link_in_the_place_of_the_folder_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::create_dir(&target).unwrap();
        for to in [&target, Path::new("nowhere")] {
            symlink(to, &link).unwrap();
            assert!(unpacked(&link).is_err());
            assert_eq!(fs::read_dir(&target).unwrap().count(), 0);
            assert!(link.is_symlink(), "what stood there stands there");
            fs::remove_file(&link).unwrap();
        }
    }

    #[test]
    fn a_tree_is_of_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("into");
        unpacked(&into).unwrap();
        let clean = tree_digest(&into).unwrap();
        fs::write(into.join(".s-ok"), "marker").unwrap();
        fs::create_dir(into.join("empty")).unwrap();
        assert_eq!(tree_digest(&into).unwrap(), clean);
        fs::write(into.join("lib/.s-ok"), "no marker").unwrap();
        assert_ne!(tree_digest(&into).unwrap(), clean);
        fs::remove_file(into.join("lib/.s-ok")).unwrap();
        symlink("a", into.join("link")).unwrap();
        assert!(matches!(tree_digest(&into), Err(ArchiveError::NotAFile { .. })));
        fs::remove_file(into.join("link")).unwrap();
        symlink(&into, folder.path().join("link")).unwrap();
        assert!(tree_digest(&folder.path().join("link")).is_err());
        fs::rename(into.join("lib"), into.join("moved")).unwrap();
        symlink("moved", into.join("lib")).unwrap();
        assert!(matches!(tree_digest(&into), Err(ArchiveError::NotAFile { .. })));
    }

    #[test]
    fn pb8_modes_times_and_places_of_the_sources_do_not_count() {
        let packed = |modes: [u32; 2], seconds: u64| {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("bin")).unwrap();
            for (name, mode) in ["bin/x", "a"].iter().zip(modes) {
                let path = folder.path().join(name);
                fs::write(&path, name).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
                let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
                fs::File::open(&path).unwrap().set_modified(time).unwrap();
            }
            let mut bytes = Vec::new();
            pack(ROOT, pack_entries_of(folder.path()).unwrap(), &mut bytes).unwrap();
            bytes
        };
        let first = packed([0o755, 0o644], 0);
        assert_eq!(packed([0o700, 0o600], 1_700_000_000), first);
        assert_eq!(packed([0o777, 0o466], 1), first);
        assert_ne!(packed([0o655, 0o644], 0), first, "the bit of the owner counts");
    }

    #[test]
    fn a_link_is_not_packed() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, link) = (folder.path().join("secret"), folder.path().join("link"));
        fs::write(&secret, "secret").unwrap();
        symlink(&secret, &link).unwrap();
        for path in [&link, &folder.path().to_path_buf()] {
            let entry =
                PackEntry { path: "a".to_owned(), executable: false, source: PackSource::File(path.clone()) };
            let result = pack(ROOT, [entry], io::sink());
            assert!(matches!(result, Err(ArchiveError::NotAFile { .. })), "{result:?}");
        }
        assert!(matches!(pack_entries_of(folder.path()), Err(ArchiveError::NotAFile { .. })));
        let opened = crate::files::open_regular(&link, crate::files::Links::Refused);
        assert!(opened.is_err(), "nor when it was exchanged after the look");
    }
}
