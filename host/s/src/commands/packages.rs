//! What the commands about packages have in common: options, and how changes are told.

use clap::Args;
use s_ops::project::{Group, Version};
use s_ops::{Answers, Change, Fetched};
use s_ui::Ui;
use serde_json::{Value, json};

use crate::frontend::took_text;

/// Which table of dependencies is meant.
#[derive(Args, Debug)]
pub(crate) struct GroupArgs {
    /// The table `[dev-deps]`: for whoever works on this package
    #[arg(long, conflicts_with = "group")]
    dev: bool,

    /// The table `[groups.NAME]`
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
}

/// Which package of a workspace is meant.
#[derive(Args, Debug)]
pub(crate) struct MemberArgs {
    /// The package of the workspace, where it is not the one of this folder
    #[arg(short = 'p', long = "package", value_name = "NAME")]
    pub(crate) member: Option<String>,
}

/// Which answers of registries will do.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct AnswersArgs {
    /// Ask registries again, also where they answered a moment ago
    #[arg(long)]
    refresh: bool,
}

impl AnswersArgs {
    /// The answers that will do.
    pub(crate) fn stated(self) -> Answers {
        if self.refresh { Answers::New } else { Answers::Young }
    }
}

/// Whether it is shown where the time went.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct TimingArgs {
    /// Show how long each step took
    #[arg(long)]
    timings: bool,
}

impl TimingArgs {
    /// Tells the steps, if somebody wants to know. What several threads did is added up.
    pub(crate) fn tell(self, ui: &Ui, operations: &s_ops::Context) {
        if !self.timings || ui.is_json() {
            return;
        }
        for time in operations.step_times() {
            let times = if time.count > 1 { format!(", {} times", time.count) } else { String::new() };
            ui.status(time.step.name(), format!("{}{times}", took_text(time.busy)));
        }
    }

    /// The same as JSON; null where nobody wants to know.
    pub(crate) fn json(self, operations: &s_ops::Context) -> Value {
        if !self.timings {
            return Value::Null;
        }
        let times = operations.step_times().into_iter();
        let times = times.map(|time| {
            json!({
                "step": time.step.name(),
                "busy-us": u64::try_from(time.busy.as_micros()).unwrap_or(u64::MAX),
                "count": time.count,
            })
        });
        times.collect()
    }
}

impl GroupArgs {
    /// The table that was named.
    pub(crate) fn stated(&self) -> Option<Group> {
        match (&self.group, self.dev) {
            (Some(name), _) => Some(Group::Named(name.clone())),
            (None, true) => Some(Group::Dev),
            (None, false) => None,
        }
    }
}

/// Tells what changed in a lock, a line a package.
pub(crate) fn tell(ui: &Ui, changes: &[Change]) {
    for change in changes {
        let (verb, text) = match (change.before.as_slice(), change.after.as_slice()) {
            ([], after) => ("Locked", format!("{} {}", change.name, list(after))),
            (before, []) => ("Unlocked", format!("{} {}", change.name, list(before))),
            (before, after) => ("Moved", format!("{} {} → {}", change.name, list(before), list(after))),
        };
        ui.status(verb, text);
    }
}

/// The same as JSON.
pub(crate) fn changes_json(changes: &[Change]) -> Value {
    let texts = |versions: &[Version]| versions.iter().map(ToString::to_string).collect::<Vec<_>>();
    let change = |change: &Change| json!({ "name": change.name.as_str(), "before": texts(&change.before), "after": texts(&change.after) });
    changes.iter().map(change).collect()
}

/// What it took to fill the store, as JSON.
pub(crate) fn fetched_json(fetched: &Fetched) -> Value {
    json!({
        "present": fetched.present,
        "unpacked": fetched.unpacked,
        "fetched": fetched.fetched,
        "bytes": fetched.bytes,
    })
}

fn list(versions: &[Version]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// `1 package`, `2 packages`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
