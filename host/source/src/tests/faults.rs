//! Every operation on files fails once.

use std::io::ErrorKind;

use s_project::GitReference;
use s_store::faults;

use super::kit::*;

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
