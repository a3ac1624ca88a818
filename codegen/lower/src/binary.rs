//! Operators of two operands, the comparisons among them.

use s_ir::{Rt, Value};
use s_sema::hir::{BinaryOp, Expr, Pos};

use crate::function::{Context, Lower};

impl<'a> Lower<'a> {
    /// Whether operators of plain Perl may be overloaded in this program.
    pub(crate) fn overloads(&self) -> bool {
        self.program.compat && self.program.facts.overloads
    }

    /// An operator on expressions.
    pub(crate) fn binary(&mut self, pos: Pos, op: BinaryOp, left: &'a Expr, right: &'a Expr) -> Value {
        let values = [self.scalar(left), self.scalar(right)];
        if self.overloads()
            && let Some(number) = comparison_number(op)
        {
            let number = self.builder.int(number);
            let result = self.rt(Rt::compare_op, &[number, values[0], values[1]]);
            self.warns_as_binary(pos, op, left, right);
            return result;
        }
        self.operate(op, values[0], values[1], |lower| lower.warns_as_binary(pos, op, left, right))
    }

    /// An operator on values that are there.
    pub(crate) fn arithmetic(&mut self, op: BinaryOp, left: Value, right: Value) -> Value {
        self.operate(op, left, right, |_| ())
    }

    /// The same; `said` adds to the instruction that does it.
    pub(crate) fn operate(
        &mut self,
        op: BinaryOp,
        left: Value,
        right: Value,
        said: impl FnOnce(&mut Self),
    ) -> Value {
        let function = match op {
            BinaryOp::Add => Rt::add,
            BinaryOp::Sub => Rt::sub,
            BinaryOp::Mul => Rt::mul,
            BinaryOp::Div => Rt::div,
            BinaryOp::Mod => Rt::rem,
            BinaryOp::Pow => Rt::pow,
            BinaryOp::Concat => Rt::concat,
            BinaryOp::Repeat => Rt::repeat,
            BinaryOp::Shl => Rt::shl,
            BinaryOp::Shr => Rt::shr,
            BinaryOp::BitAnd => Rt::bit_and,
            BinaryOp::BitOr => Rt::bit_or,
            BinaryOp::BitXor => Rt::bit_xor,
            BinaryOp::NumCmp => Rt::num_cmp,
            BinaryOp::StrCmp => {
                let order = self.rt(Rt::str_cmp, &[left, right]);
                said(self);
                return self.box_int(order);
            }
            BinaryOp::Isa => return self.isa(left, right),
            _ => {
                let function = comparison(op).expect("every other operator compares");
                let truth = self.rt(function, &[left, right]);
                said(self);
                return self.builder.bool_val(truth);
            }
        };
        let value = self.rt(function, &[left, right]);
        said(self);
        value
    }

    fn isa(&mut self, left: Value, right: Value) -> Value {
        let mark = self.rt(Rt::mark, &[]);
        self.rt_void(Rt::list_push, &[left]);
        self.rt_void(Rt::list_push, &[right]);
        self.call_builtin("isa", mark, Context::Scalar).unwrap_or_else(|| self.builder.undef())
    }
}

/// The function that compares, for operators whose result is a truth value.
pub(crate) fn comparison(op: BinaryOp) -> Option<Rt> {
    Some(match op {
        BinaryOp::NumEq => Rt::num_eq,
        BinaryOp::NumNe => Rt::num_ne,
        BinaryOp::NumLt => Rt::num_lt,
        BinaryOp::NumGt => Rt::num_gt,
        BinaryOp::NumLe => Rt::num_le,
        BinaryOp::NumGe => Rt::num_ge,
        BinaryOp::StrEq => Rt::str_eq,
        BinaryOp::StrNe => Rt::str_ne,
        BinaryOp::StrLt => Rt::str_lt,
        BinaryOp::StrGt => Rt::str_gt,
        BinaryOp::StrLe => Rt::str_le,
        BinaryOp::StrGe => Rt::str_ge,
        BinaryOp::SmartMatch => Rt::smart_match,
        _ => return None,
    })
}

/// The number by which the runtime knows a comparison that may be overloaded.
fn comparison_number(op: BinaryOp) -> Option<i64> {
    Some(match op {
        BinaryOp::NumEq => 0,
        BinaryOp::NumNe => 1,
        BinaryOp::NumLt => 2,
        BinaryOp::NumGt => 3,
        BinaryOp::NumLe => 4,
        BinaryOp::NumGe => 5,
        BinaryOp::StrEq => 6,
        BinaryOp::StrNe => 7,
        BinaryOp::StrLt => 8,
        BinaryOp::StrGt => 9,
        BinaryOp::StrLe => 10,
        BinaryOp::StrGe => 11,
        _ => return None,
    })
}
