//! Statements: blocks with their scopes, conditions, loops, guarded regions.

use s_ir::{Block as IrBlock, Cond, Op as Ir, Rt, Ty, Value};
use s_sema::hir::{
    self, Array, Block, Callee, Expr, ExprKind, Loop, LoopId, LoopKind, LoopVariable, Stmt, StmtKind, Storage,
};

use crate::call::makes_temporary;
use crate::function::{Context, EvalTarget, Lower, Scope, Target, Var};

/// A block, and what is lowered there.
type Way<'a> = (IrBlock, Box<dyn FnOnce(&mut Lower<'a>) -> Option<Value> + 'a>);

impl<'a> Lower<'a> {
    /// Runs a block for its effect.
    pub(crate) fn block(&mut self, block: &'a Block) {
        self.block_value(block, Context::Void);
    }

    /// Runs a block; the value of its last statement in the context asked for. In scalar and tail
    /// context there is a value unless control does not get to the end; in list context it has been
    /// pushed.
    pub(crate) fn block_value(&mut self, block: &'a Block, context: Context) -> Option<Value> {
        let mark = block.has_local.then(|| self.rt(Rt::local_mark, &[]));
        if let Some(mark) = mark {
            self.scopes.push(Scope::Local(mark));
        }
        let value = self.stmts_value(&block.stmts, context);
        if self.program.facts.timely_drops && !self.builder.is_filled() {
            for id in block.declares.iter().rev() {
                let variable = match self.var(*id) {
                    Var::Value(variable) | Var::Cell(variable) | Var::Arr(variable) | Var::Hash(variable) => {
                        variable
                    }
                    Var::Element { array, .. } => array,
                };
                let value = self.builder.read(variable);
                self.builder.emit_void(Ir::Keep, vec![value]);
            }
        }
        if let Some(mark) = mark {
            self.scopes.pop();
            if !self.builder.is_filled() {
                self.rt_void(Rt::local_restore, &[mark]);
            }
        }
        value
    }

    fn stmts_value(&mut self, stmts: &'a [Stmt], context: Context) -> Option<Value> {
        for (index, stmt) in stmts.iter().enumerate() {
            let last = index + 1 == stmts.len();
            if let StmtKind::Defer(body) = &stmt.kind {
                return self.guarded(body, context, |lower| lower.stmts_value(&stmts[index + 1..], context));
            }
            if last {
                return self.stmt_value(stmt, context);
            }
            self.stmt(stmt);
        }
        self.nothing(context)
    }

    /// The value of what has none.
    fn nothing(&mut self, context: Context) -> Option<Value> {
        match context {
            Context::Void | Context::List => None,
            Context::Scalar => Some(self.builder.undef()),
            Context::Tail => Some(self.empty_result()),
        }
    }

