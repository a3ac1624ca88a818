//! From a commit to a folder.

use std::fs;

use s_store::archive::{ArchiveError, ArchiveLimits, tree_digest};

use super::kit::*;
use crate::{EntryFault, GitError};

#[test]
fn the_files_are_those_of_the_commit() {
    let kit = Kit::new();
    let repo = kit.repo("acme/json.git");
    repo.write("lib/json.stk", b"1;\r\n\xff\0");
    repo.write(".gitignore", b"*.log\n");
    repo.write("empty", b"");
    repo.write("\u{fc}/a b", b"x");
    repo.write("bin/json", b"#!/bin/sh\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(repo.path.join("bin/json"), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let commit = repo.package("json", "1.0.0");
    repo.write("later", b"");
    repo.commit("later");
    let git = kit.git();
    let package = git.package(&repo.url(), &commit, "json").unwrap();
    let names: Vec<String> = files(&package.root).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [".gitignore", "bin/json", "empty", "lib/json.stk", "stryke.toml", "\u{fc}/a b"]);
    assert_eq!(fs::read(package.root.join("lib/json.stk")).unwrap(), b"1;\r\n\xff\0");
    assert_eq!(package.manifest.as_deref(), Some(manifest("json", "1.0.0").as_bytes()));
    assert_eq!(package.tree, tree_digest(&package.root).unwrap());
    let name = package.root.file_name().unwrap().to_str().unwrap();
    assert_eq!(name, format!("file-acme-json-{}", commit.short()));
    // The second time nothing is run and nothing is written: the repository may be gone.
    fs::remove_dir_all(&repo.path).unwrap();
    assert_eq!(kit.offline().package(&repo.url(), &commit, "json").unwrap(), package);
    assert_eq!(git.find(&repo.url(), &commit, "json", &package.tree).unwrap(), Some(package.root.clone()));
    let other = s_store::Sha256Digest::of(b"");
    assert_eq!(git.find(&repo.url(), &commit, "json", &other).unwrap(), None);
    assert_eq!(git.find(&repo.url(), &commit, "jsonx", &package.tree).unwrap(), None);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let root = kit.home().git().join(name);
        let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("bin/json"), mode("empty"), mode("lib")), (0o755, 0o644, 0o755));
    }
}

#[test]
fn packages_are_found_by_their_names() {
    let kit = Kit::new();
    let repo = kit.repo("mono");
    for (folder, name) in [
        ("packages/a", "acme/a"),
        ("packages/b", "b"),
        ("deep/er/c", "c"),
        ("vendor/v", "v"),
        ("x/target/t", "t"),
        (".hidden/h", "h"),
        ("one", "twice"),
        ("two", "twice"),
    ] {
        repo.write(&format!("{folder}/stryke.toml"), manifest(name, "1.0.0").as_bytes());
        repo.write(&format!("{folder}/lib/x"), name.as_bytes());
    }
    repo.write("packages/broken/stryke.toml", b"[package\n");
    let half = b"[package]\nname = \"half\"\nversion = 7\n[deps]\nx = 3\n";
    repo.write("packages/half/stryke.toml", half);
    let commit = repo.commit("mono");
    let git = kit.git();
    let package = |name: &str| git.package(&repo.url(), &commit, name);
    let a = package("acme/a").unwrap();
    assert_eq!(
        files(&a.root),
        [
            ("lib/x".to_owned(), b"acme/a".to_vec()),
            ("stryke.toml".to_owned(), manifest("acme/a", "1.0.0").into_bytes())
        ]
    );
    let b = package("b").unwrap();
    assert_ne!(a.root, b.root);
    assert_eq!(package("half").unwrap().manifest.as_deref(), Some(&half[..]));
    assert!(package("c").is_ok());
    match package("twice") {
        Err(GitError::SeveralPackages { folders, .. }) => assert_eq!(folders, ["one", "two"]),
        other => panic!("{other:?}"),
    }
    for name in ["v", "t", "h", "nothing"] {
        match package(name) {
            Err(GitError::NoPackage { found, .. }) => {
                let found: Vec<(&str, &str)> =
                    found.iter().map(|(name, folder)| (name.as_str(), folder.as_str())).collect();
                assert_eq!(
                    found,
                    [
                        ("c", "deep/er/c"),
                        ("twice", "one"),
                        ("acme/a", "packages/a"),
                        ("b", "packages/b"),
                        ("half", "packages/half"),
                        ("twice", "two"),
                    ]
                );
            }
            other => panic!("{other:?}"),
        }
    }
    // The repository itself wins over folders with the same name.
    let commit = repo.package("twice", "2.0.0");
    let whole = git.package(&repo.url(), &commit, "twice").unwrap();
    assert_eq!(whole.manifest.unwrap(), manifest("twice", "2.0.0").as_bytes());
    assert!(whole.root.join("packages/b/lib/x").is_file());
}

