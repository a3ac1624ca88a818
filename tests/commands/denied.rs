//! Folders and files that the system does not let the user read or write: an error with a code that
//! names them, and nothing changed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::plugins::{attack, digest, files, project, put};
use crate::support::{Outcome, Sandbox};

/// Runs `s` as somebody whom permissions hold for. The superuser gives up the rights that go past
/// them; `setpriv` is part of every Linux.
fn run(sandbox: &Sandbox, args: &[&str]) -> Outcome {
    let plain = sandbox.command(args);
    let closed = sandbox.write("closed", "");
    permit(&closed, 0o000);
    let mut command = if fs::read(&closed).is_ok() {
        let mut command = Command::new("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--"]);
        command.arg(plain.get_program()).args(plain.get_args());
        command.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.current_dir(plain.get_current_dir().expect("it runs in the sandbox"));
        command
    } else {
        plain
    };
    fs::remove_file(&closed).expect("its folder may be written");
    sandbox.outcome(&command.output().expect("it can be started"))
}

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// Adds the fixture where something does not allow it, and then where everything does.
#[track_caller]
fn refused(sandbox: &Sandbox, source: &str, closed: &Path, mode: u32, words: &str) {
    let args = ["plugin", "add", source, "--allow", "--integrity", &digest(&attack())];
    let (open, before) = (fs::metadata(closed).expect("it is there").permissions(), files(sandbox));
    permit(closed, mode);
    let outcome = run(sandbox, &args);
    fs::set_permissions(closed, open).expect("it is ours");
    assert_eq!(outcome.status, Some(1), "{outcome:?}");
    assert!(outcome.stderr.starts_with("error[S-"), "{outcome:?}");
    assert!(outcome.stderr.contains(words), "`{words}` is missing: {outcome:?}");
    assert!(files(sandbox) == before, "nothing is half there: {outcome:?}");
    assert_eq!(run(sandbox, &args).status, Some(0));
    assert_eq!(run(sandbox, &["plugin", "remove", "attack/lab"]).status, Some(0));
    assert_eq!(run(sandbox, &["plugin", "revoke", "attack/lab"]).status, Some(0));
}

#[test]
fn a_plugin_is_not_added_from_or_into_what_is_closed() {
    let sandbox = project();
    put(&sandbox, "folder/plugin.wasm", &attack());
    sandbox.write("folder/plugin.toml", &crate::plugins::manifest());
    let work = sandbox.work();
    let folder = work.join("folder");
    refused(&sandbox, "folder", &folder, 0o000, "folder");
    refused(&sandbox, "folder", &folder.join("plugin.toml"), 0o000, "folder/plugin.toml");
    refused(&sandbox, "folder", &folder.join("plugin.wasm"), 0o000, "folder/plugin.wasm");
    refused(&sandbox, "folder", &work.join("stryke.toml"), 0o000, "stryke.toml");
    refused(&sandbox, "folder", &work, 0o555, "`[sandbox]/work`");
    let home = sandbox.home();
    refused(&sandbox, "folder", &home.join("plugins/components"), 0o555, "plugins/components");
    refused(&sandbox, "folder", &home.join("grants.toml"), 0o000, "grants.toml");
}

#[test]
fn a_component_that_may_not_be_read_is_one_that_is_missing() {
    let sandbox = project();
    put(&sandbox, "x.wasm", &attack());
    let args = ["plugin", "add", "x.wasm", "--allow", "--integrity", &digest(&attack())];
    assert_eq!(run(&sandbox, &args).status, Some(0));
    let components = sandbox.home().join("plugins/components");
    permit(&components, 0o000);
    let outcome = run(&sandbox, &["attack", "nothing"]);
    permit(&components, 0o755);
    assert!(outcome.stderr.starts_with("error[S-5132]: "), "{outcome:?}");
    assert!(
        outcome.stderr.contains("--> stryke.lock:") && outcome.stderr.contains("ermission"),
        "{outcome:?}"
    );
}
