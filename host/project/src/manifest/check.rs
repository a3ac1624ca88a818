//! What the values of `[package]` and `[features]` have to be, and what was probably meant where they
//! are something else.

use std::collections::BTreeMap;

use s_diag::{Code, Diagnostic, Span};
use semver::Version;
use toml_edit::{Table, TableLike, Value};

use super::dependency::{DependencyRequest, Group};
use crate::toml::{Reader, list, nearest, place};
use crate::{Bare, PackageName, Requirement};

/// The editions of the language that this `s` knows.
pub const EDITIONS: [&str; 1] = ["2026"];

/// Checks a field of `[package]`, or of `[workspace.package]`, whose value is a text.
pub(super) fn field(reader: &mut Reader, key: &str, text: &str, span: Span) {
    match key {
        "name" => name(reader, text, span),
        "version" => version(reader, text, span),
        "edition" => edition(reader, text, span),
        "license" => license(reader, text, span),
        "s" => requires(reader, text, span),
        _ => {}
    }
}

fn name(reader: &mut Reader, text: &str, span: Span) {
    let Err(error) = text.parse::<PackageName>() else { return };
    let message = format!("`{}` cannot be the name of a package", text.escape_debug());
    let diagnostic =
        Diagnostic::error(Code::PACKAGE_NAME, message).at(&reader.source, span, error.to_string());
    reader
        .diagnostics
        .push(meaning(diagnostic, PackageName::nearest(text).as_ref().map(PackageName::as_str)));
}

fn version(reader: &mut Reader, text: &str, span: Span) {
    if text.parse::<Version>().is_ok() {
        return;
    }
    let message = format!("`package.version` is `{}`, which is no version", text.escape_debug());
    let label = "a version is three numbers, such as `1.4.2`";
    let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message).at(&reader.source, span, label);
    reader.diagnostics.push(meaning(diagnostic, nearest_version(text).as_deref()));
}

/// The version that was probably meant: without a `v`, with as many numbers as it has to have, and
/// none of them with zeros in front.
fn nearest_version(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['v', 'V', '=', '^', '~']);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let without_zeros = |number: &str| match number.trim_start_matches('0') {
        "" if !number.is_empty() => "0".to_owned(),
        number => number.to_owned(),
    };
    let mut numbers: Vec<String> = numbers.split('.').take(3).map(without_zeros).collect();
    numbers.resize(3, "0".to_owned());
    let meant = format!("{}{rest}", numbers.join("."));
    meant.parse::<Version>().ok().map(|version| version.to_string())
}

fn edition(reader: &mut Reader, text: &str, span: Span) {
    if EDITIONS.contains(&text) {
        return;
    }
    let message = format!("`package.edition` is `{}`, which this `s` does not know", text.escape_debug());
    let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message).at(
        &reader.source,
        span,
        format!("known is {}", list(&EDITIONS)),
    );
    let newest = EDITIONS[EDITIONS.len() - 1];
    let is_later =
        text.parse::<u16>().is_ok_and(|year| newest.parse().is_ok_and(|newest: u16| year > newest));
    reader.diagnostics.push(match is_later {
        true => diagnostic.hint(format!("a later `s` may know it; this one takes edition = \"{newest}\"")),
        false => meaning(diagnostic, Some(newest)),
    });
}

/// A licence that nobody knows is a warning: there are more licences than SPDX has names.
fn license(reader: &mut Reader, text: &str, span: Span) {
    let Err(error) = spdx::Expression::parse(text) else { return };
    let message = format!("`package.license` is `{}`, which is no SPDX expression", text.escape_debug());
    let diagnostic =
        Diagnostic::warning(Code::MANIFEST_VALUE, message).at(&reader.source, span, error.reason.to_string());
    let unknown = text.get(error.span).filter(|part| !part.is_empty()).unwrap_or(text);
    let known: Vec<&str> = spdx::identifiers::LICENSES.iter().map(|license| license.name).collect();
    let by_case = || known.iter().find(|known| known.eq_ignore_ascii_case(unknown)).copied();
    let near = by_case().or_else(|| nearest(unknown, &known)).map(|near| text.replacen(unknown, near, 1));
    reader.diagnostics.push(match near {
        Some(near) => meaning(diagnostic, Some(&near)),
        None => diagnostic.hint("one that has no SPDX name is `LicenseRef-NAME`"),
    });
}

