//! Advisories that somebody has looked at and set aside, for audits.
//!
//! ```toml
//! [[ignore]]
//! id = "STRYKE-2026-0007"
//! reason = "the parser never sees input from outside"
//! until = 2027-01-31
//! ```

use jiff::civil::Date;
use s_diag::{Code, Diagnostic, Source, Span};
use toml_edit::{Table, TableLike};

use crate::toml::{Reader, place};

/// One `[[ignore]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoredAdvisory {
    /// Any identifier of it, an alias too.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
    /// Where the entry stands.
    pub span: Span,
}

const KEYS: [&str; 3] = ["id", "reason", "until"];

/// Parses a file of ignored advisories. An entry without an identifier, a reason or a last day is
/// an error: what is set aside for no reason or forever is forgotten.
pub fn parse_ignore_file(source: &Source) -> (Vec<IgnoredAdvisory>, Vec<Diagnostic>) {
    let mut reader = Reader::new(source.clone(), Code::IGNORE_FILE);
    let mut ignored = Vec::new();
    if let Some(document) = reader.document() {
        let root = document.as_table();
        reader.unknown_keys(root, "the file", &["ignore"]);
        ignored = entries(&mut reader, root, "ignore");
    }
    (ignored, reader.diagnostics)
}

/// Reads the entries `ignore` of a table; `name` is what they are called from the root of the text.
pub(crate) fn entries(reader: &mut Reader, table: &dyn TableLike, name: &str) -> Vec<IgnoredAdvisory> {
    let tables = tables(reader, table, name);
    tables.into_iter().filter_map(|table| entry(reader, table, name)).collect()
}

fn tables<'a>(reader: &mut Reader, parent: &'a dyn TableLike, name: &str) -> Vec<&'a Table> {
    let Some((key, item)) = parent.get_key_value("ignore") else { return Vec::new() };
    match item.as_array_of_tables() {
        Some(tables) => tables.iter().collect(),
        None => {
            let message = format!("`{name}` is not an array of tables");
            reader.error(message, place(key, item), format!("write `[[{name}]]`"));
            Vec::new()
        }
    }
}

fn entry(reader: &mut Reader, table: &Table, name: &str) -> Option<IgnoredAdvisory> {
    let span = table.span().map_or(Span { start: 0, end: 0 }, Span::from);
    reader.unknown_keys(table, "ignore", &KEYS);
    for key in KEYS {
        if !table.contains_key(key) {
            reader.error(format!("an `[[{name}]]` has no `{key}`"), span, MISSING[key_index(key)]);
        }
    }
    let id = reader.string(table, "ignore", "id");
    let reason = reader.string(table, "ignore", "reason");
    let until = until(reader, table);
    let reason = reason.filter(|reason| {
        let is_blank = reason.trim().is_empty();
        if is_blank {
            reader.error("`ignore.reason` is blank", span, "say why it does not concern you");
        }
        !is_blank
    });
    Some(IgnoredAdvisory { id: id?, reason: reason?, until: until?, span })
}

/// What belongs where a key is missing, in the order of [`KEYS`].
const MISSING: [&str; 3] =
    ["say which advisory", "say why it does not concern you", "say until when it holds, as in 2027-01-31"];

fn key_index(key: &str) -> usize {
    KEYS.iter().position(|known| *known == key).unwrap_or_default()
}

fn until(reader: &mut Reader, table: &dyn TableLike) -> Option<Date> {
    let (key, item) = table.get_key_value("until")?;
    let date = item.as_datetime().filter(|at| at.time.is_none() && at.offset.is_none());
    let date = date.and_then(|at| at.date).and_then(|date| {
        let part = |number: u8| i8::try_from(number).ok();
        Date::new(i16::try_from(date.year).ok()?, part(date.month)?, part(date.day)?).ok()
    });
    if date.is_none() {
        reader.error(
            "`ignore.until` is not a day",
            place(key, item),
            "a date without quotes, as in 2027-01-31",
        );
    }
    date
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Vec<IgnoredAdvisory>, Vec<(String, usize)>) {
        let source = Source::new("ignore.toml", text);
        let (ignored, diagnostics) = parse_ignore_file(&source);
        let line = |diagnostic: &Diagnostic| {
            diagnostic.labels.first().map_or(0, |label| source.position(label.span.start).0)
        };
        (ignored, diagnostics.iter().map(|found| (found.message.clone(), line(found))).collect())
    }

    #[test]
    fn entries_are_read() {
        let text = "[[ignore]]\nid = \"A-1\"\nreason = \"not reachable\"\nuntil = 2027-01-31\n\n\
                    [[ignore]]\nid = \"A-2\"\nreason = \"r\"\nuntil = 2028-02-29\n";
        let (ignored, wrong) = parse(text);
        assert_eq!(wrong, []);
        let shown: Vec<String> =
            ignored.iter().map(|entry| format!("{} {} {}", entry.id, entry.reason, entry.until)).collect();
        assert_eq!(shown, ["A-1 not reachable 2027-01-31", "A-2 r 2028-02-29"]);
        assert_eq!(parse(""), (vec![], vec![]));
    }

    #[test]
    fn what_is_missing_or_wrong_is_reported_with_its_line() {
        let rest = "reason = \"r\"\nuntil = 2027-01-31";
        for (text, message, line) in [
            (format!("[[ignore]]\n{rest}"), "an `[[ignore]]` has no `id`", 1),
            ("[[ignore]]\nid = \"A\"\nuntil = 2027-01-31".into(), "an `[[ignore]]` has no `reason`", 1),
            ("[[ignore]]\nid = \"A\"\nreason = \"r\"".into(), "an `[[ignore]]` has no `until`", 1),
            (format!("[[ignore]]\nid = \"\"\n{rest}"), "`ignore.id` is empty", 2),
            (
                "[[ignore]]\nid = \"A\"\nreason = \" \"\nuntil = 2027-01-31".into(),
                "`ignore.reason` is blank",
                1,
            ),
            (
                "[[ignore]]\nid = \"A\"\nreason = \"r\"\nuntil = \"2027-01-31\"".into(),
                "`ignore.until` is not a day",
                4,
            ),
            (
                "[[ignore]]\nid = \"A\"\nreason = \"r\"\nuntil = 2027-01-31T00:00:00Z".into(),
                "`ignore.until` is not a day",
                4,
            ),
            (format!("[[ignore]]\nid = \"A\"\n{rest}\nsince = 1"), "`ignore` has an unknown key `since`", 5),
            ("[ignore]\nid = \"A\"".into(), "`ignore` is not an array of tables", 1),
            ("[[ignore]".into(), "`ignore.toml` is not valid TOML", 1),
        ] {
            let (_, wrong) = parse(&text);
            assert_eq!(wrong, [(message.to_owned(), line)], "{text}");
        }
    }

    #[test]
    fn a_wrong_entry_takes_no_other_with_it() {
        let text = "[[ignore]]\nid = \"A\"\n[[ignore]]\nid = \"B\"\nreason = \"r\"\nuntil = 2027-01-31\n";
        let (ignored, wrong) = parse(text);
        assert_eq!((ignored.len(), wrong.len()), (1, 2));
    }
}
