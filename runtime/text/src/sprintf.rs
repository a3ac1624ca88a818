//! `sprintf`: every verb and flag of Perl over a trait that yields arguments.
//!
//! What is not a valid directive is printed as it stands, a missing argument counts as
//! undefined, as in Perl. Doubles are correct to the last digit for every precision. Only
//! output beyond `OUTPUT_MAX` and `%n` are errors.

use alloc::vec::Vec;
use core::fmt;

use super::decimal;
use super::number;
use super::utf8;

/// The version of Perl that plain Perl programs see, as `$^V` has it.
pub const PERL_VERSION: &[u8] = b"v5.36.0";

/// Most bytes one field may be padded to.
pub const OUTPUT_MAX: usize = 1 << 28;

/// An argument as an integer verb wants it; a double is truncated by the verb, and printed as
/// `Inf` or `NaN` if it is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Integer {
    /// Fits `i64`.
    Signed(i64),
    /// Above `i64::MAX`.
    Unsigned(u64),
    /// A double, whole or not.
    Float(f64),
}

impl From<number::Number> for Integer {
    fn from(number: number::Number) -> Self {
        match number {
            number::Number::Int(value) => Self::Signed(value),
            number::Number::Uint(value) => Self::Unsigned(value),
            number::Number::Float(value) => Self::Float(value),
        }
    }
}

/// The arguments of `sprintf` and `pack`, numbered from 0. The functions are called only with
/// an index below `count`.
pub trait Arguments {
    /// How many there are.
    fn count(&self) -> usize;
    /// Argument `i` as an integer.
    fn int(&mut self, i: usize) -> Integer;
    /// Argument `i` as a double.
    fn float(&mut self, i: usize) -> f64;
    /// Appends the string form of argument `i`.
    fn bytes(&mut self, i: usize, out: &mut Vec<u8>);
}

/// In what `%s` and `%c` count widths and precisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// A character is a byte; `%c` writes one byte up to 255.
    Bytes,
    /// A character is a code point in UTF-8.
    CodePoints,
}

/// Why a format cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SprintfError {
    /// A width or precision beyond `OUTPUT_MAX`, or a number that does not fit.
    TooWide,
    /// `%n` would write to memory.
    WritesCount,
    /// Infinity or NaN as a character.
    NoCharacter(&'static str),
}

impl fmt::Display for SprintfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooWide => f.write_str("Integer overflow in format string for sprintf"),
            Self::WritesCount => f.write_str("Use of %n in printf-style format is not supported"),
            Self::NoCharacter(what) => write!(f, "Cannot printf {what} with 'c'"),
        }
    }
}

impl core::error::Error for SprintfError {}

