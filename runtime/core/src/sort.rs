//! Sorting: stable merges, in place on the value stack.

use alloc::vec::Vec;
use core::cmp::Ordering;

use s_abi::layout::{Val, tag};

use crate::cell;
use crate::exception::Thrown;
use crate::op::compare::order_numbers;
use crate::text::order;
use crate::value::{CodeRef, Ptr, ValExt, bytes, int, num};
use crate::vm::Vm;

mod keyed;

pub use keyed::list_sort_private;

/// Sorts stably with a comparator that may throw. On an error the order is any of the same values.
pub fn merge_sort<T: Copy>(
    items: &mut [T],
    less: &mut impl FnMut(T, T) -> Result<Ordering, Thrown>,
) -> Result<(), Thrown> {
    let len = items.len();
    if len < 2 {
        return Ok(());
    }
    // Runs of insertion first.
    const RUN: usize = 8;
    for run in items.chunks_mut(RUN) {
        for at in 1..run.len() {
            let mut to = at;
            while to > 0 && less(run[to - 1], run[to])? == Ordering::Greater {
                run.swap(to - 1, to);
                to -= 1;
            }
        }
    }
    let mut width = RUN;
    let mut buffer: Vec<T> = Vec::with_capacity(len);
    while width < len {
        let mut start = 0;
        while start + width < len {
            let end = (start + 2 * width).min(len);
            let middle = start + width;
            if less(items[middle - 1], items[middle])? == Ordering::Greater {
                buffer.clear();
                buffer.extend_from_slice(&items[start..middle]);
                let (mut left, mut right, mut to) = (0, middle, start);
                while left < buffer.len() && right < end {
                    match less(buffer[left], items[right]) {
                        Ok(Ordering::Greater) => {
                            items[to] = items[right];
                            right += 1;
                        }
                        Ok(_) => {
                            items[to] = buffer[left];
                            left += 1;
                        }
                        Err(thrown) => {
                            // Put the rest of the left run back so that nothing is there twice.
                            let rest = buffer.len() - left;
                            items[to..to + rest].copy_from_slice(&buffer[left..]);
                            return Err(thrown);
                        }
                    }
                    to += 1;
                }
                let rest = buffer.len() - left;
                items[to..to + rest].copy_from_slice(&buffer[left..]);
            }
            start = end;
        }
        width *= 2;
    }
    Ok(())
}

fn sort_texts(vm: &mut Vm, mark: i64, descending: bool) -> Result<(), Thrown> {
    let list = vm.list_mut(mark);
    if list.iter().all(|value| value.is_string() && !value.is_wide()) {
        let keys = list.iter().map(bytes).zip(0..).collect();
        let sorted = in_order(list, keys, descending);
        list.copy_from_slice(&sorted);
        return Ok(());
    }
    if list.iter().all(|value| value.is_string() || value.is_numeric()) && !vm.compat {
        let mut texts = Vec::with_capacity(list.len());
        for &value in list.iter() {
            texts.push(vm.text(value)?);
        }
        let keys = texts.iter().map(|text| &**text).zip(0..).collect();
        let sorted = in_order(list, keys, descending);
        list.copy_from_slice(&sorted);
        return Ok(());
    }
    merge_sort(list, &mut |a, b| {
        let order = crate::op::compare::str_cmp(vm, a, b)?.cmp(&0);
        Ok(if descending { order.reverse() } else { order })
    })
}

/// The values in the order of their keys.
fn in_order(values: &[Val], mut keys: Vec<order::Key<'_>>, descending: bool) -> Vec<Val> {
    order::texts(&mut keys, descending);
    keys.iter().map(|key| values[key.1]).collect()
}

/// As strings.
pub fn list_sort(vm: &mut Vm, mark: i64) -> Result<(), Thrown> {
    sort_texts(vm, mark, false)
}

/// As strings, downwards.
pub fn list_sort_desc(vm: &mut Vm, mark: i64) -> Result<(), Thrown> {
    sort_texts(vm, mark, true)
}

