//! A sparse index of cargo, and its crates.

use s_store::Sha256Digest;
use serde_json::json;

use super::tar::tar_gz;
use super::{File, Made};
use crate::graph::{Need, Package, Release};

/// The root document, which names the origin.
pub(super) fn root(origin: &str) -> File {
    let config = json!({ "dl": format!("{origin}/cargo/crates/{{crate}}/{{version}}") });
    File::new("/cargo/index/config.json".to_owned(), "application/json", config.to_string())
}

/// The index of a package, and its crates.
pub(super) fn package(package: &Package) -> Made {
    let mut made = Vec::new();
    let mut index = String::new();
    for release in &package.releases {
        let archive = packed(&package.name, release);
        let dependency = |need: &Need| {
            json!({
                "name": need.name, "req": requirement(need), "features": [], "optional": false,
                "default_features": true, "target": null, "kind": "normal",
            })
        };
        let line = json!({
            "name": package.name,
            "vers": release.version.to_string(),
            "deps": release.needs.iter().map(dependency).collect::<Vec<_>>(),
            "cksum": Sha256Digest::of(&archive).to_hex(),
            "features": {},
            "yanked": false,
        });
        index.push_str(&format!("{line}\n"));
        let path = format!("/cargo/crates/{}/{}", package.name, release.version);
        made.push(File::new(path, "application/gzip", archive));
    }
    made.push(File::new(index_path(&package.name), "text/plain", index));
    made
}

/// How `Cargo.toml` writes which versions will do.
pub(crate) fn requirement(need: &Need) -> String {
    format!(">={}, <{}", need.from, need.below)
}

/// Where the index of a package stands; names here have four letters or more.
pub(super) fn index_path(name: &str) -> String {
    format!("/cargo/index/{}/{}/{name}", &name[..2], &name[2..4])
}

fn packed(name: &str, release: &Release) -> Vec<u8> {
    let mut manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"{}\"\nedition = \"2021\"\n\n[dependencies]\n",
        release.version
    );
    for need in &release.needs {
        manifest.push_str(&format!("{} = \"{}\"\n", need.name, requirement(need)));
    }
    let mut files =
        vec![("Cargo.toml".to_owned(), manifest.into_bytes()), ("src/lib.rs".to_owned(), Vec::new())];
    files.extend(release.files().map(|(path, content)| (format!("lib/{path}"), content)));
    tar_gz(&format!("{name}-{}", release.version), &files)
}
