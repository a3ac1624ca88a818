//! One function: its variables, its scopes, and the helpers everything else is written with.

use std::collections::HashMap;

use s_abi::warning;
use s_ir::builder::Variable;
use s_ir::{Block, Builder, Cond, Func, Module, Op as Ir, Rt, Signature, Ty, Value};
use s_sema::hir::{self, Expr, Function, GlobalId, LocalId, LoopId, Params, Pos, Program, Storage, VarKind};

use crate::escape::Facts;
use crate::tables::func_id;

/// How a variable is kept while a function is lowered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Var {
    /// A scalar in a register.
    Value(Variable),
    /// A scalar in a cell.
    Cell(Variable),
    /// An array.
    Arr(Variable),
    /// A hash.
    Hash(Variable),
    /// A scalar that is an element of an array.
    Element {
        /// The array.
        array: Variable,
        /// The index.
        index: Variable,
    },
}

/// What has been begun and not ended, from the outside in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// A guarded region: the number of its record.
    Try(Value),
    /// `local`s: where their records began.
    Local(Value),
    /// A list on the value stack: its mark.
    List(Value),
    /// Captures to bring back.
    Captures(Value),
    /// A block to run, and the handler that is in force around it.
    Finally(&'a hir::Block, Option<Block>),
    /// The body of an `eval`, which `return` leaves.
    Eval,
}

/// A loop or block that can be left.
pub(crate) struct Target {
    pub(crate) id: LoopId,
    pub(crate) next: Block,
    pub(crate) last: Block,
    pub(crate) redo: Block,
    /// How many scopes stand outside of it.
    pub(crate) depth: usize,
}

/// What an `eval` gives.
pub(crate) struct EvalTarget {
    pub(crate) done: Block,
    /// The variable for its value, in scalar context.
    pub(crate) result: Variable,
    pub(crate) context: Context,
    /// How many scopes stand outside of it.
    pub(crate) depth: usize,
}

/// What is wanted of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// Nothing.
    Void,
    /// One value.
    Scalar,
    /// Any number, pushed.
    List,
    /// A call's result, as the caller wants.
    Tail,
}

/// Lowers one function.
pub(crate) struct Lower<'a> {
    pub(crate) program: &'a Program,
    pub(crate) module: &'a mut Module,
    pub(crate) facts: &'a Facts,
    pub(crate) signatures: &'a [Signature],
    pub(crate) function: &'a Function,
    pub(crate) builder: Builder,
    vars: Vec<Option<Var>>,
    pub(crate) scopes: Vec<Scope<'a>>,
    pub(crate) targets: Vec<Target>,
    pub(crate) evals: Vec<EvalTarget>,
    /// The context this function was called in, when it depends on it.
    pub(crate) want: Option<Value>,
    pos: u32,
    /// The bits of `s_abi::warning` at the position.
    pragmas: u8,
    /// Arrays and hashes go to somebody who may change them: undef is none where they are not there.
    pub(crate) lends: bool,
    /// What calls give lives until the statement ends, which has a mark for that.
    pub(crate) temporaries: bool,
    emitted: HashMap<Block, u32>,
    pub(crate) index: usize,
}

impl<'a> Lower<'a> {
    /// The number of the function being lowered.
    pub(crate) fn number(&self) -> u32 {
        u32::try_from(self.index).expect("fewer than 2^32 functions")
    }

    /// Lowers the function with a number.
    pub(crate) fn function(
        program: &'a Program,
        module: &'a mut Module,
        facts: &'a Facts,
        signatures: &'a [Signature],
        index: usize,
    ) -> Func {
        let function = &program.functions[index];
        let mut func = Func::new(function.name.clone(), signatures[index].clone());
        func.pos = position(function.pos);
        func.escapes = facts.escapes(index);
        func.needs_frame = program.facts.uses_caller;
        let mut lower = Lower {
            program,
            module,
            facts,
            signatures,
            function,
            builder: Builder::new(func),
            vars: vec![None; function.locals.len()],
            scopes: Vec::new(),
            targets: Vec::new(),
            evals: Vec::new(),
            want: None,
            pos: position(function.pos),
            pragmas: function.pos.warnings,
            lends: false,
            temporaries: false,
            emitted: HashMap::new(),
            index,
        };
        lower.back_at(lower.pos);
        lower.run();
        lower.builder.finish()
    }

