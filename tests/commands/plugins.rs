//! Plugins to be added: the fixture that attacks the host, under any manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use s_component::{embed_manifest, manifest_of};
use s_store::Sha256Digest;

use crate::support::{Outcome, Sandbox};

const ATTACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/attack.wasm");

/// Returns the fixture as it is built.
pub(crate) fn attack() -> Vec<u8> {
    fs::read(ATTACK).expect("the fixture is committed")
}

/// Returns the manifest of the fixture.
pub(crate) fn manifest() -> String {
    manifest_of(&attack()).expect("it is a component").expect("it has a manifest").to_owned()
}

/// Returns the fixture with another manifest in it.
pub(crate) fn with(manifest: &str) -> Vec<u8> {
    embed_manifest(&attack(), manifest).expect("the manifest is short")
}

/// Returns the fixture with a text of its manifest replaced, which must be there.
pub(crate) fn replaced(from: &str, to: &str) -> Vec<u8> {
    let manifest = manifest();
    assert!(manifest.contains(from), "{from}");
    with(&manifest.replace(from, to))
}

/// Returns how a digest is typed.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256Digest::of(bytes).to_string()
}

/// Returns a sandbox with a project in it.
pub(crate) fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("stryke.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n");
    sandbox
}

/// Writes bytes into the directory `s` is run in.
pub(crate) fn put(sandbox: &Sandbox, name: &str, bytes: &[u8]) {
    let path = sandbox.write(name, "");
    fs::write(path, bytes).expect("the sandbox can be written");
}

/// Adds a plugin, with consent to exactly these bytes.
pub(crate) fn add(sandbox: &Sandbox, source: &str, bytes: &[u8]) -> Outcome {
    sandbox.run(&["plugin", "add", source, "--allow", "--integrity", &digest(bytes)])
}

/// Returns every file that says which plugins there are, and what it contains.
pub(crate) fn files(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let work = sandbox.work();
    let root = work.parent().expect("it is below the sandbox");
    let mut found = BTreeMap::new();
    collect(root, root, &mut found);
    // Both are made whenever something is done, and say nothing about plugins.
    found.retain(|path, _| !path.ends_with("tmp/plugins.lock") && !path.ends_with("host.key"));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the sandbox can be read") {
        let path = entry.expect("the sandbox can be read").path();
        if path.is_symlink() {
            continue;
        } else if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("it was found there").to_string_lossy().into_owned();
            found.insert(name, fs::read(&path).expect("the sandbox can be read"));
        }
    }
}
