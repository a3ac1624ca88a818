//! Crowds: more variables than there is room for.
//!
//! Where nine packages each take one of eight places, and no two can take the same, joining rules two at
//! a time has to visit every seating before it can say so; counting says it at once. What a choice
//! takes is seen in the rules about two variables: choices that cannot hold together compete for a
//! place, and of choices that all compete with each other at most one holds. When more variables have
//! nothing but such choices than there are places for them, the rule "not all of these" follows. It is
//! as true as one that was joined, and names every rule that it was counted from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::core::{Core, RuleId, Stop, Var};
use crate::set::{ABSENT, Set};

/// How many choices are looked at before it is not worth the time.
const CHOICES_MAX: usize = 4_096;

/// How many rules are looked at here in the time the core takes for one.
const LOOKS_OF_CORE: u64 = 16;

/// A rule that was counted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crowd {
    /// What cannot all hold, a term for each of the many.
    pub(crate) terms: Vec<(Var, Set)>,
    /// How many of them can hold at most.
    pub(crate) room: usize,
    /// The rules it follows from.
    pub(crate) because: Vec<RuleId>,
}

/// What follows for one variable.
#[derive(Debug)]
struct Conclusion {
    var: Var,
    /// What is left for it.
    left: Set,
    /// The rule this follows from, and the conclusion that met it; none for what is assumed.
    from: Option<(RuleId, usize)>,
    /// The wider conclusion that was there before.
    before: Option<usize>,
}

/// A choice, and by variable the last conclusion from it.
#[derive(Debug)]
struct Choice {
    var: Var,
    choice: usize,
    last: BTreeMap<Var, usize>,
}

/// What follows by rules about two variables, step by step.
struct Conclusions {
    /// Those from nothing but the root first.
    all: Vec<Conclusion>,
    /// By variable, the last conclusion from the root.
    given: BTreeMap<Var, usize>,
    /// By variable, the rules about it and at most one other.
    rules: Vec<Vec<RuleId>>,
}

/// Looks for a crowd: among what cannot be otherwise first, then among what is left after the decisions.
/// The rule it gives is broken, or leaves a variable fewer choices.
///
/// # Errors
/// [`Stop::Work`] at the limit.
pub(crate) fn crowd(core: &mut Core) -> Result<Option<Crowd>, Stop> {
    let mut conclusions = Conclusions::new(core)?;
    let mut choices = Vec::new();
    for var in (0..core.variables()).filter(|var| *var != Core::ROOT) {
        if !core.is_needed(var) {
            continue;
        }
        for choice in core.left_at_root(var).clone().iter().filter(|choice| *choice != ABSENT) {
            if choices.len() == CHOICES_MAX {
                return Ok(None);
            }
            let assumed = Set::single(core.left(var).len(), choice);
            match conclusions.follow(core, var, assumed.clone())? {
                Ok(last) => choices.push(Choice { var, choice, last }),
                // It rules itself out: there is room for none.
                Err(because) => return Ok(Some(Crowd { terms: vec![(var, assumed)], room: 0, because })),
            }
        }
    }
    let rivals = rivals(core, &conclusions, &choices)?;
    for at_root in [true, false] {
        let is_left = |choice: &Choice| {
            let left = if at_root { core.left_at_root(choice.var) } else { core.left(choice.var) };
            left.contains(choice.choice) && !left.contains(ABSENT)
        };
        let is_left: Vec<bool> = choices.iter().map(is_left).collect();
        if let Some((many, places)) = overfull(&choices, &rivals, &is_left) {
            return Ok(Some(counted(core, &conclusions, &choices, &many, &places)));
        }
    }
    Ok(None)
}

impl Conclusions {
    fn new(core: &mut Core) -> Result<Conclusions, Stop> {
        let mut rules = vec![Vec::new(); core.variables()];
        core.spend(core.rules() as u64 / LOOKS_OF_CORE)?;
        for id in 0..core.rules() {
            match core.rule(id).terms.as_slice() {
                [(var, _)] => {
                    rules[*var].push(id);
                    // What holds without a condition is met by the root.
                    if *var != Core::ROOT {
                        rules[Core::ROOT].push(id);
                    }
                }
                [(a, _), (b, _)] => {
                    rules[*a].push(id);
                    rules[*b].push(id);
                }
                _ => {}
            }
        }
        let mut conclusions = Conclusions { all: Vec::new(), given: BTreeMap::new(), rules };
        let root = core.left(Core::ROOT).clone();
        // Where the root rules itself out there is no answer, and the core knows.
        conclusions.given = conclusions.follow(core, Core::ROOT, root)?.unwrap_or_default();
        Ok(conclusions)
    }

