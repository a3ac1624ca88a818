//! The bytes of packs and of single units: a runtime, or any other unit, normalised ahead of time.
//!
//! Either is a header, tables and the bytes of atoms. Numbers are little-endian base 128, each in the
//! fewest bytes there are, so that equals have equal bytes; names are sorted. The reader borrows
//! text and bytes, allocates in proportion to the input and refuses everything it would not write.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::atom::{Atom, Binding, Form, Kind, Place, Reloc, RelocKind, Role, Symbol, Unit};
use crate::error::PackError;
use crate::target::Target;

/// How packs begin.
pub const MAGIC: [u8; 8] = *b"\x7fSTKPACK";

/// How single units begin.
pub const UNIT_MAGIC: [u8; 8] = *b"\x7fSTKUNIT";

/// The version of the format; a reader knows one.
pub const VERSION: u64 = 1;

/// A unit with what it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack<'a> {
    /// Where it runs.
    pub target: Target,
    /// Digest of the runtime ABI it was compiled with.
    pub abi: Cow<'a, str>,
    /// What made it, for people: compiler and version.
    pub producer: Cow<'a, str>,
    /// Its atoms.
    pub unit: Unit<'a>,
}

impl<'a> Pack<'a> {
    /// The bytes: equal for equal packs, whatever the order of their names.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = header(&MAGIC, self.target);
        text(&mut out, &self.abi);
        text(&mut out, &self.producer);
        write_unit(&mut out, &self.unit);
        out
    }

    /// Reads bytes that [`Pack::to_bytes`] has written.
    ///
    /// # Errors
    ///
    /// The first thing that it would not have written.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Pack<'a>, PackError> {
        let mut reader = Reader { bytes, at: 0 };
        let target = reader.header(&MAGIC, PackError::NotAPack)?;
        let abi = Cow::Borrowed(reader.text()?);
        let producer = Cow::Borrowed(reader.text()?);
        let unit = reader.unit(target)?;
        Ok(Pack { target, abi, producer, unit })
    }

    /// The same pack with copies of what it borrows.
    #[must_use]
    pub fn into_owned(self) -> Pack<'static> {
        Pack {
            target: self.target,
            abi: Cow::Owned(self.abi.to_string()),
            producer: Cow::Owned(self.producer.to_string()),
            unit: self.unit.into_owned(),
        }
    }
}

impl<'a> Unit<'a> {
    /// The bytes, with the target the unit is for: equal for equal units, whatever the order of their
    /// names.
    #[must_use]
    pub fn to_bytes(&self, target: Target) -> Vec<u8> {
        let mut out = header(&UNIT_MAGIC, target);
        write_unit(&mut out, self);
        out
    }

    /// Reads bytes that [`Unit::to_bytes`] has written, and for which target that was.
    ///
    /// # Errors
    ///
    /// The first thing that it would not have written.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<(Target, Unit<'a>), PackError> {
        let mut reader = Reader { bytes, at: 0 };
        let target = reader.header(&UNIT_MAGIC, PackError::NotAUnit)?;
        let unit = reader.unit(target)?;
        Ok((target, unit))
    }
}

fn header(magic: &[u8; 8], target: Target) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(magic);
    number(&mut out, VERSION);
    text(&mut out, target.name());
    out
}

