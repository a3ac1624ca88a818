//! `select` of four operands: waiting until handles can be read or written.

use alloc::vec::Vec;

use s_abi::layout::{Cell, Val, tag, want};
use s_sys::{Errno, Fd, POLLHUP, POLLIN, POLLOUT, PollFd, Time};

use super::arg;
use crate::cell;
use crate::exception::Thrown;
use crate::string::string;
use crate::value::{ValExt, int, num};
use crate::vm::Vm;

/// Something urgent, which the kernel calls an exception.
const POLLPRI: i16 = 2;
/// An error, of which reading and writing tell at once.
const POLLERR: i16 = 8;
/// No open descriptor.
const POLLNVAL: i16 = 32;

/// What is asked for each of the three sets, and which answers count as it.
const SETS: [(i16, i16); 3] =
    [(POLLIN, POLLIN | POLLHUP | POLLERR), (POLLOUT, POLLOUT | POLLERR), (POLLPRI, POLLPRI)];

/// `select(RBITS, WBITS, EBITS, TIMEOUT)`: the sets by reference, each a text of bits or undef. Leaves in
/// them what is ready, and gives the number of that, in list context with the time that is left.
pub(super) fn select(vm: &mut Vm, a: &[Val], wanted: u64) -> Result<Val, Thrown> {
    let mut asked: [Option<Vec<u8>>; 3] = [None, None, None];
    for (bits, &operand) in asked.iter_mut().zip(a) {
        if operand.w0 == tag::SREF {
            let held = cell::fetch(vm, operand.pointer::<Cell>().value)?;
            if !held.is_undef() {
                *bits = Some(vm.text(held)?.to_vec());
            }
            vm.release(held);
        }
    }
    let timeout = arg(a, 3);
    let timeout =
        if timeout.is_undef() { None } else { Some(Time::from_seconds(vm.float(timeout)?.max(0.0))) };
    let mut waiting = Vec::new();
    for (bits, (events, _)) in asked.iter().zip(SETS) {
        waiting.extend(descriptors(bits.as_deref()).map(|fd| PollFd { fd: Fd(fd), events, revents: 0 }));
    }
    let start = s_sys::clock_monotonic();
    let polled = s_sys::poll(&mut waiting, timeout);
    let invalid = waiting.iter().any(|one| one.revents & POLLNVAL != 0);
    let count = match polled {
        Err(error) => {
            vm.set_errno(error);
            -1
        }
        Ok(_) if invalid => {
            vm.set_errno(Errno::EBADF);
            -1
        }
        Ok(_) => store_ready(vm, a, asked, &waiting)?,
    };
    if wanted != want::LIST {
        return Ok(int(count));
    }
    let passed = s_sys::clock_monotonic().since(start).as_seconds();
    let left = timeout.map_or(0.0, |timeout| (timeout.as_seconds() - passed).max(0.0));
    super::listed(vm, Vec::from([int(count), num(left)]), wanted)
}

/// Leaves in each set what of it is ready; the number of all that.
fn store_ready(
    vm: &mut Vm,
    a: &[Val],
    asked: [Option<Vec<u8>>; 3],
    waiting: &[PollFd],
) -> Result<i64, Thrown> {
    let mut count = 0;
    let mut answers = waiting.iter();
    for ((bits, &operand), (_, meant)) in asked.into_iter().zip(a).zip(SETS) {
        let Some(bits) = bits else { continue };
        let mut ready = Vec::from_iter(bits.iter().map(|_| 0));
        for (fd, answer) in descriptors(Some(&bits)).zip(&mut answers) {
            if answer.revents & meant != 0 {
                ready[fd as usize / 8] |= 1 << (fd % 8);
                count += 1;
            }
        }
        cell::put(vm, operand.pointer::<Cell>(), string(&ready))?;
    }
    Ok(count)
}

/// The descriptors whose bits are set.
fn descriptors(bits: Option<&[u8]>) -> impl Iterator<Item = i32> {
    let bits = bits.unwrap_or_default();
    (0..bits.len() * 8).filter(|at| bits[at / 8] & 1 << (at % 8) != 0).map(|at| at as i32)
}
