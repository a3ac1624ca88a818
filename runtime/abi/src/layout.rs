//! Layouts that compiled code reads and writes directly.
//!
//! Everything here is plain data, `repr(C)`, equal on every 64-bit target. The runtime owns the
//! behaviour; compiled code uses [`core::mem::offset_of!`] of these types and nothing else.

use core::ffi::c_void;

/// A value: two words. Byte 0 of `w0` is the [`tag`]; for tags other than the short strings the
/// rest of `w0` is zero, so that whole words can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct Val {
    /// Tag, and for short strings length and the first six bytes.
    pub w0: u64,
    /// Payload.
    pub w1: u64,
}

/// The tags of values.
pub mod tag {
    /// `w1` is an `i64`.
    pub const INT: u64 = 0;
    /// `w1` holds the bits of an `f64`.
    pub const NUM: u64 = 1;
    /// Undef; `w1` is 0, or 1 for an array element that was never stored.
    pub const UNDEF: u64 = 2;
    /// What comparisons yield under `--compat`: `w1` is 0 (prints as "") or 1. Default mode uses
    /// integers.
    pub const BOOL: u64 = 3;
    /// `w1` is a `u64` of at least 2^63; `--compat` only.
    pub const UINT: u64 = 4;
    /// Short string: `w0` is `tag | length << 8 | bytes[0..6] << 16`, `w1` the next 8; 0 to 14 bytes
    /// that stand in memory order at offset 2 of the value.
    pub const SSTR: u64 = 5;
    /// Short string whose bytes are UTF-8 of code points, some above 0x7f; `--compat` only.
    pub const SSTRW: u64 = 6;
    /// The first tag of counted values: those have a pointer to a [`super::Header`] in `w1`.
    pub const COUNTED: u64 = 7;
    /// [`super::Str`].
    pub const STR: u64 = 7;
    /// Reference to an [`super::Arr`].
    pub const AREF: u64 = 8;
    /// Reference to a [`super::Hash`].
    pub const HREF: u64 = 9;
    /// A [`super::Code`].
    pub const CODE: u64 = 10;
    /// Reference to a scalar: a [`super::Cell`].
    pub const SREF: u64 = 11;
    /// A [`super::Glob`]: name with its slots, or an anonymous handle.
    pub const GLOB: u64 = 12;
    /// A compiled pattern.
    pub const RX: u64 = 13;
    /// An object of a declared class, struct or enum.
    pub const OBJ: u64 = 14;
    /// Slots only: the slot's content is in a [`super::Cell`] that others share.
    pub const BOX: u64 = 15;
    /// Slots only: a weak reference; loads turn it into a reference or undef.
    pub const WEAK: u64 = 16;
    /// Slots only: a place that is more than its value, such as a tied variable or one that cannot be
    /// changed. The runtime reads and stores it.
    pub const MAGIC: u64 = 17;
    /// Other counted objects: sets, tasks, iterators.
    pub const EXT: u64 = 18;
    /// Result of a call in list context: `w1` values were pushed on the value stack. Whole-word.
    pub const LIST: u64 = 0xfe;
    /// Result of a call that threw; the exception is in [`super::Vm::exception`]. Whole word.
    pub const THROWN: u64 = u64::MAX;
}

/// Kinds of heap objects, in [`Header::kind`].
pub mod kind {
    /// [`super::Str`]
    pub const STR: u8 = 0;
    /// [`super::Arr`]
    pub const ARR: u8 = 1;
    /// [`super::Hash`]
    pub const HASH: u8 = 2;
    /// [`super::Code`]
    pub const CODE: u8 = 3;
    /// [`super::Cell`]
    pub const CELL: u8 = 4;
    /// [`super::Glob`]
    pub const GLOB: u8 = 5;
    /// Compiled pattern.
    pub const RX: u8 = 6;
    /// Object of a declared type.
    pub const OBJ: u8 = 7;
    /// Others.
    pub const EXT: u8 = 8;
}

