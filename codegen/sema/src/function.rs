//! Functions: parameters, topics, bodies.

use s_abi::builtins;
use s_diag::Code;
use s_syntax::ast::{self, Declarator, ExprKind as A, ParamKind, Sigil, Span, StmtKind as S};

use crate::hir::{
    self, Array, Block, Expr, ExprKind, FunctionId, LocalId, Op, Params, Pos, Stmt, StmtKind, VarKind,
};
use crate::names::kind_of;
use crate::place::{stmt, type_name, whole};
use crate::resolver::{FnKind, Resolver, Want, mk, set_slot};
use crate::scope::{Place, VarKey};
use crate::stmt::assign_stmt;

/// What a function is made of.
pub(crate) struct Parts<'a> {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) kind: FnKind,
    pub(crate) params: Option<&'a [ast::Param]>,
    /// Names of `{ |$x, $y| ... }`.
    pub(crate) block_params: &'a [ast::Name],
    pub(crate) body: Body<'a>,
    pub(crate) result: Option<hir::TypeName>,
    /// A method of that class: `$self` comes first.
    pub(crate) class: Option<String>,
    pub(crate) global: Option<hir::GlobalId>,
}

/// The body of a function.
pub(crate) enum Body<'a> {
    Stmts(&'a [ast::Stmt]),
    Expr(&'a ast::Expr),
}

/// A leading statement that takes an argument from `@_`.
enum Lead<'a> {
    Scalar(Option<&'a ast::DeclaredVar>, Declarator, Option<(bool, &'a ast::Expr)>),
    Rest(&'a ast::DeclaredVar),
}

/// What became of a parameter.
struct Binder {
    /// Arguments are positional.
    positional: bool,
    scalars: Vec<(LocalId, Option<Expr>)>,
    rest: Option<LocalId>,
    /// Statements before the body.
    prefix: Vec<Stmt>,
    /// Arguments bound so far.
    count: u32,
    /// The parameter before.
    before: Option<VarKey>,
}

