//! What would help where there is no answer: small changes, each tried before it is told.
//!
//! 1. Another feature, where the one that a root asks for is not there.
//! 2. Another requirement of a root that plays a part: the versions nearest to what it asks for first.
//! 3. What versions have to wait for: time, or another release of stryke.

use std::collections::BTreeSet;

use s_project::{Bare, Requirement, Version};

use crate::catalog::{Bar, Catalog};
use crate::conflict::{By, Conflict, Fact};
use crate::model::{Dependency, Policy, Settings, Source};
use crate::report::{Fix, Remedy};
use crate::resolution::{Node, Resolution};
use crate::search::{Attempt, Changed, Search};

/// How many attempts are made, and into how many parts the limit of work is divided for that.
const ATTEMPTS_MAX: u64 = 16;

/// How many fixes are given.
const FIXES_MAX: usize = 3;

/// Finds what would help.
pub(crate) fn fixes<S: Source>(catalog: &mut Catalog<'_, S>, conflict: &Conflict) -> Vec<Fix> {
    let mut tried = Tried { concerned: concerned(conflict), left: ATTEMPTS_MAX };
    let places = places(catalog, conflict);
    let mut fixes = Vec::new();
    for (root, place) in &places {
        fixes.extend(features(catalog, conflict, &mut tried, *root, *place));
    }
    for (root, place) in &places {
        if fixes.len() >= FIXES_MAX {
            break;
        }
        fixes.extend(requirement(catalog, &mut tried, *root, *place));
    }
    if let Some((root, place)) = places.first() {
        for bar in [Bar::Cooldown, Bar::Stryke, Bar::Edition] {
            fixes.extend(lifted(catalog, conflict, &mut tried, bar, *root, *place));
        }
    }
    fixes.truncate(FIXES_MAX);
    fixes
}

/// What is left to try, and for whom.
struct Tried {
    /// The packages that others need something of.
    concerned: BTreeSet<String>,
    /// How many attempts are left.
    left: u64,
}

fn concerned(conflict: &Conflict) -> BTreeSet<String> {
    let facts = conflict.facts().into_iter();
    let names = facts.filter_map(|fact| match fact {
        Fact::Needs { by: By::Package { .. }, package, .. }
        | Fact::NotExact { by: By::Package { .. }, package, .. } => Some(package.clone()),
        _ => None,
    });
    names.collect()
}

/// The dependencies of roots that play a part, by places.
fn places<S: Source>(catalog: &Catalog<'_, S>, conflict: &Conflict) -> Vec<(usize, usize)> {
    let origins = conflict.origins();
    let problem = catalog.problem;
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (root, of) in problem.roots.iter().enumerate() {
        let of = of.dependencies.iter().enumerate();
        let in_part = of.filter(|(_, dependency)| origins.contains(&dependency.origin));
        places.extend(in_part.map(|(place, _)| (root, place)));
    }
    places.sort_by_key(|(root, place)| {
        let root = &problem.roots[*root];
        (&root.name, &root.dependencies[*place].dependency.alias)
    });
    places
}

/// Another feature than one that is not there, or none.
fn features<S: Source>(
    catalog: &mut Catalog<'_, S>,
    conflict: &Conflict,
    tried: &mut Tried,
    root: usize,
    place: usize,
) -> Option<Fix> {
    let dependency = &catalog.problem.roots[root].dependencies[place].dependency;
    let name = dependency.package.to_string();
    let (without, instead) = conflict.facts().into_iter().find_map(|fact| match fact {
        Fact::UnknownFeature { package, feature, nearest, .. }
            if *package == name && dependency.features.contains(feature) =>
        {
            Some((feature.clone(), nearest.clone()))
        }
        _ => None,
    })?;
    let mut changed = dependency.clone();
    changed.features.retain(|feature| *feature != without);
    changed.features.extend(instead.clone());
    let found = attempt(catalog, tried, Some(Changed { root, place, dependency: changed }), None)?;
    fix(catalog, tried, &found, root, place, Remedy::Features { without, instead })
}

/// Another requirement. A failure of the source here only means that nothing is known about this one.
fn requirement<S: Source>(
    catalog: &mut Catalog<'_, S>,
    tried: &mut Tried,
    root: usize,
    place: usize,
) -> Option<Fix> {
    let problem = catalog.problem;
    let dependency = &problem.roots[root].dependencies[place].dependency;
    for requirement in wider(&dependency.requirement, &problem.settings) {
        let changed = Dependency { requirement, ..dependency.clone() };
        let changed = Changed { root, place, dependency: changed };
        let Some(found) = attempt(catalog, tried, Some(changed), None) else { continue };
        let (node, _) = chosen(catalog, &found, root, place)?;
        let requirement = written(&node.version, problem.settings.policy == Policy::Exact);
        return fix(catalog, tried, &found, root, place, Remedy::Requirement { requirement });
    }
    None
}

