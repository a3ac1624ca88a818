//! Who asks, and what a token lets them do.

use std::str::FromStr;

use s_project::PackageName;
use serde::{Deserialize, Serialize};

use crate::RegistryError;
use crate::error::Refusal;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Reading, where that needs a token.
    Read,
    /// Publishing versions of packages of one's own, and new packages.
    Publish,
    /// Yanking versions of packages of one's own, and taking it back.
    Yank,
    /// Changing who owns packages of one's own.
    Owners,
    /// All of this, for all packages.
    Admin,
}

impl Scope {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Publish => "publish",
            Scope::Yank => "yank",
            Scope::Owners => "owners",
            Scope::Admin => "admin",
        }
    }
}

impl FromStr for Scope {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Scope, RegistryError> {
        let all = [Scope::Read, Scope::Publish, Scope::Yank, Scope::Owners, Scope::Admin];
        let found = all.into_iter().find(|scope| scope.as_str() == text);
        found.ok_or_else(|| RegistryError::Scope { text: text.to_owned() })
    }
}

/// What a token shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// Whose it is: letters, digits, `-`, `_`, `.` and `@`.
    pub user: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// For which packages, `acme/json` or `acme/*`; none for all.
    pub packages: Option<Vec<String>>,
    /// Until when, in milliseconds since the Unix epoch; none for ever.
    pub expires_ms: Option<u64>,
}

/// Someone whose token was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The user.
    pub(crate) user: String,
    /// The id of the token, which is no secret; none for whoever runs the registry.
    pub(crate) token: Option<String>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) packages: Option<Vec<String>>,
}

impl Identity {
    /// Whoever runs the registry.
    pub(crate) fn operator(user: &str) -> Identity {
        Identity { user: user.to_owned(), token: None, scopes: vec![Scope::Admin], packages: None }
    }

    /// Whether what an owner may do is allowed without being one.
    pub(crate) fn is_admin(&self) -> bool {
        self.scopes.contains(&Scope::Admin)
    }

    /// Refuses what the token is not good for.
    pub(crate) fn require(&self, scope: Scope, package: Option<&PackageName>) -> Result<(), Refusal> {
        if !self.is_admin() && !self.scopes.contains(&scope) {
            let word = format!("{scope:?}").to_lowercase();
            return Err(Refusal::forbidden(format!("the token is not good for `{word}`")));
        }
        match (&self.packages, package) {
            (Some(patterns), Some(package)) if !patterns.iter().any(|pattern| matches(pattern, package)) => {
                Err(Refusal::forbidden(format!("the token is not good for `{package}`")))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a text is `acme/*` or a name.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.strip_suffix("/*")
        .unwrap_or(text)
        .parse::<PackageName>()
        .is_ok_and(|name| !text.ends_with("/*") || name.scope().is_none())
}

/// Whether a text can be a user.
pub(crate) fn is_user(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn matches(pattern: &str, package: &PackageName) -> bool {
    match pattern.strip_suffix("/*") {
        Some(scope) => package.scope() == Some(scope),
        None => package.as_str() == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_what_it_says() {
        use Scope::{Admin, Owners, Publish, Read, Yank};
        type Case = (&'static [Scope], Option<&'static [&'static str]>, Scope, &'static str, bool);
        let cases: &[Case] = &[
            (&[Publish], None, Publish, "acme/json", true),
            (&[Publish], None, Yank, "acme/json", false),
            (&[Read], None, Publish, "acme/json", false),
            (&[Admin], None, Owners, "acme/json", true),
            (&[Publish], Some(&["acme/*"]), Publish, "acme/json", true),
            (&[Publish], Some(&["acme/*"]), Publish, "acme-evil/json", false),
            (&[Publish], Some(&["acme/*"]), Publish, "acme", false),
            (&[Publish], Some(&["acme/json"]), Publish, "acme/json-evil", false),
            (&[Publish], Some(&["a/b", "acme/json"]), Publish, "acme/json", true),
            (&[Admin], Some(&["a/b"]), Publish, "acme/json", false),
            (&[Publish], Some(&[]), Publish, "acme/json", false),
        ];
        for (scopes, packages, scope, package, expected) in cases {
            let identity = Identity {
                scopes: scopes.to_vec(),
                packages: packages.map(|list| list.iter().map(|text| (*text).to_owned()).collect()),
                ..Identity::operator("ann")
            };
            let name = package.parse().unwrap();
            assert_eq!(
                identity.require(*scope, Some(&name)).is_ok(),
                *expected,
                "{identity:?} {scope:?} {package}"
            );
        }
    }

    #[test]
    fn patterns_and_users_have_rules() {
        for (text, expected) in [
            ("acme/*", true),
            ("acme/json", true),
            ("json", true),
            ("*", false),
            ("a/b/*", false),
            ("/*", false),
            ("a*", false),
        ] {
            assert_eq!(is_pattern(text), expected, "{text}");
        }
        for (text, expected) in
            [("ann", true), ("ann@x.example", true), ("", false), ("a b", false), ("a\n", false)]
        {
            assert_eq!(is_user(text), expected, "{text:?}");
        }
    }
}
