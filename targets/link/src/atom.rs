//! The neutral form of code and data: atoms, symbols and relocations.
//!
//! An [`Atom`] is the smallest thing the linker keeps, drops or places: one function, one constant, one
//! variable. A [`Unit`] is a list of them with the symbols they define and refer to; a package compiled
//! by us is one, and so is a whole runtime. Units are tables of numbers: an index means nothing outside
//! its unit. [`Builder`] makes them by name.
//!
//! Invariants, which [`Unit::check`] tests and every phase relies on: indices are within their tables,
//! a relocation lies within the bytes of its atom, kinds of relocations belong to the machine, only
//! atoms of [`Kind::Bss`] are larger than their bytes.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::error::UnitError;
use crate::target::Machine;

/// The largest alignment of an atom, in bytes.
pub const ALIGN_MAX: u32 = 4096;

/// The longest name, in bytes.
pub const NAME_LENGTH_MAX: usize = 1 << 16;

/// The largest atom without bytes.
pub const BSS_SIZE_MAX: u64 = 1 << 30;

/// Index of a name in its unit.
pub type NameId = u32;

/// Index of an atom in its unit.
pub type AtomId = u32;

/// Index of a symbol in its unit.
pub type SymbolId = u32;

/// What memory an atom needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Constants.
    Rodata,
    /// Instructions.
    Text,
    /// Constants that hold addresses: written once, at start, in images that can be loaded anywhere.
    RelRo,
    /// Variables.
    Data,
    /// Variables that begin as zeros.
    Bss,
    /// Read by debuggers only and not in memory. Atoms of one section name are joined in the file; they
    /// stay when anything else of their object does, and keep nothing themselves.
    Debug,
}

impl Kind {
    /// The kinds that are in memory, in the order in which they lie there.
    pub const MEMORY: [Kind; 5] = [Kind::Rodata, Kind::Text, Kind::RelRo, Kind::Data, Kind::Bss];

    pub(crate) fn from_code(code: u8) -> Option<Kind> {
        Self::MEMORY.into_iter().chain([Kind::Debug]).find(|kind| *kind as u8 == code)
    }
}

/// What an atom is beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nothing special.
    Plain,
    /// Addresses of functions to be called at start by who walks `__init_array_start` to
    /// `__init_array_end`, lower numbers first. Kept when its object is.
    Init(u16),
}

/// A piece of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom<'a> {
    /// What memory it needs.
    pub kind: Kind,
    /// Alignment in bytes: a power of two, at most [`ALIGN_MAX`].
    pub align: u32,
    /// The bytes; none for [`Kind::Bss`].
    pub bytes: Cow<'a, [u8]>,
    /// Bytes of memory: as many as there are in `bytes`, but for [`Kind::Bss`].
    pub size: u64,
    /// Addresses to be put into the bytes, in the order of offsets.
    pub relocs: Vec<Reloc>,
    /// Whether it stays when nothing refers to it.
    pub keep: bool,
    /// What it is beside its bytes.
    pub role: Role,
    /// Which object of the unit it came from, an index into [`Unit::objects`].
    pub object: u32,
    /// What its section was called, for maps and messages.
    pub section: NameId,
    /// Index into [`Unit::groups`] when only one copy of it may be in an image.
    pub group: Option<u32>,
}

impl<'a> Atom<'a> {
    /// An atom of these bytes without relocations.
    #[must_use]
    pub fn new(kind: Kind, align: u32, bytes: impl Into<Cow<'a, [u8]>>) -> Atom<'a> {
        let bytes = bytes.into();
        let size = bytes.len() as u64;
        Atom {
            kind,
            align,
            bytes,
            size,
            relocs: Vec::new(),
            keep: false,
            role: Role::Plain,
            object: 0,
            section: 0,
            group: None,
        }
    }

    /// Variables that begin as zeros.
    #[must_use]
    pub fn zeroed(align: u32, size: u64) -> Atom<'a> {
        Atom { size, ..Atom::new(Kind::Bss, align, &[][..]) }
    }
}

/// An address to be computed into bytes: symbol plus addend, in a form of `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reloc {
    /// Where in the atom.
    pub offset: u32,
    /// In which form.
    pub kind: RelocKind,
    /// Of what.
    pub symbol: SymbolId,
    /// Added to the symbol's address.
    pub addend: i64,
}

