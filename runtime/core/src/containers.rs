//! What compiled code does with arrays, hashes, cells and references: the functions of the table
//! over `array`, `hash` and `cell`.
//!
//! Long because the table has a function for each thing that code does with a container.

use alloc::vec::Vec;

use s_abi::layout::{Cell, Header, IMMORTAL, Val, storage, tag, want};

use crate::array;
use crate::cell;
use crate::exception::Thrown;
use crate::hash;
use crate::magic::{self, Deed, Operation, is_tied_array, is_tied_hash};
use crate::string::string;
use crate::value::{
    Array, CellRef, NONEXISTENT, Ptr, Slot, Table, UNDEF, ValExt, aref, bytes, counted, href, int,
};
use crate::vm::Vm;

/// The error of a write before the start of an array.
#[cold]
pub fn no_such_element(vm: &mut Vm, index: i64) -> Thrown {
    if index >= 0 {
        return too_long(vm);
    }
    vm.die_fmt(format_args!("Modification of non-creatable array value attempted, subscript {index}"))
}

/// The error of an array that there is no memory for.
#[cold]
fn too_long(vm: &mut Vm) -> Thrown {
    vm.die(b"Out of memory: an array is too long")
}

/// Makes room in an array for the list from the mark, which is given up when there is no memory.
fn make_room(vm: &mut Vm, mut array: Array, mark: i64) -> Result<(), Thrown> {
    let more = vm.list(mark).len();
    if array::try_reserve(&mut array, more).is_some() {
        return Ok(());
    }
    vm.drop_list(mark);
    Err(too_long(vm))
}

// Arrays

/// A new array.
pub fn arr_new(_vm: &mut Vm) -> Array {
    array::new()
}

/// Gives up one reference.
pub fn arr_release(vm: &mut Vm, array: Array) {
    vm.release_ptr(array);
}

/// Packs the elements when all are floats.
pub fn arr_pack(_vm: &mut Vm, array: Array) {
    let mut array = array;
    array::pack(&mut array);
}

/// An empty array that nobody else has, in exchange for a reference to one.
pub fn arr_fresh(vm: &mut Vm, array: Array) -> Array {
    let mut array = array;
    if array.header.count == 1 && array.header.class == 0 && !is_tied_array(array) {
        array::clear(vm, &mut array);
        return array;
    }
    vm.release_ptr(array);
    array::new()
}

/// `\@a`
pub fn arr_ref(_vm: &mut Vm, array: Array) -> Val {
    aref(array.retained())
}

/// Length.
#[inline(always)]
pub fn arr_len(_vm: &mut Vm, array: Array) -> i64 {
    array.len as i64
}

/// Length of what may be tied.
pub fn arr_size(vm: &mut Vm, array: Array) -> Result<i64, Thrown> {
    if is_tied_array(array) { magic::size(vm, array) } else { Ok(array.len as i64) }
}

/// Element, owned.
#[inline(always)]
pub fn arr_get(vm: &mut Vm, array: Array, index: i64) -> Val {
    match array::place(&array, index) {
        Some(at) => array::value(vm, &array, at).unwrap_or(UNDEF),
        None => UNDEF,
    }
}

/// Element of what may be tied.
pub fn arr_fetch(vm: &mut Vm, array: Array, index: i64) -> Result<Val, Thrown> {
    match array::place(&array, index) {
        Some(at) => array::value(vm, &array, at),
        None if is_tied_array(array) => match magic::index(vm, array, index) {
            Ok(index) => magic::call(vm, array, b"FETCH", &[index]),
            Err(Thrown) => Ok(UNDEF),
        },
        None => Ok(UNDEF),
    }
}

/// Stores an element.
#[inline(always)]
pub fn arr_set(vm: &mut Vm, array: Array, index: i64, value: Val) -> Result<(), Thrown> {
    let mut array = array;
    if array.storage == storage::VAL
        && let Some(at) = array::place(&array, index)
        && let Some(mut cell) = array::values(&array).get(at).and_then(|raw| array::boxed(*raw))
    {
        return cell::assign(vm, Ptr(&raw mut cell.value), value);
    }
    if is_tied_array(array) {
        return set_tied(vm, array, index, value);
    }
    array::set(vm, &mut array, index, value).map_err(|error| no_such_element(vm, error.0))
}

#[cold]
fn set_tied(vm: &mut Vm, array: Array, index: i64, value: Val) -> Result<(), Thrown> {
    let done =
        magic::index(vm, array, index).and_then(|index| magic::tell(vm, array, b"STORE", &[index, value]));
    vm.release(value);
    done
}

/// Place of an element.
pub fn arr_slot(vm: &mut Vm, array: Array, index: i64) -> Result<Slot, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        return Err(vm.die(b"an element of a tied array has no place of its own"));
    }
    array::slot(&mut array, index).map(cell::target).map_err(|error| no_such_element(vm, error.0))
}

/// Element as a shared cell.
pub fn arr_cell(vm: &mut Vm, array: Array, index: i64) -> Result<CellRef, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        let index = magic::index(vm, array, index)?;
        return magic::element_cell(vm, array, index);
    }
    array::cell_at(&mut array, index).map_err(|error| no_such_element(vm, error.0))
}

/// Element as an array, made when undefined.
pub fn arr_get_arr(vm: &mut Vm, array: Array, index: i64) -> Result<Array, Thrown> {
    let mut array = array;
    if let Some(at) = array::place(&array, index)
        && let Some(Val { w0: tag::AREF, w1 }) = array::values(&array).get(at)
    {
        return Ok(Ptr(*w1 as *mut s_abi::layout::Arr).retained());
    }
    if is_tied_array(array) {
        let cell = arr_cell(vm, array, index)?;
        return within_cell(vm, cell, cell_arr);
    }
    let slot = array::slot(&mut array, index).map_err(|error| no_such_element(vm, error.0))?;
    slot_arr(vm, slot)
}

/// Element as a hash, made when undefined.
pub fn arr_get_hash(vm: &mut Vm, array: Array, index: i64) -> Result<Table, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        let cell = arr_cell(vm, array, index)?;
        return within_cell(vm, cell, cell_hash);
    }
    let slot = array::slot(&mut array, index).map_err(|error| no_such_element(vm, error.0))?;
    slot_hash(vm, slot)
}

