//! Tree to program.
//!
//! Repeats of single code points become one instruction; what must follow them decides whether
//! they can ever give anything back. Small counted repeats are written out, big ones count in a
//! register. Every state outside lookarounds and atomic groups gets a row for the memory of
//! failed states, if the pattern's future depends on nothing but the place.

mod analyse;
mod plan;

use crate::charset::CharSet;
use crate::error::{PatternError, PatternErrorKind as Kind};
use crate::program::{Class, Counter, Inst, LookData, NOWHERE, Program, Run, Unit};
use crate::property;
use crate::tree::{Cond, Greed, INF, Look, Node, Place, Tree, Verb};
use crate::{Units, utf8};
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use analyse::{Follow, Tail};

/// Instructions of one program.
const INSTS_MAX: usize = 400_000;
/// Instructions a counted repeat may be written out to.
const UNROLL_MAX: usize = 1000;
/// Code points a lookbehind may look back, as in Perl.
const BEHIND_MAX: u32 = 255;

/// Compiles a tree.
pub(crate) fn compile(tree: &Tree, units: Units) -> Result<Program, PatternError> {
    let groups = tree.group_count as usize;
    let mut called = BTreeSet::new();
    analyse::calls(&tree.root, &mut called);
    let memo_possible = !tree.has_back && !tree.has_call && !tree.has_group_cond && !tree.has_verb;
    let mut compiler = Compiler {
        tree,
        unicode: units == Units::Utf8,
        program: Program {
            insts: Vec::new(),
            classes: tree.sets.iter().map(Class::new).collect(),
            runs: Vec::new(),
            literals: Vec::new(),
            tables: Vec::new(),
            lists: Vec::new(),
            looks: Vec::new(),
            counters: Vec::new(),
            extending: None,
            group_count: groups,
            registers: 3 * (groups + 1),
            begin: plan::begin(tree, units),
            length_min: if tree.has_verb { 0 } else { analyse::length_min(&tree.root) },
            required: plan::required(tree, units),
            lead: None,
            memo: Vec::new(),
            memo_marks: Vec::new(),
        },
        called,
        targets: alloc::vec![NOWHERE; groups + 1],
        calls: Vec::new(),
        opaque: 0,
        loops: 0,
        marks: Vec::new(),
        open: Vec::new(),
        accept_to: Vec::new(),
        accepts: Vec::new(),
        then: Vec::new(),
        contained: None,
        memo_possible,
    };
    compiler.program.lead = plan::lead(tree).map(|node| compiler.unit(node));
    compiler.targets[0] = 0;
    let follow = Follow { rest: &[], again: None, then: None, tail: Tail::Accept };
    compiler.node(&tree.root, &follow)?;
    let end = compiler.emit(Inst::Match)?;
    for (at, look) in core::mem::take(&mut compiler.accepts) {
        let to = look.map_or(end, |depth| depth);
        compiler.program.insts[at] = Inst::Accept(to);
    }
    for (at, group) in core::mem::take(&mut compiler.calls) {
        let target = compiler.targets[group as usize];
        compiler.program.insts[at] = Inst::Call { group, target };
    }
    let mut program = compiler.program;
    if !compiler.memo_possible || !program.counters.is_empty() {
        program.memo.clear();
        program.memo_marks.clear();
    }
    Ok(program)
}

struct Compiler<'t> {
    tree: &'t Tree,
    unicode: bool,
    program: Program,
    called: BTreeSet<u32>,
    /// Where each group begins
    targets: Vec<u32>,
    /// Calls whose targets are to be filled in
    calls: Vec<(usize, u32)>,
    /// Depth of lookarounds and atomic groups
    opaque: u32,
    /// Depth of loops
    loops: u32,
    /// Marks of the loops around
    marks: Vec<u32>,
    /// Groups around, up to the lookaround around
    open: Vec<u32>,
    /// `ACCEPT`s of each lookaround around
    accept_to: Vec<Vec<usize>>,
    accepts: Vec<(usize, Option<u32>)>,
    /// Alternations around: the register of the mark, and whether the branch is the last
    then: Vec<(u32, bool)>,
    /// The height of the negative lookaround or condition around
    contained: Option<u32>,
    memo_possible: bool,
}

type Compiled<T> = Result<T, PatternError>;

