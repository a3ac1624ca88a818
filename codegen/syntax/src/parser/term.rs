//! Operands: variables, subscripts, brackets, and what follows an operand without an operator.
//!
//! Long because a term is one of many things, and each is told apart by its first characters.

use super::quote::Quoted;
use super::{Flags, OPEN, Parser, is_ident_char, is_ident_start};
use crate::ast::{Block, Expr, ExprKind, MethodName, Piece, RangeOp, Sigil, Stmt, StmtKind};
use crate::error::ErrorKind;

/// What stands behind a `$`, before any subscript.
pub(super) enum ScalarBase {
    /// A variable by name.
    Named(String),
    /// A dereference of this.
    Deref(Expr),
    /// A whole expression: a topic or a last index.
    Whole(Expr),
}

impl Parser<'_> {
    /// An operand with everything that follows it directly.
    pub(super) fn postfix(&mut self) -> Expr {
        let expr = self.primary();
        let subscripts =
            matches!(expr.kind, ExprKind::Index { .. } | ExprKind::Key { .. } | ExprKind::StrIndex { .. });
        self.suffixes(expr, subscripts)
    }

    /// Subscripts, arrows, calls and steps behind an operand. `subscripts`: brackets continue it.
    pub(super) fn suffixes(&mut self, expr: Expr, subscripts: bool) -> Expr {
        let mut expr = expr;
        let mut subscripts = subscripts;
        let outer = std::mem::replace(&mut self.height, 0);
        loop {
            let span = expr.span;
            let fresh = self.on_new_line();
            let adjacent = self.at == self.prev_end;
            let kind = match self.byte(0) {
                b'-' if self.byte(1) == b'>' && self.byte(2) != b'>' => {
                    if !self.grow() {
                        break;
                    }
                    expr = self.arrow(expr);
                    subscripts = !matches!(expr.kind, ExprKind::Method { args: None, .. });
                    continue;
                }
                b'[' if subscripts && !fresh => {
                    let index = self.index();
                    self.indexed(expr, index, true)
                }
                b'{' if subscripts && !fresh && (adjacent || self.flags.bare) => {
                    let key = Box::new(self.key());
                    ExprKind::Key { base: Box::new(expr), key, arrow: true }
                }
                b'(' if adjacent && self.callable(&expr, subscripts) => {
                    let args = self.call_args();
                    subscripts = true;
                    ExprKind::CallValue { callee: Box::new(expr), args }
                }
                b'(' if subscripts && !fresh && is_element(&expr) => {
                    let args = self.call_args();
                    ExprKind::CallValue { callee: Box::new(expr), args }
                }
                b'+' if self.byte(1) == b'+' && !fresh => {
                    self.advance(2);
                    subscripts = false;
                    ExprKind::Step { target: Box::new(expr), up: true, prefix: false }
                }
                b'-' if self.byte(1) == b'-' && !fresh => {
                    self.advance(2);
                    subscripts = false;
                    ExprKind::Step { target: Box::new(expr), up: false, prefix: false }
                }
                b'!' if adjacent && !self.compat && self.bang_subscript(&expr, b'!') => {
                    self.advance(1);
                    let index = self.assign();
                    if !self.eat(b'!') {
                        self.unexpected("`!`");
                    }
                    ExprKind::StrIndex { base: Box::new(expr), index: Box::new(index) }
                }
                b'~' if adjacent && !self.compat && self.bang_subscript(&expr, b'~') => {
                    self.advance(1);
                    let index = self.unary();
                    if !self.eat(b'~') {
                        self.unexpected("`~`");
                    }
                    ExprKind::StrIndex { base: Box::new(expr), index: Box::new(index) }
                }
                _ => break,
            };
            expr = self.node_after(span, kind);
            if !self.grow() {
                break;
            }
        }
        self.height = self.height.max(outer);
        expr
    }

    fn callable(&self, expr: &Expr, subscripts: bool) -> bool {
        if subscripts && is_element(expr) {
            return true;
        }
        match &expr.kind {
            ExprKind::CallValue { .. } => true,
            _ if self.compat => false,
            ExprKind::Var(Sigil::Scalar, _) | ExprKind::Topic { .. } => true,
            ExprKind::Call(call) => call.parens,
            ExprKind::Method { args: Some(_), .. } => true,
            ExprKind::Here(crate::ast::HereWord::Sub) => true,
            ExprKind::List { items, parens: true } => items.len() == 1,
            _ => false,
        }
    }

    /// `$x!i!`: a number or a variable between exclamation marks.
    /// Whether `!i!` or `~i~` is next: between tildes only where no operand stands behind them, since
    /// `$a~$b` is a range.
    fn bang_subscript(&self, expr: &Expr, mark: u8) -> bool {
        if !matches!(expr.kind, ExprKind::Var(Sigil::Scalar, _) | ExprKind::Topic { .. }) {
            return false;
        }
        let mut i = self.at + 1;
        if matches!(self.byte_at(i), b'-' | b'$') {
            i += 1;
        }
        let from = i;
        while is_ident_char(self.byte_at(i)) {
            i += 1;
        }
        let ends = |place: usize| matches!(self.byte_at(place), b',' | b';' | b')' | b']' | b'}' | b'\n' | 0);
        i > from && self.byte_at(i) == mark && (mark == b'!' || ends(i + 1) || self.sees_at(i + 1, " |>"))
    }

    fn arrow(&mut self, expr: Expr) -> Expr {
        let span = expr.span;
        self.advance(2);
        let base = Box::new(expr);
        let kind = match self.byte(0) {
            b'[' => {
                let index = self.index();
                self.indexed(*base, index, true)
            }
            b'{' => ExprKind::Key { key: Box::new(self.key()), base, arrow: true },
            b'(' => ExprKind::CallValue { callee: base, args: self.call_args() },
            b'@' | b'%' | b'&' | b'*' | b'$' if self.postfix_deref() => {
                return self.arrow_deref(*base);
            }
            b'$' => {
                let from = self.at;
                let method = self.scalar_base();
                let method = self.scalar_whole(from, method);
                let args = self.method_args();
                ExprKind::Method { invocant: base, name: MethodName::Dynamic(Box::new(method)), args }
            }
            byte if is_ident_start(byte) || self.sees("::") => {
                let end = self.name_end(self.at);
                let name = self.name(self.at, end);
                self.advance_to(end);
                let args = self.method_args();
                ExprKind::Method { invocant: base, name: MethodName::Name(name), args }
            }
            _ => {
                self.unexpected("a method, a subscript or a call behind `->`");
                ExprKind::Error
            }
        };
        self.node_after(span, kind)
    }

    fn method_args(&mut self) -> Option<Vec<Expr>> {
        (self.byte(0) == b'(' && !self.on_new_line()).then(|| self.call_args())
    }

    fn postfix_deref(&self) -> bool {
        match self.byte(0) {
            b'@' => matches!(self.byte(1), b'*' | b'[' | b'{'),
            b'%' => matches!(self.byte(1), b'*' | b'[' | b'{'),
            b'&' | b'*' => self.byte(1) == b'*',
            b'$' => self.byte(1) == b'*' || (self.byte(1) == b'#' && self.byte(2) == b'*'),
            _ => false,
        }
    }

    fn arrow_deref(&mut self, base: Expr) -> Expr {
        let span = base.span;
        let base = Box::new(base);
        let sigil = match self.byte(0) {
            b'@' => Sigil::Array,
            b'%' => Sigil::Hash,
            b'&' => Sigil::Code,
            b'*' => Sigil::Glob,
            _ => Sigil::Scalar,
        };
        let (next, pairs) = (self.byte(1), self.byte(0) == b'%');
        if next == b'#' {
            self.advance(3);
            let array = self.node_after(span, ExprKind::Deref(Sigil::Array, base));
            return self.node_after(span, ExprKind::LastIndex(Box::new(array)));
        }
        if next == b'*' {
            self.advance(2);
            return self.node_after(
                span,
                match sigil {
                    Sigil::Code => ExprKind::CallAmp { callee: base, args: None },
                    _ => ExprKind::Deref(sigil, base),
                },
            );
        }
        self.advance(1);
        let of_hash = next == b'{';
        let container = if of_hash { Sigil::Hash } else { Sigil::Array };
        let base = Box::new(self.node_after(span, ExprKind::Deref(container, base)));
        let index = Box::new(if of_hash { self.key() } else { self.index() });
        self.node_after(span, ExprKind::Slice { base, index, of_hash, pairs })
    }

    /// The node of an index; ranges that lack an end index strings.
    fn indexed(&self, base: Expr, index: Expr, arrow: bool) -> ExprKind {
        let (base, index) = (Box::new(base), Box::new(index));
        if is_open_range(&index) {
            return ExprKind::StrIndex { base, index };
        }
        ExprKind::Index { base, index, arrow }
    }

    /// `[ ... ]` as a subscript: the expression inside.
    pub(super) fn index(&mut self) -> Expr {
        let opener = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = if self.compat { OPEN } else { Flags { open: true, ..OPEN } };
        let expr = if !self.compat && self.byte(0) == b':' {
            self.range(None, RangeOp::Colon, 1)
        } else if self.byte(0) == b']' {
            self.node(self.at, ExprKind::List { items: Vec::new(), parens: false })
        } else {
            self.expr()
        };
        self.close(b']', opener);
        self.flags = flags;
        expr
    }

    /// `{ ... }` as a subscript: the key, words being strings.
    pub(super) fn key(&mut self) -> Expr {
        let opener = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = OPEN;
        let from = self.at;
        let sign = usize::from(self.byte(0) == b'-');
        let end = self.ident_end(from + sign);
        let expr = if end > from + sign
            && self.byte_at(self.after_blanks(end).0) == b'}'
            && !self.is_topic_word(self.slice(from, end))
        {
            let text = self.slice(from, end).as_bytes().to_vec();
            self.advance_to(end);
            self.node(from, ExprKind::Str(vec![Piece::Text(text)]))
        } else if self.byte(0) == b'}' {
            self.node(self.at, ExprKind::List { items: Vec::new(), parens: false })
        } else {
            self.expr()
        };
        self.close(b'}', opener);
        self.flags = flags;
        expr
    }

    /// The arguments in parentheses, which are next.
    pub(super) fn call_args(&mut self) -> Vec<Expr> {
        let opener = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = OPEN;
        let args = self.items(b')');
        self.close(b')', opener);
        self.flags = flags;
        args
    }

    /// The elements of a list up to a closing bracket.
    pub(super) fn items(&mut self, closer: u8) -> Vec<Expr> {
        while self.byte(0) == b',' {
            self.advance(1);
        }
        if self.byte(0) == closer || self.at_end() {
            return Vec::new();
        }
        let list = self.expr();
        match list.kind {
            ExprKind::List { items, parens: false } => items,
            _ => vec![list],
        }
    }

    /// One operand, with the subscripts that its sigil decides.
    pub(super) fn primary(&mut self) -> Expr {
        let from = self.at;
        match self.byte(0) {
            byte if is_ident_start(byte) => self.term_word(),
            b'$' => {
                let base = self.scalar_base();
                self.scalar_subscripts(from, base)
            }
            b'@' => self.array_term(),
            b'%' => self.hash_term(),
            b'&' => self.code_term(),
            b'*' => self.glob_term(),
            b'0'..=b'9' => self.number(),
            b'"' if !self.compat && self.sees("\"\"\"") => self.triple_quoted(false),
            b'"' | b'\'' | b'`' => self.quoted(),
            b'(' => self.parenthesised(),
            b'[' => {
                self.advance(1);
                let flags = self.flags;
                self.flags = OPEN;
                let items = self.items(b']');
                self.close(b']', from);
                self.flags = flags;
                self.node(from, ExprKind::Array(items))
            }
            b'{' => self.brace_term(),
            b'<' => self.angle_term(),
            b'/' => self.regex_literal(),
            b'.' if self.sees("...") => {
                self.advance(3);
                if self.starts_operand() && !self.on_new_line() {
                    let operand = self.assign();
                    return self.node(from, ExprKind::Spread(Box::new(operand)));
                }
                self.node(from, ExprKind::Yada)
            }
            b'.' if self.byte(1).is_ascii_digit() => self.number(),
            b'>' if self.byte(1) == b'{' && !self.compat => {
                self.advance(1);
                let block = self.block();
                self.node(from, ExprKind::Do(block))
            }
            b':' if self.sees("::") && is_ident_start(self.byte(2)) => self.term_word(),
            b'-' | b'+' | b'!' | b'\\' | b'~' => {
                let Some(outer) = self.enter() else { return self.too_deep_node() };
                let expr = self.unary();
                self.leave(outer);
                expr
            }
            _ => self.no_term(),
        }
    }

    fn no_term(&mut self) -> Expr {
        let from = self.at;
        let message = format!("expected an expression, found {}", self.next_token());
        let span = self.next_span();
        self.report(ErrorKind::ExpectedExpression, span, message, "an expression belongs here", None);
        let ends = self.at_end() || matches!(self.byte(0), b')' | b']' | b'}' | b';' | b',');
        if !ends {
            self.skip_token();
        }
        Expr { span: self.span(from, from.max(self.prev_end)), kind: ExprKind::Error }
    }

    fn parenthesised(&mut self) -> Expr {
        let from = self.at;
        let items = self.call_args();
        let list = self.node(from, ExprKind::List { items, parens: true });
        if self.byte(0) == b'[' && !self.on_new_line() {
            return self.list_slice(list);
        }
        list
    }

    pub(super) fn list_slice(&mut self, list: Expr) -> Expr {
        let span = list.span;
        let index = Box::new(self.index());
        self.node_after(span, ExprKind::ListSlice { list: Box::new(list), index })
    }

    // --- scalars

    /// `$` and what it names, without subscripts.
    pub(super) fn scalar_base(&mut self) -> ScalarBase {
        let from = self.at;
        let next = self.byte(1);
        if is_ident_start(next) || (next == b':' && self.byte(2) == b':' && is_ident_start(self.byte(3))) {
            if next == b'_'
                && !self.compat
                && let Some(topic) = self.topic(from, from + 1, true)
            {
                return ScalarBase::Whole(topic);
            }
            let end = self.name_end(from + 1);
            let end = if end == from + 1 { self.old_name_end(from + 1) } else { end };
            if end == from + 1 {
                return self.no_variable();
            }
            let name = self.slice(from + 1, end).trim_start_matches("::").to_owned();
            // `$Pkg::{name}` is an element of the package's table of names.
            if self.sees_at(end, "::{") {
                self.advance_to(end + 2);
                return ScalarBase::Named(format!("{name}::"));
            }
            self.advance_to(end);
            return ScalarBase::Named(name);
        }
        if next.is_ascii_digit() {
            let mut end = from + 1;
            while self.byte_at(end).is_ascii_digit() {
                end += 1;
            }
            let name = self.slice(from + 1, end).to_owned();
            self.advance_to(end);
            return ScalarBase::Named(name);
        }
        match next {
            b':' if self.sees_at(from + 1, "::") => {
                // `$::{name}`: the table of the main package.
                self.advance_to(from + 3);
                ScalarBase::Named("main::".to_owned())
            }
            b'{' => self.braced_scalar(),
            b'#' => self.last_index(),
            b'$' => {
                let after = self.byte(2);
                if is_ident_start(after) || matches!(after, b'{' | b'$' | b':') && self.dollar_chain() {
                    self.at += 1;
                    let inner_from = self.at;
                    let Some(outer) = self.enter() else { return self.no_variable() };
                    let inner = self.scalar_base();
                    self.leave(outer);
                    let inner = self.scalar_whole(inner_from, inner);
                    return ScalarBase::Deref(inner);
                }
                self.advance(2);
                ScalarBase::Named("$".to_owned())
            }
            b'^' if self.byte(2).is_ascii_uppercase() || self.byte(2) == b'_' => {
                let name = format!("^{}", char::from(self.byte(2)));
                self.advance(3);
                ScalarBase::Named(name)
            }
            b'&' | b'`' | b'\'' | b'+' | b'!' | b'@' | b'/' | b'\\' | b',' | b';' | b'.' | b'-' | b'^'
            | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b':' | b'?' | b'|' | b'"' | b'~' | b'=' | b'%'
            | b'*' => {
                self.advance(2);
                ScalarBase::Named(char::from(next).to_string())
            }
            // Perl allows a blank behind the sigil.
            b' ' | b'\t' | b'\n' if self.compat => {
                let (place, _) = self.after_blanks(from + 1);
                if self.byte_at(place) == b'{' {
                    self.at = place - 1;
                    return self.braced_scalar();
                }
                if is_ident_start(self.byte_at(place)) {
                    let end = self.name_end(place);
                    let name = self.slice(place, end).to_owned();
                    self.advance_to(end);
                    return ScalarBase::Named(name);
                }
                self.no_variable()
            }
            _ => self.no_variable(),
        }
    }

    /// Whether the dollars here end in something that can be dereferenced.
    fn dollar_chain(&self) -> bool {
        let mut i = self.at + 1;
        while self.byte_at(i) == b'$' {
            i += 1;
        }
        let next = self.byte_at(i);
        is_ident_start(next) || next == b'{' || (next == b':' && self.byte_at(i + 1) == b':')
    }

    /// Names that are not identifiers by Unicode's rules are still taken, a character at a time.
    fn old_name_end(&self, place: usize) -> usize {
        place + self.char_at(place).map_or(0, char::len_utf8)
    }

    fn no_variable(&mut self) -> ScalarBase {
        let from = self.at;
        let message = format!("expected a variable's name behind `{}`", char::from(self.byte(0)));
        let span = self.span(from, from + 1);
        self.report(ErrorKind::ExpectedName, span, message, "names nothing", None);
        self.advance(1);
        ScalarBase::Whole(self.node(from, ExprKind::Error))
    }

    /// `${name}`, `${^NAME}`, `${ EXPR }`.
    fn braced_scalar(&mut self) -> ScalarBase {
        if let Some((name, end)) = self.braced_name(self.at + 1) {
            if let Some(slot) = self.topic_slot(&name) {
                let from = self.at;
                self.advance_to(end);
                if slot == 0 {
                    return ScalarBase::Named(name);
                }
                return ScalarBase::Whole(self.node(from, ExprKind::Topic { slot, outer: 0, sigil: true }));
            }
            self.advance_to(end);
            return ScalarBase::Named(name);
        }
        self.advance(1);
        ScalarBase::Deref(self.deref_block())
    }

    /// The name in the braces at `place` and the offset behind them, if there is only a name.
    pub(super) fn braced_name(&self, place: usize) -> Option<(String, usize)> {
        let (from, _) = self.after_blanks(place + 1);
        let mut end = self.name_end(from);
        if self.byte_at(from) == b'^' {
            end = self.ident_end(from + 1);
            if end == from + 1 {
                return None;
            }
        } else if end == from {
            while self.byte_at(end).is_ascii_digit() {
                end += 1;
            }
            if end == from
                && matches!(
                    self.byte_at(from),
                    b'!' | b'@' | b'&' | b'/' | b',' | b'.' | b'$' | b'|' | b'"' | b';' | b'0'
                )
                && self.byte_at(from + 1) == b'}'
            {
                end = from + 1;
            }
        }
        if end == from {
            return None;
        }
        let (close, _) = self.after_blanks(end);
        if self.byte_at(close) != b'}' {
            return None;
        }
        Some((self.slice(from, end).to_owned(), close + 1))
    }

    /// `{ ... }` behind a sigil: the expression that gives the reference.
    pub(super) fn deref_block(&mut self) -> Expr {
        let from = self.at;
        let (inner, _) = self.after_blanks(from + 1);
        if self.compat && self.byte_at(inner) == b'{' {
            // A brace right behind the first is a hash.
            let close = self.matching(inner, self.end);
            let behind = close.map(|close| self.after_blanks(close).0);
            if behind.is_some_and(|behind| self.byte_at(behind) == b'}') {
                self.advance(1);
                self.at = inner;
                let hash = self.hash_constructor();
                self.close(b'}', from);
                return hash;
            }
        }
        let block = self.block();
        self.block_expr(from, block)
    }

    /// A block as an expression: its only expression, or all of it.
    pub(super) fn block_expr(&self, from: usize, block: Block) -> Expr {
        let mut block = block;
        if block.stmts.len() == 1
            && matches!(&block.stmts[0], Stmt { label: None, kind: StmtKind::Expr(_), .. })
            && let Some(Stmt { kind: StmtKind::Expr(expr), .. }) = block.stmts.pop()
        {
            return expr;
        }
        self.node(from, ExprKind::Do(block))
    }

    /// `$#name`, `$#{...}`, `$#$ref`, or the old variable `$#`.
    fn last_index(&mut self) -> ScalarBase {
        let from = self.at;
        let next = self.byte(2);
        let array = if next == b'{' {
            if let Some((name, end)) = self.braced_name(from + 2)
                && (self.compat || self.topic_slot(&name).is_none())
            {
                self.advance_to(end);
                self.node(from, ExprKind::Var(Sigil::Array, name))
            } else {
                self.advance(2);
                let inner = self.deref_block();
                self.node(from, ExprKind::Deref(Sigil::Array, Box::new(inner)))
            }
        } else if next == b'$' {
            self.at += 2;
            let inner_from = self.at;
            let Some(outer) = self.enter() else { return self.no_variable() };
            let inner = self.scalar_base();
            self.leave(outer);
            let inner = self.scalar_whole(inner_from, inner);
            self.node(from, ExprKind::Deref(Sigil::Array, Box::new(inner)))
        } else if is_ident_start(next) || (next == b':' && self.byte(3) == b':') {
            let end = self.name_end(from + 2).max(from + 3);
            let name = self.slice(from + 2, end).trim_start_matches("::").to_owned();
            self.advance_to(end);
            self.node(from, ExprKind::Var(Sigil::Array, name))
        } else if matches!(next, b'-' | b'+') {
            let name = char::from(next).to_string();
            self.advance(3);
            self.node(from, ExprKind::Var(Sigil::Array, name))
        } else {
            self.advance(2);
            return ScalarBase::Named("#".to_owned());
        };
        ScalarBase::Whole(self.node(from, ExprKind::LastIndex(Box::new(array))))
    }

    /// The scalar that a base is, where no subscript follows.
    pub(super) fn scalar_whole(&self, from: usize, base: ScalarBase) -> Expr {
        match base {
            ScalarBase::Named(name) => self.node(from, ExprKind::Var(Sigil::Scalar, name)),
            ScalarBase::Deref(inner) => self.node(from, ExprKind::Deref(Sigil::Scalar, Box::new(inner))),
            ScalarBase::Whole(expr) => expr,
        }
    }

    /// The first subscript behind a scalar's name, which decides what container is meant.
    fn scalar_subscripts(&mut self, from: usize, base: ScalarBase) -> Expr {
        let bracket = self.byte(0);
        let subscript = matches!(bracket, b'[' | b'{') && !self.on_new_line();
        // In the source of a thread a brace behind a blank is a stage's.
        let subscript = subscript && (bracket == b'[' || self.flags.bare || self.at == self.prev_end);
        if !subscript {
            return self.scalar_whole(from, base);
        }
        self.element(from, base)
    }

    /// The element of a base; the bracket is next.
    pub(super) fn element(&mut self, from: usize, base: ScalarBase) -> Expr {
        let of_hash = self.byte(0) == b'{';
        match base {
            ScalarBase::Named(name) => {
                let end = self.prev_end;
                if of_hash && name == "_" && !self.compat {
                    // `$_{k}` is an element of what the topic refers to.
                    let kind = ExprKind::Var(Sigil::Scalar, name);
                    let base = Box::new(Expr { span: self.span(from, end), kind });
                    let key = Box::new(self.key());
                    return self.node(from, ExprKind::Key { base, key, arrow: true });
                }
                if of_hash {
                    let base = Expr { span: self.span(from, end), kind: ExprKind::Var(Sigil::Hash, name) };
                    let key = Box::new(self.key());
                    return self.node(from, ExprKind::Key { base: Box::new(base), key, arrow: false });
                }
                let index = self.index();
                let sigil = if is_open_range(&index) { Sigil::Scalar } else { Sigil::Array };
                let base = Expr { span: self.span(from, end), kind: ExprKind::Var(sigil, name) };
                let kind = self.indexed(base, index, false);
                self.node(from, kind)
            }
            ScalarBase::Deref(inner) => {
                let base = Box::new(inner);
                if of_hash {
                    let key = Box::new(self.key());
                    return self.node(from, ExprKind::Key { base, key, arrow: true });
                }
                let index = self.index();
                let kind = self.indexed(*base, index, true);
                self.node(from, kind)
            }
            ScalarBase::Whole(expr) => {
                let topic = matches!(expr.kind, ExprKind::Topic { .. });
                if !topic {
                    return expr;
                }
                let base = Box::new(expr);
                if of_hash {
                    let key = Box::new(self.key());
                    return self.node(from, ExprKind::Key { base, key, arrow: true });
                }
                let index = Box::new(self.index());
                self.node(from, ExprKind::StrIndex { base, index })
            }
        }
    }

    // --- arrays, hashes, functions, globs

    /// The container behind `@`, `%`, `&` or `*` for that sigil, or what gives a reference to it.
    fn container(&mut self, sigil: Sigil) -> Container {
        let from = self.at;
        let next = self.byte(1);
        if next == b'{' {
            if let Some((name, end)) = self.braced_name(from + 1)
                && (self.compat || self.topic_slot(&name).is_none())
            {
                self.advance_to(end);
                return Container::Named(name);
            }
            self.advance(1);
            return Container::Reference(self.deref_block());
        }
        // `*$` is the glob of `$$`.
        let is_process = sigil == Sigil::Glob && matches!(self.byte(2), b' ' | b'\t' | b'\n' | b';' | b')');
        if next == b'$' && !is_process {
            self.at += 1;
            let inner_from = self.at;
            let Some(outer) = self.enter() else { return Container::Named(String::new()) };
            let inner = self.scalar_base();
            self.leave(outer);
            let inner = self.scalar_whole(inner_from, inner);
            return Container::Reference(inner);
        }
        let end = self.name_end(from + 1);
        if end > from + 1 {
            let mut end = end;
            // `%Pkg::` is the package's table of names.
            let table = matches!(sigil, Sigil::Hash | Sigil::Glob) || self.sees_at(end, "::{");
            if table && self.sees_at(end, "::") {
                end += 2;
            }
            let name = self.slice(from + 1, end).trim_start_matches("::").to_owned();
            self.advance_to(end);
            return Container::Named(name);
        }
        if matches!(sigil, Sigil::Hash | Sigil::Glob) && self.sees_at(from + 1, "::") {
            self.advance_to(from + 3);
            return Container::Named("main::".to_owned());
        }
        let special = match sigil {
            Sigil::Array => matches!(next, b'-' | b'+') || next == b'^' && self.byte(2).is_ascii_uppercase(),
            Sigil::Hash => matches!(next, b'+' | b'-' | b'!' | b'^'),
            Sigil::Glob => matches!(
                next,
                b'/' | b',' | b'"' | b'\\' | b';' | b'!' | b'@' | b'0'
                    ..=b'9'
                        | b'+'
                        | b'-'
                        | b'&'
                        | b'`'
                        | b'\''
                        | b'.'
                        | b'|'
                        | b'?'
                        | b'$'
                        | b'<'
                        | b'>'
                        | b'('
                        | b')'
                        | b'['
                        | b']'
                        | b':'
                        | b'~'
                        | b'='
                        | b'%'
                        | b'^'
            ),
            _ => false,
        };
        if special {
            if next == b'^' && self.byte(2).is_ascii_uppercase() {
                let name = format!("^{}", char::from(self.byte(2)));
                self.advance(3);
                return Container::Named(name);
            }
            self.advance(2);
            return Container::Named(char::from(next).to_string());
        }
        match self.no_variable() {
            ScalarBase::Whole(expr) => Container::Reference(expr),
            _ => Container::Named(String::new()),
        }
    }

    fn container_expr(&self, from: usize, end: usize, sigil: Sigil, container: Container) -> Expr {
        let kind = match container {
            Container::Named(name) => ExprKind::Var(sigil, name),
            Container::Reference(expr) if matches!(expr.kind, ExprKind::Error) => ExprKind::Error,
            Container::Reference(expr) => ExprKind::Deref(sigil, Box::new(expr)),
        };
        Expr { span: self.span(from, end), kind }
    }

    fn array_term(&mut self) -> Expr {
        let from = self.at;
        if self.byte(1) == b'[' && !self.compat {
            self.advance(1);
            let array = self.primary();
            return self.node(from, ExprKind::Deref(Sigil::Array, Box::new(array)));
        }
        let container = self.container(Sigil::Array);
        let end = self.prev_end;
        let fresh = self.on_new_line();
        match self.byte(0) {
            b'[' if !fresh => self.slice_of(from, end, container, false, false),
            b'{' if !fresh && (self.flags.bare || self.at == self.prev_end) => {
                self.slice_of(from, end, container, true, false)
            }
            _ => self.container_expr(from, end, Sigil::Array, container),
        }
    }

    /// `@a` and its slice, when the brackets must follow directly: in strings.
    pub(super) fn array_in_string(&mut self) -> Expr {
        let from = self.at;
        let container = self.container(Sigil::Array);
        let end = self.prev_end;
        self.at = end;
        match self.byte(0) {
            b'[' => self.slice_of(from, end, container, false, false),
            b'{' => self.slice_of(from, end, container, true, false),
            _ => self.container_expr(from, end, Sigil::Array, container),
        }
    }

    fn hash_term(&mut self) -> Expr {
        let from = self.at;
        if self.byte(1) == b'[' && !self.compat {
            // `%[k => 1]`: the hash of a list.
            self.advance(1);
            let opener = self.at;
            self.advance(1);
            let flags = self.flags;
            self.flags = OPEN;
            let items = self.items(b']');
            self.close(b']', opener);
            self.flags = flags;
            let hash = self.node(opener, ExprKind::HashRef(items));
            return self.node(from, ExprKind::Deref(Sigil::Hash, Box::new(hash)));
        }
        let container = self.container(Sigil::Hash);
        let end = self.prev_end;
        let adjacent = self.at == self.prev_end;
        match self.byte(0) {
            b'[' if adjacent => self.slice_of(from, end, container, false, true),
            b'{' if adjacent => self.slice_of(from, end, container, true, true),
            _ => self.container_expr(from, end, Sigil::Hash, container),
        }
    }

    fn slice_of(
        &mut self,
        from: usize,
        end: usize,
        container: Container,
        of_hash: bool,
        pairs: bool,
    ) -> Expr {
        let sigil = if of_hash { Sigil::Hash } else { Sigil::Array };
        let base = Box::new(self.container_expr(from, end, sigil, container));
        let index = Box::new(if of_hash { self.key() } else { self.index() });
        self.node(from, ExprKind::Slice { base, index, of_hash, pairs })
    }

    /// `&name` or `&$ref` without a call.
    pub(super) fn code_name(&mut self) -> Expr {
        let from = self.at;
        let container = self.container(Sigil::Code);
        let end = self.prev_end;
        let callee = self.container_expr(from, end, Sigil::Code, container);
        if self.byte(0) == b'(' && self.at == self.prev_end {
            let args = Some(self.call_args());
            let call = self.call_amp(from, callee, args);
            return self.suffixes(call, true);
        }
        callee
    }

    fn call_amp(&self, from: usize, callee: Expr, args: Option<Vec<Expr>>) -> Expr {
        let callee = match callee.kind {
            ExprKind::Deref(Sigil::Code, inner) => inner,
            kind => Box::new(Expr { span: callee.span, kind }),
        };
        self.node(from, ExprKind::CallAmp { callee, args })
    }

    fn code_term(&mut self) -> Expr {
        let from = self.at;
        let container = self.container(Sigil::Code);
        let end = self.prev_end;
        let callee = self.container_expr(from, end, Sigil::Code, container);
        let args = (self.byte(0) == b'(' && !self.on_new_line()).then(|| self.call_args());
        let call = self.call_amp(from, callee, args);
        let called = matches!(call.kind, ExprKind::CallAmp { args: Some(_), .. });
        if called { self.suffixes(call, true) } else { call }
    }

    /// In Perl blanks may stand between `*` and the name: `1 +* 2` adds a glob.
    fn distant_glob(&mut self) -> Option<Expr> {
        let from = self.at;
        if !self.compat || !matches!(self.byte(1), b' ' | b'\t' | b'\n' | b'\r') {
            return None;
        }
        let (start, _) = self.after_blanks(from + 1);
        let mut end = self.name_end(start);
        while end < self.text.len() && self.byte_at(end).is_ascii_digit() {
            end += 1;
        }
        if end == start {
            return None;
        }
        let name = self.slice(start, end).trim_start_matches("::").to_owned();
        self.advance_to(end);
        Some(self.node(from, ExprKind::Var(Sigil::Glob, name)))
    }

    fn glob_term(&mut self) -> Expr {
        if let Some(glob) = self.distant_glob() {
            return glob;
        }
        let from = self.at;
        let container = self.container(Sigil::Glob);
        let end = self.prev_end;
        let glob = self.container_expr(from, end, Sigil::Glob, container);
        if self.byte(0) == b'{' && self.at == self.prev_end {
            let key = Box::new(self.key());
            return self.node(from, ExprKind::Key { base: Box::new(glob), key, arrow: false });
        }
        glob
    }

    // --- braces

    /// `{` where an operand belongs: a hash or, in the default mode, a function.
    fn brace_term(&mut self) -> Expr {
        if self.compat || self.looks_like_hash(self.at) {
            return self.hash_constructor();
        }
        let from = self.at;
        let block = self.block_argument();
        self.node(from, ExprKind::BlockFunction(block))
    }

    /// `{ LIST }` as a hash; the brace is next.
    pub(super) fn hash_constructor(&mut self) -> Expr {
        let from = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = OPEN;
        let items = self.items(b'}');
        self.close(b'}', from);
        self.flags = flags;
        self.node(from, ExprKind::HashRef(items))
    }

    /// Whether the brace at `place` begins as a hash does.
    pub(super) fn looks_like_hash(&self, place: usize) -> bool {
        let (first, _) = self.after_blanks(place + 1);
        let comma = |place: usize| {
            let (next, _) = self.after_blanks(place);
            self.byte_at(next) == b',' || self.sees_at(next, "=>")
        };
        match self.byte_at(first) {
            b'}' => true,
            b'.' => self.sees_at(first, "..."),
            b'"' | b'\'' => {
                let quote = self.byte_at(first);
                let mut i = first + 1;
                while i < self.end && self.byte_at(i) != quote {
                    i += if self.byte_at(i) == b'\\' { 2 } else { 1 };
                    if i > first + 4096 {
                        return false;
                    }
                }
                comma(i + 1)
            }
            b'$' => {
                let mut i = first + 1;
                while self.byte_at(i) == b'$' {
                    i += 1;
                }
                let end = self.name_end(i);
                end > i && comma(end)
            }
            b'@' => {
                // `{ @_ }`: an array of pairs.
                let mut i = first + 1;
                while self.byte_at(i) == b'$' {
                    i += 1;
                }
                let end = self.name_end(i);
                end > i && self.byte_at(self.after_blanks(end).0) == b'}'
            }
            b'%' => {
                let mut i = first + 1;
                while self.byte_at(i) == b'$' {
                    i += 1;
                }
                let end = match self.byte_at(i) {
                    b'{' => match self.matching(i, self.end.min(i + 4096)) {
                        Some(end) => end,
                        None => return false,
                    },
                    _ => self.name_end(i),
                };
                let (next, _) = self.after_blanks(end);
                end > i && (comma(end) || self.byte_at(next) == b'}')
            }
            b'0'..=b'9' => {
                let mut i = first;
                while self.byte_at(i).is_ascii_alphanumeric() || self.byte_at(i) == b'.' {
                    i += 1;
                }
                comma(i)
            }
            b'-' => {
                let end = self.ident_end(first + 1);
                end > first + 1 && self.sees_at(self.after_blanks(end).0, "=>")
            }
            byte if is_ident_start(byte) => {
                let end = self.name_end(first);
                if self.sees_at(self.after_blanks(end).0, "=>") {
                    return true;
                }
                let word = self.slice(first, end);
                comma(end) && self.builtin(word).is_none() && !self.declared.contains_key(word)
            }
            _ => false,
        }
    }

    // --- angles

    fn angle_term(&mut self) -> Expr {
        let from = self.at;
        if self.sees("<<>>") {
            self.advance(4);
            return self.node(from, ExprKind::ReadLine(None));
        }
        if self.byte(1) == b'<' {
            return match self.heredoc_start() {
                Some(expr) => expr,
                None => self.no_term(),
            };
        }
        let mut end = from + 1;
        while !matches!(self.byte_at(end), b'>' | b'\n' | 0) {
            end += 1;
        }
        if self.byte_at(end) != b'>' {
            return self.no_term();
        }
        let inside = self.slice(from + 1, end);
        if inside.is_empty() {
            self.advance_to(end + 1);
            return self.node(from, ExprKind::ReadLine(None));
        }
        if let Some(name) = inside.strip_prefix('$')
            && !name.is_empty()
            && name.bytes().all(|byte| is_ident_char(byte) || byte == b':')
        {
            let span = self.span(from + 1, end);
            let kind = ExprKind::Var(Sigil::Scalar, name.to_owned());
            self.advance_to(end + 1);
            return self.node(from, ExprKind::ReadLine(Some(Box::new(Expr { span, kind }))));
        }
        if inside.bytes().all(|byte| is_ident_char(byte) || byte == b':') {
            let span = self.span(from + 1, end);
            let kind = ExprKind::Bareword(inside.to_owned());
            self.advance_to(end + 1);
            return self.node(from, ExprKind::ReadLine(Some(Box::new(Expr { span, kind }))));
        }
        let pieces = self.interpolate(from + 1, end, Quoted::string(b'>'));
        self.advance_to(end + 1);
        self.node(from, ExprKind::Glob(pieces))
    }

    // --- topics

    /// The position that a word of the topic family names: `_`, `_0` and `_1` on.
    pub(super) fn topic_slot(&self, word: &str) -> Option<u32> {
        if self.compat {
            return None;
        }
        let digits = word.strip_prefix('_')?;
        if digits.is_empty() {
            return Some(0);
        }
        if digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok()
    }

    pub(super) fn is_topic_word(&self, word: &str) -> bool {
        self.topic_slot(word).is_some()
    }

    /// A word of the topic family whose underscore is at `place`, with its `<`s. `$_` alone is a
    /// variable, for which this is `None`.
    pub(super) fn topic(&mut self, from: usize, place: usize, sigil: bool) -> Option<Expr> {
        let mut end = self.ident_end(place);
        let slot = self.topic_slot(self.slice(place, end))?;
        if self.sees_at(end, "::") && is_ident_start(self.byte_at(end + 2)) {
            return None;
        }
        let plain = end;
        let mut outer = 0;
        while self.byte_at(end) == b'<' {
            end += 1;
            outer += 1;
        }
        let next = self.byte_at(end);
        if outer == 1 && next.is_ascii_digit() {
            let mut i = end;
            while self.byte_at(i).is_ascii_digit() {
                i += 1;
            }
            let depth: u32 = self.slice(end, i).parse().unwrap_or(99);
            if !matches!(self.byte_at(i), b'>' | b':' | b'.') && (1..=5).contains(&depth) {
                outer = depth;
                end = i;
            } else {
                outer = 0;
            }
        } else if outer > 5
            || next == b'='
            || next == b'$'
            || next == b'/'
            || next == b'"'
            || is_ident_start(next)
        {
            // Nothing can follow a topic so: it was a comparison, or text.
            outer = 0;
        }
        if outer == 0 {
            end = plain;
            if sigil && slot == 0 && end == place + 1 {
                return None;
            }
        }
        self.advance_to(end);
        Some(self.node(from, ExprKind::Topic { slot, outer, sigil }))
    }
}

enum Container {
    Named(String),
    Reference(Expr),
}

fn is_element(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Index { .. } | ExprKind::Key { .. } | ExprKind::CallValue { .. })
}

/// A range in a subscript that lacks an end.
fn is_open_range(index: &Expr) -> bool {
    matches!(&index.kind, ExprKind::Range { from, to, .. } if from.is_none() || to.is_none())
}
