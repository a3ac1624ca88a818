//! `s check`: mistakes, what is unused, what a program can reach.

use crate::support::Sandbox;

#[test]
fn effects_are_those_of_all_that_is_required() {
    let sandbox = Sandbox::new();
    sandbox
        .write("lib/read.stk", "fn lines_of($path) { open(my $h, '<', $path) or die; my @l = <$h>; @l }\n");
    sandbox.write("main.stk", "require \"./lib/read.stk\"\nprint scalar(lines_of($ARGV[0])), \"\\n\"\n");
    sandbox.write("pure.stk", "print 1 + 2, \"\\n\"\n");
    sandbox.write("run.stk", "system(\"true\")\nprint $ENV{HOME}\n");
    let checked = sandbox.run(&["check", "--json"]);
    assert_eq!(checked.status, Some(0), "{}", checked.text());
    let json = checked.json();
    let effects = |path: &str| -> Vec<String> {
        let files = json["files"].as_array().unwrap();
        let file = files.iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("{path}: {json}"));
        file["effects"].as_array().unwrap().iter().map(|effect| effect.as_str().unwrap().to_owned()).collect()
    };
    assert!(effects("main.stk").contains(&"fs-read".to_owned()), "{json}");
    assert!(effects("pure.stk").is_empty(), "{json}");
    assert!(effects("run.stk").contains(&"exec".to_owned()), "{json}");
    let shown = sandbox.run(&["check", "pure.stk", "main.stk"]);
    assert!(shown.stdout.contains("main.stk") && shown.stdout.contains("fs-read"), "{}", shown.text());
    assert!(shown.stderr.contains("Checked 2 programs: no errors, "), "{}", shown.text());
}

#[test]
fn mistakes_end_with_one_and_have_places() {
    let sandbox = Sandbox::new();
    sandbox.write("wrong.stk", "my $x = (1 + ;\nprint $x\n");
    let wrong = sandbox.run(&["check", "wrong.stk"]);
    assert_eq!(wrong.status, Some(1), "{}", wrong.text());
    assert!(wrong.stderr.contains("wrong.stk:1:"), "{}", wrong.text());
    let json = sandbox.run(&["check", "--json", "wrong.stk"]);
    assert_eq!(json.status, Some(1), "{}", json.text());
    let json = json.json();
    assert_eq!(json["files"][0]["path"], "wrong.stk");
    assert_eq!(json["diagnostics"][0]["severity"], "error");
    assert_eq!(json["diagnostics"][0]["labels"][0]["line"], 1);
}

#[test]
fn what_is_unused_is_a_warning() {
    let sandbox = Sandbox::new();
    sandbox.write("a.stk", "my $unread = 1\nmy $_meant = 2\nfn never { 3 }\nprint \"x\\n\"\n");
    sandbox.write("lib/b.stk", "fn for_others { 3 }\n");
    let checked = sandbox.run(&["check"]);
    assert_eq!(checked.status, Some(0), "{}", checked.text());
    assert!(checked.stderr.contains("`$unread` is never read"), "{}", checked.text());
    assert!(checked.stderr.contains("`never` is never called"), "{}", checked.text());
    assert!(
        !checked.stderr.contains("_meant") && !checked.stderr.contains("for_others"),
        "{}",
        checked.text()
    );
    // They are no news when it is run.
    assert_eq!(sandbox.run(&["a.stk"]).stderr, "");
}

#[test]
fn nothing_to_check_is_said() {
    let sandbox = Sandbox::new();
    let nothing = sandbox.run(&["check"]);
    assert_eq!(nothing.status, Some(1), "{}", nothing.text());
    assert!(nothing.stderr.starts_with("error[S-1007]: "), "{}", nothing.text());
    assert_eq!(sandbox.run(&["check", "absent.stk"]).status, Some(2));
}

#[test]
fn a_block_without_a_list_is_noticed() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "main.stk",
        "val @a = (2, 1)\np map { $_ * 2 }\np grep { $_ }\np sort { _0 <=> _1 }\np map { $_ } @a\np @a |> map { $_ } |> join \",\"\n",
    );
    let checked = sandbox.run(&["check", "--json", "main.stk"]);
    let json = checked.json();
    let found = json["diagnostics"].as_array().unwrap();
    let lines: Vec<_> = found
        .iter()
        .filter(|one| one["code"] == "S-0404")
        .map(|one| one["labels"][0]["line"].as_u64().unwrap())
        .collect();
    assert_eq!((checked.status, lines), (Some(0), vec![2, 3, 4]), "{}", checked.text());
}
