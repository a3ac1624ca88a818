//! Who runs programs: `s`, and the languages beside it. Most run a file; some make an executable of it
//! first, which is what is measured.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::call::first_lines;

/// The peers that are known.
pub(crate) const NAMES: [&str; 5] = ["perl", "luajit", "node", "python3", "c"];

/// Names of a C compiler, the system's own first.
const C_COMPILERS: [&str; 3] = ["cc", "gcc", "clang"];

/// How a C program is built. Products and sums are not fused, whatever processor it is built for: the
/// others round each, and all have to print the same.
const C_BUILDING: Building =
    Building { options: &["-O2", "-static", "-ffp-contract=off"], libraries: &["-lm"] };

/// One who runs programs.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The name in tables.
    pub(crate) name: String,
    /// What is started.
    pub(crate) program: PathBuf,
    /// Its arguments before the file.
    pub(crate) arguments: Vec<String>,
    /// The endings of files it takes, the best first.
    pub(crate) endings: &'static [&'static str],
    /// What it says of its version.
    pub(crate) version: String,
    /// How it makes an executable of the file first, if it does.
    pub(crate) building: Option<Building>,
    /// It has some of the programs only: one that is not there is no failure.
    pub(crate) is_partial: bool,
}

/// How an executable is made of a file: `PROGRAM OPTIONS FILE -o EXECUTABLE LIBRARIES`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Building {
    /// What comes before the file.
    pub(crate) options: &'static [&'static str],
    /// What comes at the end.
    pub(crate) libraries: &'static [&'static str],
}

impl Peer {
    /// The `s` to measure.
    ///
    /// # Errors
    /// A file that is none or cannot be started.
    pub(crate) fn s(file: &Path, arguments: &[String]) -> Result<Peer> {
        let program = std::path::absolute(file).with_context(|| format!("find {}", file.display()))?;
        if !program.is_file() {
            bail!("{} is no file", program.display());
        }
        Ok(Peer {
            name: "s".to_owned(),
            version: version(&program, &["version"])?,
            program,
            arguments: arguments.to_vec(),
            endings: &["stk", "pl"],
            building: None,
            is_partial: false,
        })
    }

    /// Executables that this `s` builds.
    pub(crate) fn built(self) -> Peer {
        let building = Building { options: &["build", "--release"], libraries: &[] };
        Peer { name: "s build".to_owned(), building: Some(building), ..self }
    }

    /// One of [`NAMES`], if this machine has it.
    ///
    /// # Errors
    /// A name that is none of them; one that is there and cannot be asked for its version.
    pub(crate) fn find(name: &str, scratch: &Path) -> Result<Option<Peer>> {
        let (endings, asks): (&'static [&'static str], &[&str]) = match name {
            "perl" => (&["pl"], &["-e", "print $^V"]),
            "luajit" => (&["lua"], &["-v"]),
            "node" => (&["js"], &["--version"]),
            "python3" => (&["py"], &["--version"]),
            "c" => (&["c"], &["--version"]),
            _ => bail!("there is no peer `{name}`"),
        };
        let is_c = name == "c";
        let found = if is_c { C_COMPILERS.into_iter().find_map(in_path) } else { in_path(name) };
        let Some(mut program) = found else { return Ok(None) };
        if name == "python3" {
            program = behind_python(&program, scratch).unwrap_or(program);
        }
        let version = version(&program, asks)?;
        Ok(Some(Peer {
            name: name.to_owned(),
            program,
            arguments: Vec::new(),
            endings,
            version,
            building: is_c.then_some(C_BUILDING),
            is_partial: is_c,
        }))
    }
}

impl Building {
    /// Makes an executable of a file with this program.
    ///
    /// # Errors
    /// What the program says, where it does not.
    pub(crate) fn build(&self, program: &Path, file: &Path, executable: &Path) -> Result<()> {
        let mut command = Command::new(program);
        command.args(self.options).arg(file).arg("-o").arg(executable).args(self.libraries);
        let built =
            command.stdin(Stdio::null()).output().with_context(|| format!("start {}", program.display()))?;
        if !built.status.success() {
            bail!("build {}: {}{}", file.display(), built.status, first_lines(&built.stderr));
        }
        Ok(())
    }
}

/// Finds a program as a shell would.
fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&path)
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)));
    files.find(|file| file.is_file())
}

/// The interpreter itself: what is found in `PATH` may be a script that chooses one, and would be
/// measured as well.
fn behind_python(found: &Path, scratch: &Path) -> Option<PathBuf> {
    let asked = Command::new(found)
        .args(["-c", "import sys; print(sys.executable)"])
        .current_dir(scratch)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let said = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim());
    said.is_file().then_some(said)
}

/// The first line of what a program says of itself.
fn version(program: &Path, asks: &[&str]) -> Result<String> {
    let asked = Command::new(program)
        .args(asks)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("start {}", program.display()))?;
    if !asked.status.success() {
        return Ok("does not say its version".to_owned());
    }
    let said = String::from_utf8_lossy(if asked.stdout.is_empty() { &asked.stderr } else { &asked.stdout })
        .into_owned();
    let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    Ok(line.split(" -- ").next().unwrap_or(line).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_is_a_peer() {
        let scratch = tempfile::tempdir().unwrap();
        assert_eq!(Peer::find("cobol", scratch.path()).unwrap_err().to_string(), "there is no peer `cobol`");
        let absent = scratch.path().join("absent");
        assert!(Peer::s(&absent, &[]).unwrap_err().to_string().ends_with("absent is no file"));
    }

    /// A C compiler is what building this project needs as well.
    #[test]
    fn c_is_built_by_the_compiler_of_the_system() {
        let scratch = tempfile::tempdir().unwrap();
        let c = Peer::find("c", scratch.path()).unwrap().unwrap();
        assert_eq!((c.name.as_str(), c.endings, c.is_partial), ("c", &["c"][..], true));
        assert_ne!(c.version, "");
        let file = scratch.path().join("bad.c");
        std::fs::write(&file, "int main(void) { return absent; }\n").unwrap();
        let built = c.building.unwrap().build(&c.program, &file, &scratch.path().join("bad"));
        let said = built.unwrap_err().to_string();
        assert!(said.starts_with(&format!("build {}: exit status: 1\n", file.display())), "{said}");
        assert!(said.contains("absent"), "{said}");
    }

    #[test]
    fn a_version_is_one_line() {
        assert_eq!(
            version(Path::new("/bin/sh"), &["-c", "echo; echo one 2 -- more; echo two"]).unwrap(),
            "one 2"
        );
        assert_eq!(version(Path::new("/bin/sh"), &["-c", "echo said >&2"]).unwrap(), "said");
        let silent = version(Path::new("/bin/sh"), &["-c", "echo no >&2; exit 1"]).unwrap();
        assert_eq!(silent, "does not say its version");
    }
}
