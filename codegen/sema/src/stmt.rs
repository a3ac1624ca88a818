//! Statements, except loops and declarations of functions and classes.

use std::collections::HashMap;

use s_diag::Code;
use s_syntax::ast::{self, JumpOp, Phase, Span, StmtKind as S};

use crate::big::Big;
use crate::exports::Exports;
use crate::hir::{self, Array, Block, Callee, ExprKind, Op, Stmt, StmtKind, VarKind};
use crate::module_version;
use crate::resolver::{FnKind, LoopScope, Resolver, Want, mk};
use crate::scope::{Binding, Place};
use crate::source;
use crate::walk::{self, Node};

impl Resolver<'_> {
    /// Statements in the current scope; the last is in context `want`.
    pub(crate) fn statements(&mut self, stmts: &[ast::Stmt], want: Want) -> Vec<Stmt> {
        self.statements_from(stmts, want, false)
    }

    /// The same; `inside`: within the loop that jumps back to the first statement make.
    fn statements_from(&mut self, stmts: &[ast::Stmt], want: Want, inside: bool) -> Vec<Stmt> {
        let mut out = Vec::with_capacity(stmts.len());
        let last = stmts.iter().rposition(|stmt| !matches!(stmt.kind, S::Empty));
        let targets = self.goto_targets(stmts);
        let opened = targets.len();
        let mut open: Vec<(usize, hir::LoopId)> = Vec::new();
        for (place, label) in targets.into_iter().rev() {
            let id = self.new_loop();
            self.cx().loops.push(LoopScope { label: Some(format!("goto {label}")), id, given: false });
            open.push((place, id));
        }
        let mut done = 0;
        for (n, stmt) in stmts.iter().enumerate() {
            while let Some(&(place, id)) = open.last() {
                if place != n {
                    break;
                }
                open.pop();
                self.cx().loops.pop();
                let pos = self.pos(stmt.span);
                let before = Block { stmts: std::mem::take(&mut out), ..Block::default() };
                out.push(Stmt { pos, kind: StmtKind::Block(Some(id), before) });
            }
            if n < done {
                continue;
            }
            if !(inside && n == 0)
                && let Some(end) = jumps_back(stmts, n)
            {
                // What goes back to a label is a loop from there to the last statement that does.
                let pos = self.pos(stmt.span);
                let label = stmt.label.as_ref().map(|label| format!("again {}", label.text));
                let id = self.new_loop();
                self.cx().in_loop += 1;
                self.cx().loops.push(LoopScope { label, id, given: false });
                let mut again = Vec::new();
                if self.enter(stmt.span) {
                    again = self.statements_from(&stmts[n..end], Want::Void, true);
                }
                self.leave();
                self.cx().loops.pop();
                self.cx().in_loop -= 1;
                again.push(Stmt { pos, kind: StmtKind::Expr(mk(pos, ExprKind::Jump(JumpOp::Last, id))) });
                let body = Block { stmts: again, ..Block::default() };
                let kind = hir::LoopKind::While(None);
                let whole = hir::Loop { id, kind, body, continuing: None };
                out.push(Stmt { pos, kind: StmtKind::Loop(Box::new(whole)) });
                // Labels in it were seen to there.
                while open.last().is_some_and(|&(place, _)| place < end) {
                    open.pop();
                    self.cx().loops.pop();
                }
                done = end;
                continue;
            }
            if n > 0 && leaves(&stmts[n - 1]) && stmt.label.is_none() && !is_declaration(stmt) {
                self.find(crate::FindingKind::Unreachable, stmt.span, String::new());
            }
            let want = if Some(n) == last { want } else { Want::Void };
            self.statement(stmt, want, &mut out);
        }
        debug_assert!(open.is_empty() || opened > 0, "every target is behind its jump");
        for _ in open {
            self.cx().loops.pop();
        }
        out
    }

    /// Labels of statements to which an earlier statement of the list jumps.
    fn goto_targets(&self, stmts: &[ast::Stmt]) -> Vec<(usize, String)> {
        if stmts.iter().all(|stmt| stmt.label.is_none()) {
            return Vec::new();
        }
        let mut jumps = HashMap::new();
        for (n, stmt) in stmts.iter().enumerate() {
            find_gotos(Node::Stmt(stmt), &mut |label| {
                jumps.entry(label).or_insert(n);
            });
        }
        let mut found = Vec::new();
        for (n, stmt) in stmts.iter().enumerate() {
            if let Some(label) = &stmt.label
                && jumps.remove(&label.text).is_some_and(|from| from < n)
            {
                found.push((n, label.text.clone()));
            }
        }
        found
    }

    /// A block with a scope of its own.
    pub(crate) fn block(&mut self, block: &ast::Block, want: Want) -> Block {
        self.braces += 1;
        let done = self.block_of(|r| r.statements(&block.stmts, want));
        self.braces -= 1;
        done
    }

    /// A block of a postfix modifier: braces that nobody wrote.
    fn arm(&mut self, block: &ast::Block, postfix: bool, want: Want) -> Block {
        if postfix { self.block_of(|r| r.statements(&block.stmts, want)) } else { self.block(block, want) }
    }

    pub(crate) fn statement(&mut self, stmt: &ast::Stmt, want: Want, out: &mut Vec<Stmt>) {
        if self.enter(stmt.span) {
            self.statement_inner(stmt, want, out);
        }
        self.leave();
    }

    fn statement_inner(&mut self, stmt: &ast::Stmt, want: Want, out: &mut Vec<Stmt>) {
        let pos = self.pos(stmt.span);
        let label = stmt.label.as_ref().map(|label| label.text.clone());
        match &stmt.kind {
            S::Expr(expr) => self.expr_statement(expr, want, out),
            S::If { arms, otherwise, postfix } => {
                let resolve = |r: &mut Self| {
                    let mut done = Vec::new();
                    for (condition, block) in arms {
                        let test = r.condition(condition);
                        let body = r.arm(block, *postfix, want);
                        done.push((test, body));
                    }
                    let otherwise = otherwise.as_ref().map(|block| r.block(block, want));
                    StmtKind::If { arms: done, otherwise }
                };
                // What a condition declares behind its statement is there for those that follow.
                let kind = if *postfix {
                    resolve(self)
                } else {
                    let (kind, scope) = self.scoped(resolve);
                    self.merge_scope(scope.declares, scope.has_local);
                    kind
                };
                out.push(Stmt { pos, kind });
            }
            S::While { .. } | S::For { .. } | S::Foreach { .. } => self.loop_statement(stmt, label, out),
            S::Block { body, continuing } => {
                let id = self.new_loop();
                self.cx().loops.push(LoopScope { label: label.clone(), id, given: false });
                let mut block = self.block(body, want);
                self.cx().loops.pop();
                block = self.caught_jumps(label.as_deref(), id, block, pos);
                if let Some(continuing) = continuing {
                    let inner = Stmt { pos, kind: StmtKind::Block(Some(id), block) };
                    let after = self.block(continuing, Want::Void);
                    block = Block { stmts: vec![inner], ..Block::default() };
                    block.stmts.push(Stmt { pos, kind: StmtKind::Block(None, after) });
                    out.push(Stmt { pos, kind: StmtKind::Block(None, block) });
                } else {
                    out.push(Stmt { pos, kind: StmtKind::Block(Some(id), block) });
                }
            }
            S::Function(function) => self.named_function(function, out),
            S::Package { name, body } => {
                if let Some(body) = body {
                    let outer = std::mem::replace(&mut self.package, name.text.clone());
                    let block = self.block(body, want);
                    self.package = outer;
                    out.push(Stmt { pos, kind: StmtKind::Block(None, block) });
                } else {
                    let outer = std::mem::replace(&mut self.package, name.text.clone());
                    if let Some(scope) = self.names.scopes.last_mut() {
                        scope.package.get_or_insert(outer);
                    }
                }
            }
            S::Use(used) => self.use_statement(used, stmt.span, out),
            S::Phase { phase, body } => self.phase(*phase, body, stmt.span, out),
            S::Try { body, catch, finally } => {
                self.now.catches = true;
                self.cx().protection += 1;
                let body = self.block(body, want);
                self.cx().protection -= 1;
                let catch = catch.as_ref().map(|(name, block)| {
                    self.braces += 1;
                    let mut variable = None;
                    let block = self.block_of(|r| {
                        let id = match name {
                            Some(name) => {
                                let binding = r.declare_variable(VarKind::Scalar, name, false, None);
                                match binding.place {
                                    Place::Local { id, .. } => {
                                        r.names.bind(VarKind::Scalar, &name.text, binding);
                                        id
                                    }
                                    Place::Global(global) => {
                                        let id = r.hidden(name.span.start, "error", VarKind::Scalar);
                                        r.names.bind(VarKind::Scalar, &name.text, binding);
                                        let from = mk(pos, ExprKind::Local(id));
                                        let to = mk(pos, ExprKind::Global(global));
                                        variable = Some((to, from));
                                        id
                                    }
                                }
                            }
                            None => r.hidden(block.span.start, "error", VarKind::Scalar),
                        };
                        let mut stmts = Vec::new();
                        if let Some((to, from)) = variable.take() {
                            stmts.push(assign_stmt(to, from));
                        }
                        stmts.extend(r.statements(&block.stmts, want));
                        variable = None;
                        r.names.scopes.last_mut().expect("inside a scope").declares.insert(0, id);
                        stmts
                    });
                    self.braces -= 1;
                    let id = block.declares.first().copied().unwrap_or(hir::LocalId(0));
                    (id, block)
                });
                let finally = finally.as_ref().map(|block| {
                    self.cx().protection += 1;
                    let block = self.block(block, Want::Void);
                    self.cx().protection -= 1;
                    block
                });
                out.push(Stmt { pos, kind: StmtKind::Try { body, catch, finally } });
            }
            S::Defer(body) => {
                self.cx().protection += 1;
                let body = self.block(body, Want::Void);
                self.cx().protection -= 1;
                out.push(Stmt { pos, kind: StmtKind::Defer(body) });
            }
            S::Struct(class) | S::Class(class) | S::Trait(class) => self.class(class, stmt.span, out),
            S::Enum { .. } => {}
            S::Given { subject, body } => self.given(subject, body, want, pos, out),
            S::When { value, body } => self.when(value.as_ref(), body, pos, out),
            S::Format { .. } => {
                self.error(Code::NOT_SUPPORTED, stmt.span, "formats are not compiled; use `printf`");
            }
            S::Empty | S::Error => {}
        }
    }

    /// Gives the enclosing scope what a statement-wide one held.
    pub(crate) fn merge_scope(&mut self, declares: Vec<hir::LocalId>, has_local: bool) {
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.declares.extend(declares);
            scope.has_local |= has_local;
        }
    }

    fn expr_statement(&mut self, expr: &ast::Expr, want: Want, out: &mut Vec<Stmt>) {
        let pos = self.pos(expr.span);
        let done = match &expr.kind {
            ast::ExprKind::Yada => {
                out.push(Stmt { pos, kind: StmtKind::Die("Unimplemented".to_owned()) });
                return;
            }
            // The words `true` and `1` at the end of a module, among other things.
            _ => self.expr(expr, want),
        };
        match done.kind {
            // What an expression was made of for its statements only.
            ExprKind::Do(block) if want == Want::Void && !block.has_local && block.declares.is_empty() => {
                out.extend(block.stmts);
            }
            kind => out.push(Stmt { pos, kind: StmtKind::Expr(mk(done.pos, kind)) }),
        }
    }

    /// What `if` and `while` test.
    pub(crate) fn condition(&mut self, condition: &ast::Condition) -> hir::Expr {
        if let Some(pattern) = &condition.pattern {
            return self.let_condition(pattern, &condition.expr);
        }
        let test = self.expr(&condition.expr, Want::Scalar);
        if condition.negated { self.negate(test) } else { test }
    }

    pub(crate) fn negate(&mut self, test: hir::Expr) -> hir::Expr {
        let pos = test.pos;
        self.fold(mk(pos, ExprKind::Unary(hir::UnaryOp::Not, Box::new(test))))
    }

    // --- phases and use

    fn phase(&mut self, phase: Phase, body: &ast::Block, span: Span, out: &mut Vec<Stmt>) {
        let pos = self.pos(span);
        let id = self.reserve();
        let name = format!("{}::{phase:?}", self.package);
        self.begin_function(FnKind::Named, id, span.start);
        let block = self.block(body, Want::Void);
        let params = hir::Params::Positional { scalars: Vec::new(), rest: None };
        self.end_function(name, pos, params, block, None);
        let call = if phase == Phase::End {
            ExprKind::AtEnd(id)
        } else {
            let callee = Callee::Function(id);
            ExprKind::Call(Box::new(hir::Call { callee, args: Vec::new(), topic: None }))
        };
        self.cx().calls.push(id);
        let stmt = Stmt { pos, kind: StmtKind::Expr(mk(pos, call)) };
        if self.in_text > 0 {
            out.push(stmt);
            return;
        }
        let file = self.contexts.iter().rposition(|c| c.kind == FnKind::File).unwrap_or(0);
        let context = &mut self.contexts[file];
        match phase {
            Phase::Begin | Phase::End => context.prologue.push(stmt),
            Phase::UnitCheck => context.phases[0].push(stmt),
            Phase::Check => context.phases[1].push(stmt),
            Phase::Init => context.phases[2].push(stmt),
        }
    }

    /// A statement that runs before the file's own.
    fn early(&mut self, expr: hir::Expr, out: &mut Vec<Stmt>) {
        let stmt = Stmt { pos: expr.pos, kind: StmtKind::Expr(expr) };
        if self.in_text > 0 {
            out.push(stmt);
            return;
        }
        let file = self.contexts.iter().rposition(|c| c.kind == FnKind::File).unwrap_or(0);
        self.contexts[file].prologue.push(stmt);
    }

    /// `*HERE = \&SOURCE`, before anything else.
    fn early_alias(&mut self, here: String, source: &str, pos: hir::Pos, out: &mut Vec<Stmt>) {
        let function = self.global(VarKind::Code, source);
        let place = mk(pos, ExprKind::Glob(here));
        let function = mk(pos, ExprKind::FunctionRef(function));
        let assign = ExprKind::Assign(Box::new(place), Box::new(function));
        self.early(mk(pos, assign), out);
    }

    fn use_statement(&mut self, used: &ast::Use, span: Span, out: &mut Vec<Stmt>) {
        let module = used.module.text.as_str();
        let pos = self.pos(span);
        if used.no {
            match module {
                "integer" => self.set_integer(false),
                "bigint" | "bignum" => self.set_big(Big::Not),
                "strict" => self.set_strict(used, false),
                "warnings" => self.no_warnings(used),
                _ => match self.units[self.file as usize].links.get(&span.start) {
                    Some(&Ok(unit)) if self.has_own(unit, module, "unimport") => {
                        self.call_import(used, span, out);
                    }
                    _ => {}
                },
            }
            return;
        }
        match module {
            "integer" => self.set_integer(true),
            "bigint" | "bignum" if self.options.compat => {
                self.set_big(if module == "bigint" { Big::Integers } else { Big::Numbers });
                self.use_module(used, span, out);
            }
            "strict" => self.set_strict(used, true),
            "warnings" => self.use_warnings(used),
            "constant" => self.use_constant(used),
            "English" => self.english = true,
            "utf8" => self.utf8 = true,
            "overload" => {
                self.now.overloads = true;
                self.use_overload(used, pos, out);
            }
            "parent" | "base" => {
                let mut parents = used.imports.as_ref().map_or_else(Vec::new, literal_words);
                parents.retain(|parent| !parent.starts_with('-'));
                let links = self.units[self.file as usize].parents.get(&span.start).cloned();
                for (parent, link) in links.unwrap_or_default() {
                    match link {
                        Ok(unit) if unit != self.file as usize => {
                            let require = self.require_unit(unit, &module_key(&parent), pos);
                            self.early(require, out);
                        }
                        Err(message) if !self.packages.contains(&parent) => {
                            self.error(Code::FILE_NOT_FOUND, span, message);
                        }
                        _ => {}
                    }
                }
                let isa = self.global_name(VarKind::Array, "ISA");
                let array = Array::Global(self.global(VarKind::Array, &isa));
                let list = parents.into_iter().map(|name| text(pos, &name)).collect();
                let push = Op::Push { array, list, front: false };
                self.early(mk(pos, ExprKind::Op(Box::new(push))), out);
            }
            "vars" | "subs" => {}
            "lib" => {
                let include = self.global(VarKind::Array, "main::INC");
                let list =
                    used.imports.as_ref().map_or_else(Vec::new, |list| vec![self.expr(list, Want::List)]);
                let push = Op::Push { array: Array::Global(include), list, front: true };
                self.early(mk(pos, ExprKind::Op(Box::new(push))), out);
            }
            "open" if self.options.compat => {
                let words = used.imports.as_ref().map_or_else(Vec::new, literal_words).join(" ");
                let lower = words.to_ascii_lowercase();
                if lower.contains("utf8") || lower.contains("utf-8") {
                    let all = text(pos, if lower.contains(":std") { "std" } else { "" });
                    let done = self.builtin_with("__use_utf8_layers", vec![all], false, span);
                    self.early(done, out);
                }
            }
            "mro" => {
                let words = used.imports.as_ref().map_or_else(Vec::new, literal_words);
                if words.iter().any(|word| word == "c3") {
                    let package = text(pos, &self.package.clone());
                    let done = self.builtin_with("__use_c3", vec![package], false, span);
                    self.early(done, out);
                }
            }
            _ if self.units[self.file as usize].links.contains_key(&span.start) => {
                self.use_module(used, span, out);
            }
            _ if source::is_built_in_module(module) => {
                let imports_at_run_time = self.declared.contains_key("Exporter::import");
                for name in used.imports.as_ref().map_or_else(Vec::new, literal_words) {
                    if module == "Exporter" && name == "import" && imports_at_run_time {
                        let here = self.full_name(&name);
                        self.early_alias(here, "Exporter::import", pos, out);
                    }
                    self.imported.insert(name);
                }
            }
            "fields" if self.options.compat => self.use_module(used, span, out),
            _ if source::is_pragma(module) || module.is_empty() => {}
            _ => self.use_module(used, span, out),
        }
    }

    fn set_integer(&mut self, on: bool) {
        let before = std::mem::replace(&mut self.integer, on);
        if let Some(scope) = self.names.scopes.last_mut() {
            scope.integer.get_or_insert(before);
        }
    }

    fn use_module(&mut self, used: &ast::Use, span: Span, out: &mut Vec<Stmt>) {
        let pos = self.pos(span);
        let unit = match self.units[self.file as usize].links.get(&span.start).cloned() {
            Some(Ok(unit)) => unit,
            Some(Err(message)) => {
                // In a text that is evaluated the program can catch it.
                let caught = self.options.compat && self.in_text > 0;
                let message = if caught { source::not_located(&used.module.text) } else { message };
                self.error(Code::FILE_NOT_FOUND, span, message);
                return;
            }
            None => return,
        };
        if let Some(version) = &used.version
            && !self.units[self.file as usize].pinned.contains(&span.start)
            && let Some(stated) = module_version::older(&self.units[unit], &used.module.text, version)
        {
            let message =
                format!("{} version {version} required--this is only version {stated}", used.module.text);
            self.error(Code::MODULE_VERSION, span, message);
        }
        let exporter = used.module.text.clone();
        if unit != self.file as usize {
            let require = self.require_unit(unit, &module_key(&exporter), pos);
            self.early(require, out);
        }
        let supplied = self.units[unit].supplied;
        let imports = self.has_own(unit, &exporter, "import");
        if imports {
            self.call_import(used, span, out);
        }
        if imports && supplied {
            // It brings what it is asked for by itself.
            return;
        }
        let exports = Exports::of(&exporter, &self.units[unit].ast.body);
        let allowed = exports.allowed();
        // Any name may be asked for where some are not known.
        let lenient = supplied || imports || exports.open || allowed.is_empty();
        let mut wanted = Vec::new();
        match &used.imports {
            None => wanted = exports.default,
            Some(list) => {
                let mut words = literal_words(list);
                let settles =
                    |word: &String| matches!(word.as_str(), ":config" | "tests" | "skip_all" | "no_plan");
                if let Some(at) = words.iter().position(settles).filter(|_| supplied) {
                    words.truncate(at);
                    let settings = vec![self.expr(list, Want::List)];
                    if words.is_empty() {
                        wanted.clone_from(&exports.default);
                    }
                    let callee = self.callee(&format!("{exporter}::Configure"), true, span);
                    let call = hir::Call { callee, args: settings, topic: None };
                    self.early(mk(pos, ExprKind::Call(Box::new(call))), out);
                }
                for word in words {
                    // Names that are made up at run time may be those of any function that there is.
                    if exports.open && word.starts_with(':') {
                        let own = format!("{exporter}::");
                        let names = self.declared.keys().filter_map(|full| full.strip_prefix(&own));
                        let plain = |name: &&str| !name.contains("::") && !name.starts_with('_');
                        let mut names: Vec<String> = names.filter(plain).map(str::to_owned).collect();
                        names.sort_unstable();
                        wanted.append(&mut names);
                    }
                    match word.strip_prefix(':') {
                        Some("DEFAULT") => wanted.extend(exports.default.iter().cloned()),
                        // A tag that is made up at run time is taken for all there is.
                        Some(tag) => match exports.tags.get(tag) {
                            Some(names) if !names.is_empty() => wanted.extend(names.iter().cloned()),
                            Some(_) => wanted.extend(allowed.iter().cloned()),
                            None if lenient && tag != "all" => {}
                            None if tag == "all" => wanted.extend(allowed.iter().cloned()),
                            None => {
                                let message = format!("`{exporter}` does not export `{word}`");
                                self.error(Code::UNKNOWN_FUNCTION, span, message);
                            }
                        },
                        None => wanted.push(word),
                    }
                }
            }
        }
        for name in wanted {
            let (kind, bare) = match name.as_bytes().first() {
                Some(b'$') => (VarKind::Scalar, &name[1..]),
                Some(b'@') => (VarKind::Array, &name[1..]),
                Some(b'%') => (VarKind::Hash, &name[1..]),
                Some(b'&') => (VarKind::Code, &name[1..]),
                Some(b'-' | b'0'..=b'9') => continue,
                _ => (VarKind::Code, name.as_str()),
            };
            // A function may be listed, and asked for, with its sigil or without.
            let is_listed = |text: &str| allowed.iter().any(|allowed| allowed == text);
            let known = allowed.is_empty()
                || is_listed(&name)
                || kind == VarKind::Code && (is_listed(bare) || is_listed(&format!("&{bare}")));
            if !known && lenient && !exports.open {
                continue;
            }
            if !known && !exports.open {
                let message = format!("`{exporter}` does not export `{name}`");
                self.error(Code::UNKNOWN_FUNCTION, span, message);
                continue;
            }
            let source = format!("{exporter}::{bare}");
            if kind == VarKind::Code {
                let here = self.full_name(bare);
                if let Some(values) = self.constants.get(&source).cloned() {
                    self.constants.insert(here, values);
                    continue;
                }
                if supplied && !self.declared.contains_key(&source) {
                    self.imported.insert(bare.to_owned());
                }
                if let Some(declared) = self.declared.get(&source).copied() {
                    if let Some(prototype) = self.prototypes.get(&source).cloned() {
                        self.prototypes.insert(here.clone(), prototype);
                    }
                    if supplied {
                        self.overrides.insert(here.clone());
                    }
                    // Code that is not known yet finds it by its name here.
                    let sought =
                        self.now.dynamic_code || self.prior.as_ref().is_some_and(|prior| prior.dynamic_code);
                    if sought && here != source && !self.declared.contains_key(&here) {
                        self.early_alias(here.clone(), &source, pos, out);
                    }
                    self.declared.entry(here).or_insert(declared);
                } else if known && !supplied && self.options.compat && !allowed.is_empty() {
                    // The module makes it while it runs.
                    self.now.replaced.insert(here.clone());
                    self.early_alias(here, &source, pos, out);
                }
            } else {
                let place = Place::Global(self.global(kind, &source));
                let binding = Binding { place, frozen: false, constant: None, ty: None, protection: 0 };
                self.names.bind(kind, bare, binding);
            }
        }
    }

    /// Whether a Perl package has a method of its own.
    fn package_has(&self, package: &str, method: &str) -> bool {
        let full = format!("{package}::{method}");
        let assigned = |knowledge: &crate::scope::Knowledge| knowledge.replaced.contains(&full);
        self.options.compat
            && (self.declared.contains_key(&full)
                || assigned(&self.now)
                || self.prior.as_ref().is_some_and(assigned))
    }

    /// Whether a module in a unit has `import`, or `unimport`, that is not Exporter's: its own, or that of
    /// a package that it names as its parent.
    fn has_own(&self, unit: usize, module: &str, method: &str) -> bool {
        self.package_has(module, method)
            || self.units[unit].ast.body.iter().any(|stmt| match &stmt.kind {
                S::Use(used) if matches!(used.module.text.as_str(), "parent" | "base") => {
                    let parents = used.imports.as_ref().map_or_else(Vec::new, literal_words);
                    parents.iter().any(|parent| parent != "Exporter" && self.package_has(parent, method))
                }
                _ => false,
            })
    }

    /// `MODULE->import(LIST)`, or `unimport`: what `use` and `no` do when the module was loaded.
    fn call_import(&mut self, used: &ast::Use, span: Span, out: &mut Vec<Stmt>) {
        let empty = |list: &ast::Expr| {
            matches!(&list.kind, ast::ExprKind::List { items, .. } if items.is_empty())
                || matches!(&list.kind, ast::ExprKind::Words(words) if words.is_empty())
        };
        if used.imports.as_ref().is_some_and(empty) {
            return;
        }
        let name = if used.no { "unimport" } else { "import" };
        let class = ast::Expr { span, kind: ast::ExprKind::Bareword(used.module.text.clone()) };
        let call = ast::ExprKind::Method {
            invocant: Box::new(class),
            name: ast::MethodName::Name(ast::Name { span, text: name.to_owned() }),
            args: Some(used.imports.iter().cloned().collect()),
        };
        let call = self.expr(&ast::Expr { span, kind: call }, Want::List);
        self.early(call, out);
    }

    /// Runs a required file once; `key` is what it is called in `%INC`.
    pub(crate) fn require_unit(&mut self, unit: usize, key: &str, pos: hir::Pos) -> hir::Expr {
        let path = self.units[unit].source.name.clone();
        let key = if self.options.compat { key.to_owned() } else { path.clone() };
        match self.file_functions.get(unit).copied().flatten() {
            Some(id) => {
                self.cx().calls.push(id);
                mk(pos, ExprKind::RequireFile { file: id, path, key })
            }
            None => mk(pos, ExprKind::Int(1)),
        }
    }

    fn use_constant(&mut self, used: &ast::Use) {
        let Some(list) = &used.imports else { return };
        if let ast::ExprKind::HashRef(pairs) = &list.kind {
            let items = flatten(pairs);
            for pair in items.chunks(2) {
                let [name, value] = pair else { continue };
                if let Some(name) = literal_word(name) {
                    let value = self.expr(value, Want::List);
                    self.constant(&name, vec![value]);
                }
            }
            return;
        }
        let single = std::slice::from_ref(list);
        let items = match &list.kind {
            ast::ExprKind::List { items, .. } => flatten(items),
            _ => flatten(single),
        };
        if let [ast::Expr { kind: ast::ExprKind::HashRef(_), .. }] = items.as_slice() {
            let inner = ast::Use { imports: Some(items[0].clone()), ..used.clone() };
            self.use_constant(&inner);
            return;
        }
        let Some((name, values)) = items.split_first() else { return };
        let name = match &name.kind {
            ast::ExprKind::Words(words) if values.is_empty() && !words.is_empty() => {
                let pos = self.pos(list.span);
                let values = words[1..].iter().map(|word| text(pos, word)).collect();
                self.constant(&words[0].clone(), values);
                return;
            }
            _ => literal_word(name),
        };
        if let Some(name) = name {
            let values: Vec<_> = values.iter().map(|value| self.expr(value, Want::List)).collect();
            self.constant(&name, values);
        }
    }

    /// A constant: known values stand for themselves, others are kept in a variable set at once.
    fn constant(&mut self, name: &str, mut values: Vec<hir::Expr>) {
        if let [hir::Expr { kind: ExprKind::List(items), .. }] = values.as_slice() {
            values = items.clone();
        }
        let full = self.full_name(name);
        if self.options.compat && !self.units[self.file as usize].supplied {
            // It is a function too, for methods, references and other files.
            let pos = values.first().map_or_else(hir::Pos::default, |value| value.pos);
            let mut args = vec![text(pos, &full)];
            args.extend(values.iter().cloned());
            let row = s_abi::builtins::find("__constant_sub").expect("a row of the table");
            let done = self.builtin_call(row, args, false, Span::default());
            let mut out = Vec::new();
            self.early(hir::Expr { pos, ..done }, &mut out);
        }
        if values.iter().all(|value| is_constant(value) && is_short(&value.kind)) {
            self.constants.insert(full, values);
            return;
        }
        let pos = values[0].pos;
        let id = self.global(VarKind::Array, &format!("constant:{full}"));
        let place = mk(pos, ExprKind::Array(Array::Global(id)));
        let list = mk(pos, ExprKind::List(values.clone()));
        let assign = mk(pos, ExprKind::Assign(Box::new(place.clone()), Box::new(list)));
        let mut out = Vec::new();
        self.early(assign, &mut out);
        let value = match values.as_slice() {
            [one] if !matches!(one.kind, ExprKind::Array(_) | ExprKind::Hash(_) | ExprKind::Call(_)) => {
                let first = mk(pos, ExprKind::Int(0));
                mk(pos, ExprKind::Index(Array::Global(id), Box::new(first)))
            }
            _ => place,
        };
        self.constants.insert(full, vec![value]);
    }

    fn use_overload(&mut self, used: &ast::Use, pos: hir::Pos, out: &mut Vec<Stmt>) {
        let Some(list) = &used.imports else { return };
        let items = match &list.kind {
            ast::ExprKind::List { items, .. } => flatten(items),
            _ => return,
        };
        for pair in items.chunks(2) {
            let [operator, function] = pair else { continue };
            let Some(operator) = literal_word(operator) else { continue };
            let mut value = self.expr(function, Want::Scalar);
            if operator == "fallback" {
                value = mk(pos, ExprKind::RefTo(Box::new(value)));
            }
            let name = format!("*{}::({operator}", self.package);
            let place = mk(pos, ExprKind::Glob(name[1..].to_owned()));
            let assign = ExprKind::Assign(Box::new(place), Box::new(value));
            self.early(mk(pos, assign), out);
        }
    }
}

