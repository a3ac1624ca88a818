//! Arithmetic.

use s_abi::layout::{Val, tag};

use crate::class::Operator;
use crate::convert::number_value;
use crate::exception::Thrown;
use crate::string::string;
use crate::text::number::{
    increment_digits, looks_like_number, magic_increment, pow_float, pow_int, pow_int_perl,
};
use crate::value::{ValExt, bytes, int, num, uint};
use crate::vm::Vm;

/// A number of three kinds; wide enough that no sum or product of two is lost.
#[derive(Clone, Copy)]
enum Wide {
    Whole(i128),
    Float,
}

/// Integers up to here have a float of their own.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

fn wide(value: Val) -> Wide {
    match value.w0 {
        tag::INT => Wide::Whole(i128::from(value.as_int())),
        tag::UINT => Wide::Whole(i128::from(value.w1)),
        _ => {
            // A float that is an integer, and is no other integer rounded, counts as one for `+ - *`.
            let float = value.as_num();
            let whole = float as i64;
            let is_whole = whole as f64 == float && (whole != 0 || float.is_sign_positive());
            if is_whole && float.abs() < EXACT { Wide::Whole(i128::from(whole)) } else { Wide::Float }
        }
    }
}

fn float_of(value: Val) -> f64 {
    match value.w0 {
        tag::INT => value.as_int() as f64,
        tag::UINT => value.w1 as f64,
        _ => value.as_num(),
    }
}

/// A whole result: integer if it fits one of the two kinds, else a float.
fn whole(value: i128) -> Option<Val> {
    if let Ok(small) = i64::try_from(value) {
        return Some(int(small));
    }
    u64::try_from(value).ok().map(uint)
}

/// Whether Perl adds a text as a float though its value is whole: it is no number, or has a point without an exponent.
fn counts_as_float(text: &[u8]) -> bool {
    let has = |signs: &[u8]| text.iter().any(|byte| signs.contains(byte));
    !looks_like_number(text) || has(b".") && !has(b"eE")
}

#[cold]
#[inline(never)]
fn slow(
    vm: &mut Vm,
    operator: Operator,
    a: Val,
    b: Val,
    wrapping: fn(i64, i64) -> i64,
    exact: fn(i128, i128) -> Option<i128>,
    float: fn(f64, f64) -> f64,
) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b) || a.w0 == tag::EXT)
        && let Some(result) = vm.overloaded(operator, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.number(a)?, vm.number(b)?);
    if !vm.compat {
        if x.is_int() && y.is_int() {
            return Ok(int(wrapping(x.as_int(), y.as_int())));
        }
        return Ok(num(float(float_of(x), float_of(y))));
    }
    let is_float_text = |value: Val| value.is_string() && counts_as_float(bytes(&value));
    if let (Wide::Whole(one), Wide::Whole(two)) = (wide(x), wide(y))
        && !is_float_text(a)
        && !is_float_text(b)
        && let Some(result) = exact(one, two).and_then(whole)
    {
        return Ok(result);
    }
    Ok(num(float(float_of(x), float_of(y))))
}

macro_rules! arithmetic {
    ($(#[$doc:meta])* $name:ident $operator:ident $wrapping:ident $checked:ident $float:expr) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
            if a.w0 | b.w0 == tag::INT {
                if let Some(result) = a.as_int().$checked(b.as_int()) {
                    return Ok(int(result));
                }
            } else if a.w0 == tag::NUM && b.w0 == tag::NUM && !vm.compat {
                return Ok(num($float(a.as_num(), b.as_num())));
            }
            slow(vm, Operator::$operator, a, b, i64::$wrapping, i128::$checked, $float)
        }
    };
}

arithmetic!(/** `+` */ add ADD wrapping_add checked_add |x: f64, y: f64| x + y);
arithmetic!(/** `-` */ sub SUB wrapping_sub checked_sub |x: f64, y: f64| x - y);
arithmetic!(/** `*` */ mul MUL wrapping_mul checked_mul |x: f64, y: f64| x * y);

