//! Functions over bytes and numbers that know no values: parsing, formatting, codecs, dates.

pub mod base64;
pub mod crypt;
pub mod csv;
pub mod date;
pub mod digest;
pub mod gzip;
pub mod json;
pub mod maths;
pub mod net;
pub mod number;
pub mod pack;
pub mod pdf;
pub mod sequence;
pub mod sprintf;
pub mod sql;
pub mod strings;
pub mod table;
pub mod toml;
pub mod transliterate;
pub mod tree;
pub mod utf8;
pub mod xml;
pub mod yaml;

#[cfg(test)]
mod test_support;
