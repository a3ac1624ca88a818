//! `map`, `grep`, `sort`, `reduce` and their kin: bodies in line, topics as locals.

use s_abi::builtins::Builtin;
use s_diag::Code;
use s_syntax::ast::{self, ExprKind as A, Sigil, Span, StmtKind as S};

use crate::builtin::unwrap_list;
use crate::expr::op;
use crate::hir::{
    self, Block, Callee, Expr, ExprKind, Iterate, IterateBody, LocalId, LoopVariable, Op, SortBy, UnaryOp,
    VarKind,
};
use crate::lint::FindingKind;
use crate::names::Use;
use crate::place::stmt;
use crate::resolver::{Frame, FrameKind, Resolver, Want, mk};
use crate::scope::{Binding, Place};
use crate::stmt::assign_stmt;
use crate::walk::{self, Node};

/// What is made of each element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Map,
    Grep,
    GrepNot,
    First,
    Any,
    All,
    None,
    Each,
}

impl Resolver<'_> {
    /// A builtin that runs a body for each element; `None` for all others.
    pub(crate) fn iteration(
        &mut self,
        row: &'static Builtin,
        call: &ast::Call,
        want: Want,
        span: Span,
    ) -> Option<Expr> {
        let form = match row.name {
            "map" | "maps" | "pmap" | "mapi" => Form::Map,
            "grep" | "greps" | "pgrep" => Form::Grep,
            "grepv" => Form::GrepNot,
            "first" | "find" => Form::First,
            "any" | "pany" => Form::Any,
            "all" | "pall" => Form::All,
            "none" => Form::None,
            "fore" | "pfor" | "ep" => Form::Each,
            "sort" | "psort" => return Some(self.sort(call, span)),
            "reduce" | "preduce" => return Some(self.reduce(call, span)),
            _ => return None,
        };
        Some(self.iterate(form, row.name == "mapi", call, want, span))
    }

    fn iterate(&mut self, form: Form, indexed: bool, call: &ast::Call, want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let body_want = if form == Form::Map { Want::List } else { Want::Scalar };
        let args = if call.block.is_some() || call.head.is_some() {
            &call.args[..]
        } else {
            unwrap_list(&call.args)
        };
        // The list is evaluated before the body, and does not see its topic.
        let mut rest = args;
        let mut body: Option<&ast::Expr> = None;
        let mut block = call.block.as_ref();
        if let Some(head) = &call.head {
            body = Some(head);
        } else if block.is_none() {
            let takes = match form {
                Form::Each | Form::First | Form::Any | Form::All | Form::None => {
                    args.first().is_some_and(is_function)
                        || (matches!(form, Form::First | Form::Any | Form::All | Form::None)
                            && args.len() > 1
                            && args.first().is_some_and(|arg| self.may_be_function(arg) || is_test(arg)))
                }
                _ => true,
            };
            if takes && let Some((first, others)) = args.split_first() {
                rest = others;
                match &first.kind {
                    A::BlockFunction(inner) => block = Some(inner),
                    _ => body = Some(first),
                }
            }
        }
        self.note_list(rest, block.is_some(), call, span);
        if form == Form::Each
            && let Some(block) = block
            && block.params.len() <= 1
            && jumps(Node::Block(block))
        {
            return self.expr(&loop_over(block, rest, span), want);
        }
        let list = self.list(rest);
        let list = Box::new(mk(pos, ExprKind::List(list)));
        let seen = match (block, body) {
            (Some(block), _) => self.is_private(Node::Block(block)),
            (None, Some(value)) => self.is_private(Node::Expr(value)),
            (None, None) => true,
        };
        let topic = self.element_topic(span, seen, false);
        if self.options.compat && seen && matches!(topic, Place::Global(_)) && self.is_over_arguments(&list) {
            // The body changes what the caller passed.
            self.cx().aliases = true;
        }
        let mut index = None;
        let body = match (block, body) {
            (Some(block), _) => {
                let mut slots = vec![Some(topic)];
                if indexed || block.params.len() == 2 {
                    let place = self.hidden_place(span.start, "index");
                    if let Place::Local { id, .. } = place {
                        index = Some(id);
                    }
                    slots.push(Some(place));
                }
                IterateBody::Block(self.iterate_block(block, slots, body_want, true))
            }
            (None, Some(value)) if self.may_be_function(value) => {
                let value = match &value.kind {
                    A::Bareword(name) => self.function_value(name, value.span),
                    _ => self.expr(value, Want::Scalar),
                };
                IterateBody::Call(Box::new(value))
            }
            (None, Some(value)) => {
                let (value, scope) = self.scoped(|r| {
                    let before = r.rebind_topic(topic);
                    r.name_topic(topic);
                    let value = r.expr(value, body_want);
                    r.restore_topic(before);
                    value
                });
                self.merge_scope(scope.declares, scope.has_local);
                IterateBody::Expr(Box::new(value))
            }
            (None, None) => {
                let element = self.place_expr(topic, pos, Use::Read);
                let value = if form == Form::Each {
                    mk(pos, op(Op::Print { handle: None, list: vec![element], newline: true, format: false }))
                } else if form == Form::First {
                    mk(pos, ExprKind::Int(1))
                } else {
                    element
                };
                IterateBody::Expr(Box::new(value))
            }
        };
        let body = if form == Form::GrepNot { negated(body, topic, self, pos) } else { body };
        let topic = match topic {
            Place::Local { id, .. } => LoopVariable::Local(id),
            Place::Global(id) => LoopVariable::Global(id),
        };
        let iterate = Iterate { topic, index, body, list };
        mk(
            pos,
            op(match form {
                Form::Map => Op::Map(iterate),
                Form::Grep | Form::GrepNot => Op::Grep(iterate),
                Form::First => Op::First(iterate),
                Form::Any => Op::Any(iterate),
                Form::All => Op::All(iterate),
                Form::None => Op::None(iterate),
                Form::Each => Op::Each(iterate),
            }),
        )
    }

    /// Whether a list has the arguments of the function among its items.
    fn is_over_arguments(&self, list: &Expr) -> bool {
        match &list.kind {
            ExprKind::List(items) => items.iter().any(|item| self.is_over_arguments(item)),
            ExprKind::Array(hir::Array::Local(id)) => {
                self.contexts.last().is_some_and(|cx| cx.args == Some(*id))
            }
            _ => false,
        }
    }

    /// The variable that elements are bound to. In Perl it is `$_` of package `main`, aliasing the
    /// element; where only the body can see it and never changes it, a local does as well (and one that
    /// it changes, if the loop makes an alias of the local).
    pub(crate) fn element_topic(&mut self, span: Span, private: bool, aliased: bool) -> Place {
        if self.options.compat && !private {
            return Place::Global(self.global(VarKind::Scalar, "main::_"));
        }
        let place = self.hidden_place(span.start, "_");
        if self.options.compat
            && let Place::Local { key, .. } = place
        {
            let facts = self.prior(key);
            if (facts.assigned > 0 && !aliased) || facts.referenced || facts.captured {
                return Place::Global(self.global(VarKind::Scalar, "main::_"));
            }
        }
        place
    }

    /// Whether nothing but a body itself can see the topic it runs with: it calls no functions.
    pub(crate) fn is_private(&self, body: Node<'_>) -> bool {
        let mut private = true;
        let mut todo = vec![body];
        while let Some(node) = todo.pop() {
            private &= match node {
                Node::Function(_) | Node::Class(_) => false,
                Node::Expr(expr) => match &expr.kind {
                    A::Call(call) => {
                        !matches!(call.name.text.as_str(), "require" | "sort" | "eval" | "do")
                            && call.head.is_none()
                            && (self.builtin_row(&call.name.text).is_some()
                                || self.constants.contains_key(&self.full_name(&call.name.text)))
                    }
                    A::CallAmp { .. }
                    | A::CallValue { .. }
                    | A::Method { .. }
                    | A::EvalStr(_)
                    | A::DoFile(_)
                    | A::Function(_)
                    | A::BlockFunction(_)
                    | A::TaskBlock(..)
                    | A::Goto(_)
                    | A::Local(_) => false,
                    A::Bareword(name) => !self.has_function(&self.full_name(name)),
                    A::Subst(subst) => {
                        !matches!(subst.replacement, ast::Replacement::Code { evals, .. } if evals > 0)
                    }
                    _ => true,
                },
                Node::Stmt(stmt) => {
                    !matches!(stmt.kind, S::Function(_) | S::Package { .. } | S::Use(_) | S::Phase { .. })
                }
                _ => true,
            };
            if !private {
                return false;
            }
            walk::children(node, &mut |child| todo.push(child));
        }
        !self.now.overloads && !self.prior.as_ref().is_some_and(|prior| prior.overloads)
    }

    /// Notes a body that works on nothing: no list stands behind it, and no pipe before it.
    fn note_list(&mut self, rest: &[ast::Expr], has_block: bool, call: &ast::Call, span: Span) {
        if has_block && rest.is_empty() {
            self.find(FindingKind::NoList, span, call.name.text.clone());
        }
    }

    /// Brings a topic in sight in the innermost scope, as `$_` has it in Perl.
    pub(crate) fn name_topic(&mut self, place: Place) {
        if self.options.compat && matches!(place, Place::Local { .. }) {
            let binding = Binding { place, frozen: false, constant: None, ty: None, protection: 0 };
            self.names.bind(VarKind::Scalar, "_", binding);
        }
    }

    /// A block with a frame of its own.
    fn iterate_block(
        &mut self,
        block: &ast::Block,
        slots: Vec<Option<Place>>,
        want: Want,
        want_topic: bool,
    ) -> Block {
        let depth = self.depth();
        let topic = slots.first().copied().flatten();
        let params: Vec<(String, Option<Place>)> =
            block.params.iter().map(|p| p.text.clone()).zip(slots.iter().copied()).collect();
        self.frames.push(Frame { depth, kind: FrameKind::Block, slots });
        self.cx().in_loop += 1;
        self.braces += 1;
        let done = self.block_of(|r| {
            if let Some(topic) = topic.filter(|_| want_topic) {
                r.name_topic(topic);
            }
            for (name, place) in params {
                if let Some(place) = place {
                    let binding = Binding { place, frozen: false, constant: None, ty: None, protection: 0 };
                    r.names.bind(VarKind::Scalar, &name, binding);
                }
            }
            r.statements(&block.stmts, want)
        });
        self.braces -= 1;
        self.cx().in_loop -= 1;
        self.frames.pop();
        done
    }

    /// Whether an operand in the place of a block may be a function: then it is called.
    fn may_be_function(&self, value: &ast::Expr) -> bool {
        if is_function(value) {
            return true;
        }
        if self.options.compat {
            return false;
        }
        match &value.kind {
            A::Var(Sigil::Scalar, name) => name != "_",
            A::Topic { slot, outer, .. } => *slot > 0 || *outer > 0,
            A::Bareword(name) => self.has_function(&self.full_name(name)),
            _ => false,
        }
    }

    // --- sort

    fn sort(&mut self, call: &ast::Call, span: Span) -> Expr {
        let pos = self.pos(span);
        let mut rest = unwrap_list(&call.args);
        if call.block.is_some() || call.head.is_some() {
            rest = &call.args;
        }
        let mut block = call.block.as_ref();
        let mut value = call.head.as_ref();
        if block.is_none()
            && value.is_none()
            && let Some((first, others)) = rest.split_first()
        {
            match &first.kind {
                A::BlockFunction(inner) => {
                    block = Some(inner);
                    rest = others;
                }
                _ if is_function(first) => {
                    value = Some(first);
                    rest = others;
                }
                A::Var(Sigil::Scalar, _) | A::Topic { .. }
                    if others.len() == 1 && is_aggregate(&others[0]) =>
                {
                    value = Some(first);
                    rest = others;
                }
                _ => {}
            }
        }
        self.note_list(rest, block.is_some(), call, span);
        let by = match (block, value) {
            (Some(block), _) => match self.simple_comparison(block) {
                Some(by) => by,
                None => self.comparison(block),
            },
            (None, Some(value)) => {
                let value = match &value.kind {
                    A::Bareword(name) => self.function_value(name, value.span),
                    A::Call(inner) if inner.args.is_empty() && !inner.parens => {
                        self.function_value(&inner.name.text.clone(), value.span)
                    }
                    _ => self.expr(value, Want::Scalar),
                };
                SortBy::Value(Box::new(value))
            }
            (None, None) => SortBy::Strings,
        };
        let list = self.list(rest);
        let list = Box::new(mk(pos, ExprKind::List(list)));
        mk(pos, op(Op::Sort { by, list, reverse: false, package: self.package.clone() }))
    }

    /// The two variables of a comparator or reducer, in sight as `$a` and `$b` or by given names.
    pub(crate) fn pair(&mut self, block: &ast::Block) -> [(LocalId, Place); 2] {
        pair_names(block).map(|name| {
            let place = self.hidden_place(block.span.start, name);
            self.name_element(name, place);
            match place {
                Place::Local { id, .. } => (id, place),
                Place::Global(_) => (LocalId(0), place),
            }
        })
    }

    /// Brings an element in sight under a name.
    pub(crate) fn name_element(&mut self, name: &str, place: Place) {
        let binding = Binding { place, frozen: false, constant: None, ty: None, protection: 0 };
        self.names.bind(VarKind::Scalar, name, binding);
    }

    fn reduce(&mut self, call: &ast::Call, span: Span) -> Expr {
        let pos = self.pos(span);
        if let Some(block) = &call.block {
            let list = self.list(&call.args);
            return self.reduce_block(block, list, span);
        }
        let (function, rest) = match (&call.head, unwrap_list(&call.args).split_first()) {
            (Some(head), _) => (head, &call.args[..]),
            (None, Some((first, rest))) => (first, rest),
            (None, None) => {
                self.error(Code::WRONG_ARGUMENTS, span, "`reduce` needs a block and a list");
                return mk(pos, ExprKind::Undef);
            }
        };
        if let A::BlockFunction(block) = &function.kind {
            let list = self.list(rest);
            return self.reduce_block(block, list, span);
        }
        let function = match &function.kind {
            A::Bareword(name) => self.function_value(name, function.span),
            _ => self.expr(function, Want::Scalar),
        };
        let list = self.list(rest);
        let kept = self.hidden(span.start, "function", VarKind::Scalar);
        let acc = self.hidden(span.start, "a", VarKind::Scalar);
        let item = self.hidden(span.start, "b", VarKind::Scalar);
        let args = vec![mk(pos, ExprKind::Local(acc)), mk(pos, ExprKind::Local(item))];
        let callee = Callee::Value(mk(pos, ExprKind::Local(kept)));
        let called = mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None })));
        let body = Block { stmts: vec![stmt(called)], ..Block::default() };
        let list = Box::new(mk(pos, ExprKind::List(list)));
        let done = mk(pos, op(Op::Reduce { acc, item, body, list }));
        let keep = assign_stmt(mk(pos, ExprKind::Declare(vec![kept])), function);
        self.sequence(vec![keep], done)
    }

    fn reduce_block(&mut self, block: &ast::Block, list: Vec<Expr>, span: Span) -> Expr {
        let pos = self.pos(span);
        let ((pair, body), scope) = self.scoped(|r| {
            let pair = r.pair(block);
            let plain = ast::Block { params: Vec::new(), ..block.clone() };
            let body = r.iterate_block(&plain, vec![Some(pair[0].1), Some(pair[1].1)], Want::Scalar, false);
            (pair, body)
        });
        self.merge_scope(scope.declares, scope.has_local);
        let list = Box::new(mk(pos, ExprKind::List(list)));
        mk(pos, op(Op::Reduce { acc: pair[0].0, item: pair[1].0, body, list }))
    }
}

