//! Operators and how tightly they bind.
//!
//! The levels are those of the language's operator table, as numbers that grow with tightness.

use super::{Flags, Parser, is_ident_char, is_ident_start};
use crate::ast::{AssignOp, BinaryOp, Expr, ExprKind, LogicOp, RangeOp, Span, Stmt, StmtKind, UnaryOp};
use crate::error::ErrorKind;

pub(super) const OR: u8 = 1;
pub(super) const AND: u8 = 2;
pub(super) const NOT: u8 = 3;
pub(super) const ASSIGN: u8 = 4;
pub(super) const TERNARY: u8 = 5;
pub(super) const PIPE: u8 = 6;
pub(super) const RANGE: u8 = 7;
pub(super) const OR_OR: u8 = 8;
pub(super) const AND_AND: u8 = 9;
pub(super) const BIT_OR: u8 = 10;
pub(super) const BIT_XOR: u8 = 11;
pub(super) const BIT_AND: u8 = 12;
pub(super) const EQUALITY: u8 = 13;
pub(super) const RELATION: u8 = 14;
pub(super) const ISA: u8 = 15;
pub(super) const SHIFT: u8 = 16;
pub(super) const ADD: u8 = 17;
pub(super) const MULTIPLY: u8 = 18;
pub(super) const BIND: u8 = 19;
pub(super) const UNARY: u8 = 20;
pub(super) const POWER: u8 = 21;

/// An operator behind an operand.
#[derive(Clone, Copy, Debug)]
enum Op {
    Binary(BinaryOp),
    Logic(LogicOp),
    Range(RangeOp),
    Assign(Option<AssignOp>),
    Bind(bool),
    Pipe,
    Ternary,
}

