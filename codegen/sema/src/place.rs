//! Declarations, assignments, `local`, and what can be assigned.
//!
//! Long because every kind of place is read, assigned, changed and put aside here, side by side.

use s_diag::Code;
use s_syntax::ast::{self, AssignOp, Declarator, ExprKind as A, LVALUE_TWIN, Sigil, Span};

use crate::call::Given;
use crate::hir::{
    self, Array, Block, ExprKind, Hash, LocalId, MagicPlace, Op, Pos, Stmt, StmtKind, Storage, Target,
    VarKind,
};
use crate::names::{Found, Use, kind_of};
use crate::resolver::{FnKind, Resolver, Want, mk};
use crate::scope::{Binding, Place, VarKey};
use crate::stmt::{is_constant, is_short};

/// What is given where an array or hash is asked for.
pub(crate) enum Container {
    Array(Array),
    Hash(Hash),
    /// A value: a reference to either.
    Value(hir::Expr),
}

/// A declared variable, not in sight yet.
pub(crate) struct Declared {
    name: String,
    kind: VarKind,
    binding: Binding,
    /// The variable is a global of an unwritable name, made anew here.
    renew: bool,
    state: bool,
}

impl Resolver<'_> {
    // --- declarations

    /// Makes the variables of a declaration, without bringing them in sight.
    fn declare(
        &mut self,
        declarator: Declarator,
        vars: &[Option<ast::DeclaredVar>],
    ) -> Vec<Option<Declared>> {
        vars.iter().map(|var| var.as_ref().map(|var| self.declare_one(declarator, var))).collect()
    }

    fn declare_one(&mut self, declarator: Declarator, var: &ast::DeclaredVar) -> Declared {
        let kind = kind_of(var.sigil);
        let ty = var.ty.as_ref().map(type_name);
        let frozen = declarator == Declarator::Val;
        let name = var.name.text.clone();
        let global = matches!(declarator, Declarator::Our | Declarator::OurSync) || name.contains("::");
        if global || (name == "_" && kind == VarKind::Scalar && self.options.compat) {
            self.refuse_reserved(kind, &var.name);
            let full = self.global_name(kind, &name);
            let place = Place::Global(self.global(kind, &full));
            let binding = Binding { place, frozen, constant: None, ty, protection: 0 };
            return Declared { name, kind, binding, renew: false, state: false };
        }
        let state = declarator == Declarator::State;
        if state && self.contexts.last().is_some_and(|c| c.kind != FnKind::Anonymous) {
            self.refuse_reserved(kind, &var.name);
            // One variable for the one function of that name.
            let file = &self.units[self.file as usize].source.name;
            let full = format!("state:{file}:{}:{name}", var.name.span.start);
            let place = Place::Global(self.global(kind, &full));
            let binding = Binding { place, frozen, constant: None, ty, protection: 0 };
            return Declared { name, kind, binding, renew: false, state };
        }
        let binding = self.declare_variable(kind, &var.name, frozen, ty);
        let mut renew = false;
        match binding.place {
            Place::Local { id, key, .. } => {
                if matches!(declarator, Declarator::MySync) || state {
                    self.facts(key).referenced = true;
                    let local = &mut self.cx().locals[id.index()];
                    if state {
                        local.storage = Storage::Cell;
                    }
                }
            }
            Place::Global(_) => {
                let context = self.cx();
                renew = context.kind != FnKind::File || context.in_loop > 0;
            }
        }
        Declared { name, kind, binding, renew, state }
    }

    /// Brings declared variables in sight.
    fn bind_all(&mut self, declared: &[Option<Declared>]) {
        for one in declared.iter().flatten() {
            self.names.bind(one.kind, &one.name, one.binding.clone());
        }
    }

    /// The expression that stands for a declared variable as a whole.
    fn declared_expr(&mut self, one: &Declared, pos: Pos, fresh: bool) -> hir::Expr {
        match one.binding.place {
            Place::Local { id, .. } if fresh => mk(pos, ExprKind::Declare(vec![id])),
            Place::Local { id, .. } => whole(pos, one.kind, Ok(id)),
            Place::Global(id) => whole(pos, one.kind, Err(id)),
        }
    }

    /// A declaration without a value.
    pub(crate) fn declaration(
        &mut self,
        declarator: Declarator,
        vars: &[Option<ast::DeclaredVar>],
        span: Span,
    ) -> hir::Expr {
        let pos = self.pos(span);
        let declared = self.declare(declarator, vars);
        self.bind_all(&declared);
        let mut locals = Vec::new();
        let mut globals = Vec::new();
        let mut values = Vec::new();
        for one in declared.iter().flatten() {
            match one.binding.place {
                Place::Local { id, .. } if one.state => {
                    self.make_state(id);
                    values.push(whole(pos, one.kind, Ok(id)));
                }
                Place::Local { id, key, .. } => {
                    self.unset.insert(key);
                    locals.push(id);
                }
                Place::Global(id) => {
                    if one.renew {
                        globals.push(id);
                    }
                    values.push(whole(pos, one.kind, Err(id)));
                }
            }
        }
        if !globals.is_empty() {
            values.insert(0, mk(pos, ExprKind::DeclareGlobal(globals)));
        }
        if !locals.is_empty() {
            let declare = mk(pos, ExprKind::Declare(locals));
            if values.is_empty() {
                return declare;
            }
            values.insert(0, declare);
        }
        if values.len() == 1 {
            return values.remove(0);
        }
        mk(pos, ExprKind::List(values))
    }

    /// Makes a `state` variable a capture, so that it outlives the call.
    fn make_state(&mut self, id: LocalId) {
        let context = self.cx();
        if !context.captures.iter().any(|&(_, inner)| inner == id) {
            context.captures.push((LocalId(u32::MAX), id));
        }
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.declares.retain(|&declared| declared != id);
        }
    }

    /// `my ... = VALUE`.
    fn declare_and_assign(
        &mut self,
        declarator: Declarator,
        vars: &[Option<ast::DeclaredVar>],
        parens: bool,
        value: &ast::Expr,
        span: Span,
    ) -> hir::Expr {
        let pos = self.pos(span);
        if !parens && let [Some(var)] = vars {
            return self.declare_single(declarator, var, value, span);
        }
        let value_expr = self.expr(value, Want::List);
        let declared = self.declare(declarator, vars);
        self.bind_all(&declared);
        let mut stmts = Vec::new();
        let mut fresh = Vec::new();
        let mut renewed = Vec::new();
        let mut targets = Vec::new();
        for one in &declared {
            let Some(one) = one else {
                targets.push(Target::Skip);
                continue;
            };
            match one.binding.place {
                Place::Local { id, .. } => fresh.push(id),
                Place::Global(id) if one.renew => renewed.push(id),
                Place::Global(_) => {}
            }
            let target = self.declared_expr(one, pos, false);
            targets.push(target_of(target));
        }
        if !renewed.is_empty() {
            stmts.push(stmt(mk(pos, ExprKind::DeclareGlobal(renewed))));
        }
        if !fresh.is_empty() {
            stmts.push(stmt(mk(pos, ExprKind::Declare(fresh))));
        }
        let assign = mk(pos, ExprKind::AssignList(targets, Box::new(value_expr)));
        if stmts.is_empty() {
            return assign;
        }
        stmts.push(stmt(assign));
        for one in declared.iter().flatten() {
            if let Some(ty) = &one.binding.ty
                && one.kind == VarKind::Scalar
            {
                let place = self.declared_expr(one, pos, false);
                let check = Op::Check(place, ty.clone(), format!("variable ${}", one.name));
                stmts.push(stmt(mk(pos, ExprKind::Op(Box::new(check)))));
            }
        }
        mk(pos, ExprKind::Do(Block { stmts, ..Block::default() }))
    }

    fn declare_single(
        &mut self,
        declarator: Declarator,
        var: &ast::DeclaredVar,
        value: &ast::Expr,
        span: Span,
    ) -> hir::Expr {
        let pos = self.pos(span);
        let kind = kind_of(var.sigil);
        let want = if kind == VarKind::Scalar { Want::Scalar } else { Want::List };
        let one = self.declare_one(declarator, var);
        // The name is in sight of functions in its own value, if nothing else has it.
        let recursive = kind == VarKind::Scalar && !self.options.compat && !one.state;
        if recursive {
            self.pending.push((one.name.clone(), one.binding.clone(), false));
        }
        let implicit = self.braces == 0
            && kind == VarKind::Scalar
            && !self.options.compat
            && matches!(declarator, Declarator::Val | Declarator::My | Declarator::MySync)
            && crate::pipe::is_implicit_function(value);
        let mut done = if implicit { self.implicit_function(value) } else { self.expr(value, want) };
        let used = recursive && self.pending.pop().is_some_and(|(_, _, used)| used);
        if let Some(ty) = &one.binding.ty {
            done = typed(kind, ty, done, &one.name);
        }
        self.names.bind(kind, &one.name, one.binding.clone());
        if one.binding.frozen
            && kind == VarKind::Scalar
            && is_constant(&done)
            && is_short(&done.kind)
            && one.binding.ty.is_none()
            && matches!(one.binding.place, Place::Local { .. } | Place::Global(_))
            && !one.name.contains("::")
        {
            self.names.set_constant(kind, &one.name, done.kind.clone());
            if self.called_early {
                match one.binding.place {
                    Place::Global(id) => self.late.insert(id),
                    Place::Local { key, .. } => self.late_locals.insert(key),
                };
            }
        }
        match one.binding.place {
            Place::Local { id, .. } if one.state => {
                self.make_state(id);
                let flag = self.hidden(span.start, "done", VarKind::Scalar);
                self.make_state(flag);
                self.cx().locals[flag.index()].storage = Storage::Cell;
                let init = ExprKind::StateInit { variable: id, done: flag, value: Box::new(done) };
                mk(pos, init)
            }
            Place::Local { id, .. } if used => {
                let declare = stmt(mk(pos, ExprKind::Declare(vec![id])));
                let place = mk(pos, ExprKind::Local(id));
                let assign = stmt(mk(pos, ExprKind::Assign(Box::new(place), Box::new(done))));
                mk(pos, ExprKind::Do(Block { stmts: vec![declare, assign], ..Block::default() }))
            }
            Place::Local { .. } => {
                let place = self.declared_expr(&one, pos, true);
                mk(pos, ExprKind::Assign(Box::new(place), Box::new(done)))
            }
            Place::Global(id) if one.state => {
                let file = &self.units[self.file as usize].source.name;
                let flag = format!("done:{file}:{}", span.start);
                let flag = self.global(VarKind::Scalar, &flag);
                let flag = mk(pos, ExprKind::Global(flag));
                let place = whole(pos, kind, Err(id));
                let set = stmt(mk(pos, ExprKind::Assign(Box::new(place), Box::new(done))));
                let one = mk(pos, ExprKind::Int(1));
                let mark = stmt(mk(pos, ExprKind::Assign(Box::new(flag.clone()), Box::new(one))));
                let block = Block { stmts: vec![set, mark], ..Block::default() };
                let init = mk(pos, ExprKind::Do(block));
                mk(pos, ExprKind::Or(Box::new(flag), Box::new(init)))
            }
            Place::Global(id) => {
                let place = whole(pos, kind, Err(id));
                let assign = mk(pos, ExprKind::Assign(Box::new(place), Box::new(done)));
                if !one.renew {
                    return assign;
                }
                // The value is evaluated before the variable is made anew.
                let ExprKind::Assign(place, value) = assign.kind else { return assign };
                if used || is_constant(&value) || !mentions_global(&value, id) {
                    let renew = stmt(mk(pos, ExprKind::DeclareGlobal(vec![id])));
                    let assign = stmt(mk(pos, ExprKind::Assign(place, value)));
                    return mk(pos, ExprKind::Do(Block { stmts: vec![renew, assign], ..Block::default() }));
                }
                mk(pos, ExprKind::Assign(place, value))
            }
        }
    }

    // --- assignment

    /// `TARGET = VALUE`, `TARGET op= VALUE`.
    pub(crate) fn assignment(
        &mut self,
        target: &ast::Expr,
        op: Option<AssignOp>,
        value: &ast::Expr,
        span: Span,
    ) -> hir::Expr {
        let pos = self.pos(span);
        let Some(op) = op else { return self.plain_assignment(target, value, span) };
        match op {
            AssignOp::Binary(op) => {
                // `(LIST) x= N` and `@a x= N` repeat the list.
                if op == ast::BinaryOp::Repeat && is_list_target(target) {
                    let list = self.expr(target, Want::List);
                    let count = self.expr(value, Want::Scalar);
                    let repeated = mk(pos, ExprKind::RepeatList(Box::new(list), Box::new(count)));
                    return self.assign_value(target, repeated, span);
                }
                let value = self.expr(value, Want::Scalar);
                if self.integer && crate::expr::is_integer_operator(op) {
                    let before = self.expr(target, Want::Scalar);
                    let place = self.target_place(target);
                    let result = mk(pos, crate::expr::op(Op::Integer(op, before, value)));
                    return mk(pos, ExprKind::Assign(Box::new(place), Box::new(result)));
                }
                let place = self.modified_place(target);
                let done = ExprKind::AssignOp(op, Box::new(place), Box::new(value));
                self.typed_write(target, mk(pos, done))
            }
            AssignOp::Logic(op) => {
                if let A::Var(Sigil::Array | Sigil::Hash, _) | A::Deref(Sigil::Array | Sigil::Hash, _) =
                    &target.kind
                {
                    let test = self.expr(target, Want::Scalar);
                    let assign = self.plain_assignment(target, value, span);
                    return mk(
                        pos,
                        match op {
                            ast::LogicOp::And => ExprKind::And(Box::new(test), Box::new(assign)),
                            _ => ExprKind::Or(Box::new(test), Box::new(assign)),
                        },
                    );
                }
                let value = self.expr(value, Want::Scalar);
                let place = self.target_place(target);
                let done = ExprKind::AssignLogic(op, Box::new(place), Box::new(value));
                self.typed_write(target, mk(pos, done))
            }
        }
    }

    /// Checks the type of a variable after an operation has changed it.
    fn typed_write(&mut self, target: &ast::Expr, done: hir::Expr) -> hir::Expr {
        let A::Var(Sigil::Scalar, name) = &target.kind else { return done };
        let ty = self.names.find(VarKind::Scalar, name).and_then(|binding| binding.ty.clone());
        match ty {
            Some(ty) => {
                let pos = done.pos;
                mk(pos, ExprKind::Op(Box::new(Op::Check(done, ty, format!("variable ${name}")))))
            }
            None => done,
        }
    }

    fn plain_assignment(&mut self, target: &ast::Expr, value: &ast::Expr, span: Span) -> hir::Expr {
        let pos = self.pos(span);
        match &target.kind {
            A::Declare { declarator, vars, parens } => {
                if !matches!(value.kind, A::List { .. }) {
                    self.note_places(vars);
                }
                return self.declare_and_assign(*declarator, vars, *parens, value, span);
            }
            A::DeclarePattern { declarator, pattern } => {
                return self.destructure(*declarator, pattern, value, span);
            }
            // `$o->x = 5` is a call.
            A::Method { invocant, name, args }
                if args.as_ref().is_none_or(Vec::is_empty) && !self.method_yields_place(name) =>
            {
                return self.method_call(invocant, name, Given::One(value), span);
            }
            A::Call(call) if self.is_magic(call) => {
                let value = self.expr(value, Want::Scalar);
                let place = self.target_place(target);
                return mk(pos, ExprKind::Assign(Box::new(place), Box::new(value)));
            }
            A::Ternary(..) | A::Bareword(_) | A::Call(_) => {}
            _ => {}
        }
        if let A::Local(inner) = &target.kind
            && let Some(done) = self.local_topic(inner, Some(value), span)
        {
            return done;
        }
        let want = if is_list_target(target) { Want::List } else { Want::Scalar };
        let mut value = self.expr(value, want);
        if let Some((kind, name, ty)) = self.container_type(target) {
            value = typed(kind, &ty, value, &name);
        }
        self.assign_value(target, value, span)
    }

    /// The type that values of a container variable, or of its elements, are to have, with the kind and
    /// the name of what gets them.
    pub(crate) fn container_type(&self, target: &ast::Expr) -> Option<(VarKind, String, hir::TypeName)> {
        let (base, whole) = match &target.kind {
            A::Var(..) => (target, true),
            A::Index { base, arrow: false, .. } | A::Key { base, arrow: false, .. } => (&**base, false),
            _ => return None,
        };
        let (kind, name) = match &base.kind {
            A::Var(Sigil::Array, name) => (VarKind::Array, name),
            A::Var(Sigil::Hash, name) => (VarKind::Hash, name),
            _ => return None,
        };
        let ty = self.names.find(kind, name)?.ty.clone()?;
        if whole {
            return Some((kind, name.clone(), ty));
        }
        Some((VarKind::Scalar, name.clone(), element_type(&ty)?))
    }

    /// Assigns a resolved value.
    pub(crate) fn assign_value(&mut self, target: &ast::Expr, value: hir::Expr, span: Span) -> hir::Expr {
        let pos = self.pos(span);
        match &target.kind {
            A::List { items, parens: true } => {
                let targets = items.iter().flat_map(|item| self.targets(item)).collect();
                mk(pos, ExprKind::AssignList(targets, Box::new(value)))
            }
            A::Slice { .. } | A::ListSlice { .. } => {
                let targets = self.targets(target);
                mk(pos, ExprKind::AssignList(targets, Box::new(value)))
            }
            A::Local(inner) if matches!(inner.kind, A::List { .. } | A::Slice { .. }) => {
                let targets = self.local_targets(inner);
                mk(pos, ExprKind::AssignList(targets, Box::new(value)))
            }
            A::Declare { parens: true, .. } => {
                let targets = self.targets(target);
                mk(pos, ExprKind::AssignList(targets, Box::new(value)))
            }
            A::Var(Sigil::Scalar, name) => {
                let ty = self.names.find(VarKind::Scalar, name).and_then(|b| b.ty.clone());
                let place = self.target_place(target);
                let value = match ty {
                    Some(ty) => {
                        let check = Op::Check(value, ty, format!("variable ${name}"));
                        mk(pos, ExprKind::Op(Box::new(check)))
                    }
                    None => value,
                };
                mk(pos, ExprKind::Assign(Box::new(place), Box::new(value)))
            }
            _ => {
                let place = self.target_place(target);
                mk(pos, ExprKind::Assign(Box::new(place), Box::new(value)))
            }
        }
    }

    /// The targets that one item of a list on the left stands for.
    fn targets(&mut self, item: &ast::Expr) -> Vec<Target> {
        let pos = self.pos(item.span);
        match &item.kind {
            A::List { items, .. } => items.iter().flat_map(|item| self.targets(item)).collect(),
            A::Call(call) if call.name.text == "undef" && call.args.is_empty() => vec![Target::Skip],
            A::Declare { declarator, vars, .. } => {
                let declared = self.declare(*declarator, vars);
                self.bind_all(&declared);
                let mut out = Vec::new();
                for one in &declared {
                    match one {
                        None => out.push(Target::Skip),
                        Some(one) if one.kind == VarKind::Scalar => {
                            out.push(Target::Place(self.declared_expr(one, pos, true)));
                        }
                        Some(one) => out.push(target_of(self.declared_expr(one, pos, false))),
                    }
                }
                out
            }
            A::Local(inner) => self.local_targets(inner),
            A::Slice { .. } => vec![Target::Slice(self.target_place(item))],
            A::Var(Sigil::Array | Sigil::Hash, _) | A::Deref(Sigil::Array | Sigil::Hash, _) => {
                vec![target_of(self.target_place(item))]
            }
            _ => vec![Target::Place(self.target_place(item))],
        }
    }

    fn local_targets(&mut self, inner: &ast::Expr) -> Vec<Target> {
        match &inner.kind {
            A::List { items, .. } => items.iter().flat_map(|item| self.local_targets(item)).collect(),
            A::Slice { .. } => vec![Target::Slice(self.localize(inner, inner.span))],
            A::Var(Sigil::Array | Sigil::Hash, _) => {
                let saved = self.localize(inner, inner.span);
                let place = self.target_place(inner);
                match target_of(place) {
                    // The container is put aside when the target is evaluated.
                    Target::Array(_) | Target::Hash(_) => vec![Target::Place(saved)],
                    other => vec![other],
                }
            }
            _ => vec![Target::Place(self.localize(inner, inner.span))],
        }
    }

    // --- places

    /// The place that an expression names, to be given a value.
    pub(crate) fn target_place(&mut self, target: &ast::Expr) -> hir::Expr {
        self.place(target, Use::Assign)
    }

    /// Whether a function has a twin that gives a reference to what it yields.
    fn yields_place(&self, name: &str) -> bool {
        !self.place_methods.is_empty() && self.has_function(&self.full_name(&format!("{name}{LVALUE_TWIN}")))
    }

    /// The same of a method, whatever its class.
    fn method_yields_place(&self, name: &ast::MethodName) -> bool {
        matches!(name, ast::MethodName::Name(name) if self.place_methods.contains(&name.text))
    }

    /// The place that an expression names, to be changed. A slice stands for its last element.
    fn modified_place(&mut self, target: &ast::Expr) -> hir::Expr {
        if let A::Slice { base, index, of_hash, pairs: false } = &target.kind {
            let last = match &index.kind {
                A::List { items, .. } if !items.is_empty() && index_is_plain(items) => items.last().cloned(),
                A::Words(words) => words.last().map(|word| ast::Expr {
                    span: index.span,
                    kind: A::Str(vec![ast::Piece::Text(word.as_bytes().to_vec())]),
                }),
                _ => None,
            };
            if let Some(last) = last {
                let kind = if *of_hash {
                    A::Key { base: base.clone(), key: Box::new(last), arrow: false }
                } else {
                    A::Index { base: base.clone(), index: Box::new(last), arrow: false }
                };
                return self.place(&ast::Expr { span: target.span, kind }, Use::Assign);
            }
        }
        self.place(target, Use::Assign)
    }

    pub(crate) fn place(&mut self, target: &ast::Expr, how: Use) -> hir::Expr {
        let pos = self.pos(target.span);
        let inside = if how == Use::Refer { Use::Modify } else { how };
        match &target.kind {
            A::Var(Sigil::Scalar, name) => self.scalar(name, target.span, how),
            A::Var(Sigil::Array, name) => mk(pos, ExprKind::Array(self.array(name, target.span, how))),
            A::Var(Sigil::Hash, name) => mk(pos, ExprKind::Hash(self.hash(name, target.span, how))),
            A::Var(Sigil::Glob, name) => {
                if how != Use::Read {
                    let full = self.global_name(VarKind::Handle, name);
                    self.now.replaced.insert(full);
                }
                let full = self.global_name(VarKind::Handle, name);
                mk(pos, ExprKind::Glob(full))
            }
            A::Topic { slot, outer, .. } => self.topic(*slot, *outer, pos, how),
            A::Index { base, index, arrow } => {
                let modify = if inside == Use::Assign { Use::Modify } else { inside };
                let (array, index) = self.element(base, index, *arrow, modify);
                mk(pos, ExprKind::Index(array, Box::new(index)))
            }
            A::Key { base, key, arrow } => {
                let hash = self.key_base(base, *arrow, Use::Modify);
                let key = self.key(key);
                mk(pos, ExprKind::Key(hash, Box::new(key)))
            }
            A::Slice { base, index, of_hash, .. } => {
                let index = Box::new(self.expr(index, Want::List));
                if *of_hash {
                    let hash = self.slice_hash(base, Use::Modify);
                    mk(pos, ExprKind::HashSlice(hash, index))
                } else {
                    let array = self.slice_array(base, Use::Modify);
                    mk(pos, ExprKind::ArraySlice(array, index))
                }
            }
            A::Deref(sigil, base) => {
                let value = self.deref_base(base, true);
                match sigil {
                    Sigil::Scalar => mk(pos, ExprKind::DerefScalar(Box::new(value))),
                    Sigil::Array => mk(pos, ExprKind::Array(Array::Deref(Box::new(value)))),
                    Sigil::Hash => mk(pos, ExprKind::Hash(Hash::Deref(Box::new(value)))),
                    Sigil::Glob => {
                        self.now.dynamic_code = true;
                        mk(pos, ExprKind::DerefGlob(Box::new(value), self.package.clone()))
                    }
                    Sigil::Code => {
                        self.now.dynamic_code = true;
                        mk(pos, ExprKind::DerefScalar(Box::new(value)))
                    }
                }
            }
            A::LastIndex(base) => {
                let array = self.slice_array(base, Use::Modify);
                mk(pos, ExprKind::LastIndex(array))
            }
            A::List { items, .. } if items.len() == 1 => self.place(&items[0], how),
            A::List { items, .. } => {
                let items = items.iter().map(|item| self.place(item, how)).collect();
                mk(pos, ExprKind::List(items))
            }
            A::Ternary(test, yes, no) => {
                let test = self.expr(test, Want::Scalar);
                let yes = self.place(yes, how);
                let no = self.place(no, how);
                mk(pos, ExprKind::Ternary(Box::new(test), Box::new(yes), Box::new(no)))
            }
            A::Declare { declarator, vars, .. } => self.declaration(*declarator, vars, target.span),
            A::Local(inner) => self.localize(inner, target.span),
            A::Assign { .. } | A::Step { prefix: true, .. } => {
                let done = self.expr(target, Want::Scalar);
                self.mark_assigned(&done);
                done
            }
            A::Call(call) if self.is_magic(call) => self.magic(call, Use::Assign, target.span),
            A::StrIndex { base, index } => {
                let subject = self.place(base, Use::Assign);
                let offset = self.expr(index, Want::Scalar);
                let one = mk(pos, ExprKind::Int(1));
                mk(pos, ExprKind::Magic(MagicPlace::Substr, vec![subject, offset, one]))
            }
            A::Call(call) if how == Use::Assign && self.yields_place(&call.name.text) => {
                let mut call = call.clone();
                call.name.text.push(LVALUE_TWIN);
                call.parens = true;
                let called = ast::Expr { span: target.span, kind: A::Call(call) };
                let reference = self.expr(&called, Want::Scalar);
                mk(pos, ExprKind::DerefScalar(Box::new(reference)))
            }
            A::Method { invocant, name, args } if how == Use::Assign && self.method_yields_place(name) => {
                let mut name = name.clone();
                if let ast::MethodName::Name(name) = &mut name {
                    name.text.push(LVALUE_TWIN);
                }
                let kind = A::Method { invocant: invocant.clone(), name, args: args.clone() };
                let reference = self.expr(&ast::Expr { span: target.span, kind }, Want::Scalar);
                mk(pos, ExprKind::DerefScalar(Box::new(reference)))
            }
            A::Do(_) | A::Method { .. } | A::CallValue { .. } | A::CallAmp { .. } | A::Call(_) => {
                // Functions may yield places (`lvalue`), which is known when running.
                self.expr(target, Want::Scalar)
            }
            A::Bareword(name) if how != Use::Read => {
                let full = self.global_name(VarKind::Handle, name);
                mk(pos, ExprKind::Glob(full))
            }
            A::Error => mk(pos, ExprKind::Undef),
            A::Ref(_) | A::Bind { .. } | A::MatchOn { .. } | A::Logic(..) | A::Unary(..) => {
                self.expr(target, Want::Scalar)
            }
            _ if how == Use::Refer || how == Use::Read => self.expr(target, Want::Scalar),
            _ => {
                let message = "this cannot be given a value";
                self.error(Code::NOT_A_PLACE, target.span, message);
                mk(pos, ExprKind::Undef)
            }
        }
    }

    /// Notes that the variable which an assignment yields as a place is changed once more.
    fn mark_assigned(&mut self, done: &hir::Expr) {
        let id = match &done.kind {
            ExprKind::Assign(place, _) | ExprKind::AssignOp(_, place, _) => match &place.kind {
                ExprKind::Declare(ids) => ids.first().copied(),
                ExprKind::Local(id) => Some(*id),
                _ => None,
            },
            _ => None,
        };
        if let Some(id) = id
            && let Some(key) = self.contexts.last().and_then(|c| c.keys.get(id.index()).copied().flatten())
        {
            self.facts(key).assigned += 1;
        }
    }

    pub(crate) fn is_magic(&self, call: &ast::Call) -> bool {
        matches!(call.name.text.as_str(), "substr" | "pos" | "vec" | "keys")
            && call.block.is_none()
            && (call.name.text == "pos" || !call.args.is_empty())
    }

    /// Whether a call names a part of a text that there can be a reference to.
    pub(crate) fn is_part(&self, call: &ast::Call) -> bool {
        self.is_magic(call)
            && call.args.first().is_none_or(|text| {
                matches!(
                    text.kind,
                    A::Var(Sigil::Scalar, _) | A::Index { .. } | A::Key { .. } | A::Deref(Sigil::Scalar, _)
                )
            })
            && match call.name.text.as_str() {
                "substr" => (2..=3).contains(&call.args.len()),
                "vec" => call.args.len() == 3,
                name => name == "pos",
            }
    }

    /// A place behind a builtin; how the text itself is used.
    pub(crate) fn magic(&mut self, call: &ast::Call, how: Use, span: Span) -> hir::Expr {
        let pos = self.pos(span);
        let which = match call.name.text.as_str() {
            "substr" => MagicPlace::Substr,
            "vec" => MagicPlace::Vec,
            "keys" => MagicPlace::KeysOf,
            _ => MagicPlace::Pos,
        };
        let mut args = Vec::new();
        if call.args.is_empty() {
            args.push(self.scalar("_", span, how));
        }
        for (n, arg) in call.args.iter().enumerate() {
            args.push(if n == 0 { self.place(arg, how) } else { self.expr(arg, Want::Scalar) });
        }
        mk(pos, ExprKind::Magic(which, args))
    }

    /// Array and index of `$a[i]`, `$r->[i]`.
    pub(crate) fn element(
        &mut self,
        base: &ast::Expr,
        index: &ast::Expr,
        arrow: bool,
        how: Use,
    ) -> (Array, hir::Expr) {
        let array = if arrow {
            Array::Deref(Box::new(self.deref_base(base, true)))
        } else {
            self.slice_array(base, how)
        };
        (array, self.expr(index, Want::Scalar))
    }

    /// The hash of `$h{k}`, `$r->{k}`.
    pub(crate) fn key_base(&mut self, base: &ast::Expr, arrow: bool, how: Use) -> Hash {
        if arrow {
            return Hash::Deref(Box::new(self.deref_base(base, true)));
        }
        self.slice_hash(base, how)
    }

    /// A hash key: several are joined with `$;`.
    pub(crate) fn key(&mut self, key: &ast::Expr) -> hir::Expr {
        if let A::List { items, parens: false } = &key.kind
            && items.len() > 1
        {
            let pos = self.pos(key.span);
            let separator = mk(pos, ExprKind::Special(";".to_owned()));
            let items = items.iter().map(|item| self.expr(item, Want::List)).collect();
            let list = mk(pos, ExprKind::List(items));
            return mk(pos, ExprKind::Join(Box::new(separator), Box::new(list)));
        }
        self.expr(key, Want::Scalar)
    }

    /// The array that an array expression names.
    pub(crate) fn slice_array(&mut self, base: &ast::Expr, how: Use) -> Array {
        match &base.kind {
            A::Var(Sigil::Array | Sigil::Hash, name) => self.array(name, base.span, how),
            A::Var(Sigil::Scalar, _) => Array::Deref(Box::new(self.deref_base(base, true))),
            A::Deref(_, inner) => Array::Deref(Box::new(self.deref_base(inner, true))),
            _ => Array::Deref(Box::new(self.expr(base, Want::Scalar))),
        }
    }

    /// The hash that a hash expression names.
    pub(crate) fn slice_hash(&mut self, base: &ast::Expr, how: Use) -> Hash {
        match &base.kind {
            A::Var(Sigil::Hash | Sigil::Array, name) => self.hash(name, base.span, how),
            A::Var(Sigil::Scalar, _) => Hash::Deref(Box::new(self.deref_base(base, true))),
            A::Deref(_, inner) => Hash::Deref(Box::new(self.deref_base(inner, true))),
            _ => Hash::Deref(Box::new(self.expr(base, Want::Scalar))),
        }
    }

    /// What is dereferenced. A place in it comes into being when `vivify`.
    pub(crate) fn deref_base(&mut self, base: &ast::Expr, vivify: bool) -> hir::Expr {
        match &base.kind {
            A::Index { .. } | A::Key { .. } | A::Deref(Sigil::Scalar, _) if vivify => {
                if let A::Index { base: inner, arrow: false, .. } = &base.kind
                    && self.is_string_subscript(inner)
                {
                    return self.expr(base, Want::Scalar);
                }
                self.vivified(base)
            }
            // `my $x; push @$x, 1` gives the variable a value.
            A::Var(Sigil::Scalar, name) => {
                let frozen = self.names.find(VarKind::Scalar, name).is_some_and(|b| b.frozen);
                let place = self.scalar(name, base.span, Use::Read);
                if vivify && !frozen {
                    self.mark_vivified(name);
                }
                place
            }
            _ => self.expr(base, Want::Scalar),
        }
    }

    /// An element that is dereferenced: its container is read, and changed only where it is missing.
    fn vivified(&mut self, base: &ast::Expr) -> hir::Expr {
        let pos = self.pos(base.span);
        match &base.kind {
            A::Index { base: inner, index, arrow } => {
                if matches!(&inner.kind, A::Var(Sigil::Array, name) if name == "_") && !arrow {
                    return self.expr(base, Want::Scalar);
                }
                let (array, index) = self.element(inner, index, *arrow, Use::Read);
                mk(pos, ExprKind::Index(array, Box::new(index)))
            }
            A::Key { base, key, arrow } => {
                let hash = self.key_base(base, *arrow, Use::Read);
                let key = self.key(key);
                mk(pos, ExprKind::Key(hash, Box::new(key)))
            }
            _ => self.expr(base, Want::Scalar),
        }
    }

    /// A variable that holds nothing yet may be given a reference when it is dereferenced for
    /// writing. It counts as assigned unless it was declared with a value that is a reference.
    fn mark_vivified(&mut self, name: &str) {
        let Some(Binding { place: Place::Local { depth, key, .. }, .. }) =
            self.names.find(VarKind::Scalar, name).cloned()
        else {
            return;
        };
        if self.now.vars.get(&key).is_some_and(|facts| facts.protected) || !self.is_unset(key) {
            return;
        }
        let here = self.depth();
        let facts = self.facts(key);
        facts.assigned += 1;
        facts.assigned_inside |= depth < here;
    }

    /// Whether a variable was declared without a value.
    fn is_unset(&self, key: VarKey) -> bool {
        self.unset.contains(&key)
    }

    /// An argument that is an array, a hash, or a reference to either.
    pub(crate) fn container(&mut self, arg: &ast::Expr, how: Use) -> Container {
        match &arg.kind {
            A::Var(Sigil::Array, name) => Container::Array(self.array(name, arg.span, how)),
            A::Var(Sigil::Hash, name) => Container::Hash(self.hash(name, arg.span, how)),
            A::Deref(Sigil::Array, base) => {
                Container::Array(Array::Deref(Box::new(self.deref_base(base, true))))
            }
            A::Deref(Sigil::Hash, base) => {
                Container::Hash(Hash::Deref(Box::new(self.deref_base(base, true))))
            }
            A::List { items, parens: true } if items.len() == 1 => self.container(&items[0], how),
            A::Declare { declarator, vars, .. } if vars.len() == 1 => {
                let done = self.declaration(*declarator, vars, arg.span);
                match done.kind {
                    ExprKind::Array(array) => Container::Array(array),
                    ExprKind::Hash(hash) => Container::Hash(hash),
                    _ => Container::Value(done),
                }
            }
            _ => Container::Value(self.expr(arg, Want::Scalar)),
        }
    }

    /// The array of `push`, `pop` and their kin: an array, or a reference to one.
    pub(crate) fn array_argument(&mut self, arg: &ast::Expr) -> Array {
        match &arg.kind {
            A::Index { .. } | A::Key { .. } => Array::Deref(Box::new(self.deref_base(arg, true))),
            A::Var(Sigil::Scalar, _) => Array::Deref(Box::new(self.deref_base(arg, true))),
            _ => match self.container(arg, Use::Modify) {
                Container::Array(array) => array,
                Container::Hash(_) => {
                    let message = "an array is needed here, not a hash";
                    self.error(Code::WRONG_ARGUMENTS, arg.span, message);
                    Array::Global(self.global(VarKind::Array, "main::_"))
                }
                Container::Value(value) => Array::Deref(Box::new(value)),
            },
        }
    }

    // --- local

    /// `local` of the topic in default mode: another variable until the scope ends.
    fn local_topic(&mut self, inner: &ast::Expr, value: Option<&ast::Expr>, span: Span) -> Option<hir::Expr> {
        let topic = matches!(&inner.kind, A::Var(Sigil::Scalar, name) if name == "_")
            || matches!(inner.kind, A::Topic { slot: 0, outer: 0, .. });
        if !topic || self.options.compat {
            return None;
        }
        let frame = self.frames.len() - 1;
        let bound = self.frames[frame].slots.first().copied().flatten();
        if self.frames[frame].kind == crate::resolver::FrameKind::File
            && !matches!(bound, Some(Place::Local { .. }))
        {
            return None;
        }
        let pos = self.pos(span);
        let value = value.map(|value| self.expr(value, Want::Scalar));
        let place = self.hidden_place(span.start, "_");
        let before = self.rebind_topic(place);
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.topic.get_or_insert((frame, before));
        }
        let Place::Local { id, .. } = place else { return None };
        let declare = mk(pos, ExprKind::Declare(vec![id]));
        Some(match value {
            Some(value) => mk(pos, ExprKind::Assign(Box::new(declare), Box::new(value))),
            None => declare,
        })
    }

    /// `local PLACE`.
    pub(crate) fn localize(&mut self, inner: &ast::Expr, span: Span) -> hir::Expr {
        if let Some(done) = self.local_topic(inner, None, span) {
            return done;
        }
        let pos = self.pos(span);
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.has_local = true;
        }
        if let A::List { items, .. } = &inner.kind {
            let items = items.iter().map(|item| self.localize(item, item.span)).collect();
            return mk(pos, ExprKind::List(items));
        }
        if let A::Assign { target, op: None, value } = &inner.kind {
            let value = self.expr(value, Want::Scalar);
            let place = self.localize(target, target.span);
            return mk(pos, ExprKind::Assign(Box::new(place), Box::new(value)));
        }
        let lexical = match &inner.kind {
            A::Var(sigil, name) => match self.names.find(kind_of(*sigil), name) {
                Some(binding) => matches!(binding.place, Place::Local { .. }),
                None => false,
            },
            _ => false,
        };
        let declared = match &inner.kind {
            A::Declare { declarator, .. } => !matches!(declarator, Declarator::Our | Declarator::OurSync),
            _ => false,
        };
        if declared || lexical && self.options.compat {
            self.error(Code::NOT_A_PLACE, span, "`local` cannot put a lexical variable aside");
        }
        let place = self.target_place(inner);
        mk(pos, ExprKind::Localize(Box::new(place)))
    }

    /// What a change of a value works on: where the operand is an assignment, that comes first.
    pub(crate) fn settle_place(&mut self, place: hir::Expr) -> (Vec<Stmt>, hir::Expr) {
        let inner = match &place.kind {
            ExprKind::Assign(target, _)
            | ExprKind::AssignOp(_, target, _)
            | ExprKind::AssignLogic(_, target, _) => match &target.kind {
                ExprKind::Declare(ids) if ids.len() == 1 => {
                    let kind = self.contexts.last().map(|c| c.locals[ids[0].index()].kind);
                    Some(whole(place.pos, kind.unwrap_or(VarKind::Scalar), Ok(ids[0])))
                }
                ExprKind::Local(_)
                | ExprKind::Global(_)
                | ExprKind::Array(Array::Local(_) | Array::Global(_))
                | ExprKind::Hash(Hash::Local(_) | Hash::Global(_)) => Some((**target).clone()),
                _ => None,
            },
            ExprKind::Do(block) => {
                let last = block.stmts.last().map(|stmt| &stmt.kind);
                if let Some(StmtKind::Expr(hir::Expr { kind: ExprKind::AssignList(targets, _), .. })) = last {
                    let pos = place.pos;
                    let places: Vec<hir::Expr> = targets
                        .iter()
                        .filter_map(|target| match target {
                            Target::Place(place) | Target::Slice(place) => Some(place.clone()),
                            Target::Array(array) => Some(mk(pos, ExprKind::Array(array.clone()))),
                            Target::Hash(hash) => Some(mk(pos, ExprKind::Hash(hash.clone()))),
                            Target::Skip => None,
                        })
                        .collect();
                    Some(mk(pos, ExprKind::List(places)))
                } else if let Some(StmtKind::Expr(hir::Expr { kind: ExprKind::Assign(target, _), .. })) = last
                {
                    Some((**target).clone())
                } else {
                    None
                }
            }
            _ => None,
        };
        match inner {
            Some(inner) => (vec![stmt(place)], inner),
            None => (Vec::new(), place),
        }
    }

    /// An expression behind the statements it needs.
    pub(crate) fn after(&mut self, before: Vec<Stmt>, last: hir::Expr) -> hir::Expr {
        if before.is_empty() {
            return last;
        }
        let pos = last.pos;
        let mut stmts = before;
        stmts.push(stmt(last));
        mk(pos, ExprKind::Do(Block { stmts, ..Block::default() }))
    }

    /// A variable of a pattern or parameter: declared, in sight, as a fresh place.
    pub(crate) fn new_variable(&mut self, kind: VarKind, name: &ast::Name, frozen: bool) -> hir::Expr {
        let pos = self.pos(name.span);
        let binding = self.declare_variable(kind, name, frozen, None);
        self.names.bind(kind, &name.text, binding.clone());
        match binding.place {
            Place::Local { id, .. } => mk(pos, ExprKind::Declare(vec![id])),
            Place::Global(id) => whole(pos, kind, Err(id)),
        }
    }

    /// Whether `$s[i]` means a character: there is no array of that name in sight.
    pub(crate) fn is_string_subscript(&self, base: &ast::Expr) -> bool {
        let A::Var(Sigil::Array, name) = &base.kind else { return false };
        if self.options.compat || name == "_" || name.contains("::") {
            return false;
        }
        self.names.find(VarKind::Array, name).is_none() && self.names.find(VarKind::Scalar, name).is_some()
    }

    /// Whether an expression is a lexical of this function, without effects, to be read again.
    pub(crate) fn found_local(&mut self, name: &str) -> Option<LocalId> {
        match self.variable(VarKind::Scalar, name, Use::Read) {
            Found::Local(id) => Some(id),
            _ => None,
        }
    }
}

