//! Hashes in insertion order.
//!
//! Keys have one form each: a canonical decimal integer is an INT, so that `$h{5}` and `$h{"5"}`
//! meet and integer keys are never formatted; other texts of at most 14 bytes are short strings,
//! longer ones heap strings with their hash cached. Up to eight entries are searched one by one;
//! beyond that an index of `hash << 32 | position + 1` is probed. Deletion leaves a hole in the
//! entries, closed when the table is rebuilt; order never changes.

use alloc::vec::Vec;
use core::mem::offset_of;

use s_abi::layout::{Hash, HashEntry as Entry, Header, ObjectHead, Site, Str, Val, kind, object, tag};

use crate::cell;
use crate::exception::Thrown;
use crate::memory::{allocate, count_live, header, raw_allocate, raw_free, raw_resize, release_string};
use crate::string::{fold, hash_of};
use crate::value::{Ptr, Slot, Table, UNDEF, ValExt, bytes, int, short};
use crate::vm::Vm;

/// Tag of the key of an entry that was deleted.
const HOLE: u64 = 0xfd;
const SMALL: usize = 8;
/// Most entries that [`with_room`] makes room for.
pub const FEW: usize = SMALL;

/// What stands behind [`Hash::len`].
#[repr(C)]
#[derive(Debug)]
struct Inside {
    header: Header,
    len: usize,
    entries: *mut Entry,
    used: usize,
    capacity: usize,
    index: *mut u64,
    /// Slots of the index, a power of two, or 0 without one.
    slots: usize,
    /// Position of the iterator.
    iterator: usize,
    seed: u64,
    /// Bytes of the same block before the table: of the object whose fields it holds.
    before: u32,
    /// Entries that the same block has room for behind the table; the first ones are there.
    behind: u32,
}

const _: () = {
    assert!(size_of::<Inside>() == size_of::<Hash>());
    assert!(offset_of!(Inside, entries) == offset_of!(Hash, entries));
    assert!(offset_of!(Inside, used) == offset_of!(Hash, used));
};

type Tab = Ptr<Inside>;

fn inside(table: Table) -> Tab {
    Ptr(table.0.cast())
}

/// A new empty hash with one reference.
#[must_use]
pub fn new() -> Table {
    allocate(Hash {
        header: header(kind::HASH),
        len: 0,
        entries: core::ptr::null_mut(),
        used: 0,
        inside: [0; 6],
    })
}

/// A new empty hash in one block with room for so many entries, if they are few, and for so many bytes before it.
#[inline]
#[must_use]
pub fn with_room(entries: usize, before: usize) -> Table {
    let behind = if entries <= SMALL { entries } else { 0 };
    let block = raw_allocate(before + size_of::<Inside>() + behind * size_of::<Entry>());
    count_live(1);
    let tab: Tab = Ptr(block.wrapping_add(before).cast());
    let empty = Inside {
        header: header(kind::HASH),
        len: 0,
        entries: if behind == 0 { core::ptr::null_mut() } else { entries_behind(tab) },
        used: 0,
        capacity: behind,
        index: core::ptr::null_mut(),
        slots: 0,
        iterator: 0,
        seed: 0,
        before: before as u32,
        behind: behind as u32,
    };
    // SAFETY: the block is fresh and has room for all of it.
    unsafe { tab.0.write(empty) };
    Ptr(tab.0.cast())
}

/// Fills an empty table with entries that it has room for without an index, of normal keys that differ; consumes
/// them.
#[inline]
pub(crate) fn fill_room(table: Table, entries: impl Iterator<Item = (Val, Val)>) {
    let mut tab = inside(table);
    debug_assert!(tab.used == 0 && tab.slots == 0, "it is empty");
    let mut used = 0;
    for (key, value) in entries.take(tab.capacity) {
        // SAFETY: there is room for as many entries as are taken.
        unsafe { tab.entries.add(used).write(Entry { key, value }) };
        used += 1;
    }
    tab.used = used;
    tab.len = used;
}