/// `/`
pub fn div(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::DIV, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.number(a)?, vm.number(b)?);
    if x.is_int() && y.is_int() {
        return int_div(vm, x.as_int(), y.as_int());
    }
    let divisor = float_of(y);
    if divisor == 0.0 {
        return Err(vm.die(b"Illegal division by zero"));
    }
    if x.w0 != tag::NUM
        && y.w0 != tag::NUM
        && let (Wide::Whole(one), Wide::Whole(two)) = (wide(x), wide(y))
        && one % two == 0
        && let Some(result) = whole(one / two)
    {
        return Ok(result);
    }
    Ok(num(float_of(x) / divisor))
}

/// `/` of integers: exact, or a float.
pub fn int_div(vm: &mut Vm, a: i64, b: i64) -> Result<Val, Thrown> {
    if b == 0 {
        return Err(vm.die(b"Illegal division by zero"));
    }
    if b == -1 {
        return Ok(match a.checked_neg() {
            Some(result) => int(result),
            None if vm.compat => uint(a.unsigned_abs()),
            None => int(a),
        });
    }
    Ok(if a % b == 0 { int(a / b) } else { num(a as f64 / b as f64) })
}

/// `/` as a float, whatever it is exactly.
pub fn div_num(vm: &mut Vm, a: Val, b: Val) -> Result<f64, Thrown> {
    let quotient = div(vm, a, b)?;
    let result = vm.float(quotient);
    vm.release(quotient);
    result
}

/// `/` of integers as a float.
pub fn int_div_num(vm: &mut Vm, a: i64, b: i64) -> Result<f64, Thrown> {
    int_div(vm, a, b).map(float_of)
}

/// `%`
#[inline(always)]
pub fn rem(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if a.is_int() && b.is_int() {
        return int_rem(vm, a.as_int(), b.as_int()).map(int);
    }
    rem_slow(vm, a, b)
}

#[inline(never)]
fn rem_slow(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::REM, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.number(a)?, vm.number(b)?);
    if x.is_int() && y.is_int() {
        return int_rem(vm, x.as_int(), y.as_int()).map(int);
    }
    if !vm.compat {
        let (x, y) = (vm.integer(x)?, vm.integer(y)?);
        return int_rem(vm, x, y).map(int);
    }
    perl_rem(vm, x, y)
}

/// Perl's `%`: on magnitudes of integers where both fit, with `fmod` beyond.
fn perl_rem(vm: &mut Vm, x: Val, y: Val) -> Result<Val, Thrown> {
    let truncated = |value: Val| match value.w0 {
        tag::NUM => {
            let float = libm::trunc(value.as_num());
            (float.abs() < 18_446_744_073_709_551_616.0).then_some(float as i128)
        }
        tag::UINT => Some(i128::from(value.w1)),
        _ => Some(i128::from(value.as_int())),
    };
    if let (Some(one), Some(two)) = (truncated(x), truncated(y)) {
        if two == 0 {
            return Err(vm.die(b"Illegal modulus zero"));
        }
        let rest = one.rem_euclid(two.abs());
        let result = if two < 0 && rest != 0 { rest + two } else { rest };
        return Ok(whole(result).unwrap_or(num(result as f64)));
    }
    num_rem(vm, float_of(x), float_of(y))
}

