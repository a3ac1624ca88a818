//! From the errors of the inner crates, which hold facts, to diagnostics, which say what to do.

use s_component::ComponentError;
use s_diag::{Code, Diagnostic};
use s_net::{AttemptError, Denial, DownloadError, NetError, NetErrorKind};
use s_plugin::{CallError, Cause, EngineError, Fault, FaultKind, Limit};
use s_store::StoreError;

use crate::failure::{Failure, FailureKind};

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let message = error.to_string();
        let (kind, diagnostic) = match &error {
            StoreError::Io { .. } => (FailureKind::Failed, Diagnostic::error(Code::IO, message)),
            StoreError::Digest { .. } => (FailureKind::Usage, Diagnostic::error(Code::BAD_DIGEST, message)),
            StoreError::Path { .. } => (FailureKind::Failed, Diagnostic::error(Code::UNSAFE_PATH, message)),
            StoreError::LockTimeout { .. } => {
                (FailureKind::Failed, Diagnostic::error(Code::LOCK_TIMEOUT, message))
            }
            StoreError::NoHome { .. } | StoreError::RelativeHome { .. } => (
                FailureKind::Failed,
                Diagnostic::error(Code::NO_HOME, message).hint("set `STRYKE_HOME` to an absolute path"),
            ),
            StoreError::HostKey { path, .. } => (
                FailureKind::Integrity,
                Diagnostic::error(Code::HOST_KEY, message).hint(format!("rm {}", path.display())),
            ),
            _ => (FailureKind::Failed, Diagnostic::error(Code::TOO_LARGE, message)),
        };
        Failure::new(kind, diagnostic)
    }
}

impl From<ComponentError> for Failure {
    fn from(error: ComponentError) -> Failure {
        let code = match &error {
            ComponentError::Encode(_) => Code::ENCODE_FAILED,
            ComponentError::NotAComponent { .. } => Code::NOT_A_COMPONENT,
            ComponentError::Invalid { .. } => Code::COMPONENT_INVALID,
            ComponentError::Limit { .. } => Code::COMPONENT_TOO_LARGE,
            ComponentError::ForeignImport { .. } => Code::FOREIGN_IMPORT,
            ComponentError::StringEncoding { .. } => Code::STRING_ENCODING,
            ComponentError::Manifest(_) => Code::EMBEDDED_MANIFEST,
            ComponentError::Wit(_) => Code::BUG,
        };
        Failure::new(FailureKind::Failed, Diagnostic::error(code, error.to_string()))
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        let message = error.to_string();
        let diagnostic = match error {
            EngineError::Setup { .. } => Diagnostic::error(Code::PLUGIN_ENGINE, message)
                .hint("raise the limit on address space: ulimit -v unlimited"),
            EngineError::CompileLimit { .. } => Diagnostic::error(Code::PLUGIN_COMPILE_LIMIT, message),
            EngineError::Store(error) => return error.into(),
            EngineError::Component(error) => return error.into(),
            _ => Diagnostic::error(Code::PLUGIN_COMPILE, message),
        };
        Failure::new(FailureKind::Failed, diagnostic)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Failure {
        let who = format!("plugin `{}` {}", error.plugin, error.version);
        let call = error.call;
        let (kind, diagnostic) = match &error.cause {
            Cause::Fault(fault) => return failure_of_fault(fault, &who, call),
            Cause::Limit(limit) => {
                let message = format!("{who} used more than its limit of {limit}");
                let diagnostic = Diagnostic::error(Code::PLUGIN_OVER_LIMIT, message)
                    .note(format!("it was stopped in {call}, and nothing it had proposed was done"));
                (
                    FailureKind::Failed,
                    match limit_key(limit) {
                        Some(key) => diagnostic.hint(format!(
                            "if it needs more, its author asks for `{key}` in `[limits]` of `plugin.toml`"
                        )),
                        None => diagnostic,
                    },
                )
            }
            Cause::Trap(trap) => {
                let mut diagnostic =
                    Diagnostic::error(Code::PLUGIN_CRASHED, format!("{who} crashed: {}", trap.message))
                        .note(format!("in {call}; this is a bug of the plugin, not of `s`"));
                if !trap.frames.is_empty() {
                    diagnostic = diagnostic.note(format!("running were: {}", trap.frames.join(", ")));
                }
                (FailureKind::Bug, diagnostic)
            }
            Cause::Malformed { reason } => {
                let message = format!("{who} handed over malformed data in {call}");
                (FailureKind::Failed, Diagnostic::error(Code::PLUGIN_MALFORMED, message).note(reason.clone()))
            }
            Cause::Mismatch { reason } => {
                let message = format!("{who} does not fit its interface");
                (FailureKind::Failed, Diagnostic::error(Code::PLUGIN_MISMATCH, message).note(reason.clone()))
            }
            Cause::Unsupported => {
                (FailureKind::Failed, Diagnostic::error(Code::PLUGIN_FAULT, format!("{who} has no {call}")))
            }
            Cause::Cancelled => (
                FailureKind::Interrupted,
                Diagnostic::error(Code::INTERRUPTED, format!("interrupted in {call} of {who}")),
            ),
            _ => (FailureKind::Failed, Diagnostic::error(Code::PLUGIN_FAULT, error.to_string())),
        };
        Failure::new(kind, diagnostic)
    }
}

/// Says what an error means that a plugin answered with, or the host within it. `who` is the plugin.
pub(crate) fn failure_of_fault(fault: &Fault, who: &str, call: &str) -> Failure {
    let (kind, code) = kind_of_fault(fault);
    let mut diagnostic = Diagnostic::error(code, fault.message.clone());
    if let Some(detail) = &fault.detail {
        diagnostic = diagnostic.note(detail.clone());
    }
    diagnostic = diagnostic.note(format!("says {who} in {call}: `{}`", fault.code));
    if let Some(help) = &fault.help {
        diagnostic = diagnostic.hint(help.clone());
    }
    Failure::new(kind, diagnostic)
}

/// What the host refused within a plugin has the code it has outside; the rest is the plugin's.
fn kind_of_fault(fault: &Fault) -> (FailureKind, Code) {
    let is_of_host = fault.code.starts_with("host/");
    match fault.kind {
        FaultKind::Denied if is_of_host => (FailureKind::Integrity, Code::CAPABILITY_DENIED),
        FaultKind::LimitExceeded if fault.code == "host/http-limit" => {
            (FailureKind::Network, Code::ANSWER_TOO_LARGE)
        }
        FaultKind::Unavailable if fault.code == "host/http-tls" => (FailureKind::Network, Code::TLS),
        FaultKind::Unavailable if fault.code == "host/http-unavailable" => {
            (FailureKind::Network, Code::UNREACHABLE)
        }
        FaultKind::Offline => (FailureKind::Offline, Code::OFFLINE),
        FaultKind::Unavailable | FaultKind::RateLimited => (FailureKind::Network, Code::PLUGIN_FAULT),
        FaultKind::Integrity => (FailureKind::Integrity, Code::PLUGIN_FAULT),
        FaultKind::Cancelled => (FailureKind::Interrupted, Code::INTERRUPTED),
        FaultKind::Internal => (FailureKind::Bug, Code::PLUGIN_FAULT),
        FaultKind::Unauthenticated => (FailureKind::Failed, Code::CREDENTIAL),
        _ => (FailureKind::Failed, Code::PLUGIN_FAULT),
    }
}

/// The key of `[limits]` that raises a limit.
fn limit_key(limit: &Limit) -> Option<&'static str> {
    match limit {
        Limit::Time(_) => Some("time"),
        Limit::Fuel(_) => Some("fuel"),
        Limit::Memory(_) => Some("memory"),
        Limit::Table(_) => Some("table-elements"),
        Limit::Instances(_) => Some("instances"),
        Limit::Memories(_) => Some("memories"),
        Limit::Tables(_) => Some("tables"),
        Limit::Handles(_) => Some("handles"),
        Limit::Answer(_) => Some("answer"),
        Limit::AnswerItems(_) => Some("answer-items"),
        Limit::Stack(_) | Limit::Files(_) => None,
    }
}

