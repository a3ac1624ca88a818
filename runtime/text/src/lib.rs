//! Functions over bytes and numbers that know no values of the language: parsing and formatting of numbers,
//! UTF-8, `sprintf`, `pack`, JSON, codecs and digests. Programs call them in loops, so in target packs this
//! crate is compiled for speed.
//!
//! Left to others: what these bytes are in the language (`s-core`), formats that a program reads or writes
//! once (`s-formats`).
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "testing"))]
extern crate std;

pub mod base64;
pub mod decimal;
pub mod digest;
pub mod gzip;
pub mod json;
pub mod maths;
pub mod number;
pub mod order;
pub mod pack;
pub mod sprintf;
pub mod strings;
pub mod transliterate;
pub mod utf8;

#[cfg(any(test, feature = "testing"))]
pub mod test_support;
