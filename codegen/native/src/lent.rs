//! Arrays and hashes that are lent: looked into without a count of their own, since somebody else keeps them alive.
//!
//! A block that takes the array or hash of a reference, or the array of an element, and gives it up again pays for a count and
//! its end. Where the reference is there for as long, or nothing between can take the array out of the one
//! around it, neither is needed. Only what the runtime has made for the occasion has to be given up: each lent
//! array comes with a flag that says so.

use std::collections::HashMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I8, I64};
use cranelift_codegen::ir::{BlockArg, InstBuilder, Value as Clif};
use s_abi::layout::tag;
use s_ir::op::Own;
use s_ir::{Block, BlockData, Inst, Op, Rt, Ty, Value};

use crate::function::Translator;

/// Lent arrays and hashes, with the flags of those that have been taken.
pub(crate) type Lent = HashMap<Value, Option<Clif>>;

/// Adds what a block may borrow.
pub(crate) fn find(data: &BlockData, overloads: bool, lent: &mut Lent) {
    let found: Vec<Value> = of_references(data).collect();
    lent.extend(found.into_iter().map(|array| (array, None)));
    let found = inside(data, overloads, lent);
    lent.extend(found.into_iter().map(|array| (array, None)));
}

/// Arrays and hashes of references that a block looks into for as long as it has the references: they need no count
/// of their own where the reference is one.
fn of_references(data: &BlockData) -> impl Iterator<Item = Value> + '_ {
    data.insts.iter().enumerate().filter_map(|(index, made)| {
        let (Op::Rt(Rt::deref_arr | Rt::deref_hash), Some(table)) = (&made.op, made.result) else {
            return None;
        };
        let reference = made.args[0];
        for inst in &data.insts[index + 1..] {
            for (place, arg) in inst.args.iter().enumerate() {
                let is_end = inst.op == Op::Release && *arg == table;
                if is_end {
                    return Some(table);
                }
                if (*arg == reference || *arg == table) && inst.op.takes(place) == Own::Owned {
                    return None;
                }
            }
        }
        None
    })
}

/// Arrays in arrays that a block looks into, or stores one element of, while nothing can take them out of
/// the array around them; that one is alive for as long, or lent itself.
fn inside(data: &BlockData, overloads: bool, lent: &Lent) -> Vec<Value> {
    let is_lent = |made: &Inst, rest: &[Inst]| {
        let (Op::Rt(Rt::arr_get_arr), Some(array)) = (&made.op, made.result) else { return false };
        let mut is_stored = false;
        for inst in rest {
            let is_used = inst.args.contains(&array);
            match &inst.op {
                Op::Release if is_used => return true,
                Op::Release if inst.args[0] == made.args[0] && lent.contains_key(&made.args[0]) => {}
                _ if is_used && is_stored => return false,
                Op::Rt(Rt::arr_set) if inst.args[0] == array && !is_stored => is_stored = true,
                Op::Pos(_) | Op::Line(_) => {}
                Op::Rt(function) if crate::view::leaves_arrays(*function, overloads) => {}
                op if op.is_pure() => {}
                _ => return false,
            }
            if is_used
                && (0..inst.args.len()).any(|at| inst.op.takes(at) == Own::Owned && inst.args[at] == array)
            {
                return false;
            }
        }
        false
    };
    let insts = data.insts.iter().enumerate();
    let found = insts.filter(|(index, made)| is_lent(made, &data.insts[index + 1..]));
    found.filter_map(|(_, made)| made.result).collect()
}

impl Translator<'_, '_> {
    /// The end of a lent array or hash.
    pub(crate) fn release_lent(&mut self, value: Value, owned: Clif) {
        let function = if self.func.ty(value) == Ty::Hash { Rt::hash_release } else { Rt::arr_release };
        let some = self.cold();
        let on = self.b.create_block();
        self.b.ins().brif(owned, some, &[], on, &[]);
        self.b.switch_to_block(some);
        let table = self.one(value);
        self.runtime(function, &[table]);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(on);
    }

    /// The array or hash a reference is to, which the reference keeps alive; anything else asks the runtime, and
    /// there is a count to give up later.
    pub(crate) fn deref_lent(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let wanted = if function == Rt::deref_hash { tag::HREF } else { tag::AREF };
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, w0, wanted.cast_signed());
        let slow = self.cold();
        let join = self.join_of(&[I64, I8]);
        let none = self.b.ins().iconst(I8, 0);
        self.b.ins().brif(same, join, &[BlockArg::Value(w1), BlockArg::Value(none)], slow, &[]);
        self.b.switch_to_block(slow);
        let results = self.runtime(function, &[w0, w1]);
        self.check_status(results[1], inst, handler);
        let one = self.b.ins().iconst(I8, 1);
        self.jump(join, &[results[0], one]);
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_one(inst, params[0]);
        if let Some(table) = inst.result {
            self.lent.insert(table, Some(params[1]));
        }
    }

    /// The array that is an element, retained unless it is lent; anything else asks the runtime.
    pub(crate) fn arr_get_arr(&mut self, inst: &Inst, handler: Option<Block>) {
        let (array, index) = (self.one(inst.args[0]), self.one(inst.args[1]));
        let head = self.head(inst.args[0]);
        let is_lent = inst.result.is_some_and(|result| self.lent.contains_key(&result));
        let slow = self.cold();
        let join = self.join_of(if is_lent { &[I64, I8] } else { &[I64] });
        let inner = self.inner_array(head, index, slow);
        if is_lent {
            let none = self.b.ins().iconst(I8, 0);
            if let Some(Some(owned)) = self.lent.get(&inst.args[0]).copied() {
                // The array around it is given up before.
                let (alone, kept) = (self.cold(), self.b.create_block());
                self.b.ins().brif(owned, alone, &[], kept, &[]);
                self.b.switch_to_block(alone);
                self.retain_object(inner);
                self.jump(join, &[inner, owned]);
                self.b.switch_to_block(kept);
            }
            self.jump(join, &[inner, none]);
        } else {
            self.retain_object(inner);
            self.jump(join, &[inner]);
        }
        self.b.switch_to_block(slow);
        let results = self.runtime(Rt::arr_get_arr, &[array, index]);
        self.check_status(results[1], inst, handler);
        if is_lent {
            let one = self.b.ins().iconst(I8, 1);
            self.jump(join, &[results[0], one]);
        } else {
            self.jump(join, &[results[0]]);
        }
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_one(inst, params[0]);
        if let (true, Some(result)) = (is_lent, inst.result) {
            self.lent.insert(result, Some(params[1]));
        }
    }
}
