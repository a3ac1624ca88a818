//! Trees of data between a text and the values of the language: what the codecs of YAML, TOML and
//! XML read and write.
//!
//! Invariant: a tree that a codec returns is at most [`DEPTH_MAX`] deep and has at most [`NODES_MAX`]
//! nodes, so that walking and dropping it needs a bounded stack and bounded memory.

use alloc::vec::Vec;
use core::fmt;

use s_text::number::Number;

/// Deepest nesting of a tree.
pub const DEPTH_MAX: usize = 256;

/// Most nodes of a tree, those of repeated parts counted each time.
pub const NODES_MAX: usize = 1 << 22;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text: bytes, which are UTF-8 if the text they came from was.
    Text(Vec<u8>),
    /// Values in order.
    List(Vec<Node>),
    /// Names and values in order. A name that occurs twice has the later value.
    Map(Vec<(Vec<u8>, Node)>),
}

impl Node {
    /// How many nodes there are, this one included.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Node::List(nodes) => nodes.iter().map(Node::count).sum::<usize>() + 1,
            Node::Map(entries) => entries.iter().map(|(_, node)| node.count()).sum::<usize>() + 1,
            _ => 1,
        }
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// The format: `YAML`, `TOML`, `XML`.
    pub format: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// What was met.
    pub message: &'static str,
}

impl TextError {
    /// An error at a byte offset.
    #[must_use]
    pub fn at(format: &'static str, text: &[u8], offset: usize, message: &'static str) -> Self {
        let before = &text[..offset.min(text.len())];
        Self { format, line: memchr::memchr_iter(b'\n', before).count() + 1, message }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} at line {} of the text", self.format, self.message, self.line)
    }
}

impl core::error::Error for TextError {}

/// Why a tree cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// The format: `YAML`, `TOML`, `XML`.
    pub format: &'static str,
    /// What it cannot hold.
    pub message: &'static str,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.format, self.message)
    }
}

impl core::error::Error for WriteError {}
