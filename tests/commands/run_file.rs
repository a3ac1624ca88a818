//! `s FILE`, `s run FILE`, `s -`, shebang scripts, and where modules come from.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::market::Market;
use crate::support::{Outcome, Sandbox};

fn prints(outcome: &Outcome, stdout: &str) {
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(0), stdout), "{}", outcome.text());
}

fn piped(sandbox: &Sandbox, args: &[&str], text: &str) -> Outcome {
    let mut child = sandbox
        .command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    sandbox.outcome(&child.wait_with_output().unwrap())
}

#[test]
fn a_file_gets_what_stands_behind_it() {
    let sandbox = Sandbox::new();
    sandbox.write("a.stk", "print join(\"|\", @ARGV), \"\\n\"\n");
    for args in [
        &["a.stk", "-v", "--json", "x y"][..],
        &["run", "a.stk", "-v", "--json", "x y"],
        &["./a.stk", "-v", "--json", "x y"],
    ] {
        prints(&sandbox.run(args), "-v|--json|x y\n");
    }
    sandbox.write("plain", "print \"plain $0 @ARGV\\n\"\n");
    prints(&sandbox.run(&["plain", "-x"]), "plain plain -x\n");
    prints(&sandbox.run(&["run", "plain", "--", "-x"]), "plain plain -x\n");
    // A command goes before a file of its name, but not behind `--`.
    sandbox.write("version", "print \"a file\\n\"\n");
    assert!(sandbox.run(&["version"]).stdout.starts_with("s "));
    prints(&sandbox.run(&["--", "version"]), "a file\n");
}

#[test]
fn the_status_is_that_of_the_program() {
    let sandbox = Sandbox::new();
    sandbox.write("exit.stk", "exit 42\n");
    assert_eq!(sandbox.run(&["exit.stk"]).status, Some(42));
    sandbox.write("die.stk", "print \"before\\n\"\ndie \"no way\"\n");
    let died = sandbox.run(&["die.stk"]);
    assert_eq!((died.status, died.stdout.as_str()), (Some(255), "before\n"), "{}", died.text());
    assert!(died.stderr.contains("no way at die.stk line 2."), "{}", died.text());
}

#[test]
fn what_does_not_compile_does_not_run() {
    let sandbox = Sandbox::new();
    sandbox.write("wrong.stk", "print \"ran\\n\"\nif ( {\n");
    let wrong = sandbox.run(&["wrong.stk"]);
    assert_eq!((wrong.status, wrong.stdout.as_str()), (Some(255), ""), "{}", wrong.text());
    assert!(wrong.stderr.contains("error[S-01") && wrong.stderr.contains("wrong.stk:2:"), "{}", wrong.text());
    assert!(
        wrong.stderr.contains("Execution of wrong.stk aborted due to compilation errors"),
        "{}",
        wrong.text()
    );
}

#[test]
fn a_file_that_is_not_there_is_named_with_its_neighbour() {
    let sandbox = Sandbox::new();
    sandbox.write("hello.stk", "");
    let absent = sandbox.run(&["helo.stk"]);
    assert_eq!(absent.status, Some(2), "{}", absent.text());
    assert!(
        absent
            .stderr
            .contains("Can't open script \"helo.stk\": No such file or directory; did you mean `hello.stk`?"),
        "{}",
        absent.text()
    );
}

#[test]
fn programs_come_from_standard_input() {
    let sandbox = Sandbox::new();
    for args in [&[][..], &["-"]] {
        prints(&piped(&sandbox, args, "print \"piped\\n\"\n"), "piped\n");
    }
    prints(&piped(&sandbox, &["-", "a", "-b"], "print \"@ARGV\\n\"\n"), "a -b\n");
}

