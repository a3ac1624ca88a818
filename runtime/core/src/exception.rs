//! Exceptions: `die`, `exit` and jumps that leave functions; what `try` undoes.
//!
//! The exception value is in the machine; [`Thrown`] only says that there is one. `exit` and jumps
//! out of functions travel the same way and are not caught by `eval`.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use s_abi::layout::{FileName, Frame, FunctionInfo, Val, tag};

use crate::string::string;
use crate::value::{Ptr, UNDEF, ValExt, bytes};
use crate::vm::Vm;

/// An exception is on its way; it is in the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thrown;

/// What kind of exception.
#[derive(Clone, Copy, Debug)]
pub enum Flight {
    /// `die`: the value is in the machine.
    Die,
    /// `exit` with that status.
    Exit(i32),
    /// The entry of a session is to end.
    Interrupt,
    /// `last`, `next`, `redo` (0, 1, 2) of a loop outside the function; the value is the label.
    Jump(i64),
}

/// What `try_begin` remembers.
#[derive(Clone, Copy, Debug)]
pub struct TryRecord {
    top: usize,
    saves: usize,
    frame: *mut Frame,
    matches: usize,
    substitutions: usize,
    /// Where the activation was.
    pos: u32,
}

/// One line of a stack trace.
#[derive(Clone, Copy, Debug)]
pub struct TraceLine {
    /// Function.
    pub name: &'static [u8],
    /// File.
    pub file: &'static [u8],
    /// Line, from 1.
    pub line: u32,
}

/// Name, file and line of an activation.
#[must_use]
pub fn describe_frame(frame: Ptr<Frame>) -> TraceLine {
    if frame.info.is_null() {
        return TraceLine { name: b"", file: b"-", line: frame.pos & 0xf_ffff };
    }
    let info = Ptr(frame.info.cast_mut());
    TraceLine { name: function_name(info), file: file_name(info, frame.pos), line: frame.pos & 0xf_ffff }
}

/// The full name of a function.
#[must_use]
pub fn function_name(info: Ptr<FunctionInfo>) -> &'static [u8] {
    if info.0.is_null() || info.name.is_null() {
        return b"";
    }
    // SAFETY: infos and their names live as long as the program.
    unsafe { core::slice::from_raw_parts(info.name, info.name_len) }
}

/// The file a position of a function is in.
#[must_use]
pub fn file_name(info: Ptr<FunctionInfo>, pos: u32) -> &'static [u8] {
    match file_of(info, pos) {
        // SAFETY: file names live as long as the program.
        Some(file) => unsafe { core::slice::from_raw_parts(file.name, file.len) },
        None => b"-",
    }
}

/// The package of a position of a function: what its place says, or else the name of the function.
#[must_use]
pub fn package_at(info: Ptr<FunctionInfo>, pos: u32) -> &'static [u8] {
    match file_of(info, pos) {
        // SAFETY: as above.
        Some(file) if file.package_len > 0 => unsafe {
            core::slice::from_raw_parts(file.package, file.package_len)
        },
        _ => crate::code::package_of_name(function_name(info)),
    }
}

fn file_of(info: Ptr<FunctionInfo>, pos: u32) -> Option<Ptr<FileName>> {
    if info.0.is_null() || info.files.is_null() {
        return None;
    }
    // SAFETY: the file table has an entry for every index in a position.
    Some(Ptr(unsafe { info.files.add((pos >> 20) as usize) }.cast_mut()))
}

impl Vm {
    /// Where the program is: file and line. `None` outside of any function.
    #[must_use]
    pub fn position(&self) -> Option<(&'static [u8], u32)> {
        let frame = Ptr(self.abi.frame);
        if frame.0.is_null() {
            return None;
        }
        let info = Ptr(frame.info.cast_mut());
        Some((file_name(info, frame.pos), frame.pos & 0xf_ffff))
    }

