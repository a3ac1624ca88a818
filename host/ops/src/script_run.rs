//! `s run`: a line of `[scripts]`, given to the shell of the system because a person asked for it.
//!
//! Scripts are those of the project itself. Nothing runs one on the way of anything else: not while
//! packages are brought here, and not those of a package that somebody depends on. A program of the
//! package is run by its name too.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_store::files;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::language::{is_source_name, run_here};
use crate::packages::Project;

/// A script, as `s run` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its name.
    pub name: String,
    /// The line.
    pub line: String,
}

/// The scripts of the package the user is in: its own, then those of the root of its workspace.
pub fn scripts(context: &Arc<Context>, member: Option<&str>) -> Result<Vec<Script>, Failure> {
    let project = Project::read(context, member)?;
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
    Ok(scripts)
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
    let Some(line) = own.or_else(|| project.root_manifest().scripts().get(name)) else {
        let Some(file) = manifest.programs(&project.folder())?.remove(name) else {
            return Err(unknown(&project, name));
        };
        return program(context, &project.folder().join(file), arguments, None);
    };
    let programs = manifest.programs(&project.folder())?;
    if let Some(file) = programs.get(name) {
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

fn unknown(project: &Project, name: &str) -> Failure {
    let manifest = project.manifest();
    let message = format!("there is no script `{}` here", name.escape_debug());
    let mut diagnostic = Diagnostic::error(Code::SCRIPT, message);
    let known: Vec<&str> = manifest
        .scripts()
        .keys()
        .chain(project.root_manifest().scripts().keys())
        .map(String::as_str)
        .collect();
    if let Some(near) = s_project::nearest_name(name, &known) {
        diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
    } else if known.is_empty() {
        diagnostic = diagnostic.hint(format!("add one to `stryke.toml`:\n[scripts]\n{name} = \"…\""));
    } else {
        diagnostic = diagnostic.hint("s run");
    }
    Failure::new(FailureKind::Usage, diagnostic)
}
