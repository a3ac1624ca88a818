//! Reads TOML tables with spans, and collects every mistake instead of stopping at the first.
//!
//! A [`Reader`] answers none where a value is absent or wrong; what is wrong it has noted by then,
//! so a caller that goes on with what it has reports the rest too.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::Range;

use s_diag::{Code, Diagnostic, Source};
use toml_edit::{Document, Item, TableLike, Value};

use crate::nearest::nearest;

/// Parses the text; a text that is no TOML is one diagnostic.
pub(crate) fn parse(source: &Source) -> Result<Document<&str>, Vec<Diagnostic>> {
    Document::parse(&*source.text).map_err(|error| {
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        let span = error.span().unwrap_or(0..0);
        vec![
            Diagnostic::error(Code::MANIFEST_SYNTAX, format!("`{}` is not valid TOML", source.name))
                .at(source, span, message),
        ]
    })
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// A table, the name it is known by in messages, and where it begins.
#[derive(Clone)]
pub(crate) struct Table<'t> {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
    like: &'t dyn TableLike,
}

impl<'t> Table<'t> {
    /// The outermost table of a file.
    pub(crate) fn root(document: &'t Document<&str>) -> Table<'t> {
        Table { name: String::new(), span: 0..0, like: document.as_table() }
    }

    /// Its keys, in the order of the file.
    pub(crate) fn keys(&self) -> Vec<Spanned<String>> {
        self.like.iter().map(|(key, _)| Spanned { value: key.to_owned(), span: self.key_span(key) }).collect()
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.like.contains_key(key)
    }

    /// Where a key stands; where the table begins if it does not.
    pub(crate) fn key_span(&self, key: &str) -> Range<usize> {
        let span = self.like.key(key).and_then(|key| key.span());
        span.or_else(|| self.like.get(key).and_then(Item::span)).unwrap_or_else(|| self.span.clone())
    }

    /// A table within the table, if there is one; a value of another form is not noted.
    pub(crate) fn child(&self, key: &str) -> Option<Table<'t>> {
        let like = self.like.get(key)?.as_table_like()?;
        Some(Table { name: self.path(key), span: self.key_span(key), like })
    }

    fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

/// Collects the mistakes of one file.
pub(crate) struct Reader<'s> {
    source: &'s Source,
    code: Code,
    found: Vec<Diagnostic>,
}

impl<'s> Reader<'s> {
    /// Reads a file; `code` is for values that are missing or of another form.
    pub(crate) fn new(source: &'s Source, code: Code) -> Reader<'s> {
        Reader { source, code, found: Vec::new() }
    }

    /// The value if there was no mistake, else every mistake in the order of the file.
    pub(crate) fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<Diagnostic>> {
        self.found.sort_by_key(|mistake| mistake.labels.first().map(|label| label.span.start));
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(self.found),
        }
    }

    /// Notes a mistake.
    pub(crate) fn mistake(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        self.found.push(Diagnostic::error(code, message).at(self.source, span, label));
    }

    /// Notes a mistake, with what was probably meant.
    pub(crate) fn misspelt(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        nearest: Option<&str>,
    ) {
        let diagnostic = Diagnostic::error(code, message).at(self.source, span, label);
        self.found.push(match nearest {
            Some(nearest) => diagnostic.hint(format!("did you mean `{nearest}`?")),
            None => diagnostic,
        });
    }

    /// Notes that two places say the same thing.
    pub(crate) fn twice(&mut self, message: impl Into<String>, again: Range<usize>, first: Range<usize>) {
        let diagnostic = Diagnostic::error(self.code, message).at(self.source, again, "again here");
        self.found.push(diagnostic.see(self.source, first, "first here"));
    }

    /// Notes every key of the table that is not one of these.
    pub(crate) fn only(&mut self, table: &Table<'_>, known: &[&str]) {
        for key in table.keys().into_iter().filter(|key| !known.contains(&key.value.as_str())) {
            let place = if table.name.is_empty() { String::new() } else { format!(" in `[{}]`", table.name) };
            let nearest = nearest(&key.value, known.iter().copied());
            let message = format!("there is no key `{}`{place}", key.value);
            self.misspelt(Code::PLUGIN_KEY, key.span, message, "not known here", nearest);
        }
    }

