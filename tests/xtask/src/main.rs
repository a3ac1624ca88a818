//! Chores of the project, run as `cargo xtask CHORE`.
//!
//! Nothing here is part of `s`. The chores may write below `target/`, `plugins/dist/`, `targets/packs/dist/`,
//! `tests/fixtures/` and `host/s/start-order.txt`; nowhere else.
#![expect(clippy::print_stdout, reason = "a tool of the developers, not a part of `s`: it talks on its own")]

mod command;
mod compile;
mod guests;
mod judge;
mod packs;
mod plugins;
mod record;
mod sources;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod start;
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask plugins [--check]     build the built-in plugins and the fixtures of the tests
                                  --check: compare with what is committed, write nothing
cargo xtask packs [--check]       build the runtime for every target that programs are compiled for
                                  --check: compare with what is committed, write nothing
cargo xtask start [--check]       list the functions of `s` that run at a start, for the linker
                                  --check: say whether the list fits what is built
cargo xtask toolchain [--print]   find or make a compiler for guests and say which
                                  --print: find only, as lines of KEY=VALUE";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let root = root();
    match arguments {
        ["plugins"] => plugins::build(&root),
        ["plugins", "--check"] => plugins::check(&root),
        ["packs"] => packs::build(&root),
        ["packs", "--check"] => packs::check(&root),
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        ["start"] => start::write(&root),
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        ["start", "--check"] => start::check(&root),
        ["toolchain"] => {
            println!("{}", toolchain::make(&root)?);
            Ok(())
        }
        ["toolchain", "--print"] => match toolchain::find(&root, None)? {
            Some(toolchain) => {
                for (key, value) in toolchain.environment() {
                    println!("{key}={value}");
                }
                Ok(())
            }
            None => {
                bail!("no compiler here has the standard library for guests: run `cargo xtask toolchain`")
            }
        },
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [other, ..] => bail!("no chore like `{other}`\n{USAGE}"),
    }
}

/// The root of the workspace: two folders above this crate.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.ancestors().nth(2).map_or_else(|| here.clone(), Path::to_path_buf)
}
