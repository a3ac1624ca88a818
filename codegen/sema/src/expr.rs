//! Expressions, except calls, pipelines, texts and patterns.

use s_diag::Code;
use s_syntax::ast::{self, BinaryOp, ExprKind as A, HereWord, LogicOp, RangeOp, Sigil, Span};

use crate::call::Given;
use crate::hir::{
    self, Array, Block, Expr, ExprKind, Hash, HashPart, Op, Stmt, StmtKind, UnaryOp, VarKind, Visible,
};
use crate::lint::FindingKind;
use crate::names::{Found, Use};
use crate::place::stmt;
use crate::resolver::{FnKind, MAX_EVALS, Resolver, TextStart, Want, mk};
use crate::source::Unit;
use crate::stmt::text;

impl Resolver<'_> {
    /// Resolves an expression that is evaluated in context `want`.
    pub(crate) fn expr(&mut self, expr: &ast::Expr, want: Want) -> Expr {
        if !self.enter(expr.span) {
            self.leave();
            return self.at(expr.span, ExprKind::Undef);
        }
        let done = self.expr_inner(expr, want);
        self.leave();
        done
    }

    /// Expressions that make one flattened list.
    pub(crate) fn list(&mut self, items: &[ast::Expr]) -> Vec<Expr> {
        items.iter().map(|item| self.expr(item, Want::List)).collect()
    }

    fn boxed(&mut self, expr: &ast::Expr, want: Want) -> Box<Expr> {
        Box::new(self.expr(expr, want))
    }

    fn expr_inner(&mut self, expr: &ast::Expr, want: Want) -> Expr {
        let span = expr.span;
        let pos = self.pos(span);
        if let Some(class) = self.big_class(expr) {
            return self.big_number(class, span, want);
        }
        let kind = match &expr.kind {
            A::Int(n) => ExprKind::Int(*n),
            A::Uint(n) => {
                if self.options.compat {
                    ExprKind::Uint(*n)
                } else {
                    ExprKind::Float(*n as f64)
                }
            }
            A::Float(n) => ExprKind::Float(*n),
            A::Str(pieces) => return self.interpolated(pieces, span),
            A::Words(words) => ExprKind::List(words.iter().map(|word| text(pos, word)).collect()),
            A::VString(parts) => {
                let value: String = parts.iter().filter_map(|&part| char::from_u32(part)).collect();
                return text(pos, &value);
            }
            A::Command(pieces) => {
                self.cx().effects |= s_abi::builtins::effect::EXEC;
                let command = self.interpolated(pieces, span);
                op(Op::Command(command))
            }
            A::Match(_) | A::Subst(_) | A::Trans(_) => {
                let topic = self.pattern_topic(expr);
                return self.bind(topic, expr, false, span);
            }
            A::Qr(regex) => {
                let pattern = self.pattern(regex, span);
                op(Op::Qr(pattern))
            }
            A::Var(sigil, name) => return self.var(*sigil, name, span),
            A::Topic { slot, outer, .. } => return self.topic(*slot, *outer, pos, Use::Read),
            A::LastIndex(base) => ExprKind::LastIndex(self.slice_array(base, Use::Read)),
            A::Deref(sigil, base) => return self.deref(*sigil, base, span),
            A::Index { base, index, arrow } => {
                if !arrow && self.is_string_subscript(base) {
                    return self.string_index(base, index, span);
                }
                if let (A::List { parens: true, .. }, false) = (&base.kind, *arrow) {
                    let list = self.boxed(base, Want::List);
                    let index = self.boxed(index, Want::List);
                    return mk(pos, ExprKind::ListSlice(list, index));
                }
                if let (A::Var(Sigil::Array, name), A::Int(n), false) = (&base.kind, &index.kind, *arrow)
                    && name == "_"
                    && let Some(done) = self.read_argument(*n, pos)
                {
                    return done;
                }
                let (array, index) = self.element(base, index, *arrow, Use::Read);
                ExprKind::Index(array, Box::new(index))
            }
            A::Key { base, key, arrow: false }
                if matches!(&base.kind, A::Var(Sigil::Glob, _) | A::Deref(Sigil::Glob, _)) =>
            {
                let glob = self.expr(base, Want::Scalar);
                let part = self.key(key);
                op(Op::GlobPart(glob, part))
            }
            A::Key { base, key, arrow: false } if self.options.compat && self.is_errors(base) => {
                let name = self.key(key);
                return self.builtin_with("__errno_is", vec![name], true, span);
            }
            A::Key { base, key, arrow } => {
                let hash = self.key_base(base, *arrow, Use::Read);
                let key = self.key(key);
                ExprKind::Key(hash, Box::new(key))
            }
            A::Slice { base, index, of_hash, pairs } => {
                let index = self.slice_index(base, index, *of_hash);
                match (of_hash, pairs) {
                    (true, false) => ExprKind::HashSlice(self.slice_hash(base, Use::Read), index),
                    (true, true) => ExprKind::HashPairs(self.slice_hash(base, Use::Read), index),
                    (false, false) => ExprKind::ArraySlice(self.slice_array(base, Use::Read), index),
                    (false, true) => ExprKind::ArrayPairs(self.slice_array(base, Use::Read), index),
                }
            }
            A::ListSlice { list, index } => {
                let list = self.boxed(list, Want::List);
                let index = self.boxed(index, Want::List);
                ExprKind::ListSlice(list, index)
            }
            A::StrIndex { base, index } => return self.string_index(base, index, span),
            A::Range { .. } => return self.range(expr, want),
            A::List { items, .. } => return self.list_expr(items, want, span),
            A::Array(items) => ExprKind::NewArray(self.list(items)),
            A::HashRef(items) => ExprKind::NewHash(self.list(items)),
            A::Spread(inner) => return self.spread(inner),
            A::Unary(operator, inner) => return self.unary_expr(*operator, inner, span),
            A::Step { target, up, prefix } => {
                let place = self.target_place(target);
                self.note_value(target, want);
                ExprKind::Step { target: Box::new(place), up: *up, prefix: *prefix || want == Want::Void }
            }
            A::Binary(operator, a, b) => return self.binary_expr(*operator, a, b, span),
            A::Chain(operands, operators) => return self.chain(operands, operators, span),
            A::Logic(operator, a, b) => return self.logic(*operator, a, b, want, span),
            A::Ternary(test, yes, no) => {
                let test = self.expr(test, Want::Scalar);
                let yes = self.expr(yes, want);
                let no = self.expr(no, want);
                match Self::truth(&test) {
                    Some(true) => return yes,
                    Some(false) => return no,
                    None => ExprKind::Ternary(Box::new(test), Box::new(yes), Box::new(no)),
                }
            }
            A::Assign { target, op, value } => {
                let done = self.assignment(target, *op, value, span);
                self.note_value(target, want);
                return done;
            }
            A::Declare { declarator, vars, .. } => return self.declaration(*declarator, vars, span),
            A::DeclarePattern { .. } => {
                self.error(Code::BAD_PATTERN, span, "a pattern that declares needs a value");
                ExprKind::Undef
            }
            A::Local(inner) => return self.localize(inner, span),
            A::Bind { subject, pattern, negated } => {
                return self.bind_expr(subject, pattern, *negated, span);
            }
            A::Call(call) => return self.call(call, want, span),
            A::CallAmp { callee, args } => return self.call_amp(callee, args.as_deref(), span),
            A::CallValue { callee, args } => {
                if matches!(callee.kind, A::Here(HereWord::Sub)) {
                    self.now.uses_caller |= self.options.compat;
                    let current = mk(pos, ExprKind::CurrentFunction);
                    let args = self.arguments_of(args);
                    return self.call_value(current, args, pos);
                }
                if let A::Call(call) = &callee.kind
                    && call.args.is_empty()
                    && !call.parens
                    && call.block.is_none()
                    && call.name.text == "__SUB__"
                {
                    self.now.uses_caller |= self.options.compat;
                    let current = mk(pos, ExprKind::CurrentFunction);
                    let args = self.arguments_of(args);
                    return self.call_value(current, args, pos);
                }
                let callee = self.expr(callee, Want::Scalar);
                let args = self.arguments_of(args);
                return self.call_value(callee, args, pos);
            }
            A::Method { invocant, name, args } => {
                let args = Given::List(args.as_deref().unwrap_or_default());
                return self.method_call(invocant, name, args, span);
            }
            A::Ref(inner) => return self.reference(inner, span),
            A::Function(function) => {
                if function.name.is_some() {
                    let mut out = Vec::new();
                    self.named_function(function, &mut out);
                    return mk(pos, ExprKind::Do(Block { stmts: out, ..Block::default() }));
                }
                return self.anonymous(function);
            }
            A::BlockFunction(block) => return self.block_function(block),
            A::Do(block) => ExprKind::Do(self.block(block, want)),
            A::DoFile(file) => {
                self.now.dynamic_code = true;
                self.find(FindingKind::ComputedRequire, span, String::new());
                self.cx().effects |= s_abi::builtins::effect::FS_READ;
                let file = self.expr(file, Want::Scalar);
                op(Op::RequireValue(file, true))
            }
            A::EvalBlock(block) => {
                self.now.catches = true;
                self.cx().protection += 1;
                let block = self.block(block, want);
                self.cx().protection -= 1;
                ExprKind::Eval(block)
            }
            A::EvalStr(operand) => return self.eval_string(operand.as_deref(), want, span),
            A::TaskBlock(name, block) => {
                let function = self.block_function(block);
                return self.builtin_with(&name.text, vec![function], false, span);
            }
            // `-f -r FILE`: the outer test is of what the inner one looked at.
            A::FileTest(letter, Some(inner)) if matches!(inner.kind, A::FileTest(..)) => {
                let first = self.expr(inner, Want::Scalar);
                let last = mk(pos, ExprKind::Glob("main::_".to_owned()));
                let second = mk(pos, op(Op::FileTest(*letter, last)));
                ExprKind::And(Box::new(first), Box::new(second))
            }
            A::FileTest(letter, operand) => {
                self.cx().effects |= s_abi::builtins::effect::FS_READ;
                let operand = match operand {
                    Some(operand) => match &operand.kind {
                        A::Bareword(_) => self.handle(operand),
                        _ => self.expr(operand, Want::Scalar),
                    },
                    None if *letter == 't' => mk(pos, ExprKind::Glob("main::STDIN".to_owned())),
                    None => self.default_topic(span),
                };
                op(Op::FileTest(*letter, operand))
            }
            A::ReadLine(handle) => {
                self.cx().effects |= s_abi::builtins::effect::FS_READ;
                let handle = handle.as_ref().map(|handle| self.handle(handle));
                op(Op::ReadLine(handle))
            }
            A::Glob(pieces) => {
                let pattern = self.interpolated(pieces, span);
                return self.glob_names(pattern, span);
            }
            A::Return(value) => {
                let mut value = value.as_ref().map(|value| self.boxed(value, Want::Caller));
                if let (Some(value), Some(ty)) = (&mut value, self.cx().result.clone()) {
                    crate::function::wrap_check(value, &ty);
                }
                if !value.as_ref().is_some_and(|value| crate::function::is_one_scalar(value)) {
                    self.cx().uses_want = true;
                }
                ExprKind::Return(value)
            }
            A::Jump(jump, label) => self.jump(*jump, label.as_ref(), span),
            A::Goto(target) => return self.goto(target, span),
            A::MatchOn { subject, arms } => return self.match_on(subject, arms, want, span),
            A::Cond(arms) => return self.cond(arms, want, span),
            A::Pipe(left, right) => return self.pipe(left, right, want, span),
            A::Thread { source, stages, last } => return self.thread(source, stages, *last, want),
            A::Bareword(name) => return self.bareword(name, want, span),
            A::Here(word) => match word {
                HereWord::File => {
                    let unit = &self.units[self.file as usize];
                    let own = unit.place(span.start).1.map(|name| unit.names[name].clone());
                    let name = own.unwrap_or_else(|| unit.source.name.clone());
                    return text(pos, &name);
                }
                HereWord::Line => ExprKind::Int(i64::from(pos.line)),
                HereWord::Package => return text(pos, &self.package.clone()),
                HereWord::Sub => {
                    self.now.uses_caller |= self.options.compat;
                    ExprKind::CurrentFunction
                }
            },
            A::Yada => {
                let die = Stmt { pos, kind: StmtKind::Die("Unimplemented".to_owned()) };
                ExprKind::Do(Block { stmts: vec![die], ..Block::default() })
            }
            A::Error => ExprKind::Undef,
        };
        mk(pos, kind)
    }

    // --- variables

    fn var(&mut self, sigil: Sigil, name: &str, span: Span) -> Expr {
        let pos = self.pos(span);
        match sigil {
            Sigil::Scalar => self.scalar(name, span, Use::Read),
            Sigil::Array => mk(pos, ExprKind::Array(self.array(name, span, Use::Read))),
            Sigil::Hash => mk(pos, ExprKind::Hash(self.hash(name, span, Use::Read))),
            Sigil::Code => self.function_value(name, span),
            Sigil::Glob => mk(pos, ExprKind::Glob(self.global_name(VarKind::Handle, name))),
        }
    }

    /// `\&name`, and `&name` where a function is meant.
    pub(crate) fn function_value(&mut self, name: &str, span: Span) -> Expr {
        let mut full = self.full_name(name);
        if !self.options.compat && !name.contains("::") && !self.has_function(&full) {
            let main = format!("main::{name}");
            if self.has_function(&main) {
                full = main;
            }
        }
        let core = name.starts_with("CORE::");
        if (core || !self.options.compat && !name.contains("::"))
            && !self.has_function(&full)
            && let Some(row) = self.builtin_row(name)
            && let Some(function) = self.builtin_value(row, span)
        {
            return function;
        }
        self.note_call(&full);
        let pos = self.pos(span);
        mk(pos, ExprKind::FunctionRef(self.global(VarKind::Code, &full)))
    }

    fn deref(&mut self, sigil: Sigil, base: &ast::Expr, span: Span) -> Expr {
        let pos = self.pos(span);
        // `@{[ LIST ]}` is the list.
        if let (Sigil::Array, A::Array(items)) = (sigil, &base.kind) {
            let items = self.list(items);
            let array = mk(pos, ExprKind::NewArray(items));
            return mk(pos, ExprKind::Array(Array::Deref(Box::new(array))));
        }
        let value = self.deref_base(base, false);
        match sigil {
            Sigil::Scalar => mk(pos, ExprKind::DerefScalar(Box::new(value))),
            Sigil::Array => mk(pos, ExprKind::Array(Array::Deref(Box::new(value)))),
            Sigil::Hash => mk(pos, ExprKind::Hash(Hash::Deref(Box::new(value)))),
            Sigil::Code => value,
            Sigil::Glob if self.options.compat => {
                mk(pos, ExprKind::DerefGlob(Box::new(value), self.package.clone()))
            }
            Sigil::Glob => value,
        }
    }

    /// The subscript of a slice; a missing end of a range is that of the array.
    fn slice_index(&mut self, base: &ast::Expr, index: &ast::Expr, of_hash: bool) -> Box<Expr> {
        if of_hash {
            return self.boxed(index, Want::List);
        }
        let A::Range { from, to, step, .. } = &index.kind else { return self.boxed(index, Want::List) };
        if from.is_some() && to.is_some() {
            return self.boxed(index, Want::List);
        }
        let pos = self.pos(index.span);
        let from = match from {
            Some(from) => self.boxed(from, Want::Scalar),
            None => Box::new(mk(pos, ExprKind::Int(0))),
        };
        let to = match to {
            Some(to) => self.boxed(to, Want::Scalar),
            None => {
                let array = self.slice_array(base, Use::Read);
                Box::new(mk(pos, ExprKind::LastIndex(array)))
            }
        };
        let step = step.as_ref().map(|step| self.boxed(step, Want::Scalar));
        Box::new(mk(pos, ExprKind::Range { from, to, step }))
    }

    /// `$s[i]`, `$s[1:3]` of a string: code points.
    fn string_index(&mut self, base: &ast::Expr, index: &ast::Expr, span: Span) -> Expr {
        let pos = self.pos(span);
        let subject = match &base.kind {
            A::Var(Sigil::Array, name) => self.scalar(name, base.span, Use::Read),
            _ => self.expr(base, Want::Scalar),
        };
        if let A::Range { from, to, step, .. } = &index.kind {
            let mut part =
                |part: &Option<Box<ast::Expr>>| part.as_ref().map(|part| self.expr(part, Want::Scalar));
            let (from, to, step) = (part(from), part(to), part(step));
            return mk(pos, op(Op::CharSlice { subject, from, to, step }));
        }
        let index = self.expr(index, Want::Scalar);
        mk(pos, op(Op::CharAt(subject, index)))
    }

    // --- lists and ranges

    fn list_expr(&mut self, items: &[ast::Expr], want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        if let [one] = items {
            return self.expr(one, want);
        }
        let last = items.len().saturating_sub(1);
        let items = items
            .iter()
            .enumerate()
            .map(|(n, item)| {
                let want = match want {
                    Want::Scalar | Want::Void if n < last => Want::Void,
                    want => want,
                };
                self.expr(item, want)
            })
            .collect();
        mk(pos, ExprKind::List(items))
    }

    fn range(&mut self, expr: &ast::Expr, want: Want) -> Expr {
        let A::Range { from, to, step, op: operator } = &expr.kind else {
            return self.at(expr.span, ExprKind::Undef);
        };
        let pos = self.pos(expr.span);
        let flip =
            want == Want::Scalar && matches!(operator, RangeOp::Dots | RangeOp::Dots3) && step.is_none();
        let end = |r: &mut Self, side: &Option<Box<ast::Expr>>| match side {
            Some(side) => {
                let done = r.expr(side, Want::Scalar);
                if flip && matches!(done.kind, ExprKind::Int(_) | ExprKind::Float(_)) {
                    let line = mk(pos, ExprKind::Special(".".to_owned()));
                    let test = ExprKind::Binary(BinaryOp::NumEq, Box::new(line), Box::new(done));
                    return mk(pos, test);
                }
                done
            }
            None => mk(pos, ExprKind::Undef),
        };
        let from = Box::new(end(self, from));
        let to = Box::new(end(self, to));
        if flip {
            let id = self.flips;
            self.flips += 1;
            let exclusive = *operator == RangeOp::Dots3;
            return mk(pos, ExprKind::FlipFlop { id, from, to, exclusive });
        }
        let step = step.as_ref().map(|step| self.boxed(step, Want::Scalar));
        let range = mk(pos, ExprKind::Range { from, to, step });
        if want == Want::Scalar { mk(pos, ExprKind::ListOf(Box::new(range))) } else { range }
    }

    /// `...EXPR` in a constructor: what the reference refers to.
    fn spread(&mut self, inner: &ast::Expr) -> Expr {
        if matches!(inner.kind, A::Var(Sigil::Array | Sigil::Hash, _) | A::Deref(..)) {
            return self.expr(inner, Want::List);
        }
        let pos = self.pos(inner.span);
        let value = self.expr(inner, Want::Scalar);
        mk(pos, op(Op::Spread(value)))
    }

    // --- operators

    fn unary_expr(&mut self, operator: ast::UnaryOp, inner: &ast::Expr, span: Span) -> Expr {
        let pos = self.pos(span);
        match operator {
            ast::UnaryOp::Plus => self.expr(inner, Want::Caller),
            ast::UnaryOp::Neg => {
                if let A::Bareword(name) = &inner.kind {
                    let full = self.full_name(name);
                    if !self.has_function(&full) && !self.constants.contains_key(&full) {
                        return text(pos, &format!("-{name}"));
                    }
                }
                let value = self.expr(inner, Want::Scalar);
                self.fold(mk(pos, ExprKind::Unary(UnaryOp::Neg, Box::new(value))))
            }
            ast::UnaryOp::Not => {
                let value = self.expr(inner, Want::Scalar);
                self.fold(mk(pos, ExprKind::Unary(UnaryOp::Not, Box::new(value))))
            }
            ast::UnaryOp::BitNot if self.integer => {
                let value = self.expr(inner, Want::Scalar);
                mk(pos, op(Op::Integer(BinaryOp::BitXor, mk(pos, ExprKind::Int(-1)), value)))
            }
            ast::UnaryOp::BitNot => {
                let value = self.expr(inner, Want::Scalar);
                self.fold(mk(pos, ExprKind::Unary(UnaryOp::BitNot, Box::new(value))))
            }
        }
    }

    fn binary_expr(&mut self, operator: BinaryOp, a: &ast::Expr, b: &ast::Expr, span: Span) -> Expr {
        let pos = self.pos(span);
        if self.integer && is_integer_operator(operator) {
            let a = self.expr(a, Want::Scalar);
            let b = self.expr(b, Want::Scalar);
            return mk(pos, op(Op::Integer(operator, a, b)));
        }
        match operator {
            BinaryOp::Concat => {
                let mut pieces = Vec::new();
                self.concat_pieces(a, &mut pieces);
                self.concat_pieces(b, &mut pieces);
                return self.concat(pieces, pos);
            }
            BinaryOp::Repeat if matches!(a.kind, A::List { parens: true, .. } | A::Words(_)) => {
                let list = self.boxed(a, Want::List);
                let count = self.boxed(b, Want::Scalar);
                return mk(pos, ExprKind::RepeatList(list, count));
            }
            BinaryOp::SmartMatch => {
                let a = self.reference_if_aggregate(a);
                let b = self.reference_if_aggregate(b);
                return mk(pos, op(Op::SmartMatch(a, b)));
            }
            BinaryOp::Isa => {
                let a = self.boxed(a, Want::Scalar);
                let b = match &b.kind {
                    A::Bareword(name) => Box::new(text(pos, name)),
                    _ => self.boxed(b, Want::Scalar),
                };
                return mk(pos, ExprKind::Binary(operator, a, b));
            }
            _ => {}
        }
        let a = self.boxed(a, Want::Scalar);
        let b = self.boxed(b, Want::Scalar);
        self.fold(mk(pos, ExprKind::Binary(operator, a, b)))
    }

    fn reference_if_aggregate(&mut self, side: &ast::Expr) -> Expr {
        let pos = self.pos(side.span);
        let done = self.expr(side, Want::Scalar);
        if matches!(done.kind, ExprKind::Array(_) | ExprKind::Hash(_)) {
            let place = self.place(side, Use::Refer);
            return mk(pos, ExprKind::RefTo(Box::new(place)));
        }
        done
    }

    /// The operands of a chain of `.`.
    fn concat_pieces(&mut self, expr: &ast::Expr, pieces: &mut Vec<Expr>) {
        if let A::Binary(BinaryOp::Concat, a, b) = &expr.kind
            && self.enter(expr.span)
        {
            self.concat_pieces(a, pieces);
            self.concat_pieces(b, pieces);
            self.leave();
            return;
        }
        let done = self.expr(expr, Want::Scalar);
        match done.kind {
            // A text inside a chain is part of it.
            ExprKind::Concat(inner) => pieces.extend(inner),
            kind => pieces.push(mk(done.pos, kind)),
        }
    }

    fn chain(&mut self, operands: &[ast::Expr], operators: &[BinaryOp], span: Span) -> Expr {
        let pos = self.pos(span);
        let mut stmts = Vec::new();
        let Some((first, rest)) = operands.split_first() else { return mk(pos, ExprKind::Undef) };
        let mut left = self.expr(first, Want::Scalar);
        let mut all: Option<Expr> = None;
        for (n, (operand, operator)) in rest.iter().zip(operators).enumerate() {
            let right = self.expr(operand, Want::Scalar);
            let (right, next) = if n + 1 < rest.len()
                && !crate::stmt::is_constant(&right)
                && !matches!(right.kind, ExprKind::Local(_))
            {
                let id = self.hidden(operand.span.start, "middle", VarKind::Scalar);
                stmts.push(id);
                let place = mk(pos, ExprKind::Local(id));
                let kept = ExprKind::Assign(Box::new(mk(pos, ExprKind::Declare(vec![id]))), Box::new(right));
                (mk(pos, kept), place)
            } else {
                (right.clone(), right)
            };
            let test = mk(pos, ExprKind::Binary(*operator, Box::new(left), Box::new(right)));
            all = Some(match all {
                Some(before) => mk(pos, ExprKind::And(Box::new(before), Box::new(test))),
                None => test,
            });
            left = next;
        }
        all.unwrap_or(left)
    }

    fn logic(&mut self, operator: LogicOp, a: &ast::Expr, b: &ast::Expr, want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let left = self.boxed(a, Want::Scalar);
        let right_want = if operator == LogicOp::Xor { Want::Scalar } else { want };
        let right = self.boxed(b, right_want);
        let kind = match (operator, Self::truth(&left)) {
            (LogicOp::And, Some(true)) | (LogicOp::Or, Some(false)) => return *right,
            (LogicOp::And, Some(false)) | (LogicOp::Or, Some(true)) => return *left,
            (LogicOp::DefinedOr, Some(_)) if !matches!(left.kind, ExprKind::Undef) => return *left,
            (LogicOp::DefinedOr, Some(_)) => return *right,
            (LogicOp::And, None) => ExprKind::And(left, right),
            (LogicOp::Or, None) => ExprKind::Or(left, right),
            (LogicOp::DefinedOr, None) => ExprKind::DefinedOr(left, right),
            (LogicOp::Xor, _) => ExprKind::Xor(left, right),
        };
        mk(pos, kind)
    }

    // --- references

    pub(crate) fn reference(&mut self, inner: &ast::Expr, span: Span) -> Expr {
        let pos = self.pos(span);
        match &inner.kind {
            A::CallAmp { callee, args: None } => match &callee.kind {
                A::Var(Sigil::Code, name) => self.function_value(name, span),
                _ => {
                    self.now.names_functions = true;
                    self.expr(callee, Want::Scalar)
                }
            },
            A::Var(Sigil::Code, name) => self.function_value(name, span),
            A::Deref(Sigil::Code, code) => {
                self.now.names_functions = true;
                self.expr(code, Want::Scalar)
            }
            A::Function(_) | A::Array(_) | A::HashRef(_) | A::Ref(_) => {
                let value = self.expr(inner, Want::Scalar);
                mk(pos, ExprKind::RefTo(Box::new(value)))
            }
            A::List { items, parens: true } if items.len() != 1 => {
                let items = items.iter().map(|item| self.reference(item, item.span)).collect();
                mk(pos, ExprKind::List(items))
            }
            // `\(@a)` is a reference to each element.
            A::List { items, .. }
                if matches!(items[0].kind, A::Var(Sigil::Array, _) | A::Deref(Sigil::Array, _)) =>
            {
                let place = self.place(&items[0], Use::Refer);
                let list = mk(pos, ExprKind::List(vec![place]));
                mk(pos, ExprKind::RefTo(Box::new(list)))
            }
            A::List { items, .. } => self.reference(&items[0], span),
            A::Call(call)
                if self.options.compat
                    && self.builtin_row(&call.name.text).is_none()
                    && !self.is_magic(call) =>
            {
                // The function is called in list context; of several values the last is referred to.
                let list = self.expr(inner, Want::List);
                let last = Box::new(mk(pos, ExprKind::Int(-1)));
                let value = mk(pos, ExprKind::ListSlice(Box::new(list), last));
                mk(pos, ExprKind::RefTo(Box::new(mk(pos, ExprKind::Scalar(Box::new(value))))))
            }
            A::Declare { parens: true, vars, declarator } => {
                let done = self.declaration(*declarator, vars, inner.span);
                self.mark_referenced(&done);
                mk(pos, ExprKind::RefTo(Box::new(done)))
            }
            A::Declare { .. } | A::Local(_) | A::Assign { .. } => {
                let done = self.expr(inner, Want::Scalar);
                let (before, place) = self.settle_place(done);
                self.mark_referenced(&place);
                let taken = mk(pos, ExprKind::RefTo(Box::new(place)));
                self.after(before, taken)
            }
            A::Var(..)
            | A::Topic { .. }
            | A::Index { .. }
            | A::Key { .. }
            | A::Slice { .. }
            | A::Deref(..)
            | A::Ternary(..) => {
                let place = self.place(inner, Use::Refer);
                mk(pos, ExprKind::RefTo(Box::new(place)))
            }
            A::Call(call) if matches!(call.name.text.as_str(), "substr" | "pos" | "vec") => {
                let value = if self.is_part(call) {
                    self.magic(call, Use::Refer, inner.span)
                } else {
                    self.expr(inner, Want::Scalar)
                };
                mk(pos, ExprKind::RefTo(Box::new(value)))
            }
            _ => {
                let value = self.expr(inner, Want::List);
                mk(pos, ExprKind::RefTo(Box::new(value)))
            }
        }
    }

    fn mark_referenced(&mut self, place: &Expr) {
        let ids = match &place.kind {
            ExprKind::Declare(ids) => ids.clone(),
            ExprKind::Local(id) | ExprKind::Array(Array::Local(id)) | ExprKind::Hash(Hash::Local(id)) => {
                vec![*id]
            }
            _ => return,
        };
        for id in ids {
            let key = self.contexts.last().and_then(|c| c.keys.get(id.index()).copied().flatten());
            if let Some(key) = key {
                self.facts(key).referenced = true;
                self.facts(key).assigned += 1;
            }
        }
    }

    // --- words

    fn bareword(&mut self, name: &str, want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let full = self.full_name(name);
        if let Some(values) = self.constants.get(&full) {
            return match values.as_slice() {
                [one] => mk(pos, one.kind.clone()),
                values => mk(pos, ExprKind::List(values.to_vec())),
            };
        }
        if let Some(variant) = self.variant_named(name) {
            return mk(pos, op(Op::Variant(variant.0, variant.1, None)));
        }
        if self.has_function(&full) {
            let call = ast::Call {
                name: ast::Name { span, text: name.to_owned() },
                block: None,
                head: None,
                args: Vec::new(),
                parens: false,
            };
            return self.call(&call, want, span);
        }
        if matches!(name, "STDIN" | "STDOUT" | "STDERR" | "DATA" | "ARGV") {
            return mk(pos, ExprKind::Glob(format!("main::{name}")));
        }
        let word = text(pos, name.strip_suffix("::").unwrap_or(name));
        // A function that is made while the program runs is known then.
        let makes_functions = self.options.compat
            && (self.now.dynamic_code || self.prior.as_ref().is_some_and(|prior| prior.dynamic_code));
        if !makes_functions {
            return word;
        }
        let function = self.global(VarKind::Code, &full);
        let is_there = mk(pos, op(Op::Defined(Box::new(mk(pos, ExprKind::FunctionRef(function))))));
        let callee = hir::Callee::Global(function);
        let call = hir::Call { callee, args: Vec::new(), topic: None };
        let call = mk(pos, ExprKind::Call(Box::new(call)));
        mk(pos, ExprKind::Ternary(Box::new(is_there), Box::new(call), Box::new(word)))
    }

    /// A file handle: a bareword names one, anything else yields one.
    pub(crate) fn handle(&mut self, expr: &ast::Expr) -> Expr {
        let pos = self.pos(expr.span);
        match &expr.kind {
            A::Bareword(name) | A::Var(Sigil::Glob, name) => {
                let full = self.global_name(VarKind::Handle, name);
                mk(pos, ExprKind::Glob(full))
            }
            A::Call(call)
                if call.args.is_empty()
                    && call.block.is_none()
                    && !call.parens
                    && s_abi::builtins::find(&call.name.text).is_none() =>
            {
                let full = self.global_name(VarKind::Handle, &call.name.text);
                mk(pos, ExprKind::Glob(full))
            }
            A::Ref(inner) if matches!(inner.kind, A::Var(Sigil::Glob, _)) => self.handle(inner),
            A::Do(block) if block.stmts.len() == 1 => match &block.stmts[0].kind {
                ast::StmtKind::Expr(inner) => self.handle(inner),
                _ => self.expr(expr, Want::Scalar),
            },
            _ => self.expr(expr, Want::Scalar),
        }
    }

    /// Whether a hash is `%!`.
    fn is_errors(&self, base: &ast::Expr) -> bool {
        let A::Var(Sigil::Hash, name) = &base.kind else { return false };
        name == "!" || self.special_meant(VarKind::Hash, name).as_deref() == Some("!")
    }

    // --- goto, eval

    fn goto(&mut self, target: &ast::Expr, span: Span) -> Expr {
        let pos = self.pos(span);
        match &target.kind {
            A::CallAmp { callee, args: None } => {
                let call = self.with_current_args(callee, true, span);
                mk(pos, ExprKind::Return(Some(Box::new(call))))
            }
            A::Var(Sigil::Code, _) => {
                let call = self.with_current_args(target, true, span);
                mk(pos, ExprKind::Return(Some(Box::new(call))))
            }
            A::Bareword(label) => mk(pos, self.goto_label(&label.clone(), span)),
            A::Call(call) if call.args.is_empty() && !call.parens => {
                mk(pos, self.goto_label(&call.name.text.clone(), span))
            }
            _ => {
                let call = self.with_current_args(target, true, span);
                mk(pos, ExprKind::Return(Some(Box::new(call))))
            }
        }
    }

    /// `eval STRING`: a known text is compiled in place.
    pub(crate) fn eval_string(&mut self, operand: Option<&ast::Expr>, want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let operand = match operand {
            Some(operand) => self.expr(operand, Want::Scalar),
            None => self.default_topic(span),
        };
        let known = match &operand.kind {
            ExprKind::Str { bytes, .. } => String::from_utf8(bytes.clone()).ok(),
            ExprKind::Int(n) => Some(n.to_string()),
            _ => None,
        };
        match known {
            Some(code) => self.eval_text(&code, want, span),
            None => self.eval_value(operand, pos, span),
        }
    }

    pub(crate) fn eval_value(&mut self, operand: Expr, pos: hir::Pos, span: Span) -> Expr {
        self.find(FindingKind::ComputedEval, span, String::new());
        self.now.dynamic_code = true;
        self.lax |= self.warnings & s_abi::warning::LAX != 0;
        self.cx().effects |= !0;
        let mut visible = Vec::new();
        for (name, binding) in self.names.visible() {
            match self.reach(&binding, Use::Refer) {
                Found::Local(id) => visible.push((name, Visible::Local(id))),
                // What `our` declares is found by its name.
                Found::Global(id) if !self.globals[id.index()].name.contains("::") => {
                    visible.push((name, Visible::Global(id)));
                }
                Found::Global(_) | Found::Constant(_) => {}
            }
        }
        if !self.options.compat {
            let topic = self.topic(0, 0, pos, Use::Refer);
            if let ExprKind::Local(id) = topic.kind {
                visible.push(("$_".to_owned(), Visible::Local(id)));
            }
        }
        let package = self.package.clone();
        mk(pos, op(Op::EvalString { text: operand, visible, package }))
    }

    fn eval_text(&mut self, code: &str, want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let key = (self.file, span.start);
        let unit = match self.evals.get(&key) {
            Some(&unit) => unit,
            None if self.evals.len() >= MAX_EVALS || self.in_text > 8 => {
                return self.eval_value(text(pos, code), pos, span);
            }
            None => {
                let name = format!("(eval {})", self.evals.len() + 1);
                let mut unit = Unit::parse(&name, std::sync::Arc::from(code), self.options);
                unit.links =
                    self.units[self.file as usize].evaluated.get(&span.start).cloned().unwrap_or_default();
                let at = self.units.len();
                for unit in unit.with_aliases(at) {
                    self.units.push(std::sync::Arc::new(unit));
                    self.file_functions.push(None);
                }
                self.evals.insert(key, at);
                at
            }
        };
        let tree = std::sync::Arc::clone(&self.units[unit]);
        const LEVELS: usize = 120;
        if let Some(error) = tree.errors.first() {
            let (line, own) = tree.place(error.span.start);
            let name = own.map_or(&tree.source.name, |own| &tree.names[own]);
            let error = crate::source::diagnostic(&tree.source, error);
            let message = crate::perl_message::at(&error, line, name);
            let die = Stmt { pos, kind: StmtKind::Die(message) };
            return mk(pos, ExprKind::Eval(Block { stmts: vec![die], ..Block::default() }));
        }
        if !self.deep && self.nesting as usize + 2 * tree.depth > LEVELS {
            // The stack was chosen for the depth of the files.
            return self.eval_value(text(pos, code), pos, span);
        }
        let file = std::mem::replace(&mut self.file, u32::try_from(unit).unwrap_or(u32::MAX));
        let known = self.diagnostics.len();
        let links = std::mem::take(&mut self.links);
        let classes = self.classes.len();
        self.declare_all(&tree.ast.body, true);
        let (here, package) = (self.file, self.package.clone());
        self.link_classes();
        (self.file, self.package) = (here, package);
        let linked = std::mem::replace(&mut self.links, links);
        self.links.extend(linked);
        self.in_text += 1;
        self.now.catches = true;
        self.cx().protection += 1;
        self.braces += 1;
        let start = TextStart { locals: self.cx().locals.len(), names: Vec::new() };
        let around = std::mem::replace(&mut self.text, start);
        let mut block = self.block_of(|r| r.statements(&tree.ast.body, want));
        let start = std::mem::replace(&mut self.text, around);
        block.stmts.splice(..0, start.names);
        self.braces -= 1;
        self.cx().protection -= 1;
        self.in_text -= 1;
        self.file = file;
        // What is wrong with the text is found when it is run, as if it had only been known then.
        let mut found = self.diagnostics.split_off(known.min(self.diagnostics.len())).into_iter();
        let error = found.find(|found| found.severity == s_diag::Severity::Error);
        let block = match error {
            Some(error) => {
                // The machine is told of all classes; what these ask for would be wrong there, too.
                for class in &mut self.classes[classes..] {
                    class.parents.clear();
                    class.traits.clear();
                }
                let start = error.labels.first().map_or(0, |label| label.span.start);
                let (line, own) = tree.place(u32::try_from(start).unwrap_or(0));
                let name = own.map_or(&tree.source.name, |own| &tree.names[own]);
                let mut message = crate::perl_message::at(&error, line, name);
                // `use` is a `BEGIN` of its own.
                if error.code == Code::FILE_NOT_FOUND
                    && tree.source.text.get(start..).is_some_and(|rest| rest.starts_with("use"))
                {
                    message.push_str(&format!("BEGIN failed--compilation aborted at {name} line {line}.\n"));
                }
                let die = Stmt { pos, kind: StmtKind::Die(message) };
                Block { stmts: vec![die], ..Block::default() }
            }
            None => block,
        };
        mk(pos, ExprKind::Eval(block))
    }

    /// `values` and the like as places, for the loops that alias them.
    pub(crate) fn hash_list(&mut self, part: HashPart, arg: &ast::Expr, pos: hir::Pos) -> Expr {
        let done = match self.container(arg, Use::Read) {
            crate::place::Container::Hash(hash) => Op::HashList(part, hash),
            crate::place::Container::Array(array) => Op::ArrayList(part, array),
            crate::place::Container::Value(value) => Op::RefList(part, Box::new(value)),
        };
        mk(pos, op(done))
    }

    /// Statements for their effect, then a value.
    pub(crate) fn sequence(&mut self, mut stmts: Vec<Stmt>, value: Expr) -> Expr {
        if stmts.is_empty() {
            return value;
        }
        let pos = value.pos;
        stmts.push(stmt(value));
        mk(pos, ExprKind::Do(Block { stmts, ..Block::default() }))
    }

    /// Whether the place is in a function (not at file level).
    pub(crate) fn in_function(&self) -> bool {
        self.contexts.iter().any(|context| context.kind != FnKind::File && context.kind != FnKind::Compare)
    }
}

/// An operation as an expression.
pub(crate) fn op(op: Op) -> ExprKind {
    ExprKind::Op(Box::new(op))
}

/// Whether `use integer` changes an operator.
pub(crate) fn is_integer_operator(operator: BinaryOp) -> bool {
    matches!(
        operator,
        BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Mod
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor
            | BinaryOp::Shl
            | BinaryOp::Shr
    )
}