    fn run(&mut self) {
        let function = self.function;
        if self.signatures[self.index].want {
            self.want = Some(self.builder.emit(Ir::Want, Vec::new(), Ty::Int));
        }
        if self.index == 0 && self.program.facts.strict_refs {
            self.rt_void(Rt::strict_refs, &[]);
        }
        self.bind_captures();
        self.bind_params();
        if self.index != 0 {
            self.poll_signals();
        }
        if self.facts.matches(self.index) && self.index != 0 {
            let mark = self.rt(Rt::match_scope, &[]);
            self.scopes.push(Scope::Captures(mark));
        }
        let result = self.body_value(&function.body);
        self.leave_function(result);
    }

    /// Runs the handlers of signals that came, in programs that may have some.
    pub(crate) fn poll_signals(&mut self) {
        if self.program.facts.interruptible {
            self.rt_void(Rt::poll_signals, &[]);
        }
    }

    /// The value of the body in the context of the caller.
    fn body_value(&mut self, body: &'a hir::Block) -> Value {
        let context = if self.want.is_some() { Context::Tail } else { Context::Scalar };
        self.block_value(body, context).unwrap_or_else(|| self.builder.undef())
    }

    fn bind_captures(&mut self) {
        for (number, (_, inner)) in self.function.captures.iter().enumerate() {
            let number = u32::try_from(number).expect("fewer than 2^32 captures");
            let local = &self.function.locals[inner.index()];
            let var = self.var(*inner);
            let (variable, ty) = match var {
                Var::Value(variable) => (variable, Ty::V),
                Var::Cell(variable) => (variable, Ty::Cell),
                Var::Arr(variable) => (variable, Ty::Arr),
                Var::Hash(variable) => (variable, Ty::Hash),
                Var::Element { .. } => unreachable!("`{}` is captured, and an element", local.name),
            };
            let value = self.builder.emit(Ir::Capture(number), Vec::new(), ty);
            self.builder.func.captures.push(ty);
            self.builder.write(variable, value);
        }
    }

    fn bind_params(&mut self) {
        let function = self.function;
        let variadic = self.signatures[self.index].variadic;
        if !variadic {
            if let Params::Positional { scalars, .. } = &function.params {
                for (number, (local, _)) in scalars.iter().enumerate() {
                    let number = u32::try_from(number).expect("fewer than 2^32 parameters");
                    let value = self.builder.emit(Ir::Param(number), Vec::new(), Ty::V);
                    self.declare_scalar(*local, value);
                }
            }
            return;
        }
        let address = self.builder.emit(Ir::Param(0), Vec::new(), Ty::Int);
        let count = self.builder.emit(Ir::Param(1), Vec::new(), Ty::Int);
        match &function.params {
            Params::Array { args, alias } => {
                let mark = self.rt(Rt::mark, &[]);
                self.rt_void(Rt::list_push_args, &[address, count]);
                let array = self.rt(Rt::arr_from_list, &[mark]);
                if *alias {
                    self.rt_void(Rt::args_take, &[array, address, count]);
                }
                self.set_aggregate(*args, array);
            }
            Params::Positional { scalars, rest } => {
                for (number, (local, default)) in scalars.iter().enumerate() {
                    let number = i64::try_from(number).expect("fewer than 2^63 parameters");
                    let value = self.argument(address, count, number, default.as_ref());
                    self.declare_scalar(*local, value);
                }
                if let Some(rest) = rest {
                    let mark = self.rt(Rt::mark, &[]);
                    self.rt_void(Rt::list_push_args, &[address, count]);
                    let skip = self.builder.int(i64::try_from(scalars.len()).expect("small"));
                    let aggregate = match function.locals[rest.index()].kind {
                        VarKind::Hash => self.rt(Rt::hash_from_list_at, &[mark, skip]),
                        _ => self.rt(Rt::arr_from_list_at, &[mark, skip]),
                    };
                    self.rt_void(Rt::list_drop, &[mark]);
                    self.set_aggregate(*rest, aggregate);
                }
            }
        }
    }

