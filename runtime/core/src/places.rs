//! Builtins that change a place: `substr`, `vec`, `chomp`, `chop`; and string subscripts.

use alloc::vec::Vec;

use s_abi::layout::{Val, tag};

use crate::cell;
use crate::exception::Thrown;
use crate::string::{Text, string_of};
use crate::text::utf8;
use crate::value::{Slot, UNDEF, ValExt, bytes, int};
use crate::vm::Vm;

impl Vm {
    /// Length of a string in the units of `substr` and `index`: bytes in default mode, characters
    /// under `--compat`.
    #[must_use]
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.places.unit_len"))]
    pub fn unit_len(&self, text: &Text) -> usize {
        if text.is_wide() { utf8::count(text) } else { text.len() }
    }

    /// Byte offset of a position in those units.
    #[must_use]
    pub fn unit_offset(&self, text: &Text, at: usize) -> usize {
        if text.is_wide() { utf8::offset(text, at).unwrap_or(text.len()) } else { at.min(text.len()) }
    }
}

/// The range of `substr` in units; `None` outside the string.
fn range(len: usize, offset: i64, length: Option<i64>) -> Option<(usize, usize)> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let start = if offset < 0 { offset.saturating_add(len) } else { offset };
    if start > len {
        return None;
    }
    let end = match length {
        None => len,
        Some(length) if length < 0 => len.saturating_add(length),
        Some(length) => start.saturating_add(length).min(len),
    };
    if start < 0 && end < 0 {
        return None;
    }
    let start = start.max(0);
    if start < 0 {
        return None;
    }
    Some((start as usize, end.max(start) as usize))
}

fn part(vm: &mut Vm, value: Val, offset: i64, length: Option<i64>) -> Result<Val, Thrown> {
    vm.check_operands(&[value])?;
    let text = vm.text(value)?;
    let len = vm.unit_len(&text);
    let Some((start, end)) = range(len, offset, length) else { return Ok(UNDEF) };
    let (start, end) = (vm.unit_offset(&text, start), vm.unit_offset(&text, end));
    Ok(string_of(&text[start..end], text.is_wide()))
}

/// `substr S, OFFSET, LENGTH`
pub fn substr_get(vm: &mut Vm, value: Val, offset: i64, length: i64) -> Result<Val, Thrown> {
    part(vm, value, offset, Some(length))
}

/// `substr S, OFFSET`
pub fn substr_tail(vm: &mut Vm, value: Val, offset: i64) -> Result<Val, Thrown> {
    part(vm, value, offset, None)
}

/// `substr` as a place: offset, length or undef, replacement from the mark; what was there.
pub fn substr_set(vm: &mut Vm, slot: Slot, mark: i64) -> Result<Val, Thrown> {
    let slot = cell::target(slot);
    let list = vm.take_list(mark);
    let result = replace_part(vm, slot, &list);
    vm.release_all(&list);
    result
}

pub(crate) fn replace_part(vm: &mut Vm, slot: Slot, list: &[Val]) -> Result<Val, Thrown> {
    let offset = vm.integer(list.first().copied().unwrap_or(UNDEF))?;
    let length = match list.get(1) {
        Some(&length) if !length.is_undef() => Some(vm.integer(length)?),
        _ => None,
    };
    if let Some(&with) = list.get(2)
        && let Some(old) = overwrite(slot, with, offset, length)
    {
        return Ok(old);
    }
    let mut text = slot_text(vm, slot)?;
    let mut with = vm.text(list.get(2).copied().unwrap_or(UNDEF))?;
    if text.is_wide() != with.is_wide() {
        let widen = |text: &Text| Text(string_of(&crate::convert::widened(text), true));
        if text.is_wide() {
            with = widen(&with);
        } else if !with.is_ascii() {
            text = widen(&text);
        }
    }
    let len = vm.unit_len(&text);
    let Some((start, end)) = range(len, offset, length) else {
        return Err(vm.die(b"substr outside of string"));
    };
    let (start, end) = (vm.unit_offset(&text, start), vm.unit_offset(&text, end));
    let wide = text.is_wide() || with.is_wide();
    let old = string_of(&text[start..end], wide);
    let mut out = Vec::new();
    if out.try_reserve_exact(text.len() + with.len()).is_err() {
        vm.release(old);
        return Err(crate::op::concat::too_long(vm));
    }
    out.extend_from_slice(&text[..start]);
    out.extend_from_slice(&with);
    out.extend_from_slice(&text[end..]);
    drop(text);
    if let Err(thrown) = cell::assign(vm, slot, string_of(&out, wide)) {
        vm.release(old);
        return Err(thrown);
    }
    Ok(old)
}

