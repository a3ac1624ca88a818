//! What happens to plugins that are used: list, update, verify, grant, revoke, remove, and clones.

use std::fs;

use crate::plugins::{add, attack, digest, files, project, put, replaced};
use crate::support::Sandbox;

/// A project that uses the fixture.
fn used() -> Sandbox {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    let outcome = add(&sandbox, "x.wasm", &attack());
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    sandbox
}

#[test]
fn the_list_shows_who_allowed_what() {
    let sandbox = used();
    insta::assert_snapshot!(sandbox.run(&["plugin", "list"]).text(), @"
    status 0
    --- stdout
    ID                      VERSION  KIND      LEVEL     ALLOWED  SOURCE
    attack/lab              [version]    command   project   yes      path+x.wasm
    stryke/audit-osv        [version]    audit     built-in  yes      built-in
    stryke/auth-token       [version]    auth      built-in  yes      built-in
    stryke/new              [version]    command   built-in  yes      built-in
    stryke/registry-static  [version]    registry  built-in  yes      built-in
    stryke/registry-stryke  [version]    registry  built-in  yes      built-in
    stryke/target-elf       [version]    target    built-in  yes      built-in
    ");
    let answer = sandbox.run(&["plugin", "list", "--kind", "auth", "--json"]).json();
    let plugins = answer["plugins"].as_array().expect("a list");
    assert!(plugins.iter().all(|plugin| plugin["kind"] == "auth") && !plugins.is_empty(), "{answer}");
}

#[test]
fn a_life_from_add_to_remove() {
    let sandbox = used();
    let run = |args: &[&str], status: i32, words: &str| {
        let outcome = sandbox.run(args);
        assert_eq!(outcome.status, Some(status), "{args:?}: {outcome:?}");
        assert!(outcome.text().contains(words), "{args:?}: {outcome:?}");
    };
    run(&["plugin", "verify"], 0, "are as pinned");
    run(&["attack", "nothing"], 1, "S-5067");
    run(&["plugin", "update"], 0, "is what lies at its source");
    run(&["plugin", "revoke", "attack/lab"], 0, "Revoked attack/lab: 1 grant, 1 compiled component");
    run(&["attack", "nothing"], 5, "S-5022");
    run(&["plugin", "verify"], 5, "S-5022");
    run(&["plugin", "grant", "attack/lab"], 5, "s plugin grant attack/lab --capabilities sha256-");
    let info = sandbox.run(&["plugin", "info", "attack/lab", "--json"]).json();
    let capabilities = info["capabilities-digest"].as_str().expect("a text").to_owned();
    run(&["plugin", "grant", "attack/lab", "--capabilities", &capabilities], 0, "Allowed attack/lab");
    run(&["attack", "nothing"], 1, "S-5067");
    run(&["plugin", "remove", "attack/lab"], 0, "s plugin revoke attack/lab");
    run(&["attack", "nothing"], 2, "S-1002");
    run(&["plugin", "remove", "attack/lab"], 1, "S-5130");
    let files = files(&sandbox);
    assert!(files.keys().all(|path| !path.contains(".stryke/plugins/")), "{:?}", files.keys());
}

#[test]
fn an_update_that_asks_for_more_needs_consent() {
    let sandbox = used();
    put(&sandbox, "x.wasm", &replaced("max = \"4 MiB\"", "max = \"8 MiB\""));
    let before = files(&sandbox);
    let outcome = sandbox.run(&["plugin", "update"]);
    assert_eq!(outcome.status, Some(5), "{outcome:?}");
    assert!(outcome.stderr.contains("+ cache       8 MiB"), "{outcome:?}");
    let answer = sandbox.run(&["plugin", "update", "--dry-run", "--json"]).json();
    assert_eq!(answer["plugins"][0]["needs-consent"], true);
    assert_eq!(answer["plugins"][0]["changes"][0]["text"], "8 MiB");
    assert!(files(&sandbox) == before);
    put(&sandbox, "x.wasm", &replaced("max = \"4 MiB\"", "max = \"2 MiB\""));
    let outcome = sandbox.run(&["plugin", "update", "attack/lab"]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("Updated attack/lab [version] to [version]"), "{outcome:?}");
    assert_eq!(sandbox.run(&["plugin", "verify"]).status, Some(0));
}

#[test]
fn a_component_that_changed_after_it_was_pinned_does_not_run() {
    let sandbox = used();
    let home = sandbox.work().with_file_name("home").join(".stryke");
    let hex = digest(&attack()).replace("sha256-", "");
    let component = home.join("plugins/components").join(format!("{hex}.wasm"));
    fs::write(&component, replaced("4 MiB", "8 MiB")).expect("it can be written");
    for args in [&["plugin", "info", "attack/lab"][..], &["plugin", "verify"]] {
        let outcome = sandbox.run(args);
        assert_eq!(outcome.status, Some(5), "{outcome:?}");
        assert!(outcome.stderr.contains("error[S-5131]: "), "{outcome:?}");
    }
    refuses_the_command(&sandbox, "S-5131", 5);
    fs::remove_file(&component).expect("it is there");
    refuses_the_command(&sandbox, "S-5132", 1);
    let outcome = sandbox.run(&["plugin", "verify"]);
    assert!(outcome.stderr.contains("error[S-5132]: ") && outcome.status == Some(5), "{outcome:?}");
    assert_eq!(sandbox.run(&["plugin", "add"]).status, Some(0), "it was allowed, and is fetched again");
    assert_eq!(sandbox.run(&["plugin", "verify"]).status, Some(0));
}

/// Whoever types a command of the fixture is told why it is not there, and where that is said; what is
/// of `s` is there, and a slip of the finger is still one.
#[track_caller]
fn refuses_the_command(sandbox: &Sandbox, code: &str, status: i32) {
    for args in [&["attack", "nothing"][..], &["help", "attack"], &["plugin", "list"]] {
        let outcome = sandbox.run(args);
        assert!(outcome.stderr.starts_with(&format!("error[{code}]: ")), "{args:?}: {outcome:?}");
        assert!(outcome.stderr.contains("--> stryke."), "{args:?}: {outcome:?}");
        assert_eq!(outcome.status, Some(status), "{args:?}: {outcome:?}");
    }
    let outcome = sandbox.run(&["verion"]);
    assert!(outcome.stderr.starts_with("error[S-1002]: ") && outcome.status == Some(2), "{outcome:?}");
    let outcome = sandbox.run(&["help"]);
    assert!(outcome.stderr.starts_with(&format!("warning[{code}]: ")), "{outcome:?}");
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
}

#[test]
fn what_is_stated_wrongly_is_the_error_of_a_list_and_of_a_command() {
    let sandbox = used();
    let (manifest, lock) = (sandbox.work().join("stryke.toml"), sandbox.work().join("stryke.lock"));
    let read = |path| fs::read_to_string(path).expect("it was written");
    let cases = [
        (&manifest, "{ path", "{ config = 1, path", "S-3003", 1),
        (&manifest, "path = \"x.wasm\"", "", "S-3004", 1),
        (&lock, "integrity = \"sha256-", "integrity = \"sha-", "S-3011", 1),
        (&lock, "[[plugin]]", "[[plugins]]", "S-5143", 5),
    ];
    for (path, from, to, code, status) in cases {
        let before = read(path);
        assert!(before.contains(from), "{from}\n{before}");
        fs::write(path, before.replace(from, to)).expect("it can be written");
        refuses_the_command(&sandbox, code, status);
        fs::write(path, before).expect("it can be written");
    }
    let answer = sandbox.run(&["plugin", "list", "--json"]);
    assert_eq!(answer.json()["plugins"][0]["id"], "attack/lab");
    fs::write(&lock, "").expect("it can be written");
    let outcome = sandbox.run(&["plugin", "list", "--json"]);
    let documents: Vec<&str> = outcome.stdout.lines().collect();
    assert!(
        documents.len() == 2 && documents[1].contains("S-5143"),
        "the list, and what is not in it: {outcome:?}"
    );
    let outcome = sandbox.run(&["plugin", "info", "attack/lab"]);
    assert!(outcome.stderr.contains("error[S-5143]: ") && outcome.status == Some(5), "{outcome:?}");
}

#[test]
fn a_clone_grants_nothing() {
    let first = used();
    let clone = Sandbox::new();
    for name in ["stryke.toml", "stryke.lock", "x.wasm"] {
        put(&clone, name, &fs::read(first.work().join(name)).expect("it is in the project"));
    }
    let outcome = clone.run(&["attack", "nothing"]);
    assert!(outcome.stderr.contains("S-5132") && outcome.stderr.contains("s plugin add"), "{outcome:?}");
    assert_ne!(outcome.status, Some(0));
    let outcome = clone.run(&["plugin", "verify"]);
    assert!(outcome.stderr.contains("error[S-5132]: ") && outcome.status == Some(5), "{outcome:?}");
    let before = files(&clone);
    let outcome = clone.run(&["plugin", "add"]);
    assert!(outcome.stderr.contains("error[S-5022]: ") && outcome.status == Some(5), "{outcome:?}");
    assert!(files(&clone) == before);
    let lock = fs::read(clone.work().join("stryke.lock")).expect("it was copied");
    assert_eq!(add(&clone, "x.wasm", &attack()).status, Some(0));
    assert_eq!(fs::read(clone.work().join("stryke.lock")).expect("it is there"), lock);
    assert_eq!(clone.run(&["plugin", "revoke", "attack/lab"]).status, Some(0));
    let outcome = clone.run(&["attack", "nothing"]);
    assert!(outcome.stderr.starts_with("error[S-5022]: ") && outcome.status == Some(5), "{outcome:?}");
}

#[test]
fn an_address_in_a_clone_leads_to_no_private_network() {
    let server = s_kit::Server::start(|_| s_kit::Answer::ok(attack()));
    let first = project();
    assert_eq!(add(&first, &server.url("/x.wasm"), &attack()).status, Some(0));
    let clone = Sandbox::new();
    for name in ["stryke.toml", "stryke.lock"] {
        put(&clone, name, &fs::read(first.work().join(name)).expect("it is in the project"));
    }
    let asked = server.request_count();
    let outcome = clone.run(&["plugin", "add"]);
    assert!(outcome.stderr.contains("error[S-4051]: ") && outcome.status == Some(5), "{outcome:?}");
    assert!(outcome.stderr.contains(&format!("s plugin add {}", server.url("/x.wasm"))), "{outcome:?}");
    assert_eq!(server.request_count(), asked);
}

#[test]
fn a_policy_holds_for_what_is_there_already() {
    let sandbox = used();
    let policy = sandbox.write("policy.toml", "deny = [\"attack/*\", \"stryke/new\"]\n");
    let sandbox = sandbox.env("S_PLUGIN_POLICY", &policy.display().to_string());
    let outcome = sandbox.run(&["attack", "nothing"]);
    assert!(outcome.stderr.starts_with("error[S-5025]: ") && outcome.status == Some(5), "{outcome:?}");
    assert!(sandbox.run(&["plugin", "verify"]).stderr.contains("S-5025"));
    let answer = sandbox.run(&["plugin", "list", "--json"]).json();
    let denied =
        answer["plugins"].as_array().expect("a list").iter().filter(|plugin| plugin["allowed"] == "no");
    assert_eq!(denied.count(), 2, "{answer}");
    let outcome = sandbox.run(&["plugin", "grant", "attack/lab"]);
    assert!(outcome.stderr.starts_with("error[S-5025]: "), "{outcome:?}");
}

#[test]
fn secrets_are_bound_by_where_they_are() {
    let sandbox = project();
    let id = "stryke/auth-token";
    let bind = |secret: &str| {
        sandbox.run(&["plugin", "grant", id, "--secret", secret, "--origin", "https://packages.example/x"])
    };
    assert_eq!(bind("token=file:token.txt").status, Some(0));
    let answer = sandbox.run(&["plugin", "info", id, "--json"]).json();
    assert_eq!(answer["secrets"][0]["origin"], "https://packages.example");
    let from = answer["secrets"][0]["from"].as_str().expect("a text");
    assert!(from.starts_with("file:[sandbox]") && from.ends_with("token.txt"), "{from}");
    let outcome = bind("token=hunter2");
    assert!(outcome.stderr.starts_with("error[S-5140]: ") && outcome.status == Some(2), "{outcome:?}");
    assert!(!outcome.stderr.contains("hunter2"), "{outcome:?}");
    let outcome = sandbox.run(&["plugin", "revoke", id]);
    assert!(outcome.stderr.contains("1 binding"), "{outcome:?}");
    assert!(sandbox.run(&["plugin", "revoke", "acme/none"]).stderr.starts_with("error[S-5130]: "));
}
