//! Scalars that several can see, and slots of containers, which may hold one.

use s_abi::layout::{Cell, Val, kind, tag};

use crate::exception::Thrown;
use crate::late;
use crate::memory::{allocate, header, weak_target};
use crate::value::{CellRef, Ptr, Slot, ValExt, counted};
use crate::vm::Vm;

/// A new cell with one reference; consumes the value.
#[inline]
#[must_use]
pub fn new(value: Val) -> CellRef {
    allocate(Cell { header: header(kind::CELL), value })
}

/// Whether a tag is one that only slots have.
#[inline(always)]
fn is_of_slots(raw: Val) -> bool {
    matches!(raw.w0, tag::BOX..=tag::MAGIC)
}

/// What a slot's content reads as, owned: through BOX and WEAK. A place with magic gives what it gave last:
/// only [`fetch`] asks what stands behind it.
#[inline(always)]
#[must_use]
pub fn load(raw: Val) -> Val {
    if is_of_slots(raw) {
        return load_indirect(raw);
    }
    if raw.w0 == tag::UNDEF {
        return crate::value::UNDEF;
    }
    raw.retained()
}

#[cold]
fn load_indirect(raw: Val) -> Val {
    match raw.w0 {
        tag::BOX => load(raw.pointer::<Cell>().value),
        tag::WEAK => weak_target(raw),
        _ => crate::magic::last(raw),
    }
}

/// What a slot's content reads as, owned; a place with magic is asked.
#[inline(always)]
pub fn fetch(vm: &mut Vm, raw: Val) -> Result<Val, Thrown> {
    if is_of_slots(raw) {
        return fetch_indirect(vm, raw);
    }
    Ok(if raw.w0 == tag::UNDEF { crate::value::UNDEF } else { raw.retained() })
}

#[cold]
fn fetch_indirect(vm: &mut Vm, raw: Val) -> Result<Val, Thrown> {
    match raw.w0 {
        tag::BOX => fetch(vm, raw.pointer::<Cell>().value),
        tag::WEAK => Ok(weak_target(raw)),
        _ => access(vm, raw, None),
    }
}

fn access(vm: &mut Vm, raw: Val, given: Option<Val>) -> Result<Val, Thrown> {
    match late::ACCESS.get() {
        Some(access) => access(vm, raw, given),
        None => Ok(crate::value::UNDEF),
    }
}

/// Stores into a slot, through BOX; consumes the value and releases what was there. For what the runtime
/// itself keeps in slots: where a place with magic refuses, it stays as it was.
#[inline(always)]
pub fn store(vm: &mut Vm, slot: Slot, value: Val) {
    let _ = assign(vm, slot, value);
}

/// Stores into a slot of the program, through BOX and by magic; consumes the value, whatever happens.
#[inline(always)]
pub fn assign(vm: &mut Vm, mut slot: Slot, value: Val) -> Result<(), Thrown> {
    if is_of_slots(*slot) {
        return assign_indirect(vm, slot, value);
    }
    let old = core::mem::replace(&mut *slot, value);
    vm.release(old);
    Ok(())
}

fn assign_indirect(vm: &mut Vm, mut slot: Slot, value: Val) -> Result<(), Thrown> {
    match slot.w0 {
        tag::BOX => assign(vm, Ptr(&raw mut slot.pointer::<Cell>().value), value),
        tag::MAGIC => access(vm, *slot, Some(value)).map(|_| ()),
        _ => {
            let old = core::mem::replace(&mut *slot, value);
            vm.release(old);
            Ok(())
        }
    }
}

/// What a cell holds, owned.
#[inline(always)]
#[must_use]
pub fn get(cell: CellRef) -> Val {
    load(cell.value)
}

/// Stores into a cell as [`store`] does; consumes the value.
#[inline(always)]
pub fn set(vm: &mut Vm, mut cell: CellRef, value: Val) {
    store(vm, Ptr(&raw mut cell.value), value);
}

/// Stores into a cell of the program as [`assign`] does; consumes the value.
#[inline(always)]
pub fn put(vm: &mut Vm, mut cell: CellRef, value: Val) -> Result<(), Thrown> {
    assign(vm, Ptr(&raw mut cell.value), value)
}

/// Makes a slot shared and gives its cell, owned.
#[must_use]
pub fn share(mut slot: Slot) -> CellRef {
    if slot.w0 == tag::BOX {
        return slot.pointer::<Cell>().retained();
    }
    let mut content = *slot;
    if content == crate::value::NONEXISTENT {
        content = crate::value::UNDEF;
    }
    let cell = new(content);
    *slot = counted(tag::BOX, cell.retained());
    cell
}

/// The place a slot's value really is at: itself, or inside the cell it shares.
#[must_use]
pub fn target(slot: Slot) -> Slot {
    if slot.w0 == tag::BOX {
        let mut cell = slot.pointer::<Cell>();
        return Ptr(&raw mut cell.value);
    }
    slot
}
