//! `s x`: a program of a package, run because a person asked for it, without being installed.

use std::process::Command;
use std::sync::Arc;

use s_diag::{Code, Diagnostic};
use s_store::files;

use crate::Context;
use crate::failure::{Failure, FailureKind};
use crate::script_run::status_of;
use crate::tools::passing_program;

/// Brings a package, `NAME` or `NAME@REQUIREMENT`, and runs a program of it where the user is.
/// Returns the status it ended with.
pub fn tool_run(
    context: &Arc<Context>,
    spec: &str,
    program: Option<&str>,
    arguments: &[String],
    registry: Option<&str>,
) -> Result<u8, Failure> {
    let found = passing_program(context, spec, program, registry)?;
    if !files::is_executable(&found.path)? {
        let message = format!(
            "`{}` of `{}` {} is a source text, and this `s` cannot compile programs yet",
            found.path.file_name().unwrap_or_default().to_string_lossy(),
            found.tool.name,
            found.tool.version
        );
        let diagnostic = Diagnostic::error(Code::TOOL, message);
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    let status = Command::new(&found.path).args(arguments).current_dir(context.directory()).status();
    let status = status.map_err(|error| {
        let message = format!("`{}` could not be started", found.path.display());
        Failure::new(FailureKind::Failed, Diagnostic::error(Code::TOOL, message).note(error.to_string()))
    })?;
    Ok(status_of(status))
}