/// A whole variable as an expression.
pub(crate) fn whole(pos: Pos, kind: VarKind, place: Result<LocalId, hir::GlobalId>) -> hir::Expr {
    let kind = match (kind, place) {
        (VarKind::Array, Ok(id)) => ExprKind::Array(Array::Local(id)),
        (VarKind::Array, Err(id)) => ExprKind::Array(Array::Global(id)),
        (VarKind::Hash, Ok(id)) => ExprKind::Hash(Hash::Local(id)),
        (VarKind::Hash, Err(id)) => ExprKind::Hash(Hash::Global(id)),
        (_, Ok(id)) => ExprKind::Local(id),
        (_, Err(id)) => ExprKind::Global(id),
    };
    mk(pos, kind)
}

/// A place as the target of a list assignment.
pub(crate) fn target_of(place: hir::Expr) -> Target {
    match place.kind {
        ExprKind::Array(array) => Target::Array(array),
        ExprKind::Hash(hash) => Target::Hash(hash),
        ExprKind::ArraySlice(..) | ExprKind::HashSlice(..) => Target::Slice(place),
        _ => Target::Place(place),
    }
}

/// An expression as a statement.
pub(crate) fn stmt(expr: hir::Expr) -> Stmt {
    Stmt { pos: expr.pos, kind: StmtKind::Expr(expr) }
}

