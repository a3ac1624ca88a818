//! Quotients and remainders in line.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I64};
use cranelift_codegen::ir::{Block as ClifBlock, InstBuilder, InstructionData, Opcode, Value as Clif};
use s_abi::layout::tag;
use s_ir::{Block, Inst, Rt};

use crate::function::Translator;

impl Translator<'_, '_> {
    /// The remainder with the sign of the divisor.
    fn adjust(&mut self, remainder: Clif, divisor: Clif) -> Clif {
        let signs = self.b.ins().bxor(remainder, divisor);
        let differ = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let some = self.b.ins().icmp_imm_s(IntCC::NotEqual, remainder, 0);
        let fix = self.b.ins().band(differ, some);
        let fixed = self.b.ins().iadd(remainder, divisor);
        self.b.ins().select(fix, fixed, remainder)
    }

    /// The constant a word is.
    fn constant(&self, word: Clif) -> Option<i64> {
        let inst = self.b.func.dfg.value_def(word).inst()?;
        match self.b.func.dfg.insts[inst] {
            InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => Some(imm.bits()),
            _ => None,
        }
    }

    /// A value that is an integer or a float, as a float.
    pub(crate) fn number_as_float(&mut self, w0: Clif, w1: Clif) -> Clif {
        let float = self.as_float(w1);
        let converted = self.b.ins().fcvt_from_sint(F64, w1);
        self.b.ins().select(w0, float, converted)
    }

    /// The quotient of integers: an integer when it is exact. 0 and -1 are left to the runtime.
    pub(crate) fn int_div(&mut self, x: Clif, y: Clif, inst: &Inst, handler: Option<Block>) {
        let join = self.join_of(&[I64, I64]);
        self.int_div_to(x, y, inst, handler, join);
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_two(inst, params[0], params[1]);
    }

