//! Turns a panic, which is a bug, into a report.

use std::backtrace::Backtrace;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use s_diag::{Code, Diagnostic};
use s_ui::{Ui, Verbosity};

/// What is known about a panic.
pub(crate) struct Report {
    message: String,
    place: String,
    backtrace: Option<String>,
}

/// Where the hook leaves what it knows. The first panic of a process counts: later ones follow from it.
static FIRST: Mutex<Option<Report>> = Mutex::new(None);

/// Runs `work`; a panic in it, or in a thread it waits for, becomes a report.
///
/// A backtrace is taken with `-v` and when `RUST_BACKTRACE` asks for one.
///
/// # Errors
///
/// The report of the panic.
pub(crate) fn guard<T>(verbosity: Verbosity, work: impl FnOnce() -> T) -> Result<T, Report> {
    let always = verbosity >= Verbosity::Verbose;
    panic::set_hook(Box::new(move |info| {
        let mut first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| Report::of(info, always));
    }));
    // Nothing that `work` borrows is used after a panic but the writer, whose locks recover.
    let ended = panic::catch_unwind(AssertUnwindSafe(work));
    drop(panic::take_hook());
    let report = FIRST.lock().unwrap_or_else(PoisonError::into_inner).take();
    ended.map_err(|_| report.unwrap_or_else(Report::unknown))
}

impl Report {
    /// Says what happened and how to report it.
    pub(crate) fn print(&self, ui: &Ui) {
        let mut diagnostic =
            Diagnostic::error(Code::BUG, format!("`s` ran into a bug of its own: {}", self.message))
                .note(format!("at {}, in s {}", self.place, env!("CARGO_PKG_VERSION")));
        if let Some(backtrace) = &self.backtrace {
            diagnostic = diagnostic.note(backtrace);
        } else {
            diagnostic = diagnostic.hint("run the same command with `-v` to see where it came from");
        }
        ui.diagnostic(&diagnostic.hint("please report this text and the command that was run"));
    }

    fn of(info: &PanicHookInfo<'_>, always: bool) -> Report {
        let message = info.payload_as_str().unwrap_or("no message").to_owned();
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let backtrace = if always { Backtrace::force_capture() } else { Backtrace::capture() };
        let captured = backtrace.status() == std::backtrace::BacktraceStatus::Captured;
        Report { message, place, backtrace: captured.then(|| backtrace.to_string()) }
    }

    fn unknown() -> Report {
        Report { message: "no message".to_owned(), place: "an unknown place".to_owned(), backtrace: None }
    }
}
