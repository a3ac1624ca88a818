//! `s-registryd`: the registry server as a small binary of its own, for a machine that has nothing
//! else to do with stryke.
//!
//! It serves what `s registry serve` serves, and has no engine, compiler or resolver in it. The rules
//! are those of `s-registry`; here are arguments, signals, the environment and the log. Answers go to
//! standard output, everything else is lines of JSON on standard error. Only `main` ends the process.

mod cli;
mod log;
mod run;
mod signals;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use serde_json::json;

use cli::Cli;
use log::Log;
use signals::Signals;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = Arc::new(Log::to(std::io::stderr()));
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            log.event("error", "failed", json!({ "error": format!("signals cannot be heard: {error}") }));
            return ExitCode::FAILURE;
        }
    };
    match run::run(
        cli.command,
        &|name| std::env::var(name).ok(),
        &mut std::io::stdout(),
        &log,
        signals.raised(),
    ) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log.event("error", "failed", json!({ "error": error.to_string() }));
            ExitCode::FAILURE
        }
    }
}
