//! Walks a tree: every expression and block, children included, functions excluded.

use s_sema::hir::{
    Array, Block, BuiltinCall, Call, Callee, Expr, ExprKind, Hash, Iterate, IterateBody, LoopKind, MatchOp,
    Op, Pattern, SortBy, SplitOn, Stmt, StmtKind, SubstOp, Target,
};

/// Calls `see` for every expression of a block, parents first.
pub(crate) fn block<'a>(node: &'a Block, see: &mut dyn FnMut(&'a Expr)) {
    for stmt in &node.stmts {
        self::stmt(stmt, see);
    }
}

fn stmt<'a>(node: &'a Stmt, see: &mut dyn FnMut(&'a Expr)) {
    match &node.kind {
        StmtKind::Expr(node) => expr(node, see),
        StmtKind::If { arms, otherwise } => {
            for (condition, body) in arms {
                expr(condition, see);
                block(body, see);
            }
            if let Some(body) = otherwise {
                block(body, see);
            }
        }
        StmtKind::Loop(node) => {
            match &node.kind {
                LoopKind::While(condition) => all(condition.iter(), see),
                LoopKind::DoWhile(condition) => expr(condition, see),
                LoopKind::For { condition, step } => all(condition.iter().chain(step), see),
                LoopKind::Range { from, to, step, .. } => all([from, to].into_iter().chain(step), see),
                LoopKind::Array { array, .. } => self::array(array, see),
                LoopKind::List { list, .. } => expr(list, see),
                LoopKind::Keys { hash, .. } => self::hash(hash, see),
            }
            block(&node.body, see);
            if let Some(body) = &node.continuing {
                block(body, see);
            }
        }
        StmtKind::Block(_, body) | StmtKind::Defer(body) => block(body, see),
        StmtKind::Try { body, catch, finally } => {
            block(body, see);
            if let Some((_, body)) = catch {
                block(body, see);
            }
            if let Some(body) = finally {
                block(body, see);
            }
        }
        StmtKind::Die(_) => {}
    }
}

fn all<'a>(nodes: impl IntoIterator<Item = &'a Expr>, see: &mut dyn FnMut(&'a Expr)) {
    for node in nodes {
        expr(node, see);
    }
}

fn array<'a>(node: &'a Array, see: &mut dyn FnMut(&'a Expr)) {
    if let Array::Deref(inner) = node {
        expr(inner, see);
    }
}

fn hash<'a>(node: &'a Hash, see: &mut dyn FnMut(&'a Expr)) {
    if let Hash::Deref(inner) = node {
        expr(inner, see);
    }
}

fn pattern<'a>(node: &'a Pattern, see: &mut dyn FnMut(&'a Expr)) {
    if let Pattern::Dynamic { text, .. } = node {
        expr(text, see);
    }
}

fn iterate<'a>(node: &'a Iterate, see: &mut dyn FnMut(&'a Expr)) {
    match &node.body {
        IterateBody::Block(body) => block(body, see),
        IterateBody::Expr(body) | IterateBody::Call(body) => expr(body, see),
    }
    expr(&node.list, see);
}

fn callee<'a>(node: &'a Callee, see: &mut dyn FnMut(&'a Expr)) {
    match node {
        Callee::Function(_) | Callee::Global(_) => {}
        Callee::Value(value) => expr(value, see),
        Callee::WithArgs { callee: inner, .. } => callee(inner, see),
        Callee::Method { invocant, .. } => expr(invocant, see),
        Callee::DynamicMethod { invocant, method } => {
            expr(invocant, see);
            expr(method, see);
        }
    }
}

