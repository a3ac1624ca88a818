//! A process that ends before each of its file operations, and what it leaves to the next one.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::kit::{Kit, age};
use crate::faults;
use crate::package_store::{EntryKey, GcOptions};

const FOLDER: &str = "S_STORE_TEST_KILL_FOLDER";
const ACT: &str = "S_STORE_TEST_KILL_ACT";
const STEP: &str = "S_STORE_TEST_KILL_STEP";

/// A store with a damaged entry, one that nobody needs, and an archive that is to be inserted.
fn prepared() -> (Kit, [EntryKey; 3]) {
    let kit = Kit::new();
    let (damaged, stored) = kit.stored("damaged", "1.0.0", "a");
    fs::write(stored.path.join("stryke.toml"), "changed").unwrap();
    let (unneeded, _) = kit.stored("unneeded", "1.0.0", "a");
    let keys = [damaged, unneeded, kit.packed("acme/http", "1.0.0", "a")];
    (kit, keys)
}

fn act(kit: &Kit, what: &str) {
    let key = kit.packed("acme/http", "1.0.0", "a");
    let step = std::env::var(STEP).unwrap().parse().unwrap();
    let _kill = faults::kill_at(step);
    match what {
        "insert" => drop(kit.insert(&key).unwrap()),
        "gc" => drop(kit.store.gc(&BTreeSet::new(), &GcOptions::default()).unwrap()),
        "repair" => drop(kit.store.repair(&|_, _| {}).unwrap()),
        other => panic!("{other}"),
    }
}

/// Runs this test again in a process of its own that ends at the step; returns whether it did.
fn is_killed(kit: &Kit, what: &str, step: u64) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "package_store::tests::killed::whenever_it_ends_the_next_one_goes_on"])
        .env(FOLDER, kit.at(""))
        .env(ACT, what)
        .env(STEP, step.to_string())
        .output()
        .unwrap();
    match output.status.code() {
        Some(0) => false,
        Some(faults::KILLED_STATUS) => true,
        _ => panic!("{}", String::from_utf8_lossy(&output.stdout)),
    }
}

#[test]
fn whenever_it_ends_the_next_one_goes_on() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        act(&Kit::of(&PathBuf::from(folder)), &std::env::var(ACT).unwrap());
        return;
    }
    for what in ["insert", "gc", "repair"] {
        for step in 0.. {
            let (kit, keys) = prepared();
            let killed = is_killed(&kit, what, step);
            let found = kit.store.find(&keys[2]).unwrap();
            assert_eq!(found.is_some(), what == "insert" && !killed, "{what} {step}");
            // What is there is whole, but for the entry that was damaged before.
            let findings = kit.store.verify(&|_, _| {}).unwrap();
            assert!(findings.iter().all(|finding| finding.key.as_ref() == Some(&keys[0])));
            kit.store.repair(&|_, _| {}).unwrap();
            for key in &keys {
                kit.insert(key).unwrap();
            }
            assert_eq!(kit.store.verify(&|_, _| {}).unwrap(), [], "{what} {step}");
            for left in fs::read_dir(kit.root().join(".tmp")).unwrap() {
                age(&left.unwrap().path(), 25);
            }
            let all = keys.iter().cloned().collect();
            let report = kit.store.gc(&all, &GcOptions::default()).unwrap();
            assert!(report.removed.is_empty() && kit.temporaries() == 0);
            assert!(report.temporary_count <= usize::from(killed), "{what} {step}");
            if !killed {
                assert!(step > 2, "the operation passes the gate");
                break;
            }
            assert!(step < 100, "the operation ends");
        }
    }
}
