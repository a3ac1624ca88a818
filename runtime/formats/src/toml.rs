//! TOML 1.0, read and written. Dates and times are read as text, as they stand.
//!
//! Tables come back in the order in which they were first named. A document that defines a name twice,
//! or adds to what was complete, is an error, as the format wants.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::tree::{DEPTH_MAX, NODES_MAX, Node, TextError, WriteError};
use s_text::number::{self, Number};
use s_text::utf8;

/// The name in messages.
const FORMAT: &str = "TOML";

/// Reads a document, which is a map.
pub fn read(text: &[u8]) -> Result<Node, TextError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = Reader { text, at: 0, depth: 0, nodes: 0 };
    let mut root = Table::default();
    let mut path: Vec<Vec<u8>> = Vec::new();
    loop {
        reader.blank_lines();
        let Some(byte) = reader.peek() else { return Ok(root.into_node()) };
        if byte == b'[' {
            let start = reader.at;
            let many = reader.text.get(reader.at + 1) == Some(&b'[');
            reader.at += if many { 2 } else { 1 };
            path = reader.key_path()?;
            let closed =
                if many { reader.text[reader.at..].starts_with(b"]]") } else { reader.peek() == Some(b']') };
            if !closed {
                return Err(reader.error("a header without its bracket"));
            }
            reader.at += if many { 2 } else { 1 };
            let Some((last, parents)) = path.split_last() else { continue };
            let opened = root.walk(parents, Walk::Header).and_then(|table| table.open(last, many));
            opened.map_err(|message| TextError::at(FORMAT, text, start, message))?;
        } else {
            let start = reader.at;
            let table = root.walk(&path, Walk::Inside);
            let table = table.map_err(|message| TextError::at(FORMAT, text, start, message))?;
            reader.assignment(table)?;
        }
        reader.blanks();
        reader.comment();
        if reader.peek().is_some() && !reader.newline() {
            return Err(reader.error("text behind the end of a line"));
        }
    }
}

/// How a path is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// For a header: what is missing is made, but not defined yet.
    Header,
    /// To the table whose lines are read.
    Inside,
    /// Along the dots of a key: what is missing is made and belongs to the keys.
    Dotted,
}

#[derive(Default)]
struct Table {
    entries: Vec<(Vec<u8>, Item)>,
    places: BTreeMap<Vec<u8>, usize>,
    /// A header named it.
    defined: bool,
    /// Dotted keys made it.
    dotted: bool,
}

enum Item {
    Value(Node),
    Table(Table),
    Tables(Vec<Table>),
}

impl Table {
    fn walk(&mut self, path: &[Vec<u8>], walk: Walk) -> Result<&mut Table, &'static str> {
        let mut table = self;
        for name in path {
            let at = match table.places.get(name) {
                Some(&at) => at,
                None => {
                    table.add(name, Item::Table(Table { dotted: walk == Walk::Dotted, ..Table::default() }))
                }
            };
            table = match &mut table.entries[at].1 {
                Item::Table(inner) if walk == Walk::Dotted && !inner.dotted => {
                    return Err("a key that adds to a table with a header of its own");
                }
                Item::Table(inner) => inner,
                Item::Tables(_) if walk == Walk::Dotted => return Err("a key that adds to a list of tables"),
                Item::Tables(tables) => tables.last_mut().ok_or("a list of tables without a table")?,
                Item::Value(_) => return Err("a name that has a value already is used as a table"),
            };
        }
        Ok(table)
    }

    fn add(&mut self, name: &[u8], item: Item) -> usize {
        let at = self.entries.len();
        self.entries.push((name.to_vec(), item));
        self.places.insert(name.to_vec(), at);
        at
    }

    /// What a header does to the last name of its path.
    fn open(&mut self, name: &[u8], many: bool) -> Result<(), &'static str> {
        let fresh = Table { defined: true, ..Table::default() };
        let Some(&at) = self.places.get(name) else {
            let item = if many { Item::Tables(alloc::vec![fresh]) } else { Item::Table(fresh) };
            self.add(name, item);
            return Ok(());
        };
        match &mut self.entries[at].1 {
            Item::Tables(tables) if many => {
                tables.push(fresh);
                Ok(())
            }
            Item::Table(table) if !many && !table.defined && !table.dotted => {
                table.defined = true;
                Ok(())
            }
            _ => Err("a table that is defined twice"),
        }
    }

    fn into_node(self) -> Node {
        let entries = self.entries.into_iter().map(|(name, item)| {
            let node = match item {
                Item::Value(node) => node,
                Item::Table(table) => table.into_node(),
                Item::Tables(tables) => Node::List(tables.into_iter().map(Table::into_node).collect()),
            };
            (name, node)
        });
        Node::Map(entries.collect())
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    nodes: usize,
}

