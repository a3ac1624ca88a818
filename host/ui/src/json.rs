//! The JSON that machines read from standard output.
//!
//! One document, one line. An answer is whatever the command documents; errors are
//! `{"error": {…}, "others": [{…}]}`, where `others` is left out when there is only one.

use s_diag::{Data, Diagnostic, Label};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::escape::acts;

/// Serializes to one line whose text is also harmless on a terminal: what a terminal would act on
/// can only stand inside JSON strings, and there `\uXXXX` means the same.
pub(crate) fn to_line<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(value)?;
    let mut line = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if acts(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            line.push(c);
        }
    }
    line.push('\n');
    Ok(line)
}

/// The document that a failed command prints.
#[derive(Serialize)]
pub(crate) struct Failure<'a> {
    error: JsonDiagnostic<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<JsonDiagnostic<'a>>,
}

impl<'a> Failure<'a> {
    /// Returns none when nothing failed.
    pub(crate) fn of(errors: &'a [Diagnostic]) -> Option<Failure<'a>> {
        let (first, rest) = errors.split_first()?;
        Some(Failure { error: first.into(), others: rest.iter().map(JsonDiagnostic::from).collect() })
    }
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    code: String,
    severity: &'static str,
    message: &'a str,
    notes: &'a [String],
    labels: Vec<JsonLabel<'a>>,
    hints: &'a [String],
    #[serde(flatten)]
    data: Map<String, Value>,
}

impl<'a> From<&'a Diagnostic> for JsonDiagnostic<'a> {
    fn from(diagnostic: &'a Diagnostic) -> JsonDiagnostic<'a> {
        JsonDiagnostic {
            code: diagnostic.code.to_string(),
            severity: diagnostic.severity.word(),
            message: &diagnostic.message,
            notes: &diagnostic.notes,
            labels: diagnostic.labels.iter().map(JsonLabel::from).collect(),
            hints: &diagnostic.hints,
            data: diagnostic.data.iter().filter_map(member_of).collect(),
        }
    }
}

fn member_of(data: &Data) -> Option<(String, Value)> {
    Some((data.name.to_owned(), serde_json::from_str(&data.json).ok()?))
}

/// Line and column are counted from one, the column in characters.
#[derive(Serialize)]
struct JsonLabel<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    text: &'a str,
}

impl<'a> From<&'a Label> for JsonLabel<'a> {
    fn from(label: &'a Label) -> JsonLabel<'a> {
        let (line, column) = label.source.position(label.span.start);
        JsonLabel { file: &label.source.name, line, column, text: &label.text }
    }
}

#[cfg(test)]
mod tests {
    use s_diag::{Code, Source};

    use super::*;

    #[test]
    fn json_is_harmless_on_a_terminal_and_means_the_same() {
        let text = "esc \x1b c1 \u{9b} bidi \u{202e} tag \u{e0041} ünï 👍\n";
        let line = to_line(text).unwrap();
        assert!(!line.trim_end_matches('\n').chars().any(acts), "{line:?}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }

    #[test]
    fn errors_are_one_document() {
        let source = Source::new("plugin.toml", "a = 1\nb = 2\n");
        let first =
            Diagnostic::error(Code::USAGE, "first").note("fact").at(&source, 6..7, "here").hint("do it");
        let errors = [first, Diagnostic::error(Code::USAGE, "second")];
        insta::assert_snapshot!(to_line(&Failure::of(&errors[..1])).unwrap(), @r#"{"error":{"code":"S-1001","severity":"error","message":"first","notes":["fact"],"labels":[{"file":"plugin.toml","line":2,"column":1,"text":"here"}],"hints":["do it"]}}"#);
        let both: Value = serde_json::from_str(&to_line(&Failure::of(&errors)).unwrap()).unwrap();
        assert_eq!(both["others"][0]["message"], "second");
        let error = [Diagnostic::error(Code::USAGE, "third").data("conflict", r#"{"a":[1]}"#)];
        let third: Value = serde_json::from_str(&to_line(&Failure::of(&error)).unwrap()).unwrap();
        assert_eq!(third["error"]["conflict"]["a"][0], 1);
        assert!(Failure::of(&[]).is_none());
    }
}
