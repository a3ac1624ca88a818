//! `pack` and `unpack`: values to bytes and back by a template.
//!
//! A template is parsed once into items; both directions walk them. Strings are bytes that are
//! usually UTF-8, so `U` writes and reads UTF-8 and `W` does above 255. Little endian is the
//! native order. Pointers (`p`, `P`) and long doubles are invalid types. A template that would
//! run or write without end is an error.
//!
//! Long because its tests bring hundreds of cases for the oracle.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::number;
use super::sprintf::{Arguments, Integer, OUTPUT_MAX};
use super::utf8;

/// Most items one call executes.
const STEPS_MAX: usize = 1 << 25;
/// Deepest nesting of groups.
const DEPTH_MAX: usize = 60;

/// What `unpack` yields.
#[derive(Clone, Debug, PartialEq)]
pub enum Unpacked {
    /// A signed integer, or an unsigned one that fits.
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    /// A double.
    Float(f64),
    /// A string.
    Bytes(Vec<u8>),
}

/// Which function a template was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `pack`
    Pack,
    /// `unpack`
    Unpack,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pack => "pack",
            Self::Unpack => "unpack",
        })
    }
}

/// Why a template or its data cannot be used; the texts are Perl's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackError {
    /// A letter that means nothing.
    InvalidType(char, Action),
    /// `(` without `)`, or `[` without `]`.
    NoEnd(char),
    /// A position before the start or behind the end.
    Outside(char, Action),
    /// A count beyond all limits.
    CountOverflow,
    /// `[` with something else than a number or a template of fixed length.
    MalformedCount(Action),
    /// `<` and `>` on one item.
    BothOrders(char, Action),
    /// `<` inside a group with `>`, or the other way round.
    MixedOrders(char, Action),
    /// A modifier on a letter that has none.
    Modifier(char, Action),
    /// `w` with a negative number.
    NegativeCompressed,
    /// `w` at the end of the data.
    UnterminatedCompressed,
    /// `/` without an item behind it, or with one that cannot count.
    Slash(Action),
    /// Groups too deep.
    TooDeep(Action),
    /// More output or more steps than allowed.
    TooLong(Action),
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidType(letter, action) => write!(f, "Invalid type '{letter}' in {action}"),
            Self::NoEnd(end) => write!(f, "No group ending character '{end}' found in template"),
            Self::Outside(letter, action) => write!(f, "'{letter}' outside of string in {action}"),
            Self::CountOverflow => f.write_str("pack/unpack repeat count overflow"),
            Self::MalformedCount(action) => write!(f, "Malformed integer in [] in {action}"),
            Self::BothOrders(letter, action) => {
                write!(f, "Can't use both '<' and '>' after type '{letter}' in {action}")
            }
            Self::MixedOrders(order, action) => {
                write!(f, "Can't use '{order}' in a group with different byte-order in {action}")
            }
            Self::Modifier('!', action) => {
                write!(f, "'!' allowed only after types sSiIlLxXnNvV@. in {action}")
            }
            Self::Modifier(modifier, action) => {
                write!(f, "'{modifier}' allowed only after types sSiIlLqQjJfFdDpP( in {action}")
            }
            Self::NegativeCompressed => f.write_str("Cannot compress negative numbers in pack"),
            Self::UnterminatedCompressed => f.write_str("Unterminated compressed integer in unpack"),
            Self::Slash(action) => write!(f, "Code missing after '/' in {action}"),
            Self::TooDeep(action) => write!(f, "Too deeply nested ()-groups in {action}"),
            Self::TooLong(action) => write!(f, "Out of memory during {action}"),
        }
    }
}

impl core::error::Error for PackError {}

/// Appends the arguments packed by `template` and returns how many were used.
pub fn pack(template: &[u8], args: &mut dyn Arguments, out: &mut Vec<u8>) -> Result<usize, PackError> {
    let items = parse(template, Action::Pack)?;
    let start = out.len();
    let mut packer = Packer { args, next: 0, out, start, groups: Vec::from([start]), steps: 0 };
    packer.items(&items)?;
    Ok(packer.next)
}