impl Resolver<'_> {
    /// Complains of a function that its bare name could not call.
    fn refuse_builtin(&mut self, name: &ast::Name) {
        let what = match name.text.as_str() {
            // Repetition is behind a value only.
            "x" | "val" | "var" => return,
            word if builtins::find(word).is_some() => "is built in and cannot be declared anew",
            word if s_syntax::is_keyword(word) => "is a word of the language and cannot name a function",
            _ => return,
        };
        let message = format!("`{}` {what}", name.text);
        let hint = Some(format!("qualify it: `fn My::{}`", name.text));
        self.error_with(Code::BUILTIN_NAME, name.span, message, "", hint);
    }

    pub(crate) fn named_function(&mut self, function: &ast::Function, out: &mut Vec<Stmt>) {
        let (Some(name), Some(body)) = (&function.name, &function.body) else { return };
        let full = self.full_name(&name.text);
        let key = (self.file, function.span.start);
        let id = self.declare_named(full.clone(), key, self.in_text > 0);
        if !self.options.compat && self.package == "main" {
            self.refuse_builtin(name);
        }
        let last = self.declared.get(&full).is_some_and(|declared| declared.key == key);
        let global = self.global(VarKind::Code, &full);
        let hoisted = last && self.in_text == 0;
        let pos = self.pos(function.span);
        self.function(
            id,
            &Parts {
                name: full.clone(),
                span: function.span,
                kind: FnKind::Named,
                params: function.params.as_deref(),
                block_params: &body.params,
                body: Body::Stmts(&body.stmts),
                result: function.result.as_ref().map(type_name),
                class: None,
                global: hoisted.then_some(global),
            },
        );
        if self.in_text > 0 {
            let place = mk(pos, ExprKind::Glob(full));
            let value = mk(pos, ExprKind::Closure(id));
            let named = assign_stmt(place, value);
            // One that sees variables of the text is made where these are.
            let captures = self.functions[id.index()].iter().flat_map(|function| &function.captures);
            if captures.map(|(outer, _)| outer.index()).all(|outer| outer < self.text.locals) {
                self.text.names.push(named);
            } else {
                out.push(named);
            }
        }
    }

    /// An anonymous function as a value.
    pub(crate) fn anonymous(&mut self, function: &ast::Function) -> Expr {
        let pos = self.pos(function.span);
        let Some(body) = &function.body else { return mk(pos, ExprKind::Undef) };
        let id = self.reserve();
        self.function(
            id,
            &Parts {
                name: format!("{}::__ANON__", self.package),
                span: function.span,
                kind: FnKind::Anonymous,
                params: function.params.as_deref(),
                block_params: &body.params,
                body: Body::Stmts(&body.stmts),
                result: function.result.as_ref().map(type_name),
                class: None,
                global: None,
            },
        );
        self.cx().calls.push(id);
        mk(pos, ExprKind::Closure(id))
    }

    /// A block as a function value.
    pub(crate) fn block_function(&mut self, block: &ast::Block) -> Expr {
        let pos = self.pos(block.span);
        let id = self.reserve();
        self.function(
            id,
            &Parts {
                name: format!("{}::__ANON__", self.package),
                span: block.span,
                kind: FnKind::Anonymous,
                params: None,
                block_params: &block.params,
                body: Body::Stmts(&block.stmts),
                result: None,
                class: None,
                global: None,
            },
        );
        self.cx().calls.push(id);
        mk(pos, ExprKind::Closure(id))
    }

    /// `fn { EXPR }` that a bare topic at file level stands for.
    pub(crate) fn implicit_function(&mut self, value: &ast::Expr) -> Expr {
        let pos = self.pos(value.span);
        let id = self.reserve();
        self.function(
            id,
            &Parts {
                name: format!("{}::__ANON__", self.package),
                span: value.span,
                kind: FnKind::Anonymous,
                params: None,
                block_params: &[],
                body: Body::Expr(value),
                result: None,
                class: None,
                global: None,
            },
        );
        self.cx().calls.push(id);
        mk(pos, ExprKind::Closure(id))
    }

    /// A function without arguments that yields an expression: the default of a field.
    pub(crate) fn thunk(&mut self, value: &ast::Expr) -> FunctionId {
        let id = self.reserve();
        self.function(
            id,
            &Parts {
                name: format!("{}::__DEFAULT__", self.package),
                span: value.span,
                kind: FnKind::Named,
                params: None,
                block_params: &[],
                body: Body::Expr(value),
                result: None,
                class: None,
                global: None,
            },
        );
        id
    }

    /// Resolves a function and stores it.
    pub(crate) fn function(&mut self, id: FunctionId, parts: &Parts<'_>) {
        let pos = self.pos(parts.span);
        self.braces += 1;
        self.begin_function(parts.kind, id, parts.span.start);
        let named_after = parts.name.rsplit_once("::").map_or("main", |(package, _)| package);
        self.cx().elsewhere = named_after != self.package;
        let text = std::mem::replace(&mut self.in_text, 0);
        let key = self.cx().key;
        let facts = self.prior.as_ref().and_then(|prior| prior.functions.get(&key)).copied();
        let mut binder = Binder {
            positional: !facts.unwrap_or_default().uses_args,
            scalars: Vec::new(),
            rest: None,
            prefix: Vec::new(),
            count: 0,
            before: None,
        };
        self.cx().class = parts.class.clone().or_else(|| self.class_of_name(parts));
        self.cx().result.clone_from(&parts.result);
        if parts.class.is_some() {
            self.cx().first_slot = 1;
            let name = ast::Name { span: parts.span, text: "self".to_owned() };
            self.bind_scalar(&mut binder, &name, None, false, None, pos);
        }
        let mut stmts: &[ast::Stmt] = match parts.body {
            Body::Stmts(stmts) => stmts,
            Body::Expr(_) => &[],
        };
        match parts.params {
            Some(params) => {
                // Calls of a named one by its name are checked where they stand.
                if self.options.compat && matches!(parts.kind, FnKind::Anonymous) && parts.class.is_none() {
                    binder.positional = false;
                    let args = self.args_local();
                    let count = mk(pos, ExprKind::Array(Array::Local(args)));
                    let count = mk(pos, ExprKind::Scalar(Box::new(count)));
                    let check = count_check(count, Arity::of(params), &parts.name, false);
                    binder.prefix.push(stmt(check));
                }
                self.bind_params(&mut binder, params);
            }
            None if !parts.block_params.is_empty() => {
                for name in parts.block_params {
                    self.bind_scalar(&mut binder, name, None, false, None, pos);
                }
            }
            None if binder.positional && parts.class.is_none() => {
                let (count, leads) = leads(stmts);
                for lead in leads {
                    self.bind_lead(&mut binder, &lead);
                }
                self.cx().shifted = shifts(&stmts[..count]);
                stmts = &stmts[count..];
            }
            None => {}
        }
        let mut done = match parts.body {
            Body::Stmts(_) => self.body_statements(stmts),
            Body::Expr(value) => {
                let value = self.expr(value, Want::Caller);
                vec![stmt(value)]
            }
        };
        if let Some(ty) = &parts.result {
            check_result(&mut done, ty);
        }
        let params = self.finish_params(&mut binder, pos);
        let context = self.cx();
        context.uses_want |= !tail_is_scalar(&done);
        let mut all = binder.prefix;
        all.append(&mut done);
        let body = Block { stmts: all, has_local: false, declares: Vec::new() };
        self.in_text = text;
        self.end_function(parts.name.clone(), pos, params, body, parts.global);
        self.braces -= 1;
    }

    /// The class that a function of a qualified name is a method of, whatever the package around: `SUPER` is of its
    /// parents. In Perl it is of those of the package.
    fn class_of_name(&self, parts: &Parts<'_>) -> Option<String> {
        if self.options.compat || !matches!(parts.kind, FnKind::Named) {
            return None;
        }
        let (class, _) = parts.name.rsplit_once("::")?;
        (class != self.package).then(|| class.to_owned())
    }

    /// The statements of a function. One that is only a list of pairs in braces is a hash.
    fn body_statements(&mut self, stmts: &[ast::Stmt]) -> Vec<Stmt> {
        self.statements(stmts, Want::Caller)
    }

    fn bind_params(&mut self, binder: &mut Binder, params: &[ast::Param]) {
        for param in params {
            let pos = self.pos(param.span);
            match &param.kind {
                ParamKind::Variable(Sigil::Scalar, name) => {
                    let ty = param.ty.as_ref().map(type_name);
                    self.bind_scalar(binder, name, ty, false, param.default.as_ref(), pos);
                }
                ParamKind::Variable(sigil, name) => {
                    self.bind_rest(binder, kind_of(*sigil), name, param.default.as_ref(), pos);
                }
                ParamKind::Ignored => {
                    if binder.positional {
                        let id = self.hidden(param.span.start, "ignored", VarKind::Scalar);
                        binder.scalars.push((id, None));
                    }
                    binder.count += 1;
                }
                ParamKind::Pattern(pattern) => {
                    let id = self.hidden(param.span.start, "argument", VarKind::Scalar);
                    if binder.positional {
                        binder.scalars.push((id, None));
                    } else {
                        let value = self.argument(binder.count, pos);
                        binder.prefix.push(assign_stmt(mk(pos, ExprKind::Local(id)), value));
                    }
                    binder.count += 1;
                    let stmts = self.bind_pattern(pattern, mk(pos, ExprKind::Local(id)), false);
                    binder.prefix.extend(stmts);
                }
            }
        }
    }

    /// `$_[n]`.
    fn argument(&mut self, n: u32, pos: Pos) -> Expr {
        let args = self.args_local();
        let index = mk(pos, ExprKind::Int(i64::from(n)));
        mk(pos, ExprKind::Index(Array::Local(args), Box::new(index)))
    }

    fn args_local(&mut self) -> LocalId {
        let used = self.cx().uses_args;
        let id = self.arguments().unwrap_or(LocalId(0));
        self.cx().uses_args = used;
        id
    }

    /// Remembers which parameter stands behind which.
    fn follow(&mut self, binder: &mut Binder, kind: VarKind, name: &ast::Name) {
        let key = self.written_key(kind, name);
        if let Some(before) = binder.before.replace(key) {
            self.followers.insert(before, key);
        }
    }

    fn bind_scalar(
        &mut self,
        binder: &mut Binder,
        name: &ast::Name,
        ty: Option<hir::TypeName>,
        frozen: bool,
        default: Option<&ast::Expr>,
        pos: Pos,
    ) {
        let default = default.map(|default| self.expr(default, Want::Scalar));
        let has_default = default.is_some();
        let binding = self.declare_variable(VarKind::Scalar, name, frozen, ty.clone());
        self.follow(binder, VarKind::Scalar, name);
        self.names.bind(VarKind::Scalar, &name.text, binding.clone());
        let slot = binder.count.checked_sub(self.cx().first_slot);
        let number = binder.count;
        binder.count += 1;
        let place = match binding.place {
            Place::Local { id, .. } => mk(pos, ExprKind::Local(id)),
            Place::Global(id) => mk(pos, ExprKind::Global(id)),
        };
        if binder.positional {
            match binding.place {
                Place::Local { id, key, .. } => {
                    binder.scalars.push((id, default));
                    let facts = self.prior(key);
                    if self.prior.is_some()
                        && facts.assigned == 0
                        && !has_default
                        && let Some(slot) = slot
                    {
                        let frame = self.frames.last_mut().expect("a function has a frame");
                        set_slot(&mut frame.slots, slot as usize, Some(binding.place));
                        let context = self.contexts.last_mut().expect("a function is being resolved");
                        set_slot(&mut context.arguments, slot as usize, Some(binding.place));
                    }
                }
                Place::Global(id) => {
                    let hidden = self.hidden(name.span.start, "argument", VarKind::Scalar);
                    binder.scalars.push((hidden, default));
                    let renew = stmt(mk(pos, ExprKind::DeclareGlobal(vec![id])));
                    binder.prefix.push(renew);
                    let value = mk(pos, ExprKind::Local(hidden));
                    binder.prefix.push(assign_stmt(place.clone(), value));
                }
            }
        } else {
            let value = self.argument(number, pos);
            let value = match default {
                Some(default) => {
                    let args = self.args_local();
                    let count = mk(pos, ExprKind::Array(Array::Local(args)));
                    let number = mk(pos, ExprKind::Int(i64::from(number)));
                    let given = ExprKind::Binary(
                        ast::BinaryOp::NumGt,
                        Box::new(mk(pos, ExprKind::Scalar(Box::new(count)))),
                        Box::new(number),
                    );
                    let given = mk(pos, given);
                    mk(pos, ExprKind::Ternary(Box::new(given), Box::new(value), Box::new(default)))
                }
                None => value,
            };
            let fresh = match binding.place {
                Place::Local { id, .. } => mk(pos, ExprKind::Declare(vec![id])),
                Place::Global(_) => place.clone(),
            };
            binder.prefix.push(assign_stmt(fresh, value));
        }
        if let Some(ty) = ty {
            let check = Op::Check(place, ty, format!("sub parameter ${}", name.text));
            binder.prefix.push(stmt(mk(pos, ExprKind::Op(Box::new(check)))));
        }
    }

    fn bind_rest(
        &mut self,
        binder: &mut Binder,
        kind: VarKind,
        name: &ast::Name,
        default: Option<&ast::Expr>,
        pos: Pos,
    ) {
        let default = default.map(|default| self.expr(default, Want::List));
        let binding = self.declare_parameter(kind, name, false, None);
        self.follow(binder, kind, name);
        self.names.bind(kind, &name.text, binding.clone());
        let place = match binding.place {
            Place::Local { id, .. } => whole(pos, kind, Ok(id)),
            Place::Global(id) => whole(pos, kind, Err(id)),
        };
        if binder.positional && binder.rest.is_none() {
            match binding.place {
                Place::Local { id, .. } => binder.rest = Some(id),
                Place::Global(_) => {
                    let hidden = self.hidden(name.span.start, "rest", VarKind::Array);
                    binder.rest = Some(hidden);
                    let value = mk(pos, ExprKind::Array(Array::Local(hidden)));
                    binder.prefix.push(assign_stmt(place.clone(), value));
                }
            }
        } else if !binder.positional {
            let args = self.args_local();
            let from = mk(pos, ExprKind::Int(i64::from(binder.count)));
            let to = mk(pos, ExprKind::LastIndex(Array::Local(args)));
            let range = ExprKind::Range { from: Box::new(from), to: Box::new(to), step: None };
            let value = ExprKind::ArraySlice(Array::Local(args), Box::new(mk(pos, range)));
            let fresh = match binding.place {
                Place::Local { id, .. } => mk(pos, ExprKind::Declare(vec![id])),
                Place::Global(_) => place.clone(),
            };
            binder.prefix.push(assign_stmt(fresh, mk(pos, value)));
        }
        if let Some(default) = default {
            let empty = mk(pos, ExprKind::Unary(hir::UnaryOp::Not, Box::new(place.clone())));
            let block = Block { stmts: vec![assign_stmt(place, default)], ..Block::default() };
            let kind = StmtKind::If { arms: vec![(empty, block)], otherwise: None };
            binder.prefix.push(Stmt { pos, kind });
        }
    }

    fn bind_lead(&mut self, binder: &mut Binder, lead: &Lead<'_>) {
        match lead {
            Lead::Scalar(Some(var), declarator, default) => {
                let pos = self.pos(var.name.span);
                let frozen = *declarator == Declarator::Val;
                let before = default.map(|(defined, value)| (defined, self.expr(value, Want::Scalar)));
                self.bind_scalar(binder, &var.name, None, frozen, None, pos);
                if let Some((defined, value)) = before
                    && let Some(&(id, _)) = binder.scalars.last()
                {
                    let op = if defined { ast::LogicOp::DefinedOr } else { ast::LogicOp::Or };
                    let place = Box::new(mk(pos, ExprKind::Local(id)));
                    let logic = ExprKind::AssignLogic(op, place, Box::new(value));
                    if let Some(key) = self.contexts.last().and_then(|c| c.keys[id.index()]) {
                        self.facts(key).assigned += 1;
                    }
                    binder.prefix.push(stmt(mk(pos, logic)));
                }
            }
            Lead::Scalar(None, ..) => {
                let id = self.new_local("ignored", VarKind::Scalar, None);
                binder.scalars.push((id, None));
                binder.count += 1;
            }
            Lead::Rest(var) => {
                let pos = self.pos(var.name.span);
                self.bind_rest(binder, kind_of(var.sigil), &var.name, None, pos);
            }
        }
    }

    /// Binds topics that the body turned out to use, and gives the form of the parameters.
    fn finish_params(&mut self, binder: &mut Binder, pos: Pos) -> Params {
        let mut topics = std::mem::take(&mut self.cx().topics);
        topics.sort_unstable();
        let first = self.cx().first_slot;
        let mut early = Vec::new();
        if binder.positional {
            for (slot, id) in topics {
                let n = (slot + first) as usize;
                let value = if n < binder.scalars.len() {
                    mk(pos, ExprKind::Local(binder.scalars[n].0))
                } else if let Some(rest) = binder.rest {
                    if self.cx().locals[rest.index()].kind != VarKind::Array {
                        continue;
                    }
                    let index = i64::try_from(n - binder.scalars.len()).unwrap_or(0);
                    let index = mk(pos, ExprKind::Int(index));
                    mk(pos, ExprKind::Index(Array::Local(rest), Box::new(index)))
                } else {
                    while binder.scalars.len() < n {
                        let filler = self.new_local("_", VarKind::Scalar, None);
                        binder.scalars.push((filler, None));
                    }
                    binder.scalars.push((id, None));
                    continue;
                };
                early.push(assign_stmt(mk(pos, ExprKind::Local(id)), value));
            }
            early.append(&mut binder.prefix);
            binder.prefix = early;
            let scalars = std::mem::take(&mut binder.scalars);
            return Params::Positional { scalars, rest: binder.rest };
        }
        for (slot, id) in topics {
            let value = self.argument(slot + first, pos);
            early.push(assign_stmt(mk(pos, ExprKind::Local(id)), value));
        }
        early.append(&mut binder.prefix);
        binder.prefix = early;
        let args = self.args_local();
        let alias = self.options.compat && self.cx().aliases;
        Params::Array { args, alias }
    }
}

