//! Reading rows of the table and answering them.

use s_regex::{Flags, From, Regex, Scratch, Units};

/// A row of the table.
pub(crate) struct Row<'a> {
    pub(crate) line: usize,
    pub(crate) text: &'a str,
    pub(crate) pattern: &'a str,
    pub(crate) flags: Flags,
    pub(crate) units: Units,
    pub(crate) subject: Vec<u8>,
    pub(crate) kind: &'a str,
    pub(crate) expression: &'a str,
    pub(crate) expected: &'a str,
    pub(crate) exception: Option<&'a str>,
}

/// The rows of a table.
pub(crate) fn rows(table: &str) -> Vec<Row<'_>> {
    table
        .lines()
        .enumerate()
        .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
        .map(|(i, text)| {
            let mut columns = text.split('\t');
            let mut next = || columns.next().unwrap_or_else(|| panic!("line {} lacks columns", i + 1));
            let pattern = next();
            let letters = next();
            let has = |c: char| letters.contains(c);
            Row {
                line: i + 1,
                text,
                pattern,
                flags: Flags {
                    ignore_case: has('i'),
                    multi_line: has('m'),
                    dot_all: has('s'),
                    extended: has('x'),
                    extended_more: letters.contains("xx"),
                    no_capture: has('n'),
                    ascii: has('a'),
                },
                units: if has('u') { Units::Utf8 } else { Units::Bytes },
                subject: unescape(next()),
                kind: next(),
                expression: next(),
                expected: next(),
                exception: columns.next(),
            }
        })
        .collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] != b'\\' {
            out.push(bytes[i]);
            i += 1;
            continue;
        }
        i += 1;
        out.push(match bytes[i] {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'f' => 12,
            b'e' => 27,
            b'0' => 0,
            b'\\' => b'\\',
            b'x' => {
                i += 2;
                u8::from_str_radix(&text[i - 1..=i], 16).expect("two digits")
            }
            other => panic!("escape {other}"),
        });
        i += 1;
    }
    out
}

/// The kind and the value a row gets.
pub(crate) fn answer(row: &Row<'_>) -> (&'static str, String) {
    let Ok(regex) = Regex::new(row.pattern.as_bytes(), row.flags, row.units) else {
        return ("c", String::new());
    };
    let mut scratch = Scratch::new();
    let from = From { budget: 20_000_000, ..From::default() };
    match regex.find_at(&row.subject, 0, &from, &mut scratch) {
        Err(_) => ("e", String::new()),
        Ok(false) => ("n", String::new()),
        Ok(true) => ("y", evaluate(row, &regex, &scratch)),
    }
}

fn evaluate(row: &Row<'_>, regex: &Regex, scratch: &Scratch) -> String {
    let group = |n: usize| scratch.group(n).map_or(&b""[..], |(s, e)| &row.subject[s..e]);
    let (start, end) = scratch.group(0).expect("it matched");
    let mut out = Vec::new();
    let mut rest = row.expression;
    while let Some(c) = rest.chars().next() {
        let (value, used): (Vec<u8>, usize) = if let Some(after) = rest.strip_prefix('$') {
            let inner = |open: &str, close: char| {
                let body = after.strip_prefix(open)?;
                let at = body.find(close)?;
                Some((&body[..at], 1 + open.len() + at + 1))
            };
            if let Some((n, used)) = inner("-[", ']') {
                let n = n.parse().expect("a number");
                (scratch.group(n).map_or(String::new(), |g| g.0.to_string()).into(), used)
            } else if let Some((n, used)) = inner("+[", ']') {
                let n = n.parse().expect("a number");
                (scratch.group(n).map_or(String::new(), |g| g.1.to_string()).into(), used)
            } else if let Some((name, used)) = inner("+{", '}') {
                let numbers = regex.names().find(|n| n.0 == name).map_or(&[][..], |n| n.1);
                let set = numbers.iter().find(|n| scratch.group(**n).is_some());
                (set.map_or(&b""[..], |n| group(*n)).to_vec(), used)
            } else if let Some((n, used)) = inner("{", '}') {
                (group(n.parse().expect("a number")).to_vec(), used)
            } else if after.starts_with("^N") {
                (
                    if scratch.last_closed() > 0 {
                        group(scratch.last_closed()).to_vec()
                    } else {
                        Vec::new()
                    },
                    3,
                )
            } else {
                let value = match after.as_bytes().first() {
                    Some(b'&') => group(0),
                    Some(b'`') => &row.subject[..start],
                    Some(b'\'') => &row.subject[end..],
                    Some(b'+') if scratch.last_group() > 0 => group(scratch.last_group()),
                    Some(b'+') => b"",
                    Some(digit) if digit.is_ascii_digit() => group(usize::from(digit - b'0')),
                    other => panic!("`$` before {other:?}"),
                };
                (value.to_vec(), 2)
            }
        } else {
            (c.to_string().into(), c.len_utf8())
        };
        out.extend_from_slice(&value);
        rest = &rest[used..];
    }
    let mut text = String::new();
    for c in String::from_utf8_lossy(&out).chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            '\x0c' => text.push_str("\\f"),
            '\x1b' => text.push_str("\\e"),
            '\0' => text.push_str("\\0"),
            '\\' => text.push_str("\\\\"),
            c => text.push(c),
        }
    }
    text
}
