//! `stryke:host/types`, and the way between its errors and ours.

use crate::bindings::host::stryke::host::types;
use crate::error::{Fault, FaultKind};
use crate::host::{HostError, TEXT_BYTES_MAX, cut};
use crate::state::State;

pub(crate) type WitError = types::Error;

impl types::Host for State {
    fn convert_error(&mut self, error: HostError) -> wasmtime::Result<WitError> {
        match error {
            HostError::Answer(fault) => Ok(fault.into()),
            HostError::End(error) => Err(error),
        }
    }
}

macro_rules! kinds {
    ($($kind:ident)*) => {
        impl From<types::ErrorKind> for FaultKind {
            fn from(kind: types::ErrorKind) -> FaultKind {
                match kind { $(types::ErrorKind::$kind => FaultKind::$kind,)* }
            }
        }

        impl From<FaultKind> for types::ErrorKind {
            fn from(kind: FaultKind) -> types::ErrorKind {
                match kind { $(FaultKind::$kind => types::ErrorKind::$kind,)* }
            }
        }
    };
}

kinds! {
    InvalidInput NotFound Conflict Unauthenticated Denied RateLimited Unavailable Offline Integrity
    LimitExceeded Unsupported Cancelled Internal
}

impl From<Fault> for WitError {
    fn from(fault: Fault) -> WitError {
        WitError {
            kind: fault.kind.into(),
            code: fault.code,
            message: fault.message,
            detail: fault.detail,
            help: fault.help,
            retry_after_ms: fault.retry_after_ms,
            extra: into_kv(fault.extra),
        }
    }
}

/// The most pairs of an error that are kept.
const EXTRA_MAX: usize = 64;

/// What a plugin says is wrong is shown, so it is cut to what somebody could read.
impl From<WitError> for Fault {
    fn from(error: WitError) -> Fault {
        let shown = |mut text: String| {
            text.truncate(cut(&text, TEXT_BYTES_MAX).len());
            text
        };
        let extra = error.extra.into_iter().take(EXTRA_MAX);
        Fault {
            kind: error.kind.into(),
            code: shown(error.code),
            message: shown(error.message),
            detail: error.detail.map(shown),
            help: error.help.map(shown),
            retry_after_ms: error.retry_after_ms,
            extra: extra.map(|kv| (shown(kv.key), shown(kv.value))).collect(),
        }
    }
}

pub(crate) fn into_kv(pairs: Vec<(String, String)>) -> Vec<types::Kv> {
    pairs.into_iter().map(|(key, value)| types::Kv { key, value }).collect()
}

pub(crate) fn from_kv(pairs: Vec<types::Kv>) -> Vec<(String, String)> {
    pairs.into_iter().map(|kv| (kv.key, kv.value)).collect()
}
