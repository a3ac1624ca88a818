//! The language runtime: values, operators, builtins, and the table of what compiled code calls.
#![no_std]

extern crate alloc;

pub mod io;
pub mod text;
