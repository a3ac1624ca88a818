//! `s plugin run`: one call of a plugin.

use s_diag::{Code, Diagnostic};
use s_ops::{Called, PluginCall};
use s_ui::{Styled, Verbosity, escape_terminal};
use serde_json::{Value, json};

use super::Context;
use super::plugin::{RunArgs, config};
use crate::exit::Exit;
use crate::frame::Failure;

/// Calls a function and prints its answer as JSON; with `-v` also what the call cost.
pub(super) fn run(context: &Context<'_>, args: &RunArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let call = PluginCall {
        plugin: args.plugin.clone(),
        function: args.function.clone(),
        arguments: arguments(args.arguments.as_deref())?,
        config: config(&args.config)?,
        allow: args.allow,
    };
    let called = s_ops::plugin_run(&operations, &call)?;
    if context.ui.is_json() {
        context.ui.json(&json!({ "answer": called.answer, "usage": usage(&called) }));
        return Ok(Exit::Done);
    }
    let answer = serde_json::to_string_pretty(&called.answer).expect("a value of JSON can be written");
    context.ui.answer(Styled::new().plain(escape_terminal(&answer)).plain("\n"));
    if context.ui.verbosity() >= Verbosity::Verbose {
        let calls = called.usage.capabilities.iter().map(|(name, count)| format!("{name} ×{count}"));
        let calls: Vec<String> = calls.collect();
        context.ui.debug(format!(
            "memory {} KiB, scratch {} KiB, granted host functions: {}",
            called.usage.memory_bytes_peak.div_ceil(1024),
            called.usage.scratch_bytes_peak.div_ceil(1024),
            if calls.is_empty() { "none".to_owned() } else { calls.join(", ") },
        ));
    }
    Ok(Exit::Done)
}

fn usage(called: &Called) -> Value {
    json!({
        "memory-bytes-peak": called.usage.memory_bytes_peak,
        "scratch-bytes-peak": called.usage.scratch_bytes_peak,
        "log-lines-dropped": called.usage.log_lines_dropped,
        "host-calls": called.usage.capabilities,
    })
}

fn arguments(text: Option<&str>) -> Result<Value, Failure> {
    let Some(text) = text else { return Ok(Value::Null) };
    serde_json::from_str(text).map_err(|error| {
        let message = format!("the arguments are not JSON: {error}");
        Failure::new(Exit::Usage, Diagnostic::error(Code::CALL_ARGUMENTS, message))
    })
}
