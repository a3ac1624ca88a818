//! Operators on values. Default mode: 64-bit integers wrap. `--compat`: Perl's rules, where what
//! overflows becomes unsigned or a float.

pub mod arith;
pub mod bits;
pub mod compare;
pub mod concat;
pub mod math;

use s_abi::layout::Val;

use crate::exception::Thrown;
use crate::vm::Vm;

/// An operator on two values.
type Binary<T> = fn(&mut Vm, Val, Val) -> Result<T, Thrown>;
