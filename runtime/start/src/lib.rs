//! The first instructions of a program, and what a process has once: its stack, its memory, its
//! arguments, its end when the runtime itself fails. What is compiled of this crate and those below it is
//! a target pack.
//!
//! `first` holds the instructions the kernel jumps to, on every machine; `image` puts addresses into an
//! image that was loaded anywhere; `stack` maps the stack that programs run on; `heap` is the global
//! allocator; `fault` what a panic says.
//!
//! Left to others: what a program does (`s-core`), system calls (`s-sys`), copying memory (`s-mem`).
//!
//! A program has one thread: nothing here, in `s-core` or in `s-sys` starts another, and what handles a
//! signal sets bits and does nothing else. There are no variables of threads, no unwinding and no C
//! library; whoever builds packs checks that.
#![no_std]
#![expect(
    unsafe_code,
    reason = "the initial stack, pages and the allocator are below what safe code can say"
)]

pub mod heap;
pub mod stack;

#[cfg(feature = "program")]
mod fault;
#[cfg(feature = "program")]
mod first;
#[cfg(feature = "program")]
mod image;

// Names for the linker.
#[cfg(feature = "program")]
use s_mem as _;

#[cfg(feature = "program")]
#[global_allocator]
static HEAP: heap::Heap = heap::Heap::new();
