//! YAML as configuration files use it: block and flow collections, plain, quoted and literal scalars,
//! comments. Anchors, tags and several documents are not read.

use alloc::vec::Vec;

use super::tree::{DEPTH_MAX, Node, append_quoted, number, read_quoted};

/// Writes data in block form.
#[must_use]
pub fn write(node: &Node) -> Vec<u8> {
    let mut out = Vec::new();
    match node {
        Node::List(items) if !items.is_empty() => block(node, 0, &mut out),
        Node::Map(pairs) if !pairs.is_empty() => block(node, 0, &mut out),
        other => {
            inline(other, &mut out);
            out.push(b'\n');
        }
    }
    out
}

fn indent(depth: usize, out: &mut Vec<u8>) {
    out.extend(core::iter::repeat_n(b' ', depth * 2));
}

fn filled(node: &Node) -> bool {
    match node {
        Node::List(items) => !items.is_empty(),
        Node::Map(pairs) => !pairs.is_empty(),
        _ => false,
    }
}

fn block(node: &Node, depth: usize, out: &mut Vec<u8>) {
    if depth > DEPTH_MAX {
        return;
    }
    match node {
        Node::List(items) => {
            for item in items {
                indent(depth, out);
                out.push(b'-');
                if filled(item) {
                    // The first line of the item stands behind the dash.
                    let start = out.len();
                    block(item, depth + 1, out);
                    let skip = (depth + 1) * 2;
                    if out.len() >= start + skip {
                        out.drain(start..start + skip);
                        out.insert(start, b' ');
                    }
                } else {
                    out.push(b' ');
                    inline(item, out);
                    out.push(b'\n');
                }
            }
        }
        Node::Map(pairs) => {
            for (name, value) in pairs {
                indent(depth, out);
                scalar(name, out);
                out.push(b':');
                if filled(value) {
                    out.push(b'\n');
                    block(value, depth + 1, out);
                } else {
                    out.push(b' ');
                    inline(value, out);
                    out.push(b'\n');
                }
            }
        }
        _ => {}
    }
}

fn inline(node: &Node, out: &mut Vec<u8>) {
    match node {
        Node::Null => out.extend_from_slice(b"null"),
        Node::Text(text) => scalar(text, out),
        Node::List(_) => out.extend_from_slice(b"[]"),
        Node::Map(_) => out.extend_from_slice(b"{}"),
        other => other.append_scalar(out),
    }
}

fn scalar(text: &[u8], out: &mut Vec<u8>) {
    let plain = !text.is_empty()
        && text.first() != Some(&b' ')
        && text.last() != Some(&b' ')
        && !matches!(
            text[0],
            b'-' | b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>'
                | b'\'' | b'"' | b'%' | b'@' | b'`' | b'~'
        )
        && !text.windows(2).any(|pair| pair == b": " || pair == b" #")
        && text.last() != Some(&b':')
        && text.iter().all(|&byte| byte >= b' ')
        && matches!(word(text), Node::Text(_));
    if plain { out.extend_from_slice(text) } else { append_quoted(text, out) }
}

/// What an unquoted word means.
fn word(text: &[u8]) -> Node {
    match text {
        b"" | b"~" | b"null" | b"Null" | b"NULL" => Node::Null,
        b"true" | b"True" | b"TRUE" => Node::Bool(true),
        b"false" | b"False" | b"FALSE" => Node::Bool(false),
        _ => number(text).unwrap_or_else(|| Node::Text(text.to_vec())),
    }
}

