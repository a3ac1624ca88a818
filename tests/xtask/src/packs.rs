//! `cargo xtask packs`: the runtime for every target, built, pruned, sealed and compared.
//!
//! A pack depends on the sources and the compiler and on nothing else: paths are mapped, one unit of code
//! generation, and the way from archive to atoms is ours. What a runtime must not have ends the build:
//! variables of threads, unwinding, a C library, places in its sources.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use s_link::object::{Options, Reader};
use s_link::{Binding, Pack, Place, Role, Target, Unit};
use s_packs::{Description, TARGETS, sealed};

use crate::command::run;
use crate::compile::remapping;
use crate::record::{self, Record};
use crate::sources::{self, Build};
use crate::toolchain::{self, Toolchain};

/// Where packs and their record stand, relative to the root of the workspace.
const DIST: &str = "targets/packs/dist";
const RECORD: &str = "targets/packs/dist/BUILD";

const PACKAGE: &str = "s-start";
const FEATURES: &str = "program";
const PROFILE: &str = "pack";

/// Addresses relative to the place of use fit images that are loaded anywhere and those that are not.
const FLAGS: [&str; 2] = ["-Crelocation-model=pic", "-Cforce-frame-pointers=yes"];

/// What says of a function that it is compiled for size, in a crate that is.
const FOR_SIZE: [&str; 2] = ["minsize", "optsize"];

/// The crate with functions that are compiled for speed in spite of its level, and what stands before
/// their names in its sources.
const SOURCES: &str = "runtime/core/src";
const NAMED: &str = "unsafe(export_name = \"";

/// What begins the names of functions that only the runtime calls and that are compiled for speed.
const HOT: &str = "hot.";

/// What begins the paths of sources, as [`remapping`] gives them: they are of no use in a program.
const SOURCE_PATHS: [&[u8]; 3] = [b"/s/runtime/", b"/crates/", b"/rustc/"];

/// Where the system starts, and what begins the names of what programs refer to.
const ENTRY: &str = "_start";
const EXPORTS: &str = "rt.";

/// What a runtime takes from the program.
const IMPORTS: [&str; 1] = [s_abi::layout::IMAGE];

/// What clean-up code of `core` goes on to, if it ever ran.
const UNWIND_END: &str = "_Unwind_Resume";

/// What the linker itself defines.
const LINKER: [&str; 5] =
    ["__ehdr_start", "__rela_dyn_start", "__rela_dyn_end", "__relro_start", "__relro_end"];

/// Builds every pack and writes it, the digests and the record.
pub(crate) fn build(root: &Path) -> Result<()> {
    let toolchain = toolchain::find_with(root, &triples(), None)?.with_context(wanting)?;
    println!("compiler: {toolchain}");
    let packs = build_all(root, &toolchain, &root.join("target/packs"))?;
    fs::create_dir_all(root.join(DIST))?;
    for (name, pack) in &packs {
        let path = root.join(DIST).join(name);
        fs::write(&path, pack).with_context(|| format!("`{}` could not be written", path.display()))?;
    }
    fs::write(root.join(DIST).join("SHA256SUMS"), record::sums(&packs))?;
    let record = Record { compiler: toolchain.version.clone(), tools: interface(), sources: digests(root)? };
    fs::write(root.join(RECORD), record.text("packs"))?;
    Ok(())
}

