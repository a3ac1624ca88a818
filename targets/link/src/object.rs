//! ELF objects and archives into atoms.
//!
//! For those who build packs: every section that is part of a program becomes one atom, so objects
//! should be compiled with a section per function. Tables for unwinding, comments and notes are left
//! out, and so is debugging information unless it is asked for. What an object may hold and we do not link is an error with the
//! object, the section and the offset; nothing is skipped because it is unknown.
//!
//! Memory is in proportion to the input also when tables of a malformed object overlap.

use alloc::borrow::{Cow, ToOwned};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Bound;

use object::read::archive::ArchiveFile;
use object::read::elf::{ElfFile64, FileHeader as _, SectionHeader as _, Sym as _};
use object::read::{
    Object as _, ObjectComdat as _, ObjectSection as _, ObjectSymbol as _, RelocationFlags, RelocationTarget,
    SectionIndex, SymbolIndex,
};
use object::{LittleEndian, elf};

use crate::atom::{
    ALIGN_MAX, Atom, BSS_SIZE_MAX, Binding, Builder, Form, Kind, NAME_LENGTH_MAX, Place, Reloc, RelocKind,
    Role, Symbol, SymbolId, Unit,
};
use crate::error::UnitError;
use crate::target::{Machine, Target};

/// Collects objects and archives into one unit.
#[derive(Debug)]
pub struct Reader<'a> {
    machine: Machine,
    builder: Builder<'a>,
    options: Options,
    /// Bytes of input, which bound those of names.
    input: u64,
    names: u64,
}

/// How objects are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether functions of at most 64 bytes, each in a section of its own, may be aligned to 4 bytes
    /// where the compiler preferred more, and constants that a linker may merge are atoms each. Right for
    /// compilers that keep constants out of code.
    pub tight: bool,
    /// Whether debugging information is kept.
    pub debug: bool,
}

/// Why an object cannot become atoms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectError {
    /// The object, `archive(member)` if it is in an archive.
    pub object: String,
    /// The section, if it is about one.
    pub section: Option<String>,
    /// Where in the section, in bytes.
    pub offset: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are what the variants name")]
pub enum Fault {
    /// Not an archive, or a damaged one.
    Archive { why: String },
    /// Not an ELF object of 64 bits, little-endian, or a damaged one.
    Format { why: String },
    /// ELF, but an executable or a library.
    NotAnObject { kind: u16 },
    /// For another machine.
    Machine { found: u16, wanted: Machine },
    /// For another convention of passing arguments.
    Abi { flags: u32 },
    /// Asks for a stack that can be executed.
    ExecutableStack,
    /// Variables of threads, which the runtime does without.
    ThreadLocal,
    /// Functions that are chosen at start.
    IndirectFunction { symbol: String },
    /// A section that means something we do not do.
    Section,
    /// An alignment that is not a power of two up to 4096.
    Alignment { align: u64 },
    /// Larger than anything can be, or tables that overlap.
    TooLarge { size: u64, limit: u64 },
    /// A relocation of a kind we do not know.
    Relocation { kind: u32 },
    /// A relocation of nothing, or outside its section.
    BadRelocation { kind: u32 },
    /// A symbol outside its section, or of one that is not there.
    BadSymbol { symbol: String },
    /// A name that is not UTF-8, has a zero byte or is too long.
    BadName,
    /// The result breaks a rule of units.
    Unit(UnitError),
}

impl Fault {
    /// A stable word for the kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Fault::Archive { .. } => "archive",
            Fault::Format { .. } => "format",
            Fault::NotAnObject { .. } => "not-an-object",
            Fault::Machine { .. } => "machine",
            Fault::Abi { .. } => "abi",
            Fault::ExecutableStack => "executable-stack",
            Fault::ThreadLocal => "thread-local",
            Fault::IndirectFunction { .. } => "indirect-function",
            Fault::Section => "section",
            Fault::Alignment { .. } => "alignment",
            Fault::TooLarge { .. } => "too-large",
            Fault::Relocation { .. } => "relocation",
            Fault::BadRelocation { .. } => "bad-relocation",
            Fault::BadSymbol { .. } => "bad-symbol",
            Fault::BadName => "bad-name",
            Fault::Unit(_) => "malformed",
        }
    }
}