/// Reads data; what is wrong and in which line otherwise.
pub fn read(text: &[u8]) -> Result<Node, (usize, &'static str)> {
    let mut lines = Vec::new();
    for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let indent = line.iter().take_while(|&&byte| byte == b' ').count();
        lines.push(Line { number: at + 1, indent, text: &line[indent..], whole: line });
    }
    let mut reader = Reader { lines, at: 0 };
    reader.skip();
    if reader.peek().is_some_and(|line| line.text.starts_with(b"---")) {
        let rest = reader.lines[reader.at].text[3..].trim_ascii_start();
        reader.lines[reader.at].text = rest;
        if rest.is_empty() {
            reader.at += 1;
        }
    }
    let node = reader.node(0, 0)?;
    reader.skip();
    match reader.peek() {
        None => Ok(node),
        Some(line) if line.text.starts_with(b"---") || line.text.starts_with(b"...") => Ok(node),
        Some(line) => Err((line.number, "this belongs to nothing")),
    }
}

struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a [u8],
    whole: &'a [u8],
}

struct Reader<'a> {
    lines: Vec<Line<'a>>,
    at: usize,
}

type Fallible<T> = Result<T, (usize, &'static str)>;

impl<'a> Reader<'a> {
    fn skip(&mut self) {
        while self.lines.get(self.at).is_some_and(|line| {
            let text = line.text.trim_ascii();
            text.is_empty() || text[0] == b'#'
        }) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<&Line<'a>> {
        self.lines.get(self.at)
    }

    /// The node whose lines are indented at least so far.
    fn node(&mut self, least: usize, depth: usize) -> Fallible<Node> {
        self.skip();
        let Some(line) = self.peek() else { return Ok(Node::Null) };
        let (indent, text, number) = (line.indent, line.text, line.number);
        if indent < least {
            return Ok(Node::Null);
        }
        if depth > DEPTH_MAX {
            return Err((number, "nested too deeply"));
        }
        if is_item(text) {
            return self.list(indent, depth);
        }
        if key_end(text).is_some() {
            return self.map(indent, depth);
        }
        self.at += 1;
        self.value(text, number, indent, depth)
    }

    fn list(&mut self, indent: usize, depth: usize) -> Fallible<Node> {
        let mut items = Vec::new();
        loop {
            self.skip();
            let Some(line) = self.peek() else { break };
            if line.indent != indent || !is_item(line.text) {
                break;
            }
            let after = &line.text[1..];
            let rest = after.trim_ascii_start();
            let inner = indent + 1 + (after.len() - rest.len());
            let number = line.number;
            if rest.is_empty() || rest[0] == b'#' {
                self.at += 1;
                items.push(self.node(indent + 1, depth + 1)?);
            } else if is_item(rest) || key_end(rest).is_some() {
                // The item's first line stands behind the dash.
                let line = &mut self.lines[self.at];
                line.indent = inner;
                line.text = rest;
                items.push(self.node(inner, depth + 1)?);
            } else {
                self.at += 1;
                items.push(self.value(rest, number, indent, depth)?);
            }
        }
        Ok(Node::List(items))
    }

    fn map(&mut self, indent: usize, depth: usize) -> Fallible<Node> {
        let mut pairs: Vec<(Vec<u8>, Node)> = Vec::new();
        loop {
            self.skip();
            let Some(line) = self.peek() else { break };
            if line.indent != indent || is_item(line.text) {
                break;
            }
            let (text, number) = (line.text, line.number);
            let Some((name, end)) = key_end(text) else { break };
            let rest = text[end..].trim_ascii_start();
            self.at += 1;
            let value = if rest.is_empty() || rest[0] == b'#' {
                self.skip();
                // A list may stand as far left as the name it belongs to.
                let same = self.peek().is_some_and(|next| next.indent == indent && is_item(next.text));
                if same { self.list(indent, depth + 1)? } else { self.node(indent + 1, depth + 1)? }
            } else {
                self.value(rest, number, indent, depth)?
            };
            match pairs.iter_mut().find(|(known, _)| *known == name) {
                Some(pair) => pair.1 = value,
                None => pairs.push((name, value)),
            }
        }
        Ok(Node::Map(pairs))
    }

    /// A value that stands in its line.
    fn value(&mut self, text: &'a [u8], number: usize, indent: usize, depth: usize) -> Fallible<Node> {
        match text[0] {
            b'|' | b'>' => Ok(self.literal(text, indent)),
            b'[' | b'{' => {
                let mut whole = text.to_vec();
                let mut flow = Flow { text: &whole, at: 0, depth };
                let mut read = flow.node();
                // A flow collection may go on in the lines below.
                while read.is_none() && self.at < self.lines.len() && whole.len() < 1 << 24 {
                    whole.push(b' ');
                    whole.extend_from_slice(self.lines[self.at].text);
                    self.at += 1;
                    flow = Flow { text: &whole, at: 0, depth };
                    read = flow.node();
                }
                read.ok_or((number, "a collection in brackets is not closed"))
            }
            b'"' => match read_quoted(text, 0) {
                Some((text, _)) => Ok(Node::Text(text)),
                None => Err((number, "a quoted text is not closed")),
            },
            b'\'' => match read_single(text, 0) {
                Some((text, _)) => Ok(Node::Text(text)),
                None => Err((number, "a quoted text is not closed")),
            },
            _ => {
                let end = text.windows(2).position(|pair| pair == b" #").unwrap_or(text.len());
                let mut plain = text[..end].trim_ascii_end().to_vec();
                // More of a plain text may stand below, indented further.
                while let Some(line) = self.peek() {
                    if line.indent <= indent || line.text.is_empty() || key_end(line.text).is_some() {
                        break;
                    }
                    plain.push(b' ');
                    plain.extend_from_slice(line.text.trim_ascii_end());
                    self.at += 1;
                }
                Ok(word(&plain))
            }
        }
    }

    fn literal(&mut self, head: &[u8], indent: usize) -> Node {
        let (folded, strip, keep) = (head[0] == b'>', head.contains(&b'-'), head.contains(&b'+'));
        let mut inner = None;
        let mut lines: Vec<&[u8]> = Vec::new();
        while let Some(line) = self.peek() {
            let blank = line.text.trim_ascii().is_empty();
            if !blank && line.indent <= indent && inner.is_none_or(|inner| line.indent < inner) {
                break;
            }
            if !blank && inner.is_none() {
                inner = Some(line.indent);
            }
            let from = inner.unwrap_or(line.indent).min(line.whole.len());
            lines.push(if blank { b"" } else { &line.whole[from..] });
            self.at += 1;
        }
        let mut trailing = 0;
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
            trailing += 1;
        }
        let mut out = lines.join(if folded { &b" "[..] } else { &b"\n"[..] });
        if !strip && !out.is_empty() {
            out.push(b'\n');
        }
        if keep {
            out.extend(core::iter::repeat_n(b'\n', trailing));
        }
        Node::Text(out)
    }
}

