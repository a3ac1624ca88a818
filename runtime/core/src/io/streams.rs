//! The three handles a program starts with.

use s_sys::{Errno, Fd};

use super::{Access, Buffering, Handle};

/// `STDIN`, `STDOUT` and `STDERR`. Their descriptors stay open when the handles go.
#[derive(Debug)]
pub struct Streams {
    /// Standard input.
    pub stdin: Handle,
    /// Standard output: buffered, by lines if it is a terminal.
    pub stdout: Handle,
    /// Standard error: not buffered.
    pub stderr: Handle,
}

impl Streams {
    /// The handles over descriptors 0, 1 and 2.
    pub fn new() -> Streams {
        let mut stderr = Handle::borrowed(Fd::STDERR, Access::Write);
        stderr.set_buffering(Buffering::None);
        Streams {
            stdin: Handle::borrowed(Fd::STDIN, Access::Read),
            stdout: Handle::borrowed(Fd::STDOUT, Access::Write),
            stderr,
        }
    }

    /// Writes out what is buffered: at exit, and before another process starts. Both are tried;
    /// the first error is told.
    pub fn flush(&mut self) -> Result<(), Errno> {
        let flushed = self.stdout.flush();
        flushed.and(self.stderr.flush())
    }

    /// Reads a line of standard input; what stands on a terminal's line before, like a question,
    /// is written out first. As [`Handle::read_line`].
    pub fn read_line(
        &mut self,
        separator: super::Separator<'_>,
        line: &mut alloc::vec::Vec<u8>,
    ) -> Result<bool, Errno> {
        if self.stdout.buffering() == Buffering::Line {
            self.stdout.flush()?;
        }
        self.stdin.read_line(separator, line)
    }
}

impl Default for Streams {
    fn default() -> Self {
        Streams::new()
    }
}
