//! Names to definitions: each symbol of each unit gets a [`Value`].
//!
//! The first strong definition wins, then the largest common one, then the first weak one, then what
//! the linker itself defines, and a weak reference to nothing is zero. Two strong definitions are an
//! error, whether anything needs them or not. Of several copies of a group the first stays.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::ERROR_COUNT_MAX;
use crate::atom::{Atom, Binding, Place, Symbol, Unit};
use crate::error::LinkError;

/// Where a symbol leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// Into an atom, by its number in the program.
    Atom(u32, u64),
    /// To a number.
    Absolute(u64),
    /// To a place that layout decides.
    Linker(LinkerSymbol),
    /// To nothing, which is allowed.
    Zero,
    /// To nothing.
    Undefined,
    /// Into a section that was left out.
    Discarded,
}

/// Places that the linker names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LinkerSymbol {
    Header,
    TextEnd,
    DataEnd,
    BssStart,
    End,
    RelaStart,
    RelaEnd,
    RelroStart,
    RelroEnd,
    InitStart,
    InitEnd,
    Dynamic,
    Got,
    GlobalPointer,
}

impl LinkerSymbol {
    pub(crate) const NAMES: [(&'static str, LinkerSymbol); 20] = [
        ("__ehdr_start", LinkerSymbol::Header),
        ("__executable_start", LinkerSymbol::Header),
        ("__etext", LinkerSymbol::TextEnd),
        ("_etext", LinkerSymbol::TextEnd),
        ("etext", LinkerSymbol::TextEnd),
        ("_edata", LinkerSymbol::DataEnd),
        ("edata", LinkerSymbol::DataEnd),
        ("__bss_start", LinkerSymbol::BssStart),
        ("_end", LinkerSymbol::End),
        ("end", LinkerSymbol::End),
        ("__rela_dyn_start", LinkerSymbol::RelaStart),
        ("__rela_dyn_end", LinkerSymbol::RelaEnd),
        ("__relro_start", LinkerSymbol::RelroStart),
        ("__relro_end", LinkerSymbol::RelroEnd),
        ("__init_array_start", LinkerSymbol::InitStart),
        ("__init_array_end", LinkerSymbol::InitEnd),
        ("_DYNAMIC", LinkerSymbol::Dynamic),
        ("_GLOBAL_OFFSET_TABLE_", LinkerSymbol::Got),
        ("__global_pointer$", LinkerSymbol::GlobalPointer),
        ("__dso_handle", LinkerSymbol::Header),
    ];

    fn from_name(name: &str) -> Option<LinkerSymbol> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, symbol)| *symbol)
    }
}

/// All units as one list of atoms.
pub(crate) struct Program<'r, 'a> {
    pub(crate) units: &'r [&'r Unit<'a>],
    /// Atoms of all units, in order.
    pub(crate) atoms: Vec<&'r Atom<'a>>,
    /// The unit of each atom.
    unit_of: Vec<u32>,
    /// The first atom of each unit.
    atom_base: Vec<u32>,
    /// The first symbol of each unit in `values`.
    symbol_base: Vec<usize>,
    values: Vec<Value>,
    /// Definitions that others see.
    pub(crate) globals: BTreeMap<&'r str, Value>,
    /// Copies of groups that another one replaces.
    pub(crate) dropped: BTreeSet<u32>,
    /// Alignment that the largest of several common symbols takes over from the others.
    pub(crate) align: BTreeMap<u32, u32>,
    /// For each atom, one symbol that names it: index in its unit.
    title: Vec<Option<u32>>,
}

impl<'r, 'a> Program<'r, 'a> {
    /// What a symbol that an atom refers to means.
    pub(crate) fn value(&self, atom: u32, symbol: u32) -> Value {
        let unit = self.unit_of[atom as usize] as usize;
        self.values[self.symbol_base[unit] + symbol as usize]
    }

    /// The unit of an atom.
    pub(crate) fn unit(&self, atom: u32) -> &'r Unit<'a> {
        self.units[self.unit_of[atom as usize] as usize]
    }

    /// The number of the first atom of a unit.
    pub(crate) fn atom_base(&self, unit: usize) -> u32 {
        self.atom_base[unit]
    }

