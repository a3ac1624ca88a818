//! The parser: its state, how it moves through the text, how it reports and recovers.
//!
//! The parts: `statement` (statements and blocks), `declaration` (functions, classes, variables,
//! patterns), `expression` (operators), `term` (operands, subscripts), `word` (what begins with a
//! name), `thread` (`~>`), `quote` (quoted texts and what is interpolated), `number`.
//!
//! Invariants: `at` is the start of the next token (blanks, comments and POD are behind it),
//! `prev_end` the end of the last one, `newline` whether a line ends between them. Every loop moves
//! `at` forward. Nesting is limited twice: by levels, so that trees can be walked recursively, and by
//! the bytes of stack in use, so that no build of the parser overflows. A text that needs more stack
//! than the caller can be expected to have is read again on a thread of its own.

mod declaration;
mod expression;
mod lvalue;
mod number;
mod quote;
mod statement;
mod term;
mod thread;
mod word;

pub(crate) use word::is_keyword;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::Options;
use crate::ast::{Expr, ExprKind, Name, Piece, Span};
use crate::error::{ErrorKind, SyntaxError};

/// Levels of nesting that are followed.
const MAX_DEPTH: u32 = 1000;
/// Height of a tree: levels of nesting and links of operator chains.
const MAX_HEIGHT: u32 = 2000;
/// Errors that are reported.
const MAX_ERRORS: usize = 100;
/// Stack that may be used on the caller's thread, in bytes.
const CALLER_STACK: usize = 400 << 10;
/// Stack of the thread for deep texts, in bytes.
const DEEP_STACK: usize = 96 << 20;
/// What of it is used at most, in bytes.
const DEEP_LIMIT: usize = 88 << 20;

/// The label of a bracket that is open where the text ends.
const UNCLOSED_AT_END: &str = "opened here, and still open at the end";

/// Runs `read` over a text, on a deeper stack should it turn out to be needed.
pub(crate) fn run<T: Send>(
    text: &str,
    options: Options,
    read: impl Fn(&mut Parser<'_>) -> T + Sync,
) -> (T, Vec<SyntaxError>) {
    let attempt = |stack: usize| {
        let mut parser = Parser::new(text, options, stack);
        parser.declared = Parser::declarations(text);
        let value = read(&mut parser);
        (value, parser.overflow, finish(parser.errors))
    };
    let (value, overflow, errors) = attempt(CALLER_STACK);
    if !overflow {
        return (value, errors);
    }
    drop(value);
    let deep = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(DEEP_STACK);
        let thread = builder.spawn_scoped(scope, || attempt(DEEP_LIMIT)).ok()?;
        thread.join().ok()
    });
    let (value, _, errors) = deep.unwrap_or_else(|| attempt(CALLER_STACK));
    (value, errors)
}

fn finish(mut errors: Vec<SyntaxError>) -> Vec<SyntaxError> {
    errors.sort_by_key(|error| error.span.start);
    errors
}

/// What is known of a function that the text declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Takes a list.
    Function,
    /// Takes nothing: a constant.
    Constant,
    /// Its prototype asks for one operand.
    Unary,
    /// Its prototype asks for a block first.
    Block,
}

/// What is allowed where an expression stands. Brackets allow everything again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flags {
    /// `:` makes a range.
    pub(crate) colon: bool,
    /// `|>` belongs to this expression.
    pub(crate) pipe: bool,
    /// Words take arguments without parentheses; off in the source of a thread.
    pub(crate) bare: bool,
    /// Ranges may lack their ends: directly in a subscript.
    pub(crate) open: bool,
    /// A pipe brings the list: directly behind `|>`.
    pub(crate) fed: bool,
}

pub(crate) const OPEN: Flags = Flags { colon: true, pipe: true, bare: true, open: false, fed: false };

/// Multiplicative hashing of short names, after the compiler's own: fast, and nobody gains from
/// collisions in a table of the functions of one's own file.
#[derive(Default)]
pub(crate) struct NameHasher(u64);

impl Hasher for NameHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 =
                (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
        }
    }
}

