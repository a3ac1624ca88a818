//! Diagnostic codes: one that nothing can print is a promise nobody keeps.

use crate::code::product;
use crate::tree::{Finding, Tree};

const TABLE: &str = "codegen/diag/src/codes.rs";

/// Finds codes that no code outside the table and outside tests names.
pub(crate) fn unused(tree: &Tree) -> Vec<Finding> {
    let product = product(tree);
    let code: Vec<&str> =
        product.iter().filter(|(path, _)| *path != TABLE).map(|(_, code)| code.as_str()).collect();
    let names = |constant: &str| {
        let use_of = format!("Code::{constant}");
        let whole = |rest: &str| !rest.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_');
        code.iter().any(|code| code.match_indices(&use_of).any(|(at, _)| whole(&code[at + use_of.len()..])))
    };
    let mut findings = Vec::new();
    for (index, line) in tree.text(TABLE).lines().enumerate() {
        let mut words = line.split_whitespace();
        let (Some(number), Some(constant)) = (words.next(), words.next()) else { continue };
        if number.len() == 4 && number.parse::<u16>().is_ok() && !names(constant) {
            let message = format!(
                "nothing uses S-{number} {constant}: use it, or remove the line before a release has it"
            );
            findings.push(Finding { path: TABLE.to_owned(), line: index + 1, message });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_only_tests_use_is_found() {
        let tree = Tree::of(&[
            (
                TABLE,
                "codes! {\n    1001 USAGE \"usage\" \"…\"\n    1002 LOST \"lost\" \"…\"\n    1003 USAGE_OLD \"old\" \"…\"\n}",
            ),
            (
                "host/a/src/lib.rs",
                "fn a() { Code::USAGE; }\n#[cfg(test)]\nmod tests { fn b() { Code::LOST; } }",
            ),
        ]);
        let lines: Vec<usize> = unused(&tree).iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [3, 4]);
    }
}
