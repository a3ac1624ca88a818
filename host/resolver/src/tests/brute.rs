//! The second opinion: every choice of versions tried, with rules written down anew.

use std::collections::{BTreeMap, BTreeSet};

use s_project::Version;

use super::dsl::World;
use crate::{Candidate, Dependency, MultiVersion, Package, Policy, Resolution};

type Features = BTreeSet<String>;
type Chosen = BTreeMap<Package, Vec<Candidate>>;

/// Whether any choice of versions meets the roots; only those with `wanted` are tried, if given.
pub(super) fn is_solvable(world: &World, wanted: Option<(&Package, &Version)>) -> bool {
    let mut groups: Vec<(Package, Vec<Candidate>)> = Vec::new();
    for (package, candidates) in &world.index {
        let mut buckets: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
        for candidate in candidates.versions.iter().filter(|candidate| is_allowed(world, package, candidate))
        {
            buckets.entry(bucket(world, &candidate.version)).or_default().push(candidate.clone());
        }
        groups.extend(buckets.into_values().map(|versions| (package.clone(), versions)));
    }
    let mut places = vec![0; groups.len()];
    loop {
        let mut chosen = Chosen::new();
        for (place, (package, versions)) in places.iter().zip(&groups) {
            chosen.entry(package.clone()).or_default().push(versions[*place].clone());
        }
        if suits(world, &chosen, wanted) {
            return true;
        }
        let Some(next) = (0..groups.len()).find(|at| places[*at] + 1 < groups[*at].1.len()) else {
            return false;
        };
        places[next] += 1;
        places[..next].fill(0);
    }
}

/// Finds what is wrong with an answer.
pub(super) fn check(world: &World, resolution: &Resolution) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut users = 0;
    for node in &resolution.nodes {
        let label = format!("{} {}", node.package, node.version);
        let known = &world.index[&node.package].versions;
        let candidate = known.iter().find(|candidate| candidate.version == node.version).ok_or(&label)?;
        ensure(is_allowed(world, &node.package, candidate), &label)?;
        ensure(seen.insert((&node.package, bucket(world, &node.version))), "two versions of a bucket")?;
        ensure(node.yanked == candidate.yanked && !node.instances.is_empty(), &label)?;
        for instance in &node.instances {
            users += instance.users.len();
            ensure(!instance.users.is_empty(), "nobody needs it")?;
            let (features, active) = activation(candidate, &instance.features).ok_or("broken features")?;
            ensure(features == instance.features, "features are not complete")?;
            ensure(active.len() == instance.edges.len(), "edges")?;
            for (dependency, asked) in &active {
                let edge =
                    instance.edges.iter().find(|edge| edge.alias == dependency.alias).ok_or("no edge")?;
                leads(world, resolution, edge, dependency, asked)?;
            }
        }
    }
    let mut edges = 0;
    for root in &world.problem.roots {
        let found = resolution.roots.iter().find(|found| found.name == root.name).ok_or("no root")?;
        ensure(found.edges.len() == root.dependencies.len(), "edges of a root")?;
        for needed in &root.dependencies {
            let edge =
                found.edges.iter().find(|edge| edge.origin == needed.origin).ok_or("no edge of a root")?;
            leads(world, resolution, &edge.edge, &needed.dependency, &asked(&needed.dependency))?;
            edges += 1;
        }
    }
    edges += resolution.nodes.iter().flat_map(|node| &node.instances).map(|of| of.edges.len()).sum::<usize>();
    ensure(edges == users, "users and edges differ")
}

fn leads(
    world: &World,
    resolution: &Resolution,
    edge: &crate::Edge,
    dependency: &Dependency,
    asked: &Features,
) -> Result<(), String> {
    let node = &resolution.nodes[edge.node];
    ensure(node.package == dependency.package, "another package")?;
    ensure(dependency.requirement.matches(&node.version), "a version that does not match")?;
    ensure(is_legal(world, dependency), "a requirement that is not exact")?;
    let known = &world.index[&node.package].versions;
    let candidate = known.iter().find(|candidate| candidate.version == node.version).ok_or("no version")?;
    let (features, _) = activation(candidate, asked).ok_or("a feature that is not there")?;
    ensure(features == node.instances[edge.instance].features, "features of somebody else")
}

fn ensure(is_so: bool, what: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(what.to_owned()) }
}

fn is_legal(world: &World, dependency: &Dependency) -> bool {
    world.problem.settings.policy != Policy::Exact || dependency.requirement.is_exact()
}

fn is_allowed(world: &World, package: &Package, candidate: &Candidate) -> bool {
    let settings = &world.problem.settings;
    let is_locked = world.problem.preferences.contains(&(package.clone(), candidate.version.clone()));
    let is_old = match (settings.cooldown_s, candidate.published_unix, world.problem.now_unix) {
        (Some(cooldown), Some(published), Some(now)) => published + cooldown <= now,
        _ => true,
    };
    let is_exempt = settings.exempt.contains(&(package.name.clone(), candidate.version.clone()));
    let suits = candidate.requires_stryke.as_ref().is_none_or(|needed| needed.matches(&world.problem.stryke));
    let editions = &world.problem.editions;
    let is_known = candidate.edition.as_ref().is_none_or(|edition| editions.contains(edition));
    (!candidate.yanked || is_locked)
        && is_known
        && (is_old || is_exempt || is_locked)
        && (suits || settings.ignore_requires_stryke)
}

