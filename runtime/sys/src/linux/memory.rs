//! Pages of memory.

use super::{call, check};
use crate::{Errno, Fd};

/// Pages may not be touched.
pub const PROT_NONE: i32 = 0;
/// Pages may be read.
pub const PROT_READ: i32 = 1;
/// Pages may be written.
pub const PROT_WRITE: i32 = 2;
/// Pages may be executed.
pub const PROT_EXEC: i32 = 4;
/// Changes reach the file and other processes.
pub const MAP_SHARED: i32 = 1;
/// Changes stay here.
pub const MAP_PRIVATE: i32 = 2;
/// Exactly at the given address, in place of what was there.
pub const MAP_FIXED: i32 = 0x10;
/// Zeroed memory, no file.
pub const MAP_ANONYMOUS: i32 = 0x20;
/// Do not count the pages before they are touched.
pub const MAP_NORESERVE: i32 = 0x4000;
/// Grant huge pages where they fit, for [`madvise`].
pub const MADV_HUGEPAGE: i32 = 14;
/// Give the pages back; they read as zero afterwards, for [`madvise`].
pub const MADV_DONTNEED: i32 = 4;
/// The pages may be given back when memory is short, for [`madvise`].
pub const MADV_FREE: i32 = 8;
/// The range will be read in order, for [`madvise`].
pub const MADV_SEQUENTIAL: i32 = 2;

const MREMAP_MAYMOVE: usize = 1;

/// Maps `length` bytes of zeroed private memory.
pub fn map_anonymous(length: usize, protection: i32, flags: i32) -> Result<*mut u8, Errno> {
    let flags = (flags & !MAP_FIXED) | MAP_PRIVATE | MAP_ANONYMOUS;
    // SAFETY: without `MAP_FIXED` the kernel picks room that nobody uses.
    unsafe { mmap(core::ptr::null_mut(), length, protection, flags, Fd(-1), 0) }
}

/// Maps memory or a file.
///
/// # Safety
/// With `MAP_FIXED` the range must be the caller's. A mapped file may change under its readers.
pub unsafe fn mmap(
    address: *mut u8,
    length: usize,
    protection: i32,
    flags: i32,
    fd: Fd,
    offset: i64,
) -> Result<*mut u8, Errno> {
    // SAFETY: by the caller's promise.
    check(unsafe { call!(MMAP, address, length, protection, flags, fd.0, offset) })
        .map(|address| address as *mut u8)
}

/// Gives pages back.
///
/// # Safety
/// The range must be mapped by the caller, and nothing may refer to it afterwards.
pub unsafe fn munmap(address: *mut u8, length: usize) -> Result<(), Errno> {
    // SAFETY: by the caller's promise.
    check(unsafe { call!(MUNMAP, address, length) }).map(drop)
}

/// Makes a mapping larger or smaller; it may move.
///
/// # Safety
/// The range must be mapped by the caller, and nothing may refer to it afterwards.
pub unsafe fn mremap(address: *mut u8, old: usize, new: usize) -> Result<*mut u8, Errno> {
    // SAFETY: by the caller's promise.
    check(unsafe { call!(MREMAP, address, old, new, MREMAP_MAYMOVE) }).map(|address| address as *mut u8)
}

/// Changes what may be done with pages.
///
/// # Safety
/// The range must be mapped by the caller, and every later use must fit the new protection.
pub unsafe fn mprotect(address: *mut u8, length: usize, protection: i32) -> Result<(), Errno> {
    // SAFETY: by the caller's promise.
    check(unsafe { call!(MPROTECT, address, length, protection) }).map(drop)
}

/// Tells the kernel what pages are for.
///
/// # Safety
/// The range must be mapped by the caller; `MADV_DONTNEED` and `MADV_FREE` lose its content.
pub unsafe fn madvise(address: *mut u8, length: usize, advice: i32) -> Result<(), Errno> {
    // SAFETY: by the caller's promise.
    check(unsafe { call!(MADVISE, address, length, advice) }).map(drop)
}