/// How many arguments a signature takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arity {
    pub(crate) least: i64,
    pub(crate) most: i64,
    /// The sigil of what takes the rest, or nothing.
    pub(crate) rest: &'static str,
}

impl Arity {
    pub(crate) fn of(params: &[ast::Param]) -> Arity {
        let mut arity = Arity { least: 0, most: 0, rest: "" };
        for param in params {
            match &param.kind {
                ParamKind::Variable(Sigil::Array, _) => arity.rest = "@",
                ParamKind::Variable(Sigil::Hash, _) => arity.rest = "%",
                _ => {
                    arity.most += 1;
                    if param.default.is_none() {
                        arity.least = arity.most;
                    }
                }
            }
        }
        arity
    }

    /// Whether so many arguments are accepted.
    pub(crate) fn takes(self, count: i64) -> bool {
        count >= self.least
            && match self.rest {
                "" => count <= self.most,
                "%" => count <= self.most || (count - self.most) % 2 == 0,
                _ => true,
            }
    }
}

/// Perl's signatures refuse a wrong number of arguments. `here`: the call stands at this place, and not
/// what is called.
pub(crate) fn count_check(count: Expr, arity: Arity, name: &str, here: bool) -> Expr {
    let pos = count.pos;
    let mut operands = vec![
        count,
        mk(pos, ExprKind::Int(arity.least)),
        mk(pos, ExprKind::Int(arity.most)),
        crate::stmt::text(pos, arity.rest),
        crate::stmt::text(pos, name),
    ];
    if here {
        operands.push(mk(pos, ExprKind::Int(1)));
    }
    let row = builtins::find("__check_count").expect("a row of the table");
    let call = hir::BuiltinCall { name: row.name, args: operands, scalars: false };
    mk(pos, ExprKind::Builtin(Box::new(call)))
}

