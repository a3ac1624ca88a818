//! The system call of x86_64: instruction, numbers, and what only this architecture does its way.

use core::arch::{asm, naked_asm};

use super::{WaitAnswer, WaitRequest};

/// Numbers of the calls in use.
pub(crate) mod number {
    pub(crate) const READ: usize = 0;
    pub(crate) const WRITE: usize = 1;
    pub(crate) const CLOSE: usize = 3;
    pub(crate) const FSTAT: usize = 5;
    pub(crate) const LSEEK: usize = 8;
    pub(crate) const MMAP: usize = 9;
    pub(crate) const MPROTECT: usize = 10;
    pub(crate) const MUNMAP: usize = 11;
    pub(crate) const RT_SIGACTION: usize = 13;
    pub(crate) const RT_SIGPROCMASK: usize = 14;
    pub(crate) const IOCTL: usize = 16;
    pub(crate) const PREAD64: usize = 17;
    pub(crate) const PWRITE64: usize = 18;
    pub(crate) const SCHED_YIELD: usize = 24;
    pub(crate) const MREMAP: usize = 25;
    pub(crate) const MADVISE: usize = 28;
    pub(crate) const SETITIMER: usize = 38;
    pub(crate) const GETPID: usize = 39;
    pub(crate) const SHMGET: usize = 29;
    pub(crate) const SHMAT: usize = 30;
    pub(crate) const SHMCTL: usize = 31;
    pub(crate) const SEMGET: usize = 64;
    pub(crate) const SEMOP: usize = 65;
    pub(crate) const SEMCTL: usize = 66;
    pub(crate) const SHMDT: usize = 67;
    pub(crate) const MSGGET: usize = 68;
    pub(crate) const MSGSND: usize = 69;
    pub(crate) const MSGRCV: usize = 70;
    pub(crate) const MSGCTL: usize = 71;
    pub(crate) const SOCKET: usize = 41;
    pub(crate) const CONNECT: usize = 42;
    pub(crate) const SENDTO: usize = 44;
    pub(crate) const RECVFROM: usize = 45;
    pub(crate) const SHUTDOWN: usize = 48;
    pub(crate) const BIND: usize = 49;
    pub(crate) const LISTEN: usize = 50;
    pub(crate) const GETSOCKNAME: usize = 51;
    pub(crate) const GETPEERNAME: usize = 52;
    pub(crate) const SOCKETPAIR: usize = 53;
    pub(crate) const SETSOCKOPT: usize = 54;
    pub(crate) const GETSOCKOPT: usize = 55;
    pub(crate) const CLONE: usize = 56;
    pub(crate) const EXECVE: usize = 59;
    pub(crate) const WAIT4: usize = 61;
    pub(crate) const KILL: usize = 62;
    pub(crate) const UNAME: usize = 63;
    pub(crate) const FCNTL: usize = 72;
    pub(crate) const FLOCK: usize = 73;
    pub(crate) const FSYNC: usize = 74;
    pub(crate) const TRUNCATE: usize = 76;
    pub(crate) const FTRUNCATE: usize = 77;
    pub(crate) const GETCWD: usize = 79;
    pub(crate) const CHDIR: usize = 80;
    pub(crate) const FCHMOD: usize = 91;
    pub(crate) const UMASK: usize = 95;
    pub(crate) const TIMES: usize = 100;
    pub(crate) const GETUID: usize = 102;
    pub(crate) const GETGID: usize = 104;
    pub(crate) const SETUID: usize = 105;
    pub(crate) const SETGID: usize = 106;
    pub(crate) const GETEUID: usize = 107;
    pub(crate) const GETEGID: usize = 108;
    pub(crate) const SETPGID: usize = 109;
    pub(crate) const GETPPID: usize = 110;
    pub(crate) const SETSID: usize = 112;
    pub(crate) const GETGROUPS: usize = 115;
    pub(crate) const GETPGID: usize = 121;
    pub(crate) const GETPRIORITY: usize = 140;
    pub(crate) const SETPRIORITY: usize = 141;
    pub(crate) const CHROOT: usize = 161;
    pub(crate) const PRCTL: usize = 157;
    pub(crate) const SCHED_GETAFFINITY: usize = 204;
    pub(crate) const GETDENTS64: usize = 217;
    pub(crate) const CLOCK_GETTIME: usize = 228;
    pub(crate) const CLOCK_NANOSLEEP: usize = 230;
    pub(crate) const EXIT_GROUP: usize = 231;
    pub(crate) const OPENAT: usize = 257;
    pub(crate) const MKDIRAT: usize = 258;
    pub(crate) const MKNODAT: usize = 259;
    pub(crate) const FCHOWNAT: usize = 260;
    pub(crate) const NEWFSTATAT: usize = 262;
    pub(crate) const UNLINKAT: usize = 263;
    pub(crate) const LINKAT: usize = 265;
    pub(crate) const SYMLINKAT: usize = 266;
    pub(crate) const READLINKAT: usize = 267;
    pub(crate) const FCHMODAT: usize = 268;
    pub(crate) const FACCESSAT: usize = 269;
    pub(crate) const PPOLL: usize = 271;
    pub(crate) const UTIMENSAT: usize = 280;
    pub(crate) const ACCEPT4: usize = 288;
    pub(crate) const DUP3: usize = 292;
    pub(crate) const PIPE2: usize = 293;
    pub(crate) const RENAMEAT2: usize = 316;
    pub(crate) const GETRANDOM: usize = 318;
    pub(crate) const FACCESSAT2: usize = 439;
}

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
    // SAFETY: the registers are those of the ABI; the kernel keeps all others and the flags are
    // clobbered by default. Effects in memory are the caller's promise.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d, in("r8") e, in("r9") f,
            lateout("rcx") _, lateout("r11") _,
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
        "test rdi, rdi",
        "jz 4f",
        "mov rcx, [rdi + 56]",
        "mov rax, [rdi]",
        "mov rsi, [rdi + 16]",
        "mov rdx, [rdi + 24]",
        "mov r10, [rdi + 32]",
        "mov r8, [rdi + 40]",
        "mov r9, [rdi + 48]",
        "mov rdi, [rdi + 8]",
        "2:",
        "cmp qword ptr [rcx], 0",
        "jne 5f",
        "syscall",
        "3:",
        "ret",
        "4:",
        "lea rax, [rip + 2b]",
        "lea rdx, [rip + 3b]",
        "ret",
        "5:",
        "mov rax, -4",
        "ret",
    )
}

