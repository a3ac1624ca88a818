//! Command lines that make no sense.

use crate::support::Sandbox;

#[test]
fn unknown_commands() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(sandbox.run(&["versoin"]).text(), @"
    status 2
    --- stderr
    error[S-1002]: there is no command `versoin`
    hint: did you mean: s version
    ");
    insta::assert_snapshot!(sandbox.run(&["frobnicate", "--force"]).text(), @"
    status 2
    --- stderr
    error[S-1002]: there is no command `frobnicate`
    hint: all commands: s help
    ");
    insta::assert_snapshot!(sandbox.run(&["exp\x1b[2J"]).text(), @"
    status 2
    --- stderr
    error[S-1002]: there is no command `exp␛[2J`
    hint: all commands: s help
    ");
}

#[test]
fn wrong_arguments() {
    let sandbox = Sandbox::new();
    let lines: &[&[&str]] = &[
        &["version", "--frob"],
        &["version", "stray"],
        &["completions"],
        &["completions", "tcsh"],
        &["completions", "bsh"],
        &["--color", "sometimes", "version"],
        &["--color"],
        &["--jsn", "version"],
    ];
    let mut all = String::new();
    for line in lines {
        let outcome = sandbox.run(line);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (Some(2), ""), "{line:?}");
        all.push_str(&format!("$ s {}\n{}", line.join(" "), outcome.stderr));
    }
    insta::assert_snapshot!(all, @"
    $ s version --frob
    error[S-1001]: there is no option `--frob` here
    hint: what it takes: s help version
    $ s version stray
    error[S-1001]: `stray` is one argument too many
    hint: what it takes: s help version
    $ s completions
    error[S-1001]: `<SHELL>` is missing
    hint: what it takes: s help completions
    $ s completions tcsh
    error[S-1001]: `tcsh` is not a value of `<SHELL>`
      possible are `bash`, `zsh`, `fish`, `powershell`
    hint: did you mean `zsh`?
    hint: what it takes: s help completions
    $ s completions bsh
    error[S-1001]: `bsh` is not a value of `<SHELL>`
      possible are `bash`, `zsh`, `fish`, `powershell`
    hint: did you mean `bash`?
    hint: what it takes: s help completions
    $ s --color sometimes version
    error[S-1001]: `sometimes` is not a value of `--color <WHEN>`
      possible are `auto`, `always`, `never`
    hint: what it takes: s help version
    $ s --color
    error[S-1001]: `--color <WHEN>` needs a value
      possible are `auto`, `always`, `never`
    hint: what it takes: s help
    $ s --jsn version
    error[S-1001]: there is no option `--jsn` here
    hint: did you mean `--json`?
    hint: what it takes: s help version
    ");
}

#[test]
fn errors_are_json_on_standard_output_when_json_is_asked_for() {
    let sandbox = Sandbox::new();
    for (args, code) in [
        (&["versoin", "--json"][..], "S-1002"),
        (&["--json", "version", "--frob"], "S-1001"),
        (&["explain", "0", "--json"], "S-1003"),
        (&["help", "nothing", "--json"], "S-1005"),
    ] {
        let outcome = sandbox.run(args);
        assert_eq!((outcome.status, outcome.stderr.as_str()), (Some(2), ""), "{args:?}");
        assert_eq!(outcome.json()["error"]["code"], code, "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let sandbox = Sandbox::new();
    for args in [&[&b"\xff"[..]][..], &[b"explain", b"\xff"], &[b"--\xff"], &[b"help", b"\xff"]] {
        let mut command = sandbox.command(&[]);
        command.args(args.iter().map(|arg| OsStr::from_bytes(arg)));
        let outcome = sandbox.outcome(&command.output().expect("it was built"));
        assert_eq!(outcome.status, Some(2), "{args:?}: {outcome:?}");
        assert!(outcome.stderr.starts_with("error[S-100"), "{outcome:?}");
    }
}
