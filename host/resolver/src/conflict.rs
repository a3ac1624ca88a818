//! Why there is no answer, as data: facts, and how they join into a contradiction.
//!
//! Words for people are left to `report`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::catalog::Bar;
use crate::core::{Cause, Core, RuleId, Var};
use crate::features::{DEFAULT, FeatureFault};
use crate::model::Source;
use crate::report::Fix;
use crate::search::{Kind, RawFact, Search};

/// Why no choice of versions suits everyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// The proof.
    pub derivation: Derivation,
    /// What was not looked at, and would meet every requirement that plays a part.
    pub left_out: Vec<LeftOut>,
    /// What leads to an answer: each was tried.
    pub fixes: Vec<Fix>,
}

/// A proof, in steps that need only earlier ones; the last one says that the roots cannot be met.
/// Flat, so that no proof is too deep to be written or dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Derivation {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One step of a proof: these terms cannot all hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Step {
    /// Because of a fact.
    External {
        /// What cannot all hold.
        terms: Vec<Term>,
        /// Why.
        fact: Fact,
    },
    /// Because of two earlier steps: what escapes the one is caught by the other.
    Derived {
        /// What cannot all hold.
        terms: Vec<Term>,
        /// The places of the two steps.
        because: [usize; 2],
    },
    /// Because of earlier steps, by counting: whoever meets a term takes one of so many places, and of those
    /// who take the same place no two can, as these steps say.
    Counted {
        /// What cannot all hold.
        terms: Vec<Term>,
        /// How many places there are.
        room: usize,
        /// The places of the steps.
        because: Vec<usize>,
    },
}

/// That a package, or a need, has one of these choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The package; none for the roots.
    pub package: Option<String>,
    /// The requirement, where it is about which of several buckets meets it.
    pub requirement: Option<String>,
    /// The features asked, where it is about an instance.
    pub features: Option<Vec<String>>,
    /// The versions, lowest first.
    pub versions: Vec<String>,
    /// Whether it also holds when the package is not chosen.
    pub or_absent: bool,
}

/// Who has a need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum By {
    /// Roots.
    Roots {
        /// Their names and the origins of their dependencies.
        roots: Vec<(String, usize)>,
    },
    /// Versions of a package.
    Package {
        /// The package.
        package: String,
        /// Those versions that the other facts leave, lowest first; all, if they leave none.
        versions: Vec<String>,
    },
}

/// What is so because somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    /// Somebody needs a package.
    Needs {
        /// Who.
        by: By,
        /// What is needed.
        package: String,
        /// Which versions will do.
        requirement: String,
        /// The features asked, but for `default`.
        features: Vec<String>,
        /// How many versions will do, of those that may be chosen.
        suitable: usize,
        /// How many versions there are at all.
        known: usize,
    },
    /// A requirement has to name one version, and does not.
    NotExact {
        /// Whose requirement.
        by: By,
        /// What is needed.
        package: String,
        /// The requirement.
        requirement: String,
    },
    /// A need is met within one bucket.
    Picked {
        /// What is needed.
        package: String,
        /// The requirement.
        requirement: String,
    },
    /// Versions do not have a feature.
    UnknownFeature {
        /// The package.
        package: String,
        /// Which versions.
        versions: Vec<String>,
        /// The feature.
        feature: String,
        /// The feature that was probably meant.
        nearest: Option<String>,
        /// The features that they have.
        known: BTreeSet<String>,
    },
    /// A feature of versions names what is not there.
    BrokenFeature {
        /// The package.
        package: String,
        /// Which versions.
        versions: Vec<String>,
        /// The feature.
        feature: String,
        /// What it names.
        item: String,
    },
    /// There is one version of a package, or of each of its buckets.
    OneVersion {
        /// The package.
        package: String,
    },
}

