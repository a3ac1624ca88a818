//! From choices to rules: what they need, and which variables meet it.
//!
//! A rule speaks of all versions of a package that have the same need, so that a dead end is left
//! once and not once a version.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::needs::{NeedId, Target, Way};
use super::{Expansion, Halt, Kind, RawFact, Search, Slot};
use crate::bucket::Bucket;
use crate::catalog::{Listing, PackageId};
use crate::core::{Cause, Core, Var};
use crate::features::{Activation, DEFAULT, FeatureFault, Features, activate, asked_of};
use crate::model::{Package, RootDependency, Source};
use crate::set::{ABSENT, Set};

impl<S: Source> Search<'_, '_, S> {
    /// Notes what the roots need.
    pub(super) fn expand_root(&mut self) {
        let problem = self.catalog.problem;
        let mut expansion = Expansion::default();
        let mut needs = Vec::new();
        for (root, of) in problem.roots.iter().enumerate() {
            let mut of_root = Vec::new();
            for (place, RootDependency { dependency, .. }) in of.dependencies.iter().enumerate() {
                let changed = self.attempt.changed.as_ref();
                let changed = changed.filter(|changed| (changed.root, changed.place) == (root, place));
                let dependency = changed.map_or(dependency, |changed| &changed.dependency);
                let need = self.needs.id(&dependency.package, &dependency.requirement, &asked_of(dependency));
                needs.push((place, need));
                of_root.push(need);
                expansion.cover.insert(need, Set::single(2, 1));
            }
            self.root_needs.push(of_root);
        }
        // Needs in an order that does not depend on the order of roots.
        needs.sort_by_cached_key(|(_, need)| {
            let need = self.needs.get(*need);
            (need.package.clone(), need.requirement.as_str().to_owned(), need.features.clone())
        });
        needs.dedup_by_key(|(_, need)| *need);
        expansion.needs.push(needs.into());
        self.expansions[Core::ROOT] = Some(expansion);
    }

    /// Turns what a choice needs into rules.
    pub(super) fn emit(&mut self, var: Var, choice: usize) -> Result<(), Halt<S::Error>> {
        if let Kind::Pick { need, ways, is_direct } = &self.kinds[var] {
            let (need, way, is_direct) = (*need, ways[choice - 1].clone(), *is_direct);
            return self.emit_pick(var, choice, need, way, is_direct);
        }
        if self.is_pin(var) {
            return Ok(());
        }
        self.expand(var)?;
        let Some(expansion) = &mut self.expansions[var] else { return Ok(()) };
        let needs = expansion.needs[choice - 1].clone();
        let new: Vec<NeedId> =
            needs.iter().map(|(_, need)| *need).filter(|need| expansion.emitted.insert(*need)).collect();
        let soon: Vec<Package> = new.iter().map(|need| self.needs.get(*need).package.clone()).collect();
        self.catalog.prefetch(&soon);
        for need in new {
            self.emit_need(var, need)?;
        }
        Ok(())
    }

