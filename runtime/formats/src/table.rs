//! Tables of texts for people: aligned columns, HTML, a line in a frame.

use alloc::vec::Vec;

use s_text::utf8;

/// A table: names of columns, perhaps none, and rows of cells. Rows may be shorter than others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<Vec<u8>>,
    /// The cells of each row.
    pub rows: Vec<Vec<Vec<u8>>>,
}

impl Table {
    /// The table with its columns aligned, between lines of `-`. A cell's newlines become blanks.
    #[must_use]
    pub fn aligned(&self) -> Vec<u8> {
        let all = || core::iter::once(&self.header).chain(&self.rows);
        let columns = all().map(Vec::len).max().unwrap_or(0);
        let mut widths = alloc::vec![0_usize; columns];
        for row in all() {
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = (*width).max(utf8::count(cell));
            }
        }
        let mut out = Vec::new();
        if columns == 0 {
            return out;
        }
        rule(&widths, &mut out);
        if !self.header.is_empty() {
            line(&self.header, &widths, &mut out);
            rule(&widths, &mut out);
        }
        for row in &self.rows {
            line(row, &widths, &mut out);
        }
        if !self.rows.is_empty() {
            rule(&widths, &mut out);
        }
        out
    }

    /// The table as an element of HTML; texts are escaped.
    #[must_use]
    pub fn html(&self) -> Vec<u8> {
        let mut out = b"<table>\n".to_vec();
        if !self.header.is_empty() {
            out.extend_from_slice(b"  <thead>\n");
            cells(&self.header, b"th", &mut out);
            out.extend_from_slice(b"  </thead>\n");
        }
        out.extend_from_slice(b"  <tbody>\n");
        for row in &self.rows {
            cells(row, b"td", &mut out);
        }
        out.extend_from_slice(b"  </tbody>\n</table>\n");
        out
    }
}

fn rule(widths: &[usize], out: &mut Vec<u8>) {
    for &width in widths {
        out.push(b'+');
        out.extend(core::iter::repeat_n(b'-', width + 2));
    }
    out.extend_from_slice(b"+\n");
}

fn line(row: &[Vec<u8>], widths: &[usize], out: &mut Vec<u8>) {
    for (at, &width) in widths.iter().enumerate() {
        let cell = row.get(at).map_or(b"".as_slice(), Vec::as_slice);
        out.extend_from_slice(b"| ");
        out.extend(cell.iter().map(|&byte| if matches!(byte, b'\n' | b'\r' | b'\t') { b' ' } else { byte }));
        out.extend(core::iter::repeat_n(b' ', width.saturating_sub(utf8::count(cell)) + 1));
    }
    out.extend_from_slice(b"|\n");
}

fn cells(row: &[Vec<u8>], tag: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"    <tr>");
    for cell in row {
        out.push(b'<');
        out.extend_from_slice(tag);
        out.push(b'>');
        escape_html(cell, out);
        out.extend_from_slice(b"</");
        out.extend_from_slice(tag);
        out.push(b'>');
    }
    out.extend_from_slice(b"</tr>\n");
}

/// Appends text with what HTML gives a meaning to escaped.
pub fn escape_html(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            _ => out.push(byte),
        }
    }
}

/// Lines of text in a double frame.
#[must_use]
pub fn banner(text: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    let width = lines.iter().map(|line| utf8::count(line)).max().unwrap_or(0) + 2;
    let mut out = Vec::new();
    let edge = |left: u32, right: u32, out: &mut Vec<u8>| {
        utf8::encode(left, out);
        for _ in 0..width {
            utf8::encode(0x2550, out);
        }
        utf8::encode(right, out);
        out.push(b'\n');
    };
    edge(0x2554, 0x2557, &mut out);
    for line in lines {
        utf8::encode(0x2551, &mut out);
        out.push(b' ');
        out.extend_from_slice(line);
        out.extend(core::iter::repeat_n(b' ', width.saturating_sub(utf8::count(line) + 1)));
        utf8::encode(0x2551, &mut out);
        out.push(b'\n');
    }
    edge(0x255a, 0x255d, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn texts(row: &[&str]) -> Vec<Vec<u8>> {
        row.iter().map(|cell| cell.as_bytes().to_vec()).collect()
    }

    #[test]
    fn aligned() {
        let table = Table {
            header: texts(&["k", "value"]),
            rows: alloc::vec![texts(&["\u{e9}\u{e9}", "1"]), texts(&["b"])],
        };
        let expected = "+----+-------+\n| k  | value |\n+----+-------+\n| \u{e9}\u{e9} | 1     |\n| b  |       |\n+----+-------+\n";
        assert_eq!(String::from_utf8(table.aligned()).expect("UTF-8"), expected);
        assert!(Table::default().aligned().is_empty());
    }

    #[test]
    fn html() {
        let table = Table { header: Vec::new(), rows: alloc::vec![texts(&["a<b", "\"c\" & 'd'"])] };
        let expected = "<table>\n  <tbody>\n    <tr><td>a&lt;b</td><td>&quot;c&quot; &amp; &#39;d&#39;</td></tr>\n  </tbody>\n</table>\n";
        assert_eq!(String::from_utf8(table.html()).expect("UTF-8"), expected);
    }

    #[test]
    fn banners() {
        let lines = banner("ab\nc".as_bytes());
        let text = String::from_utf8(lines).expect("UTF-8");
        let widths: Vec<usize> = text.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [6, 6, 6, 6]);
    }
}
