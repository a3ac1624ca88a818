//! The system call of aarch64: instruction, and what only this architecture does its way.

use core::arch::{asm, naked_asm};

use super::{WaitAnswer, WaitRequest};

pub(crate) use super::number_generic::{number, stat_layout};

/// Flag of `open`: the path must be a directory.
pub const O_DIRECTORY: i32 = 0o40_000;
/// Flag of `open`: the last component must be no symbolic link.
pub const O_NOFOLLOW: i32 = 0o100_000;

/// The clock function of the code the kernel maps into every process.
pub(crate) const VDSO_CLOCK_GETTIME: &[u8] = b"__kernel_clock_gettime";

/// Performs a system call; below zero is an error number negated.
///
/// # Safety
/// What the call does with its arguments must be sound; pointers must be valid as it reads them.
#[inline]
pub(crate) unsafe fn call(number: usize, arguments: [usize; 6]) -> isize {
    let result;
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: the registers are those of the ABI; the kernel keeps all others. Effects in memory
    // are the caller's promise.
    unsafe {
        asm!(
            "svc #0",
            in("x8") number,
            inlateout("x0") a as isize => result,
            in("x1") b, in("x2") c, in("x3") d, in("x4") e, in("x5") f,
            options(nostack),
        );
    }
    result
}

/// Performs a system call unless a caught signal waits, which is `EINTR`. Between the look at the set
/// and the call there is a stretch of code; whoever notes a signal in it has to go back to its
/// beginning, so that no signal comes too late to be seen and too early to interrupt. Asked with null
/// it gives that stretch: from the first address on and without the second.
///
/// # Safety
/// As [`call`]; the request is read.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn wait_call(request: *const WaitRequest) -> WaitAnswer {
    naked_asm!(
        "cbz x0, 4f",
        "ldr x9, [x0, #56]",
        "ldr x8, [x0]",
        "ldp x1, x2, [x0, #16]",
        "ldp x3, x4, [x0, #32]",
        "ldr x5, [x0, #48]",
        "ldr x0, [x0, #8]",
        "2:",
        "ldr x10, [x9]",
        "cbnz x10, 5f",
        "svc #0",
        "3:",
        "ret",
        "4:",
        "adr x0, 2b",
        "adr x1, 3b",
        "ret",
        "5:",
        "mov x0, #-4",
        "ret",
    )
}

/// Where the machine goes on after a signal, in the context the kernel hands to a handler.
///
/// # Safety
/// The context must be the kernel's, as the handler got it.
pub(crate) unsafe fn program_counter(context: *mut u8) -> *mut usize {
    // `uc_mcontext` stands at 176: the address of a fault, 31 registers, the stack pointer, `pc`.
    // SAFETY: inside the context, which is the caller's promise.
    unsafe { context.add(176 + 8 + 31 * 8 + 8).cast() }
}

/// Clones with `flags`; the child runs `entry(argument)` on `stack`, the parent gets its number.
///
/// # Safety
/// `stack` must be the aligned upper end of memory nobody else uses until the child is gone or
/// executes another program; `entry` must be sound to run in a child of these flags.
pub(crate) unsafe fn clone_onto(
    flags: usize,
    stack: *mut u8,
    entry: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> isize {
    let result;
    // SAFETY: the parent leaves the block with its own stack and registers; the child never
    // leaves it, since `entry` does not return.
    unsafe {
        asm!(
            "svc #0",
            "cbnz x0, 2f",
            "mov x29, xzr",
            "mov x0, x20",
            "blr x21",
            "brk #1",
            "2:",
            in("x8") number::CLONE,
            inlateout("x0") flags as isize => result,
            in("x1") stack, in("x2") 0_usize, in("x3") 0_usize, in("x4") 0_usize,
            in("x20") argument, in("x21") entry,
            lateout("x30") _,
        );
    }
    result
}

/// A signal action as the kernel reads it.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct KernelAction {
    pub(crate) handler: usize,
    flags: usize,
    restorer: usize,
    mask: u64,
}

impl KernelAction {
    pub(crate) fn new(handler: usize, flags: usize) -> Self {
        // The kernel's own trampoline returns from the handler.
        KernelAction { handler, flags, restorer: 0, mask: 0 }
    }
}
