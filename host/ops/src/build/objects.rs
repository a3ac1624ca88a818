//! A program as a relocatable ELF object, for whoever wants to look at it with the tools of the system.

use object::write::{Object as Elf, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope, elf,
};
use s_driver::object::{Memory, Object, Of};
use s_driver::{FixupKind, Machine};

/// The bytes of the object.
pub(super) fn elf(object: &Object, machine: Machine) -> Result<Vec<u8>, String> {
    let architecture = match machine {
        Machine::X86_64 => Architecture::X86_64,
        Machine::Aarch64 => Architecture::Aarch64,
        Machine::Riscv64 => Architecture::Riscv64,
    };
    let mut file = Elf::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let section = |file: &mut Elf<'_>, name: &str, kind| file.add_section(Vec::new(), name.into(), kind);
    let sections = [
        section(&mut file, ".text", SectionKind::Text),
        section(&mut file, ".rodata", SectionKind::ReadOnlyData),
        section(&mut file, ".data.rel.ro", SectionKind::ReadOnlyDataWithRel),
        section(&mut file, ".data", SectionKind::Data),
    ];
    let mut placed: Vec<(SectionId, u64, SymbolId)> = Vec::with_capacity(object.pieces.len());
    for piece in &object.pieces {
        if piece.memory == Memory::Debug {
            let section = section(&mut file, &piece.name, SectionKind::Debug);
            let at = file.append_section_data(section, &piece.bytes, u64::from(piece.align));
            placed.push((section, at, file.section_symbol(section)));
            continue;
        }
        let (section, kind) = match piece.memory {
            Memory::Code => (sections[0], SymbolKind::Text),
            Memory::Constant => (sections[1], SymbolKind::Data),
            Memory::Addresses => (sections[2], SymbolKind::Data),
            Memory::Variable | Memory::Zeros | Memory::Debug => (sections[3], SymbolKind::Data),
        };
        let at = file.append_section_data(section, &piece.bytes, u64::from(piece.align));
        let is_image = piece.name == s_abi::layout::IMAGE;
        let symbol = file.add_symbol(Symbol {
            name: piece.name.clone().into_bytes(),
            value: at,
            size: piece.bytes.len() as u64,
            kind,
            scope: if is_image { SymbolScope::Linkage } else { SymbolScope::Compilation },
            weak: false,
            section: SymbolSection::Section(section),
            flags: SymbolFlags::None,
        });
        placed.push((section, at, symbol));
    }
    for (piece, (section, at, _)) in object.pieces.iter().zip(&placed) {
        for reference in &piece.references {
            let symbol = match &reference.of {
                Of::Piece(other) => placed[*other].2,
                Of::Here(inside) => file.add_symbol(Symbol {
                    name: b".label".to_vec(),
                    value: at + u64::from(*inside),
                    size: 0,
                    kind: SymbolKind::Label,
                    scope: SymbolScope::Compilation,
                    weak: false,
                    section: SymbolSection::Section(*section),
                    flags: SymbolFlags::None,
                }),
                Of::Runtime(name) => outside(&mut file, name),
            };
            let relocation = Relocation {
                offset: at + u64::from(reference.offset),
                symbol,
                addend: reference.addend,
                flags: flags(reference.kind),
            };
            file.add_relocation(*section, relocation).map_err(|error| error.to_string())?;
        }
    }
    file.write().map_err(|error| error.to_string())
}

fn outside(file: &mut Elf<'_>, name: &str) -> SymbolId {
    file.symbol_id(name.as_bytes()).unwrap_or_else(|| {
        file.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value: 0,
            size: 0,
            kind: SymbolKind::Unknown,
            scope: SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        })
    })
}

fn flags(kind: FixupKind) -> RelocationFlags {
    let elf = |r_type| RelocationFlags::Elf { r_type };
    match kind {
        FixupKind::Abs64 => RelocationFlags::Generic {
            kind: RelocationKind::Absolute,
            encoding: RelocationEncoding::Generic,
            size: 64,
        },
        FixupKind::Abs32 => RelocationFlags::Generic {
            kind: RelocationKind::Absolute,
            encoding: RelocationEncoding::Generic,
            size: 32,
        },
        FixupKind::Rel32 => elf(elf::R_X86_64_PC32),
        FixupKind::A64Call26 => elf(elf::R_AARCH64_CALL26),
        FixupKind::A64Page21 => elf(elf::R_AARCH64_ADR_PREL_PG_HI21),
        FixupKind::A64AddLo12 => elf(elf::R_AARCH64_ADD_ABS_LO12_NC),
        FixupKind::RvCall => elf(elf::R_RISCV_CALL_PLT),
        FixupKind::RvHi20 => elf(elf::R_RISCV_PCREL_HI20),
        FixupKind::RvLo12I => elf(elf::R_RISCV_PCREL_LO12_I),
    }
}
