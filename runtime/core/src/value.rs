//! Values: construction, tests, counting, and safe pointers to what they refer to.
//!
//! A [`Val`] is plain data and `Copy`; who owns a reference is a convention: a function that takes
//! a `Val` borrows it unless its documentation says "consumes", and a returned `Val` is owned.
//! Counting needs the machine only when the last reference goes, which is in `memory`.

use core::ops::{Deref, DerefMut};

use s_abi::layout::{Arr, Cell, Code, Glob, Hash, Header, IMMORTAL, Str, Val, tag};

/// A pointer to an object of the heap, or to a slot in one, that is alive.
///
/// Invariant: it is made only from pointers that the caller has a counted reference to, or
/// borrows from one who has, for as long as the `Ptr` is used.
#[derive(Debug)]
#[repr(transparent)]
pub struct Ptr<T>(pub *mut T);

impl<T> PartialEq for Ptr<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Ptr<T> {}

impl<T> Clone for Ptr<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Ptr<T> {}

impl<T> Deref for Ptr<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: by the invariant of `Ptr` the object is alive; one thread runs a machine.
        unsafe { &*self.0 }
    }
}

impl<T> DerefMut for Ptr<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as for `deref`; no reference made here is kept across a call that could make another.
        unsafe { &mut *self.0 }
    }
}

impl<T> Ptr<T> {
    /// The address as a number.
    #[inline(always)]
    #[must_use]
    pub fn address(self) -> u64 {
        self.0 as u64
    }

    /// The header, of a pointer to a counted object.
    #[inline(always)]
    #[must_use]
    pub fn head(self) -> Ptr<Header> {
        Ptr(self.0.cast())
    }

    /// Adds a reference to a counted object and returns the pointer.
    #[inline(always)]
    #[must_use]
    pub fn retained(self) -> Self {
        retain_header(self.0.cast());
        self
    }
}

/// An array.
pub type Array = Ptr<Arr>;
/// A hash.
pub type Table = Ptr<Hash>;
/// A shared scalar.
pub type CellRef = Ptr<Cell>;
/// A name.
pub type GlobRef = Ptr<Glob>;
/// A function.
pub type CodeRef = Ptr<Code>;
/// A place in a container.
pub type Slot = Ptr<Val>;

/// Undef.
pub const UNDEF: Val = Val { w0: tag::UNDEF, w1: 0 };
/// An array element that was never stored.
pub const NONEXISTENT: Val = Val { w0: tag::UNDEF, w1: 1 };
/// The empty string.
pub const EMPTY: Val = Val { w0: tag::SSTR, w1: 0 };
/// What a thrown call returns.
pub const THROWN: Val = Val { w0: tag::THROWN, w1: 0 };
/// Longest text that stands in the value itself.
pub const SHORT_MAX: usize = 14;
/// Bit of [`Header::flags`]: weak references to the object exist.
pub const FLAG_WEAK: u8 = 1;
/// Bit of [`Header::flags`] of strings: UTF-8 with code points above 0x7f.
pub const FLAG_WIDE: u8 = 2;
/// Bit of [`Header::flags`] of strings: [`Str::hash`] is valid.
pub const FLAG_HASHED: u8 = 4;
/// Bit of [`Header::flags`] of globs: the name has its handle by `local` at the moment.
pub const FLAG_LOCAL: u8 = 2;
/// Bit of [`Header::flags`]: DESTROY has run.
pub const FLAG_DESTROYED: u8 = 8;

/// An integer.
#[inline(always)]
#[must_use]
pub const fn int(value: i64) -> Val {
    Val { w0: tag::INT, w1: value as u64 }
}

/// A float.
#[inline(always)]
#[must_use]
pub fn num(value: f64) -> Val {
    crate::late::floats();
    known_num(value)
}

/// A float that stood in a value before: who made that value said that there are floats.
#[inline(always)]
#[must_use]
pub(crate) const fn known_num(value: f64) -> Val {
    Val { w0: tag::NUM, w1: value.to_bits() }
}

