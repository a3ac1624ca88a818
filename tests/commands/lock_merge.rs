//! The locks of two branches, merged by git itself and by hand.

#![cfg(unix)]

use std::fs;
use std::process::Command;

use crate::market::Market;

/// Git in the project, without the settings of whoever runs the tests.
fn git(market: &Market, args: &[&str]) -> (bool, String) {
    let shop = market.sandbox.work().join("shop");
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"])
        .args(["-c", &format!("merge.stryke-lock.driver={} lock --merge %O %A %B", env!("CARGO_BIN_EXE_s"))])
        .args(args)
        .current_dir(&shop)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("STRYKE_HOME", market.sandbox.home())
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[test]
fn git_merges_locks_of_two_branches() {
    let mut market = Market::new();
    for name in ["json", "text", "http"] {
        market.publish(name, "1.0.0", &[]);
    }
    market.project("[deps]\njson = \"1\"\n\n[dev-deps]\n");
    market.done(&["lock"]);
    fs::write(market.sandbox.work().join("shop/.gitattributes"), "stryke.lock merge=stryke-lock\n").unwrap();
    let ok = |args: &[&str]| {
        let (succeeded, text) = git(&market, args);
        assert!(succeeded, "{args:?}\n{text}");
    };
    ok(&["init", "-q"]);
    ok(&["add", "."]);
    ok(&["commit", "-qm", "base"]);
    ok(&["checkout", "-qb", "theirs"]);
    market.done(&["add", "text", "--dev"]);
    ok(&["commit", "-qam", "theirs"]);
    ok(&["checkout", "-q", "main"]);
    market.done(&["add", "http"]);
    ok(&["commit", "-qam", "ours"]);
    ok(&["merge", "-q", "theirs"]);
    let lock = market.lock().unwrap();
    for name in ["json", "text", "http"] {
        assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"1.0.0\"")), "{lock}");
    }
    assert!(!lock.contains("manifest-hash"), "both sides changed it: {lock}");
    assert_eq!(market.run(&["install", "--locked"]).status, Some(3), "it says that it has to be looked at");
    market.done(&["lock"]);
    market.done(&["install", "--locked"]);
}

#[test]
fn a_side_that_has_other_bytes_is_not_chosen() {
    let mut market = Market::new();
    market.publish("json", "1.0.0", &[]);
    market.done(&["add", "json"]);
    let ours = market.lock().unwrap();
    let at = ours.find("integrity = \"sha256-").unwrap() + "integrity = \"sha256-".len();
    let mut theirs = ours.clone();
    theirs.replace_range(at..at + 8, "00000000");
    let work = market.sandbox.work().join("shop");
    fs::write(work.join("base"), "").unwrap();
    fs::write(work.join("ours"), &ours).unwrap();
    fs::write(work.join("theirs"), &theirs).unwrap();
    let text = market.refused(&["lock", "--merge", "base", "ours", "theirs"], 5, "S-3013");
    assert!(text.contains("json@1.0.0") && text.contains("sha256-00000000"), "{text}");
    assert_eq!(fs::read_to_string(work.join("ours")).unwrap(), ours);
    // A side that did not change anything leaves the other one as it is.
    let merged = market.answer(&["lock", "--merge", "ours", "ours", "ours", "--json"]).json();
    assert_eq!((merged["packages"].as_u64(), merged["needs-lock"].as_bool()), (Some(1), Some(false)));
}
