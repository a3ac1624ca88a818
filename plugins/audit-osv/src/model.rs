//! What a page of the feed is made of: the records of `stryke:audit/feed`, by the same names.

/// One advisory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `stryke:audit/feed`")]
pub struct Advisory {
    pub id: String,
    pub aliases: Vec<String>,
    pub withdrawn_unix: Option<u64>,
    pub modified_unix: u64,
    pub severity: Severity,
    pub cvss: Option<String>,
    pub title: String,
    pub url: Option<String>,
    pub affected: Vec<Affected>,
}

/// Which versions of one package it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `stryke:audit/feed`")]
pub struct Affected {
    pub ecosystem: String,
    pub name: String,
    pub ranges: Vec<Range>,
    pub versions: Vec<String>,
}

/// An interval of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `stryke:audit/feed`")]
pub struct Range {
    pub kind: RangeKind,
    pub events: Vec<Event>,
}

/// How the versions of a range are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of `stryke:audit/feed`")]
pub enum RangeKind {
    Semver,
    Ecosystem,
    Git,
}

/// Where an interval begins or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of `stryke:audit/feed`")]
pub enum Event {
    Introduced(String),
    Fixed(String),
    LastAffected(String),
    Limit(String),
}

/// How bad it is, in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of `stryke:audit/feed`")]
pub enum Severity {
    Unknown,
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

/// One page of a feed, or all of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// What could be read, in the order of the database.
    pub advisories: Vec<Advisory>,
    /// How many entries could not; each is in the log.
    pub skipped: u32,
    /// Where the next page begins; none on the last.
    pub cursor: Option<String>,
    /// What the feed looks like now; on the last page only.
    pub validator: Option<String>,
}

/// The answer to a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sync {
    /// Nothing changed since the validator that was given.
    Unchanged,
    /// A page.
    Batch(Batch),
}