/// The values in `data` as `template` describes them.
pub fn unpack(template: &[u8], data: &[u8]) -> Result<Vec<Unpacked>, PackError> {
    let items = parse(template, Action::Unpack)?;
    let mut unpacker = Unpacker { data, at: 0, values: Vec::new(), groups: Vec::from([0]), steps: 0 };
    unpacker.items(&items)?;
    Ok(unpacker.values)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Count {
    None,
    Number(usize),
    Star,
}

#[derive(Debug)]
struct Item {
    letter: u8,
    bang: bool,
    /// Whether big endian, if something says so.
    order: Option<bool>,
    count: Count,
    /// The items of a group, whose letter is `(`.
    group: Vec<Self>,
    /// What this item counts: `n/a*`.
    counted: Option<Box<Self>>,
    /// Bits of a checksum over this item.
    checksum: Option<usize>,
}

fn parse(template: &[u8], action: Action) -> Result<Vec<Item>, PackError> {
    let mut parser = Parser { text: template, at: 0, action };
    let items = parser.items(0)?;
    match parser.text.get(parser.at) {
        Some(&letter) => Err(PackError::InvalidType(char::from(letter), action)),
        None => Ok(items),
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    action: Action,
}

impl Parser<'_> {
    fn skip_blanks(&mut self) {
        while let Some(&byte) = self.text.get(self.at) {
            if number::is_space(byte) {
                self.at += 1;
            } else if byte == b'#' {
                let rest = &self.text[self.at..];
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            } else {
                break;
            }
        }
    }

    /// Items up to the end or a closing bracket, which stays.
    fn items(&mut self, depth: usize) -> Result<Vec<Item>, PackError> {
        let mut items = Vec::new();
        loop {
            self.skip_blanks();
            match self.text.get(self.at) {
                None | Some(b')') => return Ok(items),
                Some(b',') => self.at += 1,
                Some(_) => items.push(self.item(depth)?),
            }
        }
    }

    fn item(&mut self, depth: usize) -> Result<Item, PackError> {
        let mut item = self.plain_item(depth)?;
        self.skip_blanks();
        if self.text.get(self.at) == Some(&b'/') {
            self.at += 1;
            self.skip_blanks();
            match self.text.get(self.at) {
                None | Some(b')') => return Err(PackError::Slash(self.action)),
                Some(_) => item.counted = Some(Box::new(self.plain_item(depth)?)),
            }
        }
        Ok(item)
    }

    fn plain_item(&mut self, depth: usize) -> Result<Item, PackError> {
        let action = self.action;
        let Some(&letter) = self.text.get(self.at) else { return Err(PackError::Slash(action)) };
        self.at += 1;
        let is_checksum = letter == b'%' && action == Action::Unpack;
        let known = b"aAZbBhHcCWUnNvVsSlLqQiIjJfdFwxX@.u(";
        if !known.contains(&letter) && !is_checksum {
            return Err(PackError::InvalidType(char::from(letter), action));
        }
        let mut group = Vec::new();
        if letter == b'(' {
            if depth >= DEPTH_MAX {
                return Err(PackError::TooDeep(action));
            }
            group = self.items(depth + 1)?;
            if self.text.get(self.at) != Some(&b')') {
                return Err(PackError::NoEnd(')'));
            }
            self.at += 1;
        }
        let (mut bang, mut little, mut big) = (false, false, false);
        while let Some(&modifier @ (b'!' | b'<' | b'>')) = self.text.get(self.at) {
            let allowed: &[u8] = if modifier == b'!' { b"sSiIlLxXnNvV@." } else { b"sSiIlLqQjJfFd(" };
            if !allowed.contains(&letter) {
                return Err(PackError::Modifier(char::from(modifier), action));
            }
            match modifier {
                b'!' => bang = true,
                b'<' => little = true,
                _ => big = true,
            }
            if little && big {
                return Err(PackError::BothOrders(char::from(letter), action));
            }
            self.at += 1;
        }
        let order = (little || big).then_some(big);
        if let Some(order) = order {
            inherit(&mut group, order, action)?;
        }
        let count = self.count(depth)?;
        let mut item = Item { letter, bang, order, count, group, counted: None, checksum: None };
        if is_checksum {
            self.skip_blanks();
            let bits = match count {
                Count::Number(bits) => bits,
                _ => 16,
            };
            if !matches!(self.text.get(self.at), None | Some(b')' | b'%' | b'(')) {
                item = self.plain_item(depth)?;
                item.checksum = Some(bits);
            } else if self.text.get(self.at) == Some(&b'(') || self.text.get(self.at) == Some(&b'%') {
                return Err(PackError::InvalidType('%', action));
            }
        }
        Ok(item)
    }

    fn count(&mut self, depth: usize) -> Result<Count, PackError> {
        self.skip_blanks();
        match self.text.get(self.at) {
            Some(b'*') => {
                self.at += 1;
                Ok(Count::Star)
            }
            Some(b'0'..=b'9') => Ok(Count::Number(self.number()?)),
            Some(b'[') => {
                self.at += 1;
                let count = if matches!(self.text.get(self.at), Some(b'0'..=b'9')) {
                    self.number()?
                } else {
                    if depth >= DEPTH_MAX {
                        return Err(PackError::TooDeep(self.action));
                    }
                    let rest = &self.text[self.at..];
                    let Some(length) = memchr::memchr(b']', rest) else {
                        return Err(PackError::NoEnd(']'));
                    };
                    let mut inner = Self { text: &rest[..length], at: 0, action: self.action };
                    let items = inner.items(depth + 1)?;
                    if inner.at != length {
                        return Err(PackError::MalformedCount(self.action));
                    }
                    self.at += length;
                    measure(&items).ok_or(PackError::MalformedCount(self.action))?
                };
                if self.text.get(self.at) != Some(&b']') {
                    return Err(PackError::MalformedCount(self.action));
                }
                self.at += 1;
                Ok(Count::Number(count))
            }
            _ => Ok(Count::None),
        }
    }

    fn number(&mut self) -> Result<usize, PackError> {
        let mut value: usize = 0;
        while let Some(byte @ b'0'..=b'9') = self.text.get(self.at) {
            value = value * 10 + usize::from(byte - b'0');
            if value > i32::MAX as usize {
                return Err(PackError::CountOverflow);
            }
            self.at += 1;
        }
        Ok(value)
    }
}

/// Gives an order to everything in a group that has none of its own.
fn inherit(items: &mut [Item], big: bool, action: Action) -> Result<(), PackError> {
    for item in items {
        if item.order.is_some_and(|order| order != big) {
            return Err(PackError::MixedOrders(if big { '<' } else { '>' }, action));
        }
        item.order = Some(big);
        inherit(&mut item.group, big, action)?;
        if let Some(counted) = &mut item.counted {
            inherit(core::slice::from_mut(counted), big, action)?;
        }
    }
    Ok(())
}

/// The bytes a template of fixed length takes.
fn measure(items: &[Item]) -> Option<usize> {
    let mut total: usize = 0;
    for item in items {
        let count = match item.count {
            Count::None => 1,
            Count::Number(count) => count,
            Count::Star => return None,
        };
        if item.counted.is_some() {
            return None;
        }
        total = match item.letter {
            b'(' => total.checked_add(measure(&item.group)?.checked_mul(count)?)?,
            b'a' | b'A' | b'Z' | b'x' if !item.bang => total.checked_add(count)?,
            b'x' if count > 0 => total.checked_next_multiple_of(count)?,
            b'X' if !item.bang => total.checked_sub(count)?,
            b'X' if count > 0 => total - total % count,
            b'x' | b'X' => total,
            b'b' | b'B' => total.checked_add(count.div_ceil(8))?,
            b'h' | b'H' => total.checked_add(count.div_ceil(2))?,
            _ => total.checked_add(size(item)?.checked_mul(count)?)?,
        };
    }
    Some(total)
}

/// The bytes of one number; `None` for letters that are none or vary.
fn size(item: &Item) -> Option<usize> {
    Some(match item.letter {
        b'c' | b'C' => 1,
        b's' | b'S' | b'n' | b'v' => 2,
        b'l' | b'L' if item.bang => 8,
        b'l' | b'L' | b'N' | b'V' | b'i' | b'I' | b'f' => 4,
        b'q' | b'Q' | b'j' | b'J' | b'd' | b'F' => 8,
        _ => return None,
    })
}

fn is_big(item: &Item) -> bool {
    matches!(item.letter, b'n' | b'N') || (item.order == Some(true) && !matches!(item.letter, b'v' | b'V'))
}

/// An argument, or the number of things a `/` counts.
#[derive(Clone, Copy)]
enum Source {
    Argument(usize),
    Missing,
    Number(u64),
}

struct Packer<'a> {
    args: &'a mut dyn Arguments,
    next: usize,
    out: &'a mut Vec<u8>,
    start: usize,
    groups: Vec<usize>,
    steps: usize,
}

