//! Reading YAML: one pass over the text by recursive descent.
//!
//! A node is asked for with the column of what it belongs to: what is not indented further belongs to
//! something further out. Inside brackets columns do not matter.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::{FORMAT, resolve};
use crate::tree::{DEPTH_MAX, NODES_MAX, Node, TextError};
use s_text::number::Number;
use s_text::utf8;

/// The documents of a text, at least one.
pub fn read(text: &[u8]) -> Result<Vec<Node>, TextError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = Reader { text, at: 0, depth: 0, nodes: 0, anchors: BTreeMap::new() };
    let mut documents = Vec::new();
    loop {
        reader.directives()?;
        if reader.at >= text.len() && !documents.is_empty() {
            return Ok(documents);
        }
        reader.anchors.clear();
        documents.push(reader.node(-1, Place::Line)?);
        reader.blank()?;
        if reader.at >= text.len() {
            return Ok(documents);
        }
        if !reader.at_marker() {
            return Err(reader.error("text that belongs to nothing"));
        }
    }
}

/// Escapes of one letter and what they stand for.
const ESCAPES: &[(u8, u32)] = &[
    (b'0', 0),
    (b'a', 7),
    (b'b', 8),
    (b't', 9),
    (b'\t', 9),
    (b'n', 10),
    (b'v', 11),
    (b'f', 12),
    (b'r', 13),
    (b'e', 27),
    (b' ', 0x20),
    (b'"', 0x22),
    (b'/', 0x2f),
    (b'\\', 0x5c),
    (b'N', 0x85),
    (b'_', 0xa0),
    (b'L', 0x2028),
    (b'P', 0x2029),
];

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Where a block collection may begin: at the start of a line or behind `- `.
    Line,
    /// Behind the colon of a block map.
    Value,
}

/// Tag and anchor of a node.
#[derive(Default)]
struct Properties<'a> {
    tag: Option<&'a [u8]>,
    anchor: Option<&'a [u8]>,
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    nodes: usize,
    /// Nodes with a name and how many nodes each has.
    anchors: BTreeMap<&'a [u8], (Node, usize)>,
}

impl<'a> Reader<'a> {
    fn error(&self, message: &'static str) -> TextError {
        TextError::at(FORMAT, self.text, self.at, message)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// The byte `ahead` is blank, a newline or the end.
    fn is_gap(&self, ahead: usize) -> bool {
        self.peek(ahead).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }

    fn line_start(&self) -> usize {
        memchr::memrchr(b'\n', &self.text[..self.at]).map_or(0, |at| at + 1)
    }

    /// The column of the cursor, from 0, in bytes.
    fn column(&self) -> isize {
        (self.at - self.line_start()) as isize
    }

    /// Nothing but blanks stands before the cursor on its line.
    fn is_first(&self) -> bool {
        self.text[self.line_start()..self.at].iter().all(|&byte| byte == b' ')
    }

    /// Stands on `---` or `...` at the start of a line.
    fn at_marker(&self) -> bool {
        let rest = &self.text[self.at..];
        (rest.starts_with(b"---") || rest.starts_with(b"..."))
            && self.is_gap(3)
            && (self.at == 0 || self.text[self.at - 1] == b'\n')
    }

    fn end_of_line(&self) -> usize {
        memchr::memchr(b'\n', &self.text[self.at..]).map_or(self.text.len(), |length| self.at + length)
    }

    /// Passes over blanks and a comment up to the end of the line or to text.
    fn blank_in_line(&mut self) {
        let from = self.at;
        while matches!(self.peek(0), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
        let separate = self.at > from || self.at == 0 || self.text[self.at - 1] == b'\n';
        if self.peek(0) == Some(b'#') && separate {
            self.at = self.end_of_line();
        }
    }

    /// Passes over blanks, comments and ends of lines; whether a line ended.
    fn blank(&mut self) -> Result<bool, TextError> {
        let mut crossed = self.at == 0;
        loop {
            self.blank_in_line();
            if self.peek(0) == Some(b'\n') {
                self.at += 1;
                crossed = true;
            } else {
                break;
            }
        }
        if crossed && self.at < self.text.len() {
            let start = self.line_start();
            if self.text[start..self.at].contains(&b'\t')
                && !matches!(self.peek(0), Some(b'[' | b'{' | b']' | b'}'))
            {
                return Err(self.error("a tab in the indentation"));
            }
        }
        Ok(crossed)
    }

    /// What stands before a document.
    fn directives(&mut self) -> Result<(), TextError> {
        loop {
            self.blank()?;
            let rest = &self.text[self.at..];
            if self.at_marker() {
                let starts = rest.starts_with(b"---");
                self.at += 3;
                if starts {
                    return Ok(());
                }
            } else if rest.starts_with(b"%") && self.column() == 0 {
                self.at = self.end_of_line();
            } else {
                return Ok(());
            }
        }
    }

    fn enter(&mut self) -> Result<(), TextError> {
        self.depth += 1;
        if self.depth >= DEPTH_MAX {
            return Err(self.error("nested too deep"));
        }
        Ok(())
    }

    fn account(&mut self, nodes: usize) -> Result<(), TextError> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            return Err(self.error("too large when its aliases are followed"));
        }
        Ok(())
    }

