//! Going through a syntax tree without resolving it: every node is shown once, parents first.
//!
//! Used for what has to be known before names are looked up: which functions, classes and files
//! there are, how deep the tree is, whether a bare topic is mentioned.

use s_syntax::ast::{
    Block, Class, Expr, ExprKind, Function, MethodName, ParamKind, Pattern, PatternKind, Piece, Regex,
    Replacement, Stage, Stmt, StmtKind,
};

/// A node on the way.
#[derive(Clone, Copy)]
pub(crate) enum Node<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
    Block(&'a Block),
    Function(&'a Function),
    Class(&'a Class),
    Pattern(&'a Pattern),
}

/// Shows the direct children of a node.
pub(crate) fn children<'a>(node: Node<'a>, see: &mut dyn FnMut(Node<'a>)) {
    match node {
        Node::Stmt(stmt) => of_stmt(stmt, see),
        Node::Expr(expr) => of_expr(expr, see),
        Node::Block(block) => block.stmts.iter().for_each(|stmt| see(Node::Stmt(stmt))),
        Node::Function(function) => {
            for param in function.params.iter().flatten() {
                if let ParamKind::Pattern(pattern) = &param.kind {
                    see(Node::Pattern(pattern));
                }
                if let Some(default) = &param.default {
                    see(Node::Expr(default));
                }
            }
            if let Some(body) = &function.body {
                see(Node::Block(body));
            }
        }
        Node::Class(class) => {
            class.fields.iter().filter_map(|f| f.default.as_ref()).for_each(|e| see(Node::Expr(e)));
            class.methods.iter().for_each(|method| see(Node::Function(method)));
        }
        Node::Pattern(pattern) => of_pattern(pattern, see),
    }
}

/// How deep the tree below a node is, as far as `limit`.
pub(crate) fn depth(node: Node<'_>, limit: usize) -> usize {
    if limit == 0 {
        return 0;
    }
    let mut most = 0;
    children(node, &mut |child| most = most.max(depth(child, limit - 1)));
    most + 1
}

fn of_stmt<'a>(stmt: &'a Stmt, see: &mut dyn FnMut(Node<'a>)) {
    match &stmt.kind {
        StmtKind::Expr(expr) => see(Node::Expr(expr)),
        StmtKind::If { arms, otherwise, .. } => {
            for (condition, block) in arms {
                if let Some(pattern) = &condition.pattern {
                    see(Node::Pattern(pattern));
                }
                see(Node::Expr(&condition.expr));
                see(Node::Block(block));
            }
            otherwise.iter().for_each(|block| see(Node::Block(block)));
        }
        StmtKind::While { condition, body, continuing, .. } => {
            if let Some(condition) = condition {
                if let Some(pattern) = &condition.pattern {
                    see(Node::Pattern(pattern));
                }
                see(Node::Expr(&condition.expr));
            }
            see(Node::Block(body));
            continuing.iter().for_each(|block| see(Node::Block(block)));
        }
        StmtKind::For { init, condition, step, body } => {
            [init, condition, step].into_iter().flatten().for_each(|e| see(Node::Expr(e)));
            see(Node::Block(body));
        }
        StmtKind::Foreach { list, body, continuing, .. } => {
            see(Node::Expr(list));
            see(Node::Block(body));
            continuing.iter().for_each(|block| see(Node::Block(block)));
        }
        StmtKind::Block { body, continuing } => {
            see(Node::Block(body));
            continuing.iter().for_each(|block| see(Node::Block(block)));
        }
        StmtKind::Function(function) => see(Node::Function(function)),
        StmtKind::Package { body, .. } => body.iter().for_each(|block| see(Node::Block(block))),
        StmtKind::Use(used) => used.imports.iter().for_each(|expr| see(Node::Expr(expr))),
        StmtKind::Phase { body, .. } | StmtKind::Defer(body) => see(Node::Block(body)),
        StmtKind::Try { body, catch, finally } => {
            see(Node::Block(body));
            catch.iter().for_each(|(_, block)| see(Node::Block(block)));
            finally.iter().for_each(|block| see(Node::Block(block)));
        }
        StmtKind::Struct(class) | StmtKind::Class(class) | StmtKind::Trait(class) => {
            see(Node::Class(class));
        }
        StmtKind::Given { subject, body } => {
            see(Node::Expr(subject));
            see(Node::Block(body));
        }
        StmtKind::When { value, body } => {
            value.iter().for_each(|expr| see(Node::Expr(expr)));
            see(Node::Block(body));
        }
        StmtKind::Enum { .. } | StmtKind::Format { .. } | StmtKind::Empty | StmtKind::Error => {}
    }
}

fn of_expr<'a>(expr: &'a Expr, see: &mut dyn FnMut(Node<'a>)) {
    match &expr.kind {
        ExprKind::Int(_)
        | ExprKind::Uint(_)
        | ExprKind::Float(_)
        | ExprKind::Words(_)
        | ExprKind::VString(_)
        | ExprKind::Trans(_)
        | ExprKind::Var(..)
        | ExprKind::Topic { .. }
        | ExprKind::Declare { .. }
        | ExprKind::Jump(..)
        | ExprKind::Bareword(_)
        | ExprKind::Here(_)
        | ExprKind::Yada
        | ExprKind::Error => {}
        ExprKind::Str(pieces) | ExprKind::Command(pieces) | ExprKind::Glob(pieces) => {
            of_pieces(pieces, see);
        }
        ExprKind::Match(regex) | ExprKind::Qr(regex) => of_regex(regex, see),
        ExprKind::Subst(subst) => {
            of_regex(&subst.regex, see);
            match &subst.replacement {
                Replacement::Text(pieces) => of_pieces(pieces, see),
                Replacement::Code { body, .. } => see(Node::Block(body)),
            }
        }
        ExprKind::LastIndex(e)
        | ExprKind::Deref(_, e)
        | ExprKind::Spread(e)
        | ExprKind::Unary(_, e)
        | ExprKind::Step { target: e, .. }
        | ExprKind::Local(e)
        | ExprKind::Ref(e)
        | ExprKind::DoFile(e)
        | ExprKind::Goto(e) => see(Node::Expr(e)),
        ExprKind::Index { base: a, index: b, .. }
        | ExprKind::Key { base: a, key: b, .. }
        | ExprKind::Slice { base: a, index: b, .. }
        | ExprKind::ListSlice { list: a, index: b }
        | ExprKind::StrIndex { base: a, index: b }
        | ExprKind::Binary(_, a, b)
        | ExprKind::Logic(_, a, b)
        | ExprKind::Assign { target: a, value: b, .. }
        | ExprKind::Bind { subject: a, pattern: b, .. }
        | ExprKind::Pipe(a, b) => {
            see(Node::Expr(a));
            see(Node::Expr(b));
        }
        ExprKind::Range { from, to, step, .. } => {
            [from, to, step].into_iter().flatten().for_each(|e| see(Node::Expr(e)));
        }
        ExprKind::List { items, .. } | ExprKind::Array(items) | ExprKind::HashRef(items) => {
            items.iter().for_each(|e| see(Node::Expr(e)));
        }
        ExprKind::Chain(items, _) => items.iter().for_each(|e| see(Node::Expr(e))),
        ExprKind::Ternary(a, b, c) => [a, b, c].into_iter().for_each(|e| see(Node::Expr(e))),
        ExprKind::DeclarePattern { pattern, .. } => see(Node::Pattern(pattern)),
        ExprKind::Call(call) => {
            call.block.iter().for_each(|block| see(Node::Block(block)));
            call.head.iter().for_each(|e| see(Node::Expr(e)));
            call.args.iter().for_each(|e| see(Node::Expr(e)));
        }
        ExprKind::CallAmp { callee, args } => {
            see(Node::Expr(callee));
            args.iter().flatten().for_each(|e| see(Node::Expr(e)));
        }
        ExprKind::CallValue { callee, args } => {
            see(Node::Expr(callee));
            args.iter().for_each(|e| see(Node::Expr(e)));
        }
        ExprKind::Method { invocant, name, args } => {
            see(Node::Expr(invocant));
            if let MethodName::Dynamic(name) = name {
                see(Node::Expr(name));
            }
            args.iter().flatten().for_each(|e| see(Node::Expr(e)));
        }
        ExprKind::Function(function) => see(Node::Function(function)),
        ExprKind::BlockFunction(block)
        | ExprKind::Do(block)
        | ExprKind::EvalBlock(block)
        | ExprKind::TaskBlock(_, block) => see(Node::Block(block)),
        ExprKind::EvalStr(e) | ExprKind::FileTest(_, e) | ExprKind::ReadLine(e) | ExprKind::Return(e) => {
            e.iter().for_each(|e| see(Node::Expr(e)))
        }
        ExprKind::MatchOn { subject, arms } => {
            see(Node::Expr(subject));
            for arm in arms {
                see(Node::Pattern(&arm.pattern));
                arm.guard.iter().for_each(|e| see(Node::Expr(e)));
                see(Node::Expr(&arm.body));
            }
        }
        ExprKind::Cond(arms) => {
            for (condition, body) in arms {
                condition.iter().for_each(|e| see(Node::Expr(e)));
                see(Node::Expr(body));
            }
        }
        ExprKind::Thread { source, stages, .. } => {
            see(Node::Expr(source));
            for stage in stages {
                match stage {
                    Stage::Call(call, _) => {
                        call.block.iter().for_each(|block| see(Node::Block(block)));
                        call.head.iter().for_each(|e| see(Node::Expr(e)));
                        call.args.iter().for_each(|e| see(Node::Expr(e)));
                    }
                    Stage::Value(e) | Stage::Regex(e) => see(Node::Expr(e)),
                }
            }
        }
    }
}

fn of_pieces<'a>(pieces: &'a [Piece], see: &mut dyn FnMut(Node<'a>)) {
    for piece in pieces {
        match piece {
            Piece::Text(_) | Piece::Char(_) => {}
            Piece::Scalar(e) | Piece::List(e) => see(Node::Expr(e)),
            Piece::Block(block) => see(Node::Block(block)),
            Piece::Case(_, inner) => of_pieces(inner, see),
        }
    }
}

fn of_regex<'a>(regex: &'a Regex, see: &mut dyn FnMut(Node<'a>)) {
    of_pieces(&regex.pattern, see);
}

fn of_pattern<'a>(pattern: &'a Pattern, see: &mut dyn FnMut(Node<'a>)) {
    match &pattern.kind {
        PatternKind::Any | PatternKind::Undef | PatternKind::Bind(_) => {}
        PatternKind::Regex(regex) => of_regex(regex, see),
        PatternKind::Value(e) => see(Node::Expr(e)),
        PatternKind::Or(items) | PatternKind::Array { items, .. } => {
            items.iter().for_each(|p| see(Node::Pattern(p)));
        }
        PatternKind::Hash(pairs) => {
            for (key, value) in pairs {
                see(Node::Expr(key));
                see(Node::Pattern(value));
            }
        }
        PatternKind::Some(inner) => see(Node::Pattern(inner)),
        PatternKind::Variant { payload, .. } => {
            payload.iter().for_each(|p| see(Node::Pattern(p)));
        }
    }
}
