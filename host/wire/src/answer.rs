//! Documents and answers of the interface for programs.

use serde::{Deserialize, Serialize};

use crate::{About, IndexLine};

/// Stable words for what went wrong, the member `code` of a [`Fault`].
pub mod codes {
    /// The archive breaks a rule of archives, or of what is in them.
    pub const ARCHIVE: &str = "archive-refused";
    /// The digest of what arrived is not the one that was stated.
    pub const DIGEST: &str = "digest-mismatch";
    /// No digest was stated, or one that cannot be read.
    pub const DIGEST_MISSING: &str = "digest-missing";
    /// The token may not do this, or is not one of an owner.
    pub const FORBIDDEN: &str = "forbidden";
    /// The server has a fault; its log says which.
    pub const INTERNAL: &str = "internal";
    /// `stryke.toml` is missing, has mistakes, or names another package or version.
    pub const MANIFEST: &str = "manifest";
    /// The address exists, but not for this method.
    pub const METHOD: &str = "method";
    /// The name is not a name, or not one that is given here.
    pub const NAME: &str = "name";
    /// The name is another one but for `-` and `_`.
    pub const NAME_SIMILAR: &str = "name-similar";
    /// There is no such package, version or address.
    pub const NOT_FOUND: &str = "not-found";
    /// A package keeps at least one owner.
    pub const OWNER_LAST: &str = "owner-last";
    /// The version was taken away, and is not given again.
    pub const REMOVED: &str = "removed";
    /// The request is malformed.
    pub const REQUEST: &str = "request";
    /// Too many requests: `Retry-After` says when.
    pub const RATE: &str = "rate-limited";
    /// The body took too long.
    pub const SLOW: &str = "slow-body";
    /// The body is larger than is accepted.
    pub const TOO_LARGE: &str = "too-large";
    /// The body ended before it was whole.
    pub const TRUNCATED: &str = "truncated";
    /// There is no token, or one that is not, or no longer, valid.
    pub const UNAUTHORIZED: &str = "unauthorized";
    /// The version is there already, with other bytes.
    pub const VERSION_EXISTS: &str = "version-exists";
    /// The version is not a version.
    pub const VERSION: &str = "version";
}

/// What went wrong, one or several things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// At least one.
    pub errors: Vec<Fault>,
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// One of [`codes`], or a code such as `S-4003`; servers of others may leave it out.
    #[serde(default)]
    pub code: String,
    /// For people.
    pub detail: String,
}

/// A package with its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageDocument {
    /// The form of the document.
    pub v: u32,
    /// The name, with its scope.
    pub name: String,
    /// What its newest version says of itself.
    pub about: About,
    /// Who may publish.
    pub owners: Vec<String>,
    /// When it was published first.
    pub created: String,
    /// The newest version that is neither yanked, removed nor a prerelease, if there is one.
    pub newest: Option<String>,
    /// Its versions, in the order of publication.
    pub versions: Vec<IndexLine>,
}

/// One version of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDocument {
    /// The form of the document.
    pub v: u32,
    /// The line of the index.
    pub line: IndexLine,
    /// What it says of itself.
    pub about: About,
    /// Who published it.
    pub publisher: String,
}

/// The answer to a publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishAnswer {
    /// The name, with its scope.
    pub name: String,
    /// The version.
    pub vers: String,
    /// The digest of the archive.
    pub integrity: String,
    /// Whether it was not there before.
    pub created: bool,
    /// What the publisher may want to know.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// Why a version is yanked: the body of the request, which may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawRequest {
    /// For people.
    #[serde(default)]
    pub reason: Option<String>,
}

/// The answer to yanking, to taking it back, and to changes of owners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawAnswer {
    /// Always true.
    pub ok: bool,
    /// Whether something is different now.
    pub changed: bool,
}

/// The owners of a package: an answer, and the body of a request that adds or removes some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owners {
    /// Names of users.
    pub users: Vec<String>,
}

/// A page of what a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchPage {
    /// The best first.
    pub hits: Vec<Hit>,
    /// How many there are on all pages.
    pub total: usize,
    /// The number of the next page, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<usize>,
}

/// A package that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The name, with its scope.
    pub name: String,
    /// Its newest version.
    pub newest: String,
    /// What it says it is for.
    #[serde(default)]
    pub description: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::DeserializeOwned;

    fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        assert_eq!(serde_json::from_str::<T>(&serde_json::to_string(value).unwrap()).unwrap(), *value);
    }

    #[test]
    fn errors_of_others_are_read() {
        let faults: Faults = serde_json::from_str(r#"{"errors":[{"detail":"no"}]}"#).unwrap();
        assert_eq!(faults.errors, [Fault { code: String::new(), detail: "no".into() }]);
        assert_eq!(serde_json::from_str::<WithdrawRequest>("{}").unwrap(), WithdrawRequest::default());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(texts in proptest::collection::vec(".{0,8}", 4), count: u16, flag: bool, option: Option<u16>) {
            let text = |n: usize| texts[n].clone();
            let about = About { description: flag.then(|| text(0)), authors: texts.clone(), license: None, repository: flag.then(|| text(1)) };
            let line = IndexLine {
                v: 1, name: text(0), vers: text(1), deps: vec![], features: [].into(), integrity: text(2), tree: text(3),
                size: count.into(), unpacked: 0, files: 0, s: None, edition: None, caps: vec![], artifacts: vec![], pubtime: None,
                yanked: flag, yank_reason: flag.then(|| text(0)), deprecated: None, removed: None,
            };
            round_trip(&Faults { errors: vec![Fault { code: text(0), detail: text(1) }] });
            round_trip(&VersionDocument { v: 1, line: line.clone(), about: about.clone(), publisher: text(0) });
            round_trip(&PackageDocument {
                v: 1, name: text(0), about, owners: texts.clone(), created: text(1), newest: flag.then(|| text(1)), versions: vec![line],
            });
            round_trip(&PublishAnswer { name: text(0), vers: text(1), integrity: text(2), created: flag, warnings: texts.clone() });
            round_trip(&WithdrawRequest { reason: flag.then(|| text(0)) });
            round_trip(&Owners { users: texts.clone() });
            let hit = Hit { name: text(0), newest: text(1), description: text(2) };
            round_trip(&SearchPage { hits: vec![hit], total: count.into(), next: option.map(usize::from) });
        }
    }
}