/// What the file of a module is called in `%INC`.
pub(crate) fn module_key(module: &str) -> String {
    format!("{}.pm", module.replace("::", "/"))
}

/// `PLACE = VALUE` as a statement.
pub(crate) fn assign_stmt(place: hir::Expr, value: hir::Expr) -> Stmt {
    let pos = place.pos;
    let kind = ExprKind::Assign(Box::new(place), Box::new(value));
    Stmt { pos, kind: StmtKind::Expr(mk(pos, kind)) }
}

/// A constant text.
pub(crate) fn text(pos: hir::Pos, value: &str) -> hir::Expr {
    mk(pos, ExprKind::Str { bytes: value.as_bytes().to_vec(), wide: false })
}

/// Whether an expression is a literal value.
pub(crate) fn is_constant(expr: &hir::Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Undef
            | ExprKind::Int(_)
            | ExprKind::Uint(_)
            | ExprKind::Float(_)
            | ExprKind::Str { .. }
            | ExprKind::Bool(_)
    )
}

/// Whether a literal is short enough to be repeated wherever it is named.
pub(crate) fn is_short(value: &ExprKind) -> bool {
    const MOST: usize = 256;
    !matches!(value, ExprKind::Str { bytes, .. } if bytes.len() > MOST)
}

/// Elements of nested comma lists.
pub(crate) fn flatten(items: &[ast::Expr]) -> Vec<ast::Expr> {
    let mut out = Vec::new();
    for item in items {
        match &item.kind {
            ast::ExprKind::List { items, .. } => out.extend(flatten(items)),
            _ => out.push(item.clone()),
        }
    }
    out
}

