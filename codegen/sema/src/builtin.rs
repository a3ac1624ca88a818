//! Calls of builtins: each in the form that its row asks for.

use s_abi::builtins::{self, Args, Builtin, effect};
use s_diag::Code;
use s_syntax::ast::{self, ExprKind as A, Sigil, Span};

use crate::expr::op;
use crate::hir::{self, Array, Block, BuiltinCall, Expr, ExprKind, HashPart, MagicPlace, Op, VarKind};
use crate::names::Use;
use crate::place::{is_list_target, stmt};
use crate::resolver::{Resolver, Want, mk};
use crate::stmt::{assign_stmt, text};
use crate::string::literal;

/// The canonical names of assertions.
const ASSERTIONS: &[&str] = &[
    "assert_eq",
    "assert_ne",
    "assert_ok",
    "assert_false",
    "assert_err",
    "assert_gt",
    "assert_lt",
    "assert_ge",
    "assert_le",
    "assert_match",
    "assert_contains",
    "assert_near",
    "assert_dies",
    "test_skip",
    "test_run",
];

/// The word `undef` alone.
fn is_undef(expr: &ast::Expr) -> bool {
    matches!(&expr.kind, A::Call(call) if call.name.text == "undef" && call.args.is_empty())
}

impl Resolver<'_> {
    /// A builtin with plain arguments.
    pub(crate) fn builtin_with(&mut self, name: &str, args: Vec<Expr>, scalars: bool, span: Span) -> Expr {
        let pos = self.pos(span);
        let Some(row) = builtins::find(name) else { return mk(pos, ExprKind::Undef) };
        let row = canonical(row);
        if matches!(row.name, "asset" | "assets") {
            return self.assets(row.name, args, span);
        }
        self.builtin_call(row, args, scalars, span)
    }

    /// `glob`, `<*.c>`: in Perl every place of the text that wants one name goes through the names.
    pub(crate) fn glob_names(&mut self, pattern: Expr, span: Span) -> Expr {
        let mut args = vec![pattern];
        if self.options.compat {
            let place = i64::from(self.file) << 32 | i64::from(span.start);
            args.push(mk(self.pos(span), ExprKind::Int(place)));
        }
        self.builtin_with("glob", args, true, span)
    }

    /// The same with arguments that are what the runtime takes.
    pub(crate) fn builtin_call(
        &mut self,
        row: &'static Builtin,
        args: Vec<Expr>,
        scalars: bool,
        span: Span,
    ) -> Expr {
        let pos = self.pos(span);
        self.cx().effects |= row.effects;
        self.note_builtin(row.name, span);
        mk(pos, ExprKind::Builtin(Box::new(BuiltinCall { name: row.name, args, scalars })))
    }

    /// Notes where a builtin is first called.
    fn note_builtin(&mut self, name: &'static str, span: Span) {
        if self.prior.is_none() || self.builtins.contains_key(name) {
            return;
        }
        let source = &self.units[self.file as usize].source;
        let message = format!("the builtin `{name}` is not there yet");
        let place = span.start as usize..span.end as usize;
        let found = s_diag::Diagnostic::error(Code::MISSING_BUILTIN, message).at(source, place, "");
        self.builtins.insert(name, found);
    }

    /// A call of a builtin.
    pub(crate) fn builtin(
        &mut self,
        row: &'static Builtin,
        call: &ast::Call,
        want: Want,
        span: Span,
    ) -> Expr {
        let row = canonical(row);
        self.cx().effects |= if row.name == "open" { effects_of_open(row, &call.args) } else { row.effects };
        if let Some(name) = ASSERTIONS.iter().find(|&&name| name == row.name) {
            return self.assertion(name, call, span);
        }
        if let Some(done) = self.iteration(row, call, want, span) {
            return done;
        }
        if let Some(done) = self.special(row, call, want, span) {
            return done;
        }
        match row.args {
            Args::Scalars(least, most) => {
                self.scalars(row, call, usize::from(least), usize::from(most), span)
            }
            Args::FunctionThenList => self.function_then_list(row, call, span),
            Args::List | Args::ContainerThenList | Args::Special => {
                let mut args = Vec::new();
                if let Some(block) = &call.block {
                    args.push(self.block_function(block));
                }
                if let Some(head) = &call.head {
                    args.push(self.expr(head, Want::List));
                }
                if args.is_empty() && call.args.is_empty() && row.topic {
                    args.push(self.default_topic(span));
                }
                args.extend(self.operands(row, &call.args));
                self.builtin_with(row.name, args, false, span)
            }
        }
    }

    /// The operands of a builtin of a list, where the arrays and hashes that it takes whole are references.
    fn operands(&mut self, row: &'static Builtin, items: &[ast::Expr]) -> Vec<Expr> {
        let whole = if items.len() > 1 { items.len().min(usize::from(row.containers)) } else { 0 };
        let (first, rest) = items.split_at(whole);
        let mut args = Vec::new();
        for item in first {
            match item.kind {
                A::Var(Sigil::Array | Sigil::Hash, _) | A::Deref(Sigil::Array | Sigil::Hash, _) => {
                    args.push(self.matched_value(item));
                }
                _ => args.extend(self.list(core::slice::from_ref(item))),
            }
        }
        args.extend(self.list(rest));
        args
    }

    /// `push my @a, LIST`: the declaration, and then the call with what it declares.
    fn declared_first(
        &mut self,
        row: &'static Builtin,
        call: &ast::Call,
        want: Want,
        span: Span,
    ) -> Option<Expr> {
        let mut args = unwrap_list(&call.args).to_vec();
        let first = args.first_mut()?;
        let A::Declare { declarator, vars, .. } = &first.kind else { return None };
        let [Some(var)] = vars.as_slice() else { return None };
        let declared = self.declaration(*declarator, vars, first.span);
        first.kind = A::Var(var.sigil, var.name.text.clone());
        let call = ast::Call { args, ..call.clone() };
        let done = self.builtin(row, &call, want, span);
        Some(self.after(vec![stmt(declared)], done))
    }

    /// A builtin of scalars. Further operands are evaluated for their effect.
    fn scalars(
        &mut self,
        row: &'static Builtin,
        call: &ast::Call,
        least: usize,
        most: usize,
        span: Span,
    ) -> Expr {
        let mut items: Vec<&ast::Expr> = call.args.iter().collect();
        // `f((1, 2))` and `f(@list)` in a call of one operand.
        if let [ast::Expr { kind: A::List { items: inner, parens: true }, .. }] = items.as_slice()
            && most > 1
        {
            items = inner.iter().collect();
        }
        let mut args: Vec<Expr> = Vec::new();
        if items.is_empty() && row.topic {
            args.push(self.default_topic(span));
        }
        let mut extra = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let done = self.expr(item, Want::Scalar);
            if n < most {
                args.push(done);
            } else {
                extra.push(stmt(done));
            }
        }
        if args.len() < least {
            // Arrays may bring what is missing: then the arguments are one list.
            let spread = items.iter().any(|item| is_list_target(item));
            if !spread {
                let message = format!("`{}` needs {least} operands", row.name);
                self.error(Code::WRONG_ARGUMENTS, span, message);
            }
        }
        let done = self.builtin_with(row.name, args, true, span);
        extra.retain(|stmt| !matches!(&stmt.kind, hir::StmtKind::Expr(e) if crate::stmt::is_constant(e)));
        self.sequence(extra, done)
    }

    fn function_then_list(&mut self, row: &'static Builtin, call: &ast::Call, span: Span) -> Expr {
        let pos = self.pos(span);
        let (function, rest) = self.function_argument(call, span);
        let list = self.list(rest);
        let list = mk(pos, ExprKind::List(list));
        self.builtin_with(row.name, vec![function, list], false, span)
    }

    /// The function of a call (its block, or its first operand) and the other operands.
    pub(crate) fn function_argument<'c>(
        &mut self,
        call: &'c ast::Call,
        span: Span,
    ) -> (Expr, &'c [ast::Expr]) {
        if let Some(block) = &call.block {
            return (self.block_function(block), &call.args);
        }
        if let Some(head) = &call.head {
            let function = match &head.kind {
                A::Bareword(name) => self.function_value(name, head.span),
                _ => self.expr(head, Want::Scalar),
            };
            return (function, &call.args);
        }
        match call.args.split_first() {
            Some((first, rest)) => (self.expr(first, Want::Scalar), rest),
            None => (self.at(span, ExprKind::Undef), &[]),
        }
    }

    fn assertion(&mut self, name: &'static str, call: &ast::Call, span: Span) -> Expr {
        let pos = self.pos(span);
        let mut args = Vec::new();
        self.now.catches |= name == "assert_dies";
        if let Some(block) = &call.block {
            args.push(self.block_function(block));
        }
        if let Some(head) = &call.head {
            args.push(self.expr(head, Want::Scalar));
        }
        for (n, arg) in call.args.iter().enumerate() {
            let done = match &arg.kind {
                // A failed match in list context would vanish, and its label be tested instead.
                A::Bind { .. } | A::Match(_) if !(name == "assert_match" && n == 0) => {
                    let done = self.expr(arg, Want::Scalar);
                    mk(done.pos, ExprKind::Scalar(Box::new(done)))
                }
                A::Match(regex) => {
                    let pattern = self.pattern(regex, arg.span);
                    mk(pos, op(Op::Qr(pattern)))
                }
                A::BlockFunction(block) => self.block_function(block),
                _ => self.expr(arg, Want::List),
            };
            args.push(done);
        }
        if args.is_empty() && !matches!(name, "test_run" | "test_skip") && !self.options.compat {
            args.push(self.default_topic(span));
        }
        mk(pos, op(Op::Assert(name, args)))
    }

    /// Builtins that are compiled in their own way; `None`: by the row.
    fn special(&mut self, row: &'static Builtin, call: &ast::Call, want: Want, span: Span) -> Option<Expr> {
        let pos = self.pos(span);
        let args = call.args.as_slice();
        let kind = match row.name {
            "print" | "say" | "printf" => return Some(self.print(row.name, call, span)),
            "push" | "unshift" => {
                if let Some(done) = self.declared_first(row, call, want, span) {
                    return Some(done);
                }
                let Some((array, list)) = self.container_args(row.name, call, span) else {
                    return Some(mk(pos, ExprKind::Undef));
                };
                let typed = unwrap_list(args).first().and_then(|first| self.container_type(first));
                let list = match typed {
                    Some((kind, name, ty)) => {
                        let list = mk(pos, ExprKind::List(list));
                        vec![crate::place::typed(kind, &ty, list, &name)]
                    }
                    None => list,
                };
                op(Op::Push { array, list, front: row.name == "unshift" })
            }
            "pop" | "shift" => {
                let array = match args.first() {
                    Some(arg) => self.array_argument(arg),
                    None => self.default_array(),
                };
                op(Op::Pop { array, front: row.name == "shift" })
            }
            "splice" => {
                let items = unwrap_list(args);
                let Some((first, rest)) = items.split_first() else {
                    self.error(Code::WRONG_ARGUMENTS, span, "`splice` needs an array");
                    return Some(mk(pos, ExprKind::Undef));
                };
                let array = self.array_argument(first);
                let range = rest.iter().take(2).map(|arg| self.expr(arg, Want::Scalar)).collect();
                let list = self.list(rest.get(2..).unwrap_or_default());
                op(Op::Splice { array, range, list })
            }
            "keys" | "values" | "each" => {
                let part = match row.name {
                    "keys" => HashPart::Keys,
                    "values" => HashPart::Values,
                    _ => HashPart::Each,
                };
                let Some(arg) = args.first() else {
                    self.error(
                        Code::WRONG_ARGUMENTS,
                        span,
                        format!("`{}` needs a hash or an array", row.name),
                    );
                    return Some(mk(pos, ExprKind::Undef));
                };
                return Some(self.hash_list(part, arg, pos));
            }
            "len" => {
                let operand = match args {
                    [] => self.default_topic(span),
                    [one] => self.whole_argument(one),
                    _ => {
                        let list = self.list(args);
                        mk(pos, ExprKind::List(list))
                    }
                };
                op(Op::Len(Box::new(operand)))
            }
            "delete" | "exists" => return Some(self.element_operation(row.name, args, span)),
            "defined" => {
                let operand = match args.first() {
                    None => self.default_topic(span),
                    Some(arg) => match &arg.kind {
                        A::CallAmp { callee, args: None } => match &callee.kind {
                            A::Var(Sigil::Code, name) => self.function_value(name, arg.span),
                            _ => self.function_of(callee, span),
                        },
                        A::Deref(Sigil::Code, inner) => self.function_of(inner, span),
                        A::Var(Sigil::Code, name) => self.function_value(name, arg.span),
                        _ => self.whole_argument(arg),
                    },
                };
                op(Op::Defined(Box::new(operand)))
            }
            "undef" => match args.first() {
                None => ExprKind::Undef,
                Some(arg) => match &arg.kind {
                    A::Var(Sigil::Code, _) | A::CallAmp { args: None, .. } => {
                        let name = match &arg.kind {
                            A::Var(Sigil::Code, name) => name.clone(),
                            A::CallAmp { callee, .. } => match &callee.kind {
                                A::Var(Sigil::Code, name) => name.clone(),
                                _ => String::new(),
                            },
                            _ => String::new(),
                        };
                        let full = self.full_name(&name);
                        self.now.replaced.insert(full);
                        let function = self.function_value(&name, arg.span);
                        op(Op::Undef(Box::new(function)))
                    }
                    _ => {
                        let place = self.target_place(arg);
                        op(Op::Undef(Box::new(place)))
                    }
                },
            },
            "scalar" => {
                let operand = match args.first() {
                    Some(arg) => self.expr(arg, Want::Scalar),
                    None => self.default_topic(span),
                };
                ExprKind::Scalar(Box::new(operand))
            }
            "chomp" | "chop" => return Some(self.chomp(row.name == "chop", args, span)),
            "join" => {
                let items = unwrap_list(args);
                let Some((first, rest)) = items.split_first() else {
                    return Some(mk(pos, ExprKind::Str { bytes: Vec::new(), wide: false }));
                };
                if rest.is_empty() && is_list_target(first) {
                    let list = self.list(items);
                    return Some(self.builtin_with("join", list, false, span));
                }
                let separator = self.expr(first, Want::Scalar);
                let list = self.list(rest);
                let list = mk(pos, ExprKind::List(list));
                ExprKind::Join(Box::new(separator), Box::new(list))
            }
            "split" => return Some(self.split(args, span)),
            "reverse" if matches!(args, [ast::Expr { kind: A::Call(inner), .. }] if inner.name.text == "sort") =>
            {
                let done = self.expr(&args[0], Want::List);
                match done.kind {
                    ExprKind::Op(inner) if want != Want::Scalar => match *inner {
                        Op::Sort { by, list, reverse, package } => {
                            op(Op::Sort { by, list, reverse: !reverse, package })
                        }
                        other => op(other),
                    },
                    kind => {
                        let list = mk(pos, kind);
                        return Some(self.builtin_with("reverse", vec![list], false, span));
                    }
                }
            }
            "reverse" => {
                let mut list = self.list(args);
                if list.is_empty() && want == Want::Scalar {
                    list.push(self.default_topic(span));
                }
                return Some(self.builtin_with("reverse", list, false, span));
            }
            "glob" if self.options.compat => {
                let pattern = self.one(args, span);
                return Some(self.glob_names(pattern, span));
            }
            "wantarray" => {
                self.cx().uses_want = true;
                ExprKind::WantArray
            }
            "ref" => {
                let operand = self.one(args, span);
                op(Op::Ref(operand))
            }
            "bless" => {
                let items = unwrap_list(args);
                let Some((first, rest)) = items.split_first() else {
                    self.error(Code::WRONG_ARGUMENTS, span, "`bless` needs a reference");
                    return Some(mk(pos, ExprKind::Undef));
                };
                let value = self.expr(first, Want::Scalar);
                let class = match rest.first() {
                    Some(class) => self.expr(class, Want::Scalar),
                    None => text(pos, &self.package.clone()),
                };
                op(Op::Bless(value, class))
            }
            "sprintf" => op(Op::Sprintf(self.list(args))),
            "die" => op(Op::Die(self.list(args), false)),
            "warn" => op(Op::Die(self.list(args), true)),
            "exit" => op(Op::Exit(args.first().map(|arg| self.expr(arg, Want::Scalar)))),
            "caller" => {
                self.now.uses_caller = true;
                let level = args.first().map(|arg| self.expr(arg, Want::Scalar));
                let called = mk(pos, op(Op::Caller(level.clone())));
                return Some(self.with_frame_arguments(level, called));
            }
            "study" | "lock" => op(Op::Nothing(self.list(args))),
            "localtime" | "gmtime" => {
                let operand = args.first().map(|arg| self.expr(arg, Want::Scalar));
                op(Op::LocalTime(row.name == "gmtime", operand))
            }
            "substr" => return Some(self.substr(args, want, span)),
            "pos" => {
                let place = match args.first() {
                    Some(arg) if self.is_frozen(arg) => self.position_place(arg),
                    Some(arg) => self.place(arg, Use::Assign),
                    None => self.scalar("_", span, Use::Assign),
                };
                ExprKind::Magic(MagicPlace::Pos, vec![place])
            }
            "vec" => {
                let args = args.iter().map(|arg| self.expr(arg, Want::Scalar)).collect();
                return Some(self.builtin_with("vec", args, true, span));
            }
            "open" | "opendir" | "socket" | "accept" | "pipe" | "socketpair" | "sysopen" => {
                return Some(self.open(row.name, args, span));
            }
            "read" | "sysread" | "recv" => {
                let items = unwrap_list(args);
                if items.len() < 3 {
                    let message = format!("`{}` needs a handle, a variable and a length", row.name);
                    self.error(Code::WRONG_ARGUMENTS, span, message);
                    return Some(mk(pos, ExprKind::Undef));
                }
                let handle = self.handle(&items[0]);
                let place = self.target_place(&items[1]);
                let mut rest = vec![handle];
                rest.extend(items[2..].iter().map(|arg| self.expr(arg, Want::Scalar)));
                op(Op::ReadInto(row.name, rest, Box::new(place)))
            }
            "shmget" | "semget" | "msgget" | "shmwrite" | "semop" | "msgsnd" => {
                let items = unwrap_list(args);
                let done = items.iter().map(|arg| self.expr(arg, Want::Scalar)).collect();
                return Some(self.builtin_with(row.name, done, true, span));
            }
            "shmread" | "msgrcv" | "shmctl" | "msgctl" | "semctl" => {
                let items = unwrap_list(args);
                let (count, variable) = match row.name {
                    "shmread" => (4, 1),
                    "msgrcv" => (5, 1),
                    "semctl" => (4, 3),
                    _ => (3, 2),
                };
                if items.len() != count {
                    let message = format!("`{}` needs {count} operands", row.name);
                    self.error(Code::WRONG_ARGUMENTS, span, message);
                    return Some(mk(pos, ExprKind::Undef));
                }
                let is_place = matches!(
                    items[variable].kind,
                    A::Var(Sigil::Scalar, _) | A::Index { .. } | A::Key { .. } | A::Declare { .. }
                );
                let given = items.iter().enumerate().filter(|(at, _)| !is_place || *at != variable);
                let rest: Vec<Expr> = given.map(|(_, arg)| self.expr(arg, Want::Scalar)).collect();
                if !is_place {
                    return Some(self.builtin_with(row.name, rest, true, span));
                }
                let place = self.target_place(&items[variable]);
                op(Op::ReadInto(row.name, rest, Box::new(place)))
            }
            "readline" => op(Op::ReadLine(args.first().map(|arg| self.handle(arg)))),
            "readpipe" => {
                let command = self.one(args, span);
                op(Op::Command(command))
            }
            "close" | "closedir" | "readdir" | "rewinddir" | "telldir" | "fileno" | "eof" | "tell"
            | "getc" | "binmode" | "seek" | "sysseek" | "flock" | "truncate" | "syswrite" | "send"
            | "bind" | "connect" | "listen" | "shutdown" | "getsockopt" | "setsockopt" | "getpeername"
            | "getsockname" | "fcntl" | "ioctl" | "seekdir" | "write" => {
                let items = unwrap_list(args);
                let mut done = Vec::new();
                for (n, arg) in items.iter().enumerate() {
                    done.push(if n == 0 { self.handle(arg) } else { self.expr(arg, Want::Scalar) });
                }
                return Some(self.builtin_with(row.name, done, true, span));
            }
            "select" => {
                let items = unwrap_list(args);
                let mut done = Vec::new();
                for (n, arg) in items.iter().enumerate() {
                    done.push(match (items.len(), n) {
                        (1, _) => self.handle(arg),
                        // The sets are changed in their places.
                        (4, 0..3) if !is_undef(arg) => self.reference(arg, arg.span),
                        _ => self.expr(arg, Want::Scalar),
                    });
                }
                return Some(self.builtin_with("select", done, true, span));
            }
            "system" | "exec" => {
                let Some(head) = &call.head else {
                    let list = self.list(args);
                    return Some(self.builtin_with(row.name, list, false, span));
                };
                // A program apart from what it is told that its name is, which is the first of the list.
                let apart = if row.name == "exec" { "__exec_as" } else { "__system_as" };
                let mut list = vec![self.expr(head, Want::Scalar)];
                list.extend(self.list(args));
                return Some(self.builtin_with(apart, list, false, span));
            }
            "formline" => {
                // What has been shown of a variable is cut off it.
                let mut list = Vec::new();
                if let Some((picture, values)) = unwrap_list(args).split_first() {
                    list.push(self.expr(picture, Want::Scalar));
                    for value in values {
                        let referred = ast::Expr { span: value.span, kind: A::Ref(Box::new(value.clone())) };
                        list.push(match &value.kind {
                            A::Ref(_) => self.expr(value, Want::List),
                            A::Var(Sigil::Scalar, _) | A::Index { .. } | A::Key { .. } => {
                                self.expr(&referred, Want::Scalar)
                            }
                            _ => self.expr(value, Want::List),
                        });
                    }
                }
                return Some(self.builtin_with(row.name, list, false, span));
            }
            "stat" | "lstat" if matches!(args, [ast::Expr { kind: A::Bareword(name), .. }] if name == "_") => {
                let known = self.handle(&args[0]);
                return Some(self.builtin_with(row.name, vec![known], true, span));
            }
            "tie" | "tied" | "untie" => return Some(self.tie(row.name, args, span)),
            "dbmopen" | "dbmclose" | "format" | "dump" => {
                let message = format!("`{}` is not compiled", row.name);
                self.error(Code::NOT_SUPPORTED, span, message);
                ExprKind::Undef
            }
            "eval" | "evalbytes" => {
                return Some(self.eval_string(args.first(), want, span));
            }
            "__FILE__" | "__LINE__" | "__PACKAGE__" | "__SUB__" => {
                let word = match row.name {
                    "__FILE__" => ast::HereWord::File,
                    "__LINE__" => ast::HereWord::Line,
                    "__PACKAGE__" => ast::HereWord::Package,
                    _ => ast::HereWord::Sub,
                };
                let here = self.expr(&ast::Expr { span, kind: A::Here(word) }, want);
                if row.name == "__SUB__" && (call.parens || !args.is_empty()) {
                    let args = self.arguments_of(args);
                    return Some(self.call_value(here, args, pos));
                }
                return Some(here);
            }
            "rev" => {
                let mut list = self.list(args);
                if list.is_empty() {
                    list.push(self.default_topic(span));
                }
                return Some(self.builtin_with("rev", list, false, span));
            }
            _ => return None,
        };
        Some(mk(pos, kind))
    }

    /// The only operand, or the topic.
    fn one(&mut self, args: &[ast::Expr], span: Span) -> Expr {
        match args.first() {
            Some(arg) => self.expr(arg, Want::Scalar),
            None => self.default_topic(span),
        }
    }

    /// What `shift` and `pop` work on by themselves.
    fn default_array(&mut self) -> Array {
        match self.arguments() {
            Some(id) => Array::Local(id),
            None => Array::Global(self.global(VarKind::Array, "main::ARGV")),
        }
    }

    fn container_args(&mut self, name: &str, call: &ast::Call, span: Span) -> Option<(Array, Vec<Expr>)> {
        let items = unwrap_list(&call.args);
        let Some((first, rest)) = items.split_first() else {
            self.error(Code::WRONG_ARGUMENTS, span, format!("`{name}` needs an array"));
            return None;
        };
        let array = self.array_argument(first);
        Some((array, self.list(rest)))
    }

    fn print(&mut self, name: &str, call: &ast::Call, span: Span) -> Expr {
        let pos = self.pos(span);
        let handle = call.head.as_ref().map(|head| self.handle(head));
        let mut list = self.list(&call.args);
        let format = name == "printf";
        if list.is_empty() && !format {
            list.push(self.default_topic(span));
        }
        mk(pos, op(Op::Print { handle, list, newline: name == "say", format }))
    }

    /// The function that the operand of `&{...}` is, holds or names, or undef.
    fn function_of(&mut self, operand: &ast::Expr, span: Span) -> Expr {
        self.now.names_functions = true;
        let operand = self.expr(operand, Want::Scalar);
        let package = text(self.pos(span), &self.package.clone());
        self.builtin_with("__function_of", vec![operand, package], true, span)
    }

    /// `delete`, `exists` of an element, a slice, a function.
    fn element_operation(&mut self, name: &str, args: &[ast::Expr], span: Span) -> Expr {
        let pos = self.pos(span);
        let Some(arg) = args.first() else {
            self.error(Code::WRONG_ARGUMENTS, span, format!("`{name}` needs an element"));
            return mk(pos, ExprKind::Undef);
        };
        let mut arg = arg;
        while let A::List { items, parens: true } = &arg.kind
            && items.len() == 1
        {
            arg = &items[0];
        }
        let delete = name == "delete";
        let (target, local) = match &arg.kind {
            A::Local(inner) if delete => (&**inner, true),
            _ => (arg, false),
        };
        let place = match &target.kind {
            A::CallAmp { callee, args: None } if !delete => match &callee.kind {
                A::Var(Sigil::Code, name) => self.function_value(name, arg.span),
                _ => self.expr(callee, Want::Scalar),
            },
            A::Slice { base, index, of_hash, pairs: true } if delete && !local => {
                let whole = if *of_hash {
                    ExprKind::Hash(self.slice_hash(base, Use::Modify))
                } else {
                    ExprKind::Array(self.slice_array(base, Use::Modify))
                };
                let index = self.expr(index, Want::List);
                return self.builtin_with(
                    "__delete_pairs",
                    vec![mk(pos, ExprKind::RefTo(Box::new(mk(pos, whole)))), index],
                    false,
                    span,
                );
            }
            A::Index { .. } | A::Key { .. } | A::Slice { .. } => {
                if delete {
                    self.place(target, Use::Modify)
                } else {
                    self.element_read(target)
                }
            }
            _ if delete => {
                self.error(
                    Code::WRONG_ARGUMENTS,
                    target.span,
                    "`delete` needs an element of an array or a hash",
                );
                return mk(pos, ExprKind::Undef);
            }
            A::Call(_) => {
                let value = self.expr(target, Want::Scalar);
                return mk(pos, op(Op::Defined(Box::new(value))));
            }
            _ => self.whole_argument(target),
        };
        if local {
            let old = self.hidden(span.start, "old", VarKind::Scalar);
            let keep = assign_stmt(mk(pos, ExprKind::Declare(vec![old])), place.clone());
            let saved = self.localize(target, target.span);
            let removed = mk(pos, op(Op::Delete(Box::new(place))));
            let value = mk(pos, ExprKind::Local(old));
            return self.sequence(vec![keep, stmt(saved), stmt(removed)], value);
        }
        let done = if delete { Op::Delete(Box::new(place)) } else { Op::Exists(Box::new(place)) };
        mk(pos, op(done))
    }

    /// An element that is only looked for.
    fn element_read(&mut self, target: &ast::Expr) -> Expr {
        let pos = self.pos(target.span);
        match &target.kind {
            A::Index { base, index, arrow } => {
                let (array, index) = self.element(base, index, *arrow, Use::Read);
                mk(pos, ExprKind::Index(array, Box::new(index)))
            }
            A::Key { base, key, arrow } => {
                let hash = self.key_base(base, *arrow, Use::Read);
                let key = self.key(key);
                mk(pos, ExprKind::Key(hash, Box::new(key)))
            }
            _ => self.expr(target, Want::List),
        }
    }

    fn chomp(&mut self, chop: bool, args: &[ast::Expr], span: Span) -> Expr {
        let pos = self.pos(span);
        let mut before = Vec::new();
        let mut places = Vec::new();
        if args.is_empty() {
            places.push(self.scalar("_", span, Use::Assign));
        }
        for arg in unwrap_list(args) {
            let done = match &arg.kind {
                A::Assign { .. } => {
                    let done = self.expr(arg, Want::Scalar);
                    let (mut stmts, place) = self.settle_place(done);
                    before.append(&mut stmts);
                    place
                }
                _ => self.target_place(arg),
            };
            self.note_change(&done);
            match done.kind {
                ExprKind::List(items) => places.extend(items),
                kind => places.push(mk(done.pos, kind)),
            }
        }
        let done = mk(pos, op(Op::Chomp { places, chop }));
        self.sequence(before, done)
    }

    /// `caller` in package `DB` also leaves the arguments of the function in `@DB::args`.
    fn with_frame_arguments(&mut self, level: Option<Expr>, called: Expr) -> Expr {
        let Some(level) = level.filter(|_| self.package == "DB" && self.options.compat) else {
            return called;
        };
        let pos = called.pos;
        let args = self.global(VarKind::Array, "DB::args");
        let asked = BuiltinCall { name: "__frame_args", args: vec![level], scalars: false };
        let asked = mk(pos, ExprKind::Builtin(Box::new(asked)));
        let kept = mk(pos, ExprKind::Array(Array::Global(args)));
        self.sequence(vec![assign_stmt(kept, asked)], called)
    }

    /// `tie`, `tied`, `untie`: a reference to the variable, and what else is given.
    fn tie(&mut self, name: &'static str, args: &[ast::Expr], span: Span) -> Expr {
        self.now.ties |= name == "tie";
        let items = unwrap_list(args);
        let least = if name == "tie" { 2 } else { 1 };
        let Some((variable, rest)) = items.split_first().filter(|_| items.len() >= least) else {
            self.error(Code::WRONG_ARGUMENTS, span, format!("`{name}` needs a variable and a class"));
            return self.at(span, ExprKind::Undef);
        };
        let mut given = vec![self.reference(variable, variable.span)];
        given.extend(self.list(rest));
        self.builtin_with(name, given, false, span)
    }

    /// Notes that a local is changed after its declaration.
    pub(crate) fn note_change(&mut self, place: &Expr) {
        if let ExprKind::Local(id) = place.kind
            && let Some(key) = self.contexts.last().and_then(|c| c.keys.get(id.index()).copied().flatten())
        {
            self.facts(key).assigned += 1;
        }
    }

    fn substr(&mut self, args: &[ast::Expr], want: Want, span: Span) -> Expr {
        let pos = self.pos(span);
        let items = unwrap_list(args);
        if items.len() < 4 {
            if items.len() < 2 && !items.iter().any(is_list_target) {
                self.error(Code::WRONG_ARGUMENTS, span, "`substr` needs a text and an offset");
            }
            let args = items.iter().map(|arg| self.expr(arg, Want::Scalar)).collect();
            return self.builtin_with("substr", args, true, span);
        }
        let subject = self.target_place(&items[0]);
        let mut stmts = Vec::new();
        let mut range = Vec::new();
        for arg in &items[1..3] {
            let value = self.expr(arg, Want::Scalar);
            range.push(if crate::stmt::is_constant(&value) || matches!(value.kind, ExprKind::Local(_)) {
                value
            } else {
                let id = self.hidden(arg.span.start, "part", VarKind::Scalar);
                stmts.push(assign_stmt(mk(pos, ExprKind::Declare(vec![id])), value));
                mk(pos, ExprKind::Local(id))
            });
        }
        let replacement = self.expr(&items[3], Want::Scalar);
        let mut place = vec![subject.clone()];
        place.extend(range.iter().cloned());
        let place = mk(pos, ExprKind::Magic(MagicPlace::Substr, place));
        if want == Want::Void {
            let assign = mk(pos, ExprKind::Assign(Box::new(place), Box::new(replacement)));
            return self.sequence(stmts, assign);
        }
        let old = self.hidden(span.start, "old", VarKind::Scalar);
        let mut args = vec![subject];
        args.extend(range);
        let before = self.builtin_with("substr", args, true, span);
        stmts.push(assign_stmt(mk(pos, ExprKind::Declare(vec![old])), before));
        stmts.push(assign_stmt(place, replacement));
        stmts.push(stmt(mk(pos, ExprKind::Local(old))));
        mk(pos, ExprKind::Do(Block { stmts, ..Block::default() }))
    }

    fn open(&mut self, name: &'static str, args: &[ast::Expr], span: Span) -> Expr {
        let pos = self.pos(span);
        let items = unwrap_list(args);
        let Some((first, rest)) = items.split_first() else {
            self.error(Code::WRONG_ARGUMENTS, span, format!("`{name}` needs a handle"));
            return mk(pos, ExprKind::Undef);
        };
        // A handle stays open, and `$.` its line, until its variable goes out of sight.
        self.now.weakens |= self.options.compat;
        let place = match &first.kind {
            A::Bareword(_) | A::Call(_) => self.handle(first),
            _ => self.target_place(first),
        };
        let mut done = Vec::new();
        for (n, arg) in rest.iter().enumerate() {
            done.push(match &arg.kind {
                // The second end goes into a place too, to which there is a reference.
                _ if n == 0 && matches!(name, "pipe" | "socketpair") => match &arg.kind {
                    A::Bareword(_) | A::Call(_) => self.handle(arg),
                    _ => self.reference(arg, arg.span),
                },
                // `open F, "<&", STDERR`.
                A::Bareword(_) if matches!(name, "open" | "accept") => self.handle(arg),
                _ => self.expr(arg, Want::Scalar),
            });
        }
        mk(pos, op(Op::OpenLike(name, Box::new(place), done)))
    }
}

/// What `open` can reach: less than it could where the mode is written out and stands apart from the
/// path, which may then be anything.
fn effects_of_open(row: &Builtin, args: &[ast::Expr]) -> u8 {
    let [_, mode, _, ..] = unwrap_list(args) else { return row.effects };
    let A::Str(pieces) = &mode.kind else { return row.effects };
    match literal(pieces).as_deref().map(<[u8]>::trim_ascii_start) {
        Some([b'<', ..]) => effect::FS_READ,
        Some([b'>', ..]) => effect::FS_WRITE,
        Some([b'+', b'<' | b'>', ..]) => effect::FS_READ | effect::FS_WRITE,
        _ => row.effects,
    }
}

/// The row that a name stands for.
fn canonical(row: &'static Builtin) -> &'static Builtin {
    row.alias_of.and_then(builtins::find).unwrap_or(row)
}

/// Operands that were put in parentheses of their own: `push (@a, 1)`.
pub(crate) fn unwrap_list(args: &[ast::Expr]) -> &[ast::Expr] {
    match args {
        [ast::Expr { kind: A::List { items, parens: true }, .. }] if !items.is_empty() => unwrap_list(items),
        _ => args,
    }
}
