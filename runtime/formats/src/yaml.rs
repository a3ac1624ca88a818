//! YAML 1.2: the block and flow styles of the core schema, written in block style.
//!
//! Read: maps, lists, plain, quoted and block scalars, comments, anchors, aliases, merge keys, the tags
//! of the core schema, several documents. Not read: keys that are collections. A number with a leading
//! zero stays text, because the zero means something. A plain scalar is a string unless the whole of it
//! is a number, a truth value or nothing.

mod read;
mod write;

pub use read::read;
pub use write::write;

use crate::tree::Node;
use s_text::number::{self, Number};

/// The name in messages.
const FORMAT: &str = "YAML";

/// What a plain scalar stands for.
fn resolve(text: &[u8]) -> Node {
    match text {
        b"" | b"~" | b"null" | b"Null" | b"NULL" => return Node::Null,
        b"true" | b"True" | b"TRUE" => return Node::Bool(true),
        b"false" | b"False" | b"FALSE" => return Node::Bool(false),
        b".nan" | b".NaN" | b".NAN" => return Node::Number(Number::Float(f64::NAN)),
        _ => {}
    }
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if matches!(digits, b".inf" | b".Inf" | b".INF") {
        let value = if negative { f64::NEG_INFINITY } else { f64::INFINITY };
        return Node::Number(Number::Float(value));
    }
    if digits.len() == text.len() {
        let based = match digits {
            [b'0', b'x', rest @ ..] => Some((rest, 16)),
            [b'0', b'o', rest @ ..] => Some((rest, 8)),
            _ => None,
        };
        if let Some((rest, base)) = based {
            let valid = !rest.is_empty() && rest.iter().all(|&byte| (byte as char).is_digit(base));
            if let Some(value) = number::from_base(rest, base).filter(|_| valid) {
                return Node::Number(Number::Int(value));
            }
            return Node::Text(text.to_vec());
        }
    }
    if is_number(digits) { Node::Number(number::parse(text)) } else { Node::Text(text.to_vec()) }
}

/// Decimal digits with a fraction and an exponent, without a sign and without leading zeros.
fn is_number(digits: &[u8]) -> bool {
    let mut at = 0;
    let run = |at: &mut usize| {
        let from = *at;
        while digits.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        *at - from
    };
    let whole = run(&mut at);
    if whole > 1 && digits[0] == b'0' {
        return false;
    }
    let mut fraction = 0;
    if digits.get(at) == Some(&b'.') {
        at += 1;
        fraction = run(&mut at);
    }
    if whole + fraction == 0 {
        return false;
    }
    if matches!(digits.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(digits.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        if run(&mut at) == 0 {
            return false;
        }
    }
    at == digits.len()
}

#[cfg(test)]
mod tests;