    /// Everything that follows from an assumption: by variable, the last conclusion; or the rules by which it
    /// cannot be.
    fn follow(
        &mut self,
        core: &mut Core,
        var: Var,
        assumed: Set,
    ) -> Result<Result<BTreeMap<Var, usize>, Vec<RuleId>>, Stop> {
        let mut next = self.all.len();
        let mut last = BTreeMap::from([(var, next)]);
        self.all.push(Conclusion { var, left: assumed, from: None, before: None });
        while next < self.all.len() {
            let at = self.all[next].var;
            core.spend(1 + self.rules[at].len() as u64 / LOOKS_OF_CORE)?;
            for place in 0..self.rules[at].len() {
                let id = self.rules[at][place];
                let (is_met, other, forbidden) = match core.rule(id).terms.as_slice() {
                    [(other, forbidden)] if *other != at => (true, *other, forbidden),
                    [(a, met), (b, forbidden)] if *a == at => {
                        (self.all[next].left.is_subset(met), *b, forbidden)
                    }
                    [(a, forbidden), (_, met)] => (self.all[next].left.is_subset(met), *a, forbidden),
                    _ => continue,
                };
                if !is_met {
                    continue;
                }
                let before = last.get(&other).or_else(|| self.given.get(&other)).copied();
                let known = match before {
                    Some(before) => self.all[before].left.clone(),
                    None => Set::full(core.left(other).len()),
                };
                let left = known.difference(forbidden);
                if left == known {
                    continue;
                }
                let is_empty = left.is_empty();
                last.insert(other, self.all.len());
                self.all.push(Conclusion { var: other, left, from: Some((id, next)), before });
                if is_empty {
                    let mut because = BTreeSet::new();
                    self.reasons(self.all.len() - 1, &mut because);
                    return Ok(Err(because.into_iter().collect()));
                }
            }
            next += 1;
        }
        Ok(Ok(last))
    }

    /// Adds the rules behind a conclusion.
    fn reasons(&self, conclusion: usize, because: &mut BTreeSet<RuleId>) {
        let mut open = vec![conclusion];
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if seen.insert(at) {
                let Conclusion { from, before, .. } = &self.all[at];
                if let Some((rule, met)) = from {
                    because.insert(*rule);
                    open.push(*met);
                }
                open.extend(before);
            }
        }
    }

    /// A variable that would have nothing left if both were chosen, as the two conclusions about it.
    fn contradiction(&self, a: &Choice, b: &Choice) -> Option<(usize, usize)> {
        a.last.iter().find_map(|(var, of_a)| {
            let of_b = b.last.get(var)?;
            self.all[*of_a].left.is_disjoint(&self.all[*of_b].left).then_some((*of_a, *of_b))
        })
    }
}

/// By choice, the choices of other variables that it cannot hold together with.
fn rivals(core: &mut Core, conclusions: &Conclusions, choices: &[Choice]) -> Result<Vec<Set>, Stop> {
    // By variable, what is left for it after which choices: few different sets, mostly.
    let mut claims: BTreeMap<Var, Vec<(&Set, Vec<usize>)>> = BTreeMap::new();
    let mut known: HashMap<(Var, &Set), usize> = HashMap::new();
    for (place, choice) in choices.iter().enumerate() {
        for (var, last) in &choice.last {
            let left = &conclusions.all[*last].left;
            let of_var = claims.entry(*var).or_default();
            let at = *known.entry((*var, left)).or_insert(of_var.len());
            if at == of_var.len() {
                of_var.push((left, Vec::new()));
            }
            of_var[at].1.push(place);
        }
    }
    let mut rivals = vec![Set::empty(choices.len()); choices.len()];
    for of_var in claims.values() {
        for (at, (left, some)) in of_var.iter().enumerate() {
            core.spend(at as u64 / LOOKS_OF_CORE)?;
            for (other, others) in &of_var[..at] {
                if left.is_disjoint(other) {
                    core.spend((some.len() * others.len()) as u64 / LOOKS_OF_CORE)?;
                    for a in some {
                        for b in others.iter().filter(|b| choices[**b].var != choices[*a].var) {
                            rivals[*a].insert(*b);
                            rivals[*b].insert(*a);
                        }
                    }
                }
            }
        }
    }
    Ok(rivals)
}