/// What a cell refers to, the cell being given up.
fn within_cell<T>(
    vm: &mut Vm,
    cell: CellRef,
    get: fn(&mut Vm, CellRef) -> Result<T, Thrown>,
) -> Result<T, Thrown> {
    let found = get(vm, cell);
    vm.release_ptr(cell);
    found
}

/// Whether an element was stored.
pub fn arr_exists(vm: &mut Vm, array: Array, index: i64) -> Result<bool, Thrown> {
    if is_tied_array(array) {
        let Ok(index) = magic::index(vm, array, index) else { return Ok(false) };
        let found = magic::call(vm, array, b"EXISTS", &[index])?;
        let truth = vm.truth(found);
        vm.release(found);
        return truth;
    }
    Ok(array::exists(&array, index))
}

/// `delete $a[i]`
pub fn arr_delete(vm: &mut Vm, array: Array, index: i64) -> Result<Val, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        let Ok(index) = magic::index(vm, array, index) else { return Ok(UNDEF) };
        return magic::call(vm, array, b"DELETE", &[index]);
    }
    Ok(array::delete(vm, &mut array, index))
}

/// `$#a = n - 1`
pub fn arr_set_len(vm: &mut Vm, array: Array, len: i64) -> Result<(), Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        return magic::tell(vm, array, b"STORESIZE", &[int(len)]);
    }
    array::set_len(vm, &mut array, len).map_err(|error| no_such_element(vm, error.0))
}

/// `@a = ()`
pub fn arr_clear(vm: &mut Vm, array: Array) -> Result<(), Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        return magic::tell(vm, array, b"CLEAR", &[]);
    }
    array::clear(vm, &mut array);
    Ok(())
}

/// `push @a, V`
#[inline(always)]
pub fn arr_push(vm: &mut Vm, array: Array, value: Val) -> Result<(), Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        let done = magic::tell(vm, array, b"PUSH", &[value]);
        vm.release(value);
        return done;
    }
    if array::try_reserve(&mut array, 1).is_none() {
        vm.release(value);
        return Err(too_long(vm));
    }
    array::push(&mut array, value);
    Ok(())
}

/// `pop @a`
#[inline(always)]
pub fn arr_pop(vm: &mut Vm, array: Array) -> Result<Val, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        return magic::call(vm, array, b"POP", &[]);
    }
    Ok(array::pop(vm, &mut array))
}

/// `shift @a`
#[inline(always)]
pub fn arr_shift(vm: &mut Vm, array: Array) -> Result<Val, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        return magic::call(vm, array, b"SHIFT", &[]);
    }
    Ok(array::shift(vm, &mut array))
}

/// `push @a, LIST`
pub fn arr_push_list(vm: &mut Vm, array: Array, mark: i64) -> Result<i64, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        return give_tied(vm, array, b"PUSH", mark);
    }
    make_room(vm, array, mark)?;
    array::append_values(&mut array, vm.list(mark));
    vm.forget_list(mark);
    Ok(array.len as i64)
}

/// Gives a tied array the list from the mark, which is consumed; its size afterwards.
#[cold]
fn give_tied(vm: &mut Vm, array: Array, method: &'static [u8], mark: i64) -> Result<i64, Thrown> {
    let list = vm.take_list(mark);
    let done = magic::tell(vm, array, method, &list);
    vm.release_all(&list);
    done?;
    magic::size(vm, array)
}

/// `unshift @a, LIST`
pub fn arr_unshift_list(vm: &mut Vm, array: Array, mark: i64) -> Result<i64, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        return give_tied(vm, array, b"UNSHIFT", mark);
    }
    make_room(vm, array, mark)?;
    array::unshift_values(&mut array, vm.list(mark));
    vm.forget_list(mark);
    Ok(array.len as i64)
}

/// `@a = LIST` of a tied array.
#[cold]
fn assign_tied(vm: &mut Vm, array: Array, list: &[Val]) -> Result<(), Thrown> {
    magic::tell(vm, array, b"CLEAR", &[])?;
    if !list.is_empty() {
        magic::tell(vm, array, b"EXTEND", &[int(list.len() as i64)])?;
    }
    for (at, &value) in list.iter().enumerate() {
        magic::tell(vm, array, b"STORE", &[int(at as i64), value])?;
    }
    Ok(())
}

/// `@a = LIST`
pub fn arr_assign_list(vm: &mut Vm, array: Array, mark: i64) -> Result<(), Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        let list = vm.take_list(mark);
        let done = assign_tied(vm, array, &list);
        vm.release_all(&list);
        return done;
    }
    array::clear(vm, &mut array);
    make_room(vm, array, mark)?;
    array::append_values(&mut array, vm.list(mark));
    vm.forget_list(mark);
    Ok(())
}

/// `@a = @b`
pub fn arr_assign_arr(vm: &mut Vm, to: Array, from: Array) -> Result<(), Thrown> {
    if to == from {
        return Ok(());
    }
    if is_tied_array(to) || is_tied_array(from) {
        let mark = vm.height() as i64;
        vm.push_array(&from)?;
        return arr_assign_list(vm, to, mark);
    }
    let mut to = to;
    array::clear(vm, &mut to);
    // What the clearing destroyed may have changed either.
    array::clear(vm, &mut to);
    array::copy_into(&mut to, &from);
    Ok(())
}

/// An array of the list, which is consumed.
pub fn arr_from_list(vm: &mut Vm, mark: i64) -> Array {
    let array = array::from_values(vm.list(mark));
    vm.forget_list(mark);
    array
}

/// An array of a value so many times, which it consumes.
pub fn arr_repeat(vm: &mut Vm, value: Val, times: Val) -> Result<Array, Thrown> {
    let times = match vm.integer(times) {
        Ok(times) => times,
        Err(thrown) => {
            vm.release(value);
            return Err(thrown);
        }
    };
    let times = times.max(0) as u64;
    // As a list it would have to fit.
    if let Err(thrown) = vm.has_room(times) {
        vm.release(value);
        return Err(thrown);
    }
    let array = array::repeated(value, times as usize);
    vm.release(value);
    Ok(array)
}

/// An array of a copy of the list, but for its first values.
pub fn arr_from_list_at(vm: &mut Vm, mark: i64, skip: i64) -> Array {
    let mut array = array::new();
    for value in vm.list(mark).iter().skip(skip.max(0) as usize) {
        array::push(&mut array, value.retained());
    }
    array
}