impl Packer<'_> {
    fn items(&mut self, items: &[Item]) -> Result<(), PackError> {
        items.iter().try_for_each(|item| self.item(item))
    }

    fn step(&mut self, steps: usize) -> Result<(), PackError> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > STEPS_MAX || self.out.len() - self.start > OUTPUT_MAX {
            return Err(PackError::TooLong(Action::Pack));
        }
        Ok(())
    }

    fn take(&mut self) -> Source {
        if self.next < self.args.count() {
            self.next += 1;
            Source::Argument(self.next - 1)
        } else {
            Source::Missing
        }
    }

    fn left(&self) -> usize {
        self.args.count().saturating_sub(self.next)
    }

    fn item(&mut self, item: &Item) -> Result<(), PackError> {
        self.step(1)?;
        let Some(counted) = &item.counted else {
            return self.plain(item, item.count, None);
        };
        let is_text = matches!(counted.letter, b'a' | b'A' | b'Z' | b'b' | b'B' | b'h' | b'H');
        let count = match counted.count {
            Count::Number(count) => count,
            _ if is_text => {
                let mut text = Vec::new();
                if self.left() > 0 {
                    self.args.bytes(self.next, &mut text);
                }
                text.len() + usize::from(counted.letter == b'Z')
            }
            _ => self.left(),
        };
        self.plain(item, item.count, Some(Source::Number(count as u64)))?;
        self.plain(counted, Count::Number(count), None)
    }

    fn int(&mut self, source: Source) -> Integer {
        match source {
            Source::Argument(i) => self.args.int(i),
            Source::Missing => Integer::Signed(0),
            Source::Number(value) => Integer::Unsigned(value),
        }
    }

    fn text(&mut self, source: Source) -> Vec<u8> {
        let mut text = Vec::new();
        match source {
            Source::Argument(i) => self.args.bytes(i, &mut text),
            Source::Missing => {}
            Source::Number(value) => number::format_uint(value, &mut text),
        }
        text
    }

    /// Appends zeros, if they stay within the limit.
    fn zeros(&mut self, count: usize) -> Result<(), PackError> {
        if count > OUTPUT_MAX {
            return Err(PackError::TooLong(Action::Pack));
        }
        self.out.resize(self.out.len() + count, 0);
        self.step(1)
    }

    fn plain(&mut self, item: &Item, count: Count, given: Option<Source>) -> Result<(), PackError> {
        let number = match count {
            Count::None => 1,
            Count::Number(number) => number,
            Count::Star => 0,
        };
        match item.letter {
            b'(' => return self.group(item, count),
            b'a' | b'A' | b'Z' | b'b' | b'B' | b'h' | b'H' | b'u' => {
                let source = given.unwrap_or_else(|| self.take());
                let text = self.text(source);
                if number > OUTPUT_MAX {
                    return Err(PackError::TooLong(Action::Pack));
                }
                self.string(item.letter, count, number, &text);
            }
            b'x' if item.bang => {
                if number > 1 {
                    let at = self.out.len() - self.start;
                    self.zeros((number - at % number) % number)?;
                }
            }
            b'x' => self.zeros(number)?,
            b'X' => {
                let at = self.out.len() - self.start;
                let back = match (item.bang, number) {
                    (true, 0) => 0,
                    (true, _) => at % number,
                    (false, _) => number,
                };
                if back > at {
                    return Err(PackError::Outside('X', Action::Pack));
                }
                self.out.truncate(self.out.len() - back);
            }
            b'@' => {
                let base = self.groups.last().copied().unwrap_or(self.start);
                self.seek(base, number as i64, '@')?;
            }
            b'.' => {
                let base = match count {
                    Count::Star => self.start,
                    Count::Number(0) => self.out.len(),
                    _ => self.groups[self.groups.len().saturating_sub(number)],
                };
                let source = given.unwrap_or_else(|| self.take());
                let offset = bits_of(self.int(source)) as i64;
                self.seek(base, offset, '.')?;
            }
            _ => {
                let repeat = if count == Count::Star && given.is_none() {
                    self.left()
                } else {
                    number.max(usize::from(given.is_some()))
                };
                for _ in 0..repeat {
                    self.step(1)?;
                    let source = given.unwrap_or_else(|| self.take());
                    self.number(item, source)?;
                }
            }
        }
        self.step(1)
    }

    fn seek(&mut self, base: usize, offset: i64, letter: char) -> Result<(), PackError> {
        let target = i64::try_from(base)
            .ok()
            .and_then(|base| base.checked_add(offset))
            .and_then(|target| usize::try_from(target).ok());
        match target {
            Some(target) if target >= self.start => {
                if target.saturating_sub(self.start) > OUTPUT_MAX {
                    return Err(PackError::TooLong(Action::Pack));
                }
                self.out.resize(target, 0);
                Ok(())
            }
            _ => Err(PackError::Outside(letter, Action::Pack)),
        }
    }

    fn group(&mut self, item: &Item, count: Count) -> Result<(), PackError> {
        let mut left = match count {
            Count::None => 1,
            Count::Number(number) => number,
            Count::Star => usize::MAX,
        };
        while left > 0 {
            if count == Count::Star && self.left() == 0 {
                break;
            }
            let before = self.next;
            self.step(1)?;
            self.groups.push(self.out.len());
            let result = self.items(&item.group);
            self.groups.pop();
            result?;
            if count == Count::Star && self.next == before {
                break;
            }
            left -= 1;
        }
        Ok(())
    }

    fn string(&mut self, letter: u8, count: Count, number: usize, text: &[u8]) {
        match letter {
            b'a' | b'A' | b'Z' => {
                let length =
                    if count == Count::Star { text.len() + usize::from(letter == b'Z') } else { number };
                let kept = if letter == b'Z' { length.saturating_sub(1) } else { length }.min(text.len());
                self.out.extend_from_slice(&text[..kept]);
                let fill = if letter == b'A' { b' ' } else { 0 };
                self.out.resize(self.out.len() + length - kept, fill);
            }
            b'b' | b'B' => {
                let length = if count == Count::Star { text.len() } else { number };
                let start = self.out.len();
                self.out.resize(start + length.div_ceil(8), 0);
                for (at, byte) in text.iter().take(length).enumerate() {
                    let shift = if letter == b'b' { at % 8 } else { 7 - at % 8 };
                    self.out[start + at / 8] |= (byte & 1) << shift;
                }
            }
            b'h' | b'H' => {
                let length = if count == Count::Star { text.len() } else { number };
                let start = self.out.len();
                self.out.resize(start + length.div_ceil(2), 0);
                for (at, byte) in text.iter().take(length).enumerate() {
                    let nibble = if byte.is_ascii_alphabetic() { (byte + 9) & 15 } else { byte & 15 };
                    let shift = if (letter == b'h') == (at % 2 == 0) { 0 } else { 4 };
                    self.out[start + at / 2] |= nibble << shift;
                }
            }
            _ => {
                let line = if count == Count::Star || number <= 2 { 45 } else { (number / 3 * 3).min(63) };
                uuencode(text, line, self.out);
            }
        }
    }

    fn number(&mut self, item: &Item, source: Source) -> Result<(), PackError> {
        match item.letter {
            b'f' | b'd' | b'F' => {
                let value = match source {
                    Source::Argument(i) => self.args.float(i),
                    Source::Missing => 0.0,
                    Source::Number(value) => value as f64,
                };
                if item.letter == b'f' {
                    let bits = (value as f32).to_bits();
                    self.out.extend_from_slice(&if is_big(item) {
                        bits.to_be_bytes()
                    } else {
                        bits.to_le_bytes()
                    });
                } else {
                    let bits = value.to_bits();
                    self.out.extend_from_slice(&if is_big(item) {
                        bits.to_be_bytes()
                    } else {
                        bits.to_le_bytes()
                    });
                }
            }
            b'w' => {
                let value = match self.int(source) {
                    Integer::Signed(value) => {
                        u64::try_from(value).map_err(|_| PackError::NegativeCompressed)?
                    }
                    Integer::Float(value) if value < 0.0 => return Err(PackError::NegativeCompressed),
                    other => bits_of(other),
                };
                let groups = (64 - value.leading_zeros()).div_ceil(7).max(1);
                for group in (0..groups).rev() {
                    let more = if group > 0 { 0x80 } else { 0 };
                    self.out.push((value >> (7 * group)) as u8 & 0x7f | more);
                }
            }
            b'U' | b'W' => {
                let value = bits_of(self.int(source));
                if item.letter == b'W' && value < 256 {
                    self.out.push(value as u8);
                } else {
                    utf8::encode(u32::try_from(value).unwrap_or(u32::MAX), self.out);
                }
            }
            _ => {
                let bits = bits_of(self.int(source));
                let bytes = size(item).unwrap_or(1);
                if is_big(item) {
                    self.out.extend_from_slice(&bits.to_be_bytes()[8 - bytes..]);
                } else {
                    self.out.extend_from_slice(&bits.to_le_bytes()[..bytes]);
                }
            }
        }
        Ok(())
    }
}

