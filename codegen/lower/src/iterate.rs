//! `map`, `grep`, `first` and their kin, `sort`, `reduce`: bodies in line, run for each element.

use s_abi::layout::sort;
use s_ir::builder::Variable;
use s_ir::{Cond, Op as Ir, Rt, Ty, Value};
use s_sema::hir::{
    Array, Block, Expr, ExprKind, FunctionId, Iterate, IterateBody, LocalId, LoopVariable, Op, SortBy,
    SortKey, StmtKind,
};

use crate::function::{Context, Lower};

/// The tag byte of [`s_abi::layout::tag::CODE`].
const CODE_TAG: u8 = 10;
/// The tag byte of [`s_abi::layout::tag::INT`].
const INT_TAG: u8 = 0;
/// Ranges of integers that end here, or begin here, are made as lists.
const RANGE_MAX: i64 = 1 << 31;

/// What is made of the elements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Map,
    Grep,
    First,
    Any,
    All,
    None,
    Each,
}

impl<'a> Lower<'a> {
    /// One of the iterating operators. In list context `map` and `grep` push; otherwise there is a value:
    /// the count for `map`, `grep` and `fore`, the element for `first`, a truth value for the others.
    pub(crate) fn iterate(&mut self, kind: Kind, node: &'a Iterate, context: Context) -> Option<Value> {
        let listed = matches!(kind, Kind::Map | Kind::Grep) && context == Context::List;
        self.iterate_over(kind, node, if listed { Into::List } else { Into::Value })
    }

    /// `grep`, which pushes references to the elements for which its body holds.
    pub(crate) fn iterate_references(&mut self, node: &'a Iterate) {
        self.iterate_over(Kind::Grep, node, Into::References);
    }

    /// An array of its own of what `map` or `grep` gives in list context, where an expression is one of these: nothing
    /// but the array ever holds all of it.
    pub(crate) fn collected(&mut self, expr: &'a Expr) -> Option<Value> {
        match &expr.kind {
            ExprKind::List(items) => match &items[..] {
                [item] => self.collected(item),
                _ => None,
            },
            ExprKind::Op(op) => {
                let (kind, node) = match &**op {
                    Op::Map(node) => (Kind::Map, node),
                    Op::Grep(node) => (Kind::Grep, node),
                    _ => return None,
                };
                self.at(expr.pos);
                let array = self.rt(Rt::arr_new, &[]);
                let held = self.builder.variable(Ty::Arr);
                self.builder.write(held, array);
                self.iterate_over(kind, node, Into::Array(held));
                Some(self.builder.read(held))
            }
            _ => None,
        }
    }

