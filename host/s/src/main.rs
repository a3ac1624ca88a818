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
mod suggest;
mod usage;

use std::process::ExitCode;

use s_ui::Ui;

use dynamic::NoPlugins;
use frame::Frame;

fn main() -> ExitCode {
    let env = |name: &str| std::env::var_os(name);
    let frame = Frame {
        args: std::env::args_os().skip(1).collect(),
        plugins: &NoPlugins,
        facts: &[],
        backtrace: env("RUST_BACKTRACE").is_some_and(|value| value != "0"),
        ui: &|options| Ui::new(options, &env),
    };
    ExitCode::from(frame::run(&frame))
}
