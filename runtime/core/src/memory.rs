//! Allocation of counted objects, and their end: contents released, weak references cleared,
//! DESTROY called.
//!
//! Release never recurses: objects whose last reference went are queued, so that a list of a
//! million nodes needs no machine stack.

use alloc::alloc::realloc;
use alloc::vec::Vec;
use core::alloc::Layout;

use s_abi::layout::{Arr, Cell, Code, Hash, Header, IMMORTAL, Str, Val, kind, tag};

use crate::late;
use crate::text::number::format_int_into;
use crate::value::{FLAG_DESTROYED, FLAG_WEAK, Ptr, UNDEF, ValExt};
use crate::vm::Vm;

mod pool;

/// What a WEAK slot holds: an indirection that outlives its target.
#[repr(C)]
#[derive(Debug)]
pub struct Weak {
    header: Header,
    target: Val,
}

/// A header of a fresh object with one reference.
#[inline(always)]
#[must_use]
pub fn header(kind: u8) -> Header {
    late::made(kind);
    Header { count: 1, kind, flags: 0, aux: 0, class: 0, extra: 0 }
}

/// Allocates an object and moves `value` into it.
#[must_use]
pub fn allocate<T>(value: T) -> Ptr<T> {
    let memory = raw_allocate(size_of::<T>()).cast::<T>();
    count_live(1);
    // SAFETY: the memory is fresh, large enough and aligned to 16.
    unsafe { memory.write(value) };
    Ptr(memory)
}

/// Gives the memory of an object back that [`allocate`] made.
pub fn deallocate<T>(object: Ptr<T>) {
    count_live(-1);
    raw_free(object.0.cast(), size_of::<T>());
}

/// Moves an object out of its memory, which is given back.
pub fn take_out<T>(object: Ptr<T>) -> T {
    // SAFETY: the object is initialised; its memory is not used afterwards.
    let value = unsafe { object.0.read() };
    deallocate(object);
    value
}

/// What no block can be larger than.
const SIZE_MAX: usize = isize::MAX as usize - 64;

fn layout_of(size: usize) -> Layout {
    // A size beyond the address space cannot be served: ask for what certainly fails.
    Layout::from_size_align(size.max(1), 16).unwrap_or(Layout::new::<u128>())
}

/// Allocates `size` bytes aligned to 16; the process ends when there is no memory.
#[inline]
#[must_use]
pub fn raw_allocate(size: usize) -> *mut u8 {
    match pool::allocate(size) {
        Some(block) => block,
        None => system_allocate(size).unwrap_or_else(|| out_of_memory(size)),
    }
}

/// Ends the process, which cannot go on without a block of `size` bytes, as Perl does. Where a program names the
/// size, an exception tells of it instead.
#[cold]
#[inline(never)]
pub(crate) fn out_of_memory(size: usize) -> ! {
    let mut digits = [0; 20];
    let size = format_int_into(i64::try_from(size).unwrap_or(i64::MAX), &mut digits);
    for part in [&b"Out of memory: there are no "[..], size, b" bytes more\n"] {
        let _ = s_sys::write_all(s_sys::Fd::STDERR, part);
    }
    s_sys::exit(1)
}

/// Allocates as [`raw_allocate`] does; `None` when there is no memory. For sizes a program names.
#[must_use]
pub(crate) fn raw_try_allocate(size: usize) -> Option<*mut u8> {
    pool::allocate(size).or_else(|| system_allocate(size))
}

#[inline(never)]
fn system_allocate(size: usize) -> Option<*mut u8> {
    if size > SIZE_MAX {
        return None;
    }
    // SAFETY: the layout is not of size zero.
    let memory = unsafe { alloc::alloc::alloc(layout_of(size)) };
    (!memory.is_null()).then_some(memory)
}

