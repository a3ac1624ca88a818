//! TOML: tables, arrays of tables, dotted names, all strings, numbers; dates stay text.

use alloc::vec::Vec;

use super::tree::{DEPTH_MAX, Node, append_quoted, number, read_quoted};

/// Writes a map; anything else becomes the member `value`.
#[must_use]
pub fn write(node: &Node) -> Vec<u8> {
    let mut out = Vec::new();
    match node {
        Node::Map(pairs) => table(pairs, &mut Vec::new(), &mut out),
        other => table(&[(b"value".to_vec(), other.clone())], &mut Vec::new(), &mut out),
    }
    out
}

fn is_tables(node: &Node) -> bool {
    matches!(node, Node::List(items) if !items.is_empty() && items.iter().all(|item| matches!(item, Node::Map(_))))
}

fn table(pairs: &[(Vec<u8>, Node)], path: &mut Vec<Vec<u8>>, out: &mut Vec<u8>) {
    if path.len() > DEPTH_MAX {
        return;
    }
    for (name, value) in pairs {
        if matches!(value, Node::Map(_) | Node::Null) || is_tables(value) {
            continue;
        }
        key(name, out);
        out.extend_from_slice(b" = ");
        inline(value, out);
        out.push(b'\n');
    }
    for (name, value) in pairs {
        let tables: Vec<&Vec<(Vec<u8>, Node)>> = match value {
            Node::Map(inner) => alloc::vec![inner],
            Node::List(items) if is_tables(value) => {
                items.iter().filter_map(|item| if let Node::Map(inner) = item { Some(inner) } else { None }).collect()
            }
            _ => continue,
        };
        path.push(name.clone());
        for inner in tables {
            if !out.is_empty() {
                out.push(b'\n');
            }
            let (open, close): (&[u8], &[u8]) =
                if is_tables(value) { (b"[[", b"]]\n") } else { (b"[", b"]\n") };
            out.extend_from_slice(open);
            for (at, part) in path.iter().enumerate() {
                if at > 0 {
                    out.push(b'.');
                }
                key(part, out);
            }
            out.extend_from_slice(close);
            table(inner, path, out);
        }
        path.pop();
    }
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn key(name: &[u8], out: &mut Vec<u8>) {
    if !name.is_empty() && name.iter().all(|&byte| is_bare(byte)) {
        out.extend_from_slice(name);
    } else {
        append_quoted(name, out);
    }
}

fn inline(node: &Node, out: &mut Vec<u8>) {
    match node {
        Node::Null => out.extend_from_slice(b"\"\""),
        Node::Text(text) => append_quoted(text, out),
        Node::List(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                inline(item, out);
            }
            out.push(b']');
        }
        Node::Map(pairs) => {
            out.extend_from_slice(b"{ ");
            for (at, (name, value)) in pairs.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                key(name, out);
                out.extend_from_slice(b" = ");
                inline(value, out);
            }
            out.extend_from_slice(b" }");
        }
        Node::Float(value) if libm::trunc(*value) == *value && value.abs() < 1e15 => {
            node.append_scalar(out);
            out.extend_from_slice(b".0");
        }
        other => other.append_scalar(out),
    }
}

