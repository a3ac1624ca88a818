//! The tree as text, for tests and for people: S-expressions, one statement a line.
//!
//! The form is compact and leaves out spans. It is no interface: it changes with the tree.

use std::fmt::Write;

use crate::ast::{
    AssignOp, Block, Call, CaseMod, Class, Condition, Declarator, Expr, ExprKind, File, Function, HereWord,
    LogicOp, MethodName, Name, ParamKind, Pattern, PatternKind, Piece, RangeOp, Regex, Replacement, Sigil,
    Stage, Stmt, StmtKind, TypeName, UnaryOp, Visibility,
};

/// Stack for writing the deepest tree that the parser makes, in bytes.
const STACK: usize = 64 << 20;

/// The tree of a file.
#[must_use]
pub fn dump(file: &File) -> String {
    written(|out| {
        for (place, stmt) in file.body.iter().enumerate() {
            if place > 0 {
                out.text.push('\n');
            }
            out.stmt(stmt);
        }
        if let Some(data) = file.data {
            let _ = write!(out.text, "\n(data {data})");
        }
    })
}

/// The tree of an expression.
#[must_use]
pub fn dump_expr(expr: &Expr) -> String {
    written(|out| out.expr(expr))
}

/// The pieces of a text.
#[must_use]
pub fn dump_pieces(pieces: &[Piece]) -> String {
    written(|out| out.pieces(pieces))
}

/// Writes on a stack that is deep enough, or on the caller's where no thread can be had.
fn written(write: impl Fn(&mut Dump) + Sync) -> String {
    let on_any_stack = || {
        let mut out = Dump::default();
        write(&mut out);
        out.text
    };
    let deep = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK);
        let thread = builder.spawn_scoped(scope, on_any_stack).ok()?;
        thread.join().ok()
    });
    deep.unwrap_or_else(on_any_stack)
}

#[derive(Default)]
struct Dump {
    text: String,
}

impl Dump {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// `(head` ... `)`.
    fn list(&mut self, head: &str, inside: impl FnOnce(&mut Self)) {
        self.put("(");
        self.put(head);
        inside(self);
        self.put(")");
    }

    fn arg(&mut self, expr: &Expr) {
        self.put(" ");
        self.expr(expr);
    }

    fn args(&mut self, exprs: &[Expr]) {
        for expr in exprs {
            self.arg(expr);
        }
    }

    fn arg_block(&mut self, block: &Block) {
        self.put(" ");
        self.block(block);
    }

    fn word(&mut self, word: &str) {
        self.put(" ");
        self.put(word);
    }

    fn block(&mut self, block: &Block) {
        self.put("{");
        if !block.params.is_empty() {
            self.put("|");
            for (place, name) in block.params.iter().enumerate() {
                self.put(if place > 0 { " " } else { "" });
                self.put(&name.text);
            }
            self.put("| ");
        }
        for (place, stmt) in block.stmts.iter().enumerate() {
            if place > 0 {
                self.put("; ");
            }
            self.stmt(stmt);
        }
        self.put("}");
    }

