//! `match`, `cond`, `if let`, and declarations that take a value apart.

use s_diag::Code;
use s_syntax::ast::{self, Arm, BinaryOp, Declarator, ExprKind as A, PatternKind, Sigil, Span};

use crate::expr::op;
use crate::hir::{
    self, Array, Block, ClassKind, Expr, ExprKind, Hash, MatchOp, Op, Pos, Stmt, StmtKind, UnaryOp, VarKind,
};
use crate::names::Use;
use crate::place::stmt;
use crate::resolver::{Resolver, Want, mk};
use crate::scope::{Binding, Place};
use crate::stmt::{assign_stmt, text};

impl Resolver<'_> {
    /// `match (SUBJECT) { ... }`.
    pub(crate) fn match_on(&mut self, subject: &ast::Expr, arms: &[Arm], want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let value = self.matched_value(subject);
        let place = self.hidden_place(span.start, "_");
        let Place::Local { id, .. } = place else { return mk(pos, ExprKind::Undef) };
        let keep = assign_stmt(mk(pos, ExprKind::Declare(vec![id])), value);
        let compat = self.options.compat;
        let before = if compat { None } else { Some(self.rebind_topic(place)) };
        self.braces += 1;
        let mut done = Vec::new();
        let mut otherwise = None;
        for arm in arms {
            let ((test, body), scope) = self.scoped(|r| {
                if compat {
                    let binding = Binding { place, frozen: false, constant: None, ty: None, protection: 0 };
                    r.names.bind(VarKind::Scalar, "_", binding);
                }
                let subject = mk(pos, ExprKind::Local(id));
                let mut test = r.arm_test(&arm.pattern, subject);
                if let Some(guard) = &arm.guard {
                    let guard = r.expr(guard, Want::Scalar);
                    test = and(test, guard);
                }
                let pos = r.pos(arm.span);
                let body = r.expr(&arm.body, want);
                (test, Block { stmts: vec![Stmt { pos, kind: StmtKind::Expr(body) }], ..Block::default() })
            });
            self.merge_scope(scope.declares, scope.has_local);
            if matches!(test.kind, ExprKind::Int(1)) && otherwise.is_none() {
                otherwise = Some(body);
            } else if otherwise.is_none() {
                done.push((test, body));
            }
        }
        self.braces -= 1;
        if let Some(before) = before {
            self.restore_topic(before);
        }
        self.check_exhaustive(arms, span);
        let otherwise = otherwise.unwrap_or_else(|| {
            let nothing = mk(pos, ExprKind::NoMatch(Box::new(mk(pos, ExprKind::Local(id)))));
            Block { stmts: vec![stmt(nothing)], ..Block::default() }
        });
        let choice = if done.is_empty() {
            StmtKind::Block(None, otherwise)
        } else {
            StmtKind::If { arms: done, otherwise: Some(otherwise) }
        };
        let choice = Stmt { pos, kind: choice };
        mk(pos, ExprKind::Do(Block { stmts: vec![keep, choice], ..Block::default() }))
    }

    /// What is matched: an array or a hash stands for a reference to it, and a range or a list for an array of its
    /// values.
    pub(crate) fn matched_value(&mut self, subject: &ast::Expr) -> Expr {
        let pos = self.pos(subject.span);
        let several = match &subject.kind {
            A::Range { .. } | A::Words(_) => true,
            A::List { items, .. } => match items.as_slice() {
                [only] => return self.matched_value(only),
                items => !items.is_empty(),
            },
            _ => false,
        };
        if several {
            let kind = A::Array(vec![subject.clone()]);
            return self.expr(&ast::Expr { span: subject.span, kind }, Want::Scalar);
        }
        if matches!(
            subject.kind,
            A::Var(Sigil::Array | Sigil::Hash, _) | A::Deref(Sigil::Array | Sigil::Hash, _)
        ) {
            let place = self.place(subject, Use::Refer);
            return mk(pos, ExprKind::RefTo(Box::new(place)));
        }
        self.expr(subject, Want::Scalar)
    }

    fn check_exhaustive(&mut self, arms: &[Arm], span: Span) {
        let mut class = None;
        let mut seen = Vec::new();
        for arm in arms {
            if arm.guard.is_none() && is_irrefutable(&arm.pattern) {
                return;
            }
            self.covered(&arm.pattern, arm.guard.is_none(), &mut class, &mut seen);
        }
        let Some(class) = class else { return };
        let class: &hir::Class = &self.classes[class];
        let missing: Vec<String> = class
            .variants
            .iter()
            .enumerate()
            .filter(|(n, _)| !seen.contains(n))
            .map(|(_, (name, _))| format!("`{}::{name}`", class.name))
            .collect();
        if missing.is_empty() {
            return;
        }
        let message = format!("`match` does not cover {}", missing.join(", "));
        let hint = Some("add an arm for each, or `_ => ...` for all others".to_owned());
        self.error_with(Code::NOT_EXHAUSTIVE, span, message, "", hint);
    }

    fn covered(&self, pattern: &ast::Pattern, whole: bool, class: &mut Option<usize>, seen: &mut Vec<usize>) {
        match &pattern.kind {
            PatternKind::Or(items) => items.iter().for_each(|p| self.covered(p, whole, class, seen)),
            PatternKind::Variant { name, payload } => {
                if let Some((id, variant)) = self.variant_named(&name.text) {
                    *class = Some(id.index());
                    if whole && payload.as_ref().is_none_or(|p| is_irrefutable(p)) {
                        seen.push(variant as usize);
                    }
                }
            }
            _ => {}
        }
    }

    /// The test of an arm. There a variable that is in sight is a value to compare with, like any other
    /// expression, and one that is not is bound.
    fn arm_test(&mut self, pattern: &ast::Pattern, value: Expr) -> Expr {
        let pos = self.pos(pattern.span);
        match &pattern.kind {
            PatternKind::Bind(name) if self.names.find(VarKind::Scalar, &name.text).is_some() => {
                let wanted = self.scalar(&name.text, name.span, Use::Read);
                mk(pos, op(Op::SmartEq(value, wanted)))
            }
            PatternKind::Or(items) => {
                let mut tests = items.iter().map(|item| self.arm_test(item, value.clone()));
                let first = tests.next().unwrap_or_else(|| mk(pos, ExprKind::Int(1)));
                tests.fold(first, |all, test| mk(pos, ExprKind::Or(Box::new(all), Box::new(test))))
            }
            _ => self.pattern_test(pattern, value, false),
        }
    }

    /// Whether a value looks as the pattern says; its variables are bound on the way. The value is
    /// evaluated several times, so it has no effects.
    fn pattern_test(&mut self, pattern: &ast::Pattern, value: Expr, frozen: bool) -> Expr {
        let pos = self.pos(pattern.span);
        if !self.enter(pattern.span) {
            self.leave();
            return mk(pos, ExprKind::Int(0));
        }
        let done = self.pattern_inner(pattern, value, frozen, pos);
        self.leave();
        done
    }

    fn pattern_inner(&mut self, pattern: &ast::Pattern, value: Expr, frozen: bool, pos: Pos) -> Expr {
        let truth = || mk(pos, ExprKind::Int(1));
        match &pattern.kind {
            PatternKind::Any => truth(),
            PatternKind::Undef => {
                let defined = mk(pos, op(Op::Defined(Box::new(value))));
                mk(pos, ExprKind::Unary(UnaryOp::Not, Box::new(defined)))
            }
            PatternKind::Bind(name) => {
                let place = self.new_variable(VarKind::Scalar, name, frozen);
                let stmts = vec![assign_stmt(place, value), stmt(truth())];
                mk(pos, ExprKind::Do(Block { stmts, ..Block::default() }))
            }
            PatternKind::Regex(regex) => {
                let pattern = self.pattern(regex, pattern.span);
                let found =
                    MatchOp { subject: value, pattern, global: false, keep_pos: false, negated: false };
                mk(pos, op(Op::Match(found)))
            }
            PatternKind::Value(wanted) => {
                if let Some((class, variant)) = self.variant_of(wanted) {
                    return mk(pos, op(Op::IsVariant(value, class, variant)));
                }
                let wanted = self.matched_value(wanted);
                mk(pos, op(Op::SmartEq(value, wanted)))
            }
            PatternKind::Or(items) => {
                let mut all: Option<Expr> = None;
                for item in items {
                    let test = self.pattern_test(item, value.clone(), frozen);
                    all = Some(match all {
                        Some(before) => mk(pos, ExprKind::Or(Box::new(before), Box::new(test))),
                        None => test,
                    });
                }
                all.unwrap_or_else(truth)
            }
            PatternKind::Array { items, rest } => {
                let mut test = is_reference(pos, &value, "ARRAY");
                let array = || Array::Deref(Box::new(value.clone()));
                let count = mk(pos, ExprKind::Scalar(Box::new(mk(pos, ExprKind::Array(array())))));
                let wanted = mk(pos, ExprKind::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)));
                let operator = if rest.is_some() { BinaryOp::NumGe } else { BinaryOp::NumEq };
                let length = mk(pos, ExprKind::Binary(operator, Box::new(count), Box::new(wanted)));
                test = and(test, length);
                for (n, item) in items.iter().enumerate() {
                    let index = mk(pos, ExprKind::Int(i64::try_from(n).unwrap_or(i64::MAX)));
                    let element = mk(pos, ExprKind::Index(array(), Box::new(index)));
                    let inner = self.pattern_test(item, element, frozen);
                    test = and(test, inner);
                }
                if let Some(Some(name)) = rest {
                    let from = mk(pos, ExprKind::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)));
                    let to = mk(pos, ExprKind::LastIndex(array()));
                    let range = ExprKind::Range { from: Box::new(from), to: Box::new(to), step: None };
                    let slice = mk(pos, ExprKind::ArraySlice(array(), Box::new(mk(pos, range))));
                    let place = self.new_variable(VarKind::Array, name, frozen);
                    let stmts = vec![assign_stmt(place, slice), stmt(truth())];
                    test = and(test, mk(pos, ExprKind::Do(Block { stmts, ..Block::default() })));
                }
                test
            }
            PatternKind::Hash(pairs) => {
                let mut test = self.is_hash(pattern.span, &value);
                for (key, inner) in pairs {
                    let key = self.expr(key, Want::Scalar);
                    let element = mk(pos, ExprKind::Key(Hash::Deref(Box::new(value.clone())), Box::new(key)));
                    let exists = mk(pos, op(Op::Exists(Box::new(element.clone()))));
                    test = and(test, exists);
                    let inner = self.pattern_test(inner, element, frozen);
                    test = and(test, inner);
                }
                test
            }
            PatternKind::Some(inner) => {
                let array = || Array::Deref(Box::new(value.clone()));
                let at = |n| mk(pos, ExprKind::Index(array(), Box::new(mk(pos, ExprKind::Int(n)))));
                let test = and(is_reference(pos, &value, "ARRAY"), at(1));
                let inner = self.pattern_test(inner, at(0), frozen);
                and(test, inner)
            }
            PatternKind::Variant { name, payload } => {
                let mut test = if let Some((class, variant)) = self.variant_named(&name.text) {
                    mk(pos, op(Op::IsVariant(value.clone(), class, variant)))
                } else if let Some(test) = self.is_earlier_variant(&name.text, &value, pattern.span) {
                    test
                } else {
                    self.error(Code::UNKNOWN_TYPE, name.span, format!("there is no variant `{}`", name.text));
                    return mk(pos, ExprKind::Int(0));
                };
                if let Some(payload) = payload {
                    let inner = mk(pos, op(Op::Payload(value)));
                    let inner = self.pattern_test(payload, inner, frozen);
                    test = and(test, inner);
                }
                test
            }
        }
    }

    /// Whether a value is that variant of an enum from an earlier entry of the session, which is known by what
    /// its values are called: `Light::Red`, `Light::Custom(dim)`.
    fn is_earlier_variant(&mut self, name: &str, value: &Expr, span: Span) -> Option<Expr> {
        let session = self.session?;
        let full = format!("{}::{name}", self.package);
        let full = [name, &full].into_iter().find(|full| session.has_variant(full))?.to_owned();
        let (class, _) = full.rsplit_once("::")?;
        let pos = self.pos(span);
        let test = is_reference(pos, value, class);
        let same = ExprKind::Binary(BinaryOp::StrEq, Box::new(value.clone()), Box::new(text(pos, &full)));
        let start = text(pos, &format!("{full}("));
        let holds = self.builtin_with("starts_with", vec![value.clone(), start], false, span);
        Some(and(test, mk(pos, ExprKind::Or(Box::new(mk(pos, same)), Box::new(holds)))))
    }

    /// Whether a value has keys: a hash, or an object, whose fields are keys too.
    fn is_hash(&mut self, span: Span, value: &Expr) -> Expr {
        let pos = self.pos(span);
        let plain = is_reference(pos, value, "HASH");
        let below = self.builtin_with("__reftype", vec![value.clone()], false, span);
        let below = mk(pos, ExprKind::Binary(BinaryOp::StrEq, Box::new(below), Box::new(text(pos, "HASH"))));
        mk(pos, ExprKind::Or(Box::new(plain), Box::new(below)))
    }

    /// The variant that a pattern written as a value names.
    fn variant_of(&self, value: &ast::Expr) -> Option<(hir::ClassId, u32)> {
        match &value.kind {
            A::Bareword(name) => self.variant_named(name),
            A::Call(call) if call.args.is_empty() => self.variant_named(&call.name.text),
            _ => None,
        }
    }

    /// Statements that take a value apart; it dies where it does not fit.
    pub(crate) fn bind_pattern(&mut self, pattern: &ast::Pattern, value: Expr, frozen: bool) -> Vec<Stmt> {
        let pos = self.pos(pattern.span);
        let test = self.pattern_test(pattern, value, frozen);
        let fails = mk(pos, ExprKind::Unary(UnaryOp::Not, Box::new(test)));
        let message = text(pos, "the value does not fit the pattern");
        let die = mk(pos, op(Op::Die(vec![message], false)));
        let block = Block { stmts: vec![stmt(die)], ..Block::default() };
        vec![Stmt { pos, kind: StmtKind::If { arms: vec![(fails, block)], otherwise: None } }]
    }

    /// `val [$a, $b] = VALUE`.
    pub(crate) fn destructure(
        &mut self,
        declarator: Declarator,
        pattern: &ast::Pattern,
        value: &ast::Expr,
        span: Span,
    ) -> Expr {
        let pos = self.pos(span);
        let value = self.matched_value(value);
        let id = self.hidden(span.start, "whole", VarKind::Scalar);
        let mut stmts = vec![assign_stmt(mk(pos, ExprKind::Declare(vec![id])), value)];
        let frozen = declarator == Declarator::Val;
        stmts.extend(self.bind_pattern(pattern, mk(pos, ExprKind::Local(id)), frozen));
        stmts.push(stmt(mk(pos, ExprKind::Local(id))));
        mk(pos, ExprKind::Do(Block { stmts, ..Block::default() }))
    }

    /// `if let PATTERN = EXPR`.
    pub(crate) fn let_condition(&mut self, pattern: &ast::Pattern, subject: &ast::Expr) -> Expr {
        let pos = self.pos(subject.span);
        let value = self.matched_value(subject);
        let id = self.hidden(subject.span.start, "subject", VarKind::Scalar);
        let keep = assign_stmt(mk(pos, ExprKind::Declare(vec![id])), value);
        let test = self.pattern_test(pattern, mk(pos, ExprKind::Local(id)), false);
        mk(pos, ExprKind::Do(Block { stmts: vec![keep, stmt(test)], ..Block::default() }))
    }

    /// `cond { C => E, default => E }`.
    pub(crate) fn cond(&mut self, arms: &[(Option<ast::Expr>, ast::Expr)], want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let mut done = Vec::new();
        for (test, value) in arms {
            let test = test.as_ref().map(|test| self.expr(test, Want::Scalar));
            let value = self.expr(value, want);
            done.push((test, value));
        }
        let mut all = mk(pos, ExprKind::Undef);
        for (test, value) in done.into_iter().rev() {
            all = match test {
                None => value,
                Some(test) => mk(pos, ExprKind::Ternary(Box::new(test), Box::new(value), Box::new(all))),
            };
        }
        all
    }

    /// Whether a class is an enum.
    pub(crate) fn is_enum(&self, id: hir::ClassId) -> bool {
        self.classes[id.index()].kind == ClassKind::Enum
    }
}

fn is_irrefutable(pattern: &ast::Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Any | PatternKind::Bind(_) => true,
        PatternKind::Or(items) => items.iter().any(is_irrefutable),
        _ => false,
    }
}

fn and(left: Expr, right: Expr) -> Expr {
    if matches!(left.kind, ExprKind::Int(1)) {
        return right;
    }
    let pos = left.pos;
    mk(pos, ExprKind::And(Box::new(left), Box::new(right)))
}

fn is_reference(pos: Pos, value: &Expr, what: &str) -> Expr {
    let kind = mk(pos, op(Op::Ref(value.clone())));
    mk(pos, ExprKind::Binary(BinaryOp::StrEq, Box::new(kind), Box::new(text(pos, what))))
}