/// Reads a document; what is wrong and in which line otherwise.
pub fn read(text: &[u8]) -> Result<Node, (usize, &'static str)> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let mut root = Vec::new();
    let mut path: Vec<Vec<u8>> = Vec::new();
    let done = reader.document(&mut root, &mut path);
    let line = text[..reader.at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1;
    match done {
        Ok(()) => Ok(Node::Map(root)),
        Err(message) => Err((line, message)),
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

type Pairs = Vec<(Vec<u8>, Node)>;

impl Reader<'_> {
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Blanks; with `lines` also the ends of lines and comments.
    fn skip(&mut self, lines: bool) {
        while !self.done() {
            match self.byte() {
                b' ' | b'\t' => self.at += 1,
                b'\r' | b'\n' if lines => self.at += 1,
                b'#' if lines => {
                    while !self.done() && self.byte() != b'\n' {
                        self.at += 1;
                    }
                }
                _ => break,
            }
        }
    }

    fn document(&mut self, root: &mut Pairs, path: &mut Vec<Vec<u8>>) -> Result<(), &'static str> {
        loop {
            self.skip(true);
            if self.done() {
                return Ok(());
            }
            if self.byte() == b'[' {
                let many = self.text.get(self.at + 1) == Some(&b'[');
                self.at += if many { 2 } else { 1 };
                *path = self.name()?;
                for _ in 0..=usize::from(many) {
                    if self.byte() != b']' {
                        return Err("the name of a table is not closed");
                    }
                    self.at += 1;
                }
                if many {
                    let (last, parents) = path.split_last().ok_or("a table has no name")?;
                    let parent = descend(root, parents)?;
                    match place(parent, last, Node::List(Vec::new())) {
                        Node::List(items) => items.push(Node::Map(Vec::new())),
                        _ => return Err("a name stands for two things"),
                    }
                } else {
                    descend(root, path)?;
                }
            } else {
                let table = descend(root, path)?;
                self.pair(table)?;
            }
            self.skip(false);
            if !self.done() && !matches!(self.byte(), b'\n' | b'\r' | b'#') {
                return Err("something stands behind the end");
            }
        }
    }

    fn pair(&mut self, table: &mut Pairs) -> Result<(), &'static str> {
        let name = self.name()?;
        if self.byte() != b'=' {
            return Err("a `=` is missing");
        }
        self.at += 1;
        let value = self.value()?;
        let (last, parents) = name.split_last().ok_or("a name is missing")?;
        let table = descend(table, parents)?;
        if table.iter().any(|(known, _)| known == last) {
            return Err("a name stands for two things");
        }
        table.push((last.clone(), value));
        Ok(())
    }

    fn name(&mut self) -> Result<Vec<Vec<u8>>, &'static str> {
        let mut parts = Vec::new();
        loop {
            self.skip(false);
            let part = match self.byte() {
                b'"' => {
                    let (text, end) = read_quoted(self.text, self.at).ok_or("a text is not closed")?;
                    self.at = end;
                    text
                }
                b'\'' => self.single()?,
                _ => {
                    let from = self.at;
                    while is_bare(self.byte()) {
                        self.at += 1;
                    }
                    if from == self.at {
                        return Err("a name is missing");
                    }
                    self.text[from..self.at].to_vec()
                }
            };
            parts.push(part);
            if parts.len() > DEPTH_MAX {
                return Err("nested too deeply");
            }
            self.skip(false);
            if self.byte() != b'.' {
                return Ok(parts);
            }
            self.at += 1;
        }
    }

    fn single(&mut self) -> Result<Vec<u8>, &'static str> {
        let from = self.at + 1;
        let end = self.text[from..].iter().position(|&byte| byte == b'\'').ok_or("a text is not closed")?;
        self.at = from + end + 1;
        Ok(self.text[from..from + end].to_vec())
    }

    fn value(&mut self) -> Result<Node, &'static str> {
        self.skip(false);
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("nested too deeply");
        }
        let rest = &self.text[self.at.min(self.text.len())..];
        let node = if rest.starts_with(b"\"\"\"") || rest.starts_with(b"'''") {
            let quote = &rest[..3];
            let inside = &rest[3..];
            let end = inside.windows(3).position(|three| three == quote).ok_or("a text is not closed")?;
            self.at += end + 6;
            let body = &inside[..end];
            let body = body.strip_prefix(b"\n").unwrap_or(body);
            if quote[0] == b'"' {
                let mut quoted = alloc::vec![b'"'];
                for &byte in body {
                    if byte == b'"' {
                        quoted.push(b'\\');
                    }
                    quoted.push(byte);
                }
                quoted.push(b'"');
                Node::Text(read_quoted(&quoted, 0).ok_or("a text has a wrong escape")?.0)
            } else {
                Node::Text(body.to_vec())
            }
        } else {
            match self.byte() {
                b'"' => {
                    let (text, end) = read_quoted(self.text, self.at).ok_or("a text is not closed")?;
                    self.at = end;
                    Node::Text(text)
                }
                b'\'' => Node::Text(self.single()?),
                b'[' => {
                    self.at += 1;
                    let mut items = Vec::new();
                    loop {
                        self.skip(true);
                        match self.byte() {
                            b']' => break,
                            b',' => self.at += 1,
                            0 if self.done() => return Err("an array is not closed"),
                            _ => items.push(self.value()?),
                        }
                    }
                    self.at += 1;
                    Node::List(items)
                }
                b'{' => {
                    self.at += 1;
                    let mut pairs = Vec::new();
                    loop {
                        self.skip(true);
                        match self.byte() {
                            b'}' => break,
                            b',' => self.at += 1,
                            0 if self.done() => return Err("a table is not closed"),
                            _ => self.pair(&mut pairs)?,
                        }
                    }
                    self.at += 1;
                    Node::Map(pairs)
                }
                _ => {
                    let from = self.at;
                    while !self.done() && !matches!(self.byte(), b',' | b']' | b'}' | b'\n' | b'\r' | b'#') {
                        self.at += 1;
                    }
                    let word = self.text[from..self.at].trim_ascii();
                    plain(word).ok_or("this is no value")?
                }
            }
        };
        self.depth -= 1;
        Ok(node)
    }
}

