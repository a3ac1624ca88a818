//! What a job says in `extra`.

use std::collections::BTreeMap;

use crate::report::Report;

/// The pairs of `extra`, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Extra<'a> {
    pub(crate) abi: &'a str,
    pub(crate) pie: bool,
    pub(crate) map: bool,
    /// Alignment by symbol.
    pub(crate) aligns: BTreeMap<&'a str, u32>,
    pub(crate) notes: Vec<Note<'a>>,
}

/// A note, read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Note<'a> {
    pub(crate) section: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) kind: u32,
    pub(crate) bytes: Vec<u8>,
}

impl<'a> Extra<'a> {
    /// Reads the pairs; what is wrong goes into the report.
    pub(crate) fn read(pairs: &'a [(String, String)], report: &mut Report) -> Extra<'a> {
        let mut extra = Extra::default();
        let (mut abi, mut pie, mut map) = (None, None, None);
        for (key, value) in pairs {
            let again = match key.as_str() {
                "abi" => abi.replace(value.as_str()).is_some(),
                "pie" => pie.replace(flag(key, value, report)).is_some(),
                "map" => map.replace(flag(key, value, report)).is_some(),
                "align" => match align(value) {
                    Some((symbol, bytes)) => extra.aligns.insert(symbol, bytes).is_some(),
                    None => bad(key, value, "`BYTES SYMBOL`", report),
                },
                "note" => match note(value) {
                    Some(note) => {
                        extra.notes.push(note);
                        false
                    }
                    None => bad(key, value, "`SECTION OWNER KIND HEX`", report),
                },
                _ => {
                    report.add(
                        "unknown-extra",
                        format!("`extra` has the key `{key}`, which means nothing here"),
                    );
                    false
                }
            };
            if again {
                report.add("extra-twice", format!("`extra` says `{key}` twice of one thing"));
            }
        }
        match abi {
            Some(abi) => extra.abi = abi,
            None => report.add("no-abi", "`extra` lacks `abi`, the digest of the runtime's ABI"),
        }
        (extra.pie, extra.map) = (pie.unwrap_or(false), map.unwrap_or(false));
        extra
    }
}

fn flag(key: &str, value: &str, report: &mut Report) -> bool {
    match value {
        "true" => true,
        "false" => false,
        _ => bad(key, value, "`true` or `false`", report),
    }
}

fn bad(key: &str, value: &str, form: &str, report: &mut Report) -> bool {
    let value: String = value.chars().take(60).collect();
    report.add("bad-extra", format!("`{key}` of `extra` is {form}, not `{value}`"));
    false
}

fn align(value: &str) -> Option<(&str, u32)> {
    let (bytes, symbol) = value.split_once(' ')?;
    Some((symbol, decimal(bytes)?))
}

fn note(value: &str) -> Option<Note<'_>> {
    let mut words = value.splitn(4, ' ');
    let (section, owner) = (words.next()?, words.next()?);
    Some(Note { section, owner, kind: decimal(words.next()?)?, bytes: hex(words.next()?)? })
}

/// Digits and nothing else.
fn decimal(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| Some(char::from(byte).to_digit(16)? as u8);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn pairs_are_read() {
        let mut report = Report::default();
        let given = pairs(&[
            ("abi", "b3-1"),
            ("pie", "true"),
            ("align", "16 a b"),
            ("note", ".note.stryke stryke 7 00fF"),
            ("note", ".note.stryke stryke 8 "),
        ]);
        let extra = Extra::read(&given, &mut report);
        assert!(report.into_result().is_ok());
        assert_eq!((extra.abi, extra.pie, extra.map), ("b3-1", true, false));
        assert_eq!(extra.aligns, BTreeMap::from([("a b", 16)]));
        assert_eq!((extra.notes[0].kind, extra.notes[0].bytes.as_slice()), (7, &[0, 0xff][..]));
        assert!(extra.notes[1].bytes.is_empty());
    }

    #[test]
    fn what_cannot_be_meant_is_an_error() {
        let abi = ("abi", "x");
        for (given, code) in [
            (&[][..], "no-abi"),
            (&[abi, abi], "extra-twice"),
            (&[abi, ("pie", "yes")], "bad-extra"),
            (&[abi, ("map", "")], "bad-extra"),
            (&[abi, ("align", "16")], "bad-extra"),
            (&[abi, ("align", "+1 a")], "bad-extra"),
            (&[abi, ("align", "99999999999 a")], "bad-extra"),
            (&[abi, ("align", "1 a"), ("align", "2 a")], "extra-twice"),
            (&[abi, ("note", ".note a 1")], "bad-extra"),
            (&[abi, ("note", ".note a 1 0")], "bad-extra"),
            (&[abi, ("note", ".note a 1 0é")], "bad-extra"),
            (&[abi, ("colour", "red")], "unknown-extra"),
        ] {
            let (given, mut report) = (pairs(given), Report::default());
            Extra::read(&given, &mut report);
            assert_eq!(report.into_result().unwrap_err().code, format!("target-elf/{code}"), "{given:?}");
        }
    }
}
