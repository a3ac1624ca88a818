//! Whether an advisory concerns a version.
//!
//! The evaluation of the OSV format (<https://ossf.github.io/osv-schema/#evaluation>): a version is
//! affected when it is listed, or when a range contains it. Within a range the events are taken in
//! the order of their versions; each that the version has reached switches it on or off.

use crate::model::{Advisory, Affected, Event, Range, RangeKind, STRYKE};
use semver::Version;
use std::cmp::Ordering;

/// How an advisory concerns a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The lowest version above that is named as fixed and is not affected itself.
    pub fixed: Option<Version>,
    /// What the match rests on.
    pub via: Via,
}

/// What a match rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// The version is in the list of versions.
    List,
    /// A range contains the version.
    Range,
}

/// Says whether an advisory concerns a version of a package, and what would help.
///
/// A version that is not a Semantic Version can only be found in a list.
pub fn matches(advisory: &Advisory, ecosystem: &str, name: &str, version: &str) -> Option<Match> {
    let via = concerns(advisory, ecosystem, name, version)?;
    Some(Match { fixed: first_fixed(&[advisory], ecosystem, name, version), via })
}

/// The lowest version above `version` that one of the advisories names as fixed and none concerns.
pub(crate) fn first_fixed(
    advisories: &[&Advisory],
    ecosystem: &str,
    name: &str,
    version: &str,
) -> Option<Version> {
    let version = Version::parse(version).ok()?;
    let mut candidates: Vec<Version> = advisories
        .iter()
        .flat_map(|advisory| entries(advisory, ecosystem, name))
        .flat_map(|affected| affected.ranges.iter().filter(|range| is_ordered(range, ecosystem)))
        .flat_map(|range| &range.events)
        .filter_map(|event| match event {
            Event::Fixed(fixed) => Version::parse(fixed).ok(),
            _ => None,
        })
        .filter(|fixed| fixed.cmp_precedence(&version).is_gt())
        .collect();
    candidates.sort_by(Version::cmp_precedence);
    candidates.dedup();
    candidates.into_iter().find(|candidate| {
        let candidate = candidate.to_string();
        advisories.iter().all(|advisory| concerns(advisory, ecosystem, name, &candidate).is_none())
    })
}

fn concerns(advisory: &Advisory, ecosystem: &str, name: &str, version: &str) -> Option<Via> {
    if advisory.withdrawn_unix.is_some() {
        return None;
    }
    let parsed = Version::parse(version).ok();
    let mut in_range = None;
    for affected in entries(advisory, ecosystem, name) {
        if affected.versions.iter().any(|listed| is_same(listed, version, parsed.as_ref())) {
            return Some(Via::List);
        }
        let Some(parsed) = &parsed else { continue };
        let mut ordered = affected.ranges.iter().filter(|range| is_ordered(range, ecosystem));
        if ordered.any(|range| contains(range, parsed)) {
            in_range = Some(Via::Range);
        }
    }
    in_range
}

fn entries<'a>(advisory: &'a Advisory, ecosystem: &str, name: &str) -> impl Iterator<Item = &'a Affected> {
    advisory.affected.iter().filter(move |affected| affected.ecosystem == ecosystem && affected.name == name)
}

fn is_same(listed: &str, version: &str, parsed: Option<&Version>) -> bool {
    listed == version
        || parsed.is_some_and(|parsed| {
            Version::parse(listed).is_ok_and(|listed| listed.cmp_precedence(parsed).is_eq())
        })
}

/// Whether we know the order of the versions in a range.
pub(crate) fn is_ordered(range: &Range, ecosystem: &str) -> bool {
    match range.kind {
        RangeKind::Semver => true,
        RangeKind::Ecosystem => ecosystem == STRYKE,
        RangeKind::Git => false,
    }
}

fn contains(range: &Range, version: &Version) -> bool {
    if !is_before_a_limit(range, version) {
        return false;
    }
    let mut switches: Vec<Switch> = range.events.iter().filter_map(Switch::read).collect();
    switches.sort_by(Switch::order);
    let last = switches.iter().rfind(|switch| switch.at.is_reached_by(version, switch.kind));
    last.is_some_and(|switch| switch.kind == SwitchKind::On)
}

