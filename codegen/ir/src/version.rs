//! Loops in two versions: one that takes elements of arrays for floats, and the one there was.
//!
//! What an array holds is known when it runs. An outermost loop that computes with elements gets a
//! typed twin, in which each such element is tested where it is loaded ([`Op::ElemIsNum`]) and is a
//! float from there on. Where the test fails, control goes to the same place in the general version,
//! with every value as it is: nothing is done twice, nothing is undone. The general version comes back
//! at the heads of loops when what the typed one relies on holds again.
//!
//! To be run on what [`crate::infer`] has rewritten, which then runs once more and finds the floats.
//! Default mode only: under `--compat` sums of floats may be integers. Leaves alone what has exceptions
//! caught inside, what is large, and what only compares or stores elements.
//!
//! Invariants: both versions of a block need the same values at their start, which they get as
//! parameters; those that turn out to be one value each are dropped again. What is between the first
//! load of a chain `$a->[i][j]` and the last may run in both versions and is therefore pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use s_abi::layout::tag;

use crate::cfg::{Dominance, drop_trivial_params, drop_unreachable, predecessors, reverse_postorder};
use crate::func::{Block, BlockData, Edge, Func, Inst, Term, Ty, Value};
use crate::module::Module;
use crate::op::{Element, Op, Rt};

/// Most instructions of a loop nest that gets a twin.
const LOOP_MAX: usize = 600;
/// Most loop nests of a function that do.
const NESTS_MAX: usize = 12;
/// Most parameters that joining may need at first.
const PARAMS_MAX: usize = 20_000;
/// Most instructions of an innermost loop whose first round is written on its own.
const FIRST_MAX: usize = 120;
/// Largest function that is looked at.
const FUNCTION_MAX: usize = 20_000;

/// Gives loops their typed twins. Says for each function whether it got any.
pub fn run(module: &mut Module) -> Vec<bool> {
    if module.compat {
        return vec![false; module.functions.len()];
    }
    module.functions.iter_mut().map(function).collect()
}

fn function(func: &mut Func) -> bool {
    let computes = |inst: &Inst| inst.op == Op::Rt(Rt::arr_get);
    let has_any = func.blocks.iter().any(|data| data.loop_depth > 0 && data.insts.iter().any(computes));
    if !has_any || func.size() > FUNCTION_MAX {
        return false;
    }
    let mut changed = 0;
    for nest in nests(func) {
        if changed < NESTS_MAX && Twin::make(func, &nest) {
            changed += 1;
        }
    }
    if changed > 0 {
        drop_unreachable(func);
        drop_trivial_params(func);
    }
    changed > 0
}

/// An outermost loop.
struct Nest {
    head: Block,
    blocks: Vec<Block>,
    /// Heads of all loops of the nest, its own included.
    heads: HashSet<Block>,
}

/// Outermost natural loops with the loops inside them.
fn nests(func: &Func) -> Vec<Nest> {
    let order = reverse_postorder(func);
    let dominance = Dominance::of(func);
    let predecessors = predecessors(func);
    let mut bodies: BTreeMap<Block, HashSet<Block>> = BTreeMap::new();
    for block in &order {
        for successor in func.block(*block).term.successors() {
            if !dominance.dominates(successor, *block) {
                continue;
            }
            let body = bodies.entry(successor).or_insert_with(|| HashSet::from([successor]));
            let mut stack = vec![*block];
            while let Some(block) = stack.pop() {
                if body.insert(block) {
                    stack.extend(&predecessors[block.index()]);
                }
            }
            // A function of very many loops in one another costs too much to look at.
            if bodies.len() > 200 {
                return Vec::new();
            }
        }
    }
    let mut found = Vec::new();
    let mut covered: HashSet<Block> = HashSet::new();
    for head in &order {
        let Some(body) = bodies.get(head) else { continue };
        if covered.contains(head) {
            continue;
        }
        covered.extend(body);
        let blocks = order.iter().copied().filter(|block| body.contains(block)).collect();
        let heads = bodies.keys().copied().filter(|head| body.contains(head)).collect();
        found.push(Nest { head: *head, blocks, heads });
    }
    found
}

/// A place where the typed version relies on something. It begins its block.
#[derive(Clone)]
struct Site {
    /// The instruction that gives the result.
    last: usize,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// An element of an array, found from a root by indexes, is a float or a number. These instructions do it.
    /// In a first round, where sums may be integers yet, it is `at_first`.
    Element { what: Element, at_first: Element, root: Value, path: Vec<Value>, chain: Vec<usize> },
    /// A value is a reference to an array, and making it one changes nothing.
    Reference { value: Value },
}