/// Bytes before a table in its block, see [`with_room`].
#[inline]
#[must_use]
pub(crate) fn bytes_before(table: Table) -> usize {
    inside(table).before as usize
}

/// Tells the object whose fields a table holds, if there is one, that they are no longer where they were.
fn moves(tab: Tab) {
    if tab.before != 0 {
        let mut object: Ptr<ObjectHead> = Ptr(tab.0.cast::<u8>().wrapping_sub(tab.before as usize).cast());
        object.shape = object::MOVED;
    }
}

/// Where the entries of a table are that are in its block.
fn entries_behind(tab: Tab) -> *mut Entry {
    tab.0.wrapping_add(1).cast()
}

/// Whether entries are in the block of their table.
fn are_behind(tab: Tab, entries: *mut Entry) -> bool {
    tab.behind != 0 && entries == entries_behind(tab)
}

/// Gives the block of entries back, if it is one of their own.
fn free_entries(tab: Tab, entries: *mut Entry, capacity: usize) {
    if !are_behind(tab, entries) {
        raw_free(entries.cast(), capacity * size_of::<Entry>());
    }
}

/// Gives the entries of a table a block with room for so many.
fn resize_entries(tab: &mut Tab, capacity: usize) {
    moves(*tab);
    let (old, new) = (tab.capacity * size_of::<Entry>(), capacity * size_of::<Entry>());
    tab.entries = if are_behind(*tab, tab.entries) {
        let block = raw_allocate(new);
        // SAFETY: the entries are in use up to `used`, and fit.
        unsafe { core::ptr::copy_nonoverlapping(tab.entries, block.cast(), tab.used) };
        block.cast()
    } else {
        raw_resize(tab.entries.cast(), old, new).cast()
    };
    tab.capacity = capacity;
}

/// Adds a normal key that the table does not have; consumes the value, borrows the key.
#[inline]
pub fn add(table: Table, key: Val, value: Val) {
    let mut tab = inside(table);
    let hash = if tab.slots == 0 { 0 } else { hash_key(&tab, key) };
    let at = insert(&mut tab, key, hash);
    *value_slot(&tab, at) = value;
}

/// The place of a normal key if it stands at that position.
#[inline(always)]
#[must_use]
pub fn slot_of(table: Table, at: usize, key: Val) -> Option<Slot> {
    let tab = inside(table);
    (at < tab.used && same(entry(&tab, at).key, key)).then(|| value_slot(&tab, at))
}

/// Ends a hash whose last reference is gone.
pub fn free(vm: &mut Vm, table: Table) {
    if table.header.aux & (crate::magic::TIED | crate::magic::RESTRICTED) != 0
        && let Some(end) = crate::late::END_TIED.get()
    {
        end(vm, table.head());
    }
    let tab = inside(table);
    raw_free(tab.index.cast(), tab.slots * 8);
    drop_entries(vm, tab.entries, tab.used);
    free_entries(tab, tab.entries, tab.capacity);
    count_live(-1);
    let (before, behind) = (tab.before as usize, tab.behind as usize);
    let block = tab.0.cast::<u8>().wrapping_sub(before);
    raw_free(block, before + size_of::<Inside>() + behind * size_of::<Entry>());
}

/// Gives up what entries hold that no table has any more.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.hash.drop_entries"))]
fn drop_entries(vm: &mut Vm, entries: *mut Entry, used: usize) {
    for at in 0..used {
        // SAFETY: `used` entries are initialised; the block is ours alone.
        let entry = unsafe { entries.add(at).read() };
        if entry.key.w0 != HOLE {
            release_string(entry.key);
            vm.release(entry.value);
        }
    }
}

