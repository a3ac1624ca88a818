//! A place to run `s` in: a home and a directory of its own, a fixed width, and no variable of the
//! environment that was not set here.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A directory that nothing outside of it has an influence on. Removed when dropped.
pub(crate) struct Sandbox {
    directory: TempDir,
    variables: Vec<(OsString, OsString)>,
}

/// What one run of `s` did.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Standard output, with the paths of the sandbox replaced.
    pub(crate) stdout: String,
    /// Standard error, likewise.
    pub(crate) stderr: String,
    /// The exit status; none when a signal ended it.
    pub(crate) status: Option<i32>,
}

impl Sandbox {
    /// Makes an empty one.
    pub(crate) fn new() -> Sandbox {
        let directory = TempDir::new().expect("the system has a directory for temporary files");
        for name in ["home", "work", "tmp"] {
            fs::create_dir(directory.path().join(name)).expect("the directory was just made");
        }
        Sandbox { directory, variables: Vec::new() }
    }

    /// Sets a variable for every run.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Sandbox {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Returns the directory `s` is run in.
    pub(crate) fn work(&self) -> PathBuf {
        self.directory.path().join("work")
    }

    /// Returns the home of `s`.
    pub(crate) fn home(&self) -> PathBuf {
        self.directory.path().join("home").join(".stryke")
    }

    /// Writes a file in the directory `s` is run in and returns its path.
    pub(crate) fn write(&self, path: &str, content: &str) -> PathBuf {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().expect("it is below the sandbox"))
            .expect("the sandbox can be written");
        fs::write(&path, content).expect("the sandbox can be written");
        path
    }

    /// Returns `s`, ready to be started with these arguments.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let root = self.directory.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_s"));
        command
            .args(args)
            .current_dir(self.work())
            .env_clear()
            .env("HOME", root.join("home"))
            .env("STRYKE_HOME", root.join("home").join(".stryke"))
            .env("TMPDIR", root.join("tmp"))
            .env("COLUMNS", "80")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        // Programs cannot start without these on Windows.
        for name in ["SystemRoot", "windir"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
    }

    /// Runs `s` with these arguments to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        let output = self.command(args).output().expect("the binary was built for this test");
        self.outcome(&output)
    }

    /// Makes an outcome of what a process printed.
    pub(crate) fn outcome(&self, output: &Output) -> Outcome {
        let text = |bytes: &[u8]| filtered(&String::from_utf8_lossy(bytes), self.directory.path());
        Outcome { stdout: text(&output.stdout), stderr: text(&output.stderr), status: output.status.code() }
    }
}

impl Outcome {
    /// Returns standard output as JSON, which must be one document.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns all of it as one text, for snapshots.
    pub(crate) fn text(&self) -> String {
        let status = self.status.map_or_else(|| "signal".to_owned(), |status| status.to_string());
        let mut text = format!("status {status}\n");
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text.push_str(&format!("--- {name}\n{stream}"));
            }
        }
        text
    }
}

/// The files and folders in a folder that were only meant to be there for a while.
pub(crate) fn temporaries_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is in the sandbox") {
        let entry = entry.expect("the sandbox can be read");
        if entry.file_name().to_string_lossy().starts_with(s_store::TEMPORARY_PREFIX) {
            found.push(entry.path());
        }
        if entry.path().is_dir() {
            found.extend(temporaries_below(&entry.path()));
        }
    }
    found
}

/// Replaces what differs from place to place: where the sandbox is, the version and the target.
fn filtered(text: &str, root: &Path) -> String {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    text.replace(&*real.to_string_lossy(), "[sandbox]")
        .replace(&*root.to_string_lossy(), "[sandbox]")
        .replace(env!("CARGO_PKG_VERSION"), "[version]")
        .replace("\r\n", "\n")
}
