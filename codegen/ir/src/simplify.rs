//! Small passes that make less of a function: constants, branches, dead code, statement positions.
//!
//! To be run between [`crate::infer`] and [`crate::counts`]; none of them knows retains and releases.
//! Common subexpressions of machine arithmetic are left to the code generator. Each pass is linear in
//! the size of the function, but for sorting, and none recurses.

use std::collections::{HashMap, HashSet, VecDeque};

use s_abi::layout::tag;

use crate::cfg::{
    Dominance, drop_params, drop_trivial_params, drop_unreachable, gather_entries, predecessors,
    reverse_postorder,
};
use crate::func::{Block, Edge, Func, Inst, Term, Value};
use crate::op::{Cond, Op, Rt};

/// Runs all of them, in an order in which they help each other.
pub fn run(func: &mut Func) {
    quotients(func);
    repeats(func);
    constants(func);
    known_conditions(func);
    references(func);
    thread_jumps(func);
    drop_unreachable(func);
    gather_entries(func);
    drop_trivial_params(func);
    constants(func);
    dead_code(func);
    positions(func);
}

/// A quotient of which only the float is wanted is computed as one: exact or not, it need not be told
/// whether it is an integer.
pub fn quotients(func: &mut Func) {
    let divides = |inst: &Inst| matches!(inst.op, Op::Rt(Rt::int_div | Rt::div));
    if !func.blocks.iter().any(|data| data.insts.iter().any(divides)) {
        return;
    }
    let mut uses = vec![0u32; func.types.len()];
    for data in &func.blocks {
        let args = data.insts.iter().flat_map(|inst| inst.args.iter().copied());
        args.chain(data.term.values()).for_each(|value| uses[value.index()] += 1);
    }
    for data in &mut func.blocks {
        let mut made: HashMap<Value, usize> = HashMap::new();
        for at in 0..data.insts.len() {
            let inst = &data.insts[at];
            if let (true, Some(result)) = (divides(inst), inst.result) {
                made.insert(result, at);
            }
            // Only where the conversion runs no code of the program.
            if inst.op == Op::ValToNum
                && let Some(division) = made.get(&inst.args[0]).copied()
                && uses[inst.args[0].index()] == 1
            {
                let result = inst.result;
                let division = &mut data.insts[division];
                let op = if division.op == Op::Rt(Rt::div) { Rt::div_num } else { Rt::int_div_num };
                division.op = Op::Rt(op);
                division.result = result;
                data.insts[at].op = Op::Keep;
                data.insts[at].args.clear();
                data.insts[at].result = None;
            }
        }
        if !made.is_empty() {
            data.insts.retain(|inst| inst.op != Op::Keep || !inst.args.is_empty());
        }
    }
}

/// `my @a = (0) x $n`: the array is made of the value, without a list of it.
pub fn repeats(func: &mut Func) {
    let repeats = |inst: &Inst| inst.op == Op::Rt(Rt::list_repeat);
    let holding: Vec<usize> =
        (0..func.blocks.len()).filter(|at| func.blocks[*at].insts.iter().any(repeats)).collect();
    if holding.is_empty() {
        return;
    }
    let mut uses = vec![0u32; func.types.len()];
    for data in &func.blocks {
        let args = data.insts.iter().flat_map(|inst| inst.args.iter().copied());
        args.chain(data.term.values()).for_each(|value| uses[value.index()] += 1);
    }
    for at in holding {
        let insts = &func.blocks[at].insts;
        let Some((places, value, times)) =
            (0..insts.len()).find_map(|last| repeat_that_ends(&insts[..=last]))
        else {
            continue;
        };
        // Nobody else knows the marks.
        let marks = places.iter().filter(|place| insts[**place].op == Op::Rt(Rt::mark));
        let known: u32 = marks.filter_map(|place| insts[*place].result).map(|mark| uses[mark.index()]).sum();
        if known != 2 {
            continue;
        }
        let insts = &mut func.blocks[at].insts;
        let last = places[0];
        insts[last].op = Op::Rt(Rt::arr_repeat);
        insts[last].args = vec![value, times];
        let mut index = 0;
        insts.retain(|_| {
            index += 1;
            !places[1..].contains(&(index - 1))
        });
    }
}