    /// The nth argument in memory, or its default, or undef.
    fn argument(&mut self, address: Value, count: Value, number: i64, default: Option<&'a Expr>) -> Value {
        let given = self.builder.block();
        let missing = self.builder.block();
        let join = self.builder.block();
        let result = self.builder.variable(Ty::V);
        let index = self.builder.int(number);
        let there = self.builder.icmp(Cond::Gt, count, index);
        self.builder.branch(there, given, missing);
        self.builder.switch_sealed(given);
        let value = self.builder.emit(Ir::Arg, vec![address, index], Ty::V);
        self.builder.write(result, value);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(missing);
        let value = match default {
            Some(default) => self.scalar(default),
            None => self.builder.undef(),
        };
        self.builder.write(result, value);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
        self.builder.read(result)
    }

    // Variables

    /// How a local is kept.
    pub(crate) fn var(&mut self, id: LocalId) -> Var {
        if let Some(var) = self.vars[id.index()] {
            return var;
        }
        let local = &self.function.locals[id.index()];
        let var = match (local.kind, local.storage) {
            (VarKind::Array, _) => Var::Arr(self.builder.variable(Ty::Arr)),
            (VarKind::Hash, _) => Var::Hash(self.builder.variable(Ty::Hash)),
            (_, Storage::Cell) => Var::Cell(self.builder.variable(Ty::Cell)),
            _ if self.facts.cells(self.index).contains(&id) => Var::Cell(self.builder.variable(Ty::Cell)),
            (_, Storage::Element) => {
                Var::Element { array: self.builder.variable(Ty::Arr), index: self.builder.variable(Ty::Int) }
            }
            _ => Var::Value(self.builder.variable(Ty::V)),
        };
        self.vars[id.index()] = Some(var);
        var
    }

    /// A scalar comes into being with a value, which is consumed.
    pub(crate) fn declare_scalar(&mut self, id: LocalId, value: Value) {
        match self.var(id) {
            Var::Value(variable) => self.builder.write(variable, value),
            Var::Cell(variable) => {
                let cell = self.rt(Rt::cell_new, &[value]);
                self.builder.write(variable, cell);
            }
            Var::Element { array, index } => {
                // A variable that is to be an element and is no loop variable here: an array of one.
                let one = self.rt(Rt::arr_new, &[]);
                self.rt_void(Rt::arr_push, &[one, value]);
                let zero = self.builder.int(0);
                self.builder.write(array, one);
                self.builder.write(index, zero);
            }
            Var::Arr(_) | Var::Hash(_) => unreachable!("a scalar is declared"),
        }
    }

    /// An array or hash variable becomes this one, which is consumed.
    pub(crate) fn set_aggregate(&mut self, id: LocalId, aggregate: Value) {
        match self.var(id) {
            Var::Arr(variable) | Var::Hash(variable) => self.builder.write(variable, aggregate),
            _ => unreachable!("an array or a hash is declared"),
        }
    }

    /// A local comes into being, undefined or empty.
    pub(crate) fn declare(&mut self, id: LocalId) {
        match self.function.locals[id.index()].kind {
            VarKind::Array => {
                let array = self.rt(Rt::arr_new, &[]);
                self.set_aggregate(id, array);
            }
            VarKind::Hash => {
                let hash = self.rt(Rt::hash_new, &[]);
                self.set_aggregate(id, hash);
            }
            _ => {
                let undef = self.builder.undef();
                self.declare_scalar(id, undef);
            }
        }
    }

