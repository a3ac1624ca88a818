//! Runs of several tools in turns, and what they took.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use s_kit::{Sample, StaticServer, Wire};
use serde::{Serialize, Serializer};

use crate::call::{Call, measure};
use crate::graph::Graph;
use crate::scenario::{Scenario, Workplace};
use crate::shape;
use crate::tool::Found;

/// One scenario on one graph.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// The graph.
    pub(crate) graph: String,
    /// The scenario.
    pub(crate) scenario: String,
    /// A row for each tool.
    pub(crate) rows: Vec<Row>,
}

/// What one tool took.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Row {
    /// The tool.
    pub(crate) tool: String,
    /// Times of a clock.
    #[serde(serialize_with = "microseconds")]
    pub(crate) wall: Sample,
    /// Times of processors.
    #[serde(serialize_with = "microseconds")]
    pub(crate) cpu: Sample,
    /// The most memory of all runs, in KiB.
    pub(crate) peak_kib: u64,
    /// System calls of one further run, where that can be counted.
    pub(crate) system_calls: Option<u64>,
    /// Requests of the last run.
    pub(crate) requests: u64,
    /// Connections of the last run.
    pub(crate) connections: u64,
    /// Bytes that the server sent in the last run.
    pub(crate) sent_bytes: u64,
    /// Why there is nothing, where there is nothing.
    pub(crate) failure: Option<String>,
}

/// A crowd of processes keeps a machine busy for long: it runs this many times less often.
const CROWD_FACTOR: usize = 5;

/// How much is measured.
#[derive(Clone, Debug)]
pub(crate) struct Effort {
    /// Runs of a scenario.
    pub(crate) runs: usize,
    /// The program that counts system calls, if there is one.
    pub(crate) strace: Option<std::path::PathBuf>,
    /// Seconds after which a run is given up, where a run may never end.
    pub(crate) patience_s: u32,
}

/// Measures scenarios on a graph. `tools` take turns, and each turn begins with another of them, so
/// that what else the machine does falls on all. `tell` gets each table when it is complete.
///
/// # Errors
/// Those of the operating system. A tool that fails is a row that says so.
pub(crate) fn measure_graph(
    graph: &Graph,
    tools: &[&Found],
    scenarios: &[Scenario],
    server: &StaticServer,
    scratch: &Path,
    effort: &Effort,
    tell: &dyn Fn(&Table),
) -> Result<Vec<Table>> {
    server.serve(shape::all(graph, &server.origin())?);
    let folder = tempfile::tempdir_in(scratch)?;
    let install = scenarios.iter().any(|scenario| *scenario != Scenario::Resolve);
    let origin = server.origin();
    let mut ready: Vec<Result<Workplace<'_>, String>> = Vec::new();
    for found in tools {
        let place = folder.path().join(found.tool.name());
        let workplace = Workplace::prepare(found, graph, &origin, &place, install);
        ready.push(workplace.map_err(|error| format!("{error:#}")));
    }
    let mut tables = Vec::new();
    for &scenario in scenarios {
        let mut rows: Vec<Row> =
            tools.iter().map(|found| Row { tool: found.tool.name().to_owned(), ..Row::default() }).collect();
        let runs = match scenario {
            Scenario::Together => effort.runs.div_ceil(CROWD_FACTOR),
            _ => effort.runs,
        };
        for turn in 0..=runs {
            for offset in 0..tools.len() {
                let at = (turn + offset) % tools.len();
                let row = &mut rows[at];
                if row.failure.is_some() {
                    continue;
                }
                let outcome = match &mut ready[at] {
                    Ok(workplace) if turn == runs => count_calls(workplace, scenario, effort, row),
                    Ok(workplace) => one_run(workplace, scenario, server, effort, row),
                    Err(failure) => Err(anyhow::Error::msg(failure.clone())),
                };
                row.failure = outcome.err().map(|error| format!("{error:#}"));
            }
        }
        let table = Table { graph: graph.name.clone(), scenario: scenario.title().to_owned(), rows };
        tell(&table);
        tables.push(table);
    }
    Ok(tables)
}

/// Measures a cold install with a lock of a user who never used the tool.
///
/// # Errors
/// Those of the operating system, and of the tool.
pub(crate) fn measure_first_ever(
    graph: &Graph,
    found: &Found,
    server: &StaticServer,
    scratch: &Path,
    runs: usize,
) -> Result<Sample> {
    let folder = tempfile::tempdir_in(scratch)?;
    let origin = server.origin();
    let mut workplace = Workplace::prepare(found, graph, &origin, folder.path(), true)?;
    let mut sample = Sample::default();
    for _ in 0..runs {
        sample.add(measure(&[workplace.before_with_nothing()?])?.wall);
    }
    Ok(sample)
}

fn one_run(
    workplace: &mut Workplace<'_>,
    scenario: Scenario,
    server: &StaticServer,
    effort: &Effort,
    row: &mut Row,
) -> Result<()> {
    let calls = workplace.before(scenario)?;
    let calls: Vec<Call> = calls.into_iter().map(|call| patient(call, scenario, effort)).collect();
    let before = server.wire();
    let usage = measure(&calls)?;
    let Wire { requests, connections, sent_bytes, .. } = server.wire().since(before);
    row.wall.add(usage.wall);
    row.cpu.add(usage.cpu);
    row.peak_kib = row.peak_kib.max(usage.peak_kib);
    (row.requests, row.connections, row.sent_bytes) = (requests, connections, sent_bytes);
    Ok(())
}

fn patient(call: Call, scenario: Scenario, effort: &Effort) -> Call {
    match scenario {
        Scenario::Resolve => call.under(Path::new("/usr/bin/timeout"), &[&effort.patience_s.to_string()]),
        _ => call,
    }
}

/// Runs once more under a program that counts system calls.
fn count_calls(
    workplace: &mut Workplace<'_>,
    scenario: Scenario,
    effort: &Effort,
    row: &mut Row,
) -> Result<()> {
    let Some(strace) = &effort.strace else { return Ok(()) };
    if scenario == Scenario::Together {
        return Ok(());
    }
    let calls = workplace.before(scenario)?;
    let mut total = 0;
    for call in calls {
        let summary = call.directory.join("calls.log");
        let call = patient(call, scenario, effort);
        measure(&[call.under(strace, &["-f", "-c", "-qq", "-o", &summary.display().to_string()])])?;
        total += total_of(&std::fs::read_to_string(&summary)?).unwrap_or(0);
    }
    row.system_calls = Some(total);
    Ok(())
}

/// The number of calls in the last line of a summary: share, seconds, time a call, calls, errors.
fn total_of(summary: &str) -> Option<u64> {
    let line = summary.lines().rev().find(|line| line.trim_end().ends_with(" total"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

fn microseconds<S: Serializer>(sample: &Sample, serializer: S) -> Result<S::Ok, S::Error> {
    let number = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let said = [("least_us", sample.least()), ("median_us", sample.median()), ("p90_us", sample.p90())];
    let mut all: std::collections::BTreeMap<&str, u64> =
        said.into_iter().map(|(name, time)| (name, number(time))).collect();
    all.insert("runs", sample.len() as u64);
    all.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_of_a_summary_is_found() {
        let summary = "% time     seconds  usecs/call     calls    errors syscall\n------\n 60.00    0.000010           1        12         3 openat\n------\n100.00    0.000020           1       421         7 total\n";
        assert_eq!(total_of(summary), Some(421));
        assert_eq!(total_of("nothing"), None);
    }
}
