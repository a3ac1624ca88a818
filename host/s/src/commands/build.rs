//! `s build`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use s_ops::build::{BuildRequest, BuildSummary, Built, Emit, build};
use s_ui::{Align, Table};
use serde_json::{Value, json};

use super::Context;
use super::check::document;
use super::packages::MemberArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s build`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
The program, its packages and what it needs of the standard library become machine code in one static
file that needs nothing of the system it runs on: no `s`, no library, no other file. Nothing of the
system you are on is used to make it, neither a compiler nor a linker.

Programs are those of `[bin]` in stryke.toml and the files in `bin`, else `main.stk`. They go to
`target/release` or `target/debug`, with --target to `target/TARGET/release`. A file by itself becomes an
executable of its name in the folder you are in.

With --debug, the default, names of functions and lines of the text are beside the program for debuggers and
profilers, under names of files as messages have them: run gdb in the folder of the project. What needs a
compiler when the program runs, an `eval` of a text that is not known before, is reported; it fails when it
is reached. `[build] deny-eval = true` in stryke.toml makes it an error.

Examples:
  s build --release
  s build --release --target aarch64-linux
  s build --release tools/count.stk -o count
  s build --emit=asm,link-map --timings")]
pub(crate) struct BuildArgs {
    /// A program by itself; without it, the programs of this package
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Small, without names and lines
    #[arg(long, conflicts_with = "debug")]
    release: bool,

    /// With names of functions and lines, for debuggers; this is what happens without --release too
    #[arg(long)]
    debug: bool,

    /// The machine and system it is for: s target list
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Only the program of this name
    #[arg(long = "bin", value_name = "NAME", conflicts_with = "file")]
    program: Option<String>,

    /// Where the executable goes
    #[arg(short = 'o', long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// What else to write, beside the executable
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_enum)]
    emit: Vec<EmitWord>,

    /// An executable that can be loaded at any address
    #[arg(long)]
    pie: bool,

    /// Build twice, and compare
    #[arg(long)]
    verify: bool,

    /// Show how long each step took
    #[arg(long)]
    timings: bool,

    /// How many threads make code
    #[arg(short = 'j', long, value_name = "NUMBER")]
    jobs: Option<usize>,

    /// Read the program as plain Perl 5
    #[arg(long)]
    compat: bool,

    /// A folder with modules that belong to no package
    #[arg(short = 'I', value_name = "FOLDER")]
    include: Vec<PathBuf>,

    #[command(flatten)]
    member: MemberArgs,
}

/// What `--emit` takes.
#[derive(Clone, Copy, Debug)]
struct EmitWord(Emit);

impl ValueEnum for EmitWord {
    fn value_variants<'a>() -> &'a [Self] {
        const WORDS: [EmitWord; 5] = {
            let all = Emit::ALL;
            [EmitWord(all[0]), EmitWord(all[1]), EmitWord(all[2]), EmitWord(all[3]), EmitWord(all[4])]
        };
        &WORDS
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.word()))
    }
}

/// Builds executables.
pub(super) fn run(context: &Context<'_>, args: &BuildArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = BuildRequest {
        file: args.file.clone(),
        member: args.member.member.clone(),
        program: args.program.clone(),
        release: args.release,
        target: args.target.clone(),
        output: args.output.clone(),
        emit: args.emit.iter().map(|word| word.0).collect(),
        compat: args.compat,
        include: args.include.clone(),
        pie: args.pie,
        threads: args.jobs,
        verify: args.verify,
    };
    let summary = build(&operations, &request)?;
    if context.ui.is_json() {
        context.ui.json(&as_json(&summary));
        return Ok(Exit::Done);
    }
    for built in &summary.built {
        built.warnings.iter().for_each(|warning| context.ui.diagnostic(warning));
        let path = operations.shown(&built.path);
        let verb = if built.fresh { "Fresh" } else { "Built" };
        let verified = if request.verify { ", twice with equal bytes" } else { "" };
        context.ui.status(verb, format!("{path} ({}, {}{verified})", summary.target, kibibytes(built.size)));
        for emitted in &built.emitted {
            context.ui.status("Wrote", operations.shown(emitted));
        }
    }
    if args.timings {
        let mut table =
            Table::new(&[("Program", Align::Left), ("Step", Align::Left), ("Milliseconds", Align::Right)]);
        for built in &summary.built {
            for (step, time) in &built.times {
                table.row([
                    built.name.clone(),
                    (*step).to_owned(),
                    format!("{:.1}", time.as_secs_f64() * 1e3),
                ]);
            }
        }
        context.ui.answer(table.render(context.ui.columns()));
    }
    Ok(Exit::Done)
}

fn kibibytes(size: u64) -> String {
    format!("{} KiB", size.div_ceil(1024))
}

fn as_json(summary: &BuildSummary) -> Value {
    let built = |built: &Built| {
        let times: serde_json::Map<String, Value> = built
            .times
            .iter()
            .map(|(step, time)| ((*step).to_owned(), (time.as_secs_f64() * 1e3).into()))
            .collect();
        json!({
            "name": built.name,
            "path": built.path.display().to_string(),
            "size": built.size,
            "digest": built.digest.to_string(),
            "fresh": built.fresh,
            "functions": built.functions,
            "emitted": built.emitted.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
            "warnings": built.warnings.iter().map(document).collect::<Vec<_>>(),
            "milliseconds": times,
        })
    };
    json!({ "target": summary.target, "programs": summary.built.iter().map(built).collect::<Vec<_>>() })
}
