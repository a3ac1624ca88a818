//! For machines on which a word across its alignment may be slow or a trap.

const WORD: usize = size_of::<u64>();

/// Copies byte by byte, upwards.
///
/// # Safety
/// As of a copy upwards.
#[inline(always)]
unsafe fn bytes_up(to: *mut u8, from: *const u8, count: usize) {
    let mut at = 0;
    while at < count {
        // SAFETY: inside the blocks.
        unsafe { *to.add(at) = *from.add(at) };
        at += 1;
    }
}

/// Copies byte by byte, downwards.
///
/// # Safety
/// As of a copy downwards.
#[inline(always)]
unsafe fn bytes_down(to: *mut u8, from: *const u8, count: usize) {
    let mut at = count;
    while at > 0 {
        at -= 1;
        // SAFETY: inside the blocks.
        unsafe { *to.add(at) = *from.add(at) };
    }
}

/// Copies from the first byte to the last.
///
/// # Safety
/// As of `memmove`, and where the blocks overlap, `to` is below `from`.
#[inline(always)]
pub(crate) unsafe fn copy_forward(mut to: *mut u8, mut from: *const u8, mut count: usize) {
    // SAFETY: what is written is inside the block. Words that are read hold at least one byte of the
    // block each, and a word never crosses a page.
    unsafe {
        if count >= 2 * WORD {
            let head = (to as usize).wrapping_neg() % WORD;
            bytes_up(to, from, head);
            (to, from, count) = (to.add(head), from.add(head), count - head);
            let shift = from as usize % WORD;
            if shift == 0 {
                while count >= 4 * WORD {
                    let four = from.cast::<[u64; 4]>().read();
                    to.cast::<[u64; 4]>().write(four);
                    (to, from, count) = (to.add(4 * WORD), from.add(4 * WORD), count - 4 * WORD);
                }
                while count >= WORD {
                    to.cast::<u64>().write(from.cast::<u64>().read());
                    (to, from, count) = (to.add(WORD), from.add(WORD), count - WORD);
                }
            } else {
                let mut words = from.wrapping_sub(shift).cast::<u64>();
                let (right, left) = (shift as u32 * 8, (WORD - shift) as u32 * 8);
                let mut low = outside(words);
                while count >= WORD {
                    words = words.add(1);
                    let high = outside(words);
                    to.cast::<u64>().write(low >> right | high << left);
                    low = high;
                    (to, from, count) = (to.add(WORD), from.add(WORD), count - WORD);
                }
            }
        }
        bytes_up(to, from, count);
    }
}

/// Copies from the last byte to the first.
///
/// # Safety
/// As of `memmove`, and where the blocks overlap, `to` is above `from`.
#[inline(always)]
pub(crate) unsafe fn copy_backward(to: *mut u8, from: *const u8, mut count: usize) {
    // SAFETY: as for `copy_forward`.
    unsafe {
        if count >= 2 * WORD {
            let tail = to.add(count) as usize % WORD;
            count -= tail;
            bytes_down(to.add(count), from.add(count), tail);
            let shift = from.add(count) as usize % WORD;
            if shift == 0 {
                while count >= WORD {
                    count -= WORD;
                    to.add(count).cast::<u64>().write(from.add(count).cast::<u64>().read());
                }
            } else {
                let mut words = from.add(count).wrapping_sub(shift).cast::<u64>();
                let (right, left) = (shift as u32 * 8, (WORD - shift) as u32 * 8);
                let mut high = outside(words);
                while count >= WORD {
                    count -= WORD;
                    words = words.sub(1);
                    let low = outside(words);
                    to.add(count).cast::<u64>().write(low >> right | high << left);
                    high = low;
                }
            }
        }
        bytes_down(to, from, count);
    }
}

/// Reads an aligned word of which only a part belongs to the block. The compiler is not told that the
/// rest is read.
///
/// # Safety
/// The word must be aligned and at least one of its bytes readable.
#[inline(always)]
unsafe fn outside(word: *const u64) -> u64 {
    let value: u64;
    // SAFETY: pages are readable as a whole, and an aligned word is in one page.
    unsafe {
        core::arch::asm!("ld {}, 0({})", out(reg) value, in(reg) word, options(nostack, readonly, preserves_flags));
    }
    value
}

/// Sets bytes.
///
/// # Safety
/// As of `memset`.
#[inline(always)]
pub(crate) unsafe fn set(mut to: *mut u8, value: u8, mut count: usize) {
    let word = u64::from(value) * (u64::MAX / 255);
    // SAFETY: what is written is inside the block.
    unsafe {
        if count >= 2 * WORD {
            while to as usize % WORD != 0 {
                *to = value;
                (to, count) = (to.add(1), count - 1);
            }
            while count >= 4 * WORD {
                to.cast::<[u64; 4]>().write([word; 4]);
                (to, count) = (to.add(4 * WORD), count - 4 * WORD);
            }
            while count >= WORD {
                to.cast::<u64>().write(word);
                (to, count) = (to.add(WORD), count - WORD);
            }
        }
        while count > 0 {
            count -= 1;
            *to.add(count) = value;
        }
    }
}

/// Compares.
///
/// # Safety
/// As of `memcmp`.
#[inline(always)]
pub(crate) unsafe fn compare(mut one: *const u8, mut other: *const u8, mut count: usize) -> i32 {
    // SAFETY: what is read is inside the blocks.
    unsafe {
        if count >= 2 * WORD && (one as usize ^ other as usize) % WORD == 0 {
            while count > 0 && one as usize % WORD != 0 && *one == *other {
                (one, other, count) = (one.add(1), other.add(1), count - 1);
            }
            if one as usize % WORD == 0 {
                while count >= WORD && one.cast::<u64>().read() == other.cast::<u64>().read() {
                    (one, other, count) = (one.add(WORD), other.add(WORD), count - WORD);
                }
            }
        }
        let mut at = 0;
        while at < count {
            let (x, y) = (*one.add(at), *other.add(at));
            if x != y {
                return i32::from(x) - i32::from(y);
            }
            at += 1;
        }
        0
    }
}
