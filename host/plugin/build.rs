//! Tells the engine which target it was built for, as plugins are compiled for the same, and which
//! wasmtime it was built with, as compiled code is good for no other.

use std::path::Path;

fn main() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", lock.display());
    println!("cargo:rustc-env=S_PLUGIN_TARGET={}", std::env::var("TARGET").unwrap_or_default());
    let text = std::fs::read_to_string(&lock).unwrap_or_default();
    let wasmtime = text.split("[[package]]").find_map(|package| {
        let mut lines = package.lines().map(str::trim).filter(|line| !line.is_empty());
        if lines.next()? != "name = \"wasmtime\"" {
            return None;
        }
        lines.next()?.strip_prefix("version = ").map(|version| version.trim_matches('"').to_owned())
    });
    println!("cargo:rustc-env=S_PLUGIN_WASMTIME={}", wasmtime.expect("`Cargo.lock` names wasmtime"));
}
