//! `s bench`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use s_ops::language::{BenchRequest, BenchResult, bench};
use s_ui::{Align, Table};
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s bench`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Benchmarks are files `bench_*` in the folder `benches`. Each is run as a whole process, start included: a
few times to warm up, then many times. The spread is the median distance from the median; a difference
counts as clear when it is more than three times the spread. Results are kept in `target/benches`.

Examples:
  s bench
  s bench --save before
  s bench --compare before")]
pub(crate) struct BenchArgs {
    /// Files and folders; without any, the folder benches
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Only files whose path contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// Runs to warm up, which are not counted
    #[arg(long, value_name = "N", default_value_t = 3)]
    warm_ups: u16,

    /// The most runs that are counted
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..))]
    samples: u16,

    /// Begin no further run of a program after this long, once there are five
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    time: u16,

    /// Keep the result under this name
    #[arg(long, value_name = "NAME")]
    save: Option<String>,

    /// Compare with the result that was kept under this name
    #[arg(long, value_name = "NAME")]
    compare: Option<String>,

    /// Run the programs as plain Perl 5
    #[arg(long)]
    compat: bool,
}

/// Measures programs.
pub(super) fn run(context: &Context<'_>, args: &BenchArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let request = BenchRequest {
        paths: args.paths.clone(),
        filter: args.filter.clone(),
        warm_ups: args.warm_ups.into(),
        samples: args.samples.into(),
        time: Duration::from_secs(args.time.into()),
        save: args.save.clone(),
        compare: args.compare.clone(),
        compat: args.compat,
    };
    let ui = context.ui;
    let results = bench(&operations, &request, &mut |result| ui.status("Measured", result.path.as_str()))?;
    if ui.is_json() {
        ui.json(&json!({ "results": results }));
        return Ok(Exit::Done);
    }
    let mut headings = vec![
        ("Program", Align::Left),
        ("Median", Align::Right),
        ("Spread", Align::Right),
        ("Least", Align::Right),
        ("Runs", Align::Right),
    ];
    if args.compare.is_some() {
        headings.extend([("Before", Align::Right), ("Change", Align::Right)]);
    }
    let mut table = Table::new(&headings);
    for result in &results {
        table.row(cells(result, args.compare.is_some()));
    }
    ui.answer(table.render(ui.columns()));
    Ok(Exit::Done)
}

fn cells(result: &BenchResult, compares: bool) -> Vec<String> {
    let mut cells = vec![
        result.path.clone(),
        shown(result.median),
        shown(result.spread),
        shown(result.least),
        result.samples.len().to_string(),
    ];
    match result.compared {
        Some(compared) => {
            let percent = (compared.ratio - 1.0) * 100.0;
            let doubt = if compared.is_clear { "" } else { " (noise)" };
            cells.extend([shown(compared.median), format!("{percent:+.1} %{doubt}")]);
        }
        None if compares => cells.extend(["-".to_owned(), "new".to_owned()]),
        None => {}
    }
    cells
}

/// Seconds, for people.
fn shown(seconds: f64) -> String {
    if seconds >= 1.0 {
        format!("{seconds:.3} s")
    } else if seconds >= 0.001 {
        format!("{:.2} ms", seconds * 1e3)
    } else {
        format!("{:.1} µs", seconds * 1e6)
    }
}
