//! Puts small functions that call nobody in the place of calls in loops.
//!
//! To be run before [`crate::infer`], which then knows what is given and what becomes of the result.
//! What is put in place computes, compares and reads elements; it has no loops, catches nothing, and asks
//! for nothing that depends on whose activation it runs in. Positions of statements come along, so that
//! messages name the same lines; only who called, asked by a handler of exceptions, is one level less.

use std::collections::HashMap;

use crate::func::{Block, BlockData, Edge, Func, Inst, Term, Ty, Value};
use crate::module::Module;
use crate::op::{Op, Rt};

/// Most instructions of a function that is put in place.
const CALLEE_MAX: usize = 48;
/// Most blocks.
const BLOCKS_MAX: usize = 10;
/// Most instructions that a function may grow by.
const GROWTH_MAX: usize = 600;

/// Replaces calls in all functions.
pub fn run(module: &mut Module) {
    let small: HashMap<usize, Func> = module
        .functions
        .iter()
        .enumerate()
        .filter(|(_, func)| is_small(func, module.overloads))
        .map(|(index, func)| (index, func.clone()))
        .collect();
    if small.is_empty() {
        return;
    }
    for (index, func) in module.functions.iter_mut().enumerate() {
        if !small.contains_key(&index) {
            calls_of(func, &small);
        }
    }
}

fn calls_of(func: &mut Func, small: &HashMap<usize, Func>) {
    let mut growth = 0;
    let mut at = 0;
    // Blocks behind a call are new and come later.
    while at < func.blocks.len() {
        let block = Block(u32::try_from(at).expect("fewer than 2^32 blocks"));
        at += 1;
        let data = func.block(block);
        if data.loop_depth == 0 {
            continue;
        }
        let call = data.insts.iter().enumerate().find_map(|(index, inst)| {
            let Op::Call(callee) = inst.op else { return None };
            let callee = small.get(&callee.index())?;
            let pos = data.insts[..index].iter().rev().find_map(|inst| match inst.op {
                Op::Pos(pos) => Some(pos),
                _ => None,
            });
            // Behind it the position is what it was; it has to be known.
            Some((index, callee, pos?))
        });
        if let Some((index, callee, pos)) = call
            && growth + callee.size() <= GROWTH_MAX
        {
            growth += callee.size();
            put(func, block, index, callee, pos);
        }
    }
}

fn is_small(func: &Func, overloads: bool) -> bool {
    let signature = &func.signature;
    !signature.variadic
        && !signature.captures
        && !signature.want
        && signature.result == Ty::V
        && !func.needs_frame
        && func.blocks.len() <= BLOCKS_MAX
        && func.size() <= CALLEE_MAX
        && func.blocks.iter().all(|data| {
            data.handler.is_none()
                && data.loop_depth == 0
                && !matches!(data.term, Term::Try { .. } | Term::Throw | Term::None)
                && data.insts.iter().all(|inst| is_plain(&inst.op, overloads))
        })
}

fn is_plain(op: &Op, overloads: bool) -> bool {
    match op {
        Op::Rt(function) => reads(*function) && !(overloads && function.signature().user),
        Op::Closure(_) | Op::Capture(_) | Op::Want | Op::ListAddress | Op::Arg | Op::Retain | Op::Release => {
            false
        }
        op => !op.is_call(),
    }
}

/// Functions of the runtime that do the same in any activation.
fn reads(function: Rt) -> bool {
    matches!(
        function,
        Rt::add
            | Rt::sub
            | Rt::mul
            | Rt::div
            | Rt::rem
            | Rt::pow
            | Rt::neg
            | Rt::not
            | Rt::inc
            | Rt::dec
            | Rt::bit_and
            | Rt::bit_or
            | Rt::bit_xor
            | Rt::bit_not
            | Rt::shl
            | Rt::shr
            | Rt::num_eq
            | Rt::num_ne
            | Rt::num_lt
            | Rt::num_gt
            | Rt::num_le
            | Rt::num_ge
            | Rt::num_cmp
            | Rt::str_eq
            | Rt::str_ne
            | Rt::int_of
            | Rt::abs
            | Rt::sqrt
            | Rt::sin
            | Rt::cos
            | Rt::exp
            | Rt::log
            | Rt::atan2
            | Rt::to_bool
            | Rt::to_int
            | Rt::to_num
            | Rt::to_number
            | Rt::is_defined
            | Rt::deref_arr
            | Rt::deref_hash
            | Rt::arr_len
            | Rt::arr_get
            | Rt::hash_get
    )
}

/// Puts a function in the place of a call of it.
fn put(func: &mut Func, block: Block, index: usize, callee: &Func, pos: u32) {
    let data = func.block_mut(block);
    let line = data.insts[..index].iter().rev().find(|inst| matches!(inst.op, Op::Line(_))).cloned();
    let mut rest = data.insts.split_off(index);
    let call = rest.remove(0);
    let term = std::mem::take(&mut data.term);
    let (handler, loop_depth) = (data.handler, data.loop_depth);
    let behind = func.new_block();
    let params: Vec<Value> = call.result.into_iter().collect();
    let new_pos = Inst::new(Op::Pos(pos), Vec::new(), None);
    rest.splice(0..0, std::iter::once(new_pos).chain(line));
    *func.block_mut(behind) =
        BlockData { params, insts: rest, term, handler, loop_depth, ..BlockData::default() };
    let blocks: Vec<Block> = callee.blocks.iter().map(|_| func.new_block()).collect();
    let mut names: HashMap<Value, Value> = HashMap::new();
    for data in &callee.blocks {
        for inst in &data.insts {
            if let (Op::Param(n), Some(result)) = (&inst.op, inst.result) {
                if let Some(arg) = call.args.get(*n as usize) {
                    names.insert(result, *arg);
                }
            } else if let Some(result) = inst.result {
                let value = func.new_value(callee.ty(result));
                names.insert(result, value);
            }
        }
        for param in &data.params {
            let value = func.new_value(callee.ty(*param));
            names.insert(*param, value);
        }
    }
    let rename = |value: &mut Value| {
        if let Some(name) = names.get(value) {
            *value = *name;
        }
    };
    for (old, new) in callee.blocks.iter().zip(&blocks) {
        let mut data = old.clone();
        data.insts.retain(|inst| !matches!(inst.op, Op::Param(_)));
        for inst in &mut data.insts {
            inst.args.iter_mut().for_each(rename);
            inst.result.iter_mut().for_each(rename);
        }
        data.params.iter_mut().for_each(rename);
        data.term.for_each_value_mut(rename);
        for edge in data.term.edges_mut() {
            edge.block = blocks[edge.block.index()];
        }
        if let Term::Return(value) = &data.term {
            let value = match value {
                Some(value) => *value,
                None => {
                    let value = func.new_value(Ty::V);
                    let undef = Inst::new(Op::Undef, Vec::new(), Some(value));
                    data.insts.push(undef);
                    value
                }
            };
            let args = if call.result.is_some() { vec![value] } else { Vec::new() };
            data.term = Term::Jump(Edge { block: behind, args });
        }
        data.handler = handler;
        data.loop_depth = loop_depth;
        *func.block_mut(*new) = data;
    }
    func.block_mut(block).term = Term::Jump(Edge { block: blocks[0], args: Vec::new() });
}
