//! Functions that a program carries only when it can need them.
//!
//! Every program releases values and makes text of them; few have patterns, classes or fibers. What is done
//! for such values only is called through a place here, and who makes the first such value fills the place:
//! so a linker that takes what is referred to takes the function exactly when it takes a maker. A place holds
//! one function for the life of a process, whatever the machine; writing it is one store. Places are `used`:
//! an optimiser that sees the one function that is ever stored would call it directly.
//!
//! Left to others: what the functions do. Floats are made by compiled code as well, which says so by calling
//! [`use_floats`] at start.

use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::mem::transmute_copy;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};

use s_abi::layout::{self, Header, Image, Val, kind};

use crate::builtin::Function;
use crate::class::{Conversion, Operator};
use crate::exception::Thrown;
use crate::value::{CodeRef, Ptr, Table};
use crate::vm::Vm;

/// Ends an object whose last reference went.
pub(crate) type End = fn(&mut Vm, Ptr<Header>);

/// How patterns, objects of declared types, other objects and anonymous globs end.
#[used]
pub(crate) static END_RX: Late<End> = Late::new();
#[used]
pub(crate) static END_OBJ: Late<End> = Late::new();
#[used]
pub(crate) static END_EXT: Late<End> = Late::new();
#[used]
pub(crate) static END_GLOB: Late<End> = Late::new();
/// Takes the weak references to an object from it.
#[used]
pub(crate) static CLEAR_WEAK: Late<End> = Late::new();
/// Reads and stores places with magic; what a tied array or hash is asked, and how it is forgotten.
#[used]
pub(crate) static ACCESS: Late<crate::magic::Access> = Late::new();
#[used]
pub(crate) static TIE: Late<crate::magic::Tie> = Late::new();
#[used]
pub(crate) static END_TIED: Late<End> = Late::new();
/// Refuses what a restricted hash does not allow.
#[used]
pub(crate) static RESTRICT: Late<crate::magic::Restrict> = Late::new();
/// How tasks, channels and the like end, and databases; and the methods of both.
#[used]
pub(crate) static END_FIBER: Late<End> = Late::new();
#[used]
pub(crate) static END_DATABASE: Late<End> = Late::new();
#[used]
pub(crate) static FIBER_METHOD: Late<Method> = Late::new();
#[used]
pub(crate) static DATABASE_METHOD: Late<Method> = Late::new();
/// Text of what is of kind EXT, and of patterns.
#[used]
pub(crate) static TEXT_EXT: Late<Shown> = Late::new();
#[used]
pub(crate) static TEXT_RX: Late<fn(Val, &mut Vec<u8>)> = Late::new();
/// Text of a float.
#[used]
pub(crate) static TEXT_NUM: Late<fn(f64, &mut Vec<u8>)> = Late::new();
/// What is done to tied handles and containers: a method is called, with the list from a mark, in a context.
#[used]
pub(crate) static TIED_METHOD: Late<NamedCall> = Late::new();
/// Throws a value, of which `$SIG{__DIE__}` hears.
#[used]
pub(crate) static THROW_HEARD: Late<fn(&mut Vm, Val) -> Thrown> = Late::new();
/// Warns of the operands of what runs, and of one of them.
#[used]
pub(crate) static WARN: Late<Warn> = Late::new();
#[used]
pub(crate) static WARN_ONE: Late<WarnOne> = Late::new();
/// The DESTROY of a class, running it, and what a conversion method of a class gives.
#[used]
pub(crate) static DESTRUCTOR: Late<fn(&mut Vm, u32) -> Option<CodeRef>> = Late::new();
#[used]
pub(crate) static RUN_DESTRUCTOR: Late<fn(&mut Vm, CodeRef, Val)> = Late::new();
#[used]
pub(crate) static CONVERT: Late<Convert> = Late::new();
/// Operators by the methods of their operands, dereferences by those of theirs, and what operators of sets give.
#[used]
pub(crate) static OPERATOR: Late<OperatorOf> = Late::new();
#[used]
pub(crate) static UNARY_OPERATOR: Late<UnaryOperator> = Late::new();
#[used]
pub(crate) static DEREFERENCE: Late<Dereference> = Late::new();
#[used]
pub(crate) static SET_OPERATOR: Late<SetOperator> = Late::new();
/// The methods of sets.
#[used]
pub(crate) static SET_METHOD: Late<SetMethod> = Late::new();
/// Methods about a class or an object that few programs call; those of handles that format, and that read lines.
#[used]
pub(crate) static OBJECT_METHOD: Late<ClassMethod> = Late::new();
#[used]
pub(crate) static PRINTF: Late<Function> = Late::new();
#[used]
pub(crate) static GETLINE: Late<Function> = Late::new();
#[used]
pub(crate) static GETLINES: Late<Function> = Late::new();
/// Compiles a pattern whose subjects are bytes.
#[used]
pub(crate) static BYTES_PATTERN: Late<CompilePattern> = Late::new();
/// Whether a text matches a pattern, for `assert_match`.
#[used]
pub(crate) static MATCH_ASSERTION: Late<Matches> = Late::new();
/// Registers a transliteration that the program declares.
#[used]
pub(crate) static TRANSLITERATION: Late<Transliteration> = Late::new();

