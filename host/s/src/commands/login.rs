//! `s login` and `s logout`.

use std::io::Read as _;

use clap::Args;
use s_diag::{Code, Diagnostic};
use s_ops::{LoggedIn, login as keep, logout as forget};
use serde_json::json;

use super::Context;
use crate::exit::Exit;
use crate::frame::Failure;

/// The arguments of `s login`.
#[derive(Args, Debug)]
#[command(after_long_help = "\
The token is asked for without echo, and kept in a file that only you can read. It is sent to the origin of
this registry and nowhere else.

Examples:
  s login corp
  s login https://packages.example --stdin < token")]
pub(crate) struct LoginArgs {
    /// The registry: a name of `[registries]`, or an address
    #[arg(value_name = "NAME|URL")]
    registry: String,

    /// Read the token from standard input
    #[arg(long)]
    stdin: bool,
}

/// The arguments of `s logout`.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  s logout corp")]
pub(crate) struct LogoutArgs {
    /// The registry: a name of `[registries]`, or an address
    #[arg(value_name = "NAME|URL")]
    registry: String,
}

/// No token is longer, in bytes.
const TOKEN_BYTES_MAX: u64 = 16 << 10;

/// Keeps a token.
pub(super) fn login(context: &Context<'_>, args: &LoginArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let token = if args.stdin { Some(standard_input()?) } else { None };
    let done = keep(&operations, &args.registry, token)?;
    let text = format!("{}: the token goes to {} only", done.registry, done.origin);
    context.ui.status(if done.changed { "Logged in" } else { "Kept" }, text);
    answer(context, &done);
    Ok(Exit::Done)
}

/// Forgets a token.
pub(super) fn logout(context: &Context<'_>, args: &LogoutArgs) -> Result<Exit, Failure> {
    let operations = (context.operations)()?;
    let done = forget(&operations, &args.registry)?;
    match done.changed {
        true => context.ui.status("Logged out", &done.registry),
        false => context.ui.note(format!("no token was kept for {}", done.origin)),
    }
    answer(context, &done);
    Ok(Exit::Done)
}

fn answer(context: &Context<'_>, done: &LoggedIn) {
    if context.ui.is_json() {
        context.ui.json(&json!({
            "registry": done.registry,
            "origin": done.origin,
            "changed": done.changed,
        }));
    }
}

fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    let failed = |message: String| Failure::new(Exit::Failed, Diagnostic::error(Code::CREDENTIAL, message));
    let read = std::io::stdin().lock().take(TOKEN_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|error| failed(format!("cannot read the token from standard input: {error}")))?;
    if text.len() as u64 > TOKEN_BYTES_MAX {
        return Err(failed(format!(
            "what stands on standard input has more than {TOKEN_BYTES_MAX} bytes: that is no token"
        )));
    }
    Ok(text)
}
