//! `s completions`.

use std::process::{Command, Stdio};

use crate::support::Sandbox;

#[test]
fn each_script_is_one_its_shell_can_read() {
    let sandbox = Sandbox::new();
    let checks: &[(&str, &str, &[&str])] =
        &[("bash", "bash", &["-n"]), ("zsh", "zsh", &["-n"]), ("fish", "fish", &["--no-execute"])];
    for (shell, program, args) in checks {
        let outcome = sandbox.run(&["completions", shell]);
        assert_eq!(outcome.status, Some(0), "{outcome:?}");
        let script = sandbox.write(&format!("s.{shell}"), &outcome.stdout);
        let checked = Command::new(program).args(*args).arg(script).stdin(Stdio::null()).output();
        // A shell that is not here cannot check.
        if let Ok(checked) = checked {
            assert!(checked.status.success(), "{shell}: {}", String::from_utf8_lossy(&checked.stderr));
        }
    }
    let powershell = sandbox.run(&["completions", "powershell"]);
    assert!(powershell.stdout.contains("Register-ArgumentCompleter"), "{powershell:?}");
}

/// Asks bash what it would offer behind `s com`.
#[test]
fn bash_completes_a_command() {
    let sandbox = Sandbox::new();
    let script = sandbox.write("s.bash", &sandbox.run(&["completions", "bash"]).stdout);
    let probe =
        r#"source "$0"; COMP_WORDS=(s com); COMP_CWORD=1; _s s com s; printf '%s\n' "${COMPREPLY[@]}""#;
    let Ok(output) = Command::new("bash").args(["--norc", "-c", probe]).arg(script).output() else { return };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "completions\n", "{output:?}");
}

#[test]
fn as_json() {
    let answer = Sandbox::new().run(&["completions", "fish", "--json"]).json();
    assert_eq!(answer["shell"], "fish");
    assert!(answer["script"].as_str().is_some_and(|script| script.contains("complete -c s")));
}
