//! Source text to syntax tree: lexer, parser, tree.
//!
//! [`parse`] reads a whole file, [`parse_expression`] and [`parse_pieces`] parts of one. Nothing here
//! fails: what makes no sense becomes an error node in the tree and a [`SyntaxError`]. No name is
//! looked up, no file is read; how a word takes its operands is decided by the table of builtins and
//! by the functions that the text itself declares.
//!
//! There is no token list. The parser lexes at its own position, because only it knows whether a term
//! or an operator may stand there, and it knows of every token whether it is the first on its line.

pub mod ast;
mod dump;
mod error;
mod parser;

use std::borrow::Cow;

pub use dump::{dump, dump_expr, dump_pieces};
pub use error::{ErrorKind, SyntaxError};

use ast::{Expr, File, Piece};

/// How a text is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Plain Perl 5: newlines end nothing, the additions of the language are off.
    pub compat: bool,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The tree. Where the text made no sense it holds error nodes.
    pub file: File,
    /// What was wrong, in the order of the text; empty if all is well.
    pub errors: Vec<SyntaxError>,
}

/// Reads a file. Offsets of spans are bytes of `text`; of what lies beyond four gigabytes nothing is
/// read.
#[must_use]
pub fn parse(text: &str, options: &Options) -> Parsed {
    let (file, errors) = parser::run(text, *options, |parser| parser.file());
    Parsed { file, errors }
}

/// Reads a file of bytes: UTF-8, or else Latin-1. Spans are offsets into [`decode`] of the bytes.
#[must_use]
pub fn parse_bytes(bytes: &[u8], options: &Options) -> Parsed {
    parse(&decode(bytes), options)
}

/// The text that bytes stand for: UTF-8, or else Latin-1.
#[must_use]
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// Reads one expression, which begins at byte `offset` of `text` and goes to its end.
#[must_use]
pub fn parse_expression(text: &str, options: &Options, offset: usize) -> (Expr, Vec<SyntaxError>) {
    parser::run(text, *options, |parser| parser.lone_expression(offset))
}

/// Reads the inside of a double-quoted string, from byte `offset` of `text` to its end.
#[must_use]
pub fn parse_pieces(text: &str, options: &Options, offset: usize) -> (Vec<Piece>, Vec<SyntaxError>) {
    parser::run(text, *options, |parser| parser.lone_pieces(offset))
}

/// Whether a word is one of the language: it names no function, wherever it stands.
#[must_use]
pub fn is_keyword(word: &str) -> bool {
    parser::is_keyword(word)
}