/// The leading statements that take `@_` apart, and how many they are.
fn leads(stmts: &[ast::Stmt]) -> (usize, Vec<Lead<'_>>) {
    let mut out = Vec::new();
    for (n, statement) in stmts.iter().enumerate() {
        let S::Expr(ast::Expr { kind: A::Assign { target, op: None, value }, .. }) = &statement.kind else {
            return (n, out);
        };
        let A::Declare { declarator: declarator @ (Declarator::My | Declarator::Val), vars, parens } =
            &target.kind
        else {
            return (n, out);
        };
        if statement.label.is_some()
            || vars.iter().flatten().any(|v| v.ty.is_some() || v.name.text.contains("::"))
        {
            return (n, out);
        }
        if let A::Var(Sigil::Array, name) = &value.kind
            && name == "_"
        {
            let count = vars.len();
            let single = !parens && count == 1;
            let scalars = vars.iter().take_while(|v| is_scalar(v.as_ref())).count();
            if scalars + 1 < count || (single && scalars == 1) {
                return (n, out);
            }
            for var in vars {
                match var {
                    Some(var) if var.sigil != Sigil::Scalar => out.push(Lead::Rest(var)),
                    var => out.push(Lead::Scalar(var.as_ref(), *declarator, None)),
                }
            }
            return (n + 1, out);
        }
        let [Some(var)] = vars.as_slice() else { return (n, out) };
        if var.sigil != Sigil::Scalar {
            return (n, out);
        }
        match &value.kind {
            A::Logic(op @ (ast::LogicOp::DefinedOr | ast::LogicOp::Or), left, right)
                if is_shift(left) && *declarator == Declarator::My =>
            {
                let defined = *op == ast::LogicOp::DefinedOr;
                out.push(Lead::Scalar(Some(var), *declarator, Some((defined, right))));
            }
            _ if is_shift(value) => out.push(Lead::Scalar(Some(var), *declarator, None)),
            _ => return (n, out),
        }
    }
    (stmts.len(), out)
}

