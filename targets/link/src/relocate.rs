//! Addresses into bytes.
//!
//! [`plan`] decides, before anything has an address, which references go through a slot of the global
//! offset table and which of those become direct ones; [`apply`] computes and writes. A value that does
//! not fit its form is an error, and so is one that is not a multiple of what the form counts in.
//!
//! A weak reference to nothing is zero, relative to the image: in an image for any address, code that
//! tests for it has to load the address from a slot or from data, as compilers do.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::atom::{Kind, Reloc, RelocKind};
use crate::error::LinkError;
use crate::layout::{self, NOWHERE};
use crate::reach::Live;
use crate::resolve::{Program, Value};
use crate::{ERROR_COUNT_MAX, OutputKind};

/// What a slot of the global offset table holds: a value plus an addend.
pub(crate) type Slot = (Value, i64);

/// What is known before addresses are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Slots in order of their first use.
    pub(crate) slots: Vec<Slot>,
    slot_of: BTreeMap<Slot, u32>,
    /// References by atom and offset that no longer go through a slot.
    direct: BTreeSet<(u32, u32)>,
    /// Words by atom and offset that need the load address added at start.
    pub(crate) relative: Vec<(u32, u32)>,
    /// How many slots need it.
    pub(crate) relative_slots: u64,
    /// For the low halves of addresses on RISC-V: index of the high half's relocation.
    high: BTreeMap<(u32, u64), u32>,
}

/// Finds slots, direct references and words to be changed at start.
pub(crate) fn plan(program: &Program<'_, '_>, live: &Live, kind: OutputKind) -> Result<Plan, Vec<LinkError>> {
    let mut plan = Plan::default();
    let mut errors = Errors::default();
    let mut kept: Vec<u32> = Vec::new();
    for (atom, content) in program.atoms.iter().enumerate() {
        if live.atoms[atom] && !content.relocs.is_empty() {
            kept.push(atom as u32);
        }
    }
    plan_high(program, &kept, &mut plan);
    for &atom in &kept {
        let indirect = indirect_a64(program, atom);
        let writable = !matches!(layout::kind_of(program, atom), Kind::Rodata | Kind::Text);
        for reloc in &program.atoms[atom as usize].relocs {
            let value = program.value(atom, reloc.symbol);
            let direct = match reloc.kind {
                RelocKind::GotRel32 | RelocKind::GotRel32Relax => {
                    placed(value) && rewrite_x64(&program.atoms[atom as usize].bytes, reloc).is_some()
                }
                RelocKind::A64GotPage21 | RelocKind::A64GotLo12 => {
                    placed(value) && !indirect.contains(&(reloc.symbol, reloc.addend))
                }
                RelocKind::RvGotHi20 => placed(value) && plan.direct.contains(&(atom, reloc.offset)),
                _ => {
                    if kind == OutputKind::StaticPie {
                        check_pie(program, atom, reloc, writable, &mut plan, &mut errors);
                    }
                    continue;
                }
            };
            if direct {
                plan.direct.insert((atom, reloc.offset));
                continue;
            }
            plan.direct.remove(&(atom, reloc.offset));
            let addend = if matches!(reloc.kind, RelocKind::GotRel32 | RelocKind::GotRel32Relax) {
                0
            } else {
                reloc.addend
            };
            let slot = (value, addend);
            if !plan.slot_of.contains_key(&slot) {
                plan.slot_of.insert(slot, plan.slots.len() as u32);
                plan.slots.push(slot);
                plan.relative_slots += u64::from(kind == OutputKind::StaticPie && placed(value));
            }
        }
    }
    errors.finish(plan)
}

/// Whether a value moves with the image.
pub(crate) fn placed(value: Value) -> bool {
    matches!(value, Value::Atom(..) | Value::Linker(_))
}

