//! Numbers as text: reading Perl's numeric prefix, printing integers and doubles, `hex`, `oct`,
//! bases, powers, the random generator and the magic increment of strings.
//!
//! Printing of a double is C's `%.15g`. The usual magnitudes take an exact integer path (the
//! mantissa times a power of five fits 128 bits, so rounding is decided on the exact value); the
//! rest is done by `decimal`, which is exact as well. Nothing here knows a value type.
//!
//! Long because its tests bring hundreds of cases for the oracle.

use alloc::vec::Vec;

use crate::decimal;

/// A number as the language holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer of 64 bits.
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    /// Everything else.
    Float(f64),
}

impl Number {
    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Uint(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// Truncates towards zero and saturates at the ends of `i64`; NaN is 0.
    pub fn to_i64(self) -> i64 {
        match self {
            Self::Int(value) => value,
            Self::Uint(_) => i64::MAX,
            Self::Float(value) => value as i64,
        }
    }

    /// Holds `value` as an `Int` if it fits and as a `Uint` otherwise.
    pub fn from_u64(value: u64) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self::Int(value),
            Err(_) => Self::Uint(value),
        }
    }

    /// Appends the string form (`format_int` or `format_float`).
    pub fn format(self, out: &mut Vec<u8>) {
        match self {
            Self::Int(value) => format_int(value, out),
            Self::Uint(value) => format_uint(value, out),
            Self::Float(value) => format_float(value, out),
        }
    }
}

/// Perl's idea of a blank: space, tab, newline, vertical tab, form feed, carriage return.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

/// The number at the start of `bytes`, 0 if there is none.
///
/// Blanks are skipped; digits alone that fit give an integer, a fraction, an exponent or more
/// digits a correctly rounded double. `inf`, `infinity` and `nan` count in any case.
pub fn parse(bytes: &[u8]) -> Number {
    match parse_plain(bytes) {
        Some(number) => number,
        None => scan(bytes).0,
    }
}

/// A few digits with a sign and a point perhaps, and nothing else: in one pass.
#[inline]
fn parse_plain(bytes: &[u8]) -> Option<Number> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let (mut value, mut point) = (0u64, 0);
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + u64::from(digit);
        } else if byte == b'.' && point == 0 && at > 0 && at + 1 < digits.len() {
            point = at + 1;
        } else {
            return None;
        }
    }
    if point == 0 {
        let value = value as i64;
        return Some(Number::Int(if negative { -value } else { value }));
    }
    if value > 1 << 53 {
        return None;
    }
    // Both are exact, as in `parse_short`.
    let value = value as f64 / TENS[digits.len() - point] as f64;
    Some(Number::Float(if negative { -value } else { value }))
}

/// Whether the whole of `bytes` is a number, blanks around it allowed; `0 but true` is one.
pub fn looks_like_number(bytes: &[u8]) -> bool {
    // Most of them are a few digits.
    if !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) {
        return true;
    }
    if bytes == b"0 but true" {
        return true;
    }
    match scan(bytes) {
        (_, Some(end)) => bytes[end..].iter().all(|&byte| is_space(byte)),
        (_, None) => false,
    }
}

/// Whether `bytes` is, blanks aside, an integer in decimal digits with an optional sign.
pub fn looks_like_integer(bytes: &[u8]) -> bool {
    let start = bytes.iter().take_while(|&&byte| is_space(byte)).count();
    let end = bytes.len() - bytes.iter().rev().take_while(|&&byte| is_space(byte)).count();
    if start >= end {
        return false;
    }
    let text = &bytes[start..end];
    let digits = match text[0] {
        b'+' | b'-' => &text[1..],
        _ => text,
    };
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// The number at the start and where it ends, without an end if there is no number.
fn scan(bytes: &[u8]) -> (Number, Option<usize>) {
    let mut at = 0;
    while at < bytes.len() && is_space(bytes[at]) {
        at += 1;
    }
    let start = at;
    let mut negative = false;
    if let Some(&sign) = bytes.get(at)
        && (sign == b'-' || sign == b'+')
    {
        negative = sign == b'-';
        at += 1;
    }
    let digits_start = at;
    let mut value: u64 = 0;
    let mut overflow = false;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0'))
        && digit < 10
    {
        match value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit))) {
            Some(next) => value = next,
            None => overflow = true,
        }
        at += 1;
    }
    let mut digits = at - digits_start;
    let mut is_float = false;
    if bytes.get(at) == Some(&b'.') {
        let fraction = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits + fraction > 0 {
            if digits == 1 && fraction == 0 && value == 1 && bytes.get(at + 1) == Some(&b'#') {
                return infinite_or_nan(bytes, digits_start, negative);
            }
            is_float = fraction > 0;
            digits += fraction;
            at += 1 + fraction;
        }
    }
    if digits == 0 || (bytes.get(at) == Some(&b'#') && value == 1) {
        return infinite_or_nan(bytes, digits_start, negative);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(at + 1), Some(b'-' | b'+')));
        let exponent = bytes[at + 1 + signed..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if exponent > 0 {
            is_float = true;
            at += 1 + signed + exponent;
        }
    }
    let number = if is_float || overflow {
        Number::Float(parse_float(&bytes[start..at]))
    } else if !negative {
        Number::from_u64(value)
    } else if value <= 1 << 63 {
        Number::Int((value as i64).wrapping_neg())
    } else {
        Number::Float(-(value as f64))
    };
    (number, Some(at))
}