    fn condition(&mut self, condition: &Condition) {
        self.put(" ");
        if let Some(pattern) = &condition.pattern {
            self.list("let ", |out| {
                out.pattern(pattern);
                out.arg(&condition.expr);
            });
        } else if condition.negated {
            self.list("unless", |out| out.arg(&condition.expr));
        } else {
            self.expr(&condition.expr);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if let Some(label) = &stmt.label {
            self.put(&label.text);
            self.put(": ");
        }
        match &stmt.kind {
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::If { arms, otherwise, postfix } => {
                self.list(if *postfix { "if~" } else { "if" }, |out| {
                    for (condition, block) in arms {
                        out.condition(condition);
                        out.arg_block(block);
                    }
                    if let Some(block) = otherwise {
                        out.put(" else");
                        out.arg_block(block);
                    }
                });
            }
            StmtKind::While { condition, body, continuing, postfix, do_first } => {
                let head = match (postfix, do_first) {
                    (_, true) => "do-while",
                    (true, false) => "while~",
                    _ => "while",
                };
                self.list(head, |out| {
                    match condition {
                        Some(condition) => out.condition(condition),
                        None => out.put(" ever"),
                    }
                    out.arg_block(body);
                    out.continuing(continuing.as_ref());
                });
            }
            StmtKind::For { init, condition, step, body } => self.list("for", |out| {
                for part in [init, condition, step] {
                    match part {
                        Some(expr) => out.arg(expr),
                        None => out.put(" _"),
                    }
                }
                out.arg_block(body);
            }),
            StmtKind::Foreach { variables, list, body, continuing, postfix } => {
                self.list(if *postfix { "foreach~" } else { "foreach" }, |out| {
                    for variable in variables {
                        if let Some(declarator) = variable.declarator {
                            out.word(declarator_word(declarator));
                        }
                        out.word(&format!("${}", variable.name.text));
                    }
                    out.arg(list);
                    out.arg_block(body);
                    out.continuing(continuing.as_ref());
                });
            }
            StmtKind::Block { body, continuing } => {
                self.block(body);
                self.continuing(continuing.as_ref());
            }
            StmtKind::Function(function) => self.function(function),
            StmtKind::Package { name, body } => self.list("package", |out| {
                out.word(&name.text);
                if let Some(body) = body {
                    out.arg_block(body);
                }
            }),
            StmtKind::Use(item) => self.list(if item.no { "no" } else { "use" }, |out| {
                if !item.module.text.is_empty() {
                    out.word(&item.module.text);
                }
                if let Some(version) = &item.version {
                    out.word(version);
                }
                if let Some(imports) = &item.imports {
                    out.arg(imports);
                }
            }),
            StmtKind::Phase { phase, body } => {
                self.list(&format!("{phase:?}"), |out| out.arg_block(body));
            }
            StmtKind::Try { body, catch, finally } => self.list("try", |out| {
                out.arg_block(body);
                if let Some((name, block)) = catch {
                    out.put(" catch");
                    if let Some(name) = name {
                        out.word(&format!("${}", name.text));
                    }
                    out.arg_block(block);
                }
                if let Some(block) = finally {
                    out.put(" finally");
                    out.arg_block(block);
                }
            }),
            StmtKind::Defer(body) => self.list("defer", |out| out.arg_block(body)),
            StmtKind::Struct(class) => self.class("struct", class),
            StmtKind::Class(class) => self.class("class", class),
            StmtKind::Trait(class) => self.class("trait", class),
            StmtKind::Enum { name, variants } => self.list("enum", |out| {
                out.word(&name.text);
                for (variant, payload) in variants {
                    out.word(&variant.text);
                    if let Some(ty) = payload {
                        out.put("=>");
                        out.ty(ty);
                    }
                }
            }),
            StmtKind::Given { subject, body } => self.list("given", |out| {
                out.arg(subject);
                out.arg_block(body);
            }),
            StmtKind::When { value, body } => self.list("when", |out| {
                match value {
                    Some(value) => out.arg(value),
                    None => out.put(" default"),
                }
                out.arg_block(body);
            }),
            StmtKind::Format { name, lines } => {
                self.list("format", |out| {
                    out.word(&name.text);
                    for line in lines {
                        let _ = write!(out.text, " {line:?}");
                    }
                });
            }
            StmtKind::Empty => self.put("()"),
            StmtKind::Error => self.put("ERROR"),
        }
    }

    fn continuing(&mut self, block: Option<&Block>) {
        if let Some(block) = block {
            self.put(" continue");
            self.arg_block(block);
        }
    }

    fn class(&mut self, word: &str, class: &Class) {
        self.list(word, |out| {
            if class.is_abstract {
                out.put(" abstract");
            }
            if class.is_final {
                out.put(" final");
            }
            out.word(&class.name.text);
            out.names(" extends", &class.extends);
            out.names(" impl", &class.implements);
            for field in &class.fields {
                out.put(" ");
                out.list("field", |out| {
                    out.visibility(field.visibility);
                    if field.is_static {
                        out.put(" static");
                    }
                    out.word(&field.name.text);
                    if let Some(ty) = &field.ty {
                        out.put(":");
                        out.ty(ty);
                    }
                    if let Some(default) = &field.default {
                        out.put(" =");
                        out.arg(default);
                    }
                });
            }
            for method in &class.methods {
                out.put(" ");
                out.function(method);
            }
        });
    }

    fn visibility(&mut self, visibility: Visibility) {
        match visibility {
            Visibility::Public => {}
            Visibility::Private => self.put(" priv"),
            Visibility::Protected => self.put(" prot"),
        }
    }

    fn names(&mut self, head: &str, names: &[Name]) {
        if names.is_empty() {
            return;
        }
        self.put(head);
        for name in names {
            self.word(&name.text);
        }
    }

    fn ty(&mut self, ty: &TypeName) {
        self.put(&ty.name.text);
        if !ty.args.is_empty() {
            self.put("<");
            for (place, arg) in ty.args.iter().enumerate() {
                self.put(if place > 0 { "," } else { "" });
                self.ty(arg);
            }
            self.put(">");
        }
    }

    fn function(&mut self, function: &Function) {
        self.list(if function.is_sub { "sub" } else { "fn" }, |out| {
            out.visibility(function.visibility);
            if function.is_final {
                out.put(" final");
            }
            if let Some(name) = &function.name {
                out.word(&if function.static_member {
                    format!("Self.{}", name.text)
                } else {
                    name.text.clone()
                });
            }
            if let Some(prototype) = &function.prototype {
                let _ = write!(out.text, " proto({prototype})");
            }
            if let Some(params) = &function.params {
                out.put(" (");
                for (place, param) in params.iter().enumerate() {
                    out.put(if place > 0 { " " } else { "" });
                    match &param.kind {
                        ParamKind::Variable(sigil, name) => {
                            out.put(sigil_text(*sigil));
                            out.put(&name.text);
                        }
                        ParamKind::Pattern(pattern) => out.pattern(pattern),
                        ParamKind::Ignored => out.put("_"),
                    }
                    if let Some(ty) = &param.ty {
                        out.put(":");
                        out.ty(ty);
                    }
                    if let Some(default) = &param.default {
                        out.put("=");
                        out.expr(default);
                    }
                }
                out.put(")");
            }
            for attribute in &function.attributes {
                let _ = write!(out.text, " :{}", attribute.text);
            }
            if let Some(ty) = &function.result {
                out.put(" :");
                out.ty(ty);
            }
            if function.is_expression {
                out.put(" =");
            }
            if let Some(body) = &function.body {
                out.arg_block(body);
            }
        });
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Int(value) => self.put(&value.to_string()),
            ExprKind::Uint(value) => self.put(&format!("{value}u")),
            ExprKind::Float(value) => self.put(&format!("{value:?}")),
            ExprKind::Str(pieces) => self.pieces(pieces),
            ExprKind::Words(words) => self.put(&format!("(qw {})", words.join(" "))),
            ExprKind::VString(parts) => {
                let parts: Vec<String> = parts.iter().map(u32::to_string).collect();
                self.put(&format!("v{}", parts.join(".")));
            }
            ExprKind::Command(pieces) => self.list("qx ", |out| out.pieces(pieces)),
            ExprKind::Match(regex) => self.regex("m", regex),
            ExprKind::Qr(regex) => self.regex("qr", regex),
            ExprKind::Subst(subst) => {
                self.list("s ", |out| {
                    out.regex("m", &subst.regex);
                    match &subst.replacement {
                        Replacement::Text(pieces) => {
                            out.put(" ");
                            out.pieces(pieces);
                        }
                        Replacement::Code { body, evals } => {
                            out.arg_block(body);
                            if *evals > 0 {
                                let _ = write!(out.text, " e{evals}");
                            }
                        }
                    }
                });
            }
            ExprKind::Trans(trans) => {
                let from = String::from_utf8_lossy(&trans.from);
                let to = String::from_utf8_lossy(&trans.to);
                let _ = write!(self.text, "(tr {from:?} {to:?}");
                if !trans.flags.is_empty() {
                    self.word(&trans.flags);
                }
                self.put(")");
            }
            ExprKind::Var(sigil, name) => {
                self.put(sigil_text(*sigil));
                self.put(name);
            }
            ExprKind::Topic { slot, outer, sigil } => {
                self.put(if *sigil { "$_" } else { "_" });
                if *slot > 0 {
                    self.put(&slot.to_string());
                }
                for _ in 0..*outer {
                    self.put("<");
                }
            }
            ExprKind::LastIndex(array) => self.list("$#", |out| out.arg(array)),
            ExprKind::Deref(sigil, inner) => {
                self.list(sigil_text(*sigil), |out| out.arg(inner));
            }
            ExprKind::Index { base, index, arrow } => {
                self.list(if *arrow { "->[]" } else { "[]" }, |out| {
                    out.arg(base);
                    out.arg(index);
                });
            }
            ExprKind::Key { base, key, arrow } => {
                self.list(if *arrow { "->{}" } else { "{}" }, |out| {
                    out.arg(base);
                    out.arg(key);
                });
            }
            ExprKind::Slice { base, index, of_hash, pairs } => {
                let brackets = if *of_hash { "{}" } else { "[]" };
                let head = format!("slice{}{brackets}", if *pairs { "%" } else { "@" });
                self.list(&head, |out| {
                    out.arg(base);
                    out.arg(index);
                });
            }
            ExprKind::ListSlice { list, index } => self.list("lslice", |out| {
                out.arg(list);
                out.arg(index);
            }),
            ExprKind::StrIndex { base, index } => self.list("sindex", |out| {
                out.arg(base);
                out.arg(index);
            }),
            ExprKind::Range { from, to, step, op } => {
                let op = match op {
                    RangeOp::Colon => ":",
                    RangeOp::Dots => "..",
                    RangeOp::Dots3 => "...",
                    RangeOp::Tilde => "~",
                };
                self.list(op, |out| {
                    for end in [from, to] {
                        match end {
                            Some(end) => out.arg(end),
                            None => out.put(" -"),
                        }
                    }
                    if let Some(step) = step {
                        out.arg(step);
                    }
                });
            }
            ExprKind::List { items, parens } => {
                self.list(if *parens { "list" } else { "," }, |out| out.args(items));
            }
            ExprKind::Array(items) => self.list("array", |out| out.args(items)),
            ExprKind::HashRef(items) => self.list("hash", |out| out.args(items)),
            ExprKind::Spread(inner) => self.list("spread", |out| out.arg(inner)),
            ExprKind::Unary(op, inner) => {
                let op = match op {
                    UnaryOp::Neg => "neg",
                    UnaryOp::Plus => "plus",
                    UnaryOp::Not => "not",
                    UnaryOp::BitNot => "bnot",
                };
                self.list(op, |out| out.arg(inner));
            }
            ExprKind::Step { target, up, prefix } => {
                let head = match (up, prefix) {
                    (true, true) => "++_",
                    (true, false) => "_++",
                    (false, true) => "--_",
                    (false, false) => "_--",
                };
                self.list(head, |out| out.arg(target));
            }
            ExprKind::Binary(op, left, right) => self.list(binary(*op), |out| {
                out.arg(left);
                out.arg(right);
            }),
            ExprKind::Chain(operands, ops) => self.list("chain", |out| {
                for (place, operand) in operands.iter().enumerate() {
                    if place > 0
                        && let Some(op) = ops.get(place - 1)
                    {
                        out.word(binary(*op));
                    }
                    out.arg(operand);
                }
            }),
            ExprKind::Logic(op, left, right) => self.list(logic(*op), |out| {
                out.arg(left);
                out.arg(right);
            }),
            ExprKind::Ternary(condition, yes, no) => self.list("?", |out| {
                out.arg(condition);
                out.arg(yes);
                out.arg(no);
            }),
            ExprKind::Assign { target, op, value } => {
                let head = match op {
                    None => "=".to_owned(),
                    Some(AssignOp::Binary(op)) => format!("{}=", binary(*op)),
                    Some(AssignOp::Logic(op)) => format!("{}=", logic(*op)),
                };
                self.list(&head, |out| {
                    out.arg(target);
                    out.arg(value);
                });
            }
            ExprKind::Declare { declarator, vars, parens } => {
                self.list(declarator_word(*declarator), |out| {
                    if *parens {
                        out.put(" list");
                    }
                    for var in vars {
                        match var {
                            None => out.put(" undef"),
                            Some(var) => {
                                out.word(sigil_text(var.sigil));
                                out.put(&var.name.text);
                                if let Some(ty) = &var.ty {
                                    out.put(":");
                                    out.ty(ty);
                                }
                            }
                        }
                    }
                });
            }
            ExprKind::DeclarePattern { declarator, pattern } => {
                self.list(declarator_word(*declarator), |out| {
                    out.put(" ");
                    out.pattern(pattern);
                });
            }
            ExprKind::Local(inner) => self.list("local", |out| out.arg(inner)),
            ExprKind::Bind { subject, pattern, negated } => {
                self.list(if *negated { "!~" } else { "=~" }, |out| {
                    out.arg(subject);
                    out.arg(pattern);
                });
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::CallAmp { callee, args } => self.list("&call", |out| {
                out.arg(callee);
                match args {
                    Some(args) => out.args(args),
                    None => out.put(" @_"),
                }
            }),
            ExprKind::CallValue { callee, args } => self.list("vcall", |out| {
                out.arg(callee);
                out.args(args);
            }),
            ExprKind::Method { invocant, name, args } => self.list("method", |out| {
                out.arg(invocant);
                match name {
                    MethodName::Name(name) => out.word(&name.text),
                    MethodName::Dynamic(expr) => out.arg(expr),
                }
                if let Some(args) = args {
                    out.put(" ()");
                    out.args(args);
                }
            }),
            ExprKind::Ref(inner) => self.list("\\", |out| out.arg(inner)),
            ExprKind::Function(function) => self.function(function),
            ExprKind::BlockFunction(block) => self.list("bfn", |out| out.arg_block(block)),
            ExprKind::Do(block) => self.list("do", |out| out.arg_block(block)),
            ExprKind::DoFile(inner) => self.list("do-file", |out| out.arg(inner)),
            ExprKind::EvalBlock(block) => self.list("eval", |out| out.arg_block(block)),
            ExprKind::EvalStr(inner) => self.list("eval-str", |out| out.option(inner.as_deref())),
            ExprKind::TaskBlock(name, block) => self.list(&name.text, |out| out.arg_block(block)),
            ExprKind::FileTest(letter, inner) => {
                self.list(&format!("-{letter}"), |out| out.option(inner.as_deref()));
            }
            ExprKind::ReadLine(inner) => self.list("readline", |out| out.option(inner.as_deref())),
            ExprKind::Glob(pieces) => self.list("glob ", |out| out.pieces(pieces)),
            ExprKind::Return(inner) => self.list("return", |out| out.option(inner.as_deref())),
            ExprKind::Jump(op, label) => {
                let op = format!("{op:?}").to_lowercase();
                self.list(&op, |out| {
                    if let Some(label) = label {
                        out.word(&label.text);
                    }
                });
            }
            ExprKind::Goto(inner) => self.list("goto", |out| out.arg(inner)),
            ExprKind::MatchOn { subject, arms } => self.list("match", |out| {
                out.arg(subject);
                for arm in arms {
                    out.put(" (");
                    out.pattern(&arm.pattern);
                    if let Some(guard) = &arm.guard {
                        out.put(" if");
                        out.arg(guard);
                    }
                    out.put(" =>");
                    out.arg(&arm.body);
                    out.put(")");
                }
            }),
            ExprKind::Cond(arms) => self.list("cond", |out| {
                for (condition, value) in arms {
                    out.put(" (");
                    match condition {
                        Some(condition) => out.expr(condition),
                        None => out.put("default"),
                    }
                    out.arg(value);
                    out.put(")");
                }
            }),
            ExprKind::Pipe(left, right) => self.list("|>", |out| {
                out.arg(left);
                out.arg(right);
            }),
            ExprKind::Thread { source, stages, last } => {
                self.list(if *last { "~>>" } else { "~>" }, |out| {
                    out.arg(source);
                    for stage in stages {
                        out.put(" ");
                        match stage {
                            Stage::Call(call, _) => out.call(call),
                            Stage::Value(expr) => out.list("value", |out| out.arg(expr)),
                            Stage::Regex(expr) => out.list("regex", |out| out.arg(expr)),
                        }
                    }
                });
            }
            ExprKind::Bareword(word) => self.put(&format!("'{word}")),
            ExprKind::Here(word) => self.put(match word {
                HereWord::File => "__FILE__",
                HereWord::Line => "__LINE__",
                HereWord::Package => "__PACKAGE__",
                HereWord::Sub => "__SUB__",
            }),
            ExprKind::Yada => self.put("..."),
            ExprKind::Error => self.put("ERROR"),
        }
    }

    fn option(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.arg(expr);
        }
    }