/// Requirements to try instead of one, the nearest first: from its lowest version on what is
/// compatible, all that may be compatible, everything.
fn wider(requirement: &Requirement, settings: &Settings) -> Vec<Requirement> {
    let any = Requirement::any();
    let Some(lowest) = requirement.lowest().filter(|_| settings.policy != Policy::Exact) else {
        return vec![any];
    };
    let same = if lowest.major > 0 { format!("^{}", lowest.major) } else { format!("^0.{}", lowest.minor) };
    let parse = |text: String| Requirement::parse(&text, Bare::Caret).ok();
    let mut wider: Vec<Requirement> =
        [parse(format!("^{lowest}")), parse(same)].into_iter().flatten().collect();
    wider.push(any);
    wider
}

/// Time, or another release of stryke, where that is all that keeps an answer away.
fn lifted<S: Source>(
    catalog: &mut Catalog<'_, S>,
    conflict: &Conflict,
    tried: &mut Tried,
    bar: Bar,
    root: usize,
    place: usize,
) -> Option<Fix> {
    let is_left_out = conflict.left_out.iter().any(|of| match bar {
        Bar::Cooldown => of.cooldown > 0,
        Bar::Stryke => !of.stryke.is_empty(),
        Bar::Edition => !of.editions.is_empty(),
        Bar::Yanked => false,
    });
    if !is_left_out {
        return None;
    }
    let found = attempt(catalog, tried, None, Some(bar))?;
    let remedy = found.nodes.iter().find_map(|node| {
        let listing = catalog.listings.iter().find(|listing| listing.package == node.package)?;
        let at = listing.versions.iter().position(|candidate| candidate.version == node.version)?;
        if listing.bars[at] != Some(bar) {
            return None;
        }
        let candidate = &listing.versions[at];
        let (package, version) = (node.package.to_string(), node.version.to_string());
        Some(match bar {
            Bar::Cooldown => {
                let cooldown_s = catalog.problem.settings.cooldown_s?;
                let until = candidate.published_unix?.saturating_add(cooldown_s);
                Remedy::Cooldown { package, version, until }
            }
            _ => {
                let requirement = candidate.requires_stryke.as_ref().filter(|_| bar == Bar::Stryke);
                let requirement = requirement.map(ToString::to_string);
                Remedy::Stryke { package, version, requirement }
            }
        })
    })?;
    fix(catalog, tried, &found, root, place, remedy)
}

fn attempt<S: Source>(
    catalog: &mut Catalog<'_, S>,
    tried: &mut Tried,
    changed: Option<Changed>,
    lifted: Option<Bar>,
) -> Option<Resolution> {
    tried.left = tried.left.checked_sub(1)?;
    let work_max = catalog.problem.settings.work_max / ATTEMPTS_MAX;
    let attempt = Attempt { only: None, changed, lifted, work_max };
    let mut search = Search::new(catalog, &attempt);
    search.run().ok()?;
    Some(search.found().resolution())
}

/// What a dependency of a root was given.
fn chosen<'r, S: Source>(
    catalog: &Catalog<'_, S>,
    found: &'r Resolution,
    root: usize,
    place: usize,
) -> Option<(&'r Node, usize)> {
    let of = &catalog.problem.roots[root];
    let dependency = &of.dependencies[place];
    let edges = found.roots.iter().filter(|root| root.name == of.name).flat_map(|root| &root.edges);
    let mut edges = edges
        .filter(|edge| edge.origin == dependency.origin && edge.edge.alias == dependency.dependency.alias);
    let edge = edges.next()?;
    Some((&found.nodes[edge.edge.node], edge.edge.instance))
}

fn fix<S: Source>(
    catalog: &Catalog<'_, S>,
    tried: &Tried,
    found: &Resolution,
    root: usize,
    place: usize,
    remedy: Remedy,
) -> Option<Fix> {
    let (node, instance) = chosen(catalog, found, root, place)?;
    let of = &catalog.problem.roots[root];
    let dependency = &of.dependencies[place];
    let works_with = node.instances[instance].edges.iter().map(|edge| &found.nodes[edge.node]);
    let works_with = works_with.map(|node| (node.package.to_string(), node.version.to_string()));
    Some(Fix {
        root: of.name.clone(),
        origin: dependency.origin,
        alias: dependency.dependency.alias.clone(),
        package: node.package.to_string(),
        requirement: dependency.dependency.requirement.to_string(),
        version: node.version.to_string(),
        works_with: works_with.filter(|(name, _)| tried.concerned.contains(name)).collect(),
        remedy,
    })
}

/// A requirement as one would type it, which this version meets.
fn written(version: &Version, is_exact: bool) -> String {
    if is_exact || !version.pre.is_empty() {
        format!("{}.{}.{}", version.major, version.minor, version.patch)
            + &if version.pre.is_empty() { String::new() } else { format!("-{}", version.pre) }
    } else {
        format!("{}.{}", version.major, version.minor)
    }
}
