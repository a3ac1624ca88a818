//! `s version`.

use crate::support::Sandbox;

#[test]
fn however_it_is_asked_for() {
    let sandbox = Sandbox::new();
    for args in [&["version"][..], &["--version"], &["-V"], &["-q", "-V"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(sandbox.run(args).text(), @"
            status 0
            --- stdout
            s [version]
            ");
        }
    }
}

#[test]
fn with_v_it_tells_how_it_was_built() {
    let sandbox = Sandbox::new();
    for args in [&["version", "-v"][..], &["-vV"]] {
        let outcome = sandbox.run(args);
        assert!(outcome.stdout.lines().any(|line| line.starts_with("target ")), "{outcome:?}");
    }
}

#[test]
fn as_json() {
    let answer = Sandbox::new().run(&["version", "--json"]).json();
    assert_eq!(answer["version"], "[version]");
    assert!(answer["target"].as_str().is_some_and(|target| target.contains('-')), "{answer}");
}