fn check_pie(
    program: &Program<'_, '_>,
    atom: u32,
    reloc: &Reloc,
    writable: bool,
    plan: &mut Plan,
    errors: &mut Errors,
) {
    use RelocKind as K;
    let value = program.value(atom, reloc.symbol);
    // Numbers stay where they are, so a distance to one is not known.
    let impossible = match value {
        Value::Atom(..) | Value::Linker(_) => match reloc.kind {
            K::Abs64 if writable => {
                plan.relative.push((atom, reloc.offset));
                false
            }
            K::Abs64 | K::Abs32 | K::Abs32S | K::Abs32Any => true,
            K::RvAbsHi20 | K::RvAbsLo12I | K::RvAbsLo12S => true,
            K::A64Mov0 | K::A64Mov1 | K::A64Mov2 | K::A64Mov3 => true,
            _ => false,
        },
        Value::Absolute(_) => {
            use RelocKind::{
                A64Adr21, A64Call26, A64Cond19, A64Literal19, A64Page21, A64Test14, Rel32, Rel64,
            };
            use RelocKind::{RvBranch, RvCall, RvHi20, RvJal, RvcBranch, RvcJump};
            let a64 =
                matches!(reloc.kind, A64Adr21 | A64Call26 | A64Cond19 | A64Literal19 | A64Page21 | A64Test14);
            let rv = matches!(reloc.kind, RvBranch | RvCall | RvHi20 | RvJal | RvcBranch | RvcJump);
            a64 || rv || matches!(reloc.kind, Rel32 | Rel64)
        }
        Value::Zero | Value::Undefined | Value::Discarded => false,
    };
    if impossible {
        errors.push(|| LinkError::NotRelocatable {
            from: program.describe(atom),
            offset: reloc.offset.into(),
            kind: reloc.kind,
            name: program.symbol_name(atom, reloc.symbol),
        });
    }
}

/// Pairs of symbol and addend whose slot an atom on Arm has to go through, since one of the
/// instructions that use it has no other form.
fn indirect_a64(program: &Program<'_, '_>, atom: u32) -> BTreeSet<(u32, i64)> {
    let content = program.atoms[atom as usize];
    let mut indirect = BTreeSet::new();
    for reloc in &content.relocs {
        let word = word(&content.bytes, reloc.offset);
        let known = match reloc.kind {
            // adrp
            RelocKind::A64GotPage21 => word & 0x9f00_0000 == 0x9000_0000,
            // ldr of 64 bits with an unsigned offset, into a register that `add` can write as well
            RelocKind::A64GotLo12 => word & 0xffc0_0000 == 0xf940_0000 && word & 0x1f != 31,
            _ => true,
        };
        if !known {
            indirect.insert((reloc.symbol, reloc.addend));
        }
    }
    indirect
}

/// Where high halves are, and which loads through slots become additions: those of which every low half
/// is a load of 64 bits in the same atom.
fn plan_high(program: &Program<'_, '_>, kept: &[u32], plan: &mut Plan) {
    for &atom in kept {
        for (index, reloc) in program.atoms[atom as usize].relocs.iter().enumerate() {
            if matches!(reloc.kind, RelocKind::RvHi20 | RelocKind::RvGotHi20) {
                plan.high.insert((atom, reloc.offset.into()), index as u32);
                if reloc.kind == RelocKind::RvGotHi20 {
                    plan.direct.insert((atom, reloc.offset));
                }
            }
        }
    }
    if plan.high.is_empty() {
        return;
    }
    for &atom in kept {
        let content = program.atoms[atom as usize];
        for reloc in &content.relocs {
            if !matches!(reloc.kind, RelocKind::RvLo12I | RelocKind::RvLo12S) {
                continue;
            }
            let Value::Atom(target, offset) = program.value(atom, reloc.symbol) else { continue };
            let load =
                reloc.kind == RelocKind::RvLo12I && word(&content.bytes, reloc.offset) & 0x707f == 0x3003;
            if !load || target != atom {
                plan.direct.remove(&(target, offset as u32));
            }
        }
    }
}