/// Removes all entries.
pub fn clear(vm: &mut Vm, table: Table) {
    let mut tab = inside(table);
    moves(tab);
    let used = core::mem::replace(&mut tab.used, 0);
    let entries = core::mem::replace(&mut tab.entries, core::ptr::null_mut());
    let capacity = core::mem::replace(&mut tab.capacity, 0);
    raw_free(tab.index.cast(), tab.slots * 8);
    tab.index = core::ptr::null_mut();
    tab.slots = 0;
    tab.len = 0;
    tab.iterator = 0;
    drop_entries(vm, entries, used);
    free_entries(tab, entries, capacity);
}

/// The key a string stands for: an INT when it is a canonical decimal integer.
#[inline(always)]
#[must_use]
pub fn integer_key(text: &[u8]) -> Option<i64> {
    let (&first, rest) = text.split_first()?;
    if first.is_ascii_digit() {
        if first == b'0' {
            return rest.is_empty().then_some(0);
        }
        return digits(text);
    }
    if first == b'-' && rest.first().is_some_and(|digit| (b'1'..=b'9').contains(digit)) {
        return digits(rest).map(|value| -value);
    }
    None
}

fn digits(text: &[u8]) -> Option<i64> {
    if text.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for &digit in text {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Some(value)
}

/// The normal form of a key that is an INT or a string value. It borrows the string.
#[inline(always)]
#[must_use]
pub fn normal(key: Val) -> Val {
    match key.w0 & 0xff {
        tag::INT if key.as_int().unsigned_abs() < 1_000_000_000_000_000_000 => key,
        tag::SSTR => match integer_key(bytes(&key)) {
            Some(value) => int(value),
            None => key,
        },
        tag::STR => normal_long(key),
        _ => key,
    }
}

#[inline(never)]
fn normal_long(key: Val) -> Val {
    let text = bytes(&key);
    if let Some(value) = integer_key(text) {
        return int(value);
    }
    if text.len() <= crate::value::SHORT_MAX {
        return if key.is_wide() { crate::value::short_tagged(text, tag::SSTRW) } else { short(text) };
    }
    key
}

#[inline(always)]
fn hash_key(tab: &Tab, key: Val) -> u32 {
    let seed = tab.seed;
    let full = if key.w0 == tag::STR {
        hash_of(&mut key.pointer::<Str>()) ^ seed
    } else {
        fold(key.w0 ^ seed, 0x9e37_79b9_7f4a_7c15) ^ key.w1
    };
    let mixed = fold(full, 0xd6e8_feb8_6659_fd93);
    mixed as u32
}

#[inline(always)]
fn same(stored: Val, key: Val) -> bool {
    if stored.w0 != key.w0 {
        return false;
    }
    if stored.w1 == key.w1 {
        return true;
    }
    key.w0 == tag::STR && same_long(stored, key)
}

#[inline(never)]
fn same_long(stored: Val, key: Val) -> bool {
    let (mut one, mut two) = (stored.pointer::<Str>(), key.pointer::<Str>());
    one.len == two.len
        && hash_of(&mut one) == hash_of(&mut two)
        && stored.is_wide() == key.is_wide()
        && bytes(&stored) == bytes(&key)
}

#[inline(always)]
fn entry(tab: &Tab, at: usize) -> Ptr<Entry> {
    // SAFETY: callers pass positions below `used`.
    Ptr(unsafe { tab.entries.add(at) })
}

#[inline(always)]
fn index_slot(tab: &Tab, at: usize) -> Ptr<u64> {
    // SAFETY: callers mask `at` with the number of slots.
    Ptr(unsafe { tab.index.add(at) })
}

/// Finds a normal key: its position, and its hash if there is an index.
#[inline(always)]
fn find(tab: &Tab, key: Val) -> (Option<usize>, u32) {
    if tab.slots == 0 {
        for at in 0..tab.used {
            if same(entry(tab, at).key, key) {
                return (Some(at), 0);
            }
        }
        return (None, 0);
    }
    let hash = hash_key(tab, key);
    let mask = tab.slots - 1;
    let mut at = hash as usize & mask;
    loop {
        let slot = *index_slot(tab, at);
        if slot == 0 {
            return (None, hash);
        }
        if (slot >> 32) as u32 == hash {
            let position = (slot as u32 - 1) as usize;
            if same(entry(tab, position).key, key) {
                return (Some(position), hash);
            }
        }
        at = (at + 1) & mask;
    }
}

/// The raw content of the entry of a normal key.
#[inline(always)]
#[must_use]
pub fn lookup(table: Table, key: Val) -> Option<Slot> {
    let tab = inside(table);
    if tab.len == 0 {
        return None;
    }
    let at = find(&tab, key).0?;
    Some(value_slot(&tab, at))
}

fn value_slot(tab: &Tab, at: usize) -> Slot {
    let mut entry = entry(tab, at);
    Ptr(&raw mut entry.value)
}

/// The value of a normal key, owned; undef without one.
#[inline(always)]
#[must_use]
pub fn get(table: Table, key: Val) -> Val {
    match lookup(table, key) {
        Some(slot) => cell::load(*slot),
        None => UNDEF,
    }
}

/// As [`lookup`]; the site notes where it stands.
#[must_use]
pub fn lookup_at_site(table: Table, key: Val, mut site: Ptr<Site>) -> Option<Slot> {
    let tab = inside(table);
    let at = find(&tab, key).0?;
    site.target = at;
    Some(value_slot(&tab, at))
}

/// As [`slot`]; the site notes where it is.
#[must_use]
pub fn slot_at_site(table: Table, key: Val, mut site: Ptr<Site>) -> Slot {
    let mut tab = inside(table);
    let (found, hash) = find(&tab, key);
    let at = match found {
        Some(at) => at,
        None => insert(&mut tab, key, hash),
    };
    site.target = at;
    value_slot(&tab, at)
}

/// Bit of [`Header::aux`]: the runtime sees what is stored.
const WATCHED: u16 = 1;

/// Lets the runtime see what is stored: compiled code does not do it by itself.
pub fn watch(table: Table) {
    inside(table).header.aux |= WATCHED;
}

/// Exchanges what two hashes hold.
pub fn swap_content(one: Table, two: Table) {
    let (mut one, mut two) = (inside(one), inside(two));
    for tab in [&mut one, &mut two] {
        moves(*tab);
        if are_behind(*tab, tab.entries) {
            resize_entries(tab, tab.capacity);
        }
    }
    let (first, second) = (&mut *one, &mut *two);
    core::mem::swap(&mut first.len, &mut second.len);
    core::mem::swap(&mut first.entries, &mut second.entries);
    core::mem::swap(&mut first.used, &mut second.used);
    core::mem::swap(&mut first.capacity, &mut second.capacity);
    core::mem::swap(&mut first.index, &mut second.index);
    core::mem::swap(&mut first.slots, &mut second.slots);
    core::mem::swap(&mut first.iterator, &mut second.iterator);
    core::mem::swap(&mut first.seed, &mut second.seed);
}

/// Whether there is an entry of a text as key.
#[must_use]
pub fn has_text(table: Table, key: &[u8]) -> bool {
    let text = crate::string::Text(crate::string::string(key));
    lookup(table, normal(text.0)).is_some()
}

/// The value of a text key, owned; undef without one.
#[must_use]
pub fn get_text(table: Table, key: &[u8]) -> Val {
    let value = crate::string::Text(crate::string::string(key));
    get(table, normal(value.0))
}

/// Stores under a text key; consumes the value.
pub fn set_text(vm: &mut Vm, table: Table, key: &[u8], value: Val) {
    let text = crate::string::Text(crate::string::string(key));
    set(vm, table, normal(text.0), value);
}

/// The place of a normal key, inserted as undef when missing.
#[inline(always)]
#[must_use]
pub fn slot(table: Table, key: Val) -> Slot {
    let mut tab = inside(table);
    let (found, hash) = find(&tab, key);
    let at = match found {
        Some(at) => at,
        None => insert(&mut tab, key, hash),
    };
    value_slot(&tab, at)
}

/// Stores under a normal key of a hash of the program; consumes the value, borrows the key.
#[inline(always)]
pub fn assign(vm: &mut Vm, table: Table, key: Val, value: Val) -> Result<(), Thrown> {
    cell::assign(vm, slot(table, key), value)
}

/// Stores under a normal key; consumes the value, borrows the key.
#[inline(always)]
pub fn set(vm: &mut Vm, table: Table, key: Val, value: Val) {
    cell::store(vm, slot(table, key), value);
}

#[inline(never)]
fn insert(tab: &mut Tab, key: Val, hash: u32) -> usize {
    let mut hash = hash;
    if tab.used == tab.capacity {
        make_room(tab);
        if tab.slots != 0 {
            hash = hash_key(tab, key);
        }
    }
    let at = tab.used;
    let stored = own_key(key);
    // SAFETY: there is room for one more entry.
    unsafe { tab.entries.add(at).write(Entry { key: stored, value: UNDEF }) };
    tab.used += 1;
    tab.len += 1;
    if tab.slots != 0 {
        put_index(tab, hash, at);
    }
    at
}

/// The key as the table keeps it: a long string that somebody may append to is copied.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.hash.own_key"))]
fn own_key(key: Val) -> Val {
    if key.w0 == tag::STR && key.header().count == 1 {
        let _ = hash_of(&mut key.pointer::<Str>());
    }
    key.retained()
}

fn put_index(tab: &Tab, hash: u32, position: usize) {
    let mask = tab.slots - 1;
    let mut at = hash as usize & mask;
    while *index_slot(tab, at) != 0 {
        at = (at + 1) & mask;
    }
    *index_slot(tab, at) = u64::from(hash) << 32 | (position as u64 + 1);
}

#[cold]
#[inline(never)]
fn make_room(tab: &mut Tab) {
    // Many holes: close them, else double.
    if tab.used - tab.len <= tab.used / 4 {
        let capacity = if tab.capacity == 0 { 4 } else { tab.capacity * 2 };
        if capacity >= u32::MAX as usize {
            let _ = raw_allocate(usize::MAX);
        }
        resize_entries(tab, capacity);
    }
    rebuild(tab);
}

/// Closes the holes and makes the index anew.
fn rebuild(tab: &mut Tab) {
    if tab.len != tab.used {
        moves(*tab);
        let mut to = 0;
        let iterator = tab.iterator;
        for from in 0..tab.used {
            if from == iterator {
                tab.iterator = to;
            }
            let moved = *entry(tab, from);
            if moved.key.w0 != HOLE {
                *entry(tab, to) = moved;
                to += 1;
            }
        }
        if iterator >= tab.used {
            tab.iterator = to;
        }
        tab.used = to;
    }
    if tab.capacity <= SMALL {
        return;
    }
    let slots = (tab.capacity * 2).next_power_of_two();
    if slots != tab.slots {
        raw_free(tab.index.cast(), tab.slots * 8);
        tab.index = raw_allocate(slots * 8).cast();
        tab.slots = slots;
        if tab.seed == 0 {
            // The address of the table is what nobody outside knows.
            tab.seed = fold(tab.address() ^ 0x51_7cc1_b727_220a, 0x2545_f491_4f6c_dd1d) | 1;
        }
    }
    // SAFETY: the index has `slots` words.
    unsafe { core::ptr::write_bytes(tab.index, 0, slots) };
    for at in 0..tab.used {
        let hash = hash_key(tab, entry(tab, at).key);
        put_index(tab, hash, at);
    }
}

/// Removes a normal key; its value, owned, if it was there.
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.hash.delete"))]
pub fn delete(vm: &mut Vm, table: Table, key: Val) -> Option<Val> {
    let mut tab = inside(table);
    if tab.len == 0 {
        return None;
    }
    let (found, hash) = find(&tab, key);
    let at = found?;
    moves(tab);
    if tab.slots != 0 {
        remove_index(&tab, hash, at);
    }
    let mut place = entry(&tab, at);
    let old = *place;
    place.key = Val { w0: HOLE, w1: 0 };
    place.value = UNDEF;
    tab.len -= 1;
    if at + 1 == tab.used {
        while tab.used > 0 && entry(&tab, tab.used - 1).key.w0 == HOLE {
            tab.used -= 1;
        }
    }
    release_string(old.key);
    let value = cell::load(old.value);
    vm.release(old.value);
    Some(value)
}

/// Takes a position out of the index and moves later ones of the same run back.
fn remove_index(tab: &Tab, hash: u32, position: usize) {
    let mask = tab.slots - 1;
    let mut at = hash as usize & mask;
    while *index_slot(tab, at) as u32 != position as u32 + 1 {
        at = (at + 1) & mask;
    }
    let mut hole = at;
    loop {
        at = (at + 1) & mask;
        let slot = *index_slot(tab, at);
        if slot == 0 {
            break;
        }
        let home = (slot >> 32) as usize & mask;
        // May the entry move to the hole: is its home not behind it?
        if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
            *index_slot(tab, hole) = slot;
            hole = at;
        }
    }
    *index_slot(tab, hole) = 0;
}

