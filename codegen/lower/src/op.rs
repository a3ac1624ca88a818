//! Builtins that are compiled in their own way.

use s_abi::builtins::BUILTINS;
use s_abi::warning;
use s_ir::{Cond, Op as Ir, Rt, Ty, Value};
use s_sema::hir::{Array, Expr, ExprKind, GlobalId, Hash, HashPart, Op, Pos, VarKind, Visible};

use crate::function::{Context, Lower};
use crate::iterate::Kind;
use crate::tables::type_data;

impl<'a> Lower<'a> {
    /// Operators that are truth values from the start.
    pub(crate) fn truth_of_op(&mut self, pos: Pos, op: &'a Op) -> Option<Value> {
        Some(match op {
            Op::Match(node) => self.match_condition(node),
            Op::Defined(inner) => self.defined(inner),
            Op::Exists(inner) => self.exists(inner),
            Op::IsVariant(value, class, variant) => {
                let value = self.scalar(value);
                let class = self.builder.int(i64::from(self.module.first.classes + class.0));
                let variant = self.builder.int(i64::from(*variant));
                self.rt(Rt::is_variant, &[value, class, variant])
            }
            Op::SmartEq(left, right) => {
                let left = self.scalar(left);
                let right = self.smart_operand(right);
                self.rt(Rt::smart_eq, &[left, right])
            }
            Op::SmartMatch(left, right) => {
                let left = self.smart_operand(left);
                let right = self.smart_operand(right);
                self.rt(Rt::smart_match, &[left, right])
            }
            Op::ReadLineInto(place, handle) => {
                let value = self.read_line(handle.as_ref());
                self.store(place, value);
                self.rt(Rt::is_defined, &[value])
            }
            Op::Print { handle, list, newline, format } => {
                self.print(pos, handle.as_ref(), list, *newline, *format)
            }
            _ => return None,
        })
    }

    /// An operand of a smart match: arrays and hashes count as references to them.
    fn smart_operand(&mut self, expr: &'a Expr) -> Value {
        match &expr.kind {
            ExprKind::Array(_) | ExprKind::Hash(_) => self.reference_to(expr),
            _ => self.scalar(expr),
        }
    }