    /// Appends ` at FILE line N.` and a newline.
    pub fn append_position(&self, message: &mut Vec<u8>) {
        match self.position() {
            Some((file, line)) => {
                message.extend_from_slice(b" at ");
                message.extend_from_slice(file);
                let mut text = String::new();
                let _ = write!(text, " line {line}");
                message.extend_from_slice(text.as_bytes());
            }
            None => {
                message.extend_from_slice(b" at ");
                message.extend_from_slice(&self.specials.script_name.clone());
                message.extend_from_slice(b" line 0");
            }
        }
        self.append_input_place(message);
        message.extend_from_slice(b".\n");
    }

    /// Appends where the program is in what it read last, if it has read: `, <STDIN> line N`.
    pub(crate) fn append_input_place(&self, message: &mut Vec<u8>) {
        if let Some((name, count)) = self.last_read() {
            message.extend_from_slice(b", <");
            message.extend_from_slice(&name);
            let mut text = String::new();
            let _ = write!(text, "> line {count}");
            message.extend_from_slice(text.as_bytes());
        }
    }

    /// Throws a value, which it consumes.
    pub fn throw(&mut self, value: Val) -> Thrown {
        self.trace.clear();
        let mut frame = Ptr(self.abi.frame);
        while !frame.0.is_null() && self.trace.len() < 64 {
            self.trace.push(describe_frame(frame));
            frame = Ptr(frame.previous);
        }
        self.flight = Flight::Die;
        let old = core::mem::replace(&mut self.abi.exception, value);
        self.release(old);
        Thrown
    }

    /// Throws a text with the position added.
    #[cold]
    pub fn die(&mut self, message: &[u8]) -> Thrown {
        let mut text = message.to_vec();
        self.append_position(&mut text);
        throw_heard(self, string(&text))
    }

    /// The same of what no handler hears.
    fn die_quietly(&mut self, message: &[u8]) -> Thrown {
        let mut text = message.to_vec();
        self.append_position(&mut text);
        self.throw(string(&text))
    }

    /// Throws a formatted text with the position added.
    #[cold]
    pub fn die_fmt(&mut self, message: fmt::Arguments<'_>) -> Thrown {
        let mut text = String::new();
        let _ = text.write_fmt(message);
        self.die(text.as_bytes())
    }

    /// Throws `exit`.
    pub fn throw_exit(&mut self, status: i32) -> Thrown {
        self.flight = Flight::Exit(status);
        let old = core::mem::replace(&mut self.abi.exception, UNDEF);
        self.release(old);
        Thrown
    }

    /// Throws the end of an entry.
    pub(crate) fn throw_interrupt(&mut self) -> Thrown {
        self.throw_exit(0);
        self.flight = Flight::Interrupt;
        Thrown
    }

    /// The message of `die LIST` or `warn LIST`, or the one reference; consumes the list.
    fn death_value(&mut self, mark: i64, default: &[u8]) -> Result<Val, Thrown> {
        let values = self.list(mark);
        if let [only] = values
            && only.is_reference()
        {
            let value = only.retained();
            self.drop_list(mark);
            return Ok(value);
        }
        let mut text = Vec::new();
        let result = self.append_all(mark, &mut text);
        self.drop_list(mark);
        result?;
        if text.is_empty() {
            let before = crate::cell::get(Ptr(self.known.error.scalar));
            if self.compat && before.is_reference() && default == b"Died" {
                return Ok(before);
            }
            let shown = if self.compat { self.append_text(before, &mut text) } else { Ok(()) };
            self.release(before);
            shown?;
            if text.is_empty() {
                text.extend_from_slice(default);
            } else {
                let suffix: &[u8] = if default == b"Died" { b"\t...propagated" } else { b"\t...caught" };
                text.extend_from_slice(suffix);
            }
        }
        if text.last() != Some(&b'\n') {
            self.append_position(&mut text);
        }
        Ok(string(&text))
    }

    /// Takes the exception out of the machine, owned.
    pub fn take_exception(&mut self) -> Val {
        core::mem::replace(&mut self.abi.exception, UNDEF)
    }

