//! One operation a file: what each command does, without a terminal and without arguments.
//!
//! An operation takes a [`Context`] and gives a value to show or a [`Failure`] to report. Here the
//! errors of the inner crates, which hold facts, become diagnostics, which say what to do. What
//! happens on the way is told to a [`Frontend`].

mod context;
mod describe;
mod failure;
mod frontend;
mod plugin_build;
mod plugin_call;
mod plugin_new;
mod plugin_run;
mod plugin_test;
pub mod plugins;
mod run_command;

pub use context::{Context, Setup};
pub use failure::{Failure, FailureKind};
pub use frontend::{Frontend, Quiet};
pub use plugin_build::{BuildRequest, Built, plugin_build};
pub use plugin_new::{NewFiles, NewPlugin, plugin_new};
pub use plugin_run::{Called, PluginCall, plugin_run};
pub use plugin_test::{FixtureReport, RunReport, TestRequest, plugin_test};
pub use run_command::{Invocation, run_command};
