//! `s run`.

use std::path::Path;

use clap::Args;
use s_diag::{Code, Diagnostic};
use s_ops::{Runnable, only_program_run, runnable, script_run};
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

Without a word the only program of the package is run: that of `[bin]` or in `bin`, else `main.stk`. Where there
are several, or only scripts, they are listed.

Another word is a script, a line of the project's own `[scripts]`, or a program of the package. A script is
run by the shell, in the folder of the package. Scripts of packages that others made are never run. A file
without an ending is run where nothing else has its name.

Switches of `s FILE` and `s -e CODE`, several in one word as in `-lane`:
  --compat     the text is plain Perl 5
  --no-interop refuse Perl's spellings where the language has its own
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
  s run                   # the program of this package
  s run -- access.log     # the same with arguments
  s run --list            # which scripts and programs there are
  s run lint -- --fix     # a script with arguments
  s run tools/count.stk access.log
  s -lane 'print $F[0]' access.log")]
pub(crate) struct RunArgs {
    /// The file, script or program; without it, the only program of the package
    #[arg(value_name = "FILE|SCRIPT")]
    name: Option<String>,

    /// What is handed to it
    #[arg(value_name = "ARGUMENT", last = true)]
    arguments: Vec<String>,

    /// List the scripts and programs there are
    #[arg(long, conflicts_with_all = ["name", "arguments"])]
    list: bool,

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
    match &args.name {
        Some(name) => Ok(script_run(&operations, name, &args.arguments, member)?),
        None if args.list => Ok(list(context, runnable(&operations, member)?)),
        None => match only_program_run(&operations, &args.arguments, member)? {
            Ok(status) => Ok(status),
            Err(several) if args.arguments.is_empty() => Ok(list(context, several)),
            Err(several) => Err(which(&several)),
        },
    }
}

fn list(context: &Context<'_>, found: Runnable) -> u8 {
    let Runnable { scripts, programs } = found;
    if context.ui.is_json() {
        let scripts: Map<String, Value> =
            scripts.into_iter().map(|script| (script.name, script.line.into())).collect();
        context.ui.json(&json!({ "scripts": scripts, "programs": programs }));
    } else if scripts.is_empty() && programs.is_empty() {
        context.ui.note("this project has no scripts and no programs");
    } else {
        let columns = [("Name", Align::Left), ("Kind", Align::Left), ("What", Align::Left)];
        let mut table = Table::new(&columns);
        scripts.iter().for_each(|script| table.row([script.name.as_str(), "script", &script.line]));
        programs.iter().for_each(|(name, file)| table.row([name.as_str(), "program", file]));
        context.ui.answer(table.render(context.ui.columns()));
    }
    Exit::Done.status()
}

/// Arguments stand there, and nobody said for which program.
fn which(found: &Runnable) -> Failure {
    let scripts = found.scripts.iter().map(|script| &script.name);
    let names: Vec<String> = scripts.chain(found.programs.keys()).map(|name| format!("`{name}`")).collect();
    let diagnostic =
        Diagnostic::error(Code::SCRIPT, "this package has not just one program: say which is meant")
            .note(format!("there are {}", names.join(", ")))
            .hint("s run NAME -- ARGUMENT…");
    Failure::new(Exit::Usage, diagnostic)
}

/// The file that the word names where it is no script; files with an ending were run before.
fn lone_file(context: &Context<'_>, args: &RunArgs) -> Option<s_ops::language::Program> {
    let name = args.name.as_deref().filter(|name| Path::new(name).is_file())?;
    let found = (context.operations)()
        .ok()
        .and_then(|operations| runnable(&operations, args.member.member.as_deref()).ok());
    let is_script = found.is_some_and(|found| found.scripts.iter().any(|script| script.name == name));
    let arguments: Vec<_> = args.arguments.iter().map(Into::into).collect();
    if is_script { None } else { program::file_called(name, &arguments) }
}
