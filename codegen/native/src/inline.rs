//! Fast paths in line: what compiled code does itself before it asks the runtime.
//!
//! Each has the runtime function of the same name behind it, in a cold block, and means the same.

use std::mem::offset_of;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I32, I64};
use cranelift_codegen::ir::{Block as ClifBlock, BlockArg, InstBuilder, MemFlagsData, Type, Value as Clif};
use s_abi::layout::{Arr, Cell, Header, storage, tag};
use s_ir::{Block, Cond, Inst, Op, Rt, Value};

use crate::function::{Translator, Words, flags, float_condition, offset};
use crate::view::Head;

/// Offsets of fields that fast paths touch.
pub(crate) mod at {
    use super::{Arr, Cell, Header, offset, offset_of};
    pub(crate) const COUNT: i32 = offset(offset_of!(Header, count));
    pub(crate) const CELL_VALUE: i32 = offset(offset_of!(Cell, value));
    pub(crate) const ARR_DATA: i32 = offset(offset_of!(Arr, data));
    pub(crate) const ARR_LEN: i32 = offset(offset_of!(Arr, len));
    pub(crate) const ARR_CAPACITY: i32 = offset(offset_of!(Arr, capacity));
    pub(crate) const ARR_AUX: i32 = offset(offset_of!(Header, aux));
    pub(crate) const ARR_STORAGE: i32 = offset(offset_of!(Arr, storage));
}

impl Translator<'_, '_> {
    /// A runtime function, in line where that pays.
    pub(crate) fn rt(&mut self, function: Rt, inst: &Inst, handler: Option<Block>, in_loop: bool) {
        let hot = self.hot || in_loop;
        match function {
            Rt::is_defined => {
                let (w0, _) = self.two(inst.args[0]);
                let value = self.b.ins().icmp_imm_s(IntCC::NotEqual, w0, tag::UNDEF.cast_signed());
                self.result_one(inst, value);
            }
            Rt::arr_len => {
                let array = self.one(inst.args[0]);
                let value = self.b.ins().load(I64, flags(), array, at::ARR_LEN);
                self.result_one(inst, value);
            }
            Rt::mark => {
                let value = self.height();
                self.result_one(inst, value);
            }
            Rt::list_len => {
                let mark = self.one(inst.args[0]);
                let height = self.height();
                let value = self.b.ins().isub(height, mark);
                self.result_one(inst, value);
            }
            Rt::poll_signals => self.poll_signals(inst, handler),
            Rt::list_push if hot => self.list_push(inst, handler),
            Rt::add | Rt::sub | Rt::mul if hot => self.arithmetic(function, inst, handler),
            Rt::rem if hot => self.remainder(inst, handler),
            Rt::num_eq | Rt::num_ne | Rt::num_lt | Rt::num_gt | Rt::num_le | Rt::num_ge if hot => {
                self.compare(function, inst, handler);
            }
            Rt::int_div if hot && !self.module.compat => {
                let (x, y) = (self.one(inst.args[0]), self.one(inst.args[1]));
                self.int_div(x, y, inst, handler);
            }
            Rt::div if hot && !self.module.compat => self.div(inst, handler),
            Rt::div_num if hot => {
                let ((a0, a1), (b0, b1)) = (self.two(inst.args[0]), self.two(inst.args[1]));
                self.div_num(function, &[a0, a1, b0, b1], inst, handler);
            }
            Rt::int_div_num if hot => {
                let (x, y) = (self.one(inst.args[0]), self.one(inst.args[1]));
                self.div_num(function, &[x, y], inst, handler);
            }
            Rt::str_eq | Rt::str_ne if hot => self.same_text(function, inst, handler),
            Rt::to_bool if hot => self.truth(inst, handler),
            Rt::to_int if hot => self.int_of(inst, handler),
            Rt::to_num if hot => self.num_of(inst, handler),
            Rt::inc | Rt::dec if hot && !self.module.compat => self.step(function, inst, handler),
            Rt::arr_get | Rt::arr_fetch if hot => self.arr_get(function, inst, handler),
            Rt::deref_arr | Rt::deref_hash
                if hot && inst.result.is_some_and(|table| self.lent.contains_key(&table)) =>
            {
                self.deref_lent(function, inst, handler);
            }
            Rt::deref_arr if hot => self.deref(function, tag::AREF, inst, handler),
            Rt::deref_hash if hot => self.deref(function, tag::HREF, inst, handler),
            Rt::viv_arr if hot => self.vivify(function, tag::AREF, inst, handler),
            Rt::viv_hash if hot => self.vivify(function, tag::HREF, inst, handler),
            Rt::arr_get_arr if hot => self.arr_get_arr(inst, handler),
            Rt::arr_set if hot => self.arr_set(inst, handler),
            Rt::arr_push if hot => self.arr_push(inst, handler),
            Rt::cell_get | Rt::slot_get if hot => self.slot_get(function, inst, handler),
            Rt::cell_fetch | Rt::slot_fetch if hot => self.slot_get(function, inst, handler),
            Rt::cell_set | Rt::slot_set if hot => self.slot_set(function, inst, handler),
            _ if hot && self.is_of_fixed_key(function, inst) => self.entry_of_key(function, inst, handler),
            _ => self.rt_call(function, inst, handler),
        }
    }