fn is_item(text: &[u8]) -> bool {
    text == b"-" || text.starts_with(b"- ")
}

/// The name a line begins with, and where what follows its colon begins.
fn key_end(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (name, end) = match text.first()? {
        b'"' => read_quoted(text, 0)?,
        b'\'' => read_single(text, 0)?,
        b'[' | b'{' | b'|' | b'>' | b'#' => return None,
        _ => {
            let end = (0..text.len()).find(|&at| {
                text[at] == b':' && text.get(at + 1).is_none_or(|&next| next == b' ' || next == b'\t')
            })?;
            (text[..end].trim_ascii_end().to_vec(), end)
        }
    };
    let colon = end + (text[end..].len() - text[end..].trim_ascii_start().len());
    let behind = text.get(colon + 1);
    (text.get(colon) == Some(&b':') && behind.is_none_or(|&next| next == b' ' || next == b'\t'))
        .then_some((name, colon + 1))
}

fn read_single(source: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::new();
    let mut i = at + 1;
    loop {
        match *source.get(i)? {
            b'\'' if source.get(i + 1) == Some(&b'\'') => {
                out.push(b'\'');
                i += 2;
            }
            b'\'' => return Some((out, i + 1)),
            byte => {
                out.push(byte);
                i += 1;
            }
        }
    }
}

