//! The global allocator of programs: large blocks are mappings of their own, the rest comes from dlmalloc.
//!
//! There are no locks, because there is one thread. A large block grows by moving pages instead of bytes.
//! Mappings that were given back are kept for the next few that ask, up to [`SPARE_BYTES`], so that a loop
//! that makes and drops a large block does not go to the kernel each time; everything small stays with
//! the process.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, Ordering};

use dlmalloc::{Allocator, Dlmalloc};

/// From this size on a block is a mapping, in bytes.
const LARGE: usize = 1 << 18;

/// The largest alignment that every mapping has.
const PAGE: usize = 4096;

/// How much is asked of the system at once for what is not large, in bytes. Memory is taken as it is used.
const STEP: usize = 1 << 20;

/// Mappings that are kept, and how many bytes of them.
const SPARES: usize = 8;
const SPARE_BYTES: usize = 1 << 26;

/// Whether the system has refused memory.
static EXHAUSTED: AtomicBool = AtomicBool::new(false);

/// Whether the system has refused memory: of blocks that were asked for, one or more were not there.
#[must_use]
pub fn is_exhausted() -> bool {
    EXHAUSTED.load(Ordering::Relaxed)
}

/// What is given instead of a block that the system refused.
#[cold]
fn refused() -> *mut u8 {
    EXHAUSTED.store(true, Ordering::Relaxed);
    null_mut()
}

/// The allocator. Programs have one.
#[derive(Debug)]
pub struct Heap(UnsafeCell<State>);

// SAFETY: a program has one thread, and what handles signals does not allocate.
unsafe impl Sync for Heap {}

struct State {
    small: Dlmalloc<Pages>,
    /// Mappings that were given back: where, and how long.
    spares: [(*mut u8, usize); SPARES],
    spare_bytes: usize,
    /// Which one is replaced next.
    next: usize,
}

impl core::fmt::Debug for State {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("State")
    }
}

impl Heap {
    /// Nothing allocated yet.
    #[must_use]
    pub const fn new() -> Heap {
        let mut small = Dlmalloc::new_with_allocator(Pages);
        small.set_granularity(STEP);
        // Nothing of it goes back: do not look for what could.
        small.set_max_release_check_rate(0);
        Heap(UnsafeCell::new(State { small, spares: [(null_mut(), 0); SPARES], spare_bytes: 0, next: 0 }))
    }

    /// The state, for one call of the allocator.
    #[expect(clippy::mut_from_ref, reason = "one thread, and no call calls back")]
    fn state(&self) -> &mut State {
        // SAFETY: one thread runs, and while an allocation is made no other can begin.
        unsafe { &mut *self.0.get() }
    }
}

impl Default for Heap {
    fn default() -> Heap {
        Heap::new()
    }
}

/// Whether a block is a mapping of its own: decided by what everybody knows of a block.
fn is_large(size: usize, align: usize) -> bool {
    size >= LARGE && align <= PAGE
}

/// Bytes of the mapping for a block; nothing when there can be none.
fn mapping(size: usize) -> Option<usize> {
    size.checked_next_multiple_of(1 << 16)
}

// SAFETY: blocks are dlmalloc's or mappings, told apart by size and alignment alone, and are given back
// where they came from. One thread, so that there is nothing to lock.
unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        if is_large(size, align) {
            return self.state().map(size).0;
        }
        // SAFETY: the caller promises a size above zero and an alignment that is a power of two.
        unsafe { self.state().small.malloc(size, align) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        if is_large(size, align) {
            let (block, is_zero) = self.state().map(size);
            if !block.is_null() && !is_zero {
                // SAFETY: the block has that many bytes.
                unsafe { block.write_bytes(0, size) };
            }
            return block;
        }
        // SAFETY: as for `alloc`.
        unsafe { self.state().small.calloc(size, align) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let (size, align) = (layout.size(), layout.align());
        if is_large(size, align) {
            return self.state().unmap(block, size);
        }
        // SAFETY: the block came from `alloc` with this layout, so from dlmalloc.
        unsafe { self.state().small.free(block, size, align) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new: usize) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        match (is_large(size, align), is_large(new, align)) {
            // SAFETY: the block is dlmalloc's and stays there.
            (false, false) => unsafe { self.state().small.realloc(block, size, align, new) },
            (true, true) => State::remap(block, size, new),
            // SAFETY: both blocks are of the caller's alignment, and have the bytes that are copied.
            _ => unsafe {
                let moved = self.alloc(Layout::from_size_align_unchecked(new, align));
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(block, size.min(new));
                    self.dealloc(block, layout);
                }
                moved
            },
        }
    }
}

impl State {
    /// A mapping, and whether it is known to be zero.
    fn map(&mut self, size: usize) -> (*mut u8, bool) {
        let Some(length) = mapping(size) else { return (null_mut(), false) };
        for slot in &mut self.spares {
            // One that is much larger waits for somebody who needs it.
            if slot.1 >= length && slot.1 / 2 <= length {
                let (block, kept) = core::mem::replace(slot, (null_mut(), 0));
                self.spare_bytes -= kept;
                if kept > length {
                    give_back(block.wrapping_add(length), kept - length);
                }
                return (block, false);
            }
        }
        match s_sys::map_anonymous(length, s_sys::PROT_READ | s_sys::PROT_WRITE, 0) {
            Ok(block) => (block, true),
            Err(_) => (refused(), false),
        }
    }

