//! All advisories of all feeds, and what they say about a list of packages.

use crate::matching::{first_fixed, matches};
use crate::model::{Advisory, Severity};
use semver::Version;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A package at a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Package {
    /// Where it lives, such as [`STRYKE`](crate::STRYKE).
    pub ecosystem: String,
    /// Its name.
    pub name: String,
    /// Its version, as the lock says it.
    pub version: String,
}

/// One vulnerability in one package: all advisories that are aliases of each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'d> {
    /// Where it was found.
    pub package: Package,
    /// Every identifier it has: those of the advisories first, then their aliases.
    pub ids: Vec<String>,
    /// The advisories, by identifier; at least one.
    pub advisories: Vec<&'d Advisory>,
    /// The highest severity any of them names.
    pub severity: Severity,
    /// The lowest version above that none of them concerns.
    pub fixed: Option<Version>,
}

/// Advisories, indexed by the packages they concern.
#[derive(Debug, Default)]
pub struct Database {
    /// By identifier.
    advisories: Vec<Advisory>,
    /// Ecosystem, then name, to places in `advisories`.
    by_package: HashMap<String, HashMap<String, Vec<usize>>>,
    /// For each advisory, which group of aliases it belongs to.
    groups: Vec<usize>,
}

impl Database {
    /// Collects the advisories of feeds, each in any order. Of several with the same identifier in
    /// one feed the one that was modified last counts, and of equally old ones a withdrawn one.
    /// Between feeds nothing replaces anything: no feed can take away what another says.
    pub fn new<F: IntoIterator<Item = Advisory>>(feeds: impl IntoIterator<Item = F>) -> Self {
        let mut by_id: BTreeMap<(String, usize), Advisory> = BTreeMap::new();
        for (feed, advisories) in feeds.into_iter().enumerate() {
            for advisory in advisories {
                let key = (advisory.id.clone(), feed);
                match by_id.get(&key) {
                    Some(known) if preference(known, &advisory).is_ge() => {}
                    _ => drop(by_id.insert(key, advisory)),
                }
            }
        }
        let advisories: Vec<Advisory> = by_id.into_values().collect();
        let mut by_package: HashMap<String, HashMap<String, Vec<usize>>> = HashMap::new();
        for (place, advisory) in advisories.iter().enumerate() {
            for affected in &advisory.affected {
                let names = by_package.entry(affected.ecosystem.clone()).or_default();
                let places = names.entry(affected.name.clone()).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        let groups = groups(&advisories);
        Self { advisories, by_package, groups }
    }

    /// How many advisories there are, withdrawn ones included.
    pub fn len(&self) -> usize {
        self.advisories.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.advisories.is_empty()
    }

    /// Finds what concerns the packages: by package, then most severe first, then by identifier.
    pub fn find(&self, packages: &[Package]) -> Vec<Finding<'_>> {
        let packages: BTreeSet<&Package> = packages.iter().collect();
        let mut findings: Vec<Finding<'_>> =
            packages.into_iter().flat_map(|package| self.find_in(package)).collect();
        findings.sort_by(|a, b| (&a.package, b.severity, &a.ids).cmp(&(&b.package, a.severity, &b.ids)));
        findings
    }

    fn find_in(&self, package: &Package) -> Vec<Finding<'_>> {
        let Package { ecosystem, name, version } = package;
        let places = self.by_package.get(ecosystem).and_then(|names| names.get(name));
        let mut groups: BTreeMap<usize, Vec<&Advisory>> = BTreeMap::new();
        for &place in places.into_iter().flatten() {
            let advisory = &self.advisories[place];
            if matches(advisory, ecosystem, name, version).is_some() {
                groups.entry(self.groups[place]).or_default().push(advisory);
            }
        }
        groups.into_values().map(|advisories| finding(package, advisories)).collect()
    }
}

fn finding<'d>(package: &Package, advisories: Vec<&'d Advisory>) -> Finding<'d> {
    let mut ids: Vec<String> = advisories.iter().map(|advisory| advisory.id.clone()).collect();
    // They are in the order of their identifiers: two feeds that know one stand side by side.
    ids.dedup();
    let aliases: BTreeSet<&String> = advisories.iter().flat_map(|advisory| &advisory.aliases).collect();
    ids.extend(
        aliases.into_iter().filter(|alias| !advisories.iter().any(|known| known.id == **alias)).cloned(),
    );
    Finding {
        package: package.clone(),
        severity: advisories.iter().map(|advisory| advisory.severity).max().unwrap_or(Severity::Unknown),
        fixed: first_fixed(&advisories, &package.ecosystem, &package.name, &package.version),
        ids,
        advisories,
    }
}

/// Which of two advisories with one identifier counts: the greater.
fn preference(a: &Advisory, b: &Advisory) -> Ordering {
    let key = |advisory: &Advisory| (advisory.modified_unix, advisory.withdrawn_unix.is_some());
    key(a).cmp(&key(b)).then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
}

/// Gives each advisory the number of its group: two that share an identifier, be it only as an
/// alias, are in one group, and so are all that hang together through others.
fn groups(advisories: &[Advisory]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..advisories.len()).collect();
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (place, advisory) in advisories.iter().enumerate() {
        for id in advisory.aliases.iter().chain([&advisory.id]) {
            let other = *first.entry(id).or_insert(place);
            let (a, b) = (root(&mut parents, place), root(&mut parents, other));
            parents[a.max(b)] = a.min(b);
        }
    }
    (0..advisories.len()).map(|place| root(&mut parents, place)).collect()
}

