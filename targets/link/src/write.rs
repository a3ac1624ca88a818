//! Writers of file formats, one a file.
//!
//! A writer is given what the phases before it found and returns an [`Image`]. It alone knows
//! addresses: it places the regions, then has `relocate` write into the bytes of each atom. Which writer
//! writes is said by [`Format`](crate::Format); a further one joins the `match` in [`link`](crate::link).

use alloc::string::String;
use alloc::vec::Vec;

pub(crate) mod elf;

/// A finished file, with what a map of it needs.
pub(crate) struct Image {
    /// The bytes.
    pub(crate) file: Vec<u8>,
    /// Its parts, in order of addresses.
    pub(crate) sections: Vec<Section>,
    /// Address of each atom; of those that were dropped nothing sensible.
    pub(crate) addresses: Vec<u64>,
    /// Address where the system starts.
    pub(crate) entry: u64,
}

/// A part of a file, as tools show it.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) address: u64,
    pub(crate) offset: u64,
    pub(crate) size: u64,
}
