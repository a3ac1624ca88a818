//! Inside one process: compiling, loading, opening, calling, waiting.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use s_kit::{Answer, Sample, Server, Time};
use s_ops::plugins::builtin::BUILT_IN;
use s_ops::plugins::catalog::{Entry, Level};
use s_ops::plugins::launch::{Allow, launch};
use s_ops::{Context, Failure, Quiet, Setup};
use s_plugin::extension::command::Call;
use s_plugin::{Cancel, CodeCache, Compiler, Engine};

const ATTACK: &[u8] = include_bytes!("../../fixtures/attack.wasm");

/// Prints the tables of what happens inside one process.
pub(crate) fn measure() -> Result<(), Box<dyn std::error::Error>> {
    compiling()?;
    let home = tempfile::tempdir()?;
    let context = context(home.path()).map_err(said)?;
    calling(&context).map_err(said)?;
    waiting(&context).map_err(said)?;
    Ok(())
}

fn compiling() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let engine = Engine::new(None)?;
    let cached = Engine::new(Some(CodeCache::new(folder.path().join("code"), [7; 32])))?;
    println!(
        "| built-in plugin | compile: median | least | runs | load from the cache |\n|---|---|---|---|---|"
    );
    for built_in in &BUILT_IN {
        let load = |engine: &Engine| {
            drop(engine.load(built_in.component, built_in.digest(), &Compiler::Here).map(drop));
        };
        let compile = Sample::of(7, || load(&engine));
        load(&cached);
        let reload = Sample::of(50, || load(&cached));
        println!("| `{}` | {compile} | {} |", built_in.id, Time(reload.median()));
    }
    println!();
    Ok(())
}

fn calling(context: &Arc<Context>) -> Result<(), Failure> {
    let entry = Entry::built_in(&BUILT_IN[2]);
    let plugin = launch(context, &entry, &BTreeMap::new(), Allow::Granted)?.plugin;
    let engine = plugin.engine.clone();
    let call = || Call { name: "new".to_owned(), arguments: vec!["no/name".to_owned()], ..Call::default() };
    let open = Sample::of(500, || drop(engine.block_on(plugin.open_command()).map(drop)));
    let mut session = engine.block_on(plugin.open_command())?;
    let warm = Sample::of(5000, || drop(engine.block_on(session.run(call())).map(drop)));
    println!("| one plugin, `{}` | median | least | runs |\n|---|---|---|---|", entry.id());
    println!("| a new sandbox: store, linker, instance | {open} |");
    println!("| a warm call that answers with an error | {warm} |\n");
    Ok(())
}

/// Twenty requests that each take 100 ms, in flight together.
fn waiting(context: &Arc<Context>) -> Result<(), Failure> {
    const REQUESTS: usize = 20;
    const DELAY: Duration = Duration::from_millis(100);
    let server = Server::start(|_| Answer::ok("slow").delay(DELAY));
    let entry = Entry::loose(Level::User, ATTACK.to_vec(), "attack.wasm", "path+attack.wasm".to_owned())?;
    let config = BTreeMap::from([("url".to_owned(), server.origin())]);
    let plugin = launch(context, &entry, &config, Allow::ThisRun)?.plugin;
    let engine = plugin.engine.clone();
    let mut session = engine.block_on(plugin.open_command())?;
    let arguments = vec!["http-many".to_owned(), server.url("/slow"), REQUESTS.to_string()];
    let call = Call { name: "attack".to_owned(), arguments, ..Call::default() };
    let together = Sample::of(5, || drop(engine.block_on(session.run(call.clone())).map(drop)));
    println!("| requests | median | least | runs |\n|---|---|---|---|");
    println!("| {REQUESTS} of {} ms each, one call of a plugin | {together} |", DELAY.as_millis());
    println!("| most of them at the server at one time | {} | | |\n", server.concurrency_max());
    Ok(())
}

fn context(home: &std::path::Path) -> Result<Arc<Context>, Failure> {
    let stryke_home = home.join("home").into_os_string();
    Context::new(Setup {
        directory: home.to_owned(),
        environment: Arc::new(move |name| (name == "STRYKE_HOME").then(|| stryke_home.clone())),
        frontend: Arc::new(Quiet),
        offline: false,
        compiler_arguments: Vec::new(),
        cancel: Cancel::new(),
    })
}

fn said(failure: Failure) -> Box<dyn std::error::Error> {
    let messages: Vec<String> =
        failure.diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect();
    messages.join("; ").into()
}