    /// Catches: undoes what was begun since and gives the exception, owned. What only passes through, as
    /// `exit` does, goes on.
    pub(crate) fn catch(&mut self, record: &TryRecord) -> Result<Val, Thrown> {
        // Destructors that run meanwhile may throw and catch on their own.
        let flight = self.flight;
        let value = self.take_exception();
        self.unwind(record);
        self.flight = flight;
        if matches!(flight, Flight::Die) {
            return Ok(value);
        }
        self.abi.exception = value;
        Err(Thrown)
    }

    /// The state that an exception undoes.
    #[must_use]
    pub fn try_record(&self) -> TryRecord {
        TryRecord {
            top: self.height(),
            saves: self.saves.len(),
            frame: self.abi.frame,
            matches: self.patterns.scope_depth(),
            substitutions: self.patterns.open_substitutions(),
            // SAFETY: the innermost activation record is there or null.
            pos: unsafe { self.abi.frame.as_ref() }.map_or(0, |frame| frame.pos),
        }
    }

    /// How many `eval`s are open in an activation; none in default mode, where they are no frames.
    pub(crate) fn evals_in(&self, frame: Ptr<Frame>) -> usize {
        if !self.compat || frame.0.is_null() {
            return 0;
        }
        self.tries.iter().filter(|record| record.frame == frame.0).count()
    }

    /// Where an activation was when it began its nth `eval`, counted from 1.
    pub(crate) fn eval_began(&self, frame: Ptr<Frame>, number: usize) -> u32 {
        let mut evals = self.tries.iter().filter(|record| record.frame == frame.0);
        evals.nth(number.saturating_sub(1)).map_or(frame.pos, |record| record.pos)
    }

    /// Undoes what was begun since.
    pub fn unwind(&mut self, record: &TryRecord) {
        self.abi.frame = record.frame;
        self.restore_saves(record.saves);
        self.drop_list(record.top as i64);
        self.leave_match_scopes(record.matches);
        self.drop_substitutions(record.substitutions);
    }

    /// Runs something of the runtime that may throw; a thrown `die` becomes `Err(value)` with the
    /// machine as it was, `exit` and jumps go on.
    pub fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Thrown>,
    ) -> Result<Result<T, Val>, Thrown> {
        let record = self.try_record();
        match work(self) {
            Ok(value) => Ok(Ok(value)),
            Err(Thrown) => {
                if !matches!(self.flight, Flight::Die) {
                    return Err(Thrown);
                }
                self.unwind(&record);
                Ok(Err(self.take_exception()))
            }
        }
    }

    /// Writes a warning to the standard error, or gives it to `$SIG{__WARN__}`.
    pub fn warn(&mut self, message: Val) -> Result<(), Thrown> {
        let handler = crate::hash::get_text(Ptr(self.known.sig.hash), b"__WARN__");
        if is_handler(handler) {
            let result = call_handler(self, handler, message);
            self.release(handler);
            let value = result?;
            self.release(value);
            return Ok(());
        }
        self.release(handler);
        if let Some(object) = self.tied_glob(self.known.stderr) {
            let result = self.ask(object, b"PRINT", &[message]);
            self.release(object);
            self.release(result?);
            return Ok(());
        }
        let text = self.text(message)?;
        crate::output::flush_everything(self);
        crate::output::write_error(self, &text);
        Ok(())
    }
}

// What compiled code calls.

/// `die LIST`.
pub fn die_list(vm: &mut Vm, mark: i64) -> Result<Val, Thrown> {
    let value = vm.death_value(mark, b"Died")?;
    Err(throw_heard(vm, value))
}

/// `die` with a value as it is.
pub fn die_value(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    Err(throw_heard(vm, value.retained()))
}

/// `die` with a text that gets its position.
pub fn die_text(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    let mut text = vm.text(value)?.to_vec();
    if text.last() != Some(&b'\n') {
        vm.append_position(&mut text);
    }
    Err(throw_heard(vm, string(&text)))
}

/// `die` with the message of a text that could not be compiled, of which no handler hears.
pub fn die_compiling(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    Err(vm.throw(value.retained()))
}