/// How often each value is used, and whether something computes with it.
struct Uses {
    count: Vec<u32>,
    computed: Vec<bool>,
    /// How often it becomes a float.
    converted: Vec<u32>,
}

impl Uses {
    fn of(func: &Func) -> Uses {
        let values = func.types.len();
        let mut uses =
            Uses { count: vec![0; values], computed: vec![false; values], converted: vec![0; values] };
        for data in &func.blocks {
            for inst in &data.insts {
                let computes = matches!(&inst.op, Op::Rt(function) if computes(*function));
                let converts = inst.op == Op::Rt(Rt::to_num);
                for arg in &inst.args {
                    uses.converted[arg.index()] += u32::from(converts);
                    uses.count[arg.index()] += 1;
                    uses.computed[arg.index()] |= computes;
                }
            }
            data.term.values().for_each(|value| uses.count[value.index()] += 1);
        }
        uses
    }
}

/// Whether a function of the runtime gives a float where it is given one.
fn computes(function: Rt) -> bool {
    matches!(
        function,
        Rt::add
            | Rt::sub
            | Rt::mul
            | Rt::div
            | Rt::neg
            | Rt::to_num
            | Rt::sqrt
            | Rt::abs
            | Rt::sin
            | Rt::cos
            | Rt::exp
    )
}

/// The making of one twin.
struct Twin<'a> {
    func: &'a mut Func,
    nest: Nest,
    inside: HashSet<Block>,
    dominance: Dominance,
    sites: HashMap<Block, Site>,
    /// Values of the nest that are used where each block starts.
    live: Vec<Vec<Value>>,
    /// Those of them that the typed version takes for floats.
    floats: HashSet<Value>,
    /// The typed version of each block.
    typed: HashMap<Block, Block>,
    /// The first round of innermost loops that carry round what begins as no float: the typed version of
    /// each block, for values as they come.
    first: HashMap<Block, Block>,
    /// Ways into the typed loops, by head and by whether everything has to be tested.
    gates: HashMap<(Block, bool), Block>,
    /// The parameters heads had.
    params: HashMap<Block, Vec<Value>>,
}