/// The text of a literal string or bareword.
pub(crate) fn literal_word(expr: &ast::Expr) -> Option<String> {
    match &expr.kind {
        ast::ExprKind::Str(pieces) => {
            let mut bytes = Vec::new();
            for piece in pieces {
                let ast::Piece::Text(text) = piece else { return None };
                bytes.extend_from_slice(text);
            }
            String::from_utf8(bytes).ok()
        }
        ast::ExprKind::Bareword(name) => Some(name.clone()),
        ast::ExprKind::Call(call) if call.args.is_empty() && !call.parens => Some(call.name.text.clone()),
        ast::ExprKind::Unary(ast::UnaryOp::Neg, inner) => Some(format!("-{}", literal_word(inner)?)),
        _ => None,
    }
}

/// The words of a literal list.
pub(crate) fn literal_words(expr: &ast::Expr) -> Vec<String> {
    match &expr.kind {
        ast::ExprKind::Words(words) => words.clone(),
        ast::ExprKind::List { items, .. } => items.iter().flat_map(literal_words).collect(),
        _ => literal_word(expr).into_iter().collect(),
    }
}

/// Whether what follows a statement is never reached.
fn leaves(stmt: &ast::Stmt) -> bool {
    let S::Expr(expr) = &stmt.kind else { return false };
    match &expr.kind {
        ast::ExprKind::Return(_) | ast::ExprKind::Jump(..) => true,
        ast::ExprKind::Call(call) => matches!(call.name.text.as_str(), "die" | "exit"),
        _ => false,
    }
}

