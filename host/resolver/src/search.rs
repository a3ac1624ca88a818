//! One attempt to answer: packages, buckets and features become variables of the core.
//!
//! | variable | its choices | a choice leads to |
//! |---|---|---|
//! | root | the one | what the roots need |
//! | slot: a package in a bucket | versions | its needs, where no version has features |
//! | instance: a slot with features asked | the same versions | its needs with these features |
//! | pick: a need that several buckets meet | the buckets | the slot of the bucket |
//!
//! An instance has the version of its slot, so that features never add a version. A need is a
//! package, a requirement and features; equal needs are met by the same bucket, whoever has them,
//! which takes no solution away: what suits one suits the other.
//!
//! Whether an attempt is the last one, and what a failure means, is left to `solve`.

mod expand;
mod extract;
mod needs;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use s_project::Version;

use crate::bucket::Bucket;
use crate::catalog::{Bar, Catalog, PackageId};
use crate::core::{Core, Stop, Var};
use crate::features::{FeatureFault, Features};
use crate::model::{Dependency, Package, Policy, Source};
use crate::set::Set;
use needs::{NeedId, Needs};

/// How an attempt differs from the question.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// Nothing but these versions may be chosen.
    pub(crate) only: Option<BTreeMap<Package, BTreeSet<Version>>>,
    /// One dependency of a root is another.
    pub(crate) changed: Option<Changed>,
    /// Versions that nothing but this keeps away may be chosen too.
    pub(crate) lifted: Option<Bar>,
    /// The limit of work.
    pub(crate) work_max: u64,
}

/// A dependency of a root, by places, and what stands there instead.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) root: usize,
    pub(crate) place: usize,
    pub(crate) dependency: Dependency,
}

/// Why an attempt ends without an answer.
#[derive(Debug)]
pub(crate) enum Halt<E> {
    /// From the source.
    Source(E),
    /// From the core.
    Stop(Stop),
}

impl<E> From<Stop> for Halt<E> {
    fn from(stop: Stop) -> Halt<E> {
        Halt::Stop(stop)
    }
}

/// A package in a bucket.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) package: PackageId,
    /// Places in the listing, lowest first; the first is choice 1.
    pub(crate) versions: Vec<usize>,
    has_features: bool,
    has_default: bool,
    /// Whether a root needs it itself.
    is_direct: bool,
    instances: Vec<Var>,
}

/// What a variable stands for.
#[derive(Debug)]
pub(crate) enum Kind {
    Root,
    Slot(Slot),
    Instance { slot: Var, features: Features },
    Pick { need: NeedId, ways: Vec<(Bucket, Vec<usize>)>, is_direct: bool },
}

/// What is known about a rule that was not joined from others.
#[derive(Clone, Debug)]
pub(crate) enum RawFact {
    /// Some choices of a variable have a need.
    Need { var: Var, need: NeedId },
    /// The need names more than one version, which is not allowed.
    NotExact { var: Var, need: NeedId },
    /// A need leads to the bucket that is picked for it.
    Picked { need: NeedId },
    /// Some versions cannot have the features asked.
    Fault { slot: Var, choices: Set, fault: FeatureFault },
    /// A bucket has one version, whatever features are asked.
    OneVersion { slot: Var },
}

/// What the choices of a variable need.
#[derive(Debug, Default)]
struct Expansion {
    /// By choice, from 1: the place of the dependency, and the need.
    needs: Vec<Arc<[(usize, NeedId)]>>,
    /// Which choices have a need.
    cover: HashMap<NeedId, Set>,
    /// Needs that are rules already.
    emitted: HashSet<NeedId>,
}

/// An attempt under way.
pub(crate) struct Search<'s, 'a, S: Source> {
    pub(crate) catalog: &'s mut Catalog<'a, S>,
    pub(crate) core: Core,
    attempt: &'s Attempt,
    pub(crate) kinds: Vec<Kind>,
    expansions: Vec<Option<Expansion>>,
    slots: HashMap<(PackageId, Bucket), Var>,
    instances: HashMap<(Var, Features), Var>,
    linked: HashSet<(Var, usize)>,
    allowed: HashMap<PackageId, Arc<[bool]>>,
    pub(crate) needs: Needs,
    pub(crate) facts: Vec<RawFact>,
    /// By root and dependency.
    pub(crate) root_needs: Vec<Vec<NeedId>>,
}

impl<'s, 'a, S: Source> Search<'s, 'a, S> {
    pub(crate) fn new(catalog: &'s mut Catalog<'a, S>, attempt: &'s Attempt) -> Search<'s, 'a, S> {
        Search {
            catalog,
            core: Core::new(attempt.work_max),
            attempt,
            kinds: vec![Kind::Root],
            expansions: vec![None],
            slots: HashMap::new(),
            instances: HashMap::new(),
            linked: HashSet::new(),
            allowed: HashMap::new(),
            needs: Needs::default(),
            facts: Vec::new(),
            root_needs: Vec::new(),
        }
    }