/// Places of the instructions that make an array of a list of one value many times, the last first;
/// the value, and how often.
fn repeat_that_ends(insts: &[Inst]) -> Option<(Vec<usize>, Value, Value)> {
    let (made, before) = insts.split_last()?;
    if made.op != Op::Rt(Rt::arr_from_list) {
        return None;
    }
    let mut places = vec![before.len()];
    let mut repeated: Option<(Value, Value)> = None;
    let mut value: Option<Value> = None;
    for (index, inst) in before.iter().enumerate().rev() {
        match (&inst.op, repeated, value) {
            (Op::Rt(Rt::list_repeat), None, None) => repeated = Some((inst.args[0], inst.args[1])),
            (Op::Rt(Rt::list_push), Some(_), None) => value = Some(inst.args[0]),
            (Op::Rt(Rt::mark), Some((mark, times)), Some(value)) => {
                // One mark for both, or one behind the other.
                let mark_of_made = made.args[0];
                places.push(index);
                if inst.result == Some(mark_of_made) {
                    let is_inner_known = places.len() == 5 || mark == mark_of_made;
                    return is_inner_known.then_some((places, value, times));
                }
                if inst.result != Some(mark) {
                    return None;
                }
                continue;
            }
            (Op::Pos(_) | Op::Line(_), ..) => continue,
            (op, ..) if op.is_pure() => continue,
            _ => return None,
        }
        places.push(index);
    }
    None
}

/// A constant of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Constant {
    Int(i64),
    Bool(bool),
}

impl Constant {
    fn op(self) -> Op {
        match self {
            Constant::Int(value) => Op::Int(value),
            Constant::Bool(value) => Op::Bool(value),
        }
    }
}

/// What is known of a value: nothing yet, always this, or that it varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    Always(Constant),
    Varies,
}

/// Propagates constants of integers and truth values through operations, parameters of blocks and
/// branches that are decided (Wegman and Zadeck, "Constant Propagation with Conditional Branches", 1991).
/// Decided branches become jumps, and blocks nobody reaches any more are emptied.
pub fn constants(func: &mut Func) {
    let mut solver = Solver::new(func);
    solver.run();
    let Solver { known, reached, .. } = solver;
    let constant = |value: Value| match known[value.index()] {
        Known::Always(constant) => Some(constant),
        _ => None,
    };
    let mut folded = false;
    for (data, reached) in func.blocks.iter_mut().zip(&reached) {
        if !reached {
            continue;
        }
        for inst in &mut data.insts {
            if let Some(constant) = inst.result.and_then(constant)
                && !inst.args.is_empty()
            {
                inst.op = constant.op();
                inst.args.clear();
            }
        }
        if let Term::Branch { cond, yes, no } = &mut data.term
            && let Some(Constant::Bool(truth)) = constant(*cond)
        {
            let edge = if truth { yes } else { no };
            let edge = Edge { block: edge.block, args: std::mem::take(&mut edge.args) };
            data.term = Term::Jump(edge);
            folded = true;
        }
    }
    // A parameter that is always the same gets a name of its own at the start of its block.
    let mut replaced = HashMap::new();
    for block in func.block_ids() {
        if !reached[block.index()] {
            continue;
        }
        let mut first = Vec::new();
        for param in func.block(block).params.clone() {
            if let Some(constant) = constant(param) {
                let value = func.new_value(func.ty(param));
                first.push(Inst::new(constant.op(), Vec::new(), Some(value)));
                replaced.insert(param, value);
            }
        }
        if !first.is_empty() {
            func.block_mut(block).insts.splice(0..0, first);
        }
    }
    if !replaced.is_empty() {
        // Edges go on giving what the parameters were, so that these can be dropped as unused.
        crate::cfg::replace_all(func, &replaced);
        drop_unused_params(func);
    }
    if folded {
        drop_unreachable(func);
    }
}

