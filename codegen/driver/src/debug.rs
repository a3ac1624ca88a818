//! What debuggers read of a program: which code is of which line, and of which function.
//!
//! [`pieces`] writes it as DWARF 4, a piece a section: one compilation unit with the program, in it each
//! piece of code as a function with its name, its place in the text and its lines. Addresses and places
//! in other sections are references that the linker fills in; those of code that it leaves out become
//! zero, which debuggers skip.
//!
//! Files are called as messages of the program call them, from a folder `.`: nothing of the machine
//! that compiles is in it. Left to others: variables, and ways back through frames, which debuggers
//! find by frame pointers.

use std::collections::HashMap;
use std::convert::Infallible;

use gimli::write::{
    Address, AttributeValue, DwarfUnit, EndianVec, FileId, LineProgram, LineString, Range, RangeList,
    RelocateWriter, Relocation, RelocationTarget, Sections, UnitEntryId,
};
use gimli::{
    DW_AT_artificial, DW_AT_comp_dir, DW_AT_decl_file, DW_AT_decl_line, DW_AT_external, DW_AT_high_pc,
    DW_AT_low_pc, DW_AT_name, DW_AT_producer, DW_AT_ranges, DW_TAG_subprogram, Encoding, Format,
    LineEncoding, LittleEndian, SectionId,
};
use s_ir::{FuncId, Module};
use s_native::FixupKind;

use crate::object::{Memory, Of, Piece, Reference};

/// Code of a function.
pub(crate) struct Described {
    /// The piece with the code.
    pub(crate) piece: usize,
    /// Bytes of it.
    pub(crate) size: usize,
    /// The function.
    pub(crate) function: FuncId,
    /// What it is called.
    pub(crate) name: String,
    /// It only leads to the code that the text became.
    pub(crate) is_entry: bool,
    /// As `s_native::Code` has them.
    pub(crate) lines: Vec<(u32, u32)>,
}

/// The folder that names of files are relative to: where the program is looked at.
const FOLDER: &str = ".";

/// Sections for debuggers, each a piece; the first of them will have the number `first`.
///
/// # Errors
///
/// What cannot be encoded, such as more than there is room for.
pub(crate) fn pieces(module: &Module, all: &[Described], first: usize) -> Result<Vec<Piece>, String> {
    let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
    let mut dwarf = DwarfUnit::new(encoding);
    let main = module.functions.first().and_then(|function| file_of(module, function.pos));
    let main = text(main.unwrap_or("program"));
    let folder = LineString::new(FOLDER, encoding, &mut dwarf.line_strings);
    let main_name = LineString::new(main.clone(), encoding, &mut dwarf.line_strings);
    dwarf.unit.line_program =
        LineProgram::new(encoding, LineEncoding::default(), folder, None, main_name, None);

    let mut files: HashMap<u32, FileId> = HashMap::new();
    let mut ranges = Vec::with_capacity(all.len());
    for described in all {
        let start = Address::Symbol { symbol: described.piece, addend: 0 };
        let length = described.size as u64;
        // Two zeros would end the list: where code is left out, this range is one from zero on.
        ranges.push(Range::BaseAddress { address: start });
        ranges.push(Range::OffsetPair { begin: 0, end: length });
        let pos = module.functions[described.function.index()].pos;
        lines(module, &mut dwarf, &mut files, described, pos);
        let file = file_id(module, &mut dwarf, &mut files, pos);
        let id = dwarf.unit.add(dwarf.unit.root(), DW_TAG_subprogram);
        let name = dwarf.strings.add(text(&described.name));
        let entry = dwarf.unit.get_mut(id);
        entry.set(DW_AT_name, AttributeValue::StringRef(name));
        entry.set(DW_AT_external, AttributeValue::Flag(true));
        if described.is_entry {
            entry.set(DW_AT_artificial, AttributeValue::Flag(true));
        }
        entry.set(DW_AT_decl_file, AttributeValue::FileIndex(Some(file)));
        entry.set(DW_AT_decl_line, AttributeValue::Udata(line_of(pos)));
        entry.set(DW_AT_low_pc, AttributeValue::Address(start));
        entry.set(DW_AT_high_pc, AttributeValue::Udata(length));
    }
    let ranges = dwarf.unit.ranges.add(RangeList(ranges));
    let root: UnitEntryId = dwarf.unit.root();
    let producer = dwarf.strings.add(concat!("s ", env!("CARGO_PKG_VERSION")));
    let (name, folder) = (dwarf.strings.add(main), dwarf.strings.add(FOLDER));
    let root = dwarf.unit.get_mut(root);
    root.set(DW_AT_producer, AttributeValue::StringRef(producer));
    root.set(DW_AT_name, AttributeValue::StringRef(name));
    root.set(DW_AT_comp_dir, AttributeValue::StringRef(folder));
    root.set(DW_AT_ranges, AttributeValue::RangeListRef(ranges));

    let mut sections = Sections::new(Section::default());
    dwarf.write(&mut sections).map_err(|error| error.to_string())?;
    joined(&sections, first)
}

