//! Source files: each belongs to a crate, says what it is for, and is not long without a reason.

use std::collections::BTreeSet;

use crate::code::{blank, home_of_modules};
use crate::tree::{Finding, Member, Tree};

/// Above this a file says why it is one: `//! Long because …`.
const LINES_MAX: usize = 1000;
const REASON: &str = "//! Long because ";

/// Finds Rust files of crates that no target reaches through `mod`: tests in them never run.
pub(crate) fn forgotten(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let members = tree.members();
    let mut reached = BTreeSet::new();
    for member in &members {
        for root in roots(tree, member) {
            reach(tree, &root, true, &mut reached);
        }
    }
    for (path, _) in tree.texts(".rs") {
        let of_crate = members.iter().any(|member| path.starts_with(&format!("{}/", member.folder)));
        let of_target = path.starts_with("tests/") && !path.starts_with("tests/fixtures/");
        if (of_crate || of_target) && !reached.contains(path) {
            let message = "no crate has this file: add `mod` where it belongs, or remove it".to_owned();
            findings.push(Finding { path: path.to_owned(), line: 0, message });
        }
    }
    findings
}

/// Finds Rust files without a header that says what they are for; `tests.rs` says it by its name.
pub(crate) fn headers(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let speaks_for_itself = |path: &str| path.starts_with("tests/fixtures/") || path.ends_with("/tests.rs");
    for (path, text) in tree.texts(".rs").filter(|(path, _)| !speaks_for_itself(path)) {
        if !text.trim_start().starts_with("//!") {
            let message = "begin with `//!`: what it is for, what it leaves to others, what holds".to_owned();
            findings.push(Finding { path: path.to_owned(), line: 1, message });
        }
    }
    findings
}

/// Finds files that are longer than a reader can hold and do not say why.
pub(crate) fn lengths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts(".rs") {
        let count = text.lines().count();
        if count > LINES_MAX && !text.contains(REASON) {
            let message = format!("{count} lines: split it by subject, or say `{REASON}…` in its header");
            findings.push(Finding { path: path.to_owned(), line: LINES_MAX, message });
        }
    }
    findings
}

/// The files cargo starts from.
fn roots(tree: &Tree, member: &Member) -> Vec<String> {
    let folder = &member.folder;
    let mut roots: Vec<String> =
        ["src/lib.rs", "src/main.rs", "build.rs"].iter().map(|file| format!("{folder}/{file}")).collect();
    for section in ["tests", "benches", "examples", "src/bin"] {
        let prefix = format!("{folder}/{section}/");
        let files = tree.texts(".rs").filter_map(|(path, _)| Some((path, path.strip_prefix(&prefix)?)));
        // A file, or a folder with a `main.rs` in it.
        let is_root = |file: &str| file.split_once('/').is_none_or(|(_, rest)| rest == "main.rs");
        roots.extend(files.filter(|(_, file)| is_root(file)).map(|(path, _)| path.to_owned()));
    }
    for section in ["test", "bench", "example", "bin"] {
        let targets = member.manifest.get(section).and_then(toml::Value::as_array);
        for target in targets.into_iter().flatten() {
            let path = target.get("path").and_then(toml::Value::as_str);
            roots.extend(path.map(|path| normal(&format!("{folder}/{path}"))));
        }
    }
    roots
}

/// Follows `mod` and `include` from a file.
fn reach(tree: &Tree, path: &str, is_root: bool, reached: &mut BTreeSet<String>) {
    if !tree.has(path) || !path.ends_with(".rs") || !reached.insert(path.to_owned()) {
        return;
    }
    let text = tree.text(path);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let home = if is_root { format!("{folder}/") } else { home_of_modules(path) };
    for line in blank(text).lines() {
        let declaration = line.trim().strip_suffix(';').and_then(|line| line.rsplit_once("mod "));
        if let Some((_, name)) = declaration {
            reach(tree, &format!("{home}{name}.rs"), false, reached);
            reach(tree, &format!("{home}{name}/mod.rs"), false, reached);
        }
    }
    for marker in ["include_str!(\"", "include!(\"", "include_bytes!(\"", "path = \""] {
        for tail in text.split(marker).skip(1) {
            let file = tail.split('"').next().unwrap_or_default();
            reach(tree, &normal(&format!("{folder}/{file}")), false, reached);
        }
    }
}

/// Takes `..` out of a path.
fn normal(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_nobody_declares_is_found() {
        let tree = Tree::of(&[
            (
                "host/a/Cargo.toml",
                "[package]\nname = \"s-a\"\n[[test]]\nname = \"t\"\npath = \"../../tests/t/main.rs\"",
            ),
            ("host/a/src/lib.rs", "pub mod b;\n// mod lost;\ninclude_str!(\"../templates/guest.rs\");"),
            ("host/a/src/b.rs", "#[cfg(test)]\nmod tests;"),
            ("host/a/src/b/tests.rs", ""),
            ("host/a/src/lost.rs", ""),
            ("host/a/templates/guest.rs", ""),
            ("tests/t/main.rs", "mod one;"),
            ("tests/t/one.rs", ""),
            ("tests/t/two.rs", ""),
        ]);
        let found: Vec<String> = forgotten(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["host/a/src/lost.rs", "tests/t/two.rs"]);
    }

    #[test]
    fn a_file_without_header_or_without_end_is_found() {
        let long = "x\n".repeat(LINES_MAX + 1);
        let tree = Tree::of(&[("a/b.rs", "//! What.\n"), ("a/c.rs", "use d;\n"), ("a/e.rs", &long)]);
        assert_eq!(
            headers(&tree).iter().map(|finding| finding.path.as_str()).collect::<Vec<_>>(),
            ["a/c.rs", "a/e.rs"]
        );
        assert_eq!(lengths(&tree).len(), 1);
        assert!(lengths(&Tree::of(&[("a/e.rs", &format!("{REASON}it is a table.\n{long}"))])).is_empty());
    }
}
