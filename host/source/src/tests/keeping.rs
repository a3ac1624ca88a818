//! Folders that are damaged, and those that nobody needs.

use std::collections::BTreeSet;
use std::fs;

use super::kit::*;
use crate::{Checkout, CheckoutFault, Commit};

fn checkout(repo: &Repo, commit: &Commit, name: &str) -> Checkout {
    Checkout { url: repo.url(), commit: commit.clone(), name: name.to_owned() }
}

#[test]
fn damage_is_found_and_repaired() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    repo.write("lib/a", b"a");
    let commit = repo.package("json", "1.0.0");
    let git = kit.git();
    let package = git.package(&repo.url(), &commit, "json").unwrap();
    let root = &package.root;
    let marker = fs::read(root.join(".s-ok")).unwrap();
    let git_folder = kit.home().git();
    type Check = fn(&CheckoutFault) -> bool;
    let damage: [(&dyn Fn(), Check); 5] = [
        (&|| fs::write(root.join("lib/a"), "b").unwrap(), |fault| {
            matches!(fault, CheckoutFault::Tree { .. })
        }),
        (&|| fs::write(root.join("new"), "").unwrap(), |fault| matches!(fault, CheckoutFault::Tree { .. })),
        (&|| fs::write(root.join(".s-ok"), "{}").unwrap(), |fault| *fault == CheckoutFault::Marker),
        (&|| fs::remove_file(root.join(".s-ok")).unwrap(), |fault| *fault == CheckoutFault::Marker),
        (&|| fs::rename(root, git_folder.join("elsewhere")).unwrap(), |fault| *fault == CheckoutFault::Place),
    ];
    for (damage, expected) in damage {
        assert!(git.verify(&|_, _| ()).unwrap().is_empty());
        damage();
        let found = git.verify(&|_, _| ()).unwrap();
        assert!(found.len() == 1 && expected(&found[0].fault), "{found:?}");
        assert_eq!(git.repair(&|_, _| ()).unwrap(), found);
        assert!(kit.checkouts().is_empty());
        assert_eq!(kit.offline().package(&repo.url(), &commit, "json").unwrap(), package);
        assert_eq!(fs::read(root.join(".s-ok")).unwrap(), marker);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/", root.join("link")).unwrap();
        let found = git.verify(&|_, _| ()).unwrap();
        assert!(matches!(found[0].fault, CheckoutFault::Unreadable { .. }), "{found:?}");
    }
}

#[test]
fn a_folder_without_marker_is_made_again() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let commit = repo.package("json", "1.0.0");
    let package = kit.git().package(&repo.url(), &commit, "json").unwrap();
    fs::remove_file(package.root.join(".s-ok")).unwrap();
    fs::write(package.root.join("stryke.toml"), "half").unwrap();
    assert_eq!(kit.git().find(&repo.url(), &commit, "json", &package.tree).unwrap(), None);
    assert_eq!(kit.git().package(&repo.url(), &commit, "json").unwrap(), package);
    assert_eq!(kit.checkouts().len(), 1);
}

#[test]
fn a_folder_of_another_package_is_not_used_in_its_place() {
    let kit = Kit::new();
    let repo = kit.repo("json");
    let commit = repo.package("json", "1.0.0");
    let package = kit.git().package(&repo.url(), &commit, "json").unwrap();
    let marker = package.root.join(".s-ok");
    let text = fs::read_to_string(&marker).unwrap();
    fs::write(&marker, text.replace(&repo.url(), "https://git.example/json")).unwrap();
    assert_eq!(kit.git().find(&repo.url(), &commit, "json", &package.tree).unwrap(), None);
    let again = kit.git().package(&repo.url(), &commit, "json").unwrap();
    assert_ne!(again.root, package.root);
    assert_eq!(again.tree, package.tree);
}

#[test]
fn what_no_lock_names_goes() {
    let kit = Kit::new();
    let (one, two) = (kit.repo("one"), kit.repo("two"));
    let old = one.package("json", "1.0.0");
    let new = one.package("json", "1.0.1");
    let other = two.package("xml", "1.0.0");
    let git = kit.git();
    let old_root = git.package(&one.url(), &old, "json").unwrap().root;
    let new_root = git.package(&one.url(), &new, "json").unwrap().root;
    let other_root = git.package(&two.url(), &other, "xml").unwrap().root;
    fs::create_dir(kit.home().git().join("stray")).unwrap();
    let reachable = BTreeSet::from([checkout(&one, &new, "json")]);
    let told = git.gc(&reachable, true).unwrap();
    assert!(old_root.exists() && other_root.exists());
    assert_eq!(told.checkouts, [old_root.clone(), other_root.clone(), kit.home().git().join("stray")]);
    assert_eq!(told.repositories.len(), 1);
    assert!(told.bytes > 0);
    assert_eq!(git.gc(&reachable, false).unwrap(), told);
    assert!(!old_root.exists() && !other_root.exists() && new_root.exists());
    assert_eq!(kit.checkouts().len(), 1);
    // What is left still works, and what went can be had again.
    assert!(kit.offline().package(&one.url(), &old, "json").is_ok());
    assert!(kit.offline().package(&two.url(), &other, "xml").is_err());
    assert!(git.package(&two.url(), &other, "xml").is_ok());
}
