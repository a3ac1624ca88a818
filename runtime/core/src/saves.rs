//! `local`: what was changed for the time of a scope, and putting it back.

use s_abi::layout::{Arr, Cell, Code, Hash, Val, tag};

use crate::array;
use crate::cell;
use crate::exception::Thrown;
use crate::hash;
use crate::magic::{is_tied_array, is_tied_hash};
use crate::output::Stream;
use crate::string::Text;
use crate::value::{Array, CellRef, FLAG_LOCAL, GlobRef, Ptr, Table, UNDEF, ValExt};
use crate::vm::Vm;

/// One thing to put back; it owns what it holds.
#[derive(Debug)]
pub enum Save {
    /// A glob's scalar.
    Scalar(GlobRef, Ptr<Cell>),
    /// A glob's array.
    Array(GlobRef, Ptr<Arr>),
    /// A glob's hash.
    Hash(GlobRef, Ptr<Hash>),
    /// A glob's function, perhaps null.
    Code(GlobRef, Ptr<Code>),
    /// A glob's stream, if it had one.
    Stream(GlobRef, Option<Ptr<Stream>>, bool),
    /// An element of an array.
    Element(Array, i64, Option<Val>),
    /// An element of a hash.
    Entry(Table, Val, Option<Val>),
    /// A special variable.
    Special(i64, Val),
    /// Nothing to put back: what a statement made, which ends with it.
    Temporary(Val),
}

/// A thing to put back and how: programs carry the ways that they use.
pub(crate) type Saved = (fn(&mut Vm, Save), Save);

impl Vm {
    /// Puts everything back that was saved since.
    pub fn restore_saves(&mut self, mark: usize) {
        while self.saves.len() > mark {
            let Some((restore, save)) = self.saves.pop() else { break };
            restore(self, save);
        }
    }
}

fn restore_variable(vm: &mut Vm, save: Save) {
    match save {
        Save::Scalar(mut glob, old) => {
            let new = core::mem::replace(&mut glob.scalar, old.0);
            vm.release_ptr(Ptr(new));
        }
        Save::Array(mut glob, old) => {
            let new = core::mem::replace(&mut glob.array, old.0);
            crate::glob::array_replaced(vm, glob);
            vm.release_ptr(Ptr(new));
        }
        Save::Hash(mut glob, old) => {
            let new = core::mem::replace(&mut glob.hash, old.0);
            vm.watch_special(glob);
            vm.release_ptr(Ptr(new));
        }
        Save::Code(mut glob, old) => {
            let new = core::mem::replace(&mut glob.code, old.0);
            vm.retire(new);
            vm.classes.changed();
        }
        _ => {}
    }
}

fn restore_stream(vm: &mut Vm, save: Save) {
    let Save::Stream(mut glob, old, was_local) = save else { return };
    if !was_local {
        glob.header.flags &= !FLAG_LOCAL;
    }
    crate::output::put_stream(vm, glob, old);
}

fn restore_element(vm: &mut Vm, save: Save) {
    let Save::Element(mut array, index, old) = save else { return };
    let removed = match old {
        // What the methods of a tied array throw here is thrown by nobody.
        Some(value) if is_tied_array(array) => {
            let _ = crate::containers::arr_set(vm, array, index, value);
            UNDEF
        }
        Some(shared) if shared.w0 == tag::BOX => match array::slot(&mut array, index) {
            Ok(mut slot) => core::mem::replace(&mut *slot, shared),
            Err(_) => shared,
        },
        Some(value) => {
            let _ = array::set(vm, &mut array, index, value);
            UNDEF
        }
        None => array::delete(vm, &mut array, index),
    };
    vm.release(removed);
    vm.release_ptr(array);
}

