//! A registry of one's own, from outside: served, published to, installed from.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use crate::served::Served;
use crate::support::{Outcome, Sandbox};

fn run_in(sandbox: &Sandbox, folder: &str, args: &[&str]) -> Outcome {
    let mut command = sandbox.command(args);
    let output = command.current_dir(sandbox.work().join(folder)).output().unwrap();
    sandbox.outcome(&output)
}

/// Runs what has to succeed.
fn done(sandbox: &Sandbox, folder: &str, args: &[&str]) {
    let _ = answer(sandbox, folder, args);
}

/// Runs what has to succeed, and returns what it says.
fn answer(sandbox: &Sandbox, folder: &str, args: &[&str]) -> Outcome {
    let outcome = run_in(sandbox, folder, args);
    assert_eq!(outcome.status, Some(0), "{args:?}\n{}", outcome.text());
    outcome
}

fn project(sandbox: &Sandbox, name: &str, version: &str, url: &str) {
    let text = format!(
        "[package]\nname = \"{name}\"\nversion = \"{version}\"\n\n[registries.own]\nurl = \"{url}\"\nplugin = \"stryke/registry-stryke\"\n"
    );
    sandbox.write(&format!("{name}/stryke.toml"), &text);
}

#[test]
fn a_package_goes_from_one_folder_through_a_server_into_another() {
    let sandbox = Sandbox::new();
    let served = Served::start(&sandbox);
    let made = answer(
        &sandbox,
        ".",
        &["registry", "token", "--folder", "packages", "--user", "me", "--scope", "publish", "--json"],
    );
    let token = made.json()["token"].as_str().unwrap().to_owned();
    project(&sandbox, "json", "1.4.0", &served.url);
    sandbox.write("json/lib/json.stk", "# json\n");
    // Nobody in particular publishes nothing.
    let refused = run_in(&sandbox, "json", &["publish"]);
    assert_ne!(refused.status, Some(0), "{}", refused.text());
    assert!(refused.text().contains("s login http://"), "{}", refused.text());

    std::fs::create_dir_all(sandbox.home()).unwrap();
    let binding = format!(
        "[[binding]]\nplugin = \"stryke/auth-token\"\nsecret = \"token\"\norigin = \"{}\"\nfrom = \"env:OWN_TOKEN\"\n",
        served.url
    );
    std::fs::write(sandbox.home().join("grants.toml"), binding).unwrap();
    let sandbox = sandbox.env("OWN_TOKEN", &token);
    let dry = answer(&sandbox, "json", &["publish", "--dry-run"]);
    assert!(dry.text().contains("Would publish json 1.4.0"), "{}", dry.text());
    let published = answer(&sandbox, "json", &["publish"]);
    assert!(!published.text().contains(&token));
    // The same bytes once more are no mistake; others are.
    done(&sandbox, "json", &["publish"]);
    sandbox.write("json/lib/json.stk", "# other\n");
    let other = run_in(&sandbox, "json", &["publish"]);
    assert_ne!(other.status, Some(0), "s19: a version never changes\n{}", other.text());

    project(&sandbox, "shop", "7.0.0", &served.url);
    let added = answer(&sandbox, "shop", &["add", "json"]);
    assert!(added.text().contains("json 1.4.0 from own"), "{}", added.text());
    let tree = answer(&sandbox, "shop", &["tree"]);
    assert_eq!(tree.stdout, "shop 7.0.0\n└── json 1.4.0\n");
    // The server is gone, and what is here stays usable.
    drop(served);
    done(&sandbox, "shop", &["install", "--frozen"]);
    std::fs::remove_dir_all(sandbox.home().join("store")).unwrap();
    done(&sandbox, "shop", &["install", "--frozen"]);
    let gone = run_in(&sandbox, "shop", &["update"]);
    assert_eq!(gone.status, Some(9), "{}", gone.text());
}

#[test]
fn a_server_says_what_is_wrong_with_its_command_line() {
    let sandbox = Sandbox::new();
    let outcome = run_in(&sandbox, ".", &["registry", "token", "--user", "me", "--scope", "everything"]);
    assert_eq!(outcome.status, Some(2), "{}", outcome.text());
    let outcome = run_in(&sandbox, ".", &["registry", "token", "--user", "m e", "--scope", "publish"]);
    assert!(outcome.status == Some(1) && outcome.text().contains("S-4069"), "{}", outcome.text());
}