/// `splice`
pub fn arr_splice(vm: &mut Vm, array: Array, mark: i64, wanted: i64) -> Result<Val, Thrown> {
    let mut array = array;
    if is_tied_array(array) {
        let list = vm.take_list(mark);
        let result = splice_tied(vm, array, &list, wanted as u64);
        vm.release_all(&list);
        return result;
    }
    let mut list = Vec::new();
    if list.try_reserve_exact(vm.list(mark).len()).is_err() {
        vm.drop_list(mark);
        return Err(too_long(vm));
    }
    list.extend_from_slice(vm.list(mark));
    vm.forget_list(mark);
    let len = array.len as i64;
    let offset = list.first().map_or(0, |&value| vm.index_of(value));
    let start = if offset < 0 { offset + len } else { offset.min(len) };
    if start < 0 {
        vm.release_all(&list);
        return Err(no_such_element(vm, offset));
    }
    let count = match list.get(1) {
        Some(&value) if !value.is_undef() => vm.index_of(value),
        _ => len - start,
    };
    let count = if count < 0 { (len - start + count).max(0) } else { count.min(len - start) };
    if array::try_reserve(&mut array, list.len()).is_none() {
        vm.release_all(&list);
        return Err(too_long(vm));
    }
    let mut removed = Vec::new();
    array::splice(vm, &mut array, start as usize, count as usize, list.get(2..).unwrap_or(&[]), &mut removed);
    vm.release_all(&list[..list.len().min(2)]);
    if wanted as u64 == want::LIST {
        let result = vm.height() as i64;
        vm.push_all(&removed)?;
        return Ok(vm.list_as_result(result, want::LIST));
    }
    let last = removed.pop().unwrap_or(UNDEF);
    vm.release_all(&removed);
    Ok(last)
}

/// `splice` of a tied array: by its method, or of all its elements where there is none.
#[cold]
fn splice_tied(vm: &mut Vm, array: Array, list: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let result = magic::tied(vm, array, Operation::Splice(list, wanted))?;
    if result != NONEXISTENT {
        return Ok(result);
    }
    let all = magic::elements(vm, array)?;
    let copy = array::from_values(&all);
    let mark = vm.height() as i64;
    for &value in list {
        vm.push(value.retained())?;
    }
    let result = arr_splice(vm, copy, mark, wanted as i64);
    let mut copy = copy;
    let rest = array::take_all(vm, &mut copy);
    vm.release_ptr(copy);
    let done = assign_tied(vm, array, &rest);
    vm.release_all(&rest);
    done.and(result)
}

/// `@a[LIST]`: the indexes become elements.
pub fn arr_slice(vm: &mut Vm, array: Array, mark: i64) -> Result<(), Thrown> {
    for slot in vm.list_mut(mark) {
        let index = vm.index_of(*slot);
        let value = arr_fetch(vm, array, index)?;
        let old = core::mem::replace(slot, value);
        vm.release(old);
    }
    Ok(())
}

/// `%a[LIST]`
pub fn arr_pairs(vm: &mut Vm, array: Array, mark: i64) -> Result<(), Thrown> {
    for index in vm.take_list(mark) {
        let at = vm.index_of(index);
        vm.push(index)?;
        let value = arr_fetch(vm, array, at)?;
        vm.push(value)?;
    }
    Ok(())
}

/// The indexes become references to elements.
pub fn arr_slice_cells(vm: &mut Vm, array: Array, mark: i64) -> Result<(), Thrown> {
    for slot in vm.list_mut(mark) {
        let index = vm.index_of(*slot);
        let cell = arr_cell(vm, array, index)?;
        let old = core::mem::replace(slot, counted(tag::SREF, cell));
        vm.release(old);
    }
    Ok(())
}

/// A reversed copy.
pub fn arr_reverse_copy(vm: &mut Vm, array: Array) -> Result<Array, Thrown> {
    let mut copy = if is_tied_array(array) {
        array::from_values(&magic::elements(vm, array)?)
    } else {
        array::copy_of(&array)
    };
    array::reverse(&mut copy);
    Ok(copy)
}

/// `each @a`
pub fn arr_each(vm: &mut Vm, array: Array, wanted: i64) -> Result<Val, Thrown> {
    let mark = vm.height() as i64;
    let mut array = array;
    array::forget_place(&mut array);
    let mut head = array.head();
    let at = i64::from(head.extra);
    if at >= arr_size(vm, array)? {
        head.extra = 0;
        return Ok(vm.list_as_result(mark, wanted as u64));
    }
    head.extra += 1;
    if wanted as u64 != want::LIST {
        return Ok(int(at));
    }
    vm.push(int(at))?;
    let value = arr_fetch(vm, array, at)?;
    vm.push(value)?;
    Ok(vm.list_as_result(mark, want::LIST))
}

/// Pushes the indexes.
pub fn arr_keys(vm: &mut Vm, array: Array) -> Result<(), Thrown> {
    array.head().extra = 0;
    for at in 0..arr_size(vm, array)? {
        vm.push(int(at))?;
    }
    Ok(())
}

/// `join SEP, @a`
pub fn arr_join(vm: &mut Vm, array: Array, separator: Val) -> Result<Val, Thrown> {
    if is_tied_array(array) {
        let mark = vm.height() as i64;
        vm.push_array(&array)?;
        return crate::list::list_join(vm, separator, mark);
    }
    let held = array.retained();
    let result = crate::convert::join_array(vm, &held, separator);
    vm.release_ptr(held);
    result
}

// Hashes

/// A new hash.
pub fn hash_new(_vm: &mut Vm) -> Table {
    hash::new()
}

/// Gives up one reference.
pub fn hash_release(vm: &mut Vm, table: Table) {
    vm.release_ptr(table);
}

/// An empty hash that nobody else has, in exchange for a reference to one.
pub fn hash_fresh(vm: &mut Vm, table: Table) -> Table {
    if table.header.count == 1 && table.header.class == 0 && !is_tied_hash(table) {
        hash::clear(vm, table);
        return table;
    }
    vm.release_ptr(table);
    hash::new()
}

/// `\%h`
pub fn hash_ref(_vm: &mut Vm, table: Table) -> Val {
    href(table.retained())
}

