//! What somebody has who reads a page of the manual: a shell, `s`, and perhaps a Rust toolchain.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Sandbox;

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A shell in a directory, with the variables of the sandbox and `s` in the path. It has no arguments
/// yet.
pub(crate) fn shell(sandbox: &Sandbox, directory: &Path) -> Command {
    let command = sandbox.command(&[]);
    let environment: Vec<_> =
        command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    let mut command = Command::new("sh");
    command.env_clear().envs(environment).current_dir(directory);
    let mut path = vec![Path::new(env!("CARGO_BIN_EXE_s")).parent().unwrap().to_owned()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    command.env("PATH", std::env::join_paths(path).unwrap());
    // The author's own toolchain, and what this workspace has fetched already.
    let home = std::env::home_dir().unwrap_or_default();
    for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        command.env(name, std::env::var_os(name).unwrap_or_else(|| home.join(folder).into()));
    }
    if let Some(toolchain) = std::env::var_os("RUSTUP_TOOLCHAIN") {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command.env("CARGO_NET_OFFLINE", "true");
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("author"));
    command
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Whether lines of a shell succeed.
pub(crate) fn can(sandbox: &Sandbox, lines: &str) -> bool {
    let script = format!("if {lines}; then :; else exit 1; fi >/dev/null 2>&1");
    shell(sandbox, &sandbox.work()).args(["-c", &script]).status().expect("there is a shell").success()
}

/// Why the toolchain here cannot make plugins: the code of the error that says so.
pub(crate) fn missing_for_plugins(sandbox: &Sandbox) -> Option<&'static str> {
    if !can(sandbox, "rustc --version && cargo --version") {
        return Some("S-5100");
    }
    let target = "test -d \"$(rustc --print target-libdir --target wasm32-unknown-unknown)\"";
    if !can(sandbox, target) {
        return Some("S-5101");
    }
    // Cargo fetches the bindings generator only where something is built for the target.
    let fetched = "ls \"$CARGO_HOME\"/registry/cache/*/wit-bindgen-0.60.0.crate";
    if !can(sandbox, fetched) { Some("S-5100") } else { None }
}
