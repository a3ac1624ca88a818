//! `s x`: a program of a package, run because a person asked for it, without being installed.

use std::sync::Arc;

use crate::Context;
use crate::failure::Failure;
use crate::script_run;
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
    let (project, file) = passing_program(context, spec, program, registry)?;
    script_run::program(context, &file, arguments, Some(&project))
}
