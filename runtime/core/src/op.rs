//! Operators on values. Default mode: 64-bit integers wrap. `--compat`: Perl's rules, where what
//! overflows becomes unsigned or a float.

pub mod arith;
pub mod bits;
pub mod compare;
pub mod concat;
pub mod math;
