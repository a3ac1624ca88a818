//! Sorting by a comparator that nobody else sees, and by what it compares of the elements.
//!
//! Where a comparator compares the same of both elements (`$a->{n} <=> $b->{n} || $a->{t} cmp $b->{t}`), the
//! compiler gives a function for each key. Then a key is worked out once for an element, as a plain number or
//! text, and elements are sorted by the first key, those that are equal by the next, and so on. What cannot
//! be seen, because keys have no effects: two elements that stand beside each other in the end have been compared
//! by every comparator, so each key is worked out of exactly those elements of which the comparator would have
//! done it. Keys that are anything else (undefined, no numbers, wide, objects) are left to the comparator, which
//! knows what they mean and what to warn of.

use alloc::vec::Vec;
use core::cmp::Ordering;

use s_abi::layout::{Val, sort, tag};

use super::{list_sort_by, merge_sort};
use crate::array;
use crate::exception::Thrown;
use crate::text::number::looks_like_number;
use crate::value::{Array, CodeRef, UNDEF, ValExt, bytes, counted};
use crate::vm::Vm;

/// So many elements are compared at once; for more, keys are worked out.
const FEW: usize = 3;
/// Integers up to here are floats as well.
const EXACT: u64 = 1 << 53;

/// What is compared of an element.
struct Key {
    /// Gives it; owned.
    code: CodeRef,
    is_text: bool,
    descending: bool,
}

/// What a list is sorted by.
struct Order {
    /// Owned.
    comparator: CodeRef,
    keys: Vec<Key>,
}

/// An element with its key.
#[derive(Clone, Copy)]
struct Keyed {
    /// Orders as the elements are to stand: by a number entirely, by a text as far as its beginning goes.
    rank: u64,
    /// The key, if it is a text; owned.
    text: Val,
    item: Val,
}

/// By a function of two arguments that calls nobody and so needs no `$a` and `$b`, the first of these, and by keys,
/// which the others give.
pub fn list_sort_private(vm: &mut Vm, mark: i64, functions: Array, kinds: i64) -> Result<(), Thrown> {
    let mut all = (0..functions.len as i64).filter_map(|at| array::get(&functions, at).as_code());
    let Some(comparator) = all.next() else { return Ok(()) };
    let kinds = core::iter::successors(Some(kinds), |kinds| Some(kinds >> sort::BITS));
    let key = |(code, kind): (CodeRef, i64)| Key {
        code,
        is_text: kind & sort::TEXT != 0,
        descending: kind & sort::DESCENDING != 0,
    };
    let order = Order { comparator, keys: all.zip(kinds).map(key).collect() };
    let result = if vm.has_overloads() {
        // A method of an operator may look at anything.
        list_sort_by(vm, mark, counted(tag::CODE, comparator), UNDEF)
    } else {
        let mut items = vm.list(mark).to_vec();
        let result = order.sort(vm, &mut items, 0);
        // Also after an error every value is there once.
        for (slot, item) in vm.list_mut(mark).iter_mut().zip(items) {
            *slot = item;
        }
        result
    };
    for key in order.keys {
        vm.release_ptr(key.code);
    }
    vm.release_ptr(comparator);
    result
}

impl Order {
    /// Sorts elements of which all keys before the nth are equal.
    fn sort(&self, vm: &mut Vm, items: &mut [Val], nth: usize) -> Result<(), Thrown> {
        let Some(key) = self.keys.get(nth).filter(|_| items.len() > FEW) else {
            return self.compare(vm, items);
        };
        let Some(mut keyed) = key.of_all(vm, items)? else { return self.compare(vm, items) };
        keyed.sort_by(|a, b| key.order(a, b));
        for (slot, keyed) in items.iter_mut().zip(&keyed) {
            *slot = keyed.item;
        }
        let mut result = Ok(());
        if nth + 1 < self.keys.len() {
            let mut rest = items;
            for equal in keyed.chunk_by(|a, b| key.order(a, b) == Ordering::Equal) {
                let (now, later) = rest.split_at_mut(equal.len());
                rest = later;
                if result.is_ok() && now.len() > 1 {
                    result = self.sort(vm, now, nth + 1);
                }
            }
        }
        release_texts(vm, &keyed);
        result
    }

    /// Sorts with the comparator.
    fn compare(&self, vm: &mut Vm, items: &mut [Val]) -> Result<(), Thrown> {
        merge_sort(items, &mut |a, b| {
            let answer = vm.call_scalar(self.comparator, &[a, b])?;
            if answer.is_int() {
                return Ok(answer.as_int().cmp(&0));
            }
            let order = vm.float(answer).map(|order| order.partial_cmp(&0.0).unwrap_or(Ordering::Equal));
            vm.release(answer);
            order
        })
    }
}

