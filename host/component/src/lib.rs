//! Components as data: encode a core module, embed and read the manifest, inspect, check a world.
//!
//! Everything here is a pure function of bytes: nothing is run, read or written, and no engine is
//! linked. Which imports a grant allows is left to `s-capability`, running to `s-plugin`.
//!
//! Invariants:
//! - bytes from outside end in a value or a [`ComponentError`], never in a panic, and the work is
//!   linear in their number and bounded by [`InspectLimits`];
//! - a [`Shape`] is read from the component's own types, never from what its manifest claims;
//! - the same input gives the same output bytes, on every machine.

mod encode;
mod error;
mod inspect;
mod limits;
mod manifest;
mod section;
#[cfg(test)]
mod testing;
mod world;

pub use encode::encode;
pub use error::ComponentError;
pub use inspect::{InterfaceUse, Shape, inspect};
pub use limits::{FEATURES, InspectLimits};
pub use manifest::{MANIFEST_MAX_BYTES, MANIFEST_SECTION, embed_manifest, manifest_of};
pub use section::section_sizes;
pub use world::{WorldMismatch, check_world, resolve_wit};
