//! Elements of arrays that are floats: found, tested and loaded without calls or counts.
//!
//! A test ([`Op::ElemIsNum`]) at the end of a block and the load ([`Op::ElemNum`]) at the start of the
//! next become one walk that loads on the way.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I16, I64};
use cranelift_codegen::ir::{Block as ClifBlock, BlockArg, InstBuilder, Value as Clif};
use s_abi::layout::{array_flag, storage, tag};
use s_ir::{BlockData, Element, Func, Inst, Op, Rt, Term, Ty, Value};

use crate::function::{Translator, Words, flags};
use crate::inline::at;
use crate::view::Head;

/// The place of the test that a block ends in, where the block behind it loads what was tested. What
/// stands between the test and the end only prepares what goes on.
pub(crate) fn test_before_load(func: &Func, data: &BlockData, uses: &Uses) -> Option<usize> {
    if uses.is_empty() {
        return None;
    }
    let Term::Branch { cond, yes, .. } = &data.term else { return None };
    let prepares = |inst: &&Inst| {
        matches!(inst.op, Op::BoxNum | Op::BoxInt | Op::Int(_) | Op::Num(_) | Op::IntToNum | Op::Line(_))
    };
    let at = data.insts.len() - data.insts.iter().rev().take_while(prepares).count();
    let at = at.checked_sub(1)?;
    let test = &data.insts[at];
    let next = func.block(yes.block).insts.iter().find(|inst| !matches!(inst.op, Op::Line(_)))?;
    let Op::ElemIsNum(what) = test.op else { return None };
    let is_pair = test.result == Some(*cond)
        && next.op == Op::ElemNum(what)
        && next.args == test.args
        && uses.values[cond.index()] == 1
        // What is found is given to the next block, which nobody else may enter.
        && uses.blocks[yes.block.index()] == 1;
    is_pair.then_some(at)
}

/// How often values are used and blocks entered, in a function that tests elements; else nothing.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    values: Vec<u32>,
    blocks: Vec<u32>,
}

impl Uses {
    pub(crate) fn of(func: &Func) -> Uses {
        let tests = |data: &BlockData| data.insts.iter().any(|inst| matches!(inst.op, Op::ElemIsNum(_)));
        if !func.blocks.iter().any(tests) {
            return Uses::default();
        }
        let mut uses = Uses { values: vec![0; func.types.len()], blocks: vec![0; func.blocks.len()] };
        for data in &func.blocks {
            let args = data.insts.iter().flat_map(|inst| inst.args.iter().copied());
            args.chain(data.term.values()).for_each(|value| uses.values[value.index()] += 1);
            data.term.successors().for_each(|block| uses.blocks[block.index()] += 1);
        }
        uses
    }

    fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl Translator<'_, '_> {
    /// A test and the branch on it: what was found goes to the next block as its last parameter.
    pub(crate) fn test_and_load(&mut self, inst: &Inst, term: &Term) {
        let Term::Branch { yes, no, .. } = term else { unreachable!("a branch on the test") };
        let mut found = self.edge_args(yes);
        let (yes_block, no_block) = (self.blocks[yes.block.index()], self.blocks[no.block.index()]);
        let other = self.b.create_block();
        self.b.set_cold_block(other);
        let float = self.b.append_block_param(yes_block, F64);
        self.found.insert(yes.block, float);
        self.walk(inst, other, &mut |this, value| {
            found.push(BlockArg::Value(value));
            this.b.ins().jump(yes_block, &found);
            found.pop();
        });
        self.b.switch_to_block(other);
        self.enter_views(no);
        let args = self.edge_args(no);
        self.b.ins().jump(no_block, &args);
    }

    /// The test alone.
    pub(crate) fn elem_is_num(&mut self, inst: &Inst) {
        let other = self.b.create_block();
        let join = self.b.create_block();
        let truth = self.b.append_block_param(join, I8);
        self.walk(inst, other, &mut |this, _| {
            let one = this.b.ins().iconst(I8, 1);
            this.b.ins().jump(join, &[BlockArg::Value(one)]);
        });
        self.b.switch_to_block(other);
        let zero = self.b.ins().iconst(I8, 0);
        self.b.ins().jump(join, &[BlockArg::Value(zero)]);
        self.b.switch_to_block(join);
        if let Some(result) = inst.result {
            self.set(result, Words::One(truth));
        }
    }

    /// The load alone. What is no float after all, since something has changed, gives 0.
    pub(crate) fn elem_num(&mut self, inst: &Inst) {
        let other = self.b.create_block();
        self.b.set_cold_block(other);
        let join = self.b.create_block();
        let float = self.b.append_block_param(join, F64);
        self.walk(inst, other, &mut |this, value| {
            this.b.ins().jump(join, &[BlockArg::Value(value)]);
        });
        self.b.switch_to_block(other);
        let zero = self.b.ins().f64const(0.0);
        self.b.ins().jump(join, &[BlockArg::Value(zero)]);
        self.b.switch_to_block(join);
        if let Some(result) = inst.result {
            self.set(result, Words::One(float));
        }
    }

    /// Packs an array, if indexes lead to one.
    pub(crate) fn pack(&mut self, inst: &Inst) {
        let on = self.b.create_block();
        let array = self.root_array(inst.args[0], on);
        let array = self.follow(array, &inst.args[1..], on);
        let kind = self.head_storage(Head::Array(array));
        let is_wide = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(storage::VAL));
        let wide = self.cold();
        self.b.ins().brif(is_wide, wide, &[], on, &[]);
        self.b.switch_to_block(wide);
        let bits = self.b.ins().load(I16, flags(), array, at::ARR_AUX);
        let is_mixed = self.b.ins().band_imm_u(bits, i64::from(array_flag::MIXED));
        let maybe = self.cold();
        self.b.ins().brif(is_mixed, on, &[], maybe, &[]);
        self.b.switch_to_block(maybe);
        self.runtime(Rt::arr_pack, &[array]);
        self.b.ins().jump(on, &[]);
        self.b.switch_to_block(on);
    }

