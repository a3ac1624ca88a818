//! The operating system, one folder a system, behind one set of names.
//!
//! Every system gives the same free functions over the plain types of `types`, so that the
//! language runtime is written once. Nothing here links a C library: on Linux the functions are
//! system calls, which makes the same code fit a static program and the tool, whose process has
//! the standard library beside it. A path is bytes; one with a NUL inside is `EINVAL`.
//!
//! Descriptors are opened to be closed at exec, except 0, 1 and 2. A call that a signal
//! interrupts is repeated, except that calls which may wait for ever return `EINTR` while a
//! caught signal is pending ([`signals_pending`]), for the caller to run its handler.
//!
//! Arguments and environment are what the embedder handed in; nothing is read behind its back.
//! Buffers, handles and file tests belong to `s-core`.
#![no_std]
#![expect(
    unsafe_code,
    reason = "system calls, mappings and the initial stack are below what safe code can say"
)]

extern crate alloc;

mod environment;
#[cfg(target_os = "linux")]
mod linux;
mod types;

pub use environment::{
    arguments, environment, environment_get, environment_remove, environment_set, init, set_arguments,
    set_environment,
};
#[cfg(target_os = "linux")]
pub use linux::*;
pub use types::{Errno, Fd, FileType, Pid, Stat, Time, WaitStatus};

#[cfg(test)]
extern crate std;