/// Whether a statement has its effect without being reached.
fn is_declaration(stmt: &ast::Stmt) -> bool {
    matches!(
        stmt.kind,
        S::Function(_)
            | S::Package { .. }
            | S::Use(_)
            | S::Phase { .. }
            | S::Class(_)
            | S::Struct(_)
            | S::Trait(_)
            | S::Enum { .. }
            | S::Empty
            | S::Error
    )
}

/// The end of the statements from `n` on that go back to the label of that one. None where there are
/// none, or where a jump from before leads among them.
fn jumps_back(stmts: &[ast::Stmt], n: usize) -> Option<usize> {
    let label = stmts[n].label.as_ref()?;
    let goes = |stmt: &ast::Stmt| {
        let mut found = false;
        find_gotos(Node::Stmt(stmt), &mut |target| found |= target == label.text);
        found
    };
    let end = n + 1 + stmts[n..].iter().rposition(goes)?;
    let inside: Vec<&str> =
        stmts[n + 1..end].iter().filter_map(|stmt| Some(stmt.label.as_ref()?.text.as_str())).collect();
    let mut crossed = false;
    for stmt in stmts[..n].iter().filter(|_| !inside.is_empty()) {
        find_gotos(Node::Stmt(stmt), &mut |target| crossed |= inside.contains(&target.as_str()));
    }
    (!crossed).then_some(end)
}

/// Labels that `goto`s in this function jump to.
fn find_gotos(node: Node<'_>, see: &mut dyn FnMut(String)) {
    match node {
        Node::Expr(ast::Expr { kind: ast::ExprKind::Goto(target), .. }) => {
            literal_word(target).into_iter().for_each(see);
        }
        Node::Function(_) => {}
        _ => walk::children(node, &mut |child| find_gotos(child, see)),
    }
}
