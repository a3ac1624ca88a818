//! A session: entries that are compiled one after another and join one running machine.
//!
//! The machine has a thread of its own, with the stack that a program has; a [`Repl`] sends it texts
//! and waits. What an entry declares stays for those after it, also when it dies half-way, but an entry
//! that does not compile leaves nothing. A caught interrupt ends the entry that runs, at the next builtin
//! or round of a loop. Reading texts, and saying what became of them, is left to the caller.

use std::collections::HashMap;
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
    s_sema::is_unfinished(text, &Options { compat, ..Options::default() })
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
    let mut session = Session { units: Vec::new(), files, texts: HashMap::new(), compat: options.compat };
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
    let options = Options { compat: session.compat, ..Options::default() };
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
        Ok(main) => {
            vm.run_entry(main, wanted, if type_only { s_core::Vm::types } else { s_core::builtin::shown })
        }
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use super::*;
    use crate::{Folder, Loaded, Require};

    /// Modules by name.
    struct Shelf(Mutex<HashMap<&'static str, &'static str>>);

    impl Files for Shelf {
        fn require(&self, request: &Require, _: &str, _: &[Folder]) -> Result<Loaded, String> {
            let name = request.name();
            let shelf = self.0.lock().unwrap();
            let text = shelf.get(name).ok_or_else(|| format!("Can't locate {name} in @INC"))?;
            Ok(Loaded { name: format!("shelf/{name}"), text: Arc::from(*text), pinned: false })
        }
    }

    /// A session, and that there is no other: a process has one way to take interrupts.
    struct Alone(Repl, #[expect(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

    impl std::ops::Deref for Alone {
        type Target = Repl;

        fn deref(&self) -> &Repl {
            &self.0
        }
    }

    impl std::ops::DerefMut for Alone {
        fn deref_mut(&mut self) -> &mut Repl {
            &mut self.0
        }
    }

    fn session(shelf: &[(&'static str, &'static str)]) -> Alone {
        static ONE: Mutex<()> = Mutex::new(());
        let one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = Shelf(Mutex::new(shelf.iter().copied().collect()));
        Alone(Repl::new(Arc::new(shelf), RunOptions::default()).unwrap(), one)
    }

    /// What becomes of entries, one text each.
    fn told(repl: &mut Repl, entries: &[&str]) -> Vec<String> {
        let tell = |entry| match entry {
            Entry::Done(None) => String::new(),
            Entry::Done(Some(text)) => text,
            Entry::Wrong(found) => format!("wrong: {}", found[0].message),
            Entry::Died(message) => format!("died: {message}"),
            Entry::Interrupted => "interrupted".to_owned(),
            Entry::Exit(status) => format!("exit {status}"),
        };
        entries.iter().map(|text| tell(repl.eval(text))).collect()
    }

    fn check(pairs: &[(&str, &str)]) {
        check_in(&mut session(&[]), pairs);
    }

    fn check_in(repl: &mut Repl, pairs: &[(&str, &str)]) {
        for (text, expected) in pairs {
            assert_eq!(told(repl, &[text]), [*expected], "{text}");
        }
    }

    #[test]
    fn variables_stay() {
        check(&[
            ("my $x = 5", ""),
            ("$x + 1", "6"),
            ("$x += 2", ""),
            ("$x", "7"),
            ("$x;", ""),
            ("my @a = (1, 2)", ""),
            ("push @a, 3", "3"),
            ("@a", "(1, 2, 3)"),
            ("my %h = (a => [1, {b => 2}])", ""),
            ("$h{a}", "[1, {\"b\" => 2}]"),
            ("val ($p, $q) = (1, \"two\")", ""),
            ("$q", "\"two\""),
            ("my $f = sub { $x++ }", ""),
            ("$f->(); $f->(); $x", "9"),
            ("my $x = 1", ""),
            ("$f->(); $x", "1"),
            ("fn peek { $x }", ""),
            ("peek()", "1"),
            ("$x = 3; peek()", "3"),
            ("for my $i (1:3) { $x += $i }", ""),
            ("$x", "9"),
            ("$nothing", "undef"),
        ]);
    }

    #[test]
    fn functions_classes_packages_and_constants_add_up() {
        check(&[
            ("fn twice($n) { $n * 2 }", ""),
            ("twice 4", "8"),
            ("map { twice $_ } 1, 2", "(2, 4)"),
            ("fn twice($n) { $n * 3 }", ""),
            ("twice(4)", "12"),
            ("class Pt { x: Int = 0; fn far { $self->x > 9 } }", ""),
            ("my $p = Pt(x => 3)", ""),
            ("$p->x += 7", ""),
            ("$p", "Pt(x => 10)"),
            ("$p->far", "1"),
            ("class Deep extends Pt { y: Int = 1 }", ""),
            ("Deep(x => 20)->far", "1"),
            ("Deep->new", "Deep(x => 0, y => 1)"),
            ("class Bad extends Nowhere { }", "wrong: there is no class `Nowhere`"),
            ("enum Light { Red, Green } my $l = Light::Red", ""),
            ("$l", "Light::Red"),
            ("use constant { TWO => 2, LIST => [1] }", ""),
            ("TWO + 1", "3"),
            ("LIST->[0]", "1"),
            ("package Other", ""),
            ("sub name { __PACKAGE__ }", ""),
            ("name()", "\"Other\""),
            ("package main", ""),
            ("Other::name()", "\"Other\""),
        ]);
    }

    #[test]
    fn failures_leave_the_session_as_it_was() {
        let mut repl = session(&[]);
        let wrong = told(&mut repl, &["my $x = 1", "my $x = (2 + ;", "$x"]);
        assert!(wrong[1].starts_with("wrong: ") && wrong[2] == "1", "{wrong:?}");
        let died = told(&mut repl, &["sub f { die \"deep\" }", "f()"]).remove(1);
        assert!(died.starts_with("died: deep at (entry 3) line 1.\n"), "{died}");
        assert!(died.contains("  in main::f at (entry 3):1\n"), "{died}");
        check_in(
            &mut repl,
            &[
                ("my $v = 3; die \"x\\n\"", "died: x\n"),
                ("$v", "3"),
                ("last", "died: Can't \"last\" outside a loop block at (entry 7) line 1.\n"),
                ("eval { die \"in\\n\" }; $@", "\"in\\n\""),
                ("eval '$v + 1'", "4"),
                ("exit 3", "exit 3"),
            ],
        );
    }

    #[test]
    fn modules_are_run_once() {
        let text = "package Count; our @EXPORT_OK = qw(next_one); my $n = 0; sub next_one { ++$n } 1";
        let mut repl = session(&[("Count", text)]);
        check_in(
            &mut repl,
            &[
                ("use Count qw(next_one)", ""),
                ("next_one()", "1"),
                ("use Count qw(next_one)", ""),
                ("next_one()", "2"),
                ("use Nothing", "wrong: Can't locate Nothing in @INC"),
                ("next_one()", "3"),
            ],
        );
    }

    #[test]
    fn types_are_declared_or_those_of_values() {
        let mut repl = session(&[]);
        assert_eq!(told(&mut repl, &["my $x: Int = 3", "class K { }"]), ["", ""]);
        for (text, ty) in [
            ("$x", "Int"),
            ("$x + 0.5", "Float"),
            ("\"a\"", "Str"),
            ("[1]", "Array"),
            ("{a => 1}", "Hash"),
            ("sub { 1 }", "Code"),
            ("K()", "K"),
            ("undef", "Undef"),
            ("(1, \"a\", 2)", "a list of 3: Int, Str"),
        ] {
            match repl.type_of(text) {
                Entry::Done(Some(found)) => assert_eq!(found, ty, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(repl.type_of("unlink('x')"), Entry::Wrong(_)));
        assert_eq!(
            told(&mut repl, &["$x = \"a\""])[0].split(',').next(),
            Some("died: variable $x: expected Int (INTEGER)")
        );
        assert!(repl.names().contains(&"$x".to_owned()) && repl.names().contains(&"K".to_owned()));
    }

    #[test]
    fn a_loop_without_an_end_is_interrupted() {
        let mut repl = session(&[]);
        assert_eq!(told(&mut repl, &["my $n = 0"]), [""]);
        for text in ["while (1) { $n++ }", "while (1) { eval { sleep 10 } }", "1 while 1"] {
            let running = std::sync::atomic::AtomicBool::new(true);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    // It may not be caught yet when the entry has just begun.
                    while running.load(std::sync::atomic::Ordering::Relaxed) {
                        std::thread::sleep(std::time::Duration::from_millis(50));
                        let caught = s_sys::signal_action(s_sys::SIGINT).is_ok_and(s_sys::signal_is_caught);
                        if caught {
                            s_sys::kill(s_sys::getpid(), s_sys::SIGINT).unwrap();
                        }
                    }
                });
                assert_eq!(told(&mut repl, &[text]), ["interrupted"], "{text}");
                running.store(false, std::sync::atomic::Ordering::Relaxed);
            });
        }
        assert_eq!(told(&mut repl, &["$n > 0"]), ["1"]);
    }

    #[test]
    fn values_without_an_end_are_shown_in_part() {
        let mut repl = session(&[]);
        let told =
            told(&mut repl, &["my $r = []; push @$r, $r, $r;", "$r", "(1) x 100_000", "my @e = (); @e"]);
        assert!(told[1].len() < 200_000 && told[1].contains("..."), "{}", told[1].len());
        assert!(told[2].len() < 400_000, "{}", told[2].len());
        assert_eq!(told[3], "");
    }

    #[test]
    fn open_texts_are_unfinished() {
        for text in ["if (1) {", "my @a = (1,", "p \"abc", "p <<E\nx\n", "1 +", "[1, {"] {
            assert!(is_unfinished(text, false), "{text}");
        }
        for text in ["1", "p 1", "if (1) { 2 }", "p }", "p <<E\nx\nE\n", "my $x = ;", ""] {
            assert!(!is_unfinished(text, false), "{text}");
        }
    }
}