fn bits_of(value: Integer) -> u64 {
    match value {
        Integer::Signed(value) => value as u64,
        Integer::Unsigned(value) => value,
        Integer::Float(value) if value < 9_223_372_036_854_775_808.0 => value as i64 as u64,
        Integer::Float(value) => value as u64,
    }
}

fn uuencode(text: &[u8], line: usize, out: &mut Vec<u8>) {
    let letter = |value: u8| if value == 0 { b'`' } else { value + 32 };
    for chunk in text.chunks(line.max(3)) {
        out.push(letter(chunk.len() as u8));
        for group in chunk.chunks(3) {
            let byte = |at: usize| group.get(at).copied().unwrap_or(0);
            let (a, b, c) = (byte(0), byte(1), byte(2));
            out.extend_from_slice(&[
                letter(a >> 2),
                letter((a << 4 | b >> 4) & 63),
                letter((b << 2 | c >> 6) & 63),
                letter(c & 63),
            ]);
        }
        out.push(b'\n');
    }
}

struct Unpacker<'a> {
    data: &'a [u8],
    at: usize,
    values: Vec<Unpacked>,
    groups: Vec<usize>,
    steps: usize,
}

impl Unpacker<'_> {
    fn items(&mut self, items: &[Item]) -> Result<(), PackError> {
        items.iter().try_for_each(|item| self.item(item))
    }

    fn step(&mut self) -> Result<(), PackError> {
        self.steps += 1;
        // Items that take no data are few; what takes data ends with it.
        if self.steps > STEPS_MAX / 8 + self.data.len().saturating_mul(4) {
            return Err(PackError::TooLong(Action::Unpack));
        }
        Ok(())
    }

    fn item(&mut self, item: &Item) -> Result<(), PackError> {
        self.step()?;
        let before = self.values.len();
        self.checked(item, item.count)?;
        let Some(counted) = &item.counted else { return Ok(()) };
        if self.values.len() == before {
            return Ok(());
        }
        let count = match self.values.pop() {
            Some(Unpacked::Int(value)) => value,
            Some(Unpacked::Uint(_)) => i64::MAX,
            Some(Unpacked::Float(value)) => value as i64,
            Some(Unpacked::Bytes(text)) => number::parse(&text).to_i64(),
            None => 0,
        };
        self.checked(counted, Count::Number(usize::try_from(count).unwrap_or(0)))
    }

    /// Unpacks an item and, under a checksum, replaces its values by their sum.
    fn checked(&mut self, item: &Item, count: Count) -> Result<(), PackError> {
        let Some(bits) = item.checksum else { return self.plain(item, count) };
        let before = self.values.len();
        if matches!(item.letter, b'a' | b'A' | b'Z') {
            // Under a checksum these are bytes.
            let bytes = Item { letter: b'C', group: Vec::new(), counted: None, checksum: None, ..*item };
            self.plain(&bytes, count)?;
        } else {
            self.plain(item, count)?;
        }
        let is_float = bits > 64 || matches!(item.letter, b'f' | b'd' | b'F');
        let mut whole: u64 = 0;
        let mut float = 0.0;
        for value in self.values.drain(before..) {
            match value {
                Unpacked::Int(value) => {
                    whole = whole.wrapping_add(value as u64);
                    float += value as f64;
                }
                Unpacked::Uint(value) => {
                    whole = whole.wrapping_add(value);
                    float += value as f64;
                }
                Unpacked::Float(value) => float += value,
                // The digits of `b` and `B` count the bits that are set; other text counts nothing.
                Unpacked::Bytes(text) if matches!(item.letter, b'b' | b'B') => {
                    let set = memchr::memchr_iter(b'1', &text).count();
                    whole = whole.wrapping_add(set as u64);
                    float += set as f64;
                }
                Unpacked::Bytes(_) => {}
            }
        }
        self.values.push(if is_float {
            let modulus = libm::pow(2.0, bits as f64);
            let rest = libm::fmod(float, modulus);
            Unpacked::Float(if rest < 0.0 { rest + modulus } else { rest })
        } else if bits < 64 {
            unsigned(whole & ((1 << bits) - 1))
        } else {
            unsigned(whole)
        });
        Ok(())
    }

    fn rest(&self) -> &[u8] {
        &self.data[self.at..]
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let count = count.min(self.data.len() - self.at);
        let taken = self.data[self.at..self.at + count].to_vec();
        self.at += count;
        taken
    }

    fn plain(&mut self, item: &Item, count: Count) -> Result<(), PackError> {
        let number = match count {
            Count::None => 1,
            Count::Number(number) => number,
            Count::Star => self.data.len(),
        };
        match item.letter {
            b'(' => return self.group(item, count),
            b'a' => {
                let text = self.take(number);
                self.values.push(Unpacked::Bytes(text));
            }
            b'A' => {
                let mut text = self.take(number);
                while text.last().is_some_and(|&byte| byte == 0 || number::is_space(byte)) {
                    text.pop();
                }
                self.values.push(Unpacked::Bytes(text));
            }
            b'Z' => {
                let start = self.at;
                let mut text = self.take(number);
                if let Some(end) = memchr::memchr(0, &text) {
                    text.truncate(end);
                    if count == Count::Star {
                        self.at = start + end + 1;
                    }
                }
                self.values.push(Unpacked::Bytes(text));
            }
            b'b' | b'B' => self.digits(item.letter, count, number, 1),
            b'h' | b'H' => self.digits(item.letter, count, number, 4),
            b'x' if item.bang => {
                if number > 1 {
                    let skip = (number - self.at % number) % number;
                    if skip > self.rest().len() {
                        return Err(PackError::Outside('x', Action::Unpack));
                    }
                    self.at += skip;
                }
            }
            b'x' => {
                let skip = if count == Count::Star { self.rest().len() } else { number };
                if skip > self.rest().len() {
                    return Err(PackError::Outside('x', Action::Unpack));
                }
                self.at += skip;
            }
            b'X' => {
                let back = match (item.bang, number) {
                    (true, 0) => 0,
                    (true, _) => self.at % number,
                    (false, _) => number,
                };
                self.at = self.at.checked_sub(back).ok_or(PackError::Outside('X', Action::Unpack))?;
            }
            b'@' => {
                let base = self.groups.last().copied().unwrap_or(0);
                let target = base.saturating_add(number);
                if target > self.data.len() {
                    return Err(PackError::Outside('@', Action::Unpack));
                }
                self.at = target;
            }
            b'.' => {
                let base = match count {
                    Count::Star => 0,
                    Count::Number(0) => self.at,
                    _ => self.groups[self.groups.len().saturating_sub(number)],
                };
                self.values.push(Unpacked::Int(self.at as i64 - base as i64));
            }
            b'u' => {
                let text = self.uudecode();
                self.values.push(Unpacked::Bytes(text));
            }
            _ => {
                let limit = if count == Count::Star { usize::MAX } else { number };
                for _ in 0..limit {
                    match self.number(item)? {
                        Some(value) => self.values.push(value),
                        None => break,
                    }
                }
            }
        }
        Ok(())
    }

    fn group(&mut self, item: &Item, count: Count) -> Result<(), PackError> {
        let mut left = match count {
            Count::None => 1,
            Count::Number(number) => number,
            Count::Star => usize::MAX,
        };
        while left > 0 {
            if count == Count::Star && self.at >= self.data.len() {
                break;
            }
            let before = self.at;
            self.step()?;
            self.groups.push(self.at);
            let result = self.items(&item.group);
            self.groups.pop();
            result?;
            if count == Count::Star && self.at <= before {
                break;
            }
            left -= 1;
        }
        Ok(())
    }

    /// Bits or nibbles as digits.
    fn digits(&mut self, letter: u8, count: Count, number: usize, bits: usize) {
        let per_byte = 8 / bits;
        let available = self.rest().len().saturating_mul(per_byte);
        let length = if count == Count::Star { available } else { number.min(available) };
        let bytes = self.take(length.div_ceil(per_byte));
        let low_first = matches!(letter, b'b' | b'h');
        let mask = (1u8 << bits) - 1;
        let text = (0..length)
            .map(|at| {
                let place = at % per_byte * bits;
                let shift = if low_first { place } else { 8 - bits - place };
                b"0123456789abcdef"[usize::from(bytes[at / per_byte] >> shift & mask)]
            })
            .collect();
        self.values.push(Unpacked::Bytes(text));
    }

    fn number(&mut self, item: &Item) -> Result<Option<Unpacked>, PackError> {
        match item.letter {
            b'w' => return self.compressed(),
            b'U' => {
                let (code, used) = utf8::decode(self.rest());
                self.at += used;
                return Ok((used > 0).then_some(Unpacked::Int(i64::from(code))));
            }
            b'W' => {
                let byte = self.rest().first().copied();
                self.at += usize::from(byte.is_some());
                return Ok(byte.map(|byte| Unpacked::Int(i64::from(byte))));
            }
            _ => {}
        }
        let size = size(item).unwrap_or(1);
        let Some(bytes) = self.data.get(self.at..self.at + size) else { return Ok(None) };
        self.at += size;
        let mut bits: u64 = 0;
        if is_big(item) {
            bytes.iter().for_each(|&byte| bits = bits << 8 | u64::from(byte));
        } else {
            bytes.iter().rev().for_each(|&byte| bits = bits << 8 | u64::from(byte));
        }
        let is_signed = matches!(item.letter, b'c' | b's' | b'l' | b'q' | b'i' | b'j')
            || (item.bang && matches!(item.letter, b'n' | b'N' | b'v' | b'V'));
        Ok(Some(match item.letter {
            b'f' => Unpacked::Float(f64::from(f32::from_bits(bits as u32))),
            b'd' | b'F' => Unpacked::Float(f64::from_bits(bits)),
            _ if is_signed => {
                let shift = 64 - 8 * size as u32;
                Unpacked::Int(((bits << shift) as i64) >> shift)
            }
            _ => unsigned(bits),
        }))
    }

    fn compressed(&mut self) -> Result<Option<Unpacked>, PackError> {
        let mut value: u64 = 0;
        let mut float = 0.0f64;
        let mut is_float = false;
        let mut seen = false;
        while let Some(&byte) = self.rest().first() {
            self.at += 1;
            seen = true;
            if value >> 57 != 0 {
                is_float = true;
            }
            value = value << 7 | u64::from(byte & 0x7f);
            float = float * 128.0 + f64::from(byte & 0x7f);
            if byte < 0x80 {
                return Ok(Some(if is_float { Unpacked::Float(float) } else { unsigned(value) }));
            }
        }
        if seen { Err(PackError::UnterminatedCompressed) } else { Ok(None) }
    }

    fn uudecode(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some(&first) = self.rest().first()
            && first > b' '
            && first < b'a'
        {
            self.at += 1;
            let mut length = usize::from(first.wrapping_sub(32) & 63);
            while length > 0 && self.at < self.data.len() {
                let mut group = [0u8; 4];
                for slot in &mut group {
                    if let Some(&byte) = self.rest().first()
                        && (b' '..b'a').contains(&byte)
                    {
                        *slot = (byte - 32) & 63;
                        self.at += 1;
                    }
                }
                let [a, b, c, d] = group;
                let bytes = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
                let used = length.min(3);
                out.extend_from_slice(&bytes[..used]);
                length -= used;
                if self.rest().first() == Some(&b'\n') {
                    break;
                }
                if self.rest().first().is_some_and(|byte| !(b' '..b'a').contains(byte)) {
                    break;
                }
            }
            match self.rest() {
                [b'\n', ..] => self.at += 1,
                // A character of a checksum may end the line.
                [_, b'\n', ..] => self.at += 2,
                _ => {}
            }
        }
        out
    }
}

