//! Handles of the program: which stream a value means, printing, reading lines, opening.
//!
//! A stream belongs to one glob or is shared by several (`*A = *B`); all open ones are known so
//! that everything is flushed at the end and before another process starts.

mod streams;

use alloc::vec::Vec;

use s_abi::layout::{Val, tag, want};
use s_sys::{Errno, Fd};

use crate::array;
use crate::builtin::{name_among, rows};
use crate::cell;
use crate::exception::Thrown;
use crate::io::{Access, Buffering, Directory, Handle, NoProgram, Separator, TestAnswer, TestTarget};
use crate::string::{string, string_of};
use crate::text::utf8;
use crate::value::{CellRef, GlobRef, Ptr, Slot, UNDEF, ValExt, bytes, counted, glob_name, int, num};
use crate::vm::Vm;

pub use streams::{Stream, close_dropped, install, share_handle, stream_of};
use streams::{drop_stream, install_stream};
pub(crate) use streams::{ensure_stream, put_stream, take_stream};

/// The streams of a machine.
#[derive(Debug)]
pub struct Output {
    streams: Vec<Ptr<Stream>>,
    /// What `print` without a handle writes to.
    pub(crate) selected: Option<GlobRef>,
    last_read: Option<GlobRef>,
    /// `$.` of the handle that was read last and has ended since.
    left_line: Option<u64>,
    argv: Option<GlobRef>,
    argv_started: bool,
    known_stat: Option<s_sys::Stat>,
    /// The variable that a handle is opened into, and those of handles without a name.
    opening: Vec<u8>,
    names: alloc::collections::BTreeMap<u64, Vec<u8>>,
    pub(crate) started: s_sys::Time,
    unflushed_error: bool,
}

impl Output {
    /// No streams.
    #[must_use]
    pub fn new() -> Self {
        Self {
            streams: Vec::new(),
            selected: None,
            last_read: None,
            left_line: None,
            argv: None,
            argv_started: false,
            known_stat: None,
            opening: Vec::new(),
            names: alloc::collections::BTreeMap::new(),
            started: s_sys::clock_realtime(),
            unflushed_error: false,
        }
    }
}

impl Output {
    /// What the last test or `stat` found: `_`.
    pub(crate) fn known_stat(&self) -> Option<s_sys::Stat> {
        self.known_stat
    }

    /// What `stat` found, which a test of `_` uses.
    pub(crate) fn remember_stat(&mut self, stat: &s_sys::Stat) {
        self.known_stat = Some(*stat);
    }
}

impl Default for Output {
    fn default() -> Self {
        Self::new()
    }
}

/// Opens STDIN, STDOUT and STDERR.
pub fn open_standard(vm: &mut Vm) {
    let streams = crate::io::Streams::new();
    install(vm, vm.known.stdin, streams.stdin);
    install(vm, vm.known.stdout, streams.stdout);
    install(vm, vm.known.stderr, streams.stderr);
    vm.output.selected = Some(vm.known.stdout);
}

/// A text with another written over it from a place on, behind its end with zeros between.
fn overwritten(text: &[u8], place: usize, more: &[u8]) -> Vec<u8> {
    let mut whole = text.to_vec();
    let end = place + more.len();
    whole.resize(end.max(whole.len()), 0);
    whole[place..end].copy_from_slice(more);
    whole
}

/// Writes out everything that is buffered.
pub fn flush_everything(vm: &mut Vm) {
    for stream in &vm.output.streams {
        let mut stream = *stream;
        if stream.handle.is_open() && stream.handle.flush().is_err() {
            vm.output.unflushed_error = true;
        }
    }
}

/// What has to be done before another process begins: it gets what was written, and the environment.
pub fn before_child(vm: &mut Vm) {
    flush_everything(vm);
    vm.pass_environment();
}

/// Writes to the standard error.
pub fn write_error(vm: &mut Vm, text: &[u8]) {
    if let Some(mut stream) = stream_of(vm.known.stderr) {
        let _ = stream.handle.write(text);
        let _ = stream.handle.flush();
    }
}

