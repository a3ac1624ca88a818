//! `s version`: which binary this is.

use s_ui::Verbosity;
use serde_json::{Map, Value};

use super::Context;
use crate::exit::Exit;

/// Prints the version; with `-v` or as JSON also how the binary was built.
pub(super) fn run(context: &Context<'_>) -> Exit {
    let version = env!("CARGO_PKG_VERSION");
    let target = ("target", env!("S_TARGET").to_owned());
    let facts = || [&target].into_iter().chain(context.facts);
    if context.ui.is_json() {
        let mut answer = Map::from_iter([("version".to_owned(), Value::from(version))]);
        answer.extend(facts().map(|(name, value)| (name.replace(' ', "-"), Value::from(value.as_str()))));
        context.ui.json(&answer);
        return Exit::Done;
    }
    let mut answer = format!("s {version}\n");
    if context.ui.verbosity() >= Verbosity::Verbose {
        let longest = facts().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in facts() {
            answer.push_str(&format!("{name:<longest$}  {value}\n"));
        }
    }
    context.ui.answer(answer);
    Exit::Done
}
