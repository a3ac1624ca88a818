//! Entries of hashes for places in code that note where a constant key stands: the functions of the table
//! whose names end in `_site`, but for that of methods.

use s_abi::layout::{Site, Val};

use crate::cell;
use crate::containers::{missing_entry, special_slot, store_seen};
use crate::exception::Thrown;
use crate::hash;
use crate::value::{Ptr, Slot, Table, UNDEF};
use crate::vm::Vm;

/// `$h{k}` of a constant normal key.
#[inline(always)]
pub fn hash_get_site(vm: &mut Vm, table: Table, key: Val, site: i64) -> Result<Val, Thrown> {
    match hash::lookup_at_site(table, key, Ptr(site as *mut Site)) {
        Some(slot) => cell::fetch(vm, *slot),
        None if table.header.aux == 0 => Ok(UNDEF),
        None => missing_entry(vm, table, key),
    }
}

/// `$h{k} = V` of a constant normal key; the value is in memory.
pub fn hash_set_site(vm: &mut Vm, table: Table, key: Val, value: i64, site: i64) -> Result<(), Thrown> {
    // SAFETY: compiled code passes the address of a value that it gives away.
    let value = unsafe { (value as *const Val).read() };
    if table.header.aux == 0 {
        cell::assign(vm, hash::slot_at_site(table, key, Ptr(site as *mut Site)), value)
    } else {
        store_seen(vm, table, key, value)
    }
}

/// Place of an entry of a constant normal key.
#[inline(always)]
pub fn hash_slot_site(vm: &mut Vm, table: Table, key: Val, site: i64) -> Result<Slot, Thrown> {
    if table.header.aux != 0
        && let Some(slot) = special_slot(vm, table, key)?
    {
        return Ok(slot);
    }
    Ok(cell::target(hash::slot_at_site(table, key, Ptr(site as *mut Site))))
}
