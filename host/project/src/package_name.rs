//! Names of packages: `json` or `acme/json`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The longest part of a name, in bytes.
pub const NAME_PART_BYTES_MAX: usize = 64;

/// The name of a package, with its scope if it has one.
///
/// Each part begins with a lower-case letter and goes on with lower-case letters, digits and single
/// `-` or `_` between them, at most [`NAME_PART_BYTES_MAX`] bytes. So a name is the same on every
/// file system and in every address. Sorts by its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName {
    text: String,
}

impl PackageName {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name that was probably meant by a text that is none: in lower case, with `-` where something
    /// else separates its words.
    pub fn nearest(text: &str) -> Option<PackageName> {
        let part = |part: &str| {
            let lower = part.to_lowercase();
            let words = lower.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            words
                .map(|word| word.trim_matches('_'))
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join("-")
        };
        let meant = text.split('/').map(part).collect::<Vec<_>>().join("/");
        meant.parse().ok().filter(|name: &PackageName| name.as_str() != text)
    }

    /// The part before the slash.
    pub fn scope(&self) -> Option<&str> {
        self.text.split_once('/').map(|(scope, _)| scope)
    }

    /// The part behind the slash, or all of it.
    pub fn base(&self) -> &str {
        self.text.split_once('/').map_or(self.text.as_str(), |(_, base)| base)
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is not the name of a package.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// There is nothing, or nothing on one side of the slash.
    #[error("a part of the name is empty")]
    Empty,
    /// There is more than one slash.
    #[error("a name has at most one `/`")]
    Slashes,
    /// A part begins with something else than a letter.
    #[error("a part of a name begins with a lower-case letter")]
    Start,
    /// A part has a character in it that is not allowed.
    #[error("`{}` cannot stand in a name: only a-z, 0-9, `-` and `_`", .0.escape_debug())]
    Character(char),
    /// `-` or `_` stands at the end or beside another.
    #[error("`-` and `_` stand only between letters or digits")]
    Separator,
    /// A part is too long.
    #[error("a part of a name has at most {NAME_PART_BYTES_MAX} characters")]
    Length,
    /// A part is the name of a device on some systems.
    #[error("`{0}` is a device on some systems")]
    Reserved(String),
}

/// What no folder can be called everywhere.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

impl FromStr for PackageName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<PackageName, NameError> {
        if text.matches('/').count() > 1 {
            return Err(NameError::Slashes);
        }
        text.split('/').try_for_each(check_part)?;
        Ok(PackageName { text: text.to_owned() })
    }
}

fn check_part(part: &str) -> Result<(), NameError> {
    let first = part.chars().next().ok_or(NameError::Empty)?;
    let is_allowed = |c: &char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_');
    if let Some(bad) = part.chars().find(|c| !is_allowed(c)) {
        return Err(NameError::Character(bad));
    }
    if !first.is_ascii_lowercase() {
        return Err(NameError::Start);
    }
    let is_separator = |byte: &u8| matches!(byte, b'-' | b'_');
    let bytes = part.as_bytes();
    if bytes.last().is_some_and(is_separator) || bytes.windows(2).any(|pair| pair.iter().all(is_separator)) {
        return Err(NameError::Separator);
    }
    if part.len() > NAME_PART_BYTES_MAX {
        return Err(NameError::Length);
    }
    let is_port =
        part.len() == 4 && (part.starts_with("com") || part.starts_with("lpt")) && bytes[3].is_ascii_digit();
    if DEVICES.contains(&part) || is_port {
        return Err(NameError::Reserved(part.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_have_at_most_two_parts() {
        let flat: PackageName = "json".parse().unwrap();
        assert_eq!((flat.scope(), flat.base(), flat.as_str()), (None, "json", "json"));
        let scoped: PackageName = "acme/json-5_x".parse().unwrap();
        assert_eq!((scoped.scope(), scoped.base()), (Some("acme"), "json-5_x"));
        assert_eq!(scoped.to_string(), "acme/json-5_x");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let long = "a".repeat(NAME_PART_BYTES_MAX + 1);
        for (text, expected) in [
            ("", NameError::Empty),
            ("/a", NameError::Empty),
            ("a/", NameError::Empty),
            ("a/b/c", NameError::Slashes),
            ("Json", NameError::Character('J')),
            ("..", NameError::Character('.')),
            ("a\\b", NameError::Character('\\')),
            ("é", NameError::Character('é')),
            ("1a", NameError::Start),
            ("-a", NameError::Start),
            ("a-", NameError::Separator),
            ("a--b", NameError::Separator),
            ("a-_b", NameError::Separator),
            (&long, NameError::Length),
            ("con", NameError::Reserved("con".into())),
            ("a/lpt1", NameError::Reserved("lpt1".into())),
        ] {
            assert_eq!(text.parse::<PackageName>(), Err(expected), "{text}");
        }
        assert!("console".parse::<PackageName>().is_ok() && "com".parse::<PackageName>().is_ok());
    }

    proptest! {
        #[test]
        fn a_name_is_a_safe_path(text in "[a-z0-9_/A-Z.-]{0,12}|\\PC{0,8}") {
            if let Ok(name) = text.parse::<PackageName>() {
                prop_assert_eq!(name.as_str(), &text);
                prop_assert!(s_store::check_new_path(name.as_str()).is_ok());
            }
        }
    }
}
