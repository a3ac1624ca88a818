//! `s test`: files of tests, each in a process of its own, several at a time.
//!
//! A file passes when its process ends with 0; what it asserted is read from what it printed. Files
//! are reported in the order of their names, whichever ends first.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use s_diag::{Code, Diagnostic};

use super::child::{self, End, Ended};
use super::discover::{discover, existing, is_test_name, working_directory};
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// What is to be tested, and how.
#[derive(Clone, Debug)]
pub struct TestRequest {
    /// Files and folders; without any, the folders `t` and `tests`.
    pub paths: Vec<PathBuf>,
    /// Only files whose path contains this.
    pub filter: Option<String>,
    /// How many at a time; none for as many as there are processors.
    pub jobs: Option<usize>,
    /// How long one file may take.
    pub limit: Duration,
    /// The tests are plain Perl 5.
    pub compat: bool,
    /// Perl's spellings are refused where the language has its own.
    pub no_interop: bool,
}

/// How one assertion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It held.
    Passed,
    /// It did not.
    Failed,
    /// It was left out.
    Skipped,
}

/// One assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// How it ended.
    pub outcome: Outcome,
    /// What it is called, with what was got where it failed.
    pub text: String,
}

/// One file that was run.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// Its path, as it was found.
    pub path: PathBuf,
    /// The status of its process; none when it took too long.
    pub status: Option<u8>,
    /// What it asserted, in order.
    pub assertions: Vec<Assertion>,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error, without colours.
    pub stderr: String,
    /// How long it took.
    pub time: Duration,
}

/// All files together.
#[derive(Clone, Debug, Default)]
pub struct TestSummary {
    /// Every file, in order.
    pub files: Vec<TestFile>,
    /// How long all of it took.
    pub time: Duration,
}

impl TestFile {
    /// Whether it passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.status == Some(0)
    }

    /// How many assertions ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.assertions.iter().filter(|assertion| assertion.outcome == outcome).count()
    }
}

impl TestSummary {
    /// How many files failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.files.iter().filter(|file| !file.passed()).count()
    }

    /// How many assertions there were.
    #[must_use]
    pub fn assertions(&self) -> usize {
        self.files.iter().map(|file| file.assertions.len()).sum()
    }
}

