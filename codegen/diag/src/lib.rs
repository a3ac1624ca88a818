//! Spans, diagnostics as data, and the table of stable codes.
//!
//! This crate is everyone's vocabulary and knows nobody. It does no I/O and renders nothing:
//! `s-ui` turns a [`Diagnostic`] into text or JSON. A failure of the world is an error enum of
//! the crate it happened in; `s-ops` turns that into a [`Diagnostic`], choosing code and hints.

mod codes;
mod diagnostic;

pub use codes::{CODES, Code, Entry, entry};
pub use diagnostic::{Data, Diagnostic, Label, Severity, Source, Span};
