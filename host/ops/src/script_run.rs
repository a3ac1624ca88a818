//! `s run`: a line of `[scripts]`, given to the shell of the system because a person asked for it.
//!
//! Scripts are those of the project itself. Nothing runs one on the way of anything else: not while
//! packages are brought here, and not those of a package that somebody depends on. A program of the
//! package is run by its name too, and the only one without.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_project::MANIFEST_NAME;
use s_store::files;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::language::{is_source_name, run_here};
use crate::packages::{MAIN, Project};

/// A script, as `s run` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its name.
    pub name: String,
    /// The line.
    pub line: String,
}

/// What `s run` can run by a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runnable {
    /// The scripts of the package: its own, then those of the root of its workspace.
    pub scripts: Vec<Script>,
    /// The programs of the package: names, and files in its folder.
    pub programs: BTreeMap<String, String>,
}

/// The scripts and programs of the package the user is in, or of a member.
pub fn runnable(context: &Arc<Context>, member: Option<&str>) -> Result<Runnable, Failure> {
    runnable_in(&Project::read(context, member)?)
}

fn runnable_in(project: &Project) -> Result<Runnable, Failure> {
    let of = |manifest: &s_project::ProjectManifest| -> Vec<Script> {
        let scripts = manifest.scripts().iter();
        scripts.map(|(name, line)| Script { name: name.clone(), line: line.clone() }).collect()
    };
    let mut scripts = of(project.manifest());
    for script in of(project.root_manifest()) {
        if scripts.iter().all(|own| own.name != script.name) {
            scripts.push(script);
        }
    }
    Ok(Runnable { scripts, programs: project.programs()? })
}

/// Runs the only program of the package, and returns the status it ended with; where there are several,
/// or none and scripts instead, nothing is run and they are returned.
///
/// # Errors
/// Where there is nothing at all; those of starting it.
pub fn only_program_run(
    context: &Arc<Context>,
    arguments: &[String],
    member: Option<&str>,
) -> Result<Result<u8, Runnable>, Failure> {
    let project = Project::read(context, member)?;
    let found = runnable_in(&project)?;
    let mut programs = found.programs.values();
    match (programs.next(), programs.next()) {
        (Some(file), None) => program(context, &project.folder().join(file), arguments, None).map(Ok),
        (None, _) if found.scripts.is_empty() => Err(nothing(&project)),
        _ => Ok(Err(found)),
    }
}

/// Runs a script in the folder of its package, with arguments behind its line, and returns the
/// status it ended with: 128 and the number of the signal, where one ended it.
pub fn script_run(
    context: &Arc<Context>,
    name: &str,
    arguments: &[String],
    member: Option<&str>,
) -> Result<u8, Failure> {
    let project = Project::read(context, member)?;
    let manifest = project.manifest();
    let own = manifest.scripts().get(name);
    let mut programs = project.programs()?;
    let Some(line) = own.or_else(|| project.root_manifest().scripts().get(name)) else {
        let Some(file) = programs.remove(name) else {
            return Err(unknown(&runnable_in(&project)?, name));
        };
        return program(context, &project.folder().join(file), arguments, None);
    };
    // `main.stk` has its name from the package: a script of that name is no slip.
    if let Some(file) =
        programs.get(name).filter(|file| *file != MAIN || manifest.binaries().contains_key(name))
    {
        let message = format!("`{name}` is a script and a program of this package");
        let diagnostic = Diagnostic::error(Code::SCRIPT, message)
            .note(format!("`[scripts]` has `{line}`, and the program is `{file}`"))
            .hint("give one of them another name");
        return Err(Failure::new(FailureKind::Usage, diagnostic));
    }
    let folder = if own.is_some() { project.folder() } else { project.root.clone() };
    let mut command = shell(line, arguments);
    let status = command.current_dir(folder).status().map_err(|error| {
        let message = format!("the script `{name}` could not be started");
        Failure::new(FailureKind::Failed, Diagnostic::error(Code::SCRIPT, message).note(error.to_string()))
    })?;
    Ok(status_of(status))
}

/// The line stands as it is written; arguments are handed over as they are, never pasted into it.
#[cfg(unix)]
fn shell(line: &str, arguments: &[String]) -> Command {
    let mut command = Command::new("/bin/sh");
    let line = if arguments.is_empty() { line.to_owned() } else { format!("{line} \"$@\"") };
    command.args(["-c", &line, "s run"]).args(arguments);
    command
}

#[cfg(not(unix))]
fn shell(line: &str, arguments: &[String]) -> Command {
    let mut command = Command::new("cmd");
    command.args(["/D", "/S", "/C", line]).args(arguments);
    command
}

#[cfg(unix)]
pub(crate) fn status_of(status: std::process::ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let signal = status.signal().map(|signal| signal + 128);
    status.code().or(signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(not(unix))]
pub(crate) fn status_of(status: std::process::ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// Runs a program of a package where the user is: machine code as it is, a source through this `s`.
/// `project` is the folder of the project whose lock has the package, where it is not around the file.
pub(crate) fn program(
    context: &Context,
    file: &Path,
    arguments: &[String],
    project: Option<&Path>,
) -> Result<u8, Failure> {
    if is_source_name(file) || !files::is_executable(file)? {
        let locked = project.map(|project| ["--locked-by".as_ref(), project.as_os_str()]);
        let words = locked.into_iter().flatten().chain(["--".as_ref(), file.as_os_str()]);
        let words = words.map(OsStr::to_os_string).chain(arguments.iter().map(OsString::from));
        let words: Vec<OsString> = words.collect();
        return run_here(context.directory(), &words);
    }
    let status = Command::new(file).args(arguments).current_dir(context.directory()).status();
    let status = status.map_err(|error| {
        let message = format!("`{}` could not be started", file.display());
        Failure::new(FailureKind::Failed, Diagnostic::error(Code::SCRIPT, message).note(error.to_string()))
    })?;
    Ok(status_of(status))
}

fn unknown(found: &Runnable, name: &str) -> Failure {
    let message = format!("there is no script or program `{}` here", name.escape_debug());
    let mut diagnostic = Diagnostic::error(Code::SCRIPT, message);
    let scripts = found.scripts.iter().map(|script| script.name.as_str());
    let known: Vec<&str> = scripts.chain(found.programs.keys().map(String::as_str)).collect();
    if let Some(near) = s_project::nearest_name(name, &known) {
        diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
    } else if known.is_empty() {
        diagnostic = diagnostic.hint(format!("add one to `stryke.toml`:\n[scripts]\n{name} = \"…\""));
    } else {
        let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        diagnostic = diagnostic.note(format!("there are {}", known.join(", "))).hint("s run --list");
    }
    Failure::new(FailureKind::Usage, diagnostic)
}

fn nothing(project: &Project) -> Failure {
    let mut diagnostic = Diagnostic::error(Code::SCRIPT, "there is nothing to run here").note(format!(
        "looked for `[bin]` in {MANIFEST_NAME}, for files in `bin`, for `{MAIN}` and for `[scripts]`"
    ));
    let names: Vec<String> = project.names().map(|name| format!("`{name}`")).collect();
    if project.root_manifest().workspace().is_some() && !names.is_empty() {
        diagnostic = diagnostic
            .note(format!("the members of the workspace are {}", names.join(", ")))
            .hint("for one of them: s run -p NAME");
    }
    let diagnostic =
        diagnostic.hint(format!("write the program into `{MAIN}`")).hint("a file by itself: s run FILE");
    Failure::new(FailureKind::Usage, diagnostic)
}