/// Where a part of the text in a place begins and ends when a value has taken its place, in units.
pub(crate) fn part_after(
    vm: &mut Vm,
    slot: Slot,
    offset: Val,
    length: Val,
    with: Val,
) -> Result<(i64, i64), Thrown> {
    let text = slot_text(vm, slot)?;
    let with = vm.text(with)?;
    let length = if length.is_undef() { None } else { Some(vm.index_of(length)) };
    let offset = vm.index_of(offset);
    let start = range(vm.unit_len(&text), offset, length).map_or(0, |range| range.0) as i64;
    Ok((start, start + vm.unit_len(&with) as i64))
}

/// The text in a place.
fn slot_text(vm: &mut Vm, slot: Slot) -> Result<Text, Thrown> {
    if slot.w0 != tag::MAGIC {
        return vm.text(*slot);
    }
    let value = cell::fetch(vm, *slot)?;
    let text = vm.text(value);
    vm.release(value);
    text
}

/// Replaces a part by as many bytes in a string that nobody else has; what stood there.
fn overwrite(slot: Slot, with: Val, offset: i64, length: Option<i64>) -> Option<Val> {
    if slot.w0 != tag::STR || slot.is_wide() || !with.is_string() || with.is_wide() {
        return None;
    }
    let mut string = slot.pointer::<s_abi::layout::Str>();
    let (start, end) = range(string.len, offset, length)?;
    if string.header.count != 1 || end - start != bytes(&with).len() {
        return None;
    }
    let old = string_of(&bytes(&slot)[start..end], false);
    crate::string::overwrite(&mut string, start, bytes(&with));
    Some(old)
}

/// `vec(S, OFFSET, BITS) = V`: offset, bits, value from the mark.
pub fn vec_set(vm: &mut Vm, slot: Slot, mark: i64) -> Result<(), Thrown> {
    let slot = cell::target(slot);
    let list = vm.take_list(mark);
    let result = replace_bits(vm, slot, &list);
    vm.release_all(&list);
    result
}

pub(crate) fn replace_bits(vm: &mut Vm, slot: Slot, list: &[Val]) -> Result<(), Thrown> {
    let numbers: Vec<i64> = list.iter().map(|&value| vm.index_of(value)).collect();
    let (offset, bits, value) = match numbers.as_slice() {
        [offset, bits, value, ..] => (*offset, *bits, *value as u64),
        _ => return Ok(()),
    };
    if !matches!(bits, 1 | 2 | 4 | 8 | 16 | 32 | 64) {
        return Err(vm.die(b"Illegal number of bits in vec"));
    }
    if !(0..1 << 40).contains(&offset) {
        return Err(vm.die(b"Negative offset to vec in lvalue context"));
    }
    let mut text = if slot.is_undef() { Vec::new() } else { slot_text(vm, slot)?.to_vec() };
    let bit = offset as usize * bits as usize;
    let needed = (bit + bits as usize).div_ceil(8);
    if text.len() < needed {
        if text.try_reserve(needed - text.len()).is_err() {
            return Err(vm.die(b"Out of memory in vec"));
        }
        text.resize(needed, 0);
    }
    if bits < 8 {
        let mask = (1u8 << bits) - 1;
        let shift = bit % 8;
        let byte = &mut text[bit / 8];
        *byte = *byte & !(mask << shift) | (value as u8 & mask) << shift;
    } else {
        let size = bits as usize / 8;
        let big = value.to_be_bytes();
        text[bit / 8..bit / 8 + size].copy_from_slice(&big[8 - size..]);
    }
    cell::assign(vm, slot, string_of(&text, false))
}

/// `vec(S, OFFSET, BITS)`
pub fn vec_get(vm: &mut Vm, text: &[u8], offset: i64, bits: i64) -> Result<Val, Thrown> {
    if !matches!(bits, 1 | 2 | 4 | 8 | 16 | 32 | 64) {
        return Err(vm.die(b"Illegal number of bits in vec"));
    }
    if !(0..1 << 40).contains(&offset) {
        return Ok(int(0));
    }
    let bit = offset as usize * bits as usize;
    if bits < 8 {
        let byte = text.get(bit / 8).copied().unwrap_or(0);
        return Ok(int(i64::from(byte >> (bit % 8) & ((1 << bits) - 1))));
    }
    let size = bits as usize / 8;
    let mut value = 0u64;
    for n in 0..size {
        value = value << 8 | u64::from(text.get(bit / 8 + n).copied().unwrap_or(0));
    }
    Ok(if vm.compat { crate::value::uint(value) } else { int(value as i64) })
}