impl Twin<'_> {
    fn make(func: &mut Func, nest: &Nest) -> bool {
        let size: usize = nest.blocks.iter().map(|block| func.block(*block).size()).sum();
        if size > LOOP_MAX || !is_plain(func, nest) {
            return false;
        }
        let uses = Uses::of(func);
        let mut found: Vec<(Block, Vec<(usize, Site)>)> = Vec::new();
        let mut elements = 0;
        for block in &nest.blocks {
            let sites = sites(func, *block, &uses);
            elements += sites.iter().filter(|(_, site)| matches!(site.kind, Kind::Element { .. })).count();
            found.push((*block, sites));
        }
        if elements == 0 {
            return false;
        }
        let mut blocks = nest.blocks.clone();
        let mut sites = HashMap::new();
        for (block, found) in found {
            for (start, site) in found.into_iter().rev() {
                let rest = split(func, block, start);
                blocks.push(rest);
                sites.insert(rest, site);
            }
        }
        let inside: HashSet<Block> = blocks.iter().copied().collect();
        let order = reverse_postorder(func);
        let live = live_of(func, &order, &inside);
        // Blocks that cannot have parameters.
        let fixed = order.iter().any(|block| {
            let data = func.block(*block);
            let needs = |block: Block| !live[block.index()].is_empty();
            match &data.term {
                Term::Try { body, handler } => needs(*body) || needs(*handler),
                _ => false,
            }
        });
        if fixed || live.iter().map(Vec::len).sum::<usize>() > PARAMS_MAX {
            return false;
        }
        let dominance = Dominance::of(func);
        let nest = Nest { head: nest.head, blocks, heads: nest.heads.clone() };
        let floats = floats(func, &nest, &inside, &sites);
        convert(func, &nest, &inside, &dominance, &floats, &mut sites);
        let params = nest.heads.iter().map(|head| (*head, func.block(*head).params.clone())).collect();
        let mut twin = Twin {
            func,
            nest,
            inside,
            dominance,
            sites,
            live,
            floats,
            typed: HashMap::new(),
            first: HashMap::new(),
            gates: HashMap::new(),
            params,
        };
        twin.write(&order);
        true
    }

    fn write(&mut self, order: &[Block]) {
        // Every block with its own parameters and those for what it needs.
        let mut names: HashMap<Block, HashMap<Value, Value>> = HashMap::new();
        for block in order {
            let mut given = HashMap::new();
            for value in self.live[block.index()].clone() {
                let param = self.func.new_value(self.func.ty(value));
                given.insert(value, param);
            }
            names.insert(*block, given);
        }
        // The typed version is copied from what the general one is before it is changed.
        let originals: HashMap<Block, BlockData> =
            self.nest.blocks.iter().map(|block| (*block, self.func.block(*block).clone())).collect();
        for block in self.nest.blocks.clone() {
            let new = self.func.new_block();
            self.typed.insert(block, new);
        }
        let rounds = self.first_rounds();
        for block in self.nest.blocks.clone() {
            self.typed_block(block, &originals[&block], None);
        }
        for (head, blocks) in rounds {
            for block in blocks {
                self.typed_block(block, &originals[&block], Some(head));
            }
        }
        for block in order {
            let given = &names[block];
            let is_inside = self.inside.contains(block);
            let mut data = std::mem::take(self.func.block_mut(*block));
            let rename = |value: &mut Value| {
                if let Some(name) = given.get(value) {
                    *value = *name;
                }
            };
            data.insts.iter_mut().flat_map(|inst| &mut inst.args).for_each(rename);
            data.term.for_each_value_mut(rename);
            for edge in data.term.edges_mut() {
                let target = edge.block;
                for value in &self.live[target.index()] {
                    edge.args.push(given.get(value).copied().unwrap_or(*value));
                }
                edge.block = self.general_target(*block, target, is_inside);
            }
            data.params.extend(self.live[block.index()].iter().map(|value| given[value]));
            data.has_twin |= is_inside;
            *self.func.block_mut(*block) = data;
        }
        self.write_gates();
    }

    /// Where an edge of the general version, or from outside, goes.
    fn general_target(&mut self, from: Block, target: Block, is_inside: bool) -> Block {
        if !self.nest.heads.contains(&target) || (!is_inside && target != self.nest.head) {
            return target;
        }
        let goes_back = is_inside && self.dominance.dominates(target, from);
        if !is_inside && !self.tested(target, false).is_empty() {
            return self.gate(target, false);
        }
        if self.tested(target, true).is_empty() {
            // Whoever failed once would fail again.
            return if goes_back { target } else { self.typed[&target] };
        }
        self.gate(target, true)
    }

    /// Where an edge of the typed version goes.
    fn typed_target(&mut self, from: Block, target: Block) -> Block {
        let Some(typed) = self.typed.get(&target).copied() else { return target };
        let enters = self.nest.heads.contains(&target) && !self.dominance.dominates(target, from);
        if enters && !self.tested(target, false).is_empty() { self.gate(target, false) } else { typed }
    }

    /// Where an edge of a first round goes.
    fn first_target(&mut self, from: Block, target: Block, head: Block) -> Block {
        if target == head {
            return self.gate(head, false);
        }
        match self.first.get(&target) {
            Some(first) => *first,
            None => self.typed_target(from, target),
        }
    }

    /// Makes blocks for the first rounds of small innermost loops with elements: a sum that begins as an
    /// integer meets its first float there. Says which loops, by head, and their blocks.
    fn first_rounds(&mut self) -> Vec<(Block, Vec<Block>)> {
        let predecessors = predecessors(self.func);
        let mut heads: Vec<Block> = self.nest.heads.iter().copied().collect();
        heads.sort_unstable();
        let mut rounds = Vec::new();
        for head in heads {
            if self.tested(head, false).is_empty() {
                continue;
            }
            let mut body = HashSet::from([head]);
            let mut stack: Vec<Block> = predecessors[head.index()]
                .iter()
                .copied()
                .filter(|from| self.inside.contains(from) && self.dominance.dominates(head, *from))
                .collect();
            while let Some(block) = stack.pop() {
                if body.insert(block) {
                    stack.extend(&predecessors[block.index()]);
                }
            }
            let size: usize = body.iter().map(|block| self.func.block(*block).size()).sum();
            let computes = |block: &Block| {
                matches!(self.sites.get(block), Some(Site { kind: Kind::Element { .. }, .. }))
            };
            let is_innermost = body.iter().all(|block| block == &head || !self.nest.heads.contains(block));
            if size > FIRST_MAX || !is_innermost || !body.iter().any(computes) {
                continue;
            }
            let blocks: Vec<Block> =
                self.nest.blocks.iter().copied().filter(|block| body.contains(block)).collect();
            for block in &blocks {
                let new = self.func.new_block();
                self.first.insert(*block, new);
            }
            rounds.push((head, blocks));
        }
        rounds
    }

    /// What has to be floats where a typed loop is entered: its parameters, and from the general
    /// version also what was computed before.
    fn tested(&self, head: Block, all: bool) -> Vec<Value> {
        let given = if all { &self.live[head.index()][..] } else { &[] };
        let own = self.params[&head].iter().chain(given).copied();
        own.filter(|value| self.floats.contains(value) && self.func.ty(*value) == Ty::V).collect()
    }

    fn gate(&mut self, head: Block, all: bool) -> Block {
        if let Some(gate) = self.gates.get(&(head, all)) {
            return *gate;
        }
        let gate = self.func.new_block();
        self.gates.insert((head, all), gate);
        gate
    }

    /// Gates: tests in a row, then the typed loop; or a first round of it, or the general one.
    fn write_gates(&mut self) {
        let mut gates: Vec<((Block, bool), Block)> = self.gates.iter().map(|(k, gate)| (*k, *gate)).collect();
        gates.sort_by_key(|(_, gate)| *gate);
        for ((head, all), gate) in gates {
            // By now the general head has all parameters.
            let params = self.func.block(head).params.clone();
            let own = params.len() - self.live[head.index()].len();
            let (handler, loop_depth) = (self.func.block(head).handler, self.func.block(head).loop_depth);
            let mut now: Vec<Value> =
                params.iter().map(|param| self.func.new_value(self.func.ty(*param))).collect();
            let mut data = BlockData { params: now.clone(), handler, loop_depth, ..BlockData::default() };
            let mut block = gate;
            let otherwise = if all { None } else { self.first.get(&head) }.copied().unwrap_or(head);
            let tested: Vec<usize> = (0..params.len())
                .filter(|at| {
                    let value = match at.checked_sub(own) {
                        None => params[*at],
                        Some(at) => self.live[head.index()][at],
                    };
                    (all || *at < own) && self.floats.contains(&value) && self.func.ty(value) == Ty::V
                })
                .collect();
            for at in tested {
                let cond = self.func.new_value(Ty::Bool);
                data.insts.push(inst(Op::HasTag(NUM_TAG), vec![now[at]], cond));
                let next = self.func.new_block();
                data.term = Term::Branch {
                    cond,
                    yes: Edge { block: next, args: Vec::new() },
                    no: Edge { block: otherwise, args: now.clone() },
                };
                *self.func.block_mut(block) = data;
                let float = self.func.new_value(Ty::Num);
                let value = self.func.new_value(Ty::V);
                data = BlockData { handler, loop_depth, ..BlockData::default() };
                data.insts.push(inst(Op::UnboxNum, vec![now[at]], float));
                data.insts.push(inst(Op::BoxNum, vec![float], value));
                now[at] = value;
                block = next;
            }
            data.term = Term::Jump(Edge { block: self.typed[&head], args: now });
            *self.func.block_mut(block) = data;
        }
    }

    /// Writes the typed version of a block, or that of the first round of the loop with a head.
    fn typed_block(&mut self, block: Block, original: &BlockData, first: Option<Block>) {
        let (handler, loop_depth) = (original.handler, original.loop_depth);
        let mut names: HashMap<Value, Value> = HashMap::new();
        let mut here = if first.is_some() { self.first[&block] } else { self.typed[&block] };
        let mut data = BlockData { handler, loop_depth, ..BlockData::default() };
        let live = self.live[block.index()].clone();
        for value in original.params.iter().chain(&live) {
            let param = self.func.new_value(self.func.ty(*value));
            data.params.push(param);
            names.insert(*value, param);
        }
        let back: Vec<Value> = data.params.clone();
        let site = self.sites.get(&block).cloned();
        for (index, old) in original.insts.iter().enumerate() {
            let name = |value: &Value| names.get(value).copied().unwrap_or(*value);
            let (test, then, result) = match &site {
                Some(Site { last, kind: Kind::Element { what, at_first, root, path, chain } })
                    if index <= *last =>
                {
                    let what = if first.is_some() { at_first } else { what };
                    if index < *last && chain.contains(&index) {
                        continue;
                    }
                    if index == *last {
                        let args: Vec<Value> = std::iter::once(root).chain(path).map(name).collect();
                        (inst_of(Op::ElemIsNum(*what), args.clone()), Some((*what, args)), old.result)
                    } else {
                        let new = self.copy(old, &mut names);
                        data.insts.push(new);
                        continue;
                    }
                }
                Some(Site { last, kind: Kind::Reference { value } }) if index == *last => {
                    (inst_of(Op::HasTag(AREF_TAG), vec![name(value)]), None, old.result)
                }
                _ => {
                    let new = self.copy(old, &mut names);
                    data.insts.push(new);
                    continue;
                }
            };
            let cond = self.func.new_value(Ty::Bool);
            let value = test.args[0];
            data.insts.push(Inst { result: Some(cond), ..test });
            let next = self.func.new_block();
            data.term = Term::Branch {
                cond,
                yes: Edge { block: next, args: Vec::new() },
                no: Edge { block, args: back.clone() },
            };
            *self.func.block_mut(here) = data;
            here = next;
            data = BlockData { handler, loop_depth, ..BlockData::default() };
            let value = match then {
                Some((what, args)) => {
                    let float = self.func.new_value(Ty::Num);
                    let value = self.func.new_value(Ty::V);
                    data.insts.push(inst(Op::ElemNum(what), args, float));
                    data.insts.push(inst(Op::BoxNum, vec![float], value));
                    value
                }
                None => value,
            };
            if let Some(result) = result {
                names.insert(result, value);
            }
        }
        data.term = original.term.clone();
        data.term.for_each_value_mut(|value| *value = names.get(value).copied().unwrap_or(*value));
        for edge in data.term.edges_mut() {
            let target = edge.block;
            for value in &self.live[target.index()] {
                edge.args.push(names.get(value).copied().unwrap_or(*value));
            }
            edge.block = match first {
                Some(head) => self.first_target(block, target, head),
                None => self.typed_target(block, target),
            };
        }
        *self.func.block_mut(here) = data;
    }

    fn copy(&mut self, old: &Inst, names: &mut HashMap<Value, Value>) -> Inst {
        let mut new = old.clone();
        for arg in &mut new.args {
            if let Some(name) = names.get(arg) {
                *arg = *name;
            }
        }
        if let Some(result) = old.result {
            let value = self.func.new_value(self.func.ty(result));
            names.insert(result, value);
            new.result = Some(value);
        }
        new
    }
}