    /// Whether the function tests elements, and has many branches.
    pub(crate) fn tests_elements(&self) -> bool {
        !self.uses.is_empty()
    }

    /// Follows the indexes; on each way on which a float is found it is given to `found`, which ends the
    /// block. Everything else goes to `other`.
    fn walk(&mut self, inst: &Inst, other: ClifBlock, found: &mut dyn FnMut(&mut Self, Clif)) {
        let (last, path) = inst.args[1..].split_last().expect("at least one index");
        if let Some(used) = self.plan.use_of(self.here.0, self.here.1) {
            let outside = self.cold();
            let head = Head::View(used.view);
            if let Some((index, rest)) = path[used.steps..].split_first() {
                let index = self.one(*index);
                let len = self.view_arrays(used.view);
                self.go_on_below(index, len, outside);
                let array = self.array_at(head, index, other);
                self.walk_from(array, rest, inst, other, found);
            } else {
                let index = self.one(*last);
                let len = self.view_floats(used.view);
                self.go_on_below(index, len, outside);
                let place = self.element(head, index, 3);
                let value = self.b.ins().load(F64, flags(), place, 0);
                found(self, value);
            }
            self.b.switch_to_block(outside);
            let first = self.b.func.dfg.num_blocks();
            self.walk_from_root(inst, other, found);
            self.all_cold(first);
            return;
        }
        self.walk_from_root(inst, other, found);
    }

    /// As [`Self::walk`], without a view.
    fn walk_from_root(&mut self, inst: &Inst, other: ClifBlock, found: &mut dyn FnMut(&mut Self, Clif)) {
        let array = self.root_array(inst.args[0], other);
        self.walk_from(array, &inst.args[1..inst.args.len() - 1], inst, other, found);
    }

    /// The array that a root is or refers to; control goes to `other` where it is none.
    fn root_array(&mut self, root: Value, other: ClifBlock) -> Clif {
        if self.func.ty(root) != Ty::V {
            return self.one(root);
        }
        let (w0, w1) = self.two(root);
        self.expect_word(w0, tag::AREF, other);
        w1
    }

    /// The array that indexes lead to from another; control goes to `other` where there is none.
    fn follow(&mut self, array: Clif, path: &[Value], other: ClifBlock) -> Clif {
        path.iter().fold(array, |array, index| {
            let index = self.one(*index);
            self.inner_array(Head::Array(array), index, other)
        })
    }

