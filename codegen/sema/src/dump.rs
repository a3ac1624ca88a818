//! A compact printed form of the resolved tree, for tests and for looking at it.

use std::fmt::Write as _;

use crate::hir::{
    Array, Block, Callee, Expr, ExprKind as K, Function, Hash, Iterate, IterateBody, LocalId, LoopKind,
    LoopVariable, Op, Params, Pattern, Program, SortBy, SplitOn, Stmt, StmtKind, Storage, Target, VarKind,
    Visible,
};
use crate::scope::sigil;

/// All functions of a program.
#[must_use]
pub fn dump(program: &Program) -> String {
    let mut out = String::new();
    for n in 0..program.functions.len() {
        out.push_str(&dump_function(program, n));
    }
    out
}

/// One function of a program, by its number.
#[must_use]
pub fn dump_function(program: &Program, number: usize) -> String {
    let Some(function) = program.functions.get(number) else { return String::new() };
    let mut d = Dump { out: String::new(), program, function, indent: 1 };
    d.head(number);
    d.block(&function.body);
    d.out.push('\n');
    d.out
}

struct Dump<'p> {
    out: String,
    program: &'p Program,
    function: &'p Function,
    indent: usize,
}

impl Dump<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn head(&mut self, number: usize) {
        let _ = write!(self.out, "fn{number} {}", self.function.name);
        match &self.function.params {
            Params::Positional { scalars, rest } => {
                self.put("(");
                for (n, (id, default)) in scalars.iter().enumerate() {
                    if n > 0 {
                        self.put(" ");
                    }
                    self.local(*id);
                    if let Some(default) = default {
                        self.put("=");
                        self.expr(default);
                    }
                }
                if let Some(rest) = rest {
                    self.put(" *");
                    self.local(*rest);
                }
                self.put(")");
            }
            Params::Array { args, alias } => {
                self.put(if *alias { "[alias " } else { "[" });
                self.local(*args);
                self.put("]");
            }
        }
        if !self.function.captures.is_empty() {
            self.put(" captures");
            for &(outer, inner) in &self.function.captures {
                if outer.0 == u32::MAX {
                    self.put(" state>");
                } else {
                    let _ = write!(self.out, " {}>", outer.0);
                }
                self.local(inner);
            }
        }
        self.put(" ");
    }

    fn local(&mut self, id: LocalId) {
        let Some(local) = self.function.locals.get(id.index()) else {
            let _ = write!(self.out, "?{}", id.0);
            return;
        };
        let mark = match local.storage {
            Storage::Register => "",
            Storage::Cell => "^",
            Storage::Copied => "'",
            Storage::Element => "&",
        };
        let _ = write!(self.out, "{}{}{mark}.{}", sigil(local.kind), local.name, id.0);
    }

    fn global(&mut self, id: crate::hir::GlobalId) {
        let global = &self.program.globals[id.index()];
        let _ = write!(self.out, "{}{}", sigil(global.kind), global.name);
    }

    fn line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
    }

    fn block(&mut self, block: &Block) {
        self.put(if block.has_local { "{local" } else { "{" });
        for stmt in &block.stmts {
            self.line();
            self.stmt(stmt);
        }
        self.put(" }");
    }

    fn inner(&mut self, block: &Block) {
        self.indent += 1;
        self.block(block);
        self.indent -= 1;
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::If { arms, otherwise } => {
                for (n, (test, block)) in arms.iter().enumerate() {
                    self.put(if n == 0 { "if " } else { " elsif " });
                    self.expr(test);
                    self.put(" ");
                    self.inner(block);
                }
                if let Some(block) = otherwise {
                    self.put(" else ");
                    self.inner(block);
                }
            }
            StmtKind::Loop(l) => {
                let _ = write!(self.out, "loop{} ", l.id.0);
                match &l.kind {
                    LoopKind::While(None) => self.put("forever"),
                    LoopKind::While(Some(test)) => self.words("while", &[test]),
                    LoopKind::DoWhile(test) => self.words("do-while", &[test]),
                    LoopKind::For { condition, step } => {
                        self.put("for");
                        for part in [condition, step] {
                            self.put(" ");
                            match part {
                                Some(part) => self.expr(part),
                                None => self.put("-"),
                            }
                        }
                    }
                    LoopKind::Range { variable, from, to, step, reverse } => {
                        self.put(if *reverse { "reverse range " } else { "range " });
                        self.local(*variable);
                        for part in [Some(from), Some(to), step.as_ref()].into_iter().flatten() {
                            self.put(" ");
                            self.expr(part);
                        }
                    }
                    LoopKind::Array { variable, array, reverse } => {
                        self.put(if *reverse { "reverse array " } else { "array " });
                        self.variable(*variable);
                        self.put(" ");
                        self.array(array);
                    }
                    LoopKind::List { variables, list } => {
                        self.put("list");
                        for variable in variables {
                            self.put(" ");
                            self.variable(*variable);
                        }
                        self.put(" ");
                        self.expr(list);
                    }
                    LoopKind::Keys { variable, hash } => {
                        self.put("keys ");
                        self.local(*variable);
                        self.put(" ");
                        self.hash(hash);
                    }
                }
                self.put(" ");
                self.inner(&l.body);
                if let Some(block) = &l.continuing {
                    self.put(" continue ");
                    self.inner(block);
                }
            }
            StmtKind::Block(id, block) => {
                if let Some(id) = id {
                    let _ = write!(self.out, "block{} ", id.0);
                }
                self.inner(block);
            }
            StmtKind::Try { body, catch, finally } => {
                self.put("try ");
                self.inner(body);
                if let Some((id, block)) = catch {
                    self.put(" catch ");
                    self.local(*id);
                    self.put(" ");
                    self.inner(block);
                }
                if let Some(block) = finally {
                    self.put(" finally ");
                    self.inner(block);
                }
            }
            StmtKind::Defer(block) => {
                self.put("defer ");
                self.inner(block);
            }
            StmtKind::Die(message) => {
                let _ = write!(self.out, "die {message:?}");
            }
        }
    }

    fn variable(&mut self, variable: LoopVariable) {
        match variable {
            LoopVariable::Local(id) => self.local(id),
            LoopVariable::Global(id) => self.global(id),
        }
    }

    fn array(&mut self, array: &Array) {
        match array {
            Array::Local(id) => self.local(*id),
            Array::Global(id) => self.global(*id),
            Array::Deref(value) => self.words("@", &[value]),
        }
    }

    fn hash(&mut self, hash: &Hash) {
        match hash {
            Hash::Local(id) => self.local(*id),
            Hash::Global(id) => self.global(*id),
            Hash::Deref(value) => self.words("%", &[value]),
        }
    }

    /// `(name a b)`.
    fn words(&mut self, name: &str, parts: &[&Expr]) {
        self.put("(");
        self.put(name);
        for part in parts {
            self.put(" ");
            self.expr(part);
        }
        self.put(")");
    }

    fn items(&mut self, name: &str, parts: &[Expr]) {
        let parts: Vec<&Expr> = parts.iter().collect();
        self.words(name, &parts);
    }

    fn open(&mut self, name: &str) {
        self.put("(");
        self.put(name);
        self.put(" ");
    }

    fn element(&mut self, name: &str, array: &Array, index: &Expr) {
        self.open(name);
        self.array(array);
        self.put(" ");
        self.expr(index);
        self.put(")");
    }

    fn member(&mut self, name: &str, hash: &Hash, key: &Expr) {
        self.open(name);
        self.hash(hash);
        self.put(" ");
        self.expr(key);
        self.put(")");
    }

    fn text(&mut self, bytes: &[u8]) {
        let _ = write!(self.out, "{:?}", String::from_utf8_lossy(bytes));
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            K::Undef => self.put("undef"),
            K::Int(n) => {
                let _ = write!(self.out, "{n}");
            }
            K::Uint(n) => {
                let _ = write!(self.out, "{n}u");
            }
            K::Float(n) => {
                let _ = write!(self.out, "{n:?}");
            }
            K::Str { bytes, wide } => {
                if *wide {
                    self.put("w");
                }
                self.text(bytes);
            }
            K::Bool(b) => self.put(if *b { "true" } else { "false" }),
            K::Local(id) => self.local(*id),
            K::Global(id) => self.global(*id),
            K::Index(array, index) => self.element("at", array, index),
            K::Key(hash, key) => self.member("key", hash, key),
            K::DerefScalar(value) => self.words("$", &[value]),
            K::LastIndex(array) => {
                self.open("last");
                self.array(array);
                self.put(")");
            }
            K::Magic(place, args) => self.items(&format!("magic-{place:?}"), args),
            K::Capture(n) => {
                let _ = write!(self.out, "capture{n}");
            }
            K::MatchVar(v) => {
                let _ = write!(self.out, "{v:?}");
            }
            K::Special(name) => {
                let _ = write!(self.out, "special{name:?}");
            }
            K::Array(array) => self.array(array),
            K::Hash(hash) => self.hash(hash),
            K::ArraySlice(array, index) => self.element("slice", array, index),
            K::HashSlice(hash, key) => self.member("slice", hash, key),
            K::ArrayPairs(array, index) => self.element("pairs", array, index),
            K::HashPairs(hash, key) => self.member("pairs", hash, key),
            K::ListSlice(list, index) => self.words("list-slice", &[list, index]),
            K::DerefGlob(name, _) => self.words("*", &[name]),
            K::Glob(name) => {
                let _ = write!(self.out, "*{name}");
            }
            K::List(items) => self.items("list", items),
            K::Range { from, to, step } => {
                let mut parts: Vec<&Expr> = vec![from, to];
                parts.extend(step.as_deref());
                self.words("range", &parts);
            }
            K::FlipFlop { id, from, to, exclusive } => {
                let dots = if *exclusive { "..." } else { ".." };
                self.words(&format!("flip{id}{dots}"), &[from, to]);
            }
            K::RepeatList(list, count) => self.words("repeat", &[list, count]),
            K::Scalar(value) => self.words("scalar", &[value]),
            K::ListOf(value) => self.words("list-of", &[value]),
            K::CountOf(value) => self.words("count", &[value]),
            K::NewArray(items) => self.items("array", items),
            K::NewHash(items) => self.items("hash", items),
            K::RefTo(value) => self.words("ref", &[value]),
            K::Closure(id) => {
                let _ = write!(self.out, "closure{}", id.0);
            }
            K::FunctionRef(id) => {
                self.put("\\");
                self.global(*id);
            }
            K::Concat(items) => self.items("concat", items),
            K::Join(separator, list) => self.words("join", &[separator, list]),
            K::Unary(op, value) => self.words(&format!("{op:?}"), &[value]),
            K::Binary(op, a, b) => self.words(&format!("{op:?}"), &[a, b]),
            K::And(a, b) => self.words("and", &[a, b]),
            K::Or(a, b) => self.words("or", &[a, b]),
            K::DefinedOr(a, b) => self.words("default", &[a, b]),
            K::Xor(a, b) => self.words("xor", &[a, b]),
            K::Ternary(test, a, b) => self.words("?", &[test, a, b]),
            K::Step { target, up, prefix } => {
                let name = match (up, prefix) {
                    (true, true) => "++pre",
                    (true, false) => "++post",
                    (false, true) => "--pre",
                    (false, false) => "--post",
                };
                self.words(name, &[target]);
            }
            K::Assign(place, value) => self.words("=", &[place, value]),
            K::AssignList(targets, value) => {
                self.put("(=list [");
                for (n, target) in targets.iter().enumerate() {
                    if n > 0 {
                        self.put(" ");
                    }
                    match target {
                        Target::Place(place) | Target::Slice(place) => self.expr(place),
                        Target::Array(array) => self.array(array),
                        Target::Hash(hash) => self.hash(hash),
                        Target::Skip => self.put("skip"),
                    }
                }
                self.put("] ");
                self.expr(value);
                self.put(")");
            }
            K::AssignOp(op, place, value) => self.words(&format!("{op:?}="), &[place, value]),
            K::AssignLogic(op, place, value) => self.words(&format!("{op:?}="), &[place, value]),
            K::Declare(ids) => {
                self.put("(my");
                for id in ids {
                    self.put(" ");
                    self.local(*id);
                }
                self.put(")");
            }
            K::DeclareGlobal(ids) => {
                self.put("(renew");
                for id in ids {
                    self.put(" ");
                    self.global(*id);
                }
                self.put(")");
            }
            K::StateInit { variable, value, .. } => {
                self.open("state");
                self.local(*variable);
                self.put(" ");
                self.expr(value);
                self.put(")");
            }
            K::Localize(place) => self.words("local", &[place]),
            K::Undefine(place) => self.words("undefine", &[place]),
            K::Call(call) => self.call(call),
            K::Builtin(call) => {
                let mark = if call.scalars { "" } else { "*" };
                self.items(&format!("{}{mark}", call.name), &call.args);
            }
            K::Op(op) => self.op(op),
            K::Do(block) => {
                self.put("do ");
                self.inner(block);
            }
            K::Eval(block) => {
                self.put("eval ");
                self.inner(block);
            }
            K::Return(None) => self.put("(return)"),
            K::Return(Some(value)) => self.words("return", &[value]),
            K::Jump(op, id) => {
                let _ = write!(self.out, "({op:?} {})", id.0);
            }
            K::JumpDynamic(op, label) => {
                let _ = write!(self.out, "({op:?} dynamic {label:?})");
            }
            K::WantArray => self.put("wantarray"),
            K::CurrentFunction => self.put("this-function"),
            K::AtEnd(id) => {
                let _ = write!(self.out, "(at-end fn{})", id.0);
            }
            K::RequireFile { file: id, path: name, .. } => {
                let _ = write!(self.out, "(require fn{} {name:?})", id.0);
            }
            K::NoMatch(value) => self.words("no-match", &[value]),
        }
    }

    fn call(&mut self, call: &crate::hir::Call) {
        self.put("(call ");
        self.callee(&call.callee);
        for arg in &call.args {
            self.put(" ");
            self.expr(arg);
        }
        if let Some(topic) = &call.topic {
            self.put(" topic=");
            self.expr(topic);
        }
        self.put(")");
    }

    fn callee(&mut self, callee: &Callee) {
        match callee {
            Callee::Function(id) => {
                let _ = write!(self.out, "fn{}", id.0);
            }
            Callee::Global(id) => self.global(*id),
            Callee::Value(value) => self.expr(value),
            Callee::WithArgs { callee, tail } => {
                self.put(if *tail { "tail-with-args " } else { "with-args " });
                self.callee(callee);
            }
            Callee::Method { invocant, name, super_of, maybe } => {
                self.expr(invocant);
                self.put(if *maybe { "->?" } else { "->" });
                if let Some(package) = super_of {
                    let _ = write!(self.out, "SUPER({package})::");
                }
                self.put(name);
            }
            Callee::DynamicMethod { invocant, method } => {
                self.expr(invocant);
                self.put("->");
                self.expr(method);
            }
        }
    }

    fn iterate(&mut self, name: &str, iterate: &Iterate) {
        self.open(name);
        self.variable(iterate.topic);
        if let Some(index) = iterate.index {
            self.put(" index=");
            self.local(index);
        }
        self.put(" ");
        match &iterate.body {
            IterateBody::Block(block) => self.inner(block),
            IterateBody::Expr(value) => self.expr(value),
            IterateBody::Call(value) => self.words("call", &[value]),
        }
        self.put(" ");
        self.expr(&iterate.list);
        self.put(")");
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Constant(id) => {
                let regex = &self.program.regexes[id.index()];
                let _ = write!(self.out, "/{}/{}", String::from_utf8_lossy(&regex.pattern), regex.flags);
            }
            Pattern::Dynamic { text, flags } => {
                self.put("/");
                self.expr(text);
                self.put("/");
                self.put(flags);
            }
        }
    }

    fn optional(&mut self, name: &str, parts: &[Option<&Expr>]) {
        let parts: Vec<&Expr> = parts.iter().copied().flatten().collect();
        self.words(name, &parts);
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Print { handle, list, newline, format } => {
                let name = match (newline, format) {
                    (true, _) => "say",
                    (_, true) => "printf",
                    _ => "print",
                };
                self.put("(");
                self.put(name);
                if let Some(handle) = handle {
                    self.put(" to=");
                    self.expr(handle);
                }
                for item in list {
                    self.put(" ");
                    self.expr(item);
                }
                self.put(")");
            }
            Op::Map(i) => self.iterate("map", i),
            Op::Grep(i) => self.iterate("grep", i),
            Op::First(i) => self.iterate("first", i),
            Op::Any(i) => self.iterate("any", i),
            Op::All(i) => self.iterate("all", i),
            Op::None(i) => self.iterate("none", i),
            Op::Each(i) => self.iterate("each-of", i),
            Op::Sort { by, list, reverse, .. } => {
                self.open(if *reverse { "sort-reverse" } else { "sort" });
                match by {
                    SortBy::Strings => self.put("cmp"),
                    SortBy::StringsDescending => self.put("cmp-down"),
                    SortBy::Numbers { descending: false } => self.put("<=>"),
                    SortBy::Numbers { descending: true } => self.put("<=>-down"),
                    SortBy::Function(id) => {
                        let _ = write!(self.out, "fn{}", id.0);
                    }
                    SortBy::Private { function, keys } => {
                        let _ = write!(self.out, "fn{}", function.0);
                        for key in keys {
                            let operator = if key.is_text { "cmp" } else { "<=>" };
                            let way = if key.descending { "-down" } else { "" };
                            let _ = write!(self.out, " (key {operator}{way} fn{})", key.function.0);
                        }
                    }
                    SortBy::Value(value) => self.words("value", &[value]),
                }
                self.put(" ");
                self.expr(list);
                self.put(")");
            }
            Op::Reduce { acc, item, body, list } => {
                self.open("reduce");
                self.local(*acc);
                self.put(" ");
                self.local(*item);
                self.put(" ");
                self.inner(body);
                self.put(" ");
                self.expr(list);
                self.put(")");
            }
            Op::Push { array, list, front } => {
                self.open(if *front { "unshift" } else { "push" });
                self.array(array);
                for item in list {
                    self.put(" ");
                    self.expr(item);
                }
                self.put(")");
            }
            Op::Pop { array, front } => {
                self.open(if *front { "shift" } else { "pop" });
                self.array(array);
                self.put(")");
            }
            Op::Splice { array, range, list } => {
                self.open("splice");
                self.array(array);
                for item in range.iter().chain(list) {
                    self.put(" ");
                    self.expr(item);
                }
                self.put(")");
            }
            Op::HashList(part, hash) => {
                self.open(&format!("{part:?}").to_lowercase());
                self.hash(hash);
                self.put(")");
            }
            Op::ArrayList(part, array) => {
                self.open(&format!("{part:?}").to_lowercase());
                self.array(array);
                self.put(")");
            }
            Op::RefList(part, value) => self.words(&format!("{part:?}-of").to_lowercase(), &[value]),
            Op::Len(value) => self.words("len", &[value]),
            Op::Delete(value) => self.words("delete", &[value]),
            Op::Exists(value) => self.words("exists", &[value]),
            Op::Defined(value) => self.words("defined", &[value]),
            Op::Undef(value) => self.words("undef", &[value]),
            Op::Chomp { places, chop } => self.items(if *chop { "chop" } else { "chomp" }, places),
            Op::Match(m) => {
                self.open(if m.negated { "no-match" } else { "match" });
                self.expr(&m.subject);
                self.put(" ");
                self.pattern(&m.pattern);
                if m.global {
                    self.put("g");
                }
                if m.keep_pos {
                    self.put("c");
                }
                self.put(")");
            }
            Op::Subst(s) => {
                self.open(if s.copy { "subst-copy" } else { "subst" });
                self.expr(&s.subject);
                self.put(" ");
                self.pattern(&s.pattern);
                if s.global {
                    self.put("g");
                }
                self.put(" ");
                self.expr(&s.replacement);
                self.put(")");
            }
            Op::Trans { subject, table, copy } => {
                self.open(if *copy { "trans-copy" } else { "trans" });
                self.expr(subject);
                let table = &self.program.transliterations[table.index()];
                let _ = write!(
                    self.out,
                    " {:?} {:?} {})",
                    String::from_utf8_lossy(&table.from),
                    String::from_utf8_lossy(&table.to),
                    table.flags
                );
            }
            Op::Integer(op, left, right) => self.words(&format!("integer-{op:?}"), &[left, right]),
            Op::GlobPart(glob, part) => self.words("glob-part", &[glob, part]),
            Op::Qr(pattern) => {
                self.open("qr");
                self.pattern(pattern);
                self.put(")");
            }
            Op::Split { pattern, subject, limit } => {
                self.open("split");
                match pattern {
                    SplitOn::Awk => self.put("awk"),
                    SplitOn::Characters => self.put("chars"),
                    SplitOn::Text(text) => self.text(text),
                    SplitOn::Pattern(pattern) => self.pattern(pattern),
                    SplitOn::Value(value) => self.words("value", &[value]),
                }
                self.put(" ");
                self.expr(subject);
                if let Some(limit) = limit {
                    self.put(" ");
                    self.expr(limit);
                }
                self.put(")");
            }
            Op::ReadLine(handle) => self.optional("readline", &[handle.as_ref()]),
            Op::ReadLineInto(place, handle) => {
                self.optional("readline-into", &[Some(place), handle.as_ref()])
            }
            Op::FileTest(letter, value) => self.words(&format!("-{letter}"), &[value]),
            Op::OpenLike(name, place, args) => {
                let parts: Vec<&Expr> = std::iter::once(&**place).chain(args).collect();
                self.words(name, &parts);
            }
            Op::ReadInto(name, args, place) => {
                let parts: Vec<&Expr> = std::iter::once(&**place).chain(args).collect();
                self.words(name, &parts);
            }
            Op::EvalString { text, visible, package } => {
                self.open("eval-string");
                self.expr(text);
                for (name, variable) in visible {
                    let _ = write!(self.out, " {name}=");
                    match variable {
                        Visible::Local(id) => self.local(*id),
                        Visible::Global(id) => self.global(*id),
                    }
                }
                let _ = write!(self.out, " {package})");
            }
            Op::RequireValue(value, file) => self.words(if *file { "do-file" } else { "require" }, &[value]),
            Op::CharAt(value, index) => self.words("char-at", &[value, index]),
            Op::CharSlice { subject, from, to, step } => {
                self.open("char-slice");
                self.expr(subject);
                for part in [from, to, step] {
                    self.put(" ");
                    match part {
                        Some(part) => self.expr(part),
                        None => self.put("-"),
                    }
                }
                self.put(")");
            }
            Op::Spread(value) => self.words("spread", &[value]),
            Op::Command(value) => self.words("command", &[value]),
            Op::Bless(value, class) => self.words("bless", &[value, class]),
            Op::Ref(value) => self.words("ref-of", &[value]),
            Op::Sprintf(list) => self.items("sprintf", list),
            Op::Die(list, warn) => self.items(if *warn { "warn" } else { "die" }, list),
            Op::Exit(value) => self.optional("exit", &[value.as_ref()]),
            Op::Caller(value) => self.optional("caller", &[value.as_ref()]),
            Op::Asset(asset) => {
                let _ = write!(self.out, "(asset {:?} {} bytes)", asset.name, asset.bytes.len());
            }
            Op::AssetTable(table) => {
                let held =
                    if table.rows.iter().any(|(_, bytes)| bytes.is_some()) { " with bytes" } else { "" };
                let _ =
                    write!(self.out, "(asset-table {:?} {} names{held})", table.package, table.rows.len());
            }
            Op::Nothing(list) => self.items("nothing", list),
            Op::Assert(name, list) => self.items(name, list),
            Op::Construct(id, list) => {
                let name = format!("new {}", self.program.classes[id.index()].name);
                self.items(&name, list);
            }
            Op::Variant(id, n, value) => {
                let class = &self.program.classes[id.index()];
                let name = format!("variant {}::{}", class.name, class.variants[*n as usize].0);
                self.optional(&name, &[value.as_ref()]);
            }
            Op::IsVariant(value, id, n) => {
                let class = &self.program.classes[id.index()];
                let name = format!("is-variant {}::{}", class.name, class.variants[*n as usize].0);
                self.words(&name, &[value]);
            }
            Op::Payload(value) => self.words("payload", &[value]),
            Op::StaticField(id, name) => {
                let _ = write!(self.out, "(static {}::{name})", self.program.classes[id.index()].name);
            }
            Op::SmartEq(a, b) => self.words("smart-eq", &[a, b]),
            Op::SmartMatch(a, b) => self.words("smart-match", &[a, b]),
            Op::Check(value, ty, what) => {
                self.open("check");
                self.expr(value);
                let _ = write!(self.out, " {} {what:?})", ty.name);
            }
            Op::LocalTime(gmt, value) => {
                self.optional(if *gmt { "gmtime" } else { "localtime" }, &[value.as_ref()]);
            }
        }
    }
}

/// The sigil of a kind is part of every printed name.
const _: fn(VarKind) -> char = sigil;
