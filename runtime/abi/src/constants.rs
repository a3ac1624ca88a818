//! Constants behind each other in one text: how a long list of them is kept in a program.
//!
//! Each begins with a byte that says what it is; an integer and a float are eight bytes, lowest first, a text is
//! its length in four and its bytes.

/// A constant of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant<'a> {
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A text, and whether its bytes are UTF-8 of characters above 0x7f (`--compat`).
    Text(&'a [u8], bool),
}

const INT: u8 = 0;
const FLOAT: u8 = 1;
const TEXT: u8 = 2;
const WIDE: u8 = 3;

impl<'a> Constant<'a> {
    /// Appends it. `None`, and nothing is appended, where a text is longer than its length can say.
    #[must_use]
    pub fn write(self, out: &mut impl Extend<u8>) -> Option<()> {
        match self {
            Constant::Int(value) => {
                out.extend([INT]);
                out.extend(value.to_le_bytes());
            }
            Constant::Float(value) => {
                out.extend([FLOAT]);
                out.extend(value.to_le_bytes());
            }
            Constant::Text(bytes, wide) => {
                let len = u32::try_from(bytes.len()).ok()?;
                out.extend([if wide { WIDE } else { TEXT }]);
                out.extend(len.to_le_bytes());
                out.extend(bytes.iter().copied());
            }
        }
        Some(())
    }

    /// Takes the first from a text; `None` where there is none.
    #[must_use]
    pub fn read(text: &mut &'a [u8]) -> Option<Constant<'a>> {
        let (&kind, rest) = text.split_first()?;
        let (constant, rest) = match kind {
            INT | FLOAT => {
                let (value, rest) = rest.split_first_chunk::<8>()?;
                let constant = match kind {
                    INT => Constant::Int(i64::from_le_bytes(*value)),
                    _ => Constant::Float(f64::from_le_bytes(*value)),
                };
                (constant, rest)
            }
            TEXT | WIDE => {
                let (len, rest) = rest.split_first_chunk::<4>()?;
                let (bytes, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
                (Constant::Text(bytes, kind == WIDE), rest)
            }
            _ => return None,
        };
        *text = rest;
        Some(constant)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let all = [
            Constant::Int(-5),
            Constant::Float(0.1),
            Constant::Text(b"", false),
            Constant::Text("\u{e9}".as_bytes(), true),
            Constant::Int(i64::MIN),
        ];
        let mut text = Vec::new();
        for constant in all {
            constant.write(&mut text).unwrap();
        }
        let mut rest = text.as_slice();
        let mut read = Vec::new();
        while let Some(constant) = Constant::read(&mut rest) {
            read.push(constant);
        }
        assert_eq!(read, all);
        assert!(rest.is_empty());
    }

    #[test]
    fn what_is_cut_off_is_nothing() {
        let mut text = Vec::new();
        Constant::Text(b"abc", false).write(&mut text).unwrap();
        for len in 0..text.len() {
            assert_eq!(Constant::read(&mut &text[..len]), None);
        }
        assert_eq!(Constant::read(&mut [9_u8].as_slice()), None);
    }
}
