//! What stays: atoms that the entry needs, atoms that say so themselves, and what those need.
//!
//! Only what stays has to be defined: a reference to nothing from code that is dropped is no error.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::ERROR_COUNT_MAX;
use crate::atom::{Kind, Role};
use crate::error::LinkError;
use crate::resolve::{LinkerSymbol, Program, Value};

/// What stays.
pub(crate) struct Live {
    /// For each atom, whether it stays.
    pub(crate) atoms: Vec<bool>,
    /// What debuggers read about what stays.
    pub(crate) debug: Vec<u32>,
    /// Where the system starts.
    pub(crate) entry: (u32, u64),
    /// What may be a mistake.
    pub(crate) warnings: Vec<LinkError>,
}

/// Follows references from the entry.
pub(crate) fn reach(program: &Program<'_, '_>, entry: &str) -> Result<Live, Vec<LinkError>> {
    let start = match program.globals.get(entry) {
        Some(Value::Atom(atom, offset)) if program.atoms[*atom as usize].kind == Kind::Text => {
            (*atom, *offset)
        }
        Some(_) => return Err(vec![LinkError::EntryNotCode { name: entry.to_owned() }]),
        None => return Err(vec![LinkError::NoEntry { name: entry.to_owned() }]),
    };
    let mut walk = Walk {
        program,
        live: vec![false; program.atoms.len()],
        work: Vec::new(),
        undefined: BTreeMap::new(),
        discarded: Vec::new(),
        init_wanted: false,
        inits: BTreeMap::new(),
        unused: BTreeSet::new(),
    };
    for (atom, content) in program.atoms.iter().enumerate() {
        let atom = atom as u32;
        if program.dropped.contains(&atom) {
            continue;
        }
        if content.keep && content.kind != Kind::Debug {
            walk.mark(atom);
        }
        if matches!(content.role, Role::Init(_)) {
            walk.inits.entry(program.object(atom)).or_default().push(atom);
        }
    }
    walk.mark(start.0);
    walk.run();

    if walk.undefined.is_empty() && walk.discarded.is_empty() {
        let mut warnings = Vec::new();
        if !walk.unused.is_empty() && !walk.init_wanted {
            let atoms = walk.unused.iter().take(8).map(|atom| program.describe(*atom)).collect();
            warnings.push(LinkError::InitUnused { atoms });
        }
        let debug = debug(program, &walk.live);
        return Ok(Live { atoms: walk.live, debug, entry: start, warnings });
    }
    let mut errors: Vec<LinkError> = walk
        .undefined
        .into_iter()
        .map(|(name, (from, count))| LinkError::Undefined {
            name,
            from: from.into_iter().map(|atom| program.describe(atom)).collect(),
            count,
        })
        .chain(walk.discarded)
        .take(ERROR_COUNT_MAX + 1)
        .collect();
    if errors.len() > ERROR_COUNT_MAX {
        errors[ERROR_COUNT_MAX] = LinkError::More;
    }
    Err(errors)
}

/// Atoms for debuggers of the objects of which anything stays.
fn debug(program: &Program<'_, '_>, live: &[bool]) -> Vec<u32> {
    let all = || (0..program.atoms.len() as u32).filter(|atom| !program.dropped.contains(atom));
    let is_debug = |atom: &u32| program.atoms[*atom as usize].kind == Kind::Debug;
    if !all().any(|atom| is_debug(&atom)) {
        return Vec::new();
    }
    let objects: BTreeSet<(u32, u32)> =
        all().filter(|atom| live[*atom as usize]).map(|atom| program.object(atom)).collect();
    all().filter(is_debug).filter(|atom| objects.contains(&program.object(*atom))).collect()
}

struct Walk<'p, 'r, 'a> {
    program: &'p Program<'r, 'a>,
    live: Vec<bool>,
    work: Vec<u32>,
    undefined: BTreeMap<String, (Vec<u32>, u64)>,
    discarded: Vec<LinkError>,
    /// Whether something walks the list of functions to be called at start.
    init_wanted: bool,
    /// Such functions by the object they are for.
    inits: BTreeMap<(u32, u32), Vec<u32>>,
    /// Such functions whose object stays.
    unused: BTreeSet<u32>,
}

impl Walk<'_, '_, '_> {
    fn mark(&mut self, atom: u32) {
        if !core::mem::replace(&mut self.live[atom as usize], true) {
            self.work.push(atom);
        }
    }

    fn run(&mut self) {
        while let Some(atom) = self.work.pop() {
            for reloc in &self.program.atoms[atom as usize].relocs {
                match self.program.value(atom, reloc.symbol) {
                    Value::Atom(target, _) if self.program.atoms[target as usize].kind != Kind::Debug => {
                        self.mark(target);
                    }
                    Value::Undefined => {
                        let name = self.program.symbol_name(atom, reloc.symbol);
                        let (from, count) = self.undefined.entry(name).or_default();
                        if !from.contains(&atom) && (from.len() < 8 || from.last() != Some(&atom)) {
                            *count += 1;
                            if from.len() < 8 {
                                from.push(atom);
                            }
                        }
                    }
                    Value::Discarded | Value::Atom(..) => {
                        if self.discarded.len() <= ERROR_COUNT_MAX {
                            self.discarded.push(LinkError::Discarded {
                                from: self.program.describe(atom),
                                offset: reloc.offset.into(),
                                name: self.program.symbol_name(atom, reloc.symbol),
                            });
                        }
                    }
                    Value::Linker(LinkerSymbol::InitStart | LinkerSymbol::InitEnd) => {
                        if !core::mem::replace(&mut self.init_wanted, true) {
                            for atom in core::mem::take(&mut self.unused) {
                                self.mark(atom);
                            }
                        }
                    }
                    Value::Absolute(_) | Value::Linker(_) | Value::Zero => {}
                }
            }
            if let Some(inits) = self.inits.remove(&self.program.object(atom)) {
                for init in inits {
                    if self.init_wanted {
                        self.mark(init);
                    } else if !self.live[init as usize] {
                        self.unused.insert(init);
                    }
                }
            }
        }
    }
}
