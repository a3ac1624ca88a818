//! Track 0.1.

pub(super) mod audit;
pub(super) mod auth;
pub(super) mod command;
pub(super) mod registry;
pub(super) mod target;

use crate::bindings::host::stryke::host::types;
use crate::error::{CallError, Cause, Fault};
use crate::extension::{Digest, HashAlgorithm};
use crate::host::types::WitError;
use crate::session::Session;

/// Flattens the two ways a call can fail: by itself, and by what the plugin answered.
pub(super) trait Flatten<T> {
    fn flatten_fault(self, session: &Session, call: &'static str) -> Result<T, CallError>;
}

impl<T> Flatten<T> for Result<Result<T, WitError>, CallError> {
    fn flatten_fault(self, session: &Session, call: &'static str) -> Result<T, CallError> {
        self?.map_err(|error| session.error(call, Cause::Fault(Fault::from(error))))
    }
}

pub(super) fn digest_of(digest: types::Digest) -> Digest {
    let algorithm = match digest.algorithm {
        types::HashAlgorithm::Sha256 => HashAlgorithm::Sha256,
        types::HashAlgorithm::Sha512 => HashAlgorithm::Sha512,
        types::HashAlgorithm::Blake3 => HashAlgorithm::Blake3,
    };
    Digest { algorithm, bytes: digest.bytes }
}

pub(super) fn to_digest(digest: Digest) -> types::Digest {
    let algorithm = match digest.algorithm {
        HashAlgorithm::Sha256 => types::HashAlgorithm::Sha256,
        HashAlgorithm::Sha512 => types::HashAlgorithm::Sha512,
        HashAlgorithm::Blake3 => types::HashAlgorithm::Blake3,
    };
    types::Digest { algorithm, bytes: digest.bytes }
}