fn is_scalar(var: Option<&ast::DeclaredVar>) -> bool {
    var.is_none_or(|var| var.sigil == Sigil::Scalar)
}

/// How many leading statements shift an argument off.
fn shifts(stmts: &[ast::Stmt]) -> u32 {
    let whole = |stmt: &&ast::Stmt| match &stmt.kind {
        S::Expr(ast::Expr { kind: A::Assign { value, .. }, .. }) => matches!(&value.kind, A::Var(..)),
        _ => false,
    };
    let all = stmts.len() - stmts.iter().filter(whole).count();
    u32::try_from(all).unwrap_or(u32::MAX)
}

/// `shift`, `shift @_`.
fn is_shift(value: &ast::Expr) -> bool {
    let A::Call(call) = &value.kind else { return false };
    call.name.text == "shift"
        && match call.args.as_slice() {
            [] => true,
            [ast::Expr { kind: A::Var(Sigil::Array, name), .. }] => name == "_",
            _ => false,
        }
}

/// Checks the value of the last statement against the declared result.
fn check_result(stmts: &mut [Stmt], ty: &hir::TypeName) {
    let Some(last) = stmts.last_mut() else { return };
    if let StmtKind::Expr(value) = &mut last.kind {
        // A `return` has been checked where it stands.
        if !matches!(value.kind, ExprKind::Return(_)) {
            wrap_check(value, ty);
        }
    }
}

