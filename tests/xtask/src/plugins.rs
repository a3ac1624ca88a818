//! `cargo xtask plugins`: the committed components, built and compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::compile::{self, locked_version};
use crate::guests::{self, Guest, HOMES};
use crate::record::{self, Record};
use crate::sources;
use crate::toolchain::{self, Toolchain};

/// The crates whose version shapes the bytes, beside the compiler.
const TOOLS: [&str; 2] = ["wit-bindgen", "wit-component"];

/// Builds every guest and writes the components, their digests and the record.
pub(crate) fn build(root: &Path) -> Result<()> {
    let toolchain = toolchain::make(root)?;
    println!("compiler: {toolchain}");
    let guests = guests::find(root)?;
    let components = compile_all(root, &toolchain, &guests, &root.join("target/guests"))?;
    for (_, dist) in HOMES {
        fs::create_dir_all(root.join(dist))?;
    }
    for (guest, component) in guests.iter().zip(&components) {
        let path = root.join(guest.component());
        fs::write(&path, component).with_context(|| format!("`{}` could not be written", path.display()))?;
    }
    for (_, dist) in HOMES {
        let sums = record::sums(&by_name(&guests, &components, dist));
        fs::write(root.join(dist).join("SHA256SUMS"), sums)?;
    }
    let record = record_of(root, &toolchain, &guests)?;
    fs::write(root.join(record::PATH), record.text("plugins"))?;
    Ok(())
}

/// Compares what is committed with a rebuild; where the recorded compiler is not present, with the
/// sources only.
pub(crate) fn check(root: &Path) -> Result<()> {
    let record = Record::load(root, record::PATH, "plugins")?;
    let guests = guests::find(root)?;
    let mut complaints = stale(root, &record, &guests)?;
    complaints.extend(damaged(root, &guests)?);
    match toolchain::find(root, Some(&record.compiler.commit))? {
        Some(toolchain) => {
            println!("compiler: {toolchain}");
            let target_dir = tempfile::tempdir()?;
            let components = compile_all(root, &toolchain, &guests, target_dir.path())?;
            for (guest, component) in guests.iter().zip(&components) {
                let path = guest.component();
                let same = fs::read(root.join(&path)).is_ok_and(|committed| committed == *component);
                if !same {
                    complaints.push(format!("`{}` differs from a rebuild", path.display()));
                }
            }
            if complaints.is_empty() {
                println!("{} components equal a rebuild byte for byte", guests.len());
            }
        }
        None => println!(
            "not rebuilt: {} with the standard library for guests is not here; only sources and digests were compared",
            record.compiler.name
        ),
    }
    if complaints.is_empty() {
        return Ok(());
    }
    bail!("{}\nrun `cargo xtask plugins` and commit what it writes", complaints.join("\n"))
}

/// Components whose sources or tools are not those on record.
fn stale(root: &Path, record: &Record, guests: &[Guest]) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    if tools(root)? != record.tools {
        complaints.push(format!("`{}` names other versions than `Cargo.lock`", record::PATH));
    }
    for guest in guests {
        let path = guest.component().display().to_string();
        if record.sources.get(&path) != Some(&sources::digest(root, guest)?) {
            complaints.push(format!("`{path}` was built from other sources"));
        }
    }
    for path in record.sources.keys() {
        if !guests.iter().any(|guest| guest.component().display().to_string() == *path) {
            complaints.push(format!("`{path}` is on record and has no crate"));
        }
    }
    Ok(complaints)
}

/// Components that are missing, and lists of digests that do not match them.
fn damaged(root: &Path, guests: &[Guest]) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let mut components = Vec::new();
    for guest in guests {
        let component = fs::read(root.join(guest.component()));
        if component.is_err() {
            complaints.push(format!("`{}` is missing", guest.component().display()));
        }
        components.push(component.unwrap_or_default());
    }
    for (_, dist) in HOMES {
        let sums = record::sums(&by_name(guests, &components, dist));
        if fs::read_to_string(root.join(dist).join("SHA256SUMS")).ok() != Some(sums) {
            complaints.push(format!("`{dist}/SHA256SUMS` does not match the components"));
        }
    }
    Ok(complaints)
}

fn compile_all(
    root: &Path,
    toolchain: &Toolchain,
    guests: &[Guest],
    target_dir: &Path,
) -> Result<Vec<Vec<u8>>> {
    let mut components = Vec::new();
    for guest in guests {
        let component = compile::component(root, toolchain, guest, target_dir)?;
        println!("{:>9} bytes  {}", component.len(), guest.component().display());
        components.push(component);
    }
    Ok(components)
}

fn by_name(guests: &[Guest], components: &[Vec<u8>], dist: &str) -> BTreeMap<String, Vec<u8>> {
    let pairs = guests.iter().zip(components).filter(|(guest, _)| guest.dist == dist);
    pairs.map(|(guest, component)| (format!("{}.wasm", guest.name), component.clone())).collect()
}

fn record_of(root: &Path, toolchain: &Toolchain, guests: &[Guest]) -> Result<Record> {
    let mut digests = BTreeMap::new();
    for guest in guests {
        digests.insert(guest.component().display().to_string(), sources::digest(root, guest)?);
    }
    Ok(Record { compiler: toolchain.version.clone(), tools: tools(root)?, sources: digests })
}

fn tools(root: &Path) -> Result<BTreeMap<String, String>> {
    TOOLS.into_iter().map(|tool| Ok((tool.to_owned(), locked_version(root, tool)?))).collect()
}
