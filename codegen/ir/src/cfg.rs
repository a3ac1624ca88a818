//! The graph of a function: order, predecessors, and clean-ups that building leaves to do.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::func::{Block, BlockData, Edge, Func, Term, Value};
use crate::op::Op;

/// Blocks reachable from the entry, in reverse postorder: a block comes after everything that leads to
/// it, loops aside.
#[must_use]
pub fn reverse_postorder(func: &Func) -> Vec<Block> {
    let mut seen = vec![false; func.blocks.len()];
    let mut order = Vec::with_capacity(func.blocks.len());
    // Each block with the number of its successors that are still to be visited, the last first.
    let mut stack: Vec<(Block, usize)> = Vec::new();
    seen[0] = true;
    stack.push((Block(0), func.block(Block(0)).term.successors().count()));
    while let Some((block, rest)) = stack.last_mut() {
        if *rest > 0 {
            *rest -= 1;
            let next = func.block(*block).term.successors().nth(*rest).expect("counted before");
            if !std::mem::replace(&mut seen[next.index()], true) {
                stack.push((next, func.block(next).term.successors().count()));
            }
        } else {
            order.push(*block);
            stack.pop();
        }
    }
    order.reverse();
    order
}

/// Predecessors of every block, one entry an edge.
#[must_use]
pub fn predecessors(func: &Func) -> Vec<Vec<Block>> {
    let mut predecessors = vec![Vec::new(); func.blocks.len()];
    for block in reverse_postorder(func) {
        for successor in func.block(block).term.successors() {
            predecessors[successor.index()].push(block);
        }
    }
    predecessors
}

/// Empties blocks that are never reached.
pub fn drop_unreachable(func: &mut Func) {
    let mut reached = vec![false; func.blocks.len()];
    for block in reverse_postorder(func) {
        reached[block.index()] = true;
    }
    for (data, reached) in func.blocks.iter_mut().zip(reached) {
        if !reached {
            *data = BlockData { term: Term::Unreachable, ..BlockData::default() };
        }
    }
}

/// Removes block parameters that can only be one value, themselves apart: also those that only give
/// each other round a loop.
pub fn drop_trivial_params(func: &mut Func) {
    // Optimistic: a parameter stands for whatever arrives first until something else does. What each
    // stands for changes a bounded number of times and is settled with a list of work.
    let order = reverse_postorder(func);
    let mut homes: Vec<Option<(Block, usize)>> = vec![None; func.types.len()];
    let mut params: Vec<Value> = Vec::new();
    for block in &order {
        for (index, param) in func.block(*block).params.iter().enumerate() {
            homes[param.index()] = Some((*block, index));
            params.push(*param);
        }
    }
    // What a parameter is given, and the parameters that each parameter is given to.
    let mut sources: Vec<(Value, Value)> = Vec::new();
    for block in &order {
        for edge in func.block(*block).term.edges() {
            sources.extend(func.block(edge.block).params.iter().copied().zip(edge.args.iter().copied()));
        }
    }
    let mut takers: Vec<(Value, Value)> = sources
        .iter()
        .filter(|(_, arg)| homes[arg.index()].is_some())
        .map(|(param, arg)| (*arg, *param))
        .collect();
    let source_starts = group(&mut sources, func.types.len());
    let taker_starts = group(&mut takers, func.types.len());
    let mut stands: Vec<Option<Value>> = vec![None; func.types.len()];
    let mut changes = vec![0u8; func.types.len()];
    let mut queued: Vec<bool> = homes.iter().map(Option::is_some).collect();
    let mut queue: VecDeque<Value> = params.iter().copied().collect();
    while let Some(param) = queue.pop_front() {
        queued[param.index()] = false;
        if stands[param.index()] == Some(param) {
            continue;
        }
        let mut only: Option<Value> = None;
        for (_, source) in &sources[source_starts[param.index()]..source_starts[param.index() + 1]] {
            let value = if homes[source.index()].is_some() {
                match stands[source.index()] {
                    Some(value) => value,
                    None => continue,
                }
            } else {
                *source
            };
            if only.is_some_and(|only| only != value) {
                only = Some(param);
                break;
            }
            only = Some(value);
        }
        let Some(mut only) = only else { continue };
        if stands[param.index()] == Some(only) {
            continue;
        }
        // One that does not come to rest stays what it is.
        let count = &mut changes[param.index()];
        *count += 1;
        if *count > 16 {
            only = param;
        }
        stands[param.index()] = Some(only);
        for (_, taker) in &takers[taker_starts[param.index()]..taker_starts[param.index() + 1]] {
            if !std::mem::replace(&mut queued[taker.index()], true) {
                queue.push_back(*taker);
            }
        }
    }
    let mut stands_for: HashMap<Value, Value> = HashMap::new();
    for param in params {
        if let Some(value) = stands[param.index()]
            && value != param
        {
            stands_for.insert(param, value);
        }
    }
    if stands_for.is_empty() {
        return;
    }
    let mut drops: HashMap<Block, Vec<bool>> = HashMap::new();
    for param in stands_for.keys() {
        if let Some((block, index)) = homes[param.index()] {
            let count = func.block(block).params.len();
            drops.entry(block).or_insert_with(|| vec![false; count])[index] = true;
        }
    }
    drop_params(func, &drops);
    replace_all(func, &stands_for);
}