/// Reads text that is known to be a number.
fn parse_float(bytes: &[u8]) -> f64 {
    parse_short(bytes).unwrap_or_else(|| decimal::parse(bytes))
}

/// A number of few digits without an exponent: whole part and power of ten are exact doubles,
/// so that one division rounds correctly (Clinger 1990).
fn parse_short(bytes: &[u8]) -> Option<f64> {
    if bytes.len() > 17 {
        return None;
    }
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let mut value: u64 = 0;
    let mut point = digits.len();
    for (at, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' => point = at + 1,
            _ => return None,
        }
    }
    if value > 1 << 53 {
        return None;
    }
    // At most 16 digits: below 10^17, a power of ten that is exact.
    let value = value as f64 / TENS[digits.len() - point] as f64;
    Some(if negative { -value } else { value })
}

/// `inf`, `infinity`, `nan`, `nanq`, `nan(12)`, `1.#INF` and the like; `at` is behind the sign.
fn infinite_or_nan(bytes: &[u8], at: usize, negative: bool) -> (Number, Option<usize>) {
    let starts = |at: usize, word: &[u8]| {
        bytes.len() >= at + word.len() && bytes[at..at + word.len()].eq_ignore_ascii_case(word)
    };
    let mut word = at;
    let windows = starts(at, b"1.#") || starts(at, b"1#");
    if windows {
        word += if starts(at, b"1.#") { 3 } else { 2 };
    }
    if starts(word, b"inf") {
        let infinity = if negative { f64::NEG_INFINITY } else { f64::INFINITY };
        let end = if starts(word, b"infinity") {
            word + 8
        } else if starts(word, b"inf") && bytes.get(word + 3).is_some_and(u8::is_ascii_alphabetic) {
            return (Number::Float(infinity), Some(word + 3));
        } else {
            word + 3
        };
        return (Number::Float(infinity), Some(end));
    }
    if windows && (starts(word, b"qnan") || starts(word, b"snan")) {
        return (Number::Float(f64::NAN), Some(word + 4));
    }
    if starts(word, b"nan") {
        let mut end = word + 3;
        if matches!(bytes.get(end), Some(b'q' | b'Q' | b's' | b'S')) {
            end += 1;
        }
        if bytes.get(end) == Some(&b'(') {
            let is_hex = starts(end + 1, b"0x");
            let digits = bytes[end + 1..]
                .iter()
                .enumerate()
                .take_while(|(at, byte)| {
                    byte.is_ascii_digit() || (is_hex && (*at == 1 || byte.is_ascii_hexdigit()))
                })
                .count();
            if digits > 0 && bytes.get(end + 1 + digits) == Some(&b')') {
                end += digits + 2;
            }
        }
        return (Number::Float(f64::NAN), Some(end));
    }
    if windows {
        return (Number::Int(1), Some(at + 1));
    }
    (Number::Int(0), None)
}

const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

/// Appends an integer in decimal.
pub fn format_int(value: i64, out: &mut Vec<u8>) {
    let mut buffer = [0; 20];
    out.extend_from_slice(format_int_into(value, &mut buffer));
}

/// Appends an unsigned integer in decimal.
pub fn format_uint(value: u64, out: &mut Vec<u8>) {
    let mut buffer = [0; 20];
    let start = digits_into(value, &mut buffer);
    out.extend_from_slice(&buffer[start..]);
}

/// Writes an integer in decimal to the end of `buffer` and returns that part.
pub fn format_int_into(value: i64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut start = digits_into(value.unsigned_abs(), buffer);
    if value < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    &buffer[start..]
}

/// Writes digits to the end of `buffer` and returns where they start.
pub fn digits_into(mut value: u64, buffer: &mut [u8; 20]) -> usize {
    let mut at = buffer.len();
    while value >= 100 {
        let pair = (value % 100) as usize * 2;
        value /= 100;
        at -= 2;
        buffer[at] = PAIRS[pair];
        buffer[at + 1] = PAIRS[pair + 1];
    }
    if value >= 10 {
        let pair = value as usize * 2;
        at -= 2;
        buffer[at] = PAIRS[pair];
        buffer[at + 1] = PAIRS[pair + 1];
    } else {
        at -= 1;
        buffer[at] = b'0' + value as u8;
    }
    at
}

