//! Builtins on lists, and those with a function before a list.
//!
//! Long because there are a hundred of them, of a few lines each.

use alloc::vec::Vec;
use core::cmp::Ordering;

use s_abi::layout::{Val, want};

use super::{arg, array_value, flat, listed, listed_last, with_flat};
use crate::array;
use crate::cell;
use crate::exception::Thrown;
use crate::hash;
use crate::op::compare::{num_gt, num_lt, str_cmp, str_eq};
use crate::string::{Text, string_of};
use crate::text::utf8;
use crate::value::{Array, Ptr, UNDEF, ValExt, aref, href, int};
use crate::vm::Vm;

// The builtins of this file.
functions![
    // What the compiler usually lowers itself, for where it does not; the parallel forms give the
    // same results in order.
    ("all", |vm, a, _| quantified(vm, a, false, false)),
    ("any", |vm, a, _| quantified(vm, a, true, true)),
    ("none", |vm, a, _| quantified(vm, a, true, false)),
    ("pall", |vm, a, _| quantified(vm, a, false, false)),
    ("pany", |vm, a, _| quantified(vm, a, true, true)),
    ("first", |vm, a, _| found(vm, a, |_, value| value.retained())),
    ("grep", |vm, a, w| select(vm, a, w, true)),
    ("pgrep", |vm, a, w| select(vm, a, w, true)),
    ("map", mapped_list),
    ("pmap", mapped_list),
    ("pfor", for_each),
    ("reduce", |vm, a, _| reduced(vm, arg(a, 0), a.get(1..).unwrap_or(&[]))),
    ("preduce", |vm, a, _| reduced(vm, arg(a, 0), a.get(1..).unwrap_or(&[]))),
    ("pmap_chunked", |vm, a, w| {
        // The size of a chunk, a function, a list; or the function first.
        let function_first = arg(a, 0).w0 == s_abi::layout::tag::CODE;
        let (function, from) = if function_first { (arg(a, 0), 2) } else { (arg(a, 1), 2) };
        let mut call = alloc::vec![function];
        call.extend_from_slice(a.get(from..).unwrap_or(&[]));
        mapped_list(vm, &call, w)
    }),
    ("pmap_reduce", |vm, a, _| {
        let mut call = alloc::vec![arg(a, 0)];
        call.extend_from_slice(a.get(2..).unwrap_or(&[]));
        let values = mapped(vm, &call, want::LIST)?;
        let result = reduced(vm, arg(a, 1), &values);
        vm.release_all(&values);
        result
    }),
    ("psort", |vm, a, w| {
        let by = arg(a, 0).w0 == s_abi::layout::tag::CODE;
        let mark = vm.height() as i64;
        for &value in a.get(usize::from(by)..).unwrap_or(&[]) {
            vm.push(value.retained())?;
        }
        if by {
            crate::sort::list_sort_by(vm, mark, arg(a, 0), UNDEF)?;
        } else {
            crate::sort::list_sort(vm, mark)?;
        }
        let values = vm.take_list(mark);
        listed(vm, values, w)
    }),
    ("all_distinct", |vm, a, _| {
        let (all, distinct) = distinct(vm, a)?;
        Ok(vm.boolean(all == distinct))
    }),
    ("all_eq", |vm, a, _| adjacent(vm, a, true)),
    ("array_difference", |vm, a, w| set_like(vm, a, w, |one, two| one && !two)),
    ("array_intersection", |vm, a, w| set_like(vm, a, w, |one, two| one && two)),
    ("array_union", |vm, a, w| set_like(vm, a, w, |_, _| true)),
    ("batch", |vm, a, w| chunks(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), w)),
    ("binary_search", binary_search),
    ("chunk", |vm, a, w| chunks(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), w)),
    ("chunked", |vm, a, w| with_count(vm, a, w, chunks)),
    ("collect", |vm, a, w| {
        let values = a.iter().map(|value| value.retained()).collect();
        listed(vm, values, w)
    }),
    ("compact", |vm, a, w| keep(vm, a, w, |vm, value| Ok(!value.is_undef() && !vm.text(value)?.is_empty()))),
    ("concat", |vm, a, w| {
        let values = flat(vm, a);
        listed(vm, values, w)
    }),
    ("consecutive_eq", |vm, a, _| adjacent(vm, a, false)),
    ("contains_elem", |vm, a, _| {
        let found = position(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), false)?.is_some();
        Ok(vm.boolean(found))
    }),
    ("count_by", |vm, a, _| counted_by(vm, a)),
    ("count_eq", |vm, a, _| count_same(vm, a, true)),
    ("count_ne", |vm, a, _| count_same(vm, a, false)),
    ("distinct_count", |vm, a, _| Ok(int(distinct(vm, a)?.1))),
    ("drop", |vm, a, w| with_count(vm, a, w, |vm, list, n, w| part(vm, list, n, w, false, false))),
    ("drop_while", |vm, a, w| prefix(vm, a, w, false)),
    ("each_with_index", |vm, a, w| {
        let pairs = indexed(vm, a.get(1..).unwrap_or(&[]), false);
        for &pair in &pairs {
            let array: Array = pair.pointer();
            let (at, value) = (array::element(&array, 0), array::element(&array, 1));
            let result = vm.call_value(arg(a, 0), &[value, at], want::VOID);
            vm.release(value);
            let result = result?;
            let result = vm.scalar_of(result);
            vm.release(result);
        }
        let count = pairs.len() as i64;
        vm.release_all(&pairs);
        let _ = w;
        Ok(int(count))
    }),
    ("enumerate", |vm, a, w| {
        let pairs = indexed(vm, a, false);
        listed(vm, pairs, w)
    }),
    ("filter", |vm, a, w| select(vm, a, w, true)),
    ("fi", |vm, a, w| select(vm, a, w, true)),
    ("find", |vm, a, _| found(vm, a, |_, value| value.retained())),
    ("find_index", |vm, a, _| {
        let at = found(vm, a, |at, _| int(at as i64))?;
        Ok(if at.is_undef() { int(-1) } else { at })
    }),
    ("find_index_fn", |vm, a, _| {
        let list = spread(vm, a.get(1..).unwrap_or(&[]));
        let all: Vec<Val> = a.first().into_iter().chain(&list).copied().collect();
        let at = found(vm, &all, |at, _| int(at as i64));
        vm.release_all(&list);
        at
    }),
    ("first_eq", |vm, a, _| element_same(vm, a, false)),
    ("first_or", |vm, a, _| {
        let list = spread(vm, a.get(1..).unwrap_or(&[]));
        let first = list.first().copied().unwrap_or(arg(a, 0)).retained();
        vm.release_all(&list);
        Ok(first)
    }),
    ("first_arg", |_, a, _| Ok(arg(a, 0).retained())),
    ("second_arg", |_, a, _| Ok(arg(a, 1).retained())),
    ("last_arg", |_, a, _| Ok(a.last().copied().unwrap_or(UNDEF).retained())),
    ("flat_map", |vm, a, w| {
        let mapped = mapped(vm, a, want::LIST)?;
        let values = flat(vm, &mapped);
        vm.release_all(&mapped);
        listed(vm, values, w)
    }),
    ("flatten", |vm, a, w| {
        let values = flat(vm, a);
        listed(vm, values, w)
    }),
    ("fore", for_each),
    ("e", for_each),
    ("frequencies", frequencies),
    ("grep_v", |vm, a, w| select(vm, a, w, false)),
    ("greps", |vm, a, w| select(vm, a, w, true)),
    ("grepv", |vm, a, w| select(vm, a, w, false)),
    ("group_by", group_by),
    ("group_of_n", |vm, a, w| chunks(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), w)),
    ("has_duplicates", |vm, a, _| {
        let (all, distinct) = distinct(vm, a)?;
        Ok(vm.boolean(all != distinct))
    }),
    ("head", |vm, a, w| with_count(vm, a, w, |vm, list, n, w| part(vm, list, n, w, true, false))),
    ("identity", |vm, a, w| {
        let values = a.iter().map(|value| value.retained()).collect();
        listed_last(vm, values, w)
    }),
    ("index_of", |vm, a, _| {
        Ok(int(position(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), false)?.map_or(-1, |at| at as i64)))
    }),
    ("index_of_elem", |vm, a, _| {
        Ok(int(position(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), false)?.map_or(-1, |at| at as i64)))
    }),
    ("interleave", |vm, a, w| {
        let arrays: Vec<Array> = a.iter().filter_map(|value| value.as_array()).collect();
        let longest = arrays.iter().map(|array| array.len).max().unwrap_or(0);
        let mut out = Vec::new();
        for at in 0..longest {
            for array in &arrays {
                if at < array.len {
                    out.push(array::element(array, at));
                }
            }
        }
        listed(vm, out, w)
    }),
    ("is_permutation", |vm, a, _| {
        let (mut one, mut two) = (texts(vm, &a[..a.len().min(1)])?, texts(vm, a.get(1..).unwrap_or(&[]))?);
        one.sort_unstable();
        two.sort_unstable();
        Ok(vm.boolean(one == two))
    }),
    ("is_sorted", |vm, a, _| sorted_already(vm, a, false)),
    ("is_sorted_desc", |vm, a, _| sorted_already(vm, a, true)),
    ("is_subset", |vm, a, _| subset(vm, arg(a, 0), arg(a, 1))),
    ("is_superset", |vm, a, _| subset(vm, arg(a, 1), arg(a, 0))),
    ("last_eq", |vm, a, _| element_same(vm, a, true)),
    ("last_index_of", |vm, a, _| {
        Ok(int(position(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), true)?.map_or(-1, |at| at as i64)))
    }),
    ("longest", |vm, a, _| by_length(vm, a, true)),
    ("shortest", |vm, a, _| by_length(vm, a, false)),
    ("mapi", |vm, a, w| {
        let list = a.get(1..).unwrap_or(&[]);
        let mut out = Vec::new();
        with_topic(vm, |vm, topic| {
            for (at, &value) in list.iter().enumerate() {
                cell::set(vm, topic, value.retained());
                let result = vm.call_value(arg(a, 0), &[value, int(at as i64)], want::LIST)?;
                take_result(vm, result, &mut out);
            }
            Ok(())
        })?;
        listed(vm, out, w)
    }),
    ("maps", |vm, a, w| {
        let values = mapped(vm, a, want::LIST)?;
        listed(vm, values, w)
    }),
    ("max_by", |vm, a, _| extreme_by(vm, a, true)),
    ("min_by", |vm, a, _| extreme_by(vm, a, false)),
    ("nth", |vm, a, _| {
        let at = vm.integer(arg(a, 0))?;
        let list = spread(vm, a.get(1..).unwrap_or(&[]));
        let at = if at < 0 { at.saturating_add(list.len() as i64) } else { at };
        let found = usize::try_from(at).ok().and_then(|at| list.get(at));
        let found = found.copied().unwrap_or(UNDEF).retained();
        vm.release_all(&list);
        Ok(found)
    }),
    ("pairs", |vm, a, w| chunks(vm, a, int(2), w)),
    ("partition", |vm, a, w| {
        let (mut yes, mut no) = (array::new(), array::new());
        each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, value, result| {
            let holds = vm.truth(result)?;
            array::push(if holds { &mut yes } else { &mut no }, value.retained());
            Ok(true)
        })?;
        listed(vm, alloc::vec![aref(yes), aref(no)], w)
    }),
    ("pluck", |vm, a, w| {
        let mut out = Vec::new();
        let values = spread(vm, a.get(1..).unwrap_or(&[]));
        for &value in &values {
            let table = crate::containers::deref_hash(vm, value)?;
            let content = crate::containers::hash_get(vm, table, arg(a, 0));
            vm.release_ptr(table);
            out.push(content?);
        }
        vm.release_all(&values);
        listed(vm, out, w)
    }),
    ("positions_of", |vm, a, w| {
        let mut out = Vec::new();
        let values = flat(vm, a.get(1..).unwrap_or(&[]));
        for (at, &value) in values.iter().enumerate() {
            if str_eq(vm, value, arg(a, 0))? {
                out.push(int(at as i64));
            }
        }
        vm.release_all(&values);
        listed(vm, out, w)
    }),
    ("pop", |vm, a, _| {
        let mut array = super::array_argument(vm, arg(a, 0))?;
        let value = array::pop(vm, &mut array);
        vm.release_ptr(array);
        Ok(value)
    }),
    ("push", |vm, a, _| {
        let mut array = super::array_argument(vm, arg(a, 0))?;
        for &value in a.get(1..).unwrap_or(&[]) {
            array::push(&mut array, value.retained());
        }
        let len = array.len as i64;
        vm.release_ptr(array);
        Ok(int(len))
    }),
    ("range", range),
    ("range_inclusive", range),
    ("reject", |vm, a, w| select(vm, a, w, false)),
    ("repeat_list", |vm, a, w| {
        let times = vm.integer(arg(a, 0))?.max(0) as u64;
        let list = spread(vm, a.get(1..).unwrap_or(&[]));
        let times = if list.is_empty() { 0 } else { times };
        let room = vm.has_room(times.saturating_mul(list.len() as u64));
        let mut out = Vec::new();
        if room.is_ok() {
            out.extend((0..times).flat_map(|_| &list).map(|value| value.retained()));
        }
        vm.release_all(&list);
        room?;
        listed(vm, out, w)
    }),
    ("rev", rev),
    ("riffle", |vm, a, w| {
        let values = flat(vm, &a[..a.len().min(1)]);
        let mut out = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                out.push(arg(a, 1).retained());
            }
            out.push(value);
        }
        listed(vm, out, w)
    }),
    ("run_length_decode", |vm, a, w| {
        let groups = super::groups(vm, a);
        let values = decoded_runs(vm, &groups);
        vm.release_all(&groups);
        listed(vm, values?, w)
    }),
    ("run_length_encode", |vm, a, w| {
        let values = flat(vm, a);
        let mut out: Vec<Val> = Vec::new();
        let mut at = 0;
        while at < values.len() {
            let mut end = at + 1;
            while end < values.len() && str_eq(vm, values[at], values[end])? {
                end += 1;
            }
            out.push(array_value(&[values[at].retained(), int((end - at) as i64)]));
            at = end;
        }
        vm.release_all(&values);
        listed(vm, out, w)
    }),
    ("shift", |vm, a, _| {
        let mut array = super::array_argument(vm, arg(a, 0))?;
        let value = array::shift(vm, &mut array);
        vm.release_ptr(array);
        Ok(value)
    }),
    ("shuffle", |vm, a, w| {
        let mut values = super::elements(vm, a);
        for at in (1..values.len()).rev() {
            let other = super::numbers::random_below(vm, at as u64 + 1) as usize;
            values.swap(at, other);
        }
        listed(vm, values, w)
    }),
    ("sliding_pairs", |vm, a, w| windows(vm, a, int(2), w)),
    ("sliding_window", |vm, a, w| windows(vm, a.get(1..).unwrap_or(&[]), arg(a, 0), w)),
    ("sort_by", |vm, a, w| {
        let keys = keyed(vm, a)?;
        let mut keyed = keys;
        crate::sort::merge_sort(&mut keyed, &mut |one, two| order_any(vm, one.0, two.0))?;
        let mut out = Vec::new();
        for (key, value) in keyed {
            vm.release(key);
            out.push(value);
        }
        listed(vm, out, w)
    }),
    ("sorted", |vm, a, w| sorted(vm, a, w, false)),
    ("sorted_desc", |vm, a, w| sorted(vm, a, w, true)),
    ("splice", |vm, a, w| {
        let array = super::array_argument(vm, arg(a, 0))?;
        let mark = vm.height() as i64;
        for &value in a.get(1..).unwrap_or(&[]) {
            vm.push(value.retained())?;
        }
        let result = crate::containers::arr_splice(vm, array, mark, w as i64);
        vm.release_ptr(array);
        result
    }),
    ("sum_by", |vm, a, _| {
        let mut total = int(0);
        each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, _, result| {
            total = crate::op::arith::add(vm, total, result)?;
            Ok(true)
        })?;
        Ok(total)
    }),
    ("swap_pairs", |vm, a, w| {
        let mut values = super::elements(vm, a);
        for pair in values.chunks_exact_mut(2) {
            pair.swap(0, 1);
        }
        listed(vm, values, w)
    }),
    ("symmetric_diff", |vm, a, w| set_like(vm, a, w, |one, two| one != two)),
    ("tail", |vm, a, w| with_count(vm, a, w, |vm, list, n, w| part(vm, list, n, w, true, true))),
    ("take", |vm, a, w| with_count(vm, a, w, |vm, list, n, w| part(vm, list, n, w, true, false))),
    ("take_while", |vm, a, w| prefix(vm, a, w, true)),
    ("tap", |vm, a, w| {
        let list = a.get(1..).unwrap_or(&[]);
        let result = vm.call_value(arg(a, 0), list, want::VOID)?;
        let result = vm.scalar_of(result);
        vm.release(result);
        let values = list.iter().map(|value| value.retained()).collect();
        listed_last(vm, values, w)
    }),
    ("uniq", unique),
    ("uniq_by", |vm, a, w| {
        let table = hash::new();
        let mut out = Vec::new();
        let result = each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, value, key| {
            let (key, text) = vm.key(key)?;
            if hash::lookup(table, key).is_none() {
                hash::set(vm, table, key, UNDEF);
                out.push(value.retained());
            }
            drop(text);
            Ok(true)
        });
        vm.release_ptr(table);
        result?;
        listed(vm, out, w)
    }),
    ("unshift", |vm, a, _| {
        let mut array = super::array_argument(vm, arg(a, 0))?;
        let values: Vec<Val> = a.get(1..).unwrap_or(&[]).iter().map(|value| value.retained()).collect();
        array::unshift_values(&mut array, &values);
        let len = array.len as i64;
        vm.release_ptr(array);
        Ok(int(len))
    }),
    ("windowed", |vm, a, w| with_count(vm, a, w, windows)),
    ("with_index", |vm, a, w| {
        let pairs = indexed(vm, a, true);
        listed(vm, pairs, w)
    }),
    ("zip", |vm, a, w| zip(vm, a, w, true)),
    ("zip_shortest", |vm, a, w| zip(vm, a, w, false)),
];

