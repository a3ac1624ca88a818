//! `stryke:host/secrets`, `vault` and `sealing`: secrets as handles.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{KeyInit, Mac};
use s_capability::{Origin, OriginPattern};
use s_net::Secret;
use wasmtime::component::Resource;

use crate::bindings::host::stryke::host::{sealing, secrets, types, vault};
use crate::error::{Fault, FaultKind};
use crate::host::HostError;
use crate::state::State;

/// The longest text a plugin may make a secret of.
const SECRET_BYTES_MAX: usize = 64 << 10;

impl secrets::Host for State {}

impl secrets::HostSecret for State {
    fn derive_hmac(
        &mut self,
        secret: Resource<Secret>,
        algorithm: types::HashAlgorithm,
        message: Vec<u8>,
    ) -> wasmtime::Result<Resource<Secret>> {
        let derived =
            self.table.get(&secret)?.derive(|text| hex(&hmac(algorithm, text.as_bytes(), &message)));
        self.push_or_end(derived)
    }

    fn sign_hmac(
        &mut self,
        secret: Resource<Secret>,
        algorithm: types::HashAlgorithm,
        message: Vec<u8>,
    ) -> wasmtime::Result<Vec<u8>> {
        Ok(hmac(algorithm, self.table.get(&secret)?.expose().as_bytes(), &message))
    }

    fn wrap(
        &mut self,
        secret: Resource<Secret>,
        prefix: String,
        suffix: String,
    ) -> wasmtime::Result<Resource<Secret>> {
        let secret = self.table.get(&secret)?;
        // Each wrapping holds all of it anew, and no budget counts secrets.
        let length = secret.expose().len().saturating_add(prefix.len()).saturating_add(suffix.len());
        if length > SECRET_BYTES_MAX {
            return Err(too_long().into());
        }
        let wrapped = secret.derive(|text| format!("{prefix}{text}{suffix}"));
        self.push_or_end(wrapped)
    }

    fn expires_unix(&mut self, secret: Resource<Secret>) -> wasmtime::Result<Option<u64>> {
        let expires = self.table.get(&secret)?.expires();
        Ok(expires.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_secs()))
    }

    fn drop(&mut self, secret: Resource<Secret>) -> wasmtime::Result<()> {
        self.table.delete(secret)?;
        Ok(())
    }
}

impl vault::Host for State {
    fn open(&mut self, name: String, origin: String) -> Result<Option<Resource<Secret>>, HostError> {
        let Some(allowed) = self.rights.secrets.get(&name) else {
            return Err(self.denied(&format!("secret `{name}`")));
        };
        let origin = origin_of(&origin)?;
        if !allowed.iter().any(|pattern| pattern.matches(&origin)) {
            return Err(self.denied(&format!("secret `{name}` for {origin}")));
        }
        self.count("secret");
        // The user may keep it in the head, and is asked then.
        let deadline = self.deadline.clone();
        match deadline.pause(|| self.services.secret(&self.plugin, &name, &origin))? {
            Some(secret) => Ok(Some(self.push(secret)?)),
            None => Ok(None),
        }
    }
}

impl sealing::Host for State {
    fn seal(
        &mut self,
        value: String,
        origin: String,
        expires_unix: Option<u64>,
    ) -> Result<Resource<Secret>, HostError> {
        let origin = origin_of(&origin)?;
        let may_reach = |pattern: &OriginPattern| pattern.matches(&origin);
        let reachable = self.rights.http.as_ref().is_some_and(|http| http.origins.iter().any(may_reach));
        if !self.rights.seal || !reachable {
            return Err(self.denied(&format!("a sealed secret for {origin}")));
        }
        if value.len() > SECRET_BYTES_MAX {
            return Err(too_long().into());
        }
        self.count("seal");
        let expires: Option<SystemTime> =
            expires_unix.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        self.push(Secret::new(value, [OriginPattern::from(origin)]).with_expiry(expires))
    }
}

fn too_long() -> Fault {
    let message = format!("a secret is longer than {SECRET_BYTES_MAX} bytes");
    Fault::new(FaultKind::LimitExceeded, "host/secret", message)
}

/// Reads an origin that a plugin names.
pub(crate) fn origin_of(text: &str) -> Result<Origin, HostError> {
    text.parse::<Origin>().map_err(|error| {
        Fault::new(FaultKind::InvalidInput, "host/origin", format!("the origin {error}")).into()
    })
}

/// RFC 2104; for BLAKE3 its own keyed form over a key derived from the secret.
fn hmac(algorithm: types::HashAlgorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    const ANY_LENGTH: &str = "HMAC takes keys of any length";
    match algorithm {
        types::HashAlgorithm::Sha256 => {
            let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key).expect(ANY_LENGTH);
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        types::HashAlgorithm::Sha512 => {
            let mut mac = hmac::Hmac::<sha2::Sha512>::new_from_slice(key).expect(ANY_LENGTH);
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        }
        types::HashAlgorithm::Blake3 => {
            let key = blake3::derive_key("stryke:host/secrets 0.1 keyed hash", key);
            blake3::keyed_hash(&key, message).as_bytes().to_vec()
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_the_one_of_the_standard() {
        // RFC 4231, test case 2.
        let sum = hmac(types::HashAlgorithm::Sha256, b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&sum), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let sum = hmac(types::HashAlgorithm::Sha512, b"Jefe", b"what do ya want for nothing?");
        assert!(hex(&sum).starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd6"), "{}", hex(&sum));
    }
}
