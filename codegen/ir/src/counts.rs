//! Makes ownership explicit: retains, releases, and what throwing instructions have to release.
//!
//! Every counted value has one owner at each point. An instruction that consumes an operand takes it
//! over when this is its last use, and gets a reference of its own otherwise; a value that is used no
//! more is released at once, on each path on which it ends (the method of Reinking and others,
//! "Perceus: Garbage Free Reference Counting with Reuse", 2021, on a graph of blocks). Values that
//! somebody else keeps alive (parameters, captures, constants) are never released, and retained where
//! they are consumed.
//!
//! Invariants:
//!
//! * A block is entered with exactly the owned values that are live at its start, and its parameters.
//!   Blocks that end in a jump or leave the function see to it before they end; where control goes one
//!   of several ways, the block behind the edge does, being entered by that edge alone.
//! * What the handler of a block needs is live in the whole block. An instruction that throws releases
//!   everything else ([`Inst::cleanup`]), so that the handler is entered as any block is.
//! * The address of a slot keeps the container it points into alive for as long as it is used, as the array
//!   of a reference ([`Op::RefArr`]) keeps the reference.
//!
//! Needs critical edges split; does that itself. The cost is proportional to the sizes of the function,
//! of its live ranges in blocks, and of the lists written.

use std::collections::HashSet;

use crate::cfg::{drop_copies, predecessors, reverse_postorder, split_critical_edges};
use crate::func::{Block, BlockData, Func, Inst, Term, Ty, Value};
use crate::op::{Op, Own, Rt};

/// Which values are never counted although their type may be: integers in boxes and the like.
pub type Plain = HashSet<Value>;

/// Makes counts explicit in a function. To be run once, behind every other pass.
pub fn insert(func: &mut Func, plain: &Plain) {
    drop_copies(func);
    split_critical_edges(func);
    let order = reverse_postorder(func);
    let facts = Facts::of(func, &order, plain);
    let predecessors = predecessors(func);
    let live = Liveness::of(func, &order, &facts, &predecessors);
    let mut is_handler = vec![false; func.blocks.len()];
    for data in &func.blocks {
        if let Some(handler) = data.handler {
            is_handler[handler.index()] = true;
        }
    }
    let mut writer = Writer { facts: &facts, live: &live, now: Set::new(func.types.len()), out: Vec::new() };
    for block in &order {
        let mut ended = Vec::new();
        // A handler is entered with nothing to release: whoever threw has done it.
        if let [predecessor] = predecessors[block.index()][..]
            && !is_handler[block.index()]
        {
            ended = live.ended_between(func, predecessor, *block);
        }
        writer.block(func, *block, ended);
    }
}

/// What counting means for each value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing.
    Plain,
    /// Somebody else keeps it alive.
    Borrowed,
    /// This function has to give it on or release it.
    Owned,
}

struct Facts {
    kinds: Vec<Kind>,
    /// The block that defines each owned value.
    homes: Vec<Option<Block>>,
    /// The owned container that the address of a slot points into, or reference that an array is of.
    bases: Vec<Option<Value>>,
}

impl Facts {
    fn of(func: &Func, order: &[Block], plain: &Plain) -> Facts {
        let count = func.types.len();
        let mut facts =
            Facts { kinds: vec![Kind::Plain; count], homes: vec![None; count], bases: vec![None; count] };
        for block in order {
            let data = func.block(*block);
            for param in &data.params {
                facts.homes[param.index()] = Some(*block);
                if func.ty(*param).is_counted() && !plain.contains(param) {
                    facts.kinds[param.index()] = Kind::Owned;
                }
            }
            for inst in &data.insts {
                let Some(result) = inst.result else { continue };
                facts.homes[result.index()] = Some(*block);
                if func.ty(result).is_counted() && !plain.contains(&result) && !never_counted(&inst.op) {
                    facts.kinds[result.index()] =
                        if inst.op.gives() == Own::Owned { Kind::Owned } else { Kind::Borrowed };
                }
            }
        }
        // Behind the kinds, which a container in a block further back has not had before.
        for block in order {
            for inst in &func.block(*block).insts {
                if let (Some(result), Some(container)) = (inst.result, inst.args.first())
                    && (func.ty(result) == Ty::Slot || inst.op == Op::RefArr)
                    && facts.owned(*container)
                {
                    facts.bases[result.index()] = Some(*container);
                }
            }
        }
        facts
    }

    fn counted(&self, value: Value) -> bool {
        self.kinds[value.index()] != Kind::Plain
    }

    fn owned(&self, value: Value) -> bool {
        self.kinds[value.index()] == Kind::Owned
    }