    /// A node that belongs to something at column `parent`, -1 for the document.
    fn node(&mut self, parent: isize, place: Place) -> Result<Node, TextError> {
        self.enter()?;
        let node = self.node_inside(parent, place);
        self.depth -= 1;
        node
    }

    fn node_inside(&mut self, parent: isize, place: Place) -> Result<Node, TextError> {
        self.account(1)?;
        let mut fresh = self.blank()? || place == Place::Line;
        let mut properties = Properties::default();
        loop {
            if self.at >= self.text.len() || self.at_marker() {
                return self.finish(Node::Null, &properties);
            }
            let column = self.column();
            let is_item = self.peek(0) == Some(b'-') && self.is_gap(1);
            if column <= parent {
                // The items of a map's value may stand under its key.
                let under = place == Place::Value && fresh && column == parent && is_item;
                let node = if under { self.block_list(column)? } else { Node::Null };
                return self.finish(node, &properties);
            }
            if fresh {
                if is_item {
                    let node = self.block_list(column)?;
                    return self.finish(node, &properties);
                }
                if self.peek(0) == Some(b'?') && self.is_gap(1) || self.is_key() {
                    let node = self.block_map(column)?;
                    return self.finish(node, &properties);
                }
            }
            if !self.property(&mut properties)? {
                break;
            }
            fresh |= self.blank()?;
        }
        let node = match self.peek(0) {
            Some(b'|') => self.block_text(parent, false)?,
            Some(b'>') => self.block_text(parent, true)?,
            Some(b'[' | b'{') => self.flow()?,
            Some(b'"' | b'\'') => Node::Text(self.quoted(true)?),
            Some(b'*') => return self.alias(),
            _ => {
                let text = self.plain(parent, false)?;
                return self.finish_plain(text, &properties);
            }
        };
        self.finish(node, &properties)
    }

    /// Reads a tag or an anchor, if one stands here.
    fn property(&mut self, properties: &mut Properties<'a>) -> Result<bool, TextError> {
        let kind = self.peek(0);
        if !matches!(kind, Some(b'&' | b'!')) {
            return Ok(false);
        }
        let text = self.text;
        let from = self.at;
        while !(self.is_gap(0)
            || self.at > from && matches!(self.peek(0), Some(b',' | b'[' | b']' | b'{' | b'}')))
        {
            self.at += 1;
        }
        if kind == Some(b'&') {
            if self.at == from + 1 {
                return Err(self.error("an anchor without a name"));
            }
            properties.anchor = Some(&text[from + 1..self.at]);
        } else {
            properties.tag = Some(&text[from..self.at]);
        }
        Ok(true)
    }

    fn finish_plain(&mut self, text: Vec<u8>, properties: &Properties<'a>) -> Result<Node, TextError> {
        let node = if properties.tag.is_some() { Node::Text(text) } else { resolve(&text) };
        if properties.tag.is_some_and(|tag| !matches!(tag, b"!!str" | b"!")) {
            let Node::Text(text) = &node else { return Ok(node) };
            let node = resolve(text);
            return self.finish(node, properties);
        }
        self.finish(node, properties)
    }

