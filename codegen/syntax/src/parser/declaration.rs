//! Declarations: functions, parameters, types, classes, variables, and the patterns of `match`.

use super::expression::BIT_OR;
use super::{Flags, OPEN, Parser, is_ident_start};
use crate::ast::{
    Arm, Block, Class, Declarator, DeclaredVar, Expr, ExprKind, Field, Function, Name, Param, ParamKind,
    Pattern, PatternKind, Piece, Sigil, StmtKind, TypeName, Visibility,
};
use crate::error::ErrorKind;

impl Parser<'_> {
    // --- functions

    /// `fn NAME ...` or `sub NAME ...` as a statement.
    pub(super) fn function_statement(&mut self) -> StmtKind {
        let errors = self.errors.len();
        let function = self.function(true, true);
        let needs_end = function.body.is_none() || function.is_expression;
        if needs_end {
            self.end_of_declaration(errors);
        }
        StmtKind::Function(Box::new(function))
    }

    fn end_of_declaration(&mut self, errors: usize) {
        if self.eat(b';') || self.at_end() || self.byte(0) == b'}' || self.on_new_line() {
            return;
        }
        if self.errors.len() == errors {
            self.unexpected("the end of the declaration");
        }
        self.recover();
    }

    /// `fn ...` or `sub ...` as an expression.
    pub(super) fn anonymous_function(&mut self) -> Expr {
        let from = self.at;
        let named = {
            let (next, _) = self.after_blanks(self.ident_end(from));
            is_ident_start(self.byte_at(next))
        };
        let Some(outer) = self.enter() else { return self.too_deep_node() };
        let function = self.function(named, false);
        self.leave(outer);
        self.node(from, ExprKind::Function(Box::new(function)))
    }

    /// Whether the brace of a body holds pairs and nothing else: then they are a hash.
    fn body_is_pairs(&self) -> bool {
        let (first, _) = self.after_blanks(self.at + 1);
        if self.compat || self.byte_at(first) == b'}' || !self.looks_like_hash(self.at) {
            return false;
        }
        let mut i = first;
        while i < self.end && !matches!(self.byte_at(i), b',' | b'\n' | b'=' | b';' | b'}') {
            i += 1;
        }
        self.sees_at(i, "=>")
    }

    fn pairs_body(&mut self) -> Block {
        let from = self.at;
        let hash = self.hash_constructor();
        let stmt = super::expression::statement_of(hash);
        Block { span: self.span_from(from), stmts: vec![stmt], params: Vec::new() }
    }

    fn function(&mut self, named: bool, statement: bool) -> Function {
        let from = self.at;
        let word = self.word();
        let is_sub = word == "sub";
        self.advance(word.len());
        let name = named.then(|| {
            let end = self.name_end(self.at);
            // The old separator of packages.
            let end = if self.byte_at(end) == b'\'' && is_ident_start(self.byte_at(end + 1)) {
                self.name_end(end + 1)
            } else {
                end
            };
            let name = self.name(self.at, end);
            self.advance_to(end);
            name
        });
        self.function_rest(from, name, is_sub, statement)
    }

    /// `AUTOLOAD { ... }`: a function without its keyword.
    pub(super) fn bare_function(&mut self, end: usize) -> Function {
        let from = self.at;
        let name = self.name(from, end);
        self.advance_to(end);
        self.function_rest(from, Some(name), true, true)
    }

    /// A function from its parameters on.
    fn function_rest(&mut self, from: usize, name: Option<Name>, is_sub: bool, statement: bool) -> Function {
        let mut function = Function {
            span: self.span(from, from),
            name,
            static_member: false,
            is_final: false,
            visibility: Visibility::Public,
            is_sub,
            params: None,
            prototype: None,
            attributes: Vec::new(),
            result: None,
            body: None,
            is_expression: false,
        };
        let flags = self.flags;
        self.flags = OPEN;
        self.attributes(&mut function);
        if self.byte(0) == b'(' && !(statement && self.on_new_line()) {
            match self.prototype_text(is_sub) {
                Some((text, end)) => {
                    function.prototype = Some(text);
                    self.advance_to(end);
                }
                None => function.params = Some(self.params()),
            }
        }
        self.attributes(&mut function);
        if self.byte(0) == b'{' {
            function.body = Some(if self.body_is_pairs() { self.pairs_body() } else { self.block() });
        } else if !is_sub && self.byte(0) == b'=' && !matches!(self.byte(1), b'=' | b'~' | b'>') {
            self.advance(1);
            function.is_expression = true;
            self.flags = Flags { pipe: true, ..if statement { OPEN } else { flags } };
            let at = self.at;
            let expr = self.assign();
            let stmt = super::expression::statement_of(expr);
            function.body = Some(Block { span: self.span_from(at), stmts: vec![stmt], params: Vec::new() });
        } else if !statement {
            let message = format!("expected the body of the function, found {}", self.next_token());
            let span = self.next_span();
            self.report(ErrorKind::ExpectedBlock, span, message, "a `{` belongs here", None);
        }
        self.flags = flags;
        function.span = self.span_from(from);
        function
    }

    /// The text of a Perl prototype that is next, and the offset behind it.
    fn prototype_text(&self, is_sub: bool) -> Option<(String, usize)> {
        let mut i = self.at + 1;
        while !matches!(self.byte_at(i), b')' | 0) {
            let byte = self.byte_at(i);
            if !matches!(
                byte,
                b'$' | b'@'
                    | b'%'
                    | b'&'
                    | b'*'
                    | b';'
                    | b'\\'
                    | b'['
                    | b']'
                    | b'+'
                    | b'_'
                    | b' '
                    | b'\n'
                    | b'\t'
            ) {
                return None;
            }
            i += 1;
        }
        let text: String = self.slice(self.at + 1, i).chars().filter(|c| !c.is_whitespace()).collect();
        let empty = text.is_empty();
        // `($)` of a `fn` is a parameter that nobody reads.
        (self.compat || (is_sub && !empty)).then_some((text, i + 1))
    }

    /// `: lvalue`, and `: TYPE` or `-> TYPE` of a result.
    fn attributes(&mut self, function: &mut Function) {
        while self.byte(0) == b':' && self.byte(1) != b':' {
            self.advance(1);
            while is_ident_start(self.byte(0)) {
                let word = self.word();
                let attribute = function.is_sub
                    || self.compat
                    || matches!(word, "lvalue" | "method" | "prototype" | "const" | "shared");
                if !attribute {
                    function.result = self.type_name();
                    break;
                }
                function.attributes.push(self.name(self.at, self.at + word.len()));
                self.advance(word.len());
                if self.byte(0) == b'(' && self.at == self.prev_end {
                    let mut depth = 0_usize;
                    let from = self.at + 1;
                    let mut end = self.at;
                    while end < self.end {
                        match self.src[end] {
                            b'(' => depth += 1,
                            b')' => depth -= 1,
                            _ => {}
                        }
                        end += 1;
                        if depth == 0 {
                            break;
                        }
                    }
                    if word == "prototype" {
                        function.prototype = Some(self.slice(from, end - 1).to_owned());
                    }
                    self.advance_to(end);
                }
            }
        }
    }

    fn params(&mut self) -> Vec<Param> {
        let opener = self.at;
        self.advance(1);
        let mut params = Vec::new();
        loop {
            while self.byte(0) == b',' {
                self.advance(1);
            }
            if self.byte(0) == b')' || self.at_end() {
                break;
            }
            let before = self.at;
            let errors = self.errors.len();
            match self.param() {
                Some(param) => params.push(param),
                None => {
                    if self.errors.len() == errors {
                        self.unexpected("a parameter");
                    }
                    self.skip_to_closer(b')');
                    return params;
                }
            }
            if self.at == before || !matches!(self.byte(0), b',' | b')') {
                break;
            }
        }
        self.close(b')', opener);
        params
    }

    fn param(&mut self) -> Option<Param> {
        let from = self.at;
        if matches!(self.word(), "val" | "var" | "my") {
            let bytes = self.word().len();
            self.advance(bytes);
        }
        let kind = match self.byte(0) {
            b'$' | b'@' | b'%' | b'&' => {
                let sigil = self.sigil();
                let end = self.ident_end(self.at + 1);
                if end == self.at + 1 {
                    self.advance(1);
                    ParamKind::Ignored
                } else {
                    let name = self.name(self.at + 1, end);
                    self.advance_to(end);
                    ParamKind::Variable(sigil, name)
                }
            }
            b'[' | b'{' => ParamKind::Pattern(Box::new(self.pattern())),
            _ if self.word() == "undef" => {
                self.advance(5);
                ParamKind::Ignored
            }
            _ => return None,
        };
        let mut ty = None;
        if self.byte(0) == b':' {
            self.advance(1);
            ty = self.type_name();
        }
        let mut default = None;
        let assigns = self.byte(0) == b'=' && self.byte(1) != b'=' || self.sees("//=") || self.sees("||=");
        if assigns {
            self.advance(if self.byte(0) == b'=' { 1 } else { 3 });
            if !matches!(self.byte(0), b',' | b')') {
                default = Some(self.assign());
            }
        }
        Some(Param { span: self.span_from(from), kind, ty, default })
    }

    fn sigil(&self) -> Sigil {
        match self.byte(0) {
            b'@' => Sigil::Array,
            b'%' => Sigil::Hash,
            b'&' => Sigil::Code,
            b'*' => Sigil::Glob,
            _ => Sigil::Scalar,
        }
    }

    /// A type that is next: `List<Map<Str, Int>>`.
    pub(super) fn type_name(&mut self) -> Option<TypeName> {
        let from = self.at;
        let end = self.name_end(from);
        if end == from {
            self.expected_name("a type");
            return None;
        }
        let name = self.name(from, end);
        self.advance_to(end);
        let mut args = Vec::new();
        if self.byte(0) == b'<' && self.at == self.prev_end {
            let outer = self.enter()?;
            self.advance(1);
            while is_ident_start(self.byte(0)) {
                match self.type_name() {
                    Some(arg) => args.push(arg),
                    None => break,
                }
                if !self.eat(b',') {
                    break;
                }
            }
            if !self.eat(b'>') {
                self.unexpected("`>` behind the type");
            }
            self.leave(outer);
        }
        Some(TypeName { name, args })
    }

    // --- variables

    /// What is declared, behind its keyword; `from` is where that stands.
    pub(super) fn declare(&mut self, from: usize, declarator: Declarator) -> Expr {
        match self.byte(0) {
            b'(' => {
                let opener = self.at;
                let flags = self.flags;
                self.advance(1);
                self.flags = OPEN;
                let mut vars = Vec::new();
                loop {
                    while self.byte(0) == b',' {
                        self.advance(1);
                    }
                    if self.word() == "undef" {
                        self.advance(5);
                        vars.push(None);
                    } else if matches!(self.byte(0), b'$' | b'@' | b'%') {
                        let before = self.at;
                        match self.declared_var() {
                            Some(var) => vars.push(Some(var)),
                            None if self.at == before => break,
                            None => {}
                        }
                    } else {
                        break;
                    }
                    if self.byte(0) != b',' {
                        break;
                    }
                }
                self.close(b')', opener);
                self.flags = flags;
                self.node(from, ExprKind::Declare { declarator, vars, parens: true })
            }
            b'[' | b'{' => {
                let pattern = Box::new(self.pattern());
                self.node(from, ExprKind::DeclarePattern { declarator, pattern })
            }
            b'$' | b'@' | b'%' => match self.declared_var() {
                Some(var) => {
                    self.node(from, ExprKind::Declare { declarator, vars: vec![Some(var)], parens: false })
                }
                None => self.node(from, ExprKind::Error),
            },
            _ => {
                self.expected_name("a variable");
                self.node(from, ExprKind::Error)
            }
        }
    }

    fn declared_var(&mut self) -> Option<DeclaredVar> {
        let sigil = self.sigil();
        let from = self.at;
        let (place, _) = self.after_blanks(from + 1);
        let mut end = self.name_end(place);
        if end == place && !self.compat {
            end = place;
        }
        if end == place
            && place == from + 1
            && matches!(self.byte_at(place), b'!' | b'/' | b'\\' | b',' | b';' | b'0'..=b'9')
        {
            end = place + 1;
        }
        if end == place {
            let message = format!("expected a variable's name behind `{}`", char::from(self.byte(0)));
            let span = self.span(from, from + 1);
            self.report(ErrorKind::ExpectedName, span, message, "names nothing", None);
            self.advance(1);
            return None;
        }
        let mut name = self.name(place, end);
        if let Some(rest) = name.text.strip_prefix("::") {
            name.text = rest.to_owned();
        }
        self.advance_to(end);
        let mut ty = None;
        let typed = self.byte(0) == b':'
            && self.byte(1) != b':'
            && self.flags.colon
            && is_ident_start(self.byte_at(self.after_blanks(self.at + 1).0));
        if typed {
            self.advance(1);
            ty = self.type_name();
        }
        Some(DeclaredVar { sigil, name, ty })
    }

    // --- types with members

    /// `class NAME`, `struct`, `trait`, `enum`; the keyword is next.
    pub(super) fn type_statement(&mut self, word: &str, is_abstract: bool, is_final: bool) -> StmtKind {
        let bytes = self.word().len();
        self.advance(bytes);
        let end = self.name_end(self.at);
        if end == self.at {
            self.expected_name("the type");
            self.recover();
            return StmtKind::Error;
        }
        let name = self.name(self.at, end);
        self.advance_to(end);
        if word == "enum" {
            return self.enum_rest(name);
        }
        let mut class = Class {
            name,
            is_abstract,
            is_final,
            extends: Vec::new(),
            implements: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
        };
        loop {
            let list = match self.word() {
                "extends" | "isa" => {
                    let bytes = self.word().len();
                    self.advance(bytes);
                    &mut class.extends
                }
                "impl" | "with" | "implements" | "does" => {
                    let bytes = self.word().len();
                    self.advance(bytes);
                    &mut class.implements
                }
                _ => break,
            };
            loop {
                let end = self.name_end(self.at);
                if end == self.at {
                    self.expected_name("a type");
                    break;
                }
                list.push(self.name(self.at, end));
                self.advance_to(end);
                if !self.eat(b',') {
                    break;
                }
            }
        }
        if self.byte(0) != b'{' {
            let message = format!("expected the body of `{}`, found {}", class.name.text, self.next_token());
            let span = self.next_span();
            self.report(ErrorKind::ExpectedBlock, span, message, "a `{` belongs here", None);
            self.recover();
        } else {
            self.members(&mut class);
        }
        let class = Box::new(class);
        match word {
            "struct" => StmtKind::Struct(class),
            "trait" => StmtKind::Trait(class),
            _ => StmtKind::Class(class),
        }
    }

    fn members(&mut self, class: &mut Class) {
        let opener = self.at;
        let flags = self.flags;
        self.flags = OPEN;
        self.advance(1);
        loop {
            while matches!(self.byte(0), b',' | b';') {
                self.advance(1);
            }
            if self.byte(0) == b'}' || self.at_end() {
                break;
            }
            let before = self.at;
            self.member(class);
            if self.at == before {
                self.unexpected("a field or a method");
                self.skip_token();
                self.recover();
            }
        }
        self.flags = flags;
        self.close(b'}', opener);
    }

    fn member(&mut self, class: &mut Class) {
        let from = self.at;
        let mut visibility = Visibility::Public;
        let mut is_static = false;
        let mut is_final = false;
        loop {
            let word = self.word();
            let (next, newline) = self.after_blanks(self.at + word.len());
            let prefix = is_ident_start(self.byte_at(next)) && !newline;
            match word {
                "pub" | "public" if prefix => visibility = Visibility::Public,
                "priv" | "private" if prefix => visibility = Visibility::Private,
                "prot" | "protected" if prefix => visibility = Visibility::Protected,
                "static" if prefix => is_static = true,
                "final" if prefix => is_final = true,
                "abstract" if prefix => {}
                _ => break,
            }
            self.advance(word.len());
        }
        let word = self.word();
        let (next, newline) = self.after_blanks(self.at + word.len());
        if matches!(word, "fn" | "sub" | "method") && is_ident_start(self.byte_at(next)) && !newline {
            let is_sub = word == "sub";
            self.advance(word.len());
            let mut static_member = is_static;
            if self.word() == "Self" && self.byte(4) == b'.' {
                static_member = true;
                self.advance(5);
            }
            let end = self.ident_end(self.at);
            if end == self.at {
                self.expected_name("the method");
                return;
            }
            let name = self.name(self.at, end);
            self.advance_to(end);
            let mut method = self.function_rest(from, Some(name), is_sub, true);
            method.static_member = static_member;
            method.is_final = is_final;
            method.visibility = visibility;
            class.methods.push(method);
            return;
        }
        let end = self.ident_end(self.at);
        let plain = end > self.at;
        let sigiled = matches!(self.byte(0), b'$' | b'@' | b'%');
        let (name_from, end) = if plain {
            (self.at, end)
        } else if sigiled {
            (self.at + 1, self.ident_end(self.at + 1))
        } else {
            return;
        };
        if end == name_from {
            return;
        }
        let name = self.name(name_from, end);
        self.advance_to(end);
        let mut ty = None;
        let mut default = None;
        if self.byte(0) == b':' && self.byte(1) != b':' {
            self.advance(1);
            ty = self.type_name();
        } else if self.sees("=>") {
            self.advance(2);
            ty = self.type_name();
        }
        if self.byte(0) == b'=' && !matches!(self.byte(1), b'=' | b'>' | b'~') {
            self.advance(1);
            default = Some(self.assign());
        }
        class.fields.push(Field { name, ty, default, visibility, is_static });
        if !matches!(self.byte(0), b',' | b';' | b'}') && !self.newline && !self.at_end() {
            self.unexpected("the end of the field");
            self.recover();
        }
    }

    fn enum_rest(&mut self, name: Name) -> StmtKind {
        let opener = self.at;
        let mut variants = Vec::new();
        if !self.eat(b'{') {
            let message = format!("expected the variants of `{}`, found {}", name.text, self.next_token());
            let span = self.next_span();
            self.report(ErrorKind::ExpectedBlock, span, message, "a `{` belongs here", None);
            self.recover();
            return StmtKind::Enum { name, variants };
        }
        loop {
            while matches!(self.byte(0), b',' | b';') {
                self.advance(1);
            }
            let end = self.ident_end(self.at);
            if end == self.at {
                break;
            }
            let variant = self.name(self.at, end);
            self.advance_to(end);
            let mut payload = None;
            if self.sees("=>") {
                self.advance(2);
                payload = self.type_name();
            } else if self.byte(0) == b':' {
                self.advance(1);
                payload = self.type_name();
            } else if self.byte(0) == b'(' {
                let opener = self.at;
                self.advance(1);
                payload = self.type_name();
                self.close(b')', opener);
            }
            variants.push((variant, payload));
            if !matches!(self.byte(0), b',' | b';' | b'}') && !self.newline {
                break;
            }
        }
        self.close(b'}', opener);
        StmtKind::Enum { name, variants }
    }

    // --- match and cond

    pub(super) fn match_expression(&mut self) -> Expr {
        let from = self.at;
        self.advance(5);
        let opener = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = OPEN;
        let subject = Box::new(self.expr());
        self.close(b')', opener);
        let brace = self.at;
        let mut arms = Vec::new();
        if self.eat(b'{') {
            while !self.at_end() && self.byte(0) != b'}' {
                let before = self.at;
                arms.push(self.arm());
                while matches!(self.byte(0), b',' | b';') {
                    self.advance(1);
                }
                if self.at == before
                    || self.byte(0) != b'}'
                        && !self.newline
                        && self.prev_byte() != b','
                        && self.prev_byte() != b';'
                {
                    break;
                }
            }
            self.close(b'}', brace);
        } else {
            self.unexpected("`{` before the arms of `match`");
        }
        self.flags = flags;
        self.node(from, ExprKind::MatchOn { subject, arms })
    }

    fn prev_byte(&self) -> u8 {
        self.prev_end.checked_sub(1).map_or(0, |place| self.src[place])
    }

    fn arm(&mut self) -> Arm {
        let from = self.at;
        let pattern = self.pattern();
        let guard = (self.word() == "if").then(|| {
            self.advance(2);
            self.assign()
        });
        if self.sees("=>") {
            self.advance(2);
        } else {
            self.unexpected("`=>` behind the pattern");
        }
        let body = self.assign();
        Arm { span: self.span_from(from), pattern, guard, body }
    }

    pub(super) fn cond_expression(&mut self) -> Expr {
        let from = self.at;
        self.advance(4);
        let opener = self.at;
        let flags = self.flags;
        self.advance(1);
        self.flags = OPEN;
        let mut arms = Vec::new();
        while !self.at_end() && self.byte(0) != b'}' {
            let before = self.at;
            let condition = if self.word() == "default" && self.fat_comma_after(self.at + 7) {
                self.advance(7);
                None
            } else {
                Some(self.assign())
            };
            if self.sees("=>") {
                self.advance(2);
            } else {
                self.unexpected("`=>` behind the condition");
            }
            arms.push((condition, self.assign()));
            while matches!(self.byte(0), b',' | b';') {
                self.advance(1);
            }
            if self.at == before {
                break;
            }
        }
        self.close(b'}', opener);
        self.flags = flags;
        self.node(from, ExprKind::Cond(arms))
    }

    /// A pattern, with its alternatives.
    pub(super) fn pattern(&mut self) -> Pattern {
        let from = self.at;
        let error = Pattern { span: self.span(from, from), kind: PatternKind::Any };
        let Some(outer) = self.enter() else { return error };
        let first = self.one_pattern();
        if self.byte(0) != b'|' || matches!(self.byte(1), b'|' | b'>') {
            self.leave(outer);
            return first;
        }
        let mut alternatives = vec![first];
        while self.byte(0) == b'|' && !matches!(self.byte(1), b'|' | b'>') {
            self.advance(1);
            alternatives.push(self.one_pattern());
        }
        self.leave(outer);
        Pattern { span: self.span_from(from), kind: PatternKind::Or(alternatives) }
    }

    fn one_pattern(&mut self) -> Pattern {
        let from = self.at;
        let kind = match self.byte(0) {
            b'[' => self.array_pattern(),
            b'{' => self.hash_pattern(),
            b'/' => match self.regex_literal().kind {
                ExprKind::Match(regex) => PatternKind::Regex(regex),
                _ => PatternKind::Any,
            },
            b'$' if is_ident_start(self.byte(1))
                && !matches!(self.byte_at(self.name_end(self.at + 1)), b'[' | b'{' | b'-' | b'(') =>
            {
                let end = self.name_end(from + 1);
                let name = self.name(from + 1, end);
                self.advance_to(end);
                PatternKind::Bind(name)
            }
            b'_' if self.word() == "_" && self.byte(1) != b'<' => {
                self.advance(1);
                PatternKind::Any
            }
            b'u' if self.word() == "undef" && self.byte(5) != b'(' => {
                self.advance(5);
                PatternKind::Undef
            }
            b'S' if self.word() == "Some" && self.byte(4) == b'(' => {
                self.advance(4);
                let opener = self.at;
                self.advance(1);
                let inner = Box::new(self.pattern());
                self.close(b')', opener);
                PatternKind::Some(inner)
            }
            byte if is_ident_start(byte) && self.name_end(from) > self.ident_end(from) => {
                let end = self.name_end(from);
                let name = self.name(from, end);
                self.advance_to(end);
                let mut payload = None;
                if self.byte(0) == b'(' && self.at == self.prev_end {
                    let opener = self.at;
                    self.advance(1);
                    if self.byte(0) != b')' {
                        payload = Some(Box::new(self.pattern()));
                    }
                    self.close(b')', opener);
                }
                PatternKind::Variant { name, payload }
            }
            _ => {
                let flags = self.flags;
                self.flags = Flags { pipe: false, ..flags };
                let value = self.prec(BIT_OR + 1);
                self.flags = flags;
                // Ranges bind more loosely than alternatives: a range is the whole pattern.
                let value = if (self.byte(0) == b':' && self.byte(1) != b':') || self.sees("..") {
                    let (op, bytes) = if self.byte(0) == b':' {
                        (crate::ast::RangeOp::Colon, 1)
                    } else {
                        (crate::ast::RangeOp::Dots, 2)
                    };
                    self.range(Some(value), op, bytes)
                } else {
                    value
                };
                PatternKind::Value(Box::new(value))
            }
        };
        Pattern { span: self.span_from(from), kind }
    }

    fn array_pattern(&mut self) -> PatternKind {
        let opener = self.at;
        self.advance(1);
        let mut items = Vec::new();
        let mut rest = None;
        while !self.at_end() && self.byte(0) != b']' {
            let before = self.at;
            match self.byte(0) {
                b'*' if matches!(self.byte_at(self.after_blanks(self.at + 1).0), b']' | b',') => {
                    self.advance(1);
                    rest = Some(None);
                }
                b'@' if is_ident_start(self.byte(1)) => {
                    let end = self.ident_end(self.at + 1);
                    rest = Some(Some(self.name(self.at + 1, end)));
                    self.advance_to(end);
                }
                _ => items.push(self.pattern()),
            }
            if !self.eat(b',') || self.at == before {
                break;
            }
        }
        self.close(b']', opener);
        PatternKind::Array { items, rest }
    }

    fn hash_pattern(&mut self) -> PatternKind {
        let opener = self.at;
        self.advance(1);
        let mut pairs = Vec::new();
        while !self.at_end() && self.byte(0) != b'}' {
            let before = self.at;
            let from = self.at;
            let end = self.ident_end(from);
            let key = if end > from && self.fat_comma_after(end) {
                let text = self.slice(from, end).as_bytes().to_vec();
                self.advance_to(end);
                self.node(from, ExprKind::Str(vec![Piece::Text(text)]))
            } else {
                self.prec(BIT_OR + 1)
            };
            if self.sees("=>") {
                self.advance(2);
                let pattern = self.pattern();
                pairs.push((key, pattern));
            } else {
                let span = self.next_span();
                let message =
                    format!("expected `=>` behind the key of the pattern, found {}", self.next_token());
                self.report(ErrorKind::BadPattern, span, message, "not expected here", None);
                self.skip_to_closer(b'}');
                return PatternKind::Hash(pairs);
            }
            if !self.eat(b',') || self.at == before {
                break;
            }
        }
        self.close(b'}', opener);
        PatternKind::Hash(pairs)
    }
}
