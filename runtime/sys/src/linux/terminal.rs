//! Terminals: whether a descriptor is one, its size, its modes.

use super::{call, check};
use crate::{Errno, Fd};

const TCGETS: usize = 0x5401;
const TCSETSW: usize = 0x5403;
const TIOCGWINSZ: usize = 0x5413;

const ICANON: u32 = 0o2;
const ECHO: u32 = 0o10;
const ECHONL: u32 = 0o100;
const ISIG: u32 = 0o1;
const IEXTEN: u32 = 0o100_000;
const OPOST: u32 = 0o1;
/// Break, parity, strip and new-line conversions, and flow control.
const INPUT_COOKED: u32 = 0o2 | 0o10 | 0o40 | 0o100 | 0o200 | 0o400 | 0o2000;
const VTIME: usize = 5;
const VMIN: usize = 6;

/// Whether a descriptor is a terminal.
pub fn isatty(fd: Fd) -> bool {
    terminal_mode(fd).is_ok()
}

/// Columns and rows of a terminal; `ENOTTY` for all else. Zero if the terminal does not know.
pub fn terminal_size(fd: Fd) -> Result<(u16, u16), Errno> {
    let mut size = [0_u16; 4];
    // SAFETY: the kernel writes its four numbers.
    check(unsafe { call!(IOCTL, fd.0, TIOCGWINSZ, size.as_mut_ptr()) })?;
    Ok((size[1], size[0]))
}

/// The modes of a terminal.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TerminalMode {
    input: u32,
    output: u32,
    control: u32,
    local: u32,
    line: u8,
    characters: [u8; 19],
}

impl TerminalMode {
    /// Every byte as it comes, nothing echoed, no signals from keys, output untouched.
    pub fn raw(mut self) -> Self {
        self.input &= !INPUT_COOKED;
        self.output &= !OPOST;
        self.local &= !(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
        self.characters[VMIN] = 1;
        self.characters[VTIME] = 0;
        self
    }

    /// Every byte as it comes; signals from keys and output stay.
    pub fn unbuffered(mut self) -> Self {
        self.local &= !ICANON;
        self.characters[VMIN] = 1;
        self.characters[VTIME] = 0;
        self
    }

    /// With or without echo of what is typed.
    pub fn echo(mut self, on: bool) -> Self {
        if on {
            self.local |= ECHO;
        } else {
            self.local &= !(ECHO | ECHONL);
        }
        self
    }
}

/// The modes of a terminal; `ENOTTY` for all else.
pub fn terminal_mode(fd: Fd) -> Result<TerminalMode, Errno> {
    let mut mode = TerminalMode { input: 0, output: 0, control: 0, local: 0, line: 0, characters: [0; 19] };
    // SAFETY: the struct is the kernel's `termios` of 36 bytes.
    check(unsafe { call!(IOCTL, fd.0, TCGETS, core::ptr::from_mut(&mut mode)) })?;
    Ok(mode)
}

/// Sets the modes of a terminal once what was written is out.
pub fn set_terminal_mode(fd: Fd, mode: &TerminalMode) -> Result<(), Errno> {
    // SAFETY: the struct is the kernel's `termios`, which the kernel only reads.
    check(unsafe { call!(IOCTL, fd.0, TCSETSW, core::ptr::from_ref(mode)) }).map(drop)
}