const NUM_TAG: u8 = tag::NUM as u8;
const AREF_TAG: u8 = tag::AREF as u8;

fn inst(op: Op, args: Vec<Value>, result: Value) -> Inst {
    Inst::new(op, args, Some(result))
}

fn inst_of(op: Op, args: Vec<Value>) -> Inst {
    Inst::new(op, args, None)
}

/// Whether nothing in a loop catches exceptions on its own, and nobody comes in but by the head.
fn is_plain(func: &Func, nest: &Nest) -> bool {
    let handler = func.block(nest.head).handler;
    nest.head != Block(0)
        && nest.blocks.iter().all(|block| {
            let data = func.block(*block);
            data.handler == handler && Some(*block) != handler && !matches!(data.term, Term::Try { .. })
        })
}

/// Puts what stands from a place on into a block of its own.
fn split(func: &mut Func, block: Block, at: usize) -> Block {
    let rest = func.new_block();
    let data = func.block_mut(block);
    let new = BlockData {
        insts: data.insts.split_off(at),
        term: std::mem::replace(&mut data.term, Term::Jump(Edge { block: rest, args: Vec::new() })),
        handler: data.handler,
        loop_depth: data.loop_depth,
        ..BlockData::default()
    };
    *func.block_mut(rest) = new;
    rest
}

