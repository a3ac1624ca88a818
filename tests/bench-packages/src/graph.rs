//! The graph that every tool is given: names, versions, dependencies, contents.
//!
//! It knows nothing of any tool. Versions are three numbers and requirements have two ends, which
//! all of them can write. Equal plans give equal graphs.

use std::fmt;

use crate::text::{Random, source_text};

/// Packages that depend on each other, and what a project asks of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Graph {
    /// What it is called in tables.
    pub(crate) name: String,
    /// The packages.
    pub(crate) packages: Vec<Package>,
    /// What the project needs.
    pub(crate) roots: Vec<Need>,
    /// What the project does not need yet, for those who add something.
    pub(crate) extras: Vec<Need>,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// The name: letters and digits, good everywhere.
    pub(crate) name: String,
    /// Its versions, the oldest first.
    pub(crate) releases: Vec<Release>,
}

/// A version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    /// Which.
    pub(crate) version: Version,
    /// What it needs.
    pub(crate) needs: Vec<Need>,
    /// How many files it has.
    pub(crate) file_count: usize,
    /// Bytes of each.
    pub(crate) file_bytes: usize,
    seed: u64,
}

/// Three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// A package, and which of its versions will do: from one on, below another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The package.
    pub(crate) name: String,
    /// The first that will do.
    pub(crate) from: Version,
    /// The first behind those that will do.
    pub(crate) below: Version,
}

/// What a graph is made of.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What it is called in tables.
    pub(crate) name: &'static str,
    /// Packages that the project needs in the end.
    pub(crate) packages: usize,
    /// Files of the newest version of each; older ones have one small file.
    pub(crate) files: usize,
    /// Bytes of a file.
    pub(crate) file_bytes: usize,
    /// Packages nobody needs yet.
    pub(crate) extras: usize,
}

/// What the project asks for itself, in every graph that has so many packages.
const ROOTS: usize = 10;
/// Versions of each package.
const VERSIONS: u32 = 5;

impl Version {
    /// The range of all that are compatible with it.
    fn caret(self) -> (Version, Version) {
        (self, Version(self.0 + 1, 0, 0))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Release {
    /// Its files: path and content.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
        (0..self.file_count).map(|number| {
            let seed = self.seed.wrapping_add(number as u64).wrapping_mul(0x9e37_79b9);
            (format!("part{number:03}.txt"), source_text(seed, self.file_bytes))
        })
    }
}

impl Graph {
    /// A graph in which the newest version of everything will do. A package needs up to four of
    /// those behind it, near ones more often, and every one is needed by one before it.
    pub(crate) fn layered(plan: &Plan) -> Graph {
        let mut random = Random::new(50);
        let total = plan.packages + plan.extras;
        let names: Vec<String> = (0..total).map(|number| format!("unit{number:04}")).collect();
        let mut edges: Vec<Vec<usize>> = vec![Vec::new(); total];
        for package in ROOTS.min(plan.packages)..plan.packages {
            let near = package.min(40);
            let dependant = package - 1 - random.below(near);
            edges[dependant].push(package);
        }
        for (package, needed) in edges.iter_mut().enumerate().take(plan.packages) {
            for _ in 0..random.below(3) {
                let behind = plan.packages - package - 1;
                if behind > 0 {
                    needed.push(package + 1 + random.below(behind.min(60)));
                }
            }
            needed.sort_unstable();
            needed.dedup();
        }
        let need = |number: usize, minor: u32| {
            let (from, below) = Version(1, minor, 0).caret();
            Need { name: names[number].clone(), from, below }
        };
        let release = |number: usize, minor: u32| {
            let newest = minor + 1 == VERSIONS;
            Release {
                version: Version(1, minor, 0),
                needs: edges[number].iter().map(|&other| need(other, minor / 2)).collect(),
                file_count: if newest { plan.files } else { 1 },
                file_bytes: if newest { plan.file_bytes } else { 256 },
                seed: (number as u64) << 32 | u64::from(minor) << 16,
            }
        };
        let package = |number: usize| Package {
            name: names[number].clone(),
            releases: (0..VERSIONS).map(|minor| release(number, minor)).collect(),
        };
        Graph {
            name: plan.name.to_owned(),
            packages: (0..total).map(package).collect(),
            roots: (0..ROOTS.min(plan.packages)).map(|number| need(number, 0)).collect(),
            extras: (plan.packages..total).map(|number| need(number, 0)).collect(),
        }
    }

