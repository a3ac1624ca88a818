//! Static executables in the Executable and Linking Format, of a fixed address or of any.
//!
//! In memory lie, each on pages of its own: headers, notes and constants (readable); code (readable,
//! executable); in images for any address what is written once at start (readable, writable, and named
//! by `PT_GNU_RELRO`); variables. In images of a fixed address everything of that third kind is known
//! now and lies with the constants. In the file all of that is dense: a segment starts at the address
//! that equals its offset modulo the page size, so that no padding is needed and a page of the file may
//! be mapped twice.
//!
//! Sources: the System V ABI, its supplements for the three machines, and `fs/binfmt_elf.c` of Linux for
//! what a kernel does with segments.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Image, Section};
use crate::atom::{Binding, Form, Kind, Place};
use crate::error::LinkError;
use crate::layout::{DebugSection, IMAGE_SIZE_MAX, Layout, NOWHERE};
use crate::reach::Live;
use crate::relocate::{self, Errors, Places, Plan};
use crate::resolve::{LinkerSymbol, Program};
use crate::target::{Machine, Target};
use crate::{OutputKind, Request};

/// Where images of a fixed address lie, as every linker has it for x86-64.
const BASE: u64 = 0x40_0000;

const HEADER_SIZE: u64 = 64;
const SEGMENT_SIZE: u64 = 56;
const RELA_SIZE: u64 = 24;
const SYMBOL_SIZE: u64 = 24;

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const PT_NOTE: u32 = 4;
const PT_GNU_STACK: u32 = 0x6474_e551;
const PT_GNU_RELRO: u32 = 0x6474_e552;

const READ: u32 = 4;
const WRITE: u32 = 2;
const EXECUTE: u32 = 1;

const SHT_PROGBITS: u32 = 1;
const SHT_SYMTAB: u32 = 2;
const SHT_STRTAB: u32 = 3;
const SHT_RELA: u32 = 4;
const SHT_DYNAMIC: u32 = 6;
const SHT_NOTE: u32 = 7;
const SHT_NOBITS: u32 = 8;
const SHT_DYNSYM: u32 = 11;

const SHF_WRITE: u64 = 1;
const SHF_ALLOC: u64 = 2;
const SHF_EXECINSTR: u64 = 4;

/// Writes an executable.
pub(crate) fn write(
    request: &Request<'_>,
    program: &Program<'_, '_>,
    live: &Live,
    layout: &Layout,
) -> Result<Image, Vec<LinkError>> {
    let plan = relocate::plan(program, live, request.kind)?;
    let map = Map::new(request, layout, &plan)?;
    let mut addresses = vec![NOWHERE; program.atoms.len()];
    for kind in Kind::MEMORY {
        for &atom in &layout.region(kind).atoms {
            addresses[atom as usize] = map.regions[kind as usize].address + layout.offsets[atom as usize];
        }
    }
    for section in &layout.debug {
        for &atom in &section.atoms {
            addresses[atom as usize] = layout.offsets[atom as usize];
        }
    }
    let linker = |symbol| map.linker_symbol(symbol);
    let places = Places { atoms: &addresses, got: map.got.address, linker: &linker };

    let mut file = vec![0; map.file_size as usize];
    let mut errors = Errors::default();
    for kind in [Kind::Rodata, Kind::Text, Kind::RelRo, Kind::Data] {
        let start = map.regions[kind as usize].offset;
        let region = layout.region(kind);
        if kind == Kind::Text && request.target.machine() == Machine::X86_64 {
            // Between functions: one-byte no-ops, so that disassemblers do not lose their way.
            file[start as usize..(start + region.size) as usize].fill(0x90);
        }
        for &atom in &region.atoms {
            let content = program.atoms[atom as usize];
            let at = (start + layout.offsets[atom as usize]) as usize;
            let bytes = &mut file[at..at + content.bytes.len()];
            bytes.copy_from_slice(&content.bytes);
            relocate::apply(program, &plan, &places, atom, bytes, &mut errors);
        }
    }
    let debug: Vec<Vec<u8>> = if request.symbols {
        let mut section = |section| debug_bytes(program, &plan, &places, section, &mut errors);
        layout.debug.iter().map(&mut section).collect()
    } else {
        Vec::new()
    };
    errors.finish(())?;

    for (index, slot) in plan.slots.iter().enumerate() {
        put(&mut file, map.got.offset + index as u64 * 8, &places.slot(slot).to_le_bytes());
    }
    for (part, bytes) in map.notes.iter().zip(note_bytes(request)) {
        put(&mut file, part.offset, &bytes);
    }
    if request.kind == OutputKind::StaticPie {
        write_dynamic(request.target, program, &plan, &places, &map, &mut file);
    }
    let entry = addresses[live.entry.0 as usize] + live.entry.1;
    write_segments(&map, &mut file);
    let sections = sections(request, &map);
    let table = if request.symbols {
        append_sections(program, live, layout, &addresses, &sections, &debug, &mut file)
    } else {
        None
    };
    write_header(request, entry, map.segments.len(), table, &mut file);
    let sections = sections.into_iter().map(|section| section.seen).collect();
    Ok(Image { file, sections, addresses, entry })
}

