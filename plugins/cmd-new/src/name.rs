//! Names that a project can have.

use std::fmt;

use s_guest::Error;

/// Bytes of the longest part of a name.
pub const NAME_LENGTH_MAX: usize = 64;

/// A name that is good as a package, a directory and a file on every system: letters, digits, `-`
/// and `_` of ASCII, beginning with a letter, at most [`NAME_LENGTH_MAX`] bytes. A scope of the same
/// form may stand before it: `acme/json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectName {
    scope: Option<String>,
    base: String,
}

impl ProjectName {
    /// Checks a name.
    ///
    /// # Errors
    /// `invalid-input` that says what is wrong and offers the nearest name that is not.
    pub fn parse(text: &str) -> Result<ProjectName, Error> {
        if is_path(text) {
            let message = format!("`{text}` is a path, not a name");
            let help = "change to the directory it should be made in, and give the last part only";
            return Err(Error::invalid_input("new/name", message).with_help(help));
        }
        let (scope, base) = match text.split_once('/') {
            Some((scope, base)) => (Some(checked(scope)?), base),
            None => (None, text),
        };
        Ok(ProjectName { scope, base: checked(base)? })
    }

    /// The name without its scope: what a directory or a file is called.
    pub fn base(&self) -> &str {
        &self.base
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scope {
            Some(scope) => write!(f, "{scope}/{}", self.base),
            None => f.write_str(&self.base),
        }
    }
}

/// Whether a text names a place rather than a scope and a name in it.
fn is_path(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '\\']).collect();
    let leads = |part: &&str| part.is_empty() || part.starts_with(['.', '~']);
    parts.len() > 1 && (parts.len() > 2 || text.contains('\\') || parts.iter().any(leads))
}

/// One part of a name.
fn checked(text: &str) -> Result<String, Error> {
    let wrong = if text.is_empty() {
        "the name of the project is empty".to_owned()
    } else if let Some(bad) = text.chars().find(|c| !allowed(*c)) {
        format!("`{text}` is not a name: `{}` stands in it", bad.escape_debug())
    } else if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("`{text}` is not a name: it does not begin with a letter")
    } else if text.len() > NAME_LENGTH_MAX {
        format!("the name is longer than {NAME_LENGTH_MAX} characters")
    } else if RESERVED.contains(&text.to_ascii_lowercase().as_str()) {
        format!("`{text}` cannot be a file on every system")
    } else {
        return Ok(text.to_owned());
    };
    let rule = "a name has letters, digits, `-` and `_`, and begins with a letter";
    let help = match nearest(text) {
        Some(near) => format!("{rule}, such as `{near}`"),
        None => rule.to_owned(),
    };
    Err(Error::invalid_input("new/name", wrong).with_help(help))
}

/// Device names that Windows reserves in every directory.
const RESERVED: &[&str] = &[
    "aux", "con", "nul", "prn", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

/// The name with what is not allowed replaced or cut off.
fn nearest(text: &str) -> Option<String> {
    let replaced: String = text.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let start = replaced.find(|c: char| c.is_ascii_alphabetic())?;
    let end = replaced.len().min(start + NAME_LENGTH_MAX);
    let near = replaced[start..end].trim_end_matches('-');
    if RESERVED.contains(&near.to_ascii_lowercase().as_str()) {
        return Some(format!("{near}-app"));
    }
    Some(near.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_good_everywhere() {
        for good in ["demo", "my-app", "my_app2", "A", "acme/json", &"x".repeat(NAME_LENGTH_MAX)] {
            assert_eq!(ProjectName::parse(good).unwrap().to_string(), good);
        }
        assert_eq!(ProjectName::parse("acme/my-lib").unwrap().base(), "my-lib");
        for (bad, message, help) in [
            ("", "the name of the project is empty", "begins with a letter"),
            ("a/b/c", "`a/b/c` is a path, not a name", "give the last part only"),
            ("../b", "`../b` is a path, not a name", "give the last part only"),
            ("/b", "`/b` is a path, not a name", "give the last part only"),
            ("b/", "`b/` is a path, not a name", "give the last part only"),
            ("a/7", "`7` is not a name: it does not begin with a letter", "begins with a letter"),
            ("a b/c", "`a b` is not a name: ` ` stands in it", "such as `a-b`"),
            ("..\\b", "`..\\b` is a path, not a name", "give the last part only"),
            ("..", "`..` is not a name: `.` stands in it", "begins with a letter"),
            ("my app", "`my app` is not a name: ` ` stands in it", "such as `my-app`"),
            ("a\u{1b}[2J", "`a\u{1b}[2J` is not a name: `\\u{1b}` stands in it", "such as `a--2J`"),
            ("käse", "`käse` is not a name: `ä` stands in it", "such as `k-se`"),
            ("7up", "`7up` is not a name: it does not begin with a letter", "such as `up`"),
            ("NUL", "`NUL` cannot be a file on every system", "such as `NUL-app`"),
            (&"x".repeat(65), "the name is longer than 64 characters", "such as `xxxx"),
        ] {
            let error = ProjectName::parse(bad).unwrap_err();
            assert_eq!(error.message, message);
            assert!(error.help.as_deref().unwrap().contains(help), "{bad}: {:?}", error.help);
        }
    }

    #[test]
    fn what_is_offered_is_a_name() {
        for bad in [
            "my app",
            "7up",
            "NUL",
            "com1",
            "-x-",
            "ä-b",
            &"9".repeat(80),
            &"é".repeat(80),
            &"x y".repeat(40),
        ] {
            if let Some(near) = nearest(bad) {
                assert!(ProjectName::parse(&near).is_ok(), "{bad}: {near}");
            }
        }
    }
}