impl Vm {
    /// The name and line of the last read, for messages (`--compat`).
    #[must_use]
    pub fn last_read(&self) -> Option<(Vec<u8>, u64)> {
        if !self.compat {
            return None;
        }
        let glob = self.output.last_read?;
        let stream = stream_of(glob)?;
        let lines = stream.handle.line_number();
        if lines == 0 {
            return None;
        }
        let name = glob_name(glob);
        let name = name.strip_prefix(b"main::").unwrap_or(name);
        let known = self.output.names.get(&glob.address());
        Some((if name.is_empty() { known.map_or(b"$fh".to_vec(), Vec::clone) } else { name.to_vec() }, lines))
    }

    /// Lines read from the last handle, `$.`.
    #[must_use]
    pub fn line_number(&self) -> Option<u64> {
        match self.output.last_read {
            Some(glob) => stream_of(glob).map(|stream| stream.handle.line_number()),
            None => self.output.left_line,
        }
    }

    /// The handle that was read last: one of the files of `<>`, or the standard input before any.
    pub(crate) fn last_read_handle(&self) -> GlobRef {
        self.output.argv.or(self.output.last_read).unwrap_or(self.known.stdin)
    }

    /// Sets the number of lines read from the last handle.
    pub(crate) fn set_line_number(&mut self, lines: u64) {
        if let Some(mut stream) = self.output.last_read.and_then(stream_of) {
            stream.handle.set_line_number(lines);
        }
    }

    /// A handle ends, in default mode with its last use: the number of the line that was read last from it
    /// stays.
    pub(crate) fn leave_line(&mut self, glob: GlobRef) {
        if self.output.last_read == Some(glob) {
            self.output.left_line = if self.compat { None } else { self.line_number() };
            self.output.last_read = None;
        }
    }

    /// The glob a value means as a handle, if any.
    pub fn handle_glob(&mut self, value: Val) -> Option<GlobRef> {
        if let Some(glob) = crate::convert::as_glob(value) {
            return Some(glob);
        }
        if value.w0 == tag::SREF {
            let inner = cell::get(value.pointer());
            let glob = if inner.w0 == tag::SREF { None } else { self.handle_glob(inner) };
            self.release(inner);
            return glob;
        }
        if value.is_string() {
            let name = bytes(&value).to_vec();
            let package = self.running_package();
            let full = crate::glob::qualify(&name, &package);
            if let Some(glob) = self.existing_glob(&full)
                && !glob.handle.is_null()
            {
                return Some(glob);
            }
            let full = crate::glob::qualify(&name, b"main");
            return self.existing_glob(&full);
        }
        if let Some(table) = value.as_table() {
            // An object that keeps its handle.
            for name in [b"fh".as_slice(), b"handle", b"_fh"] {
                let inner = crate::hash::get_text(table, name);
                let glob = crate::convert::as_glob(inner);
                self.release(inner);
                if glob.is_some() {
                    return glob;
                }
            }
        }
        None
    }

    /// The open stream a value means.
    pub fn stream(&mut self, value: Val) -> Option<Ptr<Stream>> {
        self.handle_glob(value).and_then(stream_of)
    }

    /// Sets `$!`.
    pub fn set_errno(&mut self, error: Errno) {
        self.specials.errno = error.0;
    }

    /// Writes the string form of a value to a stream.
    fn write_value(&mut self, stream: &mut Ptr<Stream>, value: Val) -> Result<bool, Thrown> {
        if value.w0 & 0xff == tag::SSTR && !self.compat {
            return Ok(self.write_bytes(stream, bytes(&value)));
        }
        if value.is_int() {
            let mut buffer = [0; 20];
            return Ok(
                self.write_bytes(stream, crate::text::number::format_int_into(value.as_int(), &mut buffer))
            );
        }
        let text = self.text(value)?;
        if self.compat && !text.is_ascii() {
            let utf8_layer = stream.handle.layers().utf8;
            let mut other = Vec::new();
            if text.is_wide() && !utf8_layer {
                if !utf8::to_latin1(&text, &mut other) {
                    other.clear();
                    other.extend_from_slice(&text);
                }
                return Ok(self.write_bytes(stream, &other));
            }
            if !text.is_wide() && utf8_layer {
                utf8::from_latin1(&text, &mut other);
                return Ok(self.write_bytes(stream, &other));
            }
        }
        Ok(self.write_bytes(stream, &text))
    }

