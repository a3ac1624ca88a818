//! Programs of packages: installed for a user, and run once.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use crate::market::{Market, names};
use crate::support::Outcome;

/// A market that is the user's registry, so that no project is needed.
fn market() -> Market {
    let market = Market::new();
    fs::create_dir_all(market.sandbox.home()).unwrap();
    let config = format!("[registries.market]\nurl = \"{}\"\n", market.root.display());
    fs::write(market.sandbox.home().join("config.toml"), config).unwrap();
    market
}

/// Publishes a package with these files in `bin`, which print their name, version and arguments.
fn publish(market: &mut Market, name: &str, version: &str, programs: &[&str]) {
    for program in programs {
        let path = format!("sources/{name}-{version}/bin/{program}");
        let file =
            market.sandbox.write(&path, &format!("#!/bin/sh\necho \"{program} {version} $*\"; exit 3\n"));
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    market.publish(name, version, &[]);
}

fn run(market: &Market, args: &[&str]) -> Outcome {
    market.run_in(".", args)
}

fn done(market: &Market, args: &[&str]) -> Outcome {
    let outcome = run(market, args);
    assert_eq!(outcome.status, Some(0), "{args:?}\n{}", outcome.text());
    outcome
}

fn bin(market: &Market) -> PathBuf {
    market.sandbox.home().join("bin")
}

#[test]
fn s4_programs_are_links_into_the_store() {
    let mut market = market();
    publish(&mut market, "lint", "1.0.0", &["lint", "fix"]);
    let installed = done(&market, &["install", "-g", "lint"]);
    assert!(installed.stderr.contains("lint 1.0.0: fix, lint"), "{}", installed.stderr);
    assert!(installed.stderr.contains("is not on your PATH"), "{}", installed.stderr);
    assert_eq!(names(&bin(&market)), ["fix", "lint"]);
    let target = fs::read_link(bin(&market).join("lint")).unwrap();
    assert!(target.starts_with("../store") && target.ends_with("bin/lint"), "{target:?}");
    let output = Command::new(bin(&market).join("lint")).arg("a").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "lint 1.0.0 a\n");
    let listed = done(&market, &["list", "-g", "--json"]).json();
    assert_eq!(listed["tools"][0]["programs"], serde_json::json!(["fix", "lint"]));

    // A newer version replaces it, and what it no longer has goes.
    publish(&mut market, "lint", "2.0.0", &["lint", "check"]);
    let newer = done(&market, &["install", "-g", "lint", "--json"]).json();
    assert_eq!(
        (newer["installed"][0]["before"].as_str(), newer["installed"][0]["version"].as_str()),
        (Some("1.0.0"), Some("2.0.0"))
    );
    assert_eq!(names(&bin(&market)), ["check", "lint"]);
    let _ = done(&market, &["install", "-g", "lint@1.0.0"]);
    assert_eq!(names(&bin(&market)), ["fix", "lint"]);
    // Clearing the store keeps what a tool needs.
    let _ = done(&market, &["store", "gc"]);
    assert!(Command::new(bin(&market).join("lint")).output().is_ok());

    let gone = done(&market, &["uninstall", "-g", "lint"]);
    assert!(gone.stderr.contains("lint 1.0.0"), "{}", gone.stderr);
    assert!(names(&bin(&market)).is_empty());
    assert_eq!(done(&market, &["list", "-g", "--json"]).json()["tools"], serde_json::json!([]));
    assert_eq!(run(&market, &["uninstall", "-g", "lint"]).status, Some(2));
}

#[test]
fn a_name_that_is_taken_is_not_taken_again() {
    let mut market = market();
    publish(&mut market, "lint", "1.0.0", &["lint"]);
    publish(&mut market, "other", "1.0.0", &["other", "lint"]);
    publish(&mut market, "third", "1.0.0", &["mine"]);
    market.publish("library", "1.0.0", &[]);
    let _ = done(&market, &["install", "-g", "lint"]);
    let taken = run(&market, &["install", "-g", "other"]);
    assert_eq!(taken.status, Some(1), "{}", taken.text());
    assert!(
        taken.stderr.contains("S-4072") && taken.stderr.contains("already that of `lint`"),
        "{}",
        taken.stderr
    );
    fs::write(bin(&market).join("mine"), "somebody's").unwrap();
    let foreign = run(&market, &["install", "-g", "third"]);
    assert!(foreign.stderr.contains("`s` did not make it"), "{}", foreign.stderr);
    let none = run(&market, &["install", "-g", "library"]);
    assert!(none.stderr.contains("has no programs"), "{}", none.stderr);
    assert_eq!(names(&bin(&market)), ["lint", "mine"]);
    assert_eq!(fs::read_to_string(bin(&market).join("mine")).unwrap(), "somebody's");
    let listed = done(&market, &["list", "-g", "--json"]).json();
    assert_eq!(listed["tools"].as_array().unwrap().len(), 1, "what failed left nothing: {listed}");
    for (args, hint) in
        [(&["install", "lint"][..], "s install -g lint"), (&["uninstall", "lint"], "s remove lint")]
    {
        let outcome = run(&market, args);
        assert!(outcome.status == Some(2) && outcome.stderr.contains(hint), "{}", outcome.text());
    }
}

#[test]
fn x_runs_without_installing() {
    let mut market = market();
    publish(&mut market, "lint", "1.0.0", &["lint", "fix"]);
    publish(&mut market, "lint", "2.0.0", &["lint"]);
    let ran = run(&market, &["x", "lint", "--", "a b", "c"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(3), "lint 2.0.0 a b c\n"), "{}", ran.text());
    let older = run(&market, &["x", "lint@1", "--bin", "fix"]);
    assert_eq!(older.stdout, "fix 1.0.0 \n", "{}", older.text());
    let wrong = run(&market, &["x", "lint", "--bin", "fix"]);
    assert!(wrong.status == Some(2) && wrong.stderr.contains("there are `lint`"), "{}", wrong.text());
    assert!(names(&bin(&market)).is_empty());
    // What was run before can be run without a network.
    let offline = run(&market, &["x", "lint", "--offline"]);
    assert_eq!(offline.stdout, "lint 2.0.0 \n", "{}", offline.text());
    // A lock that somebody emptied is an error, and no crash.
    let kept = market.sandbox.home().join("cache/tools");
    for folder in names(&kept) {
        fs::write(kept.join(folder).join("stryke.lock"), "version = 1\n").unwrap();
    }
    let emptied = run(&market, &["x", "lint", "--offline"]);
    assert!(emptied.status == Some(1) && emptied.stderr.contains("S-3014"), "{}", emptied.text());
    market
        .sandbox
        .write("sources/words-1.0.0/lib/Plain.stk", "package Words::Plain\nfn got { \"got @_\" }\n");
    market.publish("words", "1.0.0", &[]);
    let text = "use Words::Plain\nprint Words::Plain::got(@ARGV), \"\\n\"\nexit 4\n";
    market.sandbox.write("sources/script-1.0.0/bin/script.stk", text);
    market.publish("script", "1.0.0", &[("words", "^1")]);
    let source = run(&market, &["x", "script", "--", "a", "-b"]);
    assert_eq!((source.status, source.stdout.as_str()), (Some(4), "got a -b\n"), "{}", source.text());
}