    fn iterate_over(&mut self, kind: Kind, node: &'a Iterate, into: Into) -> Option<Value> {
        let references = into == Into::References;
        let callee = match &node.body {
            IterateBody::Call(code) => {
                let code = self.scalar(code);
                let held = self.builder.variable(Ty::V);
                self.builder.write(held, code);
                Some(held)
            }
            _ => None,
        };
        // The elements lie on the value stack below what the body pushes; they go at the end.
        let mark = self.begin_list();
        let aliased = self.program.compat
            && matches!(node.topic, LoopVariable::Global(_))
            && kind != Kind::Each
            && modifies_topic(node);
        let (length, source) = if aliased || references {
            self.list_of_references(&node.list);
            (self.rt(Rt::list_len, &[mark]), Source::List)
        } else if let Some((from, to)) = counted(&node.list) {
            self.count(mark, from, to)
        } else if let Some(array) = self.array_in_place(node) {
            let array = self.lending(|lower| lower.array_read(array));
            let held = self.builder.variable(Ty::Arr);
            self.builder.write(held, array);
            (self.rt(Rt::arr_len, &[array]), Source::Array(held))
        } else {
            self.lending(|lower| lower.list(&node.list));
            (self.rt(Rt::list_len, &[mark]), Source::List)
        };
        let out = self.begin_list();
        let restore = self.global_topic(node.topic);
        let at = self.builder.variable(Ty::Int);
        let count = self.builder.variable(Ty::Int);
        let found = self.builder.variable(Ty::V);
        let zero = self.builder.int(0);
        self.builder.write(at, zero);
        self.builder.write(count, zero);
        let start = match kind {
            Kind::First => self.builder.undef(),
            Kind::Any => self.truth(false),
            Kind::All | Kind::None => self.truth(true),
            _ => self.builder.undef(),
        };
        self.builder.write(found, start);
        let exit = self.builder.block();
        self.builder.enter_loop();
        let body = self.builder.block();
        let test = self.builder.icmp(Cond::Lt, zero, length);
        self.builder.branch(test, body, exit);
        self.builder.switch_to(body);
        let now = self.builder.read(at);
        let element = self.element_at(mark, now, source);
        let reference = element;
        let element = if aliased || references {
            self.bind_reference(node.topic, element, restore);
            self.rt(Rt::deref_scalar, &[element])
        } else {
            self.bind_value(node.topic, element, restore);
            element
        };
        if let Some(index) = node.index {
            let value = self.box_int(now);
            self.declare_scalar(index, value);
        }
        match kind {
            Kind::Map if self.pushes_itself(node, into) => {
                let value = self.body_scalar(node);
                if !self.builder.is_filled() {
                    self.give(into, value);
                }
            }
            Kind::Map => {
                let here = self.rt(Rt::mark, &[]);
                self.body_list(node, callee, element);
                if let Into::Array(held) = into
                    && !self.builder.is_filled()
                {
                    let array = self.builder.read(held);
                    self.rt(Rt::arr_push_list, &[array, here]);
                }
                if into == Into::Value && !self.builder.is_filled() {
                    let pushed = self.rt(Rt::list_len, &[here]);
                    self.rt_void(Rt::list_drop, &[here]);
                    let sum = self.builder.read(count);
                    let sum = self.builder.emit(Ir::IAdd, vec![sum, pushed], Ty::Int);
                    self.builder.write(count, sum);
                }
            }
            Kind::Each => {
                self.body_void(node, callee, element);
                let sum = self.builder.read(count);
                let one = self.builder.int(1);
                let sum = self.builder.emit(Ir::IAdd, vec![sum, one], Ty::Int);
                self.builder.write(count, sum);
            }
            _ => {
                let holds = self.body_condition(node, callee, element);
                let yes = self.builder.block();
                let no = self.builder.block();
                self.builder.branch(holds, yes, no);
                let (hit, miss) = if kind == Kind::All { (no, yes) } else { (yes, no) };
                self.builder.switch_sealed(hit);
                match kind {
                    Kind::Grep if into != Into::Value => {
                        let value = if references {
                            reference
                        } else if aliased {
                            self.topic_value(node.topic)
                        } else {
                            element
                        };
                        self.give(into, value);
                        self.builder.jump(miss, &[]);
                    }
                    Kind::Grep => {
                        let sum = self.builder.read(count);
                        let one = self.builder.int(1);
                        let sum = self.builder.emit(Ir::IAdd, vec![sum, one], Ty::Int);
                        self.builder.write(count, sum);
                        self.builder.jump(miss, &[]);
                    }
                    _ => {
                        let value = match kind {
                            Kind::First => element,
                            Kind::Any => self.truth(true),
                            _ => self.truth(false),
                        };
                        self.builder.write(found, value);
                        self.builder.jump(exit, &[]);
                    }
                }
                self.builder.switch_sealed(miss);
            }
        }
        let now = self.builder.read(at);
        let one = self.builder.int(1);
        let next = self.builder.emit(Ir::IAdd, vec![now, one], Ty::Int);
        self.builder.write(at, next);
        let test = self.builder.icmp(Cond::Lt, next, length);
        self.builder.branch(test, body, exit);
        self.builder.seal(body);
        self.builder.leave_loop();
        self.builder.switch_sealed(exit);
        self.end_global_topic(restore);
        self.end_list();
        self.end_list();
        if let Source::Array(held) = source {
            let array = self.builder.read(held);
            self.builder.emit_void(Ir::Keep, vec![array]);
        }
        if matches!(into, Into::List | Into::References) {
            self.rt_void(Rt::list_move, &[mark, out]);
            return None;
        }
        self.rt_void(Rt::list_drop, &[mark]);
        if let Into::Array(_) = into {
            return None;
        }
        Some(match kind {
            Kind::Map | Kind::Grep | Kind::Each => {
                let count = self.builder.read(count);
                self.box_int(count)
            }
            _ => self.builder.read(found),
        })
    }