/// Compares what is committed with a rebuild; where the recorded compiler is not present, with the sources
/// only.
pub(crate) fn check(root: &Path) -> Result<()> {
    let record = Record::load(root, RECORD, "packs")?;
    let mut complaints = Vec::new();
    if record.tools != interface() {
        complaints.push("the packs were built for another interface of the runtime".to_owned());
    }
    let digests = digests(root)?;
    for (path, digest) in &digests {
        if record.sources.get(path) != Some(digest) {
            complaints.push(format!("`{path}` was built from other sources"));
        }
    }
    for path in record.sources.keys().filter(|path| !digests.contains_key(*path)) {
        complaints.push(format!("`{path}` is on record and has no target"));
    }
    let mut committed = BTreeMap::new();
    for name in TARGETS.iter().map(file_name) {
        match fs::read(root.join(DIST).join(&name)) {
            Ok(pack) => drop(committed.insert(name, pack)),
            Err(_) => complaints.push(format!("`{DIST}/{name}` is missing")),
        }
    }
    if fs::read_to_string(root.join(DIST).join("SHA256SUMS")).ok() != Some(record::sums(&committed)) {
        complaints.push(format!("`{DIST}/SHA256SUMS` does not match the packs"));
    }
    match toolchain::find_with(root, &triples(), Some(&record.compiler.commit))? {
        Some(toolchain) => {
            println!("compiler: {toolchain}");
            let target_dir = tempfile::tempdir()?;
            for (name, pack) in build_all(root, &toolchain, target_dir.path())? {
                if committed.get(&name) != Some(&pack) {
                    complaints.push(format!("`{DIST}/{name}` differs from a rebuild"));
                }
            }
            if complaints.is_empty() {
                println!("{} packs equal a rebuild byte for byte", TARGETS.len());
            }
        }
        None => println!(
            "not rebuilt: {} with all targets is not here; only sources and digests were compared",
            record.compiler.name
        ),
    }
    if complaints.is_empty() {
        return Ok(());
    }
    bail!("{}\nrun `cargo xtask packs` and commit what it writes", complaints.join("\n"))
}

fn triples() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.runtime).collect()
}

fn wanting() -> String {
    format!("no compiler here has every target: run `rustup target add {}`", triples().join(" "))
}

fn file_name(target: &Description) -> String {
    format!("{}.pack", target.runtime)
}

fn interface() -> BTreeMap<String, String> {
    BTreeMap::from([("s-abi".to_owned(), s_abi::DIGEST.to_owned())])
}

/// Digests of sources by the path of the pack.
fn digests(root: &Path) -> Result<BTreeMap<String, String>> {
    let digest = |target: &Description| {
        let build = Build { package: PACKAGE, features: FEATURES, target: target.runtime, profile: PROFILE };
        Ok((format!("{DIST}/{}", file_name(target)), sources::digest_build(root, &build)?))
    };
    TARGETS.iter().map(digest).collect()
}

/// Sealed packs by name of their files.
fn build_all(root: &Path, toolchain: &Toolchain, target_dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut packs = BTreeMap::new();
    let fast = fast(root)?;
    for description in TARGETS {
        let archive = archive(root, toolchain, description, &fast, target_dir)?;
        let bytes = fs::read(&archive).with_context(|| format!("`{}` was not built", archive.display()))?;
        let pack = pack(toolchain, description, &fast, &bytes)
            .with_context(|| format!("the runtime for `{}` cannot be a pack", description.name))?;
        let sealed = sealed::seal(&pack, description.name, s_abi::DIGEST)?;
        println!("{:>9} bytes, {:>9} sealed  {}", pack.len(), sealed.len(), file_name(description));
        packs.insert(file_name(description), sealed);
    }
    Ok(packs)
}

/// The functions that are compiled for speed in crates that are compiled for size: what compiled code calls, and
/// what else has a name of its own in the sources.
fn fast(root: &Path) -> Result<BTreeSet<String>> {
    macro_rules! names {
        ($($name:ident ( $($kind:ident),* ) -> $result:ident [ $($flags:ident)* ];)*) => {
            [$(concat!("rt.", stringify!($name))),*]
        };
    }
    let mut fast: BTreeSet<String> = s_abi::for_each_runtime_function!(names).map(str::to_owned).into();
    let mut folders = vec![root.join(SOURCES)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("`{}` is read", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                fast.extend(named(&fs::read_to_string(&path)?));
            }
        }
    }
    Ok(fast)
}

/// The names that a source gives to functions as they stand; not those that are put together.
fn named(source: &str) -> impl Iterator<Item = String> {
    let rest = source.split(NAMED).skip(1);
    let names = rest.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name);
    names.filter(|name| name.starts_with(EXPORTS) || name.starts_with(HOT)).map(str::to_owned)
}

