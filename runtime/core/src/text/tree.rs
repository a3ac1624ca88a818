//! Data as a tree, between the values of a program and the text formats that hold such.

use alloc::vec::Vec;

/// Deepest nesting that is read or written; what is deeper is left out.
pub const DEPTH_MAX: usize = 200;

/// A piece of data.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(Vec<u8>),
    /// A list.
    List(Vec<Node>),
    /// Names and what they stand for, in order.
    Map(Vec<(Vec<u8>, Node)>),
}

impl Node {
    /// Whether it holds others.
    #[must_use]
    pub fn is_container(&self) -> bool {
        matches!(self, Node::List(_) | Node::Map(_))
    }

    /// The text of what is no container.
    pub fn append_scalar(&self, out: &mut Vec<u8>) {
        match self {
            Node::Bool(true) => out.extend_from_slice(b"true"),
            Node::Bool(false) => out.extend_from_slice(b"false"),
            Node::Int(value) => super::number::format_int(*value, out),
            Node::Float(value) => super::number::format_float(*value, out),
            Node::Text(text) => out.extend_from_slice(text),
            Node::Null | Node::List(_) | Node::Map(_) => {}
        }
    }
}

/// An unquoted word as data: a number if it is one, else nothing.
#[must_use]
pub fn number(text: &[u8]) -> Option<Node> {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if !digits.first()?.is_ascii_digit() && digits.first() != Some(&b'.') {
        return None;
    }
    let text = core::str::from_utf8(text).ok()?;
    if let Ok(value) = text.parse::<i64>() {
        return Some(Node::Int(value));
    }
    if !digits.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+')) {
        return None;
    }
    text.parse::<f64>().ok().map(Node::Float)
}

/// Appends a text in double quotes, with the escapes of JSON.
pub fn append_quoted(text: &[u8], out: &mut Vec<u8>) {
    super::json::write_string(text, out);
}

/// Reads a text in double quotes that begins at `at`; the text and where it ends.
#[must_use]
pub fn read_quoted(source: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::new();
    let mut i = at + 1;
    loop {
        match *source.get(i)? {
            b'"' => return Some((out, i + 1)),
            b'\\' => {
                let escaped = *source.get(i + 1)?;
                i += 2;
                match escaped {
                    b'n' => out.push(b'\n'),
                    b't' => out.push(b'\t'),
                    b'r' => out.push(b'\r'),
                    b'b' => out.push(8),
                    b'f' => out.push(12),
                    b'0' => out.push(0),
                    b'e' => out.push(27),
                    b'x' | b'u' | b'U' => {
                        let width = match escaped {
                            b'x' => 2,
                            b'u' => 4,
                            _ => 8,
                        };
                        let digits = source.get(i..i + width)?;
                        let code = u32::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()?;
                        super::utf8::encode(code, &mut out);
                        i += width;
                    }
                    other => out.push(other),
                }
            }
            byte => {
                out.push(byte);
                i += 1;
            }
        }
    }
}