    /// One operator. In scalar and tail context there is a value; in list context a value that is
    /// returned is still to be pushed, and nothing means that everything has been.
    pub(crate) fn op(&mut self, pos: Pos, op: &'a Op, context: Context) -> Option<Value> {
        if let Op::Match(node) = op {
            return self.match_(node, context);
        }
        if let Some(truth) = self.truth_of_op(pos, op) {
            return Some(self.builder.bool_val(truth));
        }
        match op {
            Op::Map(node) => self.iterate(Kind::Map, node, context),
            Op::Grep(node) => self.iterate(Kind::Grep, node, context),
            Op::First(node) => self.iterate(Kind::First, node, context),
            Op::Any(node) => self.iterate(Kind::Any, node, context),
            Op::All(node) => self.iterate(Kind::All, node, context),
            Op::None(node) => self.iterate(Kind::None, node, context),
            Op::Each(node) => self.iterate(Kind::Each, node, context),
            Op::Sort { by, list, reverse, package } => {
                if context == Context::List {
                    self.sort(by, list, *reverse, package);
                    return None;
                }
                let mark = self.begin_list();
                self.sort(by, list, *reverse, package);
                self.end_list();
                self.counted_list(mark)
            }
            Op::Reduce { acc, item, body, list } => Some(self.reduce(*acc, *item, body, list)),
            Op::Push { array, list, front } => Some(self.push(array, list, *front)),
            Op::Pop { array, front } => {
                let array = self.array_place(array);
                Some(self.rt(if *front { Rt::arr_shift } else { Rt::arr_pop }, &[array]))
            }
            Op::Splice { array, range, list } => self.splice(array, range, list, context),
            Op::HashList(part, hash) => self.hash_list(*part, hash, context),
            Op::ArrayList(part, array) => self.array_list(*part, array, context),
            Op::RefList(part, inner) => {
                let value = self.scalar(inner);
                let part = self.builder.int(match part {
                    HashPart::Keys => 0,
                    HashPart::Values => 1,
                    HashPart::Each => 2,
                });
                let want = self.context_number(context);
                let result = self.rt(Rt::part_of_ref, &[value, part, want]);
                self.given(result, context)
            }
            Op::Len(inner) => Some(self.length(inner)),
            Op::Delete(inner) => self.delete(inner, context),
            Op::Undef(inner) => {
                self.undefine(inner);
                Some(self.builder.undef())
            }
            Op::Chomp { places, chop } => Some(self.chomp(places, *chop)),
            Op::Subst(node) => Some(self.subst(node)),
            Op::Trans { subject, table, copy } => Some(self.trans(subject, *table, *copy)),
            Op::Integer(op, left, right) => {
                let left = self.scalar(left);
                let right = self.scalar(right);
                let number = self.builder.int(operator_number(*op));
                Some(self.rt(Rt::integer_op, &[number, left, right]))
            }
            Op::GlobPart(glob, part) => {
                let glob = self.scalar(glob);
                let part = self.scalar(part);
                Some(self.rt(Rt::glob_part, &[glob, part]))
            }
            Op::Qr(pattern) => Some(self.pattern(pattern)),
            Op::Split { pattern, subject, limit } => {
                if context == Context::List {
                    self.split(pattern, subject, limit.as_ref());
                    return None;
                }
                let mark = self.split(pattern, subject, limit.as_ref());
                self.counted_list(mark)
            }
            Op::ReadLine(handle) => {
                if context == Context::List {
                    let handle = self.handle(handle.as_ref());
                    self.rt_void(Rt::read_lines, &[handle]);
                    return None;
                }
                Some(self.read_line(handle.as_ref()))
            }
            Op::FileTest(letter, inner) => {
                let value = self.scalar(inner);
                let letter = self.builder.int(i64::from(u32::from(*letter)));
                Some(self.rt(Rt::file_test, &[letter, value]))
            }
            Op::OpenLike(name, place, args) => {
                if self.program.compat
                    && let ExprKind::Local(id) = place.kind
                {
                    let name = self.text(&format!("${}", self.function.locals[id.index()].name));
                    self.rt_void(Rt::open_named, &[name]);
                } else if self.program.compat
                    && let ExprKind::Declare(ids) = &place.kind
                    && let [id] = ids[..]
                {
                    let name = self.text(&format!("${}", self.function.locals[id.index()].name));
                    self.rt_void(Rt::open_named, &[name]);
                }
                if let ExprKind::Glob(glob) = &place.kind {
                    // The slot is that of a cell of its own, which has to outlive the call.
                    let glob = self.glob_named(glob);
                    let value = self.rt(Rt::glob_value, &[glob]);
                    let cell = self.rt(Rt::cell_new, &[value]);
                    let mark = self.list_of(args);
                    let number = self.builtin_number(name);
                    let slot = self.builder.emit(Ir::CellSlot, vec![cell], Ty::Slot);
                    let result = self.rt(Rt::open_slot, &[number, slot, mark]);
                    self.builder.emit_void(Ir::Keep, vec![cell]);
                    return Some(result);
                }
                let slot = self.slot(place);
                let mark = self.list_of(args);
                let number = self.builtin_number(name);
                Some(self.rt(Rt::open_slot, &[number, slot, mark]))
            }
            Op::ReadInto(name, args, place) => {
                let slot = self.slot(place);
                let mark = self.list_of(args);
                let number = self.builtin_number(name);
                Some(self.rt(Rt::read_slot, &[number, slot, mark]))
            }
            Op::EvalString { text, visible, package } => self.eval_string(text, visible, package, context),
            Op::RequireValue(inner, is_do) => {
                let value = self.scalar(inner);
                let flag = self.builder.int(i64::from(*is_do));
                Some(self.rt(Rt::require_value, &[value, flag]))
            }
            Op::Command(inner) => {
                let value = self.scalar(inner);
                let want = self.context_number(context);
                let result = self.rt(Rt::command, &[value, want]);
                self.given(result, context)
            }
            Op::CharAt(subject, index) => {
                let subject = self.scalar(subject);
                let index = self.int(index);
                Some(self.rt(Rt::str_index, &[subject, index]))
            }
            Op::CharSlice { subject, from, to, step } => {
                let subject = self.scalar(subject);
                let from = match from {
                    Some(from) => self.int(from),
                    None => self.builder.int(0),
                };
                let to = match to {
                    Some(to) => self.int(to),
                    None => self.builder.int(-1),
                };
                let text = self.rt(Rt::str_slice, &[subject, from, to]);
                match step {
                    Some(step) => {
                        let step = self.int(step);
                        Some(self.rt(Rt::str_step, &[text, step]))
                    }
                    None => Some(text),
                }
            }
            Op::Spread(inner) => {
                let value = self.scalar(inner);
                if context == Context::List {
                    self.rt_void(Rt::list_spread, &[value]);
                    return None;
                }
                Some(value)
            }
            Op::Bless(reference, class) => {
                let reference = self.scalar(reference);
                let class = self.scalar(class);
                Some(self.rt(Rt::bless, &[reference, class]))
            }
            Op::Ref(inner) => {
                let value = self.scalar(inner);
                Some(self.rt(Rt::ref_type, &[value]))
            }
            Op::Sprintf(args) => {
                let mark = self.list_of(args);
                self.call_builtin_saying("sprintf", mark, Context::Scalar, |lower| {
                    lower.warns_as_builtin(pos, "sprintf", args);
                })
            }
            Op::Die(args, warns) => {
                let is_die = !*warns;
                let before = self.position_now();
                let mark = self.list_of(args);
                self.back_at(before);
                let value = self.rt(if is_die { Rt::die_list } else { Rt::warn_list }, &[mark]);
                if is_die {
                    self.builder.unreachable();
                    return match context {
                        Context::Void | Context::List => None,
                        _ => Some(self.builder.undef()),
                    };
                }
                Some(value)
            }
            Op::Exit(status) => {
                let status = match status {
                    Some(status) => self.int(status),
                    None => self.builder.int(0),
                };
                self.rt(Rt::exit, &[status]);
                self.builder.unreachable();
                match context {
                    Context::Void | Context::List => None,
                    _ => Some(self.builder.undef()),
                }
            }
            Op::Caller(level) => {
                let level = match level {
                    Some(level) => self.scalar(level),
                    None => self.builder.undef(),
                };
                let want = self.context_number(context);
                let result = self.rt(Rt::caller, &[level, want]);
                self.given(result, context)
            }
            Op::Asset(asset) => {
                let id = self.module.shared_string(&asset.bytes);
                Some(self.builder.string(id))
            }
            Op::AssetTable(table) => {
                let rows = table.rows.iter().map(|(name, bytes)| {
                    (name.clone(), bytes.as_ref().map(|bytes| self.module.shared_string(bytes)))
                });
                let table = s_ir::module::AssetTable { package: table.package.clone(), rows: rows.collect() };
                let id = self.module.asset_table(table);
                Some(self.builder.emit(Ir::Assets(id), Vec::new(), Ty::V))
            }
            Op::Nothing(args) => {
                for arg in args {
                    self.void(arg);
                }
                Some(self.builder.int_val(1))
            }
            Op::Assert(name, args) => {
                let mark = self.list_of(args);
                let number = self.builtin_number(name);
                let want = self.context_number(context);
                let result = self.rt(Rt::assert, &[number, mark, want]);
                self.given(result, context)
            }
            Op::Construct(class, args) => Some(self.construct(*class, args)),
            Op::Variant(class, variant, payload) => {
                let payload = match payload {
                    Some(payload) => self.scalar(payload),
                    None => self.builder.undef(),
                };
                let class = self.builder.int(i64::from(self.module.first.classes + class.0));
                let variant = self.builder.int(i64::from(*variant));
                Some(self.rt(Rt::variant, &[class, variant, payload]))
            }
            Op::Payload(inner) => {
                let value = self.scalar(inner);
                Some(self.rt(Rt::payload, &[value]))
            }
            Op::StaticField(class, name) => {
                let statics = &self.program.classes[class.index()].statics;
                let Some((_, global)) = statics.iter().find(|(field, _)| field == name) else {
                    return Some(self.builder.undef());
                };
                let glob = self.glob(*global);
                let cell = self.slot_of(glob, Ty::Cell);
                Some(self.rt(Rt::cell_get, &[cell]))
            }
            Op::Check(inner, ty, what) => {
                let value = self.scalar(inner);
                let number = self.module.first.types + self.module.type_number(type_data(ty));
                let number = self.builder.int(i64::from(number));
                let what = self.text(what);
                Some(self.rt(Rt::check_type, &[value, number, what]))
            }
            Op::LocalTime(utc, time) => {
                let mark = self.begin_list();
                if let Some(time) = time {
                    let value = self.scalar(time);
                    self.rt_void(Rt::list_push, &[value]);
                }
                self.end_list();
                self.call_builtin(if *utc { "gmtime" } else { "localtime" }, mark, context)
            }
            // Handled above.
            Op::Match(_)
            | Op::Defined(_)
            | Op::Exists(_)
            | Op::IsVariant(..)
            | Op::SmartEq(..)
            | Op::SmartMatch(..)
            | Op::ReadLineInto(..)
            | Op::Print { .. } => None,
        }
    }

