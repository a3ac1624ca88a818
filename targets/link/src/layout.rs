//! The order of what stays: five regions, in each the atoms in the order of the request.
//!
//! Lists of functions to be called at start come first in their region, by priority. Offsets are from
//! the start of a region; where regions lie is for the writer of the format.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use crate::atom::{Kind, RelocKind, Role};
use crate::error::LinkError;
use crate::reach::Live;
use crate::resolve::{Program, Value};

/// The most bytes an image can have, so that every distance within it fits 32 bits with room.
pub(crate) const IMAGE_SIZE_MAX: u64 = 1 << 30;

/// Where an atom is that was dropped.
pub(crate) const NOWHERE: u64 = u64::MAX;

/// Atoms of one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    /// Atoms in order.
    pub(crate) atoms: Vec<u32>,
    /// Bytes.
    pub(crate) size: u64,
    /// The largest alignment in it.
    pub(crate) align: u64,
    /// Bytes at its start that are lists of functions to be called at start.
    pub(crate) init_size: u64,
}

/// The regions, by [`Kind`], and where in its region each atom is.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// By [`Kind`] as a number.
    pub(crate) regions: [Region; 5],
    /// By atom: offset in its region, or [`NOWHERE`].
    pub(crate) offsets: Vec<u64>,
    /// Sections for debuggers, by name.
    pub(crate) debug: Vec<DebugSection>,
}

/// A section for debuggers.
#[derive(Clone, Debug)]
pub(crate) struct DebugSection {
    /// Its atoms in order, at least one.
    pub(crate) atoms: Vec<u32>,
    /// Bytes.
    pub(crate) size: u64,
    /// The largest alignment in it.
    pub(crate) align: u64,
}

/// The most sections for debuggers.
const DEBUG_COUNT_MAX: usize = 1000;

impl Layout {
    pub(crate) fn region(&self, kind: Kind) -> &Region {
        &self.regions[kind as usize]
    }
}

/// The region an atom belongs to: constants with addresses are written to at start.
pub(crate) fn kind_of(program: &Program<'_, '_>, atom: u32) -> Kind {
    let content = program.atoms[atom as usize];
    let address = |reloc: &crate::Reloc| {
        reloc.kind == RelocKind::Abs64
            && matches!(program.value(atom, reloc.symbol), Value::Atom(..) | Value::Linker(_))
    };
    if content.kind == Kind::Rodata && content.relocs.iter().any(address) {
        Kind::RelRo
    } else {
        content.kind
    }
}

/// Orders what stays.
pub(crate) fn layout(program: &Program<'_, '_>, live: &Live) -> Result<Layout, Vec<LinkError>> {
    let mut regions: [Region; 5] = Default::default();
    let mut input = 0_u64;
    for (atom, content) in program.atoms.iter().enumerate() {
        if live.atoms[atom] {
            regions[kind_of(program, atom as u32) as usize].atoms.push(atom as u32);
            input += content.bytes.len() as u64 + 64;
        }
    }
    let role = |atom: &u32| match program.atoms[*atom as usize].role {
        Role::Init(priority) => (0, priority),
        Role::Plain => (1, 0),
    };
    regions[Kind::RelRo as usize].atoms.sort_by_key(role);

    let mut offsets = vec![NOWHERE; program.atoms.len()];
    let mut padding = 0_u64;
    let mut total = 0_u64;
    for (kind, region) in Kind::MEMORY.into_iter().zip(&mut regions) {
        region.align = 1;
        for &atom in &region.atoms {
            let content = program.atoms[atom as usize];
            let align = program.align.get(&atom).copied().unwrap_or(0).max(content.align).into();
            let offset = region.size.next_multiple_of(align);
            if kind != Kind::Bss {
                padding += offset - region.size;
            }
            total = total.saturating_add(offset - region.size).saturating_add(content.size);
            if total > IMAGE_SIZE_MAX {
                return Err(vec![LinkError::TooLarge {
                    what: "an image",
                    size: total,
                    limit: IMAGE_SIZE_MAX,
                }]);
            }
            offsets[atom as usize] = offset;
            region.size = offset + content.size;
            region.align = region.align.max(align);
            if matches!(content.role, Role::Init(_)) {
                region.init_size = region.size;
            }
        }
    }
    let mut debug: BTreeMap<&str, DebugSection> = BTreeMap::new();
    for &atom in &live.debug {
        let content = program.atoms[atom as usize];
        let name = program.unit(atom).name(content.section);
        let new = DebugSection { atoms: Vec::new(), size: 0, align: 1 };
        let section = debug.entry(name).or_insert(new);
        let offset = section.size.next_multiple_of(content.align.into());
        padding += offset - section.size;
        input += content.size + 64;
        total = total.saturating_add(offset - section.size).saturating_add(content.size);
        if total > IMAGE_SIZE_MAX {
            return Err(vec![LinkError::TooLarge { what: "an image", size: total, limit: IMAGE_SIZE_MAX }]);
        }
        offsets[atom as usize] = offset;
        section.atoms.push(atom);
        section.size = offset + content.size;
        section.align = section.align.max(content.align.into());
    }
    if debug.len() > DEBUG_COUNT_MAX {
        let (size, limit) = (debug.len() as u64, DEBUG_COUNT_MAX as u64);
        return Err(vec![LinkError::TooLarge { what: "a list of debugging sections", size, limit }]);
    }
    // Alignment must not make much out of little.
    let limit = input.saturating_mul(4).saturating_add(1 << 24);
    if padding > limit {
        return Err(vec![LinkError::TooLarge { what: "alignment of an image", size: padding, limit }]);
    }
    Ok(Layout { regions, offsets, debug: debug.into_values().collect() })
}
