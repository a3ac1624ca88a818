//! `s plugin test`: the fixtures of a plugin, replayed.

use s_diag::{Code, Diagnostic};
use s_ops::{FixtureReport, TestRequest};
use s_ui::{Align, Table};
use serde_json::{Value, json};

use super::Context;
use super::plugin::TestArgs;
use crate::exit::Exit;
use crate::frame::Failure;

/// Replays fixtures and says which runs of which did not go as recorded.
pub(super) fn run(context: &Context<'_>, args: &TestArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = TestRequest { folder: args.folder.clone(), only: args.only.clone() };
    let reports = s_ops::plugin_test(&operations, &request)?;
    let passed = reports.iter().all(FixtureReport::passed);
    if context.ui.is_json() {
        context
            .ui
            .json(&json!({ "passed": passed, "fixtures": reports.iter().map(value).collect::<Vec<_>>() }));
        return Ok(if passed { Exit::Done } else { Exit::Failed });
    }
    let headings = [
        ("FIXTURE", Align::Left),
        ("RUNS", Align::Right),
        ("REQUESTS", Align::Right),
        ("MEMORY", Align::Right),
        ("RESULT", Align::Left),
    ];
    let mut table = Table::new(&headings);
    for report in &reports {
        let memory = format!("{} KiB", report.memory_bytes_peak.div_ceil(1024));
        let result = match report.runs.iter().filter(|run| run.failure.is_some()).count() {
            0 => "ok".to_owned(),
            failed => format!("{failed} failed"),
        };
        table.row([
            &report.name,
            &report.runs.len().to_string(),
            &report.requests.to_string(),
            &memory,
            &result,
        ]);
    }
    context.ui.answer(table.render(context.ui.columns()));
    if passed {
        return Ok(Exit::Done);
    }
    Err(Failure { exit: Exit::Failed, diagnostics: reports.iter().flat_map(failures).collect() })
}

fn failures(report: &FixtureReport) -> Vec<Diagnostic> {
    let failed = report.runs.iter().filter_map(|run| Some((run, run.failure.as_ref()?)));
    let diagnostic = |(run, failure): (&s_ops::RunReport, &String)| {
        let message = format!("fixture `{}`, {}: {failure}", report.name, run.name);
        let mut diagnostic = Diagnostic::error(Code::FIXTURES_FAILED, message);
        for line in &run.log {
            diagnostic = diagnostic.note(format!("the plugin's log: {line}"));
        }
        diagnostic
    };
    failed.map(diagnostic).collect()
}

fn value(report: &FixtureReport) -> Value {
    let runs =
        report.runs.iter().map(|run| json!({ "name": run.name, "failure": run.failure, "log": run.log }));
    json!({
        "name": report.name,
        "passed": report.passed(),
        "requests": report.requests,
        "memory-bytes-peak": report.memory_bytes_peak,
        "runs": runs.collect::<Vec<_>>(),
    })
}
