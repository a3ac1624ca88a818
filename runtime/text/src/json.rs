//! JSON (RFC 8259): a tokenizer that is pulled, strings, and whole texts reformatted.
//!
//! The tokenizer checks the grammar and keeps the nesting itself, so that a caller may build
//! its values with or without recursion. Texts are bytes; what is no UTF-8 passes through.

use alloc::vec::Vec;
use core::fmt;

use super::number::{self, Number};
use super::sprintf::OUTPUT_MAX;
use super::utf8;

/// Deepest nesting that `pretty` and `minify` accept, and a fair limit for others.
pub const DEPTH_MAX: usize = 512;

/// One piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// The name of a member, its colon included.
    Key(Vec<u8>),
    /// A string as UTF-8.
    String(Vec<u8>),
    /// A number.
    Number(Number),
    /// `true` or `false`
    Bool(bool),
    /// `null`
    Null,
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Byte offset.
    pub offset: usize,
    /// What was met.
    pub kind: JsonErrorKind,
}

/// The kinds of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// The text ends too early.
    UnexpectedEnd,
    /// A byte that cannot stand there.
    Unexpected(u8),
    /// An escape that does not exist.
    InvalidEscape,
    /// A control character inside a string.
    ControlCharacter,
    /// A number with a wrong shape.
    InvalidNumber,
    /// Something behind the value.
    TrailingText,
    /// Nested too deep.
    TooDeep,
    /// The indented text would not fit `OUTPUT_MAX` bytes.
    TooLong,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            JsonErrorKind::UnexpectedEnd => f.write_str("unexpected end of JSON"),
            JsonErrorKind::Unexpected(byte) => write!(f, "unexpected `{}` in JSON", byte.escape_ascii()),
            JsonErrorKind::InvalidEscape => f.write_str("invalid escape in JSON string"),
            JsonErrorKind::ControlCharacter => f.write_str("control character in JSON string"),
            JsonErrorKind::InvalidNumber => f.write_str("malformed number in JSON"),
            JsonErrorKind::TrailingText => f.write_str("text behind the JSON value"),
            JsonErrorKind::TooDeep => f.write_str("JSON nested too deep"),
            JsonErrorKind::TooLong => f.write_str("JSON too long to be indented"),
        }?;
        write!(f, " at byte {}", self.offset)
    }
}

impl core::error::Error for JsonError {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A value must follow.
    Value,
    /// A value or the end of the array.
    FirstElement,
    /// A key or the end of the object.
    FirstKey,
    /// A key must follow.
    Key,
    /// A comma or the end of what is open.
    AfterValue,
}

/// Yields the tokens of one text.
#[derive(Clone, Debug)]
pub struct Tokenizer<'a> {
    text: &'a [u8],
    at: usize,
    state: State,
    /// For everything open: whether it is an object.
    open: Vec<bool>,
    depth_max: usize,
}

