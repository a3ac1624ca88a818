//! A session: entries that are compiled one after another and join one running machine.
//!
//! The machine has a thread of its own, with the stack that a program has; a [`Repl`] sends it texts
//! and waits. What an entry declares stays for those after it, also when it dies half-way, but an entry
//! that does not compile leaves nothing. A caught interrupt ends the entry that runs, at the next builtin
//! or round of a loop. Reading texts, and saying what became of them, is left to the caller.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use s_abi::layout::want;
use s_core::run::Ended;
use s_diag::{Diagnostic, Severity};
use s_sema::Shown;

use super::{RunOptions, STACK_BYTES, Session, load, machine};
use crate::{Files, Options};

/// What became of an entry.
#[derive(Clone, Debug)]
pub enum Entry {
    /// It ran; its value for a person to read, where there is one to see.
    Done(Option<String>),
    /// It did not run: this is wrong with it.
    Wrong(Vec<Diagnostic>),
    /// It died: the message, and the functions that the exception passed through.
    Died(String),
    /// It was interrupted.
    Interrupted,
    /// It ended the session, with this status.
    Exit(i32),
}

/// A running session.
pub struct Repl {
    requests: Sender<Request>,
    answers: Receiver<Answer>,
    scope: s_sema::Session,
}

/// What the machine is asked.
enum Request {
    Eval(String),
    File(String, String),
    TypeOf(String),
    Finish,
}

/// What it answers: the entry, and what it left, if it left something.
struct Answer {
    entry: Entry,
    scope: Option<s_sema::Session>,
}

/// Whether a text is the beginning of an entry that goes on.
#[must_use]
pub fn is_unfinished(text: &str, compat: bool) -> bool {
    s_sema::is_unfinished(text, &Options { compat, test: false })
}

impl Repl {
    /// Starts a session.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn new(files: Arc<dyn Files + Send + Sync>, options: RunOptions) -> std::io::Result<Repl> {
        let (requests, asked) = channel();
        let (answer, answers) = channel();
        let builder = std::thread::Builder::new().stack_size(STACK_BYTES);
        builder.spawn(move || serve(files, options, &asked, &answer))?;
        Ok(Repl { requests, answers, scope: s_sema::Session::default() })
    }

    /// Runs an entry.
    pub fn eval(&mut self, text: &str) -> Entry {
        self.ask(Request::Eval(text.to_owned()))
    }

    /// Runs the text of a file as an entry, which messages call by its name.
    pub fn eval_file(&mut self, name: &str, text: &str) -> Entry {
        self.ask(Request::File(name.to_owned(), text.to_owned()))
    }

    /// The type of an expression: what is declared, or that of its value. What could reach the world
    /// around the program is not run for it.
    pub fn type_of(&mut self, text: &str) -> Entry {
        if let Some(ty) = self.scope.declared_type(text.trim()) {
            return Entry::Done(Some(ty.text()));
        }
        self.ask(Request::TypeOf(text.to_owned()))
    }

    /// What names lead to, for completing them: variables with their sigils, functions, types.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.scope.names()
    }

    /// Ends the session as the end of a program does; the status.
    pub fn finish(mut self) -> i32 {
        match self.ask(Request::Finish) {
            Entry::Exit(status) => status,
            _ => 0,
        }
    }

    fn ask(&mut self, request: Request) -> Entry {
        // The thread ends with the session only, or by a defect of this program.
        let gone = || Entry::Exit(GONE);
        if self.requests.send(request).is_err() {
            return gone();
        }
        // Signals go to the machine, so that they interrupt what it waits for.
        let blocked = s_sys::sigprocmask(s_sys::MaskChange::Block, u64::MAX);
        let answer = self.answers.recv();
        if let Ok(mask) = blocked {
            // It was in force before.
            let _ = s_sys::sigprocmask(s_sys::MaskChange::Set, mask);
        }
        let Ok(answer) = answer else { return gone() };
        if let Some(scope) = answer.scope {
            self.scope = scope;
        }
        answer.entry
    }
}

/// The status of a session whose machine is gone.
const GONE: i32 = 70;