    /// Begins to iterate over a range of integers, which need not lie anywhere: gives their number. Where the
    /// end turns out to be no usual integer the list is pushed after all.
    fn count(&mut self, mark: Value, from: i64, to: &'a Expr) -> (Value, Source) {
        if let ExprKind::Int(to) = to.kind {
            let length = self.builder.int(to.saturating_sub(from).saturating_add(1));
            return (length, Source::Numbers(from));
        }
        let to = self.scalar(to);
        let length = self.builder.variable(Ty::Int);
        let is_counted = self.builder.variable(Ty::Bool);
        let (integer, within, usual, list, on) = (
            self.builder.block(),
            self.builder.block(),
            self.builder.block(),
            self.builder.block(),
            self.builder.block(),
        );
        let is_integer = self.builder.emit(Ir::HasTag(INT_TAG), vec![to], Ty::Bool);
        self.builder.branch(is_integer, integer, list);
        self.builder.switch_sealed(integer);
        let end = self.builder.emit(Ir::UnboxInt, vec![to], Ty::Int);
        let least = self.builder.int(-1);
        let test = self.builder.icmp(Cond::Lt, least, end);
        self.builder.branch(test, within, list);
        self.builder.switch_sealed(within);
        let most = self.builder.int(RANGE_MAX);
        let test = self.builder.icmp(Cond::Lt, end, most);
        self.builder.branch(test, usual, list);
        self.builder.switch_sealed(usual);
        let before = self.builder.int(from - 1);
        let number = self.builder.emit(Ir::ISub, vec![end, before], Ty::Int);
        self.builder.write(length, number);
        let yes = self.builder.emit(Ir::Bool(true), Vec::new(), Ty::Bool);
        self.builder.write(is_counted, yes);
        self.builder.jump(on, &[]);
        self.builder.switch_sealed(list);
        let range = self.begin_list();
        let first = self.builder.int(from);
        let first = self.box_int(first);
        for end in [first, to] {
            self.rt_void(Rt::list_push, &[end]);
        }
        let step = self.builder.undef();
        self.end_range(range, step);
        let number = self.rt(Rt::list_len, &[mark]);
        self.builder.write(length, number);
        let no = self.builder.emit(Ir::Bool(false), Vec::new(), Ty::Bool);
        self.builder.write(is_counted, no);
        self.builder.jump(on, &[]);
        self.builder.switch_sealed(on);
        let length = self.builder.read(length);
        (length, Source::PerhapsNumbers(from, is_counted))
    }