fn word(bytes: &[u8], offset: u32) -> u32 {
    let offset = offset as usize;
    bytes.get(offset..offset + 4).map_or(0, |word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
}

/// Another form of an instruction that loads a slot or jumps through one.
enum RewriteX64 {
    /// Load becomes `lea`.
    Lea,
    /// `call *slot` becomes `addr32 call`.
    Call,
    /// `jmp *slot` becomes `jmp` and `nop`: the distance is one byte earlier.
    Jump,
}

fn rewrite_x64(bytes: &[u8], reloc: &Reloc) -> Option<RewriteX64> {
    let at = reloc.offset as usize;
    if reloc.addend != -4 || at < 2 {
        return None;
    }
    let (opcode, operand) = (bytes[at - 2], bytes[at - 1]);
    let relax = reloc.kind == RelocKind::GotRel32Relax;
    // The operand has to be relative to the instruction; without a prefix of 64 bits the load would be of half an address.
    let wide = at >= 3 && bytes[at - 3] & 0xf8 == 0x48;
    match (opcode, operand) {
        (0x8b, operand) if operand & 0xc7 == 0x05 && wide => Some(RewriteX64::Lea),
        (0xff, 0x15) if relax => Some(RewriteX64::Call),
        (0xff, 0x25) if relax => Some(RewriteX64::Jump),
        _ => None,
    }
}

/// Where things are.
pub(crate) struct Places<'p> {
    /// Address of each atom that stays, [`NOWHERE`] of others; of what debuggers read, the place in its section.
    pub(crate) atoms: &'p [u64],
    /// Address of the global offset table.
    pub(crate) got: u64,
    /// Addresses of what the linker names.
    pub(crate) linker: &'p dyn Fn(crate::resolve::LinkerSymbol) -> u64,
}

impl Places<'_> {
    /// The address a value stands for.
    pub(crate) fn address(&self, value: Value) -> u64 {
        match value {
            Value::Atom(atom, offset) => self.atoms[atom as usize].wrapping_add(offset),
            Value::Absolute(value) => value,
            Value::Linker(symbol) => (self.linker)(symbol),
            Value::Zero | Value::Undefined | Value::Discarded => 0,
        }
    }

    /// What a slot holds.
    pub(crate) fn slot(&self, slot: &Slot) -> u64 {
        self.address(slot.0).wrapping_add(slot.1 as u64)
    }
}

/// Writes the addresses of one atom into a copy of its bytes.
pub(crate) fn apply(
    program: &Program<'_, '_>,
    plan: &Plan,
    places: &Places<'_>,
    atom: u32,
    bytes: &mut [u8],
    errors: &mut Errors,
) {
    let context = Context { program, plan, places, atom };
    for reloc in &program.atoms[atom as usize].relocs {
        if let Err(fault) = context.one(reloc, bytes) {
            errors.push(|| context.error(reloc, fault));
        }
    }
}

enum Fault {
    Range(i64),
    Multiple(i64, u64),
    Unpaired,
}

#[derive(Clone, Copy)]
struct Context<'p, 'r, 'a> {
    program: &'p Program<'r, 'a>,
    plan: &'p Plan,
    places: &'p Places<'p>,
    atom: u32,
}

