//! `s new` and `s init`: the first files of a project, proposed by a plugin and written by `s`.

use std::fs;

use crate::support::Sandbox;

#[test]
fn s1_a_project_is_made_in_a_new_directory() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&["new", "demo"]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    insta::assert_snapshot!(outcome.stdout, @"created project `demo` in demo/");
    let read = |path: &str| fs::read_to_string(sandbox.work().join("demo").join(path)).unwrap();
    assert!(read("stryke.toml").starts_with("[package]\nname = \"demo\"\n"));
    assert_eq!(read(".gitignore"), "target/\n");
    assert!(read("main.stk").contains("hello from demo"));

    let again = sandbox.run(&["new", "demo"]);
    assert_eq!(again.status, Some(1));
    assert!(again.stderr.contains("S-4008") && again.stdout.is_empty(), "{again:?}");
}

#[test]
fn s1_a_directory_becomes_a_project_and_keeps_what_it_has() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitignore", "*.log\n");
    let outcome = sandbox.run(&["init", "demo"]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("Kept .gitignore"), "{outcome:?}");
    assert_eq!(fs::read_to_string(sandbox.work().join(".gitignore")).unwrap(), "*.log\n");
    assert!(sandbox.work().join("stryke.toml").is_file() && sandbox.work().join("main.stk").is_file());

    let before = fs::read_to_string(sandbox.work().join("stryke.toml")).unwrap();
    let again = sandbox.run(&["init", "other"]);
    assert_eq!(again.status, Some(1));
    assert!(again.stderr.contains("stryke.toml") && again.stdout.is_empty(), "{again:?}");
    assert_eq!(fs::read_to_string(sandbox.work().join("stryke.toml")).unwrap(), before);
}

#[test]
fn a_scoped_project_is_in_a_folder_of_its_name() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.run(&["new", "acme/x", "--lib"]);
    assert_eq!(outcome.stdout, "created project `acme/x` in x/\n", "{outcome:?}");
    let manifest = fs::read_to_string(sandbox.work().join("x/stryke.toml")).unwrap();
    assert!(manifest.starts_with("[package]\nname = \"acme/x\"\n"), "{manifest}");
    // It runs, without a name, as it was made.
    let run = |args: &[&str]| {
        let mut command = sandbox.command(args);
        sandbox.outcome(&command.current_dir(sandbox.work().join("x")).output().unwrap())
    };
    assert_eq!(run(&["run"]).stdout, "hello from acme/x\n");
    assert_eq!(run(&["run", "x"]).stdout, "hello from acme/x\n");
    assert_eq!(run(&["test"]).status, Some(0));
    let refused = sandbox.run(&["new", "a/b/c"]);
    assert!(refused.status != Some(0) && refused.stderr.contains("is a path, not a name"), "{refused:?}");
}

#[test]
fn the_answer_can_be_json() {
    let outcome = Sandbox::new().run(&["new", "demo", "--lib", "--json"]);
    let files = outcome.json()["files"].as_array().map(Vec::len);
    assert_eq!(files, Some(5), "{outcome:?}");
}
