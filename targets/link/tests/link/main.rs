//! Links small programs and runs them, beside the system's own linker where there is one.
//!
//! Objects come from `object::write`, which is always there, and from `as`, `gcc` and `rustc` where they
//! are installed; a test that needs a tool which is not there says so and does less. Programs for other
//! machines run under user-mode emulation, if that is installed.
#![expect(clippy::unwrap_used, reason = "tests state certainties, in their helpers too")]
#![expect(clippy::print_stderr, reason = "a test that does less says so")]

mod compare;
mod debug;
mod errors;
mod fuzz;
mod kit;
mod machines;
mod native;
mod rust;
mod speed;
