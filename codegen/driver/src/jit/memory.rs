//! Memory for code: written first, then executable and never written again.

/// Bytes that are asked of the system at a time.
const CHUNK: usize = 1 << 20;

/// Pages of the machine.
const PAGE: usize = 4096;

/// Code of one module.
#[derive(Default)]
pub(crate) struct Memory {
    at: usize,
    end: usize,
}

impl Memory {
    /// Copies code to fresh pages and makes them executable. Distances are filled in for the place where
    /// the code comes to lie.
    pub(crate) fn place(
        &mut self,
        mut bytes: Vec<u8>,
        relative: &[(usize, u64)],
        alignment: u64,
    ) -> Result<*const u8, String> {
        debug_assert!(alignment <= PAGE as u64);
        let size = bytes.len().next_multiple_of(PAGE);
        if self.end - self.at < size {
            let wanted = size.max(CHUNK);
            let protection = s_sys::PROT_READ | s_sys::PROT_WRITE;
            let base = s_sys::map_anonymous(wanted, protection, 0)
                .map_err(|error| format!("no memory for code: {}", error.message()))?;
            self.at = base as usize;
            self.end = self.at + wanted;
        }
        let start = self.at;
        for (offset, address) in relative {
            let from = (start + offset) as u64;
            let distance = i32::try_from(address.wrapping_sub(from).cast_signed())
                .map_err(|_| "code is too far from what it calls".to_owned())?;
            bytes[*offset..offset + 4].copy_from_slice(&distance.to_le_bytes());
        }
        // SAFETY: the pages were mapped above, are writable and used by nobody yet.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), start as *mut u8, bytes.len());
            s_sys::mprotect(start as *mut u8, size, s_sys::PROT_READ | s_sys::PROT_EXEC)
                .map_err(|error| format!("memory for code cannot be made executable: {}", error.message()))?;
        }
        self.at += size;
        Ok(start as *const u8)
    }
}
