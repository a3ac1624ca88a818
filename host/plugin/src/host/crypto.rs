//! `stryke:host/crypto`: free, pure functions.

use sha2::Digest as _;
use wasmtime::component::Resource;

use crate::bindings::host::stryke::host::{crypto, types};
use crate::state::State;

/// A digest that is being made.
pub enum Hasher {
    /// SHA-256, FIPS 180-4.
    Sha256(sha2::Sha256),
    /// SHA-512, FIPS 180-4.
    Sha512(sha2::Sha512),
    /// BLAKE3 with 32 bytes of output.
    Blake3(Box<blake3::Hasher>),
}

impl Hasher {
    pub(crate) fn new(algorithm: types::HashAlgorithm) -> Hasher {
        match algorithm {
            types::HashAlgorithm::Sha256 => Hasher::Sha256(sha2::Sha256::new()),
            types::HashAlgorithm::Sha512 => Hasher::Sha512(sha2::Sha512::new()),
            types::HashAlgorithm::Blake3 => Hasher::Blake3(Box::new(blake3::Hasher::new())),
        }
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        match self {
            Hasher::Sha256(hasher) => hasher.update(data),
            Hasher::Sha512(hasher) => hasher.update(data),
            Hasher::Blake3(hasher) => {
                hasher.update(data);
            }
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Hasher::Sha256(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha512(hasher) => hasher.finalize().to_vec(),
            Hasher::Blake3(hasher) => hasher.finalize().as_bytes().to_vec(),
        }
    }
}

impl crypto::Host for State {
    fn hash(&mut self, algorithm: types::HashAlgorithm, data: Vec<u8>) -> wasmtime::Result<Vec<u8>> {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(&data);
        Ok(hasher.finish())
    }

    fn verify(
        &mut self,
        scheme: crypto::SignatureScheme,
        public_key: Vec<u8>,
        message: Vec<u8>,
        signature: Vec<u8>,
    ) -> wasmtime::Result<bool> {
        Ok(match scheme {
            crypto::SignatureScheme::Ed25519 => verify_ed25519(&public_key, &message, &signature),
            crypto::SignatureScheme::EcdsaP256Sha256 => verify_p256(&public_key, &message, &signature),
        }
        .is_some())
    }
}

impl crypto::HostHasher for State {
    fn new(&mut self, algorithm: types::HashAlgorithm) -> wasmtime::Result<Resource<Hasher>> {
        self.push_or_end(Hasher::new(algorithm))
    }

    fn update(&mut self, hasher: Resource<Hasher>, data: Vec<u8>) -> wasmtime::Result<()> {
        self.table.get_mut(&hasher)?.update(&data);
        Ok(())
    }

    fn finish(&mut self, hasher: Resource<Hasher>) -> wasmtime::Result<Vec<u8>> {
        Ok(self.table.delete(hasher)?.finish())
    }

    fn drop(&mut self, hasher: Resource<Hasher>) -> wasmtime::Result<()> {
        self.table.delete(hasher)?;
        Ok(())
    }
}

/// RFC 8032, with the strict rules: no key of small order, no signature that is not canonical.
fn verify_ed25519(public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(public_key.try_into().ok()?).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify_strict(message, &signature).ok()
}

/// A key in SEC 1 form and a signature in DER or as `r ‖ s`.
fn verify_p256(public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    use p256::ecdsa::signature::Verifier;
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(public_key).ok()?;
    let signature = p256::ecdsa::Signature::from_der(signature)
        .or_else(|_| p256::ecdsa::Signature::from_slice(signature))
        .ok()?;
    key.verify(message, &signature).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn digests_are_the_published_ones() {
        let cases = [
            (
                types::HashAlgorithm::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                types::HashAlgorithm::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
            (
                types::HashAlgorithm::Blake3,
                "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
            ),
        ];
        for (algorithm, expected) in cases {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(b"a");
            hasher.update(b"bc");
            assert_eq!(hasher.finish(), hex(expected), "{algorithm:?} of `abc`");
        }
    }

    #[test]
    fn ed25519_accepts_the_vector_of_the_standard_and_nothing_near_it() {
        // RFC 8032, section 7.1, test 2.
        let key = hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let mut signature = hex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert!(verify_ed25519(&key, &[0x72], &signature).is_some());
        assert!(verify_ed25519(&key, &[0x73], &signature).is_none());
        signature[3] ^= 1;
        assert!(verify_ed25519(&key, &[0x72], &signature).is_none());
        assert!(verify_ed25519(&key[1..], &[0x72], &signature).is_none(), "a short key is no key");
    }

    #[test]
    fn p256_accepts_its_own_signatures_in_both_forms() {
        use p256::ecdsa::signature::Signer;
        let signer = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        let key = signer.verifying_key().to_encoded_point(false);
        let signature: p256::ecdsa::Signature = signer.sign(b"message");
        assert!(verify_p256(key.as_bytes(), b"message", &signature.to_bytes()).is_some());
        assert!(verify_p256(key.as_bytes(), b"message", signature.to_der().as_bytes()).is_some());
        assert!(verify_p256(key.as_bytes(), b"massage", &signature.to_bytes()).is_none());
        assert!(verify_p256(b"", b"message", &signature.to_bytes()).is_none());
    }
}
