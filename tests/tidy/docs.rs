//! Documents that repeat what stands elsewhere: they agree with it.

use std::collections::BTreeSet;

use crate::manifests::version_table;
use crate::tree::{Finding, Tree};

const DEPENDENCIES: &str = "docs/dependencies.md";
const MAP: &str = "docs/architecture.md";
const DECISIONS: &str = "docs/decisions/";
const THREATS: &str = "docs/threats.md";

/// Holds the table of dependencies against the version table.
pub(crate) fn dependencies(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let table = version_table(tree);
    let external = table.iter().filter(|(_, value)| value.get("path").is_none());
    let external: BTreeSet<&str> = external.map(|(name, _)| name.as_str()).collect();
    let mut accounted = BTreeSet::new();
    for (index, line) in tree.text(DEPENDENCIES).lines().enumerate() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(name) = cells.get(1).and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`')) else {
            continue;
        };
        let mut find = |message: String| {
            findings.push(Finding { path: DEPENDENCIES.to_owned(), line: index + 1, message });
        };
        if !external.contains(name) {
            find(format!("`{name}` is not in the version table of Cargo.toml: remove the line"));
        }
        if !accounted.insert(name) {
            find(format!("`{name}` is there twice: keep one line"));
        }
        if cells.len() != 6 || cells[2..5].iter().any(|cell| cell.is_empty()) {
            find(format!("`{name}` needs its purpose, why this crate, and how we would leave it"));
        }
    }
    for name in external.difference(&accounted) {
        let message =
            format!("`{name}` is not in {DEPENDENCIES}: say what for, why this one, how we would leave it");
        findings.push(tree.at("Cargo.toml", &format!("{name} ="), message));
    }
    findings
}

/// Finds decisions that are numbered with gaps or lack a part.
pub(crate) fn decisions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pages = tree.texts(".md").filter(|(path, _)| path.starts_with(DECISIONS));
    for (index, (path, text)) in pages.enumerate() {
        let number = format!("{:04}", index + 1);
        let mut find =
            |line, message: String| findings.push(Finding { path: path.to_owned(), line, message });
        if !path[DECISIONS.len()..].starts_with(&format!("{number}-")) {
            find(0, format!("the next number is {number}: decisions are numbered without gaps"));
        }
        if !text.starts_with(&format!("# {number}. ")) {
            find(1, format!("begin with `# {number}. TITLE`"));
        }
        for part in ["## Context", "## Decision", "## Consequences"] {
            if !text.lines().any(|line| line == part) {
                find(0, format!("`{part}` is missing"));
            }
        }
    }
    findings
}

/// Holds the crates of the map against the folders.
pub(crate) fn map(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let members = tree.members();
    for member in &members {
        if !tree.text(MAP).contains(&format!("| `{}` |", member.folder)) {
            let message = format!("`{}` is not on the map: add a row to {MAP}", member.folder);
            findings.push(Finding { path: format!("{}/Cargo.toml", member.folder), line: 0, message });
        }
    }
    for (index, line) in tree.text(MAP).lines().enumerate() {
        let Some(folder) = line.strip_prefix("| `").and_then(|rest| rest.split('`').next()) else { continue };
        if folder.contains('/') && !folder.starts_with('~') && !tree.has(folder) {
            let message = format!("`{folder}` is not there: the map shows only what exists");
            findings.push(Finding { path: MAP.to_owned(), line: index + 1, message });
        }
    }
    findings
}

/// Finds tests that the table of threats names and nobody wrote. A test is named `file::test`.
pub(crate) fn threats(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in tree.text(THREATS).lines().enumerate().filter(|(_, line)| line.starts_with("| ")) {
        let named = line.split('`').skip(1).step_by(2).filter_map(|name| name.split_once("::"));
        for (file, test) in named {
            if !tree.has(file) || !tree.text(file).contains(&format!("fn {test}(")) {
                let message = format!("there is no test `{test}` in `{file}`: name the one that proves it");
                findings.push(Finding { path: THREATS.to_owned(), line: index + 1, message });
            }
        }
    }
    findings
}

