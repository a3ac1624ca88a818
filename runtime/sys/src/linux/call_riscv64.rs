//! The system call of riscv64: instruction, and what only this architecture does its way.

use core::arch::{asm, naked_asm};

use super::{WaitAnswer, WaitRequest};

pub(crate) use super::number_generic::{number, stat_layout};

/// Flag of `open`: the path must be a directory.
pub const O_DIRECTORY: i32 = 0o200_000;
/// Flag of `open`: the last component must be no symbolic link.
pub const O_NOFOLLOW: i32 = 0o400_000;

/// The clock function of the code the kernel maps into every process.
pub(crate) const VDSO_CLOCK_GETTIME: &[u8] = b"__vdso_clock_gettime";

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
            "ecall",
            in("a7") number,
            inlateout("a0") a as isize => result,
            in("a1") b, in("a2") c, in("a3") d, in("a4") e, in("a5") f,
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
        "beqz a0, 4f",
        "ld t0, 56(a0)",
        "ld a7, 0(a0)",
        "ld a1, 16(a0)",
        "ld a2, 24(a0)",
        "ld a3, 32(a0)",
        "ld a4, 40(a0)",
        "ld a5, 48(a0)",
        "ld a0, 8(a0)",
        "2:",
        "ld t1, 0(t0)",
        "bnez t1, 5f",
        "ecall",
        "3:",
        "ret",
        "4:",
        "lla a0, 2b",
        "lla a1, 3b",
        "ret",
        "5:",
        "li a0, -4",
        "ret",
    )
}

/// Where the machine goes on after a signal, in the context the kernel hands to a handler.
///
/// # Safety
/// The context must be the kernel's, as the handler got it.
pub(crate) unsafe fn program_counter(context: *mut u8) -> *mut usize {
    // `uc_mcontext` stands at 176 and begins with `pc`.
    // SAFETY: inside the context, which is the caller's promise.
    unsafe { context.add(176).cast() }
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
            "ecall",
            "bnez a0, 2f",
            "mv a0, s2",
            "jalr s3",
            "unimp",
            "2:",
            in("a7") number::CLONE,
            inlateout("a0") flags as isize => result,
            in("a1") stack, in("a2") 0_usize, in("a3") 0_usize, in("a4") 0_usize,
            in("s2") argument, in("s3") entry,
            lateout("ra") _,
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
    mask: u64,
    /// Room behind what the kernel writes: an emulator writes a word more, as other machines have one.
    _room: u64,
}

impl KernelAction {
    pub(crate) fn new(handler: usize, flags: usize) -> Self {
        // The kernel's own trampoline returns from the handler.
        KernelAction { handler, flags, mask: 0, _room: 0 }
    }
}