/// Binds `$_` to a fresh cell for the time of `work`.
pub(super) fn with_topic<T>(
    vm: &mut Vm,
    work: impl FnOnce(&mut Vm, crate::value::CellRef) -> Result<T, Thrown>,
) -> Result<T, Thrown> {
    let mark = vm.saves.len();
    let topic = vm.known.topic;
    crate::saves::local_scalar(vm, topic);
    let result = work(vm, Ptr(topic.scalar));
    vm.restore_saves(mark);
    result
}

/// Calls a function, or tests a pattern, for each element; the visitor borrows element and result
/// and says whether to go on.
fn each_topic(
    vm: &mut Vm,
    function: Val,
    list: &[Val],
    mut visit: impl FnMut(&mut Vm, Val, Val) -> Result<bool, Thrown>,
) -> Result<(), Thrown> {
    with_topic(vm, |vm, topic| {
        for &value in list {
            cell::set(vm, topic, value.retained());
            let result = if function.w0 == s_abi::layout::tag::RX {
                let holds = crate::pattern::match_once(vm, value, function)?;
                vm.boolean(holds)
            } else {
                let result = vm.call_value(function, &[value], want::SCALAR)?;
                vm.scalar_of(result)
            };
            let on = visit(vm, value, result);
            vm.release(result);
            if !on? {
                break;
            }
        }
        Ok(())
    })
}

