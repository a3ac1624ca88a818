//! Runs the programs of `tests/lang` through a binary and judges them as `tests/lang/README.md` says.
//!
//! A program runs in a process of its own with a limit of time. A failure that is not in
//! `expected-failures.txt` counts, and so does a program in that list that passes or is not there.

mod corpus;
mod judge;
mod process;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

pub use corpus::{Kind, Program, programs};
pub use judge::judge;

/// The list of failures that are known, each with its reason.
pub const EXPECTED: &str = "expected-failures.txt";

/// The same of programs that are built first, in addition.
pub const EXPECTED_BUILT: &str = "expected-failures-built.txt";

/// Programs are built before they are run: `s build` makes an executable of each.
#[derive(Clone, Debug)]
pub struct Built {
    /// For another target than this machine.
    pub target: Option<String>,
    /// What runs executables of that target here.
    pub runner: Option<PathBuf>,
    /// Where executables are made; each is removed again.
    pub folder: PathBuf,
}

/// How the programs are run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The binary.
    pub s: PathBuf,
    /// The system's perl; without one, programs that need it are left out.
    pub perl: Option<PathBuf>,
    /// The folder of the corpus.
    pub folder: PathBuf,
    /// Only these sections; all of them if empty. `section/name` picks programs that begin so.
    pub sections: Vec<String>,
    /// How many at a time.
    pub jobs: usize,
    /// How long one program may take.
    pub limit: Duration,
    /// Programs are executables; otherwise `s` runs them from their text.
    pub built: Option<Built>,
}

/// How one program did.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The program.
    pub program: Program,
    /// What is wrong; none if it passed.
    pub failure: Option<String>,
    /// How long it took.
    pub time: Duration,
}

/// How all of them did.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every program, in order.
    pub verdicts: Vec<Verdict>,
    /// Programs that were left out for want of a perl.
    pub left_out: usize,
    /// Failures that are listed, with their reasons.
    expected: BTreeMap<String, String>,
    /// Whether only a part was run.
    is_partial: bool,
}

/// Finds `perl` among the folders that the shell searches.
#[must_use]
pub fn find_perl() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("perl")).find(|file| file.is_file())
}

/// Runs the corpus.
///
/// # Errors
///
/// When the corpus or the list of expected failures cannot be read, or nothing was chosen.
pub fn run(settings: &Settings) -> Result<Report> {
    let mut expected = read_expected(&settings.folder.join(EXPECTED))?;
    if settings.built.is_some() {
        expected.extend(read_expected(&settings.folder.join(EXPECTED_BUILT))?);
    }
    let mut all = programs(&settings.folder)?;
    if !settings.sections.is_empty() {
        all.retain(|program| settings.sections.iter().any(|section| program.is_in(section)));
    }
    let count = all.len();
    if settings.perl.is_none() {
        all.retain(|program| program.kind != Kind::Perl);
    }
    if all.is_empty() {
        bail!("no program of `{}` was chosen", settings.folder.display());
    }
    let left_out = count - all.len();
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<Vec<(usize, Verdict)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..settings.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(program) = all.get(index) else { return };
                    let (failure, time) = judge(settings, program);
                    let verdict = Verdict { program: program.clone(), failure, time };
                    verdicts.lock().expect("no thread panics with it").push((index, verdict));
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().expect("no thread panicked with it");
    verdicts.sort_by_key(|(index, _)| *index);
    let verdicts = verdicts.into_iter().map(|(_, verdict)| verdict).collect();
    Ok(Report { verdicts, left_out, expected, is_partial: !settings.sections.is_empty() })
}

/// One line a program: its path, `: `, and why it fails. Empty lines and `#` lines mean nothing.
fn read_expected(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.with_context(|| format!("`{}`", path.display()))?,
    };
    let mut expected = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let (program, reason) = line
            .split_once(": ")
            .filter(|(_, reason)| !reason.trim().is_empty())
            .with_context(|| format!("{}:{}: `PROGRAM: REASON` belongs here", path.display(), index + 1))?;
        if expected.insert(program.to_owned(), reason.to_owned()).is_some() {
            bail!("{}:{}: `{program}` is there twice", path.display(), index + 1);
        }
    }
    Ok(expected)
}

