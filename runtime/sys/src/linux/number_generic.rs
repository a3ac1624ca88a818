//! Numbers and `stat` of the architectures that follow the kernel's generic list: aarch64 and
//! riscv64.

/// Numbers of the calls in use.
pub(crate) mod number {
    pub(crate) const READ: usize = 63;
    pub(crate) const WRITE: usize = 64;
    pub(crate) const CLOSE: usize = 57;
    pub(crate) const FSTAT: usize = 80;
    pub(crate) const LSEEK: usize = 62;
    pub(crate) const MMAP: usize = 222;
    pub(crate) const MPROTECT: usize = 226;
    pub(crate) const MUNMAP: usize = 215;
    pub(crate) const RT_SIGACTION: usize = 134;
    pub(crate) const RT_SIGPROCMASK: usize = 135;
    pub(crate) const IOCTL: usize = 29;
    pub(crate) const PREAD64: usize = 67;
    pub(crate) const PWRITE64: usize = 68;
    pub(crate) const SCHED_YIELD: usize = 124;
    pub(crate) const MREMAP: usize = 216;
    pub(crate) const MADVISE: usize = 233;
    pub(crate) const SETITIMER: usize = 103;
    pub(crate) const GETPID: usize = 172;
    pub(crate) const MSGGET: usize = 186;
    pub(crate) const MSGCTL: usize = 187;
    pub(crate) const MSGRCV: usize = 188;
    pub(crate) const MSGSND: usize = 189;
    pub(crate) const SEMGET: usize = 190;
    pub(crate) const SEMCTL: usize = 191;
    pub(crate) const SEMOP: usize = 193;
    pub(crate) const SHMGET: usize = 194;
    pub(crate) const SHMCTL: usize = 195;
    pub(crate) const SHMAT: usize = 196;
    pub(crate) const SHMDT: usize = 197;
    pub(crate) const SOCKET: usize = 198;
    pub(crate) const CONNECT: usize = 203;
    pub(crate) const SENDTO: usize = 206;
    pub(crate) const RECVFROM: usize = 207;
    pub(crate) const SHUTDOWN: usize = 210;
    pub(crate) const BIND: usize = 200;
    pub(crate) const LISTEN: usize = 201;
    pub(crate) const GETSOCKNAME: usize = 204;
    pub(crate) const GETPEERNAME: usize = 205;
    pub(crate) const SOCKETPAIR: usize = 199;
    pub(crate) const SETSOCKOPT: usize = 208;
    pub(crate) const GETSOCKOPT: usize = 209;
    pub(crate) const CLONE: usize = 220;
    pub(crate) const EXECVE: usize = 221;
    pub(crate) const WAIT4: usize = 260;
    pub(crate) const KILL: usize = 129;
    pub(crate) const UNAME: usize = 160;
    pub(crate) const FCNTL: usize = 25;
    pub(crate) const FLOCK: usize = 32;
    pub(crate) const FSYNC: usize = 82;
    pub(crate) const TRUNCATE: usize = 45;
    pub(crate) const FTRUNCATE: usize = 46;
    pub(crate) const GETCWD: usize = 17;
    pub(crate) const CHDIR: usize = 49;
    pub(crate) const FCHMOD: usize = 52;
    pub(crate) const UMASK: usize = 166;
    pub(crate) const TIMES: usize = 153;
    pub(crate) const GETUID: usize = 174;
    pub(crate) const GETGID: usize = 176;
    pub(crate) const SETUID: usize = 146;
    pub(crate) const SETGID: usize = 144;
    pub(crate) const GETEUID: usize = 175;
    pub(crate) const GETEGID: usize = 177;
    pub(crate) const SETPGID: usize = 154;
    pub(crate) const GETPPID: usize = 173;
    pub(crate) const SETSID: usize = 157;
    pub(crate) const GETGROUPS: usize = 158;
    pub(crate) const GETPGID: usize = 155;
    pub(crate) const GETPRIORITY: usize = 141;
    pub(crate) const SETPRIORITY: usize = 140;
    pub(crate) const CHROOT: usize = 51;
    pub(crate) const PRCTL: usize = 167;
    pub(crate) const SCHED_GETAFFINITY: usize = 123;
    pub(crate) const GETDENTS64: usize = 61;
    pub(crate) const CLOCK_GETTIME: usize = 113;
    pub(crate) const CLOCK_NANOSLEEP: usize = 115;
    pub(crate) const EXIT_GROUP: usize = 94;
    pub(crate) const OPENAT: usize = 56;
    pub(crate) const MKDIRAT: usize = 34;
    pub(crate) const MKNODAT: usize = 33;
    pub(crate) const FCHOWNAT: usize = 54;
    pub(crate) const NEWFSTATAT: usize = 79;
    pub(crate) const UNLINKAT: usize = 35;
    pub(crate) const LINKAT: usize = 37;
    pub(crate) const SYMLINKAT: usize = 36;
    pub(crate) const READLINKAT: usize = 78;
    pub(crate) const FCHMODAT: usize = 53;
    pub(crate) const FACCESSAT: usize = 48;
    pub(crate) const PPOLL: usize = 73;
    pub(crate) const UTIMENSAT: usize = 88;
    pub(crate) const ACCEPT4: usize = 242;
    pub(crate) const DUP3: usize = 24;
    pub(crate) const PIPE2: usize = 59;
    pub(crate) const RENAMEAT2: usize = 276;
    pub(crate) const GETRANDOM: usize = 278;
    pub(crate) const FACCESSAT2: usize = 439;
}

/// Where the fields before the times stand in the kernel's `stat`.
pub(crate) mod stat_layout {
    use crate::Stat;

    pub(crate) fn fill(raw: &[u64; 18], stat: &mut Stat) {
        stat.mode = raw[2] as u32;
        stat.nlink = raw[2] >> 32;
        stat.uid = raw[3] as u32;
        stat.gid = (raw[3] >> 32) as u32;
        stat.rdev = raw[4];
        stat.size = raw[6] as i64;
        stat.blksize = i64::from(raw[7] as i32);
    }
}
