//! Who runs programs: `s`, and the languages beside it. Most run a file; some make an executable of it
//! first, which is what is measured.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::call::first_lines;

/// The peers that are known.
pub(crate) const NAMES: [&str; 6] = ["perl", "luajit", "node", "python3", "go", "c"];

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

/// How an executable is made of a file: `PROGRAM OPTIONS -o EXECUTABLE FILE LIBRARIES`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Building {
    /// What comes first.
    pub(crate) options: &'static [&'static str],
    /// What comes at the end.
    pub(crate) libraries: &'static [&'static str],
    /// Variables that are set for it.
    pub(crate) environment: Vec<(&'static str, OsString)>,
}

/// What there is to know of one of [`NAMES`] before it is looked for.
struct Known {
    /// What it may be called in `PATH`, the best first.
    programs: &'static [&'static str],
    /// How it is asked for its version.
    asks: &'static [&'static str],
    /// As in [`Peer`], and so the rest.
    endings: &'static [&'static str],
    building: Option<Building>,
    is_partial: bool,
}

impl Known {
    /// One that runs files, and has all programs.
    fn runs(
        programs: &'static [&'static str],
        asks: &'static [&'static str],
        endings: &'static [&'static str],
    ) -> Known {
        Known { programs, asks, endings, building: None, is_partial: false }
    }

    /// The one of this name; what it keeps while it builds goes to this folder.
    fn of(name: &str, scratch: &Path) -> Option<Known> {
        Some(match name {
            "perl" => Known::runs(&["perl"], &["-e", "print $^V"], &["pl"]),
            "luajit" => Known::runs(&["luajit"], &["-v"], &["lua"]),
            "node" => Known::runs(&["node"], &["--version"], &["js"]),
            "python3" => Known::runs(&["python3"], &["--version"], &["py"]),
            "go" => {
                Known { building: Some(Building::go(scratch)), ..Known::runs(&["go"], &["version"], &["go"]) }
            }
            "c" => Known {
                building: Some(Building::c()),
                is_partial: true,
                // The system's own first.
                ..Known::runs(&["cc", "gcc", "clang"], &["--version"], &["c"])
            },
            _ => return None,
        })
    }
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
        let building = Building { options: &["build", "--release"], ..Building::default() };
        Peer { name: "s build".to_owned(), building: Some(building), ..self }
    }

    /// One of [`NAMES`], if this machine has it.
    ///
    /// # Errors
    /// A name that is none of them; one that is there and cannot be asked for its version.
    pub(crate) fn find(name: &str, scratch: &Path) -> Result<Option<Peer>> {
        let Some(known) = Known::of(name, scratch) else { bail!("there is no peer `{name}`") };
        let Some(mut program) = known.programs.iter().find_map(|name| in_path(name)) else { return Ok(None) };
        if name == "python3" {
            program = behind_python(&program, scratch).unwrap_or(program);
        }
        let version = version(&program, known.asks)?;
        Ok(Some(Peer {
            name: name.to_owned(),
            program,
            arguments: Vec::new(),
            endings: known.endings,
            version,
            building: known.building,
            is_partial: known.is_partial,
        }))
    }
}

impl Building {
    /// How a C program is built. Products and sums are not fused, whatever processor it is built for: the
    /// others round each, and all have to print the same.
    fn c() -> Building {
        let options = &["-O2", "-static", "-ffp-contract=off"];
        Building { options, libraries: &["-lm"], ..Building::default() }
    }

    /// How a Go program is built: as `go build FILE` does where nobody has set anything, of that file and
    /// the standard library alone, so that nothing is fetched. What is kept from one program to the next is
    /// in this folder.
    fn go(scratch: &Path) -> Building {
        let environment = vec![
            ("CGO_ENABLED", "0".into()),
            ("GO111MODULE", "off".into()),
            ("GOCACHE", scratch.join("go-cache").into()),
            ("GOENV", "off".into()),
            ("GOFLAGS", "".into()),
            ("GOPATH", scratch.join("go-path").into()),
        ];
        Building { options: &["build"], environment, ..Building::default() }
    }

    /// Makes an executable of a file with this program.
    ///
    /// # Errors
    /// What the program says, where it does not.
    pub(crate) fn build(&self, program: &Path, file: &Path, executable: &Path) -> Result<()> {
        let mut command = Command::new(program);
        command.args(self.options).arg("-o").arg(executable).arg(file).args(self.libraries);
        command.envs(self.environment.iter().cloned());
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
        assert!(NAMES.iter().all(|name| Known::of(name, scratch.path()).is_some()));
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
    fn go_is_built_where_it_is() {
        let scratch = tempfile::tempdir().unwrap();
        let Some(go) = Peer::find("go", scratch.path()).unwrap() else {
            assert_eq!(in_path("go"), None);
            return;
        };
        assert_eq!((go.endings, go.is_partial), (&["go"][..], false));
        assert!(go.version.starts_with("go version "), "{}", go.version);
        let [file, executable] = ["some.go", "some.built"].map(|name| scratch.path().join(name));
        let build = |body: &str| {
            std::fs::write(&file, format!("package main\n\nfunc main() {{ {body} }}\n")).unwrap();
            go.building.as_ref().unwrap().build(&go.program, &file, &executable)
        };
        let said = build("absent()").unwrap_err().to_string();
        assert!(said.starts_with(&format!("build {}: exit status: ", file.display())), "{said}");
        assert!(said.contains("absent"), "{said}");
        assert!(!executable.exists());
        build("println(2 * 3)").unwrap();
        let ran = Command::new(&executable).output().unwrap();
        assert_eq!((ran.status.success(), ran.stderr.as_slice()), (true, &b"6\n"[..]));
        assert!(scratch.path().join("go-cache").is_dir());
    }

    #[test]
    fn a_building_sets_variables_and_names_the_file_last_but_for_libraries() {
        let building = Building {
            options: &["-c", r#"echo "$VARIABLE" "$@" >&2; exit 1"#, "sh"],
            libraries: &["-lm"],
            environment: vec![("VARIABLE", "set".into())],
        };
        let built = building.build(Path::new("/bin/sh"), Path::new("in.go"), Path::new("out"));
        assert_eq!(built.unwrap_err().to_string(), "build in.go: exit status: 1\nset -o out in.go -lm");
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