/// Takes a call's result off the stack.
fn take_result(vm: &mut Vm, result: Val, out: &mut Vec<Val>) {
    if result.w0 == s_abi::layout::tag::LIST {
        let mark = vm.height() as i64 - result.w1 as i64;
        out.extend(vm.take_list(mark));
    } else {
        out.push(result);
    }
}

fn mapped(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Vec<Val>, Thrown> {
    let mut out = Vec::new();
    with_topic(vm, |vm, topic| {
        for &value in a.get(1..).unwrap_or(&[]) {
            cell::set(vm, topic, value.retained());
            let result = vm.call_value(arg(a, 0), &[value], wanted)?;
            take_result(vm, result, &mut out);
        }
        Ok(())
    })?;
    Ok(out)
}

fn select(vm: &mut Vm, a: &[Val], wanted: u64, keep: bool) -> Result<Val, Thrown> {
    let mut out = Vec::new();
    let result = each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, value, result| {
        if vm.truth(result)? == keep {
            out.push(value.retained());
        }
        Ok(true)
    });
    if let Err(thrown) = result {
        vm.release_all(&out);
        return Err(thrown);
    }
    listed(vm, out, wanted)
}

fn mapped_list(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let values = mapped(vm, a, want::LIST)?;
    listed(vm, values, wanted)
}