/// The opposite of a test.
fn negated(body: IterateBody, topic: Place, r: &mut Resolver<'_>, pos: hir::Pos) -> IterateBody {
    let not = |value: Expr| mk(value.pos, ExprKind::Unary(UnaryOp::Not, Box::new(value)));
    match body {
        IterateBody::Expr(value) => IterateBody::Expr(Box::new(not(*value))),
        IterateBody::Block(block) => IterateBody::Expr(Box::new(not(mk(pos, ExprKind::Do(block))))),
        IterateBody::Call(value) => {
            let element = r.place_expr(topic, pos, Use::Read);
            let callee = Callee::Value(*value);
            let call = hir::Call { callee, args: vec![element], topic: None };
            IterateBody::Expr(Box::new(not(mk(pos, ExprKind::Call(Box::new(call))))))
        }
    }
}

/// Whether an expression is certainly a function.
fn is_function(value: &ast::Expr) -> bool {
    match &value.kind {
        A::Function(_) | A::BlockFunction(_) => true,
        A::Ref(inner) => matches!(&inner.kind, A::CallAmp { args: None, .. } | A::Var(Sigil::Code, _)),
        _ => false,
    }
}

/// Whether an operand in a block's place is a test of the topic.
fn is_test(value: &ast::Expr) -> bool {
    matches!(value.kind, A::Match(_) | A::Bind { .. } | A::Binary(..) | A::Logic(..) | A::Chain(..))
}