    /// The result of a call that gives nothing: undef, or the empty list.
    pub(crate) fn empty_result(&mut self) -> Value {
        match self.want {
            Some(want) => {
                let mark = self.rt(Rt::mark, &[]);
                self.rt(Rt::list_result, &[mark, want])
            }
            None => self.builder.undef(),
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        self.stmt_value(stmt, Context::Void);
    }

    fn stmt_value(&mut self, stmt: &'a Stmt, context: Context) -> Option<Value> {
        self.at(stmt.pos);
        if !self.keeps_temporaries(stmt) {
            return self.stmt_kind(stmt, context);
        }
        let mark = self.rt(Rt::local_mark, &[]);
        self.scopes.push(Scope::Local(mark));
        let outer = std::mem::replace(&mut self.temporaries, true);
        let value = self.stmt_kind(stmt, context);
        self.temporaries = outer;
        self.scopes.pop();
        if !self.builder.is_filled() {
            self.rt_void(Rt::local_restore, &[mark]);
        }
        value
    }

    /// Whether a statement makes objects that nothing but the statement holds: in Perl they live as long as it.
    fn keeps_temporaries(&self, stmt: &Stmt) -> bool {
        if !self.program.compat || !self.program.facts.timely_drops {
            return false;
        }
        let mut makes = false;
        let mut localizes = false;
        let mut see = |node: &Expr| match &node.kind {
            ExprKind::Localize(_) | ExprKind::Undefine(_) => localizes = true,
            ExprKind::Call(call) => {
                makes |= call.args.iter().any(makes_temporary)
                    || matches!(&call.callee,
                        Callee::Method { invocant, .. } | Callee::DynamicMethod { invocant, .. }
                            if makes_temporary(invocant));
            }
            _ => {}
        };
        match &stmt.kind {
            StmtKind::Expr(expr) => crate::visit::expr(expr, &mut see),
            StmtKind::If { arms, .. } => {
                arms.iter().for_each(|(condition, _)| crate::visit::expr(condition, &mut see))
            }
            _ => {}
        }
        makes && !localizes
    }

    fn stmt_kind(&mut self, stmt: &'a Stmt, context: Context) -> Option<Value> {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.in_context(expr, context),
            StmtKind::If { arms, otherwise } => self.branches(arms, otherwise.as_ref(), context),
            StmtKind::Loop(node) => {
                self.loop_(node);
                self.nothing(context)
            }
            StmtKind::Block(id, body) => self.bare_block(*id, body, context),
            StmtKind::Try { body, catch, finally } => {
                let value = match finally {
                    Some(finally) => {
                        self.guarded(finally, context, |lower| lower.try_(body, catch.as_ref(), context))
                    }
                    None => self.try_(body, catch.as_ref(), context),
                };
                value.or_else(|| self.nothing_if_open(context))
            }
            StmtKind::Defer(body) => {
                self.block(body);
                self.nothing(context)
            }
            StmtKind::Die(text) => {
                let text = self.text(text);
                self.rt(Rt::die_compiling, &[text]);
                self.builder.unreachable();
                self.nothing_if_open(context)
            }
        }
    }

    fn nothing_if_open(&mut self, context: Context) -> Option<Value> {
        if self.builder.is_filled() { None } else { self.nothing(context) }
    }

    /// An expression in a context; list values are pushed.
    pub(crate) fn in_context(&mut self, expr: &'a Expr, context: Context) -> Option<Value> {
        match context {
            Context::Void => {
                self.void(expr);
                None
            }
            Context::Scalar => Some(self.scalar(expr)),
            Context::List => {
                self.list(expr);
                None
            }
            Context::Tail => Some(self.tail(expr)),
        }
    }

    /// Joins ways that each give a value (or none) in a context.
    pub(crate) fn join(&mut self, context: Context, ways: Vec<Way<'a>>) -> Option<Value> {
        let join = self.builder.block();
        let result = self.builder.variable(Ty::V);
        let mut reached = false;
        for (block, way) in ways {
            self.builder.switch_sealed(block);
            let value = way(self);
            if self.builder.is_filled() {
                continue;
            }
            if matches!(context, Context::Scalar | Context::Tail) {
                let value = match value {
                    Some(value) => value,
                    None => self.builder.undef(),
                };
                self.builder.write(result, value);
            }
            self.builder.jump(join, &[]);
            reached = true;
        }
        self.builder.switch_sealed(join);
        if !reached {
            self.builder.unreachable();
            return None;
        }
        matches!(context, Context::Scalar | Context::Tail).then(|| self.builder.read(result))
    }