    /// `(name args)`; with parentheses in the text `(name() args)`.
    fn call(&mut self, call: &Call) {
        let parens = if call.parens { "()" } else { "" };
        self.list(&format!("{}{parens}", call.name.text), |out| {
            if let Some(head) = &call.head {
                out.put(" head:");
                out.expr(head);
            }
            if let Some(block) = &call.block {
                out.arg_block(block);
            }
            out.args(&call.args);
        });
    }

    fn regex(&mut self, word: &str, regex: &Regex) {
        self.list(word, |out| {
            out.put(" ");
            out.pieces(&regex.pattern);
            if !regex.flags.is_empty() {
                out.word(&regex.flags);
            }
            if regex.once {
                out.put(" once");
            }
        });
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        if let [Piece::Text(text)] = pieces {
            let _ = write!(self.text, "{:?}", String::from_utf8_lossy(text));
            return;
        }
        if pieces.is_empty() {
            self.put("\"\"");
            return;
        }
        self.list("str", |out| {
            for piece in pieces {
                out.put(" ");
                match piece {
                    Piece::Text(text) => {
                        let _ = write!(out.text, "{:?}", String::from_utf8_lossy(text));
                    }
                    Piece::Char(value) => {
                        let _ = write!(out.text, "U+{value:X}");
                    }
                    Piece::Scalar(expr) => out.expr(expr),
                    Piece::List(expr) => out.list("join", |out| out.arg(expr)),
                    Piece::Block(block) => out.list("#", |out| out.arg_block(block)),
                    Piece::Case(modifier, inner) => {
                        let head = match modifier {
                            CaseMod::Upper => "\\U ",
                            CaseMod::Lower => "\\L ",
                            CaseMod::Quote => "\\Q ",
                            CaseMod::Fold => "\\F ",
                            CaseMod::UpperFirst => "\\u ",
                            CaseMod::LowerFirst => "\\l ",
                        };
                        out.list(head, |out| out.pieces(inner));
                    }
                }
            }
        });
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Any => self.put("_"),
            PatternKind::Undef => self.put("undef"),
            PatternKind::Bind(name) => self.put(&format!("${}", name.text)),
            PatternKind::Regex(regex) => self.regex("m", regex),
            PatternKind::Value(value) => self.expr(value),
            PatternKind::Or(patterns) => self.list("or", |out| {
                for pattern in patterns {
                    out.put(" ");
                    out.pattern(pattern);
                }
            }),
            PatternKind::Array { items, rest } => {
                self.put("[");
                for (place, item) in items.iter().enumerate() {
                    self.put(if place > 0 { " " } else { "" });
                    self.pattern(item);
                }
                match rest {
                    None => {}
                    Some(None) => self.put(" *"),
                    Some(Some(name)) => self.put(&format!(" @{}", name.text)),
                }
                self.put("]");
            }
            PatternKind::Hash(pairs) => {
                self.put("{");
                for (place, (key, value)) in pairs.iter().enumerate() {
                    self.put(if place > 0 { " " } else { "" });
                    self.expr(key);
                    self.put("=>");
                    self.pattern(value);
                }
                self.put("}");
            }
            PatternKind::Some(inner) => self.list("Some ", |out| out.pattern(inner)),
            PatternKind::Variant { name, payload } => self.list("variant", |out| {
                out.word(&name.text);
                if let Some(payload) = payload {
                    out.put(" ");
                    out.pattern(payload);
                }
            }),
        }
    }
}