/// Calls `see` for an expression and everything in it.
pub(crate) fn expr<'a>(node: &'a Expr, see: &mut dyn FnMut(&'a Expr)) {
    see(node);
    match &node.kind {
        ExprKind::Undef
        | ExprKind::Int(_)
        | ExprKind::Uint(_)
        | ExprKind::Float(_)
        | ExprKind::Str { .. }
        | ExprKind::Bool(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Capture(_)
        | ExprKind::MatchVar(_)
        | ExprKind::Special(_)
        | ExprKind::Glob(_)
        | ExprKind::Closure(_)
        | ExprKind::FunctionRef(_)
        | ExprKind::Declare(_)
        | ExprKind::DeclareGlobal(_)
        | ExprKind::Jump(..)
        | ExprKind::JumpDynamic(..)
        | ExprKind::WantArray
        | ExprKind::CurrentFunction
        | ExprKind::AtEnd(_)
        | ExprKind::RequireFile { .. } => {}
        ExprKind::Index(base, index) => {
            array(base, see);
            expr(index, see);
        }
        ExprKind::Key(base, key) => {
            hash(base, see);
            expr(key, see);
        }
        ExprKind::DerefScalar(inner)
        | ExprKind::DerefGlob(inner, _)
        | ExprKind::Scalar(inner)
        | ExprKind::ListOf(inner)
        | ExprKind::CountOf(inner)
        | ExprKind::RefTo(inner)
        | ExprKind::Unary(_, inner)
        | ExprKind::Localize(inner)
        | ExprKind::Undefine(inner)
        | ExprKind::NoMatch(inner)
        | ExprKind::Step { target: inner, .. } => expr(inner, see),
        ExprKind::LastIndex(base) | ExprKind::Array(base) => array(base, see),
        ExprKind::Hash(base) => hash(base, see),
        ExprKind::Magic(_, items)
        | ExprKind::List(items)
        | ExprKind::NewArray(items)
        | ExprKind::NewHash(items)
        | ExprKind::Concat(items) => all(items, see),
        ExprKind::ArraySlice(base, index) | ExprKind::ArrayPairs(base, index) => {
            array(base, see);
            expr(index, see);
        }
        ExprKind::HashSlice(base, index) | ExprKind::HashPairs(base, index) => {
            hash(base, see);
            expr(index, see);
        }
        ExprKind::ListSlice(left, right)
        | ExprKind::RepeatList(left, right)
        | ExprKind::Join(left, right)
        | ExprKind::Binary(_, left, right)
        | ExprKind::And(left, right)
        | ExprKind::Or(left, right)
        | ExprKind::DefinedOr(left, right)
        | ExprKind::Xor(left, right)
        | ExprKind::Assign(left, right)
        | ExprKind::AssignOp(_, left, right)
        | ExprKind::AssignLogic(_, left, right)
        | ExprKind::FlipFlop { from: left, to: right, .. } => {
            expr(left, see);
            expr(right, see);
        }
        ExprKind::Range { from, to, step } => {
            expr(from, see);
            expr(to, see);
            if let Some(step) = step {
                expr(step, see);
            }
        }
        ExprKind::Ternary(condition, yes, no) => {
            expr(condition, see);
            expr(yes, see);
            expr(no, see);
        }
        ExprKind::AssignList(targets, value) => {
            for target in targets {
                match target {
                    Target::Place(place) | Target::Slice(place) => expr(place, see),
                    Target::Array(base) => array(base, see),
                    Target::Hash(base) => hash(base, see),
                    Target::Skip => {}
                }
            }
            expr(value, see);
        }
        ExprKind::StateInit { value, .. } => expr(value, see),
        ExprKind::Call(call) => {
            let Call { callee: what, args, topic } = &**call;
            callee(what, see);
            all(args.iter().chain(topic), see);
        }
        ExprKind::Builtin(call) => {
            let BuiltinCall { args, .. } = &**call;
            all(args, see);
        }
        ExprKind::Op(node) => op(node, see),
        ExprKind::Do(body) | ExprKind::Eval(body) => block(body, see),
        ExprKind::Return(value) => {
            if let Some(value) = value {
                expr(value, see);
            }
        }
    }
}

fn op<'a>(node: &'a Op, see: &mut dyn FnMut(&'a Expr)) {
    match node {
        Op::Print { handle, list, .. } => all(handle.iter().chain(list), see),
        Op::Map(inner)
        | Op::Grep(inner)
        | Op::First(inner)
        | Op::Any(inner)
        | Op::All(inner)
        | Op::None(inner)
        | Op::Each(inner) => iterate(inner, see),
        Op::Sort { by, list, .. } => {
            if let SortBy::Value(value) = by {
                expr(value, see);
            }
            expr(list, see);
        }
        Op::Reduce { body, list, .. } => {
            block(body, see);
            expr(list, see);
        }
        Op::Push { array: base, list, .. } => {
            array(base, see);
            all(list, see);
        }
        Op::Pop { array: base, .. } => array(base, see),
        Op::Splice { array: base, range, list } => {
            array(base, see);
            all(range.iter().chain(list), see);
        }
        Op::HashList(_, base) => hash(base, see),
        Op::ArrayList(_, base) => array(base, see),
        Op::RefList(_, inner)
        | Op::Len(inner)
        | Op::Delete(inner)
        | Op::Exists(inner)
        | Op::Defined(inner)
        | Op::Undef(inner) => expr(inner, see),
        Op::Chomp { places, .. } => all(places, see),
        Op::Match(MatchOp { subject, pattern: what, .. }) => {
            expr(subject, see);
            pattern(what, see);
        }
        Op::Subst(SubstOp { subject, pattern: what, replacement, .. }) => {
            expr(subject, see);
            pattern(what, see);
            expr(replacement, see);
        }
        Op::Trans { subject, .. } => expr(subject, see),
        Op::Qr(what) => pattern(what, see),
        Op::Split { pattern: on, subject, limit } => {
            match on {
                SplitOn::Pattern(what) => pattern(what, see),
                SplitOn::Value(value) => expr(value, see),
                SplitOn::Awk | SplitOn::Characters | SplitOn::Text(_) => {}
            }
            expr(subject, see);
            if let Some(limit) = limit {
                expr(limit, see);
            }
        }
        Op::ReadLine(handle) => all(handle.iter(), see),
        Op::ReadLineInto(place, handle) => {
            expr(place, see);
            all(handle.iter(), see);
        }
        Op::CharAt(left, right) => {
            expr(left, see);
            expr(right, see);
        }
        Op::CharSlice { subject, from, to, step } => {
            expr(subject, see);
            all(from.iter().chain(to).chain(step), see);
        }
        Op::FileTest(_, inner)
        | Op::Spread(inner)
        | Op::RequireValue(inner, _)
        | Op::Command(inner)
        | Op::Ref(inner)
        | Op::Payload(inner)
        | Op::Check(inner, ..)
        | Op::IsVariant(inner, ..) => expr(inner, see),
        Op::OpenLike(_, place, args) => {
            expr(place, see);
            all(args, see);
        }
        Op::ReadInto(_, args, place) => {
            all(args, see);
            expr(place, see);
        }
        Op::EvalString { text, .. } => expr(text, see),
        Op::Integer(_, left, right) | Op::GlobPart(left, right) => {
            expr(left, see);
            expr(right, see);
        }
        Op::Bless(left, right) | Op::SmartEq(left, right) | Op::SmartMatch(left, right) => {
            expr(left, see);
            expr(right, see);
        }
        Op::Sprintf(args)
        | Op::Die(args, _)
        | Op::Nothing(args)
        | Op::Assert(_, args)
        | Op::Construct(_, args) => {
            all(args, see);
        }
        Op::Exit(inner) | Op::Caller(inner) | Op::Variant(_, _, inner) | Op::LocalTime(_, inner) => {
            all(inner.iter(), see);
        }
        Op::StaticField(..) | Op::Asset(_) | Op::AssetTable(_) => {}
    }
}
