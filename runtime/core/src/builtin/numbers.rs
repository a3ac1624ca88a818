//! Builtins on numbers: mathematics, statistics, random numbers, conversions, bits.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag};

use super::{arg, array_value, flat, listed, with_flat};
use crate::convert::number_value;
use crate::exception::Thrown;
use crate::op::arith::{add, mul, pow, sub};
use crate::op::compare::{num_gt, num_lt};
use crate::op::math;
use crate::string::string;
use crate::text::maths;
use crate::text::number;
use crate::value::{UNDEF, ValExt, int, num};
use crate::vm::Vm;

const PI: f64 = core::f64::consts::PI;

macro_rules! float1 {
    ($function:expr) => {
        |vm, a, _| {
            let function: fn(f64) -> f64 = $function;
            Ok(num(function(vm.float(arg(a, 0))?)))
        }
    };
}

macro_rules! scale {
    ($factor:expr) => {
        |vm, a, _| Ok(num(vm.float(arg(a, 0))? * $factor))
    };
}

macro_rules! per {
    ($factor:expr) => {
        |vm, a, _| Ok(num(vm.float(arg(a, 0))? / $factor))
    };
}

macro_rules! test_number {
    ($test:expr) => {
        |vm, a, _| {
            let test: fn(f64) -> bool = $test;
            let holds = test(vm.float(arg(a, 0))?);
            Ok(vm.boolean(holds))
        }
    };
}

macro_rules! statistic {
    ($function:expr) => {
        |vm, a, _| {
            let values = floats(vm, a)?;
            Ok($function(&values).map_or(UNDEF, num))
        }
    };
}

