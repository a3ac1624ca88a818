//! A registry as people use it: searched, asked about a package, logged in to.

#![cfg(unix)]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use crate::market::Market;
use crate::served::{Served, run_as};
use crate::support::{Outcome, Sandbox};

fn run_in(sandbox: &Sandbox, folder: &str, args: &[&str]) -> Outcome {
    let output = sandbox.command(args).current_dir(sandbox.work().join(folder)).output().unwrap();
    sandbox.outcome(&output)
}

fn with_input(sandbox: &Sandbox, args: &[&str], input: &str) -> Outcome {
    let mut command = sandbox.command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.current_dir(sandbox.work().join("json")).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    sandbox.outcome(&child.wait_with_output().unwrap())
}

#[test]
fn somebody_logs_in_publishes_is_found_and_logs_out() {
    let sandbox = Sandbox::new();
    let served = Served::start(&sandbox);
    let manifest = |version: &str| {
        let text = format!(
            "[package]\nname = \"json\"\nversion = \"{version}\"\ndescription = \"reads and writes JSON\"\n\n\
             [registries.own]\nurl = \"{}\"\nplugin = \"stryke/registry-stryke\"\n",
            served.url
        );
        sandbox.write("json/stryke.toml", &text);
    };
    manifest("1.4.0");
    let made = sandbox
        .run(&["registry", "token", "--folder", "packages", "--user", "me", "--scope", "publish", "--json"]);
    let token = made.json()["token"].as_str().unwrap().to_owned();

    let wrong = with_input(&sandbox, &["login", "own", "--stdin"], "two words\n");
    assert_eq!(wrong.status, Some(2), "{}", wrong.text());
    let login = with_input(&sandbox, &["login", "own", "--stdin"], &format!("{token}\n"));
    assert_eq!(login.status, Some(0), "{}", login.text());
    assert!(!login.text().contains(&token), "a token is never shown");
    let private = sandbox.home().join("private");
    let kept: Vec<_> = fs::read_dir(&private)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("token-"))
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(fs::metadata(&kept[0]).unwrap().permissions().mode() & 0o777, 0o600);
    let again = with_input(&sandbox, &["login", "own", "--stdin", "--json"], &token);
    assert_eq!(again.json()["changed"], false);

    for version in ["1.4.0", "1.5.0"] {
        manifest(version);
        let published = run_in(&sandbox, "json", &["publish"]);
        assert_eq!(published.status, Some(0), "{}", published.text());
    }
    let found = run_in(&sandbox, "json", &["search", "JSON", "--json"]);
    assert_eq!(found.status, Some(0), "{}", found.text());
    assert_eq!(found.json()["packages"][0]["name"], "json");
    assert_eq!(found.json()["packages"][0]["newest"], "1.5.0");
    assert_eq!(found.json()["packages"][0]["registry"], "own");
    let nothing = run_in(&sandbox, "json", &["search", "nowhere"]);
    assert!(nothing.status == Some(0) && nothing.stderr.contains("nothing was found"), "{}", nothing.text());
    let info = run_in(&sandbox, "json", &["info", "json", "--json"]).json();
    assert_eq!(info["chosen"], "1.5.0");
    assert_eq!(info["versions"].as_array().unwrap().len(), 2);
    let old = run_in(&sandbox, "json", &["info", "json@1.4.0"]);
    assert!(old.stdout.starts_with("json 1.4.0\n  registry   own ("), "{}", old.stdout);
    assert!(old.stdout.contains("versions   1.5.0, 1.4.0"), "{}", old.stdout);
    let none = run_in(&sandbox, "json", &["info", "json@9.0.0"]);
    assert!(none.status == Some(1) && none.stderr.contains("the newest are 1.5.0, 1.4.0"), "{}", none.text());

    // What can be read is the same from plain files.
    let exported = sandbox.run(&["registry", "export", "public", "--folder", "packages", "--json"]);
    assert_eq!(exported.json()["versions"], 2, "{}", exported.text());
    let again = sandbox.run(&["registry", "export", "public", "--folder", "packages"]);
    assert_eq!(again.status, Some(0), "{}", again.text());
    let files = s_kit::Server::start({
        let root = sandbox.work().join("public");
        move |request| match fs::read(root.join(request.path().trim_start_matches('/'))) {
            Ok(bytes) => s_kit::Answer::ok(bytes),
            Err(_) => s_kit::Answer::status(404),
        }
    });
    sandbox.write(
        "reader/stryke.toml",
        &format!("[registries.own]\nurl = \"{}\"\nplugin = \"stryke/registry-stryke\"\n", files.url("")),
    );
    let added = run_in(&sandbox, "reader", &["add", "json"]);
    assert!(added.stderr.contains("json 1.5.0"), "{}", added.text());

    // Tokens are listed without what they are; a server that runs hears of it within a second.
    let listed = sandbox.run(&["registry", "tokens", "--folder", "packages", "--json"]).json();
    let id = listed["tokens"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        !token.contains("\"") && listed["tokens"][0]["user"] == "me" && !listed.to_string().contains(&token)
    );
    let revoked = sandbox.run(&["registry", "revoke", &id, "--folder", "packages"]);
    assert_eq!(revoked.status, Some(0), "{}", revoked.text());
    let listed = sandbox.run(&["registry", "tokens", "--folder", "packages", "--json"]).json();
    assert_eq!(listed["tokens"][0]["revoked"], true);
    let none = sandbox.run(&["registry", "revoke", "nothing", "--folder", "packages"]);
    assert!(none.status == Some(2) && none.stderr.contains("S-4069"), "{}", none.text());

    let logout = run_in(&sandbox, "json", &["logout", "own"]);
    assert_eq!(logout.status, Some(0), "{}", logout.text());
    assert!(!kept[0].exists());
    manifest("1.6.0");
    let refused = run_in(&sandbox, "json", &["publish"]);
    assert_ne!(refused.status, Some(0));
    assert!(refused.stderr.contains("s login"), "{}", refused.stderr);
    let twice = run_in(&sandbox, "json", &["logout", "own", "--json"]);
    assert_eq!(twice.json()["changed"], false);
}

