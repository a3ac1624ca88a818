//! The order of attempts.
//!
//! 1. The old lock as it is: when it suits, nothing else is looked at.
//! 2. Everything that may be chosen, with locked versions first.
//! 3. Of what was chosen, again, until nothing falls away: so that the answer, given back as the
//!    lock, is the answer.
//! 4. When there is none: what would help, which is left to `fixes`.

use std::collections::{BTreeMap, BTreeSet};

use s_project::Version;
use thiserror::Error;

use crate::catalog::Catalog;
use crate::conflict::{Conflict, conflict};
use crate::core::Stop;
use crate::model::{Package, Problem, Source};
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

/// Chooses versions for everything the roots need.
///
/// # Errors
/// [`Error`]: a proof that there is no answer, the error of the source, or the limit of work.
pub fn solve<S: Source>(problem: &Problem, source: &mut S) -> Result<Resolution, Error<S::Error>> {
    let mut catalog = Catalog::new(problem, source);
    let work_max = problem.settings.work_max;
    let everything = Attempt { only: None, changed: None, lifted: None, work_max };
    let found = match of_lock(&mut catalog, &everything).map_err(|halt| error(halt, work_max))? {
        Some(found) => found,
        None => {
            let mut search = Search::new(&mut catalog, &everything);
            match search.run() {
                Ok(()) => settled(search, &everything).map_err(|halt| error(halt, work_max))?,
                Err(Halt::Stop(Stop::Impossible(rule))) => {
                    let mut conflict = conflict(&mut search, rule);
                    conflict.fixes = crate::fixes::fixes(&mut catalog, &conflict);
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
