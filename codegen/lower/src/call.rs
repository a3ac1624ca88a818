//! Calls: functions of the program, values, methods, builtins.

use s_abi::builtins::BUILTINS;
use s_abi::warning;
use s_ir::{Means, Op as Ir, Rt, Ty, Value};
use s_sema::hir::{BuiltinCall, Call, Callee, Expr, ExprKind, FunctionId, MagicPlace, Pos};

use crate::function::{Context, LIST_TAG, Lower};
use crate::tables::func_id;

/// The contexts of `s_abi::layout::want`.
const VOID: i64 = 0;
const SCALAR: i64 = 1;
const LIST: i64 = 2;

impl<'a> Lower<'a> {
    /// The context of a call as an integer.
    fn want_of(&mut self, context: Context) -> Value {
        match (context, self.want) {
            (Context::Tail, Some(want)) => want,
            (Context::Void, _) => self.builder.int(VOID),
            (Context::List, _) => self.builder.int(LIST),
            _ => self.builder.int(SCALAR),
        }
    }

    /// A call. In scalar and tail context there is a value; in list context it has been pushed.
    pub(crate) fn call(&mut self, call: &'a Call, context: Context) -> Option<Value> {
        self.lending(|lower| lower.called(call, context))
    }

    fn called(&mut self, call: &'a Call, context: Context) -> Option<Value> {
        match &call.callee {
            Callee::Function(id) => {
                let result = self.call_function(*id, call, context);
                self.finish_call(result, context, self.signatures[id.index()].want)
            }
            Callee::Global(global) => {
                let glob = self.glob(*global);
                self.call_through(Through::Glob(glob), call, context)
            }
            Callee::Value(value) => {
                let code = self.scalar(value);
                self.call_through(Through::Value(code), call, context)
            }
            Callee::WithArgs { callee, tail } => self.call_with_args(callee, *tail, context),
            Callee::Method { invocant, name, super_of, maybe }
                if !self.passes_places(None, call) && call.args.iter().all(|arg| self.is_single(arg)) =>
            {
                let object = self.scalar_kept(invocant);
                let args: Vec<Value> = call.args.iter().map(|arg| self.scalar_kept(arg)).collect();
                let mut operands = vec![self.method_name(name, super_of.as_deref(), *maybe), object];
                operands.extend(args);
                operands.push(self.want_of(context));
                let result = self.emit_call(Ir::CallMethod(Means::default()), operands);
                self.finish_call(result, context, true)
            }
            Callee::Method { invocant, name, super_of, maybe } => {
                let mark = self.begin_list();
                let object = self.scalar_kept(invocant);
                self.invocant_and_arguments(mark, object, call);
                let name = self.method_name(name, super_of.as_deref(), *maybe);
                let want = self.want_of(context);
                let result = self.emit_call(Ir::CallMethodList(Means::default()), vec![name, mark, want]);
                self.finish_call(result, context, true)
            }
            Callee::DynamicMethod { invocant, method } => {
                let object = self.scalar_kept(invocant);
                let method = self.scalar(method);
                let mark = self.begin_list();
                self.invocant_and_arguments(mark, object, call);
                let want = self.want_of(context);
                let result = self.rt(Rt::call_dynamic, &[method, mark, want]);
                self.finish_call(result, context, true)
            }
        }
    }

    /// A value that a call is given. In plain Perl what another call has made lives until the statement ends.
    fn scalar_kept(&mut self, expr: &'a Expr) -> Value {
        let value = self.scalar(expr);
        if self.temporaries && makes_temporary(expr) && !self.builder.is_filled() {
            self.rt_void(Rt::keep_temporary, &[value]);
        }
        value
    }

    /// The name a method is searched by.
    fn method_name(&mut self, name: &str, super_of: Option<&str>, maybe: bool) -> Value {
        match super_of {
            Some(package) => self.text(&format!("{package}::SUPER::{name}")),
            None if maybe => self.text(&format!("{name}?")),
            None => self.text(name),
        }
    }

