//! Arrays with packed storage: integers, floats, or any values.
//!
//! A new array is INT. The first element that does not fit makes it NUM (only when it is empty) or
//! VAL, and it stays so until it is emptied, or a loop begins that computes with floats and all elements
//! have become some ([`pack`]). Slack in front makes `shift` and `unshift` cheap.
//! VAL elements may be BOX (the element is a shared cell) or WEAK; loads see through both. A tied array
//! has no elements here: see `magic`.

use core::ffi::c_void;

use s_abi::layout::{Arr, Cell, IMMORTAL, Val, array_flag, kind, storage, tag};

use crate::cell;
use crate::exception::Thrown;
use crate::memory::{allocate, deallocate, header, out_of_memory, raw_allocate, raw_free, raw_try_resize};
use crate::value::{Array, CellRef, NONEXISTENT, Ptr, Slot, UNDEF, ValExt, int, known_num};
use crate::vm::Vm;

/// Most elements an array may have.
pub const LEN_MAX: usize = 1 << 40;

/// An index below the start of an array was written to.
#[derive(Debug)]
pub struct NoSuchElement(pub i64);

/// A new empty array with one reference.
#[must_use]
pub fn new() -> Array {
    allocate(Arr {
        header: header(kind::ARR),
        data: core::ptr::null_mut(),
        len: 0,
        capacity: 0,
        slack: 0,
        storage: storage::INT,
    })
}

/// An array of these values, which it consumes.
#[must_use]
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.array.from_values"))]
pub fn from_values(values: &[Val]) -> Array {
    let mut array = new();
    if values.iter().any(|value| value.w0 > tag::NUM) {
        array.storage = storage::VAL;
        reserve(&mut array, values.len());
        // SAFETY: the fresh block has room for the values; they are consumed.
        unsafe { core::ptr::copy_nonoverlapping(values.as_ptr(), array.data.cast::<Val>(), values.len()) };
        array.len = values.len();
        return array;
    }
    append_values(&mut array, values);
    array
}

/// An array of a value so many times; borrows it.
#[must_use]
pub fn repeated(value: Val, count: usize) -> Array {
    let mut array = new();
    if count == 0 {
        return array;
    }
    fit(&mut array, value);
    reserve(&mut array, count);
    if array.storage == storage::VAL {
        for at in 0..count {
            write_fresh(&array, at, value.retained());
        }
    } else {
        // SAFETY: the block has room for `count` words, all of which are written.
        unsafe { core::slice::from_raw_parts_mut(word(&array, 0), count) }.fill(value.w1);
    }
    array.len = count;
    array
}

/// Ends an array whose last reference is gone.
pub fn free(vm: &mut Vm, array: Array) {
    let mut array = array;
    if crate::magic::is_tied_array(array)
        && let Some(end) = crate::late::END_TIED.get()
    {
        end(vm, array.head());
    }
    drop_elements(vm, &mut array);
    free_block(&array);
    deallocate(array);
}

/// Exchanges what two arrays hold.
pub fn swap_content(one: &mut Array, two: &mut Array) {
    core::mem::swap(&mut one.data, &mut two.data);
    core::mem::swap(&mut one.len, &mut two.len);
    core::mem::swap(&mut one.capacity, &mut two.capacity);
    core::mem::swap(&mut one.slack, &mut two.slack);
    core::mem::swap(&mut one.storage, &mut two.storage);
}

fn size_of_element(array: &Array) -> usize {
    if array.storage == storage::VAL { 16 } else { 8 }
}

