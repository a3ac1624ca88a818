//! `s explain`.

use crate::support::Sandbox;

#[test]
fn a_code() {
    insta::assert_snapshot!(Sandbox::new().run(&["explain", "s-1001"]).text(), @"
    status 0
    --- stdout
    S-1001: usage

    The command line could not be understood. `s help COMMAND` shows what the
    command takes.
    ");
}

#[test]
fn every_code_that_is_listed_is_explained() {
    let sandbox = Sandbox::new();
    let listed = sandbox.run(&["explain", "--json"]).json();
    let listed = listed.as_array().expect("a list");
    assert!(listed.len() > 5);
    for entry in listed {
        let code = entry["code"].as_str().expect("a code");
        let outcome = sandbox.run(&["explain", code]);
        assert_eq!(outcome.status, Some(0), "{outcome:?}");
        assert!(outcome.stdout.starts_with(&format!("{code}: ")), "{outcome:?}");
        assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 80), "{outcome:?}");
        assert_eq!(sandbox.run(&["explain", code, "--json"]).json(), *entry);
    }
}

#[test]
fn all_codes_as_a_table() {
    let outcome = Sandbox::new().run(&["explain"]);
    assert!(outcome.stdout.starts_with("CODE    NAME\nS-0101  unexpected-token\n"), "{outcome:?}");
}

#[test]
fn no_such_code() {
    insta::assert_snapshot!(Sandbox::new().run(&["explain", "S-0000\x1b[2J"]).text(), @"
    status 2
    --- stderr
    error[S-1003]: there is no code `S-0000␛[2J`
    hint: all codes: s explain
    ");
}