/// Versions of a package that were not looked at although they meet the requirements.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeftOut {
    /// The package.
    pub package: String,
    /// How many are yanked.
    pub yanked: usize,
    /// How many are newer than the cooldown.
    pub cooldown: usize,
    /// How long that is, in seconds.
    pub cooldown_s: u64,
    /// When the first of them is old enough, in seconds since 1970.
    pub cooldown_until: Option<u64>,
    /// By requirement, how many need another release of stryke.
    pub stryke: BTreeMap<String, usize>,
    /// By edition that this stryke does not know, how many are written in it.
    pub editions: BTreeMap<String, usize>,
    /// How many are prereleases that no requirement names.
    pub prereleases: usize,
    /// How many could not be read, whichever versions they are.
    pub unreadable: usize,
}

/// The proof that ends in a rule, and what was left out of it.
pub(crate) fn conflict<S: Source>(search: &mut Search<'_, '_, S>, last: RuleId) -> Conflict {
    let rules = reached(&search.core, last);
    let places: BTreeMap<RuleId, usize> = rules.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let asked = asked(search, &rules);
    let mut steps = Vec::with_capacity(rules.len());
    for id in &rules {
        let rule = search.core.rule(*id);
        let terms = rule.terms.iter().map(|(var, set)| term(search, *var, set)).collect();
        steps.push(match &rule.cause {
            Cause::Joined(a, b) => Step::Derived { terms, because: [places[a], places[b]] },
            Cause::Counted { room, because } => {
                let because = because.iter().map(|id| places[id]).collect();
                Step::Counted { terms, room: *room, because }
            }
            Cause::Fact(number) => {
                let raw = search.facts[*number].clone();
                Step::External { terms, fact: fact(search, &raw, &asked) }
            }
        });
    }
    let left_out = left_out(search, &asked);
    Conflict { derivation: Derivation { steps }, left_out, fixes: Vec::new() }
}

impl Conflict {
    /// The facts of the proof, those about the roots first, each once.
    pub fn facts(&self) -> Vec<&Fact> {
        let mut seen = BTreeSet::new();
        let facts = self.derivation.steps.iter().filter_map(|step| match step {
            Step::External { fact, .. } => seen.insert(fact).then_some(fact),
            Step::Derived { .. } | Step::Counted { .. } => None,
        });
        let mut facts: Vec<&Fact> = facts.collect();
        facts.sort_by_key(|fact| !matches!(fact, Fact::Needs { by: By::Roots { .. }, .. }));
        facts
    }

    /// The origins of the dependencies of roots that play a part.
    pub fn origins(&self) -> BTreeSet<usize> {
        let mut origins = BTreeSet::new();
        for fact in self.facts() {
            if let Fact::Needs { by: By::Roots { roots }, .. }
            | Fact::NotExact { by: By::Roots { roots }, .. } = fact
            {
                origins.extend(roots.iter().map(|(_, origin)| *origin));
            }
        }
        origins
    }
}

/// The rules behind one, each after those it comes from.
fn reached(core: &Core, last: RuleId) -> Vec<RuleId> {
    let mut reached = BTreeSet::new();
    let mut open = vec![last];
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            match &core.rule(id).cause {
                Cause::Fact(_) => {}
                Cause::Joined(a, b) => open.extend([a, b]),
                Cause::Counted { because, .. } => open.extend(because),
            }
        }
    }
    // A rule is made after all of its causes.
    reached.into_iter().collect()
}

/// By package, which versions meet every requirement that plays a part, and which of those are
/// prereleases that would if they were releases.
type Asked = BTreeMap<usize, (Vec<bool>, Vec<bool>)>;