/// A section for debuggers with its addresses; those of what was dropped are zero.
fn debug_bytes(
    program: &Program<'_, '_>,
    plan: &Plan,
    places: &Places<'_>,
    section: &DebugSection,
    errors: &mut Errors,
) -> Vec<u8> {
    let mut out = vec![0; section.size as usize];
    for &atom in &section.atoms {
        let content = program.atoms[atom as usize];
        let at = places.atoms[atom as usize] as usize;
        let bytes = &mut out[at..at + content.bytes.len()];
        bytes.copy_from_slice(&content.bytes);
        relocate::apply(program, plan, places, atom, bytes, errors);
    }
    out
}

/// A range of the image and where it is in the file.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    address: u64,
    offset: u64,
    size: u64,
}

impl Part {
    fn end(self) -> u64 {
        self.address + self.size
    }
}

struct Segment {
    kind: u32,
    flags: u32,
    part: Part,
    memory: u64,
    align: u64,
}

/// Where everything is.
struct Map {
    base: u64,
    pie: bool,
    notes: Vec<Part>,
    symbols: Part,
    strings: Part,
    rela: Part,
    dynamic: Part,
    got: Part,
    relro: Part,
    /// By [`Kind`].
    regions: [Part; 5],
    init_size: u64,
    segments: Vec<Segment>,
    file_size: u64,
}

/// Hands out the file front to back, and addresses along with it.
struct Cursor {
    page: u64,
    address: u64,
    offset: u64,
}

impl Cursor {
    fn part(&mut self, size: u64, align: u64) -> Part {
        let gap = self.offset.next_multiple_of(align) - self.offset;
        self.offset += gap;
        self.address += gap;
        let part = Part { address: self.address, offset: self.offset, size };
        self.offset += size;
        self.address += size;
        part
    }

    /// Goes to a fresh page of memory, at the same place of the file.
    fn fresh_page(&mut self, align: u64) {
        self.offset = self.offset.next_multiple_of(align);
        self.address = self.address.next_multiple_of(self.page) + self.offset % self.page;
    }
}