/// Position of the first live entry at or after `from`.
#[inline(always)]
#[must_use]
pub fn next(table: Table, from: usize) -> Option<usize> {
    let tab = inside(table);
    (from..tab.used).find(|&at| entry(&tab, at).key.w0 != HOLE)
}

/// A normal key as a string value, owned.
#[must_use]
pub fn key_text(key: Val) -> Val {
    if key.is_int() { crate::convert::int_string(key.as_int()) } else { key.retained() }
}

/// The key at a position, as a string value, owned.
#[inline(always)]
#[must_use]
pub fn key_at(table: Table, at: usize) -> Val {
    let tab = inside(table);
    if at >= tab.used {
        return UNDEF;
    }
    key_text(entry(&tab, at).key)
}

/// The value at a position, owned; a place with magic is asked.
#[inline(always)]
pub fn value(vm: &mut Vm, table: Table, at: usize) -> Result<Val, Thrown> {
    let tab = inside(table);
    if at >= tab.used { Ok(UNDEF) } else { cell::fetch(vm, entry(&tab, at).value) }
}

/// The value at a position, owned.
#[inline(always)]
#[must_use]
pub fn value_at(table: Table, at: usize) -> Val {
    let tab = inside(table);
    if at >= tab.used { UNDEF } else { cell::load(entry(&tab, at).value) }
}