    /// A graph whose newest versions do not suit each other: one version of each package was chosen
    /// to suit all others, and versions besides it need what is rarely there. All versions of a
    /// package are compatible by their numbers, so that a tool that can hold two versions cannot
    /// get around it unless it holds two that are compatible.
    pub(crate) fn tangled(packages: usize, versions: usize) -> Graph {
        let mut random = Random::new(11);
        let names: Vec<String> = (0..packages).map(|number| format!("knot{number:04}")).collect();
        let suits: Vec<usize> = (0..packages).map(|_| random.below(versions.div_ceil(2))).collect();
        let version = |minor: usize| Version(1, u32::try_from(minor).expect("few versions"), 0);
        let mut made = Vec::with_capacity(packages);
        for number in 0..packages {
            let mut releases = Vec::with_capacity(versions);
            for minor in 0..versions {
                let mut needs: Vec<Need> = Vec::new();
                // Only later ones are needed: a circle is refused by some of the tools.
                let later = packages - number - 1;
                for _ in 0..if later == 0 { 0 } else { 2 } {
                    let other = number + 1 + random.below(later);
                    if needs.iter().any(|need| need.name == names[other]) {
                        continue;
                    }
                    // What suits lets what suits through; others ask for something narrow.
                    let (first, last) = if minor == suits[number] {
                        (suits[other].saturating_sub(random.below(3)), suits[other] + random.below(4))
                    } else {
                        let first = random.below(versions);
                        (first, first + random.below(3))
                    };
                    needs.push(Need {
                        name: names[other].clone(),
                        from: version(first),
                        below: version(last + 1),
                    });
                }
                releases.push(Release {
                    version: version(minor),
                    needs,
                    file_count: 1,
                    file_bytes: 64,
                    seed: (number * versions + minor) as u64,
                });
            }
            made.push(Package { name: names[number].clone(), releases });
        }
        let roots = names
            .iter()
            .take(ROOTS)
            .map(|name| Need { name: name.clone(), from: version(0), below: Version(2, 0, 0) })
            .collect();
        Graph { name: format!("{packages} knots"), packages: made, roots, extras: Vec::new() }
    }

    /// How many packages the project needs in the end, where the newest of each will do.
    pub(crate) fn needed_count(&self) -> usize {
        self.packages.len() - self.extras.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn newest(graph: &Graph) -> BTreeMap<&str, &Release> {
        graph
            .packages
            .iter()
            .map(|package| (package.name.as_str(), package.releases.last().unwrap()))
            .collect()
    }

    #[test]
    fn the_newest_of_each_suits_and_each_is_needed() {
        for packages in [1, 10, 50, 500] {
            let plan = Plan { name: "test", packages, files: 3, file_bytes: 100, extras: 2 };
            let graph = Graph::layered(&plan);
            assert_eq!(graph, Graph::layered(&plan));
            let newest = newest(&graph);
            let mut seen = BTreeSet::new();
            let mut open: Vec<&Need> = graph.roots.iter().collect();
            while let Some(need) = open.pop() {
                let release = newest[need.name.as_str()];
                assert!(need.from <= release.version && release.version < need.below);
                assert!(release.files().all(|(_, content)| content.len() == 100));
                if seen.insert(need.name.as_str()) {
                    open.extend(&release.needs);
                }
            }
            assert_eq!((seen.len(), graph.needed_count()), (packages, packages));
            assert!(graph.extras.iter().all(|need| !seen.contains(need.name.as_str())));
        }
    }

    /// The newest of each does not suit, and what was chosen does: a second opinion on the claim
    /// that a solver has to go back, and finds something.
    #[test]
    fn a_tangled_graph_has_a_solution_that_is_not_the_newest() {
        let (packages, versions) = (30, 12);
        let graph = Graph::tangled(packages, versions);
        let mut random = Random::new(11);
        let suits: Vec<usize> = (0..packages).map(|_| random.below(versions.div_ceil(2))).collect();
        let number = |name: &str| name.trim_start_matches("knot").parse::<usize>().unwrap();
        let suited = |chosen: &dyn Fn(usize) -> usize| {
            let mut seen = BTreeSet::new();
            let mut open: Vec<&Need> = graph.roots.iter().collect();
            while let Some(need) = open.pop() {
                let at = number(&need.name);
                let release = &graph.packages[at].releases[chosen(at)];
                if !(need.from <= release.version && release.version < need.below) {
                    return false;
                }
                assert!(release.needs.iter().all(|need| number(&need.name) > at), "there is no circle");
                if seen.insert(at) {
                    open.extend(&release.needs);
                }
            }
            true
        };
        assert!(suited(&|at| suits[at]));
        assert!(!suited(&|_| versions - 1));
    }
}
