//! `Cargo.lock`: the engine is one release in one copy, and a crate in several versions has a reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Finding, Tree};

/// Crates that move together: a name or, with `-` at its end, a beginning of one; the release.
const ENGINE: &[(&str, &str)] = &[
    ("wasmtime", "48.0."),
    ("wasmtime-", "48.0."),
    ("cranelift-", "0.135."),
    ("cranelift", "0.135."),
    ("wasmparser", "0.254."),
    ("wasm-encoder", "0.254."),
    ("wit-component", "0.254."),
    ("wit-parser", "0.254."),
];

/// Crates with a beginning from [`ENGINE`] that are released on their own.
const NOT_ENGINE: &[&str] = &[];

/// Crates that must not be in the graph at all.
const ABSENT: &[&str] = &["wasmtime-wasi", "wasi-common", "openssl-sys", "native-tls"];

/// Finds a second copy or another release of what makes up the engine.
pub(crate) fn engine(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, versions) in packages(tree) {
        let near = format!("name = \"{name}\"");
        let matches =
            |pattern: &str| if pattern.ends_with('-') { name.starts_with(pattern) } else { name == pattern };
        let rule =
            ENGINE.iter().find(|(pattern, _)| matches(pattern) && !NOT_ENGINE.contains(&name.as_str()));
        if let Some((_, release)) = rule {
            for version in versions.iter().filter(|version| !version.starts_with(release)) {
                let message = format!(
                    "`{name}` {version}: the engine moves as one, to {release}*; align the version table in Cargo.toml"
                );
                findings.push(tree.at("Cargo.lock", &near, message));
            }
            if versions.len() > 1 {
                let message = format!("`{name}` is there in {} versions: one copy is built", versions.len());
                findings.push(tree.at("Cargo.lock", &near, message));
            }
        }
        if ABSENT.contains(&name.as_str()) {
            let message =
                format!("`{name}` may not be in the graph: find who brings it with `cargo tree -i {name}`");
            findings.push(tree.at("Cargo.lock", &near, message));
        }
    }
    findings
}

/// Holds crates in several versions against `bans.skip` of `.deny.toml`, both ways.
pub(crate) fn duplicates(tree: &Tree) -> Vec<Finding> {
    let settings = tree.toml(".deny.toml");
    let skips = settings.get("bans").and_then(|bans| bans.get("skip")).and_then(toml::Value::as_array);
    let mut explained = BTreeSet::new();
    let mut findings = Vec::new();
    for skip in skips.into_iter().flatten() {
        let text = |key: &str| skip.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        explained.insert(text("crate").to_owned());
        if text("reason").is_empty() {
            findings.push(tree.at(".deny.toml", text("crate"), "say in `reason` why it is there twice"));
        }
    }
    let packages = packages(tree);
    for (name, versions) in packages.iter().filter(|(_, versions)| versions.len() > 1) {
        let left = versions.iter().filter(|version| !explained.contains(&format!("{name}@{version}")));
        let left: Vec<&str> = left.map(String::as_str).collect();
        if left.len() > 1 {
            let message = format!(
                "`{name}` is there as {}: align who needs it, or explain all but one in `bans.skip` of .deny.toml",
                left.join(", ")
            );
            findings.push(tree.at("Cargo.lock", &format!("name = \"{name}\""), message));
        }
    }
    for skip in &explained {
        let (name, version) = skip.split_once('@').unwrap_or((skip, ""));
        let needed =
            packages.get(name).is_some_and(|versions| versions.len() > 1 && versions.contains(version));
        if !needed {
            findings.push(tree.at(
                ".deny.toml",
                skip,
                format!("`{skip}` is not there beside another: remove the line"),
            ));
        }
    }
    findings
}

/// Every package in the lock with its versions.
fn packages(tree: &Tree) -> BTreeMap<String, BTreeSet<String>> {
    let lock = tree.toml("Cargo.lock");
    let mut packages = BTreeMap::<String, BTreeSet<String>>::new();
    for package in lock.get("package").and_then(toml::Value::as_array).into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        packages.entry(text("name")).or_default().insert(text("version"));
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        packages
            .iter()
            .map(|(name, version)| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n"))
            .collect()
    }

    #[test]
    fn a_second_engine_is_found() {
        let cases: &[(&[(&str, &str)], usize)] = &[
            (&[("wasmtime", "48.0.8"), ("cranelift-codegen", "0.135.8")], 0),
            (&[("wasmtime", "49.0.0")], 1),
            (&[("cranelift-codegen", "0.135.8"), ("cranelift-codegen", "0.130.1")], 2),
            (&[("wasmparser", "0.254.2"), ("wasmparser", "0.258.3")], 2),
            (&[("wasmtime-wasi", "48.0.8")], 1),
        ];
        for (packages, count) in cases {
            assert_eq!(engine(&Tree::of(&[("Cargo.lock", &lock(packages))])).len(), *count, "{packages:?}");
        }
    }

    #[test]
    fn a_second_version_needs_a_reason_and_a_reason_a_second_version() {
        let two = lock(&[("syn", "2.0.1"), ("syn", "3.0.1")]);
        let skip = |name: &str| format!("[bans]\nskip = [{{ crate = \"{name}\", reason = \"r\" }}]");
        let cases = [
            (two.clone(), String::new(), 1),
            (two.clone(), skip("syn@2.0.1"), 0),
            (two, skip("syn@1.0.0"), 2),
            (lock(&[("syn", "3.0.1")]), skip("syn@3.0.1"), 1),
        ];
        for (lock, settings, count) in cases {
            let tree = Tree::of(&[("Cargo.lock", &lock), (".deny.toml", &settings)]);
            assert_eq!(duplicates(&tree).len(), count, "{settings}");
        }
    }
}