/// An unsigned integer: INT if it fits.
#[inline(always)]
#[must_use]
pub const fn uint(value: u64) -> Val {
    if value <= i64::MAX as u64 { int(value as i64) } else { Val { w0: tag::UINT, w1: value } }
}

/// A short string of at most [`SHORT_MAX`] bytes; more are cut off.
#[inline]
#[must_use]
pub fn short(bytes: &[u8]) -> Val {
    short_tagged(bytes, tag::SSTR)
}

/// A short string with the tag given, SSTR or SSTRW.
#[inline]
#[must_use]
pub fn short_tagged(bytes: &[u8], tag: u64) -> Val {
    let len = bytes.len().min(SHORT_MAX);
    short_of(packed(&bytes[..len]), len, tag)
}

/// A short string of its bytes as one number, the first lowest.
#[inline(always)]
const fn short_of(content: u128, len: usize, tag: u64) -> Val {
    let all = content << 16 | (len as u128) << 8 | tag as u128;
    Val { w0: all as u64, w1: (all >> 64) as u64 }
}

/// At most 16 bytes as a number, the first lowest, read by overlapping words.
#[inline(always)]
fn packed(bytes: &[u8]) -> u128 {
    let len = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let high = u128::from(u64::from_le_bytes(*last)) << (8 * (len - 8).min(8));
        return u128::from(u64::from_le_bytes(*first)) | high;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let high = u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4));
        return u128::from(u64::from(u32::from_le_bytes(*first)) | high);
    }
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return 0 };
    let middle = u64::from(bytes[len / 2]) << (8 * (len / 2));
    u128::from(u64::from(first) | middle | u64::from(last) << (8 * (len - 1)))
}

/// The bytes of a short string as a number, the first lowest.
#[inline(always)]
fn content(value: Val) -> u128 {
    (u128::from(value.w1) << 64 | u128::from(value.w0)) >> 16
}

/// Two short strings as one, if it is still short.
#[inline(always)]
#[must_use]
pub fn short_joined(first: Val, second: Val) -> Option<Val> {
    let (one, two) = (first.w0 >> 8 & 0xff, second.w0 >> 8 & 0xff);
    let len = (one + two) as usize;
    (len <= SHORT_MAX).then(|| short_of(content(first) | content(second) << (8 * one), len, tag::SSTR))
}

/// A short string out of a text: `end` is at most 14 behind `start`.
#[inline(always)]
#[must_use]
pub fn short_within(text: &[u8], start: usize, end: usize) -> Val {
    let len = end - start;
    match text[start..].first_chunk::<16>() {
        Some(chunk) if len <= SHORT_MAX => {
            let mask = (1u128 << (8 * len)) - 1;
            short_of(u128::from_le_bytes(*chunk) & mask, len, tag::SSTR)
        }
        _ => short(&text[start..end]),
    }
}

/// The decimal form of an integer of at most 13 digits.
#[inline]
#[must_use]
pub fn short_int(value: i64) -> Option<Val> {
    let mut rest = value.unsigned_abs();
    if rest >= 10_000_000_000_000 {
        return None;
    }
    let (mut content, mut len) = (0u128, 0);
    while rest >= 100 {
        let pair = rest % 100;
        rest /= 100;
        content = content << 16 | u128::from((pair / 10) | ((pair % 10) << 8) | 0x3030);
        len += 2;
    }
    if rest >= 10 {
        content = content << 16 | u128::from((rest / 10) | ((rest % 10) << 8) | 0x3030);
        len += 2;
    } else {
        content = content << 8 | u128::from(rest | 0x30);
        len += 1;
    }
    if value < 0 {
        content = content << 8 | u128::from(b'-');
        len += 1;
    }
    Some(short_of(content, len, tag::SSTR))
}

