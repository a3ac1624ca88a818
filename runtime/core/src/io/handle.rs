//! The file handle: opening, buffered reading and writing, positions, closing.

use alloc::vec::Vec;

use memchr::memchr;
use s_sys::{
    Errno, Fd, O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, Pid, Redirection, SEEK_CUR,
    SEEK_END, SEEK_SET, Spawn, WaitStatus,
};

use super::command;
use super::mode::{Layers, Mode, OpenKind, parse_two_argument};

/// Bytes of the first read, enough for most files.
const INPUT_FIRST: usize = 8 * 1024;
/// Bytes of every read once a file has shown to be longer.
const INPUT: usize = 64 * 1024;
/// Bytes of the largest read.
const READ_MAX: usize = 1 << 30;
/// Room in which it is worth reading.
const READ_LEAST: usize = 64;
/// Bytes that are written together.
const OUTPUT: usize = 32 * 1024;
/// Permissions of a new file, before the umask.
const NEW_FILE: u32 = 0o666;

/// What a handle may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Writing at the end only.
    Append,
    /// Reading and writing.
    ReadWrite,
}

/// When what is written goes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Buffering {
    /// When the buffer is full.
    Full,
    /// After each new line, too.
    Line,
    /// At once.
    None,
}

/// What ends a line: the language's `$/`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Separator<'a> {
    /// Nothing: the rest of the file is one line (`undef`).
    Slurp,
    /// One empty line or more (`""`).
    Paragraph,
    /// A count of bytes (`\N`); zero is taken as one.
    Record(usize),
    /// These bytes; none of them is the same as [`Separator::Paragraph`].
    Bytes(&'a [u8]),
}

#[derive(Debug)]
enum Backing {
    Closed,
    Descriptor { fd: Fd, owned: bool },
    Memory { content: Vec<u8>, position: usize, append: bool },
}

/// A file handle. Going out of scope closes it, as [`Handle::close`] does, without the error.
#[derive(Debug)]
pub struct Handle {
    backing: Backing,
    readable: bool,
    writable: bool,
    child: Option<Pid>,
    /// How the child ended, once it was waited for.
    status: Option<WaitStatus>,
    /// Read ahead or pushed back: `start..end` is still to be read, before anything else.
    input: Vec<u8>,
    start: usize,
    end: usize,
    /// Written but not out yet. Never at the same time as input, except on what cannot seek.
    output: Vec<u8>,
    /// How long `output` may become without further thought: `OUTPUT` or, where there is
    /// something to think of, zero.
    fast_limit: usize,
    buffering: Buffering,
    autoflush: bool,
    /// First error of a write that was not told by a close yet.
    error: Option<Errno>,
    lines: u64,
    /// A line has been read since the handle was opened.
    line_read: bool,
    layers: Layers,
}

impl Handle {
    /// A handle that is not open.
    pub fn closed() -> Handle {
        Handle {
            backing: Backing::Closed,
            readable: false,
            writable: false,
            child: None,
            status: None,
            input: Vec::new(),
            start: 0,
            end: 0,
            output: Vec::new(),
            fast_limit: 0,
            buffering: Buffering::Full,
            autoflush: false,
            error: None,
            lines: 0,
            line_read: false,
            layers: Layers::default(),
        }
    }

    /// A handle over a descriptor, which it closes at its end.
    pub fn from_fd(fd: Fd, access: Access) -> Handle {
        Handle::over(fd, access, true)
    }

    /// A handle over a descriptor that stays open when the handle goes; [`Handle::close`] closes
    /// it all the same.
    pub fn borrowed(fd: Fd, access: Access) -> Handle {
        Handle::over(fd, access, false)
    }

    /// A handle over bytes in memory. [`Access::Write`] begins with none, [`Access::Append`]
    /// writes behind them, [`Access::ReadWrite`] begins at the first.
    pub fn memory(content: Vec<u8>, access: Access) -> Handle {
        let content = if access == Access::Write { Vec::new() } else { content };
        let append = access == Access::Append;
        Handle::new(Backing::Memory { content, position: 0, append }, access)
    }

