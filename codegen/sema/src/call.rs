//! Calls of functions, methods and values.

use s_abi::builtins::{self, Builtin};
use s_diag::Code;
use s_syntax::ast::{self, ExprKind as A, MethodName, Sigil, Span};

use crate::expr::op;
use crate::hir::{self, Callee, Expr, ExprKind, Op, Pos, VarKind};
use crate::lint::FindingKind;
use crate::names::Use;
use crate::place::Container;
use crate::resolver::{FnKind, Resolver, Want, mk};
use crate::scope::Place;
use crate::stmt::{assign_stmt, text};

/// Names among which the nearest is sought.
const MAX_NEAREST: usize = 3;

/// Words of other languages, and of modules of Perl, with what does the same here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("let", "`val` or `var`"),
    ("def", "`fn`"),
    ("func", "`fn`"),
    ("function", "`fn`"),
    ("switch", "`match` or `given`"),
    ("echo", "`p`"),
    ("puts", "`p`"),
    ("println", "`p`"),
    ("raise", "`die`"),
    ("throw", "`die`"),
    ("croak", "`die`"),
    ("confess", "`die`"),
    ("carp", "`warn`"),
    ("cluck", "`warn`"),
    ("blessed", "`ref`"),
    ("looks_like_number", "`is_numeric`"),
    ("strftime", "`datetime_strftime`"),
    ("Dumper", "`ddump`"),
    ("assert_equal", "`assert_eq`"),
    ("assert_raises", "`assert_dies`"),
];

