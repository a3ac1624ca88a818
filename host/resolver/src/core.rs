//! PubGrub over variables that have finitely many choices.
//!
//! A rule says which choices cannot all hold at once. From the rules and the decisions so far
//! follows what else cannot be chosen; when nothing is left for a variable, the rules that led
//! there are joined into a new one, and the decisions it contradicts are taken back. What variables
//! and rules mean is left to `search`. Invariants:
//!
//! - The choices left for a variable only shrink along the trail, so that the first entry that
//!   meets a term is found by bisection.
//! - A rule that was joined names the two it came from, one that was counted all of them: together they
//!   are a proof.

use crate::crowd::{Crowd, crowd};
use crate::set::{ABSENT, Set};

/// A variable, by place.
pub(crate) type Var = usize;

/// A rule, by place.
pub(crate) type RuleId = usize;

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A fact, by the number its owner gave it.
    Fact(usize),
    /// Two rules.
    Joined(RuleId, RuleId),
    /// Rules from which it was counted that there is room for fewer than its terms.
    Counted {
        /// For how many.
        room: usize,
        /// The rules.
        because: Vec<RuleId>,
    },
}

/// Terms that cannot all hold.
#[derive(Debug)]
pub(crate) struct Rule {
    /// At most one a variable, by variable.
    pub(crate) terms: Vec<(Var, Set)>,
    /// Where it comes from.
    pub(crate) cause: Cause,
}

/// Why the core stops without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// No solution: this rule forbids what is given.
    Impossible(RuleId),
    /// The limit of work is reached.
    Work,
}

/// What is left for a variable at one point of the trail.
#[derive(Debug)]
struct Entry {
    trail: usize,
    level: usize,
    left: Set,
    /// The rule it follows from; none for a decision.
    cause: Option<RuleId>,
}

/// Variables, rules, and the solution as far as it is known.
#[derive(Debug)]
pub(crate) struct Core {
    full: Vec<Set>,
    history: Vec<Vec<Entry>>,
    decided: Vec<Option<usize>>,
    conflicts: Vec<u32>,
    trail: Vec<Var>,
    /// Where each level begins in the trail.
    levels: Vec<usize>,
    rules: Vec<Rule>,
    rules_of: Vec<Vec<RuleId>>,
    fresh: Vec<RuleId>,
    changed: Vec<Var>,
    is_changed: Vec<bool>,
    /// Holds every variable that is needed and not decided, and some that were.
    open: Vec<Var>,
    is_open: Vec<bool>,
    work: u64,
    work_max: u64,
    dead_ends: u64,
    /// At how many dead ends it is counted next, and how many more it is until the time after that.
    count_at: u64,
    patience: u64,
}

enum Relation {
    Open,
    Unit(usize),
    Broken,
}

impl Core {
    /// A core in which one variable, [`Core::ROOT`], has its one choice already.
    pub(crate) fn new(work_max: u64) -> Core {
        let mut core = Core {
            full: Vec::new(),
            history: Vec::new(),
            decided: Vec::new(),
            conflicts: Vec::new(),
            trail: Vec::new(),
            levels: vec![0],
            rules: Vec::new(),
            rules_of: Vec::new(),
            fresh: Vec::new(),
            changed: Vec::new(),
            is_changed: Vec::new(),
            open: Vec::new(),
            is_open: Vec::new(),
            work: 0,
            work_max,
            dead_ends: 0,
            count_at: PATIENCE,
            patience: PATIENCE,
        };
        let root = core.add_variable(2);
        core.assign(root, Set::single(2, 1), None);
        core.decided[root] = Some(1);
        core
    }

    /// The variable that is given.
    pub(crate) const ROOT: Var = 0;

    /// Adds a variable with so many choices, absence among them.
    pub(crate) fn add_variable(&mut self, len: usize) -> Var {
        self.full.push(Set::full(len));
        self.history.push(Vec::new());
        self.decided.push(None);
        self.conflicts.push(0);
        self.rules_of.push(Vec::new());
        self.is_changed.push(false);
        self.is_open.push(false);
        self.full.len() - 1
    }

    /// Adds a rule. A term without choices never holds, and the rule is left out; one with all of
    /// them always holds, and is left out of the rule.
    pub(crate) fn add_rule(&mut self, mut terms: Vec<(Var, Set)>, cause: Cause) {
        terms.sort_by_key(|(var, _)| *var);
        terms.dedup_by(|(var, set), (kept, other)| {
            let is_same = var == kept;
            if is_same {
                *other = other.intersection(set);
            }
            is_same
        });
        if terms.iter().all(|(_, set)| !set.is_empty()) {
            terms.retain(|(_, set)| !set.is_full());
            let id = self.push_rule(terms, cause);
            self.fresh.push(id);
        }
    }

