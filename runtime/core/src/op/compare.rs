//! Comparison of numbers and strings, and `match`'s own.

use core::cmp::Ordering;

use s_abi::layout::{Val, tag};

use crate::class::Operator;
use crate::exception::Thrown;
use crate::string::Text;
use crate::text::number::looks_like_number;
use crate::value::{UNDEF, ValExt, bytes, int};
use crate::vm::Vm;

/// How deep in arrays a value is looked for.
const DEPTH_MAX: u32 = 500;

/// The order of two numbers, exact between integers and floats; `None` with NaN.
#[must_use]
pub fn order_numbers(a: Val, b: Val) -> Option<Ordering> {
    match (a.w0, b.w0) {
        (tag::INT, tag::INT) => Some(a.as_int().cmp(&b.as_int())),
        (tag::NUM, tag::NUM) => a.as_num().partial_cmp(&b.as_num()),
        (tag::NUM, _) => order_whole(whole(b), a.as_num()).map(Ordering::reverse),
        (_, tag::NUM) => order_whole(whole(a), b.as_num()),
        _ => Some(whole(a).cmp(&whole(b))),
    }
}

fn whole(value: Val) -> i128 {
    if value.w0 == tag::UINT { i128::from(value.w1) } else { i128::from(value.as_int()) }
}

fn order_whole(a: i128, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b.abs() >= 1e20 {
        return Some(if b > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let floor = libm::floor(b);
    let order = a.cmp(&(floor as i128));
    Some(if order == Ordering::Equal && b > floor { Ordering::Less } else { order })
}

#[cold]
#[inline(never)]
fn numeric(
    vm: &mut Vm,
    operator: Operator,
    a: Val,
    b: Val,
    test: fn(Option<Ordering>) -> bool,
) -> Result<bool, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b) || a.w0 == tag::EXT && b.w0 == tag::EXT)
        && let Some(result) = vm.overloaded(operator, a, b)?
    {
        let truth = vm.truth(result);
        vm.release(result);
        return truth;
    }
    // Two texts that are no numbers are equal when they are the same text (default mode).
    if !vm.compat && a.is_string() && b.is_string() && matches!(operator.symbol, b"==" | b"!=") {
        let (one, two) = (bytes(&a), bytes(&b));
        if !looks_like_number(one) && !looks_like_number(two) {
            return Ok(test(Some(one.cmp(two))));
        }
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.number(a)?, vm.number(b)?);
    Ok(test(order_numbers(x, y)))
}

macro_rules! numeric_comparison {
    ($(#[$doc:meta])* $name:ident $operator:ident $sign:tt $test:expr) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(vm: &mut Vm, a: Val, b: Val) -> Result<bool, Thrown> {
            if a.w0 | b.w0 == tag::INT {
                return Ok(a.as_int() $sign b.as_int());
            }
            numeric(vm, Operator::$operator, a, b, $test)
        }
    };
}

numeric_comparison!(/** `==` */ num_eq EQ == |order| order == Some(Ordering::Equal));
numeric_comparison!(/** `!=` */ num_ne NE != |order| order != Some(Ordering::Equal));
numeric_comparison!(/** `<` */ num_lt LT < |order| order == Some(Ordering::Less));
numeric_comparison!(/** `>` */ num_gt GT > |order| order == Some(Ordering::Greater));
numeric_comparison!(/** `<=` */ num_le LE <= |order| order.is_some_and(Ordering::is_le));
numeric_comparison!(/** `>=` */ num_ge GE >= |order| order.is_some_and(Ordering::is_ge));

/// A comparison where operators may be overloaded, whose methods may give anything: 0 `==`, 1 `!=`, 2 `<`, 3 `>`,
/// 4 `<=`, 5 `>=`, 6 `eq`, 7 `ne`, 8 `lt`, 9 `gt`, 10 `le`, 11 `ge`.
pub fn compare_op(vm: &mut Vm, op: i64, a: Val, b: Val) -> Result<Val, Thrown> {
    let (operator, plain): (Operator, super::Binary<bool>) = match op {
        0 => (Operator::EQ, num_eq),
        1 => (Operator::NE, num_ne),
        2 => (Operator::LT, num_lt),
        3 => (Operator::GT, num_gt),
        4 => (Operator::LE, num_le),
        5 => (Operator::GE, num_ge),
        6 => (Operator::STR_EQ, str_eq),
        7 => (Operator::STR_NE, str_ne),
        8 => (Operator::STR_LT, str_lt),
        9 => (Operator::STR_GT, str_gt),
        10 => (Operator::STR_LE, str_le),
        _ => (Operator::STR_GE, str_ge),
    };
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(operator, a, b)?
    {
        return Ok(result);
    }
    let truth = plain(vm, a, b)?;
    Ok(vm.boolean(truth))
}

/// `<=>`
#[inline(always)]
pub fn num_cmp(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if a.w0 | b.w0 == tag::INT {
        return Ok(int(a.as_int().cmp(&b.as_int()) as i64));
    }
    num_cmp_slow(vm, a, b)
}

#[inline(never)]
fn num_cmp_slow(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::CMP, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.number(a)?, vm.number(b)?);
    Ok(order_numbers(x, y).map_or(UNDEF, |order| int(order as i64)))
}

/// The order of two texts: by bytes, or by code points where one is wide.
#[must_use]
pub fn order_texts(a: &Text, b: &Text) -> Ordering {
    if a.is_wide() == b.is_wide() {
        return (**a).cmp(&**b);
    }
    if a.is_wide() {
        return (**a).cmp(crate::convert::widened(b).as_slice());
    }
    crate::convert::widened(a).as_slice().cmp(b)
}