/// What every counted object begins with: 16 bytes.
#[derive(Debug)]
#[repr(C, align(8))]
pub struct Header {
    /// References; with bit 31 set the object is never freed and never written here.
    pub count: u32,
    /// One of [`kind`].
    pub kind: u8,
    /// Bits of the runtime: weakly referenced, UTF-8, hash known.
    pub flags: u8,
    /// For the kind's own use.
    pub aux: u16,
    /// Class it is blessed into, 0 for none.
    pub class: u32,
    /// Weak-reference entry, position of `pos` plus one for cells, 0 for none.
    pub extra: u32,
}

/// Bit of [`Header::count`] of objects that live for ever.
pub const IMMORTAL: u32 = 1 << 31;

/// A string on the heap: bytes follow the struct.
#[derive(Debug)]
#[repr(C)]
pub struct Str {
    /// See [`Header`].
    pub header: Header,
    /// Bytes in use.
    pub len: usize,
    /// Bytes there are.
    pub capacity: usize,
    /// Hash of the content, when a flag says so.
    pub hash: u64,
}

/// Kinds of array storage, in [`Arr::storage`].
pub mod storage {
    /// `i64` elements. New arrays are of this kind.
    pub const INT: u32 = 0;
    /// `f64` elements.
    pub const NUM: u32 = 1;
    /// [`super::Val`] elements.
    pub const VAL: u32 = 2;
}

/// Bits of [`Header::aux`] of arrays.
pub mod array_flag {
    /// The elements are of several kinds, and will be: it is in vain to pack them.
    pub const MIXED: u16 = 1 << 3;
}

/// An array. Element `i` is at `data + i * size`, the size being 8 or 16 by `storage`; `data`
/// already counts the slack that `shift` leaves in front.
#[derive(Debug)]
#[repr(C)]
pub struct Arr {
    /// See [`Header`].
    pub header: Header,
    /// First element.
    pub data: *mut c_void,
    /// Elements in use.
    pub len: usize,
    /// Elements there is room for behind `data`.
    pub capacity: usize,
    /// Elements of slack before `data`.
    pub slack: u32,
    /// One of [`storage`].
    pub storage: u32,
}

/// A scalar that several can see.
#[derive(Debug)]
#[repr(C)]
pub struct Cell {
    /// See [`Header`].
    pub header: Header,
    /// What it holds.
    pub value: Val,
}

/// A hash; insertion-ordered. [`Header::aux`] is not 0 where the runtime has to see what is stored. What
/// follows `used` belongs to the runtime.
#[derive(Debug)]
#[repr(C)]
pub struct Hash {
    /// See [`Header`].
    pub header: Header,
    /// Live entries.
    pub len: usize,
    /// The first entry, or null.
    pub entries: *mut HashEntry,
    /// Entries in use, holes included.
    pub used: usize,
    /// The rest.
    pub inside: [usize; 6],
}

/// An entry of a hash.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct HashEntry {
    /// A key in its normal form: an INT, a short string, or a long one.
    pub key: Val,
    /// A slot.
    pub value: Val,
}

/// The beginning of an object of a declared type; what follows belongs to the runtime.
#[derive(Debug)]
#[repr(C)]
pub struct ObjectHead {
    /// See [`Header`].
    pub header: Header,
    /// Its fields by name, in order.
    pub fields: *mut Hash,
    /// While all fields stand at their positions behind the object, see [`object::ENTRIES`], its class with all bits
    /// turned over, as in [`Site::class`]; else [`object::MOVED`].
    pub shape: u32,
}

/// Objects of declared types, whose fields usually are in one block of memory with them.
pub mod object {
    /// Bytes of an object.
    pub const BYTES: usize = 48;
    /// Where the entries of its fields begin, counted from the object.
    pub const ENTRIES: usize = BYTES + size_of::<super::Hash>();
    /// The [`super::ObjectHead::shape`] of an object whose fields are elsewhere.
    pub const MOVED: u32 = u32::MAX;
}

/// What one place in code found last, so that it need not search there again. All zeros where it found
/// nothing yet.
#[derive(Debug)]
#[repr(C)]
pub struct Site {
    /// For a method the class of the invocant with all bits turned over; nothing else about this class
    /// holds when the runtime has cleared it.
    pub class: u32,
    /// For a method one of [`site`]; 0 for a key.
    pub kind: u32,
    /// The function, borrowed; the position of the key among the entries; for a field its position in the
    /// lower half, and in the upper one the class whose objects it takes, or 0.
    pub target: usize,
}