/// The builtin of a name, for methods.
#[used]
pub(crate) static BUILTIN: Late<fn(&mut Vm, &str) -> Option<Function>> = Late::new();

/// Calls a method of an object by name, in a context, if it has one of that name.
pub(crate) type Method = fn(&mut Vm, &[u8], &[Val], u64) -> Result<Option<Val>, Thrown>;

/// A binary operator, and a unary one, by methods.
type OperatorOf = fn(&mut Vm, Operator, Val, Val) -> Result<Option<Val>, Thrown>;
type UnaryOperator = fn(&mut Vm, Operator, Val) -> Result<Option<Val>, Thrown>;

/// A dereference by its symbol, by a method.
type Dereference = fn(&mut Vm, Val, &'static [u8]) -> Result<Option<Val>, Thrown>;

/// An operator of two sets by its symbol.
type SetOperator = fn(&mut Vm, &[u8], Table, Table) -> Option<Val>;

/// Calls a method of a set by name, in a context.
type SetMethod = fn(&mut Vm, Table, &[u8], &[Val], u64) -> Result<Option<Val>, Thrown>;

/// Calls a method about a class or an object of it by name, in a context.
type ClassMethod = fn(&mut Vm, u32, &[u8], &[Val], u64) -> Result<Option<Val>, Thrown>;

/// Whether a value matches a pattern.
type Matches = fn(&mut Vm, Val, Val) -> Result<bool, Thrown>;

/// Compiles a pattern.
type CompilePattern = fn(&[u8], s_regex::Flags) -> Result<s_regex::Regex, s_regex::PatternError>;

/// Registers a transliteration: from, to and flags, and whether escapes are still to be read.
type Transliteration = fn(&mut Vm, &[u8], &[u8], &[u8], bool) -> Result<usize, String>;

/// Calls the method of a name with the list from a mark, whose first is the object, in a context.
type NamedCall = fn(&mut Vm, Val, i64, i64) -> Result<Val, Thrown>;

/// What warns of operands, and of the nth operand by what compiled code says of its operator.
type Warn = fn(&mut Vm, &[Val]) -> Result<(), Thrown>;
type WarnOne = fn(&mut Vm, Val, usize, Val) -> Result<(), Thrown>;

/// What shows a value, if it knows the kind.
type Shown = fn(&mut Vm, Val) -> Option<Result<Val, Thrown>>;

/// What converts an object, if its class says how.
type Convert = fn(&mut Vm, Val, Conversion) -> Result<Option<Val>, Thrown>;

/// A place for a function; `F` is a type of functions.
#[derive(Debug)]
pub(crate) struct Late<F>(AtomicPtr<()>, PhantomData<F>);

impl<F: Copy> Late<F> {
    const fn new() -> Late<F> {
        assert!(size_of::<F>() == size_of::<*mut ()>());
        Late(AtomicPtr::new(null_mut()), PhantomData)
    }

    /// Fills the place.
    #[inline(always)]
    pub(crate) fn set(&self, function: F) {
        // SAFETY: a function's address, of the same size by `new`.
        let address = unsafe { transmute_copy::<F, *mut ()>(&function) };
        self.0.store(address, Ordering::Relaxed);
    }

    /// The function, where something made it necessary.
    #[inline(always)]
    pub(crate) fn get(&self) -> Option<F> {
        let address = self.0.load(Ordering::Relaxed);
        // SAFETY: what is not null was written by `set` from an `F`.
        (!address.is_null()).then(|| unsafe { transmute_copy::<*mut (), F>(&address) })
    }
}

/// What an object of a rare kind needs from now on; nothing for the kinds that every program has.
#[inline(always)]
pub(crate) fn made(of: u8) {
    match of {
        kind::RX => {
            END_RX.set(crate::pattern::free);
            TEXT_RX.set(crate::pattern::append_form);
        }
        kind::OBJ => END_OBJ.set(crate::class::free_object),
        kind::EXT => {
            END_EXT.set(crate::extension::free);
            TEXT_EXT.set(crate::extension::text);
        }
        _ => {}
    }
}

/// What objects of classes need: called by whoever gives an object its class.
#[inline(always)]
pub(crate) fn classes() {
    DESTRUCTOR.set(Vm::destructor);
    RUN_DESTRUCTOR.set(Vm::run_destructor);
    CONVERT.set(Vm::converted_object);
    DEREFERENCE.set(Vm::dereferenced_by_method);
    operators();
}

/// What sets need: called by whoever makes one.
#[inline(always)]
pub(crate) fn sets() {
    SET_OPERATOR.set(crate::extension::combine);
    SET_METHOD.set(crate::extension::set_method);
    operators();
}

#[inline(always)]
fn operators() {
    OPERATOR.set(Vm::operator_by_methods);
    UNARY_OPERATOR.set(Vm::unary_operator_by_methods);
}

/// Whatever a program may name: said by who compiles into this process.
pub fn everything() {
    floats();
    warnings();
    handlers();
    crate::builtin::every_builtin();
    object_methods();
    format_methods();
    line_methods();
    transliterations();
    bytes_patterns();
    match_assertions();
}

fn match_assertions() {
    MATCH_ASSERTION.set(crate::pattern::match_once);
}

/// Patterns may be of bytes from now on.
pub(crate) fn bytes_patterns() {
    BYTES_PATTERN.set(s_regex::Regex::of_bytes);
}

fn object_methods() {
    OBJECT_METHOD.set(crate::class::object_method);
}

fn format_methods() {
    PRINTF.set(crate::extension::format_method);
}

fn line_methods() {
    GETLINE.set(crate::extension::line_method);
    GETLINES.set(crate::extension::lines_method);
}

fn transliterations() {
    TRANSLITERATION.set(Vm::register_transliteration);
}

/// What programs start with that call methods by names that are computed.
pub const METHOD_STARTS: [&str; 3] =
    ["rt.use_object_methods", "rt.use_format_methods", "rt.use_line_methods"];

/// What a program starts with that calls a method of this name, if the method is one that few programs carry.
#[must_use]
pub fn start_of_method(name: &str) -> Option<&'static str> {
    match name {
        name if crate::class::is_object_method(name.as_bytes()) => Some(METHOD_STARTS[0]),
        "printf" => Some(METHOD_STARTS[1]),
        "getline" | "getlines" => Some(METHOD_STARTS[2]),
        _ => None,
    }
}

