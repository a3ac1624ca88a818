//! .

use super::Function;

/// The builtins of this file.
pub(super) static FUNCTIONS: &[(&str, Function)] = &[];