/// What is written behind a method, or given to it as to a place.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    /// `$o->m(1, 2)`: a list.
    List(&'a [ast::Expr]),
    /// `$o->m = 1`: one value.
    One(&'a ast::Expr),
}

impl Resolver<'_> {
    /// The builtin that a bare call of that name means here.
    pub(crate) fn builtin_row(&self, name: &str) -> Option<&'static Builtin> {
        let core = name.strip_prefix("CORE::").map(|n| n.strip_prefix("GLOBAL::").unwrap_or(n));
        let row = builtins::find(core.unwrap_or(name))?;
        let supplied = core.is_some() && self.units[self.file as usize].supplied;
        if row.perl && core.is_none() && !self.overrides.is_empty() {
            return (!self.overrides.contains(&self.full_name(name))).then_some(row);
        }
        if row.perl || supplied || !self.options.compat {
            return Some(row);
        }
        let name = core.unwrap_or(name);
        let imported = self.imported.contains(name);
        (imported && !self.declared.contains_key(&self.full_name(name))).then_some(row)
    }

    /// A call by name.
    pub(crate) fn call(&mut self, call: &ast::Call, want: Want, span: Span) -> Expr {
        let name = call.name.text.as_str();
        let pos = self.pos(span);
        let full = self.full_name(name);
        if call.args.is_empty()
            && call.block.is_none()
            && let Some(values) = self.constants.get(&full)
        {
            return match values.as_slice() {
                [one] => mk(pos, one.kind.clone()),
                values => mk(pos, ExprKind::List(values.to_vec())),
            };
        }
        if self.options.compat && (name == "weaken" || name == "Scalar::Util::weaken") {
            self.now.weakens = true;
        }
        if name == "Internals::SvREADONLY"
            && let Some((variable, wanted)) = call.args.split_first()
        {
            let mut given = vec![self.reference(variable, variable.span)];
            given.extend(self.list(wanted));
            return self.builtin_with("__read_only", given, false, span);
        }
        if !name.contains("::") || name.starts_with("CORE::") {
            if name == "require" {
                return self.require(call, span);
            }
            if let Some(row) = self.builtin_row(name) {
                return self.builtin(row, call, want, span);
            }
            if name == "memoize"
                && let Some(function) = call.args.first().and_then(crate::stmt::literal_word)
            {
                let full = self.full_name(&function);
                self.now.replaced.insert(full);
            }
            if name == "prototype" && self.options.compat && !self.has_function(&full) {
                return self.prototype(&call.args, span);
            }
        }
        // `POSIX::floor`: what the module itself does not define is a builtin.
        if self.options.compat
            && let Some((module, bare)) = name.rsplit_once("::")
            && crate::source::is_built_in_module(module)
            && crate::library::text(module).is_some()
            && !self.has_function(&full)
            && let Some(row) = builtins::find(bare)
        {
            return self.builtin(row, call, want, span);
        }
        if let Some(done) = self.class_call(call, span) {
            return done;
        }
        let mut args = Vec::new();
        if let Some(block) = &call.block {
            args.push(self.block_function(block));
        }
        if let Some(head) = &call.head {
            args.push(self.expr(head, Want::List));
        }
        let written = !args.is_empty() || !call.args.is_empty();
        let prototype = self.prototypes.get(&full).filter(|_| self.options.compat).cloned();
        match prototype {
            Some(prototype) if prototype.contains(['\\', '$', '_']) => {
                args.extend(self.prototyped(&prototype, &call.args, call.block.is_some(), span));
            }
            _ => args.extend(self.arguments_of(&call.args)),
        }
        if let Some(&arity) = self.arities.get(&full)
            && args.iter().all(|arg| is_one_value(&arg.kind))
            && let Ok(count) = i64::try_from(args.len())
            && !arity.takes(count)
        {
            let count = mk(pos, ExprKind::Int(count));
            return crate::function::count_check(count, arity, &full, true);
        }
        let topic = (!written && !self.options.compat).then(|| self.default_topic(span));
        let callee = self.callee(name, written || call.parens, call.name.span);
        mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic })))
    }

    /// Arguments of a call: one flattened list.
    pub(crate) fn arguments_of(&mut self, args: &[ast::Expr]) -> Vec<Expr> {
        // Variables that are declared among the arguments are there behind them.
        let gives_part = |arg: &ast::Expr| matches!(&arg.kind, A::Call(call) if self.is_part(call));
        let aliases = self.options.compat && self.prior.as_ref().is_some_and(|prior| prior.aliases);
        let done = if aliases && args.iter().any(gives_part) {
            args.iter().flat_map(|arg| self.argument_place(arg)).collect()
        } else {
            self.list(args)
        };
        if self.options.compat {
            for arg in args {
                self.mark_passed(arg);
            }
        }
        done
    }

    /// An argument that the function may change: a part of a text is a place.
    fn argument_place(&mut self, arg: &ast::Expr) -> Vec<Expr> {
        match &arg.kind {
            A::Call(call) if self.is_part(call) => vec![self.magic(call, Use::Modify, arg.span)],
            _ => self.list(std::slice::from_ref(arg)),
        }
    }

    /// What a call is given.
    pub(crate) fn given_values(&mut self, given: Given<'_>) -> Vec<Expr> {
        match given {
            Given::List(args) => self.arguments_of(args),
            Given::One(value) => {
                let value = self.expr(value, Want::Scalar);
                vec![mk(value.pos, ExprKind::Scalar(Box::new(value)))]
            }
        }
    }

    /// Arguments as a prototype asks for them: references for `\@`, single values for `$`.
    fn prototyped(&mut self, prototype: &str, args: &[ast::Expr], block: bool, span: Span) -> Vec<Expr> {
        let mut letters = prototype.bytes().filter(|byte| !matches!(byte, b';' | b' ')).peekable();
        if block && letters.peek() == Some(&b'&') {
            letters.next();
        }
        let mut items: Vec<&ast::Expr> = Vec::new();
        for arg in args {
            match &arg.kind {
                A::List { items: inner, parens: false } => items.extend(inner),
                _ => items.push(arg),
            }
        }
        let mut out = Vec::new();
        for (n, arg) in items.iter().enumerate() {
            let letter = letters.next();
            match letter {
                Some(b'\\') => {
                    if letters.peek() == Some(&b'[') {
                        while letters.next().is_some_and(|byte| byte != b']') {}
                    } else {
                        letters.next();
                    }
                    out.push(self.reference(arg, arg.span));
                }
                Some(b'$' | b'_') => {
                    self.mark_passed(arg);
                    let value = self.expr(arg, Want::Scalar);
                    let pos = value.pos;
                    out.push(match value.kind {
                        ExprKind::Array(_) | ExprKind::Hash(_) | ExprKind::Call(_) | ExprKind::List(_) => {
                            mk(pos, ExprKind::Scalar(Box::new(value)))
                        }
                        _ => value,
                    });
                }
                Some(b'@' | b'%') | None => {
                    let rest: Vec<ast::Expr> = items[n..].iter().map(|item| (*item).clone()).collect();
                    out.extend(self.arguments_of(&rest));
                    break;
                }
                Some(_) => out.extend(self.arguments_of(std::slice::from_ref(arg))),
            }
        }
        // `_` stands for the topic where nothing is given.
        if letters.next() == Some(b'_') {
            out.push(self.default_topic(span));
        }
        out
    }

    /// `prototype` of a function that is named.
    fn prototype(&mut self, args: &[ast::Expr], span: Span) -> Expr {
        let named = match args {
            [one] => match &one.kind {
                A::Ref(inner) => match &inner.kind {
                    A::Var(Sigil::Code, name) => Some(name.clone()),
                    _ => None,
                },
                _ => crate::stmt::literal_word(one),
            },
            _ => None,
        };
        if let Some(core) = named.as_deref().and_then(|name| name.strip_prefix("CORE::")) {
            return match crate::core_prototypes::of(core) {
                Some(known) => text(self.pos(span), known),
                None => self.at(span, ExprKind::Undef),
            };
        }
        let named = named.map(|name| self.full_name(name.trim_start_matches('&')));
        let known = named.and_then(|full| self.prototypes.get(&full).cloned());
        match known {
            Some(known) => text(self.pos(span), &known),
            None => self.at(span, ExprKind::Undef),
        }
    }

    /// Notes that a function may change a variable through `$_[i]`.
    fn mark_passed(&mut self, arg: &ast::Expr) {
        let (sigil, name) = match &arg.kind {
            A::Var(Sigil::Array, name) if name == "_" => return self.mark_arguments_passed(),
            A::Var(sigil @ (Sigil::Scalar | Sigil::Array), name) => (*sigil, name),
            A::Index { base, .. } if matches!(&base.kind, A::Var(Sigil::Array, name) if name == "_") => {
                return self.mark_arguments_passed();
            }
            A::Ternary(_, yes, no) => {
                self.mark_passed(yes);
                return self.mark_passed(no);
            }
            A::Assign { target, .. } | A::Step { target, .. } => return self.mark_passed(target),
            A::List { items, .. } => return items.iter().for_each(|item| self.mark_passed(item)),
            A::Declare { vars, .. } => match vars.as_slice() {
                [Some(var)] if var.sigil == Sigil::Scalar => (var.sigil, &var.name.text),
                _ => return,
            },
            _ => return,
        };
        let kind = crate::names::kind_of(sigil);
        if let Some(Place::Local { key, .. }) = self.names.find(kind, name).map(|b| b.place) {
            self.facts(key).passed = true;
            if self.prior.as_ref().is_some_and(|prior| prior.aliases) {
                self.facts(key).assigned += 1;
            }
        }
    }

    /// Notes that the function gives its own arguments to another one, which may change them.
    fn mark_arguments_passed(&mut self) {
        if self.arguments().is_some() && self.prior.as_ref().is_some_and(|prior| prior.aliases) {
            self.cx().aliases = true;
        }
    }

    /// Notes for the effects that a named function may be called.
    pub(crate) fn note_call(&mut self, full: &str) {
        if let Some(declared) = self.declared.get(full) {
            let id = declared.id;
            self.cx().calls.push(id);
            self.called_early |= self.contexts.len() == 1;
        }
    }

    /// What a call by name calls. `called`: it has parentheses or arguments.
    pub(crate) fn callee(&mut self, name: &str, called: bool, span: Span) -> Callee {
        let mut full = self.full_name(name);
        if !self.has_function(&full) && !name.contains("::") && !self.options.compat {
            let main = format!("main::{name}");
            if self.has_function(&main) {
                full = main;
            }
        }
        self.note_call(&full);
        let replaced = |knowledge: &crate::scope::Knowledge| {
            knowledge.dynamic_code || knowledge.replaced.contains(&full)
        };
        let unsure = self.prior.as_ref().is_none_or(replaced) || replaced(&self.now);
        match self.declared.get(&full) {
            Some(declared) if declared.count == 1 && !unsure => Callee::Function(declared.id),
            Some(_) => Callee::Global(self.global(VarKind::Code, &full)),
            None => {
                let package = full.rsplit_once("::").map_or("main", |(package, _)| package);
                let automatic = self.declared.contains_key(&format!("{package}::AUTOLOAD"));
                let universal = package == "UNIVERSAL";
                // Who calls a function value may catch what it throws, if anything in the program does.
                let value = self.contexts.iter().any(|context| context.kind == FnKind::Anonymous);
                let catches = self.session.is_some() || self.prior.as_ref().is_none_or(|it| it.catches);
                let caught = self.is_protected() || value && catches;
                if !self.options.compat && called && !unsure && !automatic && !universal && !caught {
                    self.unknown_function(name, span);
                }
                Callee::Global(self.global(VarKind::Code, &full))
            }
        }
    }

    /// Whether a failure here is caught, as far as the text shows.
    pub(crate) fn is_protected(&self) -> bool {
        self.contexts.iter().any(|context| context.protection > 0)
    }

    fn unknown_function(&mut self, name: &str, span: Span) {
        let message = format!("there is no function `{name}`");
        let foreign = ELSEWHERE.iter().find(|(word, _)| *word == name && !self.options.compat);
        let hint = match foreign {
            Some((_, here)) => Some(format!("it is called {here} here")),
            None => {
                let near: Vec<String> = self.nearest(name).iter().map(|name| format!("`{name}`")).collect();
                (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
            }
        };
        self.error_with(Code::UNKNOWN_FUNCTION, span, message, "called here", hint);
    }

    /// Names of functions that are written almost like this one.
    fn nearest(&self, name: &str) -> Vec<String> {
        // Of a word of one or two letters every other one is near.
        let limit = match name.len() {
            0..=2 => 0,
            3 | 4 => 1,
            _ => 2,
        };
        let bare = name.rsplit("::").next().unwrap_or(name);
        let mut found: Vec<(usize, String)> = Vec::new();
        for known in self.declared.keys() {
            let known = known.strip_prefix("main::").unwrap_or(known);
            let same = known.rsplit("::").next().unwrap_or(known);
            let far = distance(known, name).min(if same == bare { 1 } else { usize::MAX });
            if far <= limit || same == bare {
                found.push((far, known.to_owned()));
            }
        }
        if !name.contains("::") {
            for row in builtins::BUILTINS {
                let far = distance(row.name, name);
                if far <= limit && !row.name.starts_with("__") {
                    found.push((far, row.name.to_owned()));
                }
            }
        }
        found.sort();
        found.truncate(MAX_NEAREST);
        found.into_iter().map(|(_, name)| name).collect()
    }

    /// `&f(...)`, `&f`, `&$f(...)`.
    pub(crate) fn call_amp(&mut self, callee: &ast::Expr, args: Option<&[ast::Expr]>, span: Span) -> Expr {
        let pos = self.pos(span);
        let Some(args) = args else { return self.with_current_args(callee, false, span) };
        let args = self.arguments_of(args);
        let callee = match &callee.kind {
            A::Var(Sigil::Code, name) => self.callee(name, true, callee.span),
            _ => {
                self.now.names_functions = true;
                Callee::Value(self.expr(callee, Want::Scalar))
            }
        };
        mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None })))
    }

    /// `&f;`, `goto &f`: with the current `@_`.
    pub(crate) fn with_current_args(&mut self, callee: &ast::Expr, tail: bool, span: Span) -> Expr {
        let pos = self.pos(span);
        let callee = match &callee.kind {
            A::Var(Sigil::Code, name) => self.callee(name, true, callee.span),
            _ => {
                self.now.names_functions = true;
                Callee::Value(self.expr(callee, Want::Scalar))
            }
        };
        let callee = if self.arguments().is_some() {
            if self.options.compat {
                self.mark_arguments_passed();
            }
            Callee::WithArgs { callee: Box::new(callee), tail }
        } else {
            callee
        };
        mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args: Vec::new(), topic: None })))
    }

    /// A call of a value.
    pub(crate) fn call_value(&mut self, callee: Expr, args: Vec<Expr>, pos: Pos) -> Expr {
        let callee = Callee::Value(callee);
        mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None })))
    }

    /// `$o->m(...)`.
    pub(crate) fn method_call(
        &mut self,
        invocant: &ast::Expr,
        name: &MethodName,
        args: Given<'_>,
        span: Span,
    ) -> Expr {
        let pos = self.pos(span);
        let class = match &invocant.kind {
            // A variant is a value, and its methods are those of its enum.
            A::Bareword(name) if self.variant_named(name).is_some() => None,
            A::Bareword(class) => Some(class.trim_end_matches("::").to_owned()),
            A::Call(call)
                if call.args.is_empty()
                    && call.block.is_none()
                    && !call.parens
                    && (self.packages.contains(&call.name.text)
                        || self.class_id(&call.name.text).is_some()) =>
            {
                Some(call.name.text.clone())
            }
            _ => None,
        };
        if let MethodName::Name(method) = name
            && self.options.compat
            && let "next::method" | "maybe::next::method" | "next::can" = method.text.as_str()
        {
            return self.next_method(invocant, &method.text, args, span);
        }
        if let (Some(class), MethodName::Name(method)) = (&class, name)
            && method.text == "new"
            && let Some(id) = self.class_id(class)
            && !self.has_method(id, "new")
        {
            let args = self.given_values(args);
            return self.construct(id, args, span);
        }
        if let (Some(class), MethodName::Name(method)) = (&class, name)
            && let Some(id) = self.class_id(class)
            && let Some(done) = self.static_member(id, method, args, span)
        {
            return done;
        }
        let full_class = class.as_ref().map(|class| match self.class_id(class) {
            Some(id) => self.classes[id.index()].name.clone(),
            None => class.clone(),
        });
        let object = match full_class {
            Some(class) if matches!(class.as_str(), "STDIN" | "STDOUT" | "STDERR") => {
                mk(pos, ExprKind::Glob(format!("main::{class}")))
            }
            Some(class) => text(pos, &class),
            None => self.expr(invocant, Want::Scalar),
        };
        let args = self.given_values(args);
        let callee = match name {
            MethodName::Name(method) => {
                self.note_method(&method.text);
                match method.text.strip_prefix("SUPER::") {
                    Some(method) => {
                        let package = self.contexts.iter().rev().find_map(|c| c.class.clone());
                        let package = package.unwrap_or_else(|| self.package.clone());
                        Callee::Method {
                            invocant: Box::new(object),
                            name: method.to_owned(),
                            super_of: Some(package),
                            maybe: false,
                        }
                    }
                    None => Callee::Method {
                        invocant: Box::new(object),
                        name: method.text.clone(),
                        super_of: None,
                        maybe: false,
                    },
                }
            }
            MethodName::Dynamic(method) => {
                let method = self.expr(method, Want::Scalar);
                Callee::DynamicMethod { invocant: Box::new(object), method: Box::new(method) }
            }
        };
        mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None })))
    }

    /// `$o->next::method(...)`: the method of the name of this one that comes behind it in the order of
    /// the object's class.
    fn next_method(&mut self, invocant: &ast::Expr, how: &str, args: Given<'_>, span: Span) -> Expr {
        let pos = self.pos(span);
        let named = self.contexts.iter().rev().find_map(|context| {
            self.declared.iter().find(|(_, declared)| declared.id == context.id).map(|(full, _)| full.clone())
        });
        let object = self.expr(invocant, Want::Scalar);
        let held = self.hidden(span.start, "object", VarKind::Scalar);
        let keep = assign_stmt(mk(pos, ExprKind::Declare(vec![held])), object);
        let object = mk(pos, ExprKind::Local(held));
        let full = text(pos, &named.unwrap_or_default());
        let found =
            self.builtin_with("__next_method", vec![object.clone(), full, text(pos, how)], false, span);
        if how == "next::can" {
            return self.sequence(vec![keep], found);
        }
        let args = self.given_values(args);
        let callee = Callee::DynamicMethod { invocant: Box::new(object), method: Box::new(found) };
        let call = mk(pos, ExprKind::Call(Box::new(hir::Call { callee, args, topic: None })));
        self.sequence(vec![keep], call)
    }

    /// Notes for the effects all functions that a method call may reach.
    pub(crate) fn note_method(&mut self, method: &str) {
        let method = method.rsplit("::").next().unwrap_or(method);
        let ids: Vec<_> = self
            .declared
            .iter()
            .filter(|(full, _)| full.rsplit("::").next() == Some(method))
            .map(|(_, declared)| declared.id)
            .collect();
        self.cx().calls.extend(ids);
        if method == "weaken" {
            self.now.weakens = true;
        }
    }

    /// `require`.
    fn require(&mut self, call: &ast::Call, span: Span) -> Expr {
        let pos = self.pos(span);
        self.cx().effects |= builtins::effect::FS_READ;
        match self.units[self.file as usize].links.get(&span.start).cloned() {
            // The package stands in this very file.
            Some(Ok(unit)) if unit == self.file as usize => return mk(pos, ExprKind::Int(1)),
            Some(Ok(unit)) => {
                let wanted = call.args.first().and_then(crate::source::literal_request);
                let key = wanted.map_or_else(|| self.units[unit].source.name.clone(), |wanted| wanted.key());
                return self.require_unit(unit, &key, pos);
            }
            Some(Err(message)) => {
                // Perl looks for the file when it comes there.
                if self.options.compat || self.is_protected() || self.in_function() {
                    let wanted = call.args.first().and_then(crate::source::literal_request);
                    if let Some(wanted) = &wanted
                        && self.options.compat
                        && self.units[self.file as usize].looks_elsewhere
                    {
                        self.now.dynamic_code = true;
                        return mk(pos, op(Op::RequireValue(text(pos, &wanted.key()), false)));
                    }
                    let message = match wanted {
                        Some(crate::Require::Module(module)) if self.options.compat => {
                            crate::source::not_located(&module)
                        }
                        _ => message,
                    };
                    let die = text(pos, &message);
                    return mk(pos, op(Op::Die(vec![die], false)));
                }
                self.error(Code::FILE_NOT_FOUND, span, message);
                return mk(pos, ExprKind::Undef);
            }
            None => {}
        }
        let Some(operand) = call.args.first() else {
            self.now.dynamic_code = true;
            self.find(FindingKind::ComputedRequire, span, String::new());
            let topic = self.default_topic(span);
            return mk(pos, op(Op::RequireValue(topic, false)));
        };
        if matches!(operand.kind, A::VString(_) | A::Float(_) | A::Int(_))
            || matches!(&operand.kind, A::Bareword(name)
                if crate::source::is_pragma(name) || crate::source::is_built_in_module(name))
        {
            return mk(pos, ExprKind::Int(1));
        }
        self.now.dynamic_code = true;
        self.find(FindingKind::ComputedRequire, span, String::new());
        let value = self.expr(operand, Want::Scalar);
        mk(pos, op(Op::RequireValue(value, false)))
    }

    /// An array or hash given to something that wants it as such, or a value.
    pub(crate) fn whole_argument(&mut self, arg: &ast::Expr) -> Expr {
        let pos = self.pos(arg.span);
        match self.container(arg, Use::Read) {
            Container::Array(array) => mk(pos, ExprKind::Array(array)),
            Container::Hash(hash) => mk(pos, ExprKind::Hash(hash)),
            Container::Value(value) => value,
        }
    }
}

/// Whether an argument is exactly one, whatever its value.
fn is_one_value(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Int(_)
            | ExprKind::Uint(_)
            | ExprKind::Float(_)
            | ExprKind::Str { .. }
            | ExprKind::Undef
            | ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::Index(..)
            | ExprKind::Key(..)
            | ExprKind::Binary(..)
            | ExprKind::Closure(_)
            | ExprKind::FunctionRef(_)
            | ExprKind::Scalar(_)
    )
}

/// Insertions, deletions and changes between two words, as far as they matter.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    const FAR: usize = 100;
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len().abs_diff(right.len()) > 2 || left.len() > 64 || right.len() > 64 {
        return FAR;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let best = (corner + usize::from(a != b)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[right.len()]
}
