//! Turns a panic, which is a bug, into a report.

use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use s_diag::{Code, Diagnostic};
use s_ui::Ui;

/// What is known about a panic.
pub(crate) struct Report {
    message: String,
    place: String,
    backtrace: Option<String>,
}

thread_local! {
    /// What the hook learnt about a panic of this thread; none outside of [`guard`].
    static GUARDED: RefCell<Option<Slot>> = const { RefCell::new(None) };
}

/// A guarded thread: whether a backtrace is wanted, and the report once there is one.
struct Slot {
    backtrace: bool,
    report: Option<Report>,
}

/// The hook stays for the whole process.
static HOOK: Once = Once::new();

/// Runs `work`; a panic in it becomes a report. Other threads are not guarded: theirs are printed
/// the usual way, and reach this one when somebody waits for them.
///
/// `backtrace` says whether the report holds where the panic came from.
///
/// # Errors
///
/// The report of the panic.
pub(crate) fn guard<T>(backtrace: bool, work: impl FnOnce() -> T) -> Result<T, Report> {
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !learn(info) {
                usual(info);
            }
        }));
    });
    GUARDED.set(Some(Slot { backtrace, report: None }));
    // Nothing that `work` borrows is used after a panic but the writer, whose locks recover.
    let ended = panic::catch_unwind(AssertUnwindSafe(work));
    let report = GUARDED.take().and_then(|slot| slot.report);
    ended.map_err(|_| report.unwrap_or_else(Report::unknown))
}

/// Keeps what is known about a panic of a guarded thread; the first counts. Says whether this is one.
fn learn(info: &PanicHookInfo<'_>) -> bool {
    GUARDED.with_borrow_mut(|slot| {
        let Some(slot) = slot else { return false };
        let backtrace = slot.backtrace;
        slot.report.get_or_insert_with(|| Report::of(info, backtrace));
        true
    })
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

    fn of(info: &PanicHookInfo<'_>, backtrace: bool) -> Report {
        let message = info.payload_as_str().unwrap_or("no message").to_owned();
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        Report { message, place, backtrace: backtrace.then(|| Backtrace::force_capture().to_string()) }
    }

    fn unknown() -> Report {
        Report { message: "no message".to_owned(), place: "an unknown place".to_owned(), backtrace: None }
    }
}
