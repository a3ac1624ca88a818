//! Running a program from its first statement to its exit status.

use alloc::vec::Vec;

use s_abi::layout::want;

use crate::exception::Flight;
use crate::value::{CodeRef, Ptr, UNDEF, ValExt};
use crate::vm::Vm;

impl Vm {
    /// Runs the main function and what is registered for the end; the exit status.
    ///
    /// An exception that nobody caught is printed to the standard error; in default mode with the
    /// functions it passed through when there were several.
    pub fn run_main(&mut self, main: CodeRef) -> i32 {
        let mut status = self.guarded(main);
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
                    Flight::Jump(_) => 255,
                    Flight::Die => {
                        let mut message = Vec::new();
                        let printed = self.attempt(|vm| vm.append_text(exception, &mut message));
                        if !matches!(printed, Ok(Ok(()))) {
                            message.extend_from_slice(b"Died\n");
                        }
                        if !self.compat && trace.len() > 1 {
                            if message.last() != Some(&b'\n') {
                                message.push(b'\n');
                            }
                            for line in &trace {
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
