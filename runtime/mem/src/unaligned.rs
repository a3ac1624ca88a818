//! For machines that read and write words at any address.

/// Sixteen bytes.
type Wide = u128;

/// From how many bytes on a string instruction is faster than a loop.
#[cfg(target_arch = "x86_64")]
const STRING_MIN: usize = 4096;

/// Reads a word at any address.
///
/// # Safety
/// The word must be readable.
#[inline(always)]
unsafe fn get<T>(from: *const u8) -> T {
    // SAFETY: by the caller's promise.
    unsafe { from.cast::<T>().read_unaligned() }
}

/// Writes a word at any address.
///
/// # Safety
/// The word must be writable.
#[inline(always)]
unsafe fn put<T>(to: *mut u8, value: T) {
    // SAFETY: by the caller's promise.
    unsafe { to.cast::<T>().write_unaligned(value) }
}

/// Copies a block as its first and its last bytes, which may overlap; every load comes first.
///
/// # Safety
/// As of a copy; `count` is at least the size of `T` and at most twice that.
#[inline(always)]
unsafe fn ends<T>(to: *mut u8, from: *const u8, count: usize) {
    let last = count - size_of::<T>();
    // SAFETY: both words are inside the blocks.
    unsafe {
        let (first_word, last_word) = (get::<T>(from), get::<T>(from.add(last)));
        put(to, first_word);
        put(to.add(last), last_word);
    }
}

/// Copies up to 64 bytes, whether blocks overlap or not.
///
/// # Safety
/// As of a copy; `count` is at most 64.
#[inline(always)]
unsafe fn short(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: each case is of the sizes that it can do.
    unsafe {
        match count {
            0 => {}
            1 => put(to, get::<u8>(from)),
            2..=3 => ends::<u16>(to, from, count),
            4..=7 => ends::<u32>(to, from, count),
            8..=16 => ends::<u64>(to, from, count),
            17..=32 => ends::<Wide>(to, from, count),
            _ => ends::<[Wide; 2]>(to, from, count),
        }
    }
}

/// Copies from the first byte to the last.
///
/// # Safety
/// As of `memmove`, and where the blocks overlap, `to` is below `from`.
#[inline(always)]
pub(crate) unsafe fn copy_forward(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: every word is inside the blocks. The last ones are read before anything is written.
    unsafe {
        if count <= 64 {
            return short(to, from, count);
        }
        #[cfg(target_arch = "x86_64")]
        if count >= STRING_MIN {
            core::arch::asm!(
                "rep movsb",
                inout("rcx") count => _,
                inout("rdi") to => _,
                inout("rsi") from => _,
                options(nostack, preserves_flags),
            );
            return;
        }
        let last = count - 64;
        let tail = get::<[Wide; 4]>(from.add(last));
        let mut at = 0;
        while at < last {
            put(to.add(at), get::<[Wide; 4]>(from.add(at)));
            at += 64;
        }
        put(to.add(last), tail);
    }
}

/// Copies from the last byte to the first.
///
/// # Safety
/// As of `memmove`, and where the blocks overlap, `to` is above `from`.
#[inline(always)]
pub(crate) unsafe fn copy_backward(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: every word is inside the blocks. The first ones are read before anything is written.
    unsafe {
        if count <= 64 {
            return short(to, from, count);
        }
        let head = get::<[Wide; 4]>(from);
        let mut end = count;
        while end > 64 {
            end -= 64;
            put(to.add(end), get::<[Wide; 4]>(from.add(end)));
        }
        put(to, head);
    }
}

/// Sets bytes.
///
/// # Safety
/// As of `memset`.
#[inline(always)]
pub(crate) unsafe fn set(to: *mut u8, value: u8, count: usize) {
    let wide = Wide::from(value) * (Wide::MAX / 255);
    // SAFETY: every word is inside the block.
    unsafe {
        match count {
            0 => {}
            1..=3 => {
                put(to, value);
                put(to.add(count / 2), value);
                put(to.add(count - 1), value);
            }
            4..=8 => {
                put(to, wide as u32);
                put(to.add(count - 4), wide as u32);
            }
            9..=16 => {
                put(to, wide as u64);
                put(to.add(count - 8), wide as u64);
            }
            17..=32 => {
                put(to, wide);
                put(to.add(count - 16), wide);
            }
            33..=64 => {
                put(to, [wide; 2]);
                put(to.add(count - 32), [wide; 2]);
            }
            _ => {
                #[cfg(target_arch = "x86_64")]
                if count >= STRING_MIN {
                    core::arch::asm!(
                        "rep stosb",
                        inout("rcx") count => _,
                        inout("rdi") to => _,
                        in("al") value,
                        options(nostack, preserves_flags),
                    );
                    return;
                }
                let last = count - 64;
                let mut at = 0;
                while at < last {
                    put(to.add(at), [wide; 4]);
                    at += 64;
                }
                put(to.add(last), [wide; 4]);
            }
        }
    }
}

/// Compares two words of memory as sequences of bytes.
#[inline(always)]
fn order(one: u64, other: u64) -> i32 {
    let (one, other) = (one.swap_bytes(), other.swap_bytes());
    i32::from(one > other) - i32::from(one < other)
}

/// Compares.
///
/// # Safety
/// As of `memcmp`.
#[inline(always)]
pub(crate) unsafe fn compare(one: *const u8, other: *const u8, count: usize) -> i32 {
    // SAFETY: every word is inside the blocks.
    unsafe {
        if count < 8 {
            let mut at = 0;
            while at < count {
                let (x, y) = (*one.add(at), *other.add(at));
                if x != y {
                    return i32::from(x) - i32::from(y);
                }
                at += 1;
            }
            return 0;
        }
        let last = count - 8;
        let mut at = 0;
        while at + 32 <= count {
            let x =
                [get::<u64>(one.add(at)), get(one.add(at + 8)), get(one.add(at + 16)), get(one.add(at + 24))];
            let y = [
                get::<u64>(other.add(at)),
                get(other.add(at + 8)),
                get(other.add(at + 16)),
                get(other.add(at + 24)),
            ];
            if (x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) != 0 {
                break;
            }
            at += 32;
        }
        while at < last {
            let (x, y) = (get::<u64>(one.add(at)), get::<u64>(other.add(at)));
            if x != y {
                return order(x, y);
            }
            at += 8;
        }
        order(get(one.add(last)), get(other.add(last)))
    }
}