fn unsigned(value: u64) -> Unpacked {
    match i64::try_from(value) {
        Ok(value) => Unpacked::Int(value),
        Err(_) => Unpacked::Uint(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::prelude::*;
    use crate::test_support::{Generator, Texts, perl_lines, show};

    #[test]
    fn packing_is_that_of_perl() {
        let cases: &[(&str, &[&str])] = &[
            ("A5", &["abc"]),
            ("a2", &["abc"]),
            ("Z5", &["abc"]),
            ("Z*", &["abc"]),
            ("Z3", &["abcdef"]),
            ("A", &["abc"]),
            ("b8", &["10110"]),
            ("B*", &["1011001110"]),
            ("h*", &["1f3"]),
            ("H*", &["1f3"]),
            ("H", &["ab"]),
            ("H3", &["abcde"]),
            ("b3", &["xyz"]),
            ("n2 N", &["1", "2", "3"]),
            ("(a2)3", &["ab", "c", "def"]),
            ("n/a*", &["hello"]),
            ("C/(a2)", &["x", "y"]),
            ("n/a* w/a", &["hello,", "world"]),
            ("x3 C X C", &["1", "2"]),
            ("C x!4 N", &["1", "2"]),
            ("C @4 C", &["1", "2"]),
            ("C . C", &["1", "3", "2"]),
            ("w*", &["1", "128", "300000"]),
            ("s<l>q>", &["1", "2", "3"]),
            ("C", &["300"]),
            ("c", &["-200"]),
            ("f d F", &["1.5", "2.5", "3.5"]),
            ("d>f<", &["1.5", "2.5"]),
            ("a[N]", &["x"]),
            ("x[N]C", &["1"]),
            ("(C)*", &["1", "2", "3"]),
            ("C*", &["1", "2", "3"]),
            ("y", &["1"]),
            ("(a", &["1"]),
            ("a)", &["1"]),
            ("C3", &["1"]),
            ("w", &["-1"]),
            ("n!", &["-2"]),
            ("i!", &["5"]),
            ("L!", &["5"]),
            ("X", &["1"]),
            ("a*", &[""]),
            ("(sl)>", &["1", "2"]),
            ("s><", &["1"]),
            ("n<", &["1"]),
            ("a<", &["1"]),
            ("@2 a", &["x"]),
            ("N/(nn)", &["1", "2", "3", "4"]),
            ("Z*/a", &["x"]),
            ("A3/a*", &["xy"]),
            ("v V", &["1", "2"]),
            ("# comment\nC", &["7"]),
            ("C!", &["1"]),
            ("(C @3 C)2", &["1", "2", "3", "4"]),
            ("C (C @3 C)", &["1", "2", "3"]),
            ("A0", &["x"]),
            ("x!8", &[]),
            ("C X!4 C", &["1", "2"]),
            ("a-1", &["x"]),
            ("a99999999999999999999", &["x"]),
            ("a5 X2 a", &["abc", "z"]),
            ("(A)3", &["x"]),
            ("u", &["hello world"]),
            ("u3", &["hello world"]),
            ("(s (l)< n)> s", &["1", "2", "3", "4"]),
            ("(s (l) n)> s", &["1", "2", "3", "4"]),
            ("x[s!l q]C", &["1"]),
            ("q Q", &["-1", "18446744073709551615"]),
            ("j J i I", &["-5", "7", "-1", "4294967295"]),
            ("C . .*", &["1", "5", "2"]),
        ];
        let mut input = String::new();
        for (template, args) in cases {
            input.push_str(&show(template.as_bytes()));
            for arg in *args {
                input.push(' ');
                input.push_str(&show(arg.as_bytes()));
            }
            input.push('\n');
        }
        let expected = perl_lines(
            "no warnings; while (<STDIN>) { chomp; my ($t, @a) = map { pack 'H*', $_ } split / /, $_, -1; my $r = eval { pack $t, @a }; print defined $r ? unpack('H*', $r) : 'error ' . ($@ =~ s/ at -e.*//sr), \"\\n\" }",
            &input,
        );
        for ((template, args), expected) in cases.iter().zip(&expected) {
            let mut out = b"kept".to_vec();
            let ours = match pack(template.as_bytes(), &mut Texts::new(args), &mut out) {
                Ok(_) => show(&out[4..]),
                Err(error) => format!("error {error}"),
            };
            assert_eq!(ours, *expected, "{template}");
        }
    }

    fn printed(values: Result<Vec<Unpacked>, PackError>) -> String {
        match values {
            Err(error) => format!("error {error}"),
            Ok(values) => values
                .iter()
                .map(|value| {
                    let mut text = Vec::new();
                    match value {
                        Unpacked::Int(value) => number::format_int(*value, &mut text),
                        Unpacked::Uint(value) => number::format_uint(*value, &mut text),
                        Unpacked::Float(value) => number::format_float(*value, &mut text),
                        Unpacked::Bytes(bytes) => text = bytes.clone(),
                    }
                    show(&text)
                })
                .collect::<Vec<_>>()
                .join("|"),
        }
    }

    #[test]
    fn unpacking_is_that_of_perl() {
        let cases: &[(&str, &[u8])] = &[
            ("A5", b"ab \0 "), ("a5", b"ab \0 "), ("Z5", b"ab\0cd"), ("Z*", b"ab\0cd"), ("A*", b" ab\n "), ("b8", b"\x0d"), ("b*", b"\x0d\x01"), ("B3", b"\xa0"), ("h*", b"\x1f"),
            ("H3", b"\x1f\x2e"), ("C*", b"abc"), ("n*", b"\0\x01\0\x02\0"), ("n/a* a", b"\0\x03hello"), ("(a1 n)*", b"a\0\x01b\0\x02"), ("%32C*", b"abc"), ("%8n*", b"\x01\x02\x03\x04"),
            ("%3b*", b"\xff"), ("w*", b"\x81\0\x05"), ("x5", b"abc"), ("X", b"abc"), ("@2 a", b"abcd"), ("@9 a", b"abcd"), ("a .", b"abcd"), ("a3/a", b"2abc"), ("C/(n)", b"\x02\0\x01\0\x02"),
            ("N/a*", b"\0\0"), ("w", b"\xff\xff"), ("vX2n", b"\x01\x02"), ("s! i! l!", b"\x01\0\x02\0\0\0\x03\0\0\0\0\0\0\0"), ("f", b"\0\0\xc0\x3f"), ("(a2)2 a", b"abcdef"), ("(a)3", b"ab"),
            ("q Q j J", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), ("x!4 a", b"abcd"), ("a x!4 a", b"abcdefg"),
            ("a3 X!2 a", b"abcdefg"), ("%32A", b"abc"), ("n!", b"\xff\xfe"), ("(a@0a)2", b"abcd"), ("a (a@0a)", b"abcd"), ("a0 a", b"bc"), ("c*", b"\xff\x01"), ("a*/a", b"abc"), ("%65C*", b"abc"),
            ("@*", b"abc"), ("x*", b"abc"), ("X*a", b"abc"), ("u", b"+:&5L;&\\@=V]R;&0`\n"), ("u", b"#:&5L\n\"86(`\n"), ("(sl)> s<", b"\0\x01\0\0\0\x02\x03\0"), ("a2 Z* C", b"abcd\0\x07"), ("%16l*", b"\xff\xff\xff\xff"), ("d>", b"\x3f\xf8\0\0\0\0\0\0"),
        ];
        let mut input = String::new();
        for (template, data) in cases {
            let _ = fmt::Write::write_fmt(
                &mut input,
                format_args!("{} {}\n", show(template.as_bytes()), show(data)),
            );
        }
        let expected = perl_lines(
            "no warnings; while (<STDIN>) { chomp; my ($t, $d) = map { pack 'H*', $_ } split / /, $_, -1; my @r = eval { unpack $t, $d }; print $@ ? 'error ' . ($@ =~ s/ at -e.*//sr) : join('|', map { unpack 'H*', $_ } @r), \"\\n\" }",
            &input,
        );
        for ((template, data), expected) in cases.iter().zip(&expected) {
            assert_eq!(printed(unpack(template.as_bytes(), data)), *expected, "{template}");
        }
        assert_eq!(
            unpack(b"U*", "a\u{e9}\u{4e2d}".as_bytes()).unwrap(),
            [Unpacked::Int(97), Unpacked::Int(233), Unpacked::Int(0x4e2d)]
        );
        let mut out = Vec::new();
        assert_eq!(pack(b"U* W W", &mut Texts::new(&["233", "300"]), &mut out).unwrap(), 2);
        assert_eq!(out, b"\xc3\xa9\xc4\xac\0\0");
    }

    #[test]
    fn no_template_panics_or_runs_for_ever() {
        let mut generator = Generator::new(13);
        let alphabet = b"aAZbBhHcCWUnNvVsSlLqQiIjJfdFwxX@.u()()[]!<>*/%0129 #,y";
        for _ in 0..30_000 {
            let template: Vec<u8> = (0..generator.below(12))
                .map(|_| alphabet[generator.below(alphabet.len() as u64) as usize])
                .collect();
            let data = generator.bytes(20);
            let _ = unpack(&template, &data);
            let mut out = Vec::new();
            let _ = pack(&template, &mut Texts::new(&["3", "-7", "x\u{e9}", "1e300"]), &mut out);
        }
        assert!(matches!(
            pack(b"(((x0)99999)99999)99999", &mut Texts::new(&[]), &mut Vec::new()),
            Err(PackError::TooLong(_))
        ));
        assert!(matches!(
            pack(b"x2000000000", &mut Texts::new(&[]), &mut Vec::new()),
            Err(PackError::TooLong(_))
        ));
        let deep = [b"(".repeat(10_000), b")".repeat(10_000)].concat();
        assert_eq!(unpack(&deep, b""), Err(PackError::TooDeep(Action::Unpack)));
    }
}