/// Appends `format` with its directives replaced.
pub fn sprintf(
    format: &[u8],
    args: &mut dyn Arguments,
    out: &mut Vec<u8>,
    units: Units,
) -> Result<(), SprintfError> {
    let mut state = State { args, next: 0, units, start: out.len() };
    let mut rest = format;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        // The commonest directives, without any parsing.
        let used = match rest.get(1) {
            Some(b'%') => {
                out.push(b'%');
                2
            }
            Some(b's') => {
                if let Some(i) = state.take() {
                    state.args.bytes(i, out);
                }
                2
            }
            Some(b'd') => {
                let value = state.take().map_or(Integer::Signed(0), |i| state.args.int(i));
                write_integer(b'd', &Spec::default(), value, out);
                2
            }
            Some(b'.') if rest.len() > 3 && rest[2].is_ascii_digit() && rest[3] == b'f' => {
                let precision = Some(usize::from(rest[2] - b'0'));
                let value = state.take().map_or(0.0, |i| state.args.float(i));
                write_float(b'f', &Spec { precision, ..Spec::default() }, value, out);
                4
            }
            _ => match simple(rest) {
                Some((spec, verb, used)) => {
                    let argument = state.take();
                    match verb {
                        b's' => state.text(argument, &spec, out),
                        b'f' => {
                            let value = argument.map_or(0.0, |i| state.args.float(i));
                            write_float(b'f', &spec, value, out);
                        }
                        _ => {
                            let value = argument.map_or(Integer::Signed(0), |i| state.args.int(i));
                            write_integer(verb, &spec, value, out);
                        }
                    }
                    used
                }
                None => match state.directive(rest, out)? {
                    Some(used) => used,
                    None => {
                        let used = invalid_length(rest);
                        out.extend_from_slice(&rest[..used]);
                        used
                    }
                },
            },
        };
        rest = &rest[used..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// A directive of at most one flag, two digits of width, one of precision, and a common verb: what it
/// asks for, the verb, its length.
#[inline]
fn simple(text: &[u8]) -> Option<(Spec, u8, usize)> {
    let mut spec = Spec::default();
    let mut at = 1;
    match text.get(at)? {
        b'-' => {
            spec.left = true;
            at += 1;
        }
        b'0' => {
            spec.zero = true;
            at += 1;
        }
        _ => {}
    }
    for place in 0..2 {
        let byte = *text.get(at)?;
        if !byte.is_ascii_digit() || place == 0 && byte == b'0' {
            break;
        }
        spec.width = spec.width * 10 + usize::from(byte - b'0');
        at += 1;
    }
    if text.get(at) == Some(&b'.') {
        let byte = *text.get(at + 1)?;
        if !byte.is_ascii_digit() {
            return None;
        }
        spec.precision = Some(usize::from(byte - b'0'));
        at += 2;
    }
    let verb = *text.get(at)?;
    matches!(verb, b's' | b'd' | b'f' | b'x').then_some((spec, verb, at + 1))
}

/// An invalid directive is passed over up to the next `%`, which may start a valid one.
fn invalid_length(rest: &[u8]) -> usize {
    memchr::memchr(b'%', &rest[1..]).map_or(rest.len(), |at| at + 1)
}

struct State<'a> {
    args: &'a mut dyn Arguments,
    next: usize,
    units: Units,
    /// Where the output starts.
    start: usize,
}

#[derive(Default)]
struct Spec {
    left: bool,
    plus: Option<u8>,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
    vector: bool,
    separator: Option<Vec<u8>>,
}

/// Where a number comes from: the next argument or a given one, counted from 1.
enum Star {
    Next,
    Given(usize),
}

impl State<'_> {
    fn take(&mut self) -> Option<usize> {
        let i = self.next;
        self.next += 1;
        (i < self.args.count()).then_some(i)
    }

    fn choose(&mut self, star: &Star) -> Option<usize> {
        match star {
            Star::Next => self.take(),
            Star::Given(index) => Some(index - 1).filter(|&i| i < self.args.count()),
        }
    }

    fn star_value(&mut self, star: &Star) -> Result<i64, SprintfError> {
        let value = match self.choose(star) {
            Some(i) => to_signed(self.args.int(i)),
            None => 0,
        };
        if value.unsigned_abs() > OUTPUT_MAX as u64 { Err(SprintfError::TooWide) } else { Ok(value) }
    }

    /// Handles the directive at the start of `text`; `None` if it is invalid.
    fn directive(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<Option<usize>, SprintfError> {
        let start = self.next;
        let result = self.directive_inner(text, out);
        if let Ok(None) = result {
            self.next = start;
        }
        result
    }

    fn directive_inner(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<Option<usize>, SprintfError> {
        let mut at = 1;
        let mut spec = Spec::default();
        let mut value = Star::Next;
        // `%2$s`, or a width already.
        if matches!(text.get(at), Some(b'1'..=b'9')) {
            let (parsed, end) = decimal(text, at)?;
            if text.get(end) == Some(&b'$') {
                value = Star::Given(parsed);
                at = end + 1;
            }
        }
        loop {
            match text.get(at) {
                Some(b' ') => spec.plus = spec.plus.or(Some(b' ')),
                Some(b'+') => spec.plus = Some(b'+'),
                Some(b'-') => spec.left = true,
                Some(b'0') => spec.zero = true,
                Some(b'#') => spec.alternate = true,
                _ => break,
            }
            at += 1;
        }
        // A star may be a width or the separator of a vector.
        let mut width_known = false;
        if text.get(at) == Some(&b'*') {
            let Some((star, end)) = star(text, at + 1)? else { return Ok(None) };
            at = end;
            if text.get(at) == Some(&b'v') {
                let mut separator = Vec::new();
                if let Some(i) = self.choose(&star) {
                    self.args.bytes(i, &mut separator);
                }
                spec.separator = Some(separator);
            } else {
                self.star_width(&star, &mut spec)?;
                width_known = true;
            }
        }
        if !width_known {
            if text.get(at) == Some(&b'v') {
                at += 1;
                spec.vector = true;
                if text.get(at) == Some(&b'0') {
                    spec.zero = true;
                    at += 1;
                }
            }
            if spec.vector && text.get(at) == Some(&b'*') {
                let Some((star, end)) = star(text, at + 1)? else { return Ok(None) };
                at = end;
                self.star_width(&star, &mut spec)?;
            } else if matches!(text.get(at), Some(b'1'..=b'9')) {
                (spec.width, at) = decimal(text, at)?;
            }
        }
        if text.get(at) == Some(&b'.') {
            at += 1;
            if text.get(at) == Some(&b'*') {
                let Some((star, end)) = star(text, at + 1)? else { return Ok(None) };
                at = end;
                spec.precision = usize::try_from(self.star_value(&star)?).ok();
            } else {
                let (precision, end) = decimal(text, at)?;
                spec.precision = Some(precision);
                at = end;
            }
        }
        let size_start = at;
        while matches!(text.get(at), Some(b'h' | b'l' | b'q' | b'L' | b'V' | b'z' | b't' | b'j'))
            && at < size_start + 2
        {
            let double = at > size_start;
            if double && (text[at] != text[size_start] || !matches!(text[at], b'h' | b'l')) {
                break;
            }
            at += 1;
        }
        if spec.width + spec.precision.unwrap_or(0) + (out.len() - self.start) > OUTPUT_MAX * 2 {
            return Err(SprintfError::TooWide);
        }
        let half = text.get(size_start) == Some(&b'h');
        let narrow = half.then(|| if at - size_start == 2 { i8::BITS } else { i16::BITS });
        let Some(&verb) = text.get(at) else { return Ok(None) };
        at += 1;
        if spec.vector {
            if verb == b'%' {
                // Invalid, and not the start of the next directive.
                out.extend_from_slice(&text[..at]);
                return Ok(Some(at));
            }
            if !matches!(verb, b'b' | b'B' | b'd' | b'D' | b'i' | b'o' | b'O' | b'u' | b'U' | b'x' | b'X') {
                return Ok(None);
            }
            let argument = self.choose(&value);
            self.vector(verb, &spec, argument, out)?;
            return Ok(Some(at));
        }
        match verb {
            b'%' => pad_text(b"%", 1, &spec, out),
            b'c' => {
                let argument = self.choose(&value);
                let code = match argument {
                    Some(i) => self.args.int(i),
                    None => Integer::Signed(0),
                };
                self.character(code, &spec, out)?;
            }
            b's' => {
                let argument = self.choose(&value);
                self.text(argument, &spec, out);
            }
            b'd' | b'i' | b'D' | b'u' | b'U' | b'o' | b'O' | b'x' | b'X' | b'b' | b'B' => {
                let argument = self.choose(&value);
                let integer = argument.map_or(Integer::Signed(0), |i| self.args.int(i));
                let integer = narrow.map_or(integer, |bits| narrowed(verb, integer, bits));
                write_integer(verb, &spec, integer, out);
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' if !half => {
                let argument = self.choose(&value);
                let float = argument.map_or(0.0, |i| self.args.float(i));
                write_float(verb, &spec, float, out);
            }
            b'n' => return Err(SprintfError::WritesCount),
            _ => return Ok(None),
        }
        Ok(Some(at))
    }

    fn star_width(&mut self, star: &Star, spec: &mut Spec) -> Result<(), SprintfError> {
        let width = self.star_value(star)?;
        spec.left |= width < 0;
        spec.width = width.unsigned_abs() as usize;
        Ok(())
    }

    fn character(&mut self, code: Integer, spec: &Spec, out: &mut Vec<u8>) -> Result<(), SprintfError> {
        if let Integer::Float(value) = code
            && !value.is_finite()
        {
            return Err(SprintfError::NoCharacter(non_finite(value)));
        }
        let code = u32::try_from(to_signed(code)).unwrap_or(0xfffd);
        let mut text = Vec::new();
        if self.units == Units::Bytes && code < 256 {
            text.push(code as u8);
        } else {
            utf8::encode(code, &mut text);
        }
        if spec.precision == Some(0) {
            text.clear();
        }
        pad_text(&text, usize::from(!text.is_empty()), spec, out);
        Ok(())
    }

    /// Writes an argument's string form, cut to the precision and padded.
    fn text(&mut self, argument: Option<usize>, spec: &Spec, out: &mut Vec<u8>) {
        let start = out.len();
        if let Some(i) = argument {
            self.args.bytes(i, out);
        }
        let start = start.min(out.len());
        if spec.width == 0 && spec.precision.is_none() {
            return;
        }
        let text = &out[start..];
        let (kept, length) = match (self.units, spec.precision) {
            (Units::Bytes, precision) => {
                let kept = precision.map_or(text.len(), |precision| precision.min(text.len()));
                (kept, kept)
            }
            (Units::CodePoints, Some(precision)) => {
                let kept = utf8::offset(text, precision).unwrap_or(text.len());
                (kept, utf8::count(&text[..kept]))
            }
            (Units::CodePoints, None) => (text.len(), utf8::count(text)),
        };
        out.truncate(start + kept);
        let gap = spec.width.saturating_sub(length);
        if gap > 0 {
            fill(if spec.zero && !spec.left { b'0' } else { b' ' }, gap, out);
            if !spec.left {
                out[start..].rotate_right(gap);
            }
        }
    }

    fn vector(
        &mut self,
        verb: u8,
        spec: &Spec,
        argument: Option<usize>,
        out: &mut Vec<u8>,
    ) -> Result<(), SprintfError> {
        let mut text = Vec::new();
        if let Some(i) = argument {
            self.args.bytes(i, &mut text);
        }
        // `$^V` is a version: its numbers, whatever its text.
        if text == PERL_VERSION {
            text = alloc::vec![5, 36, 0];
        }
        if text.len().saturating_mul(spec.width.max(spec.precision.unwrap_or(0))) > OUTPUT_MAX {
            return Err(SprintfError::TooWide);
        }
        let separator = spec.separator.as_deref().unwrap_or(b".");
        let mut rest = text.as_slice();
        let mut first = true;
        let later = Spec { plus: None, separator: None, ..*spec };
        while let Some(&byte) = rest.first() {
            let (code, used) = match self.units {
                Units::Bytes => (u32::from(byte), 1),
                Units::CodePoints => utf8::decode(rest),
            };
            rest = &rest[used..];
            // As in Perl, only the first number has a sign.
            let element = if core::mem::take(&mut first) {
                spec
            } else {
                out.extend_from_slice(separator);
                &later
            };
            write_integer(verb, element, Integer::Signed(i64::from(code)), out);
        }
        Ok(())
    }
}

/// Digits from `at`, 0 without any, and where they end.
fn decimal(text: &[u8], mut at: usize) -> Result<(usize, usize), SprintfError> {
    let mut value: usize = 0;
    while let Some(byte @ b'0'..=b'9') = text.get(at) {
        value = value * 10 + usize::from(byte - b'0');
        if value > OUTPUT_MAX {
            return Err(SprintfError::TooWide);
        }
        at += 1;
    }
    Ok((value, at))
}

/// What follows a star: `12$` or nothing; `None` for digits without a dollar.
fn star(text: &[u8], at: usize) -> Result<Option<(Star, usize)>, SprintfError> {
    if !matches!(text.get(at), Some(b'1'..=b'9')) {
        return Ok(Some((Star::Next, at)));
    }
    let (index, end) = decimal(text, at)?;
    Ok((text.get(end) == Some(&b'$')).then_some((Star::Given(index), end + 1)))
}

/// Perl's cast: from 2^63 on through an unsigned integer.
fn to_signed(value: Integer) -> i64 {
    match value {
        Integer::Signed(value) => value,
        Integer::Unsigned(value) => value as i64,
        Integer::Float(value) if value < 9_223_372_036_854_775_808.0 => value as i64,
        Integer::Float(value) => value as u64 as i64,
    }
}

/// What is left of an integer as a C type of so many bits, which `h` and `hh` ask for.
fn narrowed(verb: u8, value: Integer, bits: u32) -> Integer {
    if matches!(value, Integer::Float(value) if !value.is_finite()) {
        return value;
    }
    let unused = u64::BITS - bits;
    let value = to_signed(value) << unused;
    match verb {
        b'd' | b'i' => Integer::Signed(value >> unused),
        _ => Integer::Unsigned(value as u64 >> unused),
    }
}

fn to_unsigned(value: Integer) -> u64 {
    match value {
        Integer::Signed(value) => value as u64,
        Integer::Unsigned(value) => value,
        Integer::Float(value) if value < 0.0 => value as i64 as u64,
        Integer::Float(value) => value as u64,
    }
}

fn non_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Inf"
    } else {
        "-Inf"
    }
}

