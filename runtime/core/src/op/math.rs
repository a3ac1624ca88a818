//! Functions of numbers that compiled code calls directly.

use s_abi::layout::{Val, tag};

use super::arith::EXACT;
use crate::class::Operator;
use crate::exception::Thrown;
use crate::value::{ValExt, int, num, uint};
use crate::vm::Vm;

/// `int`: truncation; an integer stays as it is.
pub fn int_of(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::INT, value)?
    {
        return Ok(result);
    }
    vm.check_operands(&[value])?;
    let number = vm.number(value)?;
    if number.w0 != tag::NUM {
        return Ok(number);
    }
    Ok(num_int(vm, number.as_num()))
}

/// `int` of a float: INT when it fits.
#[inline]
pub fn num_int(vm: &mut Vm, value: f64) -> Val {
    if value.abs() < 9_223_372_036_854_775_808.0 {
        return int(value as i64);
    }
    if vm.compat && (0.0..18_446_744_073_709_551_616.0).contains(&value) {
        return uint(value as u64);
    }
    num(libm::trunc(value))
}

/// `abs`: an integer stays one.
pub fn abs(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::ABS, value)?
    {
        return Ok(result);
    }
    vm.check_operands(&[value])?;
    let number = vm.number(value)?;
    Ok(match number.w0 {
        tag::INT => match number.as_int().checked_abs() {
            Some(result) => int(result),
            None if vm.compat => uint(1 << 63),
            None => number,
        },
        tag::UINT => number,
        _ => {
            let float = libm::fabs(number.as_num());
            // Plain Perl takes a whole float for an integer here, as far as it is no other integer rounded;
            // a text as far as it fits.
            let whole = float as i64;
            let limit = if value.is_string() { 9_223_372_036_854_775_808.0 } else { EXACT };
            if vm.compat && float < limit && whole as f64 == float { int(whole) } else { num(float) }
        }
    })
}

/// `sqrt`: of a negative number it dies under `--compat`, and is NaN otherwise.
pub fn sqrt(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::SQRT, value)?
    {
        return Ok(result);
    }
    vm.check_operands(&[value])?;
    let number = vm.float(value)?;
    if number < 0.0 && vm.compat {
        let shown = crate::string::Text(crate::convert::num_string(number));
        let shown = alloc::string::String::from_utf8_lossy(&shown).into_owned();
        return Err(vm.die_fmt(format_args!("Can't take sqrt of {shown}")));
    }
    Ok(num(libm::sqrt(number)))
}

/// What a method gave, as a float; consumes it.
fn float_of_result(vm: &mut Vm, result: Val) -> Result<f64, Thrown> {
    let float = vm.float(result);
    vm.release(result);
    float
}

/// `sin`
pub fn sin(vm: &mut Vm, value: Val) -> Result<f64, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::SIN, value)?
    {
        return float_of_result(vm, result);
    }
    vm.check_operands(&[value])?;
    Ok(libm::sin(vm.float(value)?))
}

/// `cos`
pub fn cos(vm: &mut Vm, value: Val) -> Result<f64, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::COS, value)?
    {
        return float_of_result(vm, result);
    }
    vm.check_operands(&[value])?;
    Ok(libm::cos(vm.float(value)?))
}

/// `exp`
pub fn exp(vm: &mut Vm, value: Val) -> Result<f64, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::EXP, value)?
    {
        return float_of_result(vm, result);
    }
    vm.check_operands(&[value])?;
    Ok(libm::exp(vm.float(value)?))
}

/// `log`: of nothing above zero it dies under `--compat`.
pub fn log(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    if vm.may_overload(value)
        && let Some(result) = vm.overloaded_unary(Operator::LOG, value)?
    {
        return Ok(result);
    }
    vm.check_operands(&[value])?;
    let number = vm.float(value)?;
    if number <= 0.0 && vm.compat {
        let shown = crate::string::Text(crate::convert::num_string(number));
        let shown = alloc::string::String::from_utf8_lossy(&shown).into_owned();
        return Err(vm.die_fmt(format_args!("Can't take log of {shown}")));
    }
    Ok(num(libm::log(number)))
}

/// `atan2`
pub fn atan2(vm: &mut Vm, y: Val, x: Val) -> Result<f64, Thrown> {
    if (vm.may_overload(y) || vm.may_overload(x))
        && let Some(result) = vm.overloaded(Operator::ATAN2, y, x)?
    {
        return float_of_result(vm, result);
    }
    vm.check_operands(&[y, x])?;
    let (y, x) = (vm.float(y)?, vm.float(x)?);
    Ok(libm::atan2(y, x))
}

/// `sin` of a float.
pub fn num_sin(_vm: &mut Vm, value: f64) -> f64 {
    libm::sin(value)
}

/// `cos` of a float.
pub fn num_cos(_vm: &mut Vm, value: f64) -> f64 {
    libm::cos(value)
}

/// `exp` of a float.
pub fn num_exp(_vm: &mut Vm, value: f64) -> f64 {
    libm::exp(value)
}
