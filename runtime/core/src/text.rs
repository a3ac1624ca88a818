//! Functions over bytes and numbers that know no values: parsing, formatting, codecs, dates.

pub mod base64;
pub mod digest;
pub mod number;
pub mod pack;
pub mod sprintf;
pub mod transliterate;
pub mod utf8;

#[cfg(test)]
mod test_support;