    pub(crate) fn result_one(&mut self, inst: &Inst, word: Clif) {
        if let Some(result) = inst.result {
            self.set(result, Words::One(word));
        }
    }

    pub(crate) fn result_two(&mut self, inst: &Inst, w0: Clif, w1: Clif) {
        if let Some(result) = inst.result {
            self.set(result, Words::Two(w0, w1));
        }
    }

    /// Height of the value stack.
    fn height(&mut self) -> Clif {
        let top = self.b.ins().load(I64, flags(), self.vm, crate::function::at::TOP);
        let base = self.b.ins().load(I64, flags(), self.vm, crate::function::at::BASE);
        let bytes = self.b.ins().isub(top, base);
        self.b.ins().ushr_imm_u(bytes, 4)
    }

    fn poll_signals(&mut self, inst: &Inst, handler: Option<Block>) {
        let set = self.b.ins().load(I64, flags(), self.vm, crate::function::at::PENDING);
        let pending = self.b.ins().load(I64, flags(), set, 0);
        let (some, none) = (self.cold(), self.b.create_block());
        self.b.ins().brif(pending, some, &[], none, &[]);
        self.b.switch_to_block(some);
        self.rt_call(Rt::poll_signals, inst, handler);
        self.b.ins().jump(none, &[]);
        self.b.switch_to_block(none);
    }

    fn list_push(&mut self, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let top = self.b.ins().load(I64, flags(), self.vm, crate::function::at::TOP);
        let end = self.b.ins().load(I64, flags(), self.vm, crate::function::at::END);
        let full = self.b.ins().icmp(IntCC::Equal, top, end);
        let (slow, fast, join) = self.fork();
        self.b.ins().brif(full, slow, &[], fast, &[]);
        self.b.switch_to_block(slow);
        let results = self.runtime(Rt::list_push, &[w0, w1]);
        self.check_status(results[1], inst, handler);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(fast);
        self.b.ins().store(flags(), w0, top, 0);
        self.b.ins().store(flags(), w1, top, 8);
        let next = self.b.ins().iadd_imm_s(top, 16);
        self.b.ins().store(flags(), next, self.vm, crate::function::at::TOP);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(join);
    }

    /// A cold block, a warm one, and where they meet.
    pub(crate) fn fork(&mut self) -> (ClifBlock, ClifBlock, ClifBlock) {
        let (slow, fast, join) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(slow);
        (slow, fast, join)
    }

    pub(crate) fn join_of(&mut self, types: &[Type]) -> ClifBlock {
        let join = self.b.create_block();
        for ty in types {
            self.b.append_block_param(join, *ty);
        }
        join
    }