#[cfg(unix)]
#[test]
fn scripts_start_by_their_first_line() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    let s = env!("CARGO_BIN_EXE_s");
    for (name, text) in [
        ("plain", format!("#!{s}\nprint \"@ARGV\\n\"\n")),
        ("perl", format!("#!{s} --compat\nprint \"@ARGV\\n\"\n;\n")),
        // Its switches are read from the text where the system does not hand them over.
        ("loop", format!("#!{s} -n\nprint \"[$_]\" if /b/\n")),
    ] {
        let path = sandbox.write(name, &text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let run = |name: &str, args: &[&str]| {
        let mut command = std::process::Command::new(sandbox.work().join(name));
        sandbox
            .outcome(&command.args(args).current_dir(sandbox.work()).stdin(Stdio::null()).output().unwrap())
    };
    prints(&run("plain", &["a", "-n"]), "a -n\n");
    prints(&run("perl", &["a", "-n"]), "a -n\n");
    sandbox.write("lines", "a\nb\n");
    prints(&run("loop", &["lines"]), "[b\n]");
    prints(&sandbox.run(&["./loop", "lines"]), "[b\n]");
}

#[test]
fn plain_perl_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("a.pl", "my $x = 1\n  + 2;\nprint \"$x\\n\";\n");
    prints(&sandbox.run(&["--compat", "a.pl"]), "3\n");
    prints(&sandbox.run(&["run", "--compat", "a.pl"]), "3\n");
}

#[test]
fn literal_paths_are_looked_for_here_then_at_the_program() {
    let sandbox = Sandbox::new();
    sandbox.write("p/lib/x.stk", "fn where_am_i { \"p/lib\" }\n");
    sandbox.write("p/t/main.stk", "require \"./lib/x.stk\"\nprint where_am_i(), \"\\n\"\n");
    prints(&sandbox.run(&["p/t/main.stk"]), "p/lib\n");
    sandbox.write("lib/x.stk", "fn where_am_i { \"here\" }\n");
    prints(&sandbox.run(&["p/t/main.stk"]), "here\n");
    sandbox.write("none.stk", "require \"./lib/y.stk\"\n");
    let none = sandbox.run(&["none.stk"]);
    assert_eq!(none.status, Some(255), "{}", none.text());
    assert!(
        none.stderr.contains("Can't locate ./lib/y.stk") && none.stderr.contains("did you mean `lib/x.stk`?"),
        "{}",
        none.text()
    );
}

#[test]
fn modules_are_in_lib_and_where_one_says() {
    let sandbox = Sandbox::new();
    sandbox.write("p/stryke.toml", "[package]\nname = \"p\"\n");
    sandbox.write("p/lib/Foo/Bar.stk", "package Foo::Bar\nfn name { \"lib\" }\n");
    sandbox.write("p/bin/main.stk", "use Foo::Bar\nprint Foo::Bar::name(), \"\\n\"\n");
    prints(&sandbox.run(&["p/bin/main.stk"]), "lib\n");
    sandbox.write("inc/Old.pm", "package Old; sub name { \"inc\" } 1;\n");
    sandbox.write("main.stk", "use Old\nprint Old::name(), \"\\n\"\n");
    prints(&sandbox.run(&["-I", "inc", "main.stk"]), "inc\n");
    let sandbox = sandbox.env("STRYKELIB", "inc");
    prints(&sandbox.run(&["main.stk"]), "inc\n");
}

#[cfg(unix)]
#[test]
fn s15_only_direct_dependencies_can_be_used() {
    let mut market = Market::new();
    let write = |market: &Market, path: &str, text: &str| drop(market.sandbox.write(path, text));
    write(&market, "sources/inner-1.0.0/lib/Deep.stk", "package Inner::Deep\nfn name { \"inner\" }\n");
    market.publish("inner", "1.0.0", &[]);
    write(
        &market,
        "sources/outer-1.2.0/lib/Main.stk",
        "package Outer::Main\nuse Inner::Deep\nfn name { \"outer and \" . Inner::Deep::name() }\n",
    );
    market.publish("outer", "1.2.0", &[("inner", "^1")]);
    market.project("[deps]\nouter = \"^1\"\n");
    let installed = market.run(&["install"]);
    assert_eq!(installed.status, Some(0), "{}", installed.text());
    market.sandbox.write("shop/main.stk", "use Outer::Main\nprint Outer::Main::name(), \"\\n\"\n");
    prints(&market.run(&["main.stk"]), "outer and inner\n");
    market.sandbox.write("shop/phantom.stk", "use Inner::Deep\nprint 1\n");
    let phantom = market.run(&["phantom.stk"]);
    assert_eq!(phantom.status, Some(255), "{}", phantom.text());
    assert!(phantom.stderr.contains("`inner` is here because `outer` needs it"), "{}", phantom.text());
    assert!(phantom.stderr.contains("inner = \"^1.0.0\""), "{}", phantom.text());
}

