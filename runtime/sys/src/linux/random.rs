//! Random bytes of the kernel.

use super::{call, retry};
use crate::Errno;

/// Fills `buffer` with random bytes fit for keys; may wait early at boot.
pub fn random(buffer: &mut [u8]) -> Result<(), Errno> {
    let mut done = 0;
    while done < buffer.len() {
        let rest = &mut buffer[done..];
        let (start, length) = (rest.as_mut_ptr(), rest.len());
        // SAFETY: the kernel writes inside the rest of the buffer.
        done += retry(|| unsafe { call!(GETRANDOM, start, length, 0) })?;
    }
    Ok(())
}
