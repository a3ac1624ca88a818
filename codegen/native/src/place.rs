//! Where the optimiser's copies belong in the text.
//!
//! An operation without effect stands where it is needed first; where it is needed on another way, too, the
//! optimiser makes a copy of it, which has no location. In a loop that only computes, all the work may be
//! copies. [`copies`] finds of what, after the optimiser and before machine code.

use std::collections::HashMap;

use cranelift_codegen::dominator_tree::DominatorTree;
use cranelift_codegen::ir::{Function, Inst, InstructionData, SourceLoc, Value};

/// Gives each copy the location of what it is a copy of: the same operation on the same operands, or on
/// copies of them.
pub(crate) fn copies(func: &mut Function, tree: &DominatorTree) {
    let mut original: HashMap<Value, Value> = HashMap::new();
    let mut known: HashMap<InstructionData, usize> = HashMap::new();
    let mut found: Vec<(Option<Value>, SourceLoc)> = Vec::new();
    let mut nowhere: Vec<(Inst, usize)> = Vec::new();
    // What an operand is made of has been seen before whatever uses it.
    for block in tree.cfg_postorder().iter().rev() {
        let insts: Vec<Inst> = func.layout.block_insts(*block).collect();
        for inst in insts {
            let mut data = func.dfg.insts[inst];
            if !is_plain(&data) {
                continue;
            }
            for arg in data.arguments_mut(&mut func.dfg.value_lists) {
                *arg = original.get(arg).copied().unwrap_or(*arg);
            }
            let result = func.dfg.inst_results(inst).first().copied();
            let location = func.srcloc(inst);
            let at = *known.entry(data).or_insert(found.len());
            match found.get_mut(at) {
                None => found.push((result, location)),
                Some((first, place)) => {
                    if let (Some(first), Some(result)) = (*first, result) {
                        original.insert(result, first);
                    }
                    if place.is_default() {
                        *place = location;
                    }
                }
            }
            if location.is_default() {
                nowhere.push((inst, at));
            }
        }
    }
    for (inst, at) in nowhere {
        let location = found[at].1;
        if !location.is_default() {
            func.set_srcloc(inst, location);
        }
    }
}

/// Operations whose operands are part of them, not in a list beside.
fn is_plain(data: &InstructionData) -> bool {
    matches!(
        data,
        InstructionData::Unary { .. }
            | InstructionData::Binary { .. }
            | InstructionData::BinaryImm8 { .. }
            | InstructionData::Ternary { .. }
            | InstructionData::IntCompare { .. }
            | InstructionData::FloatCompare { .. }
            | InstructionData::Load { .. }
            | InstructionData::UnaryImm { .. }
            | InstructionData::UnaryIeee64 { .. }
    )
}