/// Changes the size of a block; the content up to the smaller size stays. The process ends when there
/// is no memory.
#[must_use]
pub(crate) fn raw_resize(block: *mut u8, old: usize, new: usize) -> *mut u8 {
    raw_try_resize(block, old, new).unwrap_or_else(|| out_of_memory(new))
}

/// Changes the size of a block as [`raw_resize`] does; `None`, with the block as it was, when there is
/// no memory.
#[must_use]
pub(crate) fn raw_try_resize(block: *mut u8, old: usize, new: usize) -> Option<*mut u8> {
    if block.is_null() || old == 0 {
        return raw_try_allocate(new);
    }
    if pool::serves(old) || pool::serves(new) {
        if pool::is_same(old, new) {
            return Some(block);
        }
        let memory = raw_try_allocate(new)?;
        // SAFETY: both blocks have that many bytes and are different.
        unsafe { core::ptr::copy_nonoverlapping(block, memory, old.min(new)) };
        raw_free(block, old);
        return Some(memory);
    }
    if new > SIZE_MAX {
        return None;
    }
    // SAFETY: `block` came from the system with `old` bytes, an obligation of the callers here.
    let memory = unsafe { realloc(block, layout_of(old), new.max(1)) };
    (!memory.is_null()).then_some(memory)
}

/// Gives a block of `size` bytes back.
#[inline]
pub(crate) fn raw_free(block: *mut u8, size: usize) {
    if !block.is_null() && !pool::free(block, size) {
        // SAFETY: the block came from `raw_allocate` or `raw_resize` with this size.
        unsafe { alloc::alloc::dealloc(block, layout_of(size)) }
    }
}

#[cfg(test)]
std::thread_local! {
    /// Objects alive on this thread.
    pub(crate) static LIVE: core::cell::Cell<i64> = const { core::cell::Cell::new(0) };
}

/// Counts objects in tests.
#[inline(always)]
pub fn count_live(_change: i64) {
    #[cfg(test)]
    LIVE.with(|live| live.set(live.get() + _change));
}

/// Gives up one reference to a string or another value that holds no others; values of other
/// kinds are left alone. Needs no machine.
#[inline]
pub fn release_string(value: Val) {
    if value.w0 == tag::STR {
        let mut string = value.pointer::<Str>();
        if string.header.count & IMMORTAL == 0 {
            string.header.count -= 1;
            if string.header.count == 0 {
                crate::string::free(string);
            }
        }
    }
}

impl Vm {
    /// Gives up one reference.
    #[inline(always)]
    pub fn release(&mut self, value: Val) {
        if value.is_counted() {
            self.release_header(value.header());
        }
    }

    /// Gives up one reference to a counted object.
    #[inline(always)]
    pub fn release_header(&mut self, mut object: Ptr<Header>) {
        if object.count & IMMORTAL == 0 {
            object.count = object.count.wrapping_sub(1);
            if object.count == 0 {
                self.bury(object);
            }
        }
    }

    /// Gives up one reference to any counted pointer.
    #[inline(always)]
    pub fn release_ptr<T>(&mut self, object: Ptr<T>) {
        self.release_header(object.head());
    }

    /// Releases every value of a slice.
    pub fn release_all(&mut self, values: &[Val]) {
        for &value in values {
            self.release(value);
        }
    }