#[inline]
fn fill(byte: u8, count: usize, out: &mut Vec<u8>) {
    if count > 0 {
        out.resize(out.len() + count, byte);
    }
}

/// Pads `text` of `length` characters to the width; a zero flag fills with zeros.
fn pad_text(text: &[u8], length: usize, spec: &Spec, out: &mut Vec<u8>) {
    let gap = spec.width.saturating_sub(length);
    if !spec.left {
        fill(if spec.zero { b'0' } else { b' ' }, gap, out);
    }
    out.extend_from_slice(text);
    if spec.left {
        fill(b' ', gap, out);
    }
}

/// Writes sign and `0x`, zeros or blanks, and the digits.
fn pad_number(prefix: &[u8], zeros: usize, digits: &[u8], zero: bool, spec: &Spec, out: &mut Vec<u8>) {
    let gap = spec.width.saturating_sub(prefix.len() + zeros + digits.len());
    if !spec.left && !zero {
        fill(b' ', gap, out);
    }
    out.extend_from_slice(prefix);
    fill(b'0', zeros + if !spec.left && zero { gap } else { 0 }, out);
    out.extend_from_slice(digits);
    if spec.left {
        fill(b' ', gap, out);
    }
}

fn write_integer(verb: u8, spec: &Spec, value: Integer, out: &mut Vec<u8>) {
    if verb == b'd'
        && spec.width == 0
        && spec.precision.is_none()
        && spec.plus.is_none()
        && !matches!(value, Integer::Float(value) if !value.is_finite())
    {
        return number::format_int(to_signed(value), out);
    }
    if let Integer::Float(value) = value
        && !value.is_finite()
    {
        let text = non_finite(value).as_bytes();
        // A blank asked for is a plus here, as in Perl.
        let plus = spec.plus.filter(|_| value > 0.0).map(|_| b'+');
        let prefix = plus.as_slice();
        return pad_number(prefix, 0, text, spec.zero, spec, out);
    }
    let signed = matches!(verb, b'd' | b'i' | b'D');
    let (negative, magnitude) = if signed {
        let value = to_signed(value);
        (value < 0, value.unsigned_abs())
    } else {
        (false, to_unsigned(value))
    };
    let mut buffer = [0u8; 64];
    let mut at = buffer.len();
    let (shift, alphabet): (u32, &[u8; 16]) = match verb {
        b'x' => (4, b"0123456789abcdef"),
        b'X' => (4, b"0123456789ABCDEF"),
        b'o' | b'O' => (3, b"0123456789abcdef"),
        b'b' | b'B' => (1, b"0123456789abcdef"),
        _ => (0, b"0123456789abcdef"),
    };
    let mut rest = magnitude;
    if shift == 0 {
        while rest > 0 {
            at -= 1;
            buffer[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
    } else {
        while rest > 0 {
            at -= 1;
            buffer[at] = alphabet[(rest & ((1 << shift) - 1)) as usize];
            rest >>= shift;
        }
    }
    let digits = &buffer[at..];
    let mut prefix = [0u8; 2];
    let mut prefix_length = 0;
    let mut least = spec.precision.unwrap_or(1);
    if negative {
        prefix[0] = b'-';
        prefix_length = 1;
    } else if let Some(plus) = spec.plus.filter(|_| signed) {
        prefix[0] = plus;
        prefix_length = 1;
    } else if spec.alternate && matches!(verb, b'o' | b'O') {
        // The zero counts as a digit of the precision.
        least = least.max(digits.len() + 1);
    } else if spec.alternate && magnitude != 0 && matches!(verb, b'x' | b'X' | b'b' | b'B') {
        prefix = [b'0', verb];
        prefix_length = 2;
    }
    let zeros = least.saturating_sub(digits.len());
    pad_number(&prefix[..prefix_length], zeros, digits, spec.zero && spec.precision.is_none(), spec, out);
}

/// Appends a double with `precision` digits behind the point, as `%.*f` does.
pub fn fixed(value: f64, precision: usize, out: &mut Vec<u8>) {
    write_float(b'f', &Spec { precision: Some(precision), ..Spec::default() }, value, out);
}

fn write_float(verb: u8, spec: &Spec, value: f64, out: &mut Vec<u8>) {
    if !value.is_finite() {
        // A blank asked for is a plus here, as in Perl.
        let plus = spec.plus.filter(|_| value > 0.0).map(|_| b'+');
        return pad_number(plus.as_slice(), 0, non_finite(value).as_bytes(), spec.zero, spec, out);
    }
    let start = out.len();
    if value.is_sign_negative() {
        out.push(b'-');
    } else {
        out.extend(spec.plus);
    }
    let magnitude = value.abs();
    let mut body_start = out.len();
    match verb {
        b'f' | b'F' => write_fixed(magnitude, spec.precision.unwrap_or(6), spec.alternate, out),
        b'e' | b'E' => {
            let precision = spec.precision.unwrap_or(6);
            let (digits, exponent) = digits_of(magnitude, precision + 1);
            number::write_exponential(&digits, exponent, spec.alternate, verb, out);
        }
        b'g' | b'G' => {
            let precision = spec.precision.unwrap_or(6).max(1);
            // Without `#` trailing zeros go anyway, and a double has no more digits than this.
            let count = if spec.alternate { precision } else { precision.min(1100) };
            let (digits, exponent) = digits_of(magnitude, count);
            number::write_general(
                &digits,
                exponent,
                precision,
                spec.alternate,
                if verb == b'g' { b'e' } else { b'E' },
                out,
            );
        }
        _ => {
            out.extend_from_slice(if verb == b'a' { b"0x" } else { b"0X" });
            body_start = out.len();
            write_hexadecimal(magnitude, spec.precision, spec.alternate, verb == b'A', out);
        }
    }
    // Padding comes once the length is known.
    let gap = spec.width.saturating_sub(out.len() - start);
    if gap > 0 {
        let at = match (spec.left, spec.zero) {
            (true, _) => out.len(),
            (false, true) => body_start,
            (false, false) => start,
        };
        fill(if spec.zero && !spec.left { b'0' } else { b' ' }, gap, out);
        out[at..].rotate_right(gap);
    }
}

/// `count` significant digits, zeros behind the last one a double can have.
fn digits_of(value: f64, count: usize) -> (Vec<u8>, i32) {
    let mut digits = Vec::new();
    let mut exponent = 0;
    if value != 0.0 {
        if let Some((found, at)) = number::significant(value, count) {
            number::format_uint(found, &mut digits);
            exponent = at;
        } else {
            (digits, exponent) = number::exact_digits(value, count);
        }
    }
    digits.resize(count, b'0');
    (digits, exponent)
}

fn write_fixed(value: f64, precision: usize, point: bool, out: &mut Vec<u8>) {
    let fast = if precision <= 19 {
        number::scaled(value, precision as u32).and_then(|digits| u64::try_from(digits).ok())
    } else {
        None
    };
    if let Some(scaled) = fast {
        // At most 19 decimal places and at most 20 digits: zeros before them fill both.
        let mut digits = [b'0'; 20];
        let start = number::digits_into(scaled, &mut digits).min(digits.len() - precision - 1);
        let whole = digits.len() - precision;
        out.extend_from_slice(&digits[start..whole]);
        if precision > 0 || point {
            out.push(b'.');
        }
        out.extend_from_slice(&digits[whole..]);
        return;
    }
    // A double has no more digits than this.
    let computed = precision.min(1100);
    let (mut digits, exponent) = decimal::exact(value);
    let kept = computed as i32 + exponent + 1;
    match usize::try_from(kept) {
        Ok(kept) => {
            let carried = decimal::round(&mut digits, kept);
            digits.resize(kept + usize::from(carried), b'0');
        }
        // Too small to be seen.
        Err(_) => digits.clear(),
    }
    fill(b'0', (computed + 1).saturating_sub(digits.len()), out);
    out.extend_from_slice(&digits);
    if precision > 0 || point {
        out.insert(out.len() - computed, b'.');
    }
    fill(b'0', precision - computed, out);
}

/// Appends `1.8p+0`: the leading digit is 1 unless the value is 0 (or rounds to 2).
fn write_hexadecimal(value: f64, precision: Option<usize>, point: bool, upper: bool, out: &mut Vec<u8>) {
    let bits = value.to_bits();
    let biased = (bits >> 52) as i32;
    let mut mantissa = bits & ((1 << 52) - 1);
    let mut exponent = 0;
    if biased != 0 {
        mantissa |= 1 << 52;
        exponent = biased - 1023;
    } else if mantissa != 0 {
        let shift = mantissa.leading_zeros() - 11;
        mantissa <<= shift;
        exponent = -1022 - shift as i32;
    }
    let mut digits = 13;
    if let Some(precision) = precision
        && precision < 13
    {
        let dropped = 4 * (13 - precision as u32);
        // Perl looks at the next digit alone: 8 is a tie, whatever follows.
        let next = (mantissa >> (dropped - 4)) & 15;
        mantissa >>= dropped;
        if next > 8 || (next == 8 && mantissa & 1 == 1) {
            mantissa += 1;
        }
        digits = precision;
    } else if precision.is_none() {
        while digits > 0 && mantissa & 15 == 0 {
            mantissa >>= 4;
            digits -= 1;
        }
    }
    let alphabet: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    out.push(alphabet[(mantissa >> (4 * digits)) as usize & 15]);
    let zeros = precision.map_or(0, |precision| precision.saturating_sub(13));
    if digits > 0 || point || zeros > 0 {
        out.push(b'.');
    }
    for digit in (0..digits).rev() {
        out.push(alphabet[(mantissa >> (4 * digit)) as usize & 15]);
    }
    fill(b'0', zeros, out);
    out.push(if upper { b'P' } else { b'p' });
    out.push(if exponent < 0 { b'-' } else { b'+' });
    number::format_uint(u64::from(exponent.unsigned_abs()), out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, Texts, perl_lines, show};
    use core::fmt::Write;

    fn ours(format: &str, args: &[&str], units: Units) -> Result<String, SprintfError> {
        let mut out = Vec::new();
        sprintf(format.as_bytes(), &mut Texts::new(args), &mut out, units)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn directives_are_those_of_perl() {
        let cases: &[(&str, &[&str])] = &[
            (
                "%s|%5%|%-5%|%y|%z|%-|%0$s|%vd|%v02x|%*vd|%0*v8b|%s",
                &["a", "1.22.333", "1.2.3", ":", "1.2.3", " ", "AB", "end"],
            ),
            (
                "%v5d|%v-5d|%-v5d|%v*d|%+vd|%v.3d|%vs|%#vo|%vc",
                &["1.2", "1.2", "1.2", "4", "1.2", "1.2", "1.2", "1.2", "8.9"],
            ),
            (
                "%d %+d %05d %i|%s|%+s|%x %o %u %05f %+5g|% d",
                &["inf", "inf", "inf", "-inf", "inf", "x", "inf", "nan", "inf", "inf", "inf", "inf"],
            ),
            (
                "%05s|%-05s|%05c|%.1s|%.0s|%.c|%.1c|%+u|%#o|%#.3o|%#x|%#X",
                &["ab", "ab", "65", "abc", "abc", "66", "67", "5", "8", "8", "255", "255"],
            ),
            (
                "%#b|%#B|%#06x|%#6x|%-#6x|%.0d|%+.0d|%.0x|%#.0o|%#.0x|%+05d|% d|%+ d|% +d|%-05d|%#o|%#.5o",
                &["5", "5", "255", "255", "255", "0", "0", "0", "0", "0", "5", "5", "5", "5", "5", "0", "8"],
            ),
            (
                "%a %A %.2a %.0a %.0a %#a %a %a %a %.0a",
                &["1", "10", "0.1", "1.5", "2.5", "1", "0", "5e-324", "3e-320", "1.9375"],
            ),
            (
                "%20a %-20a| %020a %+a %.3a %.20a %.1a",
                &["1.5", "1.5", "1.5", "1.5", "5e-324", "0.1", "1.96875"],
            ),
            ("%2$s %1$s %s %s|%1$s%s", &["a", "b"]),
            (
                "%*2$d|%-*d|%*d|%.*f|%.*f|%.-3d|%.03f",
                &["5", "4", "7", "-6", "8", "-1", "3.14159", "2", "3.14159", "5", "2.5"],
            ),
            (
                "%hd %hhd %ld %lld %qd %Ld %Vd %zd %td %jd %D %U %O %hs|%lc|%hf %Lf",
                &[
                    "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "s", "65", "1.5",
                    "2.5",
                ],
            ),
            ("%s %v %s|%", &["1", "2", "3"]),
            ("%*v02x|%vd|%vd|%*v d|", &[":", "abc", "", "1", "-", "ab"]),
            (
                "%g %G %g %g %#g %.0g %#.0g %.3g %e %E %.0e %#.0e %#.0f %.0f %.0f %.0f %F",
                &[
                    "1e-5", "1e-10", "100000", "1e6", "1", "1.5", "1.5", "1234567", "0", "1e100", "1.5",
                    "1.5", "1.5", "0.5", "1.5", "2.5", "1e10",
                ],
            ),
            (
                "%d %d %d %d %d %u %u",
                &["1e20", "-1e20", "9223372036854775808", "1.9e19", "-1.5", "-1", "1e19"],
            ),
            ("%s %d", &[]),
            ("%%%s%%|100%|% |%5", &["x"]),
            ("%3$s %s %1$s", &["a", "b", "c"]),
            ("%*3$d|%.*2$f", &["1.25", "1", "6"]),
            ("%*1$.*2$f|%2$*1$d", &["8", "2", "3.14159"]),
            (
                "%010.3f|%-10.2e|%+.3g|% g|%010d|%-+6d|%+06d",
                &["-3.14159", "12345.678", "0.00001234", "2", "-42", "7", "7"],
            ),
            ("%l|%ll5d|%5-d|%#s|%5.2s|%c%c", &["1", "2", "3", "abcdef", "72", "105"]),
            ("%vX %#vx %vb %v#x", &["10.11", "10.11", "ab", "1"]),
        ];
        let mut input = String::new();
        for (format, args) in cases {
            input.push_str(&show(format.as_bytes()));
            for arg in *args {
                input.push(' ');
                input.push_str(&show(arg.as_bytes()));
            }
            input.push('\n');
        }
        let expected = perl_lines(
            "no warnings; while (<STDIN>) { chomp; my ($f, @a) = map { pack 'H*', $_ } split / /; print sprintf($f, @a), \"\\n\" }",
            &input,
        );
        for ((format, args), expected) in cases.iter().zip(&expected) {
            assert_eq!(ours(format, args, Units::Bytes).unwrap(), *expected, "{format}");
        }
    }

    #[test]
    fn doubles_are_correct_to_the_last_digit() {
        let formats = [
            "%.0f", "%.1f", "%.2f", "%f", "%.20f", "%.3e", "%.0e", "%.17e", "%.25e", "%g", "%#g", "%.10g",
            "%.17g", "%.30g", "%a", "%.3a", "%015.4f", "%+.2f",
        ];
        let mut generator = Generator::new(5);
        let mut values = Vec::new();
        for round in 0..1500 {
            values.push(match round % 5 {
                0 => f64::from_bits(generator.next()),
                1 => generator.next() as i32 as f64 / 1000.0,
                2 => generator.below(4000) as f64 / 8.0,
                3 => generator.unit() * libm::pow(10.0, generator.below(60) as f64 - 30.0),
                _ => -(generator.next() as i16 as f64) / 100.0,
            });
        }
        values.retain(|value| value.is_finite());
        values.extend([0.0, -0.0, 0.5, 1.5, 9.5, 0.05, 5e-324, f64::MAX, 9.995, 99999.95, 1e15, 1e22, 1e23]);
        let mut input = String::new();
        for value in &values {
            let _ = writeln!(input, "{:016x}", value.to_bits());
        }
        let program = format!(
            "my @f = qw({}); while (<STDIN>) {{ chomp; my $x = unpack('d', pack('Q', hex $_)); print join(' ', map {{ sprintf $_, $x }} @f), \"\\n\" }}",
            formats.join(" ")
        );
        let expected = perl_lines(&program, &input);
        for (value, expected) in values.iter().zip(&expected) {
            for (format, expected) in formats.iter().zip(expected.split(' ')) {
                let mut out = Vec::new();
                sprintf(format.as_bytes(), &mut Texts::floats(&[*value]), &mut out, Units::Bytes).unwrap();
                assert_eq!(
                    String::from_utf8(out).unwrap(),
                    expected,
                    "{format} of {value:e} ({:x})",
                    value.to_bits()
                );
            }
        }
    }

    #[test]
    fn widths_count_code_points() {
        assert_eq!(
            ours(
                "%4s|%-4s|%.1s|%c|%vd",
                &["\u{e9}", "\u{4e2d}", "\u{e9}a", "233", "\u{100}a"],
                Units::CodePoints
            )
            .unwrap(),
            "   \u{e9}|\u{4e2d}   |\u{e9}|\u{e9}|256.97"
        );
        assert_eq!(ours("%4s|%c", &["\u{e9}", "300"], Units::Bytes).unwrap(), "  \u{e9}|\u{12c}");
    }

    #[test]
    fn limits_are_errors() {
        for format in ["%2147483648d", "%.2147483648f", "%99999999999999999999999s", "%*d"] {
            assert_eq!(ours(format, &["99999999999"], Units::Bytes), Err(SprintfError::TooWide), "{format}");
        }
        assert_eq!(ours("%n", &["1"], Units::Bytes), Err(SprintfError::WritesCount));
        assert_eq!(ours("%c", &["inf"], Units::Bytes), Err(SprintfError::NoCharacter("Inf")));
        assert_eq!(ours("%.3000f", &["0.5"], Units::Bytes).unwrap().len(), 3002);
    }

    #[test]
    fn no_format_panics() {
        let mut generator = Generator::new(9);
        let alphabet = b"%%%%0123*.$v-+ #sdcxXobBeEfFgGaAhlqLVztj\xff";
        for _ in 0..30_000 {
            let format: Vec<u8> = (0..generator.below(14))
                .map(|_| alphabet[generator.below(alphabet.len() as u64) as usize])
                .collect();
            let mut out = Vec::new();
            for units in [Units::Bytes, Units::CodePoints] {
                let _ = sprintf(
                    &format,
                    &mut Texts::new(&["3", "-7", "x\u{e9}", "1e300", "nan"]),
                    &mut out,
                    units,
                );
            }
        }
    }
}
