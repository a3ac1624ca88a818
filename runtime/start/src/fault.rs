//! The end of a program in which the runtime itself fails: a line on standard error, and exit status 70.
//!
//! What was said is written without the machinery of formatting when it is plain text, which most is; the
//! rest goes through it piece by piece. Nothing is allocated.

use core::fmt::{self, Write as _};
use core::panic::PanicInfo;

/// Exit status of a defect of ours.
const DEFECT: i32 = 70;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut line = Line { bytes: [0; 512], length: 0 };
    line.add("internal error: ");
    let message = info.message();
    match message.as_str() {
        Some(text) => line.add(text),
        None => {
            let _ = write!(line, "{message}");
        }
    }
    if let Some(place) = info.location() {
        line.add(" (");
        line.add(place.file());
        line.add(":");
        line.add_number(place.line());
        line.add(")");
    }
    line.add("\n");
    let _ = s_sys::write(s_sys::Fd(2), &line.bytes[..line.length]);
    s_sys::exit(DEFECT)
}

/// What compiled code of `core` would call to go on unwinding. Nothing ever unwinds.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    s_sys::exit(DEFECT)
}

/// A line of output, cut where it is too long.
struct Line {
    bytes: [u8; 512],
    length: usize,
}

impl Line {
    fn add(&mut self, text: &str) {
        self.add_bytes(text.as_bytes());
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(slot) = self.bytes.get_mut(self.length) {
                *slot = byte;
                self.length += 1;
            }
        }
    }

    fn add_number(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.add_bytes(&digits[at..]);
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text);
        Ok(())
    }
}