impl Map {
    fn new(request: &Request<'_>, layout: &Layout, plan: &Plan) -> Result<Map, Vec<LinkError>> {
        let pie = request.kind == OutputKind::StaticPie;
        let page = request.target.page_size();
        let region = |kind: Kind| layout.region(kind);
        let base = if pie { 0 } else { BASE };
        let mut cursor = Cursor { page, address: base, offset: 0 };
        let notes = note_sizes(request);
        let relative = plan.relative.len() as u64 + plan.relative_slots;
        let got_size = plan.slots.len() as u64 * 8;
        let extra = relative * RELA_SIZE + got_size + notes.iter().sum::<u64>();
        if extra > IMAGE_SIZE_MAX {
            return Err(vec![LinkError::TooLarge { what: "an image", size: extra, limit: IMAGE_SIZE_MAX }]);
        }
        let dynamic_size = if pie { DYNAMIC_COUNT * 16 } else { 0 };
        let relro_size = region(Kind::RelRo).size + dynamic_size + got_size;
        let variables = region(Kind::Data).size + region(Kind::Bss).size;
        let count = 3 + u64::from(variables > 0) + u64::from(!notes.is_empty()) + 3 * u64::from(pie);

        let mut map = Map {
            base,
            pie,
            notes: Vec::new(),
            symbols: Part::default(),
            strings: Part::default(),
            rela: Part::default(),
            dynamic: Part::default(),
            got: Part::default(),
            relro: Part::default(),
            regions: [Part::default(); 5],
            init_size: region(Kind::RelRo).init_size,
            segments: Vec::new(),
            file_size: 0,
        };
        let mut segments = Vec::new();
        cursor.part(HEADER_SIZE + count * SEGMENT_SIZE, 8);
        map.notes = notes.iter().map(|size| cursor.part(*size, 4)).collect();
        if pie {
            map.symbols = cursor.part(SYMBOL_SIZE, 8);
            map.strings = cursor.part(1, 1);
        }
        map.rela = cursor.part(relative * RELA_SIZE, 8);
        map.regions[Kind::Rodata as usize] =
            cursor.part(region(Kind::Rodata).size, region(Kind::Rodata).align);
        if !pie {
            map.place_relro(layout, got_size, &mut cursor);
        }
        let part = Part { address: base, offset: 0, size: cursor.offset };
        segments.push(Segment { kind: PT_LOAD, flags: READ, part, memory: part.size, align: page });

        cursor.fresh_page(region(Kind::Text).align.max(4));
        let part = cursor.part(region(Kind::Text).size, 1);
        map.regions[Kind::Text as usize] = part;
        segments.push(Segment { kind: PT_LOAD, flags: READ | EXECUTE, part, memory: part.size, align: page });

        if pie {
            cursor.fresh_page(region(Kind::RelRo).align.max(8));
            let start = Part { address: cursor.address, offset: cursor.offset, size: relro_size };
            map.place_relro(layout, got_size, &mut cursor);
            map.relro = Part { size: cursor.offset - start.offset, ..start };
            let part = map.relro;
            segments.push(Segment {
                kind: PT_LOAD,
                flags: READ | WRITE,
                part,
                memory: part.size,
                align: page,
            });
        }
        map.place_variables(layout, &mut cursor, &mut segments);
        map.file_size = cursor.offset;

        if let (Some(first), Some(last)) = (map.notes.first(), map.notes.last()) {
            let part = Part { size: last.end() - first.address, ..*first };
            segments.push(Segment { kind: PT_NOTE, flags: READ, part, memory: part.size, align: 4 });
        }
        if pie {
            let part = map.dynamic;
            segments.push(Segment {
                kind: PT_DYNAMIC,
                flags: READ | WRITE,
                part,
                memory: part.size,
                align: 8,
            });
            let part = map.relro;
            segments.push(Segment { kind: PT_GNU_RELRO, flags: READ, part, memory: part.size, align: 1 });
        }
        let stack =
            Segment { kind: PT_GNU_STACK, flags: READ | WRITE, part: Part::default(), memory: 0, align: 16 };
        segments.push(stack);
        debug_assert_eq!(segments.len() as u64, count, "the header has room for its segments");
        map.segments = segments;
        Ok(map)
    }

    fn place_relro(&mut self, layout: &Layout, got_size: u64, cursor: &mut Cursor) {
        let region = layout.region(Kind::RelRo);
        self.regions[Kind::RelRo as usize] = cursor.part(region.size, region.align);
        self.dynamic = cursor.part(if self.pie { DYNAMIC_COUNT * 16 } else { 0 }, 8);
        self.got = cursor.part(got_size, 8);
    }

    fn place_variables(&mut self, layout: &Layout, cursor: &mut Cursor, segments: &mut Vec<Segment>) {
        let (data, bss) = (layout.region(Kind::Data), layout.region(Kind::Bss));
        let page = cursor.page;
        if data.size == 0 {
            // Nothing of the file is mapped: a whole page at offset 0 says so to every kernel.
            let address = cursor.address.next_multiple_of(page);
            self.regions[Kind::Data as usize] = Part { address, offset: cursor.offset, size: 0 };
            self.regions[Kind::Bss as usize] = Part { address, offset: cursor.offset, size: bss.size };
            if bss.size > 0 {
                let part = Part { address, offset: 0, size: 0 };
                segments.push(Segment {
                    kind: PT_LOAD,
                    flags: READ | WRITE,
                    part,
                    memory: bss.size,
                    align: page,
                });
            }
            return;
        }
        cursor.fresh_page(data.align);
        let part = cursor.part(data.size, 1);
        self.regions[Kind::Data as usize] = part;
        let address = part.end().next_multiple_of(bss.align);
        self.regions[Kind::Bss as usize] = Part { address, offset: cursor.offset, size: bss.size };
        let memory = address + bss.size - part.address;
        let memory = if bss.size == 0 { part.size } else { memory };
        segments.push(Segment { kind: PT_LOAD, flags: READ | WRITE, part, memory, align: page });
    }