    fn write_bytes(&mut self, stream: &mut Ptr<Stream>, text: &[u8]) -> bool {
        if let Some(target) = stream.target {
            let mut target = target;
            let old = core::mem::replace(&mut target.value, UNDEF);
            let start = if old.is_string() {
                old
            } else {
                let start = self.str_of(old).unwrap_or(crate::value::EMPTY);
                self.release(old);
                start
            };
            let length = bytes(&start).len();
            let place = stream.handle.place_to_write(length);
            let written = if place == length {
                crate::string::append(start, text)
            } else {
                let whole = overwritten(bytes(&start), place, text);
                self.release(start);
                Some(string(&whole))
            };
            return match written {
                Some(longer) => {
                    target.value = longer;
                    let _ = stream.handle.seek((place + text.len()) as i64, s_sys::SEEK_SET);
                    true
                }
                None => {
                    self.set_errno(Errno::ENOMEM);
                    false
                }
            };
        }
        match stream.handle.write(text) {
            Ok(()) => true,
            Err(error) => {
                self.set_errno(error);
                false
            }
        }
    }

    /// The separator of lines, `$/`.
    fn separator(&mut self) -> (Vec<u8>, Option<usize>, bool) {
        let value = self.specials.input_separator;
        if value.is_undef() {
            return (Vec::new(), None, true);
        }
        if value.w0 == tag::SREF {
            let inner = cell::get(value.pointer());
            let size = self.index_of(inner);
            self.release(inner);
            return (Vec::new(), Some(size.max(1) as usize), false);
        }
        (self.text(value).map(|text| text.to_vec()).unwrap_or_default(), None, false)
    }

    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.output.read_from"))]
    fn read_from(&mut self, glob: GlobRef) -> Result<Option<Val>, Thrown> {
        if stream_of(glob).is_none() {
            self.set_errno(Errno::EBADF);
            return Ok(None);
        }
        let short = self.specials.input_separator;
        let plain = short.w0 & 0xff == tag::SSTR && short != crate::value::EMPTY;
        let (text, record, slurp) = if plain { (Vec::new(), None, false) } else { self.separator() };
        let separator = match (slurp, record) {
            _ if plain => Separator::Bytes(bytes(&short)),
            (true, _) => Separator::Slurp,
            (_, Some(size)) => Separator::Record(size),
            _ if text.is_empty() => Separator::Paragraph,
            _ => Separator::Bytes(&text),
        };
        if glob == self.known.stdin
            && let Some(mut out) = stream_of(self.known.stdout)
            && out.handle.buffering() == Buffering::Line
        {
            let _ = out.handle.flush();
        }
        self.output.last_read = Some(glob);
        let mut line = core::mem::take(&mut self.buffer);
        line.clear();
        let read = self.waiting_for(glob, |stream| {
            let found = stream.handle.read_line(separator, &mut line)?;
            Ok((found, stream.handle.layers().utf8))
        });
        let value = match read.inspect_err(|_| give_back(glob, &line))? {
            Ok((true, utf8)) => {
                let wide = self.compat && utf8 && !line.is_ascii();
                Some(string_of(&line, wide))
            }
            Ok((false, _)) => None,
            Err(error) => {
                self.set_errno(error);
                None
            }
        };
        self.keep_buffer(line);
        Ok(value)
    }

    /// A line of `<>`: of the files of `@ARGV`, or of the standard input.
    fn read_argv(&mut self) -> Result<Option<Val>, Thrown> {
        loop {
            if self.output.argv.is_none() {
                let mut arguments = Ptr(self.known.argv.array);
                if arguments.len == 0 {
                    if self.output.argv_started {
                        self.output.argv_started = false;
                        return Ok(None);
                    }
                    self.output.argv_started = true;
                    self.output.argv = Some(self.known.stdin);
                } else {
                    self.output.argv_started = true;
                    let name = array::shift(self, &mut arguments);
                    let path = self.text(name)?.to_vec();
                    let glob = self.known.argv;
                    cell::set(self, Ptr(glob.scalar), name);
                    if path == b"-" {
                        self.output.argv = Some(self.known.stdin);
                        continue;
                    }
                    let mode = crate::io::parse_mode(b"<");
                    let opened = match mode {
                        Some(mode) => Handle::open(&mode, &path, &mut |_| None),
                        None => Err(Errno::EINVAL),
                    };
                    match opened {
                        Ok(handle) => {
                            install(self, glob, handle);
                            self.output.argv = Some(glob);
                        }
                        Err(error) => {
                            self.set_errno(error);
                            let mut text = b"Can't open ".to_vec();
                            text.extend_from_slice(&path);
                            text.extend_from_slice(b": ");
                            text.extend_from_slice(error.message().as_bytes());
                            self.append_position(&mut text);
                            write_error(self, &text);
                            continue;
                        }
                    }
                }
            }
            let Some(glob) = self.output.argv else { return Ok(None) };
            if let Some(line) = self.read_from(glob)? {
                return Ok(Some(line));
            }
            self.output.argv = None;
            if glob == self.known.stdin || Ptr(self.known.argv.array).len == 0 {
                self.output.argv_started = false;
                return Ok(None);
            }
        }
    }

