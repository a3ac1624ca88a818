//! XML as data: elements become maps, repeated ones lists, text stays text. Attributes are members
//! whose names begin with `@`; mixed text is kept under `#text`.

use alloc::vec::Vec;

use super::tree::{DEPTH_MAX, Node};

/// The element around data that has no single name of its own.
const ROOT: &[u8] = b"root";

/// Writes data as one element.
#[must_use]
pub fn write(node: &Node) -> Vec<u8> {
    let mut out = Vec::new();
    match node {
        Node::Map(pairs) if pairs.len() == 1 && !matches!(pairs[0].1, Node::List(_)) => {
            element(&pairs[0].0, &pairs[0].1, 0, &mut out);
        }
        other => element(ROOT, other, 0, &mut out),
    }
    out
}

fn element(name: &[u8], node: &Node, depth: usize, out: &mut Vec<u8>) {
    if depth > DEPTH_MAX {
        return;
    }
    if let Node::List(items) = node
        && depth > 0
    {
        for item in items {
            element(name, item, depth + 1, out);
        }
        return;
    }
    out.push(b'<');
    tag(name, out);
    if let Node::Map(pairs) = node {
        for (name, value) in pairs {
            if let Some(attribute) = name.strip_prefix(b"@") {
                out.push(b' ');
                tag(attribute, out);
                out.extend_from_slice(b"=\"");
                scalar(value, out);
                out.push(b'"');
            }
        }
    }
    out.push(b'>');
    match node {
        Node::Map(pairs) => {
            for (name, value) in pairs {
                if name == b"#text" {
                    scalar(value, out);
                } else if !name.starts_with(b"@") {
                    element(name, value, depth + 1, out);
                }
            }
        }
        Node::List(items) => {
            for item in items {
                element(b"item", item, depth + 1, out);
            }
        }
        other => scalar(other, out),
    }
    out.extend_from_slice(b"</");
    tag(name, out);
    out.push(b'>');
}

fn tag(name: &[u8], out: &mut Vec<u8>) {
    if name.first().is_none_or(|byte| !(byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80)) {
        out.push(b'_');
    }
    out.extend(name.iter().map(|&byte| {
        let fits = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || byte >= 0x80;
        if fits { byte } else { b'_' }
    }));
}

fn scalar(node: &Node, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    node.append_scalar(&mut text);
    escape(&text, out);
}

/// Appends a text with what means something in XML and HTML escaped.
pub fn escape(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&apos;"),
            _ => out.push(byte),
        }
    }
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        if text[i] == b'&'
            && let Some(length) = text[i..].iter().take(12).position(|&byte| byte == b';')
        {
            let name = &text[i + 1..i + length];
            let code = match name {
                b"amp" => Some(u32::from(b'&')),
                b"lt" => Some(u32::from(b'<')),
                b"gt" => Some(u32::from(b'>')),
                b"quot" => Some(u32::from(b'"')),
                b"apos" => Some(u32::from(b'\'')),
                [b'#', b'x', digits @ ..] => {
                    core::str::from_utf8(digits).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok())
                }
                [b'#', digits @ ..] => core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()),
                _ => None,
            };
            if let Some(code) = code {
                super::utf8::encode(code, &mut out);
                i += length + 1;
                continue;
            }
        }
        out.push(text[i]);
        i += 1;
    }
    out
}

