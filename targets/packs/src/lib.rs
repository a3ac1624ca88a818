//! Targets as data: triples in every spelling people use, what is known of each target that is built in,
//! and its pack: the runtime for it, ready to be linked.
//!
//! Left to others: what is in a pack, which is the linker's; making packs, a chore.
#![no_std]

extern crate alloc;

pub mod builtin;
pub mod description;
pub mod sealed;
pub mod triple;

pub use builtin::{BUILTIN, BuiltinPack, builtin};
pub use description::{Description, TARGETS, UnknownTarget, find};
pub use sealed::{PackError, open};
pub use triple::{Abi, Arch, Os, Triple, TripleError, Vendor};
