//! One call of a plugin by name: arguments and answer as JSON, named as in the interface text.
//!
//! `s plugin run` and fixtures call plugins this way. A secret never becomes JSON: of a credential
//! one sees how and where it would be sent.

mod audit;
mod auth;
mod command;
mod registry;
mod target;

use s_capability::Kind;
use s_diag::{Code, Diagnostic};
use s_plugin::extension::{Digest, HashAlgorithm, Pairs};
use s_plugin::{CallError, Fault, Plugin, Usage};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, FailureKind};

/// What every call is given beside its arguments.
#[derive(Clone, Debug)]
pub(crate) struct CallConfig {
    /// The name the user gave the registry, feed or provider.
    pub(crate) name: String,
    /// The configuration.
    pub(crate) options: Pairs,
}

impl CallConfig {
    fn url(&self) -> String {
        let url = self.options.iter().find(|(key, _)| key == "url");
        url.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// A call that was made.
pub(crate) struct Performed {
    /// What the plugin answered, or why it did not.
    pub(crate) answer: Result<Value, CallError>,
    /// What it used.
    pub(crate) usage: Usage,
}

/// A call that cannot be made.
#[derive(Debug)]
pub(crate) enum CallMistake {
    /// There is no such function.
    Unknown { function: String, known: Vec<&'static str> },
    /// The arguments are of another shape.
    Arguments { function: &'static str, shape: &'static str, why: String },
}

/// Every function: of which kind, its name, and the shape of its arguments.
const FUNCTIONS: &[(Kind, &str, &str)] = &[
    (Kind::Registry, "registry.features", "{}"),
    (
        Kind::Registry,
        "registry.list",
        r#"{"queries": [{"name": {"name": "json"}, "if-changed": "validator, optional"}]}"#,
    ),
    (
        Kind::Registry,
        "registry.plan",
        r#"{"name": {"name": "json"}, "version": "1.0.0", "digest": "sha256-…"}"#,
    ),
    (Kind::Registry, "registry.owners", r#"{"name": {"name": "json"}}"#),
    (Kind::Registry, "registry.search", r#"{"text": "json", "cursor": "optional", "limit": 20}"#),
    (Kind::Audit, "feed.describe", "{}"),
    (Kind::Audit, "feed.pull", r#"{"since": "validator, optional", "cursor": "optional"}"#),
    (Kind::Audit, "feed.parse", r#"{"text": "the text of a file"}"#),
    (Kind::Audit, "feed.query", r#"{"packages": [["json", "1.0.0"]]}"#),
    (Kind::Auth, "provider.get", auth::SHAPE),
    (Kind::Auth, "provider.login", auth::SHAPE),
    (Kind::Auth, "provider.logout", r#"{"origin": "https://packages.example"}"#),
    (
        Kind::Command,
        "subcommand.run",
        r#"{"name": "sbom", "arguments": ["a"], "options": {"format": "spdx"}, "directory": "work", "json": false}"#,
    ),
    (Kind::Target, "target.targets", "{}"),
    (Kind::Target, "target.plan-sysroot", target::SHAPE),
    (Kind::Target, "target.plan-link", target::SHAPE),
];

/// Calls a function of a plugin.
pub(crate) async fn perform(
    plugin: &Plugin,
    kind: Kind,
    function: &str,
    arguments: Value,
    config: &CallConfig,
) -> Result<Performed, CallMistake> {
    let of_kind = FUNCTIONS.iter().filter(|known| known.0 == kind);
    let Some(&(_, name, shape)) = of_kind.clone().find(|known| known.1 == function) else {
        let known = of_kind.map(|known| known.1).collect();
        return Err(CallMistake::Unknown { function: function.to_owned(), known });
    };
    let arguments = if arguments.is_null() { Value::Object(Map::new()) } else { arguments };
    let call = Call { plugin, name, shape, arguments, config };
    match kind {
        Kind::Registry => registry::perform(call).await,
        Kind::Audit => audit::perform(call).await,
        Kind::Auth => auth::perform(call).await,
        Kind::Command => command::perform(call).await,
        Kind::Target => target::perform(call).await,
    }
}

/// A call that is being made.
struct Call<'a> {
    plugin: &'a Plugin,
    name: &'static str,
    shape: &'static str,
    arguments: Value,
    config: &'a CallConfig,
}

impl Call<'_> {
    /// Reads the arguments as what the function takes.
    fn arguments<T: DeserializeOwned>(&self) -> Result<T, CallMistake> {
        serde_json::from_value(self.arguments.clone()).map_err(|error| self.mistake(error.to_string()))
    }

    fn mistake(&self, why: String) -> CallMistake {
        CallMistake::Arguments { function: self.name, shape: self.shape, why }
    }
}

/// Opens a plugin, calls it, and puts the answer into JSON.
macro_rules! performed {
    ($open:expr, |$open_plugin:ident| $call:expr, $json:expr) => {
        match $open.await {
            Err(error) => Ok(Performed { answer: Err(error), usage: s_plugin::Usage::default() }),
            Ok(mut $open_plugin) => {
                let answer = $call.await.map($json);
                Ok(Performed { answer, usage: $open_plugin.usage() })
            }
        }
    };
}
use performed;

/// No arguments.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// An error that a plugin answered with.
pub(crate) fn fault_json(fault: &Fault) -> Value {
    json!({
        "kind": fault.kind.word(),
        "code": fault.code,
        "message": fault.message,
        "detail": fault.detail,
        "help": fault.help,
        "retry-after-ms": fault.retry_after_ms,
        "extra": pairs_json(&fault.extra),
    })
}

fn pairs_json(pairs: &[(String, String)]) -> Value {
    Value::Object(pairs.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str()))).collect())
}

fn digest_json(digest: &Digest) -> Value {
    let algorithm = match digest.algorithm {
        HashAlgorithm::Sha256 => "sha256",
        HashAlgorithm::Sha512 => "sha512",
        HashAlgorithm::Blake3 => "blake3",
    };
    let hex: String = digest.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Value::from(format!("{algorithm}-{hex}"))
}

fn digest_of(text: &str) -> Option<Digest> {
    let (algorithm, hex) = text.split_once('-')?;
    let algorithm = match algorithm {
        "sha256" => HashAlgorithm::Sha256,
        "sha512" => HashAlgorithm::Sha512,
        "blake3" => HashAlgorithm::Blake3,
        _ => return None,
    };
    let pair = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(pair).collect();
    Some(Digest { algorithm, bytes: bytes.filter(|bytes| !bytes.is_empty())? })
}

impl From<CallMistake> for Failure {
    fn from(mistake: CallMistake) -> Failure {
        let diagnostic = match mistake {
            CallMistake::Unknown { function, known } => {
                let message = format!("there is no function `{function}` to call on a plugin of this kind");
                Diagnostic::error(Code::CALL_UNKNOWN, message).note(format!("there are {}", known.join(", ")))
            }
            CallMistake::Arguments { function, shape, why } => {
                let message = format!("the arguments of `{function}` are of another shape: {why}");
                Diagnostic::error(Code::CALL_ARGUMENTS, message).note(format!("it takes {shape}"))
            }
        };
        Failure::new(FailureKind::Usage, diagnostic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_they_are_written() {
        for text in ["sha256-00ff", "sha512-ab", "blake3-0102"] {
            assert_eq!(digest_json(&digest_of(text).unwrap()), text);
        }
        for text in ["", "sha256-", "sha256-0", "sha256-xx", "md5-00", "sha256-é0"] {
            assert!(digest_of(text).is_none(), "{text}");
        }
    }
}
