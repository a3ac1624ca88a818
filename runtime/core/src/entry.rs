//! The entries that compiled code calls: one `extern "C"` function for each row of the table of
//! `s_abi::functions`, and the table of their addresses.
//!
//! A shim turns words into values and a `Result` into what the contract says; it contains nothing
//! else. The inner functions have the names of the rows.

use alloc::vec::Vec;

use s_abi::layout::{Code, Entry, FunctionInfo, PatternRow, Val};

use crate::assert::assert;
use crate::builtin::{call_builtin, eval_string, require_value};
use crate::class::{
    bless, call_dynamic, call_method, call_method_list_site, call_method_site, check_type, construct,
    construct_values, is_variant, payload, ref_type, variant,
};
use crate::code::*;
use crate::containers::*;
use crate::convert::*;
use crate::exception::*;
use crate::glob::{
    glob_assign, glob_assign_to, glob_by_name, glob_fresh, glob_named, glob_part, glob_value, isa_changed,
    isa_lent,
};
use crate::list::*;
use crate::magic::{constant_list, constant_ref, part_ref};
use crate::op::arith::*;
use crate::op::bits::*;
use crate::op::compare::*;
use crate::op::concat::*;
use crate::op::math::*;
use crate::output::{
    command, file_test, flush_all, open_named, open_slot, print, print_format, print_to, read_line,
    read_lines, read_slot,
};
use crate::pattern::{
    capture, match_all, match_all_value, match_list, match_next, match_once, match_restore, match_scope,
    match_var, pattern, pos_get, pos_set, split, split_text, subst_add, subst_begin, subst_count,
    subst_finish, subst_next, trans, trans_count,
};
use crate::places::{
    chomp_slot, chop_slot, str_index, str_slice, str_step, substr_get, substr_set, substr_tail, vec_set,
};
use crate::saves::*;
use crate::signals::poll_signals;
use crate::site::{hash_get_site, hash_set_site, hash_slot_site};
use crate::sort::{
    list_sort, list_sort_by, list_sort_desc, list_sort_num, list_sort_num_desc, list_sort_private,
};
use crate::special::{special_get, special_set};
use crate::value::{Array, CellRef, GlobRef, Ptr, Slot, THROWN, Table, ValExt as _};
use crate::vm::Vm;

/// Result and status of a function that may throw and gives no value.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Pair {
    /// The result, 0 when it threw.
    pub result: u64,
    /// 0 for success, 1 for an exception.
    pub status: u64,
}

/// As [`Pair`], of a function that gives a double. It travels as the convention of the machine has it for
/// such a structure: in a register for floats and one for words, but on aarch64 in two for words.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct FloatPair {
    /// The result, 0 when it threw.
    pub result: f64,
    /// 0 for success, 1 for an exception.
    pub status: u64,
}

/// A function of the table.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// Its name.
    pub name: &'static str,
    /// Where it is.
    pub function: *const (),
}

// SAFETY: addresses of functions, never written.
unsafe impl Sync for Address {}

/// A result that fits a word.
trait Word {
    fn word(self) -> u64;
}

impl Word for () {
    #[inline(always)]
    fn word(self) -> u64 {
        0
    }
}

impl Word for bool {
    #[inline(always)]
    fn word(self) -> u64 {
        u64::from(self)
    }
}

impl Word for i64 {
    #[inline(always)]
    fn word(self) -> u64 {
        self as u64
    }
}

impl<T> Word for Ptr<T> {
    #[inline(always)]
    fn word(self) -> u64 {
        self.address()
    }
}

macro_rules! kind {
    (V) => {
        Val
    };
    (O) => {
        Val
    };
    (I) => {
        i64
    };
    (F) => {
        f64
    };
    (B) => {
        u64
    };
    (A) => {
        Array
    };
    (H) => {
        Table
    };
    (C) => {
        CellRef
    };
    (G) => {
        GlobRef
    };
    (P) => {
        Slot
    };
}

macro_rules! argument {
    (B $value:expr) => {
        $value != 0
    };
    ($kind:ident $value:expr) => {
        $value
    };
}

macro_rules! outer {
    (V $($flags:ident)*) => {
        Val
    };
    (F throws $($flags:ident)*) => {
        FloatPair
    };
    (F $($flags:ident)*) => {
        f64
    };
    ($kind:ident throws $($flags:ident)*) => {
        Pair
    };
    (N $($flags:ident)*) => {
        ()
    };
    ($kind:ident $($flags:ident)*) => {
        u64
    };
}