    pub(crate) fn cold(&mut self) -> ClifBlock {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    pub(crate) fn jump(&mut self, block: ClifBlock, args: &[Clif]) {
        let args: Vec<BlockArg> = args.iter().map(|arg| BlockArg::Value(*arg)).collect();
        self.b.ins().jump(block, &args);
    }

    pub(crate) fn as_float(&mut self, word: Clif) -> Clif {
        self.b.ins().bitcast(F64, MemFlagsData::new(), word)
    }

    pub(crate) fn as_bits(&mut self, value: Clif) -> Clif {
        self.b.ins().bitcast(I64, MemFlagsData::new(), value)
    }

    /// Notes the result of an instruction that makes a number for certain.
    pub(crate) fn note_number(&mut self, inst: &Inst) {
        let Some(result) = inst.result else { return };
        let is_number = match inst.op {
            Op::BoxInt | Op::BoxNum => true,
            Op::Rt(Rt::int_div) => !self.module.compat,
            Op::Rt(Rt::add | Rt::sub | Rt::mul | Rt::div) => self.are_numbers(inst),
            _ => false,
        };
        if is_number {
            self.numbers.insert(result);
        }
    }

    /// Whether both operands are numbers for certain, and what is made of them is known here.
    pub(crate) fn are_numbers(&self, inst: &Inst) -> bool {
        !self.module.compat && inst.args.iter().all(|arg| self.numbers.contains(arg))
    }

    /// Goes to `ints` when both are integers, to `floats` with the two as floats when both are numbers,
    /// else to `other`. Without a place for floats those go there, too. What are numbers for `certain` is not tested,
    /// and nothing else is left for `other`: a call there that came back would take the registers of a loop.
    pub(crate) fn by_numbers(
        &mut self,
        (a, b): ((Clif, Clif), (Clif, Clif)),
        certain: bool,
        ints: ClifBlock,
        floats: Option<ClifBlock>,
        other: ClifBlock,
    ) {
        let either = self.b.ins().bor(a.0, b.0);
        let Some(floats) = floats else {
            self.b.ins().brif(either, other, &[], ints, &[]);
            return;
        };
        let next = self.b.create_block();
        self.b.ins().brif(either, next, &[], ints, &[]);
        self.b.switch_to_block(next);
        // INT is 0 and NUM is 1: the disjunction of two numbers is at most 1, their conjunction 1 when both
        // are floats.
        let both = self.b.ins().band(a.0, b.0);
        if !certain {
            let numbers = self.b.ins().icmp_imm_s(IntCC::Equal, either, tag::NUM.cast_signed());
            let some = self.b.create_block();
            self.b.ins().brif(numbers, some, &[], other, &[]);
            self.b.switch_to_block(some);
        }
        let mixed = self.b.create_block();
        let (x, y) = (self.as_float(a.1), self.as_float(b.1));
        self.b.ins().brif(both, floats, &[BlockArg::Value(x), BlockArg::Value(y)], mixed, &[]);
        self.b.switch_to_block(mixed);
        let (converted_a, converted_b) =
            (self.b.ins().fcvt_from_sint(F64, a.1), self.b.ins().fcvt_from_sint(F64, b.1));
        let x = self.b.ins().select(a.0, x, converted_a);
        let y = self.b.ins().select(b.0, y, converted_b);
        self.jump(floats, &[x, y]);
    }

    // The code generator has no such operations for riscv64.

    /// Sum, and whether it overflowed: the signs of both operands differ from the sum's.
    fn add_overflow(&mut self, a: Clif, b: Clif) -> (Clif, Clif) {
        if !self.plain_overflow() {
            return self.b.ins().sadd_overflow(a, b);
        }
        let sum = self.b.ins().iadd(a, b);
        let (from_a, from_b) = (self.b.ins().bxor(sum, a), self.b.ins().bxor(sum, b));
        let both = self.b.ins().band(from_a, from_b);
        (sum, self.b.ins().icmp_imm_s(IntCC::SignedLessThan, both, 0))
    }

    /// Difference, and whether it overflowed: the operands' signs differ, and so do the first's and the
    /// difference's.
    fn sub_overflow(&mut self, a: Clif, b: Clif) -> (Clif, Clif) {
        if !self.plain_overflow() {
            return self.b.ins().ssub_overflow(a, b);
        }
        let difference = self.b.ins().isub(a, b);
        let (operands, changed) = (self.b.ins().bxor(a, b), self.b.ins().bxor(a, difference));
        let both = self.b.ins().band(operands, changed);
        (difference, self.b.ins().icmp_imm_s(IntCC::SignedLessThan, both, 0))
    }

    /// Product, and whether it overflowed: the high half is not the sign of the low one.
    fn mul_overflow(&mut self, a: Clif, b: Clif) -> (Clif, Clif) {
        if !self.plain_overflow() {
            return self.b.ins().smul_overflow(a, b);
        }
        let (low, high) = (self.b.ins().imul(a, b), self.b.ins().smulhi(a, b));
        let sign = self.b.ins().sshr_imm_u(low, 63);
        (low, self.b.ins().icmp(IntCC::NotEqual, high, sign))
    }

    fn arithmetic(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let ((a0, a1), (b0, b1)) = (self.two(inst.args[0]), self.two(inst.args[1]));
        let ints = self.b.create_block();
        let floats = (!self.has_twin).then(|| self.join_of(&[F64, F64]));
        let other = self.cold();
        let join = self.join_of(&[I64, I64]);
        let certain = floats.is_some() && self.are_numbers(inst);
        self.by_numbers(((a0, a1), (b0, b1)), certain, ints, floats, other);
        self.b.switch_to_block(ints);
        if self.module.compat {
            let (value, overflow) = match function {
                Rt::add => self.add_overflow(a1, b1),
                Rt::sub => self.sub_overflow(a1, b1),
                _ => self.mul_overflow(a1, b1),
            };
            let fine = self.b.create_block();
            self.b.ins().brif(overflow, other, &[], fine, &[]);
            self.b.switch_to_block(fine);
            let zero = self.word(tag::INT);
            self.jump(join, &[zero, value]);
        } else {
            let value = match function {
                Rt::add => self.b.ins().iadd(a1, b1),
                Rt::sub => self.b.ins().isub(a1, b1),
                _ => self.b.ins().imul(a1, b1),
            };
            let zero = self.word(tag::INT);
            self.jump(join, &[zero, value]);
        }
        if let Some(floats) = floats
            && self.module.compat
        {
            // Integral floats count as integers there: the runtime knows.
            self.b.switch_to_block(floats);
            self.jump(other, &[]);
        } else if let Some(floats) = floats {
            self.b.switch_to_block(floats);
            let (x, y) = (self.b.block_params(floats)[0], self.b.block_params(floats)[1]);
            let value = match function {
                Rt::add => self.b.ins().fadd(x, y),
                Rt::sub => self.b.ins().fsub(x, y),
                _ => self.b.ins().fmul(x, y),
            };
            let bits = self.as_bits(value);
            let one = self.float_tag();
            self.jump(join, &[one, bits]);
        }
        if !certain {
            self.b.switch_to_block(other);
            let results = self.runtime(function, &[a0, a1, b0, b1]);
            self.check_value(results[0], inst, handler);
            self.jump(join, &[results[0], results[1]]);
        }
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_two(inst, params[0], params[1]);
    }

    fn compare(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let (cond, int_cond) = match function {
            Rt::num_eq => (Cond::Eq, IntCC::Equal),
            Rt::num_ne => (Cond::Ne, IntCC::NotEqual),
            Rt::num_lt => (Cond::Lt, IntCC::SignedLessThan),
            Rt::num_gt => (Cond::Gt, IntCC::SignedGreaterThan),
            Rt::num_le => (Cond::Le, IntCC::SignedLessThanOrEqual),
            _ => (Cond::Ge, IntCC::SignedGreaterThanOrEqual),
        };
        let ((a0, a1), (b0, b1)) = (self.two(inst.args[0]), self.two(inst.args[1]));
        let ints = self.b.create_block();
        let floats = (!self.has_twin).then(|| self.join_of(&[F64, F64]));
        let other = self.cold();
        let join = self.join_of(&[I8]);
        let certain = floats.is_some() && self.are_numbers(inst);
        self.by_numbers(((a0, a1), (b0, b1)), certain, ints, floats, other);
        self.b.switch_to_block(ints);
        let value = self.b.ins().icmp(int_cond, a1, b1);
        self.jump(join, &[value]);
        if let Some(floats) = floats {
            self.b.switch_to_block(floats);
            let (x, y) = (self.b.block_params(floats)[0], self.b.block_params(floats)[1]);
            let value = self.b.ins().fcmp(float_condition(cond), x, y);
            self.jump(join, &[value]);
        }
        if !certain {
            self.b.switch_to_block(other);
            let results = self.runtime(function, &[a0, a1, b0, b1]);
            self.check_status(results[1], inst, handler);
            let byte = self.byte(results[0]);
            self.jump(join, &[byte]);
        }
        self.b.switch_to_block(join);
        let value = self.b.block_params(join)[0];
        self.result_one(inst, value);
    }

    /// Equality of texts: two short ones are compared as words.
    fn same_text(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let ((a0, a1), (b0, b1)) = (self.two(inst.args[0]), self.two(inst.args[1]));
        let short = |this: &mut Self, word: Clif| {
            let low = this.b.ins().ireduce(I8, word);
            this.b.ins().icmp_imm_s(IntCC::Equal, low, tag::SSTR.cast_signed())
        };
        let left = short(self, a0);
        let right = short(self, b0);
        let both = self.b.ins().band(left, right);
        let fast = self.b.create_block();
        let slow = self.cold();
        let join = self.join_of(&[I8]);
        self.b.ins().brif(both, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        let first = self.b.ins().bxor(a0, b0);
        let second = self.b.ins().bxor(a1, b1);
        let differ = self.b.ins().bor(first, second);
        let cond = if function == Rt::str_eq { IntCC::Equal } else { IntCC::NotEqual };
        let value = self.b.ins().icmp_imm_s(cond, differ, 0);
        self.jump(join, &[value]);
        self.b.switch_to_block(slow);
        let results = self.runtime(function, &[a0, a1, b0, b1]);
        self.check_status(results[1], inst, handler);
        let byte = self.byte(results[0]);
        self.jump(join, &[byte]);
        self.b.switch_to_block(join);
        let value = self.b.block_params(join)[0];
        self.result_one(inst, value);
    }

    fn truth(&mut self, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let int = self.b.create_block();
        let other = self.b.create_block();
        let join = self.join_of(&[I8]);
        self.b.ins().brif(w0, other, &[], int, &[]);
        self.b.switch_to_block(int);
        let value = self.b.ins().icmp_imm_s(IntCC::NotEqual, w1, 0);
        self.jump(join, &[value]);
        self.b.switch_to_block(other);
        let results = self.runtime(Rt::to_bool, &[w0, w1]);
        self.check_status(results[1], inst, handler);
        let byte = self.byte(results[0]);
        self.jump(join, &[byte]);
        self.b.switch_to_block(join);
        let value = self.b.block_params(join)[0];
        self.result_one(inst, value);
    }

    fn int_of(&mut self, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let other = self.cold();
        let join = self.join_of(&[I64]);
        self.b.ins().brif(w0, other, &[], join, &[BlockArg::Value(w1)]);
        self.b.switch_to_block(other);
        let results = self.runtime(Rt::to_int, &[w0, w1]);
        self.check_status(results[1], inst, handler);
        self.jump(join, &[results[0]]);
        self.b.switch_to_block(join);
        let value = self.b.block_params(join)[0];
        self.result_one(inst, value);
    }

    fn num_of(&mut self, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let int = self.b.create_block();
        let more = self.b.create_block();
        let float = self.b.create_block();
        let other = self.cold();
        let join = self.join_of(&[F64]);
        self.b.ins().brif(w0, more, &[], int, &[]);
        self.b.switch_to_block(int);
        let value = self.b.ins().fcvt_from_sint(F64, w1);
        self.jump(join, &[value]);
        self.b.switch_to_block(more);
        let is_float = self.b.ins().icmp_imm_s(IntCC::Equal, w0, tag::NUM.cast_signed());
        self.b.ins().brif(is_float, float, &[], other, &[]);
        self.b.switch_to_block(float);
        let value = self.as_float(w1);
        self.jump(join, &[value]);
        self.b.switch_to_block(other);
        let results = self.runtime(Rt::to_num, &[w0, w1]);
        self.check_status(results[1], inst, handler);
        self.jump(join, &[results[0]]);
        self.b.switch_to_block(join);
        let value = self.b.block_params(join)[0];
        self.result_one(inst, value);
    }

    fn step(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let int = self.b.create_block();
        let other = self.cold();
        let join = self.join_of(&[I64, I64]);
        self.b.ins().brif(w0, other, &[], int, &[]);
        self.b.switch_to_block(int);
        let value = self.b.ins().iadd_imm_s(w1, if function == Rt::inc { 1 } else { -1 });
        self.jump(join, &[w0, value]);
        self.b.switch_to_block(other);
        let results = self.runtime(function, &[w0, w1]);
        self.check_value(results[0], inst, handler);
        self.jump(join, &[results[0], results[1]]);
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_two(inst, params[0], params[1]);
    }

    // Arrays

    fn arr_get(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let (array, index) = (self.one(inst.args[0]), self.one(inst.args[1]));
        let head = self.head(inst.args[0]);
        let slow = self.cold();
        let join = self.join_of(&[I64, I64]);
        let kind = self.within(head, index, slow);
        let wide = self.b.create_block();
        let narrow = self.b.create_block();
        let is_wide = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(storage::VAL));
        self.b.ins().brif(is_wide, wide, &[], narrow, &[]);
        // INT is 0 and so is its tag; NUM is 1 and so is its tag.
        self.b.switch_to_block(narrow);
        let place = self.element(head, index, 3);
        let word = self.b.ins().load(I64, flags(), place, 0);
        let tag = self.b.ins().uextend(I64, kind);
        self.jump(join, &[tag, word]);
        self.b.switch_to_block(wide);
        let place = self.element(head, index, 4);
        let w0 = self.b.ins().load(I64, flags(), place, 0);
        let w1 = self.b.ins().load(I64, flags(), place, 8);
        if self.has_twin {
            // Numbers are what matters here.
            let plain = self.is_plain(w0);
            self.b.ins().brif(plain, join, &[BlockArg::Value(w0), BlockArg::Value(w1)], slow, &[]);
        } else {
            let special = self.cold();
            let counted = self.b.create_block();
            self.split_by_tag(w0, w1, join, counted, special);
            self.b.switch_to_block(counted);
            self.retain_object(w1);
            self.jump(join, &[w0, w1]);
            self.b.switch_to_block(special);
            self.jump(slow, &[]);
        }
        self.b.switch_to_block(slow);
        let results = self.runtime(function, &[array, index]);
        if function == Rt::arr_fetch {
            self.check_value(results[0], inst, handler);
        }
        self.jump(join, &[results[0], results[1]]);
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_two(inst, params[0], params[1]);
    }

    fn is_plain(&mut self, w0: Clif) -> Clif {
        let low = self.b.ins().band_imm_u(w0, 0xff);
        self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, low, tag::COUNTED.cast_signed())
    }

