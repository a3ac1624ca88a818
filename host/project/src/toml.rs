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
            diagnostic = match meant(key.get(), known) {
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

/// What other package managers call tables and keys, and what they are called here.
const FOREIGN: [(&str, &str); 22] = [
    ("dependencies", "deps"),
    ("require", "deps"),
    ("requires", "deps"),
    ("dev-dependencies", "dev-deps"),
    ("dev_dependencies", "dev-deps"),
    ("devDependencies", "dev-deps"),
    ("require-dev", "dev-deps"),
    ("dependency-groups", "groups"),
    ("project", "package"),
    ("module", "package"),
    ("bins", "bin"),
    ("binaries", "bin"),
    ("executables", "bin"),
    ("tasks", "scripts"),
    ("source", "registries"),
    ("sources", "registries"),
    ("ignore", "policy.ignore"),
    ("rust-version", "s"),
    ("engines", "s"),
    ("stryke", "s"),
    ("licence", "license"),
    ("packages", "members"),
];

/// The known key that was probably meant: the one that other package managers call so, or the nearest.
pub(crate) fn meant<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let foreign = FOREIGN.iter().find(|(foreign, _)| *foreign == name).map(|(_, own)| *own);
    let own = foreign.and_then(|own| {
        let first = own.split('.').next().unwrap_or(own);
        known.contains(&first).then_some(own)
    });
    own.or_else(|| nearest(name, known))
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
    let at = span.clone().map_or(Span { start: 0, end: 0 }, Span::from);
    diagnostic = diagnostic.at(source, at, first);
    if has_conflict_markers(&source.text) {
        diagnostic = diagnostic.note("it contains the marks of a merge that was not finished");
    }
    match span.and_then(|span| unquoted_name(&source.text, span.start)) {
        Some(line) => diagnostic.hint(format!("a name with `/` in it is written in quotes:\n{line}")),
        None => diagnostic,
    }
}

/// What to write where the name of a package such as `acme/json` stands without quotes: the line, or
/// the name where the line has more in it than one entry.
fn unquoted_name(text: &str, at: usize) -> Option<String> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?;
    let entry =
        line.split_once('=').and_then(|(key, value)| Some(format!("{} ={value}", quoted(key.trim())?)));
    let table = || {
        let (path, rest) = line.trim_start().strip_prefix('[')?.split_once(']')?;
        Some(format!("[{}]{rest}", quoted(path.trim())?))
    };
    let name = || {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
        let (before, behind) = line.split_at_checked(at - start)?;
        let before = &before[before.trim_end_matches(is_part).len()..];
        let (behind, rest) = behind.split_at(behind.len() - behind.trim_start_matches(is_part).len());
        quoted(&format!("{before}{behind}")).filter(|_| rest.trim_start().starts_with(['=', '.']))
    };
    let found = entry.or_else(table).or_else(name)?;
    Some(found.trim_end().to_owned())
}

/// A dotted key with quotes around those of its parts that have a `/`; none where no part has one, or
/// something is amiss that quotes do not help.
fn quoted(key: &str) -> Option<String> {
    let is_part = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/'))
    };
    let parts: Vec<&str> = key.split('.').map(str::trim).collect();
    if !parts.iter().all(is_part) || !key.contains('/') {
        return None;
    }
    let quote = |part: &&str| if part.contains('/') { format!("\"{part}\"") } else { (*part).to_owned() };
    Some(parts.iter().map(quote).collect::<Vec<_>>().join("."))
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
    fn names_without_quotes_are_written_with_them() {
        for (text, expected) in [
            ("[deps]\nacme/x = \"1\" # why\n", Some("\"acme/x\" = \"1\" # why")),
            ("[deps]\n  acme/x={ version = \"1\" }\n", Some("\"acme/x\" ={ version = \"1\" }")),
            ("[deps]\nacme/x.workspace = true", Some("\"acme/x\".workspace = true")),
            ("[deps.acme/x]\nversion = \"1\"\n", Some("[deps.\"acme/x\"]")),
            ("deps = { a = \"1\", acme/x = \"1\" }\n", Some("\"acme/x\"")),
            ("[deps]\na = \n", None),
            ("[deps]\n/x = \"1\"\n", None),
            ("[deps]\nä/x = \"1\"\n", None),
            ("[scripts]\na = b/c d\n", None),
            ("a/", None),
            ("/", None),
        ] {
            let mut reader = Reader::new(Source::new("stryke.toml", text), Code::MANIFEST_VALUE);
            assert!(reader.document().is_none(), "{text}");
            let hint =
                reader.diagnostics[0].hints.first().map(|hint| hint.split_once('\n').expect("two lines").1);
            assert_eq!(hint, expected, "{text}");
        }
    }

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
