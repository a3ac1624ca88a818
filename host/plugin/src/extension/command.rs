//! Subcommands: `stryke:command/subcommand`.

use super::{BoxFuture, Pairs};
use crate::{CallError, Edit, Usage};

/// One call of a subcommand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Which of the plugin's commands.
    pub name: String,
    /// What stands after it.
    pub arguments: Vec<String>,
    /// Its options; a flag has the value `true`.
    pub options: Pairs,
    /// The last part of the name of the directory it was called in.
    pub directory: String,
    /// Whether the answer should be JSON.
    pub json: bool,
    /// Columns of the terminal.
    pub terminal_width: Option<u16>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit status.
    pub status: u8,
    /// The files it wants to exist. Nothing has been written or checked.
    pub edits: Vec<Edit>,
}

/// An open subcommand plugin.
pub trait Subcommand: Send {
    /// Runs a command.
    fn run(&mut self, call: Call) -> BoxFuture<'_, Result<Outcome, CallError>>;
    /// Returns what was used so far.
    fn usage(&self) -> Usage;
}