/// A counted value.
#[inline(always)]
#[must_use]
pub fn counted<T>(tag: u64, object: Ptr<T>) -> Val {
    Val { w0: tag, w1: object.0 as u64 }
}

/// A reference to an array; consumes the reference held.
#[inline(always)]
#[must_use]
pub fn aref(array: Array) -> Val {
    counted(tag::AREF, array)
}

/// A reference to a hash; consumes the reference held.
#[inline(always)]
#[must_use]
pub fn href(hash: Table) -> Val {
    counted(tag::HREF, hash)
}

/// Adds a reference to an object unless it lives for ever.
#[inline(always)]
pub fn retain_header(header: *mut Header) {
    let mut header = Ptr(header);
    if header.count & IMMORTAL == 0 {
        header.count += 1;
    }
}

/// What can be asked of a value.
pub trait ValExt: Copy {
    /// The tag.
    fn tag(self) -> u64;
    /// Refers to a counted object.
    fn is_counted(self) -> bool;
    /// The header of a counted value.
    fn header(self) -> Ptr<Header>;
    /// Adds a reference and returns the value.
    #[must_use]
    fn retained(self) -> Val;
    /// Is an INT.
    fn is_int(self) -> bool;
    /// INT's content.
    fn as_int(self) -> i64;
    /// NUM's content.
    fn as_num(self) -> f64;
    /// Undef, or a weak reference whose target is gone.
    fn is_undef(self) -> bool;
    /// Is a string, short or long.
    fn is_string(self) -> bool;
    /// INT, NUM, BOOL or UINT.
    fn is_numeric(self) -> bool;
    /// A string whose bytes are UTF-8 under `--compat`.
    fn is_wide(self) -> bool;
    /// A reference: array, hash, code, scalar, pattern or object, or a nameless handle.
    fn is_reference(self) -> bool;
    /// The pointer of a counted value.
    fn pointer<T>(self) -> Ptr<T>;
    /// The array an AREF refers to.
    fn as_array(self) -> Option<Array>;
    /// The hash an HREF refers to.
    fn as_table(self) -> Option<Table>;
    /// The function of a CODE.
    fn as_code(self) -> Option<CodeRef>;
    /// Class of a counted reference, 0 for none.
    fn class(self) -> u32;
}

impl ValExt for Val {
    #[inline(always)]
    fn tag(self) -> u64 {
        self.w0 & 0xff
    }

    #[inline(always)]
    fn is_counted(self) -> bool {
        matches!(self.w0, tag::COUNTED..=tag::EXT)
    }

    #[inline(always)]
    fn header(self) -> Ptr<Header> {
        Ptr(self.w1 as *mut Header)
    }

    #[inline(always)]
    fn retained(self) -> Val {
        if self.is_counted() {
            retain_header(self.w1 as *mut Header);
        }
        self
    }

    #[inline(always)]
    fn is_int(self) -> bool {
        self.w0 == tag::INT
    }

    #[inline(always)]
    fn as_int(self) -> i64 {
        self.w1 as i64
    }

    #[inline(always)]
    fn as_num(self) -> f64 {
        f64::from_bits(self.w1)
    }

    #[inline(always)]
    fn is_undef(self) -> bool {
        self.w0 == tag::UNDEF
    }

    #[inline(always)]
    fn is_string(self) -> bool {
        matches!(self.tag(), tag::SSTR | tag::SSTRW | tag::STR)
    }

    #[inline(always)]
    fn is_numeric(self) -> bool {
        matches!(self.w0, tag::INT | tag::NUM | tag::BOOL | tag::UINT)
    }

    fn is_wide(self) -> bool {
        match self.tag() {
            tag::SSTRW => true,
            tag::STR => self.header().flags & FLAG_WIDE != 0,
            _ => false,
        }
    }