    /// The value of a list in scalar context where that is its length.
    fn counted_list(&mut self, mark: Value) -> Option<Value> {
        let length = self.rt(Rt::list_len, &[mark]);
        self.rt_void(Rt::list_drop, &[mark]);
        Some(self.box_int(length))
    }

    /// A call's result in the context it stands in.
    fn given(&mut self, result: Value, context: Context) -> Option<Value> {
        match context {
            Context::Void => None,
            Context::List => {
                self.push_result(result);
                None
            }
            _ => Some(result),
        }
    }

    /// A context as a number.
    fn context_number(&mut self, context: Context) -> Value {
        match (context, self.want) {
            (Context::Tail, Some(want)) => want,
            (Context::Void, _) => self.builder.int(0),
            (Context::List, _) => self.builder.int(2),
            _ => self.builder.int(1),
        }
    }

    fn builtin_number(&mut self, name: &str) -> Value {
        let number = BUILTINS.binary_search_by(|row| row.name.cmp(name)).unwrap_or(usize::MAX >> 1);
        self.builder.int(i64::try_from(number).unwrap_or(-1))
    }

    /// A handle as a value; absent, undef.
    fn handle(&mut self, handle: Option<&'a Expr>) -> Value {
        match handle {
            Some(handle) => self.scalar(handle),
            None => self.builder.undef(),
        }
    }