impl From<NetError> for Failure {
    fn from(error: NetError) -> Failure {
        let (kind, code) = kind_of_net(&error);
        let mut diagnostic = Diagnostic::error(code, error.to_string());
        if let NetError::Credential { source, .. } = &error {
            diagnostic = diagnostic.note(source.to_string());
        }
        Failure::new(
            kind,
            match kind {
                FailureKind::Offline => diagnostic.hint("leave out `--offline`"),
                _ => diagnostic,
            },
        )
    }
}

fn kind_of_net(error: &NetError) -> (FailureKind, Code) {
    let kind = match error.kind() {
        NetErrorKind::InvalidRequest => FailureKind::Usage,
        NetErrorKind::Denied => FailureKind::Integrity,
        NetErrorKind::Offline => FailureKind::Offline,
        NetErrorKind::Cancelled => FailureKind::Interrupted,
        NetErrorKind::Tls
        | NetErrorKind::LimitExceeded
        | NetErrorKind::Unauthenticated
        | NetErrorKind::Unavailable => FailureKind::Network,
    };
    let code = match error {
        NetError::Denied { why: Denial::Address { .. }, .. } => Code::ADDRESS_DENIED,
        NetError::Denied { .. } => Code::ORIGIN_DENIED,
        NetError::RedirectRefused { .. } | NetError::TooManyRedirects { .. } => Code::REDIRECT_REFUSED,
        NetError::Offline { .. } => Code::OFFLINE,
        NetError::Timeout { .. } => Code::TIMEOUT,
        NetError::Tls { .. } => Code::TLS,
        NetError::BodyTooLarge { .. } | NetError::HeadTooLarge { .. } => Code::ANSWER_TOO_LARGE,
        NetError::Truncated { .. } => Code::ANSWER_TRUNCATED,
        NetError::InvalidRequest { .. } => Code::REQUEST_INVALID,
        NetError::Credential { .. } => Code::CREDENTIAL,
        NetError::Cancelled { .. } => Code::INTERRUPTED,
        NetError::Unavailable { .. } | NetError::Protocol { .. } => Code::UNREACHABLE,
    };
    (kind, code)
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Failure {
        match error {
            DownloadError::Write(source) => {
                let message = format!("cannot write the download: {source}");
                Failure::new(FailureKind::Failed, Diagnostic::error(Code::IO, message))
            }
            DownloadError::Failed(attempts) => {
                let worst = attempts.iter().map(|attempt| match &attempt.error {
                    AttemptError::Net(error) => kind_of_net(error),
                    AttemptError::Status { .. } => (FailureKind::Network, Code::STATUS),
                    AttemptError::DigestMismatch { .. } | AttemptError::SizeMismatch { .. } => {
                        (FailureKind::Integrity, Code::DIGEST_MISMATCH)
                    }
                });
                // Bytes that are not the promised ones weigh more than a mirror that is down.
                let (kind, code) = worst
                    .max_by_key(|(kind, _)| u8::from(*kind == FailureKind::Integrity))
                    .unwrap_or((FailureKind::Failed, Code::REQUEST_INVALID));
                let mut diagnostic = Diagnostic::error(code, "the file could not be downloaded");
                for attempt in &attempts {
                    diagnostic = diagnostic.note(attempt.error.to_string());
                }
                Failure::new(kind, diagnostic)
            }
        }
    }
}
