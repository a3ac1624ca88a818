//! What an operator of plain Perl says when it warns: one text, made when the program is compiled.
//!
//! | part | |
//! |---|---|
//! | one byte | what it warns of: the bits of this module |
//! | a text | what the operator is called: `addition (+)` |
//! | for each operand a zero byte and a text | the variable it is, `$x`; nothing where it is none |
//!
//! Compiled code hands it to the machine before it calls the runtime for the operator, and takes it back
//! behind the call. Fast paths in line never touch it.

/// Undefined values. What is dereferenced must not be one.
pub const UNDEFINED: u8 = 1;
/// Texts that are no numbers.
pub const NUMERIC: u8 = 2;
/// Undefined values are fatal.
pub const FATAL_UNDEFINED: u8 = 4;
/// Texts that are no numbers are fatal.
pub const FATAL_NUMERIC: u8 = 8;
/// The left operand may be undefined: that of `+=` and its kin.
pub const LEFT_MAY_BE_UNDEFINED: u8 = 16;
/// The operands are wanted as texts, so that every text will do.
pub const TEXTS: u8 = 32;
/// The first operand is wanted as a text, the others as numbers.
pub const FIRST_IS_TEXT: u8 = 64;
/// A text that is dereferenced is a name: no `use strict 'refs'` is in force.
pub const LAX: u8 = 128;