    /// Applies the tag and remembers the name.
    fn finish(&mut self, node: Node, properties: &Properties<'a>) -> Result<Node, TextError> {
        let node = match (properties.tag, node) {
            (Some(b"!!str"), Node::Null) => Node::Text(Vec::new()),
            (Some(b"!!int" | b"!!bool" | b"!!null"), Node::Text(text)) => resolve(&text),
            (Some(b"!!float"), Node::Text(text)) => as_float(resolve(&text)),
            (Some(b"!!float"), node) => as_float(node),
            (_, node) => node,
        };
        if let Some(name) = properties.anchor {
            let count = node.count();
            self.account(count)?;
            self.anchors.insert(name, (node.clone(), count));
        }
        Ok(node)
    }

    fn alias(&mut self) -> Result<Node, TextError> {
        let from = self.at + 1;
        let text = self.text;
        while !self.is_gap(0) && !matches!(self.peek(0), Some(b',' | b'[' | b']' | b'{' | b'}')) {
            self.at += 1;
        }
        let Some((node, count)) = self.anchors.get(&text[from.min(self.at)..self.at]) else {
            return Err(self.error("an alias of nothing"));
        };
        let (node, count) = (node, *count);
        if self.nodes.saturating_add(count) > NODES_MAX {
            return Err(self.error("too large when its aliases are followed"));
        }
        if depth_of(node) + self.depth >= DEPTH_MAX {
            return Err(self.error("nested too deep"));
        }
        let node = node.clone();
        self.account(count)?;
        Ok(node)
    }

