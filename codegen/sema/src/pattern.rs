//! Regexes: matching, substitution, transliteration, splitting.

use s_diag::Code;
use s_regex::{Flags, Units};
use s_syntax::ast::{self, ExprKind as A, Regex, Replacement, Span};

use crate::builtin::unwrap_list;
use crate::expr::op;
use crate::hir::{
    self, Block, Expr, ExprKind, Hash, LogicOp, MatchOp, Op, Pattern, Pos, SplitOn, SubstOp, UnaryOp, VarKind,
};
use crate::names::Use;
use crate::resolver::{Resolver, Want, mk};
use crate::stmt::text;
use crate::string::literal;

impl Resolver<'_> {
    /// A pattern: constant, or assembled when reached.
    pub(crate) fn pattern(&mut self, regex: &Regex, span: Span) -> Pattern {
        let flags = self.regex_flags(&regex.flags, span);
        if let Some(text) = literal(&regex.pattern) {
            if self.options.compat && self.utf8 && !text.is_ascii() {
                let text = self.at(span, ExprKind::Str { bytes: text, wide: true });
                return Pattern::Dynamic { text: Box::new(text), flags };
            }
            // Perl's own patterns are right before anything runs; in a text that is evaluated, before that does.
            return match self.options.compat && self.in_text == 0 {
                true => Pattern::Constant(self.regex(text, flags)),
                false => self.fixed(text, flags, span),
            };
        }
        let text = match regex.pattern.as_slice() {
            [ast::Piece::Scalar(value)] => self.expr(value, Want::Scalar),
            pieces => self.interpolated(pieces, span),
        };
        if let ExprKind::Str { bytes, wide: false } = text.kind {
            return self.fixed(bytes, flags, span);
        }
        let pattern = Pattern::Dynamic { text: Box::new(text), flags };
        if regex.flags.contains('o') { self.once(pattern, span) } else { pattern }
    }

    /// `/o`: a pattern that is put together the first time it is reached, and stays as it is then.
    fn once(&mut self, pattern: Pattern, span: Span) -> Pattern {
        let Pattern::Dynamic { flags, .. } = &pattern else { return pattern };
        let flags = flags.clone();
        let name = format!("pattern:{}:{}", self.units[self.file as usize].source.name, span.start);
        let variable = self.global(VarKind::Scalar, &name);
        let kept = self.at(span, ExprKind::Global(variable));
        let made = self.at(span, op(Op::Qr(pattern)));
        let assign = ExprKind::AssignLogic(LogicOp::DefinedOr, Box::new(kept), Box::new(made));
        Pattern::Dynamic { text: Box::new(self.at(span, assign)), flags }
    }

    /// A pattern whose text is known. What is no pattern is told of where it is reached, like what is put
    /// together there: an `eval` around it catches that.
    fn fixed(&mut self, text: Vec<u8>, flags: String, span: Span) -> Pattern {
        let units = if self.options.compat { Units::Bytes } else { Units::Utf8 };
        if s_regex::Regex::new(&text, meaning(&flags), units).is_ok() {
            return Pattern::Constant(self.regex(text, flags));
        }
        let text = self.at(span, ExprKind::Str { bytes: text, wide: false });
        Pattern::Dynamic { text: Box::new(text), flags }
    }

    /// The letters that change what a pattern means, sorted.
    fn regex_flags(&mut self, letters: &str, span: Span) -> String {
        let mut flags: Vec<char> = letters.chars().filter(|c| "imsxna".contains(*c)).collect();
        flags.sort_unstable();
        let twice = flags.iter().filter(|&&c| c == 'x').count();
        flags.dedup();
        if twice > 1 {
            flags.push('x');
            flags.sort_unstable();
        }
        let charsets = ['u', 'l', 'd', 'a'].iter().filter(|&&c| letters.contains(c)).count();
        if charsets > 1 && !letters.contains('e') && !letters.contains('r') {
            self.error(Code::BAD_REGEX_FLAGS, span, format!("the letters `{letters}` exclude each other"));
        }
        flags.into_iter().collect()
    }

    /// What a pattern works on when nothing is bound to it.
    pub(crate) fn pattern_topic(&mut self, pattern: &ast::Expr) -> Expr {
        let how = if changes(pattern) { Use::Assign } else { Use::Read };
        self.scalar("_", pattern.span, how)
    }

    /// `SUBJECT =~ PATTERN`.
    pub(crate) fn bind_expr(
        &mut self,
        subject: &ast::Expr,
        pattern: &ast::Expr,
        negated: bool,
        span: Span,
    ) -> Expr {
        let mut inner = subject;
        while let A::List { items, parens: true } = &inner.kind
            && items.len() == 1
        {
            inner = &items[0];
        }
        if changes(pattern) {
            let done = match &inner.kind {
                A::Assign { .. } => self.expr(inner, Want::Scalar),
                _ => self.target_place(inner),
            };
            let (before, place) = self.settle_place(done);
            self.note_change(&place);
            let done = self.bind(place, pattern, negated, span);
            return self.after(before, done);
        }
        let keeps = matches!(&pattern.kind, A::Match(regex) if regex.flags.contains('g'));
        let done = if keeps && is_simple_place(inner) {
            self.position_place(inner)
        } else {
            self.expr(inner, Want::Scalar)
        };
        let (before, place) = self.settle_place(done);
        let done = self.bind(place, pattern, negated, span);
        self.after(before, done)
    }

    /// A place for the position of the next match, which a frozen variable has as well.
    pub(crate) fn position_place(&mut self, subject: &ast::Expr) -> Expr {
        let place = self.place(subject, Use::Read);
        // A known value has no place to keep a position in: the variable itself has.
        match &subject.kind {
            A::Var(ast::Sigil::Scalar, name) if crate::stmt::is_constant(&place) => {
                self.scalar_itself(name, subject.span)
            }
            _ => place,
        }
    }

    /// `m?x?`: it matches once, until `reset` forgets that.
    fn matched_once(&mut self, matched: Expr, pos: Pos) -> Expr {
        let done = self.global(VarKind::Hash, &format!("{}::?", self.package));
        let place = text(pos, &format!("{}:{}", pos.file, pos.offset));
        let place = mk(pos, ExprKind::Key(Hash::Global(done), Box::new(place)));
        let one = mk(pos, ExprKind::Int(1));
        let noted = mk(pos, ExprKind::Assign(Box::new(place.clone()), Box::new(one)));
        let first = mk(pos, ExprKind::And(Box::new(matched), Box::new(noted)));
        let is_new = self.negate(place);
        mk(pos, ExprKind::And(Box::new(is_new), Box::new(first)))
    }

    /// A pattern on a resolved subject.
    pub(crate) fn bind(&mut self, subject: Expr, pattern: &ast::Expr, negated: bool, span: Span) -> Expr {
        let pos = self.pos(span);
        let done = match &pattern.kind {
            A::Match(regex) => {
                let global = regex.flags.contains('g');
                let keep_pos = regex.flags.contains('c');
                let pattern = self.pattern(regex, pattern.span);
                if regex.once {
                    let done = MatchOp { subject, pattern, global, keep_pos, negated: false };
                    let done = self.matched_once(mk(pos, op(Op::Match(done))), pos);
                    return if negated { self.negate(done) } else { done };
                }
                let done = MatchOp { subject, pattern, global, keep_pos, negated };
                return mk(pos, op(Op::Match(done)));
            }
            A::Subst(subst) => {
                let found = self.pattern(&subst.regex, pattern.span);
                let replacement = match &subst.replacement {
                    Replacement::Text(pieces) => self.interpolated(pieces, pattern.span),
                    Replacement::Code { body, evals } => {
                        let block = self.block(body, Want::Scalar);
                        let mut value = single(block, pos);
                        for _ in 0..(*evals).min(8) {
                            value = self.eval_value(value, pos, span);
                        }
                        value
                    }
                };
                let global = subst.regex.flags.contains('g');
                let copy = subst.regex.flags.contains('r');
                let replacement = Box::new(replacement);
                op(Op::Subst(SubstOp { subject, pattern: found, replacement, global, copy }))
            }
            A::Trans(trans) => {
                let mut flags: Vec<char> = trans.flags.chars().filter(|c| "cdsr".contains(*c)).collect();
                flags.sort_unstable();
                flags.dedup();
                let copy = flags.contains(&'r');
                let table = hir::Trans {
                    from: trans.from.clone(),
                    to: trans.to.clone(),
                    flags: flags.into_iter().collect(),
                };
                let table = self.transliteration(table);
                op(Op::Trans { subject, table, copy })
            }
            A::Qr(regex) => {
                let pattern = self.pattern(regex, pattern.span);
                let done = MatchOp { subject, pattern, global: false, keep_pos: false, negated };
                return mk(pos, op(Op::Match(done)));
            }
            _ => {
                let text = self.expr(pattern, Want::Scalar);
                let pattern = match text.kind {
                    ExprKind::Str { bytes, .. } => self.fixed(bytes, String::new(), pattern.span),
                    kind => Pattern::Dynamic { text: Box::new(mk(text.pos, kind)), flags: String::new() },
                };
                let done = MatchOp { subject, pattern, global: false, keep_pos: false, negated };
                return mk(pos, op(Op::Match(done)));
            }
        };
        let done = mk(pos, done);
        if negated { mk(pos, ExprKind::Unary(UnaryOp::Not, Box::new(done))) } else { done }
    }

    /// `split`.
    pub(crate) fn split(&mut self, args: &[ast::Expr], span: Span) -> Expr {
        let pos = self.pos(span);
        let items = unwrap_list(args);
        let pattern = match items.first() {
            None => SplitOn::Awk,
            Some(first) => self.split_on(first),
        };
        let subject = match items.get(1) {
            Some(subject) => self.expr(subject, Want::Scalar),
            None => self.default_topic(span),
        };
        let limit = items.get(2).map(|limit| self.expr(limit, Want::Scalar));
        mk(pos, op(Op::Split { pattern, subject, limit }))
    }

    fn split_on(&mut self, first: &ast::Expr) -> SplitOn {
        match &first.kind {
            A::Match(regex) | A::Qr(regex) => {
                let mut regex = (**regex).clone();
                if let Some(text) = literal(&regex.pattern) {
                    if text.is_empty() {
                        return SplitOn::Characters;
                    }
                    if text == b"^" {
                        regex.flags.push('m');
                    }
                    let plain = regex.flags.chars().all(|c| !"imsxn".contains(c) || "ms".contains(c));
                    let wide = self.options.compat && self.utf8 && !text.is_ascii();
                    if plain
                        && !wide
                        && let Some(text) = plain_text(&text)
                    {
                        return SplitOn::Text(text);
                    }
                }
                SplitOn::Pattern(self.pattern(&regex, first.span))
            }
            _ => {
                let value = self.expr(first, Want::Scalar);
                match value.kind {
                    ExprKind::Str { bytes, wide: false } => match bytes.as_slice() {
                        b" " => SplitOn::Awk,
                        b"" => SplitOn::Characters,
                        _ => match plain_text(&bytes) {
                            Some(text) => SplitOn::Text(text),
                            None => SplitOn::Pattern(self.fixed(bytes, String::new(), first.span)),
                        },
                    },
                    kind => SplitOn::Value(Box::new(mk(value.pos, kind))),
                }
            }
        }
    }
}