#[inline(never)]
fn textual(
    vm: &mut Vm,
    operator: Operator,
    a: Val,
    b: Val,
    test: fn(Ordering) -> bool,
) -> Result<bool, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(operator, a, b)?
    {
        let truth = vm.truth(result);
        vm.release(result);
        return truth;
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.text(a)?, vm.text(b)?);
    Ok(test(order_texts(&x, &y)))
}

/// `eq`
#[inline(always)]
pub fn str_eq(vm: &mut Vm, a: Val, b: Val) -> Result<bool, Thrown> {
    if a.w0 & 0xff == tag::SSTR && b.w0 & 0xff == tag::SSTR {
        return Ok(a == b);
    }
    if a.w0 == tag::STR && b.w0 == tag::STR && a.is_wide() == b.is_wide() {
        return Ok(a.w1 == b.w1 || bytes(&a) == bytes(&b));
    }
    textual(vm, Operator::STR_EQ, a, b, Ordering::is_eq)
}

/// `ne`
#[inline(always)]
pub fn str_ne(vm: &mut Vm, a: Val, b: Val) -> Result<bool, Thrown> {
    if a.w0 & 0xff == tag::SSTR && b.w0 & 0xff == tag::SSTR {
        return Ok(a != b);
    }
    textual(vm, Operator::STR_NE, a, b, Ordering::is_ne)
}

/// `lt`
pub fn str_lt(vm: &mut Vm, a: Val, b: Val) -> Result<bool, Thrown> {
    textual(vm, Operator::STR_LT, a, b, Ordering::is_lt)
}

/// `gt`
pub fn str_gt(vm: &mut Vm, a: Val, b: Val) -> Result<bool, Thrown> {
    textual(vm, Operator::STR_GT, a, b, Ordering::is_gt)
}

/// `le`
pub fn str_le(vm: &mut Vm, a: Val, b: Val) -> Result<bool, Thrown> {
    textual(vm, Operator::STR_LE, a, b, Ordering::is_le)
}

/// `ge`
pub fn str_ge(vm: &mut Vm, a: Val, b: Val) -> Result<bool, Thrown> {
    textual(vm, Operator::STR_GE, a, b, Ordering::is_ge)
}

/// `cmp`
#[inline(always)]
pub fn str_cmp(vm: &mut Vm, a: Val, b: Val) -> Result<i64, Thrown> {
    if a.is_string() && b.is_string() && !a.is_wide() && !b.is_wide() {
        return Ok(bytes(&a).cmp(bytes(&b)) as i64);
    }
    str_cmp_slow(vm, a, b)
}

#[inline(never)]
fn str_cmp_slow(vm: &mut Vm, a: Val, b: Val) -> Result<i64, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::STR_CMP, a, b)?
    {
        let order = vm.integer(result);
        vm.release(result);
        return order;
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.text(a)?, vm.text(b)?);
    Ok(order_texts(&x, &y) as i64)
}

/// `match` of a value with a pattern value: integers numerically, arrays by membership, hashes by
/// key, regexes by matching, others as strings.
pub fn smart_eq(vm: &mut Vm, subject: Val, pattern: Val) -> Result<bool, Thrown> {
    smart_eq_at(vm, subject, pattern, 0)
}

/// The same for what is so deep in arrays, one of which may hold itself.
fn smart_eq_at(vm: &mut Vm, subject: Val, pattern: Val, depth: u32) -> Result<bool, Thrown> {
    if depth > DEPTH_MAX {
        return Err(vm.die(b"values are nested too deep to compare"));
    }
    match pattern.w0 {
        tag::RX => return crate::pattern::match_once(vm, subject, pattern),
        tag::AREF if subject.w0 != tag::AREF => {
            let array: crate::value::Array = pattern.pointer();
            for at in 0..array.len as i64 {
                let element = crate::array::get(&array, at);
                let same = smart_eq_at(vm, subject, element, depth + 1);
                vm.release(element);
                if same? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        tag::HREF if subject.w0 != tag::HREF => {
            let (key, text) = vm.key(subject)?;
            let found = crate::hash::lookup(pattern.pointer(), key).is_some();
            drop(text);
            return Ok(found);
        }
        tag::AREF | tag::HREF | tag::OBJ => return vm.deep_equal(subject, pattern, 0),
        tag::UNDEF => return Ok(subject.is_undef()),
        _ => {}
    }
    if subject.is_undef() {
        return Ok(false);
    }
    if pattern.is_numeric() {
        if subject.is_string() && !looks_like_number(bytes(&subject)) {
            return Ok(false);
        }
        return num_eq(vm, subject, pattern);
    }
    str_eq(vm, subject, pattern)
}

/// `when` and `~~`: as [`smart_eq`], and a function is called with the value.
pub fn smart_match(vm: &mut Vm, subject: Val, pattern: Val) -> Result<bool, Thrown> {
    if pattern.w0 == tag::CODE && subject.w0 != tag::CODE {
        let code = pattern.pointer();
        let result = vm.call_scalar(code, &[subject])?;
        let truth = vm.truth(result);
        vm.release(result);
        return truth;
    }
    if vm.may_overload(subject)
        && let Some(result) = vm.overloaded(Operator::SMART, subject, pattern)?
    {
        let truth = vm.truth(result);
        vm.release(result);
        return truth;
    }
    smart_eq(vm, subject, pattern)
}
