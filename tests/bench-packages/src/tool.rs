//! What is measured: `s`, and the tools beside it, each with everything switched off that it would
//! do besides installing.

mod bun;
mod cargo;
mod pnpm;
mod s;
mod uv;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::call::Call;
use crate::graph::Need;

/// What a tool is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Install, and lock where that is needed.
    Install,
    /// Install what the lock says, and fail where it does not fit.
    InstallLocked,
    /// Lock from nothing, and install nothing.
    Lock,
    /// Make the lock fit again, and install nothing.
    Relock,
    /// Move the first package of a layered graph to its newest version, and install that where the
    /// tool can do so in one go.
    UpdateFirst,
}

/// What the first package of a layered graph is called.
pub(crate) const FIRST: &str = "unit0000";

/// A tool, and how it wants to be told.
pub(crate) trait Tool {
    /// The name of the program.
    fn name(&self) -> &'static str;

    /// Writes what names the registry for the whole user.
    fn write_home(&self, home: &Path, origin: &str) -> Result<()>;

    /// Writes the manifest of a project with these needs, in place of one that is there.
    fn write_manifest(&self, project: &Path, needs: &[Need], origin: &str) -> Result<()>;

    /// The arguments of a step.
    fn arguments(&self, step: Step) -> &'static [&'static str];

    /// The environment besides `PATH` and `HOME`.
    fn environment(&self, home: &Path) -> Vec<(&'static str, String)>;

    /// The name of the lock file.
    fn lock_name(&self) -> &'static str;

    /// What of the home is there when it is cold, as it is for whoever has used the tool once: how
    /// paths below the home begin. Packages and what registries said are not.
    fn kept_when_cold(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether it could hold several compatible versions of one package, so that nothing makes it
    /// go back on a choice.
    fn holds_compatible_versions(&self) -> bool {
        false
    }
}

/// A tool that was found.
pub(crate) struct Found {
    /// The tool.
    pub(crate) tool: Box<dyn Tool>,
    /// Its program.
    pub(crate) program: PathBuf,
    /// What it says its version is.
    pub(crate) version: String,
    /// Folders that its `PATH` needs before those of the system.
    path: Vec<PathBuf>,
}

impl Found {
    /// A call with these arguments in a project, for a home.
    pub(crate) fn call(&self, home: &Path, project: &Path, arguments: &[&str]) -> Call {
        let mut path: Vec<String> = self.path.iter().map(|folder| folder.display().to_string()).collect();
        path.extend(["/usr/bin".to_owned(), "/bin".to_owned()]);
        let mut environment =
            vec![("PATH".to_owned(), path.join(":")), ("HOME".to_owned(), home.display().to_string())];
        let own = self.tool.environment(home);
        environment.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Call {
            program: self.program.clone(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            environment,
            directory: project.to_owned(),
            log: project.join("said.log"),
        }
    }
}

/// Finds the tools in these folders. Gives those that are there, and the names of those that are not.
///
/// # Errors
/// `s` itself is not there, or a tool does not say its version.
pub(crate) fn find(s: &Path, folders: &[PathBuf]) -> Result<(Vec<Found>, Vec<&'static str>)> {
    let version = version_of(s)?;
    let own: Box<dyn Tool> = Box::new(s::S);
    let mut found = vec![Found { tool: own, program: s.to_owned(), version, path: Vec::new() }];
    let mut missing = Vec::new();
    let python = program_in(folders, "python3").and_then(|python| real_python(&python));
    let peers: [Option<Box<dyn Tool>>; 4] = [
        Some(Box::new(bun::Bun)),
        Some(Box::new(pnpm::Pnpm)),
        python.map(|python| -> Box<dyn Tool> { Box::new(uv::Uv { python }) }),
        Some(Box::new(cargo::Cargo)),
    ];
    for (tool, name) in peers.into_iter().zip(["bun", "pnpm", "uv", "cargo"]) {
        let program = program_in(folders, name).map(|program| real_cargo(name, program));
        let (Some(tool), Some(program)) = (tool, program) else {
            missing.push(name);
            continue;
        };
        let version = version_of(&program)?;
        let path = program.parent().map(Path::to_owned).into_iter().collect();
        found.push(Found { tool, program, version, path });
    }
    Ok((found, missing))
}

fn program_in(folders: &[PathBuf], name: &str) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn version_of(program: &Path) -> Result<String> {
    let output = Command::new(program)
        .arg("--version")
        .output()
        .with_context(|| format!("ask {} for its version", program.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    Ok(number.unwrap_or("of unknown version").to_owned())
}

/// rustup's `cargo` looks for the one that is meant, which is not what is measured.
fn real_cargo(name: &str, program: PathBuf) -> PathBuf {
    let meant = || {
        let output = Command::new("rustup").args(["which", "cargo"]).output().ok()?;
        let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        path.is_file().then_some(path)
    };
    if name == "cargo" { meant().unwrap_or(program) } else { program }
}

/// A `python3` that only finds another one says so itself.
fn real_python(program: &Path) -> Option<PathBuf> {
    let output = Command::new(program).args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Version;

    /// What each tool is told is what its manifest has to say; the rest a run shows.
    #[test]
    fn manifests_name_what_is_needed_and_where_it_is() {
        let need = |name: &str| Need { name: name.into(), from: Version(1, 2, 0), below: Version(2, 0, 0) };
        let needs = [need("unit0001"), need("unit0002")];
        let tools: [(Box<dyn Tool>, &str, &str); 5] = [
            (Box::new(s::S), "stryke.toml", "unit0002 = \">=1.2.0, <2.0.0\"\n"),
            (Box::new(bun::Bun), "package.json", "\"unit0002\":\">=1.2.0 <2.0.0\""),
            (Box::new(pnpm::Pnpm), "package.json", "\"unit0002\":\">=1.2.0 <2.0.0\""),
            (Box::new(uv::Uv { python: "/python3".into() }), "pyproject.toml", "\"unit0002>=1.2.0,<2.0.0\","),
            (Box::new(cargo::Cargo), "Cargo.toml", "unit0002 = \">=1.2.0, <2.0.0\"\n"),
        ];
        for (tool, name, expected) in tools {
            let folder = tempfile::tempdir().unwrap();
            let (home, project) = (folder.path().join("home"), folder.path().join("project"));
            std::fs::create_dir_all(&home).unwrap();
            std::fs::create_dir_all(&project).unwrap();
            tool.write_home(&home, "http://127.0.0.1:9").unwrap();
            tool.write_manifest(&project, &needs, "http://127.0.0.1:9").unwrap();
            let text = std::fs::read_to_string(project.join(name)).unwrap();
            assert!(text.contains(expected) && text.contains("unit0001"), "{}: {text}", tool.name());
            assert!(texts(folder.path()).contains("http://127.0.0.1:9/"), "{}", tool.name());
            for (_, value) in tool.environment(&home) {
                assert!(
                    !value.starts_with('/')
                        || value.starts_with("/python3")
                        || Path::new(&value).starts_with(&home),
                    "{value}"
                );
            }
        }
    }

    fn texts(folder: &Path) -> String {
        let mut all = String::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            all += &if path.is_dir() { texts(&path) } else { std::fs::read_to_string(path).unwrap() };
        }
        all
    }
}