/// What the letters of a pattern mean.
fn meaning(letters: &str) -> Flags {
    let has = |letter: &str| letters.contains(letter);
    Flags {
        ignore_case: has("i"),
        multi_line: has("m"),
        dot_all: has("s"),
        extended: has("x"),
        extended_more: has("xx"),
        no_capture: has("n"),
        ascii: has("a"),
    }
}

/// The value of a block that is only an expression, without the block.
fn single(mut block: Block, pos: Pos) -> Expr {
    if block.stmts.len() == 1
        && block.declares.is_empty()
        && !block.has_local
        && matches!(block.stmts[0].kind, hir::StmtKind::Expr(_))
        && let Some(hir::Stmt { kind: hir::StmtKind::Expr(value), .. }) = block.stmts.pop()
    {
        return value;
    }
    mk(pos, ExprKind::Do(block))
}

/// A pattern without special characters as the text that it finds.
fn plain_text(pattern: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(&next) if next.is_ascii_punctuation() => out.push(next),
                Some(b't') => out.push(b'\t'),
                Some(b'n') => out.push(b'\n'),
                _ => return None,
            },
            b'.' | b'*' | b'+' | b'?' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'^' | b'$' => {
                return None;
            }
            _ => out.push(byte),
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Whether a pattern changes what it is bound to.
fn changes(pattern: &ast::Expr) -> bool {
    match &pattern.kind {
        A::Subst(subst) => !subst.regex.flags.contains('r'),
        A::Trans(trans) => {
            !trans.flags.contains('r')
                && (!trans.to.is_empty() || trans.flags.contains('d') || trans.flags.contains('s'))
                && trans.from != trans.to
        }
        _ => false,
    }
}

fn is_simple_place(expr: &ast::Expr) -> bool {
    matches!(expr.kind, A::Var(ast::Sigil::Scalar, _) | A::Topic { .. } | A::Index { .. } | A::Key { .. })
}