impl Report {
    /// Failures that nobody expects.
    pub fn unexpected(&self) -> impl Iterator<Item = &Verdict> {
        let is_listed = |verdict: &&Verdict| self.expected.contains_key(&verdict.program.path);
        self.verdicts.iter().filter(|verdict| verdict.failure.is_some()).filter(move |one| !is_listed(one))
    }

    /// Programs that are listed as failing and pass, or are not there.
    #[must_use]
    pub fn outdated(&self) -> Vec<&str> {
        let failed = |path: &str| {
            self.verdicts.iter().any(|verdict| verdict.program.path == path && verdict.failure.is_some())
        };
        let ran = |path: &str| self.verdicts.iter().any(|verdict| verdict.program.path == path);
        let whole = !self.is_partial && self.left_out == 0;
        let listed = self.expected.keys().map(String::as_str);
        listed.filter(|path| !failed(path) && (whole || ran(path))).collect()
    }

    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.unexpected().next().is_none() && self.outdated().is_empty()
    }

    /// The table: programs, passes and failures by section.
    #[must_use]
    pub fn table(&self) -> String {
        let mut sections: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
        for verdict in &self.verdicts {
            let counts = sections.entry(verdict.program.section()).or_default();
            counts.0 += 1;
            counts.1 += usize::from(verdict.failure.is_none());
            let listed = self.expected.contains_key(&verdict.program.path);
            counts.2 += usize::from(verdict.failure.is_some() && listed);
        }
        let mut text =
            format!("{:<24}{:>9}{:>9}{:>9}{:>9}\n", "section", "programs", "passed", "failed", "expected");
        let mut line = |name: &str, (all, passed, expected): (usize, usize, usize)| {
            let _ = writeln!(text, "{name:<24}{all:>9}{passed:>9}{:>9}{expected:>9}", all - passed);
        };
        let mut total = (0, 0, 0);
        for (section, counts) in &sections {
            line(section, *counts);
            total = (total.0 + counts.0, total.1 + counts.1, total.2 + counts.2);
        }
        line("all", total);
        if self.left_out > 0 {
            let _ =
                writeln!(text, "{} programs were left out: there is no perl to compare with", self.left_out);
        }
        text
    }

    /// Every failure that counts, with what is wrong.
    #[must_use]
    pub fn failures(&self) -> String {
        let mut text = String::new();
        for verdict in self.unexpected() {
            let failure = verdict.failure.as_deref().unwrap_or_default();
            let _ = writeln!(text, "{}: {failure}", verdict.program.path);
        }
        for path in self.outdated() {
            let _ = writeln!(text, "{path}: is in {EXPECTED}, and passes or is not there: take it out");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(path: &str, failure: Option<&str>) -> Verdict {
        let program = Program { path: path.to_owned(), kind: Kind::Assertions };
        Verdict { program, failure: failure.map(str::to_owned), time: Duration::ZERO }
    }

    #[test]
    fn only_what_is_listed_may_fail_and_what_is_listed_must() {
        let mut report = Report {
            verdicts: vec![
                verdict("a/x.stk", None),
                verdict("a/y.stk", Some("no")),
                verdict("b/z.stk", Some("no")),
            ],
            ..Report::default()
        };
        assert_eq!(report.unexpected().count(), 2);
        for path in ["a/y.stk", "a/x.stk", "gone.stk"] {
            report.expected.insert(path.to_owned(), "why".to_owned());
        }
        assert_eq!(report.unexpected().map(|one| one.program.path.as_str()).collect::<Vec<_>>(), ["b/z.stk"]);
        assert_eq!(report.outdated(), ["a/x.stk", "gone.stk"]);
        assert!(!report.is_good());
        report.is_partial = true;
        assert_eq!(report.outdated(), ["a/x.stk"]);
        let table = report.table();
        assert!(table.lines().any(|line| line.split_whitespace().eq(["a", "2", "1", "1", "1"])), "{table}");
    }

    #[test]
    fn the_list_has_reasons() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let path = folder.path().join(EXPECTED);
        assert!(read_expected(&path).is_ok_and(|list| list.is_empty()));
        for (text, is_good) in [
            ("# x\n\na/b.stk: formats\n", true),
            ("a/b.stk\n", false),
            ("a/b.stk: \n", false),
            ("a: x\na: y\n", false),
        ] {
            std::fs::write(&path, text).expect("it was just made");
            assert_eq!(read_expected(&path).is_ok(), is_good, "{text}");
        }
    }
}
