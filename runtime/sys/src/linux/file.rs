//! Files: opening, transferring, asking, changing names and attributes.

use alloc::vec;
use alloc::vec::Vec;

use super::{arch, call, check, retry, until_nul, wait, with_path};
use crate::{Errno, Fd, Stat, Time};

/// Open for reading.
pub const O_RDONLY: i32 = 0;
/// Open for writing.
pub const O_WRONLY: i32 = 1;
/// Open for both.
pub const O_RDWR: i32 = 2;
/// Create the file if it is missing.
pub const O_CREAT: i32 = 0o100;
/// With `O_CREAT`: fail if it is there.
pub const O_EXCL: i32 = 0o200;
/// Do not make a terminal the controlling one.
pub const O_NOCTTY: i32 = 0o400;
/// Empty the file.
pub const O_TRUNC: i32 = 0o1000;
/// Write at the end, always.
pub const O_APPEND: i32 = 0o2000;
/// Return `EAGAIN` instead of waiting.
pub const O_NONBLOCK: i32 = 0o4000;
/// Close at exec; set by every function of this crate that makes a descriptor above 2.
pub const O_CLOEXEC: i32 = 0o2_000_000;

/// Seek from the start.
pub const SEEK_SET: i32 = 0;
/// Seek from the position.
pub const SEEK_CUR: i32 = 1;
/// Seek from the end.
pub const SEEK_END: i32 = 2;

/// Ask whether the file exists.
pub const F_OK: i32 = 0;
/// Ask whether it may be executed.
pub const X_OK: i32 = 1;
/// Ask whether it may be written.
pub const W_OK: i32 = 2;
/// Ask whether it may be read.
pub const R_OK: i32 = 4;

/// Lock shared with other readers.
pub const LOCK_SH: i32 = 1;
/// Lock alone.
pub const LOCK_EX: i32 = 2;
/// Return `EAGAIN` instead of waiting for a lock.
pub const LOCK_NB: i32 = 4;
/// Give a lock back.
pub const LOCK_UN: i32 = 8;

/// Something to read, for [`poll`].
pub const POLLIN: i16 = 1;
/// Room to write, for [`poll`].
pub const POLLOUT: i16 = 4;
/// An error, in the answer of [`poll`].
pub const POLLERR: i16 = 8;
/// The other side is gone, in the answer of [`poll`].
pub const POLLHUP: i16 = 16;

const AT_FDCWD: isize = -100;
const AT_SYMLINK_NOFOLLOW: usize = 0x100;
const AT_REMOVEDIR: usize = 0x200;
const AT_EACCESS: usize = 0x200;
const F_DUPFD_CLOEXEC: usize = 1030;
const F_GETFD: usize = 1;
const F_SETFD: usize = 2;
const F_GETFL: usize = 3;
const F_SETFL: usize = 4;
const FD_CLOEXEC: usize = 1;

/// Opens a file. `mode` is for files that are created, before the umask.
pub fn open(path: &[u8], flags: i32, mode: u32) -> Result<Fd, Errno> {
    let flags = flags | O_CLOEXEC;
    let fd = with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        retry(|| unsafe { call!(OPENAT, AT_FDCWD, path, flags, mode) })
    })?;
    keep_standard(Fd(fd as i32))
}