/// A value for a variable of a type: checked before it is assigned. For an array or a hash the type is that of
/// the whole, or of each element.
pub(crate) fn typed(kind: VarKind, ty: &hir::TypeName, value: hir::Expr, name: &str) -> hir::Expr {
    let pos = value.pos;
    let what = format!("variable {}{name}", crate::scope::sigil(kind));
    let check = |value, ty| mk(pos, ExprKind::Op(Box::new(Op::Check(value, ty, what))));
    let of_elements = |name: &str, args: Vec<hir::TypeName>| hir::TypeName { name: name.to_owned(), args };
    match kind {
        VarKind::Array => {
            let ty = match ty.name.as_str() {
                "List" | "Array" | "Any" => ty.clone(),
                _ => of_elements("List", vec![ty.clone()]),
            };
            let list = mk(pos, ExprKind::NewArray(vec![value]));
            mk(pos, ExprKind::Array(Array::Deref(Box::new(check(list, ty)))))
        }
        VarKind::Hash => {
            let ty = match ty.name.as_str() {
                "Map" | "Hash" | "Any" => ty.clone(),
                _ => of_elements("Map", vec![of_elements("Any", Vec::new()), ty.clone()]),
            };
            let table = mk(pos, ExprKind::NewHash(vec![value]));
            mk(pos, ExprKind::Hash(Hash::Deref(Box::new(check(table, ty)))))
        }
        _ => check(value, ty.clone()),
    }
}

