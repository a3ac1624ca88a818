//! Strings on the heap, and building string values.
//!
//! A string value of at most 14 bytes is short, except that a heap string which shrank may stay.
//! Bytes of a shared string never change: whoever appends looks whether the count is one.

use alloc::vec::Vec;

use s_abi::layout::{Header, IMMORTAL, Str, Val, kind, tag};

use crate::memory::{count_live, out_of_memory, raw_free, raw_try_allocate, raw_try_resize, release_string};
use crate::value::{FLAG_HASHED, FLAG_WIDE, Ptr, SHORT_MAX, ValExt, bytes, short_joined, short_tagged};

const HEAD: usize = size_of::<Str>();

/// A string value of these bytes.
#[inline]
#[must_use]
pub fn string(content: &[u8]) -> Val {
    string_of(content, false)
}

/// A string value; `wide` says the bytes are UTF-8 of characters above 0x7f (`--compat`).
#[must_use]
pub fn string_of(content: &[u8], wide: bool) -> Val {
    if content.len() <= SHORT_MAX {
        return short_tagged(content, if wide { tag::SSTRW } else { tag::SSTR });
    }
    let mut buffer = with_capacity(content.len());
    push_bytes(&mut buffer, content);
    if wide {
        buffer.header.flags |= FLAG_WIDE;
    }
    Val { w0: tag::STR, w1: buffer.address() }
}

/// An immortal string value, for constants.
#[must_use]
pub fn constant(content: &[u8], wide: bool) -> Val {
    let value = string_of(content, wide);
    if value.w0 == tag::STR {
        let mut object = value.pointer::<Str>();
        let _ = hash_of(&mut object);
        object.header.count = IMMORTAL;
        count_live(-1);
    }
    value
}

/// An empty string on the heap with room for `capacity` bytes and one reference.
#[must_use]
pub fn with_capacity(capacity: usize) -> Ptr<Str> {
    try_with_capacity(capacity).unwrap_or_else(|| out_of_memory(capacity))
}

/// The same; `None` when there is no memory. For lengths a program names.
#[must_use]
#[cfg_attr(feature = "exports", unsafe(export_name = "hot.string.try_with_capacity"))]
pub fn try_with_capacity(capacity: usize) -> Option<Ptr<Str>> {
    // What the allocator gives anyway.
    let capacity = capacity.saturating_add(HEAD + 15) & !15;
    let capacity = capacity - HEAD;
    let object = raw_try_allocate(HEAD.saturating_add(capacity))?.cast::<Str>();
    count_live(1);
    let header = Header { count: 1, kind: kind::STR, flags: 0, aux: 0, class: 0, extra: 0 };
    // SAFETY: fresh memory of at least the struct's size, aligned to 16.
    unsafe { object.write(Str { header, len: 0, capacity, hash: 0 }) };
    Some(Ptr(object))
}

/// Gives the memory of a string back.
pub fn free(string: Ptr<Str>) {
    count_live(-1);
    raw_free(string.0.cast(), HEAD + string.capacity);
}

/// Appends to a string of which the caller holds the only reference. It may move.
#[inline]
pub fn push_bytes(string: &mut Ptr<Str>, more: &[u8]) {
    let len = string.len;
    let wanted = len.saturating_add(more.len());
    if wanted > string.capacity {
        grow(string, wanted);
    }
    // SAFETY: there is room for `wanted` bytes behind the struct; `more` is another object, or was
    // copied by the caller, since nobody else sees this string.
    unsafe {
        let end = string.0.add(1).cast::<u8>().add(len);
        core::ptr::copy_nonoverlapping(more.as_ptr(), end, more.len());
    }
    string.len = wanted;
    string.header.flags &= !FLAG_HASHED;
}

/// As [`push_bytes`] with a string value, which is another one.
#[inline(always)]
pub fn push_string(string: &mut Ptr<Str>, more: Val) {
    let len = string.len;
    if more.w0 & 0xff == tag::SSTR && len + 16 <= string.capacity {
        let all = (u128::from(more.w1) << 64 | u128::from(more.w0)) >> 16;
        // SAFETY: there is room for 16 bytes behind the content.
        unsafe {
            let end = string.0.add(1).cast::<u8>().add(len);
            end.cast::<[u8; 16]>().write_unaligned(all.to_le_bytes());
        }
        string.len = len + (more.w0 >> 8 & 0xff) as usize;
        string.header.flags &= !FLAG_HASHED;
        return;
    }
    push_bytes(string, bytes(&more));
}