/// Closes a descriptor. After an error it is closed as well, unless it is `EBADF`.
pub fn close(fd: Fd) -> Result<(), Errno> {
    // SAFETY: no pointers; whoever holds a descriptor number may close it.
    match check(unsafe { call!(CLOSE, fd.0) }) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads up to the length of `buffer`; zero at the end of the file.
pub fn read(fd: Fd, buffer: &mut [u8]) -> Result<usize, Errno> {
    let (start, length) = (buffer.as_mut_ptr(), buffer.len());
    // SAFETY: the kernel writes inside the buffer, which is ours alone.
    unsafe { wait!(READ, fd.0, start, length) }
}

/// Reads into the spare room of `buffer`, at most `limit` bytes, and makes it longer.
pub fn read_append(fd: Fd, buffer: &mut Vec<u8>, limit: usize) -> Result<usize, Errno> {
    buffer.try_reserve(limit).map_err(|_| Errno::ENOMEM)?;
    let spare = buffer.spare_capacity_mut();
    let start = spare.as_mut_ptr();
    let length = spare.len().min(limit);
    // SAFETY: the kernel writes inside the spare room, which is ours alone.
    let count = unsafe { wait!(READ, fd.0, start, length) }?;
    // SAFETY: the kernel has written `count` bytes from the old end on, inside the capacity.
    unsafe { buffer.set_len(buffer.len() + count.min(length)) };
    Ok(count)
}

/// Appends what there is up to the end of the file, whatever signals come.
pub fn read_to_end(fd: Fd, buffer: &mut Vec<u8>) -> Result<(), Errno> {
    loop {
        let step = (buffer.len() / 2).clamp(4096, 1 << 20);
        buffer.try_reserve(step).map_err(|_| Errno::ENOMEM)?;
        let spare = buffer.spare_capacity_mut();
        let (start, length) = (spare.as_mut_ptr(), spare.len());
        // SAFETY: the kernel writes inside the spare room, which is ours alone.
        let count = retry(|| unsafe { call!(READ, fd.0, start, length) })?;
        if count == 0 {
            return Ok(());
        }
        // SAFETY: the kernel has written `count` bytes from the old end on, inside the capacity.
        unsafe { buffer.set_len(buffer.len() + count.min(length)) };
    }
}

/// Writes some of `bytes` and says how many.
pub fn write(fd: Fd, bytes: &[u8]) -> Result<usize, Errno> {
    // SAFETY: the kernel only reads inside the slice.
    retry(|| unsafe { call!(WRITE, fd.0, bytes.as_ptr(), bytes.len()) })
}

/// Writes all of `bytes`; waits when a descriptor that does not block is full.
pub fn write_all(fd: Fd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match write(fd, bytes) {
            Ok(0) => return Err(Errno::EIO),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::EAGAIN) => {
                poll(&mut [PollFd { fd, events: POLLOUT, revents: 0 }], None)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads at an offset without moving the position.
pub fn pread(fd: Fd, buffer: &mut [u8], offset: i64) -> Result<usize, Errno> {
    let (start, length) = (buffer.as_mut_ptr(), buffer.len());
    // SAFETY: the kernel writes inside the buffer, which is ours alone.
    retry(|| unsafe { call!(PREAD64, fd.0, start, length, offset) })
}

/// Writes at an offset without moving the position.
pub fn pwrite(fd: Fd, bytes: &[u8], offset: i64) -> Result<usize, Errno> {
    // SAFETY: the kernel only reads inside the slice.
    retry(|| unsafe { call!(PWRITE64, fd.0, bytes.as_ptr(), bytes.len(), offset) })
}

/// Moves the position and gives it, from the start; `ESPIPE` for pipes and terminals.
pub fn lseek(fd: Fd, offset: i64, whence: i32) -> Result<i64, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(LSEEK, fd.0, offset, whence) }).map(|position| position as i64)
}

/// Cuts or extends an open file to `length` bytes.
pub fn ftruncate(fd: Fd, length: i64) -> Result<(), Errno> {
    // SAFETY: no pointers.
    retry(|| unsafe { call!(FTRUNCATE, fd.0, length) }).map(drop)
}

/// Cuts or extends a file to `length` bytes.
pub fn truncate(path: &[u8], length: i64) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        retry(|| unsafe { call!(TRUNCATE, path, length) }).map(drop)
    })
}

/// Waits until the content is on the medium.
pub fn fsync(fd: Fd) -> Result<(), Errno> {
    // SAFETY: no pointers.
    retry(|| unsafe { call!(FSYNC, fd.0) }).map(drop)
}

/// Locks an open file; `operation` is made of the `LOCK_` values. A caught signal ends the wait with
/// `EINTR`.
pub fn flock(fd: Fd, operation: i32) -> Result<(), Errno> {
    if operation & LOCK_NB != 0 {
        // SAFETY: no pointers.
        return retry(|| unsafe { call!(FLOCK, fd.0, operation) }).map(drop);
    }
    // SAFETY: no pointers.
    unsafe { wait!(FLOCK, fd.0, operation) }.map(drop)
}