/// Whether `$SIG{__DIE__}` or `$SIG{__WARN__}` says what to call: a function, or the name of one.
fn is_handler(handler: Val) -> bool {
    handler.w0 == tag::CODE || handler.is_string() && !matches!(bytes(&handler), b"" | b"DEFAULT" | b"IGNORE")
}

fn call_handler(vm: &mut Vm, handler: Val, message: Val) -> Result<Val, Thrown> {
    let code = vm.function_named(handler)?;
    let result = vm.call(code, &[message], s_abi::layout::want::VOID);
    vm.release_ptr(code);
    result
}

/// Throws a value, of which `$SIG{__DIE__}` hears where the program may have set it.
fn throw_heard(vm: &mut Vm, value: Val) -> Thrown {
    match crate::late::THROW_HEARD.get() {
        Some(throw) => throw(vm, value),
        None => vm.throw(value),
    }
}

/// What [`throw_heard`] does in programs that name `%SIG`.
pub(crate) fn throw_through_handler(vm: &mut Vm, value: Val) -> Thrown {
    let sig = Ptr(vm.known.sig.hash);
    if sig.len > 0 {
        let handler = crate::hash::get_text(sig, b"__DIE__");
        if is_handler(handler) {
            // The handler is off while it runs.
            crate::hash::set_text(vm, sig, b"__DIE__", UNDEF);
            let result = call_handler(vm, handler, value);
            crate::hash::set_text(vm, sig, b"__DIE__", handler);
            match result {
                Ok(dropped) => vm.release(dropped),
                Err(thrown) => {
                    vm.release(value);
                    return thrown;
                }
            }
        } else {
            vm.release(handler);
        }
    }
    vm.throw(value)
}

/// `warn LIST`.
pub fn warn_list(vm: &mut Vm, mark: i64) -> Result<Val, Thrown> {
    let value = vm.death_value(mark, b"Warning: something's wrong")?;
    let result = vm.warn(value);
    vm.release(value);
    result?;
    Ok(crate::value::int(1))
}

/// `exit N`.
pub fn exit(vm: &mut Vm, status: i64) -> Result<Val, Thrown> {
    Err(vm.throw_exit(status as i32))
}

/// Begins what an exception undoes; the handle goes to [`try_end`] or [`try_catch`].
pub fn try_begin(vm: &mut Vm) -> i64 {
    let record = vm.try_record();
    vm.tries.push(record);
    vm.tries.len() as i64 - 1
}

/// Ends a try without an exception.
pub fn try_end(vm: &mut Vm, handle: i64) {
    vm.tries.truncate(handle.max(0) as usize);
}

/// Catches: undoes what was begun since and gives the exception.
pub fn try_catch(vm: &mut Vm, handle: i64) -> Result<Val, Thrown> {
    let handle = handle.max(0) as usize;
    let Some(&record) = vm.tries.get(handle) else { return Ok(vm.take_exception()) };
    vm.tries.truncate(handle);
    vm.catch(&record)
}

/// `last`, `next` or `redo` of a loop in a caller.
pub fn jump_dynamic(vm: &mut Vm, which: i64, label: Val) -> Result<Val, Thrown> {
    let word = ["last", "next", "redo"][which.clamp(0, 2) as usize];
    if label.is_undef() {
        return Err(vm.die_fmt(format_args!("Can't \"{word}\" outside a loop block")));
    }
    let text = String::from_utf8_lossy(bytes(&label)).into_owned();
    let message = alloc::format!("Label not found for \"{word} {text}\"");
    vm.world.far_jump = Some((which, bytes(&label).to_vec(), message.clone().into_bytes()));
    Err(vm.die_quietly(message.as_bytes()))
}

/// Throws a value that was caught.
pub fn rethrow(vm: &mut Vm, value: Val) -> Result<Val, Thrown> {
    Err(vm.throw(value.retained()))
}

/// Registers a function for the end of the program.
pub fn at_end(vm: &mut Vm, code: Val) {
    vm.ends.push(code.retained());
}

/// A function was entered too deep.
pub fn stack_overflow(vm: &mut Vm) -> Result<Val, Thrown> {
    Err(vm.die(b"Deep recursion limit exceeded"))
}
