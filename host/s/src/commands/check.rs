//! `s check`.

use std::path::PathBuf;

use clap::Args;
use s_diag::{Diagnostic, Severity};
use s_ops::language::{CheckRequest, check};
use s_ui::{Align, Table, Verbosity};
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s check`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Nothing is run. Of a folder, every file ending in `.stk` or `.st` is checked, but for those below
`target` and `vendor`. For each program there is what it can reach, with everything it requires: net,
fs-read, fs-write, exec, env, clock. It ends with 1 where there are errors; warnings are no errors.

Examples:
  s check
  s check main.stk lib
  s check --json t")]
pub(crate) struct CheckArgs {
    /// Files and folders; without any, the folder you are in
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Read the programs as plain Perl 5
    #[arg(long)]
    compat: bool,

    /// Refuse Perl's spellings where the language has its own: `sub`, `say`, `$a`
    #[arg(long, conflicts_with = "compat")]
    no_interop: bool,

    /// A folder with modules that belong to no package
    #[arg(short = 'I', value_name = "FOLDER")]
    include: Vec<PathBuf>,
}

/// Checks programs.
pub(super) fn run(context: &Context<'_>, args: &CheckArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = CheckRequest {
        paths: args.paths.clone(),
        include: args.include.clone(),
        compat: args.compat,
        no_interop: args.no_interop,
    };
    let checked = check(&operations, &request)?;
    let (errors, warnings) = (checked.count(Severity::Error), checked.count(Severity::Warning));
    let exit = if errors == 0 { Exit::Done } else { Exit::Failed };
    if context.ui.is_json() {
        let files = checked.files.iter().map(|file| {
            json!({
                "path": file.path.display().to_string(),
                "effects": file.effects,
                "errors": file.errors,
                "warnings": file.warnings,
            })
        });
        let diagnostics: Vec<Value> = checked.diagnostics.iter().map(document).collect();
        context.ui.json(&json!({
            "files": files.collect::<Vec<_>>(),
            "diagnostics": diagnostics,
            "errors": errors,
            "warnings": warnings,
        }));
        return Ok(exit);
    }
    checked.diagnostics.iter().for_each(|diagnostic| context.ui.diagnostic(diagnostic));
    if context.ui.verbosity() >= Verbosity::Normal && errors == 0 {
        let mut table = Table::new(&[("Program", Align::Left), ("Can reach", Align::Left)]);
        for file in &checked.files {
            let effects = if file.effects.is_empty() { "-".to_owned() } else { file.effects.join(", ") };
            table.row([file.path.display().to_string(), effects]);
        }
        context.ui.answer(table.render(context.ui.columns()));
    }
    let count = |count: usize, what: &str| match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    let object = format!(
        "{}: {}, {}",
        count(checked.files.len(), "program"),
        count(errors, "error"),
        count(warnings, "warning")
    );
    context.ui.status("Checked", object);
    Ok(exit)
}

/// A finding in the shape that errors have in JSON.
pub(super) fn document(diagnostic: &Diagnostic) -> Value {
    let labels = diagnostic.labels.iter().map(|label| {
        let (line, column) = label.source.position(label.span.start);
        let (end_line, end_column) = label.source.position(label.span.end);
        json!({
            "file": label.source.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
            "text": label.text,
            "primary": label.primary,
        })
    });
    json!({
        "code": diagnostic.code.to_string(),
        "severity": diagnostic.severity.word(),
        "message": diagnostic.message,
        "notes": diagnostic.notes,
        "labels": labels.collect::<Vec<_>>(),
        "hints": diagnostic.hints,
    })
}