    /// What a call gave, in the context it stands in.
    fn finish_call(&mut self, result: Value, context: Context, knows: bool) -> Option<Value> {
        match context {
            Context::Void => None,
            Context::Scalar | Context::Tail => Some(result),
            Context::List if !knows => {
                self.rt_void(Rt::list_push, &[result]);
                None
            }
            Context::List => {
                self.push_result(result);
                None
            }
        }
    }

    /// A call's result in list context: it has been pushed, or it is one value.
    pub(crate) fn push_result(&mut self, result: Value) {
        let listed = self.builder.emit(Ir::HasTag(LIST_TAG), vec![result], Ty::Bool);
        let one = self.builder.block();
        let join = self.builder.block();
        self.builder.branch(listed, join, one);
        self.builder.switch_sealed(one);
        self.rt_void(Rt::list_push, &[result]);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
    }

    /// A function that is known.
    fn call_function(&mut self, id: FunctionId, call: &'a Call, context: Context) -> Value {
        let signature = self.signatures[id.index()].clone();
        if signature.captures {
            // A function that captures is called through its object; sema makes named ones of none.
            let code = self.closure(id);
            return self.call_code(code, call, context);
        }
        let mut args = Vec::new();
        if signature.variadic {
            let mark = self.args_on_stack(call, Some(id));
            let count = self.rt(Rt::list_len, &[mark]);
            args.push(self.builder.emit(Ir::ListAddress, vec![mark], Ty::Int));
            args.push(count);
            let want = signature.want.then(|| self.want_of(context));
            args.extend(want);
            let result = self.emit_call(Ir::Call(func_id(id)), args);
            self.drop_args(mark, count, result, signature.want);
            return result;
        }
        let given = call.args.iter().chain(&call.topic);
        if call.topic.is_some() || given.clone().all(|arg| self.is_single(arg)) {
            for (index, arg) in given.enumerate() {
                let value = self.scalar_kept(arg);
                if index < signature.params.len() {
                    args.push(value);
                }
            }
            while args.len() < signature.params.len() {
                args.push(self.builder.undef());
            }
        } else {
            let mark = self.list_of(&call.args);
            if self.temporaries && call.args.iter().any(makes_temporary) {
                self.rt_void(Rt::keep_temporaries, &[mark]);
            }
            for index in 0..signature.params.len() {
                let index = self.builder.int(i64::try_from(index).expect("few parameters"));
                args.push(self.rt(Rt::list_get, &[mark, index]));
            }
            self.rt_void(Rt::list_drop, &[mark]);
        }
        if signature.want {
            args.push(self.want_of(context));
        }
        self.emit_call(Ir::Call(func_id(id)), args)
    }

    /// Whether a call gives places to a function that may change them through `@_`.
    fn passes_places(&self, callee: Option<FunctionId>, call: &Call) -> bool {
        let takes = |function: &s_sema::hir::Function| {
            matches!(function.params, s_sema::hir::Params::Array { alias: true, .. })
        };
        let may_take = match callee {
            Some(id) => takes(&self.program.functions[id.index()]),
            None => self.facts.aliases,
        };
        may_take && call.args.iter().any(|arg| is_passed_place(arg, callee.is_some()))
    }

    /// Pushes arguments, or references to them.
    fn arguments(&mut self, call: &'a Call, places: bool, known: bool) {
        for arg in &call.args {
            match (&arg.kind, places) {
                (_, false) => self.list(arg),
                // An element of a hash would come into being.
                (ExprKind::Key(hash, key), true) if !known => {
                    let hash = self.hash_place(hash);
                    let key = self.scalar(key);
                    let cell = self.rt(Rt::hash_cell_there, &[hash, key]);
                    let reference = self.rt(Rt::cell_ref, &[cell]);
                    self.rt_void(Rt::list_push, &[reference]);
                }
                _ => self.list_of_references(arg),
            }
        }
    }

    /// Pushes what a method is called on and its arguments, and ends the list from the mark.
    fn invocant_and_arguments(&mut self, mark: Value, object: Value, call: &'a Call) {
        self.rt_void(Rt::list_push, &[object]);
        let places = self.passes_places(None, call);
        if places {
            self.rt_void(Rt::ref_list, &[mark]);
        }
        self.arguments(call, places, false);
        if places {
            self.rt_void(Rt::args_alias, &[mark]);
        }
        self.end_list();
    }