/// Appends the string form of a double: an integral value below 1e15 as an integer, otherwise
/// C's `%.15g`; `Inf`, `-Inf`, `NaN`; negative zero is `0`.
pub fn format_float(value: f64, out: &mut Vec<u8>) {
    let magnitude = value.abs();
    if magnitude < 1e15 {
        let integer = value as i64;
        if integer as f64 == value {
            return format_int(integer, out);
        }
    } else if !value.is_finite() {
        out.extend_from_slice(if value.is_nan() {
            b"NaN"
        } else if value > 0.0 {
            b"Inf"
        } else {
            b"-Inf"
        });
        return;
    }
    if value < 0.0 {
        out.push(b'-');
    }
    let (digits, exponent) = match significant(magnitude, 15) {
        Some(found) => found,
        None => {
            let (text, exponent) = exact_digits(magnitude, 15);
            (text.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0')), exponent)
        }
    };
    let mut digits = digits;
    for zeros in [8, 4, 2, 1] {
        if digits.is_multiple_of(TENS[zeros]) {
            digits /= TENS[zeros];
        }
    }
    let mut buffer = [0; 20];
    let start = digits_into(digits, &mut buffer);
    write_general(&buffer[start..], exponent, 15, false, b'e', out);
}

/// Appends `digits` (the first is not 0 unless the value is) as `%g` does for `precision`.
pub fn write_general(
    digits: &[u8],
    exponent: i32,
    precision: usize,
    keep_zeros: bool,
    letter: u8,
    out: &mut Vec<u8>,
) {
    let digits = if keep_zeros {
        digits
    } else {
        let zeros = digits.iter().rev().take_while(|&&digit| digit == b'0').count();
        &digits[..(digits.len() - zeros).max(1)]
    };
    if exponent < -4 || exponent >= i32::try_from(precision).unwrap_or(i32::MAX) {
        write_exponential(digits, exponent, keep_zeros, letter, out);
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(core::iter::repeat_n(b'0', exponent.unsigned_abs() as usize - 1));
        out.extend_from_slice(digits);
    } else {
        let whole = exponent as usize + 1;
        if digits.len() <= whole {
            out.extend_from_slice(digits);
            out.extend(core::iter::repeat_n(b'0', whole - digits.len()));
            if keep_zeros {
                out.push(b'.');
            }
        } else {
            out.extend_from_slice(&digits[..whole]);
            out.push(b'.');
            out.extend_from_slice(&digits[whole..]);
        }
    }
}

/// Appends `d.ddde+XX`; the point without digits only with `point`.
pub fn write_exponential(digits: &[u8], exponent: i32, point: bool, letter: u8, out: &mut Vec<u8>) {
    out.push(digits[0]);
    if digits.len() > 1 || point {
        out.push(b'.');
    }
    out.extend_from_slice(&digits[1..]);
    out.push(letter);
    out.push(if exponent < 0 { b'-' } else { b'+' });
    if exponent.abs() < 10 {
        out.push(b'0');
    }
    format_uint(u64::from(exponent.unsigned_abs()), out);
}

const FIVES: [u64; 28] = {
    let mut table = [1; 28];
    let mut at = 1;
    while at < table.len() {
        table[at] = table[at - 1] * 5;
        at += 1;
    }
    table
};

const TENS: [u64; 20] = {
    let mut table = [1; 20];
    let mut at = 1;
    while at < table.len() {
        table[at] = table[at - 1] * 10;
        at += 1;
    }
    table
};

/// `value * 10^power` rounded half to even, exactly; `None` if it does not fit the fast path.
#[inline]
pub fn scaled(value: f64, power: u32) -> Option<u128> {
    let bits = value.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if power > 27 || biased == 0x7ff {
        return None;
    }
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let product = u128::from(mantissa) * u128::from(FIVES[power as usize]);
    let shift = exponent + power as i32;
    if shift >= 0 {
        return if shift <= 11 { Some(product << shift) } else { None };
    }
    let shift = shift.unsigned_abs();
    if shift >= 118 {
        return Some(0);
    }
    let quotient = product >> shift;
    let rest = product & ((1u128 << shift) - 1);
    let half = 1u128 << (shift - 1);
    let up = rest > half || (rest == half && quotient & 1 == 1);
    Some(quotient + u128::from(up))
}

/// The first `count` (1 to 17) significant digits as one integer and the decimal exponent of the
/// first; `None` outside the fast path. `value` is finite and above 0.
pub fn significant(value: f64, count: usize) -> Option<(u64, i32)> {
    let biased = ((value.to_bits() >> 52) & 0x7ff) as i32;
    if biased == 0 || count == 0 || count > 17 {
        return None;
    }
    // The logarithm is never estimated too large, and at most one too small.
    let estimate = ((biased - 1023) * 1233) >> 12;
    let limit = u128::from(TENS[count]);
    for exponent in [estimate, estimate + 1] {
        let power = u32::try_from(count as i32 - 1 - exponent).ok()?;
        let digits = scaled(value, power)?;
        if digits < limit {
            return if digits >= limit / 10 { Some((digits as u64, exponent)) } else { None };
        }
    }
    None
}

/// The first `count` significant digits of a finite value as text and the exponent of the first.
/// At most 1100 digits are computed: a double has no more; the caller appends zeros.
pub fn exact_digits(value: f64, count: usize) -> (Vec<u8>, i32) {
    let (value, count) = (value.abs(), count.clamp(1, 1100));
    if count <= 17
        && value > 0.0
        && let Some((digits, exponent)) = decimal::significant(value, count as u32)
    {
        let mut text = Vec::with_capacity(count);
        format_uint(digits, &mut text);
        return (text, exponent);
    }
    let (mut digits, exponent) = decimal::exact(value);
    let carried = decimal::round(&mut digits, count);
    digits.resize(count, b'0');
    (digits, exponent + i32::from(carried))
}

/// `base ** exponent` of default mode on two integers: an integer if the exact result fits.
pub fn pow_int(base: i64, exponent: i64) -> Number {
    if let Ok(exponent) = u32::try_from(exponent)
        && let Some(value) = base.checked_pow(exponent)
    {
        return Number::Int(value);
    }
    // Beyond 32 bits of exponent only these bases fit.
    match base {
        0 | 1 if exponent > 0 => Number::Int(base),
        -1 if exponent > 0 => Number::Int(if exponent % 2 == 0 { 1 } else { -1 }),
        _ => Number::Float(pow_float(base as f64, exponent as f64)),
    }
}

/// `base ** exponent` of Perl on two integers: an integer only if the bits of the base times the
/// exponent are at most 64 and the base is no power of two, otherwise C's `pow`.
pub fn pow_int_perl(base: i64, exponent: i64) -> Number {
    let magnitude = base.unsigned_abs();
    let bits = u64::from(64 - magnitude.leading_zeros());
    if exponent >= 0
        && !magnitude.is_power_of_two()
        && (exponent as u64).checked_mul(bits).is_some_and(|bits| bits <= 64)
        && let Some(value) = u32::try_from(exponent).ok().and_then(|exponent| magnitude.checked_pow(exponent))
    {
        if base >= 0 || exponent % 2 == 0 {
            return Number::from_u64(value);
        }
        if value <= 1 << 63 {
            return Number::Int((value as i64).wrapping_neg());
        }
    }
    Number::Float(pow_float(base as f64, exponent as f64))
}

/// C's `pow` on doubles; for a small whole exponent rounded as if computed exactly in all but
/// the rarest cases, which the C library of most systems does too.
pub fn pow_float(base: f64, exponent: f64) -> f64 {
    if exponent == 0.5 && base > 0.0 {
        return libm::sqrt(base);
    }
    let steps = exponent as i32;
    if f64::from(steps) == exponent
        && (-2048..=2048).contains(&steps)
        && let Some(value) = pow_whole(base, steps)
    {
        return value;
    }
    libm::pow(base, exponent)
}

/// Repeated squaring on sums of two doubles; `None` if a step leaves the safe range.
fn pow_whole(base: f64, exponent: i32) -> Option<f64> {
    let safe = |value: f64| (1e-270..1e290).contains(&value.abs());
    let mut rest = exponent.unsigned_abs();
    let mut square = (base, 0.0);
    let mut result = (1.0, 0.0);
    while rest > 0 {
        if !safe(square.0) {
            return None;
        }
        if rest & 1 == 1 {
            result = multiply_pairs(result, square);
            if !safe(result.0) {
                return None;
            }
        }
        rest >>= 1;
        if rest > 0 {
            square = multiply_pairs(square, square);
        }
    }
    if exponent >= 0 {
        return Some(result.0 + result.1);
    }
    // One step of Newton on the reciprocal, with the residue computed exactly.
    let quotient = 1.0 / result.0;
    let (high, low) = multiply_exactly(quotient, result.0);
    let residue = (1.0 - high) - low - quotient * result.1;
    Some(quotient + quotient * residue)
}

fn multiply_pairs(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (high, low) = multiply_exactly(a.0, b.0);
    let low = low + (a.0 * b.1 + a.1 * b.0);
    let sum = high + low;
    (sum, low - (sum - high))
}

/// The product and what rounding took from it (Dekker's method, Veltkamp's split).
fn multiply_exactly(a: f64, b: f64) -> (f64, f64) {
    let split = |value: f64| {
        let scaled = value * 134_217_729.0;
        let high = scaled - (scaled - value);
        (high, value - high)
    };
    let product = a * b;
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    (product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low)
}

/// Perl's `hex`: an optional `0x` or `x`, digits with single underscores between them; stops at
/// the first other byte. Above 64 bits the result is a double.
pub fn hex(bytes: &[u8]) -> Number {
    radix(strip_radix(bytes, b'x'), 16)
}

/// Perl's `oct`: `0x`, `0b`, `0o` (the `0` may be missing) choose another base; blanks before it.
pub fn oct(bytes: &[u8]) -> Number {
    let start = bytes.iter().take_while(|&&byte| is_space(byte)).count();
    let text = &bytes[start..];
    let letter = match text {
        [b'0', letter, ..] => *letter,
        [letter, ..] => *letter,
        [] => return Number::Int(0),
    };
    match letter | 0x20 {
        b'x' => radix(strip_radix(text, b'x'), 16),
        b'b' => radix(strip_radix(text, b'b'), 2),
        b'o' => radix(strip_radix(text, b'o'), 8),
        _ => radix(text, 8),
    }
}

/// Binary digits with an optional `0b` or `b`.
pub fn bin(bytes: &[u8]) -> Number {
    radix(strip_radix(bytes, b'b'), 2)
}

fn strip_radix(bytes: &[u8], letter: u8) -> &[u8] {
    match bytes {
        [b'0', first, rest @ ..] if first | 0x20 == letter => rest,
        [first, rest @ ..] if first | 0x20 == letter => rest,
        _ => bytes,
    }
}

fn radix(bytes: &[u8], base: u8) -> Number {
    let mut value: u64 = 0;
    let mut float: Option<f64> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = match digit_value(byte) {
            Some(digit) if digit < base => digit,
            _ if byte == b'_'
                && bytes
                    .get(at + 1)
                    .and_then(|&next| digit_value(next))
                    .is_some_and(|digit| digit < base) =>
            {
                at += 1;
                continue;
            }
            _ => break,
        };
        at += 1;
        match &mut float {
            Some(float) => *float = *float * f64::from(base) + f64::from(digit),
            None => match value.checked_mul(u64::from(base)) {
                Some(product) => value = product + u64::from(digit),
                None => float = Some(value as f64 * f64::from(base) + f64::from(digit)),
            },
        }
    }
    match float {
        Some(float) => Number::Float(float),
        None => Number::from_u64(value),
    }
}