/// Variables, and fewer places than they are, of which each needs one: by place, the choices that
/// compete for it.
fn overfull(choices: &[Choice], rivals: &[Set], is_left: &[bool]) -> Option<(Vec<Var>, Vec<Vec<usize>>)> {
    // A variable that has a choice without a rival needs no place, and leaves others theirs.
    let mut pressed: BTreeSet<Var> =
        (0..choices.len()).filter(|place| is_left[*place]).map(|place| choices[place].var).collect();
    let live = loop {
        let mut live = Set::empty(choices.len());
        let all =
            (0..choices.len()).filter(|place| is_left[*place] && pressed.contains(&choices[*place].var));
        all.for_each(|place| live.insert(place));
        let free = live.iter().filter(|place| rivals[*place].is_disjoint(&live));
        let free: Vec<Var> = free.map(|place| choices[place].var).collect();
        if free.is_empty() {
            break live;
        }
        pressed.retain(|var| !free.contains(var));
    };
    let mut places: Vec<Vec<usize>> = Vec::new();
    let mut seated = Set::empty(choices.len());
    let mut wants: BTreeMap<Var, BTreeSet<usize>> = BTreeMap::new();
    for first in live.iter() {
        if seated.contains(first) {
            continue;
        }
        let mut place = vec![first];
        let mut all = rivals[first].intersection(&live);
        loop {
            let Some(next) = all.iter().next() else { break };
            place.push(next);
            // A choice is no rival of itself, so that it falls away.
            all = all.intersection(&rivals[next]);
        }
        for choice in &place {
            seated.insert(*choice);
            wants.entry(choices[*choice].var).or_default().insert(places.len());
        }
        places.push(place);
    }
    let mut holder: Vec<Option<Var>> = vec![None; places.len()];
    for var in wants.keys() {
        let mut seen = BTreeSet::new();
        if !seat(*var, &wants, &mut holder, &mut seen) {
            let many: BTreeSet<Var> = seen.iter().filter_map(|place| holder[*place]).chain([*var]).collect();
            let places = seen.into_iter().map(|place| std::mem::take(&mut places[place])).collect();
            return Some((many.into_iter().collect(), places));
        }
    }
    None
}

/// Gives a variable a place, whoever has to move for it; else `seen` holds all places that were tried.
fn seat(
    var: Var,
    wants: &BTreeMap<Var, BTreeSet<usize>>,
    holder: &mut [Option<Var>],
    seen: &mut BTreeSet<usize>,
) -> bool {
    // By place, who would move there: a walk along which everybody moves on by one.
    let mut moves: BTreeMap<usize, Var> = BTreeMap::new();
    let mut open = vec![var];
    while let Some(who) = open.pop() {
        for place in wants[&who].iter().rev() {
            if !seen.insert(*place) {
                continue;
            }
            moves.insert(*place, who);
            match holder[*place] {
                Some(other) => open.push(other),
                None => {
                    let mut place = *place;
                    loop {
                        let who = moves[&place];
                        let left = holder.iter().position(|holder| *holder == Some(who));
                        holder[place] = Some(who);
                        match left {
                            Some(left) => place = left,
                            None => return true,
                        }
                    }
                }
            }
        }
    }
    false
}

