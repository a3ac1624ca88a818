//! Inside one process: compiling, loading, opening, calling, waiting.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use s_capability::Kind as PluginKind;
use s_kit::{Answer, Sample, Server, Time};
use s_link::{Atom, Binding, Builder, Form, Kind, Pack, Reloc, RelocKind, Target};
use s_ops::build::link::{Image, LINKER, LinkJob, link};
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
    linking(home.path()).map_err(said)?;
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
        let is_metered = built_in.manifest().kind == PluginKind::Target;
        let load = |engine: &Engine| {
            let metered = is_metered.then(|| engine.metered());
            let engine = metered.as_ref().and_then(|metered| metered.as_ref().ok()).unwrap_or(engine);
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

/// Links in the sandbox: the smallest program, and one of ten megabytes. A new context does what a new
/// process does: it makes an engine and takes the code from the cache.
fn linking(home: &Path) -> Result<(), Failure> {
    let context = &context(home)?;
    println!("| one link by `{LINKER}` | median | least | runs |\n|---|---|---|---|");
    let small = runtime(1).to_bytes();
    link(context, LINKER, job(small.clone()))?;
    let cold = || self::context(home).and_then(|context| link(&context, LINKER, job(small.clone())));
    println!("| one function, in a new context | {} |", Sample::of(100, || drop(cold())));
    for (title, functions, runs) in [("one function", 1, 200), ("10 MB, 40000 functions", 40_000, 7)] {
        let pack = runtime(functions).to_bytes();
        let link = || link(context, LINKER, job(pack.clone()));
        let image = link()?.image;
        let sample = Sample::of(runs, || drop(link()));
        println!("| {title}: {} KB from {} KB | {sample} |", image.len() >> 10, pack.len() >> 10);
    }
    println!();
    Ok(())
}

fn job(pack: Vec<u8>) -> LinkJob<'static> {
    let mut builder = Builder::new("program");
    let start = builder.atom("text", Atom::new(Kind::Text, 16, vec![0x90; 5]));
    let _ = builder.define("_start", Binding::Global, Form::Function, start, 0, 5);
    let symbol = builder.symbol("f0");
    builder.reloc(start, Reloc { offset: 1, kind: RelocKind::Rel32, symbol, addend: -4 });
    LinkJob {
        triple: "x86_64-linux",
        image: Image::OfTriple,
        pie: true,
        entry: "_start",
        abi: "bench",
        units: vec![("program".to_owned(), builder.finish().to_bytes(Target::X86_64Linux))],
        pack: pack.into(),
        assets: Vec::new(),
        build_id: vec![1; 20],
        notes: Vec::new(),
        symbols: true,
        map: false,
    }
}

/// Functions that call each other, each with a constant.
fn runtime(functions: u32) -> Pack<'static> {
    let mut builder = Builder::new("runtime");
    for index in 0..functions {
        let text = builder.atom("text", Atom::new(Kind::Text, 16, vec![0x90; 160]));
        let _ = builder.define(&format!("f{index}"), Binding::Global, Form::Function, text, 0, 160);
        let constant = builder.atom("rodata", Atom::new(Kind::Rodata, 8, vec![index as u8; 96]));
        let constant = builder.local_symbol(&format!("c{index}"), Form::Object, constant, 0, 96);
        builder.reloc(text, Reloc { offset: 20, kind: RelocKind::Rel32, symbol: constant, addend: -4 });
        for step in [1, 7, 4099] {
            let symbol = builder.symbol(&format!("f{}", (index + step) % functions));
            builder.reloc(text, Reloc { offset: 30 + step % 64, kind: RelocKind::Rel32, symbol, addend: -4 });
        }
    }
    Pack {
        target: Target::X86_64Linux,
        abi: "bench".into(),
        producer: "bench".into(),
        unit: builder.finish(),
    }
}

fn context(home: &Path) -> Result<Arc<Context>, Failure> {
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
