//! Compiles a folder with the author's own `cargo`.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use s_diag::{Code, Diagnostic};
use s_store::files;
use serde::Deserialize;

use crate::Context;
use crate::failure::{Failure, FailureKind};

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the crate of a folder and returns where its core module is. What cargo has to say goes
/// where it always goes, so that its errors look as its user knows them.
pub(super) fn build(context: &Context, folder: &Path) -> Result<PathBuf, Failure> {
    check_target(folder)?;
    let mut command = Command::new("cargo");
    command.current_dir(folder).args(["build", "--release", "--target", TARGET]);
    command.arg("--message-format=json-render-diagnostics");
    if context.is_offline() {
        command.arg("--offline");
    }
    let output = run(command.stderr(Stdio::inherit()))?;
    if !output.status.success() {
        let message = format!("`cargo build` of `{}` failed: {}", context.shown(folder), output.status);
        return Err(failure(
            Diagnostic::error(Code::PLUGIN_CARGO, message).note("what it said stands above"),
        ));
    }
    module_in(&String::from_utf8_lossy(&output.stdout), folder).ok_or_else(|| {
        let message = format!("`cargo build` of `{}` made no core module", context.shown(folder));
        failure(
            Diagnostic::error(Code::NO_CORE_MODULE, message)
                .hint("in `Cargo.toml`:\n[lib]\ncrate-type = [\"cdylib\"]"),
        )
    })
}

/// Asks first: what `rustc` says of a missing standard library does not name the way out.
fn check_target(folder: &Path) -> Result<(), Failure> {
    let mut command = Command::new("rustc");
    command.current_dir(folder).args(["--print", "target-libdir", "--target", TARGET]);
    let output = run(command.stderr(Stdio::null()))?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if output.status.success() && files::exists(&libraries)? {
        return Ok(());
    }
    let message = format!("the Rust toolchain here cannot compile for `{TARGET}`");
    Err(failure(
        Diagnostic::error(Code::WASM_TARGET_MISSING, message).hint(format!("rustup target add {TARGET}")),
    ))
}

fn run(command: &mut Command) -> Result<Output, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).output().map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::NotFound => "it is not installed, or not on the `PATH`".to_owned(),
            _ => error.to_string(),
        };
        failure(
            Diagnostic::error(Code::PLUGIN_CARGO, format!("`{program}` cannot be started: {why}"))
                .hint("install Rust: https://rustup.rs")
                .hint("or hand over a core module: s plugin build --module core.wasm"),
        )
    })
}

fn failure(diagnostic: Diagnostic) -> Failure {
    Failure::new(FailureKind::Failed, diagnostic)
}

/// One line of what cargo prints for programs.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    manifest_path: PathBuf,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// Finds the module of the folder's own crate.
fn module_in(messages: &str, folder: &Path) -> Option<PathBuf> {
    let own = files::canonicalize(&folder.join("Cargo.toml")).ok()?;
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    artifacts
        .filter(|message| message.reason == "compiler-artifact")
        .filter(|message| files::canonicalize(&message.manifest_path).is_ok_and(|path| path == own))
        .flat_map(|message| message.filenames)
        .find(|file| file.extension().is_some_and(|ending| ending == "wasm"))
}
