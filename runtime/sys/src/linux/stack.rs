//! Several stacks in one thread: what runs on one stops, what runs on another goes on.
//!
//! Only the registers a called function must keep are saved; the control words of floating point
//! are the same everywhere and stay.

use core::arch::naked_asm;

/// Leaves the running stack, whose position is written to `save`, and goes on where another was left.
///
/// # Safety
/// `save` must be writable; `load` must come from this function or from [`prepare_stack`], its stack
/// still mapped, and is used once. Both stacks belong to this thread.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C" fn switch_stack(save: *mut usize, load: usize) {
    naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn begin() {
    naked_asm!("mov rdi, r12", "call r13", "ud2")
}

/// Words below the top of a fresh stack, and which of them are the argument, the function and the place
/// to begin.
#[cfg(target_arch = "x86_64")]
const FRESH: (usize, usize, usize, usize) = (9, 3, 2, 6);

/// Leaves the running stack, whose position is written to `save`, and goes on where another was left.
///
/// # Safety
/// `save` must be writable; `load` must come from this function or from [`prepare_stack`], its stack
/// still mapped, and is used once. Both stacks belong to this thread.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub unsafe extern "C" fn switch_stack(save: *mut usize, load: usize) {
    naked_asm!(
        "sub sp, sp, #160",
        "stp x19, x20, [sp, #0]",
        "stp x21, x22, [sp, #16]",
        "stp x23, x24, [sp, #32]",
        "stp x25, x26, [sp, #48]",
        "stp x27, x28, [sp, #64]",
        "stp x29, x30, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mov x9, sp",
        "str x9, [x0]",
        "mov sp, x1",
        "ldp x19, x20, [sp, #0]",
        "ldp x21, x22, [sp, #16]",
        "ldp x23, x24, [sp, #32]",
        "ldp x25, x26, [sp, #48]",
        "ldp x27, x28, [sp, #64]",
        "ldp x29, x30, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "add sp, sp, #160",
        "ret",
    )
}

#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn begin() {
    naked_asm!("mov x0, x19", "blr x20", "brk #1")
}

/// Words below the top of a fresh stack, and which of them are the argument, the function and the place
/// to begin.
#[cfg(target_arch = "aarch64")]
const FRESH: (usize, usize, usize, usize) = (20, 0, 1, 11);

/// Leaves the running stack, whose position is written to `save`, and goes on where another was left.
///
/// # Safety
/// `save` must be writable; `load` must come from this function or from [`prepare_stack`], its stack
/// still mapped, and is used once. Both stacks belong to this thread.
#[cfg(target_arch = "riscv64")]
#[unsafe(naked)]
pub unsafe extern "C" fn switch_stack(save: *mut usize, load: usize) {
    naked_asm!(
        // The assembler is not told what the target has when code is kept for optimisation at the end.
        ".option push",
        ".option arch, +d",
        "addi sp, sp, -208",
        "sd ra, 0(sp)",
        "sd s0, 8(sp)",
        "sd s1, 16(sp)",
        "sd s2, 24(sp)",
        "sd s3, 32(sp)",
        "sd s4, 40(sp)",
        "sd s5, 48(sp)",
        "sd s6, 56(sp)",
        "sd s7, 64(sp)",
        "sd s8, 72(sp)",
        "sd s9, 80(sp)",
        "sd s10, 88(sp)",
        "sd s11, 96(sp)",
        "fsd fs0, 104(sp)",
        "fsd fs1, 112(sp)",
        "fsd fs2, 120(sp)",
        "fsd fs3, 128(sp)",
        "fsd fs4, 136(sp)",
        "fsd fs5, 144(sp)",
        "fsd fs6, 152(sp)",
        "fsd fs7, 160(sp)",
        "fsd fs8, 168(sp)",
        "fsd fs9, 176(sp)",
        "fsd fs10, 184(sp)",
        "fsd fs11, 192(sp)",
        "sd sp, 0(a0)",
        "mv sp, a1",
        "ld ra, 0(sp)",
        "ld s0, 8(sp)",
        "ld s1, 16(sp)",
        "ld s2, 24(sp)",
        "ld s3, 32(sp)",
        "ld s4, 40(sp)",
        "ld s5, 48(sp)",
        "ld s6, 56(sp)",
        "ld s7, 64(sp)",
        "ld s8, 72(sp)",
        "ld s9, 80(sp)",
        "ld s10, 88(sp)",
        "ld s11, 96(sp)",
        "fld fs0, 104(sp)",
        "fld fs1, 112(sp)",
        "fld fs2, 120(sp)",
        "fld fs3, 128(sp)",
        "fld fs4, 136(sp)",
        "fld fs5, 144(sp)",
        "fld fs6, 152(sp)",
        "fld fs7, 160(sp)",
        "fld fs8, 168(sp)",
        "fld fs9, 176(sp)",
        "fld fs10, 184(sp)",
        "fld fs11, 192(sp)",
        "addi sp, sp, 208",
        "ret",
        ".option pop",
    )
}

#[cfg(target_arch = "riscv64")]
#[unsafe(naked)]
unsafe extern "C" fn begin() {
    naked_asm!("mv a0, s1", "jalr s2", "unimp")
}

/// Words below the top of a fresh stack, and which of them are the argument, the function and the place
/// to begin.
#[cfg(target_arch = "riscv64")]
const FRESH: (usize, usize, usize, usize) = (26, 2, 3, 0);

/// A position for [`switch_stack`] from which `entry(argument)` runs on a fresh stack.
///
/// # Safety
/// `top` must be the upper end, aligned to 16, of at least a page of writable memory that nobody else
/// uses; `entry` never returns.
pub unsafe fn prepare_stack(
    top: *mut u8,
    entry: unsafe extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) -> usize {
    let (words, argument_at, entry_at, begin_at) = FRESH;
    let base = top.cast::<usize>().wrapping_sub(words);
    // SAFETY: all these words are inside the caller's memory.
    unsafe {
        for at in 0..words {
            base.add(at).write(0);
        }
        base.add(argument_at).write(argument as usize);
        base.add(entry_at).write(entry as usize);
        base.add(begin_at).write(begin as unsafe extern "C" fn() as usize);
    }
    base as usize
}