// The builtins of this file.
functions![
    ("scan", |vm, a, w| {
        // With a block, which is not looked at, one more element of value 0 counts.
        let block = arg(a, 0).w0 == tag::CODE;
        let values = floats(vm, if block { &a[1..] } else { a })?;
        let mut sum = 0.0;
        let mut out = Vec::with_capacity(values.len() + 1);
        for value in values.into_iter().chain(block.then_some(0.0)) {
            sum += value;
            out.push(num(sum));
        }
        listed(vm, out, w)
    }),
    ("abs", |vm, a, _| math::abs(vm, arg(a, 0))),
    ("abs_diff", |vm, a, _| {
        let difference = sub(vm, arg(a, 0), arg(a, 1))?;
        math::abs(vm, difference)
    }),
    ("acos", float1!(libm::acos)),
    ("acosh", float1!(libm::acosh)),
    ("asin", float1!(libm::asin)),
    ("asinh", float1!(libm::asinh)),
    ("atan", float1!(libm::atan)),
    ("atan2", |vm, a, _| math::atan2(vm, arg(a, 0), arg(a, 1)).map(num)),
    ("atanh", float1!(libm::atanh)),
    ("avg", statistic!(maths::mean)),
    ("mean", statistic!(maths::mean)),
    ("bit_and", |vm, a, _| crate::op::bits::bit_and(vm, arg(a, 0), arg(a, 1))),
    ("bit_or", |vm, a, _| crate::op::bits::bit_or(vm, arg(a, 0), arg(a, 1))),
    ("bit_xor", |vm, a, _| crate::op::bits::bit_xor(vm, arg(a, 0), arg(a, 1))),
    ("bit_not", |vm, a, _| crate::op::bits::bit_not(vm, arg(a, 0))),
    ("bit_clear", |vm, a, _| with_bit(vm, a, |n, bit| n & !bit)),
    ("bit_set", |vm, a, _| with_bit(vm, a, |n, bit| n | bit)),
    ("bit_toggle", |vm, a, _| with_bit(vm, a, |n, bit| n ^ bit)),
    ("bit_test", |vm, a, _| {
        let at = vm.integer(arg(a, 1))?;
        let holds = (0..64).contains(&at) && vm.integer(arg(a, 0))? >> at & 1 != 0;
        Ok(vm.boolean(holds))
    }),
    ("bit_length", |vm, a, _| Ok(int(64 - i64::from(vm.integer(arg(a, 0))?.unsigned_abs().leading_zeros())))),
    ("bits_count", |vm, a, _| Ok(int(i64::from(vm.integer(arg(a, 0))?.count_ones())))),
    ("shift_left", |vm, a, _| crate::op::bits::shl(vm, arg(a, 0), arg(a, 1))),
    ("shift_right", |vm, a, _| crate::op::bits::shr(vm, arg(a, 0), arg(a, 1))),
    ("bits_to_bytes", per!(8.0)),
    ("bytes_to_bits", scale!(8.0)),
    ("bytes_to_kb", per!(1024.0)),
    ("bytes_to_mb", per!(1_048_576.0)),
    ("bytes_to_gb", per!(1_073_741_824.0)),
    ("kb_to_bytes", scale!(1024.0)),
    ("mb_to_bytes", scale!(1_048_576.0)),
    ("gb_to_bytes", scale!(1_073_741_824.0)),
    ("c_to_f", float1!(|c| c * 9.0 / 5.0 + 32.0)),
    ("f_to_c", float1!(|f| (f - 32.0) * 5.0 / 9.0)),
    ("c_to_k", float1!(|c| c + 273.15)),
    ("k_to_c", float1!(|k| k - 273.15)),
    ("f_to_k", float1!(|f| (f - 32.0) * 5.0 / 9.0 + 273.15)),
    ("k_to_f", float1!(|k| (k - 273.15) * 9.0 / 5.0 + 32.0)),
    ("km_to_miles", scale!(0.621_371)),
    ("miles_to_km", scale!(1.609_344)),
    ("m_to_feet", scale!(3.280_84)),
    ("feet_to_m", scale!(0.3048)),
    ("m_to_yards", scale!(1.093_613)),
    ("yards_to_m", scale!(0.9144)),
    ("cm_to_inches", per!(2.54)),
    ("inches_to_cm", scale!(2.54)),
    ("kg_to_lbs", scale!(2.204_623)),
    ("lbs_to_kg", scale!(0.453_592_37)),
    ("g_to_oz", scale!(0.035_273_96)),
    ("oz_to_g", scale!(28.349_523)),
    ("seconds_to_minutes", per!(60.0)),
    ("seconds_to_hours", per!(3600.0)),
    ("seconds_to_days", per!(86400.0)),
    ("minutes_to_seconds", scale!(60.0)),
    ("minutes_to_hours", per!(60.0)),
    ("hours_to_seconds", scale!(3600.0)),
    ("hours_to_minutes", scale!(60.0)),
    ("hours_to_days", per!(24.0)),
    ("days_to_hours", scale!(24.0)),
    ("days_to_seconds", scale!(86400.0)),
    ("cbrt", float1!(libm::cbrt)),
    ("ceil", |vm, a, _| whole(vm, a, libm::ceil)),
    ("floor", |vm, a, _| whole(vm, a, libm::floor)),
    ("trunc", |vm, a, _| whole(vm, a, libm::trunc)),
    ("round", |vm, a, _| {
        let value = vm.number(arg(a, 0))?;
        let places = arg(a, 1);
        if places.is_undef() {
            return whole(vm, &[value], libm::round);
        }
        let places = vm.integer(places)?.clamp(-400, 400) as i32;
        Ok(num(maths::round_places(vm.float(value)?, places)))
    }),
    ("clamp", clamp),
    ("clamp_int", |vm, a, _| {
        let (value, low, high) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?, vm.integer(arg(a, 2))?);
        Ok(int(value.min(high).max(low)))
    }),
    ("coin_flip", |vm, _, _| Ok(int(random_below(vm, 2) as i64))),
    ("cos", |vm, a, _| math::cos(vm, arg(a, 0)).map(num)),
    ("cosh", float1!(libm::cosh)),
    ("cube", |vm, a, _| power(vm, arg(a, 0), 3)),
    ("cubed", |vm, a, _| power(vm, arg(a, 0), 3)),
    ("degrees", scale!(180.0 / PI)),
    ("radians", scale!(PI / 180.0)),
    ("dice_roll", |vm, a, _| {
        let sides = arg(a, 0);
        let sides = if sides.is_undef() { 6 } else { vm.integer(sides)?.max(1) };
        Ok(int(random_below(vm, sides as u64) as i64 + 1))
    }),
    ("double", |vm, a, _| mul(vm, arg(a, 0), int(2))),
    ("triple", |vm, a, _| mul(vm, arg(a, 0), int(3))),
    ("half", |vm, a, _| crate::op::arith::div(vm, arg(a, 0), int(2))),
    ("euler_e", |_, _, _| Ok(num(core::f64::consts::E))),
    ("pi", |_, _, _| Ok(num(PI))),
    ("tau", |_, _, _| Ok(num(2.0 * PI))),
    ("even", |vm, a, _| {
        let holds = vm.integer(arg(a, 0))? % 2 == 0;
        Ok(vm.boolean(holds))
    }),
    ("odd", |vm, a, _| {
        let holds = vm.integer(arg(a, 0))? % 2 != 0;
        Ok(vm.boolean(holds))
    }),
    ("exp", |vm, a, _| math::exp(vm, arg(a, 0)).map(num)),
    ("expt", |vm, a, _| pow(vm, arg(a, 0), arg(a, 1))),
    ("pow", |vm, a, _| pow(vm, arg(a, 0), arg(a, 1))),
    ("factorial", |vm, a, _| Ok(int(maths::factorial(vm.integer(arg(a, 0))?)))),
    ("fact", |vm, a, _| Ok(int(maths::factorial(vm.integer(arg(a, 0))?)))),
    ("fib", |vm, a, _| Ok(int(maths::fibonacci(vm.integer(arg(a, 0))?)))),
    ("fibonacci", |vm, a, _| Ok(int(maths::fibonacci(vm.integer(arg(a, 0))?)))),
    ("from_base", |vm, a, _| {
        let base = vm.integer(arg(a, 1))?.clamp(0, 99) as u32;
        let text = vm.text(arg(a, 0))?;
        Ok(number::from_base(&text, base).map_or(UNDEF, int))
    }),
    ("from_bin", |vm, a, _| Ok(number_value(number::bin(&vm.text(arg(a, 0))?)))),
    ("from_hex", |vm, a, _| Ok(number_value(number::hex(&vm.text(arg(a, 0))?)))),
    ("from_oct", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        let text = text.strip_prefix(b"0o").unwrap_or(&text);
        Ok(number::from_base(text, 8).map_or(UNDEF, int))
    }),
    ("gcd", |vm, a, _| fold_ints(vm, a, 0, maths::gcd)),
    ("lcm", |vm, a, _| fold_ints(vm, a, 1, maths::lcm)),
    ("geometric_mean", statistic!(maths::geometric_mean)),
    ("harmonic_mean", statistic!(maths::harmonic_mean)),
    ("hex", |vm, a, _| Ok(number_value(number::hex(&vm.text(arg(a, 0))?)))),
    ("hypot", |vm, a, _| {
        let (x, y) = (vm.float(arg(a, 0))?, vm.float(arg(a, 1))?);
        Ok(num(libm::hypot(x, y)))
    }),
    ("i64_max", |_, _, _| Ok(int(i64::MAX))),
    ("i64_min", |_, _, _| Ok(int(i64::MIN))),
    ("in_range", |vm, a, _| {
        let holds = !num_lt(vm, arg(a, 0), arg(a, 1))? && !num_gt(vm, arg(a, 0), arg(a, 2))?;
        Ok(vm.boolean(holds))
    }),
    ("int", |vm, a, _| math::int_of(vm, arg(a, 0))),
    ("inverse", |vm, a, _| crate::op::arith::div(vm, int(1), arg(a, 0))),
    ("is_finite", test_number!(f64::is_finite)),
    ("is_infinite", test_number!(f64::is_infinite)),
    ("is_nan", test_number!(f64::is_nan)),
    ("is_prime", |vm, a, _| {
        let n = vm.integer(arg(a, 0))?;
        let holds = n > 1 && maths::is_prime(n as u64);
        Ok(vm.boolean(holds))
    }),
    ("is_square", |vm, a, _| {
        let holds = maths::is_square(vm.integer(arg(a, 0))?);
        Ok(vm.boolean(holds))
    }),
    ("log", |vm, a, _| math::log(vm, arg(a, 0))),
    ("matmul", matrix_product),
    ("matrix_mul", matrix_product),
    ("mm", matrix_product),
    ("matrix_add", |vm, a, w| {
        let (one, two) = (matrix(vm, arg(a, 0))?, matrix(vm, arg(a, 1))?);
        if one.len() != two.len() || one.iter().zip(&two).any(|(x, y)| x.len() != y.len()) {
            return Err(vm.die(b"matrix_add: the matrices differ in size"));
        }
        let sums = one.iter().zip(&two);
        let sums = sums.map(|(x, y)| x.iter().zip(y).map(|(p, q)| p + q).collect()).collect();
        rows(vm, sums, w)
    }),
    ("matrix_inverse", |vm, a, w| {
        let one = if a.len() > 1 { matrix_of(vm, a)? } else { matrix(vm, arg(a, 0))? };
        match maths::matrix_inverse(&one) {
            Some(inverse) => rows(vm, inverse, w),
            None => Err(vm.die(b"matrix_inverse: the matrix has no inverse")),
        }
    }),
    ("max", |vm, a, _| extreme(vm, a, num_gt, false)),
    ("min", |vm, a, _| extreme(vm, a, num_lt, false)),
    ("max_abs", |vm, a, _| extreme(vm, a, num_gt, true)),
    ("min_abs", |vm, a, _| extreme(vm, a, num_lt, true)),
    ("min_max", |vm, a, _| {
        let (low, high) = (extreme(vm, a, num_lt, false)?, extreme(vm, a, num_gt, false)?);
        Ok(array_value(&[low, high]))
    }),
    ("median", statistic!(maths::median)),
    ("mode_val", mode_value),
    ("negate", |vm, a, _| crate::op::arith::neg(vm, arg(a, 0))),
    ("negative", test_number!(|value| value < 0.0)),
    ("positive", test_number!(|value| value > 0.0)),
    ("zero", test_number!(|value| value == 0.0)),
    ("nonzero", test_number!(|value| value != 0.0)),
    ("normalize", |vm, a, w| {
        let values = floats(vm, a)?;
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let scaled = |value: &f64| num(if high > low { (value - low) / (high - low) } else { 0.0 });
        let out = values.iter().map(scaled).collect();
        listed(vm, out, w)
    }),
    ("num_divisors", |vm, a, _| Ok(int(maths::divisor_count(vm.integer(arg(a, 0))?.unsigned_abs()) as i64))),
    ("oct", |vm, a, _| Ok(number_value(number::oct(&vm.text(arg(a, 0))?)))),
    ("percent", |vm, a, _| {
        let (part, of) = (vm.float(arg(a, 0))?, vm.float(arg(a, 1))?);
        Ok(if of == 0.0 { num(0.0) } else { num(part / of * 100.0) })
    }),
    ("percentile", |vm, a, _| {
        let percent = vm.float(arg(a, 0))?;
        let values = floats(vm, a.get(1..).unwrap_or(&[]))?;
        Ok(maths::percentile(percent, &values).map_or(UNDEF, num))
    }),
    ("prime_factors", |vm, a, w| {
        let n = vm.integer(arg(a, 0))?;
        let factors = if n > 1 { maths::factors(n as u64) } else { Vec::new() };
        let values = factors.into_iter().map(|factor| int(factor as i64)).collect();
        listed(vm, values, w)
    }),
    ("product", |vm, a, _| accumulate(vm, a, int(1), mul)),
    ("sum", |vm, a, _| {
        let empty = a.iter().all(|value| value.as_array().is_some_and(|array| array.len == 0));
        if empty { Ok(UNDEF) } else { accumulate(vm, a, int(0), add) }
    }),
    ("sum0", |vm, a, _| accumulate(vm, a, int(0), add)),
    ("rand", |vm, a, _| {
        let limit = arg(a, 0);
        let limit = if limit.is_undef() { 1.0 } else { vm.float(limit)? };
        seed_once(vm);
        Ok(num(vm.random.rand(limit)))
    }),
    ("srand", |vm, a, _| {
        let seed = arg(a, 0);
        let seed = if seed.is_undef() { fresh_seed() } else { vm.integer(seed)? as u32 };
        vm.random = number::Rand48::new(seed);
        vm.seeded = true;
        Ok(int(i64::from(seed)))
    }),
    ("random_between", |vm, a, _| {
        let (low, high) = (vm.float(arg(a, 0))?, vm.float(arg(a, 1))?);
        seed_once(vm);
        Ok(num(low + vm.random.next_f64() * (high - low)))
    }),
    ("random_bool", |vm, _, _| {
        let holds = random_below(vm, 2) == 1;
        Ok(vm.boolean(holds))
    }),
    ("random_choice", |vm, a, _| {
        let values = super::elements(vm, a);
        let chosen = if values.is_empty() {
            UNDEF
        } else {
            values[random_below(vm, values.len() as u64) as usize].retained()
        };
        vm.release_all(&values);
        Ok(chosen)
    }),
    ("random_digit", |vm, _, _| Ok(int(random_below(vm, 10) as i64))),
    ("random_float", |vm, _, _| {
        seed_once(vm);
        Ok(num(vm.random.next_f64()))
    }),
    ("random_int", |vm, a, _| {
        let (low, high) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?);
        let (low, high) = (low.min(high), low.max(high));
        let span = (high.wrapping_sub(low) as u64).saturating_add(1);
        Ok(int(low.wrapping_add(random_below(vm, span) as i64)))
    }),
    ("random_string", |vm, a, _| {
        random_text(vm, a, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    }),
    ("random_alpha", |vm, a, _| random_text(vm, a, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")),
    ("range_of", |vm, a, _| {
        let (low, high) = (extreme(vm, a, num_lt, false)?, extreme(vm, a, num_gt, false)?);
        if low.is_undef() { Ok(UNDEF) } else { sub(vm, high, low) }
    }),
    ("sign", |vm, a, _| {
        let value = vm.float(arg(a, 0))?;
        Ok(int(i64::from(value > 0.0) - i64::from(value < 0.0)))
    }),
    ("sin", |vm, a, _| math::sin(vm, arg(a, 0)).map(num)),
    ("sinh", float1!(libm::sinh)),
    ("spaceship", |vm, a, _| crate::op::compare::num_cmp(vm, arg(a, 0), arg(a, 1))),
    ("sqrt", |vm, a, _| math::sqrt(vm, arg(a, 0))),
    ("square", |vm, a, _| mul(vm, arg(a, 0), arg(a, 0))),
    ("squared", |vm, a, _| mul(vm, arg(a, 0), arg(a, 0))),
    ("stddev", statistic!(maths::stddev)),
    ("variance", statistic!(maths::variance)),
    ("tan", float1!(libm::tan)),
    ("tanh", float1!(libm::tanh)),
    ("to_base", |vm, a, _| {
        let (value, base) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?);
        in_base(vm, value, base)
    }),
    ("to_bin", |vm, a, _| vm.integer(arg(a, 0)).and_then(|value| in_base(vm, value, 2))),
    ("to_hex", |vm, a, _| vm.integer(arg(a, 0)).and_then(|value| in_base(vm, value, 16))),
    ("to_oct", |vm, a, _| vm.integer(arg(a, 0)).and_then(|value| in_base(vm, value, 8))),
];

fn whole(vm: &mut Vm, a: &[Val], round: fn(f64) -> f64) -> Result<Val, Thrown> {
    let value = vm.number(arg(a, 0))?;
    if value.w0 != tag::NUM {
        return Ok(value);
    }
    Ok(math::num_int(vm, round(value.as_num())))
}

fn power(vm: &mut Vm, value: Val, times: i64) -> Result<Val, Thrown> {
    pow(vm, value, int(times))
}

/// Three numbers: the middle one, which is the value between its bounds in whatever order they are written.
/// More: the first two are the bounds of the others, which is what `LIST |> clamp LOW, HIGH` gives.
fn clamp(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let within = |vm: &mut Vm, value: Val, low: Val, high: Val| {
        if num_lt(vm, value, low)? {
            return Ok(low.retained());
        }
        Ok(if num_gt(vm, value, high)? { high } else { value }.retained())
    };
    let list = flat(vm, a);
    let result = match list.as_slice() {
        &[one, two, three] => match num_gt(vm, one, two) {
            Ok(true) => within(vm, one, two, three),
            Ok(false) => match num_gt(vm, two, three) {
                Ok(true) => within(vm, three, one, two),
                Ok(false) => Ok(two.retained()),
                Err(thrown) => Err(thrown),
            },
            Err(thrown) => Err(thrown),
        },
        [low, high, values @ ..] => {
            let mut out = Vec::with_capacity(values.len());
            let mut failed = None;
            for &value in values {
                match within(vm, value, *low, *high) {
                    Ok(value) => out.push(value),
                    Err(thrown) => {
                        failed = Some(thrown);
                        break;
                    }
                }
            }
            match failed {
                Some(thrown) => {
                    vm.release_all(&out);
                    Err(thrown)
                }
                None => super::listed_last(vm, out, wanted),
            }
        }
        _ => Ok(UNDEF),
    };
    vm.release_all(&list);
    result
}

fn with_bit(vm: &mut Vm, a: &[Val], change: fn(i64, i64) -> i64) -> Result<Val, Thrown> {
    let (value, at) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?);
    let bit = if (0..64).contains(&at) { 1i64 << at } else { 0 };
    Ok(int(change(value, bit)))
}

