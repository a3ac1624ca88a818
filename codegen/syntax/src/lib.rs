//! Source text to syntax tree: lexer, parser, tree.

pub mod ast;