/// Whether some element tests as `stop`: `found` then, the contrary otherwise.
fn quantified(vm: &mut Vm, a: &[Val], stop: bool, found: bool) -> Result<Val, Thrown> {
    let mut answer = !found;
    each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, _, result| {
        if vm.truth(result)? == stop {
            answer = found;
            return Ok(false);
        }
        Ok(true)
    })?;
    Ok(vm.boolean(answer))
}

/// The accumulator first; undef for an empty list.
fn reduced(vm: &mut Vm, function: Val, list: &[Val]) -> Result<Val, Thrown> {
    let Some((&first, rest)) = list.split_first() else { return Ok(UNDEF) };
    crate::sort::with_pair(vm, UNDEF, |vm, pair| {
        let mut total = first.retained();
        for &value in rest {
            pair.set(vm, total, value);
            let result = vm.call_value(function, &[total, value], want::SCALAR);
            vm.release(total);
            let result = result?;
            total = vm.scalar_of(result);
        }
        Ok(total)
    })
}

fn keep(
    vm: &mut Vm,
    a: &[Val],
    wanted: u64,
    test: fn(&mut Vm, Val) -> Result<bool, Thrown>,
) -> Result<Val, Thrown> {
    let mut out = Vec::new();
    for value in flat(vm, a) {
        if test(vm, value)? {
            out.push(value);
        } else {
            vm.release(value);
        }
    }
    listed(vm, out, wanted)
}