impl fmt::Display for ObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.object)?;
        if let Some(section) = &self.section {
            write!(f, ", {section}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, " at {offset:#x}")?;
        }
        f.write_str(": ")?;
        match &self.fault {
            Fault::Archive { why } => write!(f, "not an archive: {why}"),
            Fault::Format { why } => write!(f, "not an object of 64 bits, little-endian: {why}"),
            Fault::NotAnObject { kind } => write!(f, "not an object but a file of ELF type {kind}"),
            Fault::Machine { found, wanted } => write!(f, "of machine {found}, not for {wanted}"),
            Fault::Abi { flags } => write!(f, "compiled for another calling convention, flags {flags:#x}"),
            Fault::ExecutableStack => f.write_str("asks for an executable stack"),
            Fault::ThreadLocal => f.write_str("has variables of threads"),
            Fault::IndirectFunction { symbol } => write!(f, "`{symbol}` is chosen at start"),
            Fault::Section => f.write_str("a section of a kind that cannot be linked"),
            Fault::Alignment { align } => write!(f, "alignment {align}"),
            Fault::TooLarge { size, limit } => write!(f, "{size} bytes, of {limit} possible"),
            Fault::Relocation { kind } => write!(f, "relocation kind {kind} is not known"),
            Fault::BadRelocation { kind } => {
                write!(f, "relocation of kind {kind} of nothing or outside of its section")
            }
            Fault::BadSymbol { symbol } => write!(f, "symbol `{symbol}` is outside of what it is in"),
            Fault::BadName => f.write_str("a name that is too long, not UTF-8 or has a zero byte"),
            Fault::Unit(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ObjectError {}

impl<'a> Reader<'a> {
    /// Nothing yet, for one target.
    #[must_use]
    pub fn new(target: Target, options: Options) -> Reader<'a> {
        Reader { machine: target.machine(), builder: Builder::new(""), options, input: 1 << 16, names: 0 }
    }

    /// Adds an object.
    ///
    /// # Errors
    ///
    /// The first thing in it that cannot be linked; the reader is of no further use then.
    pub fn object(&mut self, name: &str, bytes: &'a [u8]) -> Result<(), ObjectError> {
        self.input += bytes.len() as u64;
        let fault = |section: Option<String>, offset, fault| ObjectError {
            object: name.to_owned(),
            section,
            offset,
            fault,
        };
        let file = ElfFile64::<LittleEndian, &'a [u8]>::parse(bytes)
            .map_err(|error| fault(None, None, Fault::Format { why: error.to_string() }))?;
        self.check_header(&file).map_err(|error| fault(None, None, error))?;
        self.builder.object(name);
        let mut one = One {
            reader: self,
            file: &file,
            name,
            size: bytes.len() as u64,
            sections: BTreeMap::new(),
            starts: BTreeMap::new(),
        };
        let groups = one.groups()?;
        one.read_sections(&groups)?;
        let mut symbols = one.read_symbols()?;
        one.read_relocs(&mut symbols)
    }

    /// Adds all members of an archive, and returns how many there are.
    ///
    /// # Errors
    ///
    /// As of [`Reader::object`], with the member's name in parentheses.
    pub fn archive(&mut self, name: &str, bytes: &'a [u8]) -> Result<usize, ObjectError> {
        let damaged = |why: object::Error| ObjectError {
            object: name.to_owned(),
            section: None,
            offset: None,
            fault: Fault::Archive { why: why.to_string() },
        };
        let archive = ArchiveFile::parse(bytes).map_err(damaged)?;
        let mut count = 0;
        let mut room = bytes.len() as u64;
        for member in archive.members() {
            let member = member.map_err(damaged)?;
            let member_name = String::from_utf8_lossy(member.name()).into_owned();
            if member_name.ends_with(".rmeta") {
                continue;
            }
            let data = member.data(bytes).map_err(damaged)?;
            let object = format!("{name}({member_name})");
            let size = data.len() as u64;
            room = room.checked_sub(size).ok_or_else(|| ObjectError {
                object: object.clone(),
                section: None,
                offset: None,
                fault: Fault::TooLarge { size, limit: bytes.len() as u64 },
            })?;
            self.object(&object, data)?;
            count += 1;
        }
        Ok(count)
    }

    /// The unit of everything added.
    ///
    /// # Errors
    ///
    /// When it is too large for a unit.
    pub fn finish(self) -> Result<Unit<'a>, ObjectError> {
        let unit = self.builder.finish();
        unit.check(self.machine).map_err(|error| ObjectError {
            object: "all objects".to_owned(),
            section: None,
            offset: None,
            fault: Fault::Unit(error),
        })?;
        Ok(unit)
    }

    fn check_header(&self, file: &ElfFile64<'a, LittleEndian, &'a [u8]>) -> Result<(), Fault> {
        let header = file.elf_header();
        let wanted = match self.machine {
            Machine::X86_64 => elf::EM_X86_64,
            Machine::Aarch64 => elf::EM_AARCH64,
            Machine::Riscv64 => elf::EM_RISCV,
        };
        let found = header.e_machine(LittleEndian);
        if found != wanted {
            return Err(Fault::Machine { found, wanted: self.machine });
        }
        let kind = header.e_type(LittleEndian);
        if kind != elf::ET_REL {
            return Err(Fault::NotAnObject { kind });
        }
        // Compressed instructions or not, floats of 64 bits in registers.
        let flags = header.e_flags(LittleEndian);
        if self.machine == Machine::Riscv64 && flags & !1 != 4 {
            return Err(Fault::Abi { flags });
        }
        Ok(())
    }
}

/// What became of a section.
struct Kept {
    /// The first of its atoms, and the only one but for sections of constants.
    atom: u32,
    size: u64,
    cuts: Vec<Cut>,
    /// Where the atoms begin that a section of constants became, in ascending order; none where it is one.
    pieces: Vec<(u64, u32)>,
}

/// Bytes that are left out of a section, since alignment needs fewer.
#[derive(Clone, Copy)]
struct Cut {
    start: u64,
    length: u64,
    /// Bytes of all cuts before.
    before: u64,
}

impl Kept {
    /// Where an offset of the section is in the atom.
    fn offset(&self, old: u64) -> u64 {
        match self.cuts.partition_point(|cut| cut.start < old).checked_sub(1).map(|last| self.cuts[last]) {
            Some(cut) => old - cut.before - (old - cut.start).min(cut.length),
            None => old,
        }
    }

    /// The atom that an offset of the section is in, where that begins, and where it ends.
    fn piece(&self, offset: u64) -> (u32, u64, u64) {
        let next = self.pieces.partition_point(|(start, _)| *start <= offset);
        let end = self.pieces.get(next).map_or(self.size, |(start, _)| *start);
        match next.checked_sub(1).map(|last| self.pieces[last]) {
            Some((start, atom)) => (atom, start, end),
            None => (self.atom, 0, self.size),
        }
    }
}

/// One object while it is read.
struct One<'r, 'a> {
    reader: &'r mut Reader<'a>,
    file: &'r ElfFile64<'a, LittleEndian, &'a [u8]>,
    name: &'r str,
    size: u64,
    sections: BTreeMap<usize, Kept>,
    /// Symbols of atoms of cut sections, where something refers to them without one.
    starts: BTreeMap<u32, SymbolId>,
}

/// What to do with a relocation.
enum Mapped {
    As(RelocKind),
    Ignore,
    Align,
    ThreadLocal,
    Unknown,
}

impl<'a> One<'_, 'a> {
    fn fault(&self, section: Option<&str>, offset: Option<u64>, fault: Fault) -> ObjectError {
        ObjectError { object: self.name.to_owned(), section: section.map(ToOwned::to_owned), offset, fault }
    }

    fn text(&mut self, bytes: &[u8]) -> Result<String, ObjectError> {
        let text = core::str::from_utf8(bytes)
            .ok()
            .filter(|text| text.len() <= NAME_LENGTH_MAX && !text.contains('\0'));
        let text = text.ok_or_else(|| self.fault(None, None, Fault::BadName))?.to_owned();
        self.reader.names += text.len() as u64;
        let limit = self.reader.input.saturating_mul(4);
        if self.reader.names > limit {
            return Err(self.fault(None, None, Fault::TooLarge { size: self.reader.names, limit }));
        }
        Ok(text)
    }

    fn damaged(&self, section: Option<&str>, error: object::Error) -> ObjectError {
        self.fault(section, None, Fault::Format { why: error.to_string() })
    }

    /// The group of each section that is in one.
    fn groups(&mut self) -> Result<BTreeMap<usize, u32>, ObjectError> {
        let mut groups = BTreeMap::new();
        for comdat in self.file.comdats() {
            let name = comdat.name_bytes().map_err(|error| self.damaged(None, error))?;
            let name = self.text(name)?;
            let group = self.reader.builder.group(&name);
            for section in comdat.sections() {
                groups.entry(section.0).or_insert(group);
                if groups.len() as u64 > self.size {
                    return Err(self.fault(
                        None,
                        None,
                        Fault::TooLarge { size: self.size, limit: self.size },
                    ));
                }
            }
        }
        Ok(groups)
    }

    fn read_sections(&mut self, groups: &BTreeMap<usize, u32>) -> Result<(), ObjectError> {
        let mut room = self.size;
        let mut cuttable = if self.reader.options.tight { self.constants() } else { BTreeMap::new() };
        for section in self.file.sections() {
            let name = section.name_bytes().map_err(|error| self.damaged(None, error))?;
            let name = self.text(name)?;
            let header = section.elf_section_header();
            let flags = header.sh_flags(LittleEndian);
            let kind = header.sh_type(LittleEndian);
            let fault = |offset, fault| self.fault(Some(&name), offset, fault);
            if name == ".note.GNU-stack" && flags & u64::from(elf::SHF_EXECINSTR) != 0 {
                return Err(fault(None, Fault::ExecutableStack));
            }
            let debug = flags & u64::from(elf::SHF_ALLOC) == 0;
            let unwanted = debug && !(self.reader.options.debug && name.starts_with(".debug_"));
            if unwanted || flags & u64::from(elf::SHF_EXCLUDE) != 0 || left_out(&name) {
                continue;
            }
            if debug && (kind == elf::SHT_NOBITS || flags & u64::from(elf::SHF_COMPRESSED) != 0) {
                return Err(fault(None, Fault::Section));
            }
            if flags & u64::from(elf::SHF_TLS) != 0 {
                return Err(fault(None, Fault::ThreadLocal));
            }
            let empty = kind == elf::SHT_NOBITS;
            let init = kind == elf::SHT_INIT_ARRAY || kind == elf::SHT_PREINIT_ARRAY;
            if !(empty || init || kind == elf::SHT_PROGBITS || debug) || name.starts_with(".ctors") {
                return Err(fault(None, Fault::Section));
            }
            let size = header.sh_size(LittleEndian);
            let align = header.sh_addralign(LittleEndian).max(1);
            if !align.is_power_of_two() || align > ALIGN_MAX.into() {
                return Err(fault(None, Fault::Alignment { align }));
            }
            let limit = if empty { BSS_SIZE_MAX } else { room };
            if size > limit {
                return Err(fault(None, Fault::TooLarge { size, limit }));
            }
            let mut atom = if empty {
                Atom::zeroed(align as u32, size)
            } else {
                room -= size;
                let bytes = section.data().map_err(|error| self.damaged(Some(&name), error))?;
                let kind = if debug { Kind::Debug } else { content_kind(&name, flags, init) };
                Atom::new(kind, align as u32, bytes)
            };
            if init {
                let priority = name.rsplit('.').next().and_then(|last| last.parse().ok()).unwrap_or(u16::MAX);
                atom.role = Role::Init(if name.starts_with(".preinit") { 0 } else { priority });
                if size % 8 != 0 {
                    return Err(fault(None, Fault::Section));
                }
            }
            // Lists that a program walks by the names of their sections would have to be kept whole.
            atom.keep = flags & u64::from(elf::SHF_GNU_RETAIN) != 0;
            atom.group = groups.get(&section.index().0).copied();
            let cuts = if self.reader.machine == Machine::Riscv64 {
                self.align(&section, &name, &mut atom)?
            } else {
                vec![]
            };
            if self.reader.options.tight
                && atom.kind == Kind::Text
                && name.starts_with(".text.")
                && atom.size <= 64
            {
                atom.align = atom.align.min(4);
            }
            let size = section.size();
            let index = section.index().0;
            let starts = cuttable.remove(&index).filter(|_| atom.kind == Kind::Rodata && !empty);
            let Some(starts) = starts.filter(|starts| starts.len() > 1) else {
                let atom = self.reader.builder.atom(&name, atom);
                self.sections.insert(index, Kept { atom, size, cuts, pieces: Vec::new() });
                continue;
            };
            let bytes = section.data().map_err(|error| self.damaged(Some(&name), error))?;
            let ends = starts.iter().skip(1).copied().chain([bytes.len() as u64]);
            let mut pieces = Vec::with_capacity(starts.len());
            for (&start, end) in starts.iter().zip(ends) {
                let aligned = start.trailing_zeros().min(align.trailing_zeros());
                let mut piece = Atom::new(atom.kind, 1 << aligned, &bytes[start as usize..end as usize]);
                (piece.keep, piece.group) = (atom.keep, atom.group);
                pieces.push((start, self.reader.builder.atom(&name, piece)));
            }
            self.sections.insert(index, Kept { atom: pieces[0].1, size, cuts, pieces });
        }
        Ok(())
    }

    /// Sections of constants that may be cut apart, with the places where something that is referred to
    /// begins: what a linker may merge is referred to constant by constant. Where a reference does not say
    /// exactly which constant it means, all that it can mean stay together.
    fn constants(&self) -> BTreeMap<usize, BTreeSet<u64>> {
        let merged = u64::from(elf::SHF_MERGE);
        let mut found: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
        for section in self.file.sections() {
            let flags = section.elf_section_header().sh_flags(LittleEndian);
            if flags & merged != 0 && section.relocations().next().is_none() {
                found.insert(section.index().0, BTreeSet::from([0]));
            }
        }
        for symbol in self.file.symbols() {
            if symbol.elf_symbol().st_type() != elf::STT_SECTION
                && let Some(section) = symbol.section_index()
                && let Some(starts) = found.get_mut(&section.0)
                && let Ok(section) = self.file.section_by_index(section)
                && symbol.address() < section.size()
            {
                starts.insert(symbol.address());
            }
        }
        let mut blurred = Vec::new();
        for section in self.file.sections() {
            let flags = section.elf_section_header().sh_flags(LittleEndian);
            if flags & u64::from(elf::SHF_ALLOC) == 0 && !self.reader.options.debug {
                continue;
            }
            let size = section.size();
            for (_, relocation) in section.relocations() {
                if let RelocationTarget::Symbol(target) = relocation.target()
                    && let Some(target_section) = self.section_of(target)
                    && let Some(starts) = found.get_mut(&target_section)
                {
                    match self.exact_place(target_section, &relocation) {
                        Some(place) => {
                            starts.insert(place);
                        }
                        None => blurred.push((target_section, relocation.addend(), size)),
                    }
                }
            }
        }
        for (section, addend, size) in blurred {
            // A table of distances adds to each where in the table it is, an instruction takes off what
            // follows the address.
            let first = u64::try_from(addend).unwrap_or(0).saturating_sub(size).min(u64::MAX - 1);
            let last = u64::try_from(addend.saturating_add(16)).unwrap_or(0);
            if let Some(starts) = found.get_mut(&section) {
                let inside = (Bound::Excluded(first), Bound::Included(last.max(first + 1)));
                let inside: Vec<u64> = starts.range(inside).copied().collect();
                for start in inside {
                    starts.remove(&start);
                }
            }
        }
        found
    }

    /// The section that a symbol stands for, if it is no symbol of anything in it.
    fn section_of(&self, symbol: SymbolIndex) -> Option<usize> {
        let symbol = self.file.symbol_by_index(symbol).ok()?;
        let section = symbol.section_index().filter(|_| symbol.elf_symbol().st_type() == elf::STT_SECTION)?;
        Some(section.0)
    }

    /// The place in a section that a relocation through the symbol of the section means: its addend, where
    /// that has no part that is about the place of the reference.
    fn exact_place(&self, section: usize, relocation: &object::read::Relocation) -> Option<u64> {
        let RelocationFlags::Elf { r_type } = relocation.flags() else { return None };
        if let Mapped::As(RelocKind::Rel32 | RelocKind::Rel64) = map_reloc(self.reader.machine, r_type) {
            return None;
        }
        let size = self.file.section_by_index(SectionIndex(section)).ok()?.size();
        u64::try_from(relocation.addend()).ok().filter(|place| *place < size)
    }

    /// Leaves out what compilers for RISC-V put in so that the linker can align, as far as it is not needed.
    fn align(
        &self,
        section: &object::read::elf::ElfSection64<'a, '_, LittleEndian, &'a [u8]>,
        name: &str,
        atom: &mut Atom<'a>,
    ) -> Result<Vec<Cut>, ObjectError> {
        let mut places: Vec<(u64, u64)> = Vec::new();
        for (offset, relocation) in section.relocations() {
            if let RelocationFlags::Elf { r_type } = relocation.flags()
                && r_type == elf::R_RISCV_ALIGN
            {
                let padding = u64::try_from(relocation.addend()).unwrap_or(u64::MAX);
                let inside = offset.checked_add(padding).is_some_and(|end| end <= atom.bytes.len() as u64);
                if !inside || padding >= ALIGN_MAX.into() || padding % 2 != 0 {
                    return Err(self.fault(Some(name), Some(offset), Fault::BadRelocation { kind: r_type }));
                }
                places.push((offset, padding));
            }
        }
        places.sort_unstable();
        let mut cuts = Vec::new();
        let mut before = 0;
        let mut bytes: Vec<u8> = Vec::new();
        let mut done = 0_u64;
        for (offset, padding) in places {
            let align = (padding + 1).next_power_of_two();
            if offset < done {
                let fault = Fault::BadRelocation { kind: elf::R_RISCV_ALIGN };
                return Err(self.fault(Some(name), Some(offset), fault));
            }
            atom.align = atom.align.max(align as u32);
            bytes.extend_from_slice(&atom.bytes[done as usize..offset as usize]);
            let needed = (bytes.len() as u64).next_multiple_of(align) - bytes.len() as u64;
            done = offset + padding;
            let needed = needed.min(padding);
            for _ in 0..needed / 4 {
                bytes.extend_from_slice(&[0x13, 0, 0, 0]); // nop
            }
            if needed % 4 != 0 {
                bytes.extend_from_slice(&[1, 0]); // c.nop
            }
            if needed < padding {
                cuts.push(Cut { start: offset + needed, length: padding - needed, before });
                before += padding - needed;
            }
        }
        if !cuts.is_empty() {
            bytes.extend_from_slice(&atom.bytes[done as usize..]);
            atom.size = bytes.len() as u64;
            atom.bytes = Cow::Owned(bytes);
        }
        Ok(cuts)
    }

    /// Definitions, and named functions and variables that others do not see; the rest comes when it is
    /// referred to.
    fn read_symbols(&mut self) -> Result<BTreeMap<usize, SymbolId>, ObjectError> {
        let mut symbols = BTreeMap::new();
        for symbol in self.file.symbols() {
            let raw = symbol.elf_symbol();
            let local = raw.st_bind() == elf::STB_LOCAL;
            let kind = raw.st_type();
            let function_or_data = kind == elf::STT_FUNC || kind == elf::STT_OBJECT;
            let defined = !symbol.is_undefined();
            if defined && (!local || function_or_data && self.kept(symbol.section_index())) {
                let id = self.symbol(symbol.index())?;
                symbols.insert(symbol.index().0, id);
            }
        }
        Ok(symbols)
    }

    fn kept(&self, section: Option<SectionIndex>) -> bool {
        section.is_some_and(|section| self.sections.contains_key(&section.0))
    }

    fn symbol(&mut self, index: SymbolIndex) -> Result<SymbolId, ObjectError> {
        let symbol = self.file.symbol_by_index(index).map_err(|error| self.damaged(None, error))?;
        let raw = symbol.elf_symbol();
        let name = symbol.name_bytes().map_err(|error| self.damaged(None, error))?;
        let kind = raw.st_type();
        let text = if kind == elf::STT_SECTION { String::new() } else { self.text(name)? };
        if kind == elf::STT_TLS {
            return Err(self.fault(None, None, Fault::ThreadLocal));
        }
        if kind == elf::STT_GNU_IFUNC {
            return Err(self.fault(None, None, Fault::IndirectFunction { symbol: text }));
        }
        let form = if kind == elf::STT_FUNC {
            Form::Function
        } else if kind == elf::STT_OBJECT || kind == elf::STT_COMMON {
            Form::Object
        } else {
            Form::None
        };
        let bind = raw.st_bind();
        let mut binding = if bind == elf::STB_LOCAL {
            Binding::Local
        } else if bind == elf::STB_WEAK {
            Binding::Weak
        } else {
            Binding::Global
        };
        let (value, mut size) = (raw.st_value(LittleEndian), raw.st_size(LittleEndian));
        let bad = |one: &Self| one.fault(None, None, Fault::BadSymbol { symbol: text.clone() });
        let place = if symbol.is_undefined() {
            match binding {
                Binding::Global if !text.is_empty() => return Ok(self.reader.builder.symbol(&text)),
                Binding::Weak if !text.is_empty() => Place::Undefined,
                _ => return Err(bad(self)),
            }
        } else if symbol.is_common() {
            if size > BSS_SIZE_MAX
                || !value.is_power_of_two()
                || value > ALIGN_MAX.into()
                || binding == Binding::Local
            {
                return Err(bad(self));
            }
            binding = Binding::Common;
            Place::Atom(self.reader.builder.atom("COMMON", Atom::zeroed(value as u32, size)), 0)
        } else if raw.st_shndx(LittleEndian) == elf::SHN_ABS {
            Place::Absolute(value)
        } else {
            let section = symbol.section_index().ok_or_else(|| bad(self))?;
            match self.sections.get(&section.0) {
                None if section.0 >= self.file.elf_section_table().len() => return Err(bad(self)),
                None => Place::Discarded,
                Some(kept) => {
                    let end = value.checked_add(size).filter(|end| *end <= kept.size);
                    if value > kept.size {
                        return Err(bad(self));
                    }
                    let (atom, start, limit) = kept.piece(value);
                    let offset = kept.offset(value);
                    size = kept.offset(end.unwrap_or(kept.size).min(limit)) - offset;
                    Place::Atom(atom, offset - start)
                }
            }
        };
        if binding != Binding::Local && text.is_empty() {
            return Err(bad(self));
        }
        let name = self.reader.builder.name(&text);
        Ok(self.reader.builder.push_symbol(Symbol { name, place, binding, form, size }))
    }

    fn read_relocs(&mut self, symbols: &mut BTreeMap<usize, SymbolId>) -> Result<(), ObjectError> {
        let mut room = self.size / 24;
        let file = self.file;
        for section in file.sections() {
            if !self.sections.contains_key(&section.index().0) {
                continue;
            }
            let name = String::from_utf8_lossy(section.name_bytes().unwrap_or_default()).into_owned();
            let mut relocs = Vec::new();
            for (offset, relocation) in section.relocations() {
                room = room.checked_sub(1).ok_or_else(|| {
                    self.fault(Some(&name), None, Fault::TooLarge { size: self.size, limit: self.size })
                })?;
                relocs.extend(self.reloc(&section, &name, offset, &relocation, symbols)?);
            }
            relocs.sort_by_key(|reloc| reloc.offset);
            let atom = self.sections[&section.index().0].atom;
            self.reader.builder.unit_mut().atoms[atom as usize].relocs = relocs;
        }
        Ok(())
    }

    fn reloc(
        &mut self,
        section: &object::read::elf::ElfSection64<'a, '_, LittleEndian, &'a [u8]>,
        name: &str,
        offset: u64,
        relocation: &object::read::Relocation,
        symbols: &mut BTreeMap<usize, SymbolId>,
    ) -> Result<Option<Reloc>, ObjectError> {
        let RelocationFlags::Elf { r_type } = relocation.flags() else { return Ok(None) };
        let code = r_type;
        let fault = |one: &Self, fault| Err(one.fault(Some(name), Some(offset), fault));
        let kind = match map_reloc(self.reader.machine, code) {
            Mapped::As(kind) => kind,
            Mapped::Ignore | Mapped::Align => return Ok(None),
            Mapped::ThreadLocal => return fault(self, Fault::ThreadLocal),
            Mapped::Unknown => return fault(self, Fault::Relocation { kind: code }),
        };
        let kept = &self.sections[&section.index().0];
        let place = kept.offset(offset);
        let inside = offset.checked_add(kind.width()).is_some_and(|end| end <= kept.size);
        let atom = &self.reader.builder.unit_mut().atoms[kept.atom as usize];
        let inside = inside && place + kind.width() <= atom.bytes.len() as u64;
        let Some(at) = u32::try_from(place).ok().filter(|_| inside && !relocation.has_implicit_addend())
        else {
            return fault(self, Fault::BadRelocation { kind: code });
        };
        let RelocationTarget::Symbol(target) = relocation.target() else {
            return fault(self, Fault::BadRelocation { kind: code });
        };
        let mut addend = relocation.addend();
        if self.reader.machine == Machine::Riscv64
            && let Ok(symbol) = self.file.symbol_by_index(target)
            && symbol.elf_symbol().st_type() == elf::STT_SECTION
            && let Some(kept) = symbol.section_index().and_then(|section| self.sections.get(&section.0))
            && let Ok(old) = u64::try_from(addend)
        {
            addend = kept.offset(old) as i64;
        }
        if let Some(section) = self.section_of(target)
            && let Some(kept) = self.sections.get(&section).filter(|kept| !kept.pieces.is_empty())
        {
            let near = u64::try_from(addend).unwrap_or(0).min(kept.size.saturating_sub(1));
            let (atom, start, _) = kept.piece(near);
            let symbol = match self.starts.get(&atom) {
                Some(symbol) => *symbol,
                None => {
                    let name = self.reader.builder.name("");
                    let (binding, place) = (Binding::Local, Place::Atom(atom, 0));
                    let symbol = Symbol { name, place, binding, form: Form::None, size: 0 };
                    let symbol = self.reader.builder.push_symbol(symbol);
                    self.starts.insert(atom, symbol);
                    symbol
                }
            };
            return Ok(Some(Reloc { offset: at, kind, symbol, addend: addend.wrapping_sub_unsigned(start) }));
        }
        let symbol = match symbols.get(&target.0) {
            Some(symbol) => *symbol,
            None => {
                let id = self.symbol(target)?;
                symbols.insert(target.0, id);
                id
            }
        };
        Ok(Some(Reloc { offset: at, kind, symbol, addend }))
    }
}

/// Sections that no program needs: tables for unwinding, which we do without, notes and the like.
fn left_out(name: &str) -> bool {
    let whole =
        |start: &str| name == start || name.strip_prefix(start).is_some_and(|rest| rest.starts_with('.'));
    [
        ".eh_frame",
        ".gcc_except_table",
        ".comment",
        ".note",
        ".fini_array",
        ".dtors",
        ".riscv.attributes",
        ".llvm",
    ]
    .into_iter()
    .any(whole)
}

fn content_kind(name: &str, flags: u64, init: bool) -> Kind {
    if flags & u64::from(elf::SHF_EXECINSTR) != 0 {
        Kind::Text
    } else if init || name.starts_with(".data.rel.ro") {
        Kind::RelRo
    } else if flags & u64::from(elf::SHF_WRITE) != 0 {
        Kind::Data
    } else {
        Kind::Rodata
    }
}

/// Kinds by the numbers of the supplements of the System V ABI.
fn map_reloc(machine: Machine, code: u32) -> Mapped {
    use Mapped::{Align, As, Ignore, ThreadLocal, Unknown};
    use RelocKind as K;
    match machine {
        Machine::X86_64 => match code {
            0 => Ignore,                     // NONE
            1 => As(K::Abs64),               // 64
            2 | 4 | 26 => As(K::Rel32),      // PC32, PLT32, GOTPC32
            9 | 43 => As(K::GotRel32),       // GOTPCREL, CODE_4_GOTPCRELX
            10 => As(K::Abs32),              // 32
            11 => As(K::Abs32S),             // 32S
            24 => As(K::Rel64),              // PC64
            41 | 42 => As(K::GotRel32Relax), // GOTPCRELX, REX_GOTPCRELX
            16..=23 | 34..=36 | 44 | 45 => ThreadLocal,
            _ => Unknown,
        },
        Machine::Aarch64 => match code {
            0 | 256 => Ignore,             // NONE
            257 => As(K::Abs64),           // ABS64
            258 => As(K::Abs32Any),        // ABS32
            260 => As(K::Rel64),           // PREL64
            261 | 314 => As(K::Rel32),     // PREL32, PLT32
            264 => As(K::A64Mov0),         // MOVW_UABS_G0_NC
            266 => As(K::A64Mov1),         // MOVW_UABS_G1_NC
            268 => As(K::A64Mov2),         // MOVW_UABS_G2_NC
            269 => As(K::A64Mov3),         // MOVW_UABS_G3
            273 => As(K::A64Literal19),    // LD_PREL_LO19
            274 => As(K::A64Adr21),        // ADR_PREL_LO21
            275 | 276 => As(K::A64Page21), // ADR_PREL_PG_HI21, and _NC
            277 => As(K::A64AddLo12),      // ADD_ABS_LO12_NC
            278 => As(K::A64Lo12Scale1),   // LDST8_ABS_LO12_NC
            279 => As(K::A64Test14),       // TSTBR14
            280 => As(K::A64Cond19),       // CONDBR19
            282 | 283 => As(K::A64Call26), // JUMP26, CALL26
            284 => As(K::A64Lo12Scale2),   // LDST16_ABS_LO12_NC
            285 => As(K::A64Lo12Scale4),   // LDST32_ABS_LO12_NC
            286 => As(K::A64Lo12Scale8),   // LDST64_ABS_LO12_NC
            299 => As(K::A64Lo12Scale16),  // LDST128_ABS_LO12_NC
            311 => As(K::A64GotPage21),    // ADR_GOT_PAGE
            312 => As(K::A64GotLo12),      // LD64_GOT_LO12_NC
            512..=573 => ThreadLocal,
            _ => Unknown,
        },
        Machine::Riscv64 => match code {
            0 | 51 => Ignore,         // NONE, RELAX
            1 => As(K::Abs32Any),     // 32
            2 => As(K::Abs64),        // 64
            16 => As(K::RvBranch),    // BRANCH
            17 => As(K::RvJal),       // JAL
            18 | 19 => As(K::RvCall), // CALL, CALL_PLT
            20 => As(K::RvGotHi20),   // GOT_HI20
            23 => As(K::RvHi20),      // PCREL_HI20
            24 => As(K::RvLo12I),     // PCREL_LO12_I
            25 => As(K::RvLo12S),     // PCREL_LO12_S
            26 => As(K::RvAbsHi20),   // HI20
            27 => As(K::RvAbsLo12I),  // LO12_I
            28 => As(K::RvAbsLo12S),  // LO12_S
            33 => As(K::Add8),
            34 => As(K::Add16),
            35 => As(K::Add32),
            36 => As(K::Add64),
            37 => As(K::Sub8),
            38 => As(K::Sub16),
            39 => As(K::Sub32),
            40 => As(K::Sub64),
            43 => Align,
            44 => As(K::RvcBranch), // RVC_BRANCH
            45 => As(K::RvcJump),   // RVC_JUMP
            52 => As(K::Sub6),
            53 => As(K::Set6),
            54 => As(K::Set8),
            55 => As(K::Set16),
            56 => As(K::Set32),
            57 | 59 => As(K::Rel32), // 32_PCREL, PLT32
            5..=12 | 21 | 22 | 29..=32 | 62..=65 => ThreadLocal,
            _ => Unknown,
        },
    }
}
