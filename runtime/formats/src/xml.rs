//! XML to data and back.
//!
//! The mapping: a document is its root element; the name of the root is not kept, it is `root` when
//! written. An element without attributes and child elements is its text. Any other element is a map:
//! `@name` for an attribute, the child's name for a child element, `#text` for text beside either.
//! Children of one name are a list under that name; so is a list written. An element that has nothing
//! but `item` children is a list itself, which is how lists of fewer than two values, and lists in
//! lists, are written. Everything comes back as text: numbers and truth values as they were printed,
//! nothing and empty collections as the empty text. A name that is no XML name is written with
//! `_xHHHH_` for what may not stand there, and read back.
//!
//! Comments, processing instructions and a document type are passed over. No entity but the five of
//! the format and character references is known, so nothing is ever fetched or expanded.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::tree::{DEPTH_MAX, NODES_MAX, Node, TextError, WriteError};
use s_text::utf8;

/// The name in messages.
const FORMAT: &str = "XML";

/// Reads a document.
pub fn read(text: &[u8]) -> Result<Node, TextError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = Reader { text, at: 0 };
    reader.between()?;
    if reader.text.get(reader.at) != Some(&b'<') {
        return Err(reader.error("no root element"));
    }
    let node = reader.element()?;
    reader.between()?;
    if reader.at < text.len() {
        return Err(reader.error("text behind the root element"));
    }
    Ok(node)
}

/// An element being read.
struct Open {
    name: Vec<u8>,
    entries: Vec<(Vec<u8>, Node)>,
    places: BTreeMap<Vec<u8>, usize>,
    /// Names whose value is a list because they were met again.
    lists: BTreeMap<Vec<u8>, ()>,
    text: Vec<u8>,
}

impl Open {
    fn add(&mut self, name: Vec<u8>, node: Node) {
        let Some(&at) = self.places.get(&name) else {
            self.places.insert(name.clone(), self.entries.len());
            self.entries.push((name, node));
            return;
        };
        let entry = &mut self.entries[at].1;
        if self.lists.insert(name, ()).is_none() {
            let first = core::mem::replace(entry, Node::Null);
            *entry = Node::List(alloc::vec![first]);
        }
        if let Node::List(nodes) = entry {
            nodes.push(node);
        }
    }

    fn finish(mut self) -> Node {
        let blank = self.text.iter().all(u8::is_ascii_whitespace);
        if self.entries.is_empty() {
            return Node::Text(self.text);
        }
        if blank && self.entries.len() == 1 && self.entries[0].0 == b"item" {
            let repeated = !self.lists.is_empty();
            return match self.entries.pop() {
                Some((_, Node::List(nodes))) if repeated => Node::List(nodes),
                Some((_, node)) => Node::List(alloc::vec![node]),
                None => Node::Null,
            };
        }
        if !blank {
            let text = self.text.trim_ascii().to_vec();
            self.entries.push((b"#text".to_vec(), Node::Text(text)));
        }
        Node::Map(self.entries)
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, message: &'static str) -> TextError {
        TextError::at(FORMAT, self.text, self.at, message)
    }

    fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// Moves behind the next `end`.
    fn behind(&mut self, end: &[u8]) -> Result<&'a [u8], TextError> {
        let rest = self.rest();
        let Some(length) = memchr::memmem::find(rest, end) else {
            return Err(self.error("an unfinished piece of markup"));
        };
        self.at += length + end.len();
        Ok(&rest[..length])
    }

    /// Passes over a comment or an instruction, if one stands here.
    fn skipped(&mut self) -> Result<bool, TextError> {
        if self.rest().starts_with(b"<!--") {
            self.at += 4;
            self.behind(b"-->")?;
        } else if self.rest().starts_with(b"<?") {
            self.at += 2;
            self.behind(b"?>")?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Passes over what stands around the root element.
    fn between(&mut self) -> Result<(), TextError> {
        loop {
            self.blanks();
            if self.rest().starts_with(b"<!DOCTYPE") {
                self.document_type()?;
            } else if !self.skipped()? {
                return Ok(());
            }
        }
    }

    fn document_type(&mut self) -> Result<(), TextError> {
        let mut brackets = 0_usize;
        let mut quote = None;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[' | b'<') => brackets += 1,
                (None, b']') => brackets = brackets.saturating_sub(1),
                (None, b'>') => {
                    brackets = brackets.saturating_sub(1);
                    if brackets == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(self.error("an unfinished document type"))
    }

    fn name(&mut self) -> Result<Vec<u8>, TextError> {
        let from = self.at;
        let ends = |byte: u8| byte.is_ascii_whitespace() || b"<>/=\"'&!?;,()[]{}".contains(&byte);
        while self.text.get(self.at).is_some_and(|&byte| !ends(byte)) {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.error("a name was expected"));
        }
        Ok(self.text[from..self.at].to_vec())
    }

    /// The element at the cursor, without recursion.
    fn element(&mut self) -> Result<Node, TextError> {
        let mut stack: Vec<Open> = Vec::new();
        let mut count = 0;
        loop {
            let rest = self.rest();
            let Some(length) = memchr::memchr(b'<', rest) else {
                return Err(self.error("an element that is not closed"));
            };
            if length > 0 {
                let from = self.at;
                let Some(open) = stack.last_mut() else { return Err(self.error("no root element")) };
                unescape(&rest[..length], &mut open.text)
                    .map_err(|message| TextError::at(FORMAT, self.text, from, message))?;
                self.at += length;
            }
            if self.skipped()? {
                continue;
            }
            if self.rest().starts_with(b"<![CDATA[") {
                self.at += 9;
                let content = self.behind(b"]]>")?;
                if let Some(open) = stack.last_mut() {
                    open.text.extend_from_slice(content);
                }
                continue;
            }
            let done = if self.rest().starts_with(b"</") {
                self.at += 2;
                let name = self.name()?;
                self.blanks();
                if self.text.get(self.at) != Some(&b'>') {
                    return Err(self.error("a closing tag without `>`"));
                }
                self.at += 1;
                match stack.pop() {
                    Some(open) if open.name == name => open,
                    _ => return Err(self.error("a closing tag of another element")),
                }
            } else {
                self.at += 1;
                count += 1;
                if count > NODES_MAX {
                    return Err(self.error("too large"));
                }
                // A child may be an element of a list, which is a level of its own.
                if stack.len() >= DEPTH_MAX / 2 - 1 {
                    return Err(self.error("nested too deep"));
                }
                let (open, closed) = self.start_tag()?;
                if !closed {
                    stack.push(open);
                    continue;
                }
                open
            };
            let name = decoded_name(&done.name);
            let node = done.finish();
            match stack.last_mut() {
                Some(parent) => parent.add(name, node),
                None => return Ok(node),
            }
        }
    }

    /// A start tag behind its `<`; whether it closes itself.
    fn start_tag(&mut self) -> Result<(Open, bool), TextError> {
        let name = self.name()?;
        let (entries, text) = (Vec::new(), Vec::new());
        let mut open = Open { name, entries, places: BTreeMap::new(), lists: BTreeMap::new(), text };
        loop {
            let before = self.at;
            self.blanks();
            let rest = self.rest();
            if rest.starts_with(b"/>") {
                self.at += 2;
                return Ok((open, true));
            }
            if rest.starts_with(b">") {
                self.at += 1;
                return Ok((open, false));
            }
            if self.at == before {
                return Err(self.error("a tag that is not closed"));
            }
            let mut name = b"@".to_vec();
            name.extend_from_slice(&decoded_name(&self.name()?));
            self.blanks();
            if self.text.get(self.at) != Some(&b'=') {
                return Err(self.error("an attribute without a value"));
            }
            self.at += 1;
            self.blanks();
            let Some(&quote @ (b'"' | b'\'')) = self.text.get(self.at) else {
                return Err(self.error("an attribute whose value is not in quotes"));
            };
            self.at += 1;
            let from = self.at;
            let content = self.behind(&[quote])?;
            let mut value = Vec::new();
            unescape(content, &mut value)
                .map_err(|message| TextError::at(FORMAT, self.text, from, message))?;
            if open.places.contains_key(&name) {
                return Err(self.error("an attribute that is given twice"));
            }
            open.add(name, Node::Text(value));
        }
    }
}

/// Appends text with its entities replaced and its ends of lines as newlines.
fn unescape(text: &[u8], out: &mut Vec<u8>) -> Result<(), &'static str> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'\r' => {
                out.push(b'\n');
                at += if text.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
            }
            b'&' => {
                let rest = &text[at + 1..];
                let end = rest
                    .iter()
                    .take(12)
                    .position(|&byte| byte == b';')
                    .ok_or("an `&` that begins no entity")?;
                let code = match &rest[..end] {
                    b"lt" => Some(u32::from(b'<')),
                    b"gt" => Some(u32::from(b'>')),
                    b"amp" => Some(u32::from(b'&')),
                    b"quot" => Some(u32::from(b'"')),
                    b"apos" => Some(u32::from(b'\'')),
                    [b'#', b'x', digits @ ..] => digits_of(digits, 16),
                    [b'#', digits @ ..] => digits_of(digits, 10),
                    _ => None,
                };
                let code = code.filter(|&code| code != 0 && char::from_u32(code).is_some());
                utf8::encode(code.ok_or("an entity that is not known")?, out);
                at += end + 2;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Ok(())
}

fn digits_of(digits: &[u8], base: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits
        .iter()
        .try_fold(0_u32, |code, &byte| code.checked_mul(base)?.checked_add((byte as char).to_digit(base)?))
}

/// `_xHHHH_` in a name as what it stands for.
fn decoded_name(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < name.len() {
        let rest = &name[at..];
        if rest.starts_with(b"_x")
            && let Some(end) = rest.iter().skip(2).take(7).position(|&byte| byte == b'_')
            && let Some(code) = digits_of(&rest[2..2 + end], 16)
        {
            utf8::encode(code, &mut out);
            at += end + 3;
        } else {
            out.push(name[at]);
            at += 1;
        }
    }
    out
}

/// Writes a tree as a document with the root element `root`, indented by two blanks.
pub fn write(node: &Node, out: &mut Vec<u8>) -> Result<(), WriteError> {
    out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    element(b"root", node, 0, out)
}

fn element(name: &[u8], node: &Node, indent: usize, out: &mut Vec<u8>) -> Result<(), WriteError> {
    out.extend(core::iter::repeat_n(b' ', indent));
    out.push(b'<');
    let from = out.len();
    encoded_name(name, out);
    let tag = out[from..].to_vec();
    let mut content = Vec::new();
    match node {
        Node::Null => {}
        Node::Bool(holds) => out_text(&[if *holds { b'1' } else { b'0' }], &mut content)?,
        Node::Number(value) => value.format(&mut content),
        Node::Text(text) => out_text(text, &mut content)?,
        Node::List(nodes) => {
            for node in nodes {
                element(b"item", node, indent + 2, &mut content)?;
            }
        }
        Node::Map(entries) => {
            for (name, node) in entries {
                match (name.as_slice(), node) {
                    ([b'@', name @ ..], Node::List(_) | Node::Map(_)) if !name.is_empty() => {
                        return Err(WriteError { format: FORMAT, message: "an attribute that is no text" });
                    }
                    ([b'@', name @ ..], value) if !name.is_empty() => {
                        out.push(b' ');
                        encoded_name(name, out);
                        out.extend_from_slice(b"=\"");
                        scalar(value, out)?;
                        out.push(b'"');
                    }
                    (b"#text", value @ (Node::Text(_) | Node::Number(_) | Node::Bool(_))) => {
                        content.extend(core::iter::repeat_n(b' ', indent + 2));
                        scalar(value, &mut content)?;
                        content.push(b'\n');
                    }
                    (name, Node::List(nodes)) if nodes.len() > 1 => {
                        for node in nodes {
                            element(name, node, indent + 2, &mut content)?;
                        }
                    }
                    (name, node) => element(name, node, indent + 2, &mut content)?,
                }
            }
        }
    }
    let nested = matches!(node, Node::List(_) | Node::Map(_));
    if content.is_empty() {
        out.extend_from_slice(b"/>\n");
        return Ok(());
    }
    out.extend_from_slice(if nested { b">\n" } else { b">" });
    out.extend_from_slice(&content);
    if nested {
        out.extend(core::iter::repeat_n(b' ', indent));
    }
    out.extend_from_slice(b"</");
    out.extend_from_slice(&tag);
    out.extend_from_slice(b">\n");
    Ok(())
}

fn scalar(node: &Node, out: &mut Vec<u8>) -> Result<(), WriteError> {
    match node {
        Node::Bool(holds) => out.push(if *holds { b'1' } else { b'0' }),
        Node::Number(value) => value.format(out),
        Node::Text(text) => out_text(text, out)?,
        _ => {}
    }
    Ok(())
}

fn out_text(text: &[u8], out: &mut Vec<u8>) -> Result<(), WriteError> {
    for &byte in text {
        match byte {
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\r' => out.extend_from_slice(b"&#13;"),
            b'\n' | b'\t' | b' '.. => out.push(byte),
            _ => return Err(WriteError { format: FORMAT, message: "a control character cannot be written" }),
        }
    }
    Ok(())
}

/// A name with what may not stand in it encoded, and what would be taken for such.
fn encoded_name(name: &[u8], out: &mut Vec<u8>) {
    if name.is_empty() {
        out.extend_from_slice(b"_");
    }
    let valid = utf8::is_valid(name);
    let mut at = 0;
    for (code, bytes) in utf8::code_points(name) {
        let byte = bytes[0];
        let letter = byte.is_ascii_alphabetic() || byte >= 0x80 && valid;
        let rest = at > 0 && (byte.is_ascii_digit() || byte == b'-' || byte == b'.');
        let escape_begins = byte == b'_' && name.get(at + 1) == Some(&b'x');
        if (letter || rest || byte == b'_' || byte == b':' && at > 0) && !escape_begins {
            out.extend_from_slice(bytes);
        } else {
            out.extend_from_slice(b"_x");
            let mut digits = Vec::new();
            s_text::number::to_base(i64::from(code), 16, &mut digits);
            out.extend(core::iter::repeat_n(b'0', 4_usize.saturating_sub(digits.len())));
            out.extend_from_slice(&digits);
            out.push(b'_');
        }
        at += bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use std::string::String;

    use super::*;

    fn t(text: &str) -> Node {
        Node::Text(text.as_bytes().to_vec())
    }

    fn m(entries: Vec<(&str, Node)>) -> Node {
        Node::Map(entries.into_iter().map(|(key, value)| (key.as_bytes().to_vec(), value)).collect())
    }

    fn one(text: &str) -> Node {
        read(text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
    }

    #[test]
    fn documents() {
        assert_eq!(one("<a>x</a>"), t("x"));
        assert_eq!(one("<a/>"), t(""));
        assert_eq!(
            one("<?xml version='1.0'?><!-- c --><!DOCTYPE a [<!ENTITY x \"y>\">]><a>\n <b>1</b>\n</a>\n"),
            m(vec![("b", t("1"))])
        );
        assert_eq!(
            one("<a k='v' l=\"&lt;\">t<b/></a>"),
            m(vec![("@k", t("v")), ("@l", t("<")), ("b", t("")), ("#text", t("t"))])
        );
        assert_eq!(
            one("<a><b>1</b><c/><b>2</b><b>3</b></a>"),
            m(vec![("b", Node::List(vec![t("1"), t("2"), t("3")])), ("c", t(""))])
        );
        assert_eq!(one("<a><item>1</item></a>"), Node::List(vec![t("1")]));
        assert_eq!(one("<a>&#65;&#x42;&amp;<![CDATA[<c>]]></a>"), t("AB&<c>"));
    }

    #[test]
    fn what_is_wrong() {
        for text in [
            "",
            "x",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a b/>",
            "<a b=c/>",
            "<a b='1' b='2'/>",
            "<a>&nbsp;</a>",
            "<a>&</a>",
            "<a>&#0;</a>",
            "<a><!-- </a>",
            "</a>",
            "<a",
            "< a/>",
            "<a>&#99999999999;</a>",
            "<![CDATA[x]]>",
            "<!DOCTYPE",
            "<a b='1'c='2'/>",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text:?} is read");
        }
        assert!(read("<a>".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let tree = m(vec![
            ("name", t("A & <B> \"c\"\n")),
            ("a b", t("x")),
            ("1st", t("y")),
            ("_x0041_", t("z")),
            ("one", Node::List(vec![t("1")])),
            ("two", Node::List(vec![t("1"), t("2")])),
            ("deep", Node::List(vec![Node::List(vec![t("1"), t("2")]), m(vec![("k", t("v"))])])),
            ("in", m(vec![("@id", t("7")), ("#text", t("t"))])),
        ]);
        let mut out = Vec::new();
        write(&tree, &mut out).expect("writable");
        let text = String::from_utf8(out).expect("UTF-8");
        let back = one(&text);
        assert_eq!(back, tree, "{text}");
        assert!(write(&t("\x01"), &mut Vec::new()).is_err());
    }

    #[test]
    fn no_input_is_too_strange() {
        let pieces: [&[u8]; 18] = [
            b"<a>",
            b"</a>",
            b"<",
            b">",
            b"/",
            b"a",
            b" ",
            b"=",
            b"\"",
            b"'",
            b"&",
            b";",
            b"&#",
            b"<!--",
            b"-->",
            b"<![CDATA[",
            b"<!DOCTYPE",
            b"\xff",
        ];
        let mut state = 5_u64;
        for _ in 0..20_000 {
            let mut text = b"<a>".to_vec();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.extend_from_slice(pieces[(state >> 33) as usize % pieces.len()]);
            }
            let _ = read(&text);
        }
    }
}