impl Context<'_, '_, '_> {
    fn error(&self, reloc: &Reloc, fault: Fault) -> LinkError {
        let from = self.program.describe(self.atom);
        let name = self.program.symbol_name(self.atom, reloc.symbol);
        let (offset, kind) = (reloc.offset.into(), reloc.kind);
        match fault {
            Fault::Range(value) => LinkError::OutOfRange { from, offset, kind, name, value },
            Fault::Multiple(value, unit) => LinkError::Misaligned { from, offset, kind, name, value, unit },
            Fault::Unpaired => LinkError::Unpaired { from, offset },
        }
    }

    /// S + A.
    fn target(&self, reloc: &Reloc) -> u64 {
        let value = self.program.value(self.atom, reloc.symbol);
        match value {
            // Only what debuggers read may refer to what was dropped.
            Value::Atom(atom, _) if self.places.atoms[atom as usize] == NOWHERE => 0,
            _ => self.places.address(value).wrapping_add(reloc.addend as u64),
        }
    }

    /// Address of the slot of a symbol; `addend` is part of what it holds.
    fn slot(&self, atom: u32, reloc: &Reloc, addend: i64) -> u64 {
        let value = self.program.value(atom, reloc.symbol);
        let index = self.plan.slot_of.get(&(value, addend)).copied().unwrap_or(0);
        self.places.got + u64::from(index) * 8
    }

    fn one(&self, reloc: &Reloc, bytes: &mut [u8]) -> Result<(), Fault> {
        use RelocKind as K;
        let at = reloc.offset as usize;
        let place = self.places.atoms[self.atom as usize] + u64::from(reloc.offset);
        let target = self.target(reloc);
        let distance = target.wrapping_sub(place) as i64;
        let direct = || self.plan.direct.contains(&(self.atom, reloc.offset));
        match reloc.kind {
            K::Abs64 => put(bytes, at, &target.to_le_bytes()),
            K::Abs32 => put(bytes, at, &unsigned(target, 32)?.to_le_bytes()[..4]),
            K::Abs32S => put(bytes, at, &signed(target as i64, 32)?.to_le_bytes()[..4]),
            K::Abs32Any => {
                if unsigned(target, 32).is_err() {
                    signed(target as i64, 32)?;
                }
                put(bytes, at, &target.to_le_bytes()[..4]);
            }
            K::Rel32 => put(bytes, at, &signed(distance, 32)?.to_le_bytes()[..4]),
            K::Rel64 => put(bytes, at, &distance.to_le_bytes()),
            K::GotRel32 | K::GotRel32Relax => match rewrite_x64(bytes, reloc).filter(|_| direct()) {
                None => {
                    let slot = self.slot(self.atom, reloc, 0).wrapping_add(reloc.addend as u64);
                    put(bytes, at, &signed(slot.wrapping_sub(place) as i64, 32)?.to_le_bytes()[..4]);
                }
                Some(form) => {
                    let low = signed(distance, 32)?.to_le_bytes();
                    match form {
                        RewriteX64::Lea => bytes[at - 2] = 0x8d,
                        RewriteX64::Call => put(bytes, at - 2, &[0x67, 0xe8]),
                        RewriteX64::Jump => {
                            let low = signed(distance.wrapping_add(1), 32)?.to_le_bytes();
                            bytes[at - 2] = 0xe9;
                            put(bytes, at - 1, &low[..4]);
                            bytes[at + 3] = 0x90;
                            return Ok(());
                        }
                    }
                    put(bytes, at, &low[..4]);
                }
            },
            K::A64Call26 => {
                // A call of nothing, which a test beside it never lets happen, goes to the next instruction.
                let nothing = self.program.value(self.atom, reloc.symbol) == Value::Zero;
                let distance = if nothing { 4 } else { distance };
                let field = scaled(distance, 28, 4)? & 0x03ff_ffff;
                set(bytes, at, 0x03ff_ffff, field);
            }
            K::A64Page21 => page(bytes, at, place, target)?,
            K::A64AddLo12 => set(bytes, at, 0xfff << 10, (target as u32 & 0xfff) << 10),
            K::A64Lo12Scale1 => low12(bytes, at, target, 1)?,
            K::A64Lo12Scale2 => low12(bytes, at, target, 2)?,
            K::A64Lo12Scale4 => low12(bytes, at, target, 4)?,
            K::A64Lo12Scale8 => low12(bytes, at, target, 8)?,
            K::A64Lo12Scale16 => low12(bytes, at, target, 16)?,
            K::A64GotPage21 if direct() => page(bytes, at, place, target)?,
            K::A64GotPage21 => page(bytes, at, place, self.slot(self.atom, reloc, reloc.addend))?,
            K::A64GotLo12 if direct() => {
                // ldr xM, [xN, #] becomes add xM, xN, #
                let registers = word(bytes, reloc.offset) & 0x3ff;
                put(bytes, at, &(0x9100_0000 | (target as u32 & 0xfff) << 10 | registers).to_le_bytes());
            }
            K::A64GotLo12 => low12(bytes, at, self.slot(self.atom, reloc, reloc.addend), 8)?,
            K::A64Cond19 | K::A64Literal19 => {
                set(bytes, at, 0x7_ffff << 5, (scaled(distance, 21, 4)? & 0x7_ffff) << 5);
            }
            K::A64Test14 => set(bytes, at, 0x3fff << 5, (scaled(distance, 16, 4)? & 0x3fff) << 5),
            K::A64Adr21 => {
                let value = signed(distance, 21)? as u32;
                set(bytes, at, 0x60ff_ffe0, (value & 3) << 29 | (value >> 2 & 0x7_ffff) << 5);
            }
            K::A64Mov0 => set(bytes, at, 0xffff << 5, (target as u32 & 0xffff) << 5),
            K::A64Mov1 => set(bytes, at, 0xffff << 5, ((target >> 16) as u32 & 0xffff) << 5),
            K::A64Mov2 => set(bytes, at, 0xffff << 5, ((target >> 32) as u32 & 0xffff) << 5),
            K::A64Mov3 => set(bytes, at, 0xffff << 5, ((target >> 48) as u32 & 0xffff) << 5),
            K::RvCall => {
                set(bytes, at, 0xffff_f000, high20(distance)?);
                set(bytes, at + 4, 0xfff << 20, (distance as u32 & 0xfff) << 20);
            }
            K::RvHi20 => set(bytes, at, 0xffff_f000, high20(distance)?),
            K::RvGotHi20 => {
                set(bytes, at, 0xffff_f000, high20(self.high_value(self.atom, reloc, reloc.offset))?)
            }
            K::RvLo12I | K::RvLo12S => self.low_half(reloc, bytes)?,
            K::RvAbsHi20 => set(bytes, at, 0xffff_f000, high20(target as i64)?),
            K::RvAbsLo12I => set(bytes, at, 0xfff << 20, (target as u32 & 0xfff) << 20),
            K::RvAbsLo12S => store12(bytes, at, target as u32),
            K::RvBranch => {
                let value = even(distance, 13)?;
                let field = (value >> 12 & 1) << 31 | (value >> 5 & 0x3f) << 25 | (value >> 1 & 0xf) << 8;
                set(bytes, at, 0xfe00_0f80, field | (value >> 11 & 1) << 7);
            }
            K::RvJal => {
                let value = even(distance, 21)?;
                let field = (value >> 20 & 1) << 31 | (value >> 1 & 0x3ff) << 21 | (value >> 11 & 1) << 20;
                set(bytes, at, 0xffff_f000, field | (value >> 12 & 0xff) << 12);
            }
            K::RvcBranch => {
                let value = even(distance, 9)?;
                let field = (value >> 8 & 1) << 12 | (value >> 3 & 3) << 10 | (value >> 6 & 3) << 5;
                set16(bytes, at, 0x1c7c, field | (value >> 1 & 3) << 3 | (value >> 5 & 1) << 2);
            }
            K::RvcJump => {
                let value = even(distance, 12)?;
                let field = (value >> 11 & 1) << 12 | (value >> 4 & 1) << 11 | (value >> 8 & 3) << 9;
                let field = field | (value >> 10 & 1) << 8 | (value >> 6 & 1) << 7 | (value >> 7 & 1) << 6;
                set16(bytes, at, 0x1ffc, field | (value >> 1 & 7) << 3 | (value >> 5 & 1) << 2);
            }
            K::Add8 => change(bytes, at, 1, |old| old.wrapping_add(target)),
            K::Add16 => change(bytes, at, 2, |old| old.wrapping_add(target)),
            K::Add32 => change(bytes, at, 4, |old| old.wrapping_add(target)),
            K::Add64 => change(bytes, at, 8, |old| old.wrapping_add(target)),
            K::Sub6 => change(bytes, at, 1, |old| old & 0xc0 | old.wrapping_sub(target) & 0x3f),
            K::Sub8 => change(bytes, at, 1, |old| old.wrapping_sub(target)),
            K::Sub16 => change(bytes, at, 2, |old| old.wrapping_sub(target)),
            K::Sub32 => change(bytes, at, 4, |old| old.wrapping_sub(target)),
            K::Sub64 => change(bytes, at, 8, |old| old.wrapping_sub(target)),
            K::Set6 => change(bytes, at, 1, |old| old & 0xc0 | target & 0x3f),
            K::Set8 => change(bytes, at, 1, |_| target),
            K::Set16 => change(bytes, at, 2, |_| target),
            K::Set32 => change(bytes, at, 4, |_| target),
        }
        Ok(())
    }

    /// What the `auipc` at an offset of an atom and its low halves compute together, relative to it.
    fn high_value(&self, atom: u32, reloc: &Reloc, offset: u32) -> i64 {
        let place = self.places.atoms[atom as usize].wrapping_add(offset.into());
        let through_slot = reloc.kind == RelocKind::RvGotHi20 && !self.plan.direct.contains(&(atom, offset));
        let target = if through_slot {
            self.slot(atom, reloc, reloc.addend)
        } else {
            let value = self.program.value(atom, reloc.symbol);
            self.places.address(value).wrapping_add(reloc.addend as u64)
        };
        target.wrapping_sub(place) as i64
    }

    fn low_half(&self, reloc: &Reloc, bytes: &mut [u8]) -> Result<(), Fault> {
        let at = reloc.offset as usize;
        let Value::Atom(atom, offset) = self.program.value(self.atom, reloc.symbol) else {
            return Err(Fault::Unpaired);
        };
        let index = self.plan.high.get(&(atom, offset)).ok_or(Fault::Unpaired)?;
        let high = &self.program.atoms[atom as usize].relocs[*index as usize];
        let value = self.high_value(atom, high, high.offset);
        high20(value)?;
        if reloc.kind == RelocKind::RvLo12S {
            store12(bytes, at, value as u32);
            return Ok(());
        }
        if high.kind == RelocKind::RvGotHi20 && self.plan.direct.contains(&(atom, high.offset)) {
            // ld rd, lo(rs) becomes addi rd, rs, lo
            set(bytes, at, 0x707f, 0x13);
        }
        set(bytes, at, 0xfff << 20, (value as u32 & 0xfff) << 20);
        Ok(())
    }
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn set(bytes: &mut [u8], at: usize, mask: u32, field: u32) {
    let old = word(bytes, at as u32);
    put(bytes, at, &(old & !mask | field & mask).to_le_bytes());
}