fn bucket(world: &World, version: &Version) -> String {
    let settings = &world.problem.settings;
    if settings.multi_version == MultiVersion::Never || settings.policy == Policy::Exact {
        return String::new();
    }
    let parts = [version.major, version.minor, version.patch];
    let breaking = parts.iter().position(|part| *part > 0).unwrap_or(2);
    format!("{:?}", &parts[..=breaking])
}

/// Whether each need of the roots has something that, with everything it needs, is there: take away
/// what is not, until nothing more falls away.
fn suits(world: &World, chosen: &Chosen, wanted: Option<(&Package, &Version)>) -> bool {
    let roots: Vec<(&Dependency, Features)> = world
        .problem
        .roots
        .iter()
        .flat_map(|root| &root.dependencies)
        .map(|needed| (&needed.dependency, asked(&needed.dependency)))
        .collect();
    let mut known: BTreeMap<(Package, Version, Features), Vec<(Dependency, Features)>> = BTreeMap::new();
    let mut bad = BTreeSet::new();
    let mut open: Vec<(Dependency, Features)> =
        roots.iter().map(|(d, f)| ((*d).clone(), f.clone())).collect();
    while let Some((dependency, asked)) = open.pop() {
        for candidate in options(chosen, &dependency) {
            let key = (dependency.package.clone(), candidate.version.clone(), asked.clone());
            if known.contains_key(&key) || bad.contains(&key) {
                continue;
            }
            match activation(candidate, &asked) {
                Some((_, edges)) => {
                    open.extend(edges.iter().cloned());
                    known.insert(key, edges);
                }
                None => drop(bad.insert(key)),
            }
        }
    }
    let is_met = |dependency: &Dependency, asked: &Features, bad: &BTreeSet<_>| {
        is_legal(world, dependency)
            && options(chosen, dependency).any(|candidate| {
                !bad.contains(&(dependency.package.clone(), candidate.version.clone(), asked.clone()))
            })
    };
    loop {
        let before = bad.len();
        for (key, edges) in &known {
            if edges.iter().any(|(dependency, asked)| !is_met(dependency, asked, &bad)) {
                bad.insert(key.clone());
            }
        }
        if bad.len() == before {
            break;
        }
    }
    roots.iter().all(|(dependency, asked)| match wanted {
        Some((package, version)) if *package == dependency.package => {
            let key = (package.clone(), version.clone(), asked.clone());
            is_legal(world, dependency)
                && options(chosen, dependency).any(|candidate| candidate.version == *version)
                && !bad.contains(&key)
        }
        _ => is_met(dependency, asked, &bad),
    })
}

fn options<'c>(chosen: &'c Chosen, dependency: &Dependency) -> impl Iterator<Item = &'c Candidate> {
    let of = chosen.get(&dependency.package).into_iter().flatten();
    of.filter(|candidate| dependency.requirement.matches(&candidate.version))
}

fn asked(dependency: &Dependency) -> Features {
    let mut asked: Features = dependency.features.iter().cloned().collect();
    if dependency.default_features {
        asked.insert("default".to_owned());
    }
    asked
}

/// All features that are on, and the needs with what is asked of each; none when something is not
/// there.
fn activation(
    candidate: &Candidate,
    asked_for: &Features,
) -> Option<(Features, Vec<(Dependency, Features)>)> {
    let mut features = asked_for.clone();
    if !candidate.features.contains_key("default") {
        features.remove("default");
    }
    let alias =
        |name: &str| candidate.dependencies.iter().any(|dependency| dependency.alias == name).then_some(());
    loop {
        let before = features.len();
        for feature in features.clone() {
            for item in candidate.features.get(&feature)? {
                match (item.strip_prefix("dep:"), item.split_once('/')) {
                    (Some(name), _) => alias(name)?,
                    (None, Some((name, _))) => alias(name.trim_end_matches('?'))?,
                    (None, None) => drop(features.insert(item.clone())),
                }
            }
        }
        if features.len() == before {
            break;
        }
    }
    let items: Vec<&String> = features.iter().flat_map(|feature| &candidate.features[feature]).collect();
    let mut edges = Vec::new();
    for dependency in &candidate.dependencies {
        let alias = &dependency.alias;
        let is_on = items
            .iter()
            .any(|item| **item == format!("dep:{alias}") || item.starts_with(&format!("{alias}/")));
        if dependency.optional && !is_on {
            continue;
        }
        let mut wanted = asked(dependency);
        for item in &items {
            if let Some((name, feature)) = item.split_once('/')
                && name.trim_end_matches('?') == alias
            {
                wanted.insert(feature.to_owned());
            }
        }
        edges.push((dependency.clone(), wanted));
    }
    Some((features, edges))
}
