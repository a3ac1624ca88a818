//! Functions that yield places: `sub name :lvalue { ... }`.
//!
//! Each has a twin beside it that gives a reference to what it ends in. A call that is given a value calls the
//! twin, and stores through the reference.

use crate::ast::{Expr, ExprKind, Function, LVALUE_TWIN, Span, Stmt, StmtKind};

/// The twin of a function that yields a place, if a statement declares one.
pub(super) fn twin(stmt: &Stmt) -> Option<Stmt> {
    let StmtKind::Function(function) = &stmt.kind else { return None };
    let yields = function.attributes.iter().any(|attribute| attribute.text == "lvalue");
    let (true, Some(_), Some(_)) = (yields, &function.name, &function.body) else { return None };
    let mut twin: Function = (**function).clone();
    // Functions are known by where they begin.
    twin.span = Span { start: twin.span.start + 1, ..twin.span };
    if let Some(name) = &mut twin.name {
        name.text.push(LVALUE_TWIN);
    }
    refer(&mut twin.body.as_mut()?.stmts);
    let kind = StmtKind::Function(Box::new(twin));
    Some(Stmt { span: stmt.span, label: None, kind })
}

/// Makes a reference of what statements end in.
fn refer(stmts: &mut [Stmt]) {
    let Some(last) = stmts.last_mut() else { return };
    match &mut last.kind {
        StmtKind::Expr(expr) => match &mut expr.kind {
            ExprKind::Return(Some(value)) => refer_to(value),
            _ => refer_to(expr),
        },
        StmtKind::If { arms, otherwise, .. } => {
            arms.iter_mut().for_each(|(_, block)| refer(&mut block.stmts));
            if let Some(block) = otherwise {
                refer(&mut block.stmts);
            }
        }
        StmtKind::Block { body, .. } => refer(&mut body.stmts),
        _ => {}
    }
}

fn refer_to(expr: &mut Expr) {
    let inner = Expr { span: expr.span, kind: std::mem::replace(&mut expr.kind, ExprKind::Error) };
    expr.kind = ExprKind::Ref(Box::new(inner));
}
