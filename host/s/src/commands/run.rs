//! `s run`.

use clap::Args;
use s_ops::{script_run, scripts};
use s_ui::{Align, Table};
use serde_json::{Map, Value, json};

use super::Context;
use super::packages::MemberArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s run`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
A script is a line of the project's own `[scripts]`. It is run by the shell, in the folder of the package,
and `s` ends with its status. Scripts of packages that others made are never run.

Examples:
  s run                   # which there are
  s run lint
  s run lint -- --fix     # with arguments")]
pub(crate) struct RunArgs {
    /// The script; without it, all are listed
    #[arg(value_name = "SCRIPT")]
    name: Option<String>,

    /// What is handed to it
    #[arg(value_name = "ARGUMENT", last = true)]
    arguments: Vec<String>,

    #[command(flatten)]
    member: MemberArgs,
}

/// Runs a script; its status is that of the process.
pub(super) fn run(context: &Context<'_>, args: &RunArgs) -> Result<u8, Failure> {
    let operations = (context.operations)()?;
    let member = args.member.member.as_deref();
    let Some(name) = &args.name else {
        let scripts = scripts(&operations, member)?;
        if context.ui.is_json() {
            let scripts: Map<String, Value> =
                scripts.into_iter().map(|script| (script.name, script.line.into())).collect();
            context.ui.json(&json!({ "scripts": scripts }));
        } else if scripts.is_empty() {
            context.ui.note("this project has no scripts");
        } else {
            let mut table = Table::new(&[("Script", Align::Left), ("Line", Align::Left)]);
            scripts.iter().for_each(|script| table.row([&script.name, &script.line]));
            context.ui.answer(table.render(context.ui.columns()));
        }
        return Ok(Exit::Done.status());
    };
    Ok(script_run(&operations, name, &args.arguments, member)?)
}
