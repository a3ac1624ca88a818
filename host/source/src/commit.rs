//! Names of commits.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The full name of a commit: 40 lower-case hexadecimal digits, or 64 where a repository uses
/// SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit {
    text: String,
}

/// A text is not the full name of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is not the full name of a commit", .text.escape_debug())]
pub struct CommitError {
    /// The text, cut after 100 characters.
    pub text: String,
}

impl Commit {
    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first 12 digits, enough to tell commits apart for a reader.
    pub fn short(&self) -> &str {
        &self.text[..12]
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Commit {
    type Err = CommitError;

    fn from_str(text: &str) -> Result<Commit, CommitError> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if matches!(text.len(), 40 | 64) && text.bytes().all(is_digit) {
            return Ok(Commit { text: text.to_owned() });
        }
        Err(CommitError { text: text.chars().take(100).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_names_are_names() {
        let full = "0123456789abcdef0123456789abcdef01234567";
        let commit: Commit = full.parse().unwrap();
        assert_eq!((commit.as_str(), commit.short()), (full, "0123456789ab"));
        assert!("0".repeat(64).parse::<Commit>().is_ok());
        for text in ["", "0123abc", &full[1..], &full.to_uppercase(), "HEAD", &"é".repeat(20)] {
            assert!(text.parse::<Commit>().is_err(), "{text}");
        }
    }
}
