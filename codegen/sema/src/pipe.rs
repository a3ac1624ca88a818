//! Pipelines and threads: rewritten to the calls they stand for, then resolved as those.

use s_abi::builtins::Syntax;
use s_diag::Code;
use s_syntax::ast::{BinaryOp, Call, Expr, ExprKind as A, Name, Piece, Sigil, Span, Stage};

use crate::hir;
use crate::resolver::{Resolver, Want, mk};
use crate::scope::Place;
use crate::stmt::assign_stmt;
use crate::string::is_literal;
use crate::walk::{self, Node};

impl Resolver<'_> {
    /// `L |> R`.
    pub(crate) fn pipe(&mut self, left: &Expr, right: &Expr, want: Want, span: Span) -> hir::Expr {
        let left = self.unpiped(left);
        match self.piped(left, right) {
            Some(expr) => self.expr(&expr, want),
            None => self.at(span, hir::ExprKind::Undef),
        }
    }

    /// A pipeline as calls; anything else as it is.
    fn unpiped(&mut self, expr: &Expr) -> Expr {
        let A::Pipe(left, right) = &expr.kind else { return expr.clone() };
        if !self.enter(expr.span) {
            self.leave();
            return Expr { span: expr.span, kind: A::Error };
        }
        let left = self.unpiped(left);
        let done = self.piped(left, right).unwrap_or(Expr { span: expr.span, kind: A::Error });
        self.leave();
        done
    }

    /// The call that takes `left`.
    fn piped(&mut self, left: Expr, right: &Expr) -> Option<Expr> {
        let make = |kind| Some(Expr { span: right.span, kind });
        match &right.kind {
            A::Call(call) => {
                let call = self.with_value((**call).clone(), left);
                make(A::Call(Box::new(call)))
            }
            A::Bareword(name) => {
                let name = Name { span: right.span, text: name.clone() };
                let call = Call { name, block: None, head: None, args: Vec::new(), parens: true };
                let call = self.with_value(call, left);
                make(A::Call(Box::new(call)))
            }
            A::CallValue { callee, args } => {
                let args = std::iter::once(left).chain(args.iter().cloned()).collect();
                make(A::CallValue { callee: callee.clone(), args })
            }
            A::CallAmp { callee, args } => {
                let args = std::iter::once(left).chain(args.iter().flatten().cloned()).collect();
                make(A::CallAmp { callee: callee.clone(), args: Some(args) })
            }
            A::Method { invocant, name, args } => {
                let args = std::iter::once(left).chain(args.iter().flatten().cloned()).collect();
                make(A::Method { invocant: invocant.clone(), name: name.clone(), args: Some(args) })
            }
            A::Function(_)
            | A::BlockFunction(_)
            | A::Var(Sigil::Scalar | Sigil::Code, _)
            | A::Index { .. }
            | A::Key { .. }
            | A::Topic { .. }
            | A::Deref(Sigil::Scalar | Sigil::Code, _) => {
                make(A::CallValue { callee: Box::new(right.clone()), args: vec![left] })
            }
            A::Ref(inner) if matches!(inner.kind, A::CallAmp { args: None, .. } | A::Var(Sigil::Code, _)) => {
                make(A::CallValue { callee: Box::new(right.clone()), args: vec![left] })
            }
            A::Match(_) | A::Qr(_) | A::Subst(_) | A::Trans(_) => Some(bound(left, right)),
            A::Thread { source, stages, last } => {
                // The first word of a thread without a source of its own is a stage.
                let mut stages = stages.clone();
                stages.insert(0, self.stage_of(source));
                make(A::Thread { source: Box::new(left), stages, last: *last })
            }
            A::List { items, parens: true } if items.len() == 1 => self.piped(left, &items[0]),
            A::Error => None,
            _ => {
                let message = "this cannot take the value of a pipeline";
                let hint = Some("a function, a method, a pattern or `fn { ... }` can".to_owned());
                self.error_with(Code::UNEXPECTED_TOKEN, right.span, message, "", hint);
                None
            }
        }
    }

    fn stage_of(&self, source: &Expr) -> Stage {
        match &source.kind {
            A::Call(call) => Stage::Call(call.clone(), source.span),
            A::Bareword(name) => {
                let name = Name { span: source.span, text: name.clone() };
                let call = Call { name, block: None, head: None, args: Vec::new(), parens: false };
                Stage::Call(Box::new(call), source.span)
            }
            A::Match(_) | A::Subst(_) | A::Trans(_) => Stage::Regex(source.clone()),
            _ => Stage::Value(source.clone()),
        }
    }

    /// Puts a value where a call expects it.
    fn with_value(&mut self, mut call: Call, value: Expr) -> Call {
        let row = if call.name.text.contains("::") { None } else { self.builtin_row(&call.name.text) };
        let Some(row) = row else {
            call.args.insert(0, value);
            call.parens = true;
            return call;
        };
        let name = row.alias_of.unwrap_or(row.name);
        call.parens = true;
        let count = call.args.len();
        match name {
            "join" if count == 0 => {
                call.args.push(literal_text(call.name.span, ""));
                call.args.push(value);
            }
            "split" if count == 0 => {
                call.args.push(literal_text(call.name.span, " "));
                call.args.push(value);
            }
            "join" | "split" | "push" | "unshift" | "sprintf" | "pack" => {
                call.args.insert(count.min(1), value);
            }
            "printf" => call.args.insert(count.min(1), value),
            "grep_v" | "nth" | "chunk" | "tee" | "clamp" | "pluck" | "index_of" | "last_index_of"
            | "positions_of" | "first_or" | "percentile" | "count_eq" | "count_ne" | "batch" => {
                call.args.push(value)
            }
            _ if row.syntax == Syntax::Block => {
                // What a stage `sort $by` is given is the comparison, and not a value to sort.
                if matches!(name, "sort" | "psort")
                    && call.block.is_none()
                    && call.head.is_none()
                    && count == 1
                {
                    call.head = call.args.pop();
                }
                if matches!(name, "grep" | "greps" | "grepv")
                    && call.block.is_none()
                    && call.head.is_none()
                    && count == 1
                    && is_literal(&call.args[0])
                {
                    let wanted = call.args.remove(0);
                    let span = wanted.span;
                    let topic = Box::new(Expr { span, kind: A::Topic { slot: 0, outer: 0, sigil: false } });
                    let operator =
                        if matches!(wanted.kind, A::Str(_)) { BinaryOp::StrEq } else { BinaryOp::NumEq };
                    let test = A::Binary(operator, topic, Box::new(wanted));
                    call.args.push(Expr { span, kind: test });
                }
                // Functions that label their findings take the value first.
                if name == "assert_dies" {
                    call.args.insert(0, value);
                } else {
                    call.args.push(value);
                }
            }
            _ => call.args.insert(0, value),
        }
        call
    }

    /// `~> SOURCE stage stage`.
    pub(crate) fn thread(&mut self, source: &Expr, stages: &[Stage], last: bool, want: Want) -> hir::Expr {
        let mut value = self.unpiped(source);
        let mut before = Vec::new();
        let mut restore = Vec::new();
        let mut listy = is_list(&value);
        for stage in stages {
            let place = stage_span(stage);
            let next = match stage {
                Stage::Call(call, _) => {
                    let mentions = call.args.iter().any(mentions_bare_topic) && !keeps_topic(&call.name.text);
                    if !mentions {
                        let list = self.yields_list(&call.name.text);
                        let mut call = (**call).clone();
                        if last && call.block.is_none() {
                            call.args.push(value);
                            call.parens = true;
                        } else {
                            call = self.with_value(call, value);
                        }
                        listy = list;
                        Expr { span: place, kind: A::Call(Box::new(call)) }
                    } else if call.args.iter().filter(|arg| mentions_bare_topic(arg)).all(is_bare_topic)
                        && call.args.iter().filter(|arg| is_bare_topic(arg)).count() == 1
                    {
                        listy = self.yields_list(&call.name.text);
                        let mut call = (**call).clone();
                        for arg in &mut call.args {
                            if is_bare_topic(arg) {
                                *arg = value.clone();
                            }
                        }
                        call.parens = true;
                        Expr { span: place, kind: A::Call(Box::new(call)) }
                    } else {
                        // The value is kept, and the arguments read it as their topic.
                        let done = self.expr(&value, Want::Scalar);
                        let pos = done.pos;
                        let kept = self.hidden_place(place.start, "_");
                        if let Place::Local { id, .. } = kept {
                            let declare = mk(pos, hir::ExprKind::Declare(vec![id]));
                            before.push(assign_stmt(declare, done));
                        }
                        if !self.options.compat {
                            restore.push(self.rebind_topic(kept));
                        }
                        listy = self.yields_list(&call.name.text);
                        let mut call = (**call).clone();
                        call.parens = true;
                        Expr { span: place, kind: A::Call(Box::new(call)) }
                    }
                }
                Stage::Value(callee) => {
                    listy = false;
                    let callee = match &callee.kind {
                        A::Do(block) => Expr { span: callee.span, kind: A::BlockFunction(block.clone()) },
                        _ => callee.clone(),
                    };
                    Expr { span: place, kind: A::CallValue { callee: Box::new(callee), args: vec![value] } }
                }
                Stage::Regex(regex) => {
                    let list = listy || want == Want::List && !is_scalar_value(&value);
                    match &regex.kind {
                        A::Match(_) if list => call_of("grep", place, regex.clone(), value),
                        A::Match(_) => bound(value, regex),
                        _ if list => {
                            let topic =
                                Expr { span: place, kind: A::Topic { slot: 0, outer: 0, sigil: false } };
                            let changed = bound(topic, regex);
                            call_of("map", place, changed, value)
                        }
                        _ => bound(value, regex),
                    }
                }
            };
            value = next;
        }
        let done = self.expr(&value, want);
        for outer in restore.into_iter().rev() {
            self.restore_topic(outer);
        }
        self.sequence(before, done)
    }

    /// Whether a stage of that name yields several values.
    fn yields_list(&self, name: &str) -> bool {
        matches!(
            name,
            "map"
                | "grep"
                | "sort"
                | "chars"
                | "split"
                | "keys"
                | "values"
                | "lines"
                | "words"
                | "uniq"
                | "reverse"
                | "take"
                | "head"
                | "drop"
                | "tail"
                | "filter"
                | "fi"
                | "maps"
                | "greps"
                | "flatten"
                | "shuffle"
                | "chunked"
                | "windowed"
                | "zip"
                | "enumerate"
                | "with_index"
                | "mapi"
                | "flat_map"
                | "grepv"
                | "reject"
                | "graphemes"
                | "compact"
                | "concat"
                | "take_while"
                | "drop_while"
                | "range"
                | "sorted"
        )
    }
}