pub(crate) type Declared = HashMap<String, Known, BuildHasherDefault<NameHasher>>;

/// The state of reading one text.
pub(crate) struct Parser<'a> {
    text: &'a str,
    src: &'a [u8],
    end: usize,
    at: usize,
    prev_end: usize,
    newline: bool,
    compat: bool,
    options: Options,
    flags: Flags,
    /// The end of the line that here-documents follow, and where the text goes on after them.
    heredoc: Option<(usize, usize)>,
    /// All spans are this one: the text is a part of another that was changed.
    fixed: Option<Span>,
    depth: u32,
    height: u32,
    stack_base: usize,
    stack_limit: usize,
    overflow: bool,
    deep_reported: bool,
    declared: Declared,
    errors: Vec<SyntaxError>,
    data: Option<u32>,
}

/// Where the parser was, to go back to.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    end: usize,
    at: usize,
    prev_end: usize,
    newline: bool,
    flags: Flags,
    heredoc: Option<(usize, usize)>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, options: Options, stack_limit: usize) -> Self {
        let end = text.len().min(u32::MAX as usize - 1);
        Self {
            text,
            src: text.as_bytes(),
            end,
            at: 0,
            prev_end: 0,
            newline: true,
            compat: options.compat,
            options,
            flags: OPEN,
            heredoc: None,
            fixed: None,
            depth: 0,
            height: 0,
            stack_base: stack_address(),
            stack_limit,
            overflow: false,
            deep_reported: false,
            declared: Declared::default(),
            errors: Vec::new(),
            data: None,
        }
    }

    /// The expression from `offset` to the end.
    pub(crate) fn lone_expression(&mut self, offset: usize) -> Expr {
        self.start(offset);
        let expr = self.expr();
        self.eat(b';');
        if !self.at_end() {
            self.unexpected("the end of the expression");
        }
        expr
    }

    /// The string from `offset` to the end.
    pub(crate) fn lone_pieces(&mut self, offset: usize) -> Vec<Piece> {
        self.start(offset);
        let from = offset.min(self.end);
        self.interpolate(from, self.end, quote::Quoted::string(0))
    }

    fn start(&mut self, offset: usize) {
        let mut from = offset.min(self.end);
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        self.at = from;
        self.prev_end = from;
        self.newline = true;
        if self.pod_at(from) {
            self.at = self.pod_end(from);
        }
        self.skip();
    }

    // --- looking

    /// The byte `offset` bytes behind the start of the next token; 0 behind the end.
    #[inline]
    fn byte(&self, offset: usize) -> u8 {
        self.byte_at(self.at + offset)
    }

    #[inline]
    fn byte_at(&self, place: usize) -> u8 {
        if place < self.end { self.src[place] } else { 0 }
    }

    #[inline]
    fn at_end(&self) -> bool {
        self.at >= self.end
    }

    /// Whether the text at the next token begins so.
    #[inline]
    fn sees(&self, what: &str) -> bool {
        self.sees_at(self.at, what)
    }

    fn sees_at(&self, place: usize, what: &str) -> bool {
        place <= self.end && self.src[place..self.end].starts_with(what.as_bytes())
    }

    /// Whether the next token begins a line, which matters in the default mode only.
    #[inline]
    fn on_new_line(&self) -> bool {
        self.newline && !self.compat
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or("")
    }

    /// The simple word at the next token, empty if there is none.
    #[inline]
    fn word(&self) -> &'a str {
        self.word_at(self.at)
    }

    fn word_at(&self, place: usize) -> &'a str {
        let end = self.ident_end(place);
        self.slice(place, end)
    }

    /// The end of the identifier that starts at `place`, or `place`.
    fn ident_end(&self, place: usize) -> usize {
        let mut i = place;
        let first = self.byte_at(i);
        if !(first.is_ascii_alphabetic() || first == b'_' || first >= 0x80) {
            return place;
        }
        loop {
            let byte = self.byte_at(i);
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                i += 1;
            } else if byte >= 0x80 {
                match self.char_at(i) {
                    Some(c) if c.is_alphanumeric() || (i > place && is_mark(c)) => {
                        i += c.len_utf8();
                    }
                    _ => return i,
                }
            } else {
                return i;
            }
        }
    }

    /// The end of the name, which may be qualified, that starts at `place`, or `place`.
    fn name_end(&self, place: usize) -> usize {
        let mut end = self.ident_end(place);
        if end == place && !(self.sees_at(place, "::") && is_ident_start(self.byte_at(place + 2))) {
            return place;
        }
        while self.byte_at(end) == b':' && self.byte_at(end + 1) == b':' {
            let mut next = self.ident_end(end + 2);
            if next == end + 2 && end > place {
                while self.byte_at(next).is_ascii_alphanumeric() || self.byte_at(next) == b'_' {
                    next += 1;
                }
            }
            if next == end + 2 {
                break;
            }
            end = next;
        }
        end
    }

    fn char_at(&self, place: usize) -> Option<char> {
        if place >= self.end {
            return None;
        }
        self.text.get(place..).and_then(|rest| rest.chars().next())
    }

    /// The place of the first token at or behind `place`, and whether a line ends before it.
    fn after_blanks(&self, place: usize) -> (usize, bool) {
        let mut i = place;
        let mut newline = false;
        loop {
            match self.byte_at(i) {
                b' ' | b'\t' | b'\r' | 0x0c => i += 1,
                b'\n' => {
                    newline = true;
                    i = match self.heredoc {
                        Some((line_end, resume)) if line_end == i => resume,
                        _ => i + 1,
                    };
                    if self.pod_at(i) {
                        i = self.pod_end(i);
                    }
                }
                b'#' => i = self.line_end(i),
                b'\\' if !self.compat && self.line_joint(i) > 0 => i += self.line_joint(i),
                0xc2 if self.byte_at(i + 1) == 0xa0 => i += 2,
                0xef if i == 0 && self.sees_at(0, "\u{feff}") => i += 3,
                _ => return (i.min(self.end), newline),
            }
        }
    }

    /// Whether `=>` follows `place`, which is the end of a word.
    fn fat_comma_after(&self, place: usize) -> bool {
        if self.sees_at(place, "=>") {
            return true;
        }
        if !matches!(self.byte_at(place), b' ' | b'\t' | b'\r' | b'\n' | b'#') {
            return false;
        }
        let (next, _) = self.after_blanks(place);
        self.sees_at(next, "=>")
    }

    /// The bytes of a backslash with the line end behind it; 0 where there is none.
    fn line_joint(&self, place: usize) -> usize {
        match (self.byte_at(place + 1), self.byte_at(place + 2)) {
            (b'\n', _) => 2,
            (b'\r', b'\n') => 3,
            _ => 0,
        }
    }

    fn line_end(&self, place: usize) -> usize {
        let rest = self.src.get(place..self.end).unwrap_or(&[]);
        rest.iter().position(|&byte| byte == b'\n').map_or(self.end, |found| place + found)
    }

    /// Whether the line that starts at `place` opens POD.
    fn pod_at(&self, place: usize) -> bool {
        if self.byte_at(place) == b'=' {
            return self.byte_at(place + 1).is_ascii_alphabetic();
        }
        if !matches!(self.byte_at(place), b' ' | b'\t') || self.compat {
            return false;
        }
        let mut i = place;
        while matches!(self.byte_at(i), b' ' | b'\t') {
            i += 1;
        }
        if self.byte_at(i) != b'=' {
            return false;
        }
        let word = self.word_at(i + 1);
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        matches!(
            word,
            "pod" | "head" | "over" | "item" | "back" | "begin" | "end" | "for" | "encoding" | "cut"
        )
    }

    /// Where the text goes on behind the POD that starts at the line at `place`.
    fn pod_end(&self, place: usize) -> usize {
        let mut line = place;
        while line < self.end {
            let end = self.line_end(line);
            let next = (end + 1).min(self.end);
            let text = self.slice(line, end);
            let text = if self.compat { text } else { text.trim_start() };
            if text.starts_with("=cut") && !is_ident_start(*text.as_bytes().get(4).unwrap_or(&0)) {
                return next;
            }
            line = next;
        }
        self.end
    }

    // --- moving

    /// Takes a token that ends at `place`.
    #[inline]
    fn advance_to(&mut self, place: usize) {
        self.prev_end = place;
        self.at = place;
        self.newline = false;
        self.skip();
    }

    /// Takes a token of so many bytes.
    #[inline]
    fn advance(&mut self, bytes: usize) {
        self.advance_to(self.at + bytes);
    }

    #[inline]
    fn skip(&mut self) {
        match self.byte(0) {
            b' ' => {
                let next = self.byte(1);
                if next > b'#' && next < 0x80 && next != b'\\' {
                    self.at += 1;
                    return;
                }
            }
            byte if byte > b'#' && byte < 0x80 && byte != b'\\' => return,
            _ => {}
        }
        let (at, newline) = self.after_blanks(self.at);
        self.at = at;
        self.newline |= newline;
        if self.heredoc.is_some_and(|(_, resume)| at >= resume) {
            self.heredoc = None;
        }
    }

    /// Takes the byte if it is next.
    #[inline]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.byte(0) == byte && !self.at_end();
        if found {
            self.advance(1);
        }
        found
    }

    fn place(&self) -> Place {
        Place {
            end: self.end,
            at: self.at,
            prev_end: self.prev_end,
            newline: self.newline,
            flags: self.flags,
            heredoc: self.heredoc,
        }
    }

    fn go_back(&mut self, place: Place) {
        self.end = place.end;
        self.at = place.at;
        self.prev_end = place.prev_end;
        self.newline = place.newline;
        self.flags = place.flags;
        self.heredoc = place.heredoc;
    }

    /// Reads the part of the text between two offsets as if there were nothing else.
    fn within<T>(&mut self, from: usize, to: usize, read: impl FnOnce(&mut Self) -> T) -> T {
        let place = self.place();
        self.end = to;
        self.flags = OPEN;
        self.heredoc = None;
        self.prev_end = from;
        self.at = from;
        self.newline = true;
        self.skip();
        let value = read(self);
        self.go_back(place);
        value
    }

    /// Reads another text, which stands for the part of this one at `span`.
    fn detached<T>(&mut self, text: &str, span: Span, read: impl FnOnce(&mut Parser<'_>) -> T) -> T {
        let mut inner = Parser::new(text, self.options, self.stack_limit);
        inner.stack_base = self.stack_base;
        inner.fixed = Some(self.fixed.unwrap_or(span));
        inner.depth = self.depth;
        inner.overflow = self.overflow;
        inner.deep_reported = self.deep_reported;
        inner.declared = std::mem::take(&mut self.declared);
        inner.errors = std::mem::take(&mut self.errors);
        inner.start(0);
        let value = read(&mut inner);
        self.overflow = inner.overflow;
        self.deep_reported = inner.deep_reported;
        self.declared = inner.declared;
        self.errors = inner.errors;
        self.height = self.height.max(inner.height);
        value
    }

    // --- building

    /// The span between two offsets.
    #[inline]
    fn span(&self, from: usize, to: usize) -> Span {
        match self.fixed {
            Some(span) => span,
            None => Span { start: from as u32, end: to.max(from) as u32 },
        }
    }

    /// The span from an offset to the end of the last token.
    #[inline]
    fn span_from(&self, from: usize) -> Span {
        self.span(from, self.prev_end)
    }

    #[inline]
    fn node(&self, from: usize, kind: ExprKind) -> Expr {
        Expr { span: self.span_from(from), kind }
    }

    /// A node that begins where another does.
    #[inline]
    fn node_after(&self, first: Span, kind: ExprKind) -> Expr {
        let span = match self.fixed {
            Some(span) => span,
            None => Span { start: first.start, end: (self.prev_end as u32).max(first.end) },
        };
        Expr { span, kind }
    }

    fn name(&self, from: usize, to: usize) -> Name {
        Name { span: self.span(from, to), text: self.slice(from, to).to_owned() }
    }

    // --- nesting

    /// Goes one level deeper; the answer is to be given back to [`Parser::leave`]. `None`: too deep.
    fn enter(&mut self) -> Option<u32> {
        let used = self.stack_base.abs_diff(stack_address());
        if used > self.stack_limit || self.overflow {
            self.overflow = true;
            self.too_deep();
            return None;
        }
        if self.depth >= MAX_DEPTH {
            self.too_deep();
            return None;
        }
        self.depth += 1;
        Some(std::mem::replace(&mut self.height, 0))
    }

    fn leave(&mut self, outer: u32) {
        self.depth -= 1;
        self.height = outer.max(self.height + 1);
    }

    /// One more link of a chain; false if that is too many.
    fn grow(&mut self) -> bool {
        self.height += 1;
        if self.height + self.depth < MAX_HEIGHT {
            return true;
        }
        self.too_deep();
        false
    }

    /// Reports excessive nesting and gives up on the rest of the text.
    fn too_deep(&mut self) {
        let span = self.span(self.at, self.at);
        if !self.deep_reported {
            self.deep_reported = true;
            self.report(
                ErrorKind::TooDeep,
                span,
                "the text is nested too deeply".to_owned(),
                "too many levels here",
                Some("give parts of it names of their own".to_owned()),
            );
        }
        self.at = self.end;
        self.prev_end = self.end;
        self.heredoc = None;
    }

    // --- reporting

    fn report(&mut self, code: ErrorKind, span: Span, message: String, label: &str, hint: Option<String>) {
        if self.deep_reported && code != ErrorKind::TooDeep {
            return;
        }
        if self.errors.last().is_some_and(|last| last.span.start == span.start) {
            return;
        }
        if self.errors.len() >= MAX_ERRORS {
            if self.errors.len() == MAX_ERRORS {
                let message = "there are too many errors to report them all".to_owned();
                self.errors.push(SyntaxError {
                    span,
                    code: ErrorKind::TooMany,
                    message,
                    hint: None,
                    label: "the rest is left out".to_owned(),
                });
            }
            // A text that makes so little sense is not worth reading on.
            self.at = self.end;
            self.prev_end = self.end;
            self.heredoc = None;
            return;
        }
        self.errors.push(SyntaxError { span, code, message, hint, label: label.to_owned() });
    }

    /// The next token, for a message.
    fn next_token(&self) -> String {
        if self.at_end() {
            return "the end of the text".to_owned();
        }
        let text = self.slice(self.at, self.next_token_end());
        format!("`{text}`")
    }

    fn next_token_end(&self) -> usize {
        let place = self.at;
        let mut from = place;
        if matches!(self.byte_at(from), b'$' | b'@' | b'%' | b'&') {
            from += 1;
        }
        let end = self.name_end(from);
        if end > from {
            return end;
        }
        let mut i = place;
        while self.byte_at(i).is_ascii_digit() {
            i += 1;
        }
        if i > place {
            return i;
        }
        for operator in [
            "...", "<=>", "**=", "||=", "&&=", "//=", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "//",
            "|>", "~>", "=~", "!~", "..", "++", "--", "**", "::",
        ] {
            if self.sees(operator) {
                return place + operator.len();
            }
        }
        place + self.char_at(place).map_or(0, char::len_utf8)
    }

    fn next_span(&self) -> Span {
        self.span(self.at, self.next_token_end())
    }

    /// Reports that the next token is not `wanted`.
    fn unexpected(&mut self, wanted: &str) {
        let message = format!("expected {wanted}, found {}", self.next_token());
        let span = self.next_span();
        self.report(ErrorKind::UnexpectedToken, span, message, "not expected here", None);
    }

    fn expected_name(&mut self, what: &str) -> Name {
        let message = format!("expected the name of {what}, found {}", self.next_token());
        let span = self.next_span();
        self.report(ErrorKind::ExpectedName, span, message, "a name belongs here", None);
        Name { span: self.span(self.at, self.at), text: String::new() }
    }

    // --- brackets and recovery

    /// Takes the closing bracket of the one at `opener`, or reports and recovers.
    fn close(&mut self, closer: u8, opener: usize) {
        if self.eat(closer) {
            return;
        }
        let open = char::from(self.byte_at(opener));
        if self.at_end() || matches!(self.byte(0), b')' | b']' | b'}') {
            // At the end the innermost bracket says enough.
            let known = self.at_end()
                && self.errors.last().is_some_and(|last| {
                    last.code == ErrorKind::UnclosedBracket && last.label == UNCLOSED_AT_END
                });
            if known {
                return;
            }
            let label = if self.at_end() { UNCLOSED_AT_END } else { "opened here" };
            let hint = if self.at_end() {
                format!("add a `{}`", char::from(closer))
            } else {
                format!("add a `{}` before {}", char::from(closer), self.next_token())
            };
            let span = self.span(opener, opener + 1);
            let message = format!("`{open}` is never closed");
            self.report(ErrorKind::UnclosedBracket, span, message, label, Some(hint));
            return;
        }
        let wanted = format!("`{}`", char::from(closer));
        self.unexpected(&wanted);
        self.skip_to_closer(closer);
    }

    /// Goes to the closing bracket and takes it, unless the statement ends before it.
    fn skip_to_closer(&mut self, closer: u8) {
        let mut open: Vec<u8> = Vec::new();
        while !self.at_end() {
            let byte = self.byte(0);
            match byte {
                b'(' => open.push(b')'),
                b'[' => open.push(b']'),
                b'{' => open.push(b'}'),
                b')' | b']' | b'}' => match open.pop() {
                    Some(_) => {}
                    None if byte == closer => {
                        self.advance(1);
                        return;
                    }
                    None => return,
                },
                b';' if open.is_empty() => return,
                _ => {}
            }
            self.skip_token();
        }
    }

    /// Goes to the end of the statement: behind a `;`, before a `}`, or to a new line.
    fn recover(&mut self) {
        let mut open = 0_usize;
        let mut first = true;
        while !self.at_end() {
            if open == 0 && !first && self.on_new_line() && self.starts_statement() {
                return;
            }
            first = false;
            match self.byte(0) {
                b'(' | b'[' | b'{' => open += 1,
                b'}' if open == 0 => return,
                b')' | b']' | b'}' => open = open.saturating_sub(1),
                b';' if open == 0 => {
                    self.advance(1);
                    return;
                }
                _ => {}
            }
            self.skip_token();
        }
    }

    fn starts_statement(&self) -> bool {
        is_ident_start(self.byte(0)) || matches!(self.byte(0), b'$' | b'@' | b'%' | b'}' | b'{')
    }

    /// Takes whatever is next: a word, a string that ends on its line, or a character.
    fn skip_token(&mut self) {
        let byte = self.byte(0);
        let end = match byte {
            b'"' | b'\'' | b'`' => {
                let mut i = self.at + 1;
                while !matches!(self.byte_at(i), b'\n' | 0) && self.byte_at(i) != byte {
                    i += if self.byte_at(i) == b'\\' { 2 } else { 1 };
                }
                if self.byte_at(i) == byte { i + 1 } else { self.at + 1 }
            }
            _ => self.next_token_end(),
        };
        let mut end = end.max(self.at + 1).min(self.end);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.advance_to(end);
    }

    /// The offset behind the bracket that closes the one at `place`; quotes and backslashes are
    /// seen, everything else is not. `None` if there is none before `limit`.
    fn matching(&self, place: usize, limit: usize) -> Option<usize> {
        let mut open: Vec<u8> = Vec::new();
        let mut i = place;
        while i < limit {
            let byte = self.src[i];
            match byte {
                b'(' => open.push(b')'),
                b'[' => open.push(b']'),
                b'{' => open.push(b'}'),
                b')' | b']' | b'}' => {
                    if open.pop() != Some(byte) {
                        return None;
                    }
                    if open.is_empty() {
                        return Some(i + 1);
                    }
                }
                b'\\' => i += 1,
                b'"' | b'\'' if i > place && !self.src[i - 1].is_ascii_alphanumeric() => {
                    let mut j = i + 1;
                    while j < limit && self.src[j] != byte && self.src[j] != b'\n' {
                        j += if self.src[j] == b'\\' { 2 } else { 1 };
                    }
                    if j < limit && self.src[j] == byte {
                        i = j;
                    }
                }
                _ => {}
            }
            i += 1;
        }
        None
    }

    // --- names declared in the text

    /// Functions and constants that the text declares, wherever in it.
    fn declarations(text: &str) -> Declared {
        let mut declared = Declared::default();
        let src = text.as_bytes();
        let mut i = 0;
        while i < src.len() {
            let word: &[u8] = match src[i] {
                b'f' if src[i..].starts_with(b"fn ") => b"fn ",
                b's' if src[i..].starts_with(b"sub ") => b"sub ",
                b'c' if src[i..].starts_with(b"constant ") => b"constant ",
                _ => {
                    i += 1;
                    continue;
                }
            };
            let fresh = i == 0 || !(is_ident_char(src[i - 1]) || matches!(src[i - 1], b'$' | b'@' | b'%'));
            i += word.len();
            if !fresh {
                continue;
            }
            while i < src.len() && src[i] == b' ' {
                i += 1;
            }
            let from = i;
            while i < src.len() && (is_ident_char(src[i]) || src[i] == b':') {
                i += 1;
            }
            let name = text.get(from..i).unwrap_or("").trim_end_matches(':');
            if word == b"constant " {
                if name.is_empty() && src.get(from) == Some(&b'{') {
                    constants(text, from, &mut declared);
                } else if !name.is_empty() {
                    declared.insert(name.to_owned(), Known::Constant);
                }
                continue;
            }
            if name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
                continue;
            }
            let known = match prototype(&src[i..]) {
                // `fn f()` takes no arguments, but is no constant that operators may follow.
                Known::Constant if word == b"fn " => Known::Function,
                known => known,
            };
            declared.insert(name.to_owned(), known);
        }
        // The prototypes of this module are seen in every other program that imports from it.
        if text.contains("use Scalar::Util") {
            for name in UNARY_IMPORTS {
                declared.entry((*name).to_owned()).or_insert(Known::Unary);
            }
        }
        declared
    }
}