/// The arguments as doubles, arrays spread.
pub(super) fn floats(vm: &mut Vm, a: &[Val]) -> Result<Vec<f64>, Thrown> {
    with_flat(vm, a, |vm, values| {
        let mut out = Vec::with_capacity(values.len());
        for &value in values {
            out.push(vm.float(value)?);
        }
        Ok(out)
    })
}

fn fold_ints(vm: &mut Vm, a: &[Val], start: u64, join: fn(u64, u64) -> u64) -> Result<Val, Thrown> {
    with_flat(vm, a, |vm, values| {
        let mut total = start;
        for &value in values {
            total = join(total, vm.integer(value)?.unsigned_abs());
        }
        Ok(int(total as i64))
    })
}

#[cfg_attr(feature = "exports", unsafe(export_name = "hot.numbers.accumulate"))]
fn accumulate(
    vm: &mut Vm,
    a: &[Val],
    start: Val,
    join: fn(&mut Vm, Val, Val) -> Result<Val, Thrown>,
) -> Result<Val, Thrown> {
    with_flat(vm, a, |vm, values| {
        let mut total = start;
        for &value in values {
            let next = join(vm, total, value)?;
            vm.release(total);
            total = next;
        }
        Ok(total)
    })
}

fn extreme(
    vm: &mut Vm,
    a: &[Val],
    better: fn(&mut Vm, Val, Val) -> Result<bool, Thrown>,
    magnitude: bool,
) -> Result<Val, Thrown> {
    with_flat(vm, a, |vm, values| {
        let mut best: Option<Val> = None;
        for &value in values {
            let chosen = match best {
                None => true,
                Some(known) if magnitude => {
                    let (x, y) = (math::abs(vm, value)?, math::abs(vm, known)?);
                    better(vm, x, y)?
                }
                Some(known) => better(vm, value, known)?,
            };
            if chosen {
                best = Some(value);
            }
        }
        Ok(best.map_or(UNDEF, |value| value.retained()))
    })
}