/// What programs start with that may call any builtin.
pub const BUILTIN_STARTS: [&str; 1] = ["rt.use_match_assertions"];

/// What a program starts with that calls a builtin of this name, if it does what few programs carry.
#[must_use]
pub fn start_of_builtin(name: &str) -> Option<&'static str> {
    (name == "assert_match").then_some(BUILTIN_STARTS[0])
}

/// Starts of programs that may need what is not in every one: nothing but filling a place.
macro_rules! starts {
    ($($symbol:literal $name:ident $what:ident: $doc:literal;)*) => {$(
        #[doc = $doc]
        ///
        /// # Safety
        /// None of its arguments is used.
        #[cfg_attr(feature = "exports", unsafe(export_name = $symbol))]
        pub unsafe extern "C" fn $name(_machine: *mut layout::Vm, _image: *const Image) {
            $what();
        }
    )*};
}

starts! {
    "rt.use_warnings" use_warnings warnings: "The start of programs whose operators warn.";
    "rt.use_handlers" use_handlers handlers: "The start of programs that name `%SIG`.";
    "rt.use_floats" use_floats floats: "The start of programs whose compiled code makes floats.";
    "rt.use_object_methods" use_object_methods object_methods:
        "The start of programs that may call a method about a class or an object.";
    "rt.use_format_methods" use_format_methods format_methods:
        "The start of programs that may call `printf` as a method.";
    "rt.use_line_methods" use_line_methods line_methods:
        "The start of programs that may call `getline` or `getlines` as a method.";
    "rt.use_bytes_patterns" use_bytes_patterns bytes_patterns:
        "The start of programs in compatibility mode that have patterns.";
    "rt.use_match_assertions" use_match_assertions match_assertions:
        "The start of programs that call `assert_match`.";
    "rt.use_transliterations" use_transliterations transliterations:
        "The start of programs that declare transliterations.";
}

/// `%SIG` may say who hears of exceptions: also said by who compiles into this process.
#[inline(always)]
pub fn handlers() {
    THROW_HEARD.set(crate::exception::throw_through_handler);
}

/// Floats may become text from now on: also said by who compiles into this process.
#[inline(always)]
pub fn floats() {
    TEXT_NUM.set(crate::text::number::format_float);
}

/// Compiled code may say what warnings of its operators say: also said by who compiles into this process.
#[inline(always)]
pub fn warnings() {
    WARN.set(Vm::warn_of);
    WARN_ONE.set(Vm::warn_of_one);
}
