//! A [`Ui`](crate::Ui) without a terminal, for tests.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// What was written to a captured [`Ui`](crate::Ui).
#[derive(Clone, Debug, Default)]
pub struct Captured {
    pub(crate) stdout: Buffer,
    pub(crate) stderr: Buffer,
}

impl Captured {
    /// Takes what was written to standard output since the last call.
    pub fn stdout(&self) -> String {
        self.stdout.take()
    }

    /// Takes what was written to standard error since the last call.
    pub fn stderr(&self) -> String {
        self.stderr.take()
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