    /// Calls back with every owned value that a block uses.
    fn each_use(&self, data: &BlockData, mut used: impl FnMut(Value)) {
        let mut visit = |value: Value| {
            if self.owned(value) {
                used(value);
            }
            if let Some(base) = self.bases[value.index()] {
                used(base);
            }
        };
        for inst in &data.insts {
            inst.args.iter().copied().for_each(&mut visit);
        }
        data.term.values().for_each(visit);
    }
}

/// Operations whose results never are counted objects, or are constants that live for ever.
fn never_counted(op: &Op) -> bool {
    matches!(
        op,
        Op::BoxInt
            | Op::BoxNum
            | Op::BoxBool
            | Op::Undef
            | Op::BoolVal(_)
            | Op::Uint(_)
            | Op::Str(_)
            | Op::Assets(_)
            | Op::Regex(_)
    )
}

/// Owned values that are still used where a block starts, in ascending order.
struct Liveness {
    at_start: Vec<Vec<Value>>,
}

impl Liveness {
    /// From each use back to the definition, value by value; what a handler needs is needed at the start
    /// of each block whose handler it is.
    fn of(func: &Func, order: &[Block], facts: &Facts, predecessors: &[Vec<Block>]) -> Liveness {
        let mut guarded: Vec<Vec<Block>> = vec![Vec::new(); func.blocks.len()];
        let mut uses: Vec<(Value, Block)> = Vec::new();
        for block in order {
            let data = func.block(*block);
            if let Some(handler) = data.handler {
                guarded[handler.index()].push(*block);
            }
            facts.each_use(data, |value| {
                if facts.homes[value.index()] != Some(*block) {
                    uses.push((value, *block));
                }
            });
        }
        uses.sort_unstable();
        uses.dedup();
        let mut at_start: Vec<Vec<Value>> = vec![Vec::new(); func.blocks.len()];
        let mut stack: Vec<Block> = Vec::new();
        for (value, block) in uses {
            let home = facts.homes[value.index()];
            stack.push(block);
            while let Some(block) = stack.pop() {
                let list = &mut at_start[block.index()];
                if home == Some(block) || list.last() == Some(&value) {
                    continue;
                }
                list.push(value);
                stack.extend(&predecessors[block.index()]);
                stack.extend(&guarded[block.index()]);
            }
        }
        Liveness { at_start }
    }

    fn at_start(&self, block: Block) -> &[Value] {
        &self.at_start[block.index()]
    }

    /// What the handler of a block needs.
    fn held(&self, data: &BlockData) -> &[Value] {
        data.handler.map_or(&[], |handler| self.at_start(handler))
    }

    /// What is live behind a block that goes several ways, but not in one of those.
    fn ended_between(&self, func: &Func, from: Block, to: Block) -> Vec<Value> {
        let data = func.block(from);
        if !matches!(data.term, Term::Branch { .. } | Term::Try { .. }) {
            return Vec::new();
        }
        let wanted = self.at_start(to);
        let mut ended: Vec<Value> = data
            .term
            .successors()
            .flat_map(|successor| self.at_start(successor))
            .chain(self.held(data))
            .filter(|value| wanted.binary_search(value).is_err())
            .copied()
            .collect();
        ended.sort_unstable();
        ended.dedup();
        ended
    }
}

/// A set of values with constant-time changes, and iteration over its members.
struct Set {
    members: Vec<Value>,
    places: Vec<u32>,
}

const ABSENT: u32 = u32::MAX;

impl Set {
    fn new(values: usize) -> Set {
        Set { members: Vec::new(), places: vec![ABSENT; values] }
    }

    fn clear(&mut self) {
        for member in self.members.drain(..) {
            self.places[member.index()] = ABSENT;
        }
    }

    /// Whether it was not in.
    fn insert(&mut self, value: Value) -> bool {
        let place = &mut self.places[value.index()];
        if *place != ABSENT {
            return false;
        }
        *place = u32::try_from(self.members.len()).expect("values have numbers of 32 bits");
        self.members.push(value);
        true
    }

    fn contains(&self, value: Value) -> bool {
        self.places[value.index()] != ABSENT
    }

    /// Whether it was in.
    fn remove(&mut self, value: Value) -> bool {
        let place = std::mem::replace(&mut self.places[value.index()], ABSENT);
        if place == ABSENT {
            return false;
        }
        self.members.swap_remove(place as usize);
        if let Some(moved) = self.members.get(place as usize) {
            self.places[moved.index()] = place;
        }
        true
    }
}

