//! The subject as code points, and how far a run of them goes.

use crate::program::{Class, Program, Run, Unit};
use crate::utf8;
use memchr::{memchr, memrchr};

/// A subject; `UTF8` says how its bytes make code points.
#[derive(Clone, Copy)]
pub(super) struct Text<'a, const UTF8: bool> {
    pub(super) bytes: &'a [u8],
}

impl<const UTF8: bool> Text<'_, UTF8> {
    #[inline]
    pub(super) fn decode(self, at: usize) -> (u32, usize) {
        if UTF8 { utf8::decode(self.bytes, at) } else { (u32::from(self.bytes[at]), 1) }
    }

    /// The code point before `at` and where it begins.
    #[inline]
    pub(super) fn before(self, at: usize) -> (u32, usize) {
        if UTF8 { utf8::before(self.bytes, at) } else { (u32::from(self.bytes[at - 1]), at - 1) }
    }

    #[inline]
    pub(super) fn len_at(self, at: usize) -> usize {
        if !UTF8 || self.bytes[at] < 0x80 { 1 } else { self.decode(at).1 }
    }

    /// The length of the code point at `at` if it is a member, or 0.
    #[inline]
    pub(super) fn class_len(self, class: &Class, at: usize) -> usize {
        let byte = self.bytes[at];
        if !UTF8 || byte < 0x80 {
            return usize::from(class.low[usize::from(byte)]);
        }
        let (c, len) = self.decode(at);
        if class.has(c) { len } else { 0 }
    }

    pub(super) fn at_boundary(self, word: &Class, at: usize) -> bool {
        let left = at > 0 && word.has(self.before(at).0);
        let right = at < self.bytes.len() && word.has(self.decode(at).0);
        left != right
    }

    /// The place one back from `at`, and not below `low`: a search may begin within a character.
    #[inline]
    pub(super) fn above(self, low: usize, at: usize) -> usize {
        self.before(at).1.max(low)
    }

    /// The place `count` code points back.
    pub(super) fn back_by(self, at: usize, count: u32) -> Option<usize> {
        if !UTF8 {
            return at.checked_sub(count as usize);
        }
        let mut at = at;
        for _ in 0..count {
            if at == 0 {
                return None;
            }
            at = self.before(at).1;
        }
        Some(at)
    }

    /// The end of the grapheme cluster at `at`: a base with its marks, or a line break.
    pub(super) fn cluster_end(self, at: usize, extending: Option<&Class>) -> usize {
        let (base, len) = self.decode(at);
        let mut end = at + len;
        if base == 13 && self.bytes.get(end) == Some(&10) {
            return end + 1;
        }
        let Some(extending) = extending.filter(|_| base >= 32) else { return end };
        let flag = |c: u32| (0x1f1e6..=0x1f1ff).contains(&c);
        if flag(base) && end < self.bytes.len() {
            let (next, len) = self.decode(end);
            if flag(next) {
                end += len;
            }
        }
        let mut joined = false;
        while end < self.bytes.len() {
            let (c, len) = self.decode(end);
            // A joiner holds the pictograph after it.
            let held = extending.has(c) || (joined && c > 0x2000);
            if !held {
                break;
            }
            joined = c == 0x200d;
            end += len;
        }
        end
    }
}

/// Where a run from `at` may end at least and at most; `None` when it is too short.
#[inline]
pub(super) fn run_end<const UTF8: bool>(
    program: &Program,
    text: Text<'_, UTF8>,
    unit: Unit,
    min: u32,
    max: u32,
    at: usize,
) -> Option<(usize, usize)> {
    let bytes = text.bytes;
    match unit {
        Unit::Class(class) => {
            let class = &program.classes[class as usize];
            if !UTF8 {
                return bytewise(bytes, min, max, at, |b| class.low[usize::from(b)]);
            }
            // The fast part: ASCII.
            let limit = at.saturating_add(max as usize).min(bytes.len());
            let mut end = at;
            while end < limit && bytes[end] < 0x80 && class.low[usize::from(bytes[end])] {
                end += 1;
            }
            if end == limit || bytes[end] < 0x80 {
                let low = at + min as usize;
                return (low <= end).then_some((low, end));
            }
            by_code_point(text, min, max, at, |at| text.class_len(class, at))
        }
        Unit::Byte(byte) => bytewise(bytes, min, max, at, |b| b == byte),
        Unit::NotByte(byte) => {
            let rest = &bytes[at..];
            if min <= 1 && max == u32::MAX {
                // No need to tell code points apart.
                let len = memchr(byte, rest).unwrap_or(rest.len());
                if min == 0 {
                    return Some((at, at + len));
                }
                return (len > 0).then(|| (at + text.len_at(at), at + len));
            }
            if !UTF8 {
                return bytewise(bytes, min, max, at, |b| b != byte);
            }
            by_code_point(text, min, max, at, |at| if bytes[at] == byte { 0 } else { text.len_at(at) })
        }
        Unit::Any => {
            if !UTF8 || (min == 0 && max == u32::MAX) {
                let end = at.saturating_add(max as usize).min(bytes.len());
                let end = if max == u32::MAX { bytes.len() } else { end };
                let low = at + min as usize;
                return (low <= end).then_some((low, end));
            }
            if min == 1 && max == u32::MAX {
                return (at < bytes.len()).then(|| (at + text.len_at(at), bytes.len()));
            }
            by_code_point(text, min, max, at, |at| text.len_at(at))
        }
    }
}

#[inline]
fn bytewise(
    bytes: &[u8],
    min: u32,
    max: u32,
    at: usize,
    member: impl Fn(u8) -> bool,
) -> Option<(usize, usize)> {
    let rest = &bytes[at..];
    let rest = if max == u32::MAX { rest } else { &rest[..rest.len().min(max as usize)] };
    let len = rest.iter().position(|b| !member(*b)).unwrap_or(rest.len());
    let low = min as usize;
    (low <= len).then(|| (at + low, at + len))
}

fn by_code_point<const UTF8: bool>(
    text: Text<'_, UTF8>,
    min: u32,
    max: u32,
    at: usize,
    len_at: impl Fn(usize) -> usize,
) -> Option<(usize, usize)> {
    let mut end = at;
    let mut low = at;
    let mut count = 0u32;
    while end < text.bytes.len() && (count < max || max == u32::MAX) {
        let len = len_at(end);
        if len == 0 {
            break;
        }
        end += len;
        count = count.saturating_add(1);
        if count <= min {
            low = end;
        }
    }
    (count >= min).then_some((low, end))
}

/// The last place from `at` down to `low` where what follows a greedy run can begin.
#[inline]
pub(super) fn give_back<const UTF8: bool>(
    program: &Program,
    text: Text<'_, UTF8>,
    run: &Run,
    low: usize,
    at: usize,
) -> Option<usize> {
    let Some(table) = run.next else { return Some(at) };
    let bytes = text.bytes;
    if let Some(byte) = run.next_byte
        && (!UTF8 || byte < 0x80)
    {
        let end = (at + 1).min(bytes.len());
        return memrchr(byte, bytes.get(low..end)?).map(|i| low + i);
    }
    let table = &program.tables[table as usize];
    let mut at = at;
    loop {
        if bytes.get(at).is_some_and(|b| table[usize::from(*b)]) {
            return Some(at);
        }
        if at <= low {
            return None;
        }
        at = text.above(low, at);
    }
}