/// Reads one element; a message otherwise. The element `root` is only what is in it.
pub fn read(text: &[u8]) -> Result<Node, &'static str> {
    let mut reader = Reader { text, at: 0 };
    reader.prologue();
    let (name, node) = reader.element(0)?;
    Ok(if name == ROOT { node } else { Node::Map(alloc::vec![(name, node)]) })
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        &self.text[self.at.min(self.text.len())..]
    }

    fn blanks(&mut self) {
        while self.rest().first().is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn past(&mut self, ending: &[u8]) {
        let found = self.rest().windows(ending.len()).position(|part| part == ending);
        self.at = found.map_or(self.text.len(), |found| self.at + found + ending.len());
    }

    /// Skips what is no element: declarations, comments, instructions.
    fn prologue(&mut self) {
        loop {
            self.blanks();
            if self.rest().starts_with(b"<!--") {
                self.past(b"-->");
            } else if self.rest().starts_with(b"<?") {
                self.past(b"?>");
            } else if self.rest().starts_with(b"<!") {
                self.past(b">");
            } else {
                return;
            }
        }
    }

    fn name(&mut self) -> Vec<u8> {
        let rest = self.rest();
        let length = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'=' | b'<'))
            .unwrap_or(rest.len());
        let name = rest[..length].to_vec();
        self.at += length;
        name
    }

    fn element(&mut self, depth: usize) -> Result<(Vec<u8>, Node), &'static str> {
        if depth > DEPTH_MAX {
            return Err("nested too deeply");
        }
        if self.rest().first() != Some(&b'<') {
            return Err("an element is missing");
        }
        self.at += 1;
        let name = self.name();
        if name.is_empty() {
            return Err("an element has no name");
        }
        let mut pairs: Vec<(Vec<u8>, Node)> = Vec::new();
        loop {
            self.blanks();
            match self.rest().first() {
                None => return Err("an element is not closed"),
                Some(b'>') => {
                    self.at += 1;
                    break;
                }
                Some(b'/') => {
                    self.past(b">");
                    let node = if pairs.is_empty() { Node::Text(Vec::new()) } else { Node::Map(pairs) };
                    return Ok((name, node));
                }
                Some(_) => {
                    let mut attribute = alloc::vec![b'@'];
                    attribute.extend(self.name());
                    if attribute.len() == 1 {
                        return Err("an attribute has no name");
                    }
                    self.blanks();
                    let mut value = Vec::new();
                    if self.rest().first() == Some(&b'=') {
                        self.at += 1;
                        self.blanks();
                        let quote = self.rest().first().copied().unwrap_or(0);
                        if !matches!(quote, b'"' | b'\'') {
                            return Err("the value of an attribute is not quoted");
                        }
                        self.at += 1;
                        let end = self.rest().iter().position(|&byte| byte == quote);
                        let end = end.ok_or("the value of an attribute is not closed")?;
                        value = unescape(&self.rest()[..end]);
                        self.at += end + 1;
                    }
                    pairs.push((attribute, Node::Text(value)));
                }
            }
        }
        let mut text = Vec::new();
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return Err("an element is not closed");
            }
            if rest.starts_with(b"</") {
                self.at += 2;
                if self.name() != name {
                    return Err("another element is closed than was opened");
                }
                self.past(b">");
                break;
            }
            if rest.starts_with(b"<!--") {
                self.past(b"-->");
            } else if let Some(raw) = rest.strip_prefix(b"<![CDATA[") {
                let end = raw.windows(3).position(|three| three == b"]]>").ok_or("CDATA is not closed")?;
                text.extend_from_slice(&raw[..end]);
                self.past(b"]]>");
            } else if rest.starts_with(b"<?") {
                self.past(b"?>");
            } else if rest[0] == b'<' {
                let (inner, node) = self.element(depth + 1)?;
                match pairs.iter_mut().find(|(known, _)| *known == inner) {
                    Some((_, Node::List(items))) => items.push(node),
                    Some((_, first)) => {
                        let one = core::mem::replace(first, Node::Null);
                        *first = Node::List(alloc::vec![one, node]);
                    }
                    None => pairs.push((inner, node)),
                }
            } else {
                let end = rest.iter().position(|&byte| byte == b'<').unwrap_or(rest.len());
                text.extend(unescape(&rest[..end]));
                self.at += end;
            }
        }
        if pairs.is_empty() {
            return Ok((name, Node::Text(text)));
        }
        let text = text.trim_ascii();
        if !text.is_empty() {
            pairs.push((b"#text".to_vec(), Node::Text(text.to_vec())));
        }
        Ok((name, Node::Map(pairs)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_back() {
        let source = b"<?xml version=\"1.0\"?><a x=\"1 &amp; 2\"><b>one</b><b>&lt;two&gt;</b><c/>tail</a>";
        let node = read(source).unwrap();
        let written = write(&node);
        assert_eq!(read(&written).unwrap(), node);
        let flat = Node::Map(alloc::vec![
            (b"n".to_vec(), Node::Text(b"1".to_vec())),
            (b"m".to_vec(), Node::Text(b"x".to_vec()))
        ]);
        assert_eq!(write(&flat), b"<root><n>1</n><m>x</m></root>");
        assert_eq!(read(&write(&flat)).unwrap(), flat);
    }

    #[test]
    fn mistakes_are_found() {
        for source in [&b"<a>"[..], b"<a></b>", b"x", b"<a b=c/>", b"<", b"<a b=\"", b"<a><![CDATA[", b"< >", b""] {
            assert!(read(source).is_err());
        }
        assert!(read(&b"<a>".repeat(5000)).is_err());
    }
}