    #[inline(never)]
    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.memory.bury"))]
    fn bury(&mut self, object: Ptr<Header>) {
        if object.kind == kind::STR {
            crate::string::free(Ptr(object.0.cast()));
            return;
        }
        if self.burying {
            self.graves.push(object);
            return;
        }
        self.burying = true;
        self.end(object);
        while let Some(object) = self.graves.pop() {
            self.end(object);
        }
        self.burying = false;
    }

    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.memory.end"))]
    fn end(&mut self, mut object: Ptr<Header>) {
        if object.class != 0
            && object.flags & FLAG_DESTROYED == 0
            && let Some(destructor) = late::DESTRUCTOR.get()
            && let Some(destroy) = destructor(self, object.class)
            && let Some(run) = late::RUN_DESTRUCTOR.get()
        {
            object.flags |= FLAG_DESTROYED;
            object.count = 1;
            let value = Val { w0: tag_of(object), w1: object.address() };
            let nested = core::mem::replace(&mut self.burying, false);
            let graves = core::mem::take(&mut self.graves);
            run(self, destroy, value);
            let more = core::mem::replace(&mut self.graves, graves);
            self.graves.extend(more);
            self.burying = nested;
            object.count -= 1;
            if object.count > 0 {
                // Somebody kept it: it may be destroyed again.
                object.flags &= !FLAG_DESTROYED;
                return;
            }
        }
        if object.flags & FLAG_WEAK != 0
            && let Some(clear) = late::CLEAR_WEAK.get()
        {
            clear(self, object);
        }
        match object.kind {
            kind::ARR => crate::array::free(self, Ptr(object.0.cast::<Arr>())),
            kind::HASH => crate::hash::free(self, Ptr(object.0.cast::<Hash>())),
            kind::CELL => {
                let cell = take_out(Ptr(object.0.cast::<Cell>()));
                self.release(cell.value);
            }
            kind::CODE => crate::code::free(self, Ptr(object.0.cast::<Code>())),
            rare => {
                let end = match rare {
                    kind::GLOB => late::END_GLOB.get(),
                    kind::RX => late::END_RX.get(),
                    kind::OBJ => late::END_OBJ.get(),
                    _ => late::END_EXT.get(),
                };
                debug_assert!(end.is_some(), "who makes such objects fills the place");
                if let Some(end) = end {
                    end(self, object);
                }
            }
        }
    }

    /// Makes the content of a slot weak, if it is a counted reference.
    pub fn weaken_slot(&mut self, slot: &mut Val) {
        let value = *slot;
        if !value.is_counted() || matches!(value.w0, tag::STR | tag::WEAK | tag::BOX | tag::MAGIC) {
            return;
        }
        let mut target = value.header();
        let weak = match self.weak.get(&target.address()) {
            Some(&weak) => weak.retained(),
            None => {
                let weak = allocate(Weak { header: header(kind::EXT), target: value });
                let mut held = weak;
                held.header.aux = crate::extension::WEAK;
                target.flags |= FLAG_WEAK;
                late::CLEAR_WEAK.set(Vm::clear_weak);
                self.weak.insert(target.address(), weak);
                weak
            }
        };
        *slot = Val { w0: tag::WEAK, w1: weak.address() };
        self.release(value);
    }

    fn clear_weak(&mut self, object: Ptr<Header>) {
        if let Some(mut weak) = self.weak.remove(&object.address()) {
            weak.target = UNDEF;
        }
    }

    /// Ends a weak indirection that no slot uses any more.
    pub(crate) fn free_weak(&mut self, weak: Ptr<Weak>) {
        if weak.target.is_counted() {
            let mut target = weak.target.header();
            target.flags &= !FLAG_WEAK;
            self.weak.remove(&target.address());
        }
        deallocate(weak);
    }
}

/// What a WEAK slot refers to, owned: a reference or undef.
#[must_use]
pub fn weak_target(slot: Val) -> Val {
    slot.pointer::<Weak>().target.retained()
}

/// The tag of references to an object.
#[must_use]
pub fn tag_of(object: Ptr<Header>) -> u64 {
    match object.kind {
        kind::STR => tag::STR,
        kind::ARR => tag::AREF,
        kind::HASH => tag::HREF,
        kind::CODE => tag::CODE,
        kind::CELL => tag::SREF,
        kind::GLOB => tag::GLOB,
        kind::RX => tag::RX,
        kind::OBJ => tag::OBJ,
        _ => tag::EXT,
    }
}

/// Objects whose end is due.
pub(crate) type Graves = Vec<Ptr<Header>>;
