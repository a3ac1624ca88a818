//! Warnings of operators: undefined values, and texts that are no numbers.
//!
//! Compiled code says of an operator what its warnings say ([`s_abi::warning`]) and calls it. The operator
//! looks at its operands where it is slow anyway, and asks for nothing where nothing is said.

use alloc::vec::Vec;

use s_abi::layout::Val;
use s_abi::warning;

use crate::exception::Thrown;
use crate::late;
use crate::string::string;
use crate::text::number::looks_like_number;
use crate::value::{UNDEF, ValExt, bytes};
use crate::vm::Vm;

/// Bytes of an operand that a warning shows.
const SHOWN_MAX: usize = 56;

impl Vm {
    /// Warns of the operands of the operator that runs, if compiled code said how; dies where that is
    /// fatal. An operator that is asked twice warns once.
    #[inline(always)]
    pub(crate) fn check_operands(&mut self, operands: &[Val]) -> Result<(), Thrown> {
        if self.abi.names.is_undef()
            || operands.iter().all(|operand| !operand.is_undef() && !operand.is_string())
        {
            return Ok(());
        }
        late::WARN.get().map_or(Ok(()), |warn| warn(self, operands))
    }

    /// Warns of the nth operand of what takes a list.
    #[cold]
    pub(crate) fn check_one(&mut self, names: Val, n: usize, operand: Val) -> Result<(), Thrown> {
        late::WARN_ONE.get().map_or(Ok(()), |warn| warn(self, names, n, operand))
    }

    /// Whether a text that is dereferenced is no name where the program is.
    pub(crate) fn refuses_names(&self) -> bool {
        self.strict_refs && !self.is_said(warning::LAX)
    }

    /// Whether undef that is dereferenced is an error where the program is.
    pub(crate) fn refuses_undefined(&self) -> bool {
        self.is_said(warning::UNDEFINED)
    }

    fn is_said(&self, bit: u8) -> bool {
        !self.abi.names.is_undef() && bytes(&self.abi.names).first().is_some_and(|bits| bits & bit != 0)
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn warn_of(&mut self, operands: &[Val]) -> Result<(), Thrown> {
        let harmless = |operand: &Val| {
            !operand.is_undef() && (!operand.is_string() || looks_like_number(bytes(operand)))
        };
        if operands.iter().all(harmless) {
            return Ok(());
        }
        let names = self.take_names();
        let bits = bytes(&names).first().copied().unwrap_or(0);
        // Of numbers the right one is asked for first.
        let backwards = bits & (warning::TEXTS | warning::FIRST_IS_TEXT) == 0;
        for step in 0..operands.len() {
            let n = if backwards { operands.len() - 1 - step } else { step };
            self.warn_of_one(names, n, operands[n])?;
        }
        Ok(())
    }

    /// What compiled code said, which is said no longer.
    pub(crate) fn take_names(&mut self) -> Val {
        core::mem::replace(&mut self.abi.names, UNDEF)
    }

    /// Warns of the nth operand.
    pub(crate) fn warn_of_one(&mut self, names: Val, n: usize, operand: Val) -> Result<(), Thrown> {
        let Some((&bits, said)) = bytes(&names).split_first() else { return Ok(()) };
        let mut said = said.split(|&byte| byte == 0);
        let operator = said.next().unwrap_or_default();
        let is_text = bits & warning::TEXTS != 0 || n == 0 && bits & warning::FIRST_IS_TEXT != 0;
        if operand.is_undef() {
            let may_be = n == 0 && bits & warning::LEFT_MAY_BE_UNDEFINED != 0;
            if bits & warning::UNDEFINED == 0 || may_be {
                return Ok(());
            }
            let mut message = b"Use of uninitialized value ".to_vec();
            if let Some(variable) = said.nth(n).filter(|variable| !variable.is_empty()) {
                message.extend_from_slice(variable);
                message.push(b' ');
            }
            return self.warn_in(message, operator, bits & warning::FATAL_UNDEFINED != 0);
        }
        if bits & warning::NUMERIC == 0
            || is_text
            || !operand.is_string()
            || looks_like_number(bytes(&operand))
        {
            return Ok(());
        }
        let mut message = b"Argument \"".to_vec();
        show(bytes(&operand), &mut message);
        message.extend_from_slice(b"\" isn't numeric ");
        self.warn_in(message, operator, bits & warning::FATAL_NUMERIC != 0)
    }

    fn warn_in(&mut self, mut message: Vec<u8>, operator: &[u8], is_fatal: bool) -> Result<(), Thrown> {
        message.extend_from_slice(b"in ");
        message.extend_from_slice(operator);
        if is_fatal {
            return Err(self.die(&message));
        }
        self.append_position(&mut message);
        let message = string(&message);
        let result = self.warn(message);
        self.release(message);
        result
    }
}

/// A text as warnings show it: in printable characters, cut off where it is long.
fn show(text: &[u8], out: &mut Vec<u8>) {
    let end = out.len() + SHOWN_MAX;
    for &byte in text {
        if out.len() >= end {
            out.extend_from_slice(b"...");
            return;
        }
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0 => out.extend_from_slice(b"\\0"),
            0x20..=0x7e => out.push(byte),
            1..0x20 => out.extend_from_slice(&[b'^', byte ^ 0x40]),
            0x7f => out.extend_from_slice(b"^?"),
            _ => {
                out.extend_from_slice(b"M-");
                show(&[byte & 0x7f], out);
            }
        }
    }
}
