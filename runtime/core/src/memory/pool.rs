//! Blocks of at most 512 bytes from lists of free ones, a list for every 16 bytes of size.
//!
//! Lists belong to the thread, and so to its machine: taking and giving a block are a few
//! instructions without locks. New blocks are cut from chunks that grow to [`CHUNK_MAX`]; chunks
//! stay with the process, which uses freed blocks again. A block that another thread frees joins
//! that thread's list. The feature `pool` keeps the lists in std's thread-local storage; `pool-static`,
//! for programs, which have one thread and no std, in a variable. Without either, everything comes from
//! the system.
//!
//! With debug assertions a block is preceded by its size, and a wrong size panics.

#[cfg(any(feature = "pool", feature = "pool-static"))]
mod lists {
    use core::cell::Cell;
    use core::ptr::null_mut;

    use super::super::{out_of_memory, system_allocate};

    const STEP: usize = 16;
    /// Largest block.
    const LARGEST: usize = 512;
    const CLASSES: usize = LARGEST / STEP + 1;
    /// Bytes of the first chunk, and of the largest.
    const CHUNK_MIN: usize = 1 << 15;
    const CHUNK_MAX: usize = 1 << 20;
    /// What stands before a block.
    const BEFORE: usize = if cfg!(debug_assertions) { 16 } else { 0 };

    struct Pool {
        /// First free block of each class; a free block begins with the next.
        free: [Cell<*mut u8>; CLASSES],
        /// The rest of the newest chunk.
        fresh: Cell<*mut u8>,
        left: Cell<usize>,
        chunk: Cell<usize>,
    }

    impl Pool {
        const fn new() -> Pool {
            Pool {
                free: [const { Cell::new(null_mut()) }; CLASSES],
                fresh: Cell::new(null_mut()),
                left: Cell::new(0),
                chunk: Cell::new(CHUNK_MIN),
            }
        }
    }

    /// The pool of this thread.
    #[cfg(feature = "pool")]
    #[inline(always)]
    fn with<R>(job: impl FnOnce(&Pool) -> R) -> R {
        std::thread_local! {
            static POOL: Pool = const { Pool::new() };
        }
        POOL.with(job)
    }

    /// The pool of the only thread.
    #[cfg(not(feature = "pool"))]
    #[inline(always)]
    fn with<R>(job: impl FnOnce(&Pool) -> R) -> R {
        struct OnlyThread(Pool);
        // SAFETY: whoever turns `pool-static` on, without `pool`, promises that the process has one
        // thread, and that what handles signals allocates nothing.
        unsafe impl Sync for OnlyThread {}
        static POOL: OnlyThread = OnlyThread(Pool::new());
        job(&POOL.0)
    }

    /// Whether blocks of a size come from here.
    #[inline(always)]
    pub(crate) fn serves(size: usize) -> bool {
        size <= LARGEST
    }

    /// Whether blocks of both sizes are the same block.
    #[inline(always)]
    pub(crate) fn is_same(one: usize, other: usize) -> bool {
        !cfg!(debug_assertions) && serves(one) && serves(other) && one.div_ceil(STEP) == other.div_ceil(STEP)
    }

    /// A block, if blocks of the size come from here.
    #[inline(always)]
    pub(crate) fn allocate(size: usize) -> Option<*mut u8> {
        if !serves(size) {
            return None;
        }
        let class = size.div_ceil(STEP);
        let block = with(|pool| {
            let block = pool.free[class].get();
            if block.is_null() {
                return cut(pool, class);
            }
            // SAFETY: a free block of any class but 0 has at least 16 bytes and begins with the next;
            // class 0 blocks are cut as class 1.
            pool.free[class].set(unsafe { block.cast::<*mut u8>().read() });
            block
        });
        if BEFORE > 0 {
            // SAFETY: 16 bytes stand before the block for its size.
            unsafe { block.sub(BEFORE).cast::<usize>().write(size) };
        }
        Some(block)
    }

    /// A new block from the chunk.
    #[inline(never)]
    fn cut(pool: &Pool, class: usize) -> *mut u8 {
        let bytes = class.max(1) * STEP + BEFORE;
        if pool.left.get() < bytes {
            let chunk = pool.chunk.get();
            pool.chunk.set((chunk * 2).min(CHUNK_MAX));
            pool.fresh.set(system_allocate(chunk).unwrap_or_else(|| out_of_memory(chunk)));
            pool.left.set(chunk);
        }
        let block = pool.fresh.get();
        pool.fresh.set(block.wrapping_add(bytes));
        pool.left.set(pool.left.get() - bytes);
        block.wrapping_add(BEFORE)
    }

    /// Takes a block back, if blocks of the size come from here.
    #[inline(always)]
    pub(crate) fn free(block: *mut u8, size: usize) -> bool {
        if !serves(size) {
            return false;
        }
        if BEFORE > 0 {
            // SAFETY: the size stands before every block.
            let written = unsafe { block.sub(BEFORE).cast::<usize>().read() };
            assert_eq!(written, size, "a block is given back with another size");
        }
        let class = size.div_ceil(STEP);
        with(|pool| {
            // SAFETY: nobody uses the block any more; it has at least 16 bytes.
            unsafe { block.cast::<*mut u8>().write(pool.free[class].get()) };
            pool.free[class].set(block);
        });
        true
    }
}

#[cfg(not(any(feature = "pool", feature = "pool-static")))]
mod lists {
    pub(crate) fn serves(_size: usize) -> bool {
        false
    }

    pub(crate) fn is_same(_one: usize, _other: usize) -> bool {
        false
    }

    pub(crate) fn allocate(_size: usize) -> Option<*mut u8> {
        None
    }

    pub(crate) fn free(_block: *mut u8, _size: usize) -> bool {
        false
    }
}

pub(crate) use lists::{allocate, free, is_same, serves};

#[cfg(all(test, feature = "pool"))]
mod tests {
    use super::super::{raw_allocate, raw_free, raw_resize};
    use crate::testing::Random;
    use alloc::vec::Vec;

    #[test]
    fn blocks_keep_what_is_written() {
        let mut random = Random(11);
        let mut blocks: Vec<(*mut u8, usize, u8)> = Vec::new();
        for step in 0..20_000u32 {
            let size = random.below(1200) as usize + 1;
            let mark = step as u8;
            match random.below(3) {
                0 | 1 if blocks.len() < 500 => {
                    let block = raw_allocate(size);
                    assert_eq!(block as usize % 16, 0);
                    // SAFETY: the block has so many bytes.
                    unsafe { block.write_bytes(mark, size) };
                    blocks.push((block, size, mark));
                }
                2 if !blocks.is_empty() => {
                    let at = random.below(blocks.len() as u64) as usize;
                    let (block, old, mark) = blocks[at];
                    let moved = raw_resize(block, old, size);
                    let kept = old.min(size);
                    // SAFETY: the block has so many bytes.
                    unsafe {
                        assert!((0..kept).all(|i| *moved.add(i) == mark));
                        moved.write_bytes(mark, size);
                    }
                    blocks[at] = (moved, size, mark);
                }
                _ => {
                    if let Some((block, size, mark)) = blocks.pop() {
                        // SAFETY: the block has so many bytes.
                        unsafe { assert!((0..size).all(|i| *block.add(i) == mark)) };
                        raw_free(block, size);
                    }
                }
            }
        }
        for (block, size, _) in blocks {
            raw_free(block, size);
        }
    }
}