fn set16(bytes: &mut [u8], at: usize, mask: u16, field: u32) {
    let old = u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    put(bytes, at, &(old & !mask | field as u16 & mask).to_le_bytes());
}

fn store12(bytes: &mut [u8], at: usize, value: u32) {
    set(bytes, at, 0xfe00_0f80, (value >> 5 & 0x7f) << 25 | (value & 0x1f) << 7);
}

fn change(bytes: &mut [u8], at: usize, width: usize, to: impl Fn(u64) -> u64) {
    let mut old = [0; 8];
    old[..width].copy_from_slice(&bytes[at..at + width]);
    put(bytes, at, &to(u64::from_le_bytes(old)).to_le_bytes()[..width]);
}

fn signed(value: i64, bits: u32) -> Result<i64, Fault> {
    let limit = 1_i64 << (bits - 1);
    if (-limit..limit).contains(&value) { Ok(value) } else { Err(Fault::Range(value)) }
}

fn unsigned(value: u64, bits: u32) -> Result<u64, Fault> {
    if value >> bits == 0 { Ok(value) } else { Err(Fault::Range(value as i64)) }
}

/// A distance of so many bits that counts in units.
fn scaled(value: i64, bits: u32, unit: u64) -> Result<u32, Fault> {
    signed(value, bits)?;
    if value % unit as i64 == 0 {
        Ok((value / unit as i64) as u32)
    } else {
        Err(Fault::Multiple(value, unit))
    }
}