fn root(parents: &mut [usize], mut place: usize) -> usize {
    while parents[place] != place {
        parents[place] = parents[parents[place]];
        place = parents[place];
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RangeKind, STRYKE};
    use crate::testing::{advisory, affected, range};
    use proptest::prelude::*;

    fn package(name: &str, version: &str) -> Package {
        Package { ecosystem: STRYKE.into(), name: name.into(), version: version.into() }
    }

    fn in_p(id: &str, aliases: &[&str], events: &str, severity: Severity) -> Advisory {
        let mut advisory = advisory(id, vec![affected("p", vec![range(RangeKind::Semver, events)], &[])]);
        advisory.aliases = aliases.iter().map(ToString::to_string).collect();
        advisory.severity = severity;
        advisory
    }

    fn ids(database: &Database, packages: &[Package]) -> Vec<Vec<String>> {
        database.find(packages).into_iter().map(|finding| finding.ids).collect()
    }

    #[test]
    fn aliases_are_one_finding_however_they_hang_together() {
        let database = Database::new([vec![
            in_p("GHSA-1", &["CVE-1"], "i=0 f=1.0.0", Severity::Low),
            in_p("STRYKE-1", &["CVE-1", "X-1"], "i=0 f=1.2.0", Severity::High),
            in_p("X-1", &[], "i=0 f=0.5.0", Severity::Unknown),
            in_p("STRYKE-2", &[], "i=0", Severity::Critical),
        ]]);
        let findings = database.find(&[package("p", "0.6.0")]);
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].ids, ["STRYKE-2"]);
        assert_eq!(findings[0].fixed, None);
        assert_eq!(findings[1].ids, ["GHSA-1", "STRYKE-1", "CVE-1", "X-1"]);
        assert_eq!(findings[1].severity, Severity::High);
        assert_eq!(findings[1].fixed, Some(Version::new(1, 2, 0)), "fixed for all of them");
    }

    #[test]
    fn an_advisory_that_does_not_match_still_connects() {
        let mut bridge = in_p("B", &["A", "C"], "i=9.0.0", Severity::Low);
        bridge.withdrawn_unix = Some(1);
        let a = in_p("A", &[], "i=0", Severity::Low);
        let c = in_p("C", &[], "i=0", Severity::Low);
        assert_eq!(ids(&Database::new([[a, bridge, c]]), &[package("p", "1.0.0")]), [["A", "C"]]);
    }

    #[test]
    fn the_last_modified_of_several_in_one_feed_counts() {
        let old = in_p("A", &[], "i=0", Severity::Low);
        let mut new = in_p("A", &[], "i=0 f=1.0.0", Severity::Low);
        new.modified_unix = 2;
        let mut withdrawn = old.clone();
        withdrawn.withdrawn_unix = Some(1);
        let packages = [package("p", "1.0.0")];
        for (advisories, count) in [
            (vec![old.clone(), new.clone()], 0),
            (vec![new, old.clone()], 0),
            (vec![old.clone(), withdrawn.clone()], 0),
            (vec![withdrawn, old.clone()], 0),
            (vec![old.clone(), old], 1),
        ] {
            let database = Database::new([advisories]);
            assert_eq!((database.len(), database.find(&packages).len()), (1, count));
        }
    }

    #[test]
    fn no_feed_takes_away_what_another_says() {
        let says = in_p("A", &[], "i=0 f=2.0.0", Severity::High);
        let mut withdraws = says.clone();
        withdraws.withdrawn_unix = Some(1);
        withdraws.modified_unix = 99;
        let mut narrows = in_p("A", &[], "i=0 f=0.0.1", Severity::Low);
        narrows.modified_unix = 99;
        for hides in [withdraws, narrows] {
            for feeds in [[[says.clone()], [hides.clone()]], [[hides.clone()], [says.clone()]]] {
                assert_eq!(ids(&Database::new(feeds), &[package("p", "1.0.0")]), [["A"]]);
            }
        }
        let both = Database::new([[says.clone()], [says]]);
        assert_eq!(ids(&both, &[package("p", "1.0.0")]), [["A"]], "one finding, its identifier once");
    }

    #[test]
    fn findings_are_in_one_order_and_packages_are_asked_once() {
        let database = Database::new([vec![
            in_p("B", &[], "i=0", Severity::Low),
            in_p("A", &[], "i=0", Severity::Low),
            in_p("C", &[], "i=0", Severity::High),
            advisory("D", vec![affected("o", vec![], &["1.0.0"])]),
        ]]);
        let packages =
            [package("p", "1.0.0"), package("o", "1.0.0"), package("p", "1.0.0"), package("q", "1.0.0")];
        assert_eq!(ids(&database, &packages), [["D"], ["C"], ["A"], ["B"]]);
        assert!(Database::default().is_empty() && Database::default().find(&packages).is_empty());
    }

    proptest! {
        #[test]
        fn findings_do_not_depend_on_the_order_of_advisories(
            (advisories, shuffled) in prop::collection::vec(
                (0..4usize, prop::collection::vec(0..6usize, 0..3), 0..3u64, any::<bool>()), 0..8,
            ).prop_map(|entries| entries.into_iter().map(|(id, aliases, modified, withdrawn)| {
                let mut advisory = in_p(&format!("A{id}"), &[], "i=0 f=2.0.0", Severity::Low);
                advisory.aliases = aliases.iter().map(|alias| format!("A{alias}")).collect();
                advisory.modified_unix = modified;
                advisory.withdrawn_unix = withdrawn.then_some(1);
                advisory
            }).collect::<Vec<_>>()).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        ) {
            let packages = [package("p", "1.0.0")];
            prop_assert_eq!(ids(&Database::new([advisories]), &packages), ids(&Database::new([shuffled]), &packages));
        }
    }
}
