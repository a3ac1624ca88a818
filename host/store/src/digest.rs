//! SHA-256 digests of what is stored, as values and as text.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::StoreError;
use crate::error::cut;

/// A SHA-256 digest, written `sha256-` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Digest([u8; 32]);

impl Sha256Digest {
    /// Computes the digest of a text in memory.
    pub fn of(bytes: &[u8]) -> Sha256Digest {
        Sha256Digest(Sha256::digest(bytes).into())
    }

    /// Takes the 32 bytes of a digest that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Sha256Digest {
        Sha256Digest(bytes)
    }

    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
    }

    /// Returns the first 12 hexadecimal digits, enough to tell digests apart for a reader.
    pub fn short(&self) -> String {
        let mut text = self.to_hex();
        text.truncate(12);
        text
    }
}

impl fmt::Display for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256-{}", self.to_hex())
    }
}

impl fmt::Debug for Sha256Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256Digest {
    type Err = StoreError;

    /// Accepts `sha256-<hex>`, `sha256:<hex>`, `<hex>` in either case, and `sha256-<base64>` as in
    /// [Subresource Integrity](https://www.w3.org/TR/SRI/).
    fn from_str(text: &str) -> Result<Sha256Digest, StoreError> {
        parse(text).map(Sha256Digest).ok_or_else(|| StoreError::Digest { text: cut(text) })
    }
}

impl Serialize for Sha256Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Sha256Digest, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Computes a digest piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Sha256Hasher(Sha256);

impl Sha256Hasher {
    /// Starts with no bytes.
    pub fn new() -> Sha256Hasher {
        Sha256Hasher::default()
    }

    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the digest of all bytes that were added.
    pub fn finish(self) -> Sha256Digest {
        Sha256Digest(self.0.finalize().into())
    }
}

fn parse(text: &str) -> Option<[u8; 32]> {
    let (body, dashed) = match (text.strip_prefix("sha256-"), text.strip_prefix("sha256:")) {
        (Some(body), _) => (body, true),
        (None, Some(body)) => (body, false),
        (None, None) => (text, false),
    };
    match body.len() {
        64 => from_hex(body),
        44 if dashed => STANDARD.decode(body).ok()?.try_into().ok(),
        _ => None,
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn known_answer_and_texts() {
        let digest = Sha256Digest::of(b"abc");
        assert_eq!(digest.to_string(), format!("sha256-{ABC}"));
        assert_eq!(digest.short(), "ba7816bf8f01");
        for text in [
            format!("sha256-{ABC}"),
            format!("sha256:{ABC}"),
            ABC.to_owned(),
            ABC.to_uppercase(),
            "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=".to_owned(),
        ] {
            assert_eq!(text.parse::<Sha256Digest>().unwrap(), digest, "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let long = "a".repeat(65);
        let wide = "å".repeat(32);
        for text in [
            "",
            "sha256-",
            "sha256-xyz",
            "sha512-ba7816bf",
            &ABC[1..],
            &long,
            &wide,
            "sha256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
            "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0!",
            "sha256-+a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ] {
            assert!(matches!(text.parse::<Sha256Digest>(), Err(StoreError::Digest { .. })), "{text}");
        }
    }

    #[test]
    fn serde_uses_the_text() {
        let digest = Sha256Digest::of(b"abc");
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(json, format!("\"sha256-{ABC}\""));
        assert_eq!(serde_json::from_str::<Sha256Digest>(&json).unwrap(), digest);
        assert!(serde_json::from_str::<Sha256Digest>("\"nonsense\"").is_err());
    }

    proptest! {
        #[test]
        fn pieces_and_whole_agree(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 0..8)) {
            let mut hasher = Sha256Hasher::new();
            for piece in &pieces {
                hasher.update(piece);
            }
            prop_assert_eq!(hasher.finish(), Sha256Digest::of(&pieces.concat()));
        }

        #[test]
        fn text_round_trips_and_never_panics(bytes in any::<[u8; 32]>(), text in ".{0,80}") {
            let digest = Sha256Digest::from_bytes(bytes);
            prop_assert_eq!(digest.to_string().parse::<Sha256Digest>().unwrap(), digest);
            let sri = format!("sha256-{}", STANDARD.encode(bytes));
            prop_assert_eq!(sri.parse::<Sha256Digest>().unwrap(), digest);
            let _ = text.parse::<Sha256Digest>();
        }
    }
}