impl<'a> Tokenizer<'a> {
    /// Starts on `text`; `depth_max` limits the nesting.
    pub fn new(text: &'a [u8], depth_max: usize) -> Self {
        let at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, at, state: State::Value, open: Vec::new(), depth_max }
    }

    /// Where the next token starts or blanks before it do.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The next token; `None` behind the value, if nothing but blanks follows.
    pub fn next_token(&mut self) -> Result<Option<Token>, JsonError> {
        loop {
            self.skip_blanks();
            let Some(&byte) = self.text.get(self.at) else {
                return if self.open.is_empty() && self.state == State::AfterValue {
                    Ok(None)
                } else {
                    Err(self.error(JsonErrorKind::UnexpectedEnd))
                };
            };
            match self.state {
                State::AfterValue => match (self.open.last(), byte) {
                    (None, _) => return Err(self.error(JsonErrorKind::TrailingText)),
                    (Some(&is_object), b',') => {
                        self.at += 1;
                        self.state = if is_object { State::Key } else { State::Value };
                    }
                    (Some(true), b'}') | (Some(false), b']') => return Ok(Some(self.close())),
                    _ => return Err(self.error(JsonErrorKind::Unexpected(byte))),
                },
                State::FirstKey if byte == b'}' => return Ok(Some(self.close())),
                State::FirstElement if byte == b']' => return Ok(Some(self.close())),
                State::FirstKey | State::Key => return self.key(byte).map(Some),
                State::FirstElement | State::Value => return self.value(byte).map(Some),
            }
        }
    }

    fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError { offset: self.at, kind }
    }

    fn unexpected(&self) -> JsonError {
        self.error(match self.text.get(self.at) {
            Some(&byte) => JsonErrorKind::Unexpected(byte),
            None => JsonErrorKind::UnexpectedEnd,
        })
    }

    fn skip_blanks(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn close(&mut self) -> Token {
        self.at += 1;
        self.state = State::AfterValue;
        if self.open.pop() == Some(true) { Token::ObjectEnd } else { Token::ArrayEnd }
    }

    fn open(&mut self, is_object: bool) -> Result<Token, JsonError> {
        if self.open.len() >= self.depth_max {
            return Err(self.error(JsonErrorKind::TooDeep));
        }
        self.at += 1;
        self.open.push(is_object);
        if is_object {
            self.state = State::FirstKey;
            Ok(Token::ObjectStart)
        } else {
            self.state = State::FirstElement;
            Ok(Token::ArrayStart)
        }
    }

    fn key(&mut self, byte: u8) -> Result<Token, JsonError> {
        if byte != b'"' {
            return Err(self.unexpected());
        }
        let key = self.string()?;
        self.skip_blanks();
        if self.text.get(self.at) != Some(&b':') {
            return Err(self.unexpected());
        }
        self.at += 1;
        self.state = State::Value;
        Ok(Token::Key(key))
    }

    fn value(&mut self, byte: u8) -> Result<Token, JsonError> {
        let token = match byte {
            b'{' => return self.open(true),
            b'[' => return self.open(false),
            b'"' => Token::String(self.string()?),
            b't' => self.word(b"true", Token::Bool(true))?,
            b'f' => self.word(b"false", Token::Bool(false))?,
            b'n' => self.word(b"null", Token::Null)?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return Err(self.unexpected()),
        };
        self.state = State::AfterValue;
        Ok(token)
    }

    fn word(&mut self, word: &[u8], token: Token) -> Result<Token, JsonError> {
        for &letter in word {
            if self.text.get(self.at) != Some(&letter) {
                return Err(self.unexpected());
            }
            self.at += 1;
        }
        Ok(token)
    }

    fn digits(&mut self) -> usize {
        let count = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn number(&mut self) -> Result<Token, JsonError> {
        let start = self.at;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        let whole_start = self.at;
        let whole = self.digits();
        let mut valid = whole == 1 || (whole > 1 && self.text[whole_start] != b'0');
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            valid &= self.digits() > 0;
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            valid &= self.digits() > 0;
        }
        if !valid {
            return Err(JsonError { offset: start, kind: JsonErrorKind::InvalidNumber });
        }
        Ok(Token::Number(number::parse(&self.text[start..self.at])))
    }

    /// Reads a string whose quote is at the current place.
    fn string(&mut self) -> Result<Vec<u8>, JsonError> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let plain =
                rest.iter().take_while(|&&byte| byte != b'"' && byte != b'\\' && byte >= 0x20).count();
            out.extend_from_slice(&rest[..plain]);
            self.at += plain;
            match self.text.get(self.at) {
                None => return Err(self.error(JsonErrorKind::UnexpectedEnd)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(_) => return Err(self.error(JsonErrorKind::ControlCharacter)),
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let plain = match self.text.get(self.at + 1) {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(&byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'u') => {
                let unit = self.unit(self.at + 2).ok_or(self.error(JsonErrorKind::InvalidEscape))?;
                self.at += 6;
                let mut code = unit;
                if (0xd800..0xdc00).contains(&unit)
                    && self.text[self.at..].starts_with(b"\\u")
                    && let Some(low @ 0xdc00..=0xdfff) = self.unit(self.at + 2)
                {
                    code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    self.at += 6;
                }
                // Half of a pair stands for nothing.
                utf8::encode(if (0xd800..0xe000).contains(&code) { 0xfffd } else { code }, out);
                return Ok(());
            }
            Some(_) => return Err(self.error(JsonErrorKind::InvalidEscape)),
            None => return Err(self.error(JsonErrorKind::UnexpectedEnd)),
        };
        out.push(plain);
        self.at += 2;
        Ok(())
    }

    /// Four hexadecimal digits.
    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 4)?;
        digits.iter().try_fold(0, |value, &byte| Some(value << 4 | char::from(byte).to_digit(16)?))
    }
}