    fn linker_symbol(&self, symbol: LinkerSymbol) -> u64 {
        let region = |kind: Kind| self.regions[kind as usize];
        match symbol {
            LinkerSymbol::Header => self.base,
            LinkerSymbol::TextEnd => region(Kind::Text).end(),
            LinkerSymbol::DataEnd => region(Kind::Data).end(),
            LinkerSymbol::BssStart => region(Kind::Bss).address,
            LinkerSymbol::End => region(Kind::Bss).end(),
            LinkerSymbol::RelaStart => self.rela.address,
            LinkerSymbol::RelaEnd => self.rela.end(),
            LinkerSymbol::RelroStart => self.relro.address,
            LinkerSymbol::RelroEnd => self.relro.end(),
            LinkerSymbol::InitStart => region(Kind::RelRo).address,
            LinkerSymbol::InitEnd => region(Kind::RelRo).address + self.init_size,
            LinkerSymbol::Dynamic => self.dynamic.address,
            LinkerSymbol::Got => self.got.address,
            LinkerSymbol::GlobalPointer => region(Kind::Data).address + 0x800,
        }
    }
}

/// Entries of the dynamic section, its end among them.
const DYNAMIC_COUNT: u64 = 11;

fn write_dynamic(
    target: Target,
    program: &Program<'_, '_>,
    plan: &Plan,
    places: &Places<'_>,
    map: &Map,
    file: &mut [u8],
) {
    let kind: u64 = match target.machine() {
        Machine::X86_64 => 8,     // R_X86_64_RELATIVE
        Machine::Aarch64 => 1027, // R_AARCH64_RELATIVE
        Machine::Riscv64 => 3,    // R_RISCV_RELATIVE
    };
    let words = plan.relative.iter().map(|&(atom, offset)| {
        let relocs = &program.atoms[atom as usize].relocs;
        let first = relocs.partition_point(|reloc| reloc.offset < offset);
        let value = relocs[first..]
            .iter()
            .take_while(|reloc| reloc.offset == offset)
            .find(|reloc| reloc.kind == crate::RelocKind::Abs64)
            .map_or(0, |reloc| places.slot(&(program.value(atom, reloc.symbol), reloc.addend)));
        (places.atoms[atom as usize] + u64::from(offset), value)
    });
    let slots = plan.slots.iter().enumerate().filter(|(_, slot)| relocate::placed(slot.0));
    let slots = slots.map(|(index, slot)| (map.got.address + index as u64 * 8, places.slot(slot)));
    let mut all: Vec<(u64, u64)> = words.chain(slots).collect();
    all.sort_unstable();
    for (index, (address, value)) in all.iter().enumerate() {
        let at = map.rela.offset + index as u64 * RELA_SIZE;
        put(file, at, &address.to_le_bytes());
        put(file, at + 8, &kind.to_le_bytes());
        put(file, at + 16, &value.to_le_bytes());
    }
    let entries: [(u64, u64); DYNAMIC_COUNT as usize] = [
        (5, map.strings.address),        // DT_STRTAB
        (6, map.symbols.address),        // DT_SYMTAB
        (10, map.strings.size),          // DT_STRSZ
        (11, SYMBOL_SIZE),               // DT_SYMENT
        (7, map.rela.address),           // DT_RELA
        (8, map.rela.size),              // DT_RELASZ
        (9, RELA_SIZE),                  // DT_RELAENT
        (0x6fff_fff9, all.len() as u64), // DT_RELACOUNT
        (30, 8),                         // DT_FLAGS: DF_BIND_NOW
        (0x6fff_fffb, 0x0800_0001),      // DT_FLAGS_1: DF_1_NOW, DF_1_PIE
        (0, 0),                          // DT_NULL
    ];
    for (index, (tag, value)) in entries.iter().enumerate() {
        let at = map.dynamic.offset + index as u64 * 16;
        put(file, at, &tag.to_le_bytes());
        put(file, at + 8, &value.to_le_bytes());
    }
}

