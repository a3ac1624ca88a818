//! Measures installs: `s` beside other package managers, on one graph in the shape of each.
//!
//! ```sh
//! cargo build --release -p s -p s-bench-packages
//! target/release/s-bench-packages --tools DIR
//! ```
//!
//! [`graph`] makes names, versions, dependencies and contents, [`shape`] the registries, one server in
//! this process serves all of them, [`tool`] says how each tool is told what to do, [`scenario`]
//! what is there before a run, and [`bench`] runs them in turns. Nothing leaves the machine.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its answer is tables, and what it does meanwhile"
)]

mod arguments;
mod bench;
mod call;
mod folders;
mod graph;
mod machine;
mod report;
mod scenario;
mod shape;
mod text;
mod tool;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use s_kit::{StaticServer, Time};
use serde_json::json;

use arguments::{Arguments, HELP};
use bench::{Effort, Table, measure_first_ever, measure_graph};
use graph::{Graph, Plan};
use scenario::Scenario;
use tool::Found;

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1).peekable();
    if words.next_if(|word| word == call::MEASURE).is_some() {
        print!("{}", call::measure_here()?);
        return Ok(());
    }
    let arguments = Arguments::parse(words)?;
    if arguments.help {
        print!("{HELP}");
        return Ok(());
    }
    let graphs = graphs(&arguments)?;
    let server = StaticServer::start(arguments.delay)?;
    if arguments.serve {
        return serve(&graphs[0].0, &server);
    }
    run(&arguments, &graphs, &server)
}

/// The graphs that were asked for, and what is measured on each.
fn graphs(arguments: &Arguments) -> Result<Vec<(Graph, Vec<Scenario>)>> {
    use Scenario as S;
    let extras = arguments.runs + 2;
    let layered = |name, packages, files, file_bytes, extras| {
        Graph::layered(&Plan { name, packages, files, file_bytes, extras })
    };
    let mut standard = vec![
        S::ColdNoLock,
        S::ColdLock,
        S::WarmLock,
        S::NoOp,
        S::AddOne,
        S::UpdateOne,
        S::Relock,
        S::Together,
    ];
    if let Some(letters) = &arguments.scenarios {
        standard.retain(|scenario| letters.contains(&scenario.title()[..1]));
    }
    if arguments.quick {
        return Ok(vec![(layered("quick", 12, 3, 1024, extras), standard)]);
    }
    let large = vec![S::Resolve, S::ColdLock, S::NoOp];
    let single = vec![S::ColdLock, S::NoOp];
    let make = |name: &str| match name {
        "standard" => Some((layered("50 packages", 50, 40, 4096, extras), standard.clone())),
        "middle" => Some((layered("500 packages", 500, 10, 4096, 0), large.clone())),
        "large" => Some((layered("2,000 packages", 2000, 4, 2048, 0), large.clone())),
        "long" => Some((layered("L: one package of 32 MB", 1, 64, 512 << 10, 0), single.clone())),
        "many" => Some((layered("M: one package of 19,000 files", 1, 19_000, 64, 0), single.clone())),
        "knots" => Some((Graph::tangled(30, 12), vec![S::Resolve])),
        _ => None,
    };
    match &arguments.graph {
        Some(name) => Ok(vec![make(name).with_context(|| format!("there is no graph `{name}`"))?]),
        None => Ok(["standard", "middle", "large", "knots", "long", "many"]
            .into_iter()
            .filter_map(make)
            .collect()),
    }
}

fn serve(graph: &Graph, server: &StaticServer) -> Result<()> {
    server.serve(shape::all(graph, &server.origin())?);
    println!("{}", server.origin());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("{:?}", server.wire());
    Ok(())
}

fn run(arguments: &Arguments, graphs: &[(Graph, Vec<Scenario>)], server: &StaticServer) -> Result<()> {
    let folders = folders(arguments);
    let (mut tools, missing) = tool::find(&own(arguments)?, &folders)?;
    tools.retain(|found| {
        arguments.only.is_empty() || arguments.only.iter().any(|name| name == found.tool.name())
    });
    if tools.is_empty() {
        bail!("none of the tools of `--only` is there");
    }
    let scratch = arguments.scratch.clone().unwrap_or_else(std::env::temp_dir);
    let facts = machine::describe(&scratch, &tools, &missing);
    println!("| what | |\n|---|---|");
    for (name, fact) in &facts {
        println!("| {name} | {fact} |");
    }
    let strace = folders.iter().map(|folder| folder.join("strace")).find(|program| program.is_file());
    let mut tables: Vec<Table> = Vec::new();
    let mut first_ever = None;
    for (graph, scenarios) in graphs {
        eprintln!("{} ...", graph.name);
        let is_standard = scenarios.len() > 3 || arguments.scenarios.is_some();
        let effort = Effort {
            runs: if is_standard { arguments.runs } else { arguments.runs.div_ceil(3) },
            strace: strace.clone().filter(|_| arguments.strace),
            patience_s: 60,
        };
        let fit = |found: &&Found| {
            !graph.extras.is_empty() || !knots(graph) || !found.tool.holds_compatible_versions()
        };
        let fitting: Vec<&Found> = tools.iter().filter(fit).collect();
        let tell = |table: &Table| println!("\n{}", report::table(table));
        tables.extend(measure_graph(graph, &fitting, scenarios, server, &scratch, &effort, &tell)?);
        if let Some(own) = tools.iter().find(|found| found.tool.name() == "s").filter(|_| is_standard) {
            let sample = measure_first_ever(graph, own, server, &scratch, arguments.runs.div_ceil(5))?;
            println!(
                "\nThe very first `s install --locked` of a user, which compiles the plugin: {} (median of {}).\n",
                Time(sample.median()),
                sample.len()
            );
            first_ever = Some(sample.median().as_micros());
        }
    }
    println!("\n{}", report::ratios(&tables));
    println!("Load after: {}.", machine::load().unwrap_or_else(|| "unknown".to_owned()));
    if let Some(file) = &arguments.json {
        let all = json!({
            "machine": facts.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "delay_ms": arguments.delay.as_millis(),
            "tables": tables,
            "first_ever_us": first_ever,
        });
        std::fs::write(file, serde_json::to_vec_pretty(&all)?)
            .with_context(|| format!("write {}", file.display()))?;
    }
    Ok(())
}

/// Whether a graph is one that only those have to solve who hold one compatible version of each.
fn knots(graph: &Graph) -> bool {
    graph.packages.first().is_some_and(|package| package.name.starts_with("knot"))
}

/// The `s` to measure.
fn own(arguments: &Arguments) -> Result<PathBuf> {
    let beside = || {
        let here = std::env::current_exe().ok()?;
        Some(here.parent()?.join(format!("s{}", std::env::consts::EXE_SUFFIX)))
    };
    let given = arguments.s.clone().or_else(|| std::env::var_os("S").map(PathBuf::from)).or_else(beside);
    let s = given.context("there is no `s`: name it with --s")?;
    std::path::absolute(&s).with_context(|| format!("find {}", s.display()))
}

/// Where tools are looked for: those that were given, then those of `PATH`.
fn folders(arguments: &Arguments) -> Vec<PathBuf> {
    let given = arguments.tools.iter().filter_map(|folder| std::path::absolute(folder).ok());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path: Vec<PathBuf> = std::env::split_paths(&path).filter(|folder| folder != Path::new("")).collect();
    given.chain(path).collect()
}