#[test]
fn two_addresses_with_one_name_have_two_folders() {
    let kit = Kit::new();
    let (one, two) = (kit.repo("a/acme/json"), kit.repo("b/acme/json"));
    let commit = one.package("json", "1.0.0");
    assert_eq!(two.package("json", "1.0.0"), commit, "the same commit in both");
    let git = kit.git();
    let first = git.package(&one.url(), &commit, "json").unwrap();
    let second = git.package(&two.url(), &commit, "json").unwrap();
    assert_ne!(first.root, second.root);
    assert_eq!(first.tree, second.tree);
    assert_eq!(git.find(&two.url(), &commit, "json", &first.tree).unwrap(), Some(second.root));
    assert_eq!(kit.checkouts().len(), 2);
    // Neither has the other's objects.
    assert_eq!(fs::read_dir(kit.home().git().join("db")).unwrap().count(), 2);
}

/// Refuses what a commit has, and finds nothing left.
fn refused(kit: &Kit, url: &str, commit: &crate::Commit) -> GitError {
    let error = kit.git().package(url, commit, "json").unwrap_err();
    assert!(kit.checkouts().is_empty(), "{error}");
    error
}

#[test]
fn what_is_no_file_is_refused_and_named() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let toml = repo.blob(manifest("json", "1.0.0").as_bytes());
    let blob = repo.blob(b"x");
    let gone = "0123456789abcdef0123456789abcdef01234567";
    let sub = repo.git_with(&["mktree"], format!("100644 blob {blob}\tx\n").as_bytes());
    for (line, path, why) in [
        (format!("120000 blob {blob}\tlink"), "link", EntryFault::Link),
        (format!("160000 commit {gone}\tsub"), "sub", EntryFault::Submodule),
        (format!("040000 tree {sub}\tgit~1"), "git~1/x", EntryFault::GitName),
    ] {
        let mut lines = [line, format!("100644 blob {toml}\tstryke.toml")];
        lines.sort_by(|a, b| a.split('\t').nth(1).cmp(&b.split('\t').nth(1)));
        let commit = repo.commit_tree(&format!("{}\n", lines.join("\n")));
        match refused(&kit, &repo.url(), &commit) {
            GitError::Entry { path: found, why: reason, .. } => {
                assert_eq!((found.as_str(), reason), (path, why))
            }
            // Git's own check may be first.
            GitError::Malformed { stderr, .. } => assert_eq!(why, EntryFault::GitName, "{stderr}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_link_outside_of_the_package_does_not_matter() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let toml = repo.blob(manifest("json", "1.0.0").as_bytes());
    let link = repo.blob(b"/etc/passwd");
    let folder = repo.git_with(&["mktree"], format!("100644 blob {toml}\tstryke.toml\n").as_bytes());
    let commit = repo.commit_tree(&format!("040000 tree {folder}\tjson\n120000 blob {link}\tlink\n"));
    let package = kit.git().package(&repo.url(), &commit, "json").unwrap();
    assert_eq!(files(&package.root).len(), 1);
}

#[test]
fn names_and_sizes_have_the_limits_of_archives() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let toml = repo.blob(manifest("json", "1.0.0").as_bytes());
    let blob = repo.blob(b"xxxxxxxxxxxxxxxxxxxx");
    let commit_of = |names: &[&str]| {
        let mut lines: Vec<String> = names.iter().map(|name| format!("100644 blob {blob}\t{name}")).collect();
        lines.push(format!("100644 blob {toml}\tstryke.toml"));
        repo.commit_tree(&format!("{}\n", lines.join("\n")))
    };
    for names in [
        &["README", "readme"][..],
        &["con"],
        &["a:b"],
        &["a\\b"],
        &["a."],
        &[".s-ok"],
        &["e\u{301}"],
        &["\u{e9}\u{200d}"],
    ] {
        match refused(&kit, &repo.url(), &commit_of(names)) {
            GitError::Files { name, .. } => assert_eq!(name, "json"),
            GitError::Malformed { .. } => {}
            other => panic!("{names:?}: {other:?}"),
        }
    }
    let commit = commit_of(&["a", "b"]);
    for (limits, is_right) in [
        (
            ArchiveLimits { unpacked_bytes_max: 30, ..Default::default() },
            (|error| matches!(error, ArchiveError::UnpackedTooLarge { .. })) as fn(&ArchiveError) -> bool,
        ),
        (ArchiveLimits { entry_count_max: 2, ..Default::default() }, |error| {
            matches!(error, ArchiveError::TooManyEntries { .. })
        }),
        (ArchiveLimits { path_depth_max: 0, ..Default::default() }, |error| {
            matches!(error, ArchiveError::TooDeep { .. })
        }),
    ] {
        match kit.git().with_limits(limits).package(&repo.url(), &commit, "json") {
            Err(GitError::Files { source, .. }) => assert!(is_right(&source), "{source}"),
            other => panic!("{other:?}"),
        }
        assert!(kit.checkouts().is_empty());
    }
    assert!(kit.git().package(&repo.url(), &commit, "json").is_ok());
}

#[test]
fn a_listing_that_explodes_is_cut() {
    let kit = Kit::new();
    let repo = kit.repo("bomb");
    let blob = repo.blob(b"");
    // Each floor has the one below it twenty times: 20^7 files in a few hundred bytes.
    let mut line = format!("100644 blob {blob}");
    for _ in 0..7 {
        let lines: String = (0..20).map(|n| format!("{line}\tname-{n:02}\n")).collect();
        line = format!("040000 tree {}", repo.git_with(&["mktree"], lines.as_bytes()));
    }
    let commit = repo.commit_tree(&format!("{line}\tx\n"));
    match refused(&kit, &repo.url(), &commit) {
        GitError::ListingTooLong { .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn names_of_the_inside_of_a_repository_are_refused() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let toml = repo.blob(manifest("json", "1.0.0").as_bytes());
    for name in [".git", ".GIT", ".Git", "git~1", ".git ", ".gi\u{200c}t"] {
        let folder = repo.git_with(&["mktree"], format!("100644 blob {toml}\tconfig\n").as_bytes());
        let commit = repo.commit_literally(&[("40000", name, &folder), ("100644", "stryke.toml", &toml)]);
        if name == ".git" {
            // Git's own check is on: nothing of it becomes a part of the objects.
            let error = kit.git().resolve(&repo.url(), &branch("main"), None).unwrap_err();
            assert!(matches!(error, GitError::Malformed { .. }), "{error:?}");
        }
        match refused(&kit, &repo.url(), &commit) {
            GitError::Malformed { .. } | GitError::Entry { .. } | GitError::Files { .. } => {}
            other => panic!("{name}: {other:?}"),
        }
    }
}
