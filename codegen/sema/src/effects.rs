//! What a program can reach in the world.

use crate::hir::{Function, FunctionId};

/// Bits of `s_abi::builtins::effect` of everything the main program can call. A function counts as
/// called where a reference to it is made.
pub(crate) fn reachable(functions: &[Function], calls: &[Vec<FunctionId>]) -> u8 {
    let mut seen = vec![false; functions.len()];
    let mut todo: Vec<usize> = vec![0];
    let mut bits = 0;
    while let Some(place) = todo.pop() {
        if place >= functions.len() || std::mem::replace(&mut seen[place], true) {
            continue;
        }
        bits |= functions[place].effects;
        todo.extend(calls.get(place).into_iter().flatten().map(|id| id.index()));
    }
    bits
}
