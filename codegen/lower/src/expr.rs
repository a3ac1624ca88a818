//! Expressions: one value, a condition, nothing, or what the caller wants.

use s_abi::functions::SPECIALS;
use s_abi::warning;
use s_ir::{Block as IrBlock, Cond, Op as Ir, Rt, Ty, Value};
use s_sema::hir::{
    self, BinaryOp, Call, Callee, Expr, ExprKind, FunctionId, MagicPlace, MatchVar, Op, Pos, UnaryOp, VarKind,
};

use crate::binary::comparison;
use crate::function::{Context, Lower};
use crate::tables::func_id;
use crate::warning::CONCATENATION;

impl<'a> Lower<'a> {
    /// Whether an expression gives exactly one value in list context, the one of scalar context.
    pub(crate) fn is_single(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Undef
            | ExprKind::Int(_)
            | ExprKind::Uint(_)
            | ExprKind::Float(_)
            | ExprKind::Str { .. }
            | ExprKind::Bool(_)
            | ExprKind::Global(_)
            | ExprKind::Index(..)
            | ExprKind::Key(..)
            | ExprKind::DerefScalar(_)
            | ExprKind::DerefGlob(..)
            | ExprKind::LastIndex(_)
            | ExprKind::Magic(..)
            | ExprKind::Capture(_)
            | ExprKind::MatchVar(_)
            | ExprKind::Special(_)
            | ExprKind::Glob(_)
            | ExprKind::FlipFlop { .. }
            | ExprKind::Scalar(_)
            | ExprKind::CountOf(_)
            | ExprKind::NewArray(_)
            | ExprKind::NewHash(_)
            | ExprKind::Closure(_)
            | ExprKind::FunctionRef(_)
            | ExprKind::Concat(_)
            | ExprKind::Join(..)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Xor(..)
            | ExprKind::Step { .. }
            | ExprKind::AssignOp(..)
            | ExprKind::WantArray
            | ExprKind::CurrentFunction
            | ExprKind::AtEnd(_)
            | ExprKind::RequireFile { .. }
            | ExprKind::StateInit { .. } => true,
            ExprKind::Local(id) => self.function.locals[id.index()].kind == VarKind::Scalar,
            ExprKind::Declare(ids) => {
                ids.len() == 1 && self.function.locals[ids[0].index()].kind == VarKind::Scalar
            }
            ExprKind::RefTo(inner) => !matches!(inner.kind, ExprKind::List(_)),
            ExprKind::Assign(place, _) | ExprKind::AssignLogic(_, place, _) => self.is_scalar_place(place),
            ExprKind::Localize(place) => self.is_scalar_place(place),
            ExprKind::And(_, right) | ExprKind::Or(_, right) | ExprKind::DefinedOr(_, right) => {
                self.is_single(right)
            }
            ExprKind::Ternary(_, yes, no) => self.is_single(yes) && self.is_single(no),
            ExprKind::Call(call) => self.call_is_single(call),
            ExprKind::Builtin(call) => call.scalars && s_sema::gives_scalar(call.name),
            ExprKind::Op(op) => matches!(
                &**op,
                Op::Print { .. }
                    | Op::First(_)
                    | Op::Any(_)
                    | Op::All(_)
                    | Op::None(_)
                    | Op::Each(_)
                    | Op::Reduce { .. }
                    | Op::Push { .. }
                    | Op::Pop { .. }
                    | Op::Len(_)
                    | Op::Exists(_)
                    | Op::Defined(_)
                    | Op::Undef(_)
                    | Op::Chomp { .. }
                    | Op::Subst(_)
                    | Op::Trans { .. }
                    | Op::Qr(_)
                    | Op::FileTest(..)
                    | Op::Bless(..)
                    | Op::Integer(..)
                    | Op::GlobPart(..)
                    | Op::Ref(_)
                    | Op::Sprintf(_)
                    | Op::Construct(..)
                    | Op::Variant(..)
                    | Op::IsVariant(..)
                    | Op::Payload(_)
                    | Op::StaticField(..)
                    | Op::SmartEq(..)
                    | Op::SmartMatch(..)
                    | Op::Check(..)
                    | Op::ReadLineInto(..)
                    | Op::OpenLike(..)
                    | Op::ReadInto(..)
                    | Op::CharAt(..)
                    | Op::CharSlice { .. }
            ),
            _ => false,
        }
    }

    fn call_is_single(&self, call: &Call) -> bool {
        matches!(&call.callee, Callee::Function(id) if !self.signatures[id.index()].want)
    }

    /// Whether a place holds one scalar, not an array or hash.
    pub(crate) fn is_scalar_place(&self, place: &Expr) -> bool {
        match &place.kind {
            ExprKind::Local(id) => self.function.locals[id.index()].kind == VarKind::Scalar,
            ExprKind::Array(_) | ExprKind::Hash(_) | ExprKind::List(_) => false,
            ExprKind::ArraySlice(..) | ExprKind::HashSlice(..) => false,
            ExprKind::Declare(ids) => {
                ids.len() == 1 && self.function.locals[ids[0].index()].kind == VarKind::Scalar
            }
            ExprKind::Localize(inner) => self.is_scalar_place(inner),
            ExprKind::Ternary(_, yes, no) => self.is_scalar_place(yes) && self.is_scalar_place(no),
            _ => true,
        }
    }

    /// Evaluates for the effect.
    pub(crate) fn void(&mut self, expr: &'a Expr) {
        self.at(expr.pos);
        match &expr.kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str { .. }
            | ExprKind::Undef
            | ExprKind::Bool(_) => {}
            ExprKind::List(items) => {
                for item in items {
                    self.void(item);
                }
            }
            ExprKind::And(left, right) => {
                let yes = self.builder.block();
                let join = self.builder.block();
                self.branch_on(left, yes, join);
                self.builder.switch_sealed(yes);
                self.void(right);
                self.builder.jump(join, &[]);
                self.builder.switch_sealed(join);
            }
            ExprKind::Or(left, right) => {
                let no = self.builder.block();
                let join = self.builder.block();
                self.branch_on(left, join, no);
                self.builder.switch_sealed(no);
                self.void(right);
                self.builder.jump(join, &[]);
                self.builder.switch_sealed(join);
            }
            ExprKind::Ternary(condition, yes, no) => {
                let (first, second, join) =
                    (self.builder.block(), self.builder.block(), self.builder.block());
                self.branch_on(condition, first, second);
                self.builder.switch_sealed(first);
                self.void(yes);
                self.builder.jump(join, &[]);
                self.builder.switch_sealed(second);
                self.void(no);
                self.builder.jump(join, &[]);
                self.builder.switch_sealed(join);
            }
            ExprKind::Step { target, up, .. } => self.step(target, *up, true, false).map_or((), drop),
            ExprKind::Assign(place, value) => self.assign(place, value, false).map_or((), drop),
            ExprKind::AssignList(targets, value) => {
                self.assign_list(targets, value, false);
            }
            ExprKind::Declare(ids) => {
                for id in ids {
                    self.declare(*id);
                }
            }
            ExprKind::Localize(place) => self.localize(place),
            ExprKind::Do(body) => self.block(body),
            ExprKind::Eval(body) => {
                self.eval(body, Context::Void);
            }
            ExprKind::Return(value) => self.return_(value.as_deref()),
            ExprKind::Jump(op, id) => self.jump(*op, *id),
            ExprKind::Call(call) => {
                self.call(call, Context::Void);
            }
            ExprKind::Op(op) => self.op(expr.pos, op, Context::Void).map_or((), drop),
            // What refers to no array or hash is an error although nobody wants the elements.
            ExprKind::Array(array @ hir::Array::Deref(_)) => {
                self.array_value(array);
            }
            ExprKind::Hash(hash @ hir::Hash::Deref(_)) => {
                self.hash_value(hash);
            }
            ExprKind::Array(_) | ExprKind::Hash(_) => {}
            _ => {
                self.scalar(expr);
            }
        }
    }

    /// The value in scalar context.
    pub(crate) fn scalar(&mut self, expr: &'a Expr) -> Value {
        self.at(expr.pos);
        match &expr.kind {
            ExprKind::Undef => self.builder.undef(),
            ExprKind::Int(value) => self.builder.int_val(*value),
            ExprKind::Uint(value) => self.builder.emit(Ir::Uint(*value), Vec::new(), Ty::V),
            ExprKind::Float(value) => {
                let value = self.builder.emit(Ir::Num(*value), Vec::new(), Ty::Num);
                self.builder.emit(Ir::BoxNum, vec![value], Ty::V)
            }
            ExprKind::Str { bytes, wide } => self.bytes(bytes, *wide),
            ExprKind::Bool(value) => self.builder.emit(Ir::BoolVal(*value), Vec::new(), Ty::V),
            ExprKind::Local(id) => self.read_local(*id),
            ExprKind::Global(id) => {
                let glob = self.glob(*id);
                let cell = self.slot_of(glob, Ty::Cell);
                self.rt(Rt::cell_get, &[cell])
            }
            ExprKind::Index(array, index) => {
                let array = self.array_element_base(array);
                let at = self.int(index);
                self.warns_as(index.pos, 0, "array element", &[index]);
                self.rt(Rt::arr_get, &[array, at])
            }
            ExprKind::Key(hash, key) => {
                let hash = self.hash_element_base(hash);
                let name = self.scalar(key);
                let value = self.rt(Rt::hash_get, &[hash, name]);
                self.warns_as_key(key);
                value
            }
            ExprKind::DerefScalar(inner) => {
                let reference = self.scalar(inner);
                self.rt(Rt::deref_scalar, &[reference])
            }
            ExprKind::DerefGlob(name, package) => self.computed_glob(name, package),
            ExprKind::LastIndex(array) => {
                let array = self.array_value(array);
                let length = self.rt(Rt::arr_len, &[array]);
                let one = self.builder.int(1);
                let last = self.builder.emit(Ir::ISub, vec![length, one], Ty::Int);
                self.box_int(last)
            }
            ExprKind::Magic(what, args) => self.magic_value(*what, args),
            ExprKind::Capture(number) => {
                let number = self.builder.int(i64::from(*number));
                self.rt(Rt::capture, &[number])
            }
            ExprKind::MatchVar(which) => {
                let number = self.builder.int(match which {
                    MatchVar::Prematch => 0,
                    MatchVar::Postmatch => 1,
                    MatchVar::LastParen => 2,
                    MatchVar::LastSubmatch => 3,
                });
                self.rt(Rt::match_var, &[number])
            }
            ExprKind::Special(name) => match special_number(name) {
                Some(number) => {
                    let number = self.builder.int(number);
                    self.rt(Rt::special_get, &[number])
                }
                None => {
                    let glob = self.glob_named(&format!("main::{name}"));
                    let cell = self.slot_of(glob, Ty::Cell);
                    self.rt(Rt::cell_get, &[cell])
                }
            },
            ExprKind::Array(array) => {
                let array = self.array_read(array);
                let length = self.rt(Rt::arr_len, &[array]);
                self.box_int(length)
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_read(hash);
                let length = self.rt(Rt::hash_len, &[hash]);
                self.box_int(length)
            }
            ExprKind::Glob(name) => {
                let glob = self.glob_named(name);
                self.rt(Rt::glob_value, &[glob])
            }
            ExprKind::List(items) => match items.split_last() {
                None => self.builder.undef(),
                Some((last, rest)) => {
                    for item in rest {
                        self.void(item);
                    }
                    self.scalar(last)
                }
            },
            ExprKind::FlipFlop { id, from, to, exclusive } => self.flip_flop(*id, from, to, *exclusive),
            ExprKind::Scalar(inner) => self.scalar(inner),
            ExprKind::CountOf(inner) => {
                let mark = self.begin_list();
                self.list(inner);
                self.end_list();
                let length = self.rt(Rt::list_len, &[mark]);
                self.rt_void(Rt::list_drop, &[mark]);
                self.box_int(length)
            }
            ExprKind::ListOf(_)
            | ExprKind::ArraySlice(..)
            | ExprKind::HashSlice(..)
            | ExprKind::ArrayPairs(..)
            | ExprKind::HashPairs(..)
            | ExprKind::ListSlice(..)
            | ExprKind::Range { .. } => self.last_of(expr),
            // Of one value there is only the text to repeat.
            ExprKind::RepeatList(list, count) => self.repeated_text(list, count),
            ExprKind::NewArray(items) => {
                if items.is_empty() {
                    let array = self.rt(Rt::arr_new, &[]);
                    return self.builder.emit(Ir::BoxArr, vec![array], Ty::V);
                }
                if let [item] = &items[..]
                    && let Some(array) = self.collected(item)
                {
                    return self.builder.emit(Ir::BoxArr, vec![array], Ty::V);
                }
                let mark = self.list_of(items);
                let array = self.rt(Rt::arr_from_list, &[mark]);
                self.builder.emit(Ir::BoxArr, vec![array], Ty::V)
            }
            ExprKind::NewHash(items) => {
                if items.is_empty() {
                    let hash = self.rt(Rt::hash_new, &[]);
                    return self.builder.emit(Ir::BoxHash, vec![hash], Ty::V);
                }
                let mark = self.list_of(items);
                let hash = self.rt(Rt::hash_from_list, &[mark]);
                self.builder.emit(Ir::BoxHash, vec![hash], Ty::V)
            }
            ExprKind::RefTo(inner) => self.reference(inner),
            ExprKind::Closure(id) => self.closure(*id),
            ExprKind::FunctionRef(global) => {
                let glob = self.glob(*global);
                self.rt(Rt::code_ref, &[glob])
            }
            ExprKind::Concat(parts) => self.concat(expr.pos, parts),
            ExprKind::Join(separator, list) => {
                if let ExprKind::Array(array) = &list.kind {
                    let separator = self.scalar(separator);
                    let array = self.array_read(array);
                    let text = self.rt(Rt::arr_join, &[array, separator]);
                    self.warns_as(expr.pos, warning::TEXTS, "join or string", &[]);
                    return text;
                }
                let separator = self.scalar(separator);
                let mark = self.begin_list();
                self.list(list);
                self.end_list();
                let text = self.rt(Rt::list_join, &[separator, mark]);
                let operands = self.operands_of(std::slice::from_ref(list));
                self.warns_as(expr.pos, warning::TEXTS, "join or string", &operands);
                text
            }
            ExprKind::Unary(op, inner) => match op {
                UnaryOp::Not if self.overloads() => {
                    let value = self.scalar(inner);
                    self.rt(Rt::not, &[value])
                }
                UnaryOp::Not => self.truth_value(expr),
                UnaryOp::Neg => {
                    let value = self.scalar(inner);
                    let result = self.rt(Rt::neg, &[value]);
                    self.warns_as(expr.pos, 0, "negation (-)", &[inner]);
                    result
                }
                UnaryOp::BitNot => {
                    let value = self.scalar(inner);
                    let result = self.rt(Rt::bit_not, &[value]);
                    self.warns_as(expr.pos, 0, "1's complement (~)", &[inner]);
                    result
                }
            },
            ExprKind::Binary(op, left, right) => self.binary(expr.pos, *op, left, right),
            ExprKind::And(left, right) => self.short(left, right, Short::And),
            ExprKind::Or(left, right) => self.short(left, right, Short::Or),
            ExprKind::DefinedOr(left, right) => self.short(left, right, Short::Defined),
            ExprKind::Xor(left, right) => {
                let left = self.condition(left);
                let right = self.condition(right);
                let left = self.builder.emit(Ir::BoolToInt, vec![left], Ty::Int);
                let right = self.builder.emit(Ir::BoolToInt, vec![right], Ty::Int);
                let differ = self.builder.icmp(Cond::Ne, left, right);
                self.builder.bool_val(differ)
            }
            ExprKind::Ternary(condition, yes, no) => {
                let first = self.builder.block();
                let second = self.builder.block();
                self.branch_on(condition, first, second);
                self.join(
                    Context::Scalar,
                    vec![
                        (first, Box::new(move |lower: &mut Lower<'a>| Some(lower.scalar(yes)))),
                        (second, Box::new(move |lower: &mut Lower<'a>| Some(lower.scalar(no)))),
                    ],
                )
                .unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::Step { target, up, prefix } => {
                self.step(target, *up, *prefix, true).unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::Assign(place, value) => {
                self.assign(place, value, true).unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::AssignList(targets, value) => self.assign_list(targets, value, true),
            ExprKind::AssignOp(op, place, value) => self.assign_op(expr.pos, *op, place, value),
            ExprKind::AssignLogic(op, place, value) => self.assign_logic(*op, place, value),
            ExprKind::Declare(ids) => {
                for id in ids {
                    self.declare(*id);
                }
                match ids.last() {
                    Some(id) => self.read_local(*id),
                    None => self.builder.undef(),
                }
            }
            ExprKind::DeclareGlobal(ids) => {
                for id in ids {
                    self.declare_global(*id);
                }
                self.builder.undef()
            }
            ExprKind::StateInit { variable, done, value } => self.state(*variable, *done, value),
            ExprKind::Localize(place) => {
                self.localize(place);
                self.scalar(place)
            }
            ExprKind::Undefine(place) => {
                self.undefine(place);
                self.builder.undef()
            }
            ExprKind::Call(call) => self.call(call, Context::Scalar).unwrap_or_else(|| self.builder.undef()),
            ExprKind::Builtin(call) => {
                self.builtin(expr.pos, call, Context::Scalar).unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::Op(op) => {
                self.op(expr.pos, op, Context::Scalar).unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::Do(body) => {
                self.block_value(body, Context::Scalar).unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::Eval(body) => self.eval(body, Context::Scalar).unwrap_or_else(|| self.builder.undef()),
            ExprKind::Return(value) => {
                self.return_(value.as_deref());
                self.builder.undef()
            }
            ExprKind::Jump(op, id) => {
                self.jump(*op, *id);
                self.builder.undef()
            }
            ExprKind::JumpDynamic(op, label) => {
                let number = self.builder.int(match op {
                    hir::JumpOp::Last => 0,
                    hir::JumpOp::Next => 1,
                    hir::JumpOp::Redo => 2,
                });
                let label = match label {
                    Some(label) => self.text(label),
                    None => self.builder.undef(),
                };
                self.rt(Rt::jump_dynamic, &[number, label])
            }
            ExprKind::WantArray => self.want_array(),
            ExprKind::CurrentFunction if self.function.captures.is_empty() && self.number() != 0 => {
                let id = FunctionId(self.number());
                self.closure(id)
            }
            ExprKind::CurrentFunction => self.rt(Rt::current_code, &[]),
            ExprKind::AtEnd(id) => {
                let code = self.closure(*id);
                self.rt_void(Rt::at_end, &[code]);
                self.builder.undef()
            }
            ExprKind::RequireFile { file, path, key } => self.require(*file, path, key),
            ExprKind::NoMatch(subject) => {
                let subject = self.scalar(subject);
                let text = self.text("no pattern of `match` suits the value ");
                let text = self.rt(Rt::concat, &[text, subject]);
                self.rt(Rt::die_text, &[text])
            }
        }
    }

    /// A call's result in the context of the caller of this function.
    pub(crate) fn tail(&mut self, expr: &'a Expr) -> Value {
        let Some(want) = self.want else { return self.scalar(expr) };
        if self.is_single(expr) {
            return self.scalar(expr);
        }
        self.at(expr.pos);
        match &expr.kind {
            ExprKind::Call(call) => self.call(call, Context::Tail).unwrap_or_else(|| self.builder.undef()),
            ExprKind::Ternary(condition, yes, no) => {
                let first = self.builder.block();
                let second = self.builder.block();
                self.branch_on(condition, first, second);
                self.join(
                    Context::Tail,
                    vec![
                        (first, Box::new(move |lower: &mut Lower<'a>| Some(lower.tail(yes)))),
                        (second, Box::new(move |lower: &mut Lower<'a>| Some(lower.tail(no)))),
                    ],
                )
                .unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::Do(body) => {
                self.block_value(body, Context::Tail).unwrap_or_else(|| self.builder.undef())
            }
            ExprKind::Eval(body) => self.eval(body, Context::Tail).unwrap_or_else(|| self.builder.undef()),
            ExprKind::Return(value) => {
                self.return_(value.as_deref());
                self.builder.undef()
            }
            ExprKind::Jump(..) | ExprKind::JumpDynamic(..) => self.scalar(expr),
            // An array that is given back: its last element to a scalar caller, in default mode.
            ExprKind::Array(_) | ExprKind::List(_) if self.function.last_of_list => {
                let mark = self.begin_list();
                self.list(expr);
                self.end_list();
                self.rt(Rt::list_result, &[mark, want])
            }
            _ => {
                let list_want = self.builder.int(2);
                let is_list = self.builder.icmp(Cond::Eq, want, list_want);
                let first = self.builder.block();
                let second = self.builder.block();
                self.builder.branch(is_list, first, second);
                self.join(
                    Context::Tail,
                    vec![
                        (
                            first,
                            Box::new(move |lower: &mut Lower<'a>| {
                                let mark = lower.begin_list();
                                lower.list(expr);
                                lower.end_list();
                                if lower.builder.is_filled() {
                                    return None;
                                }
                                Some(lower.rt(Rt::list_result, &[mark, want]))
                            }),
                        ),
                        (second, Box::new(move |lower: &mut Lower<'a>| Some(lower.scalar(expr)))),
                    ],
                )
                .unwrap_or_else(|| self.builder.undef())
            }
        }
    }

    /// An integer, as an index or an operand of a range.
    pub(crate) fn int(&mut self, expr: &'a Expr) -> Value {
        if let ExprKind::Int(value) = &expr.kind {
            return self.builder.int(*value);
        }
        let value = self.scalar(expr);
        self.rt(Rt::to_int, &[value])
    }

    /// A truth value.
    pub(crate) fn condition(&mut self, expr: &'a Expr) -> Value {
        self.at(expr.pos);
        match &expr.kind {
            ExprKind::Bool(value) => self.builder.emit(Ir::Bool(*value), Vec::new(), Ty::Bool),
            ExprKind::Unary(UnaryOp::Not, inner) if !self.overloads() => {
                let value = self.condition(inner);
                self.builder.emit(Ir::Not, vec![value], Ty::Bool)
            }
            ExprKind::Binary(op, left, right) => match comparison(*op) {
                Some(function) => {
                    let values = [self.scalar(left), self.scalar(right)];
                    let truth = self.rt(function, &values);
                    self.warns_as_binary(expr.pos, *op, left, right);
                    truth
                }
                None => {
                    let value = self.scalar(expr);
                    self.rt(Rt::to_bool, &[value])
                }
            },
            ExprKind::Array(array) => {
                let array = self.array_read(array);
                let length = self.rt(Rt::arr_len, &[array]);
                let zero = self.builder.int(0);
                self.builder.icmp(Cond::Ne, length, zero)
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_read(hash);
                let length = self.rt(Rt::hash_len, &[hash]);
                let zero = self.builder.int(0);
                self.builder.icmp(Cond::Ne, length, zero)
            }
            ExprKind::Op(op) => match self.truth_of_op(expr.pos, op) {
                Some(truth) => truth,
                None => {
                    let value = self.scalar(expr);
                    self.rt(Rt::to_bool, &[value])
                }
            },
            _ => {
                let value = self.scalar(expr);
                self.rt(Rt::to_bool, &[value])
            }
        }
    }

    /// Goes one of two ways.
    pub(crate) fn branch_on(&mut self, expr: &'a Expr, yes: IrBlock, no: IrBlock) {
        match &expr.kind {
            ExprKind::And(left, right) => {
                let more = self.builder.block();
                self.branch_on(left, more, no);
                self.builder.switch_sealed(more);
                self.branch_on(right, yes, no);
            }
            ExprKind::Or(left, right) => {
                let more = self.builder.block();
                self.branch_on(left, yes, more);
                self.builder.switch_sealed(more);
                self.branch_on(right, yes, no);
            }
            ExprKind::Unary(UnaryOp::Not, inner) if !self.overloads() => self.branch_on(inner, no, yes),
            ExprKind::Bool(true) => self.builder.jump(yes, &[]),
            ExprKind::Bool(false) => self.builder.jump(no, &[]),
            _ => {
                let truth = self.condition(expr);
                self.builder.branch(truth, yes, no);
            }
        }
    }

    /// A condition as the value that comparisons yield.
    pub(crate) fn truth_value(&mut self, expr: &'a Expr) -> Value {
        let truth = self.condition(expr);
        self.builder.bool_val(truth)
    }

    fn short(&mut self, left: &'a Expr, right: &'a Expr, kind: Short) -> Value {
        let value = self.scalar(left);
        let test = match kind {
            Short::And | Short::Or => self.rt(Rt::to_bool, &[value]),
            Short::Defined => self.rt(Rt::is_defined, &[value]),
        };
        let more = self.builder.block();
        let keep = self.builder.block();
        if kind == Short::And {
            self.builder.branch(test, more, keep);
        } else {
            self.builder.branch(test, keep, more);
        }
        self.join(
            Context::Scalar,
            vec![
                (keep, Box::new(move |_: &mut Lower<'a>| Some(value))),
                (more, Box::new(move |lower: &mut Lower<'a>| Some(lower.scalar(right)))),
            ],
        )
        .unwrap_or_else(|| self.builder.undef())
    }

    /// Pieces of text joined.
    pub(crate) fn concat(&mut self, pos: Pos, parts: &'a [Expr]) -> Value {
        match parts {
            [] => self.text(""),
            [one] => {
                let value = self.scalar(one);
                let text = self.rt(Rt::to_str, &[value]);
                self.warns_as(pos, warning::TEXTS, "string", &[one]);
                text
            }
            [left, right] => self.binary(pos, BinaryOp::Concat, left, right),
            _ => {
                let mark = self.begin_list();
                for part in parts {
                    let value = self.scalar(part);
                    self.rt_void(Rt::list_push, &[value]);
                }
                self.end_list();
                let text = self.rt(Rt::concat_list, &[mark]);
                let operands: Vec<&Expr> = parts.iter().collect();
                self.warns_as(pos, warning::TEXTS, CONCATENATION, &operands);
                text
            }
        }
    }

    fn reference(&mut self, inner: &'a Expr) -> Value {
        match &inner.kind {
            ExprKind::Array(array) => {
                let array = self.array_place(array);
                self.rt(Rt::arr_ref, &[array])
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_place(hash);
                self.rt(Rt::hash_ref, &[hash])
            }
            ExprKind::FunctionRef(_) | ExprKind::Closure(_) => {
                let code = self.scalar(inner);
                if matches!(inner.kind, ExprKind::FunctionRef(_)) {
                    return code;
                }
                self.rt(Rt::scalar_ref, &[code])
            }
            ExprKind::Declare(ids) if ids.len() == 1 => {
                self.declare(ids[0]);
                match self.function.locals[ids[0].index()].kind {
                    VarKind::Array | VarKind::Hash => self.aggregate_ref(ids[0]),
                    _ => {
                        let cell = self.cell_of(inner, false);
                        self.rt(Rt::cell_ref, &[cell])
                    }
                }
            }
            ExprKind::Local(id)
                if matches!(self.function.locals[id.index()].kind, VarKind::Array | VarKind::Hash) =>
            {
                self.aggregate_ref(*id)
            }
            ExprKind::List(items) => {
                // In scalar context the last of the references.
                let mark = self.list_of(items);
                self.rt_void(Rt::ref_list, &[mark]);
                self.rt(Rt::list_last, &[mark])
            }
            _ if self.has_cell(inner) => {
                let cell = self.cell_of(inner, true);
                self.rt(Rt::cell_ref, &[cell])
            }
            ExprKind::Magic(what, args) => self.part_reference(*what, args),
            _ => self.value_reference(inner),
        }
    }

    fn aggregate_ref(&mut self, id: hir::LocalId) -> Value {
        match self.var(id) {
            crate::function::Var::Arr(variable) => {
                let array = self.builder.read(variable);
                self.rt(Rt::arr_ref, &[array])
            }
            crate::function::Var::Hash(variable) => {
                let hash = self.builder.read(variable);
                self.rt(Rt::hash_ref, &[hash])
            }
            _ => self.builder.undef(),
        }
    }

    fn want_array(&mut self) -> Value {
        // Inside `eval` it is the context of that.
        match self.evals.last().map(|eval| eval.context) {
            Some(Context::Void) => return self.builder.undef(),
            Some(Context::Scalar) => return self.truth(false),
            Some(Context::List) => return self.truth(true),
            Some(Context::Tail) | None => {}
        }
        let Some(want) = self.want else { return self.builder.undef() };
        // void: undef; scalar: what false is; list: 1.
        let zero = self.builder.int(0);
        let is_void = self.builder.icmp(Cond::Eq, want, zero);
        let void = self.builder.block();
        let other = self.builder.block();
        self.builder.branch(is_void, void, other);
        self.join(
            Context::Scalar,
            vec![
                (void, Box::new(|lower: &mut Lower<'a>| Some(lower.builder.undef()))),
                (
                    other,
                    Box::new(move |lower: &mut Lower<'a>| {
                        let two = lower.builder.int(2);
                        let listed = lower.builder.icmp(Cond::Eq, want, two);
                        Some(lower.builder.bool_val(listed))
                    }),
                ),
            ],
        )
        .unwrap_or_else(|| self.builder.undef())
    }

    fn flip_flop(&mut self, id: u32, from: &'a Expr, to: &'a Expr, exclusive: bool) -> Value {
        // The runtime keeps the state: 0 off, else the count. Only one side is evaluated, as the state
        // says, both on the round that turns it on unless `exclusive`.
        let number = self.builder.int(i64::from(id) << 1 | i64::from(exclusive));
        let is_on = self.rt(Rt::flip_is_on, &[number]);
        let (on, off) = (self.builder.block(), self.builder.block());
        self.builder.branch(is_on, on, off);
        self.join(
            Context::Scalar,
            vec![
                (
                    on,
                    Box::new(move |lower: &mut Lower<'a>| {
                        let ends = lower.condition(to);
                        let no = lower.builder.emit(Ir::Bool(false), Vec::new(), Ty::Bool);
                        Some(lower.rt(Rt::flip_flop, &[number, no, ends]))
                    }),
                ),
                (
                    off,
                    Box::new(move |lower: &mut Lower<'a>| {
                        let starts = lower.condition(from);
                        let (begin, stay) = (lower.builder.block(), lower.builder.block());
                        lower.builder.branch(starts, begin, stay);
                        lower.join(
                            Context::Scalar,
                            vec![
                                (
                                    begin,
                                    Box::new(move |lower: &mut Lower<'a>| {
                                        let ends = if exclusive {
                                            lower.builder.emit(Ir::Bool(false), Vec::new(), Ty::Bool)
                                        } else {
                                            lower.condition(to)
                                        };
                                        let yes = lower.builder.emit(Ir::Bool(true), Vec::new(), Ty::Bool);
                                        Some(lower.rt(Rt::flip_flop, &[number, yes, ends]))
                                    }),
                                ),
                                (
                                    stay,
                                    Box::new(move |lower: &mut Lower<'a>| {
                                        let no = lower.builder.emit(Ir::Bool(false), Vec::new(), Ty::Bool);
                                        Some(lower.rt(Rt::flip_flop, &[number, no, no]))
                                    }),
                                ),
                            ],
                        )
                    }),
                ),
            ],
        )
        .unwrap_or_else(|| self.builder.undef())
    }

    fn declare_global(&mut self, id: hir::GlobalId) {
        let kind = match self.program.globals[id.index()].kind {
            VarKind::Array => 1,
            VarKind::Hash => 2,
            _ => 0,
        };
        let glob = self.glob(id);
        let kind = self.builder.int(kind);
        self.rt_void(Rt::glob_fresh, &[glob, kind]);
    }

    fn state(&mut self, variable: hir::LocalId, done: hir::LocalId, value: &'a Expr) -> Value {
        let before = self.read_local(done);
        let test = self.rt(Rt::to_bool, &[before]);
        let old = self.builder.block();
        let new = self.builder.block();
        let join = self.builder.block();
        self.builder.branch(test, old, new);
        self.builder.switch_sealed(new);
        match self.function.locals[variable.index()].kind {
            VarKind::Array => {
                let array = self.local_array(variable);
                let mark = self.begin_list();
                self.list(value);
                self.end_list();
                self.rt_void(Rt::arr_assign_list, &[array, mark]);
            }
            VarKind::Hash => {
                let hash = self.local_hash(variable);
                let mark = self.begin_list();
                self.list(value);
                self.end_list();
                self.rt(Rt::hash_assign_list, &[hash, mark]);
            }
            _ => {
                let value = self.scalar(value);
                self.write_local(variable, value);
            }
        }
        let yes = self.builder.int_val(1);
        self.write_local(done, yes);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(old);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
        self.read_local(variable)
    }

    fn require(&mut self, id: FunctionId, path: &str, key: &str) -> Value {
        let (path, key) = (self.text(path), self.text(key));
        let fresh = self.rt(Rt::require_once, &[path, key]);
        let run = self.builder.block();
        let join = self.builder.block();
        self.builder.branch(fresh, run, join);
        self.builder.switch_sealed(run);
        let signature = &self.signatures[id.index()];
        let mut args = Vec::new();
        if signature.variadic {
            args.push(self.builder.int(0));
            args.push(self.builder.int(0));
        }
        for _ in 0..signature.params.len() {
            args.push(self.builder.undef());
        }
        if signature.want {
            args.push(self.builder.int(1));
        }
        if signature.captures {
            let code = self.closure(id);
            self.emit_call(Ir::CallValue(1), vec![code]);
        } else {
            self.emit_call(Ir::Call(func_id(id)), args);
        }
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
        self.builder.int_val(1)
    }

    fn magic_value(&mut self, what: MagicPlace, args: &'a [Expr]) -> Value {
        match (what, args) {
            (MagicPlace::Substr, [text, offset, rest @ ..]) => {
                let text = self.scalar(text);
                let offset = self.int(offset);
                match rest.first() {
                    Some(length) if !matches!(length.kind, ExprKind::Undef) => {
                        let length = self.int(length);
                        self.rt(Rt::substr_get, &[text, offset, length])
                    }
                    _ => self.rt(Rt::substr_tail, &[text, offset]),
                }
            }
            (MagicPlace::Pos, [place]) => {
                let cell = self.cell_of(place, true);
                self.rt(Rt::pos_get, &[cell])
            }
            (MagicPlace::KeysOf, [inner]) => self.scalar(inner),
            (MagicPlace::Vec, args) => {
                let mark = self.list_of(args);
                self.call_builtin("vec", mark, Context::Scalar).unwrap_or_else(|| self.builder.undef())
            }
            _ => self.builder.undef(),
        }
    }
}

/// The operators that leave their right side alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Short {
    And,
    Or,
    Defined,
}

/// The number of a special scalar.
pub(crate) fn special_number(name: &str) -> Option<i64> {
    SPECIALS.iter().position(|special| *special == name).and_then(|at| i64::try_from(at).ok())
}