impl Reader<'_> {
    fn error(&self, message: &'static str) -> TextError {
        TextError::at(FORMAT, self.text, self.at, message)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        if self.peek() == Some(b'#') {
            self.at = memchr::memchr(b'\n', &self.text[self.at..]).map_or(self.text.len(), |n| self.at + n);
        }
    }

    fn newline(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let length = if rest.starts_with(b"\n") {
            1
        } else if rest.starts_with(b"\r\n") {
            2
        } else {
            0
        };
        self.at += length;
        length > 0
    }

    /// Passes over blanks, comments and ends of lines.
    fn blank_lines(&mut self) {
        loop {
            self.blanks();
            self.comment();
            if !self.newline() {
                return;
            }
        }
    }

    /// Names joined by dots.
    fn key_path(&mut self) -> Result<Vec<Vec<u8>>, TextError> {
        let mut path = Vec::new();
        loop {
            self.blanks();
            let name = match self.peek() {
                Some(b'"') => self.basic(false)?,
                Some(b'\'') => self.literal(false)?,
                _ => {
                    let from = self.at;
                    while self
                        .peek()
                        .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
                    {
                        self.at += 1;
                    }
                    if self.at == from {
                        return Err(self.error("a key was expected"));
                    }
                    self.text[from..self.at].to_vec()
                }
            };
            path.push(name);
            if path.len() + self.depth >= DEPTH_MAX / 2 {
                return Err(self.error("nested too deep"));
            }
            self.nodes += 1;
            if self.nodes > NODES_MAX {
                return Err(self.error("too large"));
            }
            self.blanks();
            if self.peek() != Some(b'.') {
                return Ok(path);
            }
            self.at += 1;
        }
    }

    /// `key = value` into a table.
    fn assignment(&mut self, table: &mut Table) -> Result<(), TextError> {
        let start = self.at;
        let path = self.key_path()?;
        if self.peek() != Some(b'=') {
            return Err(self.error("a key without `=`"));
        }
        self.at += 1;
        self.blanks();
        let value = self.value()?;
        let Some((last, parents)) = path.split_last() else { return Ok(()) };
        let table = table.walk(parents, Walk::Dotted);
        let table = table.map_err(|message| TextError::at(FORMAT, self.text, start, message))?;
        if table.places.contains_key(last) {
            return Err(TextError::at(FORMAT, self.text, start, "a key that is given twice"));
        }
        table.add(last, Item::Value(value));
        Ok(())
    }

    fn value(&mut self) -> Result<Node, TextError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(self.error("too large"));
        }
        match self.peek() {
            Some(b'"') => {
                let many = self.text[self.at..].starts_with(b"\"\"\"");
                self.basic(many).map(Node::Text)
            }
            Some(b'\'') => {
                let many = self.text[self.at..].starts_with(b"'''");
                self.literal(many).map(Node::Text)
            }
            Some(b'[' | b'{') => {
                self.depth += 1;
                if self.depth >= DEPTH_MAX / 2 {
                    return Err(self.error("nested too deep"));
                }
                let node = if self.peek() == Some(b'[') { self.array() } else { self.inline_table() };
                self.depth -= 1;
                node
            }
            _ => self.bare(),
        }
    }

    fn array(&mut self) -> Result<Node, TextError> {
        self.at += 1;
        let mut nodes = Vec::new();
        loop {
            self.blank_lines();
            match self.peek() {
                Some(b']') => break,
                None => return Err(self.error("an unfinished array")),
                _ => nodes.push(self.value()?),
            }
            self.blank_lines();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return Err(self.error("neither `,` nor `]` behind an element")),
            }
        }
        self.at += 1;
        Ok(Node::List(nodes))
    }

    fn inline_table(&mut self) -> Result<Node, TextError> {
        self.at += 1;
        let mut table = Table::default();
        self.blanks();
        if self.peek() != Some(b'}') {
            loop {
                self.blanks();
                self.assignment(&mut table)?;
                self.blanks();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return Err(self.error("neither `,` nor `}` behind a value")),
                }
            }
        }
        self.at += 1;
        Ok(table.into_node())
    }

    /// Numbers, truth values, dates.
    fn bare(&mut self) -> Result<Node, TextError> {
        let from = self.at;
        let is_part =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_' | b':');
        while self.peek().is_some_and(is_part) {
            self.at += 1;
        }
        // A blank may stand between date and time.
        let rest = &self.text[self.at..];
        if self.at - from == 10
            && rest.len() > 3
            && rest[0] == b' '
            && rest[1].is_ascii_digit()
            && rest[3] == b':'
        {
            self.at += 1;
            while self.peek().is_some_and(is_part) {
                self.at += 1;
            }
        }
        let word = &self.text[from..self.at];
        let node = match word {
            b"true" => Some(Node::Bool(true)),
            b"false" => Some(Node::Bool(false)),
            b"inf" | b"+inf" => Some(Node::Number(Number::Float(f64::INFINITY))),
            b"-inf" => Some(Node::Number(Number::Float(f64::NEG_INFINITY))),
            b"nan" | b"+nan" | b"-nan" => Some(Node::Number(Number::Float(f64::NAN))),
            _ if is_date(word) => Some(Node::Text(word.to_vec())),
            _ => number_of(word),
        };
        node.ok_or_else(|| {
            TextError::at(
                FORMAT,
                self.text,
                from,
                if word.is_empty() { "a value was expected" } else { "no value" },
            )
        })
    }

    fn literal(&mut self, many: bool) -> Result<Vec<u8>, TextError> {
        let from = self.at;
        let quote: &[u8] = if many { b"'''" } else { b"'" };
        self.at += quote.len();
        if many {
            self.newline();
        }
        let rest = &self.text[self.at..];
        let found = memchr::memmem::find(rest, quote);
        let Some(mut length) = found.filter(|&length| many || !rest[..length].contains(&b'\n')) else {
            return Err(TextError::at(FORMAT, self.text, from, "an unfinished text in quotes"));
        };
        // Up to two more quotes belong to the text.
        while many && rest.get(length + 3) == Some(&b'\'') && length < found.unwrap_or(0) + 2 {
            length += 1;
        }
        self.at += length + quote.len();
        Ok(rest[..length].to_vec())
    }

    fn basic(&mut self, many: bool) -> Result<Vec<u8>, TextError> {
        let start = self.at;
        let unfinished = TextError::at(FORMAT, self.text, start, "an unfinished text in quotes");
        self.at += if many { 3 } else { 1 };
        if many {
            self.newline();
        }
        let mut out = Vec::new();
        loop {
            let Some(byte) = self.peek() else { return Err(unfinished) };
            match byte {
                b'"' if !many => {
                    self.at += 1;
                    return Ok(out);
                }
                b'"' if self.text[self.at..].starts_with(b"\"\"\"") => {
                    self.at += 3;
                    let mut more = 0;
                    while more < 2 && self.peek() == Some(b'"') {
                        self.at += 1;
                        more += 1;
                        out.push(b'"');
                    }
                    return Ok(out);
                }
                b'\n' if !many => return Err(unfinished),
                b'\\' => {
                    self.at += 1;
                    self.escape(many, &mut out)?;
                }
                _ => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self, many: bool, out: &mut Vec<u8>) -> Result<(), TextError> {
        let byte = self.peek();
        let code = match byte {
            Some(b'b') => 8,
            Some(b't') => 9,
            Some(b'n') => 10,
            Some(b'f') => 12,
            Some(b'r') => 13,
            Some(b'e') => 27,
            Some(byte @ (b'"' | b'\\')) => u32::from(byte),
            Some(kind @ (b'u' | b'U')) => {
                let digits = if kind == b'u' { 4 } else { 8 };
                let code = self.text.get(self.at + 1..self.at + 1 + digits).and_then(|text| {
                    text.iter().try_fold(0_u32, |code, &byte| Some(code << 4 | (byte as char).to_digit(16)?))
                });
                let Some(code) = code.filter(|&code| char::from_u32(code).is_some()) else {
                    return Err(self.error("an escape that is no character"));
                };
                self.at += digits;
                code
            }
            Some(b' ' | b'\t' | b'\n' | b'\r') if many => {
                self.blanks();
                if !self.newline() {
                    return Err(self.error("an escape that does not exist"));
                }
                while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                    self.at += 1;
                }
                return Ok(());
            }
            _ => return Err(self.error("an escape that does not exist")),
        };
        self.at += 1;
        utf8::encode(code, out);
        Ok(())
    }
}

