//! Packs arrays where typed loops begin.
//!
//! An array that begins with integers, and whose elements become floats one by one, goes on as one of
//! general values: each element is asked what it is, and takes two words. Before each innermost loop that
//! looks for floats ([`Op::ElemIsNum`]) the arrays it looks into are packed ([`Op::Pack`]), if all elements
//! are floats by then. That is a matter of speed alone: an array that is not packed, or is another one when
//! the loop looks, means the same.
//!
//! Packing may call the runtime, over which no float stays in its register. A loop that carries floats round
//! would have them in memory from then on; its arrays are packed before the next loop around it that does not.
//!
//! To be run behind [`crate::simplify`]'s other passes, when what stays the same in a loop is a value from
//! outside, and loops have a block before them ([`crate::cfg::gather_entries`]).

use std::collections::{HashMap, HashSet};

use crate::cfg::{Dominance, entries, predecessors, reverse_postorder};
use crate::func::{Block, BlockData, Edge, Func, Inst, Term, Ty, Value};
use crate::module::GlobalRef;
use crate::op::{Op, Rt};

/// Most arrays that are packed before a loop.
const PACKED_MAX: usize = 8;
/// Largest function that is looked at.
const FUNCTION_MAX: usize = 20_000;

/// What leads to an array, as it can be had before the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// A value from outside.
    Value(Value),
    /// The array of a name.
    Named(GlobalRef),
    /// An index that is a constant.
    Index(i64),
}

/// An array: a root, and indexes that lead from there to it.
type Target = Vec<Known>;

/// Adds the instructions.
pub fn run(func: &mut Func) {
    let tests = |inst: &Inst| matches!(inst.op, Op::ElemIsNum(_));
    if func.size() > FUNCTION_MAX || !func.blocks.iter().any(|data| data.insts.iter().any(tests)) {
        return;
    }
    let order = reverse_postorder(func);
    let dominance = Dominance::of(func);
    let predecessors = predecessors(func);
    let mut homes: HashMap<Value, Block> = HashMap::new();
    let mut made: HashMap<Value, (&Op, &[Value])> = HashMap::new();
    for block in &order {
        let data = func.block(*block);
        homes.extend(data.params.iter().map(|param| (*param, *block)));
        for inst in &data.insts {
            if let Some(result) = inst.result {
                homes.insert(result, *block);
                made.insert(result, (&inst.op, &inst.args));
            }
        }
    }
    let mut wanted: Vec<(Block, Vec<Target>)> = Vec::new();
    let mut covered: HashSet<Block> = HashSet::new();
    // Inner loops come behind those around them.
    for head in order.iter().rev().filter(|head| !func.block(**head).has_twin) {
        if func.block(*head).params.iter().any(|param| func.ty(*param) == Ty::Num) {
            continue;
        }
        let body = body_of(*head, &predecessors, &dominance);
        let mut targets: Vec<Target> = Vec::new();
        for block in order.iter().filter(|block| body.contains(block) && !covered.contains(block)) {
            for inst in func.block(*block).insts.iter().filter(|inst| tests(inst)) {
                let is_outside = |value: Value| !homes.get(&value).is_some_and(|home| body.contains(home));
                if let Some(target) = target(inst, &made, is_outside)
                    && targets.len() < PACKED_MAX
                    && !targets.contains(&target)
                {
                    targets.push(target);
                }
            }
        }
        covered.extend(body);
        if !targets.is_empty() {
            wanted.push((*head, targets));
        }
    }
    for (head, targets) in wanted {
        let enters = entries(head, &predecessors, &dominance);
        if let [from] = enters[..]
            && let Some(before) = before(func, head, from)
        {
            let insts: Vec<Inst> = targets.iter().flat_map(|target| pack(func, target)).collect();
            func.block_mut(before).insts.extend(insts);
        }
    }
}

/// The blocks of the loop with a head; none where it heads none.
fn body_of(head: Block, predecessors: &[Vec<Block>], dominance: &Dominance) -> HashSet<Block> {
    let goes_back = |from: &Block| dominance.dominates(head, *from);
    let mut stack: Vec<Block> = predecessors[head.index()].iter().copied().filter(goes_back).collect();
    let mut body = HashSet::new();
    if !stack.is_empty() {
        body.insert(head);
    }
    while let Some(block) = stack.pop() {
        if body.insert(block) {
            stack.extend(&predecessors[block.index()]);
        }
    }
    body
}

/// The array that a test looks into, if it is known before the loop.
fn target(
    test: &Inst,
    made: &HashMap<Value, (&Op, &[Value])>,
    is_outside: impl Fn(Value) -> bool,
) -> Option<Target> {
    let mut root = test.args[0];
    while !is_outside(root)
        && let Some((Op::RefArr | Op::Rt(Rt::deref_arr), args)) = made.get(&root)
    {
        root = args[0];
    }
    let mut target = Vec::new();
    target.push(if is_outside(root) {
        Known::Value(root)
    } else {
        let Some((Op::GlobSlot, args)) = made.get(&root) else { return None };
        let Some((Op::Glob(name), _)) = made.get(&args[0]) else { return None };
        Known::Named(*name)
    });
    for index in &test.args[1..test.args.len() - 1] {
        target.push(match made.get(index) {
            _ if is_outside(*index) => Known::Value(*index),
            Some((Op::Int(index), _)) => Known::Index(*index),
            _ => return None,
        });
    }
    Some(target)
}

/// The block between a loop and the only way into it, which is made where the way is one of two.
fn before(func: &mut Func, head: Block, from: Block) -> Option<Block> {
    match &func.block(from).term {
        Term::Jump(_) => return Some(from),
        Term::Branch { .. } => {}
        _ => return None,
    }
    let (handler, loop_depth) = (func.block(from).handler, func.block(from).loop_depth);
    let before = func.new_block();
    let edge = func.block_mut(from).term.edges_mut().find(|edge| edge.block == head)?;
    edge.block = before;
    let args = std::mem::take(&mut edge.args);
    *func.block_mut(before) = BlockData {
        term: Term::Jump(Edge { block: head, args }),
        handler,
        loop_depth,
        ..BlockData::default()
    };
    Some(before)
}

/// The instructions that pack an array.
fn pack(func: &mut Func, target: &Target) -> Vec<Inst> {
    let mut insts = Vec::new();
    let mut make = |op: Op, args: Vec<Value>, ty: Ty| {
        let result = func.new_value(ty);
        insts.push(Inst::new(op, args, Some(result)));
        result
    };
    let args = target
        .iter()
        .map(|known| match *known {
            Known::Value(value) => value,
            Known::Index(index) => make(Op::Int(index), Vec::new(), Ty::Int),
            Known::Named(name) => {
                let glob = make(Op::Glob(name), Vec::new(), Ty::Glob);
                make(Op::GlobSlot, vec![glob], Ty::Arr)
            }
        })
        .collect();
    insts.push(Inst::new(Op::Pack, args, None));
    insts
}
