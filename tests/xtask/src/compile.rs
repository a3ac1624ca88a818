//! One guest from source to component, with bytes that depend on the sources and the compiler and
//! on nothing else: neither on the folder nor on the home of cargo.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{read, run};
use crate::guests::Guest;
use crate::judge::judge;
use crate::toolchain::{TARGET, Toolchain};

/// Builds the component of a guest, with its manifest embedded.
pub(crate) fn component(
    root: &Path,
    toolchain: &Toolchain,
    guest: &Guest,
    target_dir: &Path,
) -> Result<Vec<u8>> {
    let core = core_module(root, toolchain, guest, target_dir)?;
    let component =
        s_component::encode(&core).with_context(|| format!("`{}` is no component", guest.name))?;
    let manifest = guest.manifest(root)?;
    let component = s_component::embed_manifest(&component, &manifest)?;
    let path = guest.folder.join("plugin.toml");
    judge(&component, &manifest, &path.display().to_string())?;
    Ok(component)
}

fn core_module(root: &Path, toolchain: &Toolchain, guest: &Guest, target_dir: &Path) -> Result<Vec<u8>> {
    let mut cargo = toolchain.cargo("rustc", TARGET);
    cargo
        .args(["--quiet", "--locked", "--lib", "--crate-type", "cdylib", "--profile", "guest"])
        .args(["--package", &guest.package()])
        .arg("--target-dir")
        .arg(target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", remapping(root, toolchain, TARGET)?)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .current_dir(root);
    run(&mut cargo)?;
    let path =
        target_dir.join(TARGET).join("guest").join(format!("{}.wasm", guest.package().replace('-', "_")));
    fs::read(&path).with_context(|| format!("`{}` was not built", path.display()))
}

/// The compiler flags that take machine paths out of panic locations, in cargo's encoding.
///
/// Of several prefixes that fit, the compiler takes the last. A path is mapped as it is named and
/// as it is after links are followed, because both can end up in the output.
pub(crate) fn remapping(root: &Path, toolchain: &Toolchain, target: &str) -> Result<OsString> {
    let mut pairs: Vec<(PathBuf, String)> = vec![(root.to_path_buf(), "/s".to_owned())];
    for registry in registries(root, toolchain, target)? {
        pairs.push((registry, "/crates".to_owned()));
    }
    pairs.push((toolchain.library_source()?, format!("/rustc/{}", toolchain.version.commit)));
    let mut flags = OsString::new();
    for (path, name) in pairs {
        let mut forms = vec![path.clone()];
        forms.extend(path.canonicalize().ok().filter(|real| *real != path));
        for form in forms {
            if !flags.is_empty() {
                flags.push("\u{1f}");
            }
            flags.push("--remap-path-prefix=");
            flags.push(form);
            flags.push("=");
            flags.push(&name);
        }
    }
    Ok(flags)
}

/// The folders that cargo unpacks crates into, one for each index it knows.
fn registries(root: &Path, toolchain: &Toolchain, target: &str) -> Result<Vec<PathBuf>> {
    read(toolchain.cargo("fetch", target).args(["--quiet", "--locked"]).current_dir(root))?;
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => root.join(home),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cargo"),
    };
    let sources = home.join("registry/src");
    let Ok(entries) = fs::read_dir(&sources) else { return Ok(Vec::new()) };
    let mut registries = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    registries.sort();
    Ok(registries)
}

/// Returns the version of a package that the lock file names.
pub(crate) fn locked_version(root: &Path, package: &str) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let id = read(Command::new(cargo).args(["pkgid", "--locked", package]).current_dir(root))?;
    Ok(id.rsplit(['@', '#']).next().unwrap_or_default().to_owned())
}