    /// The value of a scalar local.
    pub(crate) fn read_local(&mut self, id: LocalId) -> Value {
        match self.var(id) {
            Var::Value(variable) => self.builder.read(variable),
            Var::Cell(variable) => {
                let cell = self.builder.read(variable);
                self.rt(Rt::cell_get, &[cell])
            }
            Var::Element { array, index } => {
                let (array, index) = (self.builder.read(array), self.builder.read(index));
                self.rt(Rt::arr_get, &[array, index])
            }
            Var::Arr(variable) => {
                let array = self.builder.read(variable);
                let length = self.rt(Rt::arr_len, &[array]);
                self.builder.emit(Ir::BoxInt, vec![length], Ty::V)
            }
            Var::Hash(variable) => {
                let hash = self.builder.read(variable);
                let length = self.rt(Rt::hash_len, &[hash]);
                self.builder.emit(Ir::BoxInt, vec![length], Ty::V)
            }
        }
    }

    /// Gives a scalar local a value, which is consumed.
    pub(crate) fn write_local(&mut self, id: LocalId, value: Value) {
        match self.var(id) {
            Var::Value(variable) => self.builder.write(variable, value),
            Var::Cell(variable) => {
                let cell = self.builder.read(variable);
                self.rt_void(Rt::cell_set, &[cell, value]);
            }
            Var::Element { array, index } => {
                let (array, index) = (self.builder.read(array), self.builder.read(index));
                self.rt_void(Rt::arr_set, &[array, index, value]);
            }
            Var::Arr(_) | Var::Hash(_) => {}
        }
    }

    /// The glob of a package variable.
    pub(crate) fn glob(&mut self, id: GlobalId) -> Value {
        let name = self.module.global(&self.program.globals[id.index()].name);
        self.builder.emit(Ir::Glob(name), Vec::new(), Ty::Glob)
    }

    /// A glob by full name.
    pub(crate) fn glob_named(&mut self, name: &str) -> Value {
        let name = self.module.global(name);
        self.builder.emit(Ir::Glob(name), Vec::new(), Ty::Glob)
    }

    /// What a glob holds: a cell, an array or a hash.
    pub(crate) fn slot_of(&mut self, glob: Value, ty: Ty) -> Value {
        self.builder.emit(Ir::GlobSlot, vec![glob], ty)
    }

    // Instructions

    /// The statement or expression that what follows belongs to.
    pub(crate) fn at(&mut self, pos: Pos) {
        self.pragmas = pos.warnings;
        self.back_at(position(pos));
    }

    /// Where what follows belongs to, as it is now.
    pub(crate) fn position_now(&self) -> u32 {
        self.pos
    }

    /// What follows belongs to an earlier position again.
    pub(crate) fn back_at(&mut self, pos: u32) {
        self.pos = pos;
        if self.module.lines {
            self.builder.set_line(pos);
        }
    }

    /// Makes sure that an exception from here on names the right line.
    fn place(&mut self) {
        let block = self.builder.current();
        if self.builder.is_filled() || self.emitted.get(&block) != Some(&self.pos) {
            self.builder.emit_void(Ir::Pos(self.pos), Vec::new());
            self.emitted.insert(self.builder.current(), self.pos);
        }
    }

    /// Calls a runtime function that has a result.
    pub(crate) fn rt(&mut self, function: Rt, args: &[Value]) -> Value {
        let function = if self.program.facts.ties { asking(function) } else { function };
        if function.signature().throws {
            self.place();
        }
        let result = self.builder.rt(function, args);
        if dereferences(function) {
            self.dereferences_here(0);
        }
        result
    }

