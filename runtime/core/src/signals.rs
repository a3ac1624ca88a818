//! `%SIG`: what the program wants done with signals, and running its handlers.
//!
//! A caught signal is only noted; the handler runs at the next safe place: after a builtin, where a
//! wait was interrupted, and, in programs that name `%SIG`, in each round of a loop and where a function
//! begins.

use s_abi::layout::{Val, tag, want};
use s_sys::Errno;

use crate::exception::Thrown;
use crate::output::{Stream, stream_of};
use crate::string::string;
use crate::value::{GlobRef, Ptr, Table, ValExt, bytes, counted};
use crate::vm::Vm;

/// See [`Vm::poll_signals`].
pub fn poll_signals(vm: &mut Vm) -> Result<(), Thrown> {
    vm.poll_signals()
}

impl Vm {
    /// Whether a hash is `%SIG`.
    #[inline(always)]
    pub(crate) fn is_signals(&self, table: Table) -> bool {
        table.0 == self.known.sig.hash
    }

    /// Tells the system what an entry of `%SIG` says now.
    #[cold]
    pub(crate) fn arm_signal(&mut self, name: Val, value: Val) {
        let Ok(name) = self.text(name) else { return };
        let number = core::str::from_utf8(&name).ok().and_then(s_sys::signal_number);
        let Some(number) = number else { return };
        let text = if value.is_string() { bytes(&value) } else { b"" };
        let done = match text {
            b"IGNORE" => s_sys::signal_ignore(number),
            b"" if value.is_undef() || value.is_string() => s_sys::signal_default(number),
            b"DEFAULT" => s_sys::signal_default(number),
            _ => s_sys::signal_catch(number),
        };
        if let Err(error) = done {
            self.set_errno(error);
        }
    }

    /// Runs the handlers of signals that came.
    #[inline(always)]
    pub fn poll_signals(&mut self) -> Result<(), Thrown> {
        if s_sys::signals_pending() { self.run_handlers() } else { Ok(()) }
    }

    /// Does what may wait until it is done: where a caught signal ends the wait with `EINTR`, its handler
    /// runs and the wait goes on, unless the handler throws.
    pub(crate) fn uninterrupted<T>(
        &mut self,
        mut job: impl FnMut(&mut Vm) -> Result<T, Errno>,
    ) -> Result<Result<T, Errno>, Thrown> {
        loop {
            match job(self) {
                Err(Errno::EINTR) => self.poll_signals()?,
                result => return Ok(result),
            }
        }
    }

    /// As [`Vm::uninterrupted`] with the stream of a glob, which a handler may close or open anew: it is
    /// found again each time.
    pub(crate) fn waiting_for<T>(
        &mut self,
        glob: GlobRef,
        mut job: impl FnMut(&mut Stream) -> Result<T, Errno>,
    ) -> Result<Result<T, Errno>, Thrown> {
        let held = counted(tag::GLOB, glob.retained());
        let result = self.uninterrupted(|_| job(&mut *stream_of(glob).ok_or(Errno::EBADF)?));
        self.release(held);
        result
    }

    /// As [`Vm::uninterrupted`] for what cannot be done again from the start: it is given what to call
    /// when a signal interrupts, which says whether to go on.
    pub(crate) fn running<T>(
        &mut self,
        job: impl FnOnce(&mut dyn FnMut() -> bool) -> Result<T, Errno>,
    ) -> Result<Result<T, Errno>, Thrown> {
        let mut thrown = None;
        let result = job(&mut || {
            thrown = self.poll_signals().err();
            thrown.is_none()
        });
        thrown.map_or(Ok(result), Err)
    }

    #[cold]
    fn run_handlers(&mut self) -> Result<(), Thrown> {
        while let Some(number) = s_sys::signals_take() {
            let Some(name) = s_sys::signal_name(number) else { continue };
            let handler = crate::hash::get_text(Ptr(self.known.sig.hash), name.as_bytes());
            if handler.is_undef() {
                if self.interruptible && number == s_sys::SIGINT {
                    return Err(self.throw_interrupt());
                }
                continue;
            }
            let argument = string(name.as_bytes());
            let result = self.call_value(handler, &[argument], want::VOID);
            self.release(argument);
            self.release(handler);
            let result = result?;
            let result = self.scalar_of(result);
            self.release(result);
        }
        Ok(())
    }
}
