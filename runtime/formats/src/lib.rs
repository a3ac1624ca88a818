//! Formats of data that others define, over bytes and numbers: YAML, TOML, XML, CSV, tables, PDF, dates and
//! zones, addresses, passwords, SQL and the sequences of its kin. Their code is large and runs once for a
//! document, so in target packs this crate is compiled for size.
//!
//! Left to others: what is read as values of the language (`s-core`); numbers, UTF-8 and JSON (`s-text`).
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod crypt;
pub mod csv;
pub mod date;
pub mod net;
pub mod pdf;
pub mod sequence;
pub mod sql;
pub mod table;
pub mod toml;
pub mod tree;
pub mod xml;
pub mod yaml;
