//! From the kernel's jump to the program's exit.
//!
//! Until [`relocate`](crate::image) has run, no address may be read from memory: the instructions take
//! every address relative to themselves, and the functions they call take addresses as arguments.

use core::arch::global_asm;

use crate::{image, stack};

#[cfg(target_arch = "x86_64")]
global_asm!(
    ".section .text._start,\"ax\",@progbits",
    ".globl _start",
    ".type _start,@function",
    "_start:",
    "xor ebp, ebp",
    "mov rbx, rsp",
    "and rsp, -16",
    "lea rdi, [rip + __ehdr_start]",
    "lea rsi, [rip + __rela_dyn_start]",
    "lea rdx, [rip + __rela_dyn_end]",
    "call {relocate}",
    "mov rdi, rbx",
    "lea rsi, [rip + __relro_start]",
    "lea rdx, [rip + __relro_end]",
    "call {begin}",
    "ud2",
    ".size _start, . - _start",
    ".text",
    relocate = sym image::relocate,
    begin = sym begin,
);

#[cfg(target_arch = "aarch64")]
global_asm!(
    ".section .text._start,\"ax\",@progbits",
    ".globl _start",
    ".type _start,%function",
    "_start:",
    "mov x29, #0",
    "mov x30, #0",
    "mov x19, sp",
    "adrp x0, __ehdr_start",
    "add x0, x0, :lo12:__ehdr_start",
    "adrp x1, __rela_dyn_start",
    "add x1, x1, :lo12:__rela_dyn_start",
    "adrp x2, __rela_dyn_end",
    "add x2, x2, :lo12:__rela_dyn_end",
    "bl {relocate}",
    "mov x0, x19",
    "adrp x1, __relro_start",
    "add x1, x1, :lo12:__relro_start",
    "adrp x2, __relro_end",
    "add x2, x2, :lo12:__relro_end",
    "bl {begin}",
    "brk #1",
    ".size _start, . - _start",
    ".text",
    relocate = sym image::relocate,
    begin = sym begin,
);

// The global pointer is never used: nothing that would use it is compiled or linked.
#[cfg(target_arch = "riscv64")]
global_asm!(
    ".section .text._start,\"ax\",@progbits",
    ".globl _start",
    ".type _start,@function",
    "_start:",
    "li s0, 0",
    "li ra, 0",
    "mv s1, sp",
    "andi sp, sp, -16",
    "lla a0, __ehdr_start",
    "lla a1, __rela_dyn_start",
    "lla a2, __rela_dyn_end",
    "call {relocate}",
    "mv a0, s1",
    "lla a1, __relro_start",
    "lla a2, __relro_end",
    "call {begin}",
    "unimp",
    ".size _start, . - _start",
    ".text",
    relocate = sym image::relocate,
    begin = sym begin,
);

/// Goes on where the image has its addresses: on the kernel's stack, of which `initial` is the first word.
///
/// # Safety
/// `initial` is what the kernel left: the number of arguments, the arguments, a null, the environment, a
/// null. The other two are the bounds of what the linker lets be read-only from here on.
unsafe extern "C" fn begin(initial: *const usize, relro: *mut u8, relro_end: *mut u8) -> ! {
    let length = relro_end as usize - relro as usize;
    if length > 0 {
        // SAFETY: all addresses have been written. What fails here protects nothing, and nothing is lost.
        let _ = unsafe { s_sys::mprotect(relro, length, s_sys::PROT_READ) };
    }
    // SAFETY: this is how the kernel lays out a process.
    unsafe {
        let argc = initial.read();
        let argv = initial.add(1).cast::<*const u8>();
        s_sys::init(argc, argv, argv.add(argc + 1));
    }
    // Programs end by it, whoever started them.
    let _ = s_sys::signal_default(s_sys::SIGPIPE);
    stack::run_on_own(program)
}

/// What runs on the program's stack: all of it.
fn program(stack_limit: usize) -> i32 {
    image::run(stack_limit)
}

/// What a constructor of the compiler's own library would ask for the abilities of the processor, if
/// constructors were run: without an answer it takes the instructions that all have.
#[cfg(target_arch = "aarch64")]
#[unsafe(no_mangle)]
extern "C" fn getauxval(_: usize) -> usize {
    0
}