fn digit_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'z' => Some(byte - b'a' + 10),
        b'A'..=b'Z' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Appends `value` in a base of 2 to 36 with lower-case digits; `false` for another base.
pub fn to_base(value: i64, base: u32, out: &mut Vec<u8>) -> bool {
    if !(2..=36).contains(&base) {
        return false;
    }
    let mut buffer = [0; 64];
    let mut at = buffer.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        let digit = (rest % u64::from(base)) as u8;
        buffer[at] = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        rest /= u64::from(base);
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&buffer[at..]);
    true
}

/// Reads a whole text in a base of 2 to 36, any case, an optional sign, underscores skipped;
/// `None` if a byte is no digit, nothing is there, or it does not fit.
pub fn from_base(bytes: &[u8], base: u32) -> Option<i64> {
    if !(2..=36).contains(&base) {
        return None;
    }
    let (negative, digits) = match bytes.trim_ascii() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut value: i64 = 0;
    let mut seen = false;
    for &byte in digits {
        if byte == b'_' {
            continue;
        }
        let digit = digit_value(byte).filter(|&digit| u32::from(digit) < base)?;
        seen = true;
        value = value.checked_mul(i64::from(base))?;
        value = if negative {
            value.checked_sub(i64::from(digit))?
        } else {
            value.checked_add(i64::from(digit))?
        };
    }
    seen.then_some(value)
}