pub(crate) fn wrap_check(value: &mut Expr, ty: &hir::TypeName) {
    let pos = value.pos;
    let inner = std::mem::replace(value, mk(pos, ExprKind::Undef));
    let check = Op::Check(inner, ty.clone(), "return value".to_owned());
    *value = mk(pos, ExprKind::Op(Box::new(check)));
}

/// Whether the last statement yields one scalar in whatever context.
fn tail_is_scalar(stmts: &[Stmt]) -> bool {
    match stmts.last().map(|stmt| &stmt.kind) {
        Some(StmtKind::Expr(value)) => is_one_scalar(value),
        Some(StmtKind::If { arms, otherwise: Some(otherwise) }) => {
            arms.iter().all(|(_, block)| tail_is_scalar(&block.stmts)) && tail_is_scalar(&otherwise.stmts)
        }
        Some(StmtKind::Block(_, block)) => tail_is_scalar(&block.stmts),
        _ => false,
    }
}

/// Whether an expression yields one scalar in whatever context.
pub(crate) fn is_one_scalar(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Int(_)
        | ExprKind::Uint(_)
        | ExprKind::Float(_)
        | ExprKind::Str { .. }
        | ExprKind::Bool(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Index(..)
        | ExprKind::Key(..)
        | ExprKind::DerefScalar(_)
        | ExprKind::LastIndex(_)
        | ExprKind::Capture(_)
        | ExprKind::Special(_)
        | ExprKind::Scalar(_)
        | ExprKind::NewArray(_)
        | ExprKind::NewHash(_)
        | ExprKind::Closure(_)
        | ExprKind::FunctionRef(_)
        | ExprKind::Concat(_)
        | ExprKind::Join(..)
        | ExprKind::Unary(..)
        | ExprKind::Binary(..)
        | ExprKind::Step { .. }
        | ExprKind::AssignOp(..) => true,
        ExprKind::Return(Some(value)) => is_one_scalar(value),
        ExprKind::And(_, right) | ExprKind::Or(_, right) | ExprKind::DefinedOr(_, right) => {
            is_one_scalar(right)
        }
        ExprKind::Ternary(_, yes, no) => is_one_scalar(yes) && is_one_scalar(no),
        ExprKind::Assign(place, _) => matches!(place.kind, ExprKind::Local(_) | ExprKind::Global(_)),
        ExprKind::Builtin(call) => call.scalars && gives_scalar(call.name),
        _ => false,
    }
}