/// Number of entries.
#[inline(always)]
pub fn hash_len(_vm: &mut Vm, table: Table) -> i64 {
    table.len as i64
}

/// `$h{k}`
#[inline(always)]
pub fn hash_get(vm: &mut Vm, table: Table, key: Val) -> Result<Val, Thrown> {
    let (key, text) = vm.key(key)?;
    let value = entry_value(vm, table, key);
    drop(text);
    value
}

/// The value of a normal key; where there is none, what the hash says to that.
#[inline(always)]
fn entry_value(vm: &mut Vm, table: Table, key: Val) -> Result<Val, Thrown> {
    match hash::lookup(table, key) {
        Some(slot) => cell::fetch(vm, *slot),
        None if table.header.aux == 0 => Ok(UNDEF),
        None => missing_entry(vm, table, key),
    }
}

/// What a hash that is more than its entries has under a key that is none of them.
#[cold]
pub(crate) fn missing_entry(vm: &mut Vm, table: Table, key: Val) -> Result<Val, Thrown> {
    if !is_tied_hash(table) {
        return magic::allowed(vm, table, key, Deed::Access).map(|()| UNDEF);
    }
    let key = hash::key_text(key);
    let value = magic::call(vm, table, b"FETCH", &[key]);
    vm.release(key);
    value
}

/// Number of entries of what may be tied.
pub fn hash_size(vm: &mut Vm, table: Table) -> Result<i64, Thrown> {
    if !is_tied_hash(table) {
        return Ok(table.len as i64);
    }
    let size = magic::tied(vm, table, Operation::Size)?;
    let count = if size.is_int() { Ok(size.as_int()) } else { vm.truth(size).map(i64::from) };
    vm.release(size);
    count
}

/// `$h{k} = V`
#[inline(always)]
pub fn hash_set(vm: &mut Vm, table: Table, key: Val, value: Val) -> Result<(), Thrown> {
    match vm.key(key) {
        Ok((key, text)) => {
            let done = if table.header.aux == 0 {
                hash::assign(vm, table, key, value)
            } else {
                store_seen(vm, table, key, value)
            };
            drop(text);
            done
        }
        Err(thrown) => {
            vm.release(value);
            Err(thrown)
        }
    }
}

/// Stores into a hash that is watched: `%ENV`, `%SIG`, or one that is tied.
#[cold]
pub(crate) fn store_seen(vm: &mut Vm, table: Table, key: Val, value: Val) -> Result<(), Thrown> {
    if is_tied_hash(table) {
        let key = hash::key_text(key);
        let done = magic::tell(vm, table, b"STORE", &[key, value]);
        vm.release_all(&[key, value]);
        return done;
    }
    if hash::lookup(table, key).is_none()
        && let Err(thrown) = magic::allowed(vm, table, key, Deed::Access)
    {
        vm.release(value);
        return Err(thrown);
    }
    if is_environment(vm, table) {
        set_environment(vm, key, value);
    } else if vm.is_signals(table) {
        vm.arm_signal(key, value);
    }
    hash::assign(vm, table, key, value)
}

#[inline(always)]
fn is_environment(vm: &Vm, table: Table) -> bool {
    table.0 == vm.known.env.hash
}

#[cold]
fn set_environment(vm: &mut Vm, key: Val, value: Val) {
    if let (Ok(name), Ok(content)) = (vm.text(key), vm.text(value)) {
        s_sys::environment_set(&name, &content);
    }
}

/// Place of an entry.
#[inline(always)]
pub fn hash_slot(vm: &mut Vm, table: Table, key: Val) -> Result<Slot, Thrown> {
    if table.header.aux != 0
        && let Some(slot) = special_slot(vm, table, key)?
    {
        return Ok(slot);
    }
    let (key, text) = vm.key(key)?;
    let slot = hash::slot(table, key);
    drop(text);
    Ok(cell::target(slot))
}

/// The place that stands for an entry of a tied hash, which keeps it; a restricted one may refuse.
#[cold]
pub(crate) fn special_slot(vm: &mut Vm, table: Table, key: Val) -> Result<Option<Slot>, Thrown> {
    if is_tied_hash(table) {
        let mut cell = magic::element_cell(vm, table, key)?;
        let slot = Ptr(&raw mut cell.value);
        vm.release_ptr(cell);
        return Ok(Some(slot));
    }
    let (normal, text) = vm.key(key)?;
    let refused = match hash::lookup(table, normal) {
        Some(_) => Ok(()),
        None => magic::allowed(vm, table, normal, Deed::Access),
    };
    drop(text);
    refused.map(|()| None)
}

/// Entry as a shared cell.
pub fn hash_cell(vm: &mut Vm, table: Table, key: Val) -> Result<CellRef, Thrown> {
    if is_tied_hash(table) {
        return magic::element_cell(vm, table, key);
    }
    if table.header.aux != 0 {
        special_slot(vm, table, key)?;
    }
    let (key, text) = vm.key(key)?;
    let slot = hash::slot(table, key);
    drop(text);
    Ok(cell::share(slot))
}

/// Entry as a shared cell; a cell of its own where there is no such entry, which does not come into being.
pub fn hash_cell_there(vm: &mut Vm, table: Table, key: Val) -> Result<CellRef, Thrown> {
    if hash_exists(vm, table, key)? { hash_cell(vm, table, key) } else { Ok(cell::new(UNDEF)) }
}

/// Entry as an array, made when undefined.
pub fn hash_get_arr(vm: &mut Vm, table: Table, key: Val) -> Result<Array, Thrown> {
    let slot = hash_slot(vm, table, key)?;
    slot_arr(vm, slot)
}

/// Entry as a hash, made when undefined.
pub fn hash_get_hash(vm: &mut Vm, table: Table, key: Val) -> Result<Table, Thrown> {
    let slot = hash_slot(vm, table, key)?;
    slot_hash(vm, slot)
}

/// `exists $h{k}`
#[inline(always)]
pub fn hash_exists(vm: &mut Vm, table: Table, key: Val) -> Result<bool, Thrown> {
    if is_tied_hash(table) {
        return exists_tied(vm, table, key);
    }
    let (key, text) = vm.key(key)?;
    let found = hash::lookup(table, key).is_some();
    drop(text);
    Ok(found)
}