    /// The element of a round.
    fn element_at(&mut self, mark: Value, now: Value, source: Source) -> Value {
        let number = move |lower: &mut Lower<'a>, from: i64| {
            let from = lower.builder.int(from);
            let number = lower.builder.emit(Ir::IAdd, vec![from, now], Ty::Int);
            lower.box_int(number)
        };
        match source {
            Source::List => self.rt(Rt::list_get, &[mark, now]),
            Source::Array(held) => {
                let array = self.builder.read(held);
                self.rt(Rt::arr_get, &[array, now])
            }
            Source::Numbers(from) => number(self, from),
            Source::PerhapsNumbers(from, is_counted) => {
                let test = self.builder.read(is_counted);
                let (counted, listed) = (self.builder.block(), self.builder.block());
                self.builder.branch(test, counted, listed);
                self.join(
                    Context::Scalar,
                    vec![
                        (counted, Box::new(move |lower: &mut Lower<'a>| Some(number(lower, from)))),
                        (
                            listed,
                            Box::new(move |lower: &mut Lower<'a>| Some(lower.rt(Rt::list_get, &[mark, now]))),
                        ),
                    ],
                )
                .unwrap_or_else(|| self.builder.undef())
            }
        }
    }

    pub(crate) fn truth(&mut self, value: bool) -> Value {
        self.builder.emit(Ir::BoolVal(value), Vec::new(), Ty::V)
    }

    fn topic_value(&mut self, topic: LoopVariable) -> Value {
        match topic {
            LoopVariable::Local(id) => self.read_local(id),
            LoopVariable::Global(id) => {
                let glob = self.glob(id);
                let cell = self.slot_of(glob, Ty::Cell);
                self.rt(Rt::cell_get, &[cell])
            }
        }
    }

    fn body_list(&mut self, node: &'a Iterate, callee: Option<Variable>, element: Value) {
        match &node.body {
            IterateBody::Block(body) => {
                self.block_value(body, Context::List);
            }
            IterateBody::Expr(body) => self.list(body),
            IterateBody::Call(_) => {
                let code = self.builder.read(callee.expect("it was evaluated before the loop"));
                let result = self.call_or_itself(code, element, 2);
                self.push_result(result);
            }
        }
    }

    /// Whether each element gives exactly one value, which need not lie on the value stack.
    fn pushes_itself(&self, node: &Iterate, into: Into) -> bool {
        into != Into::Value
            && match &node.body {
                IterateBody::Block(body) => plain_expression(body).is_some_and(|expr| self.is_single(expr)),
                IterateBody::Expr(body) => self.is_single(body),
                IterateBody::Call(_) => false,
            }
    }

    /// The value of a body of which [`Lower::pushes_itself`] holds.
    fn body_scalar(&mut self, node: &'a Iterate) -> Value {
        let expr = match &node.body {
            IterateBody::Block(body) => plain_expression(body),
            IterateBody::Expr(body) => Some(&**body),
            IterateBody::Call(_) => None,
        };
        match expr {
            Some(expr) => self.scalar(expr),
            None => self.builder.undef(),
        }
    }

    /// Adds a value to what is made.
    fn give(&mut self, into: Into, value: Value) {
        match into {
            Into::Array(held) => {
                let array = self.builder.read(held);
                self.rt_void(Rt::arr_push, &[array, value]);
            }
            _ => self.rt_void(Rt::list_push, &[value]),
        }
    }

    /// The array whose elements need not be listed before the first is looked at, since a body leaves all arrays as
    /// they are.
    fn array_in_place(&self, node: &'a Iterate) -> Option<&'a Array> {
        let array = only_array(&node.list)?;
        let facts = &self.program.facts;
        let keeps = match &node.body {
            IterateBody::Block(body) => crate::keys::leaves_arrays(|see| crate::visit::block(body, see)),
            IterateBody::Expr(body) => crate::keys::leaves_arrays(|see| crate::visit::expr(body, see)),
            IterateBody::Call(_) => false,
        };
        (keeps && !facts.overloads && !facts.ties).then_some(array)
    }

    fn body_void(&mut self, node: &'a Iterate, callee: Option<Variable>, element: Value) {
        match &node.body {
            IterateBody::Block(body) => self.block(body),
            IterateBody::Expr(body) => self.void(body),
            IterateBody::Call(_) => {
                let code = self.builder.read(callee.expect("it was evaluated before the loop"));
                self.call_or_itself(code, element, 0);
            }
        }
    }

    fn body_condition(&mut self, node: &'a Iterate, callee: Option<Variable>, element: Value) -> Value {
        match &node.body {
            IterateBody::Block(body) => self.block_condition(body),
            IterateBody::Expr(body) => self.condition(body),
            IterateBody::Call(_) => {
                let code = self.builder.read(callee.expect("it was evaluated before the loop"));
                let result = self.call_or_itself(code, element, 1);
                self.rt(Rt::to_bool, &[result])
            }
        }
    }

    /// Calls a function with an element; what is no function stands for itself.
    fn call_or_itself(&mut self, code: Value, element: Value, want: u64) -> Value {
        let is_code = self.builder.emit(Ir::HasTag(CODE_TAG), vec![code], Ty::Bool);
        let (call, keep) = (self.builder.block(), self.builder.block());
        self.builder.branch(is_code, call, keep);
        self.join(
            Context::Scalar,
            vec![
                (
                    call,
                    Box::new(move |lower: &mut Lower<'a>| {
                        Some(lower.emit_call(Ir::CallValue(want), vec![code, element]))
                    }),
                ),
                (keep, Box::new(move |_: &mut Lower<'a>| Some(code))),
            ],
        )
        .unwrap_or_else(|| self.builder.undef())
    }

    /// A block as a condition: of one expression without scope, that expression.
    fn block_condition(&mut self, body: &'a Block) -> Value {
        if let Some(expr) = plain_expression(body) {
            return self.condition(expr);
        }
        let value = self.block_value(body, Context::Scalar).unwrap_or_else(|| self.builder.undef());
        self.rt(Rt::to_bool, &[value])
    }

    /// `reduce`.
    pub(crate) fn reduce(&mut self, acc: LocalId, item: LocalId, body: &'a Block, list: &'a Expr) -> Value {
        let mark = self.begin_list();
        self.list(list);
        let length = self.rt(Rt::list_len, &[mark]);
        let at = self.builder.variable(Ty::Int);
        let result = self.builder.variable(Ty::V);
        let zero = self.builder.int(0);
        let first = self.rt(Rt::list_get, &[mark, zero]);
        self.builder.write(result, first);
        let one = self.builder.int(1);
        self.builder.write(at, one);
        let exit = self.builder.block();
        self.builder.enter_loop();
        let round = self.builder.block();
        let test = self.builder.icmp(Cond::Lt, one, length);
        self.builder.branch(test, round, exit);
        self.builder.switch_to(round);
        let now = self.builder.read(at);
        let so_far = self.builder.read(result);
        self.declare_scalar(acc, so_far);
        let element = self.rt(Rt::list_get, &[mark, now]);
        self.declare_scalar(item, element);
        let value = self.block_value(body, Context::Scalar).unwrap_or_else(|| self.builder.undef());
        self.builder.write(result, value);
        let one = self.builder.int(1);
        let next = self.builder.emit(Ir::IAdd, vec![now, one], Ty::Int);
        self.builder.write(at, next);
        let test = self.builder.icmp(Cond::Lt, next, length);
        self.builder.branch(test, round, exit);
        self.builder.seal(round);
        self.builder.leave_loop();
        self.builder.switch_sealed(exit);
        self.end_list();
        self.rt_void(Rt::list_drop, &[mark]);
        self.builder.read(result)
    }

    /// `sort`, pushed.
    pub(crate) fn sort(&mut self, by: &'a SortBy, list: &'a Expr, reverse: bool, package: &str) {
        let private = match by {
            SortBy::Private { function, keys } if !self.program.facts.ties => {
                Some(self.sort_functions(*function, keys))
            }
            _ => None,
        };
        let code = match by {
            SortBy::Function(id) | SortBy::Private { function: id, .. } if private.is_none() => {
                Some(self.closure(*id))
            }
            SortBy::Value(value) => Some(self.scalar(value)),
            _ => None,
        };
        let mark = self.list_from(list);
        match by {
            SortBy::Strings => self.rt_void(Rt::list_sort, &[mark]),
            SortBy::StringsDescending => self.rt_void(Rt::list_sort_desc, &[mark]),
            SortBy::Numbers { descending: false } => self.rt_void(Rt::list_sort_num, &[mark]),
            SortBy::Numbers { descending: true } => self.rt_void(Rt::list_sort_num_desc, &[mark]),
            SortBy::Function(_) | SortBy::Private { .. } | SortBy::Value(_) => {
                if let Some((functions, kinds)) = private {
                    self.rt_void(Rt::list_sort_private, &[mark, functions, kinds]);
                } else {
                    let code = code.expect("evaluated above");
                    let package = self.text(package);
                    self.rt_void(Rt::list_sort_by, &[mark, code, package]);
                }
            }
        }
        if reverse {
            self.rt_void(Rt::list_reverse, &[mark]);
        }
    }

    /// An array of a comparator and the functions that give keys, and of what kinds these are.
    fn sort_functions(&mut self, comparator: FunctionId, keys: &[SortKey]) -> (Value, Value) {
        // What does not fit in is left to the comparator.
        let keys = if keys.len() > sort::KEYS_MAX { &[] } else { keys };
        let mark = self.begin_list();
        for function in std::iter::once(comparator).chain(keys.iter().map(|key| key.function)) {
            let function = self.closure(function);
            self.rt_void(Rt::list_push, &[function]);
        }
        self.end_list();
        let functions = self.rt(Rt::arr_from_list, &[mark]);
        let mut kinds = 0;
        for key in keys.iter().rev() {
            let text = if key.is_text { sort::TEXT } else { 0 };
            let descending = if key.descending { sort::DESCENDING } else { 0 };
            kinds = kinds << sort::BITS | text | descending;
        }
        (functions, self.builder.int(kinds))
    }
}

/// Where elements come from.
#[derive(Clone, Copy)]
enum Source {
    /// The value stack.
    List,
    /// An array, which stays as it is.
    Array(Variable),
    /// They are numbers that are counted, from here.
    Numbers(i64),
    /// The same if a variable says so, which is known only later; else the value stack.
    PerhapsNumbers(i64, Variable),
}

/// Where what is made of the elements goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Into {
    /// There is one value of it all.
    Value,
    /// The value stack.
    List,
    /// The value stack, as references to elements.
    References,
    /// An array that nobody else knows.
    Array(Variable),
}

/// A range of integers by one that begins with a small constant: where, and the end.
fn counted(list: &Expr) -> Option<(i64, &Expr)> {
    match &list.kind {
        ExprKind::Range { from, to, step: None } => match from.kind {
            ExprKind::Int(from @ 0..RANGE_MAX) => match to.kind {
                ExprKind::Int(RANGE_MAX..) | ExprKind::Str { .. } => None,
                _ => Some((from, to)),
            },
            _ => None,
        },
        ExprKind::List(items) if items.len() == 1 => counted(&items[0]),
        _ => None,
    }
}

/// The array that a list is all of.
fn only_array(list: &Expr) -> Option<&Array> {
    match &list.kind {
        ExprKind::Array(array) => Some(array),
        ExprKind::List(items) if items.len() == 1 => only_array(&items[0]),
        _ => None,
    }
}

/// The only expression of a block without scope.
fn plain_expression(body: &Block) -> Option<&Expr> {
    match &body.stmts[..] {
        [stmt] if !body.has_local => match &stmt.kind {
            StmtKind::Expr(expr) => Some(expr),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the body of a `map` or `grep` may change the topic, so that elements have to be shared.
fn modifies_topic(node: &Iterate) -> bool {
    let LoopVariable::Global(topic) = node.topic else { return false };
    let mut found = false;
    let mut see = |expr: &Expr| {
        let is_topic = |place: &Expr| matches!(place.kind, ExprKind::Global(id) if id == topic);
        found |= match &expr.kind {
            ExprKind::Assign(place, _)
            | ExprKind::AssignOp(_, place, _)
            | ExprKind::AssignLogic(_, place, _) => is_topic(place),
            ExprKind::Step { target, .. } => is_topic(target),
            ExprKind::RefTo(_) | ExprKind::Call(_) => true,
            ExprKind::Op(op) => match &**op {
                Op::Subst(node) => !node.copy && is_topic(&node.subject),
                Op::Trans { subject, copy, .. } => !copy && is_topic(subject),
                Op::Chomp { places, .. } => places.iter().any(is_topic),
                _ => false,
            },
            _ => false,
        };
    };
    match &node.body {
        IterateBody::Block(body) => crate::visit::block(body, &mut see),
        IterateBody::Expr(body) => crate::visit::expr(body, &mut see),
        IterateBody::Call(_) => {}
    }
    found
}