    /// Draws every conclusion there is, and new rules from dead ends.
    ///
    /// # Errors
    /// [`Stop`] when there is no solution, or the work is too much.
    pub(crate) fn propagate(&mut self) -> Result<(), Stop> {
        loop {
            if let Some(id) = self.fresh.pop() {
                self.apply(id)?;
            } else if let Some(var) = self.changed.pop() {
                self.is_changed[var] = false;
                // New rules are looked at first: they say most.
                for place in (0..self.rules_of[var].len()).rev() {
                    self.apply(self.rules_of[var][place])?;
                }
            } else {
                return Ok(());
            }
        }
    }

    /// Whether so many dead ends were met that [`Core::count`] is worth its time.
    pub(crate) fn is_stuck(&self) -> bool {
        self.dead_ends >= self.count_at
    }

    /// Adds the rule that there is no room for everything that is needed, where it is so; whether it is.
    ///
    /// # Errors
    /// [`Stop::Work`] at the limit.
    pub(crate) fn count(&mut self) -> Result<bool, Stop> {
        let found = crowd(self)?;
        self.patience = if found.is_some() { PATIENCE } else { self.patience.saturating_mul(2) };
        self.count_at = self.dead_ends.saturating_add(self.patience);
        Ok(found
            .map(|Crowd { terms, room, because }| self.add_rule(terms, Cause::Counted { room, because }))
            .is_some())
    }

    /// Decides for one of the choices that are left.
    pub(crate) fn decide(&mut self, var: Var, choice: usize) {
        self.levels.push(self.trail.len());
        self.assign(var, Set::single(self.full[var].len(), choice), None);
        self.decided[var] = Some(choice);
    }

    /// The choice a variable was decided for.
    pub(crate) fn decided(&self, var: Var) -> Option<usize> {
        self.decided[var]
    }

    /// The choices that are left.
    pub(crate) fn left(&self, var: Var) -> &Set {
        self.history[var].last().map_or(&self.full[var], |entry| &entry.left)
    }

    /// The choices that are left whatever is decided.
    pub(crate) fn left_at_root(&self, var: Var) -> &Set {
        let history = &self.history[var];
        let count = history.partition_point(|entry| entry.level == 0);
        count.checked_sub(1).map_or(&self.full[var], |last| &history[last].left)
    }

    /// How many variables there are.
    pub(crate) fn variables(&self) -> usize {
        self.full.len()
    }

    /// Whether it cannot be absent.
    pub(crate) fn is_needed(&self, var: Var) -> bool {
        !self.left(var).contains(ABSENT)
    }

    /// The variables that are needed and not decided, in no particular order.
    pub(crate) fn open(&mut self) -> &[Var] {
        let mut open = std::mem::take(&mut self.open);
        open.retain(|var| {
            self.is_open[*var] = self.decided[*var].is_none() && self.is_needed(*var);
            self.is_open[*var]
        });
        self.open = open;
        &self.open
    }

    /// In how many dead ends a variable played a part.
    pub(crate) fn conflicts(&self, var: Var) -> u32 {
        self.conflicts[var]
    }