/// The rule, and what it follows from: that of the choices of one place no two hold together.
fn counted(
    core: &Core,
    conclusions: &Conclusions,
    choices: &[Choice],
    many: &[Var],
    places: &[Vec<usize>],
) -> Crowd {
    let mut because = BTreeSet::new();
    let mut terms: BTreeMap<Var, Set> = BTreeMap::new();
    for place in places {
        let of_many: Vec<&Choice> =
            place.iter().map(|choice| &choices[*choice]).filter(|of| many.contains(&of.var)).collect();
        for (at, a) in of_many.iter().enumerate() {
            terms.entry(a.var).or_insert_with(|| Set::empty(core.left(a.var).len())).insert(a.choice);
            for b in &of_many[..at] {
                let (of_a, of_b) = conclusions.contradiction(a, b).expect("rivals cannot hold together");
                conclusions.reasons(of_a, &mut because);
                conclusions.reasons(of_b, &mut because);
            }
        }
    }
    Crowd { terms: terms.into_iter().collect(), room: places.len(), because: because.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::core::Cause;

    /// Rules by variable, from 1, and choices that cannot hold together.
    type Facts = Vec<Vec<(Var, Vec<usize>)>>;

    /// A core of needed variables.
    fn core(counts: &[usize], facts: &Facts) -> Core {
        let mut core = Core::new(1_000_000);
        for count in counts {
            let var = core.add_variable(count + 1);
            core.add_rule(vec![(var, Set::single(count + 1, ABSENT))], Cause::Fact(usize::MAX));
        }
        for (number, fact) in facts.iter().enumerate() {
            let term = |(var, choices): &(Var, Vec<usize>)| {
                let mut set = Set::empty(counts[var - 1] + 1);
                choices.iter().for_each(|choice| set.insert(*choice));
                (*var, set)
            };
            core.add_rule(fact.iter().map(term).collect(), Cause::Fact(number));
        }
        core
    }

    /// Counts at every step, and decides for the lowest choice; whether there is a solution.
    fn solve(core: &mut Core) -> bool {
        loop {
            match core.propagate().and_then(|()| core.count()) {
                Err(Stop::Impossible(_)) => return false,
                Err(Stop::Work) => panic!("small cores are solved"),
                Ok(true) => continue,
                Ok(false) => {}
            }
            let Some(var) = core.open().iter().min().copied() else { return true };
            let choice = core.left(var).iter().next().expect("something is left");
            core.decide(var, choice);
        }
    }

    /// Every choice for every variable, beginning with the root.
    fn assignments(counts: &[usize]) -> Vec<Vec<usize>> {
        counts.iter().fold(vec![vec![1]], |all, count| {
            all.iter()
                .flat_map(|some| (1..=*count).map(|choice| [some.as_slice(), &[choice]].concat()))
                .collect()
        })
    }

    fn breaks(rule: &[(Var, Set)], assignment: &[usize]) -> bool {
        rule.iter().all(|(var, set)| set.contains(assignment[*var]))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_counted_is_so(
            counts in vec(1usize..4, 2..6),
            facts in vec((0usize..6, 0usize..6, vec(1usize..4, 1..2), vec(1usize..4, 1..3)), 0..40),
        ) {
            let within = |var: Var, choices: &[usize]| {
                (var, choices.iter().map(|choice| 1 + choice % counts[var - 1]).collect::<Vec<_>>())
            };
            let facts: Facts = facts
                .iter()
                .map(|(a, b, of_a, of_b)| (1 + a % counts.len(), 1 + b % counts.len(), of_a, of_b))
                .filter(|(a, b, ..)| a != b)
                .map(|(a, b, of_a, of_b)| vec![within(a, of_a), within(b, of_b)])
                .collect();
            let mut core = core(&counts, &facts);
            let given: Vec<RuleId> = (0..core.rules()).collect();
            let solved = solve(&mut core);
            let assignments = assignments(&counts);
            let is_good = |assignment: &&Vec<usize>| given.iter().all(|id| !breaks(&core.rule(*id).terms, assignment));
            let good: Vec<&Vec<usize>> = assignments.iter().filter(is_good).collect();
            prop_assert_eq!(solved, !good.is_empty());
            for id in 0..core.rules() {
                let rule = core.rule(id);
                prop_assert!(good.iter().all(|assignment| !breaks(&rule.terms, assignment)), "{rule:?}");
                if let Cause::Counted { room, because } = &rule.cause {
                    // The rules that are named say so by themselves.
                    prop_assert!(because.iter().all(|of| *of < id) && *room < rule.terms.len());
                    let is_allowed = |assignment: &&Vec<usize>| {
                        because.iter().all(|of| !breaks(&core.rule(*of).terms, assignment))
                    };
                    let mut allowed = assignments.iter().filter(is_allowed);
                    prop_assert!(allowed.all(|assignment| !breaks(&rule.terms, assignment)), "{rule:?}");
                }
            }
        }
    }

    /// So many variables with a choice for each place, of which no two may take the same.
    fn seats(many: usize, places: usize) -> (Vec<usize>, Facts) {
        let pairs = (1..=many).flat_map(|a| (1..a).map(move |b| (a, b)));
        let facts = pairs.flat_map(|(a, b)| (1..=places).map(move |at| vec![(a, vec![at]), (b, vec![at])]));
        (vec![places; many], facts.collect())
    }

    #[test]
    fn many_are_counted_at_once() {
        let (counts, facts) = seats(21, 20);
        let mut core = core(&counts, &facts);
        assert!(!solve(&mut core));
        let counted = (0..core.rules()).find_map(|id| match &core.rule(id).cause {
            Cause::Counted { room, because } => Some((core.rule(id).terms.len(), *room, because)),
            _ => None,
        });
        let (many, room, because) = counted.expect("it was counted");
        assert_eq!((many, room), (21, 20));
        let facts: Vec<usize> = (counts.len()..counts.len() + facts.len()).collect();
        assert!(facts.iter().all(|fact| because.contains(fact)));
    }

    #[test]
    fn whoever_has_room_is_left_alone() {
        let (mut counts, facts) = seats(6, 5);
        // One of them has a choice that nobody else wants.
        counts[3] += 1;
        assert!(solve(&mut core(&counts, &facts)));
        let (counts, facts) = seats(6, 6);
        assert!(solve(&mut core(&counts, &facts)));
    }

    #[test]
    fn a_choice_that_rules_itself_out_is_one_too_many() {
        // 1 leads to both of 2's choices.
        let facts = vec![vec![(1, vec![1]), (2, vec![1])], vec![(1, vec![1]), (2, vec![2])]];
        let mut core = core(&[2, 2], &facts);
        assert!(solve(&mut core));
        assert_eq!(core.left(1).iter().collect::<Vec<_>>(), [2]);
        let rule = (0..core.rules()).map(|id| core.rule(id)).find(|rule| {
            rule.terms.len() == 1 && rule.terms[0].0 == 1 && matches!(rule.cause, Cause::Counted { .. })
        });
        assert!(rule.is_some());
    }
}
