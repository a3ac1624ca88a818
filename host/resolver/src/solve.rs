//! The order of attempts.
//!
//! 1. The old lock as it is: when it suits, nothing else is looked at.
//! 2. Everything that may be chosen, with locked versions first.
//! 3. Of what was chosen, again, until nothing falls away: so that the answer, given back as the
//!    lock, is the answer.
//! 4. When there is none: each requirement of a root that plays a part, loosened, to see whether
//!    that would help.

use std::collections::{BTreeMap, BTreeSet};

use s_project::Version;
use thiserror::Error;

use crate::catalog::Catalog;
use crate::conflict::{By, Conflict, Fact, conflict};
use crate::core::Stop;
use crate::model::{Package, Policy, Problem, Source};
use crate::report::Fix;
use crate::resolution::{Found, Resolution};
use crate::search::{Attempt, Halt, Search};

/// Why there is no resolution.
#[derive(Debug, Error)]
pub enum Error<E: std::error::Error + 'static> {
    /// No choice of versions suits everyone.
    #[error("no choice of versions suits every requirement")]
    Conflict(Box<Conflict>),
    /// The source failed.
    #[error(transparent)]
    Source(E),
    /// The work is too much: more than so many looks at a rule.
    #[error("no answer after {work_max} steps")]
    WorkLimit {
        /// The limit.
        work_max: u64,
    },
}

/// How many requirements of roots are loosened in turn, and into how many parts the limit of work is
/// divided for that.
const FIX_ATTEMPTS_MAX: u64 = 8;

/// How many fixes are given.
const FIXES_MAX: usize = 3;

/// Chooses versions for everything the roots need.
///
/// # Errors
/// [`Error`]: a proof that there is no answer, the error of the source, or the limit of work.
pub fn solve<S: Source>(problem: &Problem, source: &mut S) -> Result<Resolution, Error<S::Error>> {
    let mut catalog = Catalog::new(problem, source);
    let work_max = problem.settings.work_max;
    let everything = Attempt { only: None, relaxed: None, work_max };
    let found = match of_lock(&mut catalog, &everything).map_err(|halt| error(halt, work_max))? {
        Some(found) => found,
        None => {
            let mut search = Search::new(&mut catalog, &everything);
            match search.run() {
                Ok(()) => settled(search, &everything).map_err(|halt| error(halt, work_max))?,
                Err(Halt::Stop(Stop::Impossible(rule))) => {
                    let mut conflict = conflict(&mut search, rule);
                    conflict.fixes = fixes(&mut catalog, &conflict);
                    return Err(Error::Conflict(Box::new(conflict)));
                }
                Err(halt) => return Err(error(halt, work_max)),
            }
        }
    };
    Ok(found.resolution())
}

/// What stands for [`Stop::Impossible`] was handled where it can happen.
fn error<E: std::error::Error + 'static>(halt: Halt<E>, work_max: u64) -> Error<E> {
    match halt {
        Halt::Source(error) => Error::Source(error),
        Halt::Stop(Stop::Work | Stop::Impossible(_)) => Error::WorkLimit { work_max },
    }
}

/// The old lock, if it suits.
fn of_lock<S: Source>(
    catalog: &mut Catalog<'_, S>,
    everything: &Attempt,
) -> Result<Option<Found>, Halt<S::Error>> {
    if catalog.locked().is_empty() {
        return Ok(None);
    }
    let attempt = Attempt { only: Some(catalog.locked().clone()), ..everything.clone() };
    let mut search = Search::new(catalog, &attempt);
    match search.run() {
        Ok(()) => settled(search, &attempt).map(Some),
        Err(Halt::Stop(_)) => Ok(None),
        Err(halt) => Err(halt),
    }
}

/// Attempts again with nothing but what was chosen, until all of it is chosen again.
fn settled<S: Source>(search: Search<'_, '_, S>, attempt: &Attempt) -> Result<Found, Halt<S::Error>> {
    let mut found = search.found();
    let catalog = search.catalog;
    let mut tried = attempt.only.clone();
    loop {
        let only = chosen(&found);
        // With one version of each package there is no choice, and nothing that could fall away.
        if only.values().all(|versions| versions.len() == 1) || tried.as_ref() == Some(&only) {
            break;
        }
        let again = Attempt { only: Some(only), ..attempt.clone() };
        let mut search = Search::new(catalog, &again);
        search.run()?;
        found = search.found();
        tried = again.only;
    }
    Ok(found)
}

fn chosen(found: &Found) -> BTreeMap<Package, BTreeSet<Version>> {
    let mut chosen: BTreeMap<Package, BTreeSet<Version>> = BTreeMap::new();
    for (package, version, _) in found.instances.keys() {
        chosen.entry(package.clone()).or_default().insert(version.clone());
    }
    chosen
}

/// Loosens the requirements of roots that play a part, one at a time. A failure of the source here
/// only means that nothing is known about this one.
fn fixes<S: Source>(catalog: &mut Catalog<'_, S>, conflict: &Conflict) -> Vec<Fix> {
    let origins = conflict.origins();
    let concerned: BTreeSet<String> = conflict
        .facts()
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::Needs { by: By::Package { .. }, package, .. }
            | Fact::NotExact { by: By::Package { .. }, package, .. } => Some(package.clone()),
            _ => None,
        })
        .collect();
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
    let mut fixes = Vec::new();
    for (root, place) in places.into_iter().take(FIX_ATTEMPTS_MAX as usize) {
        let work_max = problem.settings.work_max / FIX_ATTEMPTS_MAX;
        let attempt = Attempt { only: None, relaxed: Some((root, place)), work_max };
        let mut search = Search::new(catalog, &attempt);
        if search.run().is_err() {
            continue;
        }
        let found = search.found().resolution();
        let of = &problem.roots[root];
        let dependency = &of.dependencies[place];
        let edges = found.roots.iter().filter(|root| root.name == of.name).flat_map(|root| &root.edges);
        let mut edges = edges.filter(|edge| {
            edge.origin == dependency.origin && edge.edge.alias == dependency.dependency.alias
        });
        let Some(edge) = edges.next() else { continue };
        let node = &found.nodes[edge.edge.node];
        let needed = node.instances[edge.edge.instance].edges.iter();
        fixes.push(Fix {
            root: of.name.clone(),
            origin: dependency.origin,
            alias: dependency.dependency.alias.clone(),
            package: node.package.to_string(),
            requirement: dependency.dependency.requirement.to_string(),
            version: node.version.to_string(),
            works_with: needed
                .map(|edge| &found.nodes[edge.node])
                .map(|node| (node.package.to_string(), node.version.to_string()))
                .filter(|(name, _)| concerned.contains(name))
                .collect(),
            command: format!(
                "s add {}@{}",
                node.package,
                written(&node.version, problem.settings.policy == Policy::Exact)
            ),
        });
        if fixes.len() == FIXES_MAX {
            break;
        }
    }
    fixes
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
