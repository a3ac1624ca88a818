//! A digest of everything that goes into a component or a pack, for machines without the recorded compiler.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::command::read;
use crate::guests::Guest;
use crate::toolchain::TARGET;

/// Digests the sources of a guest: the interface text and what [`add_crates`] adds.
pub(crate) fn digest(root: &Path, guest: &Guest) -> Result<String> {
    let mut parts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for release in releases(root)? {
        files_below(root, &release, &mut parts)?;
    }
    let build = Build { package: &guest.package(), features: "", target: TARGET, profile: "guest" };
    add_crates(root, &build, &mut parts)?;
    Ok(digest_of(parts))
}

/// Digests the sources of any other build.
pub(crate) fn digest_build(root: &Path, build: &Build<'_>) -> Result<String> {
    let mut parts = BTreeMap::new();
    add_crates(root, build, &mut parts)?;
    Ok(digest_of(parts))
}

/// What is built.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Build<'a> {
    pub(crate) package: &'a str,
    pub(crate) features: &'a str,
    pub(crate) target: &'a str,
    /// Inherits from `release`.
    pub(crate) profile: &'a str,
}

/// Adds the files of a crate and of the crates of the workspace it depends on, the profile, and the other
/// crates by version and checksum.
fn add_crates(root: &Path, build: &Build<'_>, parts: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    parts.insert("Cargo.toml".to_owned(), profiles(root, build.profile)?.into_bytes());
    let checksums = checksums(root)?;
    for line in dependencies(root, build)?.lines() {
        let package = line.split_once(" (").map_or(line, |(package, _)| package);
        let package = package.split_once(" [").map_or(package, |(package, _)| package);
        let features = line.rsplit_once(" [").map_or("", |(_, features)| features);
        match line.split_once(" (").and_then(|(_, rest)| rest.split_once(')')) {
            Some((path, _)) if Path::new(path).is_absolute() => {
                let folder = Path::new(path).strip_prefix(root).context("a crate outside the workspace")?;
                files_below(root, folder, parts)?;
                parts.insert(format!("crate {package}"), features.as_bytes().to_vec());
            }
            _ => {
                let checksum = checksums.get(package).map_or("none", String::as_str);
                parts.insert(format!("crate {package}"), format!("{checksum} {features}").into_bytes());
            }
        }
    }
    Ok(())
}

fn digest_of(parts: BTreeMap<String, Vec<u8>>) -> String {
    let mut hasher = Sha256::new();
    for (name, content) in parts {
        hasher.update(format!("{name}\n{}\n", content.len()));
        hasher.update(content);
    }
    hex(&hasher.finalize())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The folders of the interface text, one a release.
fn releases(root: &Path) -> Result<Vec<PathBuf>> {
    let mut releases = Vec::new();
    for entry in fs::read_dir(root.join("wit"))? {
        let name = entry?.file_name();
        if name.to_string_lossy().starts_with(|c: char| c.is_ascii_digit()) {
            releases.push(Path::new("wit").join(name));
        }
    }
    Ok(releases)
}

/// One line for each crate that is compiled: name, version, path if it is ours, features.
fn dependencies(root: &Path, build: &Build<'_>) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    read(
        Command::new(cargo)
            .args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--no-dedupe"])
            .args(["--format", "{p} [{f}]", "--target", build.target, "--package", build.package])
            .args(["--features", build.features])
            .current_dir(root),
    )
}

/// `name vVERSION` to checksum.
fn checksums(root: &Path) -> Result<BTreeMap<String, String>> {
    let lock: toml::Table = fs::read_to_string(root.join("Cargo.lock"))?.parse()?;
    let packages =
        lock.get("package").and_then(toml::Value::as_array).context("`Cargo.lock` has no packages")?;
    let text =
        |package: &toml::Value, key: &str| package.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    Ok(packages
        .iter()
        .filter_map(|package| {
            let key = format!("{} v{}", text(package, "name")?, text(package, "version")?);
            Some((key, text(package, "checksum")?))
        })
        .collect())
}

/// A profile and the one it inherits from, in one spelling.
fn profiles(root: &Path, profile: &str) -> Result<String> {
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let profiles =
        manifest.get("profile").and_then(toml::Value::as_table).context("there are no profiles")?;
    let of = |name: &str| profiles.get(name).map(ToString::to_string).unwrap_or_default();
    Ok(format!("{profile} {}\nrelease {}\n", of(profile), of("release")))
}

fn files_below(root: &Path, folder: &Path, parts: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let mut rest: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(folder) = rest.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                rest.push(path);
            } else {
                let name = path.to_string_lossy().replace('\\', "/");
                parts.insert(name, fs::read(root.join(&path))?);
            }
        }
    }
    Ok(())
}