/// `chomp`: how many characters went.
pub fn chomp_slot(vm: &mut Vm, slot: Slot) -> Result<i64, Thrown> {
    let slot = cell::target(slot);
    if slot.is_undef() || slot.is_reference() {
        return Ok(0);
    }
    let separator = vm.specials.input_separator;
    if separator.is_undef() || separator.is_counted() && !separator.is_string() {
        return Ok(0);
    }
    if separator.w0 == tag::SSTR | 1 << 8 | u64::from(b'\n') << 16 && slot.w0 == tag::STR {
        // The usual case: a line that nobody else has.
        let mut string = slot.pointer::<s_abi::layout::Str>();
        if bytes(&slot).last() != Some(&b'\n') {
            return Ok(0);
        }
        if string.header.count == 1 && string.len > crate::value::SHORT_MAX + 1 {
            let kept = string.len - 1;
            crate::string::truncate(&mut string, kept);
            return Ok(1);
        }
    }
    let ending = vm.text(separator)?;
    let text = slot_text(vm, slot)?;
    let kept = if ending.is_empty() {
        text.len() - text.iter().rev().take_while(|&&byte| byte == b'\n').count()
    } else if text.ends_with(&ending) {
        text.len() - ending.len()
    } else {
        return Ok(0);
    };
    let gone = text.len() - kept;
    if gone > 0 {
        let value = string_of(&text[..kept], text.is_wide());
        drop(text);
        cell::assign(vm, slot, value)?;
    }
    Ok(gone as i64)
}

/// `chop`: the character that went.
pub fn chop_slot(vm: &mut Vm, slot: Slot) -> Result<Val, Thrown> {
    let slot = cell::target(slot);
    let text = slot_text(vm, slot)?;
    if text.is_empty() {
        return Ok(crate::value::EMPTY);
    }
    let at = if vm.by_code_points(&text.0) { utf8::previous(&text, text.len()) } else { text.len() - 1 };
    let gone = string_of(&text[at..], text.is_wide());
    let value = string_of(&text[..at], text.is_wide());
    drop(text);
    if let Err(thrown) = cell::assign(vm, slot, value) {
        vm.release(gone);
        return Err(thrown);
    }
    Ok(gone)
}

/// `$s[i]`: one code point; undef outside.
pub fn str_index(vm: &mut Vm, value: Val, index: i64) -> Result<Val, Thrown> {
    let text = vm.text(value)?;
    if text.is_ascii() {
        let at = if index < 0 { index.saturating_add(text.len() as i64) } else { index };
        let byte = usize::try_from(at).ok().and_then(|at| bytes(&text.0).get(at).copied());
        return Ok(byte.map_or(UNDEF, |byte| crate::value::short(&[byte])));
    }
    let count = utf8::count(&text) as i64;
    let at = if index < 0 { index.saturating_add(count) } else { index };
    if at < 0 || at >= count {
        return Ok(UNDEF);
    }
    let start = utf8::offset(&text, at as usize).unwrap_or(text.len());
    let end = utf8::next(&text, start);
    Ok(string_of(&text[start..end], text.is_wide()))
}

/// `$s[a:b]`: inclusive, clamped.
pub fn str_slice(vm: &mut Vm, value: Val, from: i64, to: i64) -> Result<Val, Thrown> {
    let text = vm.text(value)?;
    let count = utf8::count(&text) as i64;
    let clamp = |at: i64| if at < 0 { at.saturating_add(count) } else { at };
    let (from, to) = (clamp(from).max(0), clamp(to).min(count - 1));
    if from > to {
        return Ok(crate::value::EMPTY);
    }
    let start = utf8::offset(&text, from as usize).unwrap_or(text.len());
    let end = utf8::offset(&text, to as usize + 1).unwrap_or(text.len());
    Ok(string_of(&text[start..end], text.is_wide()))
}

/// Every nth code point of a text, from the first on; a negative step goes backwards from the last.
pub fn str_step(vm: &mut Vm, value: Val, step: i64) -> Result<Val, Thrown> {
    let text = vm.text(value)?.to_vec();
    let mut parts: Vec<&[u8]> = utf8::code_points(&text).map(|(_, bytes)| bytes).collect();
    if step < 0 {
        parts.reverse();
    }
    let every = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX).max(1);
    let chosen: Vec<&[u8]> = parts.into_iter().step_by(every).collect();
    Ok(crate::string::string(&chosen.concat()))
}