fn is_aggregate(value: &ast::Expr) -> bool {
    matches!(
        value.kind,
        A::Var(Sigil::Array | Sigil::Hash, _) | A::Deref(Sigil::Array | Sigil::Hash, _) | A::Range { .. }
    ) || matches!(&value.kind, A::Call(call) if matches!(call.name.text.as_str(), "keys" | "values" | "map" | "grep"))
}

/// Whether something in a block leaves a loop, or goes to its next round.
fn jumps(node: Node<'_>) -> bool {
    if matches!(node, Node::Expr(ast::Expr { kind: A::Jump(..), .. })) {
        return true;
    }
    if matches!(node, Node::Function(_) | Node::Class(_)) {
        return false;
    }
    let mut found = false;
    walk::children(node, &mut |child| found = found || jumps(child));
    found
}

/// `do { for (LIST, ()) BLOCK; 1 }`: what `fore BLOCK LIST` is where its block has `next` or `last`. The empty
/// list keeps the elements from being aliased.
fn loop_over(block: &ast::Block, list: &[ast::Expr], span: Span) -> ast::Expr {
    let expr = |kind| ast::Expr { span, kind };
    let stmt = |kind| ast::Stmt { span, label: None, kind };
    let mut items = list.to_vec();
    items.push(expr(A::List { items: Vec::new(), parens: true }));
    let variables = block
        .params
        .iter()
        .map(|name| ast::LoopVariable { declarator: Some(ast::Declarator::My), name: name.clone() })
        .collect();
    let body = ast::Block { params: Vec::new(), ..block.clone() };
    let list = expr(A::List { items, parens: true });
    let each = ast::StmtKind::Foreach { variables, list, body, continuing: None, postfix: false };
    let stmts = vec![stmt(each), stmt(ast::StmtKind::Expr(expr(A::Int(1))))];
    expr(A::Do(ast::Block { span, stmts, params: Vec::new() }))
}

/// What the two elements of a comparator or reducer are called.
pub(crate) fn pair_names(block: &ast::Block) -> [&str; 2] {
    match block.params.as_slice() {
        [a, b, ..] => [&a.text, &b.text],
        _ => ["a", "b"],
    }
}
