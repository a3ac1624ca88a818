//! The language runtime: values, operators, builtins, and the table of what compiled code calls.
//!
//! A program is compiled code around a [`Vm`]. Values are plain data with counted references
//! ([`value`]); everything that may throw returns `Result<_, Thrown>`, and [`entry`] turns that into
//! the convention of compiled code. One thread runs a machine.
#![no_std]
#![expect(
    unsafe_code,
    reason = "counted objects, packed storages and the convention of compiled code are below what safe code can say"
)]

extern crate alloc;
#[cfg(any(test, feature = "pool"))]
extern crate std;

pub mod array;
pub mod assert;
pub mod asset;
pub mod builtin;
pub mod cell;
pub mod class;
pub mod code;
pub mod containers;
pub mod convert;
pub mod declare;
pub mod entry;
pub mod exception;
pub mod extension;
pub mod fiber;
pub mod glob;
pub mod hash;
pub mod image;
pub mod io;
pub mod late;
pub mod list;
pub mod magic;
pub mod memory;
pub mod op;
pub mod output;
pub mod pattern;
pub mod places;
pub mod run;
pub mod saves;
pub mod signals;
pub mod site;
pub mod sort;
pub mod special;
pub mod string;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod tied_handle;
pub mod value;
pub mod vm;
mod warning;

pub use builtin::implemented;
pub use entry::ADDRESSES;
pub use exception::Thrown;
pub use vm::{Hooks, Options, Vm};