    /// Lowers what gives arrays and hashes to somebody who may change them.
    pub(crate) fn lending<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let lends = std::mem::replace(&mut self.lends, true);
        let result = lower(self);
        self.lends = lends;
        result
    }

    /// Says of the instruction that was added last how it dereferences: `refused` are bits of
    /// `s_abi::warning`, which hold where `use strict` does.
    pub(crate) fn dereferences_here(&mut self, refused: u8) {
        if !self.program.facts.strict_refs {
            return;
        }
        let bits = if self.pragmas & warning::LAX == 0 { refused } else { warning::LAX };
        if bits != 0 {
            let names = self.module.string(&[bits], false);
            self.builder.name_operands(names);
        }
    }

    /// Calls a runtime function that has none.
    pub(crate) fn rt_void(&mut self, function: Rt, args: &[Value]) {
        if function.signature().throws {
            self.place();
        }
        self.builder.rt_void(function, args);
    }

    /// An instruction that calls code of the program.
    pub(crate) fn emit_call(&mut self, op: Ir, args: Vec<Value>) -> Value {
        self.place();
        let result = self.builder.emit(op, args, Ty::V);
        self.dereferences_here(0);
        result
    }

    /// A constant string.
    pub(crate) fn text(&mut self, text: &str) -> Value {
        self.bytes(text.as_bytes(), false)
    }

    /// A constant string of bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8], wide: bool) -> Value {
        let id = self.module.string(bytes, wide);
        self.builder.string(id)
    }

    /// Boxes an integer.
    pub(crate) fn box_int(&mut self, value: Value) -> Value {
        self.builder.emit(Ir::BoxInt, vec![value], Ty::V)
    }

    /// The height of the value stack, remembered so that leaving early drops what was pushed.
    pub(crate) fn begin_list(&mut self) -> Value {
        let mark = self.rt(Rt::mark, &[]);
        self.scopes.push(Scope::List(mark));
        mark
    }

    /// What was pushed since the mark has been taken, or stays on purpose.
    pub(crate) fn end_list(&mut self) {
        let scope = self.scopes.pop();
        debug_assert!(matches!(scope, Some(Scope::List(_))), "{scope:?}");
    }

    /// A closure of a function over variables of this one.
    pub(crate) fn closure(&mut self, id: hir::FunctionId) -> Value {
        let captures = &self.program.functions[id.index()].captures;
        let mut args = Vec::with_capacity(captures.len());
        for (outer, inner) in captures {
            if outer.0 == u32::MAX {
                // A `state` variable: made with the closure, and its own.
                let value = match self.program.functions[id.index()].locals[inner.index()].kind {
                    VarKind::Array => self.rt(Rt::arr_new, &[]),
                    VarKind::Hash => self.rt(Rt::hash_new, &[]),
                    _ => {
                        let undef = self.builder.undef();
                        self.rt(Rt::cell_new, &[undef])
                    }
                };
                args.push(value);
                continue;
            }
            let value = match self.var(*outer) {
                Var::Value(variable) | Var::Cell(variable) | Var::Arr(variable) | Var::Hash(variable) => {
                    self.builder.read(variable)
                }
                Var::Element { array, index } => {
                    let (array, index) = (self.builder.read(array), self.builder.read(index));
                    self.rt(Rt::arr_cell, &[array, index])
                }
            };
            args.push(value);
        }
        self.builder.emit(Ir::Closure(func_id(id)), args, Ty::V)
    }

    // Leaving

    /// Undoes what was begun since a depth, the innermost first, without forgetting it: other ways still
    /// need it.
    pub(crate) fn unwind(&mut self, depth: usize) {
        let scopes = self.scopes.clone();
        // Of nested lists only the outermost matters: dropping it drops the others.
        let outermost = scopes[depth..].iter().find_map(|scope| match scope {
            Scope::List(mark) => Some(*mark),
            _ => None,
        });
        let kept = self.scopes.len();
        for at in (depth..scopes.len()).rev() {
            self.scopes.truncate(at);
            match scopes[at] {
                Scope::Try(record) => self.rt_void(Rt::try_end, &[record]),
                Scope::Local(mark) => self.rt_void(Rt::local_restore, &[mark]),
                Scope::Captures(mark) => self.rt_void(Rt::match_restore, &[mark]),
                Scope::Finally(body, handler) => {
                    let old = self.builder.set_handler(handler);
                    let block = self.builder.block();
                    self.builder.jump(block, &[]);
                    self.builder.switch_sealed(block);
                    self.block(body);
                    self.builder.set_handler(old);
                }
                Scope::List(_) | Scope::Eval => {}
            }
        }
        if let Some(mark) = outermost {
            self.rt_void(Rt::list_drop, &[mark]);
        }
        self.scopes.extend_from_slice(&scopes[self.scopes.len()..kept]);
    }

    /// Ends the function with a value, or with a call's result when it knows its context.
    pub(crate) fn leave_function(&mut self, result: Value) {
        if self.builder.is_filled() {
            return;
        }
        self.unwind_result(0, result);
        self.builder.ret(Some(result));
    }

    /// Undoes what was begun since a depth when a call's result may stand on the value stack.
    pub(crate) fn unwind_result(&mut self, depth: usize, result: Value) {
        let lists: Vec<Value> = self.scopes[depth..]
            .iter()
            .filter_map(|scope| match scope {
                Scope::List(mark) => Some(*mark),
                _ => None,
            })
            .collect();
        if let (Some(outermost), true) = (lists.first(), self.want.is_some()) {
            // What was half built lies below the result.
            let listed = self.builder.emit(Ir::HasTag(LIST_TAG), vec![result], Ty::Bool);
            let yes = self.builder.block();
            let no = self.builder.block();
            let join = self.builder.block();
            self.builder.branch(listed, yes, no);
            self.builder.switch_sealed(yes);
            let below = self.rt(Rt::list_result_mark, &[result]);
            self.rt_void(Rt::list_move, &[*outermost, below]);
            self.builder.jump(join, &[]);
            self.builder.switch_sealed(no);
            self.rt_void(Rt::list_drop, &[*outermost]);
            self.builder.jump(join, &[]);
            self.builder.switch_sealed(join);
        } else if let Some(outermost) = lists.first() {
            self.rt_void(Rt::list_drop, &[*outermost]);
        }
        // The rest, without lists.
        let scopes = self.scopes.clone();
        self.scopes.retain(|scope| !matches!(scope, Scope::List(_)));
        let lists_before = scopes[..depth].iter().filter(|scope| matches!(scope, Scope::List(_))).count();
        self.unwind(depth - lists_before);
        self.scopes = scopes;
    }
}