    /// Opens with three arguments: `name` is a path, a command for a pipe, or for a duplicate a
    /// descriptor number or the name of a handle, for which `handle` is asked. The caller has
    /// flushed a handle that is duplicated.
    pub fn open(
        mode: &Mode,
        name: &[u8],
        handle: &mut dyn FnMut(&[u8]) -> Option<Fd>,
    ) -> Result<Handle, Errno> {
        let open = |flags, access| Handle::sysopen_as(name, flags, NEW_FILE, access);
        let duplicate = |same: bool, access, handle: &mut dyn FnMut(&[u8]) -> Option<Fd>| {
            let fd = match core::str::from_utf8(name).ok().and_then(|text| text.parse().ok()) {
                Some(number) => Fd(number),
                None => handle(name).ok_or(Errno::EBADF)?,
            };
            if same {
                s_sys::close_on_exec(fd)?;
                return Ok(Handle::borrowed(fd, access));
            }
            Ok(Handle::from_fd(s_sys::dup(fd)?, access))
        };
        let mut opened = match mode.kind {
            OpenKind::Read => open(O_RDONLY, Access::Read),
            OpenKind::Write => open(O_WRONLY | O_CREAT | O_TRUNC, Access::Write),
            OpenKind::Append => open(O_WRONLY | O_CREAT | O_APPEND, Access::Append),
            OpenKind::Update => open(O_RDWR, Access::ReadWrite),
            OpenKind::UpdateTruncate => open(O_RDWR | O_CREAT | O_TRUNC, Access::ReadWrite),
            OpenKind::UpdateAppend => {
                let mut opened = open(O_RDWR | O_CREAT | O_APPEND, Access::ReadWrite)?;
                // A pipe has no end to go to, and needs none.
                opened.seek(0, SEEK_END).unwrap_or_default();
                Ok(opened)
            }
            OpenKind::PipeFrom | OpenKind::PipeTo => {
                let reads = mode.kind == OpenKind::PipeFrom;
                command::with_words(name, |words| Handle::pipe(words, reads))
            }
            OpenKind::DupRead { same } => duplicate(same, Access::Read, handle),
            OpenKind::DupWrite { same } => duplicate(same, Access::Write, handle),
            OpenKind::DupUpdate { same } => duplicate(same, Access::ReadWrite, handle),
            OpenKind::Stdin => Ok(Handle::borrowed(Fd::STDIN, Access::Read)),
            OpenKind::Stdout => Ok(Handle::borrowed(Fd::STDOUT, Access::Write)),
        }?;
        opened.layers = mode.layers.clone();
        Ok(opened)
    }

    /// Opens with two arguments, mode and name in one.
    pub fn open_two_argument(
        text: &[u8],
        handle: &mut dyn FnMut(&[u8]) -> Option<Fd>,
    ) -> Result<Handle, Errno> {
        let (mode, name) = parse_two_argument(text);
        if name.is_empty() {
            return Err(Errno::ENOENT);
        }
        Handle::open(&mode, &name, handle)
    }

    /// Opens a pipe from (`reads`) or to a command given as a list, which no shell sees.
    pub fn pipe(arguments: &[&[u8]], reads: bool) -> Result<Handle, Errno> {
        let (read_end, write_end) = s_sys::pipe()?;
        let (ours, theirs, target, access) = if reads {
            (read_end, write_end, Fd::STDOUT, Access::Read)
        } else {
            (write_end, read_end, Fd::STDIN, Access::Write)
        };
        let redirections = [Redirection { source: theirs, target }];
        let started = s_sys::spawn(&Spawn { redirections: &redirections, ..Spawn::new(arguments) });
        // Only read from or handed on: closing has nothing to lose.
        s_sys::close(theirs).unwrap_or_default();
        match started {
            Ok(pid) => {
                let mut handle = Handle::from_fd(ours, access);
                handle.child = Some(pid);
                Ok(handle)
            }
            Err(error) => {
                s_sys::close(ours).unwrap_or_default();
                Err(error)
            }
        }
    }

    /// One end of a pipe to a child, which closing waits for.
    pub fn of_child(fd: Fd, reads: bool, child: Pid) -> Handle {
        let mut handle = Handle::from_fd(fd, if reads { Access::Read } else { Access::Write });
        handle.child = Some(child);
        handle
    }

