//! Licences of everything that is linked, held against `licenses.allow` of `.deny.toml`.

use std::collections::BTreeSet;
use std::process::Command;

use crate::tree::{Finding, Tree, root};

/// Finds packages under a licence that is not allowed. What cargo has not fetched for other systems
/// is left out; after `cargo fetch` everything is checked.
pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let settings = tree.toml(".deny.toml");
    let allow =
        settings.get("licenses").and_then(|licenses| licenses.get("allow")).and_then(toml::Value::as_array);
    let allow: BTreeSet<&str> = allow.into_iter().flatten().filter_map(toml::Value::as_str).collect();
    let mut findings = Vec::new();
    for (package, licence) in licences() {
        if !satisfied(&licence, &allow) {
            let message = format!(
                "`{package}` is under `{licence}`: replace it, or allow the licence in .deny.toml if we may use it"
            );
            let name = package.split(' ').next().unwrap_or_default();
            findings.push(tree.at("Cargo.lock", &format!("name = \"{name}\""), message));
        }
    }
    findings
}

/// Every package with its licence, from cargo.
fn licences() -> Vec<(String, String)> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let each = packages.iter().map(|package| {
        let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
        (name, text(&package["license"]))
    });
    each.collect()
}

/// Asks cargo without the network for all systems, else for this one, else with the network.
fn metadata() -> serde_json::Value {
    let cargo = std::env::var_os("CARGO").expect("cargo sets it for tests");
    let version = Command::new(&cargo).arg("-vV").output().expect("cargo runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("cargo knows its host")
        .to_owned();
    let attempts: [&[&str]; 3] =
        [&["--offline"], &["--offline", "--filter-platform", &host], &["--filter-platform", &host]];
    let mut complaint = String::new();
    for arguments in attempts {
        let mut command = Command::new(&cargo);
        command.args(["metadata", "--format-version", "1", "--locked"]).args(arguments).current_dir(root());
        let output = command.output().expect("cargo runs");
        if output.status.success() {
            return serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
        }
        complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    panic!("`cargo metadata` failed:\n{complaint}");
}

/// Whether an SPDX expression can be met with allowed licences. The old `A/B` means `A OR B`.
fn satisfied(expression: &str, allow: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at, allow) && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allow: &BTreeSet<&str>) -> bool {
    let mut met = both(words, at, allow);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allow);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allow: &BTreeSet<&str>) -> bool {
    let mut met = one(words, at, allow);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allow);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allow: &BTreeSet<&str>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = either(words, at, allow);
        *at += 1;
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        let name = format!("{word} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
        return allow.contains(name.as_str());
    }
    allow.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_or_not() {
        let allow = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
        let cases = [
            ("MIT", true),
            ("GPL-3.0", false),
            ("", false),
            ("MIT OR GPL-3.0", true),
            ("GPL-3.0/MIT", true),
            ("MIT AND GPL-3.0", false),
            ("MIT AND ISC", true),
            ("(GPL-3.0 OR MIT) AND ISC", true),
            ("(GPL-3.0 OR MIT) AND BSL-1.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("MIT OR", true),
            ("MIT MIT", false),
        ];
        for (expression, met) in cases {
            assert_eq!(satisfied(expression, &allow), met, "{expression}");
        }
    }
}
