//! `.`, `.=` and `x`.

use s_abi::layout::{Val, tag};

use crate::class::Operator;
use crate::convert::Builder;
use crate::exception::Thrown;
use crate::string::{append, append_in_place, append_short, joined_values, string_of};
use crate::text::number::format_int_into;
use crate::value::{ValExt, short_int};
use crate::vm::Vm;

/// `.`
#[inline(always)]
pub fn concat(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if let Some(a) = plain(a)
        && let Some(b) = plain(b)
    {
        return joined_values(a, b).ok_or_else(|| too_long(vm));
    }
    concat_slow(vm, a, b)
}

/// The string form of a string that is not wide, or of an integer that is not long.
#[inline(always)]
fn plain(value: Val) -> Option<Val> {
    match value.tag() {
        tag::SSTR => Some(value),
        tag::STR if !value.is_wide() => Some(value),
        tag::INT => short_int(value.as_int()),
        _ => None,
    }
}

/// The error of a string that there is no memory for.
#[cold]
#[inline(never)]
pub(crate) fn too_long(vm: &mut Vm) -> Thrown {
    vm.die(b"Out of memory: a string is too long")
}

#[inline(never)]
fn concat_slow(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::CONCAT, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let mut out = Builder::new();
    out.push_value(vm, a)?;
    out.push_value(vm, b)?;
    Ok(out.finish())
}

/// `.=`: consumes the first operand.
#[inline(always)]
pub fn concat_onto(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if a.is_string() {
        let short = match b.w0 & 0xff == tag::SSTR {
            true => (!vm.compat || !a.is_wide()).then_some(b),
            false if b.w0 == tag::INT => short_int(b.as_int()),
            false => None,
        };
        if let Some(short) = short {
            // By far the most: the value stays where it is.
            if append_in_place(a, short) {
                return Ok(a);
            }
            return append_short(a, short).ok_or_else(|| too_long(vm));
        }
        if b.w0 == tag::INT {
            let mut buffer = [0; 20];
            return append(a, format_int_into(b.as_int(), &mut buffer)).ok_or_else(|| too_long(vm));
        }
    }
    concat_onto_slow(vm, a, b)
}

#[inline(never)]
fn concat_onto_slow(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::CONCAT, a, b)?
    {
        vm.release(a);
        return Ok(result);
    }
    let text = match vm.check_operands(&[a, b]).and_then(|()| vm.text(b)) {
        Ok(text) => text,
        Err(thrown) => {
            vm.release(a);
            return Err(thrown);
        }
    };
    if a.is_string() && a.is_wide() == text.is_wide() {
        if text.0.w0 == tag::STR && text.0.w1 == a.w1 {
            // The same string twice, perhaps both counted once: appending would move it.
            let copy = text.to_vec();
            return append(a, &copy).ok_or_else(|| too_long(vm));
        }
        return append(a, &text).ok_or_else(|| too_long(vm));
    }
    let result = concat_slow(vm, a, text.0);
    vm.release(a);
    result
}

/// Joins the list from the mark, which it consumes.
pub fn concat_list(vm: &mut Vm, mark: i64) -> Result<Val, Thrown> {
    let list = vm.list(mark);
    if let Some(joined) = crate::convert::join_plain(list, crate::value::EMPTY) {
        vm.drop_list(mark);
        return Ok(joined);
    }
    if list.iter().any(|&value| vm.may_overload(value)) {
        return concat_in_turn(vm, mark);
    }
    let Some(mut out) = Builder::try_with_room(Builder::room_for(list)) else {
        vm.drop_list(mark);
        return Err(too_long(vm));
    };
    let mut result = vm.check_operands(list);
    for &value in list {
        if result.is_err() {
            break;
        }
        result = out.push_value(vm, value);
    }
    vm.drop_list(mark);
    result.map(|()| out.finish())
}

/// The same one after another, since an object among them may have `.` overloaded.
#[cold]
fn concat_in_turn(vm: &mut Vm, mark: i64) -> Result<Val, Thrown> {
    let parts = vm.take_list(mark);
    let mut result = Ok(crate::value::EMPTY);
    for (n, &part) in parts.iter().enumerate() {
        // What the list begins with is joined to nothing.
        let Ok(before) = result else { break };
        result = match n {
            0 if parts.len() > 1 => Ok(part.retained()),
            0 => vm.str_of(part),
            _ => {
                let joined = concat(vm, before, part);
                vm.release(before);
                joined
            }
        };
    }
    vm.release_all(&parts);
    result
}

/// Longest string `x` makes, in bytes.
const REPEAT_MAX: usize = 1 << 34;

/// `x` of a string.
pub fn repeat(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::REPEAT, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let times = vm.integer(b)?.max(0) as usize;
    let text = vm.text(a)?;
    let total = text.len().saturating_mul(times);
    if total <= crate::value::SHORT_MAX {
        return Ok(string_of(&text.repeat(times), text.is_wide()));
    }
    let buffer = if total <= REPEAT_MAX { crate::string::try_with_capacity(total) } else { None };
    match buffer {
        Some(mut out) => {
            for _ in 0..times {
                crate::string::push_bytes(&mut out, &text);
            }
            if text.is_wide() {
                out.header.flags |= crate::value::FLAG_WIDE;
            }
            Ok(Val { w0: tag::STR, w1: out.address() })
        }
        None => Err(vm.die(b"Out of memory in repeat")),
    }
}