#[test]
fn programs_of_the_package_run_by_their_name() {
    let sandbox = Sandbox::new();
    sandbox.write("stryke.toml", "[package]\nname = \"p\"\n[scripts]\nlint = \"echo linted\"\n");
    sandbox.write("bin/tool.stk", "print \"tool @ARGV\\n\"\nexit 3\n");
    prints(&sandbox.run(&["run", "lint"]), "linted\n");
    let tool = sandbox.run(&["run", "tool", "--", "a", "-b"]);
    assert_eq!((tool.status, tool.stdout.as_str()), (Some(3), "tool a -b\n"), "{}", tool.text());
}

#[test]
fn the_only_program_of_a_package_runs_without_a_name() {
    let sandbox = Sandbox::new();
    let refused = |args: &[&str], words: &[&str]| {
        let outcome = sandbox.run(args);
        assert_eq!(outcome.status, Some(2), "{args:?}: {}", outcome.text());
        for word in words {
            assert!(outcome.stderr.contains(word), "`{word}` is missing: {}", outcome.text());
        }
    };
    sandbox.write("stryke.toml", "[package]\nname = \"p\"\n");
    refused(&["run"], &["S-3018", "nothing to run here", "main.stk", "s run FILE"]);
    prints(&sandbox.run(&["run", "--list", "--json"]), "{\"programs\":{},\"scripts\":{}}\n");
    // `main.stk` counts where nothing else is named.
    sandbox.write("main.stk", "print \"main @ARGV\\n\"\nexit 4\n");
    for args in [&["run", "--", "a", "-b"][..], &["run", "p", "--", "a", "-b"]] {
        let ran = sandbox.run(args);
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(4), "main a -b\n"), "{}", ran.text());
    }
    refused(&["run", "q"], &["S-3018", "no script or program `q`", "did you mean `p`?"]);
    // Scripts do not stand in the way of the program.
    sandbox.write("stryke.toml", "[package]\nname = \"p\"\n[scripts]\nlint = \"echo linted\"\n");
    assert_eq!(sandbox.run(&["run"]).stdout, "main \n");
    sandbox.write("bin/one.stk", "print \"one\\n\"\n");
    prints(&sandbox.run(&["run"]), "one\n");
    sandbox.write("bin/two.stk", "print \"two\\n\"\n");
    let listed = sandbox.run(&["run"]);
    for words in ["lint  script   echo linted", "one   program  bin/one.stk", "two   program  bin/two.stk"] {
        assert!(listed.stdout.contains(words), "{}", listed.text());
    }
    refused(&["run", "--", "x"], &["S-3018", "`lint`, `one`, `two`", "s run NAME -- ARGUMENT"]);
    refused(&["run", "elsewhere"], &["there are `lint`, `one`, `two`", "s run --list"]);
}

#[test]
fn what_is_imported_is_called_where_a_text_is_evaluated() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "lib/Counting.stk",
        "package Counting\nour @EXPORT_OK = qw(more)\nvar $n = 0\nfn more { $n++; \"more $n\" }\n1\n",
    );
    sandbox.write(
        "main.stk",
        "use Counting qw(more)\np eval \"1 + $ARGV[0]\"\np more()\np eval \"more$ARGV[1]\"\n",
    );
    let outcome = sandbox.command(&["main.stk", "2", "()"]).env("STRYKELIB", "lib").output().unwrap();
    prints(&sandbox.outcome(&outcome), "3\nmore 1\nmore 2\n");
}

#[test]
fn a_signal_ends_what_a_program_waits_for() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "wait.stk",
        "$SIG{TERM} = sub { p \"asked to end\"; exit 3 }\n$| = 1\np \"ready\"\nsleep 60\np \"slept\"\n",
    );
    let mut child =
        sandbox.command(&["wait.stk"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut ready = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut ready).unwrap();
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    let began = std::time::Instant::now();
    let outcome = sandbox.outcome(&child.wait_with_output().unwrap());
    assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(3), "asked to end\n"), "{}", outcome.text());
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}