/// Appends a string with quotes; a byte that is no UTF-8 becomes the character of its value.
pub fn write_string(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    escape_string(text, out);
    out.push(b'"');
}

/// Appends a string as it stands between quotes.
pub fn escape_string(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while !rest.is_empty() {
        let plain = rest
            .iter()
            .take_while(|&&byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\')
            .count();
        out.extend_from_slice(&rest[..plain]);
        rest = &rest[plain..];
        let Some(&byte) = rest.first() else { break };
        let mut used = 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(b'0' + (byte >> 4));
                out.push(b"0123456789abcdef"[usize::from(byte & 15)]);
            }
            0x7f => out.push(byte),
            _ => {
                let code;
                (code, used) = utf8::decode(rest);
                utf8::encode(if char::from_u32(code).is_some() { code } else { 0xfffd }, out);
            }
        }
        rest = &rest[used..];
    }
}

/// Appends a number; infinity and NaN, which JSON lacks, as `null`.
pub fn write_number(number: Number, out: &mut Vec<u8>) {
    match number {
        Number::Float(value) if !value.is_finite() => out.extend_from_slice(b"null"),
        Number::Float(value) => number::format_float(value, out),
        other => other.format(out),
    }
}

/// The text with one member a line, indented by `indent` blanks a level.
pub fn pretty(text: &[u8], indent: usize) -> Result<Vec<u8>, JsonError> {
    rewrite(text, Some(indent.min(16)))
}

/// The text without blanks.
pub fn minify(text: &[u8]) -> Result<Vec<u8>, JsonError> {
    rewrite(text, None)
}

