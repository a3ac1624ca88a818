//! The clock without a system call: the function in the code the kernel maps into every process.
//!
//! Where that code is, the kernel tells (`PR_GET_AUXV`, from 6.4 on); on older kernels, and where
//! anything about it is not as expected, the clock is a system call.

use core::sync::atomic::{AtomicUsize, Ordering};

use super::arch::VDSO_CLOCK_GETTIME;
use super::{call, check};

const PR_GET_AUXV: usize = 0x4155_5856;
const AT_SYSINFO_EHDR: usize = 33;
const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
/// More of a table than this is not looked at.
const COUNT_MAX: usize = 4096;

/// Not looked for yet.
const UNKNOWN: usize = 0;
/// There is none.
const NONE: usize = 1;

/// Address of the function, or one of the two above.
static FUNCTION: AtomicUsize = AtomicUsize::new(UNKNOWN);

/// Reads a clock into seconds and nanoseconds; `false` if it takes a system call.
#[inline]
pub(super) fn clock_gettime(clock: usize, pair: &mut [i64; 2]) -> bool {
    let function = match FUNCTION.load(Ordering::Relaxed) {
        UNKNOWN => find(),
        function => function,
    };
    if function == NONE {
        return false;
    }
    // SAFETY: the address is of the kernel's function of this signature.
    let function: extern "C" fn(i32, *mut i64) -> i32 = unsafe { core::mem::transmute(function) };
    function(clock as i32, pair.as_mut_ptr()) == 0
}

/// Looks for the function, once; threads that do so together find the same.
#[cold]
fn find() -> usize {
    let mut vector = [0_usize; 128];
    let size = size_of_val(&vector);
    // SAFETY: the kernel writes at most `size` bytes.
    let told = check(unsafe { call!(PRCTL, PR_GET_AUXV, vector.as_mut_ptr(), size, 0, 0) });
    let base = vector
        .as_chunks::<2>()
        .0
        .iter()
        .take_while(|entry| entry[0] != 0)
        .find(|entry| entry[0] == AT_SYSINFO_EHDR)
        .map(|entry| entry[1]);
    let function = match base {
        // SAFETY: the kernel has just said that its code begins there.
        Some(base) if told.is_ok() && base != 0 => unsafe { symbol(base) }.unwrap_or(NONE),
        _ => NONE,
    };
    FUNCTION.store(function, Ordering::Relaxed);
    function
}

/// The address of the clock function in the kernel's code, which is a shared library.
///
/// # Safety
/// A whole mapped library must begin at `base`.
unsafe fn symbol(base: usize) -> Option<usize> {
    // SAFETY: all places read are inside the library: its header, tables its header names, and
    // of those only as many entries as they say.
    unsafe {
        if read::<[u8; 4]>(base) != *b"\x7fELF" {
            return None;
        }
        let headers = base + read::<u64>(base + 32) as usize;
        let header_size = usize::from(read::<u16>(base + 54));
        let header_count = usize::from(read::<u16>(base + 56));
        let (mut bias, mut dynamic) = (None, None);
        for index in 0..header_count.min(COUNT_MAX) {
            let header = headers + index * header_size;
            let offset = read::<u64>(header + 8) as usize;
            match read::<u32>(header) {
                PT_LOAD if bias.is_none() => {
                    let address = read::<u64>(header + 16) as usize;
                    bias = Some(base.wrapping_add(offset).wrapping_sub(address));
                }
                PT_DYNAMIC => dynamic = Some(base + offset),
                _ => {}
            }
        }
        let (bias, dynamic) = (bias?, dynamic?);
        let (mut hash, mut names, mut symbols) = (None, None, None);
        for index in 0..COUNT_MAX {
            let tag = read::<u64>(dynamic + index * 16);
            let place = bias.wrapping_add(read::<u64>(dynamic + index * 16 + 8) as usize);
            match tag {
                0 => break,
                DT_HASH => hash = Some(place),
                DT_STRTAB => names = Some(place),
                DT_SYMTAB => symbols = Some(place),
                _ => {}
            }
        }
        let (hash, names, symbols) = (hash?, names?, symbols?);
        let count = read::<u32>(hash + 4) as usize;
        for index in 1..count.min(COUNT_MAX) {
            let symbol = symbols + index * 24;
            let name = names + read::<u32>(symbol) as usize;
            let section = read::<u16>(symbol + 6);
            let same = |wanted: &[u8]| {
                wanted.iter().enumerate().all(|(at, byte)| read::<u8>(name + at) == *byte)
                    && read::<u8>(name + wanted.len()) == 0
            };
            if section != 0 && same(VDSO_CLOCK_GETTIME) {
                return Some(bias.wrapping_add(read::<u64>(symbol + 8) as usize));
            }
        }
        None
    }
}

/// Reads a plain value at an address.
///
/// # Safety
/// The address must be readable for the size of the value, and any bytes must be such a value.
unsafe fn read<T: Copy>(address: usize) -> T {
    // SAFETY: by the caller's promise.
    unsafe { core::ptr::with_exposed_provenance::<T>(address).read_unaligned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_and_the_call_tell_one_time() {
        let mut ours = [0_i64; 2];
        let mut theirs = [0_i64; 2];
        // SAFETY: the kernel writes the pair.
        unsafe { call!(CLOCK_GETTIME, 1, theirs.as_mut_ptr()) };
        if clock_gettime(1, &mut ours) {
            assert!(ours >= theirs && ours[0] - theirs[0] < 10, "{ours:?} {theirs:?}");
        } else {
            assert_eq!(FUNCTION.load(Ordering::Relaxed), NONE);
        }
        // A clock that is not there is told apart from one that is.
        assert!(!clock_gettime(500, &mut ours));
    }
}
