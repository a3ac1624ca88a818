//! Doubles and decimal digits, rounded correctly both ways: what the short ways of [`number`](crate::number) leave.
//!
//! Powers of ten are taken with 128 bits, a few units of the last too small at most. Where rounding comes out the same at
//! both ends of what that leaves open it is decided, which it nearly always is; else whole numbers of any length
//! are compared, which are exact. `core` does the same with a table of all powers and three more methods, 35 KB that
//! every program with a float would carry.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// More digits than this say no more about which double is nearest than whether one of them is not 0: the longest
/// text between two doubles has 768.
const DIGITS_MAX: usize = 800;

/// By how much less than it stands for an approximation can be, in units of its last bit: each of at most 13
/// multiplications leaves out less than two units and doubles what was left out.
const SLACK: u128 = 256;

/// The greatest step between powers: `5^27` is the last that fits 64 bits.
const STEP: i32 = 27;

/// `mantissa * 2^exponent`, where the first bit of the mantissa is 1.
#[derive(Clone, Copy)]
struct Approximation {
    mantissa: u128,
    exponent: i32,
}

impl Approximation {
    fn of(value: u64) -> Approximation {
        let zeros = value.leading_zeros();
        Approximation { mantissa: u128::from(value << zeros) << 64, exponent: -(zeros as i32) - 64 }
    }

    /// `5^-27`.
    const DOWN: Approximation =
        Approximation { mantissa: 0x9e74_d1b7_91e0_7e48_775e_a264_cf55_347d, exponent: -190 };

    /// `10^power`; exact for the powers from 0 to 27.
    fn ten(power: i32) -> Approximation {
        let mut five = Approximation::of(5_u64.pow(power.rem_euclid(STEP).unsigned_abs()));
        let step =
            if power < 0 { Approximation::DOWN } else { Approximation::of(5_u64.pow(STEP.unsigned_abs())) };
        for _ in 0..power.div_euclid(STEP).unsigned_abs() {
            five = five.times(step);
        }
        Approximation { exponent: five.exponent + power, ..five }
    }

    /// The product, without the bits that do not fit.
    fn times(self, other: Approximation) -> Approximation {
        let halves = |value: u128| (value >> 64, value & u128::from(u64::MAX));
        let ((a, b), (c, d)) = (halves(self.mantissa), halves(other.mantissa));
        let (middle, low) = (a * d, b * c);
        let carried = ((b * d) >> 64) + (middle & u128::from(u64::MAX)) + (low & u128::from(u64::MAX));
        let high = a * c + (middle >> 64) + (low >> 64) + (carried >> 64);
        let exponent = self.exponent + other.exponent + 128;
        if high >> 127 == 1 {
            return Approximation { mantissa: high, exponent };
        }
        Approximation { mantissa: high << 1 | (carried >> 63 & 1), exponent: exponent - 1 }
    }

    /// A value that is larger than this by more than this may be too small.
    fn raised(self) -> Approximation {
        let (mantissa, overflows) = self.mantissa.overflowing_add(SLACK);
        if overflows {
            return Approximation { mantissa: 1 << 127 | mantissa >> 1, exponent: self.exponent + 1 };
        }
        Approximation { mantissa, ..self }
    }

    /// The double below or at it and whether the one above is nearer; of two that are as near, the even one.
    fn split(self) -> (Below, bool) {
        let top = self.exponent + 127;
        if top >= 1024 {
            return (Below { bits: f64::INFINITY.to_bits(), unit: 0 }, false);
        }
        // How many bits a double has there, and what the last of them counts.
        let precision = 53.min(top + 1075);
        if precision < 0 {
            return (Below { bits: 0, unit: -1074 }, false);
        }
        let dropped = 128 - precision.unsigned_abs();
        let kept = self.mantissa.checked_shr(dropped).unwrap_or(0) as u64;
        let half = 1 << (dropped - 1);
        let rest = self.mantissa & (half | (half - 1));
        let bits = if precision == 53 && top >= -1022 { (((top + 1022) as u64) << 52) + kept } else { kept };
        let up = rest > half || rest == half && kept & 1 == 1;
        (Below { bits, unit: (top - 52).max(-1074) }, up)
    }