fn sigil_text(sigil: Sigil) -> &'static str {
    match sigil {
        Sigil::Scalar => "$",
        Sigil::Array => "@",
        Sigil::Hash => "%",
        Sigil::Code => "&",
        Sigil::Glob => "*",
    }
}

fn declarator_word(declarator: Declarator) -> &'static str {
    match declarator {
        Declarator::My => "my",
        Declarator::Val => "val",
        Declarator::Our => "our",
        Declarator::Local => "local",
        Declarator::State => "state",
        Declarator::MySync => "mysync",
        Declarator::OurSync => "oursync",
    }
}

fn logic(op: LogicOp) -> &'static str {
    match op {
        LogicOp::And => "&&",
        LogicOp::Or => "||",
        LogicOp::DefinedOr => "//",
        LogicOp::Xor => "xor",
    }
}

fn binary(op: crate::ast::BinaryOp) -> &'static str {
    use crate::ast::BinaryOp as B;
    match op {
        B::Add => "+",
        B::Sub => "-",
        B::Mul => "*",
        B::Div => "/",
        B::Mod => "%",
        B::Pow => "**",
        B::Concat => ".",
        B::Repeat => "x",
        B::Shl => "<<",
        B::Shr => ">>",
        B::BitAnd => "&",
        B::BitOr => "|",
        B::BitXor => "^",
        B::NumEq => "==",
        B::NumNe => "!=",
        B::NumLt => "<",
        B::NumGt => ">",
        B::NumLe => "<=",
        B::NumGe => ">=",
        B::NumCmp => "<=>",
        B::StrEq => "eq",
        B::StrNe => "ne",
        B::StrLt => "lt",
        B::StrGt => "gt",
        B::StrLe => "le",
        B::StrGe => "ge",
        B::StrCmp => "cmp",
        B::SmartMatch => "~~",
        B::Isa => "isa",
    }
}
