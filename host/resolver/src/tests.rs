//! Tests of the whole, with graphs as text.

mod brute;
mod choices;
pub(crate) mod dsl;
mod properties;
mod reports;
mod scale;