    #[cfg_attr(feature = "exports", unsafe(export_name = "hot.output.next_line"))]
    fn next_line(&mut self, handle: Val) -> Result<Option<Val>, Thrown> {
        if handle.is_undef() {
            return self.read_argv();
        }
        if let Some(glob) = self.handle_glob(handle) {
            if let Some(object) = self.tied_glob(glob) {
                let line = self.ask(object, b"READLINE", &[]);
                self.release(object);
                return line.map(|line| (!line.is_undef()).then_some(line));
            }
            if glob == self.known.argv && glob.handle.is_null() {
                return self.read_argv();
            }
            return self.read_from(glob);
        }
        if handle.class() != 0
            && let Some(result) = self.overloaded_deref(handle, b"<>")?
        {
            return Ok((!result.is_undef()).then_some(result));
        }
        self.set_errno(Errno::EBADF);
        Ok(None)
    }

    /// Where a list is printed to.
    fn printed_stream(&mut self, handle: Val) -> Option<Ptr<Stream>> {
        if handle.is_undef() {
            self.output.selected.and_then(stream_of)
        } else if handle.class() != 0 && handle.w0 == tag::CODE {
            None
        } else {
            self.stream(handle)
        }
    }

    /// Does what may run code of the program, which may close the stream that is written to.
    fn with_share<T>(
        &mut self,
        mut stream: Ptr<Stream>,
        job: impl FnOnce(&mut Vm, &mut Ptr<Stream>) -> T,
    ) -> T {
        stream.shared += 1;
        let mut written = stream;
        let result = job(self, &mut written);
        drop_stream(self, stream);
        result
    }

    /// A list that has no place to go: `$!` says so, and it is consumed.
    fn nowhere(&mut self, mark: i64) -> bool {
        self.set_errno(Errno::EBADF);
        self.drop_list(mark);
        false
    }
}

/// What was read of a line that nobody will get, to be read again.
#[cold]
fn give_back(glob: GlobRef, line: &[u8]) {
    if let Some(mut stream) = stream_of(glob) {
        let _ = stream.handle.unread(line);
    }
}

/// Bit of [`print`]: a newline at the end.
const NEWLINE: i64 = 1;

/// `print`, `say` to the selected handle: consumes the list.
pub fn print(vm: &mut Vm, mark: i64, bits: i64) -> Result<bool, Thrown> {
    if let Some(object) = vm.output.selected.and_then(|glob| vm.tied_glob(glob)) {
        return vm.print_tied(object, mark, bits & NEWLINE != 0);
    }
    let stream = vm.output.selected.and_then(stream_of);
    print_on(vm, stream, mark, bits)
}

/// The same to a handle, or undef for the selected one.
pub fn print_to(vm: &mut Vm, handle: Val, mark: i64, bits: i64) -> Result<bool, Thrown> {
    if handle.is_undef() {
        return print(vm, mark, bits);
    }
    if let Some(object) = vm.tied_handle(handle) {
        return vm.print_tied(object, mark, bits & NEWLINE != 0);
    }
    let stream = vm.printed_stream(handle);
    print_on(vm, stream, mark, bits)
}

fn print_on(vm: &mut Vm, stream: Option<Ptr<Stream>>, mark: i64, bits: i64) -> Result<bool, Thrown> {
    let Some(stream) = stream else { return Ok(vm.nowhere(mark)) };
    let good = vm.with_share(stream, |vm, stream| print_list(vm, stream, mark, bits))?;
    vm.drop_list(mark);
    Ok(good)
}