impl Parser<'_> {
    /// A whole expression: comma lists, `and`, `or`, `not` and everything tighter.
    pub(super) fn expr(&mut self) -> Expr {
        if self.compat {
            return self.low(OR);
        }
        let first = self.low(OR);
        self.comma_list(first, |parser| parser.low(OR))
    }

    /// An expression at the level of assignment: one element of a list.
    pub(super) fn assign(&mut self) -> Expr {
        self.prec(ASSIGN)
    }

    /// Goes on with a comma list if a comma follows its first element.
    fn comma_list(&mut self, first: Expr, element: impl Fn(&mut Self) -> Expr) -> Expr {
        if !self.at_comma() {
            return first;
        }
        let span = first.span;
        let mut items = vec![first];
        while self.at_comma() {
            self.eat_comma();
            while self.at_comma() {
                self.eat_comma();
            }
            if self.ends_list() {
                break;
            }
            items.push(element(self));
        }
        self.node_after(span, ExprKind::List { items, parens: false })
    }

    pub(super) fn at_comma(&self) -> bool {
        self.byte(0) == b',' || (self.byte(0) == b'=' && self.byte(1) == b'>')
    }

    pub(super) fn eat_comma(&mut self) {
        let bytes = if self.byte(0) == b',' { 1 } else { 2 };
        self.advance(bytes);
    }

    /// Whether a list ends here, behind a comma.
    pub(super) fn ends_list(&self) -> bool {
        if self.at_end() {
            return true;
        }
        match self.byte(0) {
            b')' | b']' | b'}' | b';' => true,
            b':' | b'?' => !self.sees("::"),
            // A comma may stand behind the last argument of what is assigned to: `substr $s, 0, 1, = "x"`.
            b'=' => self.compat && !matches!(self.byte(1), b'=' | b'~'),
            byte if is_ident_start(byte) => {
                let word = self.word();
                (is_modifier(word) || matches!(word, "or" | "and" | "xor"))
                    && !self.fat_comma_after(self.at + word.len())
            }
            _ => false,
        }
    }

    /// `or`, `xor`, `and`, `not` from a level on.
    fn low(&mut self, min: u8) -> Expr {
        let word = if is_ident_start(self.byte(0)) { self.word() } else { "" };
        let mut left = if word == "not" && !self.fat_comma_after(self.at + 3) {
            self.low_not()
        } else if self.compat {
            let first = self.assign();
            self.comma_list(first, |parser| parser.assign())
        } else {
            self.assign()
        };
        loop {
            let (op, level) = match self.word() {
                "or" => (LogicOp::Or, OR),
                "xor" => (LogicOp::Xor, OR),
                "and" => (LogicOp::And, AND),
                _ => return left,
            };
            if level < min || self.fat_comma_after(self.ident_end(self.at)) || !self.grow() {
                return left;
            }
            let bytes = self.word().len();
            self.advance(bytes);
            let right = self.low(level + 1);
            let span = left.span;
            left = self.node_after(span, ExprKind::Logic(op, Box::new(left), Box::new(right)));
        }
    }

    /// `not`: with parentheses on its line it is a function.
    pub(super) fn low_not(&mut self) -> Expr {
        let from = self.at;
        let Some(outer) = self.enter() else { return self.too_deep_node() };
        self.advance(3);
        let operand =
            if self.byte(0) == b'(' && !self.on_new_line() { self.postfix() } else { self.low(NOT) };
        self.leave(outer);
        self.node(from, ExprKind::Unary(UnaryOp::Not, Box::new(operand)))
    }

    pub(super) fn too_deep_node(&mut self) -> Expr {
        self.node(self.at, ExprKind::Error)
    }

    /// Everything from a level of binary operators on.
    pub(super) fn prec(&mut self, min: u8) -> Expr {
        let Some(outer) = self.enter() else { return self.too_deep_node() };
        let mut left = self.unary();
        let mut ranged = false;
        while let Some((op, bytes, level)) = self.operator() {
            if level < min || (level == RANGE && ranged) {
                break;
            }
            if !self.grow() {
                break;
            }
            ranged = level == RANGE;
            left = self.operation(left, op, bytes, level);
        }
        self.leave(outer);
        left
    }

    fn operation(&mut self, left: Expr, op: Op, bytes: usize, level: u8) -> Expr {
        let span = left.span;
        match op {
            Op::Binary(op) if level == RELATION => return self.relation(left, op, bytes),
            Op::Ternary => return self.ternary(left),
            Op::Range(op) => return self.range(Some(left), op, bytes),
            Op::Pipe => return self.pipe(left),
            _ => {}
        }
        self.advance(bytes);
        let kind = match op {
            Op::Binary(op) => {
                let right = self.prec(if level == POWER { UNARY } else { level + 1 });
                ExprKind::Binary(op, Box::new(left), Box::new(right))
            }
            Op::Logic(op) => {
                let right = self.prec(level + 1);
                ExprKind::Logic(op, Box::new(left), Box::new(right))
            }
            Op::Bind(negated) => {
                let right = self.prec(BIND + 1);
                ExprKind::Bind { subject: Box::new(left), pattern: Box::new(right), negated }
            }
            Op::Assign(op) => {
                let value = self.prec(ASSIGN);
                ExprKind::Assign { target: Box::new(left), op, value: Box::new(value) }
            }
            Op::Ternary | Op::Range(_) | Op::Pipe => ExprKind::Error,
        };
        self.node_after(span, kind)
    }

    fn relation(&mut self, left: Expr, op: BinaryOp, bytes: usize) -> Expr {
        let span = left.span;
        self.advance(bytes);
        let right = self.prec(RELATION + 1);
        let mut operands = vec![left, right];
        let mut ops = vec![op];
        while let Some((Op::Binary(op), bytes, RELATION)) = self.operator() {
            self.advance(bytes);
            ops.push(op);
            operands.push(self.prec(RELATION + 1));
        }
        let kind = match (ops.len(), operands.pop()) {
            (1, Some(right)) => match operands.pop() {
                Some(left) => ExprKind::Binary(op, Box::new(left), Box::new(right)),
                None => ExprKind::Error,
            },
            (_, Some(last)) => {
                operands.push(last);
                ExprKind::Chain(operands, ops)
            }
            (_, None) => ExprKind::Error,
        };
        self.node_after(span, kind)
    }

    fn ternary(&mut self, condition: Expr) -> Expr {
        let span = condition.span;
        let question = self.at;
        self.advance(1);
        let flags = self.flags;
        self.flags = Flags { colon: false, pipe: true, open: false, ..flags };
        let yes = self.assign();
        self.flags = flags;
        if self.byte(0) != b':' {
            let message = format!("expected `:` of this `?`, found {}", self.next_token());
            let place = self.span(question, question + 1);
            self.report(ErrorKind::UnexpectedToken, place, message, "has no `:`", None);
            return self.node_after(span, ExprKind::Error);
        }
        self.advance(1);
        let no = self.prec(TERNARY);
        self.node_after(span, ExprKind::Ternary(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    /// A range from its operator on.
    pub(super) fn range(&mut self, from: Option<Expr>, op: RangeOp, bytes: usize) -> Expr {
        let start = self.at;
        let span = from.as_ref().map(|from| from.span);
        self.advance(bytes);
        let open = self.flags.open;
        self.flags.open = false;
        let colon_next = self.byte(0) == b':';
        let to = if open && (self.byte(0) == b']' || colon_next) {
            None
        } else {
            Some(Box::new(self.prec(RANGE + 1)))
        };
        let step = if self.byte(0) == b':'
            && self.byte(1) != b':'
            && (self.flags.colon || open)
            && !self.compat
            && !self.newline
        {
            self.advance(1);
            Some(Box::new(self.prec(RANGE + 1)))
        } else {
            None
        };
        let kind = ExprKind::Range { from: from.map(Box::new), to, step, op };
        match span {
            Some(span) => self.node_after(span, kind),
            None => self.node(start, kind),
        }
    }

    fn pipe(&mut self, left: Expr) -> Expr {
        let span = left.span;
        self.advance(2);
        if let Some(last) = self.thread_sign() {
            return self.thread_stages(left, last, span);
        }
        let flags = self.flags;
        self.flags.fed = true;
        let right = self.prec(RANGE);
        self.flags = flags;
        self.node_after(span, ExprKind::Pipe(Box::new(left), Box::new(right)))
    }

    /// The operator at the next token, its length and its level.
    fn operator(&self) -> Option<(Op, usize, u8)> {
        use BinaryOp as B;
        use LogicOp as L;
        let fresh = self.on_new_line();
        let (one, two, three) = (self.byte(1), self.byte(2), self.byte(3));
        let binary = |op, bytes, level| Some((Op::Binary(op), bytes, level));
        let logic = |op, bytes, level| Some((Op::Logic(op), bytes, level));
        let assign = |op, bytes| Some((Op::Assign(Some(AssignOp::Binary(op))), bytes, ASSIGN));
        let assign_logic = |op, bytes| Some((Op::Assign(Some(AssignOp::Logic(op))), bytes, ASSIGN));
        match self.byte(0) {
            b'=' => match one {
                b'=' => binary(B::NumEq, 2, EQUALITY),
                // `$x=~>@l ...` assigns a thread.
                b'~' if two == b'>' && !self.compat => Some((Op::Assign(None), 1, ASSIGN)),
                b'~' => Some((Op::Bind(false), 2, BIND)),
                b'>' => None,
                _ => Some((Op::Assign(None), 1, ASSIGN)),
            },
            b'+' => match one {
                b'=' => assign(B::Add, 2),
                b'+' => None,
                _ if fresh => None,
                _ => binary(B::Add, 1, ADD),
            },
            b'-' => match one {
                b'=' => assign(B::Sub, 2),
                b'-' | b'>' => None,
                _ if fresh => None,
                _ => binary(B::Sub, 1, ADD),
            },
            b'*' => match (one, two) {
                (b'*', b'=') => assign(B::Pow, 3),
                (b'*', _) => binary(B::Pow, 2, POWER),
                (b'=', _) => assign(B::Mul, 2),
                _ => binary(B::Mul, 1, MULTIPLY),
            },
            b'/' if fresh || (!self.flags.bare && self.looks_like_regex_stage()) => None,
            b'/' => match (one, two) {
                (b'/', b'=') => assign_logic(L::DefinedOr, 3),
                (b'/', _) => logic(L::DefinedOr, 2, OR_OR),
                (b'=', _) => assign(B::Div, 2),
                _ => binary(B::Div, 1, MULTIPLY),
            },
            b'%' if fresh => None,
            b'%' if one == b'=' => assign(B::Mod, 2),
            b'%' => binary(B::Mod, 1, MULTIPLY),
            b'.' => match (one, two) {
                (b'.', b'.') => Some((Op::Range(RangeOp::Dots3), 3, RANGE)),
                (b'.', _) => Some((Op::Range(RangeOp::Dots), 2, RANGE)),
                (b'=', _) => assign(B::Concat, 2),
                _ => binary(B::Concat, 1, ADD),
            },
            b'<' => match (one, two) {
                _ if fresh && self.looks_like_angle_term() => None,
                (b'=', b'>') => binary(B::NumCmp, 3, EQUALITY),
                (b'=', _) => binary(B::NumLe, 2, RELATION),
                (b'<', b'=') => assign(B::Shl, 3),
                (b'<', _) => binary(B::Shl, 2, SHIFT),
                _ => binary(B::NumLt, 1, RELATION),
            },
            b'>' => match (one, two) {
                (b'{', _) if !self.flags.bare => None,
                (b'>', b'=') => assign(B::Shr, 3),
                (b'>', _) => binary(B::Shr, 2, SHIFT),
                (b'=', _) => binary(B::NumGe, 2, RELATION),
                _ => binary(B::NumGt, 1, RELATION),
            },
            b'&' => match (one, two) {
                (b'&', b'=') => assign_logic(L::And, 3),
                (b'&', _) => logic(L::And, 2, AND_AND),
                (b'=', _) => assign(B::BitAnd, 2),
                _ => binary(B::BitAnd, 1, BIT_AND),
            },
            b'|' => match (one, two) {
                (b'|', b'=') => assign_logic(L::Or, 3),
                (b'|', _) => logic(L::Or, 2, OR_OR),
                (b'=', _) => assign(B::BitOr, 2),
                (b'>', _) if !self.compat => self.flags.pipe.then_some((Op::Pipe, 2, PIPE)),
                _ => binary(B::BitOr, 1, BIT_OR),
            },
            b'^' if one == b'=' => assign(B::BitXor, 2),
            b'^' if self.compat => binary(B::BitXor, 1, BIT_OR),
            b'^' => binary(B::BitXor, 1, BIT_XOR),
            b'?' if one == b'?' && !self.compat => match two {
                b'=' if three != b'=' => assign_logic(L::DefinedOr, 3),
                _ => logic(L::DefinedOr, 2, OR_OR),
            },
            b'?' => Some((Op::Ternary, 1, TERNARY)),
            b'!' => match one {
                b'=' => binary(B::NumNe, 2, EQUALITY),
                b'~' => Some((Op::Bind(true), 2, BIND)),
                _ => None,
            },
            b'~' => match one {
                b'~' if !fresh => binary(B::SmartMatch, 2, EQUALITY),
                b'>' => None,
                _ if fresh || self.compat => None,
                _ => Some((Op::Range(RangeOp::Tilde), 1, RANGE)),
            },
            b':' => {
                let range = !self.compat
                    && (self.flags.colon || self.flags.open)
                    && !self.newline
                    && (one != b':' || self.flags.open)
                    && one != b'=';
                range.then_some((Op::Range(RangeOp::Colon), 1, RANGE))
            }
            b'a'..=b'z' => self.word_operator(fresh),
            _ => None,
        }
    }

    fn word_operator(&self, fresh: bool) -> Option<(Op, usize, u8)> {
        use BinaryOp as B;
        let word = self.word();
        let (op, level) = match word {
            "x" if fresh => return None,
            "x" if self.byte(1) == b'=' && !matches!(self.byte(2), b'=' | b'~' | b'>') => {
                return Some((Op::Assign(Some(AssignOp::Binary(B::Repeat))), 2, ASSIGN));
            }
            "x" => (B::Repeat, MULTIPLY),
            "lt" => (B::StrLt, RELATION),
            "gt" => (B::StrGt, RELATION),
            "le" => (B::StrLe, RELATION),
            "ge" => (B::StrGe, RELATION),
            "eq" => (B::StrEq, EQUALITY),
            "ne" => (B::StrNe, EQUALITY),
            "cmp" => (B::StrCmp, EQUALITY),
            "isa" => (B::Isa, ISA),
            _ => {
                let repeat = word.len() > 1
                    && word.as_bytes()[0] == b'x'
                    && word[1..].bytes().all(|byte| byte.is_ascii_digit());
                if repeat && !fresh {
                    return Some((Op::Binary(B::Repeat), 1, MULTIPLY));
                }
                return None;
            }
        };
        if self.fat_comma_after(self.at + word.len()) {
            return None;
        }
        Some((Op::Binary(op), word.len(), level))
    }

    /// Whether `<` opens a readline, a glob or a here-document rather than comparing.
    pub(super) fn looks_like_angle_term(&self) -> bool {
        let mut i = self.at + 1;
        if self.byte_at(i) == b'<' {
            let next = self.byte_at(i + 1);
            return matches!(next, b'"' | b'\'' | b'~' | b'>')
                || is_ident_start(next)
                || (self.compat && next == b' ' && matches!(self.byte_at(i + 2), b'"' | b'\''));
        }
        if self.byte_at(i) == b'$' {
            i += 1;
        }
        while is_ident_char(self.byte_at(i)) || self.byte_at(i) == b':' {
            i += 1;
        }
        self.byte_at(i) == b'>'
    }

    /// Prefix operators and what they apply to.
    pub(super) fn unary(&mut self) -> Expr {
        let from = self.at;
        let op = match self.byte(0) {
            b'!' => UnaryOp::Not,
            b'~' => {
                if let Some(last) = self.thread_sign() {
                    return self.thread(from, last);
                }
                UnaryOp::BitNot
            }
            b'\\' => {
                self.advance(1);
                let operand = self.reference_operand();
                return self.node(from, ExprKind::Ref(Box::new(operand)));
            }
            b'-' => match self.byte(1) {
                b'-' => return self.prefix_step(false),
                b'>' => {
                    if let Some(last) = self.thread_sign() {
                        return self.thread(from, last);
                    }
                    UnaryOp::Neg
                }
                byte if is_ident_start(byte) => match self.minus_word() {
                    Some(expr) => return expr,
                    None => UnaryOp::Neg,
                },
                _ => UnaryOp::Neg,
            },
            b'+' => match self.byte(1) {
                b'+' => return self.prefix_step(true),
                _ => {
                    let (next, _) = self.after_blanks(self.at + 1);
                    if self.byte_at(next) == b'{' {
                        self.advance(1);
                        let hash = self.hash_constructor();
                        return self.suffixes(hash, true);
                    }
                    UnaryOp::Plus
                }
            },
            _ => return self.postfix(),
        };
        self.advance(1);
        let operand = self.prec(UNARY);
        self.node(from, ExprKind::Unary(op, Box::new(operand)))
    }

    fn prefix_step(&mut self, up: bool) -> Expr {
        let from = self.at;
        self.advance(2);
        let Some(outer) = self.enter() else { return self.too_deep_node() };
        let target = self.unary();
        self.leave(outer);
        self.node(from, ExprKind::Step { target: Box::new(target), up, prefix: true })
    }

    /// What `\` applies to: `\&f` names the function rather than calling it.
    fn reference_operand(&mut self) -> Expr {
        if self.byte(0) == b'&' && self.byte(1) != b'&' {
            return self.code_name();
        }
        self.prec(UNARY)
    }

    /// `-e FILE`, `-word` and `-f(...)`; `None` if it is a plain minus.
    fn minus_word(&mut self) -> Option<Expr> {
        let from = self.at;
        let end = self.ident_end(from + 1);
        let word = self.slice(from + 1, end);
        if self.fat_comma_after(end) {
            self.advance_to(end);
            let text = format!("-{word}").into_bytes();
            return Some(self.node(from, ExprKind::Str(vec![crate::ast::Piece::Text(text)])));
        }
        let letter = word.chars().next().unwrap_or('-');
        if word.len() == 1 && "erwxoRWXOzsfdlpSbcugktTBAMC".contains(letter) {
            self.advance_to(end);
            let operand = if !self.on_new_line() && self.starts_operand() {
                let level = if self.compat { SHIFT } else { UNARY };
                Some(Box::new(self.prec(level)))
            } else {
                None
            };
            return Some(self.node(from, ExprKind::FileTest(letter, operand)));
        }
        let name_end = self.name_end(from + 1);
        let name = self.slice(from + 1, name_end);
        let called = self.byte_at(self.after_blanks(name_end).0) == b'('
            || self.sees_at(name_end, "->")
            || name_end != end
            || self.builtin(name).is_some()
            || self.declared.contains_key(name)
            || self.is_topic_word(word)
            || word.starts_with("__")
            || super::word::is_keyword(word);
        if called {
            return None;
        }
        self.advance_to(end);
        let text = format!("-{word}").into_bytes();
        Some(self.node(from, ExprKind::Str(vec![crate::ast::Piece::Text(text)])))
    }
}

/// An expression as a statement.
pub(super) fn statement_of(expr: Expr) -> Stmt {
    Stmt { span: expr.span, label: None, kind: StmtKind::Expr(expr) }
}

/// The smallest span that holds both.
pub(super) fn joined(left: Span, right: Span) -> Span {
    Span { start: left.start.min(right.start), end: left.end.max(right.end) }
}

/// The words that may stand behind a statement.
pub(super) fn is_modifier(word: &str) -> bool {
    matches!(word, "if" | "unless" | "while" | "until" | "for" | "foreach")
}
