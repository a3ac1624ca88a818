//! One operation a file: what each command does, without a terminal and without arguments.
//!
//! An operation takes a [`Context`] and gives a value to show or a [`Failure`] to report. Here the
//! errors of the inner crates, which hold facts, become diagnostics, which say what to do. What
//! happens on the way is told to a [`Frontend`].

mod address;
pub mod audit;
mod context;
mod describe;
mod failure;
mod frontend;
pub mod plugins;
pub mod registry;
mod run_command;

pub use context::{Context, Setup};
pub use failure::{Failure, FailureKind};
pub use frontend::{Frontend, Quiet};
pub use run_command::{Invocation, run_command};