    /// Turns into rules what the choices need that were not tried yet, of what is needed: but only needs of
    /// packages that are known, so that nobody is asked for what may never play a part.
    pub(super) fn emit_known(&mut self) -> Result<(), Halt<S::Error>> {
        for var in 0..self.kinds.len() {
            if var == Core::ROOT || !self.core.is_needed(var) || self.is_pin(var) {
                continue;
            }
            let choices: Vec<usize> =
                self.core.left_at_root(var).iter().filter(|choice| *choice != ABSENT).collect();
            if matches!(self.kinds[var], Kind::Pick { .. }) {
                for choice in choices {
                    self.emit(var, choice)?;
                }
                continue;
            }
            self.expand(var)?;
            for choice in choices {
                for (_, need) in self.needs_of(var, choice).iter() {
                    let expansion = self.expansions[var].as_mut().expect("it was expanded");
                    if self.catalog.is_known(&self.needs.get(*need).package)
                        && expansion.emitted.insert(*need)
                    {
                        self.emit_need(var, *need)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Keeps the instances of a slot at the version that was decided.
    pub(super) fn link(&mut self, slot: Var, choice: usize) {
        if let Kind::Slot(Slot { instances, .. }) = &self.kinds[slot] {
            for instance in instances.clone() {
                self.link_instance(slot, instance, choice);
            }
        }
    }

    fn link_instance(&mut self, slot: Var, instance: Var, choice: usize) {
        if self.linked.insert((instance, choice)) {
            let len = self.slot(slot).versions.len() + 1;
            let version = Set::single(len, choice);
            let others = Set::present(len).difference(&version);
            let fact = self.fact(RawFact::OneVersion { slot });
            self.core.add_rule(vec![(slot, version), (instance, others)], fact);
        }
    }

    /// A slot of which some versions have features only pins the version.
    fn is_pin(&self, var: Var) -> bool {
        matches!(&self.kinds[var], Kind::Slot(slot) if slot.has_features)
    }

    fn emit_need(&mut self, var: Var, need: NeedId) -> Result<(), Halt<S::Error>> {
        let expansion = self.expansions[var].as_ref().expect("needs come from an expansion");
        let cover = expansion.cover[&need].clone();
        let is_changed = var == Core::ROOT && self.is_changed(need);
        if self.catalog.is_exact() && !is_changed && !self.needs.get(need).requirement.is_exact() {
            let fact = self.fact(RawFact::NotExact { var, need });
            self.core.add_rule(vec![(var, cover)], fact);
            return Ok(());
        }
        let target = self.target(need)?;
        let fact = self.fact(RawFact::Need { var, need });
        match target {
            Target::Nothing => self.core.add_rule(vec![(var, cover)], fact),
            Target::One { var: instance, slot, versions } => {
                if var == Core::ROOT {
                    self.slot_mut(slot).is_direct = true;
                }
                let not = self.set_of(slot, &versions).complement();
                self.core.add_rule(vec![(var, cover.clone()), (slot, not.clone())], fact.clone());
                if instance != slot {
                    self.core.add_rule(vec![(var, cover), (instance, not)], fact);
                }
            }
            Target::Several { var: pick } => {
                let Kind::Pick { ways, is_direct, .. } = &mut self.kinds[pick] else {
                    unreachable!("several buckets are picked from");
                };
                *is_direct |= var == Core::ROOT;
                let absent = Set::single(ways.len() + 1, ABSENT);
                self.core.add_rule(vec![(var, cover), (pick, absent)], fact);
            }
        }
        Ok(())
    }

    fn is_changed(&self, need: NeedId) -> bool {
        let changed = self.attempt.changed.as_ref();
        changed.is_some_and(|changed| self.root_needs[changed.root][changed.place] == need)
    }

    fn emit_pick(
        &mut self,
        var: Var,
        choice: usize,
        need: NeedId,
        (bucket, versions): Way,
        is_direct: bool,
    ) -> Result<(), Halt<S::Error>> {
        if !self.linked.insert((var, choice)) {
            return Ok(());
        }
        let package = self.package_of(need);
        let slot = self.slot_for(package, bucket);
        self.slot_mut(slot).is_direct |= is_direct;
        let features = self.needs.get(need).features.clone();
        let instance = self.instance_for(slot, features)?;
        let Kind::Pick { ways, .. } = &self.kinds[var] else { unreachable!("only buckets are picked from") };
        let picked = Set::single(ways.len() + 1, choice);
        let not = self.set_of(slot, &versions).complement();
        let fact = self.fact(RawFact::Picked { need });
        self.core.add_rule(vec![(var, picked.clone()), (slot, not.clone())], fact.clone());
        if instance != slot {
            self.core.add_rule(vec![(var, picked), (instance, not)], fact);
        }
        self.foresee(slot, &versions);
        Ok(())
    }

    /// What meets a need; looked up once.
    fn target(&mut self, need: NeedId) -> Result<Target, Halt<S::Error>> {
        if let Some(target) = &self.needs.get(need).target {
            return Ok(target.clone());
        }
        let package = self.needs.get(need).package.clone();
        let package = self.catalog.load(&package).map_err(Halt::Source)?;
        let allowed = self.allowed(package);
        let listing = &mut self.catalog.listings[package];
        let matches = listing.matches(&self.needs.get(need).requirement);
        self.core.spend(matches.len() as u64)?;
        let mut ways: BTreeMap<Bucket, Vec<usize>> = BTreeMap::new();
        for place in (0..listing.versions.len()).filter(|place| allowed[*place] && matches[*place]) {
            ways.entry(listing.buckets[place]).or_default().push(place);
        }
        let features = self.needs.get(need).features.clone();
        self.needs.get_mut(need).package_id = Some(package);
        let mut ways: Vec<Way> = ways.into_iter().collect();
        let target = match ways.len() {
            0 => Target::Nothing,
            1 => {
                let (bucket, versions) = ways.remove(0);
                let slot = self.slot_for(package, bucket);
                let var = self.instance_for(slot, features)?;
                self.foresee(slot, &versions);
                Target::One { var, slot, versions }
            }
            several => {
                let var = self.add(Kind::Pick { need, ways, is_direct: false }, several);
                Target::Several { var }
            }
        };
        self.needs.get_mut(need).target = Some(target.clone());
        Ok(target)
    }

    /// Tells the source what will be needed if the likeliest of these versions is chosen.
    fn foresee(&mut self, slot: Var, versions: &[usize]) {
        let listing = &self.catalog.listings[self.slot(slot).package];
        let locked = versions.iter().rev().find(|place| listing.locked[**place]);
        let choices = self.set_of(slot, versions);
        let end = self.slot(slot).versions[self.end(&choices, self.slot(slot).is_direct) - 1];
        let likely = &listing.versions[locked.copied().unwrap_or(end)];
        let needed = likely.dependencies.iter().filter(|dependency| !dependency.optional);
        let soon: Vec<Package> = needed.map(|dependency| dependency.package.clone()).collect();
        self.catalog.prefetch(&soon);
    }

    fn allowed(&mut self, package: PackageId) -> Arc<[bool]> {
        if let Some(allowed) = self.allowed.get(&package) {
            return allowed.clone();
        }
        let listing = &self.catalog.listings[package];
        let only = self.attempt.only.as_ref().map(|only| only.get(&listing.package));
        let is_within = |place: usize| match only {
            None => true,
            Some(None) => false,
            Some(Some(of)) => of.contains(&listing.versions[place].version),
        };
        let places = 0..listing.versions.len();
        let allowed: Arc<[bool]> =
            places.map(|place| self.may_be(listing, place) && is_within(place)).collect();
        self.allowed.insert(package, allowed.clone());
        allowed
    }

    fn may_be(&self, listing: &Listing, place: usize) -> bool {
        let is_lifted = || self.attempt.lifted.is_some_and(|bar| listing.only_bars[place] == Some(bar));
        listing.bars[place].is_none() || is_lifted()
    }

    fn slot_for(&mut self, package: PackageId, bucket: Bucket) -> Var {
        if let Some(slot) = self.slots.get(&(package, bucket)) {
            return *slot;
        }
        let allowed = self.allowed(package);
        let listing = &self.catalog.listings[package];
        let versions: Vec<usize> = (0..listing.versions.len())
            .filter(|place| allowed[*place] && listing.buckets[*place] == bucket)
            .collect();
        let any = |test: fn(&BTreeMap<String, Vec<String>>) -> bool| {
            versions.iter().any(|place| test(&listing.versions[*place].features))
        };
        let slot = Slot {
            package,
            has_features: any(|features| !features.is_empty()),
            has_default: any(|features| features.contains_key(DEFAULT)),
            is_direct: false,
            instances: Vec::new(),
            versions,
        };
        let count = slot.versions.len();
        let var = self.add(Kind::Slot(slot), count);
        self.slots.insert((package, bucket), var);
        var
    }

    fn instance_for(&mut self, slot: Var, mut features: Features) -> Result<Var, Halt<S::Error>> {
        let of = self.slot(slot);
        if !of.has_default {
            features.remove(DEFAULT);
        }
        if features.is_empty() && !of.has_features {
            return Ok(slot);
        }
        let key = (slot, features);
        if let Some(var) = self.instances.get(&key) {
            return Ok(*var);
        }
        let count = of.versions.len();
        let var = self.add(Kind::Instance { slot, features: key.1.clone() }, count);
        self.instances.insert(key, var);
        self.slot_mut(slot).instances.push(var);
        let one = self.fact(RawFact::OneVersion { slot });
        let (present, absent) = (Set::present(count + 1), Set::single(count + 1, ABSENT));
        self.core.add_rule(vec![(var, present.clone()), (slot, absent)], one);
        for (fault, choices) in self.expand(var)? {
            let fact = self.fact(RawFact::Fault { slot, choices: choices.clone(), fault });
            self.core.add_rule(vec![(var, choices.clone())], fact.clone());
            self.core.add_rule(vec![(var, present.clone()), (slot, choices)], fact);
        }
        if let Some(choice) = self.core.decided(slot) {
            self.link_instance(slot, var, choice);
        }
        Ok(var)
    }

    /// Finds what each version of a slot or an instance needs; gives the versions that cannot have
    /// the features asked.
    fn expand(&mut self, var: Var) -> Result<BTreeMap<FeatureFault, Set>, Halt<S::Error>> {
        let mut faults = BTreeMap::new();
        if self.expansions[var].is_some() {
            return Ok(faults);
        }
        let none = Features::new();
        let (slot, asked) = match &self.kinds[var] {
            Kind::Instance { slot, features } => (*slot, features),
            _ => (var, &none),
        };
        let Kind::Slot(slot) = &self.kinds[slot] else { return Ok(faults) };
        let listing = &self.catalog.listings[slot.package];
        let len = slot.versions.len() + 1;
        let mut cover: HashMap<NeedId, Set> = HashMap::new();
        let mut needs: Vec<Arc<[(usize, NeedId)]>> = Vec::with_capacity(len);
        let mut work = 0;
        for (place, version) in slot.versions.iter().enumerate() {
            let candidate = &listing.versions[*version];
            let before = place.checked_sub(1).map(|before| &listing.versions[slot.versions[before]]);
            let is_same = before.is_some_and(|before| {
                before.dependencies == candidate.dependencies && before.features == candidate.features
            });
            let mut fault = None;
            let of_version: Arc<[(usize, NeedId)]> = if is_same {
                work += 1 + candidate.dependencies.len() as u64;
                fault = faults
                    .iter()
                    .find(|(_, set): &(_, &Set)| set.contains(place))
                    .map(|(fault, _)| FeatureFault::clone(fault));
                needs[place - 1].clone()
            } else {
                match activate(candidate, asked) {
                    Ok(Activation { edges, work: more, .. }) => {
                        work += more;
                        let need = |(place, features): (usize, Features)| {
                            let dependency = &candidate.dependencies[place];
                            (place, self.needs.id(&dependency.package, &dependency.requirement, &features))
                        };
                        edges.into_iter().map(need).collect()
                    }
                    Err(found) => {
                        fault = Some(found);
                        Arc::new([])
                    }
                }
            };
            if let Some(fault) = fault {
                faults.entry(fault).or_insert_with(|| Set::empty(len)).insert(place + 1);
            }
            for (_, need) in of_version.iter() {
                cover.entry(*need).or_insert_with(|| Set::empty(len)).insert(place + 1);
            }
            needs.push(of_version);
        }
        self.expansions[var] = Some(Expansion { needs, cover, emitted: Default::default() });
        self.core.spend(work)?;
        Ok(faults)
    }

    fn add(&mut self, kind: Kind, count: usize) -> Var {
        self.kinds.push(kind);
        self.expansions.push(None);
        self.core.add_variable(count + 1)
    }

    fn fact(&mut self, fact: RawFact) -> Cause {
        self.facts.push(fact);
        Cause::Fact(self.facts.len() - 1)
    }

    /// The choices of a variable that have a need.
    pub(crate) fn cover(&self, var: Var, need: NeedId) -> Option<&Set> {
        self.expansions[var].as_ref()?.cover.get(&need)
    }

    /// What a choice of a slot or an instance needs, with the places of the dependencies.
    pub(super) fn needs_of(&self, var: Var, choice: usize) -> Arc<[(usize, NeedId)]> {
        let expansion = self.expansions[var].as_ref();
        expansion.map(|expansion| expansion.needs[choice - 1].clone()).unwrap_or_default()
    }
}