/// What the system knows of an open file.
pub fn fstat(fd: Fd) -> Result<Stat, Errno> {
    let mut raw = [0_u64; 18];
    // SAFETY: the buffer has the size of the largest `stat` of the three architectures.
    check(unsafe { call!(FSTAT, fd.0, raw.as_mut_ptr()) })?;
    Ok(decode(&raw))
}

/// What the system knows of a file, links followed.
pub fn stat(path: &[u8]) -> Result<Stat, Errno> {
    stat_at(path, 0)
}

/// What the system knows of a file or of the link itself.
pub fn lstat(path: &[u8]) -> Result<Stat, Errno> {
    stat_at(path, AT_SYMLINK_NOFOLLOW)
}

/// Asks whether the real user may do `mode` (of `R_OK`, `W_OK`, `X_OK`) with a file.
pub fn access(path: &[u8], mode: i32) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(FACCESSAT, AT_FDCWD, path, mode) }).map(drop)
    })
}

/// Asks whether the effective user may do `mode` with a file; `ENOSYS` before Linux 5.8, unless
/// real and effective user are the same.
pub fn access_effective(path: &[u8], mode: i32) -> Result<(), Errno> {
    let asked = with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(FACCESSAT2, AT_FDCWD, path, mode, AT_EACCESS) }).map(drop)
    });
    let same = || super::getuid() == super::geteuid() && super::getgid() == super::getegid();
    match asked {
        Err(Errno::ENOSYS) if same() => access(path, mode),
        asked => asked,
    }
}

/// Makes a directory; `mode` is before the umask.
pub fn mkdir(path: &[u8], mode: u32) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(MKDIRAT, AT_FDCWD, path, mode) }).map(drop)
    })
}

/// Removes an empty directory.
pub fn rmdir(path: &[u8]) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(UNLINKAT, AT_FDCWD, path, AT_REMOVEDIR) }).map(drop)
    })
}

/// Removes a name of a file; not of a directory.
pub fn unlink(path: &[u8]) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(UNLINKAT, AT_FDCWD, path) }).map(drop)
    })
}

/// Gives a file another name, in place of what had it.
pub fn rename(from: &[u8], to: &[u8]) -> Result<(), Errno> {
    with_path(from, |from| {
        with_path(to, |to| {
            // SAFETY: both paths end with NUL and outlive the call.
            check(unsafe { call!(RENAMEAT2, AT_FDCWD, from, AT_FDCWD, to) }).map(drop)
        })
    })
}

/// Gives a file one more name.
pub fn link(from: &[u8], to: &[u8]) -> Result<(), Errno> {
    with_path(from, |from| {
        with_path(to, |to| {
            // SAFETY: both paths end with NUL and outlive the call.
            check(unsafe { call!(LINKAT, AT_FDCWD, from, AT_FDCWD, to) }).map(drop)
        })
    })
}

/// Makes the symbolic link `path`, which says `target`.
pub fn symlink(target: &[u8], path: &[u8]) -> Result<(), Errno> {
    with_path(target, |target| {
        with_path(path, |path| {
            // SAFETY: both paths end with NUL and outlive the call.
            check(unsafe { call!(SYMLINKAT, target, AT_FDCWD, path) }).map(drop)
        })
    })
}

/// What a symbolic link says.
pub fn readlink(path: &[u8]) -> Result<Vec<u8>, Errno> {
    let mut buffer = vec![0_u8; 256];
    loop {
        let (start, room) = (buffer.as_mut_ptr(), buffer.len());
        let length = with_path(path, |path| {
            // SAFETY: the path ends with NUL; the kernel writes inside the buffer.
            check(unsafe { call!(READLINKAT, AT_FDCWD, path, start, room) })
        })?;
        if length < room {
            buffer.truncate(length);
            return Ok(buffer);
        }
        if room >= 1 << 20 {
            return Err(Errno::ENAMETOOLONG);
        }
        buffer.resize(room * 4, 0);
    }
}

/// Makes a named pipe; `mode` is before the umask.
pub fn mkfifo(path: &[u8], mode: u32) -> Result<(), Errno> {
    let mode = (mode & 0o7777) | 0o010_000;
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(MKNODAT, AT_FDCWD, path, mode) }).map(drop)
    })
}

