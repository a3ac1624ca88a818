//! Reading TOML with places: turns wrong types, missing values and unknown keys into diagnostics.

use std::collections::BTreeMap;

use s_diag::{Code, Diagnostic, Severity, Source, Span};
use toml_edit::{Document, Item, Key, TableLike};

/// Collects diagnostics while one text is read.
pub(crate) struct Reader {
    pub(crate) source: Source,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The code of wrong and missing values.
    code: Code,
}

impl Reader {
    pub(crate) fn new(source: Source, code: Code) -> Reader {
        Reader { source, diagnostics: Vec::new(), code }
    }

    /// Parses the text; none, and an error, when it is not TOML.
    pub(crate) fn document(&mut self) -> Option<Document<String>> {
        match Document::parse(self.source.text.to_string()) {
            Ok(document) => Some(document),
            Err(error) => {
                let diagnostic = syntax_error(&self.source, error.message(), error.span());
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Reports a wrong or missing value.
    pub(crate) fn error(&mut self, message: impl Into<String>, span: Span, label: impl Into<String>) {
        let diagnostic = Diagnostic::error(self.code, message).at(&self.source, span, label);
        self.diagnostics.push(diagnostic);
    }

    /// Reads a table, of whatever form it is written in.
    pub(crate) fn table<'a>(&mut self, name: &str, span: Span, item: &'a Item) -> Option<&'a dyn TableLike> {
        let table = item.as_table_like();
        if table.is_none() {
            self.error(format!("`{name}` is {}", kind(item)), span, "a table is expected here");
        }
        table
    }

    /// Reads a string that is not empty.
    pub(crate) fn string(&mut self, table: &dyn TableLike, table_name: &str, key: &str) -> Option<String> {
        let (key, item) = table.get_key_value(key)?;
        self.string_value(&format!("{table_name}.{}", key.display_repr()), place(key, item), item)
    }

    /// Reads a string that is not empty from a value that was found already.
    pub(crate) fn string_value(&mut self, name: &str, span: Span, item: &Item) -> Option<String> {
        match item.as_str() {
            Some("") => self.error(format!("`{name}` is empty"), span, "a text is expected here"),
            Some(text) => return Some(text.to_owned()),
            None => self.error(format!("`{name}` is {}", kind(item)), span, "a string is expected here"),
        }
        None
    }

    /// Reads a table of strings, which may be empty ones; an absent table is an empty one.
    pub(crate) fn strings(
        &mut self,
        table: &dyn TableLike,
        table_name: &str,
        key: &str,
    ) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let Some((key, item)) = table.get_key_value(key) else { return found };
        let name = format!("{table_name}.{}", key.display_repr());
        let Some(inner) = self.table(&name, place(key, item), item) else { return found };
        for (key, item) in entries(inner) {
            match item.as_str() {
                Some(text) => {
                    found.insert(key.get().to_owned(), text.to_owned());
                }
                None => self.error(
                    format!("`{name}.{}` is {}", key.display_repr(), kind(item)),
                    place(key, item),
                    "a string is expected here",
                ),
            }
        }
        found
    }

    /// Reads a boolean.
    pub(crate) fn boolean(&mut self, table: &dyn TableLike, table_name: &str, key: &str) -> Option<bool> {
        let (key, item) = table.get_key_value(key)?;
        let value = item.as_bool();
        if value.is_none() {
            let message = format!("`{table_name}.{}` is {}", key.display_repr(), kind(item));
            self.error(message, place(key, item), "`true` or `false` is expected here");
        }
        value
    }

    /// Reads a list of strings; an absent one is empty.
    pub(crate) fn list(&mut self, table: &dyn TableLike, table_name: &str, key: &str) -> Vec<String> {
        let Some((key, item)) = table.get_key_value(key) else { return Vec::new() };
        let name = format!("{table_name}.{}", key.display_repr());
        let expected = "a list of strings is expected here";
        let Some(array) = item.as_array() else {
            self.error(format!("`{name}` is {}", kind(item)), place(key, item), expected);
            return Vec::new();
        };
        if let Some(other) = array.iter().find(|value| !value.is_str()) {
            let other = kind(&Item::Value(other.clone()));
            self.error(format!("`{name}` has {other} in it"), place(key, item), expected);
        }
        array.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Warns of keys that mean nothing, with the nearest one that does.
    pub(crate) fn unknown_keys(&mut self, table: &dyn TableLike, table_name: &str, known: &[&str]) {
        for (key, item) in entries(table) {
            if known.contains(&key.get()) {
                continue;
            }
            let name = key.display_repr();
            let mut diagnostic =
                Diagnostic::warning(Code::UNKNOWN_KEY, format!("`{table_name}` has an unknown key `{name}`"))
                    .at(&self.source, key.span().map_or_else(|| place(key, item), Span::from), "");
            diagnostic = match nearest(key.get(), known) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic.note(format!("known are {}", list(known))),
            };
            self.diagnostics.push(diagnostic);
        }
    }
}

/// The entries of a table with their keys.
pub(crate) fn entries(table: &dyn TableLike) -> impl Iterator<Item = (&Key, &Item)> {
    // Keys come without places from the iterator, so that each is looked up.
    table.iter().filter_map(|(name, _)| table.get_key_value(name))
}

/// The place of a value, or of its key where the value has none.
pub(crate) fn place(key: &Key, item: &Item) -> Span {
    let span = match item {
        // The place of a table is its header, and of one with dotted keys nothing.
        Item::Table(table) if table.is_dotted() => key.span(),
        _ => item.span().or_else(|| key.span()),
    };
    span.map_or(Span { start: 0, end: 0 }, Span::from)
}

/// The known name that was probably meant.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance_max = (name.chars().count() / 3).max(1);
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= distance_max)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether a text has the marks that git leaves where it could not merge.
pub(crate) fn has_conflict_markers(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("<<<<<<< "))
}

fn syntax_error(source: &Source, message: &str, span: Option<std::ops::Range<usize>>) -> Diagnostic {
    let first = message.lines().next().unwrap_or("it is not TOML");
    let mut diagnostic =
        Diagnostic::error(Code::MANIFEST_SYNTAX, format!("`{}` is not valid TOML", source.name));
    diagnostic = diagnostic.at(source, span.map_or(Span { start: 0, end: 0 }, Span::from), first);
    if has_conflict_markers(&source.text) {
        diagnostic = diagnostic.note("it contains the marks of a merge that was not finished");
    }
    diagnostic
}

fn kind(item: &Item) -> &'static str {
    match item.type_name() {
        "string" => "a string",
        "integer" => "an integer",
        "float" => "a float",
        "boolean" => "a boolean",
        "datetime" => "a date",
        "array" => "an array",
        "array of tables" => "an array of tables",
        "inline table" | "table" => "a table",
        _ => "nothing",
    }
}

/// Names a few texts in one phrase.
pub(crate) fn list(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        for (name, expected) in [
            ("verison", Some("version")),
            ("vers", None),
            ("pth", Some("path")),
            ("x", None),
            ("Path", Some("path")),
            ("configuration", None),
        ] {
            assert_eq!(nearest(name, &["path", "version", "config"]), expected, "{name}");
        }
    }
}
