//! `s plugin inspect` and `s plugin info`.

use crate::plugins::{add, attack, digest, project, put, replaced};

#[test]
fn a_component_is_read_and_not_run() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    let answer = sandbox.run(&["plugin", "inspect", "x.wasm", "--json"]).json();
    assert_eq!(answer["plugin"]["id"], "attack/lab");
    assert_eq!(answer["integrity"], digest(&attack()).as_str());
    assert_eq!(answer["size-bytes"], attack().len());
    assert_eq!(answer["fits"][0], "stryke:command/subcommand-plugin@0.1");
    assert_eq!(answer["needs"]["random"][0], "random.bytes");
    let imports = answer["imports"].as_array().expect("a list");
    assert!(imports.iter().any(|import| import["interface"] == "stryke:host/http"), "{imports:?}");
    let sections = answer["sections"].as_array().expect("a list");
    assert!(sections.iter().any(|section| section["name"] == "custom stryke:plugin"), "{sections:?}");
    let page = sandbox.run(&["plugin", "inspect", "x.wasm"]).stdout;
    for word in ["attack/lab 0.1.0", "Imports", "Exports", "Sections", "network     http://127.0.0.1:1"] {
        assert!(page.contains(word), "{word}: {page}");
    }
}

#[test]
fn what_would_keep_it_from_running_is_said() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &replaced("[capabilities.random]\nreason = \"attacks\"\n", ""));
    let outcome = sandbox.run(&["plugin", "inspect", "x.wasm"]);
    assert_eq!(outcome.status, Some(1));
    assert!(outcome.stdout.contains("attack/lab"), "{outcome:?}");
    assert!(outcome.stderr.contains("error[S-5021]: the code calls `random.bytes`"), "{outcome:?}");
    put(&sandbox, "core.wasm", b"\0asm\x01\0\0\0");
    let outcome = sandbox.run(&["plugin", "inspect", "core.wasm"]);
    assert!(outcome.stderr.starts_with("error[S-5040]: "), "{outcome:?}");
}

#[test]
fn words_of_a_component_cannot_move_the_cursor() {
    let sandbox = project();
    let bytes = replaced("attacks the host; for its tests only", "\\u001b[2J\\u202e");
    put(&sandbox, "x.wasm", &bytes);
    for args in [&["plugin", "inspect", "x.wasm"][..], &["plugin", "add", "x.wasm"]] {
        let outcome = sandbox.run(args);
        assert!(!outcome.text().contains(['\u{1b}', '\u{202e}']), "{outcome:?}");
    }
}

#[test]
fn everything_about_one_that_is_used() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    assert_eq!(add(&sandbox, "x.wasm", &attack()).status, Some(0));
    let answer = sandbox.run(&["plugin", "info", "attack/lab", "--json"]).json();
    assert_eq!(answer["integrity"], digest(&attack()).as_str());
    assert_eq!((&answer["allowed"], &answer["level"]), (&"yes".into(), &"project".into()));
    assert_eq!(answer["capabilities"][0]["reason"], "attacks");
    assert!(answer["grant"]["scope"].as_str().is_some_and(|scope| scope.starts_with("project:")), "{answer}");
    assert_eq!(answer["commands"][0], "attack");
    let page = sandbox.run(&["plugin", "info", "stryke/auth-token"]).stdout;
    for word in ["stryke/auth-token", "built-in", "secret", "Configuration", "url, required", "Limits"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    let outcome = sandbox.run(&["plugin", "info", "acme/none"]);
    assert!(outcome.stderr.starts_with("error[S-5130]: "), "{outcome:?}");
}
