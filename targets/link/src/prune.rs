//! Leaves out of a unit what nobody can ask for: for those who build packs.
//!
//! Roots are the names that programs refer to. Names are kept as they are, so that what stays resolves
//! as before; a copy of a group stays whole or goes whole.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use crate::atom::{AtomId, Binding, Kind, NameId, Place, Role, SymbolId, Unit};

/// The unit without the atoms that no root needs. Units that break the rules of units come back as they are.
#[must_use]
pub fn prune<'a>(unit: Unit<'a>, is_root: &dyn Fn(&str) -> bool) -> Unit<'a> {
    if [crate::Machine::X86_64, crate::Machine::Aarch64, crate::Machine::Riscv64]
        .iter()
        .all(|machine| unit.check(*machine).is_err())
    {
        return unit;
    }
    let live = reach(&unit, is_root);
    rebuild(unit, &live)
}

fn reach(unit: &Unit<'_>, is_root: &dyn Fn(&str) -> bool) -> Vec<bool> {
    let mut by_name: BTreeMap<NameId, Vec<AtomId>> = BTreeMap::new();
    let mut work: Vec<AtomId> = Vec::new();
    for symbol in &unit.symbols {
        if let (Place::Atom(atom, _), true) = (symbol.place, symbol.binding != Binding::Local) {
            by_name.entry(symbol.name).or_default().push(atom);
            if is_root(unit.name(symbol.name)) {
                work.push(atom);
            }
        }
    }
    // What stays along with something else: lists of functions with their object, members with their group.
    let mut of_object: BTreeMap<u32, Vec<AtomId>> = BTreeMap::new();
    let mut of_group: BTreeMap<u32, Vec<AtomId>> = BTreeMap::new();
    for (index, atom) in unit.atoms.iter().enumerate() {
        let index = index as AtomId;
        if atom.keep && atom.kind != Kind::Debug {
            work.push(index);
        }
        if matches!(atom.role, Role::Init(_)) {
            of_object.entry(atom.object).or_default().push(index);
        }
        if let Some(group) = atom.group {
            of_group.entry(group).or_default().push(index);
        }
    }
    let mut live = vec![false; unit.atoms.len()];
    while let Some(index) = work.pop() {
        let atom = &unit.atoms[index as usize];
        if core::mem::replace(&mut live[index as usize], true) || atom.kind == Kind::Debug {
            continue;
        }
        work.extend(of_object.remove(&atom.object).unwrap_or_default());
        work.extend(atom.group.and_then(|group| of_group.remove(&group)).unwrap_or_default());
        for reloc in &atom.relocs {
            let symbol = &unit.symbols[reloc.symbol as usize];
            if let Place::Atom(target, _) = symbol.place {
                work.push(target);
            }
            if symbol.binding != Binding::Local {
                work.extend(by_name.remove(&symbol.name).unwrap_or_default());
            }
        }
    }
    let mut objects = vec![false; unit.objects.len()];
    for (atom, live) in unit.atoms.iter().zip(&live) {
        objects[atom.object as usize] |= *live;
    }
    for (atom, live) in unit.atoms.iter().zip(&mut live) {
        *live |= atom.kind == Kind::Debug && objects[atom.object as usize] && atom.group.is_none();
    }
    live
}

fn rebuild<'a>(mut unit: Unit<'a>, live: &[bool]) -> Unit<'a> {
    let mut atom_of: Vec<Option<AtomId>> = Vec::with_capacity(live.len());
    let mut count = 0;
    for live in live {
        atom_of.push(live.then_some(count));
        count += AtomId::from(*live);
    }
    let mut wanted = vec![false; unit.symbols.len()];
    for (atom, live) in unit.atoms.iter().zip(live) {
        for reloc in &atom.relocs {
            wanted[reloc.symbol as usize] |= *live;
        }
    }
    let mut symbol_of: Vec<SymbolId> = vec![0; unit.symbols.len()];
    let mut symbols = Vec::new();
    for (index, mut symbol) in unit.symbols.iter().copied().enumerate() {
        let named = !unit.name(symbol.name).is_empty();
        let stays = match symbol.place {
            Place::Atom(atom, offset) => match atom_of[atom as usize] {
                Some(atom) => {
                    symbol.place = Place::Atom(atom, offset);
                    named
                }
                None => {
                    symbol.place = Place::Discarded;
                    false
                }
            },
            Place::Absolute(_) => symbol.binding != Binding::Local,
            Place::Undefined | Place::Discarded => false,
        };
        if stays || wanted[index] {
            symbol_of[index] = symbols.len() as SymbolId;
            symbols.push(symbol);
        }
    }
    unit.symbols = symbols;
    let mut iter = live.iter();
    unit.atoms.retain(|_| iter.next().copied().unwrap_or(false));
    let (mut objects, mut groups) = (Renumber::new(unit.objects.len()), Renumber::new(unit.groups.len()));
    for atom in &mut unit.atoms {
        atom.object = objects.number(atom.object);
        atom.group = atom.group.map(|group| groups.number(group));
        for reloc in &mut atom.relocs {
            reloc.symbol = symbol_of[reloc.symbol as usize];
        }
    }
    unit.objects = objects.pick(&unit.objects);
    unit.groups = groups.pick(&unit.groups);

    let mut names = Renumber::new(unit.names.len());
    let numbers = unit.objects.iter_mut().chain(&mut unit.groups);
    let numbers = numbers.chain(unit.atoms.iter_mut().map(|atom| &mut atom.section));
    for name in numbers.chain(unit.symbols.iter_mut().map(|symbol| &mut symbol.name)) {
        *name = names.number(*name);
    }
    unit.names = names.pick(&unit.names);
    unit
}

/// New numbers for those entries of a table that are still used, in the order of their use.
struct Renumber {
    new: Vec<Option<u32>>,
    old: Vec<u32>,
}

impl Renumber {
    fn new(count: usize) -> Renumber {
        Renumber { new: vec![None; count], old: Vec::new() }
    }

    fn number(&mut self, old: u32) -> u32 {
        *self.new[old as usize].get_or_insert_with(|| {
            self.old.push(old);
            (self.old.len() - 1) as u32
        })
    }

    fn pick<T: Clone>(&self, table: &[T]) -> Vec<T> {
        self.old.iter().map(|old| table[*old as usize].clone()).collect()
    }
}
