//! `subcommand.run`: `stryke:command/subcommand`. What is proposed is shown, never written.

use std::collections::BTreeMap;

use s_plugin::extension::command::{Call as CommandCall, Outcome};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, CallMistake, Performed, performed};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Run {
    name: String,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, String>,
    #[serde(default)]
    directory: String,
    #[serde(default)]
    json: bool,
    terminal_width: Option<u16>,
}

pub(super) async fn perform(call: Call<'_>) -> Result<Performed, CallMistake> {
    let run: Run = call.arguments()?;
    let command = CommandCall {
        name: run.name,
        arguments: run.arguments,
        options: run.options.into_iter().collect(),
        directory: run.directory,
        json: run.json,
        terminal_width: run.terminal_width,
    };
    performed!(call.plugin.open_command(), |open| open.run(command), |outcome| answer(&outcome))
}

fn answer(outcome: &Outcome) -> Value {
    let edits = outcome
        .edits
        .iter()
        .map(|edit| json!({ "path": edit.path, "content": edit.content, "why": edit.why }));
    json!({ "status": outcome.status, "edits": edits.collect::<Vec<_>>() })
}