fn write_unit(out: &mut Vec<u8>, unit: &Unit<'_>) {
    let (order, rank) = sorted_names(unit);
    let name = |id: u32| u64::from(rank.get(id as usize).copied().unwrap_or(0));
    number(out, order.len() as u64);
    for text in &order {
        number(out, text.len() as u64);
    }
    for text in &order {
        out.extend_from_slice(text.as_bytes());
    }
    for ids in [&unit.objects, &unit.groups] {
        number(out, ids.len() as u64);
        for id in ids {
            number(out, name(*id));
        }
    }
    number(out, unit.symbols.len() as u64);
    for symbol in &unit.symbols {
        let place = match symbol.place {
            Place::Undefined => 0,
            Place::Atom(..) => 1,
            Place::Absolute(_) => 2,
            Place::Discarded => 3,
        };
        out.push(place | (symbol.binding as u8) << 2 | (symbol.form as u8) << 4);
        number(out, name(symbol.name));
        number(out, symbol.size);
        match symbol.place {
            Place::Atom(atom, offset) => {
                number(out, atom.into());
                number(out, offset);
            }
            Place::Absolute(value) => number(out, value),
            Place::Undefined | Place::Discarded => {}
        }
    }
    number(out, unit.atoms.len() as u64);
    for atom in &unit.atoms {
        let init = matches!(atom.role, Role::Init(_));
        let flags = (atom.kind as u8) | u8::from(atom.keep) << 3 | u8::from(init) << 4;
        out.push(flags | u8::from(atom.group.is_some()) << 5);
        out.push(atom.align.trailing_zeros() as u8);
        number(out, atom.object.into());
        number(out, name(atom.section));
        number(out, atom.size);
        if let Role::Init(priority) = atom.role {
            number(out, priority.into());
        }
        if let Some(group) = atom.group {
            number(out, group.into());
        }
        number(out, atom.relocs.len() as u64);
        let mut last = 0;
        for reloc in &atom.relocs {
            out.push(reloc.kind as u8);
            number(out, u64::from(reloc.offset.wrapping_sub(last)));
            number(out, reloc.symbol.into());
            number(out, zigzag(reloc.addend));
            last = reloc.offset;
        }
    }
    for atom in &unit.atoms {
        out.extend_from_slice(&atom.bytes);
    }
}