/// The generator behind Perl's `rand`: `drand48`, bit for bit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rand48 {
    state: u64,
}

impl Rand48 {
    /// The state after `srand(seed)`; Perl keeps 32 bits of a seed.
    pub fn new(seed: u32) -> Self {
        Self { state: (u64::from(seed) << 16) + 0x330e }
    }

    /// A double of `[0, 1)` with 48 random bits.
    pub fn next_f64(&mut self) -> f64 {
        self.step();
        self.state as f64 * (1.0 / (1u64 << 48) as f64)
    }

    /// `rand(limit)`: a double of `[0, limit)`, where 0 stands for 1.
    pub fn rand(&mut self, limit: f64) -> f64 {
        let limit = if limit == 0.0 { 1.0 } else { limit };
        limit * self.next_f64()
    }

    /// An integer of `[0, limit)`, 0 if `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit <= 1 << 32 {
            return (self.next_f64() * limit as f64) as u64;
        }
        self.step();
        let high = self.state >> 16;
        self.step();
        let low = self.state >> 16;
        (((u128::from(high << 32 | low)) * u128::from(limit)) >> 64) as u64
    }

    fn step(&mut self) {
        self.state = (self.state.wrapping_mul(0x5_deec_e66d).wrapping_add(0xb)) & ((1 << 48) - 1);
    }
}