    fn read_line(&mut self, handle: Option<&'a Expr>) -> Value {
        let handle = self.handle(handle);
        self.rt(Rt::read_line, &[handle])
    }

    fn print(
        &mut self,
        pos: Pos,
        handle: Option<&'a Expr>,
        list: &'a [Expr],
        newline: bool,
        format: bool,
    ) -> Value {
        let printed = if handle.is_none() && !format {
            let mark = self.list_of(list);
            let bits = self.builder.int(i64::from(newline));
            self.rt(Rt::print, &[mark, bits])
        } else {
            let handle = self.handle(handle);
            let mark = self.list_of(list);
            if format {
                self.rt(Rt::print_format, &[handle, mark])
            } else {
                let bits = self.builder.int(i64::from(newline));
                self.rt(Rt::print_to, &[handle, mark, bits])
            }
        };
        let operands = self.operands_of(list);
        let operator = if format {
            "printf"
        } else if newline {
            "say"
        } else {
            "print"
        };
        self.warns_as(pos, warning::TEXTS, operator, &operands);
        printed
    }

    fn push(&mut self, array: &'a Array, list: &'a [Expr], front: bool) -> Value {
        if let ([one], false) = (list, front)
            && self.is_single(one)
        {
            let value = self.scalar(one);
            let place = self.array_to_store(array);
            self.rt_void(Rt::arr_push, &[place, value]);
            self.stored_into(array);
            let length = self.rt(Rt::arr_len, &[place]);
            return self.box_int(length);
        }
        let mark = self.list_of(list);
        let place = self.array_to_store(array);
        let length = self.rt(if front { Rt::arr_unshift_list } else { Rt::arr_push_list }, &[place, mark]);
        self.stored_into(array);
        self.box_int(length)
    }