fn sorted_names<'u>(unit: &'u Unit<'_>) -> (Vec<&'u str>, Vec<u32>) {
    let mut order: Vec<&str> = unit.names.iter().map(|name| &**name).collect();
    order.sort_unstable();
    order.dedup();
    let rank = |name: &Cow<'_, str>| order.binary_search(&&**name).map_or(0, |rank| rank as u32);
    let rank = unit.names.iter().map(rank).collect();
    (order, rank)
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// What stands before everything else: what it is, the version, and for which target.
    fn header(&mut self, magic: &[u8; 8], otherwise: PackError) -> Result<Target, PackError> {
        if self.take(magic.len() as u64) != Ok(&magic[..]) {
            return Err(otherwise);
        }
        let version = self.number()?;
        if version != VERSION {
            return Err(PackError::Version { found: version });
        }
        let target = self.text()?;
        Target::from_name(target)
            .ok_or_else(|| PackError::UnknownTarget { name: target.chars().take(64).collect::<String>() })
    }

    /// All the rest.
    fn unit(&mut self, target: Target) -> Result<Unit<'a>, PackError> {
        let names = self.names()?;
        let objects = self.ids()?;
        let groups = self.ids()?;
        let symbols = self.symbols()?;
        let mut atoms = self.atoms()?;
        for atom in &mut atoms {
            if atom.kind != Kind::Bss {
                atom.bytes = Cow::Borrowed(self.take(atom.size)?);
            }
        }
        if self.at != self.bytes.len() {
            return Err(PackError::Trailing { offset: self.at as u64 });
        }
        let unit = Unit { names, objects, groups, atoms, symbols };
        unit.check(target.machine()).map_err(PackError::Unit)?;
        Ok(unit)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], PackError> {
        let rest = &self.bytes[self.at..];
        let truncated = PackError::Truncated { offset: self.bytes.len() as u64 };
        let length = usize::try_from(length).map_err(|_| truncated.clone())?;
        let taken = rest.get(..length).ok_or(truncated)?;
        self.at += length;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, PackError> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Result<u64, PackError> {
        let offset = self.at as u64;
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                break;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                if part == 0 && shift > 0 {
                    break;
                }
                return Ok(value);
            }
        }
        Err(PackError::BadNumber { offset })
    }

    fn short(&mut self) -> Result<u32, PackError> {
        let offset = self.at as u64;
        u32::try_from(self.number()?).map_err(|_| PackError::BadNumber { offset })
    }

    /// A count of things that take at least `least` bytes each, so that it bounds what is allocated.
    fn count(&mut self, least: usize) -> Result<usize, PackError> {
        let count = self.number()?;
        let room = (self.bytes.len() - self.at) / least;
        match usize::try_from(count) {
            Ok(count) if count <= room => Ok(count),
            _ => Err(PackError::Truncated { offset: self.bytes.len() as u64 }),
        }
    }

    fn text(&mut self) -> Result<&'a str, PackError> {
        let length = self.number()?;
        let offset = self.at as u64;
        core::str::from_utf8(self.take(length)?).map_err(|_| PackError::BadText { offset })
    }

    fn names(&mut self) -> Result<Vec<Cow<'a, str>>, PackError> {
        let count = self.count(1)?;
        let mut lengths = Vec::with_capacity(count);
        for _ in 0..count {
            lengths.push(self.number()?);
        }
        let mut names: Vec<Cow<'a, str>> = Vec::with_capacity(count);
        for length in lengths {
            let offset = self.at as u64;
            let name = core::str::from_utf8(self.take(length)?).map_err(|_| PackError::BadText { offset })?;
            if names.last().is_some_and(|last| **last >= *name) {
                return Err(PackError::UnsortedNames { offset });
            }
            names.push(Cow::Borrowed(name));
        }
        Ok(names)
    }

    fn ids(&mut self) -> Result<Vec<u32>, PackError> {
        let count = self.count(1)?;
        (0..count).map(|_| self.short()).collect()
    }

    fn symbols(&mut self) -> Result<Vec<Symbol>, PackError> {
        let count = self.count(3)?;
        let mut symbols = Vec::with_capacity(count);
        for _ in 0..count {
            let offset = self.at as u64;
            let code = self.byte()?;
            let bad = PackError::BadCode { offset, what: "symbol", code: code.into() };
            let binding =
                [Binding::Local, Binding::Weak, Binding::Common, Binding::Global][usize::from(code >> 2 & 3)];
            let form = match code >> 4 {
                0 => Form::None,
                1 => Form::Function,
                2 => Form::Object,
                _ => return Err(bad),
            };
            let name = self.short()?;
            let size = self.number()?;
            let place = match code & 3 {
                0 => Place::Undefined,
                1 => Place::Atom(self.short()?, self.number()?),
                2 => Place::Absolute(self.number()?),
                _ => Place::Discarded,
            };
            symbols.push(Symbol { name, place, binding, form, size });
        }
        Ok(symbols)
    }

    fn atoms(&mut self) -> Result<Vec<Atom<'a>>, PackError> {
        let count = self.count(6)?;
        let mut atoms = Vec::with_capacity(count);
        for _ in 0..count {
            let offset = self.at as u64;
            let code = self.byte()?;
            let bad = |what, code: u8| PackError::BadCode { offset, what, code: code.into() };
            let kind = Kind::from_code(code & 7).filter(|_| code < 0x40).ok_or_else(|| bad("atom", code))?;
            let align = self.byte()?;
            if align > 12 {
                return Err(bad("alignment", align));
            }
            let mut atom = Atom::new(kind, 1 << align, &[][..]);
            atom.keep = code & 8 != 0;
            atom.object = self.short()?;
            atom.section = self.short()?;
            atom.size = self.number()?;
            if code & 0x10 != 0 {
                let offset = self.at as u64;
                let priority = u16::try_from(self.number()?).map_err(|_| PackError::BadNumber { offset })?;
                atom.role = Role::Init(priority);
            }
            if code & 0x20 != 0 {
                atom.group = Some(self.short()?);
            }
            atom.relocs = self.relocs()?;
            atoms.push(atom);
        }
        Ok(atoms)
    }

    fn relocs(&mut self) -> Result<Vec<Reloc>, PackError> {
        let count = self.count(4)?;
        let mut relocs = Vec::with_capacity(count);
        let mut last = 0_u32;
        for _ in 0..count {
            let at = self.at as u64;
            let code = self.byte()?;
            let bad = PackError::BadCode { offset: at, what: "relocation", code: code.into() };
            let kind = RelocKind::from_code(code).ok_or(bad)?;
            let offset = last.checked_add(self.short()?).ok_or(PackError::BadNumber { offset: at })?;
            let symbol = self.short()?;
            let addend = self.number()?;
            let addend = (addend >> 1) as i64 ^ -((addend & 1) as i64);
            relocs.push(Reloc { offset, kind, symbol, addend });
            last = offset;
        }
        Ok(relocs)
    }
}