fn restore_entry(vm: &mut Vm, save: Save) {
    let Save::Entry(table, key, old) = save else { return };
    let normal = hash::normal(key);
    if vm.is_signals(table) {
        vm.arm_signal(key, old.unwrap_or(UNDEF));
    }
    match old {
        Some(value) if is_tied_hash(table) => {
            let _ = crate::containers::hash_set(vm, table, key, value);
        }
        None if is_tied_hash(table) => {
            let removed = crate::containers::hash_delete(vm, table, key);
            vm.release(removed.unwrap_or(UNDEF));
        }
        Some(shared) if shared.w0 == tag::BOX => {
            let mut slot = hash::slot(table, normal);
            let new = core::mem::replace(&mut *slot, shared);
            vm.release(new);
        }
        Some(value) => hash::set(vm, table, normal, value),
        None => {
            let removed = hash::delete(vm, table, normal);
            vm.release(removed.unwrap_or(UNDEF));
        }
    }
    vm.release(key);
    vm.release_ptr(table);
}

fn restore_special(vm: &mut Vm, save: Save) {
    let Save::Special(number, value) = save else { return };
    let _ = crate::special::special_set(vm, number, value);
    vm.release(value);
}

fn end_temporary(vm: &mut Vm, save: Save) {
    let Save::Temporary(value) = save else { return };
    vm.release(value);
}

/// What a value refers to lives until its statement ends, whose mark was taken by [`local_mark`].
pub fn keep_temporary(vm: &mut Vm, value: Val) {
    if value.is_reference() {
        vm.saves.push((end_temporary, Save::Temporary(value.retained())));
    }
}

/// The same of everything that a list refers to, which stays.
pub fn keep_temporaries(vm: &mut Vm, mark: i64) {
    let kept: alloc::vec::Vec<Val> =
        vm.list(mark).iter().copied().filter(|value| value.is_reference()).collect();
    for value in kept {
        keep_temporary(vm, value);
    }
}

/// How much is saved.
pub fn local_mark(vm: &mut Vm) -> i64 {
    vm.saves.len() as i64
}

/// Puts back what was saved since.
pub fn local_restore(vm: &mut Vm, mark: i64) {
    vm.restore_saves(mark.max(0) as usize);
}

/// `local $x`: a new undefined scalar.
pub fn local_scalar(vm: &mut Vm, glob: GlobRef) {
    let fresh = cell::new(UNDEF);
    local_alias_owned(vm, glob, fresh);
}

/// Binds the name to a cell.
pub fn local_alias(vm: &mut Vm, glob: GlobRef, cell: CellRef) {
    local_alias_owned(vm, glob, cell.retained());
}

fn local_alias_owned(vm: &mut Vm, mut glob: GlobRef, cell: CellRef) {
    let old = core::mem::replace(&mut glob.scalar, cell.0);
    vm.saves.push((restore_variable, Save::Scalar(glob, Ptr(old))));
}

/// `local @x`
pub fn local_array(vm: &mut Vm, mut glob: GlobRef) {
    let old = core::mem::replace(&mut glob.array, array::new().0);
    crate::glob::array_replaced(vm, glob);
    vm.saves.push((restore_variable, Save::Array(glob, Ptr(old))));
}

/// `local %x`
pub fn local_hash(vm: &mut Vm, mut glob: GlobRef) {
    let old = core::mem::replace(&mut glob.hash, hash::new().0);
    vm.watch_special(glob);
    vm.saves.push((restore_variable, Save::Hash(glob, Ptr(old))));
}

/// `local *f = sub`: the function stays until it is replaced.
pub fn local_code(vm: &mut Vm, glob: GlobRef) {
    if !glob.code.is_null() {
        let _kept = Ptr(glob.code).retained();
    }
    vm.saves.push((restore_variable, Save::Code(glob, Ptr(glob.code))));
}

/// `local *x`: the name has no file or directory.
pub fn local_handle(vm: &mut Vm, glob: GlobRef) {
    let mut glob = glob;
    let old = crate::output::take_stream(glob);
    let was_local = glob.header.flags & FLAG_LOCAL != 0;
    glob.header.flags |= FLAG_LOCAL;
    vm.saves.push((restore_stream, Save::Stream(glob, old, was_local)));
}