/// Sets the permissions of a file.
pub fn chmod(path: &[u8], mode: u32) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(FCHMODAT, AT_FDCWD, path, mode) }).map(drop)
    })
}

/// Sets the permissions of an open file.
pub fn fchmod(fd: Fd, mode: u32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(FCHMOD, fd.0, mode) }).map(drop)
}

/// Sets owner and group of a file; `u32::MAX` leaves one as it is.
pub fn chown(path: &[u8], uid: u32, gid: u32) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(FCHOWNAT, AT_FDCWD, path, uid, gid) }).map(drop)
    })
}

/// Sets the times of last read and last change; `None` for both is now.
pub fn utime(path: &[u8], times: Option<(Time, Time)>) -> Result<(), Errno> {
    let pairs = times.map(|(read, change)| {
        [[read.seconds, i64::from(read.nanoseconds)], [change.seconds, i64::from(change.nanoseconds)]]
    });
    let pointer = pairs.as_ref().map_or(core::ptr::null(), |pairs| pairs.as_ptr());
    with_path(path, |path| {
        // SAFETY: the path ends with NUL; the pointer is null or two pairs as the kernel wants.
        check(unsafe { call!(UTIMENSAT, AT_FDCWD, path, pointer) }).map(drop)
    })
}

/// Changes the working directory.
pub fn chdir(path: &[u8]) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(CHDIR, path) }).map(drop)
    })
}

/// Changes the root directory.
pub fn chroot(path: &[u8]) -> Result<(), Errno> {
    with_path(path, |path| {
        // SAFETY: the path ends with NUL and outlives the call.
        check(unsafe { call!(CHROOT, path) }).map(drop)
    })
}

/// The working directory; `ENOENT` if it has been removed or is out of reach.
pub fn getcwd() -> Result<Vec<u8>, Errno> {
    let mut buffer = vec![0_u8; 512];
    loop {
        // SAFETY: the kernel writes inside the buffer.
        match check(unsafe { call!(GETCWD, buffer.as_mut_ptr(), buffer.len()) }) {
            Ok(_) => break,
            Err(Errno::ERANGE) if buffer.len() < 1 << 20 => buffer.resize(buffer.len() * 4, 0),
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(until_nul(&buffer).len());
    if buffer.first() == Some(&b'/') { Ok(buffer) } else { Err(Errno::ENOENT) }
}

/// Sets the umask and gives the old one.
pub fn umask(mask: u32) -> u32 {
    // SAFETY: no pointers; the call cannot fail.
    unsafe { call!(UMASK, mask) as u32 }
}

/// Makes a pipe: the end to read and the end to write.
pub fn pipe() -> Result<(Fd, Fd), Errno> {
    let mut ends = [0_i32; 2];
    // SAFETY: the kernel writes the two numbers.
    check(unsafe { call!(PIPE2, ends.as_mut_ptr(), O_CLOEXEC) })?;
    Ok((keep_standard(Fd(ends[0]))?, keep_standard(Fd(ends[1]))?))
}

/// Another descriptor of the same open file.
pub fn dup(fd: Fd) -> Result<Fd, Errno> {
    dup_above(fd, 0)
}

/// Another descriptor of the same open file, numbered `least` or higher.
pub fn dup_above(fd: Fd, least: i32) -> Result<Fd, Errno> {
    // SAFETY: no pointers.
    let copy = check(unsafe { call!(FCNTL, fd.0, F_DUPFD_CLOEXEC, least) })?;
    keep_standard(Fd(copy as i32))
}

/// Makes `target` a descriptor of the open file `fd`, closing what it was.
pub fn dup2(fd: Fd, target: Fd) -> Result<Fd, Errno> {
    if fd == target {
        return close_on_exec(fd).map(|_| fd);
    }
    let flags = if target.0 > 2 { O_CLOEXEC } else { 0 };
    // SAFETY: no pointers.
    retry(|| unsafe { call!(DUP3, fd.0, target.0, flags) }).map(|copy| Fd(copy as i32))
}

/// Whether a descriptor is closed at exec; `EBADF` if it is not open.
pub fn close_on_exec(fd: Fd) -> Result<bool, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(FCNTL, fd.0, F_GETFD) }).map(|flags| flags & FD_CLOEXEC != 0)
}