/// The places of a block, in order, each with where it begins.
fn sites(func: &Func, block: Block, uses: &Uses) -> Vec<(usize, Site)> {
    let data = func.block(block);
    let homes: HashMap<Value, usize> = data
        .insts
        .iter()
        .enumerate()
        .filter_map(|(index, inst)| inst.result.map(|result| (result, index)))
        .collect();
    let constant = |value: Value| {
        let at = homes.get(&value)?;
        match data.insts[*at].op {
            Op::Int(constant) => Some(constant),
            _ => None,
        }
    };
    let mut found: Vec<(usize, Site)> = Vec::new();
    // The first place that no site has taken yet.
    let mut free = 0;
    for (index, inst) in data.insts.iter().enumerate() {
        let Some(result) = inst.result else { continue };
        match inst.op {
            Op::Rt(Rt::viv_arr) => {
                found.push((index, Site { last: 0, kind: Kind::Reference { value: inst.args[0] } }));
                free = index + 1;
            }
            Op::Rt(Rt::arr_get) if uses.computed[result.index()] => {
                if constant(inst.args[1]).is_some_and(|index| index < 0) {
                    continue;
                }
                let mut root = inst.args[0];
                let mut path = vec![inst.args[1]];
                let mut chain = vec![index];
                let mut start = index;
                while path.len() < 4
                    && func.ty(root) == Ty::Arr
                    && let Some(at) = homes.get(&root).copied()
                    && at >= free
                    && uses.count[root.index()] == 1
                    && data.insts[at + 1..start].iter().all(may_run_twice)
                {
                    let made = &data.insts[at];
                    match made.op {
                        Op::Rt(Rt::arr_get_arr) => path.insert(0, made.args[1]),
                        Op::Rt(Rt::deref_arr) => {}
                        _ => break,
                    }
                    root = made.args[0];
                    chain.push(at);
                    start = at;
                }
                // What is between has to be computed without the chain.
                let chain = chain.into_iter().map(|at| at - start).collect();
                // Where it only becomes a float, an integer may be one at once.
                let is_converted = uses.converted[result.index()] == uses.count[result.index()];
                let what = if is_converted { Element::Number } else { Element::Float };
                let kind = Kind::Element { what, at_first: what, root, path, chain };
                found.push((start, Site { last: index - start, kind }));
                free = index + 1;
            }
            _ => {}
        }
    }
    found
}