/// Whether a `val $f = EXPR` at file level means a function: `EXPR` mentions a bare topic outside
/// braces.
pub(crate) fn is_implicit_function(value: &Expr) -> bool {
    match &value.kind {
        A::Thread { source, .. } => mentions_bare_topic(source),
        _ => mentions_bare_topic(value),
    }
}

/// Whether a bare topic (`_`, `_1`) is mentioned outside braces.
pub(crate) fn mentions_bare_topic(expr: &Expr) -> bool {
    fn look(node: Node<'_>, found: &mut bool) {
        if *found {
            return;
        }
        match node {
            Node::Block(_) | Node::Function(_) | Node::Stmt(_) | Node::Class(_) => {}
            Node::Expr(Expr { kind: A::Topic { sigil: false, .. }, .. }) => *found = true,
            // Arms stand in braces; only what is matched does not.
            Node::Expr(Expr { kind: A::MatchOn { subject, .. }, .. }) => look(Node::Expr(subject), found),
            Node::Expr(Expr { kind: A::HashRef(_) | A::Str(_) | A::Command(_), .. }) => {}
            Node::Expr(Expr { kind: A::Thread { source, .. }, .. }) => look(Node::Expr(source), found),
            Node::Expr(Expr { kind: A::Key { base, .. }, .. }) => look(Node::Expr(base), found),
            _ => walk::children(node, &mut |child| look(child, found)),
        }
    }
    let mut found = false;
    look(Node::Expr(expr), &mut found);
    found
}

