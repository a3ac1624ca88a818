//! The registry of `s`, as [`s_wire`] has it.

use anyhow::Result;
use s_store::archive::{MANIFEST_NAME, PackEntry, PackSource, pack};
use s_wire::{Config, Dependency, FORM, IndexLine, index_path, write_line};

use super::{File, Made};
use crate::graph::{Need, Package, Release};

/// The root document.
pub(super) fn root() -> File {
    let config = serde_json::to_vec(&Config::new("bench")).expect("texts, numbers and lists are JSON");
    File::new("/stryke/config.json".to_owned(), "application/json", config)
}

/// The index of a package, and its archives.
pub(super) fn package(package: &Package) -> Result<Made> {
    let mut made = Vec::new();
    let mut index = String::new();
    for release in &package.releases {
        let (line, archive) = packed(&package.name, release)?;
        write_line(&line, &mut index);
        let path = format!("/stryke/archives/{}/{}", package.name, release.version);
        made.push(File::new(path, "application/octet-stream", archive));
    }
    made.push(File::new(format!("/stryke/{}", index_path(&package.name)), "text/plain", index));
    Ok(made)
}

/// How `stryke.toml` writes which versions will do.
pub(crate) fn requirement(need: &Need) -> String {
    format!(">={}, <{}", need.from, need.below)
}

fn packed(name: &str, release: &Release) -> Result<(IndexLine, Vec<u8>)> {
    let mut manifest = format!("[package]\nname = \"{name}\"\nversion = \"{}\"\n\n[deps]\n", release.version);
    for need in &release.needs {
        manifest.push_str(&format!("{} = \"{}\"\n", need.name, requirement(need)));
    }
    let entry = |path: String, bytes: Vec<u8>| PackEntry {
        path,
        executable: false,
        source: PackSource::Bytes(bytes),
    };
    let files = release.files().map(|(path, content)| entry(format!("lib/{path}"), content));
    let files = files.chain([entry(MANIFEST_NAME.to_owned(), manifest.into_bytes())]);
    let mut archive = Vec::new();
    let packed = pack(&format!("{name}-{}", release.version), files, &mut archive)?;
    let dependency = |need: &Need| Dependency {
        name: need.name.clone(),
        req: requirement(need),
        kind: "normal".to_owned(),
        default_features: true,
        ..Dependency::default()
    };
    let line = IndexLine {
        v: FORM,
        name: name.to_owned(),
        vers: release.version.to_string(),
        deps: release.needs.iter().map(dependency).collect(),
        features: Default::default(),
        integrity: packed.sha256.to_string(),
        tree: packed.tree.to_string(),
        size: packed.size,
        unpacked: packed.unpacked_bytes,
        files: packed.file_count,
        s: None,
        edition: None,
        caps: Vec::new(),
        artifacts: Vec::new(),
        pubtime: Some("2026-01-02T00:00:00Z".to_owned()),
        yanked: false,
        yank_reason: None,
        deprecated: None,
        removed: None,
    };
    Ok((line, archive))
}
