//! Lists of packages as plain text, one `name@version` a line, for audits without a project.

use s_diag::{Code, Diagnostic, Source, Span};

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPackage {
    /// The name, with its scope.
    pub name: String,
    /// The version as it is written; not checked here.
    pub version: String,
    /// The line, counted from one.
    pub line: usize,
}

/// After this many wrong lines the rest are only counted: it is then not such a list at all.
const REPORTED_MAX: usize = 20;

/// Parses a list. Empty lines and text behind `#` at the start of a line or behind a space are
/// ignored; a line that is wrong is left out and reported.
pub fn parse_package_list(source: &Source) -> (Vec<ListedPackage>, Vec<Diagnostic>) {
    let mut packages = Vec::new();
    let mut diagnostics = Vec::new();
    let mut wrong: usize = 0;
    let mut offset = 0;
    for (index, whole) in source.text.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += whole.len();
        let line = content(whole);
        if line.is_empty() {
            continue;
        }
        match parse(line) {
            Ok((name, version)) => {
                packages.push(ListedPackage { name: name.into(), version: version.into(), line: index + 1 });
            }
            Err(fault) => {
                wrong += 1;
                if wrong <= REPORTED_MAX {
                    let start = start + (line.as_ptr().addr() - whole.as_ptr().addr());
                    let span = Span { start, end: start + line.len() };
                    let message = format!("line {} of `{}` is not `name@version`", index + 1, source.name);
                    diagnostics.push(Diagnostic::error(Code::PACKAGE_LIST, message).at(source, span, fault));
                }
            }
        }
    }
    if wrong > REPORTED_MAX {
        let message = format!("`{}` has {} more lines like these", source.name, wrong - REPORTED_MAX);
        diagnostics.push(Diagnostic::error(Code::PACKAGE_LIST, message));
    }
    (packages, diagnostics)
}

/// The line without comment, surrounding space and byte order mark.
fn content(line: &str) -> &str {
    let line = line.trim_start_matches('\u{feff}');
    let comment = line
        .match_indices('#')
        .map(|(index, _)| index)
        .find(|index| line[..*index].chars().next_back().is_none_or(char::is_whitespace));
    comment.map_or(line, |index| &line[..index]).trim()
}

fn parse(line: &str) -> Result<(&str, &str), &'static str> {
    // The last one: a scope may start with `@`.
    let Some((name, version)) = line.rsplit_once('@') else { return Err("there is no `@`") };
    if name.is_empty() {
        return Err("there is no name in front of `@`");
    }
    if version.is_empty() {
        return Err("there is no version behind `@`");
    }
    if line.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("there is a space in it");
    }
    if name.split('/').any(str::is_empty) {
        return Err("a part of the name is empty");
    }
    Ok((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(text: &str) -> (Vec<(String, String, usize)>, Vec<Diagnostic>) {
        let (packages, diagnostics) = parse_package_list(&Source::new("list.txt", text));
        (packages.into_iter().map(|p| (p.name, p.version, p.line)).collect(), diagnostics)
    }

    #[test]
    fn names_versions_and_lines() {
        let (packages, diagnostics) = list(
            "\u{feff}# all of them\r\njson@2.1.0\r\n\r\n  acme/http@1.0.0-rc.1+x # why\n#x@1\n@scope/a@3\nc#@1\nlast@0",
        );
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let expected = [
            ("json", "2.1.0", 2),
            ("acme/http", "1.0.0-rc.1+x", 4),
            ("@scope/a", "3", 6),
            ("c#", "1", 7),
            ("last", "0", 8),
        ];
        assert_eq!(packages, expected.map(|(name, version, line)| (name.into(), version.into(), line)));
    }

    #[test]
    fn wrong_lines_are_reported_with_their_place() {
        for (line, fault) in [
            ("json", "there is no `@`"),
            ("@1.0", "there is no name in front of `@`"),
            ("json@", "there is no version behind `@`"),
            ("json @1", "there is a space in it"),
            ("/json@1", "a part of the name is empty"),
            ("js\x1bon@1", "there is a space in it"),
        ] {
            let text = format!("ok@1\n  {line}  # why\nok@2\n");
            let (packages, diagnostics) = list(&text);
            assert_eq!(packages.len(), 2, "{line}");
            let [diagnostic] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
            assert_eq!(diagnostic.message, "line 2 of `list.txt` is not `name@version`");
            let label = &diagnostic.labels[0];
            assert_eq!((label.text.as_str(), &text[label.span.start..label.span.end]), (fault, line));
        }
    }

    #[test]
    fn a_file_that_is_no_list_is_reported_briefly() {
        let (packages, diagnostics) = list(&"nonsense\n".repeat(1000));
        assert!(packages.is_empty());
        assert_eq!(diagnostics.len(), REPORTED_MAX + 1);
        assert_eq!(diagnostics[REPORTED_MAX].message, "`list.txt` has 980 more lines like these");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_spans_are_in_it(text in "([a-z@#/ \u{feff}å\r\n\t]|\\PC){0,60}") {
            let (_, diagnostics) = list(&text);
            for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
                prop_assert!(text.get(label.span.start..label.span.end).is_some());
            }
        }
    }
}