impl Key {
    /// All elements with their keys; nothing if one is not plain.
    fn of_all(&self, vm: &mut Vm, items: &[Val]) -> Result<Option<Vec<Keyed>>, Thrown> {
        let mut keyed = Vec::with_capacity(items.len());
        let (mut integers, mut floats) = (true, true);
        for &item in items {
            let value = match vm.call_scalar(self.code, &[item]) {
                Ok(value) => value,
                Err(thrown) => {
                    release_texts(vm, &keyed);
                    return Err(thrown);
                }
            };
            let plain = if self.is_text { plain_text(vm, value) } else { plain_number(vm, value) };
            let Some(plain) = plain else {
                vm.release(value);
                release_texts(vm, &keyed);
                return Ok(None);
            };
            if self.is_text {
                keyed.push(Keyed { rank: self.ranked(beginning(bytes(&plain))), text: plain, item });
            } else {
                vm.release(value);
                integers &= plain.is_int();
                floats &= !plain.is_int() || plain.as_int().unsigned_abs() <= EXACT;
                keyed.push(Keyed { rank: 0, text: plain, item });
            }
        }
        if !self.is_text {
            if !integers && !floats {
                return Ok(None);
            }
            for keyed in &mut keyed {
                let value = keyed.text;
                keyed.rank = self.ranked(match value.w0 {
                    tag::INT if integers => of_integer(value.as_int()),
                    tag::INT => of_float(value.as_int() as f64),
                    _ => of_float(value.as_num()),
                });
            }
        }
        Ok(Some(keyed))
    }

    /// The greater first, if that is so.
    fn ranked(&self, rank: u64) -> u64 {
        if self.descending { !rank } else { rank }
    }

    /// The order of two elements by this key.
    #[inline]
    fn order(&self, a: &Keyed, b: &Keyed) -> Ordering {
        a.rank
            .cmp(&b.rank)
            .then_with(|| if self.is_text { self.order_of_texts(a, b) } else { Ordering::Equal })
    }

    fn order_of_texts(&self, a: &Keyed, b: &Keyed) -> Ordering {
        let order = bytes(&a.text).cmp(bytes(&b.text));
        if self.descending { order.reverse() } else { order }
    }
}

/// Gives up the texts of keys; numbers need nothing.
fn release_texts(vm: &mut Vm, keyed: &[Keyed]) {
    for keyed in keyed {
        vm.release(keyed.text);
    }
}

/// A key as a text that orders by its bytes, in the place of the value, or nothing.
fn plain_text(vm: &mut Vm, value: Val) -> Option<Val> {
    match value.w0 {
        tag::INT | tag::NUM => vm.str_of(value).ok(),
        _ if value.is_string() && !value.is_wide() => Some(value),
        _ => None,
    }
}

/// A key as an integer or a float that is a number, or nothing.
fn plain_number(vm: &mut Vm, value: Val) -> Option<Val> {
    let is_number = value.w0 <= tag::NUM || value.is_string() && looks_like_number(bytes(&value));
    let number = if is_number { vm.number(value).ok()? } else { return None };
    (number.is_int() || number.w0 == tag::NUM && !number.as_num().is_nan()).then_some(number)
}

/// The beginning of a text as a number that orders as its bytes do.
fn beginning(text: &[u8]) -> u64 {
    let mut first = [0; 8];
    let len = text.len().min(8);
    first[..len].copy_from_slice(&text[..len]);
    u64::from_be_bytes(first)
}

/// A number that orders as an integer does.
fn of_integer(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

/// A number that orders as a float does, which is a number. Both zeros are equal.
fn of_float(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_order_as_what_they_are_of() {
        let integers = [i64::MIN, -7, -1, 0, 1, 7, i64::MAX];
        assert!(integers.map(of_integer).is_sorted_by(|a, b| a < b));
        let floats = [f64::NEG_INFINITY, -1e300, -1.5, -1e-300, 0.0, 1e-300, 1.5, 1e300, f64::INFINITY];
        assert!(floats.map(of_float).is_sorted_by(|a, b| a < b));
        assert_eq!(of_float(-0.0), of_float(0.0));
        let texts: [&[u8]; 6] = [b"", b"a", b"a\x01", b"ab", b"abcdefgh", b"b"];
        assert!(texts.map(beginning).is_sorted_by(|a, b| a < b));
        assert_eq!(beginning(b"abcdefgh1"), beginning(b"abcdefgh2"));
    }
}
