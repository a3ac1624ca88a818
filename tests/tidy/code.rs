//! Rust source without what is not code: comments, texts and tests.
//!
//! Lines stay where they are, so that a finding can name its line.

use std::collections::BTreeSet;

use crate::tree::Tree;

/// Returns the Rust files that are part of what is built, as code: comments, contents of texts and
/// items for tests are blank. Files below `tests/` and `examples/` are left out.
pub(crate) fn product(tree: &Tree) -> Vec<(&str, String)> {
    let tests = test_modules(tree);
    let is_test = |path: &str| {
        path.starts_with("tests/")
            || path.contains("/tests/")
            || path.contains("/examples/")
            || tests.iter().any(|test| path == format!("{test}.rs") || path.starts_with(&format!("{test}/")))
    };
    let files = tree.texts(".rs").filter(|(path, _)| !is_test(path));
    files.map(|(path, text)| (path, without_tests(&blank(text)))).collect()
}

/// Blanks comments and the contents of texts and characters.
pub(crate) fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_prose(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        }
        while at < end {
            code.push(if chars[at] == '\n' { '\n' } else { ' ' });
            at += 1;
        }
    }
    code
}

/// Blanks items behind `#[cfg(test)]`, in code that went through [`blank`].
fn without_tests(code: &str) -> String {
    let mut rest = code;
    let mut kept = String::with_capacity(code.len());
    if code.contains("#![cfg(test)]") {
        return code.chars().filter(|char| *char == '\n').collect();
    }
    while let Some(start) = next_test(rest) {
        kept.push_str(&rest[..start]);
        let length = item_length(&rest[start..]);
        kept.extend(rest[start..start + length].chars().filter(|char| *char == '\n'));
        rest = &rest[start + length..];
    }
    kept + rest
}

/// The paths, without `.rs`, of the modules that are declared for tests only.
fn test_modules(tree: &Tree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in tree.texts(".rs") {
        let code = blank(text);
        let mut rest = code.as_str();
        while let Some(start) = next_test(rest) {
            let item = &rest[start..start + item_length(&rest[start..])];
            if let Some(name) = item.split("mod ").nth(1).and_then(|tail| tail.strip_suffix(';')) {
                found.insert(format!("{}{}", home_of_modules(path), name.trim()));
            }
            rest = &rest[start + item.len()..];
        }
    }
    found
}

/// Returns the folder, with `/`, where the modules that a file declares stand.
pub(crate) fn home_of_modules(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    match file.trim_end_matches(".rs") {
        "lib" | "main" | "mod" => format!("{folder}/"),
        // The script beside `Cargo.toml`, not a module of that name.
        "build" if !format!("{folder}/").contains("/src/") => format!("{folder}/"),
        stem => format!("{folder}/{stem}/"),
    }
}

fn next_test(code: &str) -> Option<usize> {
    [code.find("#[cfg(test)]"), code.find("#[cfg(all(test,")].into_iter().flatten().min()
}

/// The length of an item with its attributes: to its semicolon or its closing brace.
fn item_length(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, char) in item.char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// The end of the comment, text or character that starts at `at`; `at` where none does.
fn end_of_prose(chars: &[char], at: usize) -> usize {
    let starts = |text: &str| text.chars().enumerate().all(|(i, char)| chars.get(at + i) == Some(&char));
    let is_word = |index: usize| chars.get(index).is_some_and(|char| char.is_alphanumeric() || *char == '_');
    if starts("//") {
        return (at..chars.len()).find(|i| chars[*i] == '\n').unwrap_or(chars.len());
    }
    if starts("/*") {
        return end_of_block(chars, at);
    }
    if starts("\"") {
        return end_of_quoted(chars, at, '"');
    }
    if chars[at] == 'r' && !(at > 0 && is_word(at - 1) && chars[at - 1] != 'b') {
        let hashes = chars[at + 1..].iter().take_while(|char| **char == '#').count();
        if chars.get(at + 1 + hashes) == Some(&'"') {
            let closes = |i: usize| {
                chars[i] == '"' && chars[i + 1..].iter().take_while(|c| **c == '#').count() >= hashes
            };
            let last = (at + 2 + hashes..chars.len()).find(|i| closes(*i)).unwrap_or(chars.len() - 1);
            return (last + hashes + 1).min(chars.len());
        }
    }
    if chars[at] == '\'' && (chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'')) {
        return end_of_quoted(chars, at, '\'');
    }
    at
}

fn end_of_block(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn end_of_quoted(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            char if char == quote => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_blank_and_code_is_not() {
        let cases = [
            ("a // b", "a     "),
            ("a /* b /* c */ d */ e", "a                   e"),
            ("f(\"x \\\" y\") z", "f(        ) z"),
            ("r#\"a \" b\"# c", "           c"),
            ("b\"x\" d", "b    d"),
            ("'\"' 'a 'x' '\\''", "    'a         "),
            ("<'a>(x: &'a str)", "<'a>(x: &'a str)"),
            ("for_r \"x\"", "for_r    "),
        ];
        for (text, expected) in cases {
            assert_eq!(blank(text), expected, "{text}");
        }
    }

    #[test]
    fn items_for_tests_are_left_out() {
        let tree = Tree::of(&[
            ("host/a/src/lib.rs", "use a;\n#[cfg(test)]\nmod tests {\n  fn b() { c() }\n}\nfn d() {}\n"),
            ("host/a/src/deep.rs", "#[cfg(test)]\nmod checks;\n#[cfg(test)]\nuse x::{y, z};\nfn e() {}"),
            ("host/a/src/deep/checks.rs", "fn f() {}"),
            ("tests/b/main.rs", "fn g() {}"),
        ]);
        let product = product(&tree);
        let code: String = product.iter().map(|(_, code)| code.as_str()).collect();
        assert!(["use a", "fn d", "fn e"].iter().all(|kept| code.contains(kept)), "{code}");
        assert!(["fn b", "use x", "fn f", "fn g"].iter().all(|gone| !code.contains(gone)), "{code}");
        assert!(product.iter().any(|(_, code)| code.lines().nth(5) == Some("fn d() {}")), "lines stay");
    }
}
