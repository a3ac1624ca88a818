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

use dynamic::{NoPlugins, PluginCommands};
use frame::Frame;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let plugins: &dyn PluginCommands = &NoPlugins;
    let frame =
        Frame { args, plugins, facts: &[], ui: &|options| Ui::new(options, &|name| std::env::var_os(name)) };
    ExitCode::from(frame::run(&frame))
}