    fn rounded(self) -> u64 {
        let (below, up) = self.split();
        below.bits + u64::from(up)
    }
}

/// A double by its bits, and the exponent of what its last bit counts.
struct Below {
    bits: u64,
    unit: i32,
}

/// The double that is nearest to a number in decimal: digits with a sign, a point and an exponent, any of which may be
/// missing. What is not so written ends the number.
pub fn parse(bytes: &[u8]) -> f64 {
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    // Digits without zeros in front, and the power of ten of the last.
    let mut digits: Vec<u8> = Vec::new();
    let (mut power, mut more, mut behind) = (0_i32, false, false);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                let counts = digits.len() < DIGITS_MAX;
                if counts && (byte > b'0' || !digits.is_empty()) {
                    digits.push(byte - b'0');
                }
                more |= !counts && byte > b'0';
                power = power.saturating_add(i32::from(!counts) - i32::from(behind));
            }
            b'.' if !behind => behind = true,
            _ => break,
        }
        at += 1;
    }
    if let Some((b'e' | b'E', exponent)) = bytes[at..].split_first() {
        power = power.saturating_add(self::exponent(exponent));
    }
    if more {
        digits.push(1);
        power = power.saturating_sub(1);
    }
    let magnitude = f64::from_bits(nearest(&digits, power));
    if negative { -magnitude } else { magnitude }
}

fn exponent(bytes: &[u8]) -> i32 {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let value =
        digits.fold(0_i32, |value, digit| value.saturating_mul(10).saturating_add(i32::from(digit - b'0')));
    if negative { -value } else { value }
}

/// The bits of the double that is nearest to digits times a power of ten.
fn nearest(digits: &[u8], power: i32) -> u64 {
    let (head, tail) = digits.split_at(digits.len().min(19));
    let value = head.iter().fold(0, |value, digit| value * 10 + u64::from(*digit));
    // The first digit counts less than 10^-324 or more than 10^308, or there is none.
    let first = power.saturating_add(digits.len() as i32);
    if value == 0 || first < -330 {
        return 0;
    }
    if first > 320 {
        return f64::INFINITY.to_bits();
    }
    let ten = Approximation::ten(power + tail.len() as i32);
    let low = Approximation::of(value).times(ten);
    let beyond = value.saturating_add(u64::from(!tail.is_empty()));
    let high = Approximation::of(beyond).times(ten).raised();
    let rounded = low.rounded();
    if rounded == high.rounded() {
        return rounded;
    }
    // Near the middle between a double and the next: which side is it?
    let below = low.split().0;
    let mut number = Natural::default();
    for digit in digits {
        number.multiply(10, u32::from(*digit));
    }
    let mantissa = if below.bits >> 52 == 0 { below.bits } else { below.bits & ((1 << 52) - 1) | 1 << 52 };
    let mut middle = Natural::of(2 * mantissa + 1);
    let (side, fives) =
        if power < 0 { (&mut middle, power.unsigned_abs()) } else { (&mut number, power as u32) };
    side.multiply_by_fives(fives);
    // Of the powers of two only the difference.
    let twos = power - (below.unit - 1);
    let side = if twos < 0 { &mut middle } else { &mut number };
    side.shift(twos.unsigned_abs());
    below.bits
        + match number.compare(&middle) {
            Ordering::Less => 0,
            Ordering::Equal => below.bits & 1,
            Ordering::Greater => 1,
        }
}