/// Writes over bytes from a place on, of a string of which the caller holds the only reference.
pub fn overwrite(string: &mut Ptr<Str>, start: usize, with: &[u8]) {
    let room = string.len.saturating_sub(start);
    let with = &with[..with.len().min(room)];
    // SAFETY: the bytes lie within the content; `with` is another object, since nobody else sees this.
    unsafe {
        let place = string.0.add(1).cast::<u8>().add(start.min(string.len));
        core::ptr::copy_nonoverlapping(with.as_ptr(), place, with.len());
    }
    string.header.flags &= !FLAG_HASHED;
}

/// Cuts a string of which the caller holds the only reference.
pub fn truncate(string: &mut Ptr<Str>, len: usize) {
    string.len = string.len.min(len);
    string.header.flags &= !FLAG_HASHED;
}

/// Appends a short string that is not wide to one that nobody else sees and that has room; `false`, with
/// nothing done, where it is another or has none.
#[inline(always)]
pub fn append_in_place(first: Val, more: Val) -> bool {
    if first.w0 != tag::STR {
        return false;
    }
    let mut object = first.pointer::<Str>();
    let fits = object.header.count == 1 && object.len + SHORT_MAX <= object.capacity;
    if fits {
        push_string(&mut object, more);
    }
    fits
}

/// As [`append`] with a short string that is not wide.
#[inline(always)]
pub fn append_short(first: Val, more: Val) -> Option<Val> {
    if first.w0 == tag::STR {
        let mut object = first.pointer::<Str>();
        if object.header.count == 1 {
            if object.len + SHORT_MAX > object.capacity && !make_room(&mut object, SHORT_MAX) {
                release_string(first);
                return None;
            }
            push_string(&mut object, more);
            return Some(Val { w0: tag::STR, w1: object.address() });
        }
    } else if first.w0 & 0xff == tag::SSTR
        && let Some(joined) = short_joined(first, more)
    {
        return Some(joined);
    }
    append(first, bytes(&more))
}

/// The concatenation of two strings that are not wide; `None` when there is no memory.
#[inline(always)]
#[must_use]
pub fn joined_values(first: Val, second: Val) -> Option<Val> {
    if first.w0 & 0xff == tag::SSTR
        && second.w0 & 0xff == tag::SSTR
        && let Some(joined) = short_joined(first, second)
    {
        return Some(joined);
    }
    let total = bytes(&first).len().saturating_add(bytes(&second).len());
    if total <= SHORT_MAX {
        return Some(joined(bytes(&first), bytes(&second), false));
    }
    let mut buffer = try_with_capacity(total)?;
    push_string(&mut buffer, first);
    push_string(&mut buffer, second);
    Some(Val { w0: tag::STR, w1: buffer.address() })
}

/// Makes room for `wanted` bytes; the process ends when there is no memory.
#[cold]
#[inline(never)]
fn grow(string: &mut Ptr<Str>, wanted: usize) {
    if !try_grow(string, wanted) {
        out_of_memory(wanted);
    }
}

/// Makes room for `wanted` bytes; `false`, with the string as it was, when there is no memory.
fn try_grow(string: &mut Ptr<Str>, wanted: usize) -> bool {
    let old = string.capacity;
    let capacity = wanted.max(old.saturating_add(if old < 4096 { old } else { old / 2 })).max(32);
    match raw_try_resize(string.0.cast(), HEAD + old, HEAD.saturating_add(capacity)) {
        Some(moved) => {
            string.0 = moved.cast();
            string.capacity = capacity;
            true
        }
        None => false,
    }
}

/// Makes room for `more` bytes behind a string of which the caller holds the only reference. It may
/// move; `false`, with the string as it was, when there is no memory.
#[inline]
#[must_use]
pub fn make_room(string: &mut Ptr<Str>, more: usize) -> bool {
    let wanted = string.len.saturating_add(more);
    wanted <= string.capacity || try_grow(string, wanted)
}