macro_rules! deliver {
    (V throws $($flags:ident)* ; $value:expr) => {
        $value.unwrap_or(THROWN)
    };
    (V $($flags:ident)* ; $value:expr) => {
        $value
    };
    (F throws $($flags:ident)* ; $value:expr) => {
        match $value {
            Ok(result) => FloatPair { result, status: 0 },
            Err(Thrown) => FloatPair { result: 0.0, status: 1 },
        }
    };
    (F $($flags:ident)* ; $value:expr) => {
        $value
    };
    ($kind:ident throws $($flags:ident)* ; $value:expr) => {
        match $value {
            Ok(result) => Pair { result: Word::word(result), status: 0 },
            Err(Thrown) => Pair { result: 0, status: 1 },
        }
    };
    (N $($flags:ident)* ; $value:expr) => {
        $value
    };
    ($kind:ident $($flags:ident)* ; $value:expr) => {
        Word::word($value)
    };
}

macro_rules! shim {
    ($name:ident () $result:ident [$($flags:ident)*]) => {
        shim!(@ $name [] $result [$($flags)*]);
    };
    ($name:ident ($a:ident) $result:ident [$($flags:ident)*]) => {
        shim!(@ $name [a $a] $result [$($flags)*]);
    };
    ($name:ident ($a:ident, $b:ident) $result:ident [$($flags:ident)*]) => {
        shim!(@ $name [a $a, b $b] $result [$($flags)*]);
    };
    ($name:ident ($a:ident, $b:ident, $c:ident) $result:ident [$($flags:ident)*]) => {
        shim!(@ $name [a $a, b $b, c $c] $result [$($flags)*]);
    };
    ($name:ident ($a:ident, $b:ident, $c:ident, $d:ident) $result:ident [$($flags:ident)*]) => {
        shim!(@ $name [a $a, b $b, c $c, d $d] $result [$($flags)*]);
    };
    (@ $name:ident [$($parameter:ident $kind:ident),*] $result:ident [$($flags:ident)*]) => {
        #[cfg_attr(feature = "exports", unsafe(export_name = concat!("rt.", stringify!($name))))]
        pub(super) unsafe extern "C" fn $name(
            vm: *mut s_abi::layout::Vm
            $(, $parameter: kind!($kind))*
        ) -> outer!($result $($flags)*) {
            // SAFETY: compiled code passes the machine it was entered with, which begins a `Vm`.
            let vm = unsafe { &mut *vm.cast::<Vm>() };
            let result = super::$name(vm $(, argument!($kind $parameter))*);
            deliver!($result $($flags)* ; result)
        }
    };
}

macro_rules! expand {
    ($($name:ident ( $($kind:ident),* ) -> $result:ident [ $($flags:ident)* ];)*) => {
        #[allow(clippy::unused_unit, reason = "one shape of signature for every row")]
        mod shims {
            use super::*;
            $(shim!($name ($($kind),*) $result [$($flags)*]);)*
        }

        /// Every function of the table, in its order.
        pub static ADDRESSES: &[Address] = &[
            $(Address { name: stringify!($name), function: shims::$name as *const () }),*
        ];
    };
}

s_abi::for_each_runtime_function!(expand);

/// Makes a function object; captures are borrowed.
///
/// # Safety
/// Called by compiled code: with the machine it was entered with, and `count` values.
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.new_code"))]
pub unsafe extern "C" fn new_code(
    machine: *mut s_abi::layout::Vm,
    info: *const FunctionInfo,
    entry: Entry,
    captures: *const Val,
    count: usize,
) -> *mut Code {
    // SAFETY: the machine begins a `Vm`; the captures stand on the caller's stack.
    let (vm, captures) = unsafe {
        let captures = if count == 0 { &[] } else { core::slice::from_raw_parts(captures, count) };
        (&mut *machine.cast::<Vm>(), captures)
    };
    let held: Vec<Val> = captures.iter().map(|value| value.retained()).collect();
    vm.new_code(info, entry, &held).0
}

/// The compiled pattern of a row, which keeps it.
///
/// # Safety
/// Called by compiled code: with the machine it was entered with, and a row of its program.
#[cfg_attr(feature = "exports", unsafe(export_name = "rt.constant_pattern"))]
pub unsafe extern "C" fn constant_pattern(
    machine: *mut s_abi::layout::Vm,
    row: *mut PatternRow,
) -> *mut core::ffi::c_void {
    // SAFETY: the machine begins a `Vm`; the row is the program's and nobody else looks at it now.
    let (vm, row) = unsafe { (&mut *machine.cast::<Vm>(), &mut *row) };
    // SAFETY: the text is a constant of the program.
    let text = unsafe { core::slice::from_raw_parts(row.text, row.text_len) };
    match vm.constant_pattern(text, false, row.flags) {
        Ok(pattern) => {
            row.pattern = pattern.w1 as usize as *mut core::ffi::c_void;
            row.pattern
        }
        // The compiler has compiled it once already: this is not the runtime it asked.
        Err(message) => {
            crate::output::write_error(vm, message.as_bytes());
            s_sys::exit(70)
        }
    }
}