#[cold]
fn exists_tied(vm: &mut Vm, table: Table, key: Val) -> Result<bool, Thrown> {
    let found = magic::call(vm, table, b"EXISTS", &[key])?;
    let truth = vm.truth(found);
    vm.release(found);
    truth
}

/// `delete $h{k}`
pub fn hash_delete(vm: &mut Vm, table: Table, key: Val) -> Result<Val, Thrown> {
    if is_tied_hash(table) {
        return magic::call(vm, table, b"DELETE", &[key]);
    }
    let (key, text) = vm.key(key)?;
    if table.header.aux != 0 {
        magic::allowed(vm, table, key, Deed::Delete)?;
    }
    if is_environment(vm, table)
        && let Ok(name) = vm.text(key)
    {
        s_sys::environment_remove(&name);
    }
    if vm.is_signals(table) {
        vm.arm_signal(key, UNDEF);
    }
    let removed = hash::delete(vm, table, key);
    drop(text);
    Ok(removed.unwrap_or(UNDEF))
}

/// `%h = ()`
pub fn hash_clear(vm: &mut Vm, table: Table) -> Result<(), Thrown> {
    if is_tied_hash(table) {
        return magic::tell(vm, table, b"CLEAR", &[]);
    }
    if table.header.aux != 0 {
        clear_seen(vm, table)?;
    }
    hash::clear(vm, table);
    Ok(())
}

/// A hash that is watched is about to be emptied.
#[cold]
fn clear_seen(vm: &mut Vm, table: Table) -> Result<(), Thrown> {
    let mut done = Ok(());
    for (key, value) in hash::pairs(table) {
        let result = match vm.key(key) {
            Ok((normal, text)) => {
                let allowed = magic::allowed(vm, table, normal, Deed::Delete);
                drop(text);
                allowed
            }
            Err(thrown) => Err(thrown),
        };
        if is_environment(vm, table)
            && let Ok(name) = vm.text(key)
        {
            s_sys::environment_remove(&name);
        } else if vm.is_signals(table) {
            vm.arm_signal(key, UNDEF);
        }
        vm.release_all(&[key, value]);
        done = done.and(result);
    }
    done
}

/// `%h = LIST`: the number of elements of the list.
pub fn hash_assign_list(vm: &mut Vm, table: Table, mark: i64) -> Result<i64, Thrown> {
    let list = vm.take_list(mark);
    if let Some(from) = whole_hash(vm, &list) {
        let done = hash_assign_hash(vm, table, from);
        let count = 2 * table.len as i64;
        vm.release_all(&list);
        return done.map(|()| count);
    }
    hash_clear(vm, table)?;
    add_pairs(vm, table, &list)?;
    Ok(list.len() as i64)
}

/// In default mode a hash reference alone, where pairs are asked for, gives what it holds, so that it does not
/// matter whether a function gives a hash or a reference to one.
fn whole_hash(vm: &Vm, list: &[Val]) -> Option<Table> {
    match list {
        [only] if !vm.compat && only.w0 == tag::HREF && only.class() == 0 => only.as_table(),
        _ => None,
    }
}

/// Adds keys and values, which it consumes.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.containers.add_pairs"))]
pub fn add_pairs(vm: &mut Vm, table: Table, list: &[Val]) -> Result<(), Thrown> {
    for (at, pair) in list.chunks(2).enumerate() {
        let stored = match vm.key(pair[0]) {
            Ok((key, text)) => {
                let value = pair.get(1).copied().unwrap_or(UNDEF);
                let done = if table.header.aux == 0 {
                    hash::assign(vm, table, key, value)
                } else {
                    store_seen(vm, table, key, value)
                };
                drop(text);
                done
            }
            Err(thrown) => Err(thrown),
        };
        vm.release(pair[0]);
        if stored.is_err() {
            let rest = (at * 2 + 1).min(list.len());
            vm.release_all(&list[rest..]);
            return stored;
        }
    }
    Ok(())
}

/// `%h = %g`
pub fn hash_assign_hash(vm: &mut Vm, to: Table, from: Table) -> Result<(), Thrown> {
    if to == from {
        return Ok(());
    }
    if to.header.aux != 0 || is_tied_hash(from) {
        let mark = vm.height() as i64;
        crate::list::list_push_hash(vm, from)?;
        return hash_assign_list(vm, to, mark).map(|_| ());
    }
    hash::clear(vm, to);
    hash::copy_into(vm, to, from);
    Ok(())
}

/// A hash of the list, which is consumed.
pub fn hash_from_list(vm: &mut Vm, mark: i64) -> Result<Table, Thrown> {
    let list = vm.take_list(mark);
    let table = hash_for(list.len());
    if let Some(from) = whole_hash(vm, &list) {
        hash::copy_into(vm, table, from);
        vm.release_all(&list);
        return Ok(table);
    }
    match add_pairs(vm, table, &list) {
        Ok(()) => Ok(table),
        Err(thrown) => {
            vm.release_ptr(table);
            Err(thrown)
        }
    }
}

/// A new hash for a list of so many keys and values, with room for a few more entries.
fn hash_for(len: usize) -> Table {
    if len == 0 { hash::new() } else { hash::with_room(len.div_ceil(2).max(4), 0) }
}

/// A hash of a copy of the list, but for its first values.
pub fn hash_from_list_at(vm: &mut Vm, mark: i64, skip: i64) -> Result<Table, Thrown> {
    let list: Vec<Val> =
        vm.list(mark).iter().skip(skip.max(0) as usize).map(|value| value.retained()).collect();
    let table = hash_for(list.len());
    match add_pairs(vm, table, &list) {
        Ok(()) => Ok(table),
        Err(thrown) => {
            vm.release_ptr(table);
            Err(thrown)
        }
    }
}

/// `@h{LIST}`: the keys become values.
pub fn hash_slice(vm: &mut Vm, table: Table, mark: i64) -> Result<(), Thrown> {
    for slot in vm.list_mut(mark) {
        let value = hash_get(vm, table, *slot)?;
        let old = core::mem::replace(slot, value);
        vm.release(old);
    }
    Ok(())
}

/// `%h{LIST}`
pub fn hash_pairs(vm: &mut Vm, table: Table, mark: i64) -> Result<(), Thrown> {
    for key in vm.take_list(mark) {
        let value = hash_get(vm, table, key)?;
        vm.push(key)?;
        vm.push(value)?;
    }
    Ok(())
}