    /// Decides until nothing is open.
    ///
    /// # Errors
    /// [`Halt`] when there is no solution, the source fails or the work is too much.
    pub(crate) fn run(&mut self) -> Result<(), Halt<S::Error>> {
        self.expand_root();
        self.emit(Core::ROOT, 1)?;
        loop {
            self.core.propagate()?;
            if self.core.is_stuck() {
                self.emit_known()?;
                self.core.propagate()?;
                if self.core.count()? {
                    continue;
                }
            }
            let Some(var) = self.next()? else { return Ok(()) };
            let choice = self.preferred(var);
            self.core.decide(var, choice);
            self.link(var, choice);
            self.emit(var, choice)?;
        }
    }

    /// What is decided next: first what has one choice left, then what keeps leading into dead ends,
    /// then what was needed first; which bucket to pick comes last, when more of them are there.
    fn next(&mut self) -> Result<Option<Var>, Stop> {
        let open = self.core.open().to_vec();
        let mut best = None;
        for (looked, var) in open.iter().rev().enumerate() {
            let tier = match &self.kinds[*var] {
                Kind::Instance { slot, .. } if self.core.decided(*slot).is_some() => 0,
                Kind::Root | Kind::Slot(_) if self.core.left(*var).count() == 1 => 0,
                Kind::Root | Kind::Slot(_) => 1,
                Kind::Pick { .. } => 2,
                // Its slot is needed too, and goes first.
                Kind::Instance { .. } => 3,
            };
            let conflicts = self.core.conflicts(*var);
            let stubborn = if conflicts < CONFLICTS_PATIENT { 0 } else { conflicts };
            let key = (tier, Reverse(stubborn), *var);
            if best.is_none_or(|best| key < best) {
                best = Some(key);
            }
            if tier == 0 || looked + 1 == open.len() {
                self.core.spend(looked as u64 / 8)?;
                break;
            }
        }
        Ok(best.map(|(_, _, var)| var))
    }

    fn preferred(&self, var: Var) -> usize {
        let left = self.core.left(var);
        match &self.kinds[var] {
            Kind::Slot(slot) => {
                let locked = &self.catalog.listings[slot.package].locked;
                let of_lock = left.iter().rev().find(|choice| locked[slot.versions[choice - 1]]);
                of_lock.unwrap_or_else(|| self.end(left, slot.is_direct))
            }
            Kind::Pick { need, ways, is_direct } => {
                let package = self.package_of(*need);
                let locked = &self.catalog.listings[package].locked;
                // An attempt with nothing but what was chosen may not depend on who chose it.
                let is_again = self.attempt.only.is_some();
                let is_locked =
                    |choice: &usize| is_again || ways[choice - 1].1.iter().any(|version| locked[*version]);
                let is_there = |choice: &usize| self.is_there(package, &ways[choice - 1]);
                let keep = |from: Set, test: &dyn Fn(&usize) -> bool| {
                    let mut kept = Set::empty(from.len());
                    from.iter().filter(test).for_each(|choice| kept.insert(choice));
                    if kept.is_empty() { from } else { kept }
                };
                let best = keep(keep(left.clone(), &is_locked), &is_there);
                self.end(&best, *is_direct)
            }
            Kind::Root | Kind::Instance { .. } => self.end(left, false),
        }
    }

    /// Whether one of these versions is, or can become, the one that its bucket has anyway.
    fn is_there(&self, package: PackageId, (bucket, versions): &(Bucket, Vec<usize>)) -> bool {
        self.slots.get(&(package, *bucket)).is_some_and(|var| {
            self.core.is_needed(*var) && !self.core.left(*var).is_disjoint(&self.set_of(*var, versions))
        })
    }

    fn end(&self, left: &Set, is_direct: bool) -> usize {
        let is_lowest = match self.catalog.problem.settings.policy {
            Policy::Highest | Policy::Exact => false,
            Policy::Lowest => true,
            Policy::LowestDirect => is_direct,
        };
        let mut choices = left.iter();
        let end = if is_lowest { choices.next() } else { choices.next_back() };
        end.expect("something is left for every variable")
    }

    fn package_of(&self, need: NeedId) -> PackageId {
        self.needs.get(need).package_id.expect("a need that became a variable was looked up")
    }

    /// The choices of a slot, or of an instance of it, that stand for these places in its listing.
    fn set_of(&self, slot: Var, versions: &[usize]) -> Set {
        let all = &self.slot(slot).versions;
        let mut set = Set::empty(all.len() + 1);
        for version in versions {
            let at = all.binary_search(version).expect("a bucket has all of its versions");
            set.insert(at + 1);
        }
        set
    }

    pub(crate) fn slot(&self, var: Var) -> &Slot {
        match &self.kinds[var] {
            Kind::Slot(slot) => slot,
            _ => unreachable!("asked for the slot that is none"),
        }
    }

    fn slot_mut(&mut self, var: Var) -> &mut Slot {
        match &mut self.kinds[var] {
            Kind::Slot(slot) => slot,
            _ => unreachable!("asked for the slot that is none"),
        }
    }

    /// The slot behind a slot or an instance.
    pub(crate) fn slot_var(&self, var: Var) -> Option<Var> {
        match &self.kinds[var] {
            Kind::Slot(_) => Some(var),
            Kind::Instance { slot, .. } => Some(*slot),
            Kind::Root | Kind::Pick { .. } => None,
        }
    }
}

/// From how many dead ends on a variable is decided earlier than its turn.
const CONFLICTS_PATIENT: u32 = 5;