/// What the name of a method means, in [`Site::kind`].
pub mod site {
    /// A function.
    pub const METHOD: u32 = 0;
    /// A field. Above [`TAKES`] stands what it takes.
    pub const FIELD: u32 = 1;
    /// Where in the kind of a field the bits stand for the tags of values that may be stored there without a
    /// closer look: the lowest for [`super::tag::INT`], and so on.
    pub const TAKES: u32 = 8;
}

/// Of which kinds the keys of a `sort` are: [`BITS`](sort::BITS) of an integer for each, the first lowest.
pub mod sort {
    /// So many bits a key.
    pub const BITS: u32 = 2;
    /// It is compared as a text, not as a number.
    pub const TEXT: i64 = 1;
    /// The greater comes first.
    pub const DESCENDING: i64 = 2;
    /// So many keys at most.
    pub const KEYS_MAX: usize = 16;
}

/// The generic entry of a function: virtual machine, the function object (for captures), arguments
/// (borrowed), their count in the low half with the wanted context above (see [`want`]). The result
/// is one value, or in list context [`tag::LIST`] when any number was pushed, or [`tag::THROWN`].
pub type Entry = unsafe extern "C" fn(*mut Vm, *mut Code, *const Val, u64) -> Val;

/// Contexts, in bits 32 and 33 of the last argument of an [`Entry`].
pub mod want {
    /// The value is dropped.
    pub const VOID: u64 = 0;
    /// One value.
    pub const SCALAR: u64 = 1;
    /// Any number, pushed on the value stack.
    pub const LIST: u64 = 2;
    /// Where the bits stand.
    pub const SHIFT: u32 = 32;
}

/// A function object: `captures` values follow the struct. A captured variable is a [`tag::SREF`],
/// [`tag::AREF`] or [`tag::HREF`]; a copied one is its value.
#[derive(Debug)]
#[repr(C)]
pub struct Code {
    /// See [`Header`].
    pub header: Header,
    /// Called with arguments in memory.
    pub entry: Entry,
    /// What it is.
    pub info: *const FunctionInfo,
    /// How many captures follow.
    pub captures: usize,
}

/// What is known about a compiled function.
#[derive(Debug)]
#[repr(C)]
pub struct FunctionInfo {
    /// Full name.
    pub name: *const u8,
    /// Its length.
    pub name_len: usize,
    /// Number in its module.
    pub id: u32,
    /// Where it begins: see [`Frame::pos`].
    pub pos: u32,
    /// File table of its module.
    pub files: *const FileName,
}

/// The name of a source file.
#[derive(Debug)]
#[repr(C)]
pub struct FileName {
    /// Bytes.
    pub name: *const u8,
    /// Their number.
    pub len: usize,
    /// The package of statements there; nothing where the name of their function says it.
    pub package: *const u8,
    /// Its length.
    pub package_len: usize,
}

/// An activation of a function, on the machine stack.
#[derive(Debug)]
#[repr(C)]
pub struct Frame {
    /// The caller's.
    pub previous: *mut Frame,
    /// Which function.
    pub info: *const FunctionInfo,
    /// The statement being run: file index in the upper 12 bits, line in the lower 20.
    pub pos: u32,
    /// Context it was called in, see [`want`], and [`FRAME_ARGUMENTS`].
    pub want: u32,
    /// The function object, null for direct calls.
    pub code: *mut Code,
    /// Its arguments, borrowed, when a bit of `want` says so, see [`FRAME_ARGUMENTS`].
    pub arguments: *const Val,
    /// Their number.
    pub count: u64,
}

/// Bit of [`Frame::want`]: the frame knows its arguments.
pub const FRAME_ARGUMENTS: u32 = 1 << 31;

/// Bit of [`Frame::want`]: `goto &f` left the function for another, which has its place for whoever asks
/// who calls.
pub const FRAME_LEFT: u32 = 1 << 30;

/// A name with its variables.
#[derive(Debug)]
#[repr(C)]
pub struct Glob {
    /// See [`Header`].
    pub header: Header,
    /// `$name`; never null.
    pub scalar: *mut Cell,
    /// `@name`; never null.
    pub array: *mut Arr,
    /// `%name`; never null.
    pub hash: *mut Hash,
    /// `&name`, or null.
    pub code: *mut Code,
    /// The handle, or null.
    pub handle: *mut c_void,
    /// Full name, without `*`.
    pub name: *const u8,
    /// Its length.
    pub name_len: usize,
}

