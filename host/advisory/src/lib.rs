//! Advisories, and which versions of which packages they concern.
//!
//! Feeds bring advisories into the shape of `wit/0.1.0/audit.wit`; this crate decides what they
//! mean for a list of packages. It reads no files and knows no feed format, and what a person
//! wants to ignore comes in as data.
//!
//! Invariants:
//! - the same advisories and packages give the same findings in the same order, in whatever order
//!   they came;
//! - a withdrawn advisory never matches;
//! - where an advisory is ambiguous, the answer is the one that reports more.

mod database;
mod ignore;
mod lint;
mod matching;
mod model;
#[cfg(test)]
mod testing;

pub use database::{Database, Finding, Package};
pub use ignore::{Ignore, Judgement, judge};
pub use lint::{EVENTS_MAX, Problem, lint};
pub use matching::{Match, Via, matches};
pub use model::{Advisory, Affected, Event, Range, RangeKind, STRYKE, Severity};
