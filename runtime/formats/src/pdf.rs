//! A document of lines of text as PDF 1.4: pages of A4 in one of the fonts every reader has, at a fixed
//! pitch. Pictures, other fonts and compression are for others.
//!
//! What the encoding of the font lacks is shown as `?`; every other line is as it was given.

use alloc::vec::Vec;
use core::fmt::Write as _;

use s_text::utf8;

/// Lines of a page.
const LINES: usize = 60;
/// Characters of a line; what is longer goes on below.
const COLUMNS: usize = 86;

/// The document of a text.
#[must_use]
pub fn document(text: &[u8]) -> Vec<u8> {
    let lines = wrapped(text);
    let mut pages: Vec<&[Vec<u8>]> = lines.chunks(LINES).collect();
    if pages.is_empty() {
        pages.push(&[]);
    }
    let mut out = Writer { bytes: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(), places: Vec::new() };
    let mut kids = alloc::string::String::new();
    for at in 0..pages.len() {
        let _ = write!(kids, "{} 0 R ", 4 + 2 * at);
    }
    out.object(b"<< /Type /Catalog /Pages 2 0 R >>");
    let list = alloc::format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.trim_end(), pages.len());
    out.object(list.as_bytes());
    out.object(b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>");
    for (at, page) in pages.iter().enumerate() {
        let leaf = alloc::format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] \
             /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            5 + 2 * at
        );
        out.object(leaf.as_bytes());
        let content = content_of(page);
        let mut stream = alloc::format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
        stream.extend_from_slice(&content);
        stream.extend_from_slice(b"\nendstream");
        out.object(&stream);
    }
    out.finish()
}

/// The text of a document in HTML, as lines: elements that stand by themselves end a line, cells are
/// separated, and what is neither text nor entity is left out.
#[must_use]
pub fn text_of_html(html: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'<' | b'&')) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let closer = if rest[0] == b'<' { b'>' } else { b';' };
        let Some(end) = rest.iter().position(|byte| *byte == closer) else {
            out.extend_from_slice(rest);
            return out;
        };
        let inner = &rest[1..end];
        if closer == b'>' {
            let name = inner.strip_prefix(b"/").unwrap_or(inner);
            let name = name.split(|byte| matches!(byte, b' ' | b'/' | b'\n')).next().unwrap_or(name);
            let name = name.to_ascii_lowercase();
            match name.as_slice() {
                b"br" | b"p" | b"div" | b"tr" | b"li" | b"table" | b"h1" | b"h2" | b"h3" | b"h4"
                | b"title"
                    if !out.is_empty() && !out.ends_with(b"\n") =>
                {
                    out.push(b'\n');
                }
                b"td" | b"th" if inner.starts_with(b"/") => out.extend_from_slice(b"  "),
                _ => {}
            }
        } else {
            match inner {
                b"lt" => out.push(b'<'),
                b"gt" => out.push(b'>'),
                b"amp" => out.push(b'&'),
                b"quot" => out.push(b'"'),
                b"#39" | b"apos" => out.push(b'\''),
                b"nbsp" => out.push(b' '),
                other => {
                    out.push(b'&');
                    out.extend_from_slice(other);
                    out.push(b';');
                }
            }
        }
        rest = &rest[end + 1..];
    }
    out.extend_from_slice(rest);
    out
}

/// Objects as they are written, and where each begins.
struct Writer {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Writer {
    fn object(&mut self, body: &[u8]) {
        self.places.push(self.bytes.len());
        let head = alloc::format!("{} 0 obj\n", self.places.len());
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.bytes.len();
        let count = self.places.len() + 1;
        let mut table = alloc::format!("xref\n0 {count}\n0000000000 65535 f \n");
        for place in &self.places {
            let _ = writeln!(table, "{place:010} 00000 n ");
        }
        let _ = write!(table, "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        self.bytes.extend_from_slice(table.as_bytes());
        self.bytes
    }
}

/// Lines in the encoding of the font, none longer than a page is wide.
fn wrapped(text: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return lines;
    }
    for line in text.split(|byte| *byte == b'\n') {
        let line: Vec<u8> = utf8::code_points(line)
            .map(|(point, _)| point)
            .filter(|point| *point != 13)
            .flat_map(|point| match point {
                9 => b"    ".to_vec(),
                0x20..=0x7e | 0xa0..=0xff => alloc::vec![point as u8],
                0x2018 | 0x2019 => b"'".to_vec(),
                0x201c | 0x201d => b"\"".to_vec(),
                0x2013 => alloc::vec![0x96],
                0x2014 => alloc::vec![0x97],
                0x2022 => alloc::vec![0x95],
                0x2026 => alloc::vec![0x85],
                0x20ac => alloc::vec![0x80],
                _ => b"?".to_vec(),
            })
            .collect();
        if line.is_empty() {
            lines.push(line);
            continue;
        }
        lines.extend(line.chunks(COLUMNS).map(<[u8]>::to_vec));
    }
    lines
}

fn content_of(lines: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"BT\n/F1 10 Tf\n12.5 TL\n40 795 Td\n".to_vec();
    for line in lines {
        out.push(b'(');
        for &byte in line {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.extend_from_slice(b") Tj T*\n");
    }
    out.extend_from_slice(b"ET");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn a_document_has_its_lines_and_pages() {
        let one = document(b"a (b)\nc\n");
        assert!(one.starts_with(b"%PDF-1.4\n") && one.ends_with(b"%%EOF\n"));
        assert!(has(&one, b"(a \\(b\\)) Tj") && has(&one, b"/Count 1"));
        let many = document("x\n".repeat(61).as_bytes());
        assert!(has(&many, b"/Count 2"));
        assert!(has(&document(b""), b"/Count 1"));
    }

    #[test]
    fn the_table_says_where_objects_begin() {
        let bytes = document("é …".as_bytes());
        let text: alloc::string::String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let start = text.split("startxref\n").nth(1).and_then(|rest| rest.lines().next());
        let start: usize = start.and_then(|number| number.parse().ok()).expect("a place");
        assert!(text[..].len() > start && bytes[start..].starts_with(b"xref\n"));
        for (number, line) in text.lines().filter(|line| line.ends_with(" n ")).enumerate() {
            let place: usize = line[..10].parse().expect("a place");
            let head = alloc::format!("{} 0 obj", number + 1);
            assert!(bytes[place..].starts_with(head.as_bytes()), "{line}");
        }
    }

    #[test]
    fn html_is_read_as_lines() {
        let html = b"<h1>T</h1><table><tr><td>a</td><td>b &lt; c</td></tr><tr><td>d</td></tr></table>";
        assert_eq!(text_of_html(html), b"T\na  b < c  \nd  \n");
        assert_eq!(text_of_html(b"a < b"), b"a < b");
    }
}