fn is_bare_topic(expr: &Expr) -> bool {
    matches!(expr.kind, A::Topic { slot: 0, outer: 0, sigil: false })
}

/// Stages whose operands are evaluated for each element, with a topic of their own.
fn keeps_topic(name: &str) -> bool {
    matches!(
        name,
        "map"
            | "grep"
            | "filter"
            | "fi"
            | "maps"
            | "greps"
            | "first"
            | "any"
            | "all"
            | "none"
            | "grepv"
            | "reject"
            | "find"
            | "fore"
            | "e"
            | "ep"
    )
}

/// `VALUE =~ PATTERN`; what would change the value makes a copy.
fn bound(value: Expr, pattern: &Expr) -> Expr {
    let mut pattern = pattern.clone();
    match &mut pattern.kind {
        A::Subst(subst) if !subst.regex.flags.contains('r') => subst.regex.flags.push('r'),
        A::Trans(trans) if !trans.flags.contains('r') => trans.flags.push('r'),
        _ => {}
    }
    let span = pattern.span;
    let kind = A::Bind { subject: Box::new(value), pattern: Box::new(pattern), negated: false };
    Expr { span, kind }
}

fn call_of(name: &str, span: Span, first: Expr, second: Expr) -> Expr {
    let name = Name { span, text: name.to_owned() };
    let call = Call { name, block: None, head: None, args: vec![first, second], parens: true };
    Expr { span, kind: A::Call(Box::new(call)) }
}

