//! Functions over bytes and numbers that know no values: parsing, formatting, codecs, dates.