/// `local $a[i]`
pub fn local_arr_elem(vm: &mut Vm, array: Array, index: i64) -> Result<(), Thrown> {
    if is_tied_array(array) {
        let old = crate::containers::arr_fetch(vm, array, index)?;
        crate::containers::arr_set(vm, array, index, UNDEF)?;
        vm.saves.push((restore_element, Save::Element(array.retained(), index, Some(old))));
        return Ok(());
    }
    let at = match array::place(&array, index) {
        Some(at) => at as i64,
        None if index < 0 => return Err(crate::containers::no_such_element(vm, index)),
        None => index,
    };
    let mut array = array;
    let there = array::exists(&array, at);
    // What others refer to stays as it is: the element gets a place of its own.
    if there
        && let Ok(mut slot) = array::slot(&mut array, at)
        && slot.w0 == tag::BOX
    {
        let shared = core::mem::replace(&mut *slot, UNDEF);
        vm.saves.push((restore_element, Save::Element(array.retained(), at, Some(shared))));
        return Ok(());
    }
    let old = there.then(|| array::get(&array, at));
    vm.saves.push((restore_element, Save::Element(array.retained(), at, old)));
    array::set(vm, &mut array, at, UNDEF).map_err(|_| crate::containers::no_such_element(vm, index))
}

/// `local @a[LIST]`; consumes the list from the mark.
pub fn local_arr_elems(vm: &mut Vm, array: Array, mark: i64) -> Result<(), Thrown> {
    each_of(vm, mark, |vm, index| {
        let index = vm.integer(index)?;
        local_arr_elem(vm, array, index)
    })
}

/// `local @h{LIST}`; consumes the list from the mark.
pub fn local_hash_elems(vm: &mut Vm, table: Table, mark: i64) -> Result<(), Thrown> {
    each_of(vm, mark, |vm, key| local_hash_elem(vm, table, key))
}

/// Does something with each value from the mark, until it throws; consumes the list.
fn each_of(
    vm: &mut Vm,
    mark: i64,
    mut act: impl FnMut(&mut Vm, Val) -> Result<(), Thrown>,
) -> Result<(), Thrown> {
    let list = vm.take_list(mark);
    let result = list.iter().try_for_each(|&value| act(vm, value));
    vm.release_all(&list);
    result
}

/// `local $h{k}`
pub fn local_hash_elem(vm: &mut Vm, table: Table, key: Val) -> Result<(), Thrown> {
    if is_tied_hash(table) {
        let exists = crate::containers::hash_exists(vm, table, key)?;
        let old = if exists { Some(crate::containers::hash_get(vm, table, key)?) } else { None };
        vm.saves.push((restore_entry, Save::Entry(table.retained(), key.retained(), old)));
        return Ok(());
    }
    let (normal, text) = vm.key(key)?;
    let old = match hash::lookup(table, normal) {
        // What others refer to stays as it is: the entry gets a place of its own.
        Some(mut slot) if slot.w0 == tag::BOX => Some(core::mem::replace(&mut *slot, UNDEF)),
        slot => {
            let old = slot.map(|slot| cell::load(*slot));
            hash::set(vm, table, normal, UNDEF);
            old
        }
    };
    let kept = match text {
        Some(text) => text.into_val(),
        None => Text(normal.retained()).into_val(),
    };
    vm.saves.push((restore_entry, Save::Entry(table.retained(), kept, old)));
    Ok(())
}

/// `local` of a special variable.
pub fn local_special(vm: &mut Vm, number: i64) {
    if let Ok(value) = crate::special::special_get(vm, number) {
        vm.saves.push((restore_special, Save::Special(number, value)));
        // `local $/;` leaves it undefined; what cannot be undefined keeps its value.
        if crate::special::may_be_undefined(number) {
            let _ = crate::special::special_set(vm, number, UNDEF);
        }
    }
}