/// The tag byte of [`s_abi::layout::tag::LIST`].
pub(crate) const LIST_TAG: u8 = 0xfe;

/// A position as activation records keep it.
pub(crate) fn position(pos: Pos) -> u32 {
    (pos.file.min(0xfff) << 20) | pos.line.min(0xf_ffff)
}

/// Whether a function of the runtime follows a reference, which may be a name.
fn dereferences(function: Rt) -> bool {
    matches!(
        function,
        Rt::deref_arr
            | Rt::deref_hash
            | Rt::deref_scalar
            | Rt::deref_cell
            | Rt::cell_arr
            | Rt::cell_hash
            | Rt::slot_arr
            | Rt::slot_hash
            | Rt::arr_get_arr
            | Rt::arr_get_hash
            | Rt::hash_get_arr
            | Rt::hash_get_hash
            | Rt::call_list
            | Rt::part_of_ref
            | Rt::list_spread
    )
}

/// The function that reads what may be tied, where another reads what is not.
fn asking(function: Rt) -> Rt {
    match function {
        Rt::cell_get => Rt::cell_fetch,
        Rt::slot_get => Rt::slot_fetch,
        Rt::arr_get => Rt::arr_fetch,
        Rt::arr_len => Rt::arr_size,
        Rt::hash_len => Rt::hash_size,
        other => other,
    }
}