/// Builtins of scalar arguments whose result is one scalar in every context.
#[must_use]
pub fn gives_scalar(name: &str) -> bool {
    // Those that give lists, or nothing, in list context.
    !matches!(
        name,
        "caller"
            | "localtime"
            | "gmtime"
            | "stat"
            | "lstat"
            | "times"
            | "readdir"
            | "readline"
            | "readlink"
            | "getpwnam"
            | "getpwuid"
            | "getgrnam"
            | "getgrgid"
            | "getpwent"
            | "getgrent"
            | "gethostbyname"
            | "gethostbyaddr"
            | "assets"
            | "env_keys"
            | "mounts"
            | "net_dns_servers"
            | "net_interfaces"
            | "process_list"
            | "unpack"
            | "chars"
            | "lines"
            | "words"
            | "graphemes"
            | "prime_factors"
            | "glob"
            | "select"
            | "do"
            | "eval"
            | "await"
            | "split"
            | "each"
            | "wait"
            | "fib_seq"
            | "divisors"
            | "path_split"
            | "read_lines"
            | "csv_read"
            | "split_regex"
            | "range"
            | "pselect"
            | "pchannel"
            | "getprotobyname"
            | "getprotobynumber"
            | "getservbyname"
            | "getservbyport"
            | "gethostent"
            | "getnetbyaddr"
            | "getnetbyname"
            | "getnetent"
            | "getprotoent"
            | "getservent"
    )
}