/// True without limits; otherwise the highest limit counts.
fn is_before_a_limit(range: &Range, version: &Version) -> bool {
    let mut limits = range.events.iter().filter_map(|event| match event {
        Event::Limit(limit) => Some(limit.as_str()),
        _ => None,
    });
    let before = |limit: &str| {
        limit == "*" || Version::parse(limit).is_ok_and(|limit| version.cmp_precedence(&limit).is_lt())
    };
    match limits.next() {
        None => true,
        Some(first) => before(first) || limits.any(before),
    }
}

/// An event that begins or ends an interval.
struct Switch {
    at: Bound,
    kind: SwitchKind,
}

/// In the order in which they happen at one version: an interval that ends before a version meets
/// one that begins with it, and one that begins with it ends after it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SwitchKind {
    OffBefore,
    On,
    OffAfter,
}

enum Bound {
    /// `0`: before every version, even before `0.0.0-0`.
    Zero,
    At(Version),
}

impl Switch {
    fn read(event: &Event) -> Option<Self> {
        let (text, kind) = match event {
            Event::Introduced(text) => (text, SwitchKind::On),
            Event::Fixed(text) => (text, SwitchKind::OffBefore),
            Event::LastAffected(text) => (text, SwitchKind::OffAfter),
            Event::Limit(_) => return None,
        };
        let at = if text == "0" { Bound::Zero } else { Bound::At(Version::parse(text).ok()?) };
        Some(Self { at, kind })
    }

    fn order(&self, other: &Self) -> Ordering {
        let versions = match (&self.at, &other.at) {
            (Bound::Zero, Bound::Zero) => Ordering::Equal,
            (Bound::Zero, Bound::At(_)) => Ordering::Less,
            (Bound::At(_), Bound::Zero) => Ordering::Greater,
            (Bound::At(a), Bound::At(b)) => a.cmp_precedence(b),
        };
        versions.then(self.kind.cmp(&other.kind))
    }
}