/// The first `count` (1 to 17) significant digits of a double as one integer, and the decimal exponent of the first; `None`
/// where that is not decided by approximation. The value is finite and above 0.
pub fn significant(value: f64, count: u32) -> Option<(u64, i32)> {
    let (mantissa, exponent) = parts(value);
    let scaled = Approximation::of(mantissa);
    let scaled = Approximation { exponent: scaled.exponent + exponent, ..scaled };
    // The logarithm is never estimated too large, and at most one too small.
    let estimate = ((scaled.exponent + 127) * 1233) >> 12;
    let limit = 10_u128.pow(count);
    for first in [estimate, estimate + 1] {
        let product = scaled.times(Approximation::ten(count as i32 - 1 - first));
        let shift = u32::try_from(-product.exponent).ok().filter(|shift| (1..128).contains(shift))?;
        let digits = product.mantissa >> shift;
        if digits >= limit {
            continue;
        }
        let half = 1 << (shift - 1);
        let rest = product.mantissa & (half | (half - 1));
        // Both in the middle and a little below it nothing is known.
        if rest <= half && rest + SLACK >= half {
            return None;
        }
        let digits = digits + u128::from(rest > half);
        return if digits == limit {
            Some(((limit / 10) as u64, first + 1))
        } else if digits >= limit / 10 {
            Some((digits as u64, first))
        } else {
            None
        };
    }
    None
}

/// All digits of a double, and the decimal exponent of the first. The value is finite and not below 0.
pub fn exact(value: f64) -> (Vec<u8>, i32) {
    let (mantissa, exponent) = parts(value);
    if mantissa == 0 {
        return ([b'0'].into(), 0);
    }
    let mut number = Natural::of(mantissa);
    // A fraction of twos is one of tens, with fives in front.
    if exponent < 0 {
        number.multiply_by_fives(exponent.unsigned_abs());
    } else {
        number.shift(exponent.unsigned_abs());
    }
    let digits = number.into_digits();
    let first = digits.len() as i32 - 1 + exponent.min(0);
    (digits, first)
}

/// Rounds digits to the first `count` of them, half to even; whether a digit came in front, in which case one less was
/// left.
pub fn round(digits: &mut Vec<u8>, count: usize) -> bool {
    let Some(&next) = digits.get(count) else { return false };
    let odd = count.checked_sub(1).is_some_and(|last| digits[last] & 1 == 1);
    let up = next > b'5' || next == b'5' && (odd || digits[count + 1..].iter().any(|digit| *digit > b'0'));
    digits.truncate(count);
    if !up {
        return false;
    }
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
    true
}

/// A finite double as a whole number and the power of two that it counts.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) }
}

/// A whole number of any length: 32 bits a limb, the lowest first, the last not 0.
#[derive(Default)]
struct Natural {
    limbs: Vec<u32>,
}

impl Natural {
    fn of(value: u64) -> Natural {
        let mut number = Natural { limbs: [value as u32, (value >> 32) as u32].into() };
        number.trim();
        number
    }

    fn trim(&mut self) {
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
    }

    /// Multiplies, and adds.
    fn multiply(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for limb in &mut self.limbs {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.limbs.push(carry as u32);
        }
    }

    fn multiply_by_fives(&mut self, count: u32) {
        // 13 of them fit a limb.
        for _ in 0..count / 13 {
            self.multiply(5_u32.pow(13), 0);
        }
        self.multiply(5_u32.pow(count % 13), 0);
    }

    /// Multiplies by a power of two.
    fn shift(&mut self, count: u32) {
        self.multiply(1 << (count % 32), 0);
        self.limbs.splice(0..0, core::iter::repeat_n(0, count as usize / 32));
        self.trim();
    }

