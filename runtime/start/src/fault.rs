//! The end of a program in which the runtime itself fails: a line on standard error, and exit status 70.
//!
//! The line says where in the program it was, by the addresses of who called; a link map or the names in a debug
//! build say what lies there. What the compiler would say of a failure, and the place in the sources, is read by
//! nobody, so that no program carries these texts, the places and what formats them: a tenth of the whole
//! runtime. Run in memory, by `s FILE`, the same failure says all of it. Nothing is allocated.

use core::arch::asm;
use core::panic::PanicInfo;

use crate::heap;

/// Exit status of a defect of ours.
const DEFECT: i32 = 70;

/// Exit status where memory is exhausted, as the runtime's own.
const EXHAUSTED: i32 = 1;

/// How many callers are named.
const CALLERS: usize = 12;

/// How far from one another the frames of a caller and what it calls can lie, in bytes.
const FRAME_MAX: usize = 1 << 20;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    let mut line = Line { bytes: [0; 512], length: 0 };
    // What asks for a block of its own accord ends here where there is none.
    let exhausted = heap::is_exhausted();
    line.add(if exhausted { b"Out of memory (" } else { b"internal error (" });
    for (at, address) in Callers::of_here().take(CALLERS).enumerate() {
        line.add(if at == 0 { b"at " } else { b" < " });
        line.add_address(address);
    }
    line.add(b")\n");
    let _ = s_sys::write(s_sys::Fd(2), &line.bytes[..line.length]);
    s_sys::exit(if exhausted { EXHAUSTED } else { DEFECT })
}

/// What compiled code of `core` would call to go on unwinding. Nothing ever unwinds.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    s_sys::exit(DEFECT)
}

/// Where functions were called from, as the linker counts addresses, from the innermost on. Every function of
/// the runtime and of programs keeps a frame pointer.
struct Callers {
    frame: usize,
    /// What is added to every address where the image was loaded.
    base: usize,
}

impl Callers {
    #[inline(always)]
    fn of_here() -> Callers {
        let frame: usize;
        // SAFETY: reads a register.
        unsafe {
            #[cfg(target_arch = "x86_64")]
            asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags));
            #[cfg(target_arch = "aarch64")]
            asm!("mov {}, x29", out(reg) frame, options(nomem, nostack, preserves_flags));
            #[cfg(target_arch = "riscv64")]
            asm!("mv {}, s0", out(reg) frame, options(nomem, nostack, preserves_flags));
        }
        // An image at a fixed address has nothing to relocate.
        let is_fixed = (&raw const __rela_dyn_start) == (&raw const __rela_dyn_end);
        Callers { frame, base: if is_fixed { 0 } else { (&raw const __ehdr_start) as usize } }
    }
}

impl Iterator for Callers {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        /// Where a frame has the caller's frame and address, from its frame pointer on.
        const CALLER: usize = if cfg!(target_arch = "riscv64") { 16 } else { 0 };
        if self.frame == 0 || !self.frame.is_multiple_of(size_of::<usize>()) {
            return None;
        }
        let record = (self.frame - CALLER) as *const [usize; 2];
        // SAFETY: a frame pointer of a function that has not returned: the first is, and each names the next.
        let [frame, address] = unsafe { record.read() };
        // Stacks grow down. The first function of a stack has none above it, or one of another stack.
        let is_next = frame > self.frame && frame - self.frame < FRAME_MAX;
        self.frame = if is_next { frame } else { 0 };
        (address != 0).then(|| address.wrapping_sub(self.base))
    }
}

unsafe extern "C" {
    /// The first byte of the image, and the bounds of the list of what is relocated, which the linker names.
    static __ehdr_start: u8;
    static __rela_dyn_start: u8;
    static __rela_dyn_end: u8;
}

/// A line of output, cut where it is too long.
struct Line {
    bytes: [u8; 512],
    length: usize,
}

impl Line {
    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if let Some(slot) = self.bytes.get_mut(self.length) {
                *slot = byte;
                self.length += 1;
            }
        }
    }

    fn add_address(&mut self, address: usize) {
        self.add(b"0x");
        let digits = (usize::BITS - address.leading_zeros()).div_ceil(4).max(1);
        for digit in (0..digits).rev() {
            self.add(&[b"0123456789abcdef"[address >> (4 * digit) & 15]]);
        }
    }
}