    /// Opens with the flags of the system (`sysopen`).
    pub fn sysopen(path: &[u8], flags: i32, permissions: u32) -> Result<Handle, Errno> {
        let access = match flags & 3 {
            O_RDONLY => Access::Read,
            O_WRONLY => Access::Write,
            _ => Access::ReadWrite,
        };
        Handle::sysopen_as(path, flags, permissions, access)
    }

    /// Opens a new file without a name, to write and read (`open` with `undef` for the path).
    pub fn temporary() -> Result<Handle, Errno> {
        let directory = s_sys::environment_get(b"TMPDIR").filter(|path| !path.is_empty());
        let mut path = directory.unwrap_or_else(|| b"/tmp".to_vec());
        path.extend_from_slice(b"/PerlIO_");
        let length = path.len();
        for _ in 0..100 {
            let mut bytes = [0_u8; 12];
            s_sys::random(&mut bytes)?;
            path.truncate(length);
            path.extend(bytes.iter().map(|byte| b'a' + byte % 26));
            match s_sys::open(&path, O_RDWR | O_CREAT | O_EXCL, 0o600) {
                Ok(fd) => {
                    let handle = Handle::from_fd(fd, Access::ReadWrite);
                    s_sys::unlink(&path)?;
                    return Ok(handle);
                }
                Err(Errno::EEXIST) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Errno::EEXIST)
    }

    /// Whether the handle is open.
    pub fn is_open(&self) -> bool {
        !matches!(self.backing, Backing::Closed)
    }

    /// Whether it may be read.
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// Whether it may be written.
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// The descriptor's number; -1 for a handle in memory, `EBADF` for a closed one.
    pub fn fileno(&self) -> Result<i32, Errno> {
        match &self.backing {
            Backing::Closed => Err(Errno::EBADF),
            Backing::Descriptor { fd, .. } => Ok(fd.0),
            Backing::Memory { .. } => Ok(-1),
        }
    }

    /// The process at the other end of a pipe.
    pub fn child(&self) -> Option<Pid> {
        self.child
    }

    /// How the child of a pipe ended, after [`Handle::close`] even if that gave an error.
    pub fn child_status(&self) -> Option<WaitStatus> {
        self.status
    }

    /// Where the next byte goes that is written to a text of that length instead of the handle's own bytes.
    pub fn place_to_write(&self, length: usize) -> usize {
        match &self.backing {
            Backing::Memory { position, append: false, .. } => *position,
            _ => length,
        }
    }

    /// The bytes of a handle in memory.
    pub fn memory_content(&self) -> Option<&[u8]> {
        match &self.backing {
            Backing::Memory { content, .. } => Some(content),
            _ => None,
        }
    }

    /// Takes the bytes out of a handle in memory, which then has none and stays open.
    pub fn take_memory(&mut self) -> Option<Vec<u8>> {
        match &mut self.backing {
            Backing::Memory { content, position, .. } => {
                *position = 0;
                Some(core::mem::take(content))
            }
            _ => None,
        }
    }

    /// Lines read since the handle was opened: the language's `$.`.
    pub fn line_number(&self) -> u64 {
        self.lines
    }

    /// Sets what [`Handle::line_number`] goes on from.
    pub fn set_line_number(&mut self, lines: u64) {
        self.lines = lines;
    }

    /// Moves a descriptor of the handle's own to a number, closing what that was.
    pub fn renumber(&mut self, number: Fd) -> Result<(), Errno> {
        match &mut self.backing {
            Backing::Descriptor { fd, owned: true } if *fd != number => {
                let before = *fd;
                *fd = s_sys::dup2(before, number)?;
                s_sys::close(before)
            }
            _ => Ok(()),
        }
    }

    /// Whether every write goes out at once: the language's `$|`.
    pub fn autoflush(&self) -> bool {
        self.autoflush
    }

    /// Sets whether every write goes out at once; what is buffered goes out first.
    pub fn set_autoflush(&mut self, on: bool) -> Result<(), Errno> {
        self.autoflush = on;
        self.fast_limit = 0;
        if on && self.is_open() { self.flush() } else { Ok(()) }
    }

    /// When what is written goes out.
    pub fn buffering(&self) -> Buffering {
        self.buffering
    }

    /// Sets when what is written goes out, from the next write on.
    pub fn set_buffering(&mut self, buffering: Buffering) {
        self.buffering = buffering;
        self.fast_limit = 0;
    }

    /// The layers the handle was opened with.
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    /// Changes the layers (`binmode`), without any to raw bytes; `EINVAL` for unknown ones.
    pub fn binmode(&mut self, layers: Option<&[u8]>) -> Result<(), Errno> {
        if !self.is_open() {
            return Err(Errno::EBADF);
        }
        self.flush()?;
        if self.layers.apply(layers.unwrap_or(b":raw")) { Ok(()) } else { Err(Errno::EINVAL) }
    }

    /// Appends the next line, its separator included, to `line`; `false` at the end of the file,
    /// where nothing is appended. Reading the rest of a file that has nothing gives one empty
    /// line, once.
    ///
    /// `EINTR` if a caught signal waits: after its handler, the same call with the same `line`
    /// goes on where this one stopped.
    pub fn read_line(&mut self, separator: Separator<'_>, line: &mut Vec<u8>) -> Result<bool, Errno> {
        let found = self.next_line(separator, line)?;
        if !found && (self.line_read || separator != Separator::Slurp) {
            return Ok(false);
        }
        self.lines += 1;
        self.line_read = true;
        Ok(true)
    }

    /// Appends up to `count` bytes to `out` and says how many; fewer only at the end of the file.
    /// After an error, `EINTR` among them, what came before it has been appended.
    pub fn read(&mut self, count: usize, out: &mut Vec<u8>) -> Result<usize, Errno> {
        self.begin_read()?;
        let mut left = count;
        while left > 0 {
            // Much goes past the buffer.
            if left >= INPUT
                && self.start == self.end
                && let Backing::Descriptor { fd, .. } = self.backing
            {
                // Not all at once: the count may be far more than the file has.
                let got = s_sys::read_append(fd, out, left.min(1 << 20))?;
                if got == 0 {
                    break;
                }
                left -= got;
                continue;
            }
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                break;
            }
            let take = chunk.len().min(left);
            append(out, &chunk[..take])?;
            self.consume(take);
            left -= take;
        }
        Ok(count - left)
    }

