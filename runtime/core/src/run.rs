//! Running a program from its first statement to its exit status.

use alloc::vec::Vec;

use s_abi::layout::{Val, want};

use crate::exception::{Flight, Thrown, TraceLine, TryRecord};
use crate::value::{CodeRef, Ptr, UNDEF, ValExt};
use crate::vm::Vm;

/// How an entry of a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It ran; its value as text, empty where there is none.
    Done(Vec<u8>),
    /// An exception that nobody caught: message, and the functions it passed through.
    Died(Vec<u8>),
    /// It called `exit`.
    Exit(i32),
    /// Somebody wanted it to end.
    Interrupted,
}

/// Makes text of the values from a mark.
pub type Show = fn(&mut Vm, i64) -> Result<Vec<u8>, Thrown>;

/// Different types of a list that are named.
const TYPES_MAX: usize = 8;

impl Vm {
    /// Runs the main function and what is registered for the end; the exit status.
    ///
    /// An exception that nobody caught is printed to the standard error; in default mode with the
    /// functions it passed through when there were several.
    pub fn run_main(&mut self, main: CodeRef) -> i32 {
        let status = self.guarded(main);
        self.finish(status)
    }

    /// Runs what is registered for the end of a program that came to this status; the exit status.
    pub fn finish(&mut self, mut status: i32) -> i32 {
        self.world.ending = true;
        self.specials.child_status = i64::from(status);
        while let Some(end) = self.ends.pop() {
            if let Some(code) = end.as_code() {
                // END may change `$?`.
                let result = self.guarded(code);
                if result != 0 {
                    self.specials.child_status = i64::from(result);
                }
                status = self.specials.child_status as i32;
            }
            self.release(end);
        }
        self.destroy_globals();
        for path in core::mem::take(&mut self.world.temporary) {
            let _ = s_sys::unlink(&path);
        }
        crate::output::flush_everything(self);
        if status == 0 && self.tests.any_failed {
            status = 1;
        }
        if self.world.forked {
            // The thread that waits for the end of the program is not in this process.
            s_sys::exit(status & 0xff);
        }
        status & 0xff
    }

    /// Runs an entry of a session in that context: its value as `show` has the values from a mark, or how
    /// it failed. The machine is as it was, but for what the entry changed.
    pub fn run_entry(&mut self, code: CodeRef, wanted: u64, show: Show) -> Ended {
        let record = self.try_record();
        let mark = self.height() as i64;
        let ended = self.call(code, &[], wanted).and_then(|value| {
            if wanted == want::VOID {
                let value = self.scalar_of(value);
                self.release(value);
                return Ok(Vec::new());
            }
            self.push_result(value)?;
            let text = show(self, mark)?;
            self.drop_list(mark);
            Ok(text)
        });
        let ended = match ended {
            Ok(text) => Ended::Done(text),
            Err(thrown) => self.end_of_entry(thrown, &record),
        };
        crate::output::flush_everything(self);
        ended
    }

    /// How an entry ended that threw; `record` is from before it.
    pub fn end_of_entry(&mut self, _: Thrown, record: &TryRecord) -> Ended {
        let flight = self.flight;
        let exception = self.take_exception();
        let trace = core::mem::take(&mut self.trace);
        self.unwind(record);
        let ended = match flight {
            Flight::Exit(status) => Ended::Exit(status & 0xff),
            Flight::Interrupt => Ended::Interrupted,
            Flight::Jump(_) => Ended::Died(b"there is no loop around this to leave\n".to_vec()),
            Flight::Die => Ended::Died(self.obituary(exception, &trace)),
        };
        self.release(exception);
        ended
    }

    /// The types of the values from the mark, in the words of declarations.
    pub fn types(&mut self, mark: i64) -> Result<Vec<u8>, Thrown> {
        let mut names: Vec<Vec<u8>> = Vec::new();
        let values = self.list(mark).to_vec();
        for value in &values {
            let name = crate::class::type_name(self, *value);
            if !names.contains(&name) && names.len() < TYPES_MAX {
                names.push(name);
            }
        }
        if values.len() == 1 {
            return Ok(names.concat());
        }
        let mut text = b"a list of ".to_vec();
        crate::text::number::format_int(values.len() as i64, &mut text);
        if !names.is_empty() {
            text.extend_from_slice(b": ");
            text.extend_from_slice(&names.join(&b", "[..]));
        }
        Ok(text)
    }

    /// The message of an exception that nobody caught; in default mode with the functions it passed
    /// through when there were several.
    fn obituary(&mut self, exception: Val, trace: &[TraceLine]) -> Vec<u8> {
        let mut message = Vec::new();
        let printed = self.attempt(|vm| vm.append_text(exception, &mut message));
        if !matches!(printed, Ok(Ok(()))) {
            message.extend_from_slice(b"Died\n");
        }
        if !self.compat && trace.len() > 1 {
            if message.last() != Some(&b'\n') {
                message.push(b'\n');
            }
            for line in trace {
                let name: &[u8] = if line.name.is_empty() { b"(file)" } else { line.name };
                message.extend_from_slice(b"  in ");
                message.extend_from_slice(name);
                message.extend_from_slice(b" at ");
                message.extend_from_slice(line.file);
                message.push(b':');
                crate::text::number::format_int(i64::from(line.line), &mut message);
                message.push(b'\n');
            }
        }
        message
    }

    /// Releases what package variables hold, for programs that have destructors.
    fn destroy_globals(&mut self) {
        if !self.globs.keys().any(|name| name.ends_with(b"::DESTROY")) {
            return;
        }
        let globs: Vec<crate::value::GlobRef> = self.globs.values().copied().collect();
        for glob in globs {
            crate::cell::set(self, Ptr(glob.scalar), UNDEF);
            crate::array::clear(self, &mut Ptr(glob.array));
            crate::hash::clear(self, Ptr(glob.hash));
        }
    }

    fn guarded(&mut self, code: CodeRef) -> i32 {
        let record = self.try_record();
        match self.call(code, &[], want::VOID) {
            Ok(value) => {
                let value = self.scalar_of(value);
                self.release(value);
                0
            }
            Err(_) => {
                let flight = self.flight;
                let exception = self.take_exception();
                let trace = core::mem::take(&mut self.trace);
                self.unwind(&record);
                let status = match flight {
                    Flight::Exit(status) => status,
                    Flight::Jump(_) | Flight::Interrupt => 255,
                    Flight::Die => {
                        let message = self.obituary(exception, &trace);
                        crate::output::flush_everything(self);
                        crate::output::write_error(self, &message);
                        self.death_status()
                    }
                };
                self.release(exception);
                self.abi.exception = UNDEF;
                status
            }
        }
    }

    /// The status of a program that died: `$!`, or what a child ended with, or 255.
    fn death_status(&self) -> i32 {
        if self.compat {
            let errno = self.specials.errno & 0xff;
            if errno != 0 {
                return errno;
            }
            let child = (self.specials.child_status >> 8) as i32 & 0xff;
            if child != 0 {
                return child;
            }
        }
        255
    }
}
