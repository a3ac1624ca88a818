//! `s run`.

use std::path::Path;

use clap::Args;
use s_ops::{script_run, scripts};
use s_ui::{Align, Table};
use serde_json::{Map, Value, json};

use super::Context;
use super::packages::MemberArgs;
use crate::exit::Exit;
use crate::frame::Failure;
use crate::program;

/// The arguments of `s run`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
A word with a `/` or with the ending `.stk`, `.st` or `.pl` is a file; all behind it is handed to it. It is
compiled in memory and run, and `s` ends with its status. `s FILE` is the same.

Another word is a script, a line of the project's own `[scripts]`, or a program of the package. A script is
run by the shell, in the folder of the package. Scripts of packages that others made are never run. A file
without an ending is run where nothing else has its name.

Switches of `s FILE` and `s -e CODE`, several in one word as in `-lane`:
  --compat     the text is plain Perl 5
  -e CODE      the program; several are its lines
  -n, -p       run it for each line of the input; with -p each line is printed at the end
  -a, -F X     split each line into @F, at X
  -l[OCTAL]    cut the ends of lines off, and put this behind what is printed
  -0[OCTAL]    what ends a record: nothing for -0777, empty lines for -00
  -i[EXT]      change the files in place; with EXT, keep them under their name and EXT
  -M MODULE    use a module; -m does not import
  -I FOLDER    look for modules there, and in the folders that STRYKELIB names
  -w           say what may be wrong before it runs
  -c           check it and do not run it

Examples:
  s run                   # which scripts there are
  s run lint -- --fix     # a script with arguments
  s run tools/count.stk access.log
  s -lane 'print $F[0]' access.log")]
pub(crate) struct RunArgs {
    /// The file, script or program; without it, all scripts are listed
    #[arg(value_name = "FILE|SCRIPT")]
    name: Option<String>,

    /// What is handed to it
    #[arg(value_name = "ARGUMENT", last = true)]
    arguments: Vec<String>,

    #[command(flatten)]
    member: MemberArgs,
}

/// Runs a script; its status is that of the process.
pub(super) fn run(context: &Context<'_>, args: &RunArgs) -> Result<u8, Failure> {
    if let Some(program) = lone_file(context, args) {
        return Ok(program::execute(program, &|| context.ui.clone()));
    }
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

/// The file that the word names where it is no script; files with an ending were run before.
fn lone_file(context: &Context<'_>, args: &RunArgs) -> Option<s_ops::language::Program> {
    let name = args.name.as_deref().filter(|name| Path::new(name).is_file())?;
    let scripts = (context.operations)()
        .ok()
        .and_then(|operations| scripts(&operations, args.member.member.as_deref()).ok());
    let is_script = scripts.is_some_and(|scripts| scripts.iter().any(|script| script.name == name));
    let arguments: Vec<_> = args.arguments.iter().map(Into::into).collect();
    if is_script { None } else { program::file_called(name, &arguments) }
}
