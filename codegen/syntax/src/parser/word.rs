//! What begins with a name: keywords of expressions, calls with and without parentheses, barewords.
//!
//! Long because what a word may begin is one decision with many outcomes.

use s_abi::builtins::{Builtin, Syntax, find};

use super::expression::{SHIFT, is_modifier};
use super::{Flags, Known, OPEN, Parser, is_ident_start};
use crate::ast::{Block, Call, Declarator, Expr, ExprKind, HereWord, JumpOp, MethodName, Name, Piece, Stmt};

/// What the words behind a name without parentheses are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Nothing.
    Nothing,
    /// One operand, tighter than comparison.
    Unary,
    /// One operand up to assignment.
    Greedy,
    /// A list.
    List,
}

impl Parser<'_> {
    /// The builtin of that name, as far as the mode has it.
    pub(super) fn builtin(&self, name: &str) -> Option<&'static Builtin> {
        let name = name.strip_prefix("CORE::").unwrap_or(name);
        find(name).filter(|found| found.perl || !self.compat)
    }

    /// A term that begins with a name, which is next.
    pub(super) fn term_word(&mut self) -> Expr {
        let from = self.at;
        let end = self.name_end(from);
        if end == from {
            return self.strange_character();
        }
        let word = self.slice(from, end);
        // `Name::` is the name as a string.
        if self.sees_at(end, "::") && !is_ident_start(self.byte_at(end + 2)) {
            let name = word.to_owned();
            self.advance_to(end + 2);
            return self.node(from, ExprKind::Bareword(name));
        }
        let first = word.as_bytes()[0];
        if first == b'_'
            && let Some(topic) = self.topic(from, from, false)
        {
            if self.byte(0) == b'=' && self.byte(1) == b'>' {
                return topic;
            }
            if self.byte(0) == b'[' && !self.on_new_line() {
                let index = Box::new(self.index());
                return self.node(from, ExprKind::StrIndex { base: Box::new(topic), index });
            }
            return topic;
        }
        if self.fat_comma_after(end) {
            self.advance_to(end);
            return self.node(from, ExprKind::Str(vec![Piece::Text(word.as_bytes().to_vec())]));
        }
        if matches!(word, "q" | "qq" | "qw" | "qr" | "qx" | "m" | "s" | "tr" | "y") && self.is_quote(word) {
            return self.quote_like(word);
        }
        if let Some(expr) = self.keyword_term(word, from, end) {
            return expr;
        }
        self.call(word, from, end)
    }

    fn strange_character(&mut self) -> Expr {
        self.unexpected("an expression");
        let from = self.at;
        self.skip_token();
        self.node(from, ExprKind::Error)
    }

    /// Words of the language that are no calls.
    fn keyword_term(&mut self, word: &str, from: usize, end: usize) -> Option<Expr> {
        let next = self.byte_at(self.after_blanks(end).0);
        let kind = match word {
            "my" | "our" | "state" | "local" | "val" | "var" | "mysync" | "varsync" | "oursync" | "typed"
            | "const" | "frozen" => return self.declaration_word(word, end),
            "fn" if !self.compat && matches!(next, b'{' | b'(' | b'=' | b':') => {
                return Some(self.anonymous_function());
            }
            "sub" => return Some(self.anonymous_function()),
            "do" if next == b'{' => {
                self.advance_to(end);
                ExprKind::Do(self.block())
            }
            "do" => {
                self.advance_to(end);
                ExprKind::DoFile(Box::new(self.prec(SHIFT)))
            }
            "eval" if next == b'{' => {
                self.advance_to(end);
                ExprKind::EvalBlock(self.block())
            }
            "eval" => {
                self.advance_to(end);
                let operand = if self.byte(0) == b'(' && !self.on_new_line() {
                    let args = self.call_args();
                    one(args).map(Box::new)
                } else if self.starts_operand() && !self.on_new_line() {
                    Some(Box::new(self.prec(SHIFT)))
                } else {
                    None
                };
                ExprKind::EvalStr(operand)
            }
            "async" | "spawn" | "gen" if !self.compat && next == b'{' => {
                let name = self.name(from, end);
                self.advance_to(end);
                let block = self.block_argument();
                ExprKind::TaskBlock(name, block)
            }
            "return" => {
                self.advance_to(end);
                ExprKind::Return(self.return_value())
            }
            "last" | "next" | "redo" => {
                self.advance_to(end);
                let op = match word {
                    "last" => JumpOp::Last,
                    "next" => JumpOp::Next,
                    _ => JumpOp::Redo,
                };
                let label = self.word();
                let labelled = !label.is_empty()
                    && !self.on_new_line()
                    && !is_modifier(label)
                    && !matches!(label, "and" | "or" | "xor");
                let label = labelled.then(|| {
                    let name = self.name(self.at, self.at + label.len());
                    self.advance(label.len());
                    name
                });
                if label.is_none() && self.byte(0) == b'(' && self.byte(1) == b')' {
                    self.advance(2);
                }
                ExprKind::Jump(op, label)
            }
            "goto" => {
                self.advance_to(end);
                let operand = if self.byte(0) == b'&' {
                    self.code_name()
                } else if is_ident_start(self.byte(0)) {
                    let label = self.at;
                    let text = self.word().to_owned();
                    self.advance_to(label + text.len());
                    self.node(label, ExprKind::Bareword(text))
                } else {
                    self.assign()
                };
                ExprKind::Goto(Box::new(operand))
            }
            "not" => return Some(self.low_not()),
            "__FILE__" | "__LINE__" | "__PACKAGE__" | "__SUB__" => {
                self.advance_to(end);
                if self.byte(0) == b'(' && self.byte(1) == b')' && word != "__SUB__" {
                    self.advance(2);
                }
                ExprKind::Here(match word {
                    "__FILE__" => HereWord::File,
                    "__LINE__" => HereWord::Line,
                    "__PACKAGE__" => HereWord::Package,
                    _ => HereWord::Sub,
                })
            }
            "match" if !self.compat && next == b'(' && self.brace_follows_parens(end) => {
                return Some(self.match_expression());
            }
            "cond" if !self.compat && next == b'{' => return Some(self.cond_expression()),
            "try" if !self.compat && next == b'{' && !self.declared.contains_key("try") => {
                // The value of `try` is that of the block that ends it.
                let outer = self.flags;
                self.flags = OPEN;
                let kind = self.try_statement();
                self.flags = outer;
                let span = self.span_from(from);
                let stmts = vec![Stmt { span, label: None, kind }];
                ExprKind::Do(Block { span, stmts, params: Vec::new() })
            }
            "c" if !self.compat && self.byte_at(end) == b'"' => {
                let name = self.name(from, end);
                self.advance_to(end);
                let text = self.quoted();
                ExprKind::Call(Box::new(Call {
                    name,
                    block: None,
                    head: None,
                    args: vec![text],
                    parens: true,
                }))
            }
            "r" if !self.compat && self.sees_at(end, "\"\"\"") => {
                return Some(self.triple_quoted(true));
            }
            "thread" | "t"
                if !self.compat
                    && !self.declared.contains_key(word)
                    && self.byte_at(end) == b' '
                    && (matches!(next, b'$' | b'@' | b'"' | b'\'' | b'[' | b'0'..=b'9')
                        || (is_ident_start(next) && !self.operator_word_at(end))) =>
            {
                self.advance_to(end);
                return Some(self.thread_source(from, false));
            }
            "v" => return None,
            _ if word.as_bytes()[0] == b'v'
                && word[1..].bytes().all(|byte| byte.is_ascii_digit())
                && (self.compat || self.byte_at(end) == b'.' && self.byte_at(end + 1).is_ascii_digit()) =>
            {
                return Some(self.version_string(from, from + 1));
            }
            _ => return None,
        };
        Some(self.node(from, kind))
    }

    /// Whether the word behind `place` is an operator or a modifier.
    fn operator_word_at(&self, place: usize) -> bool {
        let (next, _) = self.after_blanks(place);
        is_operator_word(self.word_at(next))
    }

    /// Whether the parentheses behind `place` are followed by a brace.
    fn brace_follows_parens(&self, place: usize) -> bool {
        let (open, _) = self.after_blanks(place);
        match self.matching(open, self.end.min(open + (64 << 10))) {
            Some(close) => self.byte_at(self.after_blanks(close).0) == b'{',
            None => false,
        }
    }

    /// What `return` gives back: a list of operands on its line.
    fn return_value(&mut self) -> Option<Box<Expr>> {
        if self.on_new_line() || !self.starts_operand() {
            return None;
        }
        let mut items = vec![self.assign()];
        let span = items[0].span;
        while self.at_comma() {
            self.eat_comma();
            if self.ends_list() {
                break;
            }
            items.push(self.assign());
        }
        if items.len() == 1 {
            return items.pop().map(Box::new);
        }
        Some(Box::new(self.node_after(span, ExprKind::List { items, parens: false })))
    }

    /// A declarator or `local`, or `None` if the word is an ordinary name here.
    fn declaration_word(&mut self, word: &str, end: usize) -> Option<Expr> {
        let from = self.at;
        let (place, newline) = self.after_blanks(end);
        let next = self.byte_at(place);
        let following = self.word_at(place);
        let declarator = match word {
            "my" => Declarator::My,
            "our" => Declarator::Our,
            "state" => Declarator::State,
            "local" => {
                self.advance_to(end);
                let Some(outer) = self.enter() else { return Some(self.too_deep_node()) };
                let operand = self.unary();
                self.leave(outer);
                return Some(self.node(from, ExprKind::Local(Box::new(operand))));
            }
            _ if self.compat => return None,
            "val" => Declarator::Val,
            "var" => Declarator::My,
            "mysync" | "varsync" => Declarator::MySync,
            "oursync" => Declarator::OurSync,
            _ => {
                // `typed`, `const` and `frozen` stand before another declarator.
                let declares = matches!(
                    following,
                    "val"
                        | "var"
                        | "my"
                        | "our"
                        | "state"
                        | "mysync"
                        | "varsync"
                        | "oursync"
                        | "typed"
                        | "const"
                        | "frozen"
                );
                let variable = matches!(next, b'$' | b'@' | b'%') && place > end;
                if !declares && !variable {
                    return None;
                }
                self.advance_to(end);
                let mut expr = if declares {
                    let Some(outer) = self.enter() else { return Some(self.too_deep_node()) };
                    let inner_end = self.ident_end(self.at);
                    let expr = self.declaration_word(following, inner_end);
                    self.leave(outer);
                    expr?
                } else {
                    self.declare(from, Declarator::Val)
                };
                expr.span.start = self.span(from, from).start;
                if word != "typed"
                    && let ExprKind::Declare { declarator, .. } | ExprKind::DeclarePattern { declarator, .. } =
                        &mut expr.kind
                    && *declarator == Declarator::My
                {
                    *declarator = Declarator::Val;
                }
                return Some(expr);
            }
        };
        if following == "typed" && !self.compat {
            self.advance_to(place + 5);
            return Some(self.declare(from, declarator));
        }
        let starts = matches!(next, b'$' | b'@' | b'%' | b'(')
            || (!self.compat && matches!(next, b'[' | b'{') && self.pattern_is_assigned(place));
        if starts {
            self.advance_to(end);
            return Some(self.declare(from, declarator));
        }
        if matches!(word, "my" | "our" | "state") {
            // `my sub f {}` and `my Class $x`.
            if matches!(following, "sub" | "fn") {
                self.advance_to(end);
                return Some(self.anonymous_function());
            }
            let class_end = self.name_end(place);
            let (variable, _) = self.after_blanks(class_end);
            if class_end > place && matches!(self.byte_at(variable), b'$' | b'@' | b'%' | b'(') {
                self.advance_to(class_end);
                return Some(self.declare(from, declarator));
            }
            if next == b'\\' {
                self.advance_to(end);
                return Some(self.unary());
            }
            return Some(self.declares_nothing(word, end));
        }
        let is_assigned = !newline && !following.is_empty() && {
            let (equals, _) = self.after_blanks(place + following.len());
            self.byte_at(equals) == b'=' && !matches!(self.byte_at(equals + 1), b'=' | b'~' | b'>')
        };
        is_assigned.then(|| self.declares_nothing(word, end))
    }

    /// A declarator without a variable behind it; a name that lacks its sigil is taken for one.
    fn declares_nothing(&mut self, word: &str, end: usize) -> Expr {
        let from = self.at;
        self.advance_to(end);
        let message = format!("expected a variable behind `{word}`, found {}", self.next_token());
        let span = self.next_span();
        let name = self.word();
        let hint = (!name.is_empty()).then(|| format!("a variable begins with its sigil: `{word} ${name}`"));
        self.report(crate::error::ErrorKind::ExpectedName, span, message, "a variable belongs here", hint);
        self.advance(name.len());
        self.node(from, ExprKind::Error)
    }

    /// Whether the pattern at `place` is followed by `=`.
    fn pattern_is_assigned(&self, place: usize) -> bool {
        match self.matching(place, self.end.min(place + (16 << 10))) {
            Some(end) => self.byte_at(self.after_blanks(end).0) == b'=',
            None => false,
        }
    }

    // --- calls

    /// A call of the name that is next, or a bareword.
    fn call(&mut self, word: &str, from: usize, end: usize) -> Expr {
        let name = self.name(from, end);
        let known = self.declared.get(word).copied();
        let builtin = match (self.builtin(word), known) {
            // A Perl program may have functions of its own in the place of what Perl has not.
            (Some(found), Some(_)) if self.compat && !found.perl => None,
            (found, _) => found,
        };
        let (next, newline) = self.after_blanks(end);
        let same_line = !newline || self.compat;
        if self.byte_at(next) == b'-' && self.byte_at(next + 1) == b'>' && self.byte_at(next + 2) != b'>' {
            let class = builtin.is_none() && known.is_none()
                || word.as_bytes()[0].is_ascii_uppercase() && builtin.is_none();
            if class {
                self.advance_to(end);
                return self.node(from, ExprKind::Bareword(word.to_owned()));
            }
            if builtin.is_some_and(|found| !matches!(found.syntax, Syntax::Nullary)) || known.is_some() {
                self.advance_to(end);
                return self.finish_call(from, name, None, None, Vec::new(), false);
            }
        }
        if let Some(found) = builtin {
            return self.builtin_call(found, from, end, name);
        }
        self.advance_to(end);
        if self.byte(0) == b'(' && same_line {
            let args = self.call_args();
            return self.finish_call(from, name, None, None, args, true);
        }
        if known == Some(Known::Constant) {
            return self.finish_call(from, name, None, None, Vec::new(), false);
        }
        if !self.flags.bare || !same_line {
            return if known.is_some() {
                self.finish_call(from, name, None, None, Vec::new(), false)
            } else {
                self.node(from, ExprKind::Bareword(word.to_owned()))
            };
        }
        if self.byte(0) == b'{' {
            let block = known == Some(Known::Block) || (known.is_some() && !self.looks_like_hash(self.at));
            if block {
                let block = self.block_argument();
                if self.at_comma() {
                    self.eat_comma();
                }
                let args = self.bare_args(false);
                return self.finish_call(from, name, Some(block), None, args, false);
            }
            // In Perl the prototype of a function of another file may ask for a block.
            if known.is_none() && self.compat && !self.looks_like_hash(self.at) {
                let block = self.block();
                let args = self.bare_args(false);
                return self.finish_call(from, name, Some(block), None, args, false);
            }
            if known.is_none() && !self.compat && word.contains("::") && !self.looks_like_hash(self.at) {
                let block = self.block_argument();
                if self.at_comma() {
                    self.eat_comma();
                }
                let args = self.bare_args(false);
                return self.finish_call(from, name, Some(block), None, args, false);
            }
            if known.is_none() && !self.compat {
                return self.node(from, ExprKind::Bareword(word.to_owned()));
            }
            if known.is_none() {
                let args = self.bare_args(false);
                return self.finish_call(from, name, None, None, args, false);
            }
        }
        let class_end = self.name_end(self.at);
        let indirect = self.compat
            && self.byte(0).is_ascii_uppercase()
            && (word == "new" && matches!(self.byte_at(class_end), b'(' | b';' | b')' | b',')
                || self.byte_at(self.after_blanks(class_end).0) == b'{' && self.indirect_object(word));
        if let Some(known) = known.filter(|_| !indirect) {
            let starts = self.starts_operand() && !self.reads_as_operator();
            let args = match known {
                _ if !starts => Vec::new(),
                Known::Unary => vec![self.unary_operand()],
                _ => self.bare_args(false),
            };
            return self.finish_call(from, name, None, None, args, false);
        }
        // `new Class(...)`; in Perl any method may stand before its class.
        if self.byte(0).is_ascii_uppercase() && (word == "new" || self.indirect_object(word)) {
            let class_from = self.at;
            let class_end = self.name_end(self.at);
            let class = self.slice(class_from, class_end).to_owned();
            self.advance_to(class_end);
            let class = self.node(class_from, ExprKind::Bareword(class));
            let args = if self.byte(0) == b'(' {
                Some(self.call_args())
            } else if self.starts_operand() && !self.reads_as_operator() && self.compat {
                Some(self.bare_args(false))
            } else {
                None
            };
            let kind = ExprKind::Method { invocant: Box::new(class), name: MethodName::Name(name), args };
            return self.node(from, kind);
        }
        if self.certainly_operand() {
            let args = self.bare_args(false);
            return self.finish_call(from, name, None, None, args, false);
        }
        self.node(from, ExprKind::Bareword(word.to_owned()))
    }

    /// In Perl: whether the word that is next is a class or handle whose method precedes it.
    fn indirect_object(&self, method: &str) -> bool {
        if !self.compat {
            return false;
        }
        let end = self.name_end(self.at);
        let word = self.slice(self.at, end);
        let (next, _) = self.after_blanks(end);
        let operand = matches!(self.byte_at(next), b'(' | b'{') && word.contains("::")
            || next > end && self.operand_after_handle(next) && self.byte_at(next) != b'('
            || self.byte_at(next) == b';' && (word.contains("::") || method == "import");
        operand && self.builtin(word).is_none() && !self.declared.contains_key(word)
    }

    fn finish_call(
        &self,
        from: usize,
        name: Name,
        block: Option<Block>,
        head: Option<Expr>,
        args: Vec<Expr>,
        parens: bool,
    ) -> Expr {
        self.node(from, ExprKind::Call(Box::new(Call { name, block, head, args, parens })))
    }

    fn builtin_call(&mut self, found: &'static Builtin, from: usize, end: usize, name: Name) -> Expr {
        self.advance_to(end);
        let parens = self.byte(0) == b'(' && !self.on_new_line();
        if matches!(found.name, "exec" | "system")
            && let Some(call) = self.program_call(from, &name, parens)
        {
            return call;
        }
        match found.syntax {
            Syntax::Print => return self.print_call(from, name, parens),
            Syntax::Block => return self.block_call(found, from, name, parens),
            _ => {}
        }
        if parens {
            let args = self.call_args_of(found);
            let call = self.finish_call(from, name, None, None, args, true);
            if self.byte(0) == b'[' && !self.on_new_line() && self.at == self.prev_end && self.compat {
                return self.list_slice(call);
            }
            return call;
        }
        let reach = match found.syntax {
            Syntax::Nullary => Reach::Nothing,
            Syntax::Unary => Reach::Unary,
            Syntax::Greedy => Reach::Greedy,
            _ => Reach::List,
        };
        let starts = self.flags.bare
            && !self.on_new_line()
            && self.starts_operand()
            && !(reach == Reach::Unary && self.reads_as_operator_unary(found.name));
        let args = if !starts {
            Vec::new()
        } else {
            match reach {
                Reach::Nothing => Vec::new(),
                Reach::Unary => vec![self.named_operand(found.name)],
                Reach::Greedy => {
                    let flags = self.flags;
                    self.flags = Flags { pipe: false, ..flags };
                    let operand = self.assign();
                    self.flags = flags;
                    vec![operand]
                }
                Reach::List => self.bare_args(false),
            }
        };
        self.finish_call(from, name, None, None, args, false)
    }

    /// `exec { PROGRAM } LIST` and `exec $program LIST`, which name the program apart from its arguments.
    fn program_call(&mut self, from: usize, name: &Name, parens: bool) -> Option<Expr> {
        let opener = self.at;
        let head = if parens { self.after_blanks(opener + 1).0 } else { opener };
        if self.on_new_line() {
            return None;
        }
        let end = match self.byte_at(head) {
            b'{' => self.matching(head, self.end.min(head + 4096))?,
            b'$' if self.compat && is_ident_start(self.byte_at(head + 1)) => self.name_end(head + 1),
            _ => return None,
        };
        let (next, _) = self.after_blanks(end);
        let is_named = match self.byte_at(head) {
            b'{' => !matches!(self.byte_at(next), b',' | b')' | b';'),
            _ => next > end && matches!(self.byte_at(next), b'@' | b'$' | b'"' | b'\''),
        };
        if !is_named {
            return None;
        }
        let flags = self.flags;
        if parens {
            self.advance(1);
            self.flags = OPEN;
        }
        let head = Some(if self.byte(0) == b'{' {
            let head_from = self.at;
            let block = self.block();
            self.block_expr(head_from, block)
        } else {
            self.primary()
        });
        let args = if parens {
            let args = self.items(b')');
            self.close(b')', opener);
            args
        } else {
            self.bare_args(false)
        };
        self.flags = flags;
        Some(self.finish_call(from, name.clone(), None, head, args, parens))
    }

    fn named_operand(&mut self, name: &str) -> Expr {
        if matches!(name, "defined" | "exists" | "undef") && self.byte(0) == b'&' && self.byte(1) != b'&' {
            return self.code_name();
        }
        if name == "require" && is_ident_start(self.byte(0)) {
            return self.module_operand();
        }
        self.unary_operand()
    }

    /// `require Foo::Bar`: the name is no call.
    fn module_operand(&mut self) -> Expr {
        let from = self.at;
        let end = self.name_end(from);
        let (next, _) = self.after_blanks(end);
        let word = self.slice(from, end);
        let is_version = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        // A character that only looks like the beginning of a name ends it where it begins.
        let call = word.is_empty()
            || matches!(self.byte_at(next), b'(' | b'-' | b'.')
            || self.is_topic_word(word)
            || word.strip_prefix('v').is_some_and(is_version)
            || (matches!(word, "q" | "qq") && self.is_quote(word))
            || word.starts_with("__");
        if call {
            return self.unary_operand();
        }
        self.advance_to(end);
        self.node(from, ExprKind::Bareword(word.to_owned()))
    }

    fn unary_operand(&mut self) -> Expr {
        self.prec(SHIFT)
    }

    /// Arguments in parentheses, for builtins whose operands are not read as expressions.
    fn call_args_of(&mut self, found: &'static Builtin) -> Vec<Expr> {
        if matches!(found.name, "defined" | "exists" | "undef" | "require") {
            let opener = self.at;
            let (next, _) = self.after_blanks(opener + 1);
            let code = self.byte_at(next) == b'&' && self.byte_at(next + 1) != b'&';
            if code {
                let flags = self.flags;
                self.advance(1);
                self.flags = OPEN;
                let place = self.place();
                let errors = self.errors.len();
                let operand = self.code_name();
                if self.byte(0) == b')' {
                    self.close(b')', opener);
                    self.flags = flags;
                    return vec![operand];
                }
                self.errors.truncate(errors);
                self.go_back(place);
                let args = self.items(b')');
                self.close(b')', opener);
                self.flags = flags;
                return args;
            }
        }
        self.call_args()
    }

    /// Arguments without parentheses. `pipe`: a pipeline belongs to the last of them.
    fn bare_args(&mut self, pipe: bool) -> Vec<Expr> {
        if self.on_new_line() {
            return Vec::new();
        }
        self.bare_args_here(pipe)
    }

    /// The same, wherever the first of them stands.
    fn bare_args_here(&mut self, pipe: bool) -> Vec<Expr> {
        let mut args = Vec::new();
        if !self.flags.bare || !self.starts_operand() {
            return args;
        }
        let flags = self.flags;
        self.flags = Flags { pipe: pipe && flags.pipe, open: false, fed: false, ..flags };
        args.push(self.assign());
        while self.at_comma() {
            self.eat_comma();
            while self.at_comma() {
                self.eat_comma();
            }
            if self.ends_list() {
                break;
            }
            args.push(self.assign());
        }
        self.flags = flags;
        args
    }

    // --- print and its kin

    fn print_call(&mut self, from: usize, name: Name, parens: bool) -> Expr {
        if parens {
            let opener = self.at;
            let flags = self.flags;
            self.advance(1);
            self.flags = OPEN;
            let head = self.handle();
            let args = self.items(b')');
            self.close(b')', opener);
            self.flags = flags;
            return self.finish_call(from, name, None, head, args, true);
        }
        if self.on_new_line() || !self.flags.bare {
            return self.finish_call(from, name, None, None, Vec::new(), false);
        }
        let head = self.handle();
        let args = self.bare_args(true);
        self.finish_call(from, name, None, head, args, false)
    }

    /// The handle of a print, if there is one.
    fn handle(&mut self) -> Option<Expr> {
        let from = self.at;
        match self.byte(0) {
            b'{' if self.compat || !self.looks_like_hash(from) => {
                // `{ expr }` followed by no operator is a handle.
                let block = self.block();
                Some(self.block_expr(from, block))
            }
            b'$' if is_ident_start(self.byte(1)) => {
                let end = self.name_end(from + 1);
                let (next, newline) = self.after_blanks(end);
                if next == end || (newline && !self.compat) || !self.operand_after_handle(next) {
                    return None;
                }
                let base = self.scalar_base();
                Some(self.scalar_whole(from, base))
            }
            byte if is_ident_start(byte) => {
                let end = self.name_end(from);
                let word = self.slice(from, end);
                let (next, newline) = self.after_blanks(end);
                let newline = newline && !self.compat;
                let standard = matches!(word, "STDIN" | "STDOUT" | "STDERR" | "STDDATA");
                let shaped = word
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_' || b == b':')
                    || self.compat && word.as_bytes()[0].is_ascii_uppercase();
                if !standard
                    && (!shaped
                        || word.starts_with('_')
                        || self.builtin(word).is_some()
                        || self.declared.contains_key(word))
                {
                    return None;
                }
                // Alone, `A::B` is a variant or a function; a handle gets the topic.
                let alone = matches!(self.byte_at(next), b';' | b'}' | b')' | 0)
                    || is_modifier(self.word_at(next))
                    || newline && (standard || self.operand_after_handle(next));
                let takes =
                    if alone { self.compat || !word.contains("::") } else { self.operand_after_handle(next) };
                if self.sees_at(end, "::")
                    || (!standard && self.byte_at(end) == b'(')
                    || self.sees_at(next, "=>")
                    || self.sees_at(next, "->")
                    || !takes
                {
                    return None;
                }
                let text = word.to_owned();
                self.advance_to(end);
                Some(self.node(from, ExprKind::Bareword(text)))
            }
            _ => None,
        }
    }

    /// Whether an operand, rather than an operator, stands at `place` behind a possible handle.
    fn operand_after_handle(&self, place: usize) -> bool {
        let next = self.byte_at(place + 1);
        match self.byte_at(place) {
            b'"' | b'\'' | b'`' | b'$' | b'@' | b'\\' | b'(' | b'0'..=b'9' => true,
            b'<' => {
                next == b'<'
                    && (matches!(self.byte_at(place + 2), b'"' | b'\'' | b'~')
                        || is_ident_start(self.byte_at(place + 2)))
                    || next == b'$'
            }
            b'%' | b'&' => is_ident_start(next) || matches!(next, b'$' | b'{'),
            byte if is_ident_start(byte) => !is_operator_word(self.word_at(place)),
            _ => false,
        }
    }

    // --- map, sort and their kin

    fn block_call(&mut self, found: &'static Builtin, from: usize, name: Name, parens: bool) -> Expr {
        let opener = self.at;
        let flags = self.flags;
        if parens {
            self.advance(1);
            self.flags = OPEN;
        } else if self.on_new_line() || (!flags.bare && self.byte(0) != b'{') {
            return self.finish_call(from, name, None, None, Vec::new(), false);
        }
        let mut args = Vec::new();
        let mut block = None;
        let mut head = None;
        if matches!(found.name, "pmap_chunked" | "fan") && self.byte(0) != b'{' && self.starts_operand() {
            let count = self.primary();
            args.push(count);
            if self.at_comma() && self.byte_at(self.after_blanks(self.at + 1).0) == b'{' {
                self.eat_comma();
            }
        }
        if self.byte(0) == b'{' && self.brace_is_block(found) {
            block = Some(self.block_argument());
            if found.name == "pmap_reduce" && self.byte(0) == b'{' && !self.on_new_line() {
                let second = self.at;
                let reducer = self.block_argument();
                args.push(self.node(second, ExprKind::BlockFunction(reducer)));
            }
            if self.flags.fed && self.at_comma() {
                // The pipe brings the list; the comma is about what stands around the pipeline.
                self.flags = flags;
                return self.finish_call(from, name, block, head, args, false);
            }
            if self.byte(0) == b',' {
                self.advance(1);
            }
        } else if found.name == "sort" {
            head = self.comparator();
        }
        if parens {
            args.append(&mut self.items(b')'));
            self.close(b')', opener);
            self.flags = flags;
        } else if args.is_empty() || block.is_some() {
            let below = block.is_some() && self.on_new_line() && self.list_below(found);
            let mut list = if below { self.bare_args_here(false) } else { self.bare_args(false) };
            args.append(&mut list);
        } else if self.at_comma() {
            self.eat_comma();
            args.append(&mut self.bare_args(false));
        }
        self.finish_call(from, name, block, head, args, parens)
    }

    /// Whether the list of `map { ... }` and its kin stands on the line below: without one they would work
    /// on nothing, unless a pipe brings it.
    fn list_below(&self, found: &'static Builtin) -> bool {
        let takes_list = !matches!(
            found.name,
            "adies" | "assert_dies" | "async" | "spawn" | "gen" | "bench" | "fan" | "par_pipeline"
        );
        takes_list
            && !self.flags.fed
            && self.starts_operand()
            && !matches!(self.byte(0), b'{' | b'<' | b'/' | b'-' | b'+' | b'!' | b'~' | b'.' | b'&' | b'*')
            && !is_keyword(self.word())
            && !matches!(self.word(), "print" | "printf" | "say" | "p" | "ep" | "die" | "push" | "unshift")
            && !self.word().starts_with("assert_")
            && !self.list_is_assigned()
    }

    /// Whether a variable is next that is given a value: a statement, and no operand.
    fn list_is_assigned(&self) -> bool {
        if !matches!(self.byte(0), b'$' | b'@' | b'%' | b'(') {
            return false;
        }
        let mut i = self.at;
        let mut depth = 0_usize;
        while i < self.end {
            match self.byte_at(i) {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => return false,
                b')' | b']' | b'}' => depth -= 1,
                b';' | b'\n' if depth == 0 => return false,
                b'\'' | b'"' => return false,
                b'=' if depth == 0 => {
                    return !matches!(self.byte_at(i + 1), b'=' | b'~' | b'>')
                        && !matches!(self.byte_at(i - 1), b'=' | b'!' | b'<' | b'>');
                }
                b'+' if depth == 0 && self.byte_at(i + 1) == b'+' => return true,
                b'-' if depth == 0 && self.byte_at(i + 1) == b'-' => return true,
                _ => {}
            }
            i += 1;
        }
        false
    }

    /// Whether the brace behind `map` and its kin is a block. In the default mode it is; Perl guesses.
    fn brace_is_block(&self, found: &'static Builtin) -> bool {
        if !self.compat || !matches!(found.name, "map" | "grep") || !self.looks_like_hash(self.at) {
            return true;
        }
        match self.matching(self.at, self.end.min(self.at + (16 << 10))) {
            Some(end) => self.byte_at(self.after_blanks(end).0) != b',',
            None => true,
        }
    }

    /// The comparator of `sort NAME LIST` and `sort $code LIST`.
    fn comparator(&mut self) -> Option<Expr> {
        let from = self.at;
        let list_follows = |place: usize, newline: bool| {
            if newline && !self.compat {
                return false;
            }
            match self.byte_at(place) {
                b'@' | b'$' | b'(' | b'0'..=b'9' | b'"' | b'\'' => true,
                byte if is_ident_start(byte) => !is_operator_word(self.word_at(place)),
                _ => false,
            }
        };
        match self.byte(0) {
            b'$' if is_ident_start(self.byte(1)) => {
                let end = self.name_end(from + 1);
                let (next, newline) = self.after_blanks(end);
                if next == end || !list_follows(next, newline) {
                    return None;
                }
                let base = self.scalar_base();
                Some(self.scalar_whole(from, base))
            }
            byte if is_ident_start(byte) => {
                let end = self.name_end(from);
                let word = self.slice(from, end);
                let (next, newline) = self.after_blanks(end);
                if self.builtin(word).is_some()
                    || is_keyword(word)
                    || self.is_topic_word(word)
                    || (matches!(word, "qw" | "q" | "qq") && self.is_quote(word))
                    || (self.byte_at(next) == b'(' && (next == end || self.declared.contains_key(word)))
                    || next == end
                    || !list_follows(next, newline)
                {
                    return None;
                }
                let text = word.to_owned();
                self.advance_to(end);
                Some(self.node(from, ExprKind::Bareword(text)))
            }
            _ => None,
        }
    }

    // --- what may start an operand

    /// Whether the next token can start an operand, where a name that takes one precedes it.
    pub(super) fn starts_operand(&self) -> bool {
        if self.at_end() {
            return false;
        }
        let next = self.byte(1);
        match self.byte(0) {
            b'$' => next != b' ' || self.compat,
            b'@' => {
                is_ident_start(next)
                    || matches!(next, b'$' | b'{' | b'[' | b':' | b'-' | b'+')
                    || next == b'^' && self.byte(2).is_ascii_uppercase()
            }
            b'"' | b'\'' | b'`' | b'\\' | b'(' | b'[' | b'{' | b'0'..=b'9' => true,
            b'%' => {
                is_ident_start(next) || matches!(next, b'$' | b'{' | b'[' | b':' | b'+' | b'-' | b'!' | b'^')
            }
            b'&' => {
                next != b'&' && next != b'=' && (is_ident_start(next) || matches!(next, b'$' | b'{' | b':'))
            }
            b'*' => is_ident_start(next) || matches!(next, b'{' | b'$' | b':'),
            b'-' => next != b'=' && !(next == b'>' && self.byte(2) != b'>'),
            b'+' => next != b'=',
            b'!' => next != b'=' && next != b'~',
            b'~' => !self.compat || next != b'~',
            b'<' => {
                next != b'='
                    && (next == b'$' || next == b'<' || self.looks_like_angle_term() || self.angle_on_line())
            }
            b'/' => true,
            b'.' => self.sees("...") || next.is_ascii_digit(),
            b'>' => next == b'{' && !self.compat,
            b':' => next == b':' && is_ident_start(self.byte(2)),
            byte if is_ident_start(byte) => {
                let word = self.word();
                !is_operator_word(word) || self.fat_comma_after(self.at + word.len())
            }
            _ => false,
        }
    }

    fn angle_on_line(&self) -> bool {
        let mut i = self.at + 1;
        while !matches!(self.byte_at(i), b'>' | b'\n' | b' ' | b';' | 0) {
            i += 1;
        }
        self.byte_at(i) == b'>' && i > self.at + 1
    }

    /// For named unary operators: whether what could start an operand is an operator instead.
    fn reads_as_operator_unary(&self, name: &str) -> bool {
        let spaced = matches!(self.byte(1), b' ' | b'\t' | b'\n' | b'=');
        match self.byte(0) {
            b'/' => self.byte(1) == b'/' || spaced,
            b'-' | b'+' => spaced,
            b'<' => !self.looks_like_angle_term(),
            b'*' | b'%' | b'&' => spaced,
            b'{' => {
                !self.compat
                    && !matches!(
                        name,
                        "ref"
                            | "scalar"
                            | "keys"
                            | "values"
                            | "each"
                            | "defined"
                            | "delete"
                            | "exists"
                            | "require"
                    )
            }
            b'.' => true,
            b'!' | b'~' => false,
            _ => false,
        }
    }

    /// For functions of the program: whether what could start an operand reads as an operator, as
    /// blanks tell.
    fn reads_as_operator(&self) -> bool {
        let before = self.at > self.prev_end;
        let after = matches!(self.byte(1), b' ' | b'\t' | b'\n' | b'\r' | b'=');
        match self.byte(0) {
            b'-' | b'+' | b'/' | b'*' | b'%' | b'&' | b'<' => !before || after,
            b'.' => true,
            _ => false,
        }
    }

    /// For names nobody knows: whether an operand follows beyond doubt.
    fn certainly_operand(&self) -> bool {
        if self.at == self.prev_end && !matches!(self.byte(0), b'"' | b'\'') {
            return false;
        }
        let next = self.byte(1);
        match self.byte(0) {
            b'$' => {
                is_ident_start(next)
                    || matches!(next, b'{' | b'$' | b':' | b'0'..=b'9' | b'#' | b'@' | b'!' | b'/')
            }
            b'@' => is_ident_start(next) || matches!(next, b'$' | b'{'),
            b'%' => is_ident_start(next) || matches!(next, b'$' | b'{'),
            b'"' | b'\'' | b'0'..=b'9' => true,
            b'<' => {
                next == b'<'
                    && (self.looks_like_angle_term() && self.byte(2) != b' ' || self.spaced_heredoc())
            }
            b'\\' => matches!(next, b'$' | b'@' | b'%' | b'&' | b'('),
            b'[' => !self.compat,
            byte if is_ident_start(byte) => {
                let word = self.word();
                let end = self.at + word.len();
                // A word that is certainly an operand itself.
                !is_operator_word(word)
                    && (self.is_topic_word(word)
                        || self.fat_comma_after(end)
                        || matches!(word, "fn" | "sub" | "my" | "val")
                        || self.declared.contains_key(self.slice(self.at, self.name_end(self.at)))
                        || self.builtin(word).is_some()
                        || (matches!(word, "q" | "qq" | "qw") && self.is_quote(word))
                        || (self.byte_at(end) == b'(' && !is_keyword(word))
                        || (self.sees_at(end, "->") && !is_keyword(word)))
            }
            _ => false,
        }
    }
}