/// A name, or something relocations refer to without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name; may be empty when it is local.
    pub name: NameId,
    /// Where it is.
    pub place: Place,
    /// Who sees it, and who yields when there are several.
    pub binding: Binding,
    /// What it names.
    pub form: Form,
    /// Bytes of what it names, or 0.
    pub size: u64,
}

/// Where a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Somewhere else, by name.
    Undefined,
    /// In an atom; the offset may be its end.
    Atom(AtomId, u64),
    /// At no place, but a number.
    Absolute(u64),
    /// In a section that was left out, such as tables for unwinding.
    Discarded,
}

/// Who sees a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Binding {
    /// Its unit alone.
    Local,
    /// Everyone; another definition replaces it, and undefined it is zero.
    Weak,
    /// Everyone; the largest of several, and a [`Binding::Global`] definition replaces it.
    Common,
    /// Everyone; there is one.
    Global,
}

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Form {
    /// A place.
    None,
    /// A function.
    Function,
    /// Data.
    Object,
}

macro_rules! reloc_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $width:literal, $machines:ident;)*) => {
        /// Forms of addresses in bytes. S is the symbol, A the addend, P the place, G a slot of the
        /// global offset table that holds S + A.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum RelocKind { $($(#[$doc])* $name = $code,)* }

        impl RelocKind {
            /// Every kind.
            pub const ALL: &'static [RelocKind] = &[$(RelocKind::$name),*];

            /// Bytes that it touches.
            #[must_use]
            pub const fn width(self) -> u64 {
                match self { $(RelocKind::$name => $width,)* }
            }

            /// The name in messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(RelocKind::$name => stringify!($name),)* }
            }

            /// Whether the machine has it.
            #[must_use]
            pub const fn fits(self, machine: Machine) -> bool {
                match self { $(RelocKind::$name => machines::$machines(machine),)* }
            }

            pub(crate) const fn from_code(code: u8) -> Option<RelocKind> {
                match code { $($code => Some(RelocKind::$name),)* _ => None }
            }
        }
    };
}

mod machines {
    use super::Machine;

    pub(super) const fn any(_: Machine) -> bool {
        true
    }
    pub(super) const fn x64(machine: Machine) -> bool {
        matches!(machine, Machine::X86_64)
    }
    pub(super) const fn a64(machine: Machine) -> bool {
        matches!(machine, Machine::Aarch64)
    }
    pub(super) const fn rv(machine: Machine) -> bool {
        matches!(machine, Machine::Riscv64)
    }
}

