//! The map of a finished image, as text for people.

use alloc::string::String;
use core::fmt::Write as _;

use crate::atom::Kind;
use crate::layout::Layout;
use crate::reach::Live;
use crate::resolve::Program;
use crate::write::Image;
use crate::{OutputKind, Request};

/// Writes the map: the sections, then the atoms in order of addresses.
pub(crate) fn text(
    request: &Request<'_>,
    program: &Program<'_, '_>,
    live: &Live,
    layout: &Layout,
    image: &Image,
) -> String {
    let mut out = String::new();
    let kept = live.atoms.iter().filter(|live| **live).count();
    let kind = match request.kind {
        OutputKind::Static => "at a fixed address",
        OutputKind::StaticPie => "at any address",
    };
    // Writing to a string does not fail.
    let _ = writeln!(out, "target  {} {kind}", request.target);
    let _ = writeln!(out, "entry   {:#x} {}", image.entry, program.describe(live.entry.0));
    let _ = writeln!(out, "atoms   {kept} of {}", program.atoms.len());
    let _ = writeln!(out, "file    {} bytes", image.file.len());
    let _ = writeln!(out, "\naddress          offset   size     section");
    for section in &image.sections {
        let (address, offset, size) = (section.address, section.offset, section.size);
        let _ = writeln!(out, "{address:016x} {offset:08x} {size:8} {}", section.name);
    }
    let _ = writeln!(out, "\naddress          size     align kind   atom");
    for kind in Kind::MEMORY {
        let word = match kind {
            Kind::Rodata => "rodata",
            Kind::Text => "text  ",
            Kind::RelRo => "relro ",
            Kind::Data => "data  ",
            Kind::Bss => "bss   ",
            Kind::Debug => "debug ",
        };
        for &atom in &layout.region(kind).atoms {
            let content = program.atoms[atom as usize];
            let (address, title) = (image.addresses[atom as usize], program.describe(atom));
            let _ = writeln!(out, "{address:016x} {:8} {:5} {word} {title}", content.size, content.align);
        }
    }
    out
}