#[test]
fn a_registry_that_is_typed_tells_itself_what_speaks_to_it() {
    let sandbox = Sandbox::new();
    let served = Served::start(&sandbox);
    let token = served.token(&sandbox, "ann", &["publish", "yank", "owners"]);
    served.bind(&sandbox);
    let url = served.url.as_str();
    sandbox.write("json/stryke.toml", "[package]\nname = \"json\"\nversion = \"1.4.0\"\n");
    let ann = |folder: &str, args: &[&str]| {
        let outcome = run_as(&sandbox, &token, folder, args);
        assert_eq!(outcome.status, Some(0), "{args:?}\n{}", outcome.text());
        outcome
    };
    let _ = ann("json", &["publish", "--registry", url]);
    let _ = ann("json", &["owner", "add", "bob", "--registry", url]);
    assert!(ann("json", &["info", "json", "--registry", url]).stdout.contains("1.4.0"));
    assert!(ann("json", &["search", "json", "--registry", url]).stdout.contains("json"));
    // What is written down for everybody is the address, which tells everybody else the same.
    sandbox.write("shop/stryke.toml", "[package]\nname = \"shop\"\nversion = \"7.0.0\"\n");
    let _ = ann("shop", &["add", "json", "--registry", url]);
    fs::remove_dir_all(sandbox.home().join("store")).unwrap();
    fs::remove_dir_all(sandbox.home().join("cache")).unwrap();
    let _ = ann("shop", &["install", "--locked"]);

    // A web server with something else there is one of files, and one that is gone is gone.
    let page = s_kit::Server::start(|_| s_kit::Answer::ok("<html>"));
    let other = run_as(&sandbox, &token, "json", &["search", "json", "--registry", &page.origin()]);
    assert!(other.text().contains("S-4070") && other.text().contains("only files"), "{}", other.text());
    let url = served.url.clone();
    drop(served);
    let gone = run_as(&sandbox, &token, "shop", &["info", "json", "--registry", &url]);
    assert_eq!(gone.status, Some(9), "{}", gone.text());
}

#[test]
fn a_registry_of_files_says_what_it_cannot_do() {
    let mut market = Market::new();
    market.publish("json", "1.4.0", &[]);
    let all = market.answer(&["search", "json"]);
    assert!(all.stderr.contains("`market` cannot search"), "{}", all.stderr);
    let _ = market.refused(&["search", "json", "--registry", "market"], 1, "S-4070");
    market.done(&["add", "json"]);
    let info = market.answer(&["info", "json"]);
    assert!(info.stdout.contains("1.4.0 (locked here)"), "{}", info.stdout);
    let _ = market.refused(&["info", "jsn"], 1, "S-4064");
    let text = market.refused(&["login", "market"], 2, "S-4062");
    assert!(text.contains("folders ask nobody"), "{text}");
}