fn literal_text(span: Span, text: &str) -> Expr {
    let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Text(text.as_bytes().to_vec())] };
    Expr { span, kind: A::Str(pieces) }
}

fn stage_span(stage: &Stage) -> Span {
    match stage {
        Stage::Call(_, span) => *span,
        Stage::Value(expr) | Stage::Regex(expr) => expr.span,
    }
}

/// Whether an expression certainly yields a list.
fn is_list(expr: &Expr) -> bool {
    match &expr.kind {
        A::Var(Sigil::Array | Sigil::Hash, _)
        | A::Deref(Sigil::Array | Sigil::Hash, _)
        | A::Range { .. }
        | A::Words(_)
        | A::Slice { .. } => true,
        A::List { items, .. } => items.len() != 1 || is_list(&items[0]),
        A::Call(call) => matches!(
            call.name.text.as_str(),
            "map"
                | "grep"
                | "sort"
                | "split"
                | "keys"
                | "values"
                | "chars"
                | "lines"
                | "words"
                | "reverse"
                | "range"
        ),
        _ => false,
    }
}

/// Whether an expression certainly yields one value.
fn is_scalar_value(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        A::Var(Sigil::Scalar, _)
            | A::Topic { .. }
            | A::Str(_)
            | A::Int(_)
            | A::Float(_)
            | A::Index { .. }
            | A::Key { .. }
            | A::Binary(..)
            | A::Bind { .. }
    ) || matches!(&expr.kind, A::Call(call) if matches!(call.name.text.as_str(), "lc" | "uc" | "join" | "trim" | "ucfirst" | "lcfirst" | "sprintf"))
}