/// Finds links between documents that lead nowhere.
pub(crate) fn links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts(".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in text.lines().enumerate() {
            for tail in line.split("](").skip(1) {
                let target = tail.split([')', '#']).next().unwrap_or_default();
                if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                    continue;
                }
                let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
                for part in target.split('/') {
                    match part {
                        ".." => drop(parts.pop()),
                        "." | "" => {}
                        part => parts.push(part),
                    }
                }
                if !tree.has(&parts.join("/")) {
                    let message = format!("the link to `{target}` leads nowhere: correct it");
                    findings.push(Finding { path: path.to_owned(), line: index + 1, message });
                }
            }
        }
    }
    findings
}

/// Finds out whether the README has the block that `.ci/run` takes its test command from.
pub(crate) fn commands(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for marker in ["<!-- run -->", "<!-- test -->"] {
        let block = tree
            .text("README.md")
            .split(marker)
            .nth(1)
            .and_then(|rest| rest.trim_start().strip_prefix("```sh\n"));
        if block.is_none_or(|block| !block.contains("```")) {
            findings.push(tree.at(
                "README.md",
                marker,
                format!("`{marker}` stands before a block of commands (```sh)"),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(findings: Vec<Finding>) -> String {
        findings.iter().map(|finding| format!("{finding}\n")).collect()
    }

    #[test]
    fn the_table_of_dependencies_is_held_against_the_versions() {
        let tree = Tree::of(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\ns-a = { path = \"host/a\" }\nurl = \"2\"\nhttp = \"1\"\nzip = \"9\"\n",
            ),
            (
                DEPENDENCIES,
                "| crate | what |\n|---|---|\n| `url` | a | b | c |\n| `gone` | a | b | c |\n| `http` | a |  | c |\n",
            ),
        ]);
        let found = messages(dependencies(&tree));
        assert_eq!(found.lines().count(), 3, "{found}");
        assert!(
            ["`gone`", "`http` needs", "`zip` is not"].iter().all(|part| found.contains(part)),
            "{found}"
        );
    }

    #[test]
    fn a_gap_in_the_decisions_is_found() {
        let page = |number: &str| format!("# {number}. T\n\n## Context\n\n## Decision\n\n## Consequences\n");
        let (one, three) = (page("0001"), page("0003"));
        let good = Tree::of(&[("docs/decisions/0001-a.md", &one)]);
        assert_eq!(messages(decisions(&good)), "");
        let gap = Tree::of(&[("docs/decisions/0001-a.md", &one), ("docs/decisions/0003-c.md", &three)]);
        assert_eq!(decisions(&gap).len(), 2);
        let short = Tree::of(&[("docs/decisions/0001-a.md", "# 0001. T\n## Context\n## Decision\n")]);
        assert_eq!(decisions(&short).len(), 1);
    }

    #[test]
    fn the_map_and_the_folders_agree() {
        let tree = Tree::of(&[
            ("host/a/Cargo.toml", "[package]\nname = \"s-a\""),
            ("host/b/Cargo.toml", "[package]\nname = \"s-b\""),
            (MAP, "| `host/a` | x |\n| `host/c` | y |\n"),
        ]);
        assert_eq!(map(&tree).len(), 2);
    }

    #[test]
    fn threats_name_tests_that_exist() {
        let tree = Tree::of(&[
            ("host/a/src/b.rs", "fn it_holds() {}"),
            (
                THREATS,
                "A test is `file::test`.\n| 1 | x | `host/a/src/b.rs::it_holds`, `host/a/src/b.rs::gone` |\n| 2 | y | `host/c.rs::it_holds` |\n",
            ),
        ]);
        assert_eq!(threats(&tree).len(), 2);
    }

    #[test]
    fn dead_links_and_missing_commands_are_found() {
        let tree = Tree::of(&[
            ("docs/a.md", "[x](../README.md) [y](b.md#part) [z](https://example.com) [w](#here)"),
            ("README.md", "<!-- run -->\n```sh\nx\n```\n<!-- test -->\ntext"),
        ]);
        assert_eq!(links(&tree).len(), 1);
        assert_eq!(commands(&tree).len(), 1);
    }
}