    fn splice(
        &mut self,
        array: &'a Array,
        range: &'a [Expr],
        list: &'a [Expr],
        context: Context,
    ) -> Option<Value> {
        let array = self.array_place(array);
        let mark = self.begin_list();
        for index in 0..2 {
            let value = match range.get(index) {
                Some(part) => self.scalar(part),
                None => self.builder.undef(),
            };
            self.rt_void(Rt::list_push, &[value]);
        }
        for item in list {
            self.list(item);
        }
        self.end_list();
        let want = self.context_number(context);
        let result = self.rt(Rt::arr_splice, &[array, mark, want]);
        self.given(result, context)
    }

    fn hash_list(&mut self, part: HashPart, hash: &'a Hash, context: Context) -> Option<Value> {
        let hash = self.hash_place(hash);
        match part {
            HashPart::Each => {
                let want = self.context_number(context);
                let result = self.rt(Rt::hash_each, &[hash, want]);
                self.given(result, context)
            }
            _ if context == Context::List => {
                self.rt_void(if part == HashPart::Keys { Rt::hash_keys } else { Rt::hash_values }, &[hash]);
                None
            }
            _ => {
                // Counting resets the iterator, too; pushing nothing of an empty list does it.
                let mark = self.rt(Rt::mark, &[]);
                self.rt_void(Rt::hash_keys, &[hash]);
                self.rt_void(Rt::list_drop, &[mark]);
                let length = self.rt(Rt::hash_len, &[hash]);
                Some(self.box_int(length))
            }
        }
    }

    fn array_list(&mut self, part: HashPart, array: &'a Array, context: Context) -> Option<Value> {
        let array = self.array_place(array);
        match part {
            HashPart::Each => {
                let want = self.context_number(context);
                let result = self.rt(Rt::arr_each, &[array, want]);
                self.given(result, context)
            }
            _ if context == Context::List => {
                self.rt_void(if part == HashPart::Keys { Rt::arr_keys } else { Rt::list_push_arr }, &[array]);
                None
            }
            _ => {
                // Counting begins the iteration anew, which pushing the indexes does.
                let mark = self.rt(Rt::mark, &[]);
                self.rt_void(Rt::arr_keys, &[array]);
                self.rt_void(Rt::list_drop, &[mark]);
                let length = self.rt(Rt::arr_len, &[array]);
                Some(self.box_int(length))
            }
        }
    }