/// Says whether a descriptor is to be closed at exec.
pub fn set_close_on_exec(fd: Fd, close: bool) -> Result<(), Errno> {
    let flags = if close { FD_CLOEXEC } else { 0 };
    // SAFETY: no pointers.
    check(unsafe { call!(FCNTL, fd.0, F_SETFD, flags) }).map(drop)
}

/// The flags of an open file: how it was opened, `O_APPEND`, `O_NONBLOCK`.
pub fn status_flags(fd: Fd) -> Result<i32, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(FCNTL, fd.0, F_GETFL) }).map(|flags| flags as i32)
}

/// Sets the flags of an open file that can change: `O_APPEND`, `O_NONBLOCK`.
pub fn set_status_flags(fd: Fd, flags: i32) -> Result<(), Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(FCNTL, fd.0, F_SETFL, flags) }).map(drop)
}

/// `fcntl` with a number as argument, for the program's own use. Commands that take a pointer
/// are refused with `EINVAL`, since a number is no pointer.
pub fn fcntl(fd: Fd, command: i32, argument: i64) -> Result<i32, Errno> {
    // F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_SETOWN, F_GETOWN, F_SETSIG, F_GETSIG;
    // from 1024 on F_SETLEASE, F_GETLEASE, F_NOTIFY, F_DUPFD_CLOEXEC, F_SETPIPE_SZ,
    // F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS.
    if !matches!(command, 0..=4 | 8..=11 | 1024..=1026 | 1030..=1034) {
        return Err(Errno::EINVAL);
    }
    // SAFETY: none of these commands takes a pointer.
    check(unsafe { call!(FCNTL, fd.0, command, argument) }).map(|result| result as i32)
}

/// One descriptor to wait for.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PollFd {
    /// The descriptor; below zero is skipped.
    pub fd: Fd,
    /// What is waited for.
    pub events: i16,
    /// What has happened.
    pub revents: i16,
}

/// Waits until something of `fds` has happened, at most `timeout`; says how many have. A caught
/// signal ends the wait with `EINTR`.
pub fn poll(fds: &mut [PollFd], timeout: Option<Time>) -> Result<usize, Errno> {
    let mut left = timeout.map(|timeout| [timeout.seconds, i64::from(timeout.nanoseconds)]);
    let pointer = left.as_mut().map_or(core::ptr::null_mut(), |pair| pair.as_mut_ptr());
    if timeout == Some(Time::default()) {
        // SAFETY: `PollFd` is the kernel's layout (`Fd` is an `i32` alone in its struct) and the length is
        // the slice's; the timeout is null or a pair that outlives the call, in which the kernel leaves
        // what is left of it.
        return retry(|| unsafe { call!(PPOLL, fds.as_mut_ptr(), fds.len(), pointer) });
    }
    // SAFETY: as above.
    unsafe { wait!(PPOLL, fds.as_mut_ptr(), fds.len(), pointer) }
}

/// Lets 0, 1 and 2 live through exec, as programs started with them expect.
fn keep_standard(fd: Fd) -> Result<Fd, Errno> {
    if fd.0 <= 2 {
        set_close_on_exec(fd, false)?;
    }
    Ok(fd)
}

fn stat_at(path: &[u8], flags: usize) -> Result<Stat, Errno> {
    let mut raw = [0_u64; 18];
    let buffer = raw.as_mut_ptr();
    with_path(path, |path| {
        // SAFETY: the path ends with NUL; the buffer has the size of the largest `stat`.
        check(unsafe { call!(NEWFSTATAT, AT_FDCWD, path, buffer, flags) })
    })?;
    Ok(decode(&raw))
}

/// Reads the kernel's `stat`, whose times all three architectures have in one place.
fn decode(raw: &[u64; 18]) -> Stat {
    let time = |at: usize| Time { seconds: raw[at] as i64, nanoseconds: raw[at + 1] as u32 };
    let mut stat = Stat {
        dev: raw[0],
        ino: raw[1],
        blocks: raw[8] as i64,
        atime: time(9),
        mtime: time(11),
        ctime: time(13),
        ..Stat::default()
    };
    arch::stat_layout::fill(raw, &mut stat);
    stat
}