/// Consumes the string value `first` and gives `first . more`, in place when nobody else sees it.
/// Neither is wide, or both are as wide as the result. `None` when there is no memory.
#[inline]
pub fn append(first: Val, more: &[u8]) -> Option<Val> {
    if first.w0 == tag::STR {
        let mut object = first.pointer::<Str>();
        if object.header.count == 1 {
            if !make_room(&mut object, more.len()) {
                release_string(first);
                return None;
            }
            push_bytes(&mut object, more);
            return Some(Val { w0: tag::STR, w1: object.address() });
        }
    }
    let old = bytes(&first);
    let wide = first.is_wide();
    if old.len() + more.len() <= SHORT_MAX {
        let mut buffer = [0u8; SHORT_MAX];
        buffer[..old.len()].copy_from_slice(old);
        buffer[old.len()..old.len() + more.len()].copy_from_slice(more);
        let value =
            short_tagged(&buffer[..old.len() + more.len()], if wide { tag::SSTRW } else { tag::SSTR });
        release_string(first);
        return Some(value);
    }
    // What is appended to once is often appended to again.
    let total = old.len().saturating_add(more.len());
    let room = try_with_capacity(total.saturating_add(total / 2)).or_else(|| try_with_capacity(total));
    let Some(mut buffer) = room else {
        release_string(first);
        return None;
    };
    push_bytes(&mut buffer, old);
    push_bytes(&mut buffer, more);
    if wide {
        buffer.header.flags |= FLAG_WIDE;
    }
    release_string(first);
    Some(Val { w0: tag::STR, w1: buffer.address() })
}

/// The concatenation of two byte strings as a value.
#[inline]
#[must_use]
pub fn joined(first: &[u8], second: &[u8], wide: bool) -> Val {
    let total = first.len().saturating_add(second.len());
    if total <= SHORT_MAX {
        let mut buffer = [0u8; SHORT_MAX];
        buffer[..first.len()].copy_from_slice(first);
        buffer[first.len()..total].copy_from_slice(second);
        return short_tagged(&buffer[..total], if wide { tag::SSTRW } else { tag::SSTR });
    }
    let mut buffer = with_capacity(total);
    push_bytes(&mut buffer, first);
    push_bytes(&mut buffer, second);
    if wide {
        buffer.header.flags |= FLAG_WIDE;
    }
    Val { w0: tag::STR, w1: buffer.address() }
}

/// The hash of a string, cached in it.
pub fn hash_of(string: &mut Ptr<Str>) -> u64 {
    if string.header.flags & FLAG_HASHED == 0 {
        let value = Val { w0: tag::STR, w1: string.address() };
        string.hash = hash_bytes(bytes(&value));
        string.header.flags |= FLAG_HASHED;
    }
    string.hash
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const MULTIPLIER: u64 = 0xd6e8_feb8_6659_fd93;

/// Mixes two words into one.
#[inline(always)]
#[must_use]
pub fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ (wide >> 64) as u64
}

/// The hash of bytes. Tables mix their own seed into it.
#[must_use]
pub fn hash_bytes(content: &[u8]) -> u64 {
    let mut state = SEED ^ content.len() as u64;
    let mut chunks = content.chunks_exact(16);
    for chunk in &mut chunks {
        let (low, high) = chunk.split_at(8);
        state = fold(word(low) ^ state, word(high) ^ MULTIPLIER);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let mut last = [0u8; 16];
        last[..rest.len()].copy_from_slice(rest);
        let (low, high) = last.split_at(8);
        state = fold(word(low) ^ state, word(high) ^ SEED);
    }
    fold(state ^ SEED, MULTIPLIER)
}

fn word(bytes: &[u8]) -> u64 {
    let mut buffer = [0u8; 8];
    buffer.copy_from_slice(bytes);
    u64::from_le_bytes(buffer)
}

/// A string value that is released when dropped; reads as its bytes.
#[derive(Debug)]
pub struct Text(pub Val);

impl Text {
    /// The value, owned by the caller now.
    #[must_use]
    pub fn into_val(self) -> Val {
        let value = self.0;
        core::mem::forget(self);
        value
    }

    /// A copy of the bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        bytes(&self.0).to_vec()
    }

    /// Whether it is wide under `--compat`.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.0.is_wide()
    }
}

impl core::ops::Deref for Text {
    type Target = [u8];
    #[inline(always)]
    fn deref(&self) -> &[u8] {
        bytes(&self.0)
    }
}

impl Drop for Text {
    #[inline(always)]
    fn drop(&mut self) {
        release_string(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::LIVE;

    #[test]
    fn appending_keeps_shared_strings() {
        let before = LIVE.get();
        let mut value = string(b"");
        let mut model = Vec::new();
        for step in 0..1000u32 {
            let piece = alloc::format!("{step},");
            let copy = (step % 7 == 0).then(|| value.retained());
            let old = model.clone();
            value = append(value, piece.as_bytes()).unwrap();
            model.extend_from_slice(piece.as_bytes());
            assert_eq!(bytes(&value), model);
            if let Some(copy) = copy {
                if copy.w0 == tag::STR {
                    assert_eq!(bytes(&copy), old);
                }
                release_string(copy);
            }
        }
        release_string(value);
        assert_eq!(LIVE.get(), before);
    }
}
