//! Packuments of npm, in the abbreviated form that installers ask for, and tarballs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha512};

use super::tar::tar_gz;
use super::{File, Made};
use crate::graph::{Need, Package, Release};

/// The packument of a package, and its tarballs.
pub(super) fn package(package: &Package, origin: &str) -> Made {
    let mut made = Vec::new();
    let mut versions = Map::new();
    let mut newest = String::new();
    for release in &package.releases {
        let (manifest, archive, unpacked_bytes) = packed(&package.name, release);
        let version = release.version.to_string();
        let path = format!("/npm/{}/-/{}-{version}.tgz", package.name, package.name);
        let mut manifest = manifest;
        manifest["dist"] = json!({
            "tarball": format!("{origin}{path}"),
            "integrity": format!("sha512-{}", STANDARD.encode(Sha512::digest(&archive))),
            "fileCount": release.file_count + 1,
            "unpackedSize": unpacked_bytes,
        });
        versions.insert(version.clone(), manifest);
        newest = version;
        made.push(File::new(path, "application/octet-stream", archive));
    }
    let packument = json!({
        "name": package.name,
        "dist-tags": { "latest": newest },
        "modified": "2026-01-02T00:00:00.000Z",
        "versions": versions,
    });
    let path = format!("/npm/{}", package.name);
    made.push(File::new(path, "application/vnd.npm.install-v1+json", packument.to_string()));
    made
}

/// How `package.json` writes which versions will do.
pub(crate) fn requirement(need: &Need) -> String {
    format!(">={} <{}", need.from, need.below)
}

/// What a manifest says it needs.
pub(crate) fn dependencies(needs: &[Need]) -> Value {
    needs
        .iter()
        .map(|need| (need.name.clone(), Value::String(requirement(need))))
        .collect::<Map<_, _>>()
        .into()
}

fn packed(name: &str, release: &Release) -> (Value, Vec<u8>, usize) {
    let manifest = json!({
        "name": name,
        "version": release.version.to_string(),
        "dependencies": dependencies(&release.needs),
    });
    let mut files = vec![("package.json".to_owned(), manifest.to_string().into_bytes())];
    files.extend(release.files().map(|(path, content)| (format!("lib/{path}"), content)));
    let bytes = files.iter().map(|(_, content)| content.len()).sum();
    (manifest, tar_gz("package", &files), bytes)
}