fn plain(word: &[u8]) -> Option<Node> {
    Some(match word {
        b"true" => Node::Bool(true),
        b"false" => Node::Bool(false),
        b"inf" | b"+inf" => Node::Float(f64::INFINITY),
        b"-inf" => Node::Float(f64::NEG_INFINITY),
        b"nan" | b"+nan" | b"-nan" => Node::Float(f64::NAN),
        b"" => return None,
        _ => {
            let digits: Vec<u8> = word.iter().copied().filter(|&byte| byte != b'_').collect();
            for (prefix, base) in [(b"0x", 16), (b"0o", 8), (b"0b", 2)] {
                if let Some(rest) = digits.strip_prefix(prefix) {
                    return i64::from_str_radix(core::str::from_utf8(rest).ok()?, base).ok().map(Node::Int);
                }
            }
            if let Some(node) = number(&digits) {
                return Some(node);
            }
            // Dates and times.
            if word[0].is_ascii_digit() {
                return Some(Node::Text(word.to_vec()));
            }
            return None;
        }
    })
}

fn place<'t>(table: &'t mut Pairs, name: &[u8], fresh: Node) -> &'t mut Node {
    let at = match table.iter().position(|(known, _)| known == name) {
        Some(at) => at,
        None => {
            table.push((name.to_vec(), fresh));
            table.len() - 1
        }
    };
    &mut table[at].1
}

/// The table of a path: of an array of tables the last.
fn descend<'t>(root: &'t mut Pairs, path: &[Vec<u8>]) -> Result<&'t mut Pairs, &'static str> {
    let mut table = root;
    for name in path {
        let mut node = place(table, name, Node::Map(Vec::new()));
        if let Node::List(items) = node {
            node = items.last_mut().ok_or("a name stands for two things")?;
        }
        table = match node {
            Node::Map(pairs) => pairs,
            _ => return Err("a name stands for two things"),
        };
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_come_back() {
        let source = b"a = 1 # one\nb.c = \"x\\ny\"\nd = [1.5, 'raw', { e = true }]\n[t]\nu = 0xff\n[[v]]\nw = 1_000\n[[v]]\nw = 1979-05-27\n";
        let node = read(source).unwrap();
        assert_eq!(read(&write(&node)).unwrap(), node);
        let Node::Map(pairs) = &node else { panic!("a map") };
        assert_eq!(pairs.iter().map(|(name, _)| name.as_slice()).collect::<Vec<_>>(), [b"a", b"b", b"d", b"t", b"v"]);
    }

    #[test]
    fn mistakes_name_their_line() {
        assert_eq!(read(b"a = 1\nb\n").unwrap_err().0, 2);
        assert_eq!(read(b"a = 1\na = 2").unwrap_err().0, 2);
        for source in [&b"a = ["[..], b"[a", b"a = \"", b"= 1", b"[[", b"a = {"] {
            assert!(read(source).is_err());
        }
        let mut deep = b"a = ".to_vec();
        deep.extend(b"[".repeat(5000));
        assert!(read(&deep).is_err());
    }
}