/// The place of the value at the position of a live entry.
#[must_use]
pub fn slot_at(table: Table, at: usize) -> Slot {
    value_slot(&inside(table), at)
}

/// The position of the iterator, which moves on.
#[must_use]
pub fn advance(table: Table) -> Option<usize> {
    let mut tab = inside(table);
    let at = next(table, tab.iterator);
    tab.iterator = at.map_or(0, |at| at + 1);
    at
}

/// Starts the iterator anew.
pub fn reset(table: Table) {
    inside(table).iterator = 0;
}

/// Keys and values, owned, in order.
#[must_use]
pub fn pairs(table: Table) -> Vec<(Val, Val)> {
    let mut out = Vec::with_capacity(table.len);
    let mut at = 0;
    while let Some(found) = next(table, at) {
        out.push((key_at(table, found), value_at(table, found)));
        at = found + 1;
    }
    out
}

/// A new hash with the same entries.
#[must_use]
pub fn copy_of(vm: &mut Vm, table: Table) -> Table {
    let copy = new();
    copy_into(vm, copy, table);
    copy
}

/// Adds the entries of another hash.
pub fn copy_into(vm: &mut Vm, to: Table, from: Table) {
    let tab = inside(from);
    let mut at = 0;
    while let Some(found) = next(from, at) {
        let source = *entry(&tab, found);
        set(vm, to, source.key, cell::load(source.value));
        at = found + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::LIVE;
    use crate::string::string;
    use crate::testing::{Random, machine};
    use alloc::string::String;

    #[test]
    fn random_operations_agree_with_a_list() {
        let mut vm = machine(false);
        let mut random = Random(99);
        let before = LIVE.get();
        for round in 0..60 {
            let range = [6, 20, 300][round % 3];
            // Some with entries behind them, some behind an object.
            let table = match round % 4 {
                0 => new(),
                1 => with_room(round % 9, object::BYTES),
                _ => with_room(round % 9, 0),
            };
            let mut model: Vec<(String, i64)> = Vec::new();
            for _ in 0..1500 {
                let n = random.below(range);
                let name = match n % 3 {
                    0 => alloc::format!("{n}"),
                    1 => alloc::format!("key{n}"),
                    _ => alloc::format!("a rather long key {n}"),
                };
                let key = if n.is_multiple_of(6) { int(n as i64) } else { string(name.as_bytes()) };
                let known = model.iter().position(|(key, _)| *key == name);
                match random.below(4) {
                    0 | 1 => {
                        let value = random.below(1000) as i64;
                        set(&mut vm, table, normal(key), int(value));
                        match known {
                            Some(at) => model[at].1 = value,
                            None => model.push((name.clone(), value)),
                        }
                    }
                    2 => {
                        let removed = delete(&mut vm, table, normal(key));
                        let expected = known.map(|at| int(model.remove(at).1));
                        assert_eq!(removed, expected);
                    }
                    _ => {
                        let expected = known.map_or(UNDEF, |at| int(model[at].1));
                        assert_eq!(get(table, normal(key)), expected);
                    }
                }
                vm.release(key);
            }
            assert_eq!(table.len, model.len());
            let entries = pairs(table);
            assert_eq!(entries.len(), model.len());
            for ((key, value), (name, expected)) in entries.iter().zip(&model) {
                assert_eq!(bytes(key), name.as_bytes());
                assert_eq!(*value, int(*expected));
                vm.release(*key);
            }
            vm.release_ptr(table);
        }
        assert_eq!(LIVE.get(), before);
    }

    #[test]
    fn objects_are_told_when_their_fields_move() {
        let mut vm = machine(false);
        let keys = ["x", "y", "z"].map(|key| short(key.as_bytes()));
        type Change = fn(&mut Vm, Table);
        let changes: [(bool, Change); 6] = [
            (false, |vm, table| set(vm, table, short(b"y"), int(7))),
            (false, |vm, table| assert_eq!(delete(vm, table, short(b"no such key")), None)),
            (true, |vm, table| assert_eq!(delete(vm, table, short(b"y")), Some(int(2)))),
            (true, |vm, table| set(vm, table, short(b"one more"), int(7))),
            (true, |vm, table| clear(vm, table)),
            (true, |vm, table| {
                let other = with_room(4, 0);
                set(vm, other, short(b"x"), int(9));
                swap_content(table, other);
                assert_eq!((get(table, short(b"x")), other.len), (int(9), 3));
                vm.release_ptr(other);
            }),
        ];
        for (is_moved, change) in changes {
            let table = with_room(3, object::BYTES);
            fill_room(table, keys.iter().zip(1..).map(|(&key, value)| (key, int(value))));
            let mut head: Ptr<ObjectHead> = Ptr(table.0.cast::<u8>().wrapping_sub(object::BYTES).cast());
            head.shape = 5;
            assert_eq!(table.entries.addr(), head.0.addr() + object::ENTRIES);
            change(&mut vm, table);
            assert_eq!(head.shape == object::MOVED, is_moved);
            vm.release_ptr(table);
        }
    }

    #[test]
    fn only_canonical_integers_are_integers() {
        for text in ["0", "7", "-7", "123456789012345678"] {
            assert!(integer_key(text.as_bytes()).is_some(), "{text}");
        }
        for text in ["", "-", "-0", "00", "07", "1.0", "+1", " 1", "1234567890123456789"] {
            assert!(integer_key(text.as_bytes()).is_none(), "{text}");
        }
    }
}