fn sort_numbers(vm: &mut Vm, mark: i64, descending: bool) -> Result<(), Thrown> {
    let list = vm.list_mut(mark);
    if list.iter().all(|value| value.w0 == tag::INT) {
        let mut plain: Vec<i64> = list.iter().map(|value| value.as_int()).collect();
        order::integers(&mut plain);
        let last = plain.len().wrapping_sub(1);
        for (at, slot) in list.iter_mut().enumerate() {
            *slot = int(plain[if descending { last - at } else { at }]);
        }
        return Ok(());
    }
    if list.iter().all(|value| value.w0 == tag::NUM && !value.as_num().is_nan()) {
        let mut plain: Vec<f64> = list.iter().map(|value| value.as_num()).collect();
        order::floats(&mut plain, descending);
        for (slot, value) in list.iter_mut().zip(plain) {
            *slot = num(value);
        }
        return Ok(());
    }
    if list.iter().all(|value| value.is_string() || value.is_numeric() || value.is_undef()) {
        let mut keyed = Vec::with_capacity(list.len());
        for &value in list.iter() {
            keyed.push((vm.number(value)?, value));
        }
        merge_sort(&mut keyed, &mut |a, b| {
            let order = order_numbers(a.0, b.0).unwrap_or(Ordering::Equal);
            Ok(if descending { order.reverse() } else { order })
        })?;
        for (slot, (_, value)) in list.iter_mut().zip(&keyed) {
            *slot = *value;
        }
        return Ok(());
    }
    merge_sort(list, &mut |a, b| {
        let result = crate::op::compare::num_cmp(vm, a, b)?;
        let order = vm.integer(result)?.cmp(&0);
        vm.release(result);
        Ok(if descending { order.reverse() } else { order })
    })
}

/// As numbers.
pub fn list_sort_num(vm: &mut Vm, mark: i64) -> Result<(), Thrown> {
    sort_numbers(vm, mark, false)
}

/// As numbers, downwards.
pub fn list_sort_num_desc(vm: &mut Vm, mark: i64) -> Result<(), Thrown> {
    sort_numbers(vm, mark, true)
}

/// By a function of two arguments, which are `$a` and `$b` of a package too.
pub fn list_sort_by(vm: &mut Vm, mark: i64, function: Val, package: Val) -> Result<(), Thrown> {
    let code = vm.function_named(function)?;
    let result = sort_by_code(vm, mark, code, package);
    vm.release_ptr(code);
    result
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.sort.sort_by_code"))]
fn sort_by_code(vm: &mut Vm, mark: i64, code: CodeRef, package: Val) -> Result<(), Thrown> {
    with_pair(vm, package, |vm, pair| {
        let mut items = vm.list(mark).to_vec();
        let result = merge_sort(&mut items, &mut |a, b| {
            pair.set(vm, a, b);
            let answer = vm.call_scalar(code, &[a, b])?;
            let order = vm.float(answer).map(|order| order.partial_cmp(&0.0).unwrap_or(Ordering::Equal));
            vm.release(answer);
            order
        });
        // Also after an error every value is there once.
        for (slot, item) in vm.list_mut(mark).iter_mut().zip(items) {
            *slot = item;
        }
        result
    })
}

/// The cells `$a` and `$b` are bound to while a block of two runs.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    a: crate::value::CellRef,
    b: crate::value::CellRef,
}

impl Pair {
    /// Sets both; borrows the values.
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.sort.set"))]
    pub fn set(self, vm: &mut Vm, a: Val, b: Val) {
        cell::set(vm, self.a, a.retained());
        cell::set(vm, self.b, b.retained());
    }
}

/// Binds `$a` and `$b` of a package, or of the running one where none is given, for the time of `work`.
pub fn with_pair<T>(
    vm: &mut Vm,
    package: Val,
    work: impl FnOnce(&mut Vm, Pair) -> Result<T, Thrown>,
) -> Result<T, Thrown> {
    let mark = vm.saves.len();
    let package = if package.is_string() { bytes(&package).to_vec() } else { vm.running_package() };
    let (a, b) = if package == b"main" {
        (vm.known.a, vm.known.b)
    } else {
        (vm.glob(&[&package, b"::a".as_slice()].concat()), vm.glob(&[&package, b"::b".as_slice()].concat()))
    };
    crate::saves::local_scalar(vm, a);
    crate::saves::local_scalar(vm, b);
    let pair = Pair { a: Ptr(a.scalar), b: Ptr(b.scalar) };
    let result = work(vm, pair);
    vm.restore_saves(mark);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn merging_is_sorting_and_stable() {
        let mut random = Random(5);
        for len in 0..200u64 {
            let mut items: Vec<(u64, u64)> = (0..len).map(|n| (random.below(20), n)).collect();
            let mut model = items.clone();
            model.sort_by_key(|item| item.0);
            merge_sort(&mut items, &mut |a, b| Ok(a.0.cmp(&b.0))).expect("does not throw");
            assert_eq!(items, model);
        }
    }
}