fn print_list(vm: &mut Vm, stream: &mut Ptr<Stream>, mark: i64, bits: i64) -> Result<bool, Thrown> {
    let list = vm.list(mark);
    let names = vm.take_names();
    let mut good = true;
    let separator = vm.specials.output_separator;
    for (at, &value) in list.iter().enumerate() {
        if at > 0 && !separator.is_undef() {
            good &= vm.write_value(stream, separator)?;
        }
        if value.is_undef() && !names.is_undef() {
            vm.check_one(names, at, value)?;
        }
        good &= vm.write_value(stream, value)?;
    }
    let ending = vm.specials.record_separator;
    if bits & NEWLINE != 0 {
        good &= vm.write_bytes(stream, b"\n");
    }
    if !ending.is_undef() && bits & NEWLINE == 0 {
        good &= vm.write_value(stream, ending)?;
    }
    Ok(good)
}

/// `printf`: consumes the list.
pub fn print_format(vm: &mut Vm, handle: Val, mark: i64) -> Result<bool, Thrown> {
    let tied = match vm.output.selected {
        Some(glob) if handle.is_undef() => vm.tied_glob(glob),
        _ => vm.tied_handle(handle),
    };
    if let Some(object) = tied {
        return vm.print_format_tied(object, mark);
    }
    let Some(stream) = vm.printed_stream(handle) else { return Ok(vm.nowhere(mark)) };
    let good = vm.with_share(stream, |vm, stream| {
        vm.check_operands(vm.list(mark))?;
        let text = crate::builtin::text::format(vm, vm.list(mark))?;
        let good = vm.write_value(stream, text);
        vm.release(text);
        good
    })?;
    vm.drop_list(mark);
    Ok(good)
}

/// `<HANDLE>` in scalar context.
pub fn read_line(vm: &mut Vm, handle: Val) -> Result<Val, Thrown> {
    Ok(vm.next_line(handle)?.unwrap_or(UNDEF))
}

/// `<HANDLE>` in list context.
pub fn read_lines(vm: &mut Vm, handle: Val) -> Result<(), Thrown> {
    if !handle.is_undef()
        && let Some(object) = vm.tied_handle(handle)
    {
        return vm.read_lines_tied(object);
    }
    while let Some(line) = vm.next_line(handle)? {
        vm.push(line)?;
    }
    Ok(())
}

/// A file test.
pub fn file_test(vm: &mut Vm, letter: i64, value: Val) -> Result<Val, Thrown> {
    if value.class() != 0
        && let Some(result) = vm.overloaded_file_test(letter as u8, value)?
    {
        return Ok(result);
    }
    let started = vm.output.started;
    let letter = letter as u8;
    let known = vm.output.known_stat;
    let result = if let Some(glob) = crate::convert::as_glob(value) {
        let is_topic = glob == vm.known.topic;
        match (is_topic, known, stream_of(glob).and_then(|stream| stream.handle.fileno().ok())) {
            (true, Some(stat), _) => crate::io::file_test(letter, TestTarget::Known(&stat), started),
            (_, _, Some(fd)) => crate::io::file_test(letter, TestTarget::Fd(Fd(fd)), started),
            _ => Err(Errno::EBADF),
        }
    } else {
        let path = vm.text(value)?;
        if letter == b't' {
            match vm.stream(value).and_then(|stream| stream.handle.fileno().ok()) {
                Some(fd) => crate::io::file_test(letter, TestTarget::Fd(Fd(fd)), started),
                None => Err(Errno::EBADF),
            }
        } else {
            crate::io::file_test(letter, TestTarget::Path(&path), started)
        }
    };
    Ok(match result {
        Ok((answer, stat)) => {
            if stat.is_some() {
                vm.output.known_stat = stat;
            }
            match answer {
                TestAnswer::Bool(holds) => vm.boolean(holds),
                TestAnswer::Size(size) => int(size),
                TestAnswer::Days(days) => num(days),
            }
        }
        Err(error) => {
            vm.set_errno(error);
            UNDEF
        }
    })
}

/// Notes the variable that the next handle is opened into, for messages.
pub fn open_named(vm: &mut Vm, name: Val) {
    vm.output.opening = bytes(&name).to_vec();
}

