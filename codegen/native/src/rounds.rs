//! Which general versions of loops go round by themselves.
//!
//! A loop with a typed version ([`s_ir::version`]) is given up for the general one where something is no float. Most
//! general versions come back to the typed one with the next round. Those that do not carry round what the typed one does,
//! and call: what is given to them has to be a copy ([`Translator::edge_args`]).
//!
//! [`Translator::edge_args`]: crate::function::Translator::edge_args

use std::collections::HashSet;

use s_ir::{Block, Func};

/// Blocks of general versions that are reached from themselves without leaving these or their loop, and those that lead
/// to nothing else.
pub(crate) fn alone(func: &Func) -> HashSet<Block> {
    let general: Vec<Block> = func.block_ids().filter(|block| func.block(*block).has_twin).collect();
    let mut alone: HashSet<Block> =
        general.iter().copied().filter(|block| comes_back(func, *block)).collect();
    for block in general {
        let mut next = func.block(block).term.successors();
        if let (Some(only), None) = (next.next(), next.next())
            && alone.contains(&only)
        {
            alone.insert(block);
        }
    }
    alone
}

fn comes_back(func: &Func, start: Block) -> bool {
    let depth = func.block(start).loop_depth;
    let mut seen = HashSet::new();
    let mut todo = vec![start];
    while let Some(block) = todo.pop() {
        for next in func.block(block).term.successors() {
            if next == start {
                return true;
            }
            let data = func.block(next);
            if data.has_twin && data.loop_depth == depth && seen.insert(next) {
                todo.push(next);
            }
        }
    }
    false
}