/// Compiles the runtime with all that it needs.
fn archive(
    root: &Path,
    toolchain: &Toolchain,
    description: &Description,
    fast: &BTreeSet<String>,
    target_dir: &Path,
) -> Result<PathBuf> {
    let triple = description.runtime;
    let mut flags = remapping(root, toolchain, triple)?;
    for flag in FLAGS {
        flags.push("\u{1f}");
        flags.push(flag);
    }
    for name in fast {
        for attribute in FOR_SIZE {
            flags.push(format!("\u{1f}-Cllvm-args=-force-remove-attribute={name}:{attribute}"));
        }
    }
    let mut cargo = toolchain.cargo("rustc", triple);
    cargo
        .args(["--quiet", "--locked", "--lib", "--crate-type", "staticlib", "--profile", PROFILE])
        .args(["--package", PACKAGE, "--features", FEATURES])
        .arg("--target-dir")
        .arg(target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .current_dir(root);
    run(&mut cargo)?;
    Ok(target_dir.join(triple).join(PROFILE).join(format!("lib{}.a", PACKAGE.replace('-', "_"))))
}

/// Archive to pack: atoms, without those that no program can reach.
fn pack(
    toolchain: &Toolchain,
    description: &Description,
    fast: &BTreeSet<String>,
    archive: &[u8],
) -> Result<Vec<u8>> {
    let target = Target::from_name(description.name).context("the linker does not know the target")?;
    let mut reader = Reader::new(target, Options { tight: true, debug: false });
    reader.archive("runtime", archive)?;
    let mut unit = reader.finish()?;
    drop_constructors(&mut unit)?;
    has_all(&unit, fast)?;
    let unit = s_link::prune(unit, &|name| name == ENTRY || name.starts_with(EXPORTS));
    judge(&unit)?;
    let unit = plain(unit);
    let pack =
        Pack { target, abi: s_abi::DIGEST.into(), producer: toolchain.version.name.clone().into(), unit };
    let bytes = pack.to_bytes();
    Pack::from_bytes(&bytes)?;
    Ok(bytes)
}

/// Leaves out what would be called at start, which nothing calls: the compiler's own library asks there
/// for what the processor can do, and does without. No crate of ours, and none below, may have such functions.
fn drop_constructors(unit: &mut Unit<'_>) -> Result<()> {
    for index in 0..unit.atoms.len() {
        if unit.atoms[index].role == Role::Plain {
            continue;
        }
        let object = unit.name(unit.objects[unit.atoms[index].object as usize]);
        // Optimised as a whole, all crates but the compiler's own library are one object.
        if crate_of_object(object) == PACKAGE.replace('-', "_") {
            bail!("`{object}` has a function to be called at start: nothing calls it");
        }
        unit.atoms[index].role = Role::Plain;
        unit.atoms[index].keep = false;
    }
    Ok(())
}

/// Refuses a name of a function for speed that no function has: the compiler would not say so.
fn has_all(unit: &Unit<'_>, fast: &BTreeSet<String>) -> Result<()> {
    let defined = unit.symbols.iter().filter(|symbol| matches!(symbol.place, Place::Atom(..)));
    let defined: BTreeSet<&str> = defined.map(|symbol| unit.name(symbol.name)).collect();
    let missing: Vec<&str> = fast.iter().map(String::as_str).filter(|name| !defined.contains(name)).collect();
    if !missing.is_empty() {
        bail!("to be compiled for speed, and not there: {}", missing.join(", "));
    }
    Ok(())
}

/// The unit with names as people read them and none that nothing has: sections without what follows their
/// kind, local symbols without the hash that tells them from others.
fn plain(mut unit: Unit<'_>) -> Unit<'_> {
    let mut names: Vec<Cow<'_, str>> = Vec::new();
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    let mut number = |name: String| {
        *known.entry(name).or_insert_with_key(|name| {
            names.push(Cow::Owned(name.clone()));
            names.len() as u32 - 1
        })
    };
    let old = unit.names;
    let name_of = |id: u32| old[id as usize].as_ref();
    for symbol in &mut unit.symbols {
        let name = name_of(symbol.name);
        let local = symbol.binding == Binding::Local;
        symbol.name = number(if local { without_hash(name) } else { name.to_owned() });
    }
    for group in &mut unit.groups {
        *group = number(name_of(*group).to_owned());
    }
    let mut objects: BTreeMap<u32, u32> = BTreeMap::new();
    for atom in &mut unit.atoms {
        atom.section = number(kind_of_section(name_of(atom.section)).to_owned());
        let next = objects.len() as u32;
        atom.object = *objects.entry(atom.object).or_insert(next);
    }
    let mut order: Vec<(u32, u32)> = objects.into_iter().map(|(from, to)| (to, from)).collect();
    order.sort_unstable();
    unit.objects = order
        .into_iter()
        .map(|(_, from)| number(crate_of_object(name_of(unit.objects[from as usize])).to_owned()))
        .collect();
    unit.names = names;
    unit
}

/// `.text` of `.text._ZN6s_core3addE`, `.data.rel.ro` of `.data.rel.ro..Lanon.7`.
fn kind_of_section(name: &str) -> &str {
    let kinds = [".text", ".rodata", ".data.rel.ro", ".data", ".bss"];
    kinds.into_iter().find(|kind| name.starts_with(kind)).unwrap_or(name)
}

/// A mangled name without its hash; nothing of a name that the compiler made up.
fn without_hash(name: &str) -> String {
    if name.starts_with(".L") {
        return String::new();
    }
    match name.rfind("17h") {
        Some(at) if name.starts_with("_ZN") && name.len() == at + 20 => format!("{}E", &name[..at]),
        _ => name.to_owned(),
    }
}

/// `s_start` of `runtime(s_start-7fda4f05.s_start.ed26bfd1-cgu.0.rcgu.o)`.
fn crate_of_object(name: &str) -> &str {
    let member = name.split_once('(').map_or(name, |(_, member)| member);
    member.split(['-', '.', ')']).next().unwrap_or(member)
}

/// Refuses what a runtime must not have.
fn judge(unit: &Unit<'_>) -> Result<()> {
    let names = unit.symbols.iter().filter(|symbol| matches!(symbol.place, Place::Atom(..)));
    let defined: BTreeSet<&str> = names.map(|symbol| unit.name(symbol.name)).collect();
    let relocs = unit.atoms.iter().flat_map(|atom| &atom.relocs);
    let referred = relocs.map(|reloc| &unit.symbols[reloc.symbol as usize]);
    let mut missing = BTreeSet::new();
    for symbol in referred {
        let name = unit.name(symbol.name);
        // `core` comes compiled for unwinding too: its clean-up code ends in a function that is ours and
        // ends the process. What would begin to unwind is nowhere.
        let begins = name.starts_with("_Unwind") && name != UNWIND_END;
        if begins || name.contains("eh_personality") {
            bail!("`{name}` is called: something is compiled to unwind");
        }
        let known = defined.contains(name) || IMPORTS.contains(&name) || LINKER.contains(&name);
        if matches!(symbol.place, Place::Undefined | Place::Discarded) && !known {
            missing.insert(name);
        }
    }
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.into_iter().collect();
        bail!("not in the runtime, and no program has it: {}", missing.join(", "));
    }
    let has_place = |bytes: &[u8]| {
        SOURCE_PATHS.iter().any(|path| bytes.windows(path.len()).any(|window| window == *path))
    };
    if unit.atoms.iter().any(|atom| has_place(&atom.bytes)) {
        bail!("a place in the sources is in the runtime: what handles panics reads places, or keeps them");
    }
    if !defined.contains(ENTRY) {
        bail!("there is no `{ENTRY}`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_for_speed_are_those_with_names_of_their_own() {
        let source =
            "#[cfg_attr(feature = \"exports\", unsafe(export_name = \"hot.list.push\"))] fn push() {}
            unsafe(export_name = \"rt.new_code\") unsafe(export_name = \"other\")
            unsafe(export_name = concat!(\"rt.builtin.\", $name))";
        assert_eq!(named(source).collect::<Vec<_>>(), ["hot.list.push", "rt.new_code"]);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let fast = fast(root).unwrap();
        for name in ["rt.add", "rt.new_code", "hot.list.push_array"] {
            assert!(fast.contains(name), "{name}");
        }
    }

    #[test]
    fn names_are_those_people_read() {
        assert_eq!(without_hash("_ZN6s_core3add17h0123456789abcdefE"), "_ZN6s_core3addE");
        assert_eq!(without_hash("_ZN6s_core17helpE"), "_ZN6s_core17helpE");
        assert_eq!(without_hash(".Lanon.0123.4"), "");
        assert_eq!(without_hash("memcpy"), "memcpy");
        assert_eq!(kind_of_section(".data.rel.ro..Lanon.7"), ".data.rel.ro");
        assert_eq!(kind_of_section(".text._start"), ".text");
        assert_eq!(crate_of_object("runtime(s_start-7fda.s_start.ed-cgu.0.rcgu.o)"), "s_start");
    }
}