fn free_block(array: &Array) {
    if !array.data.is_null() {
        let size = size_of_element(array);
        let slack = array.slack as usize;
        let start = array.data.cast::<u8>().wrapping_sub(slack * size);
        raw_free(start, (slack + array.capacity) * size);
    }
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.array.drop_elements"))]
fn drop_elements(vm: &mut Vm, array: &mut Array) {
    let count = core::mem::replace(&mut array.len, 0);
    if array.storage == storage::VAL {
        // As Perl does, from the end.
        for i in (0..count).rev() {
            // SAFETY: `i` was below the length, so the element is initialised.
            let element = unsafe { array.data.cast::<Val>().add(i).read() };
            vm.release(element);
        }
    }
}

/// The elements of a VAL array as a slice; empty for other storages.
#[must_use]
pub fn values(array: &Array) -> &[Val] {
    if array.storage != storage::VAL || array.len == 0 {
        return &[];
    }
    // SAFETY: `len` elements are initialised.
    unsafe { core::slice::from_raw_parts(array.data.cast::<Val>(), array.len) }
}

/// The elements of an INT array as a slice; empty for other storages.
#[must_use]
pub fn ints(array: &Array) -> &[i64] {
    if array.storage != storage::INT || array.len == 0 {
        return &[];
    }
    // SAFETY: `len` elements are initialised.
    unsafe { core::slice::from_raw_parts(array.data.cast::<i64>(), array.len) }
}

/// The elements of a NUM array as a slice; empty for other storages.
#[must_use]
pub fn nums(array: &Array) -> &[f64] {
    if array.storage != storage::NUM || array.len == 0 {
        return &[];
    }
    // SAFETY: `len` elements are initialised.
    unsafe { core::slice::from_raw_parts(array.data.cast::<f64>(), array.len) }
}

#[inline(always)]
fn word(array: &Array, i: usize) -> *mut u64 {
    // SAFETY: callers pass `i` within the block.
    unsafe { array.data.cast::<u64>().add(i) }
}

#[inline(always)]
fn val(array: &Array, i: usize) -> *mut Val {
    // SAFETY: callers pass `i` within the block of a VAL array.
    unsafe { array.data.cast::<Val>().add(i) }
}

/// Element `i`, owned, as it reads; `i` is below the length.
#[inline(always)]
#[must_use]
pub fn element(array: &Array, i: usize) -> Val {
    match array.storage {
        // SAFETY: `i` is below the length.
        storage::INT => int(unsafe { word(array, i).read() } as i64),
        // SAFETY: as above.
        storage::NUM => known_num(f64::from_bits(unsafe { word(array, i).read() })),
        // SAFETY: as above.
        _ => cell::load(unsafe { val(array, i).read() }),
    }
}

/// Element `i`, owned; a place with magic is asked. `i` is below the length.
#[inline(always)]
pub fn value(vm: &mut Vm, array: &Array, i: usize) -> Result<Val, Thrown> {
    match array.storage {
        storage::INT | storage::NUM => Ok(element(array, i)),
        // SAFETY: `i` is below the length.
        _ => cell::fetch(vm, unsafe { val(array, i).read() }),
    }
}

/// The place of an index that may count from the end; `None` outside.
#[inline(always)]
#[must_use]
pub fn place(array: &Array, index: i64) -> Option<usize> {
    let len = array.len as i64;
    let at = if index < 0 { index.wrapping_add(len) } else { index };
    (at >= 0 && at < len).then_some(at as usize)
}

/// The element at an index that may count from the end, owned; undef outside.
#[inline(always)]
#[must_use]
pub fn get(array: &Array, index: i64) -> Val {
    match place(array, index) {
        Some(at) => element(array, at),
        None => UNDEF,
    }
}

/// Room for `total` elements behind `data`.
#[inline]
fn reserve(array: &mut Array, total: usize) {
    if total > array.capacity {
        grow(array, total);
    }
}

/// Makes room for `total` elements behind `data`; the process ends when there is no memory.
fn grow(array: &mut Array, total: usize) {
    if try_grow(array, total).is_none() {
        out_of_memory(total.saturating_mul(size_of::<Val>()));
    }
}

/// Makes room for so many elements more; `None`, with nothing changed, when there is no memory.
pub fn try_reserve(array: &mut Array, more: usize) -> Option<()> {
    let total = array.len.checked_add(more)?;
    if total > array.capacity { try_grow(array, total) } else { Some(()) }
}

/// Makes room for `total` elements behind `data`; `None`, with nothing changed, when there is no memory.
#[cold]
#[inline(never)]
fn try_grow(array: &mut Array, total: usize) -> Option<()> {
    let size = size_of_element(array);
    let slack = array.slack as usize;
    let block = array.data.cast::<u8>().wrapping_sub(slack * size);
    // Much slack: move the elements to the front before asking for memory.
    if slack > 0 && slack >= array.len / 2 && total <= array.capacity + slack {
        // SAFETY: source and target lie in the block; `copy` allows overlap.
        unsafe { core::ptr::copy(array.data.cast::<u8>(), block, array.len * size) };
        array.data = block.cast();
        array.capacity += slack;
        array.slack = 0;
        return Some(());
    }
    let capacity = total.max(array.capacity.saturating_add(array.capacity / 2)).max(4);
    let new_size = capacity.checked_add(slack)?.checked_mul(size)?;
    let old = if array.data.is_null() { core::ptr::null_mut() } else { block };
    let moved = raw_try_resize(old, (slack + array.capacity) * size, new_size)?;
    array.data = moved.wrapping_add(slack * size).cast::<c_void>();
    array.capacity = capacity;
    Some(())
}

/// Makes the storage VAL.
#[cold]
#[inline(never)]
pub fn generalise(array: &mut Array) {
    if array.storage == storage::VAL {
        return;
    }
    if array.header.aux & packing::PACKED != 0 {
        leave_mixed(array);
    }
    let count = array.len;
    let capacity = if count == 0 { 4 } else { count + count / 2 + 2 };
    let block = raw_allocate(capacity.saturating_mul(16)).cast::<Val>();
    for i in 0..count {
        // SAFETY: `i` is below the length and the new block has room for more.
        unsafe { block.add(i).write(element(array, i)) };
    }
    free_block(array);
    array.data = block.cast();
    array.capacity = capacity;
    array.slack = 0;
    array.storage = storage::VAL;
}

/// Bits of [`s_abi::layout::Header::aux`] of arrays that [`pack`] uses, beside [`array_flag::MIXED`].
mod packing {
    use s_abi::layout::array_flag;

    /// The array was packed, and nothing else has been stored since.
    pub(super) const PACKED: u16 = 1 << 4;
    /// [`s_abi::layout::Header::extra`] is the place of an element that was no float.
    pub(super) const NOTED: u16 = 1 << 5;
    /// How often something else was found from the start on when all behind that place were floats.
    pub(super) const AGAIN: u16 = 1 << 6;
    /// So often that nobody looks any more.
    pub(super) const AGAIN_MAX: u16 = 3;
    /// How often the same element was found once more.
    pub(super) const SAME: u16 = 1 << 8;
    /// So often that nobody looks any more.
    pub(super) const SAME_MAX: u16 = 64;
    /// All of them.
    pub(super) const ALL: u16 = !(array_flag::MIXED - 1);
}

/// Makes the storage NUM when all elements are floats. A look goes on where the last one ended, so that
/// looking often, as elements become floats one by one, costs about as much as looking once. What seems to
/// stay mixed, or is packed and then gets another element, is left alone from then on, until it is emptied.
pub fn pack(array: &mut Array) {
    let aux = array.header.aux;
    let is_noted = aux & packing::NOTED != 0;
    if array.storage != storage::VAL
        || array.len == 0
        || aux & array_flag::MIXED != 0
        || array.header.count & IMMORTAL != 0
        || crate::magic::is_tied_array(*array)
        // `each` is on its way.
        || !is_noted && array.header.extra != 0
    {
        return;
    }
    let elements = values(array);
    let noted = if is_noted { array.header.extra as usize } else { 0 };
    let from = noted.min(elements.len());
    let is_other = |element: &Val| element.w0 != tag::NUM;
    let behind = elements[from..].iter().position(is_other).map(|at| from + at);
    let other = behind.or_else(|| elements[..from].iter().position(is_other));
    if let Some(other) = other {
        let again = aux / packing::AGAIN % 4 + u16::from(behind.is_none());
        let same = if is_noted && other == noted { aux / packing::SAME + 1 } else { 0 };
        let is_mixed = again >= packing::AGAIN_MAX || same >= packing::SAME_MAX;
        match u32::try_from(other) {
            Ok(other) if !is_mixed => {
                array.header.extra = other;
                let counts = (again * packing::AGAIN) | (same * packing::SAME);
                array.header.aux = (aux & !packing::ALL) | packing::NOTED | counts;
            }
            _ => leave_mixed(array),
        }
        return;
    }
    let count = elements.len();
    let block = raw_allocate(count.saturating_mul(8)).cast::<u64>();
    for (at, element) in elements.iter().enumerate() {
        // SAFETY: the new block has room for `count` words.
        unsafe { block.add(at).write(element.w1) };
    }
    free_block(array);
    array.data = block.cast();
    array.capacity = count;
    array.slack = 0;
    array.storage = storage::NUM;
    forget_place(array);
    array.header.aux = (aux & !packing::ALL) | packing::PACKED;
}

/// Lets nobody try to pack an array any more.
fn leave_mixed(array: &mut Array) {
    forget_place(array);
    array.header.aux = (array.header.aux & !packing::ALL) | array_flag::MIXED;
}

/// Gives [`s_abi::layout::Header::extra`] back to `each`, whose position it is unless [`pack`] has noted
/// something there.
pub fn forget_place(array: &mut Array) {
    if array.header.aux & packing::NOTED != 0 {
        array.header.aux &= !packing::NOTED;
        array.header.extra = 0;
    }
}

/// Changes the storage so that `value` fits, and says so.
#[inline(always)]
fn fit(array: &mut Array, value: Val) {
    let fits = match array.storage {
        storage::INT => value.w0 == tag::INT,
        storage::NUM => value.w0 == tag::NUM,
        _ => true,
    };
    if !fits {
        refit(array, value);
    }
}

#[cold]
#[inline(never)]
fn refit(array: &mut Array, value: Val) {
    if array.len == 0 && matches!(value.w0, tag::INT | tag::NUM) {
        array.storage = if value.w0 == tag::NUM { storage::NUM } else { storage::INT };
    } else {
        generalise(array);
    }
}

#[inline(always)]
fn write_fresh(array: &Array, at: usize, value: Val) {
    if array.storage == storage::VAL {
        // SAFETY: `at` is within the capacity; nothing initialised is overwritten.
        unsafe { val(array, at).write(value) }
    } else {
        // SAFETY: as above.
        unsafe { word(array, at).write(value.w1) }
    }
}

/// Appends a value, which it consumes.
#[inline(always)]
pub fn push(array: &mut Array, value: Val) {
    fit(array, value);
    let len = array.len;
    reserve(array, len + 1);
    write_fresh(array, len, value);
    array.len = len + 1;
}

/// Appends values, which it consumes.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.array.append_values"))]
pub fn append_values(array: &mut Array, values: &[Val]) {
    for &value in values {
        push(array, value);
    }
}

/// Removes the last element; undef when empty.
#[inline(always)]
pub fn pop(vm: &mut Vm, array: &mut Array) -> Val {
    if array.len == 0 {
        return UNDEF;
    }
    let last = array.len - 1;
    let value = take_element(vm, array, last);
    array.len = last;
    value
}

/// Removes the first element; undef when empty.
#[inline(always)]
pub fn shift(vm: &mut Vm, array: &mut Array) -> Val {
    if array.len == 0 {
        return UNDEF;
    }
    let value = take_element(vm, array, 0);
    skip_front(array, 1);
    value
}

fn skip_front(array: &mut Array, count: usize) {
    let size = size_of_element(array);
    array.len -= count;
    if array.slack as usize + count > u32::MAX as usize {
        // SAFETY: both ranges lie in the block.
        unsafe {
            core::ptr::copy(
                array.data.cast::<u8>().add(count * size),
                array.data.cast::<u8>(),
                array.len * size,
            );
        }
        return;
    }
    array.data = array.data.cast::<u8>().wrapping_add(count * size).cast();
    array.slack += count as u32;
    array.capacity -= count;
}

/// Moves an element out of its place, which is then uninitialised.
#[inline(always)]
fn take_element(vm: &mut Vm, array: &Array, at: usize) -> Val {
    if array.storage == storage::VAL {
        // SAFETY: `at` is below the length; the caller forgets the place.
        let raw = unsafe { val(array, at).read() };
        if matches!(raw.w0, tag::BOX..=tag::MAGIC) {
            let value = cell::load(raw);
            vm.release(raw);
            return value;
        }
        if raw.w0 == tag::UNDEF {
            return UNDEF;
        }
        return raw;
    }
    element(array, at)
}

/// Makes room in front for `count` elements: afterwards they are the first, uninitialised.
fn open_front(array: &mut Array, count: usize) {
    if array.slack as usize >= count {
        let size = size_of_element(array);
        array.data = array.data.cast::<u8>().wrapping_sub(count * size).cast();
        array.slack -= count as u32;
        array.capacity += count;
        array.len += count;
        return;
    }
    open_gap(array, 0, count);
    // Some slack for the next time.
    let room = array.capacity - array.len;
    let slack = (room / 2).min(u32::MAX as usize - array.slack as usize);
    if slack > 0 {
        let size = size_of_element(array);
        // SAFETY: the capacity has room for the elements `slack` places further.
        unsafe {
            core::ptr::copy(
                array.data.cast::<u8>(),
                array.data.cast::<u8>().add(slack * size),
                array.len * size,
            );
        }
        array.data = array.data.cast::<u8>().wrapping_add(slack * size).cast();
        array.slack += slack as u32;
        array.capacity -= slack;
    }
}

/// Opens a gap of `count` uninitialised elements before `at`.
fn open_gap(array: &mut Array, at: usize, count: usize) {
    let len = array.len;
    let wanted = len + count;
    if wanted > array.capacity {
        grow(array, wanted.saturating_add(count.min(len)));
    }
    let size = size_of_element(array);
    // SAFETY: the block has room for `len + count` elements.
    unsafe {
        let from = array.data.cast::<u8>().add(at * size);
        core::ptr::copy(from, from.add(count * size), (len - at) * size);
    }
    array.len += count;
}

/// Puts values in front, which it consumes.
pub fn unshift_values(array: &mut Array, values: &[Val]) {
    for &value in values {
        fit(array, value);
        if array.storage == storage::VAL {
            break;
        }
    }
    // `fit` on an empty array chooses by the first value; another kind makes it VAL.
    if array.storage != storage::VAL
        && values
            .iter()
            .any(|value| value.w0 != if array.storage == storage::INT { tag::INT } else { tag::NUM })
    {
        generalise(array);
    }
    open_front(array, values.len());
    for (at, &value) in values.iter().enumerate() {
        write_fresh(array, at, value);
    }
}

/// Stores an element, extending the array; consumes the value, also on failure.
#[inline(always)]
pub fn set(vm: &mut Vm, array: &mut Array, index: i64, value: Val) -> Result<(), NoSuchElement> {
    let at = match write_place(array, index) {
        Ok(at) => at,
        Err(error) => {
            vm.release(value);
            return Err(error);
        }
    };
    fit(array, value);
    if at < array.len {
        if array.storage == storage::VAL {
            cell::store(vm, Ptr(val(array, at)), value);
        } else {
            write_fresh(array, at, value);
        }
        return Ok(());
    }
    if at > array.len {
        generalise(array);
        if let Err(error) = extend(array, at) {
            vm.release(value);
            return Err(error);
        }
    }
    push(array, value);
    Ok(())
}

#[inline(always)]
fn write_place(array: &Array, index: i64) -> Result<usize, NoSuchElement> {
    let at = if index < 0 { index.wrapping_add(array.len as i64) } else { index };
    if at < 0 || at as usize > LEN_MAX { Err(NoSuchElement(index)) } else { Ok(at as usize) }
}

/// Appends elements that were never stored, to `len` in all; the storage is VAL. The program names the
/// length, so that it may be more than there is memory for.
fn extend(array: &mut Array, len: usize) -> Result<(), NoSuchElement> {
    if len > array.capacity && try_grow(array, len).is_none() {
        return Err(NoSuchElement(len as i64));
    }
    for at in array.len..len {
        write_fresh(array, at, NONEXISTENT);
    }
    array.len = len;
    Ok(())
}

/// The place of an element for change; the array grows, its storage becomes VAL.
pub fn slot(array: &mut Array, index: i64) -> Result<Slot, NoSuchElement> {
    let at = write_place(array, index)?;
    generalise(array);
    if at >= array.len {
        extend(array, at + 1)?;
    }
    Ok(Ptr(val(array, at)))
}

/// The element as a cell that it shares from now on, owned.
pub fn cell_at(array: &mut Array, index: i64) -> Result<CellRef, NoSuchElement> {
    Ok(cell::share(slot(array, index)?))
}

/// Whether an element was stored there.
#[must_use]
pub fn exists(array: &Array, index: i64) -> bool {
    match place(array, index) {
        // SAFETY: `place` gave an index below the length.
        Some(at) if array.storage == storage::VAL => unsafe { val(array, at).read() != NONEXISTENT },
        Some(_) => true,
        None => false,
    }
}

/// Removes an element: the last shrinks the array, another becomes nonexistent.
pub fn delete(vm: &mut Vm, array: &mut Array, index: i64) -> Val {
    let Some(at) = place(array, index) else { return UNDEF };
    if at + 1 == array.len {
        let value = pop(vm, array);
        while array.len > 0 && !exists(array, array.len as i64 - 1) {
            array.len -= 1;
        }
        return value;
    }
    generalise(array);
    let value = take_element(vm, array, at);
    write_fresh(array, at, NONEXISTENT);
    value
}

/// Truncates or extends. A negative length is 0.
pub fn set_len(vm: &mut Vm, array: &mut Array, len: i64) -> Result<(), NoSuchElement> {
    let len = len.max(0) as usize;
    if len > LEN_MAX {
        return Err(NoSuchElement(len as i64));
    }
    if len > array.len {
        generalise(array);
        return extend(array, len);
    }
    while array.len > len {
        let value = pop(vm, array);
        vm.release(value);
    }
    Ok(())
}

/// Removes all elements; the memory stays for the next ones.
pub fn clear(vm: &mut Vm, array: &mut Array) {
    drop_elements(vm, array);
    if array.len == 0 {
        reset_empty(array);
    }
}

/// An empty array is INT again.
fn reset_empty(array: &mut Array) {
    if array.storage == storage::VAL {
        if array.capacity > 64 {
            free_block(array);
            array.data = core::ptr::null_mut();
            array.capacity = 0;
            array.slack = 0;
        } else {
            // The block is counted in words from now on.
            let slack = array.slack as usize;
            array.data = array.data.cast::<u8>().wrapping_sub(slack * 16).cast();
            array.capacity = (array.capacity + slack) * 2;
            array.slack = 0;
        }
    }
    array.storage = storage::INT;
    forget_place(array);
    array.header.aux &= !packing::ALL;
}

/// Takes all elements out, owned, as they read.
pub fn take_all(vm: &mut Vm, array: &mut Array) -> alloc::vec::Vec<Val> {
    let count = array.len;
    let mut out = alloc::vec::Vec::with_capacity(count);
    for at in 0..count {
        out.push(take_element(vm, array, at));
    }
    array.len = 0;
    reset_empty(array);
    out
}

/// Removes `count` elements from `at` and puts `with` there; the removed are appended to `out`.
pub fn splice(
    vm: &mut Vm,
    array: &mut Array,
    at: usize,
    count: usize,
    with: &[Val],
    out: &mut alloc::vec::Vec<Val>,
) {
    let at = at.min(array.len);
    let count = count.min(array.len - at);
    for i in at..at + count {
        let value = take_element(vm, array, i);
        out.push(value);
    }
    let matching = match array.storage {
        storage::INT => with.iter().all(|value| value.w0 == tag::INT),
        storage::NUM => with.iter().all(|value| value.w0 == tag::NUM),
        _ => true,
    };
    if !matching {
        // Only packed storages get here: the removed places hold plain words.
        generalise(array);
        for i in at..at + count {
            write_fresh(array, i, UNDEF);
        }
    }
    if at == 0 && with.is_empty() {
        skip_front(array, count);
        return;
    }
    if with.len() > count {
        open_gap(array, at + count, with.len() - count);
    } else if with.len() < count {
        let size = size_of_element(array);
        let less = count - with.len();
        // SAFETY: both ranges lie in the block.
        unsafe {
            let to = array.data.cast::<u8>().add((at + with.len()) * size);
            core::ptr::copy(to.add(less * size), to, (array.len - at - count) * size);
        }
        array.len -= less;
    }
    for (i, &value) in with.iter().enumerate() {
        write_fresh(array, at + i, value);
    }
}

/// A new array with the elements of another, as they read.
#[must_use]
pub fn copy_of(array: &Array) -> Array {
    let mut copy = new();
    copy_into(&mut copy, array);
    copy
}

/// Appends the elements of `from`, as they read, to the empty array `to`.
pub fn copy_into(to: &mut Array, from: &Array) {
    let count = from.len;
    if count == 0 {
        return;
    }
    if from.storage == storage::VAL {
        generalise(to);
        reserve(to, count);
        for at in 0..count {
            write_fresh(to, at, element(from, at));
        }
    } else {
        if to.storage == storage::VAL {
            reset_empty(to);
        }
        to.storage = from.storage;
        reserve(to, count);
        // SAFETY: both blocks have room for `count` words and are different blocks.
        unsafe { core::ptr::copy_nonoverlapping(word(from, 0), word(to, 0), count) };
    }
    to.len = count;
}

/// Reverses in place.
pub fn reverse(array: &mut Array) {
    let count = array.len;
    if count < 2 {
        return;
    }
    if array.storage == storage::VAL {
        // SAFETY: `count` elements are initialised.
        unsafe { core::slice::from_raw_parts_mut(val(array, 0), count) }.reverse();
    } else {
        // SAFETY: as above.
        unsafe { core::slice::from_raw_parts_mut(word(array, 0), count) }.reverse();
    }
}

/// The cell of a BOX slot.
#[must_use]
pub fn boxed(value: Val) -> Option<Ptr<Cell>> {
    (value.w0 == tag::BOX).then(|| value.pointer())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::LIVE;
    use crate::string::string;
    use crate::testing::{Random, machine};
    use crate::value::num;

    fn random_value(random: &mut Random, kinds: u64) -> Val {
        match random.below(kinds) {
            0 => int(random.below(100) as i64),
            1 => num(random.below(100) as f64 / 2.0),
            2 => string(alloc::format!("text number {}", random.below(1000)).as_bytes()),
            _ => UNDEF,
        }
    }

    #[test]
    fn random_operations_agree_with_a_vector() {
        let mut vm = machine(false);
        let mut random = Random(17);
        let before = LIVE.get();
        for round in 0..200 {
            let kinds = 1 + round % 4;
            let mut array = new();
            let mut model: alloc::vec::Vec<Val> = alloc::vec::Vec::new();
            for _ in 0..200 {
                match random.below(9) {
                    0 | 1 => {
                        let value = random_value(&mut random, kinds);
                        model.push(value.retained());
                        push(&mut array, value);
                    }
                    2 => {
                        let value = pop(&mut vm, &mut array);
                        let expected = model.pop().unwrap_or(UNDEF);
                        assert_eq!(value, expected);
                        vm.release(value);
                        vm.release(expected);
                    }
                    3 => {
                        let value = shift(&mut vm, &mut array);
                        let expected = if model.is_empty() { UNDEF } else { model.remove(0) };
                        assert_eq!(value, expected);
                        vm.release(value);
                        vm.release(expected);
                    }
                    4 => {
                        let some: alloc::vec::Vec<Val> =
                            (0..random.below(4)).map(|_| random_value(&mut random, kinds)).collect();
                        for (at, value) in some.iter().enumerate() {
                            model.insert(at, value.retained());
                        }
                        unshift_values(&mut array, &some);
                    }
                    5 => {
                        let at = random.below(model.len() as u64 + 3);
                        let value = random_value(&mut random, kinds);
                        while (model.len() as u64) <= at {
                            model.push(UNDEF);
                        }
                        let old = core::mem::replace(&mut model[at as usize], value.retained());
                        vm.release(old);
                        set(&mut vm, &mut array, at as i64, value).expect("not negative");
                    }
                    6 => {
                        let at = random.below(model.len() as u64 + 1) as usize;
                        let count = random.below(4) as usize;
                        let with: alloc::vec::Vec<Val> =
                            (0..random.below(4)).map(|_| random_value(&mut random, kinds)).collect();
                        let mut out = alloc::vec::Vec::new();
                        let end = (at + count).min(model.len());
                        let removed: alloc::vec::Vec<Val> =
                            model.splice(at..end, with.iter().map(|value| value.retained())).collect();
                        splice(&mut vm, &mut array, at, count, &with, &mut out);
                        assert_eq!(out, removed);
                        vm.release_all(&out);
                        vm.release_all(&removed);
                    }
                    7 => {
                        reverse(&mut array);
                        model.reverse();
                    }
                    _ => {
                        let copy = copy_of(&array);
                        vm.release_ptr(copy);
                    }
                }
                assert_eq!(array.len, model.len());
                for (at, &expected) in model.iter().enumerate() {
                    let value = get(&array, at as i64);
                    assert_eq!(value.w0, expected.w0);
                    if !value.is_undef() {
                        assert_eq!(value.w1, expected.w1);
                    }
                    vm.release(value);
                }
            }
            vm.release_all(&model);
            vm.release_ptr(array);
        }
        assert_eq!(LIVE.get(), before);
    }

    #[test]
    fn packing() {
        let mut vm = machine(false);
        let before = LIVE.get();
        let mut array = new();
        for at in 0..5000 {
            push(&mut array, if at == 0 { num(0.5) } else { int(at) });
        }
        // Looked at whenever one more has become a float.
        for at in 1..5000 {
            pack(&mut array);
            assert_eq!(array.storage, storage::VAL, "{at}");
            set(&mut vm, &mut array, at, num(at as f64 + 0.25)).expect("not negative");
        }
        pack(&mut array);
        assert_eq!(array.storage, storage::NUM);
        assert_eq!(nums(&array)[4999], 4999.25);
        push(&mut array, num(1.5));
        assert_eq!(get(&array, -1), num(1.5));
        // Something else is stored: it is left alone from then on.
        set(&mut vm, &mut array, 3, string(b"text")).expect("not negative");
        set(&mut vm, &mut array, 3, num(2.5)).expect("not negative");
        pack(&mut array);
        assert_eq!(array.storage, storage::VAL);
        assert_eq!(get(&array, 3), num(2.5));
        // Until it is emptied.
        clear(&mut vm, &mut array);
        push(&mut array, int(1));
        push(&mut array, num(1.5));
        set(&mut vm, &mut array, 0, num(0.5)).expect("not negative");
        pack(&mut array);
        assert_eq!(nums(&array), [0.5, 1.5]);
        vm.release_ptr(array);
        assert_eq!(LIVE.get(), before);
    }

    #[test]
    fn packing_leaves_places_alone() {
        let mut vm = machine(false);
        let before = LIVE.get();
        let mut array = new();
        push(&mut array, UNDEF);
        for at in 0..40 {
            push(&mut array, num(f64::from(at)));
        }
        pack(&mut array);
        assert_eq!(array.storage, storage::VAL);
        // An element that somebody else shares is no float.
        set(&mut vm, &mut array, 0, num(0.5)).expect("not negative");
        let cell = cell_at(&mut array, 7).expect("not negative");
        pack(&mut array);
        assert_eq!(array.storage, storage::VAL);
        vm.release_ptr(cell);
        // Another one each time.
        vm.release_ptr(array);
        let mut array = new();
        push(&mut array, int(1));
        push(&mut array, num(1.5));
        for round in 0..8 {
            pack(&mut array);
            assert_eq!(array.storage, storage::VAL, "{round}");
            let (one, two) = if round % 2 == 0 { (num(0.5), int(1)) } else { (int(1), num(0.5)) };
            set(&mut vm, &mut array, 0, one).expect("not negative");
            set(&mut vm, &mut array, 1, two).expect("not negative");
        }
        assert_ne!(array.header.aux & array_flag::MIXED, 0);
        // The same one every time.
        clear(&mut vm, &mut array);
        push(&mut array, num(1.5));
        push(&mut array, int(1));
        for _ in 0..=packing::SAME_MAX {
            assert_eq!(array.header.aux & array_flag::MIXED, 0);
            pack(&mut array);
        }
        assert_eq!(array.storage, storage::VAL);
        assert_ne!(array.header.aux & array_flag::MIXED, 0);
        // `each` has its position.
        clear(&mut vm, &mut array);
        push(&mut array, num(1.5));
        push(&mut array, int(1));
        array.header.extra = 1;
        pack(&mut array);
        assert_eq!((array.header.extra, array.header.aux), (1, 0));
        array.header.extra = 0;
        pack(&mut array);
        forget_place(&mut array);
        assert_eq!(array.header.extra, 0);
        vm.release_ptr(array);
        assert_eq!(LIVE.get(), before);
    }
}