struct Solver<'a> {
    func: &'a Func,
    known: Vec<Known>,
    reached: Vec<bool>,
    taken: HashSet<(Block, Block)>,
    blocks: VecDeque<(Block, Block)>,
    values: VecDeque<Value>,
    /// Where values are used, as block and place, by value; the place behind the last is the end.
    uses: Vec<(Block, usize)>,
    /// Where the uses of each value start, and one end more.
    starts: Vec<usize>,
}

impl<'a> Solver<'a> {
    fn new(func: &'a Func) -> Solver<'a> {
        let order = reverse_postorder(func);
        let each = |visit: &mut dyn FnMut(Value, Block, usize)| {
            for block in &order {
                let data = func.block(*block);
                for (index, inst) in data.insts.iter().enumerate() {
                    inst.args.iter().for_each(|arg| visit(*arg, *block, index));
                }
                data.term.values().for_each(|value| visit(value, *block, data.insts.len()));
            }
        };
        let mut starts = vec![0; func.types.len() + 1];
        each(&mut |value, _, _| starts[value.index()] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        // Each start is the end of its group until the group is filled, from its end.
        let mut uses = vec![(Block(0), 0); sum];
        each(&mut |value, block, index| {
            starts[value.index()] -= 1;
            uses[starts[value.index()]] = (block, index);
        });
        Solver {
            func,
            known: vec![Known::Nothing; func.types.len()],
            reached: vec![false; func.blocks.len()],
            taken: HashSet::new(),
            blocks: VecDeque::new(),
            values: VecDeque::new(),
            uses,
            starts,
        }
    }

    fn run(&mut self) {
        self.enter(Block(0));
        loop {
            if let Some((from, to)) = self.blocks.pop_front() {
                if self.taken.insert((from, to)) {
                    self.enter(to);
                    self.give(from, to);
                }
            } else if let Some(value) = self.values.pop_front() {
                for at in self.starts[value.index()]..self.starts[value.index() + 1] {
                    let (block, index) = self.uses[at];
                    if !self.reached[block.index()] {
                        continue;
                    }
                    match self.func.block(block).insts.get(index) {
                        Some(inst) => self.inst(inst),
                        None => self.term(block),
                    }
                }
            } else {
                return;
            }
        }
    }

    fn enter(&mut self, block: Block) {
        if std::mem::replace(&mut self.reached[block.index()], true) {
            return;
        }
        let func = self.func;
        for inst in &func.block(block).insts {
            self.inst(inst);
        }
        self.term(block);
    }

    fn term(&mut self, block: Block) {
        let func = self.func;
        let term = &func.block(block).term;
        if let Term::Branch { cond, yes, no } = term {
            match self.known[cond.index()] {
                Known::Nothing => {}
                Known::Always(Constant::Bool(true)) => self.go(block, yes.block),
                Known::Always(_) => self.go(block, no.block),
                Known::Varies => {
                    self.go(block, yes.block);
                    self.go(block, no.block);
                }
            }
        } else {
            for successor in term.successors() {
                self.go(block, successor);
            }
        }
    }

    fn go(&mut self, from: Block, to: Block) {
        if self.taken.contains(&(from, to)) {
            self.give(from, to);
        } else {
            self.blocks.push_back((from, to));
        }
    }

    /// What the parameters of a block get from one of those before it. Two edges of one branch to one
    /// block count as one way, on which both give.
    fn give(&mut self, from: Block, to: Block) {
        let func = self.func;
        for edge in func.block(from).term.edges().filter(|edge| edge.block == to) {
            for (param, arg) in func.block(to).params.iter().zip(&edge.args) {
                self.meet(*param, self.known[arg.index()]);
            }
        }
    }

    fn meet(&mut self, value: Value, new: Known) {
        let old = self.known[value.index()];
        let met = match (old, new) {
            (old, Known::Nothing) => old,
            (Known::Nothing, new) => new,
            (old, new) if old == new => old,
            _ => Known::Varies,
        };
        if met != old {
            self.known[value.index()] = met;
            self.values.push_back(value);
        }
    }

    fn inst(&mut self, inst: &Inst) {
        let Some(result) = inst.result else { return };
        if self.known[result.index()] == Known::Varies {
            return;
        }
        let arg = |n: usize| inst.args.get(n).map_or(Known::Varies, |arg| self.known[arg.index()]);
        let new = evaluate(&inst.op, arg(0), arg(1));
        self.meet(result, new);
    }
}

fn evaluate(op: &Op, left: Known, right: Known) -> Known {
    use Constant::{Bool, Int};
    use Known::{Always, Nothing, Varies};
    match op {
        Op::Int(value) => return Always(Int(*value)),
        Op::Bool(value) => return Always(Bool(*value)),
        _ => {}
    }
    let unary = |result: Option<Constant>| match left {
        Nothing => Nothing,
        _ => result.map_or(Varies, Always),
    };
    let binary = |result: Option<Constant>| match (left, right) {
        (Varies, _) | (_, Varies) => Varies,
        (Nothing, _) | (_, Nothing) => Nothing,
        _ => result.map_or(Varies, Always),
    };
    let (a, b) = match (left, right) {
        (Always(Int(a)), Always(Int(b))) => (Some(a), Some(b)),
        (Always(Int(a)), _) => (Some(a), None),
        _ => (None, None),
    };
    let both = a.zip(b);
    let ints = |result: fn(i64, i64) -> i64| binary(both.map(|(a, b)| Int(result(a, b))));
    match op {
        Op::IAdd => ints(i64::wrapping_add),
        Op::ISub => ints(i64::wrapping_sub),
        Op::IMul => ints(i64::wrapping_mul),
        Op::IAnd => ints(|a, b| a & b),
        Op::IOr => ints(|a, b| a | b),
        Op::IXor => ints(|a, b| a ^ b),
        Op::INeg => unary(a.map(|a| Int(a.wrapping_neg()))),
        Op::INot => unary(a.map(|a| Int(!a))),
        Op::IShlConst(by) => unary(a.and_then(|a| a.checked_shl(u32::from(*by))).map(Int)),
        Op::IShrConst(by) => unary(a.and_then(|a| a.checked_shr(u32::from(*by))).map(Int)),
        Op::IRemConst(divisor) => unary(a.and_then(|a| remainder(a, *divisor)).map(Int)),
        // Throws where the divisor is 0.
        Op::IRem => binary(both.and_then(|(a, b)| remainder(a, b)).map(Int)),
        Op::ICmp(cond) => binary(both.map(|(a, b)| Bool(compare(*cond, a, b)))),
        Op::Not => unary(match left {
            Always(Bool(value)) => Some(Bool(!value)),
            _ => None,
        }),
        Op::BoolToInt => unary(match left {
            Always(Bool(value)) => Some(Int(i64::from(value))),
            _ => None,
        }),
        _ => Varies,
    }
}

/// The remainder with the sign of the divisor.
fn remainder(value: i64, divisor: i64) -> Option<i64> {
    let rest = if divisor == -1 { 0 } else { value.checked_rem(divisor)? };
    Some(if rest != 0 && (rest < 0) != (divisor < 0) { rest + divisor } else { rest })
}

fn compare(cond: Cond, left: i64, right: i64) -> bool {
    match cond {
        Cond::Eq => left == right,
        Cond::Ne => left != right,
        Cond::Lt => left < right,
        Cond::Gt => left > right,
        Cond::Le => left <= right,
        Cond::Ge => left >= right,
    }
}

/// A condition that was decided on the way to a block is decided there, too: a second branch on it
/// becomes a jump. Two tests of a value for the same tag are one condition.
pub fn known_conditions(func: &mut Func) {
    let order = reverse_postorder(func);
    let mut tests: HashMap<(u8, Value), Value> = HashMap::new();
    let mut same: HashMap<Value, Value> = HashMap::new();
    for inst in order.iter().flat_map(|block| &func.block(*block).insts) {
        if let (Op::HasTag(tag), Some(result)) = (&inst.op, inst.result) {
            same.insert(result, *tests.entry((*tag, inst.args[0])).or_insert(result));
        }
    }
    let mut branches: HashMap<Value, Vec<Block>> = HashMap::new();
    for block in &order {
        if let Term::Branch { cond, .. } = &func.block(*block).term {
            branches.entry(same.get(cond).copied().unwrap_or(*cond)).or_default().push(*block);
        }
    }
    branches.retain(|_, blocks| blocks.len() > 1);
    if branches.is_empty() {
        return;
    }
    let dominance = Dominance::of(func);
    let predecessors = predecessors(func);
    let mut decided: Vec<(Block, bool)> = Vec::new();
    for blocks in branches.values() {
        // In reverse postorder, so that a later one is decided by one of the nearest before it.
        for (at, block) in blocks.iter().enumerate() {
            let above = blocks[..at].iter().rev().take(16).find_map(|above| {
                let Term::Branch { yes, no, .. } = &func.block(*above).term else { return None };
                let only_from = |target: Block| {
                    predecessors[target.index()].len() == 1 && dominance.dominates(target, *block)
                };
                match (only_from(yes.block), only_from(no.block)) {
                    (true, _) => Some(true),
                    (_, true) => Some(false),
                    _ => None,
                }
            });
            if let Some(truth) = above {
                decided.push((*block, truth));
            }
        }
    }
    for (block, truth) in decided {
        let data = func.block_mut(block);
        if let Term::Branch { yes, no, .. } = std::mem::take(&mut data.term) {
            data.term = Term::Jump(if truth { yes } else { no });
        }
    }
    drop_unreachable(func);
}

/// Where a test has found a reference to an array, the array is its without a question and without a count.
pub fn references(func: &mut Func) {
    const AREF: u8 = tag::AREF as u8;
    let order = reverse_postorder(func);
    let asks = |inst: &Inst| inst.op == Op::Rt(Rt::deref_arr);
    let mut tests: HashMap<Value, Value> = HashMap::new();
    for inst in order.iter().flat_map(|block| &func.block(*block).insts) {
        if let (Op::HasTag(AREF), Some(result)) = (&inst.op, inst.result) {
            tests.insert(result, inst.args[0]);
        }
    }
    if tests.is_empty() || !order.iter().any(|block| func.block(*block).insts.iter().any(asks)) {
        return;
    }
    let dominance = Dominance::of(func);
    let predecessors = predecessors(func);
    // Blocks from which on each value is known to be one.
    let mut known: HashMap<Value, Vec<Block>> = HashMap::new();
    for block in &order {
        if let Term::Branch { cond, yes, no } = &func.block(*block).term
            && let Some(value) = tests.get(cond)
            && yes.block != no.block
            && predecessors[yes.block.index()].len() == 1
        {
            known.entry(*value).or_default().push(yes.block);
        }
    }
    // What is given on needs a count of its own.
    let given: HashSet<Value> =
        order.iter().flat_map(|block| func.block(*block).term.values().collect::<Vec<_>>()).collect();
    for block in order {
        for inst in func.block_mut(block).insts.iter_mut().filter(|inst| asks(inst)) {
            if inst.result.is_some_and(|array| given.contains(&array)) {
                continue;
            }
            let places = known.get(&inst.args[0]).map_or(&[][..], |places| &places[..places.len().min(16)]);
            if places.iter().any(|place| dominance.dominates(*place, block)) {
                inst.op = Op::RefArr;
            }
        }
    }
}

/// Ways on which a condition is a constant go past the block that only tests it: what `&&` and `||`
/// leave behind.
pub fn thread_jumps(func: &mut Func) {
    let order = reverse_postorder(func);
    let constants = constant_values(func, &order);
    // Blocks that only test one of their parameters, and give nothing of their own to anybody else.
    let mut users = vec![0u32; func.types.len()];
    for block in &order {
        let data = func.block(*block);
        for value in data.insts.iter().flat_map(|inst| inst.args.iter().copied()).chain(data.term.values()) {
            users[value.index()] += 1;
        }
    }
    let mut tests: HashMap<Block, Test> = HashMap::new();
    for block in &order {
        let data = func.block(*block);
        let Term::Branch { cond, yes, no } = &data.term else { continue };
        let Some(index) = data.params.iter().position(|param| param == cond) else { continue };
        let own: u32 = data
            .params
            .iter()
            .map(|param| {
                let here = data.term.values().filter(|value| value == param).count();
                users[param.index()] - u32::try_from(here).unwrap_or(0)
            })
            .sum();
        if own == 0 && data.size() == 1 && yes.block != *block && no.block != *block {
            let test = Test { params: data.params.clone(), index, yes: yes.clone(), no: no.clone() };
            tests.insert(*block, test);
        }
    }
    if tests.is_empty() {
        return;
    }
    for block in &order {
        // A chain of tests is followed, but not for ever.
        for _ in 0..8 {
            let Term::Jump(edge) = &func.block(*block).term else { break };
            let Some(test) = tests.get(&edge.block) else { break };
            let truth = match constants.get(&edge.args[test.index]) {
                Some(Constant::Bool(truth)) => *truth,
                _ => break,
            };
            let mut next = if truth { test.yes.clone() } else { test.no.clone() };
            for arg in &mut next.args {
                if let Some(index) = test.params.iter().position(|param| param == arg) {
                    *arg = edge.args[index];
                }
            }
            func.block_mut(*block).term = Term::Jump(next);
        }
    }
    drop_unreachable(func);
}

struct Test {
    params: Vec<Value>,
    /// Which parameter is the condition.
    index: usize,
    yes: Edge,
    no: Edge,
}

fn constant_values(func: &Func, order: &[Block]) -> HashMap<Value, Constant> {
    let mut constants = HashMap::new();
    for block in order {
        for inst in &func.block(*block).insts {
            let constant = match inst.op {
                Op::Int(value) => Constant::Int(value),
                Op::Bool(value) => Constant::Bool(value),
                _ => continue,
            };
            if let Some(result) = inst.result {
                constants.insert(result, constant);
            }
        }
    }
    constants
}

/// Removes instructions without effect whose results nobody needs, and parameters of blocks likewise,
/// also those that only need each other.
pub fn dead_code(func: &mut Func) {
    sweep(func, is_removable);
}

/// Removes parameters of blocks that nobody needs.
fn drop_unused_params(func: &mut Func) {
    sweep(func, |_| false);
}

fn sweep(func: &mut Func, removable: fn(&Op) -> bool) {
    /// Where a value comes from.
    #[derive(Clone, Copy)]
    enum Origin {
        Nowhere,
        Param(Block, usize),
        Inst(Block, usize),
    }
    let order = reverse_postorder(func);
    let mut origins = vec![Origin::Nowhere; func.types.len()];
    let mut needed = vec![false; func.types.len()];
    let mut work: Vec<Value> = Vec::new();
    for block in &order {
        let data = func.block(*block);
        for (index, param) in data.params.iter().enumerate() {
            origins[param.index()] = Origin::Param(*block, index);
        }
        for (index, inst) in data.insts.iter().enumerate() {
            match inst.result {
                Some(result) if removable(&inst.op) => origins[result.index()] = Origin::Inst(*block, index),
                _ => work.extend(&inst.args),
            }
        }
        match &data.term {
            Term::Branch { cond, .. } => work.push(*cond),
            Term::Return(Some(value)) => work.push(*value),
            _ => {}
        }
    }
    let predecessors = predecessors(func);
    while let Some(value) = work.pop() {
        if std::mem::replace(&mut needed[value.index()], true) {
            continue;
        }
        match origins[value.index()] {
            Origin::Nowhere => {}
            Origin::Param(block, index) => {
                for predecessor in &predecessors[block.index()] {
                    let edges = func.block(*predecessor).term.edges().filter(|edge| edge.block == block);
                    work.extend(edges.filter_map(|edge| edge.args.get(index)));
                }
            }
            Origin::Inst(block, index) => work.extend(&func.block(block).insts[index].args),
        }
    }
    let mut drops = HashMap::new();
    for block in &order {
        let data = func.block_mut(*block);
        let dropped: Vec<bool> = data.params.iter().map(|param| !needed[param.index()]).collect();
        if dropped.contains(&true) {
            drops.insert(*block, dropped);
        }
        data.insts.retain(|inst| match inst.result {
            Some(result) => needed[result.index()] || !removable(&inst.op),
            None => true,
        });
    }
    if !drops.is_empty() {
        drop_params(func, &drops);
    }
}

fn is_removable(op: &Op) -> bool {
    op.is_pure()
}

/// Removes statement positions that nobody can see: another one is set, or the function is left, before
/// anything that throws or runs code of the program.
pub fn positions(func: &mut Func) {
    let order = reverse_postorder(func);
    let predecessors = predecessors(func);
    // Whether something sees the position in force at the start of a block.
    let mut seen_at_start = vec![false; func.blocks.len()];
    let mut queued = vec![false; func.blocks.len()];
    let mut queue: VecDeque<Block> = VecDeque::with_capacity(order.len());
    for block in order.iter().rev() {
        queue.push_back(*block);
        queued[block.index()] = true;
    }
    while let Some(block) = queue.pop_front() {
        queued[block.index()] = false;
        let data = func.block(block);
        let first = data.insts.iter().find(|inst| matches!(inst.op, Op::Pos(_)) || sees_position(&inst.op));
        let seen = match first {
            Some(inst) => !matches!(inst.op, Op::Pos(_)),
            None => data.term.successors().any(|successor| seen_at_start[successor.index()]),
        };
        if seen && !std::mem::replace(&mut seen_at_start[block.index()], true) {
            for predecessor in &predecessors[block.index()] {
                if !std::mem::replace(&mut queued[predecessor.index()], true) {
                    queue.push_back(*predecessor);
                }
            }
        }
    }
    for block in order {
        let data = func.block_mut(block);
        let mut seen = data.term.successors().any(|successor| seen_at_start[successor.index()]);
        let mut keep = vec![true; data.insts.len()];
        for (inst, keep) in data.insts.iter().zip(&mut keep).rev() {
            if matches!(inst.op, Op::Pos(_)) {
                *keep = seen;
                seen = false;
            } else if sees_position(&inst.op) {
                seen = true;
            }
        }
        // One that is in force already says nothing.
        let mut now = None;
        for (inst, keep) in data.insts.iter().zip(&mut keep) {
            if let Op::Pos(pos) = inst.op
                && *keep
            {
                *keep = now.replace(pos) != Some(pos);
            }
        }
        let mut keep = keep.into_iter();
        data.insts.retain(|_| keep.next().unwrap_or(true));
        lines(&mut data.insts);
    }
}

/// Removes lines that nothing is on, and those that are in force already.
fn lines(insts: &mut Vec<Inst>) {
    let mut now = None;
    insts.retain(|inst| match inst.op {
        Op::Line(pos) => now.replace(pos) != Some(pos),
        Op::Pos(pos) => {
            now = Some(pos);
            true
        }
        _ => true,
    });
    let mut is_line = insts.iter().map(|inst| matches!(inst.op, Op::Line(_))).collect::<Vec<_>>().into_iter();
    let mut this = is_line.next().unwrap_or(false);
    insts.retain(|_| {
        let next = is_line.next().unwrap_or(false);
        !(std::mem::replace(&mut this, next) && next)
    });
}

fn sees_position(op: &Op) -> bool {
    match op {
        Op::Rt(function) => {
            let signature = function.signature();
            signature.throws || signature.user
        }
        op => op.throws(),
    }
}