/// What opens into a place.
static OPENERS: [(i64, &str); 7] =
    rows(&["accept", "open", "opendir", "pipe", "socket", "socketpair", "sysopen"]);

/// Opens into a place: `open`, `opendir`, `sysopen`; consumes the list.
pub fn open_slot(vm: &mut Vm, which: i64, slot: Slot, mark: i64) -> Result<Val, Thrown> {
    let arguments = vm.take_list(mark);
    let glob = glob_of_place(vm, slot);
    let name = name_among(&OPENERS, which);
    if name == "open"
        && let Some(object) = vm.tied_glob(glob)
    {
        let result = vm.ask(object, b"OPEN", &arguments);
        vm.release(object);
        vm.release_all(&arguments);
        return result;
    }
    let result = match name {
        "opendir" => open_directory(vm, glob, &arguments),
        "sysopen" => open_flags(vm, glob, &arguments),
        "socket" | "accept" | "pipe" | "socketpair" => {
            crate::builtin::socket::open(vm, name, glob, &arguments)
        }
        _ => open_file(vm, glob, &arguments),
    };
    vm.release_all(&arguments);
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            vm.set_errno(error);
            Ok(if name == "open" && !vm.compat { int(0) } else { UNDEF })
        }
        Err(thrown) => Err(thrown),
    }
}

/// The handle that a place holds or names; an undefined place gets a new one.
pub(crate) fn glob_of_place(vm: &mut Vm, slot: Slot) -> GlobRef {
    let slot = cell::target(slot);
    match vm.handle_glob(*slot) {
        Some(glob) => glob,
        None if slot.is_string() && !bytes(&slot).is_empty() => {
            let package = vm.running_package();
            let name = bytes(&slot).to_vec();
            vm.qualified_glob(&name, &package)
        }
        None => {
            let glob = crate::glob::anonymous();
            let name = core::mem::take(&mut vm.output.opening);
            if !name.is_empty() {
                vm.output.names.insert(glob.address(), name);
            }
            cell::store(vm, slot, counted(tag::GLOB, glob));
            glob
        }
    }
}

fn open_directory(vm: &mut Vm, glob: GlobRef, arguments: &[Val]) -> Result<Result<Val, Errno>, Thrown> {
    let path = vm.text(arguments.first().copied().unwrap_or(UNDEF))?;
    Ok(Directory::open(&path).map(|directory| {
        let handle = Handle::closed();
        install_stream(vm, glob, Stream { handle, directory: Some(directory), target: None, shared: 1 });
        int(1)
    }))
}

fn open_flags(vm: &mut Vm, glob: GlobRef, arguments: &[Val]) -> Result<Result<Val, Errno>, Thrown> {
    let path = vm.text(arguments.first().copied().unwrap_or(UNDEF))?;
    let flags = arguments.get(1).map_or(0, |&value| vm.index_of(value)) as i32;
    let permissions = arguments.get(2).map_or(0o666, |&value| vm.index_of(value)) as u32;
    Ok(Handle::sysopen(&path, flags, permissions).map(|handle| {
        install(vm, glob, handle);
        int(1)
    }))
}