fn found(vm: &mut Vm, a: &[Val], give: fn(usize, Val) -> Val) -> Result<Val, Thrown> {
    let (mut answer, mut at) = (UNDEF, 0);
    each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, value, result| {
        if vm.truth(result)? {
            answer = give(at, value);
            return Ok(false);
        }
        at += 1;
        Ok(true)
    })?;
    Ok(answer)
}

fn prefix(vm: &mut Vm, a: &[Val], wanted: u64, take: bool) -> Result<Val, Thrown> {
    let list = a.get(1..).unwrap_or(&[]);
    let mut count = 0;
    each_topic(vm, arg(a, 0), list, |vm, _, result| {
        let holds = vm.truth(result)?;
        count += usize::from(holds);
        Ok(holds)
    })?;
    let chosen = if take { &list[..count] } else { &list[count..] };
    let values = chosen.iter().map(|value| value.retained()).collect();
    listed(vm, values, wanted)
}

fn for_each(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let list = a.get(1..).unwrap_or(&[]);
    each_topic(vm, arg(a, 0), list, |_, _, _| Ok(true))?;
    Ok(int(list.len() as i64))
}

fn group_by(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let table = hash::new();
    let result = each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, value, key| {
        let mut group = crate::containers::hash_get_arr(vm, table, key)?;
        array::push(&mut group, value.retained());
        vm.release_ptr(group);
        Ok(true)
    });
    if let Err(thrown) = result {
        vm.release_ptr(table);
        return Err(thrown);
    }
    Ok(href(table))
}

