//! Arguments and environment of the program, as the embedder handed them in.
//!
//! A static program calls [`init`] with its initial stack; the tool, whose own arguments are
//! not the program's, calls [`set_arguments`] and [`set_environment`]. The environment keeps its
//! order and has each name once. It is shared by all threads behind one short lock. What the kernel left is
//! read when somebody first asks: most programs never do.

use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// A variable: name and value.
type Variable = (Vec<u8>, Vec<u8>);

static ARGUMENTS: Lock<Vec<Vec<u8>>> = Lock::new(Vec::new());
static ENVIRONMENT: Lock<Vec<Variable>> = Lock::new(Vec::new());
/// The kernel's list of variables, as long as it was not read.
static INITIAL: AtomicPtr<*const u8> = AtomicPtr::new(null_mut());

/// Takes arguments and environment from the initial stack of a process.
///
/// # Safety
/// `argv` must hold `argc` pointers to strings ended by NUL, and `envp` pointers to such strings
/// up to a null pointer. All must stay readable, and the variables unchanged, for the life of the process, or
/// until the environment is asked for or replaced.
pub unsafe fn init(argc: usize, argv: *const *const u8, envp: *const *const u8) {
    let mut arguments = Vec::with_capacity(argc);
    for index in 0..argc {
        // SAFETY: the caller promises `argc` readable pointers to strings.
        arguments.push(unsafe { string(*argv.add(index)) });
    }
    set_arguments(arguments);
    INITIAL.store(envp.cast_mut(), Ordering::Release);
}

/// Sets the arguments; the first is the name of the program.
pub fn set_arguments(arguments: Vec<Vec<u8>>) {
    ARGUMENTS.with(|ours| *ours = arguments);
}

/// The arguments, the program's name first.
pub fn arguments() -> Vec<Vec<u8>> {
    ARGUMENTS.with(|ours| ours.clone())
}

/// Replaces the whole environment. Of a name that comes twice, the first value stays.
pub fn set_environment(variables: Vec<Variable>) {
    let variables = unique(variables);
    with_variables(|ours| *ours = variables);
}

/// All variables in their order.
pub fn environment() -> Vec<Variable> {
    with_variables(|ours| ours.clone())
}

/// The value of a variable.
pub fn environment_get(name: &[u8]) -> Option<Vec<u8>> {
    with_variables(|ours| ours.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()))
}

/// Sets a variable, which children see from then on.
pub fn environment_set(name: &[u8], value: &[u8]) {
    with_variables(|ours| match ours.iter_mut().find(|(other, _)| other == name) {
        Some((_, old)) => {
            old.clear();
            old.extend_from_slice(value);
        }
        None => ours.push((name.to_vec(), value.to_vec())),
    });
}

/// Takes a variable out and gives its value.
pub fn environment_remove(name: &[u8]) -> Option<Vec<u8>> {
    with_variables(|ours| {
        let index = ours.iter().position(|(other, _)| other == name)?;
        Some(ours.remove(index).1)
    })
}

/// Runs `job` with the variables, which are read from what the kernel left if nobody did so before.
fn with_variables<R>(job: impl FnOnce(&mut Vec<Variable>) -> R) -> R {
    ENVIRONMENT.with(|ours| {
        let mut next = INITIAL.swap(null_mut(), Ordering::AcqRel).cast_const();
        if !next.is_null() {
            let mut variables = Vec::new();
            loop {
                // SAFETY: the caller of `init` promises pointers up to a null, where this loop ends.
                let pointer = unsafe { *next };
                if pointer.is_null() {
                    break;
                }
                // SAFETY: not null, so a string by the same promise.
                let line = unsafe { core::ffi::CStr::from_ptr(pointer.cast()) };
                variables.extend(split(line.to_bytes()));
                // SAFETY: the null has not been reached, so the next pointer belongs to the list too.
                next = unsafe { next.add(1) };
            }
            *ours = unique(variables);
        }
        job(ours)
    })
}

fn unique(variables: Vec<Variable>) -> Vec<Variable> {
    let mut unique: Vec<Variable> = Vec::with_capacity(variables.len());
    for (name, value) in variables {
        if !unique.iter().any(|(other, _)| *other == name) {
            unique.push((name, value));
        }
    }
    unique
}

/// Copies a string ended by NUL.
///
/// # Safety
/// `pointer` must point to such a string.
unsafe fn string(pointer: *const u8) -> Vec<u8> {
    // SAFETY: by the caller's promise; `CStr` finds the NUL.
    unsafe { core::ffi::CStr::from_ptr(pointer.cast()) }.to_bytes().to_vec()
}

/// Splits `NAME=value`. A leading `=` belongs to the name.
fn split(line: &[u8]) -> Option<Variable> {
    let at = 1 + line.get(1..)?.iter().position(|byte| *byte == b'=')?;
    Some((line[..at].to_vec(), line[at + 1..].to_vec()))
}

/// A value behind a lock that is held for a few copies only.
pub(crate) struct Lock<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `with` hands the value to one thread at a time.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Lock { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Runs `job` with the value. `job` must not take the same lock.
    pub(crate) fn with<R>(&self, job: impl FnOnce(&mut T) -> R) -> R {
        let mut tries = 0_u32;
        while self.taken.swap(true, Ordering::Acquire) {
            tries = tries.wrapping_add(1);
            if tries.is_multiple_of(64) {
                crate::yield_now();
            }
            core::hint::spin_loop();
        }
        let guard = Guard(&self.taken);
        // SAFETY: the lock is ours until the guard is dropped, and the reference ends before.
        let result = job(unsafe { &mut *self.value.get() });
        drop(guard);
        result
    }
}

/// Gives the lock back, also when the job panics.
struct Guard<'a>(&'a AtomicBool);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    /// One test, because the environment is one for the process.
    #[test]
    fn the_environment_is_what_was_handed_in() {
        let before = environment();
        let argv = [c"prog".as_ptr().cast::<u8>(), c"one".as_ptr().cast()];
        let envp = [
            c"S_A=1".as_ptr().cast::<u8>(),
            c"S_B=x=y".as_ptr().cast(),
            c"S_A=2".as_ptr().cast(),
            c"broken".as_ptr().cast(),
            core::ptr::null(),
        ];
        // SAFETY: both arrays are as `init` wants them.
        unsafe { init(2, argv.as_ptr(), envp.as_ptr()) };
        assert_eq!(arguments(), vec![b"prog".to_vec(), b"one".to_vec()]);
        assert_eq!(environment_get(b"S_A"), Some(b"1".to_vec()));
        assert_eq!(environment_get(b"S_B"), Some(b"x=y".to_vec()));
        assert_eq!(environment_get(b"broken"), None);
        environment_set(b"S_A", b"3");
        environment_set(b"S_C", b"");
        assert_eq!(environment_remove(b"S_B"), Some(b"x=y".to_vec()));
        assert_eq!(environment_remove(b"S_B"), None);
        assert_eq!(environment(), vec![(b"S_A".to_vec(), b"3".to_vec()), (b"S_C".to_vec(), b"".to_vec())]);
        set_environment(before);
    }
}