/// `%` of integers: the sign of the right operand.
#[inline(always)]
pub fn int_rem(vm: &mut Vm, a: i64, b: i64) -> Result<i64, Thrown> {
    // Division of 32 bits takes a fraction of the time.
    if let (Ok(a), Ok(b)) = (u32::try_from(a), u32::try_from(b))
        && b != 0
    {
        return Ok(i64::from(a % b));
    }
    if b == 0 {
        return Err(vm.die(b"Illegal modulus zero"));
    }
    if b == -1 {
        return Ok(0);
    }
    let rest = a % b;
    Ok(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
}

/// `%` of floats: of integers where both fit. Beyond that Perl rounds the right one where only the left one is too
/// large, and nothing where the right one is; signs are put back afterwards.
pub fn num_rem(vm: &mut Vm, a: f64, b: f64) -> Result<Val, Thrown> {
    const FITS: f64 = 18_446_744_073_709_551_616.0;
    if a.abs() < 9.2e18 && b.abs() < 9.2e18 || !vm.compat {
        return int_rem(vm, a as i64, b as i64).map(int);
    }
    let (left, right) = (a.abs(), b.abs());
    let (left, right) =
        if right < FITS { (libm::floor(left + 0.5), libm::floor(right + 0.5)) } else { (left, right) };
    if right == 0.0 {
        return Err(vm.die(b"Illegal modulus zero"));
    }
    let rest = libm::fmod(left, right);
    let rest = if rest != 0.0 && (a < 0.0) != (b < 0.0) { right - rest } else { rest };
    Ok(num(if b < 0.0 { -rest } else { rest }))
}

/// `**`
pub fn pow(vm: &mut Vm, a: Val, b: Val) -> Result<Val, Thrown> {
    if (vm.may_overload(a) || vm.may_overload(b))
        && let Some(result) = vm.overloaded(Operator::POW, a, b)?
    {
        return Ok(result);
    }
    vm.check_operands(&[a, b])?;
    let (x, y) = (vm.number(a)?, vm.number(b)?);
    if x.is_int() && y.is_int() {
        return Ok(int_pow(vm, x.as_int(), y.as_int()));
    }
    if vm.compat
        && let (Wide::Whole(one), Wide::Whole(two)) = (wide(x), wide(y))
        && let (Ok(one), Ok(two)) = (i64::try_from(one), i64::try_from(two))
    {
        return Ok(int_pow(vm, one, two));
    }
    Ok(num(num_pow(vm, float_of(x), float_of(y))))
}

/// `**` of integers.
pub fn int_pow(vm: &mut Vm, a: i64, b: i64) -> Val {
    number_value(if vm.compat { pow_int_perl(a, b) } else { pow_int(a, b) })
}

/// `**` of floats.
pub fn num_pow(_vm: &mut Vm, a: f64, b: f64) -> f64 {
    pow_float(a, b)
}

/// Unary `-`.
pub fn neg(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if value.is_int() {
        return Ok(negated(vm, value.as_int()));
    }
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::NEG, value)?
    {
        return Ok(result);
    }
    if value.is_string() {
        let text = bytes(&value);
        // `-"foo"` is "-foo", `-"-foo"` is "+foo".
        if let Some(&first) = text.first()
            && (!looks_like_number(text) || vm.compat && first.is_ascii_alphabetic())
        {
            if first.is_ascii_alphabetic() || first == b'_' {
                return Ok(string(&[b"-", text].concat()));
            }
            if (first == b'-' || first == b'+') && text.get(1).is_some_and(|byte| !byte.is_ascii_digit()) {
                let sign: &[u8] = if first == b'-' { b"+" } else { b"-" };
                return Ok(string(&[sign, &text[1..]].concat()));
            }
        }
    }
    vm.check_operands(&[value])?;
    let number = vm.number(value)?;
    Ok(match number.w0 {
        tag::INT => negated(vm, number.as_int()),
        tag::UINT if number.w1 == 1 << 63 => int(i64::MIN),
        _ => num(-float_of(number)),
    })
}

fn negated(vm: &Vm, value: i64) -> Val {
    match value.checked_neg() {
        Some(result) => int(result),
        None if vm.compat => uint(1 << 63),
        None => int(value),
    }
}

/// `!`
pub fn not(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::NOT, value)?
    {
        return Ok(result);
    }
    let truth = vm.truth(value)?;
    Ok(vm.boolean(!truth))
}