    /// A rule.
    pub(crate) fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id]
    }

    /// How many rules there are.
    pub(crate) fn rules(&self) -> usize {
        self.rules.len()
    }

    /// Counts work.
    ///
    /// # Errors
    /// [`Stop::Work`] at the limit.
    pub(crate) fn spend(&mut self, work: u64) -> Result<(), Stop> {
        self.work = self.work.saturating_add(work);
        if self.work > self.work_max { Err(Stop::Work) } else { Ok(()) }
    }

    fn apply(&mut self, id: RuleId) -> Result<(), Stop> {
        self.spend(1)?;
        let mut id = id;
        loop {
            match self.relation(id) {
                Relation::Open => return Ok(()),
                Relation::Unit(place) => {
                    let (var, term) = &self.rules[id].terms[place];
                    let (var, left) = (*var, self.left(*var).difference(term));
                    self.assign(var, left, Some(id));
                    return Ok(());
                }
                // What is left of the rule holds for one variable less, one level further back.
                Relation::Broken => {
                    self.dead_ends += 1;
                    id = self.take_back(id)?;
                }
            }
        }
    }

    fn relation(&self, id: RuleId) -> Relation {
        let mut unit = None;
        for (place, (var, term)) in self.rules[id].terms.iter().enumerate() {
            let left = self.left(*var);
            if left.is_disjoint(term) {
                return Relation::Open;
            }
            if !left.is_subset(term) && unit.replace(place).is_some() {
                return Relation::Open;
            }
        }
        unit.map_or(Relation::Broken, Relation::Unit)
    }

    /// Joins a broken rule with those that broke it, until a decision is to blame; takes that back
    /// and gives the rule that keeps from making it again.
    fn take_back(&mut self, broken: RuleId) -> Result<RuleId, Stop> {
        let mut id = broken;
        loop {
            let rule = &self.rules[id];
            let cost = rule.terms.len() as u64 + 1;
            if rule.terms.iter().all(|(var, _)| *var == Core::ROOT) {
                return Err(Stop::Impossible(id));
            }
            // The entry that broke the rule, and the level at which all others were there.
            let mut last: Option<(usize, usize)> = None;
            let mut level = 0;
            for (place, (var, term)) in rule.terms.iter().enumerate() {
                let entry = &self.history[*var][self.satisfier(*var, term)];
                match last {
                    Some((trail, _)) if trail > entry.trail => level = level.max(entry.level),
                    _ => {
                        if let Some((trail, _)) = last {
                            level = level.max(self.level_of(trail));
                        }
                        last = Some((entry.trail, place));
                    }
                }
            }
            let (_, place) = last.expect("a rule that is not about the root alone has terms");
            let (var, term) = &rule.terms[place];
            let at = self.satisfier(*var, term);
            let entry = &self.history[*var][at];
            let Some(cause) = entry.cause else {
                let var = *var;
                return self.back_to(level, var, id, cost);
            };
            let of_cause = self.term(cause, *var);
            let joined = term.union(of_cause);
            if !joined.is_full() {
                // The rule of this entry alone does not say it all: earlier entries helped.
                let helped = self.history[*var][..at]
                    .partition_point(|earlier| !earlier.left.difference(of_cause).is_subset(term));
                level = level.max(self.history[*var].get(helped).map_or(0, |earlier| earlier.level));
            }
            if level < entry.level {
                let var = *var;
                return self.back_to(level, var, id, cost);
            }
            let terms = join(rule, &self.rules[cause], *var, joined);
            self.conflicts[*var] = self.conflicts[*var].saturating_add(1);
            self.spend(cost + terms.len() as u64)?;
            id = self.push_rule(terms, Cause::Joined(id, cause));
        }
    }

    fn back_to(&mut self, level: usize, blamed: Var, id: RuleId, work: u64) -> Result<RuleId, Stop> {
        self.spend(work)?;
        self.conflicts[blamed] = self.conflicts[blamed].saturating_add(1);
        let keep = self.levels.get(level + 1).copied().unwrap_or(self.trail.len());
        self.levels.truncate(level + 1);
        while self.trail.len() > keep {
            let var = self.trail.pop().expect("the trail is longer than what is kept");
            let entry = self.history[var].pop().expect("every place of the trail has an entry");
            if entry.cause.is_none() {
                self.decided[var] = None;
                self.reopen(var);
            }
        }
        Ok(id)
    }

    /// The first entry of a variable from which on a term holds.
    fn satisfier(&self, var: Var, term: &Set) -> usize {
        let at = self.history[var].partition_point(|entry| !entry.left.is_subset(term));
        debug_assert!(at < self.history[var].len(), "a broken rule has terms that hold");
        at
    }

    fn level_of(&self, trail: usize) -> usize {
        self.levels.partition_point(|start| *start <= trail) - 1
    }

    fn term(&self, id: RuleId, var: Var) -> &Set {
        let terms = &self.rules[id].terms;
        let place = terms.binary_search_by_key(&var, |(var, _)| *var);
        &terms[place.expect("a conclusion is about a variable of its rule")].1
    }

    fn push_rule(&mut self, terms: Vec<(Var, Set)>, cause: Cause) -> RuleId {
        let id = self.rules.len();
        for (var, _) in &terms {
            self.rules_of[*var].push(id);
        }
        self.rules.push(Rule { terms, cause });
        id
    }

    fn assign(&mut self, var: Var, left: Set, cause: Option<RuleId>) {
        if !left.contains(ABSENT) {
            self.reopen(var);
        }
        let entry = Entry { trail: self.trail.len(), level: self.levels.len() - 1, left, cause };
        self.trail.push(var);
        self.history[var].push(entry);
        if !self.is_changed[var] {
            self.is_changed[var] = true;
            self.changed.push(var);
        }
    }

    fn reopen(&mut self, var: Var) {
        if !std::mem::replace(&mut self.is_open[var], true) {
            self.open.push(var);
        }
    }
}

/// After how many dead ends it is counted whether there is room at all, and again when it helped.
const PATIENCE: u64 = 64;

/// What follows from two rules when `var` cannot escape both.
fn join(a: &Rule, b: &Rule, var: Var, joined: Set) -> Vec<(Var, Set)> {
    let mut terms: Vec<(Var, Set)> = Vec::with_capacity(a.terms.len() + b.terms.len());
    let (mut left, mut right) = (a.terms.iter().peekable(), b.terms.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (None, None) => return terms,
            (Some((x, _)), Some((y, _))) if x == y => {
                let ((x, s), (_, t)) = (left.next().expect("peeked"), right.next().expect("peeked"));
                if *x == var {
                    if joined.is_full() {
                        continue;
                    }
                    (*x, joined.clone())
                } else {
                    (*x, s.intersection(t))
                }
            }
            (Some((x, _)), Some((y, _))) if x > y => right.next().expect("peeked").clone(),
            (Some(_), _) => left.next().expect("peeked").clone(),
            (None, Some(_)) => right.next().expect("peeked").clone(),
        };
        terms.push(next);
    }
}
