//! Writing YAML.

use alloc::vec::Vec;

use super::resolve;
use crate::tree::Node;
use s_text::number::Number;
use s_text::utf8;

/// Writes a tree as one document in block style, without a document marker.
pub fn write(node: &Node, out: &mut Vec<u8>) {
    match node {
        Node::Map(entries) if !entries.is_empty() => map(entries, 0, out),
        Node::List(nodes) if !nodes.is_empty() => list(nodes, 0, out),
        _ => {
            scalar(node, 0, out);
            out.push(b'\n');
        }
    }
}

/// Entries, the first at the cursor, the others indented.
fn map(entries: &[(Vec<u8>, Node)], indent: usize, out: &mut Vec<u8>) {
    for (at, (key, value)) in entries.iter().enumerate() {
        if at > 0 {
            blanks(indent, out);
        }
        text(key, out);
        out.push(b':');
        match value {
            Node::Map(inner) if !inner.is_empty() => {
                out.push(b'\n');
                blanks(indent + 2, out);
                map(inner, indent + 2, out);
            }
            Node::List(inner) if !inner.is_empty() => {
                out.push(b'\n');
                blanks(indent + 2, out);
                list(inner, indent + 2, out);
            }
            _ => {
                out.push(b' ');
                scalar(value, indent + 2, out);
                out.push(b'\n');
            }
        }
    }
}

fn list(nodes: &[Node], indent: usize, out: &mut Vec<u8>) {
    for (at, value) in nodes.iter().enumerate() {
        if at > 0 {
            blanks(indent, out);
        }
        out.extend_from_slice(b"- ");
        match value {
            Node::Map(inner) if !inner.is_empty() => map(inner, indent + 2, out),
            Node::List(inner) if !inner.is_empty() => list(inner, indent + 2, out),
            _ => {
                scalar(value, indent + 2, out);
                out.push(b'\n');
            }
        }
    }
}

fn blanks(count: usize, out: &mut Vec<u8>) {
    out.extend(core::iter::repeat_n(b' ', count));
}

/// What stands on a line, or as lines with that indentation; the newline at the end is the caller's.
fn scalar(node: &Node, indent: usize, out: &mut Vec<u8>) {
    match node {
        Node::Null => out.extend_from_slice(b"null"),
        Node::Bool(holds) => out.extend_from_slice(if *holds { b"true" } else { b"false" }),
        Node::Number(Number::Float(value)) if value.is_nan() => out.extend_from_slice(b".nan"),
        Node::Number(Number::Float(value)) if value.is_infinite() => {
            out.extend_from_slice(if *value > 0.0 { b".inf" } else { b"-.inf" });
        }
        Node::Number(value) => value.format(out),
        Node::List(_) => out.extend_from_slice(b"[]"),
        Node::Map(_) => out.extend_from_slice(b"{}"),
        Node::Text(content) if is_lines(content) && indent > 0 => lines(content, indent, out),
        Node::Text(content) => text(content, out),
    }
}

/// Lines that a literal block gives back as they are.
fn is_lines(content: &[u8]) -> bool {
    content.contains(&b'\n')
        && !content.starts_with(b"\n")
        && !content.starts_with(b" ")
        && !content.starts_with(b"\t")
        && content.iter().all(|&byte| byte >= b' ' && byte != 0x7f || byte == b'\n' || byte == b'\t')
        && utf8::is_valid(content)
        && utf8::code_points(content).all(|(code, _)| is_printable(code))
        && content.iter().any(|byte| !byte.is_ascii_whitespace())
        && !content.split(|&byte| byte == b'\n').any(|line| !line.is_empty() && line.trim_ascii().is_empty())
}

fn lines(content: &[u8], indent: usize, out: &mut Vec<u8>) {
    let body = content.strip_suffix(b"\n");
    let mark = match body {
        None => b"|-",
        Some(body) if body.ends_with(b"\n") => b"|+",
        Some(_) => b"| ",
    };
    out.extend_from_slice(mark.trim_ascii_end());
    for line in body.unwrap_or(content).split(|&byte| byte == b'\n') {
        out.push(b'\n');
        if !line.is_empty() {
            blanks(indent, out);
            out.extend_from_slice(line);
        }
    }
}

/// Text on one line: plain if it reads as the same text, else in quotes.
fn text(content: &[u8], out: &mut Vec<u8>) {
    if is_plain(content) {
        out.extend_from_slice(content);
        return;
    }
    let simple = !content.contains(&b'\'')
        && utf8::is_valid(content)
        && utf8::code_points(content).all(|(code, _)| code != 10 && code != 9 && is_printable(code));
    if simple {
        out.push(b'\'');
        out.extend_from_slice(content);
        out.push(b'\'');
        return;
    }
    out.push(b'"');
    let mut at = 0;
    while at < content.len() {
        let (code, length) = utf8::decode(&content[at..]);
        let piece = &content[at..at + length.max(1)];
        match code {
            0x22 | 0x5c => {
                out.push(b'\\');
                out.extend_from_slice(piece);
            }
            0x0a => out.extend_from_slice(b"\\n"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0d => out.extend_from_slice(b"\\r"),
            _ if !is_printable(code) && code < 0x100 && (code < 0x80 || length == 2) => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let (high, low) = (DIGITS[(code >> 4) as usize & 15], DIGITS[code as usize & 15]);
                out.extend_from_slice(&[b'\\', b'x', high, low]);
            }
            0x2028 => out.extend_from_slice(b"\\L"),
            0x2029 => out.extend_from_slice(b"\\P"),
            0xfeff => out.extend_from_slice(b"\\uFEFF"),
            _ => out.extend_from_slice(piece),
        }
        at += length.max(1);
    }
    out.push(b'"');
}

fn is_printable(code: u32) -> bool {
    !matches!(code, 0..=8 | 0x0b..=0x1f | 0x7f..=0x9f | 0x2028 | 0x2029 | 0xfeff)
}

fn is_plain(content: &[u8]) -> bool {
    let (Some(&first), Some(&last)) = (content.first(), content.last()) else { return false };
    let starts = match first {
        b'-' | b'?' | b':' => content.get(1).is_some_and(|&next| next > b' ' && !b",[]{}".contains(&next)),
        b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%'
        | b'@' | b'`' => false,
        _ => true,
    };
    starts
        && first != b' '
        && last != b' '
        && last != b':'
        && !content.starts_with(b"---")
        && !content.starts_with(b"...")
        && !content.windows(2).any(|pair| pair == b": " || pair == b" #")
        && content.iter().all(|&byte| byte >= b' ' && byte != 0x7f)
        && utf8::is_valid(content)
        && utf8::code_points(content).all(|(code, _)| is_printable(code))
        && matches!(resolve(content), Node::Text(_))
        && !looks_like_another(content)
}

/// Text that older readers, or a person, take for something else.
fn looks_like_another(content: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[b"yes", b"no", b"on", b"off", b"y", b"n", b"<<", b"="];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(content))
        || content[0].is_ascii_digit()
            && content.iter().all(|byte| byte.is_ascii_digit() || b"._:+-eExob".contains(byte))
}