    /// Pushes the arguments of a call; their mark.
    fn args_on_stack(&mut self, call: &'a Call, callee: Option<FunctionId>) -> Value {
        let mark = self.begin_list();
        let places = self.passes_places(callee, call);
        self.arguments(call, places, callee.is_some());
        if places {
            self.rt_void(Rt::args_alias, &[mark]);
        }
        if let Some(topic) = &call.topic {
            // Passed only where it is defined.
            let value = self.scalar(topic);
            let defined = self.rt(Rt::is_defined, &[value]);
            let push = self.builder.block();
            let join = self.builder.block();
            self.builder.branch(defined, push, join);
            self.builder.switch_sealed(push);
            self.rt_void(Rt::list_push, &[value]);
            self.builder.jump(join, &[]);
            self.builder.switch_sealed(join);
        }
        self.end_list();
        if self.temporaries && !places && call.args.iter().any(makes_temporary) {
            self.rt_void(Rt::keep_temporaries, &[mark]);
        }
        mark
    }

    /// Drops arguments on the value stack, above which a list may have been returned.
    fn drop_args(&mut self, mark: Value, count: Value, result: Value, knows: bool) {
        if !knows {
            self.rt_void(Rt::list_drop, &[mark]);
            return;
        }
        let listed = self.builder.emit(Ir::HasTag(LIST_TAG), vec![result], Ty::Bool);
        let (yes, no, join) = (self.builder.block(), self.builder.block(), self.builder.block());
        self.builder.branch(listed, yes, no);
        self.builder.switch_sealed(yes);
        let begin = self.rt(Rt::list_result_mark, &[result]);
        self.rt_void(Rt::list_move, &[mark, begin]);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(no);
        self.rt_void(Rt::list_drop, &[mark]);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
        let _ = count;
    }

    fn call_code(&mut self, code: Value, call: &'a Call, context: Context) -> Value {
        let args: Vec<&'a Expr> = call.args.iter().collect();
        let places = self.passes_places(None, call);
        if call.topic.is_none() && !places && args.iter().all(|arg| self.is_single(arg)) {
            let mut operands = vec![code];
            for arg in args {
                operands.push(self.scalar_kept(arg));
            }
            return self.call_operands(false, operands, context);
        }
        let mark = self.args_on_stack(call, None);
        let want = self.want_of(context);
        self.rt(Rt::call_list, &[code, mark, want])
    }

    fn call_operands(&mut self, glob: bool, mut operands: Vec<Value>, context: Context) -> Value {
        let fixed = match context {
            Context::Void => Some(VOID),
            Context::Scalar => Some(SCALAR),
            Context::List => Some(LIST),
            Context::Tail => self.want.is_none().then_some(SCALAR),
        };
        match fixed {
            Some(want) => {
                let want = want.unsigned_abs();
                self.emit_call(if glob { Ir::CallGlob(want) } else { Ir::CallValue(want) }, operands)
            }
            None => {
                operands.push(self.want.expect("the context is the caller's"));
                self.emit_call(if glob { Ir::CallGlobWant } else { Ir::CallValueWant }, operands)
            }
        }
    }

    fn call_through(&mut self, through: Through, call: &'a Call, context: Context) -> Option<Value> {
        let places = self.passes_places(None, call);
        let plain = call.topic.is_none() && !places;
        let result = if plain && call.args.iter().all(|arg| self.is_single(arg)) {
            let mut operands = vec![match through {
                Through::Glob(value) | Through::Value(value) => value,
            }];
            for arg in &call.args {
                operands.push(self.scalar_kept(arg));
            }
            self.call_operands(matches!(through, Through::Glob(_)), operands, context)
        } else {
            let mark = self.args_on_stack(call, None);
            let want = self.want_of(context);
            let result = match through {
                Through::Glob(glob) => self.rt(Rt::call_glob_list, &[glob, mark, want]),
                Through::Value(code) => self.rt(Rt::call_list, &[code, mark, want]),
            };
            if places {
                self.rt_void(Rt::args_forget, &[]);
            }
            result
        };
        self.finish_call(result, context, true)
    }

