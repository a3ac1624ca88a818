//! The stack that a program runs on: address space of a gigabyte, of which memory is taken as it is used,
//! above pages that may not be touched.
//!
//! The kernel's own stack is small, or as large as the user's limit says; a program that recurses deeply
//! must not depend on that, and has to know where its stack ends.

use core::sync::atomic::{AtomicUsize, Ordering};

/// Address space of the stack, in bytes.
const BYTES: usize = 1 << 30;

/// Less is of no use.
const BYTES_MIN: usize = 1 << 18;

/// Of the stack, what is left to the runtime when a program has used up the rest; at most a quarter of it.
const RESERVE: usize = 1 << 20;

/// Below the stack, what may not be touched: a page of any kernel.
const GUARD: usize = 1 << 16;

/// For mappings that grow downwards in use: the kernel gives them small pages.
const MAP_STACK: i32 = 0x2_0000;

/// Runs `job` on a stack of its own and ends the process with the status it returns. `job` is given the
/// lowest address that functions of the program may be entered at.
pub fn run_on_own(job: fn(usize) -> i32) -> ! {
    let Some((base, bytes)) = map() else {
        let _ = s_sys::write(s_sys::Fd(2), b"out of memory: there is no room for a stack\n");
        s_sys::exit(1)
    };
    LIMIT.store(base as usize + GUARD + RESERVE.min(bytes / 4), Ordering::Relaxed);
    let mut left = 0;
    // SAFETY: the stack was mapped just now for this and is left to it; `enter` never returns.
    unsafe {
        let position = s_sys::prepare_stack(base.add(GUARD + bytes), enter, job as *mut u8);
        s_sys::switch_stack(&raw mut left, position);
    }
    s_sys::exit(70)
}

static LIMIT: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn enter(job: *mut u8) -> ! {
    // SAFETY: it is the function that `run_on_own` was given.
    let job = unsafe { core::mem::transmute::<*mut u8, fn(usize) -> i32>(job) };
    s_sys::exit(job(LIMIT.load(Ordering::Relaxed)))
}

/// Maps guard and stack: where the guard begins, and the bytes above it.
fn map() -> Option<(*mut u8, usize)> {
    let mut bytes = BYTES;
    while bytes >= BYTES_MIN {
        let flags = s_sys::MAP_NORESERVE | MAP_STACK;
        if let Ok(base) = s_sys::map_anonymous(GUARD + bytes, s_sys::PROT_READ | s_sys::PROT_WRITE, flags) {
            // SAFETY: mapped just now, and not used yet.
            let _ = unsafe { s_sys::mprotect(base, GUARD, s_sys::PROT_NONE) };
            return Some((base, bytes));
        }
        // Address space may be limited.
        bytes /= 2;
    }
    None
}
