//! Constant folding: arithmetic, comparison and joining of literals.
//!
//! Only what cannot fail and prints the same in both modes is folded; everything else is left to
//! running.

use s_syntax::ast::BinaryOp as B;

use crate::hir::{Expr, ExprKind, UnaryOp};
use crate::resolver::{Resolver, mk};

/// Texts that folding makes are no longer than this, in bytes.
const MAX_TEXT: usize = 1 << 16;

/// A literal.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Int(i64),
    Float(f64),
    Str(Vec<u8>, bool),
    Bool(bool),
}

/// Whether an operator compares.
pub(crate) fn is_comparison(op: B) -> bool {
    matches!(
        op,
        B::NumEq
            | B::NumNe
            | B::NumLt
            | B::NumGt
            | B::NumLe
            | B::NumGe
            | B::StrEq
            | B::StrNe
            | B::StrLt
            | B::StrGt
            | B::StrLe
            | B::StrGe
            | B::Isa
            | B::SmartMatch
    )
}

impl Resolver<'_> {
    /// The value of an operator on literals, or the expression itself.
    pub(crate) fn fold(&mut self, expr: Expr) -> Expr {
        let folded = match &expr.kind {
            ExprKind::Unary(op, value) => value_of(value).and_then(|value| self.unary(*op, &value)),
            ExprKind::Binary(op, a, b) => match (value_of(a), value_of(b)) {
                (Some(a), Some(b)) => self.binary(*op, &a, &b),
                _ => None,
            },
            ExprKind::Concat(pieces) => join(pieces),
            _ => None,
        };
        match folded {
            Some(value) => mk(expr.pos, kind_of(value)),
            None => expr,
        }
    }

    /// Whether a literal is true.
    pub(crate) fn truth(expr: &Expr) -> Option<bool> {
        if matches!(expr.kind, ExprKind::Undef) {
            return Some(false);
        }
        Some(match value_of(expr)? {
            Value::Int(n) => n != 0,
            Value::Float(n) => n != 0.0,
            Value::Str(text, _) => !(text.is_empty() || text == b"0"),
            Value::Bool(b) => b,
        })
    }

    fn unary(&self, op: UnaryOp, value: &Value) -> Option<Value> {
        match (op, value) {
            (UnaryOp::Neg, Value::Int(n)) => n.checked_neg().map(Value::Int),
            // The least integer: its digits alone are too large for one.
            (UnaryOp::Neg, Value::Float(n)) if !self.options.compat && *n == -(i64::MIN as f64) => {
                Some(Value::Int(i64::MIN))
            }
            (UnaryOp::Neg, Value::Float(n)) => Some(Value::Float(-n)),
            (UnaryOp::BitNot, Value::Int(n)) if !self.options.compat => Some(Value::Int(!n)),
            (UnaryOp::Not, value) => Some(Value::Bool(match value {
                Value::Int(n) => *n == 0,
                Value::Float(n) => *n == 0.0,
                Value::Str(text, _) => text.is_empty() || text == b"0",
                Value::Bool(b) => !b,
            })),
            _ => None,
        }
    }

    fn binary(&self, op: B, a: &Value, b: &Value) -> Option<Value> {
        let compat = self.options.compat;
        match (op, a, b) {
            (B::Concat, ..) => {
                let (mut left, wide) = text_of(a)?;
                let (right, also) = text_of(b)?;
                if wide != also && !(left.is_ascii() && right.is_ascii()) && !(wide || also) {
                    return None;
                }
                if (wide || also) && !((wide || left.is_ascii()) && (also || right.is_ascii())) {
                    return None;
                }
                left.extend(right);
                (left.len() <= MAX_TEXT).then_some(Value::Str(left, wide || also))
            }
            (B::Repeat, _, Value::Int(count)) => {
                let (text, wide) = text_of(a)?;
                let count = usize::try_from((*count).max(0)).ok()?;
                (text.len().checked_mul(count)? <= MAX_TEXT).then(|| Value::Str(text.repeat(count), wide))
            }
            (B::StrEq | B::StrNe | B::StrLt | B::StrGt | B::StrLe | B::StrGe | B::StrCmp, ..) => {
                let (left, wide) = text_of(a)?;
                let (right, also) = text_of(b)?;
                if wide != also && !left.is_ascii() && !right.is_ascii() {
                    return None;
                }
                let order = left.cmp(&right);
                Some(match op {
                    B::StrEq => Value::Bool(order.is_eq()),
                    B::StrNe => Value::Bool(order.is_ne()),
                    B::StrLt => Value::Bool(order.is_lt()),
                    B::StrGt => Value::Bool(order.is_gt()),
                    B::StrLe => Value::Bool(order.is_le()),
                    B::StrGe => Value::Bool(order.is_ge()),
                    _ => Value::Int(order as i64),
                })
            }
            (_, Value::Int(x), Value::Int(y)) => integers(op, *x, *y, compat),
            (_, Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
                floats(op, number(a)?, number(b)?, compat)
            }
            _ => None,
        }
    }
}