    /// `&f;` and `goto &f`: the current arguments go on.
    fn call_with_args(&mut self, callee: &'a Callee, tail: bool, context: Context) -> Option<Value> {
        let context = if tail && self.want.is_some() { Context::Tail } else { context };
        let code = match callee {
            Callee::Function(id) => match self.program.functions[id.index()].global {
                Some(global) => {
                    let glob = self.glob(global);
                    self.rt(Rt::code_ref, &[glob])
                }
                None => self.closure(*id),
            },
            Callee::Global(global) => {
                let glob = self.glob(*global);
                self.rt(Rt::code_ref, &[glob])
            }
            Callee::Value(value) => self.scalar(value),
            _ => self.builder.undef(),
        };
        let mark = self.begin_list();
        match &self.function.params {
            // What the caller passed can be changed through the next function as well.
            s_sema::hir::Params::Array { args, alias: true } => {
                let array = self.local_array(*args);
                self.push_references_into(array);
                self.rt_void(Rt::args_alias, &[mark]);
            }
            s_sema::hir::Params::Array { args, .. } => {
                let array = self.local_array(*args);
                self.rt_void(Rt::list_push_arr, &[array]);
            }
            s_sema::hir::Params::Positional { scalars, rest } => {
                for (local, _) in scalars {
                    let value = self.read_local(*local);
                    self.rt_void(Rt::list_push, &[value]);
                }
                if let Some(rest) = rest {
                    let array = self.local_array(*rest);
                    self.rt_void(Rt::list_push_arr, &[array]);
                }
            }
        }
        self.end_list();
        let want = self.want_of(context);
        if tail && self.program.facts.uses_caller {
            self.rt_void(Rt::frame_left, &[]);
        }
        let result = self.rt(Rt::call_list, &[code, mark, want]);
        if tail {
            self.leave_function(result);
            return None;
        }
        self.finish_call(result, context, true)
    }

    /// A builtin with plain arguments.
    pub(crate) fn builtin(&mut self, pos: Pos, call: &'a BuiltinCall, context: Context) -> Option<Value> {
        if let Some(value) = self.inline_builtin(pos, call) {
            return match context {
                Context::List => {
                    self.rt_void(Rt::list_push, &[value]);
                    None
                }
                _ => Some(value),
            };
        }
        let plural = || call.args.iter().any(|arg| self.facts.plural.expr(self.program, arg));
        let name = match call.name {
            // A list of one text is turned round as a list.
            "rev" if plural() => "reverse",
            // One array stands for its elements, which may be arrays themselves: a list goes as one.
            "shuffle" | "random_choice" | "swap_pairs" if plural() => {
                let mark = self.list_of(&call.args);
                let array = self.rt(Rt::arr_from_list, &[mark]);
                let array = self.builder.emit(Ir::BoxArr, vec![array], Ty::V);
                let mark = self.begin_list();
                self.rt_void(Rt::list_push, &[array]);
                self.end_list();
                return self.call_builtin(call.name, mark, context);
            }
            name => name,
        };
        let mark = self.begin_list();
        for arg in &call.args {
            if call.scalars {
                let value = self.scalar(arg);
                self.rt_void(Rt::list_push, &[value]);
            } else {
                self.list(arg);
            }
        }
        self.end_list();
        self.call_builtin_saying(name, mark, context, |lower| {
            lower.warns_as_builtin(pos, name, &call.args);
        })
    }

    /// Calls a builtin whose arguments have been pushed.
    pub(crate) fn call_builtin(&mut self, name: &str, mark: Value, context: Context) -> Option<Value> {
        self.call_builtin_saying(name, mark, context, |_| ())
    }

    /// The same; `said` adds to the instruction that calls.
    pub(crate) fn call_builtin_saying(
        &mut self,
        name: &str,
        mark: Value,
        context: Context,
        said: impl FnOnce(&mut Self),
    ) -> Option<Value> {
        let Ok(number) = BUILTINS.binary_search_by(|row| row.name.cmp(name)) else {
            let text = self.text(&format!("`{name}` is not a builtin"));
            return Some(self.rt(Rt::die_text, &[text]));
        };
        let row = u32::try_from(number).expect("fewer than 2^32 builtins");
        let cell = self.builder.emit(Ir::Builtin(row), Vec::new(), Ty::Int);
        let want = self.want_of(context);
        let result = self.rt(Rt::call_builtin, &[cell, mark, want]);
        said(self);
        self.finish_call(result, context, true)
    }