/// Runs the tests. `each` is told of every file in order, as soon as it and those before it are done.
///
/// # Errors
///
/// When there are none, when one cannot be started, or when the user interrupts. Tests that fail are
/// no error.
pub fn test(
    context: &Arc<Context>,
    request: &TestRequest,
    each: &mut dyn FnMut(&TestFile),
) -> Result<TestSummary, Failure> {
    let start = std::time::Instant::now();
    let paths = match request.paths.as_slice() {
        [] => existing(context.directory(), &["t", "tests"]),
        paths => paths.to_vec(),
    };
    let mut found = discover(context.directory(), &paths, &is_test_name)?;
    if let Some(filter) = &request.filter {
        found.retain(|path| path.to_string_lossy().contains(filter.as_str()));
    }
    if found.is_empty() {
        return Err(nothing(request));
    }
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let jobs = request.jobs.unwrap_or(processors).clamp(1, found.len());
    let (next, (sender, results)) = (AtomicUsize::new(0), mpsc::channel());
    let mut summary = TestSummary::default();
    let ended: Result<(), Failure> = thread::scope(|scope| {
        for _ in 0..jobs {
            let (sender, next, found) = (sender.clone(), &next, &found);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = found.get(index) else { return };
                    let result = run_one(context, request, path.clone());
                    // The other side is gone when a file before this one was an error.
                    if sender.send((index, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        for (index, result) in &results {
            // After the first error no more files are begun.
            let result = result.inspect_err(|_| next.store(found.len(), Ordering::Relaxed))?;
            waiting.insert(index, result);
            while let Some(file) = waiting.remove(&summary.files.len()) {
                each(&file);
                summary.files.push(file);
            }
        }
        Ok(())
    });
    ended?;
    summary.time = start.elapsed();
    Ok(summary)
}

fn run_one(context: &Arc<Context>, request: &TestRequest, path: PathBuf) -> Result<TestFile, Failure> {
    let (folder, from_there) = working_directory(context.directory(), &path);
    let mut arguments: Vec<OsString> = Vec::new();
    if request.compat {
        arguments.push("--compat".into());
    }
    if request.no_interop {
        arguments.push("--no-interop".into());
    }
    // With a folder in front it is a file and no command, whatever it is called.
    let file =
        if from_there.components().count() == 1 { PathBuf::from(".").join(from_there) } else { from_there };
    arguments.push(file.into_os_string());
    let Ended { end, stdout, stderr, time } =
        child::run(&folder, &arguments, request.limit, context.cancel(), true)?;
    let status = match end {
        End::Status(status) => Some(status),
        End::TimedOut => None,
        End::Interrupted => {
            let diagnostic = Diagnostic::error(Code::INTERRUPTED, "interrupted");
            return Err(Failure::new(FailureKind::Interrupted, diagnostic));
        }
    };
    let stderr = without_colours(&String::from_utf8_lossy(&stderr));
    let stdout = without_colours(&String::from_utf8_lossy(&stdout));
    Ok(TestFile { path, status, assertions: assertions(&stderr), stdout, stderr, time })
}

fn nothing(request: &TestRequest) -> Failure {
    let message = match &request.filter {
        Some(filter) => format!("no test has `{}` in its path", filter.escape_debug()),
        None => "there are no tests here".to_owned(),
    };
    let diagnostic = Diagnostic::error(Code::NO_TESTS, message)
        .note("tests are files `test_*` or `t_*` ending in `.stk`, `.st` or `.pl`, in `t` or `tests`");
    Failure::new(FailureKind::Failed, diagnostic)
}

/// What a program asserted, out of what it printed. The summary that stands behind an empty line
/// looks like an assertion and is none.
fn assertions(stderr: &str) -> Vec<Assertion> {
    let mut found = Vec::new();
    let mut before = "x";
    for line in stderr.lines() {
        let marked =
            [("  ✓ ", Outcome::Passed), ("  ✗ ", Outcome::Failed), ("  ↷ skipped: ", Outcome::Skipped)];
        let hit = marked.iter().find_map(|(mark, outcome)| Some((line.strip_prefix(mark)?, *outcome)));
        if let Some((text, outcome)) = hit
            && !(before.is_empty() && is_summary(text))
        {
            found.push(Assertion { outcome, text: text.to_owned() });
        }
        before = line;
    }
    found
}

/// Whether a text is the end of `test_run`: `All N tests passed`, `F of N tests failed`, or
/// `P passed, S skipped (of N)`.
fn is_summary(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    match words.as_slice() {
        ["All", count, "tests" | "test", "passed"] => is_number(count),
        [failed, "of", count, "tests" | "test", "failed"] => is_number(failed) && is_number(count),
        [passed, "passed,", skipped, "skipped", "(of", count] => {
            is_number(passed) && is_number(skipped) && count.strip_suffix(')').is_some_and(is_number)
        }
        _ => false,
    }
}

/// Takes out what sets colours.
fn without_colours(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\u{1b}' && chars.peek() == Some(&'[') {
            chars.next();
            for char in chars.by_ref() {
                if ('@'..='~').contains(&char) {
                    break;
                }
            }
        } else {
            kept.push(char);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assertions_are_read_and_summaries_are_not() {
        let text = "noise\n  \u{1b}[32m✓\u{1b}[0m adds\n  ✗ cuts — got 'A', expected 'B'\n  ↷ skipped: later\n  ✓ All 2 tests passed\n\n  ✗ 1 of 4 tests failed\n\n  ✓ real\n\n  ✓ 3 passed, 1 skipped (of 4)\n\n  ✓ All 9 tests passed\n";
        let found = assertions(&without_colours(text));
        let found: Vec<(Outcome, &str)> = found.iter().map(|one| (one.outcome, one.text.as_str())).collect();
        assert_eq!(
            found,
            [
                (Outcome::Passed, "adds"),
                (Outcome::Failed, "cuts — got 'A', expected 'B'"),
                (Outcome::Skipped, "later"),
                (Outcome::Passed, "All 2 tests passed"),
                (Outcome::Passed, "real"),
            ]
        );
    }

    #[test]
    fn colours_go_and_text_stays() {
        assert_eq!(without_colours("\u{1b}[1;31ma\u{1b}[0mb\u{1b}c\u{1b}["), "ab\u{1b}c");
    }
}