/// The magic increment: `az` to `ba`, `Zz` to `AAa`, `a9` to `b0`. `None` if the text is not
/// letters followed by digits, is empty or only digits: then `++` is numeric.
pub fn magic_increment(bytes: &[u8]) -> Option<Vec<u8>> {
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters == 0 || !bytes[letters..].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut out = bytes.to_vec();
    for at in (0..out.len()).rev() {
        let (wrapped, carry) = match out[at] {
            b'z' => (b'a', b'a'),
            b'Z' => (b'A', b'A'),
            b'9' => (b'0', b'1'),
            byte => {
                out[at] = byte + 1;
                return Some(out);
            }
        };
        out[at] = wrapped;
        if at == 0 {
            out.insert(0, carry);
        }
    }
    Some(out)
}

/// The text after one of digits that begins with `0`, which keeps its width: `08`, `09`, `10`. `None` for
/// any other text.
pub fn increment_digits(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() < 2 || bytes[0] != b'0' || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut out = bytes.to_vec();
    for digit in out.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            break;
        }
        *digit = b'0';
    }
    Some(out)
}

/// The text after one of digits, whether it begins with `0` or not.
fn next_digits(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut padded = Vec::with_capacity(bytes.len() + 1);
    padded.push(b'0');
    padded.extend_from_slice(bytes);
    let next = increment_digits(&padded)?;
    Some(if next[0] == b'0' { next[1..].to_vec() } else { next })
}

/// The strings from `from` to `to` of a range over strings: the magic increment until `to` is
/// met or the text gets longer than it; just `from` if that is longer from the start, or is no text
/// that the magic increment takes.
#[derive(Clone, Debug)]
pub struct MagicRange {
    next: Option<Vec<u8>>,
    to: Vec<u8>,
    first: bool,
}

impl MagicRange {
    /// A range from `from` to `to`, both included.
    pub fn new(from: &[u8], to: &[u8]) -> Self {
        Self { next: Some(from.to_vec()), to: to.to_vec(), first: true }
    }
}

impl Iterator for MagicRange {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let current = self.next.take()?;
        if !core::mem::take(&mut self.first) && current.len() > self.to.len() {
            return None;
        }
        if current != self.to {
            self.next = magic_increment(&current).or_else(|| next_digits(&current));
        }
        Some(current)
    }

    fn nth(&mut self, mut n: usize) -> Option<Vec<u8>> {
        while n > 0 {
            let current = self.next.take()?;
            let first = core::mem::take(&mut self.first);
            if !counts(&current) || !first && current.len() > self.to.len() {
                return None;
            }
            let top: Vec<u8> = current.iter().map(|&byte| digits_of(byte).1).collect();
            let alike = current.len() == self.to.len()
                && current
                    .iter()
                    .zip(&self.to)
                    .all(|(&byte, &to)| (digits_of(byte).0..=digits_of(byte).1).contains(&to));
            if alike && (0..n as i128).contains(&distance(&current, &self.to)) {
                return None;
            }
            let room = distance(&current, &top);
            if n as i128 <= room {
                self.next = Some(advanced(current, n));
                n = 0;
            } else {
                n -= room as usize + 1;
                self.next = magic_increment(&top).or_else(|| next_digits(&top));
            }
        }
        self.next()
    }
}

/// Whether a text is one that a range of texts counts with.
fn counts(text: &[u8]) -> bool {
    let digits = text.iter().skip_while(|byte| byte.is_ascii_alphabetic());
    !text.is_empty() && digits.into_iter().all(u8::is_ascii_digit)
}

/// The first and the last of the letters or digits that a byte counts with.
fn digits_of(byte: u8) -> (u8, u8) {
    match byte {
        b'a'..=b'z' => (b'a', b'z'),
        b'A'..=b'Z' => (b'A', b'Z'),
        _ => (b'0', b'9'),
    }
}

/// How many steps lead from a text to another one of the same make; negative backwards, and no more
/// than [`i64::MAX`] either way.
fn distance(from: &[u8], to: &[u8]) -> i128 {
    let most = i128::from(i64::MAX);
    from.iter().zip(to).fold(0, |steps, (&from, &to)| {
        let (low, high) = digits_of(from);
        let digits = i128::from(high - low) + 1;
        (steps * digits + i128::from(to) - i128::from(from)).clamp(-most, most)
    })
}