fn counted_by(vm: &mut Vm, a: &[Val]) -> Result<Val, Thrown> {
    let table = hash::new();
    each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |vm, _, key| {
        count_key(vm, table, key).map(|()| true)
    })?;
    Ok(href(table))
}

fn count_key(vm: &mut Vm, table: crate::value::Table, key: Val) -> Result<(), Thrown> {
    let (key, text) = vm.key(key)?;
    let mut slot = hash::slot(table, key);
    *slot = int(if slot.is_int() { slot.as_int() + 1 } else { 1 });
    drop(text);
    Ok(())
}

fn frequencies(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let table = hash::new();
    with_flat(vm, a, |vm, values| {
        for &value in values {
            count_key(vm, table, value)?;
        }
        Ok(())
    })?;
    Ok(href(table))
}

/// Keys by the function with their values, owned.
fn keyed(vm: &mut Vm, a: &[Val]) -> Result<Vec<(Val, Val)>, Thrown> {
    let mut out = Vec::new();
    each_topic(vm, arg(a, 0), a.get(1..).unwrap_or(&[]), |_, value, key| {
        out.push((key.retained(), value.retained()));
        Ok(true)
    })?;
    Ok(out)
}

/// Numbers by value, others as strings.
fn order_any(vm: &mut Vm, a: Val, b: Val) -> Result<Ordering, Thrown> {
    if super::text::is_number(vm, a)? && super::text::is_number(vm, b)? {
        let (x, y) = (vm.number(a)?, vm.number(b)?);
        return Ok(crate::op::compare::order_numbers(x, y).unwrap_or(Ordering::Equal));
    }
    Ok(str_cmp(vm, a, b)?.cmp(&0))
}

fn extreme_by(vm: &mut Vm, a: &[Val], max: bool) -> Result<Val, Thrown> {
    let mut best: Option<(Val, Val)> = None;
    for (key, value) in keyed(vm, a)? {
        let better = match best {
            None => true,
            Some((known, _)) => {
                order_any(vm, key, known)? == if max { Ordering::Greater } else { Ordering::Less }
            }
        };
        let old = if better { best.replace((key, value)) } else { Some((key, value)) };
        if let Some((key, value)) = old {
            vm.release(key);
            vm.release(value);
        }
    }
    Ok(match best {
        Some((key, value)) => {
            vm.release(key);
            value
        }
        None => UNDEF,
    })
}

fn position(vm: &mut Vm, list: &[Val], wanted: Val, last: bool) -> Result<Option<usize>, Thrown> {
    with_flat(vm, list, |vm, values| position_among(vm, values, wanted, last))
}

/// The place of a value among values that are not flattened any more.
fn position_among(vm: &mut Vm, values: &[Val], wanted: Val, last: bool) -> Result<Option<usize>, Thrown> {
    let mut at = None;
    for (n, &value) in values.iter().enumerate() {
        if str_eq(vm, value, wanted)? {
            at = Some(n);
            if !last {
                break;
            }
        }
    }
    Ok(at)
}

fn count_same(vm: &mut Vm, a: &[Val], same: bool) -> Result<Val, Thrown> {
    let wanted = arg(a, 0);
    with_flat(vm, a.get(1..).unwrap_or(&[]), |vm, values| {
        let mut count = 0;
        for &value in values {
            count += i64::from(str_eq(vm, value, wanted)? == same);
        }
        Ok(int(count))
    })
}

fn element_same(vm: &mut Vm, a: &[Val], last: bool) -> Result<Val, Thrown> {
    with_flat(vm, a.get(1..).unwrap_or(&[]), |vm, values| {
        let at = position_among(vm, values, arg(a, 0), last)?;
        Ok(at.map_or(UNDEF, |at| values[at].retained()))
    })
}

