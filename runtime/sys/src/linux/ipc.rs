//! Shared memory, semaphores and queues of messages, as System V has them.

use alloc::vec::Vec;
use core::ptr;

use super::{call, check, wait};
use crate::Errno;

/// Removes what the number names.
pub const IPC_RMID: i32 = 0;
/// Sets owner and mode.
pub const IPC_SET: i32 = 1;
/// Gives the kernel's record.
pub const IPC_STAT: i32 = 2;

/// More than any record that these calls give or take.
const RECORD: usize = 256;
/// Attach to read only.
const SHM_RDONLY: i32 = 0o10000;
/// Where the size of a segment is in its record.
const SEGMENT_SIZE_AT: usize = 48;
/// Where the count of a set of semaphores is in its record.
const SEMAPHORES_AT: usize = if cfg!(target_arch = "x86_64") { 80 } else { 64 };

/// Which of the three an operation is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ipc {
    /// Segments of shared memory.
    Memory,
    /// Queues of messages.
    Messages,
    /// Sets of semaphores, and which of them.
    Semaphores(i32),
}

/// The number of the segment of a key.
pub fn shmget(key: i32, size: usize, flags: i32) -> Result<i32, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SHMGET, key, size, flags) }).map(|id| id as i32)
}

/// The number of the set of semaphores of a key.
pub fn semget(key: i32, count: i32, flags: i32) -> Result<i32, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(SEMGET, key, count, flags) }).map(|id| id as i32)
}

/// The number of the queue of a key.
pub fn msgget(key: i32, flags: i32) -> Result<i32, Errno> {
    // SAFETY: no pointers.
    check(unsafe { call!(MSGGET, key, flags) }).map(|id| id as i32)
}

/// Bytes of a segment. `EFAULT` where it is not as long.
pub fn shm_read(id: i32, offset: usize, count: usize) -> Result<Vec<u8>, Errno> {
    with_segment(id, SHM_RDONLY, offset, count, |place| {
        let mut out = alloc::vec![0; count];
        // SAFETY: `place` has `count` bytes, and `out` as many. Another process may change them meanwhile,
        // which the copy may show either way.
        unsafe { ptr::copy_nonoverlapping(place, out.as_mut_ptr(), count) };
        out
    })
}

/// Writes `count` bytes of a segment: the text, and zeros behind it. `EFAULT` where it is not as long.
pub fn shm_write(id: i32, offset: usize, count: usize, bytes: &[u8]) -> Result<(), Errno> {
    let written = bytes.len().min(count);
    with_segment(id, 0, offset, count, |place| {
        // SAFETY: `place` has `count` bytes, `bytes` at least `written`, which is not more.
        unsafe {
            ptr::copy_nonoverlapping(bytes.as_ptr(), place, written);
            ptr::write_bytes(place.add(written), 0, count - written);
        }
    })
}

fn with_segment<T>(
    id: i32,
    flags: i32,
    offset: usize,
    count: usize,
    job: impl FnOnce(*mut u8) -> T,
) -> Result<T, Errno> {
    let record = record_of(Ipc::Memory, id)?;
    let size = usize::from_ne_bytes(part(&record, SEGMENT_SIZE_AT));
    if offset.checked_add(count).is_none_or(|end| end > size) {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the kernel chooses the address; nothing of ours is there.
    let address = check(unsafe { call!(SHMAT, id, 0, flags) })?;
    let place = ptr::with_exposed_provenance_mut::<u8>(address).wrapping_add(offset);
    let result = job(place);
    // SAFETY: `job` has ended, and nobody else knows the address.
    check(unsafe { call!(SHMDT, address) })?;
    Ok(result)
}

/// The kernel's record of a number.
fn record_of(kind: Ipc, id: i32) -> Result<Vec<u8>, Errno> {
    let mut record = alloc::vec![0; RECORD];
    control(kind, id, IPC_STAT, record.as_mut_ptr() as usize)?;
    Ok(record)
}

fn part(record: &[u8], at: usize) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&record[at..at + 8]);
    out
}

