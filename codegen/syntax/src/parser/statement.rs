//! Statements, blocks, and the keywords that open them.
//!
//! Long because what a word may open is one decision with many outcomes.

use super::expression::{is_modifier, statement_of};
use super::{Known, OPEN, Parser, is_ident_start};
use crate::ast::{
    Block, Condition, Declarator, Expr, ExprKind, File, LoopVariable, Name, Phase, Sigil, Stmt, StmtKind, Use,
};
use crate::error::{ErrorKind, nearest};

/// Words that open statements, for the guess at what a misspelt one was meant to be.
const OPENERS: &[&str] = &[
    "fn", "sub", "val", "var", "my", "our", "local", "state", "class", "struct", "enum", "trait", "package",
    "use", "import", "if", "unless", "while", "until", "for", "foreach", "return", "require", "mysync",
    "typed", "const", "abstract", "final", "match", "given", "loop", "try", "defer", "elsif", "else",
];

impl Parser<'_> {
    /// A whole file.
    pub(crate) fn file(&mut self) -> File {
        self.start(0);
        let body = self.statements(None);
        File { body, data: self.data }
    }

    /// Statements up to the closing brace of `opener`, or to the end.
    pub(super) fn statements(&mut self, opener: Option<usize>) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        loop {
            while self.byte(0) == b';' {
                self.advance(1);
            }
            if self.errors.len() > super::MAX_ERRORS {
                self.at = self.end;
                self.prev_end = self.end;
            }
            if self.at_end() {
                return stmts;
            }
            if self.byte(0) == b'}' {
                if opener.is_some() {
                    return stmts;
                }
                let span = self.next_span();
                let message = "`}` closes nothing".to_owned();
                self.report(ErrorKind::UnopenedBracket, span, message, "has no `{`", None);
                self.advance(1);
                continue;
            }
            let before = self.at;
            if let Some(stmt) = self.statement() {
                let twin = if self.compat { super::lvalue::twin(&stmt) } else { None };
                stmts.push(stmt);
                stmts.extend(twin);
            }
            if self.at == before && !self.at_end() && self.byte(0) != b'}' {
                let from = self.at;
                self.unexpected("a statement");
                self.skip_token();
                self.recover();
                stmts.push(Stmt { span: self.span_from(from), label: None, kind: StmtKind::Error });
            }
        }
    }

    /// `{ ... }`.
    pub(super) fn block(&mut self) -> Block {
        self.block_with(false)
    }

    /// `{ ... }` that may begin with the names of its parameters: `{ |$x, $y| ... }`.
    pub(super) fn block_argument(&mut self) -> Block {
        self.block_with(!self.compat)
    }

    fn block_with(&mut self, takes_params: bool) -> Block {
        let from = self.at;
        if self.byte(0) != b'{' {
            let message = format!("expected a block, found {}", self.next_token());
            let span = self.next_span();
            self.report(ErrorKind::ExpectedBlock, span, message, "a `{` belongs here", None);
            return Block { span: self.span(from, from), stmts: Vec::new(), params: Vec::new() };
        }
        let Some(outer) = self.enter() else {
            return Block { span: self.span(from, from), stmts: Vec::new(), params: Vec::new() };
        };
        let flags = self.flags;
        self.flags = OPEN;
        self.advance(1);
        let params = if takes_params && self.byte(0) == b'|' && self.byte(1) != b'|' {
            self.block_params()
        } else {
            Vec::new()
        };
        let stmts = self.statements(Some(from));
        self.flags = flags;
        self.close(b'}', from);
        self.leave(outer);
        Block { span: self.span_from(from), stmts, params }
    }

    fn block_params(&mut self) -> Vec<Name> {
        let mut params = Vec::new();
        self.advance(1);
        while self.byte(0) == b'$' {
            let from = self.at + 1;
            let end = self.ident_end(from);
            if end == from {
                break;
            }
            params.push(self.name(from, end));
            self.advance_to(end);
            if !self.eat(b',') {
                break;
            }
        }
        if !self.eat(b'|') {
            self.unexpected("`|` behind the block's parameters");
        }
        params
    }

    /// One statement with its separator.
    fn statement(&mut self) -> Option<Stmt> {
        let from = self.at;
        let outer = self.enter()?;
        let label = self.label();
        let kind = self.statement_kind();
        self.leave(outer);
        let kind = kind?;
        Some(Stmt { span: self.span_from(from), label, kind })
    }

    fn label(&mut self) -> Option<Name> {
        let from = self.at;
        if !is_ident_start(self.byte(0)) {
            return None;
        }
        let end = self.ident_end(from);
        let mut colon = end;
        while matches!(self.byte_at(colon), b' ' | b'\t') {
            colon += 1;
        }
        if self.byte_at(colon) != b':' || self.byte_at(colon + 1) == b':' {
            return None;
        }
        let word = self.slice(from, end);
        let shouted = word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
            && !word.starts_with('_');
        let spaced = matches!(self.byte_at(colon + 1), b' ' | b'\t' | b'\n' | b'\r');
        if !(shouted || self.compat || spaced)
            || super::word::is_keyword(word)
            || (!shouted
                && (self.builtin(word).is_some()
                    || matches!(word, "default" | "q" | "qq" | "qw" | "qr" | "s" | "m" | "y" | "tr")))
            || self.is_topic_word(word)
        {
            return None;
        }
        let name = self.name(from, end);
        self.advance_to(colon + 1);
        Some(name)
    }

    fn statement_kind(&mut self) -> Option<StmtKind> {
        let byte = self.byte(0);
        if byte == b'{' {
            if self.statement_is_hash() {
                return Some(self.expression_statement());
            }
            let body = self.block();
            let continuing = self.continue_block();
            return Some(StmtKind::Block { body, continuing });
        }
        if byte == b'}' || byte == b';' || self.at_end() {
            return Some(StmtKind::Empty);
        }
        if is_ident_start(byte) {
            let end = self.ident_end(self.at);
            if !self.sees_at(end, "::") && !self.fat_comma_after(end) {
                let word = self.slice(self.at, end);
                let known = self.keyword_statement(word, end);
                if known.is_some() {
                    return known;
                }
                if self.data_marker(word, end) {
                    return None;
                }
            }
        }
        Some(self.expression_statement())
    }

    /// Whether a brace at the start of a statement is a hash: pairs, and nothing a block could be.
    fn statement_is_hash(&self) -> bool {
        if !self.looks_like_hash(self.at) {
            return false;
        }
        let (first, _) = self.after_blanks(self.at + 1);
        if self.byte_at(first) == b'}' {
            let (next, _) = self.after_blanks(first + 1);
            return matches!(self.byte_at(next), b'}' | b')' | 0) && next < self.end && self.depth > 2;
        }
        if self.byte_at(first) == b'%' {
            return true;
        }
        if self.compat {
            return true;
        }
        // `{ $x, ... }` may be a list in a block: only pairs are certain.
        let mut i = first;
        while i < self.end && !matches!(self.byte_at(i), b',' | b'\n' | b'=' | b';') {
            i += 1;
        }
        self.sees_at(i, "=>") || self.sees_at(self.after_blanks(i).0, "=>") || self.byte_at(first) == b'.'
    }

    /// `__END__` and `__DATA__`: notes where the data start and ends the text.
    fn data_marker(&mut self, word: &str, end: usize) -> bool {
        if !matches!(word, "__END__" | "__DATA__") {
            return false;
        }
        let line_end = self.line_end(end);
        if !self.compat && !self.slice(end, line_end).trim().is_empty() {
            return false;
        }
        let start = (line_end + 1).min(self.end);
        if self.data.is_none() && self.fixed.is_none() {
            self.data = Some(start as u32);
        }
        self.at = self.end;
        self.heredoc = None;
        true
    }

    /// A statement that is opened by a keyword, or `None` if the word is none here.
    fn keyword_statement(&mut self, word: &str, end: usize) -> Option<StmtKind> {
        let (place, _) = self.after_blanks(end);
        let next = self.byte_at(place);
        let named = is_ident_start(next);
        let extended = !self.compat;
        Some(match word {
            "if" | "unless" => self.if_statement(word == "unless"),
            "while" | "until" => self.while_statement(word == "until"),
            "loop" if extended && next == b'{' => {
                self.advance_to(end);
                let body = self.block();
                StmtKind::While { condition: None, body, continuing: None, postfix: false, do_first: false }
            }
            "for" | "foreach" => self.for_statement(),
            "fn" if extended && named => self.function_statement(),
            "AUTOLOAD" | "DESTROY" if next == b'{' => {
                // Perl lets these two do without `sub`.
                StmtKind::Function(Box::new(self.bare_function(end)))
            }
            "sub" if named || next == b'\'' => self.function_statement(),
            "package" if named => self.package_statement(),
            "use" | "no" => self.use_statement(word == "no"),
            "import" if extended && named && !self.declared.contains_key("import") => {
                self.use_statement(false)
            }
            "BEGIN" | "END" | "INIT" | "CHECK" | "UNITCHECK" if next == b'{' => {
                let phase = match word {
                    "BEGIN" => Phase::Begin,
                    "END" => Phase::End,
                    "INIT" => Phase::Init,
                    "CHECK" => Phase::Check,
                    _ => Phase::UnitCheck,
                };
                self.advance_to(end);
                StmtKind::Phase { phase, body: self.block() }
            }
            "try" if next == b'{' => self.try_statement(),
            "defer" if next == b'{' => {
                self.advance_to(end);
                StmtKind::Defer(self.block())
            }
            "struct" | "class" | "trait" | "enum" if extended && named => {
                self.type_statement(word, false, false)
            }
            "abstract" | "final"
                if extended && matches!(self.word_at(place), "class" | "abstract" | "final") =>
            {
                let mut is_abstract = false;
                let mut is_final = false;
                loop {
                    match self.word() {
                        "abstract" => is_abstract = true,
                        "final" => is_final = true,
                        _ => break,
                    }
                    let bytes = self.word().len();
                    self.advance(bytes);
                }
                self.type_statement("class", is_abstract, is_final)
            }
            "given" if next == b'(' => {
                self.advance_to(end);
                let opener = self.at;
                self.advance(1);
                let subject = self.expr();
                self.close(b')', opener);
                StmtKind::Given { subject, body: self.block() }
            }
            "when" if next == b'(' => {
                self.advance_to(end);
                let opener = self.at;
                self.advance(1);
                let value = self.expr();
                self.close(b')', opener);
                StmtKind::When { value: Some(value), body: self.block() }
            }
            "default" if next == b'{' => {
                self.advance_to(end);
                StmtKind::When { value: None, body: self.block() }
            }
            "format" if self.format_follows(end) => self.format_statement(),
            "else" | "elsif" | "catch" | "finally"
                if matches!(next, b'{' | b'(')
                    && !self.declared.contains_key(word)
                    && (word != "finally" && word != "catch") =>
            {
                let span = self.next_span();
                let opener = if word == "catch" { "try" } else { "if" };
                let message = format!("`{word}` without an `{opener}` before it");
                self.report(ErrorKind::UnexpectedToken, span, message, "not expected here", None);
                self.advance_to(end);
                if self.byte(0) == b'(' {
                    self.call_args();
                }
                if self.byte(0) == b'{' {
                    self.block();
                }
                StmtKind::Error
            }
            _ => return None,
        })
    }

    // --- expressions as statements

    fn expression_statement(&mut self) -> StmtKind {
        let errors = self.errors.len();
        let start = self.at;
        let is_function = self.compat && self.lexical_function_follows();
        let expr = self.expr();
        if is_function && self.errors.len() == errors {
            // `my sub NAME { ... }` is a whole statement; a `;` behind it is an empty one.
            return StmtKind::Expr(expr);
        }
        let kind = self.modifiers(expr);
        if self.at == start && self.errors.len() > errors {
            // Nothing was read, and that is reported.
            self.recover_from(start);
            return StmtKind::Error;
        }
        self.suspect_word(&kind);
        self.separator(start, errors);
        kind
    }

    /// Whether `my sub NAME` or its like is next.
    fn lexical_function_follows(&self) -> bool {
        let word = if is_ident_start(self.byte(0)) { self.word() } else { "" };
        if !matches!(word, "my" | "our" | "state") {
            return false;
        }
        let next = self.after_blanks(self.at + word.len()).0;
        let end = self.ident_end(next);
        self.slice(next, end) == "sub" && is_ident_start(self.byte_at(self.after_blanks(end).0))
    }

    fn recover_from(&mut self, start: usize) {
        if self.at == start && !self.at_end() && self.byte(0) != b'}' {
            if self.byte(0) != b';' {
                self.skip_token();
            }
            self.recover();
        }
    }

    /// `if`, `for` and their kin behind an expression.
    fn modifiers(&mut self, expr: Expr) -> StmtKind {
        let word = if is_ident_start(self.byte(0)) { self.word() } else { "" };
        if !is_modifier(word) {
            return StmtKind::Expr(expr);
        }
        if self.on_new_line() {
            let attaches = match &expr.kind {
                ExprKind::Return(Some(_)) => matches!(word, "if" | "unless"),
                ExprKind::Do(_) => matches!(word, "while" | "until"),
                _ => false,
            };
            if !attaches {
                return StmtKind::Expr(expr);
            }
        }
        self.advance(word.len());
        let do_first = matches!(expr.kind, ExprKind::Do(_));
        let body = Block { span: expr.span, stmts: vec![statement_of(expr)], params: Vec::new() };
        let operand = self.expr();
        match word {
            "if" | "unless" => {
                let condition = Condition { expr: operand, negated: word == "unless", pattern: None };
                StmtKind::If { arms: vec![(condition, body)], otherwise: None, postfix: true }
            }
            "while" | "until" => {
                let condition = Condition { expr: operand, negated: word == "until", pattern: None };
                StmtKind::While {
                    condition: Some(condition),
                    body,
                    continuing: None,
                    postfix: true,
                    do_first,
                }
            }
            _ => StmtKind::Foreach {
                variables: Vec::new(),
                list: operand,
                body,
                continuing: None,
                postfix: true,
            },
        }
    }

    /// Reports a word at the start of a statement that must be a misspelt keyword:
    /// `vla $x = 1` would be a call.
    fn suspect_word(&mut self, kind: &StmtKind) {
        let StmtKind::Expr(Expr { kind: ExprKind::Call(call), .. }) = kind else { return };
        if call.parens || call.block.is_some() || self.declared.contains_key(&call.name.text) {
            return;
        }
        let [Expr { kind: ExprKind::Assign { op: None, target, .. }, .. }] = call.args.as_slice() else {
            return;
        };
        if !matches!(target.kind, ExprKind::Var(..) | ExprKind::List { .. })
            || self.builtin(&call.name.text).is_some()
        {
            return;
        }
        let words: &[&str] = if self.compat {
            &["my", "our", "local", "state"]
        } else {
            &["val", "var", "my", "our", "local", "state", "mysync", "const"]
        };
        if let Some(known) = nearest(&call.name.text, words) {
            let message = format!("unknown declaration `{}`", call.name.text);
            let hint = Some(format!("did you mean `{known}`?"));
            let span = call.name.span;
            self.report(ErrorKind::UnknownKeyword, span, message, "not a keyword", hint);
        }
    }

    /// The end of a statement: `;`, a closing brace, the end, or a new line.
    fn separator(&mut self, start: usize, errors: usize) {
        if self.eat(b';') || self.at_end() || self.byte(0) == b'}' {
            return;
        }
        if self.on_new_line() {
            return;
        }
        if matches!(self.word(), "__END__" | "__DATA__") && self.newline {
            return;
        }
        if self.errors.len() == errors
            || self.errors.last().is_some_and(|last| last.span.end as usize <= start)
        {
            self.missing_separator(start);
        }
        self.recover();
    }

    fn missing_separator(&mut self, start: usize) {
        let first = self.word_at(start);
        let whole = self.name_end(start) == start + first.len();
        let suspicious =
            !first.is_empty() && whole && self.builtin(first).is_none() && !self.declared.contains_key(first);
        let words: Vec<&str> = OPENERS.to_vec();
        if suspicious
            && (is_ident_start(self.byte(0)) || matches!(self.byte(0), b'{' | b'$' | b'@' | b'%' | b'('))
            && let Some(known) = nearest(first, &words)
        {
            let span = self.span(start, start + first.len());
            let message = format!("unknown keyword `{first}`");
            let hint = Some(format!("did you mean `{known}`?"));
            self.report(ErrorKind::UnknownKeyword, span, message, "not a keyword", hint);
            return;
        }
        if matches!(self.byte(0), b')' | b']') {
            let span = self.next_span();
            let message = format!("{} closes nothing", self.next_token());
            self.report(ErrorKind::UnopenedBracket, span, message, "was never opened", None);
            return;
        }
        let token = self.next_token();
        let message = if self.compat {
            format!("expected `;` before {token}")
        } else {
            format!("expected the end of the statement, found {token}")
        };
        let hint =
            if self.compat || !self.newline { Some("separate statements with `;`".to_owned()) } else { None };
        // Where the separator belongs is where the statement ended.
        let (span, label) = if self.compat && self.newline {
            (self.span(self.prev_end.saturating_sub(1), self.prev_end), "a `;` belongs behind this")
        } else {
            (self.next_span(), "not expected here")
        };
        self.report(ErrorKind::MissingSeparator, span, message, label, hint);
    }

    // --- conditions and loops

    fn condition(&mut self, negated: bool) -> Condition {
        if !self.compat && self.word() == "let" {
            self.advance(3);
            let pattern = Box::new(self.pattern());
            if !self.eat(b'=') {
                self.unexpected("`=` behind the pattern");
            }
            let flags = self.flags;
            // The brace behind the subject opens the block.
            self.flags = super::Flags { bare: false, ..OPEN };
            let expr = self.assign();
            self.flags = flags;
            return Condition { expr, negated, pattern: Some(pattern) };
        }
        if self.byte(0) != b'(' {
            let message = format!("expected `(` before the condition, found {}", self.next_token());
            let span = self.next_span();
            let hint = Some("conditions stand in parentheses".to_owned());
            self.report(ErrorKind::UnexpectedToken, span, message, "a `(` belongs here", hint);
            let flags = self.flags;
            self.flags = super::Flags { bare: false, ..OPEN };
            let expr = if self.byte(0) == b'{' { self.too_deep_node() } else { self.assign() };
            self.flags = flags;
            return Condition { expr, negated, pattern: None };
        }
        let opener = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = OPEN;
        let expr = if self.byte(0) == b')' {
            self.node(self.at, ExprKind::List { items: Vec::new(), parens: false })
        } else {
            self.expr()
        };
        self.close(b')', opener);
        self.flags = flags;
        Condition { expr, negated, pattern: None }
    }

    fn if_statement(&mut self, negated: bool) -> StmtKind {
        let bytes = self.word().len();
        self.advance(bytes);
        let mut arms = Vec::new();
        let condition = self.condition(negated);
        let body = self.block();
        arms.push((condition, body));
        let mut otherwise = None;
        loop {
            match self.word() {
                "elsif" => {
                    self.advance(5);
                    let condition = self.condition(false);
                    let body = self.block();
                    arms.push((condition, body));
                }
                "else" => {
                    let else_at = self.at;
                    self.advance(4);
                    if self.word() == "if" {
                        let span = self.span(else_at, self.at + 2);
                        let message = "expected a block behind `else`, found `if`".to_owned();
                        let hint = Some("write `elsif`".to_owned());
                        self.report(ErrorKind::ExpectedBlock, span, message, "not two words", hint);
                        self.advance(2);
                        let condition = self.condition(false);
                        let body = self.block();
                        arms.push((condition, body));
                        continue;
                    }
                    otherwise = Some(self.block());
                    break;
                }
                "elseif" | "elif" if self.byte_at(self.after_blanks(self.ident_end(self.at)).0) == b'(' => {
                    let word = self.word();
                    let span = self.next_span();
                    let message = format!("unknown keyword `{word}`");
                    let hint = Some("write `elsif`".to_owned());
                    self.report(ErrorKind::UnknownKeyword, span, message, "not a keyword", hint);
                    self.advance(word.len());
                    let condition = self.condition(false);
                    let body = self.block();
                    arms.push((condition, body));
                }
                _ => break,
            }
        }
        StmtKind::If { arms, otherwise, postfix: false }
    }

    fn continue_block(&mut self) -> Option<Block> {
        let (next, _) = self.after_blanks(self.ident_end(self.at));
        if self.word() == "continue" && self.byte_at(next) == b'{' {
            self.advance(8);
            return Some(self.block());
        }
        None
    }

    fn while_statement(&mut self, negated: bool) -> StmtKind {
        self.advance(5);
        let condition = self.condition(negated);
        let empty =
            matches!(&condition.expr.kind, ExprKind::List { items, parens: false } if items.is_empty());
        let body = self.block();
        let continuing = self.continue_block();
        StmtKind::While {
            condition: (!empty).then_some(condition),
            body,
            continuing,
            postfix: false,
            do_first: false,
        }
    }

    fn for_statement(&mut self) -> StmtKind {
        let bytes = self.word().len();
        self.advance(bytes);
        let mut variables = Vec::new();
        let mut pattern = None;
        if self.byte(0) != b'(' {
            variables = self.loop_variables(&mut pattern);
        }
        if self.byte(0) != b'(' {
            if self.word() == "qw" && self.is_quote("qw") {
                let list = self.primary();
                let mut body = self.block();
                if let Some(target) = pattern {
                    body.stmts.insert(0, take_apart(target));
                }
                let continuing = self.continue_block();
                return StmtKind::Foreach { variables, list, body, continuing, postfix: false };
            }
            let message = format!("expected `(` before the list of `for`, found {}", self.next_token());
            let span = self.next_span();
            let hint = Some("the list stands in parentheses: `for val $x (1:3) { }`".to_owned());
            self.report(ErrorKind::UnexpectedToken, span, message, "a `(` belongs here", hint);
            while !self.at_end() && !matches!(self.byte(0), b'{' | b';' | b'}') && !self.on_new_line() {
                self.skip_token();
            }
            if self.byte(0) == b'{' {
                self.block();
            }
            return StmtKind::Error;
        }
        let opener = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = OPEN;
        let first = if matches!(self.byte(0), b';' | b')') { None } else { Some(self.expr()) };
        if variables.is_empty() && self.byte(0) == b';' {
            self.advance(1);
            let condition = if self.byte(0) == b';' { None } else { Some(self.expr()) };
            if !self.eat(b';') && self.byte(0) != b')' {
                self.unexpected("`;` behind the condition");
            }
            let step = if self.byte(0) == b')' { None } else { Some(self.expr()) };
            self.close(b')', opener);
            self.flags = flags;
            let body = self.block();
            return StmtKind::For { init: first, condition, step, body };
        }
        let list_from = opener;
        self.close(b')', opener);
        self.flags = flags;
        let list = match first {
            Some(expr) => match expr.kind {
                ExprKind::List { items, parens: false } => {
                    self.node(list_from, ExprKind::List { items, parens: true })
                }
                kind => {
                    let span = expr.span;
                    self.node(list_from, ExprKind::List { items: vec![Expr { span, kind }], parens: true })
                }
            },
            None => self.node(list_from, ExprKind::List { items: Vec::new(), parens: true }),
        };
        let mut body = self.block();
        if let Some(target) = pattern {
            body.stmts.insert(0, take_apart(target));
        }
        let continuing = self.continue_block();
        StmtKind::Foreach { variables, list, body, continuing, postfix: false }
    }

    /// The variables of a loop; `for val [$a, $b] (LIST)` has a pattern, and a variable nobody can write.
    fn loop_variables(&mut self, pattern: &mut Option<Expr>) -> Vec<LoopVariable> {
        let declarator = match self.word() {
            "my" => Some(Declarator::My),
            "our" => Some(Declarator::Our),
            "state" => Some(Declarator::State),
            "val" if !self.compat => Some(Declarator::Val),
            "var" if !self.compat => Some(Declarator::My),
            "mysync" | "varsync" if !self.compat => Some(Declarator::MySync),
            _ => None,
        };
        if declarator.is_some() {
            let bytes = self.word().len();
            self.advance(bytes);
        }
        let mut variables = Vec::new();
        let opener = self.at;
        if let Some(declarator) = declarator
            && !self.compat
            && matches!(self.byte(0), b'[' | b'{')
        {
            let kind = ExprKind::DeclarePattern { declarator, pattern: Box::new(self.pattern()) };
            let whole = self.node(opener, kind);
            let name = Name { span: whole.span, text: "loop element".to_owned() };
            *pattern = Some(whole);
            return vec![LoopVariable { declarator: Some(Declarator::My), name }];
        }
        let list = declarator.is_some() && self.eat(b'(');
        while self.byte(0) == b'$' || (self.byte(0) == b'\\' && self.byte(1) == b'$') {
            if self.byte(0) == b'\\' {
                self.advance(1);
            }
            let from = self.at + 1;
            let end = self.name_end(from);
            if end == from {
                break;
            }
            variables.push(LoopVariable { declarator, name: self.name(from, end) });
            self.advance_to(end);
            if !list || !self.eat(b',') {
                break;
            }
        }
        if list {
            self.close(b')', opener);
        } else if declarator.is_some() && self.byte(0) == b':' && !self.compat {
            // A type behind the variable says nothing that the list does not.
            self.advance(1);
            self.type_name();
        }
        if variables.is_empty() {
            self.unexpected("the variable of `for`, or `(`");
        }
        variables
    }

    // --- packages and modules

    fn package_statement(&mut self) -> StmtKind {
        self.advance(7);
        let end = self.name_end(self.at);
        let name = self.name(self.at, end);
        self.advance_to(end);
        if self.byte(0).is_ascii_digit() || self.byte(0) == b'v' && self.byte(1).is_ascii_digit() {
            self.version_text();
        }
        if self.byte(0) == b'{' {
            return StmtKind::Package { name, body: Some(self.block()) };
        }
        let errors = self.errors.len();
        self.separator(self.at, errors);
        StmtKind::Package { name, body: None }
    }

    /// The text of a version: digits, points and underscores, with a `v` before them at most.
    fn version_text(&mut self) -> String {
        let from = self.at;
        let mut end = from;
        if self.byte_at(end) == b'v' {
            end += 1;
        }
        while self.byte_at(end).is_ascii_digit()
            || self.byte_at(end) == b'_'
            || (self.byte_at(end) == b'.' && self.byte_at(end + 1).is_ascii_digit())
        {
            end += 1;
        }
        let text = self.slice(from, end).to_owned();
        self.advance_to(end);
        text
    }

    fn at_version(&self) -> bool {
        self.byte(0).is_ascii_digit() || (self.byte(0) == b'v' && self.byte(1).is_ascii_digit())
    }

    fn use_statement(&mut self, no: bool) -> StmtKind {
        let start = self.at;
        let bytes = self.word().len();
        self.advance(bytes);
        let errors = self.errors.len();
        let mut module = Name { span: self.span(self.at, self.at), text: String::new() };
        let mut version = None;
        let mut imports = None;
        if self.at_version() {
            version = Some(self.version_text());
        } else {
            let end = self.name_end(self.at);
            if end == self.at {
                self.expected_name("a module");
                self.recover();
                return StmtKind::Error;
            }
            module = self.name(self.at, end);
            self.advance_to(end);
            if self.at_version() && !self.on_new_line() {
                let place = self.place();
                let text = self.version_text();
                // A number that an operator or a comma follows is the first import.
                if self.at_comma() {
                    self.go_back(place);
                } else {
                    version = Some(text);
                }
            }
            let ends = matches!(self.byte(0), b';' | b'}') || self.at_end() || self.on_new_line();
            if !ends {
                imports = Some(self.expr());
            }
        }
        if let Some(list) = &imports {
            self.declare_imports(&module.text, list);
        }
        self.separator(start, errors);
        StmtKind::Use(Use { no, module, version, imports })
    }

    /// Names that a module gives can be called without parentheses from here on.
    fn declare_imports(&mut self, module: &str, list: &Expr) {
        if matches!(
            module,
            "constant"
                | "strict"
                | "warnings"
                | "feature"
                | "parent"
                | "base"
                | "lib"
                | "overload"
                | "vars"
                | "utf8"
                | "integer"
                | "open"
        ) {
            if module == "constant" {
                self.declare_constants(list);
            }
            return;
        }
        let words: Vec<String> = match &list.kind {
            ExprKind::Words(words) => words.clone(),
            ExprKind::List { items, .. } => items.iter().flat_map(strings).collect(),
            _ => strings(list),
        };
        for word in words {
            let name = word.strip_prefix('&').unwrap_or(&word);
            if !name.is_empty()
                && name.bytes().all(super::is_ident_char)
                && is_ident_start(name.as_bytes()[0])
            {
                // A shouted name is most likely a constant.
                let shouted = name.len() > 1
                    && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
                let known = if shouted { Known::Constant } else { Known::Function };
                self.declared.entry(name.to_owned()).or_insert(known);
            }
        }
    }

    fn declare_constants(&mut self, list: &Expr) {
        let names: Vec<String> = match &list.kind {
            ExprKind::HashRef(items) => items.iter().step_by(2).flat_map(strings).collect(),
            ExprKind::List { items, .. } => items.iter().take(1).flat_map(strings).collect(),
            _ => strings(list),
        };
        for name in names {
            self.declared.insert(name, Known::Constant);
        }
    }

    // --- the rest

    pub(super) fn try_statement(&mut self) -> StmtKind {
        self.advance(3);
        let body = self.block();
        let mut catch = None;
        if self.word() == "catch" {
            self.advance(5);
            let mut variable = None;
            if self.byte(0) == b'(' {
                let opener = self.at;
                self.advance(1);
                for word in ["my", "val", "var"] {
                    if self.word() == word {
                        self.advance(word.len());
                    }
                }
                if self.byte(0) == b'$' {
                    let from = self.at + 1;
                    let end = self.ident_end(from);
                    variable = Some(self.name(from, end));
                    self.advance_to(end);
                } else {
                    self.unexpected("the variable of `catch`");
                }
                self.close(b')', opener);
            } else if self.byte(0) == b'$' && !self.compat {
                let from = self.at + 1;
                let end = self.ident_end(from);
                variable = Some(self.name(from, end));
                self.advance_to(end);
            }
            catch = Some((variable, self.block()));
        }
        let finally = (self.word() == "finally").then(|| {
            self.advance(7);
            self.block()
        });
        if self.compat {
            self.eat(b';');
        }
        StmtKind::Try { body, catch, finally }
    }

    fn format_follows(&self, end: usize) -> bool {
        let (place, newline) = self.after_blanks(end);
        if newline {
            return false;
        }
        let name_end = self.name_end(place);
        let mut equals = name_end;
        while matches!(self.byte_at(equals), b' ' | b'\t') {
            equals += 1;
        }
        let line_end = self.line_end(equals);
        self.byte_at(equals) == b'=' && self.slice(equals + 1, line_end).trim().is_empty()
    }

    /// The function that fills the pictures of a format: one call of `formline` for each line, with
    /// references to the values of the line below.
    fn format_function(
        &mut self,
        from: usize,
        name: &str,
        lines: &[String],
    ) -> Option<Box<crate::ast::Function>> {
        let mut text = format!("sub format::{name} {{ ");
        let mut lines = lines.iter();
        while let Some(line) = lines.next() {
            if line.starts_with('#') {
                continue;
            }
            let quoted = line.replace('\\', "\\\\").replace('\'', "\\'");
            let values =
                if line.contains(['@', '^']) { lines.next().map_or("", |line| line.as_str()) } else { "" };
            text.push_str("formline('");
            text.push_str(&quoted);
            text.push('\n');
            text.push('\'');
            if !values.trim().is_empty() {
                text.push_str(", \\(");
                text.push_str(values.trim().trim_end_matches(';'));
                text.push(')');
            }
            text.push_str("); ");
        }
        text.push('}');
        let span = self.span(from, from + 6);
        let kind = self.detached(&text, span, |parser| parser.function_statement());
        match kind {
            StmtKind::Function(function) => Some(function),
            _ => None,
        }
    }

    fn format_statement(&mut self) -> StmtKind {
        let from = self.at;
        self.advance(6);
        let end = self.name_end(self.at);
        let mut name = self.name(self.at, end);
        if name.text.is_empty() {
            "STDOUT".clone_into(&mut name.text);
        }
        let mut line = (self.line_end(end) + 1).min(self.end);
        let mut lines = Vec::new();
        loop {
            if line >= self.end {
                let span = self.span(from, from + 6);
                let message = format!("the format `{}` is never closed", name.text);
                let hint = Some("add a line with a single `.` behind it".to_owned());
                self.report(ErrorKind::UnclosedHeredoc, span, message, "opened here", hint);
                break;
            }
            let line_end = self.line_end(line);
            let text = self.slice(line, line_end);
            line = (line_end + 1).min(self.end);
            if text.trim_end() == "." {
                break;
            }
            lines.push(text.to_owned());
        }
        let function = self.compat.then(|| self.format_function(from, &name.text, &lines));
        self.advance_to(line);
        self.newline = true;
        match function.flatten() {
            Some(function) => StmtKind::Function(function),
            None => StmtKind::Format { name, lines },
        }
    }
}

/// The strings that an import list names.
fn strings(expr: &Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::Words(words) => words.clone(),
        ExprKind::Str(pieces) => match pieces.as_slice() {
            [crate::ast::Piece::Text(text)] => vec![String::from_utf8_lossy(text).into_owned()],
            _ => Vec::new(),
        },
        ExprKind::Bareword(word) => vec![word.clone()],
        _ => Vec::new(),
    }
}

/// `val [$a, $b] = ELEMENT`, the first statement of a loop over patterns.
fn take_apart(target: Expr) -> Stmt {
    let span = target.span;
    let element = Expr { span, kind: ExprKind::Var(Sigil::Scalar, "loop element".to_owned()) };
    let kind = ExprKind::Assign { target: Box::new(target), op: None, value: Box::new(element) };
    Stmt { span, label: None, kind: StmtKind::Expr(Expr { span, kind }) }
}
