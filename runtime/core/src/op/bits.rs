//! Bits: 64-bit integers in default mode; under `--compat` unsigned unless both operands are
//! strings, which combine byte by byte.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag};

use crate::class::Operator;
use crate::exception::Thrown;
use crate::string::string;
use crate::value::{ValExt, bytes, int, uint};
use crate::vm::Vm;

/// The 64 bits a value stands for.
fn word(vm: &mut Vm, value: Val) -> Result<u64, Thrown> {
    let number = vm.number(value)?;
    Ok(match number.w0 {
        tag::INT | tag::UINT => number.w1,
        _ => {
            let float = number.as_num();
            if vm.compat && float >= 9_223_372_036_854_775_808.0 { float as u64 } else { float as i64 as u64 }
        }
    })
}

fn result(vm: &Vm, bits: u64) -> Val {
    if vm.compat { uint(bits) } else { int(bits as i64) }
}

/// The bytes of what is no number: a text, or undef, which is an empty one.
fn text(value: &Val) -> Option<&[u8]> {
    if value.is_undef() {
        return Some(b"");
    }
    value.is_string().then(|| bytes(value))
}

fn binary(
    vm: &mut Vm,
    operator: Operator,
    a: Val,
    b: Val,
    combine: fn(u64, u64) -> u64,
    pad: bool,
) -> Result<Val, Thrown> {
    if a.is_int() && b.is_int() {
        return Ok(result(vm, combine(a.w1, b.w1)));
    }
    if (vm.may_overload(a) || vm.may_overload(b) || a.w0 == tag::EXT)
        && let Some(result) = vm.overloaded(operator, a, b)?
    {
        return Ok(result);
    }
    if vm.compat
        && let (Some(one), Some(two)) = (text(&a), text(&b))
    {
        let len = if pad { one.len().max(two.len()) } else { one.len().min(two.len()) };
        let at = |text: &[u8], i: usize| u64::from(text.get(i).copied().unwrap_or(0));
        let out: Vec<u8> = (0..len).map(|i| combine(at(one, i), at(two, i)) as u8).collect();
        return Ok(string(&out));
    }
    vm.check_operands(&[a, b])?;
    let (one, two) = (word(vm, a)?, word(vm, b)?);
    Ok(result(vm, combine(one, two)))
}

/// `&`
pub fn bit_and(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    binary(vm, Operator::AND, a, b, |x, y| x & y, false)
}

/// `|`
pub fn bit_or(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    binary(vm, Operator::OR, a, b, |x, y| x | y, true)
}

/// `^`
pub fn bit_xor(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    binary(vm, Operator::XOR, a, b, |x, y| x ^ y, true)
}

/// `~`
pub fn bit_not(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::COMPLEMENT, value)?
    {
        return Ok(result);
    }
    if vm.compat
        && let Some(text) = text(&value)
    {
        let out: Vec<u8> = text.iter().map(|byte| !byte).collect();
        return Ok(string(&out));
    }
    vm.check_operands(&[value])?;
    let bits = word(vm, value)?;
    Ok(result(vm, !bits))
}

/// `<<`
pub fn shl(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    shift(vm, Operator::SHL, a, b, false)
}

/// `>>`
pub fn shr(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    shift(vm, Operator::SHR, a, b, true)
}

fn shift(vm: &mut Vm, operator: Operator, a: Val, b: Val, right: bool) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(operator, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let (bits, count) = (word(vm, a)?, vm.integer(b)?);
    if !vm.compat {
        let value = bits as i64;
        return Ok(int(if right { int_shr(vm, value, count) } else { int_shl(vm, value, count) }));
    }
    // A negative count shifts the other way.
    let (right, count) = if count < 0 { (!right, count.unsigned_abs()) } else { (right, count as u64) };
    Ok(uint(match u32::try_from(count) {
        Ok(count) if count < 64 => {
            if right {
                bits >> count
            } else {
                bits << count
            }
        }
        _ => 0,
    }))
}

/// `<<` of integers: 0 for a count outside 0 to 63.
#[inline(always)]
pub fn int_shl(_vm: &mut Vm, a: i64, b: i64) -> i64 {
    if (0..64).contains(&b) { a << b } else { 0 }
}

/// `>>` of integers, arithmetic.
#[inline(always)]
pub fn int_shr(_vm: &mut Vm, a: i64, b: i64) -> i64 {
    match b {
        0..64 => a >> b,
        64.. if a < 0 => -1,
        _ => 0,
    }
}