fn note_sizes(request: &Request<'_>) -> Vec<u64> {
    let size = |owner: &str, bytes: &[u8]| {
        12 + (owner.len() as u64 + 1).next_multiple_of(4) + (bytes.len() as u64).next_multiple_of(4)
    };
    let id = request.build_id.iter().map(|id| size("GNU", id));
    id.chain(request.notes.iter().map(|note| size(note.owner, note.bytes))).collect()
}

fn note_bytes<'r>(request: &'r Request<'_>) -> impl Iterator<Item = Vec<u8>> + use<'r> {
    let note = |owner: &str, kind: u32, bytes: &[u8]| {
        let mut out = Vec::new();
        out.extend_from_slice(&(owner.len() as u32 + 1).to_le_bytes());
        out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(owner.as_bytes());
        out.push(0);
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    };
    // NT_GNU_BUILD_ID
    let id = request.build_id.iter().map(move |id| note("GNU", 3, id));
    id.chain(request.notes.iter().map(move |own| note(own.owner, own.kind, own.bytes)))
}

fn write_header(
    request: &Request<'_>,
    entry: u64,
    segments: usize,
    table: Option<(u64, u16)>,
    file: &mut [u8],
) {
    let pie = request.kind == OutputKind::StaticPie;
    let (machine, flags): (u16, u32) = match request.target.machine() {
        Machine::X86_64 => (62, 0),
        Machine::Aarch64 => (183, 0),
        Machine::Riscv64 => (243, 5), // EF_RISCV_RVC, EF_RISCV_FLOAT_ABI_DOUBLE
    };
    let (offset, count) = table.unwrap_or((0, 0));
    put(file, 0, b"\x7fELF\x02\x01\x01"); // 64 bits, little-endian, version 1, System V
    put(file, 16, &(if pie { 3_u16 } else { 2 }).to_le_bytes()); // ET_DYN, ET_EXEC
    put(file, 18, &machine.to_le_bytes());
    put(file, 20, &1_u32.to_le_bytes());
    put(file, 24, &entry.to_le_bytes());
    put(file, 32, &HEADER_SIZE.to_le_bytes());
    put(file, 40, &offset.to_le_bytes());
    put(file, 48, &flags.to_le_bytes());
    put(file, 52, &(HEADER_SIZE as u16).to_le_bytes());
    put(file, 54, &(SEGMENT_SIZE as u16).to_le_bytes());
    put(file, 56, &(segments as u16).to_le_bytes());
    put(file, 58, &64_u16.to_le_bytes());
    put(file, 60, &count.to_le_bytes());
    put(file, 62, &count.saturating_sub(1).to_le_bytes());
}

fn write_segments(map: &Map, file: &mut [u8]) {
    for (index, segment) in map.segments.iter().enumerate() {
        let at = HEADER_SIZE + index as u64 * SEGMENT_SIZE;
        put(file, at, &segment.kind.to_le_bytes());
        put(file, at + 4, &segment.flags.to_le_bytes());
        put(file, at + 8, &segment.part.offset.to_le_bytes());
        put(file, at + 16, &segment.part.address.to_le_bytes());
        put(file, at + 24, &segment.part.address.to_le_bytes());
        put(file, at + 32, &segment.part.size.to_le_bytes());
        put(file, at + 40, &segment.memory.to_le_bytes());
        put(file, at + 48, &segment.align.to_le_bytes());
    }
}

struct SectionHeader {
    seen: Section,
    kind: u32,
    flags: u64,
    link: u32,
    info: u32,
    align: u64,
    entry_size: u64,
    region: Option<Kind>,
}

