//! Every operation on files fails once.

use std::io::ErrorKind;

use s_project::GitReference;
use s_store::faults;

use super::kit::*;
use crate::Git;
use s_store::Home;

/// Runs only itself in another process, which is told by variables what to do and where to end.
#[test]
fn a_process_that_is_killed_leaves_nothing_that_is_seen() {
    const STEP: &str = "S_SOURCE_TEST_STEP";
    const HOME: &str = "S_SOURCE_TEST_KILLED_HOME";
    const URL: &str = "S_SOURCE_TEST_KILLED_URL";
    if let (Some(home), Ok(url), Ok(step)) = (std::env::var_os(HOME), std::env::var(URL), std::env::var(STEP))
    {
        let get = |name: &str| match name {
            "PATH" => std::env::var_os(name),
            "GIT_CONFIG_NOSYSTEM" => Some("1".into()),
            _ => None,
        };
        let git = Git::new(&Home::new(std::path::PathBuf::from(home)), false, get, || false);
        let guard = faults::kill_at(step.parse().unwrap());
        let commit = git.resolve(&url, &GitReference::Head, None).unwrap();
        git.package(&url, &commit, "json").unwrap();
        drop(guard);
        return;
    }
    let source = Kit::new();
    let repo = source.repo("json");
    repo.write("lib/a", b"a");
    let commit = repo.package("json", "1.0.0");
    for step in 0..200 {
        let kit = Kit::new();
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::faults::a_process_that_is_killed_leaves_nothing_that_is_seen"])
            .env(HOME, kit.path("home"))
            .env(URL, repo.url())
            .env(STEP, step.to_string())
            .output()
            .unwrap();
        let was_killed = output.status.code() == Some(faults::KILLED_STATUS);
        assert!(was_killed || output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(kit.git().verify(&|_, _| ()).unwrap().is_empty(), "{step}");
        let package = kit.git().package(&repo.url(), &commit, "json").unwrap();
        assert_eq!(files(&package.root).len(), 2, "{step}");
        if !was_killed {
            assert!(step > 20, "the operations pass the gate");
            return;
        }
    }
    panic!("the operation never ends");
}

#[test]
fn whatever_fails_nothing_half_done_is_seen() {
    let source = Kit::new();
    let repo = source.repo("json");
    repo.write("lib/a", b"a");
    let commit = repo.package("json", "1.0.0");
    repo.git(&["tag", "v1.0.0"]);
    for n in 0..200 {
        let kit = Kit::new();
        let git = kit.git();
        let fault = faults::fail_at(n, ErrorKind::StorageFull);
        let result = git.tags(&repo.url()).and_then(|_| {
            let commit = git.resolve(&repo.url(), &GitReference::Head, None)?;
            git.package(&repo.url(), &commit, "json")
        });
        let reached = faults::steps_seen() > n;
        drop(fault);
        assert_eq!(result.is_err(), reached, "{n}: {result:?}");
        for path in kit.checkouts() {
            let root = kit.home().git().join(path);
            assert_eq!(files(&root).len(), 2, "{n}: a folder is whole");
        }
        assert!(git.verify(&|_, _| ()).unwrap().is_empty(), "{n}");
        // The next one finishes what this one began.
        let package = git.package(&repo.url(), &commit, "json").unwrap();
        assert_eq!(files(&package.root).len(), 2);
        assert_eq!(kit.checkouts().len(), 1);
        assert_eq!(kit.offline().package(&repo.url(), &commit, "json").unwrap(), package);
        if !reached {
            assert!(n > 20, "the operations pass the gate");
            return;
        }
    }
    panic!("the operation never ends");
}
