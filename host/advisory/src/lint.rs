//! What makes an advisory unusable.
//!
//! A feed is written by many hands and read by a plugin: the host looks again before it believes.
//! An advisory with a problem is left out and counted, never half-read.

use crate::matching::is_ordered;
use crate::model::{Advisory, Event, Range};
use semver::Version;
use std::fmt;

/// The most events of all evaluated ranges of an advisory together: the search for a version that
/// is not affected grows with the square of it.
pub const EVENTS_MAX: usize = 2_000;

/// One reason why an advisory cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It has no identifier.
    NoId,
    /// It has more than [`EVENTS_MAX`] events.
    TooManyEvents(usize),
    /// A range of this package never begins.
    NeverIntroduced(String),
    /// A range of this package ends with both `fixed` and `last_affected`.
    FixedAndLastAffected(String),
    /// An event of this package names something that has no place in the order of versions.
    NotAVersion {
        /// The package.
        package: String,
        /// What stands where a version should.
        version: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoId => write!(f, "it has no identifier"),
            Self::TooManyEvents(count) => write!(f, "it has {count} events, more than {EVENTS_MAX}"),
            Self::NeverIntroduced(package) => {
                write!(f, "a range of `{package}` has no `introduced` event")
            }
            Self::FixedAndLastAffected(package) => {
                write!(f, "a range of `{package}` has `fixed` and `last_affected` events")
            }
            Self::NotAVersion { package, version } => {
                write!(f, "a range of `{package}` names `{version}`, which is not a version")
            }
        }
    }
}

/// Lists what is wrong with an advisory; empty when it can be used.
///
/// Ranges that are never evaluated (GIT, and other ecosystems' own orders) are not looked at.
pub fn lint(advisory: &Advisory) -> Vec<Problem> {
    let mut problems = Vec::new();
    if advisory.id.is_empty() {
        problems.push(Problem::NoId);
    }
    let evaluated: Vec<(&str, &Range)> = advisory
        .affected
        .iter()
        .flat_map(|affected| affected.ranges.iter().map(move |range| (affected, range)))
        .filter(|(affected, range)| is_ordered(range, &affected.ecosystem))
        .map(|(affected, range)| (affected.name.as_str(), range))
        .collect();
    let events = evaluated.iter().map(|(_, range)| range.events.len()).sum();
    if events > EVENTS_MAX {
        problems.push(Problem::TooManyEvents(events));
        return problems;
    }
    for (package, range) in evaluated {
        lint_range(range, package, &mut problems);
    }
    problems
}

fn lint_range(range: &Range, package: &str, problems: &mut Vec<Problem>) {
    let has = |wanted: fn(&Event) -> bool| range.events.iter().any(wanted);
    if !has(|event| matches!(event, Event::Introduced(_))) {
        problems.push(Problem::NeverIntroduced(package.to_owned()));
    }
    if has(|event| matches!(event, Event::Fixed(_))) && has(|event| matches!(event, Event::LastAffected(_))) {
        problems.push(Problem::FixedAndLastAffected(package.to_owned()));
    }
    for event in &range.events {
        let (version, sentinel) = match event {
            Event::Introduced(version) | Event::Fixed(version) | Event::LastAffected(version) => {
                (version, "0")
            }
            Event::Limit(version) => (version, "*"),
        };
        if version != sentinel && Version::parse(version).is_err() {
            let version = version.clone();
            problems.push(Problem::NotAVersion { package: package.to_owned(), version });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RangeKind;
    use crate::testing::{advisory, affected, range};

    #[test]
    fn problems_are_found_and_said() {
        for (kind, events, expected) in [
            (RangeKind::Semver, "i=0 f=1.0.0", vec![]),
            (RangeKind::Semver, "i=0 x=*", vec![]),
            (RangeKind::Semver, "f=1.0.0", vec!["a range of `p` has no `introduced` event"]),
            (RangeKind::Semver, "", vec!["a range of `p` has no `introduced` event"]),
            (
                RangeKind::Semver,
                "i=0 f=1.0.0 l=0.9.0",
                vec!["a range of `p` has `fixed` and `last_affected` events"],
            ),
            (RangeKind::Ecosystem, "i=1.0", vec!["a range of `p` names `1.0`, which is not a version"]),
            (RangeKind::Semver, "i=*", vec!["a range of `p` names `*`, which is not a version"]),
            (RangeKind::Semver, "i=0 x=0", vec!["a range of `p` names `0`, which is not a version"]),
            (RangeKind::Git, "f=abc", vec![]),
        ] {
            let found = lint(&advisory("A", vec![affected("p", vec![range(kind, events)], &[])]));
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{events}");
        }
        assert_eq!(lint(&advisory("", vec![])), [Problem::NoId]);
    }

    #[test]
    fn other_orders_are_left_alone() {
        let mut other = affected("p", vec![range(RangeKind::Ecosystem, "i=2024-a")], &[]);
        other.ecosystem = "other".into();
        assert_eq!(lint(&advisory("A", vec![other])), []);
    }

    #[test]
    fn events_are_counted_over_all_ranges() {
        let many = range(RangeKind::Semver, &"i=0 ".repeat(EVENTS_MAX));
        assert_eq!(lint(&advisory("A", vec![affected("p", vec![many.clone()], &[])])), []);
        let with = |kind| {
            lint(&advisory(
                "A",
                vec![affected("p", vec![many.clone()], &[]), affected("q", vec![range(kind, "i=0")], &[])],
            ))
        };
        assert_eq!(with(RangeKind::Git), [], "never evaluated");
        assert_eq!(with(RangeKind::Ecosystem), [Problem::TooManyEvents(EVENTS_MAX + 1)]);
    }
}