/// The thread of the machine.
fn serve(
    files: Arc<dyn Files + Send + Sync>,
    options: RunOptions,
    asked: &Receiver<Request>,
    answer: &Sender<Answer>,
) {
    let process = s_sys::getpid();
    let mut session = Session { units: Vec::new(), files, compat: options.compat };
    let mut vm = machine(options);
    session.serve(&mut vm);
    vm.interruptible = true;
    let mut scope = s_sema::Session::default();
    while let Ok(request) = asked.recv() {
        let (entry, left) = match &request {
            Request::Eval(text) => eval(&mut session, &mut vm, &scope, &scope.entry_name(), text, false),
            Request::File(name, text) => eval(&mut session, &mut vm, &scope, name, text, false),
            Request::TypeOf(text) => eval(&mut session, &mut vm, &scope, &scope.entry_name(), text, true),
            Request::Finish => (Entry::Exit(0), None),
        };
        let entry = match entry {
            Entry::Exit(status) => Entry::Exit(vm.finish(status)),
            entry => entry,
        };
        if s_sys::getpid() != process {
            // A child that an entry forked has this thread only; nobody waits for its answer.
            let status = match entry {
                Entry::Exit(status) => status,
                entry => vm.finish(if matches!(entry, Entry::Done(_)) { 0 } else { 255 }),
            };
            s_sys::exit(status);
        }
        if let Some(left) = &left {
            scope.clone_from(left);
        }
        let ended = matches!(entry, Entry::Exit(_));
        if answer.send(Answer { entry, scope: left }).is_err() || ended {
            break;
        }
    }
    // Objects of the program may refer to code; nothing is freed before the process ends.
    std::mem::forget(vm);
    std::mem::forget(session);
}

fn eval(
    session: &mut Session,
    vm: &mut s_core::Vm,
    scope: &s_sema::Session,
    name: &str,
    text: &str,
    type_only: bool,
) -> (Entry, Option<s_sema::Session>) {
    let options = Options { compat: session.compat, test: false };
    let files = Arc::clone(&session.files);
    let (mut analysis, shown) = s_sema::analyse_entry(name, Arc::from(text), scope, &*files, &options);
    crate::require_builtins(&mut analysis);
    if analysis.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return (Entry::Wrong(analysis.diagnostics), None);
    }
    let effects = analysis.program.facts.effects & !s_abi::builtins::effect::CLOCK;
    if type_only && effects != 0 {
        let message = "this would reach the world around it, and is not run to learn its type";
        let hint = "assign it to a variable first, and ask for the type of that";
        let found = Diagnostic::error(s_diag::Code::PROGRAM, message).hint(hint);
        return (Entry::Wrong(vec![found]), None);
    }
    let wanted = match shown {
        Shown::Nothing if !type_only => want::VOID,
        Shown::Nothing => want::LIST,
        Shown::Scalar => want::SCALAR,
        Shown::List => want::LIST,
    };
    // An interrupt that came before this entry is not meant for it.
    while s_sys::signals_pending() && s_sys::signals_take() != Some(s_sys::SIGINT) {}
    let caught = s_sys::signal_catch(s_sys::SIGINT);
    let record = vm.try_record();
    let ended = match load::join(session, vm, &analysis.program) {
        Ok(main) => vm.run_entry(main, wanted, if type_only { s_core::Vm::types } else { s_core::builtin::shown }),
        Err(thrown) => vm.end_of_entry(thrown, &record),
    };
    if caught.is_ok_and(|before| !s_sys::signal_is_caught(before)) {
        // While a text is read an interrupt is the reader's.
        let _ = s_sys::signal_default(s_sys::SIGINT);
    }
    let entry = match ended {
        Ended::Done(text) if text.is_empty() => Entry::Done(None),
        Ended::Done(text) => Entry::Done(Some(String::from_utf8_lossy(&text).into_owned())),
        Ended::Died(message) => Entry::Died(String::from_utf8_lossy(&message).into_owned()),
        Ended::Exit(status) => Entry::Exit(status),
        Ended::Interrupted => Entry::Interrupted,
    };
    (entry, if type_only { None } else { analysis.session })
}
