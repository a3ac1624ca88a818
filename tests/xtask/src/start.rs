//! `cargo xtask start`: which functions of `s` run at a start.
//!
//! The linker lays them beside each other (`host/s/build.rs`), so that a start brings in a few dozen pages of code
//! and not hundreds. They are found by stepping through what is started most: a program that ran before,
//! one that is compiled, a command, an installation with nothing to do and a plugin.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::ptrace::{self, Event, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use object::{Object as _, ObjectSymbol as _, SymbolKind};

use crate::command;

const LIST: &str = "host/s/start-order.txt";

const PROGRAM: &str = "\
my %seen;
$seen{$_}++ for split /\\s+/, \"one two one\";
say join \", \", map { \"$_: $seen{$_}\" } sort keys %seen;
";

const MANIFEST: &str = "[package]\nname = \"start\"\nversion = \"0.1.0\"\n";

/// What is started, most frequent first: functions stand in this order. Each is run once before, so that what can
/// be kept was kept.
const STARTS: [&[&str]; 5] =
    [&["program.stk"], &["-e", "1"], &["install"], &["version"], &["new", "no/name"]];

/// How many of a hundred functions a list has to have in common with the binary.
const KNOWN_PERCENT_MIN: usize = 90;

/// Writes the list anew.
pub(crate) fn write(root: &Path) -> Result<()> {
    let binary = built(root)?;
    let functions = functions(&fs::read(&binary)?)?;
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("program.stk"), PROGRAM)?;
    fs::write(folder.path().join("stryke.toml"), MANIFEST)?;
    let (mut list, mut listed, mut bytes) = (String::new(), BTreeSet::new(), 0);
    for words in STARTS {
        start(&binary, words, folder.path()).output()?;
        for address in stepped(&binary, words, folder.path())? {
            let Some((start, (end, name))) = functions.range(..=address).next_back() else { continue };
            if address < *end && listed.insert(*start) {
                list.push_str(name);
                list.push('\n');
                bytes += end - start;
            }
        }
    }
    ensure!(!list.is_empty(), "nothing was seen");
    fs::write(root.join(LIST), list).with_context(|| format!("`{LIST}` could not be written"))?;
    println!("{} functions of {bytes} bytes in `{LIST}`", listed.len());
    Ok(())
}

/// Says whether the list still fits what is built.
pub(crate) fn check(root: &Path) -> Result<()> {
    let functions = functions(&fs::read(built(root)?)?)?;
    let names: BTreeSet<&str> = functions.values().map(|(_, name)| name.as_str()).collect();
    let list = fs::read_to_string(root.join(LIST))?;
    let (known, all) = (list.lines().filter(|name| names.contains(name)).count(), list.lines().count());
    println!("{known} of {all} functions in `{LIST}` are there");
    if known * 100 < all * KNOWN_PERCENT_MIN {
        bail!("starts are slower than they need be: cargo xtask start");
    }
    Ok(())
}

/// Builds `s` as it is released, but with names.
fn built(root: &Path) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.current_dir(root).args(["rustc", "--release", "--locked", "--package", "s", "--bin", "s"]);
    command::run(build.args(["--", "-C", "strip=none"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(root.join(target).join("release/s"))
}

/// By address, the end and the name of each function.
fn functions(binary: &[u8]) -> Result<BTreeMap<u64, (u64, String)>> {
    let file = object::File::parse(binary)?;
    let mut functions = BTreeMap::new();
    for symbol in file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0) {
        let end = symbol.address() + symbol.size();
        functions.entry(symbol.address()).or_insert((end, symbol.name()?.to_owned()));
    }
    Ok(functions)
}

fn start(binary: &Path, words: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command.args(words).current_dir(folder).env_clear().env("HOME", folder);
    command
}

/// The addresses of the instructions that a process and its threads run, as far as they are those of the binary or
/// look like it.
fn stepped(binary: &Path, words: &[&str], folder: &Path) -> Result<BTreeSet<u64>> {
    // A shell that stops itself can be watched before it becomes the program.
    let mut shell = start(Path::new("/bin/sh"), &["-c", "kill -STOP $$; exec \"$0\" \"$@\""], folder);
    shell.arg(binary).args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = shell.spawn()?;
    let main = Pid::from_raw(i32::try_from(child.id())?);
    waitpid(main, Some(WaitPidFlag::WUNTRACED))?;
    ptrace::seize(main, Options::PTRACE_O_TRACEEXEC | Options::PTRACE_O_TRACECLONE)?;
    kill(main, Signal::SIGCONT)?;
    let mut addresses = BTreeSet::new();
    let mut is_program = false;
    loop {
        let (thread, signal) = match waitpid(None, Some(WaitPidFlag::__WALL))? {
            WaitStatus::Exited(process, _) | WaitStatus::Signaled(process, ..) if process == main => break,
            WaitStatus::Stopped(thread, Signal::SIGTRAP) => (thread, None),
            WaitStatus::Stopped(thread, signal) => (thread, Some(signal)),
            WaitStatus::PtraceEvent(thread, _, event) => {
                is_program |= event == Event::PTRACE_EVENT_EXEC as i32;
                (thread, None)
            }
            _ => continue,
        };
        if is_program {
            addresses.insert(ptrace::getregs(thread)?.rip);
            ptrace::step(thread, signal)?;
        } else {
            ptrace::cont(thread, signal)?;
        }
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_stepped_through_and_functions_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let functions = functions(&fs::read(std::env::current_exe().unwrap()).unwrap()).unwrap();
        let found = stepped(Path::new("/bin/true"), &[], folder.path()).unwrap();
        assert!(found.len() > 100, "{} instructions", found.len());
        let name = |part: &str| functions.values().any(|(_, name)| name.contains(part));
        assert!(name("stepped") && name("main"), "{} functions", functions.len());
        assert!(functions.iter().all(|(start, (end, _))| start < end));
    }
}