reloc_kinds! {
    /// S + A in 64 bits.
    Abs64 = 1, 8, any;
    /// S + A in 32 bits, without sign.
    Abs32 = 2, 4, any;
    /// S + A in 32 bits, with sign.
    Abs32S = 3, 4, any;
    /// S + A in 32 bits, with sign or without.
    Abs32Any = 4, 4, any;
    /// S + A - P in 32 bits.
    Rel32 = 5, 4, any;
    /// S + A - P in 64 bits.
    Rel64 = 6, 8, any;
    /// G + A - P in 32 bits; a `mov` that loads the slot may become a `lea`.
    GotRel32 = 7, 4, x64;
    /// The same where the compiler promises that the instruction is one of those with a known other form.
    GotRel32Relax = 8, 4, x64;
    /// `b` and `bl`: ±128 MiB.
    A64Call26 = 16, 4, a64;
    /// `adrp`: page of S + A, ±4 GiB.
    A64Page21 = 17, 4, a64;
    /// `add`: the low 12 bits of S + A.
    A64AddLo12 = 18, 4, a64;
    /// Load or store of one byte: the low 12 bits.
    A64Lo12Scale1 = 19, 4, a64;
    /// Load or store of 2 bytes: the low 12 bits.
    A64Lo12Scale2 = 20, 4, a64;
    /// Load or store of 4 bytes: the low 12 bits.
    A64Lo12Scale4 = 21, 4, a64;
    /// Load or store of 8 bytes: the low 12 bits.
    A64Lo12Scale8 = 22, 4, a64;
    /// Load or store of 16 bytes: the low 12 bits.
    A64Lo12Scale16 = 23, 4, a64;
    /// `adrp`: page of G.
    A64GotPage21 = 24, 4, a64;
    /// `ldr`: the low 12 bits of G.
    A64GotLo12 = 25, 4, a64;
    /// `b.cond`, `cbz`: ±1 MiB.
    A64Cond19 = 26, 4, a64;
    /// `tbz`: ±32 KiB.
    A64Test14 = 27, 4, a64;
    /// `adr`: ±1 MiB.
    A64Adr21 = 28, 4, a64;
    /// `ldr` of a literal: ±1 MiB.
    A64Literal19 = 29, 4, a64;
    /// `movz`, `movk`: bits 0 to 15, unchecked.
    A64Mov0 = 30, 4, a64;
    /// `movz`, `movk`: bits 16 to 31, unchecked.
    A64Mov1 = 31, 4, a64;
    /// `movz`, `movk`: bits 32 to 47, unchecked.
    A64Mov2 = 32, 4, a64;
    /// `movz`, `movk`: bits 48 to 63.
    A64Mov3 = 33, 4, a64;
    /// `auipc` and `jalr`: ±2 GiB.
    RvCall = 48, 8, rv;
    /// `auipc`: the high 20 bits of S + A - P.
    RvHi20 = 49, 4, rv;
    /// `auipc`: the high 20 bits of G - P.
    RvGotHi20 = 50, 4, rv;
    /// Immediate of a load or `addi`: the low 12 bits of what the `auipc` at S computes.
    RvLo12I = 51, 4, rv;
    /// Immediate of a store: the low 12 bits of what the `auipc` at S computes.
    RvLo12S = 52, 4, rv;
    /// `lui`: the high 20 bits of S + A.
    RvAbsHi20 = 53, 4, rv;
    /// Immediate of a load or `addi`: the low 12 bits of S + A.
    RvAbsLo12I = 54, 4, rv;
    /// Immediate of a store: the low 12 bits of S + A.
    RvAbsLo12S = 55, 4, rv;
    /// `beq` and the like: ±4 KiB.
    RvBranch = 56, 4, rv;
    /// `jal`: ±1 MiB.
    RvJal = 57, 4, rv;
    /// `c.beqz`: ±256 B.
    RvcBranch = 58, 2, rv;
    /// `c.j`: ±2 KiB.
    RvcJump = 59, 2, rv;
    /// Adds S + A to 8 bits.
    Add8 = 64, 1, rv;
    /// Adds S + A to 16 bits.
    Add16 = 65, 2, rv;
    /// Adds S + A to 32 bits.
    Add32 = 66, 4, rv;
    /// Adds S + A to 64 bits.
    Add64 = 67, 8, rv;
    /// Subtracts S + A from 6 bits.
    Sub6 = 68, 1, rv;
    /// Subtracts S + A from 8 bits.
    Sub8 = 69, 1, rv;
    /// Subtracts S + A from 16 bits.
    Sub16 = 70, 2, rv;
    /// Subtracts S + A from 32 bits.
    Sub32 = 71, 4, rv;
    /// Subtracts S + A from 64 bits.
    Sub64 = 72, 8, rv;
    /// Low 6 bits of S + A.
    Set6 = 73, 1, rv;
    /// Low 8 bits of S + A.
    Set8 = 74, 1, rv;
    /// Low 16 bits of S + A.
    Set16 = 75, 2, rv;
    /// Low 32 bits of S + A.
    Set32 = 76, 4, rv;
}

/// Atoms with the symbols they define and refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit<'a> {
    /// Names, each once.
    pub names: Vec<Cow<'a, str>>,
    /// Where atoms came from: names of objects.
    pub objects: Vec<NameId>,
    /// Groups of which one copy may be in an image, by their names; two entries of one name are two copies.
    pub groups: Vec<NameId>,
    /// The atoms, in the order in which they are laid out.
    pub atoms: Vec<Atom<'a>>,
    /// The symbols.
    pub symbols: Vec<Symbol>,
}