fn may_run_twice(inst: &Inst) -> bool {
    matches!(inst.op, Op::Pos(_) | Op::Line(_)) || inst.op.is_pure()
}

/// Values of a loop nest that the typed version takes for floats: elements, what is computed with
/// them, and what carries that round.
fn floats(func: &Func, nest: &Nest, inside: &HashSet<Block>, sites: &HashMap<Block, Site>) -> HashSet<Value> {
    let mut floats = HashSet::new();
    loop {
        let before = floats.len();
        for block in &nest.blocks {
            let data = func.block(*block);
            if let Some(Site { last, kind: Kind::Element { .. } }) = sites.get(block) {
                floats.extend(data.insts[*last].result);
            }
            for inst in &data.insts {
                let Some(result) = inst.result else { continue };
                let is_float = match &inst.op {
                    Op::Rt(function) => {
                        computes(*function) && inst.args.iter().any(|arg| is_float(func, &floats, *arg))
                    }
                    Op::BoxNum => true,
                    _ => false,
                };
                if is_float && func.ty(result) == Ty::V {
                    floats.insert(result);
                }
            }
            for edge in data.term.edges().filter(|edge| inside.contains(&edge.block)) {
                for (param, arg) in func.block(edge.block).params.iter().zip(&edge.args) {
                    if func.ty(*param) == Ty::V && floats.contains(arg) {
                        floats.insert(*param);
                    }
                }
            }
        }
        if floats.len() == before {
            return floats;
        }
    }
}

