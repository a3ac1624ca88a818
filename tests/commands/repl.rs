//! `s repl` without a terminal: entries from standard input, what is shown of each, how it ends.

use std::io::{ErrorKind, Read as _, Write as _};
use std::process::Stdio;

use crate::support::{Outcome, Sandbox};

fn session(sandbox: &Sandbox, args: &[&str], entries: &str) -> Outcome {
    let mut all = vec!["repl"];
    all.extend(args);
    let mut child = sandbox
        .command(&all)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A session that ends at an entry may be gone before it has read those behind it.
    match child.stdin.take().unwrap().write_all(entries.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("{error}"),
        _ => {}
    }
    sandbox.outcome(&child.wait_with_output().unwrap())
}

fn shows(entries: &str, stdout: &str) {
    let outcome = session(&Sandbox::new(), &[], entries);
    assert_eq!(
        (outcome.status, outcome.stdout.as_str(), outcome.stderr.as_str()),
        (Some(0), stdout, ""),
        "{}",
        outcome.text()
    );
}

#[test]
fn entries_see_those_before_them() {
    shows("my $x = 20\n$x + 1\nfn twice($n) { $n * 2 }\ntwice $x\n$x;\np \"said\"\n", "21\n40\nsaid\n");
    shows("class Pt { x: Int = 0 }\nmy $p = Pt(x => 1)\n$p->x += 2\n$p\n", "Pt(x => 3)\n");
    shows("(1, \"a\", [2, {b => undef}])\n", "(1, \"a\", [2, {\"b\" => undef}])\n");
}

#[test]
fn classes_and_enums_of_earlier_entries_are_whole() {
    shows(
        "class A { static n: Int = 4; fn Self.kind { \"a\" } fn Self.all { static::kind() . static::n() } }\n\
         class B extends A { fn Self.kind { \"b\" } }\n\
         A::n(A::n() + 3)\nA::n()\nA::all()\nB::all()\n",
        "7\n7\n\"a7\"\n\"b7\"\n",
    );
    shows(
        "enum Light { Red, Custom => Str }\nLight::Red\nmy $l = Light::Custom(\"dim\")\n$l\n\
         fn f($l) { match ($l) { Light::Red() => 0, Light::Custom($s) => $s } }\nf($l)\nf(Light::Red())\n",
        "Light::Red\nLight::Custom(dim)\n\"dim\"\n0\n",
    );
}

#[test]
fn what_is_open_goes_on_in_the_next_line() {
    shows("fn f($n) {\n  if ($n) {\n    \"yes\"\n  }\n}\n\nf(1)\n", "\"yes\"\n");
    shows("my @a = (1,\n2,\n3)\n1 +\n2\np <<E\nin it\nE\n", "3\nin it\n\n");
}

#[test]
fn failures_are_shown_and_the_session_goes_on() {
    let entries =
        "my $x = (1 + ;\nfn g { die \"inside\" }\nfn f { g() }\nf()\nmy $y = 4; die \"late\\n\"\n$y\n";
    let outcome = session(&Sandbox::new(), &[], entries);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), "4\n"), "{}", outcome.text());
    for part in [
        "(entry 1):1:",
        "error[S-0405]: inside at (entry 1) line 1.",
        "in main::f at (entry 2):1",
        "error[S-0405]: late",
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {}", outcome.text());
    }
}

#[test]
fn commands_tell_types_and_builtins_and_load_files() {
    let sandbox = Sandbox::new();
    sandbox.write("more.stk", "fn more($n) {\n  $n + 1\n}\nmy $loaded = \"yes\"\n");
    let entries =
        "my $n: Int = 3\n:type $n\n:type $n / 2\n:load more.stk\nmore 4\n$loaded\n:doc atan2\n:help\n";
    let outcome = session(&sandbox, &[], entries);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.text());
    assert!(
        outcome.stdout.starts_with("Int\nFloat\n5\n\"yes\"\natan2 VALUE1, VALUE2\n"),
        "{}",
        outcome.text()
    );
    assert!(outcome.stdout.contains(":quit"), "{}", outcome.text());
    let entries =
        ":type unlink(\"more.stk\")\n:doc lenght\n:load absent.stk\n:what\n:type\nmy $x = 1\n:clear\n$x\n";
    let outcome = session(&sandbox, &[], entries);
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), "undef\n"), "{}", outcome.text());
    for part in [
        "is not run",
        "did you mean `length`?",
        "cannot load `absent.stk`",
        "no command `:what`",
        "`:type` is",
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {}", outcome.text());
    }
    assert!(sandbox.work().join("more.stk").exists());
}

#[test]
fn modules_of_the_project_are_run_once() {
    let sandbox = Sandbox::new();
    sandbox.write("stryke.toml", "[package]\nname = \"me/demo\"\nversion = \"1.0.0\"\n");
    sandbox.write(
        "lib/Count.stk",
        "package Count\nour @EXPORT_OK = qw(more)\nvar $n = 0\nfn more { $n++; $n }\np \"run\"\n1\n",
    );
    let outcome = session(&sandbox, &[], "use Count qw(more)\nmore()\nuse Count qw(more)\nmore()\n");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), "run\n1\n2\n"), "{}", outcome.text());
}

#[test]
fn a_session_ends_as_a_program_does() {
    for (entries, status, stdout) in [
        ("END { p \"end\" }\nexit 3\np \"not\"\n", 3, "end\n"),
        ("END { p \"end\" }\n", 0, "end\n"),
        (":quit\np \"not\"\n", 0, ""),
        ("die \"x\\n\"\n:quit\n", 0, ""),
    ] {
        let outcome = session(&Sandbox::new(), &[], entries);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(status), stdout), "{}", outcome.text());
    }
    let outcome = session(&Sandbox::new(), &["--", "a", "b"], "@ARGV\n");
    assert_eq!(outcome.stdout, "(\"a\", \"b\")\n", "{}", outcome.text());
    let outcome = session(&Sandbox::new(), &["--compat"], "my $s = 'a'; $s .= 'b'; $s\n");
    assert_eq!(outcome.stdout, "\"ab\"\n", "{}", outcome.text());
    assert_eq!(session(&Sandbox::new(), &["--json"], "1\n").status, Some(2));
    // Nothing is kept of what no terminal typed.
    let sandbox = Sandbox::new();
    let _ = session(&sandbox, &[], "1\n");
    assert!(!sandbox.home().join("repl_history").exists());
}

#[test]
fn an_interrupt_ends_the_entry_and_not_the_session() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(&["repl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for entry in ["while (1) { }", "sleep 60"] {
        writeln!(input, "p \"ready\"; {entry}").unwrap();
    }
    let process = rustix::process::Pid::from_child(&child);
    let output = child.stdout.as_mut().unwrap();
    for _ in 0..2 {
        // Output is written when an entry ends or its buffer is full, so the state of the process tells.
        std::thread::sleep(std::time::Duration::from_millis(1500));
        rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
        let mut ready = [0; 6];
        output.read_exact(&mut ready).unwrap();
        assert_eq!(&ready, b"ready\n");
    }
    writeln!(input, "1 + 1").unwrap();
    drop(input);
    let outcome = sandbox.outcome(&child.wait_with_output().unwrap());
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), "2\n"), "{}", outcome.text());
    assert_eq!(outcome.stderr.matches("interrupted").count(), 2, "{}", outcome.text());
}
