//! `stryke:host/log`: free, within a budget.

use crate::bindings::host::stryke::host::log;
use crate::host::{TEXT_BYTES_MAX, cut};
use crate::services::Level;
use crate::state::State;

impl log::Host for State {
    fn write(&mut self, level: log::Level, target: String, message: String) -> wasmtime::Result<()> {
        let budget = &mut self.log;
        let (lines_max, bytes_max) = (self.rights.limits.log_lines, self.rights.limits.log_bytes);
        if budget.lines >= lines_max || budget.bytes >= bytes_max {
            if self.usage.log_lines_dropped == 0 {
                let notice = "more log than it may write; the rest is dropped";
                self.services.log(&self.plugin, Level::Warn, "host", notice);
            }
            self.usage.log_lines_dropped += 1;
            return Ok(());
        }
        let (target, message) = (cut(&target, TEXT_BYTES_MAX), cut(&message, TEXT_BYTES_MAX));
        budget.lines += 1;
        budget.bytes += (target.len() + message.len()) as u64;
        let level = ours(level);
        if self.services.log_enabled(level) {
            self.services.log(&self.plugin, level, target, message);
        }
        Ok(())
    }

    fn enabled(&mut self, level: log::Level) -> wasmtime::Result<bool> {
        Ok(self.services.log_enabled(ours(level)))
    }
}

fn ours(level: log::Level) -> Level {
    match level {
        log::Level::Error => Level::Error,
        log::Level::Warn => Level::Warn,
        log::Level::Info => Level::Info,
        log::Level::Debug => Level::Debug,
        log::Level::Trace => Level::Trace,
    }
}