    fn length(&mut self, inner: &'a Expr) -> Value {
        let length = match &inner.kind {
            ExprKind::Array(array) => {
                let array = self.array_value(array);
                self.rt(Rt::arr_len, &[array])
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_value(hash);
                self.rt(Rt::hash_len, &[hash])
            }
            ExprKind::Local(id) if self.function.locals[id.index()].kind != VarKind::Scalar => {
                return self.read_local(*id);
            }
            _ if self.is_single(inner) => {
                let value = self.scalar(inner);
                self.rt(Rt::val_len, &[value])
            }
            _ if self.facts.plural.expr(self.program, inner) => {
                let mark = self.list_from(inner);
                let length = self.rt(Rt::list_len, &[mark]);
                self.rt_void(Rt::list_drop, &[mark]);
                length
            }
            _ => {
                // Only running tells: how many, or of one element, the length of that.
                let mark = self.list_from(inner);
                let result = self.call_builtin("len", mark, Context::Scalar);
                return result.unwrap_or_else(|| self.builder.undef());
            }
        };
        self.box_int(length)
    }

    fn delete(&mut self, inner: &'a Expr, context: Context) -> Option<Value> {
        match &inner.kind {
            ExprKind::Key(hash, key) => {
                let hash = self.hash_place(hash);
                let key = self.scalar(key);
                Some(self.rt(Rt::hash_delete, &[hash, key]))
            }
            ExprKind::Index(array, index) => {
                let array = self.array_place(array);
                let index = self.int(index);
                Some(self.rt(Rt::arr_delete, &[array, index]))
            }
            ExprKind::HashSlice(hash, keys) => {
                let hash = self.hash_place(hash);
                let mark = self.list_from(keys);
                self.rt_void(Rt::hash_delete_slice, &[hash, mark]);
                self.given_list(mark, context)
            }
            ExprKind::ArraySlice(array, indexes) => {
                let array = self.array_place(array);
                let mark = self.begin_list();
                let list = self.list_from(indexes);
                let length = self.rt(Rt::list_len, &[list]);
                // Each index in turn gives way to what was there.
                self.delete_each(array, list, length);
                self.end_list();
                self.given_list(mark, context)
            }
            ExprKind::Localize(place) => {
                self.localize(place);
                self.delete(place, context)
            }
            _ => Some(self.builder.undef()),
        }
    }

    fn delete_each(&mut self, array: Value, list: Value, length: Value) {
        let out = self.rt(Rt::mark, &[]);
        let at = self.builder.variable(Ty::Int);
        let zero = self.builder.int(0);
        self.builder.write(at, zero);
        let exit = self.builder.block();
        self.builder.enter_loop();
        let body = self.builder.block();
        let test = self.builder.icmp(Cond::Lt, zero, length);
        self.builder.branch(test, body, exit);
        self.builder.switch_to(body);
        let now = self.builder.read(at);
        let index = self.rt(Rt::list_get, &[list, now]);
        let index = self.rt(Rt::to_int, &[index]);
        let value = self.rt(Rt::arr_delete, &[array, index]);
        self.rt_void(Rt::list_push, &[value]);
        let one = self.builder.int(1);
        let next = self.builder.emit(Ir::IAdd, vec![now, one], Ty::Int);
        self.builder.write(at, next);
        let test = self.builder.icmp(Cond::Lt, next, length);
        self.builder.branch(test, body, exit);
        self.builder.seal(body);
        self.builder.leave_loop();
        self.builder.switch_sealed(exit);
        self.rt_void(Rt::list_move, &[list, out]);
    }

    /// A list that has been pushed, in a context: its last in scalar context.
    fn given_list(&mut self, mark: Value, context: Context) -> Option<Value> {
        match (context, self.want) {
            (Context::List, _) => None,
            (Context::Void, _) => {
                self.rt_void(Rt::list_drop, &[mark]);
                None
            }
            (Context::Tail, Some(want)) => Some(self.rt(Rt::list_result, &[mark, want])),
            _ => Some(self.rt(Rt::list_last, &[mark])),
        }
    }