fn requires(reader: &mut Reader, text: &str, span: Span) {
    let Err(error) = Requirement::parse(text, Bare::Exact) else { return };
    let message = format!("`package.s` is `{}`, which is no requirement of versions", text.escape_debug());
    let diagnostic =
        Diagnostic::error(Code::REQUIREMENT, message).at(&reader.source, span, error.fault.to_string());
    reader.diagnostics.push(meaning(diagnostic, Requirement::nearest(text, Bare::Exact).as_deref()));
}

/// Checks what `[features]` turn on: other features, `dep:ALIAS`, `ALIAS/FEATURE` and `ALIAS?/FEATURE`.
pub(super) fn features(
    reader: &mut Reader,
    root: &Table,
    features: &BTreeMap<String, Vec<String>>,
    dependencies: &[DependencyRequest],
) {
    let Some(table) = root.get("features").and_then(|item| item.as_table_like()) else { return };
    let normal = dependencies.iter().filter(|request| request.group == Group::Normal);
    let aliases: Vec<&str> = normal.map(|request| request.alias.as_str()).collect();
    let names: Vec<&str> = features.keys().map(String::as_str).collect();
    for (feature, items) in features {
        for item in items {
            let (before, name, behind) = parts(item);
            let is_feature = before.is_empty() && behind.is_empty();
            let known = if is_feature { &names } else { &aliases };
            if known.contains(&name) {
                continue;
            }
            let what = if is_feature { "feature" } else { "dependency of `[deps]`" };
            let message =
                format!("the feature `{feature}` turns on `{}`, which is not there", item.escape_debug());
            let diagnostic = Diagnostic::error(Code::MANIFEST_VALUE, message).at(
                &reader.source,
                place_in(table, feature, item),
                format!("there is no {what} `{}`", name.escape_debug()),
            );
            // A dependency is often named as if it were a feature.
            let near = match nearest(name, known) {
                Some(near) => Some(format!("{before}{near}{behind}")),
                None if is_feature && aliases.contains(&name) => Some(format!("dep:{name}")),
                None => None,
            };
            reader.diagnostics.push(match (near, known.as_slice()) {
                (Some(near), _) => meaning(diagnostic, Some(&near)),
                (None, []) => diagnostic,
                (None, known) => diagnostic.note(format!("there are {}", list(known))),
            });
        }
    }
}

/// What stands before the name in an item of a feature, the name, and what stands behind it.
fn parts(item: &str) -> (&str, &str, &str) {
    if let Some(alias) = item.strip_prefix("dep:") {
        return ("dep:", alias, "");
    }
    let end = item.find("?/").or_else(|| item.find('/')).unwrap_or(item.len());
    let (name, behind) = item.split_at(end);
    ("", name, behind)
}

/// Where an item of a list stands.
fn place_in(table: &dyn TableLike, key: &str, item: &str) -> Span {
    let Some((key, list)) = table.get_key_value(key) else { return Span { start: 0, end: 0 } };
    let items = list.as_array().into_iter().flat_map(|array| array.iter());
    let found = items.filter(|value| value.as_str() == Some(item)).find_map(Value::span);
    found.map_or_else(|| place(key, list), Span::from)
}

