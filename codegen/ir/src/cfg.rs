//! The graph of a function: order, predecessors, and clean-ups that building leaves to do.

use std::collections::HashMap;

use crate::func::{Block, Edge, Func, Term, Value};

/// Blocks reachable from the entry, in reverse postorder: a block comes after everything that leads to
/// it, loops aside.
#[must_use]
pub fn reverse_postorder(func: &Func) -> Vec<Block> {
    let mut seen = vec![false; func.blocks.len()];
    let mut order = Vec::with_capacity(func.blocks.len());
    let mut stack: Vec<(Block, Vec<Block>)> = Vec::new();
    seen[0] = true;
    stack.push((Block(0), func.block(Block(0)).term.successors().collect()));
    while let Some((block, rest)) = stack.last_mut() {
        if let Some(next) = rest.pop() {
            if !seen[next.index()] {
                seen[next.index()] = true;
                stack.push((next, func.block(next).term.successors().collect()));
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
            data.params.clear();
            data.insts.clear();
            data.term = Term::Unreachable;
        }
    }
}

/// Removes block parameters that get one value on every edge, until none is left.
pub fn drop_trivial_params(func: &mut Func) {
    let mut replaced: HashMap<Value, Value> = HashMap::new();
    loop {
        let mut changed = false;
        // What each parameter gets: one other value, or more.
        let mut sources: HashMap<Value, Option<Value>> = HashMap::new();
        for data in &func.blocks {
            for edge in data.term.edges() {
                let params = &func.block(edge.block).params;
                for (param, arg) in params.iter().zip(&edge.args) {
                    let arg = resolve(&replaced, *arg);
                    if arg == *param {
                        continue;
                    }
                    sources
                        .entry(*param)
                        .and_modify(|source| {
                            if *source != Some(arg) {
                                *source = None;
                            }
                        })
                        .or_insert(Some(arg));
                }
            }
        }
        let mut drops: HashMap<Block, Vec<usize>> = HashMap::new();
        for block in func.block_ids() {
            let params = func.block(block).params.clone();
            for (index, param) in params.iter().enumerate() {
                if let Some(Some(source)) = sources.get(param) {
                    let source = resolve(&replaced, *source);
                    if source != *param {
                        replaced.insert(*param, source);
                        drops.entry(block).or_default().push(index);
                        changed = true;
                    }
                }
            }
        }
        if !changed {
            break;
        }
        for (block, indexes) in &drops {
            remove_at(&mut func.block_mut(*block).params, indexes);
        }
        for data in &mut func.blocks {
            for edge in data.term.edges_mut() {
                if let Some(indexes) = drops.get(&edge.block) {
                    remove_at(&mut edge.args, indexes);
                }
            }
        }
    }
    replace_all(func, &replaced);
}

fn remove_at(list: &mut Vec<Value>, indexes: &[usize]) {
    let mut at = 0;
    list.retain(|_| {
        at += 1;
        !indexes.contains(&(at - 1))
    });
}

fn resolve(replaced: &HashMap<Value, Value>, mut value: Value) -> Value {
    while let Some(next) = replaced.get(&value) {
        value = *next;
    }
    value
}

/// Writes one value for another everywhere.
pub fn replace_all(func: &mut Func, replaced: &HashMap<Value, Value>) {
    if replaced.is_empty() {
        return;
    }
    for data in &mut func.blocks {
        for inst in &mut data.insts {
            for arg in &mut inst.args {
                *arg = resolve(replaced, *arg);
            }
        }
        match &mut data.term {
            Term::Branch { cond, .. } => *cond = resolve(replaced, *cond),
            Term::Return(Some(value)) => *value = resolve(replaced, *value),
            _ => {}
        }
        for edge in data.term.edges_mut() {
            for arg in &mut edge.args {
                *arg = resolve(replaced, *arg);
            }
        }
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
            let data = func.block_mut(between);
            data.handler = handler;
            data.term = Term::Jump(Edge { block: *body, args: Vec::new() });
            *body = between;
        }
        func.block_mut(block).term = term;
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