    fn exists(&mut self, inner: &'a Expr) -> Value {
        match &inner.kind {
            ExprKind::Key(hash, key) => {
                let hash = self.hash_element_base(hash);
                let key = self.scalar(key);
                self.rt(Rt::hash_exists, &[hash, key])
            }
            ExprKind::Index(array, index) => {
                let array = self.array_element_base(array);
                let index = self.int(index);
                self.rt(Rt::arr_exists, &[array, index])
            }
            ExprKind::FunctionRef(global) => {
                let glob = self.glob(*global);
                self.rt(Rt::code_defined, &[glob])
            }
            _ => {
                let value = self.scalar(inner);
                self.rt(Rt::is_defined, &[value])
            }
        }
    }

    fn defined(&mut self, inner: &'a Expr) -> Value {
        match &inner.kind {
            ExprKind::Array(array) => {
                let array = self.array_value(array);
                let length = self.rt(Rt::arr_len, &[array]);
                let zero = self.builder.int(0);
                self.builder.icmp(Cond::Ne, length, zero)
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_value(hash);
                let length = self.rt(Rt::hash_len, &[hash]);
                let zero = self.builder.int(0);
                self.builder.icmp(Cond::Ne, length, zero)
            }
            ExprKind::FunctionRef(global) => {
                let glob = self.glob(*global);
                self.rt(Rt::code_defined, &[glob])
            }
            _ => {
                let value = self.scalar(inner);
                self.rt(Rt::is_defined, &[value])
            }
        }
    }

    fn chomp(&mut self, places: &'a [Expr], chop: bool) -> Value {
        let total = self.builder.variable(Ty::V);
        let zero = if chop { self.text("") } else { self.builder.int_val(0) };
        self.builder.write(total, zero);
        for place in places {
            if self.is_scalar_place(place) {
                let slot = self.slot(place);
                if chop {
                    let value = self.rt(Rt::chop_slot, &[slot]);
                    self.builder.write(total, value);
                } else {
                    let count = self.rt(Rt::chomp_slot, &[slot]);
                    let count = self.box_int(count);
                    let so_far = self.builder.read(total);
                    let sum = self.rt(Rt::add, &[so_far, count]);
                    self.builder.write(total, sum);
                }
                continue;
            }
            self.chomp_each(place, chop, total);
        }
        self.builder.read(total)
    }

    fn chomp_each(&mut self, place: &'a Expr, chop: bool, total: s_ir::builder::Variable) {
        let mark = self.begin_list();
        match &place.kind {
            // `chomp(my @lines = <$fh>)`
            ExprKind::Assign(inner, _) => {
                self.void(place);
                match &inner.kind {
                    ExprKind::Declare(ids) => {
                        let array = self.local_array(ids[0]);
                        let keys = self.begin_list();
                        self.rt_void(Rt::arr_keys, &[array]);
                        self.end_list();
                        self.rt_void(Rt::arr_slice_cells, &[array, keys]);
                    }
                    _ => self.list_of_references(inner),
                }
            }
            ExprKind::Hash(hash) => {
                let hash = self.hash_place(hash);
                let keys = self.begin_list();
                self.rt_void(Rt::hash_keys, &[hash]);
                self.end_list();
                self.rt_void(Rt::hash_slice_cells, &[hash, keys]);
            }
            _ => self.push_slice_references(place),
        }
        self.end_list();
        let length = self.rt(Rt::list_len, &[mark]);
        let at = self.builder.variable(Ty::Int);
        let zero = self.builder.int(0);
        self.builder.write(at, zero);
        let exit = self.builder.block();
        self.builder.enter_loop();
        let body = self.builder.block();
        let test = self.builder.icmp(Cond::Lt, zero, length);
        self.builder.branch(test, body, exit);
        self.builder.switch_to(body);
        let now = self.builder.read(at);
        let reference = self.rt(Rt::list_get, &[mark, now]);
        let cell = self.rt(Rt::deref_cell, &[reference]);
        let slot = self.builder.emit(Ir::CellSlot, vec![cell], Ty::Slot);
        if chop {
            let value = self.rt(Rt::chop_slot, &[slot]);
            self.builder.write(total, value);
        } else {
            let count = self.rt(Rt::chomp_slot, &[slot]);
            let count = self.box_int(count);
            let so_far = self.builder.read(total);
            let sum = self.rt(Rt::add, &[so_far, count]);
            self.builder.write(total, sum);
        }
        self.builder.emit_void(Ir::Keep, vec![cell]);
        let one = self.builder.int(1);
        let next = self.builder.emit(Ir::IAdd, vec![now, one], Ty::Int);
        self.builder.write(at, next);
        let test = self.builder.icmp(Cond::Lt, next, length);
        self.builder.branch(test, body, exit);
        self.builder.seal(body);
        self.builder.leave_loop();
        self.builder.switch_sealed(exit);
        self.rt_void(Rt::list_drop, &[mark]);
    }