    fn unmap(&mut self, block: *mut u8, size: usize) {
        let Some(length) = mapping(size) else { return };
        if length > SPARE_BYTES / 2 {
            return give_back(block, length);
        }
        let slot = match self.spares.iter().position(|spare| spare.1 == 0) {
            Some(free) if self.spare_bytes + length <= SPARE_BYTES => free,
            _ => self.next,
        };
        self.next = (slot + 1) % SPARES;
        let (old, kept) = core::mem::replace(&mut self.spares[slot], (block, length));
        self.spare_bytes = self.spare_bytes + length - kept;
        if kept > 0 {
            give_back(old, kept);
        }
        if self.spare_bytes > SPARE_BYTES {
            self.spare_bytes = 0;
            for (block, length) in core::mem::replace(&mut self.spares, [(null_mut(), 0); SPARES]) {
                if length > 0 {
                    give_back(block, length);
                }
            }
        }
    }

    fn remap(block: *mut u8, old: usize, new: usize) -> *mut u8 {
        let (Some(from), Some(to)) = (mapping(old), mapping(new)) else { return null_mut() };
        if from == to {
            return block;
        }
        // SAFETY: the block is a mapping of that length, which its owner gives up for the new one.
        unsafe { s_sys::mremap(block, from, to) }.unwrap_or_else(|_| refused())
    }
}

fn give_back(block: *mut u8, length: usize) {
    // SAFETY: a mapping of ours, or the end of one, that nobody uses any more.
    let _ = unsafe { s_sys::munmap(block, length) };
}

/// Where dlmalloc gets its memory.
#[derive(Debug)]
struct Pages;

// SAFETY: fresh private mappings, which stay where they are for as long as the process lives.
unsafe impl Allocator for Pages {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        match s_sys::map_anonymous(size, s_sys::PROT_READ | s_sys::PROT_WRITE, 0) {
            Ok(block) => (block, size, 0),
            Err(_) => (refused(), 0, 0),
        }
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        null_mut()
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE
    }
}

#[cfg(test)]
extern crate std;

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 33) as usize) % limit
        }
    }

    #[test]
    fn blocks_keep_what_is_written_and_do_not_overlap() {
        let heap = Heap::new();
        let mut random = Random(3);
        let mut blocks: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let size_of = |random: &mut Random| match random.below(20) {
            0 => LARGE - 2 + random.below(4),
            1 => LARGE * (1 + random.below(6)) + random.below(5000),
            2..=5 => 1 + random.below(40_000),
            _ => 1 + random.below(700),
        };
        // SAFETY: blocks are used as they were asked for.
        unsafe {
            let check = |block: *mut u8, length: usize, mark: u8| {
                let bytes = core::slice::from_raw_parts(block, length);
                assert!(bytes.iter().all(|byte| *byte == mark));
            };
            for step in 0..10_000_u32 {
                let mark = step as u8 | 1;
                let size = size_of(&mut random);
                match random.below(4) {
                    0 | 1 if blocks.len() < 300 => {
                        let most = if random.below(10) == 0 { 15 } else { 5 };
                        let align = 1 << random.below(most);
                        let layout = Layout::from_size_align(size, align).unwrap();
                        let block =
                            if step % 3 == 0 { heap.alloc_zeroed(layout) } else { heap.alloc(layout) };
                        assert!(!block.is_null() && (block as usize).is_multiple_of(align));
                        if step % 3 == 0 {
                            check(block, size, 0);
                        }
                        block.write_bytes(mark, size);
                        blocks.push((block, layout, mark));
                    }
                    2 if !blocks.is_empty() => {
                        let at = random.below(blocks.len());
                        let (block, layout, mark) = blocks[at];
                        let moved = heap.realloc(block, layout, size);
                        assert!(!moved.is_null() && (moved as usize).is_multiple_of(layout.align()));
                        check(moved, layout.size().min(size), mark);
                        moved.write_bytes(mark, size);
                        blocks[at] = (moved, Layout::from_size_align(size, layout.align()).unwrap(), mark);
                    }
                    _ if !blocks.is_empty() => {
                        let (block, layout, mark) = blocks.swap_remove(random.below(blocks.len()));
                        check(block, layout.size(), mark);
                        heap.dealloc(block, layout);
                    }
                    _ => {}
                }
            }
            for (block, layout, mark) in blocks {
                check(block, layout.size(), mark);
                heap.dealloc(block, layout);
            }
        }
        let state = heap.state();
        assert!(state.spare_bytes <= SPARE_BYTES);
        assert_eq!(state.spare_bytes, state.spares.iter().map(|spare| spare.1).sum::<usize>());
    }

    #[test]
    fn what_cannot_be_had_is_null() {
        let heap = Heap::new();
        for size in [1 << 62, isize::MAX as usize - 4096] {
            let layout = Layout::from_size_align(size, 16).unwrap();
            // SAFETY: a null block is not used.
            unsafe {
                assert!(heap.alloc(layout).is_null());
                let small = Layout::from_size_align(100, 16).unwrap();
                let block = heap.alloc(small);
                assert!(heap.realloc(block, small, size).is_null());
                heap.dealloc(block, small);
            }
        }
    }
}