fn distinct(vm: &mut Vm, a: &[Val]) -> Result<(i64, i64), Thrown> {
    let table = hash::new();
    let all = with_flat(vm, a, |vm, values| {
        for &value in values {
            let (key, text) = vm.key(value)?;
            hash::set(vm, table, key, UNDEF);
            drop(text);
        }
        Ok(values.len() as i64)
    });
    let count = table.len as i64;
    vm.release_ptr(table);
    Ok((all?, count))
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.lists.unique"))]
fn unique(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let table = hash::new();
    let mut out = Vec::new();
    let result = with_flat(vm, a, |vm, values| {
        for &value in values {
            let (key, text) = vm.key(value)?;
            if hash::lookup(table, key).is_none() {
                hash::set(vm, table, key, UNDEF);
                out.push(value.retained());
            }
            drop(text);
        }
        Ok(())
    });
    vm.release_ptr(table);
    result?;
    listed(vm, out, wanted)
}

/// Whether all are equal, or (not `all`) some neighbours are.
fn adjacent(vm: &mut Vm, a: &[Val], all: bool) -> Result<Val, Thrown> {
    with_flat(vm, a, |vm, values| {
        for pair in values.windows(2) {
            if str_eq(vm, pair[0], pair[1])? != all {
                return Ok(vm.boolean(!all));
            }
        }
        Ok(vm.boolean(all))
    })
}

fn texts(vm: &mut Vm, a: &[Val]) -> Result<Vec<Vec<u8>>, Thrown> {
    with_flat(vm, a, |vm, values| {
        let mut out = Vec::new();
        for &value in values {
            out.push(vm.text(value)?.to_vec());
        }
        Ok(out)
    })
}

/// Elements of two arrays, each once, where a test on membership in both holds.
fn set_like(vm: &mut Vm, a: &[Val], wanted: u64, test: fn(bool, bool) -> bool) -> Result<Val, Thrown> {
    let (one, two) = (texts(vm, &a[..a.len().min(1)])?, texts(vm, a.get(1..).unwrap_or(&[]))?);
    let mut seen: Vec<Vec<u8>> = Vec::new();
    let mut out = Vec::new();
    let values = flat(vm, a);
    for value in values {
        let text = vm.text(value)?.to_vec();
        if !seen.contains(&text) && test(one.contains(&text), two.contains(&text)) {
            seen.push(text);
            out.push(value);
        } else {
            vm.release(value);
        }
    }
    listed(vm, out, wanted)
}

fn subset(vm: &mut Vm, small: Val, large: Val) -> Result<Val, Thrown> {
    let (small, large) = (texts(vm, &[small])?, texts(vm, &[large])?);
    let holds = small.iter().all(|text| large.contains(text));
    Ok(vm.boolean(holds))
}

fn binary_search(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    let wanted = arg(a, 0);
    with_flat(vm, a.get(1..).unwrap_or(&[]), |vm, values| {
        let (mut low, mut high) = (0, values.len());
        while low < high {
            let middle = (low + high) / 2;
            match order_any(vm, values[middle], wanted)? {
                Ordering::Equal => return Ok(int(middle as i64)),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        Ok(int(-(low as i64) - 1))
    })
}

/// A list whose last argument is a count.
fn with_count(
    vm: &mut Vm,
    a: &[Val],
    wanted: u64,
    work: fn(&mut Vm, &[Val], Val, u64) -> Result<Val, Thrown>,
) -> Result<Val, Thrown> {
    let Some((&count, list)) = a.split_last() else { return listed(vm, Vec::new(), wanted) };
    // The count may stand first when the list is an array reference.
    if count.as_array().is_some() && list.len() == 1 {
        return work(vm, &[count], list[0], wanted);
    }
    work(vm, list, count, wanted)
}

fn spread(vm: &mut Vm, list: &[Val]) -> Vec<Val> {
    // One array reference alone is its elements; a list of array references is a list.
    if let [only] = list
        && only.as_array().is_some()
    {
        return flat(vm, list);
    }
    list.iter().map(|value| value.retained()).collect()
}

fn part(vm: &mut Vm, list: &[Val], count: Val, wanted: u64, keep: bool, end: bool) -> Result<Val, Thrown> {
    let count = vm.integer(count)?.max(0) as usize;
    let mut values = spread(vm, list);
    let at = if end { values.len().saturating_sub(count) } else { count.min(values.len()) };
    let behind = values.split_off(at);
    let (kept, gone) = if keep != end { (values, behind) } else { (behind, values) };
    vm.release_all(&gone);
    listed_last(vm, kept, wanted)
}

fn chunks(vm: &mut Vm, list: &[Val], count: Val, wanted: u64) -> Result<Val, Thrown> {
    let count = vm.integer(count)?.max(1) as usize;
    let values = spread(vm, list);
    let out = values.chunks(count).map(array_value).collect();
    listed(vm, out, wanted)
}

fn windows(vm: &mut Vm, list: &[Val], count: Val, wanted: u64) -> Result<Val, Thrown> {
    let count = vm.integer(count)?.max(1) as usize;
    let values = spread(vm, list);
    let mut out = Vec::new();
    for window in values.windows(count) {
        let owned: Vec<Val> = window.iter().map(|value| value.retained()).collect();
        out.push(array_value(&owned));
    }
    vm.release_all(&values);
    listed(vm, out, wanted)
}

fn indexed(vm: &mut Vm, list: &[Val], value_first: bool) -> Vec<Val> {
    let values = spread(vm, list);
    let pair = |(at, value): (usize, Val)| {
        let at = int(at as i64);
        array_value(&if value_first { [value, at] } else { [at, value] })
    };
    values.into_iter().enumerate().map(pair).collect()
}

fn zip(vm: &mut Vm, a: &[Val], wanted: u64, longest: bool) -> Result<Val, Thrown> {
    let mut arrays = Vec::new();
    for &value in a {
        arrays.push(super::array_argument(vm, value)?);
    }
    let lengths = arrays.iter().map(|array| array.len);
    let count = if longest { lengths.max() } else { lengths.min() }.unwrap_or(0);
    let mut out = Vec::new();
    for at in 0..count as i64 {
        let row: Vec<Val> = arrays.iter().map(|array| array::get(array, at)).collect();
        out.push(array_value(&row));
    }
    for array in arrays {
        vm.release_ptr(array);
    }
    listed(vm, out, wanted)
}

fn range(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let (from, to) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?);
    let step = arg(a, 2);
    let step = if step.is_undef() {
        int(if from > to { -1 } else { 1 })
    } else {
        let step = vm.number(step)?;
        if step.is_int() && from > to { int(-step.as_int().saturating_abs()) } else { step }
    };
    let mark = vm.height() as i64;
    vm.push_all(&[arg(a, 0).retained(), arg(a, 1).retained(), step])?;
    crate::list::list_range(vm, mark)?;
    let values = vm.take_list(mark);
    listed(vm, values, wanted)
}

/// The values of groups of a value and how often it comes, owned.
fn decoded_runs(vm: &mut Vm, groups: &[Val]) -> Result<Vec<Val>, Thrown> {
    let mut out = Vec::new();
    for &group in groups {
        let result = super::array_argument(vm, group).and_then(|array| {
            let (value, count) = (array::get(&array, 0), array::get(&array, 1));
            vm.release_ptr(array);
            let times = vm.index_of(count).max(0) as u64;
            vm.release(count);
            let room = vm.has_room(times.saturating_add(out.len() as u64));
            if room.is_ok() {
                out.extend((0..times).map(|_| value.retained()));
            }
            vm.release(value);
            room
        });
        if let Err(thrown) = result {
            vm.release_all(&out);
            return Err(thrown);
        }
    }
    Ok(out)
}

fn rev(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Val, Thrown> {
    if let [only] = a {
        if let Some(array) = only.as_array() {
            let mut copy = array::copy_of(&array);
            array::reverse(&mut copy);
            return Ok(aref(copy));
        }
        if let Some(table) = only.as_table() {
            return super::hashes::inverted(vm, table);
        }
        let text = vm.text(*only)?;
        return Ok(vm.reversed(&text));
    }
    let values: Vec<Val> = a.iter().rev().map(|value| value.retained()).collect();
    if wanted == want::LIST {
        return listed(vm, values, wanted);
    }
    let joined = Text(crate::list::join_values(vm, crate::value::EMPTY, a)?);
    vm.release_all(&values);
    Ok(vm.reversed(&joined))
}

fn sorted_already(vm: &mut Vm, a: &[Val], descending: bool) -> Result<Val, Thrown> {
    with_flat(vm, a, |vm, values| {
        for pair in values.windows(2) {
            let wrong =
                if descending { num_lt(vm, pair[0], pair[1])? } else { num_gt(vm, pair[0], pair[1])? };
            if wrong {
                return Ok(vm.boolean(false));
            }
        }
        Ok(vm.boolean(true))
    })
}

fn sorted(vm: &mut Vm, a: &[Val], wanted: u64, descending: bool) -> Result<Val, Thrown> {
    let mark = vm.height() as i64;
    if let [only] = a
        && only.is_string()
    {
        let text = vm.text(*only)?;
        let mut at = 0;
        while at < text.len() {
            let end = utf8::next(&text, at);
            vm.push(string_of(&text[at..end], text.is_wide()))?;
            at = end;
        }
    } else {
        let values = flat(vm, a);
        vm.push_all(&values)?;
    }
    if descending {
        crate::sort::list_sort_desc(vm, mark)?;
    } else {
        crate::sort::list_sort(vm, mark)?;
    }
    let values = vm.take_list(mark);
    listed(vm, values, wanted)
}

fn by_length(vm: &mut Vm, a: &[Val], longest: bool) -> Result<Val, Thrown> {
    with_flat(vm, a, |vm, values| {
        let mut best: Option<(usize, Val)> = None;
        for &value in values {
            let len = utf8::count(&vm.text(value)?);
            if best.is_none_or(|(known, _)| if longest { len > known } else { len < known }) {
                best = Some((len, value));
            }
        }
        Ok(best.map_or(UNDEF, |(_, value)| value.retained()))
    })
}