impl Unit<'_> {
    /// Tests what the other phases rely on.
    ///
    /// # Errors
    ///
    /// The first broken invariant.
    pub fn check(&self, machine: Machine) -> Result<(), UnitError> {
        let count_max = u32::MAX as usize / 4;
        for count in
            [self.names.len(), self.objects.len(), self.groups.len(), self.atoms.len(), self.symbols.len()]
        {
            if count > count_max {
                return Err(UnitError::TooMany { count: count as u64 });
            }
        }
        if let Some(name) = self.names.iter().find(|name| name.len() > NAME_LENGTH_MAX || name.contains('\0'))
        {
            return Err(UnitError::BadName { start: name.chars().take(40).collect() });
        }
        let name = |id: NameId| {
            if (id as usize) < self.names.len() { Ok(()) } else { Err(UnitError::NoSuchName { id }) }
        };
        self.objects.iter().chain(&self.groups).try_for_each(|id| name(*id))?;
        for (index, atom) in self.atoms.iter().enumerate() {
            let index = index as AtomId;
            name(atom.section)?;
            self.check_atom(index, atom, machine)?;
        }
        for (index, symbol) in self.symbols.iter().enumerate() {
            let index = index as SymbolId;
            name(symbol.name)?;
            if symbol.binding != Binding::Local && self.names[symbol.name as usize].is_empty() {
                return Err(UnitError::Nameless { symbol: index });
            }
            match symbol.place {
                Place::Atom(atom, offset) => match self.atoms.get(atom as usize) {
                    Some(atom) if offset <= atom.size => {}
                    _ => return Err(UnitError::OutsideAtom { symbol: index, atom, offset }),
                },
                Place::Undefined if symbol.binding == Binding::Local => {
                    return Err(UnitError::LocalUndefined { symbol: index });
                }
                Place::Undefined | Place::Absolute(_) | Place::Discarded => {}
            }
        }
        Ok(())
    }

    fn check_atom(&self, index: AtomId, atom: &Atom<'_>, machine: Machine) -> Result<(), UnitError> {
        if !atom.align.is_power_of_two() || atom.align > ALIGN_MAX {
            return Err(UnitError::BadAlignment { atom: index, align: atom.align.into() });
        }
        let bytes = atom.bytes.len() as u64;
        let sized =
            if atom.kind == Kind::Bss { bytes == 0 && atom.size <= BSS_SIZE_MAX } else { bytes == atom.size };
        if !sized || bytes > u32::MAX.into() {
            return Err(UnitError::BadSize { atom: index, size: atom.size });
        }
        if atom.object as usize >= self.objects.len() {
            return Err(UnitError::NoSuchObject { atom: index, object: atom.object });
        }
        if atom.group.is_some_and(|group| group as usize >= self.groups.len()) {
            return Err(UnitError::NoSuchGroup { atom: index });
        }
        if matches!(atom.role, Role::Init(_)) && (atom.kind != Kind::RelRo || !atom.size.is_multiple_of(8)) {
            return Err(UnitError::BadRole { atom: index });
        }
        let mut last = 0;
        for reloc in &atom.relocs {
            let outside = u64::from(reloc.offset) + reloc.kind.width() > bytes;
            if outside
                || !reloc.kind.fits(machine)
                || reloc.symbol as usize >= self.symbols.len()
                || reloc.offset < last
            {
                return Err(UnitError::BadReloc { atom: index, offset: reloc.offset, kind: reloc.kind });
            }
            last = reloc.offset;
        }
        Ok(())
    }

    /// The text of a name, or nothing when there is none.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id as usize).map_or("", |name| name)
    }
}

/// Makes a [`Unit`] by names.
#[derive(Clone, Debug)]
pub struct Builder<'a> {
    unit: Unit<'a>,
    names: BTreeMap<String, NameId>,
    globals: BTreeMap<NameId, SymbolId>,
}

/// The symbol is defined already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defined;