    /// A value of a slot: plain to `join`, counted to `counted`, what only slots have to `special`.
    pub(crate) fn split_by_tag(
        &mut self,
        w0: Clif,
        w1: Clif,
        join: ClifBlock,
        counted: ClifBlock,
        special: ClifBlock,
    ) {
        let low = self.b.ins().band_imm_u(w0, 0xff);
        let plain = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, low, tag::COUNTED.cast_signed());
        let more = self.b.create_block();
        self.b.ins().brif(plain, join, &[BlockArg::Value(w0), BlockArg::Value(w1)], more, &[]);
        self.b.switch_to_block(more);
        let odd = self.is_of_slots(low);
        self.b.ins().brif(odd, special, &[], counted, &[]);
    }

    /// Whether a tag is one of those that only slots have: boxes, weak references, places with magic.
    pub(crate) fn is_of_slots(&mut self, low: Clif) -> Clif {
        let off = self.b.ins().iadd_imm_s(low, -(tag::BOX.cast_signed()));
        self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, off, (tag::MAGIC - tag::BOX + 1).cast_signed())
    }

    fn arr_set(&mut self, inst: &Inst, handler: Option<Block>) {
        let (array, index) = (self.one(inst.args[0]), self.one(inst.args[1]));
        let (w0, w1) = self.two(inst.args[2]);
        let head = self.head(inst.args[0]);
        let slow = self.cold();
        let join = self.b.create_block();
        let kind = self.within(head, index, slow);
        let wide = self.b.create_block();
        let narrow = self.b.create_block();
        let is_wide = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(storage::VAL));
        self.b.ins().brif(is_wide, wide, &[], narrow, &[]);
        self.b.switch_to_block(narrow);
        let expected = self.b.ins().uextend(I64, kind);
        let same = self.b.ins().icmp(IntCC::Equal, expected, w0);
        let store = self.b.create_block();
        self.b.ins().brif(same, store, &[], slow, &[]);
        self.b.switch_to_block(store);
        let place = self.element(head, index, 3);
        self.b.ins().store(flags(), w1, place, 0);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(wide);
        let place = self.element(head, index, 4);
        let old = self.b.ins().load(I64, flags(), place, 0);
        let low = self.b.ins().band_imm_u(old, 0xff);
        let plain = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, low, tag::COUNTED.cast_signed());
        let store = self.b.create_block();
        self.b.ins().brif(plain, store, &[], slow, &[]);
        self.b.switch_to_block(store);
        self.b.ins().store(flags(), w0, place, 0);
        self.b.ins().store(flags(), w1, place, 8);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(slow);
        // What was there may take the array along when it goes.
        let is_lent = self.lent.contains_key(&inst.args[0]);
        if is_lent {
            self.retain_object(array);
        }
        let results = self.runtime(Rt::arr_set, &[array, index, w0, w1]);
        if is_lent {
            self.runtime(Rt::arr_release, &[array]);
        }
        self.check_status(results[1], inst, handler);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(join);
    }

    fn arr_push(&mut self, inst: &Inst, handler: Option<Block>) {
        let array = self.one(inst.args[0]);
        let (w0, w1) = self.two(inst.args[1]);
        let slow = self.cold();
        let join = self.b.create_block();
        let len = self.b.ins().load(I64, flags(), array, at::ARR_LEN);
        let capacity = self.b.ins().load(I64, flags(), array, at::ARR_CAPACITY);
        let room = self.b.ins().icmp(IntCC::UnsignedLessThan, len, capacity);
        let on = self.b.create_block();
        self.b.ins().brif(room, on, &[], slow, &[]);
        self.b.switch_to_block(on);
        let kind = self.b.ins().load(I32, flags(), array, at::ARR_STORAGE);
        let wide = self.b.create_block();
        let narrow = self.b.create_block();
        let is_wide = self.b.ins().icmp_imm_s(IntCC::Equal, kind, i64::from(storage::VAL));
        self.b.ins().brif(is_wide, wide, &[], narrow, &[]);
        self.b.switch_to_block(narrow);
        let expected = self.b.ins().uextend(I64, kind);
        let same = self.b.ins().icmp(IntCC::Equal, expected, w0);
        let store = self.b.create_block();
        self.b.ins().brif(same, store, &[], slow, &[]);
        self.b.switch_to_block(store);
        let place = self.element(Head::Array(array), len, 3);
        self.b.ins().store(flags(), w1, place, 0);
        let longer = self.b.ins().iadd_imm_s(len, 1);
        self.b.ins().store(flags(), longer, array, at::ARR_LEN);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(wide);
        let place = self.element(Head::Array(array), len, 4);
        self.b.ins().store(flags(), w0, place, 0);
        self.b.ins().store(flags(), w1, place, 8);
        let longer = self.b.ins().iadd_imm_s(len, 1);
        self.b.ins().store(flags(), longer, array, at::ARR_LEN);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(slow);
        let results = self.runtime(Rt::arr_push, &[array, w0, w1]);
        self.check_status(results[1], inst, handler);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(join);
    }

    // Cells and slots

    fn slot_address(&mut self, function: Rt, place: Value) -> Clif {
        let word = self.one(place);
        if matches!(function, Rt::cell_get | Rt::cell_fetch | Rt::cell_set) {
            self.b.ins().iadd_imm_s(word, i64::from(at::CELL_VALUE))
        } else {
            word
        }
    }

    fn slot_get(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let word = self.one(inst.args[0]);
        let place = self.slot_address(function, inst.args[0]);
        let join = self.join_of(&[I64, I64]);
        let w0 = self.b.ins().load(I64, flags(), place, 0);
        let w1 = self.b.ins().load(I64, flags(), place, 8);
        let counted = self.b.create_block();
        let special = self.cold();
        self.split_by_tag(w0, w1, join, counted, special);
        self.b.switch_to_block(counted);
        self.retain_object(w1);
        self.jump(join, &[w0, w1]);
        self.b.switch_to_block(special);
        let results = self.runtime(function, &[word]);
        if matches!(function, Rt::cell_fetch | Rt::slot_fetch) {
            self.check_value(results[0], inst, handler);
        }
        self.jump(join, &[results[0], results[1]]);
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_two(inst, params[0], params[1]);
    }

    fn slot_set(&mut self, function: Rt, inst: &Inst, handler: Option<Block>) {
        let word = self.one(inst.args[0]);
        let (w0, w1) = self.two(inst.args[1]);
        let place = self.slot_address(function, inst.args[0]);
        let old = self.b.ins().load(I64, flags(), place, 0);
        let low = self.b.ins().band_imm_u(old, 0xff);
        let plain = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, low, tag::COUNTED.cast_signed());
        let (slow, fast, join) = self.fork();
        self.b.ins().brif(plain, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        self.b.ins().store(flags(), w0, place, 0);
        self.b.ins().store(flags(), w1, place, 8);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(slow);
        let results = self.runtime(function, &[word, w0, w1]);
        self.check_status(results[1], inst, handler);
        self.b.ins().jump(join, &[]);
        self.b.switch_to_block(join);
    }

    /// The array or hash a reference is to, retained; anything else asks the runtime.
    fn deref(&mut self, function: Rt, wanted: u64, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, w0, wanted.cast_signed());
        let (slow, fast, _) = self.fork();
        let join = self.join_of(&[I64]);
        self.b.ins().brif(same, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        self.retain_object(w1);
        self.jump(join, &[w1]);
        self.b.switch_to_block(slow);
        let results = self.runtime(function, &[w0, w1]);
        self.check_status(results[1], inst, handler);
        self.jump(join, &[results[0]]);
        self.b.switch_to_block(join);
        let value = self.b.block_params(join)[0];
        self.result_one(inst, value);
    }

    /// A reference of a kind as it is, retained; anything else asks the runtime.
    fn vivify(&mut self, function: Rt, wanted: u64, inst: &Inst, handler: Option<Block>) {
        let (w0, w1) = self.two(inst.args[0]);
        let same = self.b.ins().icmp_imm_s(IntCC::Equal, w0, wanted.cast_signed());
        let (slow, fast, _) = self.fork();
        let join = self.join_of(&[I64, I64]);
        self.b.ins().brif(same, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        self.retain_object(w1);
        self.jump(join, &[w0, w1]);
        self.b.switch_to_block(slow);
        let results = self.runtime(function, &[w0, w1]);
        self.check_value(results[0], inst, handler);
        self.jump(join, &[results[0], results[1]]);
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_two(inst, params[0], params[1]);
    }
}
