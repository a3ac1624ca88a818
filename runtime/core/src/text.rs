//! Functions over bytes and numbers that know no values: parsing, formatting, codecs, dates. Those that
//! programs call in loops and those that are called once for a document are crates of their own, since each
//! kind is compiled in its own way.

pub(crate) use s_formats::{crypt, csv, date, net, pdf, sequence, sql, table, toml, tree, xml, yaml};
pub(crate) use s_text::{
    base64, digest, gzip, json, maths, number, order, pack, sprintf, strings, transliterate, utf8,
};