/// Takes elements for numbers that need not be floats: those that only meet what is a float for certain, and
/// was one before they were loaded. An integer becomes a float there, whatever else happens.
fn convert(
    func: &Func,
    nest: &Nest,
    inside: &HashSet<Block>,
    dominance: &Dominance,
    floats: &HashSet<Value>,
    sites: &mut HashMap<Block, Site>,
) {
    let mut certain = certain_floats(func, nest, inside, floats);
    // Where values are made. What a site begins with comes before everything in its block.
    let mut homes: HashMap<Value, Block> = HashMap::new();
    let mut used: HashMap<Value, Vec<&Inst>> = HashMap::new();
    let mut passed: HashSet<Value> = HashSet::new();
    for block in func.block_ids() {
        let data = func.block(block);
        homes.extend(data.params.iter().map(|param| (*param, block)));
        for inst in &data.insts {
            homes.extend(inst.result.map(|result| (result, block)));
            inst.args.iter().for_each(|arg| used.entry(*arg).or_default().push(inst));
        }
        passed.extend(data.term.values());
    }
    // Elements that others rely on.
    let mut relied: HashSet<Value> = HashSet::new();
    for block in &nest.blocks {
        let Some(Site { last, kind: Kind::Element { what, .. } }) = sites.get_mut(block) else { continue };
        let Some(element) = func.block(*block).insts[*last].result else { continue };
        if *what == Element::Number || passed.contains(&element) || relied.contains(&element) {
            continue;
        }
        let partner = |inst: &&Inst| match (&inst.op, &inst.args[..]) {
            (Op::Rt(Rt::to_num | Rt::sqrt | Rt::sin | Rt::cos | Rt::exp), _) => Some(None),
            (Op::Rt(Rt::add | Rt::sub | Rt::mul | Rt::div), [left, right]) if left != right => {
                let other = if *left == element { *right } else { *left };
                let is_before = homes.get(&other).is_some_and(|home| {
                    let is_given = func.block(*home).params.contains(&other);
                    dominance.dominates(*home, *block) && (home != block || is_given)
                });
                let is_certain = func.ty(other) == Ty::Num || certain.contains(&other);
                (is_before && is_certain).then_some(Some(other))
            }
            _ => None,
        };
        let partners: Option<Vec<Option<Value>>> =
            used.get(&element).into_iter().flatten().map(partner).collect();
        if let Some(partners) = partners {
            *what = Element::Number;
            certain.remove(&element);
            relied.extend(partners.into_iter().flatten());
        }
    }
}

/// Those of the floats of the typed version that are floats whichever way they come about, as long as
/// elements are.
fn certain_floats(
    func: &Func,
    nest: &Nest,
    inside: &HashSet<Block>,
    floats: &HashSet<Value>,
) -> HashSet<Value> {
    let mut certain = floats.clone();
    loop {
        let before = certain.len();
        for block in &nest.blocks {
            let data = func.block(*block);
            for inst in &data.insts {
                let (Some(result), Op::Rt(function)) = (inst.result, &inst.op) else { continue };
                if computes(*function) && !inst.args.iter().any(|arg| is_float(func, &certain, *arg)) {
                    certain.remove(&result);
                }
            }
            for edge in data.term.edges().filter(|edge| inside.contains(&edge.block)) {
                for (param, arg) in func.block(edge.block).params.iter().zip(&edge.args) {
                    if !is_float(func, &certain, *arg) {
                        certain.remove(param);
                    }
                }
            }
        }
        if certain.len() == before {
            return certain;
        }
    }
}

fn is_float(func: &Func, floats: &HashSet<Value>, value: Value) -> bool {
    func.ty(value) == Ty::Num || floats.contains(&value)
}

/// For each block, the values defined inside that are used at or behind its start.
fn live_of(func: &Func, order: &[Block], inside: &HashSet<Block>) -> Vec<Vec<Value>> {
    let mut homes: HashMap<Value, Block> = HashMap::new();
    for block in inside {
        let data = func.block(*block);
        homes.extend(data.params.iter().map(|param| (*param, *block)));
        homes.extend(data.insts.iter().filter_map(|inst| inst.result).map(|result| (result, *block)));
    }
    let predecessors = predecessors(func);
    let mut guarded: Vec<Vec<Block>> = vec![Vec::new(); func.blocks.len()];
    let mut used: Vec<(Value, Block)> = Vec::new();
    for block in order {
        let data = func.block(*block);
        if let Some(handler) = data.handler {
            guarded[handler.index()].push(*block);
        }
        let args = data.insts.iter().flat_map(|inst| inst.args.iter().copied());
        for value in args.chain(data.term.values()) {
            if homes.get(&value).is_some_and(|home| home != block) {
                used.push((value, *block));
            }
        }
    }
    used.sort_unstable();
    used.dedup();
    let mut live: Vec<Vec<Value>> = vec![Vec::new(); func.blocks.len()];
    let mut stack: Vec<Block> = Vec::new();
    for (value, block) in used {
        let home = homes[&value];
        stack.push(block);
        while let Some(block) = stack.pop() {
            let list = &mut live[block.index()];
            if home == block || list.last() == Some(&value) {
                continue;
            }
            list.push(value);
            stack.extend(&predecessors[block.index()]);
            stack.extend(&guarded[block.index()]);
        }
    }
    live
}