/// Functions of `Scalar::Util` that take one operand.
const UNARY_IMPORTS: &[&str] = &[
    "blessed",
    "isdual",
    "isvstring",
    "isweak",
    "looks_like_number",
    "openhandle",
    "readonly",
    "refaddr",
    "reftype",
    "tainted",
    "unweaken",
    "weaken",
];

/// Names in `use constant { A => 1, B => 2 }`: words before `=>` up to the closing brace.
fn constants(text: &str, from: usize, declared: &mut Declared) {
    let rest = text.get(from..).unwrap_or("");
    let body = rest.split('}').next().unwrap_or("");
    for part in body.split("=>") {
        let name = part.trim_end();
        let start = name
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_alphanumeric() || *c == '_')
            .last()
            .map(|(place, _)| place);
        if let Some(start) = start {
            declared.insert(name[start..].to_owned(), Known::Constant);
        }
    }
}

/// What a prototype behind the name of a function says of its operands.
fn prototype(rest: &[u8]) -> Known {
    let mut i = 0;
    while rest.get(i) == Some(&b' ') {
        i += 1;
    }
    if rest.get(i) != Some(&b'(') {
        return Known::Function;
    }
    let inside = &rest[i + 1..];
    let close = inside.iter().take(40).position(|&byte| byte == b')');
    let Some(close) = close else { return Known::Function };
    let inside: Vec<u8> = inside[..close].iter().copied().filter(|byte| *byte != b' ').collect();
    match inside.as_slice() {
        b"" => Known::Constant,
        b"$" | b";$" | b"_" | b"\\@" | b"\\%" | b"*" | b";*" => Known::Unary,
        [b'&', ..] => Known::Block,
        _ => Known::Function,
    }
}

pub(crate) fn is_ident_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

pub(crate) fn is_ident_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Combining marks, which continue a name.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Roughly where the stack ends now.
fn stack_address() -> usize {
    let marker = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&marker)).addr()
}
