//! Linux: system calls by their stable numbers, on x86_64, aarch64 and riscv64.
//!
//! The three `call_*` files hold the instruction and the few layouts that differ; everything
//! else is written once, with calls all three have. Kernels from 3.17 on.

#[cfg(target_arch = "aarch64")]
mod call_aarch64;
#[cfg(target_arch = "riscv64")]
mod call_riscv64;
#[cfg(target_arch = "x86_64")]
mod call_x86_64;
mod dir;
pub(crate) mod errno;
mod file;
mod ipc;
mod memory;
mod net;
#[cfg(not(target_arch = "x86_64"))]
mod number_generic;
mod process;
mod random;
mod signal;
mod spawn;
mod stack;
mod terminal;
#[cfg(test)]
mod tests;
mod time;
mod user;
mod vdso;

#[cfg(target_arch = "aarch64")]
use call_aarch64 as arch;
#[cfg(target_arch = "riscv64")]
use call_riscv64 as arch;
#[cfg(target_arch = "x86_64")]
use call_x86_64 as arch;

use alloc::vec::Vec;

use crate::Errno;

pub use arch::{O_DIRECTORY, O_NOFOLLOW};
pub use dir::{DirEntry, DirReader, read_dir};
pub use file::*;
pub use ipc::*;
pub use memory::*;
pub use net::*;
pub use process::*;
pub use random::random;
pub use signal::*;
pub use spawn::{Redirection, Spawn, exec, exec_as, execve, path_of, spawn};
pub use stack::{prepare_stack, switch_stack};
pub use terminal::*;
pub use time::*;
pub use user::*;

use arch::number;

/// A system call with up to six arguments, each cast to a register.
macro_rules! call {
    (@pad $number:expr, [$a:expr, $b:expr, $c:expr, $d:expr, $e:expr, $f:expr $(, $rest:expr)*]) => {
        $crate::linux::arch::call(
            $number,
            [$a as usize, $b as usize, $c as usize, $d as usize, $e as usize, $f as usize],
        )
    };
    ($number:ident $(, $argument:expr)* $(,)?) => {
        call!(@pad $crate::linux::number::$number, [$($argument,)* 0, 0, 0, 0, 0, 0])
    };
}
use call;

/// What `arch::wait_call` needs: the number of the call, its six arguments, and the address of the set of
/// caught signals that wait.
type WaitRequest = [usize; 8];

/// What `arch::wait_call` gives: a result, or the two ends of the stretch in which the call has not begun.
#[repr(C)]
struct WaitAnswer {
    first: usize,
    end: usize,
}

/// As [`call!`], for what may wait for ever: `EINTR` if a caught signal waits for its handler, whenever
/// it came, and in no other case.
macro_rules! wait {
    (@pad $number:expr, [$a:expr, $b:expr, $c:expr, $d:expr, $e:expr, $f:expr $(, $rest:expr)*]) => {{
        let pending = $crate::linux::signals_cell().as_ptr() as usize;
        let request = [
            $number, $a as usize, $b as usize, $c as usize, $d as usize, $e as usize, $f as usize, pending,
        ];
        $crate::linux::repeat_wait(|| $crate::linux::arch::wait_call(&raw const request).first as isize)
    }};
    ($number:ident $(, $argument:expr)* $(,)?) => {
        wait!(@pad $crate::linux::number::$number, [$($argument,)* 0, 0, 0, 0, 0, 0])
    };
}
use wait;

/// Turns the kernel's answer into a value or an error.
fn check(result: isize) -> Result<usize, Errno> {
    if (-4095..0).contains(&result) {
        return Err(Errno(-result as i32));
    }
    Ok(result as usize)
}

/// Repeats a call that a signal interrupted.
fn retry(mut job: impl FnMut() -> isize) -> Result<usize, Errno> {
    loop {
        match check(job()) {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}

/// Repeats a call that a signal interrupted, unless a caught signal waits for its handler.
fn repeat_wait(mut job: impl FnMut() -> isize) -> Result<usize, Errno> {
    loop {
        match check(job()) {
            Err(Errno::EINTR) if !signals_pending() => {}
            result => return result,
        }
    }
}

/// Bytes of a path that are copied to the stack instead of the heap.
const SHORT_PATH: usize = 256;

/// Hands `path` to `job` ended by NUL; a NUL inside is `EINVAL`.
fn with_path<R>(path: &[u8], job: impl FnOnce(*const u8) -> Result<R, Errno>) -> Result<R, Errno> {
    if path.contains(&0) {
        return Err(Errno::EINVAL);
    }
    if path.len() < SHORT_PATH {
        let mut short = [0_u8; SHORT_PATH];
        short[..path.len()].copy_from_slice(path);
        return job(short.as_ptr());
    }
    let mut long = Vec::with_capacity(path.len() + 1);
    long.extend_from_slice(path);
    long.push(0);
    job(long.as_ptr())
}

/// The bytes before the first NUL.
fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}
