//! Functions over bytes and numbers that know no values: parsing, formatting, codecs, dates.

pub mod number;
pub mod sprintf;
pub mod utf8;

#[cfg(test)]
mod test_support;