fn asked<S: Source>(search: &mut Search<'_, '_, S>, rules: &[RuleId]) -> Asked {
    let mut asked = Asked::new();
    let mut seen = BTreeSet::new();
    for id in rules {
        let Cause::Fact(number) = &search.core.rule(*id).cause else { continue };
        let RawFact::Need { need, .. } = search.facts[*number] else { continue };
        let Some(package) = search.needs.get(need).package_id else { continue };
        if !seen.insert(need) {
            continue;
        }
        let requirement = search.needs.get(need).requirement.clone();
        let listing = &mut search.catalog.listings[package];
        let matches = listing.matches(&requirement);
        let (all, nearly) =
            asked.entry(package).or_insert_with(|| (vec![true; matches.len()], vec![true; matches.len()]));
        for (place, matches) in matches.iter().enumerate() {
            let mut release = listing.versions[place].version.clone();
            let is_prerelease = !release.pre.is_empty();
            release.pre = Default::default();
            all[place] &= matches;
            nearly[place] &= *matches || is_prerelease && requirement.matches(&release);
        }
    }
    asked
}

fn left_out<S: Source>(search: &Search<'_, '_, S>, asked: &Asked) -> Vec<LeftOut> {
    let mut left_out = Vec::new();
    for (package, (all, nearly)) in asked {
        let listing = &search.catalog.listings[*package];
        let mut of = LeftOut {
            package: listing.package.to_string(),
            cooldown_s: search.catalog.problem.settings.cooldown_s.unwrap_or(0),
            unreadable: listing.unreadable,
            ..LeftOut::default()
        };
        for (place, candidate) in listing.versions.iter().enumerate() {
            match listing.bars[place] {
                None => of.prereleases += usize::from(nearly[place] && !all[place]),
                Some(_) if !all[place] => {}
                Some(Bar::Yanked) => of.yanked += 1,
                Some(Bar::Cooldown) => {
                    of.cooldown += 1;
                    let until = candidate.published_unix.map(|at| at.saturating_add(of.cooldown_s));
                    of.cooldown_until = [of.cooldown_until, until].into_iter().flatten().min();
                }
                Some(Bar::Edition) => {
                    let edition = candidate.edition.clone().unwrap_or_default();
                    *of.editions.entry(edition).or_default() += 1;
                }
                Some(Bar::Stryke) => {
                    let needed = candidate.requires_stryke.as_ref().map_or("", |needed| needed.as_str());
                    *of.stryke.entry(needed.to_owned()).or_default() += 1;
                }
            }
        }
        let counted = of.yanked + of.cooldown + of.prereleases + of.unreadable;
        if counted > 0 || !of.stryke.is_empty() || !of.editions.is_empty() {
            left_out.push(of);
        }
    }
    left_out.sort();
    left_out
}

fn term<S: Source>(search: &Search<'_, '_, S>, var: Var, set: &crate::set::Set) -> Term {
    let mut term = Term {
        package: None,
        requirement: None,
        features: None,
        versions: Vec::new(),
        or_absent: set.contains(crate::set::ABSENT),
    };
    let present = set.iter().filter(|choice| *choice != crate::set::ABSENT);
    match &search.kinds[var] {
        Kind::Root => return term,
        Kind::Pick { need, ways, .. } => {
            let need = search.needs.get(*need);
            term.package = Some(need.package.to_string());
            term.requirement = Some(need.requirement.to_string());
            let listing = &search.catalog.listings[need.package_id.expect("a pick was looked up")];
            let versions = present.flat_map(|choice| &ways[choice - 1].1);
            term.versions = versions.map(|place| listing.versions[*place].version.to_string()).collect();
            return term;
        }
        Kind::Instance { features, .. } => term.features = Some(features.iter().cloned().collect()),
        Kind::Slot(_) => {}
    }
    let slot = search.slot(search.slot_var(var).expect("only slots and instances are left"));
    let listing = &search.catalog.listings[slot.package];
    term.package = Some(listing.package.to_string());
    term.versions =
        present.map(|choice| listing.versions[slot.versions[choice - 1]].version.to_string()).collect();
    term
}

