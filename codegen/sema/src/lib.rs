//! Syntax tree to resolved tree: names, contexts, captures, effects.

pub mod hir;
