//! What the compiler makes, as the linker takes it: pieces become atoms.

use s_driver::FixupKind;
use s_driver::object::{Memory, Object, Of};
use s_link::{Atom, Binding, Builder, Form, Kind, Reloc, RelocKind, Unit};

/// The unit of a program. The image is the one symbol that others see; all other names are for people.
pub(super) fn unit<'a>(object: &'a Object, image: &str) -> Unit<'a> {
    let mut builder = Builder::new("program");
    let mut symbols = Vec::with_capacity(object.pieces.len());
    for piece in &object.pieces {
        let (kind, section, form) = match piece.memory {
            Memory::Code => (Kind::Text, ".text", Form::Function),
            Memory::Constant => (Kind::Rodata, ".rodata", Form::Object),
            Memory::Addresses => (Kind::RelRo, ".data.rel.ro", Form::Object),
            Memory::Variable => (Kind::Data, ".data", Form::Object),
            Memory::Zeros => (Kind::Bss, ".bss", Form::Object),
            Memory::Debug => (Kind::Debug, piece.name.as_str(), Form::None),
        };
        let size = piece.bytes.len() as u64;
        let atom = match kind {
            Kind::Bss => Atom::zeroed(piece.align, size),
            kind => Atom::new(kind, piece.align, piece.bytes.as_slice()),
        };
        let atom = builder.atom(section, atom);
        let symbol = if piece.name == image {
            builder.define(image, Binding::Global, form, atom, 0, size).ok()
        } else {
            None
        };
        symbols.push(symbol.unwrap_or_else(|| builder.local_symbol(&piece.name, form, atom, 0, size)));
    }
    for (atom, piece) in (0..).zip(&object.pieces) {
        for reference in &piece.references {
            let symbol = match &reference.of {
                Of::Piece(other) => symbols[*other],
                Of::Here(at) => builder.local_symbol("", Form::None, atom, u64::from(*at), 0),
                Of::Runtime(name) => builder.symbol(name),
            };
            let kind = reloc_kind(reference.kind);
            builder.reloc(atom, Reloc { offset: reference.offset, kind, symbol, addend: reference.addend });
        }
    }
    builder.finish()
}

fn reloc_kind(kind: FixupKind) -> RelocKind {
    match kind {
        FixupKind::Abs64 => RelocKind::Abs64,
        FixupKind::Abs32 => RelocKind::Abs32,
        FixupKind::Rel32 => RelocKind::Rel32,
        FixupKind::A64Call26 => RelocKind::A64Call26,
        FixupKind::A64Page21 => RelocKind::A64Page21,
        FixupKind::A64AddLo12 => RelocKind::A64AddLo12,
        FixupKind::RvCall => RelocKind::RvCall,
        FixupKind::RvHi20 => RelocKind::RvHi20,
        FixupKind::RvLo12I => RelocKind::RvLo12I,
    }
}
