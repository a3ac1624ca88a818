//! Shared memory, semaphores and queues of messages, as Perl has them.
//!
//! What gives something to a variable is called as reading is (`crate::output::read_slot`); it comes here.

use alloc::vec::Vec;

use s_abi::layout::Val;
use s_sys::{Errno, Ipc};

use super::arg;
use crate::exception::Thrown;
use crate::string::string;
use crate::value::{UNDEF, ValExt, int};
use crate::vm::Vm;

/// Most bytes that one message or one piece of memory is asked for.
const BYTES_MAX: i64 = 1 << 30;

// The builtins of this file.
functions![
    ("shmget", |vm, a, _| {
        let (key, size, flags) = (small(vm, a, 0)?, vm.integer(arg(a, 1))?, small(vm, a, 2)?);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(number(vm, s_sys::shmget(key, size, flags)))
    }),
    ("semget", |vm, a, _| {
        let (key, count, flags) = (small(vm, a, 0)?, small(vm, a, 1)?, small(vm, a, 2)?);
        Ok(number(vm, s_sys::semget(key, count, flags)))
    }),
    ("msgget", |vm, a, _| {
        let (key, flags) = (small(vm, a, 0)?, small(vm, a, 1)?);
        Ok(number(vm, s_sys::msgget(key, flags)))
    }),
    ("shmwrite", |vm, a, _| {
        let (id, text) = (small(vm, a, 0)?, vm.text(arg(a, 1))?);
        let (offset, count) = (vm.integer(arg(a, 2))?, vm.integer(arg(a, 3))?);
        let (Ok(offset), Ok(count)) = (usize::try_from(offset), usize::try_from(count)) else {
            vm.set_errno(Errno::EFAULT);
            return Ok(vm.boolean(false));
        };
        let done = s_sys::shm_write(id, offset, count, &text);
        Ok(truth(vm, done))
    }),
    ("semop", |vm, a, _| {
        let (id, operations) = (small(vm, a, 0)?, vm.text(arg(a, 1))?);
        let done = vm.uninterrupted(|_| s_sys::semop(id, &operations))?;
        Ok(truth(vm, done))
    }),
    ("msgsnd", |vm, a, _| {
        let (id, message, flags) = (small(vm, a, 0)?, vm.text(arg(a, 1))?, small(vm, a, 2)?);
        let done = vm.uninterrupted(|_| s_sys::msgsnd(id, &message, flags))?;
        Ok(truth(vm, done))
    }),
    ("shmctl", |vm, a, _| {
        let (id, number) = (small(vm, a, 0)?, small(vm, a, 1)?);
        command(vm, Ipc::Memory, id, number, arg(a, 2))
    }),
    ("msgctl", |vm, a, _| {
        let (id, number) = (small(vm, a, 0)?, small(vm, a, 1)?);
        command(vm, Ipc::Messages, id, number, arg(a, 2))
    }),
    ("semctl", |vm, a, _| {
        let (id, which, number) = (small(vm, a, 0)?, small(vm, a, 1)?, small(vm, a, 2)?);
        command(vm, Ipc::Semaphores(which), id, number, arg(a, 3))
    }),
    ("shmread", |vm, _, _| Err(vm.die(b"shmread needs a variable"))),
    ("msgrcv", |vm, _, _| Err(vm.die(b"msgrcv needs a variable"))),
];

fn small(vm: &mut Vm, a: &[Val], at: usize) -> Result<i32, Thrown> {
    Ok(vm.integer(arg(a, at))? as i32)
}

/// A number, or nothing and the reason in `$!`.
fn number(vm: &mut Vm, result: Result<i32, Errno>) -> Val {
    match result {
        Ok(number) => int(i64::from(number)),
        Err(error) => {
            vm.set_errno(error);
            UNDEF
        }
    }
}

fn truth(vm: &mut Vm, result: Result<(), Errno>) -> Val {
    if let Err(error) = result {
        vm.set_errno(error);
        return vm.boolean(false);
    }
    int(1)
}

/// What a command answers: 0 is true.
fn answer(vm: &mut Vm, result: Result<i32, Errno>) -> Val {
    match result {
        Ok(0) => string(b"0 but true"),
        result => number(vm, result),
    }
}

fn command(vm: &mut Vm, kind: Ipc, id: i32, command: i32, argument: Val) -> Result<Val, Thrown> {
    let result = if s_sys::takes_record(kind, command) {
        let given = if argument.is_undef() { Vec::new() } else { vm.text(argument)?.to_vec() };
        s_sys::ipc_record(kind, id, command, &given).map(|done| done.0)
    } else {
        s_sys::ipc_command(kind, id, command, vm.integer(argument)? as i32)
    };
    Ok(answer(vm, result))
}

/// The same where the last operand is a variable: the result, and what the variable gets. `None`: `name` is
/// another builtin.
pub(crate) fn into(
    vm: &mut Vm,
    name: &str,
    a: &[Val],
    before: Val,
) -> Result<Option<(Val, Option<Val>)>, Thrown> {
    let (kind, at) = match name {
        "shmread" => {
            let id = small(vm, a, 0)?;
            let (offset, count) = (vm.integer(arg(a, 1))?, vm.integer(arg(a, 2))?.min(BYTES_MAX));
            let read = match (usize::try_from(offset), usize::try_from(count)) {
                (Ok(offset), Ok(count)) => s_sys::shm_read(id, offset, count),
                _ => Err(Errno::EFAULT),
            };
            return Ok(Some(match read {
                Ok(bytes) => (int(1), Some(string(&bytes))),
                Err(error) => (truth(vm, Err(error)), None),
            }));
        }
        "msgrcv" => {
            let (id, flags) = (small(vm, a, 0)?, small(vm, a, 3)?);
            let (count, kind) = (vm.integer(arg(a, 1))?.clamp(0, BYTES_MAX), vm.integer(arg(a, 2))?);
            let message = vm.uninterrupted(|_| s_sys::msgrcv(id, count as usize, kind, flags))?;
            return Ok(Some(match message {
                Ok(bytes) => {
                    let length = i32::try_from(bytes.len() - 8).unwrap_or(i32::MAX);
                    (answer(vm, Ok(length)), Some(string(&bytes)))
                }
                Err(error) => (number(vm, Err(error)), None),
            }));
        }
        "shmctl" => (Ipc::Memory, 1),
        "msgctl" => (Ipc::Messages, 1),
        "semctl" => (Ipc::Semaphores(small(vm, a, 1)?), 2),
        _ => return Ok(None),
    };
    let (id, number) = (small(vm, a, 0)?, small(vm, a, at)?);
    if !s_sys::takes_record(kind, number) {
        return Ok(Some((command(vm, kind, id, number, before)?, None)));
    }
    let given = if before.is_undef() { Vec::new() } else { vm.text(before)?.to_vec() };
    Ok(Some(match s_sys::ipc_record(kind, id, number, &given) {
        Ok((result, record)) => (answer(vm, Ok(result)), Some(string(&record))),
        Err(error) => (answer(vm, Err(error)), None),
    }))
}