/// The sections there are, in order of addresses, without those that only tools read.
fn sections(request: &Request<'_>, map: &Map) -> Vec<SectionHeader> {
    let mut all: Vec<SectionHeader> = Vec::new();
    let names = request.build_id.iter().map(|_| ".note.gnu.build-id");
    let names = names.chain(request.notes.iter().map(|note| note.section));
    for (name, part) in names.zip(&map.notes) {
        add(&mut all, name, *part, SHT_NOTE, SHF_ALLOC, 4);
    }
    let region = |kind: Kind| map.regions[kind as usize];
    let late = SHF_ALLOC | if map.pie { SHF_WRITE } else { 0 };
    add(&mut all, ".dynsym", map.symbols, SHT_DYNSYM, SHF_ALLOC, 8);
    add(&mut all, ".dynstr", map.strings, SHT_STRTAB, SHF_ALLOC, 1);
    add(&mut all, ".rela.dyn", map.rela, SHT_RELA, SHF_ALLOC, 8);
    add(&mut all, ".rodata", region(Kind::Rodata), SHT_PROGBITS, SHF_ALLOC, 1);
    add(&mut all, ".text", region(Kind::Text), SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 4);
    add(&mut all, ".data.rel.ro", region(Kind::RelRo), SHT_PROGBITS, late, 1);
    add(&mut all, ".dynamic", map.dynamic, SHT_DYNAMIC, late, 8);
    add(&mut all, ".got", map.got, SHT_PROGBITS, late, 8);
    add(&mut all, ".data", region(Kind::Data), SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 1);
    add(&mut all, ".bss", region(Kind::Bss), SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 1);
    all.sort_by_key(|section| section.seen.address);
    let index = |name: &str, all: &[SectionHeader]| {
        all.iter().position(|section| section.seen.name == name).map_or(0, |index| index as u32 + 1)
    };
    let (symbols, strings) = (index(".dynsym", &all), index(".dynstr", &all));
    for section in &mut all {
        (section.link, section.info, section.entry_size) = match section.kind {
            SHT_DYNSYM => (strings, 1, SYMBOL_SIZE),
            SHT_RELA => (symbols, 0, RELA_SIZE),
            SHT_DYNAMIC => (strings, 0, 16),
            _ => (0, 0, 0),
        };
        section.region = match section.seen.name.as_str() {
            ".rodata" => Some(Kind::Rodata),
            ".text" => Some(Kind::Text),
            ".data.rel.ro" => Some(Kind::RelRo),
            ".data" => Some(Kind::Data),
            ".bss" => Some(Kind::Bss),
            _ => None,
        };
    }
    all
}

fn add(all: &mut Vec<SectionHeader>, name: &str, part: Part, kind: u32, flags: u64, align: u64) {
    if part.size > 0 {
        let seen =
            Section { name: name.to_owned(), address: part.address, offset: part.offset, size: part.size };
        let section =
            SectionHeader { seen, kind, flags, link: 0, info: 0, align, entry_size: 0, region: None };
        all.push(section);
    }
}