    /// The next byte; `None` at the end of the file.
    pub fn getc(&mut self) -> Result<Option<u8>, Errno> {
        self.begin_read()?;
        let byte = self.chunk()?.first().copied();
        if byte.is_some() {
            self.consume(1);
        }
        Ok(byte)
    }

    /// Puts bytes back, to be read next.
    pub fn unread(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.begin_read()?;
        if bytes.len() <= self.start {
            self.start -= bytes.len();
        } else {
            let mut input = Vec::new();
            append(&mut input, bytes)?;
            append(&mut input, &self.input[self.start..self.end])?;
            self.start = 0;
            self.end = input.len();
            self.input = input;
        }
        self.input[self.start..self.start + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    /// Whether nothing is left to read; also of a handle that cannot be read. May wait for input.
    pub fn eof(&mut self) -> Result<bool, Errno> {
        match self.begin_read() {
            Ok(()) => Ok(self.chunk()?.is_empty()),
            Err(Errno::EBADF) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Writes bytes, through the buffer. An error is told here or, if the bytes are still
    /// buffered, by the call that writes them out and once more by [`Handle::close`].
    #[inline]
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        if self.output.len() + bytes.len() <= self.fast_limit {
            self.output.extend_from_slice(bytes);
            return Ok(());
        }
        self.write_slow(bytes)
    }

    /// Writes out what is buffered.
    pub fn flush(&mut self) -> Result<(), Errno> {
        if self.output.is_empty() {
            return Ok(());
        }
        let Backing::Descriptor { fd, .. } = self.backing else { return Err(Errno::EBADF) };
        let result = s_sys::write_all(fd, &self.output);
        self.output.clear();
        result.map_err(|error| self.failed(error))
    }

    /// Goes to a place: from the start, the position or the end by `whence` (`SEEK_SET` and the
    /// others).
    pub fn seek(&mut self, offset: i64, whence: i32) -> Result<(), Errno> {
        self.flush()?;
        let pending = (self.end - self.start) as i64;
        match &mut self.backing {
            Backing::Closed => return Err(Errno::EBADF),
            Backing::Descriptor { fd, .. } => {
                let offset = if whence == SEEK_CUR { offset.saturating_sub(pending) } else { offset };
                s_sys::lseek(*fd, offset, whence)?;
            }
            Backing::Memory { content, position, .. } => {
                let from = match whence {
                    SEEK_SET => 0,
                    SEEK_CUR => *position as i64 - pending,
                    SEEK_END => content.len() as i64,
                    _ => return Err(Errno::EINVAL),
                };
                let target = from.checked_add(offset).ok_or(Errno::EOVERFLOW)?;
                *position = usize::try_from(target).map_err(|_| Errno::EINVAL)?;
            }
        }
        self.start = 0;
        self.end = 0;
        Ok(())
    }

    /// The place the next byte is read from or written to; `ESPIPE` where there are no places.
    pub fn tell(&self) -> Result<i64, Errno> {
        let pending = (self.end - self.start) as i64;
        let place = match &self.backing {
            Backing::Closed => return Err(Errno::EBADF),
            Backing::Descriptor { fd, .. } => s_sys::lseek(*fd, 0, SEEK_CUR)?,
            Backing::Memory { position, .. } => *position as i64,
        };
        Ok(place - pending + self.output.len() as i64)
    }

    /// Cuts or extends the file; the position stays.
    pub fn truncate(&mut self, length: i64) -> Result<(), Errno> {
        self.flush()?;
        match &mut self.backing {
            Backing::Closed => Err(Errno::EBADF),
            Backing::Descriptor { fd, .. } => s_sys::ftruncate(*fd, length),
            Backing::Memory { content, .. } => {
                let length = usize::try_from(length).map_err(|_| Errno::EINVAL)?;
                grow(content, length)?;
                content.truncate(length);
                Ok(())
            }
        }
    }

    /// Appends what one read of the system gives, past the buffer (`sysread`); zero at the end.
    pub fn sysread(&mut self, count: usize, out: &mut Vec<u8>) -> Result<usize, Errno> {
        match self.backing {
            Backing::Descriptor { fd, .. } if self.readable => {
                s_sys::read_append(fd, out, count.min(READ_MAX))
            }
            Backing::Memory { .. } => self.read(count, out),
            _ => Err(Errno::EBADF),
        }
    }

    /// Hands bytes to one write of the system, past the buffer (`syswrite`); says how many it
    /// took.
    pub fn syswrite(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        match self.backing {
            Backing::Descriptor { fd, .. } if self.writable => s_sys::write(fd, bytes),
            Backing::Memory { .. } => self.write(bytes).map(|()| bytes.len()),
            _ => Err(Errno::EBADF),
        }
    }

    /// Moves the system's position past the buffer (`sysseek`) and gives it.
    pub fn sysseek(&mut self, offset: i64, whence: i32) -> Result<i64, Errno> {
        match self.backing {
            Backing::Descriptor { fd, .. } => s_sys::lseek(fd, offset, whence),
            Backing::Memory { .. } => {
                self.seek(offset, whence)?;
                self.tell()
            }
            Backing::Closed => Err(Errno::EBADF),
        }
    }

    /// Closes the handle; for a pipe waits for the child and gives how it ended. The error is
    /// that of the last bytes, of any earlier write, or of closing; the handle is closed all the
    /// same, and the line number is zero again.
    pub fn close(&mut self) -> Result<Option<WaitStatus>, Errno> {
        let flushed = if self.is_open() { self.flush() } else { Err(Errno::EBADF) };
        let flushed = self.error.take().map_or(flushed, Err);
        let old = core::mem::replace(self, Handle::closed());
        let (backing, child) = old.into_parts();
        let closed = match backing {
            Backing::Descriptor { fd, .. } => s_sys::close(fd),
            _ => Ok(()),
        };
        let waited = child.map(s_sys::wait_for_end).transpose();
        self.status = waited.unwrap_or_default();
        flushed.and(closed).and(waited)
    }

    fn over(fd: Fd, access: Access, owned: bool) -> Handle {
        let mut handle = Handle::new(Backing::Descriptor { fd, owned }, access);
        if handle.writable && s_sys::isatty(fd) {
            handle.buffering = Buffering::Line;
        }
        handle
    }

    fn new(backing: Backing, access: Access) -> Handle {
        let mut handle = Handle::closed();
        handle.backing = backing;
        handle.readable = matches!(access, Access::Read | Access::ReadWrite);
        handle.writable = access != Access::Read;
        handle
    }

    fn sysopen_as(path: &[u8], flags: i32, permissions: u32, access: Access) -> Result<Handle, Errno> {
        let fd = s_sys::open(path, flags, permissions)?;
        if access == Access::Append {
            // So that `tell` says where the bytes go; what cannot seek has no such place.
            s_sys::lseek(fd, 0, SEEK_END).unwrap_or_default();
        }
        Ok(Handle::from_fd(fd, access))
    }

    /// Takes the handle apart without closing it.
    fn into_parts(mut self) -> (Backing, Option<Pid>) {
        (core::mem::replace(&mut self.backing, Backing::Closed), self.child.take())
    }

    /// What every reading begins with: the right to, and what was written out of the way.
    fn begin_read(&mut self) -> Result<(), Errno> {
        if !self.readable {
            return Err(Errno::EBADF);
        }
        self.fast_limit = 0;
        self.flush()
    }

    /// The bytes to be read next, at least one except at the end of the file.
    #[inline]
    fn chunk(&mut self) -> Result<&[u8], Errno> {
        if self.start == self.end {
            match self.backing {
                Backing::Closed => return Err(Errno::EBADF),
                Backing::Descriptor { fd, .. } => self.fill(fd)?,
                Backing::Memory { .. } => {}
            }
            if let Backing::Memory { content, position, .. } = &self.backing {
                return Ok(content.get(*position..).unwrap_or_default());
            }
        }
        Ok(&self.input[self.start..self.end])
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        if self.start < self.end {
            self.start = (self.start + count).min(self.end);
        } else if let Backing::Memory { position, .. } = &mut self.backing {
            *position += count;
        }
    }

    fn fill(&mut self, fd: Fd) -> Result<(), Errno> {
        let size = if self.end == INPUT_FIRST || self.input.len() >= INPUT { INPUT } else { INPUT_FIRST };
        self.start = 0;
        self.end = 0;
        grow(&mut self.input, size)?;
        self.end = s_sys::read(fd, &mut self.input)?.min(self.input.len());
        Ok(())
    }

    fn next_line(&mut self, separator: Separator<'_>, line: &mut Vec<u8>) -> Result<bool, Errno> {
        self.begin_read()?;
        let before = line.len();
        match separator {
            Separator::Slurp => self.read_rest(line)?,
            Separator::Bytes([]) | Separator::Paragraph => self.read_paragraph(line)?,
            Separator::Record(size) => {
                self.read(size.max(1), line)?;
            }
            Separator::Bytes(bytes) => self.read_until(bytes, line)?,
        }
        Ok(line.len() > before)
    }

    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.handle.read_until"))]
    fn read_until(&mut self, separator: &[u8], line: &mut Vec<u8>) -> Result<(), Errno> {
        let Some(last) = separator.last() else { return Ok(()) };
        let before = line.len();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(());
            }
            let (length, candidate) = match memchr(*last, chunk) {
                Some(at) => (at + 1, true),
                None => (chunk.len(), false),
            };
            append(line, &chunk[..length])?;
            self.consume(length);
            if candidate && (separator.len() == 1 || line[before..].ends_with(separator)) {
                return Ok(());
            }
        }
    }

    fn read_paragraph(&mut self, line: &mut Vec<u8>) -> Result<(), Errno> {
        let before = line.len();
        self.skip_newlines()?;
        loop {
            self.read_until(b"\n", line)?;
            if line[before..].ends_with(b"\n\n") {
                return self.skip_newlines();
            }
            if self.chunk()?.is_empty() {
                return Ok(());
            }
        }
    }

    fn skip_newlines(&mut self) -> Result<(), Errno> {
        loop {
            let chunk = self.chunk()?;
            let count = chunk.iter().take_while(|byte| **byte == b'\n').count();
            let done = count < chunk.len() || count == 0;
            self.consume(count);
            if done {
                return Ok(());
            }
        }
    }

    fn read_rest(&mut self, out: &mut Vec<u8>) -> Result<(), Errno> {
        while self.start < self.end {
            let chunk = self.chunk()?;
            let length = chunk.len();
            append(out, chunk)?;
            self.consume(length);
        }
        let Backing::Descriptor { fd, .. } = self.backing else {
            let chunk = self.chunk()?;
            let length = chunk.len();
            append(out, chunk)?;
            self.consume(length);
            return Ok(());
        };
        // A file says its size: one read for all, and a small one that finds the end.
        let size = s_sys::fstat(fd).map_or(0, |stat| stat.size);
        let expected = usize::try_from(size).unwrap_or(0).min(READ_MAX) + READ_LEAST;
        out.try_reserve(expected).map_err(|_| Errno::ENOMEM)?;
        loop {
            let spare = out.capacity() - out.len();
            let step = if spare >= READ_LEAST {
                spare.min(READ_MAX)
            } else {
                (out.len() / 2).clamp(INPUT_FIRST, READ_MAX)
            };
            if s_sys::read_append(fd, out, step)? == 0 {
                return Ok(());
            }
        }
    }

    #[cold]
    fn write_slow(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        if !self.writable {
            return Err(Errno::EBADF);
        }
        let pending = (self.end - self.start) as i64;
        let fd = match &mut self.backing {
            Backing::Closed => return Err(Errno::EBADF),
            Backing::Memory { content, position, append } => {
                if *append {
                    *position = content.len();
                } else if pending > 0 {
                    *position = position.saturating_sub(pending as usize);
                }
                self.start = 0;
                self.end = 0;
                let end = position.checked_add(bytes.len()).ok_or(Errno::ENOMEM)?;
                grow(content, end)?;
                content[*position..end].copy_from_slice(bytes);
                *position = end;
                return Ok(());
            }
            Backing::Descriptor { fd, .. } => *fd,
        };
        // What was read ahead is given back, unless this is a pipe or socket, where reading and
        // writing do not meet.
        if pending > 0 && s_sys::lseek(fd, -pending, SEEK_CUR).is_ok() {
            self.start = 0;
            self.end = 0;
        }
        let direct = self.autoflush || self.buffering == Buffering::None;
        if self.output.is_empty() && (direct || bytes.len() >= OUTPUT) {
            return s_sys::write_all(fd, bytes).map_err(|error| self.failed(error));
        }
        if self.output.len() + bytes.len() > OUTPUT {
            self.flush()?;
            if bytes.len() >= OUTPUT {
                return self.write_slow_large(fd, bytes);
            }
        }
        append(&mut self.output, bytes)?;
        if direct || (self.buffering == Buffering::Line && memchr(b'\n', bytes).is_some()) {
            return self.flush();
        }
        if self.buffering == Buffering::Full && self.start == self.end {
            self.fast_limit = OUTPUT;
        }
        Ok(())
    }

    fn write_slow_large(&mut self, fd: Fd, bytes: &[u8]) -> Result<(), Errno> {
        s_sys::write_all(fd, bytes).map_err(|error| self.failed(error))
    }

    /// Remembers the error of a write for the close.
    fn failed(&mut self, error: Errno) -> Errno {
        self.error.get_or_insert(error);
        error
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        match self.backing {
            Backing::Closed => {}
            // Nobody is left to be told of an error.
            Backing::Descriptor { owned: false, .. } if self.child.is_none() => {
                self.flush().unwrap_or_default();
            }
            _ => {
                self.close().map(drop).unwrap_or_default();
            }
        }
    }
}

/// Appends, with an error in place of an abort when memory is short.
#[inline]
fn append(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Errno> {
    out.try_reserve(bytes.len()).map_err(|_| Errno::ENOMEM)?;
    out.extend_from_slice(bytes);
    Ok(())
}

/// Extends with zeros to `length`, if shorter.
fn grow(bytes: &mut Vec<u8>, length: usize) -> Result<(), Errno> {
    if length > bytes.len() {
        bytes.try_reserve(length - bytes.len()).map_err(|_| Errno::ENOMEM)?;
        bytes.resize(length, 0);
    }
    Ok(())
}
