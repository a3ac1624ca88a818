//! The process itself: missing, slow, not wanted any more, killed.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::kit::*;
use crate::{Git, GitError};
use s_project::GitReference;

#[test]
fn without_git_that_is_what_is_said() {
    let kit = Kit::new();
    let git = Git::new(&kit.home(), false, |_| None, || false);
    let repo = kit.repo("json");
    let commit = repo.package("json", "1.0.0");
    assert!(matches!(git.resolve(&repo.url(), &GitReference::Head, None), Err(GitError::NoGit)));
    // What is there already needs none.
    let package = kit.git().package(&repo.url(), &commit, "json").unwrap();
    assert_eq!(git.package(&repo.url(), &commit, "json").unwrap(), package);
    assert_eq!(git.find(&repo.url(), &commit, "json", &package.tree).unwrap(), Some(package.root));
}

/// A `PATH` with a `git` that says where it and a child of it are, and then does nothing.
#[cfg(unix)]
fn stuck(kit: &Kit) -> (OsString, PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, notes) = (kit.path("stuck"), kit.path("notes"));
    fs::create_dir(&folder).unwrap();
    let script =
        format!("#!/bin/sh\nsleep 600 &\necho $! >> '{0}'\necho $$ >> '{0}'\nwait\n", notes.display());
    fs::write(folder.join("git"), script).unwrap();
    fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut path = folder.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    (path, notes)
}

#[cfg(unix)]
fn noted(notes: &std::path::Path) -> Vec<i32> {
    fs::read_to_string(notes).unwrap_or_default().lines().map(|line| line.parse().unwrap()).collect()
}

#[cfg(unix)]
fn is_running(process: i32) -> bool {
    // A process that has ended and was not waited for by whoever took it over does not run.
    let state =
        std::process::Command::new("ps").args(["-o", "stat=", "-p", &process.to_string()]).output().unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}

#[cfg(unix)]
fn all_end(processes: &[i32]) {
    let start = Instant::now();
    while processes.iter().any(|process| is_running(*process)) {
        assert!(start.elapsed() < Duration::from_secs(60), "a process of git goes on");
        std::thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn what_takes_too_long_is_ended_with_all_it_started() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    repo.package("json", "1.0.0");
    let (path, notes) = stuck(&kit);
    let get = |name: &str| if name == "PATH" { Some(path.clone()) } else { kit.variable(name) };
    let git = Git::new(&kit.home(), false, get, || false).with_timeout(Duration::from_millis(500));
    match git.resolve(&repo.url(), &GitReference::Head, None) {
        Err(GitError::Timeout { after, .. }) => assert_eq!(after, Duration::from_millis(500)),
        other => panic!("{other:?}"),
    }
    all_end(&noted(&notes));
    assert!(kit.checkouts().is_empty());
    // The real one goes on where this one stopped.
    assert!(kit.git().resolve(&repo.url(), &GitReference::Head, None).is_ok());
}

#[cfg(unix)]
#[test]
fn what_is_not_wanted_any_more_is_ended_with_all_it_started() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let commit = repo.package("json", "1.0.0");
    let (path, notes) = stuck(&kit);
    let get = |name: &str| if name == "PATH" { Some(path.clone()) } else { kit.variable(name) };
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancelled);
    let git = Git::new(&kit.home(), false, get, move || flag.load(Ordering::SeqCst));
    let result = std::thread::scope(|scope| {
        let running = scope.spawn(|| git.package(&repo.url(), &commit, "json"));
        while noted(&notes).len() < 2 {
            std::thread::yield_now();
        }
        cancelled.store(true, Ordering::SeqCst);
        running.join().unwrap()
    });
    assert!(matches!(result, Err(GitError::Cancelled)), "{result:?}");
    all_end(&noted(&notes));
    assert!(kit.checkouts().is_empty());
    assert!(matches!(git.resolve(&repo.url(), &GitReference::Head, None), Err(GitError::Cancelled)));
    assert!(kit.git().package(&repo.url(), &commit, "json").is_ok());
}

#[cfg(unix)]
#[test]
fn more_words_than_anybody_reads_are_no_trap() {
    use std::os::unix::fs::PermissionsExt as _;
    let kit = Kit::new();
    let folder = kit.path("loud");
    fs::create_dir(&folder).unwrap();
    let script =
        "#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' 'x' >&2\nhead -c 3000000 /dev/zero\nexit 1\n";
    fs::write(folder.join("git"), script).unwrap();
    fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut path = folder.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let get = |name: &str| if name == "PATH" { Some(path.clone()) } else { kit.variable(name) };
    let git = Git::new(&kit.home(), false, get, || false);
    match git.resolve("file:///nowhere", &GitReference::Head, None) {
        Err(GitError::Unreachable { stderr, .. }) => assert!(stderr.len() <= 1000, "{}", stderr.len()),
        other => panic!("{other:?}"),
    }
}

#[cfg(unix)]
#[test]
fn git_inherits_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some(), "there is something to inherit");
    let kit = Kit::new();
    let folder = kit.path("nosy");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("git"), "#!/bin/sh\necho \"has ${CARGO_MANIFEST_DIR-nothing}\" >&2\nexit 1\n")
        .unwrap();
    fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let get = |name: &str| (name == "PATH").then(|| folder.clone().into_os_string());
    let git = Git::new(&kit.home(), false, get, || false);
    match git.resolve("file:///nowhere", &GitReference::Head, None) {
        Err(GitError::Unreachable { stderr, .. }) => assert_eq!(stderr, "has nothing"),
        other => panic!("{other:?}"),
    }
}

/// What a process that was killed while it fetched leaves is in nobody's way.
#[test]
fn a_fetch_that_was_killed_is_begun_again() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let commit = repo.package("json", "1.0.0");
    let git = kit.git();
    git.resolve(&repo.url(), &GitReference::Head, None).unwrap();
    // A temporary repository with locks, a half pack, and objects whose last file was not written.
    let half = kit.home().git().join(".tmp/.s-tmp-killed");
    fs::create_dir_all(half.join("objects/pack")).unwrap();
    fs::write(half.join("shallow.lock"), "").unwrap();
    fs::write(half.join("objects/pack/tmp_pack_x"), "PACK").unwrap();
    let db = fs::read_dir(kit.home().git().join("db")).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(db.join("HEAD")).unwrap();
    let packs = fs::read_dir(db.join("objects/pack")).unwrap();
    for pack in packs.map(|entry| entry.unwrap().path()) {
        if pack.extension().is_some_and(|extension| extension == "idx") {
            fs::remove_file(pack).unwrap();
        }
    }
    assert!(matches!(kit.offline().package(&repo.url(), &commit, "json"), Err(GitError::Offline { .. })));
    assert!(git.package(&repo.url(), &commit, "json").is_ok());
    fs::remove_dir_all(half).unwrap();
    assert_eq!(kit.checkouts().len(), 1);
}