/// Adds what was probably meant.
pub(super) fn meaning(diagnostic: Diagnostic, meant: Option<&str>) -> Diagnostic {
    match meant {
        Some(meant) => diagnostic.hint(format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use s_diag::Severity;

    #[test]
    fn what_the_package_says_of_itself_is_checked_where_it_stands() {
        use Severity::{Error, Warning};
        let cases = [
            ("name = 'A b'", Error, "S-3007", "'A b'", "did you mean `a-b`?"),
            ("name = 'Foo'", Error, "S-3007", "'Foo'", "did you mean `foo`?"),
            ("version = 'one'", Error, "S-3003", "'one'", ""),
            ("version = 'v1.2'", Error, "S-3003", "'v1.2'", "did you mean `1.2.0`?"),
            ("version = '01.2.3-rc.1'", Error, "S-3003", "'01.2.3-rc.1'", "did you mean `1.2.3-rc.1`?"),
            ("version = '1.2.3.4'", Error, "S-3003", "'1.2.3.4'", "did you mean `1.2.3`?"),
            ("edition = '1999'", Error, "S-3003", "'1999'", "did you mean `2026`?"),
            (
                "edition = '2027'",
                Error,
                "S-3003",
                "'2027'",
                "a later `s` may know it; this one takes edition = \"2026\"",
            ),
            ("s = '=>0.1'", Error, "S-3008", "'=>0.1'", "did you mean `>=0.1`?"),
            ("license = 'MTI'", Warning, "S-3003", "'MTI'", "did you mean `MIT`?"),
            (
                "license = 'MIT OR apache-2.0'",
                Warning,
                "S-3003",
                "'MIT OR apache-2.0'",
                "did you mean `MIT OR Apache-2.0`?",
            ),
            (
                "license = 'ask me'",
                Warning,
                "S-3003",
                "'ask me'",
                "one that has no SPDX name is `LicenseRef-NAME`",
            ),
        ];
        for (line, severity, code, place, hint) in cases {
            for table in ["package", "workspace.package"] {
                let text = format!("[{table}]\n{line}\n");
                let (_, diagnostics) = parse(&text);
                let [found] = diagnostics.as_slice() else { panic!("{text}\n{diagnostics:?}") };
                assert_eq!((found.severity, found.code.to_string().as_str()), (severity, code), "{text}");
                let span = found.labels[0].span;
                assert_eq!(&text[span.start..span.end], place, "{text}");
                assert_eq!(found.hints.first().map_or("", String::as_str), hint, "{text}");
            }
        }
        for license in
            ["MIT", "MIT OR Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "LicenseRef-own"]
        {
            valid(&format!("[package]\nname = 'acme/x'\nversion = '1.0.0-rc.1'\nlicense = '{license}'\n"));
        }
    }

    #[test]
    fn what_features_turn_on_is_there() {
        let head = "[deps]\nyaml = { version = '1', optional = true }\n[features]\nfast = []\n";
        for (item, place, hint) in [
            ("fats", "'fats'", "did you mean `fast`?"),
            ("dep:yml", "'dep:yml'", "did you mean `dep:yaml`?"),
            ("yml/x", "'yml/x'", "did you mean `yaml/x`?"),
            ("yml?/x", "'yml?/x'", "did you mean `yaml?/x`?"),
            ("yaml", "'yaml'", "did you mean `dep:yaml`?"),
            ("dep:other", "'dep:other'", ""),
        ] {
            let text = format!("{head}y = ['fast', '{item}']\n");
            let (_, diagnostics) = parse(&text);
            let [found] = diagnostics.as_slice() else { panic!("{text}\n{diagnostics:?}") };
            assert_eq!((found.severity, found.code.to_string().as_str()), (Severity::Error, "S-3003"));
            let span = found.labels[0].span;
            assert_eq!(&text[span.start..span.end], place, "{text}");
            assert_eq!(found.hints.first().map_or("", String::as_str), hint, "{text}");
        }
        valid(&format!("{head}y = ['fast', 'dep:yaml', 'yaml/x', 'yaml?/z']\n"));
    }
}