/// The type of the elements of a container of a type, where it says one.
fn element_type(ty: &hir::TypeName) -> Option<hir::TypeName> {
    match ty.name.as_str() {
        "List" => ty.args.first().cloned(),
        "Map" => ty.args.get(1).cloned(),
        "Array" | "Hash" | "Any" => None,
        _ => Some(ty.clone()),
    }
}

/// A type as written, resolved later by its name.
pub(crate) fn type_name(ty: &ast::TypeName) -> hir::TypeName {
    hir::TypeName { name: ty.name.text.clone(), args: ty.args.iter().map(type_name).collect() }
}

/// Whether an assignment to this is one of a list.
pub(crate) fn is_list_target(target: &ast::Expr) -> bool {
    match &target.kind {
        A::Var(sigil, _) | A::Deref(sigil, _) => matches!(sigil, Sigil::Array | Sigil::Hash),
        A::List { parens, .. } => *parens,
        A::Slice { .. } | A::ListSlice { .. } => true,
        A::Declare { vars, parens, .. } => {
            *parens || vars.iter().flatten().any(|var| matches!(var.sigil, Sigil::Array | Sigil::Hash))
        }
        A::Local(inner) => is_list_target(inner),
        _ => false,
    }
}

fn index_is_plain(items: &[ast::Expr]) -> bool {
    items.iter().all(|item| {
        !matches!(
            item.kind,
            A::Var(Sigil::Array | Sigil::Hash, _)
                | A::Deref(..)
                | A::Range { .. }
                | A::Call(_)
                | A::Words(_)
                | A::List { .. }
                | A::Slice { .. }
        )
    })
}

/// Whether a value may read a global while it is evaluated; calls are taken to.
fn mentions_global(value: &hir::Expr, id: hir::GlobalId) -> bool {
    match &value.kind {
        ExprKind::Global(other) => *other == id,
        ExprKind::Local(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str { .. }
        | ExprKind::Undef => false,
        ExprKind::NewArray(items)
        | ExprKind::NewHash(items)
        | ExprKind::List(items)
        | ExprKind::Concat(items) => items.iter().any(|item| mentions_global(item, id)),
        ExprKind::Binary(_, a, b) => mentions_global(a, id) || mentions_global(b, id),
        ExprKind::Closure(_) => false,
        _ => true,
    }
}