    /// Which object an atom is of, unique in the program.
    pub(crate) fn object(&self, atom: u32) -> (u32, u32) {
        (self.unit_of[atom as usize], self.atoms[atom as usize].object)
    }

    /// A symbol's name for messages; of a local place without one, its atom's.
    pub(crate) fn symbol_name(&self, atom: u32, symbol: u32) -> String {
        let unit = self.unit(atom);
        let name = unit.name(unit.symbols[symbol as usize].name);
        match self.value(atom, symbol) {
            Value::Atom(target, offset) if name.is_empty() => {
                format!("{}+{offset:#x}", short(self.title(target)))
            }
            _ => short(name).to_owned(),
        }
    }

    /// The name of an atom: its first function or variable, or its section.
    pub(crate) fn title(&self, atom: u32) -> &'r str {
        let unit = self.unit(atom);
        let named = self.title[atom as usize].map(|symbol| unit.name(unit.symbols[symbol as usize].name));
        named.unwrap_or_else(|| unit.name(self.atoms[atom as usize].section))
    }

    /// Where an atom came from.
    pub(crate) fn origin(&self, atom: u32) -> &'r str {
        let unit = self.unit(atom);
        unit.name(unit.objects[self.atoms[atom as usize].object as usize])
    }

    /// An atom for messages.
    pub(crate) fn describe(&self, atom: u32) -> String {
        let section = self.unit(atom).name(self.atoms[atom as usize].section);
        let (title, origin, section) = (short(self.title(atom)), short(self.origin(atom)), short(section));
        if section.is_empty() || section == title {
            format!("`{title}` ({origin})")
        } else {
            format!("`{title}` ({origin}, {section})")
        }
    }
}

/// A name for messages: names may be long, and one may be that of many atoms.
fn short(name: &str) -> &str {
    match name.char_indices().nth(300) {
        Some((end, _)) => &name[..end],
        None => name,
    }
}

/// Gives each symbol its value.
pub(crate) fn resolve<'r, 'a>(units: &'r [&'r Unit<'a>]) -> Result<Program<'r, 'a>, Vec<LinkError>> {
    let mut program = Program {
        units,
        atoms: Vec::new(),
        unit_of: Vec::new(),
        atom_base: Vec::new(),
        symbol_base: Vec::new(),
        values: Vec::new(),
        globals: BTreeMap::new(),
        dropped: BTreeSet::new(),
        align: BTreeMap::new(),
        title: Vec::new(),
    };
    let count: usize = units.iter().map(|unit| unit.atoms.len()).sum();
    if u32::try_from(count).is_err() {
        return Err(vec![LinkError::TooLarge {
            what: "a program",
            size: count as u64,
            limit: u32::MAX.into(),
        }]);
    }
    program.atoms.reserve(count);
    program.unit_of.reserve(count);
    for (index, unit) in units.iter().enumerate() {
        program.atom_base.push(program.atoms.len() as u32);
        program.unit_of.resize(program.atoms.len() + unit.atoms.len(), index as u32);
        program.atoms.extend(&unit.atoms);
    }
    drop_copies(&mut program);
    name_atoms(&mut program);
    let definitions = define(&mut program)?;
    assign(&mut program, &definitions);
    Ok(program)
}

/// Of each group, finds the atoms of all copies but the first.
fn drop_copies(program: &mut Program<'_, '_>) {
    let mut first: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
    for (index, unit) in program.units.iter().enumerate() {
        for (group, name) in unit.groups.iter().enumerate() {
            first.entry(unit.name(*name)).or_insert((index, group as u32));
        }
        for (atom, content) in unit.atoms.iter().enumerate() {
            if let Some(group) = content.group
                && first.get(unit.name(unit.groups[group as usize])) != Some(&(index, group))
            {
                program.dropped.insert(program.atom_base[index] + atom as u32);
            }
        }
    }
}

/// Finds a name for each atom: the symbol nearest to its start, one that others see if there is one.
fn name_atoms(program: &mut Program<'_, '_>) {
    program.title = vec![None; program.atoms.len()];
    for (index, unit) in program.units.iter().enumerate() {
        let rank = |symbol: &Symbol| match symbol.place {
            Place::Atom(_, offset) => (offset, symbol.binding == Binding::Local),
            _ => (u64::MAX, true),
        };
        for (id, symbol) in unit.symbols.iter().enumerate() {
            let Place::Atom(atom, _) = symbol.place else { continue };
            if unit.name(symbol.name).is_empty() {
                continue;
            }
            let title = &mut program.title[(program.atom_base[index] + atom) as usize];
            if title.is_none_or(|old| rank(symbol) < rank(&unit.symbols[old as usize])) {
                *title = Some(id as u32);
            }
        }
    }
}

