//! The binary `s` from outside: what is typed, what is printed where, and how it ends.
//!
//! A test here shows that something is wired; the behaviour behind it is tested in its crate. One
//! file a command area.

mod completions;
mod errors;
mod explain;
mod help;
mod pipes;
mod plugin_kit;
mod plugins_doc;
mod support;
mod version;