fn mode_value(vm: &mut Vm, a: &[Val], _: u64) -> Result<Val, Thrown> {
    with_flat(vm, a, |vm, values| {
        let mut counts: Vec<(Val, usize)> = Vec::new();
        'values: for &value in values {
            for known in &mut counts {
                if crate::op::compare::str_eq(vm, known.0, value)? {
                    known.1 += 1;
                    continue 'values;
                }
            }
            counts.push((value, 1));
        }
        let mut best: Option<(Val, usize)> = None;
        for (value, count) in counts {
            if best.is_none_or(|(_, known)| count > known) {
                best = Some((value, count));
            }
        }
        Ok(best.map_or(UNDEF, |(value, _)| value.retained()))
    })
}

fn matrix(vm: &mut Vm, value: Val) -> Result<Vec<Vec<f64>>, Thrown> {
    let array = super::array_argument(vm, value)?;
    let all = flat(vm, &[value]);
    let result = matrix_of(vm, &all);
    vm.release_all(&all);
    vm.release_ptr(array);
    result
}

fn matrix_of(vm: &mut Vm, list: &[Val]) -> Result<Vec<Vec<f64>>, Thrown> {
    let mut out = Vec::new();
    for &row in list {
        out.push(floats(vm, &[row])?);
    }
    Ok(out)
}