fn is_date(word: &[u8]) -> bool {
    let digits =
        |from: usize, to: usize| word.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    digits(0, 4) && word.get(4) == Some(&b'-') && digits(5, 7) && word.get(7) == Some(&b'-') && digits(8, 10)
        || digits(0, 2) && word.get(2) == Some(&b':') && digits(3, 5)
}

fn number_of(word: &[u8]) -> Option<Node> {
    // Underscores stand between digits only.
    for (at, &byte) in word.iter().enumerate() {
        let digit = |at: Option<usize>| at.and_then(|at| word.get(at)).is_some_and(u8::is_ascii_hexdigit);
        if byte == b'_' && !(digit(at.checked_sub(1)) && digit(Some(at + 1))) {
            return None;
        }
    }
    let plain: Vec<u8> = word.iter().copied().filter(|&byte| byte != b'_').collect();
    let based = match plain.as_slice() {
        [b'0', b'x', rest @ ..] => Some((rest, 16)),
        [b'0', b'o', rest @ ..] => Some((rest, 8)),
        [b'0', b'b', rest @ ..] => Some((rest, 2)),
        _ => None,
    };
    if let Some((rest, base)) = based {
        let valid = !rest.is_empty() && rest.iter().all(|&byte| (byte as char).is_digit(base));
        return number::from_base(rest, base).filter(|_| valid).map(|value| Node::Number(Number::Int(value)));
    }
    let digits = match plain.as_slice() {
        [b'+' | b'-', rest @ ..] => rest,
        all => all,
    };
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if whole == 0 || whole > 1 && digits[0] == b'0' {
        return None;
    }
    let mut rest = &digits[whole..];
    if rest.is_empty() {
        return match number::parse(&plain) {
            value @ Number::Int(_) => Some(Node::Number(value)),
            _ => None,
        };
    }
    if let [b'.', more @ ..] = rest {
        let fraction = more.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if fraction == 0 {
            return None;
        }
        rest = &more[fraction..];
    }
    if let [b'e' | b'E', more @ ..] = rest {
        let more = if let [b'+' | b'-', more @ ..] = more { more } else { more };
        if more.is_empty() || !more.iter().all(u8::is_ascii_digit) {
            return None;
        }
        rest = b"";
    }
    rest.is_empty().then(|| Node::Number(Number::Float(number::parse(&plain).to_f64())))
}

