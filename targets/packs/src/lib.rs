//! Targets as data: triples in every spelling people use, and what is known of each target that is
//! built in.
//!
//! Left to others: the bytes of packs, where they are kept and how one is installed.
#![no_std]

extern crate alloc;

pub mod description;
pub mod triple;

pub use description::{Description, TARGETS, UnknownTarget, find};
pub use triple::{Abi, Arch, Os, Triple, TripleError, Vendor};