    /// Follows the indexes of `path` from an array on, and then the last one of the instruction.
    fn walk_from(
        &mut self,
        array: Clif,
        path: &[Value],
        inst: &Inst,
        other: ClifBlock,
        found: &mut dyn FnMut(&mut Self, Clif),
    ) {
        let head = Head::Array(self.follow(array, path, other));
        let index = self.one(*inst.args.last().expect("at least one index"));
        let kind = self.within(head, index, other);
        let narrow = self.b.create_block();
        let more = self.b.create_block();
        let takes_ints = matches!(inst.op, Op::ElemIsNum(Element::Number) | Op::ElemNum(Element::Number));
        let is_narrow = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(storage::NUM));
        self.leave_unless(is_narrow, (more, &[]), (narrow, &[]));
        self.b.switch_to_block(narrow);
        let place = self.element(head, index, 3);
        let value = self.b.ins().load(F64, flags(), place, 0);
        found(self, value);
        self.b.switch_to_block(more);
        let is_wide = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(storage::VAL));
        if takes_ints {
            let wide = self.b.create_block();
            let ints = self.b.create_block();
            self.b.set_cold_block(ints);
            self.b.ins().brif(is_wide, wide, &[], ints, &[]);
            // What is neither of the others is of integers.
            self.b.switch_to_block(ints);
            let place = self.element(head, index, 3);
            let word = self.b.ins().load(I64, flags(), place, 0);
            let value = self.b.ins().fcvt_from_sint(F64, word);
            found(self, value);
            self.b.switch_to_block(wide);
        } else {
            self.go_on_if(is_wide, other);
        }
        let place = self.element(head, index, 4);
        let w0 = self.b.ins().load(I64, flags(), place, 0);
        if takes_ints {
            let float = self.b.create_block();
            let maybe = self.b.create_block();
            self.b.set_cold_block(maybe);
            let is_float = self.b.ins().icmp_imm_s(IntCC::Equal, w0, tag::NUM.cast_signed());
            self.b.ins().brif(is_float, float, &[], maybe, &[]);
            self.b.switch_to_block(maybe);
            self.expect_word(w0, tag::INT, other);
            let word = self.b.ins().load(I64, flags(), place, 8);
            let value = self.b.ins().fcvt_from_sint(F64, word);
            found(self, value);
            self.b.switch_to_block(float);
        } else {
            self.expect_word(w0, tag::NUM, other);
        }
        let value = self.b.ins().load(F64, flags(), place, 8);
        found(self, value);
    }

    /// Makes all blocks cold that were made when there were `first` of them, or later.
    pub(crate) fn all_cold(&mut self, first: usize) {
        for number in first..self.b.func.dfg.num_blocks() {
            let number = u32::try_from(number).expect("blocks have numbers of 32 bits");
            self.b.set_cold_block(ClifBlock::from_u32(number));
        }
    }

    /// Goes on where a word is the one that is expected.
    pub(crate) fn expect_word(&mut self, word: Clif, wanted: u64, other: ClifBlock) {
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, word, wanted.cast_signed());
        self.go_on_if(same, other);
    }

    /// Goes on where a condition holds.
    pub(crate) fn go_on_if(&mut self, condition: Clif, other: ClifBlock) {
        let on = self.b.create_block();
        self.leave_unless(condition, (other, &[]), (on, &[]));
        self.b.switch_to_block(on);
    }

    /// Goes on where an index is below a length.
    fn go_on_below(&mut self, index: Clif, len: Clif, other: ClifBlock) {
        let inside = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
        self.go_on_if(inside, other);
    }

    /// The array that an element refers to, not counted; control goes to `other` where it is none.
    pub(crate) fn inner_array(&mut self, head: Head, index: Clif, other: ClifBlock) -> Clif {
        let kind = self.within(head, index, other);
        let is_wide = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(storage::VAL));
        self.go_on_if(is_wide, other);
        self.array_at(head, index, other)
    }

    /// The array that an element of general values refers to, as [`Self::inner_array`]; the index is within.
    fn array_at(&mut self, head: Head, index: Clif, other: ClifBlock) -> Clif {
        let place = self.element(head, index, 4);
        let w0 = self.b.ins().load(I64, flags(), place, 0);
        self.expect_word(w0, tag::AREF, other);
        self.b.ins().load(I64, flags(), place, 8)
    }

    /// The storage of an array, when the index is within; else control goes to `outside`.
    pub(crate) fn within(&mut self, head: Head, index: Clif, outside: ClifBlock) -> Clif {
        let len = self.head_len(head);
        self.go_on_below(index, len, outside);
        self.head_storage(head)
    }

    /// The address of an element.
    pub(crate) fn element(&mut self, head: Head, index: Clif, shift: i64) -> Clif {
        let data = self.head_data(head);
        let bytes = self.b.ins().ishl_imm_u(index, shift);
        self.b.ins().iadd(data, bytes)
    }
}
