//! Loops: which form each has, what its variable is, where its labels lead.

use s_diag::Code;
use s_syntax::ast::{self, Declarator, ExprKind as A, JumpOp, RangeOp, Sigil, Span, StmtKind as S};

use crate::hir::{
    self, Array, Block, ExprKind, Hash, HashPart, LocalId, Loop, LoopId, LoopKind, LoopVariable, Op, Pos,
    Stmt, StmtKind, Storage, VarKind,
};
use crate::names::Use;
use crate::resolver::{LoopScope, Resolver, Want, mk};
use crate::scope::{Binding, Place, VarKey};
use crate::stmt::assign_stmt;
use crate::walk::Node;

/// What a `foreach` goes through.
enum Source {
    Range { from: hir::Expr, to: hir::Expr, step: Option<hir::Expr>, reverse: bool },
    Array(Array, bool),
    Keys(Hash),
    List(hir::Expr),
}

impl Resolver<'_> {
    pub(crate) fn loop_statement(&mut self, stmt: &ast::Stmt, label: Option<String>, out: &mut Vec<Stmt>) {
        let pos = self.pos(stmt.span);
        match &stmt.kind {
            S::While { condition, body, continuing, do_first, .. } => {
                let (done, scope) = self.scoped(|r| {
                    r.while_loop(condition.as_ref(), body, continuing.as_ref(), *do_first, label, pos)
                });
                self.merge_scope(scope.declares, scope.has_local);
                out.push(done);
            }
            S::For { init, condition, step, body } => {
                let (block, scope) = self.scoped(|r| {
                    let mut stmts = Vec::new();
                    if let Some(init) = init {
                        let init = r.expr(init, Want::Void);
                        match init.kind {
                            ExprKind::Do(block) if block.declares.is_empty() && !block.has_local => {
                                stmts.extend(block.stmts);
                            }
                            kind => stmts.push(Stmt { pos, kind: StmtKind::Expr(mk(init.pos, kind)) }),
                        }
                    }
                    let id = r.new_loop();
                    r.cx().in_loop += 1;
                    let condition = condition.as_ref().map(|e| r.expr(e, Want::Scalar));
                    let step = step.as_ref().map(|e| r.expr(e, Want::Void));
                    r.cx().loops.push(LoopScope { label: label.clone(), id, given: false });
                    let body = r.block(body, Want::Void);
                    r.cx().loops.pop();
                    let body = r.caught_jumps(label.as_deref(), id, body, pos);
                    r.cx().in_loop -= 1;
                    let kind = LoopKind::For { condition, step };
                    let done = Loop { id, kind, body, continuing: None };
                    stmts.push(Stmt { pos, kind: StmtKind::Loop(Box::new(done)) });
                    stmts
                });
                let block = Block { stmts: block, has_local: scope.has_local, declares: scope.declares };
                out.push(Stmt { pos, kind: StmtKind::Block(None, block) });
            }
            S::Foreach { variables, list, body, continuing, postfix } => {
                self.foreach(variables, list, body, continuing.as_ref(), *postfix, label, stmt.span, out);
            }
            _ => {}
        }
    }

    fn while_loop(
        &mut self,
        condition: Option<&ast::Condition>,
        body: &ast::Block,
        continuing: Option<&ast::Block>,
        do_first: bool,
        label: Option<String>,
        pos: Pos,
    ) -> Stmt {
        let id = self.new_loop();
        self.cx().in_loop += 1;
        let test = condition.map(|condition| self.loop_condition(condition));
        if !do_first {
            self.cx().loops.push(LoopScope { label: label.clone(), id, given: false });
        }
        let mut body = self.block(body, Want::Void);
        if !do_first {
            self.cx().loops.pop();
            body = self.caught_jumps(label.as_deref(), id, body, pos);
        }
        let continuing = continuing.map(|block| self.block(block, Want::Void));
        self.cx().in_loop -= 1;
        let kind = match test {
            Some(test) if do_first => LoopKind::DoWhile(test),
            test => LoopKind::While(test),
        };
        Stmt { pos, kind: StmtKind::Loop(Box::new(Loop { id, kind, body, continuing })) }
    }

    /// The condition of `while`: reading is tested for definedness.
    fn loop_condition(&mut self, condition: &ast::Condition) -> hir::Expr {
        if condition.pattern.is_some() || condition.negated {
            return self.condition(condition);
        }
        let expr = &condition.expr;
        let pos = self.pos(expr.span);
        match &expr.kind {
            A::ReadLine(handle) => {
                let handle = handle.as_ref().map(|handle| self.handle(handle));
                let topic = self.scalar("_", expr.span, Use::Assign);
                mk(pos, ExprKind::Op(Box::new(Op::ReadLineInto(Box::new(topic), handle))))
            }
            A::Glob(_) => {
                let value = self.expr(expr, Want::Scalar);
                let topic = self.scalar("_", expr.span, Use::Assign);
                self.defined_assign(topic, value)
            }
            A::Call(call) if reads(&call.name.text) => {
                let value = self.expr(expr, Want::Scalar);
                let topic = self.scalar("_", expr.span, Use::Assign);
                self.defined_assign(topic, value)
            }
            A::Assign { target, op: None, value } => {
                let done = match &value.kind {
                    A::ReadLine(handle) if is_scalar_target(target) => {
                        let handle = handle.as_ref().map(|handle| self.handle(handle));
                        let place = self.target_place(target);
                        mk(pos, ExprKind::Op(Box::new(Op::ReadLineInto(Box::new(place), handle))))
                    }
                    A::Glob(_) if is_scalar_target(target) => {
                        let value = self.expr(value, Want::Scalar);
                        let place = self.target_place(target);
                        self.defined_assign(place, value)
                    }
                    A::Call(call) if is_scalar_target(target) && reads(&call.name.text) => {
                        let value = self.expr(value, Want::Scalar);
                        let place = self.target_place(target);
                        self.defined_assign(place, value)
                    }
                    _ => self.expr(expr, Want::Scalar),
                };
                self.note_value(target, Want::Scalar);
                done
            }
            _ => self.expr(expr, Want::Scalar),
        }
    }

    fn defined_assign(&mut self, place: hir::Expr, value: hir::Expr) -> hir::Expr {
        let pos = place.pos;
        let assign = mk(pos, ExprKind::Assign(Box::new(place), Box::new(value)));
        mk(pos, ExprKind::Op(Box::new(Op::Defined(Box::new(assign)))))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn foreach(
        &mut self,
        variables: &[ast::LoopVariable],
        list: &ast::Expr,
        body: &ast::Block,
        continuing: Option<&ast::Block>,
        postfix: bool,
        label: Option<String>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let pos = self.pos(span);
        let id = self.new_loop();
        let source = self.loop_source(list, variables.len() > 1);
        self.cx().in_loop += 1;
        let (done, scope) = self.scoped(|r| {
            let mut places = Vec::new();
            let mut before = None;
            let mut topic = false;
            match variables {
                [] => {
                    let private = !r.options.compat
                        || (r.is_private(Node::Block(body))
                            && continuing.is_none_or(|block| r.is_private(Node::Block(block))));
                    let place = r.element_topic(span, private, matches!(source, Source::Array(..)));
                    r.name_topic(place);
                    if let Place::Local { .. } = place {
                        before = Some(r.rebind_topic(place));
                        topic = true;
                    }
                    places.push(place);
                }
                _ => {
                    for variable in variables {
                        places.push(r.loop_variable(variable));
                    }
                }
            }
            r.cx().loops.push(LoopScope { label: label.clone(), id, given: false });
            r.braces += u32::from(!postfix);
            let block = r.block_of(|r| r.statements(&body.stmts, Want::Void));
            r.braces -= u32::from(!postfix);
            r.cx().loops.pop();
            let block = r.caught_jumps(label.as_deref(), id, block, pos);
            let continuing = continuing.map(|block| r.block(block, Want::Void));
            if topic && let Some(before) = before {
                r.restore_topic(before);
            }
            let kind = r.choose(source, &places);
            Loop { id, kind, body: block, continuing }
        });
        self.cx().in_loop -= 1;
        let stmt = Stmt { pos, kind: StmtKind::Loop(Box::new(done)) };
        if scope.has_local {
            let block = Block { stmts: vec![stmt], has_local: true, declares: scope.declares };
            out.push(Stmt { pos, kind: StmtKind::Block(None, block) });
        } else {
            self.merge_scope(scope.declares, false);
            out.push(stmt);
        }
    }

    /// A hidden scalar of the current function as a place.
    pub(crate) fn hidden_place(&mut self, offset: u32, name: &str) -> Place {
        let id = self.hidden(offset, name, VarKind::Scalar);
        self.place_of_hidden(id, offset)
    }

    /// The place of a hidden scalar of the current function.
    pub(crate) fn place_of_hidden(&self, id: LocalId, offset: u32) -> Place {
        let depth = self.depth();
        let key = self.contexts[depth].keys[id.index()].unwrap_or(VarKey {
            file: self.file,
            offset,
            kind: VarKind::Scalar,
            tag: 3,
        });
        Place::Local { depth, id, key }
    }

    fn loop_variable(&mut self, variable: &ast::LoopVariable) -> Place {
        let name = &variable.name;
        let frozen = false;
        match variable.declarator {
            Some(Declarator::Our | Declarator::OurSync) => {
                let full = self.global_name(VarKind::Scalar, &name.text);
                let place = Place::Global(self.global(VarKind::Scalar, &full));
                let binding = Binding { place, frozen, constant: None, ty: None, protection: 0 };
                self.names.bind(VarKind::Scalar, &name.text, binding);
                place
            }
            Some(_) => {
                let binding = self.declare_variable(VarKind::Scalar, name, frozen, None);
                self.names.bind(VarKind::Scalar, &name.text, binding.clone());
                binding.place
            }
            None => {
                let known = self.names.find(VarKind::Scalar, &name.text).cloned();
                let Some(binding) = known else {
                    let full = self.global_name(VarKind::Scalar, &name.text);
                    if full == "main::_" && !self.options.compat {
                        return self.hidden_place(name.span.start, "_");
                    }
                    return Place::Global(self.global(VarKind::Scalar, &full));
                };
                match binding.place {
                    Place::Global(id) => {
                        // Functions see a lexical of a file by its global.
                        Place::Global(id)
                    }
                    // The variable is another one inside the loop, as it is put back afterwards.
                    Place::Local { .. } => {
                        let new = self.declare_variable(VarKind::Scalar, name, false, None);
                        self.names.bind(VarKind::Scalar, &name.text, new.clone());
                        new.place
                    }
                }
            }
        }
    }

    /// What the list of a loop is.
    fn loop_source(&mut self, list: &ast::Expr, several: bool) -> Source {
        let mut list = list;
        while let A::List { items, .. } = &list.kind
            && let [one] = items.as_slice()
        {
            list = one;
        }
        if self.options.compat
            && let A::List { items, .. } = &list.kind
        {
            for item in items {
                self.mark_aliased(item);
            }
        } else if self.options.compat {
            self.mark_aliased(list);
        }
        if several {
            return Source::List(self.expr(list, Want::List));
        }
        let (inner, reverse) = match &list.kind {
            A::Call(call)
                if call.name.text == "reverse"
                    && call.args.len() == 1
                    && call.block.is_none()
                    && call.head.is_none() =>
            {
                let mut inner = &call.args[0];
                while let A::List { items, .. } = &inner.kind
                    && let [one] = items.as_slice()
                {
                    inner = one;
                }
                (inner, true)
            }
            _ => (list, false),
        };
        match &inner.kind {
            A::Range { from: Some(from), to: Some(to), step, op }
                if *op != RangeOp::Tilde
                    && plain_end(from)
                    && plain_end(to)
                    && !(reverse && step.is_some()) =>
            {
                let from = self.expr(from, Want::Scalar);
                let to = self.expr(to, Want::Scalar);
                let step = step.as_ref().map(|step| self.expr(step, Want::Scalar));
                let numeric = number_like(&from) && number_like(&to);
                let whole = step.as_ref().is_none_or(|s| matches!(s.kind, ExprKind::Int(n) if n != 0));
                if numeric && whole {
                    return Source::Range { from, to, step, reverse };
                }
                let pos = self.pos(inner.span);
                let range =
                    ExprKind::Range { from: Box::new(from), to: Box::new(to), step: step.map(Box::new) };
                let range = mk(pos, range);
                Source::List(if reverse { self.reversed(range) } else { range })
            }
            A::Var(Sigil::Array, name) => Source::Array(self.array(name, inner.span, Use::Read), reverse),
            A::Deref(Sigil::Array, base) => {
                let base = self.deref_base(base, true);
                Source::Array(Array::Deref(Box::new(base)), reverse)
            }
            A::Call(call) if call.name.text == "keys" && call.args.len() == 1 && !reverse => {
                let pos = self.pos(list.span);
                match self.container(&call.args[0], Use::Read) {
                    crate::place::Container::Hash(hash) => Source::Keys(hash),
                    crate::place::Container::Array(array) => {
                        Source::List(mk(pos, ExprKind::Op(Box::new(Op::ArrayList(HashPart::Keys, array)))))
                    }
                    crate::place::Container::Value(value) => Source::List(mk(
                        pos,
                        ExprKind::Op(Box::new(Op::RefList(HashPart::Keys, Box::new(value)))),
                    )),
                }
            }
            A::Call(call) if self.options.compat && self.is_part(call) => {
                let part = self.magic(call, Use::Modify, list.span);
                Source::List(part)
            }
            _ => Source::List(self.expr(list, Want::List)),
        }
    }

    /// Notes that a loop changes a variable that is an item of its list.
    fn mark_aliased(&mut self, item: &ast::Expr) {
        let A::Var(Sigil::Scalar, name) = &item.kind else { return };
        if let Some(Place::Local { key, .. }) = self.names.find(VarKind::Scalar, name).map(|b| b.place) {
            let facts = self.facts(key);
            facts.referenced = true;
            facts.assigned += 1;
        }
    }

    fn reversed(&mut self, list: hir::Expr) -> hir::Expr {
        let pos = list.pos;
        let call = hir::BuiltinCall { name: "reverse", args: vec![list], scalars: false };
        mk(pos, ExprKind::Builtin(Box::new(call)))
    }

    /// The form of a loop, by its source and its variables.
    fn choose(&mut self, source: Source, places: &[Place]) -> LoopKind {
        let variables: Vec<LoopVariable> = places
            .iter()
            .map(|place| match *place {
                Place::Local { id, .. } => LoopVariable::Local(id),
                Place::Global(id) => LoopVariable::Global(id),
            })
            .collect();
        let pos = Pos { file: self.file, line: 0, offset: 0, warnings: 0 };
        match (source, places) {
            (Source::Range { from, to, step, reverse }, [Place::Local { id, .. }]) => {
                LoopKind::Range { variable: *id, from, to, step, reverse }
            }
            (Source::Range { from, to, step, reverse }, _) => {
                let pos = from.pos;
                let range =
                    ExprKind::Range { from: Box::new(from), to: Box::new(to), step: step.map(Box::new) };
                let range = mk(pos, range);
                let list = if reverse { self.reversed(range) } else { range };
                LoopKind::List { variables, list }
            }
            (Source::Array(array, reverse), [place]) => {
                if let Place::Local { id, key, .. } = *place {
                    self.alias_elements(id, key);
                }
                let arguments = matches!(array, Array::Local(id) if self.cx().args == Some(id));
                if arguments && self.options.compat {
                    // The body may change the caller's variables.
                    let changes = match *place {
                        Place::Local { key, .. } => {
                            let facts = self.facts(key);
                            facts.assigned > 0 || facts.referenced
                        }
                        Place::Global(_) => true,
                    };
                    self.cx().aliases |= changes;
                }
                LoopKind::Array { variable: variables[0], array, reverse }
            }
            (Source::Array(array, _), _) => {
                LoopKind::List { variables, list: mk(pos, ExprKind::Array(array)) }
            }
            (Source::Keys(hash), [Place::Local { id, .. }])
                if !self.prior.as_ref().is_some_and(|prior| prior.ties) =>
            {
                LoopKind::Keys { variable: *id, hash }
            }
            (Source::Keys(hash), _) => {
                let list = mk(pos, ExprKind::Op(Box::new(Op::HashList(HashPart::Keys, hash))));
                LoopKind::List { variables, list }
            }
            (Source::List(list), _) => {
                if self.options.compat && (is_place_list(&list) || is_literal_list(&list)) {
                    for place in places {
                        if let Place::Local { id, key, .. } = *place {
                            self.alias_elements(id, key);
                        }
                    }
                }
                LoopKind::List { variables, list }
            }
        }
    }

    /// Makes a loop variable an alias of its element if the body changes it.
    fn alias_elements(&mut self, id: LocalId, key: VarKey) {
        let facts = self.prior(key);
        if facts.assigned > 0 && !facts.captured && !facts.referenced {
            self.cx().locals[id.index()].storage = Storage::Element;
        }
    }

    // --- leaving

    /// `last`, `next`, `redo`.
    pub(crate) fn jump(&mut self, op: JumpOp, label: Option<&ast::Name>, span: Span) -> ExprKind {
        let text = label.map(|label| label.text.as_str());
        let found: Option<LoopId> = self
            .contexts
            .last()
            .and_then(|context| {
                context.loops.iter().rev().find(|scope| match text {
                    Some(text) => scope.label.as_deref() == Some(text),
                    None => !scope.given && !is_goto(scope),
                })
            })
            .map(|scope| scope.id);
        match (found, text) {
            (Some(id), _) => ExprKind::Jump(op, id),
            (None, Some(text)) if self.contexts.len() == 1 && self.in_text == 0 => {
                let message = format!("no loop around this place has the label `{text}`");
                self.error(Code::UNKNOWN_LABEL, span, message);
                ExprKind::Undef
            }
            (None, text) => {
                self.now.far_labels.extend(text.map(str::to_owned));
                ExprKind::JumpDynamic(op, text.map(str::to_owned))
            }
        }
    }

    /// The body of a loop to whose label functions jump that are called in it.
    pub(crate) fn caught_jumps(&mut self, label: Option<&str>, id: LoopId, body: Block, pos: Pos) -> Block {
        let Some(label) = label else { return body };
        if !self.prior.as_ref().is_some_and(|prior| prior.far_labels.contains(label)) {
            return body;
        }
        let error = self.hidden(pos.offset, "error", VarKind::Scalar);
        let which = self.hidden(pos.offset, "jump", VarKind::Scalar);
        let row = s_abi::builtins::find("__far_jump").expect("a row of the table");
        let thrown = mk(pos, ExprKind::Local(error));
        let asked = vec![thrown.clone(), crate::stmt::text(pos, label)];
        let call = hir::BuiltinCall { name: row.name, args: asked, scalars: false };
        let call = mk(pos, ExprKind::Builtin(Box::new(call)));
        let keep = assign_stmt(mk(pos, ExprKind::Declare(vec![which])), call);
        let one = |kind: ExprKind| Block {
            stmts: vec![Stmt { pos, kind: StmtKind::Expr(mk(pos, kind)) }],
            ..Block::default()
        };
        let arms = [(1, JumpOp::Last), (2, JumpOp::Next), (3, JumpOp::Redo)].map(|(number, jump)| {
            let left = Box::new(mk(pos, ExprKind::Local(which)));
            let right = Box::new(mk(pos, ExprKind::Int(number)));
            let test = mk(pos, ExprKind::Binary(hir::BinaryOp::NumEq, left, right));
            (test, one(ExprKind::Jump(jump, id)))
        });
        let rethrow = one(ExprKind::Op(Box::new(Op::Die(vec![thrown], false))));
        let choose = Stmt { pos, kind: StmtKind::If { arms: arms.into(), otherwise: Some(rethrow) } };
        let handler = Block { stmts: vec![keep, choose], has_local: false, declares: vec![error] };
        let guarded = StmtKind::Try { body, catch: Some((error, handler)), finally: None };
        Block { stmts: vec![Stmt { pos, kind: guarded }], ..Block::default() }
    }

    /// `goto LABEL`.
    pub(crate) fn goto_label(&mut self, label: &str, span: Span) -> ExprKind {
        let (wanted, back) = (format!("goto {label}"), format!("again {label}"));
        let found = self.contexts.last().and_then(|context| {
            context.loops.iter().rev().find_map(|scope| match scope.label.as_deref() {
                Some(name) if name == wanted => Some((JumpOp::Last, scope.id)),
                Some(name) if name == back => Some((JumpOp::Next, scope.id)),
                _ => None,
            })
        });
        if let Some((jump, id)) = found {
            return ExprKind::Jump(jump, id);
        }
        let message = format!("`goto {label}` leads into a block or out of its function; use a loop");
        self.error(Code::NOT_SUPPORTED, span, message);
        ExprKind::Undef
    }

    // --- given, when

    pub(crate) fn given(
        &mut self,
        subject: &ast::Expr,
        body: &ast::Block,
        want: Want,
        pos: Pos,
        out: &mut Vec<Stmt>,
    ) {
        let id = self.new_loop();
        let value = self.expr(subject, Want::Scalar);
        self.braces += 1;
        let block = self.block_of(|r| {
            let offset = subject.span.start;
            let place = r.hidden_place(offset, "_");
            let Place::Local { id: local, .. } = place else { return Vec::new() };
            let declared = mk(pos, ExprKind::Declare(vec![local]));
            let mut stmts = vec![assign_stmt(declared, value)];
            let bound = Binding { place, frozen: false, constant: None, ty: None, protection: 0 };
            let before = if r.options.compat {
                r.names.bind(VarKind::Scalar, "_", bound);
                None
            } else {
                Some(r.rebind_topic(place))
            };
            r.cx().loops.push(LoopScope { label: None, id, given: true });
            match r.choice(&body.stmts, want, pos) {
                Some(choice) => stmts.push(choice),
                None => stmts.extend(r.statements(&body.stmts, Want::Void)),
            }
            r.cx().loops.pop();
            if let Some(before) = before {
                r.restore_topic(before);
            }
            stmts
        });
        self.braces -= 1;
        out.push(Stmt { pos, kind: StmtKind::Block(Some(id), block) });
    }

    /// The body of a `given` that is nothing but `when`s, with a `default` at the end: one choice,
    /// which has a value.
    fn choice(&mut self, stmts: &[ast::Stmt], want: Want, pos: Pos) -> Option<Stmt> {
        let mut arms = Vec::new();
        let whens: Vec<_> = stmts.iter().filter(|stmt| !matches!(stmt.kind, S::Empty)).collect();
        let last = whens.len().checked_sub(1)?;
        let plain = whens.iter().enumerate().all(|(n, stmt)| match &stmt.kind {
            S::When { value, .. } => value.is_some() || n == last,
            _ => false,
        });
        if !plain {
            return None;
        }
        let mut otherwise = None;
        for stmt in whens {
            let S::When { value, body } = &stmt.kind else { continue };
            match value {
                Some(value) => {
                    let test = self.when_test(value);
                    arms.push((test, self.block(body, want)));
                }
                None => otherwise = Some(self.block(body, want)),
            }
        }
        if arms.is_empty() {
            let block = otherwise.unwrap_or_default();
            return Some(Stmt { pos, kind: StmtKind::Block(None, block) });
        }
        Some(Stmt { pos, kind: StmtKind::If { arms, otherwise } })
    }

    pub(crate) fn when(
        &mut self,
        value: Option<&ast::Expr>,
        body: &ast::Block,
        pos: Pos,
        out: &mut Vec<Stmt>,
    ) {
        let test = value.map(|value| self.when_test(value));
        let mut block = self.block(body, Want::Void);
        let scope = self.cx().loops.iter().rev().find(|scope| !is_goto(scope));
        let leave = scope.map(|scope| (if scope.given { JumpOp::Last } else { JumpOp::Next }, scope.id));
        if let Some((op, id)) = leave {
            let kind = StmtKind::Expr(mk(pos, ExprKind::Jump(op, id)));
            block.stmts.push(Stmt { pos, kind });
        }
        match test {
            Some(test) => {
                out.push(Stmt { pos, kind: StmtKind::If { arms: vec![(test, block)], otherwise: None } });
            }
            None => out.push(Stmt { pos, kind: StmtKind::Block(None, block) }),
        }
    }

    fn when_test(&mut self, value: &ast::Expr) -> hir::Expr {
        let pos = self.pos(value.span);
        let boolean = match &value.kind {
            A::Match(_) | A::Bind { .. } | A::Chain(..) => true,
            A::Unary(ast::UnaryOp::Not, _) => true,
            A::Binary(op, ..) => crate::fold::is_comparison(*op),
            A::Logic(..) => true,
            A::Call(call) => matches!(call.name.text.as_str(), "defined" | "exists" | "eof"),
            _ => false,
        };
        if boolean {
            return self.expr(value, Want::Scalar);
        }
        // Perl tests a range there as the flip-flop that it is.
        let test =
            if self.options.compat { self.expr(value, Want::Scalar) } else { self.matched_value(value) };
        let topic = self.default_topic(value.span);
        mk(pos, ExprKind::Op(Box::new(Op::SmartMatch(topic, test))))
    }
}