    fn int_div_to(&mut self, x: Clif, y: Clif, inst: &Inst, handler: Option<Block>, join: ClifBlock) {
        let exact = self.b.create_block();
        let inexact = self.b.create_block();
        let divisor = self.constant(y);
        let dividend = self.constant(x).map(i64::unsigned_abs).filter(|dividend| *dividend < 1 << 31);
        if let (None, Some(dividend)) = (divisor, dividend) {
            // Whatever is further from zero than the dividend does not divide it. What is nearer is rare, and divides
            // without overflow; by zero the runtime dies, and never comes back.
            let dividend = i64::try_from(dividend).expect("31 bits");
            let up = self.b.ins().iadd_imm_s(y, dividend);
            let is_far = self.b.ins().icmp_imm_u(IntCC::UnsignedGreaterThan, up, 2 * dividend);
            let (near, some, none) = (self.cold(), self.cold(), self.cold());
            self.b.ins().brif(is_far, inexact, &[], near, &[]);
            self.b.switch_to_block(near);
            self.b.ins().brif(y, some, &[], none, &[]);
            self.b.switch_to_block(none);
            self.runtime(Rt::int_div, &[x, y]);
            self.throw(inst, handler);
            self.b.switch_to_block(some);
            let quotient = self.b.ins().sdiv(x, y);
            let product = self.b.ins().imul(quotient, y);
            let is_exact = self.b.ins().icmp(IntCC::Equal, product, x);
            self.end_int_div((x, y), quotient, is_exact, (exact, inexact), join);
            return;
        }
        let (quotient, is_exact) = match divisor {
            Some(divisor) if divisor > 0 && divisor & (divisor - 1) == 0 => {
                let rest = self.b.ins().band_imm_u(x, divisor - 1);
                let is_exact = self.b.ins().icmp_imm_s(IntCC::Equal, rest, 0);
                (self.b.ins().sshr_imm_u(x, i64::from(divisor.trailing_zeros())), is_exact)
            }
            _ => {
                if !divisor.is_some_and(|divisor| divisor != 0 && divisor != -1) {
                    let plus = self.b.ins().iadd_imm_s(y, 1);
                    let odd = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, plus, 1);
                    let rare = self.cold();
                    let usual = self.b.create_block();
                    self.b.ins().brif(odd, rare, &[], usual, &[]);
                    self.b.switch_to_block(rare);
                    let results = self.runtime(Rt::int_div, &[x, y]);
                    self.check_value(results[0], inst, handler);
                    self.jump(join, &[results[0], results[1]]);
                    self.b.switch_to_block(usual);
                }
                let quotient = self.b.ins().sdiv(x, y);
                let product = self.b.ins().imul(quotient, y);
                (quotient, self.b.ins().icmp(IntCC::Equal, product, x))
            }
        };
        self.end_int_div((x, y), quotient, is_exact, (exact, inexact), join);
    }

    /// The end of a division of integers: the quotient where it is exact, else that of floats.
    fn end_int_div(
        &mut self,
        (x, y): (Clif, Clif),
        quotient: Clif,
        is_exact: Clif,
        (exact, inexact): (ClifBlock, ClifBlock),
        join: ClifBlock,
    ) {
        self.b.ins().brif(is_exact, exact, &[], inexact, &[]);
        self.b.switch_to_block(exact);
        let zero = self.word(tag::INT);
        self.jump(join, &[zero, quotient]);
        self.b.switch_to_block(inexact);
        let (x, y) = (self.b.ins().fcvt_from_sint(F64, x), self.b.ins().fcvt_from_sint(F64, y));
        let float = self.b.ins().fdiv(x, y);
        let bits = self.as_bits(float);
        let one = self.float_tag();
        self.jump(join, &[one, bits]);
    }

    pub(crate) fn div(&mut self, inst: &Inst, handler: Option<Block>) {
        let ((a0, a1), (b0, b1)) = (self.two(inst.args[0]), self.two(inst.args[1]));
        let ints = self.b.create_block();
        let floats = (!self.has_twin).then(|| self.join_of(&[F64, F64]));
        let other = self.cold();
        let join = self.join_of(&[I64, I64]);
        let certain = floats.is_some() && self.are_numbers(inst);
        self.by_numbers(((a0, a1), (b0, b1)), certain, ints, floats, other);
        self.b.switch_to_block(ints);
        self.int_div_to(a1, b1, inst, handler, join);
        if let Some(floats) = floats {
            self.b.switch_to_block(floats);
            let (x, y) = (self.b.block_params(floats)[0], self.b.block_params(floats)[1]);
            let zero = self.b.ins().f64const(0.0);
            let bad = self.b.ins().fcmp(FloatCC::Equal, y, zero);
            let usual = self.b.create_block();
            self.b.ins().brif(bad, other, &[], usual, &[]);
            self.b.switch_to_block(usual);
            let value = self.b.ins().fdiv(x, y);
            let bits = self.as_bits(value);
            let one = self.float_tag();
            self.jump(join, &[one, bits]);
        }
        self.b.switch_to_block(other);
        let results = self.runtime(Rt::div, &[a0, a1, b0, b1]);
        if certain {
            // By zero: never comes back.
            self.throw(inst, handler);
        } else {
            self.check_value(results[0], inst, handler);
            self.jump(join, &[results[0], results[1]]);
        }
        self.b.switch_to_block(join);
        let params = self.b.block_params(join).to_vec();
        self.result_two(inst, params[0], params[1]);
    }

    /// A quotient as a float. Integers up to 2^53 are the same as floats, and so is their quotient.
    pub(crate) fn div_num(&mut self, function: Rt, operands: &[Clif], inst: &Inst, handler: Option<Block>) {
        let slow = self.cold();
        let join = self.join_of(&[F64]);
        let (x, y) = match *operands {
            [a0, a1, b0, b1] => {
                let either = self.b.ins().bor(a0, b0);
                let numbers = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, either, 1);
                self.go_on_if(numbers, slow);
                (self.number_as_float(a0, a1), self.number_as_float(b0, b1))
            }
            [x, y] => (self.b.ins().fcvt_from_sint(F64, x), self.b.ins().fcvt_from_sint(F64, y)),
            _ => unreachable!("two values or two integers"),
        };
        let limit = self.b.ins().f64const(9_007_199_254_740_992.0);
        let zero = self.b.ins().f64const(0.0);
        let (size_x, size_y) = (self.b.ins().fabs(x), self.b.ins().fabs(y));
        let fits = self.b.ins().fcmp(FloatCC::LessThan, size_x, limit);
        self.go_on_if(fits, slow);
        let fits = self.b.ins().fcmp(FloatCC::LessThan, size_y, limit);
        self.go_on_if(fits, slow);
        let some = self.b.ins().fcmp(FloatCC::NotEqual, y, zero);
        self.go_on_if(some, slow);
        let quotient = self.b.ins().fdiv(x, y);
        self.jump(join, &[quotient]);
        self.b.switch_to_block(slow);
        let results = self.runtime(function, operands);
        self.check_status(results[1], inst, handler);
        self.jump(join, &[results[0]]);
        self.b.switch_to_block(join);
        let value = self.b.block_params(join)[0];
        self.result_one(inst, value);
    }

    /// By a constant that is neither 0 nor -1.
    pub(crate) fn rem_const(&mut self, x: Clif, divisor: i64) -> Clif {
        if divisor > 0 && (divisor & (divisor - 1)) == 0 {
            return self.b.ins().band_imm_u(x, divisor - 1);
        }
        let y = self.b.ins().iconst(I64, divisor);
        let remainder = self.b.ins().srem(x, y);
        self.adjust(remainder, y)
    }

    /// `%` of values: of integers here, unless the divisor is 0 or -1.
    pub(crate) fn remainder(&mut self, inst: &Inst, handler: Option<Block>) {
        let ((a0, a1), (b0, b1)) = (self.two(inst.args[0]), self.two(inst.args[1]));
        let (ints, other, join) = (self.b.create_block(), self.cold(), self.join_of(&[I64, I64]));
        self.by_numbers(((a0, a1), (b0, b1)), false, ints, None, other);
        self.b.switch_to_block(ints);
        let remainder = match self.constant(b1) {
            Some(divisor) if divisor != 0 && divisor != -1 => self.rem_const(a1, divisor),
            _ => {
                let next = self.b.ins().iadd_imm_s(b1, 1);
                let usual = self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, next, 1);
                self.go_on_if(usual, other);
                let remainder = self.b.ins().srem(a1, b1);
                self.adjust(remainder, b1)
            }
        };
        let integer = self.word(tag::INT);
        self.jump(join, &[integer, remainder]);
        self.b.switch_to_block(other);
        let results = self.runtime(Rt::rem, &[a0, a1, b0, b1]);
        self.check_value(results[0], inst, handler);
        self.jump(join, &[results[0], results[1]]);
        self.b.switch_to_block(join);
        let (w0, w1) = (self.b.block_params(join)[0], self.b.block_params(join)[1]);
        self.result_two(inst, w0, w1);
    }

    pub(crate) fn rem(&mut self, x: Clif, y: Clif, inst: &Inst, handler: Option<Block>) -> Clif {
        let rare = self.cold();
        let usual = self.b.create_block();
        self.b.ins().brif(y, usual, &[], rare, &[]);
        self.b.switch_to_block(rare);
        // Dies, and never comes back.
        self.runtime(Rt::int_rem, &[x, y]);
        self.throw(inst, handler);
        self.b.switch_to_block(usual);
        // By -1 as by 1: the remainder is 0, and the machine would overflow.
        let minus = self.b.ins().icmp_imm_s(IntCC::Equal, y, -1);
        let one = self.word(1);
        let divisor = self.b.ins().select(minus, one, y);
        let remainder = self.b.ins().srem(x, divisor);
        self.adjust(remainder, y)
    }

    pub(crate) fn float_div(&mut self, x: Clif, y: Clif, inst: &Inst, handler: Option<Block>) -> Clif {
        let zero = self.b.ins().f64const(0.0);
        let bad = self.b.ins().fcmp(FloatCC::Equal, y, zero);
        let rare = self.cold();
        let usual = self.b.create_block();
        self.b.ins().brif(bad, rare, &[], usual, &[]);
        self.b.switch_to_block(rare);
        // The runtime dies with the right words.
        let (x_bits, y_bits) = (self.as_bits(x), self.as_bits(y));
        let num = self.float_tag();
        let results = self.runtime(Rt::div, &[num, x_bits, num, y_bits]);
        if !self.tests_elements() {
            // Never comes back, which keeps what is alive in registers.
            self.throw(inst, handler);
            self.b.switch_to_block(usual);
            return self.b.ins().fdiv(x, y);
        }
        self.check_value(results[0], inst, handler);
        // Among many branches, each of several uses would divide again, unless the quotient is what a
        // block is given on one of several ways.
        let join = self.join_of(&[F64]);
        self.jump(join, &[zero]);
        self.b.switch_to_block(usual);
        let quotient = self.b.ins().fdiv(x, y);
        self.jump(join, &[quotient]);
        self.b.switch_to_block(join);
        self.b.block_params(join)[0]
    }
}