/// Words that stand between or behind operands.
pub(super) fn is_operator_word(word: &str) -> bool {
    is_modifier(word)
        || matches!(
            word,
            "x" | "lt" | "gt" | "le" | "ge" | "eq" | "ne" | "cmp" | "isa" | "and" | "or" | "xor"
        )
        || (word.len() > 1
            && word.as_bytes()[0] == b'x'
            && word.bytes().skip(1).all(|byte| byte.is_ascii_digit()))
}

/// Words that are neither functions nor barewords.
pub(crate) fn is_keyword(word: &str) -> bool {
    is_operator_word(word)
        || matches!(
            word,
            "my" | "our"
                | "local"
                | "state"
                | "sub"
                | "fn"
                | "do"
                | "eval"
                | "return"
                | "if"
                | "unless"
                | "while"
                | "until"
                | "for"
                | "foreach"
                | "else"
                | "elsif"
                | "not"
                | "package"
                | "use"
                | "no"
                | "last"
                | "next"
                | "redo"
                | "goto"
                | "val"
                | "var"
        )
}

fn one(args: Vec<Expr>) -> Option<Expr> {
    let mut args = args;
    if args.len() > 1 {
        let span = super::expression::joined(args[0].span, args[args.len() - 1].span);
        return Some(Expr { span, kind: ExprKind::List { items: args, parens: true } });
    }
    args.pop()
}
