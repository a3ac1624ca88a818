//! `s`, the toolchain of stryke.
//!
//! This crate reads the command line and picks what to say and with which status to end. What a
//! command does is left to `s-ops`; what leaves for the terminal, to `s-ui`. Only `main` ends the
//! process, so that everything else cleans up.

mod bug;
mod cli;
mod commands;
mod dynamic;
mod exit;
mod frame;
mod frontend;
mod names;
mod program;
mod session;
mod suggest;
mod usage;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use s_ui::Ui;

use frame::Frame;
use session::Session;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if args.first().is_some_and(|word| word == session::COMPILE) {
        return compile();
    }
    // Before anything else is made: a program should start at once.
    if let Some(ended) = program::of_command_line(&args) {
        return ended;
    }
    let env = |name: &str| std::env::var_os(name);
    let session = Session::new(&args);
    let tracks: Vec<String> =
        s_capability::WORLDS.iter().map(|(world, track, _)| format!("{world}@{track}")).collect();
    let frame = Frame {
        args,
        plugins: &session,
        context: &|| session.context(),
        facts: &[
            ("plugin engine", format!("wasmtime {}", s_plugin::WASMTIME)),
            ("plugin interfaces", tracks.join(", ")),
        ],
        backtrace: env("RUST_BACKTRACE").is_some_and(|value| value != "0"),
        ui: &|options| {
            let ui = Ui::new(options, &env);
            session.use_ui(&ui);
            ui
        },
    };
    let status = frame::run(&frame);
    // The process ends here, and with it all it holds; letting go of it piece by piece takes longer.
    std::mem::forget(session);
    ExitCode::from(status)
}

/// Compiles the component on standard input, for the process that started this one.
fn compile() -> ExitCode {
    match s_plugin::compile_as_child(std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent reads this; if it is gone, nobody does.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