    /// Builtins that are operators of the machine or of the runtime's table.
    fn inline_builtin(&mut self, pos: Pos, call: &'a BuiltinCall) -> Option<Value> {
        let args = &call.args;
        if !call.scalars {
            return None;
        }
        match (call.name, args.len()) {
            ("int", 1) => Some(self.unary(Rt::int_of, pos, call)),
            ("abs", 1) => Some(self.unary(Rt::abs, pos, call)),
            ("sqrt", 1) => Some(self.unary(Rt::sqrt, pos, call)),
            ("log", 1) => Some(self.unary(Rt::log, pos, call)),
            ("sin", 1) => Some(self.float(Rt::sin, pos, call)),
            ("cos", 1) => Some(self.float(Rt::cos, pos, call)),
            ("exp", 1) => Some(self.float(Rt::exp, pos, call)),
            ("atan2", 2) => {
                let left = self.scalar(&args[0]);
                let right = self.scalar(&args[1]);
                let value = self.rt(Rt::atan2, &[left, right]);
                self.warns_as_builtin(pos, call.name, args);
                Some(self.builder.emit(Ir::BoxNum, vec![value], Ty::V))
            }
            ("substr", 2) => {
                let text = self.scalar(&args[0]);
                let offset = self.int(&args[1]);
                self.warns_as(pos, 0, "substr", &[&args[1]]);
                let rest = self.rt(Rt::substr_tail, &[text, offset]);
                self.warns_as(pos, warning::TEXTS, "substr", &[&args[0]]);
                Some(rest)
            }
            ("substr", 3) if !matches!(args[2].kind, ExprKind::Undef) => {
                let text = self.scalar(&args[0]);
                let offset = self.int(&args[1]);
                self.warns_as(pos, 0, "substr", &[&args[1]]);
                let length = self.int(&args[2]);
                self.warns_as(pos, 0, "substr", &[&args[2]]);
                let part = self.rt(Rt::substr_get, &[text, offset, length]);
                self.warns_as(pos, warning::TEXTS, "substr", &[&args[0]]);
                Some(part)
            }
            _ => None,
        }
    }

    fn unary(&mut self, function: Rt, pos: Pos, call: &'a BuiltinCall) -> Value {
        let value = self.scalar(&call.args[0]);
        let result = self.rt(function, &[value]);
        self.warns_as_builtin(pos, call.name, &call.args);
        result
    }

    fn float(&mut self, function: Rt, pos: Pos, call: &'a BuiltinCall) -> Value {
        let result = self.unary(function, pos, call);
        self.builder.emit(Ir::BoxNum, vec![result], Ty::V)
    }
}

/// Whether an expression makes what nothing else may hold.
pub(crate) fn makes_temporary(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Call(_) | ExprKind::Op(_) | ExprKind::Do(_))
}

/// Whether an argument is a place that a function may change.
fn is_passed_place(arg: &Expr, known: bool) -> bool {
    match &arg.kind {
        _ if known && arg.is_literal() => true,
        ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Index(..)
        | ExprKind::Key(..)
        | ExprKind::DerefScalar(_)
        | ExprKind::Array(_)
        | ExprKind::ArraySlice(..)
        | ExprKind::HashSlice(..) => true,
        ExprKind::Declare(ids) => ids.len() == 1,
        ExprKind::Magic(what, _) => *what == MagicPlace::Substr,
        ExprKind::Assign(place, _) => {
            matches!(place.kind, ExprKind::Declare(_)) || is_passed_place(place, known)
        }
        ExprKind::AssignOp(_, place, _) | ExprKind::Step { target: place, prefix: true, .. } => {
            is_passed_place(place, known)
        }
        ExprKind::Ternary(_, yes, no) => is_passed_place(yes, known) || is_passed_place(no, known),
        ExprKind::List(items) => items.iter().any(|item| is_passed_place(item, known)),
        _ => false,
    }
}

/// What a call goes through.
#[derive(Clone, Copy)]
enum Through {
    Glob(Value),
    Value(Value),
}
