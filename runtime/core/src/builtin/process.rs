//! Builtins on processes.

use alloc::vec::Vec;

use super::Function;

/// The builtins of this file.
pub(super) static FUNCTIONS: &[(&str, Function)] = &[];

/// The path of the running program, `$^X`.
#[must_use]
pub fn own_path() -> Vec<u8> {
    s_sys::readlink(b"/proc/self/exe").unwrap_or_else(|_| b"s".to_vec())
}
