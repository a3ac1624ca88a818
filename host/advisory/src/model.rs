//! The shape of an advisory: what `stryke:audit/feed` calls by the same names. Its JSON is for
//! copies that this version of `s` keeps for itself, not for exchange.

use serde::{Deserialize, Serialize};

/// The ecosystem of our own packages.
pub const STRYKE: &str = "stryke";

/// One advisory of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// The identifier within its database, such as `STRYKE-2026-0007`.
    pub id: String,
    /// Identifiers of the same vulnerability elsewhere.
    pub aliases: Vec<String>,
    /// When it was taken back, in seconds since the Unix epoch. A withdrawn advisory never matches.
    pub withdrawn_unix: Option<u64>,
    /// When it was last changed, in seconds since the Unix epoch.
    pub modified_unix: u64,
    /// How bad it is.
    pub severity: Severity,
    /// The vector the severity was computed from, such as `CVSS:3.1/AV:N/…`.
    pub cvss: Option<String>,
    /// One line for people.
    pub title: String,
    /// Where to read more.
    pub url: Option<String>,
    /// What it concerns.
    pub affected: Vec<Affected>,
    /// Facts of the feed that have no field here.
    pub extra: Vec<(String, String)>,
}

/// Which versions of one package an advisory concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Where the package lives, such as [`STRYKE`]; compared exactly.
    pub ecosystem: String,
    /// The name of the package; compared exactly.
    pub name: String,
    /// Intervals of versions; a version in any of them is affected.
    pub ranges: Vec<Range>,
    /// Single versions, in addition to the ranges.
    pub versions: Vec<String>,
    /// Paths of the functions it concerns, such as `json::parse`; none means the whole package.
    pub functions: Vec<String>,
}

/// A set of versions, described by where it begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// How versions are ordered.
    pub kind: RangeKind,
    /// In any order.
    pub events: Vec<Event>,
}

/// How the versions of a range are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RangeKind {
    /// By Semantic Versioning 2.0.
    Semver,
    /// As the ecosystem orders its versions; for [`STRYKE`] that is Semantic Versioning too.
    Ecosystem,
    /// By the history of a repository. Such ranges are not evaluated.
    Git,
}

/// One event of a range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// From this version on, the package is affected. `0` is before every version.
    Introduced(String),
    /// From this version on, it is not.
    Fixed(String),
    /// After this version, it is not.
    LastAffected(String),
    /// Nothing is said of this version and later ones, unless another limit is higher. `*` is
    /// after every version.
    Limit(String),
}

/// How bad it is, in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// The feed does not say.
    Unknown,
    /// No vulnerability: unmaintained, unsound in theory, a notice.
    Informational,
    /// A CVSS score of 0.1 to 3.9.
    Low,
    /// A CVSS score of 4.0 to 6.9.
    Medium,
    /// A CVSS score of 7.0 to 8.9.
    High,
    /// A CVSS score of 9.0 to 10.0.
    Critical,
}