    fn compare(&self, other: &Natural) -> Ordering {
        let by_length = self.limbs.len().cmp(&other.limbs.len());
        by_length.then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev()))
    }

    /// The decimal digits, of 0 one.
    fn into_digits(mut self) -> Vec<u8> {
        let mut digits = Vec::with_capacity(self.limbs.len() * 10 + 1);
        while !self.limbs.is_empty() {
            let mut rest = 0;
            for limb in self.limbs.iter_mut().rev() {
                let value = rest << 32 | u64::from(*limb);
                *limb = (value / 1_000_000_000) as u32;
                rest = value % 1_000_000_000;
            }
            self.trim();
            for _ in 0..9 {
                digits.push(b'0' + (rest % 10) as u8);
                rest /= 10;
            }
        }
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            digits.push(b'0');
        }
        digits.reverse();
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::Generator;
    use crate::test_support::prelude::*;

    /// Doubles of all magnitudes, and those at the ends of magnitudes.
    fn doubles(count: usize) -> impl Iterator<Item = f64> {
        let mut generator = Generator::new(11);
        let edges = (0..0x7ff_u64)
            .flat_map(|biased| [biased << 52, (biased << 52) + 1, (biased << 52).wrapping_sub(1)]);
        let random = core::iter::repeat_with(move || generator.next() >> 1).take(count);
        edges.chain(random).map(f64::from_bits).filter(|value| value.is_finite() && value.is_sign_positive())
    }

    #[test]
    fn texts_become_the_nearest_double() {
        for value in doubles(20_000) {
            for text in [
                format!("{value:e}"),
                format!("{value:.17e}"),
                format!("{value:.30e}"),
                format!("{value:.3e}"),
            ] {
                let expected: f64 = text.parse().unwrap();
                assert_eq!(parse(text.as_bytes()).to_bits(), expected.to_bits(), "{text}");
            }
        }
        for text in [
            "0",
            "0.0",
            "-0",
            "1",
            ".5",
            "5.",
            "1e400",
            "1e-400",
            "-1e999999999999",
            "1e-99999999999999",
            "0e99999",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "4.9406564584124654e-324",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "9007199254740993",
            "9007199254740992.5",
            "9007199254740995",
            "123456789012345678901234567890",
            "0000000000000000000000000000000000000000000000012",
            "0.00000000000000000000000000000000000000000000000012",
        ] {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(parse(text.as_bytes()).to_bits(), expected.to_bits(), "{text}");
        }
    }

    #[test]
    fn the_middle_between_doubles_is_told_from_its_neighbours() {
        for value in doubles(500).filter(|value| *value < 1e308) {
            let next = f64::from_bits(value.to_bits() + 1);
            // The sum of both as whole numbers, and half of it: one digit more at most.
            let (mantissa, unit) = parts(value);
            let mut middle = Natural::of(2 * mantissa + 1);
            let exponent = unit - 1;
            if exponent < 0 {
                middle.multiply_by_fives(exponent.unsigned_abs());
            } else {
                middle.shift(exponent.unsigned_abs());
            }
            let digits = String::from_utf8(middle.into_digits()).unwrap();
            let power = exponent.min(0);
            let even = if value.to_bits() & 1 == 0 { value } else { next };
            assert_eq!(parse(format!("{digits}e{power}").as_bytes()), even, "{digits}e{power}");
            let zeros = "0".repeat(900);
            assert_eq!(
                parse(format!("{digits}.{zeros}1e{power}").as_bytes()),
                next,
                "{digits}e{power} and more"
            );
            let less = format!("{}4{}e{power}", &digits[..digits.len() - 1], "9".repeat(900));
            let point = format!("{}.4{}e{}", &digits[..digits.len() - 1], "9".repeat(900), power + 1);
            assert!(digits.ends_with('5') || power == 0, "{less}");
            if digits.ends_with('5') {
                assert_eq!(parse(point.as_bytes()), value, "a little less than {digits}e{power}");
            }
        }
    }

    #[test]
    fn doubles_become_their_digits() {
        for value in doubles(20_000).filter(|value| *value > 0.0) {
            for count in [1, 15, 17] {
                let text = format!("{value:.*e}", count as usize - 1);
                let (mantissa, exponent) = text.split_once('e').unwrap();
                let expected: u64 = mantissa.replace('.', "").parse().unwrap();
                if let Some(found) = significant(value, count) {
                    assert_eq!(found, (expected, exponent.parse().unwrap()), "{text}");
                }
                let (mut digits, mut first) = exact(value);
                first += i32::from(round(&mut digits, count as usize));
                digits.resize(count as usize, b'0');
                assert_eq!(String::from_utf8(digits).unwrap().parse(), Ok(expected), "{text}");
                assert_eq!(first.to_string(), exponent, "{text}");
            }
        }
        assert_eq!(significant(0.5, 17), Some((50_000_000_000_000_000, -1)));
        assert_eq!(significant(2.5, 1), None);
        assert_eq!(exact(0.0), (b"0".to_vec(), 0));
        assert_eq!(exact(5e-324).0.len(), 751);
    }
}
