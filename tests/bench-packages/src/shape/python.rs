//! Pages of the simple index of Python in JSON (PEP 691), wheels, and their metadata beside them
//! (PEP 658).

use std::io::{Cursor, Write as _};

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s_store::Sha256Digest;
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{File, Made};
use crate::graph::{Need, Package, Release};

/// The page of a package, its wheels and their metadata.
pub(super) fn package(package: &Package) -> Result<Made> {
    let mut made = Vec::new();
    let mut listed = Vec::new();
    for release in &package.releases {
        let file_name = format!("{}-{}-py3-none-any.whl", package.name, release.version);
        let metadata = metadata(&package.name, release);
        let wheel = packed(&package.name, release, &metadata)?;
        let url = format!("/wheels/{file_name}");
        listed.push(json!({
            "filename": file_name,
            "url": url,
            "hashes": { "sha256": Sha256Digest::of(&wheel).to_hex() },
            "size": wheel.len(),
            "core-metadata": { "sha256": Sha256Digest::of(metadata.as_bytes()).to_hex() },
            "requires-python": ">=3.8",
            "upload-time": "2026-01-02T00:00:00Z",
            "yanked": false,
        }));
        made.push(File::new(format!("{url}.metadata"), "text/plain", metadata));
        made.push(File::new(url, "application/octet-stream", wheel));
    }
    let versions: Vec<String> = package.releases.iter().map(|release| release.version.to_string()).collect();
    let page = json!({
        "meta": { "api-version": "1.1" }, "name": package.name, "versions": versions, "files": listed,
    });
    let path = format!("/simple/{}/", package.name);
    made.push(File::new(path, "application/vnd.pypi.simple.v1+json", page.to_string()));
    Ok(made)
}

/// How metadata and `pyproject.toml` write what is needed.
pub(crate) fn requirement(need: &Need) -> String {
    format!("{}>={},<{}", need.name, need.from, need.below)
}

fn metadata(name: &str, release: &Release) -> String {
    let mut text = format!(
        "Metadata-Version: 2.1\nName: {name}\nVersion: {}\nRequires-Python: >=3.8\n",
        release.version
    );
    for need in &release.needs {
        text.push_str(&format!("Requires-Dist: {}\n", requirement(need)));
    }
    text
}

fn packed(name: &str, release: &Release, metadata: &str) -> Result<Vec<u8>> {
    let about = format!("{name}-{}.dist-info", release.version);
    let wheel = "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let mut files: Vec<(String, Vec<u8>)> =
        release.files().map(|(path, content)| (format!("{name}/{path}"), content)).collect();
    files.push((format!("{about}/METADATA"), metadata.as_bytes().to_vec()));
    files.push((format!("{about}/WHEEL"), wheel.as_bytes().to_vec()));
    let mut record = String::new();
    for (path, content) in &files {
        let digest = URL_SAFE_NO_PAD.encode(Sha256Digest::of(content).as_bytes());
        record.push_str(&format!("{path},sha256={digest},{}\n", content.len()));
    }
    record.push_str(&format!("{about}/RECORD,,\n"));
    files.push((format!("{about}/RECORD"), record.into_bytes()));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in &files {
        zip.start_file(path.as_str(), SimpleFileOptions::default())?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}