/// The lines of one piece of code: how it begins belongs to where its function does.
fn lines(
    module: &Module,
    dwarf: &mut DwarfUnit,
    files: &mut HashMap<u32, FileId>,
    described: &Described,
    pos: u32,
) {
    let start = Address::Symbol { symbol: described.piece, addend: 0 };
    dwarf.unit.line_program.begin_sequence(Some(start));
    let begins_at_once = described.lines.first().is_some_and(|(offset, _)| *offset == 0);
    let begin = (!begins_at_once).then_some((0, pos));
    let body = begin.into_iter().count();
    for (index, (offset, pos)) in begin.into_iter().chain(described.lines.iter().copied()).enumerate() {
        let file = file_id(module, dwarf, files, pos);
        let row = dwarf.unit.line_program.row();
        row.address_offset = u64::from(offset);
        row.file = file;
        row.line = line_of(pos);
        row.prologue_end = index == body;
        dwarf.unit.line_program.generate_row();
    }
    dwarf.unit.line_program.end_sequence(described.size as u64);
}

fn file_id(module: &Module, dwarf: &mut DwarfUnit, files: &mut HashMap<u32, FileId>, pos: u32) -> FileId {
    *files.entry(pos >> LINE_BITS).or_insert_with(|| {
        let name = text(file_of(module, pos).unwrap_or("?"));
        let program = &mut dwarf.unit.line_program;
        let name = LineString::new(name, program.encoding(), &mut dwarf.line_strings);
        program.add_file(name, program.default_directory(), None)
    })
}

/// Bits of a position that are the line, as `s_abi::layout::Frame::pos` has it.
const LINE_BITS: u32 = 20;

fn line_of(pos: u32) -> u64 {
    u64::from(pos & ((1 << LINE_BITS) - 1))
}

fn file_of(module: &Module, pos: u32) -> Option<&str> {
    module.files.get((pos >> LINE_BITS) as usize).map(|file| file.name.as_str())
}

/// A name as these sections can hold it: to them a zero byte is the end, and no name the end of a list.
fn text(name: &str) -> Vec<u8> {
    let bytes: Vec<u8> = name.bytes().filter(|byte| *byte != 0).collect();
    if bytes.is_empty() { b"?".to_vec() } else { bytes }
}

/// The bytes of a section and the addresses in them.
#[derive(Clone)]
struct Section {
    bytes: EndianVec<LittleEndian>,
    relocations: Vec<Relocation>,
}

impl Default for Section {
    fn default() -> Section {
        Section { bytes: EndianVec::new(LittleEndian), relocations: Vec::new() }
    }
}

impl RelocateWriter for Section {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.relocations.push(relocation);
    }
}

/// Sections as pieces that refer to each other and to code.
fn joined(sections: &Sections<Section>, first: usize) -> Result<Vec<Piece>, String> {
    let mut kept: Vec<(SectionId, &Section)> = Vec::new();
    let collected: Result<(), Infallible> = sections.for_each(|id, section| {
        if !section.bytes.slice().is_empty() {
            kept.push((id, section));
        }
        Ok(())
    });
    match collected {
        Ok(()) => {}
    }
    let reference = |relocation: &Relocation| -> Result<Reference, String> {
        let of = match relocation.target {
            RelocationTarget::Symbol(piece) => piece,
            RelocationTarget::Section(id) => {
                let place = kept.iter().position(|(other, _)| *other == id);
                first + place.ok_or_else(|| format!("{} is empty, and referred to", id.name()))?
            }
        };
        let kind = match relocation.size {
            8 => FixupKind::Abs64,
            4 => FixupKind::Abs32,
            size => return Err(format!("an address of {size} bytes")),
        };
        let offset = u32::try_from(relocation.offset).map_err(|error| error.to_string())?;
        Ok(Reference { offset, kind, of: Of::Piece(of), addend: relocation.addend })
    };
    let piece = |(id, section): &(SectionId, &Section)| {
        let mut references: Vec<Reference> =
            section.relocations.iter().map(reference).collect::<Result<_, String>>()?;
        references.sort_by_key(|reference| reference.offset);
        Ok(Piece {
            name: id.name().to_owned(),
            memory: Memory::Debug,
            align: 1,
            bytes: section.bytes.slice().to_vec(),
            references,
        })
    };
    kept.iter().map(piece).collect()
}
