//! Needs, each kept once: equal ones have the same number.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use s_project::Requirement;

use super::Bucket;
use crate::catalog::PackageId;
use crate::core::Var;
use crate::features::Features;
use crate::model::Package;

/// A need, by place.
pub(crate) type NeedId = usize;

/// A package, which versions of it, and with which features.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    pub(crate) package: Package,
    pub(crate) requirement: Requirement,
    pub(crate) features: Features,
    /// Known once it was looked up.
    pub(crate) package_id: Option<PackageId>,
    pub(crate) target: Option<Target>,
}

/// What meets a need.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// No version.
    Nothing,
    /// Versions of one bucket: the variable with the features, its slot, places in the listing.
    One { var: Var, slot: Var, versions: Vec<usize> },
    /// Versions of several buckets: the variable that picks.
    Several { var: Var },
}

/// All needs of an attempt.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    all: Vec<Need>,
    /// By hash, so that looking one up copies nothing. Never walked.
    known: HashMap<u64, Vec<NeedId>>,
    state: RandomState,
}

/// One bucket that could meet a need, with places in the listing.
pub(crate) type Way = (Bucket, Vec<usize>);

impl Needs {
    /// The number of a need.
    pub(crate) fn id(&mut self, package: &Package, requirement: &Requirement, features: &Features) -> NeedId {
        let same = self.known.entry(self.state.hash_one((package, requirement, features))).or_default();
        let found = same.iter().find(|id| {
            let need = &self.all[**id];
            need.package == *package && need.requirement == *requirement && need.features == *features
        });
        if let Some(id) = found {
            return *id;
        }
        same.push(self.all.len());
        self.all.push(Need {
            package: package.clone(),
            requirement: requirement.clone(),
            features: features.clone(),
            package_id: None,
            target: None,
        });
        self.all.len() - 1
    }

    pub(crate) fn get(&self, id: NeedId) -> &Need {
        &self.all[id]
    }

    pub(crate) fn get_mut(&mut self, id: NeedId) -> &mut Need {
        &mut self.all[id]
    }
}