    /// Whether the line goes on as the key of a block map: a scalar and a colon.
    fn is_key(&self) -> bool {
        let end = self.end_of_line();
        let line = &self.text[self.at..end];
        let mut at = 0;
        let gap = |at: usize| line.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
        while matches!(line.get(at), Some(b'&' | b'!')) {
            while !gap(at) {
                at += 1;
            }
            while at < line.len() && gap(at) {
                at += 1;
            }
        }
        match line.get(at) {
            Some(b'"') => {
                at += 1;
                loop {
                    match line.get(at) {
                        Some(b'"') => break,
                        Some(b'\\') => at += 2,
                        Some(_) => at += 1,
                        None => return false,
                    }
                }
                at += 1;
            }
            Some(b'\'') => {
                at += 1;
                loop {
                    match (line.get(at), line.get(at + 1)) {
                        (Some(b'\''), Some(b'\'')) => at += 2,
                        (Some(b'\''), _) => break,
                        (Some(_), _) => at += 1,
                        (None, _) => return false,
                    }
                }
                at += 1;
            }
            Some(b'[' | b'{' | b'|' | b'>' | b'%' | b'@' | b'`') | None => return false,
            _ => {
                let mut before = b' ';
                while let Some(&byte) = line.get(at) {
                    if byte == b':' && gap(at + 1) {
                        return true;
                    }
                    if byte == b'#' && matches!(before, b' ' | b'\t') {
                        return false;
                    }
                    before = byte;
                    at += 1;
                }
                return false;
            }
        }
        while matches!(line.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        line.get(at) == Some(&b':') && gap(at + 1)
    }

    fn block_list(&mut self, column: isize) -> Result<Node, TextError> {
        let mut nodes = Vec::new();
        loop {
            self.at += 1;
            nodes.push(self.node(column, Place::Line)?);
            self.blank()?;
            if self.at >= self.text.len() || self.at_marker() || self.column() < column {
                return Ok(Node::List(nodes));
            }
            let more = self.peek(0) == Some(b'-') && self.is_gap(1);
            if self.column() > column || !self.is_first() {
                return Err(self.error("text that belongs to no item"));
            }
            if !more {
                return Ok(Node::List(nodes));
            }
        }
    }

    fn block_map(&mut self, column: isize) -> Result<Node, TextError> {
        let mut entries = Vec::new();
        let mut merged = Vec::new();
        loop {
            let (key, value) = if self.peek(0) == Some(b'?') && self.is_gap(1) {
                self.at += 1;
                let key = self.node(column, Place::Line)?;
                let key = self.key_text(key)?;
                self.blank()?;
                let value = if self.at < self.text.len()
                    && self.column() == column
                    && self.peek(0) == Some(b':')
                    && self.is_gap(1)
                {
                    self.at += 1;
                    self.node(column, Place::Line)?
                } else {
                    Node::Null
                };
                (key, value)
            } else {
                let key = self.key(false)?;
                while matches!(self.peek(0), Some(b' ' | b'\t')) {
                    self.at += 1;
                }
                if self.peek(0) != Some(b':') {
                    return Err(self.error("a key without a colon"));
                }
                self.at += 1;
                (key, self.node(column, Place::Value)?)
            };
            add(&mut entries, &mut merged, key, value);
            self.blank()?;
            if self.at >= self.text.len() || self.at_marker() || self.column() < column {
                break;
            }
            if self.column() > column || !self.is_first() {
                return Err(self.error("text that belongs to no key"));
            }
            if !(self.peek(0) == Some(b'?') && self.is_gap(1) || self.is_key()) {
                return Err(self.error("a line that is no key and its value"));
            }
        }
        merge(&mut entries, merged);
        Ok(Node::Map(entries))
    }

    /// A key on one line.
    fn key(&mut self, in_flow: bool) -> Result<Vec<u8>, TextError> {
        self.account(1)?;
        let mut properties = Properties::default();
        while self.property(&mut properties)? {
            self.blank_in_line();
        }
        let key = match self.peek(0) {
            Some(b'"' | b'\'') => self.quoted(in_flow)?,
            Some(b'*') => {
                let node = self.alias()?;
                return self.key_text(node);
            }
            _ => self.plain_line(in_flow)?,
        };
        if properties.anchor.is_some() {
            self.finish(Node::Text(key.clone()), &properties)?;
        }
        Ok(key)
    }

    fn key_text(&self, node: Node) -> Result<Vec<u8>, TextError> {
        Ok(match node {
            Node::Text(text) => text,
            Node::Null => b"null".to_vec(),
            Node::Bool(holds) => if holds { b"true".as_slice() } else { b"false" }.to_vec(),
            Node::Number(value) => {
                let mut out = Vec::new();
                value.format(&mut out);
                out
            }
            Node::List(_) | Node::Map(_) => return Err(self.error("a key that is a collection")),
        })
    }

    /// The part of a plain scalar on this line.
    fn plain_line(&mut self, in_flow: bool) -> Result<Vec<u8>, TextError> {
        let from = self.at;
        let end = self.end_of_line();
        let ends_flow = |byte: u8| in_flow && matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
        let wrong = match self.peek(0) {
            Some(
                b'@' | b'`' | b'%' | b'|' | b'>' | b'"' | b'\'' | b'[' | b'{' | b'&' | b'*' | b'!' | b','
                | b']' | b'}' | b'#',
            ) => true,
            Some(b'-' | b'?') => self.is_gap(1),
            _ => false,
        };
        if wrong {
            return Err(self.error("a plain scalar cannot begin so"));
        }
        while self.at < end {
            let byte = self.text[self.at];
            let before = if self.at > from { self.text[self.at - 1] } else { b'x' };
            if ends_flow(byte)
                || byte == b':' && (self.is_gap(1) || self.peek(1).is_some_and(ends_flow))
                || byte == b'#' && matches!(before, b' ' | b'\t')
            {
                break;
            }
            self.at += 1;
        }
        let piece = self.text[from..self.at].trim_ascii_end();
        self.at = from + piece.len();
        Ok(piece.to_vec())
    }

    /// A plain scalar over as many lines as it has.
    fn plain(&mut self, parent: isize, in_flow: bool) -> Result<Vec<u8>, TextError> {
        let mut out = self.plain_line(in_flow)?;
        loop {
            let kept = self.at;
            while matches!(self.peek(0), Some(b' ' | b'\t' | b'\r')) {
                self.at += 1;
            }
            if self.peek(0) != Some(b'\n') {
                self.at = kept;
                return Ok(out);
            }
            let mut newlines = 0;
            while matches!(self.peek(0), Some(b' ' | b'\t' | b'\r' | b'\n')) {
                newlines += usize::from(self.peek(0) == Some(b'\n'));
                self.at += 1;
            }
            let stops = self.at >= self.text.len()
                || self.at_marker()
                || self.peek(0) == Some(b'#')
                || !in_flow && (self.column() <= parent || self.is_key())
                || in_flow && matches!(self.peek(0), Some(b',' | b'[' | b']' | b'{' | b'}' | b':'));
            if stops {
                self.at = kept;
                return Ok(out);
            }
            fold(newlines, &mut out);
            let from = self.at;
            let piece = self.continuation(in_flow);
            if piece.is_empty() {
                self.at = from;
                return Err(self.error("text that belongs to nothing"));
            }
            out.extend_from_slice(piece);
        }
    }

    /// A further line of a plain scalar, which may begin with anything.
    fn continuation(&mut self, in_flow: bool) -> &'a [u8] {
        let text = self.text;
        let from = self.at;
        let end = self.end_of_line();
        while self.at < end {
            let byte = text[self.at];
            let ends = in_flow && matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
            let comment = byte == b'#' && self.at > from && matches!(text[self.at - 1], b' ' | b'\t');
            if ends || comment || byte == b':' && self.is_gap(1) {
                break;
            }
            self.at += 1;
        }
        let piece = text[from..self.at].trim_ascii_end();
        self.at = from + piece.len();
        piece
    }

