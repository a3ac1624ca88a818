//! The terminal, as operations see it.

use std::cmp::Ordering::{Equal, Greater, Less};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use s_capability::PluginId;
use s_diag::Diagnostic;
use s_ops::{Frontend, Step};
use s_plugin::services::{Level, Task};
use s_ui::{Asker, Ui, Unit, Verbosity, one_line};

/// Shows and asks through a [`Ui`], which escapes and frames what is not ours.
pub(crate) struct UiFrontend {
    ui: Ui,
    /// How many lines of logs were shown.
    lines: AtomicU32,
}

struct UiTask(s_ui::Task);

/// So many lines of logs are shown without `-v`.
const LOG_LINES_MAX: u32 = 100;

/// What a plugin writes into the log is cut here, when it is shown.
const LOG_COLUMNS_MAX: usize = 400;

impl UiFrontend {
    pub(crate) fn new(ui: Ui) -> UiFrontend {
        UiFrontend { ui, lines: AtomicU32::new(0) }
    }

    fn asker(plugin: Option<&PluginId>) -> Asker {
        plugin.map_or(Asker::Host, |id| Asker::Plugin(id.to_string()))
    }
}

impl Frontend for UiFrontend {
    fn status(&self, verb: &str, object: &str) {
        self.ui.status(verb, object);
    }

    fn warn(&self, diagnostic: &Diagnostic) {
        self.ui.diagnostic(diagnostic);
    }

    fn step(&self, step: Step, took: Duration) {
        self.ui.debug(format!("step {}: {}", step.name(), took_text(took)));
    }

    fn log_enabled(&self, level: Level) -> bool {
        let wanted = match self.ui.verbosity() {
            Verbosity::Silent => return false,
            Verbosity::Quiet => Level::Warn,
            Verbosity::Normal => Level::Info,
            Verbosity::Verbose => Level::Debug,
            Verbosity::Trace => Level::Trace,
        };
        level <= wanted
    }

    fn log(&self, plugin: &PluginId, level: Level, target: &str, message: &str) {
        if self.ui.verbosity() < Verbosity::Verbose {
            match self.lines.fetch_add(1, Ordering::Relaxed).cmp(&LOG_LINES_MAX) {
                Less => {}
                Equal => return self.ui.note(format!("more from plugin `{plugin}`: -v shows it")),
                Greater => return,
            }
        }
        let target = if target.is_empty() { String::new() } else { format!(" {}", one_line(target, 40)) };
        let line = format!("plugin `{plugin}`{target}: {}", one_line(message, LOG_COLUMNS_MAX));
        match level {
            Level::Error | Level::Warn => self.ui.warning(line),
            Level::Info => self.ui.note(line),
            Level::Debug => self.ui.debug(line),
            Level::Trace => self.ui.trace(line),
        }
    }

    fn task(&self, title: &str, total: Option<u64>, bytes: bool) -> Box<dyn Task> {
        Box::new(UiTask(self.ui.task(title, total, if bytes { Unit::Bytes } else { Unit::Items })))
    }

    fn print(&self, _: &PluginId, text: &str) {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if !self.ui.is_json() {
            self.ui.answer(text);
        } else if let Ok(answer) = serde_json::from_str::<serde_json::Value>(text) {
            self.ui.json(&answer);
        } else {
            self.ui.json(&serde_json::json!({ "text": text }));
        }
    }

    fn is_interactive(&self) -> bool {
        self.ui.is_interactive()
    }

    fn confirm(&self, plugin: Option<&PluginId>, question: &str, default: bool) -> Option<bool> {
        self.ui.prompts(UiFrontend::asker(plugin)).confirm(question, default).ok()
    }

    fn choose(&self, plugin: Option<&PluginId>, question: &str, options: &[String]) -> Option<u32> {
        let chosen = self.ui.prompts(UiFrontend::asker(plugin)).choose(question, options).ok()?;
        u32::try_from(chosen).ok()
    }

    fn ask(&self, plugin: Option<&PluginId>, question: &str, default: Option<&str>) -> Option<String> {
        self.ui.prompts(UiFrontend::asker(plugin)).text(question, default).ok()
    }

    fn password(&self, plugin: Option<&PluginId>, question: &str, destination: &str) -> Option<String> {
        let password = self.ui.prompts(UiFrontend::asker(plugin)).password(question, destination).ok()?;
        Some(password.expose().to_owned())
    }

    fn open_browser(&self, plugin: &PluginId, url: &str, code: Option<&str>) -> bool {
        if !self.ui.is_interactive() {
            return false;
        }
        self.ui.status("Open", format!("{url} (for plugin {plugin})"));
        if let Some(code) = code {
            self.ui.status("Code", code);
        }
        true
    }
}

/// A time as people read it, such as `1.4 ms`.
pub(crate) fn took_text(took: Duration) -> String {
    let micros = took.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{:.1} ms", took.as_secs_f64() * 1e3),
        _ => format!("{:.2} s", took.as_secs_f64()),
    }
}

impl Task for UiTask {
    fn advance(&self, by: u64) {
        self.0.advance(by);
    }

    fn set_total(&self, total: Option<u64>) {
        self.0.set_total(total);
    }

    fn message(&self, text: &str) {
        self.0.message(text);
    }
}