fn is_goto(scope: &LoopScope) -> bool {
    scope.label.as_deref().is_some_and(|label| label.starts_with("goto ") || label.starts_with("again "))
}

/// Builtins whose result in `while` is tested for definedness.
fn reads(name: &str) -> bool {
    matches!(name, "readline" | "readdir" | "each" | "glob")
}

fn is_scalar_target(target: &ast::Expr) -> bool {
    match &target.kind {
        A::Declare { vars, parens, .. } => {
            !parens && matches!(vars.as_slice(), [Some(var)] if var.sigil == Sigil::Scalar)
        }
        A::Var(sigil, _) => *sigil == Sigil::Scalar,
        A::Index { .. } | A::Key { .. } | A::Topic { .. } | A::Deref(Sigil::Scalar, _) => true,
        A::Local(inner) => is_scalar_target(inner),
        _ => false,
    }
}

/// Ends of ranges that cannot be texts of letters.
fn plain_end(end: &ast::Expr) -> bool {
    !matches!(end.kind, A::Range { .. })
}

/// Whether an end of a range is certainly no text that counts in letters.
fn number_like(expr: &hir::Expr) -> bool {
    !matches!(expr.kind, ExprKind::Str { .. } | ExprKind::Concat(_))
}

/// Whether a list has constants among its items, which the body cannot change.
fn is_literal_list(list: &hir::Expr) -> bool {
    match &list.kind {
        ExprKind::List(items) => items.iter().any(is_literal_list),
        _ => list.is_literal(),
    }
}

/// Whether a list has places among its items.
fn is_place_list(list: &hir::Expr) -> bool {
    match &list.kind {
        ExprKind::List(items) => items.iter().any(is_place_list),
        ExprKind::Array(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Index(..)
        | ExprKind::Key(..)
        | ExprKind::ArraySlice(..)
        | ExprKind::HashSlice(..)
        | ExprKind::DerefScalar(_) => true,
        ExprKind::Assign(place, _) => is_place_list(place) || matches!(place.kind, ExprKind::Declare(_)),
        ExprKind::Op(op) => matches!(
            **op,
            Op::HashList(HashPart::Values, _) | Op::ArrayList(HashPart::Values, _) | Op::Grep(_)
        ),
        _ => false,
    }
}
