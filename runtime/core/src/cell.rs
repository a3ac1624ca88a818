//! Scalars that several can see, and slots of containers, which may hold one.

use s_abi::layout::{Cell, Val, kind, tag};

use crate::memory::{allocate, header, weak_target};
use crate::value::{CellRef, Slot, ValExt, counted};
use crate::vm::Vm;

/// A new cell with one reference; consumes the value.
#[inline]
#[must_use]
pub fn new(value: Val) -> CellRef {
    allocate(Cell { header: header(kind::CELL), value })
}

/// What a slot's content reads as, owned: through BOX and WEAK.
#[inline(always)]
#[must_use]
pub fn load(raw: Val) -> Val {
    if raw.w0 == tag::BOX || raw.w0 == tag::WEAK {
        return load_indirect(raw);
    }
    if raw.w0 == tag::UNDEF {
        return crate::value::UNDEF;
    }
    raw.retained()
}

#[cold]
fn load_indirect(raw: Val) -> Val {
    if raw.w0 == tag::WEAK {
        return weak_target(raw);
    }
    let inner = raw.pointer::<Cell>().value;
    if inner.w0 == tag::WEAK { weak_target(inner) } else { inner.retained() }
}

/// Stores into a slot, through BOX; consumes the value and releases what was there.
#[inline(always)]
pub fn store(vm: &mut Vm, mut slot: Slot, value: Val) {
    if slot.w0 == tag::BOX {
        let mut cell = slot.pointer::<Cell>();
        let old = core::mem::replace(&mut cell.value, value);
        vm.release(old);
        return;
    }
    let old = core::mem::replace(&mut *slot, value);
    vm.release(old);
}

/// What a cell holds, owned.
#[inline(always)]
#[must_use]
pub fn get(cell: CellRef) -> Val {
    load(cell.value)
}

/// Stores into a cell; consumes the value.
#[inline(always)]
pub fn set(vm: &mut Vm, mut cell: CellRef, value: Val) {
    let old = core::mem::replace(&mut cell.value, value);
    vm.release(old);
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
        return crate::value::Ptr(&raw mut cell.value);
    }
    slot
}
