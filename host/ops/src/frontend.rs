//! What operations tell, and ask, on the way.

use std::time::Duration;

use s_capability::PluginId;
use s_diag::Diagnostic;
use s_plugin::services::{Level, NoTask, Task};

use crate::Step;

/// Whoever talks to the user. Text that comes from a plugin says so by `plugin`: it is escaped and
/// framed before it is shown.
pub trait Frontend: Send + Sync {
    /// Says what was done: a verb and what it was done to.
    fn status(&self, verb: &str, object: &str);
    /// Reports something that did not stop the operation.
    fn warn(&self, diagnostic: &Diagnostic);
    /// Says that a step was taken, and how long it took.
    fn step(&self, _: Step, _: Duration) {}
    /// Whether a plugin's lines of this level are wanted.
    fn log_enabled(&self, level: Level) -> bool;
    /// A line of a plugin's log.
    fn log(&self, plugin: &PluginId, level: Level, target: &str, message: &str);
    /// Begins a bar or spinner.
    fn task(&self, title: &str, total: Option<u64>, bytes: bool) -> Box<dyn Task>;
    /// A part of a plugin's answer.
    fn print(&self, plugin: &PluginId, text: &str);
    /// Whether the user can be asked.
    fn is_interactive(&self) -> bool;
    /// Asks a question that is answered by yes or no; none when nobody can be asked.
    fn confirm(&self, plugin: Option<&PluginId>, question: &str, default: bool) -> Option<bool>;
    /// Asks for one of several; the answer is an index.
    fn choose(&self, plugin: Option<&PluginId>, question: &str, options: &[String]) -> Option<u32>;
    /// Asks for a line.
    fn ask(&self, plugin: Option<&PluginId>, question: &str, default: Option<&str>) -> Option<String>;
    /// Asks for a secret, without echo, that will be sent to `destination` only.
    fn password(&self, plugin: Option<&PluginId>, question: &str, destination: &str) -> Option<String>;
    /// Shows an address for the user to open, with a code to type there.
    fn open_browser(&self, plugin: &PluginId, url: &str, code: Option<&str>) -> bool;
}

/// Says nothing and answers nothing.
#[derive(Clone, Copy, Debug)]
pub struct Quiet;

impl Frontend for Quiet {
    fn status(&self, _: &str, _: &str) {}
    fn warn(&self, _: &Diagnostic) {}
    fn log_enabled(&self, _: Level) -> bool {
        false
    }
    fn log(&self, _: &PluginId, _: Level, _: &str, _: &str) {}
    fn task(&self, _: &str, _: Option<u64>, _: bool) -> Box<dyn Task> {
        Box::new(NoTask)
    }
    fn print(&self, _: &PluginId, _: &str) {}
    fn is_interactive(&self) -> bool {
        false
    }
    fn confirm(&self, _: Option<&PluginId>, _: &str, _: bool) -> Option<bool> {
        None
    }
    fn choose(&self, _: Option<&PluginId>, _: &str, _: &[String]) -> Option<u32> {
        None
    }
    fn ask(&self, _: Option<&PluginId>, _: &str, _: Option<&str>) -> Option<String> {
        None
    }
    fn password(&self, _: Option<&PluginId>, _: &str, _: &str) -> Option<String> {
        None
    }
    fn open_browser(&self, _: &PluginId, _: &str, _: Option<&str>) -> bool {
        false
    }
}