/// The keys become references to entries.
pub fn hash_slice_cells(vm: &mut Vm, table: Table, mark: i64) -> Result<(), Thrown> {
    for slot in vm.list_mut(mark) {
        let cell = hash_cell(vm, table, *slot)?;
        let old = core::mem::replace(slot, counted(tag::SREF, cell));
        vm.release(old);
    }
    Ok(())
}

/// `delete @h{LIST}`
pub fn hash_delete_slice(vm: &mut Vm, table: Table, mark: i64) -> Result<(), Thrown> {
    for slot in vm.list_mut(mark) {
        let value = hash_delete(vm, table, *slot)?;
        let old = core::mem::replace(slot, value);
        vm.release(old);
    }
    Ok(())
}

/// `each %h`
pub fn hash_each(vm: &mut Vm, table: Table, wanted: i64) -> Result<Val, Thrown> {
    let mark = vm.height() as i64;
    if is_tied_hash(table) {
        let key = magic::tied(vm, table, Operation::NextKey)?;
        if key.is_undef() {
            return Ok(vm.list_as_result(mark, wanted as u64));
        }
        vm.push(key)?;
        if wanted as u64 == want::LIST {
            let value = magic::call(vm, table, b"FETCH", &[key])?;
            vm.push(value)?;
        }
        return Ok(vm.list_as_result(mark, wanted as u64));
    }
    let Some(at) = hash::advance(table) else { return Ok(vm.list_as_result(mark, wanted as u64)) };
    if wanted as u64 != want::LIST {
        return Ok(hash::key_at(table, at));
    }
    vm.push(hash::key_at(table, at))?;
    let value = hash::value(vm, table, at)?;
    vm.push(value)?;
    Ok(vm.list_as_result(mark, want::LIST))
}

/// Pushes the keys.
pub fn hash_keys(vm: &mut Vm, table: Table) -> Result<(), Thrown> {
    if is_tied_hash(table) {
        return magic::tied(vm, table, Operation::Keys).map(|_| ());
    }
    hash::reset(table);
    let mut at = 0;
    while let Some(found) = hash::next(table, at) {
        vm.push(hash::key_at(table, found))?;
        at = found + 1;
    }
    Ok(())
}

/// Pushes the values.
pub fn hash_values(vm: &mut Vm, table: Table) -> Result<(), Thrown> {
    if is_tied_hash(table) {
        let mark = vm.height() as i64;
        magic::tied(vm, table, Operation::Keys)?;
        return hash_slice(vm, table, mark);
    }
    hash::reset(table);
    let mut at = 0;
    while let Some(found) = hash::next(table, at) {
        let value = hash::value(vm, table, found)?;
        vm.push(value)?;
        at = found + 1;
    }
    Ok(())
}

/// Position of the next live entry at or after one, or -1.
#[inline(always)]
pub fn hash_next(_vm: &mut Vm, table: Table, at: i64) -> i64 {
    hash::next(table, at.max(0) as usize).map_or(-1, |at| at as i64)
}

/// Key at a position.
#[inline(always)]
pub fn hash_key_at(_vm: &mut Vm, table: Table, at: i64) -> Val {
    hash::key_at(table, at.max(0) as usize)
}

/// Value at a position.
#[inline(always)]
pub fn hash_value_at(_vm: &mut Vm, table: Table, at: i64) -> Val {
    hash::value_at(table, at.max(0) as usize)
}

// References

/// The array a value refers to, by overloading and globs too; `None` for undef.
fn array_of(vm: &mut Vm, value: Val) -> Result<Option<Array>, Thrown> {
    match value.w0 {
        tag::AREF => return Ok(Some(value.pointer::<s_abi::layout::Arr>().retained())),
        tag::UNDEF if vm.refuses_undefined() => {
            return Err(vm.die(b"Can't use an undefined value as an ARRAY reference"));
        }
        tag::UNDEF => return Ok(None),
        tag::BOX..=tag::MAGIC => {
            let inner = cell::fetch(vm, value)?;
            let result = array_of(vm, inner);
            vm.release(inner);
            return result;
        }
        _ => {}
    }
    if let Some(glob) = crate::convert::as_glob(value) {
        return Ok(Some(vm.lend_array(glob)));
    }
    if value.class() != 0
        && let Some(result) = vm.overloaded_deref(value, b"@{}")?
    {
        if let Some(array) = result.as_array() {
            return Ok(Some(array));
        }
        vm.release(result);
    }
    if let Some(table) = crate::extension::set_of(value) {
        let mut array = array::new();
        for (key, content) in hash::pairs(table) {
            vm.release(key);
            array::push(&mut array, content);
        }
        return Ok(Some(array));
    }
    if vm.refuses_names() && !value.is_reference() {
        return Err(symbolic(vm, value, "an ARRAY"));
    }
    if value.is_string() && !bytes(&value).is_empty() {
        // A symbolic reference.
        let glob = vm.qualified_glob(bytes(&value), b"main");
        return Ok(Some(vm.lend_array(glob)));
    }
    Err(vm.die(b"Not an ARRAY reference"))
}

fn table_of(vm: &mut Vm, value: Val) -> Result<Option<Table>, Thrown> {
    match value.w0 {
        tag::HREF => return Ok(Some(value.pointer::<s_abi::layout::Hash>().retained())),
        tag::UNDEF if vm.refuses_undefined() => {
            return Err(vm.die(b"Can't use an undefined value as a HASH reference"));
        }
        tag::UNDEF => return Ok(None),
        tag::BOX..=tag::MAGIC => {
            let inner = cell::fetch(vm, value)?;
            let result = table_of(vm, inner);
            vm.release(inner);
            return result;
        }
        _ => {}
    }
    if let Some(object) = crate::class::object_of(value) {
        return Ok(Some(object.fields.retained()));
    }
    if let Some(glob) = crate::convert::as_glob(value) {
        return Ok(Some(Ptr(glob.hash).retained()));
    }
    if value.class() != 0
        && let Some(result) = vm.overloaded_deref(value, b"%{}")?
    {
        if let Some(table) = result.as_table() {
            return Ok(Some(table));
        }
        vm.release(result);
    }
    if vm.refuses_names() && !value.is_reference() {
        return Err(symbolic(vm, value, "a HASH"));
    }
    if value.is_string() && !bytes(&value).is_empty() {
        let name = bytes(&value).to_vec();
        if name.ends_with(b"::") {
            return Ok(Some(vm.symbol_table(&name).retained()));
        }
        let glob = vm.qualified_glob(&name, b"main");
        return Ok(Some(Ptr(glob.hash).retained()));
    }
    Err(vm.die(b"Not a HASH reference"))
}

