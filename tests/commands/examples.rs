//! `examples`: each project is whole, its tests pass, and its program does what its README says.

use crate::reader::{copy, root};
use crate::support::{Outcome, Sandbox};

/// A sandbox with all of the examples.
fn examples() -> Sandbox {
    let sandbox = Sandbox::new();
    copy(&root().join("examples"), &sandbox.work());
    sandbox
}

/// Runs what has to succeed in one of them.
fn done(sandbox: &Sandbox, example: &str, args: &[&str]) -> Outcome {
    let output = sandbox.command(args).current_dir(sandbox.work().join(example)).output().unwrap();
    let outcome = sandbox.outcome(&output);
    assert_eq!(outcome.status, Some(0), "{example}: {args:?}\n{}", outcome.text());
    outcome
}

#[test]
fn their_tests_pass_and_nothing_is_wrong_with_them() {
    let sandbox = examples();
    for example in ["lib-args", "lib-table", "logstat", "json2csv", "sitegen"] {
        if example.starts_with("lib-") {
            let _ = done(&sandbox, example, &["pack"]);
        } else {
            let _ = done(&sandbox, example, &["install", "--locked"]);
            let _ = done(&sandbox, example, &["bench", "--warm-ups", "0", "--samples", "1"]);
        }
        let _ = done(&sandbox, example, &["test", "-q"]);
        let checked = done(&sandbox, example, &["check", "."]);
        assert!(checked.text().contains("no errors, no warnings"), "{example}\n{}", checked.text());
    }
}

#[test]
fn logstat_says_the_same_to_people_and_to_programs() {
    let sandbox = examples();
    let text = done(&sandbox, "logstat", &["run", "logstat", "--", "samples/access.log"]);
    assert!(text.stdout.starts_with("400 requests, "), "{}", text.text());
    let json =
        done(&sandbox, "logstat", &["run", "logstat", "--", "--json", "-n2", "samples/access.log"]).json();
    assert_eq!((json["lines"].as_u64(), json["skipped"].as_u64()), (Some(400), Some(1)));
    assert_eq!(json["paths"].as_array().unwrap().len(), 2);
}

#[test]
fn json2csv_goes_there_and_back() {
    let sandbox = examples();
    let run = |args: &[&str]| {
        let all: Vec<&str> = ["run", "json2csv", "--"].into_iter().chain(args.iter().copied()).collect();
        done(&sandbox, "json2csv", &all).stdout
    };
    let csv = run(&["samples/orders.json"]);
    assert!(csv.starts_with("id,customer.name,customer.city,"), "{csv}");
    assert_eq!(run(&["-o", "orders.csv", "samples/orders.json"]), "");
    let json = run(&["--back", "--typed", "orders.csv"]);
    assert_eq!(json.lines().count(), 3);
    sandbox.write("json2csv/back.json", &json);
    assert_eq!(run(&["back.json"]), csv);
}

#[test]
fn sitegen_writes_a_site() {
    let sandbox = examples();
    let said = done(&sandbox, "sitegen", &["run", "sitegen", "--", "site", "-o", "out"]);
    assert!(said.stdout.starts_with("7 pages and 2 other files"), "{}", said.text());
    let page = std::fs::read_to_string(sandbox.work().join("sitegen/out/tags/stryke/index.html")).unwrap();
    assert!(page.contains("Lists &amp; pipes"), "{page}");
}

/// What a program says and how it ends, on both streams.
fn said(output: &std::process::Output) -> (String, String, Option<i32>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[test]
fn as_executables_they_do_the_same() {
    let sandbox = examples();
    for (example, arguments) in [
        ("logstat", &["samples/access.log"][..]),
        ("logstat", &["--json", "-n2", "samples/access.log"]),
        ("logstat", &["missing.log"]),
        ("json2csv", &["samples/orders.json"]),
        ("json2csv", &["--help"]),
        ("sitegen", &["site", "-o", "out"]),
    ] {
        let folder = sandbox.work().join(example);
        let built = done(&sandbox, example, &["build", "--release"]);
        assert!(built.text().contains(example), "{}", built.text());
        let file = folder.join("target/release").join(example);
        let made = std::process::Command::new(&file)
            .args(arguments)
            .current_dir(&folder)
            .env_clear()
            .output()
            .unwrap();
        let text = [&["run", example, "--"], arguments].concat();
        let from_text = sandbox.command(&text).current_dir(&folder).output().unwrap();
        assert_eq!(said(&made), said(&from_text), "{example} {arguments:?}");
    }
}