fn control(kind: Ipc, id: i32, command: i32, argument: usize) -> Result<i32, Errno> {
    // SAFETY: who calls gives a record of `RECORD` bytes, a list as long as the set, or a number.
    let answer = unsafe {
        match kind {
            Ipc::Memory => call!(SHMCTL, id, command, argument),
            Ipc::Messages => call!(MSGCTL, id, command, argument),
            Ipc::Semaphores(which) => call!(SEMCTL, id, which, command, argument),
        }
    };
    check(answer).map(|answer| answer as i32)
}

/// A command with a number, or with none.
pub fn ipc_command(kind: Ipc, id: i32, command: i32, number: i32) -> Result<i32, Errno> {
    if takes_record(kind, command) {
        return Err(Errno::EINVAL);
    }
    control(kind, id, command, number as usize)
}

/// Whether a command gives or takes more than a number.
#[must_use]
pub fn takes_record(kind: Ipc, command: i32) -> bool {
    match kind {
        // GETALL, SETALL, SEM_STAT, SEM_INFO, SEM_STAT_ANY.
        Ipc::Semaphores(_) => matches!(command, 1..=3 | 13 | 17..=20),
        Ipc::Memory => !matches!(command, IPC_RMID | 11 | 12),
        Ipc::Messages => command != IPC_RMID,
    }
}

/// A command with a record: what the kernel answers, and the record as it is then. What was given is
/// filled up, or cut, to what the command needs.
pub fn ipc_record(kind: Ipc, id: i32, command: i32, given: &[u8]) -> Result<(i32, Vec<u8>), Errno> {
    let length = match (kind, command) {
        (Ipc::Semaphores(_), 13 | 17) => {
            2 * u64::from_ne_bytes(part(&record_of(kind, id)?, SEMAPHORES_AT)) as usize
        }
        _ => RECORD,
    };
    let mut record = given[..given.len().min(length)].to_vec();
    record.resize(length, 0);
    let answer = control(kind, id, command, record.as_mut_ptr() as usize)?;
    Ok((answer, record))
}

/// Does operations of a set, all or none: for each the number of the semaphore, what is added to it, and
/// flags, two bytes each.
pub fn semop(id: i32, operations: &[u8]) -> Result<(), Errno> {
    let count = operations.len() / 6;
    if count == 0 || !operations.len().is_multiple_of(6) {
        return Err(Errno::EINVAL);
    }
    // The kernel reads halves of words.
    let halves: Vec<u16> =
        operations.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
    // SAFETY: `halves` has three for each of `count` operations.
    unsafe { wait!(SEMOP, id, halves.as_ptr(), count) }.map(drop)
}

/// Sends a message: its kind, above zero, in the first eight bytes, and its text.
pub fn msgsnd(id: i32, message: &[u8], flags: i32) -> Result<(), Errno> {
    if message.len() < 8 {
        return Err(Errno::EINVAL);
    }
    let words = words_of(message);
    // SAFETY: `words` has the bytes of the message, its kind before the text, whose length is given.
    unsafe { wait!(MSGSND, id, words.as_ptr(), message.len() - 8, flags) }.map(drop)
}

/// Takes a message of at most so many bytes, of a kind (0 is any): its kind and its text.
pub fn msgrcv(id: i32, count: usize, kind: i64, flags: i32) -> Result<Vec<u8>, Errno> {
    let mut words = alloc::vec![0_u64; 1 + count.div_ceil(8)];
    // SAFETY: `words` has a word for the kind, and room for `count` bytes behind it.
    let length = unsafe { wait!(MSGRCV, id, words.as_mut_ptr(), count, kind, flags) }?;
    let mut out: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    out.truncate(8 + length);
    Ok(out)
}

/// Bytes in words, which begin where a word may.
fn words_of(bytes: &[u8]) -> Vec<u64> {
    bytes
        .chunks(8)
        .map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_ne_bytes(word)
        })
        .collect()
}