/// A distance of so many bits of which the lowest is not written.
fn even(value: i64, bits: u32) -> Result<u32, Fault> {
    signed(value, bits)?;
    if value & 1 == 0 { Ok(value as u32) } else { Err(Fault::Multiple(value, 2)) }
}

/// The upper 20 of 32 bits, such that adding the lower 12 with their sign gives the value.
fn high20(value: i64) -> Result<u32, Fault> {
    match signed(value.wrapping_add(0x800), 32) {
        Ok(rounded) => Ok(rounded as u32 & 0xffff_f000),
        Err(_) => Err(Fault::Range(value)),
    }
}

fn page(bytes: &mut [u8], at: usize, place: u64, target: u64) -> Result<(), Fault> {
    let distance = (target & !0xfff).wrapping_sub(place & !0xfff) as i64;
    let pages = (signed(distance, 33)? >> 12) as u32;
    set(bytes, at, 0x60ff_ffe0, (pages & 3) << 29 | (pages >> 2 & 0x7_ffff) << 5);
    Ok(())
}

fn low12(bytes: &mut [u8], at: usize, target: u64, scale: u64) -> Result<(), Fault> {
    let low = target & 0xfff;
    if !low.is_multiple_of(scale) {
        return Err(Fault::Multiple(target as i64, scale));
    }
    set(bytes, at, 0xfff << 10, ((low / scale) as u32) << 10);
    Ok(())
}

/// Errors up to the number that is reported.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    list: Vec<LinkError>,
}

impl Errors {
    pub(crate) fn push(&mut self, error: impl FnOnce() -> LinkError) {
        match self.list.len() {
            len if len < ERROR_COUNT_MAX => self.list.push(error()),
            ERROR_COUNT_MAX => self.list.push(LinkError::More),
            _ => {}
        }
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, Vec<LinkError>> {
        if self.list.is_empty() { Ok(value) } else { Err(self.list) }
    }
}
