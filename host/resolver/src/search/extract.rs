//! Walks from the roots along what was decided.

use std::collections::BTreeMap;

use super::needs::{NeedId, Target};
use super::{Kind, Search};
use crate::core::Var;
use crate::features::{Features, activate};
use crate::model::Source;
use crate::resolution::{Found, Key};

impl<S: Source> Search<'_, '_, S> {
    /// The answer, when [`Search::run`] has found one. What was decided on the way and is not needed
    /// by anyone is left out.
    pub(crate) fn found(&self) -> Found {
        let mut found = Found::default();
        let mut keys: BTreeMap<Var, Key> = BTreeMap::new();
        let mut open: Vec<Var> = Vec::new();
        let roots = &self.catalog.problem.roots;
        for (root, needs) in roots.iter().zip(&self.root_needs) {
            let mut edges = Vec::new();
            for (dependency, need) in root.dependencies.iter().zip(needs) {
                let var = self.met_by(*need);
                open.push(var);
                let key = keys.entry(var).or_insert_with(|| self.key(var)).clone();
                edges.push((dependency.origin, dependency.dependency.alias.clone(), key));
            }
            found.roots.push((root.name.clone(), edges));
        }
        found.roots.sort();
        while let Some(var) = open.pop() {
            let key = keys.entry(var).or_insert_with(|| self.key(var)).clone();
            if found.instances.contains_key(&key) {
                continue;
            }
            let (slot, choice) = self.version_of(var);
            let of = self.slot(slot);
            let candidate = &self.catalog.listings[of.package].versions[of.versions[choice - 1]];
            let mut edges = Vec::new();
            for (place, need) in self.needs_of(var, choice).iter() {
                let next = self.met_by(*need);
                open.push(next);
                let key = keys.entry(next).or_insert_with(|| self.key(next)).clone();
                edges.push((candidate.dependencies[*place].alias.clone(), key));
            }
            found.instances.insert(key, (candidate.yanked, edges));
        }
        found
    }

    /// The slot or instance that meets a need.
    fn met_by(&self, need: NeedId) -> Var {
        let target =
            self.needs.get(need).target.as_ref().expect("every need of what was decided was looked up");
        match target {
            Target::One { var, .. } => *var,
            Target::Several { var } => {
                let Kind::Pick { need, ways, .. } = &self.kinds[*var] else {
                    unreachable!("several buckets are picked from");
                };
                let choice = self.core.decided(*var).expect("everything that is needed is decided");
                let slot = self.slots[&(self.package_of(*need), ways[choice - 1].0)];
                let of = self.slot(slot);
                let mut features = self.needs.get(*need).features.clone();
                if !of.has_default {
                    features.remove(crate::features::DEFAULT);
                }
                if features.is_empty() && !of.has_features { slot } else { self.instances[&(slot, features)] }
            }
            Target::Nothing => unreachable!("a need that nothing meets has no solution"),
        }
    }

    fn version_of(&self, var: Var) -> (Var, usize) {
        let slot = self.slot_var(var).expect("needs are met by slots and instances");
        (slot, self.core.decided(slot).expect("everything that is needed is decided"))
    }

    fn key(&self, var: Var) -> Key {
        let (slot, choice) = self.version_of(var);
        let of = self.slot(slot);
        let listing = &self.catalog.listings[of.package];
        let candidate = &listing.versions[of.versions[choice - 1]];
        let none = Features::new();
        let asked = match &self.kinds[var] {
            Kind::Instance { features, .. } => features,
            _ => &none,
        };
        let active = activate(candidate, asked).expect("versions with faults are never chosen").features;
        (listing.package.clone(), candidate.version.clone(), active)
    }
}