    /// A scalar in quotes.
    fn quoted(&mut self, many_lines: bool) -> Result<Vec<u8>, TextError> {
        let quote = self.text[self.at];
        let start = self.at;
        self.at += 1;
        let mut out = Vec::new();
        // Blanks that an end of line takes away reach back to here, not into escapes.
        let mut firm = 0;
        loop {
            let Some(byte) = self.peek(0) else {
                self.at = start;
                return Err(self.error("an unfinished text in quotes"));
            };
            self.at += 1;
            match byte {
                b'\'' if quote == b'\'' && self.peek(0) == Some(b'\'') => {
                    out.push(b'\'');
                    self.at += 1;
                }
                _ if byte == quote => return Ok(out),
                b'\\' if quote == b'"' => {
                    if matches!(self.peek(0), Some(b'\n' | b'\r')) {
                        self.at += usize::from(self.text[self.at..].starts_with(b"\r\n"));
                        self.at += 1;
                        while matches!(self.peek(0), Some(b' ' | b'\t')) {
                            self.at += 1;
                        }
                    } else {
                        self.escape(&mut out)?;
                    }
                    firm = out.len();
                }
                b'\n' => {
                    if !many_lines {
                        self.at = start;
                        return Err(self.error("an unfinished text in quotes"));
                    }
                    while out.len() > firm && matches!(out.last(), Some(b' ' | b'\t' | b'\r')) {
                        out.pop();
                    }
                    let mut newlines = 1;
                    while matches!(self.peek(0), Some(b' ' | b'\t' | b'\r' | b'\n')) {
                        newlines += usize::from(self.peek(0) == Some(b'\n'));
                        self.at += 1;
                    }
                    if self.at_marker() {
                        return Err(self.error("an unfinished text in quotes"));
                    }
                    fold(newlines, &mut out);
                    firm = out.len();
                }
                _ => out.push(byte),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), TextError> {
        let byte = self.peek(0);
        self.at += 1;
        let digits = match byte {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => {
                let known = ESCAPES.iter().find(|(letter, _)| Some(*letter) == byte);
                let Some(&(_, code)) = known else {
                    self.at -= 1;
                    return Err(self.error("an escape that does not exist"));
                };
                utf8::encode(code, out);
                return Ok(());
            }
        };
        let code = self.text.get(self.at..self.at + digits).and_then(|text| {
            text.iter().try_fold(0_u32, |code, &byte| Some(code << 4 | (byte as char).to_digit(16)?))
        });
        match code {
            Some(code) if char::from_u32(code).is_some() => {
                self.at += digits;
                utf8::encode(code, out);
                Ok(())
            }
            _ => Err(self.error("an escape that is no character")),
        }
    }

    /// A literal (`|`) or folded (`>`) scalar.
    fn block_text(&mut self, parent: isize, folded: bool) -> Result<Node, TextError> {
        self.at += 1;
        let (mut chomp, mut given) = (b' ', None);
        loop {
            match self.peek(0) {
                Some(byte @ (b'-' | b'+')) if chomp == b' ' => chomp = byte,
                Some(byte @ b'1'..=b'9') if given.is_none() => given = Some(usize::from(byte - b'0')),
                _ => break,
            }
            self.at += 1;
        }
        self.blank_in_line();
        if !matches!(self.peek(0), Some(b'\n') | None) {
            return Err(self.error("text behind the mark of a block scalar"));
        }
        self.at = (self.at + 1).min(self.text.len());
        let base = parent.max(0) as usize;
        let mut indent = given.map(|given| if parent < 0 { given } else { base + given });
        let least = (parent + 1).max(0) as usize;
        let mut lines: Vec<&[u8]> = Vec::new();
        while self.at < self.text.len() && !self.at_marker() {
            let end = self.end_of_line();
            let line = &self.text[self.at..end];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let blanks = line.iter().take_while(|&&byte| byte == b' ').count();
            if blanks == line.len() {
                lines.push(&line[indent.unwrap_or(blanks).min(blanks)..]);
            } else {
                let wanted = match indent {
                    Some(wanted) => wanted,
                    None if blanks < least => break,
                    None => *indent.insert(blanks),
                };
                if blanks < wanted {
                    break;
                }
                lines.push(&line[wanted..]);
            }
            self.at = (end + 1).min(self.text.len());
            if end == self.text.len() {
                break;
            }
        }
        // The cursor goes back to the end of the last line, which is where blanks begin.
        if self.at > 0 && self.text[self.at - 1] == b'\n' {
            self.at -= 1;
        }
        let content = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |at| at + 1);
        let trailing = lines.len() - content;
        let mut out = Vec::new();
        if folded {
            fold_lines(&lines[..content], &mut out);
        } else {
            for (at, line) in lines[..content].iter().enumerate() {
                if at > 0 {
                    out.push(b'\n');
                }
                out.extend_from_slice(line);
            }
        }
        match chomp {
            b'-' => {}
            b'+' => {
                let ended = usize::from(content > 0);
                out.extend(core::iter::repeat_n(b'\n', trailing + ended));
            }
            _ if content > 0 => out.push(b'\n'),
            _ => {}
        }
        Ok(Node::Text(out))
    }

    /// A collection in brackets.
    fn flow(&mut self) -> Result<Node, TextError> {
        self.enter()?;
        let node = if self.peek(0) == Some(b'[') { self.flow_list() } else { self.flow_map() };
        self.depth -= 1;
        node
    }

    fn flow_blank(&mut self) -> Result<(), TextError> {
        loop {
            self.blank_in_line();
            if self.peek(0) != Some(b'\n') {
                break;
            }
            self.at += 1;
        }
        if self.at >= self.text.len() || self.at_marker() {
            return Err(self.error("an unfinished collection"));
        }
        Ok(())
    }

    fn flow_list(&mut self) -> Result<Node, TextError> {
        self.at += 1;
        let mut nodes = Vec::new();
        loop {
            self.flow_blank()?;
            if self.peek(0) == Some(b']') {
                self.at += 1;
                return Ok(Node::List(nodes));
            }
            let node = self.flow_node()?;
            self.flow_blank()?;
            let node = if self.peek(0) == Some(b':') {
                self.at += 1;
                let key = self.key_text(node)?;
                let value = self.flow_value()?;
                self.account(1)?;
                Node::Map(alloc::vec![(key, value)])
            } else {
                node
            };
            nodes.push(node);
            self.flow_blank()?;
            match self.peek(0) {
                Some(b',') => self.at += 1,
                Some(b']') => {}
                _ => return Err(self.error("neither `,` nor `]` behind an item")),
            }
        }
    }

    fn flow_map(&mut self) -> Result<Node, TextError> {
        self.at += 1;
        let mut entries = Vec::new();
        let mut merged = Vec::new();
        loop {
            self.flow_blank()?;
            if self.peek(0) == Some(b'}') {
                self.at += 1;
                merge(&mut entries, merged);
                return Ok(Node::Map(entries));
            }
            if self.peek(0) == Some(b'?') && self.is_gap(1) {
                self.at += 1;
                self.flow_blank()?;
            }
            let key = self.key(true)?;
            self.flow_blank()?;
            let value = if self.peek(0) == Some(b':') {
                self.at += 1;
                self.flow_value()?
            } else {
                Node::Null
            };
            add(&mut entries, &mut merged, key, value);
            self.flow_blank()?;
            match self.peek(0) {
                Some(b',') => self.at += 1,
                Some(b'}') => {}
                _ => return Err(self.error("neither `,` nor `}` behind a value")),
            }
        }
    }

    fn flow_value(&mut self) -> Result<Node, TextError> {
        self.flow_blank()?;
        if matches!(self.peek(0), Some(b',' | b']' | b'}')) { Ok(Node::Null) } else { self.flow_node() }
    }

    fn flow_node(&mut self) -> Result<Node, TextError> {
        self.account(1)?;
        let mut properties = Properties::default();
        while self.property(&mut properties)? {
            self.flow_blank()?;
        }
        let node = match self.peek(0) {
            Some(b'[' | b'{') => self.flow()?,
            Some(b'"' | b'\'') => Node::Text(self.quoted(true)?),
            Some(b'*') => return self.alias(),
            Some(b',' | b']' | b'}') => Node::Null,
            _ => {
                let text = self.plain(-1, true)?;
                return self.finish_plain(text, &properties);
            }
        };
        self.finish(node, &properties)
    }
}

fn as_float(node: Node) -> Node {
    match node {
        Node::Number(value) => Node::Number(Number::Float(value.to_f64())),
        other => other,
    }
}

fn depth_of(node: &Node) -> usize {
    match node {
        Node::List(nodes) => nodes.iter().map(depth_of).max().unwrap_or(0) + 1,
        Node::Map(entries) => entries.iter().map(|(_, node)| depth_of(node)).max().unwrap_or(0) + 1,
        _ => 1,
    }
}

/// Ends of lines inside a scalar: one is a blank, more are one fewer.
fn fold(newlines: usize, out: &mut Vec<u8>) {
    if newlines <= 1 {
        out.push(b' ');
    } else {
        out.extend(core::iter::repeat_n(b'\n', newlines - 1));
    }
}

/// The lines of a folded scalar; those indented further keep their ends.
fn fold_lines(lines: &[&[u8]], out: &mut Vec<u8>) {
    let is_more = |line: &[u8]| matches!(line.first(), Some(b' ' | b'\t'));
    let mut empty = 0;
    let mut before: Option<&[u8]> = None;
    for &line in lines {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        match before {
            None => out.extend(core::iter::repeat_n(b'\n', empty)),
            Some(last) if is_more(last) || is_more(line) => {
                out.extend(core::iter::repeat_n(b'\n', empty + 1))
            }
            Some(_) => fold(empty + 1, out),
        }
        out.extend_from_slice(line);
        before = Some(line);
        empty = 0;
    }
}

/// Adds an entry, or what `<<` names to what is merged later.
fn add(entries: &mut Vec<(Vec<u8>, Node)>, merged: &mut Vec<Node>, key: Vec<u8>, value: Node) {
    match value {
        Node::Map(_) if key == b"<<" => merged.push(value),
        Node::List(maps) if key == b"<<" && maps.iter().all(|node| matches!(node, Node::Map(_))) => {
            merged.extend(maps);
        }
        value => entries.push((key, value)),
    }
}

/// Adds the entries of merged maps whose keys are not there.
fn merge(entries: &mut Vec<(Vec<u8>, Node)>, merged: Vec<Node>) {
    if merged.is_empty() {
        return;
    }
    let mut known: BTreeSet<Vec<u8>> = entries.iter().map(|(key, _)| key.clone()).collect();
    for node in merged {
        let Node::Map(more) = node else { continue };
        for (key, value) in more {
            if known.insert(key.clone()) {
                entries.push((key, value));
            }
        }
    }
}