impl Bound {
    fn is_reached_by(&self, version: &Version, kind: SwitchKind) -> bool {
        let Self::At(at) = self else { return true };
        match kind {
            SwitchKind::On | SwitchKind::OffBefore => at.cmp_precedence(version).is_le(),
            SwitchKind::OffAfter => at.cmp_precedence(version).is_lt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{advisory, affected, range};
    use proptest::prelude::*;

    fn is_affected(range: Range, version: &str) -> bool {
        let advisory = advisory("A", vec![affected("p", vec![range], &[])]);
        matches(&advisory, STRYKE, "p", version).is_some()
    }

    #[test]
    fn ranges_are_read_as_the_format_says() {
        // Events, affected versions, versions that are not.
        for (events, inside, outside) in [
            ("i=0 f=1.0.0", "0.0.0-0 0.0.1 0.9.9 1.0.0-rc.1", "1.0.0 1.0.0+build 1.0.1 2.0.0-a"),
            ("i=0", "0.0.0-0 0.0.0 99.0.0", ""),
            ("i=1.0.0 f=2.0.0", "1.0.0 1.0.0+x 1.9.9 2.0.0-rc.1", "1.0.0-rc.1 0.9.0 2.0.0"),
            ("i=1.0.0 l=1.5.0", "1.0.0 1.5.0 1.5.0+x 1.5.0-rc.1", "1.5.1 1.5.1-rc.1 0.9.0"),
            ("i=1.0.0 l=1.0.0", "1.0.0", "0.9.9 1.0.1"),
            ("f=3.2.0 i=3.0.0 f=1.4.0 i=1.0.0", "1.0.0 1.3.9 3.0.0 3.1.9", "0.9.0 1.4.0 2.0.0 3.2.0"),
            ("i=2.0.0 f=3.0.0 i=1.0.0 f=2.0.0", "1.0.0 2.0.0 2.5.0", "3.0.0"),
            ("i=0 f=1.0.0 i=1.5.0", "0.1.0 1.5.0 9.0.0", "1.0.0 1.4.9"),
            ("i=0 x=2.0.0", "0.1.0 1.9.9 2.0.0-rc.1", "2.0.0 3.0.0"),
            ("i=0 x=2.0.0 x=3.0.0", "2.5.0", "3.0.0"),
            ("i=0 x=2.0.0 x=*", "2.5.0 9.0.0", ""),
            ("i=1.0.0 f=2.0.0 x=1.5.0", "1.4.0", "1.5.0 1.9.0 0.9.0"),
            ("i=0 f=0", "0.0.0-0 1.0.0", ""),
            ("f=1.0.0", "", "0.1.0 1.0.0"),
            (
                "i=2.0.0-beta.2 f=2.0.0-beta.10",
                "2.0.0-beta.2 2.0.0-beta.9",
                "2.0.0-beta.1 2.0.0-beta.10 2.0.0",
            ),
            ("", "", "1.0.0"),
        ] {
            let range = range(RangeKind::Semver, events);
            for version in inside.split_whitespace() {
                assert!(is_affected(range.clone(), version), "{events}: {version} is affected");
            }
            for version in outside.split_whitespace() {
                assert!(!is_affected(range.clone(), version), "{events}: {version} is not affected");
            }
        }
    }

    #[test]
    fn the_kind_decides_who_knows_the_order() {
        for (kind, ecosystem, expected) in [
            (RangeKind::Semver, STRYKE, true),
            (RangeKind::Semver, "other", true),
            (RangeKind::Ecosystem, STRYKE, true),
            (RangeKind::Ecosystem, "other", false),
            (RangeKind::Git, STRYKE, false),
        ] {
            let mut affected = affected("p", vec![range(kind, "i=0")], &[]);
            affected.ecosystem = ecosystem.to_owned();
            let found = matches(&advisory("A", vec![affected]), ecosystem, "p", "1.0.0");
            assert_eq!(found.is_some(), expected, "{kind:?} in {ecosystem}");
        }
    }

    #[test]
    fn listed_versions_match_exactly_or_up_to_build_metadata() {
        let advisory = advisory("A", vec![affected("p", vec![], &["1.0.0+one", "2024-01"])]);
        for (version, expected) in [
            ("1.0.0+one", true),
            ("1.0.0+two", true),
            ("1.0.0", true),
            ("1.0.0-rc.1", false),
            ("2024-01", true),
            ("2024-02", false),
            ("", false),
        ] {
            let found = matches(&advisory, STRYKE, "p", version);
            assert_eq!(found.is_some(), expected, "{version}");
            assert!(found.is_none_or(|found| found.via == Via::List));
        }
    }

    #[test]
    fn a_version_that_cannot_be_ordered_is_in_no_range() {
        assert!(!is_affected(range(RangeKind::Semver, "i=0"), "1.0"));
    }

    #[test]
    fn names_and_ecosystems_are_exact_and_entries_add_up() {
        let advisory = advisory(
            "A",
            vec![
                affected("p", vec![range(RangeKind::Semver, "i=1.0.0 f=1.1.0")], &[]),
                affected("p", vec![range(RangeKind::Semver, "i=2.0.0 f=2.1.0")], &[]),
            ],
        );
        assert!(matches(&advisory, STRYKE, "p", "1.0.0").is_some());
        assert!(matches(&advisory, STRYKE, "p", "2.0.0").is_some());
        assert!(matches(&advisory, STRYKE, "p", "1.5.0").is_none());
        assert!(matches(&advisory, STRYKE, "P", "1.0.0").is_none());
        assert!(matches(&advisory, "Stryke", "p", "1.0.0").is_none());
    }

    #[test]
    fn a_withdrawn_advisory_never_matches() {
        let mut advisory =
            advisory("A", vec![affected("p", vec![range(RangeKind::Semver, "i=0")], &["1.0.0"])]);
        assert!(matches(&advisory, STRYKE, "p", "1.0.0").is_some());
        advisory.withdrawn_unix = Some(0);
        assert!(matches(&advisory, STRYKE, "p", "1.0.0").is_none());
    }

    #[test]
    fn the_fix_is_the_first_version_above_that_is_not_affected() {
        for (events, version, fixed) in [
            ("i=0 f=1.0.0", "0.5.0", Some("1.0.0")),
            ("i=0 f=1.0.0 i=2.0.0 f=2.3.0", "2.1.0", Some("2.3.0")),
            ("i=0 f=1.0.0 i=2.0.0 f=2.3.0", "0.1.0", Some("1.0.0")),
            ("i=0 f=1.0.0 i=1.0.0 f=2.0.0", "0.5.0", Some("2.0.0")),
            ("i=0 l=1.0.0", "0.5.0", None),
            ("i=0 f=1.0.0 i=1.5.0", "1.6.0", None),
        ] {
            let advisory = advisory("A", vec![affected("p", vec![range(RangeKind::Semver, events)], &[])]);
            let found = matches(&advisory, STRYKE, "p", version).unwrap();
            assert_eq!(found.fixed.map(|fixed| fixed.to_string()).as_deref(), fixed, "{events} at {version}");
        }
    }

    /// All versions the oracle knows, in ascending order.
    const UNIVERSE: [&str; 9] =
        ["0.0.0-0", "0.1.0-a", "0.1.0", "1.0.0-a.2", "1.0.0-a.10", "1.0.0", "1.0.1", "2.0.0-rc", "2.0.0"];

    /// Walks along a line on which version `n` stands at `2n + 1` and the gap behind it at `2n + 2`.
    /// Kinds: 0 introduced, 1 fixed, 2 last affected, 3 limit.
    fn oracle(events: &[(u8, usize)], version: usize) -> bool {
        let limits: Vec<usize> = events.iter().filter(|event| event.0 == 3).map(|event| event.1).collect();
        if !limits.is_empty() && limits.iter().all(|&limit| version >= limit) {
            return false;
        }
        let mut on = false;
        for step in 0..=2 * version + 1 {
            let happens = |kind: u8, place: fn(usize) -> usize| {
                events.iter().any(|event| event.0 == kind && place(event.1) == step)
            };
            if happens(1, |at| 2 * at + 1) {
                on = false;
            }
            if happens(0, |at| 2 * at + 1) {
                on = true;
            }
            if happens(2, |at| 2 * at + 2) {
                on = false;
            }
        }
        on
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn ranges_agree_with_walking_through_all_versions(
            events in prop::collection::vec((0u8..4, 0..UNIVERSE.len()), 0..7),
        ) {
            let range = Range {
                kind: RangeKind::Semver,
                events: events.iter().map(|&(kind, at)| {
                    let at = UNIVERSE[at].to_owned();
                    match kind {
                        0 => Event::Introduced(at),
                        1 => Event::Fixed(at),
                        2 => Event::LastAffected(at),
                        _ => Event::Limit(at),
                    }
                }).collect(),
            };
            for (place, version) in UNIVERSE.iter().enumerate() {
                prop_assert_eq!(is_affected(range.clone(), version), oracle(&events, place), "{}", version);
            }
        }

        #[test]
        fn the_order_of_events_does_not_matter(
            (events, shuffled) in prop::collection::vec((0u8..4, 0..UNIVERSE.len()), 0..6)
                .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        ) {
            let range = |events: &[(u8, usize)]| Range {
                kind: RangeKind::Semver,
                events: events.iter().map(|&(kind, at)| match kind {
                    0 => Event::Introduced(UNIVERSE[at].to_owned()),
                    1 => Event::Fixed(UNIVERSE[at].to_owned()),
                    2 => Event::LastAffected(UNIVERSE[at].to_owned()),
                    _ => Event::Limit(UNIVERSE[at].to_owned()),
                }).collect(),
            };
            for version in UNIVERSE {
                prop_assert_eq!(is_affected(range(&events), version), is_affected(range(&shuffled), version));
            }
        }
    }
}
