//! Threads: `~> SOURCE stage stage`.

use super::expression::{RANGE, is_modifier};
use super::{Flags, OPEN, Parser, is_ident_char, is_ident_start};
use crate::ast::{Call, Expr, ExprKind, Span, Stage};

impl Parser<'_> {
    /// Whether a thread's sign is next, and whether values go last. Takes nothing.
    pub(super) fn thread_sign(&self) -> Option<bool> {
        if self.compat {
            return None;
        }
        if self.sees("~>>") || self.sees("->>") {
            return Some(true);
        }
        self.sees("~>").then_some(false)
    }

    /// A thread from its sign on.
    pub(super) fn thread(&mut self, from: usize, last: bool) -> Expr {
        self.advance(if last { 3 } else { 2 });
        self.thread_source(from, last)
    }

    /// A thread from its source on; `from` is where its sign stands.
    pub(super) fn thread_source(&mut self, from: usize, last: bool) -> Expr {
        let flags = self.flags;
        self.flags = Flags { pipe: false, bare: false, ..OPEN };
        self.flags.colon = flags.colon;
        let source = self.prec(RANGE);
        self.flags = flags;
        let stages = self.stages();
        self.node(from, ExprKind::Thread { source: Box::new(source), stages, last })
    }

    /// The stages of a thread whose source is known already; its sign is next.
    pub(super) fn thread_stages(&mut self, source: Expr, last: bool, span: Span) -> Expr {
        self.advance(if last { 3 } else { 2 });
        let stages = self.stages();
        self.node_after(span, ExprKind::Thread { source: Box::new(source), stages, last })
    }

    fn stages(&mut self) -> Vec<Stage> {
        let mut stages = Vec::new();
        while !self.newline && !self.at_end() {
            let flags = self.flags;
            let before = self.at;
            let Some(stage) = self.stage() else { break };
            self.flags = flags;
            stages.push(stage);
            if self.at == before {
                break;
            }
        }
        stages
    }

    fn stage(&mut self) -> Option<Stage> {
        match self.byte(0) {
            b'/' => {
                let regex = self.primary();
                Some(Stage::Regex(regex))
            }
            b'>' if self.byte(1) == b'{' => {
                let from = self.at;
                self.advance(1);
                let block = self.block_argument();
                Some(Stage::Value(self.node(from, ExprKind::BlockFunction(block))))
            }
            b'$' if is_ident_start(self.byte(1)) => {
                let value = self.postfix();
                Some(Stage::Value(value))
            }
            b'\\' if self.byte(1) == b'&' => Some(Stage::Value(self.unary())),
            byte if is_ident_start(byte) => self.word_stage(),
            _ => None,
        }
    }

    fn word_stage(&mut self) -> Option<Stage> {
        let from = self.at;
        let word = self.word();
        let ends = is_modifier(word)
            || matches!(
                word,
                "and"
                    | "or"
                    | "xor"
                    | "not"
                    | "x"
                    | "lt"
                    | "gt"
                    | "le"
                    | "ge"
                    | "eq"
                    | "ne"
                    | "cmp"
                    | "isa"
                    | "my"
                    | "our"
                    | "local"
                    | "state"
                    | "return"
                    | "last"
                    | "next"
                    | "mysync"
                    | "varsync"
                    | "oursync"
                    | "typed"
                    | "const"
                    | "frozen"
            )
            || (matches!(word, "val" | "var")
                && matches!(self.byte_at(self.after_blanks(from + 3).0), b'$' | b'@' | b'%' | b'('));
        if ends {
            return None;
        }
        if matches!(word, "fn" | "sub") {
            return Some(Stage::Value(self.anonymous_function()));
        }
        if matches!(word, "s" | "tr" | "y" | "m" | "qr") && self.is_quote(word) {
            let regex = self.primary();
            return Some(Stage::Regex(regex));
        }
        let end = self.name_end(from);
        let name = self.name(from, end);
        self.advance_to(end);
        let mut call = Call { name, block: None, head: None, args: Vec::new(), parens: false };
        if self.byte(0) == b'(' && !self.newline {
            call.parens = true;
            call.args = self.call_args();
        }
        if self.byte(0) == b'{' && !self.newline {
            call.block = Some(self.block_argument());
            if self.byte(0) == b'{' && !self.newline && word == "pmap_reduce" {
                let from = self.at;
                let second = self.block_argument();
                call.args.push(self.node(from, ExprKind::BlockFunction(second)));
            }
        } else if self.byte(0) == b'+' && !self.newline && !call.parens {
            let (next, _) = self.after_blanks(self.at + 1);
            if self.byte_at(next) == b'{' {
                self.advance(1);
                call.args.push(self.hash_constructor());
            }
        }
        let span = self.span_from(from);
        Some(Stage::Call(Box::new(call), span))
    }

    /// In the source of a thread: whether `/` opens a stage rather than dividing. It stands behind a
    /// blank and before none, and is closed on its line.
    pub(super) fn looks_like_regex_stage(&self) -> bool {
        let before = self.at.checked_sub(1).map_or(b' ', |place| self.src[place]);
        if before != b' ' || matches!(self.byte(1), b' ' | b'/' | b'=') {
            return false;
        }
        let mut i = self.at + 1;
        while !matches!(self.byte_at(i), 0 | b'\n' | b'/') {
            i += if self.byte_at(i) == b'\\' { 2 } else { 1 };
        }
        self.byte_at(i) == b'/'
            && !(is_ident_char(self.byte_at(i + 1)) && self.byte_at(i + 1).is_ascii_digit())
    }
}
