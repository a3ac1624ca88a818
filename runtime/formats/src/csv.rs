//! Comma-separated values (RFC 4180), read leniently and written strictly.
//!
//! A field is quoted if it must be. Reading accepts every input: a quote inside a bare field is
//! text, text behind a closing quote belongs to the field, and a quote left open ends with the
//! input.

use alloc::vec::Vec;

/// The records of `text`, each a list of fields. An empty line is no record.
pub fn read(text: &[u8], separator: u8) -> Vec<Vec<Vec<u8>>> {
    let mut records = Reader::new(text, separator);
    let mut out = Vec::new();
    while let Some(record) = records.next_record() {
        out.push(record);
    }
    out
}

/// A reader that yields one record at a time.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    separator: u8,
}

impl<'a> Reader<'a> {
    /// Reads `text`, whose byte order mark, if any, is passed over.
    pub fn new(text: &'a [u8], separator: u8) -> Self {
        let at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, at, separator }
    }

    /// The next record, `None` at the end.
    pub fn next_record(&mut self) -> Option<Vec<Vec<u8>>> {
        while matches!(self.text.get(self.at), Some(b'\n' | b'\r')) {
            self.at += 1;
        }
        if self.at >= self.text.len() {
            return None;
        }
        let mut fields = Vec::new();
        loop {
            fields.push(self.field());
            match self.text.get(self.at) {
                Some(&byte) if byte == self.separator => self.at += 1,
                Some(b'\r') => {
                    self.at += if self.text.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
                    return Some(fields);
                }
                Some(_) => {
                    self.at += 1;
                    return Some(fields);
                }
                None => return Some(fields),
            }
        }
    }

    fn field(&mut self) -> Vec<u8> {
        let mut field = Vec::new();
        if self.text.get(self.at) == Some(&b'"') && self.separator != b'"' {
            self.at += 1;
            loop {
                let rest = &self.text[self.at..];
                let Some(length) = memchr::memchr(b'"', rest) else {
                    field.extend_from_slice(rest);
                    self.at = self.text.len();
                    return field;
                };
                field.extend_from_slice(&rest[..length]);
                self.at += length + 1;
                if self.text.get(self.at) != Some(&b'"') {
                    break;
                }
                field.push(b'"');
                self.at += 1;
            }
        }
        let rest = &self.text[self.at..];
        let length = memchr::memchr3(self.separator, b'\n', b'\r', rest).unwrap_or(rest.len());
        field.extend_from_slice(&rest[..length]);
        self.at += length;
        field
    }
}

/// Appends one record and a newline.
pub fn write_record<F: AsRef<[u8]>>(fields: impl IntoIterator<Item = F>, separator: u8, out: &mut Vec<u8>) {
    let start = out.len();
    let mut count = 0;
    for field in fields {
        if count > 0 {
            out.push(separator);
        }
        write_field(field.as_ref(), separator, out);
        count += 1;
    }
    if count == 1 && out.len() == start {
        // An empty line would be no record.
        out.extend_from_slice(b"\"\"");
    }
    out.push(b'\n');
}

/// Appends one field, quoted if it holds a quote, a separator or the end of a line.
pub fn write_field(field: &[u8], separator: u8, out: &mut Vec<u8>) {
    let special = |byte: &u8| *byte == separator || matches!(byte, b'"' | b'\n' | b'\r');
    if !field.iter().any(special) && !field.starts_with(b"\xef\xbb\xbf") {
        out.extend_from_slice(field);
        return;
    }
    out.push(b'"');
    for &byte in field {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use s_text::test_support::Generator;
    use s_text::test_support::prelude::*;

    fn read_text(text: &str) -> Vec<Vec<String>> {
        read(text.as_bytes(), b',')
            .into_iter()
            .map(|record| record.into_iter().map(|field| String::from_utf8(field).unwrap()).collect())
            .collect()
    }

    #[test]
    fn reads_what_the_standard_says() {
        assert_eq!(read_text("a,b\r\n\"c,\"\"d\"\"\n\",\n"), [["a", "b"], ["c,\"d\"\n", ""]]);
        assert_eq!(read_text("\u{feff}x,\"y"), [["x", "y"]]);
        assert_eq!(read_text("a\"b,\"c\"d\n\n\ne,f"), [["a\"b", "cd"], ["e", "f"]]);
        assert!(read_text("").is_empty());
        assert_eq!(read_text(","), [["", ""]]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut generator = Generator::new(31);
        for _ in 0..3000 {
            let records: Vec<Vec<Vec<u8>>> = (0..1 + generator.below(3))
                .map(|_| {
                    (0..1 + generator.below(4))
                        .map(|_| {
                            (0..generator.below(5))
                                .map(|_| b"a,\"\n\r;\xe9"[generator.below(7) as usize])
                                .collect()
                        })
                        .collect()
                })
                .collect();
            let mut out = Vec::new();
            for record in &records {
                write_record(record, b',', &mut out);
            }
            assert_eq!(read(&out, b','), records);
            let _ = read(&generator.bytes(20), b';');
            let _ = read(b"\"a\"\"b", b'"');
        }
    }
}