    /// Notes that a key must be there, unless it is.
    pub(crate) fn required<T>(&mut self, table: &Table<'_>, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !table.has(key) {
            self.mistake(
                self.code,
                table.span.clone(),
                format!("`{}` must be stated", table.path(key)),
                "missing here",
            );
        }
        value
    }

    /// A table within the table.
    pub(crate) fn table<'t>(&mut self, table: &Table<'t>, key: &str) -> Option<Table<'t>> {
        table.like.get(key)?;
        table.child(key).or_else(|| self.form(table, key, "a table"))
    }

    /// All tables within the table, by key.
    pub(crate) fn tables<'t>(&mut self, table: &Table<'t>) -> Vec<(Spanned<String>, Table<'t>)> {
        let keys = table.keys();
        keys.into_iter().filter_map(|key| self.table(table, &key.value).map(|child| (key, child))).collect()
    }

    /// The tables of a list: `[[key]]`, or inline.
    pub(crate) fn list<'t>(&mut self, table: &Table<'t>, key: &str) -> Vec<Table<'t>> {
        let Some(item) = table.like.get(key) else { return Vec::new() };
        let name = table.path(key);
        let element = |like: &'t dyn TableLike, span: Option<Range<usize>>| Table {
            name: name.clone(),
            span: span.unwrap_or_else(|| table.key_span(key)),
            like,
        };
        let tables = match item {
            Item::ArrayOfTables(tables) => {
                Some(tables.iter().map(|table| element(table, table.span())).collect::<Vec<_>>())
            }
            Item::Value(Value::Array(values)) => {
                values.iter().map(|v| v.as_inline_table().map(|inline| element(inline, v.span()))).collect()
            }
            _ => None,
        };
        tables.or_else(|| self.form(table, key, "a list of tables")).unwrap_or_default()
    }

    /// A text.
    pub(crate) fn text(&mut self, table: &Table<'_>, key: &str) -> Option<Spanned<String>> {
        let item = table.like.get(key)?;
        let span = item.span().unwrap_or_else(|| table.key_span(key));
        match item.as_str() {
            Some(text) => Some(Spanned { value: text.to_owned(), span }),
            None => self.form(table, key, "a text"),
        }
    }

    /// A text or a date, as text.
    pub(crate) fn date(&mut self, table: &Table<'_>, key: &str) -> Option<Spanned<String>> {
        let item = table.like.get(key)?;
        match item.as_datetime() {
            Some(date) => Some(Spanned { value: date.to_string(), span: item.span().unwrap_or_default() }),
            None => self.text(table, key),
        }
    }

    /// A text that something can be read from; the error completes "`key` …".
    pub(crate) fn read<T, E: Display>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        code: Code,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Spanned<T>> {
        let text = self.text(table, key)?;
        match read(&text.value) {
            Ok(value) => Some(Spanned { value, span: text.span }),
            Err(error) => {
                self.mistake(code, text.span, format!("`{}` {error}", table.path(key)), "");
                None
            }
        }
    }

    /// One of a few words.
    pub(crate) fn word<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        code: Code,
        known: &[&'static str],
        from_word: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let text = self.text(table, key)?;
        let value = from_word(&text.value);
        if value.is_none() {
            let message = format!("`{}` must be one of `{}`", table.path(key), known.join("`, `"));
            let nearest = nearest(&text.value, known.iter().copied());
            self.misspelt(code, text.span.clone(), message, "not one of them", nearest);
        }
        value.map(|value| Spanned { value, span: text.span })
    }

    /// `true` or `false`; false when absent.
    pub(crate) fn flag(&mut self, table: &Table<'_>, key: &str) -> bool {
        let Some(item) = table.like.get(key) else { return false };
        item.as_bool().or_else(|| self.form(table, key, "`true` or `false`")).unwrap_or(false)
    }

    /// A whole number that is not negative.
    pub(crate) fn number(&mut self, table: &Table<'_>, key: &str, code: Code) -> Option<u64> {
        let number = table.like.get(key)?.as_integer().and_then(|number| u64::try_from(number).ok());
        if number.is_none() {
            let message = format!("`{}` must be a number that is not negative", table.path(key));
            self.mistake(code, table.key_span(key), message, "");
        }
        number
    }

    /// A list of texts; none when absent.
    pub(crate) fn texts(&mut self, table: &Table<'_>, key: &str) -> Option<Vec<Spanned<String>>> {
        let item = table.like.get(key)?;
        let of_value = |value: &Value| {
            let span = value.span().unwrap_or_else(|| table.key_span(key));
            value.as_str().map(|text| Spanned { value: text.to_owned(), span })
        };
        let texts = item.as_array().and_then(|values| values.iter().map(of_value).collect());
        texts.or_else(|| self.form(table, key, "a list of texts"))
    }

    /// A list of texts that something can be read from, without repetition; none when absent.
    pub(crate) fn reads<T: Ord + Clone, E: Display>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        code: Code,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<Spanned<T>>> {
        let mut seen = BTreeSet::new();
        let mut values = Vec::new();
        for text in self.texts(table, key)? {
            match read(&text.value) {
                Ok(value) if seen.insert(value.clone()) => values.push(Spanned { value, span: text.span }),
                Ok(_) => {
                    let message = format!("`{}` stands twice in `{}`", text.value, table.path(key));
                    self.mistake(code, text.span, message, "again here");
                }
                Err(error) => {
                    self.mistake(code, text.span, format!("an entry of `{}` {error}", table.path(key)), "");
                }
            }
        }
        Some(values)
    }

    fn form<T>(&mut self, table: &Table<'_>, key: &str, form: &str) -> Option<T> {
        self.mistake(self.code, table.key_span(key), format!("`{}` must be {form}", table.path(key)), "");
        None
    }
}