struct Definition {
    binding: Binding,
    value: Value,
    size: u64,
}

/// Collects what others see.
fn define<'r>(program: &mut Program<'r, '_>) -> Result<BTreeMap<&'r str, Definition>, Vec<LinkError>> {
    let mut definitions: BTreeMap<&'r str, Definition> = BTreeMap::new();
    let mut duplicates: BTreeMap<&'r str, Vec<Value>> = BTreeMap::new();
    let mut common_align: BTreeMap<&'r str, u32> = BTreeMap::new();
    for (index, unit) in program.units.iter().enumerate() {
        for symbol in &unit.symbols {
            if symbol.binding == Binding::Local {
                continue;
            }
            let value = match symbol.place {
                Place::Atom(atom, offset) => {
                    let atom = program.atom_base[index] + atom;
                    if program.dropped.contains(&atom) {
                        continue;
                    }
                    Value::Atom(atom, offset)
                }
                Place::Absolute(value) => Value::Absolute(value),
                Place::Undefined | Place::Discarded => continue,
            };
            let name = unit.name(symbol.name);
            if symbol.binding == Binding::Common
                && let Value::Atom(atom, _) = value
            {
                let align = common_align.entry(name).or_insert(1);
                *align = (*align).max(program.atoms[atom as usize].align);
            }
            let new = Definition { binding: symbol.binding, value, size: symbol.size };
            let Some(old) = definitions.get_mut(name) else {
                definitions.insert(name, new);
                continue;
            };
            match (old.binding, new.binding) {
                (Binding::Global, Binding::Global) => {
                    duplicates.entry(name).or_insert_with(|| vec![old.value]).push(value);
                }
                (Binding::Common, Binding::Common) if new.size > old.size => *old = new,
                (old_binding, new_binding) if new_binding > old_binding => *old = new,
                _ => {}
            }
        }
    }
    for (name, align) in common_align {
        if let Some(Definition { binding: Binding::Common, value: Value::Atom(atom, _), .. }) =
            definitions.get(name)
        {
            program.align.insert(*atom, align);
        }
    }
    if duplicates.is_empty() {
        return Ok(definitions);
    }
    let place = |value: &Value| match value {
        Value::Atom(atom, _) => program.describe(*atom),
        other => format!("{other:?}"),
    };
    let mut errors: Vec<LinkError> = duplicates
        .iter()
        .take(ERROR_COUNT_MAX)
        .map(|(name, values)| LinkError::Duplicate {
            name: (*name).to_owned(),
            places: values.iter().take(8).map(place).collect(),
        })
        .collect();
    if duplicates.len() > ERROR_COUNT_MAX {
        errors.push(LinkError::More);
    }
    Err(errors)
}

fn assign<'r>(program: &mut Program<'r, '_>, definitions: &BTreeMap<&'r str, Definition>) {
    for (index, unit) in program.units.iter().enumerate() {
        program.symbol_base.push(program.values.len());
        for symbol in &unit.symbols {
            let own = match symbol.place {
                Place::Atom(atom, offset) => {
                    let atom = program.atom_base[index] + atom;
                    if program.dropped.contains(&atom) { Value::Discarded } else { Value::Atom(atom, offset) }
                }
                Place::Absolute(value) => Value::Absolute(value),
                Place::Discarded => Value::Discarded,
                Place::Undefined => Value::Undefined,
            };
            let value = if symbol.binding == Binding::Local {
                own
            } else {
                let name = unit.name(symbol.name);
                match definitions.get(name) {
                    Some(definition) => definition.value,
                    None if own == Value::Discarded => own,
                    None => match LinkerSymbol::from_name(name) {
                        Some(symbol) => Value::Linker(symbol),
                        None if symbol.binding == Binding::Weak => Value::Zero,
                        None => Value::Undefined,
                    },
                }
            };
            program.values.push(value);
        }
    }
    program.globals = definitions.iter().map(|(name, definition)| (*name, definition.value)).collect();
}
