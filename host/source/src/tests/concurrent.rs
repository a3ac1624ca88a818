//! Many at once, in one process and in several.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use super::kit::*;
use crate::Git;
use s_project::GitReference;
use s_store::Home;

fn repo(kit: &Kit) -> Repo {
    let repo = kit.repo("json");
    for n in 0..40 {
        repo.write(&format!("lib/{n}"), format!("{n}\n").repeat(100).as_bytes());
    }
    repo.package("json", "1.0.0");
    repo
}

#[test]
fn threads_get_the_same() {
    let kit = Kit::new();
    let repo = repo(&kit);
    let git = kit.git();
    let found: BTreeSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                // Some share their locks, others are as strangers.
                let git = if n % 2 == 0 { git.clone() } else { kit.git() };
                let url = repo.url();
                scope.spawn(move || {
                    let commit = git.resolve(&url, &GitReference::Head, None).unwrap();
                    format!("{:?}", git.package(&url, &commit, "json").unwrap())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(found.len(), 1);
    assert_eq!(kit.checkouts().len(), 1);
    assert!(git.verify(&|_, _| ()).unwrap().is_empty());
}

/// Runs only itself in other processes, which are told by variables what to do.
#[test]
fn processes_get_the_same() {
    const HOME: &str = "S_SOURCE_TEST_HOME";
    const URL: &str = "S_SOURCE_TEST_URL";
    if let (Some(home), Ok(url)) = (std::env::var_os(HOME), std::env::var(URL)) {
        let get = |name: &str| match name {
            "PATH" => std::env::var_os(name),
            "GIT_CONFIG_NOSYSTEM" => Some("1".into()),
            _ => None,
        };
        let git = Git::new(&Home::new(PathBuf::from(home)), false, get, || false);
        let commit = git.resolve(&url, &GitReference::Head, None).unwrap();
        git.package(&url, &commit, "json").unwrap();
        return;
    }
    let kit = Kit::new();
    let repo = repo(&kit);
    let children: Vec<_> = (0..6)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "tests::concurrent::processes_get_the_same"])
                .env(HOME, kit.path("home"))
                .env(URL, repo.url())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(kit.checkouts().len(), 1);
    let package = kit.offline().package(&repo.url(), &repo.head(), "json").unwrap();
    assert_eq!(package.tree, s_store::archive::tree_digest(&package.root).unwrap());
    assert_eq!(files(&package.root).len(), 41);
}
