//! `s -e` and the switches that put a loop around a program.

use std::fs;

use crate::support::{Outcome, Sandbox};

fn prints(outcome: &Outcome, stdout: &str) {
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), stdout), "{}", outcome.text());
}

fn with_lines() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("lines", "a b c\nd e f\n");
    sandbox
}

#[test]
fn code_on_the_command_line() {
    let sandbox = Sandbox::new();
    prints(&sandbox.run(&["-e", "print \"@ARGV $0\\n\"", "x", "-n"]), "x -n -e\n");
    prints(&sandbox.run(&["-e", "my $x = 1", "-e", "print $x + 1, \"\\n\""]), "2\n");
    prints(&sandbox.run(&["--compat", "-we", "my $x = 1;", "-e", "print $x, qq(\\n);"]), "1\n");
    let died = sandbox.run(&["-e", "1;", "-e", "die 'no'"]);
    assert_eq!(died.status, Some(255));
    assert!(died.stderr.contains("no at -e line 2."), "{}", died.text());
}

#[test]
fn lines_are_read_and_printed() {
    let sandbox = with_lines();
    for compat in [&[][..], &["--compat"]] {
        let run = |args: &[&str]| sandbox.run(&[compat, args].concat());
        prints(&run(&["-ne", "print if /e/", "lines"]), "d e f\n");
        prints(&run(&["-pe", "s/b/B/", "lines"]), "a B c\nd e f\n");
        prints(&run(&["-pe", "next LINE if /a/; s/d/D/", "lines"]), "a b c\nD e f\n");
        prints(&run(&["-lane", "print $F[1]", "lines"]), "b\ne\n");
        prints(&run(&["-lanE", "say $F[-1]", "lines"]), "c\nf\n");
        prints(&run(&["-F/ b | e /", "-lane", "print \"$F[0]-$F[1]\"", "lines"]), "a-c\nd-f\n");
        prints(&run(&["-lne", "print \"$.:$_\"", "lines"]), "1:a b c\n2:d e f\n");
        prints(&run(&["-0777", "-ne", "print length($_), \"\\n\"", "lines"]), "12\n");
        prints(&run(&["-l", "-0040", "-ne", "print qq([$_])", "lines"]), "[a]\n[b]\n[c\nd]\n[e]\n[f\n]\n");
        prints(&run(&["-ne", "$n += 1; END { print \"$n\\n\" }", "lines"]), "2\n");
        prints(&run(&["-ne", "BEGIN { $n = 10 } $n += 1; END { print \"$n\\n\" }", "lines"]), "12\n");
    }
}

#[test]
fn files_are_changed_in_place() {
    let sandbox = with_lines();
    prints(&sandbox.run(&["-i.old", "-pe", "s/b/B/", "lines"]), "");
    let read = |name: &str| fs::read_to_string(sandbox.work().join(name)).unwrap();
    assert_eq!(read("lines"), "a B c\nd e f\n");
    assert_eq!(read("lines.old"), "a b c\nd e f\n");
    prints(&sandbox.run(&["-i", "-ne", "print if /d/", "lines"]), "");
    assert_eq!(read("lines"), "d e f\n");
    // Several at a time, each kept in a folder; nothing is left beside them.
    fs::create_dir(sandbox.work().join("kept")).unwrap();
    sandbox.write("more", "b\n");
    prints(&sandbox.run(&["-ikept/*.old", "-pe", "s/^/> /", "lines", "more"]), "");
    assert_eq!((read("lines"), read("more")), ("> d e f\n".to_owned(), "> b\n".to_owned()));
    assert_eq!(read("kept/more.old"), "b\n");
    // A program that dies has changed nothing of the file it was at.
    let died = sandbox.run(&["-i", "-ne", "print 'x'; die", "lines"]);
    assert_eq!((died.status, read("lines")), (Some(255), "> d e f\n".to_owned()));
}

#[test]
fn modules_are_used() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "inc/Greet.pm",
        "package Greet; our @EXPORT_OK = ('hello'); sub hello { \"hello $_[0]\" } 1;\n",
    );
    prints(&sandbox.run(&["-Iinc", "-MGreet=hello", "-e", "print hello('you'), \"\\n\""]), "hello you\n");
    prints(&sandbox.run(&["-Iinc", "-mGreet", "-e", "print Greet::hello('me'), \"\\n\""]), "hello me\n");
}

#[test]
fn checking_runs_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("a.stk", "print \"ran\\n\"\n");
    let checked = sandbox.run(&["-c", "a.stk"]);
    assert_eq!((checked.status, checked.stdout.as_str()), (Some(0), ""));
    assert!(checked.stderr.contains("a.stk syntax OK"), "{}", checked.text());
    let wrong = sandbox.run(&["-c", "-e", "print ("]);
    assert_eq!(wrong.status, Some(255), "{}", wrong.text());
}

#[test]
fn wrong_switches_are_usage_errors() {
    let sandbox = Sandbox::new();
    for args in [&["-e"][..], &["-nZ", "x"], &["-n", "--json", "x"], &["-M"]] {
        let wrong = sandbox.run(args);
        assert_eq!(wrong.status, Some(2), "{args:?}: {}", wrong.text());
        assert!(wrong.stderr.starts_with("error[S-1001]: "), "{}", wrong.text());
    }
}