    /// A reference to a variable of a package or file.
    fn global_reference(&mut self, id: GlobalId) -> Value {
        let glob = self.glob(id);
        let (part, refer) = match self.program.globals[id.index()].kind {
            VarKind::Array => (Ty::Arr, Rt::arr_ref),
            VarKind::Hash => (Ty::Hash, Rt::hash_ref),
            _ => (Ty::Cell, Rt::cell_ref),
        };
        let part = self.slot_of(glob, part);
        self.rt(refer, &[part])
    }

    fn eval_string(
        &mut self,
        text: &'a Expr,
        visible: &'a [(String, Visible)],
        package: &str,
        context: Context,
    ) -> Option<Value> {
        let text = self.scalar(text);
        let site = self.module.eval_sites.len();
        self.module
            .eval_sites
            .push((package.to_owned(), visible.iter().map(|(name, _)| name.clone()).collect()));
        let mark = self.begin_list();
        for (_, variable) in visible {
            let id = match variable {
                Visible::Local(id) => id,
                Visible::Global(id) => {
                    let reference = self.global_reference(*id);
                    self.rt_void(Rt::list_push, &[reference]);
                    continue;
                }
            };
            let reference = match self.var(*id) {
                crate::function::Var::Cell(variable) => {
                    let cell = self.builder.read(variable);
                    self.rt(Rt::cell_ref, &[cell])
                }
                crate::function::Var::Arr(variable) => {
                    let array = self.builder.read(variable);
                    self.rt(Rt::arr_ref, &[array])
                }
                crate::function::Var::Hash(variable) => {
                    let hash = self.builder.read(variable);
                    self.rt(Rt::hash_ref, &[hash])
                }
                _ => {
                    let value = self.read_local(*id);
                    self.rt(Rt::scalar_ref, &[value])
                }
            };
            self.rt_void(Rt::list_push, &[reference]);
        }
        // The last of the list says which site and in which context.
        let site = self.builder.int_val(i64::try_from(site).expect("fewer than 2^63 sites"));
        self.rt_void(Rt::list_push, &[site]);
        let want = self.context_number(context);
        let want = self.box_int(want);
        self.rt_void(Rt::list_push, &[want]);
        self.end_list();
        let result = self.rt(Rt::eval_string, &[text, mark]);
        self.given(result, context)
    }
}

/// The number by which the runtime knows an operator that assigns, or one under `use integer`.
pub(crate) fn operator_number(op: s_sema::hir::BinaryOp) -> i64 {
    use s_sema::hir::BinaryOp as B;
    match op {
        B::Add => 0,
        B::Sub => 1,
        B::Mul => 2,
        B::Div => 3,
        B::Mod => 4,
        B::BitAnd => 5,
        B::BitOr => 6,
        B::BitXor => 7,
        B::Shl => 8,
        B::Shr => 9,
        B::Pow => 10,
        B::Concat => 11,
        _ => 12,
    }
}
