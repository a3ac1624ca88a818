//! `memcpy`, `memmove`, `memset`, `memcmp`, `bcmp` and `strlen`: the functions that compilers call, for
//! programs without a C library.
//!
//! Feature `symbols` gives them their names for the linker; without it they are functions like others,
//! and tests can compare them with a model while the process keeps its own. The crate is compiled without
//! knowledge of such functions (`no_builtins`), so that none of the loops here becomes a call of itself.
//!
//! Short blocks take a few overlapping loads and stores, all loads before the first store; longer ones a
//! loop over the widest words of the machine. On x86-64, very long copies are one string instruction. The
//! processors of RISC-V may trap on words across alignment: there, words are read and written where they
//! are aligned, and shifted into place between.
#![no_std]
#![no_builtins]
#![expect(unsafe_code, reason = "copies of raw memory are what this crate is for")]

#[cfg(target_arch = "riscv64")]
mod aligned;
#[cfg(target_arch = "riscv64")]
use aligned as machine;
#[cfg(not(target_arch = "riscv64"))]
mod unaligned;
#[cfg(not(target_arch = "riscv64"))]
use unaligned as machine;

/// Copies `count` bytes between blocks that do not overlap.
///
/// # Safety
/// `from` must be readable and `to` writable for `count` bytes.
#[cfg_attr(feature = "symbols", unsafe(no_mangle))]
pub unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: by the caller's promise.
    unsafe { machine::copy_forward(to, from, count) };
    to
}

/// Copies `count` bytes between blocks that may overlap.
///
/// # Safety
/// `from` must be readable and `to` writable for `count` bytes.
#[cfg_attr(feature = "symbols", unsafe(no_mangle))]
pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: by the caller's promise; forwards when no byte is written before it is read.
    unsafe {
        if (to as usize).wrapping_sub(from as usize) >= count {
            machine::copy_forward(to, from, count);
        } else {
            machine::copy_backward(to, from, count);
        }
    }
    to
}

/// Sets `count` bytes to the low byte of `value`.
///
/// # Safety
/// `to` must be writable for `count` bytes.
#[cfg_attr(feature = "symbols", unsafe(no_mangle))]
pub unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    // SAFETY: by the caller's promise.
    unsafe { machine::set(to, value as u8, count) };
    to
}

/// Compares two blocks as sequences of bytes: below 0, 0 or above 0.
///
/// # Safety
/// Both must be readable for `count` bytes.
#[cfg_attr(feature = "symbols", unsafe(no_mangle))]
pub unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    // SAFETY: by the caller's promise.
    unsafe { machine::compare(one, other, count) }
}

/// Compares two blocks: 0 when they are equal.
///
/// # Safety
/// Both must be readable for `count` bytes.
#[cfg_attr(feature = "symbols", unsafe(no_mangle))]
pub unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    // SAFETY: by the caller's promise.
    unsafe { machine::compare(one, other, count) }
}

/// Bytes before the first NUL.
///
/// # Safety
/// `text` must be readable up to a NUL.
#[cfg_attr(feature = "symbols", unsafe(no_mangle))]
pub unsafe extern "C" fn strlen(text: *const u8) -> usize {
    let mut length = 0;
    // SAFETY: nothing behind the NUL is read.
    while unsafe { *text.add(length) } != 0 {
        length += 1;
    }
    length
}

#[cfg(test)]
extern crate std;

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    const LENGTHS: &[usize] = &[
        0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 23, 31, 32, 33, 47, 63, 64, 65, 80, 95, 96, 127, 128, 129,
        160, 191, 255, 256, 257, 1000, 4095, 4096, 4097, 16_383, 16_500,
    ];

    fn pattern(length: usize, seed: u64) -> Vec<u8> {
        let mut state = seed | 1;
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect()
    }

    #[test]
    fn copies_are_those_of_the_model() {
        for &length in LENGTHS {
            for from in 0..17 {
                for to in [0, 1, 3, 7, 8, 9, 16] {
                    let source = pattern(length + 40, length as u64);
                    let mut target = pattern(length + 40, 7);
                    let mut model = target.clone();
                    model[to..to + length].copy_from_slice(&source[from..from + length]);
                    // SAFETY: both have 40 bytes more.
                    unsafe { memcpy(target.as_mut_ptr().add(to), source.as_ptr().add(from), length) };
                    assert_eq!(target, model, "{length} bytes from {from} to {to}");
                }
            }
        }
    }

    #[test]
    fn moves_are_those_of_the_model() {
        for &length in LENGTHS {
            for from in [0, 1, 2, 8, 15, 16, 17, 33, 64, 100] {
                for to in [0, 1, 2, 3, 8, 9, 16, 32, 63, 64, 100] {
                    let mut bytes = pattern(length + 128, length as u64);
                    let mut model = bytes.clone();
                    model.copy_within(from..from + length, to);
                    let start = bytes.as_mut_ptr();
                    // SAFETY: the block has 128 bytes more.
                    unsafe { memmove(start.add(to), start.add(from), length) };
                    assert_eq!(bytes, model, "{length} bytes from {from} to {to}");
                }
            }
        }
    }

    #[test]
    fn sets_are_those_of_the_model() {
        for &length in LENGTHS {
            for at in 0..17 {
                let mut bytes = pattern(length + 40, 3);
                let mut model = bytes.clone();
                model[at..at + length].fill(0xa5);
                // SAFETY: the block has 40 bytes more.
                unsafe { memset(bytes.as_mut_ptr().add(at), 0x7a5, length) };
                assert_eq!(bytes, model, "{length} bytes at {at}");
            }
        }
    }

    #[test]
    fn comparisons_are_those_of_the_model() {
        for &length in LENGTHS {
            for shift in [0, 1, 5, 8] {
                let one = pattern(length + 16, 11);
                let mut other = vec![0; shift];
                other.extend_from_slice(&one);
                let places = [0, 1, 7, 8, 9, 31, 32, 33, length / 2, length.saturating_sub(1)];
                for place in places.into_iter().filter(|place| *place < length) {
                    for change in [0_u8, 1, 0x80] {
                        other[shift + place] = one[place] ^ change;
                        let model = one[..length].cmp(&other[shift..shift + length]) as i32;
                        // SAFETY: both have that many bytes.
                        let found = unsafe { memcmp(one.as_ptr(), other.as_ptr().add(shift), length) };
                        assert_eq!(found.signum(), model, "{length} bytes, {change} at {place}");
                        // SAFETY: as above.
                        let equal = unsafe { bcmp(one.as_ptr(), other.as_ptr().add(shift), length) } == 0;
                        assert_eq!(equal, model == 0);
                    }
                    other[shift + place] = one[place];
                }
            }
        }
    }

    #[test]
    fn lengths_end_at_the_first_nul() {
        for length in 0..70 {
            let mut text = vec![b'x'; length];
            text.extend_from_slice(b"\0yy\0");
            // SAFETY: there is a NUL.
            assert_eq!(unsafe { strlen(text.as_ptr()) }, length);
        }
    }
}