impl<'a> Builder<'a> {
    /// An empty unit, of one object of this name.
    #[must_use]
    pub fn new(object: &str) -> Builder<'a> {
        let mut builder = Builder { unit: Unit::default(), names: BTreeMap::new(), globals: BTreeMap::new() };
        builder.name("");
        builder.object(object);
        builder
    }

    /// The number of a name.
    pub fn name(&mut self, name: &str) -> NameId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = self.unit.names.len() as NameId;
        self.unit.names.push(Cow::Owned(name.to_string()));
        self.names.insert(name.to_string(), id);
        id
    }

    /// Begins another object: atoms added from here on are its.
    pub fn object(&mut self, name: &str) -> u32 {
        let name = self.name(name);
        self.unit.objects.push(name);
        (self.unit.objects.len() - 1) as u32
    }

    /// A copy of a group.
    pub fn group(&mut self, name: &str) -> u32 {
        let name = self.name(name);
        self.unit.groups.push(name);
        (self.unit.groups.len() - 1) as u32
    }

    /// Adds an atom to the latest object.
    pub fn atom(&mut self, section: &str, mut atom: Atom<'a>) -> AtomId {
        atom.section = self.name(section);
        atom.object = (self.unit.objects.len() - 1) as u32;
        self.unit.atoms.push(atom);
        (self.unit.atoms.len() - 1) as AtomId
    }

    /// The symbol of a name that others see, undefined so far unless it was defined.
    pub fn symbol(&mut self, name: &str) -> SymbolId {
        let name = self.name(name);
        if let Some(id) = self.globals.get(&name) {
            return *id;
        }
        let id = self.local(name, Place::Undefined, Form::None, 0);
        self.unit.symbols[id as usize].binding = Binding::Global;
        self.globals.insert(name, id);
        id
    }

    /// The same, which may stay undefined: its address is zero then.
    pub fn weak_symbol(&mut self, name: &str) -> SymbolId {
        let known = self.names.get(name).and_then(|name| self.globals.get(name)).copied();
        let id = self.symbol(name);
        if known.is_none() {
            self.unit.symbols[id as usize].binding = Binding::Weak;
        }
        id
    }

    /// A symbol that only relocations of this unit know.
    pub fn local_symbol(&mut self, name: &str, form: Form, atom: AtomId, offset: u64, size: u64) -> SymbolId {
        let name = self.name(name);
        self.local(name, Place::Atom(atom, offset), form, size)
    }

    /// Defines a symbol that others see.
    ///
    /// # Errors
    ///
    /// [`Defined`] when this unit has defined it before.
    pub fn define(
        &mut self,
        name: &str,
        binding: Binding,
        form: Form,
        atom: AtomId,
        offset: u64,
        size: u64,
    ) -> Result<SymbolId, Defined> {
        let id = self.symbol(name);
        let symbol = &mut self.unit.symbols[id as usize];
        if symbol.place != Place::Undefined {
            return Err(Defined);
        }
        *symbol = Symbol { name: symbol.name, place: Place::Atom(atom, offset), binding, form, size };
        Ok(id)
    }

    /// Adds an address to an atom; relocations may come in any order.
    pub fn reloc(&mut self, atom: AtomId, reloc: Reloc) {
        if let Some(atom) = self.unit.atoms.get_mut(atom as usize) {
            atom.relocs.push(reloc);
        }
    }

    /// The unit.
    #[must_use]
    pub fn finish(mut self) -> Unit<'a> {
        for atom in &mut self.unit.atoms {
            atom.relocs.sort_by_key(|reloc| reloc.offset);
        }
        self.unit
    }

    #[cfg(feature = "objects")]
    pub(crate) fn unit_mut(&mut self) -> &mut Unit<'a> {
        &mut self.unit
    }

    fn local(&mut self, name: NameId, place: Place, form: Form, size: u64) -> SymbolId {
        self.unit.symbols.push(Symbol { name, place, binding: Binding::Local, form, size });
        (self.unit.symbols.len() - 1) as SymbolId
    }

    #[cfg(feature = "objects")]
    pub(crate) fn push_symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.unit.symbols.push(symbol);
        (self.unit.symbols.len() - 1) as SymbolId
    }
}

impl Unit<'_> {
    /// The same unit with copies of what it borrows.
    #[must_use]
    pub fn into_owned(self) -> Unit<'static> {
        let own = |atom: Atom<'_>| Atom {
            kind: atom.kind,
            align: atom.align,
            bytes: Cow::Owned(atom.bytes.into_owned()),
            size: atom.size,
            relocs: atom.relocs,
            keep: atom.keep,
            role: atom.role,
            object: atom.object,
            section: atom.section,
            group: atom.group,
        };
        Unit {
            names: self.names.into_iter().map(|name| Cow::Owned(name.into_owned())).collect(),
            objects: self.objects,
            groups: self.groups,
            atoms: self.atoms.into_iter().map(own).collect(),
            symbols: self.symbols,
        }
    }

    /// A unit without anything.
    #[must_use]
    pub fn empty() -> Unit<'static> {
        Unit { names: vec![Cow::Borrowed("")], ..Unit::default() }
    }
}