/// Sorts pairs by their first value; where the pairs of each value start, and one end more.
fn group(pairs: &mut [(Value, Value)], values: usize) -> Vec<usize> {
    // Stable, so that parameters are looked at in the order of edges.
    pairs.sort_by_key(|(key, _)| *key);
    let mut starts = vec![0; values + 1];
    for (key, _) in pairs.iter() {
        starts[key.index() + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    starts
}

/// Removes parameters of blocks by their places, and what edges give them.
pub fn drop_params(func: &mut Func, drops: &HashMap<Block, Vec<bool>>) {
    for (block, dropped) in drops {
        remove_at(&mut func.block_mut(*block).params, dropped);
    }
    for data in &mut func.blocks {
        for edge in data.term.edges_mut() {
            if let Some(dropped) = drops.get(&edge.block) {
                remove_at(&mut edge.args, dropped);
            }
        }
    }
}

fn remove_at(list: &mut Vec<Value>, dropped: &[bool]) {
    let mut at = 0;
    list.retain(|_| {
        at += 1;
        !dropped.get(at - 1).copied().unwrap_or(false)
    });
}

/// Removes copies: what they name is used itself.
pub fn drop_copies(func: &mut Func) {
    let mut replaced = HashMap::new();
    for data in &mut func.blocks {
        data.insts.retain(|inst| {
            if inst.op == Op::Copy
                && let (Some(result), [arg]) = (inst.result, &inst.args[..])
            {
                replaced.insert(result, *arg);
                return false;
            }
            true
        });
    }
    replace_all(func, &replaced);
}

/// Writes one value for another everywhere. What a value is replaced by may be replaced itself.
pub fn replace_all(func: &mut Func, replaced: &HashMap<Value, Value>) {
    if replaced.is_empty() {
        return;
    }
    // Chains are followed once.
    let mut ends: Vec<Option<Value>> = vec![None; func.types.len()];
    for (value, other) in replaced {
        ends[value.index()] = Some(*other);
    }
    let mut path = Vec::new();
    for start in replaced.keys() {
        let mut value = *start;
        while let Some(next) = ends[value.index()] {
            path.push(value);
            value = next;
            if path.len() > replaced.len() {
                break;
            }
        }
        for passed in path.drain(..) {
            ends[passed.index()] = Some(value);
        }
    }
    let resolve = |value: &mut Value| {
        if let Some(end) = ends[value.index()] {
            *value = end;
        }
    };
    for data in &mut func.blocks {
        for inst in &mut data.insts {
            inst.args.iter_mut().chain(&mut inst.cleanup).for_each(resolve);
        }
        data.term.for_each_value_mut(resolve);
    }
}

/// Puts a block on every edge from a block with several successors to one with several predecessors,
/// so that each edge has a place for what has to happen on it.
pub fn split_critical_edges(func: &mut Func) {
    let predecessors = predecessors(func);
    for block in reverse_postorder(func) {
        if func.block(block).term.successors().count() < 2 {
            continue;
        }
        let mut term = func.block(block).term.clone();
        for edge in term.edges_mut() {
            if predecessors[edge.block.index()].len() < 2 && edge.args.is_empty() {
                continue;
            }
            let between = func.new_block();
            let depth = func.block(edge.block).loop_depth.min(func.block(block).loop_depth);
            let handler = func.block(block).handler;
            let data = func.block_mut(between);
            data.loop_depth = depth;
            data.handler = handler;
            data.term = Term::Jump(Edge { block: edge.block, args: std::mem::take(&mut edge.args) });
            edge.block = between;
        }
        if let Term::Try { body, .. } = &mut term
            && predecessors[body.index()].len() > 1
        {
            let between = func.new_block();
            let handler = func.block(*body).handler;
            let depth = func.block(*body).loop_depth;
            let data = func.block_mut(between);
            data.handler = handler;
            data.loop_depth = depth;
            data.term = Term::Jump(Edge { block: *body, args: Vec::new() });
            *body = between;
        }
        func.block_mut(block).term = term;
    }
}

/// The blocks from which a block is entered, but for those that only go back to it.
pub(crate) fn entries(head: Block, predecessors: &[Vec<Block>], dominance: &Dominance) -> Vec<Block> {
    let goes_back = |from: &Block| dominance.dominates(head, *from);
    predecessors[head.index()].iter().copied().filter(|from| !goes_back(from)).collect()
}

/// Gives each loop that is entered on several ways a block before it, which all of them lead to. What the
/// loop only carries round is a parameter of that block alone then, and the loop is left where it goes back:
/// whoever takes the edges that lead back for the extent of a loop sees no others.
pub fn gather_entries(func: &mut Func) {
    let dominance = Dominance::of(func);
    let predecessors = predecessors(func);
    let handlers: HashSet<Block> = func.blocks.iter().filter_map(|data| data.handler).collect();
    for head in reverse_postorder(func) {
        let enters = entries(head, &predecessors, &dominance);
        let is_loop = enters.len() < predecessors[head.index()].len();
        // An exception and a `try` enter without an edge.
        let has_edges =
            enters.iter().all(|from| func.block(*from).term.edges().any(|edge| edge.block == head));
        if !is_loop || enters.len() < 2 || !has_edges || head == Block(0) || handlers.contains(&head) {
            continue;
        }
        let before = func.new_block();
        let params: Vec<Value> =
            func.block(head).params.clone().iter().map(|param| func.new_value(func.ty(*param))).collect();
        let data = func.block(head);
        let new = BlockData {
            params: params.clone(),
            term: Term::Jump(Edge { block: head, args: params }),
            handler: data.handler,
            loop_depth: data.loop_depth.saturating_sub(1),
            has_twin: data.has_twin,
            ..BlockData::default()
        };
        *func.block_mut(before) = new;
        for from in enters {
            for edge in func.block_mut(from).term.edges_mut().filter(|edge| edge.block == head) {
                edge.block = before;
            }
        }
    }
}

/// Immediate dominators, by block; the entry is its own. Unreachable blocks have none.
#[must_use]
pub fn dominators(func: &Func) -> Vec<Option<Block>> {
    let order = reverse_postorder(func);
    let mut number = vec![usize::MAX; func.blocks.len()];
    for (index, block) in order.iter().enumerate() {
        number[block.index()] = index;
    }
    let predecessors = predecessors(func);
    let mut idom: Vec<Option<Block>> = vec![None; func.blocks.len()];
    idom[0] = Some(Block(0));
    let mut changed = true;
    while changed {
        changed = false;
        for block in order.iter().skip(1) {
            let mut new: Option<Block> = None;
            for predecessor in &predecessors[block.index()] {
                if idom[predecessor.index()].is_none() {
                    continue;
                }
                new = Some(match new {
                    None => *predecessor,
                    Some(mut left) => {
                        let mut right = *predecessor;
                        while left != right {
                            while number[left.index()] > number[right.index()] {
                                left = idom[left.index()].expect("processed");
                            }
                            while number[right.index()] > number[left.index()] {
                                right = idom[right.index()].expect("processed");
                            }
                        }
                        left
                    }
                });
            }
            if new.is_some() && idom[block.index()] != new {
                idom[block.index()] = new;
                changed = true;
            }
        }
    }
    idom
}

/// Answers whether one block dominates another, in constant time.
#[derive(Clone, Debug)]
pub struct Dominance {
    /// First and last number in the tree of dominators; unreachable blocks have none.
    spans: Vec<Option<(u32, u32)>>,
}

impl Dominance {
    /// Numbers the tree of dominators.
    #[must_use]
    pub fn of(func: &Func) -> Dominance {
        let idom = dominators(func);
        let order = reverse_postorder(func);
        // Sizes of subtrees, children before parents; then places, parents before children.
        let mut sizes = vec![1u32; func.blocks.len()];
        for block in order.iter().skip(1).rev() {
            if let Some(parent) = idom[block.index()] {
                sizes[parent.index()] += sizes[block.index()];
            }
        }
        let mut spans = vec![None; func.blocks.len()];
        let mut next = vec![0u32; func.blocks.len()];
        for block in order {
            let first = match idom[block.index()] {
                Some(parent) if parent != block => {
                    let first = next[parent.index()];
                    next[parent.index()] += sizes[block.index()];
                    first
                }
                _ => 0,
            };
            spans[block.index()] = Some((first, first + sizes[block.index()] - 1));
            next[block.index()] = first + 1;
        }
        Dominance { spans }
    }

    /// Whether every way to `block` leads through `by`, or they are the same. Of blocks that are never
    /// reached nothing is known.
    #[must_use]
    pub fn dominates(&self, by: Block, block: Block) -> bool {
        match (self.spans[by.index()], self.spans[block.index()]) {
            (Some((first, last)), Some((at, _))) => first <= at && at <= last,
            _ => false,
        }
    }
}
