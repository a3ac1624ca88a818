//! `s test` and `s bench`: which files are run, where, and what is made of them.

use std::fs;

use crate::support::Sandbox;

const GOOD: &str = "assert_eq 1 + 1, 2, \"adds\"\nassert_ok 1, \"holds\"\ntest_run\n";
const BAD: &str = "assert_eq 1, 2, \"is not\"\nassert_ok 1, \"holds\"\ntest_run\n";

#[test]
fn files_are_run_where_their_folder_stands_and_shown_in_order() {
    let sandbox = Sandbox::new();
    sandbox.write("lib/x.stk", "fn twice($n) { $n * 2 }\n");
    sandbox.write("t/test_b.stk", "require \"./lib/x.stk\"\nassert_eq twice(2), 4, \"doubles\"\ntest_run\n");
    // The first takes longest, and is shown first.
    sandbox.write("t/t_a.stk", &format!("select(undef, undef, undef, 0.3)\n{GOOD}"));
    sandbox.write("t/helper.stk", "die \"not a test\"\n");
    let passed = sandbox.run(&["test", "-j", "2"]);
    assert_eq!(passed.status, Some(0), "{}", passed.text());
    let at = |text: &str| passed.stdout.find(text).unwrap_or_else(|| panic!("{text}: {}", passed.text()));
    assert!(at("── t/t_a.stk ──") < at("── t/test_b.stk ──"));
    assert!(
        passed.stdout.contains("  ✓ adds\n") && passed.stdout.contains("2 passed, 0 failed"),
        "{}",
        passed.text()
    );
    assert!(passed.stdout.contains("✓ All 2 test files passed (3 assertions"), "{}", passed.text());
    assert!(!passed.stdout.contains("helper"), "{}", passed.text());
}

#[test]
fn failures_are_shown_and_end_with_one() {
    let sandbox = Sandbox::new();
    sandbox.write("tests/test_good.stk", GOOD);
    sandbox.write("tests/test_bad.stk", &format!("print \"what it printed\\n\"\n{BAD}"));
    sandbox.write("tests/test_died.stk", "assert_ok 1, \"before\"\ndie \"in the middle\"\n");
    let failed = sandbox.run(&["-q", "test"]);
    assert_eq!(failed.status, Some(1), "{}", failed.text());
    assert!(failed.stdout.contains("✗ is not — got '1', expected '2'"), "{}", failed.text());
    assert!(
        failed.stdout.contains("what it printed") && failed.stdout.contains("in the middle"),
        "{}",
        failed.text()
    );
    assert!(!failed.stdout.contains("test_good"), "-q shows what failed: {}", failed.text());
    assert!(failed.stdout.contains("✗ 2 of 3 test files failed (1 of 5 assertions"), "{}", failed.text());
    let json = sandbox.run(&["test", "--json"]).json();
    assert_eq!((json["passed"].as_u64(), json["failed"].as_u64()), (Some(1), Some(2)), "{json}");
    assert_eq!(json["files"][0]["path"], "tests/test_bad.stk");
    assert_eq!(json["files"][0]["assertions"][0]["outcome"], "failed");
    assert_eq!(json["files"][1]["status"], 255);
}

#[test]
fn files_are_chosen() {
    let sandbox = Sandbox::new();
    sandbox.write("t/test_one.stk", GOOD);
    sandbox.write("t/deep/test_two.stk", GOOD);
    sandbox.write("other/odd.stk", GOOD);
    let one = sandbox.run(&["test", "--filter", "one"]);
    assert!(one.status == Some(0) && one.stdout.contains("All 1 test files"), "{}", one.text());
    let odd = sandbox.run(&["test", "other/odd.stk", "t"]);
    assert!(odd.status == Some(0) && odd.stdout.contains("All 3 test files"), "{}", odd.text());
    let none = sandbox.run(&["test", "--filter", "nothing"]);
    assert!(none.status == Some(1) && none.stderr.starts_with("error[S-1008]: "), "{}", none.text());
    assert_eq!(Sandbox::new().run(&["test"]).status, Some(1));
}

#[test]
fn a_test_that_hangs_is_ended() {
    let sandbox = Sandbox::new();
    sandbox.write("t/test_slow.stk", "assert_ok 1, \"began\"\nsleep 60\ntest_run\n");
    let start = std::time::Instant::now();
    let ended = sandbox.run(&["test", "--timeout", "1"]);
    assert!(start.elapsed().as_secs() < 20);
    assert_eq!(ended.status, Some(1), "{}", ended.text());
    assert!(ended.stdout.contains("took longer than 1 s and was ended"), "{}", ended.text());
}

#[test]
fn the_result_is_written_for_build_servers() {
    let sandbox = Sandbox::new();
    sandbox.write("t/test_bad.stk", BAD);
    let failed = sandbox.run(&["test", "--junit", "out/junit.xml"]);
    assert_eq!(failed.status, Some(1), "{}", failed.text());
    let text = fs::read_to_string(sandbox.work().join("out/junit.xml")).unwrap();
    assert!(text.contains("<testsuites tests=\"2\" failures=\"1\""), "{text}");
    assert!(text.contains("<testcase classname=\"t/test_bad.stk\" name=\"is not\"><failure"), "{text}");
}

#[test]
fn plain_perl_can_be_tested() {
    let sandbox = Sandbox::new();
    sandbox
        .write("t/test_perl.pl", "my $x = 1\n  + 1;\nprint \"ok\\n\" if $x == 2;\nexit($x == 2 ? 0 : 1);\n");
    let passed = sandbox.run(&["test", "--compat"]);
    assert_eq!(passed.status, Some(0), "{}", passed.text());
}

#[test]
fn benchmarks_are_measured_saved_and_compared() {
    let sandbox = Sandbox::new();
    sandbox.write("benches/bench_sum.stk", "my $s = 0\nfor my $i (1..1000) { $s += $i }\nprint $s\n");
    sandbox.write("benches/helper.stk", "die\n");
    let args = ["bench", "--samples", "5", "--warm-ups", "1", "--save", "base", "--json"];
    let saved = sandbox.run(&args);
    assert_eq!(saved.status, Some(0), "{}", saved.text());
    let json = saved.json();
    assert_eq!(json["results"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(json["results"][0]["samples"].as_array().unwrap().len(), 5, "{json}");
    assert!(sandbox.work().join("target/benches/base.json").is_file());
    let compared = sandbox.run(&["bench", "--samples", "5", "--compare", "base"]);
    assert_eq!(compared.status, Some(0), "{}", compared.text());
    assert!(
        compared.stdout.contains("bench_sum.stk") && compared.stdout.contains(" %"),
        "{}",
        compared.text()
    );
    let unknown = sandbox.run(&["bench", "--compare", "other"]);
    assert!(unknown.status == Some(1) && unknown.stderr.starts_with("error[S-1009]: "), "{}", unknown.text());
    sandbox.write("benches/bench_bad.stk", "exit 3\n");
    let bad = sandbox.run(&["bench", "--samples", "1"]);
    assert!(bad.status == Some(1) && bad.stderr.contains("ended with status 3"), "{}", bad.text());
}
