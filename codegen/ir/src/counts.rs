//! Makes ownership explicit: retains, releases, and what throwing instructions have to release.
//!
//! Every counted value has one owner at each point. An instruction that consumes an operand takes it
//! over when this is its last use, and gets a reference of its own otherwise; a value that is used no
//! more is released at once, on each path on which it ends (the method of Reinking and others,
//! "Perceus: Garbage Free Reference Counting with Reuse", 2021, on a graph of blocks). Values that
//! somebody else keeps alive (parameters, captures, constants) are never released, and retained where
//! they are consumed.
//!
//! Needs critical edges split; does that itself.

use std::collections::HashSet;

use crate::cfg::{predecessors, reverse_postorder, split_critical_edges};
use crate::func::{Block, Func, Inst, Term, Ty, Value};
use crate::op::{Op, Own};

/// Which values are never counted although their type may be: integers in boxes and the like.
pub type Plain = HashSet<Value>;

/// Makes counts explicit in a function.
pub fn insert(func: &mut Func, plain: &Plain) {
    split_critical_edges(func);
    let order = reverse_postorder(func);
    let plain = &with_plain_results(func, &order, plain);
    let owned = owned_values(func, &order, plain);
    let live = Liveness::of(func, &order, &owned);
    let predecessors = predecessors(func);
    for block in &order {
        rewrite_block(func, *block, &owned, plain, &live, &predecessors[block.index()]);
    }
}

/// Adds what is made by operations that never give anything counted.
fn with_plain_results(func: &Func, order: &[Block], plain: &Plain) -> Plain {
    let mut all = plain.clone();
    for block in order {
        for inst in &func.block(*block).insts {
            if let Some(result) = inst.result
                && matches!(
                    inst.op,
                    Op::BoxInt
                        | Op::BoxNum
                        | Op::BoxBool
                        | Op::Undef
                        | Op::BoolVal(_)
                        | Op::Uint(_)
                        | Op::Str(_)
                        | Op::Regex(_)
                )
            {
                all.insert(result);
            }
        }
    }
    all
}

/// Values whose references have to be given back by this function.
fn owned_values(func: &Func, order: &[Block], plain: &Plain) -> Vec<bool> {
    let mut owned = vec![false; func.types.len()];
    let mut set = |value: Value| {
        if func.ty(value).is_counted() && !plain.contains(&value) {
            owned[value.index()] = true;
        }
    };
    for block in order {
        let data = func.block(*block);
        for param in &data.params {
            set(*param);
        }
        for inst in &data.insts {
            if let Some(result) = inst.result
                && gives_owned(&inst.op)
            {
                set(result);
            }
        }
    }
    owned
}

fn gives_owned(op: &Op) -> bool {
    match op {
        Op::Param(_) | Op::Capture(_) | Op::GlobSlot => false,
        Op::Call(_) => true,
        // Boxes of numbers are never counted.
        Op::BoxInt | Op::BoxNum | Op::BoxBool => false,
        _ => op.shape().result.is_some_and(|(_, own)| own == Own::Owned),
    }
}

/// How an instruction takes its nth operand.
fn takes(op: &Op, index: usize) -> Own {
    match op {
        Op::Copy => Own::Owned,
        Op::Call(_)
        | Op::Closure(_)
        | Op::CallValue(_)
        | Op::CallGlob(_)
        | Op::CallValueWant
        | Op::CallGlobWant => Own::Borrowed,
        _ => {
            let shape = op.shape();
            shape.params.get(index).or(shape.params.last()).map_or(Own::Borrowed, |(_, own)| *own)
        }
    }
}

/// Owned values that are still used, at the ends and starts of blocks.
struct Liveness {
    at_start: Vec<HashSet<Value>>,
    at_end: Vec<HashSet<Value>>,
}

impl Liveness {
    fn of(func: &Func, order: &[Block], owned: &[bool]) -> Liveness {
        let mut at_start = vec![HashSet::new(); func.blocks.len()];
        let mut at_end: Vec<HashSet<Value>> = vec![HashSet::new(); func.blocks.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for block in order.iter().rev() {
                let data = func.block(*block);
                let mut live: HashSet<Value> = HashSet::new();
                for successor in data.term.successors() {
                    live.extend(&at_start[successor.index()]);
                }
                if let Some(handler) = data.handler {
                    live.extend(&at_start[handler.index()]);
                }
                if at_end[block.index()] != live {
                    at_end[block.index()].clone_from(&live);
                }
                add_term_uses(&data.term, owned, &mut live);
                for inst in data.insts.iter().rev() {
                    if let Some(result) = inst.result {
                        live.remove(&result);
                    }
                    live.extend(inst.args.iter().filter(|arg| owned[arg.index()]));
                }
                for param in &data.params {
                    live.remove(param);
                }
                // What the handler needs lives through the whole block.
                if let Some(handler) = data.handler {
                    live.extend(at_start[handler.index()].iter().copied());
                }
                if at_start[block.index()] != live {
                    at_start[block.index()] = live;
                    changed = true;
                }
            }
        }
        Liveness { at_start, at_end }
    }
}

fn add_term_uses(term: &Term, owned: &[bool], live: &mut HashSet<Value>) {
    match term {
        Term::Branch { cond, .. } => live.extend(Some(*cond).filter(|value| owned[value.index()])),
        Term::Return(Some(value)) => live.extend(Some(*value).filter(|value| owned[value.index()])),
        _ => {}
    }
    for edge in term.edges() {
        live.extend(edge.args.iter().filter(|arg| owned[arg.index()]));
    }
}