fn open_file(vm: &mut Vm, glob: GlobRef, arguments: &[Val]) -> Result<Result<Val, Errno>, Thrown> {
    let Some(&first) = arguments.first() else { return Ok(Err(Errno::EINVAL)) };
    let mode_text = vm.text(first)?.to_vec();
    if mode_text.contains(&b'|') {
        before_child(vm);
    } else {
        flush_everything(vm);
    }
    if arguments.len() == 1
        && let reads @ (b"-|" | b"|-") = mode_text.trim_ascii()
    {
        return Ok(crate::builtin::process::open_child(vm, glob, reads == b"-|"));
    }
    let mut names: Vec<(Vec<u8>, Fd)> = Vec::new();
    for (name, known) in
        [(b"STDIN".as_slice(), vm.known.stdin), (b"STDOUT", vm.known.stdout), (b"STDERR", vm.known.stderr)]
    {
        if let Some(fd) = stream_of(known).and_then(|stream| stream.handle.fileno().ok()) {
            names.push((name.to_vec(), Fd(fd)));
        }
    }
    if mode_text.contains(&b'&') {
        for (name, &known) in &vm.globs {
            if let Some(fd) = stream_of(known).and_then(|stream| stream.handle.fileno().ok()) {
                let bare = name.strip_prefix(b"main::").unwrap_or(name);
                names.push((bare.to_vec(), Fd(fd)));
            }
        }
    }
    let mut find = |name: &[u8]| names.iter().find(|known| known.0 == name).map(|known| known.1);
    let opened = match arguments.get(1) {
        None => Handle::open_two_argument(&mode_text, &mut find),
        Some(&operand) => {
            let Some(mode) = crate::io::parse_mode(&mode_text) else {
                let shown = alloc::string::String::from_utf8_lossy(&mode_text).into_owned();
                return Err(vm.die_fmt(format_args!("Unknown open() mode '{shown}'")));
            };
            use crate::io::OpenKind;
            if operand.w0 == tag::SREF && crate::convert::as_glob(operand).is_none() {
                return open_memory(vm, glob, &mode, operand.pointer()).map(Ok);
            }
            let duplicated = crate::convert::as_glob(operand).and_then(stream_of);
            let name = match duplicated {
                Some(stream) => {
                    let mut text = Vec::new();
                    let fd = stream.handle.fileno().unwrap_or(-1);
                    crate::text::number::format_int(i64::from(fd), &mut text);
                    text
                }
                None => vm.text(operand)?.to_vec(),
            };
            if arguments.len() > 2 && matches!(mode.kind, OpenKind::PipeFrom | OpenKind::PipeTo) {
                let mut words = alloc::vec![name];
                for &word in &arguments[2..] {
                    words.push(vm.text(word)?.to_vec());
                }
                let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
                Handle::pipe(&words, mode.kind == OpenKind::PipeFrom)
            } else if operand.is_undef() && matches!(mode.kind, OpenKind::Update | OpenKind::UpdateTruncate) {
                Handle::temporary()
            } else {
                Handle::open(&mode, &name, &mut find)
            }
        }
    };
    Ok(opened.map(|mut handle| {
        let child = handle.child();
        if vm.world.utf8_files && !mode_text.contains(&b':') {
            let _ = handle.binmode(Some(b":utf8"));
        }
        // The standard streams keep their numbers when they are opened anew, for the programs that are started.
        let number = stream_of(glob).and_then(|stream| stream.handle.fileno().ok()).filter(|&fd| fd <= 2);
        install(vm, glob, handle);
        if let Some(number) = number
            && let Some(mut stream) = stream_of(glob)
            && let Err(error) = stream.handle.renumber(Fd(number))
        {
            vm.set_errno(error);
            return UNDEF;
        }
        int(child.map_or(1, i64::from))
    }))
}

fn open_memory(vm: &mut Vm, glob: GlobRef, mode: &crate::io::Mode, target: CellRef) -> Result<Val, Thrown> {
    use crate::io::OpenKind;
    let content = cell::get(target);
    let text = if content.is_undef() { Vec::new() } else { vm.text(content)?.to_vec() };
    vm.release(content);
    let writes = matches!(mode.kind, OpenKind::Write | OpenKind::Append | OpenKind::UpdateTruncate);
    if !writes {
        install(vm, glob, Handle::memory(text, Access::Read));
        return Ok(int(1));
    }
    if mode.kind != OpenKind::Append {
        cell::set(vm, target, crate::value::EMPTY);
    }
    let access = if mode.kind == OpenKind::Append { Access::Append } else { Access::Write };
    let handle = Handle::memory(Vec::new(), access);
    let target = Some(target.retained());
    install_stream(vm, glob, Stream { handle, directory: None, target, shared: 1 });
    Ok(int(1))
}

/// What reads into a place.
static READERS: [(i64, &str); 8] =
    rows(&["msgctl", "msgrcv", "read", "recv", "semctl", "shmctl", "shmread", "sysread"]);

/// `read`, `sysread`, `recv`: handle, length and offset (or flags) from the mark; the place gets the bytes.
pub fn read_slot(vm: &mut Vm, which: i64, slot: Slot, mark: i64) -> Result<Val, Thrown> {
    let arguments = vm.take_list(mark);
    // They hold the handle, which may be closed with them.
    let result = read_into(vm, which, cell::target(slot), &arguments);
    vm.release_all(&arguments);
    result
}