/// The text that many steps on, where it is no longer than this one.
fn advanced(mut text: Vec<u8>, steps: usize) -> Vec<u8> {
    let mut carry = steps;
    for byte in text.iter_mut().rev() {
        let (low, high) = digits_of(*byte);
        let digits = usize::from(high - low) + 1;
        let at = usize::from(*byte - low) + carry % digits;
        *byte = low + (at % digits) as u8;
        carry = carry / digits + at / digits;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, perl_lines, show};
    use core::fmt::Write;

    fn float_text(value: f64) -> String {
        let mut out = Vec::new();
        format_float(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn number_text(number: Number) -> String {
        let mut out = Vec::new();
        number.format(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn doubles_print_as_perl_prints_them() {
        let mut generator = Generator::new(1);
        let mut values = vec![
            0.0,
            0.1 + 0.2,
            1.0 / 3.0,
            1e15,
            1e14,
            999999999999999.4,
            1e21,
            1e-5,
            1e-4,
            5e-324,
            f64::MAX,
            f64::INFINITY,
            2.5e-12,
            99999999999999.95,
        ];
        for _ in 0..20_000 {
            values.push(f64::from_bits(generator.next()));
            values.push(generator.next() as i32 as f64 / 1000.0);
            values.push(generator.unit() * libm::pow(10.0, generator.below(36) as f64 - 14.0));
            values.push((generator.below(2_000_000) as f64 + 0.5) / 1e9);
        }
        values.retain(|value| !value.is_nan() && (*value != 0.0 || value.is_sign_positive()));
        let mut input = String::new();
        for value in &values {
            let _ = writeln!(input, "{:016x}", value.to_bits());
        }
        let expected =
            perl_lines("while (<STDIN>) { chomp; print unpack('d', pack('Q', hex $_)), \"\\n\" }", &input);
        assert_eq!(expected.len(), values.len());
        for (value, expected) in values.iter().zip(&expected) {
            assert_eq!(float_text(*value), *expected, "{:x}", value.to_bits());
        }
        assert_eq!(float_text(-0.0), "0");
        assert_eq!(float_text(f64::NAN), "NaN");
        assert_eq!(float_text(f64::NEG_INFINITY), "-Inf");
    }

    #[test]
    fn strings_read_as_perl_reads_them() {
        let cases = [
            "12abc",
            "0x1A",
            "1e3",
            ".5",
            "5.",
            "-7",
            "+8",
            " \t42",
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1e400",
            "inf",
            "-Infinity",
            "info",
            "nancy",
            "nan(12)",
            "1_000",
            "- 1",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "9223372036854775807",
            "9223372036854775808",
            "1.5e3x",
            "0 but true",
            "00012",
            "1.0",
            "123456789012345678901234567890",
            "0.1",
            "1e-400",
            "1#INF",
            "1.#INF",
            "1.#QNAN",
            "--1",
            "\u{b}5",
            "1 ",
            "1 x",
            "nanq",
            "nans",
            "nan(x)",
            "infx",
            "infin",
            "1.",
            "1.e3",
            "1e5 ",
            "Inf ",
        ];
        let mut input = String::new();
        for case in cases {
            let _ = writeln!(input, "{}", show(case.as_bytes()));
        }
        let expected = perl_lines(
            "use Scalar::Util 'looks_like_number'; while (<STDIN>) { chomp; my $s = pack('H*', $_); print $s + 0, ' ', looks_like_number($s) ? 1 : 0, \"\\n\" }",
            &input,
        );
        for (case, expected) in cases.iter().zip(&expected) {
            let ours = format!(
                "{} {}",
                number_text(parse(case.as_bytes())),
                u8::from(looks_like_number(case.as_bytes()))
            );
            assert_eq!(ours, *expected, "{case:?}");
        }
    }

    #[test]
    fn reading_rounds_correctly() {
        let mut generator = Generator::new(2);
        for round in 0..50_000 {
            let text = match round % 3 {
                0 => format!(
                    "{}.{}",
                    generator.next() >> (10 + round % 50),
                    generator.next() >> (10 + round % 50)
                ),
                1 => format!("-0.{:0width$}", generator.below(100_000), width = generator.below(16) as usize),
                _ => format!("{:e}", f64::from_bits(generator.next() >> 2)),
            };
            let expected: f64 = text.parse().unwrap();
            assert_eq!(parse(text.as_bytes()).to_f64().to_bits(), expected.to_bits(), "{text}");
        }
    }

    #[test]
    fn hex_and_oct_follow_perl() {
        let cases = [
            "0xff",
            "xff",
            "ff",
            "f_f",
            "f__f",
            "_ff",
            "0xfg",
            "",
            "0x",
            "ffffffffffffffff",
            "1ffffffffffffffff",
            "0XFF",
            " ff",
            "0b11",
            "b11",
            "0o17",
            "o17",
            "755",
            "789",
            " 12",
            "1_2",
            "0B1",
            "0b12",
            "1777777777777777777777",
            "3777777777777777777777",
            "_7",
            "0_7",
            "0x_f",
            "-7",
            "0",
            "x",
            "08",
        ];
        let mut input = String::new();
        for case in cases {
            let _ = writeln!(input, "{}", show(case.as_bytes()));
        }
        let expected = perl_lines(
            "no warnings; while (<STDIN>) { chomp; my $s = pack('H*', $_); print hex($s), ' ', oct($s), \"\\n\" }",
            &input,
        );
        for (case, expected) in cases.iter().zip(&expected) {
            assert_eq!(
                format!("{} {}", number_text(hex(case.as_bytes())), number_text(oct(case.as_bytes()))),
                *expected,
                "{case:?}"
            );
        }
        assert_eq!(bin(b"0b1011"), Number::Int(11));
    }

    #[test]
    fn powers() {
        let mut input = String::new();
        let mut cases = Vec::new();
        for base in [
            -15i64,
            -10,
            -3,
            -2,
            -1,
            0,
            1,
            2,
            3,
            4,
            7,
            8,
            10,
            15,
            255,
            65535,
            46341,
            2_000_000_011,
            0x7fff_ffff,
        ] {
            for exponent in 0..70 {
                cases.push((base, exponent));
                let _ = writeln!(input, "{base} {exponent}");
            }
        }
        let expected =
            perl_lines("while (<STDIN>) { my ($a, $b) = split; print +($a+0) ** ($b+0), \"\\n\" }", &input);
        for ((base, exponent), expected) in cases.iter().zip(&expected) {
            assert_eq!(number_text(pow_int_perl(*base, *exponent)), *expected, "{base} ** {exponent}");
        }
        assert_eq!(pow_int(2, 62), Number::Int(1 << 62));
        assert_eq!(pow_int(2, 63), Number::Float(9223372036854775808.0));
        assert_eq!(pow_int(-1, i64::MAX), Number::Int(-1));
        assert_eq!(pow_int(2, -1), Number::Float(0.5));
        assert_eq!(pow_int(0, 0), Number::Int(1));
    }

    #[test]
    fn random_draws_are_those_of_perl() {
        for seed in [0u32, 1, 42, 4_000_000_000] {
            let expected = perl_lines(&format!("srand({seed}); printf \"%.17g\\n\", rand(10) for 1..50"), "");
            let mut rand = Rand48::new(seed);
            for line in expected {
                assert_eq!(rand.rand(10.0), line.parse::<f64>().unwrap());
            }
        }
        let mut rand = Rand48::new(7);
        assert!((0..1000).all(|_| rand.below(6) < 6));
        assert_eq!(rand.below(0), 0);
        assert!(rand.below(u64::MAX) < u64::MAX);
    }

    #[test]
    fn strings_increment() {
        for (from, to) in [
            ("a", "b"),
            ("z", "aa"),
            ("Az", "Ba"),
            ("zZ9", "aaA0"),
            ("a9", "b0"),
            ("Zz", "AAa"),
            ("zz9", "aaa0"),
        ] {
            assert_eq!(magic_increment(from.as_bytes()).as_deref(), Some(to.as_bytes()));
        }
        for text in ["", "9", "a-b", "9a", "a9b"] {
            assert_eq!(magic_increment(text.as_bytes()), None);
        }
        let range: Vec<_> =
            MagicRange::new(b"x", b"ab").map(|text| String::from_utf8(text).unwrap()).collect();
        assert_eq!(range, ["x", "y", "z", "aa", "ab"]);
        let digits: Vec<_> =
            MagicRange::new(b"08", b"11").map(|text| String::from_utf8(text).unwrap()).collect();
        assert_eq!(digits, ["08", "09", "10", "11"]);
        assert_eq!(MagicRange::new(b"098", b"101").count(), 4);
        assert_eq!(MagicRange::new(b"abc", b"b").count(), 1);
        assert_eq!(MagicRange::new(b"", b"b").count(), 1);
        assert_eq!(MagicRange::new(b"*", b"zz").count(), 1);
        for (from, to) in
            [("a", "zz"), ("x9", "zz99"), ("7", "120"), ("Zy", "aaa"), ("a-b", "zz"), ("b7", "a9")]
        {
            let all: Vec<_> = MagicRange::new(from.as_bytes(), to.as_bytes()).collect();
            for step in [1, 2, 3, 7, 25, 26, 27, 99, 700, 7000] {
                let stepped: Vec<_> = MagicRange::new(from.as_bytes(), to.as_bytes()).step_by(step).collect();
                let picked: Vec<_> = all.iter().step_by(step).cloned().collect();
                assert_eq!(stepped, picked, "{from}..{to} by {step}");
            }
        }
        let mut far = MagicRange::new(b"a", b"zzzzzzzzzzzzzzzz").step_by(1 << 62);
        assert_eq!(far.next().as_deref(), Some(&b"a"[..]));
        assert_eq!(far.count(), 9_834);
        assert_eq!(MagicRange::new(b"a-b", b"zzzz").count(), 1);
    }

    #[test]
    fn bases() {
        let mut generator = Generator::new(3);
        for _ in 0..2000 {
            let value = generator.next() as i64 >> generator.below(64);
            let base = 2 + generator.below(35) as u32;
            let mut text = Vec::new();
            assert!(to_base(value, base, &mut text));
            assert_eq!(from_base(&text, base), Some(value));
            let mut decimal = Vec::new();
            format_int(value, &mut decimal);
            assert_eq!(decimal, value.to_string().as_bytes());
        }
        assert_eq!(from_base(b"12", 2), None);
        assert_eq!(from_base(b"", 10), None);
        assert!(!to_base(1, 1, &mut Vec::new()));
    }
}