/// Appends the table of symbols, the names and the table of sections; returns where that is and how
/// many it has, the last of them being that of section names.
fn append_sections(
    program: &Program<'_, '_>,
    live: &Live,
    layout: &Layout,
    addresses: &[u64],
    sections: &[SectionHeader],
    debug: &[Vec<u8>],
    file: &mut Vec<u8>,
) -> Option<(u64, u16)> {
    let total = u16::try_from(sections.len() + debug.len() + 4).ok()?;
    let section_of = |kind: Kind| sections.iter().position(|section| section.region == Some(kind));
    let section_of: Vec<u16> =
        Kind::MEMORY.iter().map(|kind| section_of(*kind).map_or(0, |at| at as u16 + 1)).collect();
    let mut kind_of = vec![0_u16; program.atoms.len()];
    for (kind, region) in layout.regions.iter().enumerate() {
        for &atom in &region.atoms {
            kind_of[atom as usize] = section_of[kind];
        }
    }

    let mut strings = vec![0_u8];
    let mut entries: Vec<(bool, u64, [u8; SYMBOL_SIZE as usize])> = Vec::new();
    for (index, unit) in program.units.iter().enumerate() {
        let mut written: Vec<u32> = vec![0; unit.names.len()];
        for symbol in &unit.symbols {
            let Place::Atom(atom, offset) = symbol.place else { continue };
            let atom = program.atom_base(index) + atom;
            let name = unit.name(symbol.name);
            let plain = name.is_empty() || name.starts_with(".L") || name.starts_with('$');
            if plain || !live.atoms[atom as usize] || layout.offsets[atom as usize] == NOWHERE {
                continue;
            }
            let global = symbol.binding != Binding::Local;
            let form = match symbol.form {
                Form::None => 0_u8,
                Form::Object => 1,
                Form::Function => 2,
            };
            let binding = match symbol.binding {
                Binding::Local => 0_u8,
                Binding::Weak => 2,
                Binding::Common | Binding::Global => 1,
            };
            let address = addresses[atom as usize] + offset;
            let mut entry = [0; SYMBOL_SIZE as usize];
            let start = &mut written[symbol.name as usize];
            if *start == 0 {
                *start = strings.len() as u32;
                strings.extend_from_slice(name.as_bytes());
                strings.push(0);
            }
            put(&mut entry, 0, &start.to_le_bytes());
            entry[4] = binding << 4 | form;
            put(&mut entry, 6, &kind_of[atom as usize].to_le_bytes());
            put(&mut entry, 8, &address.to_le_bytes());
            put(&mut entry, 16, &symbol.size.to_le_bytes());
            entries.push((global, address, entry));
        }
    }
    entries.sort_by_key(|(global, address, _)| (*global, *address));
    let locals = entries.iter().filter(|(global, ..)| !global).count() as u32 + 1;

    pad(file, 8);
    let symbol_offset = file.len() as u64;
    file.extend_from_slice(&[0; SYMBOL_SIZE as usize]);
    for (_, _, entry) in &entries {
        file.extend_from_slice(entry);
    }
    let string_offset = file.len() as u64;
    file.extend_from_slice(&strings);

    let header = |name: &str, kind, offset, size, link, info, align, entry_size| SectionHeader {
        seen: Section { name: name.to_owned(), address: 0, offset, size },
        kind,
        flags: 0,
        link,
        info,
        align,
        entry_size,
        region: None,
    };
    let count = (sections.len() + debug.len()) as u32;
    let symbol_size = string_offset - symbol_offset;
    let mut tools = vec![
        header(".symtab", SHT_SYMTAB, symbol_offset, symbol_size, count + 2, locals, 8, SYMBOL_SIZE),
        header(".strtab", SHT_STRTAB, string_offset, strings.len() as u64, 0, 0, 1, 0),
        header(".shstrtab", SHT_STRTAB, 0, 0, 0, 0, 1, 0),
    ];
    let mut debuggers = Vec::new();
    for (section, bytes) in layout.debug.iter().zip(debug) {
        pad(file, section.align as usize);
        let (first, offset) = (section.atoms[0], file.len() as u64);
        let name = program.unit(first).name(program.atoms[first as usize].section);
        debuggers.push(header(name, SHT_PROGBITS, offset, bytes.len() as u64, 0, 0, section.align, 0));
        file.extend_from_slice(bytes);
    }
    tools[2].seen.offset = file.len() as u64;
    let mut names = String::from("\0");
    let mut starts = Vec::new();
    for section in sections.iter().chain(&debuggers).chain(&tools) {
        starts.push(names.len() as u32);
        names.push_str(&section.seen.name);
        names.push('\0');
    }
    file.extend_from_slice(names.as_bytes());
    tools[2].seen.size = names.len() as u64;
    pad(file, 8);
    let table = file.len() as u64;
    file.extend_from_slice(&[0; 64]);
    for (section, start) in sections.iter().chain(&debuggers).chain(&tools).zip(starts) {
        let mut entry = [0; 64];
        put(&mut entry, 0, &start.to_le_bytes());
        put(&mut entry, 4, &section.kind.to_le_bytes());
        put(&mut entry, 8, &section.flags.to_le_bytes());
        put(&mut entry, 16, &section.seen.address.to_le_bytes());
        put(&mut entry, 24, &section.seen.offset.to_le_bytes());
        put(&mut entry, 32, &section.seen.size.to_le_bytes());
        put(&mut entry, 40, &section.link.to_le_bytes());
        put(&mut entry, 44, &section.info.to_le_bytes());
        put(&mut entry, 48, &section.align.to_le_bytes());
        put(&mut entry, 56, &section.entry_size.to_le_bytes());
        file.extend_from_slice(&entry);
    }
    Some((table, total))
}

fn pad(file: &mut Vec<u8>, align: usize) {
    file.resize(file.len().next_multiple_of(align), 0);
}

fn put(file: &mut [u8], at: u64, bytes: &[u8]) {
    let at = at as usize;
    file[at..at + bytes.len()].copy_from_slice(bytes);
}
