//! Builtins on hashes.

use alloc::vec::Vec;

use s_abi::layout::Val;

use super::{arg, array_value, listed};
use crate::containers::deref_hash;
use crate::exception::Thrown;
use crate::hash;
use crate::value::{Table, ValExt, href, int};
use crate::vm::Vm;

// The builtins of this file.
functions![
    ("each", |vm, a, w| crate::containers::part_of_ref(vm, arg(a, 0), 2, w as i64)),
    ("keys", |vm, a, w| crate::containers::part_of_ref(vm, arg(a, 0), 0, w as i64)),
    ("values", |vm, a, w| crate::containers::part_of_ref(vm, arg(a, 0), 1, w as i64)),
    ("has_key", |vm, a, _| have(vm, a, true)),
    ("has_all_keys", |vm, a, _| have(vm, a, true)),
    ("has_any_key", |vm, a, _| have(vm, a, false)),
    ("pick_keys", |vm, a, _| chosen(vm, a, true)),
    ("select_keys", |vm, a, _| chosen(vm, a, true)),
    ("omit_keys", |vm, a, _| chosen(vm, a, false)),
    ("remove_keys", |vm, a, _| chosen(vm, a, false)),
    ("merge_hash", |vm, a, _| {
        let out = hash::new();
        for &value in a {
            let table = deref_hash(vm, value)?;
            hash::copy_into(vm, out, table);
            vm.release_ptr(table);
        }
        Ok(href(out))
    }),
    ("invert", |vm, a, _| with_table(vm, a, inverted)),
    ("hash_size", |vm, a, _| with_table(vm, a, |_, table| Ok(int(table.len as i64)))),
    ("hash_eq", |vm, a, _| {
        let same = vm.deep_equal(arg(a, 0), arg(a, 1), 0)?;
        Ok(vm.boolean(same))
    }),
    ("hash_from_pairs", |vm, a, _| {
        let pairs = super::groups(vm, a);
        let table = from_pairs(vm, &pairs);
        vm.release_all(&pairs);
        table
    }),
    ("pairs_from_hash", |vm, a, w| {
        let pairs = entries(vm, a)?;
        let rows = pairs.into_iter().map(|(key, value)| array_value(&[key, value])).collect();
        listed(vm, rows, w)
    }),
    ("keys_sorted", |vm, a, w| sorted_part(vm, a, w, true)),
    ("values_sorted", |vm, a, w| sorted_part(vm, a, w, false)),
];

fn with_table(
    vm: &mut Vm,
    a: &[Val],
    work: fn(&mut Vm, Table) -> Result<Val, Thrown>,
) -> Result<Val, Thrown> {
    let table = table_argument(vm, a)?;
    let result = work(vm, table);
    vm.release_ptr(table);
    result
}

/// A hash reference, or a list of keys and values; owned.
fn table_argument(vm: &mut Vm, a: &[Val]) -> Result<Table, Thrown> {
    if let [only] = a {
        return deref_hash(vm, *only);
    }
    let table = hash::new();
    let list: Vec<Val> = a.iter().map(|value| value.retained()).collect();
    crate::containers::add_pairs(vm, table, &list)?;
    Ok(table)
}

fn entries(vm: &mut Vm, a: &[Val]) -> Result<Vec<(Val, Val)>, Thrown> {
    let table = table_argument(vm, a)?;
    let pairs = hash::pairs(table);
    vm.release_ptr(table);
    Ok(pairs)
}

/// A new hash of pairs, each an array of a key and its value.
fn from_pairs(vm: &mut Vm, pairs: &[Val]) -> Result<Val, Thrown> {
    let out = hash::new();
    for &pair in pairs {
        let array = super::array_argument(vm, pair)?;
        let (key, value) = (crate::array::get(&array, 0), crate::array::get(&array, 1));
        vm.release_ptr(array);
        let stored = crate::containers::hash_set(vm, out, key, value);
        vm.release(key);
        stored?;
    }
    Ok(href(out))
}

/// A new hash with keys and values exchanged.
pub(super) fn inverted(vm: &mut Vm, table: Table) -> Result<Val, Thrown> {
    let out = hash::new();
    for (key, value) in hash::pairs(table) {
        let stored = crate::containers::hash_set(vm, out, value, key);
        vm.release(value);
        stored?;
    }
    Ok(href(out))
}

fn have(vm: &mut Vm, a: &[Val], all: bool) -> Result<Val, Thrown> {
    let table = deref_hash(vm, arg(a, 0))?;
    let keys = super::flat(vm, a.get(1..).unwrap_or(&[]));
    let mut holds = Ok(all);
    for &key in &keys {
        holds = crate::containers::hash_exists(vm, table, key);
        if holds.as_ref().map_or(true, |&holds| holds != all) {
            break;
        }
    }
    vm.release_all(&keys);
    vm.release_ptr(table);
    holds.map(|holds| vm.boolean(holds))
}

fn chosen(vm: &mut Vm, a: &[Val], pick: bool) -> Result<Val, Thrown> {
    let table = deref_hash(vm, arg(a, 0))?;
    let keys = super::flat(vm, a.get(1..).unwrap_or(&[]));
    let out = if pick { hash::new() } else { hash::copy_of(vm, table) };
    for &key in &keys {
        if pick {
            let (normal, text) = vm.key(key)?;
            if let Some(slot) = hash::lookup(table, normal) {
                hash::set(vm, out, normal, crate::cell::load(*slot));
            }
            drop(text);
        } else {
            let removed = crate::containers::hash_delete(vm, out, key)?;
            vm.release(removed);
        }
    }
    vm.release_all(&keys);
    vm.release_ptr(table);
    Ok(href(out))
}

fn sorted_part(vm: &mut Vm, a: &[Val], wanted: u64, keys: bool) -> Result<Val, Thrown> {
    let mark = vm.height() as i64;
    for (key, value) in entries(vm, a)? {
        let (kept, gone) = if keys { (key, value) } else { (value, key) };
        vm.release(gone);
        vm.push(kept)?;
    }
    crate::sort::list_sort(vm, mark)?;
    let values = vm.take_list(mark);
    listed(vm, values, wanted)
}