fn cell_of(vm: &mut Vm, value: Val) -> Result<CellRef, Thrown> {
    match value.w0 {
        tag::SREF => return Ok(value.pointer::<Cell>().retained()),
        tag::UNDEF => return Err(vm.die(b"Can't use an undefined value as a SCALAR reference")),
        _ => {}
    }
    if value.w0 == tag::GLOB {
        return Ok(Ptr(value.pointer::<s_abi::layout::Glob>().scalar).retained());
    }
    if value.class() != 0
        && let Some(result) = vm.overloaded_deref(value, b"${}")?
    {
        if result.w0 == tag::SREF {
            return Ok(result.pointer());
        }
        vm.release(result);
    }
    if vm.refuses_names() && !value.is_reference() {
        return Err(symbolic(vm, value, "a SCALAR"));
    }
    if value.is_string() && !bytes(&value).is_empty() {
        let glob = vm.qualified_glob(bytes(&value), b"main");
        return Ok(Ptr(glob.scalar).retained());
    }
    Err(vm.die(b"Not a SCALAR reference"))
}

/// `@{V}` for reading.
#[inline(always)]
pub fn deref_arr(vm: &mut Vm, value: Val) -> Result<Array, Thrown> {
    if let Some(array) = value.as_array() {
        return Ok(array.retained());
    }
    Ok(array_of(vm, value)?.unwrap_or_else(array::new))
}

/// `%{V}` for reading.
#[inline(always)]
pub fn deref_hash(vm: &mut Vm, value: Val) -> Result<Table, Thrown> {
    if let Some(table) = value.as_table() {
        return Ok(table.retained());
    }
    Ok(table_of(vm, value)?.unwrap_or_else(hash::new))
}

/// `${V}` for reading.
pub fn deref_scalar(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if value.is_undef() && !vm.compat {
        return Ok(UNDEF);
    }
    let cell = cell_of(vm, value)?;
    let content = cell::fetch(vm, cell.value);
    vm.release_ptr(cell);
    content
}

/// `${V}` as a place.
pub fn deref_cell(vm: &mut Vm, value: Val) -> Result<CellRef, Thrown> {
    cell_of(vm, value)
}

/// The value, which the caller dereferences; undef becomes a reference to a new array.
pub fn viv_arr(_: &mut Vm, value: Val) -> Result<Val, Thrown> {
    Ok(if holds_nothing(value) { aref(array::new()) } else { value.retained() })
}

/// The value, which the caller dereferences; undef becomes a reference to a new hash. An object stays
/// what it is: its class is not that of its hash.
pub fn viv_hash(_: &mut Vm, value: Val) -> Result<Val, Thrown> {
    Ok(if holds_nothing(value) { href(hash::new()) } else { value.retained() })
}

/// The value, which the caller dereferences; undef becomes a reference to a new scalar.
pub fn viv_scalar(_: &mut Vm, value: Val) -> Result<Val, Thrown> {
    Ok(if holds_nothing(value) { counted(tag::SREF, cell::new(UNDEF)) } else { value.retained() })
}

/// Whether a value is undefined, itself or in the cell it stands for.
fn holds_nothing(value: Val) -> bool {
    match value.w0 {
        tag::UNDEF => true,
        tag::BOX => cell::target(Ptr(core::ptr::from_ref(&value).cast_mut())).w0 == tag::UNDEF,
        _ => false,
    }
}

/// The array a slot refers to, made when undefined.
pub fn slot_arr(vm: &mut Vm, slot: Slot) -> Result<Array, Thrown> {
    let mut slot = cell::target(slot);
    if slot.w0 == tag::UNDEF {
        let array = array::new();
        *slot = aref(array.retained());
        return Ok(array);
    }
    if slot.w0 == tag::MAGIC {
        return within_magic(vm, slot, viv_arr, deref_arr);
    }
    Ok(array_of(vm, *slot)?.unwrap_or_else(array::new))
}

/// The hash a slot refers to, made when undefined.
pub fn slot_hash(vm: &mut Vm, slot: Slot) -> Result<Table, Thrown> {
    let mut slot = cell::target(slot);
    if slot.w0 == tag::UNDEF {
        let table = hash::new();
        *slot = href(table.retained());
        return Ok(table);
    }
    if slot.w0 == tag::MAGIC {
        return within_magic(vm, slot, viv_hash, deref_hash);
    }
    Ok(table_of(vm, *slot)?.unwrap_or_else(hash::new))
}

/// What a place with magic refers to, which is made and stored there when it is nothing.
#[cold]
fn within_magic<T>(
    vm: &mut Vm,
    slot: Slot,
    vivify: fn(&mut Vm, Val) -> Result<Val, Thrown>,
    dereference: fn(&mut Vm, Val) -> Result<T, Thrown>,
) -> Result<T, Thrown> {
    let old = cell::fetch(vm, *slot)?;
    let reference = vivify(vm, old)?;
    let stored = if old.is_undef() { cell::assign(vm, slot, reference.retained()) } else { Ok(()) };
    let found = stored.and_then(|()| dereference(vm, reference));
    vm.release_all(&[old, reference]);
    found
}

/// A reference to a new cell.
pub fn scalar_ref(_vm: &mut Vm, value: Val) -> Val {
    counted(tag::SREF, cell::new(value))
}

/// A new cell.
pub fn cell_new(_vm: &mut Vm, value: Val) -> CellRef {
    cell::new(value)
}

/// Gives up one reference.
pub fn cell_release(vm: &mut Vm, cell: CellRef) {
    vm.release_ptr(cell);
}

/// What a cell holds.
#[inline(always)]
pub fn cell_get(vm: &mut Vm, cell: CellRef) -> Val {
    cell::fetch(vm, cell.value).unwrap_or(UNDEF)
}

/// What a cell holds that may be tied.
pub fn cell_fetch(vm: &mut Vm, cell: CellRef) -> Result<Val, Thrown> {
    cell::fetch(vm, cell.value)
}