/// Copies the tokens as they are written; only the blanks between them change.
fn rewrite(text: &[u8], indent: Option<usize>) -> Result<Vec<u8>, JsonError> {
    let mut tokens = Tokenizer::new(text, DEPTH_MAX);
    let mut out = Vec::with_capacity(text.len());
    let mut depth = 0usize;
    let newline = |depth: usize, out: &mut Vec<u8>| {
        if let Some(indent) = indent {
            out.push(b'\n');
            out.resize(out.len() + indent * depth, b' ');
        }
    };
    let mut first = true;
    let mut after_key = false;
    loop {
        let start = tokens.offset();
        let Some(token) = tokens.next_token()? else { return Ok(out) };
        if out.len() > OUTPUT_MAX {
            return Err(JsonError { offset: start, kind: JsonErrorKind::TooLong });
        }
        let is_end = matches!(token, Token::ObjectEnd | Token::ArrayEnd);
        if is_end {
            depth -= 1;
            if !first {
                newline(depth, &mut out);
            }
        } else if depth > 0 && !after_key {
            if !first {
                out.push(b',');
            }
            newline(depth, &mut out);
        }
        let source = &text[start..tokens.offset()];
        let skipped = source
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xef | 0xbb | 0xbf))
            .count();
        let mut source = &source[skipped..];
        after_key = matches!(token, Token::Key(_));
        if after_key {
            source = source.strip_suffix(b":").unwrap_or(source).trim_ascii_end();
        }
        out.extend_from_slice(source);
        if after_key {
            out.push(b':');
            if indent.is_some() {
                out.push(b' ');
            }
        }
        first = matches!(token, Token::ObjectStart | Token::ArrayStart);
        if first {
            depth += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Generator;
    use crate::test_support::prelude::*;

    fn tokens(text: &[u8]) -> Result<Vec<Token>, JsonErrorKind> {
        let mut tokenizer = Tokenizer::new(text, 8);
        let mut out = Vec::new();
        while let Some(token) = tokenizer.next_token().map_err(|error| error.kind)? {
            out.push(token);
        }
        Ok(out)
    }

    #[test]
    fn tokens_of_a_text() {
        let text = br#" {"a": [1, -2.5e1, true, null, "x\n\u00e9\ud83d\ude00\ud800z"], "b": {}, "c":[ ]} "#;
        let expected = [
            Token::ObjectStart,
            Token::Key(b"a".to_vec()),
            Token::ArrayStart,
            Token::Number(Number::Int(1)),
            Token::Number(Number::Float(-25.0)),
            Token::Bool(true),
            Token::Null,
            Token::String("x\n\u{e9}\u{1f600}\u{fffd}z".as_bytes().to_vec()),
            Token::ArrayEnd,
            Token::Key(b"b".to_vec()),
            Token::ObjectStart,
            Token::ObjectEnd,
            Token::Key(b"c".to_vec()),
            Token::ArrayStart,
            Token::ArrayEnd,
            Token::ObjectEnd,
        ];
        assert_eq!(tokens(text).unwrap(), expected);
        assert_eq!(tokens(b"9223372036854775808").unwrap(), [Token::Number(Number::Uint(1 << 63))]);
    }

    #[test]
    fn mistakes_are_found() {
        for text in [
            "",
            " ",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{a:1}",
            "tru",
            "nulL",
            "01",
            "1.",
            ".5",
            "-",
            "1e",
            "+1",
            "\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\n\"",
            "1 2",
            "[1 2]",
            "{\"a\" 1}",
            "]",
            "}",
            "[}",
            "{]",
            ",",
            "'a'",
        ] {
            assert!(tokens(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(tokens(b"[[[[[[[[[1]]]]]]]]]"), Err(JsonErrorKind::TooDeep));
        assert_eq!(
            JsonError { offset: 3, kind: JsonErrorKind::Unexpected(b'\n') }.to_string(),
            "unexpected `\\n` in JSON at byte 3"
        );
    }

    #[test]
    fn texts_are_reformatted() {
        let text = b"\xef\xbb\xbf { \"a\" : [ 1 ,2.50, \"x, y\" ] ,\"b\":{ } , \"c:\":[]}\n";
        assert_eq!(minify(text).unwrap(), br#"{"a":[1,2.50,"x, y"],"b":{},"c:":[]}"#);
        let expected = "{\n  \"a\": [\n    1,\n    2.50,\n    \"x, y\"\n  ],\n  \"b\": {},\n  \"c:\": []\n}";
        assert_eq!(String::from_utf8(pretty(text, 2).unwrap()).unwrap(), expected);
        assert_eq!(minify(b" 5 ").unwrap(), b"5");
        assert!(pretty(&b"[".repeat(100_000), 2).is_err());
    }

    #[test]
    fn strings_come_back() {
        let mut generator = Generator::new(37);
        for _ in 0..3000 {
            let text: String = (0..generator.below(8))
                .filter_map(|_| char::from_u32((generator.next() as u32) >> (11 + generator.below(20))))
                .collect();
            let mut out = Vec::new();
            write_string(text.as_bytes(), &mut out);
            assert_eq!(tokens(&out).unwrap(), [Token::String(text.clone().into_bytes())]);
            out.clear();
            write_string(&generator.bytes(10), &mut out);
            assert!(core::str::from_utf8(&out).is_ok());
            let alphabet = br#"{}[],:"\u1dea-+.5 tn"#;
            let random: Vec<u8> = (0..generator.below(12))
                .map(|_| alphabet[generator.below(alphabet.len() as u64) as usize])
                .collect();
            if let Ok(small) = minify(&random) {
                assert_eq!(tokens(&small), tokens(&random));
                assert_eq!(tokens(&pretty(&random, 3).unwrap()), tokens(&random));
            }
        }
        let mut out = Vec::new();
        write_string(b"a\"\\\n\x01/\xff", &mut out);
        assert_eq!(out, "\"a\\\"\\\\\\n\\u0001/\u{ff}\"".as_bytes());
        out.clear();
        write_number(Number::Float(f64::NAN), &mut out);
        assert_eq!(out, b"null");
    }
}
