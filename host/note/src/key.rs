//! Keys as texts: `NAME+ID+BASE64` is one that everybody may know, `PRIVATE+KEY+NAME+ID+BASE64` one that
//! nobody may.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::{NoteError, form};

/// The algorithm Ed25519, in keys and their ids.
const ED25519: u8 = 1;
const SECRET_PREFIX: &str = "PRIVATE+KEY+";
/// The longest id of a registry, in bytes.
const ID_BYTES_MAX: usize = 100;

/// Whether a text can say which registry it is: letters, digits, `.`, `_` and `-`, and a letter or digit
/// first. It is the name of its keys, and stands in locks.
pub fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    text.len() <= ID_BYTES_MAX
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(is_plain)
}

/// A key that tells whether somebody signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes of the key.
    pub fn bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// What signatures of this key begin with, so that they are found among others.
    pub(crate) fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ED25519]);
        hasher.update(self.bytes());
        let digest: [u8; 32] = hasher.finalize().into();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    pub(crate) fn has_signed(&self, text: &str, signature: &[u8; 64]) -> bool {
        self.key.verify_strict(text.as_bytes(), &Signature::from_bytes(signature)).is_ok()
    }
}

impl FromStr for PublicKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<PublicKey, NoteError> {
        const WHAT: &str = "key";
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(form(WHAT, "it is `NAME+ID+BASE64`"));
        };
        if !is_id(name) {
            return Err(form(WHAT, "its name cannot be that of a registry"));
        }
        let bytes = STANDARD.decode(encoded).map_err(|_| form(WHAT, "it is not base64"))?;
        let key = match bytes.split_first() {
            Some((&ED25519, key)) => <[u8; 32]>::try_from(key).ok(),
            _ => return Err(form(WHAT, "it is not one of Ed25519")),
        };
        let key = key.and_then(|key| VerifyingKey::from_bytes(&key).ok());
        let key = key.ok_or_else(|| form(WHAT, "its bytes are no point of the curve"))?;
        let key = PublicKey { name: name.to_owned(), key };
        // One text for each key: its id is not chosen.
        if id != hex(&key.id()) { Err(form(WHAT, "its id is not its digest")) } else { Ok(key) }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = STANDARD.encode([&[ED25519][..], self.bytes()].concat());
        write!(f, "{}+{}+{encoded}", self.name, hex(&self.id()))
    }
}

/// A key that signs. It is in no `Debug` text.
#[derive(Clone)]
pub struct SecretKey {
    name: String,
    key: SigningKey,
}

impl SecretKey {
    /// Makes one; `name` is whose it is, or is made of the key itself behind a word.
    ///
    /// # Errors
    /// [`NoteError::Random`], [`NoteError::Form`] for a name that cannot be that of a registry.
    pub fn make(name: Option<&str>, word: &str) -> Result<SecretKey, NoteError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| NoteError::Random)?;
        let key = SigningKey::from_bytes(&seed);
        let name = match name {
            Some(name) => name.to_owned(),
            None => {
                let digest: [u8; 32] = Sha256::digest(key.verifying_key().as_bytes()).into();
                format!("{word}-{}", hex(&digest[..6]))
            }
        };
        if is_id(&name) { Ok(SecretKey { name, key }) } else { Err(not_an_id()) }
    }

    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key that tells whether this one signed.
    pub fn public(&self) -> PublicKey {
        PublicKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The text of the key, which whoever has it signs with.
    pub fn reveal(&self) -> String {
        let encoded = STANDARD.encode([&[ED25519][..], self.key.as_bytes()].concat());
        format!("{SECRET_PREFIX}{}+{}+{encoded}", self.name, hex(&self.public().id()))
    }

    pub(crate) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

impl FromStr for SecretKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<SecretKey, NoteError> {
        const WHAT: &str = "secret key";
        let wrong = || form(WHAT, "it is `PRIVATE+KEY+NAME+ID+BASE64`");
        let rest = text.trim_end().strip_prefix(SECRET_PREFIX).ok_or_else(wrong)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        if !is_id(name) {
            return Err(not_an_id());
        }
        let bytes = STANDARD.decode(encoded).map_err(|_| form(WHAT, "it is not base64"))?;
        let Some((&ED25519, seed)) = bytes.split_first() else {
            return Err(form(WHAT, "it is not one of Ed25519"));
        };
        let seed = <[u8; 32]>::try_from(seed).map_err(|_| form(WHAT, "it has not 32 bytes"))?;
        let key = SecretKey { name: name.to_owned(), key: SigningKey::from_bytes(&seed) };
        if id != hex(&key.public().id()) { Err(form(WHAT, "its id is not its digest")) } else { Ok(key) }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("name", &self.name).finish_non_exhaustive()
    }
}

fn not_an_id() -> NoteError {
    form("id of a registry", "it has letters, digits, `.`, `_` and `-`, a letter or digit first")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the examples of Go's `golang.org/x/mod/sumdb/note`, whose form this is.
    const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    #[test]
    fn keys_have_the_form_that_others_give_them() {
        let (public, secret): (PublicKey, SecretKey) = (PUBLIC.parse().unwrap(), SECRET.parse().unwrap());
        assert_eq!((public.to_string().as_str(), secret.reveal().as_str()), (PUBLIC, SECRET));
        assert_eq!(secret.public(), public);
        assert_eq!((public.name(), secret.name()), ("PeterNeumann", "PeterNeumann"));
        assert!(!format!("{secret:?}").contains("AYEKFALV"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (from, to) in [
            ("PeterNeumann", "Peter Neumann"),
            ("PeterNeumann", ""),
            ("PeterNeumann", "PeterNeuman"),
            ("c74f20a3", "c74f20a4"),
            ("c74f20a3", "C74F20A3"),
            ("+ARpc", "+AhpC"),
            ("+ARpc", "+ARpd"),
            ("10TW", "10T"),
            ("10TW", ""),
            ("+c74f20a3+", "+c74f20a3"),
        ] {
            let text = PUBLIC.replace(from, to);
            assert!(text != PUBLIC && text.parse::<PublicKey>().is_err(), "{text}");
        }
        for text in ["", PUBLIC, "PRIVATE+KEY+x", &SECRET.replace("KDFz", "KDF0"), &SECRET[..70]] {
            assert!(text.parse::<SecretKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_that_is_made_has_a_name_of_its_own() {
        let (one, other) = (SecretKey::make(None, "local").unwrap(), SecretKey::make(None, "local").unwrap());
        assert!(one.name().starts_with("local-") && one.name() != other.name());
        assert_eq!(one.reveal().parse::<SecretKey>().unwrap().public(), one.public());
        assert_eq!(SecretKey::make(Some("corp.example"), "x").unwrap().name(), "corp.example");
        assert!(SecretKey::make(Some("corp/example"), "x").is_err());
    }

    #[test]
    fn an_id_is_a_plain_word() {
        for (text, expected) in [
            ("packages.example", true),
            ("local-4f9a12", true),
            ("9", true),
            ("", false),
            (".x", false),
            ("a b", false),
            ("a+b", false),
            ("https://x", false),
            ("a\n", false),
            (&"a".repeat(101), false),
        ] {
            assert_eq!(is_id(text), expected, "{text:?}");
        }
    }
}