/// Writes blocks, each from its end.
struct Writer<'a> {
    facts: &'a Facts,
    live: &'a Liveness,
    /// Owned values that are used behind the place that is being written.
    now: Set,
    /// Instructions, the last first.
    out: Vec<Inst>,
}

impl Writer<'_> {
    fn block(&mut self, func: &mut Func, block: Block, ended: Vec<Value>) {
        let data = func.block_mut(block);
        let insts = std::mem::take(&mut data.insts);
        let live = self.live;
        let held = live.held(data);
        self.out = Vec::with_capacity(insts.len() * 2);
        self.now.clear();
        self.term(&data.term, held);
        for inst in insts.into_iter().rev() {
            self.inst(inst, held);
        }
        for param in data.params.iter().rev() {
            if self.facts.owned(*param) && !self.now.remove(*param) {
                self.out.push(release(*param));
            }
        }
        // What was tested at the end of the block before is loaded before a release could change it.
        let load = self.out.pop_if(|inst| matches!(inst.op, Op::ElemNum(_)));
        self.out.extend(ended.into_iter().rev().map(release));
        self.out.extend(load);
        debug_assert_eq!(self.now.members.len(), live.at_start(block).len());
        self.out.reverse();
        data.insts = std::mem::take(&mut self.out);
    }

    fn term(&mut self, term: &Term, held: &[Value]) {
        match term {
            Term::Jump(edge) => {
                for value in self.live.at_start(edge.block) {
                    self.now.insert(*value);
                }
                self.leave(&edge.args, held);
            }
            Term::Return(value) => self.leave(value.as_slice(), held),
            Term::Throw => self.leave(&[], held),
            Term::Branch { .. } | Term::Try { .. } => {
                for successor in term.successors() {
                    for value in self.live.at_start(successor) {
                        self.now.insert(*value);
                    }
                }
                for value in held {
                    self.now.insert(*value);
                }
            }
            Term::Unreachable | Term::None => {
                for value in held {
                    self.now.insert(*value);
                }
            }
        }
    }

    /// The end of a block that gives values on; what only its handler needed ends there.
    fn leave(&mut self, given: &[Value], held: &[Value]) {
        let mut retains = Vec::new();
        for value in given {
            self.consume(*value, &mut retains);
        }
        let mut releases = Vec::new();
        for value in held {
            if self.now.insert(*value) {
                releases.push(*value);
            }
        }
        self.out.extend(releases.into_iter().rev().map(release));
        self.out.extend(retains.into_iter().rev().map(retain));
    }

    fn inst(&mut self, mut inst: Inst, held: &[Value]) {
        if let Some(result) = inst.result
            && self.facts.owned(result)
            && !self.now.remove(result)
        {
            self.out.push(release(result));
        }
        // A text that nothing needs behind it may grow in place: `$s = $s . "x"` copies nothing.
        if let (Op::Rt(Rt::concat), [first, second]) = (&inst.op, &inst.args[..])
            && first != second
            && self.facts.owned(*first)
            && !self.now.contains(*first)
            && held.binary_search(first).is_err()
        {
            inst.op = Op::Rt(Rt::concat_onto);
        }
        // What it only looks at, and what ends here.
        let mut ends = Vec::new();
        for (position, arg) in inst.args.iter().enumerate() {
            if self.facts.owned(*arg) && inst.op.takes(position) == Own::Borrowed && self.now.insert(*arg) {
                ends.push(*arg);
            }
            if let Some(base) = self.facts.bases[arg.index()]
                && self.now.insert(base)
            {
                ends.push(base);
            }
        }
        if inst.op.throws() {
            let mut cleanup: Vec<Value> =
                self.now.members.iter().filter(|value| held.binary_search(value).is_err()).copied().collect();
            cleanup.sort_unstable();
            inst.cleanup = cleanup;
        }
        let mut retains = Vec::new();
        for (position, arg) in inst.args.iter().enumerate() {
            if inst.op.takes(position) == Own::Owned {
                self.consume(*arg, &mut retains);
            }
        }
        self.out.extend(ends.into_iter().rev().map(release));
        self.out.push(inst);
        self.out.extend(retains.into_iter().rev().map(retain));
    }

    /// Gives a value away: the reference itself when nothing else needs it, else one more.
    fn consume(&mut self, value: Value, retains: &mut Vec<Value>) {
        if self.facts.counted(value) && !(self.facts.owned(value) && self.now.insert(value)) {
            retains.push(value);
        }
    }
}

fn retain(value: Value) -> Inst {
    Inst::new(Op::Retain, vec![value], None)
}

fn release(value: Value) -> Inst {
    Inst::new(Op::Release, vec![value], None)
}
