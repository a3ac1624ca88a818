//! Expressions in list context: what they give is pushed on the value stack.

use s_abi::constants::Constant;
use s_ir::{Rt, Value};
use s_sema::hir::{Array, Expr, ExprKind, HashPart, LocalId, MagicPlace, Op, VarKind};

use crate::function::{Context, Lower};

/// So many constants behind each other are pushed by one call: a table in the text of a program is
/// compiled in no time.
const CONSTANTS_MIN: usize = 24;

impl<'a> Lower<'a> {
    /// The last of a list, as scalar context sees it.
    pub(crate) fn last_of(&mut self, expr: &'a Expr) -> Value {
        let mark = self.begin_list();
        self.list(expr);
        self.end_list();
        self.rt(Rt::list_last, &[mark])
    }

    /// A list that is repeated where one value is wanted: the text of its last value, repeated.
    pub(crate) fn repeated_text(&mut self, list: &'a Expr, count: &'a Expr) -> Value {
        let text = self.last_of(list);
        let count = self.scalar(count);
        self.rt(Rt::repeat, &[text, count])
    }

    /// Pushes what an expression gives in list context.
    pub(crate) fn list(&mut self, expr: &'a Expr) {
        if self.is_single(expr) {
            let value = self.scalar(expr);
            if !self.builder.is_filled() {
                self.rt_void(Rt::list_push, &[value]);
            }
            return;
        }
        self.at(expr.pos);
        match &expr.kind {
            ExprKind::List(items) => self.list_items(items),
            ExprKind::Array(array) => {
                let array = self.array_read(array);
                self.rt_void(Rt::list_push_arr, &[array]);
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_read(hash);
                self.rt_void(Rt::list_push_hash, &[hash]);
            }
            ExprKind::Local(id) => match self.function.locals[id.index()].kind {
                VarKind::Hash => {
                    let hash = self.local_hash(*id);
                    self.rt_void(Rt::list_push_hash, &[hash]);
                }
                _ => {
                    let array = self.local_array(*id);
                    self.rt_void(Rt::list_push_arr, &[array]);
                }
            },
            ExprKind::Declare(ids) => {
                for id in ids {
                    self.declare(*id);
                    if self.function.locals[id.index()].kind == VarKind::Scalar {
                        let value = self.read_local(*id);
                        self.rt_void(Rt::list_push, &[value]);
                    }
                }
            }
            ExprKind::ArraySlice(array, index) => {
                let array = self.array_value(array);
                let mark = self.list_from(index);
                self.rt_void(Rt::arr_slice, &[array, mark]);
            }
            ExprKind::ArrayPairs(array, index) => {
                let array = self.array_value(array);
                let mark = self.list_from(index);
                self.rt_void(Rt::arr_pairs, &[array, mark]);
            }
            ExprKind::HashSlice(hash, index) => {
                let hash = self.hash_value(hash);
                let mark = self.list_from(index);
                self.rt_void(Rt::hash_slice, &[hash, mark]);
            }
            ExprKind::HashPairs(hash, index) => {
                let hash = self.hash_value(hash);
                let mark = self.list_from(index);
                self.rt_void(Rt::hash_pairs, &[hash, mark]);
            }
            ExprKind::ListSlice(list, index) => {
                let mark = self.begin_list();
                self.list(list);
                let indexes = self.begin_list();
                self.list(index);
                self.end_list();
                self.end_list();
                self.rt_void(Rt::list_slice, &[mark, indexes]);
            }
            ExprKind::Range { from, to, step } => {
                let mark = self.begin_list();
                for end in [from, to] {
                    let value = self.scalar(end);
                    self.rt_void(Rt::list_push, &[value]);
                }
                let step = match step {
                    Some(step) => self.scalar(step),
                    None => self.builder.undef(),
                };
                self.end_range(mark, step);
            }
            ExprKind::RepeatList(list, count) => {
                let mark = self.list_from(list);
                let count = self.scalar(count);
                self.rt_void(Rt::list_repeat, &[mark, count]);
            }
            ExprKind::ListOf(inner) => self.list(inner),
            ExprKind::RefTo(inner) => {
                if let ExprKind::List(items) = &inner.kind {
                    for item in items {
                        match &item.kind {
                            ExprKind::Array(_) if items.len() == 1 => {
                                let mark = self.list_from(item);
                                self.rt_void(Rt::ref_list, &[mark]);
                            }
                            _ => self.push_reference(item),
                        }
                    }
                }
            }
            ExprKind::And(left, right) => {
                let value = self.scalar(left);
                let test = self.rt(Rt::to_bool, &[value]);
                self.either(test, Some(right), None, value);
            }
            ExprKind::Or(left, right) => {
                let value = self.scalar(left);
                let test = self.rt(Rt::to_bool, &[value]);
                self.either(test, None, Some(right), value);
            }
            ExprKind::DefinedOr(left, right) => {
                let value = self.scalar(left);
                let test = self.rt(Rt::is_defined, &[value]);
                self.either(test, None, Some(right), value);
            }
            ExprKind::Ternary(condition, yes, no) => {
                let first = self.builder.block();
                let second = self.builder.block();
                self.branch_on(condition, first, second);
                self.join(
                    Context::List,
                    vec![
                        (
                            first,
                            Box::new(move |lower: &mut Lower<'a>| {
                                lower.list(yes);
                                None
                            }),
                        ),
                        (
                            second,
                            Box::new(move |lower: &mut Lower<'a>| {
                                lower.list(no);
                                None
                            }),
                        ),
                    ],
                );
            }
            ExprKind::Assign(place, value) => self.assign_in_list(place, value),
            ExprKind::AssignList(targets, value) => {
                self.assign_list(targets, value, false);
                for target in targets {
                    self.push_target(target);
                }
            }
            ExprKind::AssignLogic(_, place, _) => {
                self.void(expr);
                self.list(place);
            }
            ExprKind::Localize(place) => {
                self.localize(place);
                self.list(place);
            }
            ExprKind::Undefine(place) => self.undefine(place),
            ExprKind::Call(call) => {
                self.call(call, Context::List);
            }
            ExprKind::Builtin(call) => {
                self.builtin(expr.pos, call, Context::List);
            }
            ExprKind::Op(op) => {
                if let Some(value) = self.op(expr.pos, op, Context::List)
                    && !self.builder.is_filled()
                {
                    self.rt_void(Rt::list_push, &[value]);
                }
            }
            ExprKind::Do(body) => {
                self.block_value(body, Context::List);
            }
            ExprKind::Eval(body) => {
                self.eval(body, Context::List);
            }
            ExprKind::Return(value) => self.return_(value.as_deref()),
            ExprKind::Jump(op, id) => self.jump(*op, *id),
            _ => {
                let value = self.scalar(expr);
                if !self.builder.is_filled() {
                    self.rt_void(Rt::list_push, &[value]);
                }
            }
        }
    }

    /// Pushes a range whose ends have been pushed.
    pub(crate) fn end_range(&mut self, mark: Value, step: Value) {
        self.rt_void(Rt::list_push, &[step]);
        self.end_list();
        self.rt_void(Rt::list_range, &[mark]);
    }

    /// Pushes one of two lists, or a value in the place of one.
    fn either(&mut self, test: Value, yes: Option<&'a Expr>, no: Option<&'a Expr>, value: Value) {
        let first = self.builder.block();
        let second = self.builder.block();
        self.builder.branch(test, first, second);
        let way = move |expr: Option<&'a Expr>| {
            move |lower: &mut Lower<'a>| {
                match expr {
                    Some(expr) => lower.list(expr),
                    None => lower.rt_void(Rt::list_push, &[value]),
                }
                None
            }
        };
        self.join(Context::List, vec![(first, Box::new(way(yes))), (second, Box::new(way(no)))]);
    }

    fn push_reference(&mut self, item: &'a Expr) {
        let value = self.reference_to(item);
        self.rt_void(Rt::list_push, &[value]);
    }

    /// Builds a list of expressions and returns its mark.
    pub(crate) fn list_of(&mut self, items: &'a [Expr]) -> Value {
        let mark = self.begin_list();
        self.list_items(items);
        self.end_list();
        mark
    }

    /// Pushes what expressions give. Many constants behind each other are kept in one text.
    fn list_items(&mut self, items: &'a [Expr]) {
        let mut items = items;
        while let Some((first, rest)) = items.split_first() {
            let count = items.iter().take_while(|item| constant(item).is_some()).count();
            let mut text = Vec::new();
            if count >= CONSTANTS_MIN
                && items[..count]
                    .iter()
                    .all(|item| constant(item).and_then(|it| it.write(&mut text)).is_some())
            {
                let text = self.bytes(&text, false);
                self.rt_void(Rt::list_push_constants, &[text]);
                items = &items[count..];
                continue;
            }
            self.list(first);
            items = rest;
        }
    }

    /// Builds the list of one expression and returns its mark.
    pub(crate) fn list_from(&mut self, expr: &'a Expr) -> Value {
        let mark = self.begin_list();
        self.list(expr);
        self.end_list();
        mark
    }

    /// Pushes a reference to every place that an expression names, and to copies of what is no place.
    pub(crate) fn list_of_references(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::List(items) => {
                for item in items {
                    self.list_of_references(item);
                }
            }
            ExprKind::Array(array) => self.push_element_references(array),
            // An array that is given a value is the array.
            ExprKind::Assign(place, _) if self.assigned_array(place).is_some() => {
                self.void(expr);
                match self.assigned_array(place) {
                    Some(AssignedArray::Array(array)) => self.push_element_references(array),
                    Some(AssignedArray::Declared(id)) => {
                        let array = self.local_array(id);
                        self.push_references_into(array);
                    }
                    None => {}
                }
            }
            ExprKind::Magic(what @ (MagicPlace::Substr | MagicPlace::Vec), args) => {
                let reference = self.part_reference(*what, args);
                self.rt_void(Rt::list_push, &[reference]);
            }
            ExprKind::ArraySlice(array, index) => {
                let array = self.array_place(array);
                let mark = self.list_from(index);
                self.rt_void(Rt::arr_slice_cells, &[array, mark]);
            }
            ExprKind::HashSlice(hash, index) => {
                let hash = self.hash_place(hash);
                let mark = self.list_from(index);
                self.rt_void(Rt::hash_slice_cells, &[hash, mark]);
            }
            ExprKind::Op(op) => match &**op {
                Op::HashList(HashPart::Values, hash) => {
                    let hash = self.hash_place(hash);
                    let mark = self.begin_list();
                    self.rt_void(Rt::hash_keys, &[hash]);
                    self.end_list();
                    self.rt_void(Rt::hash_slice_cells, &[hash, mark]);
                }
                Op::ArrayList(HashPart::Values, array) => self.push_element_references(array),
                Op::Grep(node) => {
                    self.iterate_references(node);
                }
                _ => {
                    let mark = self.list_from(expr);
                    self.rt_void(Rt::ref_list, &[mark]);
                }
            },
            ExprKind::Ternary(condition, yes, no) => {
                let first = self.builder.block();
                let second = self.builder.block();
                self.branch_on(condition, first, second);
                let way = |side: &'a Expr| {
                    move |lower: &mut Lower<'a>| {
                        lower.list_of_references(side);
                        None
                    }
                };
                self.join(Context::List, vec![(first, Box::new(way(yes))), (second, Box::new(way(no)))]);
            }
            _ if self.is_single(expr) && self.has_cell(expr) => {
                let cell = self.cell_of(expr, true);
                let reference = self.rt(Rt::cell_ref, &[cell]);
                self.rt_void(Rt::list_push, &[reference]);
            }
            _ => {
                let mark = self.list_from(expr);
                let fixed = self.program.compat && expr.is_literal();
                self.rt_void(if fixed { Rt::constant_list } else { Rt::ref_list }, &[mark]);
            }
        }
    }

    fn push_element_references(&mut self, array: &'a Array) {
        let array = self.array_place(array);
        self.push_references_into(array);
    }

    /// The array that an assignment leaves in the place of its value.
    fn assigned_array(&self, place: &'a Expr) -> Option<AssignedArray<'a>> {
        match &place.kind {
            ExprKind::Array(array) => Some(AssignedArray::Array(array)),
            ExprKind::Declare(ids) => match ids.as_slice() {
                &[id] if self.function.locals[id.index()].kind == VarKind::Array => {
                    Some(AssignedArray::Declared(id))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Pushes a reference to every element of an array.
    pub(crate) fn push_references_into(&mut self, array: Value) {
        let mark = self.begin_list();
        self.rt_void(Rt::arr_keys, &[array]);
        self.end_list();
        self.rt_void(Rt::arr_slice_cells, &[array, mark]);
    }
}

/// The constant that an expression is, if it is one that lists are kept of.
fn constant(expr: &Expr) -> Option<Constant<'_>> {
    match &expr.kind {
        ExprKind::Int(value) => Some(Constant::Int(*value)),
        ExprKind::Float(value) => Some(Constant::Float(*value)),
        ExprKind::Str { bytes, wide } => Some(Constant::Text(bytes, *wide)),
        _ => None,
    }
}

/// An array that is the value of an expression which assigns it.
enum AssignedArray<'a> {
    Array(&'a Array),
    Declared(LocalId),
}