/// The beginning of the virtual machine; what follows belongs to the runtime.
#[derive(Debug)]
#[repr(C)]
pub struct Vm {
    /// First free place of the value stack.
    pub top: *mut Val,
    /// Behind its last place.
    pub end: *mut Val,
    /// Its first place; a mark is a number of places from here.
    pub base: *mut Val,
    /// Lowest machine-stack address a function may be entered at.
    pub stack_limit: usize,
    /// The running function, or null.
    pub frame: *mut Frame,
    /// The exception on its way.
    pub exception: Val,
    /// The set of caught signals that wait; polled at loop heads of programs that handle signals.
    pub pending: *const u64,
    /// What warnings of the operator that runs say, as in [`crate::warning`]; undefined where it warns of
    /// nothing.
    pub names: Val,
}

/// A function that can be called with arguments in memory.
#[derive(Debug)]
#[repr(C)]
pub struct Routine {
    /// What it is.
    pub info: *const FunctionInfo,
    /// Where it begins.
    pub entry: Entry,
}

/// A name that compiled code refers to.
#[derive(Debug)]
#[repr(C)]
pub struct NameRow {
    /// Its glob; null until the program starts.
    pub glob: *mut Glob,
    /// Full name, without sigil.
    pub name: *const u8,
    /// Its length.
    pub name_len: usize,
}

/// A named function that exists from the start.
#[derive(Debug)]
#[repr(C)]
pub struct DefinitionRow {
    /// Its name.
    pub name: *const NameRow,
    /// The function.
    pub routine: Routine,
}

/// A builtin that a method call of the program may mean.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MethodRow {
    /// Its name.
    pub name: *const u8,
    /// The name's length in bytes.
    pub name_len: usize,
    /// The cell of its function.
    pub cell: *const c_void,
}

/// An asset of a package. The first row of a table is the package's own name.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct AssetRow {
    /// Its name.
    pub name: *const u8,
    /// The name's length in bytes.
    pub name_len: usize,
    /// What is in it; null where the program has only the name.
    pub content: *const Str,
}

/// A constant pattern.
#[derive(Debug)]
#[repr(C)]
pub struct PatternRow {
    /// The compiled pattern; null until it is first used.
    pub pattern: *mut c_void,
    /// Its text.
    pub text: *const u8,
    /// Its length.
    pub text_len: usize,
    /// Bits of [`crate::functions::pattern_flag`].
    pub flags: i64,
}

/// What a program does before its main function.
pub type Start = unsafe extern "C" fn(*mut Vm, *const Image);

/// A compiled program as the start code finds it, under the symbol [`IMAGE`].
#[derive(Debug)]
#[repr(C)]
pub struct Image {
    /// Bits of [`image_flag`].
    pub flags: u64,
    /// The main function.
    pub main: Routine,
    /// Names that code refers to.
    pub names: *mut NameRow,
    /// Their number.
    pub name_count: usize,
    /// Named functions.
    pub definitions: *const DefinitionRow,
    /// Their number.
    pub definition_count: usize,
    /// The functions that `declarations` refer to by number.
    pub routines: *const Routine,
    /// Their number.
    pub routine_count: usize,
    /// What is called at start, in order: functions of the runtime, so that a program carries those
    /// that it needs.
    pub starts: *const Start,
    /// Their number.
    pub start_count: usize,
    /// Types, transliterations and classes, as `s_core::declare` reads them.
    pub declarations: *const u8,
    /// Their length.
    pub declaration_len: usize,
    /// What stands behind `__DATA__`; null when nothing does.
    pub data: *const u8,
    /// Its length.
    pub data_len: usize,
    /// Builtins that method calls may mean, by name in ascending order.
    pub methods: *const MethodRow,
    /// Their number.
    pub method_count: usize,
}

/// The symbol of a program's [`Image`].
pub const IMAGE: &str = "program";

/// Bits of [`Image::flags`].
pub mod image_flag {
    /// Plain Perl.
    pub const COMPAT: u64 = 1;
}
