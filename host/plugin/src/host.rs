//! What plugins import: one file an interface of `stryke:host`.
//!
//! Every function that needs a grant looks at the rights first, also where the check before the
//! first instruction has already looked: a right can differ call by call, and one that was taken
//! back meanwhile is denied here. Nothing in these files trusts what a guest handed over.

pub(crate) mod blobs;
pub(crate) mod cache;
pub(crate) mod clock;
pub(crate) mod crypto;
pub(crate) mod fs;
pub(crate) mod http;
pub(crate) mod log;
pub(crate) mod progress;
pub(crate) mod random;
pub(crate) mod secrets;
pub(crate) mod types;
pub(crate) mod ui;

/// The most of one text of a plugin that is handed on to be shown.
pub(crate) const TEXT_BYTES_MAX: usize = 4 << 10;

/// Cuts a text of a plugin at a whole character.
pub(crate) fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// How a host function ends when it does not answer.
#[derive(Debug)]
pub enum HostError {
    /// The guest gets an error and goes on.
    Answer(crate::Fault),
    /// The call ends.
    End(wasmtime::Error),
}

impl From<crate::Fault> for HostError {
    fn from(fault: crate::Fault) -> HostError {
        HostError::Answer(fault)
    }
}

impl From<wasmtime::Error> for HostError {
    fn from(error: wasmtime::Error) -> HostError {
        HostError::End(error)
    }
}

impl From<wasmtime::component::ResourceTableError> for HostError {
    fn from(error: wasmtime::component::ResourceTableError) -> HostError {
        HostError::End(error.into())
    }
}