fn matrix_product(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let (one, two) = (matrix(vm, arg(a, 0))?, matrix(vm, arg(a, 1))?);
    match maths::matrix_multiply(&one, &two) {
        Some(product) => rows(vm, product, wanted),
        None => Err(vm.die(b"matrix_mul: the sizes of the matrices do not fit")),
    }
}

fn rows(vm: &mut Vm, matrix: Vec<Vec<f64>>, wanted: u64) -> Result<Val, Thrown> {
    let rows: Vec<Val> =
        matrix.into_iter().map(|row| array_value(&row.into_iter().map(num).collect::<Vec<Val>>())).collect();
    if wanted == s_abi::layout::want::LIST {
        return listed(vm, rows, wanted);
    }
    Ok(array_value(&rows))
}

fn in_base(vm: &mut Vm, value: i64, base: i64) -> Result<Val, Thrown> {
    let mut out = Vec::new();
    if !u32::try_from(base).is_ok_and(|base| number::to_base(value, base, &mut out)) {
        return Err(vm.die(b"a base is a number from 2 to 36"));
    }
    Ok(string(&out))
}

fn fresh_seed() -> u32 {
    let mut seed = [0u8; 4];
    if s_sys::random(&mut seed).is_err() {
        return s_sys::clock_realtime().as_nanoseconds() as u32;
    }
    u32::from_ne_bytes(seed)
}

fn seed_once(vm: &mut Vm) {
    if !vm.seeded {
        vm.random = number::Rand48::new(fresh_seed());
        vm.seeded = true;
    }
}

/// A random integer below a limit.
pub(super) fn random_below(vm: &mut Vm, limit: u64) -> u64 {
    seed_once(vm);
    vm.random.below(limit)
}

fn random_text(vm: &mut Vm, a: &[Val], letters: &[u8]) -> Result<Val, Thrown> {
    let count = super::text_length(vm, arg(a, 0), 16)?;
    let mut out = Vec::new();
    for _ in 0..count {
        out.push(letters[random_below(vm, letters.len() as u64) as usize]);
    }
    Ok(string(&out))
}