/// Stores into a cell.
#[inline(always)]
pub fn cell_set(vm: &mut Vm, cell: CellRef, value: Val) -> Result<(), Thrown> {
    cell::put(vm, cell, value)
}

/// `\$x`
pub fn cell_ref(_vm: &mut Vm, cell: CellRef) -> Val {
    counted(tag::SREF, cell.retained())
}

/// The array a cell refers to, made when undefined.
pub fn cell_arr(vm: &mut Vm, cell: CellRef) -> Result<Array, Thrown> {
    let mut cell = cell;
    let slot = Ptr(&raw mut cell.value);
    slot_arr(vm, slot)
}

/// The hash a cell refers to, made when undefined.
pub fn cell_hash(vm: &mut Vm, cell: CellRef) -> Result<Table, Thrown> {
    let mut cell = cell;
    let slot = Ptr(&raw mut cell.value);
    slot_hash(vm, slot)
}

/// What a slot holds.
#[inline(always)]
pub fn slot_get(vm: &mut Vm, slot: Slot) -> Val {
    cell::fetch(vm, *slot).unwrap_or(UNDEF)
}

/// What a slot holds that may be tied.
pub fn slot_fetch(vm: &mut Vm, slot: Slot) -> Result<Val, Thrown> {
    cell::fetch(vm, *slot)
}

/// Stores into a slot.
#[inline(always)]
pub fn slot_set(vm: &mut Vm, slot: Slot, value: Val) -> Result<(), Thrown> {
    cell::assign(vm, slot, value)
}

/// Takes what a slot holds and leaves undef.
#[inline(always)]
pub fn slot_take(vm: &mut Vm, slot: Slot) -> Result<Val, Thrown> {
    let mut slot = cell::target(slot);
    if matches!(slot.w0, tag::WEAK | tag::MAGIC) {
        return cell::fetch(vm, *slot);
    }
    let value = core::mem::replace(&mut *slot, UNDEF);
    Ok(if value.is_undef() { UNDEF } else { value })
}

/// `weaken`
pub fn weaken(vm: &mut Vm, slot: Slot) -> Result<(), Thrown> {
    let mut slot = cell::target(slot);
    vm.weaken_slot(&mut slot);
    Ok(())
}

/// `keys`, `values`, `each` (0, 1, 2) of a reference.
pub fn part_of_ref(vm: &mut Vm, value: Val, which: i64, wanted: i64) -> Result<Val, Thrown> {
    let mark = vm.height() as i64;
    let listed = wanted as u64 == want::LIST;
    if value.w0 == tag::AREF {
        let array: Array = value.pointer();
        return Ok(match which {
            2 => arr_each(vm, array, wanted)?,
            _ if !listed => {
                array.head().extra = 0;
                int(arr_size(vm, array)?)
            }
            0 => {
                arr_keys(vm, array)?;
                vm.list_as_result(mark, want::LIST)
            }
            _ => {
                vm.push_array(&array)?;
                vm.list_as_result(mark, want::LIST)
            }
        });
    }
    let Some(table) = table_of(vm, value)? else {
        return Ok(if which == 2 || listed { vm.list_as_result(mark, wanted as u64) } else { int(0) });
    };
    let result = match which {
        2 => hash_each(vm, table, wanted),
        _ if !listed => {
            hash::reset(table);
            hash_size(vm, table).map(int)
        }
        0 => hash_keys(vm, table).map(|()| vm.list_as_result(mark, want::LIST)),
        _ => hash_values(vm, table).map(|()| vm.list_as_result(mark, want::LIST)),
    };
    vm.release_ptr(table);
    result
}

/// `undef V`: empties what a reference refers to.
pub fn undef_value(vm: &mut Vm, value: Val) -> Result<(), Thrown> {
    match value.w0 {
        tag::AREF => arr_clear(vm, value.pointer()),
        tag::HREF => hash_clear(vm, value.pointer()),
        tag::SREF => cell::put(vm, value.pointer(), UNDEF),
        tag::CODE => {
            crate::code::undefine(vm, value.pointer());
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Bit of flip-flop numbers: the three-dot form, which does not test the end where it starts.
const THREE_DOTS: i64 = 1 << 62;

/// The flip-flop `..`: its number, whether it starts, whether it ends.
pub fn flip_flop(vm: &mut Vm, number: i64, starts: bool, ends: bool) -> Val {
    let count = vm.flip_flops.get(&number).copied().unwrap_or(0);
    if count == 0 && !starts {
        return if vm.compat { vm.boolean(false) } else { int(0) };
    }
    let count = count + 1;
    let over = ends && (count > 1 || number & THREE_DOTS == 0);
    vm.flip_flops.insert(number, if over { 0 } else { count });
    if over {
        let mut text = Vec::new();
        crate::text::number::format_int(count, &mut text);
        text.extend_from_slice(b"E0");
        return string(&text);
    }
    int(count)
}

/// The exception of a text that is used as a reference.
pub(crate) fn symbolic(vm: &mut Vm, value: Val, kind: &str) -> Thrown {
    let Ok(text) = vm.text(value) else { return Thrown };
    let text = text.to_vec();
    let shown = alloc::string::String::from_utf8_lossy(&text[..text.len().min(32)]).into_owned();
    let more = if text.len() > 32 { "\"..." } else { "\"" };
    vm.die_fmt(format_args!("Can't use string (\"{shown}{more}) as {kind} ref while \"strict refs\" in use"))
}

/// An array whose only element is the cell.
pub fn arr_of_cell(_vm: &mut Vm, cell: CellRef) -> Array {
    let mut array = array::new();
    if let Ok(mut slot) = array::slot(&mut array, 0) {
        *slot = counted(tag::BOX, cell.retained());
    }
    array
}

/// From now on a text is no reference.
pub fn strict_refs(vm: &mut Vm) {
    vm.strict_refs = true;
}

/// Whether a flip-flop is on, so that its right side decides.
pub fn flip_is_on(vm: &mut Vm, number: i64) -> bool {
    vm.flip_flops.get(&number).is_some_and(|count| *count > 0)
}

/// Makes an object live for ever, for constants.
pub fn immortalise(object: Ptr<Header>) {
    let mut object = object;
    object.count |= IMMORTAL;
}