/// Where the machine goes on after a signal, in the context the kernel hands to a handler.
///
/// # Safety
/// The context must be the kernel's, as the handler got it.
pub(crate) unsafe fn program_counter(context: *mut u8) -> *mut usize {
    // `uc_mcontext` stands at 40; `rip` is its 17th register.
    // SAFETY: inside the context, which is the caller's promise.
    unsafe { context.add(40 + 16 * 8).cast() }
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
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r12",
            "call r13",
            "ud2",
            "2:",
            inlateout("rax") number::CLONE as isize => result,
            in("rdi") flags, in("rsi") stack, in("rdx") 0_usize, in("r10") 0_usize, in("r8") 0_usize,
            in("r12") argument, in("r13") entry,
            lateout("rcx") _, lateout("r11") _,
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
        const SA_RESTORER: usize = 0x0400_0000;
        let restorer = restore as unsafe extern "C" fn() as usize;
        KernelAction { handler, flags: flags | SA_RESTORER, restorer, mask: 0 }
    }
}

/// Where a handler returns to: `rt_sigreturn`, which this architecture wants from the program.
#[unsafe(naked)]
unsafe extern "C" fn restore() {
    naked_asm!("mov eax, 15", "syscall", "ud2")
}

/// Where the fields before the times stand in the kernel's `stat`.
pub(crate) mod stat_layout {
    use crate::Stat;

    pub(crate) fn fill(raw: &[u64; 18], stat: &mut Stat) {
        stat.nlink = raw[2];
        stat.mode = raw[3] as u32;
        stat.uid = (raw[3] >> 32) as u32;
        stat.gid = raw[4] as u32;
        stat.rdev = raw[5];
        stat.size = raw[6] as i64;
        stat.blksize = raw[7] as i64;
    }
}