/// Writes a map as a document: values first, then a header for each table. A value that is nothing is
/// left out, because the format has no word for it; in a list it is an error.
pub fn write(node: &Node, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let Node::Map(entries) = node else { return Err(error("a document is a hash")) };
    table(entries, &mut Vec::new(), out)
}

fn error(message: &'static str) -> WriteError {
    WriteError { format: FORMAT, message }
}

/// Whether a list is written as tables with headers.
fn is_tables(nodes: &[Node]) -> bool {
    !nodes.is_empty() && nodes.iter().all(|node| matches!(node, Node::Map(_)))
}

fn table(entries: &[(Vec<u8>, Node)], path: &mut Vec<u8>, out: &mut Vec<u8>) -> Result<(), WriteError> {
    for (name, node) in entries {
        match node {
            Node::Null | Node::Map(_) => continue,
            Node::List(nodes) if is_tables(nodes) => continue,
            _ => {}
        }
        key(name, out);
        out.extend_from_slice(b" = ");
        value(node, out)?;
        out.push(b'\n');
    }
    for (name, node) in entries {
        let before = path.len();
        if before > 0 {
            path.push(b'.');
        }
        key(name, path);
        match node {
            Node::Map(inner) => {
                // A table of tables needs no header of its own.
                let needed = inner.is_empty()
                    || inner.iter().any(|(_, node)| match node {
                        Node::Map(_) => false,
                        Node::List(nodes) => !is_tables(nodes),
                        _ => true,
                    });
                if needed {
                    header(b"[", path, b"]\n", out);
                }
                table(inner, path, out)?;
            }
            Node::List(nodes) if is_tables(nodes) => {
                for node in nodes {
                    header(b"[[", path, b"]]\n", out);
                    if let Node::Map(inner) = node {
                        table(inner, path, out)?;
                    }
                }
            }
            _ => {}
        }
        path.truncate(before);
    }
    Ok(())
}