    fn branches(
        &mut self,
        arms: &'a [(Expr, Block)],
        otherwise: Option<&'a Block>,
        context: Context,
    ) -> Option<Value> {
        let mut ways: Vec<Way<'a>> = Vec::new();
        // In Perl the last condition is the value where none holds.
        let yields_condition = self.program.compat && otherwise.is_none() && context != Context::Void;
        let mut failed = None;
        for (index, (condition, body)) in arms.iter().enumerate() {
            let yes = self.builder.block();
            let no = self.builder.block();
            self.at(condition.pos);
            if yields_condition && index + 1 == arms.len() {
                failed = Some(self.branch_keeping(condition, yes, no));
            } else {
                self.branch_on(condition, yes, no);
            }
            ways.push((yes, Box::new(move |lower| lower.block_value(body, context))));
            self.builder.switch_sealed(no);
        }
        let last = self.builder.block();
        self.builder.jump(last, &[]);
        ways.push((
            last,
            Box::new(move |lower| match (otherwise, failed) {
                (Some(body), _) => lower.block_value(body, context),
                (None, Some(value)) if context == Context::List => {
                    lower.rt_void(Rt::list_push, &[value]);
                    None
                }
                (None, Some(value)) => Some(value),
                (None, None) => lower.nothing(context),
            }),
        ));
        self.join(context, ways)
    }

    /// Branches on a condition and gives its value, or that of what it negates.
    fn branch_keeping(&mut self, condition: &'a Expr, yes: IrBlock, no: IrBlock) -> Value {
        let (tested, yes, no) = match &condition.kind {
            ExprKind::Unary(hir::UnaryOp::Not, inner) => (&**inner, no, yes),
            _ => (condition, yes, no),
        };
        let value = self.scalar(tested);
        let truth = self.rt(Rt::to_bool, &[value]);
        self.builder.branch(truth, yes, no);
        value
    }

    /// A block on its own: a loop that runs once.
    fn bare_block(&mut self, id: Option<LoopId>, body: &'a Block, context: Context) -> Option<Value> {
        let Some(id) = id else { return self.block_value(body, context) };
        let start = self.builder.block();
        let end = self.builder.block();
        let result = self.builder.variable(Ty::V);
        if matches!(context, Context::Scalar | Context::Tail) {
            let value = self.nothing(context).expect("there is one in this context");
            self.builder.write(result, value);
        }
        self.builder.jump(start, &[]);
        self.builder.switch_to(start);
        self.poll_signals();
        self.targets.push(Target { id, next: end, last: end, redo: start, depth: self.scopes.len() });
        let value = self.block_value(body, context);
        self.targets.pop();
        if !self.builder.is_filled() {
            if let Some(value) = value {
                self.builder.write(result, value);
            }
            self.builder.jump(end, &[]);
        }
        self.builder.seal(start);
        self.builder.switch_sealed(end);
        matches!(context, Context::Scalar | Context::Tail).then(|| self.builder.read(result))
    }

    /// Leaves a loop or goes round.
    pub(crate) fn jump(&mut self, op: hir::JumpOp, id: LoopId) {
        let Some(target) = self.targets.iter().rev().find(|target| target.id == id) else {
            // Sema names only loops that are open here.
            self.builder.unreachable();
            return;
        };
        let (block, depth) = match op {
            hir::JumpOp::Last => (target.last, target.depth),
            hir::JumpOp::Next => (target.next, target.depth),
            hir::JumpOp::Redo => (target.redo, target.depth),
        };
        self.unwind(depth);
        self.builder.jump(block, &[]);
    }

    fn loop_(&mut self, node: &'a Loop) {
        match &node.kind {
            LoopKind::While(condition) => self.while_(node, condition.as_ref(), None, false),
            LoopKind::DoWhile(condition) => self.while_(node, Some(condition), None, true),
            LoopKind::For { condition, step } => self.while_(node, condition.as_ref(), step.as_ref(), false),
            LoopKind::Range { variable, from, to, step, reverse } => {
                self.counted(node, *variable, from, to, step.as_ref(), *reverse);
            }
            LoopKind::Array { variable, array, reverse } => self.over_array(node, *variable, array, *reverse),
            LoopKind::List { variables, list } => self.over_list(node, variables, list),
            LoopKind::Keys { variable, hash } => self.over_keys(node, *variable, hash),
        }
    }

