//! Progress on standard error: bars where they can move, otherwise one line when a task starts and
//! one when it ends.
//!
//! Log lines and bars never mix, because every writer goes through [`Bars::suspend`].

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::escape::one_line;
use crate::styled::style;
use crate::{Styled, Ui, Verbosity};

/// What a task counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Items,
    /// Bytes, shown in binary units.
    Bytes,
}

/// A task whose progress is shown. Dropping it finishes it.
pub struct Task {
    ui: Ui,
    title: String,
    unit: Unit,
    count: AtomicU64,
    /// How many there are; zero where nobody knows.
    total: AtomicU64,
    bar: Option<ProgressBar>,
    /// Whether lines are printed in place of a bar.
    lines: bool,
    message: Mutex<String>,
}

/// Titles and messages are cut here, so that a bar stays on one line.
const TITLE_COLUMNS_MAX: usize = 40;
const MESSAGE_COLUMNS_MAX: usize = 30;
/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(120);

impl Ui {
    /// Starts to show a task. `title` may come from outside. Without `total` it has no end in sight.
    pub fn task(&self, title: &str, total: Option<u64>, unit: Unit) -> Task {
        let title = one_line(title, TITLE_COLUMNS_MAX);
        let bar = self.bars().add(&title, total, unit);
        let lines = bar.is_none() && !self.is_json() && self.verbosity() >= Verbosity::Normal;
        let task = Task {
            ui: self.clone(),
            title,
            unit,
            count: AtomicU64::new(0),
            total: AtomicU64::new(total.unwrap_or(0)),
            bar,
            lines,
            message: Mutex::default(),
        };
        task.line(" …");
        task
    }
}

impl Task {
    /// Counts `by` more.
    pub fn advance(&self, by: u64) {
        self.count.fetch_add(by, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.inc(by);
        }
    }

    /// Sets or forgets where the end is.
    pub fn set_total(&self, total: Option<u64>) {
        self.total.store(total.unwrap_or(0), Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            match total {
                Some(total) => bar.set_length(total),
                None => bar.unset_length(),
            }
            bar.set_style(bar_style(total.is_some(), self.unit, self.ui.bars().color));
        }
    }

    /// Says what is being worked on. `text` may come from outside; in a pipe only the last one is
    /// shown, when the task ends.
    pub fn message(&self, text: &str) {
        let text = one_line(text, MESSAGE_COLUMNS_MAX);
        if let Some(bar) = &self.bar {
            bar.set_message(text);
        } else if self.lines
            && let Ok(mut message) = self.message.lock()
        {
            *message = text;
        }
    }

    fn line(&self, what: &str) {
        if self.lines {
            let text = Styled::new().styled(style::DIM, format!("{}{what}\n", self.title));
            self.ui.write_err(&text);
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
            self.ui.bars().multi.remove(bar);
        } else if self.lines {
            let count = self.count.load(Ordering::Relaxed);
            let total = self.total.load(Ordering::Relaxed);
            let shown = |amount: u64| match self.unit {
                Unit::Items => amount.to_string(),
                Unit::Bytes => indicatif::BinaryBytes(amount).to_string(),
            };
            let mut what = match total {
                0 => format!(": {}", shown(count)),
                total => format!(": {} of {}", shown(count), shown(total)),
            };
            if let Ok(message) = self.message.lock()
                && !message.is_empty()
            {
                what = format!("{what}, {message}");
            }
            self.line(&what);
        }
    }
}

/// All bars of a process.
pub(crate) struct Bars {
    multi: MultiProgress,
    moving: bool,
    color: bool,
}

impl Bars {
    /// `moving` says whether bars are drawn at all.
    pub(crate) fn new(moving: bool, color: bool) -> Bars {
        let target = if moving { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Bars { multi: MultiProgress::with_draw_target(target), moving, color }
    }

    /// Takes the bars away while something else writes to the terminal.
    pub(crate) fn suspend<R>(&self, write: impl FnOnce() -> R) -> R {
        if self.moving { self.multi.suspend(write) } else { write() }
    }

    /// Takes the bars away for good. A terminal that cannot is left as it is.
    pub(crate) fn clear(&self) {
        if self.moving {
            let _ = self.multi.clear();
        }
    }

    fn add(&self, title: &str, total: Option<u64>, unit: Unit) -> Option<ProgressBar> {
        if !self.moving {
            return None;
        }
        // Drawn for the first time once it looks as it should.
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden())
            .with_style(bar_style(total.is_some(), unit, self.color))
            .with_prefix(title.to_owned());
        let bar = self.multi.add(bar);
        bar.enable_steady_tick(TICK);
        Some(bar)
    }
}

fn bar_style(bounded: bool, unit: Unit, color: bool) -> ProgressStyle {
    let template = match (bounded, unit, color) {
        (true, Unit::Items, true) => "{prefix:>11.green.bold} {bar:24.cyan/dim} {pos}/{len} {msg:.dim}",
        (true, Unit::Items, false) => "{prefix:>11} {bar:24} {pos}/{len} {msg}",
        (true, Unit::Bytes, true) => {
            "{prefix:>11.green.bold} {bar:24.cyan/dim} {binary_bytes}/{binary_total_bytes} {msg:.dim}"
        }
        (true, Unit::Bytes, false) => "{prefix:>11} {bar:24} {binary_bytes}/{binary_total_bytes} {msg}",
        (false, Unit::Items, true) => "{prefix:>11.green.bold} {spinner} {pos} {msg:.dim}",
        (false, Unit::Items, false) => "{prefix:>11} {spinner} {pos} {msg}",
        (false, Unit::Bytes, true) => "{prefix:>11.green.bold} {spinner} {binary_bytes} {msg:.dim}",
        (false, Unit::Bytes, false) => "{prefix:>11} {spinner} {binary_bytes} {msg}",
    };
    ProgressStyle::with_template(template)
        .expect("a test builds every template")
        .progress_chars("━╸─")
        .tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UiOptions;

    #[test]
    fn every_template_can_be_built() {
        for bounded in [true, false] {
            for unit in [Unit::Items, Unit::Bytes] {
                for color in [true, false] {
                    bar_style(bounded, unit, color);
                }
            }
        }
    }

    #[test]
    fn in_a_pipe_a_task_is_two_lines() {
        let (ui, captured) = Ui::capture(&UiOptions::default());
        let task = ui.task("fetching\x1b[2J\nthe index", Some(3), Unit::Items);
        for name in ["one", "two", "three\x1b"] {
            task.message(name);
            task.advance(1);
        }
        drop(task);
        let task = ui.task("downloading", None, Unit::Bytes);
        task.advance(3 << 20);
        drop(task);
        insta::assert_snapshot!(captured.stderr(), @"
        fetching␛[2J the index …
        fetching␛[2J the index: 3 of 3, three␛
        downloading …
        downloading: 3.00 MiB
        ");
    }

    #[test]
    fn nothing_is_shown_when_quiet_or_json() {
        let quiet = UiOptions { verbosity: Verbosity::Quiet, ..UiOptions::default() };
        let json = UiOptions { json: true, ..UiOptions::default() };
        for options in [quiet, json] {
            let (ui, captured) = Ui::capture(&options);
            ui.task("fetching", None, Unit::Items).advance(1);
            assert_eq!(captured.stderr() + &captured.stdout(), "", "{options:?}");
        }
    }
}
