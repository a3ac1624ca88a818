//! Builtins as values: `\&uc` is a function that hands its arguments to the builtin, as a call would.
//!
//! What can only be written out (`local`, `open` with its variable, blocks of tasks) is no value; a
//! reference to it stays one to a function of the program.

use crate::hir::Expr;
use crate::resolver::Resolver;
use s_abi::builtins::{Args, Builtin, Syntax};
use s_syntax::ast::{self, ExprKind as A, RangeOp, Sigil, Span};

impl Resolver<'_> {
    /// The function that stands for a builtin, if it may be a value.
    pub(crate) fn builtin_value(&mut self, row: &'static Builtin, span: Span) -> Option<Expr> {
        let all = || expr(span, A::Var(Sigil::Array, "_".to_owned()));
        let nth = |at: usize| element(span, at);
        let firsts = |count: usize| (0..count).map(nth).collect::<Vec<_>>();
        let array = |at: usize| expr(span, A::Deref(Sigil::Array, Box::new(nth(at))));
        let body = match (row.args, row.syntax) {
            (_, Syntax::Block) | (Args::FunctionThenList, _) => {
                if matches!(
                    row.name,
                    "async"
                        | "spawn"
                        | "gen"
                        | "bench"
                        | "fan"
                        | "par_pipeline"
                        | "pmap_reduce"
                        | "pmap_chunked"
                ) {
                    return None;
                }
                match row.name {
                    "map" | "grep" | "first" | "any" | "all" | "none" => by_block(row, span, 1),
                    "sort" | "reduce" | "fold" => by_block(row, span, 2),
                    _ => call(row, span, vec![nth(0), rest(span)]),
                }
            }
            (Args::List, _) => call(row, span, vec![all()]),
            (Args::Scalars(_, 0), _) => call(row, span, Vec::new()),
            (Args::Scalars(least, most), _) => {
                let (least, most) = (usize::from(least), usize::from(most));
                let mut body = call(row, span, firsts(most));
                for count in (least.max(1)..most).rev() {
                    body = if_more(span, count, body, call(row, span, firsts(count)));
                }
                body
            }
            (Args::ContainerThenList, _) => match row.name {
                "push" | "unshift" | "splice" => call(row, span, vec![array(0), rest(span)]),
                "pop" | "shift" => call(row, span, vec![array(0)]),
                _ => call(row, span, vec![nth(0)]),
            },
            (Args::Special, _) => match row.name {
                "len" | "cnt" | "count" | "defined" | "ref" | "scalar" => call(row, span, vec![nth(0)]),
                "p" | "say" | "print" | "rev" => call(row, span, vec![all()]),
                "split" => if_more(span, 2, call(row, span, firsts(3)), call(row, span, firsts(2))),
                "substr" => if_more(span, 2, call(row, span, firsts(3)), call(row, span, firsts(2))),
                _ => return None,
            },
        };
        let stmts = vec![ast::Stmt { span, label: None, kind: ast::StmtKind::Expr(body) }];
        Some(self.block_function(&ast::Block { span, stmts, params: Vec::new() }))
    }
}

fn expr(span: Span, kind: A) -> ast::Expr {
    ast::Expr { span, kind }
}

/// `$_[N]`.
fn element(span: Span, at: usize) -> ast::Expr {
    let base = Box::new(expr(span, A::Var(Sigil::Array, "_".to_owned())));
    let index = Box::new(expr(span, A::Int(at as i64)));
    expr(span, A::Index { base, index, arrow: false })
}

/// `@_[1 .. $#_]`.
fn rest(span: Span) -> ast::Expr {
    let base = expr(span, A::Var(Sigil::Array, "_".to_owned()));
    let last = expr(span, A::LastIndex(Box::new(base.clone())));
    let from = Some(Box::new(expr(span, A::Int(1))));
    let range = A::Range { from, to: Some(Box::new(last)), step: None, op: RangeOp::Dots };
    let index = Box::new(expr(span, range));
    expr(span, A::Slice { base: Box::new(base), index, of_hash: false, pairs: false })
}

/// `@_ > COUNT ? YES : NO`.
fn if_more(span: Span, count: usize, yes: ast::Expr, no: ast::Expr) -> ast::Expr {
    let all = Box::new(expr(span, A::Var(Sigil::Array, "_".to_owned())));
    let bound = Box::new(expr(span, A::Int(count as i64)));
    let more = expr(span, A::Binary(ast::BinaryOp::NumGt, all, bound));
    expr(span, A::Ternary(Box::new(more), Box::new(yes), Box::new(no)))
}

/// `NAME { $_[0]->(_, _1) } @_[1 .. $#_]`, with so many topics.
fn by_block(row: &'static Builtin, span: Span, count: u32) -> ast::Expr {
    let topic = |slot| expr(span, A::Topic { slot, outer: 0, sigil: false });
    let callee = Box::new(element(span, 0));
    let body = expr(span, A::CallValue { callee, args: (0..count).map(topic).collect() });
    let stmts = vec![ast::Stmt { span, label: None, kind: ast::StmtKind::Expr(body) }];
    let name = ast::Name { span, text: row.name.to_owned() };
    let block = Some(ast::Block { span, stmts, params: Vec::new() });
    let call = ast::Call { name, block, head: None, args: vec![rest(span)], parens: false };
    expr(span, A::Call(Box::new(call)))
}

fn call(row: &'static Builtin, span: Span, args: Vec<ast::Expr>) -> ast::Expr {
    let name = ast::Name { span, text: row.name.to_owned() };
    let call = ast::Call { name, block: None, head: None, args, parens: true };
    expr(span, A::Call(Box::new(call)))
}
