//! `s test`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use s_ops::language::{Outcome, TestFile, TestRequest, TestSummary, junit, test};
use s_ui::{Styled, Ui, Verbosity, style};
use serde_json::{Value, json};

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s test`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Tests are files `test_*` or `t_*` ending in `.stk`, `.st` or `.pl`. Each is run in a process of its own, in
the folder that holds its folder `t` or `tests`. A file fails when its process does not end with 0: an
assertion failed, it died, or it took too long. With -q only files that failed are shown.

Examples:
  s test
  s test t/test_parser.stk
  s test --filter parser -j 1
  s test --junit target/junit.xml")]
pub(crate) struct TestArgs {
    /// Files and folders; without any, the folders t and tests
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Only files whose path contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// How many at a time; as many as there are processors
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,

    /// How long one file may take
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,

    /// Write the result in the form of JUnit to this file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// Run the tests as plain Perl 5
    #[arg(long)]
    compat: bool,

    /// Refuse Perl's spellings where the language has its own: `sub`, `say`, `$a`
    #[arg(long, conflicts_with = "compat")]
    no_interop: bool,
}

/// Runs tests.
pub(super) fn run(context: &Context<'_>, args: &TestArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = TestRequest {
        paths: args.paths.clone(),
        filter: args.filter.clone(),
        jobs: args.jobs.map(usize::from),
        limit: Duration::from_secs(args.timeout.into()),
        compat: args.compat,
        no_interop: args.no_interop,
    };
    let ui = context.ui;
    let summary = test(&operations, &request, &mut |file| {
        if !ui.is_json() && (ui.verbosity() >= Verbosity::Normal || !file.passed()) {
            show(ui, file, args.timeout);
        }
    })?;
    if let Some(path) = &args.junit {
        s_ops::language::write_report(&operations, path, &junit(&summary))?;
    }
    let failed = summary.failed();
    if ui.is_json() {
        ui.json(&document(&summary));
    } else {
        let (count, assertions) = (summary.files.len(), summary.assertions());
        let seconds = summary.time.as_secs_f64();
        let line = if failed == 0 {
            Styled::new()
                .styled(style::DONE, "✓")
                .plain(format!(" All {count} test files passed ({assertions} assertions, {seconds:.2} s)"))
        } else {
            let lost: usize = summary.files.iter().map(|file| file.count(Outcome::Failed)).sum();
            Styled::new().styled(style::ERROR, "✗").plain(format!(
                " {failed} of {count} test files failed ({lost} of {assertions} assertions, {seconds:.2} s)"
            ))
        };
        ui.answer(line);
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}

fn show(ui: &Ui, file: &TestFile, timeout: u32) {
    let mut page = Styled::new();
    page.push(style::STRONG, format!("── {} ──\n", file.path.display()));
    if !file.passed() && !file.stdout.is_empty() {
        lines(&mut page, &file.stdout);
    }
    lines(&mut page, &file.stderr);
    let mut result =
        format!("{} passed, {} failed", file.count(Outcome::Passed), file.count(Outcome::Failed));
    match file.count(Outcome::Skipped) {
        0 => {}
        skipped => result.push_str(&format!(", {skipped} skipped")),
    }
    match file.status {
        None => result.push_str(&format!(", took longer than {timeout} s and was ended")),
        Some(0) => {}
        Some(status) => result.push_str(&format!(", ended with status {status}")),
    }
    let style = if file.passed() { style::DONE } else { style::ERROR };
    page.push(style, result);
    page.push(style::DIM, format!(" ({:.0} ms)\n", file.time.as_secs_f64() * 1000.0));
    ui.answer(page);
}

/// What a program printed, with its marks in the colours they have on a terminal.
fn lines(page: &mut Styled, text: &str) {
    for line in text.lines() {
        match line.trim_start().chars().next() {
            Some('✗') => page.push(style::ERROR, line),
            Some('↷') => page.push(style::WARNING, line),
            Some('✓') => page.push(style::DONE, line),
            _ => page.push(style::PLAIN, line),
        }
        page.push(style::PLAIN, "\n");
    }
}

fn document(summary: &TestSummary) -> Value {
    let files = summary.files.iter().map(|file| {
        let assertions = file.assertions.iter().map(|assertion| {
            let outcome = match assertion.outcome {
                Outcome::Passed => "passed",
                Outcome::Failed => "failed",
                Outcome::Skipped => "skipped",
            };
            json!({ "outcome": outcome, "text": assertion.text })
        });
        json!({
            "path": file.path.display().to_string(),
            "passed": file.passed(),
            "status": file.status,
            "timed_out": file.status.is_none(),
            "seconds": file.time.as_secs_f64(),
            "assertions": assertions.collect::<Vec<_>>(),
            "stdout": file.stdout,
            "stderr": file.stderr,
        })
    });
    json!({
        "files": files.collect::<Vec<_>>(),
        "passed": summary.files.len() - summary.failed(),
        "failed": summary.failed(),
        "assertions": summary.assertions(),
        "seconds": summary.time.as_secs_f64(),
    })
}