    fn is_reference(self) -> bool {
        match self.w0 {
            tag::AREF | tag::HREF | tag::CODE | tag::SREF | tag::RX | tag::OBJ => true,
            tag::EXT => self.header().aux != crate::extension::ERROR,
            tag::GLOB => self.pointer::<Glob>().name_len == 0,
            _ => false,
        }
    }

    #[inline(always)]
    fn pointer<T>(self) -> Ptr<T> {
        Ptr(self.w1 as *mut T)
    }

    #[inline(always)]
    fn as_array(self) -> Option<Array> {
        (self.w0 == tag::AREF).then(|| self.pointer())
    }

    #[inline(always)]
    fn as_table(self) -> Option<Table> {
        (self.w0 == tag::HREF).then(|| self.pointer())
    }

    #[inline(always)]
    fn as_code(self) -> Option<CodeRef> {
        (self.w0 == tag::CODE).then(|| self.pointer())
    }

    fn class(self) -> u32 {
        if self.is_reference() || self.w0 == tag::GLOB { self.header().class } else { 0 }
    }
}

/// The bytes of a string value; empty for what is none.
///
/// The slice is valid while the value is where it is and its string is alive and unchanged.
#[inline(always)]
#[must_use]
pub fn bytes(value: &Val) -> &[u8] {
    match value.tag() {
        tag::SSTR | tag::SSTRW => {
            let len = (value.w0 >> 8 & 0xff) as usize;
            // SAFETY: a short string has at most 14 bytes, at offset 2 of the value's 16.
            unsafe { core::slice::from_raw_parts((&raw const *value).cast::<u8>().add(2), len) }
        }
        tag::STR => {
            let string = value.pointer::<Str>();
            // SAFETY: `len` bytes behind the struct are initialised, an invariant of `string`.
            unsafe { core::slice::from_raw_parts(string.0.add(1).cast::<u8>(), string.len) }
        }
        _ => &[],
    }
}

/// The captured values of a function.
#[must_use]
pub fn captures(code: &CodeRef) -> &[Val] {
    // SAFETY: `captures` values follow the struct, an invariant of `code`.
    unsafe { core::slice::from_raw_parts(code.0.add(1).cast::<Val>(), code.captures) }
}

/// The full name of a glob.
#[must_use]
pub fn glob_name(glob: GlobRef) -> &'static [u8] {
    if glob.name_len == 0 {
        return &[];
    }
    // SAFETY: names of globs live for ever, an invariant of `glob`.
    unsafe { core::slice::from_raw_parts(glob.name, glob.name_len) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_strings_stand_in_the_value() {
        for text in ["", "a", "abcdef", "abcdefg", "abcdefghijklmn"] {
            let value = short(text.as_bytes());
            assert_eq!(bytes(&value), text.as_bytes());
            assert_eq!(value.tag(), tag::SSTR);
        }
        assert_eq!(short(b""), EMPTY);
    }

    #[test]
    fn short_strings_are_cut_and_joined_by_words() {
        let text = b"0123456789abcdefghijklmnop";
        for start in 0..text.len() {
            for end in start..(start + SHORT_MAX + 1).min(text.len()) {
                let whole = short_within(text, start, end);
                assert_eq!(whole, short(&text[start..end]));
                assert_eq!(bytes(&whole), &text[start..end]);
                for middle in start..=end {
                    let pieces = (short(&text[start..middle]), short(&text[middle..end]));
                    assert_eq!(short_joined(pieces.0, pieces.1), Some(whole));
                }
            }
        }
        assert_eq!(short_joined(short(b"12345678"), short(b"1234567")), None);
    }

    #[test]
    fn integers_as_short_strings() {
        for value in [0, 7, -7, 10, 99, 100, -101, 12345, 9_999_999_999_999, -9_999_999_999_999] {
            let text = alloc::format!("{value}");
            assert_eq!(short_int(value), Some(short(text.as_bytes())));
        }
        assert_eq!(short_int(10_000_000_000_000), None);
        assert_eq!(short_int(i64::MIN), None);
    }
}
