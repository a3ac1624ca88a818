//! Which expressions are lists, however many elements they turn out to have.
//!
//! `len` counts a list and measures a value, and `rev` turns round a list or a text: what a list of one
//! element was made of decides. `len(keys %h)` is 1 for one key, `len(f())` the length of what a function
//! returns when that is one text, and 1 when it is an array with one text in it.

use std::cell::RefCell;
use std::collections::HashMap;

use s_abi::builtins;
use s_sema::hir::{Block, Call, Callee, Expr, ExprKind, FunctionId, Op, Program, Stmt, StmtKind};

use crate::visit;

/// Which functions return lists in every way they return, as far as anybody asked.
#[derive(Default)]
pub(crate) struct Plural {
    known: RefCell<HashMap<FunctionId, bool>>,
}

impl Plural {
    /// Whether an expression is a list by its form.
    pub(crate) fn expr(&self, program: &Program, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Array(_)
            | ExprKind::Hash(_)
            | ExprKind::ArraySlice(..)
            | ExprKind::HashSlice(..)
            | ExprKind::ArrayPairs(..)
            | ExprKind::HashPairs(..)
            | ExprKind::Range { .. }
            | ExprKind::RepeatList(..)
            | ExprKind::AssignList(..) => true,
            ExprKind::ListOf(inner) => self.expr(program, inner),
            // `(f())[0]` is one element, `(f())[0, 1]` a list.
            ExprKind::ListSlice(_, indexes) => self.expr(program, indexes),
            ExprKind::List(items) => match &items[..] {
                [only] => self.expr(program, only),
                _ => true,
            },
            ExprKind::Ternary(_, yes, no) => self.expr(program, yes) && self.expr(program, no),
            ExprKind::Do(block) | ExprKind::Eval(block) => self.block(program, block),
            // What is returned is looked at where all results of a function are.
            ExprKind::Return(_) => true,
            ExprKind::Call(call) => self.call(program, call),
            ExprKind::Builtin(call) => match call.name {
                "rev" | "trim" | "identity" => call.args.iter().all(|arg| self.expr(program, arg)),
                name => builtins::find(name).is_some_and(|row| row.gives_list),
            },
            ExprKind::Op(op) => matches!(
                &**op,
                Op::Map(_)
                    | Op::Grep(_)
                    | Op::Sort { .. }
                    | Op::HashList(..)
                    | Op::ArrayList(..)
                    | Op::RefList(..)
                    | Op::Splice { .. }
                    | Op::Split { .. }
                    | Op::Match(_)
                    | Op::Spread(_)
            ),
            _ => false,
        }
    }

    fn call(&self, program: &Program, call: &Call) -> bool {
        match &call.callee {
            Callee::Function(id) => self.function(program, *id),
            Callee::Method { name, super_of: None, .. } => {
                let is_field =
                    program.classes.iter().any(|class| class.fields.iter().any(|field| field.name == *name));
                let mut ids = (0..).map(FunctionId).zip(&program.functions).filter_map(|(id, function)| {
                    (function.name.rsplit("::").next() == Some(name.as_str())).then_some(id)
                });
                match ids.next() {
                    Some(first) if !is_field => {
                        self.function(program, first) && ids.all(|id| self.function(program, id))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether a function returns lists in every way. One that calls itself does when its other results do.
    fn function(&self, program: &Program, id: FunctionId) -> bool {
        if let Some(known) = self.known.borrow().get(&id) {
            return *known;
        }
        self.known.borrow_mut().insert(id, true);
        let body = &program.functions[id.index()].body;
        let mut plural = self.block(program, body);
        visit::block(body, &mut |node| {
            if let ExprKind::Return(Some(value)) = &node.kind {
                plural = plural && self.expr(program, value);
            }
        });
        self.known.borrow_mut().insert(id, plural);
        plural
    }

    /// The same of what a block yields.
    fn block(&self, program: &Program, block: &Block) -> bool {
        block.stmts.last().is_some_and(|last| self.stmt(program, last))
    }

    fn stmt(&self, program: &Program, stmt: &Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Expr(expr) => self.expr(program, expr),
            StmtKind::If { arms, otherwise: Some(otherwise) } => {
                arms.iter().all(|(_, block)| self.block(program, block)) && self.block(program, otherwise)
            }
            StmtKind::Block(_, block) => self.block(program, block),
            _ => false,
        }
    }
}