fn fact<S: Source>(search: &Search<'_, '_, S>, raw: &RawFact, asked: &Asked) -> Fact {
    let name = |need: usize| search.needs.get(need).package.to_string();
    let requirement = |need: usize| search.needs.get(need).requirement.to_string();
    match raw {
        RawFact::Need { var, need } => {
            let of = search.needs.get(*need);
            let listing = of.package_id.map(|id| (id, &search.catalog.listings[id]));
            let matches = |id: usize, place: usize| {
                of.requirement.matches(&search.catalog.listings[id].versions[place].version)
            };
            Fact::Needs {
                by: by(search, *var, *need, asked),
                package: of.package.to_string(),
                requirement: of.requirement.to_string(),
                features: of.features.iter().filter(|feature| *feature != DEFAULT).cloned().collect(),
                suitable: listing.map_or(0, |(id, listing)| {
                    let places = 0..listing.versions.len();
                    places.filter(|place| listing.bars[*place].is_none() && matches(id, *place)).count()
                }),
                known: listing.map_or(0, |(_, listing)| listing.versions.len() + listing.unreadable),
            }
        }
        RawFact::NotExact { var, need } => Fact::NotExact {
            by: by(search, *var, *need, asked),
            package: name(*need),
            requirement: requirement(*need),
        },
        RawFact::Picked { need } => Fact::Picked { package: name(*need), requirement: requirement(*need) },
        RawFact::OneVersion { slot } => {
            let listing = &search.catalog.listings[search.slot(*slot).package];
            Fact::OneVersion { package: listing.package.to_string() }
        }
        RawFact::Fault { slot, choices, fault } => {
            let package = search.catalog.listings[search.slot(*slot).package].package.to_string();
            let versions = versions(search, *slot, choices, asked);
            match fault {
                FeatureFault::Broken { feature, item } => {
                    Fact::BrokenFeature { package, versions, feature: feature.clone(), item: item.clone() }
                }
                FeatureFault::Unknown(feature) => {
                    let listing = &search.catalog.listings[search.slot(*slot).package];
                    let places = search.slot(*slot).versions.iter();
                    let known = places.flat_map(|place| listing.versions[*place].features.keys());
                    let known: BTreeSet<String> = known.cloned().collect();
                    let names: Vec<&str> = known.iter().map(String::as_str).collect();
                    let nearest = s_project::nearest_name(feature, &names).map(str::to_owned);
                    Fact::UnknownFeature { package, versions, feature: feature.clone(), nearest, known }
                }
            }
        }
    }
}

fn by<S: Source>(search: &Search<'_, '_, S>, var: Var, need: usize, asked: &Asked) -> By {
    let Some(slot) = search.slot_var(var) else {
        let mut roots = Vec::new();
        for (root, needs) in search.catalog.problem.roots.iter().zip(&search.root_needs) {
            for (dependency, of) in root.dependencies.iter().zip(needs) {
                if *of == need {
                    roots.push((root.name.clone(), dependency.origin));
                }
            }
        }
        roots.sort();
        return By::Roots { roots };
    };
    let package = search.catalog.listings[search.slot(slot).package].package.to_string();
    let cover = search.cover(var, need).expect("a need that is a fact was expanded");
    By::Package { package, versions: versions(search, slot, cover, asked) }
}

/// The versions of a slot in a set that meet what is asked of the package; all when none does.
fn versions<S: Source>(
    search: &Search<'_, '_, S>,
    slot: Var,
    choices: &crate::set::Set,
    asked: &Asked,
) -> Vec<String> {
    let slot = search.slot(slot);
    let listing = &search.catalog.listings[slot.package];
    let places: Vec<usize> =
        choices.iter().filter(|choice| *choice > 0).map(|choice| slot.versions[choice - 1]).collect();
    let is_asked = |place: &&usize| asked.get(&slot.package).is_none_or(|(all, _)| all[**place]);
    let mut kept: Vec<&usize> = places.iter().filter(is_asked).collect();
    if kept.is_empty() {
        kept = places.iter().collect();
    }
    kept.into_iter().map(|place| listing.versions[*place].version.to_string()).collect()
}