/// Collections in brackets.
struct Flow<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Flow<'_> {
    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn node(&mut self) -> Option<Node> {
        self.blanks();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let node = match *self.text.get(self.at)? {
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.blanks();
                    match *self.text.get(self.at)? {
                        b']' => break,
                        b',' => self.at += 1,
                        _ => items.push(self.node()?),
                    }
                }
                self.at += 1;
                Node::List(items)
            }
            b'{' => {
                self.at += 1;
                let mut pairs = Vec::new();
                loop {
                    self.blanks();
                    match *self.text.get(self.at)? {
                        b'}' => break,
                        b',' => self.at += 1,
                        _ => {
                            let mut name = Vec::new();
                            self.node()?.append_scalar(&mut name);
                            self.blanks();
                            let value = if self.text.get(self.at) == Some(&b':') {
                                self.at += 1;
                                self.node()?
                            } else {
                                Node::Null
                            };
                            pairs.push((name, value));
                        }
                    }
                }
                self.at += 1;
                Node::Map(pairs)
            }
            b'"' => {
                let (text, end) = read_quoted(self.text, self.at)?;
                self.at = end;
                Node::Text(text)
            }
            b'\'' => {
                let (text, end) = read_single(self.text, self.at)?;
                self.at = end;
                Node::Text(text)
            }
            _ => {
                let from = self.at;
                while self.text.get(self.at).is_some_and(|&byte| {
                    !matches!(byte, b',' | b']' | b'}')
                        && !(byte == b':'
                            && self.text.get(self.at + 1).is_none_or(|next| {
                                next.is_ascii_whitespace() || matches!(next, b',' | b']' | b'}')
                            }))
                }) {
                    self.at += 1;
                }
                if self.at == self.text.len() {
                    return None;
                }
                word(self.text[from..self.at].trim_ascii())
            }
        };
        self.depth -= 1;
        Some(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn documents_are_read() {
        let source = b"# a comment\nname: x\nn: 3\nlist:\n- a\n- b: 1\n  c: [1, 'two', {d: e}]\nnote: |\n  one\n  two\nempty:\n";
        let Node::Map(pairs) = read(source).unwrap() else { panic!("a map") };
        assert_eq!(pairs[0], (b"name".to_vec(), text("x")));
        assert_eq!(pairs[1].1, Node::Int(3));
        let inner = Node::List(alloc::vec![
            Node::Int(1),
            text("two"),
            Node::Map(alloc::vec![(b"d".to_vec(), text("e"))])
        ]);
        let second = Node::Map(alloc::vec![(b"b".to_vec(), Node::Int(1)), (b"c".to_vec(), inner)]);
        assert_eq!(pairs[2].1, Node::List(alloc::vec![text("a"), second]));
        assert_eq!(pairs[3].1, text("one\ntwo\n"));
        assert_eq!(pairs[4].1, Node::Null);
    }

    #[test]
    fn what_is_written_comes_back() {
        let node = Node::Map(alloc::vec![
            (b"a b".to_vec(), Node::List(alloc::vec![Node::Int(1), text("yes: no"), text("12"), text("")])),
            (b"m".to_vec(), Node::Map(alloc::vec![(b"x".to_vec(), Node::Float(1.5))])),
            (
                b"l".to_vec(),
                Node::List(alloc::vec![
                    Node::Map(alloc::vec![(b"k".to_vec(), Node::Null), (b"j".to_vec(), Node::Bool(true))]),
                    Node::List(alloc::vec![text("deep")]),
                ])
            ),
            (b"e".to_vec(), Node::List(alloc::vec![])),
        ]);
        assert_eq!(read(&write(&node)).unwrap(), node);
    }

    #[test]
    fn no_text_makes_it_panic() {
        for source in [&b"a: [1, 2"[..], b"- - - x", b"a:\n b\n  c: d", b"\"x", b"---", b"{", b"a: |\n", b": x", b"- "] {
            let _ = read(source);
        }
        let deep = b"[".repeat(5000);
        let _ = read(&deep);
        let _ = read(&b"- ".repeat(5000));
    }
}