/// An operator under `use integer`: 0 `+`, 1 `-`, 2 `*`, 3 `/`, 4 `%`, 5 `&`, 6 `|`, 7 `^`, 8 `<<`, 9 `>>`.
pub fn integer_op(vm: &mut Vm, op: i64, left: Val, right: Val) -> Result<Val, Thrown> {
    let (a, b) = (vm.number(left)?, vm.number(right)?);
    let (a, b) = (vm.integer(a)?, vm.integer(b)?);
    let bits = |n: i64| u32::try_from(n).ok().filter(|n| *n < 64);
    Ok(int(match op {
        0 => a.wrapping_add(b),
        1 => a.wrapping_sub(b),
        2 => a.wrapping_mul(b),
        3 if b == 0 => return Err(vm.die(b"Illegal division by zero")),
        3 => a.wrapping_div(b),
        4 if b == 0 => return Err(vm.die(b"Illegal modulus zero")),
        4 => a.wrapping_rem(b),
        5 => a & b,
        6 => a | b,
        7 => a ^ b,
        8 => bits(b).map_or(0, |b| a << b),
        9 => bits(b).map_or(if a < 0 { -1 } else { 0 }, |b| a >> b),
        _ => 0,
    }))
}

/// An operator that assigns, where operators may be overloaded: 0 `+`, 1 `-`, 2 `*`, 3 `/`, 4 `%`, 5 `&`, 6 `|`,
/// 7 `^`, 8 `<<`, 9 `>>`, 10 `**`, 11 `.`, 12 `x`.
pub fn assign_op(vm: &mut Vm, op: i64, left: Val, right: Val) -> Result<Val, Thrown> {
    use super::{bits, concat};
    let (operator, plain): (Operator, super::Binary<Val>) = match op {
        0 => (Operator::ADD, add),
        1 => (Operator::SUB, sub),
        2 => (Operator::MUL, mul),
        3 => (Operator::DIV, div),
        4 => (Operator::REM, rem),
        5 => (Operator::AND, bits::bit_and),
        6 => (Operator::OR, bits::bit_or),
        7 => (Operator::XOR, bits::bit_xor),
        8 => (Operator::SHL, bits::shl),
        9 => (Operator::SHR, bits::shr),
        10 => (Operator::POW, pow),
        11 => (Operator::CONCAT, concat::concat),
        _ => (Operator::REPEAT, concat::repeat),
    };
    if (vm.may_overload(left) || vm.may_overload(right))
        && let Some(result) = vm.overloaded_assigning(operator, left, right)?
    {
        return Ok(result);
    }
    plain(vm, left, right)
}

/// What `++` makes of a value.
pub fn inc(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if value.is_int() {
        return Ok(match value.as_int().checked_add(1) {
            Some(result) => int(result),
            None if vm.compat => uint(1 << 63),
            None => int(i64::MIN),
        });
    }
    if value.is_string() {
        let text = bytes(&value);
        // `inf` and `nan` are words for `++`.
        if (!looks_like_number(text) || text.first().is_some_and(u8::is_ascii_alphabetic))
            && let Some(next) = magic_increment(text)
        {
            return Ok(string(&next));
        }
        if vm.compat
            && let Some(next) = increment_digits(text)
        {
            return Ok(string(&next));
        }
    }
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_step(Operator::INC, value)?
    {
        return Ok(result);
    }
    add(vm, value, int(1))
}

/// What `--` makes of a value.
pub fn dec(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    // In plain Perl it leaves a float a float, where `++`, `+` and `-` make integers of whole ones.
    if vm.compat && value.w0 == tag::NUM {
        return Ok(num(value.as_num() - 1.0));
    }
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_step(Operator::DEC, value)?
    {
        return Ok(result);
    }
    sub(vm, value, int(1))
}

/// Saturating truncation.
#[inline(always)]
pub fn num_to_int(_vm: &mut Vm, value: f64) -> i64 {
    value as i64
}