fn header(open: &[u8], path: &[u8], close: &[u8], out: &mut Vec<u8>) {
    if !out.is_empty() {
        out.push(b'\n');
    }
    out.extend_from_slice(open);
    out.extend_from_slice(path);
    out.extend_from_slice(close);
}

fn key(name: &[u8], out: &mut Vec<u8>) {
    if !name.is_empty()
        && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    {
        out.extend_from_slice(name);
    } else {
        text(name, out);
    }
}

fn text(content: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for &byte in content {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..=0x1f | 0x7f => {
                let (high, low) = (DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]);
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

fn value(node: &Node, out: &mut Vec<u8>) -> Result<(), WriteError> {
    match node {
        Node::Null => return Err(error("undef in a list cannot be written")),
        Node::Bool(holds) => out.extend_from_slice(if *holds { b"true" } else { b"false" }),
        Node::Text(content) => text(content, out),
        Node::Number(Number::Uint(_)) => return Err(error("an integer of more than 63 bits")),
        Node::Number(Number::Int(number)) => number::format_int(*number, out),
        Node::Number(Number::Float(number)) if number.is_nan() => out.extend_from_slice(b"nan"),
        Node::Number(Number::Float(number)) if number.is_infinite() => {
            out.extend_from_slice(if *number > 0.0 { b"inf" } else { b"-inf" });
        }
        Node::Number(Number::Float(number)) => {
            let from = out.len();
            number::format_float(*number, out);
            if !out[from..].iter().any(|byte| b".eE".contains(byte)) {
                out.extend_from_slice(b".0");
            }
        }
        Node::List(nodes) => {
            out.push(b'[');
            for (at, node) in nodes.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                value(node, out)?;
            }
            out.push(b']');
        }
        Node::Map(entries) => {
            out.push(b'{');
            let mut first = true;
            for (name, node) in entries.iter().filter(|(_, node)| *node != Node::Null) {
                out.extend_from_slice(if first { b" " } else { b", " });
                first = false;
                key(name, out);
                out.extend_from_slice(b" = ");
                value(node, out)?;
            }
            out.extend_from_slice(if first { b"}" } else { b" }" });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    fn json(node: &Node) -> String {
        match node {
            Node::Null => "null".into(),
            Node::Bool(holds) => std::format!("{holds}"),
            Node::Number(value) => {
                let mut out = Vec::new();
                value.format(&mut out);
                String::from_utf8(out).expect("digits")
            }
            Node::Text(text) => std::format!("{:?}", String::from_utf8_lossy(text)),
            Node::List(nodes) => std::format!("[{}]", nodes.iter().map(json).collect::<Vec<_>>().join(",")),
            Node::Map(entries) => {
                let all: Vec<String> = entries
                    .iter()
                    .map(|(k, v)| std::format!("{}:{}", String::from_utf8_lossy(k), json(v)))
                    .collect();
                std::format!("{{{}}}", all.join(","))
            }
        }
    }

    fn ok(text: &str) -> String {
        json(&read(text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}")))
    }

    #[test]
    fn documents() {
        for (text, expected) in [
            ("", "{}"),
            ("a = 1 # one\nb = 'x'\n", "{a:1,b:\"x\"}"),
            ("a.b.c = 1\na.d = 2", "{a:{b:{c:1},d:2}}"),
            ("[x]\na = 1\n[x.y]\nb = 2\n[z]\n", "{x:{a:1,y:{b:2}},z:{}}"),
            ("[x.y]\na = 1\n[x]\nb = 2", "{x:{y:{a:1},b:2}}"),
            ("[[p]]\nn = 1\n[[p]]\nn = 2\n[p.q]\nr = 3", "{p:[{n:1},{n:2,q:{r:3}}]}"),
            ("a = [1, [2, 'x'], # c\n 3,\n]", "{a:[1,[2,\"x\"],3]}"),
            ("a = { b = 1, c.d = 2, e = {} }", "{a:{b:1,c:{d:2},e:{}}}"),
            ("\"a b\" = 1\n'c.d' = 2\n3 = 4", "{a b:1,c.d:2,3:4}"),
            ("a = 1_000\nb = 0xff\nc = 0o17\nd = 0b11\ne = -5\nf = +5", "{a:1000,b:255,c:15,d:3,e:-5,f:5}"),
            ("a = 1.5\nb = 1e3\nc = -2.5E-1", "{a:1.5,b:1000,c:-0.25}"),
            ("a = true\nb = false", "{a:true,b:false}"),
            (
                "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00\nc = 07:32:00\nd = 1979-05-27",
                "{a:\"1979-05-27T07:32:00Z\",b:\"1979-05-27 07:32:00\",c:\"07:32:00\",d:\"1979-05-27\"}",
            ),
            ("a = \"x\\ty\\u00e9\\\"\"", "{a:\"x\\ty\u{e9}\\\"\"}"),
            ("a = \"\"\"\nx\ny\\\n   z\"\"\"", "{a:\"x\\nyz\"}"),
            ("a = '''\nx\\y''''", "{a:\"x\\\\y'\"}"),
            ("a = \"\"\"x\"\"\"\"\"", "{a:\"x\\\"\\\"\"}"),
            ("a = 1\r\nb = 2\r\n", "{a:1,b:2}"),
        ] {
            assert_eq!(ok(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong() {
        for text in [
            "a",
            "a =",
            "a = 1 b = 2",
            "= 1",
            "a = 01",
            "a = 1__0",
            "a = _1",
            "a = 1.",
            "a = .5",
            "a = 1e",
            "a = x",
            "a = \"x",
            "a = 'x\n'",
            "a = \"\\q\"",
            "a = [1, 2",
            "a = {b = 1",
            "a = {b = 1,\n c = 2}",
            "[a",
            "[[a]",
            "[]",
            "a = 1\na = 2",
            "[a]\n[a]",
            "a = 1\n[a]",
            "a.b = 1\na = 2",
            "[a.b]\n[a]\nb = 1",
            "a = {b = 1}\na.c = 2",
            "a = []\n[[a]]",
            "[a]\nb.c = 1\n[a.b]",
            "a = 99999999999999999999",
            "a = \"\\ud800\"",
            "a..b = 1",
            "[[a]]\n[a]",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text:?} is read");
        }
        let error = read(b"a = 1\nb = ?\n").expect_err("no value");
        assert_eq!(error.line, 2);
    }

    #[test]
    fn limits() {
        assert!(read((String::from("a = ") + &"[".repeat(100_000)).as_bytes()).is_err());
        assert!(read((String::from("a") + &".a".repeat(100_000) + " = 1").as_bytes()).is_err());
        let nested = "a.b.c = { d = ".repeat(1000);
        assert!(read(nested.as_bytes()).is_err());
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let text = "a = 1\nb = \"x\\n\\\"\\u0001\"\nc = [1, [2.5, true], { d = \"y\" }]\nk-1 = 1.0\n\"a b\" = []\ni = inf\n\n\
                    [t]\nx = 1\n\n[t.u]\ny = 2\n\n[[l]]\nn = 1\n\n[[l]]\nn = 2\n\n[[l.m]]\no = 3\n\n[v.w]\nz = 1\n\n[e]\n";
        let tree = read(text.as_bytes()).expect("a document");
        let mut out = Vec::new();
        write(&tree, &mut out).expect("writable");
        assert_eq!(String::from_utf8(out).expect("UTF-8"), text);
        let map = Node::Map(alloc::vec![(b"a".to_vec(), Node::Null)]);
        let mut out = Vec::new();
        write(&map, &mut out).expect("writable");
        assert!(out.is_empty());
        assert!(write(&Node::Null, &mut Vec::new()).is_err());
    }

    #[test]
    fn no_input_is_too_strange() {
        let pieces: [&[u8]; 22] = [
            b"a", b".", b" = ", b"1", b"\n", b"[", b"]", b"{", b"}", b",", b"\"", b"'", b"\"\"\"", b"'''",
            b"#", b"-", b"\\", b"e", b"_", b"inf", b"\r\n", b"\xff",
        ];
        let mut state = 3_u64;
        for _ in 0..20_000 {
            let mut text = Vec::new();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.extend_from_slice(pieces[(state >> 33) as usize % pieces.len()]);
            }
            let _ = read(&text);
        }
    }
}
