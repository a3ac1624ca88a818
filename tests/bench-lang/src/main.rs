//! Measures the language: whole processes of `s` beside perl, LuaJIT, node, Python, Go and C.
//!
//! ```sh
//! cargo build --release -p s -p s-bench-lang
//! target/release/s-bench-lang --twins
//! ```
//!
//! [`program`] knows the programs, which are files beside this crate, [`input`] makes what some of
//! them read, [`peer`] finds who runs them, [`call`] runs one process, [`measure`] takes turns and
//! compares what is printed, and [`report`] makes tables. It depends on no part of the compiler: it sees
//! what a user sees, a binary and a file.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its answer is tables, and what it does meanwhile"
)]

mod arguments;
mod call;
mod input;
mod machine;
mod measure;
mod peer;
mod program;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use arguments::{Arguments, HELP};
use input::Inputs;
use measure::{Effort, Row, measure};
use peer::Peer;
use program::Variant;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    if arguments.help {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let programs = program::chosen(&arguments.only)?;
    if arguments.list {
        for program in &programs {
            println!("{}: {}", program.name, program.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let folder = folder(&arguments)?;
    let scratch = tempfile::tempdir().context("make a folder for what is read and printed")?;
    let (peers, missing) = peers(&arguments, scratch.path())?;
    let facts = machine::facts(&peers, &missing);
    let mut inputs = Inputs::new(scratch.path());
    let effort = Effort { runs: arguments.runs, patience: arguments.patience };
    let mut rows: Vec<Row> = Vec::new();
    for program in &programs {
        let variants: &[Variant] =
            if arguments.twins { &[Variant::Plain, Variant::Twin] } else { &[Variant::Plain] };
        eprintln!("{} ...", program.name);
        let input = inputs.of(program)?;
        let row = measure(program, &folder, variants, &peers, input.as_deref(), scratch.path(), &effort)?;
        if row.failures().next().is_some() {
            eprint!("{}", report::failures(std::slice::from_ref(&row)));
        }
        rows.push(row);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report::json(&facts, &peers, &rows))?);
    } else {
        println!("{}", report::machine(&facts));
        println!("{}", report::times(&peers, &rows));
        println!("{}", report::resources(&peers, &rows));
        println!("{}", report::failures(&rows));
        print!("{}", report::absences(&peers, &rows));
    }
    let failed = rows.iter().any(|row| row.failures().next().is_some());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The folder of the programs: the one that was named, else the one in the sources this was built from.
fn folder(arguments: &Arguments) -> Result<PathBuf> {
    let folder = match &arguments.programs {
        Some(folder) => folder.clone(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("programs"),
    };
    let folder =
        std::path::absolute(&folder).with_context(|| format!("find the folder {}", folder.display()))?;
    if !folder.is_dir() {
        bail!("{} is no folder: name that of the programs with --programs", folder.display());
    }
    Ok(folder)
}

/// Who takes part, `s` first, and who was asked for and is not there.
fn peers(arguments: &Arguments, scratch: &Path) -> Result<(Vec<Peer>, Vec<String>)> {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    match own(arguments) {
        Some(s) => {
            let s = Peer::s(&s, &arguments.s_arguments)?;
            found.push(s.clone());
            if arguments.built {
                found.push(s.built());
            }
        }
        None => missing.push("s".to_owned()),
    }
    for name in &arguments.peers {
        match Peer::find(name, scratch)? {
            Some(peer) => found.push(peer),
            None => missing.push(name.clone()),
        }
    }
    if found.is_empty() {
        bail!("neither `s` nor any of the peers is there");
    }
    Ok((found, missing))
}

/// The `s` to measure, if there is one: a named one is taken without looking.
fn own(arguments: &Arguments) -> Option<PathBuf> {
    let beside = || {
        let here = std::env::current_exe().ok()?;
        let s = here.parent()?.join(format!("s{}", std::env::consts::EXE_SUFFIX));
        s.is_file().then_some(s)
    };
    if arguments.no_s {
        return None;
    }
    arguments.s.clone().or_else(|| std::env::var_os("S").map(PathBuf::from)).or_else(beside)
}