    /// The shape of every loop: the test stands before the first round and again at the end of each, so
    /// that a round has one jump.
    pub(crate) fn rounds(
        &mut self,
        node: &'a Loop,
        test: &mut dyn FnMut(&mut Lower<'a>, IrBlock, IrBlock),
        before: &mut dyn FnMut(&mut Lower<'a>),
        after: &mut dyn FnMut(&mut Lower<'a>),
        first: bool,
    ) {
        let pos = self.position_now();
        let exit = self.builder.block();
        self.builder.enter_loop();
        let body = self.builder.block();
        let next = self.builder.block();
        if first {
            self.builder.jump(body, &[]);
        } else {
            test(self, body, exit);
        }
        self.builder.switch_to(body);
        before(self);
        let redo = self.builder.block();
        self.builder.jump(redo, &[]);
        self.builder.switch_to(redo);
        self.poll_signals();
        self.targets.push(Target { id: node.id, next, last: exit, redo, depth: self.scopes.len() });
        self.block(&node.body);
        self.targets.pop();
        if !self.builder.is_filled() {
            self.builder.jump(next, &[]);
        }
        self.builder.seal(redo);
        self.builder.switch_sealed(next);
        if let Some(continuing) = &node.continuing {
            self.block(continuing);
        }
        // What goes on to the next round belongs to the loop, not to the end of its body.
        self.back_at(pos);
        after(self);
        if !self.builder.is_filled() {
            test(self, body, exit);
        }
        self.builder.seal(body);
        self.builder.leave_loop();
        self.builder.switch_sealed(exit);
    }

    fn while_(&mut self, node: &'a Loop, condition: Option<&'a Expr>, step: Option<&'a Expr>, first: bool) {
        self.rounds(
            node,
            &mut |lower, body, exit| match condition {
                Some(condition) => {
                    lower.at(condition.pos);
                    lower.branch_on(condition, body, exit);
                }
                None => lower.builder.jump(body, &[]),
            },
            &mut |_| {},
            &mut |lower| {
                if let Some(step) = step {
                    lower.void(step);
                }
            },
            first,
        );
    }

    fn counted(
        &mut self,
        node: &'a Loop,
        variable: hir::LocalId,
        from: &'a Expr,
        to: &'a Expr,
        step: Option<&'a Expr>,
        reverse: bool,
    ) {
        let from = self.int(from);
        let to = self.int(to);
        let constant = match step.map(|step| &step.kind) {
            None => Some(1),
            Some(ExprKind::Int(value)) => Some(*value),
            Some(_) => None,
        };
        let by = match step {
            Some(step) => self.int(step),
            None => self.builder.int(1),
        };
        let (start, end, by, constant) = if reverse {
            let zero = self.builder.int(0);
            let by = self.builder.emit(Ir::ISub, vec![zero, by], Ty::Int);
            (to, from, by, constant.map(i64::wrapping_neg))
        } else {
            (from, to, by, constant)
        };
        let counter = self.builder.variable(Ty::V);
        let boxed = self.box_int(start);
        self.builder.write(counter, boxed);
        // The loop goes on while the counter has not passed the end; it stops at the end itself before
        // the next step could wrap.
        let mut first = true;
        let at = self.builder.variable(Ty::Int);
        self.builder.write(at, start);
        self.rounds(
            node,
            &mut |lower, body, exit| {
                let now = lower.builder.read(at);
                if std::mem::take(&mut first) {
                    let test = lower.within(now, end, by, constant);
                    lower.builder.branch(test, body, exit);
                } else {
                    // `at` still is the value of the round that ended.
                    let left = lower.builder.emit(Ir::ISub, vec![end, now], Ty::Int);
                    let more = match constant {
                        Some(1) => lower.builder.icmp(Cond::Lt, now, end),
                        Some(-1) => lower.builder.icmp(Cond::Gt, now, end),
                        _ => lower.steps_left(left, by, constant),
                    };
                    let go = lower.builder.block();
                    lower.builder.branch(more, go, exit);
                    lower.builder.switch_sealed(go);
                    let new = lower.builder.emit(Ir::IAdd, vec![now, by], Ty::Int);
                    lower.builder.write(at, new);
                    lower.builder.jump(body, &[]);
                }
            },
            &mut |lower| {
                let now = lower.builder.read(at);
                let value = lower.box_int(now);
                lower.declare_scalar(variable, value);
            },
            &mut |_| {},
            false,
        );
    }

    /// Is a value not yet past the end, going by steps of a sign that may only be known at run time?
    fn within(&mut self, now: Value, end: Value, by: Value, constant: Option<i64>) -> Value {
        match constant {
            Some(1..) => self.builder.icmp(Cond::Le, now, end),
            Some(_) => self.builder.icmp(Cond::Ge, now, end),
            None => {
                let zero = self.builder.int(0);
                let up = self.builder.icmp(Cond::Gt, by, zero);
                let below = self.builder.icmp(Cond::Le, now, end);
                let above = self.builder.icmp(Cond::Ge, now, end);
                self.choose_bool(up, below, above)
            }
        }
    }

    /// Is there room for one more step in what is left?
    fn steps_left(&mut self, left: Value, by: Value, constant: Option<i64>) -> Value {
        match constant {
            Some(1..) => self.builder.icmp(Cond::Ge, left, by),
            Some(_) => self.builder.icmp(Cond::Le, left, by),
            None => {
                let zero = self.builder.int(0);
                let up = self.builder.icmp(Cond::Gt, by, zero);
                let above = self.builder.icmp(Cond::Ge, left, by);
                let below = self.builder.icmp(Cond::Le, left, by);
                self.choose_bool(up, above, below)
            }
        }
    }

    fn choose_bool(&mut self, condition: Value, yes: Value, no: Value) -> Value {
        let result = self.builder.variable(Ty::Bool);
        let one = self.builder.block();
        let other = self.builder.block();
        let join = self.builder.block();
        self.builder.branch(condition, one, other);
        self.builder.switch_sealed(one);
        self.builder.write(result, yes);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(other);
        self.builder.write(result, no);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
        self.builder.read(result)
    }

    fn over_array(&mut self, node: &'a Loop, variable: LoopVariable, array: &'a Array, reverse: bool) {
        let array = self.array_place(array);
        let held = self.builder.variable(Ty::Arr);
        self.builder.write(held, array);
        let at = self.builder.variable(Ty::Int);
        let start = if reverse {
            let length = self.rt(Rt::arr_len, &[array]);
            let one = self.builder.int(1);
            self.builder.emit(Ir::ISub, vec![length, one], Ty::Int)
        } else {
            self.builder.int(0)
        };
        self.builder.write(at, start);
        let restore = self.global_topic(variable);
        self.rounds(
            node,
            &mut |lower, body, exit| {
                let now = lower.builder.read(at);
                let test = if reverse {
                    let zero = lower.builder.int(0);
                    lower.builder.icmp(Cond::Ge, now, zero)
                } else {
                    let array = lower.builder.read(held);
                    let length = lower.rt(Rt::arr_len, &[array]);
                    lower.builder.icmp(Cond::Lt, now, length)
                };
                lower.builder.branch(test, body, exit);
            },
            &mut |lower| {
                let (array, now) = (lower.builder.read(held), lower.builder.read(at));
                lower.bind_element(variable, array, now, restore);
            },
            &mut |lower| {
                let now = lower.builder.read(at);
                let step = lower.builder.int(if reverse { -1 } else { 1 });
                let new = lower.builder.emit(Ir::IAdd, vec![now, step], Ty::Int);
                lower.builder.write(at, new);
            },
            false,
        );
        self.end_global_topic(restore);
        let array = self.builder.read(held);
        self.builder.emit_void(Ir::Keep, vec![array]);
    }

    /// A package variable as loop variable is put aside until the loop ends.
    pub(crate) fn global_topic(&mut self, variable: LoopVariable) -> Option<Value> {
        match variable {
            LoopVariable::Local(_) => None,
            LoopVariable::Global(_) => {
                let mark = self.rt(Rt::local_mark, &[]);
                self.scopes.push(Scope::Local(mark));
                Some(mark)
            }
        }
    }

    pub(crate) fn end_global_topic(&mut self, mark: Option<Value>) {
        if let Some(mark) = mark {
            self.scopes.pop();
            if !self.builder.is_filled() {
                self.rt_void(Rt::local_restore, &[mark]);
            }
        }
    }

    /// Binds a loop variable to an element of an array.
    pub(crate) fn bind_element(
        &mut self,
        variable: LoopVariable,
        array: Value,
        index: Value,
        mark: Option<Value>,
    ) {
        match variable {
            LoopVariable::Local(id) => match self.var(id) {
                Var::Element { array: to, index: at } => {
                    self.builder.write(to, array);
                    self.builder.write(at, index);
                }
                Var::Cell(variable) => {
                    let cell = self.rt(Rt::arr_cell, &[array, index]);
                    self.builder.write(variable, cell);
                }
                _ => {
                    let value = self.rt(Rt::arr_get, &[array, index]);
                    self.declare_scalar(id, value);
                }
            },
            LoopVariable::Global(id) => {
                if let Some(mark) = mark {
                    self.rt_void(Rt::local_restore, &[mark]);
                }
                let glob = self.glob(id);
                let cell = self.rt(Rt::arr_cell, &[array, index]);
                self.rt_void(Rt::local_alias, &[glob, cell]);
            }
        }
    }

    /// Binds a loop variable to a value, which is consumed.
    pub(crate) fn bind_value(&mut self, variable: LoopVariable, value: Value, mark: Option<Value>) {
        match variable {
            LoopVariable::Local(id) => self.declare_scalar(id, value),
            LoopVariable::Global(id) => {
                if let Some(mark) = mark {
                    self.rt_void(Rt::local_restore, &[mark]);
                }
                let glob = self.glob(id);
                let cell = self.rt(Rt::cell_new, &[value]);
                self.rt_void(Rt::local_alias, &[glob, cell]);
            }
        }
    }

    /// Binds a loop variable to what a reference refers to.
    pub(crate) fn bind_reference(&mut self, variable: LoopVariable, reference: Value, mark: Option<Value>) {
        let cell = self.rt(Rt::deref_cell, &[reference]);
        match variable {
            LoopVariable::Local(id) => match self.var(id) {
                Var::Cell(variable) => self.builder.write(variable, cell),
                Var::Element { array, index } => {
                    let one = self.rt(Rt::arr_of_cell, &[cell]);
                    let zero = self.builder.int(0);
                    self.builder.write(array, one);
                    self.builder.write(index, zero);
                }
                _ => {
                    let value = self.rt(Rt::cell_get, &[cell]);
                    self.declare_scalar(id, value);
                }
            },
            LoopVariable::Global(id) => {
                if let Some(mark) = mark {
                    self.rt_void(Rt::local_restore, &[mark]);
                }
                let glob = self.glob(id);
                self.rt_void(Rt::local_alias, &[glob, cell]);
            }
        }
    }

    /// Whether a loop over a list has to see the elements themselves.
    fn aliases(&mut self, variables: &[LoopVariable]) -> bool {
        self.program.compat
            && variables.iter().any(|variable| match variable {
                LoopVariable::Global(_) => true,
                LoopVariable::Local(id) => {
                    let storage = self.function.locals[id.index()].storage;
                    matches!(storage, Storage::Element | Storage::Cell)
                }
            })
    }

    fn over_list(&mut self, node: &'a Loop, variables: &'a [LoopVariable], list: &'a Expr) {
        let mark = self.begin_list();
        let aliased = self.aliases(variables);
        if aliased {
            self.list_of_references(list);
        } else {
            self.lending(|lower| lower.list(list));
        }
        let length = self.rt(Rt::list_len, &[mark]);
        let at = self.builder.variable(Ty::Int);
        let zero = self.builder.int(0);
        self.builder.write(at, zero);
        let restore = variables.iter().find_map(|variable| self.global_topic(*variable));
        let width = i64::try_from(variables.len()).expect("few variables");
        self.rounds(
            node,
            &mut |lower, body, exit| {
                let now = lower.builder.read(at);
                let test = lower.builder.icmp(Cond::Lt, now, length);
                lower.builder.branch(test, body, exit);
            },
            &mut |lower| {
                let now = lower.builder.read(at);
                for (offset, variable) in variables.iter().enumerate() {
                    let offset = lower.builder.int(i64::try_from(offset).expect("few variables"));
                    let index = lower.builder.emit(Ir::IAdd, vec![now, offset], Ty::Int);
                    let value = lower.rt(Rt::list_get, &[mark, index]);
                    if aliased {
                        lower.bind_reference(*variable, value, restore);
                    } else {
                        lower.bind_value(*variable, value, restore);
                    }
                }
            },
            &mut |lower| {
                let now = lower.builder.read(at);
                let step = lower.builder.int(width);
                let new = lower.builder.emit(Ir::IAdd, vec![now, step], Ty::Int);
                lower.builder.write(at, new);
            },
            false,
        );
        self.end_global_topic(restore);
        self.end_list();
        self.rt_void(Rt::list_drop, &[mark]);
    }

    // Guarded regions

    /// `try { } catch ($e) { }`: the value of whichever ran to its end.
    fn try_(
        &mut self,
        body: &'a Block,
        catch: Option<&'a (hir::LocalId, Block)>,
        context: Context,
    ) -> Option<Value> {
        let result = self.builder.variable(Ty::V);
        let join = self.builder.block();
        let handler = self.builder.block();
        let record = self.rt(Rt::try_begin, &[]);
        let old = self.builder.set_handler(Some(handler));
        let start = self.builder.block();
        self.builder.enter_try(start, handler);
        self.builder.switch_sealed(start);
        self.scopes.push(Scope::Try(record));
        let value = self.block_value(body, context);
        self.scopes.pop();
        if !self.builder.is_filled() {
            self.rt_void(Rt::try_end, &[record]);
            if let Some(value) = value {
                self.builder.write(result, value);
            }
            self.builder.jump(join, &[]);
        }
        self.builder.set_handler(old);
        self.builder.switch_sealed(handler);
        let error = self.rt(Rt::try_catch, &[record]);
        let value = match catch {
            Some((variable, block)) => {
                self.declare_scalar(*variable, error);
                self.block_value(block, context)
            }
            None => self.nothing(context),
        };
        if !self.builder.is_filled() {
            if matches!(context, Context::Scalar | Context::Tail) {
                let value = match value {
                    Some(value) => value,
                    None => self.builder.undef(),
                };
                self.builder.write(result, value);
            }
            self.builder.jump(join, &[]);
        }
        self.builder.switch_sealed(join);
        matches!(context, Context::Scalar | Context::Tail).then(|| self.builder.read(result))
    }

    /// Runs something, and a block behind it in whatever way it ends.
    fn guarded(
        &mut self,
        finally: &'a Block,
        context: Context,
        inner: impl FnOnce(&mut Lower<'a>) -> Option<Value>,
    ) -> Option<Value> {
        let handler = self.builder.block();
        let record = self.rt(Rt::try_begin, &[]);
        let old = self.builder.set_handler(Some(handler));
        let start = self.builder.block();
        self.builder.enter_try(start, handler);
        self.builder.switch_sealed(start);
        self.scopes.push(Scope::Finally(finally, old));
        self.scopes.push(Scope::Try(record));
        let value = inner(self);
        self.scopes.pop();
        self.scopes.pop();
        let join = self.builder.block();
        self.builder.set_handler(old);
        let open = !self.builder.is_filled();
        if open {
            self.rt_void(Rt::try_end, &[record]);
            let out = self.builder.block();
            self.builder.jump(out, &[]);
            self.builder.switch_sealed(out);
            self.block(finally);
            if !self.builder.is_filled() {
                self.builder.func.block_mut(join).handler = old;
                self.builder.jump(join, &[]);
            }
        }
        self.builder.switch_sealed(handler);
        let error = self.rt(Rt::try_catch, &[record]);
        self.block(finally);
        if !self.builder.is_filled() {
            self.rt(Rt::rethrow, &[error]);
            self.builder.unreachable();
        }
        self.builder.func.block_mut(join).handler = old;
        self.builder.switch_sealed(join);
        if !open {
            self.builder.unreachable();
        }
        let _ = context;
        value
    }

    /// `eval { }`.
    pub(crate) fn eval(&mut self, body: &'a Block, context: Context) -> Option<Value> {
        let result = self.builder.variable(Ty::V);
        let join = self.builder.block();
        let done = self.builder.block();
        let handler = self.builder.block();
        if self.program.compat {
            let empty = self.text("");
            self.set_eval_error(empty);
        }
        let record = self.rt(Rt::try_begin, &[]);
        let old = self.builder.set_handler(Some(handler));
        let start = self.builder.block();
        self.builder.enter_try(start, handler);
        self.builder.switch_sealed(start);
        self.scopes.push(Scope::Eval);
        self.evals.push(EvalTarget { done, result, context, depth: self.scopes.len() + 1 });
        self.scopes.push(Scope::Try(record));
        let value = self.block_value(body, context);
        self.scopes.pop();
        self.scopes.pop();
        self.evals.pop();
        self.builder.set_handler(old);
        if !self.builder.is_filled() {
            if let Some(value) = value {
                self.builder.write(result, value);
            }
            self.builder.jump(done, &[]);
        }
        self.builder.switch_sealed(done);
        self.rt_void(Rt::try_end, &[record]);
        let empty = self.text("");
        self.set_eval_error(empty);
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(handler);
        let error = self.rt(Rt::try_catch, &[record]);
        self.set_eval_error(error);
        if let Some(value) = self.nothing(context) {
            self.builder.write(result, value);
        }
        self.builder.jump(join, &[]);
        self.builder.switch_sealed(join);
        matches!(context, Context::Scalar | Context::Tail).then(|| self.builder.read(result))
    }

    fn set_eval_error(&mut self, value: Value) {
        let glob = self.glob_named("main::@");
        let cell = self.slot_of(glob, Ty::Cell);
        self.rt_void(Rt::cell_set, &[cell, value]);
    }

    /// `return`.
    pub(crate) fn return_(&mut self, value: Option<&'a Expr>) {
        if let Some(target) = self.evals.last() {
            let (done, result, context, depth) = (target.done, target.result, target.context, target.depth);
            let given = match value {
                Some(value) => self.in_context(value, context),
                None => self.nothing(context),
            };
            if self.builder.is_filled() {
                return;
            }
            if let Some(given) = given {
                self.builder.write(result, given);
            }
            // The record of the eval itself ends at `done`.
            if context == Context::List {
                self.unwind_lists_below(depth);
            } else {
                self.unwind(depth);
            }
            self.builder.jump(done, &[]);
            return;
        }
        let result = match (value, self.want.is_some()) {
            (Some(value), true) => self.tail(value),
            (Some(value), false) => self.scalar(value),
            (None, _) => self.empty_result(),
        };
        self.leave_function(result);
    }

    /// As `unwind`, keeping what stands on top of the lists half built since.
    fn unwind_lists_below(&mut self, depth: usize) {
        let has_lists = self.scopes[depth..].iter().any(|scope| matches!(scope, Scope::List(_)));
        if !has_lists {
            self.unwind(depth);
            return;
        }
        // Rare: `return LIST` out of a list inside an eval in list context. What was half built stays
        // below and is part of the outer list; dropping it is done by its mark.
        let scopes = self.scopes.clone();
        self.scopes.retain(|scope| !matches!(scope, Scope::List(_)));
        let before = scopes[..depth].iter().filter(|scope| matches!(scope, Scope::List(_))).count();
        self.unwind(depth - before);
        self.scopes = scopes;
    }
}