fn integers(op: B, x: i64, y: i64, compat: bool) -> Option<Value> {
    let wrapped = |checked: Option<i64>, wrapping: i64| match checked {
        Some(n) => Some(Value::Int(n)),
        None if compat => None,
        None => Some(Value::Int(wrapping)),
    };
    match op {
        B::Add => wrapped(x.checked_add(y), x.wrapping_add(y)),
        B::Sub => wrapped(x.checked_sub(y), x.wrapping_sub(y)),
        B::Mul => wrapped(x.checked_mul(y), x.wrapping_mul(y)),
        B::Div if y != 0 => {
            if x.checked_rem(y)? == 0 {
                return x.checked_div(y).map(Value::Int);
            }
            const EXACT: u64 = 1 << 53;
            (x.unsigned_abs() < EXACT && y.unsigned_abs() < EXACT).then(|| Value::Float(x as f64 / y as f64))
        }
        B::Mod if y != 0 => {
            let rest = x.checked_rem(y)?;
            Some(Value::Int(if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest }))
        }
        B::Pow => {
            let exponent = u32::try_from(y).ok()?;
            let power = x.checked_pow(exponent)?;
            const PLAIN: u64 = 1_000_000_000_000_000;
            (power.unsigned_abs() < PLAIN).then_some(Value::Int(power))
        }
        B::BitAnd if x >= 0 && y >= 0 => Some(Value::Int(x & y)),
        B::BitOr if x >= 0 && y >= 0 => Some(Value::Int(x | y)),
        B::BitXor if x >= 0 && y >= 0 => Some(Value::Int(x ^ y)),
        B::Shl if x >= 0 && (0..62).contains(&y) => {
            let shifted = x.checked_mul(1_i64.checked_shl(u32::try_from(y).ok()?)?)?;
            Some(Value::Int(shifted))
        }
        B::Shr if x >= 0 && (0..64).contains(&y) => Some(Value::Int(x >> y)),
        B::NumEq => Some(Value::Bool(x == y)),
        B::NumNe => Some(Value::Bool(x != y)),
        B::NumLt => Some(Value::Bool(x < y)),
        B::NumGt => Some(Value::Bool(x > y)),
        B::NumLe => Some(Value::Bool(x <= y)),
        B::NumGe => Some(Value::Bool(x >= y)),
        B::NumCmp => Some(Value::Int(x.cmp(&y) as i64)),
        _ => None,
    }
}

fn floats(op: B, x: f64, y: f64, compat: bool) -> Option<Value> {
    let value = match op {
        B::Add => x + y,
        B::Sub => x - y,
        B::Mul => x * y,
        B::Div if y != 0.0 => x / y,
        B::NumEq => return Some(Value::Bool(x == y)),
        B::NumNe => return Some(Value::Bool(x != y)),
        B::NumLt => return Some(Value::Bool(x < y)),
        B::NumGt => return Some(Value::Bool(x > y)),
        B::NumLe => return Some(Value::Bool(x <= y)),
        B::NumGe => return Some(Value::Bool(x >= y)),
        _ => return None,
    };
    // Perl makes integers of whole floats first, which may print otherwise.
    const SMALL: f64 = 1e15;
    (value.is_finite() && !(compat && value.fract() == 0.0 && value.abs() >= SMALL))
        .then_some(Value::Float(value))
}

fn number(value: &Value) -> Option<f64> {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Int(n) if n.unsigned_abs() < EXACT => Some(*n as f64),
        Value::Float(n) => Some(*n),
        _ => None,
    }
}

fn value_of(expr: &Expr) -> Option<Value> {
    Some(match &expr.kind {
        ExprKind::Int(n) => Value::Int(*n),
        ExprKind::Float(n) => Value::Float(*n),
        ExprKind::Str { bytes, wide } => Value::Str(bytes.clone(), *wide),
        ExprKind::Bool(b) => Value::Bool(*b),
        _ => return None,
    })
}

fn kind_of(value: Value) -> ExprKind {
    match value {
        Value::Int(n) => ExprKind::Int(n),
        Value::Float(n) => ExprKind::Float(n),
        Value::Str(bytes, wide) => ExprKind::Str { bytes, wide },
        Value::Bool(b) => ExprKind::Bool(b),
    }
}

fn text_of(value: &Value) -> Option<(Vec<u8>, bool)> {
    match value {
        Value::Int(n) => Some((n.to_string().into_bytes(), false)),
        Value::Str(text, wide) => Some((text.clone(), *wide)),
        _ => None,
    }
}

/// Joins neighbouring literals; all of them give one literal.
fn join(pieces: &[Expr]) -> Option<Value> {
    let mut all = Vec::new();
    let mut wide = false;
    for piece in pieces {
        let (text, also) = text_of(&value_of(piece)?)?;
        if also != wide && !all.is_ascii() && !text.is_ascii() {
            return None;
        }
        wide |= also;
        all.extend(text);
        if all.len() > MAX_TEXT {
            return None;
        }
    }
    Some(Value::Str(all, wide))
}
