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
pub const fn num(value: f64) -> Val {
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
    let mut words = [0u8; 16];
    words[0] = tag as u8;
    words[1] = len as u8;
    words[2..2 + len].copy_from_slice(&bytes[..len]);
    let (mut low, mut high) = ([0u8; 8], [0u8; 8]);
    low.copy_from_slice(&words[..8]);
    high.copy_from_slice(&words[8..]);
    Val { w0: u64::from_ne_bytes(low), w1: u64::from_ne_bytes(high) }
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
}
