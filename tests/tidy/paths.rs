//! No file, built ones included, knows the machine it was made on.

use crate::tree::{Finding, Tree};

/// Beginnings of paths that exist on a developer's machine only, in two parts each so that this
/// file does not contain them.
const BEGINNINGS: [(&str, &str); 6] = [
    ("/wo", "rk/"),
    ("/root", "/"),
    ("/tmp", "/wt/"),
    ("/tmp", "/th/"),
    (".cargo/registry", "/src/index"),
    ("/rustc-", "nightly/"),
];

/// Finds paths of one machine.
pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, bytes) in tree.files() {
        let text = String::from_utf8_lossy(bytes);
        for beginning in BEGINNINGS.map(|(first, second)| format!("{first}{second}")) {
            let lines = text.lines().enumerate().filter(|(_, line)| line.contains(&beginning));
            for (index, _) in lines {
                let message = format!("`{beginning}` exists on one machine only: write what is meant");
                findings.push(Finding { path: path.to_owned(), line: index + 1, message });
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_machine_is_found() {
        let path = format!("one\nsee {}{}x\n", BEGINNINGS[0].0, BEGINNINGS[0].1);
        assert_eq!(findings(&Tree::of(&[("docs/a.md", &path)]))[0].line, 2);
        assert!(findings(&Tree::of(&[("docs/a.md", "see docs/x.md")])).is_empty());
    }
}