fn rewrite_block(
    func: &mut Func,
    block: Block,
    owned: &[bool],
    plain: &Plain,
    live: &Liveness,
    predecessors: &[Block],
) {
    let counted: Vec<bool> = (0..func.types.len())
        .map(|i| func.types[i].is_counted() && !plain.contains(&Value(i as u32)))
        .collect();
    let data = func.block_mut(block);
    let handler_live = data.handler.map(|handler| live.at_start[handler.index()].clone()).unwrap_or_default();
    let insts = std::mem::take(&mut data.insts);
    let mut term = std::mem::replace(&mut data.term, Term::None);
    let params = data.params.clone();

    // Backwards first: what is live behind each instruction.
    let mut after: Vec<HashSet<Value>> = vec![HashSet::new(); insts.len()];
    let mut current = live.at_end[block.index()].clone();
    let behind_term = current.clone();
    add_term_uses(&term, owned, &mut current);
    for (index, inst) in insts.iter().enumerate().rev() {
        after[index].clone_from(&current);
        if let Some(result) = inst.result {
            current.remove(&result);
        }
        current.extend(inst.args.iter().filter(|arg| owned[arg.index()]));
        current.extend(handler_live.iter().copied());
    }
    let at_start = current;

    let mut out: Vec<Inst> = Vec::with_capacity(insts.len() * 2);
    // What came along an edge and is used no more here. A handler is entered with nothing to release:
    // whoever threw has done it.
    if let [predecessor] = predecessors {
        let is_handler = func.blocks.iter().any(|data| data.handler == Some(block));
        if !is_handler {
            let mut ended: Vec<Value> = live.at_end[predecessor.index()]
                .iter()
                .filter(|value| !at_start.contains(value) && !params.contains(value))
                .copied()
                .collect();
            ended.sort_unstable();
            out.extend(ended.into_iter().map(release));
        }
    }
    for param in &params {
        if owned[param.index()] && !at_start.contains(param) {
            out.push(release(*param));
        }
    }

    for (index, mut inst) in insts.into_iter().enumerate() {
        let live_after = &after[index];
        let mut consumed: Vec<Value> = Vec::new();
        let mut borrowed: Vec<Value> = Vec::new();
        for (position, arg) in inst.args.iter().enumerate() {
            if !counted[arg.index()] {
                continue;
            }
            match takes(&inst.op, position) {
                Own::Owned => {
                    let again = inst.args[position + 1..].contains(arg)
                        || inst.args[..position]
                            .iter()
                            .enumerate()
                            .any(|(p, a)| a == arg && takes(&inst.op, p) == Own::Borrowed)
                        || consumed.contains(arg);
                    if owned[arg.index()] && !live_after.contains(arg) && !again {
                        consumed.push(*arg);
                    } else {
                        out.push(retain(*arg));
                        if owned[arg.index()] && !live_after.contains(arg) && !borrowed.contains(arg) {
                            borrowed.push(*arg);
                        }
                    }
                }
                Own::Borrowed => {
                    if owned[arg.index()] && !borrowed.contains(arg) {
                        borrowed.push(*arg);
                    }
                }
            }
        }
        let ends: Vec<Value> = {
            let mut seen = HashSet::new();
            borrowed
                .iter()
                .filter(|arg| !live_after.contains(arg) && !consumed.contains(arg) && seen.insert(**arg))
                .copied()
                .collect()
        };
        if inst.op.throws() {
            let mut cleanup: Vec<Value> = live_after
                .iter()
                .filter(|value| Some(**value) != inst.result && !handler_live.contains(value))
                .copied()
                .chain(ends.iter().filter(|value| !handler_live.contains(value)).copied())
                .collect();
            cleanup.sort_unstable();
            cleanup.dedup();
            inst.cleanup = cleanup;
        }
        let result = inst.result;
        out.push(inst);
        out.extend(ends.into_iter().map(release));
        if let Some(result) = result
            && owned[result.index()]
            && !live_after.contains(&result)
        {
            out.push(release(result));
        }
    }

    // The end: arguments of edges and results are consumed.
    let consume = |value: Value, again: bool, out: &mut Vec<Inst>| {
        if counted[value.index()] && (!owned[value.index()] || behind_term.contains(&value) || again) {
            out.push(retain(value));
        }
    };
    match &mut term {
        Term::Return(Some(value)) => consume(*value, false, &mut out),
        Term::Jump(edge) => {
            for (position, arg) in edge.args.iter().enumerate() {
                let again = edge.args[position + 1..].contains(arg);
                consume(*arg, again, &mut out);
            }
        }
        _ => {}
    }
    let data = func.block_mut(block);
    data.insts = out;
    data.term = term;
}

fn retain(value: Value) -> Inst {
    Inst { op: Op::Retain, args: vec![value], result: None, cleanup: Vec::new() }
}

fn release(value: Value) -> Inst {
    Inst { op: Op::Release, args: vec![value], result: None, cleanup: Vec::new() }
}

/// Whether a type is one of the pointers, which are never plain.
#[must_use]
pub fn is_pointer(ty: Ty) -> bool {
    matches!(ty, Ty::Arr | Ty::Hash | Ty::Cell)
}