fn read_into(vm: &mut Vm, which: i64, slot: Slot, arguments: &[Val]) -> Result<Val, Thrown> {
    let mut slot = slot;
    if let Some(object) = arguments.first().and_then(|&handle| vm.tied_handle(handle)) {
        return vm.read_tied(object, &mut slot, arguments);
    }
    let name = name_among(&READERS, which);
    if let Some((result, content)) = crate::builtin::ipc::into(vm, name, arguments, *slot)? {
        if let Some(content) = content {
            let old = core::mem::replace(&mut *slot, content);
            vm.release(old);
        }
        return Ok(result);
    }
    let count = arguments.get(1).map_or(0, |&value| vm.index_of(value));
    let offset = arguments.get(2).map_or(0, |&value| vm.index_of(value));
    let glob = arguments.first().and_then(|&handle| vm.handle_glob(handle));
    if count < 0 {
        return Err(vm.die(b"Negative length"));
    }
    let Some((glob, mut stream)) = glob.and_then(|glob| Some((glob, stream_of(glob)?))) else {
        vm.set_errno(Errno::EBADF);
        return Ok(UNDEF);
    };
    let count = (count as usize).min(1 << 32);
    let mut data = Vec::new();
    if name == "recv" {
        // What stands third is flags, not an offset.
        let received = crate::builtin::socket::receive(vm, &stream.handle, count as i64, offset as i32);
        let (content, from) = match received {
            Ok((data, from)) => (string(&data), string(&from)),
            Err(error) => {
                vm.set_errno(error);
                (crate::value::EMPTY, UNDEF)
            }
        };
        let old = core::mem::replace(&mut *slot, content);
        vm.release(old);
        return Ok(from);
    }
    let result = if name == "sysread" {
        stream.handle.sysread(count, &mut data)
    } else {
        vm.waiting_for(glob, |stream| {
            let left = count - data.len();
            stream.handle.read(left, &mut data)
        })?
        .map(|_| data.len())
    };
    let mut content = if slot.is_undef() { Vec::new() } else { vm.text(*slot)?.to_vec() };
    let start = if offset < 0 { content.len() as i64 + offset } else { offset };
    if !(0..1 << 40).contains(&start) {
        return Err(vm.die(b"Offset outside string"));
    }
    content.resize(start as usize, 0);
    content.extend_from_slice(&data);
    let old = core::mem::replace(&mut *slot, string(&content));
    vm.release(old);
    match result {
        Ok(read) => Ok(int(read as i64)),
        Err(error) => {
            // `sysread` tells of a signal; its handler runs all the same.
            vm.poll_signals()?;
            vm.set_errno(error);
            Ok(UNDEF)
        }
    }
}

/// Backticks.
pub fn command(vm: &mut Vm, text: Val, wanted: i64) -> Result<Val, Thrown> {
    let text = vm.text(text)?;
    before_child(vm);
    let no_program = vm.no_program();
    match vm.running(|interrupted| crate::io::run_shell(&text, no_program, interrupted))? {
        Ok((out, status)) => {
            vm.specials.child_status = i64::from(status.0);
            if wanted as u64 == want::LIST && vm.compat {
                let mark = vm.height() as i64;
                for line in out.split_inclusive(|&byte| byte == b'\n') {
                    vm.push(string(line))?;
                }
                return Ok(vm.list_as_result(mark, want::LIST));
            }
            Ok(string(&out))
        }
        Err(error) => {
            vm.set_errno(error);
            vm.specials.child_status = -1;
            Ok(UNDEF)
        }
    }
}

/// Writes out what is buffered.
pub fn flush_all(vm: &mut Vm) {
    flush_everything(vm);
}

impl Vm {
    /// What a command of plain words that is no program becomes: default mode asks the shell.
    pub fn no_program(&self) -> NoProgram {
        if self.compat { NoProgram::Fails } else { NoProgram::AsksShell }
    }

    /// Makes the text behind `__DATA__` readable through the handle of that name.
    pub fn set_data_handle(&mut self, text: Vec<u8>) {
        let glob = self.glob(b"main::DATA");
        install(self, glob, Handle::memory(text, Access::Read));
    }
}