impl Compiler<'_> {
    fn error<T>(&self, kind: Kind) -> Compiled<T> {
        Err(PatternError { offset: 0, kind })
    }

    fn here(&self) -> u32 {
        self.program.insts.len() as u32
    }

    fn emit(&mut self, inst: Inst) -> Compiled<u32> {
        if self.program.insts.len() >= INSTS_MAX {
            return self.error(Kind::TooLarge);
        }
        let row = if self.memo_possible && self.opaque == 0 && chooses(inst) {
            self.program.memo_marks.push(self.marks.as_slice().into());
            self.program.memo_marks.len() as u32 - 1
        } else {
            NOWHERE
        };
        self.program.memo.push(row);
        self.program.insts.push(inst);
        Ok(self.here() - 1)
    }

    /// Fills in the target of an instruction already emitted.
    fn patch(&mut self, at: u32, to: u32) {
        match &mut self.program.insts[at as usize] {
            Inst::Jump(t) | Inst::Split(t) | Inst::SplitTo(t) => *t = to,
            Inst::Peek { other, .. } => *other = to,
            Inst::IfStill { exit, .. } => *exit = to,
            Inst::IfGroup { no, .. } | Inst::IfCalled { no, .. } => *no = to,
            _ => {}
        }
    }

    fn register(&mut self) -> u32 {
        self.program.registers += 1;
        self.program.registers as u32 - 1
    }

    fn table(&mut self, table: Box<[bool; 256]>) -> u32 {
        if let Some(found) = self.program.tables.iter().rposition(|t| *t == *table) {
            return found as u32;
        }
        self.program.tables.push(*table);
        self.program.tables.len() as u32 - 1
    }

    fn list(&mut self, list: &[u32]) -> u32 {
        self.program.lists.push(list.into());
        self.program.lists.len() as u32 - 1
    }

    fn literal(&mut self, bytes: &[u8]) -> u32 {
        self.program.literals.push(bytes.into());
        self.program.literals.len() as u32 - 1
    }

    fn node(&mut self, node: &Node, follow: &Follow<'_>) -> Compiled<()> {
        match node {
            Node::Empty => {}
            Node::Fail => {
                self.emit(Inst::Fail)?;
            }
            Node::Char(_) | Node::Set(_) => self.cat(core::slice::from_ref(node), follow)?,
            Node::Any => {
                self.emit(Inst::Any)?;
            }
            Node::Cluster => {
                if self.program.extending.is_none() {
                    let mut set = property::extending();
                    if !self.unicode {
                        set = CharSet::new();
                    }
                    self.program.extending = Some(Class::new(&set));
                }
                self.emit(Inst::Cluster)?;
            }
            Node::Place(place) => {
                self.emit(match *place {
                    Place::Start => Inst::Start,
                    Place::LineStart => Inst::LineStart,
                    Place::EndOrNewline => Inst::EndOrNewline,
                    Place::LineEnd => Inst::LineEnd,
                    Place::End => Inst::End,
                    Place::LastEnd => Inst::LastEnd,
                    Place::Boundary(set) => Inst::Boundary(set as u32),
                    Place::NoBoundary(set) => Inst::NoBoundary(set as u32),
                })?;
            }
            Node::Keep => {
                self.emit(Inst::Keep)?;
            }
            Node::Cat(parts) => self.cat(parts, follow)?,
            Node::Alt(branches) => self.alt(branches, follow)?,
            Node::Repeat { body, min, max, greed } => self.repeat(body, *min, *max, *greed, follow)?,
            Node::Group { number, body } => self.group(*number, body, follow)?,
            Node::Atomic(body) => self.atomic(body)?,
            Node::Look(look) => self.look(look, false)?,
            Node::Back { groups, fold } => {
                let list = self.list(groups);
                self.emit(Inst::Back { list, fold: *fold })?;
            }
            Node::Cond { cond, yes, no } => self.cond(cond, yes, no, follow)?,
            Node::Call(group) => {
                let at = self.emit(Inst::Fail)?;
                self.calls.push((at as usize, *group));
            }
            Node::Verb(verb) => self.verb(*verb)?,
        }
        Ok(())
    }

    fn cat(&mut self, parts: &[Node], follow: &Follow<'_>) -> Compiled<()> {
        let mut at = 0;
        while at < parts.len() {
            let mut bytes = Vec::new();
            let mut folded = false;
            let first = at;
            while let Some(part) = parts.get(at) {
                match part {
                    Node::Char(c) if self.plain(*c) => {
                        if *c >= 0x80 && folded && self.unicode {
                            break;
                        }
                        self.encode(*c, &mut bytes);
                    }
                    Node::Set(set) => match self.letter(*set) {
                        Some(letter) if at == first || folded || bytes.is_ascii() => {
                            // What came before as a plain letter must stay plain.
                            if !folded && bytes.iter().any(u8::is_ascii_alphabetic) {
                                break;
                            }
                            folded = true;
                            bytes.push(letter);
                        }
                        _ => break,
                    },
                    _ => break,
                }
                if folded
                    && matches!(part, Node::Char(c) if char::from_u32(*c).is_some_and(|c| c.is_ascii_alphabetic()))
                {
                    bytes.pop();
                    break;
                }
                at += 1;
            }
            if at > first {
                if folded && bytes.len() > 1 {
                    let literal = self.literal(&bytes);
                    self.emit(Inst::Folded(literal))?;
                } else if folded {
                    if let Node::Set(set) = parts[first] {
                        self.emit(Inst::Class(set as u32))?;
                    }
                } else if let [byte] = bytes.as_slice() {
                    self.emit(Inst::Byte(*byte))?;
                } else {
                    let literal = self.literal(&bytes);
                    self.emit(Inst::Bytes(literal))?;
                }
                continue;
            }
            match &parts[at] {
                Node::Char(c) => {
                    let class = self.class_of(*c);
                    self.emit(Inst::Class(class))?;
                }
                Node::Set(set) => {
                    self.emit(Inst::Class(*set as u32))?;
                }
                part => {
                    let inner =
                        Follow { rest: &parts[at + 1..], again: None, then: Some(follow), tail: Tail::More };
                    self.node(part, &inner)?;
                }
            }
            at += 1;
        }
        Ok(())
    }

    /// Whether a code point can be compared as its bytes. Those that an invalid byte may stand for
    /// cannot.
    fn plain(&self, c: u32) -> bool {
        analyse::plain(c, self.unicode)
    }

    fn encode(&self, c: u32, out: &mut Vec<u8>) {
        if self.unicode {
            utf8::encode(c, out);
        } else {
            out.push(c as u8);
        }
    }

    /// The lower-case letter when the set is one ASCII letter in both cases.
    fn letter(&self, set: usize) -> Option<u8> {
        match self.tree.sets[set].ranges() {
            [(a, b), (c, d)] if a == b && c == d && a + 32 == *c => {
                u8::try_from(*c).ok().filter(u8::is_ascii_lowercase)
            }
            _ => None,
        }
    }

    fn class_of(&mut self, c: u32) -> u32 {
        self.program.classes.push(Class::new(&CharSet::single(c)));
        self.program.classes.len() as u32 - 1
    }

    fn unit(&mut self, node: &Node) -> Unit {
        match node {
            Node::Char(c) if self.plain(*c) && *c < if self.unicode { 0x80 } else { 0x100 } => {
                Unit::Byte(*c as u8)
            }
            Node::Char(c) => Unit::Class(self.class_of(*c)),
            Node::Set(set) => {
                let negated = self.tree.sets[*set].negate();
                match negated.ranges() {
                    [(c, d)] if c == d && *c < 0x80 && self.unicode => Unit::NotByte(*c as u8),
                    [(c, d), (0x100, _)] if c == d && !self.unicode => Unit::NotByte(*c as u8),
                    _ => Unit::Class(*set as u32),
                }
            }
            _ => Unit::Any,
        }
    }

    fn alt(&mut self, branches: &[Node], follow: &Follow<'_>) -> Compiled<()> {
        let then = if self.tree.has_verb {
            let register = self.register();
            self.emit(Inst::ThenMark(register))?;
            Some(register)
        } else {
            None
        };
        let mut ends = Vec::new();
        for (i, branch) in branches.iter().enumerate() {
            let last = i + 1 == branches.len();
            let split = match (last, analyse::first_table(self.tree, branch, self.unicode)) {
                (true, _) => None,
                (false, Some(table)) => {
                    let table = self.table(table);
                    Some(self.emit(Inst::Peek { table, other: NOWHERE })?)
                }
                (false, None) => Some(self.emit(Inst::Split(NOWHERE))?),
            };
            if let Some(register) = then {
                self.then.push((register, last));
            }
            self.node(branch, follow)?;
            if then.is_some() {
                self.then.pop();
            }
            if let Some(split) = split {
                ends.push(self.emit(Inst::Jump(NOWHERE))?);
                let here = self.here();
                self.patch(split, here);
            }
        }
        let here = self.here();
        for end in ends {
            self.patch(end, here);
        }
        Ok(())
    }

    fn group(&mut self, number: u32, body: &Node, follow: &Follow<'_>) -> Compiled<()> {
        if self.targets[number as usize] == NOWHERE {
            self.targets[number as usize] = self.here();
        }
        let again = self.loops > 0 || self.tree.has_call;
        self.emit(if again { Inst::OpenAgain(number) } else { Inst::Open(number) })?;
        self.open.push(number);
        self.node(body, follow)?;
        self.open.pop();
        self.emit(Inst::Close(number))?;
        if self.called.contains(&number) {
            self.emit(Inst::EndGroup(number))?;
        }
        Ok(())
    }

    fn atomic(&mut self, body: &Node) -> Compiled<()> {
        let register = self.register();
        self.opaque += 1;
        self.emit(Inst::AtomicBegin(register))?;
        let follow = Follow { rest: &[], again: None, then: None, tail: Tail::Accept };
        self.node(body, &follow)?;
        self.emit(Inst::AtomicEnd(register))?;
        self.opaque -= 1;
        Ok(())
    }

    /// Emits a lookaround and returns its index. In a condition its `fail` is to be filled in.
    fn look(&mut self, look: &Look, condition: bool) -> Compiled<()> {
        let index = self.look_open(look, condition)?;
        let here = self.here();
        self.program.looks[index].ok = here;
        Ok(())
    }

    fn look_open(&mut self, look: &Look, condition: bool) -> Compiled<usize> {
        let behind = if look.behind {
            match analyse::width(&look.body) {
                (min, Some(max)) if max <= BEHIND_MAX => Some((min, max)),
                _ => return self.error(Kind::LookbehindTooLong),
            }
        } else {
            None
        };
        let data = LookData {
            height: self.register(),
            origin: self.register(),
            behind,
            negative: look.negative,
            ok: NOWHERE,
            fail: NOWHERE,
        };
        let index = self.program.looks.len();
        self.program.looks.push(data);
        self.opaque += 1;
        self.emit(Inst::LookBegin(index as u32))?;
        let open = core::mem::take(&mut self.open);
        let then = core::mem::take(&mut self.then);
        let contained = self.contained;
        if condition || look.negative {
            self.contained = Some(self.program.looks[index].height);
        }
        self.accept_to.push(Vec::new());
        let tail = if look.behind { Tail::Unknown } else { Tail::Accept };
        self.node(&look.body, &Follow { rest: &[], again: None, then: None, tail })?;
        self.open = open;
        self.then = then;
        self.contained = contained;
        let end = self.emit(Inst::LookEnd(index as u32))?;
        for at in self.accept_to.pop().unwrap_or_default() {
            self.accepts.push((at, Some(end)));
        }
        self.opaque -= 1;
        Ok(index)
    }

    fn cond(&mut self, cond: &Cond, yes: &Node, no: &Node, follow: &Follow<'_>) -> Compiled<()> {
        let mut look = None;
        let branch = match cond {
            Cond::Groups(groups) => {
                let count = self.tree.group_count;
                let known: Vec<u32> = groups.iter().copied().filter(|g| *g <= count).collect();
                let list = self.list(&known);
                Some(self.emit(Inst::IfGroup { list, no: NOWHERE })?)
            }
            Cond::Called(groups) => {
                let list = match groups {
                    Some(groups) => self.list(groups),
                    None => NOWHERE,
                };
                Some(self.emit(Inst::IfCalled { list, no: NOWHERE })?)
            }
            Cond::Look(inner) => {
                let index = self.look_open(inner, true)?;
                let here = self.here();
                self.program.looks[index].ok = here;
                look = Some(index);
                None
            }
            Cond::Never => Some(self.emit(Inst::Jump(NOWHERE))?),
        };
        self.node(yes, follow)?;
        let end = self.emit(Inst::Jump(NOWHERE))?;
        let here = self.here();
        if let Some(branch) = branch {
            self.patch(branch, here);
        }
        if let Some(index) = look {
            self.program.looks[index].fail = here;
        }
        self.node(no, follow)?;
        let here = self.here();
        self.patch(end, here);
        Ok(())
    }

    fn verb(&mut self, verb: Verb) -> Compiled<()> {
        match verb {
            Verb::Accept => {
                for i in (0..self.open.len()).rev() {
                    let number = self.open[i];
                    self.emit(Inst::Close(number))?;
                }
                let at = self.emit(Inst::Fail)? as usize;
                match self.accept_to.last_mut() {
                    Some(list) => list.push(at),
                    None => self.accepts.push((at, None)),
                }
            }
            // In a negative lookaround or a condition a verb fails that and no more.
            Verb::Prune | Verb::Skip | Verb::Commit if self.contained.is_some() => {
                if let Some(register) = self.contained {
                    self.emit(Inst::Then { register, last: false })?;
                }
            }
            Verb::Prune => {
                self.emit(Inst::Prune)?;
            }
            Verb::Skip => {
                self.emit(Inst::Skip)?;
            }
            Verb::Commit => {
                self.emit(Inst::Commit)?;
            }
            Verb::Then => match self.then.last() {
                Some(&(register, last)) => {
                    self.emit(Inst::Then { register, last })?;
                }
                None => {
                    return self.verb(Verb::Prune);
                }
            },
        }
        Ok(())
    }

    fn repeat(&mut self, body: &Node, min: u32, max: u32, greed: Greed, follow: &Follow<'_>) -> Compiled<()> {
        if max == 0 {
            let jump = self.emit(Inst::Jump(NOWHERE))?;
            self.node(body, follow)?;
            let here = self.here();
            self.patch(jump, here);
            return Ok(());
        }
        if matches!(body, Node::Char(_) | Node::Set(_) | Node::Any) {
            return self.run(body, min, max, greed, follow);
        }
        if greed == Greed::Possessive {
            let register = self.register();
            self.opaque += 1;
            self.emit(Inst::AtomicBegin(register))?;
            let end = Follow { rest: &[], again: None, then: None, tail: Tail::Accept };
            self.repeat(body, min, max, Greed::Greedy, &end)?;
            self.emit(Inst::AtomicEnd(register))?;
            self.opaque -= 1;
            return Ok(());
        }
        if (min, max) == (1, 1) {
            return self.node(body, follow);
        }
        if min == 0
            && (self.loops > 0 || self.tree.has_call)
            && let Some(group) = analyse::unset_when_skipped(body)
        {
            self.emit(Inst::Unset(group))?;
        }
        let lazy = greed == Greed::Lazy;
        let nullable = analyse::width(body).0 == 0;
        self.loops += 1;
        let inner = Follow { rest: &[], again: Some(body), then: Some(follow), tail: Tail::More };
        if analyse::unrolled(body, min, max) > UNROLL_MAX && !(min <= 1 && (max == INF || max == 1)) {
            self.counted(body, min, max, lazy, &inner)?;
        } else if max == INF {
            for _ in 1..min {
                self.node(body, &inner)?;
            }
            self.unlimited(body, min == 0, lazy, nullable, &inner)?;
        } else {
            self.optional(body, min, max, lazy, nullable, &inner)?;
        }
        self.loops -= 1;
        Ok(())
    }

    fn run(&mut self, body: &Node, min: u32, max: u32, greed: Greed, follow: &Follow<'_>) -> Compiled<()> {
        let unit = self.unit(body);
        let set = match body {
            Node::Char(c) => Some(CharSet::single(*c)),
            Node::Set(set) => Some(self.tree.sets[*set].clone()),
            _ => None,
        };
        let mut greed = if min == max { Greed::Possessive } else { greed };
        if greed == Greed::Greedy
            && !self.tree.has_call
            && set.is_some_and(|set| analyse::never_gives_back(self.tree, &set, min, follow))
        {
            greed = Greed::Possessive;
        }
        let table = if greed == Greed::Possessive || self.tree.has_call {
            None
        } else {
            analyse::follow_table(self.tree, follow, self.unicode)
        };
        let next_byte = table.as_ref().and_then(|t| {
            let mut members = t.iter().enumerate().filter(|m| *m.1);
            let first = members.next();
            first.filter(|_| members.next().is_none()).map(|m| m.0 as u8)
        });
        let next = table.map(|t| self.table(t));
        self.program.runs.push(Run { unit, min, max, greed, next, next_byte });
        let index = self.program.runs.len() as u32 - 1;
        self.emit(Inst::Run(index))?;
        Ok(())
    }

    /// Emits what decides between one more iteration and going on; the target is where not to.
    fn choice(&mut self, body: &Node, lazy: bool) -> Compiled<u32> {
        if lazy {
            return self.emit(Inst::SplitTo(NOWHERE));
        }
        match analyse::first_table(self.tree, body, self.unicode) {
            Some(table) => {
                let table = self.table(table);
                self.emit(Inst::Peek { table, other: NOWHERE })
            }
            None => self.emit(Inst::Split(NOWHERE)),
        }
    }

    fn unlimited(
        &mut self,
        body: &Node,
        zero: bool,
        lazy: bool,
        nullable: bool,
        follow: &Follow<'_>,
    ) -> Compiled<()> {
        if !nullable && zero {
            let choice = self.choice(body, lazy)?;
            self.node(body, follow)?;
            self.emit(Inst::Jump(choice))?;
            let here = self.here();
            self.patch(choice, here);
            return Ok(());
        }
        if !nullable {
            let top = self.here();
            self.node(body, follow)?;
            if lazy {
                self.emit(Inst::Split(top))?;
            } else {
                self.emit(Inst::SplitTo(top))?;
            }
            return Ok(());
        }
        let skip = if zero { Some(self.choice(body, lazy)?) } else { None };
        let register = self.register();
        let top = self.emit(Inst::Mark(register))?;
        self.marks.push(register);
        self.node(body, follow)?;
        self.marks.pop();
        let still = self.emit(Inst::IfStill { mark: register, exit: NOWHERE })?;
        self.emit(if lazy { Inst::Split(top) } else { Inst::SplitTo(top) })?;
        let here = self.here();
        self.patch(still, here);
        if let Some(skip) = skip {
            self.patch(skip, here);
        }
        Ok(())
    }

    /// `min` copies and then up to `max - min` more that may be left out.
    fn optional(
        &mut self,
        body: &Node,
        min: u32,
        max: u32,
        lazy: bool,
        nullable: bool,
        follow: &Follow<'_>,
    ) -> Compiled<()> {
        let register = if nullable && max > 1 { Some(self.register()) } else { None };
        let mut exits = Vec::new();
        for i in 0..max {
            if i >= min {
                if i > 0
                    && i >= min.max(1)
                    && let Some(mark) = register
                {
                    exits.push(self.emit(Inst::IfStill { mark, exit: NOWHERE })?);
                }
                exits.push(self.choice(body, lazy)?);
            }
            if let Some(mark) = register {
                self.emit(Inst::Mark(mark))?;
                self.marks.push(mark);
            }
            self.node(body, follow)?;
            if register.is_some() {
                self.marks.pop();
            }
        }
        let here = self.here();
        for exit in exits {
            self.patch(exit, here);
        }
        Ok(())
    }

    fn counted(&mut self, body: &Node, min: u32, max: u32, lazy: bool, follow: &Follow<'_>) -> Compiled<()> {
        let register = self.register();
        let mark = self.register();
        let index = self.program.counters.len();
        self.program.counters.push(Counter { register, mark, min, max, lazy, exit: NOWHERE });
        self.emit(Inst::CountZero(index as u32))?;
        let test = self.emit(Inst::CountTest(index as u32))?;
        self.emit(Inst::CountNext(index as u32))?;
        self.node(body, follow)?;
        self.emit(Inst::Jump(test))?;
        let here = self.here();
        self.program.counters[index].exit = here;
        Ok(())
    }
}

/// Whether an instruction leaves something to come back to.
fn chooses(inst: Inst) -> bool {
    matches!(inst, Inst::Split(_) | Inst::SplitTo(_) | Inst::Peek { .. } | Inst::Run(_))
}
