//! `Cargo.toml` of every crate: named after its folder, everything shared inherited.

use std::collections::BTreeSet;

use crate::tree::{Finding, Tree};

/// What a crate takes from the workspace.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// Finds crates that say for themselves what the workspace says for all.
pub(crate) fn inheritance(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in tree.members() {
        let path = format!("{}/Cargo.toml", member.folder);
        let mut find = |near: &str, message: String| findings.push(tree.at(&path, near, message));
        let last = member.folder.rsplit('/').next().unwrap_or_default();
        let folder_name = if last == "s" { "s".to_owned() } else { format!("s-{last}") };
        if member.name != folder_name {
            find("name =", format!("a crate is named after its folder: `{folder_name}`"));
        }
        let package =
            member.manifest.get("package").and_then(toml::Value::as_table).cloned().unwrap_or_default();
        for key in INHERITED.into_iter().filter(|key| !is_inherited(package.get(*key))) {
            find(key, format!("inherit it: `{key}.workspace = true`"));
        }
        if package.get("description").and_then(toml::Value::as_str).is_none_or(str::is_empty) {
            find("[package]", "say in `description` what the crate is for".to_owned());
        }
        if !is_inherited(member.manifest.get("lints")) {
            find("[lints]", "inherit the lints: `[lints]` with `workspace = true`".to_owned());
        }
        if member.manifest.get("lib").is_some_and(|lib| lib.get("crate-type").is_some()) {
            find(
                "crate-type",
                "leave it out: `cargo xtask plugins` says how a guest is built, tests build it natively"
                    .to_owned(),
            );
        }
        for (_, dependencies) in member.dependencies() {
            for (name, _) in dependencies.iter().filter(|(_, value)| !is_inherited(Some(value))) {
                find(name, format!("`{name}` belongs in the version table: `{name}.workspace = true`"));
            }
        }
    }
    findings
}

/// Finds entries of the version table that no crate uses.
pub(crate) fn unused(tree: &Tree) -> Vec<Finding> {
    let members = tree.members();
    let tables = members.iter().flat_map(|member| member.dependencies());
    let used: BTreeSet<&str> = tables.flat_map(|(_, table)| table.keys().map(String::as_str)).collect();
    let mut findings = Vec::new();
    for (name, value) in version_table(tree) {
        // A crate of ours may wait in the table for the first that depends on it.
        if !used.contains(name.as_str()) && value.get("path").is_none() {
            let message = format!("no crate depends on `{name}`: remove the line");
            findings.push(tree.at("Cargo.toml", &format!("{name} ="), message));
        }
    }
    findings
}

/// Finds places where the faults of `s-store` would get into what users run. Cargo turns features
/// of dev-dependencies on only where tests are built.
pub(crate) fn faults(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let has_it = |value: &toml::Value, key: &str| {
        let names = value.get(key).and_then(toml::Value::as_array);
        let mut names = names.into_iter().flatten().filter_map(toml::Value::as_str);
        names.any(|name| name == "faults" || name.ends_with("/faults"))
    };
    let mut find = |path: &str, near: &str| {
        let message = "the feature `faults` is for tests: turn it on in `[dev-dependencies]` only".to_owned();
        findings.push(tree.at(path, near, message));
    };
    for (name, _) in version_table(tree).iter().filter(|(_, value)| has_it(value, "features")) {
        find("Cargo.toml", &format!("{name} ="));
    }
    for member in tree.members() {
        let path = format!("{}/Cargo.toml", member.folder);
        for (kind, dependencies) in member.dependencies() {
            for (name, value) in dependencies {
                if kind != "dev-dependencies" && has_it(value, "features") {
                    find(&path, name);
                }
            }
        }
        let features = member.manifest.get("features").and_then(toml::Value::as_table);
        for name in features.into_iter().flat_map(toml::Table::keys) {
            if has_it(&member.manifest["features"], name) {
                find(&path, "[features]");
            }
        }
    }
    findings
}

/// Returns `[workspace.dependencies]`.
pub(crate) fn version_table(tree: &Tree) -> toml::Table {
    let manifest = tree.toml("Cargo.toml");
    let table = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    table.and_then(toml::Value::as_table).cloned().unwrap_or_default()
}

fn is_inherited(value: Option<&toml::Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"s-a\"\ndescription = \"A.\"\nversion.workspace = true\nedition.workspace = true\n\
        rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n";

    #[test]
    fn what_is_not_inherited_is_found() {
        let cases = [
            (GOOD.to_owned(), 0),
            (GOOD.replace("s-a", "s-b"), 1),
            (GOOD.replace("version.workspace = true\nedition", "version = \"1.0.0\"\nedition"), 1),
            (GOOD.replace("[lints]\nworkspace = true", ""), 1),
            (GOOD.replace("A.", ""), 1),
            (format!("{GOOD}[lib]\ncrate-type = [\"cdylib\"]\n"), 1),
            (format!("{GOOD}[dependencies]\nurl = \"2\"\nsemver.workspace = true\n"), 1),
        ];
        for (text, count) in cases {
            assert_eq!(inheritance(&Tree::of(&[("host/a/Cargo.toml", &text)])).len(), count, "{text}");
        }
    }

    #[test]
    fn an_entry_nobody_uses_is_found() {
        let tree = Tree::of(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\nurl = \"2\"\nsemver = \"1\"\ns-a = { path = \"host/a\" }\n",
            ),
            (
                "host/a/Cargo.toml",
                "[package]\nname = \"s-a\"\n[target.'cfg(unix)'.dependencies]\nurl.workspace = true",
            ),
        ]);
        let found = unused(&tree);
        assert_eq!((found.len(), found[0].line), (1, 3));
    }

    #[test]
    fn faults_outside_of_tests_are_found() {
        const WITH: &str = "s-store = { workspace = true, features = [\"faults\"] }\n";
        let head = "[package]\nname = \"s-a\"\n";
        let cases = [
            (format!("{head}[dev-dependencies]\n{WITH}"), 0),
            (format!("{head}[features]\nfaults = []\n"), 0),
            (format!("{head}[dependencies]\n{WITH}"), 1),
            (format!("{head}[target.'cfg(unix)'.dependencies]\n{WITH}"), 1),
            (format!("{head}[build-dependencies]\n{WITH}"), 1),
            (format!("{head}[features]\nfaults = []\ndefault = [\"faults\"]\n"), 1),
            (format!("{head}[features]\nx = [\"s-store/faults\"]\n"), 1),
        ];
        for (text, count) in cases {
            assert_eq!(faults(&Tree::of(&[("host/a/Cargo.toml", &text)])).len(), count, "{text}");
        }
        let table =
            "[workspace.dependencies]\ns-store = { path = \"host/store\", features = [\"faults\"] }\n";
        assert_eq!(faults(&Tree::of(&[("Cargo.toml", table)])).len(), 1);
    }
}
