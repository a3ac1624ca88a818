//! Mistakes on the command line, told the way all mistakes are.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use s_diag::{Code, Diagnostic};

use crate::exit::Exit;
use crate::frame::Failure;

/// Turns what clap found into a failure with [`Exit::Usage`]. `path` are the names of the command
/// and its subcommand, as far as they were understood.
pub(crate) fn failure(error: &clap::Error, path: &[&str]) -> Failure {
    let help: String = path.iter().map(|name| format!(" {name}")).collect();
    Failure::new(Exit::Usage, diagnostic(error).hint(format!("what it takes: s help{help}")))
}

fn diagnostic(error: &clap::Error) -> Diagnostic {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    let code = match error.kind() {
        ErrorKind::InvalidSubcommand => Code::UNKNOWN_COMMAND,
        _ => Code::USAGE,
    };
    let message = match (error.kind(), &argument) {
        (ErrorKind::UnknownArgument, Some(argument)) if argument.starts_with('-') => {
            format!("there is no option `{argument}` here")
        }
        (ErrorKind::UnknownArgument, Some(argument)) => format!("`{argument}` is one argument too many"),
        (ErrorKind::InvalidValue, Some(argument)) if value.is_empty() => {
            format!("`{argument}` needs a value")
        }
        (ErrorKind::InvalidValue, Some(argument)) => format!("`{value}` is not a value of `{argument}`"),
        (ErrorKind::ValueValidation, Some(argument)) => format!("`{value}` does not fit `{argument}`"),
        (ErrorKind::MissingRequiredArgument, Some(argument)) => format!("`{argument}` is missing"),
        (ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => {
            "the command is not complete".to_owned()
        }
        (ErrorKind::InvalidSubcommand, _) => {
            let word = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("there is no command `{word}` here")
        }
        (
            ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues,
            Some(argument),
        ) => {
            format!("`{argument}` got the wrong number of values")
        }
        (ErrorKind::ArgumentConflict, Some(argument)) => {
            match text(error, ContextKind::PriorArg).filter(|prior| prior != argument) {
                Some(prior) => format!("`{argument}` cannot be used with `{prior}`"),
                None => format!("`{argument}` can be given only once"),
            }
        }
        (ErrorKind::InvalidUtf8, _) => "an argument is not valid UTF-8".to_owned(),
        _ => first_line(error),
    };
    let mut diagnostic = Diagnostic::error(code, message);
    if let Some(reason) = std::error::Error::source(error) {
        diagnostic = diagnostic.note(reason.to_string());
    }
    if let Some(values) = text(error, ContextKind::ValidValue) {
        diagnostic = diagnostic.note(format!("possible are `{values}`"));
    }
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand]
            .into_iter()
            .find_map(|kind| text(error, kind));
    if let Some(suggested) = suggested {
        diagnostic = diagnostic.hint(format!("did you mean `{suggested}`?"));
    }
    diagnostic
}

/// Returns what clap knows of this kind, lists with commas between.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join("`, `")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        _ => None,
    }
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}
